/* reply.c - the reply: filling it, and handing it to the library */
#include "http/server_int.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "http/problem.h"

/* No inline script or style, nothing from elsewhere, no frames. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types sifara";
/* A drawing can carry script too; shown by itself it gets nothing. */
static const char drawing_policy[] = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

void reply_done(struct http_reply *p)
{
    if (p->kind == HTTP_BODY_FD && p->fd >= 0)
        close(p->fd);
    if (p->kind == HTTP_BODY_MEMORY && p->body_free)
        p->body_free(p->body_free_arg);
    p->kind = HTTP_BODY_NONE;
    p->body_free = NULL;
}

void http_reply_bytes(struct http_request *r, unsigned status, const char *content_type, str body,
                      void (*free_fn)(void *), void *arg)
{
    reply_done(&r->reply);
    r->reply.status = status;
    r->reply.content_type = content_type;
    r->reply.kind = HTTP_BODY_MEMORY;
    r->reply.body = body;
    r->reply.body_free = free_fn;
    r->reply.body_free_arg = arg;
}

void http_reply_empty(struct http_request *r, unsigned status)
{
    reply_done(&r->reply);
    r->reply.status = status;
    r->reply.content_type = NULL;
}

void http_reply_fd(struct http_request *r, unsigned status, const char *content_type, int fd,
                   uint64_t offset, uint64_t size)
{
    reply_done(&r->reply);
    r->reply.status = status;
    r->reply.content_type = content_type;
    r->reply.kind = HTTP_BODY_FD;
    r->reply.fd = fd;
    r->reply.offset = offset;
    r->reply.size = size;
}

/* What decides about framing, or is set for each reply by the code below. */
static bool is_ours(str name)
{
    static const char *const ours[] = {"Connection",     "Content-Length", "Transfer-Encoding",
                                       "Date",           "Content-Type",   "ETag",
                                       "Cache-Control",  "X-Request-Id",   "X-Content-Type-Options",
                                       "Referrer-Policy"};

    for (size_t i = 0; i < ARRAY_LEN(ours); i++)
        if (str_eq_nocase(name, str_of(ours[i])))
            return true;
    return false;
}

enum err http_reply_header(struct http_request *r, const char *name, str value)
{
    struct http_reply *p = &r->reply;

    if (p->n_headers == HTTP_REPLY_HEADERS || !is_token(str_of(name)) || is_ours(str_of(name)) ||
        value.n == 0)
        return ERR_RANGE;
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return ERR_RANGE;
    char *copy = str_cstr(r->arena, value);
    if (!copy)
        return ERR_MEMORY_LIMIT;
    p->headers[p->n_headers].name = name;
    p->headers[p->n_headers++].value = copy;
    return OK;
}

enum err http_reply_etag(struct http_request *r, str opaque)
{
    /* etagc of RFC 9110, 8.8.3, without obs-text */
    for (size_t i = 0; i < opaque.n; i++)
        if (opaque.p[i] <= 0x20 || opaque.p[i] == '"' || opaque.p[i] == 0x7f)
            return ERR_RANGE;
    str quoted = str_printf(r->arena, "\"%.*s\"", STR_FMT(opaque));
    if (!quoted.p)
        return ERR_MEMORY_LIMIT;
    r->reply.etag = quoted.p;
    return OK;
}

void http_reply_cache(struct http_request *r, const char *cache_control)
{
    r->reply.cache_control = cache_control;
}

/* Does a list of entity tags hold this one? "*" holds all. Weak comparison ignores "W/". */
static bool tags_hold(str list, str etag, bool weak)
{
    str one;

    while (str_split(&list, ',', &one)) {
        one = str_trim(one);
        if (str_eq(one, S("*")))
            return true;
        if (weak && str_starts(one, S("W/")))
            one = str_sub(one, 2, one.n);
        if (str_eq(one, etag))
            return true;
    }
    return false;
}

bool http_if_match(const struct http_request *r, str etag)
{
    str list = http_header(r, S("If-Match"));

    return !list.p || tags_hold(list, etag, false);
}

/* RFC 9110, 13.1.2: a GET whose client has it already gets 304. */
static void make_conditional(struct http_request *r)
{
    struct http_reply *p = &r->reply;

    if (p->status != 200 || !p->etag || (r->method != HTTP_GET && r->method != HTTP_HEAD))
        return;
    str list = http_header(r, S("If-None-Match"));
    if (list.p && tags_hold(list, str_of(p->etag), true))
        http_reply_empty(r, 304);
}

static struct MHD_Response *body_of(struct http_reply *p)
{
    struct MHD_Response *m = NULL;

    switch (p->kind) {
    case HTTP_BODY_NONE:
        m = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        break;
    case HTTP_BODY_MEMORY:
        m = MHD_create_response_from_buffer(p->body.n, (void *)(uintptr_t)p->body.p,
                                            MHD_RESPMEM_PERSISTENT);
        break;
    case HTTP_BODY_FD:
        m = MHD_create_response_from_fd_at_offset64(p->size, p->fd, p->offset);
        if (m)
            p->fd = -1; /* the library closes it */
        break;
    }
    return m;
}

static bool add(struct MHD_Response *m, const char *name, const char *value)
{
    return MHD_add_response_header(m, name, value) == MHD_YES;
}

static bool add_headers(const struct exchange *x, struct MHD_Response *m)
{
    const struct http_reply *p = &x->pub.reply;
    bool ok = true;

    if (p->content_type) {
        ok &= add(m, "Content-Type", p->content_type);
        if (strncmp(p->content_type, "text/html", 9) == 0)
            ok &= add(m, "Content-Security-Policy", page_policy);
        else if (strncmp(p->content_type, "image/svg", 9) == 0)
            ok &= add(m, "Content-Security-Policy", drawing_policy);
    }
    ok &= add(m, "Cache-Control", p->cache_control ? p->cache_control : "no-store");
    ok &= add(m, "X-Content-Type-Options", "nosniff");
    ok &= add(m, "Referrer-Policy", "no-referrer");
    ok &= add(m, "X-Request-Id", x->pub.id);
    if (p->etag)
        ok &= add(m, "ETag", p->etag);
    if (x->server->config.tls_cert_pem)
        ok &= add(m, "Strict-Transport-Security", "max-age=31536000");
    if (p->close)
        ok &= add(m, "Connection", "close");
    for (unsigned i = 0; i < p->n_headers; i++)
        ok &= add(m, p->headers[i].name, p->headers[i].value);
    return ok;
}

static struct metric *stats_of(struct exchange *x, unsigned status)
{
    struct http_server *s = x->server;
    size_t index = x->route ? x->route->index : s->config.n_routes;
    unsigned class = status / 100 >= 1 && status / 100 <= 5 ? status / 100 - 1 : 4;
    _Atomic(struct metric *) *slot = &s->stats[index].classes[class];
    struct metric *found = atomic_load_explicit(slot, memory_order_acquire);
    char labels[160];

    if (!found && s->config.metrics) {
        snprintf(labels, sizeof labels, "route=\"%s\",class=\"%uxx\"",
                 x->route ? x->route->row->name : "none", class + 1);
        found = metrics_histogram(s->config.metrics, "http_request_duration_seconds",
                                  "From request line to reply", labels);
        atomic_store_explicit(slot, found, memory_order_release);
    }
    return found;
}

/* The one line per request, and its figures. */
static void account(struct exchange *x, unsigned status, int64_t now)
{
    int64_t ns = now - x->pub.start_ns;

    metric_observe(stats_of(x, status), ns);
    LOG(status >= 500 ? LOG_WARN : LOG_DEBUG, "request", LOG_CSTR("id", x->pub.id),
        LOG_CSTR("route", x->route ? x->route->row->name : "none"),
        LOG_CSTR("method", http_method_name(x->pub.method)), LOG_INT("status", status),
        LOG_INT("us", ns / 1000), LOG_INT("body", x->received));
}

static enum MHD_Result queue(struct exchange *x, struct MHD_Connection *c, unsigned status,
                             struct MHD_Response *m)
{
    int64_t now = monotonic_ns();

    conn_phase(x->conn, PHASE_SEND, now);
    x->stage = STAGE_SENT;
    account(x, status, now);
    enum MHD_Result done = MHD_queue_response(c, status, m);
    MHD_destroy_response(m);
    return done;
}

enum MHD_Result reply_queue(struct exchange *x, struct MHD_Connection *c)
{
    struct http_reply *p = &x->pub.reply;

    if (p->etag)
        make_conditional(&x->pub);
    struct MHD_Response *m = body_of(p);
    if (!m)
        return MHD_NO;
    if (!add_headers(x, m)) {
        MHD_destroy_response(m);
        return MHD_NO;
    }
    return queue(x, c, p->status, m);
}

enum MHD_Result reply_queue_expired(struct exchange *x, struct MHD_Connection *c)
{
    AUTO(buf) struct buf b = BUF(4096);
    struct fault f = {0};

    fault(&f, ERR_BUSY, "the answer did not come in time");
    problem_write(&b, &f, x->pub.id, STR_NONE, STR_NONE);
    struct MHD_Response *m = MHD_create_response_from_buffer(b.n, b.p, MHD_RESPMEM_MUST_COPY);
    if (!m)
        return MHD_NO;
    metric_add(x->server->expired, 1);
    if (!buf_ok(&b) || !add(m, "Content-Type", "application/problem+json") ||
        !add(m, "Cache-Control", "no-store") || !add(m, "X-Content-Type-Options", "nosniff") ||
        !add(m, "X-Request-Id", x->pub.id) || !add(m, "Retry-After", "1")) {
        MHD_destroy_response(m);
        return MHD_NO;
    }
    return queue(x, c, problem_status(CLASS_BUSY), m);
}
