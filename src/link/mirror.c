/* mirror.c - the receiving side: partners' logs are mirrored here (C2SP tlog-mirror)
 *
 * Nothing here asks who calls: a checkpoint is signed by the log, entries are proved against a
 * checkpoint, a payload against an entry. prepare() verifies on a worker, run() writes, and
 * answer() has the receipt signed once all of it is durable.
 *
 * Beside the specification a cosignature also says that the payloads of all entries are here. Until
 * then the answer to add-entries and add-payloads is 202 with a list of what is missing.
 */
#include <inttypes.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/log.h"
#include "link/link_int.h"

static const char size_type[] = "text/x.tlog.size", info_type[] = "text/x.tlog.mirror-info",
                  missing_type[] = "text/x.sifara.missing", text_type[] = "text/plain";

/* What passes from prepare() to run() and answer(). */
struct upload {
    struct channel channel;
    struct peer partner;
    str note; /* the checkpoint to be pending, or that the entries belong to */
    str text; /* its signed text */
    struct checkpoint checkpoint;
    uint64_t start, n; /* verified entries */
    str *entries;
    struct entry *parsed;
    uint64_t body_start, body_end; /* as the request says */
    str pieces;
    bool whole; /* all is here: there is something to cosign */
};

/* ---- answers ------------------------------------------------------------------------------ */

enum err mirror_say(struct act *a, unsigned status, const char *type)
{
    a->status = status;
    a->type = type;
    a->answered = true;
    return OK;
}

/* A refusal with the status that the specification asks for. */
enum err mirror_refuse(struct act *a, unsigned status, const char *why)
{
    struct jw w = JW(&a->reply);

    buf_clear(&a->reply);
    jw_open(&w, '{');
    jw_kv(&w, S("type"), S("about:blank"));
    jw_kv_int(&w, S("status"), status);
    jw_kv(&w, S("detail"), str_of(why));
    jw_close(&w, '}');
    return mirror_say(a, status, "application/problem+json");
}

static struct link *link_of(const struct act *a)
{
    return a->house->link;
}

/* A mirror answers partners that are accredited, and those that are suspended: what they may send
 * the policy decides when it is taken up. To others this address does not exist. */
enum err mirror_may_talk(struct act *a, str state, bool *out, struct fault *f)
{
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, state, standing, f));
    *out = strcmp(standing, "accredited") == 0 || strcmp(standing, "suspended") == 0;
    return *out ? mirror_check_line(a, state, f) : OK;
}

static bool same_key(const struct act *a, const struct hash *tls)
{
    return a->has_line_key && secret_equal(tls->b, a->line_key.b, sizeof tls->b);
}

enum err mirror_check_line(struct act *a, str state, struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct peer p;
    size_t n;

    /* a parcel is brought by an officer of ours, whoever packed it */
    if (a->actor.kind == ACTOR_OFFICER)
        return OK;
    TRY(link_peer(link_of(a), a->db, state, &p, f));
    if (!p.has_tls || same_key(a, &p.tls))
        return OK;
    /* while keys change an older one counts too */
    TRY(partner_keysets(a->db, state, 0, day_of_ms(a->now), a->arena, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        if (!sets[i].has_tls || same_key(a, &sets[i].tls))
            return OK;
    return fault(f, ERR_UNTRUSTED,
                 a->has_line_key ? "this line is not that of the partner"
                                 : "the caller shows no certificate");
}

enum err mirror_head(struct act *a, str owner, str origin, str note, struct checkpoint *out,
                     str *text, struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct note_key keys[KEYSETS_MAX];
    uint64_t signers;
    size_t n;

    TRY(note_checkpoint(note, out, text, f));
    if (!str_eq(out->origin, origin))
        return fault(f, ERR_MALFORMED_TEXT, "a checkpoint of another log");
    uint64_t last = out->size ? out->size - 1 : 0;
    TRY(partner_keysets(a->db, owner, last, day_of_ms(a->now), a->arena, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        keys[i] = keyset_log_key(&sets[i], origin);
    if (n == 0)
        return fault(f, ERR_BAD_SIGNATURE, "no key of the partner is valid today");
    return note_open(note, keys, n, text, &signers, f);
}

/* ---- add-checkpoint ----------------------------------------------------------------------- */

static enum err known_channel(struct act *a, str origin, struct upload *u, bool *out,
                              struct fault *f)
{
    enum err e = channel_by_origin(a->db, origin, false, a->arena, &u->channel, f);

    *out = false;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    return mirror_may_talk(a, u->channel.partner, out, f);
}

enum err mirror_contradiction(struct act *a, str owner, str origin, str first, str second,
                              struct fault *f)
{
    return db_run(a->db, f,
                  "INSERT INTO equivocation(partner, origin, first, second, at) VALUES(?,?,?,?,?)"
                  " ON CONFLICT(origin) DO NOTHING",
                  "ssssi", owner, origin, first, second, a->now);
}

/* What the log is already known to be at that size: "" and false where it is not known. */
static enum err root_known(struct act *a, const struct upload *u, bool *out_known,
                           struct hash *root, struct fault *f)
{
    const struct channel *c = &u->channel;
    struct checkpoint p;
    str text;

    *out_known = true;
    if (u->checkpoint.size <= c->size)
        return channel_root(a->db, c, u->checkpoint.size, root, f);
    if (c->pending.p && u->checkpoint.size == c->pending_size) {
        TRY(note_checkpoint(c->pending, &p, &text, f));
        *root = p.root;
        return OK;
    }
    *out_known = false;
    return OK;
}

static enum err pending_root(const struct channel *c, struct hash *out, struct fault *f)
{
    struct checkpoint p;
    str text;

    *out = merkle_empty();
    if (!c->pending.p)
        return OK;
    TRY(note_checkpoint(c->pending, &p, &text, f));
    *out = p.root;
    return OK;
}

/* Out of nothing grows anything, without a proof. */
bool mirror_grows(const struct add_checkpoint *in, const struct checkpoint *c,
                  const struct hash *old)
{
    struct hash empty = merkle_empty();

    if (in->old == 0)
        return in->proof.n == 0 &&
               (c->size > 0 || secret_equal(c->root.b, empty.b, sizeof empty.b));
    return merkle_check_consistency(in->old, c->size, old, &c->root, &in->proof) == OK;
}

enum err add_checkpoint_prepare(struct act *a, struct fault *f)
{
    struct upload *u = arena_new_of(a->arena, struct upload);
    struct hash known, old;
    struct add_checkpoint in;
    bool here, is_known;

    TRY_PTR(u, f);
    TRY(add_checkpoint_parse(a->body, &in, f));
    TRY(note_checkpoint(in.note, &u->checkpoint, &u->text, f));
    TRY(known_channel(a, u->checkpoint.origin, u, &here, f));
    if (!here)
        return mirror_refuse(a, 404, "the log is not known here");
    if (mirror_head(a, u->channel.partner, u->channel.origin, in.note, &u->checkpoint, &u->text,
                    f) != OK)
        return mirror_refuse(a, 403, "no key of the log signed this checkpoint");
    u->note = in.note;
    a->data = u;
    if (in.old > u->checkpoint.size)
        return mirror_refuse(a, 400, "the old size is beyond the checkpoint's");
    TRY(root_known(a, u, &is_known, &known, f));
    if (is_known && !secret_equal(known.b, u->checkpoint.root.b, sizeof known.b))
        return OK; /* run() keeps the evidence */
    if (in.old != u->channel.pending_size) {
        size_line_format(&a->reply, u->channel.pending_size);
        return mirror_say(a, 409, size_type);
    }
    TRY(pending_root(&u->channel, &old, f));
    if (!mirror_grows(&in, &u->checkpoint, &old))
        return mirror_refuse(a, 422, "the checkpoint does not grow out of the last one");
    u->whole = true;
    return OK;
}

static enum err equivocated(struct act *a, struct upload *u, struct fault *f)
{
    struct channel now;

    TRY(channel_by_origin(a->db, u->channel.origin, false, a->arena, &now, f));
    TRY(mirror_contradiction(a, now.partner, now.origin, now.pending.p ? now.pending : S(""),
                             u->note, f));
    TRY(partner_suspend(a, u->channel.partner, f));
    LOG(LOG_ERROR, "a partner signed two heads that do not fit",
        LOG_STR("partner", u->channel.partner));
    return mirror_refuse(a, 422, "this head contradicts another one that was signed");
}

enum err add_checkpoint(struct act *a, struct fault *f)
{
    struct upload *u = a->data;

    if (!u->whole)
        return equivocated(a, u, f);
    TRY(db_run(a->db, f,
               "UPDATE channel SET pending = ?, pending_size = ? WHERE log = ?"
               " AND pending_size = ?",
               "siii", u->note, (int64_t)u->checkpoint.size, u->channel.log,
               (int64_t)u->channel.pending_size));
    if (db_changes(a->db) == 0)
        return fault(f, ERR_STALE, "another checkpoint came meanwhile");
    /* no cosignature yet: this mirror is not a witness */
    a->type = text_type;
    a->status = 200;
    buf_add_str(&a->reply, S("\n"));
    return OK;
}

/* ---- tickets ------------------------------------------------------------------------------ */

/* A pending checkpoint that we once accepted, under our own seal: an upload that began under it
 * may end under it, however far the log has grown meanwhile. */
static struct hash ticket_mac(struct act *a, str note)
{
    struct key k;

    hkdf_sha256(&a->house->lookup_key, S("mirror-ticket"), &k);
    return hmac_sha256(&k, note);
}

static void put_info(struct act *a, uint64_t size, uint64_t next, str note)
{
    AUTO(buf) struct buf ticket = BUF(WIRE_TICKET);
    struct mirror_info info = {.size = size, .next = next};
    struct hash mac = ticket_mac(a, note);

    if (note.n + sizeof mac.b <= WIRE_TICKET) {
        buf_add_str(&ticket, hash_str(&mac));
        buf_add_str(&ticket, note);
    }
    info.ticket = buf_str(&ticket);
    buf_clear(&a->reply);
    mirror_info_format(&a->reply, &info);
}

static bool ticket_note(struct act *a, str ticket, str *note)
{
    if (ticket.n <= sizeof(struct hash))
        return false;
    *note = str_sub(ticket, sizeof(struct hash), ticket.n);
    struct hash mac = ticket_mac(a, *note);
    return secret_equal(ticket.p, mac.b, sizeof mac.b);
}

/* The checkpoint of that size: the pending one, or the ticket's. */
static bool find_checkpoint(struct act *a, struct upload *u, uint64_t size, str ticket)
{
    str note;

    if (u->channel.pending.p && u->channel.pending_size == size)
        u->note = u->channel.pending;
    else if (ticket_note(a, ticket, &note))
        u->note = note;
    else
        return false;
    return note_checkpoint(u->note, &u->checkpoint, &u->text, NULL) == OK &&
           u->checkpoint.size == size && str_eq(u->checkpoint.origin, u->channel.origin);
}

/* ---- add-entries -------------------------------------------------------------------------- */

/* The root of [first, end): leaves that are here, then those of the package. */
static enum err subtree_root(struct act *a, const struct upload *u, const struct entry_package *p,
                             struct hash *out, struct fault *f)
{
    uint64_t first = p->start / WIRE_PACKAGE * WIRE_PACKAGE;
    struct merkle_frontier t = {0};
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT leaf FROM channel_entry WHERE log = ? AND idx >= ? AND idx < ?"
                 " ORDER BY idx",
                 "iii", u->channel.log, (int64_t)first, (int64_t)p->start));
    for (; query_row(&q); query_next(&q)) {
        struct hash h;
        if (query_str(&q, 0).n != sizeof h.b)
            break;
        memcpy(h.b, query_str(&q, 0).p, sizeof h.b);
        merkle_append(&t, &h);
    }
    TRY(query_end(&q, f));
    /* of this request: they are not in the store yet */
    for (uint64_t i = first + t.size; i < p->start; i++) {
        struct hash h = merkle_leaf(u->entries[i - u->start]);
        merkle_append(&t, &h);
    }
    for (uint64_t i = 0; i < p->end - p->start; i++) {
        struct hash h = merkle_leaf(p->entry[i]);
        merkle_append(&t, &h);
    }
    *out = merkle_root(&t);
    return OK;
}

/* Takes package after package; what is cut off at the end is sent again. */
static enum err take_packages(struct act *a, struct upload *u, struct add_entries *in,
                              struct fault *f)
{
    struct entry_package *p = arena_new_of(a->arena, struct entry_package);
    uint64_t room = WIRE_PACKAGES * (uint64_t)WIRE_PACKAGE;
    struct hash root;

    if (in->end - in->start < room)
        room = in->end - in->start;
    u->entries = arena_alloc(a->arena, (size_t)(room + 1) * sizeof *u->entries);
    TRY_PTR(p && u->entries, f);
    u->start = in->start;
    while (u->n < room && add_entries_next(in, u->start + u->n, p, NULL) == OK) {
        uint64_t first = p->start / WIRE_PACKAGE * WIRE_PACKAGE;
        if (u->n + (p->end - p->start) > room)
            break;
        TRY(subtree_root(a, u, p, &root, f));
        if (merkle_check_subtree_consistency(first, p->end, u->checkpoint.size, &root,
                                             &u->checkpoint.root, &p->proof) != OK)
            return mirror_refuse(a, 422, "the entries are not those of the checkpoint");
        memcpy(u->entries + u->n, p->entry, (size_t)(p->end - p->start) * sizeof *p->entry);
        u->n += p->end - p->start;
    }
    return OK;
}

static enum err parse_entries(struct act *a, struct upload *u, struct fault *f)
{
    u->parsed = arena_zalloc(a->arena, (size_t)u->n + 1, sizeof *u->parsed);
    TRY_PTR(u->parsed, f);
    for (uint64_t i = 0; i < u->n; i++)
        if (entry_parse(a->arena, u->entries[i], &u->parsed[i], NULL) != OK)
            u->parsed[i] = (struct entry){0}; /* it is mirrored all the same, and answered later */
    return OK;
}

static enum err conflict(struct act *a, const struct upload *u)
{
    const struct channel *c = &u->channel;

    put_info(a, c->pending_size, c->size, c->pending.p ? c->pending : S(""));
    return mirror_say(a, 409, info_type);
}

enum err add_entries_prepare(struct act *a, struct fault *f)
{
    struct upload *u = arena_new_of(a->arena, struct upload);
    struct add_entries in;
    bool here;

    TRY_PTR(u, f);
    TRY(add_entries_parse(a->body, &in, f));
    TRY(known_channel(a, in.origin, u, &here, f));
    if (!here)
        return mirror_refuse(a, 404, "the log is not known here");
    if (!u->channel.pending.p)
        return mirror_refuse(a, 422, "no checkpoint of this log was received");
    if (!find_checkpoint(a, u, in.end, in.ticket) || in.end < u->channel.head_size ||
        in.start > u->channel.size)
        return conflict(a, u);
    /* more than one package that is here already is a waste */
    uint64_t here_already = (u->channel.size < in.end ? u->channel.size : in.end) - in.start;
    if (here_already > WIRE_PACKAGE)
        return conflict(a, u);
    TRY(take_packages(a, u, &in, f));
    if (a->answered)
        return OK;
    if (u->n == 0 && in.start < in.end)
        return mirror_refuse(a, 400, "no whole package of entries");
    TRY(parse_entries(a, u, f));
    a->data = u;
    u->body_end = in.end;
    return link_peer(link_of(a), a->db, u->channel.partner, &u->partner, f);
}

/* Once all entries and payloads below its size are here, a checkpoint becomes the mirror's. */
static enum err complete(struct act *a, struct upload *u, struct fault *f)
{
    uint64_t missing;

    u->whole = false;
    if (u->channel.size < u->checkpoint.size)
        return OK;
    TRY(payloads_missing(a->db, u->channel.log, u->checkpoint.size, &a->reply, &missing, f));
    if (missing)
        return OK;
    u->whole = true;
    if (u->checkpoint.size <= u->channel.head_size)
        return OK;
    return db_run(a->db, f, "UPDATE channel SET head = ?, head_size = ? WHERE log = ?", "sii",
                  u->note, (int64_t)u->checkpoint.size, u->channel.log);
}

/* What is being written when relations end is not: from then on nothing passes. */
static enum err still_talks(struct act *a, const struct upload *u, bool *out, struct fault *f)
{
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, u->channel.partner, standing, f));
    *out = strcmp(standing, "accredited") == 0 || strcmp(standing, "suspended") == 0;
    return *out ? OK : mirror_refuse(a, 404, "the log is not known here");
}

enum err add_entries(struct act *a, struct fault *f)
{
    struct upload *u = a->data;
    uint64_t before;
    bool talks;

    TRY(still_talks(a, u, &talks, f));
    if (!talks)
        return OK;

    /* what another request wrote meanwhile is the same: both were proved */
    TRY(channel_by_origin(a->db, u->channel.origin, false, a->arena, &u->channel, f));
    before = u->channel.size;
    if (u->start > before)
        return fault(f, ERR_STALE, "the log is shorter than it was");
    uint64_t skip = before - u->start;
    if (skip < u->n) {
        TRY(channel_append(a, &u->channel, u->entries + skip, (size_t)(u->n - skip), f));
        for (uint64_t i = skip; i < u->n; i++)
            TRY(payload_expect(a, &u->parsed[i], u->channel.log, u->start + i, f));
    }
    TRY(complete(a, u, f));
    a->status = 200;
    if (u->whole)
        return OK;
    a->status = 202;
    if (u->channel.size < u->checkpoint.size) {
        a->type = info_type;
        put_info(a, u->checkpoint.size, u->channel.size, u->note);
    } else {
        a->type = missing_type;
    }
    return OK;
}

/* ---- add-payloads -------------------------------------------------------------------------- */

enum err add_payloads_prepare(struct act *a, struct fault *f)
{
    struct upload *u = arena_new_of(a->arena, struct upload);
    struct piece p;
    bool here;

    TRY_PTR(u, f);
    if (a->body.n < 2)
        return fault(f, ERR_MALFORMED_TEXT, "no origin");
    size_t n = (size_t)(unsigned char)a->body.p[0] << 8 | (unsigned char)a->body.p[1];
    str origin = str_sub(a->body, 2, 2 + n);
    u->pieces = str_sub(a->body, 2 + n, a->body.n);
    for (str rest = u->pieces; rest.n;)
        TRY(piece_next(&rest, &p, f));
    TRY(known_channel(a, origin, u, &here, f));
    if (!here)
        return mirror_refuse(a, 404, "the log is not known here");
    if (!u->channel.pending.p)
        return mirror_refuse(a, 422, "no checkpoint of this log was received");
    a->data = u;
    return link_peer(link_of(a), a->db, u->channel.partner, &u->partner, f);
}

enum err add_payloads(struct act *a, struct fault *f)
{
    struct upload *u = a->data;
    struct piece p;
    bool talks;

    TRY(still_talks(a, u, &talks, f));
    if (!talks)
        return OK;
    for (str rest = u->pieces; rest.n;) {
        TRY(piece_next(&rest, &p, f));
        TRY(payload_piece(a, u->channel.log, &p, f));
    }
    TRY(channel_by_origin(a->db, u->channel.origin, false, a->arena, &u->channel, f));
    u->note = u->channel.pending;
    TRY(note_checkpoint(u->note, &u->checkpoint, &u->text, f));
    TRY(complete(a, u, f));
    a->status = u->whole ? 200 : 202;
    a->type = missing_type;
    return OK;
}

/* ---- the receipt --------------------------------------------------------------------------- */

enum err mirror_known_serial(struct act *a, str partner, uint64_t newest, uint64_t *out,
                             struct fault *f)
{
    struct channel ours;
    enum err e = channel_of(a->db, partner, true, a->arena, &ours, f);

    *out = e == OK ? ours.serial : newest;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* After commit, off the writer: entries and payloads are durable, so the mirror may say so. */
enum err mirror_answer(struct act *a, struct fault *f)
{
    struct upload *u = a->data;
    struct peer own;
    uint64_t serial;

    if (a->status != 200 || !u || !u->whole)
        return OK;
    TRY(link_peer(link_of(a), a->db, a->house->state_code, &own, f));
    TRY(mirror_known_serial(a, u->channel.partner, own.serial, &serial, f));
    str name = str_printf(a->arena, "%s/mirror", own.name);
    TRY_PTR(name.p, f);
    buf_clear(&a->reply);
    TRY(keyring_cosign(a->house->keyring, serial, S("mirror"), name, u->text,
                       world_now(&a->house->world) / 1000, &a->reply, f));
    a->type = text_type;
    return OK;
}

void mirror_after(struct act *a)
{
    const struct upload *u = a->data;

    if (u && u->whole)
        link_wake_taker(link_of(a));
    /* a partner that speaks is there: what waits for it goes now */
    if (u)
        link_wake_courier(link_of(a), u->channel.partner, WAKE_CALLED);
}
