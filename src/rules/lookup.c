/* lookup.c - reading the data: var with dots, val with keys and scopes, what is missing */
#include "rules/rules_int.h"

#include <stdlib.h>

static int64_t index_of(str text)
{
    int64_t i;

    return str_to_int64(text, &i) && i >= 0 && (text.n == 1 || text.p[0] != '0') ? i : -1;
}

struct key *path_keys(struct arena *a, str path, uint32_t *out_n)
{
    uint32_t n = path.n ? 1 : 0;
    str piece;

    for (size_t i = 0; i < path.n; i++)
        n += path.p[i] == '.';
    struct key *keys = arena_zalloc(a, (size_t)n + 1, sizeof *keys);
    *out_n = keys ? n : 0;
    for (uint32_t i = 0; keys && i < n; i++) {
        str_split(&path, '.', &piece);
        keys[i] = (struct key){piece, index_of(piece)};
    }
    return keys;
}

static const struct json *step(const struct json *j, const struct key *k)
{
    if (j->type == J_ARRAY)
        return k->index >= 0 ? json_at(j, (size_t)k->index) : NULL;
    return json_get(j, k->text);
}

/* NULL where the path leads nowhere. */
static enum err walk(struct eval *ev, const struct json *j, const struct key *keys, uint32_t n,
                     const struct json **out)
{
    for (uint32_t i = 0; i < n && j; i++) {
        if (j->type == J_OBJECT && j->n > 16)
            TRY(eval_pay(ev, j->n / 16));
        j = step(j, &keys[i]);
    }
    *out = j;
    return OK;
}

/* The path that a value names, cut at dots; null and [] name the data itself. */
static enum err dotted(struct eval *ev, const struct json *path, const struct json **out)
{
    struct key *keys;
    uint32_t n;
    str text;

    if (path->type == J_INT) {
        TRY(to_text(ev, path, &text));
        return walk(ev, &ev->scope->value, &(struct key){text, path->i}, 1, out);
    }
    TRY(to_text(ev, path, &text));
    TRY(eval_pay(ev, text.n / 64));
    keys = path_keys(ev->arena, text, &n);
    TRY_PTR(keys, ev->f);
    return walk(ev, &ev->scope->value, keys, n, out);
}

enum err op_var(struct eval *ev, const struct node *node, struct json *out)
{
    const struct json *hit;
    struct json path, many = {.type = J_NULL};

    if (node->keys) {
        TRY(walk(ev, &ev->scope->value, node->keys, node->n_keys, &hit));
    } else {
        TRY(eval_arg(ev, node, 0, &path));
        if (node->spread && path.type == J_ARRAY) {
            many = path;
            path = many.n ? many.items[0] : (struct json){.type = J_NULL};
        }
        TRY(dotted(ev, &path, &hit));
    }
    if (hit)
        *out = *hit;
    else if (many.n > 1)
        *out = many.items[1];
    else
        return eval_arg(ev, node, 1, out);
    return OK;
}

/* The scope n levels up; NULL beyond the outermost. */
static const struct scope *scope_up(const struct scope *s, int64_t n)
{
    for (; s && n > 0; n--)
        s = s->up;
    return s;
}

static enum err scope_value(struct eval *ev, const struct scope *s, const struct json **out)
{
    if (!s->frame) {
        *out = &s->value;
        return OK;
    }
    struct json *j = arena_new_of(ev->arena, struct json);
    TRY_PTR(j, ev->f);
    j->type = J_OBJECT;
    if (!json_put(ev->arena, j, S("index"), json_of_int(s->index)))
        return fault(ev->f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    *out = j;
    return OK;
}

/* [[1], "a", 0]: one scope up, then a, then its first item. */
static enum err by_keys(struct eval *ev, const struct json *keys, uint32_t n,
                        const struct json **out)
{
    const struct scope *from = ev->scope;
    const struct json *j = NULL;
    str text;

    *out = NULL;
    if (n && keys[0].type == J_ARRAY) {
        if (keys[0].n != 1 || keys[0].items[0].type != J_INT)
            return THROW_ARGUMENTS(ev);
        int64_t up = keys[0].items[0].i;
        from = scope_up(from, up < 0 ? (up < -INT32_MAX ? INT32_MAX : -up) : up);
        keys++;
        n--;
    }
    if (!from)
        return OK;
    TRY(scope_value(ev, from, &j));
    for (uint32_t i = 0; i < n && j; i++) {
        if (keys[i].type == J_ARRAY || keys[i].type == J_OBJECT)
            return THROW_ARGUMENTS(ev);
        TRY(to_text(ev, &keys[i], &text));
        TRY(walk(ev, j, &(struct key){text, index_of(text)}, 1, &j));
    }
    *out = j;
    return OK;
}

static enum err reach(struct eval *ev, const struct node *node, const struct json **out)
{
    struct args args;

    if (node->keys)
        return walk(ev, &ev->scope->value, node->keys, node->n_keys, out);
    TRY(eval_args(ev, node, &args));
    if (args.n == 1 && args.v[0].type == J_NULL)
        args.n = 0;
    return by_keys(ev, args.v, args.n, out);
}

enum err op_val(struct eval *ev, const struct node *node, struct json *out)
{
    const struct json *hit;

    TRY(reach(ev, node, &hit));
    *out = hit ? *hit : (struct json){.type = J_NULL};
    return OK;
}

enum err op_exists(struct eval *ev, const struct node *node, struct json *out)
{
    const struct json *hit;

    TRY(reach(ev, node, &hit));
    *out = json_of_bool(hit != NULL);
    return OK;
}

/* Appends those keys whose value is absent, null or "". */
static enum err find_missing(struct eval *ev, const struct json *keys, uint32_t n, struct json *out)
{
    const struct json *hit;

    for (uint32_t i = 0; i < n; i++) {
        TRY(eval_pay(ev, 1));
        TRY(dotted(ev, &keys[i], &hit));
        if (hit && hit->type != J_NULL && !(hit->type == J_STRING && hit->n == 0))
            continue;
        if (!json_push(ev->arena, out, keys[i]))
            return fault(ev->f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    }
    return OK;
}

enum err op_missing(struct eval *ev, const struct node *node, struct json *out)
{
    struct json missing = {.type = J_ARRAY};
    struct args args;

    TRY(eval_args(ev, node, &args));
    if (args.n && args.v[0].type == J_ARRAY)
        TRY(find_missing(ev, args.v[0].items, args.v[0].n, &missing));
    else
        TRY(find_missing(ev, args.v, args.n, &missing));
    *out = missing;
    return OK;
}

/* [least, keys]: [] when at least so many are there, else those that are missing. */
enum err op_missing_some(struct eval *ev, const struct node *node, struct json *out)
{
    struct json missing = {.type = J_ARRAY};
    struct args args;

    TRY(eval_args(ev, node, &args));
    if (args.n != 2 || args.v[0].type != J_INT || args.v[1].type != J_ARRAY)
        return THROW_ARGUMENTS(ev);
    TRY(find_missing(ev, args.v[1].items, args.v[1].n, &missing));
    if ((int64_t)args.v[1].n - missing.n >= args.v[0].i)
        missing = (struct json){.type = J_ARRAY};
    *out = missing;
    return OK;
}
