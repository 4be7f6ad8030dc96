/* picture.h - how large a picture says it is, without opening it */
#ifndef SIFARA_PAPER_PICTURE_H
#define SIFARA_PAPER_PICTURE_H

#include "base/str.h"

/* Pixels of a PNG (ISO/IEC 15948, 11.2.2), JPEG (ITU-T T.81, B.2.2) or WebP (RFC 9649, 2.5 to 2.7),
 * told from its first bytes; 0 where they do not tell. At most 2^64 - 1. */
uint64_t picture_area(str first_bytes);

#endif
