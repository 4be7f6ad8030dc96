/* simple.c - the patterns of forms, without the engine
 *
 * Most patterns of forms are "^", a few characters or classes with counts, "$": a passport
 * number, a country code. Such a pattern is a list of runs, each a set of ASCII characters with
 * least and most; matching walks the string once. That is exact only where no run ever has to
 * give back what it took: a run of varying length must not share a character with what may
 * follow. Everything else stays with PCRE2, and both agree wherever both apply (pattern_test).
 */
#include "schema/schema_int.h"

struct reader {
    str in;
    size_t i;
};

static void set_add(uint64_t set[2], unsigned char c)
{
    set[c / 64] |= (uint64_t)1 << c % 64;
}

static void set_range(uint64_t set[2], unsigned char from, unsigned char to)
{
    for (unsigned c = from; c <= to; c++)
        set_add(set, (unsigned char)c);
}

/* \d, \w or an escaped ASCII punctuation mark; *out_single is the mark, or 0 for a class. */
static bool read_escape(struct reader *r, uint64_t set[2], unsigned char *out_single)
{
    unsigned char c = r->i < r->in.n ? (unsigned char)r->in.p[r->i++] : 0;

    *out_single = 0;
    if (c == 'd' || c == 'w')
        set_range(set, '0', '9');
    if (c == 'w') {
        set_range(set, 'a', 'z');
        set_range(set, 'A', 'Z');
        set_add(set, '_');
    }
    if (c == 'd' || c == 'w')
        return true;
    bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (c <= 0x20 || c >= 0x7f || alnum)
        return false;
    set_add(set, c);
    *out_single = c;
    return true;
}

/* One member of a class: a character, an escape, or a range of characters. */
static bool read_member(struct reader *r, uint64_t set[2])
{
    unsigned char c = (unsigned char)r->in.p[r->i++], to;

    if (c == '\\') {
        if (!read_escape(r, set, &c))
            return false;
    } else if (c < 0x20 || c >= 0x7f || c == '[') {
        return false;
    } else {
        set_add(set, c);
    }
    if (!c || r->in.n - r->i < 2 || r->in.p[r->i] != '-' || r->in.p[r->i + 1] == ']')
        return true;
    to = (unsigned char)r->in.p[r->i + 1];
    r->i += 2;
    if (to == '\\' || to == '[' || to < c || to >= 0x7f)
        return false;
    set_range(set, c, to);
    return true;
}

static bool read_class(struct reader *r, uint64_t set[2])
{
    if (r->i < r->in.n && (r->in.p[r->i] == '^' || r->in.p[r->i] == ']'))
        return false;
    while (r->i < r->in.n && r->in.p[r->i] != ']')
        if (!read_member(r, set))
            return false;
    return r->i++ < r->in.n;
}

static bool read_atom(struct reader *r, uint64_t set[2])
{
    unsigned char c = (unsigned char)r->in.p[r->i++];

    if (c == '[')
        return read_class(r, set);
    if (c == '\\')
        return read_escape(r, set, &c);
    if (c < 0x20 || c >= 0x7f || strchr("^$.*+?()]{}|/", c))
        return false;
    set_add(set, c);
    return true;
}

/* A count of at most four digits; false if there is none. */
static bool read_number(struct reader *r, uint32_t *out)
{
    size_t from = r->i;
    uint32_t v = 0;

    while (r->i < r->in.n && r->in.p[r->i] >= '0' && r->in.p[r->i] <= '9' && r->i - from < 5)
        v = v * 10 + (uint32_t)(r->in.p[r->i++] - '0');
    *out = v;
    return r->i > from && r->i - from < 5;
}

static bool read_braces(struct reader *r, struct simple_run *run)
{
    if (!read_number(r, &run->min))
        return false;
    run->max = run->min;
    if (r->i < r->in.n && r->in.p[r->i] == ',') {
        r->i++;
        if (r->i < r->in.n && r->in.p[r->i] == '}')
            run->max = UINT32_MAX;
        else if (!read_number(r, &run->max))
            return false;
    }
    return r->i < r->in.n && r->in.p[r->i++] == '}' && run->min <= run->max;
}

static bool read_quantifier(struct reader *r, struct simple_run *run)
{
    run->min = run->max = 1;
    if (r->i == r->in.n)
        return true;
    switch (r->in.p[r->i]) {
    case '*':
        run->min = 0;
        run->max = UINT32_MAX;
        break;
    case '+':
        run->max = UINT32_MAX;
        break;
    case '?':
        run->min = 0;
        break;
    case '{':
        r->i++;
        if (!read_braces(r, run))
            return false;
        r->i--;
        break;
    default:
        return true;
    }
    r->i++;
    /* lazy or possessive: not ours */
    return r->i == r->in.n || !strchr("?+*{", r->in.p[r->i]);
}

/* Does no run have to give anything back? */
static bool is_exact(const struct simple *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (s->runs[i].min == s->runs[i].max)
            continue;
        for (unsigned k = i + 1; k < s->n; k++) {
            if ((s->runs[i].set[0] & s->runs[k].set[0]) || (s->runs[i].set[1] & s->runs[k].set[1]))
                return false;
            if (s->runs[k].min > 0)
                break;
        }
    }
    return true;
}

bool simple_compile(str text, struct simple *out)
{
    struct reader r = {.in = text, .i = 1};
    struct simple s = {0};

    if (text.n < 2 || text.p[0] != '^' || text.p[text.n - 1] != '$' || text.p[text.n - 2] == '\\')
        return false;
    r.in.n--;
    while (r.i < r.in.n) {
        struct simple_run *run = &s.runs[s.n];
        if (s.n++ == SIMPLE_RUNS || !read_atom(&r, run->set) || !read_quantifier(&r, run))
            return false;
    }
    if (!is_exact(&s))
        return false;
    *out = s;
    return true;
}

bool simple_match(const struct simple *s, str subject)
{
    const unsigned char *p = (const unsigned char *)subject.p, *end = p + subject.n;

    for (unsigned i = 0; i < s->n; i++) {
        const struct simple_run *run = &s->runs[i];
        uint32_t n = 0;
        while (n < run->max && p < end && *p < 128 && (run->set[*p / 64] >> *p % 64 & 1)) {
            p++;
            n++;
        }
        if (n < run->min)
            return false;
    }
    return p == end;
}
