/* worker_int.h - what both ends of the socket agree on; the sandbox by itself, for its test */
#ifndef SIFARA_PAPER_WORKER_INT_H
#define SIFARA_PAPER_WORKER_INT_H

#include "paper/worker.h"

enum worker_op { WORKER_RENDER = 1, WORKER_SNIFF, WORKER_READ_SEAL };

#define WORKER_REQUEST_MAX (WORKER_FILE_MAX + (4 << 20))
#define WORKER_REPLY_MAX   (RENDER_PDF_MAX + (1 << 16))

static inline uint32_t worker_u32(const void *p)
{
    const uint8_t *b = p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

#endif
