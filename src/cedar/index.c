/* index.c - which policies can apply to a request at all
 *
 * Each policy is filed under one thing its scope demands: an entity that principal, action or
 * resource must be or be in, or a type it must have. Of the demands a policy makes, the one that
 * fewest policies share is taken, so that buckets stay small whatever the style of the set. A
 * request looks up its three entities, their ancestors and their types; policies that demand
 * nothing stand in a list of their own. With ten thousand policies a decision then reads the few
 * that matter.
 *
 * A policy with `action in [a, b]` may be filed under several keys; the candidates are marked in
 * a bitmap, which also puts them in the order of the set.
 */
#include "cedar/cedar_int.h"

/* Keys are hashes of uid or type mixed with the part of the scope: two different demands with the
 * same hash only share a bucket, since the scope itself is checked again. */
struct bucket {
    uint64_t key; /* 0: free */
    uint32_t count, start, filled;
};

struct cd_index {
    struct bucket *table;
    size_t size; /* power of two */
    uint32_t *policies;
    uint32_t *always;
    uint32_t n_always;
    bool by_entity[3]; /* is any policy filed under an entity of that part? */
};

static uint64_t key_of(uint64_t hash, unsigned var, bool type)
{
    uint64_t k = (hash ^ (var * 2 + type + 1)) * 0x9e3779b97f4a7c15ull;

    k ^= k >> 32;
    return k ? k : 1;
}

static struct bucket *bucket_of(const struct cd_index *x, uint64_t key)
{
    size_t mask = x->size - 1, i = key & mask;

    while (x->table[i].key && x->table[i].key != key)
        i = (i + 1) & mask;
    return &x->table[i];
}

/* The demands of one part: by entities (any of them), or by type. */
static void each_demand(const struct cd_index *x, const struct cd_policy *p,
                        void (*visit)(struct bucket *, uint64_t key))
{
    for (unsigned var = 0; var < 3; var++) {
        const struct cd_scope_part *s = &p->scope[var];
        for (uint32_t i = 0; i < s->n; i++) {
            uint64_t key = key_of(s->uids[i].hash, var, false);
            visit(bucket_of(x, key), key);
        }
        if (s->kind == SCOPE_IS || s->kind == SCOPE_IS_IN) {
            uint64_t key = key_of(s->type_hash, var, true);
            visit(bucket_of(x, key), key);
        }
    }
}

static void count_demand(struct bucket *b, uint64_t key)
{
    b->key = key;
    b->count++;
}

/* The keys a policy is filed under: those of the entities of part *out_var, or its type. */
static bool choose(const struct cd_index *x, const struct cd_policy *p, unsigned *out_var,
                   bool *out_type)
{
    uint64_t best = UINT64_MAX;

    for (unsigned var = 0; var < 3; var++) {
        const struct cd_scope_part *s = &p->scope[var];
        uint64_t cost = 0;
        for (uint32_t i = 0; i < s->n; i++)
            cost += bucket_of(x, key_of(s->uids[i].hash, var, false))->count;
        if ((s->n || s->kind == SCOPE_IN_ANY) && cost < best) {
            best = cost;
            *out_var = var;
            *out_type = false;
        }
        if (s->kind == SCOPE_IS || s->kind == SCOPE_IS_IN) {
            cost = bucket_of(x, key_of(s->type_hash, var, true))->count;
            if (cost < best) {
                best = cost;
                *out_var = var;
                *out_type = true;
            }
        }
    }
    return best != UINT64_MAX;
}

/* Calls file() for each key the policy is filed under; false if it demands nothing. */
static bool file_policy(struct cd_index *x, const struct cd_policy *p, uint32_t number,
                        void (*file)(struct cd_index *, struct bucket *, uint32_t number))
{
    unsigned var = 0;
    bool type = false;

    if (!choose(x, p, &var, &type))
        return false;
    const struct cd_scope_part *s = &p->scope[var];
    if (type) {
        file(x, bucket_of(x, key_of(s->type_hash, var, true)), number);
        return true;
    }
    x->by_entity[var] = true;
    for (uint32_t i = 0; i < s->n; i++)
        file(x, bucket_of(x, key_of(s->uids[i].hash, var, false)), number);
    return true;
}

static void reserve(struct cd_index *x, struct bucket *b, uint32_t number)
{
    (void)x;
    (void)number;
    b->filled++;
}

static void place(struct cd_index *x, struct bucket *b, uint32_t number)
{
    x->policies[b->start + b->filled++] = number;
}

/* Turns the counts of reserve() into places in the one array; the size of it. */
static size_t lay_out(struct cd_index *x)
{
    uint32_t start = 0;

    for (size_t i = 0; i < x->size; i++) {
        x->table[i].start = start;
        start += x->table[i].filled;
        x->table[i].filled = 0;
    }
    return start;
}

enum err cd_index_build(struct cedar_set *s)
{
    struct cd_index *x = arena_new_of(s->arena, struct cd_index);
    size_t demands = 8;

    if (!x)
        return ERR_MEMORY_LIMIT;
    for (uint32_t i = 0; i < s->n; i++) {
        for (unsigned var = 0; var < 3; var++)
            demands += s->policies[i].scope[var].n + 1;
    }
    for (x->size = 16; x->size < demands * 2; x->size *= 2)
        ;
    x->table = arena_zalloc(s->arena, x->size, sizeof *x->table);
    x->always = arena_zalloc(s->arena, s->n + 1u, sizeof *x->always);
    if (!x->table || !x->always)
        return ERR_MEMORY_LIMIT;
    for (uint32_t i = 0; i < s->n; i++)
        each_demand(x, &s->policies[i], count_demand);
    for (uint32_t i = 0; i < s->n; i++)
        file_policy(x, &s->policies[i], i, reserve);
    x->policies = arena_zalloc(s->arena, lay_out(x) + 1, sizeof *x->policies);
    if (!x->policies)
        return ERR_MEMORY_LIMIT;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!file_policy(x, &s->policies[i], i, place))
            x->always[x->n_always++] = i;
    }
    s->index = x;
    return OK;
}

/* ---- looking up ------------------------------------------------------------------------ */

struct marks {
    uint64_t *words;
    size_t n;
};

static void mark(struct marks *m, const uint32_t *policies, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t *word = &m->words[policies[i] / 64], bit = 1ull << (policies[i] % 64);
        m->n += !(*word & bit);
        *word |= bit;
    }
}

static void mark_key(const struct cd_index *x, struct marks *m, uint64_t key)
{
    const struct bucket *b = bucket_of(x, key);

    if (b->key)
        mark(m, x->policies + b->start, b->filled);
}

bool cd_index_candidates(const struct cedar_set *s, const struct cd_eval *ev, struct arena *a,
                         uint32_t **out, size_t *out_n)
{
    const struct cd_index *x = s->index;
    size_t words = s->n / 64 + 1, n = 0;
    struct marks m = {arena_zalloc(a, words, sizeof *m.words), 0};

    if (!m.words)
        return false;
    mark(&m, x->always, x->n_always);
    for (unsigned var = 0; var < 3; var++) {
        const struct cd_line *line = &ev->lines[var];
        for (size_t i = 0; x->by_entity[var] && i < line->n; i++)
            mark_key(x, &m, key_of(line->uids[i]->hash, var, false));
        mark_key(x, &m, key_of(cd_hash(line->uids[0]->type, 1), var, true));
    }
    uint32_t *list = arena_alloc(a, (m.n + 1) * sizeof *list);
    if (!list)
        return false;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = m.words[w]; bits; bits &= bits - 1)
            list[n++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
    }
    *out = list;
    *out_n = n;
    return true;
}
