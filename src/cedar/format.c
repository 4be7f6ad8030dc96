/* format.c - laying out policy texts
 *
 * Works on tokens, so that nothing of the text is lost: a comment behind a token on its line stays
 * behind it, other comments stand on lines of their own before the next token. What goes on one
 * line depends on tokens and comments alone, never on the line breaks of the input; therefore
 * formatting twice is formatting once.
 */
#include "cedar/cedar_int.h"

enum { WIDTH = 80, STEP = 2 };

struct comment {
    struct comment *next;
    str text;
    bool blank_before; /* an empty line stood above it */
};

struct piece {
    struct cd_token tok;
    str text;               /* as written */
    struct comment *before; /* on lines of their own */
    bool blank_before;      /* an empty line between the last of them and the token */
    str behind;             /* on the same line; .p NULL: none */
    uint32_t match;         /* of an opening bracket: its closing one */
    bool space;             /* before it, when on one line with its forerunner */
};

struct layout {
    struct arena *arena;
    struct buf *out;
    struct piece *t;
    size_t n, room;
    unsigned column, indent;
    bool line_start, must_break; /* a comment ends the line */
};

/* ---- reading tokens and comments ------------------------------------------------------- */

static bool punct(const struct piece *p, str s)
{
    return p->tok.kind == TOK_PUNCT && str_eq(p->text, s);
}

static bool word(const struct piece *p, str s)
{
    return p->tok.kind == TOK_IDENT && str_eq(p->text, s);
}

/* Comments between two tokens: the first may belong to the token before. */
static bool read_gap(struct layout *l, str gap, struct piece *prev, struct piece *next)
{
    struct comment **tail = &next->before;
    unsigned lines = prev ? 0 : 1;
    str line;

    while (str_split(&gap, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0) {
            lines += gap.p != NULL;
            continue;
        }
        if (lines == 0 && prev && !prev->behind.p && next->before == NULL) {
            prev->behind = line;
        } else {
            struct comment *c = arena_new_of(l->arena, struct comment);
            if (!c)
                return false;
            *c = (struct comment){.text = line, .blank_before = lines > 1};
            *tail = c;
            tail = &c->next;
        }
        lines = 1;
    }
    next->blank_before = lines > 1;
    return true;
}

static bool add_piece(struct layout *l, str text, struct cd_token tok, uint32_t end)
{
    l->t = cd_grow(l->arena, l->t, l->n, &l->room, sizeof *l->t);
    if (!l->t)
        return false;
    struct piece *p = &l->t[l->n];
    *p = (struct piece){.tok = tok, .text = str_sub(text, tok.at, tok.end)};
    if (!read_gap(l, str_sub(text, end, tok.at), l->n ? p - 1 : NULL, p))
        return false;
    l->n++;
    return true;
}

static bool read_tokens(struct layout *l, str text)
{
    struct cd_lexer lex = {.text = text};
    uint32_t end = 0;

    for (;;) {
        struct cd_token tok = cd_lex(&lex);
        if (!add_piece(l, text, tok, end))
            return false;
        if (tok.kind == TOK_END)
            return true;
        end = tok.end;
    }
}

static bool opens(const struct piece *p)
{
    return punct(p, S("(")) || punct(p, S("[")) || punct(p, S("{"));
}

static bool closes(const struct piece *p)
{
    return punct(p, S(")")) || punct(p, S("]")) || punct(p, S("}"));
}

static bool match_brackets(struct layout *l)
{
    uint32_t *stack = arena_alloc(l->arena, (l->n + 1) * sizeof *stack), depth = 0;

    if (!stack)
        return false;
    for (uint32_t i = 0; i < l->n; i++) {
        if (opens(&l->t[i]))
            stack[depth++] = i;
        else if (closes(&l->t[i]) && depth > 0)
            l->t[stack[--depth]].match = i;
    }
    return depth == 0;
}

/* ---- spaces ---------------------------------------------------------------------------- */

static bool is_keyword(const struct piece *p)
{
    static const str words[] = {S("if"), S("then"), S("else"),   S("in"),     S("like"),  S("has"),
                                S("is"), S("when"), S("unless"), S("permit"), S("forbid")};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (word(p, words[i]))
            return true;
    }
    return false;
}

/* Whether an operand may end with p: then a sign behind it is binary, a bracket its index. */
static bool ends_operand(const struct piece *p, const struct piece *before)
{
    if (p->tok.kind == TOK_IDENT)
        return !is_keyword(p) || (before && (punct(before, S(".")) || punct(before, S("::"))));
    return p->tok.kind == TOK_INT || p->tok.kind == TOK_STRING || p->tok.kind == TOK_SLOT ||
           closes(p);
}

static bool space_between(const struct piece *prev, const struct piece *before_prev,
                          bool prev_is_sign, const struct piece *p)
{
    if (closes(p) || punct(p, S(",")) || punct(p, S(";")) || punct(p, S(".")) ||
        punct(p, S("::")) || punct(p, S(":")))
        return false;
    if (opens(prev) || punct(prev, S(".")) || punct(prev, S("::")) || punct(prev, S("@")) ||
        prev_is_sign)
        return false;
    if (punct(p, S("(")))
        return prev->tok.kind != TOK_IDENT ||
               (is_keyword(prev) && !(before_prev && punct(before_prev, S("."))));
    if (punct(p, S("[")))
        return !ends_operand(prev, before_prev);
    return true;
}

static void set_spaces(struct layout *l)
{
    bool sign = false;

    for (size_t i = 1; i < l->n; i++) {
        struct piece *p = &l->t[i], *prev = p - 1, *before = i > 1 ? p - 2 : NULL;
        p->space = space_between(prev, before, sign, p);
        sign = punct(p, S("!")) || (punct(p, S("-")) && !ends_operand(prev, before));
    }
}

/* ---- writing --------------------------------------------------------------------------- */

static void newline(struct layout *l)
{
    buf_add_char(l->out, '\n');
    l->column = 0;
    l->line_start = true;
    l->must_break = false;
}

static void fresh_line(struct layout *l)
{
    if (!l->line_start)
        newline(l);
}

static void write_text(struct layout *l, str s)
{
    for (unsigned i = 0; l->line_start && i < l->indent; i++)
        buf_add_char(l->out, ' ');
    if (l->line_start)
        l->column = l->indent;
    buf_add_str(l->out, s);
    l->column += (unsigned)utf8_count(s);
    l->line_start = false;
}

static void write_comments(struct layout *l, const struct piece *p)
{
    bool blank = p->blank_before;

    for (const struct comment *c = p->before; c; c = c->next) {
        fresh_line(l);
        if (c->blank_before && c != p->before)
            newline(l);
        write_text(l, c->text);
        newline(l);
        if (!c->next && blank)
            newline(l);
    }
}

static void write_piece(struct layout *l, const struct piece *p)
{
    if (l->must_break)
        fresh_line(l);
    write_comments(l, p);
    if (!l->line_start && p->space)
        write_text(l, S(" "));
    write_text(l, p->text);
    if (!p->behind.p)
        return;
    write_text(l, S(" "));
    write_text(l, p->behind);
    l->must_break = true;
}

/* Columns of pieces [from, to) on one line; more than WIDTH if a comment forbids that. The
 * comments around the whole do not count. */
static unsigned flat_width(const struct layout *l, size_t from, size_t to)
{
    unsigned w = 0;

    for (size_t i = from; i < to && w <= WIDTH; i++) {
        const struct piece *p = &l->t[i];
        if ((i > from && p->before) || (i + 1 < to && p->behind.p))
            return WIDTH + 1;
        w += (unsigned)utf8_count(p->text) + (i > from && p->space);
    }
    return w;
}

static bool fits(const struct layout *l, size_t from, size_t to, unsigned more)
{
    unsigned at = l->line_start || l->must_break ? l->indent : l->column + 1;

    return at + flat_width(l, from, to) + more <= WIDTH;
}

static void write_flat(struct layout *l, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        write_piece(l, &l->t[i]);
}

/* ---- expressions ----------------------------------------------------------------------- */

static void write_range(struct layout *l, size_t from, size_t to, unsigned more);

/* Next piece of that text outside brackets, or `to`. */
static size_t find_outside(const struct layout *l, size_t from, size_t to, str s)
{
    for (size_t i = from; i < to; i++) {
        if (opens(&l->t[i]))
            i = l->t[i].match;
        else if (str_eq(l->t[i].text, s))
            return i;
    }
    return to;
}

/* a op b op c, each on its line, operators at the ends */
static void write_chain(struct layout *l, size_t from, size_t to, str op, unsigned more)
{
    size_t at;

    while ((at = find_outside(l, from, to, op)) < to) {
        write_range(l, from, at, (unsigned)op.n + 1);
        write_piece(l, &l->t[at]);
        fresh_line(l);
        from = at + 1;
    }
    write_range(l, from, to, more);
}

/* The `then` or `else` of the `if` at from, past those of ifs inside. */
static size_t find_branch(const struct layout *l, size_t from, size_t to, str s)
{
    unsigned depth = 0;

    for (size_t i = from + 1; i < to; i++) {
        bool named = punct(&l->t[i - 1], S(".")) || punct(&l->t[i - 1], S("::"));
        if (opens(&l->t[i]))
            i = l->t[i].match;
        else if (word(&l->t[i], S("if")) && !named)
            depth++;
        else if (depth == 0 && word(&l->t[i], s))
            return i;
        else if (word(&l->t[i], S("else")) && depth > 0)
            depth--;
    }
    return to;
}

static void write_if(struct layout *l, size_t from, size_t to, unsigned more)
{
    size_t then = find_branch(l, from, to, S("then")), other = find_branch(l, from, to, S("else"));
    size_t starts[] = {from, then, other, to};

    for (unsigned i = 0; i < 3; i++) {
        if (i)
            fresh_line(l);
        write_piece(l, &l->t[starts[i]]);
        l->indent += STEP;
        write_range(l, starts[i] + 1, starts[i + 1], i == 2 ? more : 0);
        l->indent -= STEP;
    }
}

/* The inside of brackets, one item a line. */
static void write_items(struct layout *l, size_t from, size_t to)
{
    while (from < to) {
        size_t comma = find_outside(l, from, to, S(","));
        write_range(l, from, comma, 1);
        if (comma < to)
            write_piece(l, &l->t[comma]);
        fresh_line(l);
        from = comma + 1;
    }
}

/* No operator to break at: brackets that do not fit are opened. */
static void write_plain(struct layout *l, size_t from, size_t to, unsigned more)
{
    for (size_t i = from; i < to; i++) {
        size_t end = opens(&l->t[i]) ? l->t[i].match : i;
        if (end > i + 1 && end < to && !fits(l, i, end + 1, end + 1 == to ? more : 0)) {
            write_piece(l, &l->t[i]);
            fresh_line(l);
            l->indent += STEP;
            write_items(l, i + 1, end);
            l->indent -= STEP;
            write_piece(l, &l->t[end]);
            i = end;
        } else {
            write_piece(l, &l->t[i]);
        }
    }
}

/* Pieces [from, to), with room for `more` columns behind them. */
static void write_range(struct layout *l, size_t from, size_t to, unsigned more)
{
    if (fits(l, from, to, more))
        write_flat(l, from, to);
    else if (from < to && word(&l->t[from], S("if")))
        write_if(l, from, to, more);
    else if (find_outside(l, from, to, S("||")) < to)
        write_chain(l, from, to, S("||"), more);
    else if (find_outside(l, from, to, S("&&")) < to)
        write_chain(l, from, to, S("&&"), more);
    else
        write_plain(l, from, to, more);
}

/* ---- policies -------------------------------------------------------------------------- */

/* @name("…") on a line */
static size_t write_annotation(struct layout *l, size_t i)
{
    size_t end = i + 2;

    if (punct(&l->t[end], S("(")))
        end = l->t[end].match + 1;
    write_flat(l, i, end);
    fresh_line(l);
    return end;
}

/* The bracket at `open` and what leads to it from `from`; behind it comes at most ";". */
static size_t write_group(struct layout *l, size_t from, size_t open)
{
    size_t close = l->t[open].match;
    bool braces = punct(&l->t[open], S("{"));

    if (fits(l, from, close + 1, braces ? 3 : 1)) {
        bool space = l->t[close].space, first = l->t[open + 1].space;
        l->t[open + 1].space = braces;
        l->t[close].space = braces;
        write_flat(l, from, close + 1);
        l->t[open + 1].space = first;
        l->t[close].space = space;
        return close + 1;
    }
    write_flat(l, from, open + 1);
    fresh_line(l);
    l->indent += STEP;
    if (braces)
        write_range(l, open + 1, close, 0);
    else
        write_items(l, open + 1, close);
    fresh_line(l);
    l->indent -= STEP;
    write_piece(l, &l->t[close]);
    return close + 1;
}

static size_t write_policy(struct layout *l, size_t i)
{
    while (punct(&l->t[i], S("@")))
        i = write_annotation(l, i);
    i = write_group(l, i, i + 1);
    while (!punct(&l->t[i], S(";"))) {
        fresh_line(l);
        i = write_group(l, i, i + 1);
    }
    write_piece(l, &l->t[i]);
    fresh_line(l);
    return i + 1;
}

static void write_all(struct layout *l)
{
    size_t i = 0;

    l->line_start = true;
    while (i + 1 < l->n) {
        if (i)
            newline(l);
        i = write_policy(l, i);
    }
    if (i && l->t[i].before)
        newline(l);
    l->t[i].blank_before = false;
    write_comments(l, &l->t[i]);
}

enum err cedar_format(struct buf *out, const struct cedar_source *src, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(arena) struct arena *arena = arena_new(cedar_limits_default.memory);
    struct layout l = {.arena = arena, .out = out};

    TRY(cedar_parse(src, 1, NULL, &set, f));
    if (!arena || !read_tokens(&l, src->text) || !match_brackets(&l))
        return fault(f, ERR_MEMORY_LIMIT, "no memory to format '%.*s'", STR_FMT(src->name));
    set_spaces(&l);
    write_all(&l);
    if (!buf_ok(out))
        return fault(f, ERR_MEMORY_LIMIT, "the formatted text is larger than its buffer");
    return OK;
}
