/* compare_dims.c - which values of which attributes are asked about */
#include <stdio.h>

#include "policy/compare_int.h"

/* ---- what policies compare with ------------------------------------------------------------ */

static bool mentioned(const struct work *w, const struct scene *s, str attribute)
{
    const struct policy *was = w->ask->was.policy, *is = w->ask->is.policy;

    return cedar_mentions(policy_set(is), &s->about, attribute) ||
           (was && cedar_mentions(policy_set(was), &s->about, attribute));
}

static bool there(const struct cedar_value *list, size_t n, const struct cedar_value *v)
{
    for (size_t i = 0; i < n; i++)
        if (cedar_same(&list[i], v))
            return true;
    return false;
}

enum err compare_literals(struct work *w, const struct cedar_about *about, str variable,
                          str attribute, struct cedar_value *out, size_t max, size_t *out_n)
{
    const struct policy *const of[] = {w->ask->is.policy, w->ask->was.policy};
    struct cedar_value tested;

    *out_n = 0;
    for (size_t i = 0; i < ARRAY_LEN(of) && of[i]; i++) {
        TRY_PTR(cedar_tested(policy_set(of[i]), about, variable, attribute, w->arena, &tested) ==
                    OK,
                w->fault);
        for (uint32_t k = 0; k < tested.n; k++) {
            if (there(out, *out_n, &tested.items[k]))
                continue;
            if (*out_n == max)
                return fault(w->fault, ERR_LIMIT, "%.*s is compared with more than %zu values",
                             STR_FMT(attribute), max);
            out[(*out_n)++] = tested.items[k];
        }
    }
    return OK;
}

/* ---- choices ------------------------------------------------------------------------------- */

/* Choices of one attribute while they are gathered. */
struct list {
    struct compare_choice items[CHOICES_MAX];
    size_t n;
    bool full;
};

static void add(struct list *l, struct compare_choice c)
{
    if (l->n == CHOICES_MAX)
        l->full = true;
    else
        l->items[l->n++] = c;
}

static void add_kind(struct list *l, enum choice_kind kind)
{
    add(l, (struct compare_choice){.kind = kind});
}

static void add_number(struct list *l, int64_t n)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].kind == CHOICE_NUMBER && l->items[i].number == n)
            return;
    add(l, (struct compare_choice){.kind = CHOICE_NUMBER, .number = n});
}

static void add_numbers(struct list *l, const struct cedar_value *literals, size_t n)
{
    add_number(l, 0);
    add_number(l, 1);
    for (size_t i = 0; i < n; i++) {
        if (literals[i].type != CEDAR_LONG)
            continue;
        if (literals[i].i > INT64_MIN)
            add_number(l, literals[i].i - 1);
        add_number(l, literals[i].i);
        if (literals[i].i < INT64_MAX)
            add_number(l, literals[i].i + 1);
    }
}

static void add_texts(struct list *l, const struct cedar_value *literals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (literals[i].type == CEDAR_STRING)
            add(l, (struct compare_choice){.kind = CHOICE_TEXT,
                                           .text = {literals[i].s, literals[i].n}});
}

/* Home is a choice already. */
static void add_named(struct list *l, str type, str home, const struct cedar_value *literals,
                      size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (literals[i].type == CEDAR_ENTITY && str_eq(literals[i].uid->type, type) &&
            !(home.p && str_eq(literals[i].uid->id, home)))
            add(l, (struct compare_choice){.kind = CHOICE_TEXT, .text = literals[i].uid->id});
}

static void add_entities(struct work *w, const struct scene *s, str type, struct list *l,
                         const struct cedar_value *literals, size_t n)
{
    bool officer = str_eq(s->about.env.principal, S("Sifara::Officer"));
    str id;

    if (cedar_schema_enum(w->ask->schema, type, 0, &id)) {
        for (size_t i = 0; cedar_schema_enum(w->ask->schema, type, i, &id); i++)
            add(l, (struct compare_choice){.kind = CHOICE_TEXT, .text = id});
        return;
    }
    if (str_eq(type, S("Sifara::State"))) {
        add_kind(l, CHOICE_HOME);
        if (s->partner)
            add_kind(l, CHOICE_PARTNER);
        add_kind(l, CHOICE_THIRD);
    } else if (str_eq(type, S("Sifara::Mission")) && officer) {
        add_kind(l, CHOICE_OWN);
        add_kind(l, CHOICE_ELSE);
    } else {
        if (str_eq(type, s->about.env.principal))
            add_kind(l, CHOICE_SELF);
        add_kind(l, CHOICE_ANOTHER);
    }
    add_named(l, type, str_eq(type, S("Sifara::State")) ? w->ask->home : STR_NONE, literals, n);
}

static void add_sets(const struct scene *s, const struct cedar_shape *shape, struct list *l)
{
    add_kind(l, CHOICE_EMPTY);
    if (shape->element == CEDAR_STRING)
        add_kind(l, CHOICE_ALL);
    if (s->partner && str_eq(shape->of, S("Sifara::Organisation")))
        add_kind(l, CHOICE_ITS);
}

static enum err fill(struct work *w, const struct scene *s, struct dim *d, struct list *l)
{
    static const char *const variables[] = {
        [OF_PRINCIPAL] = "principal", [OF_RESOURCE] = "resource", [OF_CONTEXT] = "context"};
    struct cedar_value literals[CHOICES_MAX];
    str variable = d->of == OF_PARTNER ? STR_NONE : str_of(variables[d->of]);
    size_t n;

    TRY(compare_literals(w, &s->about, variable, d->shape.name, literals, CHOICES_MAX, &n));
    if (!d->shape.required)
        add_kind(l, CHOICE_ABSENT);
    switch (d->shape.type) {
    case CEDAR_BOOL:
        if (d->shape.required)
            add_kind(l, CHOICE_NO);
        add_kind(l, CHOICE_YES);
        return OK;
    case CEDAR_LONG:
        add_numbers(l, literals, n);
        return OK;
    case CEDAR_STRING:
        add_kind(l, CHOICE_OTHER);
        add_texts(l, literals, n);
        return OK;
    case CEDAR_ENTITY:
        add_entities(w, s, d->shape.of, l, literals, n);
        return OK;
    case CEDAR_SET:
        add_sets(s, &d->shape, l);
        return OK;
    default:
        return fault(w->fault, ERR_INVALID, "values of %.*s cannot be enumerated",
                     STR_FMT(d->shape.name));
    }
}

/* One choice where circumstances are usual: a flag that may be absent is, a text that may be absent
 * is not; one unit is asked for and free; nothing is owed. */
static void make_usual(const struct dim *d, struct list *l)
{
    if ((d->of != OF_CONTEXT && d->of != OF_PARTNER) || l->n < 2)
        return;
    if (d->shape.type == CEDAR_LONG)
        l->items[0] = (struct compare_choice){.kind = CHOICE_NUMBER, .number = d->of == OF_CONTEXT};
    else if (d->shape.required)
        return;
    else if (d->shape.type == CEDAR_STRING)
        l->items[0] = l->items[1];
    l->n = 1;
}

/* Keeps the choices; the first alone where no policy looks at the attribute. */
static enum err keep(struct work *w, struct scene *s, struct dim *d, struct list *l)
{
    bool looked_at = d->of == OF_RESOURCE_ID || mentioned(w, s, d->shape.name);

    if (w->ask->usual)
        make_usual(d, l);
    size_t n = looked_at || l->n == 0 ? l->n : 1;

    if (l->full || s->n_dims == DIMS_MAX)
        return fault(w->fault, ERR_LIMIT, "%.*s: more values or attributes than can be enumerated",
                     STR_FMT(s->about.env.action.id));
    struct compare_choice *c = arena_alloc(w->arena, n * sizeof *c);
    TRY_PTR(c, w->fault);
    memcpy(c, l->items, n * sizeof *c);
    d->choices = c;
    d->n = n;
    s->dims[s->n_dims++] = *d;
    return OK;
}

/* ---- what was given ------------------------------------------------------------------------ */

static bool fits(const struct json *v, const struct cedar_shape *shape)
{
    enum cedar_type type = shape->type == CEDAR_SET ? shape->element : shape->type;

    if (shape->type == CEDAR_SET) {
        if (!json_is(v, J_ARRAY))
            return false;
        for (uint32_t i = 0; i < v->n; i++)
            if (!json_is(json_at(v, i), J_STRING))
                return false;
        return type == CEDAR_STRING || (type == CEDAR_ENTITY && shape->of.p);
    }
    return (type == CEDAR_BOOL && json_is(v, J_BOOL)) ||
           (type == CEDAR_LONG && json_is(v, J_INT)) ||
           ((type == CEDAR_STRING || type == CEDAR_ENTITY) && json_is(v, J_STRING));
}

static bool enumerated(const struct cedar_schema *schema, str type, str id)
{
    str known;
    size_t i = 0;

    for (; cedar_schema_enum(schema, type, i, &known); i++)
        if (str_eq(known, id))
            return true;
    return i == 0;
}

static enum err given(struct work *w, const struct dim *d, const struct json *v, struct list *l)
{
    char pointer[96];

    snprintf(pointer, sizeof pointer, "/%.*s", (int)(d->shape.name.n < 80 ? d->shape.name.n : 80),
             d->shape.name.p);
    if (!fits(v, &d->shape))
        return fault_at(w->fault, ERR_INVALID, pointer, "not a value that the attribute can have");
    if (d->shape.type == CEDAR_ENTITY && !enumerated(w->ask->schema, d->shape.of, json_str(v)))
        return fault_at(w->fault, ERR_INVALID, pointer, "the schema has no such value");
    add(l, (struct compare_choice){.kind = CHOICE_GIVEN, .given = v});
    return OK;
}

/* ---- attributes ---------------------------------------------------------------------------- */

static enum err add_dim(struct work *w, struct scene *s, enum compare_of of,
                        const struct cedar_shape *shape)
{
    struct dim d = {.of = of, .shape = *shape};
    struct list l = {0};
    const struct json *v = of == OF_RESOURCE ? json_get(w->ask->fixed, shape->name) : NULL;

    if (v)
        TRY(given(w, &d, v, &l));
    else
        TRY(fill(w, s, &d, &l));
    return keep(w, s, &d, &l);
}

/* One role after the other; all at once in an act towards a partner. */
static enum err add_roles(struct work *w, struct scene *s, const struct cedar_shape *shape)
{
    struct dim d = {.of = OF_PRINCIPAL, .shape = *shape};
    struct list l = {0};

    if (w->ask->role.p)
        add(&l, (struct compare_choice){.kind = CHOICE_TEXT, .text = w->ask->role});
    else if (s->partner)
        add_kind(&l, CHOICE_ALL);
    else
        add_kind(&l, CHOICE_OTHER);
    for (size_t i = 0; !w->ask->role.p && !s->partner && i < w->n_roles; i++)
        add(&l, (struct compare_choice){.kind = CHOICE_TEXT, .text = w->roles[i]});
    return keep(w, s, &d, &l);
}

static enum err principal_dims(struct work *w, struct scene *s)
{
    struct cedar_shape shape;

    for (size_t i = 0; cedar_schema_attr(w->ask->schema, s->about.env.principal, i, &shape); i++) {
        if (str_eq(shape.name, S("roles")) && shape.element == CEDAR_STRING)
            TRY(add_roles(w, s, &shape));
        else if (str_eq(shape.of, S("Sifara::Mission")))
            continue; /* missions are told by whether they are the officer's own */
        else
            TRY(add_dim(w, s, OF_PRINCIPAL, &shape));
    }
    return OK;
}

static enum err resource_dims(struct work *w, struct scene *s)
{
    struct cedar_shape shape;

    if (!w->ask->resource_id.p && str_eq(s->about.env.resource, S("Sifara::Mission")) &&
        str_eq(s->about.env.principal, S("Sifara::Officer"))) {
        struct dim d = {.of = OF_RESOURCE_ID, .shape = {.name = S("mission"), .required = true}};
        struct list l = {0};
        add_kind(&l, CHOICE_OWN);
        add_kind(&l, CHOICE_ELSE);
        TRY(keep(w, s, &d, &l));
    }
    for (size_t i = 0; cedar_schema_attr(w->ask->schema, s->about.env.resource, i, &shape); i++)
        TRY(add_dim(w, s, OF_RESOURCE, &shape));
    return OK;
}

static enum err context_dims(struct work *w, struct scene *s)
{
    struct cedar_shape shape;

    for (size_t i = 0; cedar_schema_context(w->ask->schema, &s->about.env.action, i, &shape); i++)
        if (!str_eq(shape.name, S("now")) && !str_eq(shape.name, S("strong")) &&
            !str_eq(shape.name, S("undertakings")) &&
            !(s->partner && str_eq(shape.name, S("partner"))))
            TRY(add_dim(w, s, OF_CONTEXT, &shape));
    if (s->partner)
        TRY(add_dim(
            w, s, OF_PARTNER,
            &(struct cedar_shape){.name = S("balance"), .required = true, .type = CEDAR_LONG}));
    return OK;
}

/* Every attribute given must be one of the type's. */
static enum err check_given(struct work *w, const struct scene *s)
{
    const struct json *fixed = w->ask->fixed;
    struct cedar_shape shape;

    for (uint32_t k = 0; fixed && k < fixed->n; k++) {
        bool known = false;
        for (size_t i = 0; cedar_schema_attr(w->ask->schema, s->about.env.resource, i, &shape); i++)
            known |= str_eq(shape.name, fixed->members[k].key);
        if (!known)
            return fault(w->fault, ERR_INVALID, "%.*s has no attribute \"%.*s\"",
                         STR_FMT(bare(s->about.env.resource)),
                         (int)(fixed->members[k].key.n < 60 ? fixed->members[k].key.n : 60),
                         fixed->members[k].key.p);
    }
    return OK;
}

enum err compare_dims(struct work *w, struct scene *s)
{
    TRY(check_given(w, s));
    TRY(principal_dims(w, s));
    TRY(resource_dims(w, s));
    TRY(context_dims(w, s));
    s->n_cases = 1;
    for (size_t i = 0; i < s->n_dims; i++) {
        s->n_cases *= s->dims[i].n;
        if (s->n_cases > CASES_MAX)
            return fault(w->fault, ERR_LIMIT, "%.*s: too many cases; fix some attributes",
                         STR_FMT(s->about.env.action.id));
    }
    return OK;
}
