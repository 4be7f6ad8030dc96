/* edge.c - between HTTP and the gate: a request becomes an act, an act's outcome a reply
 *
 * Faults are logged here and nowhere below. Authority comes from the Authorization header or the
 * session cookie; a cookie counts for a write only when the browser says that the request comes
 * from the node's own pages.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "http/coding.h"
#include "http/problem.h"
#include "node/answers.h"
#include "node/node_int.h"
#include "policy/why.h"
#include "registry/registry.h"
#include "service/attachments.h"

enum { ROUTES_MAX = 512, BODY_DEFAULT = 64 << 10, KEY_MAX = 128, PARAMS_MAX = 24 };

/* One request on its way through the gate; in the request's arena. */
struct passage {
    struct act act;
    struct node *node;
    struct http_request *request;
    struct attachment_sink *sink;
    struct act_param params[PARAMS_MAX];
};

static struct http_route routes[ROUTES_MAX];

const struct http_route *edge_routes(size_t *out_n)
{
    static const enum http_method methods[] = {[ACTION_GET] = HTTP_GET,
                                               [ACTION_POST] = HTTP_POST,
                                               [ACTION_PUT] = HTTP_PUT,
                                               [ACTION_DELETE] = HTTP_DELETE};
    size_t n = 0;

    for (size_t i = 0; action_at(i) && n < ROUTES_MAX; i++) {
        const struct action *a = action_at(i);
        if (a->method == ACTION_INTERNAL)
            continue;
        bool takes_body = a->in || a->binary;
        routes[n++] = (struct http_route){.name = a->name,
                                          .method = methods[a->method],
                                          .path = a->path,
                                          .max_body = a->max_body                ? a->max_body
                                                      : takes_body               ? BODY_DEFAULT
                                                      : a->method == ACTION_POST ? 1024
                                                                                 : 0,
                                          .stream = a->binary,
                                          .arg = a};
    }
    *out_n = n;
    return routes;
}

/* ---- who asks ----------------------------------------------------------------------------- */

static enum err find_actor(struct node *n, struct http_request *r, struct actor *out,
                           struct fault *f)
{
    str auth = http_header(r, S("Authorization")), cookie = http_cookie(r, S("sifara"));

    *out = (struct actor){.kind = ACTOR_NOBODY};
    if (auth.p) {
        if (!str_starts(auth, S("Bearer ")))
            return fault(f, ERR_UNAUTHENTICATED, "a bearer token is needed");
        return session_find(&n->house, str_trim(str_sub(auth, 7, auth.n)), r->arena, out, f);
    }
    if (!cookie.p)
        return OK;
    str site = http_header(r, S("Sec-Fetch-Site"));
    bool writes = r->method != HTTP_GET && r->method != HTTP_HEAD;
    if (writes && !str_eq(site, S("same-origin")))
        return fault(f, ERR_UNAUTHENTICATED, "a cookie counts from our own pages only");
    return session_find(&n->house, cookie, r->arena, out, f);
}

static unsigned limited(struct node *n, struct http_request *r, const struct actor *who,
                        const struct action *action)
{
    unsigned wait =
        limit_take(n->by_address, limit_key(n->by_address, r->client, STR_NONE), 1, r->start_ns);

    if (!wait && who->kind != ACTOR_NOBODY)
        wait = limit_take(n->by_account, limit_key(n->by_account, STR_NONE, id_bytes(&who->id)), 1,
                          r->start_ns);
    if (!wait && strcmp(action->name, "session.code") == 0)
        wait = limit_take(n->codes, limit_key(n->codes, r->client, STR_NONE), 1, r->start_ns);
    return wait;
}

/* ---- reply -------------------------------------------------------------------------------- */

static void log_fault(const struct passage *p)
{
    const struct act *a = &p->act;

    LOG(err_class(a->err) == CLASS_INTERNAL ? LOG_ERROR : LOG_DEBUG, "act failed",
        LOG_CSTR("request", p->request->id), LOG_CSTR("action", a->action->name),
        LOG_CSTR("error", err_slug(a->err)), LOG_CSTR("detail", a->fault.detail));
}

/* A decision that was asked for and came out as a refusal. */
static bool is_refusal(const struct act *a)
{
    return a->err == ERR_DENIED && a->policy && !a->decision.permit && a->request.principal.type.p;
}

/* A refusal tells its clauses; unless in a hurry also which permits came near, with the conditions
 * that failed for an officer's eyes, and what a partner could undertake. */
static void reply_refusal(struct passage *p, bool hurried)
{
    AUTO(buf) struct buf b = BUF(64 << 10);
    struct jw w = JW(&b);
    struct act *a = &p->act;
    enum err e = OK;

    if (!hurried) {
        e = policy_why(&w, a->policy, a->entities, &a->request, &a->decision, act_language(a),
                       a->actor.kind == ACTOR_OFFICER, a->arena, NULL);
    }
    if (hurried || e != OK || !buf_ok(&b)) {
        buf_clear(&b);
        w = JW(&b);
        jw_open(&w, '{');
        jw_key(&w, S("by"));
        policy_explain(&w, a->policy, &a->decision, act_language(a));
        jw_close(&w, '}');
    }
    http_reply_fault_with(p->request, &a->fault, S("decision"), buf_str(&b));
}

/* A JSON object gets its receipt as the last member. */
static void add_receipt(struct act *a)
{
    struct buf *b = &a->reply;
    AUTO(buf) struct buf text = BUF(512);
    struct jw w = JW(&text);

    if (a->type || !a->journaled || a->action->kind != ACTION_ACT)
        return;
    bool object = b->n && b->p[b->n - 1] == '}';
    if (b->n && !object)
        return;
    if (object)
        b->n--;
    else
        buf_add_char(b, '{');
    str origin = ledger_origin(a->house->ledger, a->receipt.epoch, a->arena);
    jw_open(&w, '{');
    jw_kv(&w, S("journal"), origin);
    jw_kv_int(&w, S("epoch"), (int64_t)a->receipt.epoch);
    jw_kv_int(&w, S("index"), (int64_t)a->receipt.index);
    jw_close(&w, '}');
    if (b->n > 1)
        buf_add_char(b, ',');
    buf_add_str(b, S("\"receipt\":"));
    buf_add_str(b, buf_str(&text));
    buf_add_char(b, '}');
}

static void cookie_of_reply(struct passage *p)
{
    struct json *j;
    str token;

    if ((strcmp(p->act.action->name, "session.open") != 0 &&
         strcmp(p->act.action->name, "session.passkey") != 0) ||
        json_parse(p->act.arena, buf_str(&p->act.reply), NULL, &j, NULL) != OK)
        return;
    token = json_get_str(j, S("token"));
    str value = str_printf(p->act.arena, "sifara=%.*s; Path=/; HttpOnly; SameSite=Strict%s",
                           STR_FMT(token), p->request->secure ? "; Secure" : "");
    if (value.p)
        (void)!http_reply_header(p->request, "Set-Cookie", value);
}

static void fill_fault(struct passage *p, bool hurried)
{
    log_fault(p);
    if (is_refusal(&p->act))
        reply_refusal(p, hurried);
    else
        http_reply_fault_after(p->request, &p->act.fault, 0);
    act_done(&p->act);
}

/* Texts that anybody may have go compressed to whoever takes that. What is for somebody in
 * particular stays as it is: its length, once compressed, could tell what is in it. */
static void compress(struct act *a, unsigned status, const char *type)
{
    enum { WORTH_IT = 1024, HEAD = 4096 };
    struct buf small = BUF(a->reply.n + HEAD);

    if (a->action->kind != ACTION_OPEN || a->action->method != ACTION_GET || status != 200 ||
        a->encoding || a->reply.n < WORTH_IT || !http_takes_coding(a->encodings, S("gzip")) ||
        (!str_starts(str_of(type), S("text/")) && str_find(str_of(type), S("json")) < 0))
        return;
    if (http_gzip(&small, buf_str(&a->reply), NULL) != OK) {
        buf_done(&small);
        return;
    }
    buf_done(&a->reply);
    a->reply = small;
    a->encoding = "gzip";
}

/* The answer goes out as it is: a test finds it in the log. */
static void check_answer(const struct passage *p, unsigned status, const char *type)
{
    const struct act *a = &p->act;
    struct fault f = {0};

    if (!p->node->answers ||
        answers_check(p->node->answers, a->action, status, type, buf_str(&a->reply), &f) == OK)
        return;
    LOG(LOG_ERROR, "an answer is not as described", LOG_CSTR("request", p->request->id),
        LOG_CSTR("action", a->action->name), LOG_CSTR("pointer", f.pointer),
        LOG_CSTR("detail", f.detail));
}

static void fill_reply(struct passage *p, bool hurried)
{
    struct act *a = &p->act;
    struct http_request *r = p->request;

    if (a->err != OK) {
        fill_fault(p, hurried);
        return;
    }
    cookie_of_reply(p);
    add_receipt(a);
    if (!buf_ok(&a->reply)) {
        (void)fault(&a->fault, ERR_MEMORY_LIMIT, "the answer is too large");
        http_reply_fault_after(r, &a->fault, 0);
        act_done(a);
        return;
    }
    unsigned status = a->status ? a->status : a->reply.n ? 200 : 204;
    const char *type = a->type ? a->type : "application/json";
    check_answer(p, status, type);
    compress(a, status, type);
    str body = buf_str(&a->reply);
    if (a->location)
        (void)!http_reply_header(r, "Location", str_of(a->location));
    for (size_t i = 0; i < a->n_headers; i++)
        (void)!http_reply_header(r, a->headers[i].name.p, a->headers[i].value);
    if (body.n == 0) {
        http_reply_empty(r, status);
        act_done(a);
        return;
    }
    if (a->encoding) {
        (void)!http_reply_header(r, "Content-Encoding", str_of(a->encoding));
        (void)!http_reply_header(r, "Vary", S("Accept-Encoding"));
    }
    if (a->cache)
        http_reply_cache(r, a->cache);
    /* the reply takes the bytes over */
    char *bytes = a->reply.p;
    a->reply = BUF(0);
    act_done(a);
    http_reply_bytes(r, status, type, body, free, bytes);
    if (a->action->kind == ACTION_OPEN && a->action->method == ACTION_GET && status == 200)
        (void)!http_reply_etag(
            r, str_printf(r->arena, "%016llx%zx", (unsigned long long)str_hash(body), body.n));
}

/* Off the writer's thread: the reasons of a refusal, or a signature over what is durable now. */
static void answer_later(struct act *a)
{
    struct passage *p = a->user;

    gate_answer(a);
    fill_reply(p, false);
    (void)!http_reply_send(p->request);
}

/* On the writer's thread: reasons are worked out on another one. */
static void done_parked(struct act *a)
{
    struct passage *p = a->user;

    bool later = is_refusal(a) || (a->err == OK && a->action->answer && !a->answered);
    if (later && explainer_take(&p->node->explainer, a))
        return;
    if (a->err == OK && later)
        a->err = fault(&a->fault, ERR_BUSY, "too much to sign at the moment");
    fill_reply(p, true);
    (void)!http_reply_send(p->request);
}

enum err edge_start(struct node *n, struct fault *f)
{
    return explainer_start(&n->explainer, answer_later, f);
}

static void done_here(struct act *a)
{
    (void)a;
}

/* ---- request ------------------------------------------------------------------------------ */

static enum err read_body(struct passage *p, struct fault *f)
{
    struct http_request *r = p->request;
    const struct action *action = p->act.action;
    struct json *j;

    if (!action->in)
        return OK;
    str type = http_header(r, S("Content-Type"));
    if (!type.p || !str_eq_nocase(str_trim(str_sub(type, 0, 16)), S("application/json")))
        return fault(f, ERR_MEDIA_TYPE, "send application/json");
    TRY(json_parse(r->arena, r->body, NULL, &j, f));
    TRY(json_plain(j, f));
    p->act.input = j;
    p->act.body = r->body;
    return OK;
}

static enum err read_request(struct node *n, struct passage *p, struct fault *f)
{
    struct http_request *r = p->request;
    struct act *a = &p->act;
    size_t k = 0;

    (void)n;
    for (unsigned i = 0; i < r->n_params && k < PARAMS_MAX; i++)
        p->params[k++] = (struct act_param){r->params[i].name, r->params[i].value};
    for (unsigned i = 0; i < r->n_query; i++) {
        for (size_t seen = 0; seen < k; seen++)
            if (str_eq(p->params[seen].name, r->query[i].name))
                return fault(f, ERR_MALFORMED_REQUEST, "a parameter is there twice");
        if (k == PARAMS_MAX)
            return fault(f, ERR_MALFORMED_REQUEST, "too many parameters");
        p->params[k++] = (struct act_param){r->query[i].name, r->query[i].value};
    }
    a->params = p->params;
    a->n_params = k;
    a->encodings = http_header(r, S("Accept-Encoding"));
    a->languages = http_header(r, S("Accept-Language"));
    /* reasons are told in the language of the page that asks, else in that of the session */
    str wished = catalogue_wished(p->node->words, a->languages);
    if (wished.n)
        a->actor.language = wished;
    a->idempotency_key = http_header(r, S("Idempotency-Key"));
    if (a->idempotency_key.n > KEY_MAX)
        return fault(f, ERR_MALFORMED_REQUEST, "an Idempotency-Key has at most %d bytes", KEY_MAX);
    if (r->route->method != HTTP_POST)
        a->idempotency_key = STR_NONE;
    return read_body(p, f);
}

static void release_sink(void *user)
{
    attachment_sink_free(user);
}

/* What officers and other nodes send is kept in memory, up to what the action takes; of strangers
 * so much in all. */
static const size_t STRANGERS_BYTES = 128 << 20;
static _Atomic size_t strangers_bytes;

struct body {
    struct buf bytes;
    bool stranger;
};

static void release_body(void *user)
{
    struct body *b = user;

    if (b->stranger)
        strangers_bytes -= b->bytes.n;
    buf_done(&b->bytes);
    free(b);
}

static bool in_memory(const struct http_request *r)
{
    return ((const struct action *)r->route->arg)->who != ACTOR_PERSON;
}

static enum err add_bytes(struct http_request *r, str bytes, struct fault *f)
{
    struct body *b = r->user;
    size_t before = b->bytes.n;

    buf_add_str(&b->bytes, bytes);
    if (b->stranger)
        strangers_bytes += b->bytes.n - before;
    if (b->stranger && strangers_bytes > STRANGERS_BYTES)
        return fault(f, ERR_BUSY, "too much is being sent at the moment");
    return buf_ok(&b->bytes) ? OK : fault(f, ERR_TOO_LARGE, "it is larger than what is taken here");
}

static enum err open_body(struct http_request *r, bool stranger, struct fault *f)
{
    const struct action *action = r->route->arg;
    struct body *b = calloc(1, sizeof *b);

    if (!b)
        return fault(f, ERR_MEMORY, "out of memory");
    *b = (struct body){BUF(action->max_body), stranger};
    r->user = b;
    r->release = release_body;
    return OK;
}

enum err edge_upload(struct http_request *r, enum http_upload what, str bytes, void *ctx,
                     struct fault *f)
{
    struct node *n = ctx;
    struct attachment_sink *sink = NULL;
    struct actor who;

    if (what == HTTP_UPLOAD_ABORTED)
        return OK;
    if (what == HTTP_UPLOAD_BYTES && !r->user)
        return OK;
    if (what == HTTP_UPLOAD_BYTES)
        return in_memory(r) ? add_bytes(r, bytes, f) : attachment_sink_add(r->user, bytes, f);
    if (action_without_session(r->route->arg))
        return open_body(r, true, f);
    TRY(find_actor(n, r, &who, f));
    if (who.kind != (in_memory(r) ? ACTOR_OFFICER : ACTOR_PERSON))
        return fault(f, ERR_UNAUTHENTICATED, "sign in first");
    if (in_memory(r))
        return open_body(r, false, f);
    TRY(attachment_person(&n->house, http_param(r, S("id")), &who.id, f));
    TRY(attachment_sink_open(&n->house, &who.id, &sink, f));
    r->user = sink;
    r->release = release_sink;
    return OK;
}

static str header_of(const struct act *a, str name)
{
    const struct passage *p = a->user;

    return http_header(p->request, name);
}

enum http_verdict edge_handle(struct http_request *r, void *ctx)
{
    struct node *n = ctx;
    const struct action *action = r->route->arg;
    struct passage *p = arena_new_of(r->arena, struct passage);
    struct fault f = {0};

    if (!p) {
        (void)fault(&f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
        return http_fail(r, &f);
    }
    p->node = n;
    p->request = r;
    p->act.action = action;
    p->act.house = &n->house;
    p->act.arena = r->arena;
    if (r->user && in_memory(r))
        p->act.body = buf_str(&((struct body *)r->user)->bytes);
    else
        p->act.upload = r->user;
    p->act.user = p;
    p->act.header = header_of;
    if (action_without_session(action) &&
        (action->method == ACTION_POST || action->who == ACTOR_CLIENT))
        p->act.has_line_key = http_peer_key(r, &p->act.line_key);
    enum err e = find_actor(n, r, &p->act.actor, &f);
    /* what is open to all is open to whoever's session has ended: signing in, for one */
    if (action_without_session(action) && err_class(e) == CLASS_UNAUTHENTICATED) {
        e = OK;
        f = (struct fault){0};
    }
    unsigned wait = e == OK ? limited(n, r, &p->act.actor, action) : 0;
    if (wait) {
        (void)fault(&f, ERR_LIMITED, "slow down");
        http_reply_fault_after(r, &f, wait);
        return HTTP_DONE;
    }
    if (e == OK)
        e = read_request(n, p, &f);
    if (e != OK)
        return http_fail(r, &f);
    if (!gate_writes(action)) {
        p->act.done = done_here;
        gate_submit(n->house.gate, &p->act);
        fill_reply(p, false);
        return HTTP_DONE;
    }
    p->act.done = done_parked;
    http_park(r, 0);
    gate_submit(n->house.gate, &p->act);
    return HTTP_LATER;
}
