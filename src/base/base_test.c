/* strings, arenas, buffers, encodings, time */
#include "base/encode.h"
#include "base/errors.h"
#include "base/testing.h"
#include "base/world.h"

static void test_str(void **state)
{
    int64_t v;
    str rest = S("a,,b"), piece;

    (void)state;
    assert_true(str_to_int64(S("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(str_to_int64(S("9223372036854775807"), &v) && v == INT64_MAX);
    assert_false(str_to_int64(S("9223372036854775808"), &v));
    assert_false(str_to_int64(S("-"), &v));
    assert_false(str_to_int64(S(""), &v));
    assert_false(str_to_int64(S(" 1"), &v));
    assert_true(str_split(&rest, ',', &piece) && str_eq(piece, S("a")));
    assert_true(str_split(&rest, ',', &piece) && piece.n == 0);
    assert_true(str_split(&rest, ',', &piece) && str_eq(piece, S("b")));
    assert_false(str_split(&rest, ',', &piece));
    assert_int_equal(str_find(S("abcabd"), S("abd")), 3);
    assert_int_equal(str_find(S("ab"), S("abd")), -1);
    assert_true(str_eq(str_trim(S(" \tx y\r\n")), S("x y")));
    assert_true(str_cmp(S("a"), S("ab")) < 0);
}

static void test_utf8(void **state)
{
    (void)state;
    assert_true(utf8_valid(S("\xd8\xb3\xd9\x81\xd8\xa7\xd8\xb1\xd8\xa9 embassy")));
    assert_false(utf8_valid(S("\xc0\xaf")));         /* overlong */
    assert_false(utf8_valid(S("\xed\xa0\x80")));     /* surrogate */
    assert_false(utf8_valid(S("\xf4\x90\x80\x80"))); /* beyond U+10FFFF */
    assert_false(utf8_valid(S("abcdefgh\xe2\x82"))); /* cut off */
    assert_int_equal(utf8_count(S("\xd8\xb3\xd9\x81x")), 3);
}

static void test_arena_cap(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1000);

    (void)state;
    assert_non_null(arena_alloc(a, 900));
    assert_null(arena_alloc(a, 200));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_zalloc(a, SIZE_MAX / 2, 4));
    arena_reset(a);
    assert_non_null(arena_alloc(a, 900));
}

static void test_buf_max(void **state)
{
    AUTO(buf) struct buf b = BUF(300);

    (void)state;
    for (int i = 0; i < 29; i++)
        buf_add_str(&b, S("0123456789"));
    assert_true(buf_ok(&b));
    buf_add_str(&b, S("0123456789x"));
    assert_false(buf_ok(&b));
    buf_clear(&b);
    buf_add_u64(&b, 0x0102030405060708u);
    assert_memory_equal(b.p, "\1\2\3\4\5\6\7\10", 8);
}

static void test_encodings(void **state)
{
    static const char *plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    AUTO(buf) struct buf b = BUF(100);
    char hex[9];
    unsigned char bytes[4];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) { /* RFC 4648 section 10 */
        buf_clear(&b);
        base64_encode(&b, str_of(plain[i]), BASE64_STD);
        assert_true(str_eq(buf_str(&b), str_of(coded[i])));
        buf_clear(&b);
        assert_true(base64_decode(&b, str_of(coded[i]), BASE64_STD));
        assert_true(str_eq(buf_str(&b), str_of(plain[i])));
    }
    assert_false(base64_decode(&b, S("Zh=="), BASE64_STD)); /* unused bits set */
    assert_false(base64_decode(&b, S("Zg="), BASE64_STD));
    assert_false(base64_decode(&b, S("Zg=="), BASE64_URL));
    assert_true(hex_decode(S("DeadBeef"), bytes, 4));
    hex_encode(bytes, 4, hex);
    assert_string_equal(hex, "deadbeef");
    assert_false(hex_decode(S("deadbee"), bytes, 4));
    assert_false(hex_decode(S("deadbexf"), bytes, 4));
}

static void test_time(void **state)
{
    char at[32];

    (void)state;
    time_format(1774000800123, at);
    assert_string_equal(at, "2026-03-20T10:00:00.123Z");
    time_format(-1, at);
    assert_string_equal(at, "1969-12-31T23:59:59.999Z");
}

static void test_sim_world(void **state)
{
    struct world_sim one = {.now_ms = 5, .seed = 7}, two = {.now_ms = 5, .seed = 7};
    struct world a = world_of_sim(&one), b = world_of_sim(&two);
    unsigned char x[20], y[20];

    (void)state;
    world_random(&a, x, sizeof x);
    world_random(&b, y, sizeof y);
    assert_memory_equal(x, y, sizeof x);
    assert_int_equal(world_now(&a), 5);
}

static void test_error_table(void **state)
{
    (void)state;
    for (enum err e = OK; e < ERR_COUNT; e++) {
        assert_true(strlen(err_slug(e)) > 0 && strlen(err_title(e)) > 0);
        for (enum err o = OK; o < e; o++)
            assert_string_not_equal(err_slug(o), err_slug(e));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str),       cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_arena_cap), cmocka_unit_test(test_buf_max),
        cmocka_unit_test(test_encodings), cmocka_unit_test(test_time),
        cmocka_unit_test(test_sim_world), cmocka_unit_test(test_error_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
