/* eval.c - walking the tree, within the budget; what is thrown */
#include "rules/rules_int.h"

const struct rules_budget rules_budget_default = {.steps = 100000, .values = 200000};

enum err eval_pay(struct eval *ev, size_t n)
{
    if (n > ev->steps)
        return fault(ev->f, ERR_LIMIT, "the rule needs more steps than allowed");
    ev->steps -= (uint32_t)n;
    return OK;
}

enum err eval_node(struct eval *ev, const struct node *node, struct json *out)
{
    if (!node->run) {
        *out = node->value;
        return OK;
    }
    TRY(eval_pay(ev, 1));
    return node->run(ev, node, out);
}

enum err eval_args(struct eval *ev, const struct node *node, struct args *args)
{
    if (node->spread) {
        struct json only;
        TRY(eval_node(ev, &node->args[0], &only));
        bool many = only.type == J_ARRAY;
        args->inside[0] = only;
        args->v = many ? only.items : args->inside;
        args->n = many ? only.n : 1;
        return eval_pay(ev, args->n);
    }
    args->n = node->n;
    args->v = args->inside;
    if (node->n > ARRAY_LEN(args->inside)) {
        args->v = arena_alloc(ev->arena, node->n * sizeof *args->v);
        TRY_PTR(args->v, ev->f);
    }
    for (uint32_t i = 0; i < node->n; i++)
        TRY(eval_node(ev, &node->args[i], &args->v[i]));
    return OK;
}

enum err eval_arg(struct eval *ev, const struct node *node, uint32_t i, struct json *out)
{
    if (i < node->n)
        return eval_node(ev, &node->args[i], out);
    *out = (struct json){.type = J_NULL};
    return OK;
}

enum err eval_throw_value(struct eval *ev, struct json error)
{
    ev->thrown = error;
    return ERR_INVALID;
}

enum err eval_throw(struct eval *ev, str type)
{
    struct json error = {.type = J_OBJECT};

    if (!json_put(ev->arena, &error, S("type"), json_of_str(type)))
        return fault(ev->f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    return eval_throw_value(ev, error);
}

enum err op_array(struct eval *ev, const struct node *node, struct json *out)
{
    struct json *items = arena_alloc(ev->arena, (node->n + 1) * sizeof *items);

    TRY_PTR(items, ev->f);
    for (uint32_t i = 0; i < node->n; i++)
        TRY(eval_node(ev, &node->args[i], &items[i]));
    *out = (struct json){.type = J_ARRAY, .n = node->n, .items = items};
    return OK;
}

bool rules_truthy(const struct json *j)
{
    switch (j->type) {
    case J_NULL:
        return false;
    case J_BOOL:
        return j->b;
    case J_INT:
        return j->i != 0;
    case J_REAL:
        return j->d != 0;
    case J_STRING:
    case J_ARRAY:
        return j->n != 0;
    case J_OBJECT:
        return true;
    }
    return false;
}

/* Results share parts, so that a short rule can name a huge or a very deep one: such is refused
 * before anybody walks it. */
static enum err measure(const struct json *j, unsigned depth, uint32_t *left, struct fault *f)
{
    if (depth > JSON_MAX_DEPTH)
        return fault(f, ERR_LIMIT, "the result is nested deeper than %d levels", JSON_MAX_DEPTH);
    if ((*left)-- == 0) {
        *left = 0;
        return fault(f, ERR_LIMIT, "the result has more values than allowed");
    }
    if (j->type == J_ARRAY)
        for (uint32_t i = 0; i < j->n; i++)
            TRY(measure(&j->items[i], depth + 1, left, f));
    if (j->type == J_OBJECT)
        for (uint32_t i = 0; i < j->n; i++)
            TRY(measure(&j->members[i].value, depth + 1, left, f));
    return OK;
}

enum err rules_eval(const struct rules *r, const struct json *data, struct arena *arena,
                    const struct rules_budget *budget, struct json *out, struct fault *f)
{
    static const struct json null = {.type = J_NULL};
    const struct scope top = {.value = data ? *data : null};
    struct json result;

    if (!budget)
        budget = &rules_budget_default;
    struct eval ev = {.arena = arena, .scope = &top, .steps = budget->steps, .f = f};
    uint32_t values = budget->values;
    enum err e = eval_node(&ev, rules_root(r), &result);
    if (e == ERR_INVALID)
        result = ev.thrown;
    else if (e != OK)
        return e;
    TRY(measure(&result, 0, &values, f));
    *out = result;
    if (e == OK)
        return OK;
    str type = json_get_str(&result, S("type"));
    return fault(f, ERR_INVALID, "the rule throws %.*s",
                 type.n > 200 ? 200 : STR_FMT(type.p ? type : S("an error")));
}
