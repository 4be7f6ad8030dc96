/* protection_open.c - a partner's mission serves a citizen of ours: the case is opened here,
 * decided by our officers, and what comes of it goes back */
#include "service/protection.h"

#include <stdio.h>

#include "base/log.h"
#include "paper/render.h"
#include "service/documents_int.h"
#include "service/jobs_int.h"
#include "service/packages_int.h"
#include "service/protection_int.h"

enum { PROFILE_MAX = 64 << 10, PACE_MS = 1000, PAUSE_MS = 60000, DECIDED_AT_ONCE = 64 };

/* ---- it comes -------------------------------------------------------------------------------- */

enum err protection_arrive(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;
    int32_t consult, answer;

    TRY(protection_terms(a, S("ministry"), &consult, &answer, f));
    TRY(a->house->dispatches->keep(a, f));
    TRY(db_run(a->db, f,
               "INSERT INTO protection(id, correlation, partner, sent, mission, service, country,"
               " state, consult_due, answer_due, at) VALUES(?,?,?,0,'ministry',?,?,'asked',?,?,?)",
               "ddsssiii", &in->id, &in->correlation, in->partner,
               json_get_str(in->json, S("service")), json_get_str(in->json, S("country")),
               (int64_t)consult, (int64_t)answer, a->now));
    TRY(job_add(a, S("protection.open"), act_id_text(a, &in->id), f));
    return engagement_received(a, S("protection.ask"), in->partner,
                               S("{\"title\":\"A citizen at a partner's mission\"}"), f);
}

/* ---- person and case ------------------------------------------------------------------------- */

struct opening {
    struct casefile c; /* first: what case_facts_of reads */
    struct protection p;
    struct person_traces traces;
    str profile; /* sealed; STR_NONE: the person is on record */
};

/* Whoever is on record under that name, birth date and nationality, if it is one person. */
static enum err find_person(struct act *a, struct opening *o, struct fault *f)
{
    struct query q;
    size_t n = 0;

    if (!o->traces.n)
        return fault_at(f, ERR_INVALID, "/person",
                        "surname, given_names, birth_date and nationality say who it is");
    TRY(db_query(a->db, &q, f, "SELECT DISTINCT person FROM person_trace WHERE hash = ? LIMIT 2",
                 "b", hash_str(&o->traces.list[0])));
    for (; query_row(&q); query_next(&q), n++)
        o->c.person = query_id(&q, 0);
    TRY(query_end(&q, f));
    if (n != 1)
        o->c.person = (struct id){{0}};
    return OK;
}

static enum err record_person(struct act *a, struct opening *o, struct json *person,
                              struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PROFILE_MAX), sealed = BUF(PROFILE_MAX + SEAL_OVERHEAD);
    struct jw w = JW(&text);
    struct key k;

    o->c.person = id_new(&a->house->world, person_bucket(&o->traces.list[0]));
    TRY(person_key_new(a->house, &o->c.person, &k, f));
    TRY(act_seal_for(a, &o->c.person, f));
    jw_tree(&w, person);
    TRY(seal(&sealed, &a->record_key, S("profile"), buf_str(&text), f));
    o->profile = str_copy(a->arena, buf_str(&sealed));
    o->c.newcomer = person;
    TRY_PTR(buf_ok(&text) && o->profile.p, f);
    return OK;
}

static enum err place(struct act *a, struct opening *o, struct fault *f)
{
    struct casefile *c = &o->c;

    c->service = service_find(a->house->services, o->p.service);
    if (!c->service)
        return fault_at(f, ERR_NOT_FOUND, "/service", "no such service");
    c->mission = c->queue = S("ministry");
    c->service_name = c->service->name;
    c->country = o->p.country;
    c->id = id_new(&a->house->world, id_bucket(&c->person));
    c->channel = S("partner");
    c->received = day_of_ms(a->now);
    c->state = c->service->package->workflow->start;
    return OK;
}

/* Papers were seen by the mission and came along, so none is asked for here. */
static enum err file_case(struct act *a, struct opening *o, const struct json *answers,
                          struct fault *f)
{
    struct weighed weighed;

    TRY(service_check(o->c.service, answers, a->arena, f));
    TRY(case_weigh(a, &o->c, answers, &weighed, f));
    case_fix_fee(&o->c, &weighed);
    TRY(case_seal_answers(a, answers, &o->c.answers, f));
    return case_choose(a, &o->c, S("submit"), answers, f);
}

enum err protection_open_prepare(struct act *a, struct fault *f)
{
    struct opening *o = arena_new_of(a->arena, struct opening);
    struct json *asked, *person;

    TRY_PTR(o, f);
    a->data = o;
    TRY(protection_of_path(a, &o->p, f));
    TRY(protection_request(a, &o->p, &asked, f));
    person = (struct json *)json_get(asked, S("person"));
    person_traces_of(a->house, person, &o->traces);
    TRY(find_person(a, o, f));
    if (id_is_nil(&o->c.person))
        TRY(record_person(a, o, person, f));
    else
        TRY(act_seal_for(a, &o->c.person, f));
    TRY(place(a, o, f));
    return file_case(a, o, json_get(asked, S("answers")), f);
}

enum err protection_open_facts(struct act *a, struct fault *f)
{
    const struct opening *o = a->data;

    TRY(case_facts_of(a, &o->c, f));
    act_context(a, S("event"), cedar_str(o->c.event));
    act_context(a, S("barred"), cedar_bool(false));
    return OK;
}

static enum err write_person(struct act *a, const struct opening *o, struct fault *f)
{
    TRY(db_run(a->db, f,
               "INSERT INTO person(id, bucket, at, profile, identified) VALUES(?,?,?,?,?)", "diibi",
               &o->c.person, (int64_t)id_bucket(&o->c.person), a->now, o->profile, a->now));
    return person_traces_write(a, &o->c.person, &o->traces, f);
}

enum err protection_open(struct act *a, struct fault *f)
{
    struct opening *o = a->data;
    struct casefile *c = &o->c;

    if (o->profile.p)
        TRY(write_person(a, o, f));
    TRY(case_advance(a, c, f));
    TRY(case_write_step(a, c, c->event, STR_NONE, f));
    c->revision = 1;
    c->steps = 1;
    TRY(case_insert(a, c, f));
    if (c->next->message.p)
        TRY(case_mail(a, c, &c->to, c->next->message, f));
    TRY(db_run(
        a->db, f,
        "UPDATE protection SET state = 'open', casefile = ? WHERE id = ? AND state = 'asked'", "dd",
        &c->id, &o->p.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "its case is open already");
    return job_end(a, f);
}

/* ---- the answer ------------------------------------------------------------------------------ */

struct answering {
    struct dispatch_out out; /* first: it is what is freed */
    struct protection p;
    str outcome, number, reason;
};

static void answering_free(void *p)
{
    dispatch_out_free(p);
}

static enum err sealed_document(struct act *a, const struct answering *in, struct id *out,
                                struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT id FROM document WHERE file = ? AND state = 'sealed'", "d",
               &in->p.casefile));
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

/* What came of the case. ERR_CONFLICT while nothing has. */
static enum err find_outcome(struct act *a, struct answering *in, struct buf *pdf, struct fault *f)
{
    struct document d;
    struct casefile c;
    struct id id;

    in->outcome = S("refused");
    in->reason = act_param(a, S("reason"));
    if (in->reason.p)
        return OK;
    enum err e = sealed_document(a, in, &id, f);
    if (e == OK) {
        TRY(document_load(a, &id, &d, f));
        in->outcome = S("issued");
        in->number = d.number;
        return document_render(a, &d, pdf, f);
    }
    if (e != ERR_NOT_FOUND)
        return e;
    TRY(case_load(a, &in->p.casefile, &c, f));
    if (c.state->turn != TURN_END)
        return fault(f, ERR_CONFLICT, "the case is not decided yet");
    in->reason = c.state->id;
    return OK;
}

enum err protection_answer_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX), b = BUF(RENDER_PDF_MAX + 4096);
    struct answering *in = arena_new_of(a->arena, struct answering);
    struct jw w = JW(&b);

    TRY_PTR(in, f);
    a->data = in;
    a->data_free = answering_free;
    TRY(protection_of_path(a, &in->p, f));
    TRY(find_outcome(a, in, &pdf, f));
    jw_open(&w, '{');
    if (in->number.p)
        jw_kv(&w, S("number"), in->number);
    jw_kv(&w, S("outcome"), in->outcome);
    if (in->reason.n)
        jw_kv(&w, S("reason"), in->reason);
    jw_close(&w, '}');
    buf_add_char(&b, '\n');
    buf_add_str(&b, buf_str(&pdf));
    in->out = (struct dispatch_out){.partner = in->p.partner,
                                    .kind = S("protection-answer"),
                                    .content = buf_str(&b),
                                    .correlation = in->p.correlation,
                                    .emergency = true,
                                    .locked = true};
    TRY_PTR(buf_ok(&b), f);
    a->content = sha256(in->out.content);
    enum err e = a->house->dispatches->seal(a, &in->out, f);
    in->out.content = STR_NONE;
    return e;
}

enum err protection_answer_facts(struct act *a, struct fault *f)
{
    const struct answering *in = a->data;

    a->subject = str_printf(a->arena, "protection/%.*s", STR_FMT(act_id_text(a, &in->p.id)));
    return a->house->dispatches->facts(a, &in->out, f);
}

enum err protection_answer(struct act *a, struct fault *f)
{
    struct answering *in = a->data;

    TRY(db_run(a->db, f,
               "UPDATE protection SET state = ?, number = ?, reason = ?, answered = ?, answer = ?"
               " WHERE id = ? AND answered IS NULL",
               "sssidd", in->outcome, in->number, in->reason, a->now, &in->out.id, &in->p.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it was answered already");
    TRY(job_end(a, f));
    return a->house->dispatches->put(a, &in->out, f);
}

void protection_answer_after(struct act *a)
{
    const struct answering *in = a->data;

    a->house->dispatches->sent(a, &in->out);
}

/* ---- by itself ------------------------------------------------------------------------------- */

/* What cannot be opened is answered at once, with the reason. */
static bool open_one(struct house *h, const struct due_job *job)
{
    struct fault f = {0};
    char why[sizeof f.detail + 64];
    enum err e = job_act(h, S("protection.open"), job, STR_NONE, &f);

    if (e == OK)
        return true;
    LOG(LOG_INFO, "a case that a partner asked for is not opened", LOG_CSTR("error", err_slug(e)),
        LOG_CSTR("detail", f.detail));
    if (job_passing(e))
        return false;
    snprintf(why, sizeof why, "%s: %s", err_slug(e), f.detail);
    return job_act(h, S("protection.answer"), job, str_of(why), NULL) == OK;
}

/* A document was sealed for it, or its workflow has come to an end. */
static bool is_decided(struct house *h, struct query *q)
{
    const struct service *s =
        service_find_version(h->services, query_str(q, 2), query_str(q, 3), query_str(q, 4));
    const struct workflow_state *at =
        s ? workflow_state(s->package->workflow, query_str(q, 5)) : NULL;

    return query_int(q, 1) != 0 || (at && at->turn == TURN_END);
}

static size_t decided_cases(struct house *h, struct due_job out[DECIDED_AT_ONCE])
{
    struct query q;
    struct db *db;
    size_t n = 0;

    if (db_pool_take(h->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL,
                 "SELECT p.id, EXISTS(SELECT 1 FROM document d WHERE d.file = p.casefile AND"
                 " d.state = 'sealed'), c.service, c.version, c.content, c.state FROM protection p"
                 " JOIN case_file c ON c.id = p.casefile WHERE p.state = 'open'",
                 "") == OK) {
        for (; query_row(&q) && n < DECIDED_AT_ONCE; query_next(&q)) {
            struct id id = query_id(&q, 0);
            if (!is_decided(h, &q))
                continue;
            out[n] = (struct due_job){.id = id};
            id_format(&id, out[n++].subject);
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(h->readers, db);
    return n;
}

unsigned protection_work(struct house *h, int64_t *not_before)
{
    struct due_job jobs[JOBS_AT_ONCE];
    int64_t now = world_now(&h->world);
    bool well = true;
    unsigned done = 0;

    _Static_assert((int)DECIDED_AT_ONCE <= (int)JOBS_AT_ONCE, "one list for both");
    if (now < *not_before)
        return 0;
    unsigned n = jobs_due(h, S("protection.open"), jobs);
    for (unsigned i = 0; i < n; i++, done++)
        well &= open_one(h, &jobs[i]);
    n = (unsigned)decided_cases(h, jobs);
    for (unsigned i = 0; i < n; i++, done++)
        well &= job_act(h, S("protection.answer"), &jobs[i], STR_NONE, NULL) == OK;
    *not_before = now + (well ? PACE_MS : PAUSE_MS);
    return done;
}
