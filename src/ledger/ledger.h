/* ledger.h - the journal and the RFC 6962 tree over its entries
 *
 * Rows:
 *   journal(seq, at, leaf, entry, record)   seq = epoch << 40 | index
 *   ledger_node(seq, hash)                  roots of complete subtrees of 256, 65,536, … leaves:
 *                                           seq = epoch << 48 | level/8 << 40 | index at that level
 * A tree belongs to an epoch; restoring a backup opens the next one, so that no log ever shows two
 * histories. Entries carry a salt of their own: published hashes tell nothing.
 *
 * One thread writes (the writer's transaction); frontier and size seen by others move only when
 * the transaction is durable. Readers compute proofs on their own connection.
 */
#ifndef SIFARA_LEDGER_LEDGER_H
#define SIFARA_LEDGER_LEDGER_H

#include "merkle/merkle.h"
#include "merkle/note.h"
#include "store/store.h"

enum { LEDGER_EPOCH_SHIFT = 40, LEDGER_TILE = 256 };

struct ledger;

/* Where an act stands in the journal. */
struct receipt {
    uint64_t epoch, index;
};

/* Applies the migrations and reads the right edge of the newest epoch: a few hundred rows whatever
 * the size. origin is the log's name without the epoch, e.g. "xu.example/journal". */
NODISCARD enum err ledger_open(struct db *writer, str origin, struct ledger **out, struct fault *);
void ledger_close(struct ledger *);

/* Writer thread, inside a transaction: appends an entry. record is the sealed decision record or
 * STR_NONE. */
NODISCARD enum err ledger_append(struct ledger *, struct db *writer, int64_t at, str entry,
                                 str record, struct receipt *out, struct fault *);
/* The frontier follows the transaction: mark before an act and undo to the mark when the act
 * fails; publish after COMMIT; reset to what was published when the batch fails. */
struct merkle_frontier ledger_mark(const struct ledger *);
void ledger_undo(struct ledger *, const struct merkle_frontier *mark);
void ledger_publish(struct ledger *);
void ledger_reset(struct ledger *);

/* Writer thread: where the entry of the act that is being applied will stand. */
struct receipt ledger_next(const struct ledger *);
/* Writer thread, inside a transaction: starts the next epoch. */
NODISCARD enum err ledger_next_epoch(struct ledger *, struct db *writer, struct fault *);

/* Any thread: what is durable now. */
struct ledger_state {
    uint64_t epoch, size;
    struct hash root;
};
struct ledger_state ledger_state(struct ledger *);
/* The origin line of an epoch: origin "/" epoch, in the arena. */
str ledger_origin(struct ledger *, uint64_t epoch, struct arena *);

/* Any thread: a signed head of at least min_size entries, and the state that it signs, note onto
 * buf. A head not older than a tenth of a second is given again. */
struct keyring;
NODISCARD enum err ledger_head(struct ledger *, struct db *, struct keyring *, uint64_t min_size,
                               struct ledger_state *out, struct buf *note, struct fault *);

/* Any thread, with its own reader. ERR_NOT_FOUND, ERR_RANGE. */
NODISCARD enum err ledger_entry(struct db *, struct receipt, struct arena *, str *out_entry,
                                struct fault *);
NODISCARD enum err ledger_record(struct db *, struct receipt, struct arena *, str *out_record,
                                 struct fault *);
NODISCARD enum err ledger_prove_inclusion(struct db *, uint64_t epoch, uint64_t index,
                                          uint64_t size, struct merkle_proof *out, struct fault *);
NODISCARD enum err ledger_prove_consistency(struct db *, uint64_t epoch, uint64_t from, uint64_t to,
                                            struct merkle_proof *out, struct fault *);
NODISCARD enum err ledger_root(struct db *, uint64_t epoch, uint64_t size, struct hash *out,
                               struct fault *);
/* The newest epoch and its number of entries, as the store has them. */
NODISCARD enum err ledger_newest(struct db *, uint64_t *out_epoch, uint64_t *out_size,
                                 struct fault *);
/* Hashes of a tile (tlog-tiles: level L, index N, width 1 to 256) onto buf. ERR_NOT_FOUND when the
 * tree has not grown so far. */
NODISCARD enum err ledger_tile(struct db *, uint64_t epoch, unsigned level, uint64_t index,
                               unsigned width, uint64_t size, struct buf *, struct fault *);

/* Every entry that has these bytes in it, the oldest first, until seen() fails. */
NODISCARD enum err ledger_find(struct db *, str bytes,
                               enum err (*seen)(void *ctx, str entry, struct fault *), void *ctx,
                               struct fault *);

/* Recomputes every leaf from its entry and every stored node; ERR_CORRUPT with the first index
 * that is wrong. progress may be NULL. */
NODISCARD enum err ledger_check(struct db *, void (*progress)(void *ctx, uint64_t done), void *ctx,
                                struct fault *);

#endif
