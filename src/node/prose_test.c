/* the words of the house: no action, and nothing in Utopia's policy, lacks one in any language */
#include <dirent.h>

#include "base/testing.h"
#include "node/node_int.h"
#include "policy/prose.h"

static const char *const languages[] = {"en", "ar", "fr"};

/* No word of another language stands in. */
static str word(const void *from, str language, str key)
{
    (void)language;
    return json_get_str(from, key);
}

static struct json *words_of(struct arena *a, const char *language)
{
    const char *root = getenv("SIFARA_SOURCE");
    struct json *j = NULL;
    char path[1024];

    snprintf(path, sizeof path, "%s/words/%s.json", root ? root : ".", language);
    assert_int_equal(json_parse(a, test_slurp(path, a), &json_limits_wide, &j, NULL), OK);
    return j;
}

static void test_actions(void **state)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    size_t seen = 0;

    (void)state;
    for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
        struct json *words = words_of(a, languages[l]);
        for (size_t i = 0; action_at(i); i++) {
            const struct action *act = action_at(i);
            str key = str_printf(a, "prose.action.%s", act->name);
            str type = str_printf(a, "prose.type.%s", act->resource ? act->resource : "Session");
            if (act->kind == ACTION_OPEN || act->kind == ACTION_CHORE)
                continue;
            if (!json_get_str(words, key).p || !json_get_str(words, type).p)
                fail_msg("%s lacks %s or %s", languages[l], key.p, type.p);
            seen++;
        }
    }
    assert_true(seen > 100);
}

static size_t sources(struct arena *a, struct cedar_source out[64])
{
    const char *root = getenv("SIFARA_SOURCE");
    char path[4096];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/demo/policy", root ? root : ".");
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) && n < 64;) {
        if (!str_ends(str_of(e->d_name), S(".cedar")))
            continue;
        snprintf(path, sizeof path, "%s/demo/policy/%s", root ? root : ".", e->d_name);
        out[n].name = str_copy(a, str_of(e->d_name));
        out[n++].text = test_slurp(path, a);
    }
    closedir(d);
    return n;
}

static void test_utopia(void **state)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src[64];
    struct prose p;

    (void)state;
    assert_int_equal(cedar_parse(src, sources(a, src), NULL, &set, NULL), OK);
    assert_true(cedar_set_count(set) > 10);
    for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
        struct prose_words words = {word, NULL, words_of(a, languages[l])};
        for (size_t i = 0; i < cedar_set_count(set); i++) {
            assert_int_equal(prose_policy(a, set, i, &words, S(""), &p, NULL), OK);
            if (p.missing.p)
                fail_msg("%s lacks %.*s, which %.*s needs", languages[l], STR_FMT(p.missing),
                         STR_FMT(cedar_policy_note(set, i, S("id"))));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_actions),
                                       cmocka_unit_test(test_utopia)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
