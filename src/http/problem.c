#include "http/problem.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/log.h"

static const struct {
    unsigned status;
    const char *meaning;
} classes[] = {
    [CLASS_OK] = {200, "Nothing went wrong."},
    [CLASS_MALFORMED] = {400, "The request or its content cannot be read at all. Sending it again "
                              "unchanged will fail again."},
    [CLASS_INVALID] = {422, "The input can be read but breaks a rule. The list of errors says "
                            "where; correct it there and send it again."},
    [CLASS_UNAUTHENTICATED] = {401, "The node does not know who asks. Sign in and repeat the "
                                    "request."},
    [CLASS_DENIED] = {403, "The node knows who asks, and the foreign policy does not permit it."},
    [CLASS_UNTRUSTED] = {403, "A signature, a proof or a certificate does not hold, or its signer "
                              "is not trusted here."},
    [CLASS_ABSENT] = {404, "There is nothing at this address, or nothing that you may see."},
    [CLASS_METHOD] = {405, "The address exists but takes other methods; the Allow header lists "
                           "them."},
    [CLASS_CONFLICT] = {409, "The request does not fit the present state. Read the state again, "
                             "then decide."},
    [CLASS_PRECONDITION] = {412, "A condition that the request itself made is not met."},
    [CLASS_GONE] = {410, "It was here and has been erased."},
    [CLASS_TOO_LARGE] = {413, "The request is larger than this address takes."},
    [CLASS_MEDIA] = {415, "This address does not take that type of content."},
    [CLASS_LIMITED] = {429, "Too many requests in a short time. Wait as long as the Retry-After "
                            "header says."},
    [CLASS_BUSY] = {503, "The node cannot answer now. Wait as long as the Retry-After header says, "
                         "then repeat the request unchanged."},
    [CLASS_INTERNAL] = {500, "Something went wrong inside the node. Its operators find the cause "
                             "in their log by the request's id."},
};

unsigned problem_status(enum err_class c)
{
    return (size_t)c < ARRAY_LEN(classes) ? classes[c].status : 500;
}

static void write_error(struct jw *w, const char *pointer, const char *detail)
{
    jw_open(w, '{');
    jw_kv(w, S("pointer"), str_of(pointer));
    jw_kv(w, S("detail"), str_of(detail));
    jw_close(w, '}');
}

static void write_errors(struct jw *w, const struct fault *f)
{
    if (!f->pointer[0] && !f->items)
        return;
    jw_key(w, S("errors"));
    jw_open(w, '[');
    if (!f->items)
        write_error(w, f->pointer, f->detail);
    for (const struct fault_item *i = f->items; i; i = i->next)
        write_error(w, i->pointer, i->detail);
    jw_close(w, ']');
}

void problem_write(struct buf *b, const struct fault *f, const char *request_id, str name, str json)
{
    unsigned status = problem_status(err_class(f->code));
    struct jw w = JW(b);
    char text[80];

    jw_open(&w, '{');
    snprintf(text, sizeof text, "/problems/%s", err_slug(f->code));
    jw_kv(&w, S("type"), str_of(text));
    jw_kv(&w, S("title"), str_of(err_title(f->code)));
    jw_kv_int(&w, S("status"), status);
    if (status < 500 && f->detail[0])
        jw_kv(&w, S("detail"), str_of(f->detail));
    snprintf(text, sizeof text, "urn:uuid:%s", request_id);
    jw_kv(&w, S("instance"), str_of(text));
    if (status < 500)
        write_errors(&w, f);
    if (name.p) {
        jw_key(&w, name);
        jw_raw(&w, json);
    }
    jw_close(&w, '}');
}

/* BUSY passes within a second or two; LIMITED depends on the limit, which the caller knows. */
static unsigned default_wait(enum err_class c)
{
    return c == CLASS_BUSY ? 1 : c == CLASS_LIMITED ? 10 : 0;
}

static void reply_fault(struct http_request *r, const struct fault *f, unsigned retry_after,
                        str name, str json)
{
    struct buf b = BUF(256 * 1024);
    enum err_class class = err_class(f->code);
    unsigned status = problem_status(class);
    char text[16];

    if (status >= 500 && class != CLASS_BUSY)
        LOG(LOG_ERROR, "fault", LOG_CSTR("id", r->id), LOG_CSTR("code", err_slug(f->code)),
            LOG_CSTR("detail", f->detail));
    problem_write(&b, f, r->id, name, json);
    if (buf_ok(&b)) {
        http_reply_bytes(r, status, "application/problem+json", buf_str(&b), free, b.p);
    } else {
        buf_done(&b);
        http_reply_empty(r, status);
    }
    r->reply.etag = NULL;
    r->reply.cache_control = NULL;
    enum err e = OK;
    if (retry_after || default_wait(class)) {
        snprintf(text, sizeof text, "%u", retry_after ? retry_after : default_wait(class));
        e = http_reply_header(r, "Retry-After", str_of(text));
    }
    if (status == 401) /* RFC 9110, 15.5.2 wants one; an unknown scheme opens no dialogue */
        e = http_reply_header(r, "WWW-Authenticate", S("Session"));
    if (e != OK)
        LOG(LOG_WARN, "reply-header", LOG_CSTR("id", r->id));
}

void http_reply_fault_after(struct http_request *r, const struct fault *f, unsigned retry_after)
{
    reply_fault(r, f, retry_after, STR_NONE, STR_NONE);
}

void http_reply_fault_with(struct http_request *r, const struct fault *f, str name, str json)
{
    reply_fault(r, f, 0, name, json);
}

static void page_open(struct buf *b, const char *title)
{
    buf_printf(b,
               "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width\">\n"
               "<title>%s</title>\n<main>\n<h1>%s</h1>\n",
               title, title);
}

/* Titles and meanings are our own and free of markup characters. */
bool problem_page(struct buf *b, str slug)
{
    if (slug.n == 0) {
        page_open(b, "Problems");
        buf_add_str(b, S("<ul>\n"));
        for (int e = OK + 1; e < ERR_COUNT; e++)
            buf_printf(b, "<li><a href=\"/problems/%s\">%s</a></li>\n", err_slug((enum err)e),
                       err_title((enum err)e));
        buf_add_str(b, S("</ul>\n</main>\n</html>\n"));
        return true;
    }
    for (int e = OK + 1; e < ERR_COUNT; e++) {
        if (!str_eq(slug, str_of(err_slug((enum err)e))))
            continue;
        enum err_class c = err_class((enum err)e);
        page_open(b, err_title((enum err)e));
        buf_printf(b, "<p>%s</p>\n<dl>\n<dt>Status</dt><dd>%u</dd>\n<dt>Type</dt><dd>/problems/%s",
                   classes[c].meaning, classes[c].status, err_slug((enum err)e));
        buf_add_str(b, S("</dd>\n</dl>\n<p><a href=\"/problems/\">All problems</a></p>\n"
                         "</main>\n</html>\n"));
        return true;
    }
    return false;
}
