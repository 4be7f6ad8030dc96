/* lapses.h - terms of cases that have passed: the node does the event that is due then
 *
 * The system's act case.lapse, once for each: afterwards the case is in another state, or its timer
 * runs anew.
 */
#ifndef SIFARA_SERVICE_LAPSES_H
#define SIFARA_SERVICE_LAPSES_H

#include "act/gate.h"

/* Works through the terms that have passed, by acts of the system; returns how many. Looks no more
 * often than once a second, and a minute after one failed: *not_before (ms, 0 at first) keeps
 * when. Any one thread at a time. */
unsigned lapses_work(struct house *, int64_t *not_before);

#endif
