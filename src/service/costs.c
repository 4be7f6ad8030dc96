/* costs.c - minutes and cost per case, beside what the paper way took
 *
 * Minutes are what work.c noted, of cases that were decided in the last year. An hour costs what
 * the ministry set for the mission, else for all; the minutes of the paper way are a figure that
 * the ministry enters with its source. Nothing is estimated here: where a figure was not set there
 * is none, and each sum opens onto its cases and their entries in the journal.
 */
#include "base/date.h"
#include "service/costs_int.h"
#include "service/messages_int.h"

enum { PAGE = 100 };

/* ---- what the ministry sets -------------------------------------------------------------- */

static enum err ministry_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), S("ministry"));
    a->subject = S("costs");
    a->content = sha256(a->body);
    return OK;
}

static enum err check_mission(struct act *a, str code, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    bool known = !code.p || mission_find(m, code);

    missions_drop(m);
    return known ? OK : fault_at(f, ERR_INVALID, "/mission", "no such mission");
}

static enum err cost_set(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    str mission = json_get_str(a->input, S("mission"));

    TRY(check_mission(a, mission, f));
    TRY(db_run(a->db, f,
               "INSERT INTO cost_rate(id, mission, per_hour, currency, source, at, officer)"
               " VALUES(?,?,?,?,?,?,?)",
               "dsissid", &id, mission.p ? mission : S("*"),
               json_get_int(a->input, S("per_hour"), 0), json_get_str(a->input, S("currency")),
               json_get_str(a->input, S("source")), a->now, &a->actor.id));
    act_created(a, &id);
    return OK;
}

static enum err paper_set(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    str service = json_get_str(a->input, S("service"));

    if (!service_find(a->house->services, service))
        return fault_at(f, ERR_INVALID, "/service", "no such service is offered");
    TRY(db_run(a->db, f,
               "INSERT INTO paper_time(id, service, minutes, source, at, officer)"
               " VALUES(?,?,?,?,?,?)",
               "dsisid", &id, service, json_get_int(a->input, S("minutes"), 0),
               json_get_str(a->input, S("source")), a->now, &a->actor.id));
    act_created(a, &id);
    return OK;
}

/* ---- figures ------------------------------------------------------------------------------ */

/* The newest of each mission or service is the one that counts. */
static enum err put_set(struct act *a, struct jw *w, str key, const char *sql, str of, str figure,
                        struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f, sql, ""));
    jw_key(w, key);
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 3), at);
        jw_open(w, '{');
        jw_kv(w, of, query_str(&q, 0));
        jw_kv_int(w, figure, query_int(&q, 1));
        jw_kv(w, S("source"), query_str(&q, 2));
        jw_kv(w, S("at"), str_of(at));
        if (!query_null(&q, 4))
            jw_kv(w, S("currency"), query_str(&q, 4));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

static void put_line(struct jw *w, struct query *q)
{
    int64_t cases = query_int(q, 2), seconds = query_int(q, 3);

    jw_open(w, '{');
    jw_kv(w, S("mission"), query_str(q, 0));
    jw_kv(w, S("service"), query_str(q, 1));
    jw_kv_int(w, S("cases"), cases);
    jw_kv_int(w, S("seconds"), seconds);
    if (!query_null(q, 4)) {
        jw_kv_int(w, S("paper_seconds"), query_int(q, 4) * 60 * cases);
        jw_kv_int(w, S("saved_seconds"), query_int(q, 4) * 60 * cases - seconds);
    }
    if (!query_null(q, 5)) {
        jw_kv(w, S("currency"), query_str(q, 6));
        jw_kv_int(w, S("cost"), seconds * query_int(q, 5) / 3600);
        if (!query_null(q, 4))
            jw_kv_int(w, S("saved"),
                      (query_int(q, 4) * 60 * cases - seconds) * query_int(q, 5) / 3600);
    }
    jw_close(w, '}');
}

/* A mission's own rate comes before that of all; the newest of each. */
#define NEWEST_RATE(what)                                                                          \
    "(SELECT " what " FROM cost_rate r WHERE r.mission IN (done.mission, '*')"                     \
    " ORDER BY r.mission = '*', r.id DESC LIMIT 1)"

static enum err put_lines(struct act *a, struct jw *w, struct fault *f)
{
    struct query q;

    TRY(db_query(
        a->db, &q, f,
        "SELECT mission, service, n, seconds,"
        " (SELECT p.minutes FROM paper_time p WHERE p.service = done.service"
        " ORDER BY p.id DESC LIMIT 1), " NEWEST_RATE("r.per_hour") ", " NEWEST_RATE(
            "r.currency") " FROM (SELECT c.mission AS mission, c.service AS service,"
                          " count(*) AS n, sum(w.seconds) AS seconds FROM case_decision d"
                          " JOIN case_step s ON s.file = d.file AND s.seq = d.step + 1"
                          " JOIN case_file c ON c.id = d.file"
                          " JOIN (SELECT file, sum(seconds) AS seconds FROM case_work GROUP BY "
                          "file) w"
                          " ON w.file = d.file WHERE d.confirmer IS NOT NULL AND s.at > ?"
                          " GROUP BY c.mission, c.service) AS done ORDER BY mission, service",
        "i", year_ago(a)));
    jw_key(w, S("lines"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q))
        put_line(w, &q);
    jw_close(w, ']');
    return query_end(&q, f);
}

static enum err cost_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv_int(&w, S("cap_seconds"), WORK_CAP_S);
    TRY(put_set(a, &w, S("rates"),
                "SELECT mission, per_hour, source, at, currency FROM cost_rate r WHERE id ="
                " (SELECT max(id) FROM cost_rate n WHERE n.mission = r.mission) ORDER BY mission",
                S("mission"), S("per_hour"), f));
    TRY(put_set(a, &w, S("paper"),
                "SELECT service, minutes, source, at, NULL FROM paper_time p WHERE id ="
                " (SELECT max(id) FROM paper_time n WHERE n.service = p.service) ORDER BY service",
                S("service"), S("minutes"), f));
    TRY(put_lines(a, &w, f));
    jw_close(&w, '}');
    return OK;
}

/* ---- the evidence of a figure --------------------------------------------------------------- */

/* What was done with a case and for how long, each with its place in the journal. */
static enum err put_work(struct act *a, struct jw *w, const struct id *file, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT at, action, mission, seconds, epoch, entry FROM case_work"
                 " WHERE file = ? ORDER BY at, entry",
                 "d", file));
    jw_key(w, S("work"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 0), at);
        jw_open(w, '{');
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("action"), query_str(&q, 1));
        jw_kv(w, S("mission"), query_str(&q, 2));
        jw_kv_int(w, S("seconds"), query_int(&q, 3));
        jw_kv_int(w, S("epoch"), query_int(&q, 4));
        jw_kv_int(w, S("index"), query_int(&q, 5));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

struct page {
    size_t n;
    struct id file[PAGE];
    int64_t decided[PAGE];
};

/* Newest first; ?before=ID: the page after the one that ended with it. */
static enum err find_cases(struct act *a, struct page *p, struct fault *f)
{
    str before = act_param(a, S("before"));
    struct id last;
    struct query q;

    memset(&last, 0xff, sizeof last);
    if (before.p && !id_parse(before, &last))
        return fault(f, ERR_MALFORMED_REQUEST, "before= is the id of a case");
    TRY(db_query(a->db, &q, f,
                 "SELECT c.id, s.at FROM case_file c"
                 " JOIN case_decision d ON d.file = c.id AND d.confirmer IS NOT NULL"
                 " JOIN case_step s ON s.file = d.file AND s.seq = d.step + 1"
                 " WHERE c.mission = ? AND c.service = ? AND s.at > ? AND c.id < ?"
                 " AND EXISTS (SELECT 1 FROM case_work w WHERE w.file = c.id)"
                 " ORDER BY c.id DESC LIMIT ?",
                 "ssidi", act_param(a, S("mission")), act_param(a, S("service")), year_ago(a),
                 &last, (int64_t)PAGE));
    for (; query_row(&q) && p->n < PAGE; query_next(&q)) {
        p->file[p->n] = query_id(&q, 0);
        p->decided[p->n++] = query_int(&q, 1);
    }
    return query_end(&q, f);
}

static enum err cost_cases(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct page p = {0};
    char at[32];

    TRY(find_cases(a, &p, f));
    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (size_t i = 0; i < p.n; i++) {
        time_format(p.decided[i], at);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &p.file[i]));
        jw_kv(&w, S("decided"), str_of(at));
        TRY(put_work(a, &w, &p.file[i], f));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    if (p.n == PAGE)
        jw_kv(&w, S("before"), act_id_text(a, &p.file[p.n - 1]));
    jw_close(&w, '}');
    return OK;
}

const struct action cost_actions[] = {
    {"cost.set", ACTION_ACT, ACTION_POST, "/v1/costs/rates", ACTOR_OFFICER, "Mission",
     "cost-rate.v1", "Set what an hour of work costs, at a mission or at all", 0, false, NULL,
     ministry_facts, cost_set, NULL, NULL},
    {"paper.set", ACTION_ACT, ACTION_POST, "/v1/costs/paper", ACTOR_OFFICER, "Mission",
     "paper-time.v1", "Enter what a case of a service took by the paper way, with the source", 0,
     false, NULL, ministry_facts, paper_set, NULL, NULL},
    {"cost.show", ACTION_READ, ACTION_GET, "/v1/costs", ACTOR_OFFICER, "Mission", NULL,
     "Minutes and cost of cases by mission and service, beside the paper way", 0, false, NULL,
     desk_queue_facts, NULL, cost_show, NULL},
    {"cost.cases", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/costs/{service}", ACTOR_OFFICER,
     "Mission", NULL, "The cases behind a figure of minutes, to their entries", 0, false, NULL,
     desk_queue_facts, NULL, cost_cases, NULL},
};
const size_t cost_actions_n = ARRAY_LEN(cost_actions);
