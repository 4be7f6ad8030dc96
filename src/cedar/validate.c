/* validate.c - policies, requests and entities against a schema
 *
 * Spec Validation/Validator.lean: names first, then the type of each policy in every request
 * environment its scope fits. A policy gets one finding per place, though many environments may
 * find the same.
 */
#include "cedar/types_int.h"

struct findings {
    struct arena *arena;
    const struct cedar_set *set;
    struct cedar_finding *items;
    size_t n, room, first; /* first: of the policy at hand */
    bool no_memory;
};

static void report(struct findings *l, enum cedar_finding_kind kind, const struct cd_policy *p,
                   uint32_t at, uint32_t end, str message)
{
    struct cedar_place place = cd_place_in(&l->set->files[p->file], at, end);

    for (size_t i = l->first; i < l->n; i++) {
        if (l->items[i].place.text.p == place.text.p && l->items[i].kind == kind &&
            str_eq(l->items[i].message, message))
            return;
    }
    struct cedar_finding *more = cd_grow(l->arena, l->items, l->n, &l->room, sizeof *more);
    if (!more || !message.p) {
        l->no_memory = true;
        return;
    }
    l->items = more;
    l->items[l->n++] = (struct cedar_finding){kind, p->id, place, message};
}

/* ---- names ----------------------------------------------------------------------------- */

struct naming {
    struct findings *l;
    const struct cedar_schema *schema;
    const struct cd_policy *policy;
};

static void check_uid(struct naming *c, const struct cedar_uid *uid, uint32_t at, uint32_t end)
{
    const struct cd_entity_type *t = cd_schema_type(c->schema, uid->type);
    struct arena *a = c->l->arena;

    if (cd_uid_valid(c->schema, uid))
        return;
    if (!t)
        report(c->l, CEDAR_FINDING_ERROR, c->policy, at, end,
               str_printf(a, "there is no entity type '%.*s'", STR_FMT(uid->type)));
    else if (t->is_action)
        report(c->l, CEDAR_FINDING_ERROR, c->policy, at, end,
               str_printf(a, "there is no action '%.*s'", STR_FMT(uid->id)));
    else
        report(c->l, CEDAR_FINDING_ERROR, c->policy, at, end,
               str_printf(a, "'%.*s' is none of the ids of %.*s", STR_FMT(uid->id),
                          STR_FMT(uid->type)));
}

static void check_type(struct naming *c, str type, uint32_t at, uint32_t end)
{
    if (!cd_schema_type(c->schema, type))
        report(c->l, CEDAR_FINDING_ERROR, c->policy, at, end,
               str_printf(c->l->arena, "there is no entity type '%.*s'", STR_FMT(type)));
}

static void check_names(struct naming *c, const struct cd_expr *e)
{
    if (e->op == OP_LIT && e->lit->type == CEDAR_ENTITY)
        check_uid(c, e->lit->uid, e->at, e->end);
    if (e->op == OP_IS)
        check_type(c, e->names[0], e->at, e->end);
    for (uint32_t i = 0; i < e->n; i++)
        check_names(c, e->args[i]);
}

static void check_scope_names(struct naming *c)
{
    const struct cd_policy *p = c->policy;

    for (unsigned var = 0; var < 3; var++) {
        const struct cd_scope_part *s = &p->scope[var];
        for (uint32_t i = 0; i < s->n && !s->slot; i++)
            check_uid(c, &s->uids[i], s->at, s->end);
        if (s->type.p)
            check_type(c, s->type, s->at, s->end);
    }
}

/* ---- environments ---------------------------------------------------------------------- */

/* Whether the part of a scope can hold for a value of the type. */
static bool type_fits(const struct cedar_schema *schema, const struct cd_scope_part *s,
                      const struct cd_entity_type *t)
{
    if (s->type.p && !str_eq(s->type, t->name))
        return false;
    if (s->n == 0 || s->slot)
        return true;
    const struct cd_entity_type *other = cd_schema_type(schema, s->uids[0].type);
    if (!other)
        return false;
    return s->kind == SCOPE_EQ ? other == t : cd_may_be_in(t, other);
}

static bool action_fits(const struct cd_scope_part *s, const struct cd_action *a)
{
    if (s->kind == SCOPE_ANY)
        return true;
    if (s->kind == SCOPE_EQ)
        return cedar_uid_eq(s->uids, &a->uid);
    for (uint32_t i = 0; i < s->n; i++) {
        if (cd_action_in(a, &s->uids[i]))
            return true;
    }
    return false;
}

bool cd_scope_fits(const struct cedar_schema *schema, const struct cd_policy *p,
                   const struct cedar_env *env)
{
    const struct cd_action *a = cd_schema_action(schema, &env->action);
    const struct cd_entity_type *principal = cd_schema_type(schema, env->principal),
                                *resource = cd_schema_type(schema, env->resource);

    return a && principal && resource && action_fits(&p->scope[VAR_ACTION], a) &&
           type_fits(schema, &p->scope[VAR_PRINCIPAL], principal) &&
           type_fits(schema, &p->scope[VAR_RESOURCE], resource);
}

struct run {
    struct cd_checker c;
    struct findings *l;
    const struct cd_policy *policy;
    bool any_fits, any_possible;
};

static void check_environment(struct run *r)
{
    const struct cd_policy *p = r->policy;
    const struct cd_type *type = NULL;

    r->any_fits = true;
    r->c.message = STR_NONE;
    if (cd_type_of_conditions(&r->c, p, &type)) {
        r->any_possible |= type->kind != TY_FALSE;
        return;
    }
    r->any_possible = true;
    if (r->c.message.p)
        report(r->l, CEDAR_FINDING_ERROR, p, r->c.at->at, r->c.at->end, r->c.message);
}

static void check_action(struct run *r, const struct cd_action *a)
{
    const struct cd_scope_part *scope = r->policy->scope;

    for (uint32_t i = 0; i < a->n_principals; i++) {
        if (!type_fits(r->c.schema, &scope[VAR_PRINCIPAL], a->principals[i]))
            continue;
        for (uint32_t k = 0; k < a->n_resources; k++) {
            if (!type_fits(r->c.schema, &scope[VAR_RESOURCE], a->resources[k]))
                continue;
            r->c.env = (struct cd_env){a, a->principals[i], a->resources[k]};
            check_environment(r);
        }
    }
}

/* `action in []`: strict mode refuses the empty set wherever it would come to be evaluated, that
 * is in every environment whose principal fits. */
static void check_empty_actions(struct findings *l, const struct cedar_schema *schema,
                                const struct cd_policy *p)
{
    const struct cd_scope_part *scope = p->scope;

    if (scope[VAR_ACTION].kind != SCOPE_IN_ANY || scope[VAR_ACTION].n > 0)
        return;
    for (uint32_t i = 0; i < schema->n_actions; i++) {
        const struct cd_action *a = &schema->actions[i];
        for (uint32_t k = 0; k < a->n_principals && a->n_resources > 0; k++) {
            if (!type_fits(schema, &scope[VAR_PRINCIPAL], a->principals[k]))
                continue;
            report(l, CEDAR_FINDING_ERROR, p, scope[VAR_ACTION].at, scope[VAR_ACTION].end,
                   S("the list of actions is empty"));
            return;
        }
    }
}

static void check_policy(struct findings *l, const struct cedar_schema *schema,
                         enum cedar_mode mode, const struct cd_policy *p, struct arena *scratch)
{
    struct naming names = {l, schema, p};
    struct run r = {.c = {.schema = schema, .arena = scratch, .strict = mode == CEDAR_STRICT},
                    .l = l,
                    .policy = p};

    l->first = l->n;
    check_scope_names(&names);
    for (uint32_t i = 0; i < p->n_conditions; i++)
        check_names(&names, p->conditions[i].e);
    for (uint32_t i = 0; i < schema->n_actions; i++) {
        if (action_fits(&p->scope[VAR_ACTION], &schema->actions[i]))
            check_action(&r, &schema->actions[i]);
    }
    if (mode == CEDAR_STRICT)
        check_empty_actions(l, schema, p);
    if (!r.any_fits)
        report(l, CEDAR_FINDING_NO_ACTION, p, p->at, p->end,
               S("no action of the schema fits this scope"));
    else if (!r.any_possible)
        report(l, CEDAR_FINDING_IMPOSSIBLE, p, p->at, p->end, S("this policy can never apply"));
    l->no_memory |= r.c.no_memory;
}

enum err cedar_validate(const struct cedar_set *set, const struct cedar_schema *schema,
                        enum cedar_mode mode, struct arena *a, struct cedar_finding **out,
                        size_t *out_n, struct fault *f)
{
    struct findings l = {.arena = a, .set = set};

    for (uint32_t i = 0; i < set->n && !l.no_memory; i++)
        check_policy(&l, schema, mode, &set->policies[i], a);
    for (uint32_t i = 0; i < set->n_templates && !l.no_memory; i++)
        check_policy(&l, schema, mode, &set->templates[i], a);
    if (l.no_memory)
        return fault(f, ERR_MEMORY_LIMIT, "memory limit of the validation reached");
    *out = l.items;
    *out_n = l.n;
    return OK;
}

/* ---- requests and entities ------------------------------------------------------------- */

static bool among(struct cd_entity_type *const *types, uint32_t n, str name)
{
    for (uint32_t i = 0; i < n; i++) {
        if (str_eq(types[i]->name, name))
            return true;
    }
    return false;
}

enum err cedar_validate_request(const struct cedar_schema *s, const struct cedar_request *q,
                                struct fault *f)
{
    const struct cd_action *a = cd_schema_action(s, &q->action);
    struct cedar_value context =
        cedar_of(q->context ? q->context : (struct cedar_record *)&cd_empty_record);

    if (!a)
        return fault_at(f, ERR_SCHEMA, "/action", "there is no action '%.*s'",
                        STR_FMT(q->action.id));
    if (!among(a->principals, a->n_principals, q->principal.type) ||
        !cd_uid_valid(s, &q->principal))
        return fault_at(f, ERR_SCHEMA, "/principal", "the action does not apply to %.*s::\"%.*s\"",
                        STR_FMT(q->principal.type), STR_FMT(q->principal.id));
    if (!among(a->resources, a->n_resources, q->resource.type) || !cd_uid_valid(s, &q->resource))
        return fault_at(f, ERR_SCHEMA, "/resource", "the action does not apply to %.*s::\"%.*s\"",
                        STR_FMT(q->resource.type), STR_FMT(q->resource.id));
    if (!cd_value_is(s, &context, a->context))
        return fault_at(f, ERR_SCHEMA, "/context",
                        "the context is not as the schema says for '%.*s'", STR_FMT(q->action.id));
    return OK;
}

static enum err nonconforming(struct fault *f, const struct cedar_entity *e, const char *why)
{
    return fault(f, ERR_SCHEMA, "entity %.*s::\"%.*s\": %s", STR_FMT(e->uid.type),
                 STR_FMT(e->uid.id), why);
}

static enum err validate_action(const struct cedar_schema *s, const struct cedar_entity *e,
                                const struct cd_line *line, struct fault *f)
{
    const struct cd_action *a = cd_schema_action(s, &e->uid);

    if (!a)
        return nonconforming(f, e, "there is no such action");
    if (e->attrs.n || e->tags.n)
        return nonconforming(f, e, "an action has no attributes and no tags");
    if (line->n - 1 != a->n_ancestors)
        return nonconforming(f, e, "the action is in other groups");
    for (uint32_t i = 0; i < a->n_ancestors; i++) {
        if (!cd_line_has(line, &a->ancestors[i]))
            return nonconforming(f, e, "the action is in other groups");
    }
    return OK;
}

static enum err validate_entity(const struct cedar_schema *s, const struct cedar_entity *e,
                                const struct cd_line *line, struct fault *f)
{
    const struct cd_entity_type *t = cd_schema_type(s, e->uid.type);
    struct cedar_value attrs = cedar_of((struct cedar_record *)&e->attrs);

    if (t && t->is_action)
        return validate_action(s, e, line, f);
    if (!cd_uid_valid(s, &e->uid))
        return nonconforming(f, e, "unknown type or id");
    if (!cd_value_is(s, &attrs, t->attrs))
        return nonconforming(f, e, "the attributes are not as the schema says");
    for (size_t i = 1; i < line->n; i++) {
        if (!among(t->ancestors, t->n_ancestors, line->uids[i]->type) ||
            !cd_uid_valid(s, line->uids[i]))
            return nonconforming(f, e, "a parent is of a type the schema does not foresee");
    }
    for (uint32_t i = 0; i < e->tags.n; i++) {
        if (!t->tags || !cd_value_is(s, &e->tags.fields[i].value, t->tags))
            return nonconforming(f, e, "the tags are not as the schema says");
    }
    return OK;
}

enum err cedar_validate_entities(const struct cedar_schema *s, const struct cedar_entities *es,
                                 struct arena *scratch, struct fault *f)
{
    for (size_t i = 0; i < es->n_existing; i++) {
        struct cd_line line;
        if (!cd_line_of(es, &es->existing[i]->uid, scratch, &line))
            return fault(f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
        TRY(validate_entity(s, es->existing[i], &line, f));
    }
    return OK;
}
