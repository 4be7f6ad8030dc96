/* corpus_test.c - the official Cedar test corpus: every request of every test
 *
 * Decision, determining policies and failing policies must all agree (the last two as sets of
 * ids). The data is unpacked into a temporary folder; where it is absent the tests skip.
 */
#include "base/testing.h"

#include <dirent.h>

#include "cedar/cedar.h"

struct counts {
    unsigned tests, requests, wrong;
};

static char folder[] = "/tmp/cedar-corpus-XXXXXX";
static bool have_corpus, have_handwritten;

static int setup(void **state)
{
    (void)state;
    test_folder(folder);
    have_corpus = test_unpack("cedar/corpus-tests.tar.gz", folder);
    have_handwritten = test_unpack("cedar/handwritten-tests.tar.gz", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static str slurp(struct arena *a, str name)
{
    str path = str_printf(a, "%s/%.*s", folder, STR_FMT(name));
    char *cstr = str_cstr(a, path);

    assert_non_null(cstr);
    return test_slurp(cstr, a);
}

static const struct json *parse(struct arena *a, str text)
{
    struct json *j = NULL;
    struct fault f = {0};

    if (json_parse(a, text, &json_limits_wide, &j, &f) != OK)
        fail_msg("JSON: %s", f.detail);
    return j;
}

static bool listed(const struct json *ids, str id)
{
    for (uint32_t i = 0; i < ids->n; i++) {
        if (str_eq(json_str(&ids->items[i]), id))
            return true;
    }
    return false;
}

static bool agrees(const struct cedar_set *set, const struct cedar_answer *got,
                   const struct json *want)
{
    const struct json *reasons = json_get(want, S("reason")), *errors = json_get(want, S("errors"));

    if (got->allow != str_eq(json_get_str(want, S("decision")), S("allow")))
        return false;
    if (got->n_reasons != reasons->n || got->n_errors != errors->n)
        return false;
    for (uint32_t i = 0; i < got->n_reasons; i++) {
        if (!listed(reasons, cedar_policy_id(set, got->reasons[i])))
            return false;
    }
    for (uint32_t i = 0; i < got->n_errors; i++) {
        if (!listed(errors, cedar_policy_id(set, got->errors[i].policy)))
            return false;
    }
    return true;
}

static void each_request(struct arena *a, const struct json *test, const struct cedar_set *set,
                         const struct cedar_entities *es, const struct cedar_schema *schema,
                         str name, struct counts *c)
{
    AUTO(arena) struct arena *scratch = arena_new(16 << 20);
    const struct json *requests = json_get(test, S("requests"));
    struct fault f = {0};

    for (uint32_t i = 0; i < requests->n; i++) {
        struct cedar_request q;
        struct cedar_answer answer;
        c->requests++;
        arena_reset(scratch);
        if (cedar_request_read(a, &requests->items[i], schema, &q, &f) != OK ||
            cedar_decide(set, es, &q, scratch, &answer) != OK ||
            !agrees(set, &answer, &requests->items[i])) {
            c->wrong++;
            print_message("wrong: %.*s request %u %s %s\n", STR_FMT(name), i, f.pointer, f.detail);
        }
    }
}

static void one_test(str name, struct counts *c)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    const struct json *test = parse(a, slurp(a, name));
    str text = slurp(a, json_get_str(test, S("policies")));
    struct cedar_source source = {name, text};
    str schema_name = json_get_str(test, S("schema"));
    struct cedar_source schema_source = {schema_name, slurp(a, schema_name)};
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct cedar_entities *es;
    struct fault f = {0};

    c->tests++;
    if (cedar_schema_parse(&schema_source, NULL, &schema, &f) != OK ||
        cedar_parse(&source, 1, NULL, &set, &f) != OK ||
        cedar_entities_read(a, parse(a, slurp(a, json_get_str(test, S("entities")))), schema, &es,
                            &f) != OK) {
        c->wrong++;
        print_message("unreadable: %.*s: %s %s\n", STR_FMT(name), f.pointer, f.detail);
        return;
    }
    each_request(a, test, set, es, schema, name, c);
}

static void each_test(const char *sub, struct counts *c)
{
    char path[512];
    struct dirent *d;

    snprintf(path, sizeof path, "%s/%s", folder, sub);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while ((d = readdir(dir))) {
        str file = str_of(d->d_name);
        if (!str_ends(file, S(".json")) || str_ends(file, S(".entities.json")))
            continue;
        snprintf(path, sizeof path, "%s/%s", sub, d->d_name);
        one_test(str_of(path), c);
    }
    closedir(dir);
}

static void corpus(void **state)
{
    struct counts c = {0};

    (void)state;
    if (!have_corpus)
        skip();
    each_test("corpus-tests", &c);
    print_message("corpus: %u tests, %u requests, %u wrong\n", c.tests, c.requests, c.wrong);
    assert_true(c.requests > 0);
    assert_int_equal(c.wrong, 0);
}

static void handwritten(void **state)
{
    static const char *const folders[] = {"tests/decimal", "tests/example_use_cases", "tests/ip",
                                          "tests/multi"};
    struct counts c = {0};

    (void)state;
    if (!have_handwritten)
        skip();
    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        each_test(folders[i], &c);
    print_message("handwritten: %u tests, %u requests, %u wrong\n", c.tests, c.requests, c.wrong);
    assert_true(c.requests > 0);
    assert_int_equal(c.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corpus),
        cmocka_unit_test(handwritten),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
