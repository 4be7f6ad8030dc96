/* cli_compare_journal.c - policy diff --data: what of the journal would be decided otherwise
 *
 * Each decision is made again under the new set, upon its record, but with the states and
 * organisations of the new set's facts as of the day on which it was made.
 */
#include <stdio.h>

#include "base/date.h"
#include "node/cli_policy_int.h"
#include "node/records.h"
#include "node/telling.h"

enum { GROUPS_MAX = 4096, EXAMPLES = 3 };

/* Decisions that change alike: an action, by whom, towards whom, and how. */
struct group {
    str action, roles, partner;
    bool permit; /* now */
    unsigned long n;
    uint64_t epoch[EXAMPLES], index[EXAMPLES];
};

struct retelling {
    struct telling *t;
    struct group groups[GROUPS_MAX];
    size_t n_groups;
    unsigned long decided;
};

/* ---- groups ------------------------------------------------------------------------------------
 */

static bool same(str a, str b)
{
    return a.p && b.p ? str_eq(a, b) : a.p == b.p;
}

static enum err count(struct retelling *r, const struct journaled *j, struct group g,
                      struct fault *f)
{
    struct arena *a = r->t->arena;
    size_t i = 0;

    while (i < r->n_groups &&
           !(same(r->groups[i].action, g.action) && same(r->groups[i].roles, g.roles) &&
             same(r->groups[i].partner, g.partner) && r->groups[i].permit == g.permit))
        i++;
    if (i == GROUPS_MAX)
        return OK; /* the first thousands tell enough */
    struct group *at = &r->groups[i];
    if (i == r->n_groups) {
        *at = g;
        at->action = str_copy(a, g.action);
        at->roles = str_copy(a, g.roles);
        at->partner = g.partner.p ? str_copy(a, g.partner) : STR_NONE;
        TRY_PTR(at->action.p && at->roles.p, f);
        r->n_groups++;
    }
    if (at->n < EXAMPLES) {
        at->epoch[at->n] = j->epoch;
        at->index[at->n] = j->index;
    }
    at->n++;
    return OK;
}

static enum err again(void *ctx, const struct journaled *j, struct arena *a, struct fault *f)
{
    struct retelling *r = ctx;
    struct cedar_entities *es;
    struct cedar_request q;
    struct decision d;
    int32_t day;

    if (!day_parse(str_sub(json_get_str(j->entry, S("at")), 0, 10), &day))
        return fault(f, ERR_CORRUPT, "the entry has no date");
    TRY(record_under(r->t->new, j->record, day, a, &es, &q, f));
    TRY(policy_decide(r->t->new, es, &q, a, &d, f));
    r->decided++;
    if (d.permit == json_get_bool(j->record, S("permit"), false))
        return OK;
    struct group g = {.action = q.action.id,
                      .roles = record_roles(j->record, &q, a),
                      .partner = record_partner(j->record),
                      .permit = d.permit};
    return count(r, j, g, f);
}

/* ---- telling -----------------------------------------------------------------------------------
 */

static void put_examples(struct buf *b, const struct group *g)
{
    for (size_t i = 0; i < g->n && i < EXAMPLES; i++)
        buf_printf(b, "%s%llu/%llu", i ? " " : "", (unsigned long long)g->epoch[i],
                   (unsigned long long)g->index[i]);
}

static void put_group(struct telling *t, const struct group *g)
{
    AUTO(buf) struct buf examples = BUF(256);
    AUTO(buf) struct buf who = BUF(4096);
    char n[24];

    put_examples(&examples, g);
    snprintf(n, sizeof n, "%lu", g->n);
    buf_add_str(&who, g->roles);
    if (g->partner.p) {
        buf_add_str(&who, S(" \xe2\x86\x92 "));
        telling_state(t, &who, g->partner);
    }
    telling_say(t, g->permit ? "journal-permitted" : "journal-refused",
                (struct telling_slot[]){{"action", g->action},
                                        {"who", buf_str(&who)},
                                        {"n", str_of(n)},
                                        {"entries", buf_str(&examples)}},
                4);
}

static void put_group_json(struct telling *t, const struct group *g)
{
    struct jw w = JW(&t->out);

    jw_open(&w, '{');
    jw_kv(&w, S("journal"), g->action);
    jw_kv(&w, S("by"), g->roles);
    if (g->partner.p)
        jw_kv(&w, S("partner"), g->partner);
    jw_kv(&w, S("now"), g->permit ? S("permitted") : S("refused"));
    jw_kv_int(&w, S("decisions"), (int64_t)g->n);
    jw_key(&w, S("entries"));
    jw_open(&w, '[');
    for (size_t i = 0; i < g->n && i < EXAMPLES; i++) {
        AUTO(buf) struct buf one = BUF(64);
        buf_printf(&one, "%llu/%llu", (unsigned long long)g->epoch[i],
                   (unsigned long long)g->index[i]);
        jw_string(&w, buf_str(&one));
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    buf_add_char(&t->out, '\n');
}

enum err telling_journal(struct telling *t, str since, size_t *out_changes, struct fault *f)
{
    struct retelling *r = arena_new_of(t->arena, struct retelling);
    char decided[24], unread[24];
    unsigned long closed;

    TRY_PTR(r, f);
    r->t = t;
    TRY(journal_decisions(t->c, since, again, r, &closed, f));
    for (size_t i = 0; i < r->n_groups; i++)
        if (t->c->json)
            put_group_json(t, &r->groups[i]);
        else
            put_group(t, &r->groups[i]);
    *out_changes = r->n_groups;
    if (t->c->json)
        return OK;
    snprintf(decided, sizeof decided, "%lu", r->decided);
    snprintf(unread, sizeof unread, "%lu", closed);
    telling_say(t, "journal-total",
                (struct telling_slot[]){{"n", str_of(decided)}, {"closed", str_of(unread)}}, 2);
    return OK;
}
