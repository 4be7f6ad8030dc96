/* compare.c - equality and order
 *
 * Every comparison takes two or more arguments and holds each pair of neighbours against the
 * other, evaluating no further than needed. */
#include "rules/rules_int.h"

static bool is_number(const struct json *j)
{
    return j->type == J_INT || j->type == J_REAL;
}

static enum err deep(struct eval *ev, const struct json *a, const struct json *b, unsigned depth,
                     bool *out);

/* Members may stand in another order: then each look-up is paid for. */
static enum err same_members(struct eval *ev, const struct json *a, const struct json *b,
                             unsigned depth, bool *out)
{
    for (uint32_t i = 0; i < a->n && *out; i++) {
        const struct json_member *m = &a->members[i], *at = &b->members[i];
        const struct json *other = &at->value;
        if (!str_eq(m->key, at->key)) {
            TRY(eval_pay(ev, 1 + b->n / 16));
            other = json_get(b, m->key);
        }
        if (other)
            TRY(deep(ev, &m->value, other, depth, out));
        else
            *out = false;
    }
    return OK;
}

static enum err deep(struct eval *ev, const struct json *a, const struct json *b, unsigned depth,
                     bool *out)
{
    bool containers = a->type == J_ARRAY || a->type == J_OBJECT;

    TRY(eval_pay(ev, 1));
    if (!containers || a->type != b->type || a->n != b->n) {
        *out = (is_number(a) || !containers) && json_same(a, b);
        return OK;
    }
    if (depth > JSON_MAX_DEPTH)
        return fault(ev->f, ERR_LIMIT, "values nested deeper than %d levels", JSON_MAX_DEPTH);
    *out = true;
    if (a->type == J_OBJECT)
        return same_members(ev, a, b, depth + 1, out);
    for (uint32_t i = 0; i < a->n && *out; i++)
        TRY(deep(ev, &a->items[i], &b->items[i], depth + 1, out));
    return OK;
}

enum err same(struct eval *ev, const struct json *a, const struct json *b, bool *out)
{
    return deep(ev, a, b, 0, out);
}

/* -1, 0 or 1: texts by code point, all else as numbers. */
static enum err order(struct eval *ev, const struct json *a, const struct json *b, int *out)
{
    struct decimal x, y;

    if (a->type == J_INT && b->type == J_INT) {
        *out = (a->i > b->i) - (a->i < b->i);
        return OK;
    }
    if (a->type == J_STRING && b->type == J_STRING) {
        *out = str_cmp(json_str(a), json_str(b));
        return eval_pay(ev, a->n / 64);
    }
    TRY(to_decimal(ev, a, &x));
    TRY(to_decimal(ev, b, &y));
    *out = decimal_compare(x, y);
    return OK;
}

/* An absent answer is not some text: null against a text is unequal, no error, though the text is
 * no number. */
static enum err loosely_equal(struct eval *ev, const struct json *a, const struct json *b,
                              bool *out)
{
    const struct json *text = a->type == J_NULL ? b : a, *null = text == a ? b : a;
    struct decimal d;
    int way;

    if (null->type == J_NULL && text->type == J_STRING && !decimal_parse(json_str(text), &d)) {
        *out = false;
        return OK;
    }
    TRY(order(ev, a, b, &way));
    *out = way == 0;
    return OK;
}

enum relation {
    EQUAL,
    UNEQUAL,
    STRICT_EQUAL,
    STRICT_UNEQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL
};

static enum err holds(struct eval *ev, enum relation r, const struct json *a, const struct json *b,
                      bool *out)
{
    int way = 0;
    bool equal = false;

    if (r == STRICT_EQUAL || r == STRICT_UNEQUAL)
        TRY(same(ev, a, b, &equal));
    else if (r == EQUAL || r == UNEQUAL)
        TRY(loosely_equal(ev, a, b, &equal));
    else
        TRY(order(ev, a, b, &way));
    switch (r) {
    case EQUAL:
    case STRICT_EQUAL:
        *out = equal;
        break;
    case UNEQUAL:
    case STRICT_UNEQUAL:
        *out = !equal;
        break;
    case LESS:
        *out = way < 0;
        break;
    case LESS_EQUAL:
        *out = way <= 0;
        break;
    case GREATER:
        *out = way > 0;
        break;
    case GREATER_EQUAL:
        *out = way >= 0;
        break;
    }
    return OK;
}

static enum err chain(struct eval *ev, const struct node *node, enum relation r, struct json *out)
{
    struct json a, b;
    bool yes = true;

    if (node->spread || node->n < 2)
        return THROW_ARGUMENTS(ev);
    TRY(eval_arg(ev, node, 0, &a));
    for (uint32_t i = 1; i < node->n && yes; i++) {
        TRY(eval_arg(ev, node, i, &b));
        TRY(holds(ev, r, &a, &b, &yes));
        a = b;
    }
    *out = json_of_bool(yes);
    return OK;
}

#define RELATION(name, relation)                                                                   \
    enum err name(struct eval *ev, const struct node *node, struct json *out)                      \
    {                                                                                              \
        return chain(ev, node, relation, out);                                                     \
    }

RELATION(op_equal, EQUAL)
RELATION(op_unequal, UNEQUAL)
RELATION(op_strict_equal, STRICT_EQUAL)
RELATION(op_strict_unequal, STRICT_UNEQUAL)
RELATION(op_less, LESS)
RELATION(op_less_equal, LESS_EQUAL)
RELATION(op_greater, GREATER)
RELATION(op_greater_equal, GREATER_EQUAL)
