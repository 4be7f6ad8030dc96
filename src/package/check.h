/* check.h - all that is wrong with a package, at once, each with its place and a remedy
 *
 * What model.h refuses one by one is here a list: JSON that cannot be read; members that the
 * specification does not know; the form, its page plan and whether they fit; rules and what they
 * read; words of all languages; the document's art; golden cases, replayed.
 */
#ifndef SIFARA_PACKAGE_CHECK_H
#define SIFARA_PACKAGE_CHECK_H

#include "package/golden.h"

enum { PACKAGE_CASES_EXPECTED = 8 };

/* Fills *out, which lives in the arena and points into the files; lists stop at its room, and
 * `dropped` says how many more there are. An error means that the check itself could not be
 * finished: ERR_MEMORY, ERR_MEMORY_LIMIT. art NULL: documents of golden cases are not compared. */
NODISCARD enum err package_check(struct arena *, const struct package_files *,
                                 const struct package_art *, struct package_problems **out,
                                 struct fault *);
/* Those that are no advice. */
size_t package_problems_grave(const struct package_problems *);

#endif
