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
        cmocka_unit_test(test_what_does_not_open),
        cmocka_unit_test(test_a_point_of_low_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
