/* quorum_file.h - whom a state chose as witnesses, for whoever has to believe it; pure
 *
 *   sifara-quorum/1
 *   state XU
 *   partner XA                              or "all"
 *   officer ID KEY PASSKEYS SIGNATURE       twice; base64url; PASSKEYS is JSON, or "-"
 *   policy LINE                             each line of the tlog-policy
 *
 * A note that the state's log key signed under NAME/quorum: by it the state says that these were
 * its officers' keys. Both officers signed {"partner": …, "witnesses": SHA-256 of the policy}.
 * docs/ channel-protocol.md, chapter 11.
 */
#ifndef SIFARA_LINK_QUORUM_FILE_H
#define SIFARA_LINK_QUORUM_FILE_H

#include "base/json.h"
#include "crypto/id.h"
#include "merkle/quorum.h"

enum { QUORUM_FILE = 256 << 10 };

struct quorum_officer {
    struct id id;
    struct ed25519_public key;
    str passkeys;  /* JSON, or STR_NONE */
    str signature; /* as crypto/passkey.h has it */
};
struct quorum_file {
    str state, partner, policy;
    struct quorum_officer officer[2];
};

/* What both officers sign, canonical JSON. */
NODISCARD enum err quorum_statement(struct arena *, str partner, str policy, str *out,
                                    struct fault *);
void quorum_file_format(struct buf *, const struct quorum_file *);
bool is_quorum_file(str text);
/* Reads one, and whose it is said to be; verifies nothing. Into the arena. */
NODISCARD enum err quorum_file_read(struct arena *, str note, struct quorum_file *out,
                                    struct fault *);
/* Is that the officer's signature over the text? By key file or passkey; and by key file alone, for
 * a program that has no passkeys: ERR_UNTRUSTED then says so. ERR_BAD_SIGNATURE. */
typedef enum err quorum_officer_fn(struct arena *, const struct quorum_officer *, str text,
                                   struct fault *);
quorum_officer_fn quorum_officer_check, quorum_officer_check_plain;
/* Did a log key of that state, whose node has that name, sign it, and did both officers? They must
 * be two. ERR_BAD_SIGNATURE, ERR_FOUR_EYES. */
NODISCARD enum err quorum_file_check(struct arena *, str note, str name,
                                     const struct ed25519_public *log, quorum_officer_fn *,
                                     struct quorum_file *out, struct fault *);

#endif
