#include "base/date.h"

#include <stdio.h>

/* Both ways by cycles of 400 years of 146,097 days, with years that begin in March. */
int32_t day_from_civil(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void day_to_civil(int32_t day, int *y, int *m, int *d)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

int32_t day_of_ms(int64_t ms)
{
    enum { DAY_MS = 86400000 };

    return (int32_t)(ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS));
}

void day_format(int32_t day, char out[DAY_TEXT])
{
    int y, m, d;

    day_to_civil(day, &y, &m, &d);
    snprintf(out, DAY_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
             (unsigned)d % 100);
}

bool day_parse(str s, int32_t *out)
{
    int64_t y, m, d;
    char again[DAY_TEXT];

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !str_to_int64(str_sub(s, 0, 4), &y) ||
        !str_to_int64(str_sub(s, 5, 7), &m) || !str_to_int64(str_sub(s, 8, 10), &d) || y < 1 ||
        m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    int32_t day = day_from_civil((int)y, (int)m, (int)d);
    day_format(day, again);
    if (!str_eq(str_of(again), s))
        return false;
    *out = day;
    return true;
}
