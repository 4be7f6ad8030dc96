/* appointments_int.h - appointments: rules of a mission, rounds with a draw, places, waiting list
 *
 *   round   open ── closes, drawn by the node ──► drawn
 *   ask     asked ─► served (it got a place) · waiting ─► offered ─► served · lapsed
 *                                                   (withdrawn at any time)
 *   place   offered ─► booked ─► arrived ─► served
 *              │          ├────► missed
 *              └──────────┴────► cancelled · displaced (the mission is closed on that day)
 *
 * A place belongs to a person and a case; two cannot hold the same counter at the same time, by a
 * unique index. Whatever is given back is offered to the first on the waiting list who wants it.
 * docs/appointments.md
 */
#ifndef SIFARA_SERVICE_APPOINTMENTS_INT_H
#define SIFARA_SERVICE_APPOINTMENTS_INT_H

#include "service/cases_int.h"
#include "service/slots.h"

/* One row of appointment_round; strings in the act's arena. */
struct round {
    struct id id;
    str mission, service, state, opening, seed; /* seed: sealed until it is drawn, then hex */
    str head;                                   /* JSON, once drawn */
    int64_t closes, drawn;
    const struct json *terms; /* the opening, parsed */
    struct draw_slot *slots;  /* places as they were offered */
    size_t n_slots;
};
NODISCARD enum err round_load(struct act *, const struct id *, struct round *out, struct fault *);
/* The place of a slot in the round, or NULL. */
const struct draw_slot *round_slot(const struct round *, str at);
NODISCARD enum err round_publish(struct act *, const struct round *, struct fault *);

/* One row of appointment. */
struct booking {
    struct id id, person, file, round, ask; /* round, ask: nil of what an officer gave */
    str mission, service, state, at;        /* at: as the mission's clocks show it */
    int64_t starts, ends, counter, sequence, until;
    bool urgent;
};
NODISCARD enum err booking_load(struct act *, const struct id *, struct booking *out,
                                struct fault *);
/* The one of a case that is offered, booked or arrived; ERR_NOT_FOUND. */
NODISCARD enum err booking_of_case(struct act *, const struct id *file, struct booking *out,
                                   struct fault *);
/* Inside run(): a place for the case at a time, at the first counter that is free. state is
 * "offered" or "booked". ERR_CONFLICT when all are taken. */
NODISCARD enum err booking_new(struct act *, const struct casefile *, struct booking *,
                               int64_t counters, struct fault *);
/* One appointment for a person and a service, whatever the number of their cases: ERR_CONFLICT when
 * there is one. */
NODISCARD enum err booking_none(struct act *, const struct casefile *, struct fault *);
/* Inside run(): whoever has a place asks and waits for no other one of the service. */
NODISCARD enum err asks_settle(struct act *, const struct booking *, struct fault *);
/* The same place row at another time: UID stays, the sequence rises. */
NODISCARD enum err booking_move(struct act *, struct booking *, str at, int64_t counters,
                                struct fault *);
NODISCARD enum err booking_state(struct act *, struct booking *, const char *state, struct fault *);
/* Places of a slot that are left of so many that are offered. */
NODISCARD enum err places_left(struct act *, str mission, str service, int64_t starts,
                               int64_t offered, int64_t *out, struct fault *);
/* Moments of a local slot; ERR_INVALID. */
NODISCARD enum err slot_moment(struct act *, str mission, str at, int64_t *out, struct fault *);
/* Inside run(): reminders for it, in place of earlier ones; none. */
NODISCARD enum err reminders_set(struct act *, const struct booking *, struct fault *);
NODISCARD enum err reminders_drop(struct act *, const struct booking *, struct fault *);
/* Inside run(): the person is told by a mail of its own what the booking or the ask now is. */
NODISCARD enum err tell(struct act *, const struct id *, struct fault *);
/* Inside run(): a place that is free is offered to the first who waits for it. */
NODISCARD enum err offer_on(struct act *, const struct id *round, str at, struct fault *);
/* The same for whom the mission let down: the first free place of the round, whatever they had
 * wished. */
NODISCARD enum err offer_first(struct act *, const struct booking *lost, struct fault *);
/* Inside run(): the case has ended, its place and its asks with it. */
NODISCARD enum err booking_release(struct act *, const struct casefile *, struct fault *);

/* The mission's rule for a service; ERR_NOT_FOUND. */
NODISCARD enum err rule_load(struct act *, str mission, str service, const struct json **out,
                             struct fault *);
/* Does the rule let a case of this state ask? */
bool rule_takes(const struct json *rule, const struct casefile *);

/* text/calendar (RFC 5545) of a booking onto the act's reply. */
struct calendar_event {
    str uid, summary, place, description, url;
    int64_t starts, ends, made, sequence;
    bool cancelled;
};
void calendar_put(struct buf *, const struct calendar_event *);

/* ---- phases ------------------------------------------------------------------------------- */

enum err appointment_ask_prepare(struct act *, struct fault *);
enum err appointment_ask(struct act *, struct fault *);
enum err appointment_prepare(struct act *, struct fault *);
enum err appointment_withdraw(struct act *, struct fault *);
enum err appointment_accept(struct act *, struct fault *);
enum err appointment_book(struct act *, struct fault *);
enum err appointment_cancel(struct act *, struct fault *);
enum err appointment_show(struct act *, struct fault *);
enum err appointment_calendar(struct act *, struct fault *);

enum err appointment_rules(struct act *, struct fault *);
enum err appointment_rule(struct act *, struct fault *);
enum err appointment_mission_facts(struct act *, struct fault *);
enum err appointment_open_prepare(struct act *, struct fault *);
enum err appointment_open(struct act *, struct fault *);
enum err appointment_day(struct act *, struct fault *);
enum err appointment_rounds(struct act *, struct fault *);
enum err appointment_round(struct act *, struct fault *);
enum err appointment_give_prepare(struct act *, struct fault *);
enum err appointment_give(struct act *, struct fault *);
enum err appointment_mark(struct act *, struct fault *);

enum err appointment_draw_prepare(struct act *, struct fault *);
enum err appointment_draw_facts(struct act *, struct fault *);
enum err appointment_draw(struct act *, struct fault *);
enum err appointment_node_prepare(struct act *, struct fault *);
enum err appointment_node_facts(struct act *, struct fault *);
enum err appointment_tell(struct act *, struct fault *);
enum err appointment_remind(struct act *, struct fault *);
enum err appointment_pass(struct act *, struct fault *);
enum err appointment_displace(struct act *, struct fault *);

#endif
