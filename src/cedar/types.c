/* types.c - joins of types, and whether a value is of a type
 *
 * Spec Validation/Subtyping.lean (strict: the join of records or entity types exists only between
 * equals) and RequestEntityValidator.lean. Permissive mode joins entity types to a choice between
 * them, and records to what both have, open for more.
 */
#include "cedar/types_int.h"

#include <stdio.h>

static const struct cd_type t_never = {.kind = TY_NEVER}, t_true = {.kind = TY_TRUE},
                            t_false = {.kind = TY_FALSE}, t_bool = {.kind = TY_BOOL},
                            t_long = {.kind = TY_LONG}, t_string = {.kind = TY_STRING},
                            t_decimal = {.kind = TY_DECIMAL}, t_ip = {.kind = TY_IP},
                            t_datetime = {.kind = TY_DATETIME}, t_duration = {.kind = TY_DURATION};

const struct cd_type *cd_type_simple(enum cd_kind kind)
{
    static const struct cd_type *const all[] = {
        [TY_NEVER] = &t_never,       [TY_TRUE] = &t_true, [TY_FALSE] = &t_false,
        [TY_BOOL] = &t_bool,         [TY_LONG] = &t_long, [TY_STRING] = &t_string,
        [TY_DECIMAL] = &t_decimal,   [TY_IP] = &t_ip,     [TY_DATETIME] = &t_datetime,
        [TY_DURATION] = &t_duration,
    };

    return all[kind];
}

const struct cd_type *cd_type_of_value_kind(unsigned cedar_type)
{
    switch (cedar_type) {
    case CEDAR_BOOL:
        return &t_bool;
    case CEDAR_LONG:
        return &t_long;
    case CEDAR_STRING:
        return &t_string;
    case CEDAR_DECIMAL:
        return &t_decimal;
    case CEDAR_DATETIME:
        return &t_datetime;
    case CEDAR_DURATION:
        return &t_duration;
    case CEDAR_IP:
        return &t_ip;
    default:
        return &t_never;
    }
}

bool cd_type_is_bool(const struct cd_type *t)
{
    return t->kind == TY_BOOL || t->kind == TY_TRUE || t->kind == TY_FALSE;
}

/* ---- joins ----------------------------------------------------------------------------- */

static const struct cd_type *join(struct cd_join *j, const struct cd_type *a,
                                  const struct cd_type *b);

static const struct cd_type *no_join(struct cd_join *j)
{
    j->failed = true;
    return NULL;
}

static const struct cd_type *out_of_memory(struct cd_join *j)
{
    j->no_memory = true;
    return NULL;
}

static const struct cd_type *join_sets(struct cd_join *j, const struct cd_type *a,
                                       const struct cd_type *b)
{
    const struct cd_type *element = join(j, a->element, b->element);

    if (!element)
        return NULL;
    if (element == a->element)
        return a;
    struct cd_type *t = arena_new_of(j->arena, struct cd_type);
    if (!t)
        return out_of_memory(j);
    *t = (struct cd_type){.kind = TY_SET, .element = element};
    return t;
}

/* Merges two lists sorted by position. */
static const struct cd_type *join_entities(struct cd_join *j, const struct cd_type *a,
                                           const struct cd_type *b)
{
    uint32_t i = 0, k = 0, n = 0;
    bool same = a->n == b->n;

    for (uint32_t m = 0; same && m < a->n; m++)
        same = a->entities[m] == b->entities[m];
    if (same)
        return a;
    if (j->strict)
        return no_join(j);
    struct cd_type *t = arena_new_of(j->arena, struct cd_type);
    const struct cd_entity_type **l =
        arena_zalloc(j->arena, (size_t)a->n + b->n, sizeof(const struct cd_entity_type *));
    if (!t || !l)
        return out_of_memory(j);
    while (i < a->n || k < b->n) {
        if (k == b->n || (i < a->n && a->entities[i]->pos <= b->entities[k]->pos))
            l[n++] = a->entities[i++];
        else
            l[n++] = b->entities[k];
        k += k < b->n && l[n - 1] == b->entities[k];
    }
    *t = (struct cd_type){.kind = TY_ENTITY, .n = n, .entities = l};
    return t;
}

/* One attribute that both have. false: it is dropped (permissive) or there is no join. */
static bool join_attr(struct cd_join *j, const struct cd_attr_type *a, const struct cd_attr_type *b,
                      struct cd_attr_type *out)
{
    if (j->strict && a->required != b->required)
        return false;
    const struct cd_type *t = join(j, a->type, b->type);
    if (!t) {
        if (!j->strict)
            j->failed = false;
        return false;
    }
    *out = (struct cd_attr_type){a->name, t, a->required && b->required};
    return true;
}

static const struct cd_type *join_records(struct cd_join *j, const struct cd_type *a,
                                          const struct cd_type *b)
{
    struct cd_type *t = arena_new_of(j->arena, struct cd_type);
    struct cd_attr_type *attrs = arena_zalloc(j->arena, (size_t)a->n + 1, sizeof *attrs);
    uint32_t n = 0;

    if (!t || !attrs)
        return out_of_memory(j);
    for (uint32_t i = 0; i < a->n; i++) {
        const struct cd_attr_type *other = cd_type_attr(b, a->attrs[i].name);
        n += other && join_attr(j, &a->attrs[i], other, &attrs[n]);
        if (j->no_memory)
            return NULL;
    }
    bool dropped = n != a->n || n != b->n;
    if (j->strict && dropped)
        return no_join(j);
    *t = (struct cd_type){
        .kind = TY_RECORD, .open = a->open || b->open || dropped, .n = n, .attrs = attrs};
    return t;
}

static const struct cd_type *join(struct cd_join *j, const struct cd_type *a,
                                  const struct cd_type *b)
{
    if (a == b)
        return a;
    if (cd_type_is_bool(a) && cd_type_is_bool(b))
        return a->kind == b->kind ? a : &t_bool;
    if (a->kind == TY_NEVER)
        return b;
    if (b->kind == TY_NEVER)
        return a;
    if (a->kind != b->kind)
        return no_join(j);
    if (a->kind == TY_SET)
        return join_sets(j, a, b);
    if (a->kind == TY_RECORD)
        return join_records(j, a, b);
    return a->kind == TY_ENTITY ? join_entities(j, a, b) : a;
}

const struct cd_type *cd_type_join(struct cd_join *j, const struct cd_type *a,
                                   const struct cd_type *b)
{
    j->failed = false;
    return join(j, a, b);
}

/* ---- names ----------------------------------------------------------------------------- */

void cd_type_print(struct buf *b, const struct cd_type *t)
{
    static const char *const names[] = {
        [TY_NEVER] = "nothing",    [TY_TRUE] = "Bool", [TY_FALSE] = "Bool",
        [TY_BOOL] = "Bool",        [TY_LONG] = "Long", [TY_STRING] = "String",
        [TY_DECIMAL] = "decimal",  [TY_IP] = "ipaddr", [TY_DATETIME] = "datetime",
        [TY_DURATION] = "duration"};

    if (t->kind == TY_SET) {
        buf_add_str(b, S("Set<"));
        cd_type_print(b, t->element);
        buf_add_char(b, '>');
    } else if (t->kind == TY_RECORD) {
        buf_add_str(b, S("record"));
    } else if (t->kind == TY_ENTITY) {
        for (uint32_t i = 0; i < t->n; i++) {
            buf_add_str(b, i ? S(" or ") : S(""));
            buf_add_str(b, t->entities[i]->name);
        }
    } else {
        buf_add_str(b, str_of(names[t->kind]));
    }
}

/* ---- values of a type ------------------------------------------------------------------ */

bool cd_uid_valid(const struct cedar_schema *s, const struct cedar_uid *uid)
{
    const struct cd_entity_type *t = cd_schema_type(s, uid->type);

    if (!t)
        return false;
    if (t->is_action)
        return cd_schema_action(s, uid) != NULL;
    for (uint32_t i = 0; i < t->n_enum; i++) {
        if (str_eq(t->enum_ids[i], uid->id))
            return true;
    }
    return !t->is_enum;
}

static bool record_is(const struct cedar_schema *s, const struct cedar_record *r,
                      const struct cd_type *t)
{
    for (uint32_t i = 0; i < r->n; i++) {
        const struct cd_attr_type *a = cd_type_attr(t, r->fields[i].name);
        if (!a || !cd_value_is(s, &r->fields[i].value, a->type))
            return false;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->attrs[i].required && !cedar_get(r, t->attrs[i].name))
            return false;
    }
    return true;
}

static bool entity_is(const struct cedar_schema *s, const struct cedar_uid *uid,
                      const struct cd_type *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (str_eq(t->entities[i]->name, uid->type))
            return cd_uid_valid(s, uid);
    }
    return false;
}

bool cd_value_is(const struct cedar_schema *s, const struct cedar_value *v, const struct cd_type *t)
{
    if (v->type == CEDAR_ENTITY)
        return t->kind == TY_ENTITY && entity_is(s, v->uid, t);
    if (v->type == CEDAR_RECORD)
        return t->kind == TY_RECORD && record_is(s, v->record, t);
    if (v->type != CEDAR_SET)
        return cd_type_of_value_kind(v->type)->kind == t->kind;
    if (t->kind != TY_SET)
        return false;
    for (uint32_t i = 0; i < v->n; i++) {
        if (!cd_value_is(s, &v->items[i], t->element))
            return false;
    }
    return true;
}
