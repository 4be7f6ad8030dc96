/* Strict JSON and its canonical form, with JSONTestSuite and the RFC 8785 data where present. */
#include <dirent.h>

#include "base/json.h"
#include "base/testing.h"

static char tmp[] = "/tmp/sifara-json-XXXXXX";

static enum err parse(str text, struct json **out, struct arena *a)
{
    return json_parse(a, text, &json_limits_wide, out, NULL);
}

/* Walks every file below dir. */
static void walk(const char *dir, void (*each)(const char *path, const char *name))
{
    DIR *d = opendir(dir);

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char path[2048];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        DIR *inner = opendir(path);
        if (inner) {
            closedir(inner);
            walk(path, each);
        } else {
            each(path, e->d_name);
        }
    }
    closedir(d);
}

static int must_parse, must_refuse, either, wrong;

static void suite_file(const char *path, const char *name)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct json *j;

    if (!str_ends(str_of(name), S(".json")) || !strstr(path, "test_parsing") || name[1] != '_')
        return;
    enum err e = parse(test_slurp(path, a), &j, a);
    must_parse += name[0] == 'y';
    must_refuse += name[0] == 'n';
    either += name[0] == 'i';
    /* I-JSON narrows the grammar: duplicate keys are refused */
    bool narrowed = str_starts(str_of(name), S("y_object_duplicated_key"));
    if ((name[0] == 'y' && !narrowed && e != OK) || (name[0] == 'n' && e == OK) ||
        (narrowed && e == OK)) {
        print_message("wrong verdict: %s\n", name);
        wrong++;
    }
}

static void test_suite(void **state)
{
    (void)state;
    if (!test_unpack("json/JSONTestSuite.tar.gz", tmp))
        skip();
    walk(tmp, suite_file);
    print_message("JSONTestSuite: %d must parse, %d must be refused, %d either; %d wrong\n",
                  must_parse, must_refuse, either, wrong);
    assert_true(must_parse > 0 && must_refuse > 0);
    assert_int_equal(wrong, 0);
}

static int canon_files;

static void canon_file(const char *path, const char *name)
{
    AUTO(arena) struct arena *a = arena_new(16 << 20);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct json *j;
    char other[2048];
    const char *input = strstr(path, "/input/");

    if (!input)
        return;
    snprintf(other, sizeof other, "%.*s/output/%s", (int)(input - path), path, name);
    assert_int_equal(parse(test_slurp(path, a), &j, a), OK);
    assert_int_equal(json_canonical(&b, j, a, NULL), OK);
    str want = test_slurp(other, a);
    if (!str_eq(buf_str(&b), want))
        fail_msg("%s: canonical form is %.*s", name, STR_FMT(buf_str(&b)));
    canon_files++;
}

static void test_canonical_data(void **state)
{
    (void)state;
    if (!test_unpack("jcs/testdata.tar.gz", tmp))
        skip();
    walk(tmp, canon_file);
    print_message("RFC 8785: %d documents\n", canon_files);
    assert_true(canon_files > 0);
}

/* RFC 8785 appendix B, by bit pattern. */
static void test_numbers(void **state)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } rows[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    char out[33];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double d;
        memcpy(&d, &rows[i].bits, 8);
        out[json_format_real(d, out)] = 0;
        assert_string_equal(out, rows[i].text);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        str text;
        enum err want;
    } rows[] = {
        {S("{\"a\":1,\"a\":2}"), ERR_MALFORMED_JSON},
        {S("9223372036854775808"), ERR_MALFORMED_JSON},
        {S("-9223372036854775809"), ERR_MALFORMED_JSON},
        {S("\"\\ud800\""), ERR_MALFORMED_JSON},
        {S("\"\\ud800\\u0041\""), ERR_MALFORMED_JSON},
        {S("\"\\udc00\""), ERR_MALFORMED_JSON},
        {S("\"a\0b\""), ERR_MALFORMED_JSON},
        {S("1 2"), ERR_MALFORMED_JSON},
        {S(""), ERR_MALFORMED_JSON},
        {S("\"abcdefgh\\"), ERR_MALFORMED_JSON},
        {S("1e999"), ERR_MALFORMED_JSON},
        {S("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), ERR_LIMIT},
    };
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct json *j;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(json_parse(a, rows[i].text, NULL, &j, NULL), rows[i].want);
    struct json_limits few = {.depth = 4, .count = 3};
    assert_int_equal(json_parse(a, S("[1,2]"), &few, &j, NULL), OK);
    assert_int_equal(json_parse(a, S("[1,2,3]"), &few, &j, NULL), ERR_LIMIT);
    AUTO(arena) struct arena *tiny = arena_new(64);
    assert_int_equal(json_parse(tiny, S("[1,2,3,4,5,6,7,8]"), NULL, &j, NULL), ERR_MEMORY_LIMIT);
}

static void test_duplicates_among_many(void **state)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct json *j;

    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        buf_clear(&b);
        buf_add_char(&b, '{');
        for (int i = 0; i < 5000; i++)
            buf_printf(&b, "\"k%d\":%d,", i, i);
        buf_printf(&b, "\"%s\":0}", twice ? "k2500" : "new");
        assert_int_equal(parse(buf_str(&b), &j, a), twice ? ERR_MALFORMED_JSON : OK);
    }
}

static void test_reading(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct json *j;

    (void)state;
    assert_int_equal(
        parse(S("{\"a/b\":[1,{\"m~n\":\"x\\u0041\\ud83d\\ude00\"}],\"t\":true,\"n\":-0}"), &j, a),
        OK);
    assert_true(str_eq(json_str(json_pointer(j, S("/a~1b/1/m~0n"))), S("xA\xf0\x9f\x98\x80")));
    assert_null(json_pointer(j, S("/a~1b/01")));
    assert_null(json_pointer(j, S("/a~1b/2")));
    assert_ptr_equal(json_pointer(j, S("")), j);
    assert_true(json_get_bool(j, S("t"), false));
    struct json one = json_of_int(1), real = {.type = J_REAL, .d = 1.0};
    assert_true(json_same(&one, &real));
    struct json big = json_of_int(9007199254740993), near = {.type = J_REAL, .d = 0x1p53};
    assert_false(json_same(&big, &near));
}

static void test_building(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct json o = {.type = J_OBJECT}, list = {.type = J_ARRAY};

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(json_push(a, &list, json_of_int(i)));
    assert_true(json_put(a, &o, S("list"), list));
    assert_true(json_put(a, &o, S("s"), json_of_str(S("\"\n\x01\xff"))));
    assert_true(json_put(a, &o, S("s"), json_of_str(S("\"\n\x01\xff\x7f"))));
    struct json *parsed; /* grows in place, whatever its size */
    assert_int_equal(parse(S("[1,2,3,4,5]"), &parsed, a), OK);
    for (int i = 6; i < 40; i++)
        assert_true(json_push(a, parsed, json_of_int(i)));
    assert_int_equal(json_at(parsed, 4)->i, 5);
    assert_int_equal(json_at(parsed, 38)->i, 39);
    struct jw w = JW(&b);
    jw_tree(&w, &o);
    assert_true(str_ends(buf_str(&b), S("98,99],\"s\":\"\\\"\\n\\u0001\xef\xbf\xbd\x7f\"}")));
}

static void test_plain(void **state)
{
    static const struct {
        const char *text, *pointer; /* NULL: it is plain */
    } cases[] = {
        {"{\"a\":[1,\"x\\ny\\tz\\r\"]}", NULL},
        {"\"\\u200f\\u0645\\u200c\\u200d \\u061c\"", NULL}, /* marks that languages need */
        {"\"\\ud83d\\ude00\"", NULL},
        {"\"Ada\\u202edaH\"", ""},
        {"{\"a\":{\"b/c~d\":[\"x\",\"\\u2066\"]}}", "/a/b~1c~0d/1"},
        {"[\"\\u0000\"]", "/0"},
        {"[[],[\"\\u009b\"]]", "/1/0"},
        {"[\"\\ufeff\"]", "/0"},
        {"[\"\\uffff\"]", "/0"},
        {"[\"\\ud83f\\udffe\"]", "/0"},
        {"{\"x\":{\"\\u202a\":1}}", "/x"},
    };
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf deep = BUF(1 << 10);
    struct json *j;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fault f = {0};
        assert_int_equal(parse(str_of(cases[i].text), &j, a), OK);
        enum err e = json_plain(j, &f);
        if (e != (cases[i].pointer ? ERR_INVALID : OK) ||
            (cases[i].pointer && strcmp(f.pointer, cases[i].pointer) != 0))
            fail_msg("%s: %d %s", cases[i].text, e, f.pointer);
    }
    for (int i = 0; i < 30; i++)
        buf_add_str(&deep, S("{\"aaaaaaaa\":"));
    buf_add_str(&deep, S("\"\\u202e\""));
    for (int i = 0; i < 30; i++)
        buf_add_char(&deep, '}');
    assert_int_equal(parse(buf_str(&deep), &j, a), OK);
    struct fault f = {0};
    assert_int_equal(json_plain(j, &f), ERR_INVALID); /* a pointer that is too long is cut */
}

static int setup(void **state)
{
    (void)state;
    test_folder(tmp);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(tmp);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),    cmocka_unit_test(test_canonical_data),
        cmocka_unit_test(test_numbers),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_reading),  cmocka_unit_test(test_duplicates_among_many),
        cmocka_unit_test(test_building), cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
