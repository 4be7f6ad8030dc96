#include "http/route_int.h"

#include <stdlib.h>

#define METHODS HTTP_OTHER

struct node {
    str segment;
    struct node **literals; /* ordered by compare() */
    size_t n_literals;
    struct node *any, *rest;
    const struct route *routes[METHODS];
    unsigned allowed;
};

struct router {
    struct arena *arena;
    struct node *root;
};

static enum err refuse(const struct http_route *row, const char *why, struct fault *f)
{
    return fault(f, ERR_INVALID, "route %s: %s", row->name ? row->name : "?", why);
}

/* Length first: most comparisons end there. */
static int compare(str a, str b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return memcmp(a.p, b.p, a.n);
}

/* Where the literal is, or belongs; true if it is there. */
static bool locate(const struct node *n, str segment, size_t *out)
{
    size_t from = 0, to = n->n_literals;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int c = compare(segment, n->literals[middle]->segment);
        if (c == 0) {
            *out = middle;
            return true;
        }
        if (c < 0)
            to = middle;
        else
            from = middle + 1;
    }
    *out = from;
    return false;
}

static struct node *add_literal(struct router *r, struct node *n, str segment)
{
    size_t at;

    if (locate(n, segment, &at))
        return n->literals[at];
    struct node *child = arena_new_of(r->arena, struct node);
    struct node **grown = arena_alloc(r->arena, (n->n_literals + 1) * sizeof(struct node *));
    if (!child || !grown)
        return NULL;
    child->segment = segment;
    for (size_t i = 0; i < at; i++)
        grown[i] = n->literals[i];
    grown[at] = child;
    for (size_t i = at; i < n->n_literals; i++)
        grown[i + 1] = n->literals[i];
    n->literals = grown;
    n->n_literals++;
    return child;
}

/* The child for one segment of a row's path; remembers the name of a captured one. */
static enum err step(struct router *r, struct route *route, str segment, bool last,
                     struct node **at, struct fault *f)
{
    struct node **slot;

    if (segment.n == 0 && !last)
        return refuse(route->row, "empty segment", f);
    if (!str_starts(segment, S("{"))) {
        *at = add_literal(r, *at, segment);
        return *at ? OK : fault(f, ERR_MEMORY, "out of memory");
    }
    if (!str_ends(segment, S("}")) || segment.n < 3)
        return refuse(route->row, "bad parameter", f);
    if (route->n_params == HTTP_MAX_PARAMS)
        return refuse(route->row, "too many parameters", f);
    str name = str_sub(segment, 1, segment.n - 1);
    slot = &(*at)->any;
    if (str_ends(name, S("*"))) {
        if (!last || name.n < 2)
            return refuse(route->row, "{name*} must be the last segment", f);
        name.n--;
        slot = &(*at)->rest;
    }
    route->params[route->n_params++] = name;
    if (!*slot)
        *slot = arena_new_of(r->arena, struct node);
    *at = *slot;
    return *at ? OK : fault(f, ERR_MEMORY, "out of memory");
}

static enum err add_row(struct router *r, const struct http_route *row, size_t index,
                        struct fault *f)
{
    struct route *route = arena_new_of(r->arena, struct route);
    struct node *at = r->root;
    str segment;

    if (!route)
        return fault(f, ERR_MEMORY, "out of memory");
    route->row = row;
    route->index = index;
    if (!row->name || !row->path || row->path[0] != '/')
        return refuse(row, "needs a name, and a path that begins with '/'", f);
    if ((int)row->method < 0 || row->method >= HTTP_OPTIONS || row->method == HTTP_HEAD)
        return refuse(row, "HEAD and OPTIONS are answered from the other rows", f);
    str rest = str_of(row->path + 1);
    while (str_split(&rest, '/', &segment))
        TRY(step(r, route, segment, rest.p == NULL, &at, f));
    if (at->routes[row->method])
        return refuse(row, "method and path are there twice", f);
    at->routes[row->method] = route;
    at->allowed |= 1u << row->method | 1u << HTTP_OPTIONS;
    if (row->method == HTTP_GET)
        at->allowed |= 1u << HTTP_HEAD;
    return OK;
}

enum err router_new(const struct http_route *rows, size_t n, struct router **out, struct fault *f)
{
    struct router *r = calloc(1, sizeof *r);
    enum err e = OK;

    if (!r)
        return fault(f, ERR_MEMORY, "out of memory");
    r->arena = arena_new(16 << 20);
    r->root = r->arena ? arena_new_of(r->arena, struct node) : NULL;
    if (!r->root)
        e = fault(f, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n && e == OK; i++)
        e = add_row(r, &rows[i], i, f);
    if (e == OK)
        *out = r;
    else
        router_free(r);
    return e;
}

void router_free(struct router *r)
{
    if (!r)
        return;
    arena_free(r->arena);
    free(r);
}

bool router_find(const struct router *r, enum http_method method, str path, struct route_match *out)
{
    const struct node *at = r->root;
    str rest = str_sub(path, 1, path.n), segment;
    size_t i;

    out->n_params = 0;
    for (;;) {
        str tail = rest;
        if (!str_split(&rest, '/', &segment))
            break;
        if (locate(at, segment, &i)) {
            at = at->literals[i];
        } else if (at->any && segment.n) {
            out->params[out->n_params++] = segment;
            at = at->any;
        } else if (at->rest && tail.n) {
            out->params[out->n_params++] = tail;
            at = at->rest;
            break;
        } else {
            return false;
        }
    }
    if (!at->allowed)
        return false;
    out->allowed = at->allowed;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    out->route = method < METHODS ? at->routes[method] : NULL;
    return true;
}
