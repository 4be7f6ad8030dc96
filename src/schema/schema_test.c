/* schema_test.c - the official suite of draft 2020-12, and what it leaves out */
#include "base/testing.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

#include "schema/schema.h"
#include "schema/schema_int.h"

enum { SOURCES_MAX = 200 };

static struct schema_source sources[SOURCES_MAX];
static size_t n_sources;

static const struct json *parse(struct arena *a, str text)
{
    struct json *j = NULL;
    struct fault f = {0};

    if (json_parse(a, text, &json_limits_wide, &j, &f) != OK)
        fail_msg("%s", f.detail);
    return j;
}

/* The suite's remotes, served as http://localhost:1234/… */
static void load_remotes(struct arena *a, const char *root, const char *below)
{
    char path[1024], inner[512];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", root, below);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof inner, "%s%s%s", below, below[0] ? "/" : "", e->d_name);
        snprintf(path, sizeof path, "%s/%s", root, inner);
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            load_remotes(a, root, inner);
            continue;
        }
        assert_true(n_sources < SOURCES_MAX);
        sources[n_sources].uri = str_printf(a, "http://localhost:1234/%s", inner);
        sources[n_sources++].json = parse(a, test_slurp(path, a));
    }
    if (d)
        closedir(d);
}

struct tally {
    unsigned run, passed;
};

static void run_group(const char *file, const struct json *group, bool formats, struct tally *tally)
{
    struct schema_options options = {
        .sources = sources, .n_sources = n_sources, .assert_formats = formats};
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct schema *s = NULL;
    struct fault f = {0};
    const struct json *tests = json_get(group, S("tests"));
    str group_name = json_get_str(group, S("description"));

    enum err e = schema_compile(json_get(group, S("schema")), &options, &s, &f);
    if (e != OK)
        print_message("%s: %.*s: not compiled: %s %s\n", file, STR_FMT(group_name), f.pointer,
                      f.detail);
    for (uint32_t i = 0; i < tests->n; i++) {
        const struct json *t = &tests->items[i];
        bool valid = json_get_bool(t, S("valid"), false);
        tally->run++;
        if (e != OK)
            continue;
        struct fault why = {0};
        enum err got = schema_check(s, json_get(t, S("data")), a, &why);
        /* the short way and the reporting one must agree */
        assert_int_equal(got, schema_check(s, json_get(t, S("data")), a, NULL));
        if (got == (valid ? OK : ERR_SCHEMA) && (valid || (why.items && why.detail[0])))
            tally->passed++;
        else
            print_message("%s: %.*s: %.*s: got %d %s\n", file, STR_FMT(group_name),
                          STR_FMT(json_get_str(t, S("description"))), got, why.detail);
        arena_reset(a);
    }
    schema_free(s);
}

static struct tally run_file(const char *folder, const char *name, bool formats)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    struct tally tally = {0};
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    const struct json *groups = parse(a, test_slurp(path, a));
    for (uint32_t i = 0; i < groups->n; i++)
        run_group(name, &groups->items[i], formats, &tally);
    return tally;
}

static struct tally run_folder(const char *folder, const char *const *names, bool formats)
{
    struct tally sum = {0};
    DIR *d = opendir(folder);

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        bool wanted = !names && str_ends(str_of(e->d_name), S(".json"));
        for (const char *const *n = names; n && *n; n++)
            wanted |= strcmp(*n, e->d_name) == 0;
        if (!wanted)
            continue;
        struct tally one = run_file(folder, e->d_name, formats);
        sum.run += one.run;
        sum.passed += one.passed;
    }
    closedir(d);
    return sum;
}

static void test_suite(void **state)
{
    static const char *const formats[] = {"date.json",
                                          "time.json",
                                          "date-time.json",
                                          "duration.json",
                                          "email.json",
                                          "ipv4.json",
                                          "hostname.json",
                                          "idn-email.json",
                                          "ipv6.json",
                                          "uri.json",
                                          "uri-reference.json",
                                          "uuid.json",
                                          "regex.json",
                                          "unknown.json",
                                          "json-pointer.json",
                                          "ecmascript-regex.json",
                                          "relative-json-pointer.json",
                                          NULL};
    static const char *const optional[] = {"anchor.json",
                                           "dynamicRef.json",
                                           "ecmascript-regex.json",
                                           "format-assertion.json",
                                           "id.json",
                                           "no-schema.json",
                                           "non-bmp-regex.json",
                                           "refOfUnknownKeyword.json",
                                           "unknownKeyword.json",
                                           "float-overflow.json",
                                           NULL};
    char folder[] = "/tmp/schema-test-XXXXXX", path[256];
    AUTO(arena) struct arena *a = arena_new(64 << 20);

    (void)state;
    test_folder(folder);
    if (!test_unpack("json-schema/draft2020-12.tar.gz", folder)) {
        test_folder_remove(folder);
        skip();
    }
    snprintf(path, sizeof path, "%s/remotes", folder);
    load_remotes(a, path, "");
    snprintf(path, sizeof path, "%s/tests/draft2020-12", folder);
    struct tally required = run_folder(path, NULL, false);
    snprintf(path, sizeof path, "%s/tests/draft2020-12/optional", folder);
    struct tally more = run_folder(path, optional, false);
    snprintf(path, sizeof path, "%s/tests/draft2020-12/optional/format", folder);
    struct tally format = run_folder(path, formats, true);
    print_message("required %u of %u, optional %u of %u, formats %u of %u\n", required.passed,
                  required.run, more.passed, more.run, format.passed, format.run);
    test_folder_remove(folder);
    assert_true(required.run > 1000 && format.run > 200 && more.run > 50);
    assert_int_equal(required.passed, required.run);
    assert_int_equal(format.passed, format.run);
    assert_int_equal(more.passed, more.run);
}

static struct schema *compile(struct arena *a, const char *text)
{
    struct schema *s = NULL;
    struct fault f = {0};

    if (schema_compile(parse(a, str_of(text)), NULL, &s, &f) != OK)
        fail_msg("%s: %s", f.pointer, f.detail);
    return s;
}

static enum err check_text(const char *schema, const char *instance, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct schema *s = compile(a, schema);
    enum err e = schema_check(s, parse(a, str_of(instance)), a, f);

    schema_free(s);
    return e;
}

/* Pointers and sentences: what a form shows. */
static void test_faults(void **state)
{
    static const struct {
        const char *schema, *instance, *pointer, *detail;
    } cases[] = {
        {"{\"type\":[\"string\",\"null\"]}", "1", "", "must be a string or null (type)"},
        {"{\"required\":[\"a/b\"]}", "{}", "/a~1b", "is missing (required)"},
        {"{\"properties\":{\"x\":{\"items\":{\"minLength\":2}}}}", "{\"x\":[\"ab\",\"\xc3\xa9\"]}",
         "/x/1", "must have at least 2 characters (minLength)"},
        {"{\"additionalProperties\":false}", "{\"~\":1}", "/~0",
         "is not a property known here (additionalProperties)"},
        {"{\"maximum\":1.5}", "2", "", "must be at most 1.5 (maximum)"},
        {"{\"enum\":[1,\"a\",null]}", "2", "",
         "must be one of the 3 values that are allowed (enum)"},
        {"{\"uniqueItems\":true}", "[1,2,1.0]", "", "items 0 and 2 are the same (uniqueItems)"},
        {"{\"pattern\":\"^a$\"}", "\"b\"", "", "must match ^a$ (pattern)"},
        {"{\"unevaluatedProperties\":false}", "{\"a\":1}", "/a",
         "is not a property known here (unevaluatedProperties)"},
        {"{\"anyOf\":[{\"type\":\"null\"},false]}", "1", "",
         "fits none of the 2 alternatives (anyOf)"},
        {"{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", "/b",
         "is missing, since a is given (dependentRequired)"},
        {"false", "1", "", "is not allowed here"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fault f = {0};
        assert_int_equal(check_text(cases[i].schema, cases[i].instance, &f), ERR_SCHEMA);
        assert_string_equal(f.pointer, cases[i].pointer);
        assert_string_equal(f.detail, cases[i].detail);
    }
}

static void test_all_faults(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct schema *s = compile(a, "{\"required\":[\"a\",\"b\"],\"properties\":{\"c\":"
                                  "{\"type\":\"string\"},\"d\":{\"items\":{\"type\":\"null\"}}}}");
    struct fault f = {0};
    unsigned n = 0;

    (void)state;
    const struct json *j = parse(a, S("{\"b\":1,\"c\":2,\"d\":[null,1,2]}"));
    assert_int_equal(schema_check(s, j, a, &f), ERR_SCHEMA);
    static const char *const want[] = {"/c", "/d/1", "/d/2", "/a"};
    for (const struct fault_item *i = f.items; i; i = i->next, n++)
        assert_string_equal(i->pointer, want[n]);
    assert_int_equal(n, ARRAY_LEN(want));
    AUTO(buf) struct buf b = BUF(1 << 16);
    buf_add_str(&b, S("{\"d\":[0"));
    for (int i = 0; i < 100; i++)
        buf_add_str(&b, S(",0"));
    buf_add_str(&b, S("]}"));
    assert_int_equal(schema_check(s, parse(a, buf_str(&b)), a, &f), ERR_SCHEMA);
    n = 0;
    for (const struct fault_item *i = f.items; i; i = i->next)
        n++;
    assert_int_equal(n, SCHEMA_MAX_ERRORS);
    schema_free(s);
}

/* Schemas that are wrong, and where. */
static void test_bad_schemas(void **state)
{
    static const struct {
        const char *schema, *pointer;
    } cases[] = {
        {"1", ""},
        {"{\"properties\":{\"a\":7}}", "/properties/a"},
        {"{\"type\":\"strong\"}", "/type"},
        {"{\"$ref\":\"#/nowhere\"}", "/$ref"},
        {"{\"$ref\":\"http://example.org/other\"}", "/$ref"},
        {"{\"items\":{\"pattern\":\"(\"}}", "/items/pattern"},
        {"{\"pattern\":\"a(?R)\"}", "/pattern"},
        {"{\"pattern\":\"(*UTF)a\"}", "/pattern"},
        {"{\"pattern\":\"a++\"}", "/pattern"},
        {"{\"pattern\":\"\\\\Za\"}", "/pattern"},
        {"{\"minLength\":-1}", "/minLength"},
        {"{\"multipleOf\":0}", "/multipleOf"},
        {"{\"allOf\":[]}", "/allOf"},
        {"{\"required\":[1]}", "/required"},
        {"{\"enum\":{}}", "/enum"},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", "/$schema"},
        {"{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"x\"}}}", "/$defs/b/$id"},
    };
    AUTO(arena) struct arena *a = arena_new(64 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct schema *s = NULL;
        struct fault f = {0};
        assert_int_equal(schema_compile(parse(a, str_of(cases[i].schema)), NULL, &s, &f),
                         ERR_SYNTAX);
        assert_string_equal(f.pointer, cases[i].pointer);
        assert_null(s);
    }
    struct schema *s = NULL;
    const struct schema_options few = {.max_nodes = 2}, small = {.max_memory = 500};
    const struct json *j = parse(a, S("{\"anyOf\":[true,true,true]}"));
    assert_int_equal(schema_compile(j, &few, &s, NULL), ERR_LIMIT);
    assert_int_equal(schema_compile(j, &small, &s, NULL), ERR_MEMORY_LIMIT);
    AUTO(buf) struct buf deep = BUF(1 << 20);
    for (int i = 0; i < 450; i++)
        buf_add_str(&deep, S("{\"not\":"));
    buf_add_str(&deep, S("true"));
    for (int i = 0; i < 450; i++)
        buf_add_str(&deep, S("}"));
    assert_int_equal(schema_compile(parse(a, buf_str(&deep)), NULL, &s, NULL), ERR_LIMIT);
    schema_free(NULL);
}

/* Nothing hangs or overflows: loops of references, branching that doubles, hard patterns. */
static void test_bounds(void **state)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(buf) struct buf b = BUF(16 << 20);
    struct fault f = {0};

    (void)state;
    assert_int_equal(check_text("{\"$ref\":\"#\"}", "1", &f), ERR_LIMIT);
    assert_int_equal(check_text("{\"allOf\":[{\"$ref\":\"#\"}]}", "1", &f), ERR_LIMIT);
    assert_int_equal(check_text("{\"$dynamicAnchor\":\"a\",\"$dynamicRef\":\"#a\"}", "1", &f),
                     ERR_LIMIT);
    assert_int_equal(check_text("{\"not\":{\"not\":{\"$ref\":\"#\"}}}", "1", &f), ERR_LIMIT);
    assert_int_equal(check_text("{\"type\":\"array\",\"anyOf\":[{\"items\":{\"$ref\":\"#\"}},"
                                "{\"items\":{\"$ref\":\"#\"}}]}",
                                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                                &f),
                     ERR_LIMIT);
    assert_int_equal(check_text("{\"pattern\":\"(a+)+$\"}",
                                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", &f),
                     ERR_LIMIT);
    for (int i = 0; i < 900; i++)
        buf_add_char(&b, '[');
    for (int i = 0; i < 900; i++)
        buf_add_char(&b, ']');
    struct schema *s = compile(a, "{\"items\":{\"$ref\":\"#\"}}");
    assert_int_equal(schema_check(s, parse(a, buf_str(&b)), a, &f), OK);
    schema_free(s);
    buf_clear(&b);
    buf_add_str(&b, S("[0"));
    for (int i = 1; i < 100000; i++)
        buf_printf(&b, ",[%d,\"%d\"]", i, i);
    buf_add_str(&b, S(",[99999.0,\"99999\"]]"));
    s = compile(a, "{\"uniqueItems\":true}");
    assert_int_equal(schema_check(s, parse(a, buf_str(&b)), a, &f), ERR_SCHEMA);
    assert_string_equal(f.detail, "items 99999 and 100000 are the same (uniqueItems)");
    AUTO(arena) struct arena *tight = arena_new(1000);
    assert_int_equal(schema_check(s, parse(a, buf_str(&b)), tight, &f), ERR_MEMORY_LIMIT);
    schema_free(s);
}

/* Documents by URI, dialects, base. */
static void test_sources(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    const struct schema_source given[] = {
        {S("https://utopia.example/name"), parse(a, S("{\"$anchor\":\"n\",\"minLength\":3}"))},
        {S("https://utopia.example/odd"),
         parse(a, S("{\"$vocabulary\":{\"https://example.org/own\":true}}"))},
    };
    struct schema_options o = {.base_uri = S("https://utopia.example/forms/x"),
                               .sources = given,
                               .n_sources = ARRAY_LEN(given)};
    struct schema *s = NULL;
    struct fault f = {0};

    (void)state;
    assert_int_equal(schema_compile(parse(a, S("{\"$ref\":\"../name#n\"}")), &o, &s, &f), OK);
    assert_int_equal(schema_check(s, parse(a, S("\"ab\"")), a, NULL), ERR_SCHEMA);
    assert_int_equal(schema_check(s, parse(a, S("\"abc\"")), a, NULL), OK);
    schema_free(s);
    s = NULL;
    assert_int_equal(
        schema_compile(parse(a, S("{\"$schema\":\"https://utopia.example/odd\"}")), &o, &s, &f),
        ERR_SYNTAX);
    const struct schema_options few = {.max_steps = 2};
    assert_int_equal(schema_compile(parse(a, S("{\"items\":true}")), &few, &s, &f), OK);
    assert_int_equal(schema_check(s, parse(a, S("[1,2,3]")), a, &f), ERR_LIMIT);
    schema_free(s);
    /* formats only on demand */
    const struct json *mail = parse(a, S("{\"format\":\"email\"}"));
    assert_int_equal(schema_compile(mail, NULL, &s, &f), OK);
    assert_int_equal(schema_check(s, parse(a, S("\"x\"")), a, NULL), OK);
    schema_free(s);
    o.assert_formats = true;
    assert_int_equal(schema_compile(mail, &o, &s, &f), OK);
    assert_int_equal(schema_check(s, parse(a, S("\"x\"")), a, NULL), ERR_SCHEMA);
    schema_free(s);
}

/* RFC 3986, 5.4, except where fragments are concerned */
static void test_uris(void **state)
{
    static const char *const cases[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
    };
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    str fragment;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str got = uri_resolve(a, S("http://a/b/c/d;p?q"), str_of(cases[i][0]), &fragment);
        assert_string_equal(str_cstr(a, got), cases[i][1]);
    }
    uri_resolve(a, S("http://a/"), S("x#y"), &fragment);
    assert_true(str_eq(fragment, S("y")));
}

static struct json real(double d)
{
    return (struct json){.type = J_REAL, .d = d};
}

static void test_numbers(void **state)
{
    struct json big = json_of_int(9007199254740993), edge = json_of_int(INT64_MAX);
    struct json d = real(9007199254740992.0), top = real(0x1p63), half = real(0.5), zero = real(0);
    struct json low = json_of_int(INT64_MIN), bottom = real(-0x1p63), one = json_of_int(0);

    (void)state;
    assert_true(number_compare(&big, &d) > 0 && number_compare(&d, &big) < 0);
    assert_true(number_compare(&edge, &top) < 0 && number_compare(&top, &edge) > 0);
    assert_int_equal(number_compare(&low, &bottom), 0);
    assert_true(number_compare(&half, &one) > 0 && number_compare(&one, &half) < 0);
    assert_int_equal(number_compare(&zero, &one), 0);
    assert_int_equal(check_text("{\"multipleOf\":0.01}", "19.99", NULL), OK);
    assert_int_equal(check_text("{\"multipleOf\":0.01}", "19.999", NULL), ERR_SCHEMA);
    assert_int_equal(check_text("{\"multipleOf\":3}", "-9223372036854775806", NULL), OK);
    assert_int_equal(check_text("{\"multipleOf\":1e-300}", "1e300", NULL), OK);
    assert_int_equal(check_text("{\"multipleOf\":1e300}", "1e-300", NULL), ERR_SCHEMA);
    assert_int_equal(
        check_text("{\"const\":[1,{\"a\":2.0,\"b\":3}]}", "[1.0,{\"b\":3,\"a\":2}]", NULL), OK);
}

/* What simple.c takes over, the engine would have said too. */
static void test_simple_patterns(void **state)
{
    static const char *const patterns[] = {"^[A-Z]{3}$",
                                           "^[A-Z0-9]{6,9}$",
                                           "^\\+[0-9]{7,15}$",
                                           "^\\d{4}-\\d\\d$",
                                           "^a?b*c+$",
                                           "^[a-c_.-]+x$",
                                           "^\\w+@[0-9]$",
                                           "^[0-9]{2,}[A-Z]?$",
                                           "^$",
                                           "^[\\]a]*\\.$",
                                           "^[a-z]+[a-z]$",
                                           "^a*a$",
                                           "^(ab)+$",
                                           "a$",
                                           "^a{2,3}b{0}c$"};
    static const char alphabet[] = "aabbcxAZ09-_.+@]\n";
    unsigned simple = 0;
    uint64_t seed = 1;
    int64_t steps = INT64_MAX;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        struct pattern p = {0};
        assert_int_equal(pattern_compile(str_of(patterns[i]), &p, NULL), OK);
        simple += p.is_simple;
        for (int k = 0; k < 20000; k++) {
            char subject[12];
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t n = seed >> 60 & 7;
            for (size_t c = 0; c < n; c++)
                subject[c] = alphabet[(seed >> (8 + 6 * c)) % (sizeof alphabet - 1)];
            str s = str_bytes(subject, n);
            if (pattern_match(&p, s, &steps) != pattern_match_engine(&p, s, &steps))
                fail_msg("%s on %.*s", patterns[i], STR_FMT(s));
        }
        pattern_free(&p);
    }
    assert_int_equal(simple, 11);
}

static struct schema *common;

static void *check_often(void *arg)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    const struct json *j = arg;
    uintptr_t bad = 0;

    for (int i = 0; i < 500; i++)
        bad += schema_check(common, j, a, NULL) != OK;
    return (void *)bad;
}

static void test_threads(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    const struct json *j = parse(a, S("{\"a\":\"xay\",\"b\":[1,2,3]}"));
    pthread_t threads[4];
    void *bad;

    (void)state;
    common = compile(a, "{\"properties\":{\"a\":{\"pattern\":\"x(a|b)\"},\"b\":{\"uniqueItems\":"
                        "true}},\"unevaluatedProperties\":false}");
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, check_often, (void *)(uintptr_t)j), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    schema_free(common);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_all_faults),
        cmocka_unit_test(test_bad_schemas),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_uris),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_simple_patterns),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
