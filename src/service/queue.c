/* queue.c - what lies on a mission's desk */
#include <stdio.h>
#include <stdlib.h>

#include "service/cases_int.h"

enum { STATES_MAX = 64 };

enum err desk_queue_facts(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));

    (void)f;
    act_resource(a, S("Mission"), mission.p ? mission : a->actor.mission);
    return OK;
}

/* "2026-11-20.ID": the due day and id that a page ended with. */
static bool parse_cursor(str text, int64_t *due, struct id *id)
{
    int32_t day;

    if (text.n != 11 + ID_TEXT || text.p[10] != '.' || !day_parse(str_sub(text, 0, 10), &day) ||
        !id_parse(str_sub(text, 11, text.n), id))
        return false;
    *due = day;
    return true;
}

/* A row of the queue. */
struct waiting {
    struct id id, officer;
    str service, state, country, language;
    int64_t due, filed;
};

struct queue {
    str mission, service;     /* service, language: empty is any */
    str language;             /* of the person */
    const struct id *officer; /* who has taken them; NULL: whoever, or nobody */
    struct id after_id;
    int64_t after_due, before, limit; /* before: due days below it */
    size_t n, room;
    struct waiting *list;
};

#define WAITING                                                                                    \
    "SELECT id, service, due, filed, officer, country, language FROM case_file WHERE state = ?"
#define SPOKEN " AND (? = '' OR language || '' = ?)"
#define PAGE   " AND due >= ? AND due < ? AND (due > ? OR id > ?) ORDER BY due, id LIMIT ?"

/* Each filter goes along an index of its own: a desk may have a hundred thousand cases. The desk of
 * an officer's cases is compared as an expression, so that no index of desks is taken for them. */
static enum err select_waiting(struct act *a, const struct queue *w, str state, struct query *q,
                               struct fault *f)
{
    int64_t from = w->after_due, to = w->before;

    if (w->officer)
        return db_query(
            a->db, q, f,
            WAITING " AND officer = ? AND queue || '' = ? AND (? = '' OR service = ?)" SPOKEN PAGE,
            "sdsssssiiidi", state, w->officer, w->mission, w->service, w->service, w->language,
            w->language, from, to, from, &w->after_id, w->limit);
    if (w->service.n)
        return db_query(a->db, q, f, WAITING " AND queue = ? AND service = ?" SPOKEN PAGE,
                        "sssssiiidi", state, w->mission, w->service, w->language, w->language, from,
                        to, from, &w->after_id, w->limit);
    if (w->language.n)
        return db_query(a->db, q, f, WAITING " AND queue = ? AND language = ?" PAGE, "sssiiidi",
                        state, w->mission, w->language, from, to, from, &w->after_id, w->limit);
    return db_query(a->db, q, f, WAITING " AND queue = ?" PAGE, "ssiiidi", state, w->mission, from,
                    to, from, &w->after_id, w->limit);
}

/* The first ones in a state, behind the last page. */
static enum err add_waiting(struct act *a, struct queue *queue, str state, struct fault *f)
{
    struct query q;

    TRY(select_waiting(a, queue, state, &q, f));
    for (; query_row(&q) && queue->n < queue->room; query_next(&q))
        queue->list[queue->n++] =
            (struct waiting){.id = query_id(&q, 0),
                             .service = str_copy(a->arena, query_str(&q, 1)),
                             .state = state,
                             .due = query_int(&q, 2),
                             .filed = query_int(&q, 3),
                             .officer = query_id(&q, 4),
                             .country = str_copy(a->arena, query_str(&q, 5)),
                             .language = str_copy(a->arena, query_str(&q, 6))};
    return query_end(&q, f);
}

static int by_due(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;

    return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
                            : memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

/* The states in which some service waits for an officer to take the case, or for whoever has taken
 * it: each name once. */
static size_t waiting_states(const struct house *h, bool taken, str *out)
{
    size_t n = 0;

    for (size_t i = 0; service_known(h->services, i); i++) {
        const struct workflow *w = service_known(h->services, i)->package->workflow;
        for (size_t k = 0; k < w->n && n < STATES_MAX; k++) {
            bool there =
                taken ? w->state[k].turn == TURN_END : !workflow_takes(&w->state[k], S("take"));
            for (size_t m = 0; m < n; m++)
                there |= str_eq(out[m], w->state[k].id);
            if (!there)
                out[n++] = w->state[k].id;
        }
    }
    return n;
}

static void put_waiting(struct act *a, struct jw *w, const struct waiting *row)
{
    char due[16], text[32];

    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &row->id));
    jw_kv(w, S("service"), row->service);
    jw_kv(w, S("state"), row->state);
    const struct service *s = service_find(a->house->services, row->service);
    if (s)
        jw_kv(w, S("state_text"), case_word(a, s, case_language(a), "state", row->state));
    jw_kv(w, S("country"), row->country);
    if (row->language.n)
        jw_kv(w, S("speaks"), row->language);
    day_format((int32_t)row->due, due);
    jw_kv(w, S("due"), str_of(due));
    time_format(row->filed, text);
    jw_kv(w, S("filed"), str_of(text));
    if (!id_is_nil(&row->officer))
        jw_kv(w, S("officer"), act_id_text(a, &row->officer));
    jw_close(w, '}');
}

/* The cursor of the next page is the due day and id of the last row. */
static void put_queue(struct act *a, const struct queue *queue)
{
    size_t n = queue->n < (size_t)queue->limit ? queue->n : (size_t)queue->limit;
    struct jw w = JW(&a->reply);
    char due[16];

    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        put_waiting(a, &w, &queue->list[i]);
    jw_close(&w, ']');
    if (n == (size_t)queue->limit) {
        day_format((int32_t)queue->list[n - 1].due, due);
        jw_kv(
            &w, S("next"),
            str_printf(a->arena, "%s.%.*s", due, STR_FMT(act_id_text(a, &queue->list[n - 1].id))));
    }
    jw_close(&w, '}');
}

/* ?before=: only what is due before that day. ?officer=me: only what the officer has taken.
 * ?speaks=: only of persons who are written to in that language. */
static enum err read_filters(struct act *a, struct queue *queue, struct fault *f)
{
    str before = act_param(a, S("before")), officer = act_param(a, S("officer"));
    int32_t day;

    queue->service = act_param(a, S("service"));
    queue->language = act_param(a, S("speaks"));
    if (!queue->service.p)
        queue->service = S("");
    if (!queue->language.p)
        queue->language = S("");
    if (before.n && !day_parse(before, &day))
        return fault_at(f, ERR_INVALID, "/before", "a day, as 2026-11-26");
    queue->before = before.n ? day : INT32_MAX;
    if (officer.n && !str_eq(officer, S("me")))
        return fault_at(f, ERR_INVALID, "/officer", "only \"me\" can be asked for");
    queue->officer = officer.n ? &a->actor.id : NULL;
    return OK;
}

/* What lies on a mission's desk, by due day: nothing of what persons wrote. Without ?state= what
 * waits to be taken, or all that the officer has taken. */
enum err desk_queue(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission")), asked = act_param(a, S("state"));
    struct queue queue = {.mission = mission.p ? mission : a->actor.mission,
                          .after_due = INT32_MIN};
    str after = act_param(a, S("after")), states[STATES_MAX] = {asked};
    size_t n = 1;

    TRY(read_filters(a, &queue, f));
    if (!asked.p)
        n = waiting_states(a->house, queue.officer != NULL, states);
    TRY(page_limit(a, &queue.limit, f));
    if (after.p && !parse_cursor(after, &queue.after_due, &queue.after_id))
        return fault_at(f, ERR_INVALID, "/after", "not the end of a page");
    queue.room = n * (size_t)queue.limit;
    queue.list = arena_zalloc(a->arena, queue.room + 1, sizeof *queue.list);
    TRY_PTR(queue.list, f);
    for (size_t i = 0; i < n; i++)
        TRY(add_waiting(a, &queue, states[i], f));
    qsort(queue.list, queue.n, sizeof *queue.list, by_due);
    put_queue(a, &queue);
    return OK;
}
