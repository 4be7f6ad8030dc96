/* quorum_officer.c - an officer's signature in a choice of witnesses, by key file or passkey */
#include "crypto/passkey.h"
#include "link/quorum_file.h"

enum err quorum_officer_check(struct arena *a, const struct quorum_officer *o, str text,
                              struct fault *f)
{
    struct passkey list[PASSKEYS_MAX];
    struct officer_signature s;
    struct json *j = NULL;
    size_t n = 0;

    if (!officer_signature_of(o->signature, &s))
        return fault(f, ERR_BAD_SIGNATURE, "an officer's signature is missing");
    if (o->passkeys.n)
        TRY(json_parse(a, o->passkeys, NULL, &j, f));
    for (; j && json_at(j, n) && n < PASSKEYS_MAX; n++)
        TRY(passkey_read(a, json_at(j, n), &list[n], f));
    return officer_check(a, &o->key, list, n, text, &s, f);
}
