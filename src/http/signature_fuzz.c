/* signature_fuzz.c - Signature-Input, Signature and Content-Digest, a line each */
#include <assert.h>

#include "http/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct signature_part parts[] = {{S("@method"), S("POST")},
                                                  {S("@path"), S("/link/v1/introduce")},
                                                  {S("content-digest"), S("sha-256=:AA==:")},
                                                  {S("content-type"), S("text/plain")}};
    const struct signature_message m = {parts, 4, NULL};
    const struct ed25519_public zero = {{0}};
    AUTO(buf) struct buf base = BUF(SIGNATURE_BASE);
    str rest = str_bytes(data, size), line = STR_NONE, field = STR_NONE, digest = STR_NONE;
    struct signature_input in;

    (void)str_split(&rest, '\n', &line);
    (void)str_split(&rest, '\n', &field);
    (void)str_split(&rest, '\n', &digest);
    (void)content_digest_is(digest, rest);
    if (signature_input_parse(line, &in, NULL) != OK)
        return 0;
    assert(str_ends(line, in.params) && str_starts(in.params, in.covered));
    if (signature_base(&base, &m, &in, NULL) == OK)
        assert(str_ends(buf_str(&base), in.params));
    (void)!signature_verify(&m, &in, field, &zero, NULL);
    return 0;
}
