/* passkey_fuzz.c - what a browser sends of a passkey: any bytes are refused or whole, never a crash
 *
 * A byte that says how many belong to the client data, then client data and authenticator data; and
 * all of it as an assertion.
 */
#include "crypto/passkey.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct hash challenge = {{0}};
    struct assertion said;
    struct passkey p = {
        .alg = -7, .id = S("id"), .key = S("key"), .rp = S("x"), .origin = S("https://x")};
    str all = str_bytes(data, n);

    if (n < 1 || !a)
        return 0;
    size_t cut = 1 + (data[0] < n - 1 ? data[0] : n - 1);
    struct passkey made;
    (void)!passkey_made(a, str_sub(all, 1, cut), str_sub(all, cut, n), &challenge, S("x"),
                        S("https://x"), &made, NULL);
    if (assertion_parse(all, &said)) {
        if (said.signature.p + said.signature.n != all.p + all.n)
            abort();
        p.id = said.id;
        (void)!assertion_challenge(a, &said, &challenge, NULL);
        (void)!passkey_check(a, &p, &said, &challenge, NULL);
    }
    return 0;
}
