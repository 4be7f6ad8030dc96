/* worker.c - the process's own loop */
#include "paper/worker_int.h"

#include <errno.h>
#include <magic.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "paper/barcode.h"
#include "paper/picture.h"

struct server {
    int fd;
    unsigned seconds; /* for a request */
    worker_serve_fn *serve;
    void *ctx;
};

/* --- bytes ------------------------------------------------------------------------------- */

static bool read_all(int fd, void *to, size_t n)
{
    char *p = to;

    while (n) {
        ssize_t got = read(fd, p, n);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        if (got > 0)
            p += got, n -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, str s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            s = str_sub(s, (size_t)n, s.n);
    }
    return true;
}

/* --- operations -------------------------------------------------------------------------- */

/* Cuts n bytes off the front. */
static bool cut(str *s, size_t n, str *out)
{
    if (n > s->n)
        return false;
    *out = str_sub(*s, 0, n);
    *s = str_sub(*s, n, s->n);
    return true;
}

static enum err read_values(const struct json *values, struct arena *a, struct render_in *in,
                            struct fault *f)
{
    size_t n = json_is(values, J_OBJECT) ? values->n : 0;
    struct render_value *v = arena_zalloc(a, n + 1, sizeof *v);

    TRY_PTR(v, f);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct render_value){values->members[i].key, json_str(&values->members[i].value)};
    in->values = v;
    in->n = n;
    return OK;
}

static enum err do_render(str payload, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct render_in in = {0};
    struct json *j;
    str head, json;

    if (!a)
        return fault(f, ERR_MEMORY, "no memory");
    if (!cut(&payload, 4, &head) || !cut(&payload, worker_u32(head.p), &json))
        return fault(f, ERR_MALFORMED_REQUEST, "the request is cut");
    TRY(json_parse(a, json, NULL, &j, f));
    int64_t template = json_get_int(j, S("template"), -1), seal = json_get_int(j, S("seal"), -1);
    if (template <0 || seal < 0 || !cut(&payload, (size_t) template, &in.template_svg) ||
                  !cut(&payload, (size_t)seal, &in.seal))
        return fault(f, ERR_MALFORMED_REQUEST, "the request is cut");
    in.created_ms = json_get_int(j, S("created"), 0);
    in.mrz = json_get_str(j, S("mrz"));
    in.watermark = json_get_str(j, S("watermark"));
    in.title = json_get_str(j, S("title"));
    TRY(read_values(json_get(j, S("values")), a, &in, f));
    return render_pdf(&in, out, f);
}

static enum err do_sniff(magic_t magic, str bytes, struct buf *out, struct fault *f)
{
    const char *mime = magic_buffer(magic, bytes.p ? bytes.p : "", bytes.n);

    if (!mime)
        return fault(f, ERR_INTERNAL, "%s", magic_error(magic));
    buf_add_str(out, str_of(mime));
    /* a few bytes can stand for a picture that no screen of ours could open */
    return picture_area(bytes) <= WORKER_PIXELS_MAX
               ? OK
               : fault(f, ERR_LIMIT, "the picture has more than %d megapixels",
                       WORKER_PIXELS_MAX / 1000000);
}

static enum err serve(void *magic, unsigned op, str payload, struct buf *out, struct fault *f)
{
    switch (op) {
    case WORKER_RENDER:
        return do_render(payload, out, f);
    case WORKER_SNIFF:
        return do_sniff(magic, payload, out, f);
    case WORKER_READ_SEAL:
        return seal_read_bytes(payload, out, f);
    default:
        return fault(f, ERR_MALFORMED_REQUEST, "operation %u is not known", op);
    }
}

/* --- loop -------------------------------------------------------------------------------- */

static bool reply(int fd, uint32_t id, enum err e, const struct fault *f, str result)
{
    AUTO(buf) struct buf text = BUF(4096);
    AUTO(buf) struct buf head = BUF(16);
    struct jw w = JW(&text);

    if (e != OK) {
        jw_open(&w, '{');
        jw_kv(&w, S("pointer"), str_of(f->pointer));
        jw_kv(&w, S("detail"), str_of(f->detail));
        jw_close(&w, '}');
        result = buf_str(&text);
    }
    buf_add_u32(&head, (uint32_t)(result.n + 6));
    buf_add_u32(&head, id);
    buf_add_u16(&head, (uint16_t)e);
    return buf_ok(&head) && write_all(fd, buf_str(&head)) && write_all(fd, result);
}

/* One request; false when the other end closed or sent nonsense. */
static bool serve_one(struct server *s)
{
    AUTO(buf) struct buf request = BUF(WORKER_REQUEST_MAX);
    AUTO(buf) struct buf out = BUF(RENDER_PDF_MAX);
    uint8_t head[9];
    struct fault f = {0};

    if (!read_all(s->fd, head, sizeof head))
        return false;
    uint32_t n = worker_u32(head);
    if (n < 5 || n - 5 > WORKER_REQUEST_MAX)
        return false;
    char *to = buf_extend(&request, n - 5);
    if (n > 5 && (!to || !read_all(s->fd, to, n - 5)))
        return false;
    alarm(s->seconds); /* what hangs here must end, even if nobody notices */
    enum err e = s->serve(s->ctx, head[8], buf_str(&request), &out, &f);
    if (e == OK && !buf_ok(&out))
        e = fault(&f, ERR_LIMIT, "the result is too large");
    alarm(0);
    return reply(s->fd, worker_u32(head + 4), e, &f, buf_str(&out));
}

void worker_loop(int fd, unsigned seconds, worker_serve_fn *serve_op, void *ctx)
{
    struct server s = {.fd = fd, .seconds = seconds, .serve = serve_op, .ctx = ctx};

    while (serve_one(&s))
        ;
}

/* Reads one picture and one PDF that are nothing, so that what is loaded late is loaded now. */
static void warm_readers(void)
{
    AUTO(buf) struct buf out = BUF(4096);
    enum err e = seal_read_bytes(S("\x89PNG\r\n\x1a\n"), &out, NULL);

    if (e != OK)
        e = seal_read_bytes(S("\xff\xd8\xff\xe0"), &out, NULL);
    if (e != OK)
        e = seal_read_bytes(S("%PDF-1.4\n"), &out, NULL);
    (void)e; /* they cannot succeed */
}

int worker_main(int fd)
{
    struct fault f = {0};

    log_set_process("worker");
    signal(SIGPIPE, SIG_IGN);
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
    if (!magic || magic_load(magic, NULL) != 0) {
        LOG(LOG_ERROR, "start", LOG_CSTR("why", "libmagic has no table"));
        return 1;
    }
    warm_readers();
    if (render_warm(&f) != OK || worker_sandbox(&f) != OK) {
        LOG(LOG_ERROR, "start", LOG_CSTR("why", f.detail));
        return 1;
    }
    worker_loop(fd, WORKER_SECONDS, serve, magic);
    magic_close(magic);
    return 0;
}
