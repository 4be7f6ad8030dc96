/* certificate_fuzz.c - a certificate that a proxy hands on, or a client shows: any bytes are
 * refused or have one key, never a crash */
#include "crypto/certificate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct hash one = {{0}}, again = {{0}};
    str shown = str_bytes(data, n);

    (void)!certificate_key_of_der(shown, &one);
    (void)!certificate_key_of_pem(shown, &one);
    if (certificate_key_of_header(shown, &one) &&
        (!certificate_key_of_header(shown, &again) || memcmp(one.b, again.b, sizeof one.b) != 0))
        abort();
    return 0;
}
