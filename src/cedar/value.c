/* value.c - making, comparing and looking into values
 *
 * Sets are kept sorted without duplicates and records sorted by name, so that equality is a walk
 * side by side (Spec Value.lean compares canonical sets and maps too). The order itself is ours
 * and never shows, except as the order in which a set is written out: it is the same in every
 * process, so it does not use the seeded hashes.
 */
#include "cedar/cedar_int.h"

#include <stdlib.h>
#include <sys/random.h>

const struct cedar_record cd_empty_record;

/* Ids may come from strangers, so the hash is seeded once, before any thread starts. */
static uint64_t hash_seed = 0x9e3779b97f4a7c15ull;

__attribute__((constructor)) static void seed_hash(void)
{
    uint64_t random;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) == (ssize_t)sizeof random)
        hash_seed ^= random;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 r = (unsigned __int128)(a ^ hash_seed) * (b ^ 0xe7037ed1a0b428dbull);

    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

uint64_t cd_hash(str s, uint64_t seed)
{
    uint64_t h = seed ^ s.n, w;
    const char *p = s.p;
    size_t n = s.n;

    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&w, p, 8);
        h = mix(h ^ w, 0xa0761d6478bd642full);
    }
    w = 0;
    if (n)
        memcpy(&w, p, n);
    return mix(h ^ w, 0x8ebc6af09c88c6e3ull);
}

struct cedar_uid cedar_uid(str type, str id)
{
    return (struct cedar_uid){type, id, cd_hash(id, cd_hash(type, 1))};
}

bool cedar_uid_eq(const struct cedar_uid *a, const struct cedar_uid *b)
{
    return a == b || (a->hash == b->hash && str_eq(a->id, b->id) && str_eq(a->type, b->type));
}

struct cedar_value cedar_bool(bool b)
{
    return (struct cedar_value){.type = CEDAR_BOOL, .b = b};
}

struct cedar_value cedar_long(int64_t i)
{
    return (struct cedar_value){.type = CEDAR_LONG, .i = i};
}

struct cedar_value cedar_str(str s)
{
    if (s.n > UINT32_MAX)
        return (struct cedar_value){0};
    return (struct cedar_value){.type = CEDAR_STRING, .n = (uint32_t)s.n, .s = s.p ? s.p : ""};
}

struct cedar_value cedar_decimal(int64_t ten_thousandths)
{
    return (struct cedar_value){.type = CEDAR_DECIMAL, .i = ten_thousandths};
}

struct cedar_value cedar_datetime(int64_t ms_since_1970)
{
    return (struct cedar_value){.type = CEDAR_DATETIME, .i = ms_since_1970};
}

struct cedar_value cedar_duration(int64_t ms)
{
    return (struct cedar_value){.type = CEDAR_DURATION, .i = ms};
}

struct cedar_value cedar_of(struct cedar_record *r)
{
    if (!r)
        return (struct cedar_value){0};
    return (struct cedar_value){.type = CEDAR_RECORD, .record = r};
}

int cd_name_cmp(str a, str b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

static int int_cmp(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int uid_cmp(const struct cedar_uid *a, const struct cedar_uid *b)
{
    int c = cd_name_cmp(a->type, b->type);

    return c ? c : cd_name_cmp(a->id, b->id);
}

static int ip_cmp(const struct cedar_ip *a, const struct cedar_ip *b)
{
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    int c = memcmp(a->addr, b->addr, sizeof a->addr);
    return c ? c : int_cmp(a->prefix, b->prefix);
}

static int record_cmp(const struct cedar_record *a, const struct cedar_record *b)
{
    int c = int_cmp(a->n, b->n);

    for (uint32_t i = 0; c == 0 && i < a->n; i++) {
        c = cd_name_cmp(a->fields[i].name, b->fields[i].name);
        if (c == 0)
            c = cd_value_cmp(&a->fields[i].value, &b->fields[i].value);
    }
    return c;
}

static int set_cmp(const struct cedar_value *a, const struct cedar_value *b)
{
    int c = int_cmp(a->n, b->n);

    for (uint32_t i = 0; c == 0 && i < a->n; i++)
        c = cd_value_cmp(&a->items[i], &b->items[i]);
    return c;
}

int cd_value_cmp(const struct cedar_value *a, const struct cedar_value *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    switch ((enum cedar_type)a->type) {
    case CEDAR_NONE:
        return 0;
    case CEDAR_BOOL:
        return int_cmp(a->b, b->b);
    case CEDAR_LONG:
    case CEDAR_DECIMAL:
    case CEDAR_DATETIME:
    case CEDAR_DURATION:
        return int_cmp(a->i, b->i);
    case CEDAR_STRING:
        return cd_name_cmp(cd_str(a), cd_str(b));
    case CEDAR_ENTITY:
        return uid_cmp(a->uid, b->uid);
    case CEDAR_IP:
        return ip_cmp(a->ip, b->ip);
    case CEDAR_SET:
        return set_cmp(a, b);
    case CEDAR_RECORD:
        return record_cmp(a->record, b->record);
    }
    return 0;
}

bool cd_value_eq(const struct cedar_value *a, const struct cedar_value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == CEDAR_STRING)
        return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
    if (a->type == CEDAR_ENTITY)
        return cedar_uid_eq(a->uid, b->uid);
    return cd_value_cmp(a, b) == 0;
}

bool cedar_same(const struct cedar_value *a, const struct cedar_value *b)
{
    return cd_value_eq(a, b);
}

static int value_qsort(const void *a, const void *b)
{
    return cd_value_cmp(a, b);
}

size_t cd_set_canon(struct cedar_value *items, size_t n)
{
    size_t kept = 0;

    if (n < 2)
        return n;
    if (n <= 16) { /* insertion: no call through a pointer, and often sorted already */
        for (size_t i = 1; i < n; i++) {
            struct cedar_value v = items[i];
            size_t k = i;
            for (; k > 0 && cd_value_cmp(&items[k - 1], &v) > 0; k--)
                items[k] = items[k - 1];
            items[k] = v;
        }
    } else {
        qsort(items, n, sizeof *items, value_qsort);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || cd_value_cmp(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    }
    return kept;
}

bool cd_set_contains(const struct cedar_value *set, const struct cedar_value *v)
{
    if (set->n <= 8) {
        for (uint32_t i = 0; i < set->n; i++) {
            if (cd_value_eq(&set->items[i], v))
                return true;
        }
        return false;
    }
    uint32_t lo = 0, hi = set->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = cd_value_cmp(&set->items[mid], v);
        if (c == 0)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* Position of name, or where it belongs. */
static uint32_t field_position(const struct cedar_record *r, str name, bool *out_found)
{
    uint32_t lo = 0, hi = r->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = cd_name_cmp(r->fields[mid].name, name);
        if (c == 0) {
            *out_found = true;
            return mid;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *out_found = false;
    return lo;
}

const struct cedar_value *cedar_get(const struct cedar_record *r, str name)
{
    bool found;

    if (!r)
        return NULL;
    if (r->n <= 8) {
        for (uint32_t i = 0; i < r->n; i++) {
            if (str_eq(r->fields[i].name, name))
                return &r->fields[i].value;
        }
        return NULL;
    }
    uint32_t i = field_position(r, name, &found);
    return found ? &r->fields[i].value : NULL;
}

size_t cedar_record_count(const struct cedar_record *r)
{
    return r ? r->n : 0;
}

const struct cedar_value *cedar_record_at(const struct cedar_record *r, size_t i, str *out_name)
{
    if (!r || i >= r->n)
        return NULL;
    *out_name = r->fields[i].name;
    return &r->fields[i].value;
}

bool cd_record_put(struct arena *a, struct cedar_record *r, str name, struct cedar_value v)
{
    bool found;
    uint32_t at = field_position(r, name, &found);

    if (found) {
        r->fields[at].value = v;
        return true;
    }
    if (r->n == r->room) {
        uint32_t room = r->room ? r->room * 2 : 4;
        if (r->room > UINT32_MAX / 4)
            return false;
        struct cedar_field *more = arena_alloc(a, room * sizeof *more);
        if (!more)
            return false;
        if (r->n)
            memcpy(more, r->fields, r->n * sizeof *more);
        r->fields = more;
        r->room = room;
    }
    if (at < r->n)
        memmove(&r->fields[at + 1], &r->fields[at], (r->n - at) * sizeof *r->fields);
    r->fields[at] = (struct cedar_field){name, v};
    r->n++;
    return true;
}

str cd_type_name(unsigned type)
{
    static const char *const names[] = {"nothing",  "bool",     "long",   "string",
                                        "entity",   "set",      "record", "decimal",
                                        "datetime", "duration", "ipaddr"};

    return str_of(type < ARRAY_LEN(names) ? names[type] : "unknown");
}
