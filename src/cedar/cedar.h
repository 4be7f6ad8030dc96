/* cedar.h - the Cedar policy language, version 4.5: parse, decide, validate, explain
 *
 * Cedar is documented at https://docs.cedarpolicy.com; its meaning is fixed by the Lean model in
 * cedar-policy/cedar-spec, which the comments cite as "Spec". A decision depends on three things
 * and nothing else: a set of policies, the entities and the request.
 *
 *   policy set   parsed once from text, immutable, owns its memory, shared freely by threads
 *   entities     built in an arena for an act (or once for many); written by one thread, then
 *                only read
 *   request      three entity uids and a context record
 *
 * Strings given to the builders of entities and values are borrowed: they live as long as the
 * arena of the entities. No function here blocks, reads a clock or touches a file.
 */
#ifndef SIFARA_CEDAR_CEDAR_H
#define SIFARA_CEDAR_CEDAR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/errors.h"
#include "base/json.h"

/* ---- values ---------------------------------------------------------------------------- */

enum cedar_type {
    CEDAR_NONE, /* no value: what a builder gives back when its arena is exhausted */
    CEDAR_BOOL,
    CEDAR_LONG,
    CEDAR_STRING,
    CEDAR_ENTITY,
    CEDAR_SET,
    CEDAR_RECORD,
    CEDAR_DECIMAL,  /* i: ten-thousandths */
    CEDAR_DATETIME, /* i: milliseconds since 1970-01-01T00:00Z */
    CEDAR_DURATION, /* i: milliseconds */
    CEDAR_IP
};

/* Name of an entity: its type with namespace ("Sifara::State") and its id. The hash is filled by
 * cedar_uid(); it is seeded per process and never shown. */
struct cedar_uid {
    str type, id;
    uint64_t hash;
};

struct cedar_record; /* attributes by name; grows while it is built */
struct cedar_ip;

/* A value; its pointers borrow from the arena it was made in. Sets are sorted and without
 * duplicates, so make them with cedar_setof() only. */
struct cedar_value {
    uint8_t type; /* enum cedar_type */
    uint32_t n;   /* bytes of a string, elements of a set */
    union {
        bool b;
        int64_t i;
        const char *s;
        const struct cedar_uid *uid;
        const struct cedar_value *items;
        struct cedar_record *record;
        const struct cedar_ip *ip;
    };
};

struct cedar_uid cedar_uid(str type, str id);
bool cedar_uid_eq(const struct cedar_uid *, const struct cedar_uid *);

struct cedar_entities;
struct cedar_entity;

struct cedar_value cedar_bool(bool);
struct cedar_value cedar_long(int64_t);
struct cedar_value cedar_str(str); /* UTF-8, at most 4 GiB */
struct cedar_value cedar_decimal(int64_t ten_thousandths);
struct cedar_value cedar_datetime(int64_t ms_since_1970);
struct cedar_value cedar_duration(int64_t ms);
/* The value of an extension type from its text, as the policy functions decimal(), ip(),
 * datetime() and duration() read it; CEDAR_NONE when the text is malformed (then the entities are
 * not marked failed) or memory is gone. */
struct cedar_value cedar_extension(struct cedar_entities *, enum cedar_type, str text);
struct cedar_value cedar_ref(struct cedar_entities *, str type, str id);
struct cedar_value cedar_setof(struct cedar_entities *, const struct cedar_value *, size_t n);
struct cedar_value cedar_strings(struct cedar_entities *, const str *, size_t n);
/* An empty record, and the value that stands for it. */
struct cedar_record *cedar_record(struct cedar_entities *);
struct cedar_value cedar_of(struct cedar_record *);
/* Adds or replaces an attribute; NULL record or CEDAR_NONE value mark the entities failed. */
void cedar_put(struct cedar_entities *, struct cedar_record *, str name, struct cedar_value);

/* Reading a value back. */
bool cedar_same(const struct cedar_value *, const struct cedar_value *);
/* Attribute of a record; NULL if there is none. */
const struct cedar_value *cedar_get(const struct cedar_record *, str name);
size_t cedar_record_count(const struct cedar_record *);
const struct cedar_value *cedar_record_at(const struct cedar_record *, size_t i, str *out_name);

/* ---- entities -------------------------------------------------------------------------- */

/* An empty store in the arena; NULL when the arena is exhausted. All functions below accept NULL
 * and mark a store that ran out of memory: ask cedar_entities_ok() once, or let cedar_decide()
 * answer ERR_MEMORY_LIMIT. */
NODISCARD struct cedar_entities *cedar_entities_new(struct arena *);
bool cedar_entities_ok(const struct cedar_entities *);
/* The entity of that name, added if it was only mentioned or not there yet. */
struct cedar_entity *cedar_entity(struct cedar_entities *, str type, str id);
void cedar_attr(struct cedar_entities *, struct cedar_entity *, str name, struct cedar_value);
void cedar_tag(struct cedar_entities *, struct cedar_entity *, str name, struct cedar_value);
/* The parent need not be in the store. The closure over parents is taken by `in`. */
void cedar_parent(struct cedar_entities *, struct cedar_entity *, str type, str id);

/* Entities that exist (not those only mentioned as parents). */
size_t cedar_entities_count(const struct cedar_entities *);
/* NULL unless it exists. */
const struct cedar_entity *cedar_find(const struct cedar_entities *, const struct cedar_uid *);
const struct cedar_record *cedar_attrs(const struct cedar_entity *);
const struct cedar_record *cedar_tags(const struct cedar_entity *);
/* ERR_INVALID when an entity is its own ancestor. */
NODISCARD enum err cedar_entities_acyclic(const struct cedar_entities *, struct arena *scratch,
                                          struct fault *);

/* ---- policies -------------------------------------------------------------------------- */

struct cedar_set;

struct cedar_source {
    str name; /* for messages: a file name */
    str text;
};

struct cedar_limits {
    size_t bytes;      /* of all texts together */
    size_t memory;     /* of the parsed set */
    unsigned policies; /* with templates */
    unsigned depth;    /* of nested expressions; at most 1000 */
};

extern const struct cedar_limits cedar_limits_default; /* 16 MiB, 512 MiB, 100,000, depth 200 */

/* A template's slots filled with entities; .p of an unused one is NULL. */
struct cedar_link {
    str template_id, id;
    struct cedar_uid principal, resource; /* type.p NULL where the template has no such slot */
};

/* Parses the texts in order into one set. Policies and templates are numbered policy0, policy1 …
 * in order over all texts. limits NULL takes the default ones. The set owns copies of all.
 * Errors: ERR_SYNTAX (detail: "name:line:column: message", the line and a caret), ERR_LIMIT,
 * ERR_MEMORY. */
NODISCARD enum err cedar_parse(const struct cedar_source *, size_t n, const struct cedar_limits *,
                               struct cedar_set **out, struct fault *);
/* As cedar_parse, with templates linked: each link is one more policy under its own id.
 * ERR_NOT_FOUND for an unknown template, ERR_INVALID for a slot left empty or an id twice. */
NODISCARD enum err cedar_parse_linked(const struct cedar_source *, size_t n,
                                      const struct cedar_link *, size_t n_links,
                                      const struct cedar_limits *, struct cedar_set **out,
                                      struct fault *);
void cedar_set_free(struct cedar_set *);

static inline void cedar_set_release(struct cedar_set **s)
{
    cedar_set_free(*s);
}
DEFINE_AUTO(cedar_set, struct cedar_set *, cedar_set_release)

/* A place in a source text; line and column count from 1, the column in code points. */
struct cedar_place {
    str file, text; /* text: the bytes of the span */
    uint32_t line, column;
};

/* Policies that take part in decisions: static ones and links, not templates. */
size_t cedar_set_count(const struct cedar_set *);
size_t cedar_template_count(const struct cedar_set *);
/* All by position 0 … count-1; the strings live as long as the set. */
str cedar_policy_id(const struct cedar_set *, size_t i);
bool cedar_policy_permits(const struct cedar_set *, size_t i); /* permit, else forbid */
/* The value of an annotation; STR_NONE if absent, "" for one without a value. */
str cedar_policy_note(const struct cedar_set *, size_t i, str key);
size_t cedar_policy_note_count(const struct cedar_set *, size_t i);
str cedar_policy_note_at(const struct cedar_set *, size_t i, size_t k, str *out_key);
/* Its whole text with annotations; for a link, that of the template. */
struct cedar_place cedar_policy_place(const struct cedar_set *, size_t i);
/* Position of the policy with that id, or -1. */
ptrdiff_t cedar_policy_find(const struct cedar_set *, str id);

/* Every entity that the texts name, in scopes and conditions, in the order of the set and with its
 * place; templates too. Stops when the function says false, and then returns false. */
bool cedar_names(const struct cedar_set *,
                 bool (*seen)(void *ctx, const struct cedar_uid *, const struct cedar_place *),
                 void *ctx);

struct cedar_schema;

/* What can be asked: an action with one type of principal and one of resource. */
struct cedar_env {
    struct cedar_uid action;
    str principal, resource;
};

/* The policies of a set that are meant: those whose scope can hold where such a thing is asked,
 * under the schema that foresees it. NULL stands for all. */
struct cedar_about {
    const struct cedar_schema *schema;
    struct cedar_env env;
};

/* The literals that conditions of those policies compare <variable>.<attribute> with: beside ==,
 * !=, <, <=, >, >=, and the elements given to contains, containsAll and containsAny on either side.
 * variable is "principal", "resource" or "context"; STR_NONE is any. Without doubles, in Cedar's
 * order of values; they live in the arena and the set. Error: ERR_MEMORY_LIMIT. */
NODISCARD enum err cedar_tested(const struct cedar_set *, const struct cedar_about *, str variable,
                                str attribute, struct arena *, struct cedar_value *out);

/* Does any condition of those policies read or ask for an attribute of that name, of whatever? */
bool cedar_mentions(const struct cedar_set *, const struct cedar_about *, str attribute);

/* Its text in canonical form, without comments; parses to an equal policy. */
void cedar_policy_print(struct buf *, const struct cedar_set *, size_t i);
/* The same of the template at that position, 0 … cedar_template_count-1. */
void cedar_template_print(struct buf *, const struct cedar_set *, size_t i);

/* Lays a text of policies out anew, comments included: lines of at most 80 columns where strings
 * allow, one blank line between policies. Formatting the result changes nothing. Appends to the
 * buffer. Errors: those of cedar_parse; ERR_MEMORY_LIMIT when the buffer is full. */
NODISCARD enum err cedar_format(struct buf *, const struct cedar_source *, struct fault *);

/* ---- deciding -------------------------------------------------------------------------- */

struct cedar_request {
    struct cedar_uid principal, action, resource;
    struct cedar_record *context; /* NULL is the empty record */
};

struct cedar_policy_error {
    uint32_t policy;
    str message;
};

/* Positions are in the order of the set. Arrays and messages live in the scratch arena. */
struct cedar_answer {
    bool allow;
    uint32_t n_reasons, n_errors;
    const uint32_t *reasons;                 /* determining policies */
    const struct cedar_policy_error *errors; /* policies skipped because they failed */
};

/* Decides as Spec Authorizer.lean: allow if a permit and no forbid is satisfied. A policy whose
 * evaluation fails is skipped and listed: a caller that wants to fail closed looks at n_errors.
 * Takes all its memory from scratch, which may be the arena of the entities. Error:
 * ERR_MEMORY_LIMIT. */
NODISCARD enum err cedar_decide(const struct cedar_set *, const struct cedar_entities *,
                                const struct cedar_request *, struct arena *scratch,
                                struct cedar_answer *out);

/* ---- why not --------------------------------------------------------------------------- */

/* A permit whose scope fits a refused request, and what its conditions lacked. */
struct cedar_near {
    uint32_t policy;
    uint32_t n_failed;                /* conjuncts that do not hold; nearest permits first */
    const struct cedar_place *failed; /* in the order of the text; at most 8 */
    str error; /* message, if evaluating the first of them failed; else .p NULL */
};

struct cedar_why {
    size_t n_near;
    const struct cedar_near *near; /* at most 16 */
    /* Strings that, added to the set context.<attribute>, give a permit without errors: a
     * smallest such choice among the strings that policies with a fitting scope test for. */
    bool curable;
    size_t n_missing;
    const str *missing;
};

/* Explains a refusal. attribute names the set of strings in the context that the asker can add to
 * ("undertakings"); strings are found where conditions call context.<attribute>.contains("…"),
 * containsAll or containsAny with literals. The search tries at most 16 strings, six at a time and
 * 4,000 decisions in all; what it does not find in these bounds is not curable. All is in the
 * arena or in the set. For a request that is allowed, near is empty and missing too. */
NODISCARD enum err cedar_why_not(const struct cedar_set *, const struct cedar_entities *,
                                 const struct cedar_request *, str attribute, struct arena *,
                                 struct cedar_why *out);

/* ---- schemas --------------------------------------------------------------------------- */

/* Entity types, common types and actions, resolved; immutable, owns its memory. */
struct cedar_schema;

/* Reads a schema in Cedar's own syntax. limits: as for policies; depth is that of types.
 * Errors: ERR_SYNTAX with the place; ERR_INVALID for an unknown or doubled name, a type that
 * contains itself or a cycle of action groups; ERR_LIMIT, ERR_MEMORY. */
NODISCARD enum err cedar_schema_parse(const struct cedar_source *, const struct cedar_limits *,
                                      struct cedar_schema **out, struct fault *);
/* The same from the JSON syntax. */
NODISCARD enum err cedar_schema_read(const struct json *, const struct cedar_limits *,
                                     struct cedar_schema **out, struct fault *);
void cedar_schema_free(struct cedar_schema *);

static inline void cedar_schema_release(struct cedar_schema **s)
{
    cedar_schema_free(*s);
}
DEFINE_AUTO(cedar_schema, struct cedar_schema *, cedar_schema_release)

/* An attribute; of a set, also what its elements are. */
struct cedar_shape {
    str name;
    bool required;
    enum cedar_type type, element; /* CEDAR_NONE: a type that is none of a single value */
    str of;                        /* type of the entity, or of the entities in the set */
};

/* All by position, false behind the last; the strings live as long as the schema. */
bool cedar_schema_env(const struct cedar_schema *, size_t i, struct cedar_env *out);
bool cedar_schema_attr(const struct cedar_schema *, str entity_type, size_t i,
                       struct cedar_shape *out);
bool cedar_schema_context(const struct cedar_schema *, const struct cedar_uid *action, size_t i,
                          struct cedar_shape *out);
/* The ids of an enumerated type, in the order of the schema. */
bool cedar_schema_enum(const struct cedar_schema *, str entity_type, size_t i, str *out);

/* ---- validating ------------------------------------------------------------------------ */

enum cedar_mode { CEDAR_STRICT, CEDAR_PERMISSIVE };

enum cedar_finding_kind {
    CEDAR_FINDING_ERROR,
    /* The scope fits no action of the schema. An error in the reference implementation before
     * September 2026, a warning since. */
    CEDAR_FINDING_NO_ACTION,
    CEDAR_FINDING_IMPOSSIBLE /* a warning: the conditions can never hold */
};

struct cedar_finding {
    enum cedar_finding_kind kind;
    str policy; /* id */
    struct cedar_place place;
    str message;
};

/* Checks all policies, links and templates of a set against a schema (Spec Validator.lean). A set
 * without findings of kind ERROR cannot fail on conforming requests and entities, but for integer
 * overflow and entities that are not there; in permissive mode also for texts given to decimal(),
 * ip(), datetime() and duration(). Findings come in the order of the set, from the arena; strings
 * may point into the set. Error: ERR_MEMORY_LIMIT. */
NODISCARD enum err cedar_validate(const struct cedar_set *, const struct cedar_schema *,
                                  enum cedar_mode, struct arena *, struct cedar_finding **out,
                                  size_t *out_n, struct fault *);
/* ERR_SCHEMA when the request is none that the schema foresees. */
NODISCARD enum err cedar_validate_request(const struct cedar_schema *, const struct cedar_request *,
                                          struct fault *);
/* ERR_SCHEMA when an entity does not conform: unknown type or enumerated id, attributes, tags,
 * ancestors, or an action with other groups than the schema's. */
NODISCARD enum err cedar_validate_entities(const struct cedar_schema *,
                                           const struct cedar_entities *, struct arena *scratch,
                                           struct fault *);

/* ---- JSON ------------------------------------------------------------------------------ */

/* Entities in the JSON format of the docs: a list of {"uid", "attrs", "tags", "parents"}. With a
 * schema (NULL: none) the escapes __entity and __extn may be left out where it tells the type, and
 * its actions are added. Strings point into the tree: keep the JSON as long as the entities.
 * Errors, with a JSON Pointer: ERR_INVALID (also for an entity twice and a cycle),
 * ERR_MEMORY_LIMIT. */
NODISCARD enum err cedar_entities_read(struct arena *, const struct json *,
                                       const struct cedar_schema *, struct cedar_entities **out,
                                       struct fault *);
/* {"principal", "action", "resource", "context"}; other members are ignored. */
NODISCARD enum err cedar_request_read(struct arena *, const struct json *,
                                      const struct cedar_schema *, struct cedar_request *out,
                                      struct fault *);
/* The same formats, with all escapes, in an order that depends on nothing else: what is sealed
 * into a decision record. ERR_INVALID for an attribute named like an escape. */
NODISCARD enum err cedar_entities_write(struct jw *, const struct cedar_entities *, struct fault *);
NODISCARD enum err cedar_request_write(struct jw *, const struct cedar_request *, struct fault *);
NODISCARD enum err cedar_value_write(struct jw *, const struct cedar_value *, struct fault *);

/* A policy, or the whole set with templates and links, in the JSON policy format of the docs.
 * ERR_MEMORY_LIMIT when the buffer is full. */
NODISCARD enum err cedar_policy_write(struct jw *, const struct cedar_set *, size_t i,
                                      struct fault *);
NODISCARD enum err cedar_set_write(struct jw *, const struct cedar_set *, struct fault *);
/* The same policy as a tree, and all templates as one object by their ids; NULL where there are
 * none. Trees live in the arena. */
NODISCARD enum err cedar_policy_tree(struct arena *, const struct cedar_set *, size_t i,
                                     struct json **out, struct fault *);
NODISCARD enum err cedar_template_trees(struct arena *, const struct cedar_set *,
                                        const struct json **out, struct fault *);
/* Reads a set in that format ({"staticPolicies", "templates", "templateLinks"}), or one policy,
 * which is then policy0. The texts that places refer to are the canonical ones, each in a file
 * named like its policy. Errors: ERR_INVALID with a sentence, and those of cedar_parse. */
NODISCARD enum err cedar_set_read(const struct json *, const struct cedar_limits *,
                                  struct cedar_set **out, struct fault *);

#endif
