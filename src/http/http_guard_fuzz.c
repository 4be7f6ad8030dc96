/* http_guard_fuzz.c - request heads: line one is the request line, the others are headers
 *
 * Whatever the guard accepts must have the properties that make its framing unambiguous, and its
 * target must decode or be refused, and find its way through a router. */
#include <assert.h>
#include <stdlib.h>

#include "http/guard_int.h"
#include "http/route_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct http_route rows[] = {
    {"root", HTTP_GET, "/"},
    {"case", HTTP_GET, "/v1/cases/{id}/answers"},
    {"files", HTTP_GET, "/files/{path*}"},
};

static unsigned count(const struct guard_head *h, str name)
{
    unsigned n = 0;

    for (size_t i = 0; i < h->n; i++)
        n += str_eq_nocase(h->headers[i].name, name);
    return n;
}

static void check_accepted(const struct guard_head *h, const struct guard_result *r)
{
    assert(count(h, S("host")) <= 1 && count(h, S("content-length")) <= 1);
    assert(count(h, S("content-length")) + count(h, S("transfer-encoding")) <= 1);
    assert(r->chunked == (count(h, S("transfer-encoding")) == 1));
    assert((r->content_length >= 0) == (count(h, S("content-length")) == 1));
    for (size_t i = 0; i < h->n; i++)
        assert(is_token(h->headers[i].name) &&
               !memchr(h->headers[i].value.p, '\n', h->headers[i].value.n));
    assert(str_eq(r->path, S("*")) || r->path.p[0] == '/');
    assert(str_find(r->path, S("/../")) < 0 && str_find(r->path, S("%2f")) < 0);
}

static void follow(const struct guard_result *r)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    const struct http_pair *q;
    struct router *router;
    struct route_match m;
    unsigned n;
    str out;

    assert(router_new(rows, ARRAY_LEN(rows), &router, NULL) == OK);
    if (router_find(router, HTTP_GET, r->path, &m))
        for (unsigned i = 0; i < m.n_params; i++)
            if (target_decode(a, m.params[i], false, &out, NULL) == OK)
                assert(out.n && utf8_valid(out) && !memchr(out.p, 0, out.n));
    if (target_query(a, r->query, &q, &n, NULL) == OK)
        assert(r->query.n == 0 || (n >= 1 && q[0].name.p));
    router_free(router);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct guard_limits limits = {.headers = 16, .header_bytes = 4096, .target_bytes = 2048};
    struct http_pair headers[17];
    struct guard_head h = {.headers = headers};
    struct guard_result r;
    str rest = str_bytes(data ? (const char *)data : "", size), line, first;

    str_split(&rest, '\n', &first);
    str_split(&first, ' ', &h.method);
    if (!str_split(&first, ' ', &h.target))
        h.target = S("");
    h.version = first;
    while (h.n < ARRAY_LEN(headers) && str_split(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':');
        size_t at = colon < 0 ? line.n : (size_t)colon;
        headers[h.n++] = (struct http_pair){str_sub(line, 0, at), str_sub(line, at + 1, line.n)};
    }
    guard_whole(str_bytes(data, size), &h);
    if (guard_check(&h, &limits, &r, NULL) == OK) {
        check_accepted(&h, &r);
        if (!str_eq(r.path, S("*")))
            follow(&r);
    }
    return 0;
}
