/* matrix_read.c - a policy as a row of a matrix, where it has that shape
 *
 * Reading is generous: it looks for what a row could say. The row is then made into a policy again,
 * and only if that is the same policy it is one.
 */
#include <stdio.h>

#include "policy/matrix_int.h"

enum { TREE_MAX = 1 << 20, ROW_MAX = 1 << 16 };

/* ---- trees ---------------------------------------------------------------------------------- */

static const struct json *of(const struct json *e, const char *op)
{
    return json_is(e, J_OBJECT) && e->n == 1 ? json_get(e, str_of(op)) : NULL;
}

static const struct json *left(const struct json *body)
{
    return json_get(body, S("left"));
}

static const struct json *right(const struct json *body)
{
    return json_get(body, S("right"));
}

static str literal(const struct json *e)
{
    return json_str(of(e, "Value"));
}

static str entity_id(const struct json *e)
{
    return json_get_str(json_get(of(e, "Value"), S("__entity")), S("id"));
}

/* ---- who ------------------------------------------------------------------------------------ */

/* The texts of a set literal, each with a prefix. */
static bool read_texts(struct buf *b, const struct json *set, const char *prefix, const char *sep)
{
    const struct json *items = of(set, "Set");

    for (uint32_t i = 0; items && i < items->n; i++) {
        str text = literal(json_at(items, i));
        if (!text.p)
            return false;
        buf_printf(b, "%s%s%.*s", i ? sep : "", prefix, STR_FMT(text));
    }
    return items && items->n > 0;
}

static bool read_roles(struct buf *b, const struct json *e)
{
    const struct json *one = of(e, "contains"), *any = of(e, "containsAny");
    str role = literal(right(one));

    if (any)
        return read_texts(b, right(any), "role:", "|");
    if (role.p)
        buf_printf(b, "role:%.*s", STR_FMT(role));
    return role.p != NULL;
}

static bool read_partners(struct buf *b, const struct json *e, unsigned depth)
{
    const struct json * or = of(e, "||"), *in = of(e, "in"), *eq = of(e, "==");

    if (depth > 200)
        return false;
    if (or) {
        if (!read_partners(b, left(or), depth + 1))
            return false;
        buf_add_char(b, '|');
        return read_partners(b, right(or), depth + 1);
    }
    str id = entity_id(right(in ? in : eq));
    if (str_eq(json_get_str(of(e, "."), S("attr")), S("recognised")))
        buf_add_str(b, S("recognised"));
    else if (id.p)
        buf_printf(b, "%s:%.*s", in ? "organisation" : "state", STR_FMT(id));
    else
        return false;
    return true;
}

static bool read_who(struct buf *b, const struct json *e)
{
    const struct json *and = of(e, "&&");

    if (!and)
        return read_roles(b, e) || (b->n = 0, read_partners(b, e, 0));
    if (!read_roles(b, left(and)))
        return false;
    buf_add_char(b, '+');
    return read_partners(b, right(and), 0);
}

/* ---- levels --------------------------------------------------------------------------------- */

static void set_level(struct table_row *r, str level, str cell)
{
    for (size_t i = COL_LEVELS; i < COL_LEVELS + LEVELS; i++)
        if (str_eq(str_of(matrix_kind.columns[i]), level))
            r->cells[i] = cell;
}

static bool read_undertakings(struct buf *b, const struct json *e)
{
    const struct json *one = of(e, "contains"), *all = of(e, "containsAll");

    if (all)
        return read_texts(b, right(all), "", "+");
    buf_add_str(b, literal(right(one)));
    return literal(right(one)).p != NULL;
}

static bool read_level(struct arena *a, const struct json *e, struct table_row *r)
{
    AUTO(buf) struct buf b = BUF(ROW_MAX);
    const struct json *and = of(e, "&&"), *test = and? left(and) : e;
    const struct json *set = of(left(of(test, "contains")), "Set");
    str cell = S("yes");

    if (and) {
        if (!read_undertakings(&b, right(and)) || !buf_ok(&b))
            return false;
        cell = str_copy(a, buf_str(&b));
    }
    for (uint32_t i = 0; set && i < set->n; i++)
        set_level(r, entity_id(json_at(set, i)), cell);
    if (!set)
        set_level(r, entity_id(right(of(test, "=="))), cell);
    return cell.p && (set || entity_id(right(of(test, "=="))).p);
}

static bool read_level_list(struct arena *a, const struct json *e, struct table_row *r,
                            unsigned depth)
{
    const struct json * or = of(e, "||");

    if (depth > 10)
        return false;
    if (or)
        return read_level_list(a, left(or), r, depth + 1) &&
               read_level_list(a, right(or), r, depth + 1);
    return read_level(a, e, r);
}

static bool read_levels(struct arena *a, const struct json *e, struct table_row *r)
{
    for (size_t i = COL_LEVELS; i < COL_LEVELS + LEVELS; i++)
        r->cells[i] = S("no");
    return read_level_list(a, e, r, 0);
}

/* ---- conditions ----------------------------------------------------------------------------- */

#define HOLE        "?"
#define HOLE_NUMBER 7777777

/* The trees of all conditions, with a hole for the argument. */
struct patterns {
    const struct json *body[64];
};

static enum err pattern_of(struct arena *a, const struct condition *c, const struct json **out,
                           struct fault *f)
{
    AUTO(buf) struct buf b = BUF(TREE_MAX);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("condition"), {0}};
    struct json *j;
    char number[16];

    snprintf(number, sizeof number, "%d", HOLE_NUMBER);
    buf_add_str(&b, S("permit (principal, action, resource) when { "));
    condition_put(&b, c, c->arg == ARG_NUMBER ? str_of(number) : S(HOLE), false);
    buf_add_str(&b, S(" };"));
    src.text = buf_str(&b);
    TRY(cedar_parse(&src, 1, NULL, &set, f));
    TRY(cedar_policy_tree(a, set, 0, &j, f));
    *out = json_pointer(j, S("/conditions/0/body"));
    return OK;
}

static bool fits_members(const struct json *pattern, const struct json *e, struct json *hole);

/* Are the trees the same but for the hole, and what stands there? */
static bool fits(const struct json *pattern, const struct json *e, struct json *hole)
{
    bool text = str_eq(json_str(pattern), S(HOLE)) && json_is(e, J_STRING);
    bool number = json_is(pattern, J_INT) && pattern->i == HOLE_NUMBER && json_is(e, J_INT);

    if (text || number) {
        *hole = *e;
        return true;
    }
    if (!e || pattern->type != e->type || pattern->n != e->n)
        return json_same(pattern, e);
    if (json_is(e, J_OBJECT))
        return fits_members(pattern, e, hole);
    for (uint32_t i = 0; json_is(e, J_ARRAY) && i < e->n; i++)
        if (!fits(&pattern->items[i], &e->items[i], hole))
            return false;
    return json_is(e, J_ARRAY) || json_same(pattern, e);
}

static bool fits_members(const struct json *pattern, const struct json *e, struct json *hole)
{
    for (uint32_t i = 0; i < e->n; i++) {
        const struct json *p = json_get(pattern, e->members[i].key);
        if (!p || !fits(p, &e->members[i].value, hole))
            return false;
    }
    return true;
}

static bool read_condition(struct buf *b, const struct patterns *p, const struct json *e)
{
    const struct json *not = of(e, "!"), *inner = not ? json_get(not, S("arg")) : e;

    for (size_t i = 0; condition_at(i); i++) {
        struct json hole = {0};
        if (!fits(p->body[i], inner, &hole))
            continue;
        buf_printf(b, "%s%s", not ? "not-" : "", condition_at(i)->word);
        if (hole.type == J_STRING)
            buf_printf(b, ":%.*s", STR_FMT(json_str(&hole)));
        else if (hole.type == J_INT)
            buf_printf(b, ":%lld", (long long)hole.i);
        return true;
    }
    return false;
}

static bool read_conditions(struct buf *b, const struct patterns *p, const struct json *e,
                            unsigned depth)
{
    const struct json *and = of(e, "&&");

    if (depth > 200)
        return false;
    if (!and)
        return read_condition(b, p, e);
    if (!read_conditions(b, p, left(and), depth + 1))
        return false;
    buf_add_char(b, '+');
    return read_condition(b, p, right(and));
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Room for what is read from a clause, and where in a row it goes. */
static bool keep(struct arena *a, struct buf *b, struct table_row *r, size_t column)
{
    r->cells[column] = buf_ok(b) ? str_copy(a, buf_str(b)) : STR_NONE;
    return r->cells[column].p != NULL;
}

/* Each "when" says who, which levels or which conditions, in this order. */
static bool read_clauses(struct arena *a, const struct patterns *p, const struct json *clauses,
                         struct table_row *r)
{
    size_t i = 0, n = json_is(clauses, J_ARRAY) ? clauses->n : 0;
    AUTO(buf) struct buf who = BUF(ROW_MAX);
    AUTO(buf) struct buf conditions = BUF(ROW_MAX);

    r->cells[COL_WHO] = S("any");
    if (i < n && read_who(&who, json_get(json_at(clauses, i), S("body")))) {
        if (!keep(a, &who, r, COL_WHO))
            return false;
        i++;
    }
    if (i < n && read_levels(a, json_get(json_at(clauses, i), S("body")), r)) {
        i++;
    } else {
        for (size_t k = 0; k < LEVELS; k++)
            r->cells[COL_LEVELS + k] = S("");
    }
    if (i < n && read_conditions(&conditions, p, json_get(json_at(clauses, i), S("body")), 0)) {
        if (!keep(a, &conditions, r, COL_CONDITIONS))
            return false;
        i++;
    }
    return i == n;
}

static void read_notes(const struct json *notes, struct table_row *r)
{
    static const size_t columns[] = {COL_ID,      COL_TITLE,       COL_BASIS,
                                     COL_REASONS, COL_REASONS + 1, COL_REASONS + 2};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        str note = json_get_str(notes, str_of(matrix_kind.columns[columns[i]]));
        r->cells[columns[i]] = note.p ? note : S("");
    }
}

/* Does the row say that policy? */
static bool says(const struct table_row *r, const struct cedar_set *set, size_t i)
{
    AUTO(buf) struct buf text = BUF(TREE_MAX);
    AUTO(buf) struct buf was = BUF(TREE_MAX);
    AUTO(buf) struct buf is = BUF(TREE_MAX);
    AUTO(cedar_set) struct cedar_set *again = NULL;
    const struct table t = {.kind = &matrix_kind, .file = S("row")};
    struct cedar_source src = {S("row"), {0}};

    if (row_policy(&text, &t, r, NULL) != OK)
        return false;
    src.text = buf_str(&text);
    if (cedar_parse(&src, 1, NULL, &again, NULL) != OK || cedar_set_count(again) != 1)
        return false;
    cedar_policy_print(&was, set, i);
    cedar_policy_print(&is, again, 0);
    return buf_ok(&was) && buf_ok(&is) && str_eq(buf_str(&was), buf_str(&is));
}

static bool read_row(struct arena *a, const struct patterns *p, const struct cedar_set *set,
                     size_t i, struct table_row *out)
{
    struct table_row r = {.line = (uint32_t)i};
    struct json *j;

    for (size_t k = 0; k < TABLE_COLUMNS; k++)
        r.cells[k] = S("");
    if (cedar_policy_tree(a, set, i, &j, NULL) != OK)
        return false;
    read_notes(json_get(j, S("annotations")), &r);
    r.cells[COL_EFFECT] = json_get_str(j, S("effect"));
    r.cells[COL_ACTION] = json_get_str(json_pointer(j, S("/action/entity")), S("id"));
    if (!r.cells[COL_ACTION].p || !read_clauses(a, p, json_get(j, S("conditions")), &r) ||
        !says(&r, set, i))
        return false;
    *out = r;
    return true;
}

enum err matrix_of_set(struct arena *a, const struct cedar_set *set, struct table *out,
                       uint32_t **out_others, size_t *out_n_others, struct fault *f)
{
    size_t count = cedar_set_count(set), others = 0;
    struct table t = {.kind = &matrix_kind, .file = S("policies")};
    uint32_t *other = arena_zalloc(a, count + 1, sizeof *other);
    struct patterns p = {0};

    if (count > TABLE_ROWS)
        return fault(f, ERR_LIMIT, "more than %d policies", TABLE_ROWS);
    t.rows = arena_zalloc(a, count + 1, sizeof *t.rows);
    TRY_PTR(t.rows && other, f);
    for (size_t i = 0; condition_at(i); i++)
        TRY(pattern_of(a, condition_at(i), &p.body[i], f));
    for (size_t i = 0; i < count; i++) {
        if (read_row(a, &p, set, i, &t.rows[t.n]))
            t.n++;
        else
            other[others++] = (uint32_t)i;
    }
    *out = t;
    *out_others = other;
    *out_n_others = others;
    return OK;
}
