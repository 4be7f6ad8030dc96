/* trial.c - both ends: the process that tries a package, and who asks it
 *
 * A request is the files, each as its name and its bytes with their lengths in front (four bytes,
 * big-endian). The answer is JSON.
 */
#include "service/trial.h"

#include <signal.h>

#include "base/log.h"
#include "package/manifest.h"
#include "service/document_page.h"

enum {
    TRIAL_PROBLEMS = 1, /* operations */
    TRIAL_CASES,
    TRIAL_SECONDS = 20,
    DEADLINE_MS = (TRIAL_SECONDS + 5) * 1000,
    ARENA = 256 << 20,
    CASE_ARENA = 32 << 20,
    ANSWER_MAX = 4 << 20
};

/* ---- files over the socket ---------------------------------------------------------------- */

static void put_files(struct buf *b, const struct package_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        buf_add_u32(b, (uint32_t)files->list[i].name.n);
        buf_add_str(b, files->list[i].name);
        buf_add_u32(b, (uint32_t)files->list[i].bytes.n);
        buf_add_str(b, files->list[i].bytes);
    }
}

static bool cut(str *s, str *out)
{
    const uint8_t *p = (const uint8_t *)s->p;

    if (s->n < 4)
        return false;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n > s->n - 4)
        return false;
    *out = str_sub(*s, 4, 4 + n);
    *s = str_sub(*s, 4 + n, s->n);
    return true;
}

static enum err take_files(str payload, struct package_files *out, struct fault *f)
{
    for (out->n = 0; payload.n; out->n++) {
        struct package_file *file = &out->list[out->n];
        if (out->n == PACKAGE_FILES || !cut(&payload, &file->name) || !cut(&payload, &file->bytes))
            return fault(f, ERR_MALFORMED_REQUEST, "the files are cut");
    }
    return OK;
}

/* ---- in the process ----------------------------------------------------------------------- */

/* Golden cases are judged by themselves: a layer of the receiver may well fail the giver's. */
static bool forbids(const struct package_problem *p)
{
    return !p->advice && !str_eq(p->file, S("golden.json"));
}

static void put_problem(struct jw *w, const struct package_problem *p)
{
    jw_open(w, '{');
    jw_kv(w, S("file"), p->file);
    jw_kv(w, S("pointer"), p->pointer.p ? p->pointer : S(""));
    jw_kv_int(w, S("line"), p->line);
    jw_kv(w, S("what"), p->what);
    jw_kv(w, S("remedy"), p->remedy.p ? p->remedy : S(""));
    jw_close(w, '}');
}

static enum err find_problems(struct arena *a, const struct package_files *files,
                              const struct package_art *art, struct jw *w, size_t *out_n,
                              struct fault *f)
{
    struct package_problems *all;

    TRY(package_check(a, files, art, &all, f));
    *out_n = 0;
    jw_key(w, S("problems"));
    jw_open(w, '[');
    for (size_t i = 0; i < all->n; i++)
        if (forbids(&all->list[i])) {
            put_problem(w, &all->list[i]);
            ++*out_n;
        }
    jw_close(w, ']');
    return OK;
}

/* Of what was expected, that which did not come. */
static void put_difference(struct jw *w, const struct json *golden, const struct json *got)
{
    const struct json *expect = json_get(golden, S("expect"));

    jw_key(w, S("expected"));
    jw_tree(w, expect);
    jw_key(w, S("got"));
    jw_tree(w, got);
}

static enum err replay_one(const struct package *p, const struct json *golden,
                           const struct package_art *art, struct jw *w, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(CASE_ARENA);
    struct package_replay r;

    TRY_PTR(a, f);
    struct fault inner = {0};
    enum err e = package_replay(p, golden, art, a, &r, &inner);
    jw_open(w, '{');
    jw_kv(w, S("name"), json_get_str(golden, S("name")));
    jw_kv_bool(w, S("passed"), e == OK && r.passed);
    if (e == OK && !r.passed)
        put_difference(w, golden, &r.got);
    if (e != OK)
        jw_kv(w, S("error"), str_of(inner.detail));
    jw_close(w, '}');
    return OK;
}

static enum err replay_all(struct arena *a, const struct package_files *files,
                           const struct package_art *art, struct jw *w, struct fault *f)
{
    struct package *p = NULL;
    enum err e = package_load(a, files, &p, f);
    const struct json *cases = e == OK ? json_get(p->golden, S("cases")) : NULL;

    jw_key(w, S("cases"));
    jw_open(w, '[');
    for (size_t i = 0; e == OK && i < PACKAGE_CASES && json_at(cases, i); i++)
        e = replay_one(p, json_at(cases, i), art, w, f);
    jw_close(w, ']');
    package_free(p);
    return e;
}

static enum err serve(void *ctx, unsigned op, str payload, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    struct package_files *files = a ? arena_new_of(a, struct package_files) : NULL;
    struct jw w = JW(out);
    size_t problems;

    (void)ctx;
    TRY_PTR(files, f);
    if (op != TRIAL_PROBLEMS && op != TRIAL_CASES)
        return fault(f, ERR_MALFORMED_REQUEST, "operation %u is not known", op);
    TRY(take_files(payload, files, f));
    struct package_art art = {.digest = document_digest, .files = files};
    jw_open(&w, '{');
    TRY(find_problems(a, files, &art, &w, &problems, f));
    if (op == TRIAL_CASES && problems == 0)
        TRY(replay_all(a, files, &art, &w, f));
    jw_close(&w, '}');
    return OK;
}

/* What libraries open late, they open now: words of ICU, digests of OpenSSL. */
static void warm(void)
{
    struct message *m = NULL;

    (void)sha256(S("warm"));
    if (message_compile(S("{n, plural, one {#} other {#}}"), S("ar"), &m, NULL) == OK)
        message_free(m);
}

int trial_main(int fd)
{
    struct fault f = {0};

    log_set_process("trial");
    signal(SIGPIPE, SIG_IGN);
    warm();
    if (worker_sandbox(&f) != OK) {
        LOG(LOG_ERROR, "start", LOG_CSTR("why", f.detail));
        return 1;
    }
    worker_loop(fd, TRIAL_SECONDS, serve, NULL);
    return 0;
}

/* ---- asking it ---------------------------------------------------------------------------- */

enum err trial_run(struct worker *worker, const struct package_files *files, bool cases,
                   struct arena *a, struct trial *out, struct fault *f)
{
    AUTO(buf) struct buf request = BUF(PACKAGE_ARCHIVE_BYTES);
    AUTO(buf) struct buf answer = BUF(ANSWER_MAX);
    struct json *j;

    if (!worker)
        return fault(f, ERR_WORKER, "no process to try packages in");
    put_files(&request, files);
    if (!buf_ok(&request))
        return fault(f, ERR_LIMIT, "the service is too large to be tried");
    str bytes = buf_str(&request);
    TRY(worker_ask(worker, cases ? TRIAL_CASES : TRIAL_PROBLEMS, &bytes, 1, DEADLINE_MS, &answer,
                   f));
    str text = str_copy(a, buf_str(&answer));
    TRY_PTR(text.p, f);
    TRY(json_parse(a, text, &json_limits_wide, &j, f));
    *out = (struct trial){.problems = json_get(j, S("problems")), .cases = json_get(j, S("cases"))};
    for (size_t i = 0; json_at(out->cases, i); i++)
        out->failed += !json_get_bool(json_at(out->cases, i), S("passed"), false);
    return OK;
}

enum err trial_verdict(const struct trial *t, struct arena *a, struct fault *f)
{
    const struct json *first = json_at(t->problems, 0), *p;

    if (!first)
        return OK;
    enum err e =
        fault(f, ERR_INVALID, "the service is not in order: %.*s line %lld: %.*s",
              STR_FMT(json_get_str(first, S("file"))), (long long)json_get_int(first, S("line"), 1),
              STR_FMT(json_get_str(first, S("what"))));
    for (size_t i = 0; f && (p = json_at(t->problems, i)); i++) {
        str at = str_printf(a, "%.*s#%.*s", STR_FMT(json_get_str(p, S("file"))),
                            STR_FMT(json_get_str(p, S("pointer"))));
        str what =
            str_printf(a, "line %lld: %.*s; %.*s", (long long)json_get_int(p, S("line"), 1),
                       STR_FMT(json_get_str(p, S("what"))), STR_FMT(json_get_str(p, S("remedy"))));
        if (at.p && what.p)
            fault_add(f, a, str_cstr(a, at), str_cstr(a, what));
    }
    return e;
}
