/* matrix_fuzz.c - tables from bytes: what can be read becomes policies that are read back as the
 * same policies */
#include <assert.h>

#include "policy/matrix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(buf) struct buf text = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("fuzz"), {0}};
    struct fault f;
    struct table t;
    uint32_t *others;
    size_t rows, n;

    if (table_read(a, &matrix_kind, S("fuzz"), str_bytes(data, size), &t, &f) != OK)
        return 0;
    rows = t.n;
    if (matrix_policies(&text, &t, a, &f) != OK)
        return 0;
    src.text = buf_str(&text);
    assert(cedar_parse(&src, 1, NULL, &set, NULL) == OK);
    assert(cedar_set_count(set) == rows);
    assert(matrix_of_set(a, set, &t, &others, &n, NULL) == OK);
    if (n > 0)
        return 0; /* said in another way than we write it: blanks, a condition in another order */
    assert(matrix_policies(&again, &t, a, NULL) == OK);
    assert(str_eq(buf_str(&again), buf_str(&text)));
    return 0;
}
