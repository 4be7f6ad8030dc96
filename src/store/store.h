/* store.h - the database: one connection that writes, many that read
 *
 * SQLite 3.40 in WAL mode, synchronous=FULL. Exactly one connection writes and checkpoints: the
 * writer thread's (3.40.1 has the WAL-reset bug, which needs two). Readers are opened read-only.
 * The SQL of the house is the common subset of SQLite and PostgreSQL 15; nothing above this folder
 * knows which engine it is.
 *
 * A connection belongs to one thread at a time. Statements are prepared once per connection and
 * kept by the address of their text: pass string literals.
 *
 * Binds are given by a letter each:
 *   i  int64_t          s  str as text, NULL when .p is NULL
 *   b  str as bytes, NULL when .p is NULL            d  const struct id * as 16 bytes
 */
#ifndef SIFARA_STORE_STORE_H
#define SIFARA_STORE_STORE_H

#include "base/errors.h"
#include "crypto/id.h"

struct db;

/* A step of the schema: only ever appended to the list of its module. */
struct migration {
    const char *sql;
};

/* Opens the one writing connection of the file at path, created if absent. ERR_STORAGE. */
NODISCARD enum err db_open_writer(const char *path, struct db **out, struct fault *);
/* Opens a read-only connection; the file must exist. */
NODISCARD enum err db_open_reader(const char *path, struct db **out, struct fault *);
void db_close(struct db *);
static inline void db_release(struct db **d)
{
    db_close(*d);
}
DEFINE_AUTO(db, struct db *, db_release)

/* Applies what is missing of a module's migrations, each in a transaction of its own. ERR_CORRUPT
 * when the file has more of them than this program knows: it is of a newer version. */
NODISCARD enum err db_migrate(struct db *, const char *module, const struct migration *list,
                              size_t n, struct fault *);

/* Runs a statement that returns no rows. A broken constraint is ERR_CONFLICT, a full disk
 * ERR_STORAGE_FULL, other failures ERR_STORAGE. */
NODISCARD enum err db_run(struct db *, struct fault *, const char *sql, const char *binds, ...);
/* Rows changed by the last db_run. */
int64_t db_changes(struct db *);

/* A running query. Column values live until the next step. */
struct query {
    struct db *db;
    void *stmt;
    const char *sql;
    enum err err;
    bool has_row;
};
/* Starts a query and moves to its first row. */
NODISCARD enum err db_query(struct db *, struct query *, struct fault *, const char *sql,
                            const char *binds, ...);
/* Is there a row to read? Moves on with query_next. */
static inline bool query_row(const struct query *q)
{
    return q->has_row;
}
void query_next(struct query *);
/* Ends it early or late; returns what went wrong while stepping. Always call it. */
NODISCARD enum err query_end(struct query *, struct fault *);
int64_t query_int(struct query *, int col);
str query_str(struct query *, int col); /* text or bytes; STR_NONE for NULL */
bool query_null(struct query *, int col);
/* Bytes of a column as an id; the nil id when it is none. */
struct id query_id(struct query *, int col);

/* One row expected: ERR_NOT_FOUND when there is none. The caller reads and calls query_end. */
NODISCARD enum err db_one(struct db *, struct query *, struct fault *, const char *sql,
                          const char *binds, ...);

/* Transactions of the writer. A failed commit of any kind has rolled back when it returns.
 * ERR_STORAGE_FULL: nothing was written, the node lives on; ERR_STORAGE: the file's state is
 * unknown and the process must end (DESIGN: a COMMIT that fails with an I/O error). */
NODISCARD enum err db_begin(struct db *, struct fault *);
NODISCARD enum err db_commit(struct db *, struct fault *);
void db_rollback(struct db *);
NODISCARD enum err db_savepoint(struct db *, struct fault *);
/* Keeps the savepoint's changes; after an error inside, the transaction may be gone: then
 * db_in_transaction is false and the whole batch has failed. */
NODISCARD enum err db_savepoint_release(struct db *, struct fault *);
void db_savepoint_undo(struct db *);
bool db_in_transaction(struct db *);

/* A reader's snapshot: all its queries until the end see one state, and take the lock once. */
NODISCARD enum err db_read_begin(struct db *, struct fault *);
void db_read_end(struct db *);

/* Copies the whole database to a new file, while others read and write. progress may be NULL. */
NODISCARD enum err db_backup(struct db *from, const char *to_path,
                             void (*progress)(void *ctx, int done, int total), void *ctx,
                             struct fault *);
/* For filling a new database that is thrown away if the machine stops: no waiting for the disk.
 * true brings durability back. */
void db_durable(struct db *, bool);
/* Full integrity check; ERR_CORRUPT with the first finding. */
NODISCARD enum err db_check(struct db *, struct fault *);
/* Test hook: the file may not grow beyond so many pages; 0 lifts the limit. */
void db_limit_pages(struct db *, int64_t pages);
int64_t db_page_count(struct db *);

/* A pool of readers for the threads of the node. */
struct db_pool;
NODISCARD enum err db_pool_open(const char *path, struct db_pool **out, struct fault *);
void db_pool_close(struct db_pool *);
/* A reader of one's own until it is put back. */
NODISCARD enum err db_pool_take(struct db_pool *, struct db **out, struct fault *);
void db_pool_put(struct db_pool *, struct db *);

#endif
