/* golden.h - golden cases: the package proves that it works before it opens
 *
 * A case of golden.json gives answers, the day, and what must come of them. It is evaluated with
 * the rules of the package alone: no clock, no database, and the working days of a calendar that
 * the case itself brings, {"weekend": [5, 6], "closed": ["2026-12-02"]}, Sunday being 0.
 *
 * Of "expect" what is said is compared:
 *   valid        does the form take the answers?
 *   errors       pointers at which the form must refuse them (it may do so at others too)
 *   eligible     do all rules of eligibility hold?
 *   failed       ids of those that do not, in the order of rules.json
 *   fee          {"amount": 3000, "currency": "EUR"}
 *   attachments  ids of the documents to bring, in the order of rules.json
 *   pages        ids of the pages that are shown
 *   route        "mission" or "ministry"
 *   state        the state in which the case is after the "events" of the golden case
 *   path         all states that it passed, the first and the last among them
 *   turn         whose move it is then: "person", "officer", "node"; null at an end
 *   document     SHA-256 of the document that an approval issues, in hex; null: none is
 *   due          the day of the promise, when the answers come in on "today"
 */
#ifndef SIFARA_PACKAGE_GOLDEN_H
#define SIFARA_PACKAGE_GOLDEN_H

#include "package/model.h"

enum { PACKAGE_CASES = 1000, PACKAGE_PROMISE_MAX = 1000 };

/* What came of a case: an object with the members of "expect". */
struct package_replay {
    bool passed;
    struct json got;
};

/* How a document is made is known above this floor only. */
struct package_art {
    /* SHA-256 in hex of what the art says of the case, whose number and day are fixed: the art with
     * its values put in, and what its seal says. ERR_INVALID where the art wants a value that the
     * case does not give. */
    enum err (*digest)(const struct package_art *, const struct package *,
                       const struct json *golden_case, str art, struct arena *, char hex[65],
                       struct fault *);
    const struct package_files *files;
};

/* Evaluates one case; art NULL: its document is not compared. ERR_INVALID when the case itself
 * cannot be understood (pointer into it); ERR_LIMIT, ERR_MEMORY_LIMIT. A rule that throws is no
 * error here: it is what was got. */
NODISCARD enum err package_replay(const struct package *, const struct json *golden_case,
                                  const struct package_art *, struct arena *,
                                  struct package_replay *out, struct fault *);

/* The day on which so many working days have passed; the first is the day after. Of no days it is
 * the day itself, or the next working one. calendar NULL: every day is one. ERR_INVALID with a
 * pointer into the calendar; ERR_RANGE when it leaves no working day. */
NODISCARD enum err package_due(const struct json *calendar, int32_t day, unsigned working_days,
                               int32_t *out, struct fault *);

#endif
