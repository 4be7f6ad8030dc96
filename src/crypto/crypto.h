/* crypto.h - the few primitives of the house, over OpenSSL 3
 *
 * Hashes and MACs are SHA-256 (FIPS 180-4, RFC 2104), key derivation is HKDF (RFC 5869), content
 * is sealed with AES-256-GCM (SP 800-38D), heads and officers sign with Ed25519 (RFC 8032).
 * All functions are thread-safe. Keys come from the kernel's randomness, always.
 */
#ifndef SIFARA_CRYPTO_CRYPTO_H
#define SIFARA_CRYPTO_CRYPTO_H

#include "base/buf.h"
#include "base/errors.h"

struct hash {
    uint8_t b[32];
};

struct key {
    uint8_t b[32];
};

struct hash sha256(str);
/* One hash over several pieces, as if they were concatenated. */
struct hash sha256_parts(const str *parts, size_t n);
struct hash hmac_sha256(const struct key *, str);
/* A key for one purpose out of a root key; info names the purpose. */
void hkdf_sha256(const struct key *root, str info, struct key *out);

static inline str hash_str(const struct hash *h)
{
    return str_bytes(h->b, sizeof h->b);
}

/* Compares in constant time. */
bool secret_equal(const void *a, const void *b, size_t n);
void secret_wipe(void *, size_t n);
/* Bytes for keys and tokens, from the kernel; ends the process if there are none. */
void secret_random(void *, size_t n);

/* Sealed form: 12 random bytes of nonce, ciphertext, 16 bytes of tag. */
enum { SEAL_OVERHEAD = 28 };

/* Seals plain with associated data ad onto buf. ERR_CRYPTO only on a failure of the library. */
NODISCARD enum err seal(struct buf *, const struct key *, str ad, str plain, struct fault *);
/* Opens into the arena; ERR_CORRUPT if the key, the data or ad is not the one sealed with. */
NODISCARD enum err unseal(struct arena *, const struct key *, str ad, str sealed, str *out,
                          struct fault *);

struct ed25519_public {
    uint8_t b[32];
};
struct ed25519_secret { /* the seed of RFC 8032 */
    uint8_t b[32];
};
struct ed25519_signature {
    uint8_t b[64];
};

void ed25519_new(struct ed25519_secret *out);
struct ed25519_public ed25519_public_of(const struct ed25519_secret *);
struct ed25519_signature ed25519_sign(const struct ed25519_secret *, str message);
bool ed25519_verify(const struct ed25519_public *, str message, const struct ed25519_signature *);

#endif
