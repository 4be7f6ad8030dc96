/* matrices: table to text and back, text to table and back, bad cells, cells that attack */
#include "base/testing.h"
#include "policy/matrix.h"

#define HEADER                                                                                     \
    "id,who,action,effect,title,basis,CLEAR,GREEN,AMBER,AMBER_STRICT,RED,conditions,reason_en,"    \
    "reason_ar,reason_fr\r\n"

static const char all[] = HEADER
    "one,role:cert+recognised,intelligence.give,permit,\"Open, to \"\"all\"\"\",Law 1,yes,yes,"
    "no-onward-sharing,no-onward-sharing+originator-consent,no,"
    "not-sanctioned+agreement:XA-CYBER-2024,Because.,لأن.,Parce que.\r\n"
    "two,any,package.give,permit,,,,,,,,owner:XU+not-sensitive,,,\r\n"
    "three,role:cert|role:data-office+organisation:GCC|state:XA,figures.give,forbid,,,no,no,no,no,"
    "yes,,,,\r\n"
    "four,state:XA,help.give,permit,,,,,,,,balance-at-most:-20+from:2026-01-01+before:2027-01-01+"
    "not-purpose:war+free+not-urgent+adequate+accredited+aim+capability:x+undertaking:u,,,\r\n"
    "five,any,protection.give,permit,\"two\nlines\",,,,,,,citizen-of-partner,,,\r\n"
    "six,role:consul,case.confirm,permit,,,,,,,,own-desk+not-own-authority,,,\r\n"
    "seven,recognised|state:XR,intelligence.give,permit,,,u,u,u,u,u,releasable+originator:XU,,,"
    "\r\n";

static struct arena *arena;

static enum err text_of(const char *csv, struct buf *out, struct fault *f)
{
    struct table t;

    TRY(table_read(arena, &matrix_kind, S("m.csv"), str_of(csv), &t, f));
    return matrix_policies(out, &t, arena, f);
}

/* Text as a table again; all of it must have the shape. */
static void table_of(str text, struct table *out, size_t others_expected)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("text"), text};
    uint32_t *others;
    size_t n;

    assert_int_equal(cedar_parse(&src, 1, NULL, &set, NULL), OK);
    assert_int_equal(matrix_of_set(arena, set, out, &others, &n, NULL), OK);
    assert_int_equal(n, others_expected);
    for (size_t i = 0; i < out->n; i++) /* outlive the set */
        for (size_t k = 0; k < TABLE_COLUMNS; k++)
            out->rows[i].cells[k] = str_copy(arena, out->rows[i].cells[k]);
}

static void test_round_trip(void **state)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    AUTO(buf) struct buf csv = BUF(1 << 20);
    AUTO(buf) struct buf json = BUF(1 << 20);
    AUTO(buf) struct buf again = BUF(1 << 20);
    struct fault f = {0};
    struct table t;

    (void)state;
    if (text_of(all, &text, &f) != OK)
        fail_msg("%s", f.detail);
    table_of(buf_str(&text), &t, 0);
    table_write_csv(&csv, &t);
    if (!str_eq(buf_str(&csv), str_of(all)))
        fail_msg("%.*s", STR_FMT(buf_str(&csv)));
    table_write_json(&json, &t);
    assert_int_equal(table_read(arena, &matrix_kind, S("m"), buf_str(&json), &t, &f), OK);
    assert_int_equal(matrix_policies(&again, &t, arena, &f), OK);
    assert_true(str_eq(buf_str(&again), buf_str(&text)));
}

/* Near a matrix is not in one. */
#define OFFICER_DOES_X                                                                             \
    "permit (principal is Sifara::Officer, action == Sifara::Action::\"x\", resource)"
static void test_other_shapes(void **state)
{
    static const char *const others[] = {
        "@id(\"a\") permit (principal, action == Sifara::Action::\"x\", resource);",
        OFFICER_DOES_X ";",
        "@id(\"a\") @n " OFFICER_DOES_X ";",
        "@id(\"a\") " OFFICER_DOES_X " unless { context.urgent };",
        "@id(\"a\") " OFFICER_DOES_X " when { context.urgent == true };",
        "@id(\"a\") " OFFICER_DOES_X " when { principal.roles.contains(\"a+b\") };",
        "@id(\"a\") " OFFICER_DOES_X " when { context.urgent } when { context.urgent };",
    };
    struct table t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        table_of(str_of(others[i]), &t, 1);
        assert_int_equal(t.n, 0);
    }
}

static void test_bad_cells(void **state)
{
    static const struct {
        const char *csv, *expected;
    } bad[] = {
        {"id,who,actoin\n", "m.csv:1: no column is called \"actoin\""},
        {"id,who\n", "m.csv:1: column \"action\" is missing"},
        {"id,id\n", "m.csv:1: column \"id\" stands twice"},
        {"id,who,action\na,any\n", "m.csv:2: 2 cells, where the header has 3"},
        {"id,who,action\na,any,x\n,any,x\n", "m.csv:3: column \"id\": expected a name"},
        {"id,who,action\na,any,x\nb,any,x\na,any,x\n",
         "m.csv:4: column \"id\": \"a\" stands twice"},
        {"id,who,action\na,consul,x\n", "m.csv:2: column \"who\": expected any, recognised"},
        {"id,who,action\na,state:XA+role:x,x\n", "m.csv:2: column \"who\": expected roles, then"},
        {"id,who,action\n\"a\n\",any,\"x\n", "m.csv:3: a quoted cell does not end"},
        {"id,who,action\na\"b,any,x\n", "m.csv:2: a quotation mark"},
        {"id,who,action,effect\na,any,x,maybe\n", "column \"effect\": expected permit or forbid"},
        {"id,who,action,conditions\na,any,x,urgnt\n", "no condition is called \"urgnt\""},
        {"id,who,action,conditions\na,any,x,agreement\n", "agreement: wants a name"},
        {"id,who,action,conditions\na,any,x,urgent:y\n", "urgent stands alone"},
        {"id,who,action,CLEAR\na,any,x,yes\n", "column \"GREEN\": expected yes, no or"},
        {HEADER "a,any,x,,,,no,no,no,no,no,,,,\n", "column \"CLEAR\": no level is yes"},
        {HEADER "a,any,x,forbid,,,no,no,no,no,u,,,,\n", "column \"RED\": a row that forbids"},
        {"[{\"id\": 1}]", "m.csv: expected a text"},
        {"\xff", "m.csv is not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        AUTO(buf) struct buf out = BUF(1 << 20);
        struct fault f = {0};
        assert_int_not_equal(text_of(bad[i].csv, &out, &f), OK);
        if (!strstr(f.detail, bad[i].expected))
            fail_msg("%s\nexpected\n%s", f.detail, bad[i].expected);
    }
}

/* A cell is a text and nothing else: what looks like Cedar stays inside its quotation marks. */
static void test_attack(void **state)
{
    AUTO(buf) struct buf out = BUF(1 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct fault f = {0};

    (void)state;
    assert_int_equal(
        text_of("id,who,action,title\n"
                "\"a\"\") permit (principal, action, resource); //\",\"role:x\"\"]) && true\","
                "\"y\"\", resource); permit (principal, action, resource);\",\"\\\"\"\n\"\n",
                &out, &f),
        OK);
    struct cedar_source src = {S("m"), buf_str(&out)};
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, NULL), OK);
    assert_int_equal(cedar_set_count(set), 1);
    assert_true(str_eq(cedar_policy_note(set, 0, S("title")), S("\\\"\n")));
}

static void test_links(void **state)
{
    static const char template[] =
        "@id(\"desk\") @title(\"A desk\") permit (principal is Sifara::Officer in ?principal,"
        " action, resource == ?resource);";
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(buf) struct buf out = BUF(1 << 20);
    struct cedar_source src = {S("t"), str_of(template)};
    struct fault f = {0};
    struct table t;

    (void)state;
    assert_int_equal(cedar_parse(&src, 1, NULL, &set, &f), OK);
    assert_int_equal(table_read(arena, &links_kind, S("l.csv"),
                                S("id;template;principal;resource\n"
                                  "d;desk;Mission:paris;\"Sifara::Mission::\"\"a:b\"\"\"\n"),
                                &t, &f),
                     OK);
    if (matrix_links(&out, &t, set, arena, &f) != OK)
        fail_msg("%s", f.detail);
    assert_true(str_eq(buf_str(&out), S("@id(\"d\")\n@title(\"A desk\")\npermit (\n"
                                        "  principal is Sifara::Officer in"
                                        " Sifara::Mission::\"paris\",\n  action,\n"
                                        "  resource == Sifara::Mission::\"a:b\"\n);\n")));
    t.rows[0].cells[1] = S("dsek");
    assert_int_equal(matrix_links(&out, &t, set, arena, &f), ERR_INVALID);
    assert_string_equal(f.detail, "l.csv:2: column \"template\": no template has this @id");
    t.rows[0].cells[1] = S("desk");
    t.rows[0].cells[2] = S("paris");
    assert_int_equal(matrix_links(&out, &t, set, arena, &f), ERR_INVALID);
}

static int load(void **state)
{
    (void)state;
    arena = arena_new(256 << 20);
    return arena ? 0 : -1;
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
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_other_shapes),
        cmocka_unit_test(test_bad_cells),  cmocka_unit_test(test_attack),
        cmocka_unit_test(test_links),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
