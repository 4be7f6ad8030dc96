/* steps.c - what a workflow adds of its own: steps of a person or an officer, payments, timers
 *
 * A step's texts are exactly those that its event asks for; they are sealed under the person's key
 * and shown with the step. */
#include <stdio.h>

#include "base/log.h"
#include "service/cases_int.h"
#include "service/cash_int.h"
#include "service/lapses.h"
#include "service/stock_int.h"

enum { LAPSES_AT_ONCE = 64, PAUSE_MS = 60000 };

/* ---- texts -------------------------------------------------------------------------------- */

static bool asked_for(const struct workflow_row *row, str name)
{
    for (size_t i = 0; i < row->n_asks; i++)
        if (str_eq(row->asks[i], name))
            return true;
    return false;
}

static enum err check_texts(const struct workflow_row *row, const struct json *fields,
                            struct fault *f)
{
    char at[WORKFLOW_NAME + 16];

    for (size_t i = 0; i < row->n_asks; i++) {
        snprintf(at, sizeof at, "/fields/%.*s", STR_FMT(row->asks[i]));
        if (!json_get(fields, row->asks[i]))
            return fault_at(f, ERR_SCHEMA, at, "this is asked for");
    }
    for (uint32_t i = 0; fields && i < fields->n; i++) {
        str name = fields->members[i].key;
        snprintf(at, sizeof at, "/fields/%.*s", (int)(name.n < 40 ? name.n : 40), name.p);
        if (!asked_for(row, name))
            return fault_at(f, ERR_SCHEMA, at, "this is not asked for");
    }
    return OK;
}

enum err case_seal_texts(struct act *a, const struct casefile *c, str *out, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(32 << 10);
    const struct json *fields = json_get(a->input, S("fields"));
    str note = json_get_str(a->input, S("note"));
    str channel = json_get_str(a->input, S("channel")); /* of what an officer does for a person */
    struct jw w = JW(&plain);

    if (!c->next) /* told when the case would move */
        return OK;
    TRY(check_texts(c->next, fields, f));
    if (!note.p && !channel.p && !c->next->n_asks)
        return OK;
    jw_open(&w, '{');
    if (channel.p) {
        jw_kv(&w, S("channel"), channel);
        jw_kv(&w, S("received"), json_get_str(a->input, S("received")));
        if (json_get_str(a->input, S("received_time")).p)
            jw_kv(&w, S("received_time"), json_get_str(a->input, S("received_time")));
    }
    if (note.p)
        jw_kv(&w, S("text"), note);
    if (c->next->n_asks) {
        jw_key(&w, S("fields"));
        jw_tree(&w, fields);
    }
    jw_close(&w, '}');
    return case_seal_note(a, buf_str(&plain), out, f);
}

/* The event of the input, if it stands upon the action that is asked for. */
static enum err choose_step(struct act *a, struct casefile *c, struct fault *f)
{
    TRY(case_choose(a, c, json_get_str(a->input, S("event")), NULL, f));
    if (c->next && strcmp(c->next->kind->action, a->action->name) != 0)
        c->next = NULL;
    return OK;
}

/* ---- a person's step ---------------------------------------------------------------------- */

struct stepping {
    struct casefile c;
    str note;
};

enum err case_step_prepare(struct act *a, struct fault *f)
{
    struct stepping *s = arena_new_of(a->arena, struct stepping);

    TRY_PTR(s, f);
    a->data = s;
    TRY(case_of_path(a, &s->c, f));
    TRY(act_seal_for(a, &s->c.person, f));
    TRY(choose_step(a, &s->c, f));
    a->content = sha256(a->body);
    return case_seal_texts(a, &s->c, &s->note, f);
}

enum err case_step(struct act *a, struct fault *f)
{
    struct stepping *s = a->data;

    TRY(case_move(a, &s->c, s->note, f));
    case_reply(a, &s->c);
    return OK;
}

/* ---- an officer's step -------------------------------------------------------------------- */

enum err case_record_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    TRY(examining_new(a, &x, f));
    TRY(choose_step(a, &x->c, f));
    a->content = sha256(a->body);
    return case_seal_texts(a, &x->c, &x->note, f);
}

enum err case_record(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    TRY(case_move(a, &x->c, x->note, f));
    TRY(stock_take(a, &x->c.id, f));
    TRY(case_touch(a, &x->c, f));
    case_reply(a, &x->c);
    return OK;
}

/* ---- payments ----------------------------------------------------------------------------- */

/* What was received is a step that moves nothing; its amount is kept for the accounts. */
enum err case_payment_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(4096);
    struct examining *x = NULL;
    struct jw w = JW(&plain);

    TRY(examining_new(a, &x, f));
    x->c.event = S("payment");
    jw_open(&w, '{');
    jw_key(&w, S("payment"));
    jw_tree(&w, a->input);
    jw_close(&w, '}');
    a->content = sha256(a->body);
    return case_seal_note(a, buf_str(&plain), &x->note, f);
}

static enum err check_payment(struct act *a, const struct casefile *c, int64_t amount,
                              struct fault *f)
{
    int64_t owed = c->fee - c->paid;

    if (owed <= 0)
        return fault(f, ERR_CONFLICT, "nothing is owed for this case");
    if (!str_eq(json_get_str(a->input, S("currency")), c->currency))
        return fault_at(f, ERR_CONFLICT, "/currency", "the fee is in %.*s", STR_FMT(c->currency));
    if (amount > owed)
        return fault_at(f, ERR_CONFLICT, "/amount", "no more than %.*s is owed",
                        STR_FMT(case_money(a, owed, c->currency)));
    return OK;
}

/* Each mission numbers its receipts through the year of its own calendar, without gaps. */
static enum err receipt_next(struct act *a, str *out, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, a->actor.mission);
    int32_t day = at ? mission_day(m, at, a->now) : day_of_ms(a->now);
    str series = str_printf(a->arena, "R-%.*s", STR_FMT(a->actor.mission));
    char text[DAY_TEXT];
    int64_t year = 0;

    missions_drop(m);
    TRY_PTR(series.p, f);
    day_format(day, text);
    (void)str_to_int64(str_sub(str_of(text), 0, 4), &year);
    return series_next(a, series, (int)year, out, f);
}

enum err case_payment(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    struct casefile *c = &x->c;
    int64_t amount = json_get_int(a->input, S("amount"), 0);
    str receipt = STR_NONE;

    TRY(check_payment(a, c, amount, f));
    TRY(receipt_next(a, &receipt, f));
    TRY(db_run(a->db, f,
               "INSERT INTO case_payment(file, step, bucket, at, amount, currency, how, officer,"
               " mission, receipt) VALUES(?,?,?,?,?,?,?,?,?,?)",
               "diiiissdss", &c->id, c->steps, (int64_t)id_bucket(&c->id), a->now, amount,
               c->currency, json_get_str(a->input, S("how")), &a->actor.id, a->actor.mission,
               receipt));
    TRY(cash_add(a,
                 &(struct movement){.mission = a->actor.mission,
                                    .how = json_get_str(a->input, S("how")),
                                    .currency = c->currency,
                                    .amount = amount,
                                    .file = &c->id,
                                    .reference = receipt},
                 f));
    c->paid += amount;
    TRY(case_write_step(a, c, c->event, x->note, f));
    TRY(case_write(a, c, f));
    TRY(case_touch(a, c, f));
    a->status = 201;
    case_reply(a, c);
    return OK;
}

/* ---- timers ------------------------------------------------------------------------------- */

enum err case_lapse_prepare(struct act *a, struct fault *f)
{
    struct casefile *c = arena_new_of(a->arena, struct casefile);

    TRY_PTR(c, f);
    a->data = c;
    TRY(case_of_path(a, c, f));
    TRY(act_seal_for(a, &c->person, f));
    return case_choose(a, c, c->state->then, NULL, f);
}

/* Once: what the event leads to has a timer of its own, or none. */
enum err case_lapse(struct act *a, struct fault *f)
{
    struct casefile *c = a->data;

    if (!c->lapses || c->lapses > a->now)
        return fault(f, ERR_CONFLICT, "the term has not passed");
    return case_move(a, c, STR_NONE, f);
}

static unsigned due_lapses(struct house *h, int64_t now, struct id *out)
{
    struct db *db;
    struct query q;
    unsigned n = 0;

    if (db_pool_take(h->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL,
                 "SELECT id FROM case_file WHERE lapses > 0 AND lapses <= ? ORDER BY lapses"
                 " LIMIT 64",
                 "i", now) == OK) {
        for (; query_row(&q) && n < LAPSES_AT_ONCE; query_next(&q))
            out[n++] = query_id(&q, 0);
        (void)!query_end(&q, NULL);
    }
    db_pool_put(h->readers, db);
    return n;
}

static enum err lapse_one(struct house *h, const struct id *id, struct fault *f)
{
    AUTO(arena) struct arena *arena = arena_new(4 << 20);
    char text[ID_TEXT + 1];

    TRY_PTR(arena, f);
    id_format(id, text);
    struct act_param param = {S("id"), str_of(text)};
    struct act a = {.action = action_named(service_actions, service_actions_n, S("case.lapse")),
                    .house = h,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .params = &param,
                    .n_params = 1};
    enum err e = gate_perform(h->gate, &a);
    if (e != OK)
        *f = a.fault;
    act_done(&a);
    return e;
}

unsigned lapses_work(struct house *h, int64_t *not_before)
{
    struct id list[LAPSES_AT_ONCE];
    int64_t now = world_now(&h->world);
    unsigned done = 0;

    if (now < *not_before)
        return 0;
    *not_before = now + 1000;
    unsigned n = due_lapses(h, now, list);
    for (unsigned i = 0; i < n; i++) {
        struct fault f = {0};
        enum err e = lapse_one(h, &list[i], &f);
        done += e == OK;
        if (e == OK || e == ERR_STALE)
            continue;
        LOG(LOG_WARN, "a term passed and nothing came of it", LOG_CSTR("error", err_slug(e)),
            LOG_CSTR("detail", f.detail));
        *not_before = now + PAUSE_MS;
    }
    return done;
}
