/* entry.h - what an entry of a channel says; pure
 *
 * An entry is one line of canonical JSON (RFC 8785), at most 65,535 bytes (tlog-tiles). It names
 * its payload by digests alone: the payload can be erased while the entry stands. docs/
 * channel-protocol.md, chapter 5.
 */
#ifndef SIFARA_LINK_ENTRY_H
#define SIFARA_LINK_ENTRY_H

#include "base/json.h"
#include "crypto/crypto.h"
#include "crypto/id.h"

enum { ENTRY_BYTES = 65535, ENTRY_UNDERTAKINGS = 20, ENTRY_SALT = 16, ENTRY_KIND = 40 };

struct entry {
    str kind;   /* "note": which dispatch, or "channel.…" for what the channel itself says */
    int64_t at; /* the sender's clock, ms since 1970 */
    struct id correlation; /* of the dispatch; an answer carries that of its question */
    struct hash policy;    /* SHA-256(salt || digest of the policy it was decided under) */
    uint8_t salt[ENTRY_SALT];
    struct hash content; /* SHA-256(payload's own salt || payload); zero where there is none */
    struct hash sealed;  /* SHA-256 of the sealed payload, by which it is fetched */
    uint64_t size;       /* bytes of the sealed payload; 0: none */
    str undertaking[ENTRY_UNDERTAKINGS];
    size_t n_undertakings;
    str body; /* JSON of what the channel itself says, or STR_NONE */
};

/* Writes the canonical text onto buf. ERR_LIMIT when it is too long. */
NODISCARD enum err entry_format(struct buf *, const struct entry *, struct arena *scratch,
                                struct fault *);
/* Reads it strictly: canonical, known members only. Strings in the arena. ERR_MALFORMED_TEXT,
 * ERR_MALFORMED_JSON, ERR_LIMIT. */
NODISCARD enum err entry_parse(struct arena *, str text, struct entry *out, struct fault *);

#endif
