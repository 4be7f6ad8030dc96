/* est_write.c - policies in the JSON policy format
 *
 * Format: docs, json-format. A chain a && b && c is nested to the left, as the grammar reads it.
 */
#include "cedar/cedar_int.h"

static const char *const names[] = {
    [OP_NOT] = "!",
    [OP_NEG] = "neg",
    [OP_EQ] = "==",
    [OP_NE] = "!=",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_IN] = "in",
    [OP_ADD] = "+",
    [OP_SUB] = "-",
    [OP_MUL] = "*",
    [OP_CONTAINS] = "contains",
    [OP_CONTAINS_ALL] = "containsAll",
    [OP_CONTAINS_ANY] = "containsAny",
    [OP_HAS_TAG] = "hasTag",
    [OP_GET_TAG] = "getTag",
    [OP_IS_EMPTY] = "isEmpty",
};

static const str vars[] = {S("principal"), S("action"), S("resource"), S("context")};

static void write_expr(struct jw *w, const struct cd_expr *e);

static void key_expr(struct jw *w, str key, const struct cd_expr *e)
{
    jw_key(w, key);
    write_expr(w, e);
}

static void write_uid(struct jw *w, const struct cedar_uid *uid)
{
    jw_open(w, '{');
    jw_kv(w, S("type"), uid->type);
    jw_kv(w, S("id"), uid->id);
    jw_close(w, '}');
}

static void write_literal(struct jw *w, const struct cedar_value *v)
{
    jw_key(w, S("Value"));
    if (v->type == CEDAR_BOOL) {
        jw_bool(w, v->b);
    } else if (v->type == CEDAR_LONG) {
        jw_int(w, v->i);
    } else if (v->type == CEDAR_STRING) {
        jw_string(w, cd_str(v));
    } else {
        jw_open(w, '{');
        jw_key(w, S("__entity"));
        write_uid(w, v->uid);
        jw_close(w, '}');
    }
}

/* {"&&": {"left": {"&&": {"left": a, "right": b}}, "right": c}}, written from the outside */
static void write_chain(struct jw *w, const struct cd_expr *e)
{
    str key = e->op == OP_AND ? S("&&") : S("||");

    for (uint32_t i = 1; i < e->n; i++) {
        jw_key(w, key);
        jw_open(w, '{');
        jw_key(w, S("left"));
        if (i + 1 < e->n)
            jw_open(w, '{');
    }
    write_expr(w, e->args[0]);
    for (uint32_t i = 1; i < e->n; i++) {
        key_expr(w, S("right"), e->args[i]);
        jw_close(w, '}');
        if (i + 1 < e->n)
            jw_close(w, '}');
    }
}

static void write_list(struct jw *w, str key, const struct cd_expr *e)
{
    jw_key(w, key);
    jw_open(w, '[');
    for (uint32_t i = 0; i < e->n; i++)
        write_expr(w, e->args[i]);
    jw_close(w, ']');
}

static void write_record(struct jw *w, const struct cd_expr *e)
{
    jw_key(w, S("Record"));
    jw_open(w, '{');
    for (uint32_t i = 0; i < e->n; i++)
        key_expr(w, e->names[i], e->args[i]);
    jw_close(w, '}');
}

static void write_pattern(struct jw *w, const struct cd_pattern *p)
{
    jw_key(w, S("pattern"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < p->n; i++) {
        if (i)
            jw_string(w, S("Wildcard"));
        if (p->pieces[i].n) {
            jw_open(w, '{');
            jw_kv(w, S("Literal"), p->pieces[i]);
            jw_close(w, '}');
        }
    }
    jw_close(w, ']');
}

/* {"has"|"."|"like"|"is": {"left": …, …}} */
static void write_left(struct jw *w, str key, const struct cd_expr *e)
{
    jw_key(w, key);
    jw_open(w, '{');
    key_expr(w, S("left"), e->args[0]);
    if (e->op == OP_LIKE) {
        write_pattern(w, e->pattern);
    } else if (e->op == OP_IS) {
        jw_kv(w, S("entity_type"), e->names[0]);
        if (e->n == 2)
            key_expr(w, S("in"), e->args[1]);
    } else if (e->n_names == 1) {
        jw_kv(w, S("attr"), e->names[0]);
    } else {
        jw_key(w, S("attr"));
        jw_open(w, '[');
        for (uint32_t i = 0; i < e->n_names; i++)
            jw_string(w, e->names[i]);
        jw_close(w, ']');
    }
    jw_close(w, '}');
}

static void write_operator(struct jw *w, const struct cd_expr *e)
{
    jw_key(w, str_of(names[e->op]));
    jw_open(w, '{');
    if (e->n == 1) {
        key_expr(w, S("arg"), e->args[0]);
    } else {
        key_expr(w, S("left"), e->args[0]);
        key_expr(w, S("right"), e->args[1]);
    }
    jw_close(w, '}');
}

static void write_if(struct jw *w, const struct cd_expr *e)
{
    jw_key(w, S("if-then-else"));
    jw_open(w, '{');
    key_expr(w, S("if"), e->args[0]);
    key_expr(w, S("then"), e->args[1]);
    key_expr(w, S("else"), e->args[2]);
    jw_close(w, '}');
}

static void write_body(struct jw *w, const struct cd_expr *e)
{
    switch ((enum cd_op)e->op) {
    case OP_LIT:
        write_literal(w, e->lit);
        break;
    case OP_VAR:
        jw_kv(w, S("Var"), vars[e->var]);
        break;
    case OP_AND:
    case OP_OR:
        write_chain(w, e);
        break;
    case OP_IF:
        write_if(w, e);
        break;
    case OP_GET:
        write_left(w, S("."), e);
        break;
    case OP_HAS:
        write_left(w, S("has"), e);
        break;
    case OP_LIKE:
        write_left(w, S("like"), e);
        break;
    case OP_IS:
        write_left(w, S("is"), e);
        break;
    case OP_SET:
        write_list(w, S("Set"), e);
        break;
    case OP_RECORD:
        write_record(w, e);
        break;
    case OP_CALL:
        write_list(w, cd_fns[e->fn].name, e);
        break;
    default:
        write_operator(w, e);
        break;
    }
}

static void write_expr(struct jw *w, const struct cd_expr *e)
{
    jw_open(w, '{');
    write_body(w, e);
    jw_close(w, '}');
}

/* ---- policies -------------------------------------------------------------------------- */

static void write_target(struct jw *w, const struct cd_scope_part *s, unsigned var)
{
    if (s->slot) {
        jw_kv(w, S("slot"), var == VAR_PRINCIPAL ? S("?principal") : S("?resource"));
        return;
    }
    jw_key(w, S("entity"));
    write_uid(w, s->uids);
}

static void write_scope(struct jw *w, const struct cd_scope_part *s, unsigned var)
{
    static const char *const ops[] = {
        [SCOPE_ANY] = "All", [SCOPE_EQ] = "==",    [SCOPE_IN] = "in",
        [SCOPE_IS] = "is",   [SCOPE_IS_IN] = "is", [SCOPE_IN_ANY] = "in"};

    jw_key(w, vars[var]);
    jw_open(w, '{');
    jw_kv(w, S("op"), str_of(ops[s->kind]));
    if (s->type.p)
        jw_kv(w, S("entity_type"), s->type);
    if (s->kind == SCOPE_EQ || s->kind == SCOPE_IN)
        write_target(w, s, var);
    if (s->kind == SCOPE_IS_IN) {
        jw_key(w, S("in"));
        jw_open(w, '{');
        write_target(w, s, var);
        jw_close(w, '}');
    }
    if (s->kind == SCOPE_IN_ANY) {
        jw_key(w, S("entities"));
        jw_open(w, '[');
        for (uint32_t i = 0; i < s->n; i++)
            write_uid(w, &s->uids[i]);
        jw_close(w, ']');
    }
    jw_close(w, '}');
}

static void write_policy(struct jw *w, const struct cd_policy *p)
{
    jw_open(w, '{');
    jw_kv(w, S("effect"), p->permit ? S("permit") : S("forbid"));
    for (unsigned var = 0; var < 3; var++)
        write_scope(w, &p->scope[var], var);
    jw_key(w, S("conditions"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < p->n_conditions; i++) {
        jw_open(w, '{');
        jw_kv(w, S("kind"), p->conditions[i].unless ? S("unless") : S("when"));
        key_expr(w, S("body"), p->conditions[i].e);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    if (p->n_notes) {
        jw_key(w, S("annotations"));
        jw_open(w, '{');
        for (uint32_t i = 0; i < p->n_notes; i++) {
            jw_key(w, p->notes[i].key);
            if (p->notes[i].value.p)
                jw_string(w, p->notes[i].value);
            else
                jw_null(w);
        }
        jw_close(w, '}');
    }
    jw_close(w, '}');
}

static void write_link(struct jw *w, const struct cedar_set *s, const struct cd_policy *p)
{
    const struct cd_policy *t = &s->templates[p->template - 1];

    jw_open(w, '{');
    jw_kv(w, S("templateId"), t->id);
    jw_kv(w, S("newId"), p->id);
    jw_key(w, S("values"));
    jw_open(w, '{');
    for (unsigned var = 0; var < 3; var++) {
        if (!t->scope[var].slot)
            continue;
        jw_key(w, var == VAR_PRINCIPAL ? S("?principal") : S("?resource"));
        write_uid(w, p->scope[var].uids);
    }
    jw_close(w, '}');
    jw_close(w, '}');
}

static enum err written(struct jw *w, struct fault *f)
{
    if (!buf_ok(w->b))
        return fault(f, ERR_MEMORY_LIMIT, "the JSON text is larger than its buffer");
    return OK;
}

enum err cedar_policy_write(struct jw *w, const struct cedar_set *s, size_t i, struct fault *f)
{
    if (i >= s->n)
        return fault(f, ERR_NOT_FOUND, "no policy %zu", i);
    write_policy(w, &s->policies[i]);
    return written(w, f);
}

enum err cedar_set_write(struct jw *w, const struct cedar_set *s, struct fault *f)
{
    jw_open(w, '{');
    jw_key(w, S("staticPolicies"));
    jw_open(w, '{');
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->policies[i].template)
            continue;
        jw_key(w, s->policies[i].id);
        write_policy(w, &s->policies[i]);
    }
    jw_close(w, '}');
    jw_key(w, S("templates"));
    jw_open(w, '{');
    for (uint32_t i = 0; i < s->n_templates; i++) {
        jw_key(w, s->templates[i].id);
        write_policy(w, &s->templates[i]);
    }
    jw_close(w, '}');
    jw_key(w, S("templateLinks"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->policies[i].template)
            write_link(w, s, &s->policies[i]);
    }
    jw_close(w, ']');
    jw_close(w, '}');
    return written(w, f);
}

/* ---- trees -------------------------------------------------------------------------------- */

enum { TREE_TEXT_MAX = 256 << 20 };

static enum err parse_tree(struct arena *a, const struct buf *b, struct json **out, struct fault *f)
{
    str text = str_copy(a, buf_str(b));

    TRY_PTR(text.p, f);
    return json_parse(a, text, &json_limits_wide, out, f);
}

enum err cedar_policy_tree(struct arena *a, const struct cedar_set *set, size_t i,
                           struct json **out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(TREE_TEXT_MAX);
    struct jw w = JW(&b);

    TRY(cedar_policy_write(&w, set, i, f));
    return parse_tree(a, &b, out, f);
}

enum err cedar_template_trees(struct arena *a, const struct cedar_set *set, const struct json **out,
                              struct fault *f)
{
    AUTO(buf) struct buf b = BUF(TREE_TEXT_MAX);
    struct jw w = JW(&b);
    struct json *all;

    TRY(cedar_set_write(&w, set, f));
    TRY(parse_tree(a, &b, &all, f));
    *out = json_get(all, S("templates"));
    return OK;
}
