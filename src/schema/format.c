/* format.c - the formats that are asserted, each after its RFC
 *
 * Not asserted, hence always valid: idn-hostname, iri, iri-reference, uri-template, and every
 * name the draft does not define.
 */
#include "schema/schema_int.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Exactly n digits at s.p + at; -1 otherwise. */
static int number(str s, size_t at, size_t n)
{
    int v = 0;

    if (at > s.n || s.n - at < n)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (!is_digit(s.p[i]))
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

/* RFC 3339, 5.6: full-date */
static bool is_date(str s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = number(s, 0, 4), m = number(s, 5, 2), d = number(s, 8, 2);

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || y < 0 || m < 1 || m > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= days[m - 1] + (m == 2 && leap);
}

/* RFC 3339, 5.6: full-time. A leap second is one only at 23:59 UTC. */
static bool is_time(str s)
{
    int h = number(s, 0, 2), m = number(s, 3, 2), sec = number(s, 6, 2);
    size_t i = 8;

    if (s.n < 9 || s.p[2] != ':' || s.p[5] != ':' || h < 0 || h > 23 || m < 0 || m > 59 ||
        sec < 0 || sec > 60)
        return false;
    if (s.p[i] == '.') {
        size_t from = ++i;
        while (i < s.n && is_digit(s.p[i]))
            i++;
        if (i == from || i == s.n)
            return false;
    }
    int offset = 0;
    if (s.p[i] == 'Z' || s.p[i] == 'z') {
        if (i + 1 != s.n)
            return false;
    } else {
        int oh = number(s, i + 1, 2), om = number(s, i + 4, 2);
        if ((s.p[i] != '+' && s.p[i] != '-') || i + 6 != s.n || s.p[i + 3] != ':' || oh < 0 ||
            oh > 23 || om < 0 || om > 59)
            return false;
        offset = (s.p[i] == '-' ? -1 : 1) * (oh * 60 + om);
    }
    return sec < 60 || (h * 60 + m - offset + 2880) % 1440 == 1439;
}

static bool is_date_time(str s)
{
    return s.n > 11 && (s.p[10] == 'T' || s.p[10] == 't') && is_date(str_sub(s, 0, 10)) &&
           is_time(str_sub(s, 11, s.n));
}

/* Digits with a unit each, units in the order given, each at most once; advances *i. Units that
 * are not the neighbours of each other may not skip one between (RFC 3339, appendix A). */
static unsigned duration_part(str s, size_t *i, const char *units)
{
    unsigned parts = 0;
    const char *expected = NULL;

    while (*i < s.n && is_digit(s.p[*i])) {
        size_t k = *i;
        while (k < s.n && is_digit(s.p[k]))
            k++;
        const char *unit = k < s.n ? strchr(units, s.p[k]) : NULL;
        if (!unit || !*unit || (expected && unit != expected))
            return 0;
        expected = unit + 1;
        *i = k + 1;
        parts++;
    }
    return parts;
}

static bool is_duration(str s)
{
    size_t i = 1;

    if (s.n < 3 || s.p[0] != 'P')
        return false;
    if (s.p[s.n - 1] == 'W')
        return duration_part(s, &i, "W") == 1 && i == s.n;
    unsigned parts = duration_part(s, &i, "YMD");
    if (i < s.n && s.p[i] == 'T') {
        i++;
        unsigned times = duration_part(s, &i, "HMS");
        if (times == 0)
            return false;
        parts += times;
    }
    return parts > 0 && i == s.n;
}

/* RFC 1123, 2.1: labels of letters, digits and inner hyphens. Only an A-label has hyphens in
 * third and fourth place (RFC 5891, 4.2.3.1). */
static bool is_label(str l)
{
    if (l.n == 0 || l.n > 63 || l.p[0] == '-' || l.p[l.n - 1] == '-')
        return false;
    for (size_t i = 0; i < l.n; i++)
        if (!is_letter(l.p[i]) && !is_digit(l.p[i]) && l.p[i] != '-')
            return false;
    bool hyphens = l.n >= 4 && l.p[2] == '-' && l.p[3] == '-';
    return !hyphens || (str_eq_nocase(str_sub(l, 0, 2), S("xn")) && idna_is_a_label(l));
}

static bool is_hostname(str s)
{
    str rest = s, label;

    if (s.n == 0 || s.n > 253)
        return false;
    while (str_split(&rest, '.', &label))
        if (!is_label(label))
            return false;
    return true;
}

static bool is_ipv4(str s)
{
    str rest = s, part;
    int n = 0;

    while (str_split(&rest, '.', &part)) {
        int v = part.n >= 1 && part.n <= 3 ? number(part, 0, part.n) : -1;
        if (v < 0 || v > 255 || (part.n > 1 && part.p[0] == '0'))
            return false;
        n++;
    }
    return n == 4;
}

/* RFC 4291, 2.2 */
static bool is_ipv6(str s)
{
    size_t i = 0;
    int groups = 0;
    bool gap = false;

    if (str_starts(s, S("::"))) {
        gap = true;
        i = 2;
    } else if (s.n && s.p[0] == ':') {
        return false;
    }
    while (i < s.n) {
        size_t from = i;
        while (i < s.n && is_hex(s.p[i]))
            i++;
        if (i < s.n && s.p[i] == '.') {
            groups += 2;
            return is_ipv4(str_sub(s, from, s.n)) && (gap ? groups < 8 : groups == 8);
        }
        if (i == from || i - from > 4)
            return false;
        groups++;
        if (i == s.n)
            break;
        if (s.p[i++] != ':' || i == s.n)
            return false;
        if (s.p[i] == ':') {
            if (gap)
                return false;
            gap = true;
            i++;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* atext of RFC 5322, 3.2.3 */
static bool is_atom(char c, bool international)
{
    return is_letter(c) || is_digit(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)) ||
           (international && (c & 0x80));
}

/* RFC 5321, 4.1.2: Mailbox */
static bool is_mailbox(str s, bool international)
{
    size_t at = s.n;

    while (at > 0 && s.p[at - 1] != '@')
        at--;
    if (at < 2 || at - 1 > 64)
        return false;
    str local = str_sub(s, 0, at - 1), domain = str_sub(s, at, s.n);
    if (local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"') {
        for (size_t i = 1; i < local.n - 1; i++) {
            unsigned char c = (unsigned char)local.p[i];
            if (c == '\\')
                i++;
            else if (c < 0x20 || c == '"' || c == 0x7f || (c >= 0x80 && !international))
                return false;
            if (i >= local.n - 1)
                return false;
        }
    } else {
        for (size_t i = 0; i < local.n; i++)
            if (local.p[i] == '.' ? i == 0 || i + 1 == local.n || local.p[i - 1] == '.'
                                  : !is_atom(local.p[i], international))
                return false;
    }
    if (domain.n > 2 && domain.p[0] == '[' && domain.p[domain.n - 1] == ']') {
        str inner = str_sub(domain, 1, domain.n - 1);
        return str_starts(inner, S("IPv6:")) ? is_ipv6(str_sub(inner, 5, inner.n)) : is_ipv4(inner);
    }
    if (!international)
        return is_hostname(domain);
    for (size_t i = 0; i < domain.n; i++)
        if (!is_letter(domain.p[i]) && !is_digit(domain.p[i]) && !(domain.p[i] & 0x80) &&
            domain.p[i] != '-' && domain.p[i] != '.')
            return false;
    return domain.n > 0;
}

static bool is_email(str s)
{
    return is_mailbox(s, false);
}

static bool is_idn_email(str s)
{
    return is_mailbox(s, true);
}

static bool is_uuid(str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
            return false;
    }
    return true;
}

/* RFC 6901, 3 */
static bool is_json_pointer(str s)
{
    if (s.n && s.p[0] != '/')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '~' && (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
            return false;
    return true;
}

/* draft-bhutton-relative-json-pointer-00 */
static bool is_relative_pointer(str s)
{
    size_t i = 0;

    while (i < s.n && is_digit(s.p[i]))
        i++;
    if (i == 0 || (i > 1 && s.p[0] == '0'))
        return false;
    str rest = str_sub(s, i, s.n);
    return str_eq(rest, S("#")) || is_json_pointer(rest);
}

/* Characters of RFC 3986, with %XX; `extra` are those allowed beside unreserved, sub-delims. */
static bool uri_chars(str s, const char *extra)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            if (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))
                return false;
            i += 2;
        } else if (!is_letter(c) && !is_digit(c) &&
                   (!c || (!strchr("-._~!$&'()*+,;=", c) && !strchr(extra, c)))) {
            return false;
        }
    }
    return true;
}

/* authority of 3.2: userinfo, host, port */
static bool is_authority(str s)
{
    ptrdiff_t at = str_find_char(s, '@');

    if (at >= 0) {
        if (!uri_chars(str_sub(s, 0, (size_t)at), ":"))
            return false;
        s = str_sub(s, (size_t)at + 1, s.n);
    }
    size_t port = s.n;
    while (port > 0 && is_digit(s.p[port - 1]))
        port--;
    if (port > 0 && s.p[port - 1] == ':')
        s = str_sub(s, 0, port - 1);
    if (str_starts(s, S("["))) {
        if (!str_ends(s, S("]")))
            return false;
        str inner = str_sub(s, 1, s.n - 1);
        if (inner.n && (inner.p[0] | 0x20) == 'v')
            return inner.n > 3 && is_hex(inner.p[1]) && uri_chars(str_sub(inner, 2, inner.n), ":");
        return is_ipv6(inner);
    }
    return uri_chars(s, "");
}

static bool is_uri_reference(str s, bool absolute)
{
    ptrdiff_t at = str_find_char(s, '#');
    size_t scheme = 0;

    if (at >= 0) {
        if (!uri_chars(str_sub(s, (size_t)at + 1, s.n), ":@/?"))
            return false;
        s = str_sub(s, 0, (size_t)at);
    }
    at = str_find_char(s, '?');
    if (at >= 0) {
        if (!uri_chars(str_sub(s, (size_t)at + 1, s.n), ":@/?"))
            return false;
        s = str_sub(s, 0, (size_t)at);
    }
    while (scheme < s.n && (is_letter(s.p[scheme]) ||
                            (scheme && (is_digit(s.p[scheme]) || strchr("+-.", s.p[scheme])))))
        scheme++;
    bool has_scheme = scheme > 0 && scheme < s.n && s.p[scheme] == ':';
    if (absolute && !has_scheme)
        return false;
    if (has_scheme)
        s = str_sub(s, scheme + 1, s.n);
    bool first_segment_plain = !has_scheme && !str_starts(s, S("/"));
    if (str_starts(s, S("//"))) {
        s = str_sub(s, 2, s.n);
        at = str_find_char(s, '/');
        size_t end = at < 0 ? s.n : (size_t)at;
        if (!is_authority(str_sub(s, 0, end)))
            return false;
        s = str_sub(s, end, s.n);
    }
    if (first_segment_plain) { /* path-noscheme: no ':' before the first '/' */
        ptrdiff_t slash = str_find_char(s, '/'), colon = str_find_char(s, ':');
        if (colon >= 0 && (slash < 0 || colon < slash))
            return false;
    }
    return uri_chars(s, ":@/");
}

static bool is_uri(str s)
{
    return is_uri_reference(s, true);
}

static bool is_reference(str s)
{
    return is_uri_reference(s, false);
}

format_fn format_find(str name)
{
    static const struct {
        const char *name;
        format_fn fn;
    } formats[] = {
        {"date", is_date},
        {"time", is_time},
        {"date-time", is_date_time},
        {"duration", is_duration},
        {"email", is_email},
        {"idn-email", is_idn_email},
        {"hostname", is_hostname},
        {"ipv4", is_ipv4},
        {"ipv6", is_ipv6},
        {"uri", is_uri},
        {"uri-reference", is_reference},
        {"uuid", is_uuid},
        {"regex", pattern_is_valid},
        {"json-pointer", is_json_pointer},
        {"relative-json-pointer", is_relative_pointer},
    };

    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (str_eq(name, str_of(formats[i].name)))
            return formats[i].fn;
    return NULL;
}
