/* monitor.c - what a witness saw of a log that we mirror has to be what we hold
 *
 * An owner could show one history to us and another one to its witnesses. Those that our own policy
 * names for what we send to that partner are asked for the heads of its log that they saw, each
 * signed by the log's key; a head of a size that we hold must have our root. docs/
 * channel-protocol.md, chapter 11.
 */
#include "base/date.h"
#include "base/log.h"
#include "link/link_int.h"

struct comparing {
    const struct channel *channel;
    str note; /* that does not fit */
};

static enum err contradiction_run(struct act *a, struct fault *f)
{
    const struct comparing *m = a->data;
    const struct channel *c = m->channel;

    TRY(mirror_contradiction(a, c->partner, c->origin, c->pending.p ? c->pending : S(""), m->note,
                             f));
    return partner_suspend(a, c->partner, f);
}

static void contradiction_after(struct act *a)
{
    link_forget_peers(a->house->link);
}

static const struct action contradiction_chore = {.name = "channel.compared",
                                                  .kind = ACTION_CHORE,
                                                  .method = ACTION_INTERNAL,
                                                  .who = ACTOR_SYSTEM,
                                                  .resource = "Session",
                                                  .summary = "A witness saw another history",
                                                  .run = contradiction_run,
                                                  .after = contradiction_after};

/* Is it a head of that log, by a key of its owner that counts today? */
static bool is_head(struct link *l, struct db *db, const struct channel *c, str note,
                    struct arena *a, struct checkpoint *out)
{
    int32_t today = day_of_ms(world_now(&l->house->world));
    struct keyset sets[KEYSETS_MAX];
    struct note_key keys[KEYSETS_MAX];
    uint64_t signers;
    str text;
    size_t n;

    if (note_checkpoint(note, out, &text, NULL) != OK || !str_eq(out->origin, c->origin) ||
        partner_keysets(db, c->partner, out->size ? out->size - 1 : 0, today, a, sets, &n, NULL) !=
            OK)
        return false;
    for (size_t i = 0; i < n; i++)
        keys[i] = keyset_log_key(&sets[i], c->origin);
    return n && note_open(note, keys, n, &text, &signers, NULL) == OK;
}

/* What is longer than what we hold is compared another time. */
static enum err fits(struct link *l, struct db *db, const struct channel *c, str note,
                     struct arena *a, bool *out, struct fault *f)
{
    struct checkpoint seen;
    struct hash root;

    *out = true;
    if (!is_head(l, db, c, note, a, &seen) || seen.size > c->size)
        return OK;
    TRY(channel_root(db, c, seen.size, &root, f));
    *out = secret_equal(root.b, seen.root.b, sizeof root.b);
    return OK;
}

static bool next_note(str *rest, str *out)
{
    const unsigned char *p = (const unsigned char *)rest->p;

    if (rest->n < 4)
        return false;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    *out = str_sub(*rest, 4, 4 + n);
    bool whole = rest->n - 4 >= n;
    *rest = whole ? str_sub(*rest, 4 + n, rest->n) : STR_NONE;
    return whole;
}

enum err monitor_compare(struct link *l, const struct channel *c, str answer, struct arena *a,
                         struct fault *f)
{
    struct comparing m = {.channel = c};
    enum err e = OK;
    bool fit = true;
    struct db *db;
    str note;

    TRY(db_pool_take(l->house->readers, &db, f));
    while (e == OK && fit && next_note(&answer, &note)) {
        e = fits(l, db, c, note, a, &fit, f);
        m.note = fit ? STR_NONE : note;
    }
    db_pool_put(l->house->readers, db);
    if (e != OK || fit)
        return e;
    LOG(LOG_ERROR, "a witness saw another history of a partner's log",
        LOG_STR("partner", c->partner));
    return sending_perform(l, &contradiction_chore, &m, a, f);
}
