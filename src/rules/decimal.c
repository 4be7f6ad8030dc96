/* decimal.c - arithmetic of 19 digits
 *
 * Two coefficients below 10^19 have a product below 10^38, which a 128-bit integer holds: each
 * operation is done there exactly, with a sticky digit for what lies beyond, and rounded once,
 * half to even. Exponents stay within what doubles reach, so that shifting always ends soon.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/rules_int.h"

typedef unsigned __int128 u128;

#define DIGITS_END 10000000000000000000u /* 10^19 */
enum { DIGITS = 19, EXPONENT_MAX = 1000, DIGITS_WIDE = 38 };

static u128 power(int n)
{
    static const uint64_t tens[] = {1,
                                    10,
                                    100,
                                    1000,
                                    10000,
                                    100000,
                                    1000000,
                                    10000000,
                                    100000000,
                                    1000000000,
                                    10000000000,
                                    100000000000,
                                    1000000000000,
                                    10000000000000,
                                    100000000000000,
                                    1000000000000000,
                                    10000000000000000,
                                    100000000000000000,
                                    1000000000000000000,
                                    DIGITS_END};

    return n <= DIGITS ? tens[n] : (u128)tens[DIGITS] * tens[n - DIGITS];
}

static int length_of(u128 v)
{
    int n = v >= DIGITS_END ? DIGITS + 1 : 1;

    while (n < DIGITS_WIDE && v >= power(n))
        n++;
    return n;
}

static bool rounds_away(enum rounding mode, bool negative, bool odd, int half, bool rest)
{
    switch (mode) {
    case ROUND_HALF_EVEN:
        return half > 0 || (half == 0 && odd);
    case ROUND_HALF_UP:
        return half >= 0;
    case ROUND_UP:
        return rest;
    case ROUND_DOWN:
        return false;
    case ROUND_CEILING:
        return rest && !negative;
    case ROUND_FLOOR:
        return rest && negative;
    }
    return false;
}

/* v without its last n digits, 0 < n <= 38; more says that something nonzero lies behind v. */
static u128 cut(u128 v, int n, bool more, bool negative, enum rounding mode)
{
    u128 unit = power(n), kept = v / unit, rest = v % unit, middle = unit / 2;
    int half = rest < middle ? -1 : rest > middle || more ? 1 : 0;

    return kept + rounds_away(mode, negative, kept & 1, half, rest || more);
}

static struct decimal normal(u128 v, int exponent, bool negative, bool more)
{
    int over = length_of(v) - DIGITS;

    if (over > 0) {
        v = cut(v, over, more, negative, ROUND_HALF_EVEN);
        exponent += over;
        if (v == DIGITS_END) {
            v /= 10;
            exponent++;
        }
    }
    if (v == 0 || exponent < -EXPONENT_MAX)
        return (struct decimal){0};
    if (exponent > EXPONENT_MAX)
        exponent = EXPONENT_MAX; /* refused when it is made JSON */
    return (struct decimal){(uint64_t)v, exponent, negative};
}

struct decimal decimal_of_int(int64_t i)
{
    return (struct decimal){i < 0 ? 0 - (uint64_t)i : (uint64_t)i, 0, i < 0};
}

struct decimal decimal_of_real(double d)
{
    double scale = 1, magnitude = fabs(d);
    struct decimal out = {0};
    char text[32];

    /* up to 15 digits identify a double: the first that reads back is the shortest */
    for (int k = 0; k <= 15; k++, scale *= 10) {
        double m = nearbyint(magnitude * scale);
        if (m >= 1e15)
            break;
        if (m / scale == magnitude)
            return (struct decimal){(uint64_t)m, -k, m > 0 && d < 0};
    }
    (void)decimal_parse(str_bytes(text, json_format_real(d, text)), &out);
    return out;
}

/* Digits from *i on; those beyond 19 are dropped, but counted and remembered. */
static int take_digits(str s, size_t *i, u128 *v, int *dropped, bool *more)
{
    int n = 0;

    for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i, n++) {
        unsigned d = (unsigned)(s.p[*i] - '0');
        if (*v < power(DIGITS + 1)) {
            *v = *v * 10 + d;
        } else {
            ++*dropped;
            *more |= d != 0;
        }
    }
    return n;
}

bool decimal_parse(str s, struct decimal *out)
{
    size_t i = 0;
    u128 v = 0;
    int dropped = 0, shift, n, e = 0, sign = 1;
    bool negative, more = false;

    s = str_trim(s);
    if (s.n > 1000)
        return false;
    if (s.n == 0)
        return *out = (struct decimal){0}, true;
    negative = s.p[0] == '-';
    i += negative || s.p[0] == '+';
    n = take_digits(s, &i, &v, &dropped, &more);
    shift = dropped;
    if (i < s.n && s.p[i] == '.') {
        i++;
        int fraction = take_digits(s, &i, &v, &dropped, &more);
        n += fraction;
        shift -= fraction - (dropped - shift);
    }
    if (n == 0)
        return false;
    if (i < s.n && (s.p[i] | 0x20) == 'e') {
        i++;
        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
            sign = s.p[i++] == '-' ? -1 : 1;
        size_t from = i;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            e = e < 100000 ? e * 10 + (s.p[i] - '0') : e;
        if (i == from)
            return false;
    }
    if (i != s.n)
        return false;
    *out = normal(v, sign * e + shift, negative, more);
    return true;
}

bool decimal_to_json(struct decimal d, struct json *out)
{
    char text[48];

    if (d.exponent >= -22 && d.exponent < 0)
        while (d.exponent < 0 && d.digits % 10 == 0) {
            d.digits /= 10;
            d.exponent++;
        }
    if (d.exponent >= 0 && d.exponent <= DIGITS) {
        u128 v = d.digits * power(d.exponent);
        if (v <= (u128)INT64_MAX + d.negative) {
            *out = json_of_int(d.negative ? (int64_t)(0 - (uint64_t)v) : (int64_t)v);
            return true;
        }
    }
    snprintf(text, sizeof text, "%s%llue%d", d.negative ? "-" : "", (unsigned long long)d.digits,
             d.exponent);
    *out = (struct json){.type = J_REAL, .d = strtod(text, NULL)};
    return isfinite(out->d);
}

struct decimal decimal_negate(struct decimal d)
{
    d.negative = d.digits && !d.negative;
    return d;
}

/* The place of the first digit: comparing it decides between numbers of other size. */
static int magnitude(struct decimal d)
{
    return length_of(d.digits) + d.exponent;
}

static int compare_magnitude(struct decimal a, struct decimal b)
{
    if (!a.digits || !b.digits)
        return (a.digits > 0) - (b.digits > 0);
    int ma = magnitude(a), mb = magnitude(b);
    if (ma != mb)
        return ma < mb ? -1 : 1;
    /* equal size: exponents differ by less than 19 */
    u128 x = a.digits, y = b.digits;
    if (a.exponent > b.exponent)
        x *= power(a.exponent - b.exponent);
    else
        y *= power(b.exponent - a.exponent);
    return (x > y) - (x < y);
}

int decimal_compare(struct decimal a, struct decimal b)
{
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    return a.negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

struct decimal decimal_add(struct decimal a, struct decimal b)
{
    if (!a.digits || !b.digits)
        return a.digits ? a : b;
    if (a.exponent < b.exponent) {
        struct decimal c = a;
        a = b;
        b = c;
    }
    /* a has the higher exponent: move its digits up, as far as 37 digits allow */
    int gap = a.exponent - b.exponent, room = DIGITS_WIDE - 1 - length_of(a.digits);
    int up = gap < room ? gap : room, rest = gap - up;
    u128 x = a.digits * power(up), y = b.digits, lost = 0;
    if (rest > DIGITS_WIDE)
        rest = DIGITS_WIDE;
    if (rest > 0) {
        lost = y % power(rest);
        y /= power(rest);
    }
    int exponent = a.exponent - up;
    if (a.negative == b.negative)
        return normal(x + y, exponent, a.negative, lost != 0);
    /* what was lost makes the difference smaller: borrow one, and say that more follows */
    if (lost)
        y++;
    return x >= y ? normal(x - y, exponent, a.negative, lost != 0)
                  : normal(y - x, exponent, b.negative, lost != 0);
}

struct decimal decimal_multiply(struct decimal a, struct decimal b)
{
    return normal((u128)a.digits * b.digits, a.exponent + b.exponent, a.negative != b.negative,
                  false);
}

struct decimal decimal_divide(struct decimal a, struct decimal b)
{
    if (!a.digits)
        return a;
    int up = DIGITS_WIDE - length_of(a.digits), exponent = a.exponent - b.exponent - up;
    u128 x = a.digits * power(up), q = x / b.digits, rest = x % b.digits;

    /* with 19 digits there is none left to round at: the remainder decides */
    if (q < DIGITS_END && (rest * 2 > b.digits || (rest * 2 == b.digits && (q & 1))))
        q++;
    return normal(q, exponent, a.negative != b.negative, rest != 0);
}

struct decimal decimal_remainder(struct decimal a, struct decimal b)
{
    if (!a.digits || compare_magnitude(a, b) < 0)
        return a;
    int gap = a.exponent - b.exponent;
    if (gap < 0) {
        /* |a| >= |b|: b's digits moved down to a's place still fit */
        u128 y = (u128)b.digits * power(-gap > DIGITS ? DIGITS : -gap);
        return normal(a.digits % y, a.exponent, a.negative, false);
    }
    u128 x = a.digits % b.digits;
    for (; gap > 0 && x; gap--)
        x = x * 10 % b.digits;
    return normal(x, b.exponent, a.negative, false);
}

struct decimal decimal_round(struct decimal d, int places, enum rounding mode)
{
    int n = -places - d.exponent;

    if (n <= 0 || !d.digits)
        return d;
    /* beyond its digits a number is less than a tenth of the unit */
    u128 v =
        n > DIGITS ? cut(0, 1, true, d.negative, mode) : cut(d.digits, n, false, d.negative, mode);
    return normal(v, -places, d.negative, false);
}
