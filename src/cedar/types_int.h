/* types_int.h - operations on types, for the validator */
#ifndef SIFARA_CEDAR_TYPES_INT_H
#define SIFARA_CEDAR_TYPES_INT_H

#include "cedar/schema_int.h"

/* Joins (least upper bounds): how, and why there was none. */
struct cd_join {
    struct arena *arena;
    bool strict;
    bool failed, no_memory;
};

/* NULL with j->failed (the types have none) or j->no_memory. */
const struct cd_type *cd_type_join(struct cd_join *j, const struct cd_type *,
                                   const struct cd_type *);
/* The one type of a kind without parameters. */
const struct cd_type *cd_type_simple(enum cd_kind);
/* Type of a primitive or extension value; TY_NEVER for other values. */
const struct cd_type *cd_type_of_value_kind(unsigned cedar_type);
bool cd_type_is_bool(const struct cd_type *);
void cd_type_print(struct buf *, const struct cd_type *);
/* The schema knows the type, and if it is enumerated or an action, the id. */
bool cd_uid_valid(const struct cedar_schema *, const struct cedar_uid *);
bool cd_value_is(const struct cedar_schema *, const struct cedar_value *, const struct cd_type *);

/* Same tree, whatever its place in the text. */
bool cd_expr_eq(const struct cd_expr *, const struct cd_expr *);

/* ---- type checker (typecheck.c) -------------------------------------------------------- */

/* One request environment: an action with one type of principal and of resource. */
struct cd_env {
    const struct cd_action *action;
    const struct cd_entity_type *principal, *resource;
};

/* What a true value of an expression promises: `x has a`, or x.hasTag(t). */
struct cd_caps {
    const struct cd_caps *next;
    const struct cd_expr *x;
    str attr; /* .p NULL for a tag */
    const struct cd_expr *tag;
};

struct cd_checker {
    const struct cedar_schema *schema;
    struct arena *arena;
    bool strict;
    struct cd_env env;
    bool no_memory;
    const struct cd_expr *at; /* of the first error */
    str message;              /* .p NULL when the error was reported already */
};

struct cd_typed {
    const struct cd_type *type;
    const struct cd_caps *caps;
};

bool cd_caps_have(const struct cd_caps *, const struct cd_caps *one);
/* All false when the arena is exhausted, which the checker then knows. */
bool cd_caps_add(struct cd_checker *, const struct cd_caps **, const struct cd_caps *one);
bool cd_caps_unite(struct cd_checker *, const struct cd_caps *, const struct cd_caps *,
                   const struct cd_caps **out);
bool cd_caps_intersect(struct cd_checker *, const struct cd_caps *, const struct cd_caps *,
                       const struct cd_caps **out);

/* Type of e under the capabilities; false on a type error or without memory. */
bool cd_type_of(struct cd_checker *, const struct cd_expr *e, const struct cd_caps *,
                struct cd_typed *out);
/* All conditions of a policy together: a boolean type. */
bool cd_type_of_conditions(struct cd_checker *, const struct cd_policy *,
                           const struct cd_type **out);
/* Whether an entity of type t may be in one of type other. */
bool cd_may_be_in(const struct cd_entity_type *t, const struct cd_entity_type *other);
/* Whether the action is the group or in it. */
bool cd_action_in(const struct cd_action *, const struct cedar_uid *group);
/* validate.c: can the scope hold in that environment? Not, if the schema does not foresee it. */
bool cd_scope_fits(const struct cedar_schema *, const struct cd_policy *, const struct cedar_env *);

#endif
