/* vds_fuzz.c - what decodes prints as JSON, and what encodes again decodes to the same */
#include <assert.h>

#include "paper/vds_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err same_signature(void *ctx, str message, struct buf *out, struct fault *f)
{
    const struct vds *v = ctx;

    (void)message;
    (void)f;
    buf_add_str(out, v->signature);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    AUTO(buf) struct buf json = BUF(1 << 20);
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    struct jw w = JW(&json);
    struct json *tree;
    struct vds v, again;

    if (vds_decode(str_bytes(data, size), &v, NULL) != OK)
        return 0;
    vds_to_json(&v, &w, a);
    assert(buf_ok(&json) && json_parse(a, buf_str(&json), NULL, &tree, NULL) == OK);
    if (vds_encode(&v, same_signature, &v, &seal, NULL) != OK)
        return 0; /* a type we read but would not write: unknown, or a message is missing */
    assert(vds_decode(buf_str(&seal), &again, NULL) == OK && again.n == v.n);
    for (size_t i = 0; i < v.n; i++)
        assert(v.messages[i].tag == again.messages[i].tag &&
               str_eq(v.messages[i].value, again.messages[i].value));
    assert(str_eq(v.signature, again.signature));
    return 0;
}
