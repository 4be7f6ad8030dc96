/* hours.c - a mission as people look for it: when it is open, how it is reached, whom it serves */
#include "registry/missions_int.h"
#include "registry/registry_int.h"

#include <stdio.h>

/* Minutes of a day that a clock shows: "09:30". */
static bool clock_parse(str text, int *out)
{
    int64_t hour, minute;

    if (!str_to_int64(str_sub(text, 0, 2), &hour) || !str_to_int64(str_sub(text, 3, 5), &minute) ||
        hour > 24 || minute > 59 || hour * 60 + minute > 24 * 60)
        return false;
    *out = (int)(hour * 60 + minute);
    return true;
}

enum err mission_hours_prepare(struct act *a, struct fault *f)
{
    const struct json *list = json_get(a->input, S("hours")), *one;
    char pointer[48];
    int from, to;

    for (size_t i = 0; (one = json_at(list, i)); i++) {
        snprintf(pointer, sizeof pointer, "/hours/%zu/to", i);
        if (!clock_parse(json_get_str(one, S("from")), &from) ||
            !clock_parse(json_get_str(one, S("to")), &to) || from >= to)
            return fault_at(f, ERR_INVALID, pointer, "it closes later on the day than it opens");
    }
    return OK;
}

enum err mission_hours(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf doc = BUF(16 << 10);
    struct jw w = JW(&doc);

    jw_tree(&w, a->input);
    enum err e = db_run(a->db, f,
                        "INSERT INTO mission_hours(mission, doc, officer, at) VALUES(?,?,?,?)"
                        " ON CONFLICT(mission) DO UPDATE SET doc = excluded.doc,"
                        " officer = excluded.officer, at = excluded.at",
                        "ssdi", act_param(a, S("mission")), buf_str(&doc), &a->actor.id, a->now);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_NOT_FOUND, "no such mission");
    TRY(e);
    buf_add_str(&a->reply, S("{}"));
    return OK;
}

/* The countries for which it answers, each once, with the service where it is not for all. */
static void put_serves(struct jw *w, const struct missions *m, str code)
{
    jw_key(w, S("serves"));
    jw_open(w, '[');
    for (size_t i = 0; i < m->n_rows; i++) {
        if (!str_eq(m->rows[i].authority, code))
            continue;
        jw_open(w, '{');
        jw_kv(w, S("country"), m->rows[i].country);
        if (!str_eq(m->rows[i].service, S("*")))
            jw_kv(w, S("service"), m->rows[i].service);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum err put_hours(struct act *a, struct jw *w, str code, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT doc FROM mission_hours WHERE mission = ?", "s", code);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    jw_key(w, S("open"));
    jw_raw(w, query_str(&q, 0));
    return query_end(&q, f);
}

/* Public: it is what somebody looks for who stands before the door. */
enum err mission_show(struct act *a, struct fault *f)
{
    str code = act_param(a, S("mission"));
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, code);
    struct jw w = JW(&a->reply);
    enum err e = OK;

    if (at) {
        jw_open(&w, '{');
        mission_put(&w, at);
        put_serves(&w, m, code);
        e = put_hours(a, &w, code, f);
        jw_close(&w, '}');
    } else {
        e = fault(f, ERR_NOT_FOUND, "no such mission");
    }
    missions_drop(m);
    return e;
}
