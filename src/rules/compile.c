/* compile.c - JSON to a tree of nodes in an arena of their own
 *
 * Arrays of constants become constants, and constant paths of var, val and exists are taken apart
 * once, here. */
#include "rules/rules_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { RULES_MEMORY = 32 << 20 };

struct rules {
    struct arena *arena;
    struct node root;
};

/* Where the compiler is, for pointers of errors. */
struct place {
    const struct place *up;
    str key;
    uint32_t index;
};

struct compiler {
    struct arena *arena;
    struct fault *f;
    unsigned nodes;
};

static void write_place(struct buf *b, const struct place *p)
{
    if (!p)
        return;
    write_place(b, p->up);
    buf_add_char(b, '/');
    if (!p->key.p)
        buf_printf(b, "%u", p->index);
    for (size_t i = 0; i < p->key.n; i++)
        if (p->key.p[i] == '~' || p->key.p[i] == '/')
            buf_add_str(b, p->key.p[i] == '~' ? S("~0") : S("~1"));
        else
            buf_add_char(b, p->key.p[i]);
}

static enum err bad(struct compiler *c, const struct place *p, enum err code, const char *what,
                    str name)
{
    AUTO(buf) struct buf b = BUF(1 << 16);

    write_place(&b, p);
    buf_add_char(&b, 0);
    return fault_at(c->f, code, buf_ok(&b) ? b.p : "", "%s%s%.*s", what, name.n ? " " : "",
                    name.n > 60 ? 60 : STR_FMT(name));
}

static enum err count(struct compiler *c, const struct place *p, unsigned depth)
{
    if (depth > RULES_MAX_DEPTH)
        return bad(c, p, ERR_LIMIT, "rules nested too deep", STR_NONE);
    if (++c->nodes > RULES_MAX_NODES)
        return bad(c, p, ERR_LIMIT, "the rule has too many parts", STR_NONE);
    return OK;
}

static enum err copy_string(struct compiler *c, str s, str *out)
{
    *out = str_copy(c->arena, s);
    TRY_PTR(out->p, c->f);
    return OK;
}

/* A deep copy: a rule outlives the JSON it was compiled from. */
static enum err copy(struct compiler *c, const struct place *p, const struct json *j,
                     unsigned depth, struct json *out)
{
    str s;

    TRY(count(c, p, depth));
    *out = *j;
    if (j->type == J_STRING) {
        TRY(copy_string(c, json_str(j), &s));
        *out = json_of_str(s);
    } else if (j->type == J_ARRAY) {
        out->items = arena_zalloc(c->arena, (size_t)j->n + 1, sizeof *out->items);
        TRY_PTR(out->items, c->f);
        for (uint32_t i = 0; i < j->n; i++)
            TRY(copy(c, &(struct place){p, STR_NONE, i}, &j->items[i], depth + 1, &out->items[i]));
    } else if (j->type == J_OBJECT) {
        out->members = arena_zalloc(c->arena, (size_t)j->n + 1, sizeof *out->members);
        TRY_PTR(out->members, c->f);
        for (uint32_t i = 0; i < j->n; i++) {
            const struct json_member *m = &j->members[i];
            TRY(copy_string(c, m->key, &out->members[i].key));
            TRY(copy(c, &(struct place){p, m->key, 0}, &m->value, depth + 1,
                     &out->members[i].value));
        }
    }
    return OK;
}

static enum err compile(struct compiler *c, const struct place *p, const struct json *j,
                        unsigned depth, struct node *out);

static enum err compile_items(struct compiler *c, const struct place *p, const struct json *j,
                              unsigned depth, struct node *out)
{
    out->n = j->n;
    out->args = arena_zalloc(c->arena, (size_t)j->n + 1, sizeof *out->args);
    TRY_PTR(out->args, c->f);
    for (uint32_t i = 0; i < j->n; i++)
        TRY(compile(c, &(struct place){p, STR_NONE, i}, &j->items[i], depth + 1, &out->args[i]));
    return OK;
}

static enum err compile_array(struct compiler *c, const struct place *p, const struct json *j,
                              unsigned depth, struct node *out)
{
    TRY(compile_items(c, p, j, depth, out));
    for (uint32_t i = 0; i < out->n; i++)
        if (out->args[i].run) {
            out->run = op_array;
            return OK;
        }
    struct json *items = arena_zalloc(c->arena, (size_t)j->n + 1, sizeof *items);
    TRY_PTR(items, c->f);
    for (uint32_t i = 0; i < out->n; i++)
        items[i] = out->args[i].value;
    out->value = (struct json){.type = J_ARRAY, .n = j->n, .items = items};
    return OK;
}

/* {"var": "a.b"}, {"val": ["a", 1]}: a path of constant texts and numbers. */
static enum err compile_path(struct compiler *c, bool dots, struct node *node)
{
    bool plain = node->n > 0;

    if (dots) {
        if (node->n == 0 || node->args[0].run || node->args[0].value.type != J_STRING)
            return OK;
        node->keys = path_keys(c->arena, json_str(&node->args[0].value), &node->n_keys);
        TRY_PTR(node->keys, c->f);
        return OK;
    }
    for (uint32_t i = 0; i < node->n; i++)
        plain &= !node->args[i].run && node->args[i].value.type == J_STRING;
    if (!plain)
        return OK;
    node->keys = arena_zalloc(c->arena, node->n, sizeof *node->keys);
    TRY_PTR(node->keys, c->f);
    node->n_keys = node->n;
    for (uint32_t i = 0; i < node->n; i++) {
        struct key *k = &node->keys[i];
        k->text = json_str(&node->args[i].value);
        if (!str_to_int64(k->text, &k->index) || k->index < 0)
            k->index = -1;
    }
    return OK;
}

/* {"throw": {"type": "X"}}: an error written out, for "type" is no operator. */
static bool is_error(const struct json *arg)
{
    return arg->type == J_OBJECT && arg->n == 1 && str_eq(arg->members[0].key, S("type"));
}

static enum err compile_error(struct compiler *c, const struct place *p, const struct json *arg,
                              unsigned depth, struct node *out)
{
    out->n = 1;
    out->args = arena_new_of(c->arena, struct node);
    TRY_PTR(out->args, c->f);
    return copy(c, p, arg->type == J_ARRAY ? arg->items : arg, depth + 1, &out->args->value);
}

static enum err compile_operator(struct compiler *c, const struct place *p, const struct op *op,
                                 const struct json *arg, unsigned depth, struct node *out)
{
    out->run = op->run;
    out->number = op->number;
    if (op->run == op_throw && is_error(arg->type == J_ARRAY && arg->n == 1 ? arg->items : arg))
        return compile_error(c, p, arg, depth, out);
    if (op->style == RAW)
        return copy(c, p, arg, depth + 1, &out->value);
    if (arg->type == J_ARRAY) {
        TRY(compile_items(c, p, arg, depth, out));
    } else {
        out->spread = true;
        out->n = 1;
        out->args = arena_new_of(c->arena, struct node);
        TRY_PTR(out->args, c->f);
        TRY(compile(c, p, arg, depth + 1, out->args));
    }
    if (op->style == ONE || (out->spread && op->style == LIST && !out->args[0].run &&
                             out->args[0].value.type != J_ARRAY))
        out->spread = false;
    if (op->run == op_var || ((op->run == op_val || op->run == op_exists) && !out->spread))
        return compile_path(c, op->run == op_var, out);
    return OK;
}

static enum err compile_object(struct compiler *c, const struct place *p, const struct json *j,
                               unsigned depth, struct node *out)
{
    if (j->n == 1) {
        const struct json_member *m = &j->members[0];
        const struct place inside = {p, m->key.p ? m->key : S(""), 0};
        const struct op *op = op_find(m->key);
        return op ? compile_operator(c, &inside, op, &m->value, depth, out)
                  : bad(c, &inside, ERR_SYNTAX, "unknown operator", m->key);
    }
    for (uint32_t i = 0; i < j->n; i++)
        if (op_find(j->members[i].key))
            return bad(c, p, ERR_SYNTAX,
                       "an object of several keys has an operator among them:", j->members[i].key);
    return copy(c, p, j, depth, &out->value);
}

static enum err compile(struct compiler *c, const struct place *p, const struct json *j,
                        unsigned depth, struct node *out)
{
    TRY(count(c, p, depth));
    if (j->type == J_OBJECT)
        return compile_object(c, p, j, depth, out);
    if (j->type == J_ARRAY)
        return compile_array(c, p, j, depth, out);
    return copy(c, p, j, depth, &out->value);
}

enum err rules_compile(const struct json *rule, struct rules **out, struct fault *f)
{
    struct rules *r = calloc(1, sizeof *r);

    if (r)
        r->arena = arena_new(RULES_MEMORY);
    if (!r || !r->arena) {
        rules_free(r);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    struct compiler c = {.arena = r->arena, .f = f};
    enum err e = compile(&c, NULL, rule, 0, &r->root);
    if (e != OK) {
        rules_free(r);
        return e;
    }
    *out = r;
    return OK;
}

void rules_free(struct rules *r)
{
    if (r)
        arena_free(r->arena);
    free(r);
}

const struct node *rules_root(const struct rules *r)
{
    return &r->root;
}
