/* skeleton.h - a small service that works, to begin a new one with: the files in skeleton/ */
#ifndef SIFARA_PACKAGE_SKELETON_H
#define SIFARA_PACKAGE_SKELETON_H

#include "base/buf.h"
#include "package/package.h"

/* In the order of their names; @NAME@ and @GIVER@ stand for what the new service says there. */
extern const struct package_file package_skeleton[];
extern const size_t package_skeleton_n;

/* Appends a file of the skeleton with its two words put in. */
void package_skeleton_fill(struct buf *, str text, str name, str giver);

#endif
