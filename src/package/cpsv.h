/* cpsv.h - a service as the catalogues of other states describe theirs
 *
 * CPSV-AP 3.2.0 (Core Public Service Vocabulary, application profile of the European Commission):
 * https://semiceu.github.io/CPSV-AP/releases/3.2.0/ - as JSON-LD 1.1 with its own context in it, so
 * that nobody has to fetch one.
 */
#ifndef SIFARA_PACKAGE_CPSV_H
#define SIFARA_PACKAGE_CPSV_H

#include "package/manifest.h"

/* Appends the description: the service with titles in its languages, its competent authority, law,
 * life events, channel, output, rule, inputs and cost. ERR_INVALID names the file that cannot be
 * read. */
NODISCARD enum err package_cpsv(struct arena *, const struct package_manifest *,
                                const struct package_files *, struct buf *, struct fault *);

#endif
