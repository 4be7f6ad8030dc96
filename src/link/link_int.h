/* link_int.h - what the rooms of the channels share */
#ifndef SIFARA_LINK_LINK_INT_H
#define SIFARA_LINK_LINK_INT_H

#include <pthread.h>

#include "ledger/tree.h"
#include "link/entry.h"
#include "link/link.h"
#include "link/payload.h"
#include "link/wire.h"
#include "merkle/quorum.h"
#include "registry/accreditation.h"

enum {
    PEERS_MAX = 512,         /* partners whose keys are kept unpacked */
    NOTE_BYTES = 16 << 10,   /* a checkpoint with its cosignatures */
    UPLOAD_BYTES = 24 << 20, /* of one request */
    DISPATCH_KINDS = 32,
    LOCK_HELD = 256 /* keys that are given in one go */
};

/* ---- link.c ------------------------------------------------------------------------------ */

/* A node as we have to know it to talk with it: a partner, or ourselves. Plain values. */
struct peer {
    char state[3], name[208], url[304];
    uint64_t serial;
    struct ed25519_public log, mirror, witness;
    struct x25519_public seal;
    struct hash tls, root;
    bool has_tls;
    int32_t from, until;
};

struct link {
    struct house *house;
    struct link_tables tables;
    pthread_mutex_t lock; /* guards peers, n_peers, generation, woken_taker, stopping */
    struct peer peers[PEERS_MAX];
    size_t n_peers;
    uint64_t generation;                    /* of what is kept in peers */
    struct schema *schemas[DISPATCH_KINDS]; /* of contents, by position of the kind */
    pthread_cond_t wake;
    bool woken_taker, stopping;
    pthread_t taker;
    bool taker_runs;
    struct courier *courier;
};

/* A partner's node, or with our own code ourselves: keys unpacked once. ERR_NOT_FOUND. */
NODISCARD enum err link_peer(struct link *, struct db *, str state, struct peer *out,
                             struct fault *);
/* What is kept of peers is read anew: keys changed. */
void link_forget_peers(struct link *);
/* Is the note a receipt of the partner, under any of its keysets that count today? *out_at: when it
 * was given, in seconds since 1970; one from the future is none. */
NODISCARD enum err link_check_receipt(struct link *, struct db *, str partner, str note,
                                      struct arena *, int64_t *out_at, struct fault *);
/* Something was received: the taker looks. */
void link_wake_taker(struct link *);
/* Something is to be sent (the line keeps its rest after a failure), or the partner itself called:
 * then it is tried at once. STR_NONE: all partners. */
enum waking { WAKE_SENDING, WAKE_CALLED };
void link_wake_courier(struct link *, str state, enum waking);

/* ---- channel.c --------------------------------------------------------------------------- */

/* One direction. Strings in the arena given. */
struct channel {
    int64_t log;
    str partner, origin;
    bool sent, muted;
    uint64_t epoch;
    uint64_t size; /* entries that are in our store */
    str head;      /* sent: the newest head that the partner cosigned; received: that we did */
    uint64_t head_size;
    str pending; /* the newest head that the mirror was told */
    uint64_t pending_size;
    uint64_t taken; /* received: entries that were taken up */
    /* sent: the keyset of ours that the partner knows, under which we sign for it; the newest that
     * an entry of the log names, and which entry */
    uint64_t serial, said_serial, said_idx;
};
/* ERR_NOT_FOUND. */
NODISCARD enum err channel_of(struct db *, str partner, bool sent, struct arena *,
                              struct channel *out, struct fault *);
NODISCARD enum err channel_by_log(struct db *, int64_t log, struct arena *, struct channel *out,
                                  struct fault *);
NODISCARD enum err channel_by_origin(struct db *, str origin, bool sent, struct arena *,
                                     struct channel *out, struct fault *);
/* A new channel row, in run(). */
NODISCARD enum err channel_add(struct act *, str partner, str origin, bool sent, uint64_t epoch,
                               uint64_t serial, struct fault *);
struct tree channel_tree(struct db *, const struct channel *, struct fault *);
NODISCARD enum err channel_root(struct db *, const struct channel *, uint64_t size,
                                struct hash *out, struct fault *);
/* Appends entries at the end of the log and says how long it is now; in run(). */
NODISCARD enum err channel_append(struct act *, struct channel *, const str *entries, size_t n,
                                  struct fault *);
NODISCARD enum err channel_entry(struct db *, int64_t log, uint64_t index, struct arena *, str *out,
                                 struct fault *);
/* Text and size of a signed checkpoint, unverified. */
NODISCARD enum err note_checkpoint(str note, struct checkpoint *out, str *out_text, struct fault *);

/* ---- store of payloads (payloads.c) ------------------------------------------------------ */

/* Announces a payload that will come in pieces; nothing if it is known. In run(). */
NODISCARD enum err payload_expect(struct act *, const struct entry *, int64_t log, uint64_t index,
                                  struct fault *);
/* Keeps a whole sealed payload. In run(). */
NODISCARD enum err payload_keep(struct act *, const struct hash *, str sealed, struct fault *);
/* Keeps a piece if it is the next one of an expected payload; once it is whole, its digest is
 * compared: a wrong one begins anew. In run(). */
NODISCARD enum err payload_piece(struct act *, int64_t log, const struct piece *, struct fault *);
/* How many payloads of the log's entries below end are not whole yet; onto b one line each, at
 * most 1,024: digest, bytes that are here, bytes in all. */
NODISCARD enum err payloads_missing(struct db *, int64_t log, uint64_t end, struct buf *b,
                                    uint64_t *out_n, struct fault *);
/* Bytes [offset, offset + n) at most; a whole piece as it is stored. ERR_NOT_FOUND, ERR_ERASED. */
NODISCARD enum err payload_read(struct db *, const struct hash *, uint64_t offset, struct buf *,
                                struct fault *);
NODISCARD enum err payload_whole(struct db *, const struct hash *, struct buf *, struct fault *);

/* ---- upload.c: the requests to a mirror -------------------------------------------------- */

void upload_introduction(struct buf *, str from, str to, const struct channel *);
NODISCARD enum err upload_checkpoint(struct buf *, struct db *, const struct channel *,
                                     uint64_t old, str head, struct fault *);
/* Packages from entry `from` on, as many as a request takes; *out_next is the entry after them. */
NODISCARD enum err upload_entries(struct buf *, struct db *, const struct channel *, uint64_t from,
                                  str ticket, struct arena *, uint64_t *out_next, struct fault *);
void upload_payloads_begin(struct buf *, const struct channel *);
NODISCARD enum err upload_piece(struct buf *, struct db *, const struct hash *sealed,
                                uint64_t offset, uint64_t total, struct fault *);

/* ---- parcels.c --------------------------------------------------------------------------- */

enum err parcel_pack(struct act *, struct fault *);
enum err parcel_receipt_prepare(struct act *, struct fault *);
enum err parcel_receipt(struct act *, struct fault *);
void parcel_receipt_after(struct act *);

/* ---- owner.c: what the owner of a log says to its mirror --------------------------------- */

/* Is the request's body a note that a log key of the state signed under the name of the origin, by
 * a keyset that counts at that index today? ERR_BAD_SIGNATURE. */
NODISCARD enum err owner_signed(struct act *, str state, str origin, uint64_t index,
                                struct fault *);
enum err introduce_prepare(struct act *, struct fault *);
enum err introduce(struct act *, struct fault *);
enum err introduce_answer(struct act *, struct fault *);
enum err recover_read(struct act *, struct fault *);

/* ---- closing.c: the end of a relation, said by both sides ---------------------------------- */

/* Says it at the end of our log to that partner. In run(). */
NODISCARD enum err closing_append(struct act *, struct channel *ours, const struct closing *,
                                  struct fault *);
/* The proof of our entry, as kept, or under a head that is signed now. */
NODISCARD enum err closing_prove(struct house *, struct db *, const struct closing *,
                                 struct arena *, struct buf *out, struct fault *);
/* A chore through the gate. */
NODISCARD enum err closing_keep_proof(struct link *, const struct closing *, str proof,
                                      struct arena *, struct fault *);
/* Reads and verifies a partner's answer to what we said; in the arena. */
struct closing_word;
NODISCARD enum err closing_answer_read(struct house *, struct db *, int64_t now, str partner,
                                       str text, struct arena *, struct closing_word **out,
                                       struct fault *);
/* Keeps it: in run(), or as a chore through the gate. */
NODISCARD enum err closing_answered(struct act *, const struct closing_word *, struct fault *);
NODISCARD enum err closing_keep_answer(struct link *, struct closing_word *, struct arena *,
                                       struct fault *);
enum err close_prepare(struct act *, struct fault *);
enum err close_run(struct act *, struct fault *);
enum err close_answer(struct act *, struct fault *);
void close_after(struct act *);

/* ---- hop.c: what is said outside of the log is signed on the line (RFC 9421) --------------- */

struct http_call;
/* Signs a call to "/link/v1/…" that is filled in, with the keyset of that serial. */
NODISCARD enum err hop_sign_call(struct house *, uint64_t serial, struct http_call *,
                                 struct fault *);
/* Is the answer signed by a keyset of the state that counts today, and for this call? */
NODISCARD enum err hop_check_answer(struct house *, const char *state, const struct http_call *,
                                    str body, struct fault *);
/* Whose keyset the request says that it is signed with; verifies nothing. In prepare() and read().
 */
NODISCARD enum err hop_caller(const struct act *, str *out_state, struct fault *);
/* A request that came over the line is signed by a keyset of the state that counts today, for this
 * address, now. What an officer of ours brings is not. ERR_UNTRUSTED, ERR_BAD_SIGNATURE. */
NODISCARD enum err hop_check_request(struct act *, str state, struct fault *);
/* Signs the answer as it stands for the state that called. */
NODISCARD enum err hop_sign_answer(struct act *, str state, struct fault *);

/* ---- mirror.c ---------------------------------------------------------------------------- */

/* An answer that is whole: nothing is applied. */
enum err mirror_say(struct act *, unsigned status, const char *type);
/* A refusal with the status that the specification asks for: the whole answer. */
enum err mirror_refuse(struct act *, unsigned status, const char *why);
NODISCARD enum err mirror_may_talk(struct act *, str state, bool *out, struct fault *);
/* A partner whose keyset names the key of its line must have shown it: ERR_UNTRUSTED. */
NODISCARD enum err mirror_check_line(struct act *, str state, struct fault *);
/* Is the note a checkpoint of that log, signed by a log key of its owner that counts for its size
 * today? */
NODISCARD enum err mirror_head(struct act *, str owner, str origin, str note,
                               struct checkpoint *out, str *text, struct fault *);
/* tlog-witness: does the checkpoint grow out of an older one with that root, by the proof? */
bool mirror_grows(const struct add_checkpoint *, const struct checkpoint *, const struct hash *old);
/* Two heads of one log that do not fit: both signed, so the owner's own hand proves it. In run().
 */
NODISCARD enum err mirror_contradiction(struct act *, str owner, str origin, str first, str second,
                                        struct fault *);
/* The keyset of ours that a partner knows: the newest one only once it has said so. */
NODISCARD enum err mirror_known_serial(struct act *, str partner, uint64_t newest, uint64_t *out,
                                       struct fault *);
enum err add_checkpoint_prepare(struct act *, struct fault *);
enum err add_checkpoint(struct act *, struct fault *);
enum err add_entries_prepare(struct act *, struct fault *);
enum err add_entries(struct act *, struct fault *);
enum err add_payloads_prepare(struct act *, struct fault *);
enum err add_payloads(struct act *, struct fault *);
enum err mirror_answer(struct act *, struct fault *);
void mirror_after(struct act *);

/* ---- witness.c: third states have us look at the heads of their logs ---------------------- */

enum err witness_introduce_prepare(struct act *, struct fault *);
enum err witness_introduce_facts(struct act *, struct fault *);
enum err witness_introduce(struct act *, struct fault *);
enum err witness_introduce_answer(struct act *, struct fault *);
enum err witness_checkpoint_prepare(struct act *, struct fault *);
enum err witness_checkpoint(struct act *, struct fault *);
enum err witness_answer(struct act *, struct fault *);
enum err witness_list(struct act *, struct fault *);
enum err witness_monitor(struct act *, struct fault *);

/* ---- monitor.c: what witnesses saw of the logs that we mirror ------------------------------ */

/* Compares what a witness answered, notes of the partner's log, with the log that we mirror. One
 * that does not fit is kept as evidence, and the partner is suspended. */
NODISCARD enum err monitor_compare(struct link *, const struct channel *, str answer,
                                   struct arena *, struct fault *);

/* ---- quorums.c: which witnesses two officers want for our logs ----------------------------- */

/* The policy (C2SP tlog-policy) in force for what we send to a partner: its own, else that for
 * all. Its text is in the arena. ERR_NOT_FOUND. */
NODISCARD enum err quorum_for(struct db *, str partner, struct arena *, struct quorum *out,
                              struct fault *);
enum err quorum_propose_prepare(struct act *, struct fault *);
enum err quorum_propose_facts(struct act *, struct fault *);
enum err quorum_propose(struct act *, struct fault *);
enum err quorum_confirm_prepare(struct act *, struct fault *);
enum err quorum_confirm_facts(struct act *, struct fault *);
enum err quorum_confirm(struct act *, struct fault *);
void quorum_told(struct act *);
enum err quorum_show(struct act *, struct fault *);

/* ---- witnessed.c: what witnesses said of our logs ------------------------------------------ */

/* One log of ours as its witnesses see it. Strings in the arena given. */
struct witnessed {
    str target; /* the head that they are being asked for, with its receipt; STR_NONE */
    uint64_t target_size;
    str head; /* the newest head that enough of them cosigned, with all lines; STR_NONE */
    uint64_t head_size;
};
NODISCARD enum err witnessed_of(struct db *, int64_t log, struct arena *, struct witnessed *out,
                                struct fault *);
/* Up to which size a witness has cosigned; 0. */
NODISCARD enum err witnessed_by(struct db *, int64_t log, str witness, uint64_t *out,
                                struct fault *);
/* Judges what is there by the policy in force; where nothing is asked for, the newest receipted
 * head is. In run(). */
NODISCARD enum err witnessed_settle(struct act *, int64_t log, struct fault *);
/* A chore: a witness's line came (STR_NONE: it has cosigned up to that size already), and what
 * follows is settled. */
NODISCARD enum err witnessed_note(struct link *, int64_t log, str witness, uint64_t size, str line,
                                  struct fault *);

/* ---- sending.c --------------------------------------------------------------------------- */

/* A dispatch on its way out: begun by sending_begin, sealed by sending_seal. */
struct sending {
    struct peer partner;
    struct id id, correlation;
    struct id answers; /* the question, for an answer */
    str kind;
    str content; /* what travels, in clear */
    str undertaking[ENTRY_UNDERTAKINGS];
    size_t n_undertakings;
    bool emergency, locked;
    struct buf sealed;
    struct hash content_digest, sealed_digest;
    struct buf kept; /* the content for our own eyes, under the record key */
    /* of a sealed dispatch: its key, sealed for the partner like any content */
    struct buf key;
    struct hash key_content, key_digest;
};
/* A dispatch of a kind to a state, with an id of its own. */
NODISCARD enum err sending_begin(struct act *, str state, str kind, struct sending **out,
                                 struct fault *);
/* Seals the content for the partner. In prepare(). */
NODISCARD enum err sending_seal(struct act *, struct sending *, struct fault *);
/* Writes dispatch, payload and outbox row. In run(). */
NODISCARD enum err sending_put(struct act *, struct sending *, struct fault *);
void sending_free(void *);
/* What the channel says of itself, without a payload: an outbox row. In run(). */
NODISCARD enum err sending_say(struct act *, str partner, str kind, const struct id *correlation,
                               str body, struct fault *);
/* Commits an entry to the policy under which the act is decided, salted. */
void sending_commit(struct act *, struct entry *);
/* Our log to a partner, with its entry 0. In run(). */
NODISCARD enum err sending_channel(struct act *, str partner, struct channel *out, struct fault *);
/* Opens the channel to a partner if there is none, and moves waiting outbox rows into its log. A
 * chore through the gate. ERR_DENIED: we neither talk with the partner nor have a closing to do. */
struct appended {
    struct channel channel;
    bool talks, closes;
    struct closing closing; /* where it closes */
};
NODISCARD enum err sending_append(struct link *, str partner, struct arena *, struct appended *out,
                                  struct fault *);
/* A chore through the gate, with data between its phases. */
NODISCARD enum err sending_perform(struct link *, const struct action *, void *data, struct arena *,
                                   struct fault *);
/* Keeps a receipt that was verified. */
NODISCARD enum err sending_receipted(struct link *, const struct channel *, str note, uint64_t size,
                                     struct fault *);

NODISCARD enum err sending_pending(struct link *, const struct channel *, uint64_t size,
                                   struct fault *);
/* Entries that the partner gave back come to the end of our own log. */
NODISCARD enum err sending_recover(struct link *, struct channel *, const str *entries, size_t n,
                                   struct arena *, struct fault *);
/* A mute channel signs no head and takes no row. */
NODISCARD enum err sending_mute(struct link *, const struct channel *, bool mute, struct fault *);

/* ---- taking.c ---------------------------------------------------------------------------- */

void *taker_main(void *link);
/* Without the thread: takes up all that came. */
void taking_turn(struct link *);
/* One entry as an act of the partner works with it: act.data of the kinds' receive acts. */
struct taking {
    struct dispatch_in in; /* id: of the dispatch, made when it is taken up */
    struct channel channel;
    struct peer partner;
    uint64_t index;     /* of what is taken up: the entry, or the one with its key */
    struct entry entry; /* of a sealed dispatch always that of the ciphertext */
    bool emergency, locked;
    bool unlocked;          /* its key is here: in.id is that of the row that waits for it */
    str refusal;            /* what the partner is told */
    struct hpke key, older; /* open the payload: of our keyset, and of the one before */
    bool has_older;
    uint8_t salt[PAYLOAD_SALT];
};
enum err taking_prepare(struct act *, struct fault *);
enum err taking_facts(struct act *, struct fault *);
/* Moves the channel's mark past this entry: ERR_CONFLICT if it is elsewhere. In run(). */
NODISCARD enum err taking_mark(struct act *, struct fault *);
/* The row of a dispatch that came. */
NODISCARD enum err taking_keep(struct act *, struct fault *);

/* ---- dispatches.c: kinds, and what officers do with them --------------------------------- */

const struct dispatch_kind *dispatch_kind_named(struct link *, str name);
NODISCARD enum err dispatch_kinds_open(struct link *, struct fault *);
void dispatch_kinds_close(struct link *);
/* Reads and checks the content of a kind that has JSON. */
NODISCARD enum err dispatch_read(struct link *, str kind, str content, struct arena *,
                                 struct json **out, struct fault *);
/* Adds the dispatch as resource of the decision. */
struct dispatch_facts {
    str partner, id, kind;
    bool emergency, locked;
    str organisation; /* in whose name, or STR_NONE */
    const str *undertaking;
    size_t n_undertakings;
};
NODISCARD enum err dispatch_put_facts(struct act *, const struct dispatch_facts *, struct fault *);

enum err dispatch_send_facts(struct act *, struct fault *);
enum err dispatch_send(struct act *, struct fault *);
void dispatch_sent_after(struct act *);
enum err note_send_prepare(struct act *, struct fault *);
enum err file_send_prepare(struct act *, struct fault *);
enum err payload_send_prepare(struct act *, struct fault *);
enum err query_send_prepare(struct act *, struct fault *);
enum err acknowledgement_send_prepare(struct act *, struct fault *);
enum err acknowledgement_send(struct act *, struct fault *);
enum err answer_prepare(struct act *, struct fault *);
enum err answer_send(struct act *, struct fault *);
/* Answers what partners asked and nobody answered yet; on the taker's thread. */
void dispatch_answer_questions(struct link *);
enum err dispatch_list_facts(struct act *, struct fault *);
enum err dispatch_receive(struct act *, struct fault *);
enum err acknowledgement_receive(struct act *, struct fault *);
enum err answer_receive(struct act *, struct fault *);
enum err dispatch_list(struct act *, struct fault *);
enum err dispatch_show_facts(struct act *, struct fault *);
enum err dispatch_show(struct act *, struct fault *);

/* A row of dispatch; strings in the act's arena. */
struct dispatch_row {
    struct id id, correlation;
    str partner, kind, state, body, reason; /* body: sealed, STR_NONE where it was lost */
    bool sent, has_entry;
    bool locked; /* a sealed dispatch; held: its key did not leave yet */
    bool held;
    int64_t at, log;
    uint64_t index;
};
NODISCARD enum err dispatch_row_load(struct act *, const struct id *, struct dispatch_row *out,
                                     struct fault *);
/* That of the path's {id}. ERR_NOT_FOUND. */
NODISCARD enum err dispatch_row_of_path(struct act *, struct dispatch_row *out, struct fault *);

/* A sent one that waits: "sent" once it is in the log, "receipted" once the partner holds it. */
NODISCARD enum err dispatch_settle_state(struct act *, struct dispatch_row *, struct fault *);
/* What was kept of a dispatch, opened: the salt that proves it, and the content behind it. */
NODISCARD enum err dispatch_open(struct act *, const struct dispatch_row *, str *out_content,
                                 struct fault *);

/* ---- door.c: how other floors send and take ------------------------------------------------ */

extern const struct dispatch_door link_door;

/* The proof of an entry, under the best head that holds it; with the salt of its payload, or NULL.
 */
NODISCARD enum err dispatch_prove(struct act *, const struct channel *, uint64_t index,
                                  const uint8_t *salt, struct buf *, struct fault *);

/* ---- evidence.c -------------------------------------------------------------------------- */

enum err dispatch_evidence(struct act *, struct fault *);

/* ---- courier.c --------------------------------------------------------------------------- */

/* carrier NULL: the network. */
NODISCARD enum err courier_open(struct link *, const struct http_carrier *carrier,
                                struct courier **out, struct fault *);
/* Starts its thread. */
NODISCARD enum err courier_start(struct courier *, struct fault *);
/* Without the thread: starts what is due; for how many milliseconds there is nothing to do then. */
unsigned courier_turn(struct courier *);
void courier_wake(struct courier *, const char *state, enum waking); /* "": all */
void courier_wake_xroad(struct courier *);                           /* a call waits */
void courier_stop(struct courier *);

#endif
