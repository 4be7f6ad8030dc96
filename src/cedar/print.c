/* print.c - policies and expressions as text
 *
 * Parentheses stand only where the grammar needs them, so that printing what was parsed from a
 * printed text changes nothing.
 */
#include "cedar/cedar_int.h"

/* How tightly an expression holds together, by the rules of the grammar. */
enum { BIND_IF, BIND_OR, BIND_AND, BIND_RELATION, BIND_ADD, BIND_MULT, BIND_UNARY, BIND_MEMBER };

static const struct {
    const char *sign;
    uint8_t bind, left, right;
} infix[] = {
    [OP_EQ] = {" == ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_NE] = {" != ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_LT] = {" < ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_LE] = {" <= ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_GT] = {" > ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_GE] = {" >= ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_IN] = {" in ", BIND_RELATION, BIND_ADD, BIND_ADD},
    [OP_ADD] = {" + ", BIND_ADD, BIND_ADD, BIND_MULT},
    [OP_SUB] = {" - ", BIND_ADD, BIND_ADD, BIND_MULT},
    [OP_MUL] = {" * ", BIND_MULT, BIND_MULT, BIND_UNARY},
};

static const char *const methods[] = {
    [OP_CONTAINS] = "contains",        [OP_CONTAINS_ALL] = "containsAll",
    [OP_CONTAINS_ANY] = "containsAny", [OP_HAS_TAG] = "hasTag",
    [OP_GET_TAG] = "getTag",           [OP_IS_EMPTY] = "isEmpty",
};

static const str vars[] = {S("principal"), S("action"), S("resource"), S("context")};

void cd_print_string(struct buf *b, str s, bool pattern)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\' || (pattern && c == '*'))
            buf_printf(b, "\\%c", c);
        else if (c == '\n')
            buf_add_str(b, S("\\n"));
        else if (c == '\r')
            buf_add_str(b, S("\\r"));
        else if (c == '\t')
            buf_add_str(b, S("\\t"));
        else if (c == 0)
            buf_add_str(b, S("\\0"));
        else if (c < 0x20 || c == 0x7f)
            buf_printf(b, "\\u{%x}", c);
        else
            buf_add_char(b, (char)c);
    }
}

static void quoted(struct buf *b, str s)
{
    buf_add_char(b, '"');
    cd_print_string(b, s, false);
    buf_add_char(b, '"');
}

static void print_uid(struct buf *b, const struct cedar_uid *uid)
{
    buf_add_str(b, uid->type);
    buf_add_str(b, S("::"));
    quoted(b, uid->id);
}

static bool plain_name(str s)
{
    return cd_is_ident(s) && !cd_is_reserved(s);
}

static void print_name(struct buf *b, str s)
{
    if (plain_name(s))
        buf_add_str(b, s);
    else
        quoted(b, s);
}

static unsigned binding(const struct cd_expr *e)
{
    switch ((enum cd_op)e->op) {
    case OP_IF:
        return BIND_IF;
    case OP_OR:
        return BIND_OR;
    case OP_AND:
        return BIND_AND;
    case OP_HAS:
    case OP_LIKE:
    case OP_IS:
        return BIND_RELATION;
    case OP_NOT:
    case OP_NEG:
        return BIND_UNARY;
    case OP_LIT:
        return e->lit->type == CEDAR_LONG && e->lit->i < 0 ? BIND_UNARY : BIND_MEMBER;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_IN:
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
        return infix[e->op].bind;
    default:
        return BIND_MEMBER;
    }
}

static void print_bound(struct buf *b, const struct cd_expr *e, unsigned least)
{
    bool parens = binding(e) < least;

    if (parens)
        buf_add_char(b, '(');
    cd_print_expr(b, e);
    if (parens)
        buf_add_char(b, ')');
}

static void print_list(struct buf *b, const struct cd_expr *e, uint32_t from)
{
    for (uint32_t i = from; i < e->n; i++) {
        if (i > from)
            buf_add_str(b, S(", "));
        if (e->op == OP_RECORD) {
            print_name(b, e->names[i]);
            buf_add_str(b, S(": "));
        }
        cd_print_expr(b, e->args[i]);
    }
}

static void print_chain(struct buf *b, const struct cd_expr *e, str sign, unsigned least)
{
    for (uint32_t i = 0; i < e->n; i++) {
        if (i)
            buf_add_str(b, sign);
        print_bound(b, e->args[i], least);
    }
}

static void print_literal(struct buf *b, const struct cedar_value *v)
{
    if (v->type == CEDAR_BOOL)
        buf_add_str(b, v->b ? S("true") : S("false"));
    else if (v->type == CEDAR_LONG)
        buf_printf(b, "%lld", (long long)v->i);
    else if (v->type == CEDAR_STRING)
        quoted(b, cd_str(v));
    else
        print_uid(b, v->uid);
}

static void print_method(struct buf *b, const struct cd_expr *e, const char *name)
{
    print_bound(b, e->args[0], BIND_MEMBER);
    buf_printf(b, ".%s(", name);
    print_list(b, e, 1);
    buf_add_char(b, ')');
}

static void print_call(struct buf *b, const struct cd_expr *e)
{
    if (e->fn > FN_DURATION) {
        print_method(b, e, cd_fns[e->fn].name.p);
        return;
    }
    buf_add_str(b, cd_fns[e->fn].name);
    buf_add_char(b, '(');
    print_list(b, e, 0);
    buf_add_char(b, ')');
}

static void print_get(struct buf *b, const struct cd_expr *e)
{
    print_bound(b, e->args[0], BIND_MEMBER);
    if (plain_name(e->names[0])) {
        buf_add_char(b, '.');
        buf_add_str(b, e->names[0]);
        return;
    }
    buf_add_char(b, '[');
    quoted(b, e->names[0]);
    buf_add_char(b, ']');
}

static void print_has(struct buf *b, const struct cd_expr *e)
{
    print_bound(b, e->args[0], BIND_ADD);
    buf_add_str(b, S(" has "));
    for (uint32_t i = 0; i < e->n_names; i++) {
        if (i)
            buf_add_char(b, '.');
        print_name(b, e->names[i]);
    }
}

static void print_like(struct buf *b, const struct cd_expr *e)
{
    print_bound(b, e->args[0], BIND_ADD);
    buf_add_str(b, S(" like \""));
    for (uint32_t i = 0; i < e->pattern->n; i++) {
        if (i)
            buf_add_char(b, '*');
        cd_print_string(b, e->pattern->pieces[i], true);
    }
    buf_add_char(b, '"');
}

static void print_is(struct buf *b, const struct cd_expr *e)
{
    print_bound(b, e->args[0], BIND_ADD);
    buf_add_str(b, S(" is "));
    buf_add_str(b, e->names[0]);
    if (e->n == 2) {
        buf_add_str(b, S(" in "));
        print_bound(b, e->args[1], BIND_ADD);
    }
}

static void print_if(struct buf *b, const struct cd_expr *e)
{
    static const str words[] = {S("if "), S(" then "), S(" else ")};

    for (unsigned i = 0; i < 3; i++) {
        buf_add_str(b, words[i]);
        cd_print_expr(b, e->args[i]);
    }
}

/* -(1) is a negation, -1 a literal; a second sign goes into parentheses too. */
static void print_unary(struct buf *b, const struct cd_expr *e)
{
    const struct cd_expr *a = e->args[0];
    bool number = e->op == OP_NEG && a->op == OP_LIT && a->lit->type == CEDAR_LONG;

    buf_add_char(b, e->op == OP_NOT ? '!' : '-');
    if (number)
        buf_add_char(b, '(');
    print_bound(b, a, number ? BIND_IF : BIND_MEMBER);
    if (number)
        buf_add_char(b, ')');
}

void cd_print_expr(struct buf *b, const struct cd_expr *e)
{
    switch ((enum cd_op)e->op) {
    case OP_LIT:
        print_literal(b, e->lit);
        break;
    case OP_VAR:
        buf_add_str(b, vars[e->var]);
        break;
    case OP_AND:
        print_chain(b, e, S(" && "), BIND_RELATION);
        break;
    case OP_OR:
        print_chain(b, e, S(" || "), BIND_AND);
        break;
    case OP_NOT:
    case OP_NEG:
        print_unary(b, e);
        break;
    case OP_IF:
        print_if(b, e);
        break;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_IN:
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
        print_bound(b, e->args[0], infix[e->op].left);
        buf_add_str(b, str_of(infix[e->op].sign));
        print_bound(b, e->args[1], infix[e->op].right);
        break;
    case OP_CONTAINS:
    case OP_CONTAINS_ALL:
    case OP_CONTAINS_ANY:
    case OP_HAS_TAG:
    case OP_GET_TAG:
    case OP_IS_EMPTY:
        print_method(b, e, methods[e->op]);
        break;
    case OP_GET:
        print_get(b, e);
        break;
    case OP_HAS:
        print_has(b, e);
        break;
    case OP_LIKE:
        print_like(b, e);
        break;
    case OP_IS:
        print_is(b, e);
        break;
    case OP_SET:
    case OP_RECORD:
        buf_add_char(b, e->op == OP_SET ? '[' : '{');
        print_list(b, e, 0);
        buf_add_char(b, e->op == OP_SET ? ']' : '}');
        break;
    case OP_CALL:
        print_call(b, e);
        break;
    }
}

/* ---- policies -------------------------------------------------------------------------- */

static void print_target(struct buf *b, const struct cd_scope_part *s, unsigned var)
{
    if (s->slot) {
        buf_add_char(b, '?');
        buf_add_str(b, vars[var]);
    } else {
        print_uid(b, s->uids);
    }
}

static void print_scope(struct buf *b, const struct cd_scope_part *s, unsigned var)
{
    buf_add_str(b, vars[var]);
    switch ((enum cd_scope)s->kind) {
    case SCOPE_ANY:
        break;
    case SCOPE_EQ:
        buf_add_str(b, S(" == "));
        print_target(b, s, var);
        break;
    case SCOPE_IN:
        buf_add_str(b, S(" in "));
        print_target(b, s, var);
        break;
    case SCOPE_IS:
    case SCOPE_IS_IN:
        buf_add_str(b, S(" is "));
        buf_add_str(b, s->type);
        if (s->kind == SCOPE_IS_IN) {
            buf_add_str(b, S(" in "));
            print_target(b, s, var);
        }
        break;
    case SCOPE_IN_ANY:
        buf_add_str(b, S(" in ["));
        for (uint32_t i = 0; i < s->n; i++) {
            buf_add_str(b, i ? S(", ") : S(""));
            print_uid(b, &s->uids[i]);
        }
        buf_add_char(b, ']');
        break;
    }
}

void cd_print_policy(struct buf *b, const struct cd_policy *p)
{
    for (uint32_t i = 0; i < p->n_notes; i++) {
        buf_printf(b, "@%.*s", STR_FMT(p->notes[i].key));
        if (p->notes[i].value.p) {
            buf_add_char(b, '(');
            quoted(b, p->notes[i].value);
            buf_add_char(b, ')');
        }
        buf_add_char(b, '\n');
    }
    buf_add_str(b, p->permit ? S("permit (") : S("forbid ("));
    for (unsigned var = 0; var < 3; var++) {
        buf_add_str(b, var ? S(", ") : S(""));
        print_scope(b, &p->scope[var], var);
    }
    buf_add_char(b, ')');
    for (uint32_t i = 0; i < p->n_conditions; i++) {
        buf_add_str(b, p->conditions[i].unless ? S("\nunless { ") : S("\nwhen { "));
        cd_print_expr(b, p->conditions[i].e);
        buf_add_str(b, S(" }"));
    }
    buf_add_str(b, S(";\n"));
}

void cedar_policy_print(struct buf *b, const struct cedar_set *s, size_t i)
{
    if (i < s->n)
        cd_print_policy(b, &s->policies[i]);
}

void cedar_template_print(struct buf *b, const struct cedar_set *s, size_t i)
{
    if (i < s->n_templates)
        cd_print_policy(b, &s->templates[i]);
}
