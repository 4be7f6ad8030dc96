/* compare_int.h - dimensions, classes of states and cases, for the rooms of compare */
#ifndef SIFARA_POLICY_COMPARE_INT_H
#define SIFARA_POLICY_COMPARE_INT_H

#include "policy/compare.h"

enum { DIMS_MAX = 32, CHOICES_MAX = 64, CASES_MAX = 1 << 20, VERDICTS_MAX = 4096 };

/* What one attribute may be. */
struct dim {
    enum compare_of of;
    struct cedar_shape shape;
    size_t n;
    const struct compare_choice *choices;
};

/* States that no policy tells apart. */
struct class
{
    str key;
    str *states;
    size_t n, room;
};

/* One action with one type of principal and resource. */
struct scene {
    struct cedar_about about;
    bool partner;  /* the context names one */
    bool promises; /* the context has undertakings */
    struct dim dims[DIMS_MAX];
    size_t n_dims, n_cases; /* cases: the product of all choices */
};

struct work {
    const struct compare_ask *ask;
    struct arena *arena;   /* what is told */
    struct arena *scratch; /* of one decision */
    struct fault *fault;
    str roles[CHOICES_MAX], promises[CHOICES_MAX];
    size_t n_roles, n_promises;
    struct compare_verdict *verdicts; /* each once */
    size_t n_verdicts, n_decisions;
    struct compare_row *rows;
    size_t n_rows, room_rows, n_told; /* n_told: cases */
    struct class *classes;            /* of partners */
    size_t n_classes;
};

/* compare_dims.c: fills dims and n_cases. */
NODISCARD enum err compare_dims(struct work *, struct scene *);
/* All literals of a kind that policies of both views compare with, where that is asked; at most
 * max. */
NODISCARD enum err compare_literals(struct work *, const struct cedar_about *, str variable,
                                    str attribute, struct cedar_value *, size_t max, size_t *out_n);

/* compare_states.c: fills w->classes. */
NODISCARD enum err compare_classes(struct work *);

/* compare_case.c: the verdict of a view on one case; index of w->verdicts. */
NODISCARD enum err compare_case(struct work *, const struct scene *, const struct compare_view *,
                                str state, const size_t *chosen, uint32_t *out);

/* compare_rows.c: puts the verdicts of all cases together; verdicts are by class, then case. */
NODISCARD enum err compare_rows(struct work *, const struct scene *, const uint32_t *was,
                                const uint32_t *is);

/* Type without namespace. */
static inline str bare(str type)
{
    ptrdiff_t at = str_find(type, S("::"));

    return at < 0 ? type : bare(str_sub(type, (size_t)at + 2, type.n));
}

#endif
