#include "http/guard_int.h"

enum { CH_TOKEN = 1, CH_HOST = 2 };

/* tchar of RFC 9110, and the characters of a host with port (RFC 3986, 3.2.2) */
static const unsigned char classes[256] = {
    ['!'] = CH_TOKEN | CH_HOST,
    ['#'] = CH_TOKEN,
    ['$'] = CH_TOKEN | CH_HOST,
    ['%'] = CH_TOKEN | CH_HOST,
    ['&'] = CH_TOKEN | CH_HOST,
    ['\''] = CH_TOKEN | CH_HOST,
    ['*'] = CH_TOKEN | CH_HOST,
    ['+'] = CH_TOKEN | CH_HOST,
    ['-'] = CH_TOKEN | CH_HOST,
    ['.'] = CH_TOKEN | CH_HOST,
    ['^'] = CH_TOKEN,
    ['_'] = CH_TOKEN | CH_HOST,
    ['`'] = CH_TOKEN,
    ['|'] = CH_TOKEN,
    ['~'] = CH_TOKEN | CH_HOST,
    ['('] = CH_HOST,
    [')'] = CH_HOST,
    [','] = CH_HOST,
    [';'] = CH_HOST,
    ['='] = CH_HOST,
    [':'] = CH_HOST,
    ['['] = CH_HOST,
    [']'] = CH_HOST,
    ['0' ... '9'] = CH_TOKEN | CH_HOST,
    ['A' ... 'Z'] = CH_TOKEN | CH_HOST,
    ['a' ... 'z'] = CH_TOKEN | CH_HOST,
};

static bool all_of(str s, unsigned char class)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(classes[(unsigned char)s.p[i]] & class))
            return false;
    return s.n > 0;
}

bool is_token(str s)
{
    return all_of(s, CH_TOKEN);
}

static enum err bad(struct fault *f, const char *what)
{
    return fault(f, ERR_MALFORMED_REQUEST, "%s", what);
}

/* RFC 9110, 5.5: visible characters, bytes above ASCII, blank and tab */
static bool is_field_value(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Digits only: no sign, no list, no blanks. */
static bool read_length(str s, int64_t *out)
{
    int64_t v = 0;

    if (s.n == 0 || s.n > 18)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

struct seen {
    unsigned hosts, lengths, codings;
    int64_t length;
};

/* What decides about the framing may occur once. */
static enum err check_framing(const struct http_pair *h, struct seen *seen, struct fault *f)
{
    switch (h->name.n) {
    case 4:
        if (!str_eq_nocase(h->name, S("host")))
            break;
        if (seen->hosts++)
            return bad(f, "two Host headers");
        if (!all_of(str_trim(h->value), CH_HOST))
            return bad(f, "the Host header names no host");
        break;
    case 14:
        if (!str_eq_nocase(h->name, S("content-length")))
            break;
        if (seen->lengths++)
            return bad(f, "two Content-Length headers");
        if (!read_length(h->value, &seen->length))
            return bad(f, "Content-Length is not a number");
        break;
    case 17:
        if (!str_eq_nocase(h->name, S("transfer-encoding")))
            break;
        /* compared as it stands: trailing blanks or a list make the library below read the body
         * up to the end of the connection */
        if (seen->codings++ || !str_eq_nocase(h->value, S("chunked")))
            return bad(f, "the only transfer coding is one \"chunked\"");
        break;
    default:
        break;
    }
    return OK;
}

static enum err check_headers(const struct guard_head *h, const struct guard_limits *limits,
                              struct seen *seen, struct fault *f)
{
    size_t bytes = 0;

    if (h->n > limits->headers)
        return fault(f, ERR_TOO_LARGE, "more than %zu headers", limits->headers);
    for (size_t i = 0; i < h->n; i++) {
        bytes += h->headers[i].name.n + h->headers[i].value.n;
        if (bytes > limits->header_bytes)
            return fault(f, ERR_TOO_LARGE, "more than %zu bytes of headers", limits->header_bytes);
        if (!is_token(h->headers[i].name))
            return bad(f, "a header name has a blank or another forbidden character");
        if (!is_field_value(h->headers[i].value))
            return bad(f, "a header value has a control character");
        TRY(check_framing(&h->headers[i], seen, f));
    }
    return OK;
}

enum err guard_check(const struct guard_head *h, const struct guard_limits *limits,
                     struct guard_result *out, struct fault *f)
{
    struct seen seen = {.length = -1};
    str path, query;
    bool v11 = str_eq(h->version, S("HTTP/1.1"));

    if (!is_token(h->method))
        return bad(f, "the method is not a word");
    if (!v11 && !str_eq(h->version, S("HTTP/1.0")))
        return bad(f, "the version is neither HTTP/1.1 nor HTTP/1.0");
    if (h->target.n > limits->target_bytes)
        return fault(f, ERR_TOO_LARGE, "an address longer than %zu bytes", limits->target_bytes);
    TRY(target_check(h->target, &path, &query, f));
    TRY(check_headers(h, limits, &seen, f));
    if (v11 && !seen.hosts)
        return bad(f, "no Host header");
    if (seen.codings && seen.lengths)
        return bad(f, "Content-Length together with Transfer-Encoding");
    if (seen.codings && !v11)
        return bad(f, "Transfer-Encoding in HTTP/1.0");
    *out = (struct guard_result){
        .path = path, .query = query, .content_length = seen.length, .chunked = seen.codings > 0};
    return OK;
}

/* Moves *at over the piece s, which must begin there, and over `zeros` NUL bytes. */
static bool take(const char **at, const char *end, str s, size_t zeros)
{
    if (s.p != *at || s.n > (size_t)(end - *at) || zeros > (size_t)(end - *at) - s.n)
        return false;
    *at += s.n;
    for (; zeros; zeros--)
        if (*(*at)++ != 0)
            return false;
    return true;
}

bool guard_whole(str block, const struct guard_head *h)
{
    const char *at = block.p, *end = block.p + block.n;

    if (!take(&at, end, h->method, 1) || !take(&at, end, h->target, 1) ||
        !take(&at, end, h->version, 2))
        return false;
    for (size_t i = 0; i < h->n; i++) {
        if (!take(&at, end, h->headers[i].name, 1))
            return false;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if (!take(&at, end, h->headers[i].value, 2))
            return false;
    }
    return take(&at, end, str_bytes(at, 0), 2) && at == end;
}
