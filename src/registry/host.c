/* host.c - the file of a host country: contacts there, what each side promised by when, and what
 * happened, day by day
 *
 * Both are kept for as long as the relation lasts: a contact ends and a promise is settled, neither
 * is deleted. What is in them is sealed. The file is that of the mission that answers for the
 * country (the ministry where none does): the policy decides upon that mission.
 */
#include "base/date.h"
#include "policy/facts.h"
#include "registry/registry_int.h"

enum { KEPT_MAX = 16 << 10, HISTORY = 100 };

/* ---- facts ------------------------------------------------------------------------------- */

static enum err put_answering(struct act *a, str country, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    str authority = jurisdiction_of(m, country, S("*"));
    bool ours = authority.p && mission_find(m, authority);

    a->subject = str_printf(a->arena, "country/%.*s", STR_FMT(country));
    act_resource(a, S("Mission"), ours ? str_copy(a->arena, authority) : S("ministry"));
    missions_drop(m);
    if (!country_known(country) && !facts_state(policy_facts(a->policy), country))
        return fault(f, ERR_NOT_FOUND, "no such country");
    return OK;
}

enum err host_facts(struct act *a, struct fault *f)
{
    return put_answering(a, act_param(a, S("country")), f);
}

/* Of a contact or a promise, by its id. */
static enum err row_facts(struct act *a, const char *sql, struct fault *f)
{
    struct query q;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_one(a->db, &q, f, sql, "d", &id));
    str country = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(country.p, f);
    return put_answering(a, country, f);
}

enum err contact_facts(struct act *a, struct fault *f)
{
    return row_facts(a, "SELECT country FROM contact WHERE id = ?", f);
}

enum err pledge_facts(struct act *a, struct fault *f)
{
    return row_facts(a, "SELECT country FROM pledge WHERE id = ?", f);
}

/* ---- acts -------------------------------------------------------------------------------- */

/* What was said, sealed, in a buffer of the arena. */
static enum err seal_said(struct act *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf said = BUF(KEPT_MAX);
    AUTO(buf) struct buf sealed = BUF(KEPT_MAX + SEAL_OVERHEAD);
    struct jw w = JW(&said);

    jw_tree(&w, a->input);
    if (!buf_ok(&said))
        return fault(f, ERR_TOO_LARGE, "at most %d bytes are kept", KEPT_MAX);
    TRY(seal(&sealed, &a->house->record_key, S("host"), buf_str(&said), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

enum err host_prepare(struct act *a, struct fault *f)
{
    (void)f;
    a->content = sha256(a->body);
    return OK;
}

enum err contact_add(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    str said;

    TRY(seal_said(a, &said, f));
    TRY(db_run(a->db, f, "INSERT INTO contact(id, country, at, officer, body) VALUES(?,?,?,?,?)",
               "dsidb", &id, act_param(a, S("country")), a->now, &a->actor.id, said));
    act_created(a, &id);
    return OK;
}

enum err contact_end(struct act *a, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f,
               "UPDATE contact SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL",
               "idd", a->now, &a->actor.id, &id));
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it has ended already");
    act_created(a, &id);
    a->status = 200;
    return OK;
}

enum err pledge_record(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    bool ours = str_eq(json_get_str(a->input, S("by")), S("us"));
    int32_t due;
    str said;

    if (!day_parse(json_get_str(a->input, S("due")), &due))
        return fault_at(f, ERR_INVALID, "/due", "not a date");
    TRY(seal_said(a, &said, f));
    TRY(db_run(a->db, f,
               "INSERT INTO pledge(id, country, ours, due, at, officer, body)"
               " VALUES(?,?,?,?,?,?,?)",
               "dsiiidb", &id, act_param(a, S("country")), (int64_t)ours, (int64_t)due, a->now,
               &a->actor.id, said));
    act_created(a, &id);
    return OK;
}

enum err pledge_settle(struct act *a, struct fault *f)
{
    struct id id;
    str said;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(seal_said(a, &said, f));
    TRY(db_run(a->db, f,
               "UPDATE pledge SET outcome = ?, settled_at = ?, settled_by = ?, settled = ?"
               " WHERE id = ? AND outcome IS NULL",
               "sidbd", json_get_str(a->input, S("outcome")), a->now, &a->actor.id, said, &id));
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it is settled already");
    act_created(a, &id);
    a->status = 200;
    return OK;
}

/* ---- the file ---------------------------------------------------------------------------- */

static enum err put_sealed(struct act *a, struct jw *w, str key, str place, str sealed,
                           struct fault *f)
{
    str text;

    TRY(unseal(a->arena, &a->house->record_key, place, sealed, &text, f));
    jw_key(w, key);
    jw_raw(w, text);
    return OK;
}

static void put_time(struct jw *w, str key, struct query *q, int col)
{
    char at[32];

    if (query_null(q, col))
        return;
    time_format(query_int(q, col), at);
    jw_kv(w, key, str_of(at));
}

static enum err put_contact(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    struct id id = query_id(q, 0);

    jw_kv(w, S("id"), act_id_text(a, &id));
    put_time(w, S("at"), q, 1);
    put_time(w, S("ended"), q, 2);
    return put_sealed(a, w, S("said"), S("host"), query_str(q, 3), f);
}

static enum err put_pledge(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    struct id id = query_id(q, 0);
    char due[16];

    jw_kv(w, S("id"), act_id_text(a, &id));
    put_time(w, S("at"), q, 1);
    day_format((int32_t)query_int(q, 2), due);
    jw_kv(w, S("due"), str_of(due));
    if (!query_null(q, 3)) {
        jw_kv(w, S("outcome"), query_str(q, 3));
        put_time(w, S("settled"), q, 4);
        TRY(put_sealed(a, w, S("settling"), S("host"), query_str(q, 5), f));
    }
    return put_sealed(a, w, S("said"), S("host"), query_str(q, 6), f);
}

static enum err put_count(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    (void)a;
    (void)f;
    jw_kv(w, S("action"), query_str(q, 0));
    jw_kv_int(w, S("all"), query_int(q, 1));
    jw_kv_int(w, S("year"), query_int(q, 2));
    jw_kv_int(w, S("open"), query_int(q, 3));
    return OK;
}

/* One thing that happened: the act, what it was about, and where the journal tells of it. */
static enum err put_event(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    struct id id = query_id(q, 2);

    put_time(w, S("at"), q, 0);
    jw_kv(w, S("action"), query_str(q, 1));
    if (str_eq(query_str(q, 3), S("engagement")))
        jw_kv(w, S("subject"),
              str_printf(a->arena, "engagement/%.*s", STR_FMT(act_id_text(a, &id))));
    if (str_eq(query_str(q, 3), S("statement"))) {
        jw_key(w, S("said"));
        jw_raw(w, query_str(q, 4));
        return OK;
    }
    return put_sealed(a, w, S("said"), query_str(q, 3), query_str(q, 4), f);
}

static enum err put_list(struct act *a, struct jw *w, str key, struct query *q,
                         enum err (*put)(struct act *, struct jw *, struct query *, struct fault *),
                         struct fault *f)
{
    enum err e = OK;

    jw_key(w, key);
    jw_open(w, '[');
    for (; e == OK && query_row(q); query_next(q)) {
        jw_open(w, '{');
        e = put(a, w, q, f);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    enum err ended = query_end(q, f);
    TRY(e);
    return ended;
}

/* Newest first; the fourth column says under which name the fifth is sealed. */
static enum err put_history(struct act *a, struct jw *w, str country, struct fault *f)
{
    struct query q;

    TRY(db_query(
        a->db, &q, f,
        "SELECT at, action, id, place, body FROM ("
        "SELECT at, action, id, 'engagement' AS place, body FROM engagement WHERE partner = ?"
        " UNION ALL SELECT at, 'contact.add', id, 'host', body FROM contact WHERE country = ?"
        " UNION ALL SELECT ended_at, 'contact.end', id, 'host', body FROM contact"
        " WHERE country = ? AND ended_at IS NOT NULL"
        " UNION ALL SELECT at, 'pledge.record', id, 'host', body FROM pledge WHERE country = ?"
        " UNION ALL SELECT settled_at, 'pledge.settle', id, 'host', body FROM pledge"
        " WHERE country = ? AND outcome IS NOT NULL"
        " UNION ALL SELECT at, 'partner.confirm', id, 'statement', statement"
        " FROM accreditation_step WHERE state = ?) AS happened ORDER BY at DESC, id DESC LIMIT ?",
        "ssssssi", country, country, country, country, country, country, (int64_t)HISTORY));
    return put_list(a, w, S("history"), &q, put_event, f);
}

enum err host_file(struct act *a, struct fault *f)
{
    str country = act_param(a, S("country"));
    struct jw w = JW(&a->reply);
    struct query q;

    jw_open(&w, '{');
    jw_kv(&w, S("country"), country);
    TRY(db_query(a->db, &q, f,
                 "SELECT id, at, ended_at, body FROM contact WHERE country = ?"
                 " ORDER BY ended_at IS NOT NULL, id",
                 "s", country));
    TRY(put_list(a, &w, S("contacts"), &q, put_contact, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT id, at, due, outcome, settled_at, settled, body FROM pledge"
                 " WHERE country = ? ORDER BY outcome IS NOT NULL, due, id",
                 "s", country));
    TRY(put_list(a, &w, S("pledges"), &q, put_pledge, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT action, count(*), sum(CASE WHEN at > ? THEN 1 ELSE 0 END),"
                 " sum(CASE WHEN ended_at IS NULL AND capability IS NOT NULL THEN 1 ELSE 0 END)"
                 " FROM engagement WHERE partner = ? GROUP BY action ORDER BY action",
                 "is", a->now - INT64_C(365) * 86400000, country));
    TRY(put_list(a, &w, S("exchanged"), &q, put_count, f));
    TRY(put_history(a, &w, country, f));
    jw_close(&w, '}');
    return OK;
}
