/* schema_int.h - resolved schemas and the types of expressions
 *
 * Types are immutable and live in an arena: that of the schema, or that of a validation run.
 */
#ifndef SIFARA_CEDAR_SCHEMA_INT_H
#define SIFARA_CEDAR_SCHEMA_INT_H

#include "cedar/cedar_int.h"

enum cd_kind {
    TY_NEVER, /* of an expression that has no value: subtype of all; element of [] */
    TY_TRUE,  /* the singleton booleans of the type checker */
    TY_FALSE,
    TY_BOOL,
    TY_LONG,
    TY_STRING,
    TY_ENTITY, /* one of n entity types */
    TY_ANY_ENTITY,
    TY_SET,
    TY_RECORD,
    TY_DECIMAL,
    TY_IP,
    TY_DATETIME,
    TY_DURATION
};

struct cd_type;
struct cd_entity_type;

struct cd_attr_type {
    str name;
    const struct cd_type *type;
    bool required;
};

struct cd_type {
    uint8_t kind;
    bool open;  /* a record that may have further attributes (permissive mode) */
    uint32_t n; /* attributes or entity types */
    union {
        const struct cd_type *element;
        const struct cd_attr_type *attrs;             /* sorted by cd_name_cmp */
        const struct cd_entity_type *const *entities; /* sorted by position in the schema */
    };
};

struct cd_entity_type {
    str name;
    uint32_t pos;
    bool is_action, is_enum;
    uint32_t n_enum, n_ancestors;
    str *enum_ids;
    const struct cd_type *attrs;       /* a closed record */
    const struct cd_type *tags;        /* NULL: none */
    const struct cd_type *self;        /* TY_ENTITY of this one */
    struct cd_entity_type **ancestors; /* types an entity of this one may be in, transitively */
};

struct cd_action {
    struct cedar_uid uid;
    bool applies; /* has an appliesTo with principals and resources */
    uint32_t n_parents, n_ancestors, n_principals, n_resources;
    struct cedar_uid *parents, *ancestors;
    struct cd_entity_type **principals, **resources;
    const struct cd_type *context;
};

struct cedar_schema {
    struct arena *arena;
    uint32_t n_types, n_actions;
    struct cd_entity_type **types; /* sorted by name (cd_name_cmp); actions' types too */
    struct cd_action *actions;     /* sorted by type, then id */
};

const struct cd_entity_type *cd_schema_type(const struct cedar_schema *, str name);
const struct cd_action *cd_schema_action(const struct cedar_schema *, const struct cedar_uid *);
const struct cd_attr_type *cd_type_attr(const struct cd_type *, str name);

/* ---- schemas as written, before names are resolved ------------------------------------- */

enum raw_kind {
    RAW_NAME,   /* common type, entity type, primitive or extension: what is found first */
    RAW_COMMON, /* common type, primitive or extension */
    RAW_ENTITY,
    RAW_EXTENSION,
    RAW_SET,
    RAW_RECORD
};

struct raw_attr;

struct raw_type {
    uint8_t kind;
    uint32_t n, at;
    str name;
    const struct raw_type *element;
    struct raw_attr *attrs;
};

struct raw_attr {
    str name;
    bool required;
    const struct raw_type *type;
};

struct raw_entity {
    str ns, name; /* the name without namespace */
    uint32_t at, n_parents, n_enum;
    str *parents, *enum_ids;
    const struct raw_type *shape, *tags; /* NULL: none */
};

struct raw_ref {
    str type, id; /* type "" means the Action of the same namespace */
};

struct raw_action {
    str ns, id;
    uint32_t at, n_parents, n_principals, n_resources;
    bool applies;
    struct raw_ref *parents;
    str *principals, *resources;
    const struct raw_type *context;
};

struct raw_common {
    str ns, name;
    uint32_t at;
    const struct raw_type *type;
    uint8_t state; /* of the resolver */
    const struct cd_type *resolved;
};

/* Lists grow in the arena of the schema. */
struct raw_schema {
    struct arena *arena;
    struct raw_entity *entities;
    struct raw_action *actions;
    struct raw_common *commons;
    size_t n_entities, n_actions, n_commons;
    size_t room_entities, room_actions, room_commons;
    struct cedar_source source; /* text "" when read from JSON */
    struct fault *fault;
};

/* New zeroed items, or NULL. */
struct raw_entity *cd_raw_entity(struct raw_schema *);
struct raw_action *cd_raw_action(struct raw_schema *);
struct raw_common *cd_raw_common(struct raw_schema *);
enum err cd_schema_from_text(struct raw_schema *);
enum err cd_schema_from_json(struct raw_schema *, const struct json *);
enum err cd_schema_resolve(struct raw_schema *, struct cedar_schema *out);

#endif
