/* whynot.c - which permits came near, and which undertakings would have sufficed
 *
 * Conditions are seen as one conjunction: the arguments of && in a `when`, and, denied, those of
 * || in an `unless`. A conjunct that fails to evaluate counts as not holding, but only the first
 * is told as an error: later ones may rely on earlier ones.
 *
 * The cure is searched by trying subsets of the strings tested for, small ones first. Policies
 * need not be monotone, so each trial is a full decision.
 */
#include "cedar/cedar_int.h"

#include <stdlib.h>

enum { MAX_NEAR = 16, MAX_FAILED = 8, MAX_STRINGS = 16, MAX_CHOSEN = 6, MAX_TRIALS = 4000 };

/* ---- near permits ---------------------------------------------------------------------- */

struct look {
    const struct cedar_set *set;
    struct cd_eval *ev;
    const struct cd_policy *policy;
    struct cedar_place failed[MAX_FAILED];
    uint32_t n_failed;
    str error;
    bool no_memory;
};

static void note_conjunct(struct look *l, const struct cd_expr *e, bool wanted)
{
    struct cedar_value v;
    bool ok = cd_eval(l->ev, e, &v);

    if (!ok && l->ev->out_of_memory) {
        l->no_memory = true;
        return;
    }
    if (ok && v.type == CEDAR_BOOL && v.b == wanted)
        return;
    if (l->n_failed == 0 && !ok) {
        l->error = str_copy(l->ev->arena, str_of(l->ev->message));
        l->no_memory |= !l->error.p;
    }
    if (l->n_failed < MAX_FAILED)
        l->failed[l->n_failed] = cd_place_in(&l->set->files[l->policy->file], e->at, e->end);
    l->n_failed++;
}

/* Conjuncts of a condition; a chain inside a chain is taken apart too. */
static void each_conjunct(struct look *l, const struct cd_expr *e, bool wanted)
{
    if (e->op != (wanted ? OP_AND : OP_OR)) {
        note_conjunct(l, e, wanted);
        return;
    }
    for (uint32_t i = 0; i < e->n; i++)
        each_conjunct(l, e->args[i], wanted);
}

static bool scope_fits(const struct cd_eval *ev, const struct cd_policy *p)
{
    for (unsigned var = 0; var < 3; var++) {
        if (!cd_scope_holds(ev, &p->scope[var], var))
            return false;
    }
    return true;
}

static int near_qsort(const void *a, const void *b)
{
    const struct cedar_near *x = a, *y = b;

    if (x->n_failed != y->n_failed)
        return x->n_failed < y->n_failed ? -1 : 1;
    return (x->policy > y->policy) - (x->policy < y->policy);
}

/* Looks at one permit; adds it to the list if it does not hold. false without memory. */
static bool add_near(const struct cedar_set *set, struct cd_eval *ev, uint32_t number,
                     struct cedar_near *list, size_t *n)
{
    struct look l = {.set = set, .ev = ev, .policy = &set->policies[number]};

    for (uint32_t i = 0; i < l.policy->n_conditions; i++)
        each_conjunct(&l, l.policy->conditions[i].e, !l.policy->conditions[i].unless);
    if (l.no_memory)
        return false;
    if (l.n_failed == 0)
        return true;
    uint32_t kept = l.n_failed < MAX_FAILED ? l.n_failed : MAX_FAILED;
    struct cedar_place *failed = arena_alloc(ev->arena, kept * sizeof *failed);
    if (!failed)
        return false;
    memcpy(failed, l.failed, kept * sizeof *failed);
    list[(*n)++] = (struct cedar_near){number, kept, failed, l.error};
    return true;
}

/* ---- strings tested for ---------------------------------------------------------------- */

struct wanted {
    str attribute;
    const struct cedar_value *have; /* the set in the request; NULL: none */
    str items[MAX_STRINGS];
    size_t n;
};

static void want(struct wanted *w, const struct cedar_value *v)
{
    if (v->type != CEDAR_STRING || w->n == MAX_STRINGS || (w->have && cd_set_contains(w->have, v)))
        return;
    for (size_t i = 0; i < w->n; i++) {
        if (str_eq(w->items[i], cd_str(v)))
            return;
    }
    w->items[w->n++] = cd_str(v);
}

static bool is_the_set(const struct wanted *w, const struct cd_expr *e)
{
    return e->op == OP_GET && str_eq(e->names[0], w->attribute) && e->args[0]->op == OP_VAR &&
           e->args[0]->var == VAR_CONTEXT;
}

static void collect(struct wanted *w, const struct cd_expr *e)
{
    bool tests = e->op == OP_CONTAINS || e->op == OP_CONTAINS_ALL || e->op == OP_CONTAINS_ANY;

    if (tests && is_the_set(w, e->args[0]) && e->args[1]->folded) {
        const struct cedar_value *v = e->args[1]->folded;
        want(w, v);
        for (uint32_t i = 0; v->type == CEDAR_SET && i < v->n; i++)
            want(w, &v->items[i]);
    }
    for (uint32_t i = 0; i < e->n; i++)
        collect(w, e->args[i]);
}

static void collect_policy(struct wanted *w, const struct cd_policy *p)
{
    for (uint32_t i = 0; i < p->n_conditions; i++)
        collect(w, p->conditions[i].e);
}

/* ---- search ---------------------------------------------------------------------------- */

struct search {
    const struct cedar_set *set;
    const struct cedar_entities *es;
    const struct cedar_request *request;
    const struct wanted *w;
    struct arena *scratch; /* of one trial */
    size_t chosen[MAX_CHOSEN], size;
    unsigned trials;
};

/* The context with the chosen strings added to the set. */
static struct cedar_record *extended(const struct search *s)
{
    const struct cedar_record *old = s->request->context;
    size_t had = s->w->have ? s->w->have->n : 0;
    struct cedar_record *r = arena_new_of(s->scratch, struct cedar_record);
    struct cedar_value *items = arena_zalloc(s->scratch, had + s->size, sizeof *items);

    if (!r || !items)
        return NULL;
    for (size_t i = 0; i < had; i++)
        items[i] = s->w->have->items[i];
    for (size_t i = 0; i < s->size; i++)
        items[had + i] = cedar_str(s->w->items[s->chosen[i]]);
    struct cedar_value set = {.type = CEDAR_SET, .items = items};
    set.n = (uint32_t)cd_set_canon(items, had + s->size);
    for (uint32_t i = 0; old && i < old->n; i++) {
        if (!cd_record_put(s->scratch, r, old->fields[i].name, old->fields[i].value))
            return NULL;
    }
    return cd_record_put(s->scratch, r, s->w->attribute, set) ? r : NULL;
}

/* One trial: OK with *out_cured, or ERR_MEMORY_LIMIT. */
static enum err try_choice(struct search *s, bool *out_cured)
{
    struct cedar_request q = *s->request;
    struct cedar_answer answer;

    arena_reset(s->scratch);
    s->trials++;
    q.context = extended(s);
    if (!q.context)
        return ERR_MEMORY_LIMIT;
    TRY(cedar_decide(s->set, s->es, &q, s->scratch, &answer));
    *out_cured = answer.allow && answer.n_errors == 0;
    return OK;
}

/* The next choice of s->size indexes below n, in lexical order; false after the last. */
static bool next_choice(struct search *s, size_t n)
{
    size_t i = s->size;

    while (i > 0 && s->chosen[i - 1] == n - s->size + i - 1)
        i--;
    if (i == 0)
        return false;
    s->chosen[i - 1]++;
    for (; i < s->size; i++)
        s->chosen[i] = s->chosen[i - 1] + 1;
    return true;
}

static enum err search_size(struct search *s, bool *out_cured)
{
    for (size_t i = 0; i < s->size; i++)
        s->chosen[i] = i;
    do {
        if (s->trials >= MAX_TRIALS)
            return OK;
        TRY(try_choice(s, out_cured));
    } while (!*out_cured && next_choice(s, s->w->n));
    return OK;
}

static enum err search_cure(struct search *s, struct arena *a, struct cedar_why *out)
{
    bool cured = false;
    str *missing;

    for (s->size = 1; s->size <= s->w->n && s->size <= MAX_CHOSEN; s->size++) {
        TRY(search_size(s, &cured));
        if (cured)
            break;
    }
    if (!cured)
        return OK;
    missing = arena_zalloc(a, s->size, sizeof *missing);
    if (!missing)
        return ERR_MEMORY_LIMIT;
    for (size_t i = 0; i < s->size; i++)
        missing[i] = s->w->items[s->chosen[i]];
    out->curable = true;
    out->missing = missing;
    out->n_missing = s->size;
    return OK;
}

/* ---- together -------------------------------------------------------------------------- */

static enum err find_near(const struct cedar_set *set, struct cd_eval *ev,
                          const uint32_t *candidates, size_t n, struct cedar_why *out)
{
    struct cedar_near *near = arena_alloc(ev->arena, (n + 1) * sizeof *near);

    if (!near)
        return ERR_MEMORY_LIMIT;
    for (size_t i = 0; i < n; i++) {
        const struct cd_policy *p = &set->policies[candidates[i]];
        if (p->permit && scope_fits(ev, p) && !add_near(set, ev, candidates[i], near, &out->n_near))
            return ERR_MEMORY_LIMIT;
    }
    qsort(near, out->n_near, sizeof *near, near_qsort);
    if (out->n_near > MAX_NEAR)
        out->n_near = MAX_NEAR;
    out->near = near;
    return OK;
}

/* Strings of the nearest permits come first, then those of all that fits. */
static void find_wanted(const struct cedar_set *set, const struct cd_eval *ev,
                        const uint32_t *candidates, size_t n, const struct cedar_why *why,
                        struct wanted *w)
{
    for (size_t i = 0; i < why->n_near; i++)
        collect_policy(w, &set->policies[why->near[i].policy]);
    for (size_t i = 0; i < n; i++) {
        if (scope_fits(ev, &set->policies[candidates[i]]))
            collect_policy(w, &set->policies[candidates[i]]);
    }
}

enum err cedar_why_not(const struct cedar_set *set, const struct cedar_entities *es,
                       const struct cedar_request *q, str attribute, struct arena *a,
                       struct cedar_why *out)
{
    AUTO(arena) struct arena *scratch = arena_new(16 << 20);
    const struct cedar_value *have = cedar_get(q->context, attribute);
    struct wanted w = {.attribute = attribute, .have = have};
    struct search s = {.set = set, .es = es, .request = q, .w = &w, .scratch = scratch};
    struct cedar_why why = {0};
    struct cedar_answer answer;
    struct cd_eval ev;
    uint32_t *candidates;
    size_t n;

    if (!scratch)
        return ERR_MEMORY_LIMIT;
    TRY(cedar_decide(set, es, q, a, &answer));
    if (answer.allow && answer.n_errors == 0) {
        *out = why;
        return OK;
    }
    if (!cd_eval_init(&ev, es, q, a) || !cd_index_candidates(set, &ev, a, &candidates, &n))
        return ERR_MEMORY_LIMIT;
    TRY(find_near(set, &ev, candidates, n, &why));
    if (!have || have->type == CEDAR_SET) {
        find_wanted(set, &ev, candidates, n, &why, &w);
        TRY(search_cure(&s, a, &why));
    }
    *out = why;
    return OK;
}
