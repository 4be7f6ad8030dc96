/* target.c - the request target (RFC 9112, 3.2; RFC 3986, 3.3 and 3.4), strictly
 *
 * Only the origin form is taken, and "*" for OPTIONS. The absolute form is refused although RFC
 * 9112 asks servers to take it: it names the host a second time, and no client or proxy sends it
 * to an origin server.
 */
#include "http/guard_int.h"

/* pchar, '/' and '?' of RFC 3986; '%' is looked at apart */
static const bool allowed[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['-'] = true, ['.'] = true,
    ['_'] = true,         ['~'] = true,         ['!'] = true,         ['$'] = true, ['&'] = true,
    ['\''] = true,        ['('] = true,         [')'] = true,         ['*'] = true, ['+'] = true,
    [','] = true,         [';'] = true,         ['='] = true,         [':'] = true, ['@'] = true,
    ['/'] = true,         ['?'] = true,         ['%'] = true,
};

static enum err bad(struct fault *f, const char *what)
{
    return fault(f, ERR_MALFORMED_REQUEST, "%s", what);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that a triplet at s.p[i] stands for, or -1. */
static int triplet(str s, size_t i)
{
    if (s.n - i < 3)
        return -1;
    int high = hex_digit(s.p[i + 1]), low = hex_digit(s.p[i + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* '.' and '..', however spelt, would let a path climb past a rule made for its prefix. */
static bool is_dots(str segment)
{
    size_t dots = 0;

    for (size_t i = 0; i < segment.n; i++, dots++) {
        if (segment.p[i] == '%' && triplet(segment, i) == '.')
            i += 2;
        else if (segment.p[i] != '.')
            return false;
    }
    return dots == 1 || dots == 2;
}

static enum err check_segments(str path, struct fault *f)
{
    str rest = path, segment;

    while (str_split(&rest, '/', &segment)) {
        if (is_dots(segment))
            return bad(f, "the path climbs");
        for (size_t i = 0; i < segment.n; i++) {
            if (segment.p[i] != '%')
                continue;
            int c = triplet(segment, i);
            if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
                return bad(f, "the path hides a slash, backslash or control character");
        }
    }
    return OK;
}

enum err target_check(str t, str *out_path, str *out_query, struct fault *f)
{
    bool escapes = false;

    if (str_eq(t, S("*"))) {
        *out_path = t;
        *out_query = STR_NONE;
        return OK;
    }
    if (t.n == 0 || t.p[0] != '/')
        return bad(f, "the address is not a path");
    for (size_t i = 0; i < t.n; i++) {
        if (!allowed[(unsigned char)t.p[i]])
            return bad(f, "the address has a forbidden character");
        if (t.p[i] == '%' && triplet(t, i) < 0)
            return bad(f, "the address has a broken percent escape");
        escapes |= t.p[i] == '%' || t.p[i] == '.';
    }
    ptrdiff_t mark = str_find_char(t, '?');
    str path = mark < 0 ? t : str_sub(t, 0, (size_t)mark);
    if (escapes)
        TRY(check_segments(path, f));
    *out_path = path;
    *out_query = mark < 0 ? STR_NONE : str_sub(t, (size_t)mark + 1, t.n);
    return OK;
}

enum err target_decode(struct arena *a, str raw, bool query, str *out, struct fault *f)
{
    size_t i = 0, n = 0;

    while (i < raw.n && raw.p[i] != '%' && !(query && raw.p[i] == '+'))
        i++;
    if (i == raw.n) { /* nothing to decode, and ASCII since guard_check() saw it */
        *out = raw;
        return OK;
    }
    char *to = arena_alloc(a, raw.n);
    TRY_PTR(to, f);
    for (i = 0; i < raw.n; i++) {
        int c = (unsigned char)raw.p[i];
        if (c == '%') {
            c = triplet(raw, i);
            i += 2;
        } else if (query && c == '+') {
            c = ' ';
        }
        if (c <= 0)
            return bad(f, "the address has a broken or forbidden escape");
        to[n++] = (char)c;
    }
    if (!utf8_valid(str_bytes(to, n)))
        return bad(f, "the address is not UTF-8");
    *out = str_bytes(to, n);
    return OK;
}

enum err target_query(struct arena *a, str raw, const struct http_pair **out, unsigned *out_n,
                      struct fault *f)
{
    unsigned n = 0, room = 1;
    str rest = raw, piece;

    if (raw.n == 0)
        return OK;
    for (size_t i = 0; i < raw.n; i++)
        room += raw.p[i] == '&';
    if (room > HTTP_MAX_QUERY)
        return bad(f, "too many query parameters");
    struct http_pair *pairs = arena_alloc(a, room * sizeof *pairs);
    TRY_PTR(pairs, f);
    while (str_split(&rest, '&', &piece)) {
        ptrdiff_t eq = str_find_char(piece, '=');
        str name = eq < 0 ? piece : str_sub(piece, 0, (size_t)eq);
        str value = eq < 0 ? S("") : str_sub(piece, (size_t)eq + 1, piece.n);
        if (name.n == 0)
            return bad(f, "a query parameter without a name");
        TRY(target_decode(a, name, true, &pairs[n].name, f));
        TRY(target_decode(a, value, true, &pairs[n].value, f));
        n++;
    }
    *out = pairs;
    *out_n = n;
    return OK;
}
