/* hpke.h - hybrid public key encryption, RFC 9180: base mode and pre-shared key mode
 *
 * One suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (0x0020, 0x0001, 0x0002).
 * Whoever knows a public key seals for its holder; each sealing has a key of its own. A context
 * seals a sequence of pieces: they open in that order only. Who sealed is not proved by it.
 */
#ifndef SIFARA_CRYPTO_HPKE_H
#define SIFARA_CRYPTO_HPKE_H

#include "crypto/crypto.h"

enum { HPKE_TAG = 16 };

struct x25519_public {
    uint8_t b[32];
};
struct x25519_secret { /* RFC 7748, section 5 */
    uint8_t b[32];
};

void x25519_new(struct x25519_secret *out);
struct x25519_public x25519_public_of(const struct x25519_secret *);

/* The state of one sealing. Wipe it when done. */
struct hpke {
    struct key key;
    uint8_t nonce[12];
    uint64_t sequence;
};

/* Starts sealing for the holder of a key; info binds the purpose, and *out_enc goes along with what
 * is sealed. ERR_CRYPTO where the key is one with which no secret can be agreed (RFC 7748,
 * section 6.1: all zeros). */
NODISCARD enum err hpke_sender(const struct x25519_public *to, str info,
                               struct x25519_public *out_enc, struct hpke *out, struct fault *);
/* The same with a given ephemeral key, which may never be used twice: for published vectors. */
NODISCARD enum err hpke_sender_with(const struct x25519_secret *ephemeral,
                                    const struct x25519_public *to, str info, struct hpke *out,
                                    struct fault *);
NODISCARD enum err hpke_receiver(const struct x25519_secret *, const struct x25519_public *enc,
                                 str info, struct hpke *out, struct fault *);

/* The mode with a pre-shared key (section 5.1.2): the holder of the other half opens it only once
 * it knows this key too. 32 random bytes; the id says what for. A key NULL is the base mode. */
struct hpke_psk {
    const struct key *key;
    str id;
};
NODISCARD enum err hpke_sender_psk(const struct x25519_public *to, const struct hpke_psk *,
                                   str info, struct x25519_public *out_enc, struct hpke *out,
                                   struct fault *);
NODISCARD enum err hpke_sender_psk_with(const struct x25519_secret *ephemeral,
                                        const struct x25519_public *to, const struct hpke_psk *,
                                        str info, struct hpke *out, struct fault *);
NODISCARD enum err hpke_receiver_psk(const struct x25519_secret *, const struct x25519_public *enc,
                                     const struct hpke_psk *, str info, struct hpke *out,
                                     struct fault *);

/* The next piece onto buf: as long as the plain one and HPKE_TAG. ERR_LIMIT, ERR_MEMORY_LIMIT. */
NODISCARD enum err hpke_seal(struct hpke *, str ad, str plain, struct buf *, struct fault *);
/* Opens the next piece onto buf; ERR_CORRUPT, and buf as it was, if it is not the one. */
NODISCARD enum err hpke_open(struct hpke *, str ad, str sealed, struct buf *, struct fault *);

#endif
