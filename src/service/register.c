#include "service/register_int.h"

#include <stdlib.h>

#include "service/services.h"

enum { TRIAL_REPLY = 3 << 20, LISTED = 200, SHOWN = 3 };

/* ---- one row -------------------------------------------------------------------------------- */

/* Who an earlier entering of the row recorded; nil if none did. */
static enum err entered_before(struct act *a, str file, int64_t row, struct id *out,
                               struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT person FROM register_row WHERE file = ? AND row = ?",
                        "si", file, row);

    *out = (struct id){{0}};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

static enum err check_person(struct act *a, const struct json *person, struct fault *f)
{
    int32_t born = 0;

    if (!day_parse(json_get_str(person, S("birth_date")), &born) || born > day_of_ms(a->now))
        return fault_at(f, ERR_INVALID, "/person/birth_date", "a day that has come");
    return OK;
}

struct entering {
    struct recording r; /* first: facts read the person there */
    bool known;
};

enum err register_enter_prepare(struct act *a, struct fault *f)
{
    const struct json *person = json_get(a->input, S("person"));
    struct entering *e = arena_new_of(a->arena, struct entering);
    struct json profile = {.type = J_OBJECT};
    struct finding found = {0};

    TRY_PTR(e, f);
    a->data = e;
    a->content = sha256(a->body);
    TRY(entered_before(a, json_get_str(a->input, S("file")), json_get_int(a->input, S("row"), 0),
                       &e->r.person, f));
    e->known = !id_is_nil(&e->r.person);
    if (e->known)
        return act_seal_for(a, &e->r.person, f);
    TRY(check_person(a, person, f));
    TRY(persons_find(a, person, &found, f));
    if (found.n && !json_get_bool(a->input, S("namesake"), false))
        return fault_at(f, ERR_CONFLICT, "/person",
                        "somebody of that name or number is on record: find them, or say that this"
                        " is a namesake");
    for (uint32_t i = 0; i < person->n; i++)
        TRY_PTR(json_put(a->arena, &profile, person->members[i].key, person->members[i].value), f);
    TRY_PTR(json_put(a->arena, &profile, S("evidence"), *json_get(a->input, S("evidence"))), f);
    return recording_begin(a, &profile, &e->r, f);
}

enum err register_enter(struct act *a, struct fault *f)
{
    const struct entering *e = a->data;
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &e->r.person));
    jw_kv(&w, S("state"), e->known ? S("known") : S("entered"));
    jw_close(&w, '}');
    if (e->known)
        return OK;
    TRY(recording_insert(a, &e->r, f));
    TRY(db_run(a->db, f,
               "INSERT INTO register_row(file, row, mission, person, officer, at)"
               " VALUES(?,?,?,?,?,?)",
               "sisddi", json_get_str(a->input, S("file")), json_get_int(a->input, S("row"), 0),
               a->actor.mission, &e->r.person, &a->actor.id, a->now));
    a->status = 201;
    return access_note(a, &e->r.person, a->subject, str_of(a->action->summary), f);
}

/* ---- a trial -------------------------------------------------------------------------------- */

struct trace {
    struct hash hash;
    int64_t row;
};

struct trial {
    const struct action *enter;
    struct json *evidence;
    str file;
    size_t n_traces, n_found;
    struct trace *traces; /* of the rows that could be read, sorted by hash and row */
    struct id *found;     /* who sees that they were looked for */
    struct buf reply;
};

static void release(void *data)
{
    buf_done(&((struct trial *)data)->reply);
}

static int by_hash(const void *x, const void *y)
{
    const struct trace *p = x, *q = y;
    int c = memcmp(p->hash.b, q->hash.b, sizeof p->hash.b);

    return c ? c : (p->row > q->row) - (p->row < q->row);
}

/* The first row of the file that has the same name and birth, or number; 0 if this is the first. */
static int64_t row_before(const struct trial *t, const struct person_traces *own, int64_t row)
{
    int64_t first = 0;

    for (size_t i = 0; i < own->n; i++) {
        struct trace wanted = {own->list[i], 0};
        size_t low = 0, high = t->n_traces;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (by_hash(&t->traces[middle], &wanted) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < t->n_traces && t->traces[low].row < row &&
            memcmp(t->traces[low].hash.b, own->list[i].b, sizeof own->list[i].b) == 0)
            first = t->traces[low].row;
    }
    return first;
}

/* As the act of this row will be checked. */
static enum err check_row(struct act *a, const struct trial *t, const struct json *row,
                          struct fault *f)
{
    struct json input = {.type = J_OBJECT};

    TRY_PTR(json_put(a->arena, &input, S("file"), json_of_str(t->file)) &&
                json_put(a->arena, &input, S("evidence"), *t->evidence) &&
                json_put(a->arena, &input, S("row"), *json_get(row, S("row"))) &&
                json_put(a->arena, &input, S("person"), *json_get(row, S("person"))),
            f);
    TRY(gate_check_input(a->house->gate, t->enter, &input, a->arena, f));
    return check_person(a, json_get(row, S("person")), f);
}

static void put_errors(struct jw *w, const struct fault *f)
{
    jw_key(w, S("errors"));
    jw_open(w, '[');
    for (const struct fault_item *i = f->items; i; i = i->next) {
        jw_open(w, '{');
        jw_kv(w, S("pointer"), str_of(i->pointer));
        jw_kv(w, S("detail"), str_of(i->detail));
        jw_close(w, '}');
    }
    if (!f->items) {
        jw_open(w, '{');
        jw_kv(w, S("pointer"), str_of(f->pointer));
        jw_kv(w, S("detail"), str_of(f->detail));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static void put_found(struct act *a, struct trial *t, struct jw *w, const struct finding *found)
{
    jw_key(w, S("persons"));
    jw_open(w, '[');
    for (size_t i = 0; i < found->n && i < SHOWN; i++) {
        jw_string(w, act_id_text(a, &found->list[i]));
        t->found[t->n_found++] = found->list[i];
    }
    jw_close(w, ']');
}

static enum err try_row(struct act *a, struct trial *t, struct jw *w, const struct json *row,
                        struct fault *f)
{
    int64_t number = json_get_int(row, S("row"), 0), before = 0;
    const struct json *person = json_get(row, S("person"));
    struct finding found = {0};
    struct person_traces own;
    struct fault why = {0};
    struct id known;
    str state = S("new");

    TRY(entered_before(a, t->file, number, &known, f));
    enum err bad = check_row(a, t, row, &why);
    if (bad == OK) {
        person_traces_of(a->house, person, &own);
        before = row_before(t, &own, number);
        bad = persons_find(a, person, &found, &why);
        if (bad != OK && bad != ERR_INVALID)
            return fault(f, bad, "%s", why.detail);
    }
    state = !id_is_nil(&known) ? S("known")
            : bad != OK        ? S("refused")
            : before           ? S("twice")
            : found.n          ? S("duplicate")
                               : state;
    jw_open(w, '{');
    jw_kv_int(w, S("row"), number);
    jw_kv(w, S("state"), state);
    if (bad != OK)
        put_errors(w, &why);
    if (before)
        jw_kv_int(w, S("before"), before);
    if (found.n && id_is_nil(&known))
        put_found(a, t, w, &found);
    jw_close(w, '}');
    return OK;
}

/* Rows that are refused have no traces: each may lack what tells persons apart. */
static void gather(struct act *a, struct trial *t, const struct json *rows)
{
    for (size_t i = 0; json_at(rows, i); i++) {
        struct person_traces own;
        person_traces_of(a->house, json_get(json_at(rows, i), S("person")), &own);
        for (size_t k = 0; k < own.n; k++)
            t->traces[t->n_traces++] =
                (struct trace){own.list[k], json_get_int(json_at(rows, i), S("row"), 0)};
    }
    qsort(t->traces, t->n_traces, sizeof *t->traces, by_hash);
}

enum err register_try_prepare(struct act *a, struct fault *f)
{
    const struct json *rows = json_get(a->input, S("rows"));
    struct trial *t = arena_new_of(a->arena, struct trial);
    size_t n = rows->n;
    struct jw w;

    TRY_PTR(t, f);
    *t = (struct trial){.enter = action_named(post_actions, post_actions_n, S("register.enter")),
                        .evidence = (struct json *)json_get(a->input, S("evidence")),
                        .file = json_get_str(a->input, S("file")),
                        .traces = arena_zalloc(a->arena, n * PERSON_TRACES + 1, sizeof *t->traces),
                        .found = arena_zalloc(a->arena, n * SHOWN + 1, sizeof *t->found),
                        .reply = BUF(TRIAL_REPLY)};
    TRY_PTR(t->traces && t->found, f);
    a->data = t;
    a->data_free = release;
    gather(a, t, rows);
    w = JW(&t->reply);
    jw_open(&w, '{');
    jw_key(&w, S("rows"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        TRY(try_row(a, t, &w, json_at(rows, i), f));
    jw_close(&w, ']');
    jw_close(&w, '}');
    a->content = sha256(a->body);
    return buf_ok(&t->reply) ? OK : fault(f, ERR_LIMIT, "there is too much to say: try fewer rows");
}

/* Nothing is written but that whoever was found was looked for. */
enum err register_try(struct act *a, struct fault *f)
{
    struct trial *t = a->data;

    for (size_t i = 0; i < t->n_found; i++) {
        str subject = str_printf(a->arena, "person/%.*s", STR_FMT(act_id_text(a, &t->found[i])));
        TRY_PTR(subject.p, f);
        TRY(access_note(a, &t->found[i], subject, str_of(a->action->summary), f));
    }
    buf_add_str(&a->reply, buf_str(&t->reply));
    return OK;
}

/* ---- what was entered ----------------------------------------------------------------------- */

enum err register_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT r.file, count(*), max(r.at), min(o.name) FROM register_row r"
                 " LEFT JOIN officer o ON o.id = r.officer WHERE r.mission = ? GROUP BY r.file"
                 " ORDER BY max(r.at) DESC LIMIT ?",
                 "si", act_param(a, S("mission")), (int64_t)LISTED));
    jw_open(&w, '{');
    jw_key(&w, S("files"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 2), at);
        jw_open(&w, '{');
        jw_kv(&w, S("file"), query_str(&q, 0));
        jw_kv_int(&w, S("rows"), query_int(&q, 1));
        jw_kv(&w, S("at"), str_of(at));
        jw_kv(&w, S("by"), query_str(&q, 3));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}
