/* schema_fuzz.c - a schema, byte 0x1e, an instance
 *
 * Compiling and checking end, in bounded time, without a crash; the short check and the reporting
 * one agree; the compiled schema says of each instance what its copy says. */
#include <assert.h>
#include <stdlib.h>

#include "schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_both(const struct schema *s, const struct json *j, struct arena *a)
{
    struct fault f = {0};
    enum err quick = schema_check(s, j, a, NULL), slow = schema_check(s, j, a, &f);

    /* the reporting walk looks at more, so only it may run into a limit */
    assert(quick == slow || (quick == ERR_SCHEMA && slow != OK));
    if (slow == ERR_SCHEMA)
        assert(f.code == ERR_SCHEMA && f.detail[0] && f.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(16 << 20);
    str rest = str_bytes(data ? (const char *)data : "", size), text;
    const struct schema_options options = {.assert_formats = true, .max_nodes = 500};
    struct json *schema, *instance;
    struct schema *s;

    str_split(&rest, 0x1e, &text);
    if (json_parse(a, text, NULL, &schema, NULL) != OK ||
        schema_compile(schema, &options, &s, NULL) != OK)
        return 0;
    check_both(s, schema, a);
    while (str_split(&rest, 0x1e, &text))
        if (json_parse(a, text, NULL, &instance, NULL) == OK)
            check_both(s, instance, a);
    schema_free(s);
    return 0;
}
