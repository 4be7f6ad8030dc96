/* vds_text.c - C40, dates, and values as text */
#include "base/encode.h"
#include "paper/vds_int.h"

#include <stdio.h>
#include <stdlib.h>

#define C40_UNLATCH 0xfe

/* --- C40 (ISO/IEC 16022, 5.2.5, as narrowed by Doc 9303-13, 2.3.1) ----------------------- */

/* 3 is the blank, 4 to 13 the digits, 14 to 39 the letters; 0 fills an unfinished triple. */
static int c40_char(unsigned v)
{
    if (v == 3)
        return ' ';
    if (v >= 4 && v <= 13)
        return (int)('0' + v - 4);
    if (v >= 14 && v <= 39)
        return (int)('A' + v - 14);
    return -1;
}

static int c40_value(char c)
{
    if (c == ' ' || c == '<')
        return 3;
    if (c >= '0' && c <= '9')
        return c - '0' + 4;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 14;
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 14;
    return -1;
}

bool c40_decode(str bytes, char *out, size_t *out_n)
{
    size_t n = 0;

    if (bytes.n % 2)
        return false;
    for (size_t i = 0; i < bytes.n; i += 2) {
        unsigned a = (uint8_t)bytes.p[i], b = (uint8_t)bytes.p[i + 1];
        if (a == C40_UNLATCH) { /* one character in ASCII, plus one */
            if (b < 0x21 || b > 0x80)
                return false; /* blank to DEL */
            out[n++] = (char)(b - 1);
            continue;
        }
        unsigned v = a * 256 + b;
        if (v == 0)
            return false;
        v--;
        unsigned triple[3] = {v / 1600, v / 40 % 40, v % 40};
        for (size_t k = 0; k < 3; k++) {
            int c = c40_char(triple[k]);
            if (triple[k] == 0)
                continue; /* shift 1, the filler */
            if (c < 0)
                return false;
            out[n++] = (char)c;
        }
    }
    out[n] = 0;
    *out_n = n;
    return true;
}

bool c40_encode(struct buf *b, str text)
{
    for (size_t i = 0; i < text.n; i += 3) {
        int v[3] = {0, 0, 0};
        size_t have = text.n - i < 3 ? text.n - i : 3;
        for (size_t k = 0; k < have; k++)
            if ((v[k] = c40_value(text.p[i + k])) < 0)
                return false;
        if (have == 1) {
            char c = text.p[i] == '<' ? ' ' : text.p[i];
            c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
            buf_add_u8(b, C40_UNLATCH);
            buf_add_u8(b, (uint8_t)(c + 1));
        } else {
            buf_add_u16(b, (uint16_t)(v[0] * 1600 + v[1] * 40 + v[2] + 1));
        }
    }
    return true;
}

/* --- dates ------------------------------------------------------------------------------- */

bool vds_date_ok(struct vds_date d)
{
    static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);

    if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
        return false;
    return d.day <= days[d.month] + (leap && d.month == 2);
}

bool vds_date_decode(const uint8_t p[3], struct vds_date *out)
{
    uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    struct vds_date d = {(uint16_t)(v % 10000), (uint8_t)(v / 1000000), (uint8_t)(v / 10000 % 100)};

    if (v != 0 && !vds_date_ok(d))
        return false;
    *out = d;
    return true;
}

void vds_date_encode(struct buf *b, struct vds_date d)
{
    uint32_t v = d.month * 1000000u + d.day * 10000u + d.year;

    buf_add_u8(b, (uint8_t)(v >> 16));
    buf_add_u16(b, (uint16_t)v);
}

/* Eight digits as a date; false otherwise. */
static bool digits_date(str s, struct vds_date *out)
{
    int64_t v;

    if (s.n != 8 || s.p[0] == '-' || !str_to_int64(s, &v))
        return false;
    struct vds_date d = {(uint16_t)(v / 10000), (uint8_t)(v / 100 % 100), (uint8_t)(v % 100)};
    if (!vds_date_ok(d))
        return false;
    *out = d;
    return true;
}

static str date_text(str digits, struct arena *a)
{
    struct vds_date d;

    if (!digits_date(digits, &d))
        return STR_NONE;
    return str_printf(a, "%04u-%02u-%02u", d.year, d.month, d.day);
}

static bool date_from_text(str text, struct buf *b)
{
    struct vds_date d;
    char digits[8];

    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
        return false;
    memcpy(digits, text.p, 4);
    memcpy(digits + 4, text.p + 5, 2);
    memcpy(digits + 6, text.p + 8, 2);
    if (!digits_date(str_bytes(digits, 8), &d))
        return false;
    buf_add(b, digits, 8);
    return true;
}

static str validity_text(str value, struct arena *a)
{
    ptrdiff_t nul = str_find_char(value, 0);
    str from = nul < 0 ? value : str_sub(value, 0, (size_t)nul);
    str to = nul < 0 ? S("") : str_sub(value, (size_t)nul + 1, value.n);
    str a_text = from.n ? date_text(from, a) : S("");
    str b_text = to.n ? date_text(to, a) : S("");

    if (!a_text.p || !b_text.p)
        return STR_NONE;
    if (b_text.n == 0)
        return a_text;
    return str_printf(a, "%.*s - %.*s", STR_FMT(a_text), STR_FMT(b_text));
}

static bool validity_from_text(str text, struct buf *b)
{
    ptrdiff_t at = str_find(text, S(" - "));
    str from = at < 0 ? text : str_sub(text, 0, (size_t)at);
    str to = at < 0 ? S("") : str_sub(text, (size_t)at + 3, text.n);

    if (from.n && !date_from_text(from, b))
        return false;
    buf_add_char(b, 0);
    return to.n == 0 || date_from_text(to, b);
}

/* --- zones ------------------------------------------------------------------------------- */

/* Characters of the first line; the rest is the second, except that 90 are three lines. */
static size_t first_line(enum vds_coding coding, size_t n)
{
    switch (coding) {
    case VDS_MRZ_MRVA:
        return 44;
    case VDS_MRZ_MRVB:
        return 36;
    case VDS_BYTES:
    case VDS_BYTE:
    case VDS_C40:
    case VDS_UTF8:
    case VDS_MRZ:
    case VDS_DATE_STRING:
    case VDS_VALIDITY_DATES:
        break;
    }
    return n == 90 ? 30 : n / 2;
}

/* A visa's second line has 28 characters; blanks beyond them only fill the last triple. */
static str without_fill(enum vds_coding coding, str c40)
{
    size_t most = first_line(coding, c40.n) + 28;

    if (coding == VDS_MRZ)
        return c40;
    while (c40.n > most && c40.p[c40.n - 1] == ' ')
        c40.n--;
    return c40;
}

static str zone_text(enum vds_coding coding, str c40, struct arena *a)
{
    char *out = arena_alloc(a, c40.n + 4);
    size_t n = 0, line = first_line(coding, c40.n), rest = c40.n == 90 ? 30 : c40.n;

    if (!out)
        return STR_NONE;
    for (size_t i = 0; i < c40.n; i++) {
        if (i == line && i > 0) {
            out[n++] = '\n';
            line += rest;
        }
        out[n++] = c40.p[i] == ' ' ? '<' : c40.p[i];
    }
    return str_bytes(out, n);
}

static bool zone_from_text(str text, struct buf *b)
{
    char flat[128];
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n' || text.p[i] == '\r')
            continue;
        if (n == sizeof flat)
            return false;
        flat[n++] = text.p[i];
    }
    return c40_encode(b, str_bytes(flat, n));
}

/* --- values ------------------------------------------------------------------------------ */

static str c40_text(str value, struct arena *a)
{
    char *out = arena_alloc(a, value.n / 2 * 3 + 1);
    size_t n;

    return out && c40_decode(value, out, &n) ? str_bytes(out, n) : STR_NONE;
}

static str hex_text(str value, struct arena *a)
{
    char *out = arena_alloc(a, value.n * 2 + 1);

    if (!out)
        return STR_NONE;
    hex_encode(value.p, value.n, out);
    return str_bytes(out, value.n * 2);
}

str vds_value_text(enum vds_coding coding, str value, struct arena *a)
{
    str c40;

    switch (coding) {
    case VDS_BYTES:
        return hex_text(value, a);
    case VDS_BYTE:
        return value.n == 1 ? str_printf(a, "%u", (unsigned)(uint8_t)value.p[0]) : STR_NONE;
    case VDS_C40:
        return c40_text(value, a);
    case VDS_UTF8:
        return utf8_valid(value) ? value : STR_NONE;
    case VDS_MRZ:
    case VDS_MRZ_MRVA:
    case VDS_MRZ_MRVB:
        c40 = c40_text(value, a);
        return c40.p ? zone_text(coding, without_fill(coding, c40), a) : STR_NONE;
    case VDS_DATE_STRING:
        return date_text(value, a);
    case VDS_VALIDITY_DATES:
        return validity_text(value, a);
    }
    return STR_NONE;
}

static bool hex_from_text(str text, struct buf *b)
{
    char *to = text.n % 2 ? NULL : buf_extend(b, text.n / 2);

    return text.n == 0 || (to && hex_decode(text, to, text.n / 2));
}

bool vds_value_encode(enum vds_coding coding, str text, struct buf *b)
{
    int64_t v;

    switch (coding) {
    case VDS_BYTES:
        return hex_from_text(text, b);
    case VDS_BYTE:
        if (!str_to_int64(text, &v) || v < 0 || v > 255)
            return false;
        buf_add_u8(b, (uint8_t)v);
        return true;
    case VDS_C40:
        return c40_encode(b, text);
    case VDS_UTF8:
        buf_add_str(b, text);
        return utf8_valid(text);
    case VDS_MRZ:
    case VDS_MRZ_MRVA:
    case VDS_MRZ_MRVB:
        return zone_from_text(text, b);
    case VDS_DATE_STRING:
        return date_from_text(text, b);
    case VDS_VALIDITY_DATES:
        return validity_from_text(text, b);
    }
    return false;
}
