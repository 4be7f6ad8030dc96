/* http.h - the HTTP face of the node: server, request, reply
 *
 * Knows nothing of acts, sessions or policy. Routes are rows; one handler function answers them
 * all. The front end behind this header (libmicrohttpd) can be exchanged without touching a
 * handler: no type of it is visible here.
 *
 * Life of a request: head received → guard (strict, see guard_int.h) → route found → body
 * collected, or handed on in pieces for a row with .stream → handle() → reply. handle() runs on
 * a thread of the server, several at a time. It fills the reply and returns HTTP_DONE, or calls
 * http_park() first, then hands the request to another thread and returns HTTP_LATER; that
 * thread fills the reply and calls http_reply_send(). A request parked beyond its deadline is
 * answered with 503 by the server; the late http_reply_send() then only frees it.
 *
 * Everything a request points to (headers, parameters, body) lives until the reply is sent, and
 * stays valid for the thread that holds a parked request until it calls http_reply_send().
 */
#ifndef SIFARA_HTTP_HTTP_H
#define SIFARA_HTTP_HTTP_H

#include "base/arena.h"
#include "base/errors.h"
#include "base/str.h"
#include "base/world.h"
#include "crypto/crypto.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER /* any other method name: always refused */
};

enum { HTTP_MAX_HEADERS = 64, HTTP_MAX_PARAMS = 8, HTTP_MAX_QUERY = 64, HTTP_REPLY_HEADERS = 12 };

/* One address of the API. path is made of segments; {name} captures one segment, {name*} as the
 * last one captures the rest. Rows and their strings must outlive the server. A GET row also
 * answers HEAD; OPTIONS and 405 are answered from the rows. */
struct http_route {
    const char *name;
    enum http_method method;
    const char *path;
    size_t max_body; /* bytes; 0 means that no body is taken */
    bool stream;     /* hand the body to upload() piece by piece instead of collecting it */
    const void *arg; /* the caller's */
};

struct http_pair {
    str name, value;
};

enum http_body_kind { HTTP_BODY_NONE, HTTP_BODY_MEMORY, HTTP_BODY_FD };

/* Filled by the functions below; status 0 means "nothing yet". */
struct http_reply {
    unsigned status;
    enum http_body_kind kind;
    str body;
    void (*body_free)(void *);
    void *body_free_arg;
    int fd;
    uint64_t offset, size;
    const char *content_type;
    const char *etag;          /* with its quotes */
    const char *cache_control; /* "no-store" unless set */
    bool close;                /* end the connection after this reply */
    unsigned n_headers;
    struct {
        const char *name, *value;
    } headers[HTTP_REPLY_HEADERS];
};

/* Read by handlers; only user, release and reply are theirs to write. */
struct http_request {
    const struct http_route *route;
    enum http_method method;        /* HEAD of a GET row stays HTTP_HEAD */
    str path, query_text;           /* as received, not decoded */
    const struct http_pair *params; /* captured, decoded; names as in the row */
    unsigned n_params;
    const struct http_pair *query; /* decoded, in order, duplicates included */
    unsigned n_query;
    const struct http_pair *headers; /* as received, values without outer blanks */
    unsigned n_headers;
    str body;
    struct arena *arena; /* reset when the reply is sent; 1 MiB unless configured */
    char id[37];         /* UUIDv7, also in the reply's X-Request-Id */
    str client;          /* IP address as text; "unix" for a socket peer without one */
    bool secure;         /* over TLS, here or at the trusted proxy */
    int64_t start_ns;    /* monotonic_ns() at the request line */
    void *user;
    void (*release)(void *user); /* called once when the request ends, on any thread */
    struct http_reply reply;
};

enum http_verdict { HTTP_DONE, HTTP_LATER };

enum http_upload {
    HTTP_UPLOAD_BEGIN, /* head read, nothing of the body: refuse here what can be refused */
    HTTP_UPLOAD_BYTES,
    HTTP_UPLOAD_ABORTED /* the client left, or the limit was passed: clean up */
};

typedef enum http_verdict (*http_handle_fn)(struct http_request *, void *ctx);
/* For rows with .stream. A fault at BEGIN is answered at once; a fault at BYTES when the rest,
 * thrown away, has come in; at ABORTED, which also follows a fault at BYTES, the result is not
 * looked at and the fault pointer is NULL. After the last piece handle() is called, body empty. */
typedef enum err (*http_upload_fn)(struct http_request *, enum http_upload, str bytes, void *ctx,
                                   struct fault *);

struct metrics;

/* Zero means the default in brackets. Strings and rows must outlive the server. */
struct http_config {
    const char *address;                    /* numeric IPv4 or IPv6 ["127.0.0.1"] */
    uint16_t port;                          /* 0: any free one, see http_port() */
    const char *unix_path;                  /* instead of address and port; mode 0660 */
    const char *tls_cert_pem, *tls_key_pem; /* TLS when both are given */
    unsigned threads;                       /* [the processors, at most 8] */
    unsigned connections;                   /* [4096] */
    unsigned connections_per_address;       /* [no limit]; leave it so behind a proxy */
    unsigned idle_timeout_s;                /* without any byte [60] */
    unsigned head_timeout_s;                /* until the head is complete [20] */
    unsigned body_timeout_s;            /* until the body is complete, or the reply taken [300] */
    unsigned park_timeout_ms;           /* a parked request [10000] */
    unsigned drain_ms;                  /* http_stop() waits this long for answers [5000] */
    size_t head_memory;                 /* per connection, also its buffers [32 KiB] */
    size_t arena_cap;                   /* [1 MiB] */
    const char *const *trusted_proxies; /* "10.0.0.0/8", NULL at the end: X-Forwarded-For counts */
    const struct http_route *routes;
    size_t n_routes;
    http_handle_fn handle;
    http_upload_fn upload;
    void *ctx;
    struct metrics *metrics;   /* may be NULL */
    const struct world *world; /* for request ids [world_real] */
};

struct http_server;

/* Listens and serves until http_stop(). Errors: ERR_INVALID (a row, an address, a certificate),
 * ERR_IO (cannot listen), ERR_MEMORY. */
NODISCARD enum err http_start(const struct http_config *, struct http_server **out, struct fault *);
/* The port bound; 0 for a unix socket. */
uint16_t http_port(const struct http_server *);
/* From now on answers 503; waits for requests in hand, expires what is parked after drain_ms,
 * then ends all connections and frees the server. Not from a handler. NULL is harmless. */
void http_stop(struct http_server *);

/* Suspends the connection. To be called by handle() BEFORE any other thread can see the request;
 * afterwards handle() may no longer touch it once it is handed on, and returns HTTP_LATER.
 * timeout_ms 0 takes the configured one. */
void http_park(struct http_request *, unsigned timeout_ms);
/* Sends the reply of a parked request; the request is gone for the caller. Any thread. False if
 * its deadline had passed, and the client was told 503 meanwhile. */
bool http_reply_send(struct http_request *);

/* STR_NONE if absent. A header that occurs twice gives the first. */
str http_header(const struct http_request *, str name);
/* The key of the certificate that the client showed, here or to the trusted proxy: SHA-256 of its
 * SubjectPublicKeyInfo. Only within handle(). False where it showed none. */
NODISCARD bool http_peer_key(struct http_request *, struct hash *out);
str http_param(const struct http_request *, str name);
str http_query(const struct http_request *, str name);
/* A cookie's value without quotes; STR_NONE if absent, or if it is there twice: then nobody can
 * say which one is meant. */
str http_cookie(const struct http_request *, str name);
/* If-Match (RFC 9110, 13.1.1) against the present entity tag, with its quotes: true if it is
 * absent or matches, strongly compared. */
bool http_if_match(const struct http_request *, str etag);

/* Bodies. Of memory: bytes in the request's arena, static, or freed by free_fn(arg) at the end
 * (free_fn may be NULL). content_type must be static or in the arena. */
void http_reply_bytes(struct http_request *, unsigned status, const char *content_type, str body,
                      void (*free_fn)(void *), void *arg);
/* Status without a body. */
void http_reply_empty(struct http_request *, unsigned status);
/* Part of an open file, which the reply then owns and closes. */
void http_reply_fd(struct http_request *, unsigned status, const char *content_type, int fd,
                   uint64_t offset, uint64_t size);
/* Adds a header; values are copied. Refused (ERR_RANGE) are controls, names that are no token,
 * headers the server sets by itself, and more than HTTP_REPLY_HEADERS. */
enum err http_reply_header(struct http_request *, const char *name, str value);
/* Sets the entity tag from opaque text (RFC 9110, 8.8.3); a 200 to GET or HEAD then becomes 304
 * when If-None-Match names it. */
enum err http_reply_etag(struct http_request *, str opaque);
/* Replaces "no-store"; static or in the arena. */
void http_reply_cache(struct http_request *, const char *cache_control);

const char *http_method_name(enum http_method);

#endif
