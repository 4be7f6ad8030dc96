/* bookings.c - places at counters: rows, who is next, reminders */
#include <stdio.h>

#include "service/appointments_int.h"

enum { HOUR_MS = 3600000, OFFER_HOURS = 24 };

/* What takes a place up. */
#define HELD "state IN ('offered', 'booked', 'arrived', 'served', 'missed')"

#define COLUMNS                                                                                    \
    "id, person, file, round, ask, mission, service, state, at, starts, ends, counter, sequence,"  \
    " until, urgent"

static enum err read_booking(struct act *a, struct query *q, struct booking *out, struct fault *f)
{
    struct booking b = {.id = query_id(q, 0),
                        .person = query_id(q, 1),
                        .file = query_id(q, 2),
                        .round = query_id(q, 3),
                        .ask = query_id(q, 4),
                        .mission = str_copy(a->arena, query_str(q, 5)),
                        .service = str_copy(a->arena, query_str(q, 6)),
                        .state = str_copy(a->arena, query_str(q, 7)),
                        .at = str_copy(a->arena, query_str(q, 8)),
                        .starts = query_int(q, 9),
                        .ends = query_int(q, 10),
                        .counter = query_int(q, 11),
                        .sequence = query_int(q, 12),
                        .until = query_int(q, 13),
                        .urgent = query_int(q, 14) != 0};

    TRY(query_end(q, f));
    TRY_PTR(b.mission.p && b.service.p && b.state.p && b.at.p, f);
    *out = b;
    return OK;
}

enum err booking_load(struct act *a, const struct id *id, struct booking *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT " COLUMNS " FROM appointment WHERE id = ? AND bucket = ?",
               "di", id, (int64_t)id_bucket(id)));
    return read_booking(a, &q, out, f);
}

enum err booking_of_case(struct act *a, const struct id *file, struct booking *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT " COLUMNS " FROM appointment WHERE file = ?"
               " AND state IN ('offered', 'booked', 'arrived') ORDER BY id DESC LIMIT 1",
               "d", file));
    return read_booking(a, &q, out, f);
}

/* ---- places ------------------------------------------------------------------------------- */

enum err slot_moment(struct act *a, str mission, str at, int64_t *out, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *where = mission_find(m, mission);
    int32_t day;
    int minute;
    bool good = where && slot_parse(at, &day, &minute);

    if (good)
        *out = mission_moment(m, where, day, minute);
    missions_drop(m);
    return good ? OK : fault_at(f, ERR_INVALID, "/at", "a day and a time: 2026-12-01T09:00");
}

enum err places_left(struct act *a, str mission, str service, int64_t starts, int64_t offered,
                     int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM appointment WHERE mission = ? AND service = ? AND starts = ?"
               " AND urgent = 0 AND " HELD,
               "ssi", mission, service, starts));
    *out = offered - query_int(&q, 0);
    return query_end(&q, f);
}

static enum err first_counter(struct act *a, const struct booking *b, int64_t counters,
                              int64_t *out, struct fault *f)
{
    struct query q;
    int64_t free = 1;

    TRY(db_query(a->db, &q, f,
                 "SELECT counter FROM appointment WHERE mission = ? AND service = ? AND starts = ?"
                 " AND " HELD " ORDER BY counter",
                 "ssi", b->mission, b->service, b->starts));
    for (; query_row(&q) && query_int(&q, 0) == free; query_next(&q))
        free++;
    TRY(query_end(&q, f));
    if (free > counters)
        return fault_at(f, ERR_CONFLICT, "/at", "nothing is free then any more");
    *out = free;
    return OK;
}

enum err booking_new(struct act *a, const struct casefile *c, struct booking *b, int64_t counters,
                     struct fault *f)
{
    b->id = id_new(&a->house->world, id_bucket(&c->id));
    b->person = c->person;
    b->file = c->id;
    b->mission = c->mission;
    b->service = c->service_name;
    TRY(first_counter(a, b, counters, &b->counter, f));
    return db_run(a->db, f,
                  "INSERT INTO appointment(id, bucket, person, file, round, ask, mission, service,"
                  " state, at, starts, ends, counter, sequence, until, urgent, officer, made,"
                  " counted) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,0,?,?,?,?,0)",
                  "didddd"
                  "ssssiiiiidi",
                  &b->id, (int64_t)id_bucket(&b->id), &b->person, &b->file,
                  id_is_nil(&b->round) ? NULL : &b->round, id_is_nil(&b->ask) ? NULL : &b->ask,
                  b->mission, b->service, b->state, b->at, b->starts, b->ends, b->counter, b->until,
                  (int64_t)b->urgent, a->actor.kind == ACTOR_OFFICER ? &a->actor.id : NULL, a->now);
}

enum err booking_none(struct act *a, const struct casefile *c, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM appointment WHERE person = ? AND service = ?"
               " AND state IN ('offered', 'booked', 'arrived') AND ends > ?",
               "dsi", &c->person, c->service_name, a->now));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    return n ? fault(f, ERR_CONFLICT, "there is an appointment for this service already") : OK;
}

enum err asks_settle(struct act *a, const struct booking *b, struct fault *f)
{
    static const char *const sql[] = {
        "UPDATE appointment_ask SET state = 'served' WHERE state = 'waiting' AND person = ? AND"
        " round IN (SELECT id FROM appointment_round WHERE service = ?)",
        "DELETE FROM appointment_ask WHERE state = 'asked' AND person = ? AND"
        " round IN (SELECT id FROM appointment_round WHERE service = ? AND state = 'open')",
    };

    for (size_t i = 0; i < ARRAY_LEN(sql); i++)
        TRY(db_run(a->db, f, sql[i], "ds", &b->person, b->service));
    return OK;
}

enum err booking_move(struct act *a, struct booking *b, str at, int64_t counters, struct fault *f)
{
    int64_t length = b->ends - b->starts;

    b->at = at;
    TRY(slot_moment(a, b->mission, at, &b->starts, f));
    b->ends = b->starts + length;
    TRY(first_counter(a, b, counters, &b->counter, f));
    b->sequence++;
    return db_run(a->db, f,
                  "UPDATE appointment SET state = 'booked', at = ?, starts = ?, ends = ?, counter ="
                  " ?, sequence = ?, urgent = ?, round = ? WHERE id = ? AND bucket = ?",
                  "siiiiiddi", b->at, b->starts, b->ends, b->counter, b->sequence,
                  (int64_t)b->urgent, id_is_nil(&b->round) ? NULL : &b->round, &b->id,
                  (int64_t)id_bucket(&b->id));
}

enum err booking_state(struct act *a, struct booking *b, const char *state, struct fault *f)
{
    b->state = str_of(state);
    b->sequence++;
    return db_run(a->db, f,
                  "UPDATE appointment SET state = ?, sequence = ?, until = 0 WHERE id = ?"
                  " AND bucket = ?",
                  "sidi", b->state, b->sequence, &b->id, (int64_t)id_bucket(&b->id));
}

/* ---- reminders and words ------------------------------------------------------------------ */

enum err reminders_drop(struct act *a, const struct booking *b, struct fault *f)
{
    return db_run(a->db, f, "DELETE FROM job WHERE kind = 'appointment-remind' AND subject = ?",
                  "s", act_id_text(a, &b->id));
}

enum err reminders_set(struct act *a, const struct booking *b, struct fault *f)
{
    static const int hours_before[] = {48, 3};

    TRY(reminders_drop(a, b, f));
    for (size_t i = 0; i < ARRAY_LEN(hours_before); i++) {
        int64_t due = b->starts - (int64_t)hours_before[i] * HOUR_MS;
        if (due > a->now)
            TRY(job_add_at(a, S("appointment-remind"), act_id_text(a, &b->id), due, f));
    }
    return OK;
}

enum err tell(struct act *a, const struct id *what, struct fault *f)
{
    if (a->house->replaying_history)
        return OK;
    return job_add(a, S("appointment-tell"), act_id_text(a, what), f);
}

/* ---- the waiting list --------------------------------------------------------------------- */

struct waiter {
    struct id id, file;
};

/* The first in turn who would have that slot. ERR_NOT_FOUND. */
static enum err next_waiter(struct act *a, const struct id *round, str at, struct waiter *out,
                            struct fault *f)
{
    struct query q;
    enum err e = OK;
    bool found = false;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, file, wishes, takes_any FROM appointment_ask WHERE round = ?"
                 " AND state = 'waiting' ORDER BY turn, id",
                 "d", round));
    for (; e == OK && !found && query_row(&q); query_next(&q)) {
        str text = str_copy(a->arena, query_str(&q, 2));
        struct json *wishes = NULL;
        e = text.p ? json_parse(a->arena, text, NULL, &wishes, f) : ERR_MEMORY_LIMIT;
        found = e == OK && draw_wanted(wishes, query_int(&q, 3) != 0, at);
        if (found)
            *out = (struct waiter){query_id(&q, 0), query_id(&q, 1)};
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    TRY(e);
    return found ? OK : ERR_NOT_FOUND;
}

static int64_t minutes_of(const struct round *r)
{
    return json_get_int(r->terms, S("minutes"), 20);
}

/* Nobody is offered what begins too soon to answer. */
static bool worth_offering(const struct act *a, int64_t starts)
{
    return starts > a->now + 2 * (int64_t)HOUR_MS;
}

static bool open_then(struct act *a, str mission, str at)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *where = mission_find(m, mission);
    int32_t day;
    int minute;
    bool open = where && slot_parse(at, &day, &minute) && mission_works(m, where, day);

    missions_drop(m);
    return open;
}

/* What may be offered of a slot now: OK with when it starts, ERR_NOT_FOUND when nothing. */
static enum err offerable(struct act *a, const struct round *r, const struct draw_slot *slot,
                          int64_t *out_starts, struct fault *f)
{
    int64_t left;

    if (!open_then(a, r->mission, slot->at))
        return ERR_NOT_FOUND;
    TRY(slot_moment(a, r->mission, slot->at, out_starts, f));
    if (!worth_offering(a, *out_starts))
        return ERR_NOT_FOUND;
    TRY(places_left(a, r->mission, r->service, *out_starts, slot->places, &left, f));
    return left > 0 ? OK : ERR_NOT_FOUND;
}

static enum err offer_to(struct act *a, const struct round *r, const struct draw_slot *slot,
                         int64_t starts, const struct waiter *who, struct fault *f)
{
    struct casefile c;
    struct booking b = {.round = r->id,
                        .ask = who->id,
                        .state = S("offered"),
                        .at = slot->at,
                        .starts = starts,
                        .ends = starts + minutes_of(r) * 60000,
                        .until = a->now + OFFER_HOURS * (int64_t)HOUR_MS};

    if (b.until > starts - HOUR_MS)
        b.until = starts - HOUR_MS;
    TRY(case_load(a, &who->file, &c, f));
    TRY(booking_new(a, &c, &b, json_get_int(r->terms, S("counters"), 1), f));
    TRY(db_run(a->db, f, "UPDATE appointment_ask SET state = 'offered' WHERE id = ?", "d",
               &who->id));
    TRY(job_add_at(a, S("appointment-pass"), act_id_text(a, &b.id), b.until, f));
    return tell(a, &b.id, f);
}

enum err offer_on(struct act *a, const struct id *round, str at, struct fault *f)
{
    const struct draw_slot *slot;
    struct waiter next;
    struct round r;
    int64_t starts;

    if (id_is_nil(round))
        return OK;
    TRY(round_load(a, round, &r, f));
    slot = round_slot(&r, at);
    enum err e = slot ? offerable(a, &r, slot, &starts, f) : ERR_NOT_FOUND;
    if (e == OK)
        e = next_waiter(a, round, at, &next, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    return offer_to(a, &r, slot, starts, &next, f);
}

enum err offer_first(struct act *a, const struct booking *lost, struct fault *f)
{
    struct waiter who = {lost->ask, lost->file};
    struct round r;
    int64_t starts;

    TRY(round_load(a, &lost->round, &r, f));
    for (size_t i = 0; i < r.n_slots; i++) {
        enum err e = offerable(a, &r, &r.slots[i], &starts, f);
        if (e == OK)
            return offer_to(a, &r, &r.slots[i], starts, &who, f);
        if (e != ERR_NOT_FOUND)
            return e;
    }
    return OK;
}

enum err booking_release(struct act *a, const struct casefile *c, struct fault *f)
{
    struct booking b;
    enum err e = booking_of_case(a, &c->id, &b, f);

    TRY(db_run(a->db, f, "DELETE FROM appointment_ask WHERE file = ? AND state = 'asked'", "d",
               &c->id));
    TRY(db_run(
        a->db, f,
        "UPDATE appointment_ask SET state = 'withdrawn' WHERE file = ? AND state = 'waiting'", "d",
        &c->id));
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (str_eq(b.state, S("arrived")) || b.starts <= a->now)
        return OK; /* it ends at the counter */
    TRY(booking_state(a, &b, "cancelled", f));
    TRY(reminders_drop(a, &b, f));
    return offer_on(a, &b.round, b.at, f);
}
