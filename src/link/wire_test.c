/* wire_test.c - entries, requests and payloads, there and back, and cut off anywhere */
#include "base/testing.h"

#include "link/entry.h"
#include "link/payload.h"
#include "link/wire.h"

static struct entry sample(void)
{
    struct entry e = {.kind = S("note"), .at = 1795478400000, .size = 1024};

    id_parse(S("019c0000-0000-7000-8000-000000000007"), &e.correlation);
    memset(e.policy.b, 1, sizeof e.policy.b);
    memset(e.salt, 2, sizeof e.salt);
    memset(e.content.b, 3, sizeof e.content.b);
    memset(e.sealed.b, 4, sizeof e.sealed.b);
    e.undertaking[0] = S("no-onward-sharing");
    e.n_undertakings = 1;
    return e;
}

static void test_entry(void **state)
{
    (void)state;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf b = BUF(ENTRY_BYTES), again = BUF(ENTRY_BYTES);
    struct entry e = sample(), back;
    struct fault f = {0};

    assert_int_equal(entry_format(&b, &e, a, &f), OK);
    assert_int_equal(entry_parse(a, buf_str(&b), &back, &f), OK);
    assert_int_equal(entry_format(&again, &back, a, &f), OK);
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    assert_int_equal(back.size, 1024);
    assert_true(str_eq(back.undertaking[0], e.undertaking[0]));

    e.size = 0;
    e.n_undertakings = 0;
    e.body = S("{\"b\":1,\"a\":[true]}");
    buf_clear(&b);
    assert_int_equal(entry_format(&b, &e, a, &f), OK);
    assert_int_equal(entry_parse(a, buf_str(&b), &back, &f), OK);
    assert_true(str_eq(back.body, S("{\"a\":[true],\"b\":1}")));
}

static void test_entry_refused(void **state)
{
    (void)state;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf b = BUF(ENTRY_BYTES);
    struct entry e = sample(), back;
    struct fault f = {0};

    assert_int_equal(entry_format(&b, &e, a, &f), OK);
    str text = buf_str(&b);
    for (size_t n = 0; n < text.n; n++)
        assert_int_not_equal(entry_parse(a, str_sub(text, 0, n), &back, &f), OK);
    AUTO(buf) struct buf other = BUF(ENTRY_BYTES);
    buf_add_str(&other, S("{ "));
    buf_add_str(&other, str_sub(text, 1, text.n));
    assert_int_equal(entry_parse(a, buf_str(&other), &back, &f), ERR_MALFORMED_TEXT);
    buf_clear(&other);
    buf_add_str(&other, S("{\"aa\":1,"));
    buf_add_str(&other, str_sub(text, 1, text.n));
    assert_int_equal(entry_parse(a, buf_str(&other), &back, &f), ERR_MALFORMED_TEXT);
    e.kind = S("Note");
    buf_clear(&b);
    assert_int_equal(entry_format(&b, &e, a, &f), OK);
    assert_int_equal(entry_parse(a, buf_str(&b), &back, &f), ERR_MALFORMED_TEXT);
}

static void test_checkpoint(void **state)
{
    (void)state;
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct add_checkpoint c = {.old = 20852014, .note = S("o\n1\nx\n\n— o AAAA\n")}, back;
    struct fault f = {0};

    c.proof.n = 3;
    memset(c.proof.node, 9, sizeof c.proof.node[0] * 3);
    add_checkpoint_format(&b, &c);
    assert_int_equal(add_checkpoint_parse(buf_str(&b), &back, &f), OK);
    assert_int_equal(back.old, c.old);
    assert_int_equal(back.proof.n, 3);
    assert_true(str_eq(back.note, c.note));
    static const char *const bad[] = {
        "",          "old\n\nx\n", "old 01\n\nx\n", "old -1\n\nx\n", "old 1\nAA\n\nx",
        "old 1\n\n", "old 1\n",    "new 1\n\nx\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(add_checkpoint_parse(str_of(bad[i]), &back, &f), ERR_MALFORMED_TEXT);
    buf_clear(&b);
    c.proof.n = WIRE_PROOF + 1;
    add_checkpoint_format(&b, &c);
    assert_int_equal(add_checkpoint_parse(buf_str(&b), &back, &f), ERR_MALFORMED_TEXT);
}

static void test_entries(void **state)
{
    (void)state;
    static struct entry_package p, back;
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct add_entries e = {.origin = S("o"), .start = 250, .end = 600, .ticket = S("t")}, in;
    struct fault f = {0};

    add_entries_begin(&b, &e);
    for (uint64_t at = e.start; at < e.end; at = package_end(at, e.end)) {
        p = (struct entry_package){.start = at, .end = package_end(at, e.end)};
        for (uint64_t i = 0; i < p.end - p.start; i++)
            p.entry[i] = str_sub(S("abcdef"), 0, i % 7);
        p.proof.n = at % 5;
        entry_package_format(&b, &p);
    }
    assert_int_equal(add_entries_parse(buf_str(&b), &in, &f), OK);
    assert_true(str_eq(in.origin, e.origin) && str_eq(in.ticket, e.ticket));
    uint64_t at = in.start;
    for (int n = 0; n < 3; n++, at = back.end) {
        assert_int_equal(add_entries_next(&in, at, &back, &f), OK);
        assert_int_equal(back.proof.n, at % 5);
    }
    assert_int_equal(at, 600);
    assert_int_equal(in.rest.n, 0);
    /* cut anywhere in the first package it is no package */
    for (size_t n = 0; n < 50; n++)
        if (add_entries_parse(str_sub(buf_str(&b), 0, n), &in, &f) == OK)
            assert_int_equal(add_entries_next(&in, in.start, &back, &f), ERR_MALFORMED_TEXT);
}

static void test_info_and_pieces(void **state)
{
    (void)state;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct mirror_info m = {600, 256, S("\x01\x02")}, info;
    struct piece p = {.total = 10, .offset = 4, .bytes = S("abc")}, piece;
    struct fault f = {0};

    mirror_info_format(&b, &m);
    assert_int_equal(mirror_info_parse(a, buf_str(&b), &info, &f), OK);
    assert_true(info.size == 600 && info.next == 256 && str_eq(info.ticket, m.ticket));
    assert_int_equal(mirror_info_parse(a, S("1\n2\n"), &info, &f), ERR_MALFORMED_TEXT);

    buf_clear(&b);
    piece_format(&b, &p);
    piece_format(&b, &p);
    str rest = buf_str(&b);
    assert_int_equal(piece_next(&rest, &piece, &f), OK);
    assert_int_equal(piece_next(&rest, &piece, &f), OK);
    assert_true(rest.n == 0 && piece.offset == 4 && str_eq(piece.bytes, p.bytes));
    p.total = 6;
    buf_clear(&b);
    piece_format(&b, &p);
    rest = buf_str(&b);
    assert_int_equal(piece_next(&rest, &piece, &f), ERR_MALFORMED_TEXT);
}

static void open_again(str sealed, str info, const struct x25519_secret *key, const struct hash *d,
                       enum err want, size_t n)
{
    AUTO(buf) struct buf out = BUF((size_t)4 << 20);
    uint8_t salt[PAYLOAD_SALT];
    struct x25519_public enc;
    struct fault f = {0};
    struct hpke h;

    memcpy(enc.b, sealed.p, sizeof enc.b);
    assert_int_equal(hpke_receiver(key, &enc, info, &h, &f), OK);
    assert_int_equal(payload_open(&h, sealed, d, &out, salt, &f), want);
    if (want == OK)
        assert_int_equal(out.n, n);
}

static void test_payload(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, PAYLOAD_CHUNK - PAYLOAD_SALT,
                                   PAYLOAD_CHUNK - PAYLOAD_SALT + 1, 2 * PAYLOAD_CHUNK + 5};
    struct x25519_secret key;
    struct id correlation = {{1}};

    x25519_new(&key);
    struct x25519_public to = x25519_public_of(&key);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        AUTO(buf) struct buf sealed = BUF((size_t)4 << 20), info = BUF(256), content = BUF(4 << 20);
        uint8_t salt[PAYLOAD_SALT];
        struct fault f = {0};
        struct hash d;
        memset(buf_extend(&content, sizes[i] + 1), 'x', sizes[i]);
        payload_info(&info, S("xu.example"), S("xa.example"), &correlation);
        str plain = str_sub(buf_str(&content), 0, sizes[i]);
        assert_int_equal(payload_seal(&to, NULL, buf_str(&info), plain, &sealed, &d, salt, &f), OK);
        assert_int_equal(sealed.n, payload_sealed_size(sizes[i]));
        open_again(buf_str(&sealed), buf_str(&info), &key, &d, OK, sizes[i]);
        open_again(buf_str(&sealed), S("other"), &key, &d, ERR_CORRUPT, 0);
        open_again(str_sub(buf_str(&sealed), 0, sealed.n - 1), buf_str(&info), &key, &d,
                   ERR_CORRUPT, 0);
        d.b[0] ^= 1;
        open_again(buf_str(&sealed), buf_str(&info), &key, &d, ERR_CORRUPT, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),           cmocka_unit_test(test_entry_refused),
        cmocka_unit_test(test_checkpoint),      cmocka_unit_test(test_entries),
        cmocka_unit_test(test_info_and_pieces), cmocka_unit_test(test_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
