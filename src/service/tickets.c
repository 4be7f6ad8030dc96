/* tickets.c - numbers for those who walk in: one mission, one day, in order
 *
 *   waiting ── called to a counter ──► called ──► served · absent
 *
 * A number says nothing of a person, so that the screen of a waiting room may show it to all. A
 * counter that calls the next has served the one before. Whoever did not hear it may be called
 * again, by the number. */
#include "service/cases_int.h"

#include <stdio.h>

enum { DAY_TICKETS = 2000, SHOWN_LAST = 12 };

enum err mission_today(struct act *a, str mission, int64_t *out, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);

    if (at)
        *out = mission_day(m, at, a->now);
    missions_drop(m);
    return at ? OK : fault(f, ERR_NOT_FOUND, "no such mission");
}

/* ---- taking one --------------------------------------------------------------------------- */

enum err ticket_take(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission")), service = json_get_str(a->input, S("service"));
    struct jw w = JW(&a->reply);
    struct query q;
    int64_t day = 0;

    TRY(mission_today(a, mission, &day, f));
    if (service.p && !service_find(a->house->services, service))
        return fault_at(f, ERR_INVALID, "/service", "no such service");
    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(max(number), 0), coalesce(sum(CASE WHEN state = 'waiting' THEN 1"
               " ELSE 0 END), 0) FROM ticket WHERE day = ? AND mission = ?",
               "is", day, mission));
    int64_t number = query_int(&q, 0) + 1, before = query_int(&q, 1);
    TRY(query_end(&q, f));
    if (number > DAY_TICKETS)
        return fault(f, ERR_LIMIT, "no more than %d numbers on one day", DAY_TICKETS);
    TRY(db_run(a->db, f,
               "INSERT INTO ticket(day, mission, number, service, state, counter, taken, called)"
               " VALUES(?,?,?,?,'waiting',0,?,0)",
               "isisi", day, mission, number, service, a->now));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv_int(&w, S("number"), number);
    jw_kv_int(&w, S("before"), before);
    jw_close(&w, '}');
    return OK;
}

/* ---- calling ------------------------------------------------------------------------------ */

/* The one that is asked for, if it is not served; else who has waited longest. */
static enum err find_next(struct act *a, int64_t day, str mission, int64_t *out, struct fault *f)
{
    int64_t wanted = json_get_int(a->input, S("number"), 0);
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT number FROM ticket WHERE day = ? AND mission = ?"
                        " AND ((? = 0 AND state = 'waiting') OR (number = ? AND state <> 'served'))"
                        " ORDER BY number LIMIT 1",
                        "isii", day, mission, wanted, wanted);

    if (e == ERR_NOT_FOUND)
        return wanted
                   ? fault_at(f, ERR_CONFLICT, "/number", "nobody of that number is to be called")
                   : fault(f, ERR_CONFLICT, "nobody waits");
    TRY(e);
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err ticket_call(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    int64_t counter = json_get_int(a->input, S("counter"), 0), day = 0, number = 0;
    struct jw w = JW(&a->reply);

    TRY(mission_today(a, mission, &day, f));
    TRY(find_next(a, day, mission, &number, f));
    TRY(db_run(a->db, f,
               "UPDATE ticket SET state = 'served' WHERE day = ? AND mission = ? AND counter = ?"
               " AND state = 'called' AND number <> ?",
               "isii", day, mission, counter, number));
    TRY(db_run(a->db, f,
               "UPDATE ticket SET state = 'called', counter = ?, called = ? WHERE day = ?"
               " AND mission = ? AND number = ?",
               "iiisi", counter, a->now, day, mission, number));
    jw_open(&w, '{');
    jw_kv_int(&w, S("number"), number);
    jw_kv_int(&w, S("counter"), counter);
    jw_close(&w, '}');
    return OK;
}

enum err ticket_end(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission")), as = json_get_str(a->input, S("as"));
    struct jw w = JW(&a->reply);
    int64_t day = 0, number = 0;

    TRY(mission_today(a, mission, &day, f));
    if (!str_to_int64(act_param(a, S("number")), &number))
        return fault(f, ERR_NOT_FOUND, "no such number");
    TRY(db_run(a->db, f,
               "UPDATE ticket SET state = ? WHERE day = ? AND mission = ? AND number = ?"
               " AND state = 'called'",
               "sisi", as, day, mission, number));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "nobody of that number was called");
    jw_open(&w, '{');
    jw_kv_int(&w, S("number"), number);
    jw_kv(&w, S("state"), as);
    jw_close(&w, '}');
    return OK;
}

/* ---- looking ------------------------------------------------------------------------------ */

static void put_day(struct jw *w, int64_t day)
{
    char text[DAY_TEXT];

    day_format((int32_t)day, text);
    jw_kv(w, S("day"), str_of(text));
}

static void put_time(struct jw *w, str key, int64_t ms)
{
    char text[32];

    if (!ms)
        return;
    time_format(ms, text);
    jw_kv(w, key, str_of(text));
}

/* The desk's: all of today. */
enum err ticket_list(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct query q;
    int64_t day = 0;

    TRY(mission_today(a, mission, &day, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT number, service, state, counter, taken, called FROM ticket WHERE day = ?"
                 " AND mission = ? ORDER BY number",
                 "is", day, mission));
    jw_open(&w, '{');
    put_day(&w, day);
    jw_key(&w, S("tickets"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(&w, '{');
        jw_kv_int(&w, S("number"), query_int(&q, 0));
        if (query_str(&q, 1).n)
            jw_kv(&w, S("service"), query_str(&q, 1));
        jw_kv(&w, S("state"), query_str(&q, 2));
        if (query_int(&q, 3))
            jw_kv_int(&w, S("counter"), query_int(&q, 3));
        put_time(&w, S("taken"), query_int(&q, 4));
        put_time(&w, S("called"), query_int(&q, 5));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* The waiting room's: who is called where, the latest first, and how many wait. */
enum err ticket_board(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct query q;
    int64_t day = 0;

    TRY(mission_today(a, mission, &day, f));
    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM ticket WHERE day = ? AND mission = ? AND state = 'waiting'",
               "is", day, mission));
    int64_t waiting = query_int(&q, 0);
    TRY(query_end(&q, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT number, counter FROM ticket WHERE day = ? AND mission = ?"
                 " AND state = 'called' ORDER BY called DESC, number DESC LIMIT ?",
                 "isi", day, mission, (int64_t)SHOWN_LAST));
    jw_open(&w, '{');
    put_day(&w, day);
    jw_kv_int(&w, S("waiting"), waiting);
    jw_key(&w, S("called"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(&w, '{');
        jw_kv_int(&w, S("number"), query_int(&q, 0));
        jw_kv_int(&w, S("counter"), query_int(&q, 1));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}
