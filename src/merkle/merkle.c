#include "merkle/merkle.h"

struct hash merkle_leaf(str entry)
{
    return sha256_parts((str[]){S("\0"), entry}, 2);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    uint8_t bytes[65];

    bytes[0] = 1;
    memcpy(bytes + 1, left->b, 32);
    memcpy(bytes + 33, right->b, 32);
    return sha256(str_bytes(bytes, sizeof bytes));
}

struct hash merkle_empty(void)
{
    return sha256(STR_NONE);
}

void merkle_append(struct merkle_frontier *t, const struct hash *leaf)
{
    struct hash h = *leaf;
    unsigned level = 0;

    /* like adding one to a binary counter: each carry joins two subtrees */
    for (; t->size >> level & 1; level++)
        h = merkle_node(&t->node[level], &h);
    t->node[level] = h;
    t->size++;
}

struct hash merkle_root(const struct merkle_frontier *t)
{
    struct hash h;
    bool any = false;

    if (t->size == 0)
        return merkle_empty();
    for (unsigned level = 0; level < 64; level++) {
        if (!(t->size >> level & 1))
            continue;
        h = any ? merkle_node(&t->node[level], &h) : t->node[level];
        any = true;
    }
    return h;
}

static unsigned floor_log2(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n);
}

/* The root of leaves [start, end): the complete subtrees of the range from left to right, folded
 * from the right. start is a multiple of the power of two that covers the range. */
static enum err range_root(merkle_get_fn *get, void *ctx, uint64_t start, uint64_t end,
                           struct hash *out)
{
    struct hash part[64];
    size_t n = 0;

    while (start < end) {
        unsigned level = floor_log2(end - start);
        TRY(get(ctx, level, start >> level, &part[n++]));
        start += (uint64_t)1 << level;
    }
    struct hash h = part[--n];
    while (n)
        h = merkle_node(&part[--n], &h);
    *out = h;
    return OK;
}

enum err merkle_root_of(merkle_get_fn *get, void *ctx, uint64_t size, struct hash *out)
{
    if (size == 0) {
        *out = merkle_empty();
        return OK;
    }
    return range_root(get, ctx, 0, size, out);
}

enum err merkle_prove_inclusion(merkle_get_fn *get, void *ctx, uint64_t index, uint64_t size,
                                struct merkle_proof *out)
{
    struct merkle_proof p = {0};

    if (index >= size)
        return ERR_RANGE;
    for (unsigned level = 0; level < 64 && (size - 1) >> level; level++) {
        uint64_t sibling = index >> level ^ 1, start = sibling << level;
        if (start >= size)
            continue; /* the right edge moves up unpaired */
        uint64_t end = start + ((uint64_t)1 << level);
        TRY(range_root(get, ctx, start, end < size ? end : size, &p.node[p.n++]));
    }
    *out = p;
    return OK;
}

/* SUBTREE_SUBPROOF of draft-ietf-plants-merkle-tree-certs-02, section 4.4.1, for the subtree
 * [start, end) of the range [from, to); of start 0 it is SUBPROOF of RFC 9162 section 2.1.4.1. The
 * recursion halves the range: at most 64 deep. */
static enum err subproof(merkle_get_fn *get, void *ctx, uint64_t start, uint64_t end, uint64_t from,
                         uint64_t to, bool whole, struct merkle_proof *p)
{
    if (start == from && end == to)
        return whole ? OK : range_root(get, ctx, from, to, &p->node[p->n++]);
    uint64_t middle = from + ((uint64_t)1 << floor_log2(to - from - 1));
    if (end <= middle) {
        TRY(subproof(get, ctx, start, end, from, middle, whole, p));
        return range_root(get, ctx, middle, to, &p->node[p->n++]);
    }
    if (start >= middle)
        TRY(subproof(get, ctx, start, end, middle, to, whole, p));
    else /* it begins in the left half, so it holds all of it */
        TRY(subproof(get, ctx, middle, end, middle, to, false, p));
    return range_root(get, ctx, from, middle, &p->node[p->n++]);
}

enum err merkle_prove_consistency(merkle_get_fn *get, void *ctx, uint64_t from, uint64_t to,
                                  struct merkle_proof *out)
{
    struct merkle_proof p = {0};

    if (from > to)
        return ERR_RANGE;
    if (from > 0 && from < to)
        TRY(subproof(get, ctx, 0, from, 0, to, true, &p));
    *out = p;
    return OK;
}

static bool same(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

enum err merkle_check_inclusion(uint64_t index, uint64_t size, const struct hash *leaf,
                                const struct merkle_proof *p, const struct hash *root)
{
    struct hash h = *leaf;

    if (index >= size)
        return ERR_BAD_PROOF;
    uint64_t fn = index, sn = size - 1;
    for (size_t i = 0; i < p->n; i++) {
        if (sn == 0)
            return ERR_BAD_PROOF;
        if (fn & 1 || fn == sn) {
            h = merkle_node(&p->node[i], &h);
            while (!(fn & 1) && fn) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            h = merkle_node(&h, &p->node[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(&h, root) ? OK : ERR_BAD_PROOF;
}

/* Is [start, end) a subtree: not empty, start a multiple of the power of two that holds it? */
static bool is_subtree(uint64_t start, uint64_t end)
{
    if (start >= end)
        return false;
    uint64_t n = end - start;
    if (n > (uint64_t)1 << 63)
        return start == 0;
    uint64_t ceil = n == 1 ? 1 : (uint64_t)1 << (floor_log2(n - 1) + 1);
    return start % ceil == 0;
}

enum err merkle_prove_subtree_consistency(merkle_get_fn *get, void *ctx, uint64_t start,
                                          uint64_t end, uint64_t size, struct merkle_proof *out)
{
    struct merkle_proof p = {0};

    if (!is_subtree(start, end) || end > size)
        return ERR_RANGE;
    TRY(subproof(get, ctx, start, end, 0, size, true, &p));
    *out = p;
    return OK;
}

enum err merkle_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end,
                                        const struct hash *leaf, const struct merkle_proof *p,
                                        const struct hash *root)
{
    if (!is_subtree(start, end) || index < start || index >= end)
        return ERR_BAD_PROOF;
    return merkle_check_inclusion(index - start, end - start, leaf, p, root);
}

enum err merkle_check_subtree_consistency(uint64_t start, uint64_t end, uint64_t size,
                                          const struct hash *subtree_root, const struct hash *root,
                                          const struct merkle_proof *p)
{
    if (start == end && end <= size) {
        struct hash empty = merkle_empty(); /* the empty subtree is part of every tree */
        return p->n == 0 && same(subtree_root, &empty) ? OK : ERR_BAD_PROOF;
    }
    if (!is_subtree(start, end) || end > size)
        return ERR_BAD_PROOF;
    uint64_t fn = start, sn = end - 1, tn = size - 1;
    size_t i = 0;
    while (fn != sn && (sn == tn || sn & 1)) {
        fn >>= 1;
        sn >>= 1;
        tn >>= 1;
    }
    struct hash fr = *subtree_root, sr = *subtree_root;
    if (fn != sn) {
        if (p->n == 0)
            return ERR_BAD_PROOF;
        fr = sr = p->node[i++];
    }
    for (; i < p->n; i++) {
        if (tn == 0)
            return ERR_BAD_PROOF;
        if (sn & 1 || sn == tn) {
            if (fn < sn)
                fr = merkle_node(&p->node[i], &fr);
            sr = merkle_node(&p->node[i], &sr);
            while (!(sn & 1) && sn) {
                fn >>= 1;
                sn >>= 1;
                tn >>= 1;
            }
        } else {
            sr = merkle_node(&sr, &p->node[i]);
        }
        fn >>= 1;
        sn >>= 1;
        tn >>= 1;
    }
    return tn == 0 && same(&fr, subtree_root) && same(&sr, root) ? OK : ERR_BAD_PROOF;
}

enum err merkle_check_consistency(uint64_t from, uint64_t to, const struct hash *from_root,
                                  const struct hash *to_root, const struct merkle_proof *p)
{
    if (from == 0 || from > to)
        return ERR_BAD_PROOF; /* every tree extends the empty one: such a proof says nothing */
    if (from == to)
        return p->n == 0 && same(from_root, to_root) ? OK : ERR_BAD_PROOF;
    return merkle_check_subtree_consistency(0, from, to, from_root, to_root, p);
}
