/* the whole language in words: each construct by its sentence, three languages, strange input */
#include "base/testing.h"
#include "policy/prose.h"

static struct arena *arena;
static struct json *words[3];
static const char *const languages[] = {"en", "ar", "fr"};

static str word(const void *from, str language, str key)
{
    (void)from;
    for (size_t i = 0; i < 3; i++)
        if (str_eq(language, str_of(languages[i])))
            return json_get_str(words[i], key);
    return STR_NONE;
}

static str name(const void *from, str language, str type, str id)
{
    (void)from;
    (void)language;
    return str_eq(type, S("State")) && str_eq(id, S("XA")) ? S("Arcadia") : STR_NONE;
}

static const struct prose_words from_files = {word, name, NULL};

/* The policy as text, in a language. */
static str read_in(const char *language, const char *text)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct cedar_source src = {S("test"), str_of(text)};
    struct fault f = {0};

    if (cedar_parse(&src, 1, NULL, &set, &f) != OK)
        fail_msg("%s", f.detail);
    if (policy_prose(&b, set, 0, &from_files, str_of(language), &f) != OK)
        fail_msg("%s", f.detail);
    return str_copy(arena, buf_str(&b));
}

static void check(const char *language, const char *text, const char *expected)
{
    str said = read_in(language, text);

    if (!str_eq(said, str_of(expected)))
        fail_msg("\n%.*s\nexpected\n%s", STR_FMT(said), expected);
}

/* Conditions of "an officer may take a case", as one sentence. */
static void check_when(const char *condition, const char *expected)
{
    str policy = str_printf(arena,
                            "permit (principal is Sifara::Officer,"
                            " action == Sifara::Action::\"case.take\", resource is Sifara::Case)"
                            " when { %s };",
                            condition);
    str sentence = str_printf(arena, "An officer may take a case, if %s.\n", expected);

    check("en", policy.p, sentence.p);
}

static void test_scopes(void **state)
{
    (void)state;
    check("en", "permit (principal, action, resource);", "Anyone may do anything.\n");
    check("en", "forbid (principal, action, resource is Sifara::Case);",
          "Nobody may do anything with a case.\n");
    check("en", "permit (principal == Sifara::Mission::\"paris\", action in [], resource);",
          "The mission paris may do nothing.\n");
    check("en",
          "permit (principal is Sifara::State in Sifara::Organisation::\"GCC\","
          " action in [Sifara::Action::\"case.show\", Sifara::Action::\"new.thing\"],"
          " resource in Sifara::Mission::\"rome\");",
          "A state that belongs to “GCC” may do any of these:\n"
          "  - follow anything that belongs to the mission rome;\n"
          "  - do “new.thing”, with anything that belongs to the mission rome.\n");
    check("fr", "forbid (principal, action, resource);", "Nul ne peut faire quoi que ce soit.\n");
    check("ar", "permit (principal is Sifara::Officer, action, resource is Sifara::Case);",
          "يجوز لموظف القيام بأي شيء يتعلق بمعاملة.\n");
}

static void test_conditions(void **state)
{
    (void)state;
    check_when("principal.roles.contains(\"consul\")", "the officer is a consul");
    check_when("!principal.roles.contains(\"consul\")", "the officer is not a consul");
    check_when("principal.roles.contains(\"consul\") || principal.roles.contains(\"cook\")",
               "the officer is a consul or “cook”");
    check_when("principal.roles.containsAny([\"consul\", \"oversight\"])",
               "the officer is a consul or an oversight officer");
    check_when("principal.mission == resource.authority",
               "the case is the responsibility of the officer's own mission");
    check_when("resource.authority != principal.mission",
               "the case is not the responsibility of the officer's own mission");
    check_when("context.undertakings.containsAll([\"no-onward-sharing\", \"originator-consent\"])",
               "the partner state undertakes not to pass it on and to ask the originator before"
               " any use");
    check_when("context.partner.recognised && !context.urgent",
               "the partner state is recognised and the matter is not urgent");
    check_when("context.urgent == false", "the matter is not urgent");
    check_when("context.partner == Sifara::State::\"XA\"", "the partner state is Arcadia");
    check_when("[\"a\", \"b\"].contains(resource.state)", "the state of the case is “a” or “b”");
    check_when("context.amount <= context.free", "as much as is asked for is free");
    check_when("!(context.amount <= context.free)", "less than is asked for is free");
    check_when("1 + 2 * context.amount > 7 && !(context.amount < -1)",
               "1 plus (2 times the amount asked for) is more than 7 and the amount asked for is"
               " at least -1");
    check_when("resource.state like \"open*\" && !(resource.state like \"*x*\")",
               "the state of the case begins with “open” and the state of the case does not"
               " contain the text “x”");
    check_when("resource.state like \"a*b\"", "the state of the case has the form “a*b”");
    check_when("principal in [Sifara::Mission::\"paris\", Sifara::Mission::\"rome\"]",
               "the officer belongs to the mission paris or the mission rome");
    check_when("resource.getTag(\"colour\") == \"red\" && principal.hasTag(\"x\")",
               "the mark “colour” of the case is “red” and the officer has the mark “x”");
    check_when("if context.urgent then true else resource.unheard.of",
               "(if the matter is urgent, then this is always so; otherwise “of” of “unheard” of"
               " the case applies)");
    check_when("{a: 1}.a == 1", "“a” of the particulars a: 1 is 1");
    check_when("resource.list.isEmpty()", "“list” of the case are empty");
}

static void test_values(void **state)
{
    (void)state;
    check_when("context.now < datetime(\"2027-01-01\")", "the date is before 1 January 2027");
    check_when("datetime(\"2027-02-03T14:30:00Z\") <= context.now",
               "the date is 3 February 2027, 14:30 UTC or later");
    check_when("context.now < datetime(\"2027-01-01\").offset(duration(\"1d2h\"))",
               "the date is before 1 January 2027 plus one day and 2 hours");
    check_when("resource.fee.lessThan(decimal(\"1.5000\"))", "“fee” of the case is less than 1.5");
    check_when("resource.ip.isInRange(ip(\"10.0.0.0/8\"))",
               "“ip” of the case lies within the address 10.0.0.0/8");
    check("fr",
          "permit (principal, action, resource) when { context.now < datetime(\"2027-01-01\") };",
          "Toute personne peut faire quoi que ce soit, si la date est antérieure au 1er janvier"
          " 2027.\n");
    check("ar",
          "permit (principal, action, resource)"
          " when { context.now < datetime(\"2027-01-03\").offset(duration(\"3d\")) };",
          "يجوز لأي أحد القيام بأي شيء، بهذا الشرط: التاريخ قبل 3 يناير 2027 زائد 3 أيام.\n");
}

/* "has" is said only where what comes after does not imply it. */
static void test_guards(void **state)
{
    (void)state;
    check_when("resource has officer && resource.officer == principal",
               "the case is in that officer's own charge");
    check_when("resource has officer && resource.officer != principal",
               "the officer who took the case is known and the case is not in that officer's own"
               " charge");
    check_when("!(context has interest && context.interest)",
               "the officer has declared no interest in the matter");
    check_when("resource has officer", "the officer who took the case is known");
}

static void test_brackets(void **state)
{
    (void)state;
    check_when("context.urgent && (context.partner.recognised || resource.personal)",
               "the matter is urgent and (the partner state is recognised or the case contains"
               " personal data)");
    check_when("!(context.urgent || context.partner.recognised)",
               "the matter is not urgent and the partner state is not recognised");
    check_when("context.urgent && (principal is Sifara::Officer || principal is Sifara::Person)",
               "the matter is urgent and the officer is an officer or a person");
}

static void test_lists(void **state)
{
    (void)state;
    check("en",
          "permit (principal is Sifara::Officer, action == Sifara::Action::\"case.take\", resource)"
          " when { principal.mission == resource.authority }"
          " when { principal.roles.contains(\"consul\") && (context.urgent ||"
          " context.partner.recognised && context.partner.adequate ||"
          " context.partner.accreditation == \"accredited\") }"
          " unless { context.interest };",
          "An officer may take a case, if all of these hold:\n"
          "  - what is acted on is the responsibility of the officer's own mission;\n"
          "  - the officer is a consul;\n"
          "  - at least one of these holds:\n"
          "    - the matter is urgent;\n"
          "    - the partner state is recognised and the partner state protects personal data"
          " adequately;\n"
          "    - the accreditation of the partner state is in place.\n"
          "This does not apply if the officer has declared an interest in the matter.\n");
}

static void test_templates(void **state)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct cedar_source src = {S("t"), S("@id(\"t\") permit (principal in ?principal, action,"
                                         " resource == ?resource);")};
    struct jw w = JW(&b);
    struct json *j;
    struct prose p;

    (void)state;
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, NULL), OK);
    assert_int_equal(cedar_set_write(&w, set, NULL), OK);
    assert_int_equal(json_parse(arena, buf_str(&b), NULL, &j, NULL), OK);
    const struct json *t = &json_get(j, S("templates"))->members[0].value;
    assert_int_equal(prose_tree(arena, t, &from_files, S("en"), &p, NULL), OK);
    assert_true(str_eq(p.items[0].text, S("Anyone that belongs to the actor named in the link may"
                                          " do anything with the object named in the link.")));
}

/* Marks that turn the direction of text, control characters and braces do no harm. */
static void test_strange(void **state)
{
    (void)state;
    check_when("resource.state == \"a\\u{202e}b\\n{0}\"", "the state of the case is “a\xef\xbf\xbd"
                                                          "b\xef\xbf\xbd{0}”");
    check("ar", "permit (principal == Foo::\"x\", action, resource);",
          "يجوز ل\u2068x\u2069 (من صنف \u2068"
          "Foo\u2069) القيام بأي شيء.\n");
}

static void test_missing(void **state)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("t"), S("permit (principal, action, resource) when"
                                         " { principal.roles.contains(\"cook\") };")};
    struct prose p;

    (void)state;
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, NULL), OK);
    assert_int_equal(prose_policy(arena, set, 0, &from_files, S("fr"), &p, NULL), OK);
    assert_true(str_eq(p.missing, S("prose.value.roles.cook")));
}

/* An && b && c … with so many parts that no sentence could hold them. */
static void test_limits(void **state)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(arena) struct arena *small = arena_new(2000);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct prose p;

    (void)state;
    buf_add_str(&b, S("permit (principal, action, resource) when { context.s == \""));
    for (int i = 0; i < 70000; i++)
        buf_add_char(&b, 'x');
    buf_add_str(&b, S("\" };"));
    struct cedar_source src = {S("t"), buf_str(&b)};
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, NULL), OK);
    assert_int_equal(prose_policy(arena, set, 0, &from_files, S("en"), &p, NULL), ERR_LIMIT);
    assert_int_equal(prose_policy(small, set, 0, &from_files, S("en"), &p, NULL), ERR_MEMORY_LIMIT);
}

static int load(void **state)
{
    const char *root = getenv("SIFARA_SOURCE");
    char path[1024];

    (void)state;
    arena = arena_new(256 << 20);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/words/%s.json", root ? root : ".", languages[i]);
        if (json_parse(arena, test_slurp(path, arena), &json_limits_wide, &words[i], NULL) != OK)
            return -1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scopes),    cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_values),    cmocka_unit_test(test_guards),
        cmocka_unit_test(test_brackets),  cmocka_unit_test(test_lists),
        cmocka_unit_test(test_templates), cmocka_unit_test(test_strange),
        cmocka_unit_test(test_missing),   cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
