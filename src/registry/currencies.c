/* currencies.c - in which currency a post takes its fees, and how it is written (ISO 4217, CLDR) */
#include <stdio.h>
#include <unicode/ucurr.h>
#include <unicode/ustring.h>

#include "registry/registry.h"

str country_currency(str country, char code[4])
{
    UErrorCode status = U_ZERO_ERROR;
    char locale[16];
    UChar units[4];

    snprintf(locale, sizeof locale, "und_%.*s", (int)(country.n == 2 ? 2 : 0),
             country.n ? country.p : "");
    int32_t n = ucurr_forLocale(locale, units, 4, &status);
    if (U_FAILURE(status) || n != 3)
        return S("XXX");
    u_UCharsToChars(units, code, 4);
    return str_of(code);
}

unsigned currency_digits(str currency)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[4] = {0};

    if (currency.n != 3)
        return 0;
    u_charsToUChars(currency.p, units, 3);
    int32_t digits = ucurr_getDefaultFractionDigits(units, &status);
    return U_FAILURE(status) || digits < 0 ? 2 : (unsigned)digits;
}
