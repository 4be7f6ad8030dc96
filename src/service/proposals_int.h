/* proposals_int.h - what a mission decides with two officers: its account, the day's cash, what
 * is paid back, its stock
 *
 *   open ──► confirmed   by another officer, who signs the statement (passkey or key file)
 *        └─► dropped     by whoever proposed or could confirm it, or by a later one of its matter
 *
 * The statement is canonical JSON and says all that will hold: what was proposed is what is signed
 * and what is applied. A matter is what only one proposal can be open for: the account, the cash,
 * a series and number.
 */
#ifndef SIFARA_SERVICE_PROPOSALS_INT_H
#define SIFARA_SERVICE_PROPOSALS_INT_H

#include "service/cases_int.h"

enum { PROPOSAL_MAX = 64 << 10 };

struct proposal {
    struct id id, proposer;
    str mission, what, statement;
    struct json *said; /* the statement, parsed */
};

/* Run of "WHAT.propose": kept until another officer confirms it; the reply names it. */
NODISCARD enum err proposal_add(struct act *, str mission, str matter, str statement,
                                struct fault *);
/* "proposals" as a member of an open object: those of a mission and of one kind or another that
 * wait. */
NODISCARD enum err proposals_put(struct act *, struct jw *, str mission, str what, str or_what,
                                 struct fault *);
/* Members "proposed_by" and "confirmed_by" of an open object, by name. */
NODISCARD enum err proposal_put_officers(struct act *, struct jw *, const struct id *proposal,
                                         struct fault *);
/* The words before the dot of an action's name. */
str proposal_kind(const struct act *);

enum err proposal_facts(struct act *, struct fault *);
enum err proposal_prepare(struct act *, struct fault *);
enum err proposal_show(struct act *, struct fault *);
enum err proposal_list(struct act *, struct fault *);
enum err proposal_drop(struct act *, struct fault *);
enum err proposal_confirm_prepare(struct act *, struct fault *);
enum err proposal_confirm(struct act *, struct fault *);

/* What follows from a confirmed one, in run. ERR_STALE if things are no longer as it says. */
enum err account_apply(struct act *, const struct proposal *, struct fault *);
enum err cash_apply(struct act *, const struct proposal *, struct fault *);
enum err repayment_apply(struct act *, const struct proposal *, struct fault *);

#endif
