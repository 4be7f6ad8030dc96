/* keys.c - the property table: open addressing, at most half full */
#include "schema/schema_int.h"

/* The keys are the schema's own; an instance can only look up. Length and the ends of a name
 * tell most names of a form apart. */
static uint32_t hash(str k)
{
    uint64_t a = 0, b = 0;

    if (k.n >= 8) {
        memcpy(&a, k.p, 8);
        memcpy(&b, k.p + k.n - 8, 8);
    } else if (k.n >= 4) {
        memcpy(&a, k.p, 4);
        memcpy(&b, k.p + k.n - 4, 4);
    } else if (k.n) {
        a = (unsigned char)k.p[0];
        b = (uint64_t)(unsigned char)k.p[k.n / 2] << 8 | (unsigned char)k.p[k.n - 1];
    }
    uint64_t h = (a ^ k.n * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    h = (h ^ (h >> 29) ^ b) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(h >> 32);
}

/* Names are short: two overlapping loads compare up to 16 bytes without a call. */
static inline bool same_key(str a, str b)
{
    uint64_t x, y, v, w;
    uint32_t i, k, l, m;

    if (a.n != b.n)
        return false;
    if (a.n < 4 || a.n > 16)
        return memcmp(a.p, b.p, a.n) == 0;
    if (a.n < 8) {
        memcpy(&i, a.p, 4);
        memcpy(&k, b.p, 4);
        memcpy(&l, a.p + a.n - 4, 4);
        memcpy(&m, b.p + b.n - 4, 4);
        return i == k && l == m;
    }
    memcpy(&x, a.p, 8);
    memcpy(&y, b.p, 8);
    memcpy(&v, a.p + a.n - 8, 8);
    memcpy(&w, b.p + b.n - 8, 8);
    return x == y && v == w;
}

bool keys_init(struct key_table *t, struct arena *a, size_t n)
{
    size_t slots = 4;

    while (slots < 2 * n)
        slots *= 2;
    t->slots = arena_zalloc(a, slots, sizeof *t->slots);
    t->entries = arena_zalloc(a, n, sizeof *t->entries);
    t->mask = (uint32_t)(slots - 1);
    return t->slots && t->entries;
}

/* The slot of a key, or the empty one where it belongs. */
static uint32_t locate(const struct key_table *t, str key)
{
    uint32_t i = hash(key) & t->mask;

    while (t->slots[i] && !same_key(t->entries[t->slots[i] - 1].key, key))
        i = (i + 1) & t->mask;
    return i;
}

struct key_entry *keys_put(struct key_table *t, str key)
{
    uint32_t i = locate(t, key);

    if (!t->slots[i]) {
        t->entries[t->n] = (struct key_entry){.key = key, .required = -1};
        t->slots[i] = ++t->n;
    }
    return &t->entries[t->slots[i] - 1];
}

const struct key_entry *keys_get(const struct key_table *t, str key, uint32_t *hint)
{
    uint32_t at = *hint;

    if (t->n == 0)
        return NULL;
    if (at >= t->n || !same_key(t->entries[at].key, key)) {
        uint32_t i = locate(t, key);
        if (!t->slots[i])
            return NULL;
        at = t->slots[i] - 1;
    }
    *hint = at + 1;
    return &t->entries[at];
}
