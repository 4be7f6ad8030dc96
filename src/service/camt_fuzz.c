/* camt_fuzz.c - a bank's statement from anybody: what is read is whole and within its limits */
#include <assert.h>

#include "service/camt.h"
#include "service/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    char found[REFERENCE_TEXT + 1], again[REFERENCE_TEXT + 1], iban[IBAN_MAX + 1];
    str bytes = str_bytes(data, size);
    struct camt c;

    assert(a);
    if (reference_find(bytes, found))
        assert(reference_read(str_of(found), again) && str_eq(str_of(found), str_of(again)));
    if (camt_read(a, bytes, &c, NULL) != OK)
        return 0;
    assert(iban_read(c.iban, iban) && c.n <= CAMT_PAYMENTS);
    for (size_t i = 0; i < c.n; i++)
        assert(c.list[i].amount > 0 && c.list[i].key.n && c.list[i].day.n == 10);
    return 0;
}
