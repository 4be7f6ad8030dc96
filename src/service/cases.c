/* cases.c - a case: its row, its facts, its steps */
#include "service/cases_int.h"

#include <stdio.h>

enum err case_load(struct act *a, const struct id *id, struct casefile *out, struct fault *f)
{
    struct casefile c = {.id = *id};
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT person, service, country, mission, queue, state, revision, filed, due, left,"
               " paused, officer, answers, steps, lapses, fee, paid, currency, version, content,"
               " channel, received, opener, claimed, language"
               " FROM case_file"
               " WHERE id = ? AND bucket = ?",
               "di", id, (int64_t)id_bucket(id)));
    c.person = query_id(&q, 0);
    c.service_name = str_copy(a->arena, query_str(&q, 1));
    c.country = str_copy(a->arena, query_str(&q, 2));
    c.mission = str_copy(a->arena, query_str(&q, 3));
    c.queue = str_copy(a->arena, query_str(&q, 4));
    str state = str_copy(a->arena, query_str(&q, 5));
    c.revision = query_int(&q, 6);
    c.filed = query_int(&q, 7);
    c.due = (int32_t)query_int(&q, 8);
    c.left = (int32_t)query_int(&q, 9);
    c.paused = query_int(&q, 10) != 0;
    c.officer = query_id(&q, 11);
    c.answers = query_null(&q, 12) ? STR_NONE : str_copy(a->arena, query_str(&q, 12));
    c.steps = query_int(&q, 13);
    c.lapses = query_int(&q, 14);
    c.fee = query_int(&q, 15);
    c.paid = query_int(&q, 16);
    c.currency = query_null(&q, 17) ? STR_NONE : str_copy(a->arena, query_str(&q, 17));
    c.channel = str_copy(a->arena, query_str(&q, 20));
    c.received = (int32_t)query_int(&q, 21);
    c.opener = query_id(&q, 22);
    c.claimed = query_int(&q, 23);
    c.language = str_copy(a->arena, query_str(&q, 24));
    bool copied = c.language.p && c.channel.p && c.service_name.p && c.country.p && c.mission.p &&
                  c.queue.p && state.p && (query_null(&q, 12) || c.answers.p) &&
                  (query_null(&q, 17) || c.currency.p);
    c.service = service_find_version(a->house->services, c.service_name, query_str(&q, 18),
                                     query_str(&q, 19));
    TRY(query_end(&q, f));
    TRY_PTR(copied, f);
    /* of before versions were kept: the one in force */
    if (!c.service)
        c.service = service_find(a->house->services, c.service_name);
    if (!c.service)
        return fault(f, ERR_NOT_FOUND, "the service is not known here");
    c.state = workflow_state(c.service->package->workflow, state);
    if (!c.state)
        return fault(f, ERR_CORRUPT, "a case has an unknown state");
    *out = c;
    return OK;
}

enum err case_of_path(struct act *a, struct casefile *out, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return case_load(a, &id, out, f);
}

/* Has the acting officer declared an interest in the person, or is it their own file? */
static enum err interested(struct act *a, const struct id *person, bool *out, struct fault *f)
{
    struct query q;

    *out = false;
    if (a->actor.kind != ACTOR_OFFICER)
        return OK;
    TRY(db_one(a->db, &q, f,
               "SELECT (SELECT count(*) FROM officer WHERE id = ? AND person = ?) +"
               " (SELECT count(*) FROM officer_interest WHERE officer = ? AND person = ?)",
               "dddd", &a->actor.id, person, &a->actor.id, person));
    *out = query_int(&q, 0) > 0;
    return query_end(&q, f);
}

static enum err proposer_of(struct act *a, const struct casefile *c, struct id *out,
                            struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT proposer FROM case_decision WHERE file = ? AND confirmer IS NULL"
                        " AND returned = 0",
                        "d", &c->id);

    if (e == ERR_NOT_FOUND) {
        *out = (struct id){{0}};
        return OK;
    }
    TRY(e);
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

enum err case_representative(struct act *a, const struct casefile *c, struct fault *f)
{
    bool holds = false;

    if (a->actor.kind == ACTOR_PERSON && !id_eq(&a->actor.id, &c->person))
        TRY(representative_holds(a, &a->actor.id, &c->person, c->service_name, &holds, f));
    act_context(a, S("representative"), cedar_bool(holds));
    return OK;
}

enum err case_facts_of(struct act *a, const struct casefile *c, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    str id = act_id_text(a, &c->id);
    struct cedar_entity *e = act_resource(a, S("Case"), id);
    struct id proposer;
    bool interest;

    cedar_attr(es, e, S("person"), cedar_ref(es, S("Sifara::Person"), act_id_text(a, &c->person)));
    cedar_attr(es, e, S("authority"), cedar_ref(es, S("Sifara::Mission"), c->mission));
    cedar_attr(es, e, S("queue"), cedar_ref(es, S("Sifara::Mission"), c->queue));
    cedar_attr(es, e, S("service"), cedar_str(c->service_name));
    cedar_attr(es, e, S("state"), cedar_str(c->state->id));
    cedar_attr(es, e, S("channel"), cedar_str(c->channel));
    if (!id_is_nil(&c->opener))
        cedar_attr(es, e, S("opener"),
                   cedar_ref(es, S("Sifara::Officer"), act_id_text(a, &c->opener)));
    if (!id_is_nil(&c->officer))
        cedar_attr(es, e, S("officer"),
                   cedar_ref(es, S("Sifara::Officer"), act_id_text(a, &c->officer)));
    if (workflow_takes(c->state, S("approve"))) {
        TRY(proposer_of(a, c, &proposer, f));
        if (!id_is_nil(&proposer))
            cedar_attr(es, e, S("proposer"),
                       cedar_ref(es, S("Sifara::Officer"), act_id_text(a, &proposer)));
    }
    TRY(interested(a, &c->person, &interest, f));
    act_context(a, S("interest"), cedar_bool(interest));
    TRY(case_representative(a, c, f));
    a->subject = str_printf(a->arena, "case/%.*s", STR_FMT(id));
    a->revision_now = c->revision;
    return OK;
}

/* A person's read shows the very row that was decided upon: it is kept in a->data. */
enum err case_facts(struct act *a, struct fault *f)
{
    struct casefile *c = arena_new_of(a->arena, struct casefile);

    TRY_PTR(c, f);
    TRY(case_of_path(a, c, f));
    if (a->action->kind == ACTION_READ)
        a->data = c;
    return case_facts_of(a, c, f);
}

enum err case_kept_facts(struct act *a, struct fault *f)
{
    return case_facts_of(a, a->data, f);
}

enum err case_answers(struct act *a, const struct casefile *c, const struct key *k,
                      struct json **out, struct fault *f)
{
    str plain;

    if (!c->answers.p) {
        *out = arena_new_of(a->arena, struct json);
        TRY_PTR(*out, f);
        (*out)->type = J_OBJECT;
        return OK;
    }
    TRY(unseal(a->arena, k, S("answers"), c->answers, &plain, f));
    return json_parse(a->arena, plain, NULL, out, f);
}

enum err case_profile(struct act *a, const struct casefile *c, struct json **out, struct fault *f)
{
    if (!c->newcomer)
        return person_profile(a, &c->person, out, f);
    *out = c->newcomer;
    return OK;
}

static struct addressee addressee_of(const struct json *profile)
{
    str language = json_get_str(profile, S("language"));

    return (struct addressee){person_address(profile), language.p ? language : S("en")};
}

/* Whoever has no address is written to through the one who acts for them: a minor's guardian. */
static enum err through_another(struct act *a, const struct id *person, struct addressee *to,
                                struct fault *f)
{
    struct json *profile;
    struct id holder;

    if (to->address.p)
        return OK;
    TRY(representative_of(a, person, &holder, f));
    if (id_is_nil(&holder))
        return OK;
    TRY(person_profile(a, &holder, &profile, f));
    *to = addressee_of(profile);
    return OK;
}

enum err case_addressee(struct act *a, const struct id *person, struct addressee *out,
                        struct fault *f)
{
    struct json *profile;

    TRY(person_profile(a, person, &profile, f));
    *out = addressee_of(profile);
    return through_another(a, person, out, f);
}

enum err case_find_addressee(struct act *a, struct casefile *c, struct fault *f)
{
    struct json *profile;

    TRY(case_profile(a, c, &profile, f));
    c->to = addressee_of(profile);
    return c->newcomer ? OK : through_another(a, &c->person, &c->to, f);
}

str case_mission_title(struct act *a, str code, str language)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, code);
    str name = !at                         ? code
               : str_eq(language, S("ar")) ? at->name_ar
               : str_eq(language, S("fr")) ? at->name_fr
                                           : at->name_en;

    name = str_copy(a->arena, name.n || !at ? name : at->name_en);
    missions_drop(m);
    return name;
}

enum err case_mail(struct act *a, const struct casefile *c, const struct addressee *to, str message,
                   struct fault *f)
{
    str title = service_word(c->service, to->language, S("title"));
    str state = case_word(a, c->service, to->language, "state", c->state->id);
    struct json words = {.type = J_OBJECT};
    str until = case_until(a, c);
    char due[16] = "";

    if (c->filed && !c->paused)
        day_format(c->due, due);
    bool ok = json_put(a->arena, &words, S("service"), json_of_str(title)) &&
              json_put(a->arena, &words, S("case"), json_of_str(act_id_text(a, &c->id))) &&
              json_put(a->arena, &words, S("state"), json_of_str(state)) &&
              json_put(a->arena, &words, S("due"), json_of_str(str_of(due))) &&
              json_put(a->arena, &words, S("until"), json_of_str(until.p ? until : S(""))) &&
              json_put(a->arena, &words, S("mission"),
                       json_of_str(case_mission_title(a, c->mission, to->language)));
    TRY_PTR(ok, f);
    if (!str_starts(message, S("message.")))
        return notice_queue(a, &c->person, to->address, message, to->language, &words, f);
    str subject = str_printf(a->arena, "%.*s.subject", STR_FMT(message));
    str text = str_printf(a->arena, "%.*s.text", STR_FMT(message));
    TRY_PTR(subject.p && text.p, f);
    return mail_queue_text(a, to->address, service_word(c->service, to->language, subject),
                           service_word(c->service, to->language, text), to->language, &words, f);
}

enum err page_limit(struct act *a, int64_t *out, struct fault *f)
{
    str text = act_param(a, S("limit"));
    int64_t n = 50;

    if (text.p && (!str_to_int64(text, &n) || n < 1 || n > 200))
        return fault_at(f, ERR_RANGE, "/limit", "a page has 1 to 200 entries");
    *out = n;
    return OK;
}

void case_reply(struct act *a, const struct casefile *c)
{
    struct jw w = JW(&a->reply);
    char due[16];

    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &c->id));
    jw_kv(&w, S("state"), c->state->id);
    jw_kv_int(&w, S("revision"), c->revision);
    jw_kv(&w, S("mission"), c->mission);
    if (c->filed && !c->paused) {
        day_format(c->due, due);
        jw_kv(&w, S("due"), str_of(due));
    }
    jw_close(&w, '}');
}
