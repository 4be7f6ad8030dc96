/* appointments.c - the person's side: to ask, to see where one stands, to accept, move, cancel */
#include "service/appointments_int.h"

#include <inttypes.h>
#include <stdio.h>

enum { HOUR_MS = 3600000 };

/* ---- rules -------------------------------------------------------------------------------- */

enum err rule_load(struct act *a, str mission, str service, const struct json **out,
                   struct fault *f)
{
    struct json *rule;
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT doc FROM appointment_rule WHERE mission = ? AND service = ?",
               "ss", mission, service));
    str doc = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(doc.p, f);
    TRY(json_parse(a->arena, doc, NULL, &rule, f));
    *out = rule;
    return OK;
}

bool rule_takes(const struct json *rule, const struct casefile *c)
{
    const struct json *states = json_get(rule, S("states"));

    if (!json_at(states, 0))
        return c->state->turn != TURN_END;
    for (size_t i = 0; json_at(states, i); i++)
        if (str_eq(json_str(json_at(states, i)), c->state->id))
            return true;
    return false;
}

static enum err check_takes(struct act *a, const struct casefile *c, struct fault *f)
{
    const struct json *rule;
    enum err e = rule_load(a, c->mission, c->service_name, &rule, f);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "the mission gives no appointments for this service");
    TRY(e);
    return rule_takes(rule, c)
               ? OK
               : fault(f, ERR_CONFLICT, "a case that is \"%.*s\" needs no appointment",
                       STR_FMT(c->state->id));
}

/* ---- rounds ------------------------------------------------------------------------------- */

enum err round_load(struct act *a, const struct id *id, struct round *out, struct fault *f)
{
    struct round r = {.id = *id};
    struct json *terms;
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT mission, service, state, opening, seed, closes, drawn, head"
               " FROM appointment_round WHERE id = ?",
               "d", id));
    r.mission = str_copy(a->arena, query_str(&q, 0));
    r.service = str_copy(a->arena, query_str(&q, 1));
    r.state = str_copy(a->arena, query_str(&q, 2));
    r.opening = str_copy(a->arena, query_str(&q, 3));
    r.seed = str_copy(a->arena, query_str(&q, 4));
    r.closes = query_int(&q, 5);
    r.drawn = query_int(&q, 6);
    r.head = query_null(&q, 7) ? STR_NONE : str_copy(a->arena, query_str(&q, 7));
    TRY(query_end(&q, f));
    TRY_PTR(r.mission.p && r.service.p && r.state.p && r.opening.p && r.seed.p, f);
    TRY(json_parse(a->arena, r.opening, &json_limits_wide, &terms, f));
    r.terms = terms;
    TRY(draw_slots(a->arena, terms, &r.slots, &r.n_slots, f));
    *out = r;
    return OK;
}

const struct draw_slot *round_slot(const struct round *r, str at)
{
    for (size_t i = 0; i < r->n_slots; i++)
        if (str_eq(r->slots[i].at, at))
            return &r->slots[i];
    return NULL;
}

/* ---- the act's case ------------------------------------------------------------------------ */

struct meeting {
    struct casefile c; /* first */
    str wishes;
};

enum err appointment_prepare(struct act *a, struct fault *f)
{
    struct meeting *m = arena_new_of(a->arena, struct meeting);

    TRY_PTR(m, f);
    a->data = m;
    TRY(case_of_path(a, &m->c, f));
    a->content = sha256(a->body);
    return act_seal_for(a, &m->c.person, f);
}

/* ---- asking ------------------------------------------------------------------------------- */

enum err appointment_ask_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1024);
    struct jw w = JW(&text);
    const struct json *wishes = json_get(a->input, S("wishes"));

    TRY(appointment_prepare(a, f));
    struct meeting *m = a->data;
    if (wishes)
        jw_tree(&w, wishes);
    else
        jw_raw(&w, S("[]"));
    m->wishes = str_copy(a->arena, buf_str(&text));
    TRY_PTR(m->wishes.p, f);
    return OK;
}

static enum err check_wishes(const struct act *a, const struct round *r, struct fault *f)
{
    const struct json *wishes = json_get(a->input, S("wishes"));
    char pointer[32];

    if (!json_at(wishes, 0) && !json_get_bool(a->input, S("any"), false))
        return fault_at(f, ERR_INVALID, "/wishes", "a wish at least, or any");
    for (size_t i = 0; json_at(wishes, i); i++) {
        const struct json *wish = json_at(wishes, i);
        struct json one = {.type = J_ARRAY, .n = 1, .items = (struct json *)wish};
        bool there = false;
        for (size_t k = 0; k < r->n_slots && !there; k++)
            there = r->slots[k].places > 0 && draw_wanted(&one, false, r->slots[k].at);
        snprintf(pointer, sizeof pointer, "/wishes/%zu", i);
        if (!there)
            return fault_at(f, ERR_INVALID, pointer, "the round has no place then");
    }
    return OK;
}

/* Who missed one without a word comes after the others in the next round, whom we let down before
 * them. */
static enum err class_of(struct act *a, const struct casefile *c, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT sum(CASE WHEN state = 'displaced' THEN 1 ELSE 0 END), count(*)"
               " FROM appointment WHERE person = ? AND service = ? AND counted = 0"
               " AND state IN ('missed', 'displaced')",
               "ds", &c->person, c->service_name));
    *out = query_int(&q, 0) ? -1 : query_int(&q, 1) ? 1 : 0;
    return query_end(&q, f);
}

static enum err round_of_input(struct act *a, const struct casefile *c, struct round *out,
                               struct fault *f)
{
    struct id id;

    if (!id_parse(json_get_str(a->input, S("round")), &id))
        return fault_at(f, ERR_NOT_FOUND, "/round", "no such round");
    TRY(round_load(a, &id, out, f));
    if (!str_eq(out->mission, c->mission) || !str_eq(out->service, c->service_name))
        return fault_at(f, ERR_INVALID, "/round", "a round of another mission or service");
    if (!str_eq(out->state, S("open")) || a->now >= out->closes)
        return fault_at(f, ERR_CONFLICT, "/round", "the round is closed");
    return OK;
}

/* As many as a draw takes. */
static enum err check_room(struct act *a, const struct round *r, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM appointment_ask WHERE round = ?", "d", &r->id));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    return n < DRAW_ASKS_MAX ? OK : fault_at(f, ERR_LIMIT, "/round", "the round is full");
}

enum err appointment_ask(struct act *a, struct fault *f)
{
    struct meeting *m = a->data;
    struct id id = id_new(&a->house->world, id_bucket(&m->c.id));
    struct jw w = JW(&a->reply);
    struct round r;
    int64_t class;

    TRY(check_takes(a, &m->c, f));
    TRY(round_of_input(a, &m->c, &r, f));
    TRY(check_room(a, &r, f));
    TRY(check_wishes(a, &r, f));
    TRY(booking_none(a, &m->c, f));
    TRY(class_of(a, &m->c, &class, f));
    enum err e = db_run(a->db, f,
                        "INSERT INTO appointment_ask(id, bucket, round, person, file, wishes,"
                        " takes_any, class, place, turn, state, at)"
                        " VALUES(?,?,?,?,?,?,?,?,0,0,'asked',?)",
                        "diddd"
                        "siii",
                        &id, (int64_t)id_bucket(&id), &r.id, &m->c.person, &m->c.id, m->wishes,
                        (int64_t)json_get_bool(a->input, S("any"), false), class, a->now);
    if (e == ERR_CONFLICT)
        return fault_at(f, e, "/round", "you have asked in this round already");
    TRY(e);
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("ask"), act_id_text(a, &id));
    jw_kv_int(&w, S("class"), class);
    jw_close(&w, '}');
    return OK;
}

/* The newest ask of a case that still means something. */
struct ask {
    struct id id, round;
    str state, wishes;
    int64_t turn, class, place;
    bool any;
};

static enum err ask_of_case(struct act *a, const struct id *file, struct ask *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT id, round, state, turn, class, place, wishes, takes_any FROM appointment_ask"
               " WHERE file = ? ORDER BY id DESC LIMIT 1",
               "d", file));
    *out = (struct ask){.id = query_id(&q, 0),
                        .round = query_id(&q, 1),
                        .state = str_copy(a->arena, query_str(&q, 2)),
                        .turn = query_int(&q, 3),
                        .class = query_int(&q, 4),
                        .place = query_int(&q, 5),
                        .wishes = str_copy(a->arena, query_str(&q, 6)),
                        .any = query_int(&q, 7) != 0};
    TRY(query_end(&q, f));
    TRY_PTR(out->state.p && out->wishes.p, f);
    return OK;
}

static enum err set_ask(struct act *a, const struct id *ask, const char *state, struct fault *f)
{
    if (id_is_nil(ask))
        return OK;
    return db_run(a->db, f, "UPDATE appointment_ask SET state = ? WHERE id = ?", "sd",
                  str_of(state), ask);
}

static enum err said(struct act *a, const char *state)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("state"), str_of(state));
    jw_close(&w, '}');
    return OK;
}

/* Before the draw it is as if one had not asked. */
enum err appointment_withdraw(struct act *a, struct fault *f)
{
    struct meeting *m = a->data;
    struct ask ask;
    enum err e = ask_of_case(a, &m->c.id, &ask, f);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "nothing was asked for");
    TRY(e);
    if (str_eq(ask.state, S("asked")))
        TRY(db_run(a->db, f, "DELETE FROM appointment_ask WHERE id = ?", "d", &ask.id));
    else if (str_eq(ask.state, S("waiting")))
        TRY(set_ask(a, &ask.id, "withdrawn", f));
    else
        return fault(f, ERR_CONFLICT, "nothing is waited for any more");
    return said(a, "withdrawn");
}

/* ---- a place ------------------------------------------------------------------------------ */

static enum err own_booking(struct act *a, const struct casefile *c, struct booking *out,
                            struct fault *f)
{
    enum err e = booking_of_case(a, &c->id, out, f);

    return e == ERR_NOT_FOUND ? fault(f, ERR_CONFLICT, "there is no appointment") : e;
}

enum err appointment_accept(struct act *a, struct fault *f)
{
    struct meeting *m = a->data;
    struct booking b;

    TRY(own_booking(a, &m->c, &b, f));
    if (!str_eq(b.state, S("offered")))
        return fault(f, ERR_CONFLICT, "nothing is offered");
    if (a->now >= b.until)
        return fault(f, ERR_CONFLICT, "the time to answer is over");
    TRY(booking_state(a, &b, "booked", f));
    TRY(set_ask(a, &b.ask, "served", f));
    TRY(asks_settle(a, &b, f));
    TRY(reminders_set(a, &b, f));
    TRY(tell(a, &b.id, f));
    return said(a, "booked");
}

/* What is given back goes to who waits for it. */
enum err appointment_cancel(struct act *a, struct fault *f)
{
    struct meeting *m = a->data;
    struct booking b;

    TRY(own_booking(a, &m->c, &b, f));
    if (str_eq(b.state, S("arrived")))
        return fault(f, ERR_CONFLICT, "you have arrived");
    if (str_eq(b.state, S("offered")))
        TRY(set_ask(a, &b.ask, "lapsed", f));
    TRY(booking_state(a, &b, "cancelled", f));
    TRY(reminders_drop(a, &b, f));
    TRY(offer_on(a, &b.round, b.at, f));
    return said(a, "cancelled");
}

/* The drawn round that has that slot. ERR_CONFLICT. */
static enum err round_with(struct act *a, const struct casefile *c, str at, struct round *out,
                           struct fault *f)
{
    struct query q;
    struct id list[32];
    size_t n = 0;

    TRY(db_query(a->db, &q, f,
                 "SELECT id FROM appointment_round WHERE mission = ? AND service = ?"
                 " AND state = 'drawn' ORDER BY id DESC LIMIT 32",
                 "ss", c->mission, c->service_name));
    for (; query_row(&q) && n < ARRAY_LEN(list); query_next(&q))
        list[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    for (size_t i = 0; i < n; i++) {
        TRY(round_load(a, &list[i], out, f));
        if (round_slot(out, at))
            return OK;
    }
    return fault_at(f, ERR_CONFLICT, "/at", "there is no free place then");
}

static enum err check_free(struct act *a, const struct round *r, str at, int64_t starts,
                           struct fault *f)
{
    struct missions *ms = missions_hold(a->house->registry);
    const struct mission *where = mission_find(ms, r->mission);
    bool works = where && mission_works(ms, where, mission_day(ms, where, starts));
    int64_t left;

    missions_drop(ms);
    TRY(places_left(a, r->mission, r->service, starts, round_slot(r, at)->places, &left, f));
    if (left <= 0 || !works)
        return fault_at(f, ERR_CONFLICT, "/at", "there is no free place then");
    if (starts < a->now + HOUR_MS)
        return fault_at(f, ERR_CONFLICT, "/at", "that is too soon");
    return OK;
}

/* A place that nobody waits for: for who has none, and for who moves theirs. */
enum err appointment_book(struct act *a, struct fault *f)
{
    struct meeting *m = a->data;
    str at = json_get_str(a->input, S("at"));
    struct booking b;
    struct round r;
    int64_t starts, counters;

    TRY(check_takes(a, &m->c, f));
    TRY(round_with(a, &m->c, at, &r, f));
    at = round_slot(&r, at)->at;
    TRY(slot_moment(a, r.mission, at, &starts, f));
    TRY(check_free(a, &r, at, starts, f));
    counters = json_get_int(r.terms, S("counters"), 1);
    enum err e = booking_of_case(a, &m->c.id, &b, f);
    if (e == OK && str_eq(b.state, S("booked"))) {
        struct id left = b.round;
        str was = b.at;
        b.round = r.id;
        b.urgent = false;
        TRY(booking_move(a, &b, at, counters, f));
        TRY(offer_on(a, &left, was, f));
    } else if (e == ERR_NOT_FOUND) {
        TRY(booking_none(a, &m->c, f));
        b = (struct booking){.round = r.id,
                             .state = S("booked"),
                             .at = at,
                             .starts = starts,
                             .ends = starts + json_get_int(r.terms, S("minutes"), 20) * 60000};
        TRY(booking_new(a, &m->c, &b, counters, f));
        TRY(db_run(
            a->db, f,
            "UPDATE appointment_ask SET state = 'served' WHERE file = ? AND state = 'waiting'", "d",
            &m->c.id));
    } else {
        return e == OK ? fault(f, ERR_CONFLICT, "answer the offer first") : e;
    }
    TRY(asks_settle(a, &b, f));
    TRY(reminders_set(a, &b, f));
    TRY(tell(a, &b.id, f));
    a->status = 201;
    return said(a, "booked");
}

/* ---- where one stands --------------------------------------------------------------------- */

static void put_time(struct jw *w, str name, int64_t ms)
{
    char text[32];

    time_format(ms, text);
    jw_kv(w, name, str_of(text));
}

static void put_slots(struct jw *w, const struct round *r)
{
    jw_key(w, S("slots"));
    jw_open(w, '[');
    for (size_t i = 0; i < r->n_slots; i++)
        if (r->slots[i].places > 0) {
            jw_open(w, '{');
            jw_kv(w, S("at"), r->slots[i].at);
            jw_kv_int(w, S("places"), r->slots[i].places);
            jw_close(w, '}');
        }
    jw_close(w, ']');
}

/* The round that is open for the case's mission and service, if there is one. */
static enum err put_open_round(struct act *a, struct jw *w, const struct casefile *c,
                               struct fault *f)
{
    struct round r;
    struct query q;
    struct id id;
    enum err e = db_one(a->db, &q, f,
                        "SELECT id FROM appointment_round WHERE mission = ? AND service = ?"
                        " AND state = 'open' AND closes > ? ORDER BY closes LIMIT 1",
                        "ssi", c->mission, c->service_name, a->now);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    id = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(round_load(a, &id, &r, f));
    jw_key(w, S("round"));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    put_time(w, S("closes"), r.closes);
    put_slots(w, &r);
    jw_close(w, '}');
    return OK;
}

static enum err put_ask(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct round r;
    struct query q;
    struct ask ask;
    enum err e = ask_of_case(a, &c->id, &ask, f);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(round_load(a, &ask.round, &r, f));
    jw_key(w, S("ask"));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &ask.id));
    jw_kv(w, S("round"), act_id_text(a, &ask.round));
    jw_kv(w, S("state"), ask.state);
    put_time(w, S("closes"), r.closes);
    jw_key(w, S("wishes"));
    jw_raw(w, ask.wishes);
    jw_kv_bool(w, S("any"), ask.any);
    jw_kv_int(w, S("class"), ask.class);
    if (r.drawn)
        put_time(w, S("drawn"), r.drawn);
    if (ask.place)
        jw_kv_int(w, S("place"), ask.place);
    if (str_eq(ask.state, S("waiting"))) {
        TRY(db_one(a->db, &q, f,
                   "SELECT count(*) FROM appointment_ask WHERE round = ? AND state = 'waiting'"
                   " AND turn < ?",
                   "di", &ask.round, ask.turn));
        jw_kv_int(w, S("waiting"), query_int(&q, 0) + 1);
        TRY(query_end(&q, f));
    }
    jw_close(w, '}');
    return OK;
}

static void put_booking(struct act *a, struct jw *w, const struct booking *b)
{
    jw_key(w, S("appointment"));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &b->id));
    jw_kv(w, S("at"), b->at);
    put_time(w, S("starts"), b->starts);
    put_time(w, S("ends"), b->ends);
    jw_kv_int(w, S("counter"), b->counter);
    jw_kv(w, S("state"), b->state);
    if (b->until)
        put_time(w, S("until"), b->until);
    jw_close(w, '}');
}

/* Places of drawn rounds that nobody has or is offered. */
static enum err put_free(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct id list[8];
    struct round r;
    struct query q;
    size_t n = 0;

    TRY(db_query(a->db, &q, f,
                 "SELECT id FROM appointment_round WHERE mission = ? AND service = ?"
                 " AND state = 'drawn' ORDER BY id DESC LIMIT 8",
                 "ss", c->mission, c->service_name));
    for (; query_row(&q) && n < ARRAY_LEN(list); query_next(&q))
        list[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    jw_key(w, S("free"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(round_load(a, &list[i], &r, f));
        for (size_t k = 0; k < r.n_slots; k++) {
            int64_t starts;
            TRY(slot_moment(a, r.mission, r.slots[k].at, &starts, f));
            if (starts > a->now + HOUR_MS && check_free(a, &r, r.slots[k].at, starts, NULL) == OK)
                jw_string(w, r.slots[k].at);
        }
    }
    jw_close(w, ']');
    return OK;
}

static enum err put_missed(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    int64_t class;

    TRY(class_of(a, c, &class, f));
    jw_kv_int(w, S("class"), class);
    return OK;
}

/* The states of the service in which one may ask, in words: for whom it is too early or too late.
 */
static void put_when(struct act *a, struct jw *w, const struct json *rule, const struct casefile *c)
{
    const struct json *states = json_get(rule, S("states"));

    jw_key(w, S("when"));
    jw_open(w, '[');
    for (size_t i = 0; json_at(states, i); i++)
        jw_string(
            w, case_word(a, c->service, case_language(a), "state", json_str(json_at(states, i))));
    jw_close(w, ']');
}

enum err appointment_show(struct act *a, struct fault *f)
{
    const struct casefile *c = a->data;
    struct jw w = JW(&a->reply);
    const struct json *rule;
    struct booking b;
    enum err e = rule_load(a, c->mission, c->service_name, &rule, f);

    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    bool given = e == OK, may = given && rule_takes(rule, c);
    jw_open(&w, '{');
    jw_kv_bool(&w, S("given"), given);
    jw_kv_bool(&w, S("may"), may);
    if (given && !may && c->state->turn != TURN_END)
        put_when(a, &w, rule, c);
    if (may) {
        TRY(put_open_round(a, &w, c, f));
        TRY(put_free(a, &w, c, f));
        TRY(put_missed(a, &w, c, f));
    }
    TRY(put_ask(a, &w, c, f));
    e = booking_of_case(a, &c->id, &b, f);
    if (e == OK)
        put_booking(a, &w, &b);
    jw_close(&w, '}');
    return e == ERR_NOT_FOUND ? OK : e;
}

/* ---- the calendar file -------------------------------------------------------------------- */

static str word(struct act *a, const char *name)
{
    str key = str_printf(a->arena, "calendar.%s", name);
    str text = key.p ? a->house->word(a->house->words, case_language(a), key) : STR_NONE;

    return text.p ? text : str_of(name);
}

static enum err newest_booking(struct act *a, const struct id *file, struct booking *out,
                               struct fault *f)
{
    struct query q;
    struct id id;

    TRY(db_one(a->db, &q, f,
               "SELECT id FROM appointment WHERE file = ? AND state <> 'offered' ORDER BY id DESC"
               " LIMIT 1",
               "d", file));
    id = query_id(&q, 0);
    TRY(query_end(&q, f));
    return booking_load(a, &id, out, f);
}

enum err appointment_calendar(struct act *a, struct fault *f)
{
    const struct casefile *c = a->data;
    str language = case_language(a), file = act_id_text(a, &c->id);
    struct booking b;
    enum err e = newest_booking(a, &c->id, &b, f);

    if (e == ERR_NOT_FOUND)
        return fault(f, e, "there is no appointment");
    TRY(e);
    str title = service_word(c->service, language, S("title"));
    struct calendar_event event = {
        .uid = str_printf(a->arena, "%.*s@%.*s", STR_FMT(act_id_text(a, &b.id)),
                          STR_FMT(a->house->name)),
        .summary = str_printf(a->arena, "%.*s: %.*s", STR_FMT(word(a, "appointment")),
                              STR_FMT(title.p ? title : c->service_name)),
        .place = case_mission_title(a, c->mission, language),
        .description =
            str_printf(a->arena, "%.*s %" PRId64 "\n%.*s %.*s", STR_FMT(word(a, "counter")),
                       b.counter, STR_FMT(word(a, "reference")), STR_FMT(file)),
        .url = str_printf(a->arena, "%.*s/%.*s/cases/%.*s", STR_FMT(a->house->url),
                          STR_FMT(language), STR_FMT(file)),
        .starts = b.starts,
        .ends = b.ends,
        .made = a->now,
        .sequence = b.sequence,
        .cancelled = str_eq(b.state, S("cancelled")) || str_eq(b.state, S("displaced"))};

    TRY_PTR(event.uid.p && event.summary.p && event.description.p && event.url.p, f);
    calendar_put(&a->reply, &event);
    a->type = "text/calendar; charset=utf-8";
    return OK;
}
