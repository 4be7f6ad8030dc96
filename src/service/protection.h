/* protection.h - cases that partners' missions asked for are opened and answered by the system */
#ifndef SIFARA_SERVICE_PROTECTION_H
#define SIFARA_SERVICE_PROTECTION_H

#include "act/gate.h"

/* Works through what came and what is decided; returns how many. *not_before (ms, 0 at first) keeps
 * when to look again. Any one thread at a time. */
unsigned protection_work(struct house *, int64_t *not_before);

#endif
