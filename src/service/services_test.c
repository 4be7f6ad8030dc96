/* the services of this repository: their golden answers, words, seals and documents
 *
 * services/NAME/golden.json: cases whose answers the form takes, of which one goes to its limits,
 * and cases that it refuses, each with the pointer at which it must.
 */
#include "service/services.h"

#include "base/testing.h"
#include "base/mrz.h"
#include "paper/render.h"
#include "paper/vds.h"
#include "service/document_page.h"

static struct services *load(void)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct services *all;
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/services", root ? root : ".");
    if (services_load(path, &all, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_true(services_offered(all)->n >= 3);
    return all;
}

static const struct json *golden(const struct service *s, struct arena *a)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct json *j;
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/services/%.*s/golden.json", root ? root : ".",
             STR_FMT(s->name));
    if (json_parse(a, test_slurp(path, a), NULL, &j, &f) != OK)
        fail_msg("%s: %s", path, f.detail);
    return j;
}

/* ---- answers ----------------------------------------------------------------------------- */

/* The answers of the k-th golden case that the form takes; NULL when there are no more. */
static const struct json *good_answers(const struct json *golden, size_t k)
{
    const struct json *c;

    for (size_t i = 0; (c = json_at(json_get(golden, S("cases")), i)); i++)
        if (json_get_bool(json_get(c, S("expect")), S("valid"), false) && k-- == 0)
            return json_get(c, S("answers"));
    return NULL;
}

static bool fault_names(const struct fault *f, str pointer)
{
    for (const struct fault_item *i = f->items; i; i = i->next)
        if (str_eq(str_of(i->pointer), pointer))
            return true;
    return str_eq(str_of(f->pointer), pointer);
}

/* The form takes the answers, or refuses them at each of the places that the case names. */
static bool check_case(const struct service *s, const struct json *c, struct arena *a)
{
    const struct json *expect = json_get(c, S("expect")), *at;
    bool valid = json_get_bool(expect, S("valid"), false);
    str name = json_get_str(c, S("name"));
    struct fault f = {0};
    enum err e = service_check(s, json_get(c, S("answers")), a, &f);

    if (e != (valid ? OK : ERR_SCHEMA))
        fail_msg("%.*s, \"%.*s\": %s %s", STR_FMT(s->name), STR_FMT(name), f.pointer, f.detail);
    assert_int_equal(valid, json_get(expect, S("errors")) == NULL);
    for (size_t i = 0; (at = json_at(json_get(expect, S("errors")), i)); i++)
        if (!fault_names(&f, str_printf(a, "/answers%.*s", STR_FMT(json_str(at)))))
            fail_msg("%.*s, \"%.*s\": refused at %s: %s", STR_FMT(s->name), STR_FMT(name),
                     f.pointer, f.detail);
    return valid;
}

static void test_answers(void **state)
{
    struct services *all = load();
    unsigned good = 0, bad = 0;

    (void)state;
    for (size_t i = 0; i < services_offered(all)->n; i++) {
        AUTO(arena) struct arena *a = arena_new(8 << 20);
        const struct service *s = services_offered(all)->list[i];
        const struct json *g = golden(s, a), *c;
        for (size_t k = 0; (c = json_at(json_get(g, S("cases")), k)); k++)
            check_case(s, c, a) ? good++ : bad++;
    }
    services_free(all);
    print_message("%u good answers, %u bad ones\n", good, bad);
    assert_true(good >= 24 && bad >= 30);
}

/* ---- words ------------------------------------------------------------------------------- */

static void need_word(const struct service *s, const struct package_language *w, str key)
{
    if (json_get_str(w->words, key).n == 0)
        fail_msg("%.*s: words.%.*s.json has no \"%.*s\"", STR_FMT(s->name), STR_FMT(w->language),
                 STR_FMT(key));
}

/* A label for each answer, and one for each choice. */
static unsigned check_labels(const struct service *s, const struct package_language *w,
                             const struct json *form, str prefix, struct arena *a)
{
    const struct json *props = json_get(form, S("properties"));
    unsigned n = 0;

    for (uint32_t i = 0; props && i < props->n; i++) {
        const struct json *p = &props->members[i].value, *choice;
        str name = prefix.n
                       ? str_printf(a, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(props->members[i].key))
                       : props->members[i].key;
        need_word(s, w, str_printf(a, "field.%.*s", STR_FMT(name)));
        for (size_t k = 0; (choice = json_at(json_get(p, S("enum")), k)); k++)
            need_word(s, w,
                      str_printf(a, "option.%.*s.%.*s", STR_FMT(name), STR_FMT(json_str(choice))));
        n += 1 + check_labels(s, w, p, name, a);
    }
    return n;
}

static void test_words(void **state)
{
    static const char *const needed[] = {"title", "lead", "who", "bring", "fee", "promise"};
    struct services *all = load();
    unsigned labels = 0;

    (void)state;
    for (size_t i = 0; i < services_offered(all)->n; i++) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        const struct service *s = services_offered(all)->list[i];
        const struct json *first = s->package->languages[0].words;
        assert_true(s->package->n_languages >= 3);
        for (size_t l = 0; l < s->package->n_languages; l++) {
            const struct package_language *w = &s->package->languages[l];
            for (size_t k = 0; k < ARRAY_LEN(needed); k++)
                need_word(s, w, str_of(needed[k]));
            for (uint32_t k = 0; k < first->n; k++)
                need_word(s, w, first->members[k].key);
            assert_int_equal(w->words->n, first->n);
            labels += check_labels(s, w, s->form, S(""), a);
        }
        assert_int_not_equal(service_word(s, S("ar"), S("title")).n, 0);
        assert_false(
            str_eq(service_word(s, S("ar"), S("title")), service_word(s, S("en"), S("title"))));
        assert_true(
            str_eq(service_word(s, S("xx"), S("title")), service_word(s, S("en"), S("title"))));
    }
    services_free(all);
    print_message("%u labels\n", labels);
}

/* ---- seals ------------------------------------------------------------------------------- */

static enum err stub_sign(void *ctx, str message, struct buf *out, struct fault *f)
{
    char zero[64] = {1};

    (void)ctx;
    (void)message;
    (void)f;
    buf_add(out, zero, sizeof zero);
    return OK;
}

static str source_value(const struct json *answers, str source)
{
    if (str_starts(source, S("answer:")))
        return json_str(json_pointer(answers, str_sub(source, 7, source.n)));
    /* the longest name that the seal's profile takes */
    return str_eq(source, S("mission")) ? S("Honorary Consulate of the Republic of Utopia in "
                                            "Bandar Seri Begawan, East Coast")
                                        : source;
}

static void check_messages(const struct service *s, const struct json *def,
                           const struct json *answers, struct arena *a)
{
    const struct json *map = json_get(def, S("messages"));
    const struct vds_profile *p = vds_profile_named(json_get_str(def, S("profile")));
    struct vds v = {.raw_version = 3,
                    .country = "UTO",
                    .signer = "XUMF",
                    .reference = "1",
                    .issued = {2026, 11, 23},
                    .signed_on = {2026, 11, 23},
                    .ref = VDS_REF_ADMINISTRATIVE};
    AUTO(buf) struct buf out = BUF(8192);
    struct fault f = {0};
    char hex[33];

    assert_non_null(p);
    for (int i = 0; i < 16; i++)
        snprintf(hex + i * 2, 3, "%02x", p->uuid[i]);
    assert_int_equal(vds_add(&v, a, S("DOC_PROFILE_NUMBER"), str_of(hex), &f), OK);
    assert_int_equal(vds_add(&v, a, S("DOCUMENT_NUMBER"), S("REG-2026-000001"), &f), OK);
    for (uint32_t i = 0; i < map->n; i++) {
        str text = source_value(answers, json_str(&map->members[i].value));
        assert_false(str_eq(map->members[i].key, S("DOCUMENT_NUMBER"))); /* the keyring's */
        if (vds_add(&v, a, map->members[i].key, text, &f) != OK)
            fail_msg("%.*s: %s %s", STR_FMT(s->name), f.pointer, f.detail);
    }
    if (vds_encode(&v, stub_sign, NULL, &out, &f) != OK)
        fail_msg("%.*s: %s %s", STR_FMT(s->name), f.pointer, f.detail);
}

static void take(char *to, size_t room, const struct json *answers, const struct json *map,
                 const char *key)
{
    str text = source_value(answers, json_get_str(map, str_of(key)));

    assert_true(text.n > 0 && text.n < room);
    snprintf(to, room, "%.*s", STR_FMT(text));
}

static void take_date(char to[7], const struct json *answers, const struct json *map,
                      const char *key)
{
    char text[16];

    take(text, sizeof text, answers, map, key);
    assert_int_equal(strlen(text), 10);
    snprintf(to, 7, "%.2s%.2s%.2s", text + 2, text + 5, text + 8);
}

static void check_zone(const struct service *s, const struct json *def, const struct json *answers,
                       char text[MRZ_ROOM])
{
    const struct json *map = json_get(def, S("mrz"));
    struct mrz z = {.format = MRZ_TD2, .issuer = "UTO", .number = "26000001"};
    struct mrz_wrong wrong;
    struct fault f = {0};
    char sex[8];

    take(z.code, sizeof z.code, answers, map, "code");
    take(z.primary, sizeof z.primary, answers, map, "primary");
    take(z.secondary, sizeof z.secondary, answers, map, "secondary");
    take(z.nationality, sizeof z.nationality, answers, map, "nationality");
    take(sex, sizeof sex, answers, map, "sex");
    take_date(z.birth, answers, map, "birth");
    take_date(z.expiry, answers, map, "expiry");
    z.sex = sex[0] == 'X' ? '<' : sex[0];
    if (mrz_write(&z, text, &f) != OK)
        fail_msg("%.*s: %s %s", STR_FMT(s->name), f.pointer, f.detail);
    assert_int_equal(mrz_read(str_of(text), &z, &wrong, &f), OK);
    assert_int_equal(wrong.n, 0);
}

static void test_seals(void **state)
{
    struct services *all = load();
    unsigned seals = 0;

    (void)state;
    for (size_t i = 0; i < services_offered(all)->n; i++) {
        AUTO(arena) struct arena *a = arena_new(8 << 20);
        const struct service *s = services_offered(all)->list[i];
        const struct json *g = golden(s, a), *answers, *def = json_get(s->doc, S("seal"));
        char zone[MRZ_ROOM];
        if (!def) /* it issues no document */
            continue;
        bool travel = str_eq(json_get_str(def, S("ref")), S("5e03"));
        assert_true(travel || str_eq(json_get_str(def, S("ref")), S("01c8")));
        for (size_t k = 0; (answers = good_answers(g, k)); k++, seals++)
            if (travel)
                check_zone(s, def, answers, zone);
            else
                check_messages(s, def, answers, a);
    }
    services_free(all);
    print_message("%u seals\n", seals);
    assert_true(seals >= 6);
}

/* ---- documents --------------------------------------------------------------------------- */

static void check_page(const struct service *s, str art, const struct json *answers, size_t k,
                       struct arena *a)
{
    const struct json *def = json_get(s->doc, S("seal"));
    const struct document_of of = {
        .form = s->form,
        .answers = answers,
        .number = S("REG-2026-000001"),
        .mission_en = source_value(NULL, S("mission")),
        .mission_ar = S("القنصلية الفخرية لجمهورية يوتوبيا في بندر سري بكاوان على الساحل الشرقي"),
        .issued = 20780,
    };
    struct document_page *page = arena_new_of(a, struct document_page);
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
    struct fault f = {0};
    char zone[MRZ_ROOM] = "";

    assert_non_null(page);
    assert_int_equal(document_fill(&of, a, page, &f), OK);
    if (json_get(def, S("mrz")))
        check_zone(s, def, answers, zone);
    struct render_in in = {.template_svg = art,
                           .values = page->values,
                           .n = page->n,
                           .seal = S("\xdc\x03 any bytes do for this"),
                           .mrz = str_of(zone),
                           .title = of.number};
    if (render_pdf(&in, &pdf, &f) != OK)
        fail_msg("%.*s good %zu: %s %s", STR_FMT(s->name), k, f.pointer, f.detail);
}

/* What is accepted can be printed, on each page of art: the longest answers fit their boxes. */
static void test_documents(void **state)
{
    struct services *all = load();
    unsigned documents = 0;

    (void)state;
    for (size_t i = 0; i < services_offered(all)->n; i++) {
        AUTO(arena) struct arena *a = arena_new(32 << 20);
        const struct service *s = services_offered(all)->list[i];
        const struct json *g = golden(s, a), *answers;
        for (size_t n = 0; n < s->files->n; n++) {
            const struct package_file *art = &s->files->list[n];
            bool drawn = str_ends(art->name, S(".svg"));
            for (size_t k = 0; drawn && (answers = good_answers(g, k)); k++, documents++)
                check_page(s, art->bytes, answers, k, a);
        }
    }
    services_free(all);
    print_message("%u documents\n", documents);
    assert_true(documents >= 6);
}

/* The digest of a golden case: of what the page and the seal say, and of nothing else. */
static void digest(const struct service *s, const struct package_files *files,
                   const struct json *one, struct arena *a, char hex[65])
{
    const struct package_art art = {document_digest, files};
    struct fault f = {0};

    if (document_digest(&art, s->package, one, S("template.svg"), a, hex, &f) != OK)
        fail_msg("%.*s: %s %s", STR_FMT(s->name), f.pointer, f.detail);
    assert_int_equal(strlen(hex), 64);
}

static const struct json *changed(struct arena *a, const struct json *one, const char *member,
                                  struct json value)
{
    struct json *copy = arena_new_of(a, struct json);

    *copy = (struct json){.type = J_OBJECT};
    for (uint32_t i = 0; i < one->n; i++)
        assert_true(json_put(a, copy, one->members[i].key, one->members[i].value));
    assert_true(json_put(a, copy, str_of(member), value));
    return copy;
}

static void test_digests(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct services *all = load();
    const struct service *s = service_find(all, S("power-of-attorney"));
    const struct json *one = json_at(json_get(golden(s, a), S("cases")), 0);
    struct json *answers = arena_new_of(a, struct json);
    struct package_files files = *s->files;
    char first[65], other[65];

    (void)state;
    digest(s, &files, one, a, first);
    digest(s, &files, changed(a, one, "name", json_of_str(S("called otherwise"))), a, other);
    assert_string_equal(first, other);
    digest(s, &files, changed(a, one, "today", json_of_str(S("2026-11-24"))), a, other);
    assert_string_not_equal(first, other);
    *answers = *changed(a, json_get(one, S("answers")), "subject", json_of_str(S("another")));
    digest(s, &files, changed(a, one, "answers", *answers), a, other);
    assert_string_not_equal(first, other);
    for (size_t i = 0; i < files.n; i++)
        if (str_eq(files.list[i].name, S("template.svg")))
            files.list[i].bytes = str_printf(a, "%.*s ", STR_FMT(files.list[i].bytes));
    digest(s, &files, one, a, other);
    assert_string_not_equal(first, other);
    files.n = 0;
    assert_int_equal(document_digest(&(struct package_art){.files = &files}, s->package, one,
                                     S("template.svg"), a, other, NULL),
                     ERR_INVALID);
    services_free(all);
}

/* ---- loading ----------------------------------------------------------------------------- */

static void test_unreadable(void **state)
{
    struct services *all;
    struct fault f = {0};

    (void)state;
    assert_int_equal(services_load("/nonexistent", &all, &f), ERR_IO);
    all = load();
    assert_non_null(service_find(all, S("consular-registration")));
    assert_null(service_find(all, S("visa-on-the-moon")));
    const struct service *s = service_find(all, S("power-of-attorney"));
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    assert_int_equal(service_check(s, NULL, a, &f), ERR_SCHEMA);
    assert_string_equal(f.pointer, "/answers");
    services_free(all);
}

/* fontconfig, used by pango, keeps what it loaded to the end of the process */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\n";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),   cmocka_unit_test(test_words),
        cmocka_unit_test(test_seals),     cmocka_unit_test(test_digests),
        cmocka_unit_test(test_documents), cmocka_unit_test(test_unreadable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
