/* eval.c - the value of an expression for a request
 *
 * Spec Evaluator.lean: strict in everything but if, && and ||; the first failure ends the policy.
 * Recursion is bounded by the height of the tree, which the parser limits. Memory comes from the
 * arena of the decision and is needed only for sets and records that are not constant.
 */
#include "cedar/cedar_int.h"

#include <stdarg.h>
#include <stdio.h>

static bool failure(struct cd_eval *ev, const struct cd_expr *e, const char *fmt, ...) PRINTF(3, 4);

static bool failure(struct cd_eval *ev, const struct cd_expr *e, const char *fmt, ...)
{
    va_list ap;

    ev->at = e;
    va_start(ap, fmt);
    vsnprintf(ev->message, sizeof ev->message, fmt, ap);
    va_end(ap);
    return false;
}

static bool no_memory(struct cd_eval *ev)
{
    ev->out_of_memory = true;
    return false;
}

static bool wrong_type(struct cd_eval *ev, const struct cd_expr *e, const char *wanted,
                       const struct cedar_value *v)
{
    return failure(ev, e, "type error: expected %s, got %.*s", wanted,
                   STR_FMT(cd_type_name(v->type)));
}

static bool eval_as(struct cd_eval *ev, const struct cd_expr *e, enum cedar_type type,
                    struct cedar_value *out)
{
    if (!cd_eval(ev, e, out))
        return false;
    if (out->type == type)
        return true;
    return wrong_type(ev, e, cd_type_name(type).p, out);
}

/* The node of an entity; the request's own are known already. */
static const struct cedar_entity *node_of(const struct cd_eval *ev, const struct cedar_uid *uid)
{
    if (uid == &ev->request->principal)
        return ev->nodes[VAR_PRINCIPAL];
    if (uid == &ev->request->resource)
        return ev->nodes[VAR_RESOURCE];
    if (uid == &ev->request->action)
        return ev->nodes[VAR_ACTION];
    return cd_node(ev->entities, uid);
}

/* ---- hierarchy ------------------------------------------------------------------------- */

static bool line_of(struct cd_eval *ev, const struct cedar_uid *uid, struct cd_line *out)
{
    const struct cedar_uid *own[] = {&ev->request->principal, &ev->request->action,
                                     &ev->request->resource};

    for (unsigned i = 0; i < 3; i++) {
        if (own[i] == uid) {
            *out = ev->lines[i];
            return true;
        }
    }
    return cd_line_of(ev->entities, uid, ev->arena, out) || no_memory(ev);
}

/* uid in other, or in any of a set of others */
static bool is_in(struct cd_eval *ev, const struct cd_expr *e, const struct cedar_uid *uid,
                  const struct cedar_value *other, struct cedar_value *out)
{
    struct cd_line line;
    bool in = false;

    if (other->type == CEDAR_ENTITY) {
        in = cedar_uid_eq(uid, other->uid);
        if (!in) {
            if (!line_of(ev, uid, &line))
                return false;
            in = cd_line_has(&line, other->uid);
        }
        *out = cedar_bool(in);
        return true;
    }
    if (other->type != CEDAR_SET)
        return wrong_type(ev, e, "entity or set of entities", other);
    for (uint32_t i = 0; i < other->n; i++) {
        if (other->items[i].type != CEDAR_ENTITY)
            return wrong_type(ev, e, "entity", &other->items[i]);
    }
    if (!line_of(ev, uid, &line))
        return false;
    for (uint32_t i = 0; i < other->n && !in; i++)
        in = cd_line_has(&line, other->items[i].uid);
    *out = cedar_bool(in);
    return true;
}

static bool eval_in(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    if (a.type != CEDAR_ENTITY)
        return wrong_type(ev, e->args[0], "entity", &a);
    return is_in(ev, e->args[1], a.uid, &b, out);
}

static bool eval_is(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;

    if (!eval_as(ev, e->args[0], CEDAR_ENTITY, &a))
        return false;
    bool is = str_eq(a.uid->type, e->names[0]);
    if (!is || e->n == 1) {
        *out = cedar_bool(is);
        return true;
    }
    /* `e is T in x` means `e is T && e in x` */
    return cd_eval(ev, e->args[1], &b) && is_in(ev, e->args[1], a.uid, &b, out);
}

/* ---- attributes and tags --------------------------------------------------------------- */

/* The attributes of a record or an entity; NULL with a failure for any other value.
 * *out_unknown is set for an entity that the store does not know. */
static const struct cedar_record *attrs_of(struct cd_eval *ev, const struct cd_expr *e,
                                           const struct cedar_value *v, bool *out_unknown)
{
    *out_unknown = false;
    if (v->type == CEDAR_RECORD)
        return v->record;
    if (v->type != CEDAR_ENTITY) {
        wrong_type(ev, e, "record or entity", v);
        return NULL;
    }
    const struct cedar_entity *entity = node_of(ev, v->uid);
    *out_unknown = !entity || !entity->exists;
    return *out_unknown ? &cd_empty_record : &entity->attrs;
}

static bool eval_get(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value v;
    bool unknown;

    if (!cd_eval(ev, e->args[0], &v))
        return false;
    const struct cedar_record *r = attrs_of(ev, e->args[0], &v, &unknown);
    if (!r)
        return false;
    const struct cedar_value *found = cedar_get(r, e->names[0]);
    if (found) {
        *out = *found;
        return true;
    }
    if (unknown)
        return failure(ev, e, "there is no entity %.*s::\"%.*s\"", STR_FMT(v.uid->type),
                       STR_FMT(v.uid->id));
    return failure(ev, e, "there is no attribute '%.*s'", STR_FMT(e->names[0]));
}

/* has a.b.c: has a, and its a has b, and so on; each but the last must be a record or entity. */
static bool eval_has(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value v;
    bool unknown;

    if (!cd_eval(ev, e->args[0], &v))
        return false;
    for (uint32_t i = 0; i < e->n_names; i++) {
        const struct cedar_record *r = attrs_of(ev, e->args[0], &v, &unknown);
        if (!r)
            return false;
        const struct cedar_value *found = cedar_get(r, e->names[i]);
        if (!found) {
            *out = cedar_bool(false);
            return true;
        }
        v = *found;
    }
    *out = cedar_bool(true);
    return true;
}

static bool eval_tag(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    if (a.type != CEDAR_ENTITY)
        return wrong_type(ev, e->args[0], "entity", &a);
    if (b.type != CEDAR_STRING)
        return wrong_type(ev, e->args[1], "string", &b);
    const struct cedar_entity *entity = node_of(ev, a.uid);
    bool known = entity && entity->exists;
    const struct cedar_value *tag = known ? cedar_get(&entity->tags, cd_str(&b)) : NULL;
    if (e->op == OP_HAS_TAG) {
        *out = cedar_bool(tag != NULL);
        return true;
    }
    if (!known)
        return failure(ev, e, "there is no entity %.*s::\"%.*s\"", STR_FMT(a.uid->type),
                       STR_FMT(a.uid->id));
    if (!tag)
        return failure(ev, e, "there is no tag '%.*s'", STR_FMT(cd_str(&b)));
    *out = *tag;
    return true;
}

/* ---- operators ------------------------------------------------------------------------- */

static bool eval_chain(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    bool stop_at = e->op == OP_OR;

    for (uint32_t i = 0; i < e->n; i++) {
        if (!eval_as(ev, e->args[i], CEDAR_BOOL, out))
            return false;
        if (out->b == stop_at)
            return true;
    }
    return true;
}

static bool ordered(unsigned type)
{
    return type == CEDAR_LONG || type == CEDAR_DATETIME || type == CEDAR_DURATION;
}

static bool eval_order(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;
    bool r;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    if (!ordered(a.type))
        return wrong_type(ev, e->args[0], "long, datetime or duration", &a);
    if (a.type != b.type)
        return wrong_type(ev, e->args[1], cd_type_name(a.type).p, &b);
    if (e->op == OP_LT)
        r = a.i < b.i;
    else if (e->op == OP_LE)
        r = a.i <= b.i;
    else if (e->op == OP_GT)
        r = a.i > b.i;
    else
        r = a.i >= b.i;
    *out = cedar_bool(r);
    return true;
}

static bool eval_arith(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;
    int64_t r;
    bool overflow;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    if (a.type != CEDAR_LONG)
        return wrong_type(ev, e->args[0], "long", &a);
    if (b.type != CEDAR_LONG)
        return wrong_type(ev, e->args[1], "long", &b);
    if (e->op == OP_ADD)
        overflow = __builtin_add_overflow(a.i, b.i, &r);
    else if (e->op == OP_SUB)
        overflow = __builtin_sub_overflow(a.i, b.i, &r);
    else
        overflow = __builtin_mul_overflow(a.i, b.i, &r);
    if (overflow)
        return failure(ev, e, "integer overflow");
    *out = cedar_long(r);
    return true;
}

static bool eval_equal(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    *out = cedar_bool(cd_value_eq(&a, &b) == (e->op == OP_EQ));
    return true;
}

static bool eval_sets(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value a, b;
    bool all = e->op == OP_CONTAINS_ALL;

    if (!cd_eval(ev, e->args[0], &a) || !cd_eval(ev, e->args[1], &b))
        return false;
    if (a.type != CEDAR_SET)
        return wrong_type(ev, e->args[0], "set", &a);
    if (e->op == OP_CONTAINS) {
        *out = cedar_bool(cd_set_contains(&a, &b));
        return true;
    }
    if (b.type != CEDAR_SET)
        return wrong_type(ev, e->args[1], "set", &b);
    *out = cedar_bool(all);
    for (uint32_t i = 0; i < b.n; i++) {
        if (cd_set_contains(&a, &b.items[i]) != all) {
            *out = cedar_bool(!all);
            break;
        }
    }
    return true;
}

bool cd_like(const struct cd_pattern *p, str text)
{
    str first = p->pieces[0], last = p->pieces[p->n - 1];

    if (p->n == 1)
        return str_eq(first, text);
    if (text.n < first.n + last.n || !str_starts(text, first) || !str_ends(text, last))
        return false;
    str middle = str_sub(text, first.n, text.n - last.n);
    for (uint32_t i = 1; i + 1 < p->n; i++) { /* memmem takes linear time, also at worst */
        str piece = p->pieces[i];
        const char *at = piece.n ? memmem(middle.p, middle.n, piece.p, piece.n) : middle.p;
        if (!at)
            return false;
        middle = str_sub(middle, (size_t)(at - middle.p) + piece.n, middle.n);
    }
    return true;
}

static bool eval_unary(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value v;

    if (!cd_eval(ev, e->args[0], &v))
        return false;
    if (e->op == OP_NOT) {
        if (v.type != CEDAR_BOOL)
            return wrong_type(ev, e->args[0], "bool", &v);
        *out = cedar_bool(!v.b);
    } else if (e->op == OP_NEG) {
        int64_t r;
        if (v.type != CEDAR_LONG)
            return wrong_type(ev, e->args[0], "long", &v);
        if (__builtin_sub_overflow(0, v.i, &r))
            return failure(ev, e, "integer overflow");
        *out = cedar_long(r);
    } else if (e->op == OP_IS_EMPTY) {
        if (v.type != CEDAR_SET)
            return wrong_type(ev, e->args[0], "set", &v);
        *out = cedar_bool(v.n == 0);
    } else {
        if (v.type != CEDAR_STRING)
            return wrong_type(ev, e->args[0], "string", &v);
        *out = cedar_bool(cd_like(e->pattern, cd_str(&v)));
    }
    return true;
}

/* ---- sets, records, calls, variables --------------------------------------------------- */

static bool eval_set(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value *items = arena_zalloc(ev->arena, e->n ? e->n : 1, sizeof *items);

    if (!items)
        return no_memory(ev);
    for (uint32_t i = 0; i < e->n; i++) {
        if (!cd_eval(ev, e->args[i], &items[i]))
            return false;
    }
    *out = (struct cedar_value){
        .type = CEDAR_SET, .n = (uint32_t)cd_set_canon(items, e->n), .items = items};
    return true;
}

static bool eval_record(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_record *r = arena_new_of(ev->arena, struct cedar_record);
    struct cedar_value v;

    if (!r)
        return no_memory(ev);
    for (uint32_t i = 0; i < e->n; i++) {
        if (!cd_eval(ev, e->args[i], &v))
            return false;
        if (!cd_record_put(ev->arena, r, e->names[i], v))
            return no_memory(ev);
    }
    *out = cedar_of(r);
    return true;
}

static bool eval_call(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value v[2];

    if (e->n != cd_fns[e->fn].n_args)
        return failure(ev, e, "type error: %.*s() takes another number of arguments",
                       STR_FMT(cd_fns[e->fn].name));
    for (uint32_t i = 0; i < e->n; i++) {
        if (!cd_eval(ev, e->args[i], &v[i]))
            return false;
    }
    switch (cd_fn_call(ev->arena, (enum cd_fn)e->fn, v, out)) {
    case CALL_OK:
        return true;
    case CALL_TYPE:
        return failure(ev, e, "type error: %.*s() does not take such arguments",
                       STR_FMT(cd_fns[e->fn].name));
    case CALL_MEMORY:
        return no_memory(ev);
    case CALL_EXTENSION:
        return failure(ev, e, "%.*s() has no result for this", STR_FMT(cd_fns[e->fn].name));
    }
    return false;
}

static bool eval_var(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    const struct cedar_request *q = ev->request;

    *out = (struct cedar_value){.type = CEDAR_ENTITY};
    switch ((enum cd_var)e->var) {
    case VAR_PRINCIPAL:
        out->uid = &q->principal;
        break;
    case VAR_ACTION:
        out->uid = &q->action;
        break;
    case VAR_RESOURCE:
        out->uid = &q->resource;
        break;
    case VAR_CONTEXT:
        out->type = CEDAR_RECORD;
        out->record = q->context ? q->context : (struct cedar_record *)&cd_empty_record;
        break;
    }
    return true;
}

static bool eval_if(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    struct cedar_value test;

    if (!eval_as(ev, e->args[0], CEDAR_BOOL, &test))
        return false;
    return cd_eval(ev, e->args[test.b ? 1 : 2], out);
}

bool cd_eval(struct cd_eval *ev, const struct cd_expr *e, struct cedar_value *out)
{
    if (e->folded) {
        *out = *e->folded;
        return true;
    }
    switch ((enum cd_op)e->op) {
    case OP_LIT:
        *out = *e->lit;
        return true;
    case OP_VAR:
        return eval_var(ev, e, out);
    case OP_AND:
    case OP_OR:
        return eval_chain(ev, e, out);
    case OP_NOT:
    case OP_NEG:
    case OP_IS_EMPTY:
    case OP_LIKE:
        return eval_unary(ev, e, out);
    case OP_IF:
        return eval_if(ev, e, out);
    case OP_EQ:
    case OP_NE:
        return eval_equal(ev, e, out);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return eval_order(ev, e, out);
    case OP_IN:
        return eval_in(ev, e, out);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
        return eval_arith(ev, e, out);
    case OP_CONTAINS:
    case OP_CONTAINS_ALL:
    case OP_CONTAINS_ANY:
        return eval_sets(ev, e, out);
    case OP_HAS_TAG:
    case OP_GET_TAG:
        return eval_tag(ev, e, out);
    case OP_GET:
        return eval_get(ev, e, out);
    case OP_HAS:
        return eval_has(ev, e, out);
    case OP_IS:
        return eval_is(ev, e, out);
    case OP_SET:
        return eval_set(ev, e, out);
    case OP_RECORD:
        return eval_record(ev, e, out);
    case OP_CALL:
        return eval_call(ev, e, out);
    }
    return false;
}

/* ---- policies -------------------------------------------------------------------------- */

bool cd_eval_init(struct cd_eval *ev, const struct cedar_entities *es,
                  const struct cedar_request *q, struct arena *a)
{
    const struct cedar_uid *uids[] = {&q->principal, &q->action, &q->resource};

    *ev = (struct cd_eval){.entities = es, .request = q, .arena = a};
    for (unsigned i = 0; i < 3; i++) {
        ev->nodes[i] = cd_node(es, uids[i]);
        if (!cd_line_of(es, uids[i], a, &ev->lines[i]))
            return no_memory(ev);
    }
    return true;
}

bool cd_scope_holds(const struct cd_eval *ev, const struct cd_scope_part *s, unsigned var)
{
    const struct cd_line *line = &ev->lines[var];
    const struct cedar_uid *uid = line->uids[0];

    switch ((enum cd_scope)s->kind) {
    case SCOPE_ANY:
        return true;
    case SCOPE_EQ:
        return cedar_uid_eq(uid, s->uids);
    case SCOPE_IN:
        return cd_line_has(line, s->uids);
    case SCOPE_IS:
        return str_eq(uid->type, s->type);
    case SCOPE_IS_IN:
        return str_eq(uid->type, s->type) && cd_line_has(line, s->uids);
    case SCOPE_IN_ANY:
        for (uint32_t i = 0; i < s->n; i++) {
            if (cd_line_has(line, &s->uids[i]))
                return true;
        }
        return false;
    }
    return false;
}

bool cd_conditions_hold(struct cd_eval *ev, const struct cd_policy *p, bool *out)
{
    struct cedar_value v;

    for (uint32_t i = 0; i < p->n_conditions; i++) {
        if (!eval_as(ev, p->conditions[i].e, CEDAR_BOOL, &v))
            return false;
        if (v.b == p->conditions[i].unless) {
            *out = false;
            return true;
        }
    }
    *out = true;
    return true;
}
