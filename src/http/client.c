#include "http/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_MS = 10000,
    SLOW_BYTES = 512, /* a second; slower than that for SLOW_SECONDS is given up */
    SLOW_SECONDS = 20
};

struct http_client {
    CURLM *multi; /* NULL: all goes over the carrier */
    struct http_carrier carrier;
};

struct http_client *http_client_new(const struct http_client_limits *limits)
{
    struct http_client *c = calloc(1, sizeof *c);

    if (!c || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(c->multi = curl_multi_init())) {
        free(c);
        return NULL;
    }
    curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)limits->connections);
    curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)limits->per_host);
    return c;
}

struct http_client *http_client_over(const struct http_carrier *carrier)
{
    struct http_client *c = calloc(1, sizeof *c);

    if (c)
        c->carrier = *carrier;
    return c;
}

static void release(struct http_client *c, struct http_call *call)
{
    curl_multi_remove_handle(c->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    call->easy = NULL;
    call->headers = NULL;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    if (c->multi)
        curl_multi_cleanup(c->multi);
    free(c);
}

void http_client_cancel(struct http_client *c, struct http_call *call)
{
    if (!c->multi)
        c->carrier.cancel(c->carrier.ctx, call);
    if (!call->easy)
        return;
    release(c, call);
    buf_done(&call->reply);
}

static size_t take_bytes(char *bytes, size_t one, size_t n, void *user)
{
    struct http_call *call = user;

    buf_add(&call->reply, bytes, one * n);
    return buf_ok(&call->reply) ? one * n : 0;
}

static void set_lines(struct http_call *call)
{
    for (const char *const *line = call->lines; line && *line; line++)
        call->headers = curl_slist_append(call->headers, *line);
    if (call->headers)
        curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

static void add_header(struct http_call *call, const char *name, const char *value)
{
    char line[600];

    snprintf(line, sizeof line, "%s: %s", name, value);
    call->headers = curl_slist_append(call->headers, line);
}

static void set_body(struct http_call *call)
{
    if (!call->body.p)
        return;
    curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body.p);
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    add_header(call, "Content-Type", call->type);
    if (call->sent.signature[0]) {
        add_header(call, "Content-Digest", call->sent.digest);
        add_header(call, "Signature-Input", call->sent.input);
        add_header(call, "Signature", call->sent.signature);
    }
    call->headers = curl_slist_append(call->headers, "Expect:");
}

/* The pin takes the place of an authority: without one the usual authorities count. */
static void set_trust(struct http_call *call)
{
    char pin[80];

    curl_easy_setopt(call->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    if (call->pin) {
        snprintf(pin, sizeof pin, "sha256//%s", call->pin);
        curl_easy_setopt(call->easy, CURLOPT_PINNEDPUBLICKEY, pin);
        curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (call->certificate && call->key) {
        curl_easy_setopt(call->easy, CURLOPT_SSLCERT, call->certificate);
        curl_easy_setopt(call->easy, CURLOPT_SSLKEY, call->key);
    }
}

static void set_bounds(struct http_call *call)
{
    curl_easy_setopt(call->easy, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(call->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(call->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(call->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    curl_easy_setopt(call->easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
    curl_easy_setopt(call->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(call->easy, CURLOPT_USERAGENT, "sifara");
}

enum err http_client_start(struct http_client *c, struct http_call *call, struct fault *f)
{
    call->reply = BUF(call->max_reply);
    call->err = OK;
    call->status = 0;
    call->content_type[0] = call->header[0] = call->detail[0] = call->error[0] = 0;
    if (!c->multi)
        return c->carrier.start(c->carrier.ctx, call, f);
    call->easy = curl_easy_init();
    if (!call->easy)
        return fault(f, ERR_MEMORY, "out of memory");
    curl_easy_setopt(call->easy, CURLOPT_URL, call->url);
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    set_bounds(call);
    set_trust(call);
    set_body(call);
    set_lines(call);
    if (curl_multi_add_handle(c->multi, call->easy) == CURLM_OK)
        return OK;
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    call->easy = call->headers = NULL;
    return fault(f, ERR_INVALID, "no such address: %.100s", call->url);
}

static enum err err_of(CURLcode code, const struct http_call *call)
{
    switch (code) {
    case CURLE_OK:
        return OK;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_PEER_FAILED_VERIFICATION:
        return ERR_UNTRUSTED;
    case CURLE_WRITE_ERROR:
        return buf_ok(&call->reply) ? ERR_BUSY : ERR_TOO_LARGE;
    default:
        return ERR_BUSY;
    }
}

/* Once only, and whole: else as if it were not there. */
static void take_header(const struct http_call *call, const char *name, char *out, size_t room)
{
    struct curl_header *h;

    out[0] = 0;
    if (curl_easy_header(call->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK &&
        h->amount == 1 && strlen(h->value) < room)
        snprintf(out, room, "%s", h->value);
}

static void keep_headers(struct http_call *call)
{
    if (call->wanted)
        take_header(call, call->wanted, call->header, sizeof call->header);
    take_header(call, "Content-Digest", call->came.digest, sizeof call->came.digest);
    take_header(call, "Signature-Input", call->came.input, sizeof call->came.input);
    take_header(call, "Signature", call->came.signature, sizeof call->came.signature);
}

static void finish(struct http_client *c, struct http_call *call, CURLcode code)
{
    char *type = NULL;
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
    if (type)
        snprintf(call->content_type, sizeof call->content_type, "%s", type);
    keep_headers(call);
    call->status = (unsigned)status;
    call->err = err_of(code, call);
    if (code != CURLE_OK)
        snprintf(call->detail, sizeof call->detail, "%s",
                 call->error[0] ? call->error : curl_easy_strerror(code));
    release(c, call);
    call->done(call);
}

void http_client_run(struct http_client *c, unsigned timeout_ms)
{
    int running, left;
    CURLMsg *m;

    if (!c->multi)
        return;
    /* what perform ends is told below, before the next wait */
    curl_multi_poll(c->multi, NULL, 0, (int)timeout_ms, NULL);
    curl_multi_perform(c->multi, &running);
    while ((m = curl_multi_info_read(c->multi, &left))) {
        struct http_call *call = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
        finish(c, call, code);
    }
}

void http_client_wake(struct http_client *c)
{
    if (c->multi)
        curl_multi_wakeup(c->multi);
}
