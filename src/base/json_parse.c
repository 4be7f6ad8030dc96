/* json_parse.c - text to tree, one pass
 *
 * Children of an open container wait on a stack of their own and are copied to the arena, as one
 * block, when it closes. The first members of that stack lie in the parser itself, so that a
 * request body of ordinary size costs no malloc at all.
 */
#include "base/json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

const struct json_limits json_limits_default = {.depth = 64, .count = 100000};
const struct json_limits json_limits_wide = {.depth = JSON_MAX_DEPTH, .count = 16000000};

enum { STACK_INSIDE = 64, SORT_FROM = 24 };

struct parser {
    const char *start, *p, *end;
    struct arena *arena;
    struct fault *f;
    unsigned depth, depth_max, count_left;
    struct json_member *stack, inside[STACK_INSIDE];
    size_t top, room;
};

static enum err bad(struct parser *ps, const char *what)
{
    return fault(ps->f, ERR_MALFORMED_JSON, "%s at byte %zu", what, (size_t)(ps->p - ps->start));
}

static enum err push(struct parser *ps, str key, const struct json *value)
{
    if (ps->top == ps->room) {
        size_t room = ps->room * 2;
        bool inside = ps->stack == ps->inside;
        struct json_member *s = realloc(inside ? NULL : ps->stack, room * sizeof *s);
        if (!s)
            return fault(ps->f, ERR_MEMORY, "out of memory");
        if (inside)
            memcpy(s, ps->inside, sizeof ps->inside);
        ps->stack = s;
        ps->room = room;
    }
    ps->stack[ps->top++] = (struct json_member){key, *value};
    return OK;
}

static void skip_blanks(struct parser *ps)
{
    while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\n' || *ps->p == '\r' || *ps->p == '\t'))
        ps->p++;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at p; -1 if they are not there. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* \uXXXX, with its second half where the first is a high surrogate. */
static enum err parse_unicode(struct parser *ps, char **to)
{
    int32_t u = hex4(ps->p, ps->end);

    if (u < 0)
        return bad(ps, "bad \\u escape");
    ps->p += 4;
    if (u >= 0xd800 && u < 0xdc00) {
        int32_t low = ps->end - ps->p >= 6 && ps->p[0] == '\\' && ps->p[1] == 'u'
                          ? hex4(ps->p + 2, ps->end)
                          : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return bad(ps, "lone surrogate");
        ps->p += 6;
        u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
    } else if (u >= 0xdc00 && u < 0xe000) {
        return bad(ps, "lone surrogate");
    }
    *to += utf8_encode((uint32_t)u, *to);
    return OK;
}

static enum err parse_escape(struct parser *ps, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";

    if (ps->p == ps->end)
        return bad(ps, "unfinished string");
    char c = *ps->p++;
    if (c == 'u')
        return parse_unicode(ps, to);
    const char *hit = c ? strchr(from, c) : NULL;
    if (!hit) {
        ps->p--;
        return bad(ps, "unknown escape");
    }
    *(*to)++ = into[hit - from];
    return OK;
}

/* The end of a run of plain ASCII string bytes: no quote, backslash, control or high bit.
 * Eight at a time with the usual has-zero-byte arithmetic. */
static const char *plain_run(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t w;

    for (; end - p >= 8; p += 8) {
        memcpy(&w, p, 8);
        uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
        uint64_t stop = (w - ones * 0x20) | (quote - ones) | (slash - ones) | w;
        if (stop & highs)
            break;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' &&
           *p != '\\')
        p++;
    return p;
}

/* The end of a run of well-formed two-byte sequences: Arabic, Cyrillic, Greek, Latin accents. */
static const char *two_byte_run(const char *p, const char *end)
{
    while (end - p >= 2 && (unsigned char)p[0] >= 0xc2 && (unsigned char)p[0] < 0xe0 &&
           ((unsigned char)p[1] & 0xc0) == 0x80)
        p += 2;
    return p;
}

/* Moves over bytes until the closing quote or a backslash, checking UTF-8. */
static enum err scan_string(struct parser *ps)
{
    uint32_t cp;

    for (;;) {
        ps->p = two_byte_run(plain_run(ps->p, ps->end), ps->end);
        if (ps->p == ps->end)
            return bad(ps, "unfinished string");
        unsigned char c = (unsigned char)*ps->p;
        if (c == '"' || c == '\\')
            return OK;
        if (c >= 0x20 && c < 0x80)
            continue;
        size_t len = utf8_decode(str_bytes(ps->p, (size_t)(ps->end - ps->p)), &cp);
        if (len <= 1)
            return bad(ps, len ? "control character in string" : "invalid UTF-8");
        ps->p += len;
    }
}

/* After the opening quote. */
static enum err parse_string(struct parser *ps, str *out)
{
    const char *start = ps->p;

    TRY(scan_string(ps));
    if (*ps->p == '"') {
        *out = str_bytes(start, (size_t)(ps->p++ - start));
        return OK;
    }
    /* escapes only ever shorten, so the rest of the input bounds the copy; first find its end */
    const char *q = ps->p;
    while (q < ps->end && *q != '"')
        q += *q == '\\' && ps->end - q > 1 ? 2 : 1;
    if (q == ps->end)
        return bad(ps, "unfinished string");
    char *copy = arena_alloc(ps->arena, (size_t)(q - start)), *to = copy;
    TRY_PTR(copy, ps->f);
    for (;;) {
        memcpy(to, start, (size_t)(ps->p - start));
        to += ps->p - start;
        if (*ps->p++ == '"')
            break;
        TRY(parse_escape(ps, &to));
        start = ps->p;
        TRY(scan_string(ps));
    }
    *out = str_bytes(copy, (size_t)(to - copy));
    return OK;
}

/* Mantissas up to 2^53 with a power of ten up to 22 are exact in double arithmetic (Clinger);
 * everything else goes to strtod, which rounds correctly. */
static enum err parse_real(struct parser *ps, const char *start, uint64_t mantissa, bool exact,
                           int exp10, struct json *out)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double d;

    if (exact && mantissa <= (1ull << 53) && exp10 >= -22 && exp10 <= 22) {
        d = exp10 < 0 ? (double)mantissa / tens[-exp10] : (double)mantissa * tens[exp10];
        if (*start == '-')
            d = -d;
    } else {
        char small[64];
        size_t n = (size_t)(ps->p - start);
        char *copy = n < sizeof small ? small : arena_alloc(ps->arena, n + 1);
        TRY_PTR(copy, ps->f);
        memcpy(copy, start, n);
        copy[n] = 0;
        d = strtod(copy, NULL);
        if (!isfinite(d))
            return bad(ps, "number beyond the range of a double");
    }
    *out = (struct json){.type = J_REAL, .d = d};
    return OK;
}

static enum err parse_number(struct parser *ps, struct json *out)
{
    const char *start = ps->p;
    bool neg = *ps->p == '-', real = false, exact = true;
    uint64_t m = 0;
    int exp10 = 0;

    ps->p += neg;
    const char *digits = ps->p;
    for (; ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9'; ps->p++) {
        unsigned d = (unsigned)(*ps->p - '0');
        if (m > (UINT64_MAX - d) / 10)
            exact = false;
        else
            m = m * 10 + d;
    }
    if (ps->p == digits || (*digits == '0' && ps->p - digits > 1))
        return bad(ps, "bad number");
    if (ps->p < ps->end && *ps->p == '.') {
        const char *frac = ++ps->p;
        real = true;
        for (; ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9'; ps->p++) {
            unsigned d = (unsigned)(*ps->p - '0');
            if (!exact || m > (UINT64_MAX - d) / 10) {
                exact = false;
            } else {
                m = m * 10 + d;
                exp10--;
            }
        }
        if (ps->p == frac)
            return bad(ps, "bad number");
    }
    if (ps->p < ps->end && (*ps->p | 0x20) == 'e') {
        int sign = 1, e = 0;
        real = true;
        ps->p++;
        if (ps->p < ps->end && (*ps->p == '+' || *ps->p == '-'))
            sign = *ps->p++ == '-' ? -1 : 1;
        const char *edigits = ps->p;
        for (; ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9'; ps->p++)
            e = e < 100000 ? e * 10 + (*ps->p - '0') : e;
        if (ps->p == edigits)
            return bad(ps, "bad number");
        exp10 += sign * e;
    }
    if (real)
        return parse_real(ps, start, m, exact, exp10, out);
    if (!exact || m > (uint64_t)INT64_MAX + neg)
        return bad(ps, "integer beyond 64 bits");
    *out = (struct json){.type = J_INT, .i = neg ? (int64_t)(0 - m) : (int64_t)m};
    return OK;
}

static int by_key(const void *a, const void *b)
{
    const struct json_member *x = *(struct json_member *const *)a;
    const struct json_member *y = *(struct json_member *const *)b;

    return str_cmp(x->key, y->key);
}

/* Few keys are compared each with each; many are sorted first, so that no input makes this
 * quadratic. */
static enum err check_duplicates(struct parser *ps, struct json_member *m, size_t n)
{
    if (n < SORT_FROM) {
        for (size_t i = 1; i < n; i++)
            for (size_t j = 0; j < i; j++)
                if (m[i].key.n == m[j].key.n && (m[i].key.n == 0 || *m[i].key.p == *m[j].key.p) &&
                    str_eq(m[i].key, m[j].key))
                    return bad(ps, "duplicate key");
        return OK;
    }
    struct json_member **order = malloc(n * sizeof *order);
    if (!order)
        return fault(ps->f, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        order[i] = &m[i];
    qsort(order, n, sizeof *order, by_key);
    bool dup = false;
    for (size_t i = 1; i < n && !dup; i++)
        dup = str_eq(order[i - 1]->key, order[i]->key);
    free(order);
    return dup ? bad(ps, "duplicate key") : OK;
}

/* Room as json_push and json_put expect it: a power of two, at least 4. */
static size_t room_for(size_t n)
{
    size_t room = n ? 4 : 0;

    while (room < n)
        room *= 2;
    return room;
}

static enum err close_array(struct parser *ps, size_t base, struct json *out)
{
    size_t n = ps->top - base;
    struct json *items = arena_alloc(ps->arena, room_for(n) * sizeof *items);

    TRY_PTR(items, ps->f);
    for (size_t i = 0; i < n; i++)
        items[i] = ps->stack[base + i].value;
    ps->top = base;
    *out = (struct json){.type = J_ARRAY, .n = (uint32_t)n, .items = items};
    return OK;
}

static enum err close_object(struct parser *ps, size_t base, struct json *out)
{
    size_t n = ps->top - base;

    TRY(check_duplicates(ps, ps->stack + base, n));
    struct json_member *members = arena_alloc(ps->arena, room_for(n) * sizeof *members);
    TRY_PTR(members, ps->f);
    if (n)
        memcpy(members, ps->stack + base, n * sizeof *members);
    ps->top = base;
    *out = (struct json){.type = J_OBJECT, .n = (uint32_t)n, .members = members};
    return OK;
}

static enum err parse_value(struct parser *ps, struct json *out);

static enum err parse_key(struct parser *ps, str *out)
{
    skip_blanks(ps);
    if (ps->p == ps->end || *ps->p != '"')
        return bad(ps, "key expected");
    ps->p++;
    TRY(parse_string(ps, out));
    skip_blanks(ps);
    if (ps->p == ps->end || *ps->p != ':')
        return bad(ps, "colon expected");
    ps->p++;
    return OK;
}

/* After the opening bracket. */
static enum err parse_container(struct parser *ps, bool object, struct json *out)
{
    size_t base = ps->top;
    char close = object ? '}' : ']';
    struct json value;
    str key = STR_NONE;

    if (ps->depth++ == ps->depth_max)
        return fault(ps->f, ERR_LIMIT, "nested deeper than %u levels", ps->depth_max);
    skip_blanks(ps);
    if (ps->p < ps->end && *ps->p == close) {
        ps->p++;
    } else {
        for (;;) {
            if (object)
                TRY(parse_key(ps, &key));
            TRY(parse_value(ps, &value));
            TRY(push(ps, key, &value));
            skip_blanks(ps);
            if (ps->p == ps->end)
                return bad(ps, "unfinished container");
            char c = *ps->p;
            if (c != ',' && c != close)
                return bad(ps, "comma expected");
            ps->p++;
            if (c == close)
                break;
        }
    }
    ps->depth--;
    return object ? close_object(ps, base, out) : close_array(ps, base, out);
}

static enum err parse_word(struct parser *ps, str word, struct json value, struct json *out)
{
    if (!str_starts(str_bytes(ps->p, (size_t)(ps->end - ps->p)), word))
        return bad(ps, "value expected");
    ps->p += word.n;
    *out = value;
    return OK;
}

static enum err parse_value(struct parser *ps, struct json *out)
{
    str s;

    if (ps->count_left-- == 0)
        return fault(ps->f, ERR_LIMIT, "more values than allowed");
    skip_blanks(ps);
    if (ps->p == ps->end)
        return bad(ps, "value expected");
    switch (*ps->p) {
    case '{':
    case '[':
        return parse_container(ps, *ps->p++ == '{', out);
    case '"':
        ps->p++;
        TRY(parse_string(ps, &s));
        *out = json_of_str(s);
        return OK;
    case 't':
        return parse_word(ps, S("true"), json_of_bool(true), out);
    case 'f':
        return parse_word(ps, S("false"), json_of_bool(false), out);
    case 'n':
        return parse_word(ps, S("null"), (struct json){.type = J_NULL}, out);
    default:
        return parse_number(ps, out);
    }
}

enum err json_parse(struct arena *a, str text, const struct json_limits *limits, struct json **out,
                    struct fault *f)
{
    if (!limits)
        limits = &json_limits_default;
    assert(limits->depth <= JSON_MAX_DEPTH);
    struct parser ps;
    ps.start = ps.p = text.p;
    ps.end = text.p + text.n;
    ps.arena = a;
    ps.f = f;
    ps.depth = 0;
    ps.depth_max = limits->depth;
    ps.count_left = limits->count;
    ps.stack = ps.inside;
    ps.top = 0;
    ps.room = STACK_INSIDE;

    enum err e = OK;
    struct json *root = arena_new_of(a, struct json);
    if (!root)
        e = fault(f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    else if (text.n > UINT32_MAX)
        e = fault(f, ERR_LIMIT, "longer than 4 GiB");
    if (e == OK)
        e = parse_value(&ps, root);
    if (e == OK) {
        skip_blanks(&ps);
        if (ps.p != ps.end)
            e = bad(&ps, "bytes after the value");
    }
    if (ps.stack != ps.inside)
        free(ps.stack);
    if (e == OK)
        *out = root;
    return e;
}
