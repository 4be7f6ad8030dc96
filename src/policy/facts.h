/* facts.h - what a policy knows of the world: states, organisations, agreements, accreditations,
 * aims and capabilities
 *
 * A policy folder has, beside its Cedar texts, facts/NAME.json. They are part of the set: its
 * digest covers them, two officers adopt them with it, and a decision of ten years ago is decided
 * again upon the facts of then. Formats: docs/policy-facts.md.
 *
 * All dates are days since 1970-01-01; a moment belongs to the day it has in UTC.
 */
#ifndef SIFARA_POLICY_FACTS_H
#define SIFARA_POLICY_FACTS_H

#include "cedar/cedar.h"

struct facts; /* immutable, owns its memory */

enum { TLP_LEVELS = 5 };
extern const char *const tlp_levels[TLP_LEVELS]; /* "CLEAR" … "RED", as the schema has them */

struct fact_state {
    str code;                              /* ISO 3166-1 alpha-2, or user-assigned */
    str name_en, name_ar, name_fr;         /* .p NULL: what the world calls it */
    bool home;                             /* our own state; at most one is */
    bool recognised, sanctioned, adequate; /* adequate: protects personal data well enough */
};

struct fact_organisation {
    str code; /* "GCC" */
    str name_en, name_ar, name_fr;
    const str *mandate; /* the matters of which it may speak */
    size_t n_mandate;
};

struct fact_agreement {
    str code; /* "XA-CONSULAR-2025" */
    str title_en, title_ar, title_fr, basis, basis_ar, basis_fr;
    int32_t from, until; /* in force on both days; until INT32_MAX: without end */
};

/* What the state wants: an interest with somebody who answers for it. */
struct fact_aim {
    str code, title_en, title_ar, title_fr, owner; /* owner: a mission's code */
    str measure; /* the action whose acts towards partners count: "package.give"; "*" all */
    int64_t target;
    int32_t from, until;
};

/* What the state can do for others, and how much of it. */
struct fact_capability {
    str code, title_en, title_ar, title_fr, unit;
    int64_t total; /* in units, at one time */
};

/* Reads facts from the sources called "facts/….json" among n (others are skipped). ERR_INVALID,
 * with the file and a JSON Pointer: an unknown member, state or organisation; organisations in a
 * cycle; a code twice; an agreement that ends before it begins. No such source at all: empty facts.
 * ERR_SYNTAX, ERR_LIMIT, ERR_MEMORY. */
NODISCARD enum err facts_read(const struct cedar_source *, size_t n, struct facts **out,
                              struct fault *);
void facts_free(struct facts *);

size_t facts_state_count(const struct facts *);
const struct fact_state *facts_state_at(const struct facts *, size_t i);
const struct fact_state *facts_state(const struct facts *, str code); /* NULL: unknown */
/* Our own state, or NULL if no state says that it is. */
const struct fact_state *facts_home(const struct facts *);
size_t facts_organisation_count(const struct facts *);
const struct fact_organisation *facts_organisation_at(const struct facts *, size_t i);
const struct fact_organisation *facts_organisation(const struct facts *, str code);
/* Of a state or an organisation, through organisations in organisations. */
bool facts_member(const struct facts *, str code, str organisation);
size_t facts_agreement_count(const struct facts *);
const struct fact_agreement *facts_agreement_at(const struct facts *, size_t i);
const struct fact_agreement *facts_agreement(const struct facts *, str code);
/* Is the state a party, itself or through an organisation that is one, and the day within? */
bool facts_agreement_binds(const struct facts *, const struct fact_agreement *, str state,
                           int32_t day);
/* "none" (also when nothing is said), "proposed", "accredited", "suspended", "recalled",
 * "severed": the newest that began by that day. */
str facts_accreditation(const struct facts *, str state, int32_t day);
size_t facts_aim_count(const struct facts *);
const struct fact_aim *facts_aim_at(const struct facts *, size_t i);
const struct fact_aim *facts_aim(const struct facts *, str code);
size_t facts_capability_count(const struct facts *);
const struct fact_capability *facts_capability_at(const struct facts *, size_t i);
const struct fact_capability *facts_capability(const struct facts *, str code);

/* The name or title of a state, organisation or agreement in "en", "ar" or "fr"; type without
 * namespace ("State"). STR_NONE if there is none. */
str facts_name(const struct facts *, str language, str type, str id);

/* Adds the state with all attributes of the schema as they are on that day, and the organisations
 * above it. balance: what we gave it less what it gave us; standing: of its accreditation as it is
 * now, STR_NONE for what the facts say. An unknown state is added as neither
 * recognised nor anything else. Strings are borrowed from the facts. */
void facts_put_state(const struct facts *, struct cedar_entities *, str code, int32_t day,
                     int64_t balance, str standing);

/* Do all State, Organisation and Agreement names in a set's texts exist? ERR_INVALID with file,
 * line and column of the first that does not. */
NODISCARD enum err facts_check_names(const struct facts *, const struct cedar_set *,
                                     struct fault *);

#endif
