#include "service/stock_int.h"

#include <inttypes.h>

enum { SERIES_MAX = 100000, LISTED = 500, FEW = 10, MISSING_MAX = 200, MONTH_DAYS = 30 };

static const char *const kinds[] = {"booklet", "sticker"};

/* The texts of steps by which a number leaves the stock. */
static const struct {
    const char *ask, *kind;
} asks[] = {
    {"booklet_number", "booklet"}, {"sticker_number", "sticker"}, {"sticker_numbers", "sticker"}};

/* ---- numbers ------------------------------------------------------------------------------ */

/* "UT0001234": prefix, digits. */
struct blank {
    str kind, prefix;
    int64_t number, width;
    struct id series;
};

static bool blank_read(str text, struct blank *b)
{
    size_t n = text.n;

    while (n > 0 && text.p[n - 1] >= '0' && text.p[n - 1] <= '9')
        n--;
    b->prefix = str_sub(text, 0, n);
    b->width = (int64_t)(text.n - n);
    return b->width > 0 && b->width <= 10 && str_to_int64(str_sub(text, n, text.n), &b->number);
}

static str blank_text(struct act *a, const struct blank *b, int64_t number)
{
    return str_printf(a->arena, "%.*s%0*" PRId64, STR_FMT(b->prefix), (int)b->width, number);
}

/* Its series, if it is in stock. */
static enum err blank_find(struct act *a, str mission, struct blank *b, const char *pointer,
                           struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT id FROM blank_series WHERE mission = ? AND kind = ? AND prefix = ?"
                        " AND width = ? AND first <= ? AND last >= ?",
                        "sssiii", mission, b->kind, b->prefix, b->width, b->number, b->number);

    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_INVALID, pointer, "no such number in stock");
    TRY(e);
    b->series = query_id(&q, 0);
    TRY(query_end(&q, f));
    e = db_one(a->db, &q, f, "SELECT fate FROM blank_gone WHERE series = ? AND number = ?", "di",
               &b->series, b->number);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    (void)fault_at(f, ERR_CONFLICT, pointer, "this number is %.*s", STR_FMT(query_str(&q, 0)));
    return query_end(&q, NULL) == OK ? ERR_CONFLICT : ERR_STORAGE;
}

static enum err blank_read_at(struct act *a, str mission, str kind, str text, const char *pointer,
                              struct blank *b, struct fault *f)
{
    *b = (struct blank){.kind = kind};
    if (!blank_read(text, b))
        return fault_at(f, ERR_INVALID, pointer, "no such number in stock");
    return blank_find(a, mission, b, pointer, f);
}

static enum err blank_goes(struct act *a, const struct blank *b, str fate, const struct id *file,
                           str reason, struct fault *f)
{
    return db_run(a->db, f,
                  "INSERT INTO blank_gone(series, number, fate, file, reason, officer, at)"
                  " VALUES(?,?,?,?,?,?,?)",
                  "disdsdi", &b->series, b->number, fate, file, reason, &a->actor.id, a->now);
}

/* ---- used by a step ------------------------------------------------------------------------- */

static enum err keeps(struct act *a, str kind, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM blank_series WHERE mission = ? AND kind = ?",
               "ss", a->actor.mission, kind));
    *out = query_int(&q, 0) > 0;
    return query_end(&q, f);
}

static enum err take_text(struct act *a, const char *ask, str kind, str text, const struct id *file,
                          struct fault *f)
{
    str pointer = str_printf(a->arena, "/fields/%s", ask), one;
    struct blank b;

    TRY_PTR(pointer.p, f);
    while (str_split(&text, ' ', &one)) {
        while (one.n && strchr(",;", one.p[one.n - 1]))
            one.n--;
        if (!one.n)
            continue;
        TRY(blank_read_at(a, a->actor.mission, kind, one, str_cstr(a->arena, pointer), &b, f));
        TRY(blank_goes(a, &b, S("used"), file, STR_NONE, f));
    }
    return OK;
}

enum err stock_take(struct act *a, const struct id *file, struct fault *f)
{
    const struct json *fields = json_get(a->input, S("fields"));

    for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
        str text = json_get_str(fields, str_of(asks[i].ask)), kind = str_of(asks[i].kind);
        bool kept = false;
        if (!text.p)
            continue;
        TRY(keeps(a, kind, &kept, f));
        if (kept)
            TRY(take_text(a, asks[i].ask, kind, text, file, f));
    }
    return OK;
}

/* ---- received ------------------------------------------------------------------------------- */

/* A number exists once in the whole state. */
static enum err check_new(struct act *a, const struct blank *first, int64_t last, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM blank_series WHERE kind = ? AND prefix = ? AND width = ?"
               " AND first <= ? AND last >= ?",
               "ssiii", first->kind, first->prefix, first->width, last, first->number));
    bool known = query_int(&q, 0) > 0;
    TRY(query_end(&q, f));
    return known ? fault_at(f, ERR_CONFLICT, "/first", "some of these numbers are in stock already")
                 : OK;
}

enum err stock_receive(struct act *a, struct fault *f)
{
    struct blank first = {.kind = json_get_str(a->input, S("kind"))};
    struct id id = id_new(&a->house->world, 0);
    str from = json_get_str(a->input, S("first")), to = json_get_str(a->input, S("last"));
    str prefix = json_get_str(a->input, S("prefix"));
    struct jw w = JW(&a->reply);
    int64_t last = 0, today = 0;

    TRY(mission_today(a, act_param(a, S("mission")), &today, f));
    first.prefix = prefix.p ? prefix : S("");
    first.width = (int64_t)from.n;
    if (from.n != to.n || !str_to_int64(from, &first.number) || !str_to_int64(to, &last) ||
        last < first.number)
        return fault_at(f, ERR_INVALID, "/last", "a later number with as many digits");
    if (last - first.number >= SERIES_MAX)
        return fault_at(f, ERR_LIMIT, "/last", "no more than %d in one series", SERIES_MAX);
    TRY(check_new(a, &first, last, f));
    TRY(db_run(
        a->db, f,
        "INSERT INTO blank_series(id, mission, kind, prefix, first, last, width, officer, at)"
        " VALUES(?,?,?,?,?,?,?,?,?)",
        "dsssiiidi", &id, act_param(a, S("mission")), first.kind, first.prefix, first.number, last,
        first.width, &a->actor.id, a->now));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv_int(&w, S("n"), last - first.number + 1);
    jw_close(&w, '}');
    return OK;
}

/* ---- spoilt --------------------------------------------------------------------------------- */

/* Members in canonical order. */
enum err spoilt_propose(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX);
    str mission = act_param(a, S("mission")), number = json_get_str(a->input, S("number"));
    struct jw w = JW(&b);
    struct blank blank;

    TRY(blank_read_at(a, mission, json_get_str(a->input, S("kind")), number, "/number", &blank, f));
    jw_open(&w, '{');
    jw_kv(&w, S("kind"), blank.kind);
    jw_kv(&w, S("mission"), mission);
    jw_kv(&w, S("number"), number);
    jw_kv(&w, S("reason"), json_get_str(a->input, S("reason")));
    jw_kv(&w, S("what"), S("spoilt"));
    jw_close(&w, '}');
    str statement = str_copy(a->arena, buf_str(&b));
    TRY_PTR(statement.p, f);
    return proposal_add(a, mission, number, statement, f);
}

enum err spoilt_apply(struct act *a, const struct proposal *p, struct fault *f)
{
    struct blank b;

    TRY(blank_read_at(a, p->mission, json_get_str(p->said, S("kind")),
                      json_get_str(p->said, S("number")), NULL, &b, f));
    return blank_goes(a, &b, S("spoilt"), NULL, json_get_str(p->said, S("reason")), f);
}

/* ---- looking -------------------------------------------------------------------------------- */

static enum err left_of(struct act *a, str mission, str kind, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(sum(last - first + 1), 0) - (SELECT count(*) FROM blank_gone g"
               " JOIN blank_series t ON t.id = g.series WHERE t.mission = ? AND t.kind = ?)"
               " FROM blank_series WHERE mission = ? AND kind = ?",
               "ssss", mission, kind, mission, kind));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

static enum err month_of(struct act *a, str mission, str kind, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM blank_gone g JOIN blank_series t ON t.id = g.series"
               " WHERE t.mission = ? AND t.kind = ? AND g.at > ?",
               "ssi", mission, kind, a->now - (int64_t)MONTH_DAYS * DAY_MS));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

struct series {
    struct id id;
    struct blank b; /* its number is the first */
    int64_t last, at, gone;
};

/* The first number that is not gone, -1 if all are. */
static enum err next_of(struct act *a, const struct series *s, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT (SELECT count(*) FROM blank_gone WHERE series = ? AND number = ?),"
               " (SELECT min(g.number) + 1 FROM blank_gone g WHERE g.series = ? AND g.number < ?"
               " AND NOT EXISTS (SELECT 1 FROM blank_gone h WHERE h.series = g.series"
               " AND h.number = g.number + 1))",
               "didi", &s->id, s->b.number, &s->id, s->last));
    *out = !query_int(&q, 0) ? s->b.number : query_null(&q, 1) ? -1 : query_int(&q, 1);
    return query_end(&q, f);
}

static enum err load_series(struct act *a, str mission, struct series *list, size_t *n,
                            struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT s.id, s.kind, s.prefix, s.first, s.last, s.width, s.at,"
                 " (SELECT count(*) FROM blank_gone g WHERE g.series = s.id) FROM blank_series s"
                 " WHERE s.mission = ? ORDER BY s.id LIMIT ?",
                 "si", mission, (int64_t)LISTED));
    for (*n = 0; query_row(&q); query_next(&q))
        list[(*n)++] = (struct series){.id = query_id(&q, 0),
                                       .b = {.kind = str_copy(a->arena, query_str(&q, 1)),
                                             .prefix = str_copy(a->arena, query_str(&q, 2)),
                                             .number = query_int(&q, 3),
                                             .width = query_int(&q, 5)},
                                       .last = query_int(&q, 4),
                                       .at = query_int(&q, 6),
                                       .gone = query_int(&q, 7)};
    return query_end(&q, f);
}

static enum err put_series(struct act *a, struct jw *w, const struct series *s, struct fault *f)
{
    int64_t next = 0;
    char at[32];

    TRY(next_of(a, s, &next, f));
    time_format(s->at, at);
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &s->id));
    jw_kv(w, S("kind"), s->b.kind);
    jw_kv(w, S("first"), blank_text(a, &s->b, s->b.number));
    jw_kv(w, S("last"), blank_text(a, &s->b, s->last));
    if (next >= 0)
        jw_kv(w, S("next"), blank_text(a, &s->b, next));
    jw_kv_int(w, S("left"), s->last - s->b.number + 1 - s->gone);
    jw_kv(w, S("received"), str_of(at));
    jw_close(w, '}');
    return OK;
}

/* Which one is next: of the oldest series that has any. */
static enum err put_next(struct act *a, struct jw *w, const struct series *list, size_t n, str kind,
                         struct fault *f)
{
    int64_t next = -1;

    for (size_t i = 0; i < n && next < 0; i++) {
        if (!str_eq(list[i].b.kind, kind))
            continue;
        TRY(next_of(a, &list[i], &next, f));
        if (next >= 0)
            jw_kv(w, S("next"), blank_text(a, &list[i].b, next));
    }
    return OK;
}

static enum err put_kinds(struct act *a, struct jw *w, str mission, const struct series *list,
                          size_t n, struct fault *f)
{
    jw_key(w, S("kinds"));
    jw_open(w, '[');
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        str kind = str_of(kinds[k]);
        int64_t left = 0, month = 0;
        size_t any = 0;
        for (size_t i = 0; i < n; i++)
            any += str_eq(list[i].b.kind, kind);
        if (!any)
            continue;
        TRY(left_of(a, mission, kind, &left, f));
        TRY(month_of(a, mission, kind, &month, f));
        jw_open(w, '{');
        jw_kv(w, S("kind"), kind);
        jw_kv_int(w, S("left"), left);
        jw_kv_int(w, S("month"), month);
        jw_kv_bool(w, S("low"), left <= month || left <= FEW);
        TRY(put_next(a, w, list, n, kind, f));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static enum err put_gone(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(
        a->db, &q, f,
        "SELECT s.kind, s.prefix, s.width, g.number, g.fate, g.file, g.reason, g.at, o.name"
        " FROM blank_gone g JOIN blank_series s ON s.id = g.series"
        " LEFT JOIN officer o ON o.id = g.officer WHERE s.mission = ?"
        " ORDER BY g.at DESC, g.number DESC LIMIT ?",
        "si", mission, (int64_t)LISTED));
    jw_key(w, S("gone"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct blank b = {.prefix = query_str(&q, 1), .width = query_int(&q, 2)};
        struct id file = query_id(&q, 5);
        time_format(query_int(&q, 7), at);
        jw_open(w, '{');
        jw_kv(w, S("kind"), query_str(&q, 0));
        jw_kv(w, S("number"), blank_text(a, &b, query_int(&q, 3)));
        jw_kv(w, S("fate"), query_str(&q, 4));
        if (!id_is_nil(&file))
            jw_kv(w, S("case"), act_id_text(a, &file));
        if (!query_null(&q, 6))
            jw_kv(w, S("reason"), query_str(&q, 6));
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("by"), query_str(&q, 8));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

static enum err put_counts(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT p.confirmed, x.name, y.name, p.statement FROM proposal p"
                 " LEFT JOIN officer x ON x.id = p.proposer LEFT JOIN officer y"
                 " ON y.id = p.confirmer WHERE p.mission = ? AND p.what = 'count'"
                 " AND p.confirmer IS NOT NULL ORDER BY p.id DESC LIMIT ?",
                 "si", mission, (int64_t)LISTED));
    jw_key(w, S("counts"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 0), at);
        jw_open(w, '{');
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("proposed_by"), query_str(&q, 1));
        jw_kv(w, S("confirmed_by"), query_str(&q, 2));
        jw_key(w, S("statement"));
        jw_raw(w, query_str(&q, 3));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err stock_put_kinds(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct series *list = arena_zalloc(a->arena, LISTED, sizeof *list);
    size_t n = 0;

    TRY_PTR(list, f);
    TRY(load_series(a, mission, list, &n, f));
    jw_key(w, S("stock"));
    jw_open(w, '{');
    TRY(put_kinds(a, w, mission, list, n, f));
    jw_close(w, '}');
    return OK;
}

enum err stock_show(struct act *a, struct fault *f)
{
    struct series *list = arena_zalloc(a->arena, LISTED, sizeof *list);
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    size_t n = 0;

    TRY_PTR(list, f);
    TRY(load_series(a, mission, list, &n, f));
    jw_open(&w, '{');
    TRY(put_kinds(a, &w, mission, list, n, f));
    jw_key(&w, S("series"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        TRY(put_series(a, &w, &list[i], f));
    jw_close(&w, ']');
    TRY(put_gone(a, &w, mission, f));
    TRY(put_counts(a, &w, mission, f));
    TRY(proposals_put(a, &w, mission, S("spoilt"), S("count"), f));
    jw_close(&w, '}');
    return OK;
}

/* ---- counting ------------------------------------------------------------------------------- */

static enum err at_row(struct act *a, size_t i, const char *name, enum err code, const char *what,
                       struct fault *f)
{
    str pointer = str_printf(a->arena, "/counts/%zu/%s", i, name);

    TRY_PTR(pointer.p, f);
    return fault_at(f, code, str_cstr(a->arena, pointer), "%s", what);
}

/* Every number that is not there is named, once. */
static enum err check_missing(struct act *a, str mission, const struct json *row, size_t i,
                              struct fault *f)
{
    const struct json *missing = json_get(row, S("missing"));
    str pointer = str_printf(a->arena, "/counts/%zu/missing", i);
    struct blank b;

    TRY_PTR(pointer.p, f);
    for (size_t k = 0; json_at(missing, k); k++) {
        str number = json_str(json_at(missing, k));
        TRY(blank_read_at(a, mission, json_get_str(row, S("kind")), number,
                          str_cstr(a->arena, pointer), &b, f));
        for (size_t j = 0; j < k; j++)
            if (str_eq(json_str(json_at(missing, j)), number))
                return at_row(a, i, "missing", ERR_INVALID, "a number is missing once", f);
    }
    return OK;
}

static enum err put_count(struct act *a, struct jw *w, str mission, const struct json *row,
                          size_t i, struct fault *f)
{
    const struct json *missing = json_get(row, S("missing"));
    int64_t counted = json_get_int(row, S("counted"), 0), book = 0;
    str reason = json_get_str(row, S("reason"));
    size_t n = 0;

    TRY(left_of(a, mission, json_get_str(row, S("kind")), &book, f));
    TRY(check_missing(a, mission, row, i, f));
    while (json_at(missing, n))
        n++;
    if (counted > book)
        return at_row(a, i, "counted", ERR_CONFLICT, "more than the book has: receive them first",
                      f);
    if (book - counted != (int64_t)n)
        return at_row(a, i, "missing", ERR_INVALID, "name each number that is not there", f);
    if (n && !reason.p)
        return at_row(a, i, "reason", ERR_INVALID, "say why they are not there", f);
    jw_open(w, '{');
    jw_kv_int(w, S("book"), book);
    jw_kv_int(w, S("counted"), counted);
    jw_kv(w, S("kind"), json_get_str(row, S("kind")));
    jw_key(w, S("missing"));
    jw_open(w, '[');
    for (size_t k = 0; k < n; k++)
        jw_string(w, json_str(json_at(missing, k)));
    jw_close(w, ']');
    if (n)
        jw_kv(w, S("reason"), reason);
    jw_close(w, '}');
    return OK;
}

/* Members in canonical order. */
static enum err count_statement(struct act *a, str mission, const struct json *counts, str *out,
                                struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_key(&w, S("counts"));
    jw_open(&w, '[');
    for (size_t i = 0; json_at(counts, i); i++) {
        for (size_t k = 0; k < i; k++)
            if (str_eq(json_get_str(json_at(counts, k), S("kind")),
                       json_get_str(json_at(counts, i), S("kind"))))
                return at_row(a, i, "kind", ERR_INVALID, "a kind is counted once", f);
        TRY(put_count(a, &w, mission, json_at(counts, i), i, f));
    }
    jw_close(&w, ']');
    jw_kv(&w, S("mission"), mission);
    jw_kv(&w, S("what"), S("count"));
    jw_close(&w, '}');
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "the statement is too large");
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

enum err count_propose(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission")), statement = STR_NONE;

    TRY(count_statement(a, mission, json_get(a->input, S("counts")), &statement, f));
    return proposal_add(a, mission, S(""), statement, f);
}

static enum err lose(struct act *a, str mission, const struct json *row, struct fault *f)
{
    const struct json *missing = json_get(row, S("missing"));
    struct blank b;

    for (size_t k = 0; json_at(missing, k); k++) {
        TRY(blank_read_at(a, mission, json_get_str(row, S("kind")), json_str(json_at(missing, k)),
                          NULL, &b, f));
        TRY(blank_goes(a, &b, S("missing"), NULL, json_get_str(row, S("reason")), f));
    }
    return OK;
}

enum err count_apply(struct act *a, const struct proposal *p, struct fault *f)
{
    const struct json *counts = json_get(p->said, S("counts"));
    str now = STR_NONE;

    if (count_statement(a, p->mission, counts, &now, f) != OK || !str_eq(now, p->statement))
        return fault(f, ERR_STALE, "the stock changed since it was counted");
    for (size_t i = 0; json_at(counts, i); i++)
        TRY(lose(a, p->mission, json_at(counts, i), f));
    return OK;
}
