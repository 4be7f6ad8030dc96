/* decide.c - the decision over all policies
 *
 * Spec Authorizer.lean. Every policy that could apply is evaluated, also after a forbid held, so
 * that the determining and the failing policies are complete.
 */
#include "cedar/cedar_int.h"

struct tally {
    uint32_t *permits, *forbids;
    size_t n_permits, n_forbids, n_errors;
    struct cedar_policy_error *errors;
    size_t room;
};

static bool note_error(const struct cedar_set *set, struct cd_eval *ev, uint32_t number,
                       struct tally *t)
{
    const struct cd_policy *p = &set->policies[number];
    struct cedar_policy_error *more =
        cd_grow(ev->arena, t->errors, t->n_errors, &t->room, sizeof *more);
    uint32_t at = ev->at ? ev->at->at : p->at;
    struct cedar_place place = cd_place_in(&set->files[p->file], at, at);

    if (!more)
        return false;
    t->errors = more;
    str message = str_printf(ev->arena, "%.*s:%u:%u: %s", STR_FMT(place.file), place.line,
                             place.column, ev->message);
    if (!message.p)
        return false;
    more[t->n_errors++] = (struct cedar_policy_error){number, message};
    return true;
}

/* false only when memory ran out */
static bool weigh(const struct cedar_set *set, struct cd_eval *ev, uint32_t number, struct tally *t)
{
    const struct cd_policy *p = &set->policies[number];
    bool holds;

    for (unsigned var = 0; var < 3; var++) {
        if (!cd_scope_holds(ev, &p->scope[var], var))
            return true;
    }
    if (!cd_conditions_hold(ev, p, &holds))
        return !ev->out_of_memory && note_error(set, ev, number, t);
    if (holds && p->permit)
        t->permits[t->n_permits++] = number;
    else if (holds)
        t->forbids[t->n_forbids++] = number;
    return true;
}

enum err cedar_decide(const struct cedar_set *set, const struct cedar_entities *es,
                      const struct cedar_request *q, struct arena *scratch,
                      struct cedar_answer *out)
{
    struct tally t = {0};
    struct cd_eval ev;
    uint32_t *candidates;
    size_t n;

    if ((es && es->failed) || !cd_eval_init(&ev, es, q, scratch) ||
        !cd_index_candidates(set, &ev, scratch, &candidates, &n))
        return ERR_MEMORY_LIMIT;
    t.permits = arena_alloc(scratch, (2 * n + 1) * sizeof *t.permits);
    if (!t.permits)
        return ERR_MEMORY_LIMIT;
    t.forbids = t.permits + n;
    for (size_t i = 0; i < n; i++) {
        if (!weigh(set, &ev, candidates[i], &t))
            return ERR_MEMORY_LIMIT;
    }
    bool allow = t.n_forbids == 0 && t.n_permits > 0;
    *out = (struct cedar_answer){
        .allow = allow,
        .n_reasons = (uint32_t)(allow ? t.n_permits : t.n_forbids),
        .reasons = allow ? t.permits : t.forbids,
        .n_errors = (uint32_t)t.n_errors,
        .errors = t.errors,
    };
    return OK;
}
