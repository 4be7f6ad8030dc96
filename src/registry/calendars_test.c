/* working days against published vectors; jurisdiction of every country
 *
 * tests/vectors/working-days.json was computed day by day by a program that shares nothing with
 * this one; it may be used to check any other.
 */
#include "base/testing.h"

#include <time.h>

#include "registry/missions_int.h"
#include "registry/registry_int.h"

/* The tables that a snapshot is made from, as the migrations make them. */
static const char *const tables[] = {
    "CREATE TABLE mission(code TEXT PRIMARY KEY, doc TEXT NOT NULL, closed BIGINT)",
    "CREATE TABLE jurisdiction(country TEXT NOT NULL, service TEXT NOT NULL,"
    " authority TEXT NOT NULL, PRIMARY KEY(country, service))",
    "CREATE TABLE closed_day(mission TEXT NOT NULL REFERENCES mission(code), day INTEGER NOT NULL,"
    " name TEXT NOT NULL, PRIMARY KEY(mission, day))",
};

struct world_of_test {
    char folder[64];
    struct db *db;
    struct arena *arena;
};

static void begin(struct world_of_test *w)
{
    char path[128];

    snprintf(w->folder, sizeof w->folder, "/tmp/sifara-calendars-XXXXXX");
    test_folder(w->folder);
    snprintf(path, sizeof path, "%s/test.db", w->folder);
    assert_int_equal(db_open_writer(path, &w->db, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        assert_int_equal(db_run(w->db, NULL, tables[i], ""), OK);
    assert_non_null(w->arena = arena_new(64 << 20));
}

static void end(struct world_of_test *w)
{
    db_close(w->db);
    arena_free(w->arena);
    test_folder_remove(w->folder);
}

static const struct json *source_json(struct world_of_test *w, const char *name)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct fault f = {0};
    struct json *j;
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    if (json_parse(w->arena, test_slurp(path, w->arena), &json_limits_wide, &j, &f) != OK)
        fail_msg("%s: %s", path, f.detail);
    return j;
}

static void put_mission(struct world_of_test *w, str code, const struct json *doc)
{
    AUTO(buf) struct buf b = BUF(16 << 10);
    struct jw out = JW(&b);

    jw_tree(&out, doc);
    assert_int_equal(
        db_run(w->db, NULL, "INSERT INTO mission(code, doc) VALUES(?, ?)", "ss", code, buf_str(&b)),
        OK);
}

static int32_t day_of(const struct json *j, const char *key)
{
    str text = json_get_str(j, str_of(key));
    int32_t day;

    if (!day_parse(text, &day))
        fail_msg("%s is no day: %.*s", key, STR_FMT(text));
    return day;
}

/* ---- the vectors ------------------------------------------------------------------------- */

static struct missions *load_authorities(struct world_of_test *w, const struct json *vectors)
{
    const struct json *all = json_get(vectors, S("authorities")), *closed;
    struct missions *m;
    struct fault f = {0};
    int32_t day;

    for (uint32_t i = 0; i < all->n; i++) {
        struct json doc = all->members[i].value;
        str code = all->members[i].key;
        closed = json_get(&doc, S("closed"));
        assert_true(json_put(w->arena, &doc, S("code"), json_of_str(code)));
        put_mission(w, code, &doc);
        for (size_t k = 0; json_at(closed, k); k++) {
            assert_true(day_parse(json_str(json_at(closed, k)), &day));
            assert_int_equal(db_run(w->db, NULL,
                                    "INSERT INTO closed_day(mission, day, name) VALUES(?,?,'x')",
                                    "si", code, (int64_t)day),
                             OK);
        }
    }
    if (missions_load(w->db, &m, &f) != OK)
        fail_msg("%s", f.detail);
    assert_int_equal(missions_count(m), all->n);
    return m;
}

static const struct mission *authority(const struct missions *m, const struct json *row)
{
    const struct mission *at = mission_find(m, json_get_str(row, S("authority")));

    assert_non_null(at);
    return at;
}

static void expect_day(const struct json *row, const char *what, int32_t expected, int32_t got)
{
    char a[16], b[16];
    str why = json_get_str(row, S("why"));

    if (expected == got)
        return;
    day_format(expected, a);
    day_format(got, b);
    fail_msg("%s (%.*s): %s expected, %s found", what, STR_FMT(why), a, b);
}

static unsigned check_due(const struct missions *m, const struct json *list)
{
    const struct json *row;
    unsigned n = 0;

    for (; (row = json_at(list, n)); n++) {
        int32_t got = due_day(m, authority(m, row), day_of(row, "received"),
                              (unsigned)json_get_int(row, S("days"), 0));
        expect_day(row, "due", day_of(row, "due"), got);
        assert_true(mission_works(m, authority(m, row), got));
    }
    return n;
}

static unsigned check_between(const struct missions *m, const struct json *list)
{
    const struct json *row;
    unsigned n = 0;

    for (; (row = json_at(list, n)); n++)
        assert_int_equal(
            working_days_between(m, authority(m, row), day_of(row, "from"), day_of(row, "to")),
            json_get_int(row, S("working_days"), -1));
    return n;
}

static unsigned check_chains(const struct missions *m, const struct json *list)
{
    const struct json *row, *step;
    unsigned n = 0;

    for (size_t i = 0; (row = json_at(list, i)); i++) {
        int32_t day = day_of(row, "received");
        for (size_t k = 0; (step = json_at(json_get(row, S("steps")), k)); k++, n++) {
            day = due_day(m, authority(m, step), day, (unsigned)json_get_int(step, S("days"), 0));
            expect_day(row, "chain", day_of(step, "due"), day);
        }
    }
    return n;
}

static unsigned check_pauses(const struct missions *m, const struct json *list)
{
    const struct json *row;
    unsigned n = 0;

    for (; (row = json_at(list, n)); n++) {
        const struct mission *at = authority(m, row);
        int32_t due =
            due_day(m, at, day_of(row, "received"), (unsigned)json_get_int(row, S("days"), 0));
        expect_day(row, "pause", day_of(row, "due"), due);
        unsigned left = working_days_between(m, at, day_of(row, "asked"), due);
        assert_int_equal(left, json_get_int(row, S("left"), -1));
        expect_day(row, "resumed", day_of(row, "new_due"),
                   due_day(m, at, day_of(row, "answered"), left));
    }
    return n;
}

static unsigned check_moments(const struct missions *m, const struct json *list)
{
    const struct json *row;
    unsigned n = 0;

    for (; (row = json_at(list, n)); n++)
        expect_day(row, "day at", day_of(row, "day"),
                   mission_day(m, authority(m, row), json_get_int(row, S("ms"), 0)));
    return n;
}

static void test_vectors(void **state)
{
    struct world_of_test w;

    (void)state;
    begin(&w);
    const struct json *v = source_json(&w, "tests/vectors/working-days.json");
    struct missions *m = load_authorities(&w, v);
    unsigned due = check_due(m, json_get(v, S("due")));
    unsigned between = check_between(m, json_get(v, S("between")));
    unsigned steps = check_chains(m, json_get(v, S("chain")));
    unsigned pauses = check_pauses(m, json_get(v, S("pause")));
    unsigned moments = check_moments(m, json_get(v, S("day_at")));
    print_message("%u due, %u between, %u steps of chains, %u pauses, %u moments\n", due, between,
                  steps, pauses, moments);
    assert_true(due > 200 && between > 100 && steps > 15 && pauses >= 7 && moments >= 34);
    missions_drop(m);
    end(&w);
}

static void test_days(void **state)
{
    struct world_of_test w;
    const struct json *row;
    char text[16];

    (void)state;
    begin(&w);
    const struct json *v = source_json(&w, "tests/vectors/working-days.json");
    for (size_t i = 0; (row = json_at(json_get(v, S("days")), i)); i++) {
        assert_int_equal(day_of(row, "day"), json_get_int(row, S("number"), 0));
        day_format((int32_t)json_get_int(row, S("number"), 0), text);
        assert_true(str_eq(str_of(text), json_get_str(row, S("day"))));
    }
    for (size_t i = 0; (row = json_at(json_get(v, S("no_days")), i)); i++) {
        int32_t day = 77;
        if (day_parse(json_str(row), &day))
            fail_msg("\"%.*s\" is taken for a day", STR_FMT(json_str(row)));
        assert_int_equal(day, 77);
    }
    end(&w);
}

/* Appointments are at what clocks show, also in the night in which they change. */
static void test_moments_of_clocks(void **state)
{
    static const struct {
        const char *zone, *day;
        int minute;
        const char *utc; /* as time_format() writes it */
        int shown;       /* minute that clocks show then */
    } rows[] = {
        {"Europe/Athens", "2026-03-28", 9 * 60, "2026-03-28T07:00:00.000Z", 9 * 60},
        {"Europe/Athens", "2026-03-29", 9 * 60, "2026-03-29T06:00:00.000Z", 9 * 60},
        {"Europe/Athens", "2026-03-29", 3 * 60 + 30, "2026-03-29T01:30:00.000Z", 4 * 60 + 30},
        {"Europe/Athens", "2026-10-25", 3 * 60 + 30, "2026-10-25T00:30:00.000Z", 3 * 60 + 30},
        {"Europe/Athens", "2026-10-25", 4 * 60, "2026-10-25T02:00:00.000Z", 4 * 60},
        {"America/New_York", "2026-11-01", 9 * 60, "2026-11-01T14:00:00.000Z", 9 * 60},
        {"Asia/Kathmandu", "2026-12-01", 0, "2026-11-30T18:15:00.000Z", 0},
        {"Pacific/Kiritimati", "2026-12-01", 23 * 60 + 59, "2026-12-01T09:59:00.000Z", 1439},
    };
    char text[32];
    int32_t day;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world_of_test w;
        struct missions *m;
        struct json *doc;
        begin(&w);
        str mission = str_printf(w.arena, "{\"code\":\"post\",\"zone\":\"%s\"}", rows[i].zone);
        assert_int_equal(json_parse(w.arena, mission, NULL, &doc, NULL), OK);
        put_mission(&w, S("post"), doc);
        assert_int_equal(missions_load(w.db, &m, NULL), OK);
        const struct mission *at = mission_find(m, S("post"));
        assert_true(day_parse(str_of(rows[i].day), &day));
        int64_t ms = mission_moment(m, at, day, rows[i].minute);
        time_format(ms, text);
        assert_string_equal(text, rows[i].utc);
        assert_int_equal(mission_minute(m, at, ms), rows[i].shown);
        assert_int_equal(mission_day(m, at, ms), day);
        missions_drop(m);
        end(&w);
    }
}

/* A calendar in which nothing is ever open ends the search all the same. */
static void test_never_open(void **state)
{
    struct world_of_test w;
    struct missions *m;
    struct json *doc;
    str text = S("{\"code\":\"closed\",\"zone\":\"UTC\",\"weekend\":[0,1,2,3,4,5,6]}");

    (void)state;
    begin(&w);
    assert_int_equal(json_parse(w.arena, text, NULL, &doc, NULL), OK);
    put_mission(&w, S("closed"), doc);
    assert_int_equal(missions_load(w.db, &m, NULL), OK);
    const struct mission *at = mission_find(m, S("closed"));
    assert_true(due_day(m, at, 20000, 0) > 20000);
    assert_true(due_day(m, at, 20000, 10) > 20000);
    assert_int_equal(working_days_between(m, at, 20000, 21000), 0);
    missions_drop(m);
    end(&w);
}

static void test_unknown_zone(void **state)
{
    struct world_of_test w;
    struct missions *m;
    struct json *doc;
    struct fault f = {0};

    (void)state;
    begin(&w);
    assert_int_equal(
        json_parse(w.arena, S("{\"code\":\"x\",\"zone\":\"Mars/Olympus\"}"), NULL, &doc, NULL), OK);
    put_mission(&w, S("x"), doc);
    assert_int_equal(missions_load(w.db, &m, &f), ERR_INVALID);
    end(&w);
}

/* ---- zones ------------------------------------------------------------------------------- */

/* Offsets against the C library's, every six hours for a century. */
static unsigned compare_zone(str name)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct time_zone *z;
    struct fault f = {0};
    unsigned n = 0;

    if (zone_load(a, name, &z, &f) != OK)
        fail_msg("%s", f.detail);
    setenv("TZ", str_cstr(a, name), 1);
    tzset();
    for (time_t at = 631152000; at < 4070908800; at += 21600, n++) {
        struct tm tm;
        localtime_r(&at, &tm);
        if (tm.tm_gmtoff * 1000 != zone_offset(z, at * 1000))
            fail_msg("%.*s at %lld: %ld expected, %d found", STR_FMT(name), (long long)at,
                     tm.tm_gmtoff, zone_offset(z, at * 1000) / 1000);
    }
    return n;
}

static void test_zones(void **state)
{
    /* half an hour of summer, negative summer time, a day that was not, rules of all kinds */
    static const char *const odd[] = {
        "Australia/Lord_Howe", "Europe/Dublin",      "Pacific/Apia",
        "America/Nuuk",        "Asia/Tehran",        "America/Santiago",
        "Asia/Gaza",           "Pacific/Kiritimati", "UTC",
        "Asia/Kathmandu",      "America/St_Johns",   "Antarctica/Troll"};
    struct world_of_test w;
    unsigned zones = 0, moments = 0;

    (void)state;
    if (access("/usr/share/zoneinfo/UTC", R_OK) != 0)
        skip();
    begin(&w);
    const struct json *list = json_get(source_json(&w, "demo/missions.json"), S("missions"));
    for (; json_at(list, zones); zones++)
        moments += compare_zone(json_get_str(json_at(list, zones), S("zone")));
    for (size_t i = 0; i < ARRAY_LEN(odd); i++, zones++)
        moments += compare_zone(str_of(odd[i]));
    setenv("TZ", "UTC", 1);
    tzset();
    print_message("%u zones, %u moments\n", zones, moments);
    end(&w);
}

static void test_no_zones(void **state)
{
    static const char *const names[] = {"",
                                        "Mars/Olympus",
                                        "../../../etc/passwd",
                                        "/etc/passwd",
                                        "Europe/../../passwd",
                                        "posixrules",
                                        "Europe",
                                        "zone.tab"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        struct time_zone *z;
        assert_int_equal(zone_load(a, str_of(names[i]), &z, NULL), ERR_INVALID);
    }
}

/* ---- Hijri ------------------------------------------------------------------------------- */

static bool proposed(const struct json *days, str day)
{
    for (size_t i = 0; json_at(days, i); i++)
        if (str_eq(json_get_str(json_at(days, i), S("day")), day))
            return true;
    return false;
}

/* The two Eids and the new year, as the Umm al-Qura calendar publishes them. */
static void test_holidays(void **state)
{
    struct world_of_test w;
    const struct json *row;

    (void)state;
    begin(&w);
    const struct json *v = source_json(&w, "tests/vectors/working-days.json");
    for (size_t i = 0; (row = json_at(json_get(v, S("eid")), i)); i++) {
        str day = json_get_str(row, S("day"));
        struct act_param year = {S("year"), str_sub(day, 0, 4)};
        struct act a = {.arena = w.arena, .params = &year, .n_params = 1, .reply = BUF(1 << 16)};
        struct json *j;
        assert_int_equal(calendar_propose(&a, NULL), OK);
        assert_int_equal(json_parse(w.arena, buf_str(&a.reply), NULL, &j, NULL), OK);
        if (!proposed(json_get(j, S("days")), day))
            fail_msg("%.*s is not proposed", STR_FMT(day));
        buf_done(&a.reply);
    }
    int32_t eid;
    assert_true(day_parse(S("2026-03-20"), &eid));
    str text = hijri_text(w.arena, eid);
    assert_true(str_find(text, S("١ شوال ١٤٤٧")) >= 0);
    end(&w);
}

/* ---- jurisdiction ------------------------------------------------------------------------ */

static struct missions *load_demo(struct world_of_test *w)
{
    const struct json *demo = source_json(w, "demo/missions.json"), *list;
    const struct json *map = json_get(demo, S("jurisdiction"));
    struct json *ministry;
    struct missions *m;

    list = json_get(demo, S("missions"));
    for (size_t i = 0; json_at(list, i); i++)
        put_mission(w, json_get_str(json_at(list, i), S("code")), json_at(list, i));
    assert_int_equal(
        json_parse(w->arena, S("{\"code\":\"ministry\",\"zone\":\"UTC\"}"), NULL, &ministry, NULL),
        OK);
    put_mission(w, S("ministry"), ministry);
    for (uint32_t i = 0; i < map->n; i++)
        for (size_t k = 0; json_at(&map->members[i].value, k); k++)
            assert_int_equal(db_run(w->db, NULL,
                                    "INSERT INTO jurisdiction(country, service, authority)"
                                    " VALUES(?, '*', ?)",
                                    "ss", json_str(json_at(&map->members[i].value, k)),
                                    map->members[i].key),
                             OK);
    assert_int_equal(missions_load(w->db, &m, NULL), OK);
    return m;
}

static void test_every_country(void **state)
{
    struct world_of_test w;
    unsigned elsewhere = 0;

    (void)state;
    begin(&w);
    struct missions *m = load_demo(&w);
    assert_int_equal(missions_count(m), 41);
    assert_int_equal(m->n_rows, country_count());
    for (size_t i = 0; i < country_count(); i++) {
        str authority = jurisdiction_of(m, country_at(i), S("consular-registration"));
        const struct mission *at = mission_find(m, authority);
        if (!at)
            fail_msg("nobody answers in %.*s", STR_FMT(country_at(i)));
        elsewhere += !str_eq(at->country, country_at(i));
    }
    assert_null(jurisdiction_of(m, S("XX"), S("*")).p);
    assert_null(jurisdiction_of(m, S(""), S("*")).p);
    print_message("%zu countries, %u of them served from elsewhere\n", country_count(), elsewhere);
    missions_drop(m);
    end(&w);
}

/* An act on the registry as the writer would run it. */
static enum err assign(struct world_of_test *w, struct missions *m, str body, struct fault *f)
{
    struct registry r = {.missions = m};
    struct house h = {.registry = &r};
    struct act a = {.house = &h, .arena = w->arena, .db = w->db, .reply = BUF(1 << 16)};
    struct json *in;

    pthread_mutex_init(&r.missions_lock, NULL);
    assert_int_equal(json_parse(w->arena, body, NULL, &in, NULL), OK);
    a.input = in;
    enum err e = jurisdiction_set(&a, f);
    buf_done(&a.reply);
    pthread_mutex_destroy(&r.missions_lock);
    return e;
}

static void test_assignment(void **state)
{
    struct world_of_test w;
    struct missions *m, *fresh;
    struct fault f = {0};
    unsigned items = 0;

    (void)state;
    begin(&w);
    m = load_demo(&w);
    /* five things wrong, one row in order: refused as a whole, with all five */
    str wrong = S("{\"service\":\"*\",\"assign\":["
                  "{\"country\":\"CY\",\"authority\":\"athens\"},"
                  "{\"country\":\"CY\",\"authority\":\"ankara\"},"
                  "{\"country\":\"MC\"},"
                  "{\"country\":\"ZZ\",\"authority\":\"paris\"},"
                  "{\"country\":\"FR\",\"authority\":\"atlantis\"},"
                  "{\"country\":\"\",\"authority\":\"paris\"}]}");
    assert_int_equal(assign(&w, m, wrong, &f), ERR_COVERAGE);
    for (struct fault_item *i = f.items; i; i = i->next)
        items++;
    assert_int_equal(items, 5);
    assert_int_equal(missions_load(w.db, &fresh, NULL), OK);
    assert_true(str_eq(jurisdiction_of(fresh, S("CY"), S("*")), S("beirut")));
    missions_drop(fresh);

    /* one service goes to a partner; the others stay */
    assert_int_equal(assign(&w, m,
                            S("{\"service\":\"emergency-travel-document\",\"assign\":["
                              "{\"country\":\"CY\",\"authority\":\"partner:XA\"}]}"),
                            &f),
                     OK);
    assert_int_equal(missions_load(w.db, &fresh, NULL), OK);
    assert_true(
        str_eq(jurisdiction_of(fresh, S("CY"), S("emergency-travel-document")), S("partner:XA")));
    assert_true(str_eq(jurisdiction_of(fresh, S("CY"), S("power-of-attorney")), S("beirut")));
    missions_drop(fresh);
    missions_drop(m);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),           cmocka_unit_test(test_days),
        cmocka_unit_test(test_moments_of_clocks), cmocka_unit_test(test_never_open),
        cmocka_unit_test(test_unknown_zone),      cmocka_unit_test(test_zones),
        cmocka_unit_test(test_no_zones),          cmocka_unit_test(test_holidays),
        cmocka_unit_test(test_every_country),     cmocka_unit_test(test_assignment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
