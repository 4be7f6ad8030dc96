/* note.h - C2SP signed notes, checkpoints, cosignatures and proof files
 *
 * signed-note:      text, empty line, lines "— name base64(key id || signature)"
 * tlog-cosignature: a signature line of key type 0x04 under a checkpoint, with its time
 * tlog-checkpoint:  a note whose text is origin, size, root hash, one a line
 * tlog-proof:       "c2sp.org/tlog-proof@v1", optional extra, index, hashes, checkpoint
 *
 * Parsed pieces borrow from the input.
 */
#ifndef SIFARA_MERKLE_NOTE_H
#define SIFARA_MERKLE_NOTE_H

#include "merkle/merkle.h"

enum { NOTE_MAX_SIGNATURES = 64, NOTE_MAX = 1 << 20 };

/* What a key's signature says; the byte is part of the key's id, so one key says one thing. */
enum note_key_type {
    NOTE_ED25519 = 0x01,  /* over the text of the note */
    NOTE_COSIGNER = 0x04, /* Ed25519 over "cosignature/v1", the time, the text of a checkpoint */
};

/* A key that verifies notes. */
struct note_key {
    str name;
    uint32_t id;
    enum note_key_type type;
    struct ed25519_public public;
};

/* Key name rules of signed-note: not empty, no Unicode space, no plus; no control character, which
 * no note may have. */
bool note_name_valid(str name);
/* signed-note, "Signatures": the id is the first four bytes of
 * SHA-256(name || 0x0A || type || key). */
struct note_key note_key_of(str name, const struct ed25519_public *);
struct note_key note_cosigner_of(str name, const struct ed25519_public *);
/* "name+hexid+base64(type || key)" both ways; ERR_MALFORMED_TEXT, also for other types. */
NODISCARD enum err note_key_parse(str text, struct note_key *out, struct fault *);
void note_key_format(struct buf *, const struct note_key *);

/* Appends text, the empty line and one signature line. text ends with a newline. */
void note_sign(struct buf *, str text, str name, const struct ed25519_secret *);
/* The signature line alone, for a signature made elsewhere. */
void note_signature_line(struct buf *, const struct note_key *, const struct ed25519_signature *);

/* Checks a note against known keys: ERR_MALFORMED_TEXT if it is not one; ERR_BAD_SIGNATURE if
 * a signature by a known key fails or none of a known key is there. *out_text is what is signed;
 * *out_signers has bit i set where keys[i] signed (n at most 64). */
NODISCARD enum err note_open(str note, const struct note_key *keys, size_t n, str *out_text,
                             uint64_t *out_signers, struct fault *);

/* tlog-cosignature: what a cosigner signs for a checkpoint's text at a time in seconds since 1970,
 * and the line that carries the signature, made elsewhere. */
void cosignature_message(struct buf *, int64_t at, str text);
void cosignature_line(struct buf *, const struct note_key *, int64_t at,
                      const struct ed25519_signature *);
/* When the cosigner signed this note, in seconds since 1970; verifies nothing else. ERR_NOT_FOUND
 * where it has no line of that key, ERR_MALFORMED_TEXT. */
NODISCARD enum err cosignature_time(str note, const struct note_key *, int64_t *out,
                                    struct fault *);

struct checkpoint {
    str origin;
    uint64_t size;
    struct hash root;
};

/* The text that is signed, with its final newline. */
void checkpoint_format(struct buf *, const struct checkpoint *);
/* ERR_MALFORMED_TEXT. Extension lines are accepted and ignored. */
NODISCARD enum err checkpoint_parse(str text, struct checkpoint *out, struct fault *);

struct tlog_proof {
    str extra; /* decoded extra data, or STR_NONE */
    uint64_t index;
    struct merkle_proof path;
    str note; /* the checkpoint, signed */
};

void tlog_proof_format(struct buf *, const struct tlog_proof *);
/* Parses; the decoded extra data is in the arena. ERR_MALFORMED_TEXT. */
NODISCARD enum err tlog_proof_parse(struct arena *, str text, struct tlog_proof *out,
                                    struct fault *);
/* Verifies a proof file for an entry: signature by key over a checkpoint of origin key.name, and
 * inclusion of the entry at its index. ERR_MALFORMED_TEXT, ERR_BAD_SIGNATURE, ERR_BAD_PROOF. */
NODISCARD enum err tlog_proof_verify(const struct tlog_proof *, str entry, const struct note_key *,
                                     struct checkpoint *out, struct fault *);

#endif
