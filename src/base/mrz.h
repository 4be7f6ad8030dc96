/* mrz.h - machine readable zones of ICAO Doc 9303 (8th edition): write, read, check
 *
 * Five formats: TD1 (3 lines of 30, Part 5), TD2 (2 of 36, Part 6), TD3 (2 of 44, Part 4), and
 * the visas MRV-A (2 of 44) and MRV-B (2 of 36, Part 7). The alphabet is A-Z, 0-9 and the filler
 * '<'. Check digits are those of Part 3, section 4.9: weights 7, 3, 1, modulo 10.
 *
 * All functions are pure and safe from any thread.
 */
#ifndef SIFARA_BASE_MRZ_H
#define SIFARA_BASE_MRZ_H

#include "base/errors.h"

enum mrz_format { MRZ_TD1, MRZ_TD2, MRZ_TD3, MRZ_MRVA, MRZ_MRVB };

#define MRZ_ROOM 96 /* the longest zone, its line feeds and a NUL */

/* What a zone says. Strings without fillers at their end; a filler inside is a blank in names
 * and stays '<' elsewhere. */
struct mrz {
    enum mrz_format format;
    char code[3];   /* document code: first letter P, I, A, C or V */
    char issuer[4]; /* three-letter code, or "D" */
    /* Latin letters with blanks between components. The writer also takes hyphens and
     * apostrophes and lower case; the reader gives upper case and blanks. */
    char primary[128], secondary[128];
    char number[24]; /* beyond nine characters only in TD1 and TD2 */
    char nationality[4];
    char birth[7];  /* YYMMDD, '<' where unknown */
    char expiry[7]; /* YYMMDD */
    char sex;       /* 'F', 'M', or '<' */
    char optional1[17], optional2[12];
};

/* Check digits that do not hold. The pointers name members: /number, /birth, /expiry,
 * /optional1, and /composite. */
struct mrz_wrong {
    unsigned n;
    struct {
        const char *pointer; /* static */
        char found, expected;
    } at[5];
};

/* The check digit of a field, '0' to '9'; 0 if it has a character outside the alphabet. */
char mrz_check_digit(str field);

/* Fills width characters of a name field, without NUL. Identifiers are taken as in struct mrz:
 * hyphens, commas and blanks part components, apostrophes and full stops vanish (Part 3, 4.6).
 * A name that is too long is cut as Parts 4 to 7 permit: secondary components, from the last,
 * down to their initials, then primary ones; the last position is then a letter. out_truncated
 * may be NULL. Errors: ERR_INVALID at /primary or /secondary (not transliterated, or empty). */
NODISCARD enum err mrz_name_field(str primary, str secondary, size_t width, char *out,
                                  bool *out_truncated, struct fault *);

/* Writes the zone: lines parted by one line feed, NUL at the end.
 * Errors: ERR_INVALID, ERR_RANGE (a field is too long) at the member. */
NODISCARD enum err mrz_write(const struct mrz *, char out[MRZ_ROOM], struct fault *);

/* Reads a zone whose lines are parted by LF or CR LF, or run together; blanks at either end of
 * the text are dropped. TD2 and TD3 differ from visas of their length by the first letter V.
 * Wrong check digits are no error: they are told in out_wrong.
 * Errors: ERR_MALFORMED_TEXT (length, alphabet), ERR_INVALID at the member. */
NODISCARD enum err mrz_read(str text, struct mrz *out, struct mrz_wrong *out_wrong, struct fault *);

#endif
