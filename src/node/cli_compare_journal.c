/* cli_compare_journal.c - policy diff --data: what of the journal would be decided otherwise
 *
 * Each decision is made again under the new set, upon its record, but with the states and
 * organisations of the new set's facts as of the day on which it was made.
 */
#include <stdio.h>

#include "base/date.h"
#include "node/cli_compare_int.h"

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

/* ---- the record under new facts ----------------------------------------------------------------
 */

static bool about_states(str type)
{
    return str_eq(type, S("Sifara::State")) || str_eq(type, S("Sifara::Organisation"));
}

/* All entities but states and organisations. */
static enum err others(const struct json *entities, struct arena *a, struct json *out,
                       struct fault *f)
{
    *out = (struct json){.type = J_ARRAY};
    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i);
        if (!about_states(json_get_str(json_get(e, S("uid")), S("type"))))
            TRY_PTR(json_push(a, out, *e), f);
    }
    return OK;
}

static enum err entities_of(struct retelling *r, const struct json *record, int32_t day,
                            struct arena *a, struct cedar_entities **out, struct fault *f)
{
    const struct json *entities = json_get(record, S("entities"));
    struct json kept;

    TRY(others(entities, a, &kept, f));
    TRY(cedar_entities_read(a, &kept, NULL, out, f));
    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i), *uid = json_get(e, S("uid"));
        if (str_eq(json_get_str(uid, S("type")), S("Sifara::State")))
            facts_put_state(policy_facts(r->t->new), *out, json_get_str(uid, S("id")), day,
                            json_get_int(json_get(e, S("attrs")), S("balance"), 0), STR_NONE);
    }
    return OK;
}

/* ---- groups ------------------------------------------------------------------------------------
 */

static str partner_of(const struct json *record)
{
    const struct json *context = json_get(json_get(record, S("request")), S("context"));

    return json_get_str(json_get(json_get(context, S("partner")), S("__entity")), S("id"));
}

/* The roles of whoever asked, joined; of others the type. */
static str roles_of(const struct json *record, const struct cedar_request *q, struct arena *a)
{
    AUTO(buf) struct buf b = BUF(4096);
    const struct json *entities = json_get(record, S("entities"));

    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i), *uid = json_get(e, S("uid"));
        const struct json *roles = json_get(json_get(e, S("attrs")), S("roles"));
        if (!str_eq(json_get_str(uid, S("id")), q->principal.id) || !json_is(roles, J_ARRAY))
            continue;
        for (uint32_t k = 0; k < roles->n; k++)
            buf_printf(&b, "%s%.*s", k ? "+" : "", STR_FMT(json_str(json_at(roles, k))));
    }
    if (b.n == 0)
        buf_add_str(&b, str_sub(q->principal.type, sizeof "Sifara::" - 1, q->principal.type.n));
    return str_copy(a, buf_str(&b));
}

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
    TRY(entities_of(r, j->record, day, a, &es, f));
    TRY(cedar_request_read(a, json_get(j->record, S("request")), NULL, &q, f));
    TRY(policy_decide(r->t->new, es, &q, a, &d, f));
    r->decided++;
    if (d.permit == json_get_bool(j->record, S("permit"), false))
        return OK;
    struct group g = {.action = q.action.id,
                      .roles = roles_of(j->record, &q, a),
                      .partner = partner_of(j->record),
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
