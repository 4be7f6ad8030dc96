/* guard_test.c - the pure parts: guard, targets, routes, peers, limits, metrics, problems */
#include "base/testing.h"
#include "http/guard_int.h"
#include "http/limit.h"
#include "http/metrics.h"
#include "http/peer_int.h"
#include "http/problem.h"
#include "http/route_int.h"

static const struct guard_limits limits = {.headers = 8, .header_bytes = 200, .target_bytes = 100};

/* Checks "METHOD TARGET VERSION" with headers "name:value" up to NULL. */
static enum err check(const char *line, const char *const *headers, struct guard_result *out)
{
    struct http_pair pairs[16];
    struct guard_head h = {.headers = pairs};
    str rest = str_of(line);
    struct fault f = {0};

    str_split(&rest, ' ', &h.method);
    str_split(&rest, ' ', &h.target);
    h.version = rest;
    for (; headers[h.n]; h.n++) {
        str s = str_of(headers[h.n]);
        size_t colon = (size_t)str_find_char(s, ':');
        pairs[h.n] = (struct http_pair){str_sub(s, 0, colon), str_sub(s, colon + 1, s.n)};
    }
    return guard_check(&h, &limits, out, &f);
}

#define CHECK(line, ...) check((line), (const char *const[]){__VA_ARGS__, NULL}, &result)

static void test_guard(void **state)
{
    struct guard_result result;

    (void)state;
    assert_int_equal(CHECK("GET /a?b=1 HTTP/1.1", "Host:x"), OK);
    assert_true(str_eq(result.path, S("/a")) && str_eq(result.query, S("b=1")));
    assert_true(result.content_length == -1 && !result.chunked);
    assert_int_equal(CHECK("POST / HTTP/1.1", "Host:x", "Content-Length:7"), OK);
    assert_int_equal(result.content_length, 7);
    assert_int_equal(CHECK("POST / HTTP/1.1", "Host:x", "Transfer-Encoding:Chunked"), OK);
    assert_true(result.chunked);
    assert_int_equal(CHECK("GET / HTTP/1.0", "A:b"), OK);
    static const char *const bad[][3] = {
        {"Host:x", "Content-Length:7", "Content-Length:8"},
        {"Host:x", "Content-Length:7", "content-length:7"},
        {"Host:x", "Content-Length:7", "Transfer-Encoding:chunked"},
        {"Host:x", "Content-Length:+7", NULL},
        {"Host:x", "Content-Length:7, 7", NULL},
        {"Host:x", "Content-Length:", NULL},
        {"Host:x", "Content-Length:9999999999999999999", NULL},
        {"Host:x", "Content-Length :7", NULL},
        {"Host:x", "Transfer-Encoding:gzip, chunked", NULL},
        {"Host:x", "Transfer-Encoding:chunked ", NULL},
        {"Host:x", "Transfer-Encoding:chunked", "Transfer-Encoding:chunked"},
        {"A:b", NULL, NULL},
        {"Host:x", "Host:x", NULL},
        {"Host:", NULL, NULL},
        {"Host:a b", NULL, NULL},
        {"Host:x/y", NULL, NULL},
        {"Host:x", "A:b\r", NULL},
        {"Host:x", "A:b\x01", NULL},
        {"Host:x", ":b", NULL},
        {"Host:x", "A(:b", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (check("POST / HTTP/1.1", (const char *const[]){bad[i][0], bad[i][1], bad[i][2], NULL},
                  &result) != ERR_MALFORMED_REQUEST)
            fail_msg("head %zu was taken", i);
    assert_int_equal(CHECK("POST / HTTP/1.0", "Transfer-Encoding:chunked"), ERR_MALFORMED_REQUEST);
    assert_int_equal(CHECK("GET / HTTP/1.2", "Host:x"), ERR_MALFORMED_REQUEST);
    assert_int_equal(CHECK("G@T / HTTP/1.1", "Host:x"), ERR_MALFORMED_REQUEST);
    assert_int_equal(
        CHECK("GET / HTTP/1.1", "Host:x", "a:", "a:", "a:", "a:", "a:", "a:", "a:", "a:"),
        ERR_TOO_LARGE);
    char many[300] = "A:";
    memset(many + 2, 'x', 250);
    assert_int_equal(CHECK("GET / HTTP/1.1", "Host:x", many), ERR_TOO_LARGE);
    char target[200] = "GET /";
    memset(target + 5, 'x', 120);
    strcat(target, " HTTP/1.1");
    assert_int_equal(CHECK(target, "Host:x"), ERR_TOO_LARGE);
}

static void test_targets(void **state)
{
    static const char *const good[] = {"/",       "/a/b", "/a%20b",     "/...",
                                       "/.a",     "/a..", "/a?x=/../y", "/a;b=1,2",
                                       "/%D8%B3", "*",    "/a?",        "/a?b=%2F"};
    static const char *const bad[] = {
        "",      "a",      "http://x/",  "/a b",    "/a\\b",   "/a\x01", "/a\"",
        "/a<",   "/a#b",   "/%",         "/%2",     "/%zz",    "/a/..",  "/../a",
        "/.",    "/a/./b", "/%2e%2E",    "/.%2e/a", "/a%2Fb",  "/a%5cb", "/a%00",
        "/a%0a", "/a%7f",  "/a\xc3\xa9", "/a?b=%4", "/a?b={}", "/a|b",   "/[a]"};
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    const struct http_pair *q = NULL;
    str path, query, out;
    unsigned n = 0;
    struct fault f = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (target_check(str_of(good[i]), &path, &query, &f) != OK)
            fail_msg("%s refused: %s", good[i], f.detail);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (target_check(str_of(bad[i]), &path, &query, &f) != ERR_MALFORMED_REQUEST)
            fail_msg("%s taken", bad[i]);
    assert_int_equal(target_decode(a, S("a+b%20c"), true, &out, &f), OK);
    assert_true(str_eq(out, S("a b c")));
    assert_int_equal(target_decode(a, S("a+b"), false, &out, &f), OK);
    assert_true(str_eq(out, S("a+b")));
    assert_int_equal(target_decode(a, S("%ff"), false, &out, &f), ERR_MALFORMED_REQUEST);
    assert_int_equal(target_decode(a, S("%00"), true, &out, &f), ERR_MALFORMED_REQUEST);
    assert_int_equal(target_query(a, S("x=1&y&x=%D8%B3"), &q, &n, &f), OK);
    assert_int_equal(n, 3);
    assert_true(str_eq(q[0].name, S("x")) && str_eq(q[1].value, S("")));
    assert_true(str_eq(q[2].value, S("\xd8\xb3")));
    assert_int_equal(target_query(a, S("a&&b"), &q, &n, &f), ERR_MALFORMED_REQUEST);
    assert_int_equal(target_query(a, S("=b"), &q, &n, &f), ERR_MALFORMED_REQUEST);
}

/* The head as the library leaves it: separators replaced by NUL bytes. */
static void test_whole(void **state)
{
    (void)state;
    /* offsets:                  0    4  6         14 16 */
    static const char good[] = "GET\0/\0HTTP/1.1\0\0A\0 bc\0\0\0";
    struct http_pair h = {str_bytes(good + 16, 1), str_bytes(good + 19, 2)};
    struct guard_head head = {str_bytes(good, 3), str_bytes(good + 4, 1), str_bytes(good + 6, 8),
                              &h, 1};
    str block = str_bytes(good, sizeof good);

    assert_int_equal(sizeof good, 25);
    assert_true(guard_whole(block, &head));
    h.value.n = 1; /* cut by a NUL */
    assert_false(guard_whole(block, &head));
    h.value.n = 2;
    block.n--; /* a bare LF */
    assert_false(guard_whole(block, &head));
    block.n += 1;
    head.n = 0; /* a line nobody saw */
    assert_false(guard_whole(block, &head));
    head.n = 1;
    h.name.p = "A"; /* folded lines lie elsewhere */
    assert_false(guard_whole(block, &head));
    block.n = 3;
    assert_false(guard_whole(block, &head));
}

static void test_routes(void **state)
{
    static const struct http_route rows[] = {
        {"root", HTTP_GET, "/"},
        {"case.list", HTTP_GET, "/v1/cases"},
        {"case.new", HTTP_POST, "/v1/cases"},
        {"case.read", HTTP_GET, "/v1/cases/{id}"},
        {"case.open", HTTP_GET, "/v1/cases/open"},
        {"answers", HTTP_PUT, "/v1/cases/{case}/answers/{q}"},
        {"files", HTTP_GET, "/files/{path*}"},
    };
    struct router *r = NULL;
    struct route_match m;
    struct fault f = {0};

    (void)state;
    assert_int_equal(router_new(rows, ARRAY_LEN(rows), &r, &f), OK);
    assert_true(router_find(r, HTTP_GET, S("/"), &m));
    assert_ptr_equal(m.route->row, &rows[0]);
    assert_true(router_find(r, HTTP_HEAD, S("/v1/cases/x"), &m));
    assert_ptr_equal(m.route->row, &rows[3]);
    assert_true(m.n_params == 1 && str_eq(m.params[0], S("x")));
    assert_true(router_find(r, HTTP_GET, S("/v1/cases/open"), &m));
    assert_ptr_equal(m.route->row, &rows[4]);
    assert_true(router_find(r, HTTP_PUT, S("/v1/cases/1/answers/2"), &m));
    assert_true(str_eq(m.route->params[0], S("case")) && str_eq(m.params[1], S("2")));
    assert_true(router_find(r, HTTP_GET, S("/files/a/b.css"), &m));
    assert_true(str_eq(m.params[0], S("a/b.css")));
    assert_true(router_find(r, HTTP_DELETE, S("/v1/cases"), &m));
    assert_null(m.route);
    assert_int_equal(m.allowed,
                     1 << HTTP_GET | 1 << HTTP_HEAD | 1 << HTTP_POST | 1 << HTTP_OPTIONS);
    assert_false(router_find(r, HTTP_GET, S("/v1"), &m));
    assert_false(router_find(r, HTTP_GET, S("/v1/cases/"), &m));
    assert_false(router_find(r, HTTP_GET, S("/v1/cases//answers/1"), &m));
    assert_false(router_find(r, HTTP_GET, S("/files/"), &m));
    router_free(r);
    const struct http_route bad[] = {
        {"a", HTTP_GET, "x"},     {"a", HTTP_HEAD, "/"},
        {"a", HTTP_GET, "/a//b"}, {"a", HTTP_GET, "/{x*}/b"},
        {"a", HTTP_GET, "/{}"},   {"a", HTTP_GET, "/{x"},
        {"a", HTTP_OTHER, "/"},   {NULL, HTTP_GET, "/"},
        {"a", HTTP_GET, NULL},    {"a", HTTP_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(router_new(&bad[i], 1, &r, &f), ERR_INVALID);
    const struct http_route twice[] = {{"a", HTTP_GET, "/{x}"}, {"b", HTTP_GET, "/{y}"}};
    assert_int_equal(router_new(twice, 2, &r, &f), ERR_INVALID);
}

static void test_peers(void **state)
{
    const char *const list[] = {"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", NULL};
    const char *const bad[] = {"10.0.0.0/33", NULL}, *const worse[] = {"host", NULL};
    struct peer_nets nets, none;
    struct fault f = {0};

    (void)state;
    assert_int_equal(peer_nets_parse(list, &nets, &f), OK);
    assert_int_equal(peer_nets_parse(bad, &none, &f), ERR_INVALID);
    assert_int_equal(peer_nets_parse(worse, &none, &f), ERR_INVALID);
    assert_true(peer_in(&nets, S("10.255.0.1")) && peer_in(&nets, S("::ffff:10.1.1.1")));
    assert_true(peer_in(&nets, S("192.0.2.7")) && !peer_in(&nets, S("192.0.2.8")));
    assert_true(peer_in(&nets, S("2001:db8:7fff::1")) && !peer_in(&nets, S("2001:db8:8000::1")));
    assert_false(peer_in(&nets, S("unix")));
    str p = S("10.0.0.1");
    assert_true(str_eq(peer_forwarded(&nets, p, S("203.0.113.9")), S("203.0.113.9")));
    assert_true(str_eq(peer_forwarded(&nets, p, S("198.51.100.1, 203.0.113.9 , 10.0.0.2")),
                       S("203.0.113.9")));
    assert_true(str_eq(peer_forwarded(&nets, p, S("10.0.0.3, 10.0.0.2")), S("10.0.0.3")));
    assert_true(str_eq(peer_forwarded(&nets, p, S("evil, 10.0.0.2")), S("10.0.0.2")));
    assert_true(str_eq(peer_forwarded(&nets, p, S("")), p));
    free(nets.nets);
}

static void test_limits(void **state)
{
    const int64_t second = 1000000000;
    struct limit *l = limit_new((struct limit_rate){.per_second = 2, .burst = 4}, 1024);
    int64_t now = 5 * second;

    (void)state;
    assert_non_null(l);
    uint64_t key = limit_key(l, S("192.0.2.1"), S("")), other = limit_key(l, S(""), S("192.0.2.1"));
    assert_int_not_equal(key, other);
    assert_int_equal(key, limit_key(l, S("192.0.2.1"), S("")));
    for (int i = 0; i < 4; i++)
        assert_int_equal(limit_take(l, key, 1, now), 0);
    assert_int_equal(limit_take(l, key, 1, now), 1);
    assert_int_equal(limit_take(l, other, 1, now), 0);
    assert_int_equal(limit_take(l, key, 1, now + second / 2), 0);
    assert_int_equal(limit_take(l, key, 1, now + second / 2), 1);
    assert_int_equal(limit_take(l, key, 4, now + second / 2), 2);
    assert_int_equal(limit_take(l, key, 4, now + 10 * second), 0);
    assert_int_equal(limit_take(l, key, 1000, now + 100 * second), 0); /* dearer than the burst */
    assert_true(limit_take(l, key, 1, now + 101 * second) > 400);
    limit_set(l, (struct limit_rate){0});
    assert_int_equal(limit_take(l, key, 1, now), 0);
    limit_set(l, (struct limit_rate){.per_second = 0.001, .burst = 1});
    for (uint64_t k = 1; k < 5000; k++) /* more keys than slots: still bounded, still answers */
        (void)!limit_take(l, k * 0x9e3779b97f4a7c15u, 1, now);
    limit_free(l);
    assert_int_equal(limit_take(NULL, 1, 1, now), 0);
}

static int64_t seven(void *ctx)
{
    (void)ctx;
    return 7;
}

static void test_metrics(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct metrics *m = metrics_new();
    struct metric *c = metrics_counter(m, "b_total", "Things", "x=\"1\"");
    struct metric *h = metrics_histogram(m, "a_seconds", "Time", NULL);

    (void)state;
    assert_ptr_equal(c, metrics_counter(m, "b_total", "Things", "x=\"1\""));
    assert_null(metrics_gauge(m, "b_total", "Things", "x=\"1\""));
    metric_add(c, 2);
    metric_add(c, 3);
    metric_add(metrics_counter(m, "b_total", "Things", "x=\"0\""), 1);
    metric_observe(h, 1000);
    metric_observe(h, 20000);
    metric_observe(h, INT64_MAX / 2);
    metrics_ask(m, "c", "Asked", NULL, seven, NULL);
    metric_set(metrics_gauge(m, "d", "Set", NULL), -4);
    metrics_write(m, &b);
    metric_add(NULL, 1);
    assert_true(buf_ok(&b));
    static const char *const want[] = {
        "# HELP a_seconds Time\n# TYPE a_seconds histogram\na_seconds_bucket{le=",
        "a_seconds_bucket{le=\"1.6384e-05\"} 1\n",
        "a_seconds_bucket{le=\"3.2768e-05\"} 2\n",
        "a_seconds_bucket{le=\"+Inf\"} 3\n",
        "a_seconds_count 3\n",
        "b_total{x=\"0\"} 1\nb_total{x=\"1\"} 5\n",
        "\nc 7\n",
        "\nd -4\n"};
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        if (str_find(buf_str(&b), str_of(want[i])) < 0)
            fail_msg("no %s in\n%.*s", want[i], STR_FMT(buf_str(&b)));
    metrics_free(m);
    metrics_free(NULL);
}

static void test_problems(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct fault f = {0};

    (void)state;
    fault_at(&f, ERR_SCHEMA, "/a/b", "wants \"x\"");
    problem_write(&b, &f, "id", STR_NONE, STR_NONE);
    assert_string_equal(
        str_cstr(a, buf_str(&b)),
        "{\"type\":\"/problems/schema\",\"title\":\"The input does not fit its schema\","
        "\"status\":422,\"detail\":\"wants \\\"x\\\"\",\"instance\":\"urn:uuid:id\","
        "\"errors\":[{\"pointer\":\"/a/b\",\"detail\":\"wants \\\"x\\\"\"}]}");
    fault_add(&f, a, "/c", "one");
    fault_add(&f, a, "/d", "two");
    buf_clear(&b);
    problem_write(&b, &f, "id", STR_NONE, STR_NONE);
    assert_true(str_find(buf_str(&b), S("[{\"pointer\":\"/c\",\"detail\":\"one\"},{")) > 0);
    fault(&f, ERR_INTERNAL, "secret");
    buf_clear(&b);
    problem_write(&b, &f, "id", STR_NONE, STR_NONE);
    assert_true(str_find(buf_str(&b), S("secret")) < 0);
    /* every code has a page, and every class an error status */
    for (int e = OK + 1; e < ERR_COUNT; e++) {
        buf_clear(&b);
        assert_true(problem_page(&b, str_of(err_slug((enum err)e))));
        assert_in_range(problem_status(err_class((enum err)e)), 400, 599);
    }
    assert_false(problem_page(&b, S("nonsense")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guard),   cmocka_unit_test(test_targets),
        cmocka_unit_test(test_whole),   cmocka_unit_test(test_routes),
        cmocka_unit_test(test_peers),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_metrics), cmocka_unit_test(test_problems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
