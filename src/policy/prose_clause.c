/* prose_clause.c - conditions joined by "and" and "or", and what is said of each
 *
 * A contrary is pushed inwards (the contrary of "A and B" is "not A, or not B"), so that only
 * single conditions are denied. Brackets stand where a sentence could be read in two ways.
 */
#include "policy/prose_int.h"

/* Takes negations off. */
static struct claim settled(struct claim c)
{
    const struct json *body;

    while (str_eq(tree_op(c.e, &body), S("!")))
        c = (struct claim){json_get(body, S("arg")), !c.neg};
    return c;
}

bool claim_compound(struct claim c, bool *out_all)
{
    c = settled(c);
    bool and = tree_is(c.e, S("&&"));

    *out_all = and != c.neg;
    return and || tree_is(c.e, S("||"));
}

static void push(struct talk *t, struct claims *l, struct claim c)
{
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 8;
        struct claim *list = talk_alloc(t, room, sizeof *list);
        if (!list)
            return;
        if (l->n)
            memcpy(list, l->list, l->n * sizeof *list);
        l->list = list;
        l->room = room;
    }
    l->list[l->n++] = c;
}

void claims_add(struct talk *t, struct claims *l, struct claim c)
{
    const struct json *body;
    bool all;

    c = settled(c);
    if (!claim_compound(c, &all) || all != l->all) {
        push(t, l, c);
        return;
    }
    tree_op(c.e, &body);
    claims_add(t, l, (struct claim){json_get(body, S("left")), c.neg});
    claims_add(t, l, (struct claim){json_get(body, S("right")), c.neg});
}

/* ---- guards --------------------------------------------------------------------------------- */

/* Is the attribute of that owner spoken of anywhere in the tree? */
static bool mentions(const struct json *e, const struct json *left, str attr)
{
    if (json_is(e, J_ARRAY)) {
        for (uint32_t i = 0; i < e->n; i++)
            if (mentions(&e->items[i], left, attr))
                return true;
    }
    if (!json_is(e, J_OBJECT))
        return false;
    const struct json *get = json_get(e, S("."));
    if (get && str_eq(json_get_str(get, S("attr")), attr) &&
        json_same(json_get(get, S("left")), left))
        return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (mentions(&e->members[i].value, left, attr))
            return true;
    return false;
}

/* "has a" before "a is …": who hears the second takes the first for granted. Not before "a is
 * not …", which is also true of what is not there. */
static bool idle_guard(const struct claims *l, size_t at)
{
    const struct claim *g = &l->list[at];
    const struct json *has = json_get(g->e, S("has"));
    str attr = json_get_str(has, S("attr"));
    bool all;

    if (!attr.p || g->neg == l->all)
        return false;
    for (size_t i = at + 1; i < l->n; i++) {
        const struct claim *c = &l->list[i];
        if (c->neg == g->neg && !claim_compound(*c, &all) && !tree_is(c->e, S("!=")) &&
            !tree_is(c->e, S("has")) && mentions(c->e, json_get(has, S("left")), attr))
            return true;
    }
    return false;
}

void claims_drop_guards(struct claims *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        struct claim c = l->list[i];
        if (!idle_guard(l, i))
            l->list[n++] = c;
    }
    l->n = n;
}

/* ---- saying --------------------------------------------------------------------------------- */

static struct said say_parts(struct talk *t, struct claim c, size_t *out_n);

struct said say_claim(struct talk *t, struct claim c)
{
    size_t n;

    return say_parts(t, c, &n);
}

/* Of which kind and subject the one before is. */
static bool same_kind(const struct predicate *a, const struct predicate *b)
{
    return str_eq(str_of(a->key), str_of(b->key)) && json_same(a->subject, b->subject);
}

/* Conditions of one kind that follow each other, or a single one; out_n: clauses joined in it. */
static struct said run_of(struct talk *t, const struct claims *l, size_t *i, size_t *out_n)
{
    struct claim first = l->list[(*i)++];
    struct predicate p, next;

    *out_n = 1;
    if (!leaf_predicate(t, first, &p))
        return say_parts(t, first, out_n);
    struct said *what = talk_alloc(t, l->n, sizeof *what);
    size_t n = 0;
    if (!what)
        return SAY(S(""));
    what[n++] = p.what;
    while (*i < l->n && l->list[*i].neg == first.neg && leaf_predicate(t, l->list[*i], &next) &&
           same_kind(&p, &next)) {
        what[n++] = next.what;
        ++*i;
    }
    const char *last = l->all != first.neg ? "prose.and" : "prose.or";
    return talk_either(t, p.key, first.neg, say_term(t, p.subject), talk_list(t, last, what, n));
}

struct said say_run(struct talk *t, const struct claims *l, size_t *i)
{
    size_t n;

    return run_of(t, l, i, &n);
}

static struct said say_joined(struct talk *t, const struct claims *l, size_t *out_n)
{
    struct said *said = talk_alloc(t, l->n, sizeof *said);
    size_t n = 0, parts;

    for (size_t i = 0; said && i < l->n; n++) {
        said[n] = run_of(t, l, &i, &parts);
        if (parts > 1 && l->n > 1)
            said[n] = talk_say1(t, "prose.group", said[n]);
    }
    *out_n = n;
    return said ? talk_list(t, l->all ? "prose.and" : "prose.or", said, n) : SAY(S(""));
}

struct said say_claims(struct talk *t, const struct claims *l)
{
    size_t n;

    return say_joined(t, l, &n);
}

static struct said say_parts(struct talk *t, struct claim c, size_t *out_n)
{
    struct claims l = {0};

    c = settled(c);
    *out_n = 1;
    if (!claim_compound(c, &l.all))
        return say_leaf(t, c);
    claims_add(t, &l, c);
    claims_drop_guards(&l);
    return say_joined(t, &l, out_n);
}
