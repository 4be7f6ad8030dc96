/* matrix_table.c - tables of texts: CSV (RFC 4180) and JSON, read and written */
#include <stdarg.h>
#include <stdio.h>

#include "policy/matrix_int.h"

enum { TEXT_MAX = 16 << 20 };

const struct table_kind matrix_kind = {{"id", "who", "action", "effect", "title", "basis", "CLEAR",
                                        "GREEN", "AMBER", "AMBER_STRICT", "RED", "conditions",
                                        "reason_en", "reason_ar", "reason_fr"},
                                       15,
                                       3};
const struct table_kind links_kind = {{"id", "template", "principal", "resource", "title", "basis",
                                       "reason_en", "reason_ar", "reason_fr"},
                                      9,
                                      2};

enum err table_fault(struct fault *f, const struct table *t, const struct table_row *r,
                     size_t column, const char *fmt, ...)
{
    const char *name = t->kind->columns[column];
    char said[160], pointer[64];
    va_list args;

    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    if (!t->json)
        return fault(f, ERR_INVALID, "%.*s:%u: column \"%s\": %s", STR_FMT(t->file), r->line, name,
                     said);
    snprintf(pointer, sizeof pointer, "/%u/%s", r->line, name);
    return fault_at(f, ERR_INVALID, pointer, "%.*s: %s", STR_FMT(t->file), said);
}

static ptrdiff_t column_of(const struct table_kind *k, str name)
{
    for (size_t i = 0; i < k->n; i++)
        if (str_eq(name, str_of(k->columns[i])))
            return (ptrdiff_t)i;
    return -1;
}

static enum err add_row(struct arena *a, struct table *t, size_t *room, struct table_row **out,
                        struct fault *f)
{
    if (t->n == TABLE_ROWS)
        return fault(f, ERR_LIMIT, "%.*s: more than %d rows", STR_FMT(t->file), TABLE_ROWS);
    if (t->n == *room) {
        size_t more = *room ? 2 * *room : 64;
        struct table_row *rows = arena_zalloc(a, more, sizeof *rows);
        TRY_PTR(rows, f);
        if (t->n)
            memcpy(rows, t->rows, t->n * sizeof *rows);
        t->rows = rows;
        *room = more;
    }
    *out = &t->rows[t->n++];
    for (size_t i = 0; i < TABLE_COLUMNS; i++)
        (*out)->cells[i] = S("");
    return OK;
}

/* ---- CSV ------------------------------------------------------------------------------------ */

struct csv {
    struct arena *a;
    str file, rest;
    char sep;
    uint32_t line;
};

/* What ended a cell. */
enum end { END_CELL, END_ROW };

static enum err csv_quoted(struct csv *c, struct buf *b, struct fault *f)
{
    uint32_t began = c->line;
    size_t i = 1;

    for (; i < c->rest.n; i++) {
        char ch = c->rest.p[i];
        if (ch == '"' && i + 1 < c->rest.n && c->rest.p[i + 1] == '"')
            i++;
        else if (ch == '"')
            break;
        c->line += ch == '\n';
        buf_add_char(b, ch);
    }
    if (i == c->rest.n)
        return fault(f, ERR_MALFORMED_TEXT, "%.*s:%u: a quoted cell does not end", STR_FMT(c->file),
                     began);
    c->rest = str_sub(c->rest, i + 1, c->rest.n);
    return OK;
}

static void csv_plain(struct csv *c, struct buf *b)
{
    size_t i = 0;

    while (i < c->rest.n && c->rest.p[i] != c->sep && c->rest.p[i] != '\n' &&
           c->rest.p[i] != '\r' && c->rest.p[i] != '"')
        i++;
    buf_add(b, c->rest.p, i);
    c->rest = str_sub(c->rest, i, c->rest.n);
}

/* The next cell; out_end says what came behind it. */
static enum err csv_cell(struct csv *c, str *out, enum end *out_end, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(TABLE_CELL);

    if (str_starts(c->rest, S("\"")))
        TRY(csv_quoted(c, &b, f));
    else
        csv_plain(c, &b);
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "%.*s:%u: a cell has more than %d bytes", STR_FMT(c->file),
                     c->line, TABLE_CELL);
    *out = str_copy(c->a, buf_str(&b));
    TRY_PTR(out->p, f);
    size_t n = str_starts(c->rest, S("\r\n")) ? 2 : 1;
    *out_end = END_ROW;
    if (!c->rest.n)
        return OK;
    if (c->rest.p[0] == c->sep)
        *out_end = END_CELL;
    else if (n == 1 && c->rest.p[0] != '\n')
        return fault(f, ERR_MALFORMED_TEXT, "%.*s:%u: a quotation mark or a lone return in a cell",
                     STR_FMT(c->file), c->line);
    else
        c->line++;
    c->rest = str_sub(c->rest, n, c->rest.n);
    return OK;
}

/* Names of the columns, by place in the file. */
struct header {
    size_t at[TABLE_COLUMNS], n;
};

static enum err csv_header(struct csv *c, const struct table_kind *k, struct header *h,
                           struct fault *f)
{
    bool seen[TABLE_COLUMNS] = {0};
    enum end end = END_CELL;
    str name;

    for (h->n = 0; end == END_CELL; h->n++) {
        TRY(csv_cell(c, &name, &end, f));
        ptrdiff_t at = column_of(k, str_trim(name));
        if (at < 0 || h->n == TABLE_COLUMNS)
            return fault(f, ERR_INVALID, "%.*s:1: no column is called \"%.*s\"", STR_FMT(c->file),
                         (int)(name.n < 40 ? name.n : 40), name.p);
        if (seen[at])
            return fault(f, ERR_INVALID, "%.*s:1: column \"%s\" stands twice", STR_FMT(c->file),
                         k->columns[at]);
        seen[at] = true;
        h->at[h->n] = (size_t)at;
    }
    for (size_t i = 0; i < k->needed; i++)
        if (!seen[i])
            return fault(f, ERR_INVALID, "%.*s:1: column \"%s\" is missing", STR_FMT(c->file),
                         k->columns[i]);
    return OK;
}

static enum err csv_row(struct csv *c, const struct header *h, struct table_row *r, struct fault *f)
{
    enum end end = END_CELL;
    size_t n = 0;
    str cell;

    r->line = c->line;
    for (; end == END_CELL; n++) {
        TRY(csv_cell(c, &cell, &end, f));
        if (n < h->n)
            r->cells[h->at[n]] = cell;
    }
    if (n != h->n)
        return fault(f, ERR_INVALID, "%.*s:%u: %zu cells, where the header has %zu",
                     STR_FMT(c->file), r->line, n, h->n);
    return OK;
}

static enum err read_csv(struct arena *a, str text, struct table *t, struct fault *f)
{
    ptrdiff_t end = str_find_char(text, '\n');
    str first = end < 0 ? text : str_sub(text, 0, (size_t)end);
    bool comma = str_find_char(first, ',') >= 0 || str_find_char(first, ';') < 0;
    struct csv c = {a, t->file, text, comma ? ',' : ';', 1};
    struct header h;
    struct table_row *r;
    size_t room = 0;

    TRY(csv_header(&c, t->kind, &h, f));
    while (c.rest.n) {
        TRY(add_row(a, t, &room, &r, f));
        TRY(csv_row(&c, &h, r, f));
    }
    return OK;
}

static void put_cell(struct buf *b, str s)
{
    bool plain = true;

    for (size_t i = 0; i < s.n; i++)
        plain &=
            s.p[i] != '"' && s.p[i] != ',' && s.p[i] != ';' && s.p[i] != '\n' && s.p[i] != '\r';
    if (plain) {
        buf_add_str(b, s);
        return;
    }
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
    buf_add_char(b, '"');
}

void table_write_csv(struct buf *b, const struct table *t)
{
    for (size_t i = 0; i < t->kind->n; i++)
        buf_printf(b, "%s%s", i ? "," : "", t->kind->columns[i]);
    buf_add_str(b, S("\r\n"));
    for (size_t k = 0; k < t->n; k++) {
        for (size_t i = 0; i < t->kind->n; i++) {
            buf_add_str(b, i ? S(",") : S(""));
            put_cell(b, t->rows[k].cells[i]);
        }
        buf_add_str(b, S("\r\n"));
    }
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static enum err json_row(const struct json *j, struct table *t, struct table_row *r,
                         struct fault *f)
{
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/%u", r->line);
    if (!json_is(j, J_OBJECT))
        return fault_at(f, ERR_INVALID, pointer, "%.*s: a row is an object", STR_FMT(t->file));
    for (uint32_t i = 0; i < j->n; i++) {
        str key = j->members[i].key, value = json_str(&j->members[i].value);
        ptrdiff_t at = column_of(t->kind, key);
        if (at < 0)
            return fault_at(f, ERR_INVALID, pointer, "%.*s: no column is called \"%.*s\"",
                            STR_FMT(t->file), (int)(key.n < 40 ? key.n : 40), key.p);
        if (!value.p)
            return table_fault(f, t, r, (size_t)at, "expected a text");
        if (value.n > TABLE_CELL)
            return table_fault(f, t, r, (size_t)at, "more than %d bytes", TABLE_CELL);
        r->cells[at] = value;
    }
    return OK;
}

static enum err read_json(struct arena *a, str text, struct table *t, struct fault *f)
{
    struct table_row *r;
    size_t room = 0;
    struct json *j;

    t->json = true;
    TRY(json_parse(a, text, &json_limits_wide, &j, f));
    if (!json_is(j, J_ARRAY))
        return fault(f, ERR_INVALID, "%.*s: expected a list of rows", STR_FMT(t->file));
    for (uint32_t i = 0; i < j->n; i++) {
        TRY(add_row(a, t, &room, &r, f));
        r->line = i;
        TRY(json_row(json_at(j, i), t, r, f));
    }
    return OK;
}

void table_write_json(struct buf *b, const struct table *t)
{
    struct jw w = JW(b);

    jw_open(&w, '[');
    for (size_t k = 0; k < t->n; k++) {
        jw_open(&w, '{');
        for (size_t i = 0; i < t->kind->n; i++)
            if (t->rows[k].cells[i].n)
                jw_kv(&w, str_of(t->kind->columns[i]), t->rows[k].cells[i]);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    buf_add_char(b, '\n');
}

enum err table_read(struct arena *a, const struct table_kind *kind, str file, str text,
                    struct table *out, struct fault *f)
{
    struct table t = {.kind = kind, .file = file};

    if (text.n > TEXT_MAX)
        return fault(f, ERR_LIMIT, "%.*s has more than %d bytes", STR_FMT(file), TEXT_MAX);
    if (!utf8_valid(text))
        return fault(f, ERR_MALFORMED_TEXT, "%.*s is not UTF-8", STR_FMT(file));
    if (str_starts(text, S("\xef\xbb\xbf")))
        text = str_sub(text, 3, text.n);
    if (str_starts(str_trim(text), S("[")) || str_starts(str_trim(text), S("{")))
        TRY(read_json(a, text, &t, f));
    else
        TRY(read_csv(a, text, &t, f));
    *out = t;
    return OK;
}
