/* fees.h - the amounts of money that the rules of a fee name, and a layer that says others
 *
 * An amount is a whole number of minor units from which the fee is worked out: one that stands in a
 * rule where its value is money (not the age or the number of copies beside it), or one of a table
 * that such a place reads. Whatever else a rule does stays as it is.
 *
 * Pure, like the package.
 */
#ifndef SIFARA_PACKAGE_FEES_H
#define SIFARA_PACKAGE_FEES_H

#include "package/package.h"

enum { PACKAGE_AMOUNTS = 200 };

struct package_amount {
    str at;    /* "rules.json#/fee/amount/if/1", "service.json#/tables/tariff/urgent" */
    str label; /* key of the words of its item; STR_NONE: of the fee itself */
    str key;   /* the member of a table that an answer chooses, "XAR"; else STR_NONE */
    int64_t amount;
    struct json when; /* for each choice above it, the outermost first: {"rule", "before"}; no rule:
                       * what is left when none of those before holds */
    struct json *node;
};

/* The documents of an effective service, and the amounts in them, in the order of the rules. An
 * amount of a table that other rules read too is not one of them. */
struct package_amounts {
    struct json *service, *rules; /* parsed for this use */
    size_t n;
    struct package_amount list[PACKAGE_AMOUNTS];
};

NODISCARD enum err package_amounts_of(struct arena *, const struct package_files *,
                                      struct package_amounts *out, struct fault *);

/* Changes the layer's overlay.json, which is there, so that it says what `changed` says otherwise
 * than the service in force: amounts [{"at", "amount"}], and words {"en": …} of the sentence that
 * tells the fee. ERR_INVALID with a pointer into the change: an amount that is not there, a
 * language that the service does not have, or nothing that changes. The layer's files live in the
 * arena. */
NODISCARD enum err package_amounts_lay(struct arena *, const struct package_files *in_force,
                                       const struct json *changed, struct package_files *layer,
                                       struct fault *);

/* What came of the golden cases of the service that a layer makes, a list in their order of
 * {"name", "passed", "expected", "got"}, becomes what they expect: of a change of fees its fee and
 * its document (fees), of one that officers decided all but what cannot be worked out. The layer's
 * golden.json says it; *out_moved lists {"name", "expected", "got"} of those cases. Where they came
 * out as expected the layer stays as it is. ERR_CONFLICT with a pointer to the case that says
 * something else, or no longer gives a value. */
NODISCARD enum err package_cases_follow(struct arena *, const struct package_files *laid,
                                        const struct json *came, bool fees,
                                        struct package_files *layer, struct json *out_moved,
                                        struct fault *);

#endif
