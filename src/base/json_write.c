/* json_write.c - tree or events to text; RFC 8785 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void separate(struct jw *w)
{
    if (w->comma)
        buf_add_char(w->b, ',');
    w->comma = true;
}

void jw_open(struct jw *w, char bracket)
{
    separate(w);
    buf_add_char(w->b, bracket);
    w->comma = false;
}

void jw_close(struct jw *w, char bracket)
{
    buf_add_char(w->b, bracket);
    w->comma = true;
}

static void add_escaped(struct buf *b, unsigned char c)
{
    static const char names[] = "btn\0fr"; /* 8 to 13; 11 has none */

    if (c == '"' || c == '\\') {
        buf_add(b, (char[]){'\\', (char)c}, 2);
    } else if (c >= 8 && c <= 13 && c != 11) {
        buf_add(b, (char[]){'\\', names[c - 8]}, 2);
    } else {
        static const char hex[] = "0123456789abcdef";
        buf_add(b, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    }
}

static void add_quoted(struct buf *b, str s)
{
    size_t from = 0;
    uint32_t cp;

    if (!s.p)
        s = S("");
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        size_t len = c < 0x80 ? 0 : utf8_decode(str_sub(s, i, s.n), &cp);
        if (len) {
            i += len;
            continue;
        }
        buf_add(b, s.p + from, i - from);
        if (c < 0x80)
            add_escaped(b, c);
        else
            buf_add_str(b, S("\xef\xbf\xbd"));
        from = ++i;
    }
    buf_add(b, s.p + from, s.n - from);
    buf_add_char(b, '"');
}

void jw_key(struct jw *w, str key)
{
    separate(w);
    add_quoted(w->b, key);
    buf_add_char(w->b, ':');
    w->comma = false;
}

void jw_string(struct jw *w, str s)
{
    separate(w);
    add_quoted(w->b, s);
}

static void add_int(struct buf *b, int64_t v)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, v);

    buf_add(b, text, (size_t)n);
}

void jw_int(struct jw *w, int64_t v)
{
    separate(w);
    add_int(w->b, v);
}

/* ECMAScript prints it as an integer, which an int64_t does not hold: who reads that refuses it. */
static bool looks_too_long(double d)
{
    return fabs(d) >= 0x1p63 && fabs(d) < 1e21;
}

void jw_real(struct jw *w, double d)
{
    char text[32];

    separate(w);
    if (!isfinite(d)) {
        buf_add_str(w->b, S("null"));
        return;
    }
    buf_add(w->b, text, json_format_real(d, text));
    if (looks_too_long(d))
        buf_add_str(w->b, S(".0"));
}

void jw_bool(struct jw *w, bool v)
{
    separate(w);
    buf_add_str(w->b, v ? S("true") : S("false"));
}

void jw_null(struct jw *w)
{
    separate(w);
    buf_add_str(w->b, S("null"));
}

void jw_raw(struct jw *w, str text)
{
    separate(w);
    buf_add_str(w->b, text);
}

void jw_tree(struct jw *w, const struct json *j)
{
    switch (j->type) {
    case J_NULL:
        jw_null(w);
        break;
    case J_BOOL:
        jw_bool(w, j->b);
        break;
    case J_INT:
        jw_int(w, j->i);
        break;
    case J_REAL:
        jw_real(w, j->d);
        break;
    case J_STRING:
        jw_string(w, json_str(j));
        break;
    case J_ARRAY:
        jw_open(w, '[');
        for (uint32_t i = 0; i < j->n; i++)
            jw_tree(w, &j->items[i]);
        jw_close(w, ']');
        break;
    case J_OBJECT:
        jw_open(w, '{');
        for (uint32_t i = 0; i < j->n; i++) {
            jw_key(w, j->members[i].key);
            jw_tree(w, &j->members[i].value);
        }
        jw_close(w, '}');
        break;
    }
}

void jw_kv(struct jw *w, str key, str value)
{
    jw_key(w, key);
    jw_string(w, value);
}

void jw_kv_int(struct jw *w, str key, int64_t value)
{
    jw_key(w, key);
    jw_int(w, value);
}

void jw_kv_bool(struct jw *w, str key, bool value)
{
    jw_key(w, key);
    jw_bool(w, value);
}

void jw_kv_strings(struct jw *w, str key, const str *list, size_t n)
{
    jw_key(w, key);
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++)
        jw_string(w, list[i]);
    jw_close(w, ']');
}

/* Shortest digits that read back as d, with the decimal exponent: value = 0.D1D2… × 10^point.
 * Fifteen digits always suffice to test first for normal numbers; subnormals have fewer. */
static int shortest_digits(double d, char digits[24], int *point)
{
    char text[40];
    int precision = fabs(d) < 2.3e-308 ? 1 : 15;

    for (; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, d);
        if (strtod(text, NULL) == d)
            break;
    }
    char *e = strchr(text, 'e');
    int n = 0;
    for (char *p = text; p < e; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    *point = atoi(e + 1) + 1;
    return n;
}

/* ECMA-262 Number::toString, radix 10. */
size_t json_format_real(double d, char out[32])
{
    char digits[24];
    int point;
    size_t n = 0;

    assert(isfinite(d));
    if (d == 0) {
        out[0] = '0';
        return 1;
    }
    if (d < 0) {
        out[n++] = '-';
        d = -d;
    }
    int k = shortest_digits(d, digits, &point);
    if (k <= point && point <= 21) {
        memcpy(out + n, digits, (size_t)k);
        memset(out + n + k, '0', (size_t)(point - k));
        return n + (size_t)point;
    }
    if (point > 0 && point <= 21) {
        memcpy(out + n, digits, (size_t)point);
        out[n + (size_t)point] = '.';
        memcpy(out + n + point + 1, digits + point, (size_t)(k - point));
        return n + (size_t)k + 1;
    }
    if (point > -6 && point <= 0) {
        out[n++] = '0';
        out[n++] = '.';
        memset(out + n, '0', (size_t)-point);
        n += (size_t)-point;
        memcpy(out + n, digits, (size_t)k);
        return n + (size_t)k;
    }
    out[n++] = digits[0];
    if (k > 1) {
        out[n++] = '.';
        memcpy(out + n, digits + 1, (size_t)k - 1);
        n += (size_t)k - 1;
    }
    return n + (size_t)snprintf(out + n, 32 - n, "e%+d", point - 1);
}

/* RFC 8785 §3.2.3: keys ordered by their UTF-16 code units. UTF-8 order differs from it only
 * where a supplementary character (lead byte F0 and up, a surrogate in UTF-16) meets U+E000 to
 * U+FFFF (lead byte EE or EF). */
static int by_utf16(const void *a, const void *b)
{
    str x = (*(const struct json_member *const *)a)->key;
    str y = (*(const struct json_member *const *)b)->key;
    size_t n = x.n < y.n ? x.n : y.n;

    for (size_t i = 0; i < n; i++) {
        unsigned char p = (unsigned char)x.p[i], q = (unsigned char)y.p[i];
        if (p == q)
            continue;
        if (p >= 0xf0 && (q == 0xee || q == 0xef))
            return -1;
        if (q >= 0xf0 && (p == 0xee || p == 0xef))
            return 1;
        return p < q ? -1 : 1;
    }
    return (x.n > y.n) - (x.n < y.n);
}

static enum err canonical(struct jw *w, const struct json *j, struct arena *scratch,
                          struct fault *f)
{
    const int64_t exact = (int64_t)1 << 53;

    if (j->type == J_INT && (j->i > exact || j->i < -exact))
        return fault(f, ERR_RANGE, "integer beyond 2^53 has no canonical form");
    if (j->type == J_REAL && looks_too_long(j->d))
        return fault(f, ERR_RANGE, "number beyond 2^63 has no canonical form");
    if (j->type == J_ARRAY) {
        jw_open(w, '[');
        for (uint32_t i = 0; i < j->n; i++)
            TRY(canonical(w, &j->items[i], scratch, f));
        jw_close(w, ']');
        return OK;
    }
    if (j->type != J_OBJECT) {
        jw_tree(w, j);
        return OK;
    }
    const struct json_member **order = arena_alloc(scratch, j->n * sizeof *order);
    TRY_PTR(order, f);
    for (uint32_t i = 0; i < j->n; i++)
        order[i] = &j->members[i];
    qsort(order, j->n, sizeof *order, by_utf16);
    jw_open(w, '{');
    for (uint32_t i = 0; i < j->n; i++) {
        jw_key(w, order[i]->key);
        TRY(canonical(w, &order[i]->value, scratch, f));
    }
    jw_close(w, '}');
    return OK;
}

enum err json_canonical(struct buf *b, const struct json *j, struct arena *scratch, struct fault *f)
{
    struct jw w = JW(b);

    TRY(canonical(&w, j, scratch, f));
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY_LIMIT, "canonical form beyond the limit");
}
