/* guests_int.h - officials of partners who have no node: a link to one thing
 *
 * An officer invites: one letter, with a file or without, for one address, until a day. The link in
 * the mail is signed (MAC under a key of the house, over id and day); it opens nothing by itself.
 * Who has it asks for a code, which goes to the same address; the code opens half an hour, in which
 * each use (reading, downloading, answering, acknowledging) is an act whose actor is the guest.
 *
 *   token = base64url(id 16 || expires 8 || MAC 24)
 */
#ifndef SIFARA_LINK_GUESTS_INT_H
#define SIFARA_LINK_GUESTS_INT_H

#include "link/link_int.h"
#include "registry/registry.h"

enum { GUEST_MAC = 24, GUEST_TOKEN = 16 + 8 + GUEST_MAC, GUEST_ANSWER = 20000 };

/* A row of guest, opened; strings in the act's arena. */
struct guest {
    struct id id, officer;
    str state, mission, language, may;
    int64_t at, expires, revoked, opened, acknowledged, answered; /* 0: not yet */
    const struct json *letter; /* email, name, subject, text, file */
    str answer;                /* opened, or STR_NONE */
};
NODISCARD enum err guest_load(struct act *, const struct id *, struct guest *out, struct fault *);
bool guest_may(const struct guest *, str what);
/* What the token of a link says if its signature is ours: no word about whether it is still good.
 * ERR_NOT_FOUND. */
NODISCARD enum err guest_token_read(struct act *, str token, struct id *out, int64_t *out_expires,
                                    struct fault *);
/* The guest of the path's {token}; gone once it is revoked or its day has passed: ERR_NOT_FOUND. */
NODISCARD enum err guest_of_path(struct act *, struct guest *out, struct fault *);

/* officers */
enum err guest_invite_prepare(struct act *, struct fault *);
enum err guest_invite_facts(struct act *, struct fault *);
enum err guest_invite(struct act *, struct fault *);
enum err guest_facts(struct act *, struct fault *);
enum err guest_revoke(struct act *, struct fault *);
enum err guest_list(struct act *, struct fault *);
enum err guest_show(struct act *, struct fault *);
/* whoever has the link */
enum err guest_page(struct act *, struct fault *);
enum err guest_code_prepare(struct act *, struct fault *);
enum err guest_code(struct act *, struct fault *);
enum err guest_enter_prepare(struct act *, struct fault *);
enum err guest_enter(struct act *, struct fault *);
/* the guest */
enum err guest_enters(struct act *, struct fault *);
enum err guest_own_facts(struct act *, struct fault *);
enum err guest_read(struct act *, struct fault *);
enum err guest_download(struct act *, struct fault *);
enum err guest_answer_prepare(struct act *, struct fault *);
enum err guest_answer(struct act *, struct fault *);
enum err guest_acknowledge(struct act *, struct fault *);
enum err guest_css(struct act *, struct fault *);

/* ---- guest_pages.c ----------------------------------------------------------------------- */

enum guest_view { GUEST_ASK, GUEST_CODE, GUEST_LETTER };
/* A page of plain HTML in the guest's language or that of ?language=, right to left where it is. */
void guest_put_page(struct act *, const struct guest *, enum guest_view, str token, str session);

#endif
