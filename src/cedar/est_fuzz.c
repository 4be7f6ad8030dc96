/* est_fuzz.c - policies from JSON: what is read can be written and read again, unchanged */
#include <assert.h>

#include "cedar/cedar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(cedar_set) struct cedar_set *second = NULL;
    struct jw w = JW(&b), w2 = JW(&again);
    struct json *j;
    struct fault f;

    if (json_parse(a, str_bytes(data, size), &json_limits_wide, &j, &f) != OK ||
        cedar_set_read(j, NULL, &set, &f) != OK)
        return 0;
    assert(cedar_set_write(&w, set, &f) == OK);
    if (json_parse(a, buf_str(&b), &json_limits_wide, &j, &f) != OK)
        return 0; /* deeper than JSON may be */
    assert(cedar_set_read(j, NULL, &second, &f) == OK);
    assert(cedar_set_write(&w2, second, &f) == OK);
    assert(str_eq(buf_str(&b), buf_str(&again)));
    return 0;
}
