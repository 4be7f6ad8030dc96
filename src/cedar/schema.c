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

/* ---- making one ------------------------------------------------------------------------ */

struct raw_entity *cd_raw_entity(struct raw_schema *s)
{
    s->entities =
        cd_grow(s->arena, s->entities, s->n_entities, &s->room_entities, sizeof *s->entities);
    if (!s->entities)
        return NULL;
    s->entities[s->n_entities] = (struct raw_entity){0};
    return &s->entities[s->n_entities++];
}

struct raw_action *cd_raw_action(struct raw_schema *s)
{
    s->actions = cd_grow(s->arena, s->actions, s->n_actions, &s->room_actions, sizeof *s->actions);
    if (!s->actions)
        return NULL;
    s->actions[s->n_actions] = (struct raw_action){0};
    return &s->actions[s->n_actions++];
}

struct raw_common *cd_raw_common(struct raw_schema *s)
{
    s->commons = cd_grow(s->arena, s->commons, s->n_commons, &s->room_commons, sizeof *s->commons);
    if (!s->commons)
        return NULL;
    s->commons[s->n_commons] = (struct raw_common){0};
    return &s->commons[s->n_commons++];
}

/* All strings of a schema must be its own: a JSON tree is printed and read again. */
static enum err own_json(struct raw_schema *raw, const struct json *j, const struct json **out)
{
    AUTO(buf) struct buf text = BUF(64u << 20);
    struct jw w = JW(&text);
    struct json *copy;

    jw_tree(&w, j);
    str own = str_copy(raw->arena, buf_str(&text));
    if (!buf_ok(&text) || !own.p)
        return fault(raw->fault, ERR_MEMORY_LIMIT, "memory limit of the schema reached");
    TRY(json_parse(raw->arena, own, &json_limits_wide, &copy, raw->fault));
    *out = copy;
    return OK;
}

static enum err own_text(struct raw_schema *raw, const struct cedar_source *src,
                         const struct cedar_limits *limits)
{
    if (src->text.n > limits->bytes || src->text.n >= UINT32_MAX)
        return fault(raw->fault, ERR_LIMIT, "schema larger than %zu bytes", limits->bytes);
    if (!utf8_valid(src->text))
        return fault(raw->fault, ERR_SYNTAX, "%.*s: the text is not UTF-8", STR_FMT(src->name));
    raw->source.name = str_copy(raw->arena, src->name);
    raw->source.text = str_copy(raw->arena, src->text);
    if (!raw->source.name.p || !raw->source.text.p)
        return fault(raw->fault, ERR_MEMORY_LIMIT, "memory limit of the schema reached");
    return cd_schema_from_text(raw);
}

static enum err make(const struct cedar_source *src, const struct json *j,
                     const struct cedar_limits *limits, struct cedar_schema **out, struct fault *f)
{
    const struct cedar_limits *use = limits ? limits : &cedar_limits_default;
    AUTO(arena) struct arena *arena = arena_new(use->memory);
    struct cedar_schema *s = arena ? arena_new_of(arena, struct cedar_schema) : NULL;
    struct raw_schema raw = {.arena = arena, .fault = f};

    if (!s)
        return fault(f, ERR_MEMORY, "out of memory");
    if (j) {
        TRY(own_json(&raw, j, &j));
        TRY(cd_schema_from_json(&raw, j));
    } else {
        TRY(own_text(&raw, src, use));
    }
    s->arena = arena;
    TRY(cd_schema_resolve(&raw, s));
    *out = s;
    arena = NULL; /* the schema owns it now */
    return OK;
}

enum err cedar_schema_parse(const struct cedar_source *src, const struct cedar_limits *limits,
                            struct cedar_schema **out, struct fault *f)
{
    return make(src, NULL, limits, out, f);
}

enum err cedar_schema_read(const struct json *j, const struct cedar_limits *limits,
                           struct cedar_schema **out, struct fault *f)
{
    return make(NULL, j, limits, out, f);
}

void cedar_schema_free(struct cedar_schema *s)
{
    if (s)
        arena_free(s->arena);
}
