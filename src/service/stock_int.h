/* stock_int.h - blank booklets and stickers of a mission: each number has one fate
 *
 *   in stock ──► used      a step of a case names it (booklet_number, sticker_number, …)
 *            ├─► spoilt    with a reason, by two officers
 *            └─► missing   found so when the stock was counted, explained by two officers
 *
 * A series came as one parcel: prefix, first and last number, as many digits. Stock is low when it
 * would not last another month like the last one.
 */
#ifndef SIFARA_SERVICE_STOCK_INT_H
#define SIFARA_SERVICE_STOCK_INT_H

#include "service/proposals_int.h"

/* Run of a step: the numbers that its texts name leave the stock of the actor's mission, where it
 * keeps one of that kind. ERR_INVALID, ERR_CONFLICT with the pointer of the text. */
NODISCARD enum err stock_take(struct act *, const struct id *file, struct fault *);
/* "stock" as a member of an open object: of each kind what is left. */
NODISCARD enum err stock_put_kinds(struct act *, struct jw *, str mission, struct fault *);

enum err stock_show(struct act *, struct fault *);
enum err stock_receive(struct act *, struct fault *);
enum err spoilt_propose(struct act *, struct fault *);
enum err spoilt_apply(struct act *, const struct proposal *, struct fault *);
enum err count_propose(struct act *, struct fault *);
enum err count_apply(struct act *, const struct proposal *, struct fault *);

#endif
