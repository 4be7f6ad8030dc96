/* errors.h - the one table of what can go wrong
 *
 * A function that can fail returns enum err (OK is 0) and, where somebody will read it, fills a
 * struct fault: code, JSON Pointer to the offending input, a sentence. base knows nothing of
 * HTTP: http/problem.c maps the class to a status. Programming mistakes assert; bad input never
 * does.
 */
#ifndef SIFARA_BASE_ERRORS_H
#define SIFARA_BASE_ERRORS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

/* What kind of trouble it is, from the point of view of whoever asked. */
enum err_class {
    CLASS_OK,
    CLASS_MALFORMED,       /* cannot be read at all */
    CLASS_INVALID,         /* can be read, breaks a rule */
    CLASS_UNAUTHENTICATED, /* we do not know who asks */
    CLASS_DENIED,          /* we know, and policy refuses */
    CLASS_UNTRUSTED,       /* a signature, proof or certificate does not hold */
    CLASS_ABSENT,
    CLASS_METHOD,
    CLASS_CONFLICT, /* does not fit the present state */
    CLASS_PRECONDITION,
    CLASS_GONE,
    CLASS_TOO_LARGE,
    CLASS_MEDIA,
    CLASS_LIMITED, /* too often */
    CLASS_BUSY,    /* try again */
    CLASS_INTERNAL
};

/* code, class, slug (stable, part of our API), title */
#define ERRORS(X)                                                                                  \
    X(ERR_MALFORMED_JSON, MALFORMED, "malformed-json", "The JSON text cannot be read")             \
    X(ERR_MALFORMED_REQUEST, MALFORMED, "malformed-request", "The request cannot be read")         \
    X(ERR_MALFORMED_TEXT, MALFORMED, "malformed-text", "The text cannot be read")                  \
    X(ERR_SYNTAX, INVALID, "syntax", "The text breaks the rules of its language")                  \
    X(ERR_INVALID, INVALID, "invalid", "The input breaks a rule")                                  \
    X(ERR_SCHEMA, INVALID, "schema", "The input does not fit its schema")                          \
    X(ERR_RANGE, INVALID, "range", "A value is out of range")                                      \
    X(ERR_LIMIT, INVALID, "limit", "The input is larger or deeper than allowed")                   \
    X(ERR_COVERAGE, INVALID, "coverage", "A country would have no or two responsible authorities") \
    X(ERR_NOT_ELIGIBLE, INVALID, "not-eligible", "The conditions of the service are not met")      \
    X(ERR_MALWARE, INVALID, "malware", "The file carries something harmful")                       \
    X(ERR_UNAUTHENTICATED, UNAUTHENTICATED, "unauthenticated", "Sign in first")                    \
    X(ERR_SESSION_EXPIRED, UNAUTHENTICATED, "session-expired", "The session has ended")            \
    X(ERR_BAD_CODE, UNAUTHENTICATED, "bad-code", "The code is wrong or no longer valid")           \
    X(ERR_DENIED, DENIED, "denied", "The foreign policy does not permit this")                     \
    X(ERR_BAD_SIGNATURE, UNTRUSTED, "bad-signature", "A signature does not verify")                \
    X(ERR_BAD_PROOF, UNTRUSTED, "bad-proof", "A proof does not verify")                            \
    X(ERR_UNTRUSTED, UNTRUSTED, "untrusted", "The signer is not on the trust list")                \
    X(ERR_UNSIGNED, UNTRUSTED, "unsigned", "The keyring does not sign this")                       \
    X(ERR_NOT_FOUND, ABSENT, "not-found", "No such record")                                        \
    X(ERR_NO_ROUTE, ABSENT, "no-route", "No such address")                                         \
    X(ERR_METHOD, METHOD, "method", "This address does not take that method")                      \
    X(ERR_CONFLICT, CONFLICT, "conflict", "This does not fit the present state")                   \
    X(ERR_STALE, CONFLICT, "stale", "Somebody changed it meanwhile")                               \
    X(ERR_FOUR_EYES, CONFLICT, "four-eyes", "A second officer must do this")                       \
    X(ERR_INTEREST, CONFLICT, "conflict-of-interest", "An officer may not act in an own matter")   \
    X(ERR_RETENTION, CONFLICT, "retention", "The law says that this must be kept")                 \
    X(ERR_REPLAYED_KEY, CONFLICT, "idempotency-key", "The key was used for another request")       \
    X(ERR_PRECONDITION, PRECONDITION, "precondition", "The condition in the request is not met")   \
    X(ERR_ERASED, GONE, "erased", "The content was erased")                                        \
    X(ERR_TOO_LARGE, TOO_LARGE, "too-large", "The request is larger than allowed")                 \
    X(ERR_MEDIA_TYPE, MEDIA, "media-type", "This type of content is not accepted")                 \
    X(ERR_MEMORY_LIMIT, TOO_LARGE, "memory-limit", "The request needs more memory than allowed")   \
    X(ERR_LIMITED, LIMITED, "rate-limit", "Too many requests")                                     \
    X(ERR_BUSY, BUSY, "busy", "The node is busy; try again")                                       \
    X(ERR_KEYRING, BUSY, "keyring", "The key service does not answer; try again")                  \
    X(ERR_WORKER, BUSY, "worker", "The document worker does not answer; try again")                \
    X(ERR_STORAGE_FULL, BUSY, "storage-full", "The node cannot write; try again")                  \
    X(ERR_STORAGE, INTERNAL, "storage", "The store failed")                                        \
    X(ERR_CORRUPT, INTERNAL, "corrupt", "Stored data is damaged")                                  \
    X(ERR_CRYPTO, INTERNAL, "crypto", "A cryptographic operation failed")                          \
    X(ERR_IO, INTERNAL, "io", "Input or output failed")                                            \
    X(ERR_MEMORY, INTERNAL, "memory", "Out of memory")                                             \
    X(ERR_INTERNAL, INTERNAL, "internal", "Something went wrong inside")

enum err {
    OK = 0,
#define X(code, class, slug, title) code,
    ERRORS(X)
#undef X
        ERR_COUNT
};

/* One more offending place, for form summaries; in an arena. */
struct fault_item {
    struct fault_item *next;
    const char *pointer, *detail;
};

struct fault {
    enum err code;
    char pointer[192]; /* JSON Pointer (RFC 6901) into the input; "" is the whole */
    char detail[256];
    struct fault_item *items; /* all offending places where more than one is known */
};

/* Sets *f (NULL is harmless) and returns code, so that a caller can `return fault(...)`. */
enum err fault(struct fault *f, enum err code, const char *fmt, ...) PRINTF(3, 4);
/* The same with a pointer to the offending input. */
enum err fault_at(struct fault *f, enum err code, const char *pointer, const char *fmt, ...)
    PRINTF(4, 5);
/* Appends one offending place to f->items; without memory it is dropped. */
void fault_add(struct fault *f, struct arena *a, const char *pointer, const char *detail);

enum err_class err_class(enum err);
const char *err_slug(enum err);
const char *err_title(enum err);

/* Returns from the caller when the expression fails. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum err try_err_ = (expr);                                                                \
        if (try_err_ != OK)                                                                        \
            return try_err_;                                                                       \
    } while (0)

/* Returns ERR_MEMORY_LIMIT when an arena had nothing left. */
#define TRY_PTR(p, f)                                                                              \
    do {                                                                                           \
        if (!(p))                                                                                  \
            return fault((f), ERR_MEMORY_LIMIT, "memory limit of the request reached");            \
    } while (0)

#endif
