/* mrz_fuzz.c - what reads must write, and then read the same with every check digit right */
#include <assert.h>

#include "base/mrz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mrz m, again;
    struct mrz_wrong w;
    char text[MRZ_ROOM];

    if (mrz_read(str_bytes(data, size), &m, &w, NULL) != OK)
        return 0;
    if (mrz_write(&m, text, NULL) != OK)
        return 0; /* readable, but not a zone one would write: an empty name */
    assert(mrz_read(str_of(text), &again, &w, NULL) == OK && w.n == 0);
    assert(again.format == m.format && strcmp(again.number, m.number) == 0);
    assert(strcmp(again.primary, m.primary) == 0 && strcmp(again.secondary, m.secondary) == 0);
    assert(strcmp(again.optional1, m.optional1) == 0 && strcmp(again.birth, m.birth) == 0);
    return 0;
}
