/* gate.h - the one gate through which every act passes
 *
 *   prepare         on the caller's thread with a reader: schema, signatures, keys, sealing.
 * Changes nothing. decide, apply   on the one writer thread, act after act, many to a transaction:
 * session still alive, facts, the policy decides, savepoint, rows, journal entry, jobs. after when
 * the batch is durable: the act is done, its receipt goes out.
 *
 * One act fails: its savepoint is undone, the others go on. The batch fails (disk full): all of it
 * is undone and answers ERR_STORAGE_FULL. A COMMIT that fails otherwise ends the process.
 *
 * There is no other permission check and no other way to write: the writing connection is known to
 * this file alone and handed to run() functions only.
 */
#ifndef SIFARA_ACT_GATE_H
#define SIFARA_ACT_GATE_H

#include "act/action.h"
#include "base/buf.h"
#include "base/world.h"
#include "crypto/id.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "store/store.h"

struct dispatch_door;
struct gate;
struct keyring; /* crypto/keyring.h */
struct link;
struct registry;
struct services;
struct worker;

/* What acts of all floors work with; filled once at start, then only read. The types of higher
 * floors are known there only. */
struct house {
    struct world world;
    struct db_pool *readers;
    struct ledger *ledger;
    struct gate *gate;
    struct keyring *keyring;                /* crypto/keyring.h */
    struct registry *registry;              /* registry/registry.h */
    struct services *services;              /* service/services.h */
    struct link *link;                      /* link/link.h */
    const struct dispatch_door *dispatches; /* act/dispatch.h */
    struct worker *worker;                  /* paper/worker.h */
    struct worker *trial;                   /* service/trial.h */
    struct key lookup_key;                  /* keyed hashes for look-ups */
    struct key record_key;    /* decision records that concern no person; mails waiting */
    str data_dir, state_code; /* "XU" */
    str version;              /* of the program */
    str url;                  /* by which people know the node: "https://embassy.example" */
    str name;                 /* of the node: "xu.sifara.example" */
    str package_key;          /* name of the key that signs packages */
    /* The catalogue of words: a word in a language, or in one that stands in for it; STR_NONE. */
    str (*word)(const void *words, str language, str key);
    const void *words;
    /* Is a document that we sealed current? By its seal or its number, one of them; *out_since is
     * the day of a revocation, or STR_NONE. Given by the room that keeps documents. */
    enum err (*document_status)(struct act *, str seal, str number, str *out_status, str *out_since,
                                struct fault *);
    str policy_schema;                /* Cedar schema made from the tables of actions */
    const char *link_cert, *link_key; /* files, or NULL: how we show ourselves to partners */
    const struct hash *xroad_pin;     /* key of the security server of X-Road, or NULL: no X-Road */
    /* Our own calls through X-Road: its address, or STR_NONE, who we are, and its key, or NULL. */
    str pay_url; /* page on which fees are paid, and the key of its host (service/paying.c), */
    const struct key *pay_key; /* or NULL */
    str xroad_url, xroad_client;
    const struct hash *xroad_server_pin;
    const char *scanner;    /* virus scanner of attachments, or NULL (service/scan.h) */
    bool sms;               /* is there a gateway for text messages? */
    bool training;          /* nothing leaves: its documents, mails and letters are exercises */
    bool replaying_history; /* demo generator: mails are not sent */
};

struct actor {
    enum actor_kind kind;
    struct id id;     /* person or officer */
    str state;        /* of a partner: "XA" */
    str mission;      /* of an officer */
    const str *roles; /* of an officer */
    size_t n_roles;
    struct hash session; /* digest of the token; zero for the system */
    bool strong;         /* the session was opened with a key of the actor's own */
    str language;
};

struct act_param {
    str name, value;
};

/* A role that a colleague on leave lent to the actor (registry/delegations.c). */
struct lent {
    struct id delegation, officer; /* whose role it is */
    str role;
};

enum { ACT_REPLY_MAX = 4 << 20 };

struct act {
    const struct action *action;
    struct house *house;
    struct arena *arena; /* the request's */
    struct actor actor;
    const struct json *input; /* validated body, or NULL */
    str body;                 /* its bytes */
    const struct act_param *params;
    size_t n_params;
    str idempotency_key;
    str encodings; /* that the client takes: Accept-Encoding, or STR_NONE */
    str languages; /* that the client would like: Accept-Language, or STR_NONE */
    int64_t now;
    /* A header of the request by which it came, STR_NONE where it has none; while it waits. */
    str (*header)(const struct act *, str name);
    struct hash line_key; /* of the certificate that a caller without session showed: its key */
    bool has_line_key;

    struct db *db; /* a reader in prepare and read; the writer in facts and run of a write */

    /* what is decided upon, filled by facts() */
    struct cedar_entities *entities;
    struct cedar_record *context;
    str resource_type, resource_id;
    struct cedar_request request; /* as it was decided */
    const struct lent *lent; /* permitted by this role alone, on its officer's behalf; or NULL */

    /* how the journal names and seals it, filled by prepare() or facts() */
    str subject;           /* "case/…": what the entry is about */
    struct hash content;   /* digest of what was filed or changed */
    struct key record_key; /* a person's key where a person is concerned */
    bool has_record_key;
    int64_t claimed;  /* the moment at which it truly happened, as the actor says, beside that of
                         the entry; 0: no other is said */
    int64_t revision; /* READ_FILE: of the bytes made by read() */
    int64_t revision_now; /* as facts() finds it */

    /* outcome */
    enum err err;
    struct fault fault;
    bool answered;        /* by prepare(): the reply is whole, nothing is to be applied */
    enum err late_err;    /* what run() wrote stays, but this is the answer: a wrong code counts */
    unsigned status;      /* 0: 200 */
    const char *type;     /* of the reply; NULL is JSON */
    const char *cache;    /* how long it may be kept, as Cache-Control says; NULL: not at all */
    const char *encoding; /* of the reply's bytes, as Content-Encoding; NULL: as they are */
    const struct act_param *headers; /* further ones of the reply */
    size_t n_headers;
    const char *location; /* another address to go to, with status 303 */
    struct buf reply;     /* without the receipt for JSON objects: the edge adds it */
    bool journaled, replayed;
    struct receipt receipt;
    struct decision decision;
    struct policy *policy; /* decided under; a reference the act owns once it is done */

    void *upload;               /* what a binary body was streamed into */
    void *data;                 /* between the phases of one action */
    void (*data_free)(void *);  /* for data that is not of the arena; data NULL: given away */
    void (*done)(struct act *); /* called once; the act is the caller's again */
    void *user;
    struct act *next;
};

str act_param(const struct act *, str name);
/* In which language its answer speaks: as it was asked (?language, or a member of the input), else
 * that of the session. */
str act_language(const struct act *);
/* The answer to whoever made a thing: 201, and its id. */
void act_created(struct act *, const struct id *);
/* The param as an id: ERR_NOT_FOUND when it is none, for then no such record exists. */
NODISCARD enum err act_param_id(const struct act *, str name, struct id *out, struct fault *);
bool actor_has_role(const struct actor *, str role);
/* By which role an officer acted, once it is decided. */
str act_role(const struct act *);

/* Starts the writer thread on its connection. session_alive answers, on the writer thread, whether
 * the actor's session still stands; schemas validates an input (NULL: all are taken). */
struct gate_hooks {
    enum err (*session_alive)(struct house *, const struct actor *, struct fault *);
    enum err (*check_input)(struct house *, const struct action *, const struct json *,
                            struct arena *, struct fault *);
    /* What is lent to the acting officer today, in the act's arena; at most LENT_MAX. */
    enum err (*lent)(struct act *, struct lent *out, size_t *out_n, struct fault *);
};
enum { LENT_MAX = 8 };

NODISCARD enum err gate_start(struct house *, struct db *writer, const struct gate_hooks *,
                              struct gate **out, struct fault *);
/* Finishes what is queued, then ends the thread. The writer connection stays the caller's. */
void gate_stop(struct gate *);

/* The policy that governs from the next act on; takes the caller's reference. Callable by a run()
 * of policy.adopt (takes effect for the next act; undone when its batch fails) and at start. */
void gate_set_policy(struct gate *, struct policy *);
struct policy *gate_policy(struct gate *); /* a new reference */

/* Does an action pass the writer? */
bool gate_writes(const struct action *);
/* Sends an act through the gate; done() is called exactly once, on this or the writer thread. The
 * act and all it points to stay in place until then. */
void gate_submit(struct gate *, struct act *);
/* After done(), for an action that has answer(): makes the rest of the reply on the caller's
 * thread, with a reader; fills err and fault. Not on the writer thread. */
void gate_answer(struct act *);
/* The same, waiting for the end; returns act->err. Not from the writer thread. */
enum err gate_perform(struct gate *, struct act *);

/* What the policy would say of another action of the same actor as the facts stand on a->db: advice
 * before a button is pressed, never a permission. data is what its prepare() would have left, or
 * NULL where its facts do without (country.advise). A
 * refusal is written into the object that is open in w, as "refused": what policy_why says. */
NODISCARD enum err gate_advise(struct gate *, const struct act *a, const struct action *,
                               void *data, struct jw *w, struct fault *);

/* Is it an input of that action? As the gate checks it before prepare(); items tell all places. */
NODISCARD enum err gate_check_input(struct gate *, const struct action *, const struct json *,
                                    struct arena *, struct fault *);

struct gate_stats {
    uint64_t acts, refused, failed, batches;
    unsigned queued;
};
struct gate_stats gate_stats(struct gate *);
/* Test hook: the writing connection, to limit its pages. */
struct db *gate_writer_for_test(struct gate *);

/* Helpers for facts(). The principal is there already; type is without namespace. */
struct cedar_entity *act_resource(struct act *, str type, str id);
void act_context(struct act *, str name, struct cedar_value);
/* The text of an id in the act's arena; .p NULL when it is exhausted. */
str act_id_text(struct act *, const struct id *);
/* Frees what an act holds beside its arena. */
void act_done(struct act *);

/* The proof that an entry is in the journal, with the entry itself: a tlog-proof file that anybody
 * checks offline. In read. ERR_CONFLICT for one of an earlier epoch, ERR_RANGE. */
NODISCARD enum err journal_proof(struct act *, struct receipt, struct buf *, struct fault *);

/* Jobs and mails, written inside run(). */
NODISCARD enum err job_add(struct act *, str kind, str subject, struct fault *);
/* One that is not due before then. */
NODISCARD enum err job_add_at(struct act *, str kind, str subject, int64_t due, struct fault *);

#endif
