/* moving.c - an event moves a case: what its workflow says, the clock, the timer, the fee
 *
 * Which row of the workflow is taken is chosen in prepare, for its rules read the sealed answers;
 * the row's revision is checked when the case is written, so that it was chosen for this state. */
#include <inttypes.h>
#include <stdio.h>

#include "service/appointments_int.h"
#include "service/messages_int.h"

/* ---- choosing ----------------------------------------------------------------------------- */

static enum err rule_data(struct act *a, const struct casefile *c, const struct json *answers,
                          struct json *out, struct fault *f)
{
    struct json *own = NULL;
    struct key k;

    if (!answers) {
        TRY(person_key(a->house, &c->person, &k, f));
        TRY(case_answers(a, c, &k, &own, f));
    }
    return case_rule_data(a, c, answers ? answers : own, out, f);
}

enum err case_choose(struct act *a, struct casefile *c, str event, const struct json *answers,
                     struct fault *f)
{
    struct json data = {.type = J_NULL};

    c->event = event;
    c->next = NULL;
    if (workflow_conditional(c->state, event))
        TRY(rule_data(a, c, answers, &data, f));
    enum err e = workflow_next(c->state, event, &data, a->arena, &c->next, NULL);
    if (e == ERR_CONFLICT)
        return OK;
    TRY(e);
    return c->next->message.p ? case_find_addressee(a, c, f) : OK;
}

/* ---- facts -------------------------------------------------------------------------------- */

/* Has the acting officer done one of the events that want another one? */
static enum err barred(struct act *a, const struct casefile *c, bool *out, struct fault *f)
{
    struct query q;

    *out = false;
    for (size_t i = 0; c->next && i < c->next->n_others && !*out; i++) {
        TRY(db_one(a->db, &q, f,
                   "SELECT count(*) FROM case_step WHERE file = ? AND event = ? AND officer = ?",
                   "dsd", &c->id, c->next->other_than[i], &a->actor.id));
        *out = query_int(&q, 0) > 0;
        TRY(query_end(&q, f));
    }
    return OK;
}

enum err case_move_facts(struct act *a, struct fault *f)
{
    const struct casefile *chosen = a->data;
    struct casefile now;
    bool is_barred;

    TRY(case_load(a, &chosen->id, &now, f));
    TRY(case_facts_of(a, &now, f));
    TRY(barred(a, chosen, &is_barred, f));
    act_context(a, S("event"), cedar_str(chosen->event));
    act_context(a, S("barred"), cedar_bool(is_barred));
    return OK;
}

/* ---- clock and timer ---------------------------------------------------------------------- */

/* On the person's turn the clock stands, and the working days that are left are kept. */
static void turn_clock(struct casefile *c, const struct missions *m, const struct mission *at,
                       int32_t today, enum workflow_turn turn)
{
    if (turn == TURN_PERSON && !c->paused) {
        c->left = at ? (int32_t)working_days_between(m, at, today, c->due) : 0;
        c->paused = true;
    } else if (turn != TURN_PERSON && turn != TURN_END && c->paused) {
        c->due = at ? due_day(m, at, today, (unsigned)c->left) : 0;
        c->paused = false;
        c->left = 0;
    }
}

/* The first moment of a day at the mission, to the minute: zones lie within 14 hours of UTC. */
static int64_t day_begins(const struct missions *m, const struct mission *at, int32_t day)
{
    const int64_t minute = 60000;
    int64_t low = (int64_t)day * DAY_MS - 15 * 60 * minute, high = low + 30 * 60 * minute;

    while (high - low > minute) {
        int64_t middle = low + (high - low) / minute / 2 * minute;
        if (mission_day(m, at, middle) < day)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void set_timer(struct act *a, struct casefile *c, const struct missions *m,
                      const struct mission *at, const struct workflow_state *state)
{
    c->lapses = 0;
    if (!at || !state->term)
        return;
    int32_t today = mission_day(m, at, a->now);
    int32_t last =
        state->working ? due_day(m, at, today, (unsigned)state->term) : today + state->term;
    c->lapses = day_begins(m, at, last + 1);
}

str case_until(struct act *a, const struct casefile *c)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    int32_t day = at && c->lapses ? mission_day(m, at, c->lapses) - 1 : 0;
    char text[16];

    missions_drop(m);
    if (!day)
        return STR_NONE;
    day_format(day, text);
    return str_copy(a->arena, str_of(text));
}

/* ---- moving ------------------------------------------------------------------------------- */

bool case_is_draft(const struct casefile *c)
{
    return c->state == c->service->package->workflow->start;
}

bool case_is_open(const struct casefile *c)
{
    return case_is_draft(c) || workflow_takes(c->state, S("answer"));
}

static enum err check_owed(struct act *a, const struct casefile *c, struct fault *f)
{
    str owed;

    if (!c->next->paid || c->paid >= c->fee)
        return OK;
    owed = case_money(a, c->fee - c->paid, c->currency);
    return fault(f, ERR_CONFLICT, "%.*s of the fee must be paid first", STR_FMT(owed));
}

enum err case_advance(struct act *a, struct casefile *c, struct fault *f)
{
    if (!c->next)
        return fault(f, ERR_CONFLICT, "a case that is \"%.*s\" takes no \"%.*s\"",
                     STR_FMT(c->state->id), STR_FMT(c->event));
    TRY(check_owed(a, c, f));
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    int32_t today = at ? mission_day(m, at, a->now) : 0;
    if (str_eq(c->event, S("submit"))) { /* the promise runs from the day of receipt */
        if (c->received && c->received < today)
            today = c->received;
        c->filed = a->now;
        c->language = c->to.language.n                ? c->to.language
                      : a->actor.kind == ACTOR_PERSON ? a->actor.language
                                                      : S("");
        c->left = (int32_t)c->service->promise_days;
        c->paused = true;
    }
    if (c->filed)
        turn_clock(c, m, at, today, c->next->to->turn);
    set_timer(a, c, m, at, c->next->to);
    missions_drop(m);
    c->state = c->next->to;
    return OK;
}

enum err case_write_step(struct act *a, const struct casefile *c, str event, str note,
                         struct fault *f)
{
    struct receipt next = ledger_next(a->house->ledger);
    bool officer = a->actor.kind == ACTOR_OFFICER;
    bool person = a->actor.kind == ACTOR_PERSON && id_eq(&a->actor.id, &c->person);

    return db_run(a->db, f,
                  "INSERT INTO case_step(file, seq, bucket, at, event, role, mission, note, epoch,"
                  " entry, officer) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                  "diiisssbiid", &c->id, c->steps, (int64_t)id_bucket(&c->id), a->now, event,
                  officer                         ? act_role(a)
                  : person                        ? S("person")
                  : a->actor.kind == ACTOR_PERSON ? S("representative")
                                                  : S("system"),
                  officer ? a->actor.mission : STR_NONE, note, (int64_t)next.epoch,
                  (int64_t)next.index, officer ? &a->actor.id : NULL);
}

enum err case_write(struct act *a, struct casefile *c, struct fault *f)
{
    TRY(db_run(a->db, f,
               "UPDATE case_file SET state = ?, revision = revision + 1, queue = ?, filed = ?,"
               " due = ?, left = ?, paused = ?, officer = ?, answers = ?, steps = steps + 1,"
               " updated = ?, lapses = ?, fee = ?, paid = ?, currency = ?, received = ?,"
               " claimed = ?, language = ?"
               " WHERE id = ? AND bucket = ? AND revision = ?",
               "ssiiiidbiiiisiisdii", c->state->id, c->queue, c->filed, (int64_t)c->due,
               (int64_t)c->left, (int64_t)c->paused, id_is_nil(&c->officer) ? NULL : &c->officer,
               c->answers, a->now, c->lapses, c->fee, c->paid, c->currency, (int64_t)c->received,
               c->claimed, c->language.p ? c->language : S(""), &c->id, (int64_t)id_bucket(&c->id),
               c->revision));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_STALE, "the case changed meanwhile");
    c->revision++;
    c->steps++;
    return OK;
}

enum err case_move(struct act *a, struct casefile *c, str note, struct fault *f)
{
    TRY(case_advance(a, c, f));
    TRY(case_write_step(a, c, c->event, note, f));
    TRY(case_write(a, c, f));
    TRY(rating_due(a, c, f));
    if (c->state->turn == TURN_END)
        TRY(booking_release(a, c, f));
    return c->next->message.p ? case_mail(a, c, &c->to, c->next->message, f) : OK;
}
