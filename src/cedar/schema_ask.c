/* schema_ask.c - what a schema foresees, for those who enumerate it */
#include "cedar/schema_int.h"

bool cedar_schema_env(const struct cedar_schema *s, size_t i, struct cedar_env *out)
{
    for (uint32_t k = 0; k < s->n_actions; k++) {
        const struct cd_action *a = &s->actions[k];
        size_t n = a->applies ? (size_t)a->n_principals * a->n_resources : 0;
        if (i < n) {
            *out = (struct cedar_env){.action = a->uid,
                                      .principal = a->principals[i / a->n_resources]->name,
                                      .resource = a->resources[i % a->n_resources]->name};
            return true;
        }
        i -= n;
    }
    return false;
}

static enum cedar_type type_of(const struct cd_type *t)
{
    switch ((enum cd_kind)t->kind) {
    case TY_TRUE:
    case TY_FALSE:
    case TY_BOOL:
        return CEDAR_BOOL;
    case TY_LONG:
        return CEDAR_LONG;
    case TY_STRING:
        return CEDAR_STRING;
    case TY_ENTITY:
        return CEDAR_ENTITY;
    case TY_SET:
        return CEDAR_SET;
    case TY_RECORD:
        return CEDAR_RECORD;
    case TY_DECIMAL:
        return CEDAR_DECIMAL;
    case TY_IP:
        return CEDAR_IP;
    case TY_DATETIME:
        return CEDAR_DATETIME;
    case TY_DURATION:
        return CEDAR_DURATION;
    case TY_NEVER:
    case TY_ANY_ENTITY:
        break;
    }
    return CEDAR_NONE;
}

static bool shape_at(const struct cd_type *record, size_t i, struct cedar_shape *out)
{
    if (!record || record->kind != TY_RECORD || i >= record->n)
        return false;
    const struct cd_attr_type *a = &record->attrs[i];
    const struct cd_type *last = a->type->kind == TY_SET ? a->type->element : a->type;
    *out = (struct cedar_shape){.name = a->name, .required = a->required, .type = type_of(a->type)};
    if (a->type->kind == TY_SET)
        out->element = type_of(last);
    if (last->kind == TY_ENTITY && last->n == 1)
        out->of = last->entities[0]->name;
    return true;
}

bool cedar_schema_attr(const struct cedar_schema *s, str entity_type, size_t i,
                       struct cedar_shape *out)
{
    const struct cd_entity_type *t = cd_schema_type(s, entity_type);

    return t && shape_at(t->attrs, i, out);
}

bool cedar_schema_context(const struct cedar_schema *s, const struct cedar_uid *action, size_t i,
                          struct cedar_shape *out)
{
    const struct cd_action *a = cd_schema_action(s, action);

    return a && shape_at(a->context, i, out);
}

bool cedar_schema_enum(const struct cedar_schema *s, str entity_type, size_t i, str *out)
{
    const struct cd_entity_type *t = cd_schema_type(s, entity_type);

    if (!t || !t->is_enum || i >= t->n_enum)
        return false;
    *out = t->enum_ids[i];
    return true;
}
