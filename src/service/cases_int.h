/* cases_int.h - a case as the rooms of this folder see it */
#ifndef SIFARA_SERVICE_CASES_INT_H
#define SIFARA_SERVICE_CASES_INT_H

#include "base/json.h"
#include "registry/registry.h"
#include "service/case_states.h"
#include "service/services.h"

enum { ANSWERS_MAX = 256 << 10, STATEMENT_MAX = 16 << 10, DAY_MS = 86400000 };

/* One row of case_file; strings in the act's arena. */
struct casefile {
    struct id id, person, officer; /* officer: who has taken it; nil if nobody */
    const struct service *service;
    str service_name, country, mission, queue; /* queue: whose desk it lies on */
    enum case_state state;
    int64_t revision, filed;
    int32_t due, left; /* day numbers; left: working days that remained when the clock paused */
    bool paused;
    str answers; /* sealed */
    int64_t steps;
};

/* Loads the case of the path's {id}. ERR_NOT_FOUND. */
enum err case_of_path(struct act *, struct casefile *out, struct fault *);
enum err case_load(struct act *, const struct id *, struct casefile *out, struct fault *);
/* Facts: the case as resource, the officer's interest as context. Keeps the case in a->data when
 * nothing is there. */
enum err case_facts_of(struct act *, const struct casefile *, struct fault *);
enum err case_facts(struct act *, struct fault *);
/* Unseals and parses the answers. */
enum err case_answers(struct act *, const struct casefile *, const struct key *, struct json **out,
                      struct fault *);
/* Moves the case and writes its step; revision is checked against the row. note is sealed JSON or
 * STR_NONE. */
enum err case_move(struct act *, struct casefile *, enum case_event, str note, struct fault *);
/* Mails the person, if the profile told an address to prepare(). */
struct addressee {
    str email, language;
};
enum err case_addressee(struct act *, const struct id *person, struct addressee *out,
                        struct fault *);
enum err case_mail(struct act *, const struct casefile *, const struct addressee *, str message,
                   struct fault *);
/* Paging: ?limit=, 1 to 200, 50 unless told. ERR_RANGE. */
enum err page_limit(struct act *, int64_t *out, struct fault *);
/* id, state, revision as the reply. */
void case_reply(struct act *, const struct casefile *);
/* What two officers sign: canonical JSON over case, outcome, answers, attached documents and the
 * seal's content. */
enum err case_statement(struct act *, const struct casefile *, const struct json *answers,
                        str outcome, str *out_statement, str *out_fields, struct fault *);
/* What goes into the seal, canonical JSON, from the service's mapping. */
enum err seal_fields(struct act *, const struct casefile *, const struct json *answers, str *out,
                     struct fault *);

enum err case_start_prepare(struct act *, struct fault *);
enum err case_start_facts(struct act *, struct fault *);
enum err case_start(struct act *, struct fault *);
enum err case_file_prepare(struct act *, struct fault *);
enum err case_file(struct act *, struct fault *);
enum err draft_save_prepare(struct act *, struct fault *);
enum err draft_save(struct act *, struct fault *);
enum err case_submit_prepare(struct act *, struct fault *);
enum err case_submit(struct act *, struct fault *);
enum err case_answer_prepare(struct act *, struct fault *);
enum err case_answer(struct act *, struct fault *);
enum err case_withdraw_prepare(struct act *, struct fault *);
enum err case_withdraw(struct act *, struct fault *);
enum err case_list_facts(struct act *, struct fault *);
enum err case_list(struct act *, struct fault *);
enum err case_show(struct act *, struct fault *);
enum err case_step_proof(struct act *, struct fault *);

enum err desk_queue_facts(struct act *, struct fault *);
enum err desk_queue(struct act *, struct fault *);
enum err case_examine_prepare(struct act *, struct fault *);
enum err case_examine(struct act *, struct fault *);
enum err case_examine_run(struct act *, struct fault *);
enum err case_officer_prepare(struct act *, struct fault *);
enum err case_take(struct act *, struct fault *);
enum err case_release(struct act *, struct fault *);
enum err case_request_correction(struct act *, struct fault *);
enum err case_statement_read(struct act *, struct fault *);
enum err case_decision_prepare(struct act *, struct fault *);
enum err case_propose(struct act *, struct fault *);
enum err case_confirm_prepare(struct act *, struct fault *);
enum err case_confirm(struct act *, struct fault *);
enum err case_return(struct act *, struct fault *);

enum err officer_declare_facts(struct act *, struct fault *);
enum err officer_declare(struct act *, struct fault *);

enum err attachment_add_prepare(struct act *, struct fault *);
enum err attachment_add(struct act *, struct fault *);
enum err attachment_get(struct act *, struct fault *);
void attachment_add_after(struct act *);

enum err case_put(struct act *, struct jw *, const struct casefile *, const struct key *,
                  struct fault *);

enum err person_export(struct act *, struct fault *);
enum err person_erase_prepare(struct act *, struct fault *);
enum err person_erase(struct act *, struct fault *);
void person_erase_after(struct act *);
enum err hold_facts(struct act *, struct fault *);
enum err hold_set(struct act *, struct fault *);
enum err hold_lift(struct act *, struct fault *);

/* What the rules say of the case with these answers; ERR_NOT_ELIGIBLE unless its conditions are
 * met. */
enum err case_weigh(struct act *, const struct casefile *, const struct json *answers,
                    struct weighed *out, struct fault *);
enum err service_ask(struct act *, struct fault *);
enum err name_latin(struct act *, struct fault *);
enum err service_list(struct act *, struct fault *);
enum err service_show(struct act *, struct fault *);

/* Inside run() of a confirmed approval: the number, the document's row, the job. */
enum err document_reserve(struct act *, const struct casefile *, str fields, str statement,
                          struct fault *);

#endif
