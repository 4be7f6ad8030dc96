#include "package/where.h"

/* The text was parsed before, so that this may be simple: it steps over values by counting
 * brackets outside of strings. On text that is no JSON it ends early, at worst at the end. */

static void skip_blanks(str s, size_t *at)
{
    while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\n' || s.p[*at] == '\t' ||
                         s.p[*at] == '\r' || s.p[*at] == ',' || s.p[*at] == ':'))
        ++*at;
}

/* From the opening quote to behind the closing one. */
static str skip_string(str s, size_t *at)
{
    size_t from = ++*at;

    while (*at < s.n && s.p[*at] != '"')
        *at += s.p[*at] == '\\' ? 2 : 1;
    if (*at > s.n)
        *at = s.n;
    str inner = str_sub(s, from, *at);
    *at += *at < s.n;
    return inner;
}

static void skip_value(str s, size_t *at)
{
    unsigned depth = 0;

    while (*at < s.n) {
        char c = s.p[*at];
        if (c == '"') {
            skip_string(s, at);
        } else if (c == '{' || c == '[') {
            depth++;
            ++*at;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return;
            depth--;
            ++*at;
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r')) {
            return;
        } else {
            ++*at;
            continue; /* within a number or a word */
        }
        if (depth == 0)
            return;
    }
}

/* Is this part of a pointer the key? "~1" is a slash, "~0" a tilde. A key with escapes is compared
 * as it is written: good enough for a line. */
static bool part_is(str part, str key)
{
    size_t k = 0;

    for (size_t i = 0; i < part.n; i++, k++) {
        char c = part.p[i];
        if (c == '~' && i + 1 < part.n)
            c = part.p[++i] == '1' ? '/' : '~';
        if (k == key.n || key.p[k] != c)
            return false;
    }
    return k == key.n;
}

/* Moves to the value of the part, within the object or array at *at; *mark becomes the place of
 * the key. */
static bool descend(str s, size_t *at, str part, size_t *mark)
{
    char open = *at < s.n ? s.p[*at] : 0;
    int64_t wanted, i = 0;

    if ((open != '{' && open != '[') || (open == '[' && !str_to_int64(part, &wanted)))
        return false;
    for (++*at;; i++) {
        skip_blanks(s, at);
        if (*at >= s.n || s.p[*at] == '}' || s.p[*at] == ']')
            return false;
        size_t here = *at;
        bool found = open == '[' && i == wanted;
        if (open == '{') {
            if (s.p[*at] != '"')
                return false;
            found = part_is(part, skip_string(s, at));
            skip_blanks(s, at);
        }
        if (found) {
            *mark = here;
            return true;
        }
        size_t before = *at;
        skip_value(s, at);
        if (*at == before)
            return false;
    }
}

unsigned where_byte(str text, size_t offset)
{
    unsigned line = 1;

    for (size_t i = 0; i < offset && i < text.n; i++)
        line += text.p[i] == '\n';
    return line;
}

/* As far as the pointer leads: true if to its end. */
static bool follow(str text, str pointer, size_t *at, size_t *mark)
{
    str rest = pointer, part;

    *at = 0;
    skip_blanks(text, at);
    *mark = *at;
    str_split(&rest, '/', &part); /* before the first slash: nothing */
    while (str_split(&rest, '/', &part))
        if (!descend(text, at, part, mark))
            return false;
    return true;
}

unsigned where_line(str text, str pointer)
{
    size_t at, mark;

    (void)follow(text, pointer, &at, &mark);
    return where_byte(text, mark);
}

bool where_value(str text, str pointer, size_t *out_from, size_t *out_to)
{
    size_t at, mark;

    if (!follow(text, pointer, &at, &mark) || at >= text.n)
        return false;
    *out_from = at;
    skip_value(text, &at);
    *out_to = at;
    return true;
}
