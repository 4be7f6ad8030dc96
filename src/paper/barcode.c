/* barcode.c - bytes to modules with libzint */
#include "paper/barcode.h"

#include <zint.h>

enum err datamatrix_write(str bytes, struct datamatrix *out, struct fault *f)
{
    if (bytes.n == 0 || bytes.n > 1555)
        return fault(f, ERR_RANGE, "a Data Matrix holds 1 to 1,555 bytes");
    struct zint_symbol *z = ZBarcode_Create();
    if (!z)
        return fault(f, ERR_MEMORY, "no memory for a barcode");
    z->symbology = BARCODE_DATAMATRIX;
    z->input_mode = DATA_MODE;
    z->option_3 = DM_SQUARE;
    int rc = ZBarcode_Encode(z, (const unsigned char *)bytes.p, (int)bytes.n);
    enum err e = OK;
    if (rc >= ZINT_ERROR) {
        e = fault(f, rc == ZINT_ERROR_TOO_LONG ? ERR_RANGE : ERR_INTERNAL, "%s", z->errtxt);
    } else if (z->rows != z->width || z->rows > DATAMATRIX_MAX) {
        e = fault(f, ERR_INTERNAL, "not a square symbol");
    } else {
        out->n = (unsigned)z->rows;
        for (unsigned y = 0; y < out->n; y++)
            for (unsigned x = 0; x < out->n; x++)
                out->dark[y * out->n + x] = z->encoded_data[y][x / 8] >> (x % 8) & 1;
    }
    ZBarcode_Delete(z);
    return e;
}
