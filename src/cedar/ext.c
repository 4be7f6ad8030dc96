/* ext.c - the extension types decimal, ipaddr, datetime and duration
 *
 * Spec Ext/Decimal.lean, IPAddr.lean and Datetime.lean. Texts are read exactly: no blanks, no
 * sign other than '-', no leading zero in an IPv4 group, days that exist in the Gregorian
 * calendar (proleptic, years 0000 to 9999).
 */
#include "cedar/cedar_int.h"

#include <stdio.h>

enum { MS_SECOND = 1000, MS_MINUTE = 60000, MS_HOUR = 3600000, MS_DAY = 86400000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- decimal --------------------------------------------------------------------------- */

static bool decimal_parse(str t, int64_t *out)
{
    bool negative = t.n && t.p[0] == '-';
    size_t i = negative, digits = 0, fraction = 0;
    __int128 v = 0;

    for (; i < t.n && is_digit(t.p[i]); i++, digits++) {
        v = v * 10 + (t.p[i] - '0');
        if (v > INT64_MAX)
            return false;
    }
    if (digits == 0 || i == t.n || t.p[i++] != '.')
        return false;
    for (; i < t.n && is_digit(t.p[i]) && fraction < 4; i++, fraction++)
        v = v * 10 + (t.p[i] - '0');
    if (fraction == 0 || i != t.n)
        return false;
    for (; fraction < 4; fraction++)
        v *= 10;
    if (negative)
        v = -v;
    if (v > INT64_MAX || v < INT64_MIN)
        return false;
    *out = (int64_t)v;
    return true;
}

static size_t decimal_print(int64_t v, char *out)
{
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    char fraction[8];
    int n = 4;

    snprintf(fraction, sizeof fraction, "%04u", (unsigned)(u % 10000));
    while (n > 1 && fraction[n - 1] == '0')
        n--;
    return (size_t)snprintf(out, CD_EXT_TEXT, "%s%llu.%.*s", v < 0 ? "-" : "",
                            (unsigned long long)(u / 10000), n, fraction);
}

/* ---- ipaddr ---------------------------------------------------------------------------- */

/* A decimal number without superfluous zero, at most max. */
static bool small_number(str t, unsigned max, unsigned *out)
{
    unsigned v = 0;

    if (t.n == 0 || t.n > 3 || (t.p[0] == '0' && t.n > 1))
        return false;
    for (size_t i = 0; i < t.n; i++) {
        if (!is_digit(t.p[i]))
            return false;
        v = v * 10 + (unsigned)(t.p[i] - '0');
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}

static bool ipv4_parse(str t, uint8_t addr[16])
{
    str piece;
    unsigned v;
    int n = 0;

    while (str_split(&t, '.', &piece)) {
        if (n == 4 || !small_number(piece, 255, &v))
            return false;
        addr[n++] = (uint8_t)v;
    }
    return n == 4;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Groups between colons into out[8]; the count, or -1. The empty text has none. */
static int ipv6_groups(str t, uint16_t out[8])
{
    str piece;
    int n = 0;

    if (t.n == 0)
        return 0;
    while (str_split(&t, ':', &piece)) {
        unsigned v = 0;
        if (n == 8 || piece.n == 0 || piece.n > 4)
            return -1;
        for (size_t i = 0; i < piece.n; i++) {
            int d = hex_digit(piece.p[i]);
            if (d < 0)
                return -1;
            v = v * 16 + (unsigned)d;
        }
        out[n++] = (uint16_t)v;
    }
    return n;
}

static bool ipv6_parse(str t, uint8_t addr[16])
{
    uint16_t head[8] = {0}, tail[8] = {0};
    ptrdiff_t gap = str_find(t, S("::"));
    int n, m = 0;

    if (gap < 0) {
        n = ipv6_groups(t, head);
        if (n != 8)
            return false;
    } else {
        str rest = str_sub(t, (size_t)gap + 2, t.n);
        if (str_find(rest, S("::")) >= 0)
            return false;
        n = ipv6_groups(str_sub(t, 0, (size_t)gap), head);
        m = ipv6_groups(rest, tail);
        if (n < 0 || m < 0 || n + m >= 8)
            return false;
        for (int i = 0; i < m; i++)
            head[8 - m + i] = tail[i];
    }
    for (int i = 0; i < 8; i++) {
        addr[2 * i] = (uint8_t)(head[i] >> 8);
        addr[2 * i + 1] = (uint8_t)head[i];
    }
    return true;
}

static bool ip_parse(str t, struct cedar_ip *out)
{
    struct cedar_ip ip = {0};
    ptrdiff_t slash = str_find_char(t, '/');
    str addr = slash < 0 ? t : str_sub(t, 0, (size_t)slash);
    unsigned prefix;

    if (t.n == 0 || t.n > CD_EXT_TEXT)
        return false;
    if (!ipv4_parse(addr, ip.addr)) {
        memset(ip.addr, 0, sizeof ip.addr);
        ip.v6 = true;
        if (!ipv6_parse(addr, ip.addr))
            return false;
    }
    prefix = ip.v6 ? 128 : 32;
    if (slash >= 0 && !small_number(str_sub(t, (size_t)slash + 1, t.n), prefix, &prefix))
        return false;
    ip.prefix = (uint8_t)prefix;
    *out = ip;
    return true;
}

static size_t ip_print(const struct cedar_ip *ip, char *out)
{
    const uint8_t *a = ip->addr;
    int n = 0;

    if (!ip->v6) {
        n = snprintf(out, CD_EXT_TEXT, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    } else {
        for (int i = 0; i < 8; i++)
            n += snprintf(out + n, CD_EXT_TEXT - (size_t)n, "%s%x", i ? ":" : "",
                          (unsigned)(a[2 * i] << 8 | a[2 * i + 1]));
    }
    if (ip->prefix != (ip->v6 ? 128 : 32))
        n += snprintf(out + n, CD_EXT_TEXT - (size_t)n, "/%u", ip->prefix);
    return (size_t)n;
}

/* First and last address of the range. */
static void ip_range(const struct cedar_ip *ip, uint8_t lo[16], uint8_t hi[16])
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned bits = ip->prefix > 8 * i ? ip->prefix - 8 * i : 0;
        uint8_t mask = bits >= 8 ? 0xff : (uint8_t)(0xff00u >> bits);
        lo[i] = ip->addr[i] & mask;
        hi[i] = (uint8_t)(lo[i] | (uint8_t)~mask);
    }
}

static bool ip_in_range(const struct cedar_ip *a, const struct cedar_ip *b)
{
    uint8_t alo[16], ahi[16], blo[16], bhi[16];

    if (a->v6 != b->v6)
        return false;
    ip_range(a, alo, ahi);
    ip_range(b, blo, bhi);
    return memcmp(bhi, ahi, 16) >= 0 && memcmp(alo, blo, 16) >= 0;
}

static bool ip_loopback(const struct cedar_ip *ip)
{
    static const struct cedar_ip v4 = {false, 8, {127}};
    static const struct cedar_ip v6 = {true, 128, {[15] = 1}};

    return ip_in_range(ip, ip->v6 ? &v6 : &v4);
}

static bool ip_multicast(const struct cedar_ip *ip)
{
    static const struct cedar_ip v4 = {false, 4, {224}};
    static const struct cedar_ip v6 = {true, 8, {0xff}};

    return ip_in_range(ip, ip->v6 ? &v6 : &v4);
}

/* ---- datetime -------------------------------------------------------------------------- */

/* n digits at *i as a number; -1 if they are not there. */
static int fixed_digits(str t, size_t *i, size_t n)
{
    int v = 0;

    if (t.n - *i < n)
        return -1;
    for (size_t end = *i + n; *i < end; (*i)++) {
        if (!is_digit(t.p[*i]))
            return -1;
        v = v * 10 + (t.p[*i] - '0');
    }
    return v;
}

static bool char_at(str t, size_t *i, char c)
{
    if (*i >= t.n || t.p[*i] != c)
        return false;
    (*i)++;
    return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int y, int m, int d)
{
    int64_t year = m <= 2 ? y - 1 : y;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int days_in_month(int y, int m)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 && leap ? 29 : days[m - 1];
}

/* hh:mm:ss[.SSS] as milliseconds, or -1 */
static int64_t time_of_day(str t, size_t *i)
{
    int h, m, s, ms = 0;

    if ((h = fixed_digits(t, i, 2)) < 0 || !char_at(t, i, ':') || (m = fixed_digits(t, i, 2)) < 0 ||
        !char_at(t, i, ':') || (s = fixed_digits(t, i, 2)) < 0)
        return -1;
    if (char_at(t, i, '.') && (ms = fixed_digits(t, i, 3)) < 0)
        return -1;
    if (h > 23 || m > 59 || s > 59)
        return -1;
    return (int64_t)h * MS_HOUR + m * MS_MINUTE + s * MS_SECOND + ms;
}

static bool datetime_parse(str t, int64_t *out)
{
    size_t i = 0;
    int y, m, d, oh, om;
    int64_t ms, offset = 0;

    if ((y = fixed_digits(t, &i, 4)) < 0 || !char_at(t, &i, '-') ||
        (m = fixed_digits(t, &i, 2)) < 0 || !char_at(t, &i, '-') ||
        (d = fixed_digits(t, &i, 2)) < 0)
        return false;
    if (m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
        return false;
    ms = days_from_civil(y, m, d) * MS_DAY;
    if (i == t.n) {
        *out = ms;
        return true;
    }
    if (!char_at(t, &i, 'T'))
        return false;
    int64_t clock = time_of_day(t, &i);
    if (clock < 0)
        return false;
    if (!char_at(t, &i, 'Z')) {
        bool east = char_at(t, &i, '+');
        if (!east && !char_at(t, &i, '-'))
            return false;
        if ((oh = fixed_digits(t, &i, 2)) < 0 || (om = fixed_digits(t, &i, 2)) < 0 || oh > 23 ||
            om > 59)
            return false;
        offset = (int64_t)oh * MS_HOUR + om * MS_MINUTE;
        if (!east)
            offset = -offset;
    }
    if (i != t.n)
        return false;
    *out = ms + clock - offset;
    return true;
}

/* Floor division by a day. */
static int64_t day_of(int64_t ms)
{
    int64_t d = ms / MS_DAY;

    return ms % MS_DAY < 0 ? d - 1 : d;
}

static size_t duration_print(int64_t v, char *out);

static size_t datetime_print(int64_t v, char *out)
{
    int64_t day = day_of(v), ms = v % MS_DAY < 0 ? v % MS_DAY + MS_DAY : v % MS_DAY;
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    int64_t y = yoe + era * 400 + (m <= 2);

    if (y < 0 || y > 9999)
        return duration_print(v, out);
    return (size_t)snprintf(out, CD_EXT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)y, (int)m,
                            (int)d, (int)(ms / MS_HOUR), (int)(ms / MS_MINUTE % 60),
                            (int)(ms / MS_SECOND % 60), (int)(ms % 1000));
}

/* ---- duration -------------------------------------------------------------------------- */

static bool duration_parse(str t, int64_t *out)
{
    static const struct {
        str name;
        int64_t ms;
    } units[] = {{S("d"), MS_DAY},
                 {S("h"), MS_HOUR},
                 {S("m"), MS_MINUTE},
                 {S("s"), MS_SECOND},
                 {S("ms"), 1}};
    bool negative = t.n && t.p[0] == '-';
    size_t i = negative, unit = 0;
    __int128 total = 0;

    if (i == t.n)
        return false;
    while (i < t.n) {
        __int128 v = 0;
        size_t start = i, name;
        for (; i < t.n && is_digit(t.p[i]); i++) {
            v = v * 10 + (t.p[i] - '0');
            if (v > (__int128)INT64_MAX + 1)
                return false;
        }
        if (i == start)
            return false;
        for (name = i; i < t.n && !is_digit(t.p[i]); i++)
            ;
        while (unit < ARRAY_LEN(units) && !str_eq(units[unit].name, str_sub(t, name, i)))
            unit++;
        if (unit == ARRAY_LEN(units) || (!negative && v > INT64_MAX))
            return false;
        total += (negative ? -v : v) * units[unit++].ms;
    }
    if (total > INT64_MAX || total < INT64_MIN)
        return false;
    *out = (int64_t)total;
    return true;
}

static size_t duration_print(int64_t v, char *out)
{
    return (size_t)snprintf(out, CD_EXT_TEXT, "%lldms", (long long)v);
}

/* ---- together -------------------------------------------------------------------------- */

static enum cd_call ip_value(struct arena *a, str text, struct cedar_value *out)
{
    struct cedar_ip ip, *kept;

    if (!ip_parse(text, &ip))
        return CALL_EXTENSION;
    kept = arena_new_of(a, struct cedar_ip);
    if (!kept)
        return CALL_MEMORY;
    *kept = ip;
    *out = (struct cedar_value){.type = CEDAR_IP, .ip = kept};
    return CALL_OK;
}

enum cd_call cd_ext_parse(struct arena *a, enum cedar_type type, str text, struct cedar_value *out)
{
    struct cedar_value v = {.type = (uint8_t)type};
    bool ok = false;

    if (type == CEDAR_IP)
        return ip_value(a, text, out);
    if (type == CEDAR_DECIMAL)
        ok = decimal_parse(text, &v.i);
    else if (type == CEDAR_DATETIME)
        ok = datetime_parse(text, &v.i);
    else if (type == CEDAR_DURATION)
        ok = duration_parse(text, &v.i);
    if (!ok)
        return CALL_EXTENSION;
    *out = v;
    return CALL_OK;
}

size_t cd_ext_print(const struct cedar_value *v, char out[CD_EXT_TEXT])
{
    switch (v->type) {
    case CEDAR_DECIMAL:
        return decimal_print(v->i, out);
    case CEDAR_DATETIME:
        return datetime_print(v->i, out);
    case CEDAR_DURATION:
        return duration_print(v->i, out);
    case CEDAR_IP:
        return ip_print(v->ip, out);
    default:
        return 0;
    }
}

const struct cd_fn_info cd_fns[FN_COUNT] = {
    [FN_DECIMAL] = {S("decimal"), 1, {CEDAR_STRING}, CEDAR_DECIMAL},
    [FN_IP] = {S("ip"), 1, {CEDAR_STRING}, CEDAR_IP},
    [FN_DATETIME] = {S("datetime"), 1, {CEDAR_STRING}, CEDAR_DATETIME},
    [FN_DURATION] = {S("duration"), 1, {CEDAR_STRING}, CEDAR_DURATION},
    [FN_LESS] = {S("lessThan"), 2, {CEDAR_DECIMAL, CEDAR_DECIMAL}, CEDAR_BOOL},
    [FN_LESS_EQ] = {S("lessThanOrEqual"), 2, {CEDAR_DECIMAL, CEDAR_DECIMAL}, CEDAR_BOOL},
    [FN_GREATER] = {S("greaterThan"), 2, {CEDAR_DECIMAL, CEDAR_DECIMAL}, CEDAR_BOOL},
    [FN_GREATER_EQ] = {S("greaterThanOrEqual"), 2, {CEDAR_DECIMAL, CEDAR_DECIMAL}, CEDAR_BOOL},
    [FN_IS_IPV4] = {S("isIpv4"), 1, {CEDAR_IP}, CEDAR_BOOL},
    [FN_IS_IPV6] = {S("isIpv6"), 1, {CEDAR_IP}, CEDAR_BOOL},
    [FN_IS_LOOPBACK] = {S("isLoopback"), 1, {CEDAR_IP}, CEDAR_BOOL},
    [FN_IS_MULTICAST] = {S("isMulticast"), 1, {CEDAR_IP}, CEDAR_BOOL},
    [FN_IS_IN_RANGE] = {S("isInRange"), 2, {CEDAR_IP, CEDAR_IP}, CEDAR_BOOL},
    [FN_OFFSET] = {S("offset"), 2, {CEDAR_DATETIME, CEDAR_DURATION}, CEDAR_DATETIME},
    [FN_DURATION_SINCE] = {S("durationSince"), 2, {CEDAR_DATETIME, CEDAR_DATETIME}, CEDAR_DURATION},
    [FN_TO_DATE] = {S("toDate"), 1, {CEDAR_DATETIME}, CEDAR_DATETIME},
    [FN_TO_TIME] = {S("toTime"), 1, {CEDAR_DATETIME}, CEDAR_DURATION},
    [FN_TO_MILLISECONDS] = {S("toMilliseconds"), 1, {CEDAR_DURATION}, CEDAR_LONG},
    [FN_TO_SECONDS] = {S("toSeconds"), 1, {CEDAR_DURATION}, CEDAR_LONG},
    [FN_TO_MINUTES] = {S("toMinutes"), 1, {CEDAR_DURATION}, CEDAR_LONG},
    [FN_TO_HOURS] = {S("toHours"), 1, {CEDAR_DURATION}, CEDAR_LONG},
    [FN_TO_DAYS] = {S("toDays"), 1, {CEDAR_DURATION}, CEDAR_LONG},
};

enum cd_fn cd_fn_find(str name)
{
    for (int i = 0; i < FN_COUNT; i++) {
        if (str_eq(cd_fns[i].name, name))
            return (enum cd_fn)i;
    }
    return FN_COUNT;
}

static bool apply_dates(enum cd_fn fn, int64_t a, int64_t b, int64_t *out)
{
    if (fn == FN_OFFSET)
        return !__builtin_add_overflow(a, b, out);
    if (fn == FN_DURATION_SINCE)
        return !__builtin_sub_overflow(a, b, out);
    if (fn == FN_TO_TIME) {
        *out = a % MS_DAY < 0 ? a % MS_DAY + MS_DAY : a % MS_DAY;
        return true;
    }
    return !__builtin_mul_overflow(day_of(a), (int64_t)MS_DAY, out); /* FN_TO_DATE */
}

enum cd_call cd_fn_call(struct arena *arena, enum cd_fn fn, const struct cedar_value *v,
                        struct cedar_value *out)
{
    const struct cd_fn_info *info = &cd_fns[fn];
    struct cedar_value r = {.type = info->result};

    for (unsigned i = 0; i < info->n_args; i++) {
        if (v[i].type != info->args[i])
            return CALL_TYPE;
    }
    switch (fn) {
    case FN_DECIMAL:
    case FN_IP:
    case FN_DATETIME:
    case FN_DURATION:
        return cd_ext_parse(arena, info->result, cd_str(v), out);
    case FN_LESS:
        r.b = v[0].i < v[1].i;
        break;
    case FN_LESS_EQ:
        r.b = v[0].i <= v[1].i;
        break;
    case FN_GREATER:
        r.b = v[0].i > v[1].i;
        break;
    case FN_GREATER_EQ:
        r.b = v[0].i >= v[1].i;
        break;
    case FN_IS_IPV4:
        r.b = !v[0].ip->v6;
        break;
    case FN_IS_IPV6:
        r.b = v[0].ip->v6;
        break;
    case FN_IS_LOOPBACK:
        r.b = ip_loopback(v[0].ip);
        break;
    case FN_IS_MULTICAST:
        r.b = ip_multicast(v[0].ip);
        break;
    case FN_IS_IN_RANGE:
        r.b = ip_in_range(v[0].ip, v[1].ip);
        break;
    case FN_OFFSET:
    case FN_DURATION_SINCE:
    case FN_TO_DATE:
    case FN_TO_TIME:
        if (!apply_dates(fn, v[0].i, info->n_args > 1 ? v[1].i : 0, &r.i))
            return CALL_EXTENSION;
        break;
    case FN_TO_MILLISECONDS:
        r.i = v[0].i;
        break;
    case FN_TO_SECONDS:
        r.i = v[0].i / MS_SECOND;
        break;
    case FN_TO_MINUTES:
        r.i = v[0].i / MS_MINUTE;
        break;
    case FN_TO_HOURS:
        r.i = v[0].i / MS_HOUR;
        break;
    case FN_TO_DAYS:
        r.i = v[0].i / MS_DAY;
        break;
    case FN_COUNT:
        return CALL_TYPE;
    }
    *out = r;
    return CALL_OK;
}
