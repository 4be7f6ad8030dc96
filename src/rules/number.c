/* number.c - arithmetic operators, and what counts as a number */
#include "rules/rules_int.h"

enum err to_decimal(struct eval *ev, const struct json *j, struct decimal *out)
{
    switch (j->type) {
    case J_NULL:
        *out = (struct decimal){0};
        return OK;
    case J_BOOL:
        *out = decimal_of_int(j->b);
        return OK;
    case J_INT:
        *out = decimal_of_int(j->i);
        return OK;
    case J_REAL:
        *out = decimal_of_real(j->d);
        return OK;
    case J_STRING:
        return decimal_parse(json_str(j), out) ? OK : THROW_NAN(ev);
    case J_ARRAY:
    case J_OBJECT:
        break;
    }
    return THROW_NAN(ev);
}

/* What an arithmetic operator works on. An operator inside another hands its decimal on as it is:
 * only what leaves arithmetic is rounded to a JSON number, so that 1 / 3 * 3 is 1. */
struct operands {
    const struct node *node;
    struct args spread;
    uint32_t n;
};

static enum err operands_of(struct eval *ev, const struct node *node, struct operands *out)
{
    out->node = node;
    out->n = node->n;
    if (!node->spread)
        return OK;
    TRY(eval_args(ev, node, &out->spread));
    out->n = out->spread.n;
    return OK;
}

static enum err operand(struct eval *ev, const struct operands *o, uint32_t i, struct decimal *out)
{
    struct json v;

    if (o->node->spread)
        return to_decimal(ev, &o->spread.v[i], out);
    const struct node *arg = &o->node->args[i];
    if (arg->number) {
        TRY(eval_pay(ev, 1));
        return arg->number(ev, arg, out);
    }
    TRY(eval_node(ev, arg, &v));
    return to_decimal(ev, &v, out);
}

enum err op_number(struct eval *ev, const struct node *node, struct json *out)
{
    struct decimal d;

    TRY(node->number(ev, node, &d));
    return decimal_to_json(d, out) ? OK : THROW_NAN(ev);
}

typedef struct decimal combine_fn(struct decimal, struct decimal);

/* first op a op b … */
static enum err fold(struct eval *ev, const struct operands *o, struct decimal first, uint32_t from,
                     combine_fn *combine, bool divides, struct decimal *out)
{
    struct decimal next;

    for (uint32_t i = from; i < o->n; i++) {
        TRY(operand(ev, o, i, &next));
        if (divides && next.digits == 0)
            return THROW_NAN(ev);
        first = combine(first, next);
    }
    *out = first;
    return OK;
}

enum err number_add(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct operands o;

    TRY(operands_of(ev, node, &o));
    return fold(ev, &o, decimal_of_int(0), 0, decimal_add, false, out);
}

enum err number_multiply(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct operands o;

    TRY(operands_of(ev, node, &o));
    return fold(ev, &o, decimal_of_int(1), 0, decimal_multiply, false, out);
}

static struct decimal subtract(struct decimal a, struct decimal b)
{
    return decimal_add(a, decimal_negate(b));
}

enum err number_subtract(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct decimal first;
    struct operands o;

    TRY(operands_of(ev, node, &o));
    if (o.n == 0)
        return THROW_ARGUMENTS(ev);
    TRY(operand(ev, &o, 0, &first));
    if (o.n > 1)
        return fold(ev, &o, first, 1, subtract, false, out);
    *out = decimal_negate(first);
    return OK;
}

/* Of one argument: its reciprocal. */
enum err number_divide(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct decimal first = decimal_of_int(1);
    struct operands o;

    TRY(operands_of(ev, node, &o));
    if (o.n == 0)
        return THROW_ARGUMENTS(ev);
    if (o.n > 1)
        TRY(operand(ev, &o, 0, &first));
    return fold(ev, &o, first, o.n > 1, decimal_divide, true, out);
}

enum err number_remainder(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct decimal first;
    struct operands o;

    TRY(operands_of(ev, node, &o));
    if (o.n < 2)
        return THROW_ARGUMENTS(ev);
    TRY(operand(ev, &o, 0, &first));
    return fold(ev, &o, first, 1, decimal_remainder, true, out);
}

static struct decimal larger(struct decimal a, struct decimal b)
{
    return decimal_compare(b, a) > 0 ? b : a;
}

static struct decimal smaller(struct decimal a, struct decimal b)
{
    return decimal_compare(b, a) < 0 ? b : a;
}

static enum err extreme(struct eval *ev, const struct node *node, combine_fn *choose,
                        struct decimal *out)
{
    struct decimal first;
    struct operands o;

    TRY(operands_of(ev, node, &o));
    if (o.n == 0)
        return THROW_ARGUMENTS(ev);
    TRY(operand(ev, &o, 0, &first));
    return fold(ev, &o, first, 1, choose, false, out);
}

enum err number_max(struct eval *ev, const struct node *node, struct decimal *out)
{
    return extreme(ev, node, larger, out);
}

enum err number_min(struct eval *ev, const struct node *node, struct decimal *out)
{
    return extreme(ev, node, smaller, out);
}

static bool rounding_of(str name, enum rounding *out)
{
    static const char *const names[] = {
        [ROUND_HALF_EVEN] = "half-even", [ROUND_HALF_UP] = "half-up", [ROUND_UP] = "up",
        [ROUND_DOWN] = "down",           [ROUND_CEILING] = "ceiling", [ROUND_FLOOR] = "floor"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, str_of(names[i]))) {
            *out = (enum rounding)i;
            return true;
        }
    return false;
}

/* [number, places = 0, mode = "half-even"]; places -18 to 18, negative ones before the point. */
enum err number_round(struct eval *ev, const struct node *node, struct decimal *out)
{
    struct json places = json_of_int(0), mode_name;
    enum rounding mode = ROUND_HALF_EVEN;
    struct operands o;
    struct decimal d;

    if (node->spread || node->n < 1 || node->n > 3)
        return THROW_ARGUMENTS(ev);
    TRY(operands_of(ev, node, &o));
    TRY(operand(ev, &o, 0, &d));
    if (node->n > 1)
        TRY(eval_arg(ev, node, 1, &places));
    if (places.type != J_INT || places.i < -18 || places.i > 18)
        return THROW_ARGUMENTS(ev);
    if (node->n > 2) {
        TRY(eval_arg(ev, node, 2, &mode_name));
        if (!rounding_of(json_str(&mode_name), &mode))
            return THROW_ARGUMENTS(ev);
    }
    *out = decimal_round(d, (int)places.i, mode);
    return OK;
}
