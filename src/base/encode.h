/* encode.h - hexadecimal, base64 and base64url (RFC 4648), fields of forms */
#ifndef SIFARA_BASE_ENCODE_H
#define SIFARA_BASE_ENCODE_H

#include "base/buf.h"
#include "base/errors.h"

/* Lower-case hex of n bytes into out, which has room for 2n+1. */
void hex_encode(const void *bytes, size_t n, char *out);
/* Exactly 2n digits of either case into n bytes; false otherwise. */
bool hex_decode(str hex, void *out, size_t n);

enum base64 { BASE64_STD, BASE64_URL }; /* STD is padded, URL is not */

void base64_encode(struct buf *, str bytes, enum base64);
/* Strict: the right alphabet, padding as the variant says, unused bits zero. */
bool base64_decode(struct buf *, str text, enum base64);

/* Text for XML and HTML, in content and in quoted attributes; line feeds survive there. */
void xml_escape(struct buf *, str text);

/* The first field of that name in a form (application/x-www-form-urlencoded), decoded onto buf;
 * names are compared as they are written. ERR_NOT_FOUND; ERR_MALFORMED_TEXT for a broken escape;
 * ERR_LIMIT when it does not fit. */
NODISCARD enum err form_field(struct buf *, str form, str name, struct fault *);

#endif
