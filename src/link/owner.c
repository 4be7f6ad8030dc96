/* owner.c - what the owner of a log says to its mirror beside the specification: that the log
 * exists, and that it wants its own tail back. Both are notes that the log's key signed. */
#include "base/date.h"
#include "link/link_int.h"

/* ---- introduce ---------------------------------------------------------------------------- */

enum err owner_signed(struct act *a, str state, str origin, uint64_t index, struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct note_key keys[KEYSETS_MAX];
    uint64_t signers;
    str text;
    size_t n;

    TRY(partner_keysets(a->db, state, index, day_of_ms(a->now), a->arena, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        keys[i] = keyset_log_key(&sets[i], origin);
    return note_open(a->body, keys, n, &text, &signers, f);
}

/*  sifara-channel/1
 *  from XA
 *  to XU
 *  origin …
 *  epoch 1
 * signed by the log key under the name of the origin. */
enum err introduce_prepare(struct act *a, struct fault *f)
{
    struct introduction *i = arena_new_of(a->arena, struct introduction);
    bool talks;

    TRY_PTR(i, f);
    TRY(introduction_parse(a->body, S("sifara-channel/1"), i, f));
    TRY(mirror_may_talk(a, i->from, &talks, f));
    if (!talks || !str_eq(i->to, a->house->state_code))
        return mirror_refuse(a, 404, "there is no such channel");
    TRY(hop_check_request(a, i->from, f));
    if (owner_signed(a, i->from, i->origin, 0, f) != OK)
        return mirror_refuse(a, 403, "no key of the partner signed this");
    a->data = i;
    return OK;
}

/* A channel is replaced only by one of a later epoch. */
enum err introduce(struct act *a, struct fault *f)
{
    const struct introduction *i = a->data;
    struct channel c;

    enum err e = channel_of(a->db, i->from, false, a->arena, &c, f);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    a->type = "text/plain";
    buf_add_str(&a->reply, S("ok\n"));
    if (e == OK && str_eq(c.origin, i->origin))
        return OK;
    if (e == OK && (uint64_t)i->epoch <= c.epoch)
        return fault(f, ERR_CONFLICT, "another channel of this epoch is known");
    return channel_add(a, i->from, i->origin, false, (uint64_t)i->epoch, 0, f);
}

enum err introduce_answer(struct act *a, struct fault *f)
{
    const struct introduction *i = a->data;

    return hop_sign_answer(a, i->from, f);
}

/* ---- recover ------------------------------------------------------------------------------- */

/*  sifara-recover/1
 *  origin …
 *  from N
 *  at MILLISECONDS
 * signed by the log's own key. The answer is the highest checkpoint that we hold and entries from
 * N on: whoever lost the tail of a log gets it back from here. */
struct recovery {
    str origin;
    int64_t from, at;
};

enum { RECOVER_WINDOW = 86400000, RECOVER_ENTRIES = 8192, RECOVER_BYTES = 3 << 20 };

static enum err read_recovery(str note, struct recovery *r, struct fault *f)
{
    str rest = note, head, from, at;
    bool whole = str_split(&rest, '\n', &head) && str_eq(head, S("sifara-recover/1")) &&
                 introduction_line(&rest, "origin ", &r->origin) &&
                 introduction_line(&rest, "from ", &from) && introduction_line(&rest, "at ", &at) &&
                 str_to_int64(from, &r->from) && str_to_int64(at, &r->at);

    return whole && r->from >= 0 ? OK : fault(f, ERR_MALFORMED_TEXT, "no request to recover a log");
}

static enum err put_tail(struct act *a, const struct channel *c, uint64_t from, struct fault *f)
{
    struct query q;

    buf_add_u32(&a->reply, (uint32_t)c->pending.n);
    buf_add_str(&a->reply, c->pending);
    TRY(db_query(a->db, &q, f,
                 "SELECT entry FROM channel_entry WHERE log = ? AND idx >= ? AND idx < ?"
                 " ORDER BY idx",
                 "iii", c->log, (int64_t)from, (int64_t)(from + RECOVER_ENTRIES)));
    for (; query_row(&q) && a->reply.n < RECOVER_BYTES; query_next(&q)) {
        buf_add_u16(&a->reply, (uint16_t)query_str(&q, 0).n);
        buf_add_str(&a->reply, query_str(&q, 0));
    }
    return query_end(&q, f);
}

static enum err recover_tail(struct act *a, str state, const struct recovery *r, struct fault *f)
{
    struct channel c;
    enum err e = channel_by_origin(a->db, r->origin, false, a->arena, &c, f);

    if (e == ERR_NOT_FOUND || (e == OK && !str_eq(c.partner, state)))
        return mirror_refuse(a, 404, "the log is not known here");
    TRY(e);
    int64_t off = a->now - r->at;
    if (owner_signed(a, c.partner, r->origin, c.size, f) != OK || off > RECOVER_WINDOW ||
        off < -RECOVER_WINDOW)
        return mirror_refuse(a, 403, "no key of the log signed this request today");
    if (!c.pending.p)
        return mirror_refuse(a, 404, "no checkpoint of this log was received");
    TRY(put_tail(a, &c, (uint64_t)r->from, f));
    a->type = "application/octet-stream";
    return OK;
}

/* That we hold nothing is signed too: upon it the owner of a log signs again. */
enum err recover_read(struct act *a, struct fault *f)
{
    struct recovery r;
    bool talks;
    str state;

    TRY(read_recovery(a->body, &r, f));
    TRY(hop_caller(a, &state, f));
    TRY(mirror_may_talk(a, state, &talks, f));
    if (!talks)
        return mirror_refuse(a, 404, "the log is not known here");
    TRY(hop_check_request(a, state, f));
    TRY(recover_tail(a, state, &r, f));
    return hop_sign_answer(a, state, f);
}
