/* link_test PROGRAM - channels on a fake clock and a fake network
 *
 * Two whole nodes in this process, without their threads: each turn of a channel is asked for, each
 * request between them passes our hands, time passes when we say so. In front of them 200 partners
 * that are as little as a partner can be. After each scenario both stores are read and compared:
 * nothing lost, nothing twice, one history, no receipt without entries.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/encode.h"
#include "node/link_scenarios_int.h"

enum { STORM_NOTES = 60 };

static char folder[] = "/tmp/sifara-scenarios-XXXXXX";
static const char *program;
struct side sides[2] = {{.code = "XU", .other = "XA"}, {.code = "XA", .other = "XU"}};

/* ---- time ------------------------------------------------------------------------------------ */

static void pass(int64_t ms)
{
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        sides[i].sim.now_ms += ms;
        sides[i].sim.passed_ms += ms;
    }
}

/* Everything that is due, until there is nothing for a while; then time passes, at most ms. Returns
 * how much did. */
static int64_t go(int64_t ms)
{
    int64_t wait = ms;

    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        int64_t w = link_turn(sides[i].node->house.link);
        wait = w < wait ? w : wait;
    }
    if (net_deliver())
        return 0;
    wait = wait < 1 ? 1 : wait;
    pass(wait);
    return wait;
}

static void run_for(int64_t ms)
{
    while (ms > 0)
        ms -= go(ms);
}

/* ---- stores ---------------------------------------------------------------------------------- */

static int64_t number(struct side *s, const char *sql, const char *partner)
{
    struct query q;
    struct db *db;
    int64_t n = -1;

    assert_int_equal(db_pool_take(s->node->house.readers, &db, NULL), OK);
    if (db_query(db, &q, NULL, sql, "s", str_of(partner)) == OK) {
        if (query_row(&q))
            n = query_int(&q, 0);
        (void)!query_end(&q, NULL);
    }
    db_pool_put(s->node->house.readers, db);
    return n;
}

static bool settled(struct side *a, struct side *b)
{
    return number(a, "SELECT count(*) FROM link_outbox WHERE partner = ?", b->code) == 0 &&
           number(a, "SELECT size - head_size FROM channel WHERE partner = ? AND sent = 1",
                  b->code) == 0 &&
           number(b, "SELECT head_size - taken FROM channel WHERE partner = ? AND sent = 0",
                  a->code) == 0;
}

void rows(struct side *s, const char *sql, const char *partner, struct buf *out)
{
    struct query q;
    struct db *db;

    assert_int_equal(db_pool_take(s->node->house.readers, &db, NULL), OK);
    assert_int_equal(db_query(db, &q, NULL, sql, "s", str_of(partner)), OK);
    for (; query_row(&q); query_next(&q))
        buf_add_str(out, query_str(&q, 0));
    assert_int_equal(query_end(&q, NULL), OK);
    db_pool_put(s->node->house.readers, db);
    assert_true(buf_ok(out));
}

#define ENTRIES(SENT)                                                                              \
    "SELECT hex(leaf) || hex(entry) FROM channel_entry WHERE log = (SELECT log FROM channel "      \
    "WHERE partner "                                                                               \
    "= ?"                                                                                          \
    " AND sent = " SENT ") ORDER BY idx"
#define NOTES(COLUMN, SENT)                                                                        \
    "SELECT " COLUMN " FROM dispatch WHERE partner = ? AND kind = 'note' AND sent = " SENT         \
    " ORDER BY 1"

/* The reader of both stores. */
static void compare(struct side *a, struct side *b)
{
    AUTO(buf)
    struct buf mine = BUF(64 << 20), theirs = BUF(64 << 20), sent = BUF(8 << 20),
               came = BUF(8 << 20);

    rows(a, ENTRIES("1"), b->code, &mine);
    rows(b, ENTRIES("0"), a->code, &theirs);
    assert_true(mine.n > 0 && str_eq(buf_str(&mine), buf_str(&theirs)));
    rows(a, NOTES("correlation", "1"), b->code, &sent);
    rows(b, NOTES("correlation", "0"), a->code, &came);
    assert_int_equal(sent.n, a->told * sizeof(struct id));
    assert_true(str_eq(buf_str(&sent), buf_str(&came)));
    assert_int_equal(number(b, "SELECT count(*) FROM equivocation WHERE partner = ?", a->code), 0);
    assert_true(
        number(a, "SELECT head_size FROM channel WHERE partner = ? AND sent = 1", b->code) <=
        number(b,
               "SELECT count(*) FROM channel_entry e JOIN channel c ON c.log = e.log"
               " WHERE partner = ? AND sent = 0",
               a->code));
}

static void settle(int64_t within_ms)
{
    while (!settled(&sides[0], &sides[1]) || !settled(&sides[1], &sides[0])) {
        if (within_ms <= 0)
            fail_msg("it does not settle");
        within_ms -= go(within_ms);
    }
    compare(&sides[0], &sides[1]);
    compare(&sides[1], &sides[0]);
}

/* ---- acts ------------------------------------------------------------------------------------ */

static void sign_in(struct side *s)
{
    static struct demo d;
    AUTO(arena) struct arena *a = arena_new(64 << 10);
    struct officer_file minister;
    char email[64], path[4300];
    struct fault f = {0};

    d.node = s->node;
    snprintf(path, sizeof path, "%s/officers/minister.key", s->node->data);
    if (officer_file_read(a, path, &minister, &f) != OK)
        fail_msg("the minister's key: %s", f.detail);
    snprintf(email, sizeof email, "minister@mfa.%c%c.example", s->code[0] | 0x20,
             s->code[1] | 0x20);
    if (demo_sign_in(&d, email, &minister, s->token, &f) != OK)
        fail_msg("signing in: %s", f.detail);
}

static void write_note(struct side *s, const char *to)
{
    static struct demo d;
    struct demo_call c;
    struct fault f = {0};

    d.node = s->node;
    demo_call_begin(&d, &c, "note.send");
    demo_call_param(&c, "state", str_of(to));
    enum err e = demo_call_as(&d, &c, s->token, &f);
    if (e == OK)
        e = demo_call_body(&c, S("{\"subject\":\"s\",\"text\":\"t\",\"language\":\"en\"}"), &f);
    if (e == OK)
        e = demo_call_do(&d, &c, &f);
    if (e != OK)
        fail_msg("%s: a note to %s: %s", s->code, to, f.detail);
    demo_call_end(&c);
    if (strcmp(to, s->other) == 0)
        s->told++;
}

static void both_write(void)
{
    write_note(&sides[0], "XA");
    write_note(&sides[1], "XU");
}

/* ---- letters of credence --------------------------------------------------------------------- */

void make_letter(struct arena *a, const char *code, const char *url, struct keyset k,
                 const struct ed25519_secret *root, struct letter *out)
{
    AUTO(buf) struct buf text = BUF(CREDENCE_MAX), note = BUF(CREDENCE_MAX);
    struct ed25519_public public = ed25519_public_of(root);
    struct credence c = {.state = str_of(code),
                         .name = k.name,
                         .title = S("A state"),
                         .url = str_of(url),
                         .language = {S("en")},
                         .n_languages = 1,
                         .issued = k.from};

    c.root = note_key_of(str_printf(a, "%.*s/root", STR_FMT(k.name)), &public);
    credence_format(&text, &c);
    note_sign(&note, buf_str(&text), c.root.name, root);
    out->credence = str_copy(a, buf_str(&note));
    buf_clear(&text);
    buf_clear(&note);
    keyset_format(&text, &k);
    note_sign(&note, buf_str(&text), c.root.name, root);
    out->keyset = str_copy(a, buf_str(&note));
    out->root = root_fingerprint(&c.root);
}

/* What officers would have done, as rows. */
void accredit(struct side *at, const char *code, uint64_t serial, const struct letter *l)
{
    struct db *w = at->node->writer;
    struct hash note = sha256(S("note verbale"));

    assert_int_equal(
        db_run(w, NULL,
               "INSERT INTO accreditation(state, standing, since, root, credence, note)"
               " VALUES(?, 'accredited', 1, ?, ?, ?) ON CONFLICT(state) DO NOTHING",
               "sbsb", str_of(code), hash_str(&l->root), l->credence, hash_str(&note)),
        OK);
    assert_int_equal(
        db_run(w, NULL,
               "INSERT INTO partner_keyset(state, root, serial, note, at) VALUES(?,?,?,?,1)",
               "sbis", str_of(code), hash_str(&l->root), (int64_t)serial, l->keyset),
        OK);
}

static void own_letter(struct arena *a, struct side *s, uint64_t serial, int32_t from,
                       int32_t until, struct letter *l)
{
    struct keyring_link_keys keys;
    struct ed25519_secret packages;

    assert_int_equal(keyring_link_keys(s->node->house.keyring, serial, &keys, NULL), OK);
    ed25519_new(&packages);
    make_letter(a, s->code, s->url,
                (struct keyset){.state = str_of(s->code),
                                .name = s->node->house.name,
                                .serial = serial,
                                .from = from,
                                .until = until,
                                .log = keys.log,
                                .mirror = keys.mirror,
                                .witness = keys.witness,
                                .packages = ed25519_public_of(&packages),
                                .seal = keys.seal},
                &s->root, l);
    assert_int_equal(
        db_run(s->node->writer, NULL,
               "INSERT INTO own_credence(serial, credence, keyset, at) VALUES(?,?,?,1)", "iss",
               (int64_t)serial, l->credence, l->keyset),
        OK);
}
/* ---- two nodes ------------------------------------------------------------------------------- */

static void open_node(struct side *s)
{
    struct http_carrier carrier = {net_start, net_cancel, s};
    struct world world = world_of_sim(&s->sim);
    struct fault f = {0};

    if (node_open(s->data, dup(s->ends[0]), (struct jailed_fds){-1, -1}, &world, &s->node, &f) !=
        OK)
        fail_msg("%s: %s", s->code, f.detail);
    if (link_start_on(s->node->house.link, &carrier, &f) != OK)
        fail_msg("%s: %s", s->code, f.detail);
}

static void close_node(struct side *s)
{
    link_stop(s->node->house.link);
    node_close(s->node);
    s->node = NULL;
}

/* Both end and begin anew, as after a power cut in good time. */
static void restart(void)
{
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        close_node(&sides[i]);
        open_node(&sides[i]);
        sign_in(&sides[i]);
    }
}

/* New keys of both; told: two officers of the other got the letter, too. */
static void new_keys(uint64_t serial, int32_t from, bool told)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct letter l;

    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        own_letter(a, &sides[i], serial, from, from + 396, &l);
        if (told)
            accredit(&sides[!i], sides[i].code, serial, &l);
    }
    restart();
}

static int32_t today(void)
{
    return day_of_ms(sides[0].sim.now_ms);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static void test_calm(void **state)
{
    (void)state;
    both_write();
    settle(HOUR_MS);
}

/* Requests and answers lost, doubled, cut short, turned by a bit, in another order, said once more
 * much later, at the wrong door or as if they were of another log. */
static void test_storm(void **state)
{
    (void)state;
    net.storm = true;
    for (int i = 0; i < STORM_NOTES; i++) {
        both_write();
        run_for((int64_t)demo_draw(&net.chance, 20000));
    }
    net.storm = false;
    settle(HOUR_MS);
    print_message("storm: %u requests, %u faults, %u forged heads\n", net.calls, net.mangled,
                  net.forged);
    assert_true(net.mangled > 100 && net.forged > 20);
}

static void test_clocks_apart(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        int64_t skew = (i ? -1 : 1) * ((int64_t)DAY_MS - 1000);
        sides[1].sim.now_ms += skew;
        sign_in(&sides[1]);
        both_write();
        settle(HOUR_MS);
        sides[1].sim.now_ms -= skew;
        sign_in(&sides[1]);
    }
}

static void test_thirty_days(void **state)
{
    int64_t waited = 0;

    (void)state;
    net.cut = true;
    net.calls = 0;
    for (int day = 0; day < 30; day++) {
        for (size_t i = 0; i < ARRAY_LEN(sides); i++)
            sign_in(&sides[i]);
        both_write();
        run_for(DAY_MS);
    }
    print_message("30 days without a line: %u calls by both\n", net.calls);
    assert_in_range(net.calls, 2 * 30 * 96, 2 * (30 * 192 + 24));
    assert_false(settled(&sides[0], &sides[1]));
    net.cut = false;
    net.calls = 0;
    while (net.calls == 0 && waited <= 15 * 60 * 1000)
        waited += go(HOUR_MS);
    assert_in_range(waited, 0, 15 * 60 * 1000);
    /* one has called: the other does not wait for its own turn */
    settle(1000);
}

static void test_rotation_in_a_storm(void **state)
{
    (void)state;
    new_keys(2, today(), false);
    net.storm = true;
    for (int i = 0; i < STORM_NOTES / 4; i++) {
        both_write();
        run_for((int64_t)demo_draw(&net.chance, 20000));
    }
    net.storm = false;
    settle(HOUR_MS);
    both_write();
    settle(HOUR_MS);
    for (size_t i = 0; i < ARRAY_LEN(sides); i++)
        assert_int_equal(number(&sides[i],
                                "SELECT serial FROM channel WHERE partner = ? AND sent = 1",
                                sides[i].other),
                         2);
}

/* All keysets have ended while nobody looked: nothing passes. New letters, compared on paper, are
 * enough: what waited comes. */
static void test_expired(void **state)
{
    (void)state;
    pass((int64_t)400 * DAY_MS);
    for (size_t i = 0; i < ARRAY_LEN(sides); i++)
        sign_in(&sides[i]);
    int64_t before =
        number(&sides[0], "SELECT head_size FROM channel WHERE partner = ? AND sent = 1", "XA");
    both_write();
    run_for(HOUR_MS);
    assert_int_equal(
        number(&sides[0], "SELECT head_size FROM channel WHERE partner = ? AND sent = 1", "XA"),
        before);
    new_keys(3, today(), true);
    settle(HOUR_MS);
}

/* ---- relations end ----------------------------------------------------------------------------
 */

/* What two officers would have done. */
static void set_standing(struct side *at, const char *was, const char *to)
{
    struct db *w = at->node->writer;
    struct world world = world_of_sim(&at->sim);
    struct id id = id_new(&world, 0);

    assert_int_equal(db_run(w, NULL, "UPDATE accreditation SET standing = ? WHERE state = ?", "ss",
                            str_of(to), str_of(at->other)),
                     OK);
    if (!standing_closes(str_of(to)))
        return;
    assert_int_equal(db_run(w, NULL,
                            "INSERT INTO closing(id, state, ours, was, standing, at, their_size,"
                            " their_received, answered) VALUES(?,?,1,?,?,?,0,0,0)",
                            "dsssi", &id, str_of(at->other), str_of(was), str_of(to),
                            at->sim.now_ms),
                     OK);
}

#define CLOSING(SIDE, COLUMN, OURS)                                                                \
    number(SIDE, "SELECT " COLUMN " FROM closing WHERE state = ? AND ours = " OURS, (SIDE)->other)

/* Both hold the same words: the sizes of either log, by their own hand and by the other's. */
static void compare_closing(struct side *by, struct side *other)
{
    assert_int_equal(CLOSING(by, "their_size", "1"), CLOSING(other, "idx + 1", "0"));
    assert_int_equal(CLOSING(by, "their_received", "1"), CLOSING(other, "received", "0"));
    assert_int_equal(CLOSING(by, "idx + 1", "1"), CLOSING(other, "their_size", "0"));
    assert_int_equal(CLOSING(by, "received", "1"), CLOSING(other, "their_received", "0"));
    assert_int_equal(CLOSING(by, "their_proof IS NOT NULL", "1"), 1);
    assert_int_equal(CLOSING(other, "proof IS NOT NULL", "0"), 1);
    assert_int_equal(number(by, "SELECT count(*) FROM equivocation WHERE partner = ?", other->code),
                     0);
}

/* Recalled in a storm, with power cuts: nothing passes any more but the word of either side, and it
 * passes once. */
static void test_recalled_in_a_storm(void **state)
{
    (void)state;
    both_write();
    settle(HOUR_MS);
    net.storm = true;
    both_write();
    run_for(1500);
    set_standing(&sides[0], "accredited", "recalled");
    int64_t size =
        number(&sides[0], "SELECT size FROM channel WHERE partner = ? AND sent = 0", "XA");
    for (int i = 0; i < 60 && CLOSING(&sides[0], "answered > 0", "1") != 1; i++) {
        run_for((int64_t)demo_draw(&net.chance, 60000));
        if (i % 3 == 1)
            restart();
    }
    net.storm = false;
    run_for(HOUR_MS);
    assert_int_equal(
        number(&sides[0], "SELECT size FROM channel WHERE partner = ? AND sent = 0", "XA"), size);
    assert_int_equal(number(&sides[1], "SELECT count(*) FROM closing WHERE state = ?", "XU"), 1);
    compare_closing(&sides[0], &sides[1]);
    set_standing(&sides[0], "recalled", "accredited");
    restart();
    settle(HOUR_MS);
}

/* A partner that is dead, or says something else: our word stands alone, and is shown so, until the
 * partner says its own. */
static void test_one_sided(void **state)
{
    (void)state;
    net.cut = true;
    set_standing(&sides[1], "accredited", "severed");
    restart();
    run_for(HOUR_MS);
    assert_int_equal(CLOSING(&sides[1], "proof IS NOT NULL", "1"), 1);
    assert_int_equal(CLOSING(&sides[1], "answered", "1"), 0);
    assert_int_equal(CLOSING(&sides[0], "count(*)", "0"), 0);
    net.cut = false;
    run_for(HOUR_MS);
    compare_closing(&sides[1], &sides[0]);
    set_standing(&sides[1], "severed", "accredited");
    restart();
    both_write();
    settle(HOUR_MS);
}

/* ---- a guest's link ends with its day ------------------------------------------------------- */

static enum err page_of_guest(struct side *s, const struct id *id, int64_t expires)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct act act = {.action = action_find(S("guest.page")),
                      .house = &s->node->house,
                      .arena = a,
                      .actor = {.kind = ACTOR_NOBODY}};
    struct act_param token = {S("token"), STR_NONE};

    assert_int_equal(guest_token(&act, id, expires, &token.value, NULL), OK);
    act.params = &token;
    act.n_params = 1;
    enum err e = gate_perform(s->node->house.gate, &act);
    act_done(&act);
    return e;
}

static void test_guest(void **state)
{
    struct side *s = &sides[0];
    struct id id = {{0}};
    struct demo_call c;
    struct demo d = {.node = s->node};
    struct fault f = {0};
    char body[400], day[16];

    (void)state;
    sign_in(s);
    day_format(today() + 1, day);
    snprintf(body, sizeof body,
             "{\"state\":\"FR\",\"email\":\"lena@example.org\",\"name\":\"Lena\",\"subject\":\"s\","
             "\"text\":\"t\",\"language\":\"fr\",\"until\":\"%s\",\"may\":[]}",
             day);
    demo_call_begin(&d, &c, "guest.invite");
    enum err e = demo_call_as(&d, &c, s->token, &f);
    if (e == OK)
        e = demo_call_body(&c, str_of(body), &f);
    if (e == OK)
        e = demo_call_do(&d, &c, &f);
    if (e != OK)
        fail_msg("no guest: %s", f.detail);
    demo_call_end(&c);
    AUTO(buf) struct buf hex = BUF(64);
    rows(s, "SELECT hex(id) FROM guest WHERE state = ?", "FR", &hex);
    assert_true(hex_decode(buf_str(&hex), id.b, sizeof id.b));
    int64_t expires = number(s, "SELECT expires FROM guest WHERE state = ?", "FR");

    assert_int_equal(page_of_guest(s, &id, expires), OK);
    assert_int_equal(page_of_guest(s, &id, expires + 86400000), ERR_NOT_FOUND);
    pass(86400000);
    assert_int_equal(page_of_guest(s, &id, expires), OK);
    pass(86400000);
    assert_int_equal(page_of_guest(s, &id, expires), ERR_NOT_FOUND);
}

static void test_crowd(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    unsigned most = 0;
    int64_t last = 0;

    (void)state;
    crowd_comes(a, today());
    restart();
    int64_t start = sides[0].sim.passed_ms;
    both_write();
    settle(2000);
    run_for(HOUR_MS);
    for (struct crowd *c = crowd; c < crowd + CROWD; c++) {
        if (is_dead(c) && c->asked > most)
            most = c->asked;
        if (!is_dead(c) && c->receipted_ms == 0)
            fail_msg("no receipt from %s", c->code);
        if (!is_dead(c) && c->receipted_ms - start > last)
            last = c->receipted_ms - start;
    }
    print_message(
        "180 of 200 gave receipts within %lld ms; a dead one was asked %u times in an hour\n",
        (long long)last, most);
    assert_in_range(last, 0, 2000);
    assert_in_range(most, 8, 20);
    both_write();
    settle(2000);
}

/* ---- the house ------------------------------------------------------------------------------- */

static void make_states(void)
{
    char command[2048];
    const char *root = getenv("SIFARA_SOURCE");

    assert_non_null(root);
    snprintf(command, sizeof command,
             "W='%s' ROOT='%s' SIFARA='%s' bash -c 'set -e; fail() { cat \"$W/err\"; exit 1; }; "
             "settings_of_test() { :; };"
             " . \"$ROOT/tests/states.sh\"; with_services consular-registration; state_new XU; "
             "state_new XA'",
             folder, root, program);
    assert_int_equal(system(command), 0);
}

static int open_states(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct letter l;

    (void)state;
    test_folder(folder);
    make_states();
    net.chance.state = 5;
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        struct side *s = &sides[i];
        snprintf(s->data, sizeof s->data, "%s/%s", folder, s->code);
        snprintf(s->url, sizeof s->url, "https://%s.node.example", s->code);
        s->sim.now_ms = world_now(&world_real);
        s->sim.seed = 7 + i;
        ed25519_new(&s->root);
        assert_true(ipc_pair(s->ends));
        s->keyring = fork();
        assert_true(s->keyring >= 0);
        if (s->keyring == 0) {
            char keys[160];
            snprintf(keys, sizeof keys, "%s/keys", s->data);
            close(s->ends[0]);
            _exit(keyring_main(keys, s->ends[1]));
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(sides); i++)
        open_node(&sides[i]);
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        own_letter(a, &sides[i], 1, today(), today() + 396, &l);
        accredit(&sides[!i], sides[i].code, 1, &l);
    }
    restart();
    return 0;
}

static int close_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        if (sides[i].node)
            close_node(&sides[i]);
        if (sides[i].keyring <= 0)
            continue;
        close(sides[i].ends[0]);
        kill(sides[i].keyring, SIGKILL);
        waitpid(sides[i].keyring, NULL, 0);
    }
    net_forget();
    crowd_goes();
    test_folder_remove(folder);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calm),
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_clocks_apart),
        cmocka_unit_test(test_thirty_days),
        cmocka_unit_test(test_rotation_in_a_storm),
        cmocka_unit_test(test_expired),
        cmocka_unit_test(test_recalled_in_a_storm),
        cmocka_unit_test(test_one_sided),
        cmocka_unit_test(test_guest),
        cmocka_unit_test(test_crowd),
    };

    if (argc != 2)
        return 2;
    program = argv[1];
    return cmocka_run_group_tests(tests, open_states, close_states);
}
