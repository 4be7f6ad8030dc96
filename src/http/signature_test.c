/* signature_test.c - vectors of RFC 9421 (B.2.6) and RFC 9530, and each bit of them turned */
#include "http/signature.h"

#include "base/encode.h"
#include "base/testing.h"

static const struct signature_part parts[] = {{S("date"), S("Tue, 20 Apr 2021 02:07:55 GMT")},
                                              {S("@method"), S("POST")},
                                              {S("@path"), S("/foo")},
                                              {S("@authority"), S("example.com")},
                                              {S("content-type"), S("application/json")},
                                              {S("content-length"), S("18")}};
static const struct signature_message message = {parts, 6, NULL};
static const char input[] =
    "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\""
    " \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
static const char signature[] = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9E"
                                "DgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

static struct ed25519_public vector_key(void)
{
    AUTO(buf) struct buf b = BUF(64);
    struct ed25519_public p;

    assert_true(base64_decode(&b, S("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="), BASE64_STD));
    memcpy(p.b, b.p, sizeof p.b);
    return p;
}

static enum err check(str in_text, str sig_text, const struct signature_message *m)
{
    struct ed25519_public key = vector_key();
    struct signature_input in;

    TRY(signature_input_parse(in_text, &in, NULL));
    return signature_verify(m, &in, sig_text, &key, NULL);
}

static void test_vector(void **state)
{
    (void)state;
    assert_int_equal(check(str_of(input), str_of(signature), &message), OK);
}

static void test_bits(void **state)
{
    char in[sizeof input], sig[sizeof signature];

    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof input - 1); bit++) {
        memcpy(in, input, sizeof in);
        in[bit / 8] = (char)(in[bit / 8] ^ 1 << bit % 8);
        assert_int_not_equal(check(str_bytes(in, sizeof in - 1), str_of(signature), &message), OK);
    }
    for (size_t bit = 0; bit < 8 * (sizeof signature - 1); bit++) {
        memcpy(sig, signature, sizeof sig);
        sig[bit / 8] = (char)(sig[bit / 8] ^ 1 << bit % 8);
        assert_int_not_equal(check(str_of(input), str_bytes(sig, sizeof sig - 1), &message), OK);
    }
    for (size_t i = 0; i < 6; i++) {
        struct signature_part other[6];
        memcpy(other, parts, sizeof other);
        other[i].value = S("other");
        assert_int_equal(
            check(str_of(input), str_of(signature), &(struct signature_message){other, 6, NULL}),
            ERR_BAD_SIGNATURE);
    }
    assert_int_equal(
        check(str_of(input), str_of(signature), &(struct signature_message){parts, 5, NULL}),
        ERR_MALFORMED_TEXT);
}

static void test_malformed(void **state)
{
    static const char *const wrong[] = {
        "",
        "sig=",
        "sig=()",
        "sig=();created=1",
        "sig=();keyid=\"k\"",
        "sig=();created=01;keyid=\"k\"",
        "sig=();created=1;created=2;keyid=\"k\"",
        "sig=();created=1;keyid=\"k\";keyid=\"k\"",
        "sig=();created=1;keyid=\"k\";alg=\"rsa-pss-sha512\"",
        "sig=();created=1;keyid=\"k\";more=\"x\"",
        "sig=();created=1;keyid=\"k",
        "sig=();created=1;keyid=\"\\\"\"",
        "sig=(\"a\"\"b\");created=1;keyid=\"k\"",
        "sig=(\"a\";sf);created=1;keyid=\"k\"",
        "sig=();created=1;keyid=\"k\", two=();created=1;keyid=\"k\"",
        "sig=();created=1000000000000000;keyid=\"k\"",
    };
    struct signature_input in;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(signature_input_parse(str_of(wrong[i]), &in, NULL), ERR_MALFORMED_TEXT);
}

static void test_answer(void **state)
{
    const struct signature_part of_request = {S("@method"), S("POST")};
    const struct signature_part of_answer = {S("@status"), S("200")};
    const struct signature_message request = {&of_request, 1, NULL};
    const struct signature_message answer = {&of_answer, 1, &request};
    AUTO(buf) struct buf b = BUF(SIGNATURE_BASE);
    struct signature_input in;

    (void)state;
    assert_int_equal(
        signature_input_parse(S("s=(\"@status\" \"@method\";req);created=7;keyid=\"k\";"
                                "alg=\"ed25519\";tag=\"t\""),
                              &in, NULL),
        OK);
    assert_int_equal(signature_base(&b, &answer, &in, NULL), OK);
    assert_true(str_eq(buf_str(&b), S("\"@status\": 200\n\"@method\";req: POST\n"
                                      "\"@signature-params\": (\"@status\" \"@method\";req);"
                                      "created=7;keyid=\"k\";alg=\"ed25519\";tag=\"t\"")));
    assert_int_equal(signature_base(&b, &request, &in, NULL), ERR_MALFORMED_TEXT);
    assert_true(str_eq(in.tag, S("t")));
    assert_int_equal(
        signature_input_parse(S("s=(\"@status\" \"@status\");created=7;keyid=\"k\""), &in, NULL),
        OK);
    assert_int_equal(signature_base(&b, &answer, &in, NULL), ERR_MALFORMED_TEXT);
}

static void test_window(void **state)
{
    const struct signature_input in = {.created = 1000000};

    (void)state;
    assert_true(signature_fresh(&in, 1000000 + 300) && signature_fresh(&in, 1000000 - 60));
    assert_false(signature_fresh(&in, 1000000 + 301) || signature_fresh(&in, 1000000 - 61));
}

static void test_digest(void **state)
{
    str field = S("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
    AUTO(buf) struct buf b = BUF(128);
    char turned[64];

    (void)state;
    content_digest(&b, S("{\"hello\": \"world\"}\n"));
    assert_true(str_eq(buf_str(&b), field));
    assert_true(content_digest_is(field, S("{\"hello\": \"world\"}\n")));
    assert_true(content_digest_is(S("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
                                  S("{\"hello\": \"world\"}")));
    assert_false(content_digest_is(field, S("{\"hello\": \"world\"}")));
    assert_false(content_digest_is(STR_NONE, S("")));
    for (size_t bit = 0; bit < 8 * field.n; bit++) {
        memcpy(turned, field.p, field.n);
        turned[bit / 8] = (char)(turned[bit / 8] ^ 1 << bit % 8);
        assert_false(content_digest_is(str_bytes(turned, field.n), S("{\"hello\": \"world\"}\n")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),    cmocka_unit_test(test_bits),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_answer),
        cmocka_unit_test(test_window),    cmocka_unit_test(test_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
