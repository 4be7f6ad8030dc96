/* growth, undo, proofs and tiles against the pure tree; damage is found */
#include "ledger/ledger.h"

#include "base/testing.h"

static char dir[] = "/tmp/sifara-ledger-XXXXXX";
static char path[64];

enum { N = 1000 };

static void append(struct ledger *l, struct db *db, int i)
{
    struct receipt r;
    char entry[32];

    snprintf(entry, sizeof entry, "entry %d", i);
    assert_int_equal(ledger_append(l, db, i, str_of(entry), STR_NONE, &r, NULL), OK);
    assert_int_equal(r.index, i);
}

static struct hash leaf_of(int i)
{
    char entry[32];

    snprintf(entry, sizeof entry, "entry %d", i);
    return merkle_leaf(str_of(entry));
}

static void test_growth(void **state)
{
    AUTO(db) struct db *db = NULL;
    struct ledger *l;
    struct merkle_frontier want = {0};

    (void)state;
    assert_int_equal(db_open_writer(path, &db, NULL), OK);
    assert_int_equal(ledger_open(db, S("xu.example/journal"), &l, NULL), OK);
    assert_int_equal(db_begin(db, NULL), OK);
    for (int i = 0; i < N; i++) {
        struct merkle_frontier mark = ledger_mark(l);
        assert_int_equal(db_savepoint(db, NULL), OK);
        append(l, db, i); /* once in vain */
        db_savepoint_undo(db);
        ledger_undo(l, &mark);
        append(l, db, i);
        struct hash h = leaf_of(i);
        merkle_append(&want, &h);
    }
    assert_true(ledger_state(l).size == 0); /* not durable yet */
    assert_int_equal(db_commit(db, NULL), OK);
    ledger_publish(l);
    assert_true(ledger_state(l).size == N);
    struct hash root = merkle_root(&want), got = ledger_state(l).root;
    assert_memory_equal(got.b, root.b, 32);

    assert_int_equal(db_begin(db, NULL), OK);
    append(l, db, N);
    db_rollback(db);
    ledger_reset(l);
    ledger_close(l);
    assert_int_equal(ledger_open(db, S("xu.example/journal"), &l, NULL), OK);
    got = ledger_state(l).root;
    assert_memory_equal(got.b, root.b, 32);
    ledger_close(l);
}

static void test_proofs_and_tiles(void **state)
{
    AUTO(db) struct db *db = NULL;
    AUTO(buf) struct buf tile = BUF(1 << 14);
    struct merkle_proof p;
    struct hash root, early;

    (void)state;
    assert_int_equal(db_open_reader(path, &db, NULL), OK);
    assert_int_equal(ledger_root(db, 1, N, &root, NULL), OK);
    for (uint64_t i = 0; i < N; i += 37) {
        struct hash leaf = leaf_of((int)i);
        assert_int_equal(ledger_prove_inclusion(db, 1, i, N, &p, NULL), OK);
        assert_int_equal(merkle_check_inclusion(i, N, &leaf, &p, &root), OK);
        assert_int_equal(ledger_root(db, 1, i + 1, &early, NULL), OK);
        assert_int_equal(ledger_prove_consistency(db, 1, i + 1, N, &p, NULL), OK);
        assert_int_equal(merkle_check_consistency(i + 1, N, &early, &root, &p), OK);
    }
    assert_int_equal(ledger_prove_inclusion(db, 1, N, N, &p, NULL), ERR_RANGE);
    assert_int_equal(ledger_tile(db, 1, 0, 3, N % 256, N, &tile, NULL), OK);
    struct hash last = leaf_of(N - 1);
    assert_memory_equal(tile.p + tile.n - 32, last.b, 32);
    buf_clear(&tile);
    assert_int_equal(ledger_tile(db, 1, 1, 0, 3, N, &tile, NULL), OK);
    assert_int_equal(tile.n, 96);
    assert_int_equal(ledger_tile(db, 1, 0, 3, 256, N, &tile, NULL), ERR_NOT_FOUND);
    assert_int_equal(ledger_check(db, NULL, NULL, NULL), OK);
}

static void test_epochs_and_damage(void **state)
{
    AUTO(db) struct db *db = NULL;
    struct ledger *l;
    struct fault f;

    (void)state;
    assert_int_equal(db_open_writer(path, &db, NULL), OK);
    assert_int_equal(ledger_open(db, S("xu.example/journal"), &l, NULL), OK);
    assert_int_equal(db_begin(db, NULL), OK);
    assert_int_equal(ledger_next_epoch(l, db, NULL), OK);
    append(l, db, 0);
    assert_int_equal(db_commit(db, NULL), OK);
    ledger_publish(l);
    assert_true(ledger_state(l).epoch == 2 && ledger_state(l).size == 1);
    ledger_close(l);
    assert_int_equal(ledger_check(db, NULL, NULL, NULL), OK);
    assert_int_equal(db_run(db, NULL, "UPDATE journal SET entry = 'x' WHERE at = 700", ""), OK);
    assert_int_equal(ledger_check(db, NULL, NULL, &f), ERR_CORRUPT);
    assert_non_null(strstr(f.detail, "entry 700"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_proofs_and_tiles),
        cmocka_unit_test(test_epochs_and_damage),
    };
    test_folder(dir);
    snprintf(path, sizeof path, "%s/t.db", dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(dir);
    return failed;
}
