/* demo_crew.c - the threads that live the cases of a day side by side */
#include "node/demo_int.h"

#include <stdio.h>
#include <stdlib.h>

/* As many as make the writer's batches large: each waits for its own act most of the time. */
enum { CREW = 48 };

struct demo_crew {
    struct demo *demo;
    pthread_t threads[CREW];
    unsigned started;

    pthread_mutex_t lock;
    pthread_cond_t called, finished;
    struct plan **list; /* below: under the lock */
    size_t n, next, done;
    enum event event;
    bool over;
};

static void live_one(struct demo *d, struct plan *p, enum event ev)
{
    struct fault f = {0};
    enum err e = demo_event(d, p, ev, &f);

    if (e == OK)
        return;
    p->lost = true;
    if (atomic_fetch_add(&d->failures, 1) < 5)
        fprintf(stderr, "demo: event %d: %s: %s %s\n", (int)ev, err_slug(e), f.detail, f.pointer);
}

static void *member(void *arg)
{
    struct demo_crew *c = arg;

    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (!c->over && c->next == c->n)
            pthread_cond_wait(&c->called, &c->lock);
        if (c->over)
            break;
        struct plan *p = c->list[c->next++];
        enum event ev = c->event;
        pthread_mutex_unlock(&c->lock);
        live_one(c->demo, p, ev);
        pthread_mutex_lock(&c->lock);
        if (++c->done == c->n)
            pthread_cond_signal(&c->finished);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void demo_crew_work(struct demo_crew *c, struct plan **list, size_t n, enum event ev)
{
    pthread_mutex_lock(&c->lock);
    c->list = list;
    c->n = n;
    c->next = c->done = 0;
    c->event = ev;
    pthread_cond_broadcast(&c->called);
    while (c->done < c->n)
        pthread_cond_wait(&c->finished, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

enum err demo_crew_new(struct demo *d, struct demo_crew **out, struct fault *f)
{
    struct demo_crew *c = *out = calloc(1, sizeof *c);

    TRY_PTR(c, f);
    c->demo = d;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->called, NULL);
    pthread_cond_init(&c->finished, NULL);
    while (c->started < CREW && pthread_create(&c->threads[c->started], NULL, member, c) == 0)
        c->started++;
    return c->started ? OK : fault(f, ERR_INTERNAL, "no thread for the demo's crew");
}

void demo_crew_free(struct demo_crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->called);
    pthread_mutex_unlock(&c->lock);
    while (c->started)
        pthread_join(c->threads[--c->started], NULL);
    free(c);
}
