/* credence.h - who a state's node is: keyset and letter of credence; pure
 *
 * The root key of a state signs two notes (C2SP signed-note), and nothing else:
 *   keyset    the keys that its node works with for at most 13 months
 *   credence  where the node is, which root speaks for it, in which languages, whom to call
 * Both travel in one file. Two officers of the receiver compare the root's fingerprint with the
 * one in the note verbale; from then on the root vouches for the rest. Formats:
 * docs/channel-protocol.md, chapters 2 and 3.
 *
 * Parsed pieces borrow from the text.
 */
#ifndef SIFARA_REGISTRY_CREDENCE_H
#define SIFARA_REGISTRY_CREDENCE_H

#include "crypto/hpke.h"
#include "merkle/note.h"

enum {
    CREDENCE_MAX = 16 << 10, /* bytes of a file */
    CREDENCE_LANGUAGES = 8,
    CREDENCE_CONTACTS = 4,
    KEYSET_DAYS = 397 /* thirteen months at most */
};

/* The byte that says what a key is for which algorithm; others are passed over, so that a second
 * signature of another kind can stand beside. */
enum key_algorithm {
    KEY_ED25519 = 0x01,
    KEY_COSIGNER = 0x04, /* Ed25519, over checkpoints with their time */
    KEY_TLS = 0x12,      /* SHA-256 of the certificate's SubjectPublicKeyInfo */
    KEY_HPKE = 0x20      /* X25519, HKDF-SHA256, AES-256-GCM */
};

struct keyset {
    str state, name; /* "XU", "xu.sifara.example" */
    uint64_t serial;
    int32_t from, until; /* days since 1970; valid on both */
    struct ed25519_public log, mirror, witness, packages;
    struct x25519_public seal;
    struct hash tls; /* of the SPKI */
    bool has_tls;
};

struct credence {
    str state, name, title, url;
    str language[CREDENCE_LANGUAGES];
    size_t n_languages;
    str contact[CREDENCE_CONTACTS];
    size_t n_contacts;
    int32_t issued;
    struct note_key root; /* its name is name "/root" */
};

/* The text that the root signs. */
void keyset_format(struct buf *, const struct keyset *);
void credence_format(struct buf *, const struct credence *);

/* Opens a note that this root signed. ERR_MALFORMED_TEXT, ERR_INVALID (a rule of the format is
 * broken, a key is missing, longer than 13 months), ERR_BAD_SIGNATURE. */
NODISCARD enum err keyset_open(str note, const struct note_key *root, struct keyset *out,
                               struct fault *);
/* Opens a credence, which is signed by the root that it names: that this is the right root only
 * the fingerprint shows. */
NODISCARD enum err credence_open(str note, struct credence *out, struct fault *);

/* The file: both notes, one JSON text. */
void credence_file_format(struct buf *, str credence, str keyset);
/* Reads and checks it: keyset and credence of one root, one state, one name. The notes are in the
 * arena. */
NODISCARD enum err credence_file_open(struct arena *, str text, struct credence *, struct keyset *,
                                      str *out_credence, str *out_keyset, struct fault *);

/* The keys of a keyset under the names that they sign with. origin must outlive the key. */
struct note_key keyset_log_key(const struct keyset *, str origin);
/* name "/mirror" and name "/witness", in the arena; false without memory. */
/* That of its packages: it signs notes, and cosigns nothing. */
NODISCARD bool keyset_packages_key(const struct keyset *, struct arena *, struct note_key *out);
NODISCARD bool keyset_mirror_key(const struct keyset *, struct arena *, struct note_key *out);
NODISCARD bool keyset_witness_key(const struct keyset *, struct arena *, struct note_key *out);
bool keyset_valid_on(const struct keyset *, int32_t day);

/* SHA-256 of the root's verifier key, for comparing by eye and by voice: four lines of four groups
 * of four hexadecimal digits, and two check digits after each (ISO 7064, MOD 97-10, over the
 * line's number and digits), so that a slip shows in its own line. */
enum { FINGERPRINT_LINES = 4, FINGERPRINT_LINE = 23 };
struct hash root_fingerprint(const struct note_key *);
void fingerprint_format(const struct hash *, char out[FINGERPRINT_LINES][FINGERPRINT_LINE]);
/* Reads what somebody typed: blanks and case do not count; with or without all check digits.
 * ERR_INVALID with the number of the line that is wrong. */
NODISCARD enum err fingerprint_parse(str typed, struct hash *out, struct fault *);

/* An address of a node: https, or http for one on the same machine. */
bool node_url_valid(str);

#endif
