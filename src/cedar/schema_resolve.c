/* schema_resolve.c - what the names of a schema mean
 *
 * A name without "::" means, in this order: a common type or entity type of its own namespace,
 * one without namespace, a built-in type. A name with "::" is absolute. Common types are expanded
 * on first use; one that contains itself is refused. The types an entity may be in and the groups
 * of an action are closed over their parents (Spec Validation/Types.lean keeps ancestors, too).
 */
#include "cedar/schema_int.h"

#include <stdlib.h>

enum { UNSEEN, OPEN, DONE };
enum { MAX_GROUPS = 1000 }; /* of one action, transitively */

/* Name tables, sorted; an entry leads back to its declaration. */
struct entry {
    str name; /* with namespace */
    uint32_t pos;
};

struct resolver {
    struct raw_schema *raw;
    struct cedar_schema *out;
    struct arena *arena;
    struct entry *commons;
    const struct cd_type *primitives[TY_DURATION + 1];
    unsigned depth;
};

static enum err no_memory(struct resolver *r)
{
    return fault(r->raw->fault, ERR_MEMORY_LIMIT, "memory limit of the schema reached");
}

static enum err refuse(struct resolver *r, uint32_t at, const char *why, str name)
{
    if (!r->raw->source.text.p)
        return fault(r->raw->fault, ERR_INVALID, "schema: %s '%.*s'", why, STR_FMT(name));
    struct cedar_place place = cd_place(&r->raw->source, at, at);
    return fault(r->raw->fault, ERR_INVALID, "%.*s:%u:%u: %s '%.*s'", STR_FMT(place.file),
                 place.line, place.column, why, STR_FMT(name));
}

static bool qualify(struct resolver *r, str ns, str name, str *out)
{
    *out = ns.n ? str_printf(r->arena, "%.*s::%.*s", STR_FMT(ns), STR_FMT(name)) : name;
    return out->p != NULL;
}

static struct raw_common *find_common(struct resolver *r, str name)
{
    size_t lo = 0, hi = r->raw->n_commons;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = cd_name_cmp(r->commons[mid].name, name);
        if (c == 0)
            return &r->raw->commons[r->commons[mid].pos];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* ---- types ----------------------------------------------------------------------------- */

static const struct cd_type *builtin(struct resolver *r, str name, bool extension)
{
    static const struct {
        str name;
        enum cd_kind kind;
    } names[] = {{S("Bool"), TY_BOOL},         {S("Boolean"), TY_BOOL},     {S("Long"), TY_LONG},
                 {S("String"), TY_STRING},     {S("decimal"), TY_DECIMAL},  {S("ipaddr"), TY_IP},
                 {S("datetime"), TY_DATETIME}, {S("duration"), TY_DURATION}};

    if (str_starts(name, S("__cedar::")))
        name = str_sub(name, S("__cedar::").n, name.n);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(names[i].name, name))
            return extension && names[i].kind < TY_DECIMAL ? NULL : r->primitives[names[i].kind];
    }
    return NULL;
}

static enum err resolve_type(struct resolver *r, str ns, const struct raw_type *t,
                             const struct cd_type **out);

static enum err resolve_common(struct resolver *r, struct raw_common *c, uint32_t at,
                               const struct cd_type **out)
{
    if (c->state == OPEN)
        return refuse(r, at, "a type that contains itself:", c->name);
    if (c->state == UNSEEN) {
        c->state = OPEN;
        TRY(resolve_type(r, c->ns, c->type, &c->resolved));
        c->state = DONE;
    }
    *out = c->resolved;
    return OK;
}

/* One candidate name: as common type, as entity type. *out stays NULL if it is neither. */
static enum err try_name(struct resolver *r, const struct raw_type *t, str name,
                         const struct cd_type **out)
{
    struct raw_common *c = t->kind == RAW_ENTITY ? NULL : find_common(r, name);
    const struct cd_entity_type *e = t->kind == RAW_COMMON ? NULL : cd_schema_type(r->out, name);

    if (c)
        return resolve_common(r, c, t->at, out);
    if (e)
        *out = e->self;
    return OK;
}

static enum err resolve_name(struct resolver *r, str ns, const struct raw_type *t,
                             const struct cd_type **out)
{
    const struct cd_type *found = NULL;
    str full;

    if (t->kind != RAW_EXTENSION) {
        if (ns.n && str_find(t->name, S("::")) < 0) {
            if (!qualify(r, ns, t->name, &full))
                return no_memory(r);
            TRY(try_name(r, t, full, &found));
        }
        if (!found)
            TRY(try_name(r, t, t->name, &found));
    }
    if (!found && t->kind != RAW_ENTITY)
        found = builtin(r, t->name, t->kind == RAW_EXTENSION);
    if (!found)
        return refuse(r, t->at, "unknown type", t->name);
    *out = found;
    return OK;
}

static int attr_qsort(const void *a, const void *b)
{
    return cd_name_cmp(((const struct cd_attr_type *)a)->name,
                       ((const struct cd_attr_type *)b)->name);
}

static enum err resolve_record(struct resolver *r, str ns, const struct raw_type *t,
                               const struct cd_type **out)
{
    struct cd_attr_type *attrs = arena_zalloc(r->arena, t->n ? t->n : 1, sizeof *attrs);
    struct cd_type *type = arena_new_of(r->arena, struct cd_type);

    if (!attrs || !type)
        return no_memory(r);
    for (uint32_t i = 0; i < t->n; i++) {
        attrs[i].name = t->attrs[i].name;
        attrs[i].required = t->attrs[i].required;
        TRY(resolve_type(r, ns, t->attrs[i].type, &attrs[i].type));
    }
    qsort(attrs, t->n, sizeof *attrs, attr_qsort);
    for (uint32_t i = 1; i < t->n; i++) {
        if (str_eq(attrs[i - 1].name, attrs[i].name))
            return refuse(r, t->at, "attribute twice:", attrs[i].name);
    }
    *type = (struct cd_type){.kind = TY_RECORD, .n = t->n, .attrs = attrs};
    *out = type;
    return OK;
}

static enum err resolve_set(struct resolver *r, str ns, const struct raw_type *t,
                            const struct cd_type **out)
{
    struct cd_type *type = arena_new_of(r->arena, struct cd_type);

    if (!type)
        return no_memory(r);
    type->kind = TY_SET;
    TRY(resolve_type(r, ns, t->element, &type->element));
    *out = type;
    return OK;
}

/* The depth counts common types that name each other in a long row, too. */
static enum err resolve_type(struct resolver *r, str ns, const struct raw_type *t,
                             const struct cd_type **out)
{
    enum err e;

    if (++r->depth > 500)
        return refuse(r, t->at, "type nested too deep:", t->name);
    if (t->kind == RAW_RECORD)
        e = resolve_record(r, ns, t, out);
    else if (t->kind == RAW_SET)
        e = resolve_set(r, ns, t, out);
    else
        e = resolve_name(r, ns, t, out);
    r->depth--;
    return e;
}

static enum err resolve_to_record(struct resolver *r, str ns, const struct raw_type *t, uint32_t at,
                                  str what, const struct cd_type **out)
{
    static const struct cd_type empty = {.kind = TY_RECORD};
    const struct cd_type *type = &empty;

    if (t)
        TRY(resolve_type(r, ns, t, &type));
    if (type->kind != TY_RECORD)
        return refuse(r, at, "not a record:", what);
    *out = type;
    return OK;
}

/* ---- entity types ---------------------------------------------------------------------- */

/* *out is NULL if there is none of that name. */
static enum err find_entity(struct resolver *r, str ns, str name, struct cd_entity_type **out)
{
    const struct cd_entity_type *e = NULL;
    str full;

    if (ns.n && str_find(name, S("::")) < 0) {
        if (!qualify(r, ns, name, &full))
            return no_memory(r);
        e = cd_schema_type(r->out, full);
    }
    *out = (struct cd_entity_type *)(e ? e : cd_schema_type(r->out, name));
    return OK;
}

static enum err entity_list(struct resolver *r, str ns, uint32_t at, const str *names, uint32_t n,
                            struct cd_entity_type ***out)
{
    struct cd_entity_type **list =
        arena_zalloc(r->arena, n ? n : 1, sizeof(struct cd_entity_type *));

    if (!list)
        return no_memory(r);
    for (uint32_t i = 0; i < n; i++) {
        TRY(find_entity(r, ns, names[i], &list[i]));
        if (!list[i] || list[i]->is_action)
            return refuse(r, at, "unknown entity type", names[i]);
    }
    *out = list;
    return OK;
}

static int type_qsort(const void *a, const void *b)
{
    return cd_name_cmp((*(struct cd_entity_type *const *)a)->name,
                       (*(struct cd_entity_type *const *)b)->name);
}

static enum err new_type(struct resolver *r, str name, struct cd_entity_type **out)
{
    struct cd_entity_type *e = arena_new_of(r->arena, struct cd_entity_type);
    struct cd_type *self = arena_new_of(r->arena, struct cd_type);
    const struct cd_entity_type **one =
        arena_zalloc(r->arena, 1, sizeof(const struct cd_entity_type *));

    if (!e || !self || !one)
        return no_memory(r);
    one[0] = e;
    *self = (struct cd_type){.kind = TY_ENTITY, .n = 1, .entities = one};
    e->name = name;
    e->self = self;
    *out = e;
    return OK;
}

/* One type per namespace that has actions. */
static enum err action_types(struct resolver *r)
{
    struct cedar_schema *s = r->out;

    for (size_t i = 0; i < r->raw->n_actions; i++) {
        struct raw_action *a = &r->raw->actions[i];
        str name;
        bool known = i > 0 && str_eq(a->ns, r->raw->actions[i - 1].ns);
        if (!known) {
            if (!qualify(r, a->ns, S("Action"), &name))
                return no_memory(r);
            for (uint32_t k = 0; k < s->n_types && !known; k++)
                known = s->types[k]->is_action && str_eq(s->types[k]->name, name);
        }
        if (known)
            continue;
        TRY(new_type(r, name, &s->types[s->n_types]));
        s->types[s->n_types++]->is_action = true;
    }
    return OK;
}

static enum err declare_types(struct resolver *r)
{
    struct cedar_schema *s = r->out;
    size_t n = r->raw->n_entities + r->raw->n_actions;

    s->types = arena_zalloc(r->arena, n + 1, sizeof(struct cd_entity_type *));
    if (!s->types)
        return no_memory(r);
    for (size_t i = 0; i < r->raw->n_entities; i++) {
        struct raw_entity *e = &r->raw->entities[i];
        str name;
        if (!qualify(r, e->ns, e->name, &name))
            return no_memory(r);
        if (str_eq(e->name, S("Action")))
            return refuse(r, e->at, "an entity type cannot be called", e->name);
        TRY(new_type(r, name, &s->types[s->n_types]));
        struct cd_entity_type *t = s->types[s->n_types++];
        t->is_enum = e->n_enum > 0;
        t->enum_ids = e->enum_ids;
        t->n_enum = e->n_enum;
    }
    TRY(action_types(r));
    qsort(s->types, s->n_types, sizeof(struct cd_entity_type *), type_qsort);
    for (uint32_t i = 0; i < s->n_types; i++) {
        s->types[i]->pos = i;
        if (i && str_eq(s->types[i - 1]->name, s->types[i]->name))
            return refuse(r, 0, "entity type declared twice:", s->types[i]->name);
    }
    return OK;
}

/* Ancestors of every type over `direct` parents, by a walk from each. */
static enum err close_types(struct resolver *r, struct cd_entity_type ***direct, uint32_t *n_direct)
{
    struct cedar_schema *s = r->out;
    struct cd_entity_type **queue =
        arena_zalloc(r->arena, s->n_types + 1u, sizeof(struct cd_entity_type *));
    uint32_t *seen = arena_zalloc(r->arena, s->n_types + 1u, sizeof *seen);

    if (!queue || !seen)
        return no_memory(r);
    for (uint32_t i = 0; i < s->n_types; i++) {
        uint32_t n = 0;
        for (uint32_t at = 0; at <= n; at++) {
            uint32_t pos = at == 0 ? i : queue[at - 1]->pos;
            for (uint32_t k = 0; k < n_direct[pos]; k++) {
                struct cd_entity_type *p = direct[pos][k];
                if (seen[p->pos] != i + 1) {
                    seen[p->pos] = i + 1;
                    queue[n++] = p;
                }
            }
        }
        s->types[i]->ancestors = arena_zalloc(r->arena, n + 1u, sizeof(struct cd_entity_type *));
        if (!s->types[i]->ancestors)
            return no_memory(r);
        memcpy(s->types[i]->ancestors, queue, n * sizeof(struct cd_entity_type *));
        s->types[i]->n_ancestors = n;
    }
    return OK;
}

static enum err define_types(struct resolver *r)
{
    struct cedar_schema *s = r->out;
    struct cd_entity_type ***direct =
        arena_zalloc(r->arena, s->n_types + 1u, sizeof(struct cd_entity_type **));
    uint32_t *n_direct = arena_zalloc(r->arena, s->n_types + 1u, sizeof *n_direct);

    if (!direct || !n_direct)
        return no_memory(r);
    for (uint32_t i = 0; i < s->n_types; i++)
        TRY(resolve_to_record(r, S(""), NULL, 0, S(""), &s->types[i]->attrs));
    for (size_t i = 0; i < r->raw->n_entities; i++) {
        struct raw_entity *e = &r->raw->entities[i];
        str name;
        if (!qualify(r, e->ns, e->name, &name))
            return no_memory(r);
        struct cd_entity_type *t = (struct cd_entity_type *)cd_schema_type(s, name);
        TRY(resolve_to_record(r, e->ns, e->shape, e->at, e->name, &t->attrs));
        if (e->tags)
            TRY(resolve_type(r, e->ns, e->tags, &t->tags));
        TRY(entity_list(r, e->ns, e->at, e->parents, e->n_parents, &direct[t->pos]));
        n_direct[t->pos] = e->n_parents;
    }
    return close_types(r, direct, n_direct);
}

/* ---- common types ---------------------------------------------------------------------- */

static int entry_qsort(const void *a, const void *b)
{
    return cd_name_cmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static enum err declare_commons(struct resolver *r)
{
    size_t n = r->raw->n_commons;

    r->commons = arena_zalloc(r->arena, n + 1, sizeof *r->commons);
    if (!r->commons)
        return no_memory(r);
    for (size_t i = 0; i < n; i++) {
        r->commons[i].pos = (uint32_t)i;
        if (!qualify(r, r->raw->commons[i].ns, r->raw->commons[i].name, &r->commons[i].name))
            return no_memory(r);
    }
    qsort(r->commons, n, sizeof *r->commons, entry_qsort);
    for (size_t i = 1; i < n; i++) {
        if (str_eq(r->commons[i - 1].name, r->commons[i].name))
            return refuse(r, r->raw->commons[r->commons[i].pos].at,
                          "type declared twice:", r->commons[i].name);
    }
    return OK;
}

/* A name in a namespace must not be one that stands without namespace (RFC 70): else it would
 * depend on the place what the plain name means. */
static enum err no_shadow(struct resolver *r, str ns, str name, uint32_t at)
{
    const struct cd_entity_type *e = cd_schema_type(r->out, name);

    if (ns.n && ((e && !e->is_action) || find_common(r, name)))
        return refuse(r, at, "the type is there without namespace, too:", name);
    return OK;
}

static enum err no_shadows(struct resolver *r)
{
    const struct raw_schema *raw = r->raw;

    for (size_t i = 0; i < raw->n_entities; i++)
        TRY(no_shadow(r, raw->entities[i].ns, raw->entities[i].name, raw->entities[i].at));
    for (size_t i = 0; i < raw->n_commons; i++)
        TRY(no_shadow(r, raw->commons[i].ns, raw->commons[i].name, raw->commons[i].at));
    for (size_t i = 0; i < raw->n_actions; i++) {
        struct cedar_uid plain = cedar_uid(S("Action"), raw->actions[i].id);
        if (raw->actions[i].ns.n && cd_schema_action(r->out, &plain))
            return refuse(r, raw->actions[i].at,
                          "the action is there without namespace, too:", raw->actions[i].id);
    }
    return OK;
}

/* ---- actions --------------------------------------------------------------------------- */

static int action_qsort(const void *a, const void *b)
{
    const struct cedar_uid *x = &((const struct cd_action *)a)->uid;
    const struct cedar_uid *y = &((const struct cd_action *)b)->uid;
    int c = cd_name_cmp(x->type, y->type);

    return c ? c : cd_name_cmp(x->id, y->id);
}

/* A group of the own namespace, or of none. */
static enum err action_parent(struct resolver *r, const struct raw_action *a,
                              const struct raw_ref *ref, struct cedar_uid *out)
{
    str type = ref->type.n ? ref->type : S("Action"), full;

    if (a->ns.n && str_find(type, S("::")) < 0) {
        if (!qualify(r, a->ns, type, &full))
            return no_memory(r);
        *out = cedar_uid(full, ref->id);
        if (cd_schema_action(r->out, out))
            return OK;
    }
    *out = cedar_uid(type, ref->id);
    if (!cd_schema_action(r->out, out))
        return refuse(r, a->at, "unknown action", ref->id);
    return OK;
}

static enum err define_action(struct resolver *r, const struct raw_action *a, struct cd_action *out)
{
    out->parents = arena_zalloc(r->arena, a->n_parents + 1u, sizeof *out->parents);
    if (!out->parents)
        return no_memory(r);
    for (uint32_t i = 0; i < a->n_parents; i++)
        TRY(action_parent(r, a, &a->parents[i], &out->parents[i]));
    out->n_parents = a->n_parents;
    out->applies = a->applies;
    TRY(entity_list(r, a->ns, a->at, a->principals, a->n_principals, &out->principals));
    TRY(entity_list(r, a->ns, a->at, a->resources, a->n_resources, &out->resources));
    out->n_principals = a->n_principals;
    out->n_resources = a->n_resources;
    return resolve_to_record(r, a->ns, a->context, a->at, a->id, &out->context);
}

static enum err add_ancestor(struct resolver *r, struct cd_action *a, size_t *room,
                             const struct cedar_uid *uid)
{
    for (uint32_t i = 0; i < a->n_ancestors; i++) {
        if (cedar_uid_eq(&a->ancestors[i], uid))
            return OK;
    }
    if (a->n_ancestors == MAX_GROUPS)
        return refuse(r, 0, "an action in more than a thousand groups:", a->uid.id);
    a->ancestors = cd_grow(r->arena, a->ancestors, a->n_ancestors, room, sizeof *a->ancestors);
    if (!a->ancestors)
        return no_memory(r);
    a->ancestors[a->n_ancestors++] = *uid;
    return OK;
}

static enum err close_action(struct resolver *r, struct cd_action *a)
{
    size_t room = 0;

    for (uint32_t i = 0; i < a->n_parents; i++)
        TRY(add_ancestor(r, a, &room, &a->parents[i]));
    for (uint32_t i = 0; i < a->n_ancestors; i++) {
        const struct cd_action *up = cd_schema_action(r->out, &a->ancestors[i]);
        if (cedar_uid_eq(&up->uid, &a->uid))
            return refuse(r, 0, "an action group that contains itself:", a->uid.id);
        for (uint32_t k = 0; k < up->n_parents; k++)
            TRY(add_ancestor(r, a, &room, &up->parents[k]));
    }
    return OK;
}

/* The types above an action type are those of the groups of its actions. */
static enum err action_type_ancestors(struct resolver *r)
{
    struct cedar_schema *s = r->out;

    for (uint32_t i = 0; i < s->n_actions; i++) {
        const struct cd_action *a = &s->actions[i];
        struct cd_entity_type *t = (struct cd_entity_type *)cd_schema_type(s, a->uid.type);
        for (uint32_t k = 0; k < a->n_ancestors; k++) {
            struct cd_entity_type *up =
                (struct cd_entity_type *)cd_schema_type(s, a->ancestors[k].type);
            uint32_t have = 0;
            while (have < t->n_ancestors && t->ancestors[have] != up)
                have++;
            if (have < t->n_ancestors)
                continue;
            size_t room = t->n_ancestors;
            t->ancestors = cd_grow(r->arena, t->ancestors, t->n_ancestors, &room,
                                   sizeof(struct cd_entity_type *));
            if (!t->ancestors)
                return no_memory(r);
            t->ancestors[t->n_ancestors++] = up;
        }
    }
    return OK;
}

static enum err declare_actions(struct resolver *r)
{
    struct cedar_schema *s = r->out;

    s->actions = arena_zalloc(r->arena, r->raw->n_actions + 1, sizeof *s->actions);
    if (!s->actions)
        return no_memory(r);
    for (size_t i = 0; i < r->raw->n_actions; i++) {
        str type;
        if (!qualify(r, r->raw->actions[i].ns, S("Action"), &type))
            return no_memory(r);
        s->actions[s->n_actions++].uid = cedar_uid(type, r->raw->actions[i].id);
    }
    qsort(s->actions, s->n_actions, sizeof *s->actions, action_qsort);
    for (uint32_t i = 1; i < s->n_actions; i++) {
        if (cedar_uid_eq(&s->actions[i - 1].uid, &s->actions[i].uid))
            return refuse(r, 0, "action declared twice:", s->actions[i].uid.id);
    }
    return OK;
}

static enum err define_actions(struct resolver *r)
{
    struct cedar_schema *s = r->out;

    for (size_t i = 0; i < r->raw->n_actions; i++) {
        struct raw_action *raw = &r->raw->actions[i];
        str type;
        if (!qualify(r, raw->ns, S("Action"), &type))
            return no_memory(r);
        struct cedar_uid uid = cedar_uid(type, raw->id);
        TRY(define_action(r, raw, (struct cd_action *)cd_schema_action(s, &uid)));
    }
    for (uint32_t i = 0; i < s->n_actions; i++)
        TRY(close_action(r, &s->actions[i]));
    return action_type_ancestors(r);
}

enum err cd_schema_resolve(struct raw_schema *raw, struct cedar_schema *out)
{
    static const struct cd_type primitives[] = {
        [TY_BOOL] = {.kind = TY_BOOL},
        [TY_LONG] = {.kind = TY_LONG},
        [TY_STRING] = {.kind = TY_STRING},
        [TY_DECIMAL] = {.kind = TY_DECIMAL},
        [TY_IP] = {.kind = TY_IP},
        [TY_DATETIME] = {.kind = TY_DATETIME},
        [TY_DURATION] = {.kind = TY_DURATION},
    };
    struct resolver r = {.raw = raw, .out = out, .arena = raw->arena};
    const struct cd_type *unused;

    for (size_t i = 0; i < ARRAY_LEN(primitives); i++)
        r.primitives[i] = &primitives[i];
    TRY(declare_types(&r));
    TRY(declare_commons(&r));
    TRY(declare_actions(&r));
    TRY(no_shadows(&r));
    for (size_t i = 0; i < raw->n_commons; i++)
        TRY(resolve_common(&r, &raw->commons[i], raw->commons[i].at, &unused));
    TRY(define_types(&r));
    return define_actions(&r);
}
