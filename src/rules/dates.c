/* dates.c - calendar dates as ISO 8601 writes them (YYYY-MM-DD), Gregorian, years 1 to 9999
 *
 * Rules have no clock: today comes in with the data. */
#include "rules/rules_int.h"

struct date {
    int64_t year;
    int month, day;
};

static bool leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && leap(year));
}

static bool digits(str s, size_t from, size_t to, int *out)
{
    *out = 0;
    for (size_t i = from; i < to; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return true;
}

static bool date_parse(str s, struct date *out)
{
    int year, month, day;

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s, 0, 4, &year) ||
        !digits(s, 5, 7, &month) || !digits(s, 8, 10, &day) || year < 1 || month < 1 ||
        month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *out = (struct date){year, month, day};
    return true;
}

/* Days since 1 March of the year 0: with the year's end at that of February, months follow a
 * pattern of five. */
static int64_t day_number(struct date d)
{
    int64_t y = d.month > 2 ? d.year : d.year - 1, m = (d.month + 9) % 12;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d.day - 1;
}

static struct date date_of_number(int64_t n)
{
    struct date d = {.year = n / 366 > 0 ? n / 366 : 0, .month = 3, .day = 1};

    /* n / 366 is at most a few years short */
    while (day_number((struct date){d.year + 1, 3, 1}) <= n)
        d.year++;
    int64_t rest = n - day_number(d);
    while (rest >= days_in(d.year, d.month)) {
        rest -= days_in(d.year, d.month);
        d.month = d.month % 12 + 1;
        d.year += d.month == 1;
    }
    d.day = 1 + (int)rest;
    return d;
}

/* [birth, on]: completed years; who was born on 29 February has the birthday on 1 March where
 * there is none. A birth that is still to come is refused. */
enum err op_age(struct eval *ev, const struct node *node, struct json *out)
{
    struct date birth, on;
    struct args args;

    TRY(eval_args(ev, node, &args));
    if (args.n != 2 || !date_parse(json_str(&args.v[0]), &birth) ||
        !date_parse(json_str(&args.v[1]), &on) || day_number(on) < day_number(birth))
        return THROW_ARGUMENTS(ev);
    bool before = on.month < birth.month || (on.month == birth.month && on.day < birth.day);
    *out = json_of_int(on.year - birth.year - before);
    return OK;
}

/* Months after d; the last day of the month where it has fewer days. */
static struct date add_months(struct date d, int64_t n)
{
    int64_t months = d.year * 12 + d.month - 1 + n;

    d.year = months / 12;
    d.month = (int)(months % 12) + 1;
    if (months >= 12 && d.day > days_in(d.year, d.month))
        d.day = days_in(d.year, d.month);
    return d;
}

/* [date, number, "days", "months" or "years"] */
enum err op_date_add(struct eval *ev, const struct node *node, struct json *out)
{
    struct args args;
    struct date d;

    TRY(eval_args(ev, node, &args));
    if (args.n != 3 || !date_parse(json_str(&args.v[0]), &d) || args.v[1].type != J_INT ||
        args.v[1].i < -4000000 || args.v[1].i > 4000000)
        return THROW_ARGUMENTS(ev);
    int64_t n = args.v[1].i;
    str unit = json_str(&args.v[2]);
    if (str_eq(unit, S("days"))) {
        n += day_number(d);
        d = n < day_number((struct date){1, 1, 1}) ? (struct date){0} : date_of_number(n);
    } else if (str_eq(unit, S("months")) || str_eq(unit, S("years"))) {
        n *= str_eq(unit, S("years")) ? 12 : 1;
        d = d.year * 12 + n < 0 ? (struct date){0} : add_months(d, n);
    } else {
        return THROW_ARGUMENTS(ev);
    }
    if (d.year < 1 || d.year > 9999)
        return THROW_ARGUMENTS(ev);
    str s = str_printf(ev->arena, "%04d-%02d-%02d", (int)d.year, d.month, d.day);
    TRY_PTR(s.p, ev->f);
    *out = json_of_str(s);
    return OK;
}
