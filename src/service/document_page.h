/* document_page.h - what a document says, on its page and in its seal; nothing of a case or a node
 *
 * Pure: the same answers, number, day and mission give the same bytes, so that a golden case can
 * hold a package to its document without fonts or keys.
 */
#ifndef SIFARA_SERVICE_DOCUMENT_PAGE_H
#define SIFARA_SERVICE_DOCUMENT_PAGE_H

#include "package/golden.h"
#include "paper/render.h"

enum { DOCUMENT_SEAL_ROOM = 8192 };

struct document_of {
    const struct json *form, *answers;
    str number, mission_en, mission_ar;
    int32_t issued; /* day at the mission */
};

struct document_page {
    struct render_value values[RENDER_VALUES_MAX];
    size_t n;
};

/* The values of the page: those of the house, every answer that is a text or a whole number as
 * {{path.to.it}}, and an empty text for each that was left out. ERR_LIMIT, ERR_MEMORY_LIMIT. */
NODISCARD enum err document_fill(const struct document_of *, struct arena *, struct document_page *,
                                 struct fault *);
/* What goes into the seal by the mapping of service.json, canonical JSON; both officers sign it. */
NODISCARD enum err document_seal_fields(const struct json *service, const struct json *answers,
                                        str mission, struct arena *, str *out, struct fault *);
/* The digest of a golden case (package_art): the art with its values put in, a NUL, the canonical
 * JSON of the seal. The number is the first of its series in the year of the case, the day is the
 * case's, the mission is its post's. */
NODISCARD enum err document_digest(const struct package_art *, const struct package *,
                                   const struct json *golden_case, str art, struct arena *,
                                   char hex[65], struct fault *);

#endif
