/* guard_int.h - the strict request guard: pure functions over a request head
 *
 * A proxy in front and this server must agree where a request ends and what it asks for, so
 * whatever two readers could take differently is refused (RFC 9112, sections 2.2, 3.2, 5.1, 6.3
 * and 11.2). libmicrohttpd 0.9.75 lets several such heads through; it also cuts a line at a NUL
 * byte, takes a bare LF for a line end and drops folded lines, none of which shows in the header
 * list it hands out. guard_whole() finds those: it checks that the parsed pieces, with the
 * separators RFC 9112 prescribes, account for every byte of the head.
 */
#ifndef SIFARA_HTTP_GUARD_INT_H
#define SIFARA_HTTP_GUARD_INT_H

#include "base/errors.h"
#include "http/http.h"

/* target is as received; values still have the blanks behind them. */
struct guard_head {
    str method, target, version;
    const struct http_pair *headers;
    size_t n;
};

struct guard_limits {
    size_t headers;      /* how many */
    size_t header_bytes; /* names and values together */
    size_t target_bytes;
};

struct guard_result {
    str path, query;        /* of the target; query without '?' */
    int64_t content_length; /* -1 if none is given */
    bool chunked;
};

/* Checks a head. ERR_MALFORMED_REQUEST with a sentence; ERR_TOO_LARGE for a limit. */
NODISCARD enum err guard_check(const struct guard_head *, const struct guard_limits *,
                               struct guard_result *out, struct fault *);

/* block is the head as it lies in memory after a parser replaced separators by NUL bytes; all
 * pieces of the head must point into it. True if they, with "\0" behind method, target and name,
 * blanks before a value, and "\0\0" behind each line, fill it without gap or overlap. */
bool guard_whole(str block, const struct guard_head *);

/* Path and query of a target that guard_check() accepted. Decoding: %XX, and '+' as blank in
 * query only; the result is UTF-8 without NUL. ERR_MALFORMED_REQUEST, ERR_MEMORY_LIMIT. */
NODISCARD enum err target_decode(struct arena *, str raw, bool query, str *out, struct fault *);
/* Splits and decodes a query string; at most HTTP_MAX_QUERY pairs. */
NODISCARD enum err target_query(struct arena *, str raw, const struct http_pair **out, unsigned *n,
                                struct fault *);
/* Character set, percent triplets, and no '.', '..', encoded slash, backslash or control in any
 * segment of the path. */
NODISCARD enum err target_check(str target, str *out_path, str *out_query, struct fault *);

/* RFC 9110, 5.6.2 */
bool is_token(str);

#endif
