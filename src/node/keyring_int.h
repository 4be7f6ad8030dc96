/* keyring_int.h - what the rooms of the keyring process share */
#ifndef SIFARA_NODE_KEYRING_INT_H
#define SIFARA_NODE_KEYRING_INT_H

#include <openssl/evp.h>

#include "base/json.h"
#include "crypto/crypto.h"
#include "crypto/id.h"
#include "crypto/passkey.h"
#include "node/keyring.h"

enum { ORIGINS_MAX = 4096, OFFICERS_MAX = 100000 };

struct origin_head {
    char origin[256];
    uint64_t size;
    struct hash root;
};

struct officer_key {
    struct id id;
    struct ed25519_public key;
    size_t n_passkeys;
    struct passkey *passkeys; /* PASSKEYS_MAX of them, or NULL */
};

struct sealed_once;

/* Which statements were sealed: in the order of the file, and a table of places + 1 in it. */
struct sealed_log {
    int fd;
    bool torn;         /* the file ends with half a record, or with one that is not kept */
    int64_t synced_ns; /* when the disk was last waited for */
    size_t n, room, size;
    struct sealed_once *list;
    uint32_t *table;
};

struct ring {
    const char *folder;
    char alpha2[3], alpha3[4];
    bool training; /* as the certificate of the authority says, for ever */
    struct key master;
    struct ed25519_secret journal;
    EVP_PKEY *authority, *signer;
    struct arena *arena; /* of what is loaded */
    str authority_der, signer_der;
    uint64_t signer_serial;
    size_t n_heads, n_officers;
    struct origin_head heads[ORIGINS_MAX];
    struct officer_key *officers;
    size_t n_partners;
    struct partner_known *partners;
    int64_t lists; /* number of the last revocation list */
    struct sealed_log sealed;
};

/* ---- keyring.c -------------------------------------------------------------------------- */

/* Remembers on disk that a head of this log was signed, before the signature leaves: no crash makes
 * a fork. ERR_UNSIGNED for a smaller one than the last, or another one of its size. */
NODISCARD enum err ring_remember(struct ring *, str log, uint64_t size, const struct hash *root,
                                 struct fault *);
/* A seed of an Ed25519 or X25519 key out of the master key; purpose names it. */
void ring_seed(const struct ring *, str purpose, uint8_t out[32]);
enum err ring_bad(struct fault *);

/* A file of keys/, made anew and durable; and read. */
NODISCARD enum err ring_write(const char *folder, const char *name, str bytes, struct fault *);
NODISCARD enum err ring_load(struct ring *, const char *name, str *out, struct fault *);

/* ---- keyring_officers.c ----------------------------------------------------------------- */

NODISCARD enum err ring_load_officers(struct ring *, struct fault *);
/* Two different registered officers signed this text. */
NODISCARD enum err ring_check_two(const struct ring *, const struct json *by, str text,
                                  struct arena *, struct fault *);
/* Both officers' signatures over a choice of witnesses, as a file that others can check. */
enum err answer_quorum(struct ring *, const struct json *, struct arena *, struct jw *,
                       struct fault *);
enum err answer_enrol(struct ring *, const struct json *, struct arena *, struct jw *,
                      struct fault *);
enum err answer_passkey(struct ring *, const struct json *, struct arena *, struct jw *,
                        struct fault *);
enum err answer_passkey_drop(struct ring *, const struct json *, struct arena *, struct jw *,
                             struct fault *);

/* A statement of a decision: signed by two registered officers, or by one and one of a partner. */
NODISCARD enum err ring_check_decision(const struct ring *, const struct json *by, str text,
                                       struct arena *, struct fault *);

/* ---- keyring_sealed.c ------------------------------------------------------------------- */

NODISCARD enum err ring_load_sealed(struct ring *, struct fault *);
void ring_close_sealed(struct ring *);
/* Remembers, durably, that the statement goes out under this number and time. ERR_UNSIGNED where it
 * went under others. */
NODISCARD enum err ring_seal_once(struct ring *, str statement, str number, int64_t issued,
                                  struct fault *);

/* ---- keyring_partners.c ----------------------------------------------------------------- */

NODISCARD enum err ring_load_partners(struct ring *, struct fault *);
/* An officer of an accredited partner signed this statement. */
NODISCARD enum err ring_check_assent(const struct ring *, const struct json *assent, str statement,
                                     struct arena *, struct fault *);
enum err answer_standing(struct ring *, const struct json *, struct arena *, struct jw *,
                         struct fault *);
enum err answer_assent(struct ring *, const struct json *, struct arena *, struct jw *,
                       struct fault *);

/* ---- keyring_link.c: channels between states -------------------------------------------- */

/* Signs a text with the log's key of the question's serial, under a name; the note onto w. */
NODISCARD enum err ring_sign_by_log(struct ring *, const struct json *, str name, str text,
                                    struct jw *, struct fault *);
enum err answer_link_keys(struct ring *, const struct json *, struct arena *, struct jw *,
                          struct fault *);
enum err answer_link_head(struct ring *, const struct json *, struct arena *, struct jw *,
                          struct fault *);
enum err answer_link_note(struct ring *, const struct json *, struct arena *, struct jw *,
                          struct fault *);
enum err answer_link_http(struct ring *, const struct json *, struct arena *, struct jw *,
                          struct fault *);
enum err answer_link_cosign(struct ring *, const struct json *, struct arena *, struct jw *,
                            struct fault *);
enum err answer_link_open(struct ring *, const struct json *, struct arena *, struct jw *,
                          struct fault *);

#endif
