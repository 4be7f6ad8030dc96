/* evidence PROOF LETTER LETTER: how long it takes to check a proof of a dispatch, letters read
 * before */
#include <stdio.h>

#include "base/fs.h"
#include "base/world.h"
#include "link/evidence.h"
#include "registry/credence.h"

enum { ROUNDS = 400 };

static bool read_letter(struct arena *a, const char *path, struct ed25519_public *log,
                        struct note_key *mirror)
{
    struct credence c;
    struct keyset k;
    str text, one, two;

    if (fs_read(a, path, CREDENCE_MAX, &text, NULL) != OK ||
        credence_file_open(a, text, &c, &k, &one, &two, NULL) != OK)
        return false;
    *log = k.log;
    return keyset_mirror_key(&k, a, mirror);
}

int main(int argc, char **argv)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20), *each = arena_new(1 << 20);
    struct ed25519_public logs[2];
    struct note_key mirrors[2];
    struct evidence_keys keys = {logs, 2, mirrors, 2};
    struct evidence_finding found;
    struct evidence e;
    str proof;

    if (argc != 4 || fs_read(a, argv[1], EVIDENCE_BYTES, &proof, NULL) != OK ||
        !read_letter(a, argv[2], &logs[0], &mirrors[0]) ||
        !read_letter(a, argv[3], &logs[1], &mirrors[1]))
        return 2;
    int64_t start = monotonic_ns();
    for (int i = 0; i < ROUNDS; i++) {
        arena_reset(each);
        if (evidence_parse(each, proof, &e, NULL) != OK ||
            evidence_check(&e, &keys, STR_NONE, &found, NULL) != OK || !found.receipted)
            return 1;
    }
    printf("%lld\n", (long long)((monotonic_ns() - start) / ROUNDS / 1000));
    return 0;
}
