/* note_fuzz.c - proof files and notes: what parses prints back alike */
#include <assert.h>

#include "merkle/quorum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(4 << 20);
    AUTO(buf) struct buf b = BUF(4 << 20);
    str in = str_bytes(data, size), text;
    struct ed25519_public zero = {{0}};
    struct note_key key = note_key_of(S("origin"), &zero);
    struct tlog_proof p;
    struct checkpoint c;
    uint64_t signers;

    if (tlog_proof_parse(a, in, &p, NULL) == OK) {
        tlog_proof_format(&b, &p);
        assert(str_eq(buf_str(&b), in));
        assert(tlog_proof_verify(&p, S("entry"), &key, &c, NULL) != OK);
    }
    if (checkpoint_parse(in, &c, NULL) == OK) {
        buf_clear(&b);
        checkpoint_format(&b, &c);
        assert(str_starts(in, buf_str(&b)));
    }
    (void)!note_open(in, &key, 1, &text, &signers, NULL);
    (void)!note_key_parse(in, &key, NULL);
    struct quorum q;
    if (quorum_parse(in, &q, NULL) == OK)
        assert(quorum_met(&q, UINT64_MAX));
    return 0;
}
