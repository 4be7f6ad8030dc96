/* prose.h - policies in the words of people
 *
 * A policy is said as a sentence and, where it is long, a list of conditions. All is made from its
 * syntax tree (the JSON policy format), so that the words cannot drift from the rule: annotations
 * are not read. The whole language can be said. What the house has words for (its types, actions,
 * attributes, roles, undertakings) is said in them; anything else by its raw name.
 *
 * Phrases are data, found by key (docs/policy-matrices.md, Prose):
 *   {0} {1}      arguments; {0|text} says text when the argument is empty
 *   {0:m/f}      m or f by the grammatical gender of the argument
 *   text|f       at the end: what is said has feminine gender
 */
#ifndef SIFARA_POLICY_PROSE_H
#define SIFARA_POLICY_PROSE_H

#include "cedar/cedar.h"

/* Where words come from. */
struct prose_words {
    /* The phrase of a key in the language, or in one that stands in for it; STR_NONE if there is
     * none. It lives as long as what was said. */
    str (*word)(const void *from, str language, str key);
    /* The name of an entity, such as that of a state; STR_NONE: none known. NULL: no names. */
    str (*name)(const void *from, str language, str type, str id);
    const void *from;
};

/* A line of what is said: the sentence at depth 0, conditions below it. */
struct prose_item {
    unsigned depth;
    str text;
};

struct prose {
    size_t n;
    const struct prose_item *items;
    str missing; /* key of the first word of the house that was not there; .p NULL if none */
};

/* Says the policy in position i. All is in the arena. ERR_LIMIT for one nested too deeply or too
 * long to be said, ERR_MEMORY_LIMIT. */
NODISCARD enum err prose_policy(struct arena *, const struct cedar_set *, size_t i,
                                const struct prose_words *, str language, struct prose *out,
                                struct fault *);
/* Says a policy or a template in the JSON policy format, as cedar_policy_write() makes it. */
NODISCARD enum err prose_tree(struct arena *, const struct json *, const struct prose_words *,
                              str language, struct prose *out, struct fault *);
/* The lines as text onto the buffer, each ended, with a dash before what stands below; each line
 * begins with the margin. */
void prose_print(struct buf *, const struct prose *, str margin);
/* The policy in position i as such a text. Errors: those of prose_policy. */
NODISCARD enum err policy_prose(struct buf *, const struct cedar_set *, size_t i,
                                const struct prose_words *, str language, struct fault *);

#endif
