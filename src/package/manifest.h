/* manifest.h - what is in a package, and who says so
 *
 * The manifest is canonical JSON (RFC 8785): identity, lineage, terms, law and languages as
 * service.json states them, and the SHA-256 and size of each file. Its own SHA-256 is the digest by
 * which a package is known. manifest.note is a C2SP signed note of three lines
 *
 *     sifara-package/1
 *     XU/power-of-attorney/1.0.0
 *     (the digest, 64 hexadecimal digits)
 *
 * signed by the state that gives it; a state that accepts the package adds its signature to the
 * same lines. Keys are known by a list of lines "STATE name+id+key", so that a key speaks for one
 * state.
 */
#ifndef SIFARA_PACKAGE_MANIFEST_H
#define SIFARA_PACKAGE_MANIFEST_H

#include "merkle/note.h"
#include "package/archive.h"

enum { PACKAGE_SIGNATURES = 16, PACKAGE_TRUST_KEYS = 64 };

struct package_manifest {
    str text; /* the canonical bytes */
    struct hash digest;
    const struct json *json;
    str name, version, giver, requires;
};

/* Of the files of a service; all in the arena. ERR_INVALID with a pointer into service.json where
 * that does not say what a manifest needs, or with the name of a file that is missing or that no
 * package has. */
NODISCARD enum err package_manifest_of(struct arena *, const struct package_files *,
                                       struct package_manifest *out, struct fault *);
/* Reads manifest.json; text must live as long as *out. ERR_MALFORMED_JSON, ERR_INVALID with a
 * pointer: members that are missing, unknown or of another form, or bytes that are not canonical.
 */
NODISCARD enum err package_manifest_read(struct arena *, str text, struct package_manifest *out,
                                         struct fault *);
/* Are these the files that the manifest speaks of, each byte of them, and does it say of them what
 * they say themselves? ERR_BAD_SIGNATURE where content differs, ERR_INVALID for files that are
 * missing, unknown or say something else. */
NODISCARD enum err package_manifest_check(struct arena *, const struct package_manifest *,
                                          const struct package_files *, struct fault *);

/* Three numbers with two dots, none with zeros in front; false for anything else. */
bool package_version_parse(str text, uint32_t out[3]);
/* Of two valid versions: below, at or above 0 as of strcmp. */
int package_version_cmp(str a, str b);
/* Two capitals: the code of a state. */
bool package_state_valid(str code);

/* ---- signatures --------------------------------------------------------------------------- */

/* A private key for packages; the name borrows from the text it was read from. */
struct package_key {
    str name;
    struct ed25519_secret secret;
};

/* "PRIVATE+KEY+name+id+key" on a line, both ways. ERR_MALFORMED_TEXT. */
NODISCARD enum err package_key_parse(str text, struct package_key *out, struct fault *);
void package_key_format(struct buf *, const struct package_key *);

/* The keys that are known, each with the state for which it speaks. */
struct package_trust {
    size_t n;
    struct note_key keys[PACKAGE_TRUST_KEYS];
    str states[PACKAGE_TRUST_KEYS];
};

/* Lines "STATE name+id+key"; empty ones and those that begin with '#' are passed over. Borrows from
 * text. ERR_MALFORMED_TEXT with the line, ERR_LIMIT. */
NODISCARD enum err package_trust_parse(str text, struct package_trust *out, struct fault *);

struct package_signer {
    str name; /* of the key; borrows from the note */
    uint32_t id;
    str state; /* for which the key speaks, or STR_NONE if it is not known: then nothing was checked
                */
};

struct package_signatures {
    size_t n;
    struct package_signer list[PACKAGE_SIGNATURES];
};

/* Appends the three lines that are signed. */
void package_note_text(struct buf *, const struct package_manifest *);
/* Appends a note with one signature. */
NODISCARD enum err package_note_sign(struct buf *, const struct package_manifest *,
                                     const struct package_key *, struct fault *);
/* Appends the note with one more signature; ERR_CONFLICT if that key has signed it. */
NODISCARD enum err package_note_countersign(struct buf *, str note, const struct package_manifest *,
                                            const struct package_key *, struct fault *);
/* Is it a note about this manifest, and who signed it? With trust NULL it is only read; else each
 * signature by a known key must hold, and one must be by a key of the giver. ERR_MALFORMED_TEXT,
 * ERR_BAD_SIGNATURE, ERR_UNTRUSTED when no known key of the giver signed. */
NODISCARD enum err package_note_read(str note, const struct package_manifest *,
                                     const struct package_trust *, struct package_signatures *out,
                                     struct fault *);

/* ---- whole packages ----------------------------------------------------------------------- */

struct package_unpacked {
    struct package_archive archive;
    struct package_manifest manifest;
    struct package_signatures signatures;
};

/* The archive of the files, signed; same files and key, same bytes. */
NODISCARD enum err package_pack(struct arena *, const struct package_files *,
                                const struct package_key *, struct buf *,
                                struct package_manifest *out, struct fault *);
/* Everything that can be said of an archive without looking into the service: its form, manifest,
 * files and signatures (trust as for package_note_read). bytes must live as long as *out. */
NODISCARD enum err package_unpack(struct arena *, str bytes, const struct package_trust *,
                                  struct package_unpacked *out, struct fault *);

#endif
