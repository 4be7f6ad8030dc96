#include "service/reference.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Letters count 10 to 35; what stands in front is counted last. */
static unsigned mod97(const char *text, size_t n)
{
    unsigned rest = 0;

    for (size_t i = 0; i < n; i++) {
        char c = text[(i + 4) % n];
        rest = isdigit((unsigned char)c) ? (rest * 10 + (unsigned)(c - '0')) % 97
                                         : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

void reference_make(uint64_t number, char out[REFERENCE_TEXT + 1])
{
    snprintf(out, REFERENCE_TEXT + 1, "RF00%016" PRIu64, number % UINT64_C(10000000000000000));
    unsigned check = 98 - mod97(out, REFERENCE_TEXT);
    out[2] = (char)('0' + check / 10);
    out[3] = (char)('0' + check % 10);
}

/* Letters and digits of the text in capitals, without spaces and hyphens, at most so many. */
static size_t plain(str text, char *out, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n && n < most; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 0x80 || !isalnum(c))
            break;
        out[n++] = (char)toupper(c);
    }
    out[n] = '\0';
    return n;
}

bool reference_read(str text, char out[REFERENCE_TEXT + 1])
{
    char found[REFERENCE_TEXT + 1];

    if (plain(text, found, REFERENCE_TEXT) != REFERENCE_TEXT || found[0] != 'R' || found[1] != 'F')
        return false;
    for (size_t i = 2; i < REFERENCE_TEXT; i++)
        if (!isdigit((unsigned char)found[i]))
            return false;
    if (mod97(found, REFERENCE_TEXT) != 1)
        return false;
    memcpy(out, found, sizeof found);
    return true;
}

bool reference_find(str text, char out[REFERENCE_TEXT + 1])
{
    for (size_t i = 0; i + REFERENCE_TEXT <= text.n; i++)
        if ((text.p[i] | 32) == 'r' && reference_read(str_sub(text, i, text.n), out))
            return true;
    return false;
}

bool iban_read(str text, char out[IBAN_MAX + 1])
{
    char found[IBAN_MAX + 2];
    size_t n = plain(text, found, IBAN_MAX + 1);

    if (n < 15 || n > IBAN_MAX || isdigit((unsigned char)found[0]) ||
        isdigit((unsigned char)found[1]) || !isdigit((unsigned char)found[2]) ||
        !isdigit((unsigned char)found[3]) || mod97(found, n) != 1)
        return false;
    memcpy(out, found, n + 1);
    return true;
}
