/* buf.h - a growing byte buffer born with a maximum
 *
 * Appending beyond the maximum, or without memory, marks the buffer failed; later appends do
 * nothing, and buf_ok() says so once at the end. So builders append freely and check once.
 */
#ifndef SIFARA_BASE_BUF_H
#define SIFARA_BASE_BUF_H

#include "base/attr.h"
#include "base/str.h"

struct buf {
    char *p;
    size_t n, room, max;
    bool failed;
};

#define BUF(maximum) ((struct buf){.max = (maximum)})

/* Frees the bytes; the buffer may be used again with the same maximum. */
void buf_done(struct buf *);
void buf_clear(struct buf *);
static inline bool buf_ok(const struct buf *b)
{
    return !b->failed;
}
static inline str buf_str(const struct buf *b)
{
    return (str){b->p ? b->p : "", b->n};
}

void buf_add(struct buf *, const void *, size_t);
void buf_add_str(struct buf *, str);
void buf_add_char(struct buf *, char);
void buf_printf(struct buf *, const char *fmt, ...) PRINTF(2, 3);
/* n bytes at the end for the caller to fill, or NULL when failed. */
char *buf_extend(struct buf *, size_t n);
/* Big-endian integers. */
void buf_add_u8(struct buf *, uint8_t);
void buf_add_u16(struct buf *, uint16_t);
void buf_add_u32(struct buf *, uint32_t);
void buf_add_u64(struct buf *, uint64_t);

DEFINE_AUTO(buf, struct buf, buf_done)

#endif
