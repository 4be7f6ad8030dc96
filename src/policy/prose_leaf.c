/* prose_leaf.c - a single condition as a clause
 *
 * The house has idioms: phrases for a comparison of two given attributes, found by its text
 * ("prose.idiom.principal.mission == resource.authority", {0} the principal, {1} the resource).
 * All else is said by the operator.
 */
#include <stdio.h>

#include "policy/prose_int.h"

static const struct json *left_of(const struct json *body)
{
    return json_get(body, S("left"));
}

static const struct json *right_of(const struct json *body)
{
    return json_get(body, S("right"));
}

static struct said of_var(struct talk *t, const char *var)
{
    struct json_member m = {S("Var"), json_of_str(str_of(var))};
    struct json e = {.type = J_OBJECT, .n = 1, .members = &m};

    return say_term(t, &e);
}

static struct said denied(struct talk *t, struct said s, bool neg)
{
    return neg ? talk_say1(t, "prose.not", s) : s;
}

/* ---- idioms --------------------------------------------------------------------------------- */

static bool idiom(struct talk *t, const struct json *l, const char *op, const struct json *r,
                  bool neg, struct said *out)
{
    str left = tree_path(t, l), right = tree_path(t, r);

    if (!left.p || !right.p)
        return false;
    str word = talk_word(t, "prose.idiom.%.*s %s %.*s%s", STR_FMT(left), op, STR_FMT(right),
                         neg ? ".not" : "");
    if (!word.p)
        return false;
    struct said args[] = {of_var(t, "principal"), of_var(t, "resource")};
    *out = talk_fill(t, word, args, 2);
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The name of the attribute that an expression takes, of whatever owner. */
static str attr_of(const struct json *e)
{
    return json_get_str(json_get(e, S(".")), S("attr"));
}

static str text_of(const struct json *e)
{
    return json_get_str(e, S("Value"));
}

static bool is_literal(const struct json *e)
{
    return tree_is(e, S("Value"));
}

/* A value of an attribute: texts have words of their own ("consul" of roles). */
static struct said say_value_of(struct talk *t, str attr, bool house, const struct json *e)
{
    str text = text_of(e), word = STR_NONE;

    if (text.p && attr.p)
        word = house ? talk_house_word(t, "prose.value.%.*s.%.*s", STR_FMT(attr), STR_FMT(text))
                     : talk_word(t, "prose.value.%.*s.%.*s", STR_FMT(attr), STR_FMT(text));
    return word.p ? talk_fill(t, word, NULL, 0) : say_term(t, e);
}

/* ---- predicates ----------------------------------------------------------------------------- */

static bool predicate_contains(struct talk *t, const struct json *body, struct predicate *out)
{
    /* constant keys: a predicate outlives the call */
    static const char *const keys[] = {"prose.contains.roles", "prose.contains.undertakings",
                                       "prose.contains.agreements", "prose.contains.releasable"};
    str attr = attr_of(left_of(body));

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (!attr.p || !str_eq(str_sub(str_of(keys[i]), 15, 99), attr) ||
            !is_literal(right_of(body)))
            continue;
        out->key = keys[i];
        out->subject = left_of(json_get(left_of(body), S(".")));
        out->what = say_value_of(t, attr, true, right_of(body));
        return true;
    }
    return false;
}

static bool predicate_equal(struct talk *t, const struct json *body, struct predicate *out)
{
    const struct json *l = left_of(body), *r = right_of(body);

    if (is_literal(l)) {
        l = right_of(body);
        r = left_of(body);
    }
    if (is_literal(l) || !is_literal(r) || json_is(json_get(r, S("Value")), J_BOOL))
        return false;
    out->key = "prose.eq";
    out->subject = l;
    out->what = say_value_of(t, attr_of(l), false, r);
    return true;
}

bool leaf_predicate(struct talk *t, struct claim c, struct predicate *out)
{
    const struct json *body;
    str op = tree_op(c.e, &body);

    if (str_eq(op, S("contains")))
        return predicate_contains(t, body, out);
    if (str_eq(op, S("==")))
        return predicate_equal(t, body, out);
    if (!str_eq(op, S("is")) || json_get(body, S("in")))
        return false;
    *out = (struct predicate){"prose.is", left_of(body),
                              say_type(t, json_get_str(body, S("entity_type")))};
    return true;
}

/* ---- comparisons ---------------------------------------------------------------------------- */

static struct said say_equal(struct talk *t, const struct json *body, bool neg)
{
    const struct json *l = left_of(body), *r = right_of(body);
    struct predicate p;
    struct said out;

    if (idiom(t, l, "==", r, neg, &out) || idiom(t, r, "==", l, neg, &out))
        return out;
    const struct json *truth = json_get(r, S("Value"));
    if (json_is(truth, J_BOOL) && !is_literal(l))
        return say_claim(t, (struct claim){l, neg == truth->b});
    if (predicate_equal(t, body, &p))
        return talk_either(t, p.key, neg, say_term(t, p.subject), p.what);
    return talk_either(t, "prose.eq", neg, say_term(t, l), say_term(t, r));
}

enum order { LESS, AT_MOST, MORE, AT_LEAST };

static const struct {
    str op, method;
    const char *sign, *key;
    enum order contrary, mirrored;
} orders[] = {
    [LESS] = {S("<"), S("lessThan"), "<", "lt", AT_LEAST, MORE},
    [AT_MOST] = {S("<="), S("lessThanOrEqual"), "<=", "le", MORE, AT_LEAST},
    [MORE] = {S(">"), S("greaterThan"), ">", "gt", AT_MOST, LESS},
    [AT_LEAST] = {S(">="), S("greaterThanOrEqual"), ">=", "ge", LESS, AT_MOST},
};

static struct said say_order(struct talk *t, enum order o, const struct json *l,
                             const struct json *r, bool neg)
{
    const char *now = "";
    struct said out;
    char key[64];

    if (neg)
        o = orders[o].contrary;
    if (str_eq(tree_path(t, r), S("context.now"))) {
        const struct json *swap = l;
        l = r;
        r = swap;
        o = orders[o].mirrored;
    }
    if (idiom(t, l, orders[o].sign, r, false, &out) ||
        idiom(t, r, orders[orders[o].mirrored].sign, l, false, &out))
        return out;
    if (str_eq(tree_path(t, l), S("context.now")))
        now = "now.";
    snprintf(key, sizeof key, "prose.%s%s", now, orders[o].key);
    return talk_say2(t, key, say_term(t, l), say_term(t, r));
}

static bool try_order(struct talk *t, str op, const struct json *body, bool neg, struct said *out)
{
    for (size_t o = 0; o < ARRAY_LEN(orders); o++) {
        bool sign = str_eq(op, orders[o].op), method = str_eq(op, orders[o].method);
        if (!sign && !method)
            continue;
        *out = say_order(t, (enum order)o, sign ? left_of(body) : json_at(body, 0),
                         sign ? right_of(body) : json_at(body, 1), neg);
        return true;
    }
    return false;
}

/* ---- sets and hierarchy --------------------------------------------------------------------- */

/* The members of a set literal as "A, B or C". */
static struct said say_members(struct talk *t, str attr, bool house, const struct json *items,
                               const char *last)
{
    struct said *l = talk_alloc(t, items->n, sizeof *l);

    for (uint32_t i = 0; l && i < items->n; i++)
        l[i] = say_value_of(t, attr, house, json_at(items, i));
    return l ? talk_list(t, last, l, items->n) : SAY(S(""));
}

static struct said say_in(struct talk *t, const struct json *body, bool neg)
{
    const struct json *l = left_of(body), *set = json_get(right_of(body), S("Set"));
    struct said out;

    if (idiom(t, l, "in", right_of(body), neg, &out))
        return out;
    out = set ? say_members(t, STR_NONE, false, set, "prose.or") : say_term(t, right_of(body));
    return talk_either(t, "prose.in", neg, say_term(t, l), out);
}

static struct said say_is(struct talk *t, const struct json *body, bool neg)
{
    struct said type = say_type(t, json_get_str(body, S("entity_type")));
    const struct json *in = json_get(body, S("in"));

    if (in)
        type = talk_say2(t, "prose.is-in", type, say_term(t, in));
    return talk_either(t, "prose.is", neg, say_term(t, left_of(body)), type);
}

static struct said say_has(struct talk *t, const struct json *body, bool neg)
{
    const struct json *attr = json_get(body, S("attr"));
    struct said owner = say_term(t, left_of(body));
    bool context = str_eq(json_get_str(left_of(body), S("Var")), S("context"));

    if (!json_is(attr, J_ARRAY)) {
        owner = say_attr_of(t, owner, json_str(attr), context);
    } else {
        for (uint32_t i = 0; i < attr->n; i++)
            owner = say_attr_of(t, owner, json_str(json_at(attr, i)), context && i == 0);
    }
    return talk_either(t, "prose.has", neg, owner, SAY(S("")));
}

static struct said say_contains(struct talk *t, const struct json *body, bool neg)
{
    const struct json *l = left_of(body), *r = right_of(body), *set = json_get(l, S("Set"));
    struct predicate p;
    struct said out;

    if (set && set->n)
        return talk_either(t, "prose.eq", neg, say_term(t, r),
                           say_members(t, attr_of(r), false, set, "prose.or"));
    if (idiom(t, l, "contains", r, neg, &out))
        return out;
    if (predicate_contains(t, body, &p))
        return talk_either(t, p.key, neg, say_term(t, p.subject), p.what);
    return talk_either(t, "prose.contains", neg, say_term(t, l), say_term(t, r));
}

/* containsAll and containsAny, with a literal set where the house has a phrase for it. */
static struct said say_contains_many(struct talk *t, const struct json *body, bool neg, bool all)
{
    const struct json *get = json_get(left_of(body), S(".")), *set;
    str attr = attr_of(left_of(body)), word;

    set = json_get(right_of(body), S("Set"));
    word = attr.p && set && set->n
               ? talk_word(t, "prose.contains.%.*s%s", STR_FMT(attr), neg ? ".not" : "")
               : STR_NONE;
    if (!word.p)
        return talk_either(t, all ? "prose.contains-all" : "prose.contains-any", neg,
                           say_term(t, left_of(body)), say_term(t, right_of(body)));
    struct said args[] = {say_term(t, left_of(get)),
                          say_members(t, attr, true, set, all ? "prose.and" : "prose.or")};
    return talk_fill(t, word, args, 2);
}

/* ---- texts ---------------------------------------------------------------------------------- */

static bool is_star(const struct json *piece)
{
    return json_is(piece, J_STRING);
}

/* The pattern as it is written, for those that are not plain. */
static struct said say_pattern(struct talk *t, const struct json *pattern)
{
    AUTO(buf) struct buf b = BUF(SAID_MAX);

    for (uint32_t i = 0; i < pattern->n; i++) {
        const struct json *piece = json_at(pattern, i);
        buf_add_str(&b, is_star(piece) ? S("*") : json_get_str(piece, S("Literal")));
    }
    return talk_quoted(t, buf_str(&b));
}

static struct said say_like(struct talk *t, const struct json *body, bool neg)
{
    const struct json *p = json_get(body, S("pattern"));
    struct said subject = say_term(t, left_of(body));
    uint32_t n = p ? p->n : 0;
    bool before = n > 0 && is_star(json_at(p, 0)), after = n > 0 && is_star(json_at(p, n - 1));
    const struct json *text = json_at(p, before);

    if (n != 1u + before + after || is_star(text))
        return talk_either(t, "prose.like", neg, subject, say_pattern(t, p));
    const char *key = before && after ? "prose.like.within"
                      : before        ? "prose.like.ends"
                      : after         ? "prose.like.begins"
                                      : "prose.eq";
    return talk_either(t, key, neg, subject, talk_quoted(t, json_get_str(text, S("Literal"))));
}

/* ---- the rest ------------------------------------------------------------------------------- */

/* An attribute that is true or false: "the partner is a recognised state". */
static struct said say_flag(struct talk *t, const struct json *e, bool neg)
{
    const struct json *body = json_get(e, S("."));
    str attr = json_get_str(body, S("attr"));
    bool context = str_eq(json_get_str(left_of(body), S("Var")), S("context"));
    str word = talk_house_word(t, "prose.flag.%s%.*s%s", context ? "context." : "", STR_FMT(attr),
                               neg ? ".not" : "");

    if (!word.p)
        return talk_either(t, "prose.holds", neg, say_term(t, e), SAY(S("")));
    struct said args[] = {context ? of_var(t, "principal") : say_term(t, left_of(body))};
    return talk_fill(t, word, args, 1);
}

static struct said say_branch(struct talk *t, const struct json *body, bool neg)
{
    struct said args[] = {say_claim(t, (struct claim){json_get(body, S("if")), false}),
                          say_claim(t, (struct claim){json_get(body, S("then")), neg}),
                          say_claim(t, (struct claim){json_get(body, S("else")), neg})};

    return talk_say1(t, "prose.group", talk_say(t, "prose.branch", args, 3));
}

/* isIpv4, isInRange … */
static bool try_test(struct talk *t, str op, const struct json *args, bool neg, struct said *out)
{
    static const str tests[] = {S("isIpv4"), S("isIpv6"), S("isLoopback"), S("isMulticast"),
                                S("isInRange")};

    for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
        char key[64];
        if (!str_eq(op, tests[i]))
            continue;
        snprintf(key, sizeof key, "prose.test.%.*s", STR_FMT(op));
        struct said second = args->n > 1 ? say_term(t, json_at(args, 1)) : SAY(S(""));
        *out = talk_either(t, key, neg, say_term(t, json_at(args, 0)), second);
        return true;
    }
    return false;
}

static bool try_sets(struct talk *t, str op, const struct json *body, bool neg, struct said *out)
{
    if (str_eq(op, S("contains")))
        *out = say_contains(t, body, neg);
    else if (str_eq(op, S("containsAll")))
        *out = say_contains_many(t, body, neg, true);
    else if (str_eq(op, S("containsAny")))
        *out = say_contains_many(t, body, neg, false);
    else if (str_eq(op, S("isEmpty")))
        *out =
            talk_either(t, "prose.empty", neg, say_term(t, json_get(body, S("arg"))), SAY(S("")));
    else if (str_eq(op, S("in")))
        *out = say_in(t, body, neg);
    else
        return false;
    return true;
}

struct said say_leaf(struct talk *t, struct claim c)
{
    const struct json *body = NULL;
    str op = tree_op(c.e, &body);
    struct said out;

    if (str_eq(op, S("==")))
        return say_equal(t, body, c.neg);
    if (str_eq(op, S("!=")))
        return say_equal(t, body, !c.neg);
    if (try_order(t, op, body, c.neg, &out) || try_sets(t, op, body, c.neg, &out) ||
        try_test(t, op, body, c.neg, &out))
        return out;
    if (str_eq(op, S("is")))
        return say_is(t, body, c.neg);
    if (str_eq(op, S("has")))
        return say_has(t, body, c.neg);
    if (str_eq(op, S("like")))
        return say_like(t, body, c.neg);
    if (str_eq(op, S("hasTag")))
        return talk_either(t, "prose.has-tag", c.neg, say_term(t, left_of(body)),
                           say_term(t, right_of(body)));
    if (str_eq(op, S(".")))
        return say_flag(t, c.e, c.neg);
    if (str_eq(op, S("if-then-else")))
        return say_branch(t, body, c.neg);
    if (json_is(json_get(c.e, S("Value")), J_BOOL))
        return talk_say0(t, body->b != c.neg ? "prose.always" : "prose.never");
    return denied(t, talk_say1(t, "prose.holds", say_term(t, c.e)), c.neg);
}
