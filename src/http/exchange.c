/* exchange.c - one request from its first line to the end of its reply
 *
 * The library calls exchange_on_target() when the request line is in, exchange_on_access() when
 * the head is in, then for each piece of the body, then when the request is complete, and
 * exchange_on_completed() at the end. A reply queued at the first of these calls makes the
 * library close the connection afterwards: that is wanted for refused heads and bodies, and
 * avoided for everything else. While a piece of the body is handed over no reply can be queued;
 * what is refused there is thrown away up to a bound and answered at the end.
 */
#include "http/server_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/log.h"
#include "http/problem.h"

/* Beyond the limit of its row a body of unknown length is read, and dropped, this much further:
 * so an honest client still reads its 413, and a dishonest one is hung up on. */
enum { DISCARD_MAX = 64 * 1024 };

static _Thread_local struct worker *my_worker;

static struct worker *worker_of(struct http_server *s)
{
    if (my_worker && my_worker->server == s)
        return my_worker;
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->server = s;
    pthread_mutex_lock(&s->workers_lock);
    w->next = s->workers;
    s->workers = w;
    pthread_mutex_unlock(&s->workers_lock);
    my_worker = w;
    return w;
}

void exchange_free(struct exchange *x)
{
    arena_free(x->pub.arena);
    free(x->body);
    free(x);
}

static struct exchange *exchange_take(struct http_server *s)
{
    struct worker *w = worker_of(s);

    if (w && w->free) {
        struct exchange *x = w->free;
        w->free = x->next;
        w->n_free--;
        return x;
    }
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->pub.arena = arena_new(s->config.arena_cap);
    if (!x->pub.arena) {
        free(x);
        return NULL;
    }
    return x;
}

/* Ends what the request held; afterwards the exchange is as good as new. */
static void exchange_done(struct exchange *x)
{
    if (x->pub.release)
        x->pub.release(x->pub.user);
    reply_done(&x->pub.reply);
    arena_reset(x->pub.arena);
    if (x->body_room > BODY_KEEP) {
        free(x->body);
        x->body = NULL;
        x->body_room = 0;
    }
}

/* Gives up one of the owners; the connection's thread passes its worker, others NULL. */
static void exchange_drop(struct exchange *x, struct worker *w)
{
    if (atomic_fetch_sub(&x->owners, 1) > 1)
        return;
    exchange_done(x);
    if (!w || w->n_free >= POOL_KEEP) {
        exchange_free(x);
        return;
    }
    x->next = w->free;
    w->free = x;
    w->n_free++;
}

/* UUIDv7 (RFC 9562, 5.7): milliseconds, then random bits. */
static void make_id(const struct world *world, char out[37])
{
    unsigned char b[16];
    uint64_t ms = (uint64_t)world_now(world);
    char hex[33];

    world_random(world, b + 6, 10);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    b[6] = (b[6] & 0x0f) | 0x70;
    b[8] = (b[8] & 0x3f) | 0x80;
    hex_encode(b, 16, hex);
    for (int i = 0, o = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            out[o++] = '-';
        out[o++] = hex[i];
    }
    out[36] = 0;
}

void *exchange_on_target(void *server, const char *uri, struct MHD_Connection *c)
{
    struct http_server *s = server;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct exchange *x = info && info->socket_context ? exchange_take(s) : NULL;

    if (!x)
        return NULL; /* exchange_on_access() then hangs up */
    x->pub = (struct http_request){.arena = x->pub.arena, .start_ns = monotonic_ns()};
    x->server = s;
    x->conn = info->socket_context;
    x->mhd = c;
    x->route = NULL;
    x->stage = STAGE_HEAD;
    atomic_store_explicit(&x->park_state, PARK_NONE, memory_order_relaxed);
    atomic_store_explicit(&x->owners, 1, memory_order_relaxed);
    x->has_body = x->discard = x->uploading = false;
    x->received = 0;
    x->n_headers = 0;
    x->raw_target = uri;
    x->target = str_copy(x->pub.arena, str_of(uri));
    make_id(s->config.world, x->pub.id);
    conn_phase(x->conn, PHASE_HEAD, x->pub.start_ns);
    return x;
}

static enum MHD_Result collect_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                      size_t name_n, const char *value, size_t value_n)
{
    struct exchange *x = arg;

    (void)kind;
    if (x->n_headers == HTTP_MAX_HEADERS) {
        x->n_headers++; /* one too many: guard_check() refuses */
        return MHD_NO;
    }
    x->headers[x->n_headers++] =
        (struct http_pair){str_bytes(name, name_n), str_bytes(value, value ? value_n : 0)};
    return MHD_YES;
}

/* A string of the library's head block, in our copy of that block; one that lies elsewhere (a
 * later library might do so) is copied by itself. */
static str moved(struct exchange *x, str s, str from, const char *to)
{
    if (s.p >= from.p && s.p <= from.p + from.n)
        return str_bytes(to + (s.p - from.p), s.n);
    return str_copy(x->pub.arena, s);
}

/* Collects the head, and copies it: a parked request may outlive the library's buffers. */
static enum err read_head(struct exchange *x, const char *method, const char *version,
                          struct guard_result *out, struct fault *f)
{
    static const struct guard_limits limits = {
        .headers = HTTP_MAX_HEADERS, .header_bytes = 16 * 1024, .target_bytes = 8 * 1024};
    const union MHD_ConnectionInfo *info;
    struct guard_head head = {.method = str_of(method),
                              .target = x->target,
                              .version = str_of(version),
                              .headers = x->headers};

    TRY_PTR(x->target.p, f);
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, collect_header, x);
    head.n = x->n_headers;
    TRY(guard_check(&head, &limits, out, f));
    info = MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    str block = str_bytes(method, info ? info->header_size : 0);
    head.target.p = x->raw_target;
    /* From 1.0 on the library refuses all that this finds, at the strictness asked for. */
    if (MHD_VERSION < 0x01000000 && !guard_whole(block, &head))
        return fault(f, ERR_MALFORMED_REQUEST, "a line of the head is folded, cut or badly ended");
    char *copy = str_cstr(x->pub.arena, block);
    TRY_PTR(copy, f);
    for (unsigned i = 0; i < x->n_headers; i++) {
        x->headers[i].name = moved(x, x->headers[i].name, block, copy);
        x->headers[i].value = str_trim(moved(x, x->headers[i].value, block, copy));
    }
    x->pub.headers = x->headers;
    x->pub.n_headers = x->n_headers;
    return OK;
}

static enum http_method method_of(str name)
{
    for (int m = HTTP_GET; m < HTTP_OTHER; m++)
        if (str_eq(name, str_of(http_method_name((enum http_method)m))))
            return (enum http_method)m;
    return HTTP_OTHER;
}

static void add_allow(struct exchange *x, unsigned allowed)
{
    char text[64] = "";
    size_t n = 0;

    for (int m = HTTP_GET; m < HTTP_OTHER; m++)
        if (allowed & 1u << m)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "",
                                  http_method_name((enum http_method)m));
    if (n && http_reply_header(&x->pub, "Allow", str_of(text)) != OK)
        LOG(LOG_WARN, "reply-header", LOG_CSTR("id", x->pub.id));
}

/* The pages behind the "type" of problem documents. */
static bool answer_problem_page(struct exchange *x)
{
    struct http_request *r = &x->pub;
    struct buf b = BUF(64 * 1024);

    if (!str_starts(r->path, S("/problems/")) || (r->method != HTTP_GET && r->method != HTTP_HEAD))
        return false;
    if (!problem_page(&b, str_sub(r->path, 10, r->path.n)) || !buf_ok(&b)) {
        buf_done(&b);
        return false;
    }
    http_reply_bytes(r, 200, "text/html; charset=utf-8", buf_str(&b), free, b.p);
    http_reply_cache(r, "public, max-age=86400");
    return true;
}

static enum err decode_params(struct exchange *x, const struct route_match *m, struct fault *f)
{
    for (unsigned i = 0; i < m->n_params; i++) {
        x->params[i].name = m->route->params[i];
        TRY(target_decode(x->pub.arena, m->params[i], false, &x->params[i].value, f));
    }
    x->pub.params = x->params;
    x->pub.n_params = m->n_params;
    return target_query(x->pub.arena, x->pub.query_text, &x->pub.query, &x->pub.n_query, f);
}

/* Finds the row. OK with a reply already there for what needs no handler. */
static enum err find_route(struct exchange *x, struct fault *f)
{
    struct http_request *r = &x->pub;
    struct route_match m;

    if (str_eq(r->path, S("*"))) {
        if (r->method != HTTP_OPTIONS)
            return fault(f, ERR_MALFORMED_REQUEST, "\"*\" is for OPTIONS");
        http_reply_empty(r, 204);
        return OK;
    }
    if (!router_find(x->server->router, r->method, r->path, &m)) {
        if (answer_problem_page(x))
            return OK;
        return fault(f, ERR_NO_ROUTE, "nothing is here");
    }
    if (!m.route) {
        add_allow(x, m.allowed);
        if (r->method != HTTP_OPTIONS)
            return fault(f, ERR_METHOD, "not with this method");
        http_reply_empty(r, 204);
        return OK;
    }
    x->route = m.route;
    r->route = m.route->row;
    return decode_params(x, &m, f);
}

static enum err check_body(struct exchange *x, const struct guard_result *head, struct fault *f)
{
    size_t most = x->pub.route ? x->pub.route->max_body : 0;

    x->has_body = head->chunked || head->content_length > 0;
    if (!x->pub.route || head->chunked || head->content_length <= 0)
        return OK;
    if ((uint64_t)head->content_length > most)
        return fault(f, ERR_TOO_LARGE, "at most %zu bytes", most);
    if (x->pub.route->stream || (size_t)head->content_length <= x->body_room)
        return OK;
    char *body = realloc(x->body, (size_t)head->content_length);
    if (!body)
        return fault(f, ERR_BUSY, "no memory for the body");
    x->body = body;
    x->body_room = (size_t)head->content_length;
    return OK;
}

/* The last X-Forwarded-For line is the one that the proxy next to us wrote or completed. */
static str client_of(struct exchange *x)
{
    str peer = str_of(x->conn->address), forwarded = STR_NONE;

    for (unsigned i = 0; x->conn->trusted && i < x->n_headers; i++)
        if (str_eq_nocase(x->headers[i].name, S("X-Forwarded-For")))
            forwarded = x->headers[i].value;
    /* copied: a parked request may outlive its connection */
    return str_copy(x->pub.arena,
                    forwarded.p ? peer_forwarded(&x->server->trusted, peer, forwarded) : peer);
}

static enum MHD_Result refuse_head(struct exchange *x, const struct fault *f)
{
    metric_add(x->server->refused_heads, 1);
    http_fail(&x->pub, f);
    x->pub.reply.close = true;
    return reply_queue(x, x->mhd);
}

/* A fault, or a reply that needs no handler: at once if a body would follow, which closes the
 * connection, else when the request is complete. */
static enum MHD_Result answer_early(struct exchange *x, enum err e, const struct fault *f)
{
    if (e != OK)
        http_fail(&x->pub, f);
    x->stage = STAGE_ANSWER;
    return x->has_body ? reply_queue(x, x->mhd) : MHD_YES;
}

static enum MHD_Result on_head(struct exchange *x, const char *method, const char *version)
{
    struct http_request *r = &x->pub;
    struct guard_result head;
    struct fault f = {0};

    if (read_head(x, method, version, &head, &f) != OK)
        return refuse_head(x, &f);
    r->method = method_of(str_of(method));
    r->path = head.path;
    r->query_text = head.query;
    r->client = client_of(x);
    r->secure = x->server->config.tls_cert_pem ||
                (x->conn->trusted && str_eq(http_header(r, S("X-Forwarded-Proto")), S("https")));
    /* 0.9.75 takes a bare LF after a chunk's size: another reader may see the end of such a body
     * elsewhere, so nothing behind it is believed. */
    r->reply.close = head.chunked;
    enum err e = find_route(x, &f);
    enum err too_large = check_body(x, &head, e == OK ? &f : NULL);
    if (e == OK)
        e = too_large;
    if (e != OK || r->reply.status)
        return answer_early(x, e, &f);
    x->stage = STAGE_BODY;
    if (r->route->stream) {
        e = x->server->config.upload(r, HTTP_UPLOAD_BEGIN, STR_NONE, x->server->config.ctx, &f);
        if (e != OK)
            return answer_early(x, e, &f);
        x->uploading = true;
    }
    if (x->has_body)
        conn_phase(x->conn, PHASE_BODY, r->start_ns);
    return MHD_YES;
}

static void abort_upload(struct exchange *x)
{
    if (!x->uploading)
        return;
    x->uploading = false;
    x->server->config.upload(&x->pub, HTTP_UPLOAD_ABORTED, STR_NONE, x->server->config.ctx, NULL);
}

/* The fault is answered when the body is through. */
static void fail_body(struct exchange *x, const struct fault *f)
{
    x->discard = true;
    x->stage = STAGE_ANSWER;
    abort_upload(x);
    http_fail(&x->pub, f);
}

static bool keep_body(struct exchange *x, const char *data, size_t n)
{
    size_t need = x->received + n;

    if (need > x->body_room) {
        size_t room = x->body_room * 2 > need ? x->body_room * 2 : need;
        size_t most = x->pub.route->max_body;
        room = room > most ? most : room < 4096 && most >= 4096 ? 4096 : room;
        char *body = realloc(x->body, room);
        if (!body)
            return false;
        x->body = body;
        x->body_room = room;
    }
    memcpy(x->body + x->received, data, n);
    return true;
}

static enum MHD_Result on_body(struct exchange *x, const char *data, size_t n)
{
    struct http_request *r = &x->pub;
    struct fault f = {0};
    size_t most = r->route ? r->route->max_body : 0;

    if (x->discard || n > most - x->received) {
        x->received += n;
        if (x->received > most && x->received - most > DISCARD_MAX)
            return MHD_NO;
        if (!x->discard) {
            fault(&f, ERR_TOO_LARGE, "at most %zu bytes", most);
            fail_body(x, &f);
        }
        return MHD_YES;
    }
    if (r->route->stream) {
        enum err e = x->server->config.upload(r, HTTP_UPLOAD_BYTES, str_bytes(data, n),
                                              x->server->config.ctx, &f);
        if (e != OK)
            fail_body(x, &f);
    } else if (!keep_body(x, data, n)) {
        fault(&f, ERR_BUSY, "no memory for the body");
        fail_body(x, &f);
    }
    x->received += n;
    return MHD_YES;
}

static enum MHD_Result on_end(struct exchange *x)
{
    struct http_request *r = &x->pub;
    struct http_server *s = x->server;
    struct fault f = {0};

    /* http_stop() sets `stopping`, then waits while any connection is in this phase */
    conn_phase(x->conn, PHASE_HANDLE, r->start_ns);
    if (atomic_load(&s->stopping)) {
        abort_upload(x);
        fault(&f, ERR_BUSY, "the node is stopping");
        http_fail(r, &f);
        r->reply.close = true;
        return reply_queue(x, x->mhd);
    }
    x->uploading = false;
    if (!r->route->stream)
        r->body = str_bytes(x->body ? x->body : "", x->received);
    if (s->config.handle(r, s->config.ctx) == HTTP_LATER)
        return MHD_YES; /* parked: x may belong to another thread already */
    if (r->reply.status == 0) {
        fault(&f, ERR_INTERNAL, "the handler gave no reply");
        http_fail(r, &f);
    }
    return reply_queue(x, x->mhd);
}

/* The library calls again after a resumption, and may call before it. */
static enum MHD_Result on_resumed(struct exchange *x)
{
    switch ((enum park_state)atomic_load_explicit(&x->park_state, memory_order_acquire)) {
    case PARK_READY:
        return reply_queue(x, x->mhd);
    case PARK_EXPIRED:
        return reply_queue_expired(x, x->mhd);
    case PARK_NONE:
    case PARK_WAITING:
        break;
    }
    return MHD_YES;
}

enum MHD_Result exchange_on_access(void *server, struct MHD_Connection *c, const char *url,
                                   const char *method, const char *version, const char *data,
                                   size_t *n, void **exchange)
{
    struct exchange *x = *exchange;

    (void)server;
    (void)c;
    (void)url;
    if (!x)
        return MHD_NO;
    if (*n) {
        size_t got = *n;
        *n = 0;
        return on_body(x, data, got);
    }
    switch (x->stage) {
    case STAGE_HEAD:
        return on_head(x, method, version);
    case STAGE_BODY:
        return on_end(x);
    case STAGE_ANSWER:
        return reply_queue(x, x->mhd);
    case STAGE_PARKED:
        return on_resumed(x);
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

void exchange_on_completed(void *server, struct MHD_Connection *c, void **exchange,
                           enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *exchange;

    (void)c;
    (void)why;
    *exchange = NULL;
    if (!x)
        return;
    abort_upload(x);
    conn_phase(x->conn, PHASE_WAIT, monotonic_ns());
    exchange_drop(x, worker_of(server));
}

void http_park(struct http_request *r, unsigned timeout_ms)
{
    struct exchange *x = exchange_of(r);
    struct http_server *s = x->server;

    x->stage = STAGE_PARKED;
    x->park_deadline =
        monotonic_ns() + (timeout_ms ? timeout_ms : s->config.park_timeout_ms) * INT64_C(1000000);
    MHD_suspend_connection(x->mhd);
    atomic_store(&x->owners, 2);
    atomic_store(&x->park_state, PARK_WAITING);
    atomic_fetch_add(&s->parked, 1);
    pthread_mutex_lock(&s->parked_lock);
    x->park_next = s->parked_list;
    x->park_prev = &s->parked_list;
    if (x->park_next)
        x->park_next->park_prev = &x->park_next;
    s->parked_list = x;
    pthread_mutex_unlock(&s->parked_lock);
}

/* parked_lock is held. */
static void unpark(struct exchange *x)
{
    *x->park_prev = x->park_next;
    if (x->park_next)
        x->park_next->park_prev = x->park_prev;
    atomic_fetch_sub(&x->server->parked, 1);
}

bool http_reply_send(struct http_request *r)
{
    struct exchange *x = exchange_of(r);
    struct http_server *s = x->server;
    struct MHD_Connection *c = x->mhd;
    struct fault f = {0};
    int waiting = PARK_WAITING;

    if (r->reply.status == 0) {
        fault(&f, ERR_INTERNAL, "no reply was given");
        http_fail(r, &f);
    }
    if (!atomic_compare_exchange_strong(&x->park_state, &waiting, PARK_READY)) {
        exchange_drop(x, NULL); /* expired; the server may be gone as well */
        return false;
    }
    /* until the resumption below takes effect, neither connection nor server can go */
    atomic_fetch_add(&s->resuming, 1);
    pthread_mutex_lock(&s->parked_lock);
    unpark(x);
    pthread_mutex_unlock(&s->parked_lock);
    atomic_fetch_sub(&x->owners, 1);
    MHD_resume_connection(c);
    atomic_fetch_sub(&s->resuming, 1);
    return true;
}

void exchange_expire(struct http_server *s, int64_t now)
{
    struct exchange *next;

    for (struct exchange *x = s->parked_list; x; x = next) {
        int waiting = PARK_WAITING;
        next = x->park_next;
        if (x->park_deadline > now ||
            !atomic_compare_exchange_strong(&x->park_state, &waiting, PARK_EXPIRED))
            continue; /* or its sender was faster, and waits for the lock */
        unpark(x);
        MHD_resume_connection(x->mhd);
    }
}
