/* tree.h - a Merkle tree whose leaves lie in a table of the store
 *
 * Beside its leaves a log keeps the roots of complete subtrees of 256, 65,536, … leaves, so that a
 * proof reads a few short ranges whatever the size. Several logs live in one store: the journal's
 * epochs, the channels. How the rows of each kind are addressed, the kind says.
 */
#ifndef SIFARA_LEDGER_TREE_H
#define SIFARA_LEDGER_TREE_H

#include "merkle/merkle.h"
#include "store/store.h"

enum { TREE_STEPS = 4 }; /* how many times eight levels are stored: 256^4 leaves and more */

struct tree;

struct tree_kind {
    /* Starts a query for n hashes from index first on, in order, as column 0: leaves for step 0,
     * else roots of subtrees of 256^step leaves. */
    enum err (*read)(const struct tree *, unsigned step, uint64_t first, uint64_t n,
                     struct query *);
    enum err (*write)(const struct tree *, unsigned step, uint64_t index, const struct hash *);
};

/* One log of a kind, on a connection; a plain value. */
struct tree {
    const struct tree_kind *kind;
    struct db *db;
    uint64_t log;
    struct fault *f;
};

/* A merkle_get_fn: ctx is the struct tree. ERR_CORRUPT where hashes are missing. */
NODISCARD enum err tree_node(void *ctx, unsigned level, uint64_t index, struct hash *out);
/* The right edge of the first size leaves. */
NODISCARD enum err tree_frontier(const struct tree *, uint64_t size, struct merkle_frontier *out);
/* To be called when the leaf that makes it size leaves is in the table: stores what it completed.
 */
NODISCARD enum err tree_grew(const struct tree *, uint64_t size);
/* Recomputes what is stored of the subtrees that end with size leaves; ERR_CORRUPT. */
NODISCARD enum err tree_check(const struct tree *, uint64_t size);

#endif
