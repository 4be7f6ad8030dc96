/* compare_case.c - one case: the entities and the request that it stands for, and the verdict
 *
 * Whoever is not named by a policy has a name that no text can have meant: with a tilde.
 */
#include "policy/compare_int.h"

#define ASKER   S("~asker")
#define ANOTHER S("~another")
#define OWN     S("~own")
#define THIRD   S("~third")
#define ITEM    S("~resource")

/* A request in the making. */
struct draft {
    struct work *w;
    const struct scene *s;
    const struct compare_view *view;
    struct cedar_entities *es;
    str state;
};

static str home_of(const struct work *w)
{
    return w->ask->home.p ? w->ask->home : S("~home");
}

static str id_of(const struct draft *d, const struct compare_choice *c)
{
    switch (c->kind) {
    case CHOICE_SELF:
        return ASKER;
    case CHOICE_OWN:
        return OWN;
    case CHOICE_HOME:
        return home_of(d->w);
    case CHOICE_PARTNER:
        return d->state;
    case CHOICE_THIRD:
        return THIRD;
    case CHOICE_TEXT:
        return c->text;
    case CHOICE_GIVEN:
        return json_str(c->given);
    default:
        return ANOTHER;
    }
}

/* States come with what the facts say of them. */
static struct cedar_value entity_value(struct draft *d, str type, str id)
{
    if (str_eq(type, S("Sifara::State")))
        facts_put_state(policy_facts(d->view->policy), d->es, id, d->view->day, 0, STR_NONE);
    else
        cedar_entity(d->es, type, id);
    return cedar_ref(d->es, type, id);
}

static struct cedar_value organisations_of(struct draft *d)
{
    const struct facts *f = policy_facts(d->view->policy);
    size_t n = 0, all = facts_organisation_count(f);
    struct cedar_value *list = arena_alloc(d->w->scratch, (all + 1) * sizeof *list);

    for (size_t i = 0; list && i < all; i++) {
        str code = facts_organisation_at(f, i)->code;
        if (facts_member(f, d->state, code))
            list[n++] = cedar_ref(d->es, S("Sifara::Organisation"), code);
    }
    return list ? cedar_setof(d->es, list, n) : (struct cedar_value){.type = CEDAR_NONE};
}

static struct cedar_value given_set(struct draft *d, const struct cedar_shape *shape,
                                    const struct json *v)
{
    struct cedar_value *list = arena_alloc(d->w->scratch, (v->n + 1) * sizeof *list);

    for (uint32_t i = 0; list && i < v->n; i++)
        list[i] = shape->element == CEDAR_STRING
                      ? cedar_str(json_str(json_at(v, i)))
                      : cedar_ref(d->es, shape->of, json_str(json_at(v, i)));
    return list ? cedar_setof(d->es, list, v->n) : (struct cedar_value){.type = CEDAR_NONE};
}

static struct cedar_value set_value(struct draft *d, const struct cedar_shape *shape,
                                    const struct compare_choice *c)
{
    if (c->kind == CHOICE_ITS)
        return organisations_of(d);
    if (c->kind == CHOICE_GIVEN)
        return given_set(d, shape, c->given);
    if (shape->element == CEDAR_STRING && c->kind == CHOICE_ALL)
        return cedar_strings(d->es, d->w->roles, d->w->n_roles);
    if (shape->element == CEDAR_STRING && c->kind == CHOICE_TEXT)
        return cedar_strings(d->es, &c->text, 1);
    return cedar_setof(d->es, NULL, 0);
}

static struct cedar_value value_of(struct draft *d, const struct cedar_shape *shape,
                                   const struct compare_choice *c)
{
    switch (shape->type) {
    case CEDAR_BOOL:
        return cedar_bool(c->kind == CHOICE_GIVEN ? c->given->b : c->kind == CHOICE_YES);
    case CEDAR_LONG:
        return cedar_long(c->kind == CHOICE_GIVEN ? c->given->i : c->number);
    case CEDAR_STRING:
        return cedar_str(c->kind == CHOICE_OTHER   ? S("~any other")
                         : c->kind == CHOICE_GIVEN ? json_str(c->given)
                                                   : c->text);
    case CEDAR_ENTITY:
        return entity_value(d, shape->of, id_of(d, c));
    default:
        return set_value(d, shape, c);
    }
}

static void put_missions(struct draft *d, struct cedar_entity *asker)
{
    struct cedar_shape shape;

    for (size_t i = 0; cedar_schema_attr(d->w->ask->schema, d->s->about.env.principal, i, &shape);
         i++)
        if (str_eq(shape.of, S("Sifara::Mission")) && shape.type == CEDAR_ENTITY)
            cedar_attr(d->es, asker, shape.name, entity_value(d, shape.of, OWN));
}

/* All attributes as chosen. */
static struct cedar_request draft_request(struct draft *d, const size_t *chosen)
{
    const struct cedar_env *env = &d->s->about.env;
    struct cedar_record *context = cedar_record(d->es);
    struct cedar_entity *asker = cedar_entity(d->es, env->principal, ASKER);
    str item = d->w->ask->resource_id.p ? d->w->ask->resource_id : ITEM;
    int64_t balance = 0;

    for (size_t i = 0; i < d->s->n_dims; i++)
        if (d->s->dims[i].of == OF_RESOURCE_ID)
            item = id_of(d, &d->s->dims[i].choices[chosen[i]]);
    struct cedar_entity *thing = cedar_entity(d->es, env->resource, item);
    put_missions(d, asker);
    for (size_t i = 0; i < d->s->n_dims; i++) {
        const struct dim *m = &d->s->dims[i];
        const struct compare_choice *c = &m->choices[chosen[i]];
        if (m->of == OF_PARTNER)
            balance = c->number;
        if (m->of == OF_PARTNER || m->of == OF_RESOURCE_ID || c->kind == CHOICE_ABSENT)
            continue;
        struct cedar_value v = value_of(d, &m->shape, c);
        if (m->of == OF_PRINCIPAL)
            cedar_attr(d->es, asker, m->shape.name, v);
        else if (m->of == OF_RESOURCE)
            cedar_attr(d->es, thing, m->shape.name, v);
        else
            cedar_put(d->es, context, m->shape.name, v);
    }
    cedar_put(d->es, context, S("now"),
              cedar_datetime((int64_t)d->view->day * 86400000 + 43200000));
    /* what somebody may do, once they have signed in as they should */
    cedar_put(d->es, context, S("strong"), cedar_bool(true));
    if (d->s->partner) {
        facts_put_state(policy_facts(d->view->policy), d->es, d->state, d->view->day, balance,
                        STR_NONE);
        cedar_put(d->es, context, S("partner"), cedar_ref(d->es, S("Sifara::State"), d->state));
    }
    if (d->s->promises)
        cedar_put(d->es, context, S("undertakings"), cedar_setof(d->es, NULL, 0));
    return (struct cedar_request){cedar_uid(env->principal, ASKER), env->action,
                                  cedar_uid(env->resource, item), context};
}

/* ---- verdicts ------------------------------------------------------------------------------ */

static bool same_strings(const str *a, size_t n, const str *b, size_t m)
{
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!str_eq(a[i], b[i]))
            return false;
    return true;
}

static str *copies(struct arena *a, const str *list, size_t n)
{
    str *out = arena_alloc(a, (n + 1) * sizeof *out);

    for (size_t i = 0; out && i < n; i++) {
        out[i] = str_copy(a, list[i]);
        if (!out[i].p)
            return NULL;
    }
    return out;
}

/* The verdict among those known; strings are copied when it is a new one. */
static enum err known(struct work *w, const struct compare_verdict *v, uint32_t *out)
{
    for (size_t i = 0; i < w->n_verdicts; i++) {
        const struct compare_verdict *k = &w->verdicts[i];
        if (k->kind == v->kind && same_strings(k->by, k->n_by, v->by, v->n_by) &&
            same_strings(k->undertakings, k->n_undertakings, v->undertakings, v->n_undertakings)) {
            *out = (uint32_t)i;
            return OK;
        }
    }
    if (w->n_verdicts == VERDICTS_MAX)
        return fault(w->fault, ERR_LIMIT, "more than %d different answers", VERDICTS_MAX);
    struct compare_verdict *k = &w->verdicts[w->n_verdicts];
    *k = *v;
    k->by = copies(w->arena, v->by, v->n_by);
    k->undertakings = copies(w->arena, v->undertakings, v->n_undertakings);
    TRY_PTR(k->by && k->undertakings, w->fault);
    *out = (uint32_t)w->n_verdicts++;
    return OK;
}

static enum err decide(struct draft *d, const struct cedar_request *q, struct decision *out)
{
    d->w->n_decisions++;
    return policy_decide(d->view->policy, d->es, q, d->w->scratch, out, d->w->fault);
}

static enum err decide_promising(struct draft *d, const struct cedar_request *q, const str *list,
                                 size_t n, struct decision *out)
{
    cedar_put(d->es, q->context, S("undertakings"), cedar_strings(d->es, list, n));
    return decide(d, q, out);
}

/* Would promises help? The smallest choice of them, and the policies that then permit. */
static enum err with_promises(struct draft *d, const struct cedar_request *q,
                              struct compare_verdict *v)
{
    struct work *w = d->w;
    struct decision all;
    struct cedar_why why;

    TRY(decide_promising(d, q, w->promises, w->n_promises, &all));
    if (!all.permit)
        return OK;
    cedar_put(d->es, q->context, S("undertakings"), cedar_setof(d->es, NULL, 0));
    TRY_PTR(cedar_why_not(policy_set(d->view->policy), d->es, q, S("undertakings"), w->scratch,
                          &why) == OK,
            w->fault);
    const str *list = why.curable ? why.missing : w->promises;
    size_t n = why.curable ? why.n_missing : w->n_promises;
    TRY(decide_promising(d, q, list, n, &all));
    *v = (struct compare_verdict){COMPARE_WITH, n, all.n_by, list, all.by};
    return OK;
}

enum err compare_case(struct work *w, const struct scene *s, const struct compare_view *view,
                      str state, const size_t *chosen, uint32_t *out)
{
    struct compare_verdict v = {0};
    struct decision said;

    arena_reset(w->scratch);
    struct draft d = {w, s, view, cedar_entities_new(w->scratch), state};
    TRY_PTR(d.es, w->fault);
    struct cedar_request q = draft_request(&d, chosen);
    TRY(decide(&d, &q, &said));
    v.kind = said.permit ? COMPARE_YES : COMPARE_NO;
    v.by = said.by;
    v.n_by = said.n_by;
    if (!said.permit && s->promises && w->n_promises > 0)
        TRY(with_promises(&d, &q, &v));
    return known(w, &v, out);
}
