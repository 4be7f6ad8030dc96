/* translit.c - walks a name: composes it, looks each character up, mends what depends on place */
#include "paper/translit_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#define NAME_MAX_CHARS 512
#define SHADDA         0x0651
#define TEH_MARBUTA    0x0629
#define ALEF           0x0627
#define LAM            0x0644
#define WAW            0x0648
#define YEH            0x064a

/* A name as capital, composed code points. */
struct name {
    uint32_t cp[NAME_MAX_CHARS];
    size_t n;
};

static enum err read_name(str text, struct name *out, struct fault *f)
{
    UErrorCode u = U_ZERO_ERROR;
    UChar wide[2 * NAME_MAX_CHARS], composed[2 * NAME_MAX_CHARS];
    int32_t n = 0, at = 0;

    if (!utf8_valid(text))
        return fault(f, ERR_MALFORMED_TEXT, "the name is not UTF-8");
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&u);
    u_strFromUTF8(wide, NAME_MAX_CHARS, &n, text.p ? text.p : "", (int32_t)text.n, &u);
    n = unorm2_normalize(nfc, wide, U_SUCCESS(u) ? n : 0, composed, NAME_MAX_CHARS, &u);
    if (U_FAILURE(u))
        return fault(f, ERR_MALFORMED_TEXT, "the name is too long");
    out->n = 0;
    while (at < n) {
        UChar32 c;
        U16_NEXT(composed, at, n, c);
        out->cp[out->n++] = c == 0xdf ? 0x1e9e : (uint32_t)u_toupper(c); /* sharp s */
    }
    return OK;
}

static int by_cp(const void *key, const void *row)
{
    uint32_t a = *(const uint32_t *)key, b = ((const struct letter *)row)->cp;

    return a < b ? -1 : a > b;
}

static const char *lookup(const struct letter *table, size_t n, uint32_t cp)
{
    const struct letter *l = bsearch(&cp, table, n, sizeof *table, by_cp);

    return l ? l->latin : NULL;
}

/* A blank, a hyphen, or the end: where a component of a name ends. */
static bool at_end(const struct name *nm, size_t i)
{
    return i >= nm->n || nm->cp[i] == ' ' || nm->cp[i] == '-' || nm->cp[i] == 0xa0;
}

static bool at_start(const struct name *nm, size_t i)
{
    return i == 0 || at_end(nm, i - 1);
}

/* What all scripts have in common; NULL for letters. */
static const char *common(uint32_t cp)
{
    static const char capitals[] = "A\0B\0C\0D\0E\0F\0G\0H\0I\0J\0K\0L\0M\0"
                                   "N\0O\0P\0Q\0R\0S\0T\0U\0V\0W\0X\0Y\0Z";

    if (cp >= 'A' && cp <= 'Z')
        return capitals + 2 * (cp - 'A');
    switch (cp) {
    case ' ':
    case 0xa0: /* no-break space */
    case ',':
        return " ";
    case '-':
    case 0x2010: /* hyphen */
    case 0x2011: /* non-breaking hyphen */
        return "-";
    case '\'':
    case '.':
    case '`':
    case 0x2018: /* quotation marks used as apostrophes */
    case 0x2019:
    case 0x02bc: /* modifier letter apostrophe */
    case 0x02bb:
    case 0x0640: /* tatweel */
    case 0x200c: /* zero width non-joiner and joiner */
    case 0x200d:
        return "";
    default:
        return NULL;
    }
}

/* Table B with its exceptions; NULL if it has no such letter. */
static const char *cyrillic(const struct name *nm, size_t i, enum translit_language lang)
{
    for (size_t k = 0; k < translit_exceptions_n; k++) {
        const struct exception *e = &translit_exceptions[k];
        if (e->cp == nm->cp[i] && e->language == lang && (!e->initial || at_start(nm, i)))
            return e->latin;
    }
    return lookup(translit_cyrillic, translit_cyrillic_n, nm->cp[i]);
}

/* A doubling sign among the marks that follow a letter; composed text has vowel signs before
 * it. */
static bool is_doubled(const struct name *nm, size_t i)
{
    for (i++; i < nm->n && nm->cp[i] >= 0x064b && nm->cp[i] <= 0x0652; i++)
        if (nm->cp[i] == SHADDA)
            return true;
    return false;
}

typedef const char *arabic_fn(const struct name *, size_t);

static enum err walk(str text, enum translit_language lang, arabic_fn *arabic, struct buf *out,
                     struct fault *f)
{
    struct name nm;

    TRY(read_name(text, &nm, f));
    for (size_t i = 0; i < nm.n; i++) {
        uint32_t cp = nm.cp[i];
        if (cp == SHADDA)
            continue; /* its letter saw it */
        const char *s = common(cp);
        if (!s)
            s = lookup(translit_latin, translit_latin_n, cp);
        if (!s)
            s = cyrillic(&nm, i, lang);
        if (!s)
            s = arabic(&nm, i);
        if (!s)
            return fault(f, ERR_INVALID, "no table has the character U+%04X", (unsigned)cp);
        buf_add_str(out, str_of(s));
        if (is_doubled(&nm, i) && (cp < 0x064b || cp > 0x0652))
            buf_add_str(out, str_of(s));
    }
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY_LIMIT, "the name is too long");
}

/* --- for zones ------------------------------------------------------------------------------- */

static const char *arabic_mrz(const struct name *nm, size_t i)
{
    if (nm->cp[i] == TEH_MARBUTA)
        return at_end(nm, i + 1) ? "XAH" : "XTA";
    return lookup(translit_arabic_mrz, translit_arabic_mrz_n, nm->cp[i]);
}

enum err translit_mrz(str text, enum translit_language lang, struct buf *out, struct fault *f)
{
    return walk(text, lang, arabic_mrz, out, f);
}

/* --- for eyes -------------------------------------------------------------------------------- */

/* Waw and yeh are consonants at the beginning, beside alef, and when doubled; else vowels. */
static const char *half_vowel(const struct name *nm, size_t i)
{
    bool waw = nm->cp[i] == WAW;
    bool before_alef = i + 1 < nm->n && nm->cp[i + 1] == ALEF;
    bool after_alef = i > 0 && nm->cp[i - 1] == ALEF && !at_start(nm, i - 1);

    if (at_start(nm, i) || before_alef || after_alef || is_doubled(nm, i))
        return waw ? "W" : "Y";
    return waw ? "U" : "I";
}

/* The article, alef and lam at the beginning of a component of some length, is set apart by a
 * hyphen. */
static bool is_article(const struct name *nm, size_t i)
{
    return nm->cp[i] == ALEF && at_start(nm, i) && i + 4 < nm->n && nm->cp[i + 1] == LAM &&
           !at_end(nm, i + 2) && !at_end(nm, i + 3) && !at_end(nm, i + 4);
}

static const char *arabic_reading(const struct name *nm, size_t i)
{
    if (is_article(nm, i))
        return "AL-";
    if (nm->cp[i] == LAM && i > 0 && is_article(nm, i - 1))
        return "";
    if (nm->cp[i] == WAW || nm->cp[i] == YEH)
        return half_vowel(nm, i);
    return lookup(translit_arabic_reading, translit_arabic_reading_n, nm->cp[i]);
}

enum err translit_reading(str text, enum translit_language lang, struct buf *out, struct fault *f)
{
    return walk(text, lang, arabic_reading, out, f);
}
