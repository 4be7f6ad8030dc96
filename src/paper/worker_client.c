/* worker_client.c - the node's end of the worker's socket */
#include "paper/worker_int.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/world.h"

struct worker {
    pthread_mutex_t lock; /* held for a whole call */
    int fd;
    uint32_t next_id;
    _Atomic bool healthy;
    struct buf in; /* what was received of a reply */
};

struct worker *worker_open(int fd)
{
    struct worker *w = calloc(1, sizeof *w);

    if (!w)
        return NULL;
    pthread_mutex_init(&w->lock, NULL);
    w->fd = fd;
    w->next_id = 1;
    w->healthy = true;
    w->in = BUF(WORKER_REPLY_MAX + 16);
    return w;
}

void worker_close(struct worker *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        close(w->fd);
    buf_done(&w->in);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void worker_attach(struct worker *w, int fd)
{
    pthread_mutex_lock(&w->lock);
    if (w->fd >= 0)
        close(w->fd);
    w->fd = fd;
    buf_clear(&w->in);
    w->healthy = true;
    pthread_mutex_unlock(&w->lock);
}

bool worker_healthy(struct worker *w)
{
    return w->healthy;
}

/* --- bytes ------------------------------------------------------------------------------- */

static enum err late(struct worker *w, struct fault *f)
{
    w->healthy = false;
    return fault(f, ERR_WORKER, "the document worker is late");
}

static enum err broken(struct worker *w, struct fault *f)
{
    w->healthy = false;
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    return fault(f, ERR_WORKER, "the document worker is gone");
}

/* Waits until the socket is ready; false at the deadline. */
static bool wait_for(const struct worker *w, short events, int64_t until_ns)
{
    for (;;) {
        struct pollfd p = {.fd = w->fd, .events = events};
        int64_t left = (until_ns - monotonic_ns()) / 1000000;
        int n = left > 0 ? poll(&p, 1, left > 60000 ? 60000 : (int)left) : 0;
        if (n > 0)
            return true;
        if ((n == 0 && left <= 60000) || (n < 0 && errno != EINTR))
            return false;
    }
}

/* A request that is half sent when time is over leaves the stream useless. */
static enum err send_all(struct worker *w, str bytes, int64_t until_ns, struct fault *f)
{
    while (bytes.n) {
        ssize_t n = send(w->fd, bytes.p, bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            bytes = str_sub(bytes, (size_t)n, bytes.n);
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            return broken(w, f);
        else if (!wait_for(w, POLLOUT, until_ns))
            return broken(w, f);
    }
    return OK;
}

/* Receives until w->in holds n bytes. What is there at the deadline stays for the next call. */
static enum err receive(struct worker *w, size_t n, int64_t until_ns, struct fault *f)
{
    while (w->in.n < n) {
        size_t before = w->in.n;
        char *to = buf_extend(&w->in, n - before);
        if (!to)
            return broken(w, f);
        ssize_t got = recv(w->fd, to, n - before, MSG_DONTWAIT);
        w->in.n = before + (got > 0 ? (size_t)got : 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return broken(w, f);
        if (got < 0 && !wait_for(w, POLLIN, until_ns))
            return late(w, f);
    }
    return OK;
}

/* Receives replies until the one with this id; it is then whole in w->in. */
static enum err await_reply(struct worker *w, uint32_t id, int64_t until_ns, struct fault *f)
{
    for (;;) {
        TRY(receive(w, 4, until_ns, f));
        uint32_t n = worker_u32(w->in.p);
        if (n < 6 || n > WORKER_REPLY_MAX)
            return broken(w, f);
        TRY(receive(w, 4 + (size_t)n, until_ns, f));
        if (worker_u32(w->in.p + 4) == id)
            return OK;
        buf_clear(&w->in);
    }
}

/* Older thread sanitizers do not know pthread_mutex_clocklock: they are told. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define LOCK_BEGINS(m) __tsan_mutex_pre_lock((m), __tsan_mutex_try_lock)
#define LOCK_ENDS(m, ok)                                                                           \
    __tsan_mutex_post_lock((m), __tsan_mutex_try_lock | ((ok) ? 0 : __tsan_mutex_try_lock_failed), \
                           0)
#endif
#endif
#ifndef LOCK_BEGINS
#define LOCK_BEGINS(m)   ((void)0)
#define LOCK_ENDS(m, ok) ((void)0)
#endif

static bool lock_until(struct worker *w, const struct timespec *until)
{
    LOCK_BEGINS(&w->lock);
    bool ok = pthread_mutex_clocklock(&w->lock, CLOCK_MONOTONIC, until) == 0;
    LOCK_ENDS(&w->lock, ok);
    return ok;
}

/* --- calls ------------------------------------------------------------------------------- */

/* The fault that a reply tells. */
static enum err reply_fault(enum err e, str text, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    struct json *j = NULL;

    if (!a || json_parse(a, text, NULL, &j, NULL) != OK)
        return fault(f, e, "%s", err_title(e));
    str pointer = json_get_str(j, S("pointer")), detail = json_get_str(j, S("detail"));
    char place[sizeof f->pointer];
    snprintf(place, sizeof place, "%.*s", STR_FMT(pointer));
    return fault_at(f, e, place, "%.*s", STR_FMT(detail));
}

static enum err take_reply(struct worker *w, struct buf *out, struct fault *f)
{
    str reply = str_sub(buf_str(&w->in), 8, w->in.n);
    unsigned e = (uint8_t)reply.p[0] * 256u + (uint8_t)reply.p[1];

    reply = str_sub(reply, 2, reply.n);
    if (e >= ERR_COUNT)
        return broken(w, f);
    if (e != OK)
        return reply_fault((enum err)e, reply, f);
    buf_add_str(out, reply);
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY, "no memory for the worker's reply");
}

static enum err exchange(struct worker *w, unsigned op, const str *parts, size_t n,
                         int64_t until_ns, struct buf *out, struct fault *f)
{
    uint32_t id = w->next_id++;
    AUTO(buf) struct buf head = BUF(16);
    size_t length = 5;

    if (w->fd < 0)
        return fault(f, ERR_WORKER, "the document worker is gone");
    for (size_t i = 0; i < n; i++)
        length += parts[i].n;
    buf_add_u32(&head, (uint32_t)length);
    buf_add_u32(&head, id);
    buf_add_u8(&head, (uint8_t)op);
    TRY(send_all(w, buf_str(&head), until_ns, f));
    for (size_t i = 0; i < n; i++)
        TRY(send_all(w, parts[i], until_ns, f));
    TRY(await_reply(w, id, until_ns, f));
    enum err e = take_reply(w, out, f);
    buf_clear(&w->in);
    return e;
}

enum err worker_ask(struct worker *w, unsigned op, const str *parts, size_t n, int64_t deadline_ms,
                    struct buf *out, struct fault *f)
{
    int64_t until_ns = monotonic_ns() + deadline_ms * 1000000;
    struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    size_t length = 0;

    for (size_t i = 0; i < n; i++)
        length += parts[i].n;
    if (length > WORKER_REQUEST_MAX - 16)
        return fault(f, ERR_TOO_LARGE, "this is too large for the document worker");
    if (!lock_until(w, &until))
        return fault(f, ERR_WORKER, "the document worker is busy");
    enum err e = exchange(w, op, parts, n, until_ns, out, f);
    pthread_mutex_unlock(&w->lock);
    return e;
}

/* No string is an empty one. */
static str some(str s)
{
    return s.p ? s : S("");
}

enum err worker_render(struct worker *w, const struct render_in *in, int64_t deadline_ms,
                       struct buf *out, struct fault *f)
{
    AUTO(buf) struct buf json = BUF(4 << 20);
    AUTO(buf) struct buf head = BUF(16);
    struct jw j = JW(&json);

    if (in->template_svg.n > RENDER_TEMPLATE_MAX || in->n > RENDER_VALUES_MAX)
        return fault_at(f, ERR_LIMIT, "/template", "the template or its values are too large");
    jw_open(&j, '{');
    jw_kv_int(&j, S("template"), (int64_t)in->template_svg.n);
    jw_kv_int(&j, S("seal"), (int64_t)in->seal.n);
    jw_kv_int(&j, S("created"), in->created_ms);
    jw_kv(&j, S("mrz"), some(in->mrz));
    jw_kv(&j, S("watermark"), some(in->watermark));
    jw_kv(&j, S("title"), some(in->title));
    jw_key(&j, S("values"));
    jw_open(&j, '{');
    for (size_t i = 0; i < in->n; i++)
        jw_kv(&j, some(in->values[i].name), some(in->values[i].text));
    jw_close(&j, '}');
    jw_close(&j, '}');
    if (!buf_ok(&json))
        return fault_at(f, ERR_LIMIT, "/values", "the values are too large");
    buf_add_u32(&head, (uint32_t)json.n);
    const str parts[] = {buf_str(&head), buf_str(&json), in->template_svg, in->seal};
    return worker_ask(w, WORKER_RENDER, parts, ARRAY_LEN(parts), deadline_ms, out, f);
}

enum err worker_sniff(struct worker *w, str first, int64_t deadline_ms, char out[WORKER_MIME_ROOM],
                      struct fault *f)
{
    AUTO(buf) struct buf mime = BUF(WORKER_MIME_ROOM - 1);
    str bytes = str_sub(first, 0, WORKER_SNIFF_MAX);

    TRY(worker_ask(w, WORKER_SNIFF, &bytes, 1, deadline_ms, &mime, f));
    memcpy(out, buf_str(&mime).p, mime.n);
    out[mime.n] = 0;
    return OK;
}

enum err worker_read_seal(struct worker *w, str file, int64_t deadline_ms, struct buf *out,
                          struct fault *f)
{
    if (file.n > WORKER_FILE_MAX)
        return fault(f, ERR_TOO_LARGE, "the file is too large");
    return worker_ask(w, WORKER_READ_SEAL, &file, 1, deadline_ms, out, f);
}
