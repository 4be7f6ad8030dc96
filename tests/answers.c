/* answers.c - the description of the API (OpenAPI), onto standard output */
#include <stdio.h>
#include <stdlib.h>

#include "node/node_int.h"
#include "node/version.h"

int main(void)
{
    AUTO(buf) struct buf text = BUF(8 << 20);

    openapi_write(&text, SIFARA_VERSION);
    return fwrite(text.p, 1, text.n, stdout) == text.n ? EXIT_SUCCESS : EXIT_FAILURE;
}
