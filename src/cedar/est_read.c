/* est_read.c - policies from the JSON policy format
 *
 * A policy is turned into its text, with parentheses around every operand, parsed, and printed
 * canonically; the set is made of those texts. So there is one parser that decides what a policy
 * is, and places in messages refer to a text that people can read.
 */
#include "cedar/cedar_int.h"

struct reader {
    struct buf text; /* of the policy being read */
    struct fault *fault;
    struct arena *arena;
    str id;
};

static enum err refuse(struct reader *r, const char *why)
{
    return fault(r->fault, ERR_INVALID, "policy '%.*s': %s", STR_FMT(r->id), why);
}

static void put(struct reader *r, str s)
{
    buf_add_str(&r->text, s);
}

static void put_string(struct reader *r, str s)
{
    buf_add_char(&r->text, '"');
    cd_print_string(&r->text, s, false);
    buf_add_char(&r->text, '"');
}

static enum err put_uid(struct reader *r, const struct json *j)
{
    str type = json_get_str(j, S("type")), id = json_get_str(j, S("id"));

    if (json_get(j, S("__entity")))
        return put_uid(r, json_get(j, S("__entity")));
    if (!id.p || !type.p || !cd_is_path(type))
        return refuse(r, "an entity is written {\"type\": …, \"id\": …}");
    put(r, type);
    put(r, S("::"));
    put_string(r, id);
    return OK;
}

/* ---- values ---------------------------------------------------------------------------- */

static enum err put_value(struct reader *r, const struct json *j);

static enum err put_extension(struct reader *r, const struct json *j)
{
    const struct json *arg = json_get(j, S("arg")), *args = json_get(j, S("args"));
    enum cd_fn fn = cd_fn_find(json_get_str(j, S("fn")));
    uint32_t n = args ? args->n : 1;

    if (fn == FN_COUNT || j->n != 2 || !arg == !json_is(args, J_ARRAY) || n == 0)
        return refuse(r, "an extension value is written {\"fn\": …, \"arg\": …}");
    put(r, S("("));
    if (fn > FN_DURATION)
        TRY(put_value(r, args ? json_at(args, 0) : arg));
    put(r, fn > FN_DURATION ? S(").") : S(""));
    put(r, cd_fns[fn].name);
    put(r, S("("));
    for (uint32_t i = fn > FN_DURATION; i < n; i++) {
        put(r, i > (fn > FN_DURATION) ? S(", ") : S(""));
        TRY(put_value(r, args ? json_at(args, i) : arg));
    }
    put(r, fn > FN_DURATION ? S(")") : S("))"));
    return OK;
}

static enum err put_value_object(struct reader *r, const struct json *j)
{
    if (j->n == 1 && json_get(j, S("__entity")))
        return put_uid(r, json_get(j, S("__entity")));
    if (j->n == 1 && json_get(j, S("__extn")))
        return put_extension(r, json_get(j, S("__extn")));
    put(r, S("{"));
    for (uint32_t i = 0; i < j->n; i++) {
        put_string(r, j->members[i].key);
        put(r, S(": "));
        TRY(put_value(r, &j->members[i].value));
        put(r, S(", "));
    }
    put(r, S("}"));
    return OK;
}

static enum err put_value(struct reader *r, const struct json *j)
{
    switch (j->type) {
    case J_NULL:
    case J_REAL:
        return refuse(r, "a value is a truth value, integer, string, list or object");
    case J_BOOL:
        put(r, j->b ? S("true") : S("false"));
        return OK;
    case J_INT:
        buf_printf(&r->text, "%lld", (long long)j->i);
        return OK;
    case J_STRING:
        put_string(r, json_str(j));
        return OK;
    case J_ARRAY:
        put(r, S("["));
        for (uint32_t i = 0; i < j->n; i++) {
            TRY(put_value(r, &j->items[i]));
            put(r, S(", "));
        }
        put(r, S("]"));
        return OK;
    case J_OBJECT:
        return put_value_object(r, j);
    }
    return refuse(r, "unreadable value");
}

/* ---- expressions ----------------------------------------------------------------------- */

static enum err put_expr(struct reader *r, const struct json *j);

/* An operand, in parentheses. */
static enum err operand(struct reader *r, const struct json *j)
{
    put(r, S("("));
    TRY(put_expr(r, j));
    put(r, S(")"));
    return OK;
}

/* The chain below the left side of j, outermost first; NULL where it ends. */
static const struct json *next_link(const struct json *j, str key)
{
    const struct json *left = json_get(j, S("left"));

    return json_is(left, J_OBJECT) && left->n == 1 ? json_get(left, key) : NULL;
}

/* The left operand of a chain of the same operator stands without parentheses, so that a long
 * chain is not deep in the text; the loop goes down the left side. */
static enum err put_chain(struct reader *r, str key, const struct json *j)
{
    size_t n = 0, i = 0;

    for (const struct json *k = j; k; k = next_link(k, key)) {
        if (k->type != J_OBJECT || k->n != 2 || !json_get(k, S("left")) || !json_get(k, S("right")))
            return refuse(r, "an operator has \"left\" and \"right\"");
        n++;
    }
    const struct json **links = arena_alloc(r->arena, n * sizeof(const struct json *));
    TRY_PTR(links, r->fault);
    for (const struct json *k = j; k; k = next_link(k, key))
        links[i++] = k;
    TRY(operand(r, json_get(links[n - 1], S("left"))));
    while (i > 0) {
        buf_printf(&r->text, " %.*s ", STR_FMT(key));
        TRY(operand(r, json_get(links[--i], S("right"))));
    }
    return OK;
}

static enum err put_infix(struct reader *r, str key, const struct json *j)
{
    if (!json_get(j, S("left")) || !json_get(j, S("right")) || j->n != 2)
        return refuse(r, "an operator has \"left\" and \"right\"");
    TRY(operand(r, json_get(j, S("left"))));
    buf_printf(&r->text, " %.*s ", STR_FMT(key));
    return operand(r, json_get(j, S("right")));
}

static enum err put_method(struct reader *r, str key, const struct json *j)
{
    const struct json *arg = json_get(j, S("arg")), *left = json_get(j, S("left"));

    if (!arg == !left || (left && !json_get(j, S("right"))))
        return refuse(r, "an operator has \"left\" and \"right\", or \"arg\"");
    TRY(operand(r, arg ? arg : left));
    buf_printf(&r->text, ".%.*s(", STR_FMT(key));
    if (left)
        TRY(put_expr(r, json_get(j, S("right"))));
    put(r, S(")"));
    return OK;
}

static enum err put_unary(struct reader *r, str key, const struct json *j)
{
    if (!json_get(j, S("arg")) || j->n != 1)
        return refuse(r, "a sign has an \"arg\"");
    put(r, str_eq(key, S("neg")) ? S("-") : S("!"));
    return operand(r, json_get(j, S("arg")));
}

static enum err put_attr(struct reader *r, str key, const struct json *j)
{
    const struct json *attr = json_get(j, S("attr"));

    if (!attr || !json_get(j, S("left")))
        return refuse(r, "attribute access has \"left\" and \"attr\"");
    TRY(operand(r, json_get(j, S("left"))));
    if (str_eq(key, S("."))) {
        if (attr->type != J_STRING)
            return refuse(r, "the attribute is a string");
        put(r, S("["));
        put_string(r, json_str(attr));
        put(r, S("]"));
        return OK;
    }
    put(r, S(" has "));
    if (attr->type == J_STRING) {
        put_string(r, json_str(attr));
        return OK;
    }
    if (attr->type != J_ARRAY || attr->n == 0)
        return refuse(r, "the attribute is a string or a list of names");
    for (uint32_t i = 0; i < attr->n; i++) {
        str name = json_str(&attr->items[i]);
        if (!cd_is_ident(name))
            return refuse(r, "the attribute is a string or a list of names");
        put(r, i ? S(".") : S(""));
        put(r, name);
    }
    return OK;
}

static enum err put_like(struct reader *r, const struct json *j)
{
    const struct json *p = json_get(j, S("pattern"));

    if (!json_get(j, S("left")) || (!json_is(p, J_ARRAY) && !json_is(p, J_STRING)))
        return refuse(r, "like has \"left\" and \"pattern\"");
    TRY(operand(r, json_get(j, S("left"))));
    put(r, S(" like \""));
    if (p->type == J_STRING) { /* the pattern as it stands in a policy text */
        put(r, json_str(p));
        put(r, S("\""));
        return OK;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        str literal = json_get_str(&p->items[i], S("Literal"));
        if (str_eq(json_str(&p->items[i]), S("Wildcard")))
            put(r, S("*"));
        else if (literal.p)
            cd_print_string(&r->text, literal, true);
        else
            return refuse(r, "a pattern is a list of \"Wildcard\" and {\"Literal\": …}");
    }
    put(r, S("\""));
    return OK;
}

static enum err put_is(struct reader *r, const struct json *j)
{
    str type = json_get_str(j, S("entity_type"));

    if (!json_get(j, S("left")) || !cd_is_path(type) || !type.p)
        return refuse(r, "is has \"left\" and \"entity_type\"");
    TRY(operand(r, json_get(j, S("left"))));
    put(r, S(" is "));
    put(r, type);
    if (!json_get(j, S("in")))
        return OK;
    put(r, S(" in "));
    return operand(r, json_get(j, S("in")));
}

static enum err put_if(struct reader *r, const struct json *j)
{
    static const str words[] = {S("if"), S("then"), S("else")};

    for (unsigned i = 0; i < 3; i++) {
        const struct json *part = json_get(j, words[i]);
        if (!part)
            return refuse(r, "if-then-else has \"if\", \"then\" and \"else\"");
        put(r, i ? S(" ") : S(""));
        put(r, words[i]);
        put(r, S(" "));
        TRY(operand(r, part));
    }
    return OK;
}

static enum err put_set(struct reader *r, const struct json *j)
{
    if (j->type != J_ARRAY)
        return refuse(r, "a set is a list");
    put(r, S("["));
    for (uint32_t i = 0; i < j->n; i++) {
        TRY(put_expr(r, &j->items[i]));
        put(r, S(", "));
    }
    put(r, S("]"));
    return OK;
}

static enum err put_record(struct reader *r, const struct json *j)
{
    if (j->type != J_OBJECT)
        return refuse(r, "a record is an object");
    put(r, S("{"));
    for (uint32_t i = 0; i < j->n; i++) {
        put_string(r, j->members[i].key);
        put(r, S(": "));
        TRY(put_expr(r, &j->members[i].value));
        put(r, S(", "));
    }
    put(r, S("}"));
    return OK;
}

static enum err put_function(struct reader *r, str key, const struct json *j)
{
    enum cd_fn fn = cd_fn_find(key);
    bool method = fn > FN_DURATION;

    if (fn == FN_COUNT)
        return refuse(r, "unknown operator or function");
    if (j->type != J_ARRAY || (method && j->n == 0))
        return refuse(r, "the arguments of a function are a list");
    if (method) {
        TRY(operand(r, &j->items[0]));
        put(r, S("."));
    }
    put(r, key);
    put(r, S("("));
    for (uint32_t i = method; i < j->n; i++) {
        put(r, i > method ? S(", ") : S(""));
        TRY(put_expr(r, &j->items[i]));
    }
    put(r, S(")"));
    return OK;
}

static enum err put_var(struct reader *r, const struct json *j)
{
    static const str vars[] = {S("principal"), S("action"), S("resource"), S("context")};

    for (size_t i = 0; i < ARRAY_LEN(vars); i++) {
        if (str_eq(json_str(j), vars[i])) {
            put(r, vars[i]);
            return OK;
        }
    }
    return refuse(r, "unknown variable");
}

enum form { CHAIN, INFIX, METHOD, UNARY, ATTR };

static const struct {
    str key;
    enum form form;
} operators[] = {
    {S("&&"), CHAIN},
    {S("||"), CHAIN},
    {S("+"), CHAIN},
    {S("*"), CHAIN},
    {S("-"), INFIX},
    {S("=="), INFIX},
    {S("!="), INFIX},
    {S("<"), INFIX},
    {S("<="), INFIX},
    {S(">"), INFIX},
    {S(">="), INFIX},
    {S("in"), INFIX},
    {S("contains"), METHOD},
    {S("containsAll"), METHOD},
    {S("containsAny"), METHOD},
    {S("hasTag"), METHOD},
    {S("getTag"), METHOD},
    {S("isEmpty"), METHOD},
    {S("!"), UNARY},
    {S("neg"), UNARY},
    {S("."), ATTR},
    {S("has"), ATTR},
};

static enum err put_operator(struct reader *r, enum form form, str key, const struct json *j)
{
    switch (form) {
    case CHAIN:
        return put_chain(r, key, j);
    case INFIX:
        return put_infix(r, key, j);
    case METHOD:
        return put_method(r, key, j);
    case UNARY:
        return put_unary(r, key, j);
    case ATTR:
        return put_attr(r, key, j);
    }
    return refuse(r, "unknown operator or function");
}

static enum err put_expr(struct reader *r, const struct json *j)
{
    static const struct {
        str key;
        enum err (*put)(struct reader *, const struct json *);
    } others[] = {{S("Value"), put_value},  {S("Var"), put_var},         {S("like"), put_like},
                  {S("is"), put_is},        {S("if-then-else"), put_if}, {S("Set"), put_set},
                  {S("Record"), put_record}};

    if (j->type != J_OBJECT || j->n != 1)
        return refuse(r, "an expression is an object with one member");
    str key = j->members[0].key;
    const struct json *body = &j->members[0].value;
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (str_eq(operators[i].key, key))
            return put_operator(r, operators[i].form, key, body);
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (str_eq(others[i].key, key))
            return others[i].put(r, body);
    }
    return put_function(r, key, body);
}

/* ---- policies -------------------------------------------------------------------------- */

static enum err put_target(struct reader *r, const struct json *j, str var)
{
    str slot = json_get_str(j, S("slot"));

    if (!slot.p)
        return put_uid(r, json_get(j, S("entity")));
    if (slot.n != var.n + 1 || slot.p[0] != '?' || !str_ends(slot, var))
        return refuse(r, "unknown slot");
    put(r, slot);
    return OK;
}

static enum err put_entities(struct reader *r, const struct json *j)
{
    if (j->type != J_ARRAY)
        return refuse(r, "\"entities\" is a list");
    put(r, S("["));
    for (uint32_t i = 0; i < j->n; i++) {
        put(r, i ? S(", ") : S(""));
        TRY(put_uid(r, &j->items[i]));
    }
    put(r, S("]"));
    return OK;
}

static enum err put_scope(struct reader *r, const struct json *j, str var)
{
    str op = json_get_str(j, S("op")), type = json_get_str(j, S("entity_type"));

    put(r, var);
    if (str_eq(op, S("All")) || str_eq(op, S("all")))
        return OK;
    if (str_eq(op, S("is"))) {
        if (!type.p || !cd_is_path(type))
            return refuse(r, "\"is\" needs an \"entity_type\"");
        put(r, S(" is "));
        put(r, type);
        if (!json_get(j, S("in")))
            return OK;
        put(r, S(" in "));
        return put_target(r, json_get(j, S("in")), var);
    }
    if (!str_eq(op, S("==")) && !str_eq(op, S("in")))
        return refuse(r, "unknown \"op\" in the scope");
    buf_printf(&r->text, " %.*s ", STR_FMT(op));
    if (str_eq(op, S("in")) && json_get(j, S("entities")))
        return put_entities(r, json_get(j, S("entities")));
    return put_target(r, j, var);
}

static enum err put_conditions(struct reader *r, const struct json *j)
{
    if (j && j->type != J_ARRAY)
        return refuse(r, "\"conditions\" is a list");
    for (uint32_t i = 0; j && i < j->n; i++) {
        str kind = json_get_str(&j->items[i], S("kind"));
        const struct json *body = json_get(&j->items[i], S("body"));
        if (!body || (!str_eq(kind, S("when")) && !str_eq(kind, S("unless"))))
            return refuse(r, "a condition has \"kind\" and \"body\"");
        buf_printf(&r->text, " %.*s { ", STR_FMT(kind));
        TRY(put_expr(r, body));
        put(r, S(" }"));
    }
    put(r, S(";"));
    return OK;
}

static enum err put_annotations(struct reader *r, const struct json *j)
{
    if (j && j->type != J_OBJECT)
        return refuse(r, "\"annotations\" is an object");
    for (uint32_t i = 0; j && i < j->n; i++) {
        const struct json *v = &j->members[i].value;
        if (!cd_is_ident(j->members[i].key) || (v->type != J_STRING && v->type != J_NULL))
            return refuse(r, "an annotation is a name with a string");
        buf_printf(&r->text, "@%.*s", STR_FMT(j->members[i].key));
        if (v->type == J_STRING) {
            put(r, S("("));
            put_string(r, json_str(v));
            put(r, S(")"));
        }
        put(r, S("\n"));
    }
    return OK;
}

static enum err put_policy(struct reader *r, const struct json *j)
{
    static const str vars[] = {S("principal"), S("action"), S("resource")};
    str effect = json_get_str(j, S("effect"));

    buf_clear(&r->text);
    TRY(put_annotations(r, json_get(j, S("annotations"))));
    if (!str_eq(effect, S("permit")) && !str_eq(effect, S("forbid")))
        return refuse(r, "\"effect\" is permit or forbid");
    put(r, effect);
    for (unsigned i = 0; i < 3; i++) {
        put(r, i ? S(", ") : S(" ("));
        TRY(put_scope(r, json_get(j, vars[i]), vars[i]));
    }
    put(r, S(")"));
    return put_conditions(r, json_get(j, S("conditions")));
}

/* The canonical text of the policy just put, as one source. */
static enum err canonical(struct reader *r, const struct cedar_limits *limits, bool template,
                          struct cedar_source *out)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source raw = {r->id, buf_str(&r->text)};
    struct cedar_limits use = limits ? *limits : cedar_limits_default;

    if (!buf_ok(&r->text))
        return fault(r->fault, ERR_MEMORY_LIMIT, "policy '%.*s' is too large", STR_FMT(r->id));
    TRY(cedar_parse(&raw, 1, &use, &set, r->fault));
    if (set->n + set->n_templates != 1 || (set->n == 0) != template)
        return refuse(r, template ? "a template has a slot" : "a policy has no slot");
    buf_clear(&r->text);
    cd_print_policy(&r->text, template ? set->templates : set->policies);
    out->name = str_copy(r->arena, r->id);
    out->text = str_copy(r->arena, buf_str(&r->text));
    if (!out->name.p || !out->text.p || !buf_ok(&r->text))
        return fault(r->fault, ERR_MEMORY_LIMIT, "policy '%.*s' is too large", STR_FMT(r->id));
    return OK;
}

struct sources {
    struct cedar_source *items;
    str *ids;
    size_t n;
    struct cedar_link *links;
    size_t n_links;
};

static enum err read_all(struct reader *r, const struct json *j, bool template,
                         const struct cedar_limits *limits, struct sources *l)
{
    if (j && j->type != J_OBJECT)
        return refuse(r, "policies are an object");
    for (uint32_t i = 0; j && i < j->n; i++) {
        r->id = j->members[i].key;
        TRY(put_policy(r, &j->members[i].value));
        TRY(canonical(r, limits, template, &l->items[l->n]));
        l->ids[l->n] = l->items[l->n].name;
        l->n++;
    }
    return OK;
}

static enum err read_slot(struct reader *r, const struct json *values, str slot,
                          struct cedar_uid *out)
{
    const struct json *v = json_get(values, slot);

    *out = (struct cedar_uid){0};
    if (!v)
        return OK;
    if (json_get(v, S("__entity")))
        v = json_get(v, S("__entity"));
    str type = json_get_str(v, S("type")), id = json_get_str(v, S("id"));
    if (!type.p || !id.p)
        return refuse(r, "the value of a slot is an entity");
    *out = cedar_uid(type, id);
    return OK;
}

static enum err read_links(struct reader *r, const struct json *j, struct sources *l)
{
    if (j && j->type != J_ARRAY)
        return refuse(r, "\"templateLinks\" is a list");
    for (uint32_t i = 0; j && i < j->n; i++) {
        const struct json *values = json_get(&j->items[i], S("values"));
        struct cedar_link *link = &l->links[l->n_links++];
        link->template_id = json_get_str(&j->items[i], S("templateId"));
        link->id = json_get_str(&j->items[i], S("newId"));
        if (!link->template_id.p || !link->id.p || !json_is(values, J_OBJECT))
            return refuse(r, "a link has \"templateId\", \"newId\" and \"values\"");
        TRY(read_slot(r, values, S("?principal"), &link->principal));
        TRY(read_slot(r, values, S("?resource"), &link->resource));
    }
    return OK;
}

static bool has_slot(const struct json *policy, str var)
{
    const struct json *scope = json_get(policy, var);

    return json_get(scope, S("slot")) || json_get(json_get(scope, S("in")), S("slot"));
}

static enum err read_set(struct reader *r, const struct json *j, const struct cedar_limits *limits,
                         struct sources *l)
{
    const struct json *policies = json_get(j, S("staticPolicies"));
    const struct json *templates = json_get(j, S("templates"));
    const struct json *links = json_get(j, S("templateLinks"));
    bool single = json_get(j, S("effect")) != NULL;
    size_t n = 1 + (policies ? policies->n : 0) + (templates ? templates->n : 0);

    l->items = arena_zalloc(r->arena, n, sizeof *l->items);
    l->ids = arena_zalloc(r->arena, n, sizeof *l->ids);
    l->links = arena_zalloc(r->arena, 1 + (links ? links->n : 0), sizeof *l->links);
    TRY_PTR(l->items && l->ids && l->links, r->fault);
    if (single) {
        r->id = l->ids[0] = S("policy0");
        l->n = 1;
        TRY(put_policy(r, j));
        return canonical(r, limits, has_slot(j, S("principal")) || has_slot(j, S("resource")),
                         l->items);
    }
    if (!policies)
        return refuse(r, "a policy set has \"staticPolicies\"");
    TRY(read_all(r, policies, false, limits, l));
    TRY(read_all(r, templates, true, limits, l));
    return read_links(r, links, l);
}

enum err cedar_set_read(const struct json *j, const struct cedar_limits *limits,
                        struct cedar_set **out, struct fault *f)
{
    const struct cedar_limits *use = limits ? limits : &cedar_limits_default;
    AUTO(arena) struct arena *arena = arena_new(use->memory);
    struct reader r = {.fault = f, .arena = arena, .id = S(""), .text = BUF(use->bytes)};
    struct sources l = {0};
    enum err e;

    if (!arena)
        return fault(f, ERR_MEMORY, "out of memory");
    e = read_set(&r, j, limits, &l);
    if (e == OK)
        e = cd_parse_set(l.items, l.ids, l.n, l.links, l.n_links, limits, out, f);
    buf_done(&r.text);
    return e;
}
