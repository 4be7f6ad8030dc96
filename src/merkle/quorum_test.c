/* Trust policies: what is read, what is refused and where, and which sets of witnesses suffice. */
#include "merkle/quorum.h"

#include "base/testing.h"

static struct ed25519_secret secret_of(uint8_t n)
{
    return (struct ed25519_secret){{n, 7}};
}

static struct note_key witness_key(uint8_t n)
{
    struct ed25519_secret s = secret_of(n);
    struct ed25519_public p = ed25519_public_of(&s);

    return note_cosigner_of(S("w.example"), &p);
}

static struct note_key log_key(uint8_t n)
{
    struct ed25519_secret s = secret_of(n);
    struct ed25519_public p = ed25519_public_of(&s);

    return note_key_of(S("log.example/1"), &p);
}

/* %1 to %6 stand for the keys of witnesses, %L for the log's. */
static str fill(struct buf *b, const char *pattern)
{
    buf_clear(b);
    for (const char *p = pattern; *p; p++) {
        struct note_key k;
        if (*p != '%') {
            buf_add_char(b, *p);
            continue;
        }
        p++;
        k = *p == 'L' ? log_key(100) : witness_key((uint8_t)(*p - '0'));
        note_key_format(b, &k);
    }
    assert_true(buf_ok(b));
    return buf_str(b);
}

static const char two_levels[] = "# two groups\n"
                                 "log %L https://log.example\n"
                                 "\n"
                                 "witness X1 %1\n"
                                 " witness\tX2 %2 https://x2.example\n"
                                 "witness X3 %3\n"
                                 "group X 2 X1 X2 X3\n"
                                 "witness Y1 %4\n"
                                 "witness Y2 %5\n"
                                 "group Y any Y1 Y2\n"
                                 "group both all X Y \n"
                                 "quorum both\n";

static void test_two_levels(void **state)
{
    AUTO(buf) struct buf b = BUF(8192);
    struct quorum q;

    (void)state;
    assert_int_equal(quorum_parse(fill(&b, two_levels), &q, NULL), OK);
    assert_true(q.n_logs == 1 && q.n_witnesses == 5 && q.n_groups == 3);
    assert_true(str_eq(q.witness[1].url, S("https://x2.example")));
    for (uint64_t set = 0; set < 32; set++) {
        bool want = __builtin_popcountll(set & 7) >= 2 && (set & 24);
        assert_true(quorum_met(&q, set) == want);
    }
    /* bits beyond the witnesses are nobody's, and not a group's either */
    assert_false(quorum_met(&q, ~(uint64_t)31));
}

static void test_none(void **state)
{
    AUTO(buf) struct buf b = BUF(8192);
    struct quorum q;

    (void)state;
    assert_int_equal(quorum_parse(fill(&b, "quorum none\n"), &q, NULL), OK);
    assert_true(quorum_met(&q, 0));
    assert_int_equal(quorum_parse(fill(&b, "witness a %1\nquorum a\n"), &q, NULL), OK);
    assert_false(quorum_met(&q, 0));
    assert_true(quorum_met(&q, 1));
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *at;
    } bad[] = {
        {"", ""},
        {"witness a %1\n", ""},
        {"quorum none", ""},
        {"quorum none\r\n", ""},
        {"quorum nobody\n", "line 1"},
        {"quorum none\nquorum none\n", "line 2"},
        {"quorum none none\n", "line 1"},
        {"log %1\nquorum none\n", "line 1"},
        {"log %L a b\nquorum none\n", "line 1"},
        {"log %L\nlog %L\nquorum none\n", "line 2"},
        {"witness none %1\nquorum none\n", "line 1"},
        {"witness a %L\nquorum none\n", "line 1"},
        {"witness a %1\nwitness a %2\nquorum none\n", "line 2"},
        {"witness a %1\nwitness b %1\nquorum none\n", "line 2"},
        {"witness a\nquorum none\n", "line 1"},
        {"group g all a\nwitness a %1\nquorum g\n", "line 1"},
        {"witness a %1\ngroup g all\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g 2 a\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g 0 a\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g 01 a\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g some a\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g any a a\nquorum g\n", "line 2"},
        {"witness a %1\ngroup g any a\ngroup h any a\nquorum g\n", "line 3"},
        {"witness a %1\ngroup a any a\nquorum a\n", "line 2"},
        {"members a\nquorum none\n", "line 1"},
    };
    AUTO(buf) struct buf b = BUF(8192);
    struct quorum q;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct fault f = {0};
        if (quorum_parse(fill(&b, bad[i].text), &q, &f) != ERR_MALFORMED_TEXT ||
            strcmp(f.pointer, bad[i].at) != 0)
            fail_msg("%s: \"%s\" at \"%s\"", bad[i].text, f.detail, f.pointer);
    }
}

static void cosign(struct buf *note, str text, uint8_t n)
{
    AUTO(buf) struct buf message = BUF(4096);
    struct ed25519_secret s = secret_of(n);
    struct note_key k = witness_key(n);

    cosignature_message(&message, 1700000000 + n, text);
    struct ed25519_signature sig = ed25519_sign(&s, buf_str(&message));
    cosignature_line(note, &k, 1700000000 + n, &sig);
}

static void test_checkpoints(void **state)
{
    AUTO(buf) struct buf b = BUF(8192);
    AUTO(buf) struct buf text = BUF(4096);
    AUTO(buf) struct buf note = BUF(8192);
    struct ed25519_secret log_secret = secret_of(100);
    struct checkpoint c;
    struct quorum q;

    (void)state;
    assert_int_equal(quorum_parse(fill(&b, two_levels), &q, NULL), OK);
    checkpoint_format(&text, &(struct checkpoint){S("log.example/1"), 9, merkle_empty()});
    note_sign(&note, buf_str(&text), S("log.example/1"), &log_secret);
    cosign(&note, buf_str(&text), 1);
    cosign(&note, buf_str(&text), 4);
    assert_int_equal(quorum_check(&q, buf_str(&note), &c, NULL), ERR_BAD_SIGNATURE);
    cosign(&note, buf_str(&text), 9); /* unknown */
    assert_int_equal(quorum_check(&q, buf_str(&note), &c, NULL), ERR_BAD_SIGNATURE);
    cosign(&note, buf_str(&text), 3);
    assert_int_equal(quorum_check(&q, buf_str(&note), &c, NULL), OK);
    assert_true(c.size == 9);

    /* the same witnesses under a log that is not known, and a known key under another origin */
    buf_clear(&note);
    buf_add_str(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    for (uint8_t n = 1; n <= 5; n++)
        cosign(&note, buf_str(&text), n);
    assert_int_equal(quorum_check(&q, buf_str(&note), &c, NULL), ERR_BAD_SIGNATURE);
    buf_clear(&text);
    buf_clear(&note);
    checkpoint_format(&text, &(struct checkpoint){S("log.example/2"), 9, merkle_empty()});
    note_sign(&note, buf_str(&text), S("log.example/1"), &log_secret);
    for (uint8_t n = 1; n <= 5; n++)
        cosign(&note, buf_str(&text), n);
    assert_int_equal(quorum_check(&q, buf_str(&note), &c, NULL), ERR_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_levels),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_checkpoints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
