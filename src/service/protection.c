/* protection.c - delegated protection as both sides see it: rows, terms, consultation */
#include "base/encode.h"
#include "service/cases_int.h"
#include "service/packages_int.h"
#include "service/protection_int.h"

enum { PAGE = 50, WORD_MAX = 64 << 10 };

/* ---- rows ----------------------------------------------------------------------------------- */

static str copy_of(struct arena *a, struct query *q, int col)
{
    return query_null(q, col) ? STR_NONE : str_copy(a, query_str(q, col));
}

enum err protection_load(struct act *a, const struct id *id, struct protection *out,
                         struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT correlation, partner, sent, mission, service, country, state, consult_due,"
               " answer_due, at, consulted, answered, casefile, answer, number, reason"
               " FROM protection WHERE id = ?",
               "d", id));
    *out = (struct protection){.id = *id,
                               .correlation = query_id(&q, 0),
                               .partner = copy_of(a->arena, &q, 1),
                               .sent = query_int(&q, 2) != 0,
                               .mission = copy_of(a->arena, &q, 3),
                               .service = copy_of(a->arena, &q, 4),
                               .country = copy_of(a->arena, &q, 5),
                               .state = copy_of(a->arena, &q, 6),
                               .consult_due = (int32_t)query_int(&q, 7),
                               .answer_due = (int32_t)query_int(&q, 8),
                               .at = query_int(&q, 9),
                               .consulted = query_int(&q, 10),
                               .answered = query_int(&q, 11),
                               .casefile = query_id(&q, 12),
                               .answer = query_id(&q, 13),
                               .number = copy_of(a->arena, &q, 14),
                               .reason = copy_of(a->arena, &q, 15)};
    TRY(query_end(&q, f));
    TRY_PTR(out->partner.p && out->mission.p && out->service.p && out->country.p && out->state.p,
            f);
    return OK;
}

enum err protection_of_path(struct act *a, struct protection *out, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return protection_load(a, &id, out, f);
}

enum err protection_terms(struct act *a, str mission, int32_t *consult, int32_t *answer,
                          struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);

    if (at) {
        int32_t today = mission_day(m, at, a->now);
        *consult = due_day(m, at, today, CONSULT_DAYS);
        *answer = due_day(m, at, today, ANSWER_DAYS);
    }
    missions_drop(m);
    return at ? OK : fault(f, ERR_NOT_FOUND, "no such mission");
}

enum err protection_request(struct act *a, const struct protection *p, struct json **out,
                            struct fault *f)
{
    str content;

    TRY(a->house->dispatches->content(a, &p->id, &content, f));
    return json_parse(a->arena, content, NULL, out, f);
}

/* The citizen is the other state's where we assist, else ours. */
enum err protection_facts(struct act *a, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    struct cedar_entity *e;
    struct protection p;

    TRY(protection_of_path(a, &p, f));
    str citizen = p.sent ? p.partner : a->house->state_code;
    TRY(partner_put_state(a, p.partner, f));
    if (!p.sent)
        TRY(partner_put_state(a, citizen, f));
    e = act_resource(a, S("Protection"), act_id_text(a, &p.id));
    cedar_attr(es, e, S("citizen"), cedar_ref(es, S("Sifara::State"), citizen));
    cedar_attr(es, e, S("mission"), cedar_ref(es, S("Sifara::Mission"), p.mission));
    a->subject = str_printf(a->arena, "protection/%.*s", STR_FMT(act_id_text(a, &p.id)));
    return OK;
}

/* ---- telling -------------------------------------------------------------------------------- */

static int32_t day_at(struct act *a, str mission, int64_t ms)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    int32_t day = at ? mission_day(m, at, ms) : day_of_ms(ms);

    missions_drop(m);
    return day;
}

/* A term: until when, when it was kept, and whether it passed. */
static void put_term(struct act *a, struct jw *w, str name, const struct protection *p, int32_t due,
                     int64_t done)
{
    int32_t day = done ? day_at(a, p->mission, done) : day_at_mission(a, p->mission);
    char text[32];

    jw_key(w, name);
    jw_open(w, '{');
    day_format(due, text);
    jw_kv(w, S("due"), str_of(text));
    if (done) {
        time_format(done, text);
        jw_kv(w, S("at"), str_of(text));
    }
    jw_kv_bool(w, S("late"), day > due);
    jw_close(w, '}');
}

static void put_row(struct act *a, struct jw *w, const struct protection *p)
{
    char at[32];

    time_format(p->at, at);
    jw_kv(w, S("id"), act_id_text(a, &p->id));
    jw_kv(w, S("correlation"), act_id_text(a, &p->correlation));
    jw_kv(w, S("partner"), p->partner);
    partner_put_name(a, w, S("partner_name"), p->partner);
    jw_kv(w, S("direction"), p->sent ? S("given") : S("asked"));
    jw_kv(w, S("service"), p->service);
    jw_kv(w, S("country"), p->country);
    jw_kv(w, S("mission"), p->mission);
    jw_kv(w, S("state"), p->state);
    jw_kv(w, S("at"), str_of(at));
    put_term(a, w, S("consult"), p, p->consult_due,
             p->consulted ? p->consulted : p->answered); /* an answer is a consultation too */
    put_term(a, w, S("answer"), p, p->answer_due, p->answered);
    if (!id_is_nil(&p->casefile))
        jw_kv(w, S("case"), act_id_text(a, &p->casefile));
    if (p->number.p)
        jw_kv(w, S("number"), p->number);
    if (p->reason.p)
        jw_kv(w, S("reason"), p->reason);
}

/* Newest first; those that are open before all others. */
enum err protection_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct protection p;
    struct id ids[PAGE];
    struct query q;
    size_t n = 0;

    TRY(db_query(a->db, &q, f, "SELECT id FROM protection ORDER BY answered > 0, id DESC LIMIT ?",
                 "i", (int64_t)PAGE));
    for (; query_row(&q) && n < PAGE; query_next(&q))
        ids[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    jw_open(&w, '{');
    jw_key(&w, S("protections"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(protection_load(a, &ids[i], &p, f));
        jw_open(&w, '{');
        put_row(a, &w, &p);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

static enum err put_words(struct act *a, struct jw *w, const struct protection *p, struct fault *f)
{
    struct id ids[PAGE];
    struct json *said;
    struct query q;
    bool sent[PAGE];
    size_t n = 0;
    str content;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, sent FROM dispatch WHERE correlation = ? AND kind = 'protection-word'"
                 " AND body IS NOT NULL ORDER BY id",
                 "d", &p->correlation));
    for (; query_row(&q) && n < PAGE; query_next(&q)) {
        sent[n] = query_int(&q, 1) != 0;
        ids[n++] = query_id(&q, 0);
    }
    TRY(query_end(&q, f));
    jw_key(w, S("words"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(a->house->dispatches->content(a, &ids[i], &content, f));
        TRY(json_parse(a->arena, content, NULL, &said, f));
        jw_open(w, '{');
        jw_kv(w, S("by"), sent[i] ? a->house->state_code : p->partner);
        jw_kv(w, S("text"), json_get_str(said, S("text")));
        if (json_get(said, S("proposal"))) {
            jw_key(w, S("proposal"));
            jw_tree(w, json_get(said, S("proposal")));
        }
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

/* Who is asked for, with the answers; the paper itself with ?part=paper. */
enum err protection_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct protection p;
    struct json *asked;

    TRY(protection_of_path(a, &p, f));
    TRY(protection_request(a, &p, &asked, f));
    jw_open(&w, '{');
    put_row(a, &w, &p);
    jw_key(&w, S("person"));
    jw_tree(&w, json_get(asked, S("person")));
    jw_key(&w, S("answers"));
    jw_tree(&w, json_get(asked, S("answers")));
    if (json_get(asked, S("paper")))
        jw_kv(&w, S("paper"), json_get_str(json_get(asked, S("paper")), S("name")));
    TRY(put_words(a, &w, &p, f));
    jw_close(&w, '}');
    return OK;
}

/* What the mission saw and sent along: a scan of the person's papers. */
enum err protection_paper(struct act *a, struct fault *f)
{
    struct protection p;
    struct json *asked;

    TRY(protection_of_path(a, &p, f));
    TRY(protection_request(a, &p, &asked, f));
    str data = json_get_str(json_get(asked, S("paper")), S("data"));
    if (!data.p)
        return fault(f, ERR_NOT_FOUND, "no paper was sent along");
    if (!base64_decode(&a->reply, data, BASE64_STD))
        return fault(f, ERR_CORRUPT, "the paper that came is damaged");
    a->type = "application/octet-stream";
    return OK;
}

/* ---- consultation --------------------------------------------------------------------------- */

struct consulting {
    struct dispatch_out out; /* first: it is what is freed */
    struct protection p;
};

static void consulting_free(void *p)
{
    dispatch_out_free(p);
}

/* What an officer here proposed, for an officer of the mission to sign. */
static enum err put_proposal(struct act *a, struct jw *w, const struct protection *p,
                             struct fault *f)
{
    struct examining x = {0};

    if (!json_get_bool(a->input, S("proposal"), false))
        return OK;
    if (p->sent || id_is_nil(&p->casefile))
        return fault_at(f, ERR_CONFLICT, "/proposal", "no case is decided here");
    TRY(case_load(a, &p->casefile, &x.c, f));
    TRY(act_seal_for(a, &x.c.person, f));
    TRY(case_pending(a, &x, f));
    if (!str_eq(x.outcome, S("approve")))
        return fault_at(f, ERR_CONFLICT, "/proposal", "a refusal is confirmed here");
    jw_key(w, S("proposal"));
    jw_open(w, '{');
    jw_key(w, S("seal"));
    jw_raw(w, x.fields);
    jw_kv(w, S("statement"), x.statement);
    jw_close(w, '}');
    return OK;
}

enum err protection_consult_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(WORD_MAX);
    struct consulting *c = arena_new_of(a->arena, struct consulting);
    struct jw w = JW(&b);

    TRY_PTR(c, f);
    a->data = c;
    a->data_free = consulting_free;
    TRY(protection_of_path(a, &c->p, f));
    jw_open(&w, '{');
    TRY(put_proposal(a, &w, &c->p, f));
    jw_kv(&w, S("text"), json_get_str(a->input, S("text")));
    jw_close(&w, '}');
    c->out.content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && c->out.content.p, f);
    c->out.partner = c->p.partner;
    c->out.kind = S("protection-word");
    c->out.correlation = c->p.correlation;
    c->out.emergency = true;
    a->content = sha256(c->out.content);
    return a->house->dispatches->seal(a, &c->out, f);
}

static enum err mark_consulted(struct act *a, const struct id *id, struct fault *f)
{
    return db_run(a->db, f,
                  "UPDATE protection SET consulted = ? WHERE id = ? AND consulted IS NULL", "id",
                  a->now, id);
}

/* What the person's state says first counts as the consultation. */
enum err protection_consult(struct act *a, struct fault *f)
{
    struct consulting *c = a->data;

    if (!c->p.sent)
        TRY(mark_consulted(a, &c->p.id, f));
    TRY(a->house->dispatches->put(a, &c->out, f));
    act_created(a, &c->p.id);
    return OK;
}

void protection_consult_after(struct act *a)
{
    const struct consulting *c = a->data;

    a->house->dispatches->sent(a, &c->out);
}

enum err protection_word(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;
    struct query q;

    TRY(a->house->dispatches->keep(a, f));
    enum err e = db_one(a->db, &q, f,
                        "SELECT id, sent FROM protection WHERE correlation = ? AND partner = ?",
                        "ds", &in->correlation, in->partner);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "no protection of that correlation is known here");
    TRY(e);
    struct id id = query_id(&q, 0);
    bool sent = query_int(&q, 1) != 0;
    TRY(query_end(&q, f));
    return sent ? mark_consulted(a, &id, f) : OK;
}
