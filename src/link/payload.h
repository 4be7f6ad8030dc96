/* payload.h - the payload of a dispatch, sealed for the partner; pure
 *
 *   sealed = enc (32 bytes, RFC 9180) || pieces of 1 MiB of plain text, each with its 16-byte tag
 *   plain  = salt (32 bytes) || content
 *
 * info binds the sealing to both nodes and to the dispatch. The digest of salt and content stands
 * in the entry: once the payload is erased, nobody can find the content by trying.
 */
#ifndef SIFARA_LINK_PAYLOAD_H
#define SIFARA_LINK_PAYLOAD_H

#include "crypto/hpke.h"
#include "crypto/id.h"

enum {
    PAYLOAD_SALT = 32,
    PAYLOAD_CHUNK = 1 << 20,
    PAYLOAD_BYTES = 64 << 20, /* of content, at most */
    PAYLOAD_ENC = 32
};

/* The lock as HPKE has it. */
struct hpke_psk payload_lock(const struct key *lock);
/* "sifara-payload/1", names of both nodes, correlation. */
void payload_info(struct buf *, str from, str to, const struct id *correlation);
/* Seals content onto out; with a lock (NULL: none) it opens only to whom knows that key too.
 * *out_content is what the entry says of it; out_salt proves it. ERR_LIMIT, ERR_CRYPTO. */
NODISCARD enum err payload_seal(const struct x25519_public *to, const struct key *lock, str info,
                                str content, struct buf *out, struct hash *out_content,
                                uint8_t out_salt[PAYLOAD_SALT], struct fault *);
/* Opens what was sealed with the context that its enc leads to (hpke_receiver), and checks it
 * against the entry's digest. *out_salt proves the content to others. ERR_CORRUPT. */
NODISCARD enum err payload_open(struct hpke *, str sealed, const struct hash *content,
                                struct buf *out, uint8_t out_salt[PAYLOAD_SALT], struct fault *);
struct hash payload_digest(const uint8_t salt[PAYLOAD_SALT], str content);
/* Bytes of the sealed form of so many bytes of content. */
uint64_t payload_sealed_size(uint64_t content);

#endif
