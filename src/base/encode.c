#include "base/encode.h"

void hex_encode(const void *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    *out = 0;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(str hex, void *out, size_t n)
{
    unsigned char *to = out;

    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = nibble(hex.p[2 * i]), lo = nibble(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        to[i] = (unsigned char)(hi << 4 | lo);
    }
    return true;
}

static const char alphabet[2][65] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

void base64_encode(struct buf *b, str s, enum base64 kind)
{
    const char *abc = alphabet[kind];
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                     (left > 2 ? p[i + 2] : 0);
        char out[4] = {abc[v >> 18], abc[v >> 12 & 63], abc[v >> 6 & 63], abc[v & 63]};
        size_t n = left > 2 ? 4 : left + 1;
        buf_add(b, out, n);
        if (kind == BASE64_STD)
            buf_add(b, "==", 4 - n);
    }
}

bool base64_decode(struct buf *b, str text, enum base64 kind)
{
    uint32_t v = 0;
    int bits = 0;

    if (kind == BASE64_STD) {
        if (text.n % 4)
            return false;
        for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++)
            text.n--;
    }
    if (text.n % 4 == 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *hit = text.p[i] ? strchr(alphabet[kind], text.p[i]) : NULL;
        if (!hit)
            return false;
        v = v << 6 | (uint32_t)(hit - alphabet[kind]);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_add_u8(b, (uint8_t)(v >> bits));
            v &= (1u << bits) - 1;
        }
    }
    return v == 0 && buf_ok(b);
}

void xml_escape(struct buf *b, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&':
            buf_add_str(b, S("&amp;"));
            break;
        case '<':
            buf_add_str(b, S("&lt;"));
            break;
        case '>':
            buf_add_str(b, S("&gt;"));
            break;
        case '"':
            buf_add_str(b, S("&quot;"));
            break;
        case '\'':
            buf_add_str(b, S("&#39;"));
            break;
        case '\n': /* kept in attributes, where XML would make it a blank */
            buf_add_str(b, S("&#10;"));
            break;
        default:
            buf_add_char(b, s.p[i]);
        }
    }
}

/* ---- forms ------------------------------------------------------------------------------- */

static enum err form_decode(struct buf *b, str in, struct fault *f)
{
    for (size_t i = 0; i < in.n; i++) {
        unsigned char c = (unsigned char)in.p[i];
        if (c == '%') {
            if (i + 2 >= in.n || !hex_decode(str_sub(in, i + 1, i + 3), &c, 1))
                return fault(f, ERR_MALFORMED_TEXT, "a form with a broken escape");
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        buf_add_char(b, (char)c);
    }
    return buf_ok(b) ? OK : fault(f, ERR_LIMIT, "a field of the form is too long");
}

enum err form_field(struct buf *b, str form, str name, struct fault *f)
{
    str pair, key;

    while (form.n && str_split(&form, '&', &pair))
        if (str_split(&pair, '=', &key) && str_eq(key, name))
            return form_decode(b, pair, f);
    return fault(f, ERR_NOT_FOUND, "the form has no such field");
}
