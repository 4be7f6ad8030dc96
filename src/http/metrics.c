#include "http/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { LANES = 4, FIRST_BIT = 14, LAST_BIT = 34, BUCKETS = LAST_BIT - FIRST_BIT + 1 };

enum kind { COUNTER, GAUGE, HISTOGRAM };

struct lane {
    _Alignas(64) _Atomic uint64_t count;
};

struct histogram_lane {
    _Alignas(64) _Atomic uint64_t sum_ns;
    _Atomic uint64_t buckets[BUCKETS + 1]; /* the last is everything above */
};

struct metric {
    struct metric *next;
    enum kind kind;
    const char *name, *help;
    char *labels;
    int64_t (*read)(void *ctx);
    void *ctx;
    _Atomic int64_t value;         /* GAUGE */
    struct lane *lanes;            /* COUNTER */
    struct histogram_lane *hlanes; /* HISTOGRAM */
};

struct metrics {
    pthread_mutex_t lock;
    struct metric *first; /* by name, then labels */
};

struct metrics *metrics_new(void)
{
    struct metrics *m = calloc(1, sizeof *m);

    if (m)
        pthread_mutex_init(&m->lock, NULL);
    return m;
}

static void metric_free(struct metric *x)
{
    free(x->labels);
    free(x->lanes);
    free(x->hlanes);
    free(x);
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    while (m->first) {
        struct metric *next = m->first->next;
        metric_free(m->first);
        m->first = next;
    }
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static void *lanes_new(size_t size)
{
    void *p = aligned_alloc(64, LANES * size);

    if (p)
        memset(p, 0, LANES * size);
    return p;
}

static struct metric *metric_new(enum kind kind, const char *name, const char *help,
                                 const char *labels)
{
    struct metric *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->kind = kind;
    x->name = name;
    x->help = help;
    x->labels = strdup(labels);
    if (kind == COUNTER)
        x->lanes = lanes_new(sizeof *x->lanes);
    if (kind == HISTOGRAM)
        x->hlanes = lanes_new(sizeof *x->hlanes);
    if (!x->labels || (kind == COUNTER && !x->lanes) || (kind == HISTOGRAM && !x->hlanes)) {
        metric_free(x);
        return NULL;
    }
    return x;
}

static int order(const struct metric *x, const char *name, const char *labels)
{
    int c = strcmp(x->name, name);

    return c ? c : strcmp(x->labels, labels);
}

/* The lock is held. */
static struct metric *find_or_add(struct metrics *m, enum kind kind, const char *name,
                                  const char *help, const char *labels)
{
    struct metric **at = &m->first;
    int c = -1;

    while (*at && (c = order(*at, name, labels)) < 0)
        at = &(*at)->next;
    if (*at && c == 0)
        return (*at)->kind == kind ? *at : NULL;
    struct metric *x = metric_new(kind, name, help, labels);
    if (x) {
        x->next = *at;
        *at = x;
    }
    return x;
}

static struct metric *get(struct metrics *m, enum kind kind, const char *name, const char *help,
                          const char *labels)
{
    if (!m)
        return NULL;
    pthread_mutex_lock(&m->lock);
    struct metric *x = find_or_add(m, kind, name, help, labels ? labels : "");
    pthread_mutex_unlock(&m->lock);
    return x;
}

struct metric *metrics_counter(struct metrics *m, const char *name, const char *help,
                               const char *labels)
{
    return get(m, COUNTER, name, help, labels);
}

struct metric *metrics_gauge(struct metrics *m, const char *name, const char *help,
                             const char *labels)
{
    return get(m, GAUGE, name, help, labels);
}

struct metric *metrics_histogram(struct metrics *m, const char *name, const char *help,
                                 const char *labels)
{
    return get(m, HISTOGRAM, name, help, labels);
}

void metrics_ask(struct metrics *m, const char *name, const char *help, const char *labels,
                 int64_t (*read)(void *ctx), void *ctx)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    struct metric *x = find_or_add(m, GAUGE, name, help, labels ? labels : "");
    if (x) {
        x->read = read;
        x->ctx = ctx;
    }
    pthread_mutex_unlock(&m->lock);
}

/* Threads are dealt out over the lanes in turn. */
static unsigned my_lane(void)
{
    static _Atomic unsigned next;
    static _Thread_local unsigned mine; /* 1 + lane */

    if (!mine)
        mine = 1 + atomic_fetch_add(&next, 1) % LANES;
    return mine - 1;
}

void metric_add(struct metric *x, uint64_t n)
{
    if (x)
        atomic_fetch_add_explicit(&x->lanes[my_lane()].count, n, memory_order_relaxed);
}

void metric_set(struct metric *x, int64_t value)
{
    if (x)
        atomic_store_explicit(&x->value, value, memory_order_relaxed);
}

/* The first bucket whose bound 2^(FIRST_BIT + i) is not below ns. */
static unsigned bucket_of(uint64_t ns)
{
    if (ns <= 1u << FIRST_BIT)
        return 0;
    unsigned bits = 64 - (unsigned)__builtin_clzll(ns - 1);
    return bits > LAST_BIT ? BUCKETS : bits - FIRST_BIT;
}

void metric_observe(struct metric *x, int64_t ns)
{
    if (!x)
        return;
    struct histogram_lane *h = &x->hlanes[my_lane()];
    uint64_t v = ns > 0 ? (uint64_t)ns : 0;

    atomic_fetch_add_explicit(&h->buckets[bucket_of(v)], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->sum_ns, v, memory_order_relaxed);
}

static void write_line(struct buf *b, const struct metric *x, const char *suffix, const char *le,
                       const char *value)
{
    bool braces = x->labels[0] || le;

    buf_printf(b, "%s%s%s%s", x->name, suffix, braces ? "{" : "", x->labels);
    if (le)
        buf_printf(b, "%sle=\"%s\"", x->labels[0] ? "," : "", le);
    buf_printf(b, "%s %s\n", braces ? "}" : "", value);
}

static void write_count(struct buf *b, const struct metric *x, const char *suffix, const char *le,
                        uint64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    write_line(b, x, suffix, le, text);
}

static void write_histogram(struct buf *b, const struct metric *x)
{
    uint64_t count = 0, sum = 0;
    char text[40];

    for (unsigned i = 0; i <= BUCKETS; i++) {
        for (unsigned lane = 0; lane < LANES; lane++)
            count += atomic_load_explicit(&x->hlanes[lane].buckets[i], memory_order_relaxed);
        if (i < BUCKETS)
            snprintf(text, sizeof text, "%.9g", (double)(1ull << (FIRST_BIT + i)) / 1e9);
        write_count(b, x, "_bucket", i < BUCKETS ? text : "+Inf", count);
    }
    for (unsigned lane = 0; lane < LANES; lane++)
        sum += atomic_load_explicit(&x->hlanes[lane].sum_ns, memory_order_relaxed);
    snprintf(text, sizeof text, "%.9g", (double)sum / 1e9);
    write_line(b, x, "_sum", NULL, text);
    write_count(b, x, "_count", NULL, count);
}

static void write_metric(struct buf *b, const struct metric *x)
{
    uint64_t count = 0;
    char text[24];

    switch (x->kind) {
    case COUNTER:
        for (unsigned lane = 0; lane < LANES; lane++)
            count += atomic_load_explicit(&x->lanes[lane].count, memory_order_relaxed);
        write_count(b, x, "", NULL, count);
        break;
    case GAUGE:
        snprintf(text, sizeof text, "%lld",
                 (long long)(x->read ? x->read(x->ctx)
                                     : atomic_load_explicit(&x->value, memory_order_relaxed)));
        write_line(b, x, "", NULL, text);
        break;
    case HISTOGRAM:
        write_histogram(b, x);
        break;
    }
}

void metrics_write(struct metrics *m, struct buf *b)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    const char *last = "";

    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    for (const struct metric *x = m->first; x; x = x->next) {
        if (strcmp(last, x->name) != 0)
            buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", x->name, x->help, x->name,
                       kinds[x->kind]);
        last = x->name;
        write_metric(b, x);
    }
    pthread_mutex_unlock(&m->lock);
}
