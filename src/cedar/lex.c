/* lex.c - tokens of policies and schemas
 *
 * White space is Unicode's White_Space property, as in the reference grammar; comments run from
 * "//" to the end of the line. A string token ends at the first quote that no backslash precedes;
 * its escapes are those of Rust string literals and are read later, because `like` patterns take
 * one more (\*).
 */
#include "cedar/cedar_int.h"

/* Length of the white space at s, 0 if there is none. */
static size_t blank_length(str s)
{
    uint32_t cp;
    unsigned char c = (unsigned char)s.p[0];

    if (c < 0x80)
        return c == ' ' || (c >= 9 && c <= 13);
    size_t n = utf8_decode(s, &cp);
    bool blank = cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
                 cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
    return blank ? n : 0;
}

void cd_lex_blank(struct cd_lexer *l, bool comments)
{
    while (l->i < l->text.n) {
        str rest = {l->text.p + l->i, l->text.n - l->i};
        size_t n = blank_length(rest);
        if (n) {
            l->i += n;
        } else if (comments && str_starts(rest, S("//"))) {
            while (l->i < l->text.n && l->text.p[l->i] != '\n' && l->text.p[l->i] != '\r')
                l->i++;
        } else {
            return;
        }
    }
}

static bool ident_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ident_more(char c)
{
    return ident_start(c) || (c >= '0' && c <= '9');
}

bool cd_is_ident(str s)
{
    if (s.n == 0 || !ident_start(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++) {
        if (!ident_more(s.p[i]))
            return false;
    }
    return true;
}

bool cd_is_reserved(str s)
{
    static const str words[] = {S("true"), S("false"), S("if"),  S("then"), S("else"),
                                S("in"),   S("like"),  S("has"), S("is"),   S("__cedar")};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(words[i], s))
            return true;
    }
    return false;
}

bool cd_is_path(str s)
{
    while (s.p) {
        ptrdiff_t i = str_find(s, S("::"));
        str piece = i < 0 ? s : str_sub(s, 0, (size_t)i);
        if (!cd_is_ident(piece) || cd_is_reserved(piece))
            return false;
        s = i < 0 ? STR_NONE : str_sub(s, (size_t)i + 2, s.n);
    }
    return true;
}

static struct cd_token string_token(struct cd_lexer *l)
{
    size_t at = l->i, i = at + 1;

    while (i < l->text.n && l->text.p[i] != '"') {
        if (l->text.p[i] == '\\' && ++i < l->text.n && l->text.p[i] == '\n')
            break;
        i++;
    }
    if (i >= l->text.n || l->text.p[i] != '"') {
        l->i = l->text.n;
        l->why = "string without closing quote";
        return (struct cd_token){TOK_BAD, STR_NONE, (uint32_t)at, (uint32_t)at + 1};
    }
    l->i = i + 1;
    return (struct cd_token){TOK_STRING, str_sub(l->text, at + 1, i), (uint32_t)at,
                             (uint32_t)i + 1};
}

static size_t punct_length(str rest)
{
    static const str two[] = {S("::"), S("=="), S("!="), S("<="), S(">="), S("&&"), S("||")};
    static const str one = S("(){}[],;:.@<>=!+-*?");

    for (size_t i = 0; i < ARRAY_LEN(two); i++) {
        if (str_starts(rest, two[i]))
            return 2;
    }
    return str_find_char(one, rest.p[0]) >= 0;
}

static struct cd_token take(struct cd_lexer *l, enum cd_tok kind, size_t skip, size_t n)
{
    size_t at = l->i;

    l->i += skip + n;
    return (struct cd_token){kind, str_sub(l->text, at + skip, l->i), (uint32_t)at, (uint32_t)l->i};
}

struct cd_token cd_lex(struct cd_lexer *l)
{
    size_t n = 0;

    cd_lex_blank(l, true);
    str rest = {l->text.p + l->i, l->text.n - l->i};
    if (rest.n == 0)
        return take(l, TOK_END, 0, 0);
    if (rest.p[0] == '"')
        return string_token(l);
    if (ident_start(rest.p[0])) {
        while (n < rest.n && ident_more(rest.p[n]))
            n++;
        return take(l, TOK_IDENT, 0, n);
    }
    if (rest.p[0] >= '0' && rest.p[0] <= '9') {
        while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
            n++;
        return take(l, TOK_INT, 0, n);
    }
    if (rest.p[0] == '?' && rest.n > 1 && ident_start(rest.p[1])) {
        for (n = 1; n < rest.n && ident_more(rest.p[n]);)
            n++;
        return take(l, TOK_SLOT, 1, n - 1);
    }
    n = punct_length(rest);
    if (n)
        return take(l, TOK_PUNCT, 0, n);
    l->why = "character that no rule of the language begins with";
    return take(l, TOK_BAD, 0, 1);
}

/* ---- escapes --------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \xHH, two digits, ASCII only */
static const char *hex_escape(str raw, size_t *i, uint32_t *out)
{
    int hi = *i < raw.n ? hex_value(raw.p[*i]) : -1;
    int lo = *i + 1 < raw.n ? hex_value(raw.p[*i + 1]) : -1;

    if (hi < 0 || lo < 0 || hi > 7)
        return "\\x takes two hexadecimal digits up to 7f";
    *i += 2;
    *out = (uint32_t)(hi * 16 + lo);
    return NULL;
}

/* \u{1 to 6 digits}, a Unicode scalar value; as in Rust, _ may stand behind a digit */
static const char *unicode_escape(str raw, size_t *i, uint32_t *out)
{
    uint32_t cp = 0;
    size_t digits = 0;

    if (*i >= raw.n || raw.p[*i] != '{')
        return "\\u is written \\u{…}";
    for (++*i; *i < raw.n; ++*i) {
        if (raw.p[*i] == '_' && digits > 0)
            continue;
        if (hex_value(raw.p[*i]) < 0)
            break;
        if (digits++ == 6)
            return "\\u{…} takes at most six hexadecimal digits";
        cp = cp * 16 + (uint32_t)hex_value(raw.p[*i]);
    }
    if (digits == 0 || *i >= raw.n || raw.p[*i] != '}')
        return "\\u{…} takes one to six hexadecimal digits";
    ++*i;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return "\\u{…} is not a Unicode character";
    *out = cp;
    return NULL;
}

/* The escape after a backslash; *i stands behind it. */
static const char *read_escape(str raw, size_t *i, uint32_t *out)
{
    char c = raw.p[(*i)++];

    switch (c) {
    case 'n':
        *out = '\n';
        return NULL;
    case 'r':
        *out = '\r';
        return NULL;
    case 't':
        *out = '\t';
        return NULL;
    case '0':
        *out = 0;
        return NULL;
    case '\\':
    case '"':
    case '\'':
        *out = (unsigned char)c;
        return NULL;
    case 'x':
        return hex_escape(raw, i, out);
    case 'u':
        return unicode_escape(raw, i, out);
    default:
        return "unknown escape in string";
    }
}

const char *const cd_no_memory = "memory limit of the policy set reached";

const char *cd_unescape(struct arena *a, str raw, str *out)
{
    size_t n = 0, i = 0;
    uint32_t cp = 0;

    if (raw.n == 0 || !memchr(raw.p, '\\', raw.n)) {
        if (raw.n && memchr(raw.p, '\r', raw.n))
            return "a carriage return in a string is written \\r";
        *out = raw;
        return NULL;
    }
    char *p = arena_alloc(a, raw.n);
    if (!p)
        return cd_no_memory;
    while (i < raw.n) {
        char c = raw.p[i++];
        if (c == '\r')
            return "a carriage return in a string is written \\r";
        if (c != '\\') {
            p[n++] = c;
            continue;
        }
        const char *why = read_escape(raw, &i, &cp);
        if (why)
            return why;
        n += utf8_encode(cp, p + n); /* never longer than its escape */
    }
    *out = (str){p, n};
    return NULL;
}

const char *cd_unescape_pattern(struct arena *a, str raw, struct cd_pattern *out)
{
    size_t stars = 0, i = 0, start = 0, n = 0, k = 0;
    uint32_t cp = 0;

    for (size_t j = 0; j < raw.n; j++)
        stars += raw.p[j] == '*';
    char *p = arena_alloc(a, raw.n + 1);
    str *pieces = arena_zalloc(a, stars + 1, sizeof *pieces);
    if (!p || !pieces)
        return cd_no_memory;
    while (i < raw.n) {
        char c = raw.p[i++];
        if (c == '*') {
            pieces[k++] = (str){p + start, n - start};
            start = n;
        } else if (c == '\\' && i < raw.n && raw.p[i] == '*') {
            p[n++] = '*';
            i++;
        } else if (c == '\\') {
            const char *why = read_escape(raw, &i, &cp);
            if (why)
                return why;
            n += utf8_encode(cp, p + n);
        } else {
            p[n++] = c;
        }
    }
    pieces[k++] = (str){p + start, n - start};
    *out = (struct cd_pattern){(uint32_t)k, pieces};
    return NULL;
}
