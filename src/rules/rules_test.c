/* rules_test.c - numbers, budgets, errors and our own operators; suites_test.c has the standard */
#include "base/testing.h"
#include "rules/rules.h"

struct world {
    struct arena *arena;
    struct rules *rules;
    struct json result;
    struct fault fault;
    struct buf text;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    w->arena = arena_new(32 << 20);
    w->text = BUF(1 << 20);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    arena_free(w->arena);
    rules_free(w->rules);
    buf_done(&w->text);
    free(w);
    return 0;
}

static enum err evaluate(struct world *w, const char *rule, const char *data,
                         const struct rules_budget *budget)
{
    const struct json_limits limits = {.depth = 600, .count = 200000};
    struct json *r, *d;

    rules_free(w->rules);
    w->rules = NULL;
    w->fault = (struct fault){0};
    assert_int_equal(json_parse(w->arena, str_of(rule), &limits, &r, NULL), OK);
    assert_int_equal(json_parse(w->arena, str_of(data), &limits, &d, NULL), OK);
    enum err e = rules_compile(r, &w->rules, &w->fault);
    return e == OK ? rules_eval(w->rules, d, w->arena, budget, &w->result, &w->fault) : e;
}

/* The result, or the error, as text. */
static const char *text_of(struct world *w, const char *rule, const char *data)
{
    enum err e = evaluate(w, rule, data, NULL);
    struct jw jw = JW(&w->text);

    assert_true(e == OK || e == ERR_INVALID);
    buf_clear(&w->text);
    if (e == ERR_INVALID)
        buf_add_char(&w->text, '!');
    jw_tree(&jw, &w->result);
    buf_add_char(&w->text, 0);
    return w->text.p;
}

struct sample {
    const char *rule, *data, *result;
};

static void check_all(struct world *w, const struct sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = text_of(w, s[i].rule, s[i].data ? s[i].data : "null");
        if (strcmp(got, s[i].result) != 0)
            fail_msg("%s gives %s, not %s", s[i].rule, got, s[i].result);
    }
}

#define CHECK(w, samples) check_all((w), (samples), ARRAY_LEN(samples))

static void numbers_are_decimal(void **state)
{
    static const struct sample samples[] = {
        {"{\"+\":[0.1,0.2]}", NULL, "0.3"},
        {"{\"===\":[{\"+\":[0.1,0.2]},0.3]}", NULL, "true"},
        {"{\"-\":[1,0.9]}", NULL, "0.1"},
        {"{\"*\":[1.1,1.1]}", NULL, "1.21"},
        {"{\"*\":[4.35,100]}", NULL, "435"},
        {"{\"*\":[{\"/\":[1,3]},3]}", NULL, "1"},
        {"{\"/\":[1,3]}", NULL, "0.3333333333333333"},
        {"{\"/\":[2,3]}", NULL, "0.6666666666666666"},
        {"{\"/\":[1,8]}", NULL, "0.125"},
        {"{\"/\":[1e300,1e-300]}", NULL, "!{\"type\":\"NaN\"}"},
        {"{\"+\":[1.0,0]}", NULL, "1"},
        {"{\"+\":[1e21,0]}", NULL, "1e+21"},
        {"{\"+\":[9223372036854775806,1]}", NULL, "9223372036854775807"},
        {"{\"-\":[-9223372036854775807,1]}", NULL, "-9223372036854775808"},
        {"{\"+\":[9223372036854775807,1]}", NULL, "9223372036854776000.0"},
        {"{\"+\":[1e17,0.4,-1e17]}", NULL, "0.4"},
        {"{\"%\":[5.5,2]}", NULL, "1.5"},
        {"{\"%\":[0.3,0.1]}", NULL, "0"},
        {"{\"%\":[1e300,7]}", NULL, "1"},
        {"{\"%\":[-7,0.5]}", NULL, "0"},
        {"{\"-\":[0]}", NULL, "0"},
        {"{\"<\":[9007199254740992,9007199254740993]}", NULL, "true"},
        {"{\"+\":[\" 12.50 \"]}", NULL, "12.5"},
        {"{\"+\":[\"0x10\"]}", NULL, "!{\"type\":\"NaN\"}"},
        {"{\"+\":[\"1e\"]}", NULL, "!{\"type\":\"NaN\"}"},
        {"{\"+\":[\"123456789012345678901234567890\"]}", NULL, "1.2345678901234568e+29"},
        {"{\"+\":[\"0.1234567890123456789012345\"]}", NULL, "0.12345678901234568"},
        {"{\"max\":[1.5,\"2.5\",true]}", NULL, "2.5"},
        {"{\"min\":[]}", NULL, "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"reduce\":[[0.1,0.2,0.3,0.4],{\"+\":[{\"var\":\"current\"},"
         "{\"var\":\"accumulator\"}]},0]}",
         NULL, "1"},
    };

    CHECK(*state, samples);
}

static void disagreements_are_decided(void **state)
{
    static const struct sample samples[] = {
        {"{\"==\":[null,\"a\"]}", NULL, "false"},
        {"{\"!=\":[{\"var\":\"x\"},\"a\"]}", "{}", "true"},
        {"{\"===\":[[1,{\"a\":1,\"b\":2}],[1,{\"b\":2,\"a\":1}]]}", NULL, "true"},
        {"{\"===\":[{\"var\":\"a\"},{\"var\":\"b\"}]}",
         "{\"a\":[1,{\"x\":1,\"y\":2}],\"b\":[1.0,{\"y\":2,\"x\":1}]}", "true"},
        {"{\"a\":1,\"b\":2}", NULL, "{\"a\":1,\"b\":2}"},
        {"{\"!\":{\"var\":\"list\"}}", "{\"list\":[0]}", "false"},
        {"{\"cat\":[[1,[2,null]],0.5,-1]}", NULL, "\"1,2,0.5-1\""},
        {"{\"cat\":[{\"var\":\"\"}]}", "{\"a\":1}", "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"var\":[\"a\",1]}", "{\"a\":null}", "null"},
        {"{\"var\":[\"a\",{\"throw\":\"unused\"}]}", "{\"a\":1}", "1"},
        {"{\"reduce\":[[2],{\"var\":\"accumulator\"}]}", NULL, "null"},
        {"{\"substr\":[\"\\u0633\\u0641\\u0627\\u0631\\u0629\",-2]}", NULL, "\"\xd8\xb1\xd8\xa9\""},
        {"{\"length\":\"\\u0633\\u0641\\u0627\\u0631\\u0629\"}", NULL, "5"},
        {"{\"throw\":{\"type\":\"X\"}}", NULL, "!{\"type\":\"X\"}"},
        {"{\"try\":[{\"throw\":[{\"type\":\"X\"}]},{\"val\":\"type\"}]}", NULL, "\"X\""},
        {"{\"throw\":7}", NULL, "!{\"type\":7}"},
        {"{\"try\":[{\"throw\":{\"var\":\"\"}},{\"val\":\"code\"}]}", "{\"code\":3}", "3"},
        {"{\"map\":[[10],{\"val\":[[1]]}]}", NULL, "[{\"index\":0}]"},
        {"{\"val\":[[9],\"x\"]}", "{\"x\":1}", "null"},
        {"{\"in\":[2,[1,2.0]]}", NULL, "true"},
        {"{\"log\":[5]}", NULL, "5"},
    };

    CHECK(*state, samples);
}

static void own_operators(void **state)
{
    static const struct sample samples[] = {
        {"{\"sifara.round\":[2.5]}", NULL, "2"},
        {"{\"sifara.round\":[3.5]}", NULL, "4"},
        {"{\"sifara.round\":[2.345,2]}", NULL, "2.34"},
        {"{\"sifara.round\":[2.345,2,\"half-up\"]}", NULL, "2.35"},
        {"{\"sifara.round\":[-2.345,2,\"half-up\"]}", NULL, "-2.35"},
        {"{\"sifara.round\":[1250,-2]}", NULL, "1200"},
        {"{\"sifara.round\":[1201,-2,\"up\"]}", NULL, "1300"},
        {"{\"sifara.round\":[1299,-2,\"down\"]}", NULL, "1200"},
        {"{\"sifara.round\":[-1.5,0,\"ceiling\"]}", NULL, "-1"},
        {"{\"sifara.round\":[-1.5,0,\"floor\"]}", NULL, "-2"},
        {"{\"sifara.round\":[1e-30,2,\"up\"]}", NULL, "0.01"},
        {"{\"sifara.round\":[1,0,\"sideways\"]}", NULL, "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.round\":[1,99]}", NULL, "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.age\":[\"2008-03-05\",\"2026-03-04\"]}", NULL, "17"},
        {"{\"sifara.age\":[\"2008-03-05\",\"2026-03-05\"]}", NULL, "18"},
        {"{\"sifara.age\":[\"2008-02-29\",\"2026-02-28\"]}", NULL, "17"},
        {"{\"sifara.age\":[\"2008-02-29\",\"2026-03-01\"]}", NULL, "18"},
        {"{\"sifara.age\":[\"2027-01-01\",\"2026-01-01\"]}", NULL,
         "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.age\":[\"2026-02-29\",\"2026-03-01\"]}", NULL,
         "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.date-add\":[\"2024-01-31\",1,\"months\"]}", NULL, "\"2024-02-29\""},
        {"{\"sifara.date-add\":[\"2024-02-29\",10,\"years\"]}", NULL, "\"2034-02-28\""},
        {"{\"sifara.date-add\":[\"2024-02-28\",2,\"days\"]}", NULL, "\"2024-03-01\""},
        {"{\"sifara.date-add\":[\"2000-03-01\",-1,\"days\"]}", NULL, "\"2000-02-29\""},
        {"{\"sifara.date-add\":[\"1970-01-01\",20454,\"days\"]}", NULL, "\"2026-01-01\""},
        {"{\"sifara.date-add\":[\"0001-01-01\",3652058,\"days\"]}", NULL, "\"9999-12-31\""},
        {"{\"sifara.date-add\":[\"9999-12-31\",1,\"days\"]}", NULL,
         "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.date-add\":[\"0001-01-01\",-1,\"months\"]}", NULL,
         "!{\"type\":\"Invalid Arguments\"}"},
        {"{\"sifara.date-add\":[\"2024-01-31\",1,\"weeks\"]}", NULL,
         "!{\"type\":\"Invalid Arguments\"}"},
    };

    CHECK(*state, samples);
}

static void what_is_no_rule_is_refused(void **state)
{
    struct world *w = *state;

    assert_int_equal(evaluate(w, "{\"if\":[true,{\"a/b\":1}]}", "null", NULL), ERR_SYNTAX);
    assert_string_equal(w->fault.pointer, "/if/1/a~1b");
    assert_non_null(strstr(w->fault.detail, "unknown operator a/b"));
    assert_int_equal(evaluate(w, "[{\">=\":[1,2],\"<\":[1,2]}]", "null", NULL), ERR_SYNTAX);
    assert_string_equal(w->fault.pointer, "/0");
    /* not evaluated, hence not looked at */
    assert_int_equal(evaluate(w, "{\"preserve\":{\"unknown\":1}}", "null", NULL), OK);
}

static void nested(char *out, size_t levels)
{
    *out = 0;
    for (size_t i = 0; i < levels; i++)
        out = stpcpy(out, "{\"!\":[");
    out = stpcpy(out, "1");
    for (size_t i = 0; i < levels; i++)
        out = stpcpy(out, "]}");
}

static void budgets_hold(void **state)
{
    static const char twice[] = "{\"reduce\":[{\"var\":\"\"},{\"merge\":[{\"var\":\"accumulator\"},"
                                "{\"var\":\"accumulator\"}]},[1]]}";
    static const char tree[] = "{\"reduce\":[{\"var\":\"\"},[{\"var\":\"accumulator\"},"
                               "{\"var\":\"accumulator\"}],1]}";
    static const char fifty[] =
        "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
        "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]";
    const struct rules_budget few = {.steps = 10, .values = 100};
    struct world *w = *state;
    char deep[4096];

    assert_int_equal(evaluate(w, twice, fifty, NULL), ERR_LIMIT);
    assert_int_equal(evaluate(w, tree, fifty, NULL), ERR_LIMIT);
    assert_non_null(strstr(w->fault.detail, "more values"));
    assert_int_equal(evaluate(w, "{\"map\":[{\"var\":\"\"},1]}", fifty, &few), ERR_LIMIT);
    /* a limit is nothing that try catches */
    assert_int_equal(evaluate(w, "{\"try\":[{\"map\":[{\"var\":\"\"},1]},2]}", fifty, &few),
                     ERR_LIMIT);
    nested(deep, RULES_MAX_DEPTH / 2);
    assert_int_equal(evaluate(w, deep, "null", NULL), OK);
    nested(deep, RULES_MAX_DEPTH + 1);
    assert_int_equal(evaluate(w, deep, "null", NULL), ERR_LIMIT);
}

static void memory_is_capped(void **state)
{
    static const char doubling[] =
        "{\"reduce\":[[1,1,1,1,1,1,1,1,1,1],{\"merge\":[{\"var\":\"accumulator\"},"
        "{\"var\":\"accumulator\"}]},[1,2]]}";
    AUTO(arena) struct arena *small = arena_new(8192);
    struct world *w = *state;

    assert_int_equal(evaluate(w, doubling, "null", NULL), OK);
    assert_int_equal(w->result.n, 2048);
    struct json untouched = json_of_int(7);
    assert_int_equal(rules_eval(w->rules, NULL, small, NULL, &untouched, &w->fault),
                     ERR_MEMORY_LIMIT);
    assert_int_equal(untouched.i, 7);
}

static void a_rule_outlives_its_json(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(1 << 16);
    char text[] =
        "{\"cat\":[{\"var\":\"a.b\"},\"-\",{\"val\":[\"a\",\"c\"]},{\"preserve\":[\"z\"]}]}";
    struct json *j, *data;

    assert_int_equal(json_parse(a, str_of(text), NULL, &j, NULL), OK);
    assert_int_equal(rules_compile(j, &w->rules, NULL), OK);
    arena_free(a);
    memset(text, 'x', sizeof text);
    assert_int_equal(
        json_parse(w->arena, S("{\"a\":{\"b\":\"left\",\"c\":\"right\"}}"), NULL, &data, NULL), OK);
    assert_int_equal(rules_eval(w->rules, data, w->arena, NULL, &w->result, NULL), OK);
    assert_true(str_eq(json_str(&w->result), S("left-rightz")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_decimal),
        TEST(disagreements_are_decided),
        TEST(own_operators),
        TEST(what_is_no_rule_is_refused),
        TEST(budgets_hold),
        TEST(memory_is_capped),
        TEST(a_rule_outlives_its_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
