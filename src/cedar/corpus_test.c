/* corpus_test.c - the official Cedar test corpus: every request of every test
 *
 * Decision, determining policies and failing policies must all agree (the last two as sets of
 * ids). The data is unpacked into a temporary folder; where it is absent the tests skip.
 */
#include "base/testing.h"

#include <dirent.h>

#include "cedar/cedar.h"

struct counts {
    unsigned tests, requests, wrong;
    unsigned no_action; /* refused by the corpus for no other finding than this */
    unsigned round_trips;
    unsigned verdicts; /* of the second validator */
};

static char folder[] = "/tmp/cedar-corpus-XXXXXX";
static bool have_corpus, have_handwritten, have_verdicts;

static int setup(void **state)
{
    (void)state;
    test_folder(folder);
    have_corpus = test_unpack("cedar/corpus-tests.tar.gz", folder);
    have_verdicts = test_unpack("cedar/corpus-tests-validation.tar.gz", folder);
    have_handwritten = test_unpack("cedar/handwritten-tests.tar.gz", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static str slurp(struct arena *a, str name)
{
    str path = str_printf(a, "%s/%.*s", folder, STR_FMT(name));
    char *cstr = str_cstr(a, path);

    assert_non_null(cstr);
    return test_slurp(cstr, a);
}

static const struct json *parse(struct arena *a, str text)
{
    struct json *j = NULL;
    struct fault f = {0};

    if (json_parse(a, text, &json_limits_wide, &j, &f) != OK)
        fail_msg("JSON: %s", f.detail);
    return j;
}

static bool listed(const struct json *ids, str id)
{
    for (uint32_t i = 0; i < ids->n; i++) {
        if (str_eq(json_str(&ids->items[i]), id))
            return true;
    }
    return false;
}

static bool agrees(const struct cedar_set *set, const struct cedar_answer *got,
                   const struct json *want)
{
    const struct json *reasons = json_get(want, S("reason")), *errors = json_get(want, S("errors"));

    if (got->allow != str_eq(json_get_str(want, S("decision")), S("allow")))
        return false;
    if (got->n_reasons != reasons->n || got->n_errors != errors->n)
        return false;
    for (uint32_t i = 0; i < got->n_reasons; i++) {
        if (!listed(reasons, cedar_policy_id(set, got->reasons[i])))
            return false;
    }
    for (uint32_t i = 0; i < got->n_errors; i++) {
        if (!listed(errors, cedar_policy_id(set, got->errors[i].policy)))
            return false;
    }
    return true;
}

/* A set that passes strict validation meets no failure but these two on conforming input. */
static bool sound(const struct cedar_answer *a)
{
    for (uint32_t i = 0; i < a->n_errors; i++) {
        str m = a->errors[i].message;
        if (str_find(m, S("there is no entity")) < 0 && str_find(m, S("integer overflow")) < 0 &&
            str_find(m, S("has no result for this")) < 0)
            return false;
    }
    return true;
}

static void each_request(struct arena *a, const struct json *test, const struct cedar_set *set,
                         const struct cedar_entities *es, const struct cedar_schema *schema,
                         str name, struct counts *c)
{
    AUTO(arena) struct arena *scratch = arena_new(16 << 20);
    const struct json *requests = json_get(test, S("requests"));
    struct fault f = {0};

    for (uint32_t i = 0; i < requests->n; i++) {
        struct cedar_request q;
        struct cedar_answer answer;
        bool valid = json_get_bool(&requests->items[i], S("validateRequest"), true);
        c->requests++;
        arena_reset(scratch);
        if (cedar_request_read(a, &requests->items[i], schema, &q, &f) != OK ||
            (valid && cedar_validate_request(schema, &q, &f) != OK) ||
            cedar_decide(set, es, &q, scratch, &answer) != OK ||
            !agrees(set, &answer, &requests->items[i]) ||
            (json_get_bool(test, S("shouldValidate"), false) && !sound(&answer))) {
            c->wrong++;
            print_message("wrong: %.*s request %u %s %s\n", STR_FMT(name), i, f.pointer, f.detail);
        }
    }
}

/* Whether the set passes; *out_no_action if it would but for scopes that fit no action. */
static bool passes(const struct cedar_set *set, const struct cedar_schema *schema,
                   enum cedar_mode mode, bool *out_no_action)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    struct cedar_finding *l;
    size_t n, errors = 0;

    *out_no_action = false;
    assert_int_equal(cedar_validate(set, schema, mode, a, &l, &n, NULL), OK);
    for (size_t i = 0; i < n; i++) {
        errors += l[i].kind == CEDAR_FINDING_ERROR;
        *out_no_action |= l[i].kind == CEDAR_FINDING_NO_ACTION;
    }
    return errors == 0;
}

/* The corpus says strict; the second validator says both modes. A scope without action was an
 * error for both when their verdicts were made. */
static void check_policies(struct arena *a, const struct json *test, const struct cedar_set *set,
                           const struct cedar_schema *schema, str name, struct counts *c)
{
    bool want = json_get_bool(test, S("shouldValidate"), false), no_action;
    bool got = passes(set, schema, CEDAR_STRICT, &no_action);

    c->no_action += got && no_action;
    if ((got && !no_action) != want) {
        c->wrong++;
        print_message("wrong: %.*s validates: %d\n", STR_FMT(name), got);
    }
    str base = str_sub(name, S("corpus-tests").n, name.n - S(".json").n);
    str path =
        str_printf(a, "%s/corpus-tests-validation%.*s.validation.json", folder, STR_FMT(base));
    char *cstr = str_cstr(a, path);
    if (!have_verdicts || access(cstr, R_OK) != 0)
        return;
    const struct json *verdict = json_get(parse(a, test_slurp(cstr, a)), S("policyValidation"));
    bool loose = passes(set, schema, CEDAR_PERMISSIVE, &no_action) && !no_action;
    c->verdicts++;
    if (json_get_bool(verdict, S("strict"), false) != want ||
        json_get_bool(verdict, S("permissive"), false) != loose) {
        c->wrong++;
        print_message("wrong: %.*s permissive: %d\n", STR_FMT(name), loose);
    }
}

/* The set by way of its JSON form, and of its printed text. */
static struct cedar_set *by_json(struct arena *a, const struct cedar_set *set)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    struct jw w = JW(&b);
    struct cedar_set *out = NULL;
    struct fault f = {0};

    assert_int_equal(cedar_set_write(&w, set, &f), OK);
    if (cedar_set_read(parse(a, buf_str(&b)), NULL, &out, &f) != OK)
        print_message("policy JSON: %s\n", f.detail);
    return out;
}

static struct cedar_set *by_text(const struct cedar_set *set)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    struct cedar_source src = {S("printed"), {0}};
    struct cedar_set *out = NULL;
    struct fault f = {0};

    for (size_t i = 0; i < cedar_set_count(set); i++)
        cedar_policy_print(&b, set, i);
    src.text = buf_str(&b);
    if (cedar_parse(&src, 1, NULL, &out, &f) != OK) {
        print_message("printed: %s\n", f.detail);
        return NULL;
    }
    for (size_t i = 0; i < cedar_set_count(out); i++)
        cedar_policy_print(&again, out, i);
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    return out;
}

/* The set by way of its formatted source; formatting again must change nothing. */
static struct cedar_set *by_format(str text)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    struct cedar_source src = {S("source"), text}, formatted = {S("formatted"), {0}};
    struct cedar_set *out = NULL;
    struct fault f = {0};

    assert_int_equal(cedar_format(&b, &src, &f), OK);
    formatted.text = buf_str(&b);
    if (cedar_parse(&formatted, 1, NULL, &out, &f) != OK) {
        print_message("formatted: %s\n", f.detail);
        return NULL;
    }
    assert_int_equal(cedar_format(&again, &formatted, &f), OK);
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    return out;
}

/* The entities by way of their JSON form, which must say the same the second time. */
static struct cedar_entities *entities_by_json(struct arena *a, const struct cedar_entities *es)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    struct jw w = JW(&b), w2 = JW(&again);
    struct cedar_entities *out = NULL;
    struct fault f = {0};

    assert_int_equal(cedar_entities_write(&w, es, &f), OK);
    str text = str_copy(a, buf_str(&b));
    if (cedar_entities_read(a, parse(a, text), NULL, &out, &f) != OK)
        print_message("entities JSON: %s %s\n", f.pointer, f.detail);
    assert_non_null(out);
    assert_int_equal(cedar_entities_write(&w2, out, &f), OK);
    assert_true(str_eq(text, buf_str(&again)));
    return out;
}

static void one_test(str name, struct counts *c)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    const struct json *test = parse(a, slurp(a, name));
    str text = slurp(a, json_get_str(test, S("policies")));
    struct cedar_source source = {name, text};
    str schema_name = json_get_str(test, S("schema"));
    struct cedar_source schema_source = {schema_name, slurp(a, schema_name)};
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct cedar_entities *es;
    struct fault f = {0};

    c->tests++;
    if (cedar_schema_parse(&schema_source, NULL, &schema, &f) != OK ||
        cedar_parse(&source, 1, NULL, &set, &f) != OK ||
        cedar_entities_read(a, parse(a, slurp(a, json_get_str(test, S("entities")))), schema, &es,
                            &f) != OK) {
        c->wrong++;
        print_message("unreadable: %.*s: %s %s\n", STR_FMT(name), f.pointer, f.detail);
        return;
    }
    if (cedar_validate_entities(schema, es, a, &f) != OK) {
        c->wrong++;
        print_message("entities: %.*s: %s\n", STR_FMT(name), f.detail);
    }
    check_policies(a, test, set, schema, name, c);
    each_request(a, test, set, es, schema, name, c);
    AUTO(cedar_set) struct cedar_set *second = by_json(a, set);
    AUTO(cedar_set) struct cedar_set *third = by_text(set);
    AUTO(cedar_set) struct cedar_set *fourth = by_format(text);
    if (!second || !third || !fourth) {
        c->wrong++;
        print_message("round trip: %.*s\n", STR_FMT(name));
        return;
    }
    each_request(a, test, second, entities_by_json(a, es), schema, name, c);
    each_request(a, test, third, es, schema, name, c);
    each_request(a, test, fourth, es, schema, name, c);
    c->round_trips += 4;
}

static void each_test(const char *sub, struct counts *c)
{
    char path[512];
    struct dirent *d;

    snprintf(path, sizeof path, "%s/%s", folder, sub);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while ((d = readdir(dir))) {
        str file = str_of(d->d_name);
        if (!str_ends(file, S(".json")) || str_ends(file, S(".entities.json")))
            continue;
        snprintf(path, sizeof path, "%s/%s", sub, d->d_name);
        one_test(str_of(path), c);
    }
    closedir(dir);
}

static void corpus(void **state)
{
    struct counts c = {0};

    (void)state;
    if (!have_corpus)
        skip();
    each_test("corpus-tests", &c);
    print_message("corpus: %u tests, %u requests, %u wrong; strict validation: %u verdicts, of "
                  "which %u only for want of an action; permissive: %u verdicts; %u round trips\n",
                  c.tests, c.requests, c.wrong, c.tests, c.no_action, c.verdicts, c.round_trips);
    assert_true(c.requests > 0);
    assert_int_equal(c.wrong, 0);
}

/* ---- sets of many policies ------------------------------------------------------------- */

enum { POOL = 400, MIXES = 1000 };

struct pool {
    struct cedar_source sources[POOL];
    struct cedar_set *alone[POOL]; /* each policy as a set of its own: the oracle */
    const struct json *tests[POOL];
    struct cedar_entities *entities[POOL];
    size_t n;
};

static void add_to_pool(struct pool *p, struct arena *a, str name)
{
    const struct json *test = parse(a, slurp(a, name));
    str text = slurp(a, json_get_str(test, S("policies")));

    p->sources[p->n] = (struct cedar_source){name, text};
    p->tests[p->n] = test;
    assert_int_equal(cedar_parse(&p->sources[p->n], 1, NULL, &p->alone[p->n], NULL), OK);
    assert_int_equal(cedar_entities_read(a, parse(a, slurp(a, json_get_str(test, S("entities")))),
                                         NULL, &p->entities[p->n], NULL),
                     OK);
    p->n++;
}

/* One request against a mix of policies, forwards and backwards; against each alone. */
static void mixed_request(const struct pool *p, const size_t *mix, size_t n,
                          struct cedar_set *const sets[2], const struct cedar_entities *es,
                          const struct cedar_request *q)
{
    AUTO(arena) struct arena *scratch = arena_new(64 << 20);
    struct cedar_answer one, both[2];
    size_t permits = 0, forbids = 0, errors = 0;

    for (size_t i = 0; i < n; i++) {
        const struct cedar_set *alone = p->alone[mix[i]];
        assert_int_equal(cedar_decide(alone, es, q, scratch, &one), OK);
        permits += one.allow;
        forbids += !one.allow && one.n_reasons;
        errors += one.n_errors;
    }
    for (int k = 0; k < 2; k++) {
        assert_int_equal(cedar_decide(sets[k], es, q, scratch, &both[k]), OK);
        assert_int_equal(both[k].allow, permits > 0 && forbids == 0); /* a forbid wins */
        assert_int_equal(both[k].n_reasons, both[k].allow ? permits : forbids);
        assert_int_equal(both[k].n_errors, errors);
    }
    for (uint32_t i = 0; i < both[0].n_reasons; i++) /* order independence */
        assert_int_equal(both[0].reasons[i], n - 1 - both[1].reasons[both[0].n_reasons - 1 - i]);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static unsigned mix_once(const struct pool *p, struct arena *a, uint64_t *random)
{
    size_t n = 2 + next_random(random) % 49, mix[64], at = next_random(random) % p->n;
    struct cedar_source there[64], back[64];
    AUTO(cedar_set) struct cedar_set *forwards = NULL;
    AUTO(cedar_set) struct cedar_set *backwards = NULL;
    const struct json *requests = json_get(p->tests[at], S("requests"));

    for (size_t i = 0; i < n; i++) {
        mix[i] = i == 0 ? at : next_random(random) % p->n;
        there[i] = back[n - 1 - i] = p->sources[mix[i]];
    }
    assert_int_equal(cedar_parse(there, n, NULL, &forwards, NULL), OK);
    assert_int_equal(cedar_parse(back, n, NULL, &backwards, NULL), OK);
    struct cedar_set *const sets[2] = {forwards, backwards};
    for (uint32_t i = 0; i < requests->n; i++) {
        struct cedar_request q;
        assert_int_equal(cedar_request_read(a, &requests->items[i], NULL, &q, NULL), OK);
        mixed_request(p, mix, n, sets, p->entities[at], &q);
    }
    return requests->n;
}

static void mixed_sets(void **state)
{
    AUTO(arena) struct arena *a = arena_new(1u << 30);
    struct pool *p = arena_new_of(a, struct pool);
    uint64_t random = 2026;
    unsigned requests = 0;
    char path[512];
    struct dirent *d;

    (void)state;
    if (!have_corpus)
        skip();
    snprintf(path, sizeof path, "%s/corpus-tests", folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (p->n < POOL && (d = readdir(dir))) {
        str file = str_of(d->d_name);
        if (str_ends(file, S(".json")) && !str_ends(file, S(".entities.json")))
            add_to_pool(p, a, str_printf(a, "corpus-tests/%s", d->d_name));
    }
    closedir(dir);
    for (int i = 0; i < MIXES; i++)
        requests += mix_once(p, a, &random);
    print_message("mixed: %d sets of 2 to 50 policies, %u requests\n", MIXES, requests);
    for (size_t i = 0; i < p->n; i++)
        cedar_set_free(p->alone[i]);
}

static void handwritten(void **state)
{
    static const char *const folders[] = {"tests/decimal", "tests/example_use_cases", "tests/ip",
                                          "tests/multi"};
    struct counts c = {0};

    (void)state;
    if (!have_handwritten)
        skip();
    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        each_test(folders[i], &c);
    print_message("handwritten: %u tests, %u requests, %u wrong\n", c.tests, c.requests, c.wrong);
    assert_true(c.requests > 0);
    assert_int_equal(c.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corpus),
        cmocka_unit_test(handwritten),
        cmocka_unit_test(mixed_sets),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
