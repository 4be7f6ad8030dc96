/* link.h - channels to the nodes of other states
 *
 * A channel has one log per direction. The sender owns it and appends; the receiver mirrors it as
 * C2SP tlog-mirror says, and its cosignature is the receipt. Order, resumption and protection
 * against repetition are the index. docs/channel-protocol.md is the specification.
 *
 *   sending    an act writes a dispatch and an outbox row; the row becomes an entry (sending.c);
 *              the courier brings entries and payloads to the partner and keeps the receipt
 *   receiving  the mirror takes checkpoints, entries and payloads (mirror.c); what is receipted is
 *              taken up in order, exactly once, as an act of the partner (taking.c)
 */
#ifndef SIFARA_LINK_LINK_H
#define SIFARA_LINK_LINK_H

#include "act/dispatch.h"
#include "http/client.h"

struct link;

extern const struct action link_actions[];
extern const size_t link_actions_n;

extern const struct dispatch_kind link_kinds[];
extern const size_t link_kinds_n;

/* The tables of all fields: kinds of dispatches, and the actions that they name. NULL behind the
 * last. */
struct link_tables {
    const struct dispatch_kind *(*kind_at)(size_t i);
    const struct action *(*action_find)(str name);
};

/* Migrates the tables; the house knows it from then on. */
NODISCARD enum err link_open(struct house *, struct db *writer, const struct link_tables *,
                             struct link **out, struct fault *);
/* Starts the threads: the courier, and the one that takes up what came. */
NODISCARD enum err link_start(struct link *, struct fault *);
/* The same without threads, over a network that the caller makes: each turn takes up what came and
 * starts what is due, and says for how many milliseconds there is nothing more to do. */
NODISCARD enum err link_start_on(struct link *, const struct http_carrier *, struct fault *);
unsigned link_turn(struct link *);
void link_stop(struct link *);
void link_close(struct link *);

/* Every channel is mute until its partner has said which heads it holds: after a restore. */
NODISCARD enum err link_mute_all(struct db *writer, struct fault *);

/* The last part of a guest's link: who they are and until when, sealed by us. */
NODISCARD enum err guest_token(struct act *, const struct id *, int64_t expires, str *out,
                               struct fault *);

#endif
