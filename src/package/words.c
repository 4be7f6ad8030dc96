#include "package/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/umsg.h>
#include <unicode/ustring.h>

enum { ARGS = MESSAGE_NUMBERS + MESSAGE_TEXTS, UNITS = 2 * MESSAGE_BYTES };

struct message {
    UMessageFormat *format;
    size_t n_numbers, n_texts;
    char names[ARGS][32]; /* numbers, then texts */
};

/* ---- names to numbers --------------------------------------------------------------------- */

enum arg_type { ARG_TEXT, ARG_NUMBER, ARG_PLURAL, ARG_SELECT };

/* An argument as it is found in the pattern. */
struct use {
    str name;
    size_t at; /* byte after the opening brace */
    bool number;
};

struct scan {
    str text;
    size_t at;
    struct use uses[64];
    size_t n_uses;
    struct fault *fault;
};

static enum err wrong(struct scan *s, const char *what)
{
    return fault(s->fault, ERR_SYNTAX, "at character %zu: %s",
                 utf8_count(str_sub(s->text, 0, s->at)) + 1, what);
}

static char peek(const struct scan *s)
{
    return s->at < s->text.n ? s->text.p[s->at] : 0;
}

static void skip_blanks(struct scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\n' || peek(s) == '\t')
        s->at++;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static str read_name(struct scan *s)
{
    size_t from = s->at;

    while (is_name_char(peek(s)))
        s->at++;
    return str_sub(s->text, from, s->at);
}

/* An apostrophe quotes when braces or, in a plural, # follow; two are one. */
static void skip_apostrophe(struct scan *s, bool in_plural)
{
    s->at++;
    char c = peek(s);
    if (c == '\'') {
        s->at++;
        return;
    }
    if (c != '{' && c != '}' && c != '|' && !(c == '#' && in_plural))
        return;
    while (s->at < s->text.n) {
        if (peek(s) != '\'') {
            s->at++;
            continue;
        }
        s->at++;
        if (peek(s) != '\'')
            return;
        s->at++;
    }
}

static enum err scan_message(struct scan *s, unsigned depth, bool in_plural);

/* "one {…} other {…}", up to the closing brace of the argument. */
static enum err scan_branches(struct scan *s, unsigned depth, bool plural)
{
    bool other = false;

    for (skip_blanks(s); peek(s) && peek(s) != '}'; skip_blanks(s)) {
        if (plural && str_starts(str_sub(s->text, s->at, s->text.n), S("offset:"))) {
            s->at += 7;
            skip_blanks(s);
            if (!read_name(s).n)
                return wrong(s, "offset: wants a number");
            continue;
        }
        bool exact = plural && peek(s) == '=';
        s->at += exact;
        str selector = read_name(s);
        if (!selector.n)
            return wrong(s, "a word such as one or other is expected");
        other |= !exact && str_eq(selector, S("other"));
        skip_blanks(s);
        if (peek(s) != '{')
            return wrong(s, "a text in braces is expected");
        s->at++;
        TRY(scan_message(s, depth + 1, plural));
        if (peek(s) != '}')
            return wrong(s, "a brace is not closed");
        s->at++;
    }
    return other ? OK : wrong(s, "there is no text for \"other\"");
}

static enum err type_of(struct scan *s, enum arg_type *out)
{
    static const struct {
        const char *name;
        enum arg_type type;
    } types[] = {{"number", ARG_NUMBER},
                 {"plural", ARG_PLURAL},
                 {"selectordinal", ARG_PLURAL},
                 {"select", ARG_SELECT}};
    size_t at = s->at;
    str name = read_name(s);

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(name, str_of(types[i].name))) {
            *out = types[i].type;
            return OK;
        }
    s->at = at;
    return wrong(s, "number, plural, selectordinal or select is expected");
}

static enum err scan_argument(struct scan *s, unsigned depth)
{
    enum arg_type type = ARG_TEXT;

    skip_blanks(s);
    struct use u = {.at = s->at};
    u.name = read_name(s);
    if (!u.name.n || u.name.n >= 32)
        return wrong(s, "the name of an argument is expected");
    skip_blanks(s);
    if (peek(s) == ',') {
        s->at++;
        skip_blanks(s);
        TRY(type_of(s, &type));
        skip_blanks(s);
    }
    u.number = type == ARG_NUMBER || type == ARG_PLURAL;
    if (s->n_uses == ARRAY_LEN(s->uses))
        return fault(s->fault, ERR_LIMIT, "a message has at most %zu uses of arguments",
                     ARRAY_LEN(s->uses));
    s->uses[s->n_uses++] = u;
    if (type == ARG_PLURAL || type == ARG_SELECT) {
        if (peek(s) != ',')
            return wrong(s, "a comma is expected");
        s->at++;
        TRY(scan_branches(s, depth, type == ARG_PLURAL));
    }
    if (peek(s) != '}')
        return wrong(s, "a brace is not closed");
    s->at++;
    return OK;
}

/* Up to a closing brace that is not its own, or the end. */
static enum err scan_message(struct scan *s, unsigned depth, bool in_plural)
{
    if (depth > MESSAGE_DEPTH)
        return fault(s->fault, ERR_LIMIT, "texts are nested more than %d deep", MESSAGE_DEPTH);
    while (s->at < s->text.n && peek(s) != '}') {
        if (peek(s) == '\'') {
            skip_apostrophe(s, in_plural);
        } else if (peek(s) == '{') {
            s->at++;
            TRY(scan_argument(s, depth));
        } else {
            s->at++;
        }
    }
    return OK;
}

/* ---- compiling ---------------------------------------------------------------------------- */

static ptrdiff_t index_of(const struct message *m, str name)
{
    for (size_t i = 0; i < m->n_numbers + m->n_texts; i++)
        if (str_eq(str_of(m->names[i]), name))
            return (ptrdiff_t)i;
    return -1;
}

static bool used_as_number(const struct scan *s, str name)
{
    for (size_t i = 0; i < s->n_uses; i++)
        if (s->uses[i].number && str_eq(s->uses[i].name, name))
            return true;
    return false;
}

/* A name that is a number anywhere is one everywhere. Numbers come first. */
static enum err number_names(struct message *m, const struct scan *s, struct fault *f)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->n_uses; i++) {
            str name = s->uses[i].name;
            size_t *n = pass == 0 ? &m->n_numbers : &m->n_texts;
            if (used_as_number(s, name) != (pass == 0) || index_of(m, name) >= 0)
                continue;
            if (*n == (pass == 0 ? MESSAGE_NUMBERS : MESSAGE_TEXTS))
                return fault(f, ERR_LIMIT, "a message has at most %d numbers and %d texts",
                             MESSAGE_NUMBERS, MESSAGE_TEXTS);
            char *room = m->names[m->n_numbers + m->n_texts];
            memcpy(room, name.p, name.n);
            room[name.n] = 0;
            ++*n;
        }
    return OK;
}

static void renumber(const struct message *m, const struct scan *s, struct buf *out)
{
    size_t from = 0;

    for (size_t i = 0; i < s->n_uses; i++) {
        buf_add_str(out, str_sub(s->text, from, s->uses[i].at));
        buf_printf(out, "%td", index_of(m, s->uses[i].name));
        from = s->uses[i].at + s->uses[i].name.n;
    }
    buf_add_str(out, str_sub(s->text, from, s->text.n));
}

static enum err open_format(struct message *m, str pattern, str language, struct fault *f)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    UChar units[UNITS];
    char locale[16];
    int32_t n;

    snprintf(locale, sizeof locale, "%.*s", STR_FMT(language));
    u_strFromUTF8(units, UNITS, &n, pattern.p, (int32_t)pattern.n, &status);
    if (U_SUCCESS(status))
        m->format = umsg_open(units, n, locale, &where, &status);
    if (U_FAILURE(status))
        return fault(f, ERR_SYNTAX, "the message cannot be read: %s", u_errorName(status));
    return OK;
}

enum err message_compile(str pattern, str language, struct message **out, struct fault *f)
{
    AUTO(buf) struct buf numbered = BUF(2 * MESSAGE_BYTES);
    struct scan s = {.text = pattern, .fault = f};

    if (pattern.n > MESSAGE_BYTES)
        return fault(f, ERR_LIMIT, "a message has at most %d bytes", MESSAGE_BYTES);
    if (!utf8_valid(pattern))
        return fault(f, ERR_SYNTAX, "a message is UTF-8");
    TRY(scan_message(&s, 0, false));
    if (s.at < pattern.n)
        return wrong(&s, "a brace closes nothing");
    struct message *m = calloc(1, sizeof *m);
    if (!m)
        return fault(f, ERR_MEMORY, "out of memory");
    enum err e = number_names(m, &s, f);
    if (e == OK) {
        renumber(m, &s, &numbered);
        e = buf_ok(&numbered) ? open_format(m, buf_str(&numbered), language, f)
                              : fault(f, ERR_LIMIT, "the message is too long");
    }
    if (e != OK) {
        message_free(m);
        return e;
    }
    *out = m;
    return OK;
}

void message_free(struct message *m)
{
    if (m && m->format)
        umsg_close(m->format);
    free(m);
}

size_t message_arg_count(const struct message *m)
{
    return m->n_numbers + m->n_texts;
}

str message_arg(const struct message *m, size_t i, bool *out_number)
{
    *out_number = i < m->n_numbers;
    return str_of(m->names[i]);
}

/* ---- formatting --------------------------------------------------------------------------- */

struct values {
    double number[MESSAGE_NUMBERS];
    UChar *text[MESSAGE_TEXTS];
    UChar room[MESSAGE_BYTES];
};

static enum err take_number(const struct json *v, str name, double *out, struct fault *f)
{
    if (v && v->type != J_INT && v->type != J_REAL)
        return fault(f, ERR_RANGE, "%.*s is a number", STR_FMT(name));
    *out = !v ? 0 : v->type == J_INT ? (double)v->i : v->d;
    return OK;
}

static enum err take_values(const struct message *m, const struct json *args, struct values *v,
                            struct fault *f)
{
    size_t used = 1;

    v->room[0] = 0;
    for (size_t i = 0; i < MESSAGE_TEXTS; i++)
        v->text[i] = v->room;
    for (size_t i = 0; i < m->n_numbers; i++)
        TRY(take_number(json_get(args, str_of(m->names[i])), str_of(m->names[i]), &v->number[i],
                        f));
    for (size_t i = 0; i < m->n_texts; i++) {
        const struct json *given = json_get(args, str_of(m->names[m->n_numbers + i]));
        UErrorCode status = U_ZERO_ERROR;
        str text = json_str(given);
        int32_t n;
        if (given && !text.p)
            return fault(f, ERR_RANGE, "%s is a text", m->names[m->n_numbers + i]);
        u_strFromUTF8(v->room + used, (int32_t)(MESSAGE_BYTES - used), &n, text.p ? text.p : "",
                      (int32_t)text.n, &status);
        if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
            return fault(f, ERR_MEMORY_LIMIT, "the arguments of a message are too long");
        v->text[i] = v->room + used;
        used += (size_t)n + 1;
    }
    return OK;
}

/* ICU reads as many arguments as the message has, numbers as double first, then texts; what is
 * passed beyond them it does not look at. */
static int32_t call_icu(const struct message *m, const struct values *v, UChar *out,
                        UErrorCode *status)
{
    const double *d = v->number;
    UChar *const *t = v->text;

    switch (m->n_numbers) {
    case 0:
        return umsg_format(m->format, out, UNITS, status, t[0], t[1], t[2], t[3], t[4], t[5], t[6],
                           t[7]);
    case 1:
        return umsg_format(m->format, out, UNITS, status, d[0], t[0], t[1], t[2], t[3], t[4], t[5],
                           t[6], t[7]);
    case 2:
        return umsg_format(m->format, out, UNITS, status, d[0], d[1], t[0], t[1], t[2], t[3], t[4],
                           t[5], t[6], t[7]);
    case 3:
        return umsg_format(m->format, out, UNITS, status, d[0], d[1], d[2], t[0], t[1], t[2], t[3],
                           t[4], t[5], t[6], t[7]);
    default:
        return umsg_format(m->format, out, UNITS, status, d[0], d[1], d[2], d[3], t[0], t[1], t[2],
                           t[3], t[4], t[5], t[6], t[7]);
    }
}

enum err message_format(const struct message *m, const struct json *args, struct buf *b,
                        struct fault *f)
{
    UErrorCode status = U_ZERO_ERROR;
    char utf8[3 * UNITS];
    UChar units[UNITS];
    struct values v;
    int32_t n;

    TRY(take_values(m, args, &v, f));
    n = call_icu(m, &v, units, &status);
    if (U_SUCCESS(status) && n < UNITS)
        u_strToUTF8(utf8, sizeof utf8, &n, units, n, &status);
    else if (U_SUCCESS(status))
        status = U_BUFFER_OVERFLOW_ERROR;
    if (U_FAILURE(status))
        return fault(f, ERR_MEMORY_LIMIT, "the text cannot be made: %s", u_errorName(status));
    buf_add(b, utf8, (size_t)n);
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY_LIMIT, "the text is too long");
}
