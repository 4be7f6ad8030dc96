/* control.c - conditions, errors and what is left as it stands */
#include "rules/rules_int.h"

/* condition, then, condition, then, …, otherwise. A lone last argument is the result. */
enum err op_if(struct eval *ev, const struct node *node, struct json *out)
{
    struct json condition;
    uint32_t i = 0;

    if (node->spread)
        return THROW_ARGUMENTS(ev);
    for (; i + 1 < node->n; i += 2) {
        TRY(eval_arg(ev, node, i, &condition));
        if (rules_truthy(&condition))
            return eval_arg(ev, node, i + 1, out);
    }
    return eval_arg(ev, node, i, out);
}

/* The first argument that is true (or, is not true), else the last; false if there is none. */
static enum err first_that_is(struct eval *ev, const struct node *node, bool wanted,
                              struct json *out)
{
    struct json v = json_of_bool(false);

    if (node->spread)
        return THROW_ARGUMENTS(ev);
    for (uint32_t i = 0; i < node->n; i++) {
        TRY(eval_arg(ev, node, i, &v));
        if (rules_truthy(&v) == wanted)
            break;
    }
    *out = v;
    return OK;
}

enum err op_and(struct eval *ev, const struct node *node, struct json *out)
{
    return first_that_is(ev, node, false, out);
}

enum err op_or(struct eval *ev, const struct node *node, struct json *out)
{
    return first_that_is(ev, node, true, out);
}

enum err op_truth(struct eval *ev, const struct node *node, struct json *out)
{
    struct json v;

    TRY(eval_arg(ev, node, 0, &v));
    *out = json_of_bool(rules_truthy(&v));
    return OK;
}

enum err op_not(struct eval *ev, const struct node *node, struct json *out)
{
    struct json v;

    TRY(eval_arg(ev, node, 0, &v));
    *out = json_of_bool(!rules_truthy(&v));
    return OK;
}

/* The first that is not null. */
enum err op_coalesce(struct eval *ev, const struct node *node, struct json *out)
{
    struct json v = {.type = J_NULL};

    for (uint32_t i = 0; i < node->n && v.type == J_NULL; i++)
        TRY(eval_arg(ev, node, i, &v));
    *out = v;
    return OK;
}

/* The first that does not throw. Those behind the first see the error before them as their data;
 * the data itself is two scopes up, as from an iterator. */
enum err op_try(struct eval *ev, const struct node *node, struct json *out)
{
    const struct scope *outer = ev->scope;
    enum err e = OK;

    *out = (struct json){.type = J_NULL};
    for (uint32_t i = 0; i < node->n; i++) {
        const struct scope frame = {.up = outer};
        const struct scope handler = {.value = ev->thrown, .up = &frame};
        if (i > 0)
            ev->scope = &handler;
        e = eval_arg(ev, node, i, out);
        ev->scope = outer;
        if (e != ERR_INVALID)
            break;
    }
    return e;
}

/* An object is the error itself; anything else becomes its type. */
enum err op_throw(struct eval *ev, const struct node *node, struct json *out)
{
    struct json v, error = {.type = J_OBJECT};

    (void)out;
    TRY(eval_arg(ev, node, 0, &v));
    if (v.type == J_OBJECT)
        return eval_throw_value(ev, v);
    if (!json_put(ev->arena, &error, S("type"), v))
        return fault(ev->f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    return eval_throw_value(ev, error);
}

enum err op_preserve(struct eval *ev, const struct node *node, struct json *out)
{
    (void)ev;
    *out = node->value;
    return OK;
}

/* The standard's log writes to a console; a rule of ours has none, and passes the value on. */
enum err op_log(struct eval *ev, const struct node *node, struct json *out)
{
    return eval_arg(ev, node, 0, out);
}
