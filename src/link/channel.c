/* channel.c - the logs of channels as rows */
#include "link/link_int.h"

static enum err read_nodes(const struct tree *t, unsigned step, uint64_t first, uint64_t n,
                           struct query *q)
{
    return step ? db_query(t->db, q, t->f,
                           "SELECT hash FROM channel_node WHERE log = ? AND step = ?"
                           " AND idx >= ? AND idx < ? ORDER BY idx",
                           "iiii", (int64_t)t->log, (int64_t)step, (int64_t)first,
                           (int64_t)(first + n))
                : db_query(t->db, q, t->f,
                           "SELECT leaf FROM channel_entry WHERE log = ? AND idx >= ? AND idx < ?"
                           " ORDER BY idx",
                           "iii", (int64_t)t->log, (int64_t)first, (int64_t)(first + n));
}

static enum err write_node(const struct tree *t, unsigned step, uint64_t index,
                           const struct hash *h)
{
    return db_run(t->db, t->f, "INSERT INTO channel_node(log, step, idx, hash) VALUES(?,?,?,?)",
                  "iiib", (int64_t)t->log, (int64_t)step, (int64_t)index, hash_str(h));
}

static const struct tree_kind channel_kind = {read_nodes, write_node};

struct tree channel_tree(struct db *db, const struct channel *c, struct fault *f)
{
    return (struct tree){&channel_kind, db, (uint64_t)c->log, f};
}

#define COLUMNS                                                                                    \
    "log, partner, origin, sent, muted, epoch, size, head, head_size, pending, pending_size, "     \
    "taken, serial, said_serial, said_idx"

static enum err take_row(struct query *q, struct arena *a, struct channel *c, struct fault *f)
{
    *c = (struct channel){
        .log = query_int(q, 0),
        .partner = str_copy(a, query_str(q, 1)),
        .origin = str_copy(a, query_str(q, 2)),
        .sent = query_int(q, 3) != 0,
        .muted = query_int(q, 4) != 0,
        .epoch = (uint64_t)query_int(q, 5),
        .size = (uint64_t)query_int(q, 6),
        .head = query_null(q, 7) ? STR_NONE : str_copy(a, query_str(q, 7)),
        .head_size = (uint64_t)query_int(q, 8),
        .pending = query_null(q, 9) ? STR_NONE : str_copy(a, query_str(q, 9)),
        .pending_size = (uint64_t)query_int(q, 10),
        .taken = (uint64_t)query_int(q, 11),
        .serial = (uint64_t)query_int(q, 12),
        .said_serial = (uint64_t)query_int(q, 13),
        .said_idx = (uint64_t)query_int(q, 14),
    };
    bool whole = c->partner.p && c->origin.p;
    TRY(query_end(q, f));
    TRY_PTR(whole, f);
    return OK;
}

enum err channel_of(struct db *db, str partner, bool sent, struct arena *a, struct channel *out,
                    struct fault *f)
{
    struct query q;
    enum err e = db_one(db, &q, f,
                        "SELECT " COLUMNS " FROM channel WHERE partner = ? AND sent = ?"
                        " ORDER BY epoch DESC LIMIT 1",
                        "si", partner, (int64_t)sent);

    if (e == ERR_NOT_FOUND)
        return fault(f, e, "no channel %s %.*s yet", sent ? "to" : "from", STR_FMT(partner));
    TRY(e);
    return take_row(&q, a, out, f);
}

enum err channel_by_origin(struct db *db, str origin, bool sent, struct arena *a,
                           struct channel *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(db, &q, f, "SELECT " COLUMNS " FROM channel WHERE origin = ? AND sent = ?",
                        "si", origin, (int64_t)sent);

    if (e == ERR_NOT_FOUND)
        return fault(f, e, "no channel of that origin");
    TRY(e);
    return take_row(&q, a, out, f);
}

enum err channel_by_log(struct db *db, int64_t log, struct arena *a, struct channel *out,
                        struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT " COLUMNS " FROM channel WHERE log = ?", "i", log));
    return take_row(&q, a, out, f);
}

enum err channel_add(struct act *a, str partner, str origin, bool sent, uint64_t epoch,
                     uint64_t serial, struct fault *f)
{
    return db_run(
        a->db, f,
        "INSERT INTO channel(log, partner, origin, sent, muted, epoch, size, head_size,"
        " pending_size, taken, at, serial, said_serial)"
        " SELECT coalesce(max(log), 0) + 1, ?, ?, ?, 0, ?, 0, 0, 0, 0, ?, ?, ? FROM channel",
        "ssiiiii", partner, origin, (int64_t)sent, (int64_t)epoch, a->now, (int64_t)serial,
        (int64_t)serial);
}

enum err channel_root(struct db *db, const struct channel *c, uint64_t size, struct hash *out,
                      struct fault *f)
{
    struct tree t = channel_tree(db, c, f);

    if (size > c->size)
        return fault(f, ERR_RANGE, "the log is not that long");
    return merkle_root_of(tree_node, &t, size, out);
}

enum err channel_append(struct act *a, struct channel *c, const str *entries, size_t n,
                        struct fault *f)
{
    struct tree t = channel_tree(a->db, c, f);

    for (size_t i = 0; i < n; i++) {
        struct hash leaf = merkle_leaf(entries[i]);
        TRY(db_run(a->db, f, "INSERT INTO channel_entry(log, idx, leaf, entry) VALUES(?,?,?,?)",
                   "iibb", c->log, (int64_t)c->size, hash_str(&leaf), entries[i]));
        TRY(tree_grew(&t, ++c->size));
    }
    return db_run(a->db, f, "UPDATE channel SET size = ? WHERE log = ?", "ii", (int64_t)c->size,
                  c->log);
}

enum err channel_entry(struct db *db, int64_t log, uint64_t index, struct arena *a, str *out,
                       struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT entry FROM channel_entry WHERE log = ? AND idx = ?", "ii", log,
               (int64_t)index));
    *out = str_copy(a, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

enum err note_checkpoint(str note, struct checkpoint *out, str *text, struct fault *f)
{
    ptrdiff_t end = str_find(note, S("\n\n"));

    if (end < 0)
        return fault(f, ERR_MALFORMED_TEXT, "no signed checkpoint");
    *text = str_sub(note, 0, (size_t)end + 1);
    return checkpoint_parse(*text, out, f);
}
