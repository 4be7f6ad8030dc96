/* client.h - requests to other nodes, many at a time on one thread
 *
 * A thin layer over libcurl. A node is known by its key, not by an authority: where a pin is given
 * the server's certificate must carry that key, and nothing else about it counts. No redirects, no
 * proxy from the environment, TLS 1.3, http only where the caller says so with an http address.
 * Everything is bounded: connecting, the whole call, the reply, and how slow a peer may be.
 *
 * A client belongs to the thread that runs it; only http_client_wake() is for others.
 */
#ifndef SIFARA_HTTP_CLIENT_H
#define SIFARA_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/errors.h"
#include "http/signature.h"

struct http_client;

struct http_call {
    /* in; to stay in place until done */
    const char *url;
    str body;         /* POST where .p is not NULL, else GET */
    const char *type; /* of the body */
    const char *const
        *lines; /* more of the request's head, "Name: value", NULL behind the last; or NULL */
    const char *wanted; /* a header of the reply that is to be kept, or NULL */
    const char *pin;    /* base64 SHA-256 of the server's SubjectPublicKeyInfo, or NULL */
    const char *certificate, *key; /* our own, PEM files, or NULL */
    struct signature_fields sent;  /* all three, or none */
    size_t max_reply;
    unsigned timeout_ms;
    void (*done)(struct http_call *);
    void *user;
    /* out; reply and err are for done(), which frees the reply (buf_done) */
    enum err err; /* OK: there is a status. ERR_BUSY: nobody answers; ERR_UNTRUSTED: another key;
                     ERR_TOO_LARGE */
    char detail[160];
    unsigned status;
    char content_type[64];
    char header[128]; /* the wanted one, or "" */
    struct signature_fields came;
    struct buf reply;
    void *easy, *headers; /* libcurl's */
    char error[256];
};

struct http_client_limits {
    unsigned connections; /* in all */
    unsigned per_host;
};
NODISCARD struct http_client *http_client_new(const struct http_client_limits *);
/* What carries calls in place of a network: a test's own. start() takes a call, and whoever carries
 * fills in what came out of it, later, and calls its done(). */
struct http_carrier {
    enum err (*start)(void *ctx, struct http_call *, struct fault *);
    void (*cancel)(void *ctx, struct http_call *);
    void *ctx;
};
NODISCARD struct http_client *http_client_over(const struct http_carrier *);
/* To be called when no call is under way. */
void http_client_free(struct http_client *);
/* Ends a call that is under way; done() is not called. */
void http_client_cancel(struct http_client *, struct http_call *);
/* Starts a call. ERR_MEMORY, ERR_INVALID; done() is not called then. */
NODISCARD enum err http_client_start(struct http_client *, struct http_call *, struct fault *);
/* Works until something was done, somebody woke it, or the time is over. */
void http_client_run(struct http_client *, unsigned timeout_ms);
void http_client_wake(struct http_client *);

#endif
