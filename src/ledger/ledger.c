#include "ledger/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/world.h"
#include "crypto/keyring.h"
#include "ledger/tree.h"

static const struct migration migrations[] = {
    {"CREATE TABLE journal(seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, leaf BLOB NOT NULL,"
     " entry BLOB NOT NULL, record BLOB)"},
    {"CREATE TABLE ledger_node(seq BIGINT PRIMARY KEY, hash BLOB NOT NULL)"},
    {"CREATE TABLE ledger_epoch(epoch INTEGER PRIMARY KEY, first_at BIGINT NOT NULL)"},
};

struct ledger {
    str origin;
    uint64_t epoch;
    struct merkle_frontier tree; /* the writer's, ahead of what is durable */
    pthread_mutex_t lock;        /* guards the two below */
    uint64_t durable_epoch;
    struct merkle_frontier durable;
    pthread_mutex_t head_lock; /* guards the signed head; held while the keyring signs */
    struct ledger_state head;
    struct buf head_note;
    int64_t head_ns;
};

enum { HEAD_FRESH_NS = 100 * 1000 * 1000 };

static int64_t entry_seq(uint64_t epoch, uint64_t index)
{
    return (int64_t)(epoch << LEDGER_EPOCH_SHIFT | index);
}

/* step: how many times 8 levels up; 40 bits of index as in the journal */
static int64_t node_seq(uint64_t epoch, unsigned step, uint64_t index)
{
    return (int64_t)(epoch << 48 | (uint64_t)step << 40 | index);
}

static enum err read_nodes(const struct tree *t, unsigned step, uint64_t first, uint64_t n,
                           struct query *q)
{
    int64_t from = step ? node_seq(t->log, step, first) : entry_seq(t->log, first);

    return step ? db_query(t->db, q, t->f,
                           "SELECT hash FROM ledger_node WHERE seq >= ? AND seq < ? ORDER BY seq",
                           "ii", from, from + (int64_t)n)
                : db_query(t->db, q, t->f,
                           "SELECT leaf FROM journal WHERE seq >= ? AND seq < ? ORDER BY seq", "ii",
                           from, from + (int64_t)n);
}

static enum err write_node(const struct tree *t, unsigned step, uint64_t index,
                           const struct hash *h)
{
    return db_run(t->db, t->f, "INSERT INTO ledger_node(seq, hash) VALUES(?, ?)", "ib",
                  node_seq(t->log, step, index), hash_str(h));
}

static const struct tree_kind journal_kind = {read_nodes, write_node};

/* The tree of an epoch. */
static struct tree tree_of(struct db *db, uint64_t epoch, struct fault *f)
{
    return (struct tree){&journal_kind, db, epoch, f};
}

enum err ledger_newest(struct db *db, uint64_t *epoch, uint64_t *size, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT coalesce(max(epoch), 1) FROM ledger_epoch", ""));
    *epoch = (uint64_t)query_int(&q, 0);
    TRY(query_end(&q, f));
    TRY(db_one(db, &q, f, "SELECT max(seq) FROM journal WHERE seq >= ?", "i",
               entry_seq(*epoch, 0)));
    *size = query_null(&q, 0) ? 0 : (uint64_t)(query_int(&q, 0) - entry_seq(*epoch, 0)) + 1;
    return query_end(&q, f);
}

static enum err load_edge(struct ledger *l, struct db *writer, uint64_t size, struct fault *f)
{
    struct tree t = tree_of(writer, l->epoch, f);

    return tree_frontier(&t, size, &l->tree);
}

enum err ledger_open(struct db *writer, str origin, struct ledger **out, struct fault *f)
{
    TRY(db_migrate(writer, "ledger", migrations, ARRAY_LEN(migrations), f));
    struct ledger *l = calloc(1, sizeof *l + origin.n);
    if (!l)
        return fault(f, ERR_MEMORY, "out of memory");
    char *name = (char *)(l + 1);
    memcpy(name, origin.p, origin.n);
    l->origin = str_bytes(name, origin.n);
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->head_lock, NULL);
    l->head_note = BUF(4096);
    uint64_t size = 0;
    enum err e = ledger_newest(writer, &l->epoch, &size, f);
    if (e == OK)
        e = load_edge(l, writer, size, f);
    if (e != OK) {
        ledger_close(l);
        return e;
    }
    ledger_publish(l);
    *out = l;
    return OK;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->head_lock);
    buf_done(&l->head_note);
    free(l);
}

enum err ledger_append(struct ledger *l, struct db *db, int64_t at, str entry, str record,
                       struct receipt *out, struct fault *f)
{
    struct hash leaf = merkle_leaf(entry);
    uint64_t index = l->tree.size;

    TRY(db_run(db, f, "INSERT INTO journal(seq, at, leaf, entry, record) VALUES(?,?,?,?,?)",
               "iibbb", entry_seq(l->epoch, index), at, hash_str(&leaf), entry, record));
    merkle_append(&l->tree, &leaf);
    struct tree t = tree_of(db, l->epoch, f);
    TRY(tree_grew(&t, l->tree.size));
    *out = (struct receipt){l->epoch, index};
    return OK;
}

struct merkle_frontier ledger_mark(const struct ledger *l)
{
    return l->tree;
}

struct receipt ledger_next(const struct ledger *l)
{
    return (struct receipt){l->epoch, l->tree.size};
}

void ledger_undo(struct ledger *l, const struct merkle_frontier *mark)
{
    l->tree = *mark;
}

void ledger_publish(struct ledger *l)
{
    pthread_mutex_lock(&l->lock);
    l->durable = l->tree;
    l->durable_epoch = l->epoch;
    pthread_mutex_unlock(&l->lock);
}

void ledger_reset(struct ledger *l)
{
    pthread_mutex_lock(&l->lock);
    l->tree = l->durable;
    l->epoch = l->durable_epoch;
    pthread_mutex_unlock(&l->lock);
}

enum err ledger_next_epoch(struct ledger *l, struct db *db, struct fault *f)
{
    TRY(db_run(db, f, "INSERT INTO ledger_epoch(epoch, first_at) VALUES(?, 0)", "i",
               (int64_t)(l->epoch + 1)));
    l->epoch++;
    l->tree = (struct merkle_frontier){0};
    return OK;
}

struct ledger_state ledger_state(struct ledger *l)
{
    pthread_mutex_lock(&l->lock);
    struct merkle_frontier t = l->durable;
    uint64_t epoch = l->durable_epoch;
    pthread_mutex_unlock(&l->lock);
    return (struct ledger_state){epoch, t.size, merkle_root(&t)};
}

str ledger_origin(struct ledger *l, uint64_t epoch, struct arena *a)
{
    return str_printf(a, "%.*s/%" PRIu64, STR_FMT(l->origin), epoch);
}

/* What the keyring signed last grew into what is signed now: it checks that itself. */
static enum err prove_growth(struct db *db, struct keyring *k, str origin,
                             const struct ledger_state *now, struct merkle_proof *out,
                             struct fault *f)
{
    struct hash last_root;
    uint64_t last;

    TRY(keyring_head_last(k, origin, &last, &last_root, f));
    return last && last < now->size
               ? ledger_prove_consistency(db, now->epoch, last, now->size, out, f)
               : OK;
}

/* Under head_lock: signing in the order of sizes, so that the keyring never sees a smaller one. */
static enum err sign_head(struct ledger *l, struct db *db, struct keyring *k, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(4096);
    AUTO(buf) struct buf note = BUF(4096);
    struct merkle_proof growth = {0};
    struct ledger_state now;

    TRY_PTR(a, f);
    TRY(ledger_newest(db, &now.epoch, &now.size, f));
    if (l->head_note.n && l->head.epoch == now.epoch && l->head.size > now.size)
        return OK; /* another thread's reader saw more */
    TRY(ledger_root(db, now.epoch, now.size, &now.root, f));
    str origin = ledger_origin(l, now.epoch, a);
    TRY_PTR(origin.p, f);
    TRY(prove_growth(db, k, origin, &now, &growth, f));
    TRY(keyring_sign_head(k, origin, now.size, &now.root,
                          str_bytes(growth.node, growth.n * sizeof *growth.node), &note, f));
    buf_clear(&l->head_note);
    buf_add_str(&l->head_note, buf_str(&note));
    l->head = now;
    l->head_ns = monotonic_ns();
    return OK;
}

enum err ledger_head(struct ledger *l, struct db *db, struct keyring *k, uint64_t min_size,
                     struct ledger_state *out, struct buf *note, struct fault *f)
{
    enum err e = OK;

    pthread_mutex_lock(&l->head_lock);
    bool fresh = l->head_note.n && l->head.size >= min_size &&
                 l->head.epoch == ledger_state(l).epoch &&
                 monotonic_ns() - l->head_ns < HEAD_FRESH_NS;
    if (!fresh)
        e = sign_head(l, db, k, f);
    if (e == OK) {
        *out = l->head;
        buf_add_str(note, buf_str(&l->head_note));
    }
    pthread_mutex_unlock(&l->head_lock);
    return e;
}

static enum err read_blob(struct db *db, const char *sql, struct receipt r, struct arena *a,
                          str *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, sql, "i", entry_seq(r.epoch, r.index)));
    str s = query_str(&q, 0);
    bool erased = !s.p;
    s = str_copy(a, s);
    TRY(query_end(&q, f));
    if (erased)
        return fault(f, ERR_ERASED, "the record was erased");
    TRY_PTR(s.p, f);
    *out = s;
    return OK;
}

enum err ledger_entry(struct db *db, struct receipt r, struct arena *a, str *out, struct fault *f)
{
    return read_blob(db, "SELECT entry FROM journal WHERE seq = ?", r, a, out, f);
}

enum err ledger_record(struct db *db, struct receipt r, struct arena *a, str *out, struct fault *f)
{
    return read_blob(db, "SELECT record FROM journal WHERE seq = ?", r, a, out, f);
}

enum err ledger_prove_inclusion(struct db *db, uint64_t epoch, uint64_t index, uint64_t size,
                                struct merkle_proof *out, struct fault *f)
{
    struct tree t = tree_of(db, epoch, f);
    enum err e = merkle_prove_inclusion(tree_node, &t, index, size, out);

    return e == ERR_RANGE ? fault(f, e, "no entry %" PRIu64 " in a tree of %" PRIu64, index, size)
                          : e;
}

enum err ledger_prove_consistency(struct db *db, uint64_t epoch, uint64_t from, uint64_t to,
                                  struct merkle_proof *out, struct fault *f)
{
    struct tree t = tree_of(db, epoch, f);
    enum err e = merkle_prove_consistency(tree_node, &t, from, to, out);

    return e == ERR_RANGE ? fault(f, e, "no tree of %" PRIu64 " before one of %" PRIu64, from, to)
                          : e;
}

enum err ledger_root(struct db *db, uint64_t epoch, uint64_t size, struct hash *out,
                     struct fault *f)
{
    struct tree t = tree_of(db, epoch, f);

    return merkle_root_of(tree_node, &t, size, out);
}

enum err ledger_tile(struct db *db, uint64_t epoch, unsigned level, uint64_t index, unsigned width,
                     uint64_t size, struct buf *b, struct fault *f)
{
    uint64_t have = level < 5 ? size >> (8 * level) : 0, first = index * LEDGER_TILE;

    if (level >= 5 || width == 0 || width > LEDGER_TILE || index > have / LEDGER_TILE ||
        first + width > have)
        return fault(f, ERR_NOT_FOUND, "the tree has no such tile");
    struct tree t = tree_of(db, epoch, f);
    for (unsigned i = 0; i < width; i++) {
        struct hash h;
        TRY(tree_node(&t, 8 * level, first + i, &h));
        buf_add_str(b, hash_str(&h));
    }
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY, "out of memory");
}

enum err ledger_find(struct db *db, str bytes,
                     enum err (*seen)(void *ctx, str entry, struct fault *), void *ctx,
                     struct fault *f)
{
    enum err e = OK;
    struct query q;

    TRY(db_query(db, &q, f, "SELECT entry FROM journal WHERE instr(entry, ?) > 0 ORDER BY seq", "b",
                 bytes));
    for (; e == OK && query_row(&q); query_next(&q))
        e = seen(ctx, query_str(&q, 0), f);
    enum err end = query_end(&q, e == OK ? f : NULL);
    return e != OK ? e : end;
}

/* One epoch, entry by entry, with the stored node checked whenever one is complete. */
static enum err check_row(struct db *db, int64_t seq, str leaf, str entry,
                          struct merkle_frontier *t, uint64_t *epoch, struct fault *f)
{
    uint64_t e = (uint64_t)seq >> LEDGER_EPOCH_SHIFT;
    uint64_t index = (uint64_t)seq & (((uint64_t)1 << LEDGER_EPOCH_SHIFT) - 1);

    if (e != *epoch) {
        *epoch = e;
        *t = (struct merkle_frontier){0};
    }
    struct hash h = merkle_leaf(entry);
    if (index != t->size || !str_eq(leaf, hash_str(&h)))
        return fault(f, ERR_CORRUPT, "epoch %" PRIu64 ": entry %" PRIu64 " is damaged", e, t->size);
    merkle_append(t, &h);
    struct tree tree = tree_of(db, e, f);
    return tree_check(&tree, t->size);
}

enum err ledger_check(struct db *db, void (*progress)(void *ctx, uint64_t done), void *ctx,
                      struct fault *f)
{
    struct merkle_frontier t = {0};
    uint64_t epoch = 0, done = 0;
    enum err e = OK;
    struct query q;

    TRY(db_query(db, &q, f, "SELECT seq, leaf, entry FROM journal ORDER BY seq", ""));
    for (; e == OK && query_row(&q); query_next(&q)) {
        e = check_row(db, query_int(&q, 0), query_str(&q, 1), query_str(&q, 2), &t, &epoch, f);
        if (progress && ++done % 4096 == 0)
            progress(ctx, done);
    }
    enum err end = query_end(&q, e == OK ? f : NULL);
    return e != OK ? e : end;
}
