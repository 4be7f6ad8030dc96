/* wire.h - what two nodes say to each other, as bytes; pure
 *
 * C2SP tlog-witness (add-checkpoint), tlog-mirror (add-entries, mirror info), and the pieces of
 * payloads that go beside. Parsed pieces borrow from the input. Every parser is fuzzed.
 */
#ifndef SIFARA_LINK_WIRE_H
#define SIFARA_LINK_WIRE_H

#include "merkle/note.h"

enum {
    WIRE_PROOF = 63,     /* hashes in a proof, at most */
    WIRE_PACKAGE = 256,  /* entries in a package */
    WIRE_PACKAGES = 32,  /* packages in a request, as the specification advises */
    WIRE_ORIGIN = 200,   /* bytes of an origin */
    WIRE_TICKET = 4096,  /* bytes of a ticket */
    WIRE_PIECE = 1 << 20 /* bytes of a piece of a payload */
};

/* ---- introductions ------------------------------------------------------------------------- */

/* What the owner of a log says of it, each a line "name value"; the note's text begins with the
 * kind: "sifara-channel/1" to its mirror, "sifara-witness/1" to a witness, which is told no epoch.
 */
struct introduction {
    str from, to, origin;
    int64_t epoch; /* 0: none */
};
void introduction_format(struct buf *, str kind, const struct introduction *);
/* Of a note, whose signature is not looked at. ERR_MALFORMED_TEXT. */
NODISCARD enum err introduction_parse(str note, str kind, struct introduction *out, struct fault *);
/* The value of the line that is next in *rest, which has that name ("from "); false if it has not.
 */
bool introduction_line(str *rest, const char *name, str *out);

/* ---- add-checkpoint ---------------------------------------------------------------------- */

struct add_checkpoint {
    uint64_t old;
    struct merkle_proof proof; /* of consistency, old to the checkpoint's size */
    str note;
};
void add_checkpoint_format(struct buf *, const struct add_checkpoint *);
/* ERR_MALFORMED_TEXT. */
NODISCARD enum err add_checkpoint_parse(str body, struct add_checkpoint *out, struct fault *);
/* The answer to 409, text/x.tlog.size. */
void size_line_format(struct buf *, uint64_t size);
NODISCARD enum err size_line_parse(str body, uint64_t *out, struct fault *);

/* ---- add-entries ------------------------------------------------------------------------- */

struct add_entries {
    str origin;
    uint64_t start, end; /* of the upload, not of this request */
    str ticket;
    str rest; /* packages, taken off by add_entries_next */
};
/* ERR_MALFORMED_TEXT: the head is cut off, or start is beyond end. */
NODISCARD enum err add_entries_parse(str body, struct add_entries *out, struct fault *);
void add_entries_begin(struct buf *, const struct add_entries *);

/* The package that covers [start, end) of the log; its subtree begins at start rounded down to a
 * multiple of 256. */
struct entry_package {
    uint64_t start, end;
    str entry[WIRE_PACKAGE];
    struct merkle_proof proof;
};
/* The interval of the package that begins at `at` in an upload that ends at `end`. */
static inline uint64_t package_end(uint64_t at, uint64_t end)
{
    uint64_t next = (at / WIRE_PACKAGE + 1) * WIRE_PACKAGE;
    return next < end ? next : end;
}
/* Takes the next package off rest; it begins at `at`. ERR_MALFORMED_TEXT: what is left is no whole
 * package. */
NODISCARD enum err add_entries_next(struct add_entries *, uint64_t at, struct entry_package *out,
                                    struct fault *);
void entry_package_format(struct buf *, const struct entry_package *);

/* The answer to 202 and 409, text/x.tlog.mirror-info. */
struct mirror_info {
    uint64_t size, next;
    str ticket; /* decoded, into the arena */
};
void mirror_info_format(struct buf *, const struct mirror_info *);
NODISCARD enum err mirror_info_parse(struct arena *, str body, struct mirror_info *out,
                                     struct fault *);

/* ---- pieces of payloads ------------------------------------------------------------------ */

/* Bytes [offset, offset + bytes.n) of the sealed payload with that digest and length. A request
 * holds any number of them, one after the other. */
struct piece {
    struct hash sealed;
    uint64_t total, offset;
    str bytes;
};
void piece_format(struct buf *, const struct piece *);
/* Takes the next off *rest. ERR_MALFORMED_TEXT: cut off, longer than WIRE_PIECE, or beyond total.
 */
NODISCARD enum err piece_next(str *rest, struct piece *out, struct fault *);

#endif
