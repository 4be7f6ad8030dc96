/* service.c - the tables of this folder: migrations and actions */
#include <stdio.h>

#include "base/fs.h"
#include "service/appointments_int.h"
#include "service/attachments.h"
#include "service/borders_int.h"
#include "service/camt.h"
#include "service/documents_int.h"
#include "service/fees_int.h"
#include "service/jobs_int.h"
#include "service/messages_int.h"
#include "service/packages_int.h"
#include "service/protection_int.h"
#include "service/documents.h"

static const struct migration migrations[] = {
    {"CREATE TABLE case_file(id BLOB NOT NULL, bucket INTEGER NOT NULL, person BLOB NOT NULL,"
     " service TEXT NOT NULL, version TEXT NOT NULL, country TEXT NOT NULL, mission TEXT NOT NULL,"
     " queue TEXT NOT NULL, state TEXT NOT NULL, revision BIGINT NOT NULL, filed BIGINT NOT NULL,"
     " due INTEGER NOT NULL, left INTEGER NOT NULL, paused INTEGER NOT NULL, officer BLOB,"
     " answers BLOB, steps INTEGER NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY(id, bucket))"},
    {"CREATE INDEX case_file_person ON case_file(person, id)"},
    {"CREATE INDEX case_file_queue ON case_file(queue, state, due)"},
    {"CREATE TABLE case_step(file BLOB NOT NULL, seq INTEGER NOT NULL, bucket INTEGER NOT NULL,"
     " at BIGINT NOT NULL, event TEXT NOT NULL, role TEXT NOT NULL, mission TEXT, note BLOB,"
     " epoch INTEGER NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY(file, seq, bucket))"},
    {"CREATE TABLE case_decision(file BLOB NOT NULL, step INTEGER NOT NULL, bucket INTEGER NOT"
     " NULL, outcome TEXT NOT NULL, statement TEXT NOT NULL, proposer BLOB NOT NULL,"
     " proposer_signature BLOB NOT NULL, confirmer BLOB, confirmer_signature BLOB,"
     " returned INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(file, step, bucket),"
     " CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE TABLE officer_interest(officer BLOB NOT NULL, person BLOB NOT NULL, kind TEXT NOT"
     " NULL, PRIMARY KEY(officer, person))"},
    {"CREATE TABLE attachment(id BLOB NOT NULL, bucket INTEGER NOT NULL, file BLOB NOT NULL,"
     " person BLOB NOT NULL, digest BLOB NOT NULL, size BIGINT NOT NULL, type TEXT NOT NULL,"
     " name BLOB NOT NULL, PRIMARY KEY(id, bucket))"},
    {"CREATE INDEX attachment_file ON attachment(file)"},
    {"CREATE TABLE document(id BLOB NOT NULL, bucket INTEGER NOT NULL, file BLOB NOT NULL,"
     " person BLOB NOT NULL, service TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL,"
     " issued BIGINT NOT NULL, content BLOB, seal BLOB, seal_id TEXT, revoked BIGINT, reason TEXT,"
     " PRIMARY KEY(id, bucket), UNIQUE(number, bucket))"},
    {"CREATE INDEX document_file ON document(file)"},
    {"CREATE INDEX document_revoked ON document(revoked) WHERE state = 'revoked'"},
    {"CREATE TABLE document_series(series TEXT PRIMARY KEY, next BIGINT NOT NULL)"},
    {"CREATE TABLE legal_hold(person BLOB PRIMARY KEY, basis TEXT NOT NULL, officer BLOB NOT NULL,"
     " at BIGINT NOT NULL)"},
    {"CREATE TABLE erased(person BLOB PRIMARY KEY, at BIGINT NOT NULL)"},
    {"ALTER TABLE case_file ADD COLUMN lapses BIGINT NOT NULL DEFAULT 0"},
    {"ALTER TABLE case_file ADD COLUMN fee BIGINT NOT NULL DEFAULT 0"},
    {"ALTER TABLE case_file ADD COLUMN paid BIGINT NOT NULL DEFAULT 0"},
    {"ALTER TABLE case_file ADD COLUMN currency TEXT"},
    {"CREATE INDEX case_file_lapses ON case_file(lapses) WHERE lapses > 0"},
    {"ALTER TABLE case_step ADD COLUMN officer BLOB"},
    {"ALTER TABLE document ADD COLUMN art TEXT"},
    {"CREATE TABLE case_payment(file BLOB NOT NULL, step INTEGER NOT NULL, bucket INTEGER NOT NULL,"
     " at BIGINT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL, how TEXT NOT NULL,"
     " officer BLOB NOT NULL, PRIMARY KEY(file, step, bucket))"},
    {"CREATE TABLE package_archive(digest TEXT PRIMARY KEY, bytes BLOB NOT NULL)"},
    {"CREATE TABLE package(id BLOB PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, giver"
     " TEXT NOT NULL, digest TEXT NOT NULL, overlay TEXT, content TEXT NOT NULL UNIQUE, state TEXT"
     " NOT NULL, conflicts TEXT, installer BLOB, installed BIGINT NOT NULL, acceptor BLOB, accepted"
     " BIGINT, record TEXT, active BIGINT)"},
    {"CREATE INDEX package_name ON package(name, state)"},
    {"CREATE TABLE package_decision(id BLOB PRIMARY KEY, package BLOB NOT NULL, what TEXT NOT NULL,"
     " statement TEXT NOT NULL, proposer BLOB NOT NULL, proposer_signature BLOB NOT NULL, proposed"
     " BIGINT NOT NULL, confirmer BLOB, confirmer_signature BLOB, confirmed BIGINT, dropped INTEGER"
     " NOT NULL, CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE INDEX package_decision_package ON package_decision(package)"},
    {"ALTER TABLE case_file ADD COLUMN content TEXT"},
    {"CREATE INDEX case_file_content ON case_file(service, content)"},
    {"CREATE INDEX document_seal ON document(seal_id)"},
    {"ALTER TABLE case_file ADD COLUMN channel TEXT NOT NULL DEFAULT 'online'"},
    {"ALTER TABLE case_file ADD COLUMN received INTEGER NOT NULL DEFAULT 0"},
    {"ALTER TABLE case_file ADD COLUMN opener BLOB"},
    /* a package that went over a channel, on either side; known by its dispatch */
    {"CREATE TABLE gift(dispatch BLOB PRIMARY KEY, correlation BLOB NOT NULL, partner TEXT NOT"
     " NULL, sent INTEGER NOT NULL, engagement BLOB, name TEXT, version TEXT, digest TEXT,"
     " state TEXT NOT NULL, answered INTEGER NOT NULL, reason TEXT, record TEXT, at BIGINT NOT"
     " NULL)"},
    {"CREATE INDEX gift_partner ON gift(partner, dispatch)"},
    {"CREATE INDEX gift_open ON gift(dispatch) WHERE sent = 0 AND answered = 0"},
    {"CREATE INDEX package_digest ON package(digest)"},
    /* a person of one state whom a mission of another one serves, on either side */
    {"CREATE TABLE protection(id BLOB PRIMARY KEY, correlation BLOB NOT NULL, partner TEXT NOT "
     "NULL,"
     " sent INTEGER NOT NULL, engagement BLOB, mission TEXT NOT NULL, officer BLOB, service TEXT "
     "NOT"
     " NULL, country TEXT NOT NULL, state TEXT NOT NULL, consult_due INTEGER NOT NULL, answer_due"
     " INTEGER NOT NULL, at BIGINT NOT NULL, consulted BIGINT, answered BIGINT, casefile BLOB,"
     " answer BLOB, number TEXT, reason TEXT)"},
    {"CREATE INDEX protection_correlation ON protection(correlation)"},
    {"CREATE INDEX protection_open ON protection(id) WHERE state = 'open'"},
    /* for border officers: what a partner was told of our certificates and revocations, and what it
     * told us of its own */
    {"CREATE TABLE trust_told(partner TEXT PRIMARY KEY, mark TEXT NOT NULL, at BIGINT NOT NULL)"},
    {"CREATE TABLE foreign_trust(state TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, trust TEXT NOT"
     " NULL, revocations TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL)"},
    {"ALTER TABLE case_step ADD COLUMN journal TEXT"},
    {"ALTER TABLE case_step ADD COLUMN proof BLOB"},
    {"ALTER TABLE attachment ADD COLUMN named BLOB"},
    /* appointments: rules, rounds, who asked, places; made and at: moments, first and last: days */
    {"CREATE TABLE appointment_rule(mission TEXT NOT NULL, service TEXT NOT NULL, doc TEXT NOT "
     "NULL,"
     " at BIGINT NOT NULL, officer BLOB NOT NULL, PRIMARY KEY(mission, service))"},
    {"CREATE TABLE appointment_round(id BLOB PRIMARY KEY, mission TEXT NOT NULL, service TEXT NOT"
     " NULL, state TEXT NOT NULL, opened BIGINT NOT NULL, closes BIGINT NOT NULL, first INTEGER NOT"
     " NULL, last INTEGER NOT NULL, opening TEXT NOT NULL, seed BLOB NOT NULL, head TEXT, drawn"
     " BIGINT NOT NULL, officer BLOB NOT NULL, epoch INTEGER NOT NULL, entry BIGINT NOT NULL)"},
    {"CREATE INDEX appointment_round_of ON appointment_round(mission, service, state)"},
    {"CREATE TABLE appointment_ask(id BLOB NOT NULL, bucket INTEGER NOT NULL, round BLOB NOT NULL,"
     " person BLOB NOT NULL, file BLOB NOT NULL, wishes TEXT NOT NULL, takes_any INTEGER NOT NULL,"
     " class INTEGER NOT NULL, place INTEGER NOT NULL, turn BIGINT NOT NULL, state TEXT NOT NULL,"
     " drawn TEXT, at BIGINT NOT NULL, PRIMARY KEY(id, bucket), UNIQUE(round, person, bucket))"},
    {"CREATE INDEX appointment_ask_file ON appointment_ask(file)"},
    {"CREATE TABLE appointment(id BLOB NOT NULL, bucket INTEGER NOT NULL, person BLOB NOT NULL,"
     " file BLOB NOT NULL, round BLOB, ask BLOB, mission TEXT NOT NULL, service TEXT NOT NULL,"
     " state TEXT NOT NULL, at TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL, counter"
     " INTEGER NOT NULL, sequence INTEGER NOT NULL, until BIGINT NOT NULL, urgent INTEGER NOT NULL,"
     " officer BLOB, made BIGINT NOT NULL, counted INTEGER NOT NULL, PRIMARY KEY(id, bucket))"},
    {"CREATE UNIQUE INDEX appointment_place ON appointment(mission, service, starts, counter)"
     " WHERE state IN ('offered', 'booked', 'arrived', 'served', 'missed')"},
    {"CREATE INDEX appointment_file ON appointment(file)"},
    {"CREATE INDEX appointment_person ON appointment(person, service)"},
    {"CREATE INDEX appointment_day ON appointment(mission, at)"},
    /* waits: a person's message that is not answered yet; seen: by the other side, 0 not yet */
    {"CREATE TABLE case_message(file BLOB NOT NULL, seq INTEGER NOT NULL, bucket INTEGER NOT NULL,"
     " at BIGINT NOT NULL, mission TEXT NOT NULL, role TEXT NOT NULL, officer BLOB, text BLOB NOT"
     " NULL, waits INTEGER NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY(file, seq, bucket))"},
    {"CREATE INDEX case_message_waits ON case_message(mission, at) WHERE waits = 1"},
    {"CREATE TABLE case_remark(file BLOB NOT NULL, seq INTEGER NOT NULL, bucket INTEGER NOT NULL,"
     " at BIGINT NOT NULL, mission TEXT NOT NULL, role TEXT NOT NULL, officer BLOB NOT NULL, text"
     " BLOB NOT NULL, PRIMARY KEY(file, seq, bucket))"},
    {"CREATE TABLE case_rating(file BLOB NOT NULL, bucket INTEGER NOT NULL, mission TEXT NOT NULL,"
     " service TEXT NOT NULL, at BIGINT NOT NULL, score INTEGER NOT NULL, text BLOB,"
     " PRIMARY KEY(file, bucket))"},
    {"CREATE INDEX case_rating_mission ON case_rating(mission, at)"},
    /* of a decision that an officer of a partner confirmed: how its keyring is shown that */
    {"ALTER TABLE case_decision ADD COLUMN assent TEXT"},
    {"CREATE INDEX case_file_glance ON case_file(mission, service, state, due) WHERE filed > 0"},
    {"CREATE INDEX case_file_service ON case_file(queue, state, service, due)"},
    {"CREATE INDEX case_file_officer ON case_file(officer, state, due) WHERE officer IS NOT NULL"},
    {"CREATE TABLE ticket(day INTEGER NOT NULL, mission TEXT NOT NULL, number INTEGER NOT NULL,"
     " service TEXT, state TEXT NOT NULL, counter INTEGER NOT NULL, taken BIGINT NOT NULL, called"
     " BIGINT NOT NULL, PRIMARY KEY(day, mission, number))"},
    /* how fees are paid: accounts, references of cases, what banks say came, receipts */
    {"CREATE TABLE mission_account(mission TEXT PRIMARY KEY, iban TEXT NOT NULL, doc TEXT NOT NULL,"
     " at BIGINT NOT NULL, officer BLOB NOT NULL)"},
    {"CREATE TABLE fee_order(reference TEXT NOT NULL, bucket INTEGER NOT NULL, file BLOB NOT NULL,"
     " at BIGINT NOT NULL, PRIMARY KEY(reference, bucket))"},
    {"CREATE INDEX fee_order_file ON fee_order(file)"},
    {"CREATE TABLE bank_entry(id BLOB PRIMARY KEY, mission TEXT NOT NULL, entry TEXT NOT NULL, day"
     " TEXT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL, reference TEXT, file BLOB,"
     " state TEXT NOT NULL, surplus BIGINT NOT NULL, told BLOB NOT NULL, officer BLOB NOT NULL, at"
     " BIGINT NOT NULL, how TEXT NOT NULL)"},
    {"CREATE UNIQUE INDEX bank_entry_once ON bank_entry(mission, entry)"},
    {"ALTER TABLE case_payment ADD COLUMN mission TEXT"},
    {"ALTER TABLE case_payment ADD COLUMN receipt TEXT"},
    /* what a mission decides with two officers, and its cash book; what came before the book is in
     * it by the day of the server's clock */
    {"CREATE TABLE proposal(id BLOB PRIMARY KEY, mission TEXT NOT NULL, what TEXT NOT NULL, matter"
     " TEXT NOT NULL, statement TEXT NOT NULL, proposer BLOB NOT NULL, proposed BIGINT NOT NULL,"
     " confirmer BLOB, confirmer_signature BLOB, confirmed BIGINT, dropped INTEGER NOT NULL,"
     " CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE INDEX proposal_open ON proposal(mission, what) WHERE confirmer IS NULL AND dropped ="
     " 0"},
    {"CREATE TABLE cash_movement(day INTEGER NOT NULL, mission TEXT NOT NULL, number INTEGER NOT"
     " NULL, at BIGINT NOT NULL, how TEXT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL,"
     " file BLOB, reference TEXT, officer BLOB NOT NULL, PRIMARY KEY(day, mission, number))"},
    {"CREATE INDEX cash_movement_of ON cash_movement(mission, day)"},
    {"CREATE TABLE cash_closing(day INTEGER NOT NULL, mission TEXT NOT NULL, after INTEGER NOT"
     " NULL, proposal BLOB NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(day, mission))"},
    {"CREATE INDEX cash_closing_of ON cash_closing(mission, day)"},
    {"CREATE TABLE cash_count(day INTEGER NOT NULL, mission TEXT NOT NULL, currency TEXT NOT NULL,"
     " expected BIGINT NOT NULL, counted BIGINT NOT NULL, deposited BIGINT NOT NULL, reason TEXT,"
     " PRIMARY KEY(day, mission, currency))"},
    {"INSERT INTO cash_movement(day, mission, number, at, how, amount, currency, file, reference,"
     " officer) SELECT at / 86400000, mission, row_number() OVER (PARTITION BY at / 86400000, mission"
     " ORDER BY at, reference), at, how, amount, currency, file, reference, officer FROM (SELECT"
     " mission, at, how, amount, currency, file, receipt AS reference, officer FROM case_payment"
     " WHERE receipt IS NOT NULL UNION ALL SELECT mission, at, how, amount, currency, file, entry,"
     " officer FROM bank_entry) AS before"},
    /* blank booklets and stickers: what came, and what became of each number */
    {"CREATE TABLE blank_series(id BLOB PRIMARY KEY, mission TEXT NOT NULL, kind TEXT NOT NULL,"
     " prefix TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, width INTEGER NOT NULL,"
     " officer BLOB NOT NULL, at BIGINT NOT NULL)"},
    {"CREATE INDEX blank_series_of ON blank_series(mission, kind)"},
    {"CREATE TABLE blank_gone(series BLOB NOT NULL, number BIGINT NOT NULL, fate TEXT NOT NULL,"
     " file BLOB, reason TEXT, officer BLOB NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(series,"
     " number))"},
    {"ALTER TABLE case_file ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0"},
    /* how long officers worked: each touch of a case, the seconds since the last one, its entry */
    {"CREATE TABLE case_work(file BLOB NOT NULL, epoch INTEGER NOT NULL, entry BIGINT NOT NULL,"
     " bucket INTEGER NOT NULL, at BIGINT NOT NULL, officer BLOB NOT NULL, session BLOB NOT NULL,"
     " mission TEXT NOT NULL, action TEXT NOT NULL, seconds INTEGER NOT NULL,"
     " PRIMARY KEY(file, epoch, entry, bucket))"},
    {"CREATE TABLE cost_rate(id BLOB PRIMARY KEY, mission TEXT NOT NULL, per_hour BIGINT NOT NULL,"
     " currency TEXT NOT NULL, source TEXT NOT NULL, at BIGINT NOT NULL, officer BLOB NOT NULL)"},
    {"CREATE INDEX cost_rate_mission ON cost_rate(mission, id)"},
    {"CREATE TABLE paper_time(id BLOB PRIMARY KEY, service TEXT NOT NULL, minutes INTEGER NOT NULL,"
     " source TEXT NOT NULL, at BIGINT NOT NULL, officer BLOB NOT NULL)"},
    {"CREATE INDEX paper_time_service ON paper_time(service, id)"},
    /* by which delegation each of the two decided (registry/delegations.c) */
    {"ALTER TABLE case_decision ADD COLUMN proposer_lent BLOB"},
    {"ALTER TABLE case_decision ADD COLUMN confirmer_lent BLOB"},
    /* rows of registers that were kept elsewhere, each entered once */
    {"CREATE TABLE register_row(file TEXT NOT NULL, row INTEGER NOT NULL, mission TEXT NOT NULL,"
     " person BLOB NOT NULL, officer BLOB NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(file, row))"},
    /* files sent with a message; sender: whose it is until a message names it */
    {"ALTER TABLE attachment ADD COLUMN message INTEGER"},
    {"ALTER TABLE attachment ADD COLUMN sender BLOB"},
};

/* ---- kinds of dispatches ---------------------------------------------------------------- */

#define TEXT(max) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" #max "}"

const struct dispatch_kind service_kinds[] =
    {
        {"package", "package.arrive", NULL},
        {"package-answer", "package.answered",
         "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"outcome\"],"
         "\"properties\":{\"outcome\":{\"enum\":[\"accepted\",\"refused\"]},\"reason\":" TEXT(
             4000) ",\"record\":" TEXT(130000) "}}"},
        {"trust-list", "trust.receive",
         "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"trust\","
         "\"revocations\"],"
         "\"properties\":{\"trust\":" TEXT(1000000) ",\"revocations\":" TEXT(20000000) "}}"},
        {"protection-case", "protection.arrive",
         "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"service\","
         "\"country\","
         "\"person\","
         "\"answers\",\"mission\"],\"properties\":{\"service\":" TEXT(
             60) ",\"country\":{\"type\":\"string\","
                 "\"pattern\":\"^[A-Z]{2}$\"},\"mission\":" TEXT(40) ",\"role\":" TEXT(
                     60) ",\"answers\":{\"type\":"
                         "\"object\"},\"person\":{\"type\":\"object\",\"required\":[\"surname\","
                         "\"given_names\",\"birth_date\","
                         "\"nationality\"],\"maxProperties\":20,\"additionalProperties\":" TEXT(
                             200) "},\"paper\":{\"type\":"
                                  "\"object\",\"additionalProperties\":false,\"required\":["
                                  "\"name\","
                                  "\"data\"],\"properties\":{\"name\":" TEXT(200) ",\"data\":" TEXT(
                                      2800000) "}}}}"},
        {"protection-word", "protection.word",
         "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],"
         "\"properties\":{"
         "\"text\":" TEXT(
             4000) ",\"proposal\":{\"type\":\"object\",\"additionalProperties\":false,"
                   "\"required\":[\"statement\",\"seal\"],\"properties\":{\"statement\":" TEXT(
                       16000) ",\"seal\":{\"type\":\"object\"}}}}}"},
        {"protection-assent", "protection.assent",
         "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"key\",\"mission\","
         "\"officer\",\"role\",\"signature\",\"statement\",\"until\"],\"properties\":{"
         "\"key\":" TEXT(64) ",\"mission\":" TEXT(64) ",\"officer\":" TEXT(36) ",\"role\":" TEXT(
             64) ",\"signature\":" TEXT(8000) ",\"statement\":" TEXT(64) ",\"until\":" TEXT(10) ","
                                                                                                "\""
                                                                                                "pa"
                                                                                                "ss"
                                                                                                "ke"
                                                                                                "ys"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "ty"
                                                                                                "pe"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "ar"
                                                                                                "ra"
                                                                                                "y"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ma"
                                                                                                "xI"
                                                                                                "te"
                                                                                                "ms"
                                                                                                "\""
                                                                                                ":3"
                                                                                                "2,"
                                                                                                "\""
                                                                                                "it"
                                                                                                "em"
                                                                                                "s"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "ty"
                                                                                                "pe"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "ob"
                                                                                                "je"
                                                                                                "ct"
                                                                                                "\""
                                                                                                "}}"
                                                                                                "}"
                                                                                                "}"},
        {"protection-answer", "protection.answered", NULL},
        {"trust-query", "trust.asked",
         "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}"},
};
const size_t service_kinds_n = ARRAY_LEN(service_kinds);

/* A copy of keys.db older than the rows must not bring a destroyed key back. */
static enum err reapply_erasures(struct house *h, struct db *writer, struct fault *f)
{
    struct query q;

    TRY(db_query(writer, &q, f, "SELECT person FROM erased", ""));
    for (; query_row(&q); query_next(&q)) {
        struct id person = query_id(&q, 0);
        person_key_destroy(h, &person);
    }
    return query_end(&q, f);
}

enum err service_open(struct house *h, struct db *writer, struct fault *f)
{
    char path[4096];

    TRY(db_migrate(writer, "service", migrations, ARRAY_LEN(migrations), f));
    TRY(reapply_erasures(h, writer, f));
    TRY(packages_open(h, writer, f));
    h->document_status = document_status;
    snprintf(path, sizeof path, "%.*s/blobs", STR_FMT(h->data_dir));
    return fs_folder(path, 0700, f);
}

enum {
    PERSON = ACTOR_PERSON,
    OFFICER = ACTOR_OFFICER,
    SYSTEM = ACTOR_SYSTEM,
    PARTNER = ACTOR_PARTNER
};

const struct action service_actions[] = {
    /* the person */
    {"case.file", ACTION_ACT, ACTION_POST, "/v1/applications", PERSON, "Case", "application.v1",
     "Apply in one step", ANSWERS_MAX, false, case_file_prepare, case_file_facts, case_file, NULL,
     NULL},
    {"case.start", ACTION_ACT, ACTION_POST, "/v1/cases", PERSON, "Case", "case-new.v1",
     "Start an application", 0, false, case_start_prepare, case_start_facts, case_start, NULL,
     NULL},
    {"case.save", ACTION_CHORE, ACTION_PUT, "/v1/cases/{id}/answers", PERSON, "Case", "answers.v1",
     "Save a draft", ANSWERS_MAX, false, draft_save_prepare, NULL, draft_save, NULL, NULL},
    {"case.attach", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/attachments", PERSON, "Case", NULL,
     "Attach a document (?name=)", ATTACHMENT_MAX, true, attachment_add_prepare, case_facts,
     attachment_add, NULL, attachment_add_after},
    {"case.attachment", ACTION_READ, ACTION_GET, "/v1/cases/{id}/attachments/{attachment}", PERSON,
     "Case", NULL, "My attachment", 0, false, NULL, case_facts, NULL, attachment_get, NULL},
    {"case.submit", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/submit", PERSON, "Case", NULL,
     "Submit an application", 0, false, case_submit_prepare, case_move_facts, case_submit, NULL,
     NULL},
    {"case.answer", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/answer", PERSON, "Case", "answers.v1",
     "Answer a correction", ANSWERS_MAX, false, case_answer_prepare, case_move_facts, case_answer,
     NULL, NULL},
    {"case.withdraw", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/withdraw", PERSON, "Case", NULL,
     "Withdraw an application", 0, false, case_withdraw_prepare, case_move_facts, case_withdraw,
     NULL, NULL},
    {"case.step", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/steps", PERSON, "Case", "step.v1",
     "Do what comes next in my case (event, fields)", 0, false, case_step_prepare, case_move_facts,
     case_step, NULL, NULL},
    {"case.list", ACTION_READ, ACTION_GET, "/v1/cases", PERSON, "File", NULL,
     "My cases (?limit= ?after=)", 0, false, NULL, case_list_facts, NULL, case_list, NULL},
    {"case.show", ACTION_READ, ACTION_GET, "/v1/cases/{id}", PERSON, "Case", NULL, "My case", 0,
     false, NULL, case_facts, NULL, case_show, NULL},
    {"case.proof", ACTION_READ, ACTION_GET, "/v1/cases/{id}/steps/{step}/proof", PERSON, "Case",
     NULL, "Proof of a step, to be checked offline", 0, false, NULL, case_facts, NULL,
     case_step_proof, NULL},
    {"message.send", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/messages", PERSON, "Case",
     "message.v1", "Write to the mission about my case", 0, false, message_send_prepare, case_facts,
     message_send, NULL, message_after},
    {"message.attach", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/messages/files", PERSON, "Case",
     NULL, "Add a file that a message of mine will name (?name=)", ATTACHMENT_MAX, true,
     attachment_add_prepare, case_facts, message_attach, NULL, message_attach_after},
    {"message.seen", ACTION_CHORE, ACTION_POST, "/v1/cases/{id}/messages/seen", PERSON, "Case",
     NULL, "I have read what the mission wrote", 0, false, NULL, NULL, message_seen, NULL, NULL},
    {"case.rate", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/rating", PERSON, "Case", "rating.v1",
     "Say how it was, once my case has ended", 0, false, case_rate_prepare, case_facts, case_rate,
     NULL, NULL},
    {"appointment.show", ACTION_READ, ACTION_GET, "/v1/cases/{id}/appointment", PERSON, "Case",
     NULL, "My appointment, or where I stand", 0, false, NULL, case_facts, NULL, appointment_show,
     NULL},
    {"appointment.calendar", ACTION_READ, ACTION_GET, "/v1/cases/{id}/appointment.ics", PERSON,
     "Case", NULL, "My appointment as a calendar file", 0, false, NULL, case_facts, NULL,
     appointment_calendar, NULL},
    {"appointment.ask", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/appointment/asks", PERSON, "Case",
     "appointment-ask.v1", "Ask for an appointment in a round (wishes)", 0, false,
     appointment_ask_prepare, case_facts, appointment_ask, NULL, NULL},
    {"appointment.withdraw", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/appointment/withdraw", PERSON,
     "Case", NULL, "Ask no longer", 0, false, appointment_prepare, case_facts, appointment_withdraw,
     NULL, NULL},
    {"appointment.accept", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/appointment/accept", PERSON,
     "Case", NULL, "Accept the place that became free", 0, false, appointment_prepare, case_facts,
     appointment_accept, NULL, NULL},
    {"appointment.book", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/appointment", PERSON, "Case",
     "appointment-book.v1", "Take a place for which nobody waits, or move mine there", 0, false,
     appointment_prepare, case_facts, appointment_book, NULL, NULL},
    {"appointment.cancel", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/appointment/cancel", PERSON,
     "Case", NULL, "Give my place back, or decline the one that is offered", 0, false,
     appointment_prepare, case_facts, appointment_cancel, NULL, NULL},
    {"fee.order", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/fee-order", PERSON, "Case", NULL,
     "How to pay by bank transfer: amount, account, reference", 0, false, fee_order_prepare,
     fee_order_facts, fee_order, NULL, NULL},
    {"fee.page", ACTION_ACT, ACTION_POST, "/v1/cases/{id}/fee-page", PERSON, "Case", NULL,
     "Where to pay online: an address with a signed order", 0, false, fee_order_prepare,
     fee_order_facts, fee_page, NULL, NULL},
    {"document.show", ACTION_READ, ACTION_GET, "/v1/documents/{id}", PERSON, "Document", NULL,
     "My document", 0, false, NULL, document_facts, NULL, document_show, NULL},
    {"document.pdf", ACTION_READ, ACTION_GET, "/v1/documents/{id}/pdf", PERSON, "Document", NULL,
     "My document as PDF", 0, false, NULL, document_facts, NULL, document_pdf, NULL},
    {"document.revocations", ACTION_OPEN, ACTION_GET, "/v1/revocations", ACTOR_NOBODY, "Document",
     NULL, "The signed list of revoked documents", 0, false, NULL, NULL, NULL,
     documents_revocations, NULL},

    {"person.export", ACTION_READ, ACTION_GET, "/v1/person/export", PERSON, "File", NULL,
     "Everything about me, as one JSON document", 0, false, NULL, case_list_facts, NULL,
     person_export, NULL},
    {"person.erase", ACTION_ACT, ACTION_POST, "/v1/person/erase", PERSON, "File", NULL,
     "Erase my record, as far as the law lets it go", 0, false, person_erase_prepare,
     case_list_facts, person_erase, NULL, person_erase_after},

    /* the officer */
    {"officer.declare-interest", ACTION_ACT, ACTION_POST, "/v1/desk/interests", OFFICER, "Mission",
     "interest.v1", "Declare a conflict of interest with a person", 0, false, NULL,
     officer_declare_facts, officer_declare, NULL, NULL},
    {"hold.set", ACTION_ACT, ACTION_POST, "/v1/holds/{person}", OFFICER, "File", "reason.v1",
     "Hold a person's file: it cannot be erased", 0, false, NULL, hold_facts, hold_set, NULL, NULL},
    {"hold.lift", ACTION_ACT, ACTION_POST, "/v1/holds/{person}/lift", OFFICER, "File", NULL,
     "Lift a hold, as another officer than the one who set it", 0, false, NULL, hold_facts,
     hold_lift, NULL, NULL},
    {"desk.queue", ACTION_READ, ACTION_GET, "/v1/desk/queue", OFFICER, "Mission", NULL,
     "Cases on a desk (?mission= ?state= ?service= ?officer=me ?before= ?limit= ?after=)", 0, false,
     NULL, desk_queue_facts, NULL, desk_queue, NULL},
    {"mission.glance", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/glance", OFFICER, "Mission",
     NULL, "A mission at a glance: work, promises, fees", 0, false, NULL, desk_queue_facts, NULL,
     mission_glance, NULL},
    {"mission.close", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/close", OFFICER, "Mission",
     NULL, "Close a mission to which nobody looks any more", 0, false, NULL, mission_facts,
     mission_close, NULL, missions_reload_after},
    {"ministry.glance", ACTION_READ, ACTION_GET, "/v1/glance", OFFICER, "Mission", NULL,
     "All missions at a glance", 0, false, NULL, desk_queue_facts, NULL, ministry_glance, NULL},
    {"country.glance", ACTION_READ, ACTION_GET, "/v1/countries/{country}/glance", OFFICER,
     "Mission", NULL, "What was done for people in a host country", 0, false, NULL,
     desk_queue_facts, NULL, country_glance, NULL},
    {"case.examine", ACTION_READ_FILE, ACTION_GET, "/v1/desk/cases/{id}", OFFICER, "Case", NULL,
     "Examine a case (?reason=)", 0, false, case_examine_prepare, case_facts, case_examine_run,
     case_examine, NULL},
    {"case.examine-attachment", ACTION_READ_FILE, ACTION_GET,
     "/v1/desk/cases/{id}/attachments/{attachment}", OFFICER, "Case", NULL,
     "Examine an attached document", 0, false, case_examine_prepare, case_facts, case_examine_run,
     attachment_get, NULL},
    {"case.take", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/take", OFFICER, "Case", NULL,
     "Take a case", 0, false, case_take_prepare, case_move_facts, case_take, NULL, NULL},
    {"case.release", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/release", OFFICER, "Case", NULL,
     "Put a case back", 0, false, case_release_prepare, case_move_facts, case_release, NULL, NULL},
    {"case.pass-on", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/pass-on", OFFICER, "Case",
     "pass-on.v1", "Pass a case on to a colleague", 0, false, case_pass_on_prepare,
     case_pass_on_facts, case_pass_on, NULL, NULL},
    {"case.examine-document", ACTION_READ_FILE, ACTION_GET,
     "/v1/desk/cases/{id}/documents/{document}", OFFICER, "Case", NULL,
     "Look at a document of a case, as PDF", 0, false, case_examine_prepare, case_facts,
     case_examine_run, case_document, NULL},
    {"case.request-correction", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/correction", OFFICER,
     "Case", "correction.v1", "Ask for a correction", 0, false, case_correction_prepare,
     case_move_facts, case_request_correction, NULL, NULL},
    {"case.statement", ACTION_READ_FILE, ACTION_GET, "/v1/desk/cases/{id}/statement", OFFICER,
     "Case", NULL, "The statement to sign (?outcome=)", 0, false, case_examine_prepare, case_facts,
     case_examine_run, case_statement_read, NULL},
    {"case.propose", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/propose", OFFICER, "Case",
     "decision.v1", "Propose a decision", 0, false, case_decision_prepare, case_move_facts,
     case_propose, NULL, NULL},
    {"case.confirm", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/confirm", OFFICER, "Case",
     "confirmation.v1", "Confirm a decision as second officer", 0, false, case_confirm_prepare,
     case_move_facts, case_confirm, NULL, NULL},
    {"case.return", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/return", OFFICER, "Case",
     "reason.v1", "Return a proposal to its officer", 0, false, case_return_prepare,
     case_move_facts, case_return, NULL, NULL},
    {"case.record", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/steps", OFFICER, "Case",
     "step.v1", "Record a step of a case (event, fields)", 0, false, case_record_prepare,
     case_move_facts, case_record, NULL, NULL},
    {"case.payment", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/payments", OFFICER, "Case",
     "payment.v1", "Record what was paid", 0, false, case_payment_prepare, case_move_facts,
     case_payment, NULL, NULL},
    {"fee.tell", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/fee-order", OFFICER, "Case", NULL,
     "How a person pays by bank transfer: amount, account, reference", 0, false, fee_order_prepare,
     fee_order_facts, fee_order, NULL, NULL},
    {"message.write", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/messages", OFFICER, "Case",
     "message.v1", "Write to the person of a case", 0, false, message_write_prepare, case_facts,
     message_write, NULL, message_after},
    {"message.enclose", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/messages/files", OFFICER,
     "Case", NULL, "Add a file that a message to the person will name (?name=)", ATTACHMENT_MAX,
     true, attachment_enclose_prepare, case_facts, message_attach, NULL, message_attach_after},
    {"remark.add", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/remarks", OFFICER, "Case",
     "remark.v1", "Note something for colleagues", 0, false, remark_add_prepare, case_facts,
     remark_add, NULL, NULL},
    {"desk.messages", ACTION_READ, ACTION_GET, "/v1/desk/messages", OFFICER, "Mission", NULL,
     "Cases whose person waits for an answer (?mission=)", 0, false, NULL, desk_queue_facts, NULL,
     desk_messages, NULL},
    {"appointment.give", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/appointment", OFFICER,
     "Case", "appointment-give.v1", "Give a place that is held back, or another time", 0, false,
     appointment_give_prepare, case_facts, appointment_give, NULL, NULL},
    {"appointment.mark", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/appointment/mark", OFFICER,
     "Case", "appointment-mark.v1", "Say that a person arrived, was served or did not come", 0,
     false, appointment_give_prepare, case_facts, appointment_mark, NULL, NULL},
    {"appointment.rules", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/appointments", OFFICER,
     "Mission", NULL, "When a mission gives appointments", 0, false, NULL, desk_queue_facts, NULL,
     appointment_rules, NULL},
    {"appointment.rule", ACTION_ACT, ACTION_PUT, "/v1/missions/{mission}/appointments/{service}",
     OFFICER, "Mission", "appointment-rule.v1", "Set when a mission gives appointments", 0, false,
     NULL, appointment_mission_facts, appointment_rule, NULL, NULL},
    {"appointment.open", ACTION_ACT, ACTION_POST,
     "/v1/missions/{mission}/appointments/{service}/rounds", OFFICER, "Mission",
     "appointment-round.v1", "Open a round of appointments", 0, false, appointment_open_prepare,
     appointment_mission_facts, appointment_open, NULL, NULL},
    {"appointment.rounds", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/rounds", OFFICER,
     "Mission", NULL, "Rounds of appointments of a mission", 0, false, NULL, desk_queue_facts, NULL,
     appointment_rounds, NULL},
    {"appointment.day", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/days/{day}", OFFICER,
     "Mission", NULL, "Appointments of a day", 0, false, NULL, desk_queue_facts, NULL,
     appointment_day, NULL},

    /* the officer for a person, at the counter or from post */
    {"person.find", ACTION_ACT, ACTION_POST, "/v1/desk/persons/find", OFFICER, "Mission",
     "person-find.v1", "Find a person by name and birth, a number or an address", 0, false,
     person_find_prepare, officer_declare_facts, person_find, NULL, NULL},
    {"person.record", ACTION_ACT, ACTION_POST, "/v1/desk/persons", OFFICER, "File",
     "person-record.v1", "Record a person whose identity document was seen", 0, false,
     person_record_prepare, person_counter_facts, person_record, NULL, NULL},
    {"company.find", ACTION_ACT, ACTION_POST, "/v1/desk/companies/find", OFFICER, "Mission",
     "company-find.v1", "Find a company or association by its number in a register", 0, false,
     person_find_prepare, officer_declare_facts, person_find, NULL, NULL},
    {"company.record", ACTION_ACT, ACTION_POST, "/v1/desk/companies", OFFICER, "File",
     "company-record.v1", "Record a company or association whose register was seen", 0, false,
     company_record_prepare, person_counter_facts, person_record, NULL, NULL},
    {"person.email-code", ACTION_ACT, ACTION_POST, "/v1/desk/persons/{person}/email-codes", OFFICER,
     "File", "person-email-code.v1", "Mail a code to an address that a person says is theirs", 0,
     false, person_email_code_prepare, person_counter_facts, person_email_code, NULL, NULL},
    {"person.email", ACTION_ACT, ACTION_POST, "/v1/desk/persons/{person}/email", OFFICER, "File",
     "person-email.v1", "Confirm a person and the address with which they sign in", 0, false,
     person_email_prepare, person_counter_facts, person_email, NULL, person_email_after},
    {"case.open", ACTION_ACT, ACTION_POST, "/v1/desk/cases", OFFICER, "Case", "case-open.v1",
     "Open a case for a person", ANSWERS_MAX, false, case_open_prepare, case_open_facts, case_open,
     NULL, NULL},
    {"case.enter", ACTION_ACT, ACTION_PUT, "/v1/desk/cases/{id}/answers", OFFICER, "Case",
     "answers.v1", "Enter a person's answers", ANSWERS_MAX, false, case_enter_prepare, case_facts,
     case_enter, NULL, NULL},
    {"case.enclose", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/attachments", OFFICER, "Case",
     NULL, "Enclose a document that a person brought (?name=)", ATTACHMENT_MAX, true,
     attachment_enclose_prepare, case_facts, attachment_enclose, NULL, attachment_add_after},
    {"case.lodge", ACTION_ACT, ACTION_POST, "/v1/desk/cases/{id}/lodge", OFFICER, "Case",
     "case-lodge.v1", "Do for a person what is theirs to do next (event)", ANSWERS_MAX, false,
     case_lodge_prepare, case_move_facts, case_lodge, NULL, NULL},

    {"ticket.take", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/tickets", OFFICER, "Mission",
     "ticket.v1", "Give a number to somebody who walked in", 0, false, NULL,
     appointment_mission_facts, ticket_take, NULL, NULL},
    {"ticket.call", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/tickets/call", OFFICER,
     "Mission", "ticket-call.v1", "Call the next number to a counter, or one again", 0, false, NULL,
     appointment_mission_facts, ticket_call, NULL, NULL},
    {"ticket.end", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/tickets/{number}/end", OFFICER,
     "Mission", "ticket-end.v1", "Say that a number was served or did not come", 0, false, NULL,
     appointment_mission_facts, ticket_end, NULL, NULL},
    {"ticket.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/tickets", OFFICER, "Mission",
     NULL, "Numbers of today", 0, false, NULL, desk_queue_facts, NULL, ticket_list, NULL},
    {"document.find", ACTION_READ, ACTION_GET, "/v1/desk/documents/{number}", OFFICER, "Document",
     NULL, "Find a document by its number", 0, false, NULL, document_find_facts, NULL,
     document_find, NULL},
    {"document.revoke", ACTION_ACT, ACTION_POST, "/v1/desk/documents/{id}/revoke", OFFICER,
     "Document", "reason.v1", "Revoke a document", 0, false, document_revoke_prepare,
     document_facts, document_revoke, NULL, NULL},

    /* out of this node, and into it */
    {"case.index", ACTION_READ, ACTION_GET, "/v1/services/{service}/cases", OFFICER, "Service",
     NULL, "All cases of a service, and its versions (?limit= ?after=)", 0, false, NULL,
     case_index_facts, NULL, case_index, NULL},
    {"case.export", ACTION_READ_FILE, ACTION_GET, "/v1/desk/cases/{id}/export", OFFICER, "Case",
     NULL, "A whole case for another node", 0, false, case_examine_prepare, case_facts,
     case_examine_run, case_export, NULL},
    {"case.export-attachment", ACTION_READ_FILE, ACTION_GET,
     "/v1/desk/cases/{id}/export/{attachment}", OFFICER, "Case", NULL,
     "An attachment of a case for another node", 0, false, case_examine_prepare, case_facts,
     case_examine_run, attachment_get, NULL},
    {"document.export", ACTION_READ_FILE, ACTION_GET, "/v1/desk/documents/{id}/pdf", OFFICER,
     "Document", NULL, "A person's document as PDF, for another node", 0, false,
     document_export_prepare, document_facts, case_examine_run, document_pdf, NULL},
    {"case.import", ACTION_ACT, ACTION_POST, "/v1/desk/imports", OFFICER, "Case", "case-import.v1",
     "Take in a case that another node gave out", CASE_RECORD_BYTES, false, case_import_prepare,
     case_import_facts, case_import, NULL, case_import_after},
    {"case.import-attachment", ACTION_ACT, ACTION_POST, "/v1/desk/imports/{id}/{attachment}",
     OFFICER, "Case", NULL, "Take in an attachment of such a case", ATTACHMENT_MAX, true,
     attachment_import_prepare, case_facts, attachment_import, NULL, attachment_add_after},

    /* what is offered */
    {"package.list", ACTION_READ, ACTION_GET, "/v1/packages", OFFICER, "Mission", NULL,
     "Packages in this node, with their states", 0, false, NULL, package_list_facts, NULL,
     package_list, NULL},
    {"package.show", ACTION_READ, ACTION_GET, "/v1/packages/{id}", OFFICER, "ServicePackage", NULL,
     "A package, its conflicts and its history", 0, false, NULL, package_facts, NULL, package_show,
     NULL},
    {"package.archive", ACTION_READ, ACTION_GET, "/v1/packages/{id}/archive", OFFICER,
     "ServicePackage", NULL, "A package as a file", 0, false, NULL, package_facts, NULL,
     package_archive, NULL},
    {"package.layer", ACTION_READ, ACTION_GET, "/v1/packages/{id}/layer", OFFICER, "ServicePackage",
     NULL, "The files of our layer over a package, or of one that changes nothing yet", 0, false,
     NULL, package_facts, NULL, package_layer, NULL},
    {"package.record", ACTION_READ, ACTION_GET, "/v1/packages/{id}/record", OFFICER,
     "ServicePackage", NULL, "The signed record of a package's acceptance", 0, false, NULL,
     package_facts, NULL, package_record, NULL},
    {"package.statement", ACTION_READ, ACTION_GET, "/v1/packages/{id}/statement", OFFICER,
     "ServicePackage", NULL, "The statement to sign (?what=activate|retire|fee)", 0, false, NULL,
     package_facts, NULL, package_statement, NULL},
    {"package.install", ACTION_ACT, ACTION_POST, "/v1/packages", OFFICER, "ServicePackage", NULL,
     "Receive a package that a known state has signed", PACKAGE_ARCHIVE_BYTES, true,
     package_install_prepare, package_install_facts, package_install, NULL, NULL},
    {"package.overlay", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/overlay", OFFICER,
     "ServicePackage", "overlay.v1", "Lay our own law, fees and words over a package",
     OVERLAY_BYTES, false, package_overlay_prepare, package_facts, package_overlay, NULL, NULL},
    {"package.accept", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/accept", OFFICER,
     "ServicePackage", NULL, "Accept a package whose golden cases come out as expected", 0, false,
     package_accept_prepare, package_facts, package_accept, NULL, NULL},
    {"package.refuse", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/refuse", OFFICER,
     "ServicePackage", "reason.v1", "Refuse a package", 0, false, package_refuse_prepare,
     package_facts, package_refuse, NULL, NULL},
    {"package.give", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/packages/given", OFFICER,
     "Package", "package-gift.v1", "Give a service package to a partner", 0, false,
     package_give_prepare, engagement_facts, package_give, NULL, package_give_after, NULL, true},
    {"package.gifts", ACTION_READ, ACTION_GET, "/v1/partners/{state}/packages", OFFICER, "Mission",
     NULL, "Packages that went between us and a partner, and what became of them", 0, false, NULL,
     package_list_facts, NULL, package_gifts, NULL},
    {"package.arrive", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "A partner gives us a package", 0, false, package_arrive_prepare, dispatch_taken_facts,
     package_arrive, NULL, NULL},
    {"package.unwrap", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "ServicePackage", NULL,
     "A package that a partner gave is verified and installed as received", 0, false,
     package_unwrap_prepare, package_install_facts, package_unwrap, NULL, NULL},
    {"package.answer", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Dispatch", NULL,
     "The giver is told what became of a package", 0, false, package_answer_prepare,
     package_answer_facts, package_answer, NULL, package_answer_after},
    {"package.answered", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "A partner says what became of a package that we gave", 0, false, package_answered_prepare,
     dispatch_taken_facts, package_answered, NULL, NULL},
    {"package.activate-propose", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/activate-propose",
     OFFICER, "ServicePackage", "signature.v1", "Propose that new cases begin with a package", 0,
     false, package_propose_prepare, package_facts, package_propose, NULL, NULL},
    {"package.activate", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/activate", OFFICER,
     "ServicePackage", "signature.v1", "Activate a package as second officer", 0, false,
     package_confirm_prepare, package_facts, package_confirm, NULL, package_confirm_after},
    {"package.retire-propose", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/retire-propose", OFFICER,
     "ServicePackage", "signature.v1", "Propose that a service is no longer offered", 0, false,
     package_propose_prepare, package_facts, package_propose, NULL, NULL},
    {"package.retire", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/retire", OFFICER,
     "ServicePackage", "signature.v1", "Retire a service as second officer", 0, false,
     package_confirm_prepare, package_facts, package_confirm, NULL, package_confirm_after},
    {"package.fee-propose", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/fee-propose", OFFICER,
     "ServicePackage", "signature.v1", "Propose an accepted change of fees", 0, false,
     package_propose_prepare, package_facts, package_propose, NULL, NULL},
    {"package.fee", ACTION_ACT, ACTION_POST, "/v1/packages/{id}/fee", OFFICER, "ServicePackage",
     "signature.v1", "Put a change of fees in force as second officer", 0, false,
     package_confirm_prepare, package_facts, package_confirm, NULL, package_confirm_after},

    /* persons of one state at a mission of another */
    {"protection.give", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/protection/given", OFFICER,
     "Protection", "protection-give.v1", "Protect a partner's citizens at our posts", 4 << 20,
     false, protection_give_prepare, engagement_facts, protection_give, NULL, protection_give_after,
     NULL, true},
    {"protection.list", ACTION_READ, ACTION_GET, "/v1/protections", OFFICER, "Mission", NULL,
     "Whom we protect for partners, and they for us, with terms kept and passed", 0, false, NULL,
     package_list_facts, NULL, protection_list, NULL},
    {"protection.show", ACTION_READ_FILE, ACTION_GET, "/v1/protections/{id}", OFFICER, "Protection",
     NULL, "One of them: the person, the answers, what was said", 0, false, NULL, protection_facts,
     NULL, protection_show, NULL},
    {"protection.paper", ACTION_READ_FILE, ACTION_GET, "/v1/protections/{id}/paper", OFFICER,
     "Protection", NULL, "The scan that the mission sent along", 0, false, NULL, protection_facts,
     NULL, protection_paper, NULL},
    {"protection.document", ACTION_READ_FILE, ACTION_GET, "/v1/protections/{id}/document", OFFICER,
     "Protection", NULL, "The document that the person's state sealed", 0, false, NULL,
     protection_facts, NULL, protection_document, NULL},
    {"protection.consult", ACTION_ACT, ACTION_POST, "/v1/protections/{id}/words", OFFICER,
     "Protection", "consultation.v1", "Consult the other state about a person", 0, false,
     protection_consult_prepare, protection_facts, protection_consult, NULL,
     protection_consult_after},
    {"protection.sign", ACTION_ACT, ACTION_POST, "/v1/protections/{id}/signature", OFFICER,
     "Protection", "signature.v1", "Sign what the person's state proposes, as who saw the person",
     0, false, protection_sign_prepare, protection_facts, protection_sign, NULL,
     protection_sign_after},
    {"protection.assent", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "An officer of the mission that saw the person signs our decision", 0, false,
     protection_assent_prepare, dispatch_taken_facts, protection_assent, NULL, NULL},
    {"protection.arrive", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "A partner's mission serves a citizen of ours", 0, false, dispatch_take, dispatch_taken_facts,
     protection_arrive, NULL, NULL},
    {"protection.open", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "The case of a citizen at a partner's mission is opened", 0, false, protection_open_prepare,
     protection_open_facts, protection_open, NULL, NULL},
    {"protection.answer", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Dispatch", NULL,
     "The partner's mission gets what came of the case", 0, false, protection_answer_prepare,
     protection_answer_facts, protection_answer, NULL, protection_answer_after},
    {"protection.answered", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "The person's state answers", 0, false, protection_answered_prepare, dispatch_taken_facts,
     protection_answered, NULL, NULL},
    {"protection.word", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "The other state says something about a person", 0, false, dispatch_take, dispatch_taken_facts,
     protection_word, NULL, NULL},

    /* what border officers need */
    {"trust.ask", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/trust", OFFICER, "Dispatch", NULL,
     "Ask a partner for its certificates and its list of revocations", 0, false, trust_ask_prepare,
     trust_send_facts, trust_ask, NULL, trust_send_after},
    {"trust.kept", ACTION_READ, ACTION_GET, "/v1/trust", OFFICER, "Mission", NULL,
     "Whose certificates and lists of revocations are here", 0, false, NULL, package_list_facts,
     NULL, trust_kept, NULL},
    {"trust.bundle", ACTION_READ, ACTION_GET, "/v1/trust/bundle", OFFICER, "Mission", NULL,
     "All of them as one trust list, to check documents offline", 0, false, NULL,
     package_list_facts, NULL, trust_bundle, NULL},
    {"trust.send", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Dispatch", NULL,
     "A partner gets our certificates and our list of revocations", 0, false, trust_send_prepare,
     trust_send_facts, trust_send, NULL, trust_send_after},
    {"trust.receive", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "A partner's certificates and its list of revocations come", 0, false, trust_receive_prepare,
     dispatch_taken_facts, trust_receive, NULL, NULL},
    {"trust.asked", ACTION_ACT, ACTION_INTERNAL, NULL, PARTNER, "Dispatch", NULL,
     "A partner asks for our certificates", 0, false, dispatch_take, dispatch_taken_facts,
     trust_asked, NULL, NULL},

    /* the node itself, closing a job */
    {"document.sealed", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Document", NULL,
     "The keyring sealed a document", 0, false, document_sealed_prepare, document_facts,
     document_sealed, NULL, NULL},
    {"case.lapse", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "The term of a case has passed", 0, false, case_lapse_prepare, case_move_facts, case_lapse,
     NULL, NULL},
    {"case.ask-rating", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "A person is asked how it was", 0, false, case_ask_rating_prepare, case_facts, case_ask_rating,
     NULL, NULL},
    {"fee.paid", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "The host of the payment page says that a fee was paid", 0, false, fee_paid_prepare,
     fee_order_facts, fee_paid, NULL, NULL},
    {"fee.settle", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "What came by bank transfer is counted towards the fee of a case", 0, false,
     fee_settle_prepare, fee_settle_facts, fee_settle, NULL, NULL},
    {"appointment.draw", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Mission", NULL,
     "The places of a round are drawn", 0, false, appointment_draw_prepare, appointment_draw_facts,
     appointment_draw, NULL, NULL},
    {"appointment.tell", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "A person is told of their appointment", 0, false, appointment_node_prepare,
     appointment_node_facts, appointment_tell, NULL, NULL},
    {"appointment.remind", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "A person is reminded of their appointment", 0, false, appointment_node_prepare,
     appointment_node_facts, appointment_remind, NULL, NULL},
    {"appointment.pass", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "An offer that was not answered goes to the next", 0, false, appointment_node_prepare,
     appointment_node_facts, appointment_pass, NULL, NULL},
    {"appointment.displace", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "The mission is closed on the day of an appointment", 0, false, appointment_node_prepare,
     appointment_node_facts, appointment_displace, NULL, NULL},
    {"job.drop", ACTION_CHORE, ACTION_INTERNAL, NULL, SYSTEM, "Mission", NULL,
     "A job has nothing more to do", 0, false, NULL, NULL, job_end, NULL, NULL},
    {"case.carry", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Case", NULL,
     "A draft meets another version of its service", 0, false, case_carry_prepare, case_move_facts,
     case_carry, NULL, NULL},
    {"document.spoilt", ACTION_ACT, ACTION_INTERNAL, NULL, SYSTEM, "Document", NULL,
     "A reserved document could not be sealed", 0, false, document_spoilt_prepare, document_facts,
     document_spoilt, NULL, NULL},

    /* public */
    {"package.key", ACTION_OPEN, ACTION_GET, "/v1/package-key", ACTOR_NOBODY, "Service", NULL,
     "The key by which other states know our packages", 0, false, NULL, NULL, NULL, package_key,
     NULL},
    {"fee.called", ACTION_OPEN, ACTION_POST, "/v1/fee-calls", ACTOR_NOBODY, "Case", "fee-call.v1",
     "The host of the payment page calls back, signed (Sifara-Signature)", 0, false, NULL, NULL,
     NULL, fee_called, NULL},
    {"ticket.board", ACTION_OPEN, ACTION_GET, "/v1/missions/{mission}/board", ACTOR_NOBODY,
     "Mission", NULL, "Which number is called to which counter, for the waiting room", 0, false,
     NULL, NULL, NULL, ticket_board, NULL},
    {"appointment.round", ACTION_OPEN, ACTION_GET, "/v1/rounds/{round}", ACTOR_NOBODY, "Mission",
     NULL, "A round of appointments, so that anybody can check its draw", 0, false, NULL, NULL,
     NULL, appointment_round, NULL},
    {"service.list", ACTION_OPEN, ACTION_GET, "/v1/services", ACTOR_NOBODY, "Service", NULL,
     "Services offered (?language=)", 0, false, NULL, NULL, NULL, service_list, NULL},
    {"name.latin", ACTION_OPEN, ACTION_GET, "/v1/names/{name}/latin", ACTOR_NOBODY, "Service", NULL,
     "A name in Latin letters: as in passports (ICAO 9303), and as it is read", 0, false, NULL,
     NULL, NULL, name_latin, NULL},
    {"mrz.read", ACTION_OPEN, ACTION_POST, "/v1/mrz", ACTOR_NOBODY, "Service", "mrz.v1",
     "Read and check the machine readable lines of a passport or card (ICAO 9303)", 0, false, NULL,
     NULL, NULL, mrz_answer, NULL},
    {"service.ask", ACTION_OPEN, ACTION_POST, "/v1/services/{service}/ask", ACTOR_NOBODY, "Service",
     "service-ask.v1", "May I, what does it cost, what must I bring?", ANSWERS_MAX, false, NULL,
     NULL, NULL, service_ask, NULL},
    {"service.form", ACTION_OPEN, ACTION_GET, "/v1/services/{service}", ACTOR_NOBODY, "Service",
     NULL, "A service: form, fee, promise, words", 0, false, NULL, NULL, NULL, service_show, NULL},
};
const size_t service_actions_n = ARRAY_LEN(service_actions);
