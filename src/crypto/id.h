/* id.h - identifiers: UUID version 7 (RFC 9562) that carry their bucket
 *
 * 48 bits of milliseconds, version 7, then rand_a: the 10-bit bucket and 2 random bits, then
 * variant and 62 random bits. The bucket of a person's rows is a keyed hash of the person, so an
 * id alone tells which writer is responsible, and tells nothing about the person.
 */
#ifndef SIFARA_CRYPTO_ID_H
#define SIFARA_CRYPTO_ID_H

#include "base/str.h"
#include "base/world.h"

enum { BUCKETS = 1024, ID_TEXT = 36 };

struct id {
    uint8_t b[16];
};

struct id id_new(const struct world *, unsigned bucket);
unsigned id_bucket(const struct id *);
/* Milliseconds since 1970 at which it was made. */
int64_t id_time(const struct id *);
bool id_is_nil(const struct id *);
static inline str id_bytes(const struct id *i)
{
    return str_bytes(i->b, sizeof i->b);
}
static inline bool id_eq(const struct id *a, const struct id *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}
/* 36 characters and a NUL, lower case. */
void id_format(const struct id *, char out[ID_TEXT + 1]);
/* The canonical text of a version 7 id, either case; false for anything else. */
bool id_parse(str, struct id *out);
/* From 16 stored bytes; false for another length. */
bool id_from_bytes(str, struct id *out);

#endif
