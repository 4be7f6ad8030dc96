/* translit.h - names in other scripts to Latin letters
 *
 * Two different things, not to be mixed up:
 *
 * translit_mrz() is for machine readable zones: the tables of ICAO Doc 9303-3 (8th edition),
 * section 6: A for national characters of Latin, B for Cyrillic, C for Arabic script. The last
 * one encodes letters reversibly (XSH for sheen, XKH for khah); nobody is called so.
 *
 * translit_reading() is for eyes: names in the visual zone and in letters. Latin and Cyrillic as
 * above; Arabic by the consonants and long vowels of the UN romanisation (UNGEGN, Beirut 1972 as
 * amended 2017), without diacritics. Arabic writing leaves short vowels out, so this is a
 * proposal that a person or an officer corrects: the spelling on an earlier passport counts.
 *
 * Both give capital letters, hyphens and blanks; apostrophes vanish (9303-3, 4.6), as do vowel
 * signs that have no letter. Pure, safe from any thread.
 */
#ifndef SIFARA_PAPER_TRANSLIT_H
#define SIFARA_PAPER_TRANSLIT_H

#include "base/buf.h"
#include "base/errors.h"

/* Exceptions of table B. */
enum translit_language {
    TRANSLIT_ANY,
    TRANSLIT_BELARUSIAN,
    TRANSLIT_BULGARIAN,
    TRANSLIT_MACEDONIAN,
    TRANSLIT_SERBIAN,
    TRANSLIT_UKRAINIAN
};

/* Appends the name in A-Z, '-' and blanks, as mrz_name_field() takes it. Text is UTF-8, composed
 * or decomposed. Errors: ERR_MALFORMED_TEXT; ERR_INVALID for a character that no table has. */
NODISCARD enum err translit_mrz(str name, enum translit_language, struct buf *out, struct fault *);
NODISCARD enum err translit_reading(str name, enum translit_language, struct buf *out,
                                    struct fault *);

#endif
