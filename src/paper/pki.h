/* pki.h - keys and certificates of seals
 *
 * A state has one authority (like the CSCA of ICAO Doc 9303-12) and signers below it. All keys
 * are ECDSA; a signature is r||s, each as long as the curve's field, over the hash that fits the
 * curve (BSI TR-03116-2): SHA-224 to SHA-512.
 *
 * A signer's subject is C=two-letter state, CN=two characters (Doc 9303-13, 4.1); together they
 * are the four characters of the signer in a seal, and its serial number in hex is the
 * certificate reference.
 *
 * Private keys are given by whoever keeps them (the keyring); nothing here stores one. Functions
 * are safe from any thread, as long as two do not use one key object at the same time.
 */
#ifndef SIFARA_PAPER_PKI_H
#define SIFARA_PAPER_PKI_H

#include <openssl/types.h>

#include "base/buf.h"
#include "base/errors.h"

struct pki_name {
    const char *country;      /* two letters */
    const char *organisation; /* may be NULL */
    const char *common_name;
};

struct pki_validity {
    int64_t from_ms, to_ms;
};

/* A fresh key on P-256; NULL on failure. Owned by the caller (EVP_PKEY_free). */
NODISCARD EVP_PKEY *pki_key_new(void);

/* Appends a self-signed certificate in DER. Errors: ERR_INVALID, ERR_CRYPTO. */
NODISCARD enum err pki_authority_new(EVP_PKEY *key, const struct pki_name *,
                                     const struct pki_validity *, struct buf *out, struct fault *);

/* Appends the certificate of a signer in DER, signed by the authority. serial is above zero.
 * The public half of the signer's key suffices. Errors: ERR_INVALID, ERR_CRYPTO. */
NODISCARD enum err pki_signer_new(EVP_PKEY *authority_key, str authority_der, EVP_PKEY *signer,
                                  const struct pki_name *, uint64_t serial,
                                  const struct pki_validity *, struct buf *out, struct fault *);

/* The certificate reference of a serial number, e.g. 5B; out has room for 17. */
void pki_reference(uint64_t serial, char out[17]);

/* Appends r||s over the message. Errors: ERR_CRYPTO. The second has the form of vds_sign_fn;
 * ctx is an EVP_PKEY. */
NODISCARD enum err pki_sign(EVP_PKEY *, str message, struct buf *out, struct fault *);
NODISCARD enum err pki_sign_with(void *ctx, str message, struct buf *out, struct fault *);

/* True if r||s is a signature of the key over the message. */
bool pki_verify(EVP_PKEY *, str message, str signature);

#endif
