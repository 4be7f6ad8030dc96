/* rules_fuzz.c - a rule, byte 0x1e, data, and again data
 *
 * Evaluation ends within its budget, without a crash; the same rule and data give the same
 * again; what comes out can be written and read. */
#include <assert.h>
#include <stdlib.h>

#include "rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(const struct json *j, struct arena *a)
{
    const struct json_limits limits = {.depth = JSON_MAX_DEPTH, .count = 1000000};
    AUTO(buf) struct buf b = BUF(64 << 20);
    struct jw w = JW(&b);
    struct json *back;

    jw_tree(&w, j);
    if (buf_ok(&b) && utf8_valid(buf_str(&b))) {
        struct fault f = {0};
        enum err e = json_parse(a, buf_str(&b), &limits, &back, &f);
        /* whole numbers beyond 64 bits and preserved duplicates cannot occur */
        assert(e == OK || e == ERR_MEMORY_LIMIT || e == ERR_LIMIT ||
               strstr(f.detail, "beyond 64 bits"));
    }
}

static void evaluate(const struct rules *r, const struct json *data)
{
    const struct rules_budget budget = {.steps = 20000, .values = 20000};
    AUTO(arena) struct arena *a = arena_new(16 << 20), *b = arena_new(16 << 20);
    struct json first, second;
    struct fault f = {0};

    enum err e = rules_eval(r, data, a, &budget, &first, &f);
    assert(e == rules_eval(r, data, b, &budget, &second, NULL));
    assert(e == OK || e == ERR_INVALID || e == ERR_LIMIT || e == ERR_MEMORY_LIMIT);
    if (e == OK || e == ERR_INVALID)
        write_and_read(&first, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(16 << 20);
    str rest = str_bytes(data ? (const char *)data : "", size), text;
    struct json *rule, *instance;
    struct rules *r;

    str_split(&rest, 0x1e, &text);
    if (json_parse(a, text, NULL, &rule, NULL) != OK || rules_compile(rule, &r, NULL) != OK)
        return 0;
    evaluate(r, NULL);
    while (str_split(&rest, 0x1e, &text))
        if (json_parse(a, text, NULL, &instance, NULL) == OK)
            evaluate(r, instance);
    rules_free(r);
    return 0;
}
