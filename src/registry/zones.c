/* zones.c - offsets of an IANA time zone from 1990 to 2100
 *
 * Clocks change by decree, at weeks' notice. So the system's compiled zones are read (TZif,
 * RFC 8536: /usr/share/zoneinfo, kept current by the tzdata package), and ICU, whose own copy is as
 * old as the library, only where they are not installed.
 *
 *   "TZif" version 15×0, six counts, data with 32-bit times      (skipped)
 *   "TZif" version 15×0, six counts, data with 64-bit times, LF rule LF
 *
 * The rule (POSIX TZ) says what holds after the last transition: "EET-2EEST,M4.5.5/0,M10.5.4/24".
 */
#include <stdio.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/fs.h"
#include "registry/missions_int.h"

enum {
    DAY_S = 86400,
    DAY_MS = 86400000,
    YEARS = 110,
    FIRST_YEAR = 1990,
    MAX_TRANSITIONS = 512,
    ZONE_FILE_MAX = 64 << 10,
    HEADER = 44
};

static const int64_t first_s = 631152000; /* 1990-01-01 */
#define FAR_S ((int64_t)1 << 40)          /* no zone foresees the year 36,000 */

/* Appends, or replaces the offset when nothing changes; what is before 1990 becomes the beginning.
 */
static void add(struct time_zone *z, int64_t at_s, int32_t offset_s)
{
    int64_t from = at_s <= first_s ? INT64_MIN : at_s * 1000;

    if (z->n && z->from[z->n - 1] == from)
        z->n--;
    if (z->n && z->offset[z->n - 1] == offset_s * 1000)
        return;
    if (z->n == MAX_TRANSITIONS)
        return;
    z->from[z->n] = from;
    z->offset[z->n++] = offset_s * 1000;
}

/* ---- the rule after the last transition -------------------------------------------------- */

struct change {
    int month, week, day;
    int32_t time_s;
};

struct rule {
    int32_t standard_s, summer_s; /* east of UTC */
    bool has_summer;
    struct change start, end;
};

static bool take_char(str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

static bool take_number(str *s, int *out)
{
    int v = 0;
    size_t n = 0;

    for (; n < s->n && n < 3 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
        v = v * 10 + (s->p[n] - '0');
    if (n == 0)
        return false;
    *s = str_sub(*s, n, s->n);
    *out = v;
    return true;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds */
static bool take_time(str *s, int32_t *out)
{
    int sign = take_char(s, '-') ? -1 : 1, h, m = 0, sec = 0;

    (void)take_char(s, '+');
    if (!take_number(s, &h) || (take_char(s, ':') && !take_number(s, &m)) ||
        (take_char(s, ':') && !take_number(s, &sec)) || h > 167 || m > 59 || sec > 59)
        return false;
    *out = sign * (h * 3600 + m * 60 + sec);
    return true;
}

static bool take_name(str *s)
{
    bool quoted = take_char(s, '<');
    size_t n = 0;

    while (n < s->n &&
           (quoted ? s->p[n] != '>'
                   : (s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z')))
        n++;
    if (n < 3)
        return false;
    *s = str_sub(*s, n, s->n);
    return !quoted || take_char(s, '>');
}

/* ,Mm.w.d[/time]; the other two forms are in no zone of ours */
static bool take_change(str *s, struct change *c)
{
    c->time_s = 7200;
    return take_char(s, ',') && take_char(s, 'M') && take_number(s, &c->month) &&
           take_char(s, '.') && take_number(s, &c->week) && take_char(s, '.') &&
           take_number(s, &c->day) && (!take_char(s, '/') || take_time(s, &c->time_s)) &&
           c->month >= 1 && c->month <= 12 && c->week >= 1 && c->week <= 5 && c->day <= 6;
}

static bool rule_parse(str s, struct rule *r)
{
    int32_t west;

    if (!take_name(&s) || !take_time(&s, &west))
        return false;
    r->standard_s = -west;
    r->has_summer = s.n > 0;
    if (!r->has_summer)
        return true;
    if (!take_name(&s))
        return false;
    west = -(r->standard_s + 3600);
    if (s.n && s.p[0] != ',' && !take_time(&s, &west))
        return false;
    r->summer_s = -west;
    return take_change(&s, &r->start) && take_change(&s, &r->end) && s.n == 0;
}

/* Day number of the week-th weekday of a month; the fifth is the last. */
static int32_t day_of_change(int year, const struct change *c)
{
    char text[16];
    int32_t first = 0, next = 0;

    snprintf(text, sizeof text, "%04d-%02d-01", year, c->month);
    (void)day_parse(str_of(text), &first);
    snprintf(text, sizeof text, "%04d-%02d-01", year + c->month / 12, c->month % 12 + 1);
    (void)day_parse(str_of(text), &next);
    int weekday = (first % 7 + 7 + 4) % 7;
    int32_t day = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);

    return day < next ? day : day - 7;
}

static void add_rule(struct time_zone *z, const struct rule *r, int64_t after_s)
{
    if (!r->has_summer) {
        add(z, after_s + 1, r->standard_s);
        return;
    }
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++) {
        int64_t start =
            (int64_t)day_of_change(year, &r->start) * DAY_S + r->start.time_s - r->standard_s;
        int64_t end = (int64_t)day_of_change(year, &r->end) * DAY_S + r->end.time_s - r->summer_s;
        bool north = start < end;
        int64_t first = north ? start : end, second = north ? end : start;
        if (first > after_s)
            add(z, first, north ? r->summer_s : r->standard_s);
        if (second > after_s)
            add(z, second, north ? r->standard_s : r->summer_s);
    }
}

/* ---- TZif -------------------------------------------------------------------------------- */

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t i64(const uint8_t *p)
{
    return (int64_t)((uint64_t)u32(p) << 32 | u32(p + 4));
}

struct counts {
    uint32_t utc, standard, leap, time, type, chars;
};

static bool read_header(str s, struct counts *c)
{
    const uint8_t *p = (const uint8_t *)s.p;

    if (s.n < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    *c = (struct counts){u32(p + 20), u32(p + 24), u32(p + 28),
                         u32(p + 32), u32(p + 36), u32(p + 40)};
    return c->time <= ZONE_FILE_MAX && c->type > 0 && c->type <= 256 && c->chars <= 256 &&
           c->leap <= 1000 && c->utc <= 256 && c->standard <= 256;
}

static size_t data_size(const struct counts *c, size_t time)
{
    return c->time * (time + 1) + c->type * 6 + c->chars + c->leap * (time + 4) + c->standard +
           c->utc;
}

/* The part with 64-bit times, without its header; false when the file is none. */
static bool find_data(str file, struct counts *c, str *out_data, str *out_rule)
{
    if (!read_header(file, c) || file.n < HEADER + data_size(c, 4))
        return false;
    str rest = str_sub(file, HEADER + data_size(c, 4), file.n);
    if (!read_header(rest, c) || rest.n < HEADER + data_size(c, 8))
        return false;
    *out_data = str_sub(rest, HEADER, HEADER + data_size(c, 8));
    str foot = str_sub(rest, HEADER + data_size(c, 8), rest.n);
    ptrdiff_t end =
        foot.n > 1 && foot.p[0] == '\n' ? str_find_char(str_sub(foot, 1, foot.n), '\n') : -1;
    *out_rule = end < 0 ? S("") : str_sub(foot, 1, 1 + (size_t)end);
    return true;
}

static bool zone_of_file(str file, struct time_zone *z)
{
    struct counts c;
    struct rule r;
    str data, rule;

    if (!find_data(file, &c, &data, &rule))
        return false;
    const uint8_t *times = (const uint8_t *)data.p, *kinds = times + (size_t)c.time * 8;
    const uint8_t *types = kinds + c.time;
    int64_t last = INT64_MIN / 2;
    add(z, first_s, (int32_t)u32(types));
    for (uint32_t i = 0; i < c.time; i++) {
        int64_t at = i64(times + (size_t)i * 8);
        if (kinds[i] >= c.type || at < last || at > FAR_S)
            return false;
        last = at;
        add(z, at, (int32_t)u32(types + kinds[i] * 6));
    }
    if (rule.n && rule_parse(rule, &r))
        add_rule(z, &r, last);
    return true;
}

/* "Europe/Paris": never a way out of the folder. */
static bool name_is_safe(str name)
{
    bool good = name.n > 0 && name.n < 60 && name.p[0] != '/' && str_find(name, S("..")) < 0;

    for (size_t i = 0; good && i < name.n; i++) {
        char c = name.p[i];
        good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    }
    return good;
}

static bool zone_of_system(str name, struct time_zone *z)
{
    AUTO(arena) struct arena *scratch = arena_new(ZONE_FILE_MAX * 2);
    char path[128];
    str file;

    snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", STR_FMT(name));
    if (!scratch || fs_read(scratch, path, ZONE_FILE_MAX, &file, NULL) != OK)
        return false;
    return zone_of_file(file, z);
}

/* ---- ICU --------------------------------------------------------------------------------- */

static UCalendar *calendar_open(str zone)
{
    UChar name[64], canonical[64];
    UErrorCode ec = U_ZERO_ERROR;
    UBool system_id = false;
    int32_t n = 0;

    u_strFromUTF8(name, 64, &n, zone.p, (int32_t)zone.n, &ec);
    if (U_FAILURE(ec) || zone.n == 0)
        return NULL;
    ucal_getCanonicalTimeZoneID(name, n, canonical, 64, &system_id, &ec);
    if (U_FAILURE(ec) || !system_id)
        return NULL;
    UCalendar *c = ucal_open(name, n, "en@calendar=gregorian", UCAL_DEFAULT, &ec);
    return U_SUCCESS(ec) ? c : NULL;
}

static void zone_of_icu(UCalendar *c, struct time_zone *z)
{
    UErrorCode ec = U_ZERO_ERROR;
    UDate at = (double)first_s * 1000, end = at + YEARS * 365.25 * DAY_MS;

    while (U_SUCCESS(ec) && at < end) {
        ucal_setMillis(c, at, &ec);
        int32_t offset = ucal_get(c, UCAL_ZONE_OFFSET, &ec) + ucal_get(c, UCAL_DST_OFFSET, &ec);
        add(z, (int64_t)(at / 1000), offset / 1000);
        if (!ucal_getTimeZoneTransitionDate(c, UCAL_TZ_TRANSITION_NEXT, &at, &ec))
            break;
    }
}

enum err zone_load(struct arena *a, str name, struct time_zone **out, struct fault *f)
{
    UCalendar *c = name_is_safe(name) ? calendar_open(name) : NULL;
    struct time_zone *z = arena_new_of(a, struct time_zone);

    if (!c)
        return fault(f, ERR_INVALID, "no time zone %.*s", STR_FMT(name));
    if (z) {
        z->from = arena_alloc(a, MAX_TRANSITIONS * sizeof *z->from);
        z->offset = arena_alloc(a, MAX_TRANSITIONS * sizeof *z->offset);
    }
    bool room = z && z->from && z->offset;
    if (room && !zone_of_system(name, z)) {
        z->n = 0;
        zone_of_icu(c, z);
    }
    ucal_close(c);
    TRY_PTR(room, f);
    *out = z;
    return OK;
}

int32_t zone_offset(const struct time_zone *z, int64_t ms)
{
    size_t lo = 0, hi = z->n;

    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (z->from[mid] <= ms)
            lo = mid;
        else
            hi = mid;
    }
    return z->n ? z->offset[lo] : 0;
}
