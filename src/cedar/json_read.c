/* json_read.c - entities, requests and values from JSON
 *
 * Format: docs, entities-syntax. A value that JSON cannot say itself is escaped: an entity as
 * {"__entity": {"type", "id"}}, an extension value as {"__extn": {"fn", "arg"}} (or "args" for a
 * function of two). Where a schema says what is expected, the escape may be left out: an entity is
 * then {"type", "id"}, an extension value its text.
 */
#include "cedar/schema_int.h"

#include <stdio.h>
#include <stdlib.h>

struct reader {
    struct arena *arena;
    const struct cedar_schema *schema;
    struct fault *fault;
    char pointer[192]; /* of the value being read */
};

/* Goes one step down for a message; returns the length to go back to. */
static size_t enter(struct reader *r, str name)
{
    size_t n = strlen(r->pointer);

    snprintf(r->pointer + n, sizeof r->pointer - n, "/%.*s", STR_FMT(name));
    return n;
}

static size_t enter_item(struct reader *r, size_t i)
{
    char number[24];

    snprintf(number, sizeof number, "%zu", i);
    return enter(r, str_of(number));
}

static void leave(struct reader *r, size_t n)
{
    r->pointer[n] = 0;
}

static enum err refuse(struct reader *r, const char *why)
{
    return fault_at(r->fault, ERR_INVALID, r->pointer, "%s", why);
}

static enum err no_memory(struct reader *r)
{
    return fault(r->fault, ERR_MEMORY_LIMIT, "memory limit of the request reached");
}

/* Whether an object has exactly the two string members "type" and "id". */
static bool plain_uid(const struct json *j)
{
    return json_is(j, J_OBJECT) && j->n == 2 && json_is(json_get(j, S("type")), J_STRING) &&
           json_is(json_get(j, S("id")), J_STRING);
}

static enum err read_uid(struct reader *r, const struct json *j, struct cedar_uid *out)
{
    const struct json *escaped = json_get(j, S("__entity"));

    if (escaped && j->n == 1)
        j = escaped;
    if (!plain_uid(j))
        return refuse(r, "an entity is written {\"type\": …, \"id\": …}");
    str type = json_get_str(j, S("type"));
    if (!cd_is_path(type))
        return refuse(r, "this is no entity type");
    *out = cedar_uid(type, json_get_str(j, S("id")));
    return OK;
}

static enum err read_value(struct reader *r, const struct json *j, const struct cd_type *want,
                           struct cedar_value *out);

static enum err read_ref(struct reader *r, const struct json *j, struct cedar_value *out)
{
    struct cedar_uid *uid = arena_new_of(r->arena, struct cedar_uid);

    if (!uid)
        return no_memory(r);
    TRY(read_uid(r, j, uid));
    *out = (struct cedar_value){.type = CEDAR_ENTITY, .uid = uid};
    return OK;
}

static enum err called(struct reader *r, enum cd_call result)
{
    if (result == CALL_MEMORY)
        return no_memory(r);
    return result == CALL_OK ? OK : refuse(r, "this is no value of the extension type");
}

/* {"fn": …, "arg": …} or {"fn": …, "args": […]} */
static enum err read_call(struct reader *r, const struct json *j, struct cedar_value *out)
{
    enum cd_fn fn = cd_fn_find(json_get_str(j, S("fn")));
    const struct json *arg = json_get(j, S("arg")), *args = json_get(j, S("args"));
    struct cedar_value v[2];

    if (fn == FN_COUNT || j->n != 2 || !arg == !json_is(args, J_ARRAY))
        return refuse(r, "an extension value is written {\"fn\": …, \"arg\": …}");
    if ((args ? args->n : 1) != cd_fns[fn].n_args)
        return refuse(r, "wrong number of arguments of an extension function");
    for (unsigned i = 0; i < cd_fns[fn].n_args; i++)
        TRY(read_value(r, args ? json_at(args, i) : arg, NULL, &v[i]));
    return called(r, cd_fn_call(r->arena, fn, v, out));
}

static enum err read_set(struct reader *r, const struct json *j, const struct cd_type *want,
                         struct cedar_value *out)
{
    const struct cd_type *element = want && want->kind == TY_SET ? want->element : NULL;
    struct cedar_value *items = arena_zalloc(r->arena, j->n ? j->n : 1, sizeof *items);

    if (!items)
        return no_memory(r);
    for (uint32_t i = 0; i < j->n; i++) {
        size_t back = enter_item(r, i);
        TRY(read_value(r, &j->items[i], element, &items[i]));
        leave(r, back);
    }
    *out = (struct cedar_value){
        .type = CEDAR_SET, .n = (uint32_t)cd_set_canon(items, j->n), .items = items};
    return OK;
}

static int field_qsort(const void *a, const void *b)
{
    return cd_name_cmp(((const struct cedar_field *)a)->name,
                       ((const struct cedar_field *)b)->name);
}

/* Members are distinct already (json_parse), so one sort makes the record. */
static enum err read_fields(struct reader *r, const struct json *j, const struct cd_type *want,
                            const struct cd_type *each, struct cedar_record *out)
{
    struct cedar_field *fields = arena_zalloc(r->arena, j->n ? j->n : 1, sizeof *fields);

    if (!fields)
        return no_memory(r);
    for (uint32_t i = 0; i < j->n; i++) {
        const struct json_member *m = &j->members[i];
        const struct cd_attr_type *attr = want ? cd_type_attr(want, m->key) : NULL;
        size_t back = enter(r, m->key);
        fields[i].name = m->key;
        TRY(read_value(r, &m->value, attr ? attr->type : each, &fields[i].value));
        leave(r, back);
    }
    qsort(fields, j->n, sizeof *fields, field_qsort);
    *out = (struct cedar_record){fields, j->n, j->n};
    return OK;
}

static enum err read_record(struct reader *r, const struct json *j, const struct cd_type *want,
                            struct cedar_value *out)
{
    struct cedar_record *record = arena_new_of(r->arena, struct cedar_record);

    if (!record)
        return no_memory(r);
    TRY(read_fields(r, j, want, NULL, record));
    *out = cedar_of(record);
    return OK;
}

static enum err read_object(struct reader *r, const struct json *j, const struct cd_type *want,
                            struct cedar_value *out)
{
    const struct json *entity = json_get(j, S("__entity")), *extn = json_get(j, S("__extn"));

    if (json_get(j, S("__expr")))
        return refuse(r, "the escape __expr is no longer part of the language");
    if (entity && j->n == 1)
        return read_ref(r, j, out);
    if (extn && j->n == 1)
        return read_call(r, extn, out);
    if (want && (want->kind == TY_ENTITY || want->kind == TY_ANY_ENTITY))
        return read_ref(r, j, out);
    if (want && want->kind >= TY_DECIMAL)
        return read_call(r, j, out);
    return read_record(r, j, want && want->kind == TY_RECORD ? want : NULL, out);
}

static enum err read_value(struct reader *r, const struct json *j, const struct cd_type *want,
                           struct cedar_value *out)
{
    static const uint8_t extensions[] = {[TY_DECIMAL] = CEDAR_DECIMAL,
                                         [TY_IP] = CEDAR_IP,
                                         [TY_DATETIME] = CEDAR_DATETIME,
                                         [TY_DURATION] = CEDAR_DURATION};

    switch (j->type) {
    case J_NULL:
        return refuse(r, "null is no value");
    case J_REAL:
        return refuse(r, "numbers are integers; write a decimal as extension value");
    case J_BOOL:
        *out = cedar_bool(j->b);
        return OK;
    case J_INT:
        *out = cedar_long(j->i);
        return OK;
    case J_STRING:
        if (want && want->kind >= TY_DECIMAL)
            return called(r, cd_ext_parse(r->arena, extensions[want->kind], json_str(j), out));
        *out = cedar_str(json_str(j));
        return OK;
    case J_ARRAY:
        return read_set(r, j, want, out);
    case J_OBJECT:
        return read_object(r, j, want, out);
    }
    return refuse(r, "unreadable value");
}

/* ---- entities -------------------------------------------------------------------------- */

static enum err read_parents(struct reader *r, const struct json *j, struct cedar_entities *es,
                             struct cedar_entity *e)
{
    struct cedar_uid uid;

    if (!j)
        return OK;
    if (j->type != J_ARRAY)
        return refuse(r, "parents are a list");
    for (uint32_t i = 0; i < j->n; i++) {
        size_t back = enter_item(r, i);
        TRY(read_uid(r, &j->items[i], &uid));
        cedar_parent(es, e, uid.type, uid.id);
        leave(r, back);
    }
    return OK;
}

static enum err read_part(struct reader *r, const struct json *j, str name,
                          const struct cd_type *want, const struct cd_type *each,
                          struct cedar_record *out)
{
    const struct json *part = json_get(j, name);

    if (!part)
        return OK;
    size_t back = enter(r, name);
    if (part->type != J_OBJECT)
        return refuse(r, "attributes and tags are an object");
    TRY(read_fields(r, part, want, each, out));
    leave(r, back);
    return OK;
}

static enum err read_entity(struct reader *r, const struct json *j, struct cedar_entities *es)
{
    struct cedar_uid uid;
    struct cedar_entity *e;

    size_t back = enter(r, S("uid"));
    TRY(read_uid(r, json_get(j, S("uid")), &uid));
    if (cedar_find(es, &uid))
        return refuse(r, "this entity is there twice");
    leave(r, back);
    e = cedar_entity(es, uid.type, uid.id);
    if (!e)
        return no_memory(r);
    const struct cd_entity_type *type = r->schema ? cd_schema_type(r->schema, uid.type) : NULL;
    TRY(read_part(r, j, S("attrs"), type ? type->attrs : NULL, NULL, &e->attrs));
    TRY(read_part(r, j, S("tags"), NULL, type ? type->tags : NULL, &e->tags));
    back = enter(r, S("parents"));
    TRY(read_parents(r, json_get(j, S("parents")), es, e));
    leave(r, back);
    return OK;
}

/* The schema's actions are entities too, with their groups as parents. */
static void add_actions(const struct cedar_schema *schema, struct cedar_entities *es)
{
    for (uint32_t i = 0; i < schema->n_actions; i++) {
        const struct cd_action *a = &schema->actions[i];
        if (cedar_find(es, &a->uid))
            continue;
        struct cedar_entity *e = cedar_entity(es, a->uid.type, a->uid.id);
        for (uint32_t k = 0; k < a->n_parents; k++)
            cedar_parent(es, e, a->parents[k].type, a->parents[k].id);
    }
}

enum err cedar_entities_read(struct arena *a, const struct json *j,
                             const struct cedar_schema *schema, struct cedar_entities **out,
                             struct fault *f)
{
    struct reader r = {.arena = a, .schema = schema, .fault = f};
    struct cedar_entities *es = cedar_entities_new(a);

    if (!es)
        return no_memory(&r);
    if (!json_is(j, J_ARRAY))
        return refuse(&r, "entities are a list");
    for (uint32_t i = 0; i < j->n; i++) {
        size_t back = enter_item(&r, i);
        if (j->items[i].type != J_OBJECT)
            return refuse(&r, "an entity is an object");
        TRY(read_entity(&r, &j->items[i], es));
        leave(&r, back);
    }
    if (schema)
        add_actions(schema, es);
    if (es->failed)
        return no_memory(&r);
    TRY(cedar_entities_acyclic(es, a, f));
    *out = es;
    return OK;
}

/* ---- requests -------------------------------------------------------------------------- */

enum err cedar_request_read(struct arena *a, const struct json *j,
                            const struct cedar_schema *schema, struct cedar_request *out,
                            struct fault *f)
{
    struct reader r = {.arena = a, .schema = schema, .fault = f};
    const struct json *context = json_get(j, S("context"));
    static const str names[] = {S("principal"), S("action"), S("resource")};
    struct cedar_request q = {0};
    struct cedar_uid *uids[] = {&q.principal, &q.action, &q.resource};

    for (unsigned i = 0; i < 3; i++) {
        size_t back = enter(&r, names[i]);
        TRY(read_uid(&r, json_get(j, names[i]), uids[i]));
        leave(&r, back);
    }
    q.context = arena_new_of(a, struct cedar_record);
    if (!q.context)
        return no_memory(&r);
    if (context) {
        const struct cd_action *action = schema ? cd_schema_action(schema, &q.action) : NULL;
        enter(&r, S("context"));
        if (context->type != J_OBJECT)
            return refuse(&r, "the context is an object");
        TRY(read_fields(&r, context, action ? action->context : NULL, NULL, q.context));
    }
    *out = q;
    return OK;
}
