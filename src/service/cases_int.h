/* cases_int.h - a case as the rooms of this folder see it */
#ifndef SIFARA_SERVICE_CASES_INT_H
#define SIFARA_SERVICE_CASES_INT_H

#include "base/json.h"
#include "registry/registry.h"
#include "service/services.h"

enum {
    CASE_RECORD_BYTES = 16 << 20,
    ANSWERS_MAX = 256 << 10,
    STATEMENT_MAX = 16 << 10,
    DAY_MS = 86400000
};

struct addressee {
    str address, language;
};

/* One row of case_file; strings in the act's arena. */
struct casefile {
    struct id id, person, officer; /* officer: who has taken it; nil if nobody */
    const struct service *service;
    str service_name, country, mission, queue; /* queue: whose desk it lies on */
    const struct workflow_state *state;
    int64_t revision, filed;
    int32_t due, left; /* day numbers; left: working days that remained when the clock paused */
    bool paused;
    str answers; /* sealed */
    int64_t steps;
    int64_t lapses;    /* when the state's timer has passed, 0 without one */
    int64_t fee, paid; /* minor units: fixed when it was filed or answered; received */
    str currency;      /* of both; STR_NONE while there is no fee */
    str channel;       /* "online", "counter" or "post": how it came in */
    int32_t received;  /* the day on which it truly came, 0 of what is online */
    int64_t claimed;   /* and the moment, if an officer said that, ms; 0 */
    str language;      /* in which the person applied or is written to; empty before it is filed */
    struct id opener;  /* the officer who opened it for the person; nil if they did it themselves */
    /* The profile of a person whose row is written by the act itself; NULL: they are on record. */
    struct json *newcomer;
    /* What the act is about to do, chosen in prepare (moving.c). */
    str event;
    const struct workflow_row *next; /* NULL: the state does not take the event */
    struct addressee to;             /* filled where the event mails */
};

/* Service, responsible mission and state of a new case of that person. ERR_NOT_FOUND, ERR_INVALID,
 * ERR_CONFLICT. */
NODISCARD enum err case_check_applicant(struct act *, const struct id *person,
                                        const struct service *, const char *pointer,
                                        struct fault *);
enum err case_place(struct act *, const struct id *person, struct casefile *out, struct fault *);
/* Writes the row of a new case of a service that is offered. */
enum err case_insert(struct act *, const struct casefile *, struct fault *);
/* Writes a row as it is. */
enum err case_insert_row(struct act *, const struct casefile *, int64_t updated, struct fault *);
/* Answers under the record key of the act, whose content they become. */
enum err case_seal_answers(struct act *, const struct json *answers, str *out, struct fault *);
/* Prepare: is the draft complete, so that it may be submitted? Are these answers, so that a
 * question is answered? Then the event is chosen. */
enum err case_submit_choose(struct act *, struct casefile *, struct fault *);
enum err case_answer_choose(struct act *, struct casefile *, const struct json *answers,
                            struct fault *);
/* Loads the case of the path's {id}. ERR_NOT_FOUND. */
enum err case_of_path(struct act *, struct casefile *out, struct fault *);
enum err case_load(struct act *, const struct id *, struct casefile *out, struct fault *);
/* Facts: the case as resource, the officer's interest as context. Keeps the case in a->data when
 * nothing is there. */
enum err case_facts_of(struct act *, const struct casefile *, struct fault *);
enum err case_facts(struct act *, struct fault *);
/* The same of the case that prepare() keeps first in a->data. */
enum err case_kept_facts(struct act *, struct fault *);
/* Facts: does the person act for the one whose case it is? As context. */
enum err case_representative(struct act *, const struct casefile *, struct fault *);
/* Unseals and parses the answers. */
enum err case_answers(struct act *, const struct casefile *, const struct key *, struct json **out,
                      struct fault *);
/* Prepare: what the event would do to the case. answers are those that the rules see; NULL: those
 * of the case, unsealed where a rule asks. That the state does not take the event is told when the
 * case moves, once the policy has permitted it. */
enum err case_choose(struct act *, struct casefile *, str event, const struct json *answers,
                     struct fault *);
/* Facts of an act that moves the case that a->data begins with: the event, and whether another
 * officer must do it. */
enum err case_move_facts(struct act *, struct fault *);
/* Checks that the chosen event may be done, and makes the case what it becomes: state, clock,
 * timer. ERR_CONFLICT, with what is still owed. */
enum err case_advance(struct act *, struct casefile *, struct fault *);
/* Advances the case, writes its row and its step, queues the event's mail; revision is checked
 * against the row. note is sealed JSON or STR_NONE. */
enum err case_move(struct act *, struct casefile *, str note, struct fault *);
/* One more step, of a case whose row is written by the caller. */
enum err case_write_step(struct act *, const struct casefile *, str event, str note,
                         struct fault *);
/* Writes the row back; ERR_STALE unless it is still of this revision. */
enum err case_write(struct act *, struct casefile *, struct fault *);
/* Is it a draft, not filed yet? May documents be added? */
bool case_is_draft(const struct casefile *);
bool case_is_open(const struct casefile *);
/* The fee, as the rules gave it. */
void case_fix_fee(struct casefile *, const struct weighed *);
/* "30.00 EUR" */
str case_money(struct act *, int64_t amount, str currency);
/* The word of a state ("state.ID") or an event ("event.NAME"): the package's, else the house's. */
str case_word(struct act *, const struct service *, str language, const char *head, str name);
/* The name of a mission in a language. */
str case_mission_title(struct act *, str code, str language);
/* The last day of the state's timer, as text; STR_NONE without one. */
str case_until(struct act *, const struct casefile *);
/* The language of whoever asks: ?language=, else that of the session. */
str case_language(struct act *);

/* Mails the person, if the profile told an address to prepare(). */
enum err case_addressee(struct act *, const struct id *person, struct addressee *out,
                        struct fault *);
/* That of the case, into its `to`. */
enum err case_find_addressee(struct act *, struct casefile *, struct fault *);
/* The profile of the case's person; NULL when there is none. */
enum err case_profile(struct act *, const struct casefile *, struct json **out, struct fault *);
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
enum err case_file_facts(struct act *, struct fault *);
enum err case_file(struct act *, struct fault *);
enum err draft_save_prepare(struct act *, struct fault *);
enum err draft_save(struct act *, struct fault *);
enum err case_submit_prepare(struct act *, struct fault *);
enum err case_submit(struct act *, struct fault *);
enum err case_answer_prepare(struct act *, struct fault *);
enum err case_answer(struct act *, struct fault *);
enum err case_step_prepare(struct act *, struct fault *);
enum err case_step(struct act *, struct fault *);
enum err case_withdraw_prepare(struct act *, struct fault *);
enum err case_withdraw(struct act *, struct fault *);
enum err case_list_facts(struct act *, struct fault *);
enum err case_list(struct act *, struct fault *);
enum err case_show(struct act *, struct fault *);
enum err case_step_proof(struct act *, struct fault *);

enum err desk_queue_facts(struct act *, struct fault *);
enum err desk_queue(struct act *, struct fault *);

/* ---- glance.c: counts, for heads of mission and the ministry ------------------------------ */

enum err company_record_prepare(struct act *, struct fault *);
enum err mission_close(struct act *, struct fault *);
/* "in_the_way" as a member of an open object: what has to be moved before the mission closes. */
NODISCARD enum err mission_put_in_the_way(struct act *, struct jw *, str mission, struct fault *);
enum err mission_glance(struct act *, struct fault *);
enum err ministry_glance(struct act *, struct fault *);
/* Whose move it is in that state of a service; as at an end where nothing is awaited, or where the
 * service is not offered any more. */
enum workflow_turn turn_in(struct act *, str service, str state);
/* The moment a year before now. */
int64_t year_ago(const struct act *);
enum err country_glance(struct act *, struct fault *);

/* passing_on.c, findings.c, similar.c: what helps at the desk */
enum err case_pass_on_prepare(struct act *, struct fault *);
enum err case_pass_on_facts(struct act *, struct fault *);
enum err case_pass_on(struct act *, struct fault *);
enum err case_document(struct act *, struct fault *);
enum err document_find_facts(struct act *, struct fault *);
enum err document_find(struct act *, struct fault *);
enum err mrz_answer(struct act *, struct fault *);
/* "similar": cases of the same service that may be the same one, as a member of an open object. */
enum err case_put_similar(struct act *, struct jw *, const struct casefile *, struct fault *);

enum err case_examine_prepare(struct act *, struct fault *);
enum err case_examine(struct act *, struct fault *);
enum err case_examine_run(struct act *, struct fault *);
enum err case_take_prepare(struct act *, struct fault *);
enum err case_release_prepare(struct act *, struct fault *);
enum err case_correction_prepare(struct act *, struct fault *);
enum err case_return_prepare(struct act *, struct fault *);
enum err case_record_prepare(struct act *, struct fault *);
enum err case_record(struct act *, struct fault *);
enum err case_payment_prepare(struct act *, struct fault *);
enum err case_payment(struct act *, struct fault *);
enum err case_lapse_prepare(struct act *, struct fault *);
enum err case_lapse(struct act *, struct fault *);
enum err case_take(struct act *, struct fault *);
enum err case_release(struct act *, struct fault *);
enum err case_request_correction(struct act *, struct fault *);
enum err case_statement_read(struct act *, struct fault *);
enum err case_decision_prepare(struct act *, struct fault *);
enum err case_propose(struct act *, struct fault *);
enum err case_confirm_prepare(struct act *, struct fault *);
enum err case_confirm(struct act *, struct fault *);
enum err case_return(struct act *, struct fault *);

/* Inside run() of an act that puts content in force: the drafts of other versions wait to be
 * looked at (drafts.h). */
enum err drafts_wait(struct act *, str name, str content, struct fault *);
enum err case_carry_prepare(struct act *, struct fault *);
enum err case_carry(struct act *, struct fault *);

/* Out of this node and into it (leaving.c, arriving.c; docs/exit.md). */
enum err case_index_facts(struct act *, struct fault *);
enum err case_index(struct act *, struct fault *);
enum err case_export(struct act *, struct fault *);
enum err document_export_prepare(struct act *, struct fault *);
enum err case_import_prepare(struct act *, struct fault *);
enum err case_import_facts(struct act *, struct fault *);
enum err case_import(struct act *, struct fault *);
void case_import_after(struct act *);
enum err attachment_import_prepare(struct act *, struct fault *);
enum err attachment_import(struct act *, struct fault *);
/* The proof of a step as a tlog-proof file. ERR_CONFLICT if this node cannot make one. */
enum err case_proof_of(struct act *, const struct id *file, int64_t step, struct buf *out,
                       struct fault *);

/* At the counter (counter.c, walkin.c). */
enum err person_find_prepare(struct act *, struct fault *);
enum err person_find(struct act *, struct fault *);
enum err person_record_prepare(struct act *, struct fault *);
enum err person_counter_facts(struct act *, struct fault *);
enum err person_record(struct act *, struct fault *);
enum err person_email_code_prepare(struct act *, struct fault *);
enum err person_email_code(struct act *, struct fault *);
enum err person_email_prepare(struct act *, struct fault *);
enum err person_email(struct act *, struct fault *);
void person_email_after(struct act *);
enum err case_open_prepare(struct act *, struct fault *);
enum err case_open_facts(struct act *, struct fault *);
enum err case_open(struct act *, struct fault *);
enum err case_enter_prepare(struct act *, struct fault *);
enum err case_enter(struct act *, struct fault *);
enum err case_lodge_prepare(struct act *, struct fault *);
enum err case_lodge(struct act *, struct fault *);

/* The day that it is at a mission. ERR_NOT_FOUND. */
NODISCARD enum err mission_today(struct act *, str mission, int64_t *out, struct fault *);

/* Numbers for those who walk in (tickets.c). */
enum err ticket_take(struct act *, struct fault *);
enum err ticket_call(struct act *, struct fault *);
enum err ticket_end(struct act *, struct fault *);
enum err ticket_list(struct act *, struct fault *);
enum err ticket_board(struct act *, struct fault *);

enum err officer_declare_facts(struct act *, struct fault *);
enum err officer_declare(struct act *, struct fault *);

enum err attachment_add_prepare(struct act *, struct fault *);
enum err attachment_add(struct act *, struct fault *);
enum err attachment_get(struct act *, struct fault *);
void attachment_add_after(struct act *);
/* The same of bytes that an officer sends for the person of the case. */
enum err attachment_enclose_prepare(struct act *, struct fault *);
enum err attachment_enclose(struct act *, struct fault *);
/* A file that waits for a message of the same sender. */
enum err message_attach(struct act *, struct fault *);
void message_attach_after(struct act *);

/* attachment.message: NULL for a document of the case, the message's number, or -1 while it waits
 * for its sender to name it. */
enum { FILES_WAITING = 10 }; /* of a sender in a case; a message takes three */

struct dropped {
    struct hash digests[FILES_WAITING];
    unsigned n;
};

/* Inside run(): removes the actor's files that wait for a message, but the newest. */
NODISCARD enum err attachments_drop(struct act *, const struct id *file, unsigned keep,
                                    struct dropped *out, struct fault *);
/* A row (id, digest) of them, its id beside it; and the rows of so many ids. */
void dropped_add(struct dropped *, struct id *ids, struct query *);
NODISCARD enum err attachments_delete(struct act *, const struct id *, unsigned n, struct fault *);
/* After it: their bytes. */
void attachments_unlink(const struct house *, const struct dropped *);
/* Inside run(): the files that the input names go with this message. */
NODISCARD enum err attachments_send(struct act *, const struct id *file, int64_t message,
                                    struct fault *);

/* A member of a list of files, of a row (id, size, type, name). */
NODISCARD enum err case_put_file(struct act *, struct jw *, struct query *, const struct key *,
                                 struct fault *);
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
/* Is what stands in the fields of the kind "signature" signed by the person, over these answers
 * (signing.c)? ERR_INVALID, ERR_BAD_SIGNATURE, ERR_UNTRUSTED. */
enum err case_signatures(struct act *, const struct casefile *, const struct json *answers,
                         struct fault *);
enum err case_weigh(struct act *, const struct casefile *, const struct json *answers,
                    struct weighed *out, struct fault *);
/* The data that rules see of the case with these answers. */
enum err case_rule_data(struct act *, const struct casefile *, const struct json *answers,
                        struct json *out, struct fault *);
enum err service_ask(struct act *, struct fault *);
enum err name_latin(struct act *, struct fault *);
enum err service_list(struct act *, struct fault *);
enum err service_show(struct act *, struct fault *);

/* What an officer's act on a case shares. */
struct examining {
    struct casefile c; /* first: case_move_facts reads it there */
    struct json *answers;
    str note; /* sealed */
    str statement, fields, outcome;
    struct officer_signature signature;
    struct id proposer;
};
/* An officer of a partner confirms: between prepare() and run(). */
struct assenting {
    struct examining examining;
    struct id officer;
    str chain; /* how the keyring is shown it, JSON */
};
/* Prepare: what was proposed and is not confirmed, if the case is still that; the next step. */
NODISCARD enum err case_pending(struct act *, struct examining *, struct fault *);
/* Run: a second officer confirms it; chain STR_NONE for one of ours. ERR_FOUR_EYES. */
NODISCARD enum err case_confirmed(struct act *, struct examining *, const struct id *officer,
                                  str chain, struct fault *);
/* Prepare: the case of the path, the person's key. */
enum err examining_new(struct act *, struct examining **out, struct fault *);
/* JSON sealed under the person's key, shown to them with the step. */
enum err case_seal_note(struct act *, str json, str *out, struct fault *);
/* The texts that the event asks for, exactly these, with the note: sealed; ERR_SCHEMA. */
enum err case_seal_texts(struct act *, const struct casefile *, str *out, struct fault *);
/* Run: the person will see who touched the file. */
enum err case_touch(struct act *, const struct casefile *, struct fault *);

/* Inside run(): the next number of a series in a year, without gaps: "PPT-2026-000017". */
enum err series_next(struct act *, str series, int year, str *out, struct fault *);
/* Inside run() of a confirmed approval: the number, the document's row with its art, the job. */
enum err document_reserve(struct act *, const struct casefile *, str art, str fields, str statement,
                          struct fault *);

#endif
