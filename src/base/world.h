/* world.h - what a deterministic run replaces: the clock and the randomness of ids and salts
 *
 * Keys never come from here: crypto/ takes them from the kernel, always. Tests and the demo's
 * generator inject a simulated clock and a seeded generator.
 */
#ifndef SIFARA_BASE_WORLD_H
#define SIFARA_BASE_WORLD_H

#include <stddef.h>
#include <stdint.h>

struct world {
    int64_t (*now)(void *ctx); /* milliseconds since 1970-01-01T00:00:00Z */
    void (*random)(void *ctx, void *out, size_t n);
    void *ctx;
    int64_t (*monotonic)(void *ctx); /* nanoseconds, for durations only */
};

/* The real clock and the kernel's random bytes. */
extern const struct world world_real;

static inline int64_t world_now(const struct world *w)
{
    return w->now(w->ctx);
}

static inline int64_t world_monotonic(const struct world *w)
{
    return w->monotonic(w->ctx);
}

static inline void world_random(const struct world *w, void *out, size_t n)
{
    w->random(w->ctx, out, n);
}

/* A settable clock and a seeded generator (splitmix64); safe from several threads. */
struct world_sim {
    _Atomic int64_t now_ms;
    _Atomic int64_t passed_ms; /* what durations are measured by: setting the clock moves it not */
    _Atomic uint64_t counter;
    uint64_t seed;
};
struct world world_of_sim(struct world_sim *);

/* RFC 3339 with milliseconds and Z, e.g. 2026-03-20T09:30:00.000Z; out has room for 25. */
void time_format(int64_t ms, char out[32]);

/* Monotonic nanoseconds, for durations only. */
int64_t monotonic_ns(void);

/* Nanoseconds that this thread had a processor: for budgets that a busy machine must not shorten.
 */
int64_t thread_cpu_ns(void);

#endif
