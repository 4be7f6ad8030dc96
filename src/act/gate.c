#include "act/gate.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "act/journal_int.h"
#include "base/encode.h"
#include "base/log.h"
#include "policy/why.h"

enum {
    BATCH_MAX = 256,
    QUEUE_MAX = 8192,
    STALE_RETRIES = 3,
    EXIT_STORAGE = 70,
    IDEMPOTENCY_MS = 86400000
};

struct gate {
    struct house *house;
    struct db *writer;
    struct gate_hooks hooks;
    pthread_t thread;
    pthread_mutex_t lock; /* guards queue, queued and stopping */
    pthread_cond_t wake;
    struct act *head, **tail;
    unsigned queued;
    bool stopping;
    pthread_mutex_t policy_lock;
    struct policy *policy, *policy_durable;
    struct refusals refusals;
    _Atomic uint64_t acts, refused, failed, batches;
};

/* ---- small helpers ---------------------------------------------------------------------- */

const struct action *action_named(const struct action *rows, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_of(rows[i].name), name))
            return &rows[i];
    assert(!"no action of that name");
    return NULL;
}

/* A partner that calls, a guest, or a member of an X-Road has no session: prepare() finds out who
 * it is. */
static bool partner_calls(const struct action *action)
{
    const unsigned kinds = ACTOR_PARTNER | ACTOR_GUEST | ACTOR_CLIENT;

    return (action->who & kinds) && action->method != ACTION_INTERNAL;
}

bool action_without_session(const struct action *action)
{
    return action->kind == ACTION_OPEN || partner_calls(action);
}

str act_param(const struct act *a, str name)
{
    for (size_t i = 0; i < a->n_params; i++)
        if (str_eq(a->params[i].name, name))
            return a->params[i].value;
    return STR_NONE;
}

str act_language(const struct act *a)
{
    str asked = act_param(a, S("language"));

    if (!asked.n)
        asked = json_get_str(a->input, S("language"));
    return asked.n ? asked : a->actor.language.n ? a->actor.language : S("en");
}

enum err act_param_id(const struct act *a, str name, struct id *out, struct fault *f)
{
    return id_parse(act_param(a, name), out) ? OK : fault(f, ERR_NOT_FOUND, "no record of that id");
}

bool actor_has_role(const struct actor *who, str role)
{
    for (size_t i = 0; i < who->n_roles; i++)
        if (str_eq(who->roles[i], role))
            return true;
    return false;
}

str act_role(const struct act *a)
{
    return a->lent ? a->lent->role : a->actor.n_roles ? a->actor.roles[0] : S("officer");
}

str act_id_text(struct act *a, const struct id *id)
{
    char text[ID_TEXT + 1];

    id_format(id, text);
    return str_copy(a->arena, str_of(text));
}

void act_created(struct act *a, const struct id *id)
{
    struct jw w = JW(&a->reply);

    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, id));
    jw_close(&w, '}');
}

void act_done(struct act *a)
{
    if (a->data_free && a->data) {
        a->data_free(a->data);
        a->data = NULL;
    }
    policy_unref(a->policy);
    a->policy = NULL;
    buf_done(&a->reply);
}

/* ---- facts ------------------------------------------------------------------------------ */

/* The officer's own, with what is lent where it is asked what that opens. */
static struct cedar_value roles_of(struct act *a, struct cedar_entities *es)
{
    const struct actor *who = &a->actor;
    str *all = a->lent ? arena_alloc(a->arena, (who->n_roles + 1) * sizeof *all) : NULL;

    if (!all)
        return cedar_strings(es, who->roles, who->n_roles);
    for (size_t i = 0; i < who->n_roles; i++)
        all[i] = who->roles[i];
    all[who->n_roles] = a->lent->role;
    return cedar_strings(es, all, who->n_roles + 1);
}

static void put_principal(struct act *a, struct cedar_entities *es)
{
    const struct actor *who = &a->actor;
    struct cedar_entity *e;

    switch (who->kind) {
    case ACTOR_OFFICER:
        e = cedar_entity(es, S("Sifara::Officer"), act_id_text(a, &who->id));
        cedar_attr(es, e, S("roles"), roles_of(a, es));
        cedar_attr(es, e, S("mission"), cedar_ref(es, S("Sifara::Mission"), who->mission));
        cedar_entity(es, S("Sifara::Mission"), who->mission);
        break;
    case ACTOR_PERSON:
        cedar_entity(es, S("Sifara::Person"), act_id_text(a, &who->id));
        break;
    case ACTOR_SYSTEM:
        cedar_entity(es, S("Sifara::System"), S("node"));
        break;
    case ACTOR_NOBODY:
        cedar_entity(es, S("Sifara::Visitor"), S("visitor"));
        break;
    case ACTOR_PARTNER: /* with all that is known of the state: facts() puts it there */
    case ACTOR_GUEST:   /* and of the guest */
    case ACTOR_CLIENT:
        break;
    }
}

static enum err facts_begin(struct act *a, struct fault *f)
{
    a->entities = cedar_entities_new(a->arena);
    TRY_PTR(a->entities, f);
    a->context = cedar_record(a->entities);
    cedar_put(a->entities, a->context, S("now"), cedar_datetime(a->now));
    cedar_put(a->entities, a->context, S("strong"), cedar_bool(a->actor.strong));
    put_principal(a, a->entities);
    return OK;
}

struct cedar_entity *act_resource(struct act *a, str type, str id)
{
    a->resource_type = str_printf(a->arena, "Sifara::%.*s", STR_FMT(type));
    a->resource_id = id;
    return cedar_entity(a->entities, a->resource_type, id);
}

void act_context(struct act *a, str name, struct cedar_value v)
{
    cedar_put(a->entities, a->context, name, v);
}

static struct cedar_request request_of(struct act *a)
{
    static const char *const types[] = {
        [ACTOR_NOBODY] = "Sifara::Visitor",    [ACTOR_PERSON] = "Sifara::Person",
        [ACTOR_OFFICER] = "Sifara::Officer",   [ACTOR_SYSTEM] = "Sifara::System",
        [ACTOR_PARTNER] = "Sifara::State",     [ACTOR_GUEST] = "Sifara::Guest",
        [ACTOR_CLIENT] = "Sifara::XRoadClient"};
    enum actor_kind k = a->actor.kind;
    str id = k == ACTOR_SYSTEM                         ? S("node")
             : k == ACTOR_NOBODY                       ? S("visitor")
             : k == ACTOR_PARTNER || k == ACTOR_CLIENT ? a->actor.state
                                                       : act_id_text(a, &a->actor.id);

    return (struct cedar_request){
        .principal = cedar_uid(str_of(types[k]), id),
        .action = cedar_uid(S("Sifara::Action"), str_of(a->action->name)),
        .resource = cedar_uid(a->resource_type, a->resource_id),
        .context = a->context,
    };
}

/* Facts, then the decision. ERR_DENIED with the ids of what forbade it. */
static enum err decide_as(struct act *a, struct policy *policy, const struct lent *lent,
                          struct fault *f)
{
    a->lent = lent;
    TRY(facts_begin(a, f));
    if (a->action->facts)
        TRY(a->action->facts(a, f));
    if (!a->resource_type.p)
        act_resource(a, str_of(a->action->resource), S("-"));
    a->request = request_of(a);
    TRY(policy_decide(policy, a->entities, &a->request, a->arena, &a->decision, f));
    if (a->decision.permit)
        return OK;
    if (a->decision.n_by)
        return fault(f, ERR_DENIED, "%s is refused by %.*s", a->action->name,
                     STR_FMT(a->decision.by[0]));
    return fault(f, ERR_DENIED, "no rule permits %s here", a->action->name);
}

/* What an officer's own roles do not open a role may that a colleague lent: then it is done on
 * that colleague's behalf, and the journal says so. A refusal is the one of the own roles. */
static enum err decide(struct gate *g, struct act *a, struct policy *policy, struct fault *f)
{
    enum err e = decide_as(a, policy, NULL, f);
    struct lent *lent;
    size_t n = 0;

    if (e != ERR_DENIED || a->actor.kind != ACTOR_OFFICER || !g->hooks.lent)
        return e;
    lent = arena_zalloc(a->arena, LENT_MAX, sizeof *lent);
    TRY_PTR(lent, f);
    TRY(g->hooks.lent(a, lent, &n, f));
    for (size_t i = 0; i < n; i++) {
        e = decide_as(a, policy, &lent[i], f);
        if (e != ERR_DENIED)
            return e;
    }
    return n ? decide_as(a, policy, NULL, f) : e;
}

enum err gate_advise(struct gate *g, const struct act *a, const struct action *action, void *data,
                     struct jw *w, struct fault *f)
{
    struct act b = {.action = action,
                    .house = a->house,
                    .arena = a->arena,
                    .actor = a->actor,
                    .params = a->params,
                    .n_params = a->n_params,
                    .input = a->input,
                    .now = a->now,
                    .db = a->db,
                    .data = data};
    struct policy *policy = gate_policy(g);

    b.policy = policy;
    enum err e = decide(g, &b, policy, f);
    if (e == ERR_DENIED && !b.decision.permit && b.request.principal.type.p) {
        jw_key(w, S("refused"));
        e = policy_why(w, policy, b.entities, &b.request, &b.decision, act_language(a), true,
                       a->arena, f);
    }
    policy_unref(policy);
    return e;
}

/* Of those that pass the writer: what is decided upon is journaled, and the other way round. */
static bool is_decided(const struct action *action)
{
    return action->kind == ACTION_ACT || action->kind == ACTION_READ_FILE;
}

/* ---- idempotency ------------------------------------------------------------------------ */

/* What was asked: the action, where, and the body. Nothing that the act itself makes up, such as
 * the id of what is new. */
static struct hash input_digest(const struct act *a)
{
    struct hash h = sha256_parts((str[]){str_of(a->action->name), S("\n"), a->body}, 3);

    for (size_t i = 0; i < a->n_params; i++) {
        struct hash name = sha256(a->params[i].name), value = sha256(a->params[i].value);
        h = sha256_parts((str[]){hash_str(&h), hash_str(&name), hash_str(&value)}, 3);
    }
    return h;
}

/* Answers a repeated request from what the first one was told. *out_found says that it did. */
static enum err idempotency_look(struct act *a, bool *out_found, struct fault *f)
{
    struct query q;
    struct hash digest = input_digest(a);

    *out_found = false;
    enum err e = db_one(a->db, &q, f,
                        "SELECT digest, status, reply, seq FROM idempotency"
                        " WHERE account = ? AND token = ?",
                        "bb", hash_str(&a->actor.session), a->idempotency_key);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    bool same = str_eq(query_str(&q, 0), hash_str(&digest));
    if (same) {
        a->status = (unsigned)query_int(&q, 1);
        buf_clear(&a->reply);
        buf_add_str(&a->reply, query_str(&q, 2));
        uint64_t seq = (uint64_t)query_int(&q, 3);
        a->receipt.epoch = seq >> LEDGER_EPOCH_SHIFT;
        a->receipt.index = seq & (((uint64_t)1 << LEDGER_EPOCH_SHIFT) - 1);
        a->journaled = is_decided(a->action);
        a->replayed = true;
        *out_found = true;
    }
    TRY(query_end(&q, f));
    return same ? OK : fault(f, ERR_REPLAYED_KEY, "this key was used for another request");
}

static enum err idempotency_keep(struct act *a, struct fault *f)
{
    struct hash digest = input_digest(a);

    TRY(db_run(a->db, f, "DELETE FROM idempotency WHERE at < ?", "i", a->now - IDEMPOTENCY_MS));
    return db_run(a->db, f,
                  "INSERT INTO idempotency(account, token, digest, status, reply, seq, at)"
                  " VALUES(?,?,?,?,?,?,?)",
                  "bbbibii", hash_str(&a->actor.session), a->idempotency_key, hash_str(&digest),
                  (int64_t)a->status, buf_str(&a->reply),
                  (int64_t)(a->receipt.epoch << LEDGER_EPOCH_SHIFT | a->receipt.index), a->now);
}

/* ---- the writer ------------------------------------------------------------------------- */

bool gate_writes(const struct action *action)
{
    return action->kind == ACTION_ACT || action->kind == ACTION_CHORE ||
           action->kind == ACTION_READ_FILE || (action->kind == ACTION_OPEN && action->run);
}

static enum err apply(struct gate *g, struct act *a, struct fault *f)
{
    const struct action *action = a->action;
    bool decided = is_decided(action);
    /* strangers share no keys, and no answer meant for one of them is kept: it may hold the token
     * of a session */
    bool repeatable =
        a->idempotency_key.p && a->actor.kind != ACTOR_NOBODY && action->kind != ACTION_OPEN;

    bool has_session = a->actor.kind == ACTOR_PERSON || a->actor.kind == ACTOR_OFFICER;
    if (action->kind != ACTION_OPEN && has_session && g->hooks.session_alive)
        TRY(g->hooks.session_alive(a->house, &a->actor, f));
    if (repeatable) {
        bool found;
        TRY(idempotency_look(a, &found, f));
        if (found)
            return OK;
    }
    if (decided) {
        a->policy = policy_ref(g->policy);
        TRY(decide(g, a, a->policy, f));
    }
    if (action->kind == ACTION_READ_FILE && a->revision != a->revision_now)
        return fault(f, ERR_STALE, "the file changed while it was read");
    if (action->run)
        TRY(action->run(a, f));
    if (decided)
        TRY(journal_act(a, f));
    if (repeatable)
        TRY(idempotency_keep(a, f));
    return OK;
}

/* Errors after which the transaction cannot be trusted: the whole batch is undone. */
static bool ends_batch(struct gate *g, enum err e)
{
    return e == ERR_STORAGE_FULL || e == ERR_STORAGE || e == ERR_CORRUPT ||
           !db_in_transaction(g->writer);
}

/* Journals a refusal, whole or not at all; false when the whole batch has to go. An act that was
 * permitted and failed later is no refusal, whatever its error. */
static bool journal_refusal(struct gate *g, struct act *a)
{
    struct merkle_frontier mark = ledger_mark(a->house->ledger);
    struct fault ignored = {0};

    if (a->err != ERR_DENIED || a->actor.kind == ACTOR_NOBODY || !is_decided(a->action) ||
        !a->request.principal.type.p || a->decision.permit ||
        !refusals_may_journal(&g->refusals, &a->actor.id, a->now))
        return true;
    enum err e = db_savepoint(g->writer, &ignored);
    if (e == OK)
        e = journal_act(a, &ignored);
    if (e == OK)
        e = db_savepoint_release(g->writer, &ignored);
    if (e == OK)
        return true;
    db_savepoint_undo(g->writer);
    ledger_undo(a->house->ledger, &mark);
    a->journaled = false;
    return !ends_batch(g, e);
}

/* What a failed act adopted is gone with it. */
static void policy_back(struct gate *g, struct policy *before)
{
    pthread_mutex_lock(&g->policy_lock);
    if (g->policy != before) {
        policy_unref(g->policy);
        g->policy = before == g->policy_durable ? before : policy_ref(before);
    }
    pthread_mutex_unlock(&g->policy_lock);
}

/* One act within the batch; false when the whole batch has to go. */
static bool run_one(struct gate *g, struct act *a)
{
    struct merkle_frontier mark = ledger_mark(a->house->ledger);
    struct policy *policy = policy_ref(g->policy); /* a second adoption lets go of the first */

    a->db = g->writer;
    a->now = world_now(&a->house->world);
    a->fault = (struct fault){0};
    a->err = db_savepoint(g->writer, &a->fault);
    if (a->err == OK)
        a->err = apply(g, a, &a->fault);
    if (a->err == OK)
        a->err = db_savepoint_release(g->writer, &a->fault);
    bool go_on = a->err == OK || !ends_batch(g, a->err);
    if (go_on && a->err != OK) {
        db_savepoint_undo(g->writer);
        ledger_undo(a->house->ledger, &mark);
        a->journaled = false;
        policy_back(g, policy);
        go_on = journal_refusal(g, a) && db_in_transaction(g->writer);
    }
    policy_unref(policy);
    return go_on;
}

static void finish(struct gate *g, struct act *a)
{
    atomic_fetch_add(&g->acts, 1);
    if (a->err == OK && a->late_err != OK)
        a->err = a->late_err;
    if (a->err == ERR_DENIED)
        atomic_fetch_add(&g->refused, 1);
    else if (a->err != OK)
        atomic_fetch_add(&g->failed, 1);
    if (a->err == OK && a->action->after && !a->replayed)
        a->action->after(a);
    a->db = NULL;
    a->done(a);
}

/* The policy that later acts see becomes what governs, or goes back with the batch. */
static void settle_policy(struct gate *g, bool committed)
{
    pthread_mutex_lock(&g->policy_lock);
    if (g->policy != g->policy_durable) {
        policy_unref(committed ? g->policy_durable : g->policy);
        if (committed)
            g->policy_durable = g->policy;
        else
            g->policy = g->policy_durable;
    }
    pthread_mutex_unlock(&g->policy_lock);
}

static void fail_batch(struct gate *g, struct act *batch, enum err e)
{
    db_rollback(g->writer);
    ledger_reset(g->house->ledger);
    settle_policy(g, false);
    LOG(LOG_ERROR, "batch failed", LOG_CSTR("error", err_slug(e)));
    for (struct act *a = batch, *next; a; a = next) {
        next = a->next;
        a->journaled = false;
        policy_unref(a->policy);
        a->policy = NULL;
        a->err = fault(&a->fault, ERR_STORAGE_FULL, "the node cannot write at the moment");
        finish(g, a);
    }
}

static void run_batch(struct gate *g, struct act *batch)
{
    struct fault f = {0};
    enum err e = db_begin(g->writer, &f);

    for (struct act *a = batch; e == OK && a; a = a->next)
        if (!run_one(g, a))
            e = a->err == OK ? ERR_STORAGE : a->err;
    if (e == OK)
        e = db_commit(g->writer, &f);
    if (e == ERR_STORAGE && !db_in_transaction(g->writer) && f.code == ERR_STORAGE) {
        /* nobody knows what reached the disk: recover from the file at the next start */
        LOG(LOG_ERROR, "commit failed", LOG_CSTR("detail", f.detail));
        _Exit(EXIT_STORAGE);
    }
    if (e != OK) {
        fail_batch(g, batch, e);
        return;
    }
    ledger_publish(g->house->ledger);
    settle_policy(g, true);
    atomic_fetch_add(&g->batches, 1);
    for (struct act *a = batch, *next; a; a = next) {
        next = a->next;
        finish(g, a);
    }
}

/* Takes all that is queued, up to the cap; NULL when stopping and empty. */
static struct act *take_batch(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->head && !g->stopping)
        pthread_cond_wait(&g->wake, &g->lock);
    struct act *batch = g->head, *last = batch;
    if (batch) {
        unsigned n = 1;
        for (; last->next && n < BATCH_MAX; last = last->next)
            n++;
        g->head = last->next;
        if (!g->head)
            g->tail = &g->head;
        last->next = NULL;
        g->queued -= n;
    }
    pthread_mutex_unlock(&g->lock);
    return batch;
}

static void *writer_main(void *arg)
{
    struct gate *g = arg;
    struct act *batch;

    while ((batch = take_batch(g)))
        run_batch(g, batch);
    return NULL;
}

static const struct migration migrations[] = {
    {"CREATE TABLE idempotency(account BLOB NOT NULL, token BLOB NOT NULL, digest BLOB NOT NULL,"
     " status INTEGER NOT NULL, reply BLOB, seq BIGINT NOT NULL, at BIGINT NOT NULL,"
     " PRIMARY KEY(account, token))"},
    {"CREATE INDEX idempotency_at ON idempotency(at)"},
    {"CREATE TABLE job(id BLOB PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL,"
     " created BIGINT NOT NULL, due BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0)"},
    {"CREATE INDEX job_due ON job(due)"},
};

enum err gate_start(struct house *house, struct db *writer, const struct gate_hooks *hooks,
                    struct gate **out, struct fault *f)
{
    TRY(db_migrate(writer, "act", migrations, ARRAY_LEN(migrations), f));
    struct gate *g = calloc(1, sizeof *g);
    if (!g)
        return fault(f, ERR_MEMORY, "out of memory");
    g->house = house;
    g->writer = writer;
    g->hooks = *hooks;
    g->tail = &g->head;
    pthread_mutex_init(&g->lock, NULL);
    pthread_mutex_init(&g->policy_lock, NULL);
    pthread_cond_init(&g->wake, NULL);
    if (pthread_create(&g->thread, NULL, writer_main, g) != 0) {
        free(g);
        return fault(f, ERR_MEMORY, "cannot start the writer thread");
    }
    house->gate = *out = g;
    return OK;
}

void gate_stop(struct gate *g)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    pthread_cond_signal(&g->wake);
    pthread_mutex_unlock(&g->lock);
    pthread_join(g->thread, NULL);
    policy_unref(g->policy_durable);
    pthread_mutex_destroy(&g->lock);
    pthread_mutex_destroy(&g->policy_lock);
    pthread_cond_destroy(&g->wake);
    free(g);
}

void gate_set_policy(struct gate *g, struct policy *p)
{
    pthread_mutex_lock(&g->policy_lock);
    bool first = !g->policy_durable;
    if (g->policy != g->policy_durable) /* adopted in the same batch, and replaced again */
        policy_unref(g->policy);
    g->policy = p;
    if (first)
        g->policy_durable = p;
    pthread_mutex_unlock(&g->policy_lock);
}

struct policy *gate_policy(struct gate *g)
{
    pthread_mutex_lock(&g->policy_lock);
    struct policy *p = policy_ref(g->policy_durable);
    pthread_mutex_unlock(&g->policy_lock);
    return p;
}

/* ---- the caller's side ------------------------------------------------------------------ */

static enum err check_actor(const struct act *a, struct fault *f)
{
    if (a->action->kind == ACTION_OPEN || a->action->who & a->actor.kind)
        return OK;
    if (a->actor.kind == ACTOR_NOBODY)
        return fault(f, ERR_UNAUTHENTICATED, "sign in to do this");
    return fault(f, ERR_DENIED, "%s is not for this kind of account", a->action->name);
}

enum err gate_check_input(struct gate *g, const struct action *action, const struct json *input,
                          struct arena *a, struct fault *f)
{
    return g->hooks.check_input ? g->hooks.check_input(g->house, action, input, a, f) : OK;
}

static enum err prepare(struct gate *g, struct act *a, struct fault *f)
{
    if (!partner_calls(a->action))
        TRY(check_actor(a, f));
    else
        a->actor = (struct actor){.kind = ACTOR_NOBODY};
    TRY(gate_check_input(g, a->action, a->input, a->arena, f));
    if (a->action->prepare)
        TRY(a->action->prepare(a, f));
    return a->answered ? OK : check_actor(a, f);
}

static enum err read_now(struct gate *g, struct act *a, struct fault *f)
{
    if (a->action->kind == ACTION_READ) {
        a->policy = gate_policy(g);
        TRY(decide(g, a, a->policy, f));
    }
    return a->action->read ? a->action->read(a, f) : OK;
}

static void enqueue(struct gate *g, struct act *a)
{
    pthread_mutex_lock(&g->lock);
    bool room = g->queued < QUEUE_MAX && !g->stopping;
    if (room) {
        a->next = NULL;
        *g->tail = a;
        g->tail = &a->next;
        if (g->queued++ == 0)
            pthread_cond_signal(&g->wake);
    }
    pthread_mutex_unlock(&g->lock);
    if (!room) {
        a->err = fault(&a->fault, ERR_BUSY, "the queue is full");
        a->done(a);
    }
}

void gate_submit(struct gate *g, struct act *a)
{
    struct db *reader = NULL;

    a->now = world_now(&a->house->world);
    a->reply.max = ACT_REPLY_MAX;
    a->err = db_pool_take(a->house->readers, &reader, &a->fault);
    a->db = reader;
    if (a->err == OK)
        a->err = db_read_begin(reader, &a->fault);
    if (a->err == OK)
        a->err = prepare(g, a, &a->fault);
    if (a->err == OK && !a->answered &&
        (!gate_writes(a->action) || a->action->kind == ACTION_READ_FILE))
        a->err = read_now(g, a, &a->fault);
    if (reader)
        db_read_end(reader);
    db_pool_put(a->house->readers, reader);
    a->db = NULL;
    if (a->err != OK || a->answered || !gate_writes(a->action))
        a->done(a);
    else
        enqueue(g, a);
}

static void post(struct act *a)
{
    sem_post(a->user);
}

void gate_answer(struct act *a)
{
    struct db *reader = NULL;

    if (a->err != OK || a->answered || !a->action->answer)
        return;
    a->err = db_pool_take(a->house->readers, &reader, &a->fault);
    a->db = reader;
    if (a->err == OK)
        a->err = a->action->answer(a, &a->fault);
    db_pool_put(a->house->readers, reader);
    a->db = NULL;
}

enum err gate_perform(struct gate *g, struct act *a)
{
    void (*done)(struct act *) = a->done;
    void *user = a->user;
    sem_t end;

    for (int tries = 0;; tries++) {
        sem_init(&end, 0, 0);
        a->done = post;
        a->user = &end;
        gate_submit(g, a);
        while (sem_wait(&end) != 0)
            ;
        sem_destroy(&end);
        if (a->err != ERR_STALE || a->action->kind != ACTION_READ_FILE || tries == STALE_RETRIES)
            break;
        act_done(a);
    }
    a->done = done;
    a->user = user;
    gate_answer(a);
    return a->err;
}

struct gate_stats gate_stats(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    unsigned queued = g->queued;
    pthread_mutex_unlock(&g->lock);
    return (struct gate_stats){.acts = atomic_load(&g->acts),
                               .refused = atomic_load(&g->refused),
                               .failed = atomic_load(&g->failed),
                               .batches = atomic_load(&g->batches),
                               .queued = queued};
}

struct db *gate_writer_for_test(struct gate *g)
{
    return g->writer;
}

enum err job_add_at(struct act *a, str kind, str subject, int64_t due, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);

    return db_run(a->db, f, "INSERT INTO job(id, kind, subject, created, due) VALUES(?,?,?,?,?)",
                  "dssii", &id, kind, subject, a->now, due);
}

enum err job_add(struct act *a, str kind, str subject, struct fault *f)
{
    return job_add_at(a, kind, subject, a->now, f);
}
