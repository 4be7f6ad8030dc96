/* the keyring in a process of its own: what it does, what it refuses, what it remembers */
#include "node/keyring.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/testing.h"
#include "crypto/ipc.h"
#include "merkle/note.h"
#include "paper/trust.h"
#include "paper/vds.h"

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
        assert_int_equal(keyring_derive(keyring, str_of(others[i]), &again, NULL), ERR_DENIED);
}

static void test_creating_twice(void **state)
{
    (void)state;
    assert_int_equal(keyring_create(dir, S("XU"), S("UTO"), 0, NULL), ERR_CONFLICT);
}

/* ---- heads --------------------------------------------------------------------------------- */

static enum err sign_head(str origin, uint64_t size, const char *root)
{
    AUTO(buf) struct buf note = BUF(4096);
    struct hash h = sha256(str_of(root));

    return keyring_sign_head(keyring, origin, size, &h, &note, NULL);
}

static void refuse_forks(void)
{
    assert_int_equal(sign_head(ORIGIN, 9, "a"), ERR_DENIED);
    assert_int_equal(sign_head(ORIGIN, 0, "a"), ERR_DENIED);
    assert_int_equal(sign_head(ORIGIN, 10, "b"), ERR_DENIED);
    assert_int_equal(sign_head(ORIGIN, 10, "a"), OK);
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
    assert_int_equal(keyring_sign_head(keyring, ORIGIN, 10, &a, &note, NULL), OK);
    assert_int_equal(keyring_head_key(keyring, ORIGIN, &key_text, NULL), OK);
    assert_int_equal(note_key_parse(buf_str(&key_text), &key, NULL), OK);
    assert_int_equal(note_open(buf_str(&note), &key, 1, &text, &signers, NULL), OK);
    assert_int_equal(checkpoint_parse(text, &c, NULL), OK);
    assert_int_equal(c.size, 10);
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
    assert_int_equal(size, 10);
    assert_memory_equal(&last, &a, sizeof a);
    assert_int_equal(sign_head(ORIGIN, 11, "c"), OK);
    assert_int_equal(sign_head(ORIGIN, 10, "a"), ERR_DENIED);
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

static str statement(const char *fields, const char *outcome, struct buf *b)
{
    struct hash h = sha256(str_of(fields));
    char hex[65];

    hex_encode(h.b, sizeof h.b, hex);
    buf_clear(b);
    buf_printf(b, "{\"fields\":\"%s\",\"outcome\":\"%s\"}", hex, outcome);
    return buf_str(b);
}

static enum err seal_fields(str said, const char *fields, struct officer_assertion x,
                            struct officer_assertion y, struct buf *out)
{
    struct keyring_seal s = {.statement = said,
                             .fields = str_of(fields),
                             .number = S("XU-PAR-2026-000123"),
                             .issued_ms = world_now(&world_real),
                             .by = {x, y}};

    return keyring_seal(keyring, &s, out, NULL);
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
        assert_int_equal(ipc_call(c, &call, ERR_KEYRING, a, &reply, NULL), ERR_DENIED);
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
    assert_int_equal(keyring_create(dir, S("XU"), S("UTO"), world_now(&world_real), NULL), OK);
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
        cmocka_unit_test(test_seal),           cmocka_unit_test(test_unknown_requests),
        cmocka_unit_test(test_dead),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
