/* facts: what is read, what is refused and where, and what a decision sees of a state */
#include "base/testing.h"

#include "base/date.h"
#include "policy/policy.h"

#define STATES                                                                                     \
    "{\"states\":[{\"code\":\"XU\",\"recognised\":true},"                                          \
    "{\"code\":\"XA\",\"recognised\":true,\"adequate\":true},"                                     \
    "{\"code\":\"XR\",\"sanctioned\":true,\"note\":\"as of 2025\"}]}"
#define NAME  "{\"en\":\"E\",\"ar\":\"ع\",\"fr\":\"F\"}"
#define GROUP "{\"code\":\"G\",\"name\":" NAME ",\"members\":[\"XA\"]}"
#define AGREEMENT(code, parties, span)                                                             \
    "{\"code\":\"" code "\",\"title\":" NAME ",\"basis\":\"b\",\"parties\":" parties "," span "}"

static enum err read_files(const char *const *files, size_t n, struct facts **out, struct fault *f)
{
    struct cedar_source src[8];

    for (size_t i = 0; i < n; i++)
        src[i] = (struct cedar_source){str_of(files[2 * i]), str_of(files[2 * i + 1])};
    return facts_read(src, n, out, f);
}
#define READ(files, out, f) read_files(files, ARRAY_LEN(files) / 2, out, f)

static int32_t day(const char *text)
{
    int32_t d = 0;

    assert_true(day_parse(str_of(text), &d));
    return d;
}

static void test_relations(void **state)
{
    static const char *const files[] = {

        "facts/states.json",
        (STATES),
        "facts/organisations.json",
        ("{\"organisations\":[" GROUP ",{\"code\":\"H\",\"name\":" NAME
         ",\"members\":[\"G\"]},{\"code\":\"L\",\"name\":" NAME "},{\"code\":\"M\",\"name\":" NAME
         ",\"members\":[\"XR\"],\"in\":[\"L\"]}]}"),
        "facts/agreements.json",
        ("{\"agreements\":[" AGREEMENT("A", "[\"XU\",\"H\"]",
                                       "\"from\":\"2025-03-01\",\"until\":\"2027-02-28\"") "]}"),
        "facts/accreditations.json",
        ("{\"accreditations\":[{\"state\":\"XA\",\"standing\":\"accredited\",\"since\":"
         "\"2026-01-10\"},{\"state\":\"XA\",\"standing\":\"proposed\",\"since\":\"2025-11-20\"}]}"),
    };
    struct facts *f;

    (void)state;
    assert_int_equal(READ(files, &f, NULL), OK);
    assert_int_equal(facts_state_count(f), 3);
    assert_true(facts_state(f, S("XR"))->sanctioned);
    assert_false(facts_state(f, S("XR"))->recognised);
    assert_null(facts_state(f, S("XX")));
    assert_true(facts_member(f, S("XA"), S("G")));
    assert_true(facts_member(f, S("XA"), S("H")));
    assert_true(facts_member(f, S("G"), S("H")));
    assert_false(facts_member(f, S("H"), S("G")));
    assert_false(facts_member(f, S("XU"), S("H")));
    assert_true(facts_member(f, S("XR"), S("L")));
    assert_false(facts_member(f, S("XR"), S("nothing")));
    const struct fact_agreement *a = facts_agreement(f, S("A"));
    assert_true(facts_agreement_binds(f, a, S("XA"), day("2025-03-01")));
    assert_true(facts_agreement_binds(f, a, S("XA"), day("2027-02-28")));
    assert_false(facts_agreement_binds(f, a, S("XA"), day("2027-03-01")));
    assert_false(facts_agreement_binds(f, a, S("XA"), day("2025-02-28")));
    assert_false(facts_agreement_binds(f, a, S("XR"), day("2026-01-01")));
    assert_true(str_eq(facts_accreditation(f, S("XA"), day("2025-11-19")), S("none")));
    assert_true(str_eq(facts_accreditation(f, S("XA"), day("2026-01-09")), S("proposed")));
    assert_true(str_eq(facts_accreditation(f, S("XA"), day("2026-01-10")), S("accredited")));
    assert_true(str_eq(facts_accreditation(f, S("XR"), day("2026-01-10")), S("none")));
    facts_free(f);
}

/* What stands in the way, and the place that is told. */
static void test_refusals(void **state)
{
    static const struct {
        const char *file, *text, *pointer, *word;
    } table[] = {
        {"facts/states.json", "{\"states\":[{\"code\":\"xa\"}]}", "/states/0/code", "capital"},
        {"facts/states.json", "{\"states\":[{\"code\":\"XB\"},{\"code\":\"XB\"}]}",
         "/states/1/code", "twice"},
        {"facts/states.json", "{\"states\":[{\"code\":\"XB\",\"recogniesd\":true}]}", "/states/0",
         "recogniesd"},
        {"facts/states.json", "{\"states\":[{\"code\":\"XB\",\"recognised\":1}]}",
         "/states/0/recognised", "true or false"},
        {"facts/states.json", "{\"states\":[{}]}", "/states/0", "\"code\" is missing"},
        {"facts/states.json", "{\"states\":[{\"code\":\"XB\",\"name\":{\"en\":\"B\"}}]}",
         "/states/0/name", "languages"},
        {"facts/states.json", "[]", "", "\"states\""},
        {"facts/states.json", "{\"states\":[", "", "facts/states.json"},
        {"facts/states.json", "{\"states\":[],\"stats\":1}", "", "stats"},
        {"facts/unknown.json", "{}", "", "facts are in"},
        {"facts/organisations.json",
         "{\"organisations\":[{\"code\":\"G\",\"name\":" NAME ",\"members\":[\"XA\",\"XB\"]}]}",
         "/organisations/0/members/1", "XB"},
        {"facts/organisations.json",
         "{\"organisations\":[{\"code\":\"G\",\"name\":" NAME ",\"in\":[\"XA\"]}]}",
         "/organisations/0/in/0", "no organisation"},
        {"facts/organisations.json",
         "{\"organisations\":[{\"code\":\"G\",\"name\":" NAME ",\"members\":[\"XA\",\"XA\"]}]}",
         "/organisations/0/members/1", "twice"},
        {"facts/organisations.json",
         "{\"organisations\":[{\"code\":\"A\",\"name\":" NAME
         ",\"members\":[\"B\"]},{\"code\":\"B\",\"name\":" NAME
         ",\"members\":[\"C\"]},{\"code\":\"C\",\"name\":" NAME ",\"members\":[\"A\"]}]}",
         "/organisations/0", "A in C in B in A"},
        {"facts/states.json",
         "{\"states\":[{\"code\":\"XU\",\"home\":true},{\"code\":\"XA\",\"home\":true}]}",
         "/states/1/home", "another state is our own"},
        {"facts/organisations.json", "{\"organisations\":[{\"code\":\"XA\",\"name\":" NAME "}]}",
         "/organisations/0/code", "is a state"},
        {"facts/agreements.json",
         "{\"agreements\":[" AGREEMENT("A", "[\"XA\"]",
                                       "\"from\":\"2026-01-02\",\"until\":\"2026-01-01\"") "]}",
         "/agreements/0/until", "ends before it begins"},
        {"facts/agreements.json",
         "{\"agreements\":[" AGREEMENT("A", "[\"XA\",\"XB\"]", "\"from\":\"2026-01-02\"") "]}",
         "/agreements/0/parties/1", "XB"},
        {"facts/agreements.json",
         "{\"agreements\":[" AGREEMENT("A", "[]", "\"from\":\"2026-01-02\"") "]}",
         "/agreements/0/parties", "nobody"},
        {"facts/agreements.json",
         "{\"agreements\":[" AGREEMENT("A", "[\"XA\"]", "\"from\":\"2026-02-30\"") "]}",
         "/agreements/0/from", "date"},
        {"facts/accreditations.json",
         "{\"accreditations\":[{\"state\":\"XA\",\"standing\":\"friendly\",\"since\":"
         "\"2026-01-01\"}]}",
         "/accreditations/0/standing", "severed"},
        {"facts/accreditations.json",
         "{\"accreditations\":[{\"state\":\"XB\",\"standing\":\"none\",\"since\":\"2026-01-01\"}]}",
         "/accreditations/0/state", "XB"},
        {"facts/accreditations.json",
         "{\"accreditations\":[{\"state\":\"XA\",\"standing\":\"none\",\"since\":\"2026-01-01\"},"
         "{\"state\":\"XA\",\"standing\":\"severed\",\"since\":\"2026-01-01\"}]}",
         "/accreditations/1/since", "two standings"},
        {"facts/aims.json",
         "{\"aims\":[{\"code\":\"a\",\"title\":" NAME ",\"owner\":\"ministry\",\"measure\":\"*\","
         "\"target\":-1,\"from\":\"2026-01-01\"}]}",
         "/aims/0/target", "negative"},
        {"facts/aims.json",
         "{\"aims\":[{\"code\":\"a\",\"title\":" NAME ",\"owner\":\"ministry\",\"measure\":\"*\","
         "\"target\":1,\"from\":\"2026-01-01\",\"until\":\"2025-01-01\"}]}",
         "/aims/0/until", "ends before"},
        {"facts/capabilities.json",
         "{\"capabilities\":[{\"code\":\"c\",\"title\":" NAME ",\"unit\":\"u\",\"total\":-6}]}",
         "/capabilities/0/total", "negative"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *files[] = {"facts/states.json", STATES, table[i].file, table[i].text};
        bool states = strcmp(table[i].file, files[0]) == 0;
        struct facts *facts = NULL;
        struct fault f = {0};
        enum err e = read_files(files + (states ? 2 : 0), states ? 1 : 2, &facts, &f);
        assert_int_not_equal(e, OK);
        assert_null(facts);
        assert_string_equal(f.pointer, table[i].pointer);
        if (!strstr(f.detail, table[i].word) || !strstr(f.detail, table[i].file))
            fail_msg("row %zu: %s", i, f.detail);
    }
}

static void test_same_file_twice(void **state)
{
    static const char *const files[] = {"facts/states.json", STATES, "facts/states.json", STATES};
    struct fault f = {0};
    struct facts *facts;

    (void)state;
    assert_int_equal(READ(files, &facts, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "twice"));
}

/* No file at all: nothing is known, and that is no error. */
static void test_empty(void **state)
{
    struct facts *f;

    (void)state;
    assert_int_equal(facts_read(NULL, 0, &f, NULL), OK);
    assert_int_equal(facts_state_count(f), 0);
    assert_null(facts_state_at(f, 0));
    assert_false(facts_member(f, S("XA"), S("G")));
    assert_true(str_eq(facts_accreditation(f, S("XA"), 0), S("none")));
    facts_free(f);
}

/* ---- decided upon ------------------------------------------------------------------------ */

static const char schema[] =
    "namespace Sifara { entity Organisation in [Organisation]; entity Agreement;"
    "entity State in [Organisation] = { recognised: Bool, sanctioned: Bool, adequate: Bool,"
    " accreditation: String, balance: Long, agreements: Set<Agreement> };"
    "action a appliesTo { principal: [State], resource: [State] }; }";

static bool permits(const char *condition, const char *state, const char *on)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf text = BUF(4096);
    struct policy *p;
    struct decision d;
    struct fault f = {0};

    buf_printf(&text, "permit (principal, action, resource) when { %s };", condition);
    struct cedar_source src[] = {
        {S("p.cedar"), buf_str(&text)},
        {S("facts/states.json"), S(STATES)},
        {S("facts/organisations.json"),
         S("{\"organisations\":[" GROUP ",{\"code\":\"H\",\"name\":" NAME
           ",\"members\":[\"G\"]}]}")},
        {S("facts/agreements.json"),
         S("{\"agreements\":[" AGREEMENT("A", "[\"H\"]",
                                         "\"from\":\"2026-01-01\",\"until\":\"2026-12-31\"") "]}")},
    };
    if (policy_new(src, ARRAY_LEN(src), str_of(schema), &p, &f) != OK)
        fail_msg("%s", f.detail);
    struct cedar_entities *es = cedar_entities_new(a);
    facts_put_state(policy_facts(p), es, str_of(state), day(on), -3, STR_NONE);
    struct cedar_uid uid = cedar_uid(S("Sifara::State"), str_of(state));
    struct cedar_request q = {uid, cedar_uid(S("Sifara::Action"), S("a")), uid, NULL};
    assert_int_equal(policy_decide(p, es, &q, a, &d, &f), OK);
    policy_unref(p);
    return d.permit;
}

static void test_as_entities(void **state)
{
    (void)state;
    assert_true(permits("principal.recognised && principal.adequate && !principal.sanctioned", "XA",
                        "2026-05-01"));
    assert_true(permits("principal.sanctioned && principal.balance == -3", "XR", "2026-05-01"));
    assert_true(permits("principal in Sifara::Organisation::\"H\"", "XA", "2026-05-01"));
    assert_false(permits("principal in Sifara::Organisation::\"H\"", "XU", "2026-05-01"));
    assert_true(
        permits("principal.agreements.contains(Sifara::Agreement::\"A\")", "XA", "2026-12-31"));
    assert_false(
        permits("principal.agreements.contains(Sifara::Agreement::\"A\")", "XA", "2027-01-01"));
    assert_false(
        permits("principal.agreements.contains(Sifara::Agreement::\"A\")", "XU", "2026-12-31"));
    /* of an unknown state everything is said, and nothing good */
    assert_true(permits("!principal.recognised && principal.accreditation == \"none\" && "
                        "principal.agreements.isEmpty()",
                        "ZZ", "2026-05-01"));
}

static void test_unknown_names(void **state)
{
    static const struct {
        const char *text, *place;
    } table[] = {
        {"permit (principal == Sifara::State::\"ZZ\", action, resource);", "p.cedar:1:"},
        {"permit (principal in Sifara::Organisation::\"Z\", action, resource);", "p.cedar:1:"},
        {"permit (principal, action, resource)\nwhen { principal.agreements.contains("
         "Sifara::Agreement::\"Z\") };",
         "p.cedar:2:38"},
        {"permit (principal, action, resource)\nunless { [Sifara::State::\"XA\", "
         "Sifara::State::\"Z\"].contains(principal) };",
         "p.cedar:2:32"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct cedar_source src[] = {{S("p.cedar"), str_of(table[i].text)},
                                     {S("facts/states.json"), S(STATES)}};
        struct policy *p = NULL;
        struct fault f = {0};
        assert_int_equal(policy_new(src, 2, str_of(schema), &p, &f), ERR_INVALID);
        assert_null(p);
        if (strncmp(f.detail, table[i].place, strlen(table[i].place)) != 0)
            fail_msg("row %zu: %s", i, f.detail);
    }
}

/* Facts are part of the name of a set, whatever the order of its files. */
static void test_digest(void **state)
{
    struct cedar_source a[] = {{S("p.cedar"), S("permit (principal, action, resource);")},
                               {S("facts/states.json"), S(STATES)}};
    struct cedar_source b[] = {a[1], a[0]};
    struct cedar_source c[] = {a[0], {S("facts/states.json"), S("{\"states\":[]}")}};
    struct policy *x, *y, *z, *again = NULL;
    struct fault f;

    (void)state;
    assert_int_equal(policy_new(a, 2, str_of(schema), &x, NULL), OK);
    assert_int_equal(policy_new(b, 2, str_of(schema), &y, NULL), OK);
    assert_int_equal(policy_new(c, 2, str_of(schema), &z, NULL), OK);
    assert_memory_equal(policy_digest(x), policy_digest(y), sizeof(struct hash));
    assert_memory_not_equal(policy_digest(x), policy_digest(z), sizeof(struct hash));
    assert_int_equal(policy_reopen(c, 2, str_of(schema), policy_digest(x), &again, &f),
                     ERR_CORRUPT);
    assert_int_equal(policy_reopen(b, 2, str_of(schema), policy_digest(x), &again, &f), OK);
    policy_unref(again);
    assert_int_equal(policy_reopen(b, 2, STR_NONE, policy_digest(x), &again, &f), OK);
    policy_unref(again);
    policy_unref(x);
    policy_unref(y);
    policy_unref(z);
}

/* Ten thousand agreements of an organisation with all states: read, and asked by code. */
static void test_many(void **state)
{
    AUTO(buf) struct buf states = BUF(1 << 20);
    AUTO(buf) struct buf group = BUF(1 << 20);
    AUTO(buf) struct buf list = BUF(16 << 20);
    struct facts *f;

    (void)state;
    for (int i = 0; i < 250; i++) {
        buf_printf(&states, "%s{\"code\":\"%c%c\"}", i ? "," : "{\"states\":[", 'A' + i / 26,
                   'A' + i % 26);
        buf_printf(&group, "%s\"%c%c\"",
                   i ? ","
                     : "{\"organisations\":[{\"code\":\"G-1\",\"name\":" NAME ",\"members\":[",
                   'A' + i / 26, 'A' + i % 26);
    }
    buf_add_str(&states, S("]}"));
    buf_add_str(&group, S("]}]}"));
    for (int i = 0; i < 10000; i++)
        buf_printf(&list,
                   "%s{\"code\":\"T-%d\",\"title\":" NAME
                   ",\"basis\":\"b\",\"parties\":[\"G-1\"],\"from\":\"2026-01-01\"}",
                   i ? "," : "{\"agreements\":[", i);
    buf_add_str(&list, S("]}"));
    struct cedar_source src[] = {{S("facts/states.json"), buf_str(&states)},
                                 {S("facts/organisations.json"), buf_str(&group)},
                                 {S("facts/agreements.json"), buf_str(&list)}};
    assert_int_equal(facts_read(src, 3, &f, NULL), OK);
    assert_int_equal(facts_agreement_count(f), 10000);
    for (int i = 0; i < 10000; i++) {
        char code[16];
        snprintf(code, sizeof code, "T-%d", i);
        const struct fact_agreement *a = facts_agreement(f, str_of(code));
        assert_non_null(a);
        assert_ptr_equal(a, facts_agreement_at(f, (size_t)i));
    }
    assert_true(facts_agreement_binds(f, facts_agreement_at(f, 9999), S("JP"), day("2030-01-01")));
    facts_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relations),       cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_same_file_twice), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_as_entities),     cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_digest),          cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
