/* http_test.c - the server over real sockets, spoken to byte by byte */
#include "base/testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/json.h"
#include "http/http.h"
#include "http/metrics.h"
#include "http/problem.h"

enum { ANSWER_MAX = 1 << 20 };

/* What the handler does, by row. */
enum act { ECHO, BODY, LATER, FORGET, FILE_PART, TAGGED, PAGE, NOTHING, UPLOAD, SLOW };

static const struct http_route rows[] = {
    {"echo", HTTP_GET, "/echo/{name}", .arg = (void *)ECHO},
    {"body", HTTP_POST, "/body", .max_body = 100000, .arg = (void *)BODY},
    {"small", HTTP_POST, "/small", .max_body = 10, .arg = (void *)BODY},
    {"later", HTTP_GET, "/later", .arg = (void *)LATER},
    {"forget", HTTP_GET, "/forget", .arg = (void *)FORGET},
    {"slow", HTTP_GET, "/slow", .arg = (void *)SLOW},
    {"file", HTTP_GET, "/file", .arg = (void *)FILE_PART},
    {"tagged", HTTP_GET, "/tagged", .arg = (void *)TAGGED},
    {"page", HTTP_GET, "/page", .arg = (void *)PAGE},
    {"nothing", HTTP_GET, "/nothing", .arg = (void *)NOTHING},
    {"upload", HTTP_PUT, "/upload", .max_body = 20 << 20, .stream = true, .arg = (void *)UPLOAD},
};

static struct {
    pthread_mutex_t lock;
    struct http_request *forgotten[8];
    size_t n_forgotten;
    _Atomic unsigned released, begun, aborted, late;
    pthread_t threads[64];
    _Atomic unsigned n_threads;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void count_release(void *user)
{
    (void)user;
    atomic_fetch_add(&shared.released, 1);
}

static void *answer_later(void *arg)
{
    struct http_request *r = arg;

    usleep(2000);
    http_reply_bytes(r, 201, "text/plain", http_query(r, S("q")), NULL, NULL);
    http_reply_send(r);
    return NULL;
}

static void *answer_slowly(void *arg)
{
    struct http_request *r = arg;

    usleep(300000);
    http_reply_bytes(r, 200, "text/plain", S("slow"), NULL, NULL);
    http_reply_send(r);
    return NULL;
}

static void reply_echo(struct http_request *r)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("name"), http_param(r, S("name")));
    jw_kv_int(&w, S("n_query"), r->n_query);
    jw_kv(&w, S("q"), http_query(r, S("q")));
    jw_kv(&w, S("cookie"), http_cookie(r, S("sid")));
    jw_kv(&w, S("client"), r->client);
    jw_kv_bool(&w, S("secure"), r->secure);
    jw_kv(&w, S("x"), http_header(r, S("x-test")));
    jw_close(&w, '}');
    http_reply_bytes(r, 200, "application/json", str_copy(r->arena, buf_str(&b)), NULL, NULL);
    assert_int_equal(http_reply_header(r, "X-Extra", S("yes")), OK);
    assert_int_equal(http_reply_header(r, "X-Extra", S("a\r\nb")), ERR_RANGE);
    assert_int_equal(http_reply_header(r, "Content-Length", S("1")), ERR_RANGE);
}

static void reply_file(struct http_request *r)
{
    char path[] = "/tmp/http-test-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    unlink(path);
    http_reply_fd(r, 200, "application/octet-stream", fd, 3, 4);
}

static enum http_verdict park_with(struct http_request *r, void *(*answer)(void *))
{
    http_park(r, 0);
    unsigned i = atomic_fetch_add(&shared.n_threads, 1);
    assert_true(i < ARRAY_LEN(shared.threads));
    assert_int_equal(pthread_create(&shared.threads[i], NULL, answer, r), 0);
    return HTTP_LATER;
}

static enum http_verdict handle(struct http_request *r, void *ctx)
{
    (void)ctx;
    r->release = count_release;
    switch ((enum act)(uintptr_t)r->route->arg) {
    case ECHO:
        reply_echo(r);
        break;
    case BODY:
        http_reply_bytes(r, 200, "text/plain", str_copy(r->arena, r->body), NULL, NULL);
        break;
    case LATER:
        return park_with(r, answer_later);
    case SLOW:
        return park_with(r, answer_slowly);
    case FORGET:
        http_park(r, 0);
        pthread_mutex_lock(&shared.lock);
        shared.forgotten[shared.n_forgotten++] = r;
        pthread_mutex_unlock(&shared.lock);
        return HTTP_LATER;
    case FILE_PART:
        reply_file(r);
        break;
    case TAGGED:
        http_reply_bytes(r, 200, "text/plain", S("content"), NULL, NULL);
        assert_int_equal(http_reply_etag(r, S("v1")), OK);
        http_reply_cache(r, "private, max-age=60");
        if (!http_if_match(r, S("\"v1\"")))
            http_reply_empty(r, 412);
        break;
    case PAGE:
        http_reply_bytes(r, 200, "text/html; charset=utf-8", S("<p>hi"), NULL, NULL);
        break;
    case NOTHING:
        break;
    case UPLOAD:
        http_reply_bytes(r, 201, "text/plain", str_printf(r->arena, "%zu", *(size_t *)r->user),
                         NULL, NULL);
        break;
    }
    return HTTP_DONE;
}

static enum err upload(struct http_request *r, enum http_upload what, str bytes, void *ctx,
                       struct fault *f)
{
    size_t *sum = r->user;

    (void)ctx;
    switch (what) {
    case HTTP_UPLOAD_BEGIN:
        if (http_header(r, S("X-Refuse")).p)
            return fault(f, ERR_DENIED, "not you");
        r->user = arena_zalloc(r->arena, 1, sizeof *sum);
        assert_non_null(r->user);
        atomic_fetch_add(&shared.begun, 1);
        break;
    case HTTP_UPLOAD_BYTES:
        *sum += bytes.n;
        if (memchr(bytes.p, '!', bytes.n))
            return fault(f, ERR_MEDIA_TYPE, "no exclamations");
        break;
    case HTTP_UPLOAD_ABORTED:
        atomic_fetch_add(&shared.aborted, 1);
        break;
    }
    return OK;
}

static struct http_config config(void)
{
    return (struct http_config){.routes = rows,
                                .n_routes = ARRAY_LEN(rows),
                                .handle = handle,
                                .upload = upload,
                                .threads = 2,
                                .drain_ms = 1000};
}

static struct http_server *start(const struct http_config *c)
{
    struct http_server *s = NULL;
    struct fault f = {0};

    if (http_start(c, &s, &f) != OK)
        fail_msg("%s", f.detail);
    return s;
}

static void join_all(void)
{
    for (unsigned i = 0; i < atomic_load(&shared.n_threads); i++)
        pthread_join(shared.threads[i], NULL);
    atomic_store(&shared.n_threads, 0);
}

static int dial(uint16_t port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

static void say(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server hung up: the answer will tell */
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
}

struct answer {
    unsigned status;
    str head, body;
    char bytes[ANSWER_MAX];
    size_t n;
};

/* Reads one answer: head, and as many bytes as Content-Length says unless it is to HEAD. What
 * came beyond stays for the next. False at the end of the connection. */
static bool hear(int fd, struct answer *a, bool has_body)
{
    size_t used = a->head.p ? a->head.n + a->body.n : 0;

    memmove(a->bytes, a->bytes + used, a->n - used);
    a->n -= used;
    a->head = a->body = STR_NONE;
    for (;;) {
        str all = str_bytes(a->bytes, a->n);
        ptrdiff_t end = str_find(all, S("\r\n\r\n"));
        if (end >= 0) {
            str head = str_sub(all, 0, (size_t)end + 4);
            ptrdiff_t at = str_find(head, S("Content-Length: "));
            size_t length = has_body && at >= 0 ? strtoul(head.p + at + 16, NULL, 10) : 0;
            if (all.n >= head.n + length) {
                a->head = head;
                a->body = str_sub(all, head.n, head.n + length);
                a->status = (unsigned)strtoul(a->bytes + 9, NULL, 10);
                return true;
            }
        }
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 5000) != 1)
            fail_msg("no answer within 5 s");
        ssize_t n = recv(fd, a->bytes + a->n, sizeof a->bytes - a->n, 0);
        if (n <= 0)
            return false;
        a->n += (size_t)n;
    }
}

static bool closed(int fd)
{
    char c;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 5000) == 1 && recv(fd, &c, 1, 0) <= 0;
}

static struct answer *fresh(void)
{
    static struct answer a;

    a.n = 0;
    a.head = a.body = STR_NONE;
    a.status = 0;
    return &a;
}

/* One request on a connection of its own; 0 if there was no answer at all. */
static struct answer *ask(uint16_t port, str request)
{
    struct answer *a = fresh();
    int fd = dial(port);

    say(fd, request);
    if (!hear(fd, a, !str_starts(request, S("HEAD"))))
        a->status = 0;
    close(fd);
    return a;
}

#define ASK(s, text) ask(http_port(s), S(text))
#define HOST         "Host: x\r\n"

static void assert_has(str text, const char *what)
{
    if (str_find(text, str_of(what)) < 0)
        fail_msg("no \"%s\" in\n%.*s", what, STR_FMT(text));
}

static void test_get(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);

    (void)state;
    struct answer *a = ASK(
        s, "GET /echo/a%20%D8%B3?q=1+2&q=3 HTTP/1.1\r\n" HOST
           "Cookie: a=b; sid=\"xyz\"\r\nX-Test:  padded \t\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");
    assert_int_equal(a->status, 200);
    assert_has(a->body, "{\"name\":\"a \xd8\xb3\",\"n_query\":2,\"q\":\"1 2\",\"cookie\":\"xyz\","
                        "\"client\":\"127.0.0.1\",\"secure\":false,\"x\":\"padded\"}");
    assert_has(a->head, "X-Content-Type-Options: nosniff\r\n");
    assert_has(a->head, "Referrer-Policy: no-referrer\r\n");
    assert_has(a->head, "Cache-Control: no-store\r\n");
    assert_has(a->head, "X-Request-Id: ");
    assert_has(a->head, "X-Extra: yes\r\n");
    assert_has(a->head, "Date: ");
    assert_true(str_find(a->head, S("Server:")) < 0);
    a = ASK(s, "GET /echo/a HTTP/1.1\r\n" HOST "Cookie: sid=1; sid=2\r\n\r\n");
    assert_has(a->body, "\"cookie\":\"\"");
    a = ASK(s, "GET /page HTTP/1.1\r\n" HOST "\r\n");
    assert_has(a->head, "Content-Security-Policy: default-src 'none'; script-src 'self'");
    a = ASK(s, "HEAD /page HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 200);
    assert_has(a->head, "Content-Length: 5\r\n");
    assert_int_equal(a->n, a->head.n);
    a = ASK(s, "GET /file HTTP/1.1\r\n" HOST "\r\n");
    assert_true(str_eq(a->body, S("3456")));
    a = ASK(s, "GET /nothing HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 500);
    assert_true(str_find(a->body, S("handler")) < 0);
    a = ASK(s, "GET /problems/no-route HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 200);
    assert_has(a->body, "<h1>No such address</h1>");
    http_stop(s);
}

static void test_refusals(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);

    (void)state;
    struct answer *a = ASK(s, "GET /none HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 404);
    assert_has(a->head, "application/problem+json");
    assert_has(a->body, "\"type\":\"/problems/no-route\"");
    assert_has(a->body, "\"instance\":\"urn:uuid:");
    a = ASK(s, "DELETE /body HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 405);
    assert_has(a->head, "Allow: POST, OPTIONS\r\n");
    a = ASK(s, "BREW /body HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 405);
    a = ASK(s, "OPTIONS /page HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 204);
    assert_has(a->head, "Allow: GET, HEAD, OPTIONS\r\n");
    a = ASK(s, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 204);
    a = ASK(s, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n");
    assert_int_equal(a->status, 413); /* before a byte of the body was sent */
    a = ASK(s, "POST /small HTTP/1.1\r\n" HOST
               "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n");
    assert_int_equal(a->status, 413);
    a = ASK(s, "GET /page HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx");
    assert_int_equal(a->status, 413);
    a = ASK(s, "GET /echo/%ff HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 400);
    http_stop(s);
}

/* The lines a proxy and a lax server could read differently; each is refused and the connection
 * ended, so that nothing hidden behind it is ever run. */
static void test_guard_lines(void **state)
{
#define POST "POST /body HTTP/1.1\r\n"
#define GET  "GET /page HTTP/1.1\r\n"
    static const struct {
        const char *what;
        str bytes;
        unsigned status;
    } lines[] = {
        {"two Content-Length",
         S(POST HOST "Content-Length: 7\r\nContent-Length: 8\r\n\r\nabcdefgh"), 400},
        {"length and chunked",
         S(POST HOST "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
        {"signed length", S(POST HOST "Content-Length: +7\r\n\r\nabcdefg"), 400},
        {"blank before colon", S(POST HOST "Content-Length : 7\r\n\r\nabcdefg"), 400},
        {"no Host", S("GET /page HTTP/1.1\r\n\r\n"), 400},
        {"two Hosts", S(GET HOST HOST "\r\n"), 400},
        {"NUL in a value", S(GET HOST "A: b\0c\r\n\r\n"), 400},
        {"NUL in a name", S(GET HOST "A\0: b\r\n\r\n"), 400},
        {"NUL at a line's start", S(GET HOST "\0A: b\r\n\r\n"), 400},
        {"NUL in the target", S("GET /page\0x HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"NUL in the method", S("GET\0 /page HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"bad chunk size", S(POST HOST "Transfer-Encoding: chunked\r\n\r\n0x7\r\nabcdefg\r\n"),
         400},
        {"folded line", S(GET HOST "A: b\r\n c\r\n\r\n"), 400},
        {"bare LF", S(GET HOST "A: b\nC: d\r\n\r\n"), 400},
        {"bare LF after the request line", S("GET /page HTTP/1.1\n" HOST "\r\n"), 400},
        {"other coding", S(POST HOST "Transfer-Encoding: gzip\r\n\r\n"), 400},
        {"two blanks", S("GET  /page HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"climbing", S("GET /x/../page HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"hidden climbing", S("GET /x/%2e%2e/page HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"hidden slash", S("GET /echo/a%2Fb HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"hidden NUL", S("GET /echo/a%00 HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"backslash", S("GET /echo\\a HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"bytes above ASCII", S("GET /echo/\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"absolute form", S("GET http://x/page HTTP/1.1\r\n" HOST "\r\n"), 400},
        {"HTTP/2 by guess", S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505},
    };
#undef POST
#undef GET
    struct metrics *m = metrics_new();
    struct http_config c = config();
    c.metrics = m;
    struct http_server *s = start(&c);
    unsigned silent = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        int fd = dial(http_port(s));
        struct answer *a = fresh();
        say(fd, lines[i].bytes);
        say(fd, S("GET /page HTTP/1.1\r\n" HOST "\r\n"));
        bool heard = hear(fd, a, true);
        silent += !heard;
        if (heard && a->status != lines[i].status)
            fail_msg("%s: answered %u", lines[i].what, a->status);
        if (heard && str_find(str_bytes(a->bytes, a->n), S("<p>hi")) >= 0)
            fail_msg("%s: what follows was run", lines[i].what);
        if (heard && !closed(fd) && str_find(a->head, S("Connection: close")) < 0)
            fail_msg("%s: the connection stays open", lines[i].what);
        close(fd);
    }
    print_message("%zu guard lines, %u hung up on without an answer\n", ARRAY_LEN(lines), silent);
    assert_true(silent <= 1);
    http_stop(s);
    metrics_free(m);
}

static void test_limits(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);
    AUTO(buf) struct buf b = BUF(1 << 20);

    (void)state;
    buf_add_str(&b, S("GET /page HTTP/1.1\r\n" HOST));
    for (int i = 0; i < 100; i++)
        buf_printf(&b, "A%d: b\r\n", i);
    buf_add_str(&b, S("\r\n"));
    assert_int_equal(ask(http_port(s), buf_str(&b))->status, 413);
    buf_clear(&b);
    buf_add_str(&b, S("GET /page HTTP/1.1\r\n" HOST "A: "));
    memset(buf_extend(&b, 100000), 'x', 100000);
    buf_add_str(&b, S("\r\n\r\n"));
    struct answer *a = ask(http_port(s), buf_str(&b));
    assert_true(a->status == 431 || a->status == 0);
    buf_clear(&b);
    buf_add_str(&b, S("GET /page?"));
    memset(buf_extend(&b, 9000), 'x', 9000);
    buf_add_str(&b, S(" HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(ask(http_port(s), buf_str(&b))->status, 413);
    http_stop(s);
}

static void test_bodies(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);
    struct answer *a = fresh();
    int fd = dial(http_port(s));

    (void)state;
    /* keep-alive and pipelining: three requests at once, answers in order */
    say(fd, S("POST /body HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
              "GET /page HTTP/1.1\r\n" HOST "\r\n"
              "POST /body HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"));
    assert_true(hear(fd, a, true) && str_eq(a->body, S("abc")));
    assert_true(hear(fd, a, true) && str_eq(a->body, S("<p>hi")));
    assert_true(hear(fd, a, true) && a->status == 200 && a->body.n == 0);
    /* refusals without a body keep the connection */
    say(fd, S("GET /none HTTP/1.1\r\n" HOST "\r\nGET /page HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(hear(fd, a, true) && a->status == 404);
    assert_true(hear(fd, a, true) && a->status == 200);
    /* in pieces */
    say(fd, S("POST /body HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nab"));
    usleep(20000);
    say(fd, S("cd"));
    usleep(20000);
    say(fd, S("ef"));
    assert_true(hear(fd, a, true) && str_eq(a->body, S("abcdef")));
    /* waiting for 100 */
    say(fd, S("POST /body HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    assert_true(hear(fd, a, false) && a->status == 100);
    say(fd, S("ok"));
    assert_true(hear(fd, a, true) && str_eq(a->body, S("ok")));
    /* chunks, a chunk extension, a trailer; the last request of its connection */
    say(fd, S("POST /body HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
              "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n"));
    assert_true(hear(fd, a, true) && str_eq(a->body, S("abcdefg")));
    assert_has(a->head, "Connection: close");
    assert_true(closed(fd));
    close(fd);
    AUTO(buf) struct buf big = BUF(1 << 20);
    buf_add_str(&big, S("POST /body HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n"));
    memset(buf_extend(&big, 100000), 'y', 100000);
    a = ask(http_port(s), buf_str(&big));
    assert_true(a->status == 200 && a->body.n == 100000 && a->body.p[99999] == 'y');
    a = ASK(s, "GET /page HTTP/1.0\r\n\r\n");
    assert_int_equal(a->status, 200);
    http_stop(s);
}

static void test_conditions(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);

    (void)state;
#define TAGGED_GET "GET /tagged HTTP/1.1\r\n" HOST
    struct answer *a = ASK(s, TAGGED_GET "\r\n");
    assert_int_equal(a->status, 200);
    assert_has(a->head, "ETag: \"v1\"\r\n");
    assert_has(a->head, "Cache-Control: private, max-age=60\r\n");
    a = ASK(s, TAGGED_GET "If-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
    assert_int_equal(a->status, 304);
    assert_has(a->head, "ETag: \"v1\"\r\n");
    assert_int_equal(a->n, a->head.n);
    assert_int_equal(ASK(s, TAGGED_GET "If-None-Match: *\r\n\r\n")->status, 304);
    assert_int_equal(ASK(s, TAGGED_GET "If-None-Match: \"v2\"\r\n\r\n")->status, 200);
    assert_int_equal(ASK(s, TAGGED_GET "If-Match: \"v1\"\r\n\r\n")->status, 200);
    assert_int_equal(ASK(s, TAGGED_GET "If-Match: W/\"v1\"\r\n\r\n")->status, 412);
    assert_int_equal(ASK(s, TAGGED_GET "If-Match: \"v2\"\r\n\r\n")->status, 412);
#undef TAGGED_GET
    http_stop(s);
}

static void test_uploads(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);
    AUTO(buf) struct buf b = BUF(32 << 20);

    (void)state;
    buf_add_str(&b, S("PUT /upload HTTP/1.1\r\n" HOST "Content-Length: 10485760\r\n\r\n"));
    memset(buf_extend(&b, 10485760), 'z', 10485760);
    struct answer *a = ask(http_port(s), buf_str(&b));
    assert_int_equal(a->status, 201);
    assert_true(str_eq(a->body, S("10485760")));
    a = ASK(s, "PUT /upload HTTP/1.1\r\n" HOST "X-Refuse: 1\r\nContent-Length: 100\r\n\r\n");
    assert_int_equal(a->status, 403);
    unsigned aborted = atomic_load(&shared.aborted);
    a = ASK(s, "PUT /upload HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab!de");
    assert_int_equal(a->status, 415);
    assert_int_equal(atomic_load(&shared.aborted), aborted + 1);
    int fd = dial(http_port(s)); /* leaves in the middle */
    say(fd, S("PUT /upload HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab"));
    usleep(50000);
    close(fd);
    for (int i = 0; i < 500 && atomic_load(&shared.aborted) < aborted + 2; i++)
        usleep(10000);
    assert_int_equal(atomic_load(&shared.aborted), aborted + 2);
    http_stop(s);
}

static void test_later(void **state)
{
    struct http_config c = config();
    struct http_server *s = start(&c);
    int fds[16];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = dial(http_port(s));
        say(fds[i], S("GET /later?q=one HTTP/1.1\r\n" HOST "\r\n"
                      "GET /later?q=two HTTP/1.1\r\n" HOST "\r\n"));
    }
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        struct answer *a = fresh();
        assert_true(hear(fds[i], a, true) && a->status == 201 && str_eq(a->body, S("one")));
        assert_true(hear(fds[i], a, true) && a->status == 201 && str_eq(a->body, S("two")));
        close(fds[i]);
    }
    /* a client that leaves while its request is parked */
    int gone = dial(http_port(s));
    say(gone, S("GET /later?q=x HTTP/1.1\r\n" HOST "\r\n"));
    usleep(1000);
    close(gone);
    usleep(20000);
    join_all();
    http_stop(s);
    /* beyond its deadline: 503, and the late sender is told */
    c.park_timeout_ms = 50;
    s = start(&c);
    struct answer *a = ASK(s, "GET /forget HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(a->status, 503);
    assert_has(a->head, "Retry-After: 1");
    http_reply_bytes(shared.forgotten[0], 200, "text/plain", S("late"), NULL, NULL);
    assert_false(http_reply_send(shared.forgotten[0]));
    http_stop(s);
}

static void *stop_now(void *server)
{
    http_stop(server);
    return NULL;
}

static void test_stop_with_parked(void **state)
{
    struct http_config c = config();
    c.park_timeout_ms = 60000;
    struct http_server *s = start(&c);
    int slow = dial(http_port(s)), lost = dial(http_port(s)), idle = dial(http_port(s));
    struct answer *a = fresh();
    pthread_t stopper;

    (void)state;
    shared.n_forgotten = 0;
    say(slow, S("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
    say(lost, S("GET /forget HTTP/1.1\r\n" HOST "\r\n"));
    say(idle, S("GET /pa"));
    usleep(100000);
    assert_int_equal(pthread_create(&stopper, NULL, stop_now, s), 0);
    assert_true(hear(slow, a, true) && a->status == 200 && str_eq(a->body, S("slow")));
    a = fresh();
    assert_true(hear(lost, a, true) && a->status == 503);
    pthread_join(stopper, NULL);
    assert_true(closed(idle));
    join_all();
    unsigned released = atomic_load(&shared.released);
    assert_false(http_reply_send(shared.forgotten[0])); /* after the server is gone */
    assert_int_equal(atomic_load(&shared.released), released + 1);
    close(slow);
    close(lost);
    close(idle);
}

static void test_slow_clients(void **state)
{
    struct http_config c = config();
    c.head_timeout_s = 1;
    c.body_timeout_s = 1;
    c.idle_timeout_s = 1;
    struct http_server *s = start(&c);
    int head = dial(http_port(s)), body = dial(http_port(s));

    (void)state;
    say(head, S("GET /page HTTP/1.1\r\nA: "));
    say(body, S("POST /body HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n"));
    for (int i = 0; i < 60; i++) { /* a byte now and then does not keep a connection */
        if (recv(head, &(char){0}, 1, MSG_DONTWAIT) == 0)
            break;
        say(head, S("x"));
        say(body, S("x"));
        usleep(100000);
    }
    assert_true(closed(head));
    assert_true(closed(body));
    close(head);
    close(body);
    http_stop(s);
}

static void test_connection_limits(void **state)
{
    struct http_config c = config();
    c.connections_per_address = 2;
    struct http_server *s = start(&c);
    struct answer *a = fresh();
    int fds[3];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fds[i] = dial(http_port(s));
        say(fds[i], S("GET /page HTTP/1.1\r\n" HOST "\r\n"));
        a = fresh();
        assert_true(hear(fds[i], a, true) && a->status == 200);
    }
    fds[2] = dial(http_port(s));
    say(fds[2], S("GET /page HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(closed(fds[2]));
    close(fds[0]);
    close(fds[1]);
    close(fds[2]);
    http_stop(s);
    c = config();
    c.connections = 2; /* one for each thread */
    s = start(&c);
    for (size_t i = 0; i < 3; i++) {
        fds[i] = dial(http_port(s));
        say(fds[i], S("GET /page HTTP/1.1\r\n" HOST "\r\n"));
    }
    unsigned answered = 0;
    for (int wait = 0; wait < 500 && answered < 2; wait++) {
        usleep(10000);
        answered = 0;
        for (size_t i = 0; i < 3; i++)
            answered += recv(fds[i], &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    }
    assert_int_equal(answered, 2);
    for (size_t i = 0; i < 3; i++)
        close(fds[i]);
    http_stop(s);
}

static void test_unix_and_proxies(void **state)
{
    char folder[] = "/tmp/http-test-XXXXXX", path[64];
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    struct answer *a = fresh();
    struct stat st;

    (void)state;
    test_folder(folder);
    snprintf(path, sizeof path, "%s/socket", folder);
    struct http_config c = config();
    c.unix_path = path;
    struct http_server *s = start(&c);
    struct fault f = {0};
    struct http_server *second = NULL;
    assert_int_equal(http_start(&c, &second, &f), ERR_IO); /* somebody serves it */
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_int_equal(http_port(s), 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(sa.sun_path, path);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    say(fd, S("GET /echo/x HTTP/1.1\r\n" HOST "X-Forwarded-For: 203.0.113.9\r\n"
              "X-Forwarded-Proto: https\r\n\r\n"));
    assert_true(hear(fd, a, true));
    assert_has(a->body, "\"client\":\"203.0.113.9\",\"secure\":true");
    close(fd);
    http_stop(s);
    assert_int_not_equal(stat(path, &st), 0);
    test_folder_remove(folder);
    const char *const proxies[] = {"127.0.0.0/8", NULL};
    c = config();
    c.trusted_proxies = proxies;
    s = start(&c);
    a = ASK(s, "GET /echo/x HTTP/1.1\r\n" HOST "X-Forwarded-For: 9.9.9.9\r\n"
               "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n\r\n");
    assert_has(a->body, "\"client\":\"5.6.7.8\",\"secure\":false");
    http_stop(s);
}

static void test_bad_config(void **state)
{
    struct http_server *s = NULL;
    struct fault f = {0};
    struct http_config c = config();

    (void)state;
    c.address = "example.org";
    assert_int_equal(http_start(&c, &s, &f), ERR_INVALID);
    c = config();
    c.upload = NULL;
    assert_int_equal(http_start(&c, &s, &f), ERR_INVALID);
    c = config();
    c.tls_cert_pem = "x";
    assert_int_equal(http_start(&c, &s, &f), ERR_INVALID);
    c.tls_key_pem = "y";
    assert_int_equal(http_start(&c, &s, &f), ERR_INVALID);
    c = config();
    struct http_server *first = start(&c);
    c.port = http_port(first);
    assert_int_equal(http_start(&c, &s, &f), ERR_IO);
    http_stop(first);
    http_stop(NULL);
}

static void test_metrics(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct metrics *m = metrics_new();
    struct http_config c = config();
    c.metrics = m;
    struct http_server *s = start(&c);

    (void)state;
    ASK(s, "GET /page HTTP/1.1\r\n" HOST "\r\n");
    ASK(s, "GET /page HTTP/1.1\r\n" HOST "\r\n");
    ASK(s, "GET /none HTTP/1.1\r\n" HOST "\r\n");
    ASK(s, "GET /page HTTP/1.1\r\n" HOST HOST "\r\n");
    metrics_write(m, &b);
    assert_has(buf_str(&b),
               "http_request_duration_seconds_count{route=\"page\",class=\"2xx\"} 2\n");
    assert_has(buf_str(&b),
               "http_request_duration_seconds_count{route=\"none\",class=\"4xx\"} 2\n");
    assert_has(buf_str(&b), "http_refused_heads_total 1\n");
    http_stop(s);
    metrics_free(m);
}

/* A certificate made by the system's openssl, a request by its s_client. */
static void test_tls(void **state)
{
    char folder[] = "/tmp/http-test-XXXXXX", command[512];
    AUTO(arena) struct arena *a = arena_new(1 << 16);

    (void)state;
    test_folder(folder);
    snprintf(command, sizeof command,
             "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
             "-subj /CN=node.utopia.example -days 2 -keyout key -out cert 2>/dev/null",
             folder);
    if (system(command) != 0) {
        test_folder_remove(folder);
        skip();
    }
    struct http_config c = config();
    snprintf(command, sizeof command, "%s/cert", folder);
    c.tls_cert_pem = test_slurp(command, a).p;
    snprintf(command, sizeof command, "%s/key", folder);
    c.tls_key_pem = test_slurp(command, a).p;
    struct http_server *s = start(&c);
    snprintf(
        command, sizeof command,
        "cd %s && (printf 'GET /echo/x HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'; "
        "sleep 1) | openssl s_client -quiet -connect 127.0.0.1:%u >out 2>/dev/null",
        folder, http_port(s));
    int done = system(command);
    (void)done;
    snprintf(command, sizeof command, "%s/out", folder);
    str out = test_slurp(command, a);
    assert_has(out, "HTTP/1.1 200 OK");
    assert_has(out, "Strict-Transport-Security: max-age=");
    assert_has(out, "\"secure\":true");
    http_stop(s);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_guard_lines),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_uploads),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_stop_with_parked),
        cmocka_unit_test(test_slow_clients),
        cmocka_unit_test(test_connection_limits),
        cmocka_unit_test(test_unix_and_proxies),
        cmocka_unit_test(test_bad_config),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
