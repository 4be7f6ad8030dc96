/* counter_int.h - finding and recording persons, as the counter and the import of a register do */
#ifndef SIFARA_SERVICE_COUNTER_INT_H
#define SIFARA_SERVICE_COUNTER_INT_H

#include "service/cases_int.h"

enum { FOUND_MAX = 10, PROFILE_MAX = 64 << 10 };

struct finding {
    size_t n;
    struct id list[FOUND_MAX];
    str reply;
};

/* What the acts on one person share. */
struct recording {
    struct id person;
    struct person_traces traces;
    str profile, former; /* sealed; the address that was theirs, or STR_NONE */
    str language;
    str drawn;                /* a code, told to nobody but the address */
    struct hash lookup, code; /* of an address and what was told of it */
};

/* Prepare: who has that name and birth, that number or that address. ERR_INVALID if it is not
 * enough to tell persons apart. */
NODISCARD enum err persons_find(struct act *, const struct json *who, struct finding *,
                                struct fault *);
/* Prepare: a new person of that profile, with a key of their own; seals it. */
NODISCARD enum err recording_begin(struct act *, const struct json *profile, struct recording *,
                                   struct fault *);
/* Run: the person's row, and the traces by which they are found. */
NODISCARD enum err recording_insert(struct act *, const struct recording *, struct fault *);

#endif
