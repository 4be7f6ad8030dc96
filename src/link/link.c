/* link.c - the room's tables, actions and threads */
#include "base/date.h"
#include "link/guests_int.h"
#include "link/joint_int.h"
#include "link/xroad_int.h"

#include <stdio.h>
#include <stdlib.h>

static const struct migration migrations[] = {
    {"CREATE TABLE channel(log BIGINT PRIMARY KEY, partner TEXT NOT NULL,"
     " origin TEXT NOT NULL UNIQUE, sent INTEGER NOT NULL, muted INTEGER NOT NULL,"
     " epoch BIGINT NOT NULL, size BIGINT NOT NULL, head TEXT, head_size BIGINT NOT NULL,"
     " pending TEXT, pending_size BIGINT NOT NULL, taken BIGINT NOT NULL, at BIGINT NOT NULL)"},
    {"CREATE INDEX channel_partner ON channel(partner, sent)"},
    {"CREATE TABLE channel_entry(log BIGINT NOT NULL, idx BIGINT NOT NULL, leaf BLOB NOT NULL,"
     " entry BLOB NOT NULL, PRIMARY KEY(log, idx))"},
    {"CREATE TABLE channel_node(log BIGINT NOT NULL, step INTEGER NOT NULL, idx BIGINT NOT NULL,"
     " hash BLOB NOT NULL, PRIMARY KEY(log, step, idx))"},
    {"CREATE TABLE payload(sealed BLOB PRIMARY KEY, log BIGINT, idx BIGINT, total BIGINT NOT NULL,"
     " have BIGINT NOT NULL, at BIGINT NOT NULL)"},
    {"CREATE INDEX payload_missing ON payload(log, idx) WHERE have < total"},
    {"CREATE TABLE payload_piece(sealed BLOB NOT NULL, start BIGINT NOT NULL, bytes BLOB NOT NULL,"
     " PRIMARY KEY(sealed, start))"},
    {"CREATE TABLE link_outbox(id BLOB PRIMARY KEY, partner TEXT NOT NULL, entry BLOB NOT NULL)"},
    {"CREATE INDEX link_outbox_partner ON link_outbox(partner, id)"},
    {"CREATE TABLE dispatch(id BLOB PRIMARY KEY, partner TEXT NOT NULL, sent INTEGER NOT NULL,"
     " kind TEXT NOT NULL, correlation BLOB NOT NULL, at BIGINT NOT NULL, officer BLOB,"
     " state TEXT NOT NULL, log BIGINT, idx BIGINT, sealed BLOB, body BLOB, reason TEXT)"},
    {"CREATE INDEX dispatch_partner ON dispatch(partner, id)"},
    {"CREATE INDEX dispatch_correlation ON dispatch(correlation)"},
    {"CREATE INDEX dispatch_asked ON dispatch(id) WHERE kind = 'query' AND sent = 0"
     " AND state = 'received'"},
    /* of a log of ours: the serial of our keyset that the partner knows, and the newest one that an
     * entry said, at which index */
    {"ALTER TABLE channel ADD COLUMN serial BIGINT NOT NULL DEFAULT 1"},
    {"ALTER TABLE channel ADD COLUMN said_serial BIGINT NOT NULL DEFAULT 1"},
    {"ALTER TABLE channel ADD COLUMN said_idx BIGINT NOT NULL DEFAULT 0"},
    {"CREATE TABLE equivocation(origin TEXT PRIMARY KEY, partner TEXT NOT NULL,"
     " first TEXT NOT NULL, second TEXT NOT NULL, at BIGINT NOT NULL)"},
    /* of a sealed dispatch of ours: the entry with its key, which waits for the receipt */
    {"ALTER TABLE dispatch ADD COLUMN locked INTEGER NOT NULL DEFAULT 0"},
    {"ALTER TABLE dispatch ADD COLUMN held BLOB"},
    {"CREATE INDEX dispatch_held ON dispatch(log, idx) WHERE held IS NOT NULL"},
    /* logs of others that we witness: the head that we cosigned last */
    {"CREATE TABLE watched(origin TEXT PRIMARY KEY, owner TEXT NOT NULL, size BIGINT NOT NULL,"
     " note TEXT, at BIGINT NOT NULL)"},
    {"CREATE INDEX watched_owner ON watched(owner)"},
    /* witnesses of our logs: whom two officers chose, what is asked for, what they said */
    {"CREATE TABLE witness_policy(scope TEXT PRIMARY KEY, at BIGINT NOT NULL, policy TEXT,"
     " statement TEXT, proposer BLOB, proposer_signature BLOB, confirmer BLOB,"
     " confirmer_signature BLOB, wanted TEXT, wanted_by BLOB, wanted_signature BLOB,"
     " CHECK(confirmer <> proposer))"},
    {"CREATE TABLE witnessed(log BIGINT PRIMARY KEY, target TEXT, target_size BIGINT NOT NULL,"
     " head TEXT, head_size BIGINT NOT NULL)"},
    {"CREATE TABLE witness_line(log BIGINT NOT NULL, witness TEXT NOT NULL, size BIGINT NOT NULL,"
     " line TEXT, PRIMARY KEY(log, witness))"},
    /* a note to all members of an organisation; dispatch NULL: no line to that member */
    {"CREATE TABLE joint(id BLOB PRIMARY KEY, organisation TEXT NOT NULL, matter TEXT NOT NULL,"
     " at BIGINT NOT NULL, officer BLOB NOT NULL)"},
    {"CREATE INDEX joint_organisation ON joint(organisation, id)"},
    {"CREATE TABLE joint_member(joint BLOB NOT NULL, state TEXT NOT NULL, dispatch BLOB,"
     " PRIMARY KEY(joint, state))"},
    {"CREATE TABLE guest(id BLOB PRIMARY KEY, officer BLOB NOT NULL, state TEXT NOT NULL, mission"
     " TEXT NOT NULL, language TEXT NOT NULL, may TEXT NOT NULL, at BIGINT NOT NULL, expires BIGINT"
     " NOT NULL, revoked BIGINT, opened BIGINT, acknowledged BIGINT, answered BIGINT, body BLOB NOT"
     " NULL, answer BLOB, session BLOB, session_until BIGINT)"},
    {"CREATE TABLE xroad_call(id BLOB PRIMARY KEY, at BIGINT NOT NULL, client TEXT NOT NULL, "
     "service"
     " TEXT NOT NULL, xroad_id TEXT NOT NULL, request_id TEXT, user BLOB)"},
    {"CREATE TABLE xroad_request(id BLOB PRIMARY KEY, correlation BLOB NOT NULL UNIQUE,"
     " at BIGINT NOT NULL, officer BLOB NOT NULL, member TEXT NOT NULL, service TEXT NOT NULL,"
     " asked BLOB NOT NULL, state TEXT NOT NULL, ended BIGINT, status INTEGER, error TEXT,"
     " answer BLOB)"},
    {"CREATE INDEX xroad_request_waiting ON xroad_request(id) WHERE state = 'waiting'"},
    /* a head of a witnessed log that its key signed and that nothing proves to follow the last one
     */
    {"ALTER TABLE watched ADD COLUMN hint TEXT"},
    {"ALTER TABLE watched ADD COLUMN hint_at BIGINT"},
};

#define UPLOAD ACTION_OPEN, ACTION_POST
const struct action link_actions[] = {
    {"channel.introduce", UPLOAD, "/link/v1/introduce", ACTOR_NOBODY, "Dispatch", NULL,
     "A partner names its log", 4096, true, introduce_prepare, NULL, introduce, NULL, NULL,
     introduce_answer},
    {"channel.add-checkpoint", UPLOAD, "/link/v1/add-checkpoint", ACTOR_NOBODY, "Dispatch", NULL,
     "A partner's log has grown (C2SP tlog-witness)", 32 << 10, true, add_checkpoint_prepare, NULL,
     add_checkpoint, NULL, mirror_after},
    {"channel.add-entries", UPLOAD, "/link/v1/add-entries", ACTOR_NOBODY, "Dispatch", NULL,
     "Entries of a partner's log (C2SP tlog-mirror)", UPLOAD_BYTES, true, add_entries_prepare, NULL,
     add_entries, NULL, mirror_after, mirror_answer},
    {"channel.add-payloads", UPLOAD, "/link/v1/add-payloads", ACTOR_NOBODY, "Dispatch", NULL,
     "Payloads that entries announced", UPLOAD_BYTES, true, add_payloads_prepare, NULL,
     add_payloads, NULL, mirror_after, mirror_answer},
    {"channel.recover", UPLOAD, "/link/v1/recover", ACTOR_NOBODY, "Dispatch", NULL,
     "A partner asks for the tail of its own log", 4096, true, NULL, NULL, NULL, recover_read,
     NULL},
    {"channel.close", UPLOAD, "/link/v1/close", ACTOR_NOBODY, "Dispatch", NULL,
     "A partner says that relations ended, and we say it too", 16 << 10, true, close_prepare, NULL,
     close_run, NULL, close_after, close_answer},

    {"witness.introduce", ACTION_ACT, ACTION_POST, "/link/v1/witness/introduce", ACTOR_PARTNER,
     "Log", NULL, "A partner wants one of its logs witnessed", 4096, true,
     witness_introduce_prepare, witness_introduce_facts, witness_introduce, NULL, NULL,
     witness_introduce_answer},
    {"witness.add-checkpoint", UPLOAD, "/link/v1/witness/add-checkpoint", ACTOR_NOBODY, "Log", NULL,
     "A log that we witness has grown (C2SP tlog-witness)", 32 << 10, true,
     witness_checkpoint_prepare, NULL, witness_checkpoint, NULL, NULL, witness_answer},
    {"witness.monitor", UPLOAD, "/link/v1/witness/head", ACTOR_NOBODY, "Log", NULL,
     "Whoever mirrors a log asks which head of it we saw", 4096, true, NULL, NULL, NULL,
     witness_monitor, NULL},
    {"witness.list", ACTION_READ, ACTION_GET, "/v1/witness/logs", ACTOR_OFFICER, "Mission", NULL,
     "Logs of other states that we witness", 0, false, NULL, dispatch_list_facts, NULL,
     witness_list, NULL},
    {"witnesses.show", ACTION_READ, ACTION_GET, "/v1/partners/{state}/witnesses", ACTOR_OFFICER,
     "Mission", NULL, "Who witnesses what we send to a partner", 0, false, NULL,
     dispatch_list_facts, NULL, quorum_show, NULL},
    {"witnesses.propose", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/witnesses", ACTOR_OFFICER,
     "Quorum", "witnesses.v1", "Propose who witnesses what we send to a partner, or to all", 0,
     false, quorum_propose_prepare, quorum_propose_facts, quorum_propose, NULL, NULL},
    {"witnesses.confirm", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/witnesses/confirm",
     ACTOR_OFFICER, "Quorum", "signature.v1", "Confirm the witnesses as second officer", 0, false,
     quorum_confirm_prepare, quorum_confirm_facts, quorum_confirm, NULL, quorum_told},

    {"dispatch.list", ACTION_READ, ACTION_GET, "/v1/partners/{state}/dispatches", ACTOR_OFFICER,
     "Mission", NULL, "What was written between us and a partner", 0, false, NULL,
     dispatch_list_facts, NULL, dispatch_list, NULL},
    {"dispatch.show", ACTION_READ_FILE, ACTION_GET, "/v1/dispatches/{id}", ACTOR_OFFICER,
     "Dispatch", NULL, "One of them, opened", 0, false, NULL, dispatch_show_facts, NULL,
     dispatch_show, NULL},
    {"dispatch.evidence", ACTION_READ_FILE, ACTION_GET, "/v1/dispatches/{id}/evidence",
     ACTOR_OFFICER, "Dispatch", NULL, "The proof of one of them, for others", 0, false, NULL,
     dispatch_show_facts, NULL, dispatch_evidence, NULL},
    {"parcel.pack", ACTION_READ, ACTION_GET, "/v1/partners/{state}/parcel", ACTOR_OFFICER,
     "Mission", NULL, "What a partner lacks, as a file (?old=)", 0, false, NULL,
     dispatch_list_facts, NULL, parcel_pack, NULL},
    {"parcel.receipt", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/receipt", ACTOR_OFFICER,
     "Mission", NULL, "A receipt that came back as a file", NOTE_BYTES, true,
     parcel_receipt_prepare, dispatch_list_facts, parcel_receipt, NULL, parcel_receipt_after},
    {"note.send", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/notes", ACTOR_OFFICER, "Dispatch",
     "note.v1", "Send a note to a partner", 1 << 20, false, note_send_prepare, dispatch_send_facts,
     dispatch_send, NULL, dispatch_sent_after},
    {"file.send", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/files", ACTOR_OFFICER, "Dispatch",
     NULL, "Send a file to a partner (?name=&promise=&sealed=)", PAYLOAD_BYTES, true,
     file_send_prepare, dispatch_send_facts, dispatch_send, NULL, dispatch_sent_after},
    {"payload.send", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/payloads", ACTOR_OFFICER,
     "Dispatch", NULL, "Send bytes of a media type to a partner (?type=&name=&promise=&sealed=)",
     PAYLOAD_BYTES, true, payload_send_prepare, dispatch_send_facts, dispatch_send, NULL,
     dispatch_sent_after},
    {"query.send", ACTION_ACT, ACTION_POST, "/v1/partners/{state}/queries", ACTOR_OFFICER,
     "Dispatch", "query.v1", "Ask a partner whether a document is current", 0, false,
     query_send_prepare, dispatch_send_facts, dispatch_send, NULL, dispatch_sent_after},
    {"acknowledgement.send", ACTION_ACT, ACTION_POST, "/v1/dispatches/{id}/acknowledge",
     ACTOR_OFFICER, "Dispatch", "acknowledgement.v1", "Acknowledge what a partner sent", 0, false,
     acknowledgement_send_prepare, dispatch_send_facts, acknowledgement_send, NULL,
     dispatch_sent_after},
    {"answer.send", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_SYSTEM, "Dispatch", NULL,
     "The node answers a partner's question", 0, false, answer_prepare, dispatch_send_facts,
     answer_send, NULL, dispatch_sent_after},

    {"note.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner's note is taken up", 0, false, taking_prepare, taking_facts, dispatch_receive, NULL,
     NULL},
    {"file.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner's file is taken up", 0, false, taking_prepare, taking_facts, dispatch_receive, NULL,
     NULL},
    {"guest.invite", ACTION_ACT, ACTION_POST, "/v1/guests", ACTOR_OFFICER, "Guest", "guest.v1",
     "Send an official of a partner a link to one letter", 4 << 20, false, guest_invite_prepare,
     guest_invite_facts, guest_invite, NULL, NULL},
    {"guest.list", ACTION_READ, ACTION_GET, "/v1/guests", ACTOR_OFFICER, "Mission", NULL,
     "Links that were given to guests, and how they were used", 0, false, NULL, dispatch_list_facts,
     NULL, guest_list, NULL},
    {"guest.show", ACTION_READ_FILE, ACTION_GET, "/v1/guests/{id}", ACTOR_OFFICER, "Guest", NULL,
     "One of them, with the answer", 0, false, NULL, guest_facts, NULL, guest_show, NULL},
    {"guest.revoke", ACTION_ACT, ACTION_POST, "/v1/guests/{id}/revoke", ACTOR_OFFICER, "Guest",
     NULL, "Make a guest's link worthless", 0, false, NULL, guest_facts, guest_revoke, NULL, NULL},
    {"guest.css", ACTION_OPEN, ACTION_GET, "/guest/page.css", ACTOR_NOBODY, "Guest", NULL,
     "How the pages of guests look", 0, false, NULL, NULL, NULL, guest_css, NULL},
    {"guest.page", ACTION_OPEN, ACTION_GET, "/guest/{token}", ACTOR_NOBODY, "Guest", NULL,
     "A guest's link, opened", 0, false, NULL, NULL, NULL, guest_page, NULL},
    {"guest.code", ACTION_OPEN, ACTION_POST, "/guest/{token}/code", ACTOR_NOBODY, "Guest", NULL,
     "A code goes to the guest's address", 1024, true, guest_code_prepare, NULL, guest_code, NULL,
     NULL},
    {"guest.enter", ACTION_OPEN, ACTION_POST, "/guest/{token}/enter", ACTOR_NOBODY, "Guest", NULL,
     "The code opens the letter", 1024, true, guest_enter_prepare, NULL, guest_enter, NULL, NULL},
    {"guest.read", ACTION_READ_FILE, ACTION_GET, "/guest/{token}/{session}", ACTOR_GUEST, "Guest",
     NULL, "A guest reads the letter", 0, false, guest_enters, guest_own_facts, NULL, guest_read,
     NULL},
    {"guest.download", ACTION_READ_FILE, ACTION_GET, "/guest/{token}/{session}/file", ACTOR_GUEST,
     "Guest", NULL, "A guest downloads the file", 0, false, guest_enters, guest_own_facts, NULL,
     guest_download, NULL},
    {"guest.answer", ACTION_ACT, ACTION_POST, "/guest/{token}/{session}/answer", ACTOR_GUEST,
     "Guest", NULL, "A guest answers", 3 * GUEST_ANSWER, true, guest_answer_prepare,
     guest_own_facts, guest_answer, NULL, NULL},
    {"guest.acknowledge", ACTION_ACT, ACTION_POST, "/guest/{token}/{session}/acknowledge",
     ACTOR_GUEST, "Guest", NULL, "A guest has received the letter", 1024, true, guest_enters,
     guest_own_facts, guest_acknowledge, NULL, NULL},
    {"xroad.document", ACTION_READ_FILE, ACTION_GET, "/xroad/v1/documents/{number}", ACTOR_CLIENT,
     "XRoadService", NULL, "Is a document current? For members of X-Road", 0, false, xroad_enters,
     xroad_facts, xroad_keep, xroad_document, NULL},
    {"xroad.calls", ACTION_READ, ACTION_GET, "/v1/xroad/calls", ACTOR_OFFICER, "Mission", NULL,
     "Who called our services through X-Road", 0, false, NULL, dispatch_list_facts, NULL,
     xroad_calls, NULL},
    {"xroad.call", ACTION_ACT, ACTION_POST, "/v1/xroad/requests", ACTOR_OFFICER, "XRoadCall",
     "xroad-call.v1", "Call a service of a member of X-Road", 0, false, xroad_call_prepare,
     xroad_call_facts, xroad_call, NULL, xroad_called},
    {"xroad.answered", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_SYSTEM, "XRoadCall", NULL,
     "The answer to a call of ours is kept", 0, false, xroad_answered_prepare, xroad_answered_facts,
     xroad_answered, NULL, NULL},
    {"xroad.list", ACTION_READ, ACTION_GET, "/v1/xroad/requests", ACTOR_OFFICER, "Mission", NULL,
     "Which services we called through X-Road", 0, false, NULL, dispatch_list_facts, NULL,
     xroad_list, NULL},
    {"xroad.show", ACTION_READ_FILE, ACTION_GET, "/v1/xroad/requests/{id}", ACTOR_OFFICER,
     "XRoadCall", NULL, "One call of ours, with its answer", 0, false, NULL, xroad_show_facts, NULL,
     xroad_show, NULL},
    {"joint.send", ACTION_ACT, ACTION_POST, "/v1/organisations/{organisation}/notes", ACTOR_OFFICER,
     "Joint", "joint-note.v1", "Send one note to all members of an organisation", 1 << 20, false,
     joint_send_prepare, joint_send_facts, joint_send, NULL, joint_sent_after},
    {"joint.show", ACTION_READ, ACTION_GET, "/v1/joint/{id}", ACTOR_OFFICER, "Mission", NULL,
     "Which members a note went to, and what became of it with each", 0, false, NULL,
     dispatch_list_facts, NULL, joint_show, NULL},
    {"organisation.show", ACTION_READ, ACTION_GET, "/v1/organisations/{organisation}",
     ACTOR_OFFICER, "Mission", NULL, "An organisation: mandate, members, our line to each", 0,
     false, NULL, dispatch_list_facts, NULL, organisation_show, NULL},
    {"joint.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner's note to all members of an organisation is taken up", 0, false, taking_prepare,
     taking_facts, dispatch_receive, NULL, NULL},
    {"payload.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "Bytes of a media type from a partner are taken up", 0, false, taking_prepare, taking_facts,
     dispatch_receive, NULL, NULL},
    {"acknowledgement.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner acknowledges", 0, false, taking_prepare, taking_facts, acknowledgement_receive,
     NULL, NULL},
    {"query.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner asks whether a document is current", 0, false, taking_prepare, taking_facts,
     dispatch_receive, NULL, NULL},
    {"answer.receive", ACTION_ACT, ACTION_INTERNAL, "", ACTOR_PARTNER, "Dispatch", NULL,
     "A partner answers", 0, false, taking_prepare, taking_facts, answer_receive, NULL, NULL},
};
const size_t link_actions_n = ARRAY_LEN(link_actions);

/* ---- peers --------------------------------------------------------------------------------- */

static void unpack(const char *state, const struct credence *c, const struct keyset *k,
                   struct peer *p)
{
    snprintf(p->state, sizeof p->state, "%s", state);
    snprintf(p->name, sizeof p->name, "%.*s", STR_FMT(c->name));
    snprintf(p->url, sizeof p->url, "%.*s", STR_FMT(c->url));
    p->serial = k->serial;
    p->log = k->log;
    p->mirror = k->mirror;
    p->witness = k->witness;
    p->seal = k->seal;
    p->tls = k->tls;
    p->has_tls = k->has_tls;
    p->from = k->from;
    p->until = k->until;
    p->root = root_fingerprint(&c->root);
}

static enum err load_peer(struct link *l, struct db *db, const char *state, struct peer *out,
                          struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(256 << 10);
    struct own_credence own;
    struct partner p;

    TRY_PTR(a, f);
    if (str_eq(str_of(state), l->house->state_code)) {
        TRY(credence_own(db, a, &own, f));
        unpack(state, &own.credence, &own.keyset, out);
        return OK;
    }
    TRY(partner_load(db, str_of(state), a, &p, f));
    unpack(state, &p.credence, &p.keyset, out);
    return OK;
}

static bool cached_peer(struct link *l, const char *state, struct peer *out)
{
    bool found = false;

    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; !found && i < l->n_peers; i++)
        if (strcmp(l->peers[i].state, state) == 0) {
            *out = l->peers[i];
            found = true;
        }
    pthread_mutex_unlock(&l->lock);
    return found;
}

enum err link_peer(struct link *l, struct db *db, str state, struct peer *out, struct fault *f)
{
    char code[3];

    if (state.n != 2)
        return fault(f, ERR_NOT_FOUND, "no such partner");
    snprintf(code, sizeof code, "%.*s", STR_FMT(state));
    if (cached_peer(l, code, out))
        return OK;
    pthread_mutex_lock(&l->lock);
    uint64_t generation = l->generation;
    pthread_mutex_unlock(&l->lock);
    *out = (struct peer){0};
    TRY(load_peer(l, db, code, out, f));
    pthread_mutex_lock(&l->lock);
    if (l->n_peers < PEERS_MAX && l->generation == generation)
        l->peers[l->n_peers++] = *out;
    pthread_mutex_unlock(&l->lock);
    return OK;
}

enum err link_check_receipt(struct link *l, struct db *db, str partner, str note, struct arena *a,
                            int64_t *at, struct fault *f)
{
    int64_t now = world_now(&l->house->world);
    struct keyset sets[KEYSETS_MAX];
    struct note_key keys[KEYSETS_MAX];
    uint64_t signers;
    size_t n;
    str text;

    TRY(partner_keysets(db, partner, 0, day_of_ms(now), a, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        TRY_PTR(keyset_mirror_key(&sets[i], a, &keys[i]), f);
    TRY(note_open(note, keys, n, &text, &signers, f));
    for (size_t i = 0; i < n; i++)
        if (signers >> i & 1)
            TRY(cosignature_time(note, &keys[i], at, f));
    return *at * 1000 < now + 86400000 ? OK
                                       : fault(f, ERR_BAD_SIGNATURE, "a receipt from the future");
}

/* ---- waking -------------------------------------------------------------------------------- */

void link_wake_taker(struct link *l)
{
    pthread_mutex_lock(&l->lock);
    l->woken_taker = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

void link_wake_courier(struct link *l, str state, enum waking why)
{
    char code[3] = "";

    if (!l->courier)
        return;
    if (state.n == 2)
        snprintf(code, sizeof code, "%.*s", STR_FMT(state));
    courier_wake(l->courier, code, why);
}

void link_forget_peers(struct link *l)
{
    pthread_mutex_lock(&l->lock);
    l->n_peers = 0;
    l->generation++;
    pthread_mutex_unlock(&l->lock);
}

/* A standing or a keyset changed: what is kept is forgotten, and all partners are looked at. */
static void standing_changed(void *ctx)
{
    struct link *l = ctx;

    link_forget_peers(l);
    link_wake_courier(l, STR_NONE, WAKE_CALLED);
}

/* ---- life ---------------------------------------------------------------------------------- */

enum err link_open(struct house *h, struct db *writer, const struct link_tables *tables,
                   struct link **out, struct fault *f)
{
    TRY(db_migrate(writer, "link", migrations, ARRAY_LEN(migrations), f));
    struct link *l = calloc(1, sizeof *l);
    if (!l)
        return fault(f, ERR_MEMORY, "out of memory");
    l->house = h;
    l->tables = *tables;
    h->dispatches = &link_door;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    registry_on_standing(h->registry, standing_changed, l);
    h->link = *out = l;
    return dispatch_kinds_open(l, f);
}

enum err link_start(struct link *l, struct fault *f)
{
    TRY(courier_open(l, NULL, &l->courier, f));
    TRY(courier_start(l->courier, f));
    l->taker_runs = pthread_create(&l->taker, NULL, taker_main, l) == 0;
    return l->taker_runs ? OK : fault(f, ERR_MEMORY, "cannot start a thread");
}

enum err link_start_on(struct link *l, const struct http_carrier *carrier, struct fault *f)
{
    return courier_open(l, carrier, &l->courier, f);
}

unsigned link_turn(struct link *l)
{
    taking_turn(l);
    return courier_turn(l->courier);
}

void link_stop(struct link *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    if (l->taker_runs)
        pthread_join(l->taker, NULL);
    l->taker_runs = false;
    courier_stop(l->courier);
    l->courier = NULL;
}

void link_close(struct link *l)
{
    if (!l)
        return;
    dispatch_kinds_close(l);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->wake);
    free(l);
}
