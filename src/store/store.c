#include "store/store.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

/* Statements by the address of their SQL: open addressing, never more than half full. */
enum { CACHE_SLOTS = 1024, READER_LIMIT = 64 };

struct cached {
    const char *sql;
    sqlite3_stmt *stmt;
    bool busy; /* a query runs on it; a nested one gets a statement of its own */
};

struct db {
    sqlite3 *h;
    size_t n_cached;
    struct cached cache[CACHE_SLOTS];
};

static enum err map_error(struct db *db, int rc, struct fault *f)
{
    const char *why = db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc);

    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return fault(f, ERR_CONFLICT, "%s", why);
    case SQLITE_FULL:
        return fault(f, ERR_STORAGE_FULL, "the disk is full");
    case SQLITE_NOMEM:
        return fault(f, ERR_MEMORY, "out of memory in the store");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fault(f, ERR_CORRUPT, "%s", why);
    case SQLITE_BUSY:
        return fault(f, ERR_BUSY, "%s", why);
    default:
        return fault(f, ERR_STORAGE, "%s (%d)", why, rc);
    }
}

static enum err pragma(struct db *db, const char *sql, struct fault *f)
{
    int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? OK : map_error(db, rc, f);
}

static enum err open_with(const char *path, int flags, const char *pragmas, struct db **out,
                          struct fault *f)
{
    struct db *db = calloc(1, sizeof *db);

    if (!db)
        return fault(f, ERR_MEMORY, "out of memory");
    int rc = sqlite3_open_v2(path, &db->h, flags | SQLITE_OPEN_NOMUTEX, NULL);
    enum err e = rc == SQLITE_OK ? OK : map_error(db, rc, f);
    if (e == OK) {
        sqlite3_extended_result_codes(db->h, 1);
        sqlite3_busy_timeout(db->h, 5000);
        sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        e = pragma(db, pragmas, f);
    }
    if (e != OK) {
        db_close(db);
        return e;
    }
    *out = db;
    return OK;
}

enum err db_open_writer(const char *path, struct db **out, struct fault *f)
{
    return open_with(
        path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=1000;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA trusted_schema=OFF",
        out, f);
}

/* Large sorts stay in memory: a node in its sandbox has no place for temporary files. Without mmap:
 * SQLite unmaps the whole file whenever another has written, and a failing disk would be a signal
 * instead of an error. */
enum err db_open_reader(const char *path, struct db **out, struct fault *f)
{
    return open_with(path, SQLITE_OPEN_READONLY,
                     "PRAGMA query_only=ON; PRAGMA cache_size=-4000;"
                     "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF",
                     out, f);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        sqlite3_finalize(db->cache[i].stmt);
    sqlite3_close(db->h);
    free(db);
}

static struct cached *cache_slot(struct db *db, const char *sql)
{
    size_t i = (size_t)((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 40) % CACHE_SLOTS;

    while (db->cache[i].sql && db->cache[i].sql != sql)
        i = (i + 1) % CACHE_SLOTS;
    return &db->cache[i];
}

static enum err statement(struct db *db, const char *sql, sqlite3_stmt **out, struct fault *f)
{
    struct cached *c = cache_slot(db, sql);

    if (c->stmt && !c->busy) {
        c->busy = true;
        *out = c->stmt;
        return OK;
    }
    bool keep = !c->stmt && db->n_cached < CACHE_SLOTS / 2;
    int rc = sqlite3_prepare_v3(db->h, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, out, NULL);
    if (rc != SQLITE_OK)
        return map_error(db, rc, f);
    if (keep) {
        *c = (struct cached){sql, *out, true};
        db->n_cached++;
    }
    return OK;
}

/* Gives a statement back to the cache, or frees it if it was an extra one. */
static void put_back(struct db *db, sqlite3_stmt *stmt, const char *sql)
{
    struct cached *c = cache_slot(db, sql);

    sqlite3_reset(stmt);
    if (c->stmt == stmt) {
        sqlite3_clear_bindings(stmt);
        c->busy = false;
    } else {
        sqlite3_finalize(stmt);
    }
}

/* Bytes handed in stay where they are until the statement is reset. */
static void bind(sqlite3_stmt *stmt, const char *binds, va_list ap)
{
    int i = 1;

    for (; *binds; binds++, i++) {
        const struct id *id;
        str s;
        switch (*binds) {
        case 'i':
            sqlite3_bind_int64(stmt, i, va_arg(ap, int64_t));
            break;
        case 's':
            s = va_arg(ap, str);
            if (s.p)
                sqlite3_bind_text(stmt, i, s.p, (int)s.n, SQLITE_STATIC);
            break;
        case 'b':
            s = va_arg(ap, str);
            if (s.p)
                sqlite3_bind_blob(stmt, i, s.p, (int)s.n, SQLITE_STATIC);
            break;
        case 'd':
            id = va_arg(ap, const struct id *);
            if (id)
                sqlite3_bind_blob(stmt, i, id->b, sizeof id->b, SQLITE_STATIC);
            break;
        default:
            assert(!"unknown bind letter");
        }
    }
    assert(i - 1 == sqlite3_bind_parameter_count(stmt));
}

static enum err run(struct db *db, struct fault *f, const char *sql, const char *binds, va_list ap)
{
    sqlite3_stmt *stmt;

    TRY(statement(db, sql, &stmt, f));
    bind(stmt, binds, ap);
    int rc;
    do
        rc = sqlite3_step(stmt);
    while (rc == SQLITE_ROW);
    enum err e = rc == SQLITE_DONE ? OK : map_error(db, rc, f);
    put_back(db, stmt, sql);
    return e;
}

enum err db_run(struct db *db, struct fault *f, const char *sql, const char *binds, ...)
{
    va_list ap;

    va_start(ap, binds);
    enum err e = run(db, f, sql, binds, ap);
    va_end(ap);
    return e;
}

int64_t db_changes(struct db *db)
{
    return sqlite3_changes64(db->h);
}

void query_next(struct query *q)
{
    int rc = sqlite3_step(q->stmt);

    q->has_row = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        q->err = map_error(q->db, rc, NULL);
}

static enum err query(struct db *db, struct query *q, struct fault *f, const char *sql,
                      const char *binds, va_list ap)
{
    sqlite3_stmt *stmt;

    TRY(statement(db, sql, &stmt, f));
    *q = (struct query){.db = db, .stmt = stmt, .sql = sql};
    bind(stmt, binds, ap);
    query_next(q);
    return q->err == OK ? OK : query_end(q, f);
}

enum err db_query(struct db *db, struct query *q, struct fault *f, const char *sql,
                  const char *binds, ...)
{
    va_list ap;

    va_start(ap, binds);
    enum err e = query(db, q, f, sql, binds, ap);
    va_end(ap);
    return e;
}

enum err query_end(struct query *q, struct fault *f)
{
    if (q->err != OK)
        (void)fault(f, q->err, "%s", sqlite3_errmsg(q->db->h));
    if (q->stmt)
        put_back(q->db, q->stmt, q->sql);
    q->stmt = NULL;
    q->has_row = false;
    return q->err;
}

enum err db_one(struct db *db, struct query *q, struct fault *f, const char *sql, const char *binds,
                ...)
{
    va_list ap;

    va_start(ap, binds);
    enum err e = query(db, q, f, sql, binds, ap);
    va_end(ap);
    if (e == OK && !q->has_row) {
        TRY(query_end(q, f));
        return fault(f, ERR_NOT_FOUND, "no such record");
    }
    return e;
}

int64_t query_int(struct query *q, int col)
{
    return sqlite3_column_int64(q->stmt, col);
}

str query_str(struct query *q, int col)
{
    if (sqlite3_column_type(q->stmt, col) == SQLITE_NULL)
        return STR_NONE;
    const void *p = sqlite3_column_blob(q->stmt, col);
    return str_bytes(p ? p : "", (size_t)sqlite3_column_bytes(q->stmt, col));
}

bool query_null(struct query *q, int col)
{
    return sqlite3_column_type(q->stmt, col) == SQLITE_NULL;
}

struct id query_id(struct query *q, int col)
{
    struct id id = {{0}};

    id_from_bytes(query_str(q, col), &id);
    return id;
}

enum err db_begin(struct db *db, struct fault *f)
{
    return db_run(db, f, "BEGIN IMMEDIATE", "");
}

enum err db_commit(struct db *db, struct fault *f)
{
    enum err e = db_run(db, f, "COMMIT", "");

    if (e != OK)
        db_rollback(db);
    return e;
}

void db_rollback(struct db *db)
{
    if (db_in_transaction(db))
        (void)!db_run(db, NULL, "ROLLBACK", "");
}

enum err db_read_begin(struct db *db, struct fault *f)
{
    return db_run(db, f, "BEGIN", "");
}

void db_read_end(struct db *db)
{
    db_rollback(db);
}

enum err db_savepoint(struct db *db, struct fault *f)
{
    return db_run(db, f, "SAVEPOINT act", "");
}

enum err db_savepoint_release(struct db *db, struct fault *f)
{
    return db_run(db, f, "RELEASE act", "");
}

void db_savepoint_undo(struct db *db)
{
    if (!db_in_transaction(db))
        return;
    (void)!db_run(db, NULL, "ROLLBACK TO act", "");
    (void)!db_run(db, NULL, "RELEASE act", "");
}

bool db_in_transaction(struct db *db)
{
    return !sqlite3_get_autocommit(db->h);
}

enum err db_migrate(struct db *db, const char *module, const struct migration *list, size_t n,
                    struct fault *f)
{
    struct query q;

    TRY(pragma(db,
               "CREATE TABLE IF NOT EXISTS migration(module TEXT NOT NULL, step INTEGER NOT NULL,"
               " PRIMARY KEY(module, step))",
               f));
    TRY(db_one(db, &q, f, "SELECT count(*) FROM migration WHERE module = ?", "s", str_of(module)));
    size_t done = (size_t)query_int(&q, 0);
    TRY(query_end(&q, f));
    if (done > n)
        return fault(f, ERR_CORRUPT, "the data of %s is of a newer version", module);
    for (; done < n; done++) {
        TRY(db_begin(db, f));
        enum err e = pragma(db, list[done].sql, f);
        if (e == OK)
            e = db_run(db, f, "INSERT INTO migration(module, step) VALUES(?, ?)", "si",
                       str_of(module), (int64_t)done);
        if (e != OK) {
            db_rollback(db);
            return e;
        }
        TRY(db_commit(db, f));
    }
    return OK;
}

enum err db_backup(struct db *from, const char *to_path,
                   void (*progress)(void *ctx, int done, int total), void *ctx, struct fault *f)
{
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    /* one snapshot for all steps: each commit in between would make it begin again */
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(from->h, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    sqlite3_backup *b = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", from->h, "main") : NULL;

    while (b && ((rc = sqlite3_backup_step(b, 2000)) == SQLITE_OK || rc == SQLITE_BUSY ||
                 rc == SQLITE_LOCKED)) {
        int total = sqlite3_backup_pagecount(b);
        if (progress)
            progress(ctx, total - sqlite3_backup_remaining(b), total);
    }
    if (b)
        sqlite3_backup_finish(b);
    if (!sqlite3_get_autocommit(from->h))
        sqlite3_exec(from->h, "ROLLBACK", NULL, NULL, NULL);
    enum err e = b && rc == SQLITE_DONE
                     ? OK
                     : fault(f, ERR_STORAGE, "backup failed: %s", to ? sqlite3_errmsg(to) : "");
    sqlite3_close(to);
    return e;
}

void db_durable(struct db *db, bool durable)
{
    /* pages that change again and again reach the database once in many acts */
    (void)!pragma(db,
                  durable ? "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000"
                          : "PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=16000",
                  NULL);
}

enum err db_check(struct db *db, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "PRAGMA integrity_check(1)", ""));
    str found = query_str(&q, 0);
    enum err e = str_eq(found, S("ok")) ? OK : fault(f, ERR_CORRUPT, "%.*s", STR_FMT(found));
    TRY(query_end(&q, f));
    return e;
}

void db_limit_pages(struct db *db, int64_t pages)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA max_page_count=%lld",
             pages ? (long long)pages : 4294967294LL);
    (void)!pragma(db, sql, NULL);
}

int64_t db_page_count(struct db *db)
{
    struct query q;
    int64_t n = -1;

    if (db_one(db, &q, NULL, "PRAGMA page_count", "") == OK) {
        n = query_int(&q, 0);
        (void)!query_end(&q, NULL);
    }
    return n;
}

/* Idle readers on a stack: the one used last has the warmest cache. */
struct db_pool {
    pthread_mutex_t lock;
    char *path;
    struct db *idle[READER_LIMIT];
    size_t n;
};

enum err db_pool_open(const char *path, struct db_pool **out, struct fault *f)
{
    struct db_pool *p = calloc(1, sizeof *p);

    if (!p || !(p->path = strdup(path))) {
        free(p);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return OK;
}

void db_pool_close(struct db_pool *p)
{
    if (!p)
        return;
    while (p->n)
        db_close(p->idle[--p->n]);
    pthread_mutex_destroy(&p->lock);
    free(p->path);
    free(p);
}

enum err db_pool_take(struct db_pool *p, struct db **out, struct fault *f)
{
    struct db *db = NULL;

    pthread_mutex_lock(&p->lock);
    if (p->n)
        db = p->idle[--p->n];
    pthread_mutex_unlock(&p->lock);
    if (!db)
        return db_open_reader(p->path, out, f);
    *out = db;
    return OK;
}

/* A query that was left open would keep this reader at what the database was then: whoever reads
 * next would be told of yesterday. It is ended, and said. */
static void end_queries(struct db *db)
{
    if (sqlite3_txn_state(db->h, NULL) == SQLITE_TXN_NONE)
        return;
    for (sqlite3_stmt *s = sqlite3_next_stmt(db->h, NULL); s; s = sqlite3_next_stmt(db->h, s)) {
        if (!sqlite3_stmt_busy(s))
            continue;
        LOG(LOG_ERROR, "a query was left open", LOG_CSTR("sql", sqlite3_sql(s)));
        sqlite3_reset(s);
    }
}

void db_pool_put(struct db_pool *p, struct db *db)
{
    if (!db)
        return;
    end_queries(db);
    pthread_mutex_lock(&p->lock);
    bool room = p->n < READER_LIMIT;
    if (room)
        p->idle[p->n++] = db;
    pthread_mutex_unlock(&p->lock);
    if (!room)
        db_close(db);
}
