/* appointments_desk.c - the mission's side: rules, rounds, the list of a day, urgent places, who
 * came */
#include "service/appointments_int.h"

#include <stdio.h>

#include "base/encode.h"

enum { ROUND_DAYS = 62, DAY_SLOTS = 288, OPENING_MAX = 512 << 10 };

enum err appointment_mission_facts(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));

    (void)f;
    act_resource(a, S("Mission"), mission);
    a->subject = str_printf(a->arena, "mission/%.*s", STR_FMT(mission));
    a->content = sha256(a->body);
    return OK;
}

/* ---- rules -------------------------------------------------------------------------------- */

enum err appointment_rules(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT service, doc FROM appointment_rule WHERE mission = ? ORDER BY service",
                 "s", act_param(a, S("mission"))));
    jw_open(&w, '{');
    jw_key(&w, S("rules"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(&w, '{');
        jw_kv(&w, S("service"), query_str(&q, 0));
        jw_key(&w, S("rule"));
        jw_raw(&w, query_str(&q, 1));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

static enum err check_mission(struct act *a, str mission, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    bool there = mission_find(m, mission) != NULL;

    missions_drop(m);
    return there ? OK : fault(f, ERR_NOT_FOUND, "no such mission");
}

static enum err check_states(const struct json *rule, const struct service *s, struct fault *f)
{
    const struct json *states = json_get(rule, S("states"));
    char pointer[32];

    for (size_t i = 0; json_at(states, i); i++) {
        snprintf(pointer, sizeof pointer, "/states/%zu", i);
        if (!workflow_state(s->package->workflow, json_str(json_at(states, i))))
            return fault_at(f, ERR_INVALID, pointer, "the service has no such state");
    }
    return OK;
}

enum err appointment_rule(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission")), service = act_param(a, S("service"));
    const struct service *s = service_find(a->house->services, service);
    struct jw w = JW(&a->reply);

    TRY(check_mission(a, mission, f));
    if (!s)
        return fault(f, ERR_NOT_FOUND, "no such service");
    TRY(rule_check(a->input, f));
    TRY(check_states(a->input, s, f));
    TRY(db_run(a->db, f,
               "INSERT INTO appointment_rule(mission, service, doc, at, officer) VALUES(?,?,?,?,?)"
               " ON CONFLICT(mission, service) DO UPDATE SET doc = excluded.doc, at = excluded.at,"
               " officer = excluded.officer",
               "sssid", mission, service, a->body, a->now, &a->actor.id));
    jw_open(&w, '{');
    jw_kv(&w, S("service"), service);
    jw_close(&w, '}');
    return OK;
}

/* ---- opening a round ---------------------------------------------------------------------- */

struct opening {
    struct id id;
    struct key seed;
    str sealed, mission, service;
    int32_t from, to;
    const struct json *rule;
};

/* The seed is drawn before anybody has asked, and lies sealed: no officer reads it. */
enum err appointment_open_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(256);
    struct opening *o = arena_new_of(a->arena, struct opening);

    TRY_PTR(o, f);
    a->data = o;
    o->id = id_new(&a->house->world, 0);
    o->mission = act_param(a, S("mission"));
    o->service = act_param(a, S("service"));
    secret_random(o->seed.b, sizeof o->seed.b);
    TRY(seal(&sealed, &a->house->record_key, S("draw"), str_bytes(o->seed.b, sizeof o->seed.b), f));
    o->sealed = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(o->sealed.p, f);
    return OK;
}

static enum err read_days(struct act *a, struct opening *o, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, o->mission);
    int32_t today = at ? mission_day(m, at, a->now) : 0;

    missions_drop(m);
    if (!at)
        return fault(f, ERR_NOT_FOUND, "no such mission");
    if (!day_parse(json_get_str(a->input, S("from")), &o->from) || o->from < today)
        return fault_at(f, ERR_INVALID, "/from", "a day from today on");
    if (!day_parse(json_get_str(a->input, S("to")), &o->to) || o->to < o->from ||
        o->to >= o->from + ROUND_DAYS)
        return fault_at(f, ERR_INVALID, "/to", "a day not before the first, 62 days in all");
    return OK;
}

static enum err read_closes(struct act *a, const struct opening *o, int64_t *out, struct fault *f)
{
    if (slot_moment(a, o->mission, json_get_str(a->input, S("closes")), out, f) != OK ||
        *out <= a->now)
        return fault_at(f, ERR_INVALID, "/closes", "a time to come: 2026-12-01T09:00");
    int32_t first = day_of_ms(*out);
    return first <= o->from
               ? OK
               : fault_at(f, ERR_INVALID, "/closes", "before the first day of the round");
}

/* A slot is given out once. */
static enum err check_apart(struct act *a, const struct opening *o, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM appointment_round WHERE mission = ? AND service = ?"
               " AND first <= ? AND last >= ?",
               "ssii", o->mission, o->service, (int64_t)o->to, (int64_t)o->from));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    return n ? fault_at(f, ERR_CONFLICT, "/from", "there is a round of some of these days already")
             : OK;
}

/* What is offered of a slot, less what officers gave of it beyond what is held back. */
static enum err offered(struct act *a, const struct opening *o, const struct slot *s,
                        int64_t starts, int64_t *out, struct fault *f)
{
    int64_t left;
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM appointment WHERE mission = ? AND service = ? AND starts = ?"
               " AND state IN ('offered', 'booked', 'arrived', 'served', 'missed')",
               "ssi", o->mission, o->service, starts));
    left = s->counters - query_int(&q, 0);
    *out = left < s->offered ? left : s->offered;
    return query_end(&q, f);
}

static enum err put_slots(struct act *a, struct jw *w, const struct opening *o,
                          const struct missions *m, const struct mission *at, size_t *n,
                          struct fault *f)
{
    struct slot slots[DAY_SLOTS];
    char text[SLOT_TEXT + 1];

    for (int32_t day = o->from; day <= o->to; day++) {
        size_t here = mission_works(m, at, day) ? rule_day(o->rule, day, slots, DAY_SLOTS) : 0;
        for (size_t i = 0; i < here; i++) {
            int64_t starts = mission_moment(m, at, day, slots[i].minute), places;
            TRY(offered(a, o, &slots[i], starts, &places, f));
            if (places <= 0)
                continue;
            if (++*n > DRAW_SLOTS_MAX)
                return fault_at(f, ERR_LIMIT, "/to", "a round has at most 2,000 slots");
            slot_format(day, slots[i].minute, text);
            jw_open(w, '{');
            jw_kv(w, S("at"), str_of(text));
            jw_kv_int(w, S("places"), places);
            jw_close(w, '}');
        }
    }
    return OK;
}

static enum err write_opening(struct act *a, const struct opening *o, struct buf *out, size_t *n,
                              struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    struct hash committed = draw_commitment(&o->seed);
    struct jw w = JW(out);
    char hex[65], at[32];

    hex_encode(committed.b, sizeof committed.b, hex);
    time_format(a->now, at);
    jw_open(&w, '{');
    jw_kv(&w, S("format"), S("sifara-draw/1"));
    jw_kv(&w, S("round"), act_id_text(a, &o->id));
    jw_kv(&w, S("mission"), o->mission);
    jw_kv(&w, S("service"), o->service);
    jw_kv(&w, S("opened"), str_of(at));
    jw_kv(&w, S("closes"), json_get_str(a->input, S("closes")));
    jw_kv_int(&w, S("minutes"), rule_minutes(o->rule));
    jw_kv_int(&w, S("counters"), rule_counters(o->rule));
    jw_kv(&w, S("commitment"), str_of(hex));
    jw_key(&w, S("slots"));
    jw_open(&w, '[');
    enum err e = put_slots(a, &w, o, m, mission_find(m, o->mission), n, f);
    jw_close(&w, ']');
    jw_close(&w, '}');
    missions_drop(m);
    TRY(e);
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY_LIMIT, "the round is too large");
}

enum err appointment_open(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(OPENING_MAX);
    struct opening *o = a->data;
    struct jw w = JW(&a->reply);
    int64_t closes;
    size_t n = 0;

    TRY(read_days(a, o, f));
    TRY(read_closes(a, o, &closes, f));
    enum err e = rule_load(a, o->mission, o->service, &o->rule, f);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "there are no rules for this service yet");
    TRY(e);
    TRY(check_apart(a, o, f));
    TRY(write_opening(a, o, &text, &n, f));
    if (!n)
        return fault_at(f, ERR_CONFLICT, "/from", "no place is open on these days");
    a->content = sha256(buf_str(&text));
    struct receipt next = ledger_next(a->house->ledger);
    TRY(db_run(a->db, f,
               "INSERT INTO appointment_round(id, mission, service, state, opened, closes, first,"
               " last, opening, seed, drawn, officer, epoch, entry)"
               " VALUES(?,?,?,'open',?,?,?,?,?,?,0,?,?,?)",
               "dssiiiisbdii", &o->id, o->mission, o->service, a->now, closes, (int64_t)o->from,
               (int64_t)o->to, buf_str(&text), o->sealed, &a->actor.id, (int64_t)next.epoch,
               (int64_t)next.index));
    TRY(job_add_at(a, S("appointment-draw"), act_id_text(a, &o->id), closes, f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("round"), act_id_text(a, &o->id));
    jw_kv_int(&w, S("slots"), (int64_t)n);
    jw_close(&w, '}');
    return OK;
}

/* ---- rounds, for who looks ---------------------------------------------------------------- */

/* Those of a mission, the newest first. */
enum err appointment_rounds(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char text[32];

    TRY(db_query(
        a->db, &q, f,
        "SELECT r.id, r.service, r.state, r.closes, r.first, r.last, r.drawn,"
        " (SELECT count(*) FROM appointment_ask k WHERE k.round = r.id),"
        " (SELECT count(*) FROM appointment_ask k WHERE k.round = r.id AND k.state ="
        " 'waiting') FROM appointment_round r WHERE mission = ? ORDER BY r.id DESC LIMIT 50",
        "s", act_param(a, S("mission"))));
    jw_open(&w, '{');
    jw_key(&w, S("rounds"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        jw_kv(&w, S("service"), query_str(&q, 1));
        jw_kv(&w, S("state"), query_str(&q, 2));
        time_format(query_int(&q, 3), text);
        jw_kv(&w, S("closes"), str_of(text));
        day_format((int32_t)query_int(&q, 4), text);
        jw_kv(&w, S("from"), str_of(text));
        day_format((int32_t)query_int(&q, 5), text);
        jw_kv(&w, S("to"), str_of(text));
        jw_kv_int(&w, S("asks"), query_int(&q, 7));
        jw_kv_int(&w, S("waiting"), query_int(&q, 8));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- a day -------------------------------------------------------------------------------- */

/* By time and counter, with the reference of the case: who it is, the case says, to whom opens it.
 */
enum err appointment_day(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    int32_t day;
    char next[DAY_TEXT], text[32];

    if (!day_parse(act_param(a, S("day")), &day))
        return fault(f, ERR_NOT_FOUND, "no such day");
    day_format(day + 1, next);
    TRY(db_query(a->db, &q, f,
                 "SELECT file, service, state, at, starts, counter, urgent FROM appointment"
                 " WHERE mission = ? AND at >= ? AND at < ? AND state IN ('booked', 'arrived',"
                 " 'served', 'missed') ORDER BY starts, counter, service LIMIT 1000",
                 "sss", act_param(a, S("mission")), act_param(a, S("day")), str_of(next)));
    jw_open(&w, '{');
    jw_key(&w, S("appointments"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id file = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("case"), act_id_text(a, &file));
        jw_kv(&w, S("service"), query_str(&q, 1));
        jw_kv(&w, S("state"), query_str(&q, 2));
        jw_kv(&w, S("at"), query_str(&q, 3));
        time_format(query_int(&q, 4), text);
        jw_kv(&w, S("starts"), str_of(text));
        jw_kv_int(&w, S("counter"), query_int(&q, 5));
        jw_kv_bool(&w, S("urgent"), query_int(&q, 6) != 0);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- an urgent place, or another time ------------------------------------------------------ */

enum err appointment_give_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    TRY(examining_new(a, &x, f));
    a->content = sha256(a->body);
    return OK;
}

/* The slot of the rules at that time. */
static enum err slot_at(struct act *a, const struct casefile *c, const struct json *rule, str at,
                        struct slot *out, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *where = mission_find(m, c->mission);
    struct slot slots[DAY_SLOTS];
    int32_t day;
    int minute;
    size_t n = 0;
    bool found = false;

    if (where && slot_parse(at, &day, &minute) && mission_works(m, where, day))
        n = rule_day(rule, day, slots, DAY_SLOTS);
    missions_drop(m);
    for (size_t i = 0; i < n && !found; i++)
        if (slots[i].minute == minute) {
            *out = slots[i];
            found = true;
        }
    return found ? OK : fault_at(f, ERR_CONFLICT, "/at", "the mission is not open then");
}

/* While a round of that day is not drawn, only what is held back may be given. */
static enum err check_held(struct act *a, const struct casefile *c, const struct slot *s,
                           int64_t starts, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT (SELECT count(*) FROM appointment_round WHERE mission = ? AND service = ?"
               " AND state = 'open' AND first <= ? AND last >= ?),"
               " (SELECT count(*) FROM appointment WHERE mission = ? AND service = ?"
               " AND starts = ? AND urgent = 1 AND state IN ('booked', 'arrived', 'served',"
               " 'missed'))",
               "ssiissi", c->mission, c->service_name, (int64_t)s->day, (int64_t)s->day, c->mission,
               c->service_name, starts));
    bool full = query_int(&q, 0) && query_int(&q, 1) >= s->counters - s->offered;
    TRY(query_end(&q, f));
    return full ? fault_at(f, ERR_CONFLICT, "/at", "what is not held back then is to be drawn")
                : OK;
}

enum err appointment_give(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    struct casefile *c = &x->c;
    str at = json_get_str(a->input, S("at"));
    struct jw w = JW(&a->reply);
    const struct json *rule;
    struct booking b;
    struct slot slot;
    int64_t starts;

    enum err e = rule_load(a, c->mission, c->service_name, &rule, f);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "there are no rules for this service yet");
    TRY(e);
    TRY(slot_at(a, c, rule, at, &slot, f));
    TRY(slot_moment(a, c->mission, at, &starts, f));
    if (starts <= a->now)
        return fault_at(f, ERR_CONFLICT, "/at", "a time to come");
    TRY(check_held(a, c, &slot, starts, f));
    e = booking_of_case(a, &c->id, &b, f);
    if (e == OK) {
        struct id round = b.round;
        str was = b.at;
        b.round = (struct id){{0}};
        b.urgent = true;
        TRY(booking_move(a, &b, at, slot.counters, f));
        TRY(offer_on(a, &round, was, f));
    } else {
        if (e != ERR_NOT_FOUND)
            return e;
        TRY(booking_none(a, c, f));
        b = (struct booking){.state = S("booked"),
                             .at = at,
                             .starts = starts,
                             .urgent = true,
                             .ends = starts + (int64_t)rule_minutes(rule) * 60000};
        TRY(booking_new(a, c, &b, slot.counters, f));
    }
    TRY(asks_settle(a, &b, f));
    TRY(reminders_set(a, &b, f));
    TRY(tell(a, &b.id, f));
    TRY(access_note(a, &c->person, a->subject, json_get_str(a->input, S("reason")), f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("at"), b.at);
    jw_kv_int(&w, S("counter"), b.counter);
    jw_close(&w, '}');
    return OK;
}

/* ---- who came ----------------------------------------------------------------------------- */

static enum err check_mark(struct act *a, const struct casefile *c, const struct booking *b, str as,
                           struct fault *f)
{
    const struct json *rule = NULL;

    if (str_eq(as, S("arrived")) && !str_eq(b->state, S("booked")))
        return fault(f, ERR_CONFLICT, "that was marked already");
    if (str_eq(b->state, S("offered")))
        return fault(f, ERR_CONFLICT, "the person has not answered the offer");
    if (!str_eq(as, S("missed")))
        return OK;
    if (str_eq(b->state, S("arrived")))
        return fault(f, ERR_CONFLICT, "the person has arrived");
    enum err e = rule_load(a, c->mission, c->service_name, &rule, f);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    if (a->now < b->starts + (int64_t)rule_grace(rule) * 60000)
        return fault(f, ERR_CONFLICT, "the person may still come: %d minutes after the time",
                     rule_grace(rule));
    return OK;
}

enum err appointment_mark(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    str as = json_get_str(a->input, S("as"));
    struct jw w = JW(&a->reply);
    struct booking b;
    enum err e = booking_of_case(a, &x->c.id, &b, f);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "there is no appointment");
    TRY(e);
    TRY(check_mark(a, &x->c, &b, as, f));
    const char *state = str_eq(as, S("arrived"))  ? "arrived"
                        : str_eq(as, S("served")) ? "served"
                                                  : "missed";
    TRY(booking_state(a, &b, state, f));
    TRY(reminders_drop(a, &b, f));
    TRY(case_touch(a, &x->c, f));
    jw_open(&w, '{');
    jw_kv(&w, S("state"), b.state);
    jw_close(&w, '}');
    return OK;
}
