/* showing.c - a case as its person and its officers see it: steps, documents, what may come next */
#include <inttypes.h>
#include <stdio.h>

#include "base/encode.h"
#include "service/messages_int.h"

enum err case_list_facts(struct act *a, struct fault *f)
{
    str id = act_id_text(a, &a->actor.id);

    TRY_PTR(id.p, f);
    struct cedar_entity *e = act_resource(a, S("File"), id);
    cedar_attr(a->entities, e, S("person"), cedar_ref(a->entities, S("Sifara::Person"), id));
    return OK;
}

/* Newest first; ?after= is the "next" of the page before. */
enum err case_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct id before, id = {{0}};
    struct query q;
    int64_t limit, n = 0;
    char text[32];
    str after = act_param(a, S("after"));

    TRY(page_limit(a, &limit, f));
    memset(before.b, 0xff, sizeof before.b);
    if (after.p && !id_parse(after, &before))
        return fault_at(f, ERR_INVALID, "/after", "not the end of a page");
    TRY(db_query(a->db, &q, f,
                 "SELECT id, service, mission, state, due, updated, person FROM case_file"
                 " WHERE (person = ? OR EXISTS (SELECT 1 FROM representative r WHERE r.holder = ?"
                 " AND r.person = case_file.person AND r.state = 'active' AND r.until >= ?"
                 " AND (r.services = '' OR ',' || r.services || ',' LIKE"
                 " '%,' || case_file.service || ',%'))) AND id < ? ORDER BY id DESC LIMIT ?",
                 "ddidi", &a->actor.id, &a->actor.id, (int64_t)day_of_ms(a->now), &before, limit));
    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q), n++) {
        id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        struct id person = query_id(&q, 6);
        if (!id_eq(&person, &a->actor.id))
            jw_kv(&w, S("for"), act_id_text(a, &person));
        jw_kv(&w, S("service"), query_str(&q, 1));
        jw_kv(&w, S("mission"), query_str(&q, 2));
        jw_kv(&w, S("state"), query_str(&q, 3));
        const struct service *s = service_find(a->house->services, query_str(&q, 1));
        if (s)
            jw_kv(&w, S("state_text"),
                  case_word(a, s, case_language(a), "state", query_str(&q, 3)));
        day_format((int32_t)query_int(&q, 4), text);
        jw_kv(&w, S("due"), str_of(text));
        time_format(query_int(&q, 5), text);
        jw_kv(&w, S("updated"), str_of(text));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    if (n == limit)
        jw_kv(&w, S("next"), act_id_text(a, &id));
    jw_close(&w, '}');
    return query_end(&q, f);
}

static enum err put_note(struct act *a, struct jw *w, str sealed, const struct key *k,
                         struct fault *f)
{
    str plain;

    TRY(unseal(a->arena, k, S("note"), sealed, &plain, f));
    jw_key(w, S("note"));
    jw_raw(w, plain);
    return OK;
}

static enum err put_steps(struct act *a, struct jw *w, const struct casefile *c,
                          const struct key *k, struct fault *f)
{
    str language = case_language(a);
    struct query q;
    enum err e = OK;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT seq, at, event, role, mission, note, epoch, entry, journal FROM case_step"
                 " WHERE file = ? ORDER BY seq",
                 "d", &c->id));
    jw_key(w, S("steps"));
    jw_open(w, '[');
    for (; e == OK && query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 1), at);
        jw_open(w, '{');
        jw_kv_int(w, S("step"), query_int(&q, 0));
        jw_kv(w, S("at"), str_of(at));
        jw_kv(w, S("event"), query_str(&q, 2));
        jw_kv(w, S("text"), case_word(a, c->service, language, "event", query_str(&q, 2)));
        jw_kv(w, S("role"), query_str(&q, 3));
        if (!query_null(&q, 4))
            jw_kv(w, S("mission"), query_str(&q, 4));
        if (!query_null(&q, 5))
            e = put_note(a, w, query_str(&q, 5), k, f);
        jw_key(w, S("receipt"));
        jw_open(w, '{');
        jw_kv_int(w, S("epoch"), query_int(&q, 6));
        jw_kv_int(w, S("index"), query_int(&q, 7));
        if (!query_null(&q, 8)) /* of the node from which the case came */
            jw_kv(w, S("journal"), query_str(&q, 8));
        jw_close(w, '}');
        jw_close(w, '}');
    }
    jw_close(w, ']');
    TRY(query_end(&q, f));
    return e;
}

/* ---- what may come next ------------------------------------------------------------------- */

static void put_asks(struct act *a, struct jw *w, const struct casefile *c,
                     const struct workflow_row *row)
{
    jw_key(w, S("asks"));
    jw_open(w, '[');
    for (size_t i = 0; i < row->n_asks; i++) {
        jw_open(w, '{');
        jw_kv(w, S("name"), row->asks[i]);
        jw_kv(w, S("text"), case_word(a, c->service, case_language(a), "ask", row->asks[i]));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

/* An officer learns before pressing a button whether the policy lets them, and why not. */
static enum err put_advice(struct act *a, struct jw *w, const struct casefile *c,
                           const struct workflow_row *row, str action, struct fault *f)
{
    struct casefile *chosen = arena_new_of(a->arena, struct casefile);

    TRY_PTR(chosen, f);
    *chosen = *c;
    chosen->event = row->event;
    chosen->next = row;
    return gate_advise(a->house->gate, a, action_named(service_actions, service_actions_n, action),
                       chosen, w, f);
}

static enum err put_way(struct act *a, struct jw *w, const struct casefile *c,
                        const struct workflow_row *row, struct fault *f)
{
    bool officer = a->actor.kind == ACTOR_OFFICER;
    /* what is the person's turn an officer does for them, by an act of its own */
    str action =
        officer && row->kind->by == TURN_PERSON ? S("case.lodge") : str_of(row->kind->action);

    jw_open(w, '{');
    jw_kv(w, S("event"), row->event);
    jw_kv(w, S("action"), action);
    jw_kv(w, S("text"), case_word(a, c->service, case_language(a), "event", row->event));
    if (row->n_asks)
        put_asks(a, w, c, row);
    if (row->paid && c->fee > c->paid)
        jw_kv_bool(w, S("waits_for_fee"), true);
    if (officer)
        TRY(put_advice(a, w, c, row, action, f));
    jw_close(w, '}');
    return OK;
}

/* The events that the state takes from whoever asks. */
static enum err put_next(struct act *a, struct jw *w, const struct casefile *c,
                         const struct json *data, struct fault *f)
{
    bool officer = a->actor.kind == ACTOR_OFFICER;
    const struct workflow_row *row;

    jw_key(w, S("next"));
    jw_open(w, '[');
    for (size_t i = 0; i < c->state->n; i++) {
        const struct workflow_row *r = &c->state->row[i];
        if (r->kind->by != TURN_PERSON && !(officer && r->kind->by == TURN_OFFICER))
            continue;
        enum err e = workflow_next(c->state, r->event, data, a->arena, &row, NULL);
        if (e != OK && e != ERR_CONFLICT)
            return fault(f, e, "a rule of the service goes beyond its limits");
        if (e == OK && row == r)
            TRY(put_way(a, w, c, r, f));
    }
    jw_close(w, ']');
    return OK;
}

/* ---- the file ----------------------------------------------------------------------------- */

enum err case_put_file(struct act *a, struct jw *w, struct query *q, const struct key *k,
                       struct fault *f)
{
    struct id id = query_id(q, 0);
    str name;

    TRY(unseal(a->arena, k, S("name"), query_str(q, 3), &name, f));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv_int(w, S("size"), query_int(q, 1));
    jw_kv(w, S("type"), query_str(q, 2));
    jw_kv(w, S("name"), name);
    jw_close(w, '}');
    return OK;
}

static enum err put_attachments(struct act *a, struct jw *w, const struct casefile *c,
                                const struct key *k, struct fault *f)
{
    struct query q;
    enum err e = OK;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, size, type, name FROM attachment WHERE file = ? AND message IS NULL"
                 " ORDER BY id",
                 "d", &c->id));
    jw_key(w, S("attachments"));
    jw_open(w, '[');
    for (; e == OK && query_row(&q); query_next(&q))
        e = case_put_file(a, w, &q, k, f);
    jw_close(w, ']');
    TRY(query_end(&q, f));
    return e;
}

static enum err put_documents(struct act *a, struct jw *w, const struct casefile *c,
                              struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT id, number, state FROM document WHERE file = ? ORDER BY id",
                 "d", &c->id));
    jw_key(w, S("documents"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(w, '{');
        jw_kv(w, S("id"), act_id_text(a, &id));
        jw_kv(w, S("number"), query_str(&q, 1));
        jw_kv(w, S("state"), query_str(&q, 2));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* What the rules gave, and what of it was received. */
static void put_fee(struct jw *w, const struct casefile *c)
{
    if (!c->fee && !c->paid)
        return;
    jw_key(w, S("fee"));
    jw_open(w, '{');
    jw_kv_int(w, S("amount"), c->fee);
    jw_kv(w, S("currency"), c->currency);
    jw_kv_int(w, S("paid"), c->paid);
    jw_kv_int(w, S("owed"), c->fee > c->paid ? c->fee - c->paid : 0);
    jw_close(w, '}');
}

/* Each payment, with the number of its receipt if an officer took it. */
static enum err put_payments(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct query q;
    char text[32];

    if (!c->paid)
        return OK;
    TRY(db_query(a->db, &q, f,
                 "SELECT at, amount, currency, how, receipt FROM case_payment WHERE file = ?"
                 " ORDER BY step",
                 "d", &c->id));
    jw_key(w, S("payments"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(w, '{');
        time_format(query_int(&q, 0), text);
        jw_kv(w, S("at"), str_of(text));
        jw_kv_int(w, S("amount"), query_int(&q, 1));
        jw_kv(w, S("currency"), query_str(&q, 2));
        jw_kv(w, S("how"), query_str(&q, 3));
        if (!query_null(&q, 4))
            jw_kv(w, S("receipt"), query_str(&q, 4));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* At which time of that day, by the clocks of the mission. */
static void put_claimed(struct act *a, struct jw *w, const struct casefile *c)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    char text[8];

    if (at && c->claimed) {
        int minute = mission_minute(m, at, c->claimed);
        snprintf(text, sizeof text, "%02u:%02u", (unsigned)minute / 60 % 24, (unsigned)minute % 60);
        jw_kv(w, S("received_time"), str_of(text));
    }
    missions_drop(m);
}

static void put_state(struct act *a, struct jw *w, const struct casefile *c)
{
    const char *turn = workflow_turn_name(c->state->turn);
    str until = case_until(a, c);

    jw_kv(w, S("state"), c->state->id);
    jw_kv(w, S("state_text"), case_word(a, c->service, case_language(a), "state", c->state->id));
    if (turn && !c->state->settled)
        jw_kv(w, S("turn"), str_of(turn));
    if (until.p)
        jw_kv(w, S("until"), until);
}

/* Why it takes so long: who is awaited, since when, and how many working days are over. */
static enum err put_waits(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    bool ministry = !str_eq(c->queue, c->mission);
    const char *who = c->state->turn == TURN_PERSON ? "person"
                      : c->state->turn == TURN_NODE ? "node"
                      : ministry                    ? "ministry"
                                                    : "mission";
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    int32_t today = at ? mission_day(m, at, a->now) : 0;
    unsigned late =
        at && !c->paused && c->due < today ? working_days_between(m, at, c->due, today) : 0;
    struct query q;
    char text[32];

    missions_drop(m);
    if (!c->filed || c->state->turn == TURN_END || c->state->settled)
        return OK;
    TRY(db_one(a->db, &q, f, "SELECT max(at) FROM case_step WHERE file = ?", "d", &c->id));
    time_format(query_int(&q, 0), text);
    TRY(query_end(&q, f));
    jw_key(w, S("waits"));
    jw_open(w, '{');
    jw_kv(w, S("for"), str_of(who));
    jw_kv(w, S("since"), str_of(text));
    jw_kv_bool(w, S("taken"), !id_is_nil(&c->officer));
    jw_kv_int(w, S("late"), late);
    jw_close(w, '}');
    return OK;
}

/* The members of the whole file: for its person, the officer who examines it, and the export. */
static enum err put_members(struct act *a, struct jw *w, const struct casefile *c,
                            const struct key *k, struct fault *f)
{
    struct json *answers, data;
    char text[32];

    TRY(case_answers(a, c, k, &answers, f));
    TRY(case_rule_data(a, c, answers, &data, f));
    jw_kv(w, S("id"), act_id_text(a, &c->id));
    jw_kv(w, S("service"), c->service_name);
    jw_kv(w, S("country"), c->country);
    jw_kv(w, S("mission"), c->mission);
    jw_kv(w, S("channel"), c->channel);
    if (c->received) {
        day_format(c->received, text);
        jw_kv(w, S("received"), str_of(text));
    }
    put_claimed(a, w, c);
    put_state(a, w, c);
    jw_kv_int(w, S("revision"), c->revision);
    if (c->filed) {
        time_format(c->filed, text);
        jw_kv(w, S("filed"), str_of(text));
        day_format(c->due, text);
        jw_kv_bool(w, S("clock_paused"), c->paused);
        if (!c->paused)
            jw_kv(w, S("due"), str_of(text));
    }
    TRY(put_waits(a, w, c, f));
    put_fee(w, c);
    TRY(put_payments(a, w, c, f));
    jw_key(w, S("answers"));
    jw_tree(w, answers);
    TRY(put_attachments(a, w, c, k, f));
    TRY(put_documents(a, w, c, f));
    TRY(put_steps(a, w, c, k, f));
    TRY(put_next(a, w, c, &data, f));
    TRY(messages_put(a, w, c, k, f));
    return rating_put(a, w, c, k, f);
}

enum err case_put(struct act *a, struct jw *w, const struct casefile *c, const struct key *k,
                  struct fault *f)
{
    jw_open(w, '{');
    TRY(put_members(a, w, c, k, f));
    if (a->action->kind == ACTION_READ_FILE)
        TRY(case_put_similar(a, w, c, f));
    jw_close(w, '}');
    return buf_ok(&a->reply) ? OK : fault(f, ERR_MEMORY_LIMIT, "the file is too large to show");
}

enum err case_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct casefile c;
    struct key k;

    if (a->action->kind == ACTION_READ)
        c = *(struct casefile *)a->data;
    else
        TRY(case_of_path(a, &c, f));
    TRY(person_key(a->house, &c.person, &k, f));
    a->revision = c.revision;
    return case_put(a, &w, &c, &k, f);
}

/* A step that came with its case has its proof with it, by the head of the journal there. */
enum err case_proof_of(struct act *a, const struct id *file, int64_t step, struct buf *out,
                       struct fault *f)
{
    struct receipt r;
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT epoch, entry, journal IS NOT NULL, proof FROM case_step WHERE file = ?"
               " AND seq = ?",
               "di", file, step));
    r = (struct receipt){(uint64_t)query_int(&q, 0), (uint64_t)query_int(&q, 1)};
    bool brought = query_int(&q, 2) != 0, kept = !query_null(&q, 3);
    buf_add_str(out, query_str(&q, 3));
    TRY(query_end(&q, f));
    if (kept)
        return OK;
    if (brought)
        return fault(f, ERR_CONFLICT, "the step is in the journal from which the case came");
    return journal_proof(a, r, out, f);
}

/* The proof of one step: a tlog-proof file whose extra data is the journal entry itself. */
enum err case_step_proof(struct act *a, struct fault *f)
{
    struct casefile c;
    int64_t step;

    TRY(case_of_path(a, &c, f));
    if (!str_to_int64(act_param(a, S("step")), &step))
        return fault(f, ERR_NOT_FOUND, "no such step");
    a->type = "application/octet-stream";
    return case_proof_of(a, &c.id, step, &a->reply, f);
}
