/* suites_test.c - the community's suites (json-logic/compat-tables): every file that is there,
 * every case, each result and each type of error */
#include <glob.h>

#include "base/testing.h"
#include "rules/rules.h"

struct tally {
    unsigned files, cases, failed;
};

static void say(const char *file, const struct json *test, const char *what, const struct json *got)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);

    jw_tree(&w, test);
    if (got)
        jw_tree(&w, got);
    print_error("%s: %s: %.*s\n", file, what, STR_FMT(buf_str(&b)));
}

/* NULL when the case comes out as it says. */
static const char *run(struct arena *a, const struct json *test, struct json *got)
{
    const struct json *result = json_get(test, S("result"));
    const struct json *type = json_pointer(json_get(test, S("error")), S("/type"));
    struct rules *r;
    struct fault f = {0};

    if (!result && !type)
        return "neither result nor error expected";
    if (rules_compile(json_get(test, S("rule")), &r, &f) != OK)
        return "does not compile";
    enum err e = rules_eval(r, json_get(test, S("data")), a, NULL, got, &f);
    const char *wrong = NULL;
    if (result && (e != OK || !json_same(result, got)))
        wrong = "another result";
    if (type && (e != ERR_INVALID || !json_get(got, S("type")) ||
                 !json_same(type, json_get(got, S("type")))))
        wrong = "another error";
    if (e == OK || e == ERR_INVALID) { /* the result may lie in the rule */
        struct buf b = BUF(1 << 20);
        struct jw w = JW(&b);
        struct json *copy;
        jw_tree(&w, got);
        assert_int_equal(json_parse(a, str_copy(a, buf_str(&b)), NULL, &copy, NULL), OK);
        *got = *copy;
        buf_done(&b);
    }
    rules_free(r);
    return wrong;
}

static void run_file(const char *path, struct tally *t)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct json *tests;

    assert_int_equal(json_parse(a, test_slurp(path, a), NULL, &tests, NULL), OK);
    t->files++;
    for (size_t i = 0; i < tests->n; i++) {
        struct json got = {.type = J_NULL};
        const struct json *test = &tests->items[i];
        if (test->type != J_OBJECT) /* headings */
            continue;
        const char *wrong = run(a, test, &got);
        t->cases++;
        t->failed += wrong != NULL;
        if (wrong)
            say(strrchr(path, '/') + 1, test, wrong, &got);
    }
}

static void suites(void **state)
{
    char folder[] = "/tmp/sifara-rules-XXXXXX", pattern[256];
    struct tally t = {0};
    glob_t g = {0};

    (void)state;
    test_folder(folder);
    if (!test_unpack("jsonlogic/suites.tar.gz", folder)) {
        test_folder_remove(folder);
        skip();
    }
    snprintf(pattern, sizeof pattern, "%s/suites/*.json", folder);
    assert_int_equal(glob(pattern, 0, NULL, &g), 0);
    snprintf(pattern, sizeof pattern, "%s/suites/*/*.json", folder);
    (void)glob(pattern, GLOB_APPEND, NULL, &g);
    for (size_t i = 0; i < g.gl_pathc; i++)
        if (!strstr(g.gl_pathv[i], "/index.json"))
            run_file(g.gl_pathv[i], &t);
    globfree(&g);
    test_folder_remove(folder);
    print_message("%u files, %u cases, %u wrong\n", t.files, t.cases, t.failed);
    assert_true(t.files >= 30 && t.cases >= 800);
    assert_int_equal(t.failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(suites)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
