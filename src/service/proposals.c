#include "service/stock_int.h"

enum { LISTED = 200 };

static const struct {
    const char *what;
    enum err (*apply)(struct act *, const struct proposal *, struct fault *);
} kinds[] = {{"account", account_apply},
             {"cash", cash_apply},
             {"repayment", repayment_apply},
             {"spoilt", spoilt_apply},
             {"count", count_apply}};

str proposal_kind(const struct act *a)
{
    str rest = str_of(a->action->name), noun;

    str_split(&rest, '.', &noun);
    return noun;
}

/* ---- proposing ---------------------------------------------------------------------------- */

enum err proposal_add(struct act *a, str mission, str matter, str statement, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    str what = proposal_kind(a);
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "UPDATE proposal SET dropped = 1 WHERE mission = ? AND what = ? AND matter = ?"
               " AND confirmer IS NULL",
               "sss", mission, what, matter));
    TRY(db_run(a->db, f,
               "INSERT INTO proposal(id, mission, what, matter, statement, proposer, proposed,"
               " dropped) VALUES(?,?,?,?,?,?,?,0)",
               "dssssdi", &id, mission, what, matter, statement, &a->actor.id, a->now));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv(&w, S("statement"), statement);
    jw_close(&w, '}');
    return OK;
}

/* ---- looking ------------------------------------------------------------------------------ */

/* Where it is confirmed: at the mission, or at the ministry for posts with one officer. */
static str queue_of(struct act *a, str mission)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    bool away = at && at->one_officer;

    missions_drop(m);
    return away ? S("ministry") : mission;
}

/* Of a row id, mission, what, statement, proposed, proposer, name of the proposer. */
static void put_row(struct act *a, struct jw *w, struct query *q)
{
    struct id id = query_id(q, 0), proposer = query_id(q, 5);
    char at[32];

    time_format(query_int(q, 4), at);
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv(w, S("mission"), query_str(q, 1));
    jw_kv(w, S("what"), query_str(q, 2));
    jw_kv(w, S("statement"), query_str(q, 3));
    jw_kv(w, S("proposed"), str_of(at));
    jw_kv(w, S("by"), query_str(q, 6));
    jw_kv_bool(w, S("mine"), id_eq(&proposer, &a->actor.id));
    jw_close(w, '}');
}

#define SELECT_OPEN                                                                                \
    "SELECT p.id, p.mission, p.what, p.statement, p.proposed, p.proposer, o.name FROM proposal p"  \
    " LEFT JOIN officer o ON o.id = p.proposer WHERE p.confirmer IS NULL AND p.dropped = 0"

enum err proposals_put(struct act *a, struct jw *w, str mission, str what, str or_what,
                       struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 SELECT_OPEN " AND p.mission = ? AND p.what IN (?, ?) ORDER BY p.id LIMIT ?",
                 "sssi", mission, what, or_what, (int64_t)LISTED));
    jw_key(w, S("proposals"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q))
        put_row(a, w, &q);
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err proposal_put_officers(struct act *a, struct jw *w, const struct id *proposal,
                               struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT x.name, y.name FROM proposal p LEFT JOIN officer x ON x.id = p.proposer"
               " LEFT JOIN officer y ON y.id = p.confirmer WHERE p.id = ?",
               "d", proposal));
    jw_kv(w, S("proposed_by"), query_str(&q, 0));
    jw_kv(w, S("confirmed_by"), query_str(&q, 1));
    return query_end(&q, f);
}

/* All that waits at a mission, and of the posts whose second officers are there. */
enum err proposal_list(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct query q;

    if (!mission.p)
        mission = a->actor.mission;
    TRY(db_query(a->db, &q, f, SELECT_OPEN " ORDER BY p.id LIMIT ?", "i", (int64_t)LISTED * 50));
    jw_open(&w, '{');
    jw_key(&w, S("proposals"));
    jw_open(&w, '[');
    for (int n = 0; query_row(&q) && n < LISTED; query_next(&q)) {
        str of = query_str(&q, 1);
        if (!str_eq(of, mission) && !str_eq(queue_of(a, of), mission))
            continue;
        put_row(a, &w, &q);
        n++;
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- one of them -------------------------------------------------------------------------- */

static enum err load(struct act *a, struct proposal *p, struct fault *f)
{
    struct query q;

    TRY(act_param_id(a, S("id"), &p->id, f));
    TRY(db_one(a->db, &q, f,
               "SELECT mission, what, statement, proposer, confirmer IS NULL AND dropped = 0"
               " FROM proposal WHERE id = ?",
               "d", &p->id));
    p->mission = str_copy(a->arena, query_str(&q, 0));
    p->what = str_copy(a->arena, query_str(&q, 1));
    p->statement = str_copy(a->arena, query_str(&q, 2));
    p->proposer = query_id(&q, 3);
    bool waits = query_int(&q, 4) != 0;
    TRY(query_end(&q, f));
    if (!waits)
        return fault(f, ERR_CONFLICT, "it does not wait any more");
    TRY_PTR(p->mission.p && p->what.p && p->statement.p, f);
    return json_parse(a->arena, p->statement, NULL, &p->said, f);
}

struct confirming {
    struct proposal p; /* first: facts read it there */
    struct officer_signature signature;
};

enum err proposal_prepare(struct act *a, struct fault *f)
{
    struct confirming *c = arena_new_of(a->arena, struct confirming);

    TRY_PTR(c, f);
    a->data = c;
    TRY(load(a, &c->p, f));
    a->content = sha256(c->p.statement);
    a->subject = str_printf(a->arena, "mission/%.*s", STR_FMT(c->p.mission));
    TRY_PTR(a->subject.p, f);
    return OK;
}

/* A read has no prepare. */
enum err proposal_facts(struct act *a, struct fault *f)
{
    struct cedar_entity *e;
    const struct proposal *p;

    if (!a->data)
        TRY(proposal_prepare(a, f));
    p = a->data;
    e = act_resource(a, S("Proposal"), act_id_text(a, &p->id));
    cedar_attr(a->entities, e, S("mission"),
               cedar_ref(a->entities, S("Sifara::Mission"), p->mission));
    cedar_attr(a->entities, e, S("queue"),
               cedar_ref(a->entities, S("Sifara::Mission"), queue_of(a, p->mission)));
    cedar_attr(a->entities, e, S("proposer"),
               cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, &p->proposer)));
    return OK;
}

enum err proposal_show(struct act *a, struct fault *f)
{
    const struct proposal *p = a->data;
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(db_one(a->db, &q, f, SELECT_OPEN " AND p.id = ?", "d", &p->id));
    put_row(a, &w, &q);
    return query_end(&q, f);
}

enum err proposal_drop(struct act *a, struct fault *f)
{
    const struct proposal *p = a->data;

    TRY(db_run(a->db, f,
               "UPDATE proposal SET dropped = 1 WHERE id = ? AND confirmer IS NULL AND dropped = 0",
               "d", &p->id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it does not wait any more");
    buf_add_str(&a->reply, S("{\"state\":\"dropped\"}"));
    return OK;
}

enum err proposal_confirm_prepare(struct act *a, struct fault *f)
{
    struct confirming *c;

    TRY(proposal_prepare(a, f));
    c = a->data;
    if (!str_eq(c->p.what, proposal_kind(a)))
        return fault(f, ERR_NOT_FOUND, "no such proposal");
    return officer_signature(a, c->p.statement, &c->signature, f);
}

enum err proposal_confirm(struct act *a, struct fault *f)
{
    struct confirming *c = a->data;
    enum err e =
        db_run(a->db, f,
               "UPDATE proposal SET confirmer = ?, confirmer_signature = ?, confirmed = ?"
               " WHERE id = ? AND confirmer IS NULL AND dropped = 0",
               "dbid", &a->actor.id, officer_signature_str(&c->signature), a->now, &c->p.id);

    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must confirm it");
    TRY(e);
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it does not wait any more");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(c->p.what, str_of(kinds[i].what)))
            TRY(kinds[i].apply(a, &c->p, f));
    buf_add_str(&a->reply, S("{\"state\":\"confirmed\"}"));
    return OK;
}
