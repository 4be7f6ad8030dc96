/* cash_int.h - the cash book of a mission: what came and was paid back, closed day by day
 *
 *   movement   what an officer took at the counter, what the bank or a payment page says came, what
 *              was paid back; numbered within its day, never changed
 *   day        of the mission's calendar; what comes after its closing is of the next working day
 *   closing    the days since the last one: cash counted, the difference explained; two officers
 *
 * Of the cash that was counted, what is not brought to the bank is carried over to the next
 * closing.
 */
#ifndef SIFARA_SERVICE_CASH_INT_H
#define SIFARA_SERVICE_CASH_INT_H

#include "service/proposals_int.h"

struct movement {
    str mission, how, currency;
    int64_t amount;        /* minor units; below zero: paid back */
    const struct id *file; /* NULL: of no known case */
    str reference;         /* number of a receipt, or the bank's name for it */
};
/* Run: into the book of the day that is open. */
NODISCARD enum err cash_add(struct act *, const struct movement *, struct fault *);
/* "cash" as a member of an open object: closed until when, by whom, or open since when. */
NODISCARD enum err cash_put_glance(struct act *, struct jw *, str mission, struct fault *);

enum err cash_show(struct act *, struct fault *);
enum err cash_list(struct act *, struct fault *);
enum err cash_propose(struct act *, struct fault *);

#endif
