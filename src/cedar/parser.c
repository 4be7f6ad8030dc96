/* parser.c - what the parsers of policies and schemas share: tokens, failures, names
 *
 * A parser stops at its first failure: p->err keeps the code and every later call does nothing,
 * so callers test only where they would otherwise loop. Messages name the place as
 * "file:line:column" and show the line with a caret.
 */
#include "cedar/cedar_int.h"

#include <stdarg.h>
#include <stdio.h>

/* The place of a span on a line that starts at `start`. */
static struct cedar_place place_on(const struct cedar_source *src, uint32_t line, uint32_t start,
                                   uint32_t at, uint32_t end)
{
    return (struct cedar_place){
        .file = src->name,
        .text = str_sub(src->text, at, end),
        .line = line,
        .column = (uint32_t)utf8_count(str_sub(src->text, start, at)) + 1,
    };
}

struct cedar_place cd_place(const struct cedar_source *src, uint32_t at, uint32_t end)
{
    uint32_t line = 1, start = 0;

    for (uint32_t i = 0; i < at && i < src->text.n; i++) {
        if (src->text.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    return place_on(src, line, start, at, end);
}

bool cd_find_lines(struct arena *a, struct cd_file *f)
{
    uint32_t n = 1, k = 1;

    for (size_t i = 0; i < f->src.text.n; i++)
        n += f->src.text.p[i] == '\n';
    f->lines = arena_zalloc(a, n, sizeof *f->lines);
    if (!f->lines)
        return false;
    for (size_t i = 0; i < f->src.text.n; i++) {
        if (f->src.text.p[i] == '\n')
            f->lines[k++] = (uint32_t)i + 1;
    }
    f->n_lines = n;
    return true;
}

struct cedar_place cd_place_in(const struct cd_file *f, uint32_t at, uint32_t end)
{
    uint32_t lo = 0, hi = f->n_lines; /* the last line that starts at or before `at` */

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (f->lines[mid] <= at)
            lo = mid;
        else
            hi = mid;
    }
    return place_on(&f->src, lo + 1, f->lines[lo], at, end);
}

void cd_parser_init(struct cd_parser *p, struct arena *a, str file, str text, unsigned max_depth,
                    struct fault *f)
{
    *p = (struct cd_parser){
        .arena = a, .lex = {.text = text}, .file = file, .max_depth = max_depth, .fault = f};
    cd_next(p);
}

/* The line around byte `at`, at most 60 bytes of it, and a caret below; columns are code
 * points, so tabs and wide letters are only approximately aligned. */
static int excerpt(str text, uint32_t at, char *out, size_t room)
{
    size_t start = at, end = at;

    while (start > 0 && text.p[start - 1] != '\n' && at - start < 40)
        start--;
    while (start < at && ((unsigned char)text.p[start] & 0xc0) == 0x80)
        start++;
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r' && end - start < 60)
        end++;
    while (end > at && end < text.n && ((unsigned char)text.p[end] & 0xc0) == 0x80)
        end--;
    int column = (int)utf8_count(str_sub(text, start, at));
    return snprintf(out, room, "\n  %.*s\n  %*s^", (int)(end - start), text.p + start, column, "");
}

bool cd_fail_at(struct cd_parser *p, uint32_t at, const char *fmt, ...)
{
    struct cedar_source src = {p->file, p->lex.text};
    char message[128], where[160];
    va_list ap;

    if (p->err != OK)
        return false;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    struct cedar_place place = cd_place(&src, at, at);
    excerpt(p->lex.text, at, where, sizeof where);
    p->err = fault(p->fault, ERR_SYNTAX, "%.*s:%u:%u: %s%s", STR_FMT(p->file), place.line,
                   place.column, message, where);
    return false;
}

bool cd_fail_escape(struct cd_parser *p, const char *why)
{
    return why == cd_no_memory ? cd_fail_memory(p) : cd_fail(p, "%s", why);
}

bool cd_fail(struct cd_parser *p, const char *fmt, ...)
{
    char message[128];
    va_list ap;

    if (p->err != OK)
        return false;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    if (p->tok.kind == TOK_BAD)
        return cd_fail_at(p, p->tok.at, "%s", p->lex.why);
    return cd_fail_at(p, p->tok.at, "%s", message);
}

bool cd_fail_memory(struct cd_parser *p)
{
    if (p->err == OK)
        p->err = fault(p->fault, ERR_MEMORY_LIMIT, "%.*s: memory limit of the policy set reached",
                       STR_FMT(p->file));
    return false;
}

void *cd_alloc(struct cd_parser *p, size_t count, size_t size)
{
    void *mem = arena_zalloc(p->arena, count ? count : 1, size);

    if (!mem)
        cd_fail_memory(p);
    return mem;
}

void *cd_grow(struct arena *a, void *list, size_t n, size_t *room, size_t item)
{
    if (n < *room)
        return list;
    size_t more = *room ? *room * 2 : 4;
    if (more > SIZE_MAX / item)
        return NULL;
    void *mem = arena_alloc(a, more * item);
    if (!mem)
        return NULL;
    if (n)
        memcpy(mem, list, n * item);
    *room = more;
    return mem;
}

void cd_next(struct cd_parser *p)
{
    p->prev_end = p->tok.end;
    if (p->has_ahead) {
        p->tok = p->ahead;
        p->has_ahead = false;
    } else {
        p->tok = cd_lex(&p->lex);
    }
}

struct cd_token cd_peek(struct cd_parser *p)
{
    if (!p->has_ahead) {
        p->ahead = cd_lex(&p->lex);
        p->has_ahead = true;
    }
    return p->ahead;
}

bool cd_at(const struct cd_parser *p, str punct)
{
    return p->tok.kind == TOK_PUNCT && str_eq(p->tok.text, punct);
}

bool cd_at_word(const struct cd_parser *p, str word)
{
    return p->tok.kind == TOK_IDENT && str_eq(p->tok.text, word);
}

bool cd_take(struct cd_parser *p, str punct)
{
    if (p->err != OK || !cd_at(p, punct))
        return false;
    cd_next(p);
    return true;
}

bool cd_take_word(struct cd_parser *p, str word)
{
    if (p->err != OK || !cd_at_word(p, word))
        return false;
    cd_next(p);
    return true;
}

bool cd_expect(struct cd_parser *p, str punct)
{
    if (cd_take(p, punct))
        return true;
    if (p->tok.kind == TOK_END)
        return cd_fail(p, "expected '%.*s' before the end of the text", STR_FMT(punct));
    return cd_fail(p, "expected '%.*s'", STR_FMT(punct));
}

bool cd_parse_string(struct cd_parser *p, str *out)
{
    if (p->err != OK || p->tok.kind != TOK_STRING)
        return cd_fail(p, "expected a string in double quotes");
    const char *why = cd_unescape(p->arena, p->tok.text, out);
    if (why)
        return cd_fail_escape(p, why);
    cd_next(p);
    return true;
}

/* One IDENT: not a reserved word. */
static bool plain_ident(struct cd_parser *p, str *out)
{
    if (p->err != OK || p->tok.kind != TOK_IDENT)
        return cd_fail(p, "expected a name");
    if (cd_is_reserved(p->tok.text))
        return cd_fail(p, "'%.*s' is a reserved word", STR_FMT(p->tok.text));
    *out = p->tok.text;
    cd_next(p);
    return true;
}

/* Reads further '::' IDENT; a '::' before a string is left for the caller. */
bool cd_parse_path(struct cd_parser *p, str *out)
{
    str path, piece = STR_NONE;

    if (!plain_ident(p, &path))
        return false;
    while (cd_at(p, S("::")) && cd_peek(p).kind != TOK_STRING) {
        cd_next(p);
        if (!plain_ident(p, &piece))
            return false;
        if (piece.p == path.p + path.n + 2) { /* written without blanks: a view of the text */
            path.n += 2 + piece.n;
            continue;
        }
        path = str_printf(p->arena, "%.*s::%.*s", STR_FMT(path), STR_FMT(piece));
        if (!path.p)
            return cd_fail_memory(p);
    }
    *out = path;
    return true;
}

bool cd_parse_uid(struct cd_parser *p, struct cedar_uid *out)
{
    str type, id;

    if (!cd_parse_path(p, &type) || !cd_expect(p, S("::")) || !cd_parse_string(p, &id))
        return false;
    *out = cedar_uid(type, id);
    return true;
}

static bool annotation(struct cd_parser *p, struct cd_note *out)
{
    cd_next(p); /* @ */
    if (p->tok.kind != TOK_IDENT)
        return cd_fail(p, "expected the name of an annotation");
    out->key = p->tok.text;
    out->value = STR_NONE;
    cd_next(p);
    if (!cd_take(p, S("(")))
        return p->err == OK;
    return cd_parse_string(p, &out->value) && cd_expect(p, S(")"));
}

bool cd_parse_annotations(struct cd_parser *p, struct cd_note **out, uint32_t *out_n)
{
    struct cd_note *notes = NULL;
    size_t n = 0, room = 0;

    while (p->err == OK && cd_at(p, S("@"))) {
        uint32_t at = p->tok.at;
        notes = cd_grow(p->arena, notes, n, &room, sizeof *notes);
        if (!notes)
            return cd_fail_memory(p);
        if (n == 100)
            return cd_fail(p, "more than a hundred annotations");
        if (!annotation(p, &notes[n]))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (str_eq(notes[i].key, notes[n].key))
                return cd_fail_at(p, at, "annotation @%.*s twice", STR_FMT(notes[n].key));
        }
        n++;
    }
    *out = notes;
    *out_n = (uint32_t)n;
    return p->err == OK;
}
