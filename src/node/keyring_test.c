/* the keyring in a process of its own: what it does, what it refuses, what it remembers */
#include "node/keyring.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/testing.h"
#include "crypto/ipc.h"
#include "link/evidence.h"
#include "merkle/note.h"
#include "paper/trust.h"
#include "paper/vds.h"
#include "registry/credence.h"

enum { OFFICERS = 4 };

#define ORIGIN S("xu.example/journal/1")

static char dir[] = "/tmp/sifara-keyring-XXXXXX";
static int ends[2]; /* ours, the keyring's: kept, so that a new process finds it */
static pid_t pid;
static struct keyring *keyring;
static struct officer {
    struct id id;
    struct ed25519_secret secret;
    struct ed25519_public key;
} officers[OFFICERS];

static void start(void)
{
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        _exit(keyring_main(dir, ends[1]));
    }
}

static void stop(void)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static struct officer_assertion signed_by(int officer, str text)
{
    struct officer_assertion s = {.officer = officers[officer].id};
    struct ed25519_signature plain = ed25519_sign(&officers[officer].secret, text);

    assert_true(officer_signature_of(str_bytes(plain.b, sizeof plain.b), &s.signature));
    return s;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void test_wrapping(void **state)
{
    struct id anna = {{1}}, berta = {{2}};
    uint8_t wrapped[KEY_WRAPPED], again[KEY_WRAPPED];
    struct key k, opened = {{0}};

    (void)state;
    secret_random(k.b, sizeof k.b);
    assert_int_equal(keyring_wrap(keyring, &anna, &k, wrapped, NULL), OK);
    assert_int_equal(keyring_wrap(keyring, &anna, &k, again, NULL), OK);
    assert_memory_not_equal(wrapped, again, sizeof wrapped);
    str text = str_bytes(wrapped, sizeof wrapped);
    assert_int_equal(keyring_unwrap(keyring, &anna, text, &opened, NULL), OK);
    assert_memory_equal(opened.b, k.b, sizeof k.b);
    assert_int_equal(keyring_unwrap(keyring, &berta, text, &opened, NULL), ERR_CORRUPT);
    wrapped[20] ^= 1;
    assert_int_equal(keyring_unwrap(keyring, &anna, text, &opened, NULL), ERR_CORRUPT);
    assert_int_equal(keyring_unwrap(keyring, &anna, str_sub(text, 0, 9), &opened, NULL),
                     ERR_INVALID);
    assert_memory_equal(opened.b, k.b, sizeof k.b);
}

static void test_deriving(void **state)
{
    struct key lookup, record, again;

    (void)state;
    assert_int_equal(keyring_derive(keyring, S("lookup"), &lookup, NULL), OK);
    assert_int_equal(keyring_derive(keyring, S("record"), &record, NULL), OK);
    assert_int_equal(keyring_derive(keyring, S("lookup"), &again, NULL), OK);
    assert_memory_equal(&lookup, &again, sizeof again);
    assert_memory_not_equal(&lookup, &record, sizeof record);
    /* "wrap" is the purpose of the keyring's own key */
    static const char *const others[] = {"wrap", "", "master", "lookup ", "Record"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_equal(keyring_derive(keyring, str_of(others[i]), &again, NULL), ERR_UNSIGNED);
}

static void test_creating_twice(void **state)
{
    (void)state;
    assert_int_equal(keyring_create(dir, S("XU"), S("UTO"), false, 0, NULL), ERR_CONFLICT);
}

/* ---- heads --------------------------------------------------------------------------------- */

static enum err sign_head(str origin, uint64_t size, const char *root)
{
    AUTO(buf) struct buf note = BUF(4096);
    struct hash h = sha256(str_of(root));

    return keyring_sign_head(keyring, origin, size, &h, STR_NONE, &note, NULL);
}

static void refuse_forks(void)
{
    assert_int_equal(sign_head(ORIGIN, 7, "a"), ERR_UNSIGNED);
    assert_int_equal(sign_head(ORIGIN, 0, "a"), ERR_UNSIGNED);
    assert_int_equal(sign_head(ORIGIN, 8, "b"), ERR_UNSIGNED);
    assert_int_equal(sign_head(ORIGIN, 8, "a"), OK);
    /* a larger one that does not show that it contains it */
    assert_int_equal(sign_head(ORIGIN, 9, "c"), ERR_UNSIGNED);
}

/* A ninth leaf on a complete tree of eight: its hash is all that the proof holds. */
static enum err sign_ninth(const char *eight, const char *leaf, size_t hashes)
{
    AUTO(buf) struct buf note = BUF(4096);
    struct hash old = sha256(str_of(eight)), ninth = sha256(str_of(leaf)),
                root = merkle_node(&old, &ninth), growth[MERKLE_MAX_PROOF + 1] = {ninth};

    return keyring_sign_head(keyring, ORIGIN, 9, &root, str_bytes(growth, hashes * sizeof *growth),
                             &note, NULL);
}

static void test_heads(void **state)
{
    AUTO(buf) struct buf note = BUF(4096);
    AUTO(buf) struct buf key_text = BUF(1024);
    struct hash a = sha256(S("a")), last;
    struct checkpoint c;
    struct note_key key;
    uint64_t size = 99, signers;
    str text;

    (void)state;
    assert_int_equal(keyring_head_last(keyring, ORIGIN, &size, &last, NULL), OK);
    assert_int_equal(size, 0);
    assert_int_equal(keyring_sign_head(keyring, ORIGIN, 8, &a, STR_NONE, &note, NULL), OK);
    assert_int_equal(keyring_head_key(keyring, ORIGIN, &key_text, NULL), OK);
    assert_int_equal(note_key_parse(buf_str(&key_text), &key, NULL), OK);
    assert_int_equal(note_open(buf_str(&note), &key, 1, &text, &signers, NULL), OK);
    assert_int_equal(checkpoint_parse(text, &c, NULL), OK);
    assert_int_equal(c.size, 8);
    assert_memory_equal(&c.root, &a, sizeof a);
    assert_true(str_eq(c.origin, ORIGIN));
    refuse_forks();
    /* another log is another history; no log has a name that breaks the note */
    assert_int_equal(sign_head(S("xu.example/journal/2"), 3, "b"), OK);
    assert_int_equal(sign_head(S("xu example"), 3, "b"), ERR_INVALID);
    assert_int_equal(sign_head(S(""), 3, "b"), ERR_INVALID);
    /* nor does a new process forget */
    stop();
    start();
    refuse_forks();
    assert_int_equal(keyring_head_last(keyring, ORIGIN, &size, &last, NULL), OK);
    assert_int_equal(size, 8);
    assert_memory_equal(&last, &a, sizeof a);
    assert_int_equal(sign_ninth("b", "c", 1), ERR_UNSIGNED);
    assert_int_equal(sign_ninth("a", "c", 0), ERR_UNSIGNED);
    assert_int_equal(sign_ninth("a", "c", 2), ERR_UNSIGNED);
    assert_int_equal(sign_ninth("a", "c", MERKLE_MAX_PROOF + 1), ERR_INVALID);
    assert_int_equal(sign_ninth("a", "c", 1), OK);
    assert_int_equal(sign_head(ORIGIN, 8, "a"), ERR_UNSIGNED);
}

/* ---- officers ------------------------------------------------------------------------------ */

static str enrolment(int officer, struct buf *b)
{
    buf_clear(b);
    buf_add_str(b, S("enrol"));
    buf_add_str(b, id_bytes(&officers[officer].id));
    buf_add(b, officers[officer].key.b, 32);
    return buf_str(b);
}

static enum err enrol(int officer, struct officer_assertion a, struct officer_assertion b)
{
    return keyring_enrol(keyring, &officers[officer].id, &officers[officer].key,
                         (struct officer_assertion[]){a, b}, NULL);
}

static void test_enrolling(void **state)
{
    AUTO(buf) struct buf b = BUF(256);
    struct officer_assertion none = {0};
    str text = enrolment(2, &b);

    (void)state;
    assert_int_equal(enrol(0, none, none), OK);
    assert_int_equal(enrol(1, none, none), OK);
    assert_int_equal(enrol(1, none, none), OK); /* again: nothing changes */
    assert_int_equal(keyring_enrol(keyring, &officers[1].id, &officers[3].key,
                                   (struct officer_assertion[2]){0}, NULL),
                     ERR_CONFLICT);
    assert_int_equal(enrol(2, none, none), ERR_UNTRUSTED);
    assert_int_equal(enrol(2, signed_by(0, text), none), ERR_UNTRUSTED);
    assert_int_equal(enrol(2, signed_by(0, text), signed_by(0, text)), ERR_FOUR_EYES);
    assert_int_equal(enrol(2, signed_by(0, text), signed_by(2, text)), ERR_UNTRUSTED);
    struct officer_assertion borrowed = {officers[1].id, signed_by(0, text).signature};
    assert_int_equal(enrol(2, signed_by(0, text), borrowed), ERR_BAD_SIGNATURE);
    struct officer_assertion for_2[] = {signed_by(0, text), signed_by(1, text)};
    assert_int_equal(enrol(3, for_2[0], for_2[1]), ERR_BAD_SIGNATURE);
    assert_int_equal(enrol(2, for_2[0], for_2[1]), OK);
    /* the third one counts, also for a new process; the fourth was never enrolled */
    stop();
    start();
    text = enrolment(3, &b);
    assert_int_equal(enrol(3, signed_by(0, text), signed_by(3, text)), ERR_UNTRUSTED);
    assert_int_equal(enrol(3, signed_by(2, text), signed_by(1, text)), OK);
}

/* ---- seals --------------------------------------------------------------------------------- */

#define REGISTRATION                                                                               \
    "{\"messages\":{\"SURNAME\":\"Ormond\",\"GIVEN_NAMES\":\"Ada\",\"DATE_OF_BIRTH\":"             \
    "\"1990-01-31\",\"NATIONALITY\":\"UTO\",\"MISSION\":\"Paris\"},"                               \
    "\"profile\":\"CONSULAR_REGISTRATION\"}"

/* Of one more decision, each time. */
static str statement(const char *fields, const char *outcome, struct buf *b)
{
    static int decision;
    struct hash h = sha256(str_of(fields));
    char hex[65];

    hex_encode(h.b, sizeof h.b, hex);
    buf_clear(b);
    buf_printf(b, "{\"decision\":%d,\"fields\":\"%s\",\"outcome\":\"%s\"}", ++decision, hex,
               outcome);
    return buf_str(b);
}

static enum err seal_as(str number, int64_t issued, str said, const char *fields,
                        struct officer_assertion x, struct officer_assertion y, struct buf *out)
{
    struct keyring_seal s = {.statement = said,
                             .fields = str_of(fields),
                             .number = number,
                             .issued_ms = issued,
                             .by = {x, y}};

    return keyring_seal(keyring, &s, out, NULL);
}

static enum err seal_fields(str said, const char *fields, struct officer_assertion x,
                            struct officer_assertion y, struct buf *out)
{
    return seal_as(S("XU-PAR-2026-000123"), world_now(&world_real), said, fields, x, y, out);
}

static void test_seals_refused(void **state)
{
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    AUTO(buf) struct buf b = BUF(1024);
    AUTO(buf) struct buf refusal = BUF(1024);
    struct officer_assertion none = {0};
    str said = statement(REGISTRATION, "approve", &b);
    str no = statement(REGISTRATION, "refuse", &refusal);
    struct officer_assertion x = signed_by(0, said), y = signed_by(1, said);
    struct officer_assertion stranger = {{{7}}, y.signature};

    (void)state;
    assert_int_equal(seal_fields(said, REGISTRATION, none, none, &out), ERR_UNTRUSTED);
    assert_int_equal(seal_fields(said, REGISTRATION, x, none, &out), ERR_UNTRUSTED);
    assert_int_equal(seal_fields(said, REGISTRATION, x, stranger, &out), ERR_UNTRUSTED);
    assert_int_equal(seal_fields(said, REGISTRATION, x, x, &out), ERR_FOUR_EYES);
    /* content other than what was signed for, and the other way round */
    assert_int_equal(seal_fields(said, "{\"profile\":\"CONSULAR_REGISTRATION\"}", x, y, &out),
                     ERR_UNTRUSTED);
    assert_int_equal(seal_fields(no, REGISTRATION, x, y, &out), ERR_BAD_SIGNATURE);
    assert_int_equal(seal_fields(no, REGISTRATION, signed_by(0, no), signed_by(1, no), &out),
                     ERR_UNTRUSTED);
    assert_int_equal(
        seal_fields(S("{}"), REGISTRATION, signed_by(0, S("{}")), signed_by(1, S("{}")), &out),
        ERR_UNTRUSTED);
    /* signed for, but nothing that could be sealed */
    static const char odd[] = "{\"messages\":{},\"profile\":\"PASSPORT\"}";
    said = statement(odd, "approve", &b);
    assert_int_equal(seal_fields(said, odd, signed_by(0, said), signed_by(1, said), &out),
                     ERR_INVALID);
    assert_int_equal(out.n, 0);
}

/* One decision is one document, also after the keyring died, and with half a record at the end. */
static void test_sealed_once(void **state)
{
    static const char half[] = "half a record";
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    AUTO(buf) struct buf b = BUF(1024);
    const str first = S("XU-PAR-2026-000200"), second = S("XU-PAR-2026-000201");
    int64_t issued = INT64_C(1795000000000);
    char path[4096];

    (void)state;
    for (int i = 0; i < 1500; i++) { /* the table grows */
        buf_clear(&b);
        buf_clear(&out);
        str said = statement(REGISTRATION, "approve", &b);
        struct officer_assertion x = signed_by(0, said), y = signed_by(1, said);
        assert_int_equal(seal_as(first, issued, said, REGISTRATION, x, y, &out), OK);
        if (i % 700)
            continue;
        stop();
        snprintf(path, sizeof path, "%s/sealed", dir);
        FILE *file = fopen(path, "a");
        assert_non_null(file);
        assert_int_equal(fwrite(half, 1, sizeof half, file), sizeof half);
        fclose(file);
        start();
        assert_int_equal(seal_as(second, issued, said, REGISTRATION, x, y, &out), ERR_UNSIGNED);
        assert_int_equal(seal_as(first, issued + 1, said, REGISTRATION, x, y, &out), ERR_UNSIGNED);
        assert_int_equal(seal_as(first, issued, said, REGISTRATION, x, y, &out), OK);
    }
}

static void test_seal(void **state)
{
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    AUTO(buf) struct buf list = BUF(IPC_MESSAGE_MAX);
    AUTO(buf) struct buf b = BUF(1024);
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    str said = statement(REGISTRATION, "approve", &b);
    int64_t now = world_now(&world_real);
    struct trust *trust;
    struct vds v;

    (void)state;
    assert_int_equal(seal_fields(said, REGISTRATION, signed_by(1, said), signed_by(2, said), &out),
                     OK);
    assert_int_equal(vds_decode(buf_str(&out), &v, NULL), OK);
    assert_true(str_eq(vds_text(&v, S("SURNAME"), a), S("Ormond")));
    assert_true(str_eq(vds_text(&v, S("DOCUMENT_NUMBER"), a), S("XU-PAR-2026-000123")));
    assert_string_equal(v.country, "UTO");
    assert_int_equal(keyring_trust_list(keyring, &list, NULL), OK);
    assert_int_equal(trust_parse(buf_str(&list), &trust, NULL), OK);
    assert_int_equal(seal_check(&v, trust, NULL, now), SEAL_VALID);
    /* revoked by a list that the same authority signs */
    AUTO(buf) struct buf rows = BUF(1024);
    AUTO(buf) struct buf signed_list = BUF(IPC_MESSAGE_MAX);
    struct revocations *gone;
    char id[33];
    vds_id(&v, id);
    buf_printf(&rows, "[{\"seal\":\"%s\",\"date\":\"2026-11-23\"}]", id);
    assert_int_equal(keyring_sign_list(keyring, buf_str(&rows), &signed_list, NULL), OK);
    assert_int_equal(revocations_parse(buf_str(&signed_list), trust, &gone, NULL), OK);
    assert_int_equal(seal_check(&v, trust, gone, now), SEAL_REVOKED);
    revocations_free(gone);
    /* one bit of the content */
    out.p[out.n / 2] ^= 1;
    if (vds_decode(buf_str(&out), &v, NULL) == OK)
        assert_int_not_equal(seal_check(&v, trust, NULL, now), SEAL_VALID);
    trust_free(trust);
}

/* ---- a role that was lent ------------------------------------------------------------------- */

static str lending_of(int colleague, int32_t from, int32_t until, struct buf *b)
{
    char id[ID_TEXT + 1], first[DAY_TEXT], last[DAY_TEXT];

    id_format(&officers[colleague].id, id);
    day_format(from, first);
    day_format(until, last);
    buf_clear(b);
    buf_printf(b, "{\"colleague\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"}", id, first, last);
    return buf_str(b);
}

/* The second decides by a role that two officers lent to them for these days. */
static enum err seal_lent(struct officer_lending lent)
{
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    AUTO(buf) struct buf b = BUF(1024);
    str said = statement(REGISTRATION, "approve", &b);
    struct officer_assertion y = signed_by(1, said);

    y.lent = &lent;
    return seal_fields(said, REGISTRATION, signed_by(0, said), y, &out);
}

static void test_lent(void **state)
{
    AUTO(buf) struct buf b = BUF(1024);
    AUTO(buf) struct buf other = BUF(1024);
    int32_t today = day_of_ms(world_now(&world_real));
    str said = lending_of(1, today - 3, today + 3, &b);
    struct officer_assertion x = signed_by(0, said), z = signed_by(2, said), none = {0};

    (void)state;
    assert_int_equal(seal_lent((struct officer_lending){said, {x, z}}), OK);
    assert_int_equal(seal_lent((struct officer_lending){said, {x, none}}), ERR_UNTRUSTED);
    assert_int_equal(seal_lent((struct officer_lending){said, {x, x}}), ERR_FOUR_EYES);
    assert_int_equal(seal_lent((struct officer_lending){S(""), {none, none}}), ERR_UNTRUSTED);
    str longer = lending_of(1, today - 3, today + 30, &other);
    assert_int_equal(seal_lent((struct officer_lending){longer, {x, z}}), ERR_BAD_SIGNATURE);
    said = lending_of(2, today, today, &b);
    assert_int_equal(
        seal_lent((struct officer_lending){said, {signed_by(0, said), signed_by(1, said)}}),
        ERR_UNTRUSTED);
    said = lending_of(1, today - 30, today - 8, &b);
    assert_int_equal(
        seal_lent((struct officer_lending){said, {signed_by(0, said), signed_by(2, said)}}),
        ERR_UNTRUSTED);
    said = lending_of(1, today + 2, today + 8, &b);
    assert_int_equal(
        seal_lent((struct officer_lending){said, {signed_by(0, said), signed_by(2, said)}}),
        ERR_UNTRUSTED);
}

/* ---- an officer of a partner ------------------------------------------------------------------
 */

/* Arcadia, as far as our keyring has to know it, and what is to be wrong about it. */
static struct arcadia {
    struct ed25519_secret root, log, officer;
    struct hash fingerprint;
    int32_t from, until, signed_until;
    const char *kind, *other_text;
    const struct ed25519_secret *signs, *heads, *vouches;
    bool other_payload, no_role;
} arcadia, good;

static str signed_note(struct arena *a, str text, str name, const struct ed25519_secret *k)
{
    AUTO(buf) struct buf b = BUF(8192);

    note_sign(&b, text, name, k);
    return str_copy(a, buf_str(&b));
}

static str letter_of(struct arena *a, struct note_key *root)
{
    AUTO(buf) struct buf text = BUF(4096);
    struct ed25519_public public = ed25519_public_of(arcadia.vouches);
    struct credence c = {.state = S("XA"),
                         .name = S("xa.example"),
                         .title = S("Arcadia"),
                         .url = S("https://xa.example"),
                         .language = {S("en")},
                         .n_languages = 1,
                         .issued = arcadia.from};

    c.root = *root = note_key_of(S("xa.example/root"), &public);
    credence_format(&text, &c);
    return signed_note(a, buf_str(&text), c.root.name, arcadia.vouches);
}

static str keyset_note(struct arena *a)
{
    AUTO(buf) struct buf text = BUF(4096);
    struct ed25519_public log = ed25519_public_of(&arcadia.log);
    struct x25519_secret seal;

    x25519_new(&seal);
    keyset_format(&text, &(struct keyset){.state = S("XA"),
                                          .name = S("xa.example"),
                                          .serial = 1,
                                          .from = arcadia.from,
                                          .until = arcadia.until,
                                          .log = log,
                                          .mirror = log,
                                          .witness = log,
                                          .packages = log,
                                          .seal = x25519_public_of(&seal)});
    return signed_note(a, buf_str(&text), S("xa.example/root"), arcadia.vouches);
}

/* What Arcadia's node says of its officer, behind a salt. */
static str payload(struct arena *a, str said)
{
    AUTO(buf) struct buf b = BUF(4096), key = BUF(64), signature = BUF(128);
    struct ed25519_public public = ed25519_public_of(arcadia.signs);
    str text = arcadia.other_text ? str_of(arcadia.other_text) : said;
    struct ed25519_signature s = ed25519_sign(arcadia.signs, text);
    struct hash digest = sha256(text);
    char hex[65], until[32];

    hex_encode(digest.b, sizeof digest.b, hex);
    day_format(arcadia.signed_until, until);
    base64_encode(&key, str_bytes(public.b, sizeof public.b), BASE64_URL);
    base64_encode(&signature, str_bytes(s.b, sizeof s.b), BASE64_URL);
    buf_printf(&b,
               "................................{\"key\":\"%.*s\",\"mission\":\"athens\",\"role\":"
               "\"%s\",\"signature\":\"%.*s\",\"statement\":\"%s\",\"until\":\"%s\"}",
               STR_FMT(buf_str(&key)), arcadia.no_role ? "" : "consul",
               STR_FMT(buf_str(&signature)), hex, until);
    return str_copy(a, buf_str(&b));
}

/* A log of one entry that names the payload. */
static str proof_of(struct arena *a, str content)
{
    AUTO(buf) struct buf text = BUF(8192), head = BUF(4096), proof = BUF(8192);
    struct entry e = {.kind = str_of(arcadia.kind),
                      .at = 1,
                      .correlation = id_new(&world_real, 0),
                      .content = sha256(content),
                      .size = 1};
    struct checkpoint c = {.origin = S("sifara-channel/a"), .size = 1};

    if (arcadia.other_payload)
        e.content.b[0] ^= 1;
    assert_int_equal(entry_format(&text, &e, a, NULL), OK);
    c.root = merkle_leaf(buf_str(&text));
    checkpoint_format(&head, &c);
    struct tlog_proof p = {.note = signed_note(a, buf_str(&head), c.origin, arcadia.heads)};
    assert_int_equal(evidence_format(&proof, &p, buf_str(&text), NULL, NULL), OK);
    return str_copy(a, buf_str(&proof));
}

static str assent_to(struct arena *a, str said)
{
    AUTO(buf) struct buf b = BUF(32 << 10);
    struct jw w = JW(&b);
    struct note_key root;
    str content = payload(a, said);

    jw_open(&w, '{');
    ipc_bytes(&w, S("content"), content);
    jw_kv(&w, S("credence"), letter_of(a, &root));
    jw_key(&w, S("keysets"));
    jw_open(&w, '[');
    jw_string(&w, keyset_note(a));
    jw_close(&w, ']');
    jw_kv(&w, S("partner"), S("XA"));
    jw_kv(&w, S("proof"), proof_of(a, content));
    jw_close(&w, '}');
    return str_copy(a, buf_str(&b));
}

static enum err across(struct officer_assertion by, str said)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    struct keyring_seal s = {.statement = said,
                             .fields = S(REGISTRATION),
                             .number = S("XU-PAR-2026-000123"),
                             .issued_ms = good.from * INT64_C(86400000),
                             .by = {by},
                             .assent = assent_to(a, said)};
    enum err e = keyring_seal(keyring, &s, &out, NULL);

    assert_int_equal(e == OK, out.n > 0);
    if (e == OK || e != ERR_UNTRUSTED)
        assert_int_equal(keyring_check_assent(keyring, said, s.assent, NULL) == OK, e == OK);
    arcadia = good;
    return e;
}

static enum err stands(const char *was, const char *to, bool letter, int x, int y)
{
    char text[400], hex[65];

    hex_encode(good.fingerprint.b, sizeof good.fingerprint.b, hex);
    snprintf(
        text, sizeof text,
        "{\"fingerprint\":%s%s%s,\"note\":null,\"partner\":\"XA\",\"reason\":\"\",\"standing\":"
        "\"%s\",\"was\":\"%s\"}",
        letter ? "\"" : "", letter ? hex : "null", letter ? "\"" : "", to, was);
    return keyring_standing(
        keyring, str_of(text),
        (struct officer_assertion[]){signed_by(x, str_of(text)), signed_by(y, str_of(text))}, NULL);
}

static void make_arcadia(void)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    int32_t today = day_of_ms(world_now(&world_real));
    struct note_key root;

    ed25519_new(&good.root);
    ed25519_new(&good.log);
    ed25519_new(&good.officer);
    good.from = today - 10;
    good.until = today + 10;
    good.signed_until = today + 14;
    good.kind = "protection-assent";
    good.signs = &arcadia.officer;
    good.heads = &arcadia.log;
    good.vouches = &arcadia.root;
    arcadia = good;
    letter_of(a, &root);
    good.fingerprint = root_fingerprint(&root);
    arcadia = good;
}

/* One of ours and one of Arcadia's, by a chain that ends at what two of ours accredited; whatever
 * is wrong in it, nothing is sealed. */
static void test_across(void **state)
{
    AUTO(buf) struct buf b = BUF(1024);
    str said = statement(REGISTRATION, "approve", &b);
    struct officer_assertion ours = signed_by(0, said), none = {0};
    struct ed25519_secret stranger;

    (void)state;
    ed25519_new(&stranger);
    make_arcadia();
    assert_int_equal(across(ours, said), ERR_UNTRUSTED); /* accredited by nobody */
    assert_int_equal(stands("none", "accredited", true, 0, 0), ERR_FOUR_EYES);
    assert_int_equal(stands("none", "accredited", true, 0, 3), OK);
    assert_int_equal(across(ours, said), OK);
    assert_int_equal(across(none, said), ERR_UNTRUSTED); /* Arcadia's alone */
    arcadia.signs = &officers[0].secret;                 /* ours, twice */
    assert_int_equal(across(ours, said), ERR_FOUR_EYES);
    arcadia.other_text = "{\"case\":\"another\"}";
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.heads = &stranger; /* not Arcadia's log */
    assert_int_equal(across(ours, said), ERR_BAD_SIGNATURE);
    arcadia.vouches = &stranger; /* another letter, all in order */
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.kind = "protection-word"; /* said of something else */
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.other_payload = true;
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.no_role = true;
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.until = arcadia.from + 9; /* yesterday */
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.signed_until -= 15;
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    arcadia.signed_until += 300;
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    /* suspended by two of ours: also for a new process, and no older word of theirs undoes it */
    assert_int_equal(stands("accredited", "suspended", false, 1, 0), OK);
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    assert_int_equal(stands("none", "accredited", true, 0, 3), ERR_STALE);
    stop();
    start();
    assert_int_equal(across(ours, said), ERR_UNTRUSTED);
    assert_int_equal(stands("suspended", "accredited", false, 1, 2), OK);
    assert_int_equal(across(ours, said), OK);
}

/* ---- the line to a partner ----------------------------------------------------------------------
 */

static enum err http_base(const char *base)
{
    struct ed25519_signature s;

    return keyring_link_http(keyring, 1, str_of(base), &s, NULL);
}

/* The log's key signs heads and a few notes; on the line nothing that could pass for one of them.
 */
static void test_line(void **state)
{
#define PARAMS                                                                                     \
    "\"@signature-params\": (\"@method\" \"@path\");created=1;keyid=\"XU/1\";alg=\"ed25519\""
    (void)state;
    assert_int_equal(http_base("\"@method\": POST\n\"@path\": /link/v1/introduce\n" PARAMS
                               ";tag=\"sifara-link/1\""),
                     OK);
    static const char *const bad[] = {
        "",
        "sifara-channel/a\n1\nAAAA\n",
        "\"@method\": POST\n\"@path\": /link/v1/introduce\n" PARAMS,
        "\"@method\": POST\n\"@path\": /link/v1/introduce\n" PARAMS ";tag=\"other\"",
        "\"@method\": POST\n\"@path\": /link/v1/introduce\n" PARAMS ";tag=\"sifara-link/1\"\n",
        "\"@method\": GET\n\"@path\": /link/v1/introduce\n" PARAMS ";tag=\"sifara-link/1\"",
        "\"@method\": POST\n\"@path\": /v1/sessions\n" PARAMS ";tag=\"sifara-link/1\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (http_base(bad[i]) == OK)
            fail_msg("signed: %s", bad[i]);
#undef PARAMS
}

static void test_unknown_requests(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct ipc_client *c = ipc_client_new(dup(ends[0]));
    static const char *const ops[] = {"sign", "master", "", "export"};
    struct ipc_call call;
    struct json *reply;

    (void)state;
    assert_non_null(c);
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        ipc_begin(&call, ops[i]);
        assert_int_equal(ipc_call(c, &call, ERR_KEYRING, a, &reply, NULL), ERR_UNSIGNED);
    }
    /* the known ones with nothing in them */
    static const char *const empty[] = {"wrap", "unwrap", "head", "head-key", "enrol", "seal"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        ipc_begin(&call, empty[i]);
        enum err e = ipc_call(c, &call, ERR_KEYRING, a, &reply, NULL);
        assert_true(e != OK && e != ERR_KEYRING);
    }
    ipc_client_free(c);
}

/* Last: nobody answers, and then the other end is gone. */
static void test_dead(void **state)
{
    struct key k;

    (void)state;
    stop();
    int64_t from = monotonic_ns();
    assert_int_equal(keyring_derive(keyring, S("lookup"), &k, NULL), ERR_KEYRING);
    print_message("a dead keyring was given up after %lld ms\n",
                  (long long)((monotonic_ns() - from) / 1000000));
    /* what comes back finds its socket, and the old question does no harm */
    start();
    assert_int_equal(keyring_derive(keyring, S("lookup"), &k, NULL), OK);
    stop();
    close(ends[1]);
    assert_int_equal(keyring_derive(keyring, S("lookup"), &k, NULL), ERR_KEYRING);
}

static int begin(void **state)
{
    (void)state;
    test_folder(dir);
    assert_int_equal(keyring_create(dir, S("XU"), S("UTO"), false, world_now(&world_real), NULL), OK);
    assert_true(ipc_pair(ends));
    for (int i = 0; i < OFFICERS; i++) {
        officers[i].id = id_new(&world_real, 0);
        ed25519_new(&officers[i].secret);
        officers[i].key = ed25519_public_of(&officers[i].secret);
    }
    start();
    keyring = keyring_connect(ends[0]);
    assert_non_null(keyring);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    keyring_disconnect(keyring);
    test_folder_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrapping),       cmocka_unit_test(test_deriving),
        cmocka_unit_test(test_creating_twice), cmocka_unit_test(test_heads),
        cmocka_unit_test(test_enrolling),      cmocka_unit_test(test_seals_refused),
        cmocka_unit_test(test_seal),           cmocka_unit_test(test_lent),
        cmocka_unit_test(test_sealed_once),    cmocka_unit_test(test_across),
        cmocka_unit_test(test_line),           cmocka_unit_test(test_unknown_requests),
        cmocka_unit_test(test_dead),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
