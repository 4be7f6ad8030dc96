/* route_int.h - from method and path to a row
 *
 * A trie over path segments. At each node a literal segment wins over {name}, and {name} over
 * {name*}; there is no going back, so that a look-up costs one step per segment. Immutable once
 * built.
 */
#ifndef SIFARA_HTTP_ROUTE_INT_H
#define SIFARA_HTTP_ROUTE_INT_H

#include "http/http.h"

struct router;

/* One row with its compiled parts; index is the row's number. */
struct route {
    const struct http_route *row;
    size_t index;
    unsigned n_params;
    str params[HTTP_MAX_PARAMS];
};

/* ERR_INVALID names the row that is wrong or there twice. Rows must outlive the router. */
NODISCARD enum err router_new(const struct http_route *rows, size_t n, struct router **out,
                              struct fault *);
void router_free(struct router *);

struct route_match {
    const struct route *route; /* NULL: the path is known, the method is not */
    unsigned allowed;          /* bit per method of the path */
    unsigned n_params;
    str params[HTTP_MAX_PARAMS]; /* not decoded */
};

/* False: no row has this path. HEAD falls back to GET. */
bool router_find(const struct router *, enum http_method, str path, struct route_match *out);

#endif
