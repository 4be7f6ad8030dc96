/* coding.h - content codings: what a client takes, and gzip */
#ifndef SIFARA_HTTP_CODING_H
#define SIFARA_HTTP_CODING_H

#include "base/buf.h"
#include "base/errors.h"

/* Does an Accept-Encoding (RFC 9110, 12.5.3) take this coding? By name or "*", and not with weight
 * 0. STR_NONE takes none. */
bool http_takes_coding(str accept_encoding, str coding);

/* The bytes as gzip (RFC 1952), appended. Error: ERR_MEMORY_LIMIT when they do not fit. */
NODISCARD enum err http_gzip(struct buf *, str bytes, struct fault *);

#endif
