/* coding.c - content codings */
#include "http/coding.h"

#include <zlib.h>

/* The weight of a piece's parameters is 0: "q=0", "q=0.000" (RFC 9110, 12.4.2). */
static bool weightless(str parameters)
{
    str one;

    while (str_split(&parameters, ';', &one)) {
        one = str_trim(one);
        if (one.n < 3 || !str_eq_nocase(str_sub(one, 0, 2), S("q=")))
            continue;
        for (size_t i = 2; i < one.n; i++)
            if (one.p[i] != '0' && one.p[i] != '.')
                return false;
        return true;
    }
    return false;
}

bool http_takes_coding(str accept_encoding, str coding)
{
    bool any = false;
    str piece, name;

    while (str_split(&accept_encoding, ',', &piece)) {
        (void)!str_split(&piece, ';', &name);
        name = str_trim(name);
        if (str_eq_nocase(name, coding))
            return !weightless(piece);
        any |= str_eq(name, S("*")) && !weightless(piece);
    }
    return any;
}

enum err http_gzip(struct buf *b, str bytes, struct fault *f)
{
    enum { LEVEL = 5, GZIP_WINDOW = 15 + 16, MEMORY = 8 };
    z_stream z = {.next_in = (Bytef *)bytes.p, .avail_in = (uInt)bytes.n};

    if (bytes.n > UINT32_MAX ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return fault(f, ERR_MEMORY_LIMIT, "not compressed");
    size_t room = deflateBound(&z, (uLong)bytes.n);
    char *to = buf_extend(b, room);
    if (to) {
        z.next_out = (Bytef *)to;
        z.avail_out = (uInt)room;
    }
    bool done = to && deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (to)
        b->n -= room - (done ? n : 0);
    return done ? OK : fault(f, ERR_MEMORY_LIMIT, "not compressed");
}
