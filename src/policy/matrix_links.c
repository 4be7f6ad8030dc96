/* matrix_links.c - templates whose slots a table of links fills: a policy for each row
 *
 * The policy is made as a tree, in the JSON policy format, so that no cell can become syntax.
 */
#include "policy/matrix_int.h"

enum { TREES_MAX = 64 << 20 };

/* Columns of links_kind. */
enum { LINK_ID, LINK_TEMPLATE, LINK_PRINCIPAL, LINK_RESOURCE, LINK_NOTES };

static const struct json *template_named(const struct json *all, str id)
{
    for (uint32_t i = 0; all && i < all->n; i++) {
        const struct json *t = &all->members[i].value;
        if (str_eq(json_get_str(json_get(t, S("annotations")), S("id")), id))
            return t;
    }
    return NULL;
}

/* ---- slots ---------------------------------------------------------------------------------- */

/* A row of links being made into a policy. */
struct link {
    const struct table *t;
    const struct table_row *r;
    struct arena *a;
    struct fault *f;
};

/* "Mission:paris", or as Cedar has it: Sifara::Mission::"paris". */
static enum err read_entity(const struct link *l, size_t column, str *out_type, str *out_id)
{
    str cell = str_trim(l->r->cells[column]);
    ptrdiff_t quote = str_find(cell, S("::\"")), colon = str_find_char(cell, ':');
    size_t at = quote >= 0 ? (size_t)quote : colon >= 0 ? (size_t)colon : cell.n;
    str type = str_sub(cell, 0, at);
    str id = str_sub(cell, at + (quote >= 0 ? 3 : 1), quote >= 0 ? cell.n - 1 : cell.n);

    bool good = type.n > 0 && id.n > 0 && (quote < 0 || str_ends(cell, S("\""))) &&
                str_find_char(id, '"') < 0 && str_find_char(id, '\\') < 0 && id.p[0] != ':';
    if (!good)
        return table_fault(l->f, l->t, l->r, column,
                           "expected an entity such as Mission:paris, found \"%.*s\"",
                           (int)(cell.n < 60 ? cell.n : 60), cell.p);
    if (str_find(type, S("::")) < 0)
        type = str_printf(l->a, "Sifara::%.*s", STR_FMT(type));
    TRY_PTR(type.p, l->f);
    *out_type = type;
    *out_id = id;
    return OK;
}

static enum err put_slot(struct jw *w, const struct link *l, size_t column)
{
    str type, id;

    TRY(read_entity(l, column, &type, &id));
    jw_key(w, S("entity"));
    jw_open(w, '{');
    jw_kv(w, S("type"), type);
    jw_kv(w, S("id"), id);
    jw_close(w, '}');
    return OK;
}

/* A party of the scope, its slot filled. */
static enum err put_scope(struct jw *w, const struct link *l, const struct json *scope,
                          size_t column, bool *out_used)
{
    jw_open(w, '{');
    for (uint32_t i = 0; i < scope->n; i++) {
        const struct json_member *m = &scope->members[i];
        if (str_eq(m->key, S("slot"))) {
            *out_used = true;
            TRY(put_slot(w, l, column));
        } else if (str_eq(m->key, S("in")) && m->value.type == J_OBJECT) {
            jw_key(w, m->key);
            TRY(put_scope(w, l, &m->value, column, out_used));
        } else {
            jw_key(w, m->key);
            jw_tree(w, &m->value);
        }
    }
    jw_close(w, '}');
    return OK;
}

static enum err put_party(struct jw *w, const struct link *l, const struct json *template,
                          size_t column)
{
    str name = str_of(links_kind.columns[column]);
    bool used = false;

    jw_key(w, name);
    TRY(put_scope(w, l, json_get(template, name), column, &used));
    if (!used && l->r->cells[column].n)
        return table_fault(l->f, l->t, l->r, column, "the template has no such slot");
    return OK;
}

/* ---- notes ---------------------------------------------------------------------------------- */

/* What the row says of a note; .n 0: nothing. */
static str note_of(const struct table_row *r, str key)
{
    if (str_eq(key, S("id")))
        return r->cells[LINK_ID];
    for (size_t i = LINK_NOTES; i < links_kind.n; i++)
        if (str_eq(key, str_of(links_kind.columns[i])))
            return r->cells[i];
    return S("");
}

static void put_notes(struct jw *w, const struct link *l, const struct json *notes)
{
    jw_key(w, S("annotations"));
    jw_open(w, '{');
    for (uint32_t i = 0; notes && i < notes->n; i++) {
        str note = note_of(l->r, notes->members[i].key);
        jw_key(w, notes->members[i].key);
        if (note.n)
            jw_string(w, note);
        else
            jw_tree(w, &notes->members[i].value);
    }
    for (size_t i = LINK_NOTES; i < links_kind.n; i++) {
        str key = str_of(links_kind.columns[i]);
        if (l->r->cells[i].n && !json_get(notes, key))
            jw_kv(w, key, l->r->cells[i]);
    }
    jw_close(w, '}');
}

/* ---- policies ------------------------------------------------------------------------------- */

static enum err expand(struct buf *out, const struct link *l, const struct json *template)
{
    AUTO(buf) struct buf b = BUF(TREES_MAX);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct jw w = JW(&b);
    struct json *j;

    jw_open(&w, '{');
    jw_kv(&w, S("effect"), json_get_str(template, S("effect")));
    TRY(put_party(&w, l, template, LINK_PRINCIPAL));
    jw_key(&w, S("action"));
    jw_tree(&w, json_get(template, S("action")));
    TRY(put_party(&w, l, template, LINK_RESOURCE));
    jw_key(&w, S("conditions"));
    jw_tree(&w, json_get(template, S("conditions")));
    put_notes(&w, l, json_get(template, S("annotations")));
    jw_close(&w, '}');
    TRY(json_parse(l->a, buf_str(&b), &json_limits_wide, &j, l->f));
    if (cedar_set_read(j, NULL, &set, l->f) != OK)
        return table_fault(l->f, l->t, l->r, LINK_PRINCIPAL, "no such entity can be named");
    cedar_policy_print(out, set, 0);
    return OK;
}

static enum err check_twice(const struct table *t, size_t i, struct fault *f)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(t->rows[k].cells[LINK_ID], t->rows[i].cells[LINK_ID]))
            return table_fault(f, t, &t->rows[i], LINK_ID, "stands twice");
    return t->rows[i].cells[LINK_ID].n ? OK
                                       : table_fault(f, t, &t->rows[i], LINK_ID, "expected a name");
}

enum err matrix_links(struct buf *out, const struct table *t, const struct cedar_set *set,
                      struct arena *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(TREES_MAX);
    AUTO(arena) struct arena *row = arena_new(64 << 20);
    struct cedar_source src = {t->file, {0}};
    const struct json *all = NULL;

    TRY_PTR(row, f);
    TRY(cedar_template_trees(a, set, &all, f));
    for (size_t i = 0; i < t->n; i++) {
        struct link l = {t, &t->rows[i], row, f};
        const struct json *template = template_named(all, l.r->cells[LINK_TEMPLATE]);
        arena_reset(row);
        TRY(check_twice(t, i, f));
        if (!template)
            return table_fault(f, t, l.r, LINK_TEMPLATE, "no template has this @id");
        TRY(expand(&b, &l, template));
    }
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "%.*s: too much text", STR_FMT(t->file));
    src.text = buf_str(&b);
    return cedar_format(out, &src, f);
}
