/* template_fuzz.c - templates come with packages from elsewhere: expanding one and going through
 * its tags stays inside it, and an expanded one has no name of ours left */
#include <assert.h>

#include "paper/render_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    AUTO(buf) struct buf text = BUF(8 << 20);
    struct render_value values[] = {{S("a"), S("<&\"'>\n")}, {S("b"), S("")}};
    struct render_in in = {
        .template_svg = str_bytes(data, size), .values = values, .n = ARRAY_LEN(values)};
    struct tag t;
    enum err e;

    if (template_expand(&in, &text, NULL) != OK)
        return 0;
    str rest = buf_str(&text);
    while (template_next(&rest, a, &t, &e, NULL)) {
        assert(t.n <= TAG_ATTRS && t.name.n > 0);
        assert(tag_number(&t, "width", 1) >= 0);
        assert(str_eq(tag_attr(&t, "no such", S("x")), S("x")));
    }
    assert(e == OK || e == ERR_SYNTAX);
    return 0;
}
