/* schema_json.c - schemas in the JSON syntax
 *
 * Grammar: docs, json-schema-grammar. An object of namespaces, each with entityTypes, actions and
 * commonTypes. Unknown members are refused where a slip of the pen would change the meaning.
 */
#include "cedar/schema_int.h"

struct reader {
    struct raw_schema *raw;
    unsigned depth;
    str where; /* the declaration being read */
};

static enum err refuse(struct reader *r, const char *why)
{
    return fault(r->raw->fault, ERR_INVALID, "schema, at '%.*s': %s", STR_FMT(r->where), why);
}

static enum err no_memory(struct reader *r)
{
    return fault(r->raw->fault, ERR_MEMORY_LIMIT, "memory limit of the schema reached");
}

static enum err only(struct reader *r, const struct json *j, const str *names, size_t n)
{
    for (uint32_t i = 0; i < j->n; i++) {
        size_t k = 0;
        while (k < n && !str_eq(names[k], j->members[i].key))
            k++;
        if (k == n)
            return refuse(r, "unknown member");
    }
    return OK;
}

static enum err strings(struct reader *r, const struct json *j, bool paths, str **out,
                        uint32_t *out_n)
{
    if (!json_is(j, J_ARRAY))
        return refuse(r, "expected a list");
    str *l = arena_zalloc(r->raw->arena, j->n ? j->n : 1, sizeof *l);
    if (!l)
        return no_memory(r);
    for (uint32_t i = 0; i < j->n; i++) {
        l[i] = json_str(&j->items[i]);
        if (!l[i].p || (paths && !cd_is_path(l[i])))
            return refuse(r, paths ? "expected the name of a type" : "expected a string");
    }
    *out = l;
    *out_n = j->n;
    return OK;
}

/* ---- types ----------------------------------------------------------------------------- */

static enum err read_type(struct reader *r, const struct json *j, const struct raw_type **out);

static enum err read_attributes(struct reader *r, const struct json *j, struct raw_type *t)
{
    if (!j)
        return OK;
    if (j->type != J_OBJECT)
        return refuse(r, "attributes are an object");
    t->attrs = arena_zalloc(r->raw->arena, j->n ? j->n : 1, sizeof *t->attrs);
    if (!t->attrs)
        return no_memory(r);
    for (t->n = 0; t->n < j->n; t->n++) {
        struct raw_attr *a = &t->attrs[t->n];
        const struct json *required = json_get(&j->members[t->n].value, S("required"));
        a->name = j->members[t->n].key;
        if (required && required->type != J_BOOL)
            return refuse(r, "\"required\" is true or false");
        a->required = !required || required->b;
        TRY(read_type(r, &j->members[t->n].value, &a->type));
    }
    return OK;
}

static enum err read_named(struct reader *r, const struct json *j, struct raw_type *t)
{
    t->name = json_get_str(j, S("name"));
    if (!t->name.p)
        return refuse(r, "the type needs a name");
    return OK;
}

static enum err type_body(struct reader *r, const struct json *j, str kind, struct raw_type *t)
{
    static const str members[] = {S("type"),       S("element"),  S("attributes"),
                                  S("name"),       S("required"), S("additionalAttributes"),
                                  S("annotations")};

    TRY(only(r, j, members, ARRAY_LEN(members)));
    if (json_get_bool(j, S("additionalAttributes"), false))
        return refuse(r, "additionalAttributes is not supported");
    if (str_eq(kind, S("Set"))) {
        t->kind = RAW_SET;
        return read_type(r, json_get(j, S("element")), &t->element);
    }
    if (str_eq(kind, S("Record"))) {
        t->kind = RAW_RECORD;
        return read_attributes(r, json_get(j, S("attributes")), t);
    }
    t->kind = str_eq(kind, S("Entity"))           ? RAW_ENTITY
              : str_eq(kind, S("Extension"))      ? RAW_EXTENSION
              : str_eq(kind, S("EntityOrCommon")) ? RAW_NAME
                                                  : RAW_COMMON;
    if (t->kind != RAW_COMMON)
        return read_named(r, j, t);
    t->name = kind;
    return OK;
}

static enum err read_type(struct reader *r, const struct json *j, const struct raw_type **out)
{
    str kind = json_get_str(j, S("type"));
    struct raw_type *t = arena_new_of(r->raw->arena, struct raw_type);

    if (!t)
        return no_memory(r);
    if (!kind.p)
        return refuse(r, "a type is an object with a member \"type\"");
    if (++r->depth > 100)
        return refuse(r, "type nested too deep");
    TRY(type_body(r, j, kind, t));
    r->depth--;
    *out = t;
    return OK;
}

/* ---- declarations ---------------------------------------------------------------------- */

static enum err read_entity(struct reader *r, str ns, str name, const struct json *j)
{
    static const str members[] = {S("memberOfTypes"), S("shape"), S("tags"), S("enum"),
                                  S("annotations")};
    struct raw_entity *e = cd_raw_entity(r->raw);
    const struct json *parents = json_get(j, S("memberOfTypes")), *ids = json_get(j, S("enum"));

    r->where = name;
    if (!e)
        return no_memory(r);
    if (!json_is(j, J_OBJECT) || !cd_is_ident(name) || cd_is_reserved(name))
        return refuse(r, "this declares no entity type");
    TRY(only(r, j, members, ARRAY_LEN(members)));
    e->ns = ns;
    e->name = name;
    if (parents)
        TRY(strings(r, parents, true, &e->parents, &e->n_parents));
    if (json_get(j, S("shape")))
        TRY(read_type(r, json_get(j, S("shape")), &e->shape));
    if (json_get(j, S("tags")))
        TRY(read_type(r, json_get(j, S("tags")), &e->tags));
    if (!ids)
        return OK;
    TRY(strings(r, ids, false, &e->enum_ids, &e->n_enum));
    if (e->n_enum == 0 || e->shape || e->tags || parents)
        return refuse(r, "an enumerated entity type has ids and nothing else");
    return OK;
}

static enum err read_groups(struct reader *r, const struct json *j, struct raw_action *a)
{
    if (!j || j->type == J_NULL)
        return OK;
    if (j->type != J_ARRAY)
        return refuse(r, "memberOf is a list");
    a->parents = arena_zalloc(r->raw->arena, j->n ? j->n : 1, sizeof *a->parents);
    if (!a->parents)
        return no_memory(r);
    for (a->n_parents = 0; a->n_parents < j->n; a->n_parents++) {
        const struct json *ref = &j->items[a->n_parents];
        str type = json_get_str(ref, S("type")), id = json_get_str(ref, S("id"));
        if (!id.p || (type.p && !cd_is_path(type)))
            return refuse(r, "a member of memberOf is {\"id\": …}");
        a->parents[a->n_parents] = (struct raw_ref){type.p ? type : S(""), id};
    }
    return OK;
}

static enum err read_action(struct reader *r, str ns, str name, const struct json *j)
{
    static const str members[] = {S("memberOf"), S("appliesTo"), S("attributes"), S("annotations")};
    static const str applies[] = {S("principalTypes"), S("resourceTypes"), S("context")};
    struct raw_action *a = cd_raw_action(r->raw);
    const struct json *to = json_get(j, S("appliesTo"));

    r->where = name;
    if (!a)
        return no_memory(r);
    if (!json_is(j, J_OBJECT))
        return refuse(r, "this declares no action");
    TRY(only(r, j, members, ARRAY_LEN(members)));
    a->ns = ns;
    a->id = name;
    TRY(read_groups(r, json_get(j, S("memberOf")), a));
    if (!to || to->type == J_NULL)
        return OK;
    if (to->type != J_OBJECT)
        return refuse(r, "appliesTo is an object");
    TRY(only(r, to, applies, ARRAY_LEN(applies)));
    a->applies = true;
    TRY(strings(r, json_get(to, applies[0]), true, &a->principals, &a->n_principals));
    TRY(strings(r, json_get(to, applies[1]), true, &a->resources, &a->n_resources));
    return json_get(to, applies[2]) ? read_type(r, json_get(to, applies[2]), &a->context) : OK;
}

static enum err read_common(struct reader *r, str ns, str name, const struct json *j)
{
    struct raw_common *c = cd_raw_common(r->raw);

    r->where = name;
    if (!c)
        return no_memory(r);
    if (!cd_is_ident(name) || cd_is_reserved(name))
        return refuse(r, "this is no name of a type");
    c->ns = ns;
    c->name = name;
    return read_type(r, j, &c->type);
}

static enum err each(struct reader *r, str ns, const struct json *j,
                     enum err (*read)(struct reader *, str ns, str name, const struct json *))
{
    if (!j)
        return OK;
    if (j->type != J_OBJECT)
        return refuse(r, "expected an object of declarations");
    for (uint32_t i = 0; i < j->n; i++)
        TRY(read(r, ns, j->members[i].key, &j->members[i].value));
    return OK;
}

enum err cd_schema_from_json(struct raw_schema *raw, const struct json *j)
{
    static const str members[] = {S("entityTypes"), S("actions"), S("commonTypes"),
                                  S("annotations")};
    struct reader r = {.raw = raw, .where = S("")};

    if (!json_is(j, J_OBJECT))
        return refuse(&r, "a schema is an object of namespaces");
    for (uint32_t i = 0; i < j->n; i++) {
        str ns = j->members[i].key;
        const struct json *body = &j->members[i].value;
        r.where = ns;
        if (body->type != J_OBJECT || (ns.n && !cd_is_path(ns)))
            return refuse(&r, "this is no namespace");
        TRY(only(&r, body, members, ARRAY_LEN(members)));
        TRY(each(&r, ns, json_get(body, S("commonTypes")), read_common));
        TRY(each(&r, ns, json_get(body, S("entityTypes")), read_entity));
        TRY(each(&r, ns, json_get(body, S("actions")), read_action));
    }
    return OK;
}
