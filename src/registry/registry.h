/* registry.h - states, missions, officers, persons, sessions, calendars, policies
 *
 * What the house knows of itself and of its people. Rows are written by the acts in this folder
 * only; what is asked often (missions, jurisdiction, sessions, unwrapped keys) is cached here.
 */
#ifndef SIFARA_REGISTRY_REGISTRY_H
#define SIFARA_REGISTRY_REGISTRY_H

#include "act/gate.h"
#include "base/date.h"
#include "crypto/keyring.h"

struct registry;

extern const struct action registry_actions[];
extern const size_t registry_actions_n;

/* Migrates, opens keys.db in the data folder, loads missions and jurisdiction. */
NODISCARD enum err registry_open(struct house *, struct db *writer, struct registry **out,
                                 struct fault *);
void registry_close(struct registry *);
/* See db_durable(): for keys.db. */
void registry_durable(struct registry *, bool);

/* ---- persons (persons.c) ---------------------------------------------------------------- */

/* The bucket of a look-up hash: which writer a person's rows belong to. */
unsigned person_bucket(const struct hash *lookup);
/* Keyed hash of an address for look-ups: lower case, trimmed. */
struct hash lookup_hash(const struct house *, str kind, str value);
/* Makes and keeps a person's key; any thread. */
NODISCARD enum err person_key_new(struct house *, const struct id *person, struct key *out,
                                  struct fault *);
/* A person's key from the cache, keys.db and the keyring. ERR_ERASED once it was destroyed. */
NODISCARD enum err person_key(struct house *, const struct id *person, struct key *out,
                              struct fault *);
/* Destroys a person's key: what was sealed with it is erased. Writer's after-phase. */
void person_key_destroy(struct house *, const struct id *person);
/* Sets the act's record key to the person's. */
NODISCARD enum err act_seal_for(struct act *, const struct id *person, struct fault *);
/* The person's profile (names, birth date …), unsealed and parsed; NULL when there is none. */
NODISCARD enum err person_profile(struct act *, const struct id *person, struct json **out,
                                  struct fault *);

/* ---- traces (traces.c): how officers find a person ---------------------------------------- */

enum { PERSON_TRACES = 5 };
struct person_traces {
    size_t n;
    struct hash list[PERSON_TRACES];
};
/* Of the names and numbers that are there; n is 0 of what is not enough to tell persons apart. */
void person_traces_of(const struct house *, const struct json *profile, struct person_traces *out);
bool person_traces_same(const struct person_traces *, const struct person_traces *);
/* Inside run(): takes the place of those that were there. */
NODISCARD enum err person_traces_write(struct act *, const struct id *person,
                                       const struct person_traces *, struct fault *);
/* A company or an association: on record as persons are, with a profile of its own kind. */
bool profile_is_company(const struct json *profile);
/* Has an officer seen who they are? ERR_NOT_FOUND. */
NODISCARD enum err person_identified(struct act *, const struct id *person, bool *out,
                                     struct fault *);

/* The passkeys of a person, at most PASSKEYS_MAX (crypto/passkey.h). */
struct passkey;
NODISCARD enum err person_passkeys_of(struct act *, const struct id *person, struct passkey *list,
                                      size_t *out_n, struct fault *);

/* ---- sessions (sessions.c) -------------------------------------------------------------- */

/* Who holds this token: fills actor, its strings in the arena. ERR_UNAUTHENTICATED,
 * ERR_SESSION_EXPIRED. */
NODISCARD enum err session_find(struct house *, str token, struct arena *, struct actor *out,
                                struct fault *);
/* Writer thread: does the actor's session still stand? */
enum err session_alive(struct house *, const struct actor *, struct fault *);

/* What an officer signs to open a session with a code: a mail alone opens nothing. */
void session_statement(struct buf *, str email, str code);

/* After-phase: the acting session is no longer found. */
void session_forget(struct act *);
/* After-phase: each session is looked for again, for some of them ended. */
void sessions_forget_all(struct registry *);

/* Codes that are mailed to an address and told to us: eight digits, for ten minutes, five tries.
 * lookup is the keyed hash of the address, of a kind of its own for each use. */
NODISCARD enum err code_draw(struct act *, str *out, struct fault *);
struct hash code_hash(const struct hash *lookup, str code);
/* Inside run(): in place of an earlier one. */
NODISCARD enum err code_keep(struct act *, const struct hash *lookup, str code, struct fault *);
NODISCARD enum err code_mail(struct act *, str to, str message, str code, str language,
                             struct fault *);
NODISCARD enum err code_matches(struct act *, const struct hash *lookup, const struct hash *code,
                                bool *out, struct fault *);
/* Inside run(): it was wrong, or it was right. */
NODISCARD enum err code_tried(struct act *, const struct hash *lookup, struct fault *);
NODISCARD enum err code_used(struct act *, const struct hash *lookup, struct fault *);

/* Every officer's row says what the journal's entry of the appointment says, and nobody but the two
 * with whom the state was made is without one: ERR_CORRUPT names the first who is not so. */
NODISCARD enum err officers_check(struct db *, uint64_t *out_appointed, uint64_t *out_first,
                                  struct fault *);
/* What leads to partners or guests does not begin in training. ERR_CONFLICT. */
NODISCARD enum err may_leave(const struct act *, struct fault *);

/* ---- officers (officers.c) -------------------------------------------------------------- */

/* The signature of the act's input, by key file or passkey (crypto/passkey.h), verified as the
 * acting officer's over the text. In prepare. ERR_INVALID, ERR_BAD_SIGNATURE, ERR_UNTRUSTED. */
NODISCARD enum err officer_signature(struct act *, str text, struct officer_signature *out,
                                     struct fault *);
/* The same of an officer who is not signed in yet. */
NODISCARD enum err officer_signature_of_id(struct act *, const struct id *officer, str text,
                                           struct officer_signature *out, struct fault *);
/* What an officer signs who lends a colleague's role, of the input of delegation.propose. */
NODISCARD enum err delegation_statement(struct arena *, str mission, const struct json *input,
                                        str *out, struct fault *);
/* What is lent to the acting officer today (gate_hooks). */
NODISCARD enum err delegations_lent(struct act *, struct lent *out, size_t *out_n, struct fault *);
/* The statement of a delegation with both signatures, as the keyring wants it. */
NODISCARD enum err delegation_lending(struct act *, const struct id *, struct officer_lending *out,
                                      struct fault *);
/* Member key: what the officer is called; none where nobody has that id. */
NODISCARD enum err officer_put_name(struct act *, struct jw *, str key, const struct id *officer,
                                    struct fault *);
/* Which keys the acting officer signs with: members "key" and "passkeys". */
NODISCARD enum err officer_keys_put(struct act *, struct jw *, struct fault *);

/* ---- missions, jurisdiction, calendars (missions.c, calendars.c) ------------------------- */

struct mission {
    str code;    /* "paris", also the host of its queue */
    str kind;    /* embassy, consulate, honorary, ministry */
    str country; /* ISO 3166-1 alpha-2 of the host country */
    str name_en, name_ar, name_fr;
    str zone;         /* IANA time zone */
    unsigned weekend; /* bit 0 is Sunday … bit 6 Saturday */
    bool one_officer; /* decisions are confirmed at the ministry */
    str currency;     /* ISO 4217, of its fees: the mission's own, else the host country's */
    int64_t closed;   /* since when it serves nobody; 0: it is open */
};

/* An immutable snapshot of missions, jurisdiction and calendars; held while used. */
struct missions;
struct missions *missions_hold(struct registry *);
void missions_drop(struct missions *);
const struct mission *mission_find(const struct missions *, str code);
size_t missions_count(const struct missions *);
const struct mission *mission_at(const struct missions *, size_t i);
/* The one responsible authority for a service in a host country: a mission's code (the ministry is
 * one), or "partner:XA". STR_NONE for what is no country of the table. */
str jurisdiction_of(const struct missions *, str country, str service);
/* After an act that changed a mission or who answers where. */
void missions_reload_after(struct act *);
/* What the head of a mission signs who adopts the days on which it is closed in a year, canonical
 * JSON; days as the input of calendar.adopt has them. */
NODISCARD enum err calendar_statement(struct arena *, str mission, int64_t year,
                                      const struct json *days, str *out, struct fault *);
/* Days since 1970-01-01 of a moment at the mission. */
int32_t mission_day(const struct missions *, const struct mission *, int64_t ms);
/* The day that it is there now; in UTC where there is no such mission. */
int32_t day_at_mission(struct act *, str mission);
/* The moment at which clocks there first show so many minutes of that day; one that they jump over
 * is as long after the jump. And what they show at a moment. */
int64_t mission_moment(const struct missions *, const struct mission *, int32_t day, int minute);
int mission_minute(const struct missions *, const struct mission *, int64_t ms);
bool mission_works(const struct missions *, const struct mission *, int32_t day);
/* 0 is Sunday. */
int day_weekday(int32_t day);
/* The day on which a promise of so many working days ends: the day of receipt does not count, nor
 * does any day on which the authority is closed. 0 days is the first working day from day on. */
int32_t due_day(const struct missions *, const struct mission *, int32_t day,
                unsigned working_days);
/* Working days in (from, to]. */
unsigned working_days_between(const struct missions *, const struct mission *, int32_t from,
                              int32_t to);
/* The day in the Umm al-Qura calendar, in Arabic with Arabic digits; STR_NONE without memory. */
str hijri_text(struct arena *, int32_t day);

/* The currency of a country (CLDR), into code; "XXX", no currency, of what is no country. */
str country_currency(str country, char code[4]);
/* Decimal digits of its minor unit. */
unsigned currency_digits(str currency);

/* The host countries, alpha-2, sorted. */
size_t country_count(void);
str country_at(size_t i);

/* ---- access log (access.c) -------------------------------------------------------------- */

/* Writes that the acting officer looked at or touched a person's file; inside run(). */
NODISCARD enum err access_note(struct act *, const struct id *person, str subject, str reason,
                               struct fault *);

/* What the person may see of it, newest first: a JSON array onto w. */
NODISCARD enum err access_put(struct act *, struct jw *w, const struct id *person, struct fault *);

/* ---- who acts for whom (representatives.c) ------------------------------------------------ */

/* May holder act for person today, for a service? */
NODISCARD enum err representative_holds(struct act *, const struct id *holder,
                                        const struct id *person, str service, bool *out,
                                        struct fault *);
/* Whoever acts for the person today, the first recorded; nil if nobody does. */
NODISCARD enum err representative_of(struct act *, const struct id *person, struct id *out,
                                     struct fault *);

/* ---- mail ------------------------------------------------------------------------------- */

/* Where a person is written to, as the profile has it: e-mail, else telephone; STR_NONE. */
str person_address(const struct json *profile);

/* An outbox row, sealed: to is an address of e-mail or a number of E.164, message is the name of a
 * text, words its values. Inside run(). The address is of a person (from the profile by prepare) or
 * given. */
NODISCARD enum err mail_queue(struct act *, str to, str message, str language,
                              const struct json *words, struct fault *);

/* To a person, unless they stopped notices of this kind: what is optional carries a way to stop it
 * (notices.c). Inside run(). */
NODISCARD enum err notice_queue(struct act *, const struct id *person, str to, str message,
                                str language, const struct json *words, struct fault *);

/* To all addresses of a person, as the profile has them; NULL: nobody is told. Inside run(). */
NODISCARD enum err person_tell(struct act *, const struct json *profile, str message,
                               const struct json *words, struct fault *);

/* The same with texts of a service, ICU MessageFormat in the language, formatted when it is sent.
 */
NODISCARD enum err mail_queue_text(struct act *, str to, str subject, str body, str language,
                                   const struct json *words, struct fault *);

/* Facts of an act upon a mission: of the path, the input's "code", else the ministry. */
enum err mission_facts(struct act *, struct fault *);

/* ---- policies (policies.c) -------------------------------------------------------------- */

/* The set of a draft, validated: of the input's "files", or of the stored "proposal". The caller
 * owns one reference. */
NODISCARD enum err policy_of_draft(struct act *, struct policy **out, struct fault *);

/* Loads the adopted policy at start; ERR_NOT_FOUND when none was ever adopted. */
NODISCARD enum err policy_load_adopted(struct house *, struct db *, str schema, struct policy **out,
                                       struct fault *);
/* The set with that digest, to decide again what it decided; ERR_NOT_FOUND. */
NODISCARD enum err policy_recall(struct db *, str digest, struct policy **out, struct fault *);
/* Puts a policy in force without the acts, for init only: no policy governs yet. */
NODISCARD enum err policy_install(struct house *, struct db *writer, const struct cedar_source *,
                                  size_t n, str schema, struct fault *);

#endif
