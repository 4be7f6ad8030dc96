/* messages_int.h - what the person and the mission write to each other about a case, and what
 * officers note for themselves; how the person found it in the end
 *
 * Texts are sealed under the person's key. A message is no step: it moves nothing, and the file
 * shows it beside its history. Whose turn it is to write is who did not write last.
 */
#ifndef SIFARA_SERVICE_MESSAGES_INT_H
#define SIFARA_SERVICE_MESSAGES_INT_H

#include "service/cases_int.h"

/* ---- messages.c --------------------------------------------------------------------------- */

enum err message_send_prepare(struct act *, struct fault *);
enum err message_send(struct act *, struct fault *);
void message_after(struct act *);
enum err message_seen(struct act *, struct fault *);
enum err message_write_prepare(struct act *, struct fault *);
enum err message_write(struct act *, struct fault *);
enum err remark_add_prepare(struct act *, struct fault *);
enum err remark_add(struct act *, struct fault *);
enum err desk_messages(struct act *, struct fault *);

/* The members "messages" and "awaits" of a file; an officer, and the person's own export once the
 * case has ended, get "remarks" too. */
NODISCARD enum err messages_put(struct act *, struct jw *, const struct casefile *,
                                const struct key *, struct fault *);
/* Inside run(): the acting officer has had them before their eyes. */
NODISCARD enum err messages_read(struct act *, const struct casefile *, struct fault *);

/* ---- unsent.c ----------------------------------------------------------------------------- */

enum err message_clear_prepare(struct act *, struct fault *);
enum err message_clear(struct act *, struct fault *);
void message_clear_after(struct act *);

/* ---- ratings.c ---------------------------------------------------------------------------- */

enum err case_rate_prepare(struct act *, struct fault *);
enum err case_rate(struct act *, struct fault *);
enum err case_ask_rating_prepare(struct act *, struct fault *);
enum err case_ask_rating(struct act *, struct fault *);
/* Inside run(): a case has come to its end, the person will be asked. */
NODISCARD enum err rating_due(struct act *, const struct casefile *, struct fault *);
/* The member "rating" of a file: given, or that it may be. */
NODISCARD enum err rating_put(struct act *, struct jw *, const struct casefile *,
                              const struct key *, struct fault *);
/* The member "satisfaction": of a mission, or of all where mission is "". */
NODISCARD enum err satisfaction_put(struct act *, struct jw *, str mission, struct fault *);

#endif
