/* closing.c - the end of a relation, said by both sides
 *
 *   channel.closing   in the log of the side that ends it: what the standing was and is, and the
 * head of the other log that it holds channel.closed    in the other side's log: the leaf that it
 * answers, and the head that it holds
 *
 * Each entry lies in its own log at the size at which the relation changed, under a head that the
 * log's key signed; the two proofs are exchanged by one call, "close", since a recalled partner's
 * log is mirrored no longer. Whoever does not answer leaves the other's word standing alone.
 * docs/channel-protocol.md, chapter 12.
 */
#include "base/date.h"
#include "base/encode.h"
#include "base/log.h"
#include "link/evidence.h"
#include "link/link_int.h"

/* ---- our entry ------------------------------------------------------------------------------ */

/* The head of the partner's log that we cosigned last. */
static enum err put_received(struct act *a, struct jw *w, str partner, uint64_t *out_size,
                             struct fault *f)
{
    struct channel c;
    struct hash root;
    char hex[65];

    *out_size = 0;
    enum err e = channel_of(a->db, partner, false, a->arena, &c, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(channel_root(a->db, &c, c.head_size, &root, f));
    hex_encode(root.b, sizeof root.b, hex);
    jw_key(w, S("received"));
    jw_open(w, '{');
    jw_kv(w, S("origin"), c.origin);
    jw_kv(w, S("root"), str_of(hex));
    jw_kv_int(w, S("size"), (int64_t)c.head_size);
    jw_close(w, '}');
    *out_size = c.head_size;
    return OK;
}

/* The leaf of the entry that the partner's proof proves. */
static enum err leaf_of(str proof, struct arena *a, char hex[65], struct fault *f)
{
    struct evidence e;

    TRY(evidence_parse(a, proof, &e, f));
    struct hash leaf = merkle_leaf(e.entry_text);
    hex_encode(leaf.b, sizeof leaf.b, hex);
    return OK;
}

static enum err put_body(struct act *a, struct buf *b, const struct closing *c, uint64_t *received,
                         struct fault *f)
{
    struct jw w = JW(b);
    char hex[65];

    jw_open(&w, '{');
    jw_kv(&w, S("from"), a->house->state_code);
    if (!c->ours) {
        TRY(leaf_of(c->their_proof, a->arena, hex, f));
        jw_kv(&w, S("of"), str_of(hex));
    }
    TRY(put_received(a, &w, c->state, received, f));
    if (c->ours)
        jw_kv(&w, S("standing"), c->standing);
    jw_kv(&w, S("to"), c->state);
    if (c->ours)
        jw_kv(&w, S("was"), c->was);
    jw_close(&w, '}');
    return OK;
}

enum err closing_append(struct act *a, struct channel *ours, const struct closing *c,
                        struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES), body = BUF(4096);
    struct entry e = {.kind = c->ours ? S("channel.closing") : S("channel.closed"),
                      .at = a->now,
                      .correlation = c->id};
    uint64_t received, index = ours->size;

    TRY(put_body(a, &body, c, &received, f));
    e.body = buf_str(&body);
    sending_commit(a, &e);
    TRY(entry_format(&text, &e, a->arena, f));
    TRY(channel_append(a, ours, (str[]){buf_str(&text)}, 1, f));
    return db_run(a->db, f,
                  "UPDATE closing SET log = ?, idx = ?, received = ? WHERE id = ? AND idx IS NULL",
                  "iiid", ours->log, (int64_t)index, (int64_t)received, &c->id);
}

/* ---- our proof ------------------------------------------------------------------------------ */

enum err closing_prove(struct house *h, struct db *db, const struct closing *c, struct arena *a,
                       struct buf *out, struct fault *f)
{
    AUTO(buf) struct buf head = BUF(NOTE_BYTES);
    struct tlog_proof proof = {.index = (uint64_t)c->index};
    struct channel log;
    struct hash root;
    str entry;

    if (c->proof.p) {
        buf_add_str(out, c->proof);
        return OK;
    }
    TRY(channel_by_log(db, c->log, a, &log, f));
    if (log.muted)
        return fault(f, ERR_BUSY, "the channel is mute until its partner has said what it holds");
    TRY(channel_root(db, &log, log.size, &root, f));
    TRY(keyring_link_head(h->keyring, log.serial, log.origin, log.size, &root, &head, f));
    TRY(channel_entry(db, c->log, proof.index, a, &entry, f));
    struct tree t = channel_tree(db, &log, f);
    TRY(merkle_prove_inclusion(tree_node, &t, proof.index, log.size, &proof.path));
    proof.note = buf_str(&head);
    return evidence_format(out, &proof, entry, NULL, f);
}

struct keeping {
    const struct closing *closing;
    str proof;
};

static enum err keep_proof(struct act *a, struct fault *f)
{
    const struct keeping *k = a->data;

    return db_run(a->db, f, "UPDATE closing SET proof = ? WHERE id = ? AND proof IS NULL", "sd",
                  k->proof, &k->closing->id);
}

static const struct action proof_chore = {.name = "channel.closing",
                                          .kind = ACTION_CHORE,
                                          .method = ACTION_INTERNAL,
                                          .who = ACTOR_SYSTEM,
                                          .resource = "Session",
                                          .summary = "The proof of how a relation ended is kept",
                                          .run = keep_proof};

enum err closing_keep_proof(struct link *l, const struct closing *c, str proof, struct arena *a,
                            struct fault *f)
{
    struct keeping k = {c, proof};

    return sending_perform(l, &proof_chore, &k, a, f);
}

/* ---- what the partner says ------------------------------------------------------------------- */

/* Its entry, read. */
struct closing_word {
    struct closing closing; /* as a row */
    struct evidence evidence;
    struct checkpoint head;
    str from, to, origin; /* origin: of our log, STR_NONE where it holds none */
    struct hash root, of; /* of our log; the leaf that is answered */
    str contradicts;      /* a head of its log, held here, that does not fit */
    str log;              /* of which origin */
};

static bool read_received(const struct json *j, struct closing_word *s)
{
    const struct json *r = json_get(j, S("received"));

    if (!r)
        return true;
    s->origin = json_get_str(r, S("origin"));
    s->closing.their_received = json_get_int(r, S("size"), -1);
    return s->origin.p && s->closing.their_received >= 0 &&
           hex_decode(json_get_str(r, S("root")), s->root.b, sizeof s->root.b);
}

static enum err read_said(str text, const char *kind, struct arena *a, struct closing_word *s,
                          struct fault *f)
{
    bool answers = strcmp(kind, "channel.closed") == 0;
    struct json *j;

    TRY(evidence_parse(a, text, &s->evidence, f));
    if (!str_eq(s->evidence.entry.kind, str_of(kind)) || !s->evidence.entry.body.p)
        return fault(f, ERR_MALFORMED_TEXT, "no proof of an entry \"%s\"", kind);
    TRY(json_parse(a, s->evidence.entry.body, NULL, &j, f));
    s->from = json_get_str(j, S("from"));
    s->to = json_get_str(j, S("to"));
    s->closing.standing = json_get_str(j, S("standing"));
    s->closing.was = json_get_str(j, S("was"));
    bool whole = s->from.n == 2 && s->to.n == 2 && read_received(j, s) &&
                 (answers ? hex_decode(json_get_str(j, S("of")), s->of.b, sizeof s->of.b)
                          : standing_closes(s->closing.standing) &&
                                (standing_closes(s->closing.was) ||
                                 str_eq(s->closing.was, S("accredited"))));
    s->closing.id = s->evidence.entry.correlation;
    s->closing.state = s->from;
    s->closing.their_size = (int64_t)s->evidence.proof.index + 1;
    s->closing.their_proof = text;
    return whole ? OK : fault(f, ERR_MALFORMED_TEXT, "an entry \"%s\" that says too little", kind);
}

/* A key of the partner's log that counts today signed the head, and the entry lies below it. */
static enum err check_signed(struct db *db, int64_t now, struct closing_word *s, struct arena *a,
                             struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct ed25519_public logs[KEYSETS_MAX];
    struct evidence_finding found;
    size_t n;

    TRY(partner_keysets(db, s->from, s->evidence.proof.index, day_of_ms(now), a, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        logs[i] = sets[i].log;
    const struct evidence_keys keys = {.logs = logs, .n_logs = n};
    TRY(evidence_check(&s->evidence, &keys, STR_NONE, &found, f));
    s->head = found.head;
    return OK;
}

/* What it says that it holds of ours is ours. */
static enum err check_received(struct db *db, const struct closing_word *s, struct arena *a,
                               struct fault *f)
{
    struct channel c;
    struct hash root;

    if (!s->origin.p)
        return OK;
    enum err e = channel_by_origin(db, s->origin, true, a, &c, f);
    if (e == ERR_NOT_FOUND || (e == OK && !str_eq(c.partner, s->from)))
        return fault(f, ERR_BAD_PROOF, "what the partner holds is no log of ours");
    TRY(e);
    if ((uint64_t)s->closing.their_received > c.size)
        return fault(f, ERR_BUSY, "the partner holds more of our log than we do");
    TRY(channel_root(db, &c, (uint64_t)s->closing.their_received, &root, f));
    return secret_equal(root.b, s->root.b, sizeof root.b)
               ? OK
               : fault(f, ERR_BAD_PROOF, "what the partner holds is not our log");
}

/* Does its head fit the log of it that we hold? Where it does not, its own hand proves it. */
static enum err check_fits(struct db *db, struct closing_word *s, struct arena *a, struct fault *f)
{
    uint64_t index = s->evidence.proof.index;
    struct hash root, leaf;
    struct channel c;
    bool fits = true;
    str entry;

    enum err e = channel_of(db, s->from, false, a, &c, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (!str_eq(c.origin, s->head.origin))
        return fault(f, ERR_CONFLICT, "another log of the partner is known here");
    if (index < c.size) {
        TRY(channel_entry(db, c.log, index, a, &entry, f));
        fits = str_eq(entry, s->evidence.entry_text);
    }
    if (fits && s->head.size <= c.size) {
        TRY(channel_root(db, &c, s->head.size, &root, f));
        leaf = s->head.root;
        fits = secret_equal(root.b, leaf.b, sizeof root.b);
    }
    if (!fits) {
        s->contradicts = c.pending.p ? c.pending : S("");
        s->log = c.origin;
    }
    return OK;
}

static enum err check_said(struct house *h, struct db *db, int64_t now, struct closing_word *s,
                           struct arena *a, struct fault *f)
{
    if (!str_eq(s->to, h->state_code))
        return fault(f, ERR_NOT_FOUND, "this is said to another state");
    TRY(check_signed(db, now, s, a, f));
    TRY(check_received(db, s, a, f));
    return check_fits(db, s, a, f);
}

static enum err keep_contradiction(struct act *a, const struct closing_word *s, struct fault *f)
{
    LOG(LOG_ERROR, "a partner signed two heads that do not fit", LOG_STR("partner", s->from));
    TRY(mirror_contradiction(a, s->from, s->log, s->contradicts, s->evidence.proof.note, f));
    return partner_suspend(a, s->from, f);
}

/* ---- "close": the partner says so, and we say it too ------------------------------------------
 */

/* Whoever there is a letter of is heard, in whatever standing: nothing but this passes. */
static enum err has_letter(struct act *a, str state, bool *out, struct fault *f)
{
    struct partner p;
    enum err e = partner_load(a->db, state, a->arena, &p, f);

    *out = e == OK;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    return mirror_check_line(a, state, f);
}

enum err close_prepare(struct act *a, struct fault *f)
{
    struct closing_word *s = arena_new_of(a->arena, struct closing_word);
    bool known;

    TRY_PTR(s, f);
    *s = (struct closing_word){0};
    TRY(read_said(a->body, "channel.closing", a->arena, s, f));
    TRY(has_letter(a, s->from, &known, f));
    if (!known || !str_eq(s->to, a->house->state_code))
        return mirror_refuse(a, 404, "there is no such channel");
    TRY(hop_check_request(a, s->from, f));
    enum err e = check_said(a->house, a->db, a->now, s, a->arena, f);
    if (e == ERR_BAD_SIGNATURE)
        return mirror_refuse(a, 403, "no key of the log signed this");
    if (e == ERR_BAD_PROOF)
        return mirror_refuse(a, 422, f->detail);
    TRY(e);
    a->data = s;
    return OK;
}

static enum err same_said(const struct closing *known, const struct closing_word *s,
                          struct fault *f)
{
    return !known->ours && str_eq(known->state, s->from) &&
                   known->their_size == s->closing.their_size
               ? OK
               : fault(f, ERR_CONFLICT, "something else was said under this correlation");
}

/* Said again: the same answer. */
enum err close_run(struct act *a, struct fault *f)
{
    struct closing_word *s = a->data;
    struct channel ours;
    struct closing c;

    if (s->contradicts.p) {
        TRY(keep_contradiction(a, s, f));
        return mirror_refuse(a, 422, "this head contradicts another one that was signed");
    }
    enum err e = closing_load(a->db, &s->closing.id, a->arena, &c, f);
    if (e == ERR_NOT_FOUND) {
        s->closing.at = s->closing.answered = a->now;
        TRY(closing_begin(a, &s->closing, f));
        e = closing_load(a->db, &s->closing.id, a->arena, &c, f);
    }
    TRY(e);
    TRY(same_said(&c, s, f));
    a->type = "text/plain";
    if (c.has_entry)
        return OK;
    TRY(sending_channel(a, s->from, &ours, f));
    if (ours.muted)
        return fault(f, ERR_BUSY, "our log waits for its tail");
    return closing_append(a, &ours, &c, f);
}

enum err close_answer(struct act *a, struct fault *f)
{
    const struct closing_word *s = a->data;
    struct closing c;

    if (!s || s->contradicts.p)
        return OK;
    TRY(closing_load(a->db, &s->closing.id, a->arena, &c, f));
    buf_clear(&a->reply);
    TRY(closing_prove(a->house, a->db, &c, a->arena, &a->reply, f));
    return hop_sign_answer(a, s->from, f);
}

void close_after(struct act *a)
{
    const struct closing_word *s = a->data;

    if (s)
        link_wake_courier(a->house->link, s->from, WAKE_CALLED);
}

/* ---- the answer comes -------------------------------------------------------------------------
 */

static enum err check_answer(struct house *h, struct db *db, int64_t now, str partner,
                             const struct closing *c, struct closing_word *s, struct arena *a,
                             struct fault *f)
{
    char hex[65];
    struct hash leaf;

    if (!str_eq(s->from, partner) || !str_eq(c->state, partner) || !c->ours || !c->proof.p)
        return fault(f, ERR_CONFLICT, "the partner answers something that was not said");
    TRY(leaf_of(c->proof, a, hex, f));
    if (!hex_decode(str_of(hex), leaf.b, sizeof leaf.b) ||
        !secret_equal(leaf.b, s->of.b, sizeof leaf.b))
        return fault(f, ERR_BAD_PROOF, "the partner answers another entry");
    return check_said(h, db, now, s, a, f);
}

/* Reads and verifies an answer; in prepare() of the act that keeps it, or on the courier's thread.
 */
enum err closing_answer_read(struct house *h, struct db *db, int64_t now, str partner, str text,
                             struct arena *a, struct closing_word **out, struct fault *f)
{
    struct closing_word *s = arena_new_of(a, struct closing_word);
    struct closing c;

    TRY_PTR(s, f);
    *s = (struct closing_word){0};
    TRY(read_said(str_copy(a, text), "channel.closed", a, s, f));
    TRY(closing_load(db, &s->closing.id, a, &c, f));
    TRY(check_answer(h, db, now, partner, &c, s, a, f));
    *out = s;
    return OK;
}

enum err closing_answered(struct act *a, const struct closing_word *s, struct fault *f)
{
    if (s->contradicts.p)
        return keep_contradiction(a, s, f);
    return db_run(a->db, f,
                  "UPDATE closing SET their_size = ?, their_received = ?, their_proof = ?,"
                  " answered = ? WHERE id = ? AND answered = 0",
                  "iisid", s->closing.their_size, s->closing.their_received, s->closing.their_proof,
                  a->now, &s->closing.id);
}

static enum err answer_run(struct act *a, struct fault *f)
{
    return closing_answered(a, a->data, f);
}

static const struct action answer_chore = {.name = "channel.closed",
                                           .kind = ACTION_CHORE,
                                           .method = ACTION_INTERNAL,
                                           .who = ACTOR_SYSTEM,
                                           .resource = "Session",
                                           .summary = "The partner's word that a relation ended",
                                           .run = answer_run};

enum err closing_keep_answer(struct link *l, struct closing_word *s, struct arena *a,
                             struct fault *f)
{
    return sending_perform(l, &answer_chore, s, a, f);
}
