/* form_fuzz.c - fields of forms: what is decoded, encoded again and read again is the same */
#include <assert.h>

#include "base/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    AUTO(buf) struct buf value = BUF(1 << 16), form = BUF(4 << 16), again = BUF(1 << 16);

    if (form_field(&value, str_bytes(data, size), S("a"), NULL) != OK)
        return 0;
    buf_add_str(&form, S("b=x&a="));
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        buf_add_char(&form, '%');
        buf_add_char(&form, digits[c >> 4]);
        buf_add_char(&form, digits[c & 15]);
    }
    assert(form_field(&again, buf_str(&form), S("a"), NULL) == OK);
    assert(str_eq(buf_str(&value), buf_str(&again)));
    return 0;
}
