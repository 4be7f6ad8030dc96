/* cli_replay.c - policy replay: decides again, from the sealed records, what the journal says
 *
 * An entry is the same when its record is the one that the entry names, and the set of the
 * record's digest gives the same answer for the same reasons upon the record's request and
 * entities. It is erased when the key of the person whom it concerned is gone. Anything else
 * differs: another answer, or a record, a key or a set that is not there any more.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "node/cli_policy_int.h"
#include "node/node_int.h"
#include "node/records.h"
#include "node/supervisor.h"
#include "registry/registry.h"

enum { ENTRY_MEMORY = 64 << 20, SETS = 64 };

enum outcome { SAME, DIFFERS, ERASED, OUTCOMES };
static const char *const outcomes[OUTCOMES] = {"same", "differs", "erased"};

struct replay {
    struct node *node;
    struct db *db;
    struct policy *sets[SETS]; /* seen lately, each under its digest */
    size_t n_sets;
    unsigned long counts[OUTCOMES];
    bool json;
    /* Instead of deciding again: what is done with each decision from that day on. */
    journaled_fn each;
    void *ctx;
    str since;
};

/* ---- deciding again ---------------------------------------------------------------------------
 */

static enum err set_of(struct replay *r, str digest, struct policy **out, struct fault *f)
{
    struct hash h;

    if (!hex_decode(digest, (char *)h.b, sizeof h.b))
        return fault(f, ERR_CORRUPT, "the record names no set");
    for (size_t i = 0; i < r->n_sets; i++)
        if (memcmp(policy_digest(r->sets[i])->b, h.b, sizeof h.b) == 0) {
            *out = r->sets[i];
            return OK;
        }
    if (r->n_sets == SETS)
        policy_unref(r->sets[--r->n_sets]);
    TRY(policy_recall(r->db, digest, &r->sets[r->n_sets], f));
    *out = r->sets[r->n_sets++];
    return OK;
}

static bool same_answer(const struct json *said, const struct decision *d)
{
    const struct json *permit = json_get(said, S("permit")), *by = json_get(said, S("by"));

    if (!json_is(permit, J_BOOL) || json_get_bool(said, S("permit"), false) != d->permit ||
        !json_is(by, J_ARRAY) || by->n != d->n_by)
        return false;
    for (uint32_t i = 0; i < d->n_by; i++)
        if (!str_eq(json_str(json_at(by, i)), d->by[i]))
            return false;
    return true;
}

static enum err decide_again(struct replay *r, const struct json *entry, const struct json *record,
                             struct arena *a, struct fault *f)
{
    str digest = json_get_str(record, S("policy"));
    struct cedar_entities *es;
    struct cedar_request q;
    struct policy *set = NULL;
    struct decision d;

    if (!str_eq(digest, json_get_str(entry, S("policy"))))
        return fault(f, ERR_CORRUPT, "entry and record name different sets");
    TRY(set_of(r, digest, &set, f));
    TRY(cedar_entities_read(a, json_get(record, S("entities")), NULL, &es, f));
    TRY(cedar_request_read(a, json_get(record, S("request")), NULL, &q, f));
    if (!str_eq(q.action.id, json_get_str(entry, S("action"))))
        return fault(f, ERR_CORRUPT, "entry and record name different actions");
    TRY(policy_decide(set, es, &q, a, &d, f));
    if (!same_answer(record, &d) || !same_answer(entry, &d))
        return fault(f, ERR_INVALID, "now it would be %s", d.permit ? "permitted" : "refused");
    return OK;
}

static enum err replay_entry(struct replay *r, struct receipt at, struct arena *a,
                             struct json **out_entry, struct fault *f)
{
    str text, sealed, plain;
    struct json *record;
    char hex[65];

    TRY(ledger_entry(r->db, at, a, &text, f));
    TRY(json_parse(a, text, NULL, out_entry, f));
    if (str_cmp(json_get_str(*out_entry, S("at")), r->since) < 0)
        return OK;
    TRY(ledger_record(r->db, at, a, &sealed, f));
    struct hash digest = sha256(sealed);
    hex_encode(digest.b, sizeof digest.b, hex);
    if (!str_eq(json_get_str(*out_entry, S("record")), str_of(hex)))
        return fault(f, ERR_CORRUPT, "the record is not the one that the entry names");
    TRY(record_open(&r->node->house, r->db, *out_entry, sealed, a, &plain, f));
    TRY(json_parse(a, plain, &json_limits_wide, &record, f));
    if (r->each)
        return r->each(r->ctx, &(struct journaled){at.epoch, at.index, *out_entry, record}, a, f);
    return decide_again(r, *out_entry, record, a, f);
}

/* ---- telling ----------------------------------------------------------------------------------
 */

static void tell(struct replay *r, struct receipt at, const struct json *entry, enum outcome o,
                 const struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);
    str action = json_get_str(entry, S("action"));

    r->counts[o]++;
    if (r->each || (!r->json && o != DIFFERS))
        return;
    if (!r->json) {
        printf("%llu/%llu %.*s differs: %s\n", (unsigned long long)at.epoch,
               (unsigned long long)at.index, (int)action.n, action.p ? action.p : "", f->detail);
        return;
    }
    jw_open(&w, '{');
    jw_kv_int(&w, S("epoch"), (int64_t)at.epoch);
    jw_kv_int(&w, S("index"), (int64_t)at.index);
    if (action.p)
        jw_kv(&w, S("action"), action);
    jw_kv(&w, S("result"), str_of(outcomes[o]));
    if (o == DIFFERS)
        jw_kv(&w, S("why"), str_of(f->detail));
    jw_close(&w, '}');
    printf("%.*s\n", STR_FMT(buf_str(&b)));
}

/* A range of each epoch. The journal has no gaps: whatever is below the size is there. */
static enum err replay_epoch(struct replay *r, uint64_t epoch, uint64_t from, uint64_t to,
                             struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ENTRY_MEMORY);

    TRY_PTR(a, f);
    for (struct receipt at = {epoch, from}; at.index <= to; at.index++) {
        struct json *entry = NULL;
        struct fault why = {0};
        arena_reset(a);
        enum err e = replay_entry(r, at, a, &entry, &why);
        if (e == ERR_NOT_FOUND && !entry)
            return OK; /* the end */
        if (e == ERR_MEMORY || e == ERR_STORAGE || e == ERR_KEYRING) {
            *f = why;
            return e;
        }
        tell(r, at, entry, e == OK ? SAME : e == ERR_ERASED ? ERASED : DIFFERS, &why);
    }
    return OK;
}

static enum err range_of(struct cli *c, uint64_t *out_from, uint64_t *out_to, struct fault *f)
{
    int64_t from = 0, to = INT64_MAX - 1;
    const char *a = cli_option(c, "from"), *b = cli_option(c, "to");

    if ((a && (!str_to_int64(str_of(a), &from) || from < 0)) ||
        (b && (!str_to_int64(str_of(b), &to) || to < 0 || to == INT64_MAX)))
        return fault(f, ERR_RANGE, "--from and --to are numbers of entries");
    *out_from = (uint64_t)from;
    *out_to = (uint64_t)to;
    return OK;
}

static enum err replay_all(struct cli *c, struct replay *r, struct fault *f)
{
    uint64_t newest, size, from = 0, to = 0;

    TRY(range_of(c, &from, &to, f));
    TRY(ledger_newest(r->db, &newest, &size, f));
    for (uint64_t epoch = 0; epoch <= newest; epoch++)
        TRY(replay_epoch(r, epoch, from, to, f));
    return OK;
}

static enum err replay(struct cli *c, int keyring_fd, struct replay *r, struct fault *f)
{
    TRY(node_open(cli_data(c), keyring_fd, (struct jailed_fds){-1, -1}, NULL, &r->node, f));
    enum err e = db_pool_take(r->node->house.readers, &r->db, f);
    if (e == OK) {
        e = replay_all(c, r, f);
        db_pool_put(r->node->house.readers, r->db);
    }
    for (size_t i = 0; i < r->n_sets; i++)
        policy_unref(r->sets[i]);
    node_close(r->node);
    return e;
}

static enum err replay_folder(struct cli *c, struct replay *r, struct fault *f)
{
    struct helpers helpers;
    int fd;

    TRY(helpers_start(cli_data(c), &helpers, &fd, NULL, f));
    enum err e = replay(c, fd, r, f);
    helpers_stop(&helpers);
    return e;
}

enum err journal_decisions(struct cli *c, str since, journaled_fn each, void *ctx,
                           unsigned long *out_closed, struct fault *f)
{
    struct replay r = {.each = each, .ctx = ctx, .since = since};

    TRY(replay_folder(c, &r, f));
    *out_closed = r.counts[DIFFERS] + r.counts[ERASED];
    return OK;
}

int cli_policy_replay(struct cli *c)
{
    struct replay r = {.json = c->json};
    struct fault f = {0};

    if (replay_folder(c, &r, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (!c->json)
        printf("%lu same, %lu differ, %lu erased\n", r.counts[SAME], r.counts[DIFFERS],
               r.counts[ERASED]);
    return r.counts[DIFFERS] ? CLI_FAILED : CLI_OK;
}
