/* iterate.c - rules applied to each item of a list
 *
 * Inside, the data is the item; the index is one scope up ({"val": [[1], "index"]}), the data
 * outside two. The only loops of the language: each turn costs a step. */
#include "rules/rules_int.h"

/* The list, whose absence is the empty list where `lenient`; a null that stands in the rule
 * itself, in place of the list, is always a mistake. */
static enum err list_of(struct eval *ev, const struct node *node, bool lenient, struct json *out)
{
    if (node->spread || node->n < 2)
        return THROW_ARGUMENTS(ev);
    TRY(eval_arg(ev, node, 0, out));
    if (out->type == J_ARRAY)
        return OK;
    if (!lenient || out->type != J_NULL || !node->args[0].run)
        return THROW_ARGUMENTS(ev);
    *out = (struct json){.type = J_ARRAY};
    return OK;
}

static bool is_null(const struct node *node)
{
    return !node->run && node->value.type == J_NULL;
}

static enum err apply(struct eval *ev, const struct node *body, const struct json *item,
                      uint32_t index, struct json *out)
{
    const struct scope *outer = ev->scope;
    const struct scope frame = {.up = outer, .frame = true, .index = index};
    const struct scope inner = {.value = *item, .up = &frame};

    TRY(eval_pay(ev, 1));
    ev->scope = &inner;
    enum err e = eval_node(ev, body, out);
    ev->scope = outer;
    return e;
}

enum err op_map(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list;

    TRY(list_of(ev, node, true, &list));
    if (is_null(&node->args[1]))
        return THROW_ARGUMENTS(ev);
    struct json *items = arena_alloc(ev->arena, ((size_t)list.n + 1) * sizeof *items);
    TRY_PTR(items, ev->f);
    for (uint32_t i = 0; i < list.n; i++)
        TRY(apply(ev, &node->args[1], &list.items[i], i, &items[i]));
    *out = (struct json){.type = J_ARRAY, .n = list.n, .items = items};
    return OK;
}

enum err op_filter(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list, keep, result = {.type = J_ARRAY};

    TRY(list_of(ev, node, true, &list));
    if (is_null(&node->args[1]))
        return THROW_ARGUMENTS(ev);
    for (uint32_t i = 0; i < list.n; i++) {
        TRY(apply(ev, &node->args[1], &list.items[i], i, &keep));
        if (rules_truthy(&keep) && !json_push(ev->arena, &result, list.items[i]))
            return fault(ev->f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    }
    *out = result;
    return OK;
}

/* Inside, the data is {"current": item, "accumulator": what came out before}. */
enum err op_reduce(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list, sum;

    TRY(list_of(ev, node, true, &list));
    if (is_null(&node->args[1]))
        return THROW_ARGUMENTS(ev);
    TRY(eval_arg(ev, node, 2, &sum));
    for (uint32_t i = 0; i < list.n; i++) {
        /* in the arena, as a rule may keep the object */
        struct json_member *m = arena_alloc(ev->arena, 2 * sizeof *m);
        TRY_PTR(m, ev->f);
        m[0] = (struct json_member){S("current"), list.items[i]};
        m[1] = (struct json_member){S("accumulator"), sum};
        const struct json both = {.type = J_OBJECT, .n = 2, .members = m};
        TRY(apply(ev, &node->args[1], &both, i, &sum));
    }
    *out = sum;
    return OK;
}

/* Is there an item for which the rule's truth is `wanted`? */
static enum err any(struct eval *ev, const struct node *node, const struct json *list, bool wanted,
                    bool *out)
{
    struct json v;

    *out = false;
    for (uint32_t i = 0; i < list->n && !*out; i++) {
        TRY(apply(ev, &node->args[1], &list->items[i], i, &v));
        *out = rules_truthy(&v) == wanted;
    }
    return OK;
}

/* Of an empty list, all is false. */
enum err op_all(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list;
    bool found;

    TRY(list_of(ev, node, false, &list));
    TRY(any(ev, node, &list, false, &found));
    *out = json_of_bool(list.n > 0 && !found);
    return OK;
}

enum err op_some(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list;
    bool found;

    TRY(list_of(ev, node, false, &list));
    TRY(any(ev, node, &list, true, &found));
    *out = json_of_bool(found);
    return OK;
}

enum err op_none(struct eval *ev, const struct node *node, struct json *out)
{
    struct json list;
    bool found;

    TRY(list_of(ev, node, false, &list));
    TRY(any(ev, node, &list, true, &found));
    *out = json_of_bool(!found);
    return OK;
}

/* One list of all arguments: those that are lists give their items. */
enum err op_merge(struct eval *ev, const struct node *node, struct json *out)
{
    struct args args;
    size_t n = 0;

    TRY(eval_args(ev, node, &args));
    for (uint32_t i = 0; i < args.n; i++)
        n += args.v[i].type == J_ARRAY ? args.v[i].n : 1;
    TRY(eval_pay(ev, n));
    struct json *items = arena_alloc(ev->arena, (n + 1) * sizeof *items), *to = items;
    TRY_PTR(items, ev->f);
    for (uint32_t i = 0; i < args.n; i++) {
        bool list = args.v[i].type == J_ARRAY;
        uint32_t count = list ? args.v[i].n : 1;
        if (count)
            memcpy(to, list ? args.v[i].items : &args.v[i], count * sizeof *to);
        to += count;
    }
    *out = (struct json){.type = J_ARRAY, .n = (uint32_t)n, .items = items};
    return OK;
}
