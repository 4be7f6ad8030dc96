/* RFC 9180 against what another implementation of the suite sealed (fixed keys), and what may not
 * open. */
#include "crypto/hpke.h"

#include "base/encode.h"
#include "base/testing.h"

static void hex_is(const void *bytes, size_t n, const char *want)
{
    char hex[200];

    hex_encode(bytes, n, hex);
    assert_string_equal(hex, want);
}

static struct x25519_secret counting(uint8_t from)
{
    struct x25519_secret s;

    for (unsigned i = 0; i < sizeof s.b; i++)
        s.b[i] = (uint8_t)(from + i);
    return s;
}

static const char *const sealed_elsewhere[] = {
    "3119bf64d6b30a012335b7cf366ba9a53fbaa1fb022e18",
    "536318813685a21e4984b9e561d18b3f719c24b244037c",
    "75a1512c126fb31c61c0d92497e15cf9a81f9261657bc4",
};

static void test_another_implementation(void **state)
{
    struct x25519_secret own = counting(1), ephemeral = counting(65);
    struct x25519_public to = x25519_public_of(&own), enc = x25519_public_of(&ephemeral);
    AUTO(buf) struct buf b = BUF(1024);
    struct hpke sender, receiver;

    (void)state;
    hex_is(to.b, 32, "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");
    hex_is(enc.b, 32, "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d48466");
    assert_int_equal(hpke_sender_with(&ephemeral, &to, S("sifara test"), &sender, NULL), OK);
    assert_int_equal(hpke_receiver(&own, &enc, S("sifara test"), &receiver, NULL), OK);
    for (unsigned i = 0; i < 3; i++) {
        char plain[16];
        uint8_t raw[23];
        snprintf(plain, sizeof plain, "piece %u", i);
        buf_clear(&b);
        assert_int_equal(hpke_seal(&sender, S("ad"), str_of(plain), &b, NULL), OK);
        hex_is(b.p, b.n, sealed_elsewhere[i]);
        assert_true(hex_decode(str_of(sealed_elsewhere[i]), raw, sizeof raw));
        buf_clear(&b);
        assert_int_equal(hpke_open(&receiver, S("ad"), str_bytes(raw, sizeof raw), &b, NULL), OK);
        assert_true(str_eq(buf_str(&b), str_of(plain)));
    }
}

static const char *const locked_elsewhere[] = {
    "2e43482fd1ff1fd4ba489e1b782bd3863cfeaeb9c2879f",
    "7eb06e90429ceee927a3a1d4aeb0dbf2b30c6a3b066e13",
};

/* The same with a pre-shared key, by the same other implementation; without it, with another or
 * under another id it does not open. */
static void test_pre_shared_key(void **state)
{
    struct x25519_secret own = counting(1), ephemeral = counting(65), bytes = counting(129);
    struct x25519_public to = x25519_public_of(&own), enc = x25519_public_of(&ephemeral);
    AUTO(buf) struct buf b = BUF(1024);
    struct hpke sender, receiver;
    struct key key, other;

    (void)state;
    memcpy(key.b, bytes.b, sizeof key.b);
    other = key;
    other.b[31] ^= 1;
    struct hpke_psk psk = {&key, S("sifara-sealed/1")};
    const struct hpke_psk wrong[] = {
        {&other, psk.id}, {&key, S("sifara-sealed/2")}, {NULL, STR_NONE}};
    assert_int_equal(hpke_sender_psk_with(&ephemeral, &to, &psk, S("sifara test"), &sender, NULL),
                     OK);
    assert_int_equal(hpke_receiver_psk(&own, &enc, &psk, S("sifara test"), &receiver, NULL), OK);
    for (unsigned i = 0; i < ARRAY_LEN(locked_elsewhere); i++) {
        char plain[16];
        uint8_t raw[23];
        snprintf(plain, sizeof plain, "piece %u", i);
        buf_clear(&b);
        assert_int_equal(hpke_seal(&sender, S("ad"), str_of(plain), &b, NULL), OK);
        hex_is(b.p, b.n, locked_elsewhere[i]);
        memcpy(raw, b.p, sizeof raw);
        buf_clear(&b);
        assert_int_equal(hpke_open(&receiver, S("ad"), str_bytes(raw, sizeof raw), &b, NULL), OK);
        assert_true(str_eq(buf_str(&b), str_of(plain)));
        for (size_t k = 0; i == 0 && k < ARRAY_LEN(wrong); k++) {
            struct hpke h;
            assert_int_equal(hpke_receiver_psk(&own, &enc, &wrong[k], S("sifara test"), &h, NULL),
                             OK);
            assert_int_equal(hpke_open(&h, S("ad"), str_bytes(raw, sizeof raw), &b, NULL),
                             ERR_CORRUPT);
        }
    }
}

/* A bit, the additional data, the purpose, the order, the holder: each must be the one. */
static void test_what_does_not_open(void **state)
{
    struct x25519_secret own, other;
    AUTO(buf) struct buf sealed = BUF(1024);
    AUTO(buf) struct buf out = BUF(1024);
    struct hpke sender, receiver;
    struct x25519_public enc;

    (void)state;
    x25519_new(&own);
    x25519_new(&other);
    struct x25519_public to = x25519_public_of(&own);
    assert_int_equal(hpke_sender(&to, S("a"), &enc, &sender, NULL), OK);
    assert_int_equal(hpke_seal(&sender, S("first"), S("text"), &sealed, NULL), OK);
    str all = buf_str(&sealed);

    assert_int_equal(hpke_receiver(&other, &enc, S("a"), &receiver, NULL), OK);
    assert_int_equal(hpke_open(&receiver, S("first"), all, &out, NULL), ERR_CORRUPT);
    assert_int_equal(hpke_receiver(&own, &enc, S("b"), &receiver, NULL), OK);
    assert_int_equal(hpke_open(&receiver, S("first"), all, &out, NULL), ERR_CORRUPT);
    assert_int_equal(hpke_receiver(&own, &enc, S("a"), &receiver, NULL), OK);
    assert_int_equal(hpke_open(&receiver, S("last"), all, &out, NULL), ERR_CORRUPT);
    assert_int_equal(hpke_open(&receiver, S("first"), str_sub(all, 0, 15), &out, NULL),
                     ERR_CORRUPT);
    sealed.p[0] ^= 1;
    assert_int_equal(hpke_open(&receiver, S("first"), all, &out, NULL), ERR_CORRUPT);
    sealed.p[0] ^= 1;
    assert_true(out.n == 0);
    assert_int_equal(hpke_open(&receiver, S("first"), all, &out, NULL), OK);
    assert_true(str_eq(buf_str(&out), S("text")));
    assert_int_equal(hpke_open(&receiver, S("first"), all, &out, NULL), ERR_CORRUPT); /* again */

    /* the empty piece has a tag all the same */
    buf_clear(&sealed);
    buf_clear(&out);
    assert_int_equal(hpke_seal(&sender, STR_NONE, STR_NONE, &sealed, NULL), OK);
    assert_true(sealed.n == HPKE_TAG);
    assert_int_equal(hpke_open(&receiver, STR_NONE, buf_str(&sealed), &out, NULL), OK);
    assert_true(out.n == 0);
}

static void test_a_point_of_low_order(void **state)
{
    struct x25519_public zero = {{0}}, enc;
    struct x25519_secret own = counting(1);
    struct hpke h;

    (void)state;
    assert_int_equal(hpke_sender(&zero, S("a"), &enc, &h, NULL), ERR_CRYPTO);
    assert_int_equal(hpke_receiver(&own, &zero, S("a"), &h, NULL), ERR_CRYPTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_implementation),
        cmocka_unit_test(test_pre_shared_key),
        cmocka_unit_test(test_what_does_not_open),
        cmocka_unit_test(test_a_point_of_low_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
