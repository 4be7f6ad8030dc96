/* rules_int.h - what the files of rules share: decimals, the compiled tree, an evaluation */
#ifndef SIFARA_RULES_RULES_INT_H
#define SIFARA_RULES_RULES_INT_H

#include "rules/rules.h"

/* --- decimal.c: (-1)^negative * digits * 10^exponent -------------------------------------------
 * digits < 10^19: holds each int64, and each double's shortest decimal. Zero is never negative. */
struct decimal {
    uint64_t digits;
    int32_t exponent;
    bool negative;
};

enum rounding { ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR };

struct decimal decimal_of_int(int64_t);
/* The shortest decimal that reads back as d, which is what the author of the JSON wrote. */
struct decimal decimal_of_real(double d);
/* A JSON number with blanks around it, "+" or "." at its front allowed; "" is 0. */
bool decimal_parse(str, struct decimal *out);
/* false when the magnitude is beyond a double's. */
bool decimal_to_json(struct decimal, struct json *out);
int decimal_compare(struct decimal, struct decimal);
struct decimal decimal_negate(struct decimal);
struct decimal decimal_add(struct decimal, struct decimal);
struct decimal decimal_multiply(struct decimal, struct decimal);
/* The divisor is not zero. The remainder has the sign of the dividend, and is exact. */
struct decimal decimal_divide(struct decimal, struct decimal);
struct decimal decimal_remainder(struct decimal, struct decimal);
/* To a multiple of 10^-places. */
struct decimal decimal_round(struct decimal, int places, enum rounding);

/* --- compile.c ---------------------------------------------------------------------------------*/
struct eval;
struct node;
typedef enum err run_fn(struct eval *, const struct node *, struct json *out);
typedef enum err number_fn(struct eval *, const struct node *, struct decimal *out);

/* How an operator takes what stands behind its name. */
enum style {
    LIST,    /* arguments; one that is no array literal is evaluated and, if an array, spread */
    ONE,     /* the same, but one that is no array literal is the only argument */
    LITERAL, /* arguments, and only an array literal will do: else it throws */
    RAW      /* not evaluated */
};

struct op {
    const char *name;
    run_fn *run;
    enum style style;
    number_fn *number; /* of arithmetic, whose run is op_number */
};

/* One step of a constant path. */
struct key {
    str text;
    int64_t index; /* of an array; -1 if the text is no number */
};

struct node {
    run_fn *run; /* NULL: value stands for itself */
    number_fn *number;
    struct json value; /* of a constant; what preserve keeps */
    struct node *args;
    uint32_t n;
    uint32_t n_keys;
    struct key *keys; /* of a constant path; NULL if it is computed */
    bool spread;      /* the argument is no array literal: LIST spreads it, LITERAL refuses it */
};

const struct node *rules_root(const struct rules *);

/* operators.c: NULL if there is none of that name. */
const struct op *op_find(str name);
/* An array of rules. */
run_fn op_array;

/* --- eval.c ------------------------------------------------------------------------------------*/

/* What `val` reaches: each iterator and each handler of `try` adds two, a frame with the index and
 * the item itself. */
struct scope {
    struct json value;
    const struct scope *up;
    int64_t index; /* of a frame; the value is then made when it is asked for */
    bool frame;
};

struct eval {
    struct arena *arena;
    const struct scope *scope;
    struct json thrown;
    uint32_t steps;
    struct fault *f;
};

struct args {
    struct json inside[6], *v;
    uint32_t n;
};

NODISCARD enum err eval_node(struct eval *, const struct node *, struct json *out);
/* All arguments, evaluated, for LIST and ONE. */
NODISCARD enum err eval_args(struct eval *, const struct node *, struct args *);
/* Argument i of a LITERAL or ONE; null where there is none. */
NODISCARD enum err eval_arg(struct eval *, const struct node *, uint32_t i, struct json *out);
/* Takes n steps off the budget. */
NODISCARD enum err eval_pay(struct eval *, size_t n);
/* Returns ERR_INVALID. */
enum err eval_throw(struct eval *, str type);
enum err eval_throw_value(struct eval *, struct json error);
#define THROW_NAN(ev)       eval_throw((ev), S("NaN"))
#define THROW_ARGUMENTS(ev) eval_throw((ev), S("Invalid Arguments"))

/* number.c. As a number: "" and null and false are 0, true is 1; else throws NaN. */
NODISCARD enum err to_decimal(struct eval *, const struct json *, struct decimal *out);
/* Runs node->number, and makes the decimal a JSON number; beyond a double's range throws NaN. */
run_fn op_number;
number_fn number_add, number_subtract, number_multiply, number_divide, number_remainder, number_max,
    number_min, number_round;

/* compare.c. Deep; pays for what it looks at. */
NODISCARD enum err same(struct eval *, const struct json *, const struct json *, bool *out);
run_fn op_equal, op_unequal, op_strict_equal, op_strict_unequal, op_less, op_less_equal, op_greater,
    op_greater_equal;

/* control.c */
run_fn op_if, op_and, op_or, op_not, op_truth, op_coalesce, op_try, op_throw, op_preserve, op_log;

/* lookup.c */
/* Cuts the path of `var` at its dots; without memory n is 0 and the result NULL. */
struct key *path_keys(struct arena *, str path, uint32_t *out_n);
run_fn op_var, op_val, op_exists, op_missing, op_missing_some;

/* iterate.c */
run_fn op_map, op_filter, op_reduce, op_all, op_some, op_none, op_merge;

/* text.c */
NODISCARD enum err to_text(struct eval *, const struct json *, str *out);
run_fn op_in, op_cat, op_substr, op_length;

/* dates.c */
run_fn op_age, op_date_add;

#endif
