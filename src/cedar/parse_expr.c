/* parse_expr.c - expressions of the Cedar policy grammar
 *
 * One function per rule of the grammar (docs: syntax-grammar), from Expr down to Primary. Chains
 * of && and || become one node with many arguments. Nesting is counted on the way down
 * (p->depth) and the height of the tree on the way up, so that whoever walks the tree later
 * recurses no deeper than the limit.
 */
#include "cedar/cedar_int.h"

#include <stdlib.h>

enum { MAX_FIELDS = 4096 }; /* of a record literal: its value is built by insertion */

static struct cd_expr *parse_or(struct cd_parser *p);

static struct cd_expr *new_expr(struct cd_parser *p, enum cd_op op, uint32_t at, size_t n)
{
    struct cd_expr *e = cd_alloc(p, 1, sizeof *e);

    if (!e)
        return NULL;
    e->op = (uint8_t)op;
    e->at = at;
    e->n = (uint32_t)n;
    if (n) {
        e->args = cd_alloc(p, n, sizeof(struct cd_expr *));
        if (!e->args)
            return NULL;
    }
    return e;
}

/* Sets the end of a finished node and its height. */
static struct cd_expr *finish(struct cd_parser *p, struct cd_expr *e)
{
    unsigned height = 0;

    for (uint32_t i = 0; i < e->n; i++) {
        if (e->args[i]->height > height)
            height = e->args[i]->height;
    }
    if (height + 1 > p->max_depth) {
        cd_fail_at(p, e->at, "expression nested deeper than %u", p->max_depth);
        return NULL;
    }
    e->height = (uint16_t)(height + 1);
    e->end = p->prev_end;
    return e;
}

static struct cd_expr *node1(struct cd_parser *p, enum cd_op op, uint32_t at, struct cd_expr *a)
{
    struct cd_expr *e = a ? new_expr(p, op, at, 1) : NULL;

    if (!e)
        return NULL;
    e->args[0] = a;
    return finish(p, e);
}

static struct cd_expr *node2(struct cd_parser *p, enum cd_op op, struct cd_expr *a,
                             struct cd_expr *b)
{
    struct cd_expr *e = a && b ? new_expr(p, op, a->at, 2) : NULL;

    if (!e)
        return NULL;
    e->args[0] = a;
    e->args[1] = b;
    return finish(p, e);
}

static struct cd_expr *literal(struct cd_parser *p, uint32_t at, struct cedar_value v)
{
    struct cd_expr *e = new_expr(p, OP_LIT, at, 0);
    struct cedar_value *kept = cd_alloc(p, 1, sizeof *kept);

    if (!e || !kept)
        return NULL;
    *kept = v;
    e->lit = e->folded = kept;
    return finish(p, e);
}

static struct cd_expr *named(struct cd_parser *p, enum cd_op op, uint32_t at, struct cd_expr *a,
                             str name)
{
    struct cd_expr *e = node1(p, op, at, a);
    str *names = e ? cd_alloc(p, 1, sizeof *names) : NULL;

    if (!names)
        return NULL;
    names[0] = name;
    e->names = names;
    e->n_names = 1;
    return e;
}

/* ---- lists ----------------------------------------------------------------------------- */

struct list {
    struct cd_expr **items;
    str *names;
    size_t n, room, names_room;
};

static bool list_add(struct cd_parser *p, struct list *l, struct cd_expr *e)
{
    if (!e)
        return false;
    l->items = cd_grow(p->arena, l->items, l->n, &l->room, sizeof(struct cd_expr *));
    if (!l->items)
        return cd_fail_memory(p);
    l->items[l->n++] = e;
    return true;
}

/* Expressions up to the closing bracket; a trailing comma is allowed (RFC 71). */
static bool expr_list(struct cd_parser *p, str close, struct list *l)
{
    while (!cd_take(p, close)) {
        if (!list_add(p, l, cd_parse_expr(p)))
            return false;
        if (!cd_take(p, S(","))) {
            if (!cd_expect(p, close))
                return false;
            break;
        }
    }
    return true;
}

static struct cd_expr *list_node(struct cd_parser *p, enum cd_op op, uint32_t at, struct list *l)
{
    struct cd_expr *e = new_expr(p, op, at, 0);

    if (!e)
        return NULL;
    e->args = l->items;
    e->n = (uint32_t)l->n;
    if (l->names) {
        e->names = l->names;
        e->n_names = (uint32_t)l->n;
    }
    return finish(p, e);
}

/* ---- constants ------------------------------------------------------------------------- */

/* Gives e the value it will always have, if all its arguments are constant. */
static struct cd_expr *fold(struct cd_parser *p, struct cd_expr *e)
{
    struct cedar_value *v, *items;

    if (!e)
        return NULL;
    for (uint32_t i = 0; i < e->n; i++) {
        if (!e->args[i]->folded)
            return e;
    }
    v = cd_alloc(p, 1, sizeof *v);
    items = cd_alloc(p, e->n, sizeof *items);
    if (!v || !items)
        return NULL;
    for (uint32_t i = 0; i < e->n; i++)
        items[i] = *e->args[i]->folded;
    if (e->op == OP_SET) {
        *v = (struct cedar_value){.type = CEDAR_SET, .items = items};
        v->n = (uint32_t)cd_set_canon(items, e->n);
    } else if (e->op == OP_RECORD) {
        struct cedar_record *r = cd_alloc(p, 1, sizeof *r);
        for (uint32_t i = 0; r && i < e->n; i++) {
            if (!cd_record_put(p->arena, r, e->names[i], items[i])) {
                cd_fail_memory(p);
                return NULL;
            }
        }
        if (!r)
            return NULL;
        *v = cedar_of(r);
    } else {
        enum cd_call r = e->n == cd_fns[e->fn].n_args
                             ? cd_fn_call(p->arena, (enum cd_fn)e->fn, items, v)
                             : CALL_TYPE;
        if (r == CALL_MEMORY) {
            cd_fail_memory(p);
            return NULL;
        }
        if (r != CALL_OK)
            return e; /* fails, each time, when it is evaluated */
    }
    e->folded = v;
    return e;
}

/* ---- primary --------------------------------------------------------------------------- */

static bool integer(struct cd_parser *p, bool negative, int64_t *out)
{
    uint64_t v = 0, max = negative ? (uint64_t)1 << 63 : INT64_MAX;

    for (size_t i = 0; i < p->tok.text.n; i++) {
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(p->tok.text.p[i] - '0'), &v) || v > max)
            return cd_fail(p, "integer does not fit in 64 bits");
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    cd_next(p);
    return true;
}

static int name_qsort(const void *a, const void *b)
{
    return cd_name_cmp(*(const str *)a, *(const str *)b);
}

/* Whether a name stands twice; sorts a copy. */
static bool no_duplicate(struct cd_parser *p, uint32_t at, const struct list *l)
{
    str *sorted = cd_alloc(p, l->n, sizeof *sorted);

    if (!sorted)
        return false;
    if (l->n)
        memcpy(sorted, l->names, l->n * sizeof *sorted);
    qsort(sorted, l->n, sizeof *sorted, name_qsort);
    for (size_t i = 1; i < l->n; i++) {
        if (str_eq(sorted[i - 1], sorted[i]))
            return cd_fail_at(p, at, "attribute '%.*s' twice in a record", STR_FMT(sorted[i]));
    }
    return true;
}

static bool attribute_name(struct cd_parser *p, str *out)
{
    if (p->tok.kind == TOK_STRING)
        return cd_parse_string(p, out);
    if (p->err != OK || p->tok.kind != TOK_IDENT)
        return cd_fail(p, "expected the name of an attribute");
    if (cd_is_reserved(p->tok.text))
        return cd_fail(p, "reserved word '%.*s': write it in quotes", STR_FMT(p->tok.text));
    *out = p->tok.text;
    cd_next(p);
    return true;
}

static struct cd_expr *record(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    struct list l = {0};

    cd_next(p);
    while (!cd_take(p, S("}"))) {
        if (l.n == MAX_FIELDS) {
            cd_fail(p, "more than %d attributes in a record", MAX_FIELDS);
            return NULL;
        }
        l.names = cd_grow(p->arena, l.names, l.n, &l.names_room, sizeof *l.names);
        if (!l.names) {
            cd_fail_memory(p);
            return NULL;
        }
        if (!attribute_name(p, &l.names[l.n]) || !cd_expect(p, S(":")) ||
            !list_add(p, &l, cd_parse_expr(p)))
            return NULL;
        if (!cd_take(p, S(","))) {
            if (!cd_expect(p, S("}")))
                return NULL;
            break;
        }
    }
    if (!no_duplicate(p, at, &l))
        return NULL;
    return fold(p, list_node(p, OP_RECORD, at, &l));
}

static struct cd_expr *set(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    struct list l = {0};

    cd_next(p);
    if (!expr_list(p, S("]"), &l))
        return NULL;
    return fold(p, list_node(p, OP_SET, at, &l));
}

static struct cd_expr *variable(struct cd_parser *p, enum cd_var var)
{
    struct cd_expr *e = new_expr(p, OP_VAR, p->tok.at, 0);

    if (!e)
        return NULL;
    e->var = (uint8_t)var;
    cd_next(p);
    return finish(p, e);
}

static struct cd_expr *entity(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    struct cedar_uid *uid = cd_alloc(p, 1, sizeof *uid);

    if (!uid || !cd_parse_uid(p, uid))
        return NULL;
    return literal(p, at, (struct cedar_value){.type = CEDAR_ENTITY, .uid = uid});
}

/* A wrong number of arguments is a failure of the evaluation, not of the text. */
static struct cd_expr *function(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    enum cd_fn fn = cd_fn_find(p->tok.text);
    struct list l = {0};

    if (fn == FN_COUNT || fn > FN_DURATION) {
        cd_fail(p, "there is no function '%.*s'", STR_FMT(p->tok.text));
        return NULL;
    }
    cd_next(p);
    cd_next(p);
    if (!expr_list(p, S(")"), &l))
        return NULL;
    struct cd_expr *e = list_node(p, OP_CALL, at, &l);
    if (e)
        e->fn = (uint8_t)fn;
    return fold(p, e);
}

static struct cd_expr *word(struct cd_parser *p)
{
    static const str vars[] = {S("principal"), S("action"), S("resource"), S("context")};
    struct cd_token next = cd_peek(p);
    uint32_t at = p->tok.at;
    bool yes = str_eq(p->tok.text, S("true"));

    if (next.kind == TOK_PUNCT && str_eq(next.text, S("::")))
        return entity(p);
    if (next.kind == TOK_PUNCT && str_eq(next.text, S("(")) && !cd_is_reserved(p->tok.text))
        return function(p);
    if (yes || str_eq(p->tok.text, S("false"))) {
        cd_next(p);
        return literal(p, at, cedar_bool(yes));
    }
    for (unsigned i = 0; i < ARRAY_LEN(vars); i++) {
        if (str_eq(p->tok.text, vars[i]))
            return variable(p, (enum cd_var)i);
    }
    if (str_eq(p->tok.text, S("if")))
        cd_fail(p, "put this 'if' in parentheses");
    else
        cd_fail(p, "unknown variable '%.*s'", STR_FMT(p->tok.text));
    return NULL;
}

static struct cd_expr *primary(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    struct cd_expr *e;
    int64_t i = 0;
    str s;

    if (p->err != OK)
        return NULL;
    if (p->tok.kind == TOK_IDENT)
        return word(p);
    if (p->tok.kind == TOK_INT)
        return integer(p, false, &i) ? literal(p, at, cedar_long(i)) : NULL;
    if (p->tok.kind == TOK_STRING)
        return cd_parse_string(p, &s) ? literal(p, at, cedar_str(s)) : NULL;
    if (p->tok.kind == TOK_SLOT) {
        cd_fail(p, "?%.*s can only stand in the scope", STR_FMT(p->tok.text));
        return NULL;
    }
    if (cd_at(p, S("[")))
        return set(p);
    if (cd_at(p, S("{")))
        return record(p);
    if (!cd_take(p, S("("))) {
        cd_fail(p, "expected an expression");
        return NULL;
    }
    e = cd_parse_expr(p);
    if (!e || !cd_expect(p, S(")")))
        return NULL;
    e->at = at; /* so that spans around it have both parentheses */
    e->end = p->prev_end;
    return e;
}

/* ---- member ---------------------------------------------------------------------------- */

static const struct method {
    str name;
    uint8_t op, n_args; /* arguments besides the receiver */
} methods[] = {
    {S("contains"), OP_CONTAINS, 1},        {S("containsAll"), OP_CONTAINS_ALL, 1},
    {S("containsAny"), OP_CONTAINS_ANY, 1}, {S("isEmpty"), OP_IS_EMPTY, 0},
    {S("hasTag"), OP_HAS_TAG, 1},           {S("getTag"), OP_GET_TAG, 1},
};

static struct cd_expr *method_call(struct cd_parser *p, struct cd_expr *receiver, str name,
                                   uint32_t name_at)
{
    enum cd_fn fn = cd_fn_find(name);
    unsigned op = OP_CALL, n_args = 0;
    struct list l = {0};

    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_eq(methods[i].name, name)) {
            op = methods[i].op;
            n_args = methods[i].n_args;
        }
    }
    if (op == OP_CALL && (fn == FN_COUNT || fn <= FN_DURATION)) {
        cd_fail_at(p, name_at, "there is no method '%.*s'", STR_FMT(name));
        return NULL;
    }
    if (!list_add(p, &l, receiver) || !expr_list(p, S(")"), &l))
        return NULL;
    if (op != OP_CALL && l.n != n_args + 1) {
        cd_fail_at(p, name_at, ".%.*s() takes %u argument%s", STR_FMT(name), n_args,
                   n_args == 1 ? "" : "s");
        return NULL;
    }
    struct cd_expr *e = list_node(p, (enum cd_op)op, receiver->at, &l);
    if (e && op == OP_CALL)
        e->fn = (uint8_t)fn;
    return e;
}

static struct cd_expr *member(struct cd_parser *p)
{
    struct cd_expr *e = primary(p);
    str name;

    while (e) {
        if (cd_take(p, S("."))) {
            uint32_t at = p->tok.at;
            if (p->tok.kind != TOK_IDENT || !attribute_name(p, &name)) {
                cd_fail(p, "expected the name of an attribute or method");
                return NULL;
            }
            e = cd_take(p, S("(")) ? method_call(p, e, name, at) : named(p, OP_GET, e->at, e, name);
        } else if (cd_take(p, S("["))) {
            if (!cd_parse_string(p, &name) || !cd_expect(p, S("]")))
                return NULL;
            e = named(p, OP_GET, e->at, e, name);
        } else {
            break;
        }
    }
    return p->err == OK ? e : NULL;
}

/* ---- operators ------------------------------------------------------------------------- */

/* An integer that no attribute access follows, so that a minus belongs to the literal. */
static bool plain_integer(struct cd_parser *p)
{
    if (p->tok.kind != TOK_INT)
        return false;
    struct cd_token next = cd_peek(p);
    return next.kind != TOK_PUNCT || (!str_eq(next.text, S(".")) && !str_eq(next.text, S("[")));
}

static struct cd_expr *unary(struct cd_parser *p)
{
    bool bang = cd_at(p, S("!"));
    str sign = bang ? S("!") : S("-");
    uint32_t at[4];
    unsigned n = 0;
    struct cd_expr *e;
    int64_t i = 0;

    while (cd_at(p, sign)) {
        if (n == 4) {
            cd_fail(p, "at most four '%.*s' in a row", STR_FMT(sign));
            return NULL;
        }
        at[n++] = p->tok.at;
        cd_next(p);
    }
    if (n && !bang && plain_integer(p))
        e = integer(p, true, &i) ? literal(p, at[--n], cedar_long(i)) : NULL;
    else
        e = member(p);
    while (e && n)
        e = node1(p, bang ? OP_NOT : OP_NEG, at[--n], e);
    return e;
}

static struct cd_expr *parse_mult(struct cd_parser *p)
{
    struct cd_expr *e = unary(p);

    while (e && cd_take(p, S("*")))
        e = node2(p, OP_MUL, e, unary(p));
    return e;
}

static struct cd_expr *parse_add(struct cd_parser *p)
{
    struct cd_expr *e = parse_mult(p);

    while (e) {
        if (cd_take(p, S("+")))
            e = node2(p, OP_ADD, e, parse_mult(p));
        else if (cd_take(p, S("-")))
            e = node2(p, OP_SUB, e, parse_mult(p));
        else
            break;
    }
    return e;
}

/* `e has a`, `e has "a b"`, `e has a.b.c` */
static struct cd_expr *parse_has(struct cd_parser *p, struct cd_expr *a)
{
    size_t n = 0, room = 0;
    str *names = NULL;
    bool quoted = p->tok.kind == TOK_STRING;

    do {
        names = cd_grow(p->arena, names, n, &room, sizeof *names);
        if (!names) {
            cd_fail_memory(p);
            return NULL;
        }
        if (n && p->tok.kind != TOK_IDENT)
            cd_fail(p, "expected the name of an attribute");
        if (!attribute_name(p, &names[n++]))
            return NULL;
    } while (!quoted && cd_take(p, S(".")));
    struct cd_expr *e = node1(p, OP_HAS, a->at, a);
    if (!e)
        return NULL;
    e->names = names;
    e->n_names = (uint32_t)n;
    return e;
}

static struct cd_expr *parse_like(struct cd_parser *p, struct cd_expr *a)
{
    struct cd_pattern *pattern = cd_alloc(p, 1, sizeof *pattern);

    if (!pattern)
        return NULL;
    if (p->tok.kind != TOK_STRING) {
        cd_fail(p, "expected a pattern in double quotes");
        return NULL;
    }
    const char *why = cd_unescape_pattern(p->arena, p->tok.text, pattern);
    if (why) {
        cd_fail_escape(p, why);
        return NULL;
    }
    cd_next(p);
    struct cd_expr *e = node1(p, OP_LIKE, a->at, a);
    if (e)
        e->pattern = pattern;
    return e;
}

static struct cd_expr *parse_is(struct cd_parser *p, struct cd_expr *a)
{
    struct cd_expr *b = NULL, *e;
    str *type = cd_alloc(p, 1, sizeof *type);

    if (!type || !cd_parse_path(p, type))
        return NULL;
    if (cd_take_word(p, S("in"))) {
        b = parse_add(p);
        e = node2(p, OP_IS, a, b);
    } else {
        e = node1(p, OP_IS, a->at, a);
    }
    if (!e)
        return NULL;
    e->names = type;
    e->n_names = 1;
    return e;
}

static struct cd_expr *relation(struct cd_parser *p)
{
    static const struct {
        str sign;
        enum cd_op op;
    } ops[] = {{S("=="), OP_EQ}, {S("!="), OP_NE}, {S("<"), OP_LT},
               {S("<="), OP_LE}, {S(">"), OP_GT},  {S(">="), OP_GE}};
    struct cd_expr *e = parse_add(p);

    if (!e)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (cd_take(p, ops[i].sign))
            return node2(p, ops[i].op, e, parse_add(p));
    }
    if (cd_at(p, S("="))) {
        cd_fail(p, "'=' is no operator: '==' compares");
        return NULL;
    }
    if (cd_take_word(p, S("in")))
        return node2(p, OP_IN, e, parse_add(p));
    if (cd_take_word(p, S("has")))
        return parse_has(p, e);
    if (cd_take_word(p, S("like")))
        return parse_like(p, e);
    return cd_take_word(p, S("is")) ? parse_is(p, e) : e;
}

/* e {sign e}: one node for the whole chain */
static struct cd_expr *chain(struct cd_parser *p, enum cd_op op, str sign,
                             struct cd_expr *(*next)(struct cd_parser *))
{
    struct cd_expr *e = next(p);
    struct list l = {0};

    if (!e || !cd_at(p, sign))
        return e;
    if (!list_add(p, &l, e))
        return NULL;
    while (cd_take(p, sign)) {
        if (!list_add(p, &l, next(p)))
            return NULL;
    }
    return list_node(p, op, e->at, &l);
}

static struct cd_expr *parse_and(struct cd_parser *p)
{
    return chain(p, OP_AND, S("&&"), relation);
}

static struct cd_expr *parse_or(struct cd_parser *p)
{
    return chain(p, OP_OR, S("||"), parse_and);
}

static struct cd_expr *parse_if(struct cd_parser *p)
{
    uint32_t at = p->tok.at;
    struct list l = {0};

    cd_next(p);
    if (!list_add(p, &l, cd_parse_expr(p)))
        return NULL;
    if (!cd_take_word(p, S("then"))) {
        cd_fail(p, "expected 'then'");
        return NULL;
    }
    if (!list_add(p, &l, cd_parse_expr(p)))
        return NULL;
    if (!cd_take_word(p, S("else"))) {
        cd_fail(p, "expected 'else'");
        return NULL;
    }
    if (!list_add(p, &l, cd_parse_expr(p)))
        return NULL;
    return list_node(p, OP_IF, at, &l);
}

struct cd_expr *cd_parse_expr(struct cd_parser *p)
{
    struct cd_expr *e;

    if (p->err != OK)
        return NULL;
    if (++p->depth > p->max_depth) {
        cd_fail(p, "expression nested deeper than %u", p->max_depth);
        return NULL;
    }
    e = cd_at_word(p, S("if")) && !(cd_peek(p).kind == TOK_PUNCT && str_eq(p->ahead.text, S("::")))
            ? parse_if(p)
            : parse_or(p);
    p->depth--;
    return p->err == OK ? e : NULL;
}
