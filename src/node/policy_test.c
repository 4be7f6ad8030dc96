/* the policy of Utopia (demo/policy): valid without a finding, and who may do what
 *
 * A row of the table names all who may; everybody else on the panel must be refused. Each action
 * of the house that is decided upon has at least one row.
 */
#include "base/testing.h"
#include "node/node_int.h"

#define FILES 5
static const char *const files[FILES] = {"10-persons.cedar", "20-officers.cedar",
                                         "30-four-eyes.cedar", "40-ministry.cedar",
                                         "90-system.cedar"};

static const struct actor_on_panel {
    char letter;
    const char *type, *mission, *role;
} panel[] = {
    {'P', "Sifara::Person", NULL, NULL},                    /* whose file it is */
    {'Q', "Sifara::Person", NULL, NULL},                    /* somebody else */
    {'O', "Sifara::Officer", "paris", "consular-officer"},  /* has taken the case */
    {'o', "Sifara::Officer", "paris", "consular-officer"},  /* a colleague */
    {'C', "Sifara::Officer", "paris", "consul"},            /* of the post */
    {'H', "Sifara::Officer", "paris", "head-of-mission"},   /* of the post */
    {'n', "Sifara::Officer", "rome", "consular-officer"},   /* of another post */
    {'c', "Sifara::Officer", "rome", "consul"},             /* of another post */
    {'h', "Sifara::Officer", "rome", "head-of-mission"},    /* of another post */
    {'M', "Sifara::Officer", "ministry", "ministry-admin"}, /* at home */
    {'F', "Sifara::Officer", "ministry", "confirmation-officer"},
    {'V', "Sifara::Officer", "ministry", "oversight"},
    {'W', "Sifara::Officer", "ministry", "oversight"}, /* proposed the delay */
    {'S', "Sifara::System", NULL, NULL},
    {'X', "Sifara::Visitor", NULL, NULL},
};

enum situation {
    PLAIN,      /* taken by O, on the desk of paris */
    FREE,       /* taken by nobody */
    INTEREST,   /* as PLAIN, and the actor has an interest */
    PROPOSED,   /* by O, on the desk of paris */
    BY_CONSUL,  /* taken and proposed by C */
    BY_MINISTRY /* by O, on the ministry's desk */
};

static const struct {
    const char *action;
    enum situation situation;
    const char *who;
} table[] = {
    {"session.show", PLAIN, "PQOoCHnchMFVW"},
    {"person.show", PLAIN, "P"},
    {"person.update", PLAIN, "P"},
    {"person.access", PLAIN, "P"},
    {"person.export", PLAIN, "P"},
    {"person.erase", PLAIN, "P"},
    {"case.list", PLAIN, "P"},
    {"case.file", PLAIN, "P"},
    {"case.start", PLAIN, "P"},
    {"case.attach", PLAIN, "P"},
    {"case.attachment", PLAIN, "P"},
    {"case.submit", PLAIN, "P"},
    {"case.answer", PLAIN, "P"},
    {"case.withdraw", PLAIN, "P"},
    {"case.show", PLAIN, "P"},
    {"case.show", INTEREST, "P"},
    {"case.proof", PLAIN, "P"},
    {"document.show", PLAIN, "P"},
    {"document.pdf", PLAIN, "P"},

    {"desk.queue", PLAIN, "OoCHM"},
    {"case.examine", PLAIN, "OoC"},
    {"case.examine", INTEREST, ""},
    {"case.examine", BY_MINISTRY, "OoCF"},
    {"case.examine-attachment", PLAIN, "OoC"},
    {"case.examine-attachment", INTEREST, ""},
    {"case.examine-attachment", BY_MINISTRY, "OoCF"},
    {"case.statement", PLAIN, "OoC"},
    {"case.statement", INTEREST, ""},
    {"case.statement", BY_MINISTRY, "OoCF"},
    {"case.take", PLAIN, "OoC"},
    {"case.take", FREE, "OoC"},
    {"case.take", INTEREST, ""},
    {"case.release", PLAIN, "OoC"},
    {"case.release", INTEREST, ""},
    {"case.request-correction", PLAIN, "OoC"},
    {"case.request-correction", INTEREST, ""},
    {"case.propose", PLAIN, "O"},
    {"case.propose", FREE, ""},
    {"case.propose", INTEREST, ""},
    {"case.propose", BY_CONSUL, "C"},
    {"case.confirm", PLAIN, "C"},
    {"case.confirm", INTEREST, ""},
    {"case.confirm", PROPOSED, "C"},
    {"case.confirm", BY_CONSUL, ""},
    {"case.confirm", BY_MINISTRY, "F"},
    {"case.return", PROPOSED, "C"},
    {"case.return", PLAIN, "C"},
    {"case.return", INTEREST, ""},
    {"case.return", BY_MINISTRY, "F"},
    {"document.revoke", PLAIN, "H"},
    {"calendar.adopt", PLAIN, "H"},

    {"officer.declare-interest", PLAIN, "OoCH"},
    {"mission.add", PLAIN, "M"},
    {"jurisdiction.set", PLAIN, "M"},
    {"officer.add", PLAIN, "M"},
    {"officer.list", PLAIN, "M"},
    {"policy.show", PLAIN, "M"},
    {"policy.propose", PLAIN, "M"},
    {"policy.adopt", PLAIN, "M"},
    {"access.delay-propose", PLAIN, "VW"},
    {"access.delay-confirm", PLAIN, "VW"},
    {"access.delay-confirm", PROPOSED, "V"},

    {"hold.set", PLAIN, "VW"},
    {"hold.lift", PLAIN, "VW"},

    {"document.sealed", PLAIN, "S"},
    {"document.spoilt", PLAIN, "S"},
    {"ledger.new-epoch", PLAIN, "S"},
};

/* ---- loading ----------------------------------------------------------------------------- */

static str schema_text(struct buf *b)
{
    struct fault f = {0};

    if (cedar_schema_of_actions(b, &f) != OK)
        fail_msg("%s", f.detail);
    return buf_str(b);
}

static void read_files(struct arena *a, struct cedar_source out[FILES])
{
    const char *root = getenv("SIFARA_SOURCE");
    char path[1024];

    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/demo/policy/%s", root ? root : ".", files[i]);
        out[i] = (struct cedar_source){str_of(files[i]), test_slurp(path, a)};
    }
}

static struct policy *load(struct arena *a)
{
    AUTO(buf) struct buf schema = BUF(1 << 20);
    struct cedar_source src[FILES];
    struct policy *p;
    struct fault f = {0};

    read_files(a, src);
    if (policy_new(src, FILES, schema_text(&schema), &p, &f) != OK)
        fail_msg("%s", f.detail);
    return p;
}

static void test_validates(void **state)
{
    AUTO(arena) struct arena *a = arena_new(16 << 20);
    AUTO(buf) struct buf text = BUF(1 << 20);
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct cedar_source source = {S("schema"), schema_text(&text)};
    struct cedar_finding *found;
    struct policy *p = load(a);
    size_t n;

    (void)state;
    assert_int_equal(cedar_schema_parse(&source, NULL, &schema, NULL), OK);
    assert_int_equal(cedar_validate(policy_set(p), schema, CEDAR_STRICT, a, &found, &n, NULL), OK);
    for (size_t i = 0; i < n; i++)
        print_error("%.*s: %.*s\n", STR_FMT(found[i].policy), STR_FMT(found[i].message));
    assert_int_equal(n, 0);
    policy_unref(p);
}

/* Who is refused reads why: each policy carries its words, and a name of its own. */
static void test_annotated(void **state)
{
    static const char *const notes[] = {"id",        "title",     "basis",
                                        "reason_en", "reason_ar", "reason_fr"};
    AUTO(arena) struct arena *a = arena_new(16 << 20);
    struct policy *p = load(a);
    const struct cedar_set *set = policy_set(p);

    (void)state;
    for (size_t i = 0; i < cedar_set_count(set); i++) {
        for (size_t k = 0; k < ARRAY_LEN(notes); k++)
            if (cedar_policy_note(set, i, str_of(notes[k])).n == 0)
                fail_msg("policy %zu has no @%s", i, notes[k]);
        for (size_t k = 0; k < i; k++)
            assert_false(
                str_eq(cedar_policy_note(set, i, S("id")), cedar_policy_note(set, k, S("id"))));
    }
    print_message("%zu policies\n", cedar_set_count(set));
    policy_unref(p);
}

/* ---- deciding ---------------------------------------------------------------------------- */

static struct cedar_value officer(struct cedar_entities *es, const char *letter)
{
    return cedar_ref(es, S("Sifara::Officer"), str_of(letter));
}

static struct cedar_value mission(struct cedar_entities *es, const char *code)
{
    return cedar_ref(es, S("Sifara::Mission"), str_of(code));
}

static void put_case(struct cedar_entities *es, struct cedar_entity *e, enum situation s)
{
    const char *by = s == BY_CONSUL ? "C" : "O";

    cedar_attr(es, e, S("authority"), mission(es, "paris"));
    cedar_attr(es, e, S("queue"), mission(es, s == BY_MINISTRY ? "ministry" : "paris"));
    cedar_attr(es, e, S("service"), cedar_str(S("consular-registration")));
    cedar_attr(es, e, S("state"), cedar_str(S("examined")));
    if (s != FREE)
        cedar_attr(es, e, S("officer"), officer(es, by));
    if (s == PROPOSED || s == BY_CONSUL || s == BY_MINISTRY)
        cedar_attr(es, e, S("proposer"), officer(es, by));
}

static void put_resource(struct cedar_entities *es, str type, str id, enum situation s)
{
    struct cedar_entity *e = cedar_entity(es, type, id);
    struct cedar_value person = cedar_ref(es, S("Sifara::Person"), S("P"));

    if (str_eq(type, S("Sifara::Case")))
        put_case(es, e, s);
    if (str_eq(type, S("Sifara::Document"))) {
        cedar_attr(es, e, S("authority"), mission(es, "paris"));
        cedar_attr(es, e, S("state"), cedar_str(S("sealed")));
    }
    if (str_eq(type, S("Sifara::AccessDelay")) && s == PROPOSED)
        cedar_attr(es, e, S("proposer"), officer(es, "W"));
    if (str_eq(type, S("Sifara::Case")) || str_eq(type, S("Sifara::Document")) ||
        str_eq(type, S("Sifara::File")))
        cedar_attr(es, e, S("person"), person);
}

static bool permits(const struct policy *p, const struct actor_on_panel *who,
                    const struct action *action, enum situation s, struct arena *a)
{
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_record *context = cedar_record(es);
    char letter[2] = {who->letter, 0};
    str type = str_printf(a, "Sifara::%s", action->resource);
    str id = str_eq(type, S("Sifara::Mission")) ? S("paris") : S("it");
    struct cedar_entity *e = cedar_entity(es, str_of(who->type), str_copy(a, str_of(letter)));
    struct cedar_request r = {.principal =
                                  cedar_uid(str_of(who->type), str_copy(a, str_of(letter))),
                              .action = cedar_uid(S("Sifara::Action"), str_of(action->name)),
                              .resource = cedar_uid(type, id),
                              .context = context};
    struct decision d;

    if (who->role) {
        str role = str_of(who->role);
        cedar_attr(es, e, S("roles"), cedar_strings(es, &role, 1));
        cedar_attr(es, e, S("mission"), mission(es, who->mission));
    }
    put_resource(es, type, id, s);
    cedar_put(es, context, S("now"), cedar_datetime(1700000000000));
    if (str_eq(type, S("Sifara::Case")))
        cedar_put(es, context, S("interest"), cedar_bool(who->role && s == INTEREST));
    assert_true(cedar_entities_ok(es));
    assert_int_equal(policy_decide(p, es, &r, a, &d, NULL), OK);
    if (d.why.p)
        fail_msg("%s by %c: %.*s", action->name, who->letter, STR_FMT(d.why));
    return d.permit;
}

static void test_table(void **state)
{
    AUTO(arena) struct arena *texts = arena_new(16 << 20);
    struct policy *p = load(texts);
    unsigned decisions = 0, wrong = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct action *action = action_find(str_of(table[i].action));
        if (!action)
            fail_msg("no action %s", table[i].action);
        for (size_t k = 0; k < ARRAY_LEN(panel); k++, decisions++) {
            AUTO(arena) struct arena *a = arena_new(1 << 20);
            bool expected = strchr(table[i].who, panel[k].letter) != NULL;
            if (permits(p, &panel[k], action, table[i].situation, a) == expected)
                continue;
            print_error("%s in situation %d: %c should be %s\n", table[i].action,
                        (int)table[i].situation, panel[k].letter,
                        expected ? "permitted" : "refused");
            wrong++;
        }
    }
    policy_unref(p);
    print_message("%u decisions\n", decisions);
    assert_int_equal(wrong, 0);
}

static void test_every_action(void **state)
{
    (void)state;
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        bool found = a->kind == ACTION_OPEN || a->kind == ACTION_CHORE;
        for (size_t k = 0; k < ARRAY_LEN(table); k++)
            found |= strcmp(table[k].action, a->name) == 0;
        if (!found)
            fail_msg("the table says nothing of %s", a->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validates),
        cmocka_unit_test(test_annotated),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_every_action),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
