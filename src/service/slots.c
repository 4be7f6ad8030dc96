#include "service/slots.h"

#include <stdio.h>

enum { DAY_MINUTES = 24 * 60 };

static bool two_digits(str s, int *out)
{
    if (s.n != 2 || s.p[0] < '0' || s.p[0] > '9' || s.p[1] < '0' || s.p[1] > '9')
        return false;
    *out = (s.p[0] - '0') * 10 + s.p[1] - '0';
    return true;
}

/* "09:00"; "24:00" ends a day. */
static bool minute_parse(str s, int *out)
{
    int hour, minute;

    if (s.n != 5 || s.p[2] != ':' || !two_digits(str_sub(s, 0, 2), &hour) ||
        !two_digits(str_sub(s, 3, 5), &minute) || minute > 59)
        return false;
    *out = hour * 60 + minute;
    return *out <= DAY_MINUTES;
}

void slot_format(int32_t day, int minute, char out[SLOT_TEXT + 1])
{
    char text[DAY_TEXT];

    day_format(day, text);
    snprintf(out, SLOT_TEXT + 1, "%.10sT%02u:%02u", text, (unsigned)minute / 60 % 24,
             (unsigned)minute % 60);
}

bool slot_parse(str s, int32_t *out_day, int *out_minute)
{
    return s.n == SLOT_TEXT && s.p[10] == 'T' && day_parse(str_sub(s, 0, 10), out_day) &&
           minute_parse(str_sub(s, 11, SLOT_TEXT), out_minute) && *out_minute < DAY_MINUTES;
}

/* ---- rules -------------------------------------------------------------------------------- */

static bool span(const struct json *j, int *from, int *to)
{
    return minute_parse(json_get_str(j, S("from")), from) &&
           minute_parse(json_get_str(j, S("to")), to) && *from < *to;
}

static enum err check_spans(const struct json *list, const char *name, struct fault *f)
{
    char pointer[32];
    int from, to;

    for (size_t i = 0; json_at(list, i); i++) {
        snprintf(pointer, sizeof pointer, "/%s/%zu", name, i);
        if (!span(json_at(list, i), &from, &to))
            return fault_at(f, ERR_INVALID, pointer, "from an hour to a later one of that day");
    }
    return OK;
}

static bool on_day(const struct json *hours, int weekday)
{
    const struct json *days = json_get(hours, S("days"));

    for (size_t i = 0; json_at(days, i); i++)
        if (json_is(json_at(days, i), J_INT) && json_at(days, i)->i == weekday)
            return true;
    return false;
}

/* Hours of one day that lie upon each other would offer a counter twice. */
static enum err check_apart(const struct json *hours, struct fault *f)
{
    char pointer[32];
    int a, b, c, d;

    for (size_t i = 0; json_at(hours, i); i++)
        for (size_t k = 0; k < i; k++) {
            (void)span(json_at(hours, i), &a, &b);
            (void)span(json_at(hours, k), &c, &d);
            for (int day = 0; day < 7; day++)
                if (a < d && c < b && on_day(json_at(hours, i), day) &&
                    on_day(json_at(hours, k), day)) {
                    snprintf(pointer, sizeof pointer, "/hours/%zu", i);
                    return fault_at(f, ERR_INVALID, pointer, "hours that lie upon earlier ones");
                }
        }
    return OK;
}

enum err rule_check(const struct json *rule, struct fault *f)
{
    TRY(check_spans(json_get(rule, S("hours")), "hours", f));
    TRY(check_spans(json_get(rule, S("breaks")), "breaks", f));
    return check_apart(json_get(rule, S("hours")), f);
}

int rule_minutes(const struct json *rule)
{
    return (int)json_get_int(rule, S("minutes"), 20);
}

int rule_counters(const struct json *rule)
{
    return (int)json_get_int(rule, S("counters"), 1);
}

int rule_grace(const struct json *rule)
{
    return (int)json_get_int(rule, S("grace"), 15);
}

/* ---- slots -------------------------------------------------------------------------------- */

/* The end of a break that a slot would run into, or 0. */
static int in_break(const struct json *rule, int from, int to)
{
    const struct json *list = json_get(rule, S("breaks"));
    int a, b;

    for (size_t i = 0; json_at(list, i); i++)
        if (span(json_at(list, i), &a, &b) && a < to && from < b)
            return b;
    return 0;
}

static size_t add_hours(const struct json *rule, const struct json *hours, int32_t day,
                        struct slot *out, size_t n, size_t max)
{
    int minutes = rule_minutes(rule), from, to, after;

    if (!on_day(hours, day_weekday(day)) || !span(hours, &from, &to))
        return n;
    while (from + minutes <= to && n < max) {
        after = in_break(rule, from, from + minutes);
        if (after > from) {
            from = after;
            continue;
        }
        size_t at = n++;
        for (; at && out[at - 1].minute > from; at--)
            out[at] = out[at - 1];
        out[at] = (struct slot){.day = day, .minute = from, .counters = rule_counters(rule)};
        from += minutes;
    }
    return n;
}

size_t rule_day(const struct json *rule, int32_t day, struct slot *out, size_t max)
{
    const struct json *list = json_get(rule, S("hours"));
    int64_t held = json_get_int(rule, S("held"), 0);
    size_t n = 0;

    for (size_t i = 0; json_at(list, i); i++)
        n = add_hours(rule, json_at(list, i), day, out, n, max);
    for (size_t i = n; i; i--) { /* the last ones of the day are held back */
        int kept = (int)(held < out[i - 1].counters ? held : out[i - 1].counters);
        out[i - 1].offered = out[i - 1].counters - kept;
        held -= kept;
    }
    return n;
}
