/* visible digital seals: the published ones, round trips of our own, and damaged ones */
#include "base/encode.h"
#include "base/testing.h"
#include "paper/vds_int.h"

static str unhex(struct arena *a, str hex)
{
    char *to = arena_alloc(a, hex.n / 2 + 1);

    assert_non_null(to);
    assert_true(hex_decode(hex, to, hex.n / 2));
    return str_bytes(to, hex.n / 2);
}

/* One published seal against what it is known to say. */
static void check_seal(struct arena *a, const struct json *item)
{
    str seal = unhex(a, json_get_str(item, S("hex")));
    const struct json *expect = json_get(item, S("expect"));
    AUTO(buf) struct buf text = BUF(1 << 16);
    struct jw w = JW(&text);
    struct json *back;
    struct fault f = {0};
    struct vds v;

    if (vds_decode(seal, &v, &f) != OK)
        fail_msg("%.*s: %s", STR_FMT(json_get_str(item, S("name"))), f.detail);
    vds_to_json(&v, &w, a);
    assert_true(buf_ok(&text));
    assert_int_equal(json_parse(a, buf_str(&text), NULL, &back, NULL), OK);
    const struct json *messages = json_get(back, S("messages"));
    for (uint32_t i = 0; i < expect->n; i++)
        if (!json_same(json_get(messages, expect->members[i].key), &expect->members[i].value))
            fail_msg("%.*s: %.*s is %.*s", STR_FMT(json_get_str(item, S("name"))),
                     STR_FMT(expect->members[i].key), STR_FMT(buf_str(&text)));
    assert_false(str_eq(json_get_str(back, S("document_type")), S("UNKNOWN")));
}

static void test_published(void **state)
{
    const char *root = getenv("SIFARA_CONFORMANCE");
    AUTO(arena) struct arena *a = arena_new(1 << 22);
    struct json *all;
    char path[1024];

    (void)state;
    snprintf(path, sizeof path, "%s/vds/seals.json", root ? root : "");
    if (access(path, R_OK) != 0) {
        print_message("skipped: no vds/seals.json\n");
        skip();
    }
    assert_int_equal(json_parse(a, test_slurp(path, a), NULL, &all, NULL), OK);
    for (uint32_t i = 0; i < all->n; i++)
        check_seal(a, &all->items[i]);
    print_message("%u published seals\n", all->n);
    assert_true(all->n > 0);
}

/* Our table of types says what the published one says. */
static void test_types(void **state)
{
    const char *root = getenv("SIFARA_CONFORMANCE");
    AUTO(arena) struct arena *a = arena_new(1 << 22);
    struct json *all;
    char path[1024];
    unsigned fields = 0;

    (void)state;
    snprintf(path, sizeof path, "%s/vds/document-types.json", root ? root : "");
    if (access(path, R_OK) != 0)
        skip();
    assert_int_equal(json_parse(a, test_slurp(path, a), NULL, &all, NULL), OK);
    for (uint32_t i = 0; i < all->n; i++) {
        const struct json *type = &all->items[i], *messages = json_get(type, S("messages"));
        str ref = unhex(a, json_get_str(type, S("documentRef")));
        struct vds v = {.ref = (uint16_t)((uint8_t)ref.p[0] << 8 | (uint8_t)ref.p[1])};
        const struct vds_type *ours = vds_type_find(v.ref);
        assert_non_null(ours);
        assert_true(str_eq(str_of(ours->name), json_get_str(type, S("documentType"))));
        assert_int_equal(ours->n, messages->n);
        for (uint32_t k = 0; k < messages->n; k++, fields++) {
            const struct json *m = &messages->items[k];
            const struct vds_field *fd = vds_field_of(&v, (uint8_t)json_get_int(m, S("tag"), -1));
            assert_non_null(fd);
            assert_true(str_eq(str_of(fd->name), json_get_str(m, S("name"))));
            assert_int_equal(fd->min, json_get_int(m, S("minBytes"), -1));
            assert_int_equal(fd->max, json_get_int(m, S("maxBytes"), -1));
        }
    }
    print_message("%u types with %u messages\n", all->n, fields);
    assert_true(fields > 0);
}

static void test_c40(void **state)
{
    AUTO(buf) struct buf b = BUF(64);
    char out[64];
    size_t n;

    (void)state;
    /* Doc 9303-13, 2.3.1: XK<CD */
    assert_true(c40_encode(&b, S("XK<CD")));
    assert_int_equal(b.n, 4);
    assert_memory_equal(b.p, "\xeb\x04\x66\xa9", 4);
    assert_true(c40_decode(buf_str(&b), out, &n));
    assert_string_equal(out, "XK CD");
    buf_clear(&b);
    assert_true(c40_encode(&b, S("abcd")));
    assert_memory_equal(b.p + 2, "\xfe\x45", 2);
    assert_true(c40_decode(buf_str(&b), out, &n));
    assert_string_equal(out, "ABCD");
    assert_false(c40_encode(&b, S("\xc3\xa9")));
    assert_false(c40_decode(S("\x00\x00"), out, &n));
    assert_false(c40_decode(S("\xff\xff"), out, &n));
    assert_false(c40_decode(S("\x59"), out, &n));
}

/* Stands in for a key: the "signature" is 64 bytes of the message's first one. */
static enum err fake_sign(void *ctx, str message, struct buf *out, struct fault *f)
{
    (void)ctx;
    (void)f;
    char *p = buf_extend(out, 64);
    memset(p, message.p[4], 64);
    return OK;
}

static struct vds sample(uint16_t ref, uint8_t raw_version)
{
    return (struct vds){.raw_version = raw_version,
                        .country = "UTO",
                        .signer = "UTTS",
                        .reference = "5B",
                        .issued = {2026, 11, 23},
                        .signed_on = {2026, 11, 23},
                        .ref = ref};
}

static void add(struct vds *v, struct arena *a, const char *name, const char *text)
{
    struct fault f = {0};

    if (vds_add(v, a, str_of(name), str_of(text), &f) != OK)
        fail_msg("%s: %s %s", name, f.pointer, f.detail);
}

static const char zone[] = "PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                           "D231458907UTO7408122F1204159<<<<<<<6";

static void test_emergency(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    const uint8_t versions[] = {2, 3};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        AUTO(buf) struct buf seal = BUF(VDS_MAX);
        struct vds v = sample(VDS_REF_EMERGENCY_TRAVEL, versions[i]), back;
        char id[33], again[33], name[VDS_REFERENCE + 8];

        add(&v, a, "MRZ", zone);
        assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, NULL), OK);
        assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), OK);
        assert_true(str_eq(vds_text(&back, S("MRZ"), a), str_of(zone)));
        assert_int_equal(back.signed_on.year, 2026);
        assert_int_equal(back.issued.day, 23);
        assert_string_equal(back.country, "UTO");
        vds_signer_reference(&back, name);
        assert_string_equal(name, "UTTS5B");
        assert_int_equal(back.signature.n, 64);
        vds_id(&back, id);
        seal.p[seal.n - 1] ^= 1; /* another signature is the same seal */
        assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), OK);
        vds_id(&back, again);
        assert_string_equal(id, again);
    }
}

static void test_administrative(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    AUTO(buf) struct buf json = BUF(1 << 16);
    struct jw w = JW(&json);
    struct vds v = sample(VDS_REF_ADMINISTRATIVE, 3), back;
    struct fault f = {0};
    char longish[161];

    (void)state;
    memset(longish, 'x', 160);
    longish[160] = 0;
    strcpy(v.reference, "0123456789ABCDEF0123");
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/messages/DOC_PROFILE_NUMBER");
    add(&v, a, "DOC_PROFILE_NUMBER", "3b0a5e1c527d4c0e8f216a9d41c70002");
    add(&v, a, "VALIDITY_DATES", "2026-11-23 - 2027-11-22");
    add(&v, a, "DOCUMENT_NUMBER", "UTO-2026-000042");
    add(&v, a, "GRANTOR", "\xd9\x84\xd9\x8a\xd9\x84\xd9\x89 Layla");
    add(&v, a, "GRANTOR_DATE_OF_BIRTH", "1974-08-12");
    assert_int_equal(vds_add(&v, a, S("GRANTOR"), S("twice"), &f), ERR_LIMIT);
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/messages/ATTORNEY");
    add(&v, a, "ATTORNEY", "Omar");
    add(&v, a, "SUBJECT", longish); /* a length of two bytes, 81 a0 */
    add(&v, a, "MISSION", "Embassy of Utopia");
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, &f), OK);
    assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), OK);
    assert_string_equal(back.reference, "0123456789ABCDEF0123");
    assert_true(str_eq(vds_text(&back, S("SUBJECT"), a), str_of(longish)));
    assert_true(str_eq(vds_text(&back, S("VALIDITY_DATES"), a), S("2026-11-23 - 2027-11-22")));
    vds_to_json(&back, &w, a);
    assert_true(str_find(buf_str(&json), S("\"name\":\"POWER_OF_ATTORNEY\"")) > 0);
    assert_true(str_find(buf_str(&json), S("\"GRANTOR_DATE_OF_BIRTH\":\"1974-08-12\"")) > 0);
}

static void test_odd_headers(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    struct vds v = sample(VDS_REF_EMERGENCY_TRAVEL, 3), back;

    (void)state;
    /* DEZV counts in decimal */
    strcpy(v.signer, "DEZV");
    strcpy(v.reference, "0123456789ABCDEF0123456789ABCDEF01234567");
    add(&v, a, "MRZ", zone);
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, NULL), OK);
    assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), OK);
    assert_string_equal(back.reference, v.reference);
    /* a version 3 header under the number of version 4 */
    v = sample(VDS_REF_EMERGENCY_TRAVEL, 2);
    strcpy(v.reference, "27");
    add(&v, a, "MRZ", zone);
    buf_clear(&seal);
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, NULL), OK);
    seal.p[1] = 3;
    assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), OK);
    assert_string_equal(back.reference, "00027");
    assert_true(str_eq(vds_text(&back, S("MRZ"), a), str_of(zone)));
}

/* A visa's zone of 64 characters, and the same filled up to 66. */
static void test_visa(void **state)
{
    static const char first[] = "VCD<<DENT<<ARTHUR<PHILIP<<<<<<<<<<<<",
                      second[] = "1234567XY7GBR5203116M2005250";
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct vds v = sample(0x5d01, 3);
    char zones[2][80];

    (void)state;
    snprintf(zones[0], sizeof zones[0], "%s\n%s", first, second);
    snprintf(zones[1], sizeof zones[1], "%s\n%s<<", first, second);
    for (size_t i = 0; i < 2; i++) {
        v.n = 0;
        add(&v, a, "MRZ_MRVB", zones[i]);
        assert_true(str_eq(vds_text(&v, S("MRZ_MRVB"), a), str_of(zones[0])));
    }
}

static void test_damaged(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    struct vds v = sample(VDS_REF_EMERGENCY_TRAVEL, 3), back;
    unsigned refused = 0;

    (void)state;
    add(&v, a, "MRZ", zone);
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, NULL), OK);
    for (size_t n = 0; n < seal.n; n++) {
        assert_int_equal(vds_decode(str_sub(buf_str(&seal), 0, n), &back, NULL),
                         ERR_MALFORMED_TEXT);
        refused++;
    }
    print_message("%u cut seals refused\n", refused);
    buf_add_char(&seal, 0);
    assert_int_equal(vds_decode(buf_str(&seal), &back, NULL), ERR_MALFORMED_TEXT);
    assert_int_equal(vds_add(&v, a, S("NOTHING"), S(""), NULL), ERR_INVALID);
    v = sample(VDS_REF_EMERGENCY_TRAVEL, 3);
    assert_int_equal(vds_add(&v, a, S("MRZ"), S("TOO<SHORT"), NULL), ERR_RANGE);
    v.signed_on.month = 13;
    add(&v, a, "MRZ", zone);
    assert_int_equal(vds_encode(&v, fake_sign, NULL, &seal, NULL), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_c40),
        cmocka_unit_test(test_emergency),
        cmocka_unit_test(test_administrative),
        cmocka_unit_test(test_odd_headers),
        cmocka_unit_test(test_visa),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
