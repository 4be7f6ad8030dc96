/* camt.h - what a bank says came to an account: camt.053 of ISO 20022, bank to customer statement
 *
 * Read are booked credits that are no reversal. A collective entry gives one payment for each of
 * its details. What tells payments apart is the bank's own reference (AcctSvcrRef), else the
 * entry's with the statement's: a file that comes twice, or two that overlap, tell the same
 * payments. No document type, no entity, no other namespace; sizes, depth and counts have limits.
 */
#ifndef SIFARA_SERVICE_CAMT_H
#define SIFARA_SERVICE_CAMT_H

#include "base/arena.h"
#include "base/errors.h"
#include "base/str.h"

enum { CAMT_BYTES = 4 << 20, CAMT_PAYMENTS = 5000, CAMT_TEXT = 500 };

struct camt_payment {
    str key;        /* the bank's name for it */
    str day;        /* of booking, "2026-11-26" */
    int64_t amount; /* minor units, more than 0 */
    str currency;
    str reference; /* of the creditor, as it was written in its own field, or STR_NONE */
    str text;      /* what the payer wrote, or STR_NONE */
    str payer;     /* name, or STR_NONE */
};

struct camt {
    str iban; /* of the account; the same in all statements of the file */
    struct camt_payment *list;
    size_t n, left_out; /* left out: debits, reversals, what is not booked */
};

/* Strings in the arena. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT, with the line in the detail. */
NODISCARD enum err camt_read(struct arena *, str bytes, struct camt *out, struct fault *);

#endif
