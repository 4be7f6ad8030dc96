/* parcels.c - the same uploads in a file, for a partner without a line, and its receipt back
 *
 *   "sifara-parcel/1\n", then for each request: u16 length of its name, name, u32 length, body
 *
 * The receiver's side needs nothing of its own: the requests are those of the line, and order and
 * resumption are the index, so that lines and files mix freely. The receipt is a signed checkpoint.
 */
#include "link/link_int.h"

static const char magic[] = "sifara-parcel/1\n";

enum { PARCEL_BYTES = 96 << 20 };

static void put_frame(struct buf *b, const char *name, str body)
{
    buf_add_u16(b, (uint16_t)strlen(name));
    buf_add_str(b, str_of(name));
    buf_add_u32(b, (uint32_t)body.n);
    buf_add_str(b, body);
}

struct packing {
    struct channel channel;
    struct peer own;
    uint64_t old, from; /* what the partner is known to hold */
};

static enum err put_introduction(struct act *a, const struct packing *p, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1024), note = BUF(NOTE_BYTES);

    upload_introduction(&text, a->house->state_code, p->channel.partner, &p->channel);
    TRY(keyring_link_note(a->house->keyring, p->channel.serial, p->channel.origin, buf_str(&text),
                          &note, f));
    put_frame(&a->reply, "introduce", buf_str(&note));
    return OK;
}

static enum err put_head(struct act *a, const struct packing *p, struct fault *f)
{
    AUTO(buf) struct buf head = BUF(NOTE_BYTES), body = BUF(NOTE_BYTES + 64 * 64);
    struct hash root;

    TRY(channel_root(a->db, &p->channel, p->channel.size, &root, f));
    TRY(keyring_link_head(a->house->keyring, p->channel.serial, p->channel.origin, p->channel.size,
                          &root, &head, f));
    TRY(upload_checkpoint(&body, a->db, &p->channel, p->old, buf_str(&head), f));
    put_frame(&a->reply, "add-checkpoint", buf_str(&body));
    return OK;
}

static enum err put_entries(struct act *a, const struct packing *p, struct fault *f)
{
    for (uint64_t at = p->from, next; at < p->channel.size; at = next) {
        AUTO(buf) struct buf body = BUF(UPLOAD_BYTES);
        TRY(upload_entries(&body, a->db, &p->channel, at, STR_NONE, a->arena, &next, f));
        put_frame(&a->reply, "add-entries", buf_str(&body));
    }
    return OK;
}

static enum err put_payload(struct act *a, const struct packing *p, uint64_t index, struct fault *f)
{
    struct entry e;
    str text;

    TRY(channel_entry(a->db, p->channel.log, index, a->arena, &text, f));
    TRY(entry_parse(a->arena, text, &e, f));
    for (uint64_t at = 0; at < e.size; at += WIRE_PIECE) {
        AUTO(buf) struct buf body = BUF(WIRE_PIECE + 1024);
        upload_payloads_begin(&body, &p->channel);
        TRY(upload_piece(&body, a->db, &e.sealed, at, e.size, f));
        put_frame(&a->reply, "add-payloads", buf_str(&body));
    }
    return OK;
}

/* ?old=N: how many entries the partner's node said that it holds, where it is not what we think. */
static enum err what_is_held(struct act *a, struct packing *p, struct fault *f)
{
    str old = act_param(a, S("old"));
    int64_t n;

    p->old = p->channel.pending_size;
    p->from = p->channel.head_size;
    if (!old.p)
        return OK;
    if (!str_to_int64(old, &n) || n < 0 || (uint64_t)n > p->channel.size)
        return fault(f, ERR_INVALID, "old= is a number of entries of this log");
    p->old = (uint64_t)n;
    p->from = p->old < p->from ? p->old : p->from;
    return OK;
}

/* That relations ended, where the partner has not said so yet. */
static enum err put_closing(struct act *a, bool *out, struct fault *f)
{
    struct closing c;
    enum err e = closing_due(a->db, act_param(a, S("state")), a->now, a->arena, &c, f);

    *out = e == OK && c.ours && c.proof.p;
    if (*out)
        put_frame(&a->reply, "close", c.proof);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err put_log(struct act *a, struct packing *p, struct fault *f)
{
    TRY(channel_of(a->db, act_param(a, S("state")), true, a->arena, &p->channel, f));
    if (p->channel.muted)
        return fault(f, ERR_CONFLICT,
                     "the channel is mute until its partner has said what it holds");
    TRY(what_is_held(a, p, f));
    TRY(put_introduction(a, p, f));
    TRY(put_head(a, p, f));
    TRY(put_entries(a, p, f));
    for (uint64_t i = p->from; i < p->channel.size; i++)
        TRY(put_payload(a, p, i, f));
    return OK;
}

/* To a recalled partner nothing goes but that it is recalled. */
enum err parcel_pack(struct act *a, struct fault *f)
{
    struct packing *p = arena_new_of(a->arena, struct packing);
    char standing[STANDING_MAX];
    bool closes;

    TRY_PTR(p, f);
    TRY(partner_standing(a->db, act_param(a, S("state")), standing, f));
    bool talks = strcmp(standing, "accredited") == 0 || strcmp(standing, "suspended") == 0;
    a->reply.max = PARCEL_BYTES;
    a->type = "application/octet-stream";
    buf_add_str(&a->reply, str_of(magic));
    if (talks)
        TRY(put_log(a, p, f));
    TRY(put_closing(a, &closes, f));
    return talks || closes ? OK : fault(f, ERR_CONFLICT, "nothing passes to this partner");
}

/* ---- the receipt comes back ------------------------------------------------------------------ */

/* A signed checkpoint, and behind it (or alone) the proof of what the partner answered to a
 * closing. */
struct returned {
    struct channel channel;
    struct checkpoint head;
    str receipt;
    struct closing_word *closed;
};

static enum err verify_receipt(struct act *a, struct returned *r, struct fault *f)
{
    struct hash root;
    int64_t at;
    str text;

    TRY(note_checkpoint(r->receipt, &r->head, &text, f));
    if (!str_eq(r->head.origin, r->channel.origin))
        return fault(f, ERR_INVALID, "a receipt for another log");
    TRY(link_check_receipt(a->house->link, a->db, r->channel.partner, r->receipt, a->arena, &at,
                           f));
    TRY(channel_root(a->db, &r->channel, r->head.size, &root, f));
    return secret_equal(root.b, r->head.root.b, sizeof root.b)
               ? OK
               : fault(f, ERR_BAD_PROOF, "a receipt for entries that are not ours");
}

enum err parcel_receipt_prepare(struct act *a, struct fault *f)
{
    struct returned *r = arena_new_of(a->arena, struct returned);

    TRY_PTR(r, f);
    *r = (struct returned){.receipt = a->body};
    TRY(channel_of(a->db, act_param(a, S("state")), true, a->arena, &r->channel, f));
    ptrdiff_t at = str_find(a->body, S("c2sp.org/tlog-proof@v1\n"));
    if (at >= 0) {
        r->receipt = str_sub(a->body, 0, (size_t)at);
        TRY(closing_answer_read(a->house, a->db, a->now, r->channel.partner,
                                str_sub(a->body, (size_t)at, a->body.n), a->arena, &r->closed, f));
    }
    if (at != 0)
        TRY(verify_receipt(a, r, f));
    a->data = r;
    a->subject = str_printf(a->arena, "partner/%.*s", STR_FMT(r->channel.partner));
    a->content = sha256(a->body);
    return OK;
}

enum err parcel_receipt(struct act *a, struct fault *f)
{
    const struct returned *r = a->data;
    struct jw w = JW(&a->reply);

    if (r->closed)
        TRY(closing_answered(a, r->closed, f));
    TRY(db_run(a->db, f,
               "UPDATE channel SET head = ?, head_size = ?, pending_size = max(pending_size, ?)"
               " WHERE log = ? AND head_size < ?",
               "siiii", r->receipt, (int64_t)r->head.size, (int64_t)r->head.size, r->channel.log,
               (int64_t)r->head.size));
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), r->channel.partner);
    jw_kv_int(&w, S("receipted"), (int64_t)r->head.size);
    jw_kv_bool(&w, S("closed"), r->closed != NULL);
    jw_close(&w, '}');
    return OK;
}

/* What waited for the receipt is appended at once: keys of sealed dispatches. */
void parcel_receipt_after(struct act *a)
{
    const struct returned *r = a->data;

    link_wake_courier(a->house->link, r->channel.partner, WAKE_CALLED);
}
