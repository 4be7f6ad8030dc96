/* what changes for a person between two versions: a service of this repository, changed */
#include "package/diff.h"

#include "base/testing.h"

static struct package *load(struct arena *a, const char *name, const char *old, const char *new)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct package_files files;
    struct package *p;
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/services/power-of-attorney", root ? root : ".");
    assert_int_equal(package_read_folder(a, path, &files, &f), OK);
    for (size_t i = 0; i < files.n; i++) {
        str bytes = files.list[i].bytes;
        if (!str_eq(files.list[i].name, str_of(name)))
            continue;
        ptrdiff_t at = str_find(bytes, str_of(old));
        assert_true(at >= 0);
        files.list[i].bytes =
            str_printf(a, "%.*s%s%.*s", (int)at, bytes.p, new,
                       STR_FMT(str_sub(bytes, (size_t)at + strlen(old), bytes.n)));
    }
    if (package_load(a, &files, &p, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return p;
}

static const struct {
    const char *file, *old, *new;
    const char *there, *back; /* the change, and the one from new to old */
    const char *word;
} cases[] = {
    {"form.json", "\"subject\",", "", "field-free", "field-needed", "field.subject"},
    {"form.json", "\"maxLength\": 120", "\"maxLength\": 60", "field-changed", "field-changed",
     "field.subject"},
    {"pages.json", ",\n        { \"at\": \"/attorney/phone\", \"kind\": \"phone\" }", "",
     "field-gone", "field-new", "field.attorney.phone"},
    {"pages.json", "{ \"at\": \"/grantor/name\", \"kind\": \"text\" },", "", "field-gone",
     "field-new-needed", "field.grantor.name"},
    {"pages.json", "\"id\": \"power\"", "\"id\": \"powers\"", "page-new", "page-new", "page.power"},
    {"rules.json", "\"full-age\"", "\"grown-up\"", "rule-new", "rule-new", "reason.full-age"},
    {"rules.json", "18\n", "21\n", "rule-changed", "rule-changed", "reason.full-age"},
    {"rules.json", "3000", "3500", "fee", "fee", ""},
    {"rules.json", "\"amount\": 3000", "\"amount\": { \"+\": [1, 2] }", "fee-otherwise",
     "fee-otherwise", ""},
    {"rules.json", "75", "70", "waiver-changed", "waiver-changed", "waiver.aged"},
    {"rules.json", "\"identity\"", "\"card\"", "bring-new", "bring-new", "attachment.identity"},
    {"rules.json", "5000000", "4000000", "bring-changed", "bring-changed", "attachment.identity"},
    {"service.json", "Consular Service Act of Utopia, section 21", "Another Act", "law-new",
     "law-new", ""},
    {"service.json", ",\n    \"Consular Service Act of Utopia, section 21\"", "", "law-gone",
     "law-new", ""},
    {"service.json", "\"promise_days\": 3", "\"promise_days\": 4", "promise", "promise", ""},
};

static void assert_change(const struct package *old, const struct package *new, struct arena *a,
                          const char *kind, const char *word)
{
    struct package_changes *all;

    assert_int_equal(package_diff(old, new, a, &all, NULL), OK);
    assert_true(all->n >= 1 && all->n <= 2);
    if (strcmp(all->list[0].kind, kind) != 0 || !str_eq(all->list[0].word, str_of(word)))
        fail_msg("%s %.*s instead of %s %s", all->list[0].kind, STR_FMT(all->list[0].word), kind,
                 word);
}

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(arena) struct arena *a = arena_new(32 << 20);
        struct package *old = load(a, "", "", "");
        struct package *new = load(a, cases[i].file, cases[i].old, cases[i].new);
        assert_change(old, new, a, cases[i].there, cases[i].word);
        assert_change(new, old, a, cases[i].back, cases[i].word);
        package_free(old);
        package_free(new);
    }
}

static void test_nothing(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package *old = load(a, "", "", ""), *new = load(a, "", "", "");
    struct package_changes *all;

    (void)state;
    assert_int_equal(package_diff(old, new, a, &all, NULL), OK);
    assert_int_equal(all->n, 0);
    package_free(old);
    package_free(new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changes),
                                       cmocka_unit_test(test_nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
