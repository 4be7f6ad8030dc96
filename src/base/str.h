/* str.h - a view of bytes: pointer and length, no NUL promised, no ownership
 *
 * A str borrows; whoever hands it out says how long the bytes live.
 */
#ifndef SIFARA_BASE_STR_H
#define SIFARA_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *p;
    size_t n;
} str;

#define S(lit)   ((str){"" lit, sizeof(lit) - 1})
#define STR_NONE ((str){NULL, 0})
/* for printf("%.*s", STR_FMT(s)) */
#define STR_FMT(s) (int)(s).n, (s).p ? (s).p : ""

static inline str str_of(const char *cstr)
{
    return (str){cstr, cstr ? strlen(cstr) : 0};
}

static inline str str_bytes(const void *p, size_t n)
{
    return (str){p, n};
}

static inline bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Byte order; a prefix sorts first. */
int str_cmp(str a, str b);
/* ASCII letters compare equal whatever their case. */
bool str_eq_nocase(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first c, or -1. */
ptrdiff_t str_find_char(str s, char c);
/* Index of the first occurrence of needle, or -1. */
ptrdiff_t str_find(str s, str needle);
/* Bytes [from, to), clamped to the string. */
str str_sub(str s, size_t from, size_t to);
/* Without ASCII white space at both ends. */
str str_trim(str s);
/* Cuts the piece before the next sep off *rest and returns it; the last piece leaves
 * rest->p == NULL, and a NULL rest yields STR_NONE with false. */
bool str_split(str *rest, char sep, str *out_piece);
/* Decimal number without sign beyond '-', whole string, no blanks; false if it is not one
 * or does not fit. */
bool str_to_int64(str s, int64_t *out);
/* FNV-1a with a final mix: for hash tables whose keys no adversary chooses. */
uint64_t str_hash(str s);

/* UTF-8 (RFC 3629): true if the whole string is well formed, surrogates refused. */
bool utf8_valid(str s);
/* Code points in a valid UTF-8 string. */
size_t utf8_count(str s);
/* Decodes one code point at s.p; returns its length in bytes, 0 if malformed or empty. */
size_t utf8_decode(str s, uint32_t *out_cp);
/* Writes cp as UTF-8 into out[4]; returns the length, 0 for a surrogate or beyond U+10FFFF. */
size_t utf8_encode(uint32_t cp, char out[4]);
/* A text that looks like what it is: well-formed, without controls but tab and line ends, without
 * embeddings, overrides and isolates of direction (UAX #9), and only characters. Else *out_cp is
 * the first that is none, or U+FFFD. */
bool utf8_plain(str s, uint32_t *out_cp);

#endif
