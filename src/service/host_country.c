/* host_country.c - one host country in figures: what was done there for people, the services and
 * the protection that went between its state and us
 *
 * Counts alone, nothing of what persons wrote. Contacts, promises and acts between the states are
 * of the file (registry/host.c).
 */
#include "base/date.h"
#include "service/messages_int.h"

enum { SHOWN_DAYS = 90 };

struct tally {
    int64_t all, year, in_hand, waits, overdue;
};

static void put_tally(struct jw *w, str service, const struct tally *t)
{
    if (!service.p)
        return;
    jw_open(w, '{');
    jw_kv(w, S("service"), service);
    jw_kv_int(w, S("all"), t->all);
    jw_kv_int(w, S("year"), t->year);
    jw_kv_int(w, S("in_hand"), t->in_hand);
    jw_kv_int(w, S("waits"), t->waits);
    jw_kv_int(w, S("overdue"), t->overdue);
    jw_close(w, '}');
}

static void add_tally(struct act *a, struct tally *t, struct query *q)
{
    enum workflow_turn turn = turn_in(a, query_str(q, 0), query_str(q, 1));

    t->all += query_int(q, 2);
    t->year += query_int(q, 3);
    if (turn == TURN_OFFICER) {
        t->in_hand += query_int(q, 2);
        t->overdue += query_int(q, 4);
    }
    if (turn == TURN_PERSON)
        t->waits += query_int(q, 2);
}

/* Rows come by service and state; a service is told once. */
static enum err put_services(struct act *a, struct jw *w, str country, struct fault *f)
{
    struct tally t = {0};
    str service = STR_NONE;
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT service, state, count(*), sum(CASE WHEN filed > ? THEN 1 ELSE 0 END),"
                 " sum(CASE WHEN due < ? THEN 1 ELSE 0 END)"
                 " FROM case_file WHERE country = ? AND filed > 0 GROUP BY service, state"
                 " ORDER BY service, state",
                 "iis", year_ago(a), a->now / DAY_MS, country));
    jw_key(w, S("services"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        if (!str_eq(service, query_str(&q, 0))) {
            put_tally(w, service, &t);
            service = str_copy(a->arena, query_str(&q, 0));
            t = (struct tally){0};
        }
        add_tally(a, &t, &q);
    }
    put_tally(w, service, &t);
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Of the year: persons served, decisions and how many of them within the promise, documents. */
static enum err put_year(struct act *a, struct jw *w, str country, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*), coalesce(sum(CASE WHEN s.at < (c.due + 1) * 86400000 THEN 1"
               " ELSE 0 END), 0), count(DISTINCT c.person) FROM case_file c"
               " JOIN case_decision d ON d.file = c.id AND d.confirmer IS NOT NULL"
               " JOIN case_step s ON s.file = d.file AND s.seq = d.step + 1"
               " WHERE c.country = ? AND s.at > ?",
               "si", country, year_ago(a)));
    jw_kv_int(w, S("decided"), query_int(&q, 0));
    jw_kv_int(w, S("within_promise"), query_int(&q, 1));
    jw_kv_int(w, S("people"), query_int(&q, 2));
    TRY(query_end(&q, f));
    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM document d JOIN case_file c ON c.id = d.file"
               " WHERE c.country = ? AND d.state = 'sealed' AND d.issued > ?",
               "si", country, year_ago(a)));
    jw_kv_int(w, S("documents"), query_int(&q, 0));
    return query_end(&q, f);
}

/* How many applications came on which day, and how many documents went out. */
static enum err put_days(struct act *a, struct jw *w, str country, struct fault *f)
{
    int64_t since = a->now - (int64_t)SHOWN_DAYS * DAY_MS;
    struct query q;
    char day[16];

    TRY(db_query(a->db, &q, f,
                 "SELECT day, sum(came), sum(went) FROM ("
                 "SELECT filed / 86400000 AS day, 1 AS came, 0 AS went FROM case_file"
                 " WHERE country = ? AND filed > ?"
                 " UNION ALL SELECT d.issued / 86400000, 0, 1 FROM document d"
                 " JOIN case_file c ON c.id = d.file WHERE c.country = ? AND d.issued > ?"
                 ") AS done GROUP BY day ORDER BY day DESC",
                 "sisi", country, since, country, since));
    jw_key(w, S("days"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        day_format((int32_t)query_int(&q, 0), day);
        jw_open(w, '{');
        jw_kv(w, S("day"), str_of(day));
        jw_kv_int(w, S("applications"), query_int(&q, 1));
        jw_kv_int(w, S("documents"), query_int(&q, 2));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Services that its state made and gave: how they stand here, and how many were served by them. */
static enum err put_packages(struct act *a, struct jw *w, str country, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT p.name, p.version, p.state, p.installed, (SELECT count(*) FROM case_file c"
                 " WHERE c.service = p.name AND c.content = p.content AND c.filed > 0)"
                 " FROM package p WHERE p.giver = ? ORDER BY p.installed DESC",
                 "s", country));
    jw_key(w, S("packages"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 3), at);
        jw_open(w, '{');
        jw_kv(w, S("name"), query_str(&q, 0));
        jw_kv(w, S("version"), query_str(&q, 1));
        jw_kv(w, S("state"), query_str(&q, 2));
        jw_kv(w, S("at"), str_of(at));
        jw_kv_int(w, S("cases"), query_int(&q, 4));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Persons whom one side protects for the other, by how it stands. */
static enum err put_protected(struct act *a, struct jw *w, str country, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT sent, state, count(*) FROM protection WHERE partner = ?"
                 " GROUP BY sent, state ORDER BY sent, state",
                 "s", country));
    jw_key(w, S("protected"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(w, '{');
        jw_kv(w, S("by"), query_int(&q, 0) ? S("us") : S("them"));
        jw_kv(w, S("state"), query_str(&q, 1));
        jw_kv_int(w, S("persons"), query_int(&q, 2));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err country_glance(struct act *a, struct fault *f)
{
    str country = act_param(a, S("country"));
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("country"), country);
    TRY(put_services(a, &w, country, f));
    TRY(put_year(a, &w, country, f));
    TRY(put_days(a, &w, country, f));
    TRY(put_packages(a, &w, country, f));
    TRY(put_protected(a, &w, country, f));
    jw_close(&w, '}');
    return OK;
}
