/* comparing.c - policy.compare: what a draft of the foreign policy would change
 *
 * Beside the policy in force stands a draft, or what another officer proposed. Four answers: which
 * agreements end or begin to bind today, which clauses are other, who gains and who loses what in
 * the usual circumstances (policy/compare.h), and, of the last year's decisions on what changes,
 * which would be made otherwise today, with their cases and what they were about. Those are decided
 * twice, under each set, upon the facts of today: what differs comes of the draft alone.
 */
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "node/node_int.h"
#include "node/records.h"
#include "node/telling.h"
#include "registry/registry.h"

enum { MEMORY = 512 << 20, ENTRY_MEMORY = 64 << 20, DECISIONS_MAX = 2000, TOLD_MAX = 200 };

#define YEAR_MS (366 * INT64_C(86400000))

struct comparing {
    struct act *act;
    struct telling telling;
    struct jw w;
    int64_t looked_at, changed, closed, told;
    bool more; /* there were more decisions than are made again */
};

static struct node *node_of(struct act *a)
{
    return (struct node *)((char *)a->house - offsetof(struct node, house));
}

static void put_state(struct comparing *c, struct jw *w, str code)
{
    AUTO(buf) struct buf b = BUF(512);

    telling_state(&c->telling, &b, code);
    jw_string(w, buf_str(&b));
}

/* ---- agreements and clauses --------------------------------------------------------------- */

static bool within(const struct fact_agreement *a, int32_t day)
{
    return a && a->from <= day && day <= a->until;
}

static str basis_in(const struct fact_agreement *a, str language)
{
    if (str_eq(language, S("ar")) && a->basis_ar.p)
        return a->basis_ar;
    return str_eq(language, S("fr")) && a->basis_fr.p ? a->basis_fr : a->basis;
}

static void put_agreement(struct comparing *c, const struct fact_agreement *a, bool was, bool is)
{
    const struct facts *facts = policy_facts(is ? c->telling.new : c->telling.old);
    str title = facts_name(facts, c->telling.language, S("Agreement"), a->code);

    jw_open(&c->w, '{');
    jw_kv(&c->w, S("code"), a->code);
    jw_kv(&c->w, S("title"), title.p ? title : a->title_en);
    jw_kv(&c->w, S("basis"), basis_in(a, c->telling.language));
    jw_kv_bool(&c->w, S("was"), was);
    jw_kv_bool(&c->w, S("is"), is);
    jw_close(&c->w, '}');
}

/* Agreements of one set that are in force there today and not in the other. */
static void put_agreements_of(struct comparing *c, const struct policy *in,
                              const struct policy * not, bool is)
{
    const struct facts *facts = policy_facts(in), *others = policy_facts(not );
    int32_t day = c->telling.ask.is.day;

    for (size_t i = 0; i < facts_agreement_count(facts); i++) {
        const struct fact_agreement *a = facts_agreement_at(facts, i);
        if (within(a, day) && !within(facts_agreement(others, a->code), day))
            put_agreement(c, a, !is, is);
    }
}

static void put_agreements(struct comparing *c)
{
    jw_key(&c->w, S("agreements"));
    jw_open(&c->w, '[');
    put_agreements_of(c, c->telling.old, c->telling.new, false);
    put_agreements_of(c, c->telling.new, c->telling.old, true);
    jw_close(&c->w, ']');
}

static str clause_id(const struct cedar_set *set, size_t i)
{
    str id = cedar_policy_note(set, i, S("id"));

    return id.p ? id : cedar_policy_id(set, i);
}

/* The position of the clause that is called so, or the count. */
static size_t clause_named(const struct cedar_set *set, str id)
{
    size_t i = 0;

    while (i < cedar_set_count(set) && !str_eq(clause_id(set, i), id))
        i++;
    return i;
}

static void put_clause(struct comparing *c, const struct policy *p, size_t i, const char *change)
{
    jw_open(&c->w, '{');
    policy_put_clause(&c->w, p, i, c->telling.language);
    jw_kv(&c->w, S("effect"), cedar_policy_permits(policy_set(p), i) ? S("permit") : S("forbid"));
    jw_kv(&c->w, S("change"), str_of(change));
    jw_close(&c->w, '}');
}

static void put_clauses(struct comparing *c)
{
    const struct cedar_set *old = policy_set(c->telling.old), *new = policy_set(c->telling.new);

    jw_key(&c->w, S("clauses"));
    jw_open(&c->w, '[');
    for (size_t i = 0; i < cedar_set_count(new); i++) {
        size_t k = clause_named(old, clause_id(new, i));
        if (k == cedar_set_count(old))
            put_clause(c, c->telling.new, i, "new");
        else if (!str_eq(cedar_policy_place(old, k).text, cedar_policy_place(new, i).text))
            put_clause(c, c->telling.new, i, "changed");
    }
    for (size_t i = 0; i < cedar_set_count(old); i++)
        if (clause_named(new, clause_id(old, i)) == cedar_set_count(new))
            put_clause(c, c->telling.old, i, "gone");
    jw_close(&c->w, ']');
}

/* ---- who gains and who loses what --------------------------------------------------------- */

static void put_verdict(struct comparing *c, str key, const struct policy *p,
                        const struct compare_verdict *v)
{
    static const char *const kinds[] = {"no", "yes", "with-undertakings"};
    const struct cedar_set *set = policy_set(p);

    jw_key(&c->w, key);
    jw_open(&c->w, '{');
    jw_kv(&c->w, S("verdict"), str_of(kinds[v->kind]));
    if (v->n_undertakings)
        jw_kv_strings(&c->w, S("undertakings"), v->undertakings, v->n_undertakings);
    jw_key(&c->w, S("by"));
    jw_open(&c->w, '[');
    for (size_t i = 0; i < v->n_by; i++) {
        size_t at = clause_named(set, v->by[i]);
        if (at == cedar_set_count(set))
            continue;
        jw_open(&c->w, '{');
        policy_put_clause(&c->w, p, at, c->telling.language);
        jw_close(&c->w, '}');
    }
    jw_close(&c->w, ']');
    jw_close(&c->w, '}');
}

static void put_row(struct comparing *c, const struct compare_row *r)
{
    AUTO(buf) struct buf terms = BUF(1 << 18);

    jw_open(&c->w, '{');
    jw_kv(&c->w, S("change"), str_of(telling_change(r)));
    telling_action(&c->w, c->telling.words, c->telling.language, r->action);
    jw_kv(&c->w, S("principal"), r->principal);
    if (r->partner) {
        jw_key(&c->w, S("states"));
        jw_open(&c->w, '[');
        for (size_t i = 0; i < r->n_states; i++)
            put_state(c, &c->w, r->states[i]);
        jw_close(&c->w, ']');
    }
    telling_terms(&c->telling, &terms, r);
    if (r->n_terms)
        jw_kv(&c->w, S("when"), buf_str(&terms));
    put_verdict(c, S("was"), c->telling.old, r->was);
    put_verdict(c, S("is"), c->telling.new, r->is);
    jw_close(&c->w, '}');
}

static enum err put_rows(struct comparing *c, struct fault *f)
{
    struct telling *t = &c->telling;

    TRY(compare_run(&t->ask, t->arena, &t->answer, f));
    jw_key(&c->w, S("rows"));
    jw_open(&c->w, '[');
    for (size_t i = 0; i < t->answer.n_rows; i++)
        put_row(c, &t->answer.rows[i]);
    jw_close(&c->w, ']');
    return OK;
}

/* ---- decisions that would be made otherwise ----------------------------------------------- */

/* Is it one of the actions of which some row tells? */
static bool touched(const struct comparing *c, str action)
{
    const struct compare_answer *answer = &c->telling.answer;

    for (size_t i = 0; i < answer->n_rows; i++)
        if (str_eq(answer->rows[i].action, action))
            return true;
    return false;
}

/* Where a case or the protection of a person stands. */
static enum err put_place(struct comparing *c, struct jw *w, str key, const char *sql,
                          const struct id *id, struct fault *f)
{
    struct query q;

    enum err e = db_one(c->act->db, &q, f, sql, "d", id);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    jw_key(w, key);
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(c->act, id));
    jw_kv(w, S("service"), query_str(&q, 0));
    jw_kv(w, S("mission"), query_str(&q, 1));
    jw_kv(w, S("state"), query_str(&q, 2));
    jw_kv(w, S("country"), query_str(&q, 3));
    jw_close(w, '}');
    return query_end(&q, f);
}

/* What was given to or asked of a partner: its title, and whether it has ended. */
static enum err put_engagement(struct comparing *c, struct jw *w, const struct id *id,
                               struct arena *a, struct fault *f)
{
    struct json *said;
    struct query q;
    str body;

    enum err e =
        db_one(c->act->db, &q, f, "SELECT body, ended_at FROM engagement WHERE id = ?", "d", id);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    bool ended = !query_null(&q, 1);
    e = unseal(a, &c->act->house->record_key, S("engagement"), query_str(&q, 0), &body, f);
    enum err closed = query_end(&q, f);
    TRY(e);
    TRY(closed);
    TRY(json_parse(a, body, NULL, &said, f));
    jw_key(w, S("engagement"));
    jw_open(w, '{');
    if (json_get(said, S("title")))
        jw_kv(w, S("title"), json_get_str(said, S("title")));
    jw_kv_bool(w, S("ended"), ended);
    jw_close(w, '}');
    return OK;
}

static enum err put_subject(struct comparing *c, struct jw *w, str subject, struct arena *a,
                            struct fault *f)
{
    struct id id;
    str kind;

    if (!subject.p || !str_split(&subject, '/', &kind) || !id_parse(subject, &id))
        return OK;
    if (str_eq(kind, S("case")))
        return put_place(c, w, kind,
                         "SELECT service, mission, state, country FROM case_file WHERE id = ?", &id,
                         f);
    if (str_eq(kind, S("protection")))
        return put_place(c, w, kind,
                         "SELECT service, mission, state, country FROM protection WHERE id = ?",
                         &id, f);
    if (str_eq(kind, S("engagement")))
        return put_engagement(c, w, &id, a, f);
    return OK;
}

static enum err put_decision(struct comparing *c, struct receipt at, const struct json *entry,
                             const struct json *record, const struct cedar_request *q,
                             const struct decision *is, struct arena *a, struct fault *f)
{
    str partner = record_partner(record), roles = record_roles(record, q, a);
    struct jw *w = &c->w;

    jw_open(w, '{');
    jw_kv_int(w, S("epoch"), (int64_t)at.epoch);
    jw_kv_int(w, S("index"), (int64_t)at.index);
    jw_kv(w, S("at"), json_get_str(entry, S("at")));
    telling_action(w, c->telling.words, c->telling.language, q->action.id);
    if (roles.p)
        jw_kv(w, S("roles"), roles);
    jw_kv_bool(w, S("permit"), is->permit);
    if (partner.p) {
        jw_key(w, S("partner"));
        put_state(c, w, partner);
    }
    enum err e = put_subject(c, w, json_get_str(entry, S("subject")), a, f);
    jw_close(w, '}');
    return e;
}

static enum err decide(const struct policy *p, const struct json *record, int32_t day,
                       struct arena *a, struct cedar_request *q, struct decision *out,
                       struct fault *f)
{
    struct cedar_entities *es;

    TRY(record_under(p, record, day, a, &es, q, f));
    return policy_decide(p, es, q, a, out, f);
}

static enum err decide_twice(struct comparing *c, struct receipt at, const struct json *entry,
                             str sealed, struct arena *a, struct fault *f)
{
    int32_t day = c->telling.ask.is.day;
    struct decision was, is;
    struct cedar_request q;
    struct json *record;
    str plain;

    TRY(record_open(c->act->house, c->act->db, entry, sealed, a, &plain, f));
    TRY(json_parse(a, plain, &json_limits_wide, &record, f));
    TRY(decide(c->telling.old, record, day, a, &q, &was, f));
    TRY(decide(c->telling.new, record, day, a, &q, &is, f));
    if (was.permit == is.permit)
        return OK;
    c->changed++;
    return c->told++ < TOLD_MAX ? put_decision(c, at, entry, record, &q, &is, a, f) : OK;
}

/* A record that does not open, as of an erased person, is counted. */
static enum err look_at(struct comparing *c, struct query *q, struct arena *a, struct fault *f)
{
    uint64_t seq = (uint64_t)query_int(q, 0);
    struct receipt at = {seq >> LEDGER_EPOCH_SHIFT,
                         seq & ((UINT64_C(1) << LEDGER_EPOCH_SHIFT) - 1)};
    struct json *entry;
    struct fault why = {0};

    arena_reset(a);
    TRY(json_parse(a, query_str(q, 1), NULL, &entry, f));
    if (!touched(c, json_get_str(entry, S("action"))))
        return OK;
    if (c->looked_at == DECISIONS_MAX) {
        c->more = true;
        return OK;
    }
    c->looked_at++;
    enum err e = decide_twice(c, at, entry, query_str(q, 2), a, &why);
    if (e == ERR_ERASED || e == ERR_CORRUPT || e == ERR_INVALID || e == ERR_NOT_FOUND) {
        c->closed++;
        return OK;
    }
    if (e != OK)
        *f = why;
    return e;
}

static enum err put_decisions(struct comparing *c, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ENTRY_MEMORY);
    struct query q;
    enum err e = OK;

    TRY_PTR(a, f);
    jw_key(&c->w, S("decisions"));
    jw_open(&c->w, '[');
    if (c->telling.answer.n_rows > 0) {
        TRY(db_query(c->act->db, &q, f,
                     "SELECT seq, entry, record FROM journal WHERE at >= ? ORDER BY seq DESC", "i",
                     c->act->now - YEAR_MS));
        while (e == OK && !c->more && query_row(&q)) {
            e = look_at(c, &q, a, f);
            query_next(&q);
        }
        enum err ended = query_end(&q, f);
        TRY(e);
        TRY(ended);
    }
    jw_close(&c->w, ']');
    jw_kv_int(&c->w, S("looked_at"), c->looked_at);
    jw_kv_int(&c->w, S("changed"), c->changed);
    jw_kv_int(&c->w, S("closed"), c->closed);
    jw_kv_bool(&c->w, S("more"), c->more);
    return OK;
}

/* ---- the act ------------------------------------------------------------------------------ */

static void put_digest(struct jw *w, str key, const struct policy *p)
{
    char hex[65];

    hex_encode(policy_digest(p)->b, 32, hex);
    jw_kv(w, key, str_of(hex));
}

static enum err put_all(struct comparing *c, struct fault *f)
{
    jw_open(&c->w, '{');
    put_digest(&c->w, S("in_force"), c->telling.old);
    put_digest(&c->w, S("draft"), c->telling.new);
    put_agreements(c);
    put_clauses(c);
    TRY(put_rows(c, f));
    TRY(put_decisions(c, f));
    jw_close(&c->w, '}');
    return OK;
}

static enum err compare_draft(struct comparing *c, struct fault *f)
{
    struct telling *t = &c->telling;
    struct cedar_source src = {.name = S("schema.cedarschema"),
                               .text = c->act->house->policy_schema};
    int32_t today = day_of_ms(c->act->now);

    TRY_PTR(t->arena, f);
    TRY(policy_of_draft(c->act, &t->new, f));
    TRY(cedar_schema_parse(&src, NULL, &t->schema, f));
    t->ask = (struct compare_ask){.was = {t->old, today},
                                  .is = {t->new, today},
                                  .schema = t->schema,
                                  .home = c->act->house->state_code,
                                  .usual = true};
    return put_all(c, f);
}

static enum err draft_compare(struct act *a, struct fault *f)
{
    struct comparing c = {.act = a,
                          .telling = {.words = node_of(a)->words,
                                      .language = act_language(a),
                                      .old = gate_policy(a->house->gate),
                                      .arena = arena_new(MEMORY)},
                          .w = JW(&a->reply)};

    enum err e = compare_draft(&c, f);
    policy_unref(c.telling.old);
    policy_unref(c.telling.new);
    cedar_schema_free(c.telling.schema);
    arena_free(c.telling.arena);
    return e;
}

const struct action comparing_actions[] = {
    {"policy.compare", ACTION_READ, ACTION_POST, "/v1/policy/compare", ACTOR_OFFICER, "Mission",
     "policy-draft.v1", "What a draft of the policy would change", 8 << 20, false, NULL,
     mission_facts, NULL, draft_compare, NULL},
};
const size_t comparing_actions_n = ARRAY_LEN(comparing_actions);
