/* acts, batches, refusals, adoptions, repeated keys, a full disk, and every decision again */
#include "act/gate.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/encode.h"
#include "base/json.h"
#include "base/testing.h"

enum { THREADS = 16, ACTS_EACH = 60, SETS = 2, QUEUE = 8192 };

static char dir[] = "/tmp/sifara-gate-XXXXXX";
static char path[64];
static struct world_sim sim;
static struct house house;
static struct db *writer;
static struct policy *known[SETS];
static sem_t held, let_go;

static const char schema[] =
    "namespace Sifara {\n"
    "  entity Mission; entity Visitor; entity Person; entity System;\n"
    "  entity Officer { roles: Set<String>, mission: Mission };\n"
    "  entity Thing { size: Long };\n"
    "  action \"thing.put\", \"thing.fail\", \"thing.refuse-late\", \"thing.sum\", "
    "\"thing.look\",\n"
    "         \"thing.mine\", \"policy.adopt\", \"policy.adopt-fail\" appliesTo {\n"
    "    principal: [Person, Officer, System], resource: [Thing], context: { now: datetime } };\n"
    "}\n";

/* The second set is the first without the right to put. */
static const char rules[] =
    "@id(\"officers\") permit(principal is Sifara::Officer, action, resource);\n"
    "@id(\"small\") forbid(principal, action == Sifara::Action::\"thing.put\", resource)"
    " when { resource.size > 1000 };\n"
    "@id(\"sum\") forbid(principal, action == Sifara::Action::\"thing.sum\", resource)"
    " when { resource.size + 9223372036854775807 < 0 };\n";
static const char no_putting[] =
    "@id(\"closed\") forbid(principal, action == Sifara::Action::\"thing.put\", resource);\n";

struct thing {
    int64_t size;
    str text;
};

struct call {
    struct act act;
    struct arena *arena;
    struct thing thing;
    sem_t end;
};

/* ---- a house of few actions --------------------------------------------------------------- */

static enum err facts(struct act *a, struct fault *f)
{
    const struct thing *t = a->data;
    struct cedar_entity *e = act_resource(a, S("Thing"), S("the thing"));
    struct query q;

    cedar_attr(a->entities, e, S("size"), cedar_long(t->size));
    a->subject = S("thing/the thing");
    a->content = sha256(t->text);
    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM thing", ""));
    a->revision_now = query_int(&q, 0);
    return query_end(&q, f);
}

static enum err put(struct act *a, struct fault *f)
{
    const struct thing *t = a->data;
    struct id id = id_new(&a->house->world, 0);

    TRY(db_run(a->db, f, "INSERT INTO thing(id, size, body) VALUES(?,?,?)", "dib", &id, t->size,
               t->text));
    a->status = 201;
    buf_printf(&a->reply, "{\"size\":%lld}", (long long)t->size);
    return OK;
}

static enum err put_and_fail(struct act *a, struct fault *f)
{
    TRY(put(a, f));
    return fault(f, ERR_INVALID, "not after all");
}

static enum err put_and_refuse(struct act *a, struct fault *f)
{
    TRY(put(a, f));
    return fault(f, ERR_DENIED, "the key service refuses");
}

static enum err adopt(struct act *a, struct fault *f)
{
    const struct thing *t = a->data;

    TRY(put(a, f));
    gate_set_policy(a->house->gate, policy_ref(known[t->size]));
    return OK;
}

static enum err adopt_and_fail(struct act *a, struct fault *f)
{
    TRY(adopt(a, f));
    return fault(f, ERR_INVALID, "not after all");
}

static enum err hold(struct act *a, struct fault *f)
{
    (void)a;
    (void)f;
    sem_post(&held);
    while (sem_wait(&let_go) != 0)
        ;
    return OK;
}

static enum err fill_disk(struct act *a, struct fault *f)
{
    (void)f;
    db_limit_pages(a->db, db_page_count(a->db));
    return OK;
}

static enum err look(struct act *a, struct fault *f)
{
    struct thing *t = a->data;
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM thing", ""));
    a->revision = query_int(&q, 0) + (t->size < 0); /* below zero: what was read is old */
    buf_printf(&a->reply, "%lld", (long long)a->revision);
    return query_end(&q, f);
}

#define WHO ACTOR_PERSON | ACTOR_OFFICER | ACTOR_SYSTEM
#define ROW(called, is, ...)                                                                       \
    {                                                                                              \
        .name = called, .kind = is, .method = ACTION_INTERNAL, .who = WHO, .resource = "Thing",    \
        .summary = "", __VA_ARGS__                                                                 \
    }
enum { PUT, FAIL, REFUSE_LATE, SUM, LOOK, MINE, ADOPT, ADOPT_FAIL, HOLD, DISK, NOTE };
static const struct action rows[] = {
    [PUT] = ROW("thing.put", ACTION_ACT, .facts = facts, .run = put),
    [FAIL] = ROW("thing.fail", ACTION_ACT, .facts = facts, .run = put_and_fail),
    [REFUSE_LATE] = ROW("thing.refuse-late", ACTION_ACT, .facts = facts, .run = put_and_refuse),
    [SUM] = ROW("thing.sum", ACTION_ACT, .facts = facts, .run = put),
    [LOOK] = ROW("thing.look", ACTION_READ_FILE, .facts = facts, .read = look),
    [MINE] = ROW("thing.mine", ACTION_READ, .facts = facts, .read = look),
    [ADOPT] = ROW("policy.adopt", ACTION_ACT, .facts = facts, .run = adopt),
    [ADOPT_FAIL] = ROW("policy.adopt-fail", ACTION_ACT, .facts = facts, .run = adopt_and_fail),
    [HOLD] = ROW("hold", ACTION_CHORE, .run = hold),
    [DISK] = ROW("disk", ACTION_CHORE, .run = fill_disk),
    [NOTE] = ROW("note", ACTION_CHORE, .run = put),
};

static const struct migration tables[] = {
    {"CREATE TABLE thing(id BLOB PRIMARY KEY, size BIGINT NOT NULL, body BLOB)"},
};

static enum err session_alive(struct house *h, const struct actor *who, struct fault *f)
{
    (void)h;
    return who->session.b[0] == 0xff ? fault(f, ERR_SESSION_EXPIRED, "the session has ended") : OK;
}

/* ---- calls --------------------------------------------------------------------------------- */

static void ended(struct act *a)
{
    struct call *c = a->user;

    sem_post(&c->end);
}

static struct actor officer(uint8_t n)
{
    static const str roles[] = {{"consul", 6}};
    struct actor who = {.kind = ACTOR_OFFICER, .mission = S("paris"), .roles = roles, .n_roles = 1};

    who.id = (struct id){{0, 1, 2, 3, 4, 5, 0x70, 0, 0x80, [15] = n}};
    who.session.b[0] = n;
    return who;
}

static struct call *call_new(int row, int64_t size)
{
    struct call *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->arena = arena_new(1 << 20);
    assert_non_null(c->arena);
    c->thing = (struct thing){size, S("a thing")};
    sem_init(&c->end, 0, 0);
    c->act = (struct act){.action = &rows[row],
                          .house = &house,
                          .arena = c->arena,
                          .actor = officer(1),
                          .data = &c->thing,
                          .done = ended,
                          .user = c};
    return c;
}

static void call_free(struct call *c)
{
    act_done(&c->act);
    arena_free(c->arena);
    sem_destroy(&c->end);
    free(c);
}

static void submit(struct call *c)
{
    gate_submit(house.gate, &c->act);
}

static enum err wait_for(struct call *c)
{
    while (sem_wait(&c->end) != 0)
        ;
    return c->act.err;
}

/* One act alone; its outcome. */
static enum err once(int row, int64_t size)
{
    struct call *c = call_new(row, size);
    enum err e = gate_perform(house.gate, &c->act);

    call_free(c);
    return e;
}

/* Keeps the writer busy, so that what is submitted meanwhile becomes one batch. */
static struct call *hold_writer(void)
{
    struct call *c = call_new(HOLD, 0);

    submit(c);
    while (sem_wait(&held) != 0)
        ;
    return c;
}

static void release_writer(struct call *c)
{
    sem_post(&let_go);
    assert_int_equal(wait_for(c), OK);
    call_free(c);
}

static int64_t count(const char *sql)
{
    struct db *db;
    struct query q;

    assert_int_equal(db_pool_take(house.readers, &db, NULL), OK);
    assert_int_equal(db_one(db, &q, NULL, sql, ""), OK);
    int64_t n = query_int(&q, 0);
    assert_int_equal(query_end(&q, NULL), OK);
    db_pool_put(house.readers, db);
    return n;
}

static int64_t things(void)
{
    return count("SELECT count(*) FROM thing");
}

static uint64_t journaled(void)
{
    uint64_t size = ledger_state(house.ledger).size;

    assert_int_equal(count("SELECT count(*) FROM journal"), size);
    return size;
}

static struct json *entry(uint64_t index, struct arena *a)
{
    struct json *j;
    struct db *db;
    str text;

    assert_int_equal(db_pool_take(house.readers, &db, NULL), OK);
    assert_int_equal(ledger_entry(db, (struct receipt){1, index}, a, &text, NULL), OK);
    db_pool_put(house.readers, db);
    assert_int_equal(json_parse(a, text, NULL, &j, NULL), OK);
    return j;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_batch(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    static const int plan[] = {PUT, FAIL, PUT, REFUSE_LATE, PUT};
    struct call *c[ARRAY_LEN(plan)], *holder = hold_writer();
    struct gate_stats before = gate_stats(house.gate);
    int64_t n = things();
    uint64_t size = journaled();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(plan); i++) {
        c[i] = call_new(plan[i], (int64_t)i);
        submit(c[i]);
    }
    assert_int_equal(gate_stats(house.gate).queued, ARRAY_LEN(plan));
    release_writer(holder);
    for (size_t i = 0; i < ARRAY_LEN(plan); i++) {
        enum err want = plan[i] == PUT ? OK : plan[i] == FAIL ? ERR_INVALID : ERR_DENIED;
        assert_int_equal(wait_for(c[i]), want);
        assert_int_equal(c[i]->act.journaled, want == OK);
    }
    /* one transaction for the holder, one for these */
    assert_int_equal(gate_stats(house.gate).batches - before.batches, 2);
    assert_int_equal(things(), n + 3);
    assert_int_equal(journaled(), size + 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(c[2 * i]->act.receipt.epoch, 1);
        assert_int_equal(c[2 * i]->act.receipt.index, size + i);
        struct json *j = entry(size + i, a);
        assert_true(str_eq(json_get_str(j, S("action")), S("thing.put")));
        assert_true(json_get_bool(j, S("permit"), false));
    }
    for (size_t i = 0; i < ARRAY_LEN(plan); i++)
        call_free(c[i]);
}

static void test_full_disk(void **state)
{
    static char bytes[1 << 20];
    struct call *holder = hold_writer(), *c[5];
    struct policy *governs = gate_policy(house.gate);
    int64_t n = things();
    uint64_t size = journaled();
    struct ledger_state head = ledger_state(house.ledger);

    (void)state;
    c[0] = call_new(DISK, 0);
    c[1] = call_new(PUT, 1);
    c[2] = call_new(ADOPT, 1);
    c[3] = call_new(PUT, 1); /* refused under what was just adopted */
    c[4] = call_new(SUM, 0);
    c[4]->thing.text = str_bytes(bytes, sizeof bytes);
    c[1]->act.idempotency_key = S("of a batch that failed");
    for (int i = 0; i < 5; i++)
        submit(c[i]);
    release_writer(holder);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wait_for(c[i]), ERR_STORAGE_FULL);
        assert_int_equal(err_class(c[i]->act.err), CLASS_BUSY);
        assert_false(c[i]->act.journaled);
        call_free(c[i]);
    }
    db_limit_pages(gate_writer_for_test(house.gate), 0);
    assert_int_equal(things(), n);
    assert_int_equal(journaled(), size);
    assert_int_equal(count("SELECT count(*) FROM idempotency WHERE token ="
                           " CAST('of a batch that failed' AS BLOB)"),
                     0);
    struct ledger_state now = ledger_state(house.ledger);
    assert_memory_equal(&now.root, &head.root, sizeof head.root);
    struct policy *after = gate_policy(house.gate);
    assert_ptr_equal(after, governs);
    policy_unref(after);
    policy_unref(governs);
    /* and it goes on, where it stood */
    struct call *next = call_new(PUT, 1);
    assert_int_equal(gate_perform(house.gate, &next->act), OK);
    assert_int_equal(next->act.receipt.index, size);
    call_free(next);
    assert_int_equal(ledger_check(writer, NULL, NULL, NULL), OK);
}

static void test_refusals(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    int64_t n = things();
    uint64_t size = journaled();
    unsigned journal = 0;

    (void)state;
    sim.now_ms += 60000;
    for (int i = 0; i < 10; i++) {
        struct call *c = call_new(PUT, 5000);
        assert_int_equal(gate_perform(house.gate, &c->act), ERR_DENIED);
        assert_int_equal(c->act.decision.n_by, 1);
        assert_true(str_eq(c->act.decision.by[0], S("small")));
        assert_int_equal(c->act.journaled, i < 6);
        journal += c->act.journaled;
        call_free(c);
    }
    assert_int_equal(journal, 6);
    assert_int_equal(things(), n);
    assert_int_equal(journaled(), size + 6);
    struct json *j = entry(size, a);
    assert_false(json_get_bool(j, S("permit"), true));
    assert_true(str_eq(json_str(json_at(json_get(j, S("by")), 0)), S("small")));
    /* the next minute counts anew; another officer has an allowance of his own */
    struct call *c = call_new(PUT, 5000);
    c->act.actor = officer(2);
    assert_int_equal(gate_perform(house.gate, &c->act), ERR_DENIED);
    assert_true(c->act.journaled);
    call_free(c);
    sim.now_ms += 60000;
    assert_int_equal(once(PUT, 5000), ERR_DENIED);
    assert_int_equal(journaled(), size + 8);
    /* nobody permits a person to put anything: refused by no rule, journaled too */
    c = call_new(PUT, 1);
    c->act.actor = (struct actor){.kind = ACTOR_PERSON, .id = officer(9).id};
    assert_int_equal(gate_perform(house.gate, &c->act), ERR_DENIED);
    assert_int_equal(c->act.decision.n_by, 0);
    assert_true(c->act.journaled);
    call_free(c);
    /* who is not heard at all, or has no session, comes nowhere near the journal */
    c = call_new(PUT, 1);
    c->act.actor = (struct actor){.kind = ACTOR_NOBODY};
    assert_int_equal(gate_perform(house.gate, &c->act), ERR_UNAUTHENTICATED);
    call_free(c);
    c = call_new(PUT, 1);
    c->act.actor.session.b[0] = 0xff;
    assert_int_equal(gate_perform(house.gate, &c->act), ERR_SESSION_EXPIRED);
    call_free(c);
    assert_int_equal(journaled(), size + 9);
    assert_int_equal(things(), n);
}

static void test_evaluation_error(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    uint64_t size = journaled();
    int64_t n = things();

    (void)state;
    sim.now_ms += 60000;
    assert_int_equal(once(SUM, 0), OK);
    /* the sum overflows: Cedar alone would skip that forbid and permit */
    assert_int_equal(once(SUM, 1), ERR_DENIED);
    assert_int_equal(things(), n + 1);
    assert_int_equal(journaled(), size + 2);
    struct json *j = entry(size + 1, a);
    assert_false(json_get_bool(j, S("permit"), true));
    assert_true(str_eq(json_str(json_at(json_get(j, S("by")), 0)), S("sum")));
}

static void test_adoption(void **state)
{
    static const struct {
        int row;
        int64_t size;
        enum err want;
    } plan[] = {
        {PUT, 1, OK},         {ADOPT_FAIL, 1, ERR_INVALID},
        {PUT, 1, OK},         {ADOPT, 1, OK},
        {PUT, 1, ERR_DENIED}, {ADOPT_FAIL, 0, ERR_INVALID},
        {PUT, 1, ERR_DENIED}, {ADOPT, 0, OK},
        {PUT, 1, OK},         {ADOPT, 1, OK},
    };
    struct call *holder = hold_writer(), *c[ARRAY_LEN(plan)];

    (void)state;
    sim.now_ms += 60000;
    for (size_t i = 0; i < ARRAY_LEN(plan); i++) {
        c[i] = call_new(plan[i].row, plan[i].size);
        submit(c[i]);
    }
    release_writer(holder);
    for (size_t i = 0; i < ARRAY_LEN(plan); i++) {
        assert_int_equal(wait_for(c[i]), plan[i].want);
        call_free(c[i]);
    }
    struct policy *p = gate_policy(house.gate);
    assert_ptr_equal(p, known[1]);
    policy_unref(p);
    assert_int_equal(once(PUT, 1), ERR_DENIED);
    assert_int_equal(once(ADOPT, 0), OK);
    assert_int_equal(once(PUT, 1), OK);
}

/* A call with a key and a body; the caller frees it. */
static struct call *keyed(int row, str key, str body, uint8_t who)
{
    struct call *c = call_new(row, 7);

    c->act.actor = officer(who);
    c->act.idempotency_key = key;
    c->act.body = body;
    gate_perform(house.gate, &c->act);
    return c;
}

static void test_idempotency(void **state)
{
    int64_t n = things();
    uint64_t size = journaled();
    struct call *first = keyed(PUT, S("key"), S("{}"), 1);
    struct call *again = keyed(PUT, S("key"), S("{}"), 1);
    struct call *other = keyed(PUT, S("key"), S("{ }"), 1);
    struct call *elsewhere = keyed(SUM, S("key"), S("{}"), 1);
    struct call *stranger = keyed(PUT, S("key"), S("{}"), 2);
    struct call *note = keyed(NOTE, S("note"), S("{}"), 1);
    struct call *note_again = keyed(NOTE, S("note"), S("{}"), 1);

    (void)state;
    assert_int_equal(first->act.err, OK);
    assert_false(first->act.replayed);
    assert_int_equal(again->act.err, OK);
    assert_true(again->act.replayed && again->act.journaled);
    assert_int_equal(again->act.status, 201);
    assert_int_equal(again->act.receipt.epoch, first->act.receipt.epoch);
    assert_int_equal(again->act.receipt.index, first->act.receipt.index);
    assert_true(str_eq(buf_str(&again->act.reply), buf_str(&first->act.reply)));
    assert_int_equal(other->act.err, ERR_REPLAYED_KEY);
    assert_int_equal(elsewhere->act.err, ERR_REPLAYED_KEY);
    assert_int_equal(stranger->act.err, OK);
    assert_false(stranger->act.replayed);
    /* what was never journaled has no receipt when it is asked again, either */
    assert_true(note_again->act.err == OK && note_again->act.replayed);
    assert_false(note->act.journaled || note_again->act.journaled);
    assert_int_equal(things(), n + 3);
    assert_int_equal(journaled(), size + 2);
    struct call *all[] = {first, again, other, elsewhere, stranger, note, note_again};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        call_free(all[i]);
    /* a day later the key is free */
    sim.now_ms += 86400000 + 1;
    struct call *c = keyed(PUT, S("another"), S("{}"), 1);
    call_free(c);
    c = keyed(PUT, S("key"), S("[]"), 1);
    assert_int_equal(c->act.err, OK);
    assert_false(c->act.replayed);
    call_free(c);
}

static void test_reading(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    uint64_t size = journaled();
    struct call *c = call_new(LOOK, 1);

    (void)state;
    assert_int_equal(gate_perform(house.gate, &c->act), OK);
    assert_true(c->act.journaled && c->act.reply.n > 0);
    assert_int_equal(journaled(), size + 1);
    assert_true(str_eq(json_get_str(entry(size, a), S("action")), S("thing.look")));
    call_free(c);
    /* the bytes are of another revision, however often they are read: they do not leave */
    assert_int_equal(once(LOOK, -1), ERR_STALE);
    assert_int_equal(journaled(), size + 1);
    /* one's own things are decided, not journaled; chores are neither */
    assert_int_equal(once(MINE, 1), OK);
    c = call_new(MINE, 1);
    c->act.actor.kind = ACTOR_PERSON;
    assert_int_equal(gate_perform(house.gate, &c->act), ERR_DENIED);
    call_free(c);
    c = call_new(NOTE, 5000);
    assert_int_equal(gate_perform(house.gate, &c->act), OK);
    assert_false(c->act.journaled);
    call_free(c);
    assert_int_equal(journaled(), size + 1);
}

static void test_queue_limit(void **state)
{
    struct call *holder = hold_writer(), **c = calloc(QUEUE + 4, sizeof *c);
    int64_t n = things();
    unsigned busy = 0;

    (void)state;
    assert_non_null(c);
    for (int i = 0; i < QUEUE + 4; i++) {
        c[i] = call_new(NOTE, i);
        submit(c[i]);
    }
    release_writer(holder);
    for (int i = 0; i < QUEUE + 4; i++) {
        enum err e = wait_for(c[i]);
        assert_true(e == OK || e == ERR_BUSY);
        assert_int_equal(e == ERR_BUSY, i >= QUEUE);
        busy += e == ERR_BUSY;
        call_free(c[i]);
    }
    free(c);
    assert_int_equal(busy, 4);
    assert_int_equal(things(), n + QUEUE);
}

struct actor_thread {
    pthread_t thread;
    uint8_t number;
    unsigned failed;
    uint64_t index[ACTS_EACH];
};

static void *act_often(void *arg)
{
    struct actor_thread *t = arg;

    for (int i = 0; i < ACTS_EACH; i++) {
        struct call *c = call_new(PUT, i);
        c->act.actor = officer(t->number);
        c->act.has_record_key = i % 2;
        memset(c->act.record_key.b, t->number, sizeof c->act.record_key.b);
        t->failed += gate_perform(house.gate, &c->act) != OK || !c->act.journaled;
        t->index[i] = c->act.receipt.index;
        call_free(c);
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    static struct actor_thread t[THREADS];
    static bool seen[THREADS * ACTS_EACH];
    uint64_t size = journaled();
    struct gate_stats before = gate_stats(house.gate);

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        t[i].number = (uint8_t)(i + 1);
        assert_int_equal(pthread_create(&t[i].thread, NULL, act_often, &t[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(t[i].thread, NULL);
        assert_int_equal(t[i].failed, 0);
        for (int k = 0; k < ACTS_EACH; k++) {
            uint64_t at = t[i].index[k] - size;
            assert_true(at < ARRAY_LEN(seen) && !seen[at]);
            assert_true(k == 0 || t[i].index[k] > t[i].index[k - 1]);
            seen[at] = true;
        }
    }
    assert_int_equal(journaled(), size + THREADS * ACTS_EACH);
    print_message("%d acts of %d threads in %llu batches\n", THREADS * ACTS_EACH, THREADS,
                  (unsigned long long)(gate_stats(house.gate).batches - before.batches));
    assert_int_equal(ledger_check(writer, NULL, NULL, NULL), OK);
}

/* The record of an entry, opened with the node's key or with that of a person. */
static str open_record(str sealed, struct arena *a)
{
    str plain;

    if (unseal(a, &house.record_key, S("decision"), sealed, &plain, NULL) == OK)
        return plain;
    for (int i = 1; i <= THREADS; i++) {
        struct key k;
        memset(k.b, i, sizeof k.b);
        if (unseal(a, &k, S("decision"), sealed, &plain, NULL) == OK)
            return plain;
    }
    fail_msg("no key opens a decision record");
    return STR_NONE;
}

static void decide_again(uint64_t index, struct arena *a, unsigned *permits)
{
    struct json *e = entry(index, a), *j;
    struct cedar_entities *es;
    struct cedar_request r;
    struct decision d;
    struct hash digest;
    struct db *db;
    char hex[65];
    str sealed;
    int set = -1;

    assert_int_equal(db_pool_take(house.readers, &db, NULL), OK);
    assert_int_equal(ledger_record(db, (struct receipt){1, index}, a, &sealed, NULL), OK);
    db_pool_put(house.readers, db);
    digest = sha256(sealed);
    hex_encode(digest.b, sizeof digest.b, hex);
    assert_true(str_eq(json_get_str(e, S("record")), str_of(hex)));
    for (int i = 0; i < SETS; i++) {
        hex_encode(policy_digest(known[i])->b, 32, hex);
        if (str_eq(json_get_str(e, S("policy")), str_of(hex)))
            set = i;
    }
    assert_true(set >= 0);
    assert_int_equal(json_parse(a, open_record(sealed, a), NULL, &j, NULL), OK);
    assert_int_equal(cedar_entities_read(a, json_get(j, S("entities")), NULL, &es, NULL), OK);
    assert_int_equal(cedar_request_read(a, json_get(j, S("request")), NULL, &r, NULL), OK);
    assert_int_equal(policy_decide(known[set], es, &r, a, &d, NULL), OK);
    assert_int_equal(d.permit, json_get_bool(e, S("permit"), !d.permit));
    assert_int_equal(d.permit, json_get_bool(j, S("permit"), !d.permit));
    for (uint32_t i = 0; i < d.n_by; i++) {
        assert_true(str_eq(d.by[i], json_str(json_at(json_get(e, S("by")), i))));
        assert_true(str_eq(d.by[i], json_str(json_at(json_get(j, S("by")), i))));
    }
    assert_null(json_at(json_get(e, S("by")), d.n_by));
    *permits += d.permit;
}

/* Last: every entry that the tests left behind. */
static void test_decided_again(void **state)
{
    AUTO(arena) struct arena *a = arena_new(4 << 20);
    uint64_t n = journaled();
    unsigned permits = 0;

    (void)state;
    for (uint64_t i = 0; i < n; i++) {
        decide_again(i, a, &permits);
        arena_reset(a);
    }
    assert_true(permits > 0 && permits < n);
    print_message("%llu decisions made again: %u permits, %llu refusals\n", (unsigned long long)n,
                  permits, (unsigned long long)(n - permits));
}

/* ---- the house ------------------------------------------------------------------------------ */

static int open_house(void **state)
{
    struct gate_hooks hooks = {.session_alive = session_alive};
    struct cedar_source files[] = {{S("rules.cedar"), str_of(rules)},
                                   {S("closed.cedar"), str_of(no_putting)}};

    (void)state;
    test_folder(dir);
    snprintf(path, sizeof path, "%s/store.db", dir);
    sim.now_ms = 1800000000000;
    house.world = world_of_sim(&sim);
    memset(house.record_key.b, 0x77, sizeof house.record_key.b);
    sem_init(&held, 0, 0);
    sem_init(&let_go, 0, 0);
    for (size_t i = 0; i < SETS; i++) {
        struct fault f = {0};
        if (policy_new(files, i + 1, str_of(schema), &known[i], &f) != OK)
            fail_msg("%s", f.detail);
    }
    assert_int_equal(db_open_writer(path, &writer, NULL), OK);
    assert_int_equal(db_pool_open(path, &house.readers, NULL), OK);
    assert_int_equal(db_migrate(writer, "test", tables, ARRAY_LEN(tables), NULL), OK);
    assert_int_equal(ledger_open(writer, S("xu.example/journal"), &house.ledger, NULL), OK);
    assert_int_equal(gate_start(&house, writer, &hooks, &house.gate, NULL), OK);
    gate_set_policy(house.gate, policy_ref(known[0]));
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    gate_stop(house.gate);
    ledger_close(house.ledger);
    db_pool_close(house.readers);
    db_close(writer);
    for (size_t i = 0; i < SETS; i++)
        policy_unref(known[i]);
    test_folder_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_refusals),     cmocka_unit_test(test_evaluation_error),
        cmocka_unit_test(test_adoption),     cmocka_unit_test(test_idempotency),
        cmocka_unit_test(test_reading),      cmocka_unit_test(test_queue_limit),
        cmocka_unit_test(test_many_threads), cmocka_unit_test(test_decided_again),
    };

    return cmocka_run_group_tests(tests, open_house, close_house);
}
