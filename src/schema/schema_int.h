/* schema_int.h - the compiled form, and what the files of this folder share
 *
 * A node is one subschema at one place of one document. Rules of one instance type hang off it as
 * a block each, NULL where the schema says nothing, so that checking a string looks at nothing
 * that concerns objects.
 */
#ifndef SIFARA_SCHEMA_SCHEMA_INT_H
#define SIFARA_SCHEMA_SCHEMA_INT_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "schema/schema.h"

/* Bits of node.types. An integer that is written as a real, 1.0, is T_REAL with T_INT allowed. */
enum {
    T_NULL = 1,
    T_BOOL = 2,
    T_INT = 4,
    T_REAL = 8,
    T_STRING = 16,
    T_ARRAY = 32,
    T_OBJECT = 64,
    T_ALL = 127
};

struct node;
struct resource;

/* Formats that are asserted; see format.c. */
typedef bool (*format_fn)(str);
/* NULL for a format that is not known, and so never fails. */
format_fn format_find(str name);

/* simple.c: patterns that need no engine */
enum { SIMPLE_RUNS = 12 };
struct simple_run {
    uint64_t set[2]; /* of ASCII characters */
    uint32_t min, max;
};
struct simple {
    unsigned n;
    struct simple_run runs[SIMPLE_RUNS];
};
/* False if the pattern, which must be a valid one, is not that simple. */
bool simple_compile(str text, struct simple *out);
bool simple_match(const struct simple *, str subject);

/* idna.c: a label of at most 63 letters, digits and hyphens that begins with "xn--" */
bool idna_is_a_label(str);

/* pattern.c: patterns with bounded matching */
struct pattern {
    str text;
    pcre2_code *code;
    bool is_simple;
    struct simple simple;
};
/* ERR_SYNTAX with the engine's complaint. */
NODISCARD enum err pattern_compile(str text, struct pattern *out, struct fault *);
void pattern_free(struct pattern *);
enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_TOO_HARD };
/* Takes what it costs from *steps. */
enum pattern_result pattern_match(const struct pattern *, str subject, int64_t *steps);
/* The same by the engine, whatever the pattern: for tests. */
enum pattern_result pattern_match_engine(const struct pattern *, str subject, int64_t *steps);
/* Is it a pattern of ECMA-262, also one that PCRE2 10.42 cannot run (lookbehind of varying
 * length)? */
bool pattern_is_valid(str text);

/* keys.c: strings to entries, built once */
struct key_entry {
    str key;
    const struct node *schema; /* of `properties`; NULL if there is none */
    int required;              /* index into object_rules.required, or -1 */
};
struct key_table {
    uint32_t mask, n;          /* slots - 1, entries */
    uint32_t *slots;           /* index of an entry + 1, 0 if empty */
    struct key_entry *entries; /* in the order in which they were put */
};
/* Room for n keys; false without memory. */
NODISCARD bool keys_init(struct key_table *, struct arena *, size_t n);
/* The entry of a key, made if new. */
struct key_entry *keys_put(struct key_table *, str key);
/* NULL if the key is not there. *hint, 0 at first, guesses the next look-up: members of an
 * instance mostly come in the order of the schema. */
const struct key_entry *keys_get(const struct key_table *, str key, uint32_t *hint);

/* A finite decimal number: mantissa * 10^exponent. */
struct decimal {
    bool negative;
    uint64_t mantissa;
    int exponent;
};
struct decimal decimal_of(const struct json *number);
/* Is value a whole multiple of by (not 0)? Exact for the decimals as written. */
bool decimal_multiple(struct decimal value, struct decimal by);
/* <0, 0, >0; exact across integers and reals. */
int number_compare(const struct json *, const struct json *);
bool number_is_integer(const struct json *);

struct number_rules {
    const struct json *minimum, *maximum, *above, *below; /* above = exclusiveMinimum */
    const struct json *multiple_of;
    struct decimal multiple;
};

struct string_rules {
    uint64_t min, max;
    const struct pattern *pattern;
    format_fn format;
    str format_name;
};

struct array_rules {
    uint64_t min, max, min_contains, max_contains;
    bool unique;
    const struct node **prefix;
    uint32_t n_prefix;
    const struct node *items, *contains;
};

struct pattern_property {
    const struct pattern *pattern;
    const struct node *schema;
};
struct dependency {
    str key;
    const str *required; /* dependentRequired */
    uint32_t n_required;
    const struct node *schema; /* dependentSchemas */
};

struct object_rules {
    struct key_table keys;
    const str *required;
    uint32_t n_required;
    uint64_t min, max;
    const struct pattern_property *patterns;
    uint32_t n_patterns;
    const struct node *additional, *names;
    const struct dependency *dependencies;
    uint32_t n_dependencies;
};

/* enum and const */
struct value_rules {
    const struct json *one;
    const struct json **many; /* what is not a string */
    uint32_t n_many, n_all;
    bool has_many;
    struct key_table strings;
};

struct node_list {
    const struct node **nodes;
    uint32_t n;
};

struct dynamic_ref {
    const struct node *target;
    str name; /* empty: an ordinary reference after all */
};

/* What applies to the same instance again. */
struct applied {
    const struct node *ref;
    const struct dynamic_ref *dynamic;
    struct node_list all, any, one;
    const struct node *excluded, *when, *then, *otherwise;
};

struct node {
    uint8_t types;
    bool never;  /* the schema false */
    bool plain;  /* nothing but type and string or number rules */
    bool detour; /* nothing but a $ref: applied->ref may be taken at once */
    const struct value_rules *values;
    const struct number_rules *number;
    const struct string_rules *string;
    const struct array_rules *array;
    const struct object_rules *object;
    const struct applied *applied;
    const struct node *unevaluated_items, *unevaluated_properties;
    const struct resource *resource;
};

struct anchor {
    struct anchor *next;
    str name;
    const struct json *json;
    const struct node *node; /* compiled only for dynamic ones */
    bool dynamic;
};

enum vocabulary {
    VOC_APPLICATOR = 1,
    VOC_UNEVALUATED = 2,
    VOC_VALIDATION = 4,
    VOC_FORMAT_ASSERT = 8,
    VOC_DEFAULT = VOC_APPLICATOR | VOC_UNEVALUATED | VOC_VALIDATION
};

/* A schema with a URI of its own: a document, or a part of one with $id. */
struct resource {
    struct resource *next;
    str uri, alias; /* alias: where the document was found */
    const struct json *root;
    struct anchor *anchors;
    unsigned vocabularies;
    bool compiled; /* a node of it exists */
};

struct schema {
    struct arena *arena;
    const struct node *root;
    struct resource *resources;
    struct pattern **patterns;
    size_t n_patterns;
    int64_t max_steps;
    uint64_t seed; /* of hashes of instance values */
    bool dynamic;  /* $dynamicRef occurs: scopes must be followed */
};

/* uri.c: RFC 3986, 5.2. ref against base, fragment cut off; .p is NULL without memory. */
str uri_resolve(struct arena *, str base, str ref, str *out_fragment);

/* metaschema.c: a document of the draft by its URI, as text; STR_NONE if it is none */
str metaschema_text(str uri);

/* value.c. Each step over an instance value takes one from *steps; at 0 the answer is useless
 * and the caller says ERR_LIMIT. */
uint64_t value_hash(const struct json *, uint64_t seed, int64_t *steps);
bool value_same(const struct json *, const struct json *, int64_t *steps);

#endif
