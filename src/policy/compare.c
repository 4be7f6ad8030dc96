/* compare.c - action after action, case after case */
#include "policy/compare.h"

#include <stdlib.h>

#include "policy/compare_int.h"

enum { SCRATCH = 16 << 20 };

static enum err strings_of(struct work *w, str variable, str attribute, str *out, size_t *out_n)
{
    struct cedar_value literals[CHOICES_MAX];
    size_t n;

    TRY(compare_literals(w, NULL, variable, attribute, literals, CHOICES_MAX, &n));
    for (size_t i = 0; i < n; i++)
        if (literals[i].type == CEDAR_STRING)
            out[(*out_n)++] = (str){literals[i].s, literals[i].n};
    return OK;
}

static void look_at_context(struct work *w, struct scene *s)
{
    struct cedar_shape shape;

    for (size_t i = 0; cedar_schema_context(w->ask->schema, &s->about.env.action, i, &shape); i++) {
        s->partner |= str_eq(shape.name, S("partner")) && str_eq(shape.of, S("Sifara::State"));
        s->promises |= str_eq(shape.name, S("undertakings")) && shape.element == CEDAR_STRING;
    }
}

/* ---- one action ---------------------------------------------------------------------------- */

static enum err view_cases(struct work *w, const struct scene *s, const struct compare_view *v,
                           str state, uint32_t *out)
{
    for (size_t k = 0; k < s->n_cases; k++) {
        size_t chosen[DIMS_MAX], rest = k;
        for (size_t i = 0; i < s->n_dims; i++) {
            chosen[i] = rest % s->dims[i].n;
            rest /= s->dims[i].n;
        }
        TRY(compare_case(w, s, v, state, chosen, &out[k]));
    }
    return OK;
}

static enum err all_cases(struct work *w, const struct scene *s, uint32_t *was, uint32_t *is)
{
    size_t n = s->partner ? w->n_classes : 1;

    for (size_t c = 0; c < n; c++) {
        str state = s->partner ? w->classes[c].states[0] : STR_NONE;
        w->n_told += s->n_cases * (s->partner ? w->classes[c].n : 1);
        TRY(view_cases(w, s, &w->ask->is, state, is + c * s->n_cases));
        if (was)
            TRY(view_cases(w, s, &w->ask->was, state, was + c * s->n_cases));
    }
    return compare_rows(w, s, was, is);
}

static enum err one_action(struct work *w, struct scene *s)
{
    size_t n = s->partner ? w->n_classes : 1;

    TRY(compare_dims(w, s));
    if (n * s->n_cases > CASES_MAX)
        return fault(w->fault, ERR_LIMIT, "%.*s: too many cases; fix some attributes",
                     STR_FMT(s->about.env.action.id));
    uint32_t *both = malloc((2 * n * s->n_cases + 1) * sizeof *both);
    if (!both)
        return fault(w->fault, ERR_MEMORY, "out of memory");
    enum err e = all_cases(w, s, w->ask->was.policy ? both + n * s->n_cases : NULL, both);
    free(both);
    return e;
}

/* ---- all actions --------------------------------------------------------------------------- */

static bool asked(const struct compare_ask *ask, const struct scene *s)
{
    return (!ask->action.p || str_eq(ask->action, s->about.env.action.id)) &&
           (!ask->resource.p || str_eq(ask->resource, s->about.env.resource)) &&
           (!ask->state.p || s->partner);
}

static enum err check_ask(const struct compare_ask *ask, struct fault *f)
{
    bool action = !ask->action.p, resource = !ask->resource.p;
    struct cedar_env env;

    for (size_t i = 0; cedar_schema_env(ask->schema, i, &env); i++) {
        if (ask->action.p && !str_eq(env.action.id, ask->action))
            continue;
        action = true;
        resource |= str_eq(env.resource, ask->resource);
    }
    if (!action)
        return fault(f, ERR_NOT_FOUND, "no action \"%.60s\"", ask->action.p);
    if (!resource)
        return fault(f, ERR_NOT_FOUND, "the action is not upon such a resource");
    if (ask->state.p && !facts_state(policy_facts(ask->is.policy), ask->state) &&
        !(ask->was.policy && facts_state(policy_facts(ask->was.policy), ask->state)))
        return fault(f, ERR_NOT_FOUND, "no state \"%.*s\" in facts/states.json",
                     (int)(ask->state.n < 20 ? ask->state.n : 20), ask->state.p);
    return OK;
}

static enum err run(struct work *w)
{
    struct scene s = {.about.schema = w->ask->schema};

    TRY(strings_of(w, S("principal"), S("roles"), w->roles, &w->n_roles));
    TRY(strings_of(w, S("context"), S("undertakings"), w->promises, &w->n_promises));
    TRY(compare_classes(w));
    for (size_t i = 0; cedar_schema_env(w->ask->schema, i, &s.about.env); i++) {
        look_at_context(w, &s);
        if (asked(w->ask, &s))
            TRY(one_action(w, &s));
        s = (struct scene){.about.schema = w->ask->schema};
    }
    return OK;
}

enum err compare_run(const struct compare_ask *ask, struct arena *a, struct compare_answer *out,
                     struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(SCRATCH);
    struct work w = {.ask = ask, .arena = a, .scratch = scratch, .fault = f};

    TRY(check_ask(ask, f));
    w.verdicts = arena_zalloc(a, VERDICTS_MAX, sizeof *w.verdicts);
    TRY_PTR(scratch && w.verdicts, f);
    TRY(run(&w));
    *out = (struct compare_answer){w.n_rows, w.rows, w.n_told, w.n_decisions};
    return OK;
}
