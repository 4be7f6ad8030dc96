/* protection_give.c - a mission of ours serves a partner's citizen: asks, gets the answer, hands
 * the document over */
#include "service/packages_int.h"
#include "service/protection_int.h"

enum { REQUEST_MAX = 4 << 20 };

/* ---- asking --------------------------------------------------------------------------------- */

struct giving {
    struct id engagement; /* first: the phases of an engagement know act.data as its id */
    struct dispatch_out out;
    const struct json *asked;
    int32_t consult_due, answer_due;
};

static void giving_free(void *p)
{
    dispatch_out_free(&((struct giving *)p)->out);
}

/* The request in its canonical order: what the officer says, and from which post. */
static enum err write_request(struct act *a, struct giving *g, struct fault *f)
{
    static const char *const names[] = {"answers", "country", "mission", "paper",
                                        "person",  "role",    "service"};
    AUTO(buf) struct buf b = BUF(REQUEST_MAX);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct json *v = json_get(g->asked, str_of(names[i]));
        if (v) {
            jw_key(&w, str_of(names[i]));
            jw_tree(&w, v);
        } else if (str_eq(str_of(names[i]), S("mission"))) {
            jw_kv(&w, S("mission"), a->actor.mission);
        } else if (str_eq(str_of(names[i]), S("role"))) {
            jw_kv(&w, S("role"), a->actor.n_roles ? a->actor.roles[0] : S("officer"));
        }
    }
    jw_close(&w, '}');
    g->out.content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && g->out.content.p, f);
    return OK;
}

enum err protection_give_prepare(struct act *a, struct fault *f)
{
    struct giving *g = arena_new_of(a->arena, struct giving);
    str state = act_param(a, S("state"));
    bool stands;

    TRY_PTR(g, f);
    TRY(engagement_prepare(a, f));
    g->engagement = *(struct id *)a->data;
    a->data = g;
    a->data_free = giving_free;
    g->asked = json_get(a->input, S("case"));
    if (!g->asked)
        return OK;
    if (!str_eq(json_get_str(a->input, S("citizen")), state))
        return fault_at(f, ERR_INVALID, "/citizen", "a case goes to the person's own state");
    TRY(a->house->dispatches->stands(a, state, &stands, f));
    if (!stands)
        return fault_at(f, ERR_CONFLICT, "/case", "there is no line to that state");
    TRY(protection_terms(a, a->actor.mission, &g->consult_due, &g->answer_due, f));
    TRY(write_request(a, g, f));
    g->out.partner = state;
    g->out.kind = S("protection-case");
    g->out.emergency = g->out.locked = true;
    return a->house->dispatches->seal(a, &g->out, f);
}

enum err protection_give(struct act *a, struct fault *f)
{
    struct giving *g = a->data;

    TRY(engagement_run(a, f));
    if (!g->asked)
        return OK;
    a->reply.n--; /* one more member before the object ends */
    buf_printf(&a->reply, ",\"protection\":\"%.*s\"}", STR_FMT(act_id_text(a, &g->out.id)));
    TRY(a->house->dispatches->put(a, &g->out, f));
    return db_run(a->db, f,
                  "INSERT INTO protection(id, correlation, partner, sent, engagement, mission,"
                  " officer, service, country, state, consult_due, answer_due, at)"
                  " VALUES(?,?,?,1,?,?,?,?,?,'asked',?,?,?)",
                  "ddsdsdssiii", &g->out.id, &g->out.id, g->out.partner, &g->engagement,
                  a->actor.mission, &a->actor.id, json_get_str(g->asked, S("service")),
                  json_get_str(g->asked, S("country")), (int64_t)g->consult_due,
                  (int64_t)g->answer_due, a->now);
}

void protection_give_after(struct act *a)
{
    const struct giving *g = a->data;

    if (g->asked)
        a->house->dispatches->sent(a, &g->out);
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* A line of JSON, then the document. */
static enum err split_answer(struct arena *a, str content, struct json **out_head, str *out_pdf,
                             struct fault *f)
{
    ptrdiff_t line = str_find_char(content, '\n');

    if (line < 0)
        return fault(f, ERR_INVALID, "an answer begins with a line of JSON");
    TRY(json_parse(a, str_sub(content, 0, (size_t)line), NULL, out_head, f));
    *out_pdf = str_sub(content, (size_t)line + 1, content.n);
    return OK;
}

enum err protection_answered_prepare(struct act *a, struct fault *f)
{
    struct dispatch_in *in = a->data;
    struct json *head;
    str pdf;

    TRY(a->house->dispatches->take(a, f));
    TRY(split_answer(a->arena, in->content, &head, &pdf, f));
    bool issued = str_eq(json_get_str(head, S("outcome")), S("issued"));
    if (!issued && !str_eq(json_get_str(head, S("outcome")), S("refused")))
        return fault_at(f, ERR_INVALID, "/outcome", "issued or refused");
    if (issued && (!json_get_str(head, S("number")).n || !str_starts(pdf, S("%PDF-"))))
        return fault_at(f, ERR_INVALID, "/number", "what is issued has a number and a page");
    in->user = head;
    return OK;
}

enum err protection_answered(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;
    const struct json *head = in->user;

    TRY(a->house->dispatches->keep(a, f));
    TRY(db_run(a->db, f,
               "UPDATE protection SET state = ?, number = ?, reason = ?, answered = ?, answer = ?"
               " WHERE correlation = ? AND partner = ? AND sent = 1 AND answered IS NULL",
               "sssidds", json_get_str(head, S("outcome")), json_get_str(head, S("number")),
               json_get_str(head, S("reason")), a->now, &in->id, &in->correlation, in->partner));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "no protection of that correlation waits for an answer");
    return a->house->dispatches->settle(a, in->partner, &in->correlation, S("answered"), f);
}

enum err protection_document(struct act *a, struct fault *f)
{
    struct protection p;
    struct json *head;
    str content, pdf;

    TRY(protection_of_path(a, &p, f));
    if (!p.sent || !str_eq(p.state, S("issued")))
        return fault(f, ERR_CONFLICT, "no document has come: it is %.*s", STR_FMT(p.state));
    TRY(a->house->dispatches->content(a, &p.answer, &content, f));
    TRY(split_answer(a->arena, content, &head, &pdf, f));
    a->reply.max = pdf.n + 1;
    buf_add_str(&a->reply, pdf);
    a->type = "application/pdf";
    return OK;
}
