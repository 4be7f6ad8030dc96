/* keyring.h - the face of the process that alone holds private keys
 *
 * The node asks through these functions; node/keyring.c answers in a process of its own, over a
 * socket pair. Each call has a deadline: ERR_KEYRING when the keyring is away (the supervisor
 * restarts it), ERR_UNSIGNED when it refuses.
 */
#ifndef SIFARA_CRYPTO_KEYRING_H
#define SIFARA_CRYPTO_KEYRING_H

#include "crypto/crypto.h"
#include "crypto/hpke.h"
#include "crypto/id.h"
#include "crypto/passkey.h"

enum { KEY_WRAPPED = 32 + SEAL_OVERHEAD };

struct keyring;

/* The asking side over a connected socket (crypto/ipc.h); owns fd. NULL without memory. */
NODISCARD struct keyring *keyring_connect(int fd);
void keyring_disconnect(struct keyring *);

/* Wraps a person's key under the master key, bound to the person's id; and opens it again. */
NODISCARD enum err keyring_wrap(struct keyring *, const struct id *person, const struct key *,
                                uint8_t out[KEY_WRAPPED], struct fault *);
NODISCARD enum err keyring_unwrap(struct keyring *, const struct id *person, str wrapped,
                                  struct key *out, struct fault *);
/* A key of the node's own for one of a fixed list of purposes: "lookup", "record". */
NODISCARD enum err keyring_derive(struct keyring *, str purpose, struct key *out, struct fault *);
/* Signs a head of a log: the note onto buf. Refused if size is below the highest one signed for
 * the origin, equal with another root, or above without the hashes of a consistency proof from
 * there: growth. */
NODISCARD enum err keyring_sign_head(struct keyring *, str origin, uint64_t size,
                                     const struct hash *root, str growth, struct buf *note,
                                     struct fault *);
/* The verifier key ("name+id+key") of an origin. */
NODISCARD enum err keyring_head_key(struct keyring *, str origin, struct buf *, struct fault *);
/* The highest head that was signed for an origin; size 0 if none. */
NODISCARD enum err keyring_head_last(struct keyring *, str origin, uint64_t *out_size,
                                     struct hash *out_root, struct fault *);
/* Registers an officer's public key. The first two are free (a new node has nobody to ask); later
 * ones need the signatures of two officers already registered over "enrol" and the new id and key.
 */
struct officer_assertion {
    struct id officer;
    struct officer_signature signature;
    const struct officer_lending *lent; /* by whose lent role it is decided; NULL: their own */
};
/* What two officers signed who lent a colleague's role (registry/delegations.c). */
struct officer_lending {
    str statement;
    struct officer_assertion by[2];
};
NODISCARD enum err keyring_enrol(struct keyring *, const struct id *officer,
                                 const struct ed25519_public *,
                                 const struct officer_assertion two[2], struct fault *);
/* Registers an officer's passkey, of which the browser gave client data and authenticator data. The
 * officer signs for it, by the key file or an older passkey, over passkey_statement() of it: no row
 * of a database makes a passkey count. ERR_UNTRUSTED, ERR_BAD_SIGNATURE, ERR_LIMIT. */
struct keyring_passkey {
    struct id officer;
    str client_data, auth_data, rp, origin;
    struct officer_signature by;
};
NODISCARD enum err keyring_passkey(struct keyring *, const struct keyring_passkey *,
                                   struct fault *);
/* That passkey of the officer signs nothing any more; none of that id is no error. */
NODISCARD enum err keyring_passkey_drop(struct keyring *, const struct id *officer, str passkey,
                                        struct fault *);
/* The text that the officer signs for a new passkey, and the challenge that it was made upon. */
void passkey_statement(struct buf *, const struct id *officer, str auth_data);
struct hash passkey_challenge(const struct id *officer);
/* Seals a document: statement is the canonical JSON that both officers signed, fields the canonical
 * JSON of what goes into the seal; the statement names the digest of the fields. The keyring checks
 * both signatures by different registered officers, then makes the seal. number and date are the
 * node's: the first that come with a statement are its own, and others are refused (ERR_UNSIGNED).
 * The seal's bytes onto buf. */
struct keyring_seal {
    str statement, fields;
    str number;
    int64_t issued_ms;
    struct officer_assertion by[2];
    str assent; /* JSON, instead of the second: an officer of a partner (below); or STR_NONE */
};
NODISCARD enum err keyring_seal(struct keyring *, const struct keyring_seal *, struct buf *out,
                                struct fault *);
/* What two officers signed of a partner's standing (registry/accreditation.h): the keyring
 * remembers it, and the root key of the letter. ERR_STALE where a later decision is known. */
NODISCARD enum err keyring_standing(struct keyring *, str statement,
                                    const struct officer_assertion two[2], struct fault *);
/* Did an officer of an accredited partner sign this statement? assent is JSON: "partner", its
 * "credence", its "keysets", the "proof" of the entry in its log, and the "content" of that entry's
 * payload, salt first. ERR_UNTRUSTED, ERR_BAD_SIGNATURE, ERR_BAD_PROOF, ERR_FOUR_EYES. */
NODISCARD enum err keyring_check_assent(struct keyring *, str statement, str assent,
                                        struct fault *);
/* Signs the list of revoked documents (JSON text) with the state's signer; the signed list onto
 * buf. */
NODISCARD enum err keyring_sign_list(struct keyring *, str list, struct buf *out, struct fault *);
/* Signs, with the key of packages, a text that begins with "sifara-package/1" or
 * "sifara-acceptance/1" and ends with a line feed: the signed note (C2SP) onto buf. name is that of
 * the key. */
NODISCARD enum err keyring_sign_note(struct keyring *, str name, str text, struct buf *out,
                                     struct fault *);
/* The verifier key ("name+id+key") of packages under that name. */
NODISCARD enum err keyring_note_key(struct keyring *, str name, struct buf *, struct fault *);
/* Were its keys made for training? Their certificates say so. */
NODISCARD enum err keyring_training(struct keyring *, bool *out, struct fault *);
/* The trust list: certificates of the state, as JSON onto buf. */
NODISCARD enum err keyring_trust_list(struct keyring *, struct buf *, struct fault *);

/* ---- channels between states -------------------------------------------------------------- */

/* The keys of the keyset with that serial (from 1). */
struct keyring_link_keys {
    struct ed25519_public log, mirror, witness;
    struct x25519_public seal;
};
NODISCARD enum err keyring_link_keys(struct keyring *, uint64_t serial,
                                     struct keyring_link_keys *out, struct fault *);
/* A head of a channel's log, as keyring_sign_head; that it grew sees the partner, who holds the
 * log. */
NODISCARD enum err keyring_link_head(struct keyring *, uint64_t serial, str origin, uint64_t size,
                                     const struct hash *root, struct buf *note, struct fault *);
/* What the owner of a log says of it: a text that begins with "sifara-channel/1",
 * "sifara-witness/1" or "sifara-recover/1", signed by the log's key under the origin as name. */
NODISCARD enum err keyring_link_note(struct keyring *, uint64_t serial, str origin, str text,
                                     struct buf *note, struct fault *);
/* Which witnesses two registered officers chose, with both signatures (link/quorum_file.h): a note
 * signed by the log's key under "NAME/quorum". */
struct keyring_quorum {
    uint64_t serial;
    str name, partner, policy;
    struct officer_assertion by[2];
};
NODISCARD enum err keyring_quorum(struct keyring *, const struct keyring_quorum *, struct buf *note,
                                  struct fault *);
/* A message on the line to a partner (RFC 9421), signed by the log's key: the base of a POST to
 * "/link/v1/" or of an answer, with the tag "sifara-link/1" last. */
NODISCARD enum err keyring_link_http(struct keyring *, uint64_t serial, str base,
                                     struct ed25519_signature *out, struct fault *);
/* The cosignature line of a checkpoint's text, as "mirror" or "witness", under the cosigner's name,
 * at a time in seconds since 1970. Refused if a greater or another one of its size was cosigned. */
NODISCARD enum err keyring_cosign(struct keyring *, uint64_t serial, str role, str name, str text,
                                  int64_t at, struct buf *line, struct fault *);
/* The keys of payloads that were sealed for us (RFC 9180), at most 128 at once. */
struct keyring_sealed {
    str enc, info;
    struct hpke_psk psk; /* key NULL: none */
    struct hpke key;     /* out */
};
NODISCARD enum err keyring_open_payloads(struct keyring *, uint64_t serial,
                                         struct keyring_sealed *list, size_t n, struct fault *);

#endif
