/* xroad_calling.c - an adapter for X-Road: we call a service of a member (consumer)
 *
 * An officer's act keeps what is asked, sealed, as a call that waits. The courier makes it through
 * our own security server (xroad_courier.c), and a system act keeps the answer, sealed, or why
 * there is none. Which member's services may be called, the policy decides.
 */
#include <string.h>

#include "base/date.h"
#include "base/encode.h"
#include "link/xroad_int.h"

enum { PAGE = 50, ASKED_MAX = 128 << 10, KEPT_MAX = 2 * XROAD_ANSWER + 1024 };

/* ---- asking -----------------------------------------------------------------------------------
 */

/* A part that the way of an address would swallow. */
static bool is_dots(str s)
{
    return str_eq(s, S(".")) || str_eq(s, S(".."));
}

static enum err read_names(struct xroad_request *r, struct fault *f)
{
    const struct xroad_client *to = &r->to;

    if (!xroad_client_parse(r->member, &r->to) || !to->subsystem.p || is_dots(to->instance) ||
        is_dots(to->class) || is_dots(to->member) || is_dots(to->subsystem))
        return fault_at(f, ERR_INVALID, "/member",
                        "INSTANCE/CLASS/MEMBER/SUBSYSTEM of letters, digits and '()+,-.=?");
    if (!xroad_part_valid(r->service) || is_dots(r->service))
        return fault_at(f, ERR_INVALID, "/service", "letters, digits and '()+,-.=?");
    return OK;
}

/* Behind the service's name; what would lead out of the service is refused, also encoded. */
static bool is_path(str path)
{
    ptrdiff_t query = str_find_char(path, '?');
    str rest = query < 0 ? path : str_sub(path, 0, (size_t)query), part;

    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c <= ' ' || c > '~' || strchr("\"#<>\\^`{|}", c))
            return false;
    }
    if (str_find(rest, S("%2e")) >= 0 || str_find(rest, S("%2E")) >= 0 ||
        str_find(rest, S("%2f")) >= 0 || str_find(rest, S("%2F")) >= 0)
        return false;
    while (rest.n && str_split(&rest, '/', &part))
        if (is_dots(part))
            return false;
    return true;
}

static enum err seal_asked(struct act *a, str *out, struct fault *f)
{
    static const char *const names[] = {"body", "case", "path"};
    AUTO(buf) struct buf b = BUF(ASKED_MAX), sealed = BUF(ASKED_MAX + SEAL_OVERHEAD);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct json *v = json_get(a->input, str_of(names[i]));
        if (!v)
            continue;
        jw_key(&w, str_of(names[i]));
        jw_tree(&w, v);
    }
    jw_close(&w, '}');
    TRY_PTR(buf_ok(&b), f);
    TRY(seal(&sealed, &a->house->record_key, S("xroad"), buf_str(&b), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    a->content = sha256_parts((str[]){json_get_str(a->input, S("member")), S("\n"),
                                      json_get_str(a->input, S("service")), S("\n"), buf_str(&b)},
                              5);
    TRY_PTR(out->p, f);
    return OK;
}

struct calling {
    struct xroad_request r;
    str sealed;
};

enum err xroad_call_prepare(struct act *a, struct fault *f)
{
    struct calling *c = arena_new_of(a->arena, struct calling);
    str path = json_get_str(a->input, S("path"));

    TRY_PTR(c, f);
    a->data = c;
    if (!a->house->xroad_url.p)
        return fault(f, ERR_CONFLICT, "no security server is set (xroad_url, xroad_client)");
    c->r = (struct xroad_request){.id = id_new(&a->house->world, 0),
                                  .correlation = id_new(&a->house->world, 0),
                                  .officer = a->actor.id,
                                  .member = json_get_str(a->input, S("member")),
                                  .service = json_get_str(a->input, S("service"))};
    TRY(read_names(&c->r, f));
    if (path.p && !is_path(path))
        return fault_at(f, ERR_INVALID, "/path", "the path of an address, without . and ..");
    return seal_asked(a, &c->sealed, f);
}

static enum err put_facts(struct act *a, const struct xroad_request *r, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    struct cedar_entity *e = act_resource(a, S("XRoadCall"), act_id_text(a, &r->id));

    cedar_attr(es, e, S("instance"), cedar_str(r->to.instance));
    cedar_attr(es, e, S("class"), cedar_str(r->to.class));
    cedar_attr(es, e, S("member"), cedar_str(r->to.member));
    cedar_attr(es, e, S("subsystem"), cedar_str(r->to.subsystem));
    cedar_attr(es, e, S("service"), cedar_str(r->service));
    cedar_attr(es, e, S("officer"),
               cedar_ref(es, S("Sifara::Officer"), act_id_text(a, &r->officer)));
    a->subject = str_printf(a->arena, "xroad/%.*s", STR_FMT(act_id_text(a, &r->correlation)));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err xroad_call_facts(struct act *a, struct fault *f)
{
    const struct calling *c = a->data;

    return put_facts(a, &c->r, f);
}

enum err xroad_call(struct act *a, struct fault *f)
{
    const struct calling *c = a->data;
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "INSERT INTO xroad_request(id, correlation, at, officer, member, service, asked,"
               " state) VALUES(?,?,?,?,?,?,?,'waiting')",
               "ddidssb", &c->r.id, &c->r.correlation, a->now, &c->r.officer, c->r.member,
               c->r.service, c->sealed));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &c->r.id));
    jw_kv(&w, S("xroad_id"), act_id_text(a, &c->r.correlation));
    jw_close(&w, '}');
    return OK;
}

void xroad_called(struct act *a)
{
    if (a->house->link->courier)
        courier_wake_xroad(a->house->link->courier);
}

/* ---- the row ----------------------------------------------------------------------------------
 */

enum err xroad_request_load(const struct house *h, struct db *db, struct arena *arena,
                            const struct id *id, struct xroad_request *r, struct fault *f)
{
    struct json *asked;
    struct query q;
    str plain;

    TRY(db_one(db, &q, f,
               "SELECT correlation, officer, member, service, state, at, ended, status, asked,"
               " error, answer FROM xroad_request WHERE id = ?",
               "d", id));
    *r = (struct xroad_request){.id = *id,
                                .correlation = query_id(&q, 0),
                                .officer = query_id(&q, 1),
                                .member = str_copy(arena, query_str(&q, 2)),
                                .service = str_copy(arena, query_str(&q, 3)),
                                .state = str_copy(arena, query_str(&q, 4)),
                                .at = query_int(&q, 5),
                                .ended = query_int(&q, 6),
                                .status = query_int(&q, 7)};
    str sealed = str_copy(arena, query_str(&q, 8));
    r->error = query_null(&q, 9) ? STR_NONE : str_copy(arena, query_str(&q, 9));
    r->answer = query_null(&q, 10) ? STR_NONE : str_copy(arena, query_str(&q, 10));
    TRY(query_end(&q, f));
    TRY_PTR(r->member.p && r->service.p && r->state.p && sealed.p, f);
    if (read_names(r, f) != OK)
        return fault(f, ERR_CORRUPT, "a call through X-Road to nobody");
    TRY(unseal(arena, &h->record_key, S("xroad"), sealed, &plain, f));
    TRY(json_parse(arena, plain, NULL, &asked, f));
    r->asked = asked;
    return OK;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static bool is_text(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' && !memchr("\t\r\n", s.p[i], 3))
            return false;
    return utf8_valid(s);
}

enum err xroad_answered_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(KEPT_MAX), raw = BUF(KEPT_MAX);
    AUTO(buf) struct buf sealed = BUF(KEPT_MAX + SEAL_OVERHEAD);
    struct xroad_answer *x = a->data;
    struct jw w = JW(&b);
    struct id id = x->request.id;

    TRY(xroad_request_load(a->house, a->db, a->arena, &id, &x->request, f));
    if (!x->body.p)
        return OK;
    bool text = is_text(x->body);
    if (!text)
        base64_encode(&raw, x->body, BASE64_STD);
    jw_open(&w, '{');
    jw_kv(&w, text ? S("text") : S("data"), text ? x->body : buf_str(&raw));
    jw_kv(&w, S("type"), x->type);
    jw_close(&w, '}');
    TRY_PTR(buf_ok(&b) && buf_ok(&raw), f);
    TRY(seal(&sealed, &a->house->record_key, S("xroad-answer"), buf_str(&b), f));
    x->sealed = str_copy(a->arena, buf_str(&sealed));
    a->content = sha256(x->body);
    TRY_PTR(x->sealed.p, f);
    return OK;
}

enum err xroad_answered_facts(struct act *a, struct fault *f)
{
    const struct xroad_answer *x = a->data;

    return put_facts(a, &x->request, f);
}

enum err xroad_answered(struct act *a, struct fault *f)
{
    const struct xroad_answer *x = a->data;

    TRY(db_run(a->db, f,
               "UPDATE xroad_request SET state = ?, ended = ?, status = ?, error = ?, answer = ?"
               " WHERE id = ? AND state = 'waiting'",
               "siisbd", str_of(x->state), a->now, (int64_t)x->status, x->error, x->sealed,
               &x->request.id));
    return db_changes(a->db) ? OK : fault(f, ERR_CONFLICT, "it was answered already");
}

/* What the policy does not let us keep is not kept, and not asked for again. */
static enum err unkept_run(struct act *a, struct fault *f)
{
    const struct xroad_answer *x = a->data;

    return db_run(
        a->db, f,
        "UPDATE xroad_request SET state = 'failed', ended = ?, error = 'the answer cannot be"
        " kept' WHERE id = ? AND state = 'waiting'",
        "id", a->now, &x->request.id);
}

static const struct action unkept_chore = {.name = "xroad.unkept",
                                           .kind = ACTION_CHORE,
                                           .method = ACTION_INTERNAL,
                                           .who = ACTOR_SYSTEM,
                                           .resource = "Session",
                                           .summary = "An answer through X-Road that is not kept",
                                           .run = unkept_run};

enum err xroad_tell(struct link *l, struct xroad_answer *x, struct arena *arena)
{
    const struct action *answered = action_named(link_actions, link_actions_n, S("xroad.answered"));
    enum err e = sending_perform(l, answered, x, arena, NULL);

    if (e == OK || err_class(e) == CLASS_BUSY)
        return e;
    return sending_perform(l, &unkept_chore, x, arena, NULL);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static void put_time(struct jw *w, str key, int64_t ms)
{
    char text[32];

    if (!ms)
        return;
    time_format(ms, text);
    jw_kv(w, key, str_of(text));
}

static enum err put_answer(struct act *a, struct jw *w, const struct xroad_request *r,
                           struct fault *f)
{
    struct json *kept, *said;
    str plain;

    TRY(unseal(a->arena, &a->house->record_key, S("xroad-answer"), r->answer, &plain, f));
    TRY(json_parse(a->arena, plain, NULL, &kept, f));
    jw_key(w, S("answer"));
    jw_tree(w, kept);
    /* what X-Road refuses, it says in words */
    if (r->error.p &&
        json_parse(a->arena, json_get_str(kept, S("text")), NULL, &said, NULL) == OK &&
        json_get_str(said, S("message")).p)
        jw_kv(w, S("detail"), json_get_str(said, S("message")));
    return OK;
}

enum err xroad_show_facts(struct act *a, struct fault *f)
{
    struct xroad_request *r = arena_new_of(a->arena, struct xroad_request);
    struct id id;

    TRY_PTR(r, f);
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(xroad_request_load(a->house, a->db, a->arena, &id, r, f));
    return put_facts(a, r, f);
}

enum err xroad_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct xroad_request r;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(xroad_request_load(a->house, a->db, a->arena, &id, &r, f));
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &r.id));
    jw_kv(&w, S("xroad_id"), act_id_text(a, &r.correlation));
    jw_kv(&w, S("member"), r.member);
    jw_kv(&w, S("service"), r.service);
    jw_kv(&w, S("state"), r.state);
    put_time(&w, S("at"), r.at);
    put_time(&w, S("ended"), r.ended);
    jw_key(&w, S("asked"));
    jw_tree(&w, r.asked);
    if (r.status) {
        jw_key(&w, S("status"));
        jw_int(&w, r.status);
    }
    if (r.error.p)
        jw_kv(&w, S("error"), r.error);
    if (r.answer.p)
        TRY(put_answer(a, &w, &r, f));
    jw_close(&w, '}');
    return OK;
}

/* Newest first. */
enum err xroad_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(db_query(
        a->db, &q, f,
        "SELECT id, at, member, service, state FROM xroad_request ORDER BY id DESC LIMIT ?", "i",
        (int64_t)PAGE));
    jw_open(&w, '{');
    jw_key(&w, S("requests"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        put_time(&w, S("at"), query_int(&q, 1));
        jw_kv(&w, S("member"), query_str(&q, 2));
        jw_kv(&w, S("service"), query_str(&q, 3));
        jw_kv(&w, S("state"), query_str(&q, 4));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}
