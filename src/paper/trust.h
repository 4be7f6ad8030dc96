/* trust.h - whom a verifier trusts, what was revoked, and the verdict on a seal
 *
 * Trust list (JSON; comes to a verifier from its own ministry, over a way it trusts):
 *   {"format": "sifara-trust-list/1", "issued": "2026-11-23T19:00:00.000Z",
 *    "authorities": [{"state": "UTO", "certificate": "<base64 DER or PEM>"}],
 *    "signers": [{"reference": "XUTS5B", "certificate": "...",
 *                 "not_before": "...", "not_after": "..."}]}
 * The reference and the dates of a signer are for people; the certificate counts.
 *
 * Revocation list (JSON; may come over any way, because the state's authority signs it):
 *   {"format": "sifara-revocations/1", "state": "UTO", "number": 7, "issued": "...",
 *    "revoked": [{"seal": "<32 hex>", "date": "2026-11-23"}, {"document": "<32 hex>", ...}],
 *    "signature": "<base64 r||s over the RFC 8785 form of the rest>"}
 * A seal is named by vds_id(); a document by half the SHA-256 of state, '|' and number.
 *
 * Both are immutable once parsed: safe from any thread.
 */
#ifndef SIFARA_PAPER_TRUST_H
#define SIFARA_PAPER_TRUST_H

#include "base/json.h"
#include "paper/vds.h"

struct trust;
struct revocations;

/* Errors: those of JSON; ERR_SCHEMA, ERR_INVALID at the offending certificate; ERR_UNTRUSTED if
 * an authority is not a self-signed one. Owned by the caller. */
NODISCARD enum err trust_parse(str json, struct trust **out, struct fault *);
void trust_free(struct trust *);

struct trust_authority {
    str state; /* three letters, as in seals */
    str der;
};

/* Writes a list. Errors: ERR_INVALID at a certificate that cannot be read. */
NODISCARD enum err trust_write(struct jw *, int64_t issued_ms, const struct trust_authority *,
                               size_t n, const str *signer_ders, size_t signers, struct fault *);

/* Is it the list of one state alone: authorities and signers of that country (two letters), under
 * one code (three letters, *out, borrowed), one at least? */
bool trust_is_of(const struct trust *, str country, str *out);

struct revocation {
    str id;        /* 32 hex digits */
    bool document; /* a document's, not a seal's */
    struct vds_date date;
};

/* The id of a document; out has room for 33. */
void revocation_document_id(str state, str number, char out[33]);

/* Appends a signed list; sign is the authority's key, as for seals.
 * Errors: ERR_INVALID, those of the signer. */
NODISCARD enum err revocations_write(str state, int64_t number, int64_t issued_ms,
                                     const struct revocation *, size_t n, vds_sign_fn *sign,
                                     void *ctx, struct buf *out, struct fault *);

/* Reads and verifies. Errors: those of JSON, ERR_SCHEMA, ERR_BAD_SIGNATURE, ERR_UNTRUSTED. */
NODISCARD enum err revocations_parse(str json, const struct trust *, struct revocations **out,
                                     struct fault *);
void revocations_free(struct revocations *);
/* Lists of one state count up: a verifier keeps the highest. */
int64_t revocations_number(const struct revocations *);
str revocations_state(const struct revocations *);
bool revocations_has(const struct revocations *, const char id[32]);

enum seal_verdict {
    SEAL_VALID,
    SEAL_BAD_SIGNATURE,    /* was changed, or never was genuine */
    SEAL_UNKNOWN_SIGNER,   /* the trust list has no such certificate */
    SEAL_UNTRUSTED_SIGNER, /* it is not under the authority of the state that the seal names */
    SEAL_SIGNER_EXPIRED,   /* signed, or looked at, outside the certificate's time */
    SEAL_REVOKED
};

/* Stable names: valid, bad-signature, unknown-signer, ... */
const char *seal_verdict_name(enum seal_verdict);

/* The verdict at a moment; revocations may be NULL, and one of another state is ignored. */
enum seal_verdict seal_check(const struct vds *, const struct trust *, const struct revocations *,
                             int64_t now_ms);

/* True if the document says that its own validity is over (or, before its first day, not yet
 * begun). Documents that say nothing are current. */
bool seal_document_outdated(const struct vds *, int64_t now_ms);

#endif
