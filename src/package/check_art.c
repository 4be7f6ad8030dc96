/* check_art.c - the document's art: nothing from outside, and every name in braces has a value */
#include "package/check_int.h"

struct art {
    struct check *c;
    str file, svg;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* word is in small letters. */
static bool here(str s, size_t at, const char *word)
{
    size_t n = strlen(word);

    if (at + n > s.n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(s.p[at + i]) != word[i])
            return false;
    return true;
}

static size_t skip_set(str s, size_t at, const char *set)
{
    while (at < s.n && strchr(set, s.p[at]) && s.p[at])
        at++;
    return at;
}

/* ---- from outside ------------------------------------------------------------------------- */

static void check_forbidden(struct art *art, size_t at)
{
    static const struct {
        const char *word, *what;
    } forbidden[] = {{"<script", "a script"},
                     {"<!entity", "an entity"},
                     {"<!doctype", "a document type"},
                     {"<?xml-stylesheet", "a style sheet from outside"},
                     {"<foreignobject", "a foreign object"},
                     {"@import", "a style sheet from outside"},
                     {"xml:base", "another base for its references"}};

    for (size_t i = 0; i < ARRAY_LEN(forbidden); i++)
        if (here(art->svg, at, forbidden[i].word))
            check_add_byte(art->c, art->file, at, "draw it with shapes and text alone",
                           "the art has %s", forbidden[i].what);
}

static void check_reference(struct art *art, size_t at)
{
    size_t to = at;

    if (here(art->svg, at, "url(")) {
        to = skip_set(art->svg, at + 4, " \t\r\n\"'");
    } else if (here(art->svg, at, "href")) {
        to = skip_set(art->svg, at + 4, " \t\r\n");
        if (to >= art->svg.n || art->svg.p[to] != '=')
            return;
        to = skip_set(art->svg, to, "= \t\r\n\"'");
    } else {
        return;
    }
    if (to >= art->svg.n || art->svg.p[to] != '#')
        check_add_byte(art->c, art->file, at, "refer to #parts of the same file only",
                       "the art refers to something outside of it");
}

/* ` onload=`: an attribute that would run. */
static void check_handler(struct art *art, size_t at)
{
    size_t to = at + 3;

    if (!strchr(" \t\r\n", art->svg.p[at]) || !here(art->svg, at + 1, "on"))
        return;
    while (to < art->svg.n && lower(art->svg.p[to]) >= 'a' && lower(art->svg.p[to]) <= 'z')
        to++;
    to = skip_set(art->svg, to, " \t\r\n");
    if (to == at + 3 || to >= art->svg.n || art->svg.p[to] != '=')
        return;
    to = skip_set(art->svg, to + 1, " \t\r\n");
    if (to < art->svg.n && (art->svg.p[to] == '"' || art->svg.p[to] == '\''))
        check_add_byte(art->c, art->file, at + 1, "leave it out", "the art has a handler");
}

/* ---- names in braces ------------------------------------------------------------------------- */

static bool value_known(const struct check *c, str name)
{
    static const char *const house[] = {"number", "mission_en", "mission_ar", "issued",
                                        "issued_hijri"};
    AUTO(buf) struct buf b = BUF(1024);

    for (size_t i = 0; i < ARRAY_LEN(house); i++)
        if (str_eq(name, str_of(house[i])))
            return true;
    buf_add_char(&b, '/');
    for (size_t i = 0; i < name.n; i++)
        buf_add_char(&b, name.p[i] == '.' ? '/' : name.p[i]);
    const struct json *schema = buf_ok(&b) ? form_at(c->form, buf_str(&b)) : NULL;
    return schema && !json_get(schema, S("properties")) && !json_get(schema, S("items"));
}

static void check_name(struct art *art, size_t at)
{
    str rest = str_sub(art->svg, at + 2, art->svg.n);

    if (!str_starts(str_sub(art->svg, at, art->svg.n), S("{{")))
        return;
    ptrdiff_t end = str_find(rest, S("}}"));
    str name = end < 0 || end > 64 ? STR_NONE : str_trim(str_sub(rest, 0, (size_t)end));
    if (!name.n)
        check_add_byte(art->c, art->file, at, "write {{name}}", "the braces hold no proper name");
    else if (art->c->form && !value_known(art->c, name))
        check_add_byte(art->c, art->file, at, "name an answer of the form, or a value of the house",
                       "nothing gives a value for {{%.*s}}", STR_FMT(name));
}

static void check_one(struct check *c, const struct package_file *file)
{
    struct art art = {c, file->name, file->bytes};

    for (size_t i = 0; i < art.svg.n; i++) {
        if (here(art.svg, i, "<!--")) { /* a comment draws nothing */
            ptrdiff_t end = str_find(str_sub(art.svg, i, art.svg.n), S("-->"));
            i = end < 0 ? art.svg.n : i + (size_t)end;
            continue;
        }
        check_forbidden(&art, i);
        check_reference(&art, i);
        check_handler(&art, i);
        check_name(&art, i);
    }
}

void check_art(struct check *c)
{
    for (size_t i = 0; i < c->files->n; i++)
        if (str_ends(c->files->list[i].name, S(".svg")))
            check_one(c, &c->files->list[i]);
}
