/* payloads.c - sealed payloads in pieces, by their digest
 *
 * Only what an entry of a verified log announces is taken, and not one byte more: nobody fills the
 * disk. A payload can be erased; the entry and its proof stand.
 */
#include <inttypes.h>

#include "base/encode.h"
#include "link/link_int.h"

enum { MISSING_LINES = 1024 };

enum err payload_expect(struct act *a, const struct entry *e, int64_t log, uint64_t index,
                        struct fault *f)
{
    if (e->size == 0 || e->size > payload_sealed_size(PAYLOAD_BYTES))
        return OK;
    return db_run(a->db, f,
                  "INSERT INTO payload(sealed, log, idx, total, have, at) VALUES(?,?,?,?,0,?)"
                  " ON CONFLICT(sealed) DO NOTHING",
                  "biiii", hash_str(&e->sealed), log, (int64_t)index, (int64_t)e->size, a->now);
}

static enum err put_piece(struct act *a, const struct hash *sealed, uint64_t offset, str bytes,
                          struct fault *f)
{
    return db_run(a->db, f, "INSERT INTO payload_piece(sealed, start, bytes) VALUES(?,?,?)", "bib",
                  hash_str(sealed), (int64_t)offset, bytes);
}

enum err payload_keep(struct act *a, const struct hash *sealed, str bytes, struct fault *f)
{
    TRY(db_run(a->db, f,
               "INSERT INTO payload(sealed, log, idx, total, have, at) VALUES(?,NULL,NULL,?,?,?)",
               "biii", hash_str(sealed), (int64_t)bytes.n, (int64_t)bytes.n, a->now));
    for (size_t at = 0; at < bytes.n; at += WIRE_PIECE)
        TRY(put_piece(a, sealed, at, str_sub(bytes, at, at + WIRE_PIECE), f));
    return OK;
}

/* The digest over all pieces, one after the other. */
static enum err digest_of(struct db *db, const struct hash *sealed, struct hash *out,
                          struct fault *f)
{
    AUTO(buf) struct buf whole = BUF((size_t)payload_sealed_size(PAYLOAD_BYTES));

    TRY(payload_whole(db, sealed, &whole, f));
    *out = sha256(buf_str(&whole));
    return OK;
}

static enum err begin_anew(struct act *a, const struct hash *sealed, struct fault *f)
{
    TRY(db_run(a->db, f, "DELETE FROM payload_piece WHERE sealed = ?", "b", hash_str(sealed)));
    return db_run(a->db, f, "UPDATE payload SET have = 0 WHERE sealed = ?", "b", hash_str(sealed));
}

enum err payload_piece(struct act *a, int64_t log, const struct piece *p, struct fault *f)
{
    struct hash is;
    struct query q;

    enum err e =
        db_one(a->db, &q, f, "SELECT total, have FROM payload WHERE sealed = ? AND log = ?", "bi",
               hash_str(&p->sealed), log);
    if (e == ERR_NOT_FOUND)
        return OK; /* nobody announced it: it is dropped */
    TRY(e);
    uint64_t total = (uint64_t)query_int(&q, 0), have = (uint64_t)query_int(&q, 1);
    TRY(query_end(&q, f));
    /* pieces are as long as they can be: nobody makes a million rows of one payload */
    bool whole_piece = p->bytes.n == (total - have < WIRE_PIECE ? total - have : WIRE_PIECE);
    if (total != p->total || p->offset != have || have == total || !whole_piece)
        return OK;
    TRY(put_piece(a, &p->sealed, p->offset, p->bytes, f));
    have += p->bytes.n;
    TRY(db_run(a->db, f, "UPDATE payload SET have = ? WHERE sealed = ?", "ib", (int64_t)have,
               hash_str(&p->sealed)));
    if (have < total)
        return OK;
    TRY(digest_of(a->db, &p->sealed, &is, f));
    return secret_equal(is.b, p->sealed.b, sizeof is.b) ? OK : begin_anew(a, &p->sealed, f);
}

enum err payloads_missing(struct db *db, int64_t log, uint64_t end, struct buf *b, uint64_t *n,
                          struct fault *f)
{
    struct query q;

    *n = 0;
    TRY(db_query(db, &q, f,
                 "SELECT sealed, have, total FROM payload WHERE have < total AND log = ?"
                 " AND idx < ? ORDER BY idx LIMIT ?",
                 "iii", log, (int64_t)end, (int64_t)MISSING_LINES));
    for (; query_row(&q); query_next(&q), ++*n) {
        char hex[65];
        hex_encode(query_str(&q, 0).p, sizeof(struct hash), hex);
        if (b)
            buf_printf(b, "%s %" PRId64 " %" PRId64 "\n", hex, query_int(&q, 1), query_int(&q, 2));
    }
    return query_end(&q, f);
}

enum err payload_read(struct db *db, const struct hash *sealed, uint64_t offset, struct buf *b,
                      struct fault *f)
{
    struct query q;
    enum err e = db_one(db, &q, f,
                        "SELECT start, bytes FROM payload_piece WHERE sealed = ? AND start <= ?"
                        " ORDER BY start DESC LIMIT 1",
                        "bi", hash_str(sealed), (int64_t)offset);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_ERASED, "the payload was erased");
    TRY(e);
    str bytes = query_str(&q, 1);
    buf_add_str(b, str_sub(bytes, (size_t)(offset - (uint64_t)query_int(&q, 0)), bytes.n));
    return query_end(&q, f);
}

enum err payload_whole(struct db *db, const struct hash *sealed, struct buf *b, struct fault *f)
{
    struct query q;

    TRY(db_query(db, &q, f, "SELECT bytes FROM payload_piece WHERE sealed = ? ORDER BY start", "b",
                 hash_str(sealed)));
    size_t before = b->n;
    for (; query_row(&q); query_next(&q))
        buf_add_str(b, query_str(&q, 0));
    TRY(query_end(&q, f));
    if (!buf_ok(b))
        return fault(f, ERR_MEMORY_LIMIT, "a payload is too large");
    return b->n > before ? OK : fault(f, ERR_ERASED, "the payload was erased");
}
