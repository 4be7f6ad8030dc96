/* the life of a case: the common one, one with steps of its own, and each thing that can be wrong
 */
#include "package/workflow.h"

#include "base/testing.h"
#include "package/check.h"
#include "package/diff.h"
#include "package/golden.h"
#include "package/skeleton.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    return (a = arena_new(256 << 20)) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const struct json *parse(str text)
{
    struct json *j;
    struct fault f = {0};

    if (json_parse(a, text, NULL, &j, &f) != OK)
        fail_msg("%s in %.*s", f.detail, STR_FMT(text));
    return j;
}

static const struct json *json(const char *text)
{
    return parse(str_of(text));
}

static struct workflow *load(str text)
{
    struct workflow *w;
    struct fault f = {0};

    if (workflow_load(a, text.p ? parse(text) : NULL, &w, &f) != OK)
        fail_msg("%s at %s", f.detail, f.pointer);
    return w;
}

/* ---- the common life ---------------------------------------------------------------------- */

enum { COMMON_EVENTS = 12 };
static const char *const events[COMMON_EVENTS] = {
    "submit", "take",    "release", "request-correction",
    "answer", "propose", "return",  "approve",
    "refuse", "sealed",  "spoilt",  "withdraw"};

/* By hand, not from the file: what each state does at each event. */
static const struct {
    const char *state, *turn, *to[COMMON_EVENTS];
} expected[] = {
    {"draft", "person", {"filed", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "withdrawn"}},
    {"filed", "officer", {0, "examined", 0, 0, 0, 0, 0, 0, 0, 0, 0, "withdrawn"}},
    {"examined",
     "officer",
     {0, 0, "filed", "correction", 0, "proposed", 0, 0, 0, 0, 0, "withdrawn"}},
    {"correction", "person", {0, 0, 0, 0, "examined", 0, 0, 0, 0, 0, 0, "withdrawn"}},
    {"proposed", "officer", {0, 0, 0, 0, 0, 0, "examined", "issuing", "refused"}},
    {"issuing", "node", {0, 0, 0, 0, 0, 0, 0, 0, 0, "issued", "examined", 0}},
    {"issued", NULL, {0}},
    {"refused", NULL, {0}},
    {"withdrawn", NULL, {0}},
};

static void assert_pair(const struct workflow_state *s, const char *event, const char *to)
{
    const struct workflow_row *row;
    struct fault f = {0};
    enum err e = workflow_next(s, str_of(event), NULL, a, &row, &f);

    assert_int_equal(workflow_takes(s, str_of(event)), to != NULL);
    if (to) {
        assert_int_equal(e, OK);
        assert_true(str_eq(row->to->id, str_of(to)));
        return;
    }
    assert_int_equal(e, ERR_CONFLICT);
    assert_true(str_find(str_of(f.detail), s->id) >= 0 && strstr(f.detail, event));
}

static void test_common(void **state)
{
    struct workflow *w = load(STR_NONE);

    (void)state;
    assert_true(w->common);
    assert_int_equal(w->n, ARRAY_LEN(expected));
    assert_true(str_eq(w->start->id, S("draft")));
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        const struct workflow_state *s = workflow_state(w, str_of(expected[i].state));
        assert_non_null(s);
        assert_true(workflow_common_state(s->id));
        assert_true(str_eq(str_of(workflow_turn_name(s->turn)), str_of(expected[i].turn)));
        for (size_t k = 0; k < COMMON_EVENTS; k++) {
            assert_true(workflow_common_event(str_of(events[k])));
            assert_pair(s, events[k], expected[i].to[k]);
        }
    }
    assert_false(workflow_common_state(S("ready")));
    assert_false(workflow_common_event(S("lapse")));
    workflow_free(w);
}

/* docs/case-states.md ends with what the program prints. */
static void test_document(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    const char *root = getenv("SIFARA_SOURCE");
    struct workflow *w = load(STR_NONE);
    char path[1024];

    (void)state;
    snprintf(path, sizeof path, "%s/docs/case-states.md", root ? root : ".");
    workflow_diagram(w, &b);
    if (!str_ends(test_slurp(path, a), buf_str(&b)))
        fail_msg("docs/case-states.md is not what the workflow says:\n%.*s", STR_FMT(buf_str(&b)));
    workflow_free(w);
}

/* ---- one with steps of its own ------------------------------------------------------------ */

static const char passport[] =
    "{\"start\":\"draft\",\"states\":["
    "{\"id\":\"draft\",\"turn\":\"person\",\"on\":["
    "{\"event\":\"submit\",\"action\":\"case.submit\",\"to\":\"filed\",\"message\":\"case-"
    "received\"},"
    "{\"event\":\"withdraw\",\"action\":\"case.withdraw\",\"to\":\"withdrawn\"}]},"
    "{\"id\":\"filed\",\"turn\":\"officer\",\"on\":["
    "{\"event\":\"take\",\"action\":\"case.take\",\"to\":\"examined\",\"when\":{\"==\":[{\"var\":"
    "\"answers.purpose\"},\"work\"]}},"
    "{\"event\":\"take\",\"action\":\"case.take\",\"to\":\"looked-at\"}]},"
    "{\"id\":\"looked-at\",\"turn\":\"officer\",\"on\":["
    "{\"event\":\"biometrics\",\"action\":\"case.record\",\"to\":\"examined\",\"asks\":[\"place\"]}"
    "]},"
    "{\"id\":\"examined\",\"turn\":\"officer\",\"on\":["
    "{\"event\":\"request-correction\",\"action\":\"case.request-correction\",\"to\":"
    "\"correction\"},"
    "{\"event\":\"propose\",\"action\":\"case.propose\",\"to\":\"proposed\"}]},"
    "{\"id\":\"correction\",\"turn\":\"person\",\"on\":["
    "{\"event\":\"answer\",\"action\":\"case.answer\",\"to\":\"examined\"}]},"
    "{\"id\":\"proposed\",\"turn\":\"officer\",\"on\":["
    "{\"event\":\"return\",\"action\":\"case.return\",\"to\":\"examined\"},"
    "{\"event\":\"refuse\",\"action\":\"case.confirm\",\"to\":\"refused\"},"
    "{\"event\":\"approve\",\"action\":\"case.confirm\",\"to\":\"issuing\",\"document\":"
    "\"template.svg\"}]},"
    "{\"id\":\"issuing\",\"turn\":\"node\",\"on\":["
    "{\"event\":\"sealed\",\"action\":\"document.sealed\",\"to\":\"ready\"},"
    "{\"event\":\"spoilt\",\"action\":\"document.spoilt\",\"to\":\"examined\"}]},"
    "{\"id\":\"ready\",\"turn\":\"person\",\"within\":{\"working_days\":90,\"then\":\"lapse\"},"
    "\"on\":["
    "{\"event\":\"hand-over\",\"action\":\"case.record\",\"to\":\"handed-over\",\"message\":"
    "\"message.handed-over\",\"asks\":[\"booklet_number\",\"signature_seen\"],\"other_than\":"
    "[\"approve\"],\"paid\":true},"
    "{\"event\":\"lapse\",\"action\":\"case.lapse\",\"to\":\"kept\"}]},"
    "{\"id\":\"handed-over\"},{\"id\":\"kept\"},{\"id\":\"refused\"},{\"id\":\"withdrawn\"}]}";

static void test_own(void **state)
{
    struct workflow *w = load(str_of(passport));
    const struct workflow_state *ready = workflow_state(w, S("ready"));
    const struct workflow_row *row;
    const struct json *work = json("{\"answers\":{\"purpose\":\"work\"}}");
    const struct json *study = json("{\"answers\":{\"purpose\":\"study\"}}");
    const struct workflow_state *filed = workflow_state(w, S("filed"));

    (void)state;
    assert_false(w->common);
    assert_int_equal(ready->turn, TURN_PERSON);
    assert_int_equal(ready->term, 90);
    assert_true(ready->working && str_eq(ready->then, S("lapse")));
    assert_int_equal(workflow_next(ready, S("hand-over"), NULL, a, &row, NULL), OK);
    assert_true(row->paid && row->n_asks == 2 && row->n_others == 1);
    assert_true(str_eq(row->asks[1], S("signature_seen")));
    assert_true(str_eq(row->other_than[0], S("approve")));
    assert_string_equal(row->kind->action, "case.record");
    assert_int_equal(row->kind->by, TURN_OFFICER);
    /* the first row whose rule holds */
    assert_true(workflow_conditional(filed, S("take")));
    assert_false(workflow_conditional(ready, S("hand-over")));
    assert_int_equal(workflow_next(filed, S("take"), work, a, &row, NULL), OK);
    assert_true(str_eq(row->to->id, S("examined")));
    assert_int_equal(workflow_next(filed, S("take"), study, a, &row, NULL), OK);
    assert_true(str_eq(row->to->id, S("looked-at")));
    workflow_free(w);
}

static void test_diagram(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct workflow *w = load(str_of(passport));

    (void)state;
    workflow_diagram(w, &b);
    str text = buf_str(&b);
    assert_true(str_find(text, S("    looked_at --> examined: biometrics\n")) > 0);
    assert_true(str_find(text, S("    filed --> examined: take [if]\n")) > 0);
    assert_true(str_find(text, S("    handed_over --> [*]\n")) > 0);
    assert_true(str_find(text, S("| ready | person | hand-over | `case.record` | officer | "
                                 "handed-over | once the fee is paid; another officer than: "
                                 "approve; asks booklet_number, signature_seen; mails "
                                 "message.handed-over |\n")) > 0);
    assert_true(str_find(text, S("after 90 working days")) > 0);
    workflow_free(w);
}

/* ---- what is wrong ------------------------------------------------------------------------ */

/* One text of the workflow becomes another; the first thing told. */
static const struct {
    const char *old, *new, *at, *what;
} wrong[] = {
    {"\"start\":\"draft\"", "\"start\":\"nowhere\"", "/start", "names no state"},
    {"\"start\":", "\"begin\":1,\"start\":", "/begin", "no other member"},
    {"{\"id\":\"draft\",", "{\"id\":\"Draft\",", "/start", "names no state"},
    {"{\"id\":\"kept\"}", "{\"id\":\"Kept\"}", "/states/9/id", "has an id of small letters"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept--on\"}", "/states/9/id", "has an id of small letters"},
    {"{\"id\":\"kept\"}", "7", "/states/9", "this is no state"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept\"},{\"id\":\"kept\"}", "/states/10/id", "already"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept\",\"colour\":1}", "/states/9/colour", "not known"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept\",\"turn\":\"person\"}", "/states/9", "an end"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept\",\"on\":[]}", "/states/9/on", "1 to 40 events"},
    {"{\"id\":\"kept\"}", "{\"id\":\"kept\"},{\"id\":\"lost\"}", "/states/10/id",
     "no case ever becomes \"lost\""},
    {"\"turn\":\"node\"", "\"turn\":\"machine\"", "/states/6/turn", "the turn of a state"},
    {"\"turn\":\"node\"", "\"turn\":\"officer\"", "/states/6/turn", "the node's turn"},
    {"\"turn\":\"node\"", "\"turn\":\"node\",\"settled\":true", "/states/6/settled",
     "the person's turn"},
    {"\"working_days\":90", "\"working_days\":0", "/states/7/within", "a term is 1 to"},
    {"\"working_days\":90", "\"working_days\":90,\"days\":3", "/states/7/within", "a term is"},
    {"\"working_days\":90", "\"hours\":9", "/states/7/hours", "not known"},
    {"\"then\":\"lapse\"", "\"then\":\"hand-over\"", "/states/7/within/then", "upon case.lapse"},
    {"\"within\":{\"working_days\":90,\"then\":\"lapse\"},", "", "/states/7/on/1/event",
     "no term of this state"},
    {"\"event\":\"submit\"", "\"event\":\"file\"", "/states/0/on/0/event",
     "cannot be an event upon"},
    {"\"event\":\"hand-over\"", "\"event\":\"take\"", "/states/7/on/0/event",
     "cannot be an event upon"},
    {"\"event\":\"hand-over\"", "\"event\":\"payment\"", "/states/7/on/0/event",
     "cannot be an event upon"},
    {"\"event\":\"hand-over\"", "\"event\":\"Hand over\"", "/states/7/on/0/event",
     "cannot be an event upon"},
    {"\"action\":\"case.propose\"", "\"action\":\"case.guess\"", "/states/3/on/1/action",
     "no event can stand upon"},
    {"\"to\":\"handed-over\"", "\"to\":\"handed\"", "/states/7/on/0/to", "no state \"handed\""},
    {"\"to\":\"ready\"", "\"to\":\"draft\"", "/states/6/on/0/to", "nothing leads back"},
    {"\"message\":\"case-received\"", "\"message\":\"hello\"", "/states/0/on/0/message",
     "no message \"hello\""},
    {"\"message\":\"case-received\"", "\"message\":\"message.\"", "/states/0/on/0/message",
     "no message"},
    {"\"asks\":[\"place\"]", "\"asks\":[]", "/states/2/on/0/asks", "1 to 12 names"},
    {"\"asks\":[\"place\"]", "\"asks\":[\"a\",\"a\"]", "/states/2/on/0/asks", "twice, or is none"},
    {"\"asks\":[\"place\"]", "\"asks\":[\"A-b\"]", "/states/2/on/0/asks", "twice, or is none"},
    {"\"action\":\"case.take\",\"to\":\"looked-at\"",
     "\"action\":\"case.take\",\"to\":\"looked-at\",\"asks\":[\"x\"]", "/states/1/on/1/asks",
     "only case.step and case.record"},
    {"\"other_than\":[\"approve\"]", "\"other_than\":[\"submit\"]", "/states/7/on/0/other_than",
     "no officer does \"submit\""},
    {"\"action\":\"case.answer\",", "\"action\":\"case.answer\",\"other_than\":[\"take\"],",
     "/states/4/on/0/other_than", "only what an officer does"},
    {"\"action\":\"case.submit\",", "\"action\":\"case.submit\",\"paid\":true,",
     "/states/0/on/0/paid", "cannot wait for the fee"},
    {"\"action\":\"case.propose\",", "\"action\":\"case.propose\",\"document\":\"template.svg\",",
     "/states/3/on/1/document", "only an approval"},
    {",\"when\":{\"==\":[{\"var\":\"answers.purpose\"},\"work\"]}", "", "/states/1/on/1/event",
     "stands here twice"},
    {"\"event\":\"answer\",\"action\":\"case.answer\"",
     "\"event\":\"submit\",\"action\":\"case.submit\"", "/states/4/on/0/event",
     "only a case that begins"},
    {"{\"event\":\"withdraw\",\"action\":\"case.withdraw\"",
     "{\"event\":\"take\",\"action\":\"case.take\"", "/states/0/on/1/event",
     "a draft is submitted"},
    {"\"to\":\"withdrawn\"", "\"to\":\"examined\"", "/states/0/on/1/to", "has ended"},
    /* four eyes */
    {"\"to\":\"proposed\"", "\"to\":\"looked-at\"", "/states/3/on/1/to", "open to approval"},
    {"\"action\":\"case.record\",\"to\":\"examined\"",
     "\"action\":\"case.record\",\"to\":\"proposed\"", "/states/2/on/0/to",
     "one officer would decide alone"},
    /* documents */
    {",\"document\":\"template.svg\"", "", "/states/5/on/2/to", "none is issued"},
    {"\"to\":\"issuing\",\"document\"", "\"to\":\"ready\",\"document\"", "/states/5/on/2/to",
     "must be sealed"},
    /* corrections */
    {"\"to\":\"correction\"", "\"to\":\"looked-at\"", "/states/3/on/0/to", "able to answer"},
    {"{\"id\":\"correction\",\"turn\":\"person\"", "{\"id\":\"correction\",\"turn\":\"officer\"",
     "/states/3/on/0/to", "able to answer"},
    /* traps */
    {"\"to\":\"examined\",\"asks\"", "\"to\":\"looked-at\",\"asks\"", "/states/2/id", "is a trap"},
    {"\"action\":\"case.answer\",", "\"action\":\"case.answer\",\"when\":false,", "/states/4/on",
     "is stuck"},
    {"{\"==\":[{\"var\"", "{\"equals\":[{\"var\"", "/states/1/on/0/when", "equals"},
};

static str changed(const char *old, const char *new)
{
    const char *at = strstr(passport, old);

    if (!at)
        fail_msg("no %s", old);
    return str_printf(a, "%.*s%s%s", (int)(at - passport), passport, new, at + strlen(old));
}

struct told {
    unsigned n;
    bool found;
    const char *at, *what;
};

static void listen(void *context, const char *pointer, const char *remedy, const char *what)
{
    struct told *t = context;

    assert_true(*remedy != 0);
    t->n++;
    t->found |= strcmp(pointer, t->at) == 0 && strstr(what, t->what) != NULL;
}

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const struct json *doc = parse(changed(wrong[i].old, wrong[i].new));
        struct told told = {.at = wrong[i].at, .what = wrong[i].what};
        struct workflow *w = NULL;
        struct fault f = {0};
        assert_true(workflow_load(a, doc, &w, &f) != OK);
        workflow_free(w);
        workflow_inspect(doc, listen, &told);
        /* a rule is compiled when it is loaded, and by the check of the package */
        if (!told.found && !(told.n == 0 && strstr(f.detail, wrong[i].what)))
            fail_msg("%s -> %s: %s at %s", wrong[i].old, wrong[i].new, f.detail, f.pointer);
        if (told.n == 0 && !str_starts(str_of(f.pointer), str_of(wrong[i].at)))
            fail_msg("%s told at %s", wrong[i].what, f.pointer);
    }
    print_message("%zu workflows that are wrong\n", ARRAY_LEN(wrong));
}

/* What is told once is told of all. */
static void test_all_told(void **state)
{
    struct told told = {.at = "", .what = ""};

    (void)state;
    workflow_inspect(
        json("{\"start\":\"a\",\"states\":[{\"id\":\"a\",\"turn\":\"person\",\"on\":["
             "{\"event\":\"submit\",\"action\":\"case.submit\",\"to\":\"b\",\"x\":1}]},"
             "{\"id\":\"B\"}]}"),
        listen, &told);
    assert_int_equal(told.n, 3); /* the member, the state that is not there, the id */
}

/* ---- in a package ------------------------------------------------------------------------- */

static struct package_files package_with(str workflow, const char *more_words)
{
    struct package_files files = {0};

    for (; files.n < package_skeleton_n; files.n++) {
        AUTO(buf) struct buf b = BUF(1 << 20);
        package_skeleton_fill(&b, package_skeleton[files.n].bytes, S("stamp"), S("XU"));
        str bytes = str_copy(a, buf_str(&b));
        if (str_starts(package_skeleton[files.n].name, S("words.")))
            bytes = str_printf(a, "{%s%.*s", more_words, STR_FMT(str_sub(bytes, 1, bytes.n)));
        files.list[files.n] = (struct package_file){package_skeleton[files.n].name, bytes};
    }
    files.list[files.n++] = (struct package_file){S("workflow.json"), workflow};
    return files;
}

static const char words[] =
    "\"state.looked-at\":\"Looked at\",\"state.ready\":\"Ready\",\"state.handed-over\":\"Handed\","
    "\"state.kept\":\"Kept\",\"event.biometrics\":\"Biometrics\",\"event.hand-over\":\"Hand over\","
    "\"event.lapse\":\"Kept\",\"ask.place\":\"Place\",\"ask.booklet_number\":\"Booklet\","
    "\"ask.signature_seen\":\"Seen\",\"message.handed-over.subject\":\"{service}\","
    "\"message.handed-over.text\":\"{case} {state}\",";

static bool is_told(const struct package_problems *all, const char *file, const char *what)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->list[i].file, str_of(file)) &&
            str_find(all->list[i].what, str_of(what)) >= 0)
            return true;
    return false;
}

static struct package_problems *check(str workflow, const char *more_words)
{
    struct package_files files = package_with(workflow, more_words);
    struct package_problems *all;

    assert_int_equal(package_check(a, &files, NULL, &all, NULL), OK);
    return all;
}

static void test_checked(void **state)
{
    struct package_problems *all = check(str_of(passport), words);
    static const char *const missing[] = {
        "\"state.ready\" is missing", "\"event.hand-over\" is missing", "\"ask.place\" is missing",
        "\"message.handed-over.subject\" is missing", "\"message.handed-over.text\" is missing"};

    (void)state;
    for (size_t i = 0; i < all->n; i++)
        print_message("%.*s %.*s\n", STR_FMT(all->list[i].file), STR_FMT(all->list[i].what));
    assert_int_equal(all->n, 0);
    all = check(str_of(passport), "");
    for (size_t i = 0; i < ARRAY_LEN(missing); i++)
        assert_true(is_told(all, "words.ar.json", missing[i]));
    assert_false(is_told(all, "words.ar.json", "\"state.filed\" is missing")); /* the house's */
    all = check(changed("\"to\":\"handed-over\"", "\"to\":\"handed\""), words);
    assert_true(is_told(all, "workflow.json", "no state \"handed\""));
    assert_true(all->list[0].line == 1);
    all = check(changed("\"template.svg\"", "\"documents/card.svg\""), words);
    assert_true(is_told(all, "workflow.json", "no art \"documents/card.svg\""));
    all = check(changed("answers.purpose", "answers.porpoise"), words);
    assert_true(is_told(all, "workflow.json", "no answer porpoise"));
    all = check(S("{"), words);
    assert_true(is_told(all, "workflow.json", "this is no JSON"));
    assert_false(is_told(all, "words.ar.json", "nothing uses")); /* nobody can say */
    all = check(str_of(passport), "\"message.handed-over.text\":\"{name}\",");
    assert_true(is_told(all, "words.fr.json", "a message has no {name}"));
}

static void test_golden(void **state)
{
    static const struct {
        const char *events, *expect;
        bool passes;
    } cases[] = {
        {"[\"submit\",\"take\",\"biometrics\",\"propose\",\"approve\",\"sealed\"]",
         "{\"state\":\"ready\",\"turn\":\"person\",\"path\":[\"draft\",\"filed\",\"looked-at\","
         "\"examined\",\"proposed\",\"issuing\",\"ready\"]}",
         true},
        {"[\"submit\",\"take\",\"biometrics\"]", "{\"state\":\"looked-at\"}", false},
        {"[\"submit\",\"take\",\"propose\"]", "{\"state\":\"examined\"}", false}, /* not taken */
        {"[\"withdraw\"]", "{\"state\":\"withdrawn\",\"turn\":null}", true},
        {"[]", "{\"state\":\"draft\"}", true},
        {"[\"submit\"]", "{\"turn\":\"person\"}", false},
    };
    struct package_files files = package_with(str_of(passport), words);
    struct package *p;

    (void)state;
    assert_int_equal(package_load(a, &files, &p, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str text = str_printf(a,
                              "{\"answers\":{\"purpose\":\"study\"},\"today\":\"2026-11-23\","
                              "\"events\":%s,\"expect\":%s}",
                              cases[i].events, cases[i].expect);
        struct package_replay r;
        assert_int_equal(package_replay(p, parse(text), NULL, a, &r, NULL), OK);
        if (r.passed != cases[i].passes)
            fail_msg("%s gives %.*s", cases[i].events, STR_FMT(json_get_str(&r.got, S("state"))));
    }
    package_free(p);
}

static bool has_change(const struct package_changes *all, const char *kind, const char *word)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->list[i].kind, kind) == 0 && str_eq(all->list[i].word, str_of(word)))
            return true;
    return false;
}

static void test_diff(void **state)
{
    struct package_files files = package_with(str_of(passport), words), plain = files;
    struct package_changes *all;
    struct package *own, *common;

    (void)state;
    plain.n--;
    assert_int_equal(package_load(a, &files, &own, NULL), OK);
    assert_int_equal(package_load(a, &plain, &common, NULL), OK);
    assert_int_equal(package_diff(common, own, a, &all, NULL), OK);
    assert_true(has_change(all, "state-new", "state.ready"));
    assert_true(has_change(all, "state-gone", "state.issued"));
    assert_true(has_change(all, "state-changed", "state.issuing"));
    assert_false(has_change(all, "state-changed", "state.refused"));
    assert_int_equal(package_diff(own, own, a, &all, NULL), OK);
    assert_int_equal(all->n, 0);
    package_free(own);
    package_free(common);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common),  cmocka_unit_test(test_document),
        cmocka_unit_test(test_own),     cmocka_unit_test(test_diagram),
        cmocka_unit_test(test_wrong),   cmocka_unit_test(test_all_told),
        cmocka_unit_test(test_checked), cmocka_unit_test(test_golden),
        cmocka_unit_test(test_diff),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
