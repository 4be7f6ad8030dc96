/* protection_int.h - a person of one state whom a mission of another one serves
 *
 *   assisting state                        state of the person
 *   protection.give ── protection-case ──→ protection.arrive   by the partner
 *                                          protection.open     by the system: person and case
 *   ←───── protection-word (consultation, either way) ─────→
 *                                          an officer proposes; the word says what is to be signed
 *   protection.sign ── protection-assent → protection.assent   the second signature
 *                                          or two of its own officers decide; its node seals
 *   protection.answered ← protection-answer ─ protection.answer by the system
 *   protection.document: shown and printed at the mission
 *
 * A row on either side, known by the correlation. Each counts the terms on a calendar of its own:
 * that of the mission, and that of the ministry.
 */
#ifndef SIFARA_SERVICE_PROTECTION_INT_H
#define SIFARA_SERVICE_PROTECTION_INT_H

#include "act/dispatch.h"
#include "base/json.h"
#include "registry/accreditation.h"

enum { CONSULT_DAYS = 2, ANSWER_DAYS = 3 /* working days */ };

/* One row of protection; strings in the act's arena. */
struct protection {
    struct id id, correlation, casefile, answer; /* casefile, answer: nil until there is one */
    str partner, mission, service, country, state, number, reason;
    bool sent; /* we assist; else a partner assists a citizen of ours */
    int32_t consult_due, answer_due;
    int64_t at, consulted, answered; /* 0: not yet */
};
NODISCARD enum err protection_load(struct act *, const struct id *, struct protection *out,
                                   struct fault *);
NODISCARD enum err protection_of_path(struct act *, struct protection *out, struct fault *);
/* Days on which consultation and answer are due at a mission, from the act's day on. */
NODISCARD enum err protection_terms(struct act *, str mission, int32_t *out_consult,
                                    int32_t *out_answer, struct fault *);
/* What was asked, as it travelled. */
NODISCARD enum err protection_request(struct act *, const struct protection *, struct json **out,
                                      struct fault *);
enum err protection_facts(struct act *, struct fault *);

enum err protection_give_prepare(struct act *, struct fault *);
enum err protection_give(struct act *, struct fault *);
void protection_give_after(struct act *);
enum err protection_answered_prepare(struct act *, struct fault *);
enum err protection_answered(struct act *, struct fault *);
enum err protection_document(struct act *, struct fault *);

enum err protection_arrive(struct act *, struct fault *);
enum err protection_open_prepare(struct act *, struct fault *);
enum err protection_open_facts(struct act *, struct fault *);
enum err protection_open(struct act *, struct fault *);
enum err protection_answer_prepare(struct act *, struct fault *);
enum err protection_answer_facts(struct act *, struct fault *);
enum err protection_answer(struct act *, struct fault *);
void protection_answer_after(struct act *);

enum err protection_sign_prepare(struct act *, struct fault *);
enum err protection_sign(struct act *, struct fault *);
void protection_sign_after(struct act *);
enum err protection_assent_prepare(struct act *, struct fault *);
enum err protection_assent(struct act *, struct fault *);

enum err protection_consult_prepare(struct act *, struct fault *);
enum err protection_consult(struct act *, struct fault *);
void protection_consult_after(struct act *);
enum err protection_word(struct act *, struct fault *);
enum err protection_list(struct act *, struct fault *);
enum err protection_show(struct act *, struct fault *);
enum err protection_paper(struct act *, struct fault *);

#endif
