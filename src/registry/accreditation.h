/* accreditation.h - with which states our node has a line, by whose word, and in which standing
 *
 *   none → accredited → suspended → recalled → severed, and back (restored); each step is proposed
 * by one officer and confirmed by another, who both sign the same statement. Beside it stand our
 * own letter of credence, and the keysets of each partner: rotation adds one, and what is void is
 * void from an index of the log on, never from a time on.
 */
#ifndef SIFARA_REGISTRY_ACCREDITATION_H
#define SIFARA_REGISTRY_ACCREDITATION_H

#include "registry/credence.h"
#include "registry/registry.h"

enum { STANDING_MAX = 16, KEYSETS_MAX = 8 };

/* Who we are for others. Strings in the arena given. ERR_NOT_FOUND before a letter was adopted. */
struct own_credence {
    struct credence credence;
    struct keyset keyset;
    str credence_note, keyset_note;
};
NODISCARD enum err credence_own(struct db *, struct arena *, struct own_credence *out,
                                struct fault *);
/* The same of a partner that was ever accredited: its newest keyset. */
struct partner {
    str state, standing;
    struct credence credence;
    struct keyset keyset;
};
NODISCARD enum err partner_load(struct db *, str state, struct arena *, struct partner *out,
                                struct fault *);
/* The keysets of a partner under which its log may sign the entry at index and day, newest first;
 * *n at most KEYSETS_MAX. */
NODISCARD enum err partner_keysets(struct db *, str state, uint64_t index, int32_t day,
                                   struct arena *, struct keyset *out, size_t *n, struct fault *);
/* The letter and the keysets that count for the entry at index, as they were signed: members
 * "credence" and "keysets". */
NODISCARD enum err partner_letters_put(struct db *, str state, uint64_t index, struct jw *,
                                       struct fault *);
/* The keyring hears what two officers signed of the partner's standing, where it does not know it
 * yet. Off the writer. */
NODISCARD enum err partner_tell_keyring(struct house *, struct db *, str state, struct arena *,
                                        struct fault *);
/* Adds the keyset that the partner's root signed: newer than all others. In run(). ERR_STALE for an
 * older one, ERR_BAD_SIGNATURE. Repeating the newest is no error. */
NODISCARD enum err partner_keyset_add(struct act *, str state, str note, struct fault *);
/* The standing by accreditation, into out; "none" where there never was one. */
NODISCARD enum err partner_standing(struct db *, str state, char out[STANDING_MAX], struct fault *);

/* Adds the state to the entities of a decision as the policy knows it today, with the standing of
 * our accreditation if there is one. */
NODISCARD enum err partner_put_state(struct act *, str state, struct fault *);

/* A state's name by language, as the policy in force calls it; nothing if it knows none. */
void partner_put_name(struct act *, struct jw *, str key, str state);

/* Phases of an act towards a partner, for floors above whose act does more than keep it: act.data
 * points to the engagement's id, or to something that begins with it. */
enum err engagement_prepare(struct act *, struct fault *);
enum err engagement_facts(struct act *, struct fault *);
enum err engagement_run(struct act *, struct fault *);
/* Something that a partner gave came by itself; body is what is kept of it, JSON. In run(). */
NODISCARD enum err engagement_received(struct act *, str action, str partner, str body,
                                       struct fault *);

/* Suspends an accredited partner at once, without officers: its own signatures show that its log
 * cannot be trusted. In run(). */
NODISCARD enum err partner_suspend(struct act *, str state, struct fault *);

/* What both officers sign, canonical JSON: fingerprint of the root, digest of the note verbale,
 * partner, reason, standing to come, standing until then. */
struct standing_change {
    str partner, was, to, reason;
    struct hash fingerprint, note; /* zero unless to is "accredited" by a new letter */
};
NODISCARD enum err standing_statement(struct arena *, const struct standing_change *, str *out,
                                      struct fault *);

/* ---- closings.c: how a relation changed its standing, said by both sides -------------------- */

enum { CLOSING_DAYS = 30 }; /* a partner is asked for its word that long */
#define CLOSING_MS ((int64_t)CLOSING_DAYS * 86400000)

/* One of them. The sizes are numbers of entries; proofs are C2SP tlog-proofs. */
struct closing {
    struct id id; /* also the correlation of both entries */
    str state, was, standing;
    bool ours; /* our officers decided it */
    bool has_entry;
    int64_t at, log, index, received; /* our entry; what we hold of the partner's log */
    str proof;
    int64_t their_size,
        their_received; /* the partner's log with its entry; what it holds of ours */
    str their_proof;
    int64_t answered; /* when the partner's word came; 0 */
};
/* Is it a standing that ends something? */
bool standing_closes(str standing);
/* In run(). */
NODISCARD enum err closing_begin(struct act *, const struct closing *, struct fault *);
NODISCARD enum err closing_load(struct db *, const struct id *, struct arena *, struct closing *out,
                                struct fault *);
/* What there is to do next for the closings with a partner. ERR_NOT_FOUND. */
NODISCARD enum err closing_due(struct db *, str state, int64_t now, struct arena *,
                               struct closing *out, struct fault *);

/* Told, in the writer's after-phase, that standings or keysets changed; set by the floor above. */
void registry_on_standing(struct registry *, void (*told)(void *ctx), void *ctx);

#endif
