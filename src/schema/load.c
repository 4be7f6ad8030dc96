/* load.c - documents, resources, anchors, references */
#include "schema/compile_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* How a keyword holds subschemas. */
static const struct {
    const char *name;
    enum { ONE, LIST, MAP } shape;
} holders[] = {
    {"$defs", MAP},
    {"definitions", MAP},
    {"properties", MAP},
    {"patternProperties", MAP},
    {"dependentSchemas", MAP},
    {"allOf", LIST},
    {"anyOf", LIST},
    {"oneOf", LIST},
    {"prefixItems", LIST},
    {"not", ONE},
    {"if", ONE},
    {"then", ONE},
    {"else", ONE},
    {"items", ONE},
    {"contains", ONE},
    {"additionalProperties", ONE},
    {"propertyNames", ONE},
    {"unevaluatedItems", ONE},
    {"unevaluatedProperties", ONE},
    {"contentSchema", ONE},
};

static size_t slot_of(const struct compiler *c, const struct json *j)
{
    size_t i = ((uintptr_t)j >> 3) * 0x9e3779b97f4a7c15u >> 20 & (c->room - 1);

    while (c->places[i].json && c->places[i].json != j)
        i = (i + 1) & (c->room - 1);
    return i;
}

struct place *place_find(const struct compiler *c, const struct json *j)
{
    struct place *p = c->room ? &c->places[slot_of(c, j)] : NULL;

    return p && p->json ? p : NULL;
}

static enum err place_add(struct compiler *c, const struct json *j, struct resource *r)
{
    if (c->n_places * 2 >= c->room) {
        struct compiler grown = *c;
        grown.room = c->room ? c->room * 2 : 256;
        grown.places = calloc(grown.room, sizeof *grown.places);
        if (!grown.places)
            return fault(c->f, ERR_MEMORY, "out of memory");
        for (size_t i = 0; i < c->room; i++)
            if (c->places[i].json)
                grown.places[slot_of(&grown, c->places[i].json)] = c->places[i];
        free(c->places);
        c->places = grown.places;
        c->room = grown.room;
    }
    struct place *p = &c->places[slot_of(c, j)];
    if (!p->json) {
        *p = (struct place){.json = j, .resource = r};
        c->n_places++;
    }
    return OK;
}

/* Depth-first for one address; the pointer is built on the way back. Only on errors. */
static bool find_pointer(const struct json *at, const struct json *want, char *out, size_t room)
{
    size_t used = strlen(out);

    if (at == want)
        return true;
    for (uint32_t i = 0; at->type == J_ARRAY && i < at->n; i++) {
        snprintf(out + used, room - used, "/%u", i);
        if (find_pointer(&at->items[i], want, out, room))
            return true;
    }
    for (uint32_t i = 0; at->type == J_OBJECT && i < at->n; i++) {
        snprintf(out + used, room - used, "/%.*s", STR_FMT(at->members[i].key));
        if (find_pointer(&at->members[i].value, want, out, room))
            return true;
    }
    out[used] = 0;
    return false;
}

enum err schema_bad(struct compiler *c, const struct json *at, const char *fmt, ...)
{
    char text[200], pointer[192] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (at && c->root && !find_pointer(c->root, at, pointer, sizeof pointer))
        pointer[0] = 0;
    return fault_at(c->f, ERR_SYNTAX, pointer, "%s", text);
}

/* The parser bounds depth. */
static bool copy_value(struct arena *a, const struct json *from, struct json *to)
{
    *to = *from;
    switch (from->type) {
    case J_NULL:
    case J_BOOL:
    case J_INT:
    case J_REAL:
        return true;
    case J_STRING:
        to->s = str_copy(a, json_str(from)).p;
        return to->s != NULL;
    case J_ARRAY:
        to->items = arena_alloc(a, from->n * sizeof *to->items);
        for (uint32_t i = 0; to->items && i < from->n; i++)
            if (!copy_value(a, &from->items[i], &to->items[i]))
                return false;
        return to->items != NULL;
    case J_OBJECT:
        to->members = arena_alloc(a, from->n * sizeof *to->members);
        for (uint32_t i = 0; to->members && i < from->n; i++) {
            to->members[i].key = str_copy(a, from->members[i].key);
            if (!to->members[i].key.p ||
                !copy_value(a, &from->members[i].value, &to->members[i].value))
                return false;
        }
        return to->members != NULL;
    }
    return false;
}

/* A document by its URI: given ones first, then the draft's own. NULL if there is none. */
static enum err find_source(struct compiler *c, str uri, const struct json **out)
{
    struct json *parsed;

    for (size_t i = 0; i < c->options->n_sources; i++)
        if (str_eq(c->options->sources[i].uri, uri)) {
            *out = c->options->sources[i].json;
            return OK;
        }
    str text = metaschema_text(uri);
    *out = NULL;
    if (!text.p)
        return OK;
    TRY(json_parse(c->arena, text, NULL, &parsed, c->f));
    *out = parsed;
    return OK;
}

static struct resource *find_resource(const struct compiler *c, str uri)
{
    for (struct resource *r = c->out->resources; r; r = r->next)
        if (str_eq(r->uri, uri) || (r->alias.p && str_eq(r->alias, uri)))
            return r;
    return NULL;
}

static unsigned vocabulary_bit(str uri, bool *known)
{
    static const struct {
        const char *name;
        unsigned bit;
    } all[] = {{"core", 0},
               {"applicator", VOC_APPLICATOR},
               {"unevaluated", VOC_UNEVALUATED},
               {"validation", VOC_VALIDATION},
               {"meta-data", 0},
               {"format-annotation", 0},
               {"format-assertion", VOC_FORMAT_ASSERT},
               {"content", 0}};
    str prefix = S("https://json-schema.org/draft/2020-12/vocab/");

    *known = true;
    for (size_t i = 0; i < ARRAY_LEN(all) && str_starts(uri, prefix); i++)
        if (str_eq(str_sub(uri, prefix.n, uri.n), str_of(all[i].name)))
            return all[i].bit;
    *known = false;
    return 0;
}

/* The dialect that $schema names, from the $vocabulary of its metaschema. */
static enum err read_dialect(struct compiler *c, const struct json *at, str uri, unsigned *out)
{
    const struct json *meta = NULL;
    unsigned bits = 0;

    if (str_ends(uri, S("#")))
        uri.n--;
    TRY(find_source(c, uri, &meta));
    if (!meta)
        return schema_bad(c, at, "the dialect %.*s is not known", STR_FMT(uri));
    const struct json *v = json_get(meta, S("$vocabulary"));
    if (!json_is(v, J_OBJECT)) {
        *out = VOC_DEFAULT;
        return OK;
    }
    for (uint32_t i = 0; i < v->n; i++) {
        bool known;
        bits |= vocabulary_bit(v->members[i].key, &known);
        if (!known && v->members[i].value.type == J_BOOL && v->members[i].value.b)
            return schema_bad(c, at, "the dialect requires the unknown vocabulary %.*s",
                              STR_FMT(v->members[i].key));
    }
    *out = bits;
    return OK;
}

static enum err add_resource(struct compiler *c, const struct json *root, str uri,
                             unsigned vocabularies, struct resource **out)
{
    if (c->n_resources++ == MAX_RESOURCES)
        return fault(c->f, ERR_LIMIT, "more than %d schemas with an $id", MAX_RESOURCES);
    struct resource *r = arena_new_of(c->arena, struct resource);
    TRY_PTR(r, c->f);
    r->uri = uri;
    r->root = root;
    r->vocabularies = vocabularies;
    r->next = c->out->resources;
    c->out->resources = r;
    *out = r;
    return OK;
}

static enum err add_anchor(struct compiler *c, const struct json *schema, struct resource *r,
                           str keyword, bool dynamic)
{
    const struct json *name = json_get(schema, keyword);

    if (!name)
        return OK;
    if (name->type != J_STRING || name->n == 0)
        return schema_bad(c, name, "%.*s wants a name", STR_FMT(keyword));
    struct anchor *a = arena_new_of(c->arena, struct anchor);
    TRY_PTR(a, c->f);
    a->name = json_str(name);
    a->json = schema;
    a->dynamic = dynamic;
    a->next = r->anchors;
    r->anchors = a;
    return OK;
}

/* The resource that this object belongs to: the one around it, or a new one by its $id. */
static enum err enter(struct compiler *c, const struct json *j, struct resource **r)
{
    const struct json *id = json_get(j, S("$id"));
    struct resource *mine = *r;
    str fragment;

    if (id) {
        if (id->type != J_STRING)
            return schema_bad(c, id, "$id wants a string");
        str uri = uri_resolve(c->arena, mine->uri, json_str(id), &fragment);
        TRY_PTR(uri.p, c->f);
        if (fragment.n)
            return schema_bad(c, id, "$id must not have a fragment");
        if (mine->root == j) {
            mine->alias = mine->uri;
            mine->uri = uri;
        } else {
            if (find_resource(c, uri))
                return schema_bad(c, id, "the $id %.*s is there twice", STR_FMT(uri));
            TRY(add_resource(c, j, uri, mine->vocabularies, &mine));
        }
    }
    str dialect = json_get_str(j, S("$schema"));
    if (dialect.p && mine->root == j)
        TRY(read_dialect(c, json_get(j, S("$schema")), dialect, &mine->vocabularies));
    *r = mine;
    return OK;
}

static enum err index_schema(struct compiler *c, const struct json *j, struct resource *r,
                             unsigned depth);

static enum err index_children(struct compiler *c, const struct json *value, int shape,
                               struct resource *r, unsigned depth)
{
    if (shape == ONE)
        return index_schema(c, value, r, depth);
    for (uint32_t i = 0; shape == LIST && value->type == J_ARRAY && i < value->n; i++)
        TRY(index_schema(c, &value->items[i], r, depth));
    for (uint32_t i = 0; shape == MAP && value->type == J_OBJECT && i < value->n; i++)
        TRY(index_schema(c, &value->members[i].value, r, depth));
    return OK;
}

/* Only where a keyword holds subschemas: an $id inside an enum is just data. */
static enum err index_schema(struct compiler *c, const struct json *j, struct resource *r,
                             unsigned depth)
{
    if (depth > SCHEMA_DEPTH)
        return fault(c->f, ERR_LIMIT, "a schema nested deeper than %d", SCHEMA_DEPTH);
    if (j->type != J_OBJECT && j->type != J_BOOL)
        return OK; /* an error if it is ever used as a schema */
    if (j->type == J_OBJECT) {
        TRY(enter(c, j, &r));
        TRY(add_anchor(c, j, r, S("$anchor"), false));
        TRY(add_anchor(c, j, r, S("$dynamicAnchor"), true));
    }
    TRY(place_add(c, j, r));
    for (uint32_t i = 0; j->type == J_OBJECT && i < j->n; i++)
        for (size_t k = 0; k < ARRAY_LEN(holders); k++)
            if (str_eq(j->members[i].key, str_of(holders[k].name)))
                TRY(index_children(c, &j->members[i].value, holders[k].shape, r, depth + 1));
    return OK;
}

enum err load_document(struct compiler *c, const struct json *j, str uri,
                       const struct json **out_root)
{
    struct json *copy = arena_new_of(c->arena, struct json);
    struct resource *r = NULL;

    TRY_PTR(copy, c->f);
    if (!copy_value(c->arena, j, copy))
        return fault(c->f, ERR_MEMORY_LIMIT, "the schema is too large");
    uri = str_copy(c->arena, uri);
    TRY_PTR(uri.p, c->f);
    if (!c->root)
        c->root = copy;
    TRY(add_resource(c, copy, uri, VOC_DEFAULT, &r));
    *out_root = copy;
    return index_schema(c, copy, r, 0);
}

/* %XX of a fragment, which is then a pointer or a name. */
static str percent_decode(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n);
    size_t n = 0;

    if (!to)
        return STR_NONE;
    for (size_t i = 0; i < s.n; i++) {
        unsigned v = 0;
        if (s.p[i] == '%' && s.n - i > 2) {
            char hex[3] = {s.p[i + 1], s.p[i + 2], 0};
            char *end;
            v = (unsigned)strtoul(hex, &end, 16);
            if (*end)
                v = 0;
        }
        to[n++] = v ? (char)v : s.p[i];
        i += v ? 2 : 0;
    }
    return str_bytes(to, n);
}

static enum err find_document(struct compiler *c, const struct json *at, str uri,
                              struct resource **out)
{
    const struct json *source = NULL, *root = NULL;

    *out = find_resource(c, uri);
    if (*out)
        return OK;
    TRY(find_source(c, uri, &source));
    if (!source)
        return schema_bad(c, at, "the reference to %.*s leads nowhere", STR_FMT(uri));
    TRY(load_document(c, source, uri, &root));
    *out = find_resource(c, uri);
    return *out ? OK : schema_bad(c, at, "the reference to %.*s leads nowhere", STR_FMT(uri));
}

enum err load_reference(struct compiler *c, const struct json *at, struct resource *from, str ref,
                        struct place *out, const struct anchor **out_anchor)
{
    const struct json *target = NULL;
    struct resource *r = NULL;
    str fragment;

    *out_anchor = NULL;
    str uri = uri_resolve(c->arena, from->uri, ref, &fragment);
    TRY_PTR(uri.p, c->f);
    TRY(find_document(c, at, uri, &r));
    fragment = percent_decode(c->arena, fragment);
    TRY_PTR(fragment.p, c->f);
    if (fragment.n == 0 || fragment.p[0] == '/') {
        target = json_pointer(r->root, fragment);
    } else {
        for (const struct anchor *a = r->anchors; a && !target; a = a->next)
            if (str_eq(a->name, fragment)) {
                target = a->json;
                *out_anchor = a->dynamic ? a : NULL;
            }
    }
    if (!target)
        return schema_bad(c, at, "the reference %.*s leads nowhere", STR_FMT(ref));
    if (!place_find(c, target)) /* below a keyword we do not know */
        TRY(index_schema(c, target, r, 0));
    struct place *p = place_find(c, target);
    if (!p)
        return schema_bad(c, at, "the reference %.*s leads to no schema", STR_FMT(ref));
    *out = *p;
    return OK;
}
