/* appointments.h - what the node does by itself about appointments: draws, offers that lapse,
 * reminders, days on which a mission turns out to be closed */
#ifndef SIFARA_SERVICE_APPOINTMENTS_H
#define SIFARA_SERVICE_APPOINTMENTS_H

#include "act/gate.h"

/* Works through what is due, by acts of the system; returns how many. *not_before (ms, 0 at first)
 * keeps when to look again. Any one thread at a time. */
unsigned appointments_work(struct house *, int64_t *not_before);

#endif
