/* golden cases: those of the services of this repository, changed so that they fail, and days */
#include "package/golden.h"

#include "base/date.h"
#include "base/testing.h"

static struct package *load(struct arena *a, const char *name)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct package_files files;
    struct package *p = NULL;
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/services/%s", root ? root : ".", name);
    if (package_read_folder(a, path, &files, &f) != OK || package_load(a, &files, &p, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return p;
}

static void tell(const struct json *c, const struct json *got)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);
    str name = json_get_str(c, S("name"));

    jw_tree(&w, json_get(c, S("expect")));
    buf_add_str(&b, S("\ngot "));
    w.comma = false;
    jw_tree(&w, got);
    fail_msg("%.*s: expected %.*s", STR_FMT(name), STR_FMT(buf_str(&b)));
}

static void test_services(void **state)
{
    static const char *const names[] = {"consular-registration", "emergency-travel-document",
                                        "power-of-attorney"};
    unsigned cases = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO(arena) struct arena *a = arena_new(64 << 20);
        struct package *p = load(a, names[i]);
        const struct json *c;
        for (size_t k = 0; (c = json_at(json_get(p->golden, S("cases")), k)); k++, cases++) {
            struct package_replay r;
            struct fault f = {0};
            if (package_replay(p, c, NULL, a, &r, &f) != OK)
                fail_msg("%s case %zu: %s %s", names[i], k, f.pointer, f.detail);
            if (!r.passed)
                tell(c, &r.got);
        }
        package_free(p);
    }
    print_message("%u golden cases\n", cases);
    assert_true(cases >= 60);
}

/* ---- what is not as expected -------------------------------------------------------------- */

static void assert_fails(const char *member, const char *value)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package *p = load(a, "power-of-attorney");
    struct json changed = *json_at(json_get(p->golden, S("cases")), 0), *v;
    struct json expect = {.type = J_OBJECT};
    struct package_replay r;

    assert_int_equal(json_parse(a, str_of(value), NULL, &v, NULL), OK);
    assert_true(json_put(a, &expect, str_of(member), *v));
    assert_true(json_put(a, &changed, S("expect"), expect));
    assert_int_equal(package_replay(p, &changed, NULL, a, &r, NULL), OK);
    if (r.passed)
        fail_msg("passes with %s: %s", member, value);
    package_free(p);
}

static void test_fails(void **state)
{
    (void)state;
    assert_fails("valid", "false");
    assert_fails("errors", "[\"/subject\"]");
    assert_fails("eligible", "false");
    assert_fails("failed", "[\"national\"]");
    assert_fails("fee", "{\"amount\":2999,\"currency\":\"EUR\"}");
    assert_fails("fee", "{\"amount\":3000,\"currency\":\"XTS\"}");
    assert_fails("attachments", "[]");
    assert_fails("pages", "[\"power\"]");
    assert_fails("route", "\"ministry\"");
    assert_fails("due", "\"2026-11-27\"");
    assert_fails("weather", "\"fine\"");
}

/* ---- documents ---------------------------------------------------------------------------- */

/* Says which art it was asked for. */
static enum err name_art(const struct package_art *art, const struct package *p,
                         const struct json *golden_case, str name, struct arena *a, char hex[65],
                         struct fault *f)
{
    (void)p;
    (void)a;
    assert_null(art->files);
    if (json_get(golden_case, S("poor")))
        return fault(f, ERR_INVALID, "the art asks for more");
    snprintf(hex, 65, "%.*s", STR_FMT(name));
    return OK;
}

static void test_document(void **state)
{
    static const struct package_art art = {name_art, NULL};
    static const struct {
        const char *members, *expected;
        bool passes;
    } cases[] = {
        {"", "\"template.svg\"", true},
        {"", "\"other.svg\"", false},
        {"", "null", false},
        {"\"events\":[\"submit\",\"take\",\"propose\",\"approve\"],", "\"template.svg\"", true},
        {"\"events\":[\"submit\",\"take\",\"propose\",\"refuse\"],", "null", true},
        {"\"events\":[\"submit\"],", "\"template.svg\"", false},
        {"\"poor\":1,", "\"template.svg\"", false},
    };
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package *p = load(a, "power-of-attorney");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str text = str_printf(
            a, "{%s\"answers\":{},\"today\":\"2026-11-23\",\"expect\":{\"document\":%s}}",
            cases[i].members, cases[i].expected);
        struct package_replay r;
        struct json *one;
        assert_int_equal(json_parse(a, text, NULL, &one, NULL), OK);
        assert_int_equal(package_replay(p, one, &art, a, &r, NULL), OK);
        if (r.passed != cases[i].passes)
            fail_msg("case %zu", i);
        assert_int_equal(package_replay(p, one, NULL, a, &r, NULL), OK);
        assert_true(r.passed); /* nobody can say */
    }
    package_free(p);
}

static void test_not_a_case(void **state)
{
    static const struct {
        const char *text, *pointer;
    } cases[] = {
        {"{}", "/answers"},
        {"{\"answers\":{}}", "/expect"},
        {"{\"answers\":{},\"expect\":{\"valid\":true},\"today\":\"2026-02-30\"}", "/today"},
        {"{\"answers\":{},\"expect\":{\"due\":\"\"},\"today\":\"2026-02-20\",\"calendar\":"
         "{\"weekend\":[7]}}",
         "/calendar/weekend"},
        {"{\"answers\":{},\"expect\":{\"due\":\"\"},\"today\":\"2026-02-20\",\"calendar\":"
         "{\"closed\":[\"soon\"]}}",
         "/calendar/closed"},
    };
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package *p = load(a, "power-of-attorney");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct package_replay r;
        struct fault f = {0};
        struct json *j;
        assert_int_equal(json_parse(a, str_of(cases[i].text), NULL, &j, NULL), OK);
        assert_int_equal(package_replay(p, j, NULL, a, &r, &f), ERR_INVALID);
        assert_string_equal(f.pointer, cases[i].pointer);
    }
    package_free(p);
}

/* ---- days --------------------------------------------------------------------------------- */

static enum err due(const char *calendar, const char *from, unsigned days, char out[DAY_TEXT])
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct json *j;
    int32_t day, result;

    assert_int_equal(json_parse(a, str_of(calendar), NULL, &j, NULL), OK);
    assert_true(day_parse(str_of(from), &day));
    enum err e = package_due(j, day, days, &result, NULL);
    if (e == OK)
        day_format(result, out);
    return e;
}

static void test_due(void **state)
{
    static const struct {
        const char *calendar, *from;
        unsigned days;
        const char *due;
    } cases[] = {
        {"{}", "2026-11-23", 3, "2026-11-26"},
        {"{\"weekend\":[5,6]}", "2026-11-25", 2, "2026-11-29"}, /* Wednesday; Thursday, Sunday */
        {"{\"weekend\":[6,0]}", "2026-11-27", 1, "2026-11-30"}, /* Friday; Monday */
        {"{\"weekend\":[6,0]}", "2026-11-28", 1, "2026-11-30"}, /* came in on a Saturday */
        {"{\"weekend\":[6,0],\"closed\":[\"2026-11-30\"]}", "2026-11-27", 1, "2026-12-01"},
        {"{\"weekend\":[6,0]}", "2026-11-27", 0, "2026-11-27"},
        {"{\"weekend\":[6,0]}", "2026-11-28", 0, "2026-11-30"},
    };
    char text[DAY_TEXT];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(due(cases[i].calendar, cases[i].from, cases[i].days, text), OK);
        assert_string_equal(text, cases[i].due);
    }
    assert_int_equal(due("{\"weekend\":[0,1,2,3,4,5,6]}", "2026-11-23", 1, text), ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services), cmocka_unit_test(test_fails),
        cmocka_unit_test(test_document), cmocka_unit_test(test_not_a_case),
        cmocka_unit_test(test_due),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
