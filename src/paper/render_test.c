/* templates to PDF: names in braces, boxes, refusals, the same bytes each time */
#include "base/testing.h"
#include "base/world.h"
#include "paper/render.h"

#define HEAD                                                                                       \
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" "                  \
    "viewBox=\"0 0 210 297\">"

static const char good[] = HEAD
    "<!-- <rect id=\"seal\" in a comment> -->"
    "<text id=\"t\" x=\"20\" y=\"40\" font-family=\"Noto Sans\" font-size=\"8\" data-fit=\"60\">"
    "{{name}}</text><text x=\"190\" y=\"60\" direction=\"rtl\" font-family=\"Noto Naskh Arabic\" "
    "font-size=\"8\" xml:lang=\"ar\">{{name_ar}}</text>"
    "<rect id=\"b\" x=\"20\" y=\"80\" width=\"80\" height=\"30\" fill=\"none\" data-size=\"5\" "
    "data-text=\"{{long}}\"/>"
    "<rect id=\"seal\" x=\"20\" y=\"120\" width=\"35\" height=\"35\" fill=\"none\"/>"
    "<rect id=\"mrz\" x=\"20\" y=\"200\" width=\"170\" height=\"14\" fill=\"none\"/></svg>";

static const struct render_value values[] = {
    {S("name"), S("Anna Maria Eriksson & Daughters <of> Utopia \"Ltd\"")},
    {S("name_ar"), S("\xd8\xb4\xd9\x87\xd8\xa7\xd8\xaf\xd8\xa9")},
    {S("long"), S("A text that needs more than one line in its box, so it wraps.\nAnd one more.")},
};

static struct render_in sample(const char *svg)
{
    return (struct render_in){.template_svg = str_of(svg),
                              .values = values,
                              .n = ARRAY_LEN(values),
                              .title = S("Certificate"),
                              .created_ms = INT64_C(1795460000000)};
}

static void test_renders(void **state)
{
    struct render_in in = sample(good);
    AUTO(buf) struct buf one = BUF(RENDER_PDF_MAX);
    AUTO(buf) struct buf two = BUF(RENDER_PDF_MAX);
    struct fault f = {0};

    (void)state;
    in.seal = S("\xdc\x03 any bytes do for this");
    in.mrz = S("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
               "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    if (render_pdf(&in, &one, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_int_equal(render_pdf(&in, &two, &f), OK);
    assert_true(str_starts(buf_str(&one), S("%PDF-1.")));
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    print_message("%zu bytes, twice the same\n", one.n);
}

static void refuse(struct render_in in, enum err expected, const char *pointer)
{
    AUTO(buf) struct buf out = BUF(RENDER_PDF_MAX);
    struct fault f = {0};

    assert_int_equal(render_pdf(&in, &out, &f), expected);
    assert_string_equal(f.pointer, pointer);
    assert_int_equal(out.n, 0);
}

static void test_refusals(void **state)
{
    struct render_value bad[] = {
        {S("name"), S("a\x01")}, {S("name_ar"), S("b")}, {S("long"), S("")}};
    struct render_in in = sample(good);

    (void)state;
    in.n = 2;
    refuse(in, ERR_INVALID, "/values/long");
    in = sample(good);
    in.values = bad;
    refuse(in, ERR_INVALID, "/values/name");
    bad[0].text = S("\xe2\x80\xae"
                    "reversed");
    refuse(in, ERR_INVALID, "/values/name");
    bad[0].text = S("\xff");
    refuse(in, ERR_INVALID, "/values/name");
    refuse(sample("{{NAME}}"), ERR_SYNTAX, "/template");
    refuse(sample("{{name"), ERR_SYNTAX, "/template");
    refuse(sample("<svg"), ERR_SYNTAX, "/template");
    refuse(sample("<!DOCTYPE svg [<!ENTITY a \"b\">]>" HEAD "</svg>"), ERR_SYNTAX, "/template");
    refuse(sample("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9999mm\" height=\"1mm\"/>"),
           ERR_LIMIT, "/template");
    refuse(sample(HEAD "<rect data-text=\"x\" width=\"9\" height=\"9\"/></svg>"), ERR_SYNTAX,
           "/template");
    refuse(sample(HEAD "<rect id=\"tiny\" data-text=\"{{long}}\" width=\"9\" height=\"3\"/></svg>"),
           ERR_RANGE, "/template/tiny");
    in = sample(HEAD "</svg>");
    in.seal = S("\xdc");
    refuse(in, ERR_SYNTAX, "/template");
}

/* A template loads nothing from outside itself: an image by its file name draws nothing, so the
 * page is the same whether the file exists or not. */
static void test_no_files(void **state)
{
    char folder[] = "/tmp/paper-XXXXXX", path[64], svg[512];
    AUTO(buf) struct buf without = BUF(RENDER_PDF_MAX);
    AUTO(buf) struct buf with = BUF(RENDER_PDF_MAX);

    (void)state;
    test_folder(folder);
    snprintf(path, sizeof path, "%s/i.svg", folder);
    snprintf(svg, sizeof svg,
             HEAD "<image href=\"file://%s\" x=\"0\" y=\"0\" width=\"90\" height=\"90\"/></svg>",
             path);
    struct render_in in = sample(svg);
    assert_int_equal(render_pdf(&in, &without, NULL), OK);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(HEAD "<rect width=\"90\" height=\"90\"/></svg>", file);
    fclose(file);
    assert_int_equal(render_pdf(&in, &with, NULL), OK);
    assert_true(str_eq(buf_str(&without), buf_str(&with)));
    test_folder_remove(folder);
}

/* Every name of a template gets a short text; that one fits everywhere. */
static size_t fill_in(str svg, struct render_value *out, size_t room)
{
    str rest = svg;
    size_t n = 0;

    for (ptrdiff_t at; (at = str_find(rest, S("{{"))) >= 0 && n < room; n++) {
        rest = str_sub(rest, (size_t)at + 2, rest.n);
        out[n].name = str_sub(rest, 0, (size_t)str_find(rest, S("}}")));
        out[n].text = str_ends(out[n].name, S("_ar"))
                          ? S("\xd8\xb3\xd9\x81\xd8\xa7\xd8\xb1\xd8\xa9")
                          : S("Utopia 42");
    }
    return n;
}

/* The documents of our own services. */
static void test_services(void **state)
{
    static const char *const services[] = {"consular-registration", "power-of-attorney",
                                           "emergency-travel-document"};
    static const char zone[] = "PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                               "D231458907UTO7408122F1204159<<<<<<<6";
    const char *root = getenv("SIFARA_SOURCE");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
        struct render_value filled[RENDER_VALUES_MAX];
        struct fault f = {0};
        char path[1024];
        snprintf(path, sizeof path, "%s/services/%s/template.svg", root ? root : ".", services[i]);
        struct render_in in = {.template_svg = test_slurp(path, a),
                               .values = filled,
                               .seal = S("\xdc\x03 any bytes do for this"),
                               .mrz = i == 2 ? str_of(zone) : STR_NONE};
        in.n = fill_in(in.template_svg, filled, ARRAY_LEN(filled));
        if (render_pdf(&in, &pdf, &f) != OK)
            fail_msg("%s: %s %s", services[i], f.pointer, f.detail);
        print_message("%s: %zu values, %zu bytes\n", services[i], in.n, pdf.n);
    }
}

static void test_warm(void **state)
{
    struct fault f = {0};

    (void)state;
    if (render_warm(&f) != OK)
        fail_msg("%s", f.detail);
}

/* fontconfig, used by pango and poppler, keeps what it loaded to the end of the process */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpangoft2\n";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warm),     cmocka_unit_test(test_renders),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_no_files),
        cmocka_unit_test(test_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
