/* package.h - a public service as one signed package
 *
 * A service is a folder of data: law, form, rules, words, document, golden cases. Packed, it is one
 * archive, the same bytes on any machine, named by the digest of its manifest and signed by the
 * state that gives it. docs/service-package.md is the specification.
 *
 *   files      the folder or the archive, in memory       files.c, archive.c
 *   manifest   what is in it, and who says so             manifest.c
 *   package    the content understood: form, pages, rules, words, golden cases   package.c …
 *
 * Pure: no database, no clock, no network. A package holds no code; its rules see the answers, the
 * person's record as the form declares it, and the day; nothing else.
 */
#ifndef SIFARA_PACKAGE_PACKAGE_H
#define SIFARA_PACKAGE_PACKAGE_H

#include "base/errors.h"
#include "base/json.h"
#include "crypto/crypto.h"

/* ---- files ------------------------------------------------------------------------------- */

enum { PACKAGE_FILES = 128, PACKAGE_FILE_BYTES = 4 << 20, PACKAGE_BYTES = 16 << 20 };

struct package_file {
    str name, bytes; /* "form.json", "documents/card.svg" */
};

/* All files of a service, in the order of their names; bytes in the arena it was read into. */
struct package_files {
    size_t n;
    struct package_file list[PACKAGE_FILES];
};

const struct package_file *package_file(const struct package_files *, str name); /* or NULL */
/* Reads a folder: every regular file of an allowed name. ERR_INVALID names an entry that does not
 * belong (a link, a device, a name with other characters), ERR_LIMIT, ERR_IO. */
NODISCARD enum err package_read_folder(struct arena *, const char *folder, struct package_files *,
                                       struct fault *);
/* Is it one of the names that the specification knows? */
bool package_name_known(str name);

/* ---- problems ---------------------------------------------------------------------------- */

/* One thing that is wrong with a package: where, and what to do about it. */
struct package_problem {
    str file;    /* "rules.json" */
    str pointer; /* JSON Pointer into it, "" for the whole */
    unsigned line;
    str what, remedy;
    bool advice; /* the package works all the same */
};

struct package_problems {
    struct arena *arena;
    size_t n, dropped;
    struct package_problem list[200];
};

#endif
