/* value.c - numbers and equality as JSON Schema means them: 1 and 1.0 are the same value */
#include "schema/schema_int.h"

#include <math.h>
#include <stdlib.h>

bool number_is_integer(const struct json *j)
{
    return j->type == J_INT || (j->type == J_REAL && j->d == floor(j->d));
}

/* A double holding a whole number of 64 bits, exactly. */
static bool as_int(const struct json *j, int64_t *out)
{
    if (j->type == J_INT) {
        *out = j->i;
        return true;
    }
    if (!(j->d >= -0x1p63 && j->d < 0x1p63 && j->d == floor(j->d)))
        return false;
    *out = (int64_t)j->d;
    return true;
}

int number_compare(const struct json *a, const struct json *b)
{
    int64_t i, k;

    if (as_int(a, &i) && as_int(b, &k))
        return (i > k) - (i < k);
    if (a->type == J_REAL && b->type == J_REAL)
        return (a->d > b->d) - (a->d < b->d);
    /* one is an integer, the other a real that is none of 64 bits: its floor decides, and a
     * fraction breaks the tie */
    const struct json *real = a->type == J_REAL ? a : b;
    int64_t whole = a->type == J_REAL ? b->i : a->i;
    double low = floor(real->d);
    int c = low >= 0x1p63 ? 1 : low < -0x1p63 ? -1 : 0;
    if (c == 0)
        c = (int64_t)low >= whole ? 1 : -1; /* low < real, so low == whole is above */
    return real == a ? c : -c;
}

struct decimal decimal_of(const struct json *j)
{
    char text[32];
    struct decimal d = {0};

    if (j->type == J_INT) {
        d.negative = j->i < 0;
        d.mantissa = d.negative ? 0 - (uint64_t)j->i : (uint64_t)j->i;
        return d;
    }
    /* the shortest digits that read back as this double: what was written, in all likelihood */
    size_t n = json_format_real(j->d, text);
    bool point = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '-' && i == 0) {
            d.negative = true;
        } else if (c == '.') {
            point = true;
        } else if (c == 'e') {
            char exponent[16] = "";
            memcpy(exponent, text + i + 1, n - i - 1 < 15 ? n - i - 1 : 15);
            d.exponent += (int)strtol(exponent, NULL, 10);
            break;
        } else if (d.mantissa > UINT64_MAX / 10 - 1) {
            d.exponent += !point; /* zeros that pad a number of up to 21 digits */
        } else {
            d.mantissa = d.mantissa * 10 + (uint64_t)(c - '0');
            d.exponent -= point;
        }
    }
    return d;
}

bool decimal_multiple(struct decimal v, struct decimal by)
{
    if (v.mantissa == 0)
        return true;
    int shift = v.exponent - by.exponent;
    uint64_t m = by.mantissa, r = v.mantissa % m;
    if (shift >= 0) {
        for (; shift > 0 && r; shift--)
            r = (uint64_t)((unsigned __int128)r * 10 % m);
        return r == 0;
    }
    /* v.mantissa must hold the factor 10^-shift as well */
    unsigned __int128 divisor = m;
    for (; shift < 0; shift++) {
        divisor *= 10;
        if (divisor > v.mantissa)
            return false;
    }
    return v.mantissa % (uint64_t)divisor == 0;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 p = (unsigned __int128)(a ^ 0x2d358dccaa6c78a5u) * (b ^ 0x8bb84b93962eacc9u);

    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t hash_bytes(str s, uint64_t seed)
{
    uint64_t h = seed ^ s.n, w;
    size_t i = 0;

    for (; s.n - i >= 8; i += 8) {
        memcpy(&w, s.p + i, 8);
        h = mix(h ^ w, seed);
    }
    for (w = 0; i < s.n; i++)
        w = w << 8 | (unsigned char)s.p[i];
    return mix(h ^ w, ~seed);
}

/* Depth is bounded by the parser. Members of an object are added up, so order does not count. */
uint64_t value_hash(const struct json *j, uint64_t seed, int64_t *steps)
{
    uint64_t h = mix(seed, j->n);
    int64_t i;

    if (--*steps <= 0)
        return 0;
    switch (j->type) {
    case J_NULL:
        return mix(seed, 1);
    case J_BOOL:
        return mix(seed, j->b ? 2 : 3);
    case J_INT:
    case J_REAL:
        if (as_int(j, &i))
            return mix(seed ^ 4, (uint64_t)i);
        memcpy(&h, &j->d, sizeof h);
        return mix(seed ^ 5, h);
    case J_STRING:
        *steps -= j->n / 64;
        return hash_bytes(json_str(j), seed);
    case J_ARRAY:
        for (uint32_t k = 0; k < j->n; k++)
            h = mix(h ^ value_hash(&j->items[k], seed, steps), seed ^ 6);
        return h;
    case J_OBJECT:
        for (uint32_t k = 0; k < j->n; k++)
            h += mix(hash_bytes(j->members[k].key, seed ^ 7),
                     value_hash(&j->members[k].value, seed, steps));
        return h;
    }
    return h;
}

/* The member of that name; the two objects mostly have the same order. */
static const struct json *member(const struct json *o, str key, uint32_t guess, int64_t *steps)
{
    if (str_eq(o->members[guess].key, key))
        return &o->members[guess].value;
    *steps -= o->n / 8;
    return *steps > 0 ? json_get(o, key) : NULL;
}

bool value_same(const struct json *a, const struct json *b, int64_t *steps)
{
    bool numbers =
        (a->type == J_INT || a->type == J_REAL) && (b->type == J_INT || b->type == J_REAL);

    if (--*steps <= 0)
        return false;
    if (numbers)
        return number_compare(a, b) == 0;
    if (a->type != b->type)
        return false;
    if (a->type == J_ARRAY) {
        if (a->n != b->n)
            return false;
        for (uint32_t i = 0; i < a->n; i++)
            if (!value_same(&a->items[i], &b->items[i], steps))
                return false;
        return true;
    }
    if (a->type != J_OBJECT)
        return json_same(a, b);
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct json *other = member(b, a->members[i].key, i, steps);
        if (!other || !value_same(&a->members[i].value, other, steps))
            return false;
    }
    return true;
}
