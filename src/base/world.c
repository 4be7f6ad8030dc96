#include "base/world.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t real_now(void *ctx)
{
    struct timespec ts;

    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Ids and salts want few bytes often: one system call fetches a page of them per thread. */
static void real_random(void *ctx, void *out, size_t n)
{
    static _Thread_local unsigned char pool[1024];
    static _Thread_local size_t left;
    unsigned char *to = out;

    (void)ctx;
    while (n) {
        if (left == 0) {
            ssize_t got = getrandom(pool, sizeof pool, 0);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                abort(); /* no randomness: nothing may go on */
            left = (size_t)got;
        }
        size_t take = n < left ? n : left;
        left -= take;
        memcpy(to, pool + left, take);
        memset(pool + left, 0, take);
        to += take;
        n -= take;
    }
}

static int64_t real_monotonic(void *ctx)
{
    (void)ctx;
    return monotonic_ns();
}

const struct world world_real = {
    .now = real_now, .random = real_random, .monotonic = real_monotonic};

static int64_t sim_now(void *ctx)
{
    return atomic_load(&((struct world_sim *)ctx)->now_ms);
}

static int64_t sim_monotonic(void *ctx)
{
    return atomic_load(&((struct world_sim *)ctx)->passed_ms) * 1000000;
}

/* splitmix64 over a counter: each call is a pure function of seed and position, so threads may
 * share it and a single-threaded run repeats exactly. */
static void sim_random(void *ctx, void *out, size_t n)
{
    struct world_sim *w = ctx;
    unsigned char *to = out;

    while (n) {
        uint64_t z = w->seed + 0x9e3779b97f4a7c15u * (atomic_fetch_add(&w->counter, 1) + 1);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        size_t take = n < 8 ? n : 8;
        memcpy(to, &z, take);
        to += take;
        n -= take;
    }
}

struct world world_of_sim(struct world_sim *w)
{
    return (struct world){
        .now = sim_now, .random = sim_random, .ctx = w, .monotonic = sim_monotonic};
}

void time_format(int64_t ms, char out[32])
{
    struct tm tm;
    int64_t secs = ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
    time_t t = (time_t)secs;

    gmtime_r(&t, &tm);
    size_t n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, 32 - n, ".%03uZ", (unsigned)(ms - secs * 1000) % 1000);
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t thread_cpu_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}
