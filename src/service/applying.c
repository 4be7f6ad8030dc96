/* applying.c - the person's side: start, save, submit, answer, withdraw, follow */
#include <inttypes.h>
#include <stdio.h>

#include "base/encode.h"
#include "service/cases_int.h"

/* What prepare() hands to run(). */
struct applying {
    struct casefile c;
    str sealed; /* new answers */
    struct addressee to;
    int64_t revision;
};

static enum err applying_new(struct act *a, struct applying **out, struct fault *f)
{
    struct applying *p = arena_new_of(a->arena, struct applying);

    TRY_PTR(p, f);
    a->data = *out = p;
    return OK;
}

static enum err seal_answers(struct act *a, const struct json *answers, str *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ANSWERS_MAX);
    AUTO(buf) struct buf sealed = BUF(ANSWERS_MAX + SEAL_OVERHEAD);
    struct jw w = JW(&text);

    jw_tree(&w, answers);
    if (!buf_ok(&text))
        return fault_at(f, ERR_TOO_LARGE, "/answers", "the answers are too long");
    a->content = sha256(buf_str(&text));
    TRY(seal(&sealed, &a->record_key, S("answers"), buf_str(&text), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

/* Service and responsible mission of a new case. */
static enum err place_case(struct act *a, struct casefile *c, struct fault *f)
{
    str name = json_get_str(a->input, S("service")), country = json_get_str(a->input, S("country"));

    c->service = service_find(a->house->services, name);
    if (!c->service)
        return fault_at(f, ERR_NOT_FOUND, "/service", "no such service");
    struct missions *m = missions_hold(a->house->registry);
    str authority = jurisdiction_of(m, country, name);
    c->mission = str_copy(a->arena, authority);
    bool found = authority.p && mission_find(m, authority);
    missions_drop(m);
    if (!authority.p)
        return fault_at(f, ERR_INVALID, "/country", "not a host country");
    if (!found)
        return fault_at(f, ERR_CONFLICT, "/country", "a partner state serves there: %.*s",
                        STR_FMT(c->mission));
    c->queue = c->mission;
    c->service_name = c->service->name;
    c->country = country;
    c->person = a->actor.id;
    c->id = id_new(&a->house->world, id_bucket(&a->actor.id));
    c->state = CASE_DRAFT;
    return OK;
}

enum err case_start_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(place_case(a, &p->c, f));
    return act_seal_for(a, &a->actor.id, f);
}

/* The case does not exist yet: it is decided upon as it would be. */
enum err case_start_facts(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    return case_facts_of(a, &p->c, f);
}

static enum err insert_case(struct act *a, const struct casefile *c, struct fault *f)
{
    return db_run(a->db, f,
                  "INSERT INTO case_file(id, bucket, person, service, version, country, mission,"
                  " queue, state, revision, filed, due, left, paused, answers, steps, updated)"
                  " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,0,0,?,?,?)",
                  "didssssssiiibii", &c->id, (int64_t)id_bucket(&c->id), &c->person,
                  c->service_name, c->service->version, c->country, c->mission, c->queue,
                  str_of(case_state_name(c->state)), c->revision, c->filed, (int64_t)c->due,
                  c->answers, c->steps, a->now);
}

enum err case_start(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    p->c.revision = 1;
    TRY(insert_case(a, &p->c, f));
    a->status = 201;
    case_reply(a, &p->c);
    return OK;
}

/* The promise runs from the day of receipt, in the mission's calendar. */
static void start_clock(struct act *a, struct casefile *c, unsigned working_days)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);

    c->filed = c->filed ? c->filed : a->now;
    c->due = at ? due_day(m, at, mission_day(m, at, a->now), working_days) : 0;
    c->paused = false;
    c->left = 0;
    missions_drop(m);
}

/* An application in one act: as if it had been started, saved and submitted. */
enum err case_file_prepare(struct act *a, struct fault *f)
{
    const struct json *answers = json_get(a->input, S("answers"));
    struct applying *p = NULL;
    struct weighed weighed;

    TRY(case_start_prepare(a, f));
    p = a->data;
    TRY(service_check(p->c.service, answers, a->arena, f));
    TRY(case_weigh(a, &p->c, answers, &weighed, f));
    if (weighed.n_documents)
        return fault_at(f, ERR_CONFLICT, "/service",
                        "this service asks for documents: start a case, attach them, submit");
    TRY(seal_answers(a, answers, &p->c.answers, f));
    return case_addressee(a, &a->actor.id, &p->to, f);
}

enum err case_file(struct act *a, struct fault *f)
{
    struct receipt next = ledger_next(a->house->ledger);
    struct applying *p = a->data;
    struct casefile *c = &p->c;

    start_clock(a, c, c->service->promise_days);
    TRY(case_next(c->state, CASE_EV_SUBMIT, &c->state, f));
    c->revision = 1;
    c->steps = 1;
    TRY(insert_case(a, c, f));
    TRY(db_run(a->db, f,
               "INSERT INTO case_step(file, seq, bucket, at, event, role, epoch, entry)"
               " VALUES(?,0,?,?,'submit','person',?,?)",
               "diiii", &c->id, (int64_t)id_bucket(&c->id), a->now, (int64_t)next.epoch,
               (int64_t)next.index));
    TRY(case_mail(a, c, &p->to, S("case-received"), f));
    a->status = 201;
    case_reply(a, c);
    return OK;
}

/* ---- drafts ----------------------------------------------------------------------------- */

enum err draft_save_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &a->actor.id, f));
    return seal_answers(a, json_get(a->input, S("answers")), &p->sealed, f);
}

/* A chore: bound to the owner by its own WHERE. */
enum err draft_save(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(db_run(a->db, f,
               "UPDATE case_file SET answers = ?, updated = ?, revision = revision + 1"
               " WHERE id = ? AND bucket = ? AND person = ? AND state = 'draft'",
               "bidid", p->sealed, a->now, &p->c.id, (int64_t)id_bucket(&p->c.id), &a->actor.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_NOT_FOUND, "no draft of yours has that id");
    p->c.revision++;
    case_reply(a, &p->c);
    return OK;
}

static enum err count_attachments(struct act *a, const struct casefile *c, int64_t *out,
                                  struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM attachment WHERE file = ?", "d", &c->id));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err case_submit_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;
    struct weighed weighed;
    struct json *answers;
    int64_t attached;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    TRY(case_answers(a, &p->c, &a->record_key, &answers, f));
    TRY(service_check(p->c.service, answers, a->arena, f));
    TRY(case_weigh(a, &p->c, answers, &weighed, f));
    TRY(count_attachments(a, &p->c, &attached, f));
    if (attached < weighed.n_documents)
        return fault_at(f, ERR_INVALID, "/attachments", "%u documents are asked for, %lld are here",
                        weighed.n_documents, (long long)attached);
    if (p->c.answers.p)
        a->content = sha256(p->c.answers);
    return case_addressee(a, &p->c.person, &p->to, f);
}

enum err case_submit(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    start_clock(a, &p->c, p->c.service->promise_days);
    TRY(case_move(a, &p->c, CASE_EV_SUBMIT, STR_NONE, f));
    TRY(case_mail(a, &p->c, &p->to, S("case-received"), f));
    case_reply(a, &p->c);
    return OK;
}

/* ---- correction ------------------------------------------------------------------------- */

enum err case_answer_prepare(struct act *a, struct fault *f)
{
    const struct json *answers = json_get(a->input, S("answers"));
    struct applying *p = NULL;
    struct weighed weighed;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    TRY(service_check(p->c.service, answers, a->arena, f));
    TRY(case_weigh(a, &p->c, answers, &weighed, f));
    TRY(seal_answers(a, answers, &p->c.answers, f));
    return case_addressee(a, &p->c.person, &p->to, f);
}

enum err case_answer(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    start_clock(a, &p->c, (unsigned)p->c.left);
    TRY(case_move(a, &p->c, CASE_EV_ANSWER, STR_NONE, f));
    case_reply(a, &p->c);
    return OK;
}

enum err case_withdraw_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    return act_seal_for(a, &p->c.person, f);
}

enum err case_withdraw(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(case_move(a, &p->c, CASE_EV_WITHDRAW, STR_NONE, f));
    case_reply(a, &p->c);
    return OK;
}

/* ---- following -------------------------------------------------------------------------- */

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
                 "SELECT id, service, mission, state, due, updated FROM case_file"
                 " WHERE person = ? AND id < ? ORDER BY id DESC LIMIT ?",
                 "ddi", &a->actor.id, &before, limit));
    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q), n++) {
        id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        jw_kv(&w, S("service"), query_str(&q, 1));
        jw_kv(&w, S("mission"), query_str(&q, 2));
        jw_kv(&w, S("state"), query_str(&q, 3));
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
    struct query q;
    enum err e = OK;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT seq, at, event, role, mission, note, epoch, entry FROM case_step"
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
        jw_kv(w, S("role"), query_str(&q, 3));
        if (!query_null(&q, 4))
            jw_kv(w, S("mission"), query_str(&q, 4));
        if (!query_null(&q, 5))
            e = put_note(a, w, query_str(&q, 5), k, f);
        jw_key(w, S("receipt"));
        jw_open(w, '{');
        jw_kv_int(w, S("epoch"), query_int(&q, 6));
        jw_kv_int(w, S("index"), query_int(&q, 7));
        jw_close(w, '}');
        jw_close(w, '}');
    }
    jw_close(w, ']');
    TRY(query_end(&q, f));
    return e;
}

static enum err put_attachments(struct act *a, struct jw *w, const struct casefile *c,
                                const struct key *k, struct fault *f)
{
    struct query q;
    enum err e = OK;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, size, type, name FROM attachment WHERE file = ? ORDER BY id", "d",
                 &c->id));
    jw_key(w, S("attachments"));
    jw_open(w, '[');
    for (; e == OK && query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        str name;
        e = unseal(a->arena, k, S("name"), query_str(&q, 3), &name, f);
        if (e != OK)
            break;
        jw_open(w, '{');
        jw_kv(w, S("id"), act_id_text(a, &id));
        jw_kv_int(w, S("size"), query_int(&q, 1));
        jw_kv(w, S("type"), query_str(&q, 2));
        jw_kv(w, S("name"), name);
        jw_close(w, '}');
    }
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

/* The whole file as one object: for its person, the officer who examines it, and the export. */
enum err case_put(struct act *a, struct jw *w, const struct casefile *c, const struct key *k,
                  struct fault *f)
{
    struct json *answers;
    char text[32];

    TRY(case_answers(a, c, k, &answers, f));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &c->id));
    jw_kv(w, S("service"), c->service_name);
    jw_kv(w, S("country"), c->country);
    jw_kv(w, S("mission"), c->mission);
    jw_kv(w, S("state"), str_of(case_state_name(c->state)));
    jw_kv_int(w, S("revision"), c->revision);
    if (c->filed) {
        time_format(c->filed, text);
        jw_kv(w, S("filed"), str_of(text));
        day_format(c->due, text);
        jw_kv_bool(w, S("clock_paused"), c->paused);
        if (!c->paused)
            jw_kv(w, S("due"), str_of(text));
    }
    jw_key(w, S("answers"));
    jw_tree(w, answers);
    TRY(put_attachments(a, w, c, k, f));
    TRY(put_documents(a, w, c, f));
    TRY(put_steps(a, w, c, k, f));
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

/* The proof of one step: a tlog-proof file whose extra data is the journal entry itself. */
enum err case_step_proof(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(NOTE_MAX);
    struct tlog_proof proof = {0};
    struct receipt r;
    struct casefile c;
    struct query q;
    int64_t step;

    TRY(case_of_path(a, &c, f));
    if (!str_to_int64(act_param(a, S("step")), &step))
        return fault(f, ERR_NOT_FOUND, "no such step");
    TRY(db_one(a->db, &q, f, "SELECT epoch, entry FROM case_step WHERE file = ? AND seq = ?", "di",
               &c.id, step));
    r = (struct receipt){(uint64_t)query_int(&q, 0), (uint64_t)query_int(&q, 1)};
    TRY(query_end(&q, f));
    struct ledger_state head;
    TRY(ledger_head(a->house->ledger, a->house->keyring, r.index + 1, &head, &note, f));
    if (r.epoch != head.epoch)
        return fault(f, ERR_CONFLICT, "the step is in an earlier part of the journal");
    TRY(ledger_entry(a->db, r, a->arena, &proof.extra, f));
    TRY(ledger_prove_inclusion(a->db, r.epoch, r.index, head.size, &proof.path, f));
    proof.index = r.index;
    proof.note = buf_str(&note);
    tlog_proof_format(&a->reply, &proof);
    a->type = "application/octet-stream";
    return OK;
}
