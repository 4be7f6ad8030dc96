/* taking.c - what partners sent and we receipted is taken up, in order, once
 *
 * Each entry is an act of the partner: the policy decides whether it may enter. The mark of the
 * channel moves in the same transaction, so nothing is taken up twice, and nothing is passed over.
 * What is refused, unknown or damaged is answered by an entry of ours that says why.
 */
#include <semaphore.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "link/link_int.h"

enum { FLIGHT = 128, TAKING_ARENA = 200 << 20, IDLE_S = 30 };

/* ---- phases of the acts --------------------------------------------------------------------- */

enum err taking_prepare(struct act *a, struct fault *f)
{
    struct taking *t = a->data;
    AUTO(buf) struct buf sealed = BUF((size_t)payload_sealed_size(PAYLOAD_BYTES));
    AUTO(buf) struct buf plain = BUF(PAYLOAD_BYTES);

    if (t->entry.size == 0)
        return fault(f, ERR_INVALID, "a dispatch of this kind has a payload");
    TRY(payload_whole(a->db, &t->entry.sealed, &sealed, f));
    enum err e = payload_open(&t->key, buf_str(&sealed), &t->entry.content, &plain, t->salt, NULL);
    if (e != OK && t->has_older) /* sealed before our keys changed */
        e = payload_open(&t->older, buf_str(&sealed), &t->entry.content, &plain, t->salt, NULL);
    if (e != OK)
        return fault(f, ERR_INVALID, "the payload is not sealed for us, or is another one");
    t->in.content = str_copy(a->arena, buf_str(&plain));
    TRY_PTR(t->in.content.p, f);
    if (!t->unlocked)
        t->in.id = id_new(&a->house->world, 0);
    t->in.partner = t->channel.partner;
    t->in.kind = t->entry.kind;
    t->in.correlation = t->entry.correlation;
    t->in.at = t->entry.at;
    a->subject = str_printf(a->arena, "dispatch/%.*s", STR_FMT(act_id_text(a, &t->in.id)));
    a->content = t->entry.content;
    return dispatch_read(a->house->link, t->entry.kind, t->in.content, a->arena, &t->in.json, f);
}

enum err taking_facts(struct act *a, struct fault *f)
{
    const struct taking *t = a->data;

    return dispatch_put_facts(
        a,
        &(struct dispatch_facts){.partner = t->channel.partner,
                                 .id = act_id_text(a, &t->in.id),
                                 .kind = t->entry.kind,
                                 .emergency = t->emergency,
                                 .locked = t->unlocked,
                                 .organisation = json_get_str(t->in.json, S("organisation")),
                                 .undertaking = t->entry.undertaking,
                                 .n_undertakings = t->entry.n_undertakings},
        f);
}

enum err taking_mark(struct act *a, struct fault *f)
{
    const struct taking *t = a->data;

    TRY(db_run(a->db, f, "UPDATE channel SET taken = ? WHERE log = ? AND taken = ?", "iii",
               (int64_t)t->index + 1, t->channel.log, (int64_t)t->index));
    return db_changes(a->db) ? OK : fault(f, ERR_CONFLICT, "an earlier entry comes first");
}

enum err taking_keep(struct act *a, struct fault *f)
{
    struct taking *t = a->data;
    AUTO(buf) struct buf plain = BUF(PAYLOAD_SALT + (size_t)PAYLOAD_BYTES);
    AUTO(buf) struct buf kept = BUF(PAYLOAD_SALT + (size_t)PAYLOAD_BYTES + SEAL_OVERHEAD);

    TRY(taking_mark(a, f));
    buf_add(&plain, t->salt, PAYLOAD_SALT);
    buf_add_str(&plain, t->in.content);
    TRY(seal(&kept, &a->house->record_key, S("dispatch"), buf_str(&plain), f));
    if (t->unlocked)
        return db_run(a->db, f, "UPDATE dispatch SET state = 'received', body = ? WHERE id = ?",
                      "bd", buf_str(&kept), &t->in.id);
    return db_run(a->db, f,
                  "INSERT INTO dispatch(id, partner, sent, kind, correlation, at, state, log, idx,"
                  " sealed, body) VALUES(?,?,0,?,?,?,'received',?,?,?,?)",
                  "dssdiiibb", &t->in.id, t->channel.partner, t->entry.kind, &t->entry.correlation,
                  t->entry.at, t->channel.log, (int64_t)t->index, hash_str(&t->entry.sealed),
                  buf_str(&kept));
}

/* A sealed dispatch: that it is here is known, what it says only once its key comes. */
static enum err locked_run(struct act *a, struct fault *f)
{
    struct taking *t = a->data;

    TRY(taking_mark(a, f));
    t->in.id = id_new(&a->house->world, 0);
    return db_run(a->db, f,
                  "INSERT INTO dispatch(id, partner, sent, kind, correlation, at, state, log, idx,"
                  " sealed, locked) VALUES(?,?,0,?,?,?,'locked',?,?,?,1)",
                  "dssdiiib", &t->in.id, t->channel.partner, t->entry.kind, &t->entry.correlation,
                  t->entry.at, t->channel.log, (int64_t)t->index, hash_str(&t->entry.sealed));
}

static const struct action locked_chore = {.name = "channel.locked",
                                           .kind = ACTION_CHORE,
                                           .method = ACTION_INTERNAL,
                                           .who = ACTOR_SYSTEM,
                                           .resource = "Session",
                                           .summary = "A sealed dispatch waits for its key",
                                           .run = locked_run};

/* ---- what the channel says of itself --------------------------------------------------------- */

/* Several dispatches can have one correlation: which was refused says its index. */
static enum err refused_said(struct act *a, const struct taking *t, struct fault *f)
{
    str why = t->entry.body.p ? t->entry.body : S("{}");
    struct json *j;

    TRY(json_parse(a->arena, why, NULL, &j, f));
    return db_run(a->db, f,
                  "UPDATE dispatch SET state = 'refused', reason = ?1 WHERE correlation = ?2"
                  " AND sent = 1 AND partner = ?3 AND state = 'waiting' AND (?4 < 0 OR idx = ?4)",
                  "sdsi", why, &t->entry.correlation, t->channel.partner,
                  json_get_int(j, S("index"), -1));
}

static enum err keyset_said(struct act *a, const struct taking *t, struct fault *f)
{
    struct json *j;

    if (!t->entry.body.p)
        return OK;
    TRY(json_parse(a->arena, t->entry.body, NULL, &j, f));
    enum err e = partner_keyset_add(a, t->channel.partner, json_get_str(j, S("note")), f);
    /* what does not verify changes nothing; the entry stays as evidence */
    return err_class(e) == CLASS_INTERNAL ? e : OK;
}

static enum err said_run(struct act *a, struct fault *f)
{
    const struct taking *t = a->data;

    TRY(taking_mark(a, f));
    if (str_eq(t->entry.kind, S("channel.refused")))
        return refused_said(a, t, f);
    if (str_eq(t->entry.kind, S("channel.keyset")))
        return keyset_said(a, t, f);
    return OK;
}

/* The partner's new keys count from here on. */
static void said_after(struct act *a)
{
    const struct taking *t = a->data;

    if (str_eq(t->entry.kind, S("channel.keyset")))
        link_forget_peers(a->house->link);
}

static const struct action said_chore = {.name = "channel.said",
                                         .kind = ACTION_CHORE,
                                         .method = ACTION_INTERNAL,
                                         .who = ACTOR_SYSTEM,
                                         .resource = "Session",
                                         .summary = "What a channel says of itself is noted",
                                         .run = said_run,
                                         .after = said_after};

/* ---- refusing -------------------------------------------------------------------------------- */

/* Tells the partner why, as far as it concerns the partner: the rule's own words. */
static enum err refusal_run(struct act *a, struct fault *f)
{
    const struct taking *t = a->data;

    TRY(taking_mark(a, f));
    if (t->unlocked)
        TRY(db_run(a->db, f, "UPDATE dispatch SET state = 'refused' WHERE id = ?", "d", &t->in.id));
    if (t->refusal.n == 0 || t->entry.kind.n == 0)
        return OK;
    return sending_say(a, t->channel.partner, S("channel.refused"), &t->entry.correlation,
                       t->refusal, f);
}

static const struct action refusal_chore = {.name = "channel.refuse",
                                            .kind = ACTION_CHORE,
                                            .method = ACTION_INTERNAL,
                                            .who = ACTOR_SYSTEM,
                                            .resource = "Session",
                                            .summary = "A partner is told what was refused",
                                            .run = refusal_run};

static enum err write_refusal(const struct act *a, struct taking *t, struct arena *arena)
{
    AUTO(buf) struct buf b = BUF(16 << 10);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("error"), str_of(err_slug(a->err)));
    jw_kv(&w, S("detail"), str_of(a->fault.detail));
    if (!t->unlocked) /* else it is the key's, and not that of what it opened */
        jw_kv_int(&w, S("index"), (int64_t)t->index);
    if (a->err == ERR_DENIED && a->policy && !a->decision.permit) {
        jw_key(&w, S("by"));
        policy_explain(&w, a->policy, &a->decision, S("en"));
    }
    jw_close(&w, '}');
    t->refusal = buf_ok(&b) ? str_copy(arena, buf_str(&b)) : STR_NONE;
    return t->refusal.p ? OK : ERR_MEMORY_LIMIT;
}

/* ---- a flight of entries --------------------------------------------------------------------- */

struct flight {
    struct link *link;
    struct channel channel;
    struct peer partner, own;
    struct arena *arena;
    struct taking taking[FLIGHT];
    struct act act[FLIGHT];
    size_t n;
    sem_t landed;
};

static void landed(struct act *a)
{
    sem_post(a->user);
}

/* Reads an entry of the flight's log; one that is no entry has no kind. */
static enum err read_entry(struct flight *fl, struct db *db, uint64_t index, struct taking *t,
                           struct fault *f)
{
    struct json *j;
    str text;

    TRY(channel_entry(db, fl->channel.log, index, fl->arena, &text, f));
    if (entry_parse(fl->arena, text, &t->entry, NULL) != OK)
        t->entry = (struct entry){0};
    t->emergency = t->locked = false;
    if (!t->entry.body.p || json_parse(fl->arena, t->entry.body, NULL, &j, NULL) != OK)
        return OK;
    t->emergency = json_get_bool(j, S("emergency"), false);
    t->locked = t->entry.size && json_get_bool(j, S("sealed"), false);
    return OK;
}

static enum err load_entry(struct flight *fl, struct db *db, size_t i, struct fault *f)
{
    struct taking *t = &fl->taking[i];

    t->channel = fl->channel;
    t->partner = fl->partner;
    t->index = fl->channel.taken + i;
    return read_entry(fl, db, t->index, t, f);
}

/* What the keyring is asked for one payload. False where the payload is not there. */
static bool ask_for(struct flight *fl, struct db *db, const struct entry *e, const struct key *lock,
                    struct keyring_sealed *out)
{
    AUTO(buf) struct buf first = BUF((size_t)2 << 20), info = BUF(1024);

    if (e->size == 0 || payload_read(db, &e->sealed, 0, &first, NULL) != OK ||
        first.n < PAYLOAD_ENC)
        return false;
    payload_info(&info, str_of(fl->partner.name), str_of(fl->own.name), &e->correlation);
    *out = (struct keyring_sealed){
        .enc = str_copy(fl->arena, str_sub(buf_str(&first), 0, PAYLOAD_ENC)),
        .info = str_copy(fl->arena, buf_str(&info)),
        .psk = payload_lock(lock)};
    return out->enc.p && out->info.p;
}

static void take_key(const struct flight *fl, uint64_t serial, const struct keyring_sealed *k,
                     struct taking *t)
{
    t->has_older = serial != fl->own.serial;
    *(t->has_older ? &t->older : &t->key) = k->key;
}

/* The keys of all payloads of the flight under a keyset of ours, asked for at once. */
static enum err load_keys(struct flight *fl, struct db *db, uint64_t serial, struct fault *f)
{
    struct keyring_sealed list[FLIGHT];
    size_t at[FLIGHT], n = 0;

    for (size_t i = 0; i < fl->n; i++)
        if (!fl->taking[i].locked && ask_for(fl, db, &fl->taking[i].entry, NULL, &list[n]))
            at[n++] = i;
    if (n == 0)
        return OK;
    TRY(keyring_open_payloads(fl->link->house->keyring, serial, list, n, f));
    for (size_t k = 0; k < n; k++)
        take_key(fl, serial, &list[k], &fl->taking[at[k]]);
    secret_wipe(list, sizeof list);
    return OK;
}

static bool is_key(const struct taking *t)
{
    return str_eq(t->entry.kind, S("channel.key"));
}

/* The row that waits for this key, and the entry of the ciphertext. ERR_NOT_FOUND. */
static enum err find_locked(struct flight *fl, struct db *db, const struct taking *t, struct id *id,
                            uint64_t *index, struct fault *f)
{
    struct hash of;
    struct query q;
    struct json *j;

    if (!t->entry.body.p || json_parse(fl->arena, t->entry.body, NULL, &j, NULL) != OK ||
        !hex_decode(json_get_str(j, S("of")), of.b, sizeof of.b))
        return fault(f, ERR_NOT_FOUND, "a key that names no dispatch");
    TRY(db_one(db, &q, f,
               "SELECT id, idx FROM dispatch WHERE correlation = ? AND sealed = ? AND log = ?"
               " AND sent = 0 AND state = 'locked'",
               "dbi", &t->entry.correlation, hash_str(&of), fl->channel.log));
    *id = query_id(&q, 0);
    *index = (uint64_t)query_int(&q, 1);
    return query_end(&q, f);
}

static bool open_lock(struct db *db, const struct taking *t, struct key *out)
{
    AUTO(buf) struct buf sealed = BUF(4096), plain = BUF(4096);
    uint8_t salt[PAYLOAD_SALT];
    struct hpke key = t->key, older = t->older;

    if (payload_whole(db, &t->entry.sealed, &sealed, NULL) != OK)
        return false;
    enum err e = payload_open(&key, buf_str(&sealed), &t->entry.content, &plain, salt, NULL);
    if (e != OK && t->has_older)
        e = payload_open(&older, buf_str(&sealed), &t->entry.content, &plain, salt, NULL);
    if (e != OK || plain.n != sizeof out->b)
        return false;
    memcpy(out->b, plain.p, sizeof out->b);
    secret_wipe(plain.p, plain.n);
    return true;
}

static enum err load_locked_keys(struct flight *fl, struct db *db, struct taking *t,
                                 const struct key *lock, struct fault *f)
{
    uint64_t serials[] = {fl->own.serial, fl->own.serial - 1};
    struct keyring_sealed one;

    for (size_t i = 0; i < ARRAY_LEN(serials) && serials[i]; i++) {
        if (!ask_for(fl, db, &t->entry, lock, &one))
            return OK;
        TRY(keyring_open_payloads(fl->link->house->keyring, serials[i], &one, 1, f));
        take_key(fl, serials[i], &one, t);
        secret_wipe(&one, sizeof one);
    }
    return OK;
}

/* A key came: from here on it is its dispatch that is taken up, at the index of the key. One that
 * opens nothing stays what it is, and is refused. */
static enum err unlock(struct flight *fl, struct db *db, struct taking *t, struct fault *f)
{
    uint64_t index = 0;
    struct key lock;
    struct id id;
    enum err e = find_locked(fl, db, t, &id, &index, f);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (!open_lock(db, t, &lock))
        return OK;
    t->has_older = false;
    e = read_entry(fl, db, index, t, f);
    if (e == OK)
        e = load_locked_keys(fl, db, t, &lock, f);
    secret_wipe(&lock, sizeof lock);
    t->in.id = id;
    t->locked = false;
    t->unlocked = true;
    return e;
}

static enum err unlock_all(struct flight *fl, struct db *db, struct fault *f)
{
    for (size_t i = 0; i < fl->n; i++)
        if (is_key(&fl->taking[i]))
            TRY(unlock(fl, db, &fl->taking[i], f));
    return OK;
}

static const struct action *action_of(struct link *l, const struct taking *t)
{
    const struct dispatch_kind *kind = dispatch_kind_named(l, t->entry.kind);

    if (kind)
        return t->locked ? &locked_chore : l->tables.action_find(str_of(kind->receive));
    return str_starts(t->entry.kind, S("channel.")) && !is_key(t) ? &said_chore : NULL;
}

static void launch(struct flight *fl, size_t i, const struct action *action)
{
    bool theirs = action->who == ACTOR_PARTNER;

    fl->act[i] = (struct act){
        .action = action,
        .house = fl->link->house,
        .arena = arena_new(TAKING_ARENA),
        .actor = {.kind = theirs ? ACTOR_PARTNER : ACTOR_SYSTEM, .state = fl->channel.partner},
        .data = &fl->taking[i],
        .done = landed,
        .user = &fl->landed};
    gate_submit(fl->link->house->gate, &fl->act[i]);
}

static void end_act(struct act *a)
{
    act_done(a);
    arena_free(a->arena);
}

/* Moves past an entry that was not taken. False when it has to be tried again later. */
static bool refuse(struct flight *fl, size_t i, const struct act *failed)
{
    struct taking *t = &fl->taking[i];
    struct act a = {.action = &refusal_chore,
                    .house = fl->link->house,
                    .arena = fl->arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .data = t};

    if (write_refusal(failed, t, fl->arena) != OK)
        return false;
    LOG(LOG_INFO, "a partner's dispatch was not taken", LOG_STR("partner", fl->channel.partner),
        LOG_STR("kind", t->entry.kind), LOG_CSTR("error", err_slug(failed->err)));
    bool told = gate_perform(fl->link->house->gate, &a) == OK;
    act_done(&a);
    link_wake_courier(fl->link, fl->channel.partner, WAKE_SENDING);
    return told;
}

/* Busy nodes and full disks are no reason to refuse: the entry waits. */
static bool is_passing(enum err e)
{
    return err_class(e) == CLASS_BUSY || err_class(e) == CLASS_INTERNAL || e == ERR_MEMORY_LIMIT;
}

/* All acts of the flight go into the writer's queue at once; behind one that fails the others find
 * the mark elsewhere and change nothing. Returns how many entries were passed; *out_stuck says that
 * the next has to wait. */
static size_t fly(struct flight *fl, bool *out_stuck)
{
    size_t n = 0, passed = 0;

    for (; n < fl->n && action_of(fl->link, &fl->taking[n]); n++)
        launch(fl, n, action_of(fl->link, &fl->taking[n]));
    for (size_t i = 0; i < n; i++)
        while (sem_wait(&fl->landed) != 0)
            ;
    while (passed < n && fl->act[passed].err == OK)
        passed++;
    *out_stuck = false;
    if (passed < n && is_passing(fl->act[passed].err))
        *out_stuck = true;
    else if (passed < n && refuse(fl, passed, &fl->act[passed]))
        passed++;
    else if (passed < n)
        *out_stuck = true;
    for (size_t i = 0; i < n; i++)
        end_act(&fl->act[i]);
    if (passed == n && n < fl->n) { /* an entry of no known kind */
        struct act unknown = {.err = fault(&unknown.fault, ERR_INVALID, "%s",
                                           is_key(&fl->taking[n])
                                               ? "a key that opens nothing here"
                                               : "an entry of a kind that is not known here")};
        *out_stuck = !refuse(fl, n, &unknown);
        passed += !*out_stuck;
    }
    return passed;
}

static enum err load_flight(struct flight *fl, int64_t log, struct db *db, struct fault *f)
{
    TRY(channel_by_log(db, log, fl->arena, &fl->channel, f));
    TRY(link_peer(fl->link, db, fl->channel.partner, &fl->partner, f));
    TRY(link_peer(fl->link, db, fl->link->house->state_code, &fl->own, f));
    uint64_t waiting = fl->channel.head_size - fl->channel.taken;
    fl->n = waiting < FLIGHT ? (size_t)waiting : FLIGHT;
    for (size_t i = 0; i < fl->n; i++) {
        TRY(load_entry(fl, db, i, f));
        /* what a key opens has to be noted first */
        if (i > 0 && is_key(&fl->taking[i]))
            fl->n = i;
    }
    TRY(load_keys(fl, db, fl->own.serial, f));
    if (fl->own.serial > 1)
        TRY(load_keys(fl, db, fl->own.serial - 1, f));
    return unlock_all(fl, db, f);
}

/* One flight of a channel; false when nothing is left to take up. */
static bool take_some(struct link *l, int64_t log)
{
    struct flight *fl = calloc(1, sizeof *fl);
    struct fault f = {0};
    struct db *db = NULL;
    bool stuck = true;
    size_t passed = 0;

    if (!fl || !(fl->arena = arena_new(64 << 20))) {
        free(fl);
        return false;
    }
    fl->link = l;
    sem_init(&fl->landed, 0, 0);
    enum err e = db_pool_take(l->house->readers, &db, &f);
    if (e == OK)
        e = load_flight(fl, log, db, &f);
    db_pool_put(l->house->readers, db);
    if (e == OK)
        passed = fly(fl, &stuck);
    else
        LOG(LOG_WARN, "entries cannot be taken up", LOG_CSTR("detail", f.detail));
    bool more = e == OK && !stuck && passed > 0;
    sem_destroy(&fl->landed);
    arena_free(fl->arena);
    free(fl);
    return more;
}

static size_t channels_to_take(struct link *l, int64_t *logs, size_t room)
{
    struct query q;
    struct db *db;
    size_t n = 0;

    if (db_pool_take(l->house->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL, "SELECT log FROM channel WHERE sent = 0 AND taken < head_size",
                 "") == OK) {
        for (; query_row(&q) && n < room; query_next(&q))
            logs[n++] = query_int(&q, 0);
        (void)!query_end(&q, NULL);
    }
    db_pool_put(l->house->readers, db);
    return n;
}

/* Channel after channel, a flight of each: none waits behind another. */
void taking_turn(struct link *l)
{
    int64_t logs[PEERS_MAX];
    bool more = true;

    while (more && !l->stopping) {
        size_t n = channels_to_take(l, logs, PEERS_MAX);
        more = false;
        for (size_t i = 0; i < n && !l->stopping; i++)
            more |= take_some(l, logs[i]);
        dispatch_answer_questions(l);
    }
}

void *taker_main(void *arg)
{
    struct link *l = arg;

    setpriority(PRIO_PROCESS, (id_t)gettid(), 5);
    pthread_mutex_lock(&l->lock);
    l->woken_taker = true; /* what an earlier run left */
    while (!l->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += IDLE_S;
        if (!l->woken_taker)
            pthread_cond_timedwait(&l->wake, &l->lock, &until);
        l->woken_taker = false;
        pthread_mutex_unlock(&l->lock);
        taking_turn(l);
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}
