/* walk.c - what the texts of a set name and compare with, without evaluating anything */
#include "cedar/types_int.h"

/* ---- entities named ---------------------------------------------------------------------- */

struct walk {
    const struct cedar_set *set;
    const struct cd_policy *policy;
    bool (*seen)(void *, const struct cedar_uid *, const struct cedar_place *);
    void *ctx;
};

static bool walk_expr(const struct walk *w, const struct cd_expr *e)
{
    if (e->op == OP_LIT && e->lit->type == CEDAR_ENTITY) {
        struct cedar_place at = cd_place_in(&w->set->files[w->policy->file], e->at, e->end);
        return w->seen(w->ctx, e->lit->uid, &at);
    }
    for (uint32_t i = 0; i < e->n; i++)
        if (!walk_expr(w, e->args[i]))
            return false;
    return true;
}

static bool walk_scope(const struct walk *w, const struct cd_scope_part *s)
{
    struct cedar_place at = cd_place_in(&w->set->files[w->policy->file], s->at, s->end);

    for (uint32_t i = 0; i < s->n; i++)
        if (s->uids[i].type.p && !w->seen(w->ctx, &s->uids[i], &at))
            return false;
    return true;
}

static bool walk_policies(struct walk *w, const struct cd_policy *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        w->policy = &list[i];
        for (unsigned var = 0; var < 3; var++)
            if (!walk_scope(w, &list[i].scope[var]))
                return false;
        for (uint32_t k = 0; k < list[i].n_conditions; k++)
            if (!walk_expr(w, list[i].conditions[k].e))
                return false;
    }
    return true;
}

bool cedar_names(const struct cedar_set *set,
                 bool (*seen)(void *, const struct cedar_uid *, const struct cedar_place *),
                 void *ctx)
{
    struct walk w = {.set = set, .seen = seen, .ctx = ctx};

    return walk_policies(&w, set->policies, set->n) &&
           walk_policies(&w, set->templates, set->n_templates);
}

/* ---- literals compared with ---------------------------------------------------------------- */

struct tested {
    const struct cedar_about *about;
    bool any; /* whatever the attribute is of */
    enum cd_var var;
    str attribute;
    struct cedar_value *items; /* NULL while counting */
    size_t n;
};

static void put(struct tested *t, const struct cedar_value *v)
{
    if (v->type == CEDAR_SET) {
        for (uint32_t i = 0; i < v->n; i++)
            put(t, &v->items[i]);
        return;
    }
    if (t->items)
        t->items[t->n] = *v;
    t->n++;
}

static bool is_attribute(const struct tested *t, const struct cd_expr *e)
{
    return e->op == OP_GET && str_eq(e->names[0], t->attribute) &&
           (t->any || (e->args[0]->op == OP_VAR && e->args[0]->var == t->var));
}

static bool compares(unsigned op)
{
    return (op >= OP_EQ && op <= OP_GE) || op == OP_CONTAINS || op == OP_CONTAINS_ALL ||
           op == OP_CONTAINS_ANY;
}

static void tested_in(struct tested *t, const struct cd_expr *e)
{
    if (compares(e->op)) {
        for (int side = 0; side < 2; side++)
            if (is_attribute(t, e->args[side]) && e->args[!side]->folded)
                put(t, e->args[!side]->folded);
    }
    for (uint32_t i = 0; i < e->n; i++)
        tested_in(t, e->args[i]);
}

static bool meant(const struct cedar_about *about, const struct cd_policy *p)
{
    return !about || cd_scope_fits(about->schema, p, &about->env);
}

static void tested_by(struct tested *t, const struct cedar_set *set)
{
    t->n = 0;
    for (uint32_t i = 0; i < set->n; i++)
        for (uint32_t k = 0;
             meant(t->about, &set->policies[i]) && k < set->policies[i].n_conditions; k++)
            tested_in(t, set->policies[i].conditions[k].e);
}

enum err cedar_tested(const struct cedar_set *set, const struct cedar_about *about, str variable,
                      str attribute, struct arena *a, struct cedar_value *out)
{
    struct tested t = {.about = about, .attribute = attribute, .any = !variable.p};

    t.var = str_eq(variable, S("principal"))  ? VAR_PRINCIPAL
            : str_eq(variable, S("resource")) ? VAR_RESOURCE
                                              : VAR_CONTEXT;
    tested_by(&t, set);
    t.items = arena_zalloc(a, t.n + 1, sizeof *t.items);
    if (!t.items)
        return ERR_MEMORY_LIMIT;
    tested_by(&t, set);
    *out = (struct cedar_value){.type = CEDAR_SET, .items = t.items};
    out->n = (uint32_t)cd_set_canon(t.items, t.n);
    return OK;
}

static bool mentions(const struct cd_expr *e, str attribute)
{
    if (e->op == OP_GET || e->op == OP_HAS)
        for (uint32_t i = 0; i < e->n_names; i++)
            if (str_eq(e->names[i], attribute))
                return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (mentions(e->args[i], attribute))
            return true;
    return false;
}

bool cedar_mentions(const struct cedar_set *set, const struct cedar_about *about, str attribute)
{
    for (uint32_t i = 0; i < set->n; i++)
        for (uint32_t k = 0; meant(about, &set->policies[i]) && k < set->policies[i].n_conditions;
             k++)
            if (mentions(set->policies[i].conditions[k].e, attribute))
                return true;
    return false;
}
