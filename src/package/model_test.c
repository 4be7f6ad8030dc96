/* a package understood, and asked: the services of this repository, and a small one of its own */
#include "package/model.h"

#include "base/testing.h"

static const char service[] = "{\"name\":\"visa\",\"version\":\"1.0.0\",\"promise_days\":3}";
static const char form[] = "{\"type\":\"object\",\"required\":[\"kind\"],\"properties\":{"
                           "\"kind\":{\"enum\":[\"work\",\"visit\"]},"
                           "\"employer\":{\"type\":\"string\"}}}";
static const char words[] =
    "{\"title\":\"Visa\",\"stay\":\"{n, plural, one {# day} other {# days}}\"}";
static const char words_fr[] =
    "{\"title\":\"Visa\",\"stay\":\"{n, plural, one {# jour} other {# jours}}\"}";
static const char pages[] =
    "{\"pages\":[{\"id\":\"kind\",\"title\":\"title\",\"fields\":[{\"at\":\"/kind\",\"kind\":"
    "\"choice\"}]},{\"id\":\"work\",\"title\":\"title\",\"when\":{\"==\":[{\"var\":\"answers."
    "kind\"},"
    "\"work\"]},\"fields\":[{\"at\":\"/employer\",\"kind\":\"text\"},{\"at\":\"/people/*/name\","
    "\"kind\":\"text\",\"when\":{\"throw\":\"no\"}}]}]}";
static const char rules[] =
    "{\"eligibility\":[{\"id\":\"thrown\",\"rule\":{\"if\":[{\"var\":\"answers.bad\"},{\"throw\":"
    "\"broken\"},true]},\"reason\":\"title\"},{\"id\":\"known\",\"rule\":{\"==\":[{\"var\":"
    "\"person.nationality\"},\"XAR\"]},\"reason\":\"title\"}],"
    "\"fee\":{\"currency\":{\"var\":\"post.currency\"},\"amount\":{\"var\":\"answers.amount\"},"
    "\"items\":[{\"id\":\"courier\",\"amount\":{\"if\":[{\"var\":\"answers.courier\"},1249,0]},"
    "\"label\":\"title\"},{\"id\":\"reciprocity\",\"amount\":{\"var\":[\"overlay.due.XAR\",0]},"
    "\"label\":\"title\"}],\"waivers\":[{\"id\":\"child\",\"when\":{\"<\":[{\"sifara.age\":[{"
    "\"var\":"
    "\"person.birth_date\"},{\"var\":\"clock.today\"}]},6]},\"reason\":\"title\"}],\"round_to\":"
    "100},"
    "\"attachments\":[{\"id\":\"photo\",\"label\":\"title\"},{\"id\":\"contract\",\"when\":{\"==\":"
    "[{\"var\":\"answers.kind\"},\"work\"]},\"label\":\"title\"}],"
    "\"route\":{\"if\":[{\"var\":\"answers.far\"},\"ministry\",\"mission\"]}}";

static void add(struct package_files *files, const char *name, const char *bytes)
{
    files->list[files->n++] = (struct package_file){str_of(name), str_of(bytes)};
}

static struct package_files sample(const char *rules_text, const char *pages_text)
{
    struct package_files files = {0};

    add(&files, "form.json", form);
    add(&files, "pages.json", pages_text);
    add(&files, "rules.json", rules_text);
    add(&files, "service.json", service);
    add(&files, "words.en.json", words);
    add(&files, "words.fr.json", words_fr);
    return files;
}

static struct package *load(struct arena *a, const struct package_files *files)
{
    struct package *p;
    struct fault f = {0};

    if (package_load(a, files, &p, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return p;
}

/* The data of a case that is written as {"answers", "person", "post", "overlay"}. */
static struct json data_of(struct arena *a, const char *text)
{
    struct package_case c = {.today = S("2026-11-23")};
    struct json *j, out;
    struct fault f = {0};

    assert_int_equal(json_parse(a, str_of(text), NULL, &j, &f), OK);
    c.answers = json_get(j, S("answers"));
    c.person = json_get(j, S("person"));
    c.post = json_get(j, S("post"));
    c.overlay = json_get(j, S("overlay"));
    assert_int_equal(package_data(&c, a, &out, &f), OK);
    return out;
}

/* ---- the three services ------------------------------------------------------------------- */

static void test_services(void **state)
{
    static const struct {
        const char *name;
        size_t pages, rules, attachments;
    } services[] = {{"consular-registration", 3, 4, 0},
                    {"emergency-travel-document", 4, 4, 2},
                    {"power-of-attorney", 5, 5, 1}};
    const char *root = getenv("SIFARA_SOURCE");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        AUTO(arena) struct arena *a = arena_new(32 << 20);
        struct package_files files;
        struct fault f = {0};
        char path[1024];
        snprintf(path, sizeof path, "%s/services/%s", root ? root : ".", services[i].name);
        assert_int_equal(package_read_folder(a, path, &files, &f), OK);
        struct package *p = load(a, &files);
        assert_true(str_eq(p->name, str_of(services[i].name)));
        assert_true(str_eq(p->giver, S("XU")));
        assert_int_equal(p->n_pages, services[i].pages);
        assert_int_equal(p->eligibility.n, services[i].rules);
        assert_int_equal(p->attachments.n, services[i].attachments);
        assert_int_equal(p->n_languages, 3);
        package_free(p);
    }
}

/* ---- asking ------------------------------------------------------------------------------- */

static void test_eligible(void **state)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct package_files files = sample(rules, pages);
    struct package *p = load(a, &files);
    struct package_names failed;

    (void)state;
    struct json data = data_of(a, "{\"answers\":{},\"person\":{\"nationality\":\"XAR\"}}");
    assert_int_equal(package_eligible(p, &data, a, &failed, NULL), OK);
    assert_int_equal(failed.n, 0);
    data = data_of(a, "{\"answers\":{\"bad\":true}}");
    assert_int_equal(package_eligible(p, &data, a, &failed, NULL), OK);
    assert_int_equal(failed.n, 2);
    assert_true(str_eq(p->eligibility.list[failed.list[0]].id, S("thrown")));
    assert_true(str_eq(p->eligibility.list[failed.list[1]].id, S("known")));
    package_free(p);
}

static void assert_fee(struct package *p, struct arena *a, const char *text, int64_t amount,
                       const char *currency)
{
    struct json data = data_of(a, text);
    struct package_fee fee;
    struct fault f = {0};

    if (package_fee(p, &data, a, &fee, &f) != OK)
        fail_msg("%s: %s", text, f.detail);
    assert_int_equal(fee.amount, amount);
    assert_true(str_eq(fee.currency, str_of(currency)));
}

static void test_fee(void **state)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct package_files files = sample(rules, pages);
    struct package *p = load(a, &files);
    struct package_fee fee;
    struct fault f;

    (void)state;
    assert_fee(p, a, "{\"answers\":{\"amount\":1049},\"post\":{\"currency\":\"EUR\"}}", 1000,
               "EUR");
    assert_fee(p, a, "{\"answers\":{\"amount\":1050},\"post\":{\"currency\":\"GBP\"}}", 1100,
               "GBP");
    assert_fee(p, a,
               "{\"answers\":{\"amount\":1000,\"courier\":true},\"post\":{\"currency\":\"EUR\"}}",
               2200, "EUR");
    assert_fee(p, a,
               "{\"answers\":{\"amount\":0},\"post\":{\"currency\":\"EUR\"},"
               "\"overlay\":{\"due\":{\"XAR\":6000}}}",
               6000, "EUR");
    assert_fee(p, a,
               "{\"answers\":{\"amount\":1000},\"post\":{\"currency\":\"EUR\"},"
               "\"person\":{\"birth_date\":\"2020-11-24\"}}",
               0, "EUR");
    assert_fee(p, a,
               "{\"answers\":{\"amount\":1000},\"post\":{\"currency\":\"EUR\"},"
               "\"person\":{\"birth_date\":\"2020-11-23\"}}",
               1000, "EUR");
    static const char *const refused[] = {
        "{\"answers\":{\"amount\":-1},\"post\":{\"currency\":\"EUR\"}}",
        "{\"answers\":{\"amount\":\"ten\"},\"post\":{\"currency\":\"EUR\"}}",
        "{\"answers\":{\"amount\":1000000000001},\"post\":{\"currency\":\"EUR\"}}",
        "{\"answers\":{\"amount\":1},\"post\":{\"currency\":\"EURO\"}}",
        "{\"answers\":{\"amount\":1}}"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct json data = data_of(a, refused[i]);
        if (package_fee(p, &data, a, &fee, &f) != ERR_INVALID)
            fail_msg("taken: %s", refused[i]);
    }
    package_free(p);
}

static void test_pages(void **state)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct package_files files = sample(rules, pages);
    struct package *p = load(a, &files);
    struct package_names bring;
    bool shown;
    str route;

    (void)state;
    assert_true(str_eq(p->page[1].fields[0].label, S("field.employer")));
    assert_true(str_eq(p->page[1].fields[1].label, S("field.people.name")));
    struct json work = data_of(a, "{\"answers\":{\"kind\":\"work\",\"far\":true}}");
    struct json visit = data_of(a, "{\"answers\":{\"kind\":\"visit\"}}");
    assert_int_equal(package_page_shown(p, 1, &work, a, &shown, NULL), OK);
    assert_true(shown);
    assert_int_equal(package_page_shown(p, 1, &visit, a, &shown, NULL), OK);
    assert_false(shown);
    assert_int_equal(package_field_shown(p, 1, 0, &work, a, &shown, NULL), OK);
    assert_true(shown);
    assert_int_equal(package_field_shown(p, 1, 0, &visit, a, &shown, NULL), OK);
    assert_false(shown);
    assert_int_equal(package_field_shown(p, 1, 1, &work, a, &shown, NULL), OK);
    assert_false(shown); /* its rule throws */
    assert_int_equal(package_attachments(p, &work, a, &bring, NULL), OK);
    assert_int_equal(bring.n, 2);
    assert_int_equal(package_attachments(p, &visit, a, &bring, NULL), OK);
    assert_int_equal(bring.n, 1);
    assert_int_equal(package_route(p, &work, a, &route, NULL), OK);
    assert_true(str_eq(route, S("ministry")));
    assert_int_equal(package_route(p, &visit, a, &route, NULL), OK);
    assert_true(str_eq(route, S("mission")));
    package_free(p);
}

static void test_words(void **state)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    AUTO(buf) struct buf b = BUF(1000);
    struct package_files files = sample(rules, pages);
    struct package *p = load(a, &files);
    struct json args = {.type = J_OBJECT};

    (void)state;
    assert_true(json_put(a, &args, S("n"), json_of_int(2)));
    assert_int_equal(package_say(p, S("fr"), S("stay"), &args, &b, NULL), OK);
    assert_true(str_eq(buf_str(&b), S("2 jours")));
    buf_clear(&b);
    assert_int_equal(package_say(p, S("ar"), S("stay"), &args, &b, NULL), OK);
    assert_true(str_eq(buf_str(&b), S("2 days")));
    assert_int_equal(package_say(p, S("en"), S("nothing"), &args, &b, NULL), ERR_NOT_FOUND);
    package_free(p);
}

static void test_refused(void **state)
{
    static const struct {
        const char *rules, *pages, *pointer;
    } cases[] = {
        {"{\"fee\":{\"amount\":{\"plus\":[1,2]}}}", "{}", "/fee/amount"},
        {"{\"eligibility\":[{\"id\":\"a\",\"rule\":true}]}", "{}", "/eligibility/0"},
        {"{\"attachments\":[{\"id\":\"a\",\"label\":\"b\"},{\"id\":\"a\",\"label\":\"b\"}]}", "{}",
         "/attachments/1"},
        {"{\"fee\":{\"round_to\":0}}", "{}", "/fee/round_to"},
        {"{}", "{\"pages\":[{\"id\":\"a\",\"title\":\"b\",\"fields\":[]}]}", "/pages/0"},
        {"{}", "{\"pages\":[{\"id\":\"a\",\"title\":\"b\",\"fields\":[{\"at\":\"/x\"}]}]}",
         "/pages/0/fields/0"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(arena) struct arena *a = arena_new(8 << 20);
        struct package_files files = sample(cases[i].rules, cases[i].pages);
        struct package *p;
        struct fault f = {0};
        if (package_load(a, &files, &p, &f) == OK)
            fail_msg("taken: %s %s", cases[i].rules, cases[i].pages);
        assert_memory_equal(f.pointer, cases[i].pointer, strlen(cases[i].pointer));
        package_free(p);
    }
}

/* ---- kinds and lists ---------------------------------------------------------------------- */

static const char kinds_form[] =
    "{\"type\":\"object\",\"properties\":{\"phone\":{\"type\":\"string\"},\"zone\":{\"type\":"
    "\"string\"},\"passport\":{\"type\":\"object\"},\"people\":{\"type\":\"array\",\"items\":{"
    "\"type\":"
    "\"object\",\"properties\":{\"phone\":{\"type\":\"string\"}}}}}}";
static const char kinds_pages[] =
    "{\"pages\":[{\"id\":\"one\",\"title\":\"title\",\"fields\":[{\"at\":\"/"
    "phone\",\"kind\":\"phone\"},"
    "{\"at\":\"/zone\",\"kind\":\"mrz\"},{\"at\":\"/"
    "passport\",\"kind\":\"passport\"}]},{\"id\":\"all\","
    "\"title\":\"title\",\"repeat\":{\"at\":\"/people\",\"min\":1,\"max\":3,\"item\":\"title\"},"
    "\"fields\":[{\"at\":\"/people/*/phone\",\"kind\":\"phone\"}]}]}";
/* of ICAO Doc 9303, part 4 */
#define ZONE                                                                                       \
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"

static struct package_files kinds_sample(const char *form_text, const char *pages_text)
{
    struct package_files files = {0};

    add(&files, "form.json", form_text);
    add(&files, "pages.json", pages_text);
    add(&files, "service.json", service);
    add(&files, "words.en.json", words);
    return files;
}

static void test_kinds(void **state)
{
    static const struct {
        const char *answers, *at; /* NULL: taken */
    } cases[] = {
        {"{}", NULL},
        {"{\"phone\":\"+35799123456\"}", NULL},
        {"{\"phone\":\"0170123456\"}", "/phone"},
        {"{\"phone\":\"+0170123456\"}", "/phone"},
        {"{\"phone\":\"+1234567890123456\"}", "/phone"},
        {"{\"phone\":\"+357 99 12\"}", "/phone"},
        {"{\"people\":[{\"phone\":\"+35799123456\"},{\"phone\":\"7\"}]}", "/people/1/phone"},
        {"{\"zone\":\"" ZONE "\"}", NULL},
        {"{\"zone\":\"L898902C36UTO\"}", "/zone"},
        {"{\"passport\":{\"number\":\"L898902C3\",\"mrz\":\"" ZONE "\"}}", NULL},
        {"{\"passport\":{\"number\":\"L898902C4\",\"mrz\":\"" ZONE "\"}}", "/passport/mrz"},
        {"{\"passport\":{\"number\":\"L898902C3\"}}", NULL},
    };
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct package_files files = kinds_sample(kinds_form, kinds_pages);
    struct package *p = load(a, &files);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fault f = {0};
        struct json *j;
        assert_int_equal(json_parse(a, str_of(cases[i].answers), NULL, &j, NULL), OK);
        enum err e = package_accepts(p, j, a, &f);
        if ((e == OK) != !cases[i].at)
            fail_msg("%s: %s", cases[i].answers, f.detail);
        if (cases[i].at)
            assert_string_equal(f.pointer, cases[i].at);
    }
    /* one character read as another */
    struct json *j;
    str wrong = str_of("{\"zone\":\"" ZONE "\"}");
    char *digit = str_cstr(a, wrong);
    *strchr(digit, '7') = '1';
    assert_int_equal(json_parse(a, str_of(digit), NULL, &j, NULL), OK);
    assert_int_equal(package_accepts(p, j, a, NULL), ERR_SCHEMA);
    package_free(p);
}

static void test_repeat(void **state)
{
    static const struct {
        const char *old, *new;
    } wrong[] = {{"\"min\":1", "\"min\":4"},
                 {"\"max\":3", "\"max\":0"},
                 {"\"max\":3", "\"max\":100000"},
                 {"\"at\":\"/people\"", "\"at\":\"people\""},
                 {"\"at\":\"/people\"", "\"at\":\"/persons\""},
                 {"/people/*/phone", "/phone"}};
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct package_files files = kinds_sample(kinds_form, kinds_pages);
    struct package *p = load(a, &files);

    (void)state;
    assert_false(p->page[0].repeat.p);
    assert_true(str_eq(p->page[1].repeat, S("/people")) && str_eq(p->page[1].item, S("title")));
    assert_true(p->page[1].min == 1 && p->page[1].max == 3);
    package_free(p);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const char *at = strstr(strstr(kinds_pages, "\"all\""), wrong[i].old);
        struct fault f = {0};
        str text = str_printf(a, "%.*s%s%s", (int)(at - kinds_pages), kinds_pages, wrong[i].new,
                              at + strlen(wrong[i].old));
        files = kinds_sample(kinds_form, str_cstr(a, text));
        assert_int_equal(package_load(a, &files, &p, &f), ERR_INVALID);
        assert_string_equal(f.pointer, "/pages/1/repeat");
        package_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services), cmocka_unit_test(test_eligible),
        cmocka_unit_test(test_fee),      cmocka_unit_test(test_pages),
        cmocka_unit_test(test_words),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_kinds),    cmocka_unit_test(test_repeat)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
