/* partners.c - what stands between us and other states: standing, agreements, what was given and
 * received, and how far our aims have come
 */
#include "base/date.h"
#include "policy/facts.h"
#include "registry/accreditation.h"
#include "registry/registry_int.h"

enum { PAGE = 50 };

static void put_names(struct jw *w, str key, str en, str ar, str fr)
{
    const struct {
        str language, text;
    } all[] = {{S("en"), en}, {S("ar"), ar}, {S("fr"), fr}};

    jw_key(w, key);
    jw_open(w, '{');
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (all[i].text.p)
            jw_kv(w, all[i].language, all[i].text);
    jw_close(w, '}');
}

void partner_put_name(struct act *a, struct jw *w, str key, str state)
{
    struct policy *policy = gate_policy(a->house->gate); /* a file that is read after its act has none */
    const struct fact_state *s = facts_state(policy_facts(policy), state);

    if (s)
        put_names(w, key, s->name_en, s->name_ar, s->name_fr);
    policy_unref(policy);
}

static void put_day(struct jw *w, str key, int32_t day)
{
    char text[16];

    if (day == INT32_MAX || day == INT32_MIN)
        return;
    day_format(day, text);
    jw_kv(w, key, str_of(text));
}

static void put_standing(struct jw *w, const struct facts *facts, const struct fact_state *s,
                         int32_t day)
{
    jw_kv(w, S("code"), s->code);
    put_names(w, S("name"), s->name_en, s->name_ar, s->name_fr);
    jw_kv_bool(w, S("recognised"), s->recognised);
    jw_kv_bool(w, S("sanctioned"), s->sanctioned);
    jw_kv_bool(w, S("adequate"), s->adequate);
    jw_kv(w, S("accreditation"), facts_accreditation(facts, s->code, day));
}

/* ---- all partners ------------------------------------------------------------------------ */

/* Counts of one partner; rows come in the order of the partners' codes. */
static void put_counts(struct jw *w, struct query *q, str code)
{
    int64_t given = 0, received = 0;

    while (query_row(q) && str_cmp(query_str(q, 0), code) < 0)
        query_next(q);
    if (query_row(q) && str_eq(query_str(q, 0), code)) {
        given = query_int(q, 1);
        received = query_int(q, 2);
    }
    jw_kv_int(w, S("given"), given);
    jw_kv_int(w, S("received"), received);
}

enum err partner_list(struct act *a, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    int32_t day = day_of_ms(a->now);
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT partner, sum(direction = 1), sum(direction = -1) FROM engagement"
                 " GROUP BY partner ORDER BY partner",
                 ""));
    jw_open(&w, '{');
    jw_key(&w, S("partners"));
    jw_open(&w, '[');
    for (size_t i = 0; i < facts_state_count(facts); i++) {
        const struct fact_state *s = facts_state_at(facts, i);
        if (str_eq(s->code, a->house->state_code))
            continue;
        jw_open(&w, '{');
        put_standing(&w, facts, s, day);
        put_counts(&w, &q, s->code);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- one partner ------------------------------------------------------------------------- */

static void put_agreements(struct jw *w, const struct facts *facts, str state, int32_t day)
{
    jw_key(w, S("agreements"));
    jw_open(w, '[');
    for (size_t i = 0; i < facts_agreement_count(facts); i++) {
        const struct fact_agreement *g = facts_agreement_at(facts, i);
        if (!facts_agreement_binds(facts, g, state, g->from))
            continue;
        jw_open(w, '{');
        jw_kv(w, S("code"), g->code);
        put_names(w, S("title"), g->title_en, g->title_ar, g->title_fr);
        put_names(w, S("basis"), g->basis, g->basis_ar, g->basis_fr);
        put_day(w, S("from"), g->from);
        put_day(w, S("until"), g->until);
        jw_kv_bool(w, S("in_force"), facts_agreement_binds(facts, g, state, day));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static void put_organisations(struct jw *w, const struct facts *facts, str state)
{
    jw_key(w, S("organisations"));
    jw_open(w, '[');
    for (size_t i = 0; i < facts_organisation_count(facts); i++) {
        const struct fact_organisation *o = facts_organisation_at(facts, i);
        if (!facts_member(facts, state, o->code))
            continue;
        jw_open(w, '{');
        jw_kv(w, S("code"), o->code);
        put_names(w, S("name"), o->name_en, o->name_ar, o->name_fr);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

/* One engagement with what was said of it then. */
static enum err put_engagement(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    struct id id = query_id(q, 0);
    struct json *said;
    char at[32];
    str body;

    TRY(unseal(a->arena, &a->house->record_key, S("engagement"), query_str(q, 3), &body, f));
    TRY(json_parse(a->arena, body, NULL, &said, f));
    time_format(query_int(q, 2), at);
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv(w, S("action"), query_str(q, 1));
    jw_kv(w, S("at"), str_of(at));
    if (!query_null(q, 4)) {
        time_format(query_int(q, 4), at);
        jw_kv(w, S("ended"), str_of(at));
    }
    jw_key(w, S("said"));
    jw_tree(w, said);
    jw_close(w, '}');
    return OK;
}

/* ?before=ID: the page after the one that ended with it. */
static enum err put_engagements(struct act *a, struct jw *w, str state, struct fault *f)
{
    str before = act_param(a, S("before"));
    struct id last;
    struct query q;
    enum err e = OK;

    memset(&last, 0xff, sizeof last);
    if (before.p && !id_parse(before, &last))
        return fault(f, ERR_MALFORMED_REQUEST, "before= is the id of an engagement");
    TRY(db_query(a->db, &q, f,
                 "SELECT id, action, at, body, ended_at FROM engagement"
                 " WHERE partner = ? AND id < ? ORDER BY id DESC LIMIT ?",
                 "sdi", state, &last, (int64_t)PAGE));
    jw_key(w, S("engagements"));
    jw_open(w, '[');
    while (e == OK && query_row(&q)) {
        e = put_engagement(a, w, &q, f);
        query_next(&q);
    }
    jw_close(w, ']');
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

enum err partner_show(struct act *a, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    const struct fact_state *s = facts_state(facts, act_param(a, S("state")));
    int32_t day = day_of_ms(a->now);
    struct jw w = JW(&a->reply);
    int64_t balance;

    if (!s || str_eq(s->code, a->house->state_code))
        return fault(f, ERR_NOT_FOUND, "the policy knows no such partner");
    TRY(partner_balance(a->db, s->code, &balance, f));
    jw_open(&w, '{');
    put_standing(&w, facts, s, day);
    jw_kv_int(&w, S("balance"), balance);
    TRY(accreditation_put(a, &w, s->code, f));
    TRY(closings_put(a, &w, s->code, f));
    put_organisations(&w, facts, s->code);
    put_agreements(&w, facts, s->code, day);
    TRY(put_engagements(a, &w, s->code, f));
    jw_close(&w, '}');
    return OK;
}

/* What an officer asks about partners is asked at the officer's own mission. */
enum err own_mission_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), a->actor.mission);
    return OK;
}

/* ---- aims -------------------------------------------------------------------------------- */

static enum err put_progress(struct act *a, struct jw *w, const struct fact_aim *aim,
                             struct fault *f)
{
    bool any = str_eq(aim->measure, S("*"));
    struct query q;
    char at[32];

    TRY(db_one(a->db, &q, f,
               "SELECT count(*), max(at) FROM engagement WHERE aim = ? AND (? OR action = ?)",
               "sis", aim->code, (int64_t)any, aim->measure));
    jw_kv_int(w, S("done"), query_int(&q, 0));
    if (!query_null(&q, 1)) {
        time_format(query_int(&q, 1), at);
        jw_kv(w, S("last"), str_of(at));
    }
    return query_end(&q, f);
}

static enum err put_aims(struct act *a, struct jw *w, const struct facts *facts, struct fault *f)
{
    int32_t day = day_of_ms(a->now);

    jw_key(w, S("aims"));
    jw_open(w, '[');
    for (size_t i = 0; i < facts_aim_count(facts); i++) {
        const struct fact_aim *aim = facts_aim_at(facts, i);
        jw_open(w, '{');
        jw_kv(w, S("code"), aim->code);
        put_names(w, S("title"), aim->title_en, aim->title_ar, aim->title_fr);
        jw_kv(w, S("owner"), aim->owner);
        jw_kv(w, S("measure"), aim->measure);
        jw_kv_int(w, S("target"), aim->target);
        put_day(w, S("from"), aim->from);
        put_day(w, S("until"), aim->until);
        jw_kv_bool(w, S("pursued"), day >= aim->from && day <= aim->until);
        TRY(put_progress(a, w, aim, f));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static enum err put_capabilities(struct act *a, struct jw *w, const struct facts *facts,
                                 struct fault *f)
{
    jw_key(w, S("capabilities"));
    jw_open(w, '[');
    for (size_t i = 0; i < facts_capability_count(facts); i++) {
        const struct fact_capability *c = facts_capability_at(facts, i);
        int64_t used;
        TRY(capability_used(a->db, c->code, &used, f));
        jw_open(w, '{');
        jw_kv(w, S("code"), c->code);
        put_names(w, S("title"), c->title_en, c->title_ar, c->title_fr);
        jw_kv(w, S("unit"), c->unit);
        jw_kv_int(w, S("total"), c->total);
        jw_kv_int(w, S("free"), c->total - used);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

/* Acts towards partners that name no aim, by action and partner. */
static enum err put_aimless(struct act *a, struct jw *w, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT action, partner, count(*) FROM engagement WHERE aim IS NULL"
                 " GROUP BY action, partner ORDER BY action, partner",
                 ""));
    jw_key(w, S("without_aim"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(w, '{');
        jw_kv(w, S("action"), query_str(&q, 0));
        jw_kv(w, S("partner"), query_str(&q, 1));
        jw_kv_int(w, S("acts"), query_int(&q, 2));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err aim_list(struct act *a, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    TRY(put_aims(a, &w, facts, f));
    TRY(put_capabilities(a, &w, facts, f));
    TRY(put_aimless(a, &w, f));
    jw_close(&w, '}');
    return OK;
}
