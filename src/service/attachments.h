/* attachments.h - documents that a person attaches: streamed to disk, sealed
 *
 * A file under blobs/ is a row of chunks: four bytes of length, then up to 64 KiB sealed under the
 * person's key, the chunk's number and "last" bound in. Its name is the SHA-256 over the digests
 * of its sealed chunks. No plain byte of it touches the disk.
 */
#ifndef SIFARA_SERVICE_ATTACHMENTS_H
#define SIFARA_SERVICE_ATTACHMENTS_H

#include "act/gate.h"

enum { ATTACHMENT_MAX = 10 << 20 };

struct attachment_sink;

/* Opens a new file for a person's bytes. ERR_ERASED, ERR_IO. */
NODISCARD enum err attachment_sink_open(struct house *, const struct id *person,
                                        struct attachment_sink **out, struct fault *);
/* Whose case it is, under whose key its files are sealed: who sends may act for them. Stays as it is
 * where there is no such case; the act will say so. */
NODISCARD enum err attachment_person(struct house *, str file, struct id *person, struct fault *);
/* ERR_TOO_LARGE, ERR_STORAGE_FULL, ERR_IO. */
NODISCARD enum err attachment_sink_add(struct attachment_sink *, str bytes, struct fault *);
/* Removes the file unless the act that named it was kept; NULL is harmless. */
void attachment_sink_free(struct attachment_sink *);

/* Recomputes the digest of every stored attachment; ERR_CORRUPT names the first file that is
 * damaged or missing. *out_n is how many there are. */
NODISCARD enum err attachments_check(struct db *, const char *data, uint64_t *out_n,
                                     struct fault *);

#endif
