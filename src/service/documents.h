/* documents.h - documents: reserved, sealed, spoilt, revoked
 *
 * case.confirm reserves the number and writes a job; the job asks the keyring for the seal and
 * closes with the system's act document.sealed, or document.spoilt when the keyring refuses. So
 * numbers have no gaps: a spoilt one stays, accounted for.
 */
#ifndef SIFARA_SERVICE_DOCUMENTS_H
#define SIFARA_SERVICE_DOCUMENTS_H

#include "service/services.h"

/* Works through the jobs that are due, by acts of the system; returns how many it did. Any one
 * thread at a time. */
unsigned documents_work(struct house *);

/* The signed list of revoked documents as it stands. */
NODISCARD enum err documents_revocations(struct act *, struct fault *);

/* Verifies the seals of all documents that our own signers made; trust_list is our own, JSON.
 * ERR_CORRUPT names the first that does not hold. *out_n is how many there are. */
NODISCARD enum err documents_check(struct db *, str trust_list, uint64_t *out_n, struct fault *);

#endif
