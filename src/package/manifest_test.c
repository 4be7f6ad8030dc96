/* manifest and signatures: what a package says it is, and whom one believes it */
#include "package/manifest.h"

#include <stdio.h>

#include "base/encode.h"
#include "base/testing.h"

static struct arena *a;
static struct package_key utopia, arcadia, stranger;

static const char service[] =
    "{\"name\":\"stamp\",\"version\":\"1.2.0\",\"giver\":\"XU\",\"series\":\"STA\","
    "\"requires\":\"0.1.0\",\"terms\":{\"use\":\"any-state\",\"text\":{\"en\":\"For all.\"}},"
    "\"legal_basis\":[\"Stamps Act, section 1\"],\"life_events\":[\"moving-abroad\"],"
    "\"languages\":[\"en\",\"ar\"]}";

static struct package_key key_of(const char *name, uint8_t seed)
{
    struct package_key k = {.name = str_of(name)};

    memset(k.secret.b, seed, sizeof k.secret.b);
    return k;
}

static int set_up(void **state)
{
    (void)state;
    utopia = key_of("mfa.xu.example/packages", 1);
    arcadia = key_of("mfa.xa.example/packages", 2);
    stranger = key_of("somebody.example", 3);
    return (a = arena_new(256 << 20)) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct package_files sample(const char *service_json)
{
    return (struct package_files){.n = 4,
                                  .list = {{S("form.json"), S("{\"type\":\"object\"}")},
                                           {S("service.json"), str_of(service_json)},
                                           {S("words.ar.json"), S("{}")},
                                           {S("words.en.json"), S("{}")}}};
}

static str packed(const struct package_files *files, const struct package_key *key)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_manifest m;
    struct fault f = {0};

    if (package_pack(a, files, key, &b, &m, &f) != OK)
        fail_msg("%s", f.detail);
    return str_copy(a, buf_str(&b));
}

static void trust_add(struct package_trust *t, const char *state, const struct package_key *key)
{
    struct ed25519_public p = ed25519_public_of(&key->secret);

    t->keys[t->n] = note_key_of(key->name, &p);
    t->states[t->n++] = str_of(state);
}

static void assert_unpack(str bytes, const struct package_trust *t, enum err want,
                          const char *sentence)
{
    struct package_unpacked u;
    struct fault f = {0};
    enum err e = package_unpack(a, bytes, t, &u, &f);

    if (e != want || !strstr(f.detail, sentence))
        fail_msg("wanted '%s', got %d: %s", sentence, (int)e, f.detail);
}

/* The bytes are part of the specification: docs/service-package.md has the same example. */
static void test_known_bytes(void **state)
{
    struct package_files files = sample(service);
    struct package_manifest m;
    char hex[65];

    (void)state;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    assert_true(str_starts(m.text, S("{\"files\":{\"form.json\":{\"sha256\":\"")));
    assert_true(str_ends(m.text, S(",\"format\":1,\"giver\":\"XU\",\"languages\":[\"en\",\"ar\"],"
                                   "\"legal_basis\":[\"Stamps Act, section 1\"],"
                                   "\"life_events\":[\"moving-abroad\"],\"name\":\"stamp\","
                                   "\"requires\":\"0.1.0\",\"terms\":{\"text\":{\"en\":\"For "
                                   "all.\"},\"use\":\"any-state\"},\"version\":\"1.2.0\"}")));
    struct hash h = sha256(m.text);
    assert_memory_equal(h.b, m.digest.b, sizeof h.b);
    hex_encode(h.b, sizeof h.b, hex);
    assert_string_equal(hex, "3cfafe2c8135afdd8d827104f6ab400204e9fe815b2946883ef36dba143f7aa9");
    str bytes = packed(&files, &utopia);
    struct hash whole = sha256(bytes);
    char whole_hex[65];
    hex_encode(whole.b, sizeof whole.b, whole_hex);
    assert_string_equal(whole_hex,
                        "2622511391f10ab42da4e525391c151134d3cd635459d3e6c8bd76da4fb0d088");
    str text = str_printf(a,
                          "sifara-package/1\nXU/stamp/1.2.0\n%s\n\n\xe2\x80\x94 "
                          "mfa.xu.example/packages ",
                          hex);
    struct package_archive archive;
    assert_int_equal(package_archive_read(bytes, &archive, NULL), OK);
    assert_true(str_starts(archive.note, text));
    assert_true(str_eq(archive.manifest, m.text));
    assert_true(str_eq(packed(&files, &utopia), bytes));
}

static void test_whom_to_believe(void **state)
{
    struct package_files files = sample(service);
    str bytes = packed(&files, &utopia);
    struct package_trust t = {0};
    struct package_unpacked u;

    (void)state;
    assert_int_equal(package_unpack(a, bytes, NULL, &u, NULL), OK);
    assert_int_equal(u.signatures.n, 1);
    assert_null(u.signatures.list[0].state.p);
    trust_add(&t, "XA", &arcadia);
    assert_unpack(bytes, &t, ERR_UNTRUSTED, "signed by mfa.xu.example/packages+");
    trust_add(&t, "XU", &utopia);
    assert_int_equal(package_unpack(a, bytes, &t, &u, NULL), OK);
    assert_true(str_eq(u.signatures.list[0].state, S("XU")));
    assert_true(str_eq(u.manifest.name, S("stamp")));
    /* a known key gives only what its own state gives */
    assert_unpack(packed(&files, &arcadia), &t, ERR_UNTRUSTED, "no known key of XU");
    /* a key of the same name is another key */
    struct package_key false_one = key_of("mfa.xu.example/packages", 9);
    assert_unpack(packed(&files, &false_one), &t, ERR_UNTRUSTED, "no known key of XU");
}

/* The archive with another note. */
static str with_note(str bytes, str note)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_archive archive;

    assert_int_equal(package_archive_read(bytes, &archive, NULL), OK);
    archive.note = note;
    assert_int_equal(package_archive_write(&b, &archive, NULL), OK);
    return str_copy(a, buf_str(&b));
}

static str note_in(str bytes)
{
    struct package_archive archive;

    assert_int_equal(package_archive_read(bytes, &archive, NULL), OK);
    return archive.note;
}

static void test_countersignature(void **state)
{
    struct package_files files = sample(service);
    str bytes = packed(&files, &utopia);
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf more = BUF(PACKAGE_NOTE_BYTES);
    struct package_unpacked u;
    struct package_trust t = {0};

    (void)state;
    assert_int_equal(package_unpack(a, bytes, NULL, &u, NULL), OK);
    struct hash digest = u.manifest.digest;
    assert_int_equal(package_note_countersign(&note, u.archive.note, &u.manifest, &arcadia, NULL),
                     OK);
    assert_int_equal(package_note_countersign(&more, buf_str(&note), &u.manifest, &arcadia, NULL),
                     ERR_CONFLICT);
    trust_add(&t, "XU", &utopia);
    bytes = with_note(bytes, str_copy(a, buf_str(&note)));
    /* not known to whoever knows Utopia alone, and no hindrance */
    assert_int_equal(package_unpack(a, bytes, &t, &u, NULL), OK);
    assert_int_equal(u.signatures.n, 2);
    assert_null(u.signatures.list[1].state.p);
    trust_add(&t, "XA", &arcadia);
    assert_int_equal(package_unpack(a, bytes, &t, &u, NULL), OK);
    assert_true(str_eq(u.signatures.list[1].state, S("XA")));
    assert_memory_equal(digest.b, u.manifest.digest.b, sizeof digest.b);
    for (uint8_t i = 0; i < PACKAGE_SIGNATURES - 1; i++) {
        struct package_key k = key_of("k.example", (uint8_t)(10 + i));
        str now = str_copy(a, buf_str(&note));
        buf_clear(&note);
        assert_int_equal(package_note_countersign(&note, now, &u.manifest, &k, NULL),
                         i < PACKAGE_SIGNATURES - 2 ? OK : ERR_LIMIT);
    }
}

static void test_notes_refused(void **state)
{
    struct package_files files = sample(service), others;
    str bytes = packed(&files, &utopia), note = note_in(bytes);
    char *newer = str_cstr(a, str_of(service));
    struct package_trust t = {0};

    (void)state;
    trust_add(&t, "XU", &utopia);
    trust_add(&t, "XA", &arcadia);
    memcpy(strstr(newer, "1.2.0"), "1.3.0", 5);
    others = sample(newer);
    assert_unpack(with_note(bytes, note_in(packed(&others, &utopia))), &t, ERR_BAD_SIGNATURE,
                  "not about this manifest");
    assert_unpack(with_note(bytes, S("")), &t, ERR_BAD_SIGNATURE, "not about this manifest");
    assert_unpack(with_note(bytes, str_sub(note, 0, note.n - 1)), &t, ERR_MALFORMED_TEXT,
                  "its last line has no end");
    assert_unpack(with_note(bytes, str_printf(a, "%.*s\n", STR_FMT(note))), &t, ERR_MALFORMED_TEXT,
                  "no Ed25519 signature");
    assert_unpack(with_note(bytes, str_printf(a, "%.*sPS: hello\n", STR_FMT(note))), &t,
                  ERR_MALFORMED_TEXT, "no Ed25519 signature");
    ptrdiff_t dash = str_find(note, S("\xe2\x80\x94"));
    str line = str_sub(note, (size_t)dash, note.n);
    assert_unpack(with_note(bytes, str_printf(a, "%.*s%.*s", STR_FMT(note), STR_FMT(line))), &t,
                  ERR_MALFORMED_TEXT, "two signatures by");
    /* the name and id of Utopia over a signature that is another's */
    char *forged = str_cstr(a, note);
    char *at = strrchr(forged, ' ') + 20;
    *at = *at == 'A' ? 'B' : 'A';
    assert_unpack(with_note(bytes, str_bytes(forged, note.n)), &t, ERR_BAD_SIGNATURE,
                  "does not verify");
    assert_unpack(with_note(bytes, str_bytes(forged, note.n)), NULL, OK, "");
    /* a countersignature by a known key that does not hold spoils the whole */
    AUTO(buf) struct buf both = BUF(PACKAGE_NOTE_BYTES);
    struct package_manifest m;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    assert_int_equal(package_note_countersign(&both, note, &m, &arcadia, NULL), OK);
    both.p[both.n - 10] = both.p[both.n - 10] == 'A' ? 'B' : 'A';
    assert_unpack(with_note(bytes, buf_str(&both)), &t, ERR_BAD_SIGNATURE, "does not verify");
}

/* ---- manifests that are not ---------------------------------------------------------------- */

static const struct {
    const char *from, *to, *pointer, *sentence;
} bad_members[] = {
    {"\"name\":\"stamp\",", "", "/name", "name is missing"},
    {"stamp", "Stamp", "/name", "name must be"},
    {"stamp", "stamp-", "/name", "name must be"},
    {"stamp", "st--amp", "/name", "name must be"},
    {"stamp", "../stamp", "/name", "name must be"},
    {"\"stamp\"", "7", "/name", "name must be"},
    {"1.2.0", "1.2", "/version", "version must be"},
    {"1.2.0", "1.02.0", "/version", "version must be"},
    {"1.2.0", "1.2.0.0", "/version", "version must be"},
    {"1.2.0", "1.-2.0", "/version", "version must be"},
    {"1.2.0", "1.2.0-rc1", "/version", "version must be"},
    {"1.2.0", "1.2.1000000000", "/version", "version must be"},
    {"\"giver\":\"XU\",", "", "/giver", "giver is missing"},
    {"XU", "UTO", "/giver", "giver must be"},
    {"XU", "xu", "/giver", "giver must be"},
    {"0.1.0", "latest", "/requires", "requires must be"},
    {"any-state", "everybody", "/terms/use", "use must be"},
    {"any-state", "agreement", "/terms/agreement", "agreement is missing"},
    {"{\"use\":", "{\"price\":1,\"use\":", "/terms/price", "does not belong"},
    {"{\"use\":", "{\"agreement\":\"X\",\"use\":", "/terms/agreement", "alone"},
    {"{\"en\":", "{\"english\":", "/terms/text", "codes of languages"},
    {"For all.", "For\\nall.", "/terms/text", "codes of languages"},
    {"[\"Stamps Act, section 1\"]", "[]", "/legal_basis", "must be a list"},
    {"[\"Stamps Act, section 1\"]", "\"Stamps Act\"", "/legal_basis", "must be a list"},
    {"[\"Stamps Act, section 1\"]", "[\"a\",\"a\"]", "/legal_basis/1", "twice"},
    {"moving-abroad", "moving abroad", "/life_events/0", "must be"},
    {"[\"en\",\"ar\"]", "[]", "/languages", "must be a list"},
    {"[\"en\",\"ar\"]", "[\"en\",\"arabic\"]", "/languages/1", "must be"},
    {"[\"en\",\"ar\"]", "[\"en\",\"ar\",\"fr\"]", "/languages", "words.fr.json is missing"},
    {"[\"en\",\"ar\"]", "[\"en\"]", "/languages", "not in the list"},
    {"\"languages\"", "\"derived_from\":{},\"languages\"", "/derived_from/name", "missing"},
    {"\"languages\"", "\"derived_from\":7,\"languages\"", "/derived_from", "an object"},
    {"\"languages\"",
     "\"derived_from\":{\"name\":\"a\",\"version\":\"1.0.0\",\"giver\":\"XA\","
     "\"digest\":\"00\"},\"languages\"",
     "/derived_from/digest", "64 hexadecimal"},
    {"{\"name\"", "[{\"name\"", "", "service.json"},
};

static str replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    assert_non_null(at);
    return str_printf(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void test_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_members); i++) {
        struct package_files files =
            sample(str_cstr(a, replaced(service, bad_members[i].from, bad_members[i].to)));
        struct package_manifest m;
        struct fault f = {0};
        enum err e = package_manifest_of(a, &files, &m, &f);
        if (e == OK || strcmp(f.pointer, bad_members[i].pointer) != 0 ||
            !strstr(f.detail, bad_members[i].sentence))
            fail_msg("row %zu: %d at '%s': %s", i, (int)e, f.pointer, f.detail);
    }
}

static void assert_no_manifest(str text, const char *sentence)
{
    struct package_manifest m;
    struct fault f = {0};

    if (package_manifest_read(a, text, &m, &f) == OK || !strstr(f.detail, sentence))
        fail_msg("wanted '%s', got %s", sentence, f.detail);
}

static void test_manifest_text(void **state)
{
    struct package_files files = sample(service);
    struct package_manifest m, again;
    const char *text;

    (void)state;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    assert_int_equal(package_manifest_read(a, m.text, &again, NULL), OK);
    assert_memory_equal(m.digest.b, again.digest.b, sizeof m.digest.b);
    text = str_cstr(a, m.text);
    assert_no_manifest(str_printf(a, "%s\n", text), "canonical");
    assert_no_manifest(replaced(text, "\"format\":1", "\"format\": 1"), "canonical");
    assert_no_manifest(replaced(text, "\"format\":1,", ""), "format must be 1");
    assert_no_manifest(replaced(text, "\"format\":1", "\"format\":2"), "format must be 1");
    assert_no_manifest(replaced(text, "\"format\":1", "\"format\":1.0"), "format must be 1");
    assert_no_manifest(replaced(text, "\"format\":1", "\"format\":1,\"format\":1"), "");
    assert_no_manifest(replaced(text, "\"giver\"", "\"fun\":1,\"giver\""), "does not belong");
    assert_no_manifest(replaced(text, "\"size\":17", "\"size\":-1"), "size must be");
    assert_no_manifest(replaced(text, "\"size\":17", "\"size\":1e9"), "size must be");
    assert_no_manifest(replaced(text, "\"size\":17", "\"size\":17,\"x\":1"), "does not belong");
    assert_no_manifest(replaced(text, "\"sha256\":\"", "\"sha256\":\"A"), "sha256 must be");
    assert_no_manifest(replaced(text, "form.json", "run.sh"), "no file that a package has");
    assert_no_manifest(replaced(text, "form.json", "../form.json"), "no file that a package has");
    assert_no_manifest(replaced(text, "form.json", "golden.json"), "form.json is missing");
    assert_no_manifest(S("[]"), "object");
    assert_no_manifest(S("{}"), "format");
    assert_no_manifest(S(""), "");
    assert_no_manifest(S("[[[[[[[[[[[[[[[[[["), "");
}

static void test_files(void **state)
{
    struct package_files files = sample(service);
    struct package_manifest m;
    struct fault f = {0};

    (void)state;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    assert_int_equal(package_manifest_check(a, &m, &files, NULL), OK);
    files.list[0].bytes = S("{\"type\":\"objekt\"}");
    assert_int_equal(package_manifest_check(a, &m, &files, &f), ERR_BAD_SIGNATURE);
    assert_non_null(strstr(f.detail, "form.json is not the file"));
    files.list[0].bytes = S("{}");
    assert_int_equal(package_manifest_check(a, &m, &files, &f), ERR_BAD_SIGNATURE);
    assert_non_null(strstr(f.detail, "form.json has 2 bytes"));
    files = sample(service);
    files.n--;
    assert_int_equal(package_manifest_check(a, &m, &files, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "words.en.json is in the manifest"));
    files.n = 5;
    files.list[4] = (struct package_file){S("words.fr.json"), S("{}")};
    assert_int_equal(package_manifest_check(a, &m, &files, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "words.fr.json is not in the manifest"));
    files.list[4].name = S("run.sh");
    assert_int_equal(package_manifest_of(a, &files, &m, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "run.sh is no file"));
    files.n = 0;
    assert_int_equal(package_manifest_of(a, &files, &m, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "service.json is missing"));
}

/* Signed, but the manifest calls the service otherwise than the service itself does. */
static void test_two_names(void **state)
{
    struct package_files files = sample(service);
    struct package_archive archive = {.files = files};
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_manifest m;

    (void)state;
    assert_int_equal(package_manifest_of(a, &files, &m, NULL), OK);
    archive.manifest = replaced(str_cstr(a, m.text), "\"name\":\"stamp\"", "\"name\":\"passport\"");
    assert_int_equal(package_manifest_read(a, archive.manifest, &m, NULL), OK);
    assert_int_equal(package_note_sign(&note, &m, &utopia, NULL), OK);
    archive.note = buf_str(&note);
    assert_int_equal(package_archive_write(&b, &archive, NULL), OK);
    assert_unpack(buf_str(&b), NULL, ERR_INVALID, "says something else than service.json");
}

static void test_keys(void **state)
{
    AUTO(buf) struct buf b = BUF(1024);
    AUTO(buf) struct buf list = BUF(1 << 16);
    struct package_key k;
    struct package_trust t;
    struct fault f = {0};

    (void)state;
    package_key_format(&b, &utopia);
    assert_int_equal(package_key_parse(buf_str(&b), &k, NULL), OK);
    assert_true(str_eq(k.name, utopia.name));
    assert_memory_equal(k.secret.b, utopia.secret.b, sizeof k.secret.b);
    assert_int_equal(package_key_parse(str_sub(buf_str(&b), 1, b.n), &k, NULL), ERR_MALFORMED_TEXT);
    assert_int_equal(package_key_parse(str_sub(buf_str(&b), 0, b.n - 3), &k, NULL),
                     ERR_MALFORMED_TEXT);
    b.p[20] = 'q'; /* another name has another id */
    assert_int_equal(package_key_parse(buf_str(&b), &k, &f), ERR_MALFORMED_TEXT);
    assert_non_null(strstr(f.detail, "does not belong to the key"));

    struct ed25519_public p = ed25519_public_of(&utopia.secret);
    struct note_key public = note_key_of(utopia.name, &p);
    buf_add_str(&list, S("# who gives to us\n\nXU "));
    note_key_format(&list, &public);
    assert_int_equal(package_trust_parse(buf_str(&list), &t, NULL), OK);
    assert_int_equal(t.n, 1);
    assert_true(str_eq(t.states[0], S("XU")));
    buf_add_str(&list, S("\r\nXA "));
    note_key_format(&list, &public);
    assert_int_equal(package_trust_parse(buf_str(&list), &t, &f), ERR_MALFORMED_TEXT);
    assert_non_null(strstr(f.detail, "line 4: the key is there twice"));
    assert_int_equal(package_trust_parse(S("# none\n"), &t, &f), ERR_MALFORMED_TEXT);
    assert_int_equal(package_trust_parse(S("Utopia k+00000000+AA=="), &t, &f), ERR_MALFORMED_TEXT);
    assert_non_null(strstr(f.detail, "line 1: begins with no code"));
    assert_int_equal(package_trust_parse(S("XU k+00000000+AA=="), &t, &f), ERR_MALFORMED_TEXT);
}

static void test_versions(void **state)
{
    (void)state;
    assert_true(package_version_cmp(S("1.2.0"), S("1.10.0")) < 0);
    assert_true(package_version_cmp(S("2.0.0"), S("1.99.99")) > 0);
    assert_true(package_version_cmp(S("1.0.1"), S("1.0.1")) == 0);
    assert_true(package_version_cmp(S("0.0.9"), S("0.0.10")) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_bytes),
        cmocka_unit_test(test_whom_to_believe),
        cmocka_unit_test(test_countersignature),
        cmocka_unit_test(test_notes_refused),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_manifest_text),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_two_names),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_versions),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
