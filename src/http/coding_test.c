/* coding_test.c - content codings */
#include "http/coding.h"

#include <zlib.h>

#include "base/testing.h"

static void what_is_taken(void **state)
{
    static const struct {
        const char *header;
        bool br, gzip;
    } cases[] = {
        {"", false, false},
        {"gzip", false, true},
        {"br, GZIP", true, true},
        {"gzip;q=0", false, false},
        {"br; q=0.000 , gzip ;q=0.001", false, true},
        {"*", true, true},
        {"*;q=0", false, false},
        {"gzip;q=0, *", true, false},
        {"identity, gzipped, xbr", false, false},
        {",,;;,gzip", false, true},
        {"gzip;q", false, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (http_takes_coding(str_of(cases[i].header), S("br")) != cases[i].br ||
            http_takes_coding(str_of(cases[i].header), S("gzip")) != cases[i].gzip)
            fail_msg("\"%s\"", cases[i].header);
    }
    assert_false(http_takes_coding(STR_NONE, S("gzip")));
}

static void there_and_back(void **state)
{
    AUTO(buf) struct buf plain = BUF(1 << 20);
    AUTO(buf) struct buf small = BUF(1 << 20);
    char back[200000];
    z_stream z = {.next_out = (Bytef *)back, .avail_out = sizeof back};

    (void)state;
    for (int i = 0; i < 10000; i++)
        buf_printf(&plain, "{\"n\":%d},", i);
    buf_add_str(&small, S("before"));
    assert_int_equal(http_gzip(&small, buf_str(&plain), NULL), OK);
    assert_true(small.n < plain.n / 3);
    z.next_in = (Bytef *)small.p + 6;
    z.avail_in = (uInt)small.n - 6;
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    assert_int_equal(z.total_out, plain.n);
    assert_memory_equal(back, plain.p, plain.n);

    AUTO(buf) struct buf narrow = BUF(100);
    assert_int_equal(http_gzip(&narrow, buf_str(&plain), NULL), ERR_MEMORY_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
