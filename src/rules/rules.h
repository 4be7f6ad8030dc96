/* rules.h - JSONLogic: compiled once, evaluated within a budget
 *
 * A rule is JSON: an object with one key applies that operator to its arguments, an array is an
 * array of rules, everything else stands for itself. Operators are those of jsonlogic.com and of
 * the community's specification (val, exists, ??, try, throw, preserve, scopes), as the suites of
 * json-logic/compat-tables freeze them; docs/rules.md has the table, and says what this one does
 * where implementations disagree. Names that begin with "sifara." are additions of ours.
 *
 * A rule reads its data and nothing else: no clock, no file, no state. Numbers are decimal, of 19
 * significant digits, rounded half to even: 0.1 + 0.2 is 0.3.
 */
#ifndef SIFARA_RULES_RULES_H
#define SIFARA_RULES_RULES_H

#include "base/json.h"

struct rules;

/* Of one rule: more is ERR_LIMIT. */
enum { RULES_MAX_NODES = 20000, RULES_MAX_DEPTH = 100 };

/* What one evaluation may use; memory is bounded by the arena's cap. */
struct rules_budget {
    uint32_t steps;  /* rules applied, items visited, 64-byte pieces of text */
    uint32_t values; /* in the result */
};
extern const struct rules_budget rules_budget_default; /* 100,000 steps, 200,000 values */

/* Compiles a rule; it copies what it keeps of the JSON. Owned by the caller, immutable, may be
 * used by many threads at once. Errors, with a pointer into the rule: ERR_SYNTAX (an unknown
 * operator, an object that mixes operators with other keys), ERR_LIMIT, ERR_MEMORY. */
NODISCARD enum err rules_compile(const struct json *rule, struct rules **out, struct fault *);
/* NULL is harmless. */
void rules_free(struct rules *);

/* Applies the rule to data (NULL is null). The result lives in the arena, and shares parts with
 * the data and the rule: keep all three. budget NULL takes the default one.
 * Errors: ERR_INVALID when the rule throws: *out is then the error, an object whose "type" says
 * what ("NaN", "Invalid Arguments", or what `throw` said); ERR_LIMIT, ERR_MEMORY_LIMIT. A rule
 * catches with `try` what is thrown, never a limit. */
NODISCARD enum err rules_eval(const struct rules *, const struct json *data, struct arena *,
                              const struct rules_budget *, struct json *out, struct fault *);

/* What `if` thinks of a value: false, null, 0, "" and [] are not true. */
bool rules_truthy(const struct json *);

#endif
