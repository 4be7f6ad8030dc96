#include "crypto/id.h"

#include <assert.h>

#include "base/encode.h"

struct id id_new(const struct world *w, unsigned bucket)
{
    struct id id;
    uint64_t ms = (uint64_t)world_now(w);

    assert(bucket < BUCKETS);
    world_random(w, id.b + 7, 9);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x70 | bucket >> 6);
    id.b[7] = (uint8_t)((bucket & 0x3f) << 2 | (id.b[7] & 3));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

unsigned id_bucket(const struct id *id)
{
    return (unsigned)(id->b[6] & 15) << 6 | id->b[7] >> 2;
}

int64_t id_time(const struct id *id)
{
    int64_t ms = 0;

    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id->b[i];
    return ms;
}

bool id_is_nil(const struct id *id)
{
    static const struct id nil;

    return id_eq(id, &nil);
}

void id_format(const struct id *id, char out[ID_TEXT + 1])
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    const uint8_t *p = id->b;

    for (size_t g = 0; g < sizeof groups; g++) {
        if (g)
            *out++ = '-';
        hex_encode(p, groups[g], out);
        out += 2 * groups[g];
        p += groups[g];
    }
}

bool id_parse(str s, struct id *out)
{
    struct id id;

    if (s.n != ID_TEXT || s.p[8] != '-' || s.p[13] != '-' || s.p[18] != '-' || s.p[23] != '-')
        return false;
    if (!hex_decode(str_sub(s, 0, 8), id.b, 4) || !hex_decode(str_sub(s, 9, 13), id.b + 4, 2) ||
        !hex_decode(str_sub(s, 14, 18), id.b + 6, 2) ||
        !hex_decode(str_sub(s, 19, 23), id.b + 8, 2) ||
        !hex_decode(str_sub(s, 24, 36), id.b + 10, 6))
        return false;
    if (id.b[6] >> 4 != 7 || id.b[8] >> 6 != 2)
        return false;
    *out = id;
    return true;
}

bool id_from_bytes(str s, struct id *out)
{
    if (s.n != sizeof out->b)
        return false;
    memcpy(out->b, s.p, s.n);
    return true;
}
