/* compile.c - from JSON to nodes
 *
 * node_at() makes an empty node for a place and queues it; the main loop fills them one after
 * another, so that neither cycles nor long chains of references cost recursion.
 */
#include "schema/compile_int.h"

#include <stdlib.h>

#include "base/world.h"

static enum err node_at(struct compiler *c, const struct json *j, const struct node **out)
{
    struct place *p = place_find(c, j);

    if (!p)
        return schema_bad(c, j, "a schema is an object, true or false");
    if (!p->node) {
        if (c->n_nodes++ == (c->options->max_nodes ? c->options->max_nodes : 20000))
            return fault(c->f, ERR_LIMIT, "more subschemas than allowed");
        if (c->n_pending == c->pending_room) {
            size_t room = c->pending_room ? c->pending_room * 2 : 64;
            const struct json **grown = realloc(c->pending, room * sizeof *grown);
            if (!grown)
                return fault(c->f, ERR_MEMORY, "out of memory");
            c->pending = grown;
            c->pending_room = room;
        }
        p->node = arena_new_of(c->arena, struct node);
        TRY_PTR(p->node, c->f);
        p->node->resource = p->resource;
        p->resource->compiled = true;
        c->pending[c->n_pending++] = j;
    }
    *out = p->node;
    return OK;
}

/* A subschema, if the keyword is there. */
static enum err sub(struct compiler *c, const struct json *s, str keyword, const struct node **out)
{
    const struct json *j = json_get(s, keyword);

    return j ? node_at(c, j, out) : OK;
}

static enum err sub_list(struct compiler *c, const struct json *s, str keyword,
                         const struct node ***out, uint32_t *out_n)
{
    const struct json *j = json_get(s, keyword);

    if (!j)
        return OK;
    if (j->type != J_ARRAY || j->n == 0)
        return schema_bad(c, j, "%.*s wants a list of schemas", STR_FMT(keyword));
    *out = arena_zalloc(c->arena, j->n, sizeof **out);
    TRY_PTR(*out, c->f);
    for (uint32_t i = 0; i < j->n; i++)
        TRY(node_at(c, &j->items[i], &(*out)[i]));
    *out_n = j->n;
    return OK;
}

/* A number of things: a whole number, not negative. Out keeps its default if absent. */
static enum err count_of(struct compiler *c, const struct json *s, str keyword, uint64_t *out)
{
    const struct json *j = json_get(s, keyword);

    if (!j)
        return OK;
    bool number = j->type == J_INT || j->type == J_REAL;
    if (!number || !number_is_integer(j) || (j->type == J_INT ? j->i < 0 : j->d < 0))
        return schema_bad(c, j, "%.*s wants a whole number", STR_FMT(keyword));
    *out = j->type == J_INT ? (uint64_t)j->i : j->d >= 0x1p63 ? UINT64_MAX : (uint64_t)j->d;
    return OK;
}

static enum err number_of(struct compiler *c, const struct json *s, str keyword,
                          const struct json **out)
{
    const struct json *j = json_get(s, keyword);

    if (j && j->type != J_INT && j->type != J_REAL)
        return schema_bad(c, j, "%.*s wants a number", STR_FMT(keyword));
    *out = j;
    return OK;
}

static bool has_any(const struct json *s, const char *const *keywords)
{
    for (; *keywords; keywords++)
        if (json_get(s, str_of(*keywords)))
            return true;
    return false;
}

#define HAS_ANY(s, ...) has_any((s), (const char *const[]){__VA_ARGS__, NULL})

static enum err add_pattern(struct compiler *c, const struct json *at, str text,
                            const struct pattern **out)
{
    struct schema *s = c->out;
    struct pattern *p = arena_new_of(c->arena, struct pattern);
    struct fault why = {0};

    TRY_PTR(p, c->f);
    struct pattern **grown = realloc(s->patterns, (s->n_patterns + 1) * sizeof *grown);
    if (!grown)
        return fault(c->f, ERR_MEMORY, "out of memory");
    s->patterns = grown;
    enum err e = pattern_compile(text, p, &why);
    if (e == ERR_SYNTAX)
        return schema_bad(c, at, "%s", why.detail);
    if (e != OK)
        return fault(c->f, e, "%s", why.detail);
    s->patterns[s->n_patterns++] = p;
    *out = p;
    return OK;
}

static unsigned type_bits(str name)
{
    static const struct {
        const char *name;
        unsigned bits;
    } names[] = {{"null", T_NULL},           {"boolean", T_BOOL},  {"integer", T_INT},
                 {"number", T_INT | T_REAL}, {"string", T_STRING}, {"array", T_ARRAY},
                 {"object", T_OBJECT}};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, str_of(names[i].name)))
            return names[i].bits;
    return 0;
}

static enum err fill_type(struct compiler *c, const struct json *s, struct node *n)
{
    const struct json *j = json_get(s, S("type"));
    unsigned bits = 0;

    if (!j)
        return OK;
    for (uint32_t i = 0; i < (j->type == J_ARRAY ? j->n : 1); i++) {
        unsigned one = type_bits(json_str(j->type == J_ARRAY ? &j->items[i] : j));
        if (!one)
            return schema_bad(c, j, "type wants names of types");
        bits |= one;
    }
    n->types = (uint8_t)bits;
    return OK;
}

static enum err fill_values(struct compiler *c, const struct json *s, struct node *n)
{
    const struct json *one = json_get(s, S("const")), *many = json_get(s, S("enum"));
    struct value_rules *v;

    if (!one && !many)
        return OK;
    v = arena_new_of(c->arena, struct value_rules);
    TRY_PTR(v, c->f);
    v->one = one;
    if (many) {
        if (many->type != J_ARRAY)
            return schema_bad(c, many, "enum wants a list");
        v->has_many = true;
        v->n_all = many->n;
        v->many = arena_alloc(c->arena, many->n * sizeof *v->many);
        TRY_PTR(v->many, c->f);
        if (!keys_init(&v->strings, c->arena, many->n))
            return fault(c->f, ERR_MEMORY_LIMIT, "the schema is too large");
        for (uint32_t i = 0; i < many->n; i++) {
            if (many->items[i].type == J_STRING)
                keys_put(&v->strings, json_str(&many->items[i]));
            else
                v->many[v->n_many++] = &many->items[i];
        }
    }
    n->values = v;
    return OK;
}

static enum err fill_number(struct compiler *c, const struct json *s, struct node *n)
{
    struct number_rules *r;

    if (!HAS_ANY(s, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
        return OK;
    r = arena_new_of(c->arena, struct number_rules);
    TRY_PTR(r, c->f);
    TRY(number_of(c, s, S("minimum"), &r->minimum));
    TRY(number_of(c, s, S("maximum"), &r->maximum));
    TRY(number_of(c, s, S("exclusiveMinimum"), &r->above));
    TRY(number_of(c, s, S("exclusiveMaximum"), &r->below));
    TRY(number_of(c, s, S("multipleOf"), &r->multiple_of));
    if (r->multiple_of) {
        r->multiple = decimal_of(r->multiple_of);
        if (r->multiple.mantissa == 0 || r->multiple.negative)
            return schema_bad(c, r->multiple_of, "multipleOf wants a number above 0");
    }
    n->number = r;
    return OK;
}

static enum err fill_string(struct compiler *c, const struct json *s, unsigned voc, struct node *n)
{
    const struct json *pattern = json_get(s, S("pattern")), *format = json_get(s, S("format"));
    struct string_rules *r;

    if (!HAS_ANY(s, "minLength", "maxLength", "pattern", "format"))
        return OK;
    r = arena_new_of(c->arena, struct string_rules);
    TRY_PTR(r, c->f);
    r->max = UINT64_MAX;
    if (voc & VOC_VALIDATION) {
        TRY(count_of(c, s, S("minLength"), &r->min));
        TRY(count_of(c, s, S("maxLength"), &r->max));
        if (pattern && pattern->type != J_STRING)
            return schema_bad(c, pattern, "pattern wants a string");
        if (pattern)
            TRY(add_pattern(c, pattern, json_str(pattern), &r->pattern));
    }
    if (format && format->type != J_STRING)
        return schema_bad(c, format, "format wants a name");
    if (format && (c->options->assert_formats || voc & VOC_FORMAT_ASSERT)) {
        r->format_name = json_str(format);
        r->format = format_find(r->format_name);
    }
    n->string = r;
    return OK;
}

static enum err fill_array(struct compiler *c, const struct json *s, unsigned voc, struct node *n)
{
    struct array_rules *r;

    if (!HAS_ANY(s, "minItems", "maxItems", "uniqueItems", "prefixItems", "items", "contains"))
        return OK;
    r = arena_new_of(c->arena, struct array_rules);
    TRY_PTR(r, c->f);
    r->max = r->max_contains = UINT64_MAX;
    r->min_contains = 1;
    if (voc & VOC_VALIDATION) {
        TRY(count_of(c, s, S("minItems"), &r->min));
        TRY(count_of(c, s, S("maxItems"), &r->max));
        TRY(count_of(c, s, S("minContains"), &r->min_contains));
        TRY(count_of(c, s, S("maxContains"), &r->max_contains));
        const struct json *unique = json_get(s, S("uniqueItems"));
        if (unique && unique->type != J_BOOL)
            return schema_bad(c, unique, "uniqueItems wants true or false");
        r->unique = unique && unique->b;
    }
    if (voc & VOC_APPLICATOR) {
        TRY(sub_list(c, s, S("prefixItems"), &r->prefix, &r->n_prefix));
        TRY(sub(c, s, S("items"), &r->items));
        TRY(sub(c, s, S("contains"), &r->contains));
    }
    n->array = r;
    return OK;
}

static enum err names_of(struct compiler *c, const struct json *j, const char *keyword,
                         const str **out, uint32_t *out_n)
{
    if (j->type != J_ARRAY)
        return schema_bad(c, j, "%s wants a list of names", keyword);
    str *names = arena_alloc(c->arena, j->n * sizeof *names);
    TRY_PTR(names, c->f);
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->items[i].type != J_STRING)
            return schema_bad(c, j, "%s wants a list of names", keyword);
        names[i] = json_str(&j->items[i]);
    }
    *out = names;
    *out_n = j->n;
    return OK;
}

/* A keyword that holds an object; NULL if it is absent or its vocabulary is off. */
static enum err object_of(struct compiler *c, const struct json *s, const char *keyword, bool on,
                          const struct json **out)
{
    const struct json *j = on ? json_get(s, str_of(keyword)) : NULL;

    if (j && j->type != J_OBJECT)
        return schema_bad(c, j, "%s wants an object", keyword);
    *out = j;
    return OK;
}

static enum err fill_keys(struct compiler *c, const struct json *s, unsigned voc,
                          struct object_rules *r)
{
    const struct json *properties = NULL, *required = json_get(s, S("required"));

    TRY(object_of(c, s, "properties", voc & VOC_APPLICATOR, &properties));
    if (required && voc & VOC_VALIDATION)
        TRY(names_of(c, required, "required", &r->required, &r->n_required));
    size_t n = (properties ? properties->n : 0) + r->n_required;
    if (n == 0)
        return OK;
    if (!keys_init(&r->keys, c->arena, n))
        return fault(c->f, ERR_MEMORY_LIMIT, "the schema is too large");
    for (uint32_t i = 0; properties && i < properties->n; i++)
        TRY(node_at(c, &properties->members[i].value,
                    &keys_put(&r->keys, properties->members[i].key)->schema));
    for (uint32_t i = 0; i < r->n_required; i++)
        keys_put(&r->keys, r->required[i])->required = (int)i;
    return OK;
}

static enum err fill_patterns(struct compiler *c, const struct json *s, struct object_rules *r)
{
    const struct json *j = NULL;

    TRY(object_of(c, s, "patternProperties", true, &j));
    if (!j)
        return OK;
    struct pattern_property *p = arena_zalloc(c->arena, j->n, sizeof *p);
    TRY_PTR(p, c->f);
    for (uint32_t i = 0; i < j->n; i++) {
        TRY(add_pattern(c, &j->members[i].value, j->members[i].key, &p[i].pattern));
        TRY(node_at(c, &j->members[i].value, &p[i].schema));
    }
    r->patterns = p;
    r->n_patterns = j->n;
    return OK;
}

static enum err fill_dependencies(struct compiler *c, const struct json *s, unsigned voc,
                                  struct object_rules *r)
{
    const struct json *names = NULL, *schemas = NULL;

    TRY(object_of(c, s, "dependentRequired", voc & VOC_VALIDATION, &names));
    TRY(object_of(c, s, "dependentSchemas", voc & VOC_APPLICATOR, &schemas));
    size_t n = (names ? names->n : 0) + (schemas ? schemas->n : 0);
    if (n == 0)
        return OK;
    struct dependency *d = arena_zalloc(c->arena, n, sizeof *d), *at = d;
    TRY_PTR(d, c->f);
    for (uint32_t i = 0; names && i < names->n; i++, at++) {
        at->key = names->members[i].key;
        TRY(names_of(c, &names->members[i].value, "dependentRequired", &at->required,
                     &at->n_required));
    }
    for (uint32_t i = 0; schemas && i < schemas->n; i++, at++) {
        at->key = schemas->members[i].key;
        TRY(node_at(c, &schemas->members[i].value, &at->schema));
    }
    r->dependencies = d;
    r->n_dependencies = (uint32_t)n;
    return OK;
}

static enum err fill_object(struct compiler *c, const struct json *s, unsigned voc, struct node *n)
{
    struct object_rules *r;

    if (!HAS_ANY(s, "properties", "required", "minProperties", "maxProperties", "patternProperties",
                 "additionalProperties", "propertyNames", "dependentRequired", "dependentSchemas"))
        return OK;
    r = arena_new_of(c->arena, struct object_rules);
    TRY_PTR(r, c->f);
    r->max = UINT64_MAX;
    TRY(fill_keys(c, s, voc, r));
    TRY(fill_dependencies(c, s, voc, r));
    if (voc & VOC_VALIDATION) {
        TRY(count_of(c, s, S("minProperties"), &r->min));
        TRY(count_of(c, s, S("maxProperties"), &r->max));
    }
    if (voc & VOC_APPLICATOR) {
        TRY(fill_patterns(c, s, r));
        TRY(sub(c, s, S("additionalProperties"), &r->additional));
        TRY(sub(c, s, S("propertyNames"), &r->names));
    }
    n->object = r;
    return OK;
}

static enum err fill_dynamic(struct compiler *c, const struct json *s, struct resource *from,
                             const struct dynamic_ref **out)
{
    const struct json *j = json_get(s, S("$dynamicRef"));
    const struct anchor *anchor = NULL;
    struct place p = {0};

    if (!j)
        return OK;
    if (j->type != J_STRING)
        return schema_bad(c, j, "$dynamicRef wants a reference");
    TRY(load_reference(c, j, from, json_str(j), &p, &anchor));
    struct dynamic_ref *d = arena_new_of(c->arena, struct dynamic_ref);
    TRY_PTR(d, c->f);
    TRY(node_at(c, p.json, &d->target));
    d->name = anchor ? anchor->name : STR_NONE;
    if (anchor)
        c->out->dynamic = true;
    *out = d;
    return OK;
}

static enum err fill_applied(struct compiler *c, const struct json *s, struct resource *from,
                             struct node *n)
{
    const struct json *ref = json_get(s, S("$ref"));
    const struct anchor *anchor = NULL;
    struct applied *a;
    struct place p = {0};

    if (!HAS_ANY(s, "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if"))
        return OK;
    a = arena_new_of(c->arena, struct applied);
    TRY_PTR(a, c->f);
    if (ref && ref->type != J_STRING)
        return schema_bad(c, ref, "$ref wants a reference");
    if (ref) {
        TRY(load_reference(c, ref, from, json_str(ref), &p, &anchor));
        TRY(node_at(c, p.json, &a->ref));
    }
    TRY(fill_dynamic(c, s, from, &a->dynamic));
    if (from->vocabularies & VOC_APPLICATOR) {
        TRY(sub_list(c, s, S("allOf"), &a->all.nodes, &a->all.n));
        TRY(sub_list(c, s, S("anyOf"), &a->any.nodes, &a->any.n));
        TRY(sub_list(c, s, S("oneOf"), &a->one.nodes, &a->one.n));
        TRY(sub(c, s, S("not"), &a->excluded));
        TRY(sub(c, s, S("if"), &a->when));
        if (a->when) {
            TRY(sub(c, s, S("then"), &a->then));
            TRY(sub(c, s, S("else"), &a->otherwise));
        }
    }
    n->applied = a;
    return OK;
}

static void set_shortcuts(struct node *n)
{
    const struct applied *a = n->applied;
    bool leaf = !n->values && !n->array && !n->object && !n->unevaluated_items &&
                !n->unevaluated_properties;

    n->plain = leaf && !a;
    n->detour = leaf && a && a->ref && !n->string && !n->number && n->types == T_ALL &&
                !a->dynamic && !a->all.n && !a->any.n && !a->one.n && !a->excluded && !a->when;
}

static enum err fill(struct compiler *c, const struct json *s, struct node *n,
                     struct resource *from)
{
    unsigned voc = from->vocabularies;

    n->types = T_ALL;
    if (s->type == J_BOOL) {
        n->never = !s->b;
        return OK;
    }
    if (voc & VOC_VALIDATION) {
        TRY(fill_type(c, s, n));
        TRY(fill_values(c, s, n));
        TRY(fill_number(c, s, n));
    }
    TRY(fill_string(c, s, voc, n));
    TRY(fill_array(c, s, voc, n));
    TRY(fill_object(c, s, voc, n));
    TRY(fill_applied(c, s, from, n));
    if (voc & VOC_UNEVALUATED) {
        TRY(sub(c, s, S("unevaluatedItems"), &n->unevaluated_items));
        TRY(sub(c, s, S("unevaluatedProperties"), &n->unevaluated_properties));
    }
    set_shortcuts(n);
    return OK;
}

static enum err fill_pending(struct compiler *c)
{
    while (c->n_pending) {
        const struct json *j = c->pending[--c->n_pending];
        struct place p = *place_find(c, j); /* a copy: the table may move meanwhile */
        TRY(fill(c, j, p.node, p.resource));
    }
    return OK;
}

/* Any resource that a check can pass through may answer a $dynamicRef. */
static enum err compile_anchors(struct compiler *c)
{
    bool grew = c->out->dynamic;

    while (grew) {
        grew = false;
        for (struct resource *r = c->out->resources; r; r = r->next)
            for (struct anchor *a = r->anchors; a; a = a->next)
                if (r->compiled && a->dynamic && !a->node) {
                    TRY(node_at(c, a->json, &a->node));
                    grew = true;
                }
        TRY(fill_pending(c));
    }
    return OK;
}

static enum err run(struct compiler *c, const struct json *root)
{
    const struct json *copy = NULL;
    str base = c->options->base_uri.n ? c->options->base_uri : S("urn:sifara:schema");

    if (root->type != J_OBJECT && root->type != J_BOOL)
        return fault(c->f, ERR_SYNTAX, "a schema is an object, true or false");
    TRY(load_document(c, root, base, &copy));
    TRY(node_at(c, copy, &c->out->root));
    TRY(fill_pending(c));
    return compile_anchors(c);
}

enum err schema_compile(const struct json *root, const struct schema_options *options,
                        struct schema **out, struct fault *f)
{
    static const struct schema_options none;
    struct compiler c = {.options = options ? options : &none, .f = f};

    c.out = calloc(1, sizeof *c.out);
    if (!c.out)
        return fault(f, ERR_MEMORY, "out of memory");
    c.arena = arena_new(c.options->max_memory ? c.options->max_memory : (size_t)64 << 20);
    c.out->arena = c.arena;
    c.out->max_steps = c.options->max_steps > 0 ? c.options->max_steps : 5000000;
    world_random(&world_real, &c.out->seed, sizeof c.out->seed);
    enum err e = c.arena ? run(&c, root) : fault(f, ERR_MEMORY, "out of memory");
    free(c.places);
    free(c.pending);
    if (e == OK)
        *out = c.out;
    else
        schema_free(c.out);
    return e;
}

void schema_free(struct schema *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_patterns; i++)
        pattern_free(s->patterns[i]);
    free(s->patterns);
    arena_free(s->arena);
    free(s);
}
