/* cedar_test.c - the language piece by piece, limits, explanations, templates, schemas */
#include "cedar/testing_int.h"

/* 1 the condition holds, 0 it does not, -1 it fails. */
static int holds(const char *condition)
{
    str text = str_printf(arena, "permit (principal, action, resource) when { %s };", condition);
    AUTO(cedar_set) struct cedar_set *set = parse(str_cstr(arena, text));
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer a;

    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    return a.n_errors ? -1 : a.allow;
}

static void expressions(void **state)
{
    static const struct {
        const char *text;
        int want;
    } cases[] = {
        {"1 + 2 * 3 == 7", 1},
        {"(1 + 2) * 3 == 9 && 7 - 2 - 1 == 4", 1},
        {"-9223372036854775808 < 9223372036854775807", 1},
        {"-(-9223372036854775808) == 0", -1},
        {"9223372036854775807 + 1 == 0", -1},
        {"---5 == -5", 1},
        {"!!true", 1},
        {"principal in Alliance::\"World\"", 1},
        {"principal in [Alliance::\"East\", Alliance::\"North\"]", 1},
        {"principal in [1]", -1},
        {"principal is State in Alliance::\"World\"", 1},
        {"principal is Alliance in 1", 0},
        {"Alliance::\"World\" in principal", 0},
        {"resource in resource", 1},
        {"principal.balance >= 7", 1},
        {"resource.balance > 1", -1},
        {"principal.nothing > 1", -1},
        {"principal has balance && !(resource has balance)", 1},
        {"context has promises.x", -1},
        {"context has nothing.x", 0},
        {"{a: {b: 1}} has a.b && {\"a\": {b: 1}}[\"a\"].b == 1", 1},
        {"principal.hasTag(\"treaty\") && context.now < principal.getTag(\"treaty\")", 1},
        {"principal.getTag(\"none\") == 1", -1},
        {"context.promises.contains(\"a\") && context.promises == [\"a\", \"b\"]", 1},
        {"context.promises.containsAll([\"b\", \"a\"]) && !context.promises.containsAny([1])", 1},
        {"[].isEmpty() && !context.promises.isEmpty()", 1},
        {"[1, 2, 2, 1] == [2, 1] && [1] != [2]", 1},
        {"{a: 1, b: 2} == {b: 2, a: 1}", 1},
        {"1 == \"1\"", 0},
        {"1 < \"1\"", -1},
        {"principal.name like \"Ar*d*a\"", 1},
        {"\"a*b\" like \"a\\*b\" && !(\"axb\" like \"a\\*b\")", 1},
        {"\"\" like \"*\" && \"aba\" like \"*ab*a\" && !(\"ab\" like \"*ab*ab\")", 1},
        {"\"\\u{e9}\\x41\\n\" == \"\xc3\xa9"
         "A\\n\"",
         1},
        {"if principal has x then principal.x else principal.balance == 7", 1},
        {"true || 1 == 1 + \"a\"", 1},
        {"false || 1", -1},
        {"1 && true", -1},
        {"decimal(\"1.23\").lessThan(decimal(\"1.2301\"))", 1},
        {"decimal(\"-0.5\").lessThan(decimal(\"0.0\"))", 1},
        {"decimal(\"1.23456\") == decimal(\"1.0\")", -1},
        {"decimal(\"922337203685477.5808\") == decimal(\"1.0\")", -1},
        {"decimal(\"-922337203685477.5808\") == decimal(\"-922337203685477.5808\")", 1},
        {"context.ip.isInRange(ip(\"10.0.0.0/8\")) && context.ip.isIpv4()", 1},
        {"ip(\"::1\").isLoopback() && ip(\"ff02::1\").isMulticast()", 1},
        {"ip(\"010.1.1.1\") == ip(\"10.1.1.1\")", -1},
        {"ip(\"1:2:3:4:5:6:7::\") == ip(\"1:2:3:4:5:6:7:0\")", 1},
        {"ip(\"::ffff:1.2.3.4\").isIpv6()", -1},
        {"datetime(\"2024-02-29T12:00:00.500+0130\").toTime() == duration(\"10h30m500ms\")", 1},
        {"datetime(\"2023-02-29\") == datetime(\"2023-02-28\")", -1},
        {"datetime(\"2024-10-15T24:00:00Z\") == datetime(\"2024-10-16\")", -1},
        {"datetime(\"1969-12-31T23:00:00Z\").toDate() == datetime(\"1969-12-31\")", 1},
        {"datetime(\"1970-01-02\").durationSince(context.now).toHours() == 24", 1},
        {"context.now.offset(duration(\"-1d\")) < context.now", 1},
        {"duration(\"1d2h3m4s5ms\").toMilliseconds() == 93784005", 1},
        {"duration(\"1h1d\").toDays() == 1", -1},
        {"duration(\"-9223372036854775808ms\") < duration(\"0s\")", 1},
        {"duration(\"9223372036854775808ms\") < duration(\"0s\")", -1},
        {"ip(\"1.1.1.1\", \"2\").isIpv4()", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int got = holds(cases[i].text);
        if (got != cases[i].want)
            fail_msg("%s: %d, not %d", cases[i].text, got, cases[i].want);
    }
    print_message("%zu expressions\n", ARRAY_LEN(cases));
}

static void syntax_errors(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"permit (principal, action, resource)", "test:1:37: expected 'when'"},
        {"permit (principal, action);", "expected ','"},
        {"allow (principal, action, resource);", "expected 'permit' or 'forbid'"},
        {"permit (principal == ?resource, action, resource);", "?resource cannot stand here"},
        {"permit (principal, action == User::\"x\", resource);", "called Action"},
        {"permit (principal, action is A, resource);", "'is' cannot be said of the action"},
        {"permit (principal, action, resource) when { principal = 1 };", "'==' compares"},
        {"permit (principal, action, resource) when { a };", "unknown variable 'a'"},
        {"permit (principal, action, resource) when { 1 < 2 < 3 };", "expected '}'"},
        {"permit (principal, action, resource) when { !!!!!true };", "at most four"},
        {"permit (principal, action, resource) when { 9223372036854775808 == 1 };", "64 bits"},
        {"permit (principal, action, resource) when { f(1) };", "no function 'f'"},
        {"permit (principal, action, resource) when { context.f(1) };", "no method 'f'"},
        {"permit (principal, action, resource) when { [1].contains() };", "takes 1 argument"},
        {"permit (principal, action, resource) when { {a: 1, \"a\": 2} };", "twice"},
        {"permit (principal, action, resource) when { \"\\q\" };", "unknown escape"},
        {"permit (principal, action, resource) when { \"\\u{d800}\" };", "not a Unicode"},
        {"permit (principal, action, resource) when { \"a };", "without closing quote"},
        {"permit (principal, action, resource) when { true && if true then true else true };",
         "in parentheses"},
        {"permit (principal, action, resource) when { ?principal };", "in the scope"},
        {"@a(\"1\") @a(\"2\") permit (principal, action, resource);", "@a twice"},
        {"permit (principal, action, resource) when { # };", "character"},
        {"permit (principal in __cedar::X::\"1\", action, resource);", "reserved word"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cedar_source src = {S("test"), str_of(cases[i].text)};
        struct cedar_set *set = NULL;
        struct fault f = {0};
        assert_int_equal(cedar_parse(&src, 1, NULL, &set, &f), ERR_SYNTAX);
        if (!strstr(f.detail, cases[i].wanted) || !strchr(f.detail, '^'))
            fail_msg("%s: %s", cases[i].text, f.detail);
    }
}

static void limits(void **state)
{
    struct cedar_limits few = {.bytes = 1000, .memory = 1 << 20, .policies = 2, .depth = 10};
    const char *three = "permit(principal,action,resource);permit(principal,action,resource);"
                        "permit(principal,action,resource);";
    struct cedar_source src = {S("test"), str_of(three)};
    struct cedar_set *set = NULL;
    struct buf deep = BUF(1 << 20);
    struct fault f;

    (void)state;
    assert_int_equal(cedar_parse(&src, 1, &few, &set, &f), ERR_LIMIT);
    src.text = S("permit(principal,action,resource) when {((((((((((((true))))))))))))};");
    assert_int_equal(cedar_parse(&src, 1, &few, &set, &f), ERR_SYNTAX);
    buf_add_str(&deep, S("permit(principal,action,resource) when {"));
    for (int i = 0; i < 20000; i++)
        buf_add_str(&deep, S("1+"));
    buf_add_str(&deep, S("1 == 1};"));
    src.text = buf_str(&deep);
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, &f), ERR_SYNTAX);
    few.bytes = 10;
    assert_int_equal(cedar_parse(&src, 1, &few, &set, &f), ERR_LIMIT);
    few = cedar_limits_default;
    few.memory = 1000;
    assert_int_equal(cedar_parse(&src, 1, &few, &set, &f), ERR_MEMORY_LIMIT);
    buf_done(&deep);
    assert_null(set);
}

static void several_files(void **state)
{
    struct cedar_source files[] = {
        {S("one"), S("@id(\"FP-1\") @title(\"None\") @bare\nforbid (principal, action, resource)\n"
                     "  when { principal.balance < 0 };")},
        {S("two"), S("// a comment\n  permit (principal, action, resource);")},
    };
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct fault f = {0};
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer a;
    str key;

    (void)state;
    assert_int_equal(cedar_parse(files, 2, NULL, &set, &f), OK);
    assert_int_equal(cedar_set_count(set), 2);
    assert_true(str_eq(cedar_policy_id(set, 1), S("policy1")));
    assert_true(str_eq(cedar_policy_note(set, 0, S("id")), S("FP-1")));
    assert_true(cedar_policy_note(set, 0, S("bare")).p && !cedar_policy_note(set, 1, S("id")).p);
    assert_true(str_eq(cedar_policy_note_at(set, 0, 1, &key), S("None")));
    assert_true(str_eq(key, S("title")) && cedar_policy_note_count(set, 0) == 3);
    assert_false(cedar_policy_permits(set, 0));
    struct cedar_place place = cedar_policy_place(set, 1);
    assert_true(str_eq(place.file, S("two")) && place.line == 2 && place.column == 3);
    assert_true(str_eq(place.text, S("permit (principal, action, resource);")));
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_true(a.allow && a.n_reasons == 1 && a.reasons[0] == 1 && a.n_errors == 0);
    /* without the entity the forbid fails, is skipped, and is told */
    assert_int_equal(cedar_decide(set, NULL, &q, arena, &a), OK);
    assert_true(a.allow && a.n_errors == 1 && a.errors[0].policy == 0);
    assert_true(str_starts(a.errors[0].message, S("one:3:10: there is no entity State::\"XA\"")));
}

static void exhaustion(void **state)
{
    AUTO(cedar_set) struct cedar_set *set = parse("permit (principal, action, resource);");
    AUTO(arena) struct arena *tiny = arena_new(600);
    struct cedar_entities *es = cedar_entities_new(tiny);
    struct cedar_request q;
    struct cedar_answer a;

    (void)state;
    for (int i = 0; i < 100; i++)
        cedar_entity(es, S("T"), str_printf(arena, "%d", i));
    assert_false(cedar_entities_ok(es));
    world(&q);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), ERR_MEMORY_LIMIT);
    assert_false(cedar_entities_ok(NULL));
    cedar_attr(NULL, NULL, S("x"), cedar_bool(true));
}

static void large_hierarchy(void **state)
{
    AUTO(cedar_set)
    struct cedar_set *set =
        parse("permit (principal in G::\"4999\", action, resource)"
              " when { G::\"17\" in G::\"4998\" && !(G::\"4999\" in G::\"0\") };");
    struct cedar_entities *es = cedar_entities_new(arena);
    struct cedar_request q;
    struct cedar_answer a;
    struct fault f = {0};

    (void)state;
    for (int i = 0; i < 4999; i++) {
        struct cedar_entity *e = cedar_entity(es, S("G"), str_printf(arena, "%d", i));
        cedar_parent(es, e, S("G"), str_printf(arena, "%d", i + 1));
    }
    world(&q);
    q.principal = cedar_uid(S("G"), S("0"));
    assert_int_equal(cedar_entities_acyclic(es, arena, &f), OK);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_true(a.allow);
    cedar_parent(es, cedar_entity(es, S("G"), S("4999")), S("G"), S("3"));
    assert_int_equal(cedar_entities_acyclic(es, arena, &f), ERR_INVALID);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
}

static void index_finds_all(void **state)
{
    AUTO(cedar_set)
    struct cedar_set *set =
        parse("permit (principal == State::\"XA\", action, resource);"
              "permit (principal in Alliance::\"World\", action, resource);"
              "permit (principal is State, action, resource);"
              "permit (principal is State in Alliance::\"North\", action, resource);"
              "permit (principal, action == Action::\"share\", resource);"
              "permit (principal, action in [Action::\"x\", Action::\"share\"], resource);"
              "permit (principal, action, resource is Dataset);"
              "permit (principal, action, resource == Dataset::\"d\");"
              "permit (principal, action, resource);"
              "permit (principal == State::\"XB\", action, resource);"
              "permit (principal, action in [], resource);"
              "permit (principal is Alliance, action, resource);"
              "permit (principal == Alliance::\"North\", action, resource);");
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer a;

    (void)state;
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_int_equal(a.n_reasons, 9);
    for (uint32_t i = 0; i < a.n_reasons; i++)
        assert_int_equal(a.reasons[i], i);
}

static void templates(void **state)
{
    struct cedar_source src = {
        S("t"), S("permit (principal in ?principal, action, resource == ?resource);"
                  "forbid (principal, action, resource) when { principal.balance < 0 };")};
    struct cedar_link link = {S("policy0"), S("north"), cedar_uid(S("Alliance"), S("North")),
                              cedar_uid(S("Dataset"), S("d"))};
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(cedar_set) struct cedar_set *again = NULL;
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);
    struct json *j;
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer a;
    struct fault f = {0};

    (void)state;
    assert_int_equal(cedar_parse_linked(&src, 1, &link, 1, NULL, &set, &f), OK);
    assert_true(cedar_set_count(set) == 2 && cedar_template_count(set) == 1);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_true(a.allow && str_eq(cedar_policy_id(set, a.reasons[0]), S("north")));
    assert_int_equal(cedar_set_write(&w, set, &f), OK);
    assert_int_equal(json_parse(arena, buf_str(&b), NULL, &j, &f), OK);
    if (cedar_set_read(j, NULL, &again, &f) != OK)
        fail_msg("%s", f.detail);
    assert_int_equal(cedar_decide(again, es, &q, arena, &a), OK);
    assert_true(a.allow && str_eq(cedar_policy_id(again, a.reasons[0]), S("north")));
    cedar_set_free(set);
    set = NULL;
    assert_int_equal(json_parse(arena,
                                S("{\"effect\": \"permit\", \"action\": {\"op\": \"All\"},"
                                  "\"principal\": {\"op\": \"is\", \"entity_type\": \"A\", \"in\": "
                                  "{\"slot\": \"?principal\"}}, \"resource\": {\"op\": \"All\"}}"),
                                NULL, &j, &f),
                     OK);
    assert_int_equal(cedar_set_read(j, NULL, &set, &f), OK);
    assert_true(cedar_set_count(set) == 0 && cedar_template_count(set) == 1);
    cedar_set_free(set);
    link.resource = (struct cedar_uid){0};
    assert_int_equal(cedar_parse_linked(&src, 1, &link, 1, NULL, &set, &f), ERR_INVALID);
    link.template_id = S("nope");
    assert_int_equal(cedar_parse_linked(&src, 1, &link, 1, NULL, &set, &f), ERR_NOT_FOUND);
    set = NULL;
}

static unsigned count_comments(str s)
{
    unsigned n = 0;

    for (ptrdiff_t at; (at = str_find(s, S("//"))) >= 0; n++)
        s = str_sub(s, (size_t)at + 2, s.n);
    return n;
}

static void formatting(void **state)
{
    static const char text[] =
        "// licence\n"
        "\n"
        "// about\n"
        "@id(\"x\") // why\n"
        "@title(\"y\")   permit(principal // anyone\n"
        " ,action in [Action::\"a\",Action::\"b\"], // two\n"
        " resource // last\n"
        " ) // behind\n"
        " when { // opening\n"
        " -1 - -principal.x<3&&context[\"a b\"].contains(if A::\"b\"==principal "
        "then[1,2]else[-3])// c1\n"
        " // c2\n"
        " || !principal.ok // c3\n"
        " } unless{principal has a.b} // c4\n"
        " ; // c5\n"
        "\n"
        " // lone\n"
        "\n"
        "\n"
        " forbid(principal is A::B in "
        "A::C::\"x\",action,resource)when{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" like "
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa*\" && [ \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", "
        "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", \"cccccccccccccccccc\" // x\n"
        " ].contains(\"b\")&&{a:1,\"b c\":2,}.a==1};\n"
        " // end\n";
    AUTO(buf) struct buf b = BUF(1 << 20);
    AUTO(buf) struct buf again = BUF(1 << 20);
    struct cedar_source src = {S("test"), str_of(text)}, formatted = {S("formatted"), {0}};
    struct fault f = {0};

    (void)state;
    if (cedar_format(&b, &src, &f) != OK)
        fail_msg("%s", f.detail);
    formatted.text = buf_str(&b);
    assert_int_equal(cedar_format(&again, &formatted, &f), OK);
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    assert_int_equal(count_comments(buf_str(&b)), count_comments(str_of(text)));
    assert_true(str_find(buf_str(&b), S("  principal // anyone\n")) > 0);
    assert_true(str_find(buf_str(&b), S("\nunless { principal has a.b } // c4\n; // c5\n\n"
                                        "// lone\n\nforbid (principal is A::B in")) > 0);
    assert_true(str_ends(buf_str(&b), S("};\n\n// end\n")));
}

static void reasons_of_refusal(void **state)
{
    AUTO(cedar_set)
    struct cedar_set *set =
        parse("permit (principal, action, resource) when { context.promises.contains(\"c\") &&\n"
              "  principal.balance > 100 };"
              "permit (principal in Alliance::\"North\", action, resource)\n"
              "  when { principal.balance == 7 } when { context.promises.contains(\"keep\") };"
              "forbid (principal, action, resource)\n"
              "  unless { context.promises.containsAll([\"a\", \"ask\"]) || 1 == 2 };"
              "permit (principal == State::\"XB\", action, resource);"
              "permit (principal, action, resource) when { resource.owner == principal };");
    struct cedar_request q;
    struct cedar_entities *es = world(&q);
    struct cedar_answer a;
    struct cedar_why why;

    (void)state;
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_false(a.allow);
    assert_int_equal(cedar_why_not(set, es, &q, S("promises"), arena, &why), OK);
    assert_int_equal(why.n_near, 3);
    assert_int_equal(why.near[0].policy, 1);
    assert_int_equal(why.near[0].n_failed, 1);
    assert_true(str_eq(why.near[0].failed[0].text, S("context.promises.contains(\"keep\")")));
    assert_int_equal(why.near[0].failed[0].line, 3);
    assert_true(why.near[1].error.p != NULL); /* the owner: policy4 fails to evaluate */
    assert_int_equal(why.near[2].n_failed, 2);
    assert_false(why.curable); /* policy4 keeps failing */

    AUTO(cedar_set)
    struct cedar_set *sound =
        parse("permit (principal in Alliance::\"North\", action, resource)\n"
              "  when { principal.balance == 7 } when { context.promises.contains(\"keep\") };"
              "forbid (principal, action, resource)\n"
              "  unless { context.promises.containsAll([\"a\", \"ask\"]) || 1 == 2 };");
    assert_int_equal(cedar_why_not(sound, es, &q, S("promises"), arena, &why), OK);
    assert_true(why.curable);
    assert_int_equal(why.n_missing, 2);
    assert_true(str_eq(why.missing[0], S("keep")) && str_eq(why.missing[1], S("ask")));
}

static void validation(void **state)
{
    static const struct {
        const char *text, *strict, *permissive; /* NULL: passes */
    } cases[] = {
        {"principal.balance > 1", NULL, NULL},
        {"principal.name == \"x\"", "may be absent", "may be absent"},
        {"principal has name && principal.name like \"x*\"", NULL, NULL},
        {"principal.wealth > 1", "no attribute 'wealth'", "no attribute 'wealth'"},
        {"principal.balance > \"1\"", "expected Long", "expected Long"},
        {"principal.balance == \"1\"", "do not go together", NULL},
        {"principal.level == N::Level::\"LOW\"", NULL, NULL},
        {"principal.level == N::Level::\"MID\"", "none of the ids", "none of the ids"},
        {"principal in N::Alliance::\"x\"", NULL, NULL},
        {"principal is N::Stat", "no entity type", "no entity type"},
        {"principal.getTag(\"t\") < context.now", "hasTag", "hasTag"},
        {"principal.hasTag(\"t\") && principal.getTag(\"t\") < context.now", NULL, NULL},
        {"context.promises.contains(\"x\") && [] == []", "empty set", NULL},
        {"context.now < datetime(\"2024-13-01\")", "cannot read", "cannot read"},
        {"resource.owner has name && resource.owner.name == \"x\"", NULL, NULL},
        {"action == N::Action::\"share\"", NULL, NULL},
        {"action in N::Action::\"all\"", NULL, NULL},
        {"action == N::Action::\"shar\"", "no action", "no action"},
        {"false", "never apply", "never apply"},
    };
    AUTO(cedar_schema) struct cedar_schema *s = schema();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str text =
            str_printf(arena, "permit (principal, action, resource) when { %s };", cases[i].text);
        AUTO(cedar_set) struct cedar_set *set = parse(str_cstr(arena, text));
        for (int mode = CEDAR_STRICT; mode <= CEDAR_PERMISSIVE; mode++) {
            const char *want = mode == CEDAR_STRICT ? cases[i].strict : cases[i].permissive;
            struct cedar_finding *l;
            size_t n;
            assert_int_equal(cedar_validate(set, s, (enum cedar_mode)mode, arena, &l, &n, NULL),
                             OK);
            if (want ? n == 0 || str_find(l[0].message, str_of(want)) < 0 : n != 0)
                fail_msg("%s (mode %d): %zu findings, %.*s", cases[i].text, mode, n,
                         STR_FMT(n ? l[0].message : S("")));
        }
    }
}

static void schema_errors(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"entity A = { x: B };", "schema:1:17: unknown type 'B'"},
        {"type A = B; type B = A;", "contains itself"},
        {"entity A; entity A;", "declared twice"},
        {"action a in [b]; action b in [a];", "contains itself"},
        {"action a in [z];", "unknown action"},
        {"action a appliesTo { principal: [A], resource: [A] };", "unknown entity type"},
        {"type Long = String;", "built-in"},
        {"entity A = { x: Long, x: Long };", "attribute twice"},
        {"entity A = Set<Long>;", "are a record"},
        {"entity A enum [];", "expected a string"},
        {"entity A", "expected ';'"},
        {"entity A = { if: Long };", "in quotes"},
        {"entity A; action a appliesTo { principal: [A,], resource: A };", "expected a name"},
        {"entity A; action a appliesTo { principal: [], resource: A };", "applies to principals"},
        {"namespace N { } namespace N { }", "namespace 'N' twice"},
        {"namespace N { type A = Long; } entity A;", "without namespace, too"},
        {"namespace N { action a; } action a;", "without namespace, too"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cedar_source src = {S("schema"), str_of(cases[i].text)};
        struct cedar_schema *s = NULL;
        struct fault f = {0};
        assert_int_not_equal(cedar_schema_parse(&src, NULL, &s, &f), OK);
        if (!strstr(f.detail, cases[i].wanted))
            fail_msg("%s: %s", cases[i].text, f.detail);
    }
}

static void json_schema(void **state)
{
    str text =
        S("{\"N\": {\"commonTypes\": {\"Ctx\": {\"type\": \"Record\", \"attributes\": {"
          "\"promises\": {\"type\": \"Set\", \"element\": {\"type\": \"String\"}},"
          "\"rate\": {\"type\": \"Extension\", \"name\": \"decimal\", \"required\": false}}}},"
          "\"entityTypes\": {\"Alliance\": {}, \"State\": {\"memberOfTypes\": [\"Alliance\"],"
          "\"shape\": {\"type\": \"Record\", \"attributes\": {"
          "\"home\": {\"type\": \"Entity\", \"name\": \"Alliance\"}}}}},"
          "\"actions\": {\"share\": {\"appliesTo\": {\"principalTypes\": [\"State\"],"
          "\"resourceTypes\": [\"Alliance\"], \"context\": {\"type\": \"Ctx\"}}}}}}");
    str request = S("{\"principal\": {\"type\": \"N::State\", \"id\": \"XA\"},"
                    "\"action\": {\"type\": \"N::Action\", \"id\": \"share\"},"
                    "\"resource\": {\"type\": \"N::Alliance\", \"id\": \"n\"},"
                    "\"context\": {\"promises\": [\"x\"], \"rate\": \"0.5\"}}");
    str entities = S("[{\"uid\": {\"type\": \"N::State\", \"id\": \"XA\"},"
                     "\"attrs\": {\"home\": {\"type\": \"N::Alliance\", \"id\": \"n\"}},"
                     "\"parents\": [{\"type\": \"N::Alliance\", \"id\": \"n\"}]}]");
    AUTO(cedar_schema) struct cedar_schema *s = NULL;
    AUTO(cedar_set)
    struct cedar_set *set =
        parse("permit (principal, action == N::Action::\"share\", resource) when {"
              "context has rate && context.rate.lessThan(decimal(\"0.6\")) &&"
              "principal.home == resource && principal in resource };");
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);
    struct json *j;
    struct cedar_request q;
    struct cedar_entities *es;
    struct cedar_answer a;
    struct fault f = {0};

    (void)state;
    assert_int_equal(json_parse(arena, text, NULL, &j, &f), OK);
    if (cedar_schema_read(j, NULL, &s, &f) != OK)
        fail_msg("%s", f.detail);
    assert_int_equal(json_parse(arena, request, NULL, &j, &f), OK);
    assert_int_equal(cedar_request_read(arena, j, s, &q, &f), OK);
    assert_int_equal(cedar_validate_request(s, &q, &f), OK);
    assert_int_equal(json_parse(arena, entities, NULL, &j, &f), OK);
    assert_int_equal(cedar_entities_read(arena, j, s, &es, &f), OK);
    assert_int_equal(cedar_validate_entities(s, es, arena, &f), OK);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_true(a.allow);
    /* written with escapes, so read without the schema */
    assert_int_equal(cedar_request_write(&w, &q, &f), OK);
    assert_int_equal(json_parse(arena, buf_str(&b), NULL, &j, &f), OK);
    assert_int_equal(cedar_request_read(arena, j, NULL, &q, &f), OK);
    assert_int_equal(cedar_decide(set, es, &q, arena, &a), OK);
    assert_true(a.allow);
    q.action = cedar_uid(S("N::Action"), S("other"));
    assert_int_equal(cedar_validate_request(s, &q, &f), ERR_SCHEMA);
    cedar_attr(es, cedar_entity(es, S("N::State"), S("XA")), S("more"), cedar_bool(true));
    assert_int_equal(cedar_validate_entities(s, es, arena, &f), ERR_SCHEMA);
}

static void bad_json(void **state)
{
    static const char *const cases[] = {
        "{}",
        "[1]",
        "[{\"uid\": {\"type\": \"a b\", \"id\": \"x\"}}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"n\": null}}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"n\": 1.5}}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"n\": {\"__extn\": "
        "{\"fn\": \"ip\", \"arg\": \"x\"}}}}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"parents\": [3]}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}}, {\"uid\": {\"type\": \"A\", \"id\": "
        "\"x\"}}]",
        "[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"parents\": [{\"type\": \"A\", \"id\": "
        "\"x\"}]}]",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cedar_entities *es = NULL;
        struct json *j;
        struct fault f = {0};
        assert_int_equal(json_parse(arena, str_of(cases[i]), NULL, &j, &f), OK);
        assert_int_equal(cedar_entities_read(arena, j, NULL, &es, &f), ERR_INVALID);
    }
}

/* ---- what texts name and schemas foresee -------------------------------------------------- */

static bool list_name(void *ctx, const struct cedar_uid *uid, const struct cedar_place *at)
{
    buf_printf(ctx, "%.*s@%u:%u ", STR_FMT(uid->id), at->line, at->column);
    return !str_eq(uid->id, S("stop"));
}

static void names_and_literals(void **state)
{
    AUTO(buf) struct buf names = BUF(4096);
    AUTO(cedar_set)
    struct cedar_set *set = parse(
        "permit (principal in A::\"x\", action in [Action::\"p\", Action::\"q\"], resource is R\n"
        "in B::\"y\") when { [C::\"z\", resource.c].contains(D::\"w\") };\n"
        "forbid (principal == ?principal, action, resource) unless { context.n < 5 ||\n"
        "[\"u\", \"v\"].contains(context.s) || context.s == \"u\" || 7 == principal.n };");
    struct cedar_value tested;

    (void)state;
    assert_true(cedar_names(set, list_name, &names));
    buf_add_char(&names, 0);
    assert_string_equal(names.p, "x@1:9 p@1:30 q@1:30 y@1:68 z@2:20 w@2:49 ");
    assert_int_equal(cedar_tested(set, NULL, S("context"), S("n"), arena, &tested), OK);
    assert_int_equal(tested.n, 0); /* templates decide nothing */
    assert_false(cedar_mentions(set, NULL, S("n")));
    assert_true(cedar_mentions(set, NULL, S("c")));
    AUTO(cedar_set)
    struct cedar_set *other =
        parse("forbid (principal == A::\"stop\", action == Action::\"p\", resource) when {\n"
              "context.n < 5 || [\"u\", \"v\"].contains(context.s) || context.s == \"u\" ||\n"
              "7 == principal.n || resource has o.s };");
    assert_false(cedar_names(other, list_name, &names));
    assert_int_equal(cedar_tested(other, NULL, S("context"), S("n"), arena, &tested), OK);
    assert_int_equal(tested.n, 1);
    assert_int_equal(tested.items[0].i, 5);
    assert_int_equal(cedar_tested(other, NULL, STR_NONE, S("n"), arena, &tested), OK);
    assert_int_equal(tested.n, 2);
    assert_int_equal(cedar_tested(other, NULL, S("context"), S("s"), arena, &tested), OK);
    assert_int_equal(tested.n, 2);
    assert_true(cedar_mentions(other, NULL, S("o")));
}

/* Only what is read where that is asked: a group of actions counts, another action or type does
 * not. */
static void tested_where_it_is_asked(void **state)
{
    struct cedar_source text = {
        S("schema"),
        S("entity U, R, T;\n"
          "action all;\n"
          "action a in [all] appliesTo { principal: U, resource: [R, T], context: { n: Long } };\n"
          "action b appliesTo { principal: U, resource: R, context: { n: Long } };")};
    AUTO(cedar_schema) struct cedar_schema *s = NULL;
    AUTO(cedar_set)
    struct cedar_set *set = parse(
        "permit (principal, action == Action::\"b\", resource) when { context.n < 1 };\n"
        "permit (principal, action in Action::\"all\", resource is R) when { context.n < 2 };");
    struct cedar_value tested;
    struct fault f = {0};

    (void)state;
    assert_int_equal(cedar_schema_parse(&text, NULL, &s, &f), OK);
    struct cedar_about a = {s, {cedar_uid(S("Action"), S("a")), S("U"), S("R")}},
                       on_t = {s, {cedar_uid(S("Action"), S("a")), S("U"), S("T")}};
    assert_int_equal(cedar_tested(set, &a, S("context"), S("n"), arena, &tested), OK);
    assert_int_equal(tested.n, 1);
    assert_int_equal(tested.items[0].i, 2);
    assert_true(cedar_mentions(set, &a, S("n")));
    assert_false(cedar_mentions(set, &on_t, S("n")));
}

static void schema_foresees(void **state)
{
    AUTO(cedar_schema) struct cedar_schema *s = schema();
    struct cedar_shape shape;
    struct cedar_env env;
    size_t n = 0, seen = 0;
    str id;

    (void)state;
    for (; cedar_schema_env(s, n, &env); n++) {
        assert_true(str_eq(env.principal, S("N::State")));
        assert_true(str_eq(env.resource, S("N::Dataset")));
    }
    assert_int_equal(n, 2);
    for (size_t i = 0; cedar_schema_attr(s, S("N::State"), i, &shape); i++, seen++) {
        if (str_eq(shape.name, S("name")))
            assert_false(shape.required);
        if (str_eq(shape.name, S("level"))) {
            assert_int_equal(shape.type, CEDAR_ENTITY);
            assert_true(str_eq(shape.of, S("N::Level")));
        }
    }
    assert_int_equal(seen, 3);
    for (size_t i = 0; cedar_schema_context(s, &env.action, i, &shape); i++)
        if (str_eq(shape.name, S("promises")))
            assert_int_equal(shape.element, CEDAR_STRING);
    assert_true(cedar_schema_enum(s, S("N::Level"), 1, &id) && str_eq(id, S("HIGH")));
    assert_false(cedar_schema_enum(s, S("N::Level"), 2, &id));
    assert_false(cedar_schema_enum(s, S("N::State"), 0, &id));
    assert_false(cedar_schema_attr(s, S("N::Nothing"), 0, &shape));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(syntax_errors),
        cmocka_unit_test(limits),
        cmocka_unit_test(several_files),
        cmocka_unit_test(exhaustion),
        cmocka_unit_test(large_hierarchy),
        cmocka_unit_test(index_finds_all),
        cmocka_unit_test(templates),
        cmocka_unit_test(formatting),
        cmocka_unit_test(reasons_of_refusal),
        cmocka_unit_test(validation),
        cmocka_unit_test(schema_errors),
        cmocka_unit_test(json_schema),
        cmocka_unit_test(bad_json),
        cmocka_unit_test(names_and_literals),
        cmocka_unit_test(tested_where_it_is_asked),
        cmocka_unit_test(schema_foresees),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
