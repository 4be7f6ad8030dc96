/* xroad.c - an adapter for X-Road: we are the information system behind a security server
 * (provider)
 *
 * The X-Road message protocol for REST hands a consumer's request on as plain HTTP, with the
 * headers
 *
 *   X-Road-Client      INSTANCE/CLASS/MEMBER/SUBSYSTEM that calls, authenticated by the servers
 *   X-Road-Id          of the exchange, made by the consumer: our correlation
 *   X-Road-Request-Id  of this request, made by the consumer's security server
 *   X-Road-UserId      on whose behalf, if that was said
 *
 * They are believed from one caller alone: the security server, known by the key of the certificate
 * that it shows (setting xroad_pin). Which client may call which service, the policy decides; each
 * call is journaled, with a row that keeps the headers.
 */
#include "link/xroad_int.h"

#include "base/encode.h"
#include "link/xroad.h"

enum { PAGE = 50, USER_MAX = 255 };

struct call {
    str client;
    struct xroad_client who;
    str xroad_id, request_id;
    str user; /* sealed, or STR_NONE */
};

/* ---- who calls --------------------------------------------------------------------------------
 */

static bool is_id(str s)
{
    return xroad_part_valid(s) && s.n <= 64;
}

static enum err seal_user(struct act *a, struct call *c, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(USER_MAX + SEAL_OVERHEAD);
    str user = a->header(a, S("X-Road-UserId"));

    if (!user.n)
        return OK;
    if (user.n > USER_MAX)
        return fault(f, ERR_MALFORMED_REQUEST, "X-Road-UserId has at most %d bytes", USER_MAX);
    TRY(seal(&b, &a->house->record_key, S("xroad"), user, f));
    c->user = str_copy(a->arena, buf_str(&b));
    TRY_PTR(c->user.p, f);
    return OK;
}

enum err xroad_enters(struct act *a, struct fault *f)
{
    const struct hash *pin = a->house->xroad_pin;
    struct call *c = arena_new_of(a->arena, struct call);

    TRY_PTR(c, f);
    a->data = c;
    if (!pin)
        return fault(f, ERR_NO_ROUTE, "no such page");
    if (!a->has_line_key || !secret_equal(pin->b, a->line_key.b, sizeof pin->b))
        return fault(f, ERR_UNAUTHENTICATED, "this line is not that of the security server");
    c->client = a->header(a, S("X-Road-Client"));
    c->xroad_id = a->header(a, S("X-Road-Id"));
    c->request_id = a->header(a, S("X-Road-Request-Id"));
    if (!xroad_client_parse(c->client, &c->who))
        return fault(f, ERR_MALFORMED_REQUEST, "X-Road-Client is INSTANCE/CLASS/MEMBER/SUBSYSTEM");
    if (!is_id(c->xroad_id) || (c->request_id.p && !is_id(c->request_id)))
        return fault(f, ERR_MALFORMED_REQUEST, "X-Road-Id and X-Road-Request-Id are identifiers");
    TRY(seal_user(a, c, f));
    a->actor = (struct actor){.kind = ACTOR_CLIENT, .state = c->client};
    a->subject = str_printf(a->arena, "xroad/%.*s", STR_FMT(c->xroad_id));
    a->content = sha256_parts((str[]){c->client, S("\n"), c->xroad_id, S("\n"), c->request_id}, 5);
    TRY_PTR(a->subject.p, f);
    return OK;
}

/* The service is the action's own name behind "xroad.". */
enum err xroad_facts(struct act *a, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    const struct call *c = a->data;
    str name = str_of(a->action->name);

    (void)f;
    struct cedar_entity *e = cedar_entity(es, S("Sifara::XRoadClient"), c->client);
    cedar_attr(es, e, S("instance"), cedar_str(c->who.instance));
    cedar_attr(es, e, S("class"), cedar_str(c->who.class));
    cedar_attr(es, e, S("member"), cedar_str(c->who.member));
    act_resource(a, S("XRoadService"), str_sub(name, sizeof "xroad." - 1, name.n));
    return OK;
}

enum err xroad_keep(struct act *a, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    const struct call *c = a->data;

    return db_run(a->db, f,
                  "INSERT INTO xroad_call(id, at, client, service, xroad_id, request_id, user)"
                  " VALUES(?,?,?,?,?,?,?)",
                  "dissssb", &id, a->now, c->client, str_of(a->action->name), c->xroad_id,
                  c->request_id, c->user);
}

/* ---- services ---------------------------------------------------------------------------------
 */

/* Is the document of that number current? The least that answers it. */
enum err xroad_document(struct act *a, struct fault *f)
{
    str number = act_param(a, S("number")), status, since;
    struct jw w = JW(&a->reply);
    char at[32];

    TRY(a->house->document_status(a, STR_NONE, number, &status, &since, f));
    time_format(world_now(&a->house->world), at);
    jw_open(&w, '{');
    jw_kv(&w, S("number"), number);
    jw_kv(&w, S("status"), status);
    if (since.p)
        jw_kv(&w, S("since"), since);
    jw_kv(&w, S("at"), str_of(at));
    jw_close(&w, '}');
    return OK;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* Newest first; on whose behalf is not shown here. */
enum err xroad_calls(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT at, client, service, xroad_id, request_id FROM xroad_call"
                 " ORDER BY id DESC LIMIT ?",
                 "i", (int64_t)PAGE));
    jw_open(&w, '{');
    jw_key(&w, S("calls"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 0), at);
        jw_open(&w, '{');
        jw_kv(&w, S("at"), str_of(at));
        jw_kv(&w, S("client"), query_str(&q, 1));
        jw_kv(&w, S("service"), query_str(&q, 2));
        jw_kv(&w, S("id"), query_str(&q, 3));
        if (!query_null(&q, 4))
            jw_kv(&w, S("request"), query_str(&q, 4));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}
