/* costs_int.h - minutes that officers work on cases, what they cost, and what the paper way took */
#ifndef SIFARA_SERVICE_COSTS_INT_H
#define SIFARA_SERVICE_COSTS_INT_H

#include "service/cases_int.h"

enum { WORK_CAP_S = 30 * 60 };

/* In run() of whatever an officer does with a case, looking included. */
NODISCARD enum err work_note(struct act *, const struct casefile *, struct fault *);

#endif
