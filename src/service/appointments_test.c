/* slots of a day, the draw, the calendar file */
#include <stdlib.h>

#include "base/encode.h"
#include "base/testing.h"
#include "service/appointments_int.h"

static struct json *parse(struct arena *a, const char *text)
{
    struct json *j;
    struct fault f = {0};

    if (json_parse(a, str_of(text), NULL, &j, &f) != OK)
        fail_msg("%s: %s", text, f.detail);
    return j;
}

/* ---- slots -------------------------------------------------------------------------------- */

static const char rule[] =
    "{\"hours\":[{\"days\":[1,2],\"from\":\"13:00\",\"to\":\"14:00\"},"
    "{\"days\":[1],\"from\":\"09:00\",\"to\":\"10:30\"}],"
    "\"breaks\":[{\"from\":\"09:30\",\"to\":\"09:45\"}],\"counters\":2,\"minutes\":20,\"held\":3}";

static void test_slots(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    static const int minutes[] = {540, 585, 605, 780, 800, 820};
    static const int offered[] = {2, 2, 2, 2, 1, 0};
    struct slot slots[16];
    int32_t monday;

    (void)state;
    assert_true(day_parse(S("2026-11-30"), &monday));
    size_t n = rule_day(parse(a, rule), monday, slots, 16);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(slots[i].minute, minutes[i]);
        assert_int_equal(slots[i].offered, offered[i]);
    }
    assert_int_equal(rule_day(parse(a, rule), monday + 1, slots, 16), 3);
    assert_int_equal(rule_day(parse(a, rule), monday + 2, slots, 16), 0);
    assert_int_equal(rule_day(parse(a, rule), monday, slots, 4), 4);
}

static void test_rules_refused(void **state)
{
    static const char *const bad[] = {
        "{\"hours\":[{\"days\":[1],\"from\":\"12:00\",\"to\":\"09:00\"}]}",
        "{\"hours\":[{\"days\":[1],\"from\":\"9:00\",\"to\":\"10:00\"}]}",
        "{\"hours\":[{\"days\":[1],\"from\":\"09:60\",\"to\":\"10:00\"}]}",
        "{\"hours\":[{\"days\":[1],\"from\":\"09:00\",\"to\":\"24:01\"}]}",
        ("{\"hours\":[{\"days\":[1],\"from\":\"09:00\",\"to\":\"11:00\"},"
         "{\"days\":[0,1],\"from\":\"10:00\",\"to\":\"12:00\"}]}"),
        "{\"hours\":[],\"breaks\":[{\"from\":\"10:00\",\"to\":\"10:00\"}]}"};
    AUTO(arena) struct arena *a = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(rule_check(parse(a, bad[i]), NULL), ERR_INVALID);
    assert_int_equal(rule_check(parse(a, rule), NULL), OK);
}

/* ---- the draw ----------------------------------------------------------------------------- */

enum { ASKS = 200 };

static void make_asks(struct arena *a, struct draw_ask *asks)
{
    for (int i = 0; i < ASKS; i++)
        asks[i] = (struct draw_ask){
            .id = str_printf(a, "ask-%d", i),
            .wishes = parse(a, i % 2 ? "[\"2026-12-01T09:00\"]" : "[\"2026-12-01\"]"),
            .any = i % 5 == 0,
            .class = i % 50 == 0   ? 1
                     : i % 51 == 0 ? -1
                                   : 0};
}

static void test_draw(void **state)
{
    AUTO(arena) struct arena *a = arena_new(4 << 20);
    struct draw_slot slots[] = {
        {S("2026-12-01T09:00"), 10}, {S("2026-12-01T09:20"), 10}, {S("2026-12-02T09:00"), 3}};
    struct draw_ask asks[ASKS];
    struct key key = {{7}};
    size_t served = 0;

    (void)state;
    make_asks(a, asks);
    draw_run(&key, slots, ARRAY_LEN(slots), asks, ASKS);
    for (int i = 0; i < ASKS; i++) {
        served += asks[i].got != NULL;
        if (i)
            assert_true(asks[i - 1].class <= asks[i].class);
        if (i && asks[i - 1].class == asks[i].class)
            assert_true(memcmp(asks[i - 1].rank.b, asks[i].rank.b, 32) < 0);
        if (asks[i].got)
            assert_true(draw_wanted(asks[i].wishes, asks[i].any, asks[i].got->at));
    }
    assert_int_equal(served, 23);
    for (size_t i = 0; i < ARRAY_LEN(slots); i++)
        assert_int_equal(slots[i].places, 0);
}

/* Over many seeds each of equal asks comes first about as often. */
static void test_draw_is_even(void **state)
{
    enum { ROUNDS = 4000, FEW = 8 };
    struct json none = {.type = J_ARRAY};
    char names[FEW][8];
    int first[FEW] = {0};

    (void)state;
    for (int r = 0; r < ROUNDS; r++) {
        struct draw_slot slot = {S("2026-12-01T09:00"), 1};
        struct draw_ask asks[FEW];
        struct key seed = {{0}}, key;
        memcpy(seed.b, &r, sizeof r);
        for (int i = 0; i < FEW; i++) {
            snprintf(names[i], sizeof names[i], "%d", i);
            asks[i] = (struct draw_ask){.id = str_of(names[i]), .wishes = &none, .any = true};
        }
        draw_key(&seed, S("round"), &(struct draw_head){0, 1, S("00")}, &key);
        draw_run(&key, &slot, 1, asks, FEW);
        assert_non_null(asks[0].got);
        first[asks[0].id.p[0] - '0']++;
    }
    for (int i = 0; i < FEW; i++) /* 500 each, five deviations of 21 */
        assert_in_range(first[i], 395, 605);
}

/* ---- the calendar file -------------------------------------------------------------------- */

static bool cut(const char *line, size_t n)
{
    return n && ((unsigned char)line[n] & 0xc0) == 0x80;
}

static void check_lines(str text)
{
    size_t start = 0;

    assert_true(utf8_valid(text));
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n')
            assert_true(i && text.p[i - 1] == '\r');
        if (text.p[i] != '\r')
            continue;
        assert_true(i + 1 < text.n && text.p[i + 1] == '\n');
        assert_true(i - start <= 75);
        assert_false(cut(text.p + start, 0));
        assert_true(utf8_valid(str_sub(text, start, i)));
        start = i + 2;
    }
    assert_int_equal(start, text.n);
}

static void test_calendar(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    AUTO(buf) struct buf flat = BUF(1 << 16);
    struct calendar_event e = {
        .uid = S("01a20a27-f446-7086-ae56-281588226269@xu.example"),
        .summary = S("موعد: تجديد جواز السفر في القنصلية العامة ليوتوبيا في مدينة فاليتا الجميلة"),
        .place = S("Embassy; Athens, \\ Greece"),
        .description = S("one\ntwo\x01\r"),
        .url = S("https://xu.example/ar/cases/01a20a27-f446-7086-ae56-281588226269"),
        .starts = INT64_C(1796115600000),
        .ends = INT64_C(1796116800000),
        .made = INT64_C(1796000000000),
        .sequence = 3};

    (void)state;
    calendar_put(&b, &e);
    check_lines(buf_str(&b));
    for (size_t i = 0; i < b.n; i++)
        if (b.n - i >= 3 && memcmp(b.p + i, "\r\n ", 3) == 0)
            i += 2;
        else
            buf_add_char(&flat, b.p[i]);
    assert_true(str_find(buf_str(&flat), S("DTSTART:20261201T090000Z\r\n")) > 0);
    assert_true(str_find(buf_str(&flat), S("DTEND:20261201T092000Z\r\n")) > 0);
    assert_true(str_find(buf_str(&flat), S("LOCATION:Embassy\\; Athens\\, \\\\ Greece\r\n")) > 0);
    assert_true(str_find(buf_str(&flat), S("DESCRIPTION:one\\ntwo\r\n")) > 0);
    assert_true(str_find(buf_str(&flat), S("SEQUENCE:3\r\n")) > 0);
    assert_true(str_find(buf_str(&flat), e.summary) > 0);
    e.cancelled = true;
    buf_clear(&b);
    calendar_put(&b, &e);
    assert_true(str_find(buf_str(&b), S("METHOD:CANCEL\r\n")) > 0);
    assert_true(str_find(buf_str(&b), S("STATUS:CANCELLED\r\n")) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots),    cmocka_unit_test(test_rules_refused),
        cmocka_unit_test(test_draw),     cmocka_unit_test(test_draw_is_even),
        cmocka_unit_test(test_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
