/* typecheck.c - the type of an expression in one request environment
 *
 * Spec Validation/Typechecker.lean, with the relaxations of permissive mode: joins of unlike
 * types, empty sets, comparisons that can only be false, constructors of computed strings.
 * Booleans that are always true or false have types of their own, so that what can never be
 * evaluated is not checked. Capabilities follow && and || and say which optional attributes and
 * tags are known to be there.
 */
#include "cedar/types_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool type_error(struct cd_checker *c, const struct cd_expr *e, const char *fmt, ...)
    PRINTF(3, 4);

static bool type_error(struct cd_checker *c, const struct cd_expr *e, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    c->at = e;
    c->message = str_copy(c->arena, str_of(text));
    c->no_memory |= !c->message.p;
    return false;
}

static bool no_memory(struct cd_checker *c)
{
    c->no_memory = true;
    return false;
}

static bool expected(struct cd_checker *c, const struct cd_expr *e, const char *wanted,
                     const struct cd_type *got)
{
    AUTO(buf) struct buf b = BUF(4096);

    cd_type_print(&b, got);
    return type_error(c, e, "expected %s, found %.*s", wanted, STR_FMT(buf_str(&b)));
}

static bool give(struct cd_typed *out, enum cd_kind kind)
{
    *out = (struct cd_typed){.type = cd_type_simple(kind)};
    return true;
}

/* The join of two types, or an error about e. */
static bool joined(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *a,
                   const struct cd_type *b, const struct cd_type **out)
{
    struct cd_join j = {.arena = c->arena, .strict = c->strict};
    AUTO(buf) struct buf x = BUF(4096);
    AUTO(buf) struct buf y = BUF(4096);

    *out = cd_type_join(&j, a, b);
    if (*out)
        return true;
    if (j.no_memory)
        return no_memory(c);
    cd_type_print(&x, a);
    cd_type_print(&y, b);
    return type_error(c, e, "the types %.*s and %.*s do not go together", STR_FMT(buf_str(&x)),
                      STR_FMT(buf_str(&y)));
}

/* In strict mode, types that are compared must have a join. */
static bool comparable(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *a,
                       const struct cd_type *b)
{
    const struct cd_type *unused;

    return !c->strict || joined(c, e, a, b, &unused);
}

/* ---- literals and variables ------------------------------------------------------------ */

static bool type_of_literal(struct cd_checker *c, const struct cd_expr *e, struct cd_typed *out)
{
    const struct cedar_value *v = e->lit;

    if (v->type == CEDAR_BOOL)
        return give(out, v->b ? TY_TRUE : TY_FALSE);
    if (v->type != CEDAR_ENTITY) {
        *out = (struct cd_typed){.type = cd_type_of_value_kind(v->type)};
        return true;
    }
    if (!cd_uid_valid(c->schema, v->uid)) { /* reported by the walk before type checking */
        c->at = e;
        c->message = STR_NONE;
        return false;
    }
    *out = (struct cd_typed){.type = cd_schema_type(c->schema, v->uid->type)->self};
    return true;
}

static bool type_of_var(struct cd_checker *c, const struct cd_expr *e, struct cd_typed *out)
{
    const struct cd_type *types[] = {
        [VAR_PRINCIPAL] = c->env.principal->self,
        [VAR_ACTION] = cd_schema_type(c->schema, c->env.action->uid.type)->self,
        [VAR_RESOURCE] = c->env.resource->self,
        [VAR_CONTEXT] = c->env.action->context,
    };

    *out = (struct cd_typed){.type = types[e->var]};
    return true;
}

/* The entity an expression names: a literal, or the action of the environment. */
static const struct cedar_uid *literal_uid(const struct cd_checker *c, const struct cd_expr *e)
{
    if (e->op == OP_VAR && e->var == VAR_ACTION)
        return &c->env.action->uid;
    return e->op == OP_LIT && e->lit->type == CEDAR_ENTITY ? e->lit->uid : NULL;
}

/* ---- && || if -------------------------------------------------------------------------- */

static bool bool_of(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                    struct cd_typed *out)
{
    if (!cd_type_of(c, e, caps, out))
        return false;
    return cd_type_is_bool(out->type) || expected(c, e, "Bool", out->type);
}

/* acc && next */
static bool and_step(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                     struct cd_typed *acc)
{
    const struct cd_caps *known;
    struct cd_typed next;

    if (!cd_caps_unite(c, acc->caps, caps, &known) || !bool_of(c, e, known, &next))
        return false;
    if (next.type->kind == TY_FALSE)
        return give(acc, TY_FALSE);
    if (next.type->kind == TY_BOOL)
        acc->type = next.type;
    return cd_caps_unite(c, next.caps, acc->caps, &acc->caps);
}

static bool type_of_and(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                        struct cd_typed *out)
{
    struct cd_typed acc = {.type = cd_type_simple(TY_TRUE)};

    for (uint32_t i = 0; i < e->n && acc.type->kind != TY_FALSE; i++) {
        if (!and_step(c, e->args[i], caps, &acc))
            return false;
    }
    *out = acc;
    return true;
}

/* acc || next */
static bool or_step(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                    struct cd_typed *acc)
{
    struct cd_typed next;

    if (!bool_of(c, e, caps, &next))
        return false;
    if (acc->type->kind == TY_FALSE) {
        *acc = next;
        return true;
    }
    if (next.type->kind == TY_TRUE)
        return give(acc, TY_TRUE);
    if (next.type->kind == TY_FALSE)
        return true;
    return cd_caps_intersect(c, acc->caps, next.caps, &acc->caps);
}

static bool type_of_or(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                       struct cd_typed *out)
{
    struct cd_typed acc = {.type = cd_type_simple(TY_FALSE)};

    for (uint32_t i = 0; i < e->n && acc.type->kind != TY_TRUE; i++) {
        if (!or_step(c, e->args[i], caps, &acc))
            return false;
        if (acc.type->kind == TY_TRUE)
            acc.caps = NULL;
    }
    *out = acc;
    return true;
}

static bool type_of_if(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                       struct cd_typed *out)
{
    const struct cd_caps *known, *both;
    struct cd_typed test, yes, no;

    if (!bool_of(c, e->args[0], caps, &test) || !cd_caps_unite(c, test.caps, caps, &known))
        return false;
    if (test.type->kind == TY_FALSE)
        return cd_type_of(c, e->args[2], caps, out);
    if (!cd_type_of(c, e->args[1], known, &yes) || !cd_caps_unite(c, test.caps, yes.caps, &both))
        return false;
    if (test.type->kind == TY_TRUE) {
        *out = (struct cd_typed){yes.type, both};
        return true;
    }
    return cd_type_of(c, e->args[2], caps, &no) && joined(c, e, yes.type, no.type, &out->type) &&
           cd_caps_intersect(c, both, no.caps, &out->caps);
}

/* ---- comparisons ----------------------------------------------------------------------- */

static bool disjoint(const struct cd_type *a, const struct cd_type *b)
{
    if (a->kind != TY_ENTITY || b->kind != TY_ENTITY)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t k = 0; k < b->n; k++) {
            if (a->entities[i] == b->entities[k])
                return false;
        }
    }
    return true;
}

/* Both sides fixed: 1 equal, 0 different, -1 not known. */
static int fixed_equal(const struct cd_checker *c, const struct cd_expr *a, const struct cd_expr *b)
{
    const struct cedar_uid *x = literal_uid(c, a), *y = literal_uid(c, b);

    if (x && y)
        return cedar_uid_eq(x, y);
    if (a->op == OP_LIT && b->op == OP_LIT)
        return cd_value_eq(a->lit, b->lit);
    return (x && b->op == OP_LIT) || (y && a->op == OP_LIT) ? 0 : -1;
}

static bool type_of_equality(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *a,
                             const struct cd_type *b, struct cd_typed *out)
{
    int fixed = fixed_equal(c, e->args[0], e->args[1]);
    bool not = e->op == OP_NE;

    if (fixed >= 0)
        return give(out, (fixed == 1) != not ? TY_TRUE : TY_FALSE);
    if (disjoint(a, b))
        return give(out, not ? TY_TRUE : TY_FALSE);
    return comparable(c, e, a, b) && give(out, TY_BOOL);
}

bool cd_may_be_in(const struct cd_entity_type *t, const struct cd_entity_type *other)
{
    if (t == other)
        return true;
    for (uint32_t i = 0; i < t->n_ancestors; i++) {
        if (t->ancestors[i] == other)
            return true;
    }
    return false;
}

bool cd_action_in(const struct cd_action *a, const struct cedar_uid *group)
{
    if (cedar_uid_eq(&a->uid, group))
        return true;
    for (uint32_t i = 0; i < a->n_ancestors; i++) {
        if (cedar_uid_eq(&a->ancestors[i], group))
            return true;
    }
    return false;
}

/* Entities named in a set of nothing but entities, as literal_uid() does; NULL otherwise. */
static bool all_literal(const struct cd_checker *c, const struct cd_expr *e)
{
    for (uint32_t i = 0; i < e->n; i++) {
        if (!literal_uid(c, e->args[i]))
            return false;
    }
    return e->op == OP_SET;
}

/* An action in named entities is known now: 1 yes, 0 no, -1 not such a case. */
static int fixed_in(const struct cd_checker *c, const struct cd_expr *a, const struct cd_expr *b)
{
    const struct cedar_uid *uid = literal_uid(c, a), *group = literal_uid(c, b);
    const struct cd_action *action = uid ? cd_schema_action(c->schema, uid) : NULL;

    if (!action)
        return -1;
    if (group)
        return cd_action_in(action, group);
    if (!all_literal(c, b))
        return -1;
    for (uint32_t i = 0; i < b->n; i++) {
        if (cd_action_in(action, literal_uid(c, b->args[i])))
            return 1;
    }
    return 0;
}

static bool type_of_in(struct cd_checker *c, const struct cd_expr *a, const struct cd_type *ta,
                       const struct cd_expr *b, const struct cd_type *tb, struct cd_typed *out)
{
    const struct cd_type *other = tb->kind == TY_SET ? tb->element : tb;
    int fixed;

    if (ta->kind != TY_ENTITY)
        return expected(c, a, "an entity", ta);
    if (other->kind == TY_NEVER && tb->kind == TY_SET)
        return give(out, TY_FALSE);
    if (other->kind != TY_ENTITY)
        return expected(c, b, "an entity or a set of entities", tb);
    fixed = fixed_in(c, a, b);
    if (fixed >= 0)
        return give(out, fixed ? TY_TRUE : TY_FALSE);
    for (uint32_t i = 0; i < ta->n; i++) {
        for (uint32_t k = 0; k < other->n; k++) {
            if (cd_may_be_in(ta->entities[i], other->entities[k]))
                return give(out, TY_BOOL);
        }
    }
    return give(out, TY_FALSE);
}

static bool type_of_is(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                       struct cd_typed *out)
{
    const struct cd_entity_type *wanted = cd_schema_type(c->schema, e->names[0]);
    struct cd_typed a, b, in;
    bool among = false;

    if (!cd_type_of(c, e->args[0], caps, &a))
        return false;
    if (a.type->kind != TY_ENTITY)
        return expected(c, e->args[0], "an entity", a.type);
    for (uint32_t i = 0; i < a.type->n; i++)
        among |= a.type->entities[i] == wanted;
    if (!among)
        return give(out, TY_FALSE);
    give(out, a.type->n == 1 ? TY_TRUE : TY_BOOL);
    if (e->n == 1)
        return true;
    if (!cd_type_of(c, e->args[1], caps, &b) ||
        !type_of_in(c, e->args[0], a.type, e->args[1], b.type, &in))
        return false;
    if (out->type->kind == TY_TRUE || in.type->kind == TY_FALSE)
        *out = in;
    return true;
}

static bool ordered(unsigned kind)
{
    return kind == TY_LONG || kind == TY_DATETIME || kind == TY_DURATION;
}

static bool type_of_order(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *a,
                          const struct cd_type *b, struct cd_typed *out)
{
    if (!ordered(a->kind))
        return expected(c, e->args[0], "Long, datetime or duration", a);
    if (a->kind != b->kind) {
        AUTO(buf) struct buf name = BUF(4096);
        cd_type_print(&name, a);
        buf_add_char(&name, 0);
        return expected(c, e->args[1], buf_str(&name).p, b);
    }
    return give(out, TY_BOOL);
}

static bool type_of_sets(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *a,
                         const struct cd_type *b, struct cd_typed *out)
{
    if (a->kind != TY_SET)
        return expected(c, e->args[0], "a set", a);
    if (e->op != OP_CONTAINS && b->kind != TY_SET)
        return expected(c, e->args[1], "a set", b);
    const struct cd_type *element = e->op == OP_CONTAINS ? b : b->element;
    return comparable(c, e, element, a->element) && give(out, TY_BOOL);
}

/* ---- attributes ------------------------------------------------------------------------ */

/* What is known of attribute `name` of a value of type t. */
struct attr_info {
    bool may, must;             /* can be there; is always there */
    const struct cd_type *type; /* NULL if not all alternatives have it */
};

static bool add_alternative(struct cd_checker *c, const struct cd_expr *e,
                            const struct cd_type *record, str name, bool first,
                            struct attr_info *out)
{
    const struct cd_attr_type *a = cd_type_attr(record, name);

    out->may |= a || record->open;
    out->must &= a && a->required;
    if (!a || (!first && !out->type)) {
        out->type = NULL;
        return true;
    }
    out->type = first ? a->type : out->type;
    return joined(c, e, out->type, a->type, &out->type);
}

static bool attr_of(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *t,
                    str name, struct attr_info *out)
{
    *out = (struct attr_info){.must = true};
    if (t->kind == TY_RECORD)
        return add_alternative(c, e, t, name, true, out);
    if (t->kind != TY_ENTITY)
        return expected(c, e, "a record or an entity", t);
    for (uint32_t i = 0; i < t->n; i++) {
        if (!add_alternative(c, e, t->entities[i]->attrs, name, i == 0, out))
            return false;
    }
    return true;
}

static bool type_of_get(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *t,
                        const struct cd_caps *caps, struct cd_typed *out)
{
    const struct cd_caps cap = {.x = e->args[0], .attr = e->names[0]};
    struct attr_info info;

    if (!attr_of(c, e->args[0], t, e->names[0], &info))
        return false;
    if (!info.type)
        return type_error(c, e, "there is no attribute '%.*s' here", STR_FMT(e->names[0]));
    if (!info.must && !cd_caps_have(caps, &cap))
        return type_error(c, e, "attribute '%.*s' may be absent: test with 'has' before",
                          STR_FMT(e->names[0]));
    *out = (struct cd_typed){.type = info.type};
    return true;
}

/* One step of has: x has name, where x is of type t. */
static bool has_step(struct cd_checker *c, const struct cd_expr *x, const struct cd_type *t,
                     str name, const struct cd_caps *caps, struct cd_typed *out)
{
    const struct cd_caps cap = {.x = x, .attr = name};
    struct attr_info info;

    if (!attr_of(c, x, t, name, &info))
        return false;
    if (!info.may)
        return give(out, TY_FALSE);
    if (cd_caps_have(caps, &cap) || (info.must && t->kind == TY_RECORD))
        return give(out, TY_TRUE);
    give(out, TY_BOOL);
    return cd_caps_add(c, &out->caps, &cap);
}

/* The expression x.name, for capabilities about it. */
static const struct cd_expr *step_down(struct cd_checker *c, const struct cd_expr *x, str *name)
{
    struct cd_expr *e = arena_new_of(c->arena, struct cd_expr);
    struct cd_expr **args = arena_zalloc(c->arena, 1, sizeof(struct cd_expr *));

    if (!e || !args)
        return NULL;
    args[0] = (struct cd_expr *)x;
    *e = (struct cd_expr){.op = OP_GET, .at = x->at, .end = x->end, .n = 1, .args = args};
    e->names = name;
    e->n_names = 1;
    return e;
}

/* x has a.b.c is x has a && x.a has b && x.a.b has c */
static bool type_of_has(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                        struct cd_typed *out)
{
    const struct cd_expr *x = e->args[0];
    struct cd_typed acc = {.type = cd_type_simple(TY_TRUE)}, at, step;

    if (!cd_type_of(c, x, caps, &at))
        return false;
    for (uint32_t i = 0; i < e->n_names; i++) {
        const struct cd_caps *known;
        if (!cd_caps_unite(c, acc.caps, caps, &known))
            return false;
        if (i > 0) {
            const struct cd_expr *down = step_down(c, x, &e->names[i - 1]);
            if (!down)
                return no_memory(c);
            if (!type_of_get(c, down, at.type, known, &at))
                return false;
            x = down;
        }
        if (!has_step(c, x, at.type, e->names[i], known, &step))
            return false;
        if (step.type->kind == TY_FALSE)
            return give(out, TY_FALSE);
        if (step.type->kind == TY_BOOL)
            acc.type = step.type;
        if (!cd_caps_unite(c, step.caps, acc.caps, &acc.caps))
            return false;
    }
    *out = acc;
    return true;
}

/* ---- tags ------------------------------------------------------------------------------ */

static bool type_of_tag(struct cd_checker *c, const struct cd_expr *e, const struct cd_type *t,
                        const struct cd_caps *caps, struct cd_typed *out)
{
    const struct cd_caps cap = {.x = e->args[0], .tag = e->args[1]};
    const struct cd_type *tags = NULL;
    bool all = true;

    for (uint32_t i = 0; i < t->n; i++) {
        const struct cd_type *one = t->entities[i]->tags;
        all &= one != NULL;
        if (one && tags && !joined(c, e, tags, one, &tags))
            return false;
        tags = tags ? tags : one;
    }
    if (e->op == OP_HAS_TAG) {
        if (!tags)
            return give(out, TY_FALSE);
        if (cd_caps_have(caps, &cap))
            return give(out, TY_TRUE);
        give(out, TY_BOOL);
        return cd_caps_add(c, &out->caps, &cap);
    }
    if (!tags || !all)
        return type_error(c, e, "entities of this type have no tags");
    if (!cd_caps_have(caps, &cap))
        return type_error(c, e, "the tag may be absent: test with hasTag() before");
    *out = (struct cd_typed){.type = tags};
    return true;
}

/* ---- sets, records, calls -------------------------------------------------------------- */

static bool type_of_set(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                        struct cd_typed *out)
{
    struct cd_type *t = arena_new_of(c->arena, struct cd_type);
    struct cd_typed item;

    if (!t)
        return no_memory(c);
    if (e->n == 0 && c->strict)
        return type_error(c, e, "the type of an empty set is not known");
    *t = (struct cd_type){.kind = TY_SET, .element = cd_type_simple(TY_NEVER)};
    for (uint32_t i = 0; i < e->n; i++) {
        if (!cd_type_of(c, e->args[i], caps, &item) ||
            !joined(c, e, t->element, item.type, &t->element))
            return false;
    }
    *out = (struct cd_typed){.type = t};
    return true;
}

static int attr_qsort(const void *a, const void *b)
{
    return cd_name_cmp(((const struct cd_attr_type *)a)->name,
                       ((const struct cd_attr_type *)b)->name);
}

static bool type_of_record(struct cd_checker *c, const struct cd_expr *e,
                           const struct cd_caps *caps, struct cd_typed *out)
{
    struct cd_type *t = arena_new_of(c->arena, struct cd_type);
    struct cd_attr_type *attrs = arena_zalloc(c->arena, e->n + 1u, sizeof *attrs);
    struct cd_typed item;

    if (!t || !attrs)
        return no_memory(c);
    for (uint32_t i = 0; i < e->n; i++) {
        if (!cd_type_of(c, e->args[i], caps, &item))
            return false;
        attrs[i] = (struct cd_attr_type){e->names[i], item.type, true};
    }
    qsort(attrs, e->n, sizeof *attrs, attr_qsort);
    *t = (struct cd_type){.kind = TY_RECORD, .n = e->n, .attrs = attrs};
    *out = (struct cd_typed){.type = t};
    return true;
}

static bool type_of_call(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                         struct cd_typed *out)
{
    const struct cd_fn_info *info = &cd_fns[e->fn];
    bool makes = e->fn <= FN_DURATION;
    struct cd_typed arg;

    if (e->n != info->n_args)
        return type_error(c, e, "%.*s() takes another number of arguments", STR_FMT(info->name));
    for (uint32_t i = 0; i < e->n; i++) {
        const struct cd_type *want = cd_type_of_value_kind(info->args[i]);
        if (!cd_type_of(c, e->args[i], caps, &arg))
            return false;
        if (arg.type->kind != want->kind) {
            AUTO(buf) struct buf name = BUF(64);
            cd_type_print(&name, want);
            buf_add_char(&name, 0);
            return expected(c, e->args[i], buf_str(&name).p, arg.type);
        }
    }
    if (makes && e->args[0]->op == OP_LIT && !e->folded)
        return type_error(c, e, "%.*s() cannot read this text", STR_FMT(info->name));
    if (makes && c->strict && e->args[0]->op != OP_LIT)
        return type_error(c, e, "%.*s() must be given a text literally", STR_FMT(info->name));
    *out = (struct cd_typed){.type = cd_type_of_value_kind(info->result)};
    return true;
}

/* ---- all ------------------------------------------------------------------------------- */

static bool type_of_unary(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                          struct cd_typed *out)
{
    struct cd_typed a;

    if (!cd_type_of(c, e->args[0], caps, &a))
        return false;
    switch (e->op) {
    case OP_NOT:
        if (!cd_type_is_bool(a.type))
            return expected(c, e->args[0], "Bool", a.type);
        return give(out, a.type->kind == TY_TRUE    ? TY_FALSE
                         : a.type->kind == TY_FALSE ? TY_TRUE
                                                    : TY_BOOL);
    case OP_NEG:
        if (a.type->kind != TY_LONG)
            return expected(c, e->args[0], "Long", a.type);
        return give(out, TY_LONG);
    case OP_IS_EMPTY:
        if (a.type->kind != TY_SET)
            return expected(c, e->args[0], "a set", a.type);
        return give(out, TY_BOOL);
    case OP_LIKE:
        if (a.type->kind != TY_STRING)
            return expected(c, e->args[0], "String", a.type);
        return give(out, TY_BOOL);
    default: /* OP_GET */
        return type_of_get(c, e, a.type, caps, out);
    }
}

static bool type_of_binary(struct cd_checker *c, const struct cd_expr *e,
                           const struct cd_caps *caps, struct cd_typed *out)
{
    struct cd_typed a, b;

    if (!cd_type_of(c, e->args[0], caps, &a) || !cd_type_of(c, e->args[1], caps, &b))
        return false;
    switch (e->op) {
    case OP_EQ:
    case OP_NE:
        return type_of_equality(c, e, a.type, b.type, out);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return type_of_order(c, e, a.type, b.type, out);
    case OP_IN:
        return type_of_in(c, e->args[0], a.type, e->args[1], b.type, out);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
        if (a.type->kind != TY_LONG)
            return expected(c, e->args[0], "Long", a.type);
        if (b.type->kind != TY_LONG)
            return expected(c, e->args[1], "Long", b.type);
        return give(out, TY_LONG);
    case OP_HAS_TAG:
    case OP_GET_TAG:
        if (a.type->kind != TY_ENTITY)
            return expected(c, e->args[0], "an entity", a.type);
        if (b.type->kind != TY_STRING)
            return expected(c, e->args[1], "String", b.type);
        return type_of_tag(c, e, a.type, caps, out);
    default: /* OP_CONTAINS and its sisters */
        return type_of_sets(c, e, a.type, b.type, out);
    }
}

bool cd_type_of(struct cd_checker *c, const struct cd_expr *e, const struct cd_caps *caps,
                struct cd_typed *out)
{
    switch ((enum cd_op)e->op) {
    case OP_LIT:
        return type_of_literal(c, e, out);
    case OP_VAR:
        return type_of_var(c, e, out);
    case OP_AND:
        return type_of_and(c, e, caps, out);
    case OP_OR:
        return type_of_or(c, e, caps, out);
    case OP_IF:
        return type_of_if(c, e, caps, out);
    case OP_NOT:
    case OP_NEG:
    case OP_IS_EMPTY:
    case OP_LIKE:
    case OP_GET:
        return type_of_unary(c, e, caps, out);
    case OP_HAS:
        return type_of_has(c, e, caps, out);
    case OP_IS:
        return type_of_is(c, e, caps, out);
    case OP_SET:
        return type_of_set(c, e, caps, out);
    case OP_RECORD:
        return type_of_record(c, e, caps, out);
    case OP_CALL:
        return type_of_call(c, e, caps, out);
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
    case OP_CONTAINS:
    case OP_CONTAINS_ALL:
    case OP_CONTAINS_ANY:
    case OP_HAS_TAG:
    case OP_GET_TAG:
        return type_of_binary(c, e, caps, out);
    }
    return false;
}

bool cd_type_of_conditions(struct cd_checker *c, const struct cd_policy *p,
                           const struct cd_type **out)
{
    struct cd_typed acc = {.type = cd_type_simple(TY_TRUE)};

    for (uint32_t i = 0; i < p->n_conditions && acc.type->kind != TY_FALSE; i++) {
        const struct cd_expr *e = p->conditions[i].e;
        if (!p->conditions[i].unless) {
            if (!and_step(c, e, NULL, &acc))
                return false;
            continue;
        }
        struct cd_typed t;
        if (!bool_of(c, e, acc.caps, &t))
            return false;
        if (t.type->kind == TY_TRUE)
            give(&acc, TY_FALSE);
        else if (t.type->kind == TY_BOOL)
            acc.type = t.type;
    }
    *out = acc.type;
    return true;
}
