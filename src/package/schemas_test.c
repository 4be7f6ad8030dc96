/* the public schemas of docs/service-package: they compile, take what the program makes, and refuse
 * what the program refuses */
#include <dirent.h>
#include <stdio.h>

#include "base/testing.h"
#include "package/manifest.h"
#include "package/overlay_int.h"
#include "package/skeleton.h"
#include "package/workflow.h"
#include "schema/schema.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    return (a = arena_new(128 << 20)) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct schema *schema_named(const char *name)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct schema *schema;
    struct json *j;
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/docs/service-package/%s.schema.json", root ? root : ".", name);
    assert_int_equal(json_parse(a, test_slurp(path, a), NULL, &j, &f), OK);
    if (schema_compile(j, &(struct schema_options){.assert_formats = true}, &schema, &f) != OK)
        fail_msg("%s: %s at %s", name, f.detail, f.pointer);
    return schema;
}

static enum err check(const char *name, str text, struct fault *f)
{
    struct schema *schema = schema_named(name);
    struct json *j;

    assert_int_equal(json_parse(a, text, NULL, &j, NULL), OK);
    enum err e = schema_check(schema, j, a, f);
    schema_free(schema);
    return e;
}

/* The files of the skeleton, its two words put in. */
static struct package_files skeleton(void)
{
    struct package_files files = {0};

    for (; files.n < package_skeleton_n; files.n++) {
        AUTO(buf) struct buf b = BUF(1 << 20);
        package_skeleton_fill(&b, package_skeleton[files.n].bytes, S("stamp"), S("XU"));
        files.list[files.n] =
            (struct package_file){package_skeleton[files.n].name, str_copy(a, buf_str(&b))};
    }
    return files;
}

static void assert_takes(const char *name, str text)
{
    struct fault f = {0};

    if (check(name, text, &f) != OK)
        fail_msg("%s: %s at %s", name, f.detail, f.pointer);
}

/* Every service of the repository is written as the schemas say. */
static void test_services(void **state)
{
    static const char *const kinds[] = {"service", "pages", "rules", "golden"};
    const char *root = getenv("SIFARA_SOURCE");
    char path[1024];
    unsigned n = 0;

    (void)state;
    snprintf(path, sizeof path, "%s/services", root ? root : ".");
    DIR *all = opendir(path);
    assert_non_null(all);
    for (struct dirent *d; (d = readdir(all));) {
        if (d->d_name[0] == '.')
            continue;
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++, n++) {
            struct fault f = {0};
            snprintf(path, sizeof path, "%s/services/%.200s/%s.json", root ? root : ".", d->d_name,
                     kinds[k]);
            if (check(kinds[k], test_slurp(path, a), &f) != OK)
                fail_msg("%s: %s at %s", path, f.detail, f.pointer);
        }
    }
    closedir(all);
    assert_true(n >= 6 * ARRAY_LEN(kinds));
}

/* Arcadia's layer, and what the schema refuses as the program does. */
static void test_overlay(void **state)
{
    static const char *const wrong[] = {
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0.0\"}",
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0.0\",\"base\":{\"giver\":\"XU\","
        "\"name\":"
        "\"v\",\"min_version\":\"1.0.0\"},\"form\":{}}",
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0\",\"base\":{\"giver\":\"XU\",\"name\":"
        "\"v\",\"min_version\":\"1.0.0\"}}",
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0.0\",\"base\":{\"giver\":\"XU\","
        "\"name\":"
        "\"v\",\"min_version\":\"1.0.0\"},\"service\":{\"giver\":\"XA\"}}",
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0.0\",\"base\":{\"giver\":\"XU\","
        "\"name\":"
        "\"v\",\"min_version\":\"1.0.0\"},\"rules\":{\"eligibility\":[{\"id\":\"a\",\"off\":true,"
        "\"rule\":true}]}}",
        "{\"format\":1,\"receiver\":\"XA\",\"version\":\"1.0.0\",\"base\":{\"giver\":\"XU\","
        "\"name\":"
        "\"v\",\"min_version\":\"1.0.0\"},\"off\":[\"name\"]}",
    };
    const char *root = getenv("SIFARA_SOURCE");
    struct overlay layer;
    char path[1024];

    (void)state;
    snprintf(path, sizeof path, "%s/demo/arcadia/overlays/passport-renewal/overlay.json",
             root ? root : ".");
    assert_takes("overlay", test_slurp(path, a));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct package_files files = {.n = 1, .list = {{S("overlay.json"), str_of(wrong[i])}}};
        if (check("overlay", str_of(wrong[i]), NULL) == OK)
            fail_msg("the schema takes %s", wrong[i]);
        assert_true(overlay_read(a, &files, &layer, NULL) != OK);
    }
}

/* The common life, and what the schema refuses as the program does. */
static void test_workflow(void **state)
{
    static const struct {
        const char *from, *to;
    } wrong[] = {{"\"turn\": \"node\"", "\"turn\": \"cat\""},
                 {"\"start\"", "\"begin\""},
                 {"\"case.submit\"", "\"case.file\""},
                 {"\"case-received\"", "\"hello\""},
                 {"\"template.svg\"", "\"../template.svg\""},
                 {"{ \"id\": \"issued\" }", "{ \"id\": \"issued\", \"turn\": \"node\" }"}};
    const char *text = str_cstr(a, workflow_common[0].bytes);
    struct workflow *w;

    (void)state;
    assert_takes("workflow", workflow_common[0].bytes);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const char *at = strstr(text, wrong[i].from);
        struct json *j;
        assert_non_null(at);
        str changed = str_printf(a, "%.*s%s%s", (int)(at - text), text, wrong[i].to,
                                 at + strlen(wrong[i].from));
        if (check("workflow", changed, NULL) == OK)
            fail_msg("the schema takes %s", wrong[i].to);
        assert_int_equal(json_parse(a, changed, NULL, &j, NULL), OK);
        assert_true(workflow_load(a, j, &w, NULL) != OK || strstr(wrong[i].to, "../"));
        workflow_free(w);
    }
}

static void test_skeleton(void **state)
{
    static const char *const kinds[] = {"service", "pages", "rules", "golden"};
    struct package_files files = skeleton();
    struct package_manifest m;
    struct fault f = {0};

    (void)state;
    assert_int_equal(files.n, 9);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char name[32];
        snprintf(name, sizeof name, "%s.json", kinds[i]);
        assert_takes(kinds[i], package_file(&files, str_of(name))->bytes);
    }
    for (size_t i = 0; i < files.n; i++)
        if (package_words_language(files.list[i].name).p)
            assert_takes("words", files.list[i].bytes);
    if (package_manifest_of(a, &files, &m, &f) != OK)
        fail_msg("%s at %s", f.detail, f.pointer);
    assert_takes("manifest", m.text);
}

/* A change to the manifest that the schema and the reader both refuse. */
static const struct {
    const char *from, *to;
} changes[] = {
    {"\"format\":1", "\"format\":2"},
    {"\"giver\":\"XU\"", "\"giver\":\"UTO\""},
    {"\"name\":\"stamp\"", "\"name\":\"Stamp\""},
    {"\"name\":\"stamp\"", "\"name\":\"st--amp\""},
    {"\"version\":\"1.0.0\"", "\"version\":\"1.0\""},
    {"\"version\":\"1.0.0\"", "\"version\":\"1.00.0\""},
    {"\"requires\":\"0.1.0\"", "\"requires\":\"new\""},
    {"\"use\":\"any-state\"", "\"use\":\"nobody\""},
    {"\"use\":\"any-state\"", "\"use\":\"agreement\""},
    {"\"form.json\"", "\"run.sh\""},
    {"\"form.json\"", "\"documents/../form.json\""},
    {"\"sha256\":\"", "\"sha256\":\"0"},
    {"\"size\":", "\"size\":-"},
    {"\"size\":", "\"size\":99999999"},
    {"\"life_events\"", "\"more\":1,\"life_events\""},
    {"[\"moving-abroad\"]", "[\"Moving abroad\"]"},
};

static void test_same_refusals(void **state)
{
    struct package_files files = skeleton();
    struct package_manifest m, other;

    (void)state;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    const char *text = str_cstr(a, m.text);
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        const char *at = strstr(text, changes[i].from);
        assert_non_null(at);
        str changed = str_printf(a, "%.*s%s%s", (int)(at - text), text, changes[i].to,
                                 at + strlen(changes[i].from));
        if (check("manifest", changed, NULL) == OK)
            fail_msg("the schema takes %s", changes[i].to);
        if (package_manifest_read(a, changed, &other, NULL) == OK)
            fail_msg("the reader takes %s", changes[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services), cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_skeleton), cmocka_unit_test(test_workflow),
        cmocka_unit_test(test_same_refusals)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
