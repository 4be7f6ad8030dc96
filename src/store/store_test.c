/* statements, savepoints, migrations, a full disk, backup, a damaged page */
#include "store/store.h"

#include <fcntl.h>

#include "base/testing.h"

static char dir[] = "/tmp/sifara-store-XXXXXX";
static char path[64];

static const struct migration steps[] = {
    {"CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, b BLOB)"},
    {"CREATE UNIQUE INDEX t_v ON t(v)"},
};

static void test_rows(void **state)
{
    AUTO(db) struct db *db = NULL;
    struct query q;

    (void)state;
    assert_int_equal(db_open_writer(path, &db, NULL), OK);
    assert_int_equal(db_migrate(db, "test", steps, 1, NULL), OK);
    assert_int_equal(db_migrate(db, "test", steps, 2, NULL), OK);
    assert_int_equal(db_migrate(db, "test", steps, 2, NULL), OK);
    assert_int_equal(db_migrate(db, "test", steps, 1, NULL), ERR_CORRUPT);
    for (int64_t i = 0; i < 3; i++) {
        char v[2] = {(char)('a' + i), 0};
        assert_int_equal(
            db_run(db, NULL, "INSERT INTO t VALUES(?,?,?)", "isb", i, str_of(v), STR_NONE), OK);
    }
    assert_int_equal(
        db_run(db, NULL, "INSERT INTO t VALUES(?,?,?)", "isb", (int64_t)9, S("a"), S("")),
        ERR_CONFLICT);
    int seen = 0;
    assert_int_equal(db_query(db, &q, NULL, "SELECT k, v, b FROM t ORDER BY k", ""), OK);
    for (; query_row(&q); query_next(&q), seen++) {
        struct query inner; /* the same statement, nested */
        assert_int_equal(db_query(db, &inner, NULL, "SELECT k, v, b FROM t ORDER BY k", ""), OK);
        assert_int_equal(query_int(&inner, 0), 0);
        assert_int_equal(query_end(&inner, NULL), OK);
        assert_int_equal(query_int(&q, 0), seen);
        assert_true(query_null(&q, 2));
    }
    assert_int_equal(query_end(&q, NULL), OK);
    assert_int_equal(seen, 3);
    assert_int_equal(db_one(db, &q, NULL, "SELECT 1 FROM t WHERE k = ?", "i", (int64_t)77),
                     ERR_NOT_FOUND);
}

static void test_savepoints(void **state)
{
    AUTO(db) struct db *db = NULL;
    AUTO(db) struct db *reader = NULL;
    struct query q;

    (void)state;
    assert_int_equal(db_open_writer(path, &db, NULL), OK);
    assert_int_equal(db_begin(db, NULL), OK);
    assert_int_equal(db_savepoint(db, NULL), OK);
    assert_int_equal(db_run(db, NULL, "INSERT INTO t(k) VALUES(50)", ""), OK);
    assert_int_equal(db_savepoint_release(db, NULL), OK);
    assert_int_equal(db_savepoint(db, NULL), OK);
    assert_int_equal(db_run(db, NULL, "INSERT INTO t(k) VALUES(51)", ""), OK);
    db_savepoint_undo(db);
    assert_int_equal(db_commit(db, NULL), OK);
    assert_int_equal(db_open_reader(path, &reader, NULL), OK);
    assert_int_equal(db_one(reader, &q, NULL, "SELECT max(k) FROM t", ""), OK);
    assert_int_equal(query_int(&q, 0), 50);
    assert_int_equal(query_end(&q, NULL), OK);
    assert_int_not_equal(db_run(reader, NULL, "DELETE FROM t", ""), OK);
}

static void test_full(void **state)
{
    AUTO(db) struct db *db = NULL;
    char big[4000];

    (void)state;
    memset(big, 'x', sizeof big);
    assert_int_equal(db_open_writer(path, &db, NULL), OK);
    db_limit_pages(db, db_page_count(db) + 4);
    assert_int_equal(db_begin(db, NULL), OK);
    enum err e = OK;
    for (int64_t i = 100; e == OK && i < 200; i++)
        e = db_run(db, NULL, "INSERT INTO t(k, b) VALUES(?,?)", "ib", i,
                   str_bytes(big, sizeof big));
    assert_int_equal(e, ERR_STORAGE_FULL);
    db_rollback(db);
    db_limit_pages(db, 0);
    assert_int_equal(db_run(db, NULL, "INSERT INTO t(k) VALUES(300)", ""), OK);
}

static void test_backup_and_check(void **state)
{
    AUTO(db) struct db *db = NULL;
    AUTO(db) struct db *copy = NULL;
    struct query q;
    char to[96];

    (void)state;
    snprintf(to, sizeof to, "%s/copy.db", dir);
    assert_int_equal(db_open_reader(path, &db, NULL), OK);
    assert_int_equal(db_backup(db, to, NULL, NULL, NULL), OK);
    assert_int_equal(db_open_reader(to, &copy, NULL), OK);
    assert_int_equal(db_check(copy, NULL), OK);
    assert_int_equal(db_one(copy, &q, NULL, "SELECT count(*) FROM t", ""), OK);
    assert_true(query_int(&q, 0) >= 4);
    assert_int_equal(query_end(&q, NULL), OK);

    int fd = open(to, O_WRONLY);
    char noise[512];
    memset(noise, 0xa5, sizeof noise);
    assert_int_equal(pwrite(fd, noise, sizeof noise, 4096 + 1024), sizeof noise);
    assert_int_equal(pwrite(fd, noise, sizeof noise, 4096 * 2), sizeof noise);
    close(fd);
    AUTO(db) struct db *bad = NULL;
    struct fault f;
    assert_int_equal(db_open_reader(to, &bad, NULL), OK);
    assert_int_equal(db_check(bad, &f), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_savepoints),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_backup_and_check),
    };
    test_folder(dir);
    snprintf(path, sizeof path, "%s/t.db", dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(dir);
    return failed;
}
