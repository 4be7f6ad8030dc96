/* credence_test.c - keysets, letters of credence, fingerprints */
#include "base/testing.h"

#include "base/date.h"
#include "registry/credence.h"

static struct ed25519_secret root_secret;

static struct keyset sample(void)
{
    struct keyset k = {.state = S("XU"), .name = S("xu.sifara.example"), .serial = 3};

    day_parse(S("2026-11-24"), &k.from);
    k.until = k.from + KEYSET_DAYS;
    memset(k.log.b, 1, sizeof k.log.b);
    memset(k.mirror.b, 2, sizeof k.mirror.b);
    memset(k.witness.b, 3, sizeof k.witness.b);
    memset(k.packages.b, 4, sizeof k.packages.b);
    memset(k.seal.b, 5, sizeof k.seal.b);
    memset(k.tls.b, 6, sizeof k.tls.b);
    k.has_tls = true;
    return k;
}

static struct note_key root_key(void)
{
    struct ed25519_public p = ed25519_public_of(&root_secret);

    return note_key_of(S("xu.sifara.example/root"), &p);
}

static void sign(struct buf *note, str text)
{
    note_sign(note, text, S("xu.sifara.example/root"), &root_secret);
}

static enum err open_keyset(str text, struct keyset *out, struct fault *f)
{
    static struct buf note;
    struct note_key root = root_key();

    buf_done(&note);
    note = BUF(CREDENCE_MAX);
    sign(&note, text);
    return keyset_open(buf_str(&note), &root, out, f);
}

static void test_keyset(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = BUF(CREDENCE_MAX);
    struct keyset k = sample(), back;
    struct fault f = {0};

    keyset_format(&text, &k);
    assert_int_equal(open_keyset(buf_str(&text), &back, &f), OK);
    assert_true(str_eq(back.name, k.name) && back.serial == 3 && back.until == k.until);
    assert_memory_equal(back.seal.b, k.seal.b, 32);
    assert_true(back.has_tls);
    assert_true(keyset_valid_on(&back, k.from) && keyset_valid_on(&back, k.until));
    assert_false(keyset_valid_on(&back, k.until + 1));

    k.until++;
    buf_clear(&text);
    keyset_format(&text, &k);
    assert_int_equal(open_keyset(buf_str(&text), &back, &f), ERR_INVALID);
}

/* A second algorithm beside the known one is passed over; without the known one it is refused. */
static void test_algorithms(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = BUF(CREDENCE_MAX);
    AUTO(buf) struct buf next = BUF(CREDENCE_MAX);
    struct keyset k = sample(), back;
    struct fault f = {0};

    keyset_format(&text, &k);
    str all = buf_str(&text);
    size_t mirror = (size_t)str_find(all, S("mirror"));
    buf_add_str(&next, str_sub(all, 0, mirror));
    buf_add_str(&next, S("log 06 AAAA\n"));
    buf_add_str(&next, str_sub(all, mirror, all.n));
    assert_int_equal(open_keyset(buf_str(&next), &back, &f), OK);
    assert_memory_equal(back.log.b, k.log.b, 32);

    buf_clear(&next);
    size_t log = (size_t)str_find(all, S("log"));
    buf_add_str(&next, str_sub(all, 0, log));
    buf_add_str(&next, str_sub(all, mirror, all.n));
    assert_int_equal(open_keyset(buf_str(&next), &back, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "log"));
}

static void format_credence(struct buf *out, const char *url)
{
    AUTO(buf) struct buf text = BUF(CREDENCE_MAX);
    struct credence c = {.state = S("XU"),
                         .name = S("xu.sifara.example"),
                         .title = S("Republic of Utopia"),
                         .url = str_of(url),
                         .language = {S("ar"), S("en")},
                         .n_languages = 2,
                         .contact = {S("duty officer +30 21 0000 0000")},
                         .n_contacts = 1,
                         .issued = 20781,
                         .root = root_key()};

    credence_format(&text, &c);
    sign(out, buf_str(&text));
}

static void test_file(void **state)
{
    (void)state;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf)
    struct buf text = BUF(CREDENCE_MAX), keyset = BUF(CREDENCE_MAX), credence = BUF(CREDENCE_MAX),
               file = BUF(CREDENCE_MAX);
    struct keyset k = sample(), back;
    struct fault f = {0};
    struct credence c;
    str one, two;

    keyset_format(&text, &k);
    sign(&keyset, buf_str(&text));
    format_credence(&credence, "https://xu.sifara.example");
    credence_file_format(&file, buf_str(&credence), buf_str(&keyset));
    assert_int_equal(credence_file_open(a, buf_str(&file), &c, &back, &one, &two, &f), OK);
    assert_true(str_eq(c.title, S("Republic of Utopia")) && c.n_languages == 2);
    assert_true(str_eq(c.contact[0], S("duty officer +30 21 0000 0000")));
    assert_true(str_eq(one, buf_str(&credence)));

    /* one bit of what was signed */
    char *at = memmem(file.p, file.n, "Utopia", 6);
    at[0] ^= 1;
    assert_int_equal(credence_file_open(a, buf_str(&file), &c, &back, &one, &two, &f),
                     ERR_BAD_SIGNATURE);
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        enum err err;
    } cases[] = {{"https://xu.sifara.example", OK},
                 {"http://127.0.0.1:8080", OK},
                 {"http://localhost", OK},
                 {"http://xu.sifara.example", ERR_INVALID},
                 {"http://127.0.0.1.sifara.example", ERR_INVALID},
                 {"http://localhost.sifara.example:80", ERR_INVALID},
                 {"https://xu.sifara.example/", ERR_INVALID},
                 {"https://a@xu.sifara.example", ERR_INVALID},
                 {"ftp://xu.sifara.example", ERR_INVALID}};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(buf) struct buf note = BUF(CREDENCE_MAX);
        struct fault f = {0};
        struct credence c;
        format_credence(&note, cases[i].url);
        assert_int_equal(credence_open(buf_str(&note), &c, &f), cases[i].err);
    }
}

static void test_fingerprint(void **state)
{
    (void)state;
    char line[FINGERPRINT_LINES][FINGERPRINT_LINE];
    AUTO(buf) struct buf typed = BUF(256);
    struct note_key root = root_key();
    struct hash h = root_fingerprint(&root), back;
    struct fault f = {0};

    /* the example of docs/channel-protocol.md */
    static const char *const nothing[] = {"E3B0 C442 98FC 1C14 68", "9AFB F4C8 996F B924 46",
                                          "27AE 41E4 649B 934C 44", "A495 991B 7852 B855 35"};
    struct hash empty = sha256(S(""));
    fingerprint_format(&empty, line);
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        assert_string_equal(line[i], nothing[i]);

    fingerprint_format(&h, line);
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        buf_printf(&typed, "%s\n", line[i]);
    assert_int_equal(fingerprint_parse(buf_str(&typed), &back, &f), OK);
    assert_memory_equal(back.b, h.b, sizeof h.b);

    /* every slip of one digit, and every swap of neighbours, shows in its line */
    for (size_t i = 0; i < typed.n; i++) {
        char was = typed.p[i];
        if (was == ' ' || was == '\n')
            continue;
        typed.p[i] = was == '7' ? '3' : '7';
        assert_int_equal(fingerprint_parse(buf_str(&typed), &back, &f), ERR_INVALID);
        char want[16];
        snprintf(want, sizeof want, "line %zu", i / FINGERPRINT_LINE + 1);
        assert_non_null(strstr(f.detail, want));
        typed.p[i] = was;
    }
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        for (int k = 0; k + 1 < FINGERPRINT_LINE - 1; k++) {
            char copy[FINGERPRINT_LINE];
            memcpy(copy, line[i], sizeof copy);
            if (copy[k] == copy[k + 1] || copy[k] == ' ' || copy[k + 1] == ' ')
                continue;
            char *at = typed.p + i * FINGERPRINT_LINE + k;
            char first = at[0];
            at[0] = at[1];
            at[1] = first;
            assert_int_equal(fingerprint_parse(buf_str(&typed), &back, &f), ERR_INVALID);
            at[1] = at[0];
            at[0] = first;
        }
    /* two lines change places */
    buf_clear(&typed);
    buf_printf(&typed, "%s%s%s%s", line[1], line[0], line[2], line[3]);
    assert_int_equal(fingerprint_parse(buf_str(&typed), &back, &f), ERR_INVALID);
    /* without check digits */
    buf_clear(&typed);
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        buf_printf(&typed, "%.20s", line[i]);
    assert_int_equal(fingerprint_parse(buf_str(&typed), &back, &f), OK);
    assert_memory_equal(back.b, h.b, sizeof h.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keyset),      cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_file),        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_fingerprint),
    };

    ed25519_new(&root_secret);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
