/* fees_int.h - how a fee is paid: accounts of missions, orders, what the bank says came
 *
 *   entry of the bank   matched ──► paid · partial · over        (by the node, for the case)
 *                       unknown ──► matched                      (an officer says whose it is)
                       over, unknown ──► repaid                 (by two officers: repaying.c)
 *
 * An order is a reference with check digits that belongs to one case for ever. An entry is known by
 * the bank's own name for it, once for each mission: a statement may come twice. What was paid
 * beyond what is owed stays with the entry as its surplus, until it is paid back.
 */
#ifndef SIFARA_SERVICE_FEES_INT_H
#define SIFARA_SERVICE_FEES_INT_H

#include "service/cases_int.h"
#include "service/reference.h"

/* What an order's acts share. */
struct ordering {
    struct casefile c;                  /* first */
    char reference[REFERENCE_TEXT + 1]; /* if the case has none yet */
};
/* Run: the reference of the case, drawn in prepare() unless it has one. */
NODISCARD enum err order_of(struct act *, struct ordering *, struct fault *);
/* The case of a reference, at that mission or, STR_NONE, at any; nil if there is none. */
NODISCARD enum err case_of_order(struct act *, str reference, str mission, struct id *out,
                                 struct fault *);

/* Money that came: one row of bank_entry. */
struct entry {
    struct id id, file; /* file: nil if nobody knows whose it is */
    str mission, key, day, currency, reference, told, how;
    int64_t amount;
};
/* Run: once for each key of a mission; what has a case is settled by a job. */
NODISCARD enum err entry_add(struct act *, const struct entry *, bool *out_known, struct fault *);

enum err account_propose(struct act *, struct fault *);
enum err account_show(struct act *, struct fault *);
enum err fee_order_prepare(struct act *, struct fault *);
enum err fee_order(struct act *, struct fault *);
enum err statement_take_prepare(struct act *, struct fault *);
enum err statement_take(struct act *, struct fault *);
enum err entry_list(struct act *, struct fault *);
enum err entry_assign(struct act *, struct fault *);
enum err fee_settle_prepare(struct act *, struct fault *);
enum err fee_settle(struct act *, struct fault *);

/* What goes back (repaying.c). */
enum err repayment_propose(struct act *, struct fault *);
enum err fee_repaid_prepare(struct act *, struct fault *);
enum err fee_repaid(struct act *, struct fault *);

/* A payment page that somebody else hosts (paying.c). */
enum err fee_page(struct act *, struct fault *);
enum err fee_called(struct act *, struct fault *);
enum err fee_paid_prepare(struct act *, struct fault *);
enum err fee_paid(struct act *, struct fault *);

#endif
