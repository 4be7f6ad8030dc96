/* borders.h - certificates and lists of revocations go to partners by themselves */
#ifndef SIFARA_SERVICE_BORDERS_H
#define SIFARA_SERVICE_BORDERS_H

#include "act/gate.h"

/* Tells the partners what changed; returns how many. *not_before (ms, 0 at first) keeps when to
 * look again. Any one thread at a time. */
unsigned borders_work(struct house *, int64_t *not_before);

#endif
