/* applying.c - the person's side: start, save, submit, answer, withdraw */
#include "service/cases_int.h"

/* What prepare() hands to run(). */
struct applying {
    struct casefile c;
    str sealed; /* new answers */
};

static enum err applying_new(struct act *a, struct applying **out, struct fault *f)
{
    struct applying *p = arena_new_of(a->arena, struct applying);

    TRY_PTR(p, f);
    a->data = *out = p;
    return OK;
}

enum err case_seal_answers(struct act *a, const struct json *answers, str *out, struct fault *f)
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

enum err case_place(struct act *a, const struct id *person, struct casefile *c, struct fault *f)
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
    c->person = *person;
    c->id = id_new(&a->house->world, id_bucket(person));
    c->channel = S("online");
    c->state = c->service->package->workflow->start;
    return OK;
}

/* Does the service take such an applicant? Where it does not say, persons. */
enum err case_check_applicant(struct act *a, const struct id *person, const struct service *s,
                              const char *pointer, struct fault *f)
{
    const struct json *takes = json_get(s->doc, S("applicants"));
    struct json *profile;
    bool found = false;

    TRY(person_profile(a, person, &profile, f));
    bool company = profile_is_company(profile);
    str kind = company ? S("company") : S("person");
    for (size_t i = 0; !found && json_at(takes, i); i++)
        found = str_eq(json_str(json_at(takes, i)), kind);
    if (found || (!takes && !company))
        return OK;
    return fault_at(f, ERR_CONFLICT, pointer,
                    company ? "this service is for persons"
                            : "a company or an association asks for this service");
}

/* Their own, or that of the person "for" whom they act: whether they may is the policy's to say. */
enum err case_start_prepare(struct act *a, struct fault *f)
{
    str other = json_get_str(a->input, S("for"));
    struct applying *p = NULL;
    struct id person = a->actor.id;

    TRY(applying_new(a, &p, f));
    if (other.p && !id_parse(other, &person))
        return fault_at(f, ERR_INVALID, "/for", "the id of a person");
    TRY(case_place(a, &person, &p->c, f));
    enum err e = act_seal_for(a, &person, f);
    if (other.p && e == ERR_ERASED)
        return fault_at(f, ERR_NOT_FOUND, "/for", "nobody on record has this id");
    TRY(e);
    return case_check_applicant(a, &person, p->c.service, "/for", f);
}

/* The case does not exist yet: it is decided upon as it would be. */
enum err case_start_facts(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    return case_facts_of(a, &p->c, f);
}

enum err case_insert_row(struct act *a, const struct casefile *c, int64_t updated, struct fault *f)
{
    return db_run(
        a->db, f,
        "INSERT INTO case_file(id, bucket, person, service, version, country, mission,"
        " queue, state, revision, filed, due, left, paused, answers, steps, updated,"
        " lapses, fee, paid, currency, content, channel, received, officer, opener,"
        " claimed, language)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "didssssssiiiiibiiiiisssiddis", &c->id, (int64_t)id_bucket(&c->id), &c->person,
        c->service_name, c->service->version, c->country, c->mission, c->queue, c->state->id,
        c->revision, c->filed, (int64_t)c->due, (int64_t)c->left, (int64_t)c->paused, c->answers,
        c->steps, updated, c->lapses, c->fee, c->paid, c->currency, c->service->content, c->channel,
        (int64_t)c->received, id_is_nil(&c->officer) ? NULL : &c->officer,
        id_is_nil(&c->opener) ? NULL : &c->opener, c->claimed, c->language.p ? c->language : S(""));
}

enum err case_insert(struct act *a, const struct casefile *c, struct fault *f)
{
    if (!service_find(a->house->services, c->service_name))
        return fault_at(f, ERR_NOT_FOUND, "/service", "the service was retired just now");
    return case_insert_row(a, c, a->now, f);
}

enum err case_start(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    p->c.revision = 1;
    TRY(case_insert(a, &p->c, f));
    a->status = 201;
    case_reply(a, &p->c);
    return OK;
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
    TRY(case_signatures(a, &p->c, answers, f));
    TRY(case_weigh(a, &p->c, answers, &weighed, f));
    if (weighed.n_documents)
        return fault_at(f, ERR_CONFLICT, "/service",
                        "this service asks for documents: start a case, attach them, submit");
    case_fix_fee(&p->c, &weighed);
    TRY(case_seal_answers(a, answers, &p->c.answers, f));
    return case_choose(a, &p->c, S("submit"), answers, f);
}

enum err case_file_facts(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(case_facts_of(a, &p->c, f));
    act_context(a, S("event"), cedar_str(p->c.event));
    act_context(a, S("barred"), cedar_bool(false));
    return OK;
}

enum err case_file(struct act *a, struct fault *f)
{
    struct applying *p = a->data;
    struct casefile *c = &p->c;

    TRY(case_advance(a, c, f));
    TRY(case_write_step(a, c, c->event, STR_NONE, f));
    c->revision = 1;
    c->steps = 1;
    TRY(case_insert(a, c, f));
    if (c->next->message.p)
        TRY(case_mail(a, c, &c->to, c->next->message, f));
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
    TRY(act_seal_for(a, &p->c.person, f));
    return case_seal_answers(a, json_get(a->input, S("answers")), &p->sealed, f);
}

/* A chore: bound to the owner, or to whoever acts for them, by its own WHERE. */
enum err draft_save(struct act *a, struct fault *f)
{
    struct applying *p = a->data;
    bool holds = id_eq(&a->actor.id, &p->c.person);

    if (!holds)
        TRY(representative_holds(a, &a->actor.id, &p->c.person, p->c.service_name, &holds, f));
    if (!holds)
        return fault(f, ERR_NOT_FOUND, "no draft of yours has that id");

    TRY(db_run(a->db, f,
               "UPDATE case_file SET answers = ?, updated = ?, revision = revision + 1"
               " WHERE id = ? AND bucket = ? AND person = ? AND state = ?",
               "bidids", p->sealed, a->now, &p->c.id, (int64_t)id_bucket(&p->c.id), &p->c.person,
               p->c.service->package->workflow->start->id));
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

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM attachment WHERE file = ? AND message IS NULL",
               "d", &c->id));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err case_submit_choose(struct act *a, struct casefile *c, struct fault *f)
{
    struct weighed weighed;
    struct json *answers;
    int64_t attached;

    TRY(case_answers(a, c, &a->record_key, &answers, f));
    TRY(service_check(c->service, answers, a->arena, f));
    TRY(case_signatures(a, c, answers, f));
    TRY(case_weigh(a, c, answers, &weighed, f));
    TRY(count_attachments(a, c, &attached, f));
    if (attached < weighed.n_documents)
        return fault_at(f, ERR_INVALID, "/attachments", "%u documents are asked for, %lld are here",
                        weighed.n_documents, (long long)attached);
    if (c->answers.p)
        a->content = sha256(c->answers);
    case_fix_fee(c, &weighed);
    return case_choose(a, c, S("submit"), answers, f);
}

enum err case_submit_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    return case_submit_choose(a, &p->c, f);
}

enum err case_submit(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(case_move(a, &p->c, STR_NONE, f));
    case_reply(a, &p->c);
    return OK;
}

/* ---- correction ------------------------------------------------------------------------- */

enum err case_answer_choose(struct act *a, struct casefile *c, const struct json *answers,
                            struct fault *f)
{
    struct weighed weighed;

    TRY(service_check(c->service, answers, a->arena, f));
    TRY(case_signatures(a, c, answers, f));
    TRY(case_weigh(a, c, answers, &weighed, f));
    case_fix_fee(c, &weighed);
    TRY(case_seal_answers(a, answers, &c->answers, f));
    return case_choose(a, c, S("answer"), answers, f);
}

enum err case_answer_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    return case_answer_choose(a, &p->c, json_get(a->input, S("answers")), f);
}

enum err case_answer(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(case_move(a, &p->c, STR_NONE, f));
    case_reply(a, &p->c);
    return OK;
}

enum err case_withdraw_prepare(struct act *a, struct fault *f)
{
    struct applying *p = NULL;

    TRY(applying_new(a, &p, f));
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    return case_choose(a, &p->c, S("withdraw"), NULL, f);
}

enum err case_withdraw(struct act *a, struct fault *f)
{
    struct applying *p = a->data;

    TRY(case_move(a, &p->c, STR_NONE, f));
    case_reply(a, &p->c);
    return OK;
}
