/* compare_rows.c - from verdicts of cases to rows that somebody can read
 *
 * First classes of states with the same verdicts in all cases become one. Then cases are
 * rectangles, a set of choices for each attribute: two that differ in one attribute alone and have
 * the same verdict become one, attribute after attribute. An attribute of which all choices are
 * left is not told.
 */
#include <stdlib.h>

#include "policy/compare_int.h"

struct rectangle {
    uint64_t mask[DIMS_MAX];
    uint32_t was, is;
};

/* What qsort compares by: all masks but that of one attribute, and the verdicts. */
static _Thread_local size_t sort_dims, sort_but;

static int by_others(const void *a, const void *b)
{
    const struct rectangle *x = a, *y = b;

    if (x->is != y->is)
        return x->is < y->is ? -1 : 1;
    if (x->was != y->was)
        return x->was < y->was ? -1 : 1;
    for (size_t i = 0; i < sort_dims; i++)
        if (i != sort_but && x->mask[i] != y->mask[i])
            return x->mask[i] < y->mask[i] ? -1 : 1;
    return 0;
}

static size_t merge_along(struct rectangle *list, size_t n, size_t n_dims, size_t dim)
{
    size_t kept = 0;

    sort_dims = n_dims;
    sort_but = dim;
    qsort(list, n, sizeof *list, by_others);
    for (size_t i = 1; i < n; i++) {
        if (by_others(&list[kept], &list[i]) == 0)
            list[kept].mask[dim] |= list[i].mask[dim];
        else
            list[++kept] = list[i];
    }
    return n ? kept + 1 : 0;
}

/* Attributes of the resource last, so that what it is stays apart longest. */
static size_t merge(struct rectangle *list, size_t n, const struct scene *s)
{
    for (size_t dim = s->n_dims; dim-- > 0;)
        if (s->dims[dim].of != OF_RESOURCE)
            n = merge_along(list, n, s->n_dims, dim);
    for (size_t dim = s->n_dims; dim-- > 0;)
        if (s->dims[dim].of == OF_RESOURCE)
            n = merge_along(list, n, s->n_dims, dim);
    return n;
}

static int by_first_choice(const void *a, const void *b)
{
    const struct rectangle *x = a, *y = b;

    for (size_t i = 0; i < sort_dims; i++) {
        int p = __builtin_ctzll(x->mask[i]), q = __builtin_ctzll(y->mask[i]);
        if (p != q)
            return p - q;
    }
    return 0;
}

/* ---- telling ------------------------------------------------------------------------------- */

static enum err tell_terms(struct work *w, const struct scene *s, const struct rectangle *r,
                           struct compare_row *row)
{
    struct compare_term *terms = arena_zalloc(w->arena, s->n_dims + 1, sizeof *terms);

    TRY_PTR(terms, w->fault);
    for (size_t i = 0; i < s->n_dims; i++) {
        const struct dim *d = &s->dims[i];
        struct compare_term *t = &terms[row->n_terms];
        size_t n = (size_t)__builtin_popcountll(r->mask[i]);
        if (n == d->n)
            continue;
        const struct compare_choice **c = arena_alloc(w->arena, n * sizeof *c);
        TRY_PTR(c, w->fault);
        *t = (struct compare_term){d->of, d->shape.name, 0, c};
        for (size_t k = 0; k < d->n; k++)
            if (r->mask[i] >> k & 1)
                c[t->n++] = &d->choices[k];
        row->n_terms++;
    }
    row->terms = terms;
    return OK;
}

static enum err tell(struct work *w, const struct scene *s, const str *states, size_t n_states,
                     const struct rectangle *r)
{
    if (w->n_rows == w->room_rows) {
        size_t room = w->room_rows ? 2 * w->room_rows : 64;
        struct compare_row *more = arena_alloc(w->arena, room * sizeof *more);
        TRY_PTR(more, w->fault);
        if (w->n_rows)
            memcpy(more, w->rows, w->n_rows * sizeof *more);
        w->rows = more;
        w->room_rows = room;
    }
    struct compare_row *row = &w->rows[w->n_rows];
    *row = (struct compare_row){.action = s->about.env.action.id,
                                .principal = bare(s->about.env.principal),
                                .partner = s->partner,
                                .states = states,
                                .n_states = n_states,
                                .is = &w->verdicts[r->is]};
    if (w->ask->was.policy)
        row->was = &w->verdicts[r->was];
    TRY(tell_terms(w, s, r, row));
    w->n_rows++;
    return OK;
}

static bool differ(const struct work *w, uint32_t was, uint32_t is)
{
    const struct compare_verdict *x = &w->verdicts[was], *y = &w->verdicts[is];
    bool same = x->kind == y->kind && x->n_undertakings == y->n_undertakings;

    for (size_t i = 0; same && i < x->n_undertakings; i++)
        same = str_eq(x->undertakings[i], y->undertakings[i]);
    return !same;
}

/* One rectangle for each case; of two views, for those that differ. */
static size_t rectangles(const struct work *w, const struct scene *s, const uint32_t *was,
                         const uint32_t *is, struct rectangle *out)
{
    size_t n = 0;

    for (size_t k = 0; k < s->n_cases; k++) {
        size_t rest = k;
        if (was && !differ(w, was[k], is[k]))
            continue;
        struct rectangle *r = &out[n++];
        *r = (struct rectangle){.was = was ? was[k] : 0, .is = is[k]};
        for (size_t i = 0; i < s->n_dims; i++) {
            r->mask[i] = UINT64_C(1) << rest % s->dims[i].n;
            rest /= s->dims[i].n;
        }
    }
    return n;
}

static enum err tell_group(struct work *w, const struct scene *s, const str *states,
                           size_t n_states, const uint32_t *was, const uint32_t *is)
{
    struct rectangle *list = malloc((s->n_cases + 1) * sizeof *list);
    enum err e = OK;

    if (!list)
        return fault(w->fault, ERR_MEMORY, "out of memory");
    size_t n = merge(list, rectangles(w, s, was, is, list), s);
    sort_dims = s->n_dims;
    qsort(list, n, sizeof *list, by_first_choice);
    for (size_t i = 0; e == OK && i < n; i++)
        e = tell(w, s, states, n_states, &list[i]);
    free(list);
    return e;
}

/* ---- classes with the same verdicts ---------------------------------------------------------- */

static bool same_verdicts(const struct scene *s, const uint32_t *all, size_t a, size_t b)
{
    return !all ||
           memcmp(all + a * s->n_cases, all + b * s->n_cases, s->n_cases * sizeof *all) == 0;
}

static int by_code(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

/* All states of the classes from the first on that have its verdicts; told marks them. */
static enum err unite(struct work *w, const struct scene *s, size_t first, const uint32_t *was,
                      const uint32_t *is, bool *told, str **out, size_t *out_n)
{
    size_t n = 0, k = 0;

    for (size_t c = first; c < w->n_classes; c++)
        n += w->classes[c].n;
    str *states = arena_alloc(w->arena, (n + 1) * sizeof *states);
    TRY_PTR(states, w->fault);
    for (size_t c = first; c < w->n_classes; c++) {
        if (told[c] || !same_verdicts(s, was, first, c) || !same_verdicts(s, is, first, c))
            continue;
        told[c] = true;
        for (size_t i = 0; i < w->classes[c].n; i++)
            states[k++] = w->classes[c].states[i];
    }
    qsort(states, k, sizeof *states, by_code);
    *out = states;
    *out_n = k;
    return OK;
}

enum err compare_rows(struct work *w, const struct scene *s, const uint32_t *was,
                      const uint32_t *is)
{
    if (!s->partner)
        return tell_group(w, s, NULL, 0, was, is);
    bool *told = arena_zalloc(w->arena, w->n_classes + 1, sizeof *told);
    TRY_PTR(told, w->fault);
    for (size_t c = 0; c < w->n_classes; c++) {
        str *states = NULL;
        size_t n = 0;
        if (told[c])
            continue;
        TRY(unite(w, s, c, was, is, told, &states, &n));
        TRY(tell_group(w, s, states, n, was ? was + c * s->n_cases : NULL, is + c * s->n_cases));
    }
    return OK;
}
