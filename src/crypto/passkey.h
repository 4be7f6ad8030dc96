/* passkey.h - what officers sign with: a passkey (W3C WebAuthn Level 3), or the key in their file
 *
 * An officer's signature is over a text that both sides know, the statement. With a key file it is
 * the 64 bytes of Ed25519 over it. With a passkey it is an assertion whose challenge is SHA-256 of
 * it:
 *
 *   bytes       what
 *   1           0x01
 *   2 + n       id of the credential
 *   2 + n       authenticator data (section 6.1)
 *   2 + n       client data, JSON (section 5.8.1)
 *   2 + n       signature
 *
 * Lengths are big-endian. Cryptography and the authenticator's formats are libfido2's.
 */
#ifndef SIFARA_CRYPTO_PASSKEY_H
#define SIFARA_CRYPTO_PASSKEY_H

#include "base/json.h"
#include "crypto/crypto.h"

enum { OFFICER_SIGNATURE_MAX = 2048, PASSKEYS_MAX = 8 /* of one officer */ };

struct officer_signature {
    size_t n;
    uint8_t b[OFFICER_SIGNATURE_MAX];
};

/* Copies; false if it is empty or too long. */
bool officer_signature_of(str bytes, struct officer_signature *out);
str officer_signature_str(const struct officer_signature *);

/* A registered passkey. All in the arena of whoever read it. */
struct passkey {
    int64_t alg;    /* COSE: -7 (ES256), -8 (EdDSA), -257 (RS256, 2048 bits) */
    str id, key;    /* of the credential; the public key as libfido2 keeps it */
    str rp, origin; /* "embassy.example", "https://embassy.example" */
};

/* Reads what a browser gives when a passkey is made (section 7.1): client data and authenticator
 * data. The challenge is what we gave; user verification must have been done. Attestation is not
 * asked for: what counts is who signs for the new key. ERR_UNTRUSTED says what does not fit. */
NODISCARD enum err passkey_made(struct arena *, str client_data, str auth_data,
                                const struct hash *challenge, str rp, str origin,
                                struct passkey *out, struct fault *);
/* Into another arena. ERR_MEMORY. */
NODISCARD enum err passkey_copy(struct arena *, const struct passkey *, struct passkey *out,
                                struct fault *);
/* As JSON and back. ERR_CORRUPT. */
void passkey_write(struct jw *, const struct passkey *);
NODISCARD enum err passkey_read(struct arena *, const struct json *, struct passkey *out,
                                struct fault *);

struct assertion {
    str id, auth_data, client_data, signature; /* of the bytes given */
};
/* Is it an assertion, and whole? */
bool assertion_parse(str bytes, struct assertion *out);
/* Its challenge; ERR_UNTRUSTED if its client data are not of an assertion. */
NODISCARD enum err assertion_challenge(struct arena *, const struct assertion *, struct hash *out,
                                       struct fault *);
/* Did this passkey, with its user verified, sign that challenge for its own origin (section 7.2)?
 * ERR_BAD_SIGNATURE, ERR_UNTRUSTED. */
NODISCARD enum err passkey_check(struct arena *, const struct passkey *, const struct assertion *,
                                 const struct hash *challenge, struct fault *);

/* Is the signature over the text, by the key of the file or by one of the passkeys? */
NODISCARD enum err officer_check(struct arena *, const struct ed25519_public *,
                                 const struct passkey *list, size_t n, str text,
                                 const struct officer_signature *, struct fault *);

#endif
