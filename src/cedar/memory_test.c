/* memory_test.c - every place where memory can run out: a refusal, nothing worse
 *
 * Each operation is run with a cap that grows from nothing until it succeeds.
 */
#include "cedar/testing_int.h"

static const char rich_text[] =
    "@id(\"x\") @bare permit (principal in Alliance::\"North\", action in [Action::\"share\"],\n"
    "  resource) when { principal.balance > -1 && context.promises.contains(\"keep\") }\n"
    "  unless { [principal, resource].contains(context.promises) ||\n"
    "    {a: principal, \"b c\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]} == {a: 1} ||\n"
    "    principal.name like \"*x\\**\" || ip(\"10.0.0.0/8\") == context.ip ||\n"
    "    context has promises.x && (if principal has a.b then -principal.a.b > 1 else false) };\n"
    "forbid (principal is State in Alliance::\"World\", action, resource == Dataset::\"e\");\n"
    "permit (principal, action, resource) when { \"\\u{41}\" == \"A\" && principal is State in "
    "[Alliance::\"North\"] && principal.hasTag(\"treaty\") &&\n"
    "  decimal(\"1.0\").lessThan(decimal(\"2.0\")) && context.promises.containsAll([\"ask\"]) };";

/* Runs with ever more memory until it is enough; before that it must say so, and nothing else. */
static void with_little(enum err (*run)(size_t cap, struct fault *))
{
    size_t cap = 0;
    unsigned failures = 0;
    struct fault f = {0};
    enum err e;

    while ((e = run(cap, &f)) != OK) {
        if (e != ERR_MEMORY_LIMIT && e != ERR_MEMORY)
            fail_msg("with %zu bytes: %s %s", cap, err_slug(e), f.detail);
        cap += 16;
        failures++;
    }
    assert_true(failures > 3);
}

static enum err little_parse(size_t cap, struct fault *f)
{
    struct cedar_limits limits = cedar_limits_default;
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("little"), str_of(rich_text)};

    limits.memory = cap;
    return cedar_parse(&src, 1, &limits, &set, f);
}

static enum err little_links(size_t cap, struct fault *f)
{
    struct cedar_limits limits = cedar_limits_default;
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {
        S("t"), S("permit (principal in ?principal, action, resource == ?resource);")};
    struct cedar_link link = {S("policy0"), S("north"), cedar_uid(S("Alliance"), S("North")),
                              cedar_uid(S("Dataset"), S("d"))};

    limits.memory = cap;
    return cedar_parse_linked(&src, 1, &link, 1, &limits, &set, f);
}

static enum err little_schema(size_t cap, struct fault *f)
{
    struct cedar_limits limits = cedar_limits_default;
    AUTO(cedar_schema) struct cedar_schema *s = NULL;
    struct cedar_source src = {S("schema"), str_of(schema_text)};

    limits.memory = cap;
    return cedar_schema_parse(&src, &limits, &s, f);
}

static enum err little_json_schema(size_t cap, struct fault *f)
{
    struct cedar_limits limits = cedar_limits_default;
    AUTO(cedar_schema) struct cedar_schema *s = NULL;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct json *j;

    limits.memory = cap;
    TRY(json_parse(
        a,
        S("{\"N\": {\"commonTypes\": {\"C\": {\"type\": \"Record\", \"attributes\": {\"a\": "
          "{\"type\": \"Set\", \"element\": {\"type\": \"Long\"}}}}}, \"entityTypes\": {\"A\": "
          "{\"memberOfTypes\": [\"A\"], \"shape\": {\"type\": \"C\"}}, \"E\": {\"enum\": "
          "[\"x\"]}}, \"actions\": {\"g\": {}, \"z\": {\"memberOf\": [{\"id\": \"g\"}], "
          "\"appliesTo\": {\"principalTypes\": [\"A\"], \"resourceTypes\": [\"A\"]}}}}}"),
        NULL, &j, f));
    return cedar_schema_read(j, &limits, &s, f);
}

static enum err little_set_json(size_t cap, struct fault *f)
{
    struct cedar_limits limits = cedar_limits_default;
    AUTO(cedar_set) struct cedar_set *set = parse(rich_text);
    AUTO(cedar_set) struct cedar_set *again = NULL;
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);
    struct json *j;

    limits.memory = cap;
    TRY(cedar_set_write(&w, set, f));
    TRY(json_parse(a, buf_str(&b), NULL, &j, f));
    return cedar_set_read(j, &limits, &again, f);
}

static enum err little_decision(size_t cap, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = parse(rich_text);
    AUTO(arena) struct arena *scratch = arena_new(cap);
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer answer;

    (void)f;
    TRY(cedar_decide(set, es, &q, scratch, &answer));
    assert_int_equal(answer.n_errors, 0);
    return OK;
}

static enum err little_why(size_t cap, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = parse(rich_text);
    AUTO(arena) struct arena *scratch = arena_new(cap);
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_why why;

    (void)f;
    TRY(cedar_why_not(set, es, &q, S("promises"), scratch, &why));
    assert_true(why.curable && why.n_missing == 1 && why.n_near == 2);
    return OK;
}

static enum err little_validation(size_t cap, struct fault *f)
{
    AUTO(cedar_schema) struct cedar_schema *s = schema();
    AUTO(arena) struct arena *a = arena_new(cap);
    AUTO(cedar_set)
    struct cedar_set *set =
        parse("permit (principal, action, resource) when { (principal has name || principal has "
              "name && principal has level) && principal.hasTag(\"t\") &&"
              "[{a: principal.level}, {a: N::Level::\"LOW\"}].contains({a: principal.level}) && "
              "resource has owner.name && resource.owner.name == principal.name };"
              "permit (principal, action, resource) when { principal.nothing };");
    struct cedar_finding *l;
    size_t n;

    TRY(cedar_validate(set, s, CEDAR_STRICT, a, &l, &n, f));
    assert_int_equal(n, 1);
    TRY(cedar_validate(set, s, CEDAR_PERMISSIVE, a, &l, &n, f));
    assert_int_equal(n, 1);
    return OK;
}

static enum err little_entities(size_t cap, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(arena) struct arena *little = arena_new(cap);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);
    struct json *j;
    struct cedar_request q;
    struct cedar_entities *es = world(&q);

    TRY(cedar_entities_write(&w, es, f));
    TRY(json_parse(a, buf_str(&b), NULL, &j, f));
    TRY(cedar_entities_read(little, j, NULL, &es, f));
    buf_clear(&b);
    w = JW(&b);
    TRY(cedar_request_write(&w, &q, f));
    TRY(json_parse(a, buf_str(&b), NULL, &j, f));
    return cedar_request_read(little, j, NULL, &q, f);
}

static void little_memory(void **state)
{
    (void)state;
    with_little(little_parse);
    with_little(little_links);
    with_little(little_schema);
    with_little(little_json_schema);
    with_little(little_set_json);
    with_little(little_decision);
    with_little(little_why);
    with_little(little_validation);
    with_little(little_entities);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(little_memory)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
