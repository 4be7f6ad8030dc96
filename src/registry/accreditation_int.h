/* accreditation_int.h - a change of a partner's standing, before two officers made it */
#ifndef SIFARA_REGISTRY_ACCREDITATION_INT_H
#define SIFARA_REGISTRY_ACCREDITATION_INT_H

#include "registry/accreditation.h"

/* What is proposed: as it was asked for, or as it is stored. */
struct proposal {
    struct standing_change change;
    char was[STANDING_MAX];
    str credence, keyset; /* of a new letter, or STR_NONE */
    struct credence letter;
    struct keyset keys;
    str statement;
    struct officer_signature signature;
    struct id proposer;
    int64_t proposed;
};

/* From the path and the input, with its statement; becomes act.data. The letter's key is the one of
 * the fingerprint that was typed: ERR_UNTRUSTED at /fingerprint. */
NODISCARD enum err proposal_read(struct act *, struct proposal *, struct fault *);
/* What waits for a second officer. ERR_CONFLICT where nothing does. */
NODISCARD enum err proposal_stored(struct act *, struct proposal *, struct fault *);
/* Is there such a step? ERR_CONFLICT, ERR_INVALID at /credence. */
NODISCARD enum err proposal_check_step(const struct proposal *, struct fault *);

#endif
