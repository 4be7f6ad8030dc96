/* picture.c - how large a picture says it is */
#include "paper/picture.h"

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

static uint64_t little_endian(const char *p, size_t n)
{
    uint64_t v = 0;

    while (n-- > 0)
        v = v << 8 | (uint8_t)p[n];
    return v;
}

static uint64_t png_area(str s)
{
    return s.n >= 24 ? big_endian(s.p + 16, 4) * big_endian(s.p + 20, 4) : 0;
}

/* SOF0 to SOF15, without DHT, JPG and DAC, which lie between them. */
static bool is_frame(uint8_t marker)
{
    return (marker & 0xf0) == 0xc0 && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* From marker to marker; the frame stands before any scan. */
static uint64_t jpeg_area(str s)
{
    for (size_t i = 2; i + 9 <= s.n && (uint8_t)s.p[i] == 0xff;) {
        uint8_t marker = (uint8_t)s.p[i + 1];
        if (marker == 0xff) { /* fill */
            i++;
            continue;
        }
        if (is_frame(marker))
            return big_endian(s.p + i + 5, 2) * big_endian(s.p + i + 7, 2);
        i += 2;
        if (marker != 0x01 && (marker & 0xf8) != 0xd0) /* these two kinds have no length */
            i += big_endian(s.p + i, 2);
    }
    return 0;
}

static uint64_t webp_area(str s)
{
    if (s.n < 30)
        return 0;
    const char *p = s.p + 20;
    if (memcmp(s.p + 12, "VP8X", 4) == 0)
        return (little_endian(p + 4, 3) + 1) * (little_endian(p + 7, 3) + 1);
    if (memcmp(s.p + 12, "VP8L", 4) == 0) {
        uint64_t bits = little_endian(p + 1, 4);
        return ((bits & 0x3fff) + 1) * ((bits >> 14 & 0x3fff) + 1);
    }
    return memcmp(s.p + 12, "VP8 ", 4) == 0
               ? (little_endian(p + 6, 2) & 0x3fff) * (little_endian(p + 8, 2) & 0x3fff)
               : 0;
}

uint64_t picture_area(str s)
{
    if (str_starts(s, S("\x89PNG\r\n\x1a\n")))
        return png_area(s);
    if (str_starts(s, S("\xff\xd8")))
        return jpeg_area(s);
    if (str_starts(s, S("RIFF")) && s.n >= 12 && memcmp(s.p + 8, "WEBP", 4) == 0)
        return webp_area(s);
    return 0;
}
