/* calendars.c - working days of an authority, and the holidays proposed to it
 *
 * A promise is counted in days on which the authority that must act is open, in its own time zone:
 * Regulation (EU) 2019/997 article 4 says the same of its two and three days. Daylight saving moves
 * the moment at which a day begins, never the count.
 *
 * ICU proposes holidays (Gregorian dates, and Umm al-Qura dates for the two Eids and the Hijri new
 * year); they close the mission only when its head has adopted them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "base/encode.h"
#include "registry/missions_int.h"
#include "registry/registry_int.h"

enum { DAY_MS = 86400000 };

static size_t position(const struct missions *m, const struct mission *at)
{
    return (size_t)(at - m->list);
}

int32_t mission_day(const struct missions *m, const struct mission *at, int64_t ms)
{
    return day_of_ms(ms + zone_offset(m->zone[position(m, at)], ms));
}

int32_t day_at_mission(struct act *a, str mission)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    int32_t day = at ? mission_day(m, at, a->now) : day_of_ms(a->now);

    missions_drop(m);
    return day;
}

int64_t mission_moment(const struct missions *m, const struct mission *at, int32_t day, int minute)
{
    const struct time_zone *z = m->zone[position(m, at)];
    int64_t local = (int64_t)day * DAY_MS + (int64_t)minute * 60000;
    int32_t before = zone_offset(z, local - DAY_MS), after = zone_offset(z, local + DAY_MS);

    if (zone_offset(z, local - before) != before && zone_offset(z, local - after) == after)
        return local - after;
    return local - before;
}

int mission_minute(const struct missions *m, const struct mission *at, int64_t ms)
{
    int64_t local = ms + zone_offset(m->zone[position(m, at)], ms);

    return (int)((local - (int64_t)day_of_ms(local) * DAY_MS) / 60000);
}

int day_weekday(int32_t day)
{
    return ((day % 7) + 7 + 4) % 7; /* 1970-01-01 was a Thursday */
}

static int by_mission_day(const void *a, const void *b)
{
    const struct closed_day *x = a, *y = b;

    if (x->mission != y->mission)
        return x->mission < y->mission ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

bool mission_works(const struct missions *m, const struct mission *at, int32_t day)
{
    struct closed_day key = {(uint32_t)position(m, at), day};

    return !(at->weekend >> day_weekday(day) & 1) &&
           !bsearch(&key, m->closed, m->n_closed, sizeof key, by_mission_day);
}

int32_t due_day(const struct missions *m, const struct mission *at, int32_t day,
                unsigned working_days)
{
    /* nobody closes for a year on end: the bound only guards against a calendar gone wrong */
    int32_t last = day + 366 + (int32_t)working_days * 7;

    if (working_days == 0) {
        while (day < last && !mission_works(m, at, day))
            day++;
        return day;
    }
    while (working_days && day < last)
        working_days -= mission_works(m, at, ++day);
    return day;
}

unsigned working_days_between(const struct missions *m, const struct mission *at, int32_t from,
                              int32_t to)
{
    unsigned n = 0;

    for (int32_t day = from + 1; day <= to; day++)
        n += mission_works(m, at, day);
    return n;
}

/* ---- holidays --------------------------------------------------------------------------- */

/* Day numbers of an Umm al-Qura date in a Gregorian year: none, one or two of them. */
static int hijri_days(int year, int month, int day, int32_t out[2])
{
    UErrorCode ec = U_ZERO_ERROR;
    UCalendar *c = ucal_open(u"UTC", 3, "en@calendar=islamic-umalqura", UCAL_DEFAULT, &ec);
    int n = 0;

    for (int h = (year - 622) * 33 / 32 - 1;
         U_SUCCESS(ec) && n < 2 && h < (year - 622) * 33 / 32 + 3; h++) {
        ucal_clear(c);
        ucal_setDateTime(c, h, month - 1, day, 12, 0, 0, &ec);
        int32_t found = day_of_ms((int64_t)ucal_getMillis(c, &ec));
        int y, m, d;
        day_to_civil(found, &y, &m, &d);
        if (y == year)
            out[n++] = found;
    }
    if (c)
        ucal_close(c);
    return U_SUCCESS(ec) ? n : 0;
}

str hijri_text(struct arena *a, int32_t day)
{
    UErrorCode ec = U_ZERO_ERROR;
    UChar text[128];
    char utf8[256];
    int32_t n = 0;
    UDateFormat *d = udat_open(UDAT_NONE, UDAT_LONG, "ar-SA-u-ca-islamic-umalqura-nu-arab", u"UTC",
                               3, NULL, 0, &ec);

    if (U_SUCCESS(ec))
        udat_format(d, (double)day * DAY_MS + DAY_MS / 2.0, text, ARRAY_LEN(text), NULL, &ec);
    u_strToUTF8(utf8, sizeof utf8, &n, text, -1, &ec);
    udat_close(d);
    return U_SUCCESS(ec) ? str_copy(a, str_bytes(utf8, (size_t)n)) : STR_NONE;
}

struct holiday_rule {
    const char *name;
    bool hijri;
    int month, day, days;
};

static const struct holiday_rule rules[] = {
    {"New Year", false, 1, 1, 1},      {"National Day of Utopia", false, 5, 14, 1},
    {"Hijri New Year", true, 1, 1, 1}, {"Eid al-Fitr", true, 10, 1, 3},
    {"Eid al-Adha", true, 12, 10, 4},
};

static void put_day(struct jw *w, int32_t day, const char *name)
{
    char text[16];

    day_format(day, text);
    jw_open(w, '{');
    jw_kv(w, S("day"), str_of(text));
    jw_kv(w, S("name"), str_of(name));
    jw_close(w, '}');
}

enum err calendar_propose(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    int64_t year;

    if (!str_to_int64(act_param(a, S("year")), &year) || year < 1990 || year > 2076)
        return fault(f, ERR_RANGE, "holidays are known from 1990 to 2076");
    jw_open(&w, '{');
    jw_key(&w, S("days"));
    jw_open(&w, '[');
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        int32_t first[2] = {day_from_civil((int)year, rules[i].month, rules[i].day)};
        int n = rules[i].hijri ? hijri_days((int)year, rules[i].month, rules[i].day, first) : 1;
        for (int k = 0; k < n; k++)
            for (int d = 0; d < rules[i].days; d++)
                put_day(&w, first[k] + d, rules[i].name);
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

/* By whom the days of which year were signed. */
static enum err put_signed(struct act *a, struct jw *w, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT s.year, o.name, s.at FROM calendar_signature s"
                 " JOIN officer o ON o.id = s.officer WHERE s.mission = ? ORDER BY s.year",
                 "s", act_param(a, S("mission"))));
    jw_key(w, S("signed"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 2), at);
        jw_open(w, '{');
        jw_kv_int(w, S("year"), query_int(&q, 0));
        jw_kv(w, S("by"), query_str(&q, 1));
        jw_kv(w, S("at"), str_of(at));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

enum err calendar_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char text[16];

    TRY(db_query(a->db, &q, f, "SELECT day, name FROM closed_day WHERE mission = ? ORDER BY day",
                 "s", act_param(a, S("mission"))));
    jw_open(&w, '{');
    jw_key(&w, S("days"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        day_format((int32_t)query_int(&q, 0), text);
        jw_open(&w, '{');
        jw_kv(&w, S("day"), str_of(text));
        jw_kv(&w, S("name"), query_str(&q, 1));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    TRY(query_end(&q, f));
    TRY(put_signed(a, &w, f));
    jw_close(&w, '}');
    return OK;
}

/* ---- signed by the head of the mission ---------------------------------------------------- */

struct adopting {
    str statement;
    struct officer_signature signature;
};

enum err calendar_statement(struct arena *a, str mission, int64_t year, const struct json *days,
                            str *out, struct fault *f)
{
    AUTO(buf) struct buf canonical = BUF(64 << 10);
    AUTO(buf) struct buf b = BUF(512);
    struct jw w = JW(&b);
    char hex[65];

    TRY(json_canonical(&canonical, days, a, f));
    struct hash h = sha256(buf_str(&canonical));
    hex_encode(h.b, sizeof h.b, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("days"), str_of(hex));
    jw_kv(&w, S("mission"), mission);
    jw_kv_int(&w, S("year"), year);
    jw_close(&w, '}');
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

enum err calendar_adopt_prepare(struct act *a, struct fault *f)
{
    struct adopting *x = arena_new_of(a->arena, struct adopting);

    TRY_PTR(x, f);
    a->data = x;
    TRY(calendar_statement(a->arena, act_param(a, S("mission")),
                           json_get_int(a->input, S("year"), 0), json_get(a->input, S("days")),
                           &x->statement, f));
    return officer_signature(a, x->statement, &x->signature, f);
}

static enum err keep_signature(struct act *a, str mission, int64_t year, struct fault *f)
{
    const struct adopting *x = a->data;

    return db_run(a->db, f,
                  "INSERT INTO calendar_signature(mission, year, officer, statement, signature, at)"
                  " VALUES(?,?,?,?,?,?) ON CONFLICT(mission, year) DO UPDATE SET"
                  " officer = excluded.officer, statement = excluded.statement,"
                  " signature = excluded.signature, at = excluded.at",
                  "sidsbi", mission, year, &a->actor.id, x->statement,
                  officer_signature_str(&x->signature), a->now);
}

/* Replaces the days of one year. */
enum err calendar_adopt(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    int64_t year = json_get_int(a->input, S("year"), 0);
    const struct json *days = json_get(a->input, S("days"));
    char pointer[48];
    int32_t day;

    TRY(db_run(a->db, f, "DELETE FROM closed_day WHERE mission = ? AND day >= ? AND day < ?", "sii",
               mission, (int64_t)day_from_civil((int)year, 1, 1),
               (int64_t)day_from_civil((int)year + 1, 1, 1)));
    for (size_t i = 0; json_at(days, i); i++) {
        snprintf(pointer, sizeof pointer, "/days/%zu/day", i);
        str text = json_get_str(json_at(days, i), S("day"));
        int64_t y;
        if (!day_parse(text, &day) || !str_to_int64(str_sub(text, 0, 4), &y) || y != year)
            return fault_at(f, ERR_INVALID, pointer, "not a day of that year");
        enum err e =
            db_run(a->db, f, "INSERT INTO closed_day(mission, day, name) VALUES(?,?,?)", "sis",
                   mission, (int64_t)day, json_get_str(json_at(days, i), S("name")));
        if (e == ERR_CONFLICT)
            return fault_at(f, e, pointer, "the day is there twice, or there is no such mission");
        TRY(e);
    }
    TRY(keep_signature(a, mission, year, f));
    /* whoever has an appointment on one of them is told */
    TRY(job_add(a, S("calendar-changed"), mission, f));
    struct jw w = JW(&a->reply);
    jw_open(&w, '{');
    jw_kv_int(&w, S("days"), days ? days->n : 0);
    jw_close(&w, '}');
    return OK;
}
