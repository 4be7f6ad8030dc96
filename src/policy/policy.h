/* policy.h - the adopted digital foreign policy: decide, record, explain
 *
 * A policy is a set of Cedar texts with facts (facts.h). It is immutable, named by the SHA-256 over
 * its files and the schema that they were validated against, and counted by reference: the node
 * swaps it while decisions under the old one finish.
 *
 * A decision in which any policy fails to evaluate is a refusal (docs/decisions/0002): Cedar
 * itself would skip the failing one.
 */
#ifndef SIFARA_POLICY_POLICY_H
#define SIFARA_POLICY_POLICY_H

#include "cedar/cedar.h"
#include "crypto/crypto.h"
#include "policy/facts.h"

struct policy;

/* Parses and validates texts against the house's schema text (Cedar syntax); sources named
 * "facts/….json" are its facts, all others policies. Whatever states, organisations and agreements
 * the texts name must be among the facts. The digest covers names and texts in the order of their
 * names. ERR_SYNTAX or ERR_INVALID with file, and line and column or JSON Pointer. The caller owns
 * one reference. */
NODISCARD enum err policy_new(const struct cedar_source *files, size_t n, str schema,
                              struct policy **out, struct fault *);
/* A set that governed once, to decide again what it decided: the schema of those days may be gone
 * from the program, so it is not validated. With the schema that was stored beside it (STR_NONE: a
 * set of a program that stored none) its digest is taken again: ERR_CORRUPT unless it is that one.
 */
NODISCARD enum err policy_reopen(const struct cedar_source *files, size_t n, str schema,
                                 const struct hash *digest, struct policy **out, struct fault *);
struct policy *policy_ref(struct policy *);
void policy_unref(struct policy *);
const struct hash *policy_digest(const struct policy *);
size_t policy_count(const struct policy *);
const struct cedar_set *policy_set(const struct policy *);
const struct facts *policy_facts(const struct policy *); /* empty ones where there are none */

struct decision {
    bool permit;
    uint32_t n_by;
    const str *by; /* @id of the determining policies, or policyN */
    str why;       /* on an evaluation error: its message */
};

/* Pure; all memory from the arena. ERR_MEMORY_LIMIT. */
NODISCARD enum err policy_decide(const struct policy *, const struct cedar_entities *,
                                 const struct cedar_request *, struct arena *, struct decision *out,
                                 struct fault *);

/* The decision record from which the decision can be recomputed: request, entities with all
 * attributes, answer, digest of the set. JSON onto buf. */
NODISCARD enum err policy_record(struct buf *, const struct policy *, const struct cedar_entities *,
                                 const struct cedar_request *, const struct decision *,
                                 struct fault *);

/* What people are told of the policy at that position: members "id", "title", "basis" and "reason",
 * in the language asked for, else in English, into an object that is open in w. */
void policy_put_clause(struct jw *w, const struct policy *, size_t i, str language);
/* What the answer of a refusal says to whoever asked: title, basis and reason of each determining
 * forbid, in the language asked for, else in English. A JSON array onto w. */
void policy_explain(struct jw *w, const struct policy *, const struct decision *, str language);

#endif
