#include "registry/accreditation.h"
#include "registry/registry_int.h"

#include <stdio.h>
#include <stdlib.h>

static const struct migration migrations[] = {
    {"CREATE TABLE mission(code TEXT PRIMARY KEY, doc TEXT NOT NULL)"},
    {"CREATE TABLE jurisdiction(country TEXT NOT NULL, service TEXT NOT NULL,"
     " authority TEXT NOT NULL, PRIMARY KEY(country, service))"},
    {"CREATE TABLE closed_day(mission TEXT NOT NULL REFERENCES mission(code), day INTEGER NOT NULL,"
     " name TEXT NOT NULL, PRIMARY KEY(mission, day))"},
    {"CREATE TABLE officer(id BLOB PRIMARY KEY, lookup BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
     " mission TEXT NOT NULL REFERENCES mission(code), roles TEXT NOT NULL, language TEXT NOT NULL,"
     " public_key BLOB NOT NULL, state TEXT NOT NULL, person BLOB, at BIGINT NOT NULL)"},
    {"CREATE TABLE person(id BLOB NOT NULL, bucket INTEGER NOT NULL, at BIGINT NOT NULL,"
     " profile BLOB, PRIMARY KEY(id, bucket))"},
    {"CREATE TABLE lookup(hash BLOB PRIMARY KEY, person BLOB NOT NULL, bucket INTEGER NOT NULL)"},
    {"CREATE TABLE sign_in_code(lookup BLOB PRIMARY KEY, code BLOB NOT NULL,"
     " expires BIGINT NOT NULL, tries INTEGER NOT NULL)"},
    {"CREATE TABLE session(token BLOB PRIMARY KEY, kind INTEGER NOT NULL, id BLOB NOT NULL,"
     " created BIGINT NOT NULL, expires BIGINT NOT NULL)"},
    {"CREATE TABLE access_log(id BLOB NOT NULL, bucket INTEGER NOT NULL, person BLOB NOT NULL,"
     " at BIGINT NOT NULL, role TEXT NOT NULL, mission TEXT NOT NULL, action TEXT NOT NULL,"
     " subject TEXT NOT NULL, reason TEXT, visible_from BIGINT NOT NULL, PRIMARY KEY(id, bucket))"},
    {"CREATE INDEX access_log_person ON access_log(person, id)"},
    {"CREATE TABLE access_delay(id BLOB PRIMARY KEY, person BLOB NOT NULL, until BIGINT NOT NULL,"
     " basis TEXT NOT NULL, proposer BLOB NOT NULL, confirmer BLOB, at BIGINT NOT NULL,"
     " CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE INDEX access_delay_person ON access_delay(person)"},
    {"CREATE TABLE outbox(id BLOB PRIMARY KEY, body BLOB NOT NULL, due BIGINT NOT NULL,"
     " tries INTEGER NOT NULL DEFAULT 0)"},
    {"CREATE TABLE policy_set(id BLOB PRIMARY KEY, digest TEXT NOT NULL, files TEXT NOT NULL,"
     " proposer BLOB, confirmer BLOB, proposed_at BIGINT NOT NULL, adopted_at BIGINT,"
     " CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE INDEX session_expires ON session(expires)"},
    {"ALTER TABLE outbox ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0"},
    {"CREATE INDEX outbox_urgent ON outbox(id) WHERE urgent = 1"},
    {"ALTER TABLE policy_set ADD COLUMN schema TEXT"},
    {"CREATE TABLE engagement(id BLOB PRIMARY KEY, partner TEXT NOT NULL, action TEXT NOT NULL,"
     " direction INTEGER NOT NULL, at BIGINT NOT NULL, officer BLOB NOT NULL, aim TEXT,"
     " capability TEXT, amount BIGINT NOT NULL, body BLOB NOT NULL, ended_at BIGINT)"},
    {"CREATE INDEX engagement_partner ON engagement(partner, id)"},
    {"CREATE INDEX engagement_aim ON engagement(aim, action)"},
    {"CREATE INDEX engagement_open ON engagement(capability) WHERE ended_at IS NULL"},
    {"CREATE TABLE own_credence(serial BIGINT PRIMARY KEY, credence TEXT NOT NULL,"
     " keyset TEXT NOT NULL, at BIGINT NOT NULL)"},
    {"CREATE TABLE accreditation(state TEXT PRIMARY KEY, standing TEXT NOT NULL,"
     " since BIGINT NOT NULL, root BLOB, credence TEXT, note BLOB, wanted TEXT,"
     " wanted_reason TEXT, wanted_credence TEXT, wanted_keyset TEXT, wanted_note BLOB,"
     " proposer BLOB, proposed_at BIGINT, proposer_signature BLOB)"},
    {"CREATE TABLE accreditation_step(id BLOB PRIMARY KEY, state TEXT NOT NULL, at BIGINT NOT NULL,"
     " statement TEXT NOT NULL, proposer BLOB NOT NULL, proposer_signature BLOB NOT NULL,"
     " confirmer BLOB NOT NULL, confirmer_signature BLOB NOT NULL, CHECK(confirmer <> proposer))"},
    {"CREATE TABLE partner_keyset(state TEXT NOT NULL, root BLOB NOT NULL, serial BIGINT NOT NULL,"
     " note TEXT NOT NULL, at BIGINT NOT NULL, void_from BIGINT,"
     " PRIMARY KEY(state, root, serial))"},
    {"CREATE TABLE person_trace(hash BLOB NOT NULL, person BLOB NOT NULL, bucket INTEGER NOT NULL,"
     " PRIMARY KEY(hash, person, bucket))"},
    {"CREATE INDEX person_trace_person ON person_trace(person)"},
    {"ALTER TABLE person ADD COLUMN identified BIGINT"},
    {"CREATE TABLE officer_passkey(id BLOB PRIMARY KEY, officer BLOB NOT NULL, name TEXT NOT NULL,"
     " passkey TEXT NOT NULL, added BIGINT NOT NULL, used BIGINT)"},
    {"CREATE INDEX officer_passkey_officer ON officer_passkey(officer)"},
    {"CREATE TABLE sign_in_challenge(challenge BLOB PRIMARY KEY, expires BIGINT NOT NULL)"},
    {"ALTER TABLE session ADD COLUMN strong INTEGER NOT NULL DEFAULT 0"},
    /* the ends of relations, as both sides said them: their entry, and ours */
    {"CREATE TABLE closing(id BLOB PRIMARY KEY, state TEXT NOT NULL, ours INTEGER NOT NULL,"
     " was TEXT NOT NULL, standing TEXT NOT NULL, at BIGINT NOT NULL, log BIGINT, idx BIGINT,"
     " received BIGINT, proof TEXT, their_size BIGINT NOT NULL, their_received BIGINT NOT NULL,"
     " their_proof TEXT, answered BIGINT NOT NULL)"},
    {"CREATE INDEX closing_state ON closing(state, id)"},
    {"CREATE TABLE person_passkey(id BLOB NOT NULL, bucket INTEGER NOT NULL, person BLOB NOT NULL,"
     " name BLOB NOT NULL, passkey TEXT NOT NULL, added BIGINT NOT NULL, used BIGINT,"
     " PRIMARY KEY(id, bucket))"},
    {"CREATE INDEX person_passkey_person ON person_passkey(person)"},
    {"CREATE TABLE notice_stopped(person BLOB NOT NULL, bucket INTEGER NOT NULL,"
     " kind TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(person, bucket, kind))"},
    /* what the second officer signed, and the signature */
    {"ALTER TABLE policy_set ADD COLUMN statement TEXT"},
    {"ALTER TABLE policy_set ADD COLUMN signature BLOB"},
    /* who acts for whom: holder for person; services with commas, "" is all; until a day */
    {"CREATE TABLE representative(id BLOB NOT NULL, bucket INTEGER NOT NULL, person BLOB NOT NULL,"
     " holder BLOB NOT NULL, kind TEXT NOT NULL, services TEXT NOT NULL, basis TEXT NOT NULL,"
     " until INTEGER NOT NULL, state TEXT NOT NULL, officer BLOB NOT NULL, at BIGINT NOT NULL,"
     " PRIMARY KEY(id, bucket))"},
    {"CREATE INDEX representative_person ON representative(person)"},
    {"CREATE INDEX representative_holder ON representative(holder)"},
    /* of a host country: contacts there, and what each side promised until a day */
    {"CREATE TABLE contact(id BLOB PRIMARY KEY, country TEXT NOT NULL, at BIGINT NOT NULL,"
     " officer BLOB NOT NULL, body BLOB NOT NULL, ended_at BIGINT, ended_by BLOB)"},
    {"CREATE INDEX contact_country ON contact(country, id)"},
    {"CREATE TABLE pledge(id BLOB PRIMARY KEY, country TEXT NOT NULL, ours INTEGER NOT NULL,"
     " due INTEGER NOT NULL, at BIGINT NOT NULL, officer BLOB NOT NULL, body BLOB NOT NULL,"
     " outcome TEXT, settled_at BIGINT, settled_by BLOB, settled BLOB)"},
    {"CREATE INDEX pledge_country ON pledge(country, due)"},
    {"ALTER TABLE mission ADD COLUMN closed BIGINT"},
    /* when it is open and how it is reached, as its head said last */
    {"CREATE TABLE mission_hours(mission TEXT PRIMARY KEY REFERENCES mission(code),"
     " doc TEXT NOT NULL, officer BLOB NOT NULL, at BIGINT NOT NULL)"},
    /* that its head signed the closed days of a year */
    {"CREATE TABLE calendar_signature(mission TEXT NOT NULL REFERENCES mission(code),"
     " year INTEGER NOT NULL, officer BLOB NOT NULL, statement TEXT NOT NULL,"
     " signature BLOB NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(mission, year))"},
    /* a role lent: starts and until are days of the mission, on both it holds */
    {"CREATE TABLE delegation(id BLOB PRIMARY KEY, mission TEXT NOT NULL, officer BLOB NOT NULL,"
     " colleague BLOB NOT NULL, role TEXT NOT NULL, starts INTEGER NOT NULL,"
     " until INTEGER NOT NULL, statement TEXT NOT NULL, proposer BLOB NOT NULL,"
     " proposer_signature BLOB NOT NULL, at BIGINT NOT NULL, confirmer BLOB,"
     " confirmer_signature BLOB, confirmed BIGINT, ended BIGINT, ended_by BLOB,"
     " CHECK(confirmer IS NULL OR confirmer <> proposer))"},
    {"CREATE INDEX delegation_colleague ON delegation(colleague)"},
    {"CREATE INDEX delegation_mission ON delegation(mission)"},
    /* what went wrong: kind "security" is read by few; said and learnt are sealed */
    {"CREATE TABLE incident(id BLOB PRIMARY KEY, mission TEXT NOT NULL, kind TEXT NOT NULL,"
     " severity TEXT NOT NULL, said BLOB NOT NULL, reporter BLOB NOT NULL, at BIGINT NOT NULL,"
     " owner BLOB, closed BIGINT, learnt BLOB)"},
    {"CREATE INDEX incident_mission ON incident(mission, id)"},
};

static const struct migration keys_migrations[] = {
    {"CREATE TABLE person_key(person BLOB PRIMARY KEY, wrapped BLOB NOT NULL)"},
};

const struct action registry_actions[] = {
    {"session.code", ACTION_OPEN, ACTION_POST, "/v1/session/codes", ACTOR_NOBODY, "Session",
     "session-code.v1", "Ask for a sign-in code", 0, false, session_code_prepare, NULL,
     session_code, NULL, NULL},
    {"session.open", ACTION_OPEN, ACTION_POST, "/v1/sessions", ACTOR_NOBODY, "Session",
     "session-open.v1", "Sign in with a code; an officer also signs", 0, false,
     session_open_prepare, NULL, session_open, NULL, session_rotated},
    {"session.challenge", ACTION_OPEN, ACTION_POST, "/v1/session/challenges", ACTOR_NOBODY,
     "Session", NULL, "Begin to sign in with a passkey", 0, false, session_challenge_prepare, NULL,
     session_challenge, NULL, NULL},
    {"session.passkey", ACTION_OPEN, ACTION_POST, "/v1/sessions/passkey", ACTOR_NOBODY, "Session",
     "session-passkey.v1", "Sign in with a passkey", 0, false, session_passkey_prepare, NULL,
     session_passkey, NULL, session_rotated},
    {"session.close", ACTION_CHORE, ACTION_DELETE, "/v1/sessions/current",
     ACTOR_PERSON | ACTOR_OFFICER, "Session", NULL, "Sign out", 0, false, NULL, NULL, session_close,
     NULL, session_forget},
    {"session.list", ACTION_READ, ACTION_GET, "/v1/sessions", ACTOR_PERSON | ACTOR_OFFICER,
     "Session", NULL, "Where I am signed in", 0, false, NULL, NULL, NULL, session_list, NULL},
    {"session.end", ACTION_CHORE, ACTION_DELETE, "/v1/sessions/{session}",
     ACTOR_PERSON | ACTOR_OFFICER, "Session", NULL, "End one of my sessions", 0, false, NULL, NULL,
     session_end, NULL, session_end_after},
    {"session.show", ACTION_OPEN, ACTION_GET, "/v1/sessions/current", ACTOR_NOBODY, "Session", NULL,
     "Who am I?", 0, false, NULL, NULL, NULL, session_show, NULL},

    {"mission.list", ACTION_OPEN, ACTION_GET, "/v1/missions", ACTOR_NOBODY, "Mission", NULL,
     "All missions", 0, false, NULL, NULL, NULL, mission_list, NULL},
    {"mission.coverage", ACTION_OPEN, ACTION_GET, "/v1/coverage", ACTOR_NOBODY, "Mission", NULL,
     "Which mission answers where? (?service=)", 0, false, NULL, NULL, NULL, mission_coverage,
     NULL},
    {"mission.responsible", ACTION_OPEN, ACTION_GET, "/v1/countries/{country}/authority",
     ACTOR_NOBODY, "Mission", NULL, "Which mission answers in a country? (?service=)", 0, false,
     NULL, NULL, NULL, mission_responsible, NULL},
    {"mission.add", ACTION_ACT, ACTION_POST, "/v1/missions", ACTOR_OFFICER, "Mission", "mission.v1",
     "Open a mission", 0, false, NULL, mission_facts, mission_add, NULL, missions_reload_after},
    {"mission.show", ACTION_OPEN, ACTION_GET, "/v1/missions/{mission}", ACTOR_NOBODY, "Mission",
     NULL, "A mission: when it is open, how it is reached, whom it serves", 0, false, NULL, NULL,
     NULL, mission_show, NULL},
    {"mission.hours", ACTION_ACT, ACTION_PUT, "/v1/missions/{mission}/hours", ACTOR_OFFICER,
     "Mission", "mission-hours.v1", "Say when a mission is open and how it is reached", 0, false,
     mission_hours_prepare, mission_facts, mission_hours, NULL, NULL},
    {"jurisdiction.set", ACTION_ACT, ACTION_POST, "/v1/jurisdiction", ACTOR_OFFICER, "Mission",
     "jurisdiction.v1", "Assign countries to authorities", 256 << 10, false, NULL, mission_facts,
     jurisdiction_set, NULL, missions_reload_after},
    {"calendar.show", ACTION_OPEN, ACTION_GET, "/v1/missions/{mission}/calendar", ACTOR_NOBODY,
     "Mission", NULL, "Days on which a mission is closed", 0, false, NULL, NULL, NULL,
     calendar_show, NULL},
    {"calendar.propose", ACTION_OPEN, ACTION_GET, "/v1/holidays/{year}", ACTOR_NOBODY, "Mission",
     NULL, "Holidays proposed for a year", 0, false, NULL, NULL, NULL, calendar_propose, NULL},
    {"calendar.adopt", ACTION_ACT, ACTION_PUT, "/v1/missions/{mission}/calendar", ACTOR_OFFICER,
     "Mission", "calendar.v1", "Adopt the holidays of a year", 0, false, calendar_adopt_prepare,
     mission_facts, calendar_adopt, NULL, missions_reload_after},

    {"officer.add", ACTION_ACT, ACTION_POST, "/v1/officers", ACTOR_OFFICER, "Mission", "officer.v1",
     "Appoint an officer", 0, false, officer_add_prepare, mission_facts, officer_add, NULL, NULL},
    {"officer.list", ACTION_READ, ACTION_GET, "/v1/officers", ACTOR_OFFICER, "Mission", NULL,
     "All officers, or those of a mission (?mission=)", 0, false, NULL, officer_list_facts, NULL,
     officer_list, NULL},

    {"delegation.propose", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/delegations",
     ACTOR_OFFICER, "Delegation", "delegation.v1",
     "Propose to lend an officer's role to a colleague", 0, false, delegation_propose_prepare,
     delegation_propose_facts, delegation_propose, NULL, NULL},
    {"delegation.confirm", ACTION_ACT, ACTION_POST, "/v1/delegations/{id}/confirm", ACTOR_OFFICER,
     "Delegation", "signature.v1", "Confirm as second officer that a role is lent", 0, false,
     delegation_confirm_prepare, delegation_facts, delegation_confirm, NULL, NULL},
    {"delegation.end", ACTION_ACT, ACTION_POST, "/v1/delegations/{id}/end", ACTOR_OFFICER,
     "Delegation", NULL, "End that a role is lent", 0, false, NULL, delegation_facts,
     delegation_end, NULL, NULL},
    {"delegation.show", ACTION_READ, ACTION_GET, "/v1/delegations/{id}", ACTOR_OFFICER,
     "Delegation", NULL, "What is signed of a role that is lent", 0, false, NULL, delegation_facts,
     NULL, delegation_show, NULL},
    {"delegation.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/delegations",
     ACTOR_OFFICER, "Mission", NULL, "Which roles of a mission are lent to whom", 0, false, NULL,
     mission_facts, NULL, delegation_list, NULL},

    {"incident.record", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/incidents", ACTOR_OFFICER,
     "Incident", "incident.v1", "Record what went wrong at a mission", 0, false, incident_prepare,
     incident_record_facts, incident_record, NULL, NULL},
    {"incident.take", ACTION_ACT, ACTION_POST, "/v1/incidents/{id}/take", ACTOR_OFFICER, "Incident",
     NULL, "Take an incident as its owner", 0, false, NULL, incident_facts, incident_take, NULL,
     NULL},
    {"incident.close", ACTION_ACT, ACTION_POST, "/v1/incidents/{id}/close", ACTOR_OFFICER,
     "Incident", "incident-close.v1", "Close an incident with what was learnt", 0, false,
     incident_prepare, incident_facts, incident_close, NULL, NULL},
    {"incident.read", ACTION_READ, ACTION_GET, "/v1/incidents/{id}", ACTOR_OFFICER, "Incident",
     NULL, "An incident, and what was learnt of it", 0, false, NULL, incident_facts, NULL,
     incident_read, NULL},
    {"incident.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/incidents", ACTOR_OFFICER,
     "Mission", NULL, "Incidents of a mission, as far as one may read them", 0, false, NULL,
     mission_facts, NULL, incident_list, NULL},

    {"passkey.list", ACTION_READ, ACTION_GET, "/v1/officer/passkeys", ACTOR_OFFICER, "Session",
     NULL, "My passkeys", 0, false, NULL, NULL, NULL, passkey_list, NULL},
    {"passkey.add", ACTION_ACT, ACTION_POST, "/v1/officer/passkeys", ACTOR_OFFICER, "Session",
     "passkey.v1", "Register a passkey", 0, false, passkey_add_prepare, NULL, passkey_add, NULL,
     NULL},
    {"passkey.remove", ACTION_ACT, ACTION_DELETE, "/v1/officer/passkeys/{passkey}", ACTOR_OFFICER,
     "Session", NULL, "Remove a passkey", 0, false, passkey_own_prepare, NULL, passkey_remove, NULL,
     passkey_remove_after},
    {"passkey.rename", ACTION_ACT, ACTION_PUT, "/v1/officer/passkeys/{passkey}", ACTOR_OFFICER,
     "Session", "passkey-name.v1", "Give a passkey another name", 0, false, passkey_own_prepare,
     NULL, passkey_rename, NULL, NULL},

    {"person.show", ACTION_READ, ACTION_GET, "/v1/person", ACTOR_PERSON, "File", NULL,
     "My own record", 0, false, NULL, person_own_facts, NULL, person_show, NULL},
    {"person.update", ACTION_ACT, ACTION_PUT, "/v1/person", ACTOR_PERSON, "File", "person.v1",
     "Change my own record", 0, false, person_update_prepare, person_own_facts, person_update, NULL,
     NULL},
    {"person.passkey-list", ACTION_READ, ACTION_GET, "/v1/person/passkeys", ACTOR_PERSON, "File",
     NULL, "My passkeys", 0, false, NULL, person_own_facts, NULL, person_passkey_list, NULL},
    {"person.passkey-add", ACTION_ACT, ACTION_POST, "/v1/person/passkeys", ACTOR_PERSON, "File",
     "person-passkey.v1", "Register a passkey to sign in with", 0, false,
     person_passkey_add_prepare, person_own_facts, person_passkey_add, NULL, NULL},
    {"person.passkey-remove", ACTION_ACT, ACTION_DELETE, "/v1/person/passkeys/{passkey}",
     ACTOR_PERSON, "File", NULL, "Remove one of my passkeys", 0, false,
     person_passkey_remove_prepare, person_own_facts, person_passkey_remove, NULL, NULL},
    {"person.passkey-rename", ACTION_ACT, ACTION_PUT, "/v1/person/passkeys/{passkey}", ACTOR_PERSON,
     "File", "passkey-name.v1", "Give one of my passkeys another name", 0, false,
     person_passkey_rename_prepare, person_own_facts, person_passkey_rename, NULL, NULL},
    {"person.access", ACTION_READ, ACTION_GET, "/v1/person/access", ACTOR_PERSON, "File", NULL,
     "Who looked at my file?", 0, false, NULL, person_own_facts, NULL, access_list, NULL},
    {"person.notice-list", ACTION_READ, ACTION_GET, "/v1/person/notices", ACTOR_PERSON, "File",
     NULL, "Which optional notices I get", 0, false, NULL, person_own_facts, NULL, notice_list,
     NULL},
    {"person.notice-set", ACTION_ACT, ACTION_PUT, "/v1/person/notices", ACTOR_PERSON, "File",
     "notices.v1", "Choose which optional notices I get", 0, false, NULL, person_own_facts,
     notice_set, NULL, NULL},
    {"notice.stop", ACTION_OPEN, ACTION_POST, "/v1/notices/{token}/stop", ACTOR_NOBODY, "File",
     NULL, "Stop notices of a kind, from the notice itself", 0, false, notice_stop_prepare, NULL,
     notice_stop, NULL, NULL},
    {"representative.record", ACTION_ACT, ACTION_POST, "/v1/desk/representatives", ACTOR_OFFICER,
     "File", "representative.v1", "Record that one person acts for another", 0, false,
     representative_record_prepare, representative_record_facts, representative_record, NULL, NULL},
    {"representative.show", ACTION_READ_FILE, ACTION_GET,
     "/v1/desk/persons/{person}/representatives", ACTOR_OFFICER, "File", NULL,
     "Who acts for a person, and for whom they act", 0, false, representative_show_prepare,
     representative_record_facts, representative_show_run, representative_show, NULL},
    {"representative.list", ACTION_READ, ACTION_GET, "/v1/person/representatives", ACTOR_PERSON,
     "File", NULL, "Who acts for me, and for whom I act", 0, false, NULL, person_own_facts, NULL,
     representative_list, NULL},
    {"representative.end", ACTION_ACT, ACTION_POST, "/v1/representatives/{id}/end",
     ACTOR_PERSON | ACTOR_OFFICER, "Representative", NULL, "End that one person acts for another",
     0, false, representative_end_prepare, representative_end_facts, representative_end, NULL,
     NULL},
    {"access.delay-propose", ACTION_ACT, ACTION_POST, "/v1/access-delays", ACTOR_OFFICER,
     "AccessDelay", "access-delay.v1", "Propose to delay what a person sees of accesses", 0, false,
     NULL, access_delay_facts, access_delay_propose, NULL, NULL},
    {"access.delay-confirm", ACTION_ACT, ACTION_POST, "/v1/access-delays/{id}/confirm",
     ACTOR_OFFICER, "AccessDelay", NULL, "Confirm a delay as second officer", 0, false, NULL,
     access_delay_facts, access_delay_confirm, NULL, NULL},

    {"policy.show", ACTION_READ, ACTION_GET, "/v1/policy", ACTOR_OFFICER, "Mission", NULL,
     "The policy in force", 0, false, NULL, mission_facts, NULL, policy_show, NULL},
    {"policy.list", ACTION_READ, ACTION_GET, "/v1/policies", ACTOR_OFFICER, "Mission", NULL,
     "What was proposed and adopted, newest first", 0, false, NULL, mission_facts, NULL,
     policy_list, NULL},
    {"policy.files", ACTION_READ, ACTION_GET, "/v1/policies/{id}", ACTOR_OFFICER, "Mission", NULL,
     "The files of a set of policies, and what its adoption signs; in-force is the one in force", 0,
     false, NULL, mission_facts, NULL, policy_files, NULL},
    {"policy.propose", ACTION_ACT, ACTION_POST, "/v1/policies", ACTOR_OFFICER, "Mission",
     "policy.v1", "Propose a policy", 8 << 20, false, policy_propose_prepare, mission_facts,
     policy_propose, NULL, NULL},
    {"policy.adopt", ACTION_ACT, ACTION_POST, "/v1/policies/{id}/adopt", ACTOR_OFFICER, "Mission",
     "signature.v1", "Adopt a proposed policy as second officer", 0, false, policy_adopt_prepare,
     mission_facts, policy_adopt, NULL, NULL},

    {"partner.list", ACTION_READ, ACTION_GET, "/v1/partners", ACTOR_OFFICER, "Mission", NULL,
     "All states and how we stand with them", 0, false, NULL, own_mission_facts, NULL, partner_list,
     NULL},
    {"partner.show", ACTION_READ, ACTION_GET, "/v1/partners/{state}", ACTOR_OFFICER, "Mission",
     NULL, "What stands between us and a partner", 0, false, NULL, own_mission_facts, NULL,
     partner_show, NULL},
    {"country.file", ACTION_READ, ACTION_GET, "/v1/countries/{country}/file", ACTOR_OFFICER,
     "Mission", NULL, "The file of a host country: contacts, promises, what happened", 0, false,
     NULL, host_facts, NULL, host_file, NULL},
    {"contact.add", ACTION_ACT, ACTION_POST, "/v1/countries/{country}/contacts", ACTOR_OFFICER,
     "Mission", "contact.v1", "Keep a contact in a host country", 0, false, host_prepare,
     host_facts, contact_add, NULL, NULL},
    {"contact.end", ACTION_ACT, ACTION_POST, "/v1/contacts/{id}/end", ACTOR_OFFICER, "Mission",
     NULL, "A contact is one no longer", 0, false, NULL, contact_facts, contact_end, NULL, NULL},
    {"pledge.record", ACTION_ACT, ACTION_POST, "/v1/countries/{country}/pledges", ACTOR_OFFICER,
     "Mission", "pledge.v1", "Record what one side promised the other until a day", 0, false,
     host_prepare, host_facts, pledge_record, NULL, NULL},
    {"pledge.settle", ACTION_ACT, ACTION_POST, "/v1/pledges/{id}/settle", ACTOR_OFFICER, "Mission",
     "pledge-settle.v1", "Say what became of a promise between states", 0, false, host_prepare,
     pledge_facts, pledge_settle, NULL, NULL},
    {"credence.show", ACTION_OPEN, ACTION_GET, "/v1/credence", ACTOR_NOBODY, "Mission", NULL,
     "Our letter of credence, for other states", 0, false, NULL, NULL, NULL, credence_show, NULL},
    {"credence.keys", ACTION_READ, ACTION_GET, "/v1/credence/keys", ACTOR_OFFICER, "Mission", NULL,
     "The keys that the root key of the state has to sign next", 0, false, NULL, mission_facts,
     NULL, credence_keys, NULL},
    {"credence.adopt", ACTION_ACT, ACTION_POST, "/v1/credence", ACTOR_OFFICER, "Mission",
     "credence.v1", "Put a letter of credence in force", 0, false, credence_adopt_prepare,
     mission_facts, credence_adopt, NULL, partner_told},
    {"partner.statement", ACTION_READ, ACTION_POST, "/v1/partners/{state}/statement", ACTOR_OFFICER,
     "Accreditation", "standing-wish.v1",
     "What an officer signs who proposes a partner's standing, and how its letter reads", 0, false,
     partner_statement_prepare, partner_propose_facts, NULL, partner_statement, NULL},
    {"partner.propose", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/standing", ACTOR_OFFICER,
     "Accreditation", "standing.v1", "Propose to accredit, suspend, recall or sever a partner", 0,
     false, partner_propose_prepare, partner_propose_facts, partner_propose, NULL, NULL},
    {"partner.confirm", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/confirm", ACTOR_OFFICER,
     "Accreditation", "standing-confirm.v1", "Confirm a partner's standing as second officer", 0,
     false, partner_confirm_prepare, partner_confirm_facts, partner_confirm, NULL, partner_told,
     partner_confirm_answer},
    {"aim.list", ACTION_READ, ACTION_GET, "/v1/aims", ACTOR_OFFICER, "Mission", NULL,
     "Aims, how far they have come, and what is left of our capabilities", 0, false, NULL,
     own_mission_facts, NULL, aim_list, NULL},
    {"intelligence.give", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/intelligence/given",
     ACTOR_OFFICER, "Intelligence", "intelligence.v1", "Give threat intelligence to a partner", 0,
     false, engagement_prepare, engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"intelligence.receive", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/intelligence/received",
     ACTOR_OFFICER, "Intelligence", "intelligence.v1", "Record intelligence that a partner gave", 0,
     false, engagement_prepare, engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"figures.give", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/figures/given", ACTOR_OFFICER,
     "Dataset", "figures.v1", "Give figures to a partner", 0, false, engagement_prepare,
     engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"figures.receive", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/figures/received",
     ACTOR_OFFICER, "Dataset", "figures.v1", "Record figures that a partner gave", 0, false,
     engagement_prepare, engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"package.receive", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/packages/received",
     ACTOR_OFFICER, "Package", "package-gift.v1", "Record a service package that a partner gave", 0,
     false, engagement_prepare, engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"help.give", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/help/given", ACTOR_OFFICER, "Help",
     "help.v1", "Give help to a partner", 0, false, engagement_prepare, engagement_facts,
     engagement_run, NULL, NULL, NULL, true},
    {"help.receive", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/help/received", ACTOR_OFFICER,
     "Help", "help.v1", "Record help that a partner gave", 0, false, engagement_prepare,
     engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"protection.ask", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/protection/asked",
     ACTOR_OFFICER, "Protection", "protection.v1", "Ask a partner to protect our citizens", 0,
     false, engagement_prepare, engagement_facts, engagement_run, NULL, NULL, NULL, true},
    {"engagement.end", ACTION_ACT, ACTION_POST, "/v1/engagements/{id}/end", ACTOR_OFFICER,
     "Engagement", NULL, "Say that something given for a time has ended", 0, false, NULL,
     engagement_end_facts, engagement_end, NULL, NULL},
};
const size_t registry_actions_n = ARRAY_LEN(registry_actions);

enum err may_leave(const struct act *a, struct fault *f)
{
    return a->house->training ? fault(f, ERR_CONFLICT, "nothing leaves a node that is for training")
                              : OK;
}

enum err registry_open(struct house *h, struct db *writer, struct registry **out, struct fault *f)
{
    struct missions *m;
    char path[4096];

    TRY(db_migrate(writer, "registry", migrations, ARRAY_LEN(migrations), f));
    TRY(missions_load(writer, &m, f));
    struct registry *r = calloc(1, sizeof *r);
    if (r) {
        r->key_cache = calloc(KEY_CACHE, sizeof *r->key_cache);
        r->session_cache = calloc(SESSION_CACHE, sizeof *r->session_cache);
    }
    if (!r || !r->key_cache || !r->session_cache) {
        registry_close(r);
        missions_drop(m);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    r->missions = m;
    pthread_mutex_init(&r->keys_lock, NULL);
    pthread_mutex_init(&r->sessions_lock, NULL);
    pthread_mutex_init(&r->missions_lock, NULL);
    snprintf(path, sizeof path, "%.*s/store/keys.db", STR_FMT(h->data_dir));
    enum err e = db_open_writer(path, &r->keys_db, f);
    if (e == OK)
        e = db_migrate(r->keys_db, "keys", keys_migrations, ARRAY_LEN(keys_migrations), f);
    if (e != OK) {
        registry_close(r);
        return e;
    }
    h->registry = *out = r;
    return OK;
}

void registry_durable(struct registry *r, bool durable)
{
    db_durable(r->keys_db, durable);
}

void registry_close(struct registry *r)
{
    if (!r)
        return;
    db_close(r->keys_db);
    missions_drop(r->missions);
    if (r->key_cache)
        secret_wipe(r->key_cache, KEY_CACHE * sizeof *r->key_cache);
    free(r->key_cache);
    free(r->session_cache);
    free(r);
}

/* An outbox row of a JSON text that ends before its words. It is sealed: an outbox on disk shows no
 * address. */
static enum err queue(struct act *a, struct buf *text, struct jw *w, const struct json *words,
                      bool urgent, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(65 << 10);
    struct id id = id_new(&a->house->world, 0);

    if (words) {
        jw_key(w, S("words"));
        jw_tree(w, words);
    }
    jw_close(w, '}');
    TRY(seal(&sealed, &a->house->record_key, S("mail"), buf_str(text), f));
    return db_run(a->db, f, "INSERT INTO outbox(id, body, due, urgent) VALUES(?,?,?,?)", "dbii",
                  &id, buf_str(&sealed), a->now, (int64_t)urgent);
}

enum err mail_queue(struct act *a, str to, str message, str language, const struct json *words,
                    struct fault *f)
{
    return mail_queue_stoppable(a, to, message, language, words, STR_NONE, f);
}

enum err mail_queue_stoppable(struct act *a, str to, str message, str language,
                              const struct json *words, str token, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64 << 10);
    struct jw w = JW(&text);

    if (a->house->replaying_history || !to.p)
        return OK;
    jw_open(&w, '{');
    jw_kv(&w, S("to"), to);
    jw_kv(&w, S("message"), message);
    jw_kv(&w, S("language"), language);
    if (token.p)
        jw_kv(&w, S("stop"), token);
    /* whoever waits for a code does not wait behind a thousand notices */
    return queue(a, &text, &w, words, str_ends(message, S("-code")), f);
}

enum err mail_queue_text(struct act *a, str to, str subject, str body, str language,
                         const struct json *words, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64 << 10);
    struct jw w = JW(&text);

    if (a->house->replaying_history || !to.p)
        return OK;
    jw_open(&w, '{');
    jw_kv(&w, S("to"), to);
    jw_kv(&w, S("subject"), subject);
    jw_kv(&w, S("body"), body);
    jw_kv(&w, S("language"), language);
    return queue(a, &text, &w, words, false, f);
}
