/* evidence.h - the proof that something was sent, for whoever has the public keys; pure
 *
 * A C2SP tlog-proof whose extra data are canonical JSON: the entry itself, and the salt with which
 * the payload is digested. The checkpoint bears the sender's signature and, where the receiver gave
 * a receipt, the receiver's cosignature. docs/channel-protocol.md, chapter 9.
 */
#ifndef SIFARA_LINK_EVIDENCE_H
#define SIFARA_LINK_EVIDENCE_H

#include "link/entry.h"
#include "merkle/quorum.h"

enum { EVIDENCE_BYTES = 8 << 10, EVIDENCE_WITNESSES = 32 };

struct evidence {
    struct tlog_proof proof;
    str entry_text;
    struct entry entry;
    uint8_t salt[32]; /* of the payload */
    bool has_salt;
};
/* Writes a proof file. salt NULL: the payload is not proved. ERR_LIMIT beyond EVIDENCE_BYTES. */
NODISCARD enum err evidence_format(struct buf *, const struct tlog_proof *, str entry,
                                   const uint8_t *salt, struct fault *);
/* Reads one; strings in the arena or in the text. Verifies nothing. */
NODISCARD enum err evidence_parse(struct arena *, str text, struct evidence *out, struct fault *);

/* What is proved, to whom it may concern. */
struct evidence_keys {
    const struct ed25519_public *logs; /* of the sender */
    size_t n_logs;
    const struct note_key *mirrors; /* of receivers */
    size_t n_mirrors;
    const struct note_key *witnesses; /* of third states, at most EVIDENCE_WITNESSES */
    size_t n_witnesses;
    const struct quorum *quorum; /* that must be met, or NULL */
};
struct evidence_finding {
    struct checkpoint head;
    size_t log;     /* which of the logs signed */
    bool receipted; /* by mirrors[mirror] at a time in seconds since 1970 */
    size_t mirror;
    int64_t at;
    uint64_t witnessed; /* bit i: by witnesses[i], at seen_at[i] */
    int64_t seen_at[EVIDENCE_WITNESSES];
    bool payload; /* the payload given is the one */
};
/* ERR_BAD_SIGNATURE (also: too few witnesses), ERR_BAD_PROOF; ERR_UNTRUSTED where a payload is
 * given and is another one. payload STR_NONE: none is at hand. */
NODISCARD enum err evidence_check(const struct evidence *, const struct evidence_keys *,
                                  str payload, struct evidence_finding *out, struct fault *);

#endif
