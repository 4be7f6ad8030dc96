/* delegations_test.c - a role that is lent holds from its first day to its last, as the mission's
 * clocks show them, and ends by itself */
#include "base/testing.h"

#include "registry/registry_int.h"

static struct db *db;
static struct registry registry;
static struct house house = {.registry = &registry};
static const struct id officer = {{1}}, colleague = {{2}}, stranger = {{3}};

static void run_sql(const char *sql)
{
    assert_int_equal(db_run(db, NULL, sql, ""), OK);
}

/* 20 to 22 December 2026, in Tokyo: nine hours before Greenwich. */
enum { FIRST = 20807, LAST = FIRST + 2 };
#define DAY_MS   INT64_C(86400000)
#define TOKYO_MS INT64_C(32400000)

static int set_up(void **state)
{
    static const char *const tables[] = {
        "CREATE TABLE mission(code TEXT PRIMARY KEY, doc TEXT NOT NULL, closed BIGINT)",
        "CREATE TABLE jurisdiction(country TEXT, service TEXT, authority TEXT)",
        "CREATE TABLE closed_day(mission TEXT, day INTEGER, name TEXT)",
        "CREATE TABLE officer(id BLOB PRIMARY KEY, mission TEXT, state TEXT)",
        "CREATE TABLE delegation(id BLOB PRIMARY KEY, mission TEXT, officer BLOB, colleague BLOB,"
        " role TEXT, starts INTEGER, until INTEGER, confirmer BLOB, ended BIGINT)",
        "INSERT INTO mission(code, doc) VALUES('tokyo', '{\"code\":\"tokyo\",\"kind\":\"embassy\","
        "\"country\":\"JP\",\"zone\":\"Asia/"
        "Tokyo\",\"weekend\":[0,6],\"name\":{\"en\":\"Tokyo\"}}')",
    };

    (void)state;
    assert_int_equal(db_open_writer(":memory:", &db, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        run_sql(tables[i]);
    assert_int_equal(
        db_run(db, NULL, "INSERT INTO officer VALUES(?, 'tokyo', 'active')", "d", &officer), OK);
    pthread_mutex_init(&registry.missions_lock, NULL);
    assert_int_equal(missions_load(db, &registry.missions, NULL), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    missions_drop(registry.missions);
    db_close(db);
    return 0;
}

static void lend(bool confirmed)
{
    run_sql("DELETE FROM delegation");
    assert_int_equal(db_run(db, NULL,
                            "INSERT INTO delegation(id, mission, officer, colleague, role, starts,"
                            " until, confirmer) VALUES(?, 'tokyo', ?, ?, 'consul', ?, ?, ?)",
                            "dddiid", &stranger, &officer, &colleague, (int64_t)FIRST,
                            (int64_t)LAST, confirmed ? &stranger : NULL),
                     OK);
}

/* How many roles the officer has by loan at a moment. */
static size_t lent_to(const struct id *who, int64_t now)
{
    AUTO(arena) struct arena *arena = arena_new(1 << 20);
    struct act a = {.house = &house,
                    .arena = arena,
                    .db = db,
                    .now = now,
                    .actor = {.kind = ACTOR_OFFICER, .id = *who, .mission = S("tokyo")}};
    struct lent list[LENT_MAX];
    size_t n = 99;

    assert_int_equal(delegations_lent(&a, list, &n, NULL), OK);
    if (n == 1) {
        assert_true(str_eq(list[0].role, S("consul")));
        assert_true(id_eq(&list[0].officer, &officer));
    }
    return n;
}

static void test_ends_by_itself(void **state)
{
    int64_t begins = FIRST * DAY_MS - TOKYO_MS, ends = (LAST + 1) * DAY_MS - TOKYO_MS;

    (void)state;
    lend(true);
    assert_int_equal(lent_to(&colleague, begins - 1), 0);
    assert_int_equal(lent_to(&colleague, begins), 1);
    assert_int_equal(lent_to(&colleague, ends - 1), 1);
    assert_int_equal(lent_to(&colleague, ends), 0);
    assert_int_equal(lent_to(&stranger, begins), 0);
}

static void test_not_lent(void **state)
{
    int64_t noon = FIRST * DAY_MS;

    (void)state;
    lend(false);
    assert_int_equal(lent_to(&colleague, noon), 0); /* one officer proposed it */
    lend(true);
    run_sql("UPDATE delegation SET ended = 1");
    assert_int_equal(lent_to(&colleague, noon), 0);
    lend(true);
    run_sql("UPDATE officer SET mission = 'elsewhere'");
    assert_int_equal(lent_to(&colleague, noon), 0); /* whose role it is works there no more */
    run_sql("UPDATE officer SET mission = 'tokyo'");
    assert_int_equal(lent_to(&colleague, noon), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends_by_itself),
                                       cmocka_unit_test(test_not_lent)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
