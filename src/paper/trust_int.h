/* trust_int.h - what trust.c and revocations.c share */
#ifndef SIFARA_PAPER_TRUST_INT_H
#define SIFARA_PAPER_TRUST_INT_H

#include <openssl/x509.h>

#include "paper/trust.h"

#define REFERENCE_ROOM 64

struct authority {
    char state[4];   /* as in seals */
    char country[8]; /* as in the certificate, capitals */
    X509 *x;
};

struct signer {
    char reference[REFERENCE_ROOM];
    X509 *x;
};

struct trust {
    struct authority *authorities;
    struct signer *signers; /* by reference */
    size_t n_authorities, n_signers;
};

#endif
