/* all that is wrong with a package: services of this repository, each spoilt in one way */
#include "package/check.h"

#include "base/testing.h"
#include "package/where.h"

static str folder_of(struct arena *a, const char *name)
{
    const char *root = getenv("SIFARA_SOURCE");

    return str_printf(a, "%s/%s", root ? root : ".", name);
}

static struct package_files load(struct arena *a, const char *name)
{
    struct package_files files;
    struct fault f = {0};

    if (package_read_folder(a, folder_of(a, name).p, &files, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return files;
}

static struct package_problems *check(struct arena *a, const struct package_files *files)
{
    struct package_problems *all;
    struct fault f = {0};

    if (package_check(a, files, NULL, &all, &f) != OK)
        fail_msg("%s", f.detail);
    return all;
}

static void tell(const struct package_problems *all)
{
    for (size_t i = 0; i < all->n; i++)
        print_message("%.*s:%u %.*s: %.*s\n", STR_FMT(all->list[i].file), all->list[i].line,
                      STR_FMT(all->list[i].pointer), STR_FMT(all->list[i].what));
}

/* One text of a file becomes another; the first occurrence. */
static void spoil(struct arena *a, struct package_files *files, const char *name, const char *old,
                  const char *new)
{
    for (size_t i = 0; i < files->n; i++) {
        struct package_file *file = &files->list[i];
        ptrdiff_t at = str_eq(file->name, str_of(name)) ? str_find(file->bytes, str_of(old)) : -1;
        if (at < 0)
            continue;
        str tail = str_sub(file->bytes, (size_t)at + strlen(old), file->bytes.n);
        file->bytes = str_printf(a, "%.*s%s%.*s", (int)at, file->bytes.p, new, STR_FMT(tail));
        assert_non_null(file->bytes.p);
        return;
    }
    fail_msg("%s has no %s", name, old);
}

/* ---- in order ----------------------------------------------------------------------------- */

static void test_in_order(void **state)
{
    static const char *const names[] = {"services/consular-registration",
                                        "services/emergency-travel-document",
                                        "services/power-of-attorney"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO(arena) struct arena *a = arena_new(64 << 20);
        struct package_files files = load(a, names[i]);
        struct package_problems *all = check(a, &files);
        tell(all);
        assert_int_equal(all->n, 0);
    }
}

/* ---- spoilt ------------------------------------------------------------------------------- */

static const struct spoilt {
    const char *file, *old, *new; /* where it is spoilt */
    const char *at, *what;        /* where it is told, and what is said among other things */
} cases[] = {
    /* JSON and members */
    {"rules.json", "\"eligibility\": [", "\"eligibility\": [,", "rules.json", "this is no JSON"},
    {"words.fr.json", "{", "", "words.fr.json", "cannot be read"},
    {"service.json", "\"series\"", "\"serie\"", "service.json", "\"serie\" is not known"},
    {"pages.json", "\"kind\": \"text\" }", "\"kind\": \"text\", \"hint\": 1 }", "pages.json",
     "\"hint\" is not known"},
    {"rules.json", "\"waivers\": [", "\"discounts\": [", "rules.json",
     "\"discounts\" is not known"},
    {"golden.json", "\"due\"", "\"until\"", "golden.json", "\"until\" is not known"},
    {"service.json", "\"giver\": \"XU\"", "\"giver\": \"Utopia\"", "service.json", "giver"},
    /* form and pages */
    {"form.json", "\"type\": \"object\"", "\"type\": \"thing\"", "form.json", ""},
    {"pages.json", "\"/grantor/name\"", "\"/grantor/nom\"", "pages.json",
     "no answer at /grantor/nom"},
    {"pages.json", "\"/grantor/name\"", "\"/grantor/nom\"", "pages.json",
     "no page asks for /grantor/name "},
    {"pages.json", "\"/grantor/name\"", "\"/grantor/phone\"", "pages.json",
     "/grantor/phone is asked for already"},
    {"pages.json", "\"kind\": \"text\"", "\"kind\": \"texte\"", "pages.json", "no kind \"texte\""},
    {"pages.json", "\"kind\": \"text\"", "\"kind\": \"yesno\"", "pages.json", "wants a boolean"},
    {"pages.json", "\"/kind\", \"kind\": \"choice\"", "\"/kind\", \"kind\": \"text\"", "pages.json",
     "wants a string"},
    {"pages.json", "\"/kind\", \"kind\"", "\"/kind\", \"when\": true, \"kind\"", "pages.json",
     "/kind may be hidden"},
    {"pages.json", "\"id\": \"power\"", "\"id\": \"power\", \"when\": true", "pages.json",
     "/subject may be hidden"},
    {"pages.json", "\"id\": \"power\"",
     "\"id\": \"power\", \"repeat\": {\"at\": \"/subject\", \"min\": 1, \"max\": 2, \"item\": "
     "\"title\"}",
     "pages.json", "the form has no list at /subject"},
    /* rules */
    {"rules.json", "\"sifara.age\"", "\"sifara.old\"", "rules.json", "sifara.old"},
    {"rules.json", "answers.valid_until", "answers.valid_till", "rules.json",
     "no answer valid_till"},
    {"rules.json", "clock.today", "clock.now", "rules.json", "the clock has no now"},
    {"rules.json", "\"clock.today\"", "\"env.HOME\"", "rules.json", "the rule reads /env/HOME"},
    {"rules.json", "{ \"var\": \"clock.today\" }", "{ \"val\": [\"answers\", \"day\"] }",
     "rules.json", "no answer day"},
    /* words */
    {"words.ar.json", "\"page.power\"", "\"page.powers\"", "words.ar.json",
     "\"page.power\" is missing"},
    {"words.ar.json", "\"page.power\"", "\"page.powers\"", "words.ar.json",
     "nothing uses the word \"page.powers\""},
    {"words.en.json", "\"Country\"", "\"Country {n}\"", "words.ar.json",
     "the arguments of \"field.grantor.address.country\" differ"},
    {"words.fr.json", "\"Pays\"", "\"Pays {n, plural, one {x}}\"", "words.fr.json",
     "no text for \"other\""},
    {"words.fr.json", "\"Pays\"", "\"\"", "words.fr.json", "has no text"},
    {"words.en.json", "\"title\"", "\"titel\"", "words.en.json", "\"title\" is missing"},
    /* the document */
    {"template.svg", "{{valid_until}}", "{{valid_till}}", "template.svg", "{{valid_till}}"},
    {"template.svg", "{{grantor.name}}", "{{grantor}}", "template.svg", "{{grantor}}"},
    {"template.svg", "{{number}}", "{{ }}", "template.svg", "no proper name"},
    {"template.svg", "</svg>", "<ScRiPt>x</script></svg>", "template.svg", "a script"},
    {"template.svg", "<svg ", "<!DOCTYPE svg SYSTEM \"x\"><svg ", "template.svg",
     "a document type"},
    {"template.svg", "</svg>", "<image xlink:href = 'https://x.example/'/></svg>", "template.svg",
     "something outside"},
    {"template.svg", "</svg>", "<rect fill=\"url( http://x.example/#a)\"/></svg>", "template.svg",
     "something outside"},
    {"template.svg", "</svg>", "<rect\tonload =\"x\"/></svg>", "template.svg", "a handler"},
    {"template.svg", "</svg>", "<foreignObject/></svg>", "template.svg", "a foreign object"},
    /* golden cases */
    {"golden.json", "\"amount\": 3000", "\"amount\": 3001", "golden.json",
     "fails: expected {\"valid\":true"},
    {"golden.json", "\"today\": \"2026-11-23\"", "\"today\": \"today\"", "golden.json",
     "the day of a golden case"},
    {"golden.json", "\"name\": \"no attorney\"", "\"name\": \"one's own attorney\"", "golden.json",
     "of this name is there already"},
    {"golden.json", "\"name\": \"no attorney\"", "\"name\": \"\"", "golden.json", "has no name"},
};

/* The line on which the new text stands. */
static unsigned line_of(const struct package_files *files, const struct spoilt *s)
{
    str bytes = package_file(files, str_of(s->file))->bytes;

    return where_byte(bytes, (size_t)str_find(bytes, str_of(s->new)));
}

static bool is_told(const struct package_problems *all, const struct spoilt *s, unsigned *line)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct package_problem *p = &all->list[i];
        if (str_eq(p->file, str_of(s->at)) && str_find(p->what, str_of(s->what)) >= 0) {
            *line = p->line;
            assert_true(p->remedy.n > 0 && !p->advice);
            return true;
        }
    }
    return false;
}

static void test_spoilt(void **state)
{
    unsigned near = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(arena) struct arena *a = arena_new(64 << 20);
        struct package_files files = load(a, "services/power-of-attorney");
        unsigned line;
        spoil(a, &files, cases[i].file, cases[i].old, cases[i].new);
        struct package_problems *all = check(a, &files);
        if (!is_told(all, &cases[i], &line)) {
            tell(all);
            fail_msg("not told: %s", cases[i].what);
        }
        unsigned wanted = *cases[i].new ? line_of(&files, &cases[i]) : 1;
        near += line + 6 >= wanted && line <= wanted + 6;
    }
    print_message("%zu spoilt packages, %u told within a few lines\n", ARRAY_LEN(cases), near);
    assert_true(near + 10 >= ARRAY_LEN(cases)); /* what is missing has no line of its own */
}

/* Several at once are all told. */
static void test_all_at_once(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_files files = load(a, "services/power-of-attorney");
    unsigned line;

    (void)state;
    spoil(a, &files, "rules.json", "clock.today", "clock.now");
    spoil(a, &files, "words.fr.json", "\"Pays\"", "\"\"");
    spoil(a, &files, "template.svg", "{{number}}", "{{nummer}}");
    struct package_problems *all = check(a, &files);
    assert_true(is_told(all, &(struct spoilt){.at = "rules.json", .what = "no now"}, &line));
    assert_true(is_told(all, &(struct spoilt){.at = "words.fr.json", .what = "no text"}, &line));
    assert_true(is_told(all, &(struct spoilt){.at = "template.svg", .what = "nummer"}, &line));
}

/* Few golden cases are advice; that none is satisfied is a mistake. */
static void test_golden_few(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_files files = load(a, "services/power-of-attorney");

    (void)state;
    for (size_t i = 0; i < files.n; i++)
        if (str_eq(files.list[i].name, S("golden.json")))
            files.list[i].bytes = S("{\"cases\":[]}");
    struct package_problems *all = check(a, &files);
    assert_int_equal(all->n, 2);
    assert_int_equal(package_problems_grave(all), 1);
    assert_true(all->list[1].advice);
}

/* No input crashes it: every file cut short, and every file empty. */
static void test_cut(void **state)
{
    struct package_files whole;
    AUTO(arena) struct arena *keep = arena_new(64 << 20);

    (void)state;
    whole = load(keep, "services/power-of-attorney");
    for (size_t i = 0; i < whole.n; i++)
        for (size_t cut = 0; cut < 4; cut++) {
            AUTO(arena) struct arena *a = arena_new(64 << 20);
            struct package_files files = whole;
            files.list[i].bytes.n = files.list[i].bytes.n * cut / 4;
            struct package_problems *all = check(a, &files);
            if (!str_ends(files.list[i].name, S(".svg")))
                assert_true(package_problems_grave(all) > 0);
        }
}

/* ---- places ------------------------------------------------------------------------------- */

static void test_where(void **state)
{
    static const char text[] = "{\n \"a\": [1,\n  {\"x/y\": \"}\\\"]\",\n   \"b\": 2}],\n \"c\":\n"
                               " null\n}";
    static const struct {
        const char *pointer;
        unsigned line;
    } places[] = {{"", 1},          {"/a", 2}, {"/a/0", 2},     {"/a/1", 3}, {"/a/1/b", 4},
                  {"/a/1/x~1y", 3}, {"/c", 5}, {"/nowhere", 1}, {"/a/9", 2}, {"/a/1/b/deep", 4}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (where_line(str_of(text), str_of(places[i].pointer)) != places[i].line)
            fail_msg("%s: line %u", places[i].pointer,
                     where_line(str_of(text), str_of(places[i].pointer)));
    assert_int_equal(where_line(S(""), S("/a")), 1);
    assert_int_equal(where_line(S("{\"a"), S("/a")), 1);
    assert_int_equal(where_line(S("[[[["), S("/0/0/0")), 1);
    assert_int_equal(where_line(S("{\"a\\"), S("/b")), 1);
}

static void test_where_value(void **state)
{
    const str text = S("{\"a\": [1, {\"b\" : \"}]\", \"c\": {} }], \"d\":null}");
    static const struct {
        const char *pointer, *value; /* NULL: not there */
    } places[] = {{"/a/0", "1"},  {"/a/1/b", "\"}]\""}, {"/a/1", "{\"b\" : \"}]\", \"c\": {} }"},
                  {"/d", "null"}, {"/a/1/c", "{}"},     {"/a/1/c/e", NULL},
                  {"/a/2", NULL}, {"/e", NULL},         {"/d/x", NULL}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        size_t from, to;
        bool there = where_value(text, str_of(places[i].pointer), &from, &to);
        assert_int_equal(there, places[i].value != NULL);
        if (there)
            assert_true(str_eq(str_sub(text, from, to), str_of(places[i].value)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),    cmocka_unit_test(test_spoilt),
        cmocka_unit_test(test_all_at_once), cmocka_unit_test(test_golden_few),
        cmocka_unit_test(test_cut),         cmocka_unit_test(test_where),
        cmocka_unit_test(test_where_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
