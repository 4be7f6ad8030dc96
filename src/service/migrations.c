/* migrations.c - the rows of this folder in the database, as one list that only grows: what stands
 * in it was applied somewhere and is never changed */
#include "service/migrations_int.h"

const struct migration service_migrations[] = {
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
     " officer) SELECT at / 86400000, mission, row_number() OVER (PARTITION BY at / 86400000, "
     "mission"
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
    /* which wait for their message, by when they came */
    {"CREATE INDEX attachment_waits ON attachment(id) WHERE message = -1"},
    {"ALTER TABLE case_file ADD COLUMN language TEXT NOT NULL DEFAULT ''"},
    {"CREATE INDEX case_file_language ON case_file(queue, state, language, due, id)"},
};
const size_t service_migrations_n = ARRAY_LEN(service_migrations);
