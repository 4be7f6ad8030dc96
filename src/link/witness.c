/* witness.c - heads of logs between two other states are cosigned here (C2SP tlog-witness)
 *
 * The owner of a log, a partner of ours, introduces it with a note that the log's key signed; the
 * policy decides whether we look at it. From then on we cosign its heads as long as each grows out
 * of the one before. We learn who owns the log, how long it is and hashes: neither what is in it
 * nor with whom it is shared. Two heads that do not fit are kept, and nothing of that log is
 * cosigned again.
 */
#include "base/log.h"
#include "link/link_int.h"

enum { WATCHED_OF_ONE = 400, WATCHED = 2048 /* the keyring remembers a head of each */ };

struct looking {
    str origin, owner;
    uint64_t old; /* the head that we cosigned last */
    str seen;     /* it, or STR_NONE */
    bool closed;  /* a contradiction is known */
    str note, text;
    struct checkpoint checkpoint;
    bool contradicts;
    bool unproved; /* larger than what we saw, and nothing shows that it grows out of that */
};

static struct link *link_of(const struct act *a)
{
    return a->house->link;
}

/* Only who is accredited is served: a suspended partner has its channel to us, and no more. */
static enum err is_served(struct act *a, str state, bool *out, struct fault *f)
{
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, state, standing, f));
    *out = strcmp(standing, "accredited") == 0;
    return *out ? mirror_check_line(a, state, f) : OK;
}

/* ---- introduce ------------------------------------------------------------------------------ */

/*  sifara-witness/1
 *  from XU
 *  to XR
 *  origin …
 * signed by the log key under the name of the origin. */
enum err witness_introduce_prepare(struct act *a, struct fault *f)
{
    struct looking *l = arena_new_of(a->arena, struct looking);
    struct introduction i;
    bool served;

    TRY_PTR(l, f);
    TRY(introduction_parse(a->body, S("sifara-witness/1"), &i, f));
    l->owner = i.from;
    l->origin = i.origin;
    TRY(is_served(a, l->owner, &served, f));
    if (!served || !str_eq(i.to, a->house->state_code))
        return mirror_refuse(a, 404, "no such state is served here");
    TRY(hop_check_request(a, l->owner, f));
    if (owner_signed(a, l->owner, l->origin, 0, f) != OK)
        return mirror_refuse(a, 403, "no key of the partner signed this");
    a->actor = (struct actor){.kind = ACTOR_PARTNER, .state = l->owner};
    a->data = l;
    a->subject = str_printf(a->arena, "log/%.*s", STR_FMT(l->origin));
    a->content = sha256(a->body);
    return OK;
}

enum err witness_introduce_facts(struct act *a, struct fault *f)
{
    const struct looking *l = a->data;
    struct cedar_entity *e;

    TRY(partner_put_state(a, l->owner, f));
    e = act_resource(a, S("Log"), l->origin);
    cedar_attr(a->entities, e, S("owner"), cedar_ref(a->entities, S("Sifara::State"), l->owner));
    return OK;
}

/* What we are a party to we do not witness, and a log has one owner. */
static enum err check_free(struct act *a, const struct looking *l, bool *out_known, struct fault *f)
{
    struct query q;

    *out_known = false;
    TRY(db_one(a->db, &q, f,
               "SELECT (SELECT count(*) FROM channel WHERE origin = ?),"
               " (SELECT count(*) FROM watched WHERE origin = ? AND owner = ?),"
               " (SELECT count(*) FROM watched WHERE origin = ?),"
               " (SELECT count(*) FROM watched WHERE owner = ?), (SELECT count(*) FROM watched)",
               "sssss", l->origin, l->origin, l->owner, l->origin, l->owner));
    bool ours = query_int(&q, 0) > 0, known = query_int(&q, 1) > 0, taken = query_int(&q, 2) > 0;
    int64_t of_owner = query_int(&q, 3), all = query_int(&q, 4);
    TRY(query_end(&q, f));
    if (ours || (taken && !known))
        return fault(f, ERR_CONFLICT, "this log is another one's, or our own");
    if (!known && (of_owner >= WATCHED_OF_ONE || all >= WATCHED))
        return fault(f, ERR_LIMIT, "no more logs are looked at here");
    *out_known = known;
    return OK;
}

enum err witness_introduce(struct act *a, struct fault *f)
{
    const struct looking *l = a->data;
    bool known;

    TRY(check_free(a, l, &known, f));
    a->type = "text/plain";
    buf_add_str(&a->reply, S("ok\n"));
    if (known)
        return OK;
    return db_run(a->db, f, "INSERT INTO watched(origin, owner, size, at) VALUES(?,?,0,?)", "ssi",
                  l->origin, l->owner, a->now);
}

enum err witness_introduce_answer(struct act *a, struct fault *f)
{
    const struct looking *l = a->data;

    return hop_sign_answer(a, l->owner, f);
}

/* ---- add-checkpoint ------------------------------------------------------------------------- */

static enum err find_watched(struct act *a, struct looking *l, bool *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT owner, size, note, (SELECT count(*) FROM equivocation e"
                        " WHERE e.origin = w.origin) FROM watched w WHERE origin = ?",
                        "s", l->origin);

    *out = false;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    l->owner = str_copy(a->arena, query_str(&q, 0));
    l->old = (uint64_t)query_int(&q, 1);
    l->seen = query_null(&q, 2) ? STR_NONE : str_copy(a->arena, query_str(&q, 2));
    l->closed = query_int(&q, 3) > 0;
    TRY(query_end(&q, f));
    TRY_PTR(l->owner.p, f);
    *out = true;
    return OK;
}

static enum err load_watched(struct act *a, struct looking *l, bool *out, struct fault *f)
{
    TRY(find_watched(a, l, out, f));
    return *out ? is_served(a, l->owner, out, f) : OK;
}

static enum err seen_root(const struct looking *l, struct hash *out, struct fault *f)
{
    struct checkpoint c;
    str text;

    *out = merkle_empty();
    if (!l->seen.p)
        return OK;
    TRY(note_checkpoint(l->seen, &c, &text, f));
    *out = c.root;
    return OK;
}

/* SPEC tlog-witness: 400, 409 and 422 in its order; a contradiction goes to run(), to be kept. */
static enum err judge(struct act *a, struct looking *l, const struct add_checkpoint *in,
                      struct fault *f)
{
    const struct checkpoint *c = &l->checkpoint;
    struct hash root;

    TRY(seen_root(l, &root, f));
    l->contradicts =
        l->seen.p && c->size == l->old && !secret_equal(root.b, c->root.b, sizeof root.b);
    if (in->old > c->size)
        return mirror_refuse(a, 400, "the old size is beyond the checkpoint's");
    if (l->contradicts && !l->closed)
        return OK;
    if (in->old != l->old) {
        size_line_format(&a->reply, l->old);
        return mirror_say(a, 409, "text/x.tlog.size");
    }
    if (l->closed)
        return mirror_refuse(a, 422, "two heads of this log contradict each other");
    l->unproved = !mirror_grows(in, c, &root);
    return OK; /* run() keeps what is not proved, and refuses it */
}

enum err witness_checkpoint_prepare(struct act *a, struct fault *f)
{
    struct looking *l = arena_new_of(a->arena, struct looking);
    struct add_checkpoint in;
    bool here;

    TRY_PTR(l, f);
    TRY(add_checkpoint_parse(a->body, &in, f));
    TRY(note_checkpoint(in.note, &l->checkpoint, &l->text, f));
    l->origin = l->checkpoint.origin;
    TRY(load_watched(a, l, &here, f));
    if (!here)
        return mirror_refuse(a, 404, "the log is not known here");
    if (mirror_head(a, l->owner, l->origin, in.note, &l->checkpoint, &l->text, f) != OK)
        return mirror_refuse(a, 403, "no key of the log signed this checkpoint");
    l->note = in.note;
    a->data = l;
    return judge(a, l, &in, f);
}

static enum err keep_contradiction(struct act *a, const struct looking *l, struct fault *f)
{
    TRY(mirror_contradiction(a, l->owner, l->origin, l->seen, l->note, f));
    LOG(LOG_ERROR, "a witnessed log has two heads that do not fit", LOG_STR("owner", l->owner),
        LOG_STR("log", l->origin));
    return mirror_refuse(a, 422, "this head contradicts another one that was signed");
}

/* The log signed it, so it has to fit some day; whoever mirrors the log can say whether it does.
 * The newest one is kept. */
static enum err keep_hint(struct act *a, const struct looking *l, struct fault *f)
{
    TRY(db_run(a->db, f, "UPDATE watched SET hint = ?, hint_at = ? WHERE origin = ?", "sis",
               l->note, a->now, l->origin));
    return mirror_refuse(a, 422, "the checkpoint does not grow out of the last one");
}

enum err witness_checkpoint(struct act *a, struct fault *f)
{
    const struct looking *l = a->data;

    if (l->contradicts)
        return keep_contradiction(a, l, f);
    if (l->unproved)
        return keep_hint(a, l, f);
    TRY(db_run(a->db, f,
               "UPDATE watched SET size = ?, note = ?, at = ? WHERE origin = ? AND size = ?"
               " AND NOT EXISTS (SELECT 1 FROM equivocation e WHERE e.origin = watched.origin)",
               "isisi", (int64_t)l->checkpoint.size, l->note, a->now, l->origin, (int64_t)l->old));
    return db_changes(a->db) ? OK : fault(f, ERR_STALE, "another checkpoint came meanwhile");
}

/* After commit, off the writer: what we saw is durable, so the witness may say so. */
enum err witness_answer(struct act *a, struct fault *f)
{
    const struct looking *l = a->data;
    struct peer own;
    uint64_t serial;

    TRY(link_peer(link_of(a), a->db, a->house->state_code, &own, f));
    TRY(mirror_known_serial(a, l->owner, own.serial, &serial, f));
    str name = str_printf(a->arena, "%s/witness", own.name);
    TRY_PTR(name.p, f);
    TRY(keyring_cosign(a->house->keyring, serial, S("witness"), name, l->text,
                       world_now(&a->house->world) / 1000, &a->reply, f));
    a->type = "text/plain";
    return OK;
}

/* ---- what monitors ask ----------------------------------------------------------------------- */

/*  sifara-monitor/1
 *  to XB
 *  origin …
 * The answer is notes, each behind its length in four bytes: the head that we cosigned last, with
 * our line; then heads of the same log that the owner signed and that we did not cosign: one that
 * contradicts, one that was not proved. */
static enum err read_monitor(struct act *a, str *to, str *origin, struct fault *f)
{
    str rest = a->body, head;
    bool whole = str_split(&rest, '\n', &head) && str_eq(head, S("sifara-monitor/1")) &&
                 introduction_line(&rest, "to ", to) && introduction_line(&rest, "origin ", origin);

    return whole && !rest.n && origin->n <= WIRE_ORIGIN
               ? OK
               : fault(f, ERR_MALFORMED_TEXT, "no question of a monitor");
}

static void put_note(struct act *a, str note, str line)
{
    if (!note.n)
        return;
    buf_add_u32(&a->reply, (uint32_t)(note.n + line.n));
    buf_add_str(&a->reply, note);
    buf_add_str(&a->reply, line);
}

/* Our line under it, again: the keyring knows that we gave it. */
static enum err own_line(struct act *a, const struct looking *l, struct buf *line, struct fault *f)
{
    struct checkpoint c;
    struct peer own;
    uint64_t serial;
    str text;

    TRY(note_checkpoint(l->seen, &c, &text, f));
    TRY(link_peer(link_of(a), a->db, a->house->state_code, &own, f));
    TRY(mirror_known_serial(a, l->owner, own.serial, &serial, f));
    str name = str_printf(a->arena, "%s/witness", own.name);
    TRY_PTR(name.p, f);
    return keyring_cosign(a->house->keyring, serial, S("witness"), name, text,
                          world_now(&a->house->world) / 1000, line, f);
}

static enum err put_others(struct act *a, str origin, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT e.second, w.hint FROM watched w LEFT JOIN equivocation e"
               " ON e.origin = w.origin WHERE w.origin = ?",
               "s", origin));
    put_note(a, query_str(&q, 0), S(""));
    put_note(a, query_str(&q, 1), S(""));
    return query_end(&q, f);
}

static enum err monitor_answer(struct act *a, str origin, struct fault *f)
{
    AUTO(buf) struct buf line = BUF(4096);
    struct looking l = {.origin = origin};
    bool served;

    TRY(find_watched(a, &l, &served, f));
    if (!served)
        return mirror_refuse(a, 404, "the log is not known here");
    if (l.seen.p)
        TRY(own_line(a, &l, &line, f));
    put_note(a, l.seen, buf_str(&line));
    return put_others(a, origin, f);
}

/* Whoever is accredited here and knows the name of a log, which is a secret of its two sides. */
enum err witness_monitor(struct act *a, struct fault *f)
{
    str to, origin, state;
    bool served;

    TRY(read_monitor(a, &to, &origin, f));
    TRY(hop_caller(a, &state, f));
    TRY(is_served(a, state, &served, f));
    if (!served || !str_eq(to, a->house->state_code))
        return mirror_refuse(a, 404, "no such state is served here");
    TRY(hop_check_request(a, state, f));
    a->type = "application/octet-stream";
    TRY(monitor_answer(a, origin, f));
    return hop_sign_answer(a, state, f);
}

/* ---- what officers see ---------------------------------------------------------------------- */

static void put_watched(struct jw *w, struct query *q)
{
    char at[32];

    time_format(query_int(q, 3), at);
    jw_open(w, '{');
    jw_kv(w, S("owner"), query_str(q, 0));
    jw_kv(w, S("log"), query_str(q, 1));
    jw_kv_int(w, S("size"), query_int(q, 2));
    jw_kv(w, S("at"), str_of(at));
    if (!query_null(q, 4)) {
        jw_key(w, S("contradiction"));
        jw_open(w, '{');
        jw_kv(w, S("first"), query_str(q, 4));
        jw_kv(w, S("second"), query_str(q, 5));
        jw_close(w, '}');
    }
    if (!query_null(q, 6))
        jw_kv(w, S("unproved"), query_str(q, 6));
    jw_close(w, '}');
}

/* The logs of others at which we look; those with a contradiction first. */
enum err witness_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;

    jw_open(&w, '{');
    jw_key(&w, S("logs"));
    jw_open(&w, '[');
    TRY(db_query(a->db, &q, f,
                 "SELECT w.owner, w.origin, w.size, w.at, e.first, e.second, w.hint FROM watched w"
                 " LEFT JOIN equivocation e ON e.origin = w.origin"
                 " ORDER BY e.origin IS NULL, w.owner, w.origin",
                 ""));
    for (; query_row(&q); query_next(&q))
        put_watched(&w, &q);
    TRY(query_end(&q, f));
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}
