/* signature.h - signed messages (RFC 9421, Ed25519) and digests of bodies (RFC 9530); pure
 *
 * One signature of a message, by a strict subset of structured fields (RFC 9651): one member, a
 * component is a name with ";req" or nothing, a parameter occurs once. Values of components are the
 * caller's, so what cannot be had, cannot be covered.
 */
#ifndef SIFARA_HTTP_SIGNATURE_H
#define SIFARA_HTTP_SIGNATURE_H

#include "crypto/crypto.h"

enum {
    SIGNATURE_COMPONENTS = 16,
    SIGNATURE_AGE_S = 300,  /* so old may one be */
    SIGNATURE_EARLY_S = 60, /* so far may clocks be apart */
    SIGNATURE_BASE = 4096
};

/* The fields that say it, as C strings; "" where absent or too long. */
struct signature_fields {
    char digest[80], input[512], signature[160];
};

/* A derived component ("@method") or a field ("content-digest", lower case) and its value. */
struct signature_part {
    str name, value;
};
struct signature_message {
    const struct signature_part *part;
    size_t n;
    const struct signature_message *request; /* of an answer, for ";req"; or NULL */
};

struct signature_input {
    str label;
    str covered; /* the inner list as it is written */
    str params;  /* it and its parameters: the value of @signature-params */
    struct {
        str name;
        bool req;
    } component[SIGNATURE_COMPONENTS];
    size_t n;
    int64_t created;     /* seconds since 1970 */
    str keyid, alg, tag; /* STR_NONE where there is none */
};
/* Reads a Signature-Input; created and keyid must be there, alg is ed25519 or absent. Borrows from
 * the text. ERR_MALFORMED_TEXT. */
NODISCARD enum err signature_input_parse(str field, struct signature_input *out, struct fault *);
/* The signature base (2.5). ERR_MALFORMED_TEXT where a component is not in the message, or occurs
 * twice. */
NODISCARD enum err signature_base(struct buf *, const struct signature_message *,
                                  const struct signature_input *, struct fault *);
/* Is the Signature field, under the label of the input, that of the key over the message? Says
 * nothing of time. ERR_BAD_SIGNATURE, ERR_MALFORMED_TEXT. */
NODISCARD enum err signature_verify(const struct signature_message *,
                                    const struct signature_input *, str field,
                                    const struct ed25519_public *, struct fault *);
/* Was it made within the window? */
bool signature_fresh(const struct signature_input *, int64_t now_s);
void signature_field(struct buf *, str label, const struct ed25519_signature *);

/* Content-Digest, with sha-256 alone. */
void content_digest(struct buf *, str body);
bool content_digest_is(str field, str body);

#endif
