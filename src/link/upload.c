/* upload.c - what is brought to a mirror, as bytes: over a line (courier.c) or in a file
 * (parcels.c) */
#include <inttypes.h>

#include "link/link_int.h"

void upload_introduction(struct buf *b, str from, str to, const struct channel *c)
{
    introduction_format(b, S("sifara-channel/1"),
                        &(struct introduction){from, to, c->origin, (int64_t)c->epoch});
}

enum err upload_checkpoint(struct buf *b, struct db *db, const struct channel *c, uint64_t old,
                           str head, struct fault *f)
{
    struct add_checkpoint in = {.old = old, .note = head};
    struct tree t = channel_tree(db, c, f);

    if (old > 0 && old < c->size)
        TRY(merkle_prove_consistency(tree_node, &t, old, c->size, &in.proof));
    add_checkpoint_format(b, &in);
    return OK;
}

static enum err put_package(struct buf *b, struct db *db, const struct channel *c, uint64_t at,
                            struct arena *a, struct fault *f)
{
    struct entry_package *p = arena_new_of(a, struct entry_package);
    uint64_t first = at / WIRE_PACKAGE * WIRE_PACKAGE;
    struct tree t = channel_tree(db, c, f);

    TRY_PTR(p, f);
    *p = (struct entry_package){.start = at, .end = package_end(at, c->size)};
    for (uint64_t i = at; i < p->end; i++)
        TRY(channel_entry(db, c->log, i, a, &p->entry[i - at], f));
    TRY(merkle_prove_subtree_consistency(tree_node, &t, first, p->end, c->size, &p->proof));
    entry_package_format(b, p);
    return OK;
}

enum err upload_entries(struct buf *b, struct db *db, const struct channel *c, uint64_t from,
                        str ticket, struct arena *a, uint64_t *next, struct fault *f)
{
    struct add_entries e = {.origin = c->origin, .start = from, .end = c->size, .ticket = ticket};
    unsigned packages = 0;

    add_entries_begin(b, &e);
    for (*next = from; *next < e.end && packages < WIRE_PACKAGES; packages++) {
        if (packages && b->n > UPLOAD_BYTES / 2)
            break;
        TRY(put_package(b, db, c, *next, a, f));
        *next = package_end(*next, e.end);
    }
    return OK;
}

void upload_payloads_begin(struct buf *b, const struct channel *c)
{
    buf_add_u16(b, (uint16_t)c->origin.n);
    buf_add_str(b, c->origin);
}

enum err upload_piece(struct buf *b, struct db *db, const struct hash *sealed, uint64_t offset,
                      uint64_t total, struct fault *f)
{
    AUTO(buf) struct buf bytes = BUF(WIRE_PIECE);
    struct piece p = {.sealed = *sealed, .total = total, .offset = offset};

    TRY(payload_read(db, sealed, offset, &bytes, f));
    p.bytes = buf_str(&bytes);
    piece_format(b, &p);
    return OK;
}
