/* certificate.h - the key in a certificate: all that counts about one between states */
#ifndef SIFARA_CRYPTO_CERTIFICATE_H
#define SIFARA_CRYPTO_CERTIFICATE_H

#include "base/errors.h"
#include "crypto/crypto.h"

/* SHA-256 of the SubjectPublicKeyInfo of the first certificate; false where there is none. */
NODISCARD bool certificate_key_of_der(str der, struct hash *out);
NODISCARD bool certificate_key_of_pem(str pem, struct hash *out);
/* PEM, percent-encoded, as nginx hands a certificate on in a header. */
NODISCARD bool certificate_key_of_header(str shown, struct hash *out);

#endif
