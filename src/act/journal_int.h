/* journal_int.h - how an act becomes a journal entry
 *
 * The entry is JSON on one line, salted:
 *   v, at, action, actor, as, subject, permit, by, policy, content, record, salt
 * content is the digest of what was filed, record that of the sealed decision record. Ids in it
 * are random; no name, address or answer of a person is.
 */
#ifndef SIFARA_ACT_JOURNAL_INT_H
#define SIFARA_ACT_JOURNAL_INT_H

#include "act/gate.h"

/* Refusals are journaled, but an actor who is refused over and over may not fill the disk. */
enum { REFUSAL_SLOTS = 1024, REFUSALS_PER_MINUTE = 6 };
struct refusals {
    struct {
        int64_t minute;
        unsigned n;
    } slot[REFUSAL_SLOTS];
};
bool refusals_may_journal(struct refusals *, const struct id *actor, int64_t now);

/* Appends the entry of a decided act, permitted or refused. */
enum err journal_act(struct act *, struct fault *);

#endif
