/* uri.c - resolution of references (RFC 3986, 5.2.2 to 5.2.4) */
#include "schema/schema_int.h"

struct uri {
    str scheme, authority, path, query; /* .p NULL where absent; path never */
};

/* A scheme ends at the first ':' if nothing but its characters comes before. */
static size_t scheme_length(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], lower = (char)(c | 0x20);
        bool letter = lower >= 'a' && lower <= 'z';
        if (c == ':')
            return i;
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
            return 0;
    }
    return 0;
}

static struct uri parse(str s)
{
    struct uri u = {.path = S("")};
    size_t n = scheme_length(s);
    ptrdiff_t at = str_find_char(s, '?');

    if (at >= 0) {
        u.query = str_sub(s, (size_t)at + 1, s.n);
        s = str_sub(s, 0, (size_t)at);
    }
    if (n && n < s.n) {
        u.scheme = str_sub(s, 0, n);
        s = str_sub(s, n + 1, s.n);
    }
    if (str_starts(s, S("//"))) {
        s = str_sub(s, 2, s.n);
        at = str_find_char(s, '/');
        size_t end = at < 0 ? s.n : (size_t)at;
        u.authority = str_sub(s, 0, end);
        s = str_sub(s, end, s.n);
    }
    u.path = s;
    return u;
}

/* 5.2.4: in place; returns the new length. */
static size_t remove_dots(char *p, size_t n)
{
    size_t in = 0, out = 0;

    while (in < n) {
        str rest = str_bytes(p + in, n - in);
        if (str_starts(rest, S("../"))) {
            in += 3;
        } else if (str_starts(rest, S("./")) || str_starts(rest, S("/./"))) {
            in += 2;
        } else if (str_eq(rest, S("/."))) {
            p[in + 1] = '/';
            in += 1;
        } else if (str_starts(rest, S("/../")) || str_eq(rest, S("/.."))) {
            if (rest.n == 3)
                p[in + 2] = '/';
            in += rest.n == 3 ? 2 : 3;
            while (out > 0 && p[--out] != '/')
                ;
        } else if (str_eq(rest, S(".")) || str_eq(rest, S(".."))) {
            in = n;
        } else {
            do
                p[out++] = p[in++];
            while (in < n && p[in] != '/');
        }
    }
    return out;
}

static str put_together(struct arena *a, const struct uri *u, str path)
{
    return str_printf(a, "%.*s%s%s%.*s%.*s%s%.*s", STR_FMT(u->scheme), u->scheme.p ? ":" : "",
                      u->authority.p ? "//" : "", STR_FMT(u->authority), STR_FMT(path),
                      u->query.p ? "?" : "", STR_FMT(u->query));
}

/* 5.2.3 */
static str merge(struct arena *a, const struct uri *base, str path)
{
    if (base->authority.p && base->path.n == 0)
        return str_printf(a, "/%.*s", STR_FMT(path));
    size_t keep = base->path.n;
    while (keep > 0 && base->path.p[keep - 1] != '/')
        keep--;
    return str_printf(a, "%.*s%.*s", (int)keep, base->path.p, STR_FMT(path));
}

str uri_resolve(struct arena *a, str base_text, str ref, str *out_fragment)
{
    ptrdiff_t hash = str_find_char(ref, '#');

    *out_fragment = hash < 0 ? STR_NONE : str_sub(ref, (size_t)hash + 1, ref.n);
    str plain = hash < 0 ? ref : str_sub(ref, 0, (size_t)hash);
    if (plain.n == 0)
        return base_text;
    struct uri r = parse(plain), base = parse(base_text);
    str path = r.path;
    if (!r.scheme.p) {
        r.scheme = base.scheme;
        if (!r.authority.p) {
            r.authority = base.authority;
            if (path.n == 0) {
                path = base.path;
                r.query = r.query.p ? r.query : base.query;
            } else if (path.p[0] != '/') {
                path = merge(a, &base, path);
            }
        }
    }
    if (!path.p)
        return STR_NONE;
    char *copy = str_cstr(a, path);
    if (!copy)
        return STR_NONE;
    return put_together(a, &r, str_bytes(copy, remove_dots(copy, path.n)));
}
