/* reference.h - check digits of ISO 7064 (MOD 97-10): creditor references (ISO 11649) and account
 * numbers (ISO 13616) */
#ifndef SIFARA_SERVICE_REFERENCE_H
#define SIFARA_SERVICE_REFERENCE_H

#include "base/str.h"

enum { REFERENCE_DIGITS = 16, REFERENCE_TEXT = 4 + REFERENCE_DIGITS, IBAN_MAX = 34 };

/* "RF" + check digits + sixteen digits of the number, which is taken modulo 10^16. */
void reference_make(uint64_t number, char out[REFERENCE_TEXT + 1]);
/* A reference of ours at the beginning of the text, in groups or not, whatever its case; false
 * where its check digits do not hold. */
bool reference_read(str text, char out[REFERENCE_TEXT + 1]);
/* The first one anywhere in a text that somebody typed. */
bool reference_find(str text, char out[REFERENCE_TEXT + 1]);
/* An account number, spaces taken out; false where its check digits do not hold. */
bool iban_read(str text, char out[IBAN_MAX + 1]);

#endif
