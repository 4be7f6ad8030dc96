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

bool keys_init(struct key_table *t, struct arena *a, size_t n)
{
    size_t slots = 4;

    while (slots < 2 * n)
        slots *= 2;
    t->slots = arena_zalloc(a, slots, sizeof *t->slots);
    t->mask = (uint32_t)(slots - 1);
    return t->slots != NULL;
}

struct key_entry *keys_put(struct key_table *t, str key)
{
    uint32_t i = hash(key) & t->mask;

    while (t->slots[i].key.p && !str_eq(t->slots[i].key, key))
        i = (i + 1) & t->mask;
    if (!t->slots[i].key.p)
        t->slots[i] = (struct key_entry){.key = key, .required = -1};
    return &t->slots[i];
}

const struct key_entry *keys_get(const struct key_table *t, str key)
{
    if (!t->slots)
        return NULL;
    for (uint32_t i = hash(key) & t->mask; t->slots[i].key.p; i = (i + 1) & t->mask)
        if (str_eq(t->slots[i].key, key))
            return &t->slots[i];
    return NULL;
}
