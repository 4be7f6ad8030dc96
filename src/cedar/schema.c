/* schema.c - looking things up in a resolved schema */
#include "cedar/schema_int.h"

const struct cd_entity_type *cd_schema_type(const struct cedar_schema *s, str name)
{
    uint32_t lo = 0, hi = s->n_types;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = cd_name_cmp(s->types[mid]->name, name);
        if (c == 0)
            return s->types[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct cd_action *cd_schema_action(const struct cedar_schema *s, const struct cedar_uid *uid)
{
    uint32_t lo = 0, hi = s->n_actions;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const struct cedar_uid *at = &s->actions[mid].uid;
        int c = cd_name_cmp(at->type, uid->type);
        if (c == 0)
            c = cd_name_cmp(at->id, uid->id);
        if (c == 0)
            return &s->actions[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct cd_attr_type *cd_type_attr(const struct cd_type *t, str name)
{
    uint32_t lo = 0, hi = t->kind == TY_RECORD ? t->n : 0;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = cd_name_cmp(t->attrs[mid].name, name);
        if (c == 0)
            return &t->attrs[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}
