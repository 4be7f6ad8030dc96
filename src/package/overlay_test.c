/* a layer over a small service, refused where it does not fit, and merged with version 2 */
#include <stdio.h>

#include "package/model.h"
#include "package/overlay.h"

#include "base/testing.h"

#define HEAD                                                                                       \
    "{\"format\":1,\"base\":{\"giver\":\"XU\",\"name\":\"visa\",\"min_version\":\"1.0.0\"},"       \
    "\"receiver\":\"XA\",\"version\":\"1.0.0\","

static const char layer[] =
    HEAD "\"service\":{\"promise_days\":5},\"rules\":{\"eligibility\":[{\"id\":\"adult\",\"rule\":"
         "true,\"reason\":\"own\"}],\"fee\":{\"currency\":\"AED\",\"amount\":{\"var\":\"overlay."
         "fee\"}},\"tables\":{\"fee\":900}},\"words\":{\"en\":{\"own\":\"Our law\"},\"ar\":{"
         "\"title\":\"تأشيرة\"}},\"off\":[\"/phone\"]}";

static struct package_files base_of(const char *version, const char *form_required,
                                    const char *amount, const char *title, struct arena *a)
{
    struct package_files x = {.n = 5};
    x.list[0] = (struct package_file){
        S("form.json"), str_printf(a,
                                   "{\"type\":\"object\",\"additionalProperties\":false,"
                                   "\"required\":[%s],\"properties\":{\"name\":{\"type\":"
                                   "\"string\"},\"phone\":{\"type\":\"string\"}}}",
                                   form_required)};
    x.list[1] = (struct package_file){
        S("pages.json"), S("{\"pages\":[{\"id\":\"one\",\"title\":\"title\",\"fields\":[{\"at\":\"/"
                           "name\",\"kind\":\"text\"},{\"at\":\"/phone\",\"kind\":\"phone\"}]}]}")};
    x.list[2] = (struct package_file){
        S("rules.json"),
        str_printf(a,
                   "{\"eligibility\":[{\"id\":\"adult\",\"rule\":false,\"reason\":\"title\"}],"
                   "\"fee\":{\"currency\":\"EUR\",\"amount\":%s}}",
                   amount)};
    x.list[3] = (struct package_file){
        S("service.json"),
        str_printf(a,
                   "{\"name\":\"visa\",\"version\":\"%s\",\"giver\":\"XU\",\"languages\":[\"en\"],"
                   "\"promise_days\":3}",
                   version)};
    x.list[4] =
        (struct package_file){S("words.en.json"), str_printf(a, "{\"title\":\"%s\"}", title)};
    return x;
}

static struct package_files layer_of(const char *text)
{
    return (struct package_files){.n = 1, .list = {{S("overlay.json"), str_of(text)}}};
}

static void applies(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package_files base = base_of("1.0.0", "\"name\"", "3000", "Visa", a);
    struct package_files over = layer_of(layer), out;
    struct package_case c = {.today = S("2026-11-23")};
    struct package_names failed;
    struct package_fee fee;
    struct package *p;
    struct json data;
    struct fault f = {0};

    (void)state;
    if (overlay_apply(a, &base, &over, &out, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_int_equal(package_load(a, &out, &p, &f), OK);
    assert_int_equal(json_get_int(p->service, S("promise_days"), 0), 5);
    assert_int_equal(json_get(p->service, S("languages"))->n, 2);
    assert_null(json_pointer(p->form, S("/properties/phone")));
    assert_int_equal(p->page[0].n_fields, 1);
    assert_true(str_eq(package_word(p, S("ar"), S("title")), S("تأشيرة")));
    c.overlay = json_get(p->service, S("tables"));
    assert_int_equal(package_data(&c, a, &data, &f), OK);
    assert_int_equal(package_fee(p, &data, a, &fee, &f), OK);
    assert_int_equal(fee.amount, 900);
    assert_true(str_eq(fee.currency, S("AED")));
    assert_int_equal(package_eligible(p, &data, a, &failed, &f), OK);
    assert_int_equal(failed.n, 0);
    package_free(p);
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *at;
        enum err e;
    } bad[] = {
        {HEAD "\"extra\":1}", "/extra", ERR_INVALID},
        {HEAD "\"service\":{\"giver\":\"XA\"}}", "/service/giver", ERR_INVALID},
        {HEAD "\"rules\":{\"eligibility\":[{\"id\":\"none\",\"off\":true}]}}",
         "/rules/eligibility/0", ERR_CONFLICT},
        {HEAD "\"off\":[\"/name\"]}", "/off/0", ERR_CONFLICT},
        {HEAD "\"off\":[\"/phone\",\"/phone\"]}", "/off/1", ERR_CONFLICT},
        {HEAD "\"words\":{\"en\":{\"lost\":null}}}", "/words/en/lost", ERR_CONFLICT},
        {HEAD "\"words\":{\"en\":{\"title\":1}}}", "/words/en/title", ERR_INVALID},
        {"{\"format\":1,\"base\":{\"giver\":\"XU\",\"name\":\"visa\",\"min_version\":\"1.0.1\"},"
         "\"receiver\":\"XA\",\"version\":\"1.0.0\"}",
         "/base/min_version", ERR_CONFLICT},
        {"{\"format\":1,\"base\":{\"giver\":\"XR\",\"name\":\"visa\",\"min_version\":\"1.0.0\"},"
         "\"receiver\":\"XA\",\"version\":\"1.0.0\"}",
         "/base/giver", ERR_CONFLICT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        AUTO(arena) struct arena *a = arena_new(32 << 20);
        struct package_files base = base_of("1.0.0", "\"name\"", "3000", "Visa", a);
        struct package_files over = layer_of(bad[i].text), out;
        struct fault f = {0};
        assert_int_equal(overlay_apply(a, &base, &over, &out, &f), bad[i].e);
        assert_string_equal(f.pointer, bad[i].at);
    }
}

static void merges(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_files old = base_of("1.0.0", "\"name\"", "3000", "Visa", a), out;
    struct package_files apart = base_of("2.0.0", "\"name\"", "3000", "A visa", a);
    struct package_files both = base_of("2.0.0", "\"name\",\"phone\"", "3500", "Visa", a);
    struct package_files over = layer_of(layer);
    struct overlay_conflicts *all = arena_new_of(a, struct overlay_conflicts);
    struct fault f = {0};

    (void)state;
    assert_int_equal(overlay_merge(a, &old, &over, &apart, all, &f), OK);
    assert_int_equal(all->n, 0);
    assert_int_equal(overlay_apply(a, &apart, &over, &out, &f), OK);
    assert_int_equal(overlay_merge(a, &old, &over, &both, all, &f), OK);
    assert_int_equal(all->n, 2);
    assert_true(str_eq(all->list[0].where, S("rules.json#/fee/amount")));
    assert_int_equal(all->list[0].old->i, 3000);
    assert_int_equal(all->list[0].theirs->i, 3500);
    assert_true(str_eq(all->list[1].where, S("form.json#/phone")));
    assert_null(all->list[1].ours);
}

/* The receiver's own life of a case, which the giver changes too. */
static void lays_a_workflow(void **state)
{
    static const char own[] =
        "{\"start\":\"begun\",\"states\":[{\"id\":\"begun\",\"turn\":\"person\",\"on\":[{\"event\":"
        "\"submit\",\"action\":\"case.submit\",\"to\":\"noted\"}]},{\"id\":\"noted\"}]}";
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_files old = base_of("1.0.0", "\"name\"", "3000", "Visa", a), out;
    struct package_files next = base_of("2.0.0", "\"name\"", "3000", "Visa", a);
    struct package_files over = layer_of(layer);
    struct overlay_conflicts *all = arena_new_of(a, struct overlay_conflicts);
    struct package *p;
    struct fault f = {0};

    (void)state;
    over.list[over.n++] = (struct package_file){S("workflow.json"), str_of(own)};
    assert_int_equal(overlay_apply(a, &old, &over, &out, &f), OK);
    assert_int_equal(package_load(a, &out, &p, &f), OK);
    assert_true(!p->workflow->common && str_eq(p->workflow->start->id, S("begun")));
    package_free(p);
    assert_int_equal(overlay_merge(a, &old, &over, &next, all, &f), OK);
    assert_int_equal(all->n, 0);
    next.list[next.n++] = (struct package_file){S("workflow.json"), str_printf(a, "%s\n", own)};
    assert_int_equal(overlay_merge(a, &old, &over, &next, all, &f), OK);
    assert_int_equal(all->n, 1);
    assert_string_equal(all->list[0].what, "workflow");
    over.list[1].bytes = S("{\"start\":\"begun\",\"states\":[]}");
    assert_int_equal(overlay_apply(a, &old, &over, &out, &f), ERR_INVALID);
    assert_non_null(strstr(f.detail, "workflow.json: "));
}

/* Each place of the merge, settled: what is theirs leaves the layer, what is ours stays. */
static enum err settle(struct arena *a, const char *places, const char *choices,
                       struct package_files *out, struct fault *f)
{
    struct package_files over = layer_of(layer);
    struct json *p, *c;

    over.list[over.n++] = (struct package_file){S("template.svg"), S("<svg/>")};
    assert_int_equal(json_parse(a, str_of(places), NULL, &p, NULL), OK);
    assert_int_equal(json_parse(a, str_of(choices), NULL, &c, NULL), OK);
    return overlay_settle(a, &over, p, c, S("2.0.0"), out, f);
}

static const char settled_places[] =
    "[{\"where\":\"service.json#/promise_days\",\"ours\":5,\"theirs\":4},"
    "{\"where\":\"rules.json#/eligibility/adult\",\"ours\":1,\"theirs\":2},"
    "{\"where\":\"rules.json#/fee/amount\",\"ours\":1,\"theirs\":3500},"
    "{\"where\":\"service.json#/tables/fee\",\"ours\":900,\"theirs\":1},"
    "{\"where\":\"words.ar.json#/title\",\"ours\":\"x\",\"theirs\":\"y\"},"
    "{\"where\":\"template.svg\",\"ours\":\"1\",\"theirs\":\"2\"},"
    "{\"where\":\"form.json#/phone\",\"ours\":null,\"theirs\":null}]";

static void settles(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    static const char all[] = "[{\"where\":\"service.json#/promise_days\",\"take\":\"theirs\"},"
                              "{\"where\":\"rules.json#/eligibility/adult\",\"take\":\"theirs\"},"
                              "{\"where\":\"rules.json#/fee/amount\",\"take\":\"ours\"},"
                              "{\"where\":\"service.json#/tables/fee\",\"take\":\"theirs\"},"
                              "{\"where\":\"words.ar.json#/title\",\"take\":\"theirs\"},"
                              "{\"where\":\"template.svg\",\"take\":\"theirs\"},"
                              "{\"where\":\"form.json#/phone\",\"take\":\"%s\"}]";
    struct package_files out;
    struct fault f = {0};
    struct json *doc;
    char choices[1000];

    (void)state;
    snprintf(choices, sizeof choices, all, "ours");
    assert_int_equal(settle(a, settled_places, choices, &out, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/choices/6"); /* it is gone with them too */
    snprintf(choices, sizeof choices, all, "theirs");
    if (settle(a, settled_places, choices, &out, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_int_equal(out.n, 1); /* the art gave way */
    assert_int_equal(json_parse(a, out.list[0].bytes, NULL, &doc, NULL), OK);
    assert_null(json_pointer(doc, S("/service/promise_days")));
    assert_int_equal(json_pointer(doc, S("/rules/eligibility"))->n, 0);
    assert_non_null(json_pointer(doc, S("/rules/fee/amount")));
    assert_non_null(json_pointer(doc, S("/rules/fee/currency")));
    assert_null(json_pointer(doc, S("/rules/tables/fee")));
    assert_null(json_pointer(doc, S("/words/ar/title")));
    assert_non_null(json_pointer(doc, S("/words/en/own")));
    assert_int_equal(json_pointer(doc, S("/off"))->n, 0);
    assert_true(str_eq(json_str(json_pointer(doc, S("/base/min_version"))), S("2.0.0")));
}

static void settles_each(void **state)
{
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package_files out;
    struct fault f = {0};

    (void)state;
    assert_int_equal(settle(a, settled_places, "[]", &out, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/choices");
    assert_int_equal(settle(a, "[]", "[{\"where\":\"pages.json#\",\"take\":\"ours\"}]", &out, &f),
                     ERR_INVALID);
    assert_string_equal(f.pointer, "/choices/0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settles), cmocka_unit_test(settles_each),
        cmocka_unit_test(applies), cmocka_unit_test(refuses),
        cmocka_unit_test(merges),  cmocka_unit_test(lays_a_workflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
