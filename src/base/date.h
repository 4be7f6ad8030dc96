/* date.h - days of the proleptic Gregorian calendar, counted from 1970-01-01 */
#ifndef SIFARA_BASE_DATE_H
#define SIFARA_BASE_DATE_H

#include "base/str.h"

enum { DAY_TEXT = 16 };

/* Month and day count from 1 and must exist. */
int32_t day_from_civil(int y, int m, int d);
void day_to_civil(int32_t day, int *y, int *m, int *d);
/* The day, in UTC, of a moment in milliseconds since 1970. */
int32_t day_of_ms(int64_t ms);
/* "2026-03-20", for the years 1 to 9999. */
void day_format(int32_t day, char out[DAY_TEXT]);
/* That form exactly, of a day that exists; false otherwise. */
bool day_parse(str s, int32_t *out);

#endif
