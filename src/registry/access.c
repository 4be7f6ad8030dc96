/* access.c - who looked at a person's file, and the lawful delay
 *
 * Each officer's act on a person's file leaves a row that the person can read: role, mission, what
 * and when; never the officer's name. While an investigation is on, two officers may delay what the
 * person sees until a date: the rows are written all the same and appear afterwards.
 */
#include "registry/registry_int.h"

static enum err delayed_until(struct act *a, const struct id *person, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(max(until), 0) FROM access_delay"
               " WHERE person = ? AND confirmer IS NOT NULL AND until > ?",
               "di", person, a->now));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err access_note(struct act *a, const struct id *person, str subject, str reason,
                     struct fault *f)
{
    struct id id = id_new(&a->house->world, id_bucket(person));
    int64_t visible;

    if (a->actor.kind != ACTOR_OFFICER)
        return OK;
    TRY(delayed_until(a, person, &visible, f));
    return db_run(a->db, f,
                  "INSERT INTO access_log(id, bucket, person, at, role, mission, action, subject,"
                  " reason, visible_from) VALUES(?,?,?,?,?,?,?,?,?,?)",
                  "didisssssi", &id, (int64_t)id_bucket(person), person, a->now, act_role(a),
                  a->actor.mission, str_of(a->action->name), subject, reason, visible);
}

enum err access_put(struct act *a, struct jw *w, const struct id *person, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT at, role, mission, action, subject, reason FROM access_log"
                 " WHERE person = ? AND visible_from <= ? ORDER BY id DESC LIMIT 500",
                 "di", person, a->now));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 0), at);
        jw_open(w, '{');
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("role"), query_str(&q, 1));
        jw_kv(w, S("mission"), query_str(&q, 2));
        jw_kv(w, S("action"), query_str(&q, 3));
        jw_kv(w, S("subject"), query_str(&q, 4));
        jw_kv(w, S("reason"), query_str(&q, 5));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err access_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_key(&w, S("access"));
    TRY(access_put(a, &w, &a->actor.id, f));
    jw_close(&w, '}');
    return OK;
}

/* ---- the lawful delay: two officers ----------------------------------------------------- */

enum err access_delay_facts(struct act *a, struct fault *f)
{
    struct id delay;
    struct query q;
    str id = act_param(a, S("id"));
    struct cedar_entity *e = act_resource(a, S("AccessDelay"), id.p ? id : S("new"));

    a->subject = str_printf(a->arena, "access-delay/%.*s", STR_FMT(id.p ? id : S("new")));
    a->content = sha256(a->body);
    if (!id.p)
        return OK;
    TRY(act_param_id(a, S("id"), &delay, f));
    TRY(db_one(a->db, &q, f, "SELECT proposer FROM access_delay WHERE id = ?", "d", &delay));
    struct id proposer = query_id(&q, 0);
    TRY(query_end(&q, f));
    cedar_attr(a->entities, e, S("proposer"),
               cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, &proposer)));
    return OK;
}

enum err access_delay_propose(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0), person;
    int32_t day;

    if (!id_parse(json_get_str(a->input, S("person")), &person))
        return fault_at(f, ERR_INVALID, "/person", "not an id");
    if (!day_parse(json_get_str(a->input, S("until")), &day))
        return fault_at(f, ERR_INVALID, "/until", "not a date");
    TRY(db_run(a->db, f,
               "INSERT INTO access_delay(id, person, until, basis, proposer, at)"
               " VALUES(?,?,?,?,?,?)",
               "ddisdi", &id, &person, (int64_t)day * 86400000, json_get_str(a->input, S("basis")),
               &a->actor.id, a->now));
    act_created(a, &id);
    return OK;
}

enum err access_delay_confirm(struct act *a, struct fault *f)
{
    struct id id;
    struct jw w = JW(&a->reply);

    TRY(act_param_id(a, S("id"), &id, f));
    enum err e = db_run(a->db, f,
                        "UPDATE access_delay SET confirmer = ? WHERE id = ?"
                        " AND confirmer IS NULL",
                        "dd", &a->actor.id, &id);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer must confirm");
    TRY(e);
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it is confirmed already");
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_param(a, S("id")));
    jw_close(&w, '}');
    return OK;
}
