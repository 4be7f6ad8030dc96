/* barcode.h - Data Matrix (ECC 200, ISO/IEC 16022): bytes to modules, pictures to bytes
 *
 * Writing is libzint's work, reading libdmtx's. Files to be read come from anybody: pixels,
 * pages and time are limited, and a node calls these in its sandboxed worker.
 */
#ifndef SIFARA_PAPER_BARCODE_H
#define SIFARA_PAPER_BARCODE_H

#include "base/buf.h"
#include "base/errors.h"

#define DATAMATRIX_MAX 144 /* modules on a side of the largest square symbol */

struct datamatrix {
    unsigned n; /* modules on a side, without the quiet zone of one module around */
    uint8_t dark[DATAMATRIX_MAX * DATAMATRIX_MAX]; /* row after row, 1 is dark */
};

/* Errors: ERR_RANGE (more than about 1,500 bytes), ERR_INTERNAL. Safe from any thread. */
NODISCARD enum err datamatrix_write(str bytes, struct datamatrix *out, struct fault *);

/* Finds a visible digital seal in a picture of 8-bit grey values, dark on light or the other way
 * round, turned or slightly slanted. Its bytes are appended to the buffer.
 * Errors: ERR_NOT_FOUND, ERR_LIMIT (picture too large), ERR_MEMORY. */
NODISCARD enum err seal_read_pixels(const uint8_t *grey, size_t width, size_t height,
                                    struct buf *out, struct fault *);

/* The same in a PDF, PNG or JPEG file given by its bytes. Of a PDF all pages are looked at, up to
 * 20. Errors: also ERR_MEDIA_TYPE, ERR_MALFORMED_TEXT (the file cannot be read). */
NODISCARD enum err seal_read_bytes(str file, struct buf *out, struct fault *);

/* The same by the file's name. Errors: also ERR_IO, ERR_TOO_LARGE (32 MiB). */
NODISCARD enum err seal_read_image(const char *path, struct buf *out, struct fault *);

#endif
