/* sending.c - from an act to an entry of the channel's log
 *
 * The act that sends seals the payload in prepare() and writes dispatch, payload and outbox row in
 * its own transaction; nothing is sent that was not decided, nothing decided is forgotten. Rows
 * become entries in their order, each once: the row goes in the transaction in which the entry
 * comes.
 */
#include <inttypes.h>

#include "base/date.h"
#include "base/encode.h"
#include "link/link_int.h"

enum { APPEND_AT_ONCE = 1024, ORIGIN_RANDOM = 16 };

/* ---- in the act that sends ---------------------------------------------------------------- */

void sending_free(void *p)
{
    struct sending *s = p;

    buf_done(&s->sealed);
    buf_done(&s->kept);
    buf_done(&s->key);
}

enum err sending_begin(struct act *a, str state, str kind, struct sending **out, struct fault *f)
{
    struct sending *s = arena_new_of(a->arena, struct sending);

    TRY_PTR(s, f);
    *s = (struct sending){.kind = kind};
    TRY(link_peer(a->house->link, a->db, state, &s->partner, f));
    s->id = id_new(&a->house->world, 0);
    s->correlation = s->id;
    *out = s;
    return OK;
}

/* For our own eyes: what was sent, and the salt with which it can be proved to others. */
static enum err keep_content(struct act *a, struct sending *s, const uint8_t salt[PAYLOAD_SALT],
                             struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(PAYLOAD_SALT + (size_t)PAYLOAD_BYTES);

    buf_add(&plain, salt, PAYLOAD_SALT);
    buf_add_str(&plain, s->content);
    if (!buf_ok(&plain))
        return fault(f, ERR_MEMORY, "out of memory");
    s->kept = BUF(plain.n + SEAL_OVERHEAD);
    enum err e = seal(&s->kept, &a->house->record_key, S("dispatch"), buf_str(&plain), f);
    secret_wipe(plain.p, plain.n);
    return e;
}

/* The key of a sealed dispatch, sealed for the partner like any content; it lies here until the
 * receipt has come. */
static enum err seal_key(struct sending *s, str info, const struct key *lock, struct fault *f)
{
    uint8_t salt[PAYLOAD_SALT];

    s->key = BUF((size_t)payload_sealed_size(sizeof lock->b));
    TRY(payload_seal(&s->partner.seal, NULL, info, str_bytes(lock->b, sizeof lock->b), &s->key,
                     &s->key_content, salt, f));
    s->key_digest = sha256(buf_str(&s->key));
    return OK;
}

static enum err seal_content(struct sending *s, str info, uint8_t salt[PAYLOAD_SALT],
                             struct fault *f)
{
    struct key lock;

    secret_random(lock.b, sizeof lock.b);
    enum err e = payload_seal(&s->partner.seal, s->locked ? &lock : NULL, info, s->content,
                              &s->sealed, &s->content_digest, salt, f);
    if (e == OK && s->locked)
        e = seal_key(s, info, &lock, f);
    secret_wipe(&lock, sizeof lock);
    return e;
}

enum err sending_seal(struct act *a, struct sending *s, struct fault *f)
{
    AUTO(buf) struct buf info = BUF(1024);
    uint8_t salt[PAYLOAD_SALT];

    if (s->content.n > PAYLOAD_BYTES)
        return fault(f, ERR_TOO_LARGE, "at most %d bytes are sent", PAYLOAD_BYTES);
    s->sealed = BUF((size_t)payload_sealed_size(s->content.n));
    payload_info(&info, a->house->name, str_of(s->partner.name), &s->correlation);
    TRY(seal_content(s, buf_str(&info), salt, f));
    s->sealed_digest = sha256(buf_str(&s->sealed));
    return keep_content(a, s, salt, f);
}

/* Salted: an entry shows under which policy it was decided only to whom we say it. */
void sending_commit(struct act *a, struct entry *e)
{
    struct hash none = {{0}};

    world_random(&a->house->world, e->salt, sizeof e->salt);
    e->policy = sha256_parts((str[]){str_bytes(e->salt, sizeof e->salt),
                                     hash_str(a->policy ? policy_digest(a->policy) : &none)},
                             2);
}

static enum err put_outbox(struct act *a, const struct id *id, str partner, const struct entry *e,
                           struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES);

    TRY(entry_format(&text, e, a->arena, f));
    return db_run(a->db, f, "INSERT INTO link_outbox(id, partner, entry) VALUES(?,?,?)", "dsb", id,
                  partner, buf_str(&text));
}

static str body_of(const struct sending *s)
{
    if (s->emergency && s->locked)
        return S("{\"emergency\":true,\"sealed\":true}");
    if (s->locked)
        return S("{\"sealed\":true}");
    return s->emergency ? S("{\"emergency\":true}") : STR_NONE;
}

/* The entry that will give the key: it names the ciphertext that it opens. */
static enum err key_entry(struct act *a, struct sending *s, struct buf *text, struct fault *f)
{
    AUTO(buf) struct buf body = BUF(256);
    char hex[2 * sizeof(struct hash) + 1];
    struct jw w = JW(&body);
    struct entry e = {.kind = S("channel.key"),
                      .at = a->now,
                      .correlation = s->correlation,
                      .content = s->key_content,
                      .sealed = s->key_digest,
                      .size = s->key.n};

    hex_encode(s->sealed_digest.b, sizeof s->sealed_digest.b, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("of"), str_of(hex));
    jw_close(&w, '}');
    e.body = buf_str(&body);
    sending_commit(a, &e);
    TRY(payload_keep(a, &s->key_digest, buf_str(&s->key), f));
    return entry_format(text, &e, a->arena, f);
}

enum err sending_put(struct act *a, struct sending *s, struct fault *f)
{
    AUTO(buf) struct buf held = BUF(ENTRY_BYTES);
    struct entry e = {.kind = s->kind,
                      .at = a->now,
                      .correlation = s->correlation,
                      .content = s->content_digest,
                      .sealed = s->sealed_digest,
                      .size = s->sealed.n,
                      .n_undertakings = s->n_undertakings,
                      .body = body_of(s)};

    memcpy(e.undertaking, s->undertaking, sizeof e.undertaking);
    sending_commit(a, &e);
    if (s->locked)
        TRY(key_entry(a, s, &held, f));
    TRY(payload_keep(a, &s->sealed_digest, buf_str(&s->sealed), f));
    TRY(put_outbox(a, &s->id, str_of(s->partner.state), &e, f));
    return db_run(a->db, f,
                  "INSERT INTO dispatch(id, partner, sent, kind, correlation, at, officer, state,"
                  " sealed, body, locked, held) VALUES(?,?,1,?,?,?,?,'waiting',?,?,?,?)",
                  "dssdidbbib", &s->id, str_of(s->partner.state), s->kind, &s->correlation, a->now,
                  a->actor.kind == ACTOR_OFFICER ? &a->actor.id : NULL, hash_str(&s->sealed_digest),
                  buf_str(&s->kept), (int64_t)s->locked, s->locked ? buf_str(&held) : STR_NONE);
}

enum err sending_say(struct act *a, str partner, str kind, const struct id *correlation, str body,
                     struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);
    struct entry e = {.kind = kind, .at = a->now, .correlation = *correlation, .body = body};

    sending_commit(a, &e);
    return put_outbox(a, &id, partner, &e, f);
}

/* ---- rows become entries ------------------------------------------------------------------- */

struct appending {
    struct peer partner, own;
    struct appended out;
};

static enum err open_channel(struct act *a, struct appending *p, struct fault *f)
{
    uint8_t random[ORIGIN_RANDOM];
    char hex[2 * ORIGIN_RANDOM + 1];
    str partner = str_of(p->partner.state);

    world_random(&a->house->world, random, sizeof random);
    hex_encode(random, sizeof random, hex);
    str origin = str_printf(a->arena, "sifara-channel/%s", hex);
    TRY_PTR(origin.p, f);
    TRY(channel_add(a, partner, origin, true, 1, p->own.serial, f));
    return channel_of(a->db, partner, true, a->arena, &p->out.channel, f);
}

/* Entry 0: by which note verbale the partner was accredited. */
static enum err first_entry(struct act *a, struct appending *p, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES), body = BUF(1024);
    struct jw w = JW(&body);
    struct entry e = {.kind = S("channel.open"), .at = a->now};
    struct query q;
    char hex[65] = "";

    TRY(db_one(a->db, &q, f, "SELECT note FROM accreditation WHERE state = ?", "s",
               str_of(p->partner.state)));
    if (query_str(&q, 0).n == sizeof(struct hash))
        hex_encode(query_str(&q, 0).p, sizeof(struct hash), hex);
    TRY(query_end(&q, f));
    jw_open(&w, '{');
    jw_kv_int(&w, S("epoch"), (int64_t)p->out.channel.epoch);
    jw_kv(&w, S("from"), a->house->state_code);
    jw_kv(&w, S("note"), str_of(hex));
    jw_kv(&w, S("to"), str_of(p->partner.state));
    jw_close(&w, '}');
    e.correlation = id_new(&a->house->world, 0);
    e.body = buf_str(&body);
    sending_commit(a, &e);
    TRY(entry_format(&text, &e, a->arena, f));
    return channel_append(a, &p->out.channel, (str[]){buf_str(&text)}, 1, f);
}

/* Our keys changed: the log says so under the old ones, and the new ones count for this partner
 * once it has receipted that. */
static enum err say_keyset(struct act *a, struct appending *p, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES), body = BUF(CREDENCE_MAX);
    struct jw w = JW(&body);
    struct entry e = {.kind = S("channel.keyset"), .at = a->now};
    struct own_credence own;

    TRY(credence_own(a->db, a->arena, &own, f));
    jw_open(&w, '{');
    jw_kv(&w, S("note"), own.keyset_note);
    jw_close(&w, '}');
    e.correlation = id_new(&a->house->world, 0);
    e.body = buf_str(&body);
    sending_commit(a, &e);
    TRY(entry_format(&text, &e, a->arena, f));
    TRY(db_run(a->db, f, "UPDATE channel SET said_serial = ?, said_idx = ? WHERE log = ?", "iii",
               (int64_t)p->own.serial, (int64_t)p->out.channel.size, p->out.channel.log));
    return channel_append(a, &p->out.channel, (str[]){buf_str(&text)}, 1, f);
}

/* Keys that have ended sign nothing that the partner would take: the newest ones count then, of
 * which it can have learned by a letter alone. */
static enum err keys_ended(struct act *a, uint64_t serial, bool *out, struct fault *f)
{
    struct own_credence own;
    struct keyset k;
    struct query q;

    TRY(credence_own(a->db, a->arena, &own, f));
    TRY(db_one(a->db, &q, f, "SELECT keyset FROM own_credence WHERE serial = ?", "i",
               (int64_t)serial));
    *out = keyset_open(query_str(&q, 0), &own.credence.root, &k, NULL) == OK &&
           day_of_ms(a->now) > k.until + 1;
    return query_end(&q, f);
}

static enum err turn_keys(struct act *a, struct appending *p, struct fault *f)
{
    struct channel *c = &p->out.channel;
    bool known = c->said_serial > c->serial && c->head_size > c->said_idx, ended = false;

    if (p->own.serial > c->serial)
        TRY(keys_ended(a, c->serial, &ended, f));
    if (known || ended) {
        c->serial = ended ? p->own.serial : c->said_serial;
        TRY(db_run(a->db, f, "UPDATE channel SET serial = ? WHERE log = ?", "ii",
                   (int64_t)c->serial, c->log));
    }
    return p->own.serial > c->said_serial ? say_keyset(a, p, f) : OK;
}

/* The waiting rows, in their order. */
static enum err waiting_rows(struct act *a, str partner, struct id *ids, str *entries, size_t *n,
                             struct fault *f)
{
    struct query q;
    enum err e = OK;

    *n = 0;
    TRY(db_query(a->db, &q, f,
                 "SELECT id, entry FROM link_outbox WHERE partner = ? ORDER BY id LIMIT ?", "si",
                 partner, (int64_t)APPEND_AT_ONCE));
    for (; e == OK && query_row(&q); query_next(&q)) {
        ids[*n] = query_id(&q, 0);
        entries[*n] = str_copy(a->arena, query_str(&q, 1));
        e = entries[*n].p ? OK : fault(f, ERR_MEMORY_LIMIT, "out of memory");
        ++*n;
    }
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

static enum err move_rows(struct act *a, struct appending *p, struct fault *f)
{
    struct id *ids = arena_alloc(a->arena, APPEND_AT_ONCE * sizeof *ids);
    str *entries = arena_alloc(a->arena, APPEND_AT_ONCE * sizeof *entries);
    uint64_t first = p->out.channel.size;
    size_t n;

    TRY_PTR(ids && entries, f);
    TRY(waiting_rows(a, str_of(p->partner.state), ids, entries, &n, f));
    if (n)
        TRY(channel_append(a, &p->out.channel, entries, n, f));
    for (size_t i = 0; i < n; i++) {
        TRY(db_run(a->db, f, "DELETE FROM link_outbox WHERE id = ?", "d", &ids[i]));
        TRY(db_run(a->db, f, "UPDATE dispatch SET log = ?, idx = ? WHERE id = ?", "iid",
                   p->out.channel.log, (int64_t)(first + i), &ids[i]));
    }
    return OK;
}

/* What waits for a receipt that is here now: the keys of sealed dispatches. */
static enum err held_keys(struct act *a, const struct channel *c, struct id *ids, str *entries,
                          size_t *n, struct fault *f)
{
    struct query q;
    enum err e = OK;

    *n = 0;
    TRY(db_query(a->db, &q, f,
                 "SELECT id, held FROM dispatch WHERE held IS NOT NULL AND log = ? AND idx < ?"
                 " ORDER BY idx LIMIT ?",
                 "iii", c->log, (int64_t)c->head_size, (int64_t)LOCK_HELD));
    for (; e == OK && query_row(&q); query_next(&q)) {
        ids[*n] = query_id(&q, 0);
        entries[*n] = str_copy(a->arena, query_str(&q, 1));
        e = entries[*n].p ? OK : fault(f, ERR_MEMORY_LIMIT, "out of memory");
        ++*n;
    }
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

static enum err give_keys(struct act *a, struct appending *p, struct fault *f)
{
    struct id ids[LOCK_HELD];
    str entries[LOCK_HELD];
    size_t n;

    TRY(held_keys(a, &p->out.channel, ids, entries, &n, f));
    if (n)
        TRY(channel_append(a, &p->out.channel, entries, n, f));
    for (size_t i = 0; i < n; i++)
        TRY(db_run(a->db, f, "UPDATE dispatch SET held = NULL WHERE id = ?", "d", &ids[i]));
    return OK;
}

/* Our log to the partner, begun where there is none. */
static enum err ready_channel(struct act *a, struct appending *p, struct fault *f)
{
    enum err e = channel_of(a->db, str_of(p->partner.state), true, a->arena, &p->out.channel, f);

    if (e == ERR_NOT_FOUND)
        e = open_channel(a, p, f);
    TRY(e);
    return p->out.channel.size == 0 && !p->out.channel.muted ? first_entry(a, p, f) : OK;
}

enum err sending_channel(struct act *a, str partner, struct channel *out, struct fault *f)
{
    struct appending p = {0};

    TRY(link_peer(a->house->link, a->db, partner, &p.partner, f));
    TRY(link_peer(a->house->link, a->db, a->house->state_code, &p.own, f));
    TRY(ready_channel(a, &p, f));
    *out = p.out.channel;
    return OK;
}

static enum err find_closing(struct act *a, struct appending *p, struct fault *f)
{
    enum err e = closing_due(a->db, str_of(p->partner.state), a->now, a->arena, &p->out.closing, f);

    p->out.closes = e == OK;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* That the relation ended is said in our log, at the end that it then has. */
static enum err say_closings(struct act *a, struct appending *p, struct fault *f)
{
    while (p->out.closes && !p->out.closing.has_entry) {
        TRY(closing_append(a, &p->out.channel, &p->out.closing, f));
        TRY(find_closing(a, p, f));
    }
    return OK;
}

static enum err append_run(struct act *a, struct fault *f)
{
    struct appending *p = a->data;
    str partner = str_of(p->partner.state);
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, partner, standing, f));
    p->out.talks = strcmp(standing, "accredited") == 0 || strcmp(standing, "suspended") == 0;
    TRY(find_closing(a, p, f));
    if (!p->out.talks && !p->out.closes)
        return OK;
    TRY(ready_channel(a, p, f));
    if (p->out.channel.muted)
        return OK;
    if (p->out.talks)
        TRY(turn_keys(a, p, f));
    TRY(say_closings(a, p, f));
    if (!p->out.talks)
        return OK;
    TRY(give_keys(a, p, f));
    return move_rows(a, p, f);
}

static const struct action append_chore = {.name = "channel.append",
                                           .kind = ACTION_CHORE,
                                           .method = ACTION_INTERNAL,
                                           .who = ACTOR_SYSTEM,
                                           .resource = "Session",
                                           .summary = "Waiting dispatches become entries",
                                           .run = append_run};

enum err sending_perform(struct link *l, const struct action *action, void *data,
                         struct arena *arena, struct fault *f)
{
    struct act a = {.action = action,
                    .house = l->house,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .data = data};
    enum err e = gate_perform(l->house->gate, &a);

    if (e != OK && f)
        *f = a.fault;
    act_done(&a);
    return e;
}

enum err sending_append(struct link *l, str partner, struct arena *arena, struct appended *out,
                        struct fault *f)
{
    struct appending *p = arena_new_of(arena, struct appending);
    struct db *db;

    TRY_PTR(p, f);
    TRY(db_pool_take(l->house->readers, &db, f));
    enum err e = link_peer(l, db, partner, &p->partner, f);
    if (e == OK)
        e = link_peer(l, db, l->house->state_code, &p->own, f);
    db_pool_put(l->house->readers, db);
    TRY(e);
    TRY(sending_perform(l, &append_chore, p, arena, f));
    *out = p->out;
    return out->talks || out->closes
               ? OK
               : fault(f, ERR_DENIED, "the partner is neither accredited nor suspended");
}

/* ---- what the partner holds ---------------------------------------------------------------- */

struct mark {
    const struct channel *channel;
    str note;
    uint64_t size;
    bool receipt;
};

static enum err mark_run(struct act *a, struct fault *f)
{
    const struct mark *m = a->data;

    if (m->receipt) {
        TRY(db_run(a->db, f,
                   "UPDATE channel SET head = ?, head_size = ? WHERE log = ? AND head_size < ?",
                   "siii", m->note, (int64_t)m->size, m->channel->log, (int64_t)m->size));
        return witnessed_settle(a, m->channel->log, f);
    }
    return db_run(a->db, f, "UPDATE channel SET pending_size = ? WHERE log = ?", "ii",
                  (int64_t)m->size, m->channel->log);
}

static const struct action mark_chore = {.name = "channel.mark",
                                         .kind = ACTION_CHORE,
                                         .method = ACTION_INTERNAL,
                                         .who = ACTOR_SYSTEM,
                                         .resource = "Session",
                                         .summary = "How far a partner holds our log",
                                         .run = mark_run};

enum err sending_receipted(struct link *l, const struct channel *c, str note, uint64_t size,
                           struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct mark m = {c, note, size, true};

    TRY_PTR(a, f);
    return sending_perform(l, &mark_chore, &m, a, f);
}

enum err sending_pending(struct link *l, const struct channel *c, uint64_t size, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct mark m = {.channel = c, .size = size};

    TRY_PTR(a, f);
    return sending_perform(l, &mark_chore, &m, a, f);
}

/* ---- the signing fence --------------------------------------------------------------------- */

struct tail {
    const struct channel *channel;
    const str *entries;
    size_t n;
    enum { TAIL_APPEND, TAIL_MUTE, TAIL_UNMUTE } what;
    struct channel now;
};

/* An entry that came back is no longer to be sent: its row is known by the leaf. */
static enum err drop_row(struct act *a, struct tail *t, str entry, uint64_t index, struct fault *f)
{
    struct entry e;
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT id FROM link_outbox WHERE partner = ? AND entry = ?", "sb",
                 t->channel->partner, entry));
    bool waits = query_row(&q);
    struct id id = waits ? query_id(&q, 0) : (struct id){{0}};
    TRY(query_end(&q, f));
    if (waits) {
        TRY(db_run(a->db, f, "DELETE FROM link_outbox WHERE id = ?", "d", &id));
        return db_run(a->db, f, "UPDATE dispatch SET log = ?, idx = ? WHERE id = ?", "iid",
                      t->channel->log, (int64_t)index, &id);
    }
    /* a key that was given already */
    TRY(db_run(a->db, f, "UPDATE dispatch SET held = NULL WHERE partner = ? AND held = ?", "sb",
               t->channel->partner, entry));
    /* the act itself was lost: that something was sent stands, what it was only the partner has */
    if (entry_parse(a->arena, entry, &e, NULL) != OK || e.size == 0 ||
        str_starts(e.kind, S("channel.")))
        return OK;
    id = id_new(&a->house->world, 0);
    return db_run(a->db, f,
                  "INSERT INTO dispatch(id, partner, sent, kind, correlation, at, state, log, idx,"
                  " sealed) VALUES(?,?,1,?,?,?,'recovered',?,?,?)",
                  "dssdiiib", &id, t->channel->partner, e.kind, &e.correlation, e.at,
                  t->channel->log, (int64_t)index, hash_str(&e.sealed));
}

static enum err tail_run(struct act *a, struct fault *f)
{
    struct tail *t = a->data;

    TRY(channel_by_origin(a->db, t->channel->origin, true, a->arena, &t->now, f));
    if (t->what != TAIL_APPEND)
        return db_run(a->db, f, "UPDATE channel SET muted = ? WHERE log = ?", "ii",
                      (int64_t)(t->what == TAIL_MUTE), t->channel->log);
    if (t->now.size != t->channel->size)
        return fault(f, ERR_STALE, "the log grew meanwhile");
    for (size_t i = 0; i < t->n; i++)
        TRY(drop_row(a, t, t->entries[i], t->now.size + i, f));
    return channel_append(a, &t->now, t->entries, t->n, f);
}

static const struct action tail_chore = {.name = "channel.recover",
                                         .kind = ACTION_CHORE,
                                         .method = ACTION_INTERNAL,
                                         .who = ACTOR_SYSTEM,
                                         .resource = "Session",
                                         .summary = "A log gets back what its partner holds",
                                         .run = tail_run};

enum err sending_recover(struct link *l, struct channel *c, const str *entries, size_t n,
                         struct arena *arena, struct fault *f)
{
    struct tail t = {.channel = c, .entries = entries, .n = n, .what = TAIL_APPEND};

    TRY(sending_perform(l, &tail_chore, &t, arena, f));
    c->size = t.now.size;
    return OK;
}

enum err sending_mute(struct link *l, const struct channel *c, bool mute, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct tail t = {.channel = c, .what = mute ? TAIL_MUTE : TAIL_UNMUTE};

    TRY_PTR(a, f);
    return sending_perform(l, &tail_chore, &t, a, f);
}

enum err link_mute_all(struct db *writer, struct fault *f)
{
    return db_run(writer, f, "UPDATE channel SET muted = 1 WHERE sent = 1", "");
}
