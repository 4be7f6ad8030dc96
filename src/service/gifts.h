/* gifts.h - packages that partners gave are installed, and answered, by acts of the system */
#ifndef SIFARA_SERVICE_GIFTS_H
#define SIFARA_SERVICE_GIFTS_H

#include "act/gate.h"

/* Works through what came and what is to be answered; returns how many. *not_before (ms, 0 at
 * first) keeps when to look again. Any one thread at a time. */
unsigned gifts_work(struct house *, int64_t *not_before);

#endif
