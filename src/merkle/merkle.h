/* merkle.h - the Merkle tree of RFC 6962 / RFC 9162: hashing, growing, proofs; pure
 *
 * Nothing here stores or reads anything: proofs are made from a function that gives the hash of
 * a complete subtree, and checked from their bytes alone.
 */
#ifndef SIFARA_MERKLE_MERKLE_H
#define SIFARA_MERKLE_MERKLE_H

#include "crypto/crypto.h"

enum { MERKLE_MAX_PROOF = 64 };

/* RFC 9162 section 2.1.1: H(0x00 || entry), H(0x01 || left || right), H() of nothing. */
struct hash merkle_leaf(str entry);
struct hash merkle_node(const struct hash *left, const struct hash *right);
struct hash merkle_empty(void);

/* The right edge of a tree: the roots of its complete subtrees, one for each bit of size. A plain
 * value: copying it is how an append is undone. */
struct merkle_frontier {
    uint64_t size;
    struct hash node[64];
};

void merkle_append(struct merkle_frontier *, const struct hash *leaf);
struct hash merkle_root(const struct merkle_frontier *);

/* Gives the root of the complete subtree with 2^level leaves that starts at index << level. */
typedef enum err merkle_get_fn(void *ctx, unsigned level, uint64_t index, struct hash *out);

struct merkle_proof {
    size_t n;
    struct hash node[MERKLE_MAX_PROOF];
};

/* Makes the proofs of RFC 9162 sections 2.1.3.1 and 2.1.4.1. ERR_RANGE unless
 * index < size, from <= to; else what get answers. */
NODISCARD enum err merkle_prove_inclusion(merkle_get_fn *get, void *ctx, uint64_t index,
                                          uint64_t size, struct merkle_proof *out);
NODISCARD enum err merkle_prove_consistency(merkle_get_fn *get, void *ctx, uint64_t from,
                                            uint64_t to, struct merkle_proof *out);
/* The root of the first size leaves. */
NODISCARD enum err merkle_root_of(merkle_get_fn *get, void *ctx, uint64_t size, struct hash *out);

/* Checks (RFC 9162 sections 2.1.3.2 and 2.1.4.2). ERR_BAD_PROOF if it does not hold. */
NODISCARD enum err merkle_check_inclusion(uint64_t index, uint64_t size, const struct hash *leaf,
                                          const struct merkle_proof *, const struct hash *root);
NODISCARD enum err merkle_check_consistency(uint64_t from, uint64_t to,
                                            const struct hash *from_root,
                                            const struct hash *to_root,
                                            const struct merkle_proof *);

/* Proves that the subtree [start, end) is part of the tree of that size (tlog-mirror sends one with
 * each package of entries). ERR_RANGE where [start, end) is no subtree of it. */
NODISCARD enum err merkle_prove_subtree_consistency(merkle_get_fn *get, void *ctx, uint64_t start,
                                                    uint64_t end, uint64_t size,
                                                    struct merkle_proof *out);

/* The checks for a subtree [start, end) of a tree, start a multiple of the power of two that holds
 * end - start leaves (draft-ietf-plants-merkle-tree-certs-02, section 4). */
NODISCARD enum err merkle_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end,
                                                  const struct hash *leaf,
                                                  const struct merkle_proof *,
                                                  const struct hash *root);
NODISCARD enum err merkle_check_subtree_consistency(uint64_t start, uint64_t end, uint64_t size,
                                                    const struct hash *subtree_root,
                                                    const struct hash *root,
                                                    const struct merkle_proof *);

#endif
