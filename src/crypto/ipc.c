#include "crypto/ipc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/world.h"
#include "crypto/crypto.h"

bool ipc_pair(int out[2])
{
    int size = 1 << 20;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        setsockopt(out[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return true;
}

struct ipc_client {
    int fd;
    pthread_mutex_t lock; /* one request at a time */
    int64_t next_id;
    char packet[IPC_MESSAGE_MAX];
};

struct ipc_client *ipc_client_new(int fd)
{
    struct ipc_client *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->fd = fd;
    /* ids of an earlier run of this process may still lie in the socket */
    c->next_id = monotonic_ns();
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void ipc_client_free(struct ipc_client *c)
{
    if (!c)
        return;
    close(c->fd);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void ipc_begin(struct ipc_call *c, const char *op)
{
    c->text = BUF(IPC_MESSAGE_MAX);
    c->w = JW(&c->text);
    jw_open(&c->w, '{');
    jw_kv(&c->w, S("op"), str_of(op));
}

/* The reply with this id, until the deadline; others are stale and dropped. */
static enum err await(struct ipc_client *c, int64_t id, enum err away, struct arena *a,
                      struct json **out, struct fault *f)
{
    int64_t end = monotonic_ns() + (int64_t)IPC_DEADLINE_MS * 1000000;

    for (;;) {
        int64_t left = (end - monotonic_ns()) / 1000000;
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (left <= 0 || (poll(&p, 1, (int)left) <= 0 && errno != EINTR))
            return fault(f, away, "no answer in time");
        if (!(p.revents & POLLIN))
            continue;
        ssize_t n = recv(c->fd, c->packet, sizeof c->packet, MSG_DONTWAIT);
        if (n <= 0)
            return fault(f, away, "the other process is gone");
        str text = str_copy(a, str_bytes(c->packet, (size_t)n));
        TRY_PTR(text.p, f);
        TRY(json_parse(a, text, NULL, out, f));
        if (json_get_int(*out, S("id"), -1) == id)
            return OK;
    }
}

static enum err code_of(str slug)
{
    for (enum err e = OK + 1; e < ERR_COUNT; e++)
        if (str_eq(slug, str_of(err_slug(e))))
            return e;
    return ERR_INTERNAL;
}

enum err ipc_call(struct ipc_client *c, struct ipc_call *call, enum err away, struct arena *a,
                  struct json **out, struct fault *f)
{
    struct json *reply = NULL;
    enum err e;

    pthread_mutex_lock(&c->lock);
    int64_t id = ++c->next_id;
    jw_kv_int(&call->w, S("id"), id);
    jw_close(&call->w, '}');
    if (!buf_ok(&call->text))
        e = fault(f, ERR_TOO_LARGE, "the request to another process is too large");
    else if (send(c->fd, call->text.p, call->text.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        e = fault(f, away, "cannot ask the other process");
    else
        e = await(c, id, away, a, &reply, f);
    pthread_mutex_unlock(&c->lock);
    secret_wipe(call->text.p, call->text.n);
    buf_done(&call->text);
    if (e != OK)
        return e;
    str slug = json_get_str(reply, S("err"));
    if (slug.p)
        return fault(f, code_of(slug), "%.*s", STR_FMT(json_get_str(reply, S("detail"))));
    *out = reply;
    return OK;
}

static void reply_to(int fd, const struct json *request, ipc_answer_fn *answer, void *ctx,
                     struct arena *a)
{
    AUTO(buf) struct buf members = BUF(IPC_MESSAGE_MAX);
    AUTO(buf) struct buf text = BUF(IPC_MESSAGE_MAX);
    struct jw w = JW(&members);
    struct fault f = {0};

    jw_open(&w, '{');
    jw_kv_int(&w, S("id"), json_get_int(request, S("id"), 0));
    enum err e = answer(ctx, json_get_str(request, S("op")), request, a, &w, &f);
    jw_close(&w, '}');
    if (e == OK && buf_ok(&members)) {
        buf_add_str(&text, buf_str(&members));
    } else {
        w = JW(&text);
        jw_open(&w, '{');
        jw_kv_int(&w, S("id"), json_get_int(request, S("id"), 0));
        jw_kv(&w, S("err"), str_of(err_slug(e == OK ? ERR_LIMIT : e)));
        jw_kv(&w, S("detail"), str_of(f.detail));
        jw_close(&w, '}');
    }
    while (send(fd, text.p, text.n, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

void ipc_serve(int fd, ipc_answer_fn *answer, void *ctx)
{
    char *packet = malloc(IPC_MESSAGE_MAX);
    struct arena *a = arena_new(16 << 20);
    ssize_t n;

    while (packet && a &&
           ((n = recv(fd, packet, IPC_MESSAGE_MAX, 0)) > 0 || (n < 0 && errno == EINTR))) {
        struct json *request;
        if (n > 0 && json_parse(a, str_bytes(packet, (size_t)n), NULL, &request, NULL) == OK)
            reply_to(fd, request, answer, ctx, a);
        arena_reset(a);
    }
    arena_free(a);
    free(packet);
}

void ipc_bytes(struct jw *w, str key, str bytes)
{
    AUTO(buf) struct buf b = BUF(IPC_MESSAGE_MAX);

    base64_encode(&b, bytes, BASE64_STD);
    jw_kv(w, key, buf_str(&b));
}

str ipc_get_str(const struct json *j, str key, struct arena *a)
{
    AUTO(buf) struct buf b = BUF(IPC_MESSAGE_MAX);
    str text = json_get_str(j, key);

    if (!text.p || !base64_decode(&b, text, BASE64_STD))
        return STR_NONE;
    return str_copy(a, buf_str(&b));
}

bool ipc_get(const struct json *j, str key, void *out, size_t n)
{
    AUTO(buf) struct buf b = BUF(IPC_MESSAGE_MAX);
    str text = json_get_str(j, key);

    if (!text.p || !base64_decode(&b, text, BASE64_STD) || b.n != n)
        return false;
    memcpy(out, b.p, n);
    return true;
}
