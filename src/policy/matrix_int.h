/* matrix_int.h - what the rooms of matrices share */
#ifndef SIFARA_POLICY_MATRIX_INT_H
#define SIFARA_POLICY_MATRIX_INT_H

#include "policy/matrix.h"

/* Columns of matrix_kind. */
enum {
    COL_ID,
    COL_WHO,
    COL_ACTION,
    COL_EFFECT,
    COL_TITLE,
    COL_BASIS,
    COL_LEVELS, /* five of them */
    COL_CONDITIONS = COL_LEVELS + 5,
    COL_REASONS /* en, ar, fr */
};
enum { LEVELS = 5 };

/* A condition that can be ticked: its word, and what it means in Cedar with %s for the argument. */
struct condition {
    const char *word;
    enum { ARG_NONE, ARG_TEXT, ARG_NUMBER } arg;
    const char *cedar;
};
/* By position; NULL behind the last. */
const struct condition *condition_at(size_t i);
/* What a condition says of an argument, as Cedar: text is quoted. */
void condition_put(struct buf *, const struct condition *, str arg, bool neg);

/* A Cedar string literal. */
void cedar_quote(struct buf *, str);
/* One row as Cedar text. */
NODISCARD enum err row_policy(struct buf *, const struct table *, const struct table_row *,
                              struct fault *);

#endif
