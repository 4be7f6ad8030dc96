/* picture_fuzz.c - the sizes that pictures claim, told from any bytes and from any part of them */
#include <stdlib.h>

#include "paper/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t n = 0; n <= size && n < 64; n++) {
        char *part = malloc(n + 1); /* of its own, so that a byte too many is seen */
        if (!part)
            return 0;
        memcpy(part, data, n);
        (void)picture_area(str_bytes(part, n));
        free(part);
    }
    (void)picture_area(str_bytes(data, size));
    return 0;
}
