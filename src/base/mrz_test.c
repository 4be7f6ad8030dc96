/* machine readable zones: the worked examples and specimens of ICAO Doc 9303 */
#include "base/mrz.h"

#include "base/testing.h"

static void test_check_digits(void **state)
{
    (void)state;
    /* Part 3, Appendix A */
    assert_int_equal(mrz_check_digit(S("520727")), '3');
    assert_int_equal(mrz_check_digit(S("AB2134<<<")), '5');
    assert_int_equal(mrz_check_digit(S("HA672242<658022549601086<<<<<<<<<<<<<<0")), '8');
    assert_int_equal(mrz_check_digit(S("D231458907<<<<<<<<<<<<<<<34071279507122<<<<<<<<<<<")), '2');
    assert_int_equal(mrz_check_digit(S("HA672242<658022549601086<<<<<<<")), '8');
    assert_int_equal(mrz_check_digit(S("a")), 0);
}

static const struct {
    const char *text;
    struct mrz m;
} specimens[] = {
    /* Part 5, TD1 */
    {"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\n"
     "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
     {MRZ_TD1, "I", "UTO", "ERIKSSON", "ANNA MARIA", "D23145890", "UTO", "740812", "120415", 'F',
      "", ""}},
    /* Part 6, TD2 */
    {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
     {MRZ_TD2, "I", "UTO", "ERIKSSON", "ANNA MARIA", "D23145890", "UTO", "740812", "120415", 'F',
      "", ""}},
    /* Part 4, TD3 */
    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
     "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
     {MRZ_TD3, "P", "UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "UTO", "740812", "120415", 'F',
      "ZE184226B", ""}},
    /* Part 7, MRV-A and MRV-B */
    {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
     "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
     {MRZ_MRVA, "V", "UTO", "ERIKSSON", "ANNA MARIA", "L8988901C", "XXX", "400907", "961210", 'F',
      "6ZE184226B", ""}},
    {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
     {MRZ_MRVB, "V", "UTO", "ERIKSSON", "ANNA MARIA", "L8988901C", "XXX", "400907", "961210", 'F',
      "", ""}},
    /* Part 5, a document number of more than nine characters */
    {"I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\n"
     "STEVENSON<<PETER<JOHN<<<<<<<<<",
     {MRZ_TD1, "I", "UTO", "STEVENSON", "PETER JOHN", "D23145890734", "UTO", "340712", "950712",
      'M', "", ""}},
    /* Part 6, the same in TD2 */
    {"I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8",
     {MRZ_TD2, "I", "UTO", "STEVENSON", "PETER JOHN", "D23145890734", "UTO", "340712", "950712",
      'M', "", ""}},
};

static void same(const struct mrz *a, const struct mrz *b)
{
    assert_int_equal(a->format, b->format);
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->issuer, b->issuer);
    assert_string_equal(a->primary, b->primary);
    assert_string_equal(a->secondary, b->secondary);
    assert_string_equal(a->number, b->number);
    assert_string_equal(a->nationality, b->nationality);
    assert_string_equal(a->birth, b->birth);
    assert_string_equal(a->expiry, b->expiry);
    assert_int_equal(a->sex, b->sex);
    assert_string_equal(a->optional1, b->optional1);
    assert_string_equal(a->optional2, b->optional2);
}

static void test_specimens(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(specimens); i++) {
        struct mrz m;
        struct mrz_wrong w;
        struct fault f = {0};
        char out[MRZ_ROOM];

        if (mrz_read(str_of(specimens[i].text), &m, &w, &f) != OK)
            fail_msg("%zu: %s %s", i, f.pointer, f.detail);
        if (w.n)
            fail_msg("%zu: %s is %c, not %c", i, w.at[0].pointer, w.at[0].found, w.at[0].expected);
        same(&m, &specimens[i].m);
        assert_int_equal(mrz_write(&specimens[i].m, out, &f), OK);
        assert_string_equal(out, specimens[i].text);
    }
}

static void name(const char *primary, const char *secondary, size_t width, const char *expected)
{
    char out[40] = {0};
    struct fault f = {0};

    if (mrz_name_field(str_of(primary), str_of(secondary), width, out, NULL, &f) != OK)
        fail_msg("%s: %s", primary, f.detail);
    assert_string_equal(out, expected);
    assert_int_equal(strlen(out), width);
}

static void test_names(void **state)
{
    (void)state;
    /* Part 4, 4.2.3 */
    name("VAN DER MUELLEN", "MARTIN", 39, "VAN<DER<MUELLEN<<MARTIN<<<<<<<<<<<<<<<<");
    name("SMITH-JONES", "SUSIE MARGARET", 39, "SMITH<JONES<<SUSIE<MARGARET<<<<<<<<<<<<");
    name("O'CONNOR", "ENYA SIOBHAN", 39, "OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<");
    name("O\xe2\x80\x99"
         "Connor",
         "Enya Siobhan", 39, "OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<");
    name("AL-BASRI", "HUDA MUHAMMAD JAWAD", 39, "AL<BASRI<<HUDA<MUHAMMAD<JAWAD<<<<<<<<<<");
    name("ARKFREITH", "", 39, "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<");
    name("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", 39,
         "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K");
    name("PAPANDROPOULOUS", "JONATHON WARREN TREVOR", 39,
         "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR");
    /* Parts 5 and 6, the same in narrower fields */
    name("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", 31, "NILAVADHANANANDA<<CHAYAPA<DEJ<K");
    name("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", 30, "NILAVADHANANANDA<<CHAYAPA<DE<K");
    name("BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO", 31,
         "BENNELONG<WOOLOOMOOLOO<W<W<<D<P");
    /* more components than the field has room for */
    name("A B C D E F G H I J K L M N O", "PQ RS", 30, "A<B<C<D<E<F<G<H<I<J<K<L<M<N<<P");
}

static void test_bad_names(void **state)
{
    struct fault f;
    char out[40];

    (void)state;
    assert_int_equal(mrz_name_field(S("M\xc3\xbcller"), S("A"), 39, out, NULL, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/primary");
    assert_int_equal(mrz_name_field(S("-'"), S("A"), 39, out, NULL, &f), ERR_INVALID);
    assert_int_equal(mrz_name_field(S("A"), S("B2"), 39, out, NULL, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/secondary");
}

static void test_wrong(void **state)
{
    struct mrz m;
    struct mrz_wrong w;
    struct fault f;

    (void)state;
    assert_int_equal(mrz_read(S("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                                "L898902C36UTO7408123F1204159ZE184226B<<<<<11"),
                              &m, &w, &f),
                     OK);
    assert_int_equal(w.n, 2);
    assert_string_equal(w.at[0].pointer, "/birth");
    assert_int_equal(w.at[0].expected, '2');
    assert_string_equal(w.at[1].pointer, "/composite");
    assert_int_equal(mrz_read(S("P<UTO"), &m, &w, &f), ERR_MALFORMED_TEXT);
    assert_int_equal(mrz_read(S("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<\n<<"
                                "L898902C36UTO7408123F1204159ZE184226B<<<<<11"),
                              &m, &w, &f),
                     ERR_MALFORMED_TEXT);
    assert_int_equal(mrz_read(S("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                                "L898902C36UTO74O8123F1204159ZE184226B<<<<<11"),
                              &m, &w, &f),
                     ERR_INVALID);
    assert_string_equal(f.pointer, "/birth");
}

static void test_refusals(void **state)
{
    struct mrz m = specimens[2].m;
    struct fault f;
    char out[MRZ_ROOM];

    (void)state;
    strcpy(m.number, "L898902C3X");
    assert_int_equal(mrz_write(&m, out, &f), ERR_RANGE);
    assert_string_equal(f.pointer, "/number");
    m = specimens[2].m;
    strcpy(m.birth, "7408");
    assert_int_equal(mrz_write(&m, out, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/birth");
    m = specimens[2].m;
    strcpy(m.code, "V");
    assert_int_equal(mrz_write(&m, out, &f), ERR_INVALID);
    m = specimens[2].m;
    strcpy(m.optional1, "012345678901234");
    assert_int_equal(mrz_write(&m, out, &f), ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_digits), cmocka_unit_test(test_specimens),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_wrong),        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
