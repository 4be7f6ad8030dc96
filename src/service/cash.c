#include "service/cash_int.h"

#include <stdio.h>

enum { CURRENCIES = 40, MOVEMENTS = 5000, CLOSINGS = 400 };

/* ---- days --------------------------------------------------------------------------------- */

/* The last day that is closed, 0 for none. */
static enum err last_closed(struct act *a, str mission, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT coalesce(max(day), 0) FROM cash_closing WHERE mission = ?",
               "s", mission));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

/* Today, or the next working day if today is closed. */
static enum err book_day(struct act *a, str mission, int64_t *out, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    int64_t closed = 0;
    enum err e =
        at ? last_closed(a, mission, &closed, f) : fault(f, ERR_NOT_FOUND, "no such mission");

    if (e == OK) {
        int64_t today = mission_day(m, at, a->now);
        *out = today > closed ? today : due_day(m, at, (int32_t)closed + 1, 0);
    }
    missions_drop(m);
    return e;
}

enum err cash_add(struct act *a, const struct movement *m, struct fault *f)
{
    struct query q;
    int64_t day = 0;

    TRY(book_day(a, m->mission, &day, f));
    TRY(db_one(
        a->db, &q, f,
        "SELECT coalesce(max(number), 0) + 1 FROM cash_movement WHERE day = ? AND mission = ?",
        "is", day, m->mission));
    int64_t number = query_int(&q, 0);
    TRY(query_end(&q, f));
    return db_run(a->db, f,
                  "INSERT INTO cash_movement(day, mission, number, at, how, amount, currency, file,"
                  " reference, officer) VALUES(?,?,?,?,?,?,?,?,?,?)",
                  "isiisisdsd", day, m->mission, number, a->now, m->how, m->amount, m->currency,
                  m->file, m->reference, &a->actor.id);
}

/* ---- a sheet: the days from one closing to the next -------------------------------------------
 */

/* Of one currency: what the drawer should hold, and what an officer counted. */
struct drawer {
    char currency[4];
    int64_t carried, in, out, counted, deposited;
    str reason;
    bool told;
};

struct sheet {
    str mission;
    int64_t after, day; /* the days in (after, day] */
    size_t n;
    struct drawer list[CURRENCIES];
};

static int64_t expected(const struct drawer *d)
{
    return d->carried + d->in - d->out;
}

static struct drawer *drawer_of(struct sheet *s, str currency)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(str_of(s->list[i].currency), currency))
            return &s->list[i];
    if (s->n == CURRENCIES || currency.n != 3)
        return NULL;
    snprintf(s->list[s->n].currency, sizeof s->list->currency, "%.*s", STR_FMT(currency));
    return &s->list[s->n++];
}

static enum err add_carried(struct act *a, struct sheet *s, struct fault *f)
{
    struct query q;

    TRY(db_query(
        a->db, &q, f,
        "SELECT currency, counted - deposited FROM cash_count WHERE day = ? AND mission = ?"
        " AND counted > deposited ORDER BY currency",
        "is", s->after, s->mission));
    for (; query_row(&q); query_next(&q)) {
        struct drawer *d = drawer_of(s, query_str(&q, 0));
        if (d)
            d->carried = query_int(&q, 1);
    }
    return query_end(&q, f);
}

static enum err add_moved(struct act *a, struct sheet *s, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT currency, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END),"
                 " sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) FROM cash_movement"
                 " WHERE mission = ? AND day > ? AND day <= ? AND how = 'cash' GROUP BY currency"
                 " ORDER BY currency",
                 "sii", s->mission, s->after, s->day));
    for (; query_row(&q); query_next(&q)) {
        struct drawer *d = drawer_of(s, query_str(&q, 0));
        if (d) {
            d->in = query_int(&q, 1);
            d->out = query_int(&q, 2);
        }
    }
    return query_end(&q, f);
}

static enum err sheet_fill(struct act *a, struct sheet *s, struct fault *f)
{
    TRY(add_carried(a, s, f));
    return add_moved(a, s, f);
}

/* ---- what an officer counted ---------------------------------------------------------------- */

static enum err at_row(struct act *a, size_t i, const char *name, enum err code, const char *what,
                       struct fault *f)
{
    str pointer = str_printf(a->arena, "/cash/%zu/%s", i, name);

    TRY_PTR(pointer.p, f);
    return fault_at(f, code, str_cstr(a->arena, pointer), "%s", what);
}

static enum err take_count(struct act *a, struct sheet *s, const struct json *row, size_t i,
                           struct fault *f)
{
    struct drawer *d = drawer_of(s, json_get_str(row, S("currency")));

    if (!d || currency_digits(str_of(d->currency)) > 4)
        return at_row(a, i, "currency", ERR_INVALID, "no more currencies", f);
    if (d->told)
        return at_row(a, i, "currency", ERR_INVALID, "a currency is counted once", f);
    d->told = true;
    d->counted = json_get_int(row, S("counted"), 0);
    d->deposited = json_get_int(row, S("deposited"), 0);
    d->reason = json_get_str(row, S("reason"));
    if (d->deposited > d->counted)
        return at_row(a, i, "deposited", ERR_INVALID, "no more than was counted", f);
    if (d->counted != expected(d) && !d->reason.p)
        return at_row(a, i, "reason", ERR_INVALID, "say why it is not what the book says", f);
    return OK;
}

static enum err take_counts(struct act *a, struct sheet *s, const struct json *cash,
                            struct fault *f)
{
    for (size_t i = 0; json_at(cash, i); i++)
        TRY(take_count(a, s, json_at(cash, i), i, f));
    for (size_t i = 0; i < s->n; i++)
        if (!s->list[i].told)
            return fault_at(f, ERR_INVALID, "/cash", "count the cash in %s as well",
                            s->list[i].currency);
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_day(struct jw *w, str key, int64_t day)
{
    char text[DAY_TEXT];

    day_format((int32_t)day, text);
    jw_kv(w, key, str_of(text));
}

/* Members in canonical order. */
static void put_drawer(struct jw *w, const struct drawer *d, bool counted)
{
    jw_open(w, '{');
    jw_kv_int(w, S("carried"), d->carried);
    if (counted)
        jw_kv_int(w, S("counted"), d->counted);
    jw_kv(w, S("currency"), str_of(d->currency));
    if (counted) {
        jw_kv_int(w, S("deposited"), d->deposited);
        jw_kv_int(w, S("difference"), d->counted - expected(d));
    }
    jw_kv_int(w, S("expected"), expected(d));
    jw_kv_int(w, S("in"), d->in);
    jw_kv_int(w, S("out"), d->out);
    if (counted && d->counted != expected(d))
        jw_kv(w, S("reason"), d->reason);
    jw_close(w, '}');
}

static void put_drawers(struct jw *w, const struct sheet *s, bool counted)
{
    jw_key(w, S("cash"));
    jw_open(w, '[');
    for (size_t i = 0; i < s->n; i++)
        put_drawer(w, &s->list[i], counted);
    jw_close(w, ']');
}

/* By the way it was paid and by currency. */
static enum err put_totals(struct act *a, struct jw *w, const struct sheet *s, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT currency, how, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END), count(*),"
                 " sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) FROM cash_movement"
                 " WHERE mission = ? AND day > ? AND day <= ? GROUP BY currency, how"
                 " ORDER BY currency, how",
                 "sii", s->mission, s->after, s->day));
    jw_key(w, S("totals"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(w, '{');
        jw_kv(w, S("currency"), query_str(&q, 0));
        jw_kv(w, S("how"), query_str(&q, 1));
        jw_kv_int(w, S("in"), query_int(&q, 2));
        jw_kv_int(w, S("n"), query_int(&q, 3));
        jw_kv_int(w, S("out"), query_int(&q, 4));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

static enum err first_day(struct act *a, const struct sheet *s, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(min(day), ?) FROM cash_movement WHERE mission = ? AND day > ?"
               " AND day <= ?",
               "isii", s->day, s->mission, s->after, s->day));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

static enum err state_it(struct act *a, const struct sheet *s, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX);
    struct jw w = JW(&b);
    int64_t from = 0;

    TRY(first_day(a, s, &from, f));
    jw_open(&w, '{');
    put_drawers(&w, s, true);
    put_day(&w, S("day"), s->day);
    put_day(&w, S("from"), from);
    jw_kv(&w, S("mission"), s->mission);
    TRY(put_totals(a, &w, s, f));
    jw_kv(&w, S("what"), S("cash"));
    jw_close(&w, '}');
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "the statement is too large");
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* ---- closing ------------------------------------------------------------------------------ */

/* The statement of a closing from what was counted. */
static enum err closing_of(struct act *a, str mission, const struct json *said, struct sheet *s,
                           str *out, struct fault *f)
{
    int64_t today = 0;
    int32_t day = 0;

    *s = (struct sheet){.mission = mission};
    TRY(mission_today(a, mission, &today, f));
    if (!day_parse(json_get_str(said, S("day")), &day) || day > today)
        return fault_at(f, ERR_INVALID, "/day", "a day that has come");
    s->day = day;
    TRY(last_closed(a, mission, &s->after, f));
    if (s->day <= s->after)
        return fault_at(f, ERR_CONFLICT, "/day", "this day is closed");
    TRY(sheet_fill(a, s, f));
    TRY(take_counts(a, s, json_get(said, S("cash")), f));
    return state_it(a, s, out, f);
}

enum err cash_propose(struct act *a, struct fault *f)
{
    struct sheet *s = arena_new_of(a->arena, struct sheet);
    str mission = act_param(a, S("mission")), statement = STR_NONE;

    TRY_PTR(s, f);
    TRY(closing_of(a, mission, a->input, s, &statement, f));
    return proposal_add(a, mission, S(""), statement, f);
}

enum err cash_apply(struct act *a, const struct proposal *p, struct fault *f)
{
    struct sheet *s = arena_new_of(a->arena, struct sheet);
    str now = STR_NONE;

    TRY_PTR(s, f);
    TRY(closing_of(a, p->mission, p->said, s, &now, f));
    if (!str_eq(now, p->statement))
        return fault(f, ERR_STALE, "money came or went since it was counted");
    TRY(db_run(a->db, f,
               "INSERT INTO cash_closing(day, mission, after, proposal, at) VALUES(?,?,?,?,?)",
               "isidi", s->day, s->mission, s->after, &p->id, a->now));
    for (size_t i = 0; i < s->n; i++) {
        const struct drawer *d = &s->list[i];
        TRY(db_run(a->db, f,
                   "INSERT INTO cash_count(day, mission, currency, expected, counted, deposited,"
                   " reason) VALUES(?,?,?,?,?,?,?)",
                   "issiiis", s->day, s->mission, str_of(d->currency), expected(d), d->counted,
                   d->deposited, d->counted != expected(d) ? d->reason : STR_NONE));
    }
    return OK;
}

/* ---- looking ------------------------------------------------------------------------------ */

static enum err put_movements(struct act *a, struct jw *w, const struct sheet *s, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT day, number, at, how, amount, currency, file, reference FROM cash_movement"
                 " WHERE mission = ? AND day > ? AND day <= ? ORDER BY day, number LIMIT ?",
                 "siii", s->mission, s->after, s->day, (int64_t)MOVEMENTS));
    jw_key(w, S("movements"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id file = query_id(&q, 6);
        time_format(query_int(&q, 2), at);
        jw_open(w, '{');
        put_day(w, S("day"), query_int(&q, 0));
        jw_kv_int(w, S("number"), query_int(&q, 1));
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("how"), query_str(&q, 3));
        jw_kv_int(w, S("amount"), query_int(&q, 4));
        jw_kv(w, S("currency"), query_str(&q, 5));
        if (!id_is_nil(&file))
            jw_kv(w, S("case"), act_id_text(a, &file));
        jw_kv(w, S("reference"), query_str(&q, 7));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* A closed one shows what two officers signed. */
struct closed {
    struct id proposal;
    str statement;
    int64_t at;
};

static enum err find_closing(struct act *a, struct sheet *s, struct closed *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT c.day, c.after, c.at, c.proposal, p.statement FROM cash_closing c"
                        " JOIN proposal p ON p.id = c.proposal WHERE c.mission = ? AND c.day >= ?"
                        " ORDER BY c.day LIMIT 1",
                        "si", s->mission, s->day);

    *out = (struct closed){.statement = STR_NONE};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    s->day = query_int(&q, 0);
    s->after = query_int(&q, 1);
    out->at = query_int(&q, 2);
    out->proposal = query_id(&q, 3);
    out->statement = str_copy(a->arena, query_str(&q, 4));
    TRY(query_end(&q, f));
    TRY_PTR(out->statement.p, f);
    return OK;
}

static enum err put_closed(struct act *a, struct jw *w, const struct closed *c, struct fault *f)
{
    char at[32];

    time_format(c->at, at);
    jw_key(w, S("closing"));
    jw_open(w, '{');
    jw_kv(w, S("at"), str_of(at));
    TRY(proposal_put_officers(a, w, &c->proposal, f));
    jw_key(w, S("statement"));
    jw_raw(w, c->statement);
    jw_close(w, '}');
    return OK;
}

/* ?day=: the sheet that it is on; else the open one, until today or the day that is open. */
static enum err sheet_asked(struct act *a, struct sheet *s, struct closed *c, struct fault *f)
{
    str wanted = act_param(a, S("day"));
    int64_t closed = 0;
    int32_t day = 0;

    TRY(last_closed(a, s->mission, &closed, f));
    TRY(book_day(a, s->mission, &s->day, f));
    s->after = closed;
    *c = (struct closed){.statement = STR_NONE};
    if (!wanted.p)
        return OK;
    if (!day_parse(wanted, &day))
        return fault_at(f, ERR_INVALID, "/day", "a day as 2026-11-20");
    if (day <= closed) {
        s->day = day;
        return find_closing(a, s, c, f);
    }
    if (day < s->day)
        s->day = day;
    return OK;
}

enum err cash_show(struct act *a, struct fault *f)
{
    struct sheet *s = arena_new_of(a->arena, struct sheet);
    struct jw w = JW(&a->reply);
    struct closed c;
    int64_t from = 0, today = 0;

    TRY_PTR(s, f);
    *s = (struct sheet){.mission = act_param(a, S("mission"))};
    TRY(mission_today(a, s->mission, &today, f));
    TRY(sheet_asked(a, s, &c, f));
    TRY(first_day(a, s, &from, f));
    TRY(sheet_fill(a, s, f));
    jw_open(&w, '{');
    jw_kv(&w, S("mission"), s->mission);
    put_day(&w, S("today"), today);
    put_day(&w, S("from"), from);
    put_day(&w, S("day"), s->day);
    put_drawers(&w, s, false);
    TRY(put_totals(a, &w, s, f));
    TRY(put_movements(a, &w, s, f));
    if (c.statement.p)
        TRY(put_closed(a, &w, &c, f));
    else
        TRY(proposals_put(a, &w, s->mission, S("cash"), S(""), f));
    jw_close(&w, '}');
    return OK;
}

/* The closings, the newest first: each with its currencies. */
enum err cash_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT c.day, c.at, x.name, y.name, p.statement FROM cash_closing c"
                 " JOIN proposal p ON p.id = c.proposal LEFT JOIN officer x ON x.id = p.proposer"
                 " LEFT JOIN officer y ON y.id = p.confirmer WHERE c.mission = ?"
                 " ORDER BY c.day DESC LIMIT ?",
                 "si", act_param(a, S("mission")), (int64_t)CLOSINGS));
    jw_open(&w, '{');
    jw_key(&w, S("closings"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 1), at);
        jw_open(&w, '{');
        put_day(&w, S("day"), query_int(&q, 0));
        jw_kv(&w, S("at"), str_of(at));
        jw_kv(&w, S("proposed_by"), query_str(&q, 2));
        jw_kv(&w, S("confirmed_by"), query_str(&q, 3));
        jw_key(&w, S("statement"));
        jw_raw(&w, query_str(&q, 4));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- at a glance -------------------------------------------------------------------------- */

static enum err put_open_since(struct act *a, struct jw *w, str mission, int64_t closed,
                               struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(min(day), 0) FROM cash_movement WHERE mission = ? AND day > ?",
               "si", mission, closed));
    if (query_int(&q, 0))
        put_day(w, S("open_since"), query_int(&q, 0));
    return query_end(&q, f);
}

enum err cash_put_glance(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct sheet s = {.mission = mission};
    struct closed c;

    TRY(last_closed(a, mission, &s.day, f));
    TRY(find_closing(a, &s, &c, f));
    jw_key(w, S("cash"));
    jw_open(w, '{');
    if (c.statement.p) {
        put_day(w, S("closed"), s.day);
        TRY(proposal_put_officers(a, w, &c.proposal, f));
    }
    TRY(put_open_since(a, w, mission, s.day, f));
    jw_close(w, '}');
    return OK;
}
