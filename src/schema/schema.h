/* schema.h - JSON Schema, draft 2020-12: compile once, check many times
 *
 * A compiled schema owns copies of all it needs, never changes, and may be used by any number of
 * threads at once. References are resolved among the schema itself, the documents given with it
 * and the draft's own metaschemas; nothing is fetched.
 *
 * Vocabularies: core, applicator, unevaluated, validation, format (annotation or assertion);
 * meta-data and content are annotations, which are not collected. A dialect of its own
 * ($schema naming a given document with $vocabulary) switches vocabularies; one that requires an
 * unknown vocabulary is refused.
 *
 * No input costs unbounded time: depth and steps of a check, and matching of patterns, are
 * limited. Patterns are ECMA-262's as far as PCRE2 can say them, with the u flag.
 */
#ifndef SIFARA_SCHEMA_SCHEMA_H
#define SIFARA_SCHEMA_SCHEMA_H

#include "base/errors.h"
#include "base/json.h"

struct schema;

/* A document by the absolute URI under which it may be referred to. */
struct schema_source {
    str uri;
    const struct json *json;
};

/* May be NULL as a whole; zero means the default in brackets. */
struct schema_options {
    str base_uri; /* of the root, if it has no $id ["urn:sifara:schema"] */
    const struct schema_source *sources;
    size_t n_sources;
    bool assert_formats; /* check `format` whatever the vocabulary says */
    unsigned max_nodes;  /* subschemas in all [20,000] */
    size_t max_memory;   /* bytes of the compiled schema [64 MiB] */
    int64_t max_steps;   /* of one check, about one per rule and value [5 million, some 0.2 s] */
};

enum { SCHEMA_MAX_ERRORS = 32 };

/* Errors: ERR_SYNTAX with a pointer into root where that is the document concerned; ERR_LIMIT;
 * ERR_MEMORY, ERR_MEMORY_LIMIT. */
NODISCARD enum err schema_compile(const struct json *root, const struct schema_options *,
                                  struct schema **out, struct fault *);
void schema_free(struct schema *);

/* Checks an instance. scratch is used for unevaluated*, uniqueItems of large arrays and the
 * items of the fault. ERR_SCHEMA: the fault has pointer and sentence of the first place, and up
 * to SCHEMA_MAX_ERRORS items (fault_item) with all of them; ERR_LIMIT: the check was too deep,
 * too long, or a pattern too hard; ERR_MEMORY_LIMIT. With f NULL it stops at the first error. */
NODISCARD enum err schema_check(const struct schema *, const struct json *instance,
                                struct arena *scratch, struct fault *f);

#endif
