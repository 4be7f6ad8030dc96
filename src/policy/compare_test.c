/* compare: a small policy, and what it must say, worked out by hand */
#include "base/testing.h"

#include "base/date.h"
#include "policy/compare.h"

static const char schema_text[] =
    "namespace Sifara { entity Mission; entity Organisation in [Organisation]; entity Agreement;"
    "entity Tlp enum [\"CLEAR\",\"GREEN\",\"AMBER\",\"AMBER_STRICT\",\"RED\"];"
    "entity Officer = { roles: Set<String>, mission: Mission };"
    "entity State in [Organisation] = { recognised: Bool, sanctioned: Bool, adequate: Bool,"
    " accreditation: String, balance: Long, agreements: Set<Agreement> };"
    "entity Intelligence = { tlp: Tlp, originator: State, releasable: Set<Organisation> };"
    "entity Case = { authority: Mission, proposer?: Officer };"
    "action \"give\" appliesTo { principal: [Officer], resource: [Intelligence], context: {"
    " now: datetime, partner: State, undertakings: Set<String>, purpose: String, urgent: Bool,"
    " aim?: String, amount: Long, free: Long } };"
    "action \"confirm\" appliesTo { principal: [Officer], resource: [Case], context: {"
    " now: datetime, interest?: Bool } }; }";

static const char base_text[] =
    "@id(\"open\") permit (principal, action == Sifara::Action::\"give\", resource)"
    " when { principal.roles.contains(\"cert\") && context.partner.recognised &&"
    " resource.tlp == Sifara::Tlp::\"CLEAR\" };"
    "@id(\"friends\") permit (principal, action == Sifara::Action::\"give\", resource)"
    " when { context.partner.agreements.contains(Sifara::Agreement::\"CYBER\") &&"
    " resource.tlp == Sifara::Tlp::\"GREEN\" && context.undertakings.contains(\"secret\") };"
    "@id(\"sanctions\") forbid (principal, action == Sifara::Action::\"give\", resource)"
    " when { context.partner.sanctioned };"
    "@id(\"confirm\") permit (principal, action == Sifara::Action::\"confirm\", resource)"
    " when { principal.mission == resource.authority && principal.roles.contains(\"consul\") };"
    "@id(\"four-eyes\") forbid (principal, action == Sifara::Action::\"confirm\", resource)"
    " when { resource has proposer && resource.proposer == principal };";

#define NAME "{\"en\":\"E\",\"ar\":\"ع\",\"fr\":\"F\"}"
static const char states[] =
    "{\"states\":[{\"code\":\"XU\",\"recognised\":true},{\"code\":\"XA\",\"recognised\":true},"
    "{\"code\":\"FR\",\"recognised\":true},{\"code\":\"IT\",\"recognised\":true},"
    "{\"code\":\"XR\",\"recognised\":true,\"sanctioned\":true},{\"code\":\"XF\"}]}";
static const char agreements[] =
    "{\"agreements\":[{\"code\":\"CYBER\",\"title\":" NAME ",\"basis\":\"b\",\"parties\":[\"XU\","
    "\"XA\"],\"from\":\"2025-01-01\",\"until\":\"2026-12-31\"}]}";

struct bench {
    struct cedar_schema *schema;
    struct policy *base, *other;
    struct arena *arena;
    struct compare_answer answer;
};

static struct policy *policy_of(const char *text)
{
    struct cedar_source src[] = {{S("p.cedar"), str_of(text)},
                                 {S("facts/states.json"), str_of(states)},
                                 {S("facts/agreements.json"), str_of(agreements)}};
    struct fault f = {0};
    struct policy *p = NULL;

    if (policy_new(src, ARRAY_LEN(src), str_of(schema_text), &p, &f) != OK)
        fail_msg("%s", f.detail);
    return p;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct cedar_source src = {S("schema"), str_of(schema_text)};

    if (!b)
        return -1;
    b->arena = arena_new(256 << 20);
    assert_int_equal(cedar_schema_parse(&src, NULL, &b->schema, NULL), OK);
    b->base = policy_of(base_text);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    policy_unref(b->base);
    policy_unref(b->other);
    cedar_schema_free(b->schema);
    arena_free(b->arena);
    free(b);
    return 0;
}

static struct compare_ask ask_of(const struct bench *b)
{
    struct compare_ask ask = {.is = {b->base, 0}, .schema = b->schema, .home = S("XU")};

    assert_true(day_parse(S("2026-06-01"), &ask.is.day));
    return ask;
}

static const struct compare_answer *run(struct bench *b, const struct compare_ask *ask)
{
    struct fault f = {0};

    if (compare_run(ask, b->arena, &b->answer, &f) != OK)
        fail_msg("%s", f.detail);
    return &b->answer;
}

/* "XA FR: tlp=CLEAR|GREEN authority=own; with secret by friends" */
static void put_row(struct buf *out, const struct compare_row *r)
{
    static const char *const kinds[CHOICE_KINDS] = {
        [CHOICE_YES] = "yes",         [CHOICE_NO] = "no",       [CHOICE_ABSENT] = "absent",
        [CHOICE_OTHER] = "other",     [CHOICE_SELF] = "self",   [CHOICE_ANOTHER] = "another",
        [CHOICE_OWN] = "own",         [CHOICE_ELSE] = "else",   [CHOICE_HOME] = "home",
        [CHOICE_PARTNER] = "partner", [CHOICE_THIRD] = "third", [CHOICE_EMPTY] = "empty",
        [CHOICE_ITS] = "its",         [CHOICE_ALL] = "all"};
    static const char *const verdicts[] = {"no", "yes", "with"};

    for (size_t i = 0; i < r->n_states; i++)
        buf_printf(out, "%.*s ", STR_FMT(r->states[i]));
    for (size_t i = 0; i < r->n_terms; i++) {
        buf_printf(out, "%.*s=", STR_FMT(r->terms[i].name));
        for (size_t k = 0; k < r->terms[i].n; k++) {
            const struct compare_choice *c = r->terms[i].choices[k];
            buf_printf(out, "%s%.*s", k ? "|" : "",
                       STR_FMT(c->kind == CHOICE_TEXT ? c->text : str_of(kinds[c->kind])));
        }
        buf_add_char(out, ' ');
    }
    for (int side = r->was ? 0 : 1; side < 2; side++) {
        const struct compare_verdict *v = side ? r->is : r->was;
        buf_printf(out, "%s%s", side && r->was ? " -> " : "", verdicts[v->kind]);
        for (size_t i = 0; i < v->n_undertakings; i++)
            buf_printf(out, " +%.*s", STR_FMT(v->undertakings[i]));
        for (size_t i = 0; i < v->n_by; i++)
            buf_printf(out, " (%.*s)", STR_FMT(v->by[i]));
    }
    buf_add_char(out, '\n');
}

static void expect(const struct compare_answer *a, const char *wanted)
{
    AUTO(buf) struct buf out = BUF(1 << 20);

    for (size_t i = 0; i < a->n_rows; i++)
        put_row(&out, &a->rows[i]);
    buf_add_char(&out, 0);
    assert_true(buf_ok(&out));
    assert_string_equal(out.p, wanted);
}

/* France and Italy are one row: no policy tells them apart. Home is nobody's partner. */
static void test_who(void **state)
{
    struct compare_ask ask = ask_of(*state);

    ask.action = S("give");
    const struct compare_answer *a = run(*state, &ask);
    expect(a, "XA tlp=CLEAR yes (open)\n"
              "XA tlp=GREEN with +secret (friends)\n"
              "XA tlp=AMBER|AMBER_STRICT|RED no\n"
              "FR IT tlp=CLEAR yes (open)\n"
              "FR IT tlp=GREEN|AMBER|AMBER_STRICT|RED no\n"
              "XR no (sanctions)\n"
              "XF no\n");
    assert_int_equal(a->n_cases, 5 * 5); /* states and levels: nothing else is looked at */
}

static void test_role(void **state)
{
    struct compare_ask ask = ask_of(*state);

    ask.action = S("give");
    ask.role = S("consul");
    ask.state = S("XA");
    expect(run(*state, &ask), "XA tlp=CLEAR|AMBER|AMBER_STRICT|RED no\n"
                              "XA tlp=GREEN with +secret (friends)\n");
}

static void test_roles_and_missions(void **state)
{
    struct compare_ask ask = ask_of(*state);

    ask.action = S("confirm");
    expect(run(*state, &ask), "roles=other|cert proposer=absent|another authority=own no\n"
                              "proposer=absent|another authority=else no\n"
                              "proposer=self no (four-eyes)\n"
                              "roles=consul proposer=absent|another authority=own yes (confirm)\n");
}

static void test_given(void **state)
{
    struct bench *b = *state;
    struct compare_ask ask = ask_of(b);
    struct json *fixed;

    assert_int_equal(json_parse(b->arena, S("{\"tlp\":\"GREEN\"}"), NULL, &fixed, NULL), OK);
    ask.action = S("give");
    ask.state = S("XA");
    ask.fixed = fixed;
    expect(run(b, &ask), "XA with +secret (friends)\n");
}

static void test_lapse(void **state)
{
    struct compare_ask ask = ask_of(*state);

    ask.was = ask.is;
    assert_true(day_parse(S("2027-01-01"), &ask.is.day));
    expect(run(*state, &ask), "XA tlp=GREEN with +secret (friends) -> no\n");
    assert_true(day_parse(S("2026-12-31"), &ask.is.day));
    expect(run(*state, &ask), "");
}

static void test_diff(void **state)
{
    static const char more[] =
        "@id(\"urgent\") permit (principal, action == Sifara::Action::\"give\", resource)"
        " when { context.urgent && context.partner == Sifara::State::\"IT\" &&"
        " resource.tlp == Sifara::Tlp::\"RED\" };"
        "@id(\"no-interest\") forbid (principal, action == Sifara::Action::\"confirm\", resource)"
        " when { context has interest && context.interest };";
    struct bench *b = *state;
    struct compare_ask ask = ask_of(b);
    char text[sizeof base_text + sizeof more];

    snprintf(text, sizeof text, "%s%s", base_text, more);
    policy_unref(b->other);
    b->other = policy_of(text);
    ask.was = ask.is;
    ask.is.policy = b->other;
    expect(run(b, &ask), "IT tlp=RED urgent=yes no -> yes (urgent)\n"
                         "roles=consul proposer=absent|another authority=own interest=yes"
                         " yes (confirm) -> no (no-interest)\n");
    ask.is.policy = b->base;
    expect(run(b, &ask), "");
}

static void test_refusals(void **state)
{
    struct bench *b = *state;
    struct compare_answer out;
    struct json *fixed;
    struct fault f = {0};

    struct compare_ask ask = ask_of(b);
    ask.action = S("gibe");
    assert_int_equal(compare_run(&ask, b->arena, &out, &f), ERR_NOT_FOUND);
    ask = ask_of(b);
    ask.state = S("ZZ");
    assert_int_equal(compare_run(&ask, b->arena, &out, &f), ERR_NOT_FOUND);
    ask = ask_of(b);
    ask.action = S("give");
    ask.resource = S("Sifara::Case");
    assert_int_equal(compare_run(&ask, b->arena, &out, &f), ERR_NOT_FOUND);
    static const char *const bad[] = {"{\"colour\":\"red\"}", "{\"tlp\":\"MAUVE\"}", "{\"tlp\":1}",
                                      "{\"releasable\":\"G\"}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        ask = ask_of(b);
        ask.action = S("give");
        assert_int_equal(json_parse(b->arena, str_of(bad[i]), NULL, &fixed, NULL), OK);
        ask.fixed = fixed;
        assert_int_equal(compare_run(&ask, b->arena, &out, &f), ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who),      cmocka_unit_test(test_role),
        cmocka_unit_test(test_given),    cmocka_unit_test(test_roles_and_missions),
        cmocka_unit_test(test_lapse),    cmocka_unit_test(test_diff),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
