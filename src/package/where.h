/* where.h - to which place of a JSON text a JSON Pointer leads */
#ifndef SIFARA_PACKAGE_WHERE_H
#define SIFARA_PACKAGE_WHERE_H

#include "base/str.h"

/* The line, from 1, of the member or item that the pointer (RFC 6901) names; of the last one on
 * the way that is there, when it leads nowhere. Any text will do, JSON or not. */
unsigned where_line(str text, str pointer);
/* The bytes of the value that the pointer names: from its first to behind its last. false if it is
 * not there; of text that was parsed before. */
bool where_value(str text, str pointer, size_t *out_from, size_t *out_to);
/* The line of a byte. */
unsigned where_byte(str text, size_t offset);

#endif
