/* walkin.c - an officer for a person: at the counter, or from what came by post
 *
 * The same case as the person's own: same form, rules and workflow, and theirs to follow once they
 * sign in. The officer opens it, enters answers, encloses documents, and lodges what is the
 * person's turn: to submit, to answer, to withdraw, or another step. How and on which day a thing
 * truly came is noted; the promise runs from the day on which the application came. */
#include "service/cases_int.h"

enum { RECEIVED_MAX_DAYS = 366 };

/* "10:35" as minutes of the day. */
static bool clock_read(str text, int *out)
{
    int64_t hours, minutes;

    if (text.n != 5 || !str_to_int64(str_sub(text, 0, 2), &hours) ||
        !str_to_int64(str_sub(text, 3, 5), &minutes) || hours > 23 || minutes > 59)
        return false;
    *out = (int)(hours * 60 + minutes);
    return true;
}

/* The day of the input: not in the future at the mission, and no more than a year ago. */
static enum err read_day(struct act *a, const struct missions *m, const struct mission *at,
                         int32_t *out, struct fault *f)
{
    int32_t today = at ? mission_day(m, at, a->now) : day_of_ms(a->now);

    if (!day_parse(json_get_str(a->input, S("received")), out) || *out > today ||
        *out < today - RECEIVED_MAX_DAYS)
        return fault_at(f, ERR_INVALID, "/received",
                        "a day of the last year on which it came, today at the latest");
    return OK;
}

/* And the time, if it is said, by the clocks of the mission: it stands in the journal beside the
 * time of the entry. */
static enum err read_time(struct act *a, const struct missions *m, const struct mission *at,
                          int32_t day, struct fault *f)
{
    str text = json_get_str(a->input, S("received_time"));
    int minute = 0;

    if (!text.p)
        return OK;
    if (!at || !clock_read(text, &minute))
        return fault_at(f, ERR_INVALID, "/received_time", "a time of the day as 10:35");
    a->claimed = mission_moment(m, at, day, minute);
    return a->claimed <= a->now
               ? OK
               : fault_at(f, ERR_INVALID, "/received_time", "this time has not come yet");
}

static enum err read_received(struct act *a, const struct casefile *c, int32_t *out,
                              struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    enum err e = read_day(a, m, at, out, f);

    if (e == OK)
        e = read_time(a, m, at, *out, f);
    missions_drop(m);
    return e;
}

/* A case is opened for whoever an officer has seen to be that person. */
static enum err check_person(struct act *a, struct id *person, struct fault *f)
{
    bool identified = false;

    if (!id_parse(json_get_str(a->input, S("person")), person))
        return fault_at(f, ERR_INVALID, "/person", "the id that finding or recording gave");
    enum err e = person_identified(a, person, &identified, f);
    if (e != OK)
        return e == ERR_NOT_FOUND ? fault_at(f, e, "/person", "no such person") : e;
    return identified ? OK
                      : fault_at(f, ERR_CONFLICT, "/person",
                                 "nobody has seen who they are: confirm the person first");
}

/* ---- opening ------------------------------------------------------------------------------ */

enum err case_open_prepare(struct act *a, struct fault *f)
{
    const struct json *answers = json_get(a->input, S("answers"));
    struct examining *x = arena_new_of(a->arena, struct examining);
    struct id person;

    TRY_PTR(x, f);
    a->data = x;
    TRY(check_person(a, &person, f));
    TRY(case_place(a, &person, &x->c, f));
    x->c.channel = json_get_str(a->input, S("channel"));
    x->c.opener = x->c.officer = a->actor.id;
    TRY(read_received(a, &x->c, &x->c.received, f));
    x->c.claimed = a->claimed;
    TRY(act_seal_for(a, &person, f));
    TRY(case_check_applicant(a, &person, x->c.service, "/person", f));
    a->content = sha256(a->body);
    return answers ? case_seal_answers(a, answers, &x->c.answers, f) : OK;
}

enum err case_open_facts(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    return case_facts_of(a, &x->c, f);
}

enum err case_open(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    x->c.revision = 1;
    TRY(case_insert(a, &x->c, f));
    TRY(case_touch(a, &x->c, f));
    a->status = 201;
    case_reply(a, &x->c);
    return OK;
}

/* ---- answers ------------------------------------------------------------------------------ */

enum err case_enter_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    TRY(examining_new(a, &x, f));
    return case_seal_answers(a, json_get(a->input, S("answers")), &x->note, f);
}

enum err case_enter(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    struct casefile *c = &x->c;

    TRY(db_run(a->db, f,
               "UPDATE case_file SET answers = ?, updated = ?, revision = revision + 1"
               " WHERE id = ? AND bucket = ? AND state = ?",
               "bidis", x->note, a->now, &c->id, (int64_t)id_bucket(&c->id),
               c->service->package->workflow->start->id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "answers are entered into a draft");
    TRY(case_touch(a, c, f));
    c->revision++;
    case_reply(a, c);
    return OK;
}

/* ---- what is the person's turn ------------------------------------------------------------ */

struct lodging {
    struct examining x; /* first: case_move_facts reads the case there */
    enum err late;      /* what is wrong is told to whoever the policy lets see it */
    struct fault why;
};

static enum err choose(struct act *a, struct casefile *c, str event, struct fault *f)
{
    const struct json *answers = json_get(a->input, S("answers"));

    if (str_eq(event, S("submit"))) {
        TRY(read_received(a, c, &c->received, f));
        c->claimed = a->claimed;
        c->officer = (struct id){{0}}; /* from here on it is on the desk of all */
        return case_submit_choose(a, c, f);
    }
    if (str_eq(event, S("answer")))
        return case_answer_choose(a, c, answers, f);
    return case_choose(a, c, event, NULL, f);
}

enum err case_lodge_prepare(struct act *a, struct fault *f)
{
    struct lodging *l = arena_new_of(a->arena, struct lodging);
    struct casefile *c;
    int32_t day;

    TRY_PTR(l, f);
    a->data = l;
    c = &l->x.c;
    TRY(case_of_path(a, c, f));
    TRY(act_seal_for(a, &c->person, f));
    TRY(read_received(a, c, &day, f));
    a->content = sha256(a->body);
    c->event = json_get_str(a->input, S("event"));
    l->late = choose(a, c, c->event, &l->why);
    if (c->next && c->next->kind->by != TURN_PERSON)
        c->next = NULL;
    return l->late == OK ? case_seal_texts(a, c, &l->x.note, f) : OK;
}

enum err case_lodge(struct act *a, struct fault *f)
{
    struct lodging *l = a->data;

    if (l->late != OK) {
        *f = l->why;
        return l->late;
    }
    TRY(case_move(a, &l->x.c, l->x.note, f));
    TRY(case_touch(a, &l->x.c, f));
    case_reply(a, &l->x.c);
    return OK;
}
