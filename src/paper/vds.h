/* vds.h - visible digital seals: ICAO Doc 9303-13, BSI TR-03137, profiles of BSI TR-03171
 *
 * A seal is a header, messages and a signature, small enough for a Data Matrix:
 *
 *   DC VV II II         magic, version (02 is ICAO version 3, 03 is version 4), country in C40
 *   signer, reference   version 3: nine characters in C40; version 4: four characters, two digits
 *                       that count the reference's characters in hex, and the reference
 *   ddd sss FF CC       dates of issue and of signature, document feature and category
 *   TT LL ...           messages: tag, DER length, value
 *   FF LL r||s          signature over all bytes before it
 *
 * A date is the decimal number MMDDYYYY in three bytes. C40 packs three of 0-9, A-Z and blank
 * into two bytes; '<' travels as a blank.
 *
 * Decoded values borrow from the bytes given. All functions are pure, safe from any thread.
 */
#ifndef SIFARA_PAPER_VDS_H
#define SIFARA_PAPER_VDS_H

#include "base/errors.h"
#include "base/json.h"

#define VDS_MAX       4096 /* bytes of a seal; the largest Data Matrix holds 1,555 */
#define VDS_MESSAGES  32
#define VDS_REFERENCE 256
#define VDS_SIGNATURE 132 /* r||s on the largest curve */

enum vds_coding {
    VDS_BYTES, /* text is lower-case hex */
    VDS_BYTE,  /* text is a decimal number */
    VDS_C40,
    VDS_UTF8,
    VDS_MRZ,            /* text has line feeds between lines of equal length */
    VDS_MRZ_MRVA,       /* 44 characters, then 28 */
    VDS_MRZ_MRVB,       /* 36 characters, then 28 */
    VDS_DATE_STRING,    /* eight digits; text is YYYY-MM-DD */
    VDS_VALIDITY_DATES, /* two of them around a NUL; text is "FROM - TO", each may be missing */
};

struct vds_field {
    const char *name;
    uint8_t tag;
    enum vds_coding coding;
    bool required;
    uint16_t min, max; /* bytes of the encoded value */
};

/* A document type; its messages are fields[0 .. n). */
struct vds_type {
    const char *name;
    uint16_t ref; /* feature definition and category, e.g. 0x5e03 */
    const struct vds_field *fields;
    size_t n;
    bool profiled; /* the message with tag 0 is a UUID that names more messages */
};

/* The messages of an administrative document of one kind. */
struct vds_profile {
    uint8_t uuid[16];
    const char *name;
    const struct vds_field *fields;
    size_t n;
};

enum vds_ref { VDS_REF_ADMINISTRATIVE = 0x01c8, VDS_REF_EMERGENCY_TRAVEL = 0x5e03 };

struct vds_date {
    uint16_t year; /* all zero: no date */
    uint8_t month, day;
};

struct vds_message {
    uint8_t tag;
    str value; /* as encoded */
};

struct vds {
    uint8_t raw_version; /* 2 or 3 */
    char country[4];     /* e.g. UTO */
    char signer[5];      /* two-letter state and two characters of its choice */
    char reference[VDS_REFERENCE];
    struct vds_date issued, signed_on;
    uint16_t ref;
    size_t n;
    struct vds_message messages[VDS_MESSAGES];
    str signature;   /* r||s */
    str signed_part; /* what the signature covers; empty before encoding */
};

/* NULL if unknown. */
const struct vds_type *vds_type_find(uint16_t ref);
const struct vds_type *vds_type_named(str name);
const struct vds_profile *vds_profile_find(const uint8_t uuid[16]);
const struct vds_profile *vds_profile_named(str name);

/* Reads a seal. Values point into it. Errors: ERR_MALFORMED_TEXT (bytes that are no seal). */
NODISCARD enum err vds_decode(str seal, struct vds *out, struct fault *);
/* The seal of a page of ours stands behind its end once more, for programs that draw no page:
 * "%sifara-seal ", base64url, a line feed, a comment for every reader of PDF. Nothing where it
 * would push the end of the file out of sight. */
void vds_put_behind(struct buf *pdf, str seal);
/* The last one of the file. False: there is none. */
bool vds_behind(str pdf, struct buf *out);

/* The definition of a message of this seal, by tag; NULL if its type has none. */
const struct vds_field *vds_field_of(const struct vds *, uint8_t tag);
/* The value with that name as text (see enum vds_coding); STR_NONE if absent, malformed or the
 * arena is full. */
str vds_text(const struct vds *, str name, struct arena *);
/* The signer certificate's name: signer and reference without leading zeros, e.g. DETS32. */
void vds_signer_reference(const struct vds *, char out[VDS_REFERENCE + 8]);

/* Adds a message by the name that the type, or the profile added before it, gives it; text is
 * encoded into the arena. Errors: ERR_INVALID, ERR_RANGE, ERR_LIMIT at /messages/NAME. */
NODISCARD enum err vds_add(struct vds *, struct arena *, str name, str text, struct fault *);

/* Signs: appends r||s over the message to the buffer (ECDSA with the hash that fits the curve). */
typedef enum err vds_sign_fn(void *ctx, str message, struct buf *out, struct fault *);

/* Appends the seal's bytes to the buffer. Required messages must be there, and of their size.
 * Errors: ERR_INVALID, ERR_RANGE, ERR_MEMORY_LIMIT, and those of the signer. */
NODISCARD enum err vds_encode(const struct vds *, vds_sign_fn *sign, void *ctx, struct buf *out,
                              struct fault *);

/* One object: document_type, document_ref, version, issuing_country, signer_identifier,
 * certificate_reference, signer_certificate, issuing_date, signature_date, messages by name,
 * profile where there is one, signature, seal_id. A value that does not fit its coding is told
 * in hex; a tag without definition is named 0xTT. */
void vds_to_json(const struct vds *, struct jw *, struct arena *scratch);

/* Half the SHA-256 of the signed part, in hex: names a seal on revocation lists. The signature
 * stays outside, because ECDSA has two valid ones for each. */
void vds_id(const struct vds *, char out[33]);

#endif
