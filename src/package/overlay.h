/* overlay.h - a receiver's own layer over a service that another state gave
 *
 * An overlay is a folder of data: overlay.json, and where the receiver has its own, template.svg,
 * documents/ and golden.json under the names that the base has. docs/service-overlay.md is the
 * specification. Applied to the files of a base it gives the files of the effective service; the
 * base stays as it was signed. When the giver's next version comes, overlay_merge says where both
 * changed the same thing; where they did not, the same overlay applies to the new base.
 *
 * Pure, like the package: what comes out depends on the files alone.
 */
#ifndef SIFARA_PACKAGE_OVERLAY_H
#define SIFARA_PACKAGE_OVERLAY_H

#include "package/package.h"

enum { OVERLAY_FIELDS_OFF = 100, OVERLAY_CONFLICTS = 500 };

/* The files of the effective service, in the order of their names; those that the overlay leaves
 * alone keep their bytes. Everything lives in the arena or borrows from the files given. out may
 * not be one of them. Errors, with the file in front of the detail and the pointer into that file:
 * ERR_MALFORMED_JSON, ERR_LIMIT, ERR_INVALID for what an overlay may not say or touch, ERR_CONFLICT
 * where it does not fit this base (another service, a version below the lowest, an id, word, field
 * or file that is not there, a field that is required), and what package_load says of the result.
 */
NODISCARD enum err overlay_apply(struct arena *, const struct package_files *base,
                                 const struct package_files *overlay, struct package_files *out,
                                 struct fault *);

/* One thing that the overlay and the giver's new version both touch. */
struct overlay_conflict {
    const char *what; /* "service", "rule", "fee", "route", "table", "word", "field", "art",
                       * "workflow" */
    str where;        /* file and JSON Pointer, "rules.json#/eligibility/full-age" (by id) */
    const struct json *old, *ours, *theirs; /* NULL: not there; of art and workflow the
                                             * SHA-256 */
};

struct overlay_conflicts {
    size_t n, dropped; /* those that found no room */
    struct overlay_conflict list[OVERLAY_CONFLICTS];
};

/* Three ways: what the overlay changes in the old base, against what the new base changes there.
 * The same change on both sides is none, unless the overlay could not be applied any more (what it
 * removes is gone). Of both bases the overlay must be a layer: errors as of overlay_apply on the
 * old base, and ERR_CONFLICT when new is another service or too old. */
NODISCARD enum err overlay_merge(struct arena *, const struct package_files *old,
                                 const struct package_files *overlay,
                                 const struct package_files *next, struct overlay_conflicts *out,
                                 struct fault *);

/* Of a layer that conflicts with the next version, what officers decided: each place is "ours",
 * which stays, or "theirs", which leaves the layer; the layer then names that version. places are
 * those of overlay_merge ({"where", "ours", "theirs"}), choices {"where", "take"}, one for each.
 * ERR_INVALID with a pointer into choices: a place that is none, one that is open still, or ours
 * where the giver has removed what we remove. */
NODISCARD enum err overlay_settle(struct arena *, const struct package_files *overlay,
                                  const struct json *places, const struct json *choices,
                                  str version, struct package_files *out, struct fault *);

#endif
