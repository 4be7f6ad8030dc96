/* limit.h - rate limits: token buckets in fixed memory
 *
 * A limit is a rate and a burst, kept per key. Kept is one time stamp per key (generic cell rate
 * algorithm, ITU-T I.371): the moment at which the bucket will be full again. A key whose moment
 * is past equals a key never seen, so that slots are reused without loss. When all slots that a
 * key may use are taken by keys in debt, the one nearest to full is given up.
 *
 * Thread safe: shards, each with a mutex of its own, held for one look into eight slots.
 */
#ifndef SIFARA_HTTP_LIMIT_H
#define SIFARA_HTTP_LIMIT_H

#include "base/errors.h"

struct limit;

struct limit_rate {
    double per_second; /* 0: no limit */
    unsigned burst;    /* at once, at least 1 */
};

/* Memory for about `slots` keys at a time, 16 bytes each. NULL without memory. */
NODISCARD struct limit *limit_new(struct limit_rate, size_t slots);
void limit_free(struct limit *);
/* Changes the rate for the next calls. */
void limit_set(struct limit *, struct limit_rate);
/* A key from an address and an account, either may be empty; keyed by a secret of the limit
 * (SipHash-1-3), so that nobody can choose keys that meet in one slot. */
uint64_t limit_key(const struct limit *, str address, str account);
/* Takes cost tokens at time now_ns (monotonic). 0: go ahead; otherwise nothing was taken and the
 * result is the whole seconds to wait, at least 1. A NULL limit lets everything through. */
unsigned limit_take(struct limit *, uint64_t key, unsigned cost, int64_t now_ns);

#endif
