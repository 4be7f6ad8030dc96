/* xroad_courier.c - makes the calls that wait, through our own security server
 *
 * X-Road is synchronous, and an officer waits: a call that nobody answers is tried a few times more
 * within seconds, under the same X-Road-Id, and then has failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "link/courier_int.h"
#include "link/xroad_int.h"

enum { TRIES = 5, CALL_MS = 30000, TURN_ARENA = 8 << 20, HEAD_LINES = 5, URL_MAX = 8192 };

struct xroad_line {
    struct courier *courier;
    struct id id;
    bool used, active;
    unsigned tries;
    int64_t due_ns;
    struct arena *arena; /* of one try */
    const char *head[HEAD_LINES + 1];
    char pin[PIN_ROOM];
    struct http_call call;
};

static void rest(struct xroad_line *x)
{
    x->active = false;
    x->due_ns = courier_now(x->courier) + courier_wait(x->courier, &x->tries) * INT64_C(1000000);
}

/* ---- what came of it --------------------------------------------------------------------------
 */

static void tell(struct xroad_line *x, struct xroad_answer *answer)
{
    answer->request.id = x->id;
    if (err_class(xroad_tell(x->courier->link, answer, x->arena)) == CLASS_BUSY) {
        rest(x);
        return;
    }
    x->used = x->active = false;
    x->courier->xroad_woken = true; /* others may wait for the place */
    arena_reset(x->arena);
}

static void fail(struct xroad_line *x, const char *why, bool again)
{
    if (again && x->tries + 1 < TRIES) {
        rest(x);
        return;
    }
    tell(x, &(struct xroad_answer){.state = "failed", .error = str_copy(x->arena, str_of(why))});
}

static void answered(struct http_call *call)
{
    struct xroad_line *x = call->user;
    struct buf reply = call->reply;
    bool refused = call->header[0] != 0;

    call->reply = BUF(0);
    if (call->err != OK)
        fail(x, call->detail, call->err == ERR_BUSY);
    else
        tell(x, &(struct xroad_answer){
                    .state = refused ? "refused" : "answered",
                    .status = call->status,
                    .error = refused ? utf8_valid(str_of(call->header)) ? str_of(call->header)
                                                                        : S("unreadable")
                                     : STR_NONE,
                    .type =
                        utf8_valid(str_of(call->content_type)) ? str_of(call->content_type) : S(""),
                    .body = reply.n ? buf_str(&reply) : S("")});
    buf_done(&reply);
}

/* ---- the request ------------------------------------------------------------------------------
 */

static void put_part(struct buf *b, str part)
{
    buf_add_char(b, '/');
    for (size_t i = 0; i < part.n; i++) {
        unsigned char c = (unsigned char)part.p[i];
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.')
            buf_add_char(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

static enum err put_url(struct xroad_line *x, const struct xroad_request *r, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(URL_MAX);
    str path = json_get_str(r->asked, S("path"));

    buf_printf(&b, "%.*s/r1", STR_FMT(x->courier->link->house->xroad_url));
    put_part(&b, r->to.instance);
    put_part(&b, r->to.class);
    put_part(&b, r->to.member);
    put_part(&b, r->to.subsystem);
    put_part(&b, r->service);
    if (path.n && path.p[0] != '/' && path.p[0] != '?')
        buf_add_char(&b, '/');
    if (path.n)
        buf_add_str(&b, path);
    TRY_PTR(buf_ok(&b), f);
    x->call.url = str_cstr(x->arena, buf_str(&b));
    TRY_PTR(x->call.url, f);
    return OK;
}

static enum err put_head(struct xroad_line *x, const struct xroad_request *r, struct fault *f)
{
    str client = x->courier->link->house->xroad_client, about = json_get_str(r->asked, S("case"));
    char id[ID_TEXT + 1], officer[ID_TEXT + 1];
    size_t n = 0;

    id_format(&r->correlation, id);
    id_format(&r->officer, officer);
    str lines[HEAD_LINES] = {S("Accept: application/json, */*;q=0.5"),
                             str_printf(x->arena, "X-Road-Client: %.*s", STR_FMT(client)),
                             str_printf(x->arena, "X-Road-Id: %s", id),
                             str_printf(x->arena, "X-Road-UserId: %s", officer),
                             about.p ? str_printf(x->arena, "X-Road-Issue: %.*s", STR_FMT(about))
                                     : STR_NONE};
    for (size_t i = 0; i < HEAD_LINES - !about.p; i++, n++) {
        TRY_PTR(lines[i].p, f);
        x->head[n] = str_cstr(x->arena, lines[i]);
        TRY_PTR(x->head[n], f);
    }
    x->head[n] = NULL;
    return OK;
}

static enum err put_body(struct xroad_line *x, const struct xroad_request *r, struct fault *f)
{
    const struct json *body = json_get(r->asked, S("body"));
    AUTO(buf) struct buf b = BUF(128 << 10);
    struct jw w = JW(&b);

    if (!body)
        return OK;
    jw_tree(&w, body);
    x->call.body = str_copy(x->arena, buf_str(&b));
    x->call.type = "application/json";
    TRY_PTR(buf_ok(&b) && x->call.body.p, f);
    return OK;
}

static void put_call(struct xroad_line *x)
{
    const struct house *h = x->courier->link->house;
    const char *certificate = x->courier->certificate, *key = x->courier->key;
    AUTO(buf) struct buf b = BUF(PIN_ROOM);

    if (h->xroad_server_pin)
        base64_encode(&b, hash_str(h->xroad_server_pin), BASE64_STD);
    snprintf(x->pin, sizeof x->pin, "%.*s", STR_FMT(buf_str(&b)));
    x->call = (struct http_call){.lines = x->head,
                                 .wanted = "X-Road-Error",
                                 .pin = h->xroad_server_pin ? x->pin : NULL,
                                 .certificate = certificate[0] ? certificate : NULL,
                                 .key = key[0] ? key : NULL,
                                 .max_reply = XROAD_ANSWER,
                                 .timeout_ms = CALL_MS,
                                 .done = answered,
                                 .user = x};
}

static enum err start(struct xroad_line *x, struct fault *f)
{
    struct link *l = x->courier->link;
    struct xroad_request r;
    struct db *db;

    arena_reset(x->arena);
    TRY(db_pool_take(l->house->readers, &db, f));
    enum err e = xroad_request_load(l->house, db, x->arena, &x->id, &r, f);
    db_pool_put(l->house->readers, db);
    TRY(e);
    put_call(x);
    TRY(put_url(x, &r, f));
    TRY(put_head(x, &r, f));
    TRY(put_body(x, &r, f));
    x->active = true;
    return http_client_start(x->courier->client, &x->call, f);
}

/* ---- turns ------------------------------------------------------------------------------------
 */

static bool is_here(const struct courier *c, const struct id *id)
{
    for (size_t i = 0; i < XROAD_LINES; i++)
        if (c->xroad[i] && c->xroad[i]->used && memcmp(&c->xroad[i]->id, id, sizeof *id) == 0)
            return true;
    return false;
}

static struct xroad_line *free_line(struct courier *c)
{
    for (size_t i = 0; i < XROAD_LINES; i++) {
        struct xroad_line *x = c->xroad[i];
        if (x && !x->used)
            return x;
        if (x)
            continue;
        x = calloc(1, sizeof *x);
        if (!x || !(x->arena = arena_new(TURN_ARENA))) {
            free(x);
            return NULL;
        }
        x->courier = c;
        return c->xroad[i] = x;
    }
    return NULL;
}

/* Those that are under way are among the oldest that wait. */
static void look(struct courier *c)
{
    struct xroad_line *x;
    struct query q;
    struct db *db;

    if (db_pool_take(c->link->house->readers, &db, NULL) != OK)
        return;
    if (db_query(db, &q, NULL,
                 "SELECT id FROM xroad_request WHERE state = 'waiting' ORDER BY id LIMIT ?", "i",
                 (int64_t)2 * XROAD_LINES) == OK) {
        for (; query_row(&q); query_next(&q)) {
            struct id id = query_id(&q, 0);
            if (is_here(c, &id) || !(x = free_line(c)))
                continue;
            x->id = id;
            x->used = true;
            x->tries = 0;
            x->due_ns = 0;
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(c->link->house->readers, db);
}

int64_t xroad_begin(struct courier *c, int64_t now, int64_t first)
{
    if (!c->link->house->xroad_url.p)
        return first;
    if (c->xroad_woken || c->xroad_look_ns <= now) {
        c->xroad_woken = false;
        c->xroad_look_ns = now + (int64_t)LOOK_MS * 1000000;
        look(c);
    }
    for (size_t i = 0; i < XROAD_LINES; i++) {
        struct xroad_line *x = c->xroad[i];
        struct fault f = {0};
        if (!x || !x->used || x->active)
            continue;
        if (x->due_ns <= now) {
            enum err e = start(x, &f);
            if (e != OK)
                fail(x, f.detail, err_class(e) == CLASS_BUSY);
        }
        if (x->used && !x->active && x->due_ns < first)
            first = x->due_ns;
    }
    return c->xroad_woken ? now : first < c->xroad_look_ns ? first : c->xroad_look_ns;
}

void xroad_free(struct courier *c)
{
    for (size_t i = 0; i < XROAD_LINES; i++) {
        struct xroad_line *x = c->xroad[i];
        if (!x)
            continue;
        if (x->active)
            http_client_cancel(c->client, &x->call);
        arena_free(x->arena);
        free(x);
    }
}
