/* fees_int.h - how a fee is paid: accounts of missions, orders, what the bank says came
 *
 *   entry of the bank   matched ──► paid · partial · over        (by the node, for the case)
 *                       unknown ──► matched                      (an officer says whose it is)
 *
 * An order is a reference with check digits that belongs to one case for ever. An entry is known by
 * the bank's own name for it, once for each mission: a statement may come twice. What was paid
 * beyond what is owed stays with the entry as its surplus, to be paid back.
 */
#ifndef SIFARA_SERVICE_FEES_INT_H
#define SIFARA_SERVICE_FEES_INT_H

#include "service/cases_int.h"

enum err account_set(struct act *, struct fault *);
enum err account_show(struct act *, struct fault *);
enum err fee_order_prepare(struct act *, struct fault *);
enum err fee_order_facts(struct act *, struct fault *);
enum err fee_order(struct act *, struct fault *);
enum err statement_take_prepare(struct act *, struct fault *);
enum err statement_take(struct act *, struct fault *);
enum err entry_list(struct act *, struct fault *);
enum err entry_assign(struct act *, struct fault *);
enum err fee_settle_prepare(struct act *, struct fault *);
enum err fee_settle_facts(struct act *, struct fault *);
enum err fee_settle(struct act *, struct fault *);

#endif
