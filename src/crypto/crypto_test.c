/* primitives against the vectors of their standards; ids */
#include "crypto/crypto.h"

#include "base/encode.h"
#include "base/testing.h"
#include "crypto/id.h"

static void hex_is(const void *bytes, size_t n, const char *want)
{
    char hex[200];

    hex_encode(bytes, n, hex);
    assert_string_equal(hex, want);
}

static void test_hashes(void **state)
{
    struct key k;
    struct hash h = sha256(S("abc")); /* FIPS 180-4 example */

    (void)state;
    hex_is(h.b, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    memset(k.b, 0, 32);
    memset(k.b, 0x0b, 20); /* RFC 4231 case 1: trailing zeros do not change a short key */
    h = hmac_sha256(&k, S("Hi There"));
    hex_is(h.b, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

static void test_ed25519(void **state)
{
    struct ed25519_secret s; /* RFC 8032 section 7.1, test 2 */

    (void)state;
    assert_true(
        hex_decode(S("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), s.b, 32));
    struct ed25519_public p = ed25519_public_of(&s);
    hex_is(p.b, 32, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    struct ed25519_signature sig = ed25519_sign(&s, S("\x72"));
    hex_is(sig.b, 64,
           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assert_true(ed25519_verify(&p, S("\x72"), &sig));
    assert_false(ed25519_verify(&p, S("\x73"), &sig));
}

static void test_sealing(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct key k, other;
    str plain;

    (void)state;
    secret_random(&k, sizeof k);
    secret_random(&other, sizeof other);
    assert_int_equal(seal(&b, &k, S("case 1"), S("a name"), NULL), OK);
    assert_int_equal(b.n, 6 + SEAL_OVERHEAD);
    assert_int_equal(unseal(a, &k, S("case 1"), buf_str(&b), &plain, NULL), OK);
    assert_true(str_eq(plain, S("a name")));
    assert_int_equal(unseal(a, &k, S("case 2"), buf_str(&b), &plain, NULL), ERR_CORRUPT);
    assert_int_equal(unseal(a, &other, S("case 1"), buf_str(&b), &plain, NULL), ERR_CORRUPT);
    b.p[13] ^= 1;
    assert_int_equal(unseal(a, &k, S("case 1"), buf_str(&b), &plain, NULL), ERR_CORRUPT);
    assert_int_equal(unseal(a, &k, S("case 1"), S("short"), &plain, NULL), ERR_CORRUPT);
}

static void test_ids(void **state)
{
    struct world_sim sim = {.now_ms = 1774000800123, .seed = 1};
    struct world w = world_of_sim(&sim);
    char text[ID_TEXT + 1];
    struct id id, again;

    (void)state;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        id = id_new(&w, bucket);
        assert_int_equal(id_bucket(&id), bucket);
        assert_true(id_time(&id) == sim.now_ms);
        id_format(&id, text);
        assert_true(id_parse(str_of(text), &again) && id_eq(&id, &again));
    }
    assert_false(id_parse(S("019d0a2b-0000-4000-8000-000000000000"), &id)); /* version 4 */
    assert_false(id_parse(S("019d0a2b-0000-7000-c000-000000000000"), &id)); /* variant */
    assert_false(id_parse(S("019d0a2b00007000-8000-000000000000"), &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_sealing),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
