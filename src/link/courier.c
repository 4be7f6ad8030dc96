/* courier.c - brings our logs to the partners, and keeps their receipts
 *
 * One thread, one line to each partner (line.c); a line is a small state machine and never waits
 * for another. A line that fails is tried again after a while that grows with chance up to a
 * quarter of an hour, and at once when the partner calls.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/encode.h"
#include "link/courier_int.h"

enum {
    LINE_ARENA = 96 << 20,
    CONNECTIONS = 256,
    REPLY_BYTES = 4 << 20,
    CALL_MS = 120000,
    FIRST_WAIT_MS = 500,
    LONGEST_WAIT_MS = 15 * 60 * 1000
};

int64_t courier_now(const struct courier *c)
{
    return world_monotonic(&c->link->house->world);
}

/* A random half of it more or less: two nodes do not stay in step. */
int64_t courier_wait(struct courier *c, unsigned *tries)
{
    int64_t wait = FIRST_WAIT_MS;
    uint16_t chance;

    for (unsigned i = 0; i < *tries && wait < LONGEST_WAIT_MS; i++)
        wait *= 2;
    if (wait > LONGEST_WAIT_MS)
        wait = LONGEST_WAIT_MS;
    world_random(&c->link->house->world, &chance, sizeof chance);
    if (*tries < 30)
        ++*tries;
    return wait / 2 + wait * chance / 131072;
}

void courier_call(struct courier *c, const struct peer *to, const char *path, char url[URL_ROOM],
                  char pin[PIN_ROOM], struct http_call *call)
{
    AUTO(buf) struct buf b = BUF(PIN_ROOM);

    base64_encode(&b, hash_str(&to->tls), BASE64_STD);
    snprintf(pin, PIN_ROOM, "%.*s", STR_FMT(buf_str(&b)));
    snprintf(url, URL_ROOM, "%s/link/v1/%s", to->url, path);
    *call = (struct http_call){.url = url,
                               .pin = to->has_tls ? pin : NULL,
                               .certificate = c->certificate[0] ? c->certificate : NULL,
                               .key = c->key[0] ? c->key : NULL,
                               .max_reply = REPLY_BYTES,
                               .timeout_ms = CALL_MS};
}

static struct line *line_to(struct courier *c, const char *state)
{
    for (size_t i = 0; i < c->n_lines; i++)
        if (strcmp(c->lines[i]->state, state) == 0)
            return c->lines[i];
    struct line *l = c->n_lines < LINES_MAX ? calloc(1, sizeof *l) : NULL;
    if (!l || !(l->arena = arena_new(LINE_ARENA))) {
        free(l);
        return NULL;
    }
    l->courier = c;
    snprintf(l->state, sizeof l->state, "%s", state);
    return c->lines[c->n_lines++] = l;
}

/* All partners that were ever accredited have a line. */
static void look_for_partners(struct courier *c)
{
    struct query q;
    struct db *db;

    if (db_pool_take(c->link->house->readers, &db, NULL) != OK)
        return;
    if (db_query(db, &q, NULL, "SELECT state FROM accreditation WHERE credence IS NOT NULL", "") ==
        OK) {
        for (; query_row(&q); query_next(&q)) {
            char code[3];
            snprintf(code, sizeof code, "%.*s", STR_FMT(query_str(&q, 0)));
            struct line *l = line_to(c, code);
            if (l)
                l->woken = l->called = true;
        }
        (void)!query_end(&q, NULL);
    }
    for (size_t i = 0; i < c->n_lines; i++)
        watches_wake(c, db, c->lines[i]->state);
    db_pool_put(c->link->house->readers, db);
}

static void take_wakings(struct courier *c)
{
    static __typeof__(c->woken) woken; /* of the one thread */

    pthread_mutex_lock(&c->lock);
    size_t n = c->n_woken;
    bool all = c->wake_all;
    memcpy(woken, c->woken, n * sizeof *woken);
    c->n_woken = 0;
    c->wake_all = false;
    c->xroad_woken |= c->wake_xroad;
    c->wake_xroad = false;
    pthread_mutex_unlock(&c->lock);
    if (all)
        look_for_partners(c);
    for (size_t i = 0; i < n; i++) {
        struct line *l = line_to(c, woken[i].state);
        if (!l)
            continue;
        l->woken = true;
        l->called |= woken[i].called;
    }
}

/* Starts what is due; returns how long there is nothing to do. */
static unsigned start_due(struct courier *c)
{
    int64_t now = courier_now(c), first = now + (int64_t)LOOK_MS * 1000000;

    for (size_t i = 0; i < c->n_lines; i++) {
        struct line *l = c->lines[i];
        if (l->active)
            continue;
        /* what is new to send does not shorten the rest of a line that fails */
        if (l->called || l->due_ns <= now || (l->woken && l->tries == 0)) {
            l->woken = l->called = false;
            line_begin(l);
        } else if (l->woken) { /* into the log all the same: a parcel may carry it */
            l->woken = false;
            line_append(l);
        }
        if (!l->active && l->due_ns < first)
            first = l->due_ns;
    }
    first = watches_begin(c, now, first);
    first = xroad_begin(c, now, first);
    int64_t wait = (first - now) / 1000000;
    return wait < 0 ? 0 : (unsigned)wait;
}

unsigned courier_turn(struct courier *c)
{
    take_wakings(c);
    return start_due(c);
}

static void *courier_main(void *arg)
{
    struct courier *c = arg;

    setpriority(PRIO_PROCESS, (id_t)gettid(), 5);
    for (;;) {
        pthread_mutex_lock(&c->lock);
        bool stopping = c->stopping;
        pthread_mutex_unlock(&c->lock);
        if (stopping)
            return NULL;
        http_client_run(c->client, courier_turn(c));
    }
}

void courier_wake(struct courier *c, const char *state, enum waking why)
{
    pthread_mutex_lock(&c->lock);
    size_t i = 0;
    while (i < c->n_woken && strcmp(c->woken[i].state, state) != 0)
        i++;
    if (!state[0] || i == LINES_MAX) {
        c->wake_all = true;
    } else {
        if (i == c->n_woken) {
            snprintf(c->woken[c->n_woken++].state, sizeof c->woken[i].state, "%s", state);
            c->woken[i].called = false;
        }
        c->woken[i].called |= why == WAKE_CALLED;
    }
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
}

void courier_wake_xroad(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->wake_xroad = true;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
}

enum err courier_open(struct link *link, const struct http_carrier *carrier, struct courier **out,
                      struct fault *f)
{
    static const struct http_client_limits limits = {CONNECTIONS, 2};
    struct courier *c = calloc(1, sizeof *c);

    if (c)
        c->client = carrier ? http_client_over(carrier) : http_client_new(&limits);
    if (!c || !c->client) {
        free(c);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    c->link = link;
    c->wake_all = true;
    pthread_mutex_init(&c->lock, NULL);
    if (link->house->link_cert && link->house->link_key) {
        snprintf(c->certificate, sizeof c->certificate, "%s", link->house->link_cert);
        snprintf(c->key, sizeof c->key, "%s", link->house->link_key);
    }
    *out = c;
    return OK;
}

enum err courier_start(struct courier *c, struct fault *f)
{
    c->runs = pthread_create(&c->thread, NULL, courier_main, c) == 0;
    return c->runs ? OK : fault(f, ERR_MEMORY, "cannot start a thread");
}

void courier_stop(struct courier *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
    if (c->runs)
        pthread_join(c->thread, NULL);
    for (size_t i = 0; i < c->n_lines; i++) {
        struct line *l = c->lines[i];
        http_client_cancel(c->client, &l->call);
        line_rest(l, 0);
        arena_free(l->arena);
        free(l);
    }
    watches_free(c);
    xroad_free(c);
    http_client_free(c->client);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
