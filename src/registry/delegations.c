/* delegations.c - an officer's role, lent to a colleague from one day to another
 *
 * One officer proposes it, another confirms; both sign the same statement, canonical JSON:
 *
 *     {"colleague":ID,"from":"2026-12-20","mission":"athens","officer":ID,"role":"consul",
 *      "until":"2027-01-03"}
 *
 * From the first day to the last, in the mission's own time zone, the role is the colleague's too:
 * the policy decides with it where their own roles do not do (act/gate.c). It ends by itself. What
 * is sealed by a lent role is sealed only against this statement and its two signatures
 * (node/keyring_officers.c): a row alone lends nothing.
 */
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "registry/registry_int.h"

enum { LONGEST_DAYS = 186, LISTED = 200 };

struct delegation {
    struct id id, officer, colleague, proposer;
    str mission, role, statement;
    int32_t from, until;
    struct officer_signature signature;
    bool confirmed, ended;
};

enum err delegation_statement(struct arena *a, str mission, const struct json *input, str *out,
                              struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("colleague"), json_get_str(input, S("colleague")));
    jw_kv(&w, S("from"), json_get_str(input, S("from")));
    jw_kv(&w, S("mission"), mission);
    jw_kv(&w, S("officer"), json_get_str(input, S("officer")));
    jw_kv(&w, S("role"), json_get_str(input, S("role")));
    jw_kv(&w, S("until"), json_get_str(input, S("until")));
    jw_close(&w, '}');
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

/* ---- what is lent today -------------------------------------------------------------------- */

enum err delegations_lent(struct act *a, struct lent *out, size_t *out_n, struct fault *f)
{
    int32_t today = day_at_mission(a, a->actor.mission);
    struct query q;

    *out_n = 0;
    TRY(db_query(a->db, &q, f,
                 "SELECT d.id, d.officer, d.role FROM delegation d JOIN officer o ON o.id ="
                 " d.officer WHERE d.colleague = ? AND d.confirmer IS NOT NULL AND d.ended IS NULL"
                 " AND d.starts <= ? AND d.until >= ? AND d.mission = ? AND o.mission = d.mission"
                 " AND o.state = 'active' ORDER BY d.id LIMIT ?",
                 "diisi", &a->actor.id, (int64_t)today, (int64_t)today, a->actor.mission,
                 (int64_t)LENT_MAX));
    for (; query_row(&q) && *out_n < LENT_MAX; query_next(&q)) {
        struct lent *l = &out[(*out_n)++];
        *l = (struct lent){query_id(&q, 0), query_id(&q, 1), str_copy(a->arena, query_str(&q, 2))};
    }
    return query_end(&q, f);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static struct cedar_value officer_ref(struct act *a, const struct id *id)
{
    return cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, id));
}

static enum err put_facts(struct act *a, const struct delegation *d, bool proposed, struct fault *f)
{
    str id = act_id_text(a, &d->id);
    struct cedar_entity *e = act_resource(a, S("Delegation"), id);

    cedar_attr(a->entities, e, S("mission"),
               cedar_ref(a->entities, S("Sifara::Mission"), d->mission));
    cedar_attr(a->entities, e, S("officer"), officer_ref(a, &d->officer));
    cedar_attr(a->entities, e, S("colleague"), officer_ref(a, &d->colleague));
    cedar_attr(a->entities, e, S("role"), cedar_str(d->role));
    if (proposed)
        cedar_attr(a->entities, e, S("proposer"), officer_ref(a, &d->proposer));
    a->subject = str_printf(a->arena, "delegation/%.*s", STR_FMT(id));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err delegation_propose_facts(struct act *a, struct fault *f)
{
    /* only asked about: a role of the mission, nobody's in particular */
    const struct delegation asked = {.mission = act_param(a, S("mission")), .role = S("")};

    return put_facts(a, a->data ? a->data : &asked, false, f);
}

/* ---- proposing ------------------------------------------------------------------------------ */

static enum err check_days(struct act *a, struct delegation *d, struct fault *f)
{
    int32_t today = day_at_mission(a, d->mission);

    if (!day_parse(json_get_str(a->input, S("from")), &d->from) || d->from < today)
        return fault_at(f, ERR_INVALID, "/from", "a day, today at the earliest");
    if (!day_parse(json_get_str(a->input, S("until")), &d->until) || d->until < d->from ||
        d->until > d->from + LONGEST_DAYS)
        return fault_at(f, ERR_INVALID, "/until", "a day, half a year after the first at most");
    return OK;
}

/* Works there, and has the role where that is asked. */
static enum err check_officer(struct act *a, const char *pointer, const struct id *id, str mission,
                              str role, struct fault *f)
{
    struct json *roles;
    struct query q;
    bool has = !role.p;

    enum err e = db_one(a->db, &q, f,
                        "SELECT roles FROM officer WHERE id = ? AND mission = ?"
                        " AND state = 'active'",
                        "ds", id, mission);
    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_INVALID, pointer, "an officer of this mission");
    TRY(e);
    str text = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(text.p, f);
    TRY(json_parse(a->arena, text, NULL, &roles, f));
    for (size_t i = 0; !has && json_at(roles, i); i++)
        has = str_eq(json_str(json_at(roles, i)), role);
    return has ? OK : fault_at(f, ERR_INVALID, "/role", "not a role of this officer");
}

static enum err read_wish(struct act *a, struct delegation *d, struct fault *f)
{
    d->mission = act_param(a, S("mission"));
    d->role = json_get_str(a->input, S("role"));
    if (!id_parse(json_get_str(a->input, S("officer")), &d->officer))
        return fault_at(f, ERR_INVALID, "/officer", "the id of an officer");
    if (!id_parse(json_get_str(a->input, S("colleague")), &d->colleague) ||
        id_eq(&d->officer, &d->colleague))
        return fault_at(f, ERR_INVALID, "/colleague", "the id of another officer");
    TRY(check_days(a, d, f));
    TRY(check_officer(a, "/officer", &d->officer, d->mission, d->role, f));
    return check_officer(a, "/colleague", &d->colleague, d->mission, STR_NONE, f);
}

enum err delegation_propose_prepare(struct act *a, struct fault *f)
{
    struct delegation *d = arena_new_of(a->arena, struct delegation);

    TRY_PTR(d, f);
    a->data = d;
    TRY(read_wish(a, d, f));
    d->id = id_new(&a->house->world, 0);
    TRY(delegation_statement(a->arena, d->mission, a->input, &d->statement, f));
    a->content = sha256(d->statement);
    return officer_signature(a, d->statement, &d->signature, f);
}

static void reply_statement(struct act *a, const struct delegation *d)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &d->id));
    jw_kv(&w, S("statement"), d->statement);
    jw_close(&w, '}');
}

enum err delegation_propose(struct act *a, struct fault *f)
{
    const struct delegation *d = a->data;

    TRY(db_run(a->db, f,
               "INSERT INTO delegation(id, mission, officer, colleague, role, starts, until,"
               " statement, proposer, proposer_signature, at) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
               "dsddsiisdbi", &d->id, d->mission, &d->officer, &d->colleague, d->role,
               (int64_t)d->from, (int64_t)d->until, d->statement, &a->actor.id,
               officer_signature_str(&d->signature), a->now));
    a->status = 201;
    reply_statement(a, d);
    return OK;
}

/* ---- one that is there ---------------------------------------------------------------------- */

static enum err load(struct act *a, struct delegation *d, struct fault *f)
{
    struct query q;

    TRY(act_param_id(a, S("id"), &d->id, f));
    TRY(db_one(a->db, &q, f,
               "SELECT mission, officer, colleague, role, starts, until, statement, proposer,"
               " confirmer, ended FROM delegation WHERE id = ?",
               "d", &d->id));
    d->mission = str_copy(a->arena, query_str(&q, 0));
    d->officer = query_id(&q, 1);
    d->colleague = query_id(&q, 2);
    d->role = str_copy(a->arena, query_str(&q, 3));
    d->from = (int32_t)query_int(&q, 4);
    d->until = (int32_t)query_int(&q, 5);
    d->statement = str_copy(a->arena, query_str(&q, 6));
    d->proposer = query_id(&q, 7);
    d->confirmed = !query_null(&q, 8);
    d->ended = !query_null(&q, 9);
    TRY(query_end(&q, f));
    TRY_PTR(d->mission.p && d->role.p && d->statement.p, f);
    return OK;
}

enum err delegation_facts(struct act *a, struct fault *f)
{
    struct delegation d = {0};

    TRY(load(a, &d, f));
    return put_facts(a, &d, true, f);
}

enum err delegation_show(struct act *a, struct fault *f)
{
    struct delegation d = {0};

    TRY(load(a, &d, f));
    reply_statement(a, &d);
    return OK;
}

enum err delegation_confirm_prepare(struct act *a, struct fault *f)
{
    struct delegation *d = arena_new_of(a->arena, struct delegation);

    TRY_PTR(d, f);
    a->data = d;
    TRY(load(a, d, f));
    a->content = sha256(d->statement);
    return officer_signature(a, d->statement, &d->signature, f);
}

enum err delegation_confirm(struct act *a, struct fault *f)
{
    const struct delegation *d = a->data;

    enum err e = db_run(a->db, f,
                        "UPDATE delegation SET confirmer = ?, confirmer_signature = ?,"
                        " confirmed = ? WHERE id = ? AND confirmer IS NULL AND ended IS NULL"
                        " AND until >= ?",
                        "dbidi", &a->actor.id, officer_signature_str(&d->signature), a->now, &d->id,
                        (int64_t)day_at_mission(a, d->mission));
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must confirm it");
    TRY(e);
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it is confirmed already, or over");
    reply_statement(a, d);
    return OK;
}

enum err delegation_end(struct act *a, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f,
               "UPDATE delegation SET ended = ?, ended_by = ? WHERE id = ? AND ended IS NULL",
               "idd", a->now, &a->actor.id, &id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it has ended already");
    buf_add_str(&a->reply, S("{}"));
    return OK;
}

/* ---- as the mission sees them --------------------------------------------------------------- */

static const char *state_of(const struct delegation *d, int32_t today)
{
    if (d->ended || d->until < today)
        return "ended";
    if (!d->confirmed)
        return "proposed";
    return d->from > today ? "to-come" : "in-force";
}

/* What the policy would say to this officer who confirms it or ends it. */
static enum err put_next(struct act *a, struct jw *w, const struct delegation *d, struct fault *f)
{
    static const char *const actions[] = {"delegation.confirm", "delegation.end"};
    str id = act_id_text(a, &d->id);
    const struct act_param params[] = {{S("id"), id}};
    struct act of = *a;

    of.params = params;
    of.n_params = 1;
    jw_key(w, S("next"));
    jw_open(w, '[');
    for (size_t i = d->confirmed ? 1 : 0; i < ARRAY_LEN(actions); i++) {
        jw_open(w, '{');
        jw_kv(w, S("action"), str_of(actions[i]));
        TRY(gate_advise(a->house->gate, &of,
                        action_named(registry_actions, registry_actions_n, str_of(actions[i])),
                        NULL, w, f));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static enum err put_one(struct act *a, struct jw *w, const struct delegation *d, int32_t today,
                        struct fault *f)
{
    const char *state = state_of(d, today);
    char day[DAY_TEXT];

    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &d->id));
    jw_kv(w, S("state"), str_of(state));
    jw_kv(w, S("role"), d->role);
    day_format(d->from, day);
    jw_kv(w, S("from"), str_of(day));
    day_format(d->until, day);
    jw_kv(w, S("until"), str_of(day));
    TRY(officer_put_name(a, w, S("officer"), &d->officer, f));
    TRY(officer_put_name(a, w, S("colleague"), &d->colleague, f));
    TRY(officer_put_name(a, w, S("proposer"), &d->proposer, f));
    if (strcmp(state, "ended") != 0) {
        jw_kv(w, S("statement"), d->statement);
        TRY(put_next(a, w, d, f));
    }
    jw_close(w, '}');
    return OK;
}

static enum err load_all(struct act *a, struct delegation *list, size_t *n, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, officer, colleague, role, starts, until, statement, proposer,"
                 " confirmer, ended FROM delegation WHERE mission = ? ORDER BY id DESC LIMIT ?",
                 "si", act_param(a, S("mission")), (int64_t)LISTED));
    for (*n = 0; query_row(&q) && *n < LISTED; query_next(&q))
        list[(*n)++] = (struct delegation){.id = query_id(&q, 0),
                                           .officer = query_id(&q, 1),
                                           .colleague = query_id(&q, 2),
                                           .role = str_copy(a->arena, query_str(&q, 3)),
                                           .from = (int32_t)query_int(&q, 4),
                                           .until = (int32_t)query_int(&q, 5),
                                           .statement = str_copy(a->arena, query_str(&q, 6)),
                                           .proposer = query_id(&q, 7),
                                           .confirmed = !query_null(&q, 8),
                                           .ended = !query_null(&q, 9)};
    return query_end(&q, f);
}

enum err delegation_list(struct act *a, struct fault *f)
{
    struct delegation *list = arena_zalloc(a->arena, LISTED, sizeof *list);
    int32_t today = day_at_mission(a, act_param(a, S("mission")));
    struct jw w = JW(&a->reply);
    size_t n = 0;

    TRY_PTR(list, f);
    TRY(load_all(a, list, &n, f));
    jw_open(&w, '{');
    jw_key(&w, S("delegations"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        TRY(put_one(a, &w, &list[i], today, f));
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

/* ---- for the keyring ------------------------------------------------------------------------ */

enum err delegation_lending(struct act *a, const struct id *id, struct officer_lending *out,
                            struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT statement, proposer, proposer_signature, confirmer,"
                        " confirmer_signature FROM delegation WHERE id = ?",
                        "d", id);

    *out = (struct officer_lending){.statement = S("")};
    if (e == ERR_NOT_FOUND)
        return OK; /* the keyring refuses it */
    TRY(e);
    out->statement = str_copy(a->arena, query_str(&q, 0));
    for (int i = 0; i < 2; i++) {
        out->by[i].officer = query_id(&q, 2 * i + 1);
        if (!officer_signature_of(query_str(&q, 2 * i + 2), &out->by[i].signature))
            out->by[i].signature.n = 0;
    }
    TRY(query_end(&q, f));
    TRY_PTR(out->statement.p, f);
    return OK;
}
