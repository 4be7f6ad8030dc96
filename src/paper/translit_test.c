/* names in other scripts: the examples of ICAO Doc 9303-3 and names that people bear */
#include "paper/translit.h"

#include "base/testing.h"
#include "base/mrz.h"

typedef enum err translit_fn(str, enum translit_language, struct buf *, struct fault *);

static void check(translit_fn *fn, enum translit_language lang, const char *from, const char *to)
{
    AUTO(buf) struct buf out = BUF(4096);
    struct fault f = {0};
    char got[256];

    if (fn(str_of(from), lang, &out, &f) != OK)
        fail_msg("%s: %s", from, f.detail);
    snprintf(got, sizeof got, "%.*s", STR_FMT(buf_str(&out)));
    assert_string_equal(got, to);
}

static void test_latin(void **state)
{
    (void)state;
    check(translit_mrz, TRANSLIT_ANY, "Térèsa Cañon", "TERESA CANON");
    check(translit_mrz, TRANSLIT_ANY, "Wałęsa", "WALESA");
    check(translit_mrz, TRANSLIT_ANY, "Gößmann", "GOESSMANN");
    check(translit_mrz, TRANSLIT_ANY, "Müller-Lüdenscheidt", "MUELLER-LUEDENSCHEIDT");
    check(translit_mrz, TRANSLIT_ANY, "O’Connor d'Île", "OCONNOR DILE");
    check(translit_mrz, TRANSLIT_ANY, "I\xcc\x87pek", "IPEK"); /* decomposed */
    check(translit_mrz, TRANSLIT_ANY, "Åse Øygård Þórr", "AASE OEYGAARD THORR");
    check(translit_mrz, TRANSLIT_ANY, "Șerban Țepeș", "SERBAN TEPES");
}

static void test_cyrillic(void **state)
{
    (void)state;
    check(translit_mrz, TRANSLIT_ANY, "Щербаков Юрий", "SHCHERBAKOV IURII");
    check(translit_mrz, TRANSLIT_UKRAINIAN, "Юрій Їжакевич Гнатюк", "YURII YIZHAKEVYCH HNATIUK");
    check(translit_mrz, TRANSLIT_BULGARIAN, "Щерев", "SHTEREV");
    check(translit_mrz, TRANSLIT_SERBIAN, "Чедомир Жижић", "CEDOMIR ZIZIC");
    check(translit_mrz, TRANSLIT_ANY, "Ольга", "OLGA");
}

static void test_arabic_mrz(void **state)
{
    (void)state;
    /* 9303-3, section 6, note 3 and appendix B */
    check(translit_mrz, TRANSLIT_ANY, "عبّاس", "EBBAS");
    check(translit_mrz, TRANSLIT_ANY, "فضّة", "FXDZXDZXAH");
    check(translit_mrz, TRANSLIT_ANY, "محمد", "MXHMD");
    check(translit_mrz, TRANSLIT_ANY, "هدى", "HDXAY");
    check(translit_mrz, TRANSLIT_ANY, "البصري", "ALBXSSRY");
    check(translit_mrz, TRANSLIT_ANY, "عبد الرَّحمن", "EBD ALRRXHMN");
    check(translit_mrz, TRANSLIT_ANY, "فاطمة الزهراء", "FAXTTMXAH ALZHRAXE");
}

static void test_arabic_reading(void **state)
{
    (void)state;
    check(translit_reading, TRANSLIT_ANY, "سالم", "SALM");
    check(translit_reading, TRANSLIT_ANY, "مُحَمَّد", "MUHAMMAD");
    check(translit_reading, TRANSLIT_ANY, "نور", "NUR");
    check(translit_reading, TRANSLIT_ANY, "ياسين", "YASIN");
    check(translit_reading, TRANSLIT_ANY, "البصري", "AL-BSRI");
    check(translit_reading, TRANSLIT_ANY, "الشَّمْس", "AL-SHSHAMS");
    check(translit_reading, TRANSLIT_ANY, "Anna سالم", "ANNA SALM");
}

/* What comes out goes into a zone. */
static void test_into_zone(void **state)
{
    AUTO(buf) struct buf a = BUF(256);
    AUTO(buf) struct buf b = BUF(256);
    char field[40] = "";

    (void)state;
    assert_int_equal(translit_mrz(S("البصري"), TRANSLIT_ANY, &a, NULL), OK);
    assert_int_equal(translit_mrz(S("هدى محمد جواد"), TRANSLIT_ANY, &b, NULL), OK);
    assert_int_equal(mrz_name_field(buf_str(&a), buf_str(&b), 39, field, NULL, NULL), OK);
    assert_string_equal(field, "ALBXSSRY<<HDXAY<MXHMD<JWAD<<<<<<<<<<<<<");
}

static void test_refusals(void **state)
{
    AUTO(buf) struct buf out = BUF(4096);
    struct fault f;
    char longest[2000];

    (void)state;
    assert_int_equal(translit_mrz(S("王"), TRANSLIT_ANY, &out, &f), ERR_INVALID);
    assert_int_equal(translit_mrz(S("Anna2"), TRANSLIT_ANY, &out, &f), ERR_INVALID);
    assert_int_equal(translit_mrz(S("\xff"), TRANSLIT_ANY, &out, &f), ERR_MALFORMED_TEXT);
    memset(longest, 'a', sizeof longest);
    assert_int_equal(translit_mrz(str_bytes(longest, sizeof longest), TRANSLIT_ANY, &out, &f),
                     ERR_MALFORMED_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_latin),      cmocka_unit_test(test_cyrillic),
        cmocka_unit_test(test_arabic_mrz), cmocka_unit_test(test_arabic_reading),
        cmocka_unit_test(test_into_zone),  cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
