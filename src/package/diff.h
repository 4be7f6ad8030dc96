/* diff.h - what a new version of a service changes for a person */
#ifndef SIFARA_PACKAGE_DIFF_H
#define SIFARA_PACKAGE_DIFF_H

#include "package/model.h"

enum { PACKAGE_CHANGES = 500 };

/* One change. `kind` is the end of a key of words/LL.json ("service.diff.field-new"), whose text
 * has {what}, {was} and {is}. */
struct package_change {
    const char *kind;
    const struct package *of; /* whose word says what it is about; NULL: nothing to name */
    str word;
    str was, is; /* texts, where there are any */
};

struct package_changes {
    size_t n, dropped;
    struct package_change list[PACKAGE_CHANGES];
};

/* Both packages and the arena must outlive *out. ERR_MEMORY_LIMIT. */
NODISCARD enum err package_diff(const struct package *old, const struct package *new,
                                struct arena *, struct package_changes **out, struct fault *);

#endif
