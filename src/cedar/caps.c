/* caps.c - capabilities: what a true expression promises about attributes and tags
 *
 * Lists that share tails and never change; a capability is about an expression, which is compared
 * by its structure (Spec Typechecker.lean keeps pairs of expression and attribute or tag).
 */
#include "cedar/types_int.h"

static bool out_of_memory(struct cd_checker *c)
{
    c->no_memory = true;
    return false;
}

/* ---- structural equality --------------------------------------------------------------- */

bool cd_expr_eq(const struct cd_expr *a, const struct cd_expr *b)
{
    if (a == b)
        return true;
    if (a->op != b->op || a->var != b->var || a->fn != b->fn || a->n != b->n ||
        a->n_names != b->n_names)
        return false;
    if (a->op == OP_LIT)
        return cd_value_eq(a->lit, b->lit);
    if (a->op == OP_LIKE) {
        if (a->pattern->n != b->pattern->n)
            return false;
        for (uint32_t i = 0; i < a->pattern->n; i++) {
            if (!str_eq(a->pattern->pieces[i], b->pattern->pieces[i]))
                return false;
        }
    }
    for (uint32_t i = 0; i < a->n_names; i++) {
        if (!str_eq(a->names[i], b->names[i]))
            return false;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (!cd_expr_eq(a->args[i], b->args[i]))
            return false;
    }
    return true;
}

/* ---- capabilities ---------------------------------------------------------------------- */

static bool same_cap(const struct cd_caps *a, const struct cd_caps *b)
{
    if (!a->attr.p != !b->attr.p)
        return false;
    if (a->attr.p ? !str_eq(a->attr, b->attr) : !cd_expr_eq(a->tag, b->tag))
        return false;
    return cd_expr_eq(a->x, b->x);
}

bool cd_caps_have(const struct cd_caps *caps, const struct cd_caps *one)
{
    for (; caps; caps = caps->next) {
        if (same_cap(caps, one))
            return true;
    }
    return false;
}

/* *caps with one more; more than a thousand are forgotten, which only makes the check stricter. */
bool cd_caps_add(struct cd_checker *c, const struct cd_caps **caps, const struct cd_caps *one)
{
    unsigned n = 0;

    for (const struct cd_caps *k = *caps; k && n < 1000; k = k->next)
        n++;
    if (n == 1000 || cd_caps_have(*caps, one))
        return true;
    struct cd_caps *kept = arena_new_of(c->arena, struct cd_caps);
    if (!kept)
        return out_of_memory(c);
    *kept = *one;
    kept->next = *caps;
    *caps = kept;
    return true;
}

bool cd_caps_unite(struct cd_checker *c, const struct cd_caps *a, const struct cd_caps *b,
                   const struct cd_caps **out)
{
    for (; a; a = a->next) {
        if (!cd_caps_add(c, &b, a))
            return false;
    }
    *out = b;
    return true;
}

bool cd_caps_intersect(struct cd_checker *c, const struct cd_caps *a, const struct cd_caps *b,
                       const struct cd_caps **out)
{
    const struct cd_caps *r = NULL;

    for (; a; a = a->next) {
        if (cd_caps_have(b, a) && !cd_caps_add(c, &r, a))
            return false;
    }
    *out = r;
    return true;
}
