/* closing_mission.c - a mission closes once nobody waits there: no country looks to it, no case is
 * open on its desk, no appointment is to come
 *
 * It stays on record with all that was done there. What still stands in the way is told as a whole,
 * so that it can be moved first.
 */
#include <stdio.h>

#include "service/cases_int.h"

struct in_the_way {
    struct act *a;
    unsigned n;
};

static void stands(struct in_the_way *x, const char *pointer, str what, struct fault *f)
{
    x->n++;
    if (what.p)
        fault_add(f, x->a->arena, pointer, str_cstr(x->a->arena, what));
}

static enum err check_countries(struct in_the_way *x, str mission, struct fault *f)
{
    struct query q;

    TRY(db_query(x->a->db, &q, f,
                 "SELECT country, service FROM jurisdiction WHERE authority = ?"
                 " ORDER BY country, service",
                 "s", mission));
    for (; query_row(&q); query_next(&q)) {
        str service = query_str(&q, 1);
        stands(x, "/serves",
               str_eq(service, S("*"))
                   ? str_printf(x->a->arena, "%.*s looks to it", STR_FMT(query_str(&q, 0)))
                   : str_printf(x->a->arena, "%.*s looks to it for %.*s", STR_FMT(query_str(&q, 0)),
                                STR_FMT(service)),
               f);
    }
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
        stands(x, "/work", str_printf(x->a->arena, "%lld cases are open", (long long)open), f);
    return query_end(&q, f);
}

static enum err check_appointments(struct in_the_way *x, str mission, struct fault *f)
{
    struct query q;

    TRY(db_one(x->a->db, &q, f,
               "SELECT count(*) FROM appointment WHERE mission = ? AND ends > ?"
               " AND state IN ('offered', 'booked', 'arrived')",
               "si", mission, x->a->now));
    if (query_int(&q, 0))
        stands(
            x, "/appointments",
            str_printf(x->a->arena, "%lld appointments are to come", (long long)query_int(&q, 0)),
            f);
    return query_end(&q, f);
}

enum err mission_close(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct in_the_way x = {.a = a};

    if (str_eq(mission, S("ministry")))
        return fault(f, ERR_CONFLICT, "the ministry answers where nobody else does");
    TRY(check_countries(&x, mission, f));
    TRY(check_cases(&x, mission, f));
    TRY(check_appointments(&x, mission, f));
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
