/* glance.c - a mission, or all of them, at a glance: work in hand and its age, promises kept, fees,
 * documents
 *
 * Counts alone, nothing of what persons wrote; of the last year where time matters.
 */
#include <stdlib.h>

#include "service/cash_int.h"
#include "service/messages_int.h"
#include "service/stock_int.h"

enum { YEAR_DAYS = 365 };

int64_t year_ago(const struct act *a)
{
    return a->now - (int64_t)YEAR_DAYS * DAY_MS;
}

/* The day that an overdue case should have been decided before. Days of the server's clock: a
 * mission's own calendar set the due day when the case was filed. */
static int64_t today(const struct act *a)
{
    return a->now / DAY_MS;
}

enum workflow_turn turn_in(struct act *a, str service, str state)
{
    const struct service *s = service_find(a->house->services, service);
    const struct workflow_state *now = s ? workflow_state(s->package->workflow, state) : NULL;

    return now && !now->settled ? now->turn : TURN_END;
}

/* ---- one mission -------------------------------------------------------------------------- */

static void put_work_row(struct act *a, struct jw *w, struct query *q)
{
    const struct service *s = service_find(a->house->services, query_str(q, 0));
    const struct workflow_state *state =
        s ? workflow_state(s->package->workflow, query_str(q, 1)) : NULL;
    char day[16];

    if (!state || state->turn == TURN_END || state->settled)
        return;
    jw_open(w, '{');
    jw_kv(w, S("service"), s->name);
    jw_kv(w, S("state"), state->id);
    jw_kv(w, S("state_text"), case_word(a, s, case_language(a), "state", state->id));
    jw_kv(w, S("turn"), str_of(workflow_turn_name(state->turn)));
    jw_kv_int(w, S("n"), query_int(q, 2));
    jw_kv_int(w, S("overdue"), state->turn == TURN_OFFICER ? query_int(q, 3) : 0);
    day_format((int32_t)query_int(q, 4), day);
    jw_kv(w, S("oldest_due"), str_of(day));
    jw_close(w, '}');
}

/* What is not at an end, by service and state. */
static enum err put_work(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT service, state, count(*), sum(CASE WHEN due < ? THEN 1 ELSE 0 END),"
                 " min(due) FROM case_file WHERE mission = ? AND filed > 0 GROUP BY service, state"
                 " ORDER BY service, state",
                 "is", today(a), mission));
    jw_key(w, S("work"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q))
        put_work_row(a, w, &q);
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Decisions of the year: how many, how many of them within the promise, how long they took. */
static enum err put_decided(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*), sum(CASE WHEN s.at < (c.due + 1) * 86400000 THEN 1 ELSE 0 END),"
               " avg(s.at - c.filed) FROM case_decision d JOIN case_file c ON c.id = d.file"
               " JOIN case_step s ON s.file = d.file AND s.seq = d.step + 1"
               " WHERE c.mission = ? AND d.confirmer IS NOT NULL AND s.at > ?",
               "si", mission, year_ago(a)));
    jw_key(w, S("decided"));
    jw_open(w, '{');
    jw_kv_int(w, S("n"), query_int(&q, 0));
    jw_kv_int(w, S("within_promise"), query_int(&q, 1));
    jw_kv_int(w, S("mean_hours"), query_int(&q, 2) / 3600000);
    jw_close(w, '}');
    return query_end(&q, f);
}

static enum err put_fees(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT p.currency, sum(p.amount), count(*) FROM case_payment p"
                 " JOIN case_file c ON c.id = p.file WHERE c.mission = ? AND p.at > ?"
                 " GROUP BY p.currency ORDER BY p.currency",
                 "si", mission, year_ago(a)));
    jw_key(w, S("fees"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(w, '{');
        jw_kv(w, S("currency"), query_str(&q, 0));
        jw_kv_int(w, S("amount"), query_int(&q, 1));
        jw_kv_int(w, S("payments"), query_int(&q, 2));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

static enum err put_count(struct act *a, struct jw *w, str key, const char *sql, str mission,
                          struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, sql, "s", mission));
    jw_kv_int(w, key, query_int(&q, 0));
    return query_end(&q, f);
}

/* Of the last thirty days, and those to come. */
static enum err put_appointments(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(sum(CASE WHEN state IN ('booked', 'arrived') AND ends > ? THEN 1"
               " ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'served' THEN 1 ELSE 0 END), 0),"
               " coalesce(sum(CASE WHEN state = 'missed' THEN 1 ELSE 0 END), 0) FROM appointment"
               " WHERE mission = ? AND starts > ?",
               "isi", a->now, mission, a->now - 30 * (int64_t)DAY_MS));
    jw_key(w, S("appointments"));
    jw_open(w, '{');
    jw_kv_int(w, S("to_come"), query_int(&q, 0));
    jw_kv_int(w, S("served"), query_int(&q, 1));
    jw_kv_int(w, S("missed"), query_int(&q, 2));
    jw_close(w, '}');
    return query_end(&q, f);
}

/* What the policy would say to each of these before an officer tries it; elsewhere: the act is not
 * one of the mission of the path. */
static enum err put_step(struct act *a, struct jw *w, const struct action *action, bool elsewhere,
                         struct fault *f)
{
    struct act b = *a;

    if (elsewhere)
        b.n_params = 0;
    jw_open(w, '{');
    jw_kv(w, S("action"), str_of(action->name));
    TRY(gate_advise(a->house->gate, &b, action, NULL, w, f));
    jw_close(w, '}');
    return OK;
}

static const struct action *arranging(const char *name)
{
    return action_named(registry_actions, registry_actions_n, str_of(name));
}

static enum err put_next(struct act *a, struct jw *w, struct fault *f)
{
    jw_key(w, S("next"));
    jw_open(w, '[');
    TRY(put_step(a, w, arranging("calendar.adopt"), false, f));
    TRY(put_step(a, w, arranging("mission.hours"), false, f));
    TRY(put_step(a, w, arranging("delegation.propose"), false, f));
    TRY(put_step(a, w, arranging("incident.record"), false, f));
    TRY(put_step(a, w, arranging("jurisdiction.set"), true, f));
    TRY(put_step(a, w, action_named(service_actions, service_actions_n, S("mission.close")), false,
                 f));
    jw_close(w, ']');
    return OK;
}

/* How long what is in hand has been here, since it was filed: at most so many days, and longer. */
static const int64_t ages[] = {5, 10, 20, 40};
enum { AGES = ARRAY_LEN(ages) + 1 };

static void put_age_rows(struct jw *w, const int64_t *n)
{
    jw_key(w, S("ages"));
    jw_open(w, '[');
    for (size_t i = 0; i < AGES; i++) {
        jw_open(w, '{');
        if (i < ARRAY_LEN(ages))
            jw_kv_int(w, S("days"), ages[i]);
        jw_kv_int(w, S("n"), n[i]);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

/* Of a mission, or "": of all. */
static enum err put_ages(struct act *a, struct jw *w, str mission, struct fault *f)
{
    int64_t n[AGES] = {0}, days_ago[ARRAY_LEN(ages)];
    struct query q;

    for (size_t i = 0; i < ARRAY_LEN(ages); i++)
        days_ago[i] = a->now - ages[i] * DAY_MS;
    TRY(db_query(a->db, &q, f,
                 "SELECT service, state, count(*), CASE WHEN filed > ? THEN 0 WHEN filed > ?"
                 " THEN 1 WHEN filed > ? THEN 2 WHEN filed > ? THEN 3 ELSE 4 END AS age"
                 " FROM case_file WHERE filed > 0 AND (? = '' OR mission = ?)"
                 " GROUP BY service, state, age",
                 "iiiiss", days_ago[0], days_ago[1], days_ago[2], days_ago[3], mission, mission));
    for (; query_row(&q); query_next(&q))
        if (turn_in(a, query_str(&q, 0), query_str(&q, 1)) == TURN_OFFICER)
            n[query_int(&q, 3)] += query_int(&q, 2);
    put_age_rows(w, n);
    return query_end(&q, f);
}

enum err mission_glance(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("mission"), mission);
    TRY(put_work(a, &w, mission, f));
    TRY(put_ages(a, &w, mission, f));
    TRY(put_decided(a, &w, mission, f));
    TRY(put_fees(a, &w, mission, f));
    TRY(put_count(a, &w, S("documents"),
                  "SELECT count(*) FROM document d JOIN case_file c ON c.id = d.file"
                  " WHERE c.mission = ? AND d.state = 'sealed'",
                  mission, f));
    TRY(put_count(a, &w, S("officers"),
                  "SELECT count(*) FROM officer WHERE mission = ? AND state = 'active'", mission,
                  f));
    TRY(put_appointments(a, &w, mission, f));
    TRY(satisfaction_put(a, &w, mission, f));
    TRY(cash_put_glance(a, &w, mission, f));
    TRY(put_next(a, &w, f));
    TRY(mission_put_in_the_way(a, &w, mission, f));
    TRY(stock_put_kinds(a, &w, mission, f));
    jw_close(&w, '}');
    return OK;
}

/* ---- all missions ------------------------------------------------------------------------- */

struct line {
    str mission;
    int64_t open, overdue, decided, within;
};

struct lines {
    size_t n, room;
    struct line *list;
};

static struct line *line_of(struct act *a, struct lines *l, str mission)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->list[i].mission, mission))
            return &l->list[i];
    if (l->n == l->room)
        return NULL;
    l->list[l->n].mission = str_copy(a->arena, mission);
    return &l->list[l->n++];
}

static enum err count_open(struct act *a, struct lines *l, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT mission, service, state, count(*),"
                 " sum(CASE WHEN due < ? THEN 1 ELSE 0 END) FROM case_file WHERE filed > 0"
                 " GROUP BY mission, service, state ORDER BY mission",
                 "i", today(a)));
    for (; query_row(&q); query_next(&q)) {
        struct line *line = line_of(a, l, query_str(&q, 0));
        /* what waits for its person, or is at an end, is not in hand */
        if (!line || turn_in(a, query_str(&q, 1), query_str(&q, 2)) != TURN_OFFICER)
            continue;
        line->open += query_int(&q, 3);
        line->overdue += query_int(&q, 4);
    }
    return query_end(&q, f);
}

static enum err count_decided(struct act *a, struct lines *l, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT c.mission, count(*),"
                 " sum(CASE WHEN s.at < (c.due + 1) * 86400000 THEN 1 ELSE 0 END)"
                 " FROM case_decision d JOIN case_file c ON c.id = d.file"
                 " JOIN case_step s ON s.file = d.file AND s.seq = d.step + 1"
                 " WHERE d.confirmer IS NOT NULL AND s.at > ? GROUP BY c.mission",
                 "i", year_ago(a)));
    for (; query_row(&q); query_next(&q)) {
        struct line *line = line_of(a, l, query_str(&q, 0));
        if (line) {
            line->decided = query_int(&q, 1);
            line->within = query_int(&q, 2);
        }
    }
    return query_end(&q, f);
}

enum err ministry_glance(struct act *a, struct fault *f)
{
    struct lines l = {.room = 1024};
    struct jw w = JW(&a->reply);

    l.list = arena_zalloc(a->arena, l.room, sizeof *l.list);
    TRY_PTR(l.list, f);
    TRY(count_open(a, &l, f));
    TRY(count_decided(a, &l, f));
    jw_open(&w, '{');
    jw_key(&w, S("missions"));
    jw_open(&w, '[');
    for (size_t i = 0; i < l.n; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("mission"), l.list[i].mission);
        jw_kv_int(&w, S("open"), l.list[i].open);
        jw_kv_int(&w, S("overdue"), l.list[i].overdue);
        jw_kv_int(&w, S("decided"), l.list[i].decided);
        jw_kv_int(&w, S("within_promise"), l.list[i].within);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    TRY(put_ages(a, &w, S(""), f));
    TRY(satisfaction_put(a, &w, S(""), f));
    jw_key(&w, S("next"));
    jw_open(&w, '[');
    TRY(put_step(a, &w, arranging("mission.add"), true, f));
    TRY(put_step(a, &w, arranging("jurisdiction.set"), true, f));
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}
