/* closing_mission.c - a mission closes once nobody waits there: no country looks to it, no case is
 * open on its desk, no appointment is to come
 *
 * It stays on record with all that was done there. What still stands in the way is told as a whole,
 * so that it can be moved first.
 */
#include "service/cases_int.h"

/* A country that looks to it, for a service or ("*") all; or so many cases; or so many
 * appointments, the first of them on a day. */
struct obstacle {
    const char *pointer, *what;
    str country, service, day;
    int64_t n;
};

struct in_the_way {
    struct act *a;
    struct fault *f; /* told there */
    struct jw *w;    /* or there */
    unsigned n;
};

static void into_fault(struct in_the_way *x, const struct obstacle *o)
{
    bool all = str_eq(o->service, S("*"));
    str said = o->country.n
                   ? str_printf(x->a->arena, "%.*s looks to it for %.*s", STR_FMT(o->country),
                                STR_FMT(all ? S("everything") : o->service))
                   : str_printf(x->a->arena, "%lld %s", (long long)o->n, o->what);

    if (x->f && said.p)
        fault_add(x->f, x->a->arena, o->pointer, str_cstr(x->a->arena, said));
}

static void into_reply(struct in_the_way *x, const struct obstacle *o)
{
    jw_open(x->w, '{');
    jw_kv(x->w, S("what"), str_of(o->what));
    if (o->country.n)
        jw_kv(x->w, S("country"), o->country);
    if (o->service.n && !str_eq(o->service, S("*")))
        jw_kv(x->w, S("service"), o->service);
    if (o->n)
        jw_kv_int(x->w, S("n"), o->n);
    if (o->day.n)
        jw_kv(x->w, S("day"), o->day);
    jw_close(x->w, '}');
}

static void stands(struct in_the_way *x, const struct obstacle *o)
{
    x->n++;
    (x->w ? into_reply : into_fault)(x, o);
}

static enum err check_countries(struct in_the_way *x, str mission, struct fault *f)
{
    struct query q;

    TRY(db_query(x->a->db, &q, f,
                 "SELECT country, service FROM jurisdiction WHERE authority = ?"
                 " ORDER BY country, service",
                 "s", mission));
    for (; query_row(&q); query_next(&q))
        stands(x, &(struct obstacle){.pointer = "/serves",
                                     .what = "country",
                                     .country = query_str(&q, 0),
                                     .service = query_str(&q, 1)});
    return query_end(&q, f);
}

static bool at_an_end(struct act *a, str service, str state)
{
    const struct service *s = service_find(a->house->services, service);
    const struct workflow_state *now = s ? workflow_state(s->package->workflow, state) : NULL;

    return now && now->turn == TURN_END;
}

/* Drafts too: they would be submitted to nobody. */
static enum err check_cases(struct in_the_way *x, str mission, struct fault *f)
{
    struct query q;
    int64_t open = 0;

    TRY(db_query(x->a->db, &q, f,
                 "SELECT service, state, count(*) FROM case_file WHERE mission = ?"
                 " GROUP BY service, state",
                 "s", mission));
    for (; query_row(&q); query_next(&q))
        if (!at_an_end(x->a, query_str(&q, 0), query_str(&q, 1)))
            open += query_int(&q, 2);
    if (open)
        stands(x, &(struct obstacle){.pointer = "/work", .what = "cases", .n = open});
    return query_end(&q, f);
}

static enum err check_appointments(struct in_the_way *x, str mission, struct fault *f)
{
    struct query q;

    TRY(db_one(x->a->db, &q, f,
               "SELECT count(*), min(substr(at, 1, 10)) FROM appointment WHERE mission = ?"
               " AND ends > ? AND state IN ('offered', 'booked', 'arrived')",
               "si", mission, x->a->now));
    if (query_int(&q, 0))
        stands(x, &(struct obstacle){.pointer = "/appointments",
                                     .what = "appointments",
                                     .n = query_int(&q, 0),
                                     .day = query_str(&q, 1)});
    return query_end(&q, f);
}

static enum err check_all(struct in_the_way *x, str mission, struct fault *f)
{
    TRY(check_countries(x, mission, f));
    TRY(check_cases(x, mission, f));
    return check_appointments(x, mission, f);
}

enum err mission_put_in_the_way(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct in_the_way x = {.a = a, .w = w};

    jw_key(w, S("in_the_way"));
    jw_open(w, '[');
    TRY(check_all(&x, mission, f));
    jw_close(w, ']');
    return OK;
}

enum err mission_close(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct in_the_way x = {.a = a, .f = f};

    if (str_eq(mission, S("ministry")))
        return fault(f, ERR_CONFLICT, "the ministry answers where nobody else does");
    TRY(check_all(&x, mission, f));
    if (x.n) {
        struct fault_item *items = f ? f->items : NULL;
        enum err e = fault(f, ERR_CONFLICT, "people still look to this mission");
        if (f)
            f->items = items;
        return e;
    }
    TRY(db_run(a->db, f, "UPDATE mission SET closed = ? WHERE code = ? AND closed IS NULL", "is",
               a->now, mission));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "there is no such mission, or it is closed already");
    buf_add_str(&a->reply, S("{}"));
    return OK;
}
