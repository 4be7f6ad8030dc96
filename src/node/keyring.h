/* keyring.h - the keyring process: keys, and a table of what they may be used for
 *
 * keys/ holds master.key, journal.key, authority and signer of seals, officers.json (public keys),
 * heads.json (the highest head signed per log origin) and sealed (which decision went out as which
 * document); never in a backup.
 */
#ifndef SIFARA_NODE_KEYRING_H
#define SIFARA_NODE_KEYRING_H

#include "base/errors.h"
#include "crypto/keyring.h"

/* Makes all keys of a new state in folder (mode 0700). ERR_CONFLICT if there are keys already. */
NODISCARD enum err keyring_create(const char *folder, str alpha2, str alpha3, bool training, int64_t now_ms,
                                  struct fault *);
/* The process: loads the keys, locks itself in, answers on fd until it is closed. Never returns
 * with keys in memory. */
int keyring_main(const char *folder, int fd);
#endif
