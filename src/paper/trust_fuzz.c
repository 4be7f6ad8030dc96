/* trust_fuzz.c - a trust list of anybody, byte 0x1e, a list of revocations
 *
 * What is read is of whom it says; a list that no authority signed revokes nothing. The same bytes
 * are looked through for a seal behind a page.
 */
#include <assert.h>

#include "paper/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_revocations(str text, const struct trust *trust)
{
    static const char nobody[] = "00000000000000000000000000000000";
    struct revocations *r;

    if (revocations_parse(text, trust, &r, NULL) != OK)
        return;
    assert(revocations_number(r) >= 0 && revocations_state(r).n == 3);
    (void)!revocations_has(r, nobody);
    revocations_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = str_bytes(data, size), list, code;
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    struct trust *trust;

    (void)!vds_behind(rest, &seal);
    str_split(&rest, 0x1e, &list);
    if (trust_parse(list, &trust, NULL) != OK)
        return 0;
    if (trust_is_of(trust, S("XU"), &code))
        assert(code.n == 3);
    read_revocations(rest, trust);
    trust_free(trust);
    return 0;
}
