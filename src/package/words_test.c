#include "package/words.h"

#include "base/testing.h"

static str said(struct arena *a, const char *pattern, const char *language, const char *args)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct message *m;
    struct json *j;
    struct fault f = {0};

    assert_int_equal(json_parse(a, str_of(args), NULL, &j, &f), OK);
    if (message_compile(str_of(pattern), str_of(language), &m, &f) != OK ||
        message_format(m, j, &b, &f) != OK)
        fail_msg("%s: %s", pattern, f.detail);
    message_free(m);
    return str_copy(a, buf_str(&b));
}

#define SAYS(pattern, language, args, expected)                                                    \
    do {                                                                                           \
        str got_ = said(a, pattern, language, args);                                               \
        if (!str_eq(got_, str_of(expected)))                                                       \
            fail_msg("%s: \"%.*s\" instead of \"%s\"", pattern, STR_FMT(got_), expected);          \
    } while (0)

static void test_plain(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);

    (void)state;
    SAYS("Passport renewal", "en", "{}", "Passport renewal");
    SAYS("Dear {name}, {name}!", "en", "{\"name\":\"Layla\"}", "Dear Layla, Layla!");
    SAYS("{b} before {a}, {n, number}", "en", "{\"a\":\"A\",\"b\":\"B\",\"n\":1234}",
         "B before A, 1,234");
    SAYS("{who} absent", "en", "{}", " absent");
    SAYS("it''s '{'raw'}' and '{name}'", "en", "{\"name\":\"x\"}", "it's {raw} and {name}");
    SAYS("l'agent {name}", "fr", "{\"name\":\"Rana\"}", "l'agent Rana");
}

/* The six forms of Arabic (CLDR plural rules). */
static void test_plural(void **state)
{
    static const char days[] = "{n, plural, zero {لا أيام} one {يوم واحد} two {يومان} few {# أيام}"
                               " many {# يومًا} other {# يوم}}";
    AUTO(arena) struct arena *a = arena_new(1 << 20);

    (void)state;
    SAYS(days, "ar", "{\"n\":0}", "لا أيام");
    SAYS(days, "ar", "{\"n\":1}", "يوم واحد");
    SAYS(days, "ar", "{\"n\":2}", "يومان");
    SAYS(days, "ar-u-nu-latn", "{\"n\":3}", "3 أيام");
    SAYS(days, "ar-u-nu-latn", "{\"n\":11}", "11 يومًا");
    SAYS(days, "ar-u-nu-latn", "{\"n\":100}", "100 يوم");
    SAYS("{n, plural, one {# jour} other {# jours}}", "fr", "{\"n\":0}", "0 jour");
    SAYS("{n, plural, one {# day} other {# days}}", "en", "{\"n\":0}", "0 days");
    SAYS("{n, plural, =0 {none} one {one} other {#}}", "en", "{\"n\":0}", "none");
    SAYS("{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", "en", "{\"n\":23}",
         "23rd");
}

static void test_select(void **state)
{
    static const char text[] = "{sex, select, F {{n, plural, one {her page} other {her # pages}}}"
                               " other {{n, plural, one {his page} other {his # pages}}}} {name}";
    AUTO(arena) struct arena *a = arena_new(1 << 20);

    (void)state;
    SAYS(text, "en", "{\"sex\":\"F\",\"n\":1,\"name\":\"x\"}", "her page x");
    SAYS(text, "en", "{\"sex\":\"M\",\"n\":4,\"name\":\"y\"}", "his 4 pages y");
    SAYS("{a}{b}{c}{d}{e}{f}{g}{h}{i, number}{j, number}{k, number}{l, number}", "en",
         "{\"a\":\"a\",\"b\":\"b\",\"c\":\"c\",\"d\":\"d\",\"e\":\"e\",\"f\":\"f\",\"g\":\"g\","
         "\"h\":\"h\",\"i\":1,\"j\":2,\"k\":3,\"l\":4}",
         "abcdefgh1234");
}

static void test_refused(void **state)
{
    static const struct {
        const char *pattern;
        enum err e;
        const char *says;
    } bad[] = {
        {"{", ERR_SYNTAX, "at character 2: the name"},
        {"اب}", ERR_SYNTAX, "at character 3: a brace closes nothing"},
        {"{a", ERR_SYNTAX, "a brace is not closed"},
        {"{a, date}", ERR_SYNTAX, "number, plural, selectordinal or select"},
        {"{a, plural}", ERR_SYNTAX, "a comma"},
        {"{a, plural, one {x}}", ERR_SYNTAX, "no text for \"other\""},
        {"{a, select, x y}", ERR_SYNTAX, "a text in braces"},
        {"{a, number, {}}", ERR_SYNTAX, ""},
        {"{a}{b}{c}{d}{e}{f}{g}{h}{i}", ERR_LIMIT, "at most"},
        {"\xff", ERR_SYNTAX, "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct message *m;
        struct fault f = {0};
        if (message_compile(str_of(bad[i].pattern), S("en"), &m, &f) != bad[i].e ||
            !strstr(f.detail, bad[i].says))
            fail_msg("%s: %s", bad[i].pattern, f.detail);
    }
}

static void test_limits(void **state)
{
    AUTO(buf) struct buf deep = BUF(1 << 20);
    AUTO(buf) struct buf b = BUF(1 << 20);
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct message *m;
    struct json *j;

    (void)state;
    for (int i = 0; i < 500; i++)
        buf_add_str(&deep, S("{a,select,other{"));
    assert_int_equal(message_compile(buf_str(&deep), S("en"), &m, NULL), ERR_LIMIT);
    assert_int_equal(message_compile(S("{n, number}{t}"), S("en"), &m, NULL), OK);
    assert_int_equal(json_parse(a, S("{\"n\":\"1\"}"), NULL, &j, NULL), OK);
    assert_int_equal(message_format(m, j, &b, NULL), ERR_RANGE);
    assert_int_equal(json_parse(a, S("{\"t\":1}"), NULL, &j, NULL), OK);
    assert_int_equal(message_format(m, j, &b, NULL), ERR_RANGE);
    message_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_plural),
        cmocka_unit_test(test_select), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
