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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
