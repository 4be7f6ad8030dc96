/* The tree against the published proofs, good and bad; growth against the definition; notes. */
#include "merkle/merkle.h"

#include <dirent.h>

#include "base/encode.h"
#include "base/json.h"
#include "base/testing.h"
#include "merkle/note.h"

static char tmp[] = "/tmp/sifara-merkle-XXXXXX";
static int ran[4];

/* base64 of a hash; false when empty. Where the data says "don't care" in other lengths, any fixed
 * hash of it will do. */
static bool hash_of(const struct json *j, struct hash *out)
{
    AUTO(buf) struct buf raw = BUF(1024);

    if (!base64_decode(&raw, json_str(j), BASE64_STD) || raw.n == 0)
        return false;
    if (raw.n == 32)
        memcpy(out->b, raw.p, 32);
    else
        *out = sha256(buf_str(&raw));
    return true;
}

/* Sizes beyond int64 are in the data; the JSON parser refuses those, and so do we. */
static bool holds(const struct json *j, int kind)
{
    struct merkle_proof p = {0};
    struct hash a, b;
    const struct json *proof = json_get(j, S("proof"));
    bool inclusion = kind == 0 || kind == 2;
    uint64_t start = (uint64_t)json_get_int(j, S("start"), 0);
    uint64_t end = (uint64_t)json_get_int(j, S("end"), 0);

    for (size_t i = 0; json_at(proof, i); i++)
        if (i == MERKLE_MAX_PROOF || !hash_of(json_at(proof, i), &p.node[p.n++]))
            return false;
    if (!hash_of(json_get(j, inclusion ? S("leafHash") : S("root1")), &a) ||
        !hash_of(json_get(j, inclusion ? S("root") : S("root2")), &b))
        return false;
    uint64_t index = (uint64_t)json_get_int(j, S("leafIdx"), 0);
    switch (kind) {
    case 0:
        return merkle_check_inclusion(index, (uint64_t)json_get_int(j, S("treeSize"), 0), &a, &p,
                                      &b) == OK;
    case 1:
        return merkle_check_consistency((uint64_t)json_get_int(j, S("size1"), 0),
                                        (uint64_t)json_get_int(j, S("size2"), 0), &a, &b, &p) == OK;
    case 2:
        return merkle_check_subtree_inclusion(index, start, end, &a, &p, &b) == OK;
    default:
        return merkle_check_subtree_consistency(start, end, (uint64_t)json_get_int(j, S("size"), 0),
                                                &a, &b, &p) == OK;
    }
}

static void check_folder(const char *dir, int kind)
{
    DIR *d = opendir(dir);

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        char path[2048];
        struct json *j;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (!str_ends(str_of(e->d_name), S(".json"))) {
            check_folder(path, kind);
            continue;
        }
        bool parsed = json_parse(a, test_slurp(path, a), NULL, &j, NULL) == OK;
        if (parsed && holds(j, kind) == json_get_bool(j, S("wantErr"), false))
            fail_msg("%s: wrong verdict", path);
        if (!parsed) /* an integer beyond int64 */
            assert_non_null(strstr(test_slurp(path, a).p, "\"wantErr\": true"));
        ran[kind]++;
    }
    closedir(d);
}

static void test_data(void **state)
{
    static const char *kinds[] = {"inclusion", "consistency", "subtreeinclusion",
                                  "subtreeconsistency"};

    (void)state;
    if (!test_unpack("merkle/testdata.tar.gz", tmp))
        skip();
    for (int k = 0; k < 4; k++) {
        char dir[256];
        snprintf(dir, sizeof dir, "%s/testdata/%s", tmp, kinds[k]);
        check_folder(dir, k);
        print_message("merkle %s: %d proofs\n", kinds[k], ran[k]);
        assert_true(ran[k] > 0);
    }
}

/* The definition, straight: MTH of RFC 9162 section 2.1.1. */
static struct hash mth(const struct hash *leaf, size_t n)
{
    if (n == 1)
        return leaf[0];
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    struct hash l = mth(leaf, k), r = mth(leaf + k, n - k);
    return merkle_node(&l, &r);
}

static enum err get(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
    *out = mth((const struct hash *)ctx + (index << level), (size_t)1 << level);
    return OK;
}

static void test_growth_and_proofs(void **state)
{
    enum { N = 70 };
    struct hash leaf[N], root[N + 1];
    struct merkle_frontier t = {0};
    struct merkle_proof p;

    (void)state;
    root[0] = merkle_root(&t);
    for (size_t i = 0; i < N; i++) {
        leaf[i] = merkle_leaf(str_bytes(&i, sizeof i));
        merkle_append(&t, &leaf[i]);
        root[i + 1] = merkle_root(&t);
        struct hash want = mth(leaf, i + 1);
        assert_memory_equal(root[i + 1].b, want.b, 32);
    }
    for (uint64_t n = 1; n <= N; n++) {
        for (uint64_t i = 0; i < n; i++) {
            assert_int_equal(merkle_prove_inclusion(get, leaf, i, n, &p), OK);
            assert_int_equal(merkle_check_inclusion(i, n, &leaf[i], &p, &root[n]), OK);
            assert_int_equal(merkle_check_inclusion(i ^ 1, n, &leaf[i], &p, &root[n]),
                             ERR_BAD_PROOF);
        }
        for (uint64_t m = 1; m <= n; m++) {
            assert_int_equal(merkle_prove_consistency(get, leaf, m, n, &p), OK);
            assert_int_equal(merkle_check_consistency(m, n, &root[m], &root[n], &p), OK);
        }
    }
    assert_int_equal(merkle_prove_inclusion(get, leaf, 3, 3, &p), ERR_RANGE);

    for (uint64_t n = 1; n <= N; n++)
        for (uint64_t step = 1; step <= 64; step *= 2)
            for (uint64_t start = 0; start < n; start += step)
                for (uint64_t end = start + step / 2 + 1; end <= start + step && end <= n; end++) {
                    struct hash part = mth(leaf + start, end - start), other = part;
                    assert_int_equal(merkle_prove_subtree_consistency(get, leaf, start, end, n, &p),
                                     OK);
                    assert_int_equal(
                        merkle_check_subtree_consistency(start, end, n, &part, &root[n], &p), OK);
                    other.b[0] ^= 1;
                    assert_int_equal(
                        merkle_check_subtree_consistency(start, end, n, &other, &root[n], &p),
                        ERR_BAD_PROOF);
                }
    assert_int_equal(merkle_prove_subtree_consistency(get, leaf, 1, 3, 4, &p), ERR_RANGE);
    assert_int_equal(merkle_prove_subtree_consistency(get, leaf, 2, 2, 4, &p), ERR_RANGE);
    assert_int_equal(merkle_prove_subtree_consistency(get, leaf, 4, 6, 5, &p), ERR_RANGE);
}

static void test_notes(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf text = BUF(4096);
    AUTO(buf) struct buf note = BUF(4096);
    AUTO(buf) struct buf file = BUF(4096);
    struct ed25519_secret secret = {{1, 2, 3}};
    struct ed25519_public public = ed25519_public_of(&secret);
    struct note_key key = note_key_of(S("utopia.example/journal"), &public), again;
    struct checkpoint c;
    struct merkle_frontier t = {0};
    struct hash leaf = merkle_leaf(S("entry"));

    (void)state;
    merkle_append(&t, &leaf);
    checkpoint_format(&text, &(struct checkpoint){key.name, t.size, merkle_root(&t)});
    note_sign(&note, buf_str(&text), key.name, &secret);
    struct tlog_proof p = {.extra = S("e"), .index = 0, .note = buf_str(&note)}, q;
    tlog_proof_format(&file, &p);
    assert_int_equal(tlog_proof_parse(a, buf_str(&file), &q, NULL), OK);
    assert_true(str_eq(q.extra, S("e")));
    assert_int_equal(tlog_proof_verify(&q, S("entry"), &key, &c, NULL), OK);
    assert_true(c.size == 1);
    assert_int_equal(tlog_proof_verify(&q, S("other"), &key, &c, NULL), ERR_BAD_PROOF);
    note.p[24] ^= 1; /* a bit of the root */
    assert_int_not_equal(tlog_proof_verify(&p, S("entry"), &key, &c, NULL), OK);

    buf_clear(&text);
    note_key_format(&text, &key);
    assert_int_equal(note_key_parse(buf_str(&text), &again, NULL), OK);
    assert_int_equal(again.id, key.id);
    assert_false(note_name_valid(S("a b")));
    assert_false(note_name_valid(S("a+b")));
    assert_false(note_name_valid(S("a\xe3\x80\x80z")));
    assert_false(note_name_valid(S("a\0z")));
    assert_false(note_name_valid(S("a\x01z")));
    assert_int_equal(checkpoint_parse(S("o\n01\nAAAA\n"), &c, NULL), ERR_MALFORMED_TEXT);
}

/* The example key of the signed-note specification. */
static void test_published_note(void **state)
{
    str spec_key = S("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    str note = S("If you think cryptography is the answer to your problem,\n"
                 "then you don't know what your problem is.\n"
                 "\n"
                 "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF"
                 "YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n");
    struct note_key k;
    uint64_t signers;
    str text;

    (void)state;
    assert_int_equal(note_key_parse(spec_key, &k, NULL), OK);
    assert_int_equal(note_open(note, &k, 1, &text, &signers, NULL), OK);
    assert_true(signers == 1);
}

/* A log's head with a cosignature: it counts, its time is read, and no byte of it can change. */
static void test_cosignatures(void **state)
{
    AUTO(buf) struct buf text = BUF(4096);
    AUTO(buf) struct buf note = BUF(4096);
    AUTO(buf) struct buf message = BUF(4096);
    struct ed25519_secret log_secret = {{1}}, mirror_secret = {{2}};
    struct ed25519_public log_public = ed25519_public_of(&log_secret);
    struct ed25519_public mirror_public = ed25519_public_of(&mirror_secret);
    struct note_key key[2] = {note_key_of(S("log.example/1"), &log_public),
                              note_cosigner_of(S("mirror.example"), &mirror_public)};
    struct hash root = merkle_empty();
    uint64_t signers;
    int64_t at;
    str body;

    (void)state;
    assert_int_not_equal(note_key_of(S("mirror.example"), &mirror_public).id, key[1].id);
    checkpoint_format(&text, &(struct checkpoint){S("log.example/1"), 0, root});
    note_sign(&note, buf_str(&text), key[0].name, &log_secret);
    assert_int_equal(cosignature_time(buf_str(&note), &key[1], &at, NULL), ERR_NOT_FOUND);
    cosignature_message(&message, 1679315147, buf_str(&text));
    assert_true(
        str_starts(buf_str(&message), S("cosignature/v1\ntime 1679315147\nlog.example/1\n0\n")));
    struct ed25519_signature sig = ed25519_sign(&mirror_secret, buf_str(&message));
    cosignature_line(&note, &key[1], 1679315147, &sig);
    assert_int_equal(note_open(buf_str(&note), key, 2, &body, &signers, NULL), OK);
    assert_true(signers == 3 && str_eq(body, buf_str(&text)));
    assert_int_equal(cosignature_time(buf_str(&note), &key[1], &at, NULL), OK);
    assert_true(at == 1679315147);

    /* another time under the same signature; a cosigner's key that signs the bare text */
    note.n = text.n + 1;
    cosignature_line(&note, &key[1], 1679315148, &sig);
    assert_int_equal(note_open(buf_str(&note), key, 2, &body, &signers, NULL), ERR_BAD_SIGNATURE);
    note.n = text.n + 1;
    sig = ed25519_sign(&mirror_secret, buf_str(&text));
    note_signature_line(&note, &key[1], &sig);
    assert_int_equal(note_open(buf_str(&note), key, 2, &body, &signers, NULL), ERR_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data),         cmocka_unit_test(test_growth_and_proofs),
        cmocka_unit_test(test_notes),        cmocka_unit_test(test_published_note),
        cmocka_unit_test(test_cosignatures),
    };
    test_folder(tmp);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_folder_remove(tmp);
    return failed;
}
