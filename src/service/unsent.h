/* unsent.h - files that were sent up for a message which never went */
#ifndef SIFARA_SERVICE_UNSENT_H
#define SIFARA_SERVICE_UNSENT_H

#include "act/gate.h"

/* Removes those that are older than a day, by acts of the system; returns of how many cases. Looks
 * no more often than once a minute: *not_before (ms, 0 at first) keeps when. Any one thread at a
 * time. */
unsigned unsent_work(struct house *, int64_t *not_before);

#endif
