/* render_template.c - names in braces and start tags of a template */
#include "paper/render_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"

#define NAME_MAX_BYTES 64

/* --- names in braces ------------------------------------------------------------------------ */

static bool name_ok(str s)
{
    if (s.n == 0 || s.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'))
            return false;
    }
    return true;
}

static enum err value_fault(struct fault *f, enum err e, str name, const char *why)
{
    char pointer[128];

    snprintf(pointer, sizeof pointer, "/values/%.*s", (int)(name.n < 64 ? name.n : 64), name.p);
    return fault_at(f, e, pointer, "%s", why);
}

/* XML 1.0 allows no control characters but tab and line ends; of these only line feeds make
 * sense in a text. U+FFFE and U+FFFF are no characters. Explicit bidirectional overrides could
 * make a printed name read otherwise than it is, so they are refused too. */
static enum err check_value(const struct render_value *v, struct fault *f)
{
    size_t n;

    if (v->text.n > RENDER_VALUE_MAX)
        return value_fault(f, ERR_LIMIT, v->name, "the value is too long");
    for (size_t i = 0; i < v->text.n; i += n) {
        uint32_t cp;
        n = utf8_decode(str_sub(v->text, i, v->text.n), &cp);
        if (n == 0)
            return value_fault(f, ERR_INVALID, v->name, "the value is not UTF-8");
        if ((cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp < 0xa0) || cp == 0xfffe ||
            cp == 0xffff || (cp >= 0x202a && cp <= 0x202e))
            return value_fault(f, ERR_INVALID, v->name, "the value has a control character");
    }
    return OK;
}

static const struct render_value *value_find(const struct render_in *in, str name)
{
    for (size_t i = 0; i < in->n; i++)
        if (str_eq(in->values[i].name, name))
            return &in->values[i];
    return NULL;
}

enum err template_expand(const struct render_in *in, struct buf *out, struct fault *f)
{
    str rest = in->template_svg;

    if (rest.n > RENDER_TEMPLATE_MAX || in->n > RENDER_VALUES_MAX)
        return fault_at(f, ERR_LIMIT, "/template", "the template or its values are too large");
    if (!utf8_valid(rest) || memchr(rest.p ? rest.p : "", 0, rest.n))
        return fault_at(f, ERR_SYNTAX, "/template", "the template is not UTF-8 text");
    for (size_t i = 0; i < in->n; i++)
        TRY(check_value(&in->values[i], f));
    for (;;) {
        ptrdiff_t at = str_find(rest, S("{{"));
        if (at < 0)
            break;
        buf_add_str(out, str_sub(rest, 0, (size_t)at));
        rest = str_sub(rest, (size_t)at + 2, rest.n);
        ptrdiff_t end = str_find(rest, S("}}"));
        str name = end < 0 ? S("") : str_trim(str_sub(rest, 0, (size_t)end));
        if (!name_ok(name))
            return fault_at(f, ERR_SYNTAX, "/template", "the braces hold no proper name");
        const struct render_value *v = value_find(in, name);
        if (!v)
            return value_fault(f, ERR_INVALID, name, "the template asks for this value");
        xml_escape(out, v->text);
        rest = str_sub(rest, (size_t)end + 2, rest.n);
    }
    buf_add_str(out, rest);
    return buf_ok(out) ? OK : fault_at(f, ERR_LIMIT, "/template", "the page is too large");
}

/* --- start tags -------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':' || c == '.';
}

/* Resolves the five entities of XML and numeric references; others are left as they stand
 * (librsvg then refuses the document). STR_NONE without memory. */
static str unescape(struct arena *a, str s)
{
    static const struct {
        str name;
        char c;
    } entities[] = {{S("amp;"), '&'},   {S("lt;"), '<'},   {S("gt;"), '>'},  {S("quot;"), '"'},
                    {S("apos;"), '\''}, {S("#39;"), '\''}, {S("#10;"), '\n'}};
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;

    if (!out)
        return STR_NONE;
    for (size_t i = 0; i < s.n; i++) {
        str rest = str_sub(s, i + 1, s.n);
        char c = s.p[i];
        for (size_t k = 0; c == '&' && k < ARRAY_LEN(entities); k++)
            if (str_starts(rest, entities[k].name)) {
                c = entities[k].c;
                i += entities[k].name.n;
                break;
            }
        out[n++] = c;
    }
    return str_bytes(out, n);
}

/* Drops the first n bytes. */
static void skip_bytes(str *s, size_t n)
{
    *s = str_sub(*s, n, s->n);
}

static size_t name_length(str s)
{
    size_t n = 0;

    while (n < s.n && is_name_char(s.p[n]))
        n++;
    return n;
}

static void skip_blanks(str *s)
{
    while (s->n && is_blank(s->p[0]))
        skip_bytes(s, 1);
}

/* The attributes of a tag up to its end. */
static bool read_attrs(str *s, struct arena *a, struct tag *t)
{
    for (;;) {
        skip_blanks(s);
        if (s->n == 0 || s->p[0] == '>' || s->p[0] == '/')
            return true;
        size_t n = name_length(*s);
        str key = str_sub(*s, 0, n);
        skip_bytes(s, n);
        skip_blanks(s);
        if (n == 0 || s->n < 3 || s->p[0] != '=')
            return false;
        skip_bytes(s, 1);
        skip_blanks(s);
        char quote = s->n ? s->p[0] : 0;
        skip_bytes(s, 1);
        ptrdiff_t end = str_find_char(*s, quote);
        if ((quote != '"' && quote != '\'') || end < 0 || t->n == TAG_ATTRS)
            return false;
        str value = unescape(a, str_sub(*s, 0, (size_t)end));
        if (!value.p)
            return false;
        t->attr[t->n].key = key;
        t->attr[t->n++].value = value;
        skip_bytes(s, (size_t)end + 1);
    }
}

/* Skips to behind the first occurrence of mark. */
static bool skip_past(str *s, str mark)
{
    ptrdiff_t at = str_find(*s, mark);

    if (at < 0)
        return false;
    skip_bytes(s, (size_t)at + mark.n);
    return true;
}

bool template_next(str *rest, struct arena *a, struct tag *out, enum err *e, struct fault *f)
{
    *e = OK;
    for (;;) {
        bool ok = true;
        if (!skip_past(rest, S("<")))
            return false;
        if (str_starts(*rest, S("!--"))) {
            ok = skip_past(rest, S("-->"));
        } else if (str_starts(*rest, S("![CDATA["))) {
            ok = skip_past(rest, S("]]>"));
        } else if (str_starts(*rest, S("!"))) {
            *e = fault_at(f, ERR_SYNTAX, "/template", "declarations are not permitted");
            return false;
        } else if (str_starts(*rest, S("?"))) {
            ok = skip_past(rest, S("?>"));
        } else if (!str_starts(*rest, S("/"))) {
            struct tag t = {.name = str_sub(*rest, 0, name_length(*rest))};
            skip_bytes(rest, t.name.n);
            if (t.name.n && read_attrs(rest, a, &t)) {
                *out = t;
                return true;
            }
            ok = false;
        }
        if (!ok) {
            *e = fault_at(f, ERR_SYNTAX, "/template", "a tag cannot be read");
            return false;
        }
    }
}

str tag_attr(const struct tag *t, const char *key, str otherwise)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->attr[i].key, str_of(key)))
            return t->attr[i].value;
    return otherwise;
}

double tag_number(const struct tag *t, const char *key, double otherwise)
{
    str s = tag_attr(t, key, S(""));
    double v = 0, unit = 1;
    size_t i = 0;

    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && v < 1e6; i++)
        v = v * 10 + (s.p[i] - '0');
    if (i < s.n && s.p[i] == '.')
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            v += (s.p[i] - '0') * (unit /= 10);
    return i ? v : otherwise;
}
