/* answers_test.c - every action says what it answers, and what is said is held */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "node/answers.h"
#include "node/node_int.h"

static struct arena *arena;
static struct json *file;
static struct answers *answers;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(16 << 20);
    assert_non_null(arena);
    assert_int_equal(answers_read(arena, &file, NULL), OK);
    assert_int_equal(answers_open(&answers, NULL), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    answers_close(answers);
    arena_free(arena);
    return 0;
}

static void every_route_says_what_it_answers(void **state)
{
    struct answer answer;
    unsigned missing = 0;

    (void)state;
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        if (!action_is_route(a) || answer_at(file, a, 0, &answer))
            continue;
        print_message("%s says not what it answers\n", a->name);
        missing++;
    }
    assert_int_equal(missing, 0);
}

static void nothing_is_said_of_an_action_that_is_none(void **state)
{
    const struct json *said = json_get(file, S("answers"));

    (void)state;
    for (uint32_t i = 0; i < said->n; i++) {
        const struct action *a = action_find(said->members[i].key);
        if (!a || !action_is_route(a))
            fail_msg("%.*s is no action with a route", STR_FMT(said->members[i].key));
    }
}

/* An answer is JSON of a schema that is there, bytes of a media type, or nothing with a status that
 * means so. */
static void each_answer_is_whole(void **state)
{
    const struct json *schemas = json_get(file, S("schemas"));
    struct answer answer;

    (void)state;
    for (size_t i = 0; action_at(i); i++)
        for (size_t k = 0; answer_at(file, action_at(i), k, &answer); k++) {
            bool json = str_eq(answer.type, S("application/json"));
            bool empty = answer.status == 204 || answer.status == 303;
            if (json != (answer.schema.n > 0) || (!answer.type.n && !empty) ||
                (answer.schema.n && !json_get(schemas, answer.schema)))
                fail_msg("%s: answer %zu", action_at(i)->name, k);
        }
}

static void an_act_gives_its_receipt(void **state)
{
    const struct json *schemas = json_get(file, S("schemas"));
    struct answer answer;

    (void)state;
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        for (size_t k = 0; a->kind == ACTION_ACT && answer_at(file, a, k, &answer); k++) {
            const struct json *required = json_get(json_get(schemas, answer.schema), S("required"));
            bool receipt = !answer.schema.n;
            for (size_t n = 0; json_at(required, n); n++)
                receipt |= str_eq(json_str(json_at(required, n)), S("receipt"));
            if (!receipt)
                fail_msg("%s gives no receipt", a->name);
        }
    }
}

/* Each compiles, and refuses what is none. */
static void each_schema_is_one(void **state)
{
    const struct json *schemas = json_get(file, S("schemas"));
    struct answer answer;
    struct fault f;

    (void)state;
    for (size_t i = 0; action_at(i); i++)
        for (size_t k = 0; answer_at(file, action_at(i), k, &answer); k++) {
            f = (struct fault){0};
            if (answer.schema.n)
                assert_int_equal(answers_check(answers, action_at(i), answer.status,
                                               "application/json", S("[1,2]"), &f),
                                 ERR_SCHEMA);
        }
    /* none stands there for nothing */
    AUTO(buf) struct buf text = BUF(8 << 20);
    openapi_write(&text, "");
    for (uint32_t i = 0; i < schemas->n; i++) {
        str reference =
            str_printf(arena, "\"#/components/schemas/%.*s\"", STR_FMT(schemas->members[i].key));
        if (str_find(buf_str(&text), reference) < 0)
            fail_msg("nothing refers to %.*s", STR_FMT(reference));
    }
}

static enum err check(const char *action, unsigned status, const char *type, str body)
{
    return answers_check(answers, action_find(str_of(action)), status, type, body, NULL);
}

static void what_is_not_described_is_found(void **state)
{
    static const char json[] = "application/json";
    str taken = S("{\"number\":3,\"before\":2,\"receipt\":{\"epoch\":1,\"index\":7}}");
    str bare = S("{\"number\":3,\"before\":2}");
    str more = S("{\"number\":3,\"before\":2,\"receipt\":{\"epoch\":1,\"index\":7},\"x\":1}");

    (void)state;
    assert_int_equal(check("ticket.take", 201, json, taken), OK);
    assert_int_equal(check("ticket.take", 200, json, taken), ERR_SCHEMA);
    assert_int_equal(check("ticket.take", 201, json, bare), ERR_SCHEMA);
    assert_int_equal(check("ticket.take", 201, json, more), ERR_SCHEMA);
    assert_int_equal(check("ticket.take", 201, "text/plain", taken), ERR_SCHEMA);
    assert_int_equal(check("ticket.take", 201, json, S("")), ERR_SCHEMA);
    assert_int_equal(check("session.close", 204, json, S("")), OK);
    assert_int_equal(check("session.close", 204, json, S("{}")), ERR_SCHEMA);
    assert_int_equal(check("document.pdf", 200, "application/pdf", S("%PDF-")), OK);
    assert_int_equal(check("document.pdf", 200, "text/html", S("<p>")), ERR_SCHEMA);
    assert_int_equal(check("case.attachment", 200, "image/png", S("\x89PNG")), OK);
    assert_int_equal(check("ticket.take", 409, "application/problem+json", S("{}")), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_says_what_it_answers),
        cmocka_unit_test(nothing_is_said_of_an_action_that_is_none),
        cmocka_unit_test(each_answer_is_whole),
        cmocka_unit_test(an_act_gives_its_receipt),
        cmocka_unit_test(each_schema_is_one),
        cmocka_unit_test(what_is_not_described_is_found),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
