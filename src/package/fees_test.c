/* amounts of money in the rules of this repository's services, and layers that say others */
#include "package/fees.h"
#include "package/golden.h"
#include "package/overlay.h"

#include "base/testing.h"

static struct package_files *files_of(struct arena *a, const char *name)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct package_files *files = arena_new_of(a, struct package_files);
    struct fault f = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/services/%s", root ? root : ".", name);
    if (!files || package_read_folder(a, path, files, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return files;
}

static struct package_amounts *amounts_of(struct arena *a, const struct package_files *files)
{
    struct package_amounts *all = arena_new_of(a, struct package_amounts);
    struct fault f = {0};

    assert_non_null(all);
    if (package_amounts_of(a, files, all, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return all;
}

static const struct package_amount *find(const struct package_amounts *all, const char *at)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->list[i].at, str_of(at)))
            return &all->list[i];
    return NULL;
}

/* Every service, by hand: how many amounts its fee has, and their sum. */
static void test_services(void **state)
{
    static const struct {
        const char *name;
        size_t n;
        int64_t sum;
    } want[] = {
        {"attestation", 4, 5000 + 1500 + 2000 + 1000},
        {"birth-registration", 3, 3000 + 0 + 500},
        {"certificate", 4, 0 + 1500 + 2000 + 2500},
        {"company-registration", 5, 50000 + 30000 + 10000 + 1000000 + 10000},
        {"consular-registration", 1, 0},
        {"marriage-registration", 3, 7500 + 3000 + 2500},
        {"passport-renewal", 9, 6000 + 4500 + 12000 + 9000 + 5000 + 1500 + 2500 + 4000 + 4000},
        {"power-of-attorney", 1, 3000},
        {"visa", 5, 16000 + 13000 + 2500 + 6000 + 4000}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        AUTO(arena) struct arena *a = arena_new(64 << 20);
        struct package_amounts *all = amounts_of(a, files_of(a, want[i].name));
        int64_t sum = 0;
        for (size_t k = 0; k < all->n; k++)
            sum += all->list[k].amount;
        if (all->n != want[i].n || sum != want[i].sum)
            fail_msg("%s: %zu amounts, %lld in all", want[i].name, all->n, (long long)sum);
    }
}

/* What leads to it: the choices above, and those that did not hold. */
static void test_when(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_amounts *all = amounts_of(a, files_of(a, "certificate"));
    const struct package_amount *single = find(all, "rules.json#/fee/amount/if/3");
    const struct package_amount *last = find(all, "rules.json#/fee/amount/if/6");

    (void)state;
    assert_non_null(single);
    assert_non_null(last);
    assert_int_equal(single->amount, 1500);
    const struct json *step = json_at(&single->when, 0);
    assert_true(str_eq(json_str(json_pointer(step, S("/rule/==/1"))), S("single")));
    assert_int_equal(json_get(step, S("before"))->n, 1);
    assert_null(json_get(json_at(&last->when, 0), S("rule")));
    assert_int_equal(json_get(json_at(&last->when, 0), S("before"))->n, 3);
    all = amounts_of(a, files_of(a, "visa"));
    const struct package_amount *row = find(all, "service.json#/tables/reciprocity/fees/GBR");
    assert_non_null(row);
    assert_true(str_eq(row->key, S("GBR")));
    assert_null(find(all, "service.json#/tables/reciprocity/exempt"));
}

static struct package_files empty_layer(const char *name)
{
    static char text[300];

    snprintf(text, sizeof text,
             "{\"format\":1,\"receiver\":\"XU\",\"version\":\"1.0.0\",\"base\":{\"giver\":\"XU\","
             "\"name\":\"%s\",\"min_version\":\"1.0.0\"}}",
             name);
    return (struct package_files){.n = 1, .list = {{S("overlay.json"), str_of(text)}}};
}

/* One golden case as the process on trial would tell it. */
static void replay(struct arena *a, const struct package *p, const struct json *golden,
                   struct json *list)
{
    struct json one = {.type = J_OBJECT};
    struct package_replay r;

    assert_int_equal(package_replay(p, golden, NULL, a, &r, NULL), OK);
    assert_true(json_put(a, &one, S("name"), *json_get(golden, S("name"))));
    assert_true(json_put(a, &one, S("passed"), json_of_bool(r.passed)));
    assert_true(json_put(a, &one, S("expected"), *json_get(golden, S("expect"))));
    const struct json *document = json_get(json_get(golden, S("expect")), S("document"));
    if (document) /* art is not drawn here */
        assert_true(json_put(a, &r.got, S("document"), *document));
    assert_true(json_put(a, &one, S("got"), r.got));
    assert_true(json_push(a, list, one));
}

/* What came borrows from the package: free it afterwards. */
static struct package *replay_all(struct arena *a, const struct package_files *files,
                                  struct json *out)
{
    struct package *p = NULL;
    const struct json *c;

    *out = (struct json){.type = J_ARRAY};
    assert_int_equal(package_load(a, files, &p, NULL), OK);
    for (size_t i = 0; (c = json_at(json_get(p->golden, S("cases")), i)); i++)
        replay(a, p, c, out);
    return p;
}

static struct json *parsed(struct arena *a, const char *text)
{
    struct json *j;

    assert_int_equal(json_parse(a, str_of(text), NULL, &j, NULL), OK);
    return j;
}

/* A change of one amount of a rule, one of a table: the layer applies, and the cases follow. */
static void check_change(const char *name, const char *change, const char *at, int64_t amount)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    struct package_files *base = files_of(a, name), layer = empty_layer(name);
    struct package_files *laid = arena_new_of(a, struct package_files);
    struct package *first, *second;
    struct json came, moved;
    struct fault f = {0};

    assert_non_null(laid);
    if (package_amounts_lay(a, base, parsed(a, change), &layer, &f) != OK ||
        overlay_apply(a, base, &layer, laid, &f) != OK)
        fail_msg("%s: %s %s", name, f.pointer, f.detail);
    assert_int_equal(find(amounts_of(a, laid), at)->amount, amount);
    first = replay_all(a, laid, &came);
    if (package_cases_follow(a, laid, &came, true, &layer, &moved, &f) != OK)
        fail_msg("%s: %s %s", name, f.pointer, f.detail);
    assert_true(moved.n > 0);
    assert_int_equal(overlay_apply(a, base, &layer, laid, &f), OK);
    second = replay_all(a, laid, &came);
    for (size_t i = 0; json_at(&came, i); i++)
        assert_true(json_get_bool(json_at(&came, i), S("passed"), false));
    package_free(first);
    package_free(second);
}

static void test_changes(void **state)
{
    (void)state;
    check_change("consular-registration",
                 "{\"amounts\":[{\"at\":\"rules.json#/fee/amount\",\"amount\":1250}]}",
                 "rules.json#/fee/amount", 1250);
    check_change("visa",
                 "{\"amounts\":[{\"at\":\"service.json#/tables/reciprocity/fee\",\"amount\":6500}],"
                 "\"words\":{\"en\":\"65 euros.\"}}",
                 "service.json#/tables/reciprocity/fee", 6500);
    check_change("passport-renewal",
                 "{\"amounts\":[{\"at\":\"rules.json#/fee/items/0/amount/if/1/*/0/var/1\","
                 "\"amount\":5500}]}",
                 "rules.json#/fee/items/0/amount/if/1/*/0/var/1", 5500);
}

static enum err change(struct arena *a, const char *text, struct fault *f)
{
    struct package_files *base = files_of(a, "certificate"), layer = empty_layer("certificate");

    return package_amounts_lay(a, base, parsed(a, text), &layer, f);
}

static void test_bad(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct fault f = {0};

    (void)state;
    assert_int_equal(change(a, "{\"amounts\":[{\"at\":\"rules.json#/route\",\"amount\":1}]}", &f),
                     ERR_INVALID);
    assert_string_equal(f.pointer, "/amounts/0");
    assert_int_equal(change(a,
                            "{\"amounts\":[{\"at\":\"rules.json#/fee/amount/if/3\",\"amount\":"
                            "1500}]}",
                            &f),
                     ERR_INVALID); /* as it is */
    assert_int_equal(change(a, "{\"amounts\":[],\"words\":{\"xx\":\"?\"}}", &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/words/xx");
}

/* A case that comes out otherwise than in its fee is not bent. */
static void test_no_more_than_fees(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct package_files *base = files_of(a, "certificate"), layer = empty_layer("certificate");
    struct json came, moved;
    struct fault f = {0};

    (void)state;
    struct package *p = replay_all(a, base, &came);
    assert_true(json_put(a, &came.items[0], S("passed"), json_of_bool(false)));
    assert_true(json_put(a, &came.items[0].members[3].value, S("eligible"), json_of_bool(false)));
    assert_int_equal(package_cases_follow(a, base, &came, true, &layer, &moved, &f), ERR_CONFLICT);
    assert_string_equal(f.pointer, "golden.json#/cases/0");
    assert_int_equal(layer.n, 1);
    assert_int_equal(package_cases_follow(a, base, &came, false, &layer, &moved, &f), OK);
    assert_int_equal(layer.n, 2);
    package_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services),          cmocka_unit_test(test_when),
        cmocka_unit_test(test_changes),           cmocka_unit_test(test_bad),
        cmocka_unit_test(test_no_more_than_fees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
