/* registry_int.h - what the rooms of the registry share */
#ifndef SIFARA_REGISTRY_REGISTRY_INT_H
#define SIFARA_REGISTRY_REGISTRY_INT_H

#include <pthread.h>

#include "base/json.h"
#include "registry/registry.h"

enum { KEY_CACHE = 1 << 14, SESSION_CACHE = 1 << 13, SESSION_WAYS = 4 };

/* Direct-mapped: a person's key, unwrapped. */
struct key_slot {
    struct id person;
    struct key key;
    bool used;
};

/* An actor with its strings inside. */
struct session_slot {
    struct hash token; /* digest */
    enum actor_kind kind;
    struct id id;
    int64_t expires;
    bool strong;
    char mission[32], language[4];
    char roles[8][32];
    unsigned n_roles;
    bool used;
};

struct registry {
    pthread_mutex_t keys_lock; /* guards keys_db and key_cache */
    struct db *keys_db;
    struct key_slot *key_cache;
    pthread_mutex_t sessions_lock; /* guards session_cache and sessions_ended */
    struct session_slot *session_cache;
    uint64_t sessions_ended;
    pthread_mutex_t missions_lock; /* guards missions */
    struct missions *missions;
    void (*told)(void *ctx); /* a standing or a keyset changed */
    void *told_ctx;
};

bool country_known(str alpha2);

/* Rows of the actions of each room, gathered in registry.c. */
enum err session_code(struct act *, struct fault *);
enum err session_code_prepare(struct act *, struct fault *);
enum err session_open_prepare(struct act *, struct fault *);
enum err session_open(struct act *, struct fault *);
void session_rotated(struct act *);
enum err session_close(struct act *, struct fault *);
enum err session_show(struct act *, struct fault *);
enum err session_list(struct act *, struct fault *);
enum err session_end(struct act *, struct fault *);
void session_end_after(struct act *);
enum { SESSION_TOKEN = 32 };
/* Inside run(): the session's row, and the reply that carries its token. */
NODISCARD enum err session_issue(struct act *, enum actor_kind, const struct id *, bool strong,
                                 const uint8_t secret[SESSION_TOKEN], struct fault *);

/* ---- passkeys.c -------------------------------------------------------------------------- */

/* The passkeys of an officer, at most PASSKEYS_MAX. */
NODISCARD enum err passkeys_of(struct act *, const struct id *officer, struct passkey *list,
                               size_t *out_n, struct fault *);
/* What both kinds share: the relying party, bytes of the input in base64url, the id in the path. */
str passkey_rp(const struct house *);
NODISCARD enum err passkey_input(struct act *, str name, str *out, struct fault *);
NODISCARD enum err passkey_named(struct act *, str *out, struct fault *);
NODISCARD enum err passkey_parse(struct act *, str text, struct passkey *out, struct fault *);
void passkey_put_base64(struct jw *, str key, str bytes);
/* Of a row id, name, added, used. */
void passkey_put_row(struct jw *, struct query *, str name);
enum err passkey_list(struct act *, struct fault *);
enum err passkey_add_prepare(struct act *, struct fault *);
enum err passkey_add(struct act *, struct fault *);
enum err passkey_own_prepare(struct act *, struct fault *);
enum err passkey_remove(struct act *, struct fault *);
void passkey_remove_after(struct act *);
enum err passkey_rename(struct act *, struct fault *);
enum err session_challenge_prepare(struct act *, struct fault *);
enum err session_challenge(struct act *, struct fault *);
enum err session_passkey_prepare(struct act *, struct fault *);
enum err session_passkey(struct act *, struct fault *);

/* ---- person_passkeys.c ------------------------------------------------------------------- */

/* Has the person any? */
NODISCARD enum err person_has_passkey(struct act *, const struct id *person, bool *out,
                                      struct fault *);
enum err person_passkey_list(struct act *, struct fault *);
enum err person_passkey_add_prepare(struct act *, struct fault *);
enum err person_passkey_add(struct act *, struct fault *);
enum err person_passkey_remove_prepare(struct act *, struct fault *);
enum err person_passkey_remove(struct act *, struct fault *);
enum err person_passkey_rename_prepare(struct act *, struct fault *);
enum err person_passkey_rename(struct act *, struct fault *);

/* ---- notices.c --------------------------------------------------------------------------- */

enum err notice_stop_prepare(struct act *, struct fault *);
enum err notice_stop(struct act *, struct fault *);
enum err notice_list(struct act *, struct fault *);
enum err notice_set(struct act *, struct fault *);
NODISCARD enum err mail_queue_stoppable(struct act *, str to, str message, str language,
                                        const struct json *words, str token, struct fault *);

enum err officer_add_prepare(struct act *, struct fault *);
enum err officer_add(struct act *, struct fault *);
enum err officer_list_facts(struct act *, struct fault *);
enum err officer_list(struct act *, struct fault *);

/* hours.c: when a mission is open and how it is reached */
enum err mission_show(struct act *, struct fault *);
enum err mission_hours_prepare(struct act *, struct fault *);
enum err mission_hours(struct act *, struct fault *);
/* Members of a mission, without its braces. */
void mission_put(struct jw *, const struct mission *);
/* ---- incidents.c ----------------------------------------------------------------------------- */

enum err incident_prepare(struct act *, struct fault *);
enum err incident_record_facts(struct act *, struct fault *);
enum err incident_record(struct act *, struct fault *);
enum err incident_facts(struct act *, struct fault *);
enum err incident_take(struct act *, struct fault *);
enum err incident_close(struct act *, struct fault *);
enum err incident_read(struct act *, struct fault *);
enum err incident_list(struct act *, struct fault *);

/* ---- delegations.c: roles lent during leave -------------------------------------------------- */

enum err delegation_propose_prepare(struct act *, struct fault *);
enum err delegation_propose_facts(struct act *, struct fault *);
enum err delegation_propose(struct act *, struct fault *);
enum err delegation_facts(struct act *, struct fault *);
enum err delegation_confirm_prepare(struct act *, struct fault *);
enum err delegation_confirm(struct act *, struct fault *);
enum err delegation_end(struct act *, struct fault *);
enum err delegation_show(struct act *, struct fault *);
enum err delegation_list(struct act *, struct fault *);

enum err mission_add(struct act *, struct fault *);
enum err mission_list(struct act *, struct fault *);
enum err mission_coverage(struct act *, struct fault *);
enum err mission_responsible(struct act *, struct fault *);
enum err jurisdiction_set(struct act *, struct fault *);
enum err missions_load(struct db *, struct missions **out, struct fault *);
void missions_install(struct registry *, struct missions *);

enum err calendar_show(struct act *, struct fault *);
enum err calendar_propose(struct act *, struct fault *);
enum err calendar_adopt_prepare(struct act *, struct fault *);
enum err calendar_adopt(struct act *, struct fault *);

enum err person_own_facts(struct act *, struct fault *);
enum err person_show(struct act *, struct fault *);
enum err person_update_prepare(struct act *, struct fault *);
enum err person_update(struct act *, struct fault *);

enum err access_list(struct act *, struct fault *);
enum err access_delay_facts(struct act *, struct fault *);
enum err access_delay_propose(struct act *, struct fault *);
enum err access_delay_confirm(struct act *, struct fault *);

enum err policy_show(struct act *, struct fault *);
enum err policy_list(struct act *, struct fault *);
enum err policy_files(struct act *, struct fault *);
enum err policy_propose_prepare(struct act *, struct fault *);
enum err policy_propose(struct act *, struct fault *);
enum err policy_adopt_prepare(struct act *, struct fault *);
enum err policy_adopt(struct act *, struct fault *);

enum err engagement_end_facts(struct act *, struct fault *);
enum err engagement_end(struct act *, struct fault *);
/* What we gave a state less what it gave us, in acts. */
enum err partner_balance(struct db *, str state, int64_t *out, struct fault *);
/* Units of a capability that are taken by what has not ended. */
enum err capability_used(struct db *, str capability, int64_t *out, struct fault *);

enum err credence_keys(struct act *, struct fault *);
enum err credence_adopt_prepare(struct act *, struct fault *);
enum err credence_adopt(struct act *, struct fault *);
enum err credence_show(struct act *, struct fault *);
enum err partner_statement_prepare(struct act *, struct fault *);
enum err partner_statement(struct act *, struct fault *);
enum err partner_propose_prepare(struct act *, struct fault *);
enum err partner_propose_facts(struct act *, struct fault *);
enum err partner_propose(struct act *, struct fault *);
enum err partner_confirm_prepare(struct act *, struct fault *);
enum err partner_confirm_facts(struct act *, struct fault *);
enum err partner_confirm(struct act *, struct fault *);
enum err partner_confirm_answer(struct act *, struct fault *);
void partner_told(struct act *);
/* Members "node" and "next" of a partner's page. */
enum err accreditation_put(struct act *, struct jw *, str state, struct fault *);
enum err closings_put(struct act *, struct jw *, str state, struct fault *);

enum err own_mission_facts(struct act *, struct fault *);
enum err partner_list(struct act *, struct fault *);
enum err partner_show(struct act *, struct fault *);
enum err aim_list(struct act *, struct fault *);

/* ---- host.c: the file of a host country ----------------------------------------------------- */

enum err host_facts(struct act *, struct fault *);
enum err host_prepare(struct act *, struct fault *);
enum err host_file(struct act *, struct fault *);
enum err contact_facts(struct act *, struct fault *);
enum err contact_add(struct act *, struct fault *);
enum err contact_end(struct act *, struct fault *);
enum err pledge_facts(struct act *, struct fault *);
enum err pledge_record(struct act *, struct fault *);
enum err pledge_settle(struct act *, struct fault *);

/* ---- representatives.c: who acts for whom --------------------------------------------------- */

enum err representative_record_prepare(struct act *, struct fault *);
enum err representative_record_facts(struct act *, struct fault *);
enum err representative_record(struct act *, struct fault *);
enum err representative_end_prepare(struct act *, struct fault *);
enum err representative_end_facts(struct act *, struct fault *);
enum err representative_end(struct act *, struct fault *);
enum err representative_list(struct act *, struct fault *);
enum err representative_show_prepare(struct act *, struct fault *);
enum err representative_show_run(struct act *, struct fault *);
enum err representative_show(struct act *, struct fault *);

/* ---- appointed.c ------------------------------------------------------------------------- */

/* What a row of an officer says. */
struct appointment {
    str id, key, language, mission, name;
    str person; /* "" where none is named */
    str roles;  /* JSON */
};

/* What the journal's entry of the appointment has as its content. */
struct hash appointment_digest(const struct appointment *);

#endif
