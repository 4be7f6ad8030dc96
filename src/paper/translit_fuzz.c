/* translit_fuzz.c - names of anybody, after a byte that says by which language's exceptions: what
 * comes out is what a machine readable zone takes, and comes out of itself unchanged, unless it has
 * grown too long for a name */
#include <assert.h>

#include "paper/translit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_plain(str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] >= 'A' && name.p[i] <= 'Z') && name.p[i] != '-' && name.p[i] != ' ')
            return false;
    return true;
}

static void both(str name, enum translit_language by,
                 enum err (*way)(str, enum translit_language, struct buf *, struct fault *))
{
    enum { LONG = 512 };
    AUTO(buf) struct buf once = BUF(1 << 16), twice = BUF(1 << 16);

    if (way(name, by, &once, NULL) != OK)
        return;
    assert(is_plain(buf_str(&once)));
    if (way(buf_str(&once), by, &twice, NULL) != OK)
        assert(once.n > LONG);
    else
        assert(str_eq(buf_str(&once), buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    enum translit_language by = data[0] % (TRANSLIT_UKRAINIAN + 1);
    str name = str_bytes(data + 1, size - 1);
    both(name, by, translit_mrz);
    both(name, by, translit_reading);
    return 0;
}
