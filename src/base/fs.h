/* fs.h - small files, whole */
#ifndef SIFARA_BASE_FS_H
#define SIFARA_BASE_FS_H

#include "base/errors.h"

bool fs_exists(const char *path);
/* The bytes of a file of at most max bytes, with a NUL behind them. ERR_NOT_FOUND, ERR_TOO_LARGE,
 * ERR_IO. */
NODISCARD enum err fs_read(struct arena *, const char *path, size_t max, str *out, struct fault *);
/* Writes a file so that it is either the old one or, durably, the new one. */
NODISCARD enum err fs_write(const char *path, str bytes, unsigned mode, struct fault *);
/* Makes a folder and its parents; an existing one is fine. */
NODISCARD enum err fs_folder(const char *path, unsigned mode, struct fault *);
/* Copies a folder of plain files, recursively; what disappears meanwhile is left out. */
NODISCARD enum err fs_copy_tree(const char *from, const char *to, struct fault *);

#endif
