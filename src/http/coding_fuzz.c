/* coding_fuzz.c - what a client says it takes (Accept-Encoding): a coding that it names with weight
 * it takes, one that is neither named nor left open it does not; and any bytes come out of gzip as
 * they went in */
#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "http/coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has(str text, char c)
{
    return text.n && memchr(text.p, c, text.n);
}

static void there_and_back(str bytes)
{
    AUTO(buf) struct buf small = BUF(bytes.n + 4096), whole = BUF(bytes.n + 1);
    z_stream z = {0};

    assert(http_gzip(&small, bytes, NULL) == OK && inflateInit2(&z, 15 + 16) == Z_OK);
    z.next_in = (Bytef *)small.p;
    z.avail_in = (uInt)small.n;
    z.next_out = (Bytef *)buf_extend(&whole, bytes.n + 1);
    z.avail_out = (uInt)bytes.n + 1;
    assert(z.next_out && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == bytes.n);
    assert(memcmp(whole.p, bytes.p, bytes.n) == 0);
    inflateEnd(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str said = str_bytes(data, size);

    bool taken = http_takes_coding(said, S("gzip"));
    if (taken)
        assert(has(said, '*') || has(said, 'g') || has(said, 'G'));
    assert(!http_takes_coding(said, S("br")) || has(said, '*') || has(said, 'b') || has(said, 'B'));
    if (size)
        there_and_back(said);
    return 0;
}
