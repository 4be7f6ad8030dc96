#include "http/limit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/world.h"

enum { SHARDS = 16, WAYS = 8 };

/* full_at: when the bucket will be full again, monotonic ns; 0 for a slot never used */
struct slot {
    uint64_t key;
    int64_t full_at;
};

struct shard {
    pthread_mutex_t lock;
    struct slot *slots; /* sets * WAYS */
};

struct limit {
    uint64_t secret[2];
    _Atomic int64_t interval; /* ns per token; 0: no limit */
    _Atomic int64_t slack;    /* ns that the burst is worth, beyond one token */
    size_t sets;              /* per shard, a power of two */
    struct shard shards[SHARDS];
};

void limit_set(struct limit *l, struct limit_rate rate)
{
    int64_t interval = 0, slack = 0;

    if (rate.per_second > 0) {
        double ns = 1e9 / rate.per_second;
        interval = ns > 1e15 ? (int64_t)1e15 : ns < 1 ? 1 : (int64_t)ns;
        unsigned extra = rate.burst > 1 ? rate.burst - 1 : 0;
        slack = (double)extra * (double)interval > 1e18 ? (int64_t)1e18 : extra * interval;
    }
    atomic_store(&l->slack, slack);
    atomic_store(&l->interval, interval);
}

struct limit *limit_new(struct limit_rate rate, size_t slots)
{
    struct limit *l = calloc(1, sizeof *l);
    size_t sets = 1;

    if (!l)
        return NULL;
    while (sets < slots / (SHARDS * WAYS) && sets < (size_t)1 << 24)
        sets *= 2;
    l->sets = sets;
    world_random(&world_real, l->secret, sizeof l->secret);
    limit_set(l, rate);
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&l->shards[i].lock, NULL);
        l->shards[i].slots = calloc(sets * WAYS, sizeof(struct slot));
    }
    for (size_t i = 0; i < SHARDS; i++)
        if (!l->shards[i].slots) {
            limit_free(l);
            return NULL;
        }
    return l;
}

void limit_free(struct limit *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&l->shards[i].lock);
        free(l->shards[i].slots);
    }
    free(l);
}

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotl(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

static void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotl(s->v1, 13) ^ s->v0;
    s->v0 = rotl(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotl(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotl(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotl(s->v1, 17) ^ s->v2;
    s->v2 = rotl(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t m)
{
    s->v3 ^= m;
    sip_round(s);
    s->v0 ^= m;
}

/* Whole words, then the rest with the length on top, as SipHash ends a message. */
static void sip_str(struct sip *s, str bytes)
{
    uint64_t m;
    size_t i = 0;

    for (; bytes.n - i >= 8; i += 8) {
        memcpy(&m, bytes.p + i, 8);
        sip_word(s, m);
    }
    m = (uint64_t)bytes.n << 56;
    for (int shift = 0; i < bytes.n; i++, shift += 8)
        m |= (uint64_t)(unsigned char)bytes.p[i] << shift;
    sip_word(s, m);
}

uint64_t limit_key(const struct limit *l, str address, str account)
{
    uint64_t k0 = l ? l->secret[0] : 0, k1 = l ? l->secret[1] : 0;
    struct sip s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                    k1 ^ 0x7465646279746573u};

    sip_str(&s, address);
    sip_str(&s, account);
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* The key's own slot, or the one whose bucket is nearest to full. */
static struct slot *find(struct slot *set, uint64_t key)
{
    struct slot *best = set;

    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key && set[i].full_at)
            return &set[i];
        if (set[i].full_at < best->full_at)
            best = &set[i];
    }
    best->key = key;
    best->full_at = 0;
    return best;
}

unsigned limit_take(struct limit *l, uint64_t key, unsigned cost, int64_t now)
{
    int64_t interval = l ? atomic_load(&l->interval) : 0;

    if (interval == 0 || cost == 0)
        return 0;
    int64_t slack = atomic_load(&l->slack);
    struct shard *shard = &l->shards[key % SHARDS];
    struct slot *set = shard->slots + (key / SHARDS & (l->sets - 1)) * WAYS;
    /* neither overflow, nor refuse for ever what costs more than the burst */
    int64_t more = cost > INT64_MAX / 8 / interval ? INT64_MAX / 8 : (int64_t)cost * interval;
    int64_t wait = 0;

    pthread_mutex_lock(&shard->lock);
    struct slot *s = find(set, key);
    int64_t debt = s->full_at > now ? s->full_at - now : 0, room = slack + interval - debt;
    if (debt > 0 && more > room)
        wait = more - room < debt ? more - room : debt;
    else
        s->full_at = now + debt + more;
    pthread_mutex_unlock(&shard->lock);
    int64_t seconds = wait / 1000000000 + (wait % 1000000000 > 0);
    return seconds > 3600 ? 3600 : (unsigned)seconds;
}
