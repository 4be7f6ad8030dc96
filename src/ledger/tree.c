#include "ledger/tree.h"

#include <inttypes.h>

/* The root of a complete subtree: from the stored level below it, at most 128 hashes, read as a
 * range of the table. */
enum err tree_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
    const struct tree *t = ctx;
    unsigned step = level / 8, up = level % 8;
    uint64_t n = (uint64_t)1 << up;
    struct merkle_frontier sum = {0};
    struct query q;

    TRY(t->kind->read(t, step, index << up, n, &q));
    for (; query_row(&q); query_next(&q)) {
        struct hash h;
        str s = query_str(&q, 0);
        if (s.n != sizeof h.b)
            break;
        memcpy(h.b, s.p, s.n);
        merkle_append(&sum, &h);
    }
    TRY(query_end(&q, t->f));
    if (sum.size != n)
        return fault(t->f, ERR_CORRUPT, "a log lacks hashes at level %u", level);
    *out = merkle_root(&sum);
    return OK;
}

enum err tree_frontier(const struct tree *t, uint64_t size, struct merkle_frontier *out)
{
    struct merkle_frontier edge = {.size = size};

    for (unsigned level = 0; level < 40; level++)
        if (size >> level & 1)
            TRY(tree_node((void *)t, level, (size >> level) - 1, &edge.node[level]));
    *out = edge;
    return OK;
}

/* The subtree of 256^step leaves that ends the tree of size leaves, from the level below. */
static enum err closing_node(const struct tree *t, unsigned step, uint64_t size, struct hash *out)
{
    uint64_t index = (size >> 8 * step) - 1;
    struct hash left, right;

    TRY(tree_node((void *)t, 8 * step - 1, index * 2, &left));
    TRY(tree_node((void *)t, 8 * step - 1, index * 2 + 1, &right));
    *out = merkle_node(&left, &right);
    return OK;
}

/* Does the tree of size leaves end with a complete subtree of 256^step leaves? */
static bool closes(uint64_t size, unsigned step)
{
    return step <= TREE_STEPS && size && (size & (((uint64_t)1 << 8 * step) - 1)) == 0;
}

enum err tree_grew(const struct tree *t, uint64_t size)
{
    for (unsigned step = 1; closes(size, step); step++) {
        struct hash h;
        TRY(closing_node(t, step, size, &h));
        TRY(t->kind->write(t, step, (size >> 8 * step) - 1, &h));
    }
    return OK;
}

static enum err stored_node(const struct tree *t, unsigned step, uint64_t index, struct hash *out)
{
    return tree_node((void *)t, 8 * step, index, out);
}

enum err tree_check(const struct tree *t, uint64_t size)
{
    for (unsigned step = 1; closes(size, step); step++) {
        struct hash stored, want;
        TRY(stored_node(t, step, (size >> 8 * step) - 1, &stored));
        TRY(closing_node(t, step, size, &want));
        if (memcmp(want.b, stored.b, sizeof want.b))
            return fault(t->f, ERR_CORRUPT, "a stored node of %" PRIu64 " leaves is damaged", size);
    }
    return OK;
}
