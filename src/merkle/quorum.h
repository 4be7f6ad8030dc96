/* quorum.h - C2SP tlog-policy: which logs are known, and how many witnesses must have cosigned
 *
 *   log <vkey> [<url>]
 *   witness <name> <vkey> [<url>]
 *   group <name> all|any|<k> <name>...
 *   quorum <name>|none
 *
 * The text must outlive what is parsed out of it.
 */
#ifndef SIFARA_MERKLE_QUORUM_H
#define SIFARA_MERKLE_QUORUM_H

#include "merkle/note.h"

enum { QUORUM_LOGS = 32, QUORUM_WITNESSES = 32, QUORUM_GROUPS = 32, QUORUM_TEXT = 64 << 10 };

struct quorum {
    size_t n_logs, n_witnesses, n_groups;
    struct note_key log[QUORUM_LOGS];
    str log_url[QUORUM_LOGS]; /* STR_NONE where none is given */
    struct quorum_witness {
        str name, url;
        struct note_key key;
    } witness[QUORUM_WITNESSES];
    struct quorum_group {
        str name;
        unsigned threshold;
        uint64_t members; /* bits: witnesses, then groups that stand before this one */
    } group[QUORUM_GROUPS];
    uint64_t needed; /* the bit of the witness or group that must have witnessed; 0: none */
};

/* ERR_MALFORMED_TEXT with the line in the pointer ("line 4"), ERR_LIMIT. */
NODISCARD enum err quorum_parse(str text, struct quorum *out, struct fault *);
/* Does the set of witnesses (bit i for witness[i]) fulfil it? */
bool quorum_met(const struct quorum *, uint64_t witnesses);
/* Checks a checkpoint: signed by a known log whose name is its origin, cosigned as the quorum asks.
 * Unknown keys are ignored. ERR_MALFORMED_TEXT, ERR_BAD_SIGNATURE. */
NODISCARD enum err quorum_check(const struct quorum *, str note, struct checkpoint *out,
                                struct fault *);

#endif
