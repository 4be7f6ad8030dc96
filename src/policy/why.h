/* why.h - what a refusal says: the clauses that forbid, the permits that nearly fit, and the
 * undertakings that would turn it into a permit
 */
#ifndef SIFARA_POLICY_WHY_H
#define SIFARA_POLICY_WHY_H

#include "policy/policy.h"

/* A JSON object onto w: "policy" (digest of the set), "by" (policy_explain), and if no permit held
 * "near" (each as in "by", with the texts of the conditions that failed if conditions is set),
 * "curable" and, where it is, "undertakings". Costs up to thousands of decisions: not for the
 * writer. ERR_MEMORY_LIMIT. */
NODISCARD enum err policy_why(struct jw *w, const struct policy *, const struct cedar_entities *,
                              const struct cedar_request *, const struct decision *, str language,
                              bool conditions, struct arena *, struct fault *);

#endif
