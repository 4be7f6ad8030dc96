/* the policy of Utopia (demo/policy): valid without a finding, and who may do what
 *
 * A row of the table names all who may; everybody else on the panel must be refused. Each action
 * of the house that is decided upon has at least one row.
 */
#include "base/testing.h"
#include "node/node_int.h"
#include "node/policy_panel.h"
#include "policy/facts.h"

#define FILES 21
static const char *const files[FILES] = {"10-persons.cedar",
                                         "20-officers.cedar",
                                         "25-counter.cedar",
                                         "27-fees.cedar",
                                         "28-posts.cedar",
                                         "29-staff.cedar",
                                         "30-four-eyes.cedar",
                                         "40-ministry.cedar",
                                         "45-packages.cedar",
                                         "46-exit.cedar",
                                         "50-partners.cedar",
                                         "55-channels.cedar",
                                         "56-witnesses.cedar",
                                         "57-exchange.cedar",
                                         "90-system.cedar",
                                         "facts/accreditations.json",
                                         "facts/agreements.json",
                                         "facts/aims.json",
                                         "facts/capabilities.json",
                                         "facts/organisations.json",
                                         "facts/states.json"};

enum { NOW = 1772000000 }; /* 25 February 2026 */

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
    static const char *const notes[] = {"id",       "title",     "basis",     "basis_ar",
                                        "basis_fr", "reason_en", "reason_ar", "reason_fr"};
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
    cedar_attr(es, e, S("service"),
               cedar_str(s == ASSISTANCE || s == UNTAKEN ? S("consular-assistance")
                                                         : S("consular-registration")));
    cedar_attr(es, e, S("state"),
               cedar_str(s == DRAFT || s == WALK_IN ? S("draft") : S("examined")));
    cedar_attr(es, e, S("channel"), cedar_str(s == WALK_IN ? S("counter") : S("online")));
    if (s == WALK_IN)
        cedar_attr(es, e, S("opener"), officer(es, "C"));
    if (s != FREE && s != UNTAKEN)
        cedar_attr(es, e, S("officer"), officer(es, by));
    if (s == PROPOSED || s == BY_CONSUL || s == BY_MINISTRY)
        cedar_attr(es, e, S("proposer"), officer(es, by));
}

static struct cedar_value state(struct cedar_entities *es, const char *code)
{
    return cedar_ref(es, S("Sifara::State"), str_of(code));
}

/* Whatever is given or received: each type takes the attributes that are its own. */
static void put_thing(struct cedar_entities *es, struct cedar_entity *e, str type, enum situation s)
{
    struct cedar_value circle = cedar_ref(es, S("Sifara::Organisation"), S("DCO"));
    struct cedar_value level = cedar_ref(es, S("Sifara::Tlp"), s == RED ? S("RED") : S("GREEN"));
    struct cedar_value from = state(es, s == ANOTHERS ? "FR" : "XU");
    const struct {
        str type, attribute;
        struct cedar_value value;
    } all[] = {
        {S("Sifara::Intelligence"), S("tlp"), level},
        {S("Sifara::Intelligence"), S("originator"), from},
        {S("Sifara::Intelligence"), S("releasable"), cedar_setof(es, &circle, 1)},
        {S("Sifara::Dataset"), S("tlp"), level},
        {S("Sifara::Dataset"), S("personal"), cedar_bool(s == PERSONAL)},
        {S("Sifara::Package"), S("owner"), from},
        {S("Sifara::Package"), S("sensitive"), cedar_bool(s == PERSONAL)},
        {S("Sifara::Help"), S("capability"), cedar_str(S("incident-team"))},
        {S("Sifara::Protection"), S("citizen"), state(es, "XU")},
        {S("Sifara::Protection"), S("mission"), mission(es, "paris")},
        {S("Sifara::Engagement"), S("partner"), state(es, "XA")},
        {S("Sifara::Engagement"), S("officer"), officer(es, "O")},
    };

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (str_eq(all[i].type, type))
            cedar_attr(es, e, all[i].attribute, all[i].value);
}

static const char *partner_in(enum situation s)
{
    return s == TO_FRANCE ? "FR" : s == TO_SANCTIONED ? "XR" : s == TO_UNRECOGNISED ? "XF" : "XA";
}

static void put_channel(const struct policy *p, struct cedar_entities *es, struct cedar_entity *e,
                        str type, enum situation s)
{
    const str asked[] = {s == ANOTHERS   ? S("originator-consent")
                         : s == PERSONAL ? S("named-recipients")
                                         : S("no-onward-sharing")};
    const char *code = partner_in(s);
    bool dispatch = str_eq(type, S("Sifara::Dispatch")), log = str_eq(type, S("Sifara::Log"));
    bool quorum = str_eq(type, S("Sifara::Quorum"));

    if (!dispatch && !log && !quorum && !str_eq(type, S("Sifara::Accreditation")))
        return;
    facts_put_state(policy_facts(p), es, str_of(code), NOW / 86400, 0, STR_NONE);
    cedar_attr(es, e, log ? S("owner") : S("partner"), state(es, code));
    if (log)
        return;
    if (dispatch) {
        cedar_attr(es, e, S("kind"), cedar_str(S("note")));
        cedar_attr(es, e, S("emergency"), cedar_bool(false));
        cedar_attr(es, e, S("sealed"), cedar_bool(false));
        cedar_attr(es, e, S("organisation"), cedar_ref(es, S("Sifara::Organisation"), S("DCO")));
        cedar_attr(es, e, S("undertakings"), cedar_strings(es, asked, ARRAY_LEN(asked)));
        return;
    }
    if (!quorum) {
        cedar_attr(es, e, S("was"), cedar_str(S("none")));
        cedar_attr(es, e, S("standing"), cedar_str(S("accredited")));
    }
    if (s == PROPOSED)
        cedar_attr(es, e, S("proposer"), officer(es, "M"));
}

static void put_partner(const struct policy *p, struct cedar_entities *es,
                        struct cedar_record *context, enum situation s)
{
    const str promises[] = {S("no-onward-sharing"), S("named-recipients"),
                            S("statistical-use-only")};
    const char *code = partner_in(s);

    facts_put_state(policy_facts(p), es, str_of(code), NOW / 86400, s == TO_TAKER ? 21 : 0,
                    STR_NONE);
    cedar_put(es, context, S("partner"), state(es, code));
    cedar_put(es, context, S("undertakings"),
              cedar_strings(es, promises, s == UNPROMISED ? 0 : ARRAY_LEN(promises)));
    cedar_put(es, context, S("purpose"), cedar_str(S("")));
    cedar_put(es, context, S("urgent"), cedar_bool(false));
    cedar_put(es, context, S("amount"), cedar_long(1));
    cedar_put(es, context, S("free"), cedar_long(s == EXHAUSTED ? 0 : 3));
    if (s != AIMLESS)
        cedar_put(es, context, S("aim"), cedar_str(S("trusted-in-cyber")));
}

static void put_joint(struct cedar_entities *es, struct cedar_entity *e, enum situation s)
{
    str mandate = S("digital-services");

    cedar_attr(es, e, S("organisation"), cedar_ref(es, S("Sifara::Organisation"), S("DCO")));
    cedar_attr(es, e, S("mandate"), cedar_strings(es, &mandate, 1));
    cedar_attr(es, e, S("matter"), cedar_str(s == ANOTHERS ? S("fisheries") : mandate));
    cedar_attr(es, e, S("member"), cedar_bool(true));
}

static void put_guest(const struct policy *p, struct cedar_entities *es, struct cedar_entity *e,
                      enum situation s)
{
    const str all[] = {S("download"), S("answer"), S("acknowledge")};

    facts_put_state(policy_facts(p), es, str_of(partner_in(s)), NOW / 86400, 0, STR_NONE);
    cedar_attr(es, e, S("state"), state(es, partner_in(s)));
    cedar_attr(es, e, S("officer"), officer(es, "O"));
    cedar_attr(es, e, S("may"), cedar_strings(es, all, s == PERSONAL ? 0 : ARRAY_LEN(all)));
}

static void put_xroad_call(struct cedar_entities *es, struct cedar_entity *e, enum situation s)
{
    static const char *const names[] = {"instance", "member", "subsystem", "service"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        cedar_attr(es, e, str_of(names[i]), cedar_str(i ? S("1234") : S("UT-TEST")));
    cedar_attr(es, e, S("class"), cedar_str(s == ANOTHERS ? S("COM") : S("GOV")));
    cedar_attr(es, e, S("officer"), officer(es, "O"));
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
    put_thing(es, e, type, s);
    if (str_eq(type, S("Sifara::Joint")))
        put_joint(es, e, s);
    if (str_eq(type, S("Sifara::ServicePackage"))) {
        static const char *const names[] = {"giver", "name", "version", "digest", "state"};
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
            cedar_attr(es, e, str_of(names[i]), cedar_str(str_of(names[i])));
        if (s == PROPOSED)
            cedar_attr(es, e, S("proposer"), officer(es, "M"));
    }
    if (str_eq(type, S("Sifara::Proposal"))) {
        cedar_attr(es, e, S("mission"), mission(es, "paris"));
        cedar_attr(es, e, S("queue"), mission(es, s == BY_MINISTRY ? "ministry" : "paris"));
        cedar_attr(es, e, S("proposer"), officer(es, s == BY_CONSUL ? "C" : "O"));
    }
    if (str_eq(type, S("Sifara::AccessDelay")) && s == PROPOSED)
        cedar_attr(es, e, S("proposer"), officer(es, "W"));
    if (str_eq(type, S("Sifara::Case")) || str_eq(type, S("Sifara::Document")) ||
        str_eq(type, S("Sifara::File")))
        cedar_attr(es, e, S("person"), person);
    if (str_eq(type, S("Sifara::Incident"))) {
        cedar_attr(es, e, S("mission"), mission(es, "paris"));
        cedar_attr(es, e, S("security"), cedar_bool(s == ASSISTANCE));
        cedar_attr(es, e, S("reporter"), officer(es, "o"));
        cedar_attr(es, e, S("owner"), officer(es, "C"));
    }
    if (str_eq(type, S("Sifara::Delegation"))) {
        cedar_attr(es, e, S("mission"), mission(es, "paris"));
        cedar_attr(es, e, S("officer"), officer(es, "C"));
        cedar_attr(es, e, S("colleague"), officer(es, "o"));
        cedar_attr(es, e, S("role"), cedar_str(s == BARRED ? S("oversight") : S("consul")));
        cedar_attr(es, e, S("proposer"), officer(es, "H"));
    }
    if (str_eq(type, S("Sifara::Representative"))) {
        cedar_attr(es, e, S("person"), person);
        cedar_attr(es, e, S("holder"), cedar_ref(es, S("Sifara::Person"), S("Q")));
    }
}

static bool weak; /* did everybody sign in with a code alone? */

static bool permits(const struct policy *p, const struct actor_on_panel *who,
                    const struct action *action, enum situation s, struct arena *a)
{
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_record *context = cedar_record(es);
    char letter[2] = {who->letter, 0};
    str type = str_printf(a, "Sifara::%s", action->resource);
    str id = str_eq(type, S("Sifara::Mission")) ? S("paris")
             : str_eq(type, S("Sifara::Guest")) ? S("U")
                                                : S("it");
    bool is_state = who->letter == 'A';
    str name = is_state ? str_of(partner_in(s)) : str_copy(a, str_of(letter));
    struct cedar_entity *e = is_state ? NULL : cedar_entity(es, str_of(who->type), name);
    struct cedar_request r = {.principal = cedar_uid(str_of(who->type), name),
                              .action = cedar_uid(S("Sifara::Action"), str_of(action->name)),
                              .resource = cedar_uid(type, id),
                              .context = context};
    struct decision d;

    if (who->role) {
        str role = str_of(who->role);
        cedar_attr(es, e, S("roles"), cedar_strings(es, &role, 1));
        cedar_attr(es, e, S("mission"), mission(es, who->mission));
    }
    if (who->letter == 'R') {
        cedar_attr(es, e, S("instance"), cedar_str(S("UT-TEST")));
        cedar_attr(es, e, S("class"), cedar_str(S("GOV")));
        cedar_attr(es, e, S("member"), cedar_str(S("1234")));
    }
    put_resource(es, type, id, s);
    put_channel(p, es, cedar_entity(es, type, id), type, s);
    if (str_eq(type, S("Sifara::XRoadCall")))
        put_xroad_call(es, cedar_entity(es, type, id), s);
    if (str_eq(type, S("Sifara::Guest")))
        put_guest(p, es, cedar_entity(es, type, id), s);
    cedar_put(es, context, S("now"), cedar_datetime(NOW * INT64_C(1000)));
    cedar_put(es, context, S("strong"), cedar_bool(!weak));
    if (action->partner)
        put_partner(p, es, context, s);
    if (str_eq(type, S("Sifara::Case")) || str_eq(type, S("Sifara::Document")))
        cedar_put(es, context, S("representative"),
                  cedar_bool(s == ACTS_FOR && who->letter == 'Q'));
    if (str_eq(type, S("Sifara::Case"))) {
        cedar_put(es, context, S("interest"), cedar_bool(who->role && s == INTEREST));
        cedar_put(es, context, S("event"), cedar_str(S("hand-over")));
        cedar_put(es, context, S("to"), mission(es, "paris"));

        cedar_put(es, context, S("barred"), cedar_bool(who->role && s == BARRED));
    }
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

/* An officer who signed in with a code alone may do what leads to a passkey, and nothing else. */
static void test_weak_sessions(void **state)
{
    static const char *const open[] = {"session.list", "passkey.list", "passkey.add"};
    AUTO(arena) struct arena *texts = arena_new(16 << 20);
    struct policy *p = load(texts);
    unsigned permitted = 0;

    (void)state;
    weak = true;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        for (size_t k = 0; k < ARRAY_LEN(panel); k++) {
            AUTO(arena) struct arena *a = arena_new(1 << 20);
            const struct action *action = action_find(str_of(table[i].action));
            bool expected = strchr(table[i].who, panel[k].letter) != NULL, opens = false;
            for (size_t o = 0; o < ARRAY_LEN(open); o++)
                opens |= strcmp(open[o], table[i].action) == 0;
            if (panel[k].role && !opens)
                expected = false;
            if (permits(p, &panel[k], action, table[i].situation, a) != expected)
                fail_msg("%s in situation %d, signed in with a code: %c", table[i].action,
                         (int)table[i].situation, panel[k].letter);
            permitted += expected && panel[k].role;
        }
    weak = false;
    policy_unref(p);
    assert_true(permitted > 0);
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
        cmocka_unit_test(test_validates),    cmocka_unit_test(test_annotated),
        cmocka_unit_test(test_table),        cmocka_unit_test(test_weak_sessions),
        cmocka_unit_test(test_every_action),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
