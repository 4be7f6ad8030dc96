/* translit_int.h - the tables of translit_tables.c, sorted by code point */
#ifndef SIFARA_PAPER_TRANSLIT_INT_H
#define SIFARA_PAPER_TRANSLIT_INT_H

#include "paper/translit.h"

struct letter {
    uint16_t cp;
    char latin[7]; /* "" is not encoded */
};

/* A letter that one language writes otherwise, perhaps only at the beginning of a component. */
struct exception {
    uint16_t cp;
    enum translit_language language;
    bool initial;
    char latin[5];
};

extern const struct letter translit_latin[], translit_cyrillic[], translit_arabic_mrz[],
    translit_arabic_reading[];
extern const struct exception translit_exceptions[];
extern const size_t translit_latin_n, translit_cyrillic_n, translit_arabic_mrz_n,
    translit_arabic_reading_n, translit_exceptions_n;

#endif
