/* drafts.h - drafts when another version of their service comes into force
 *
 * The activation writes a job for each draft; the system's act case.carry moves it to the version
 * in force if the new form takes what its answers say, and tells the person either way. A case that
 * was filed stays on its version. */
#ifndef SIFARA_SERVICE_DRAFTS_H
#define SIFARA_SERVICE_DRAFTS_H

#include "act/gate.h"

/* Works through the drafts that are to be looked at, by acts of the system; returns how many. A
 * minute's rest after one failed: *not_before (ms, 0 at first) keeps when. Any one thread at a
 * time.
 */
unsigned drafts_work(struct house *, int64_t *not_before);

#endif
