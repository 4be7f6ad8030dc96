/* idna.c - is a label that begins with "xn--" a good A-label (RFC 5891, 4.2.3; RFC 5892)?
 *
 * Punycode (RFC 3492) is decoded, then one pattern says what the U-label must not be. Code points
 * are judged by general category, which is RFC 5892's LetterDigits without its stability under
 * case folding being computed; the joining types that permit ZERO WIDTH NON-JOINER are judged by
 * script.
 */
#include "schema/schema_int.h"

#include <pthread.h>

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, LABEL_MAX = 63 };

/* Combining class 9: what may stand before a joiner. */
#define VIRAMAS                                                                                    \
    "\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0e3a"  \
    "\\u0eba\\u0f84\\u1039\\u103a\\u1714\\u1734\\u17d2\\u1a60\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3"  \
    "\\u2d7f\\ua806\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed\\u{10a3f}\\u{11046}\\u{1107f}\\u{110b9}"    \
    "\\u{11133}\\u{11134}\\u{111c0}\\u{11235}\\u{112ea}\\u{1134d}\\u{11442}\\u{114c2}\\u{115bf}"   \
    "\\u{1163f}\\u{116b6}\\u{1172b}\\u{11839}\\u{11a34}\\u{11a47}\\u{11a99}\\u{11c3f}\\u{11d44}"   \
    "\\u{11d45}\\u{11d97}"

/* RFC 5891, 4.2.3.2; RFC 5892, 2.6 (exceptions) and appendix A (context) */
static const char forbidden[] =
    "^\\p{M}|^-|-$|^..--"
    "|[^-\\p{Ll}\\p{Lo}\\p{Lm}\\p{Mn}\\p{Mc}\\p{Nd}"
    "\\u00b7\\u0375\\u05f3\\u05f4\\u30fb\\u200c\\u200d"
    "\\u06fd\\u06fe\\u0f0b\\u3007]"
    "|[\\u0640\\u07fa\\u302e\\u302f\\u3031-\\u3035\\u303b]"
    "|(?<!l)\\u00b7|\\u00b7(?!l)"
    "|\\u0375(?!\\p{Greek})|(?<!\\p{Hebrew})[\\u05f3\\u05f4]"
    "|^(?!.*[\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Han}]).*\\u30fb"
    "|^(?=.*[\\u0660-\\u0669]).*[\\u06f0-\\u06f9]"
    "|(?<![" VIRAMAS "])\\u200d"
    "|(?<![" VIRAMAS "\\p{Arabic}\\p{Syriac}\\p{Mongolian}\\p{Nko}\\p{Mandaic}])\\u200c";

static struct pattern bad;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void compile_bad(void)
{
    if (pattern_compile(str_of(forbidden), &bad, NULL) != OK)
        bad.code = NULL;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0' + 26;
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' : -1;
}

/* RFC 3492, 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* One generalized variable-length integer, added to *i; false if it is cut or too large. */
static bool decode_delta(str in, size_t *at, uint32_t bias, uint32_t *i)
{
    uint64_t value = *i, weight = 1;

    for (uint32_t k = BASE;; k += BASE) {
        int digit = *at < in.n ? digit_of(in.p[(*at)++]) : -1;
        if (digit < 0)
            return false;
        value += (uint64_t)digit * weight;
        if (value > UINT32_MAX)
            return false;
        uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if ((uint32_t)digit < t)
            break;
        weight *= BASE - t;
        if (weight > UINT32_MAX)
            return false;
    }
    *i = (uint32_t)value;
    return true;
}

/* RFC 3492, 6.2; the number of code points, 0 if it is no Punycode. */
static size_t decode(str in, uint32_t out[LABEL_MAX])
{
    uint32_t next = 128, i = 0, bias = 72;
    size_t n = 0, at = 0, basic = in.n;

    while (basic > 0 && in.p[basic - 1] != '-')
        basic--;
    for (; at + 1 < basic; at++)
        out[n++] = (unsigned char)in.p[at];
    at = basic;
    while (at < in.n) {
        uint32_t before = i;
        if (n == LABEL_MAX || !decode_delta(in, &at, bias, &i))
            return 0;
        bias = adapt(i - before, (uint32_t)n + 1, before == 0 && next == 128);
        if (i / (n + 1) > 0x10ffff - next)
            return 0;
        next += i / (uint32_t)(n + 1);
        i %= (uint32_t)(n + 1);
        memmove(out + i + 1, out + i, (n - i) * sizeof *out);
        out[i++] = next;
        n++;
    }
    return n;
}

bool idna_is_a_label(str label)
{
    uint32_t points[LABEL_MAX];
    char text[4 * LABEL_MAX];
    size_t bytes = 0;
    int64_t steps = INT64_MAX;
    bool plain = true;

    if (label.n < 5 || label.n > LABEL_MAX)
        return false;
    size_t n = decode(str_sub(label, 4, label.n), points);
    for (size_t i = 0; i < n; i++) {
        size_t one = utf8_encode(points[i], text + bytes);
        if (!one)
            return false;
        bytes += one;
        plain &= points[i] < 128;
    }
    if (n == 0 || plain)
        return false;
    pthread_once(&once, compile_bad);
    return bad.code && pattern_match(&bad, str_bytes(text, bytes), &steps) == PATTERN_NO;
}
