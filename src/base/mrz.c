/* mrz.c - the zones as tables of fields
 *
 * Offsets count the characters of all lines run together, so that one table row places a field
 * and one range of rows says what the composite check digit covers.
 */
#include "base/mrz.h"

#include <assert.h>
#include <stdio.h>

enum kind { CODE, ISSUER, NAME, NUMBER, NATIONALITY, BIRTH, SEX, EXPIRY, OPTIONAL1, OPTIONAL2 };

struct field {
    enum kind kind;
    uint8_t at, n;
    uint8_t check; /* offset of its check digit, 0 if it has none */
};

struct range {
    uint8_t from, to;
};

struct layout {
    uint8_t lines, width;
    uint8_t fields;
    struct field field[10];
    struct range composite[4]; /* ends with an empty one */
    uint8_t composite_at;      /* 0 where the format has none */
};

static const struct layout layouts[] = {
    [MRZ_TD1] = {3,
                 30,
                 10,
                 {{CODE, 0, 2, 0},
                  {ISSUER, 2, 3, 0},
                  {NUMBER, 5, 9, 14},
                  {OPTIONAL1, 15, 15, 0},
                  {BIRTH, 30, 6, 36},
                  {SEX, 37, 1, 0},
                  {EXPIRY, 38, 6, 44},
                  {NATIONALITY, 45, 3, 0},
                  {OPTIONAL2, 48, 11, 0},
                  {NAME, 60, 30, 0}},
                 {{5, 30}, {30, 37}, {38, 45}, {48, 59}},
                 59},
    [MRZ_TD2] = {2,
                 36,
                 9,
                 {{CODE, 0, 2, 0},
                  {ISSUER, 2, 3, 0},
                  {NAME, 5, 31, 0},
                  {NUMBER, 36, 9, 45},
                  {NATIONALITY, 46, 3, 0},
                  {BIRTH, 49, 6, 55},
                  {SEX, 56, 1, 0},
                  {EXPIRY, 57, 6, 63},
                  {OPTIONAL1, 64, 7, 0}},
                 {{36, 46}, {49, 56}, {57, 71}, {0, 0}},
                 71},
    [MRZ_TD3] = {2,
                 44,
                 9,
                 {{CODE, 0, 2, 0},
                  {ISSUER, 2, 3, 0},
                  {NAME, 5, 39, 0},
                  {NUMBER, 44, 9, 53},
                  {NATIONALITY, 54, 3, 0},
                  {BIRTH, 57, 6, 63},
                  {SEX, 64, 1, 0},
                  {EXPIRY, 65, 6, 71},
                  {OPTIONAL1, 72, 14, 86}},
                 {{44, 54}, {57, 64}, {65, 87}, {0, 0}},
                 87},
    [MRZ_MRVA] =
        {2,
         44,
         9,
         {{CODE, 0, 2, 0},
          {ISSUER, 2, 3, 0},
          {NAME, 5, 39, 0},
          {NUMBER, 44, 9, 53},
          {NATIONALITY, 54, 3, 0},
          {BIRTH, 57, 6, 63},
          {SEX, 64, 1, 0},
          {EXPIRY, 65, 6, 71},
          {OPTIONAL1, 72, 16, 0}},
         {{0, 0}},
         0},
    [MRZ_MRVB] =
        {2,
         36,
         9,
         {{CODE, 0, 2, 0},
          {ISSUER, 2, 3, 0},
          {NAME, 5, 31, 0},
          {NUMBER, 36, 9, 45},
          {NATIONALITY, 46, 3, 0},
          {BIRTH, 49, 6, 55},
          {SEX, 56, 1, 0},
          {EXPIRY, 57, 6, 63},
          {OPTIONAL1, 64, 8, 0}},
         {{0, 0}},
         0},
};

static const char *const pointers[] = {
    [CODE] = "/code",
    [ISSUER] = "/issuer",
    [NAME] = "/primary",
    [NUMBER] = "/number",
    [BIRTH] = "/birth",
    [NATIONALITY] = "/nationality",
    [SEX] = "/sex",
    [EXPIRY] = "/expiry",
    [OPTIONAL1] = "/optional1",
    [OPTIONAL2] = "/optional2",
};

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Part 3, 4.9: digits count as themselves, A is 10, the filler 0; -1 outside the alphabet. */
static int weight_of(char c)
{
    if (is_digit(c))
        return c - '0';
    if (is_letter(c))
        return c - 'A' + 10;
    return c == '<' ? 0 : -1;
}

static bool check_add(str s, unsigned *sum, unsigned *position)
{
    static const unsigned weights[3] = {7, 3, 1};

    for (size_t i = 0; i < s.n; i++) {
        int w = weight_of(s.p[i]);
        if (w < 0)
            return false;
        *sum = (*sum + (unsigned)w * weights[*position % 3]) % 10;
        *position = (*position + 1) % 3;
    }
    return true;
}

char mrz_check_digit(str field)
{
    unsigned sum = 0, position = 0;

    return check_add(field, &sum, &position) ? (char)('0' + sum) : 0;
}

static char composite_digit(const struct layout *l, const char *flat)
{
    unsigned sum = 0, position = 0;

    for (size_t i = 0; i < ARRAY_LEN(l->composite) && l->composite[i].to; i++)
        check_add(str_bytes(flat + l->composite[i].from,
                            (size_t)(l->composite[i].to - l->composite[i].from)),
                  &sum, &position);
    return (char)('0' + sum);
}

/* --- names ----------------------------------------------------------------------------- */

#define MAX_PARTS 32

struct part {
    char text[40]; /* no field is longer */
    size_t n;
};

struct parts {
    struct part part[2 * MAX_PARTS];
    size_t n, primaries;
    bool cut;
};

static void part_end(struct parts *ps, size_t limit)
{
    if (ps->n < limit && ps->part[ps->n].n > 0)
        ps->n++;
}

/* Splits an identifier into components of capital letters. */
static bool parts_add(struct parts *ps, str s, size_t limit)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c == ' ' || c == '-' || c == ',' || c == '<') {
            part_end(ps, limit);
        } else if (str_starts(str_sub(s, i, s.n), S("\xe2\x80\x99"))) {
            i += 2; /* U+2019, the printers' apostrophe */
        } else if (c == '\'' || c == '.') {
            continue;
        } else if (!is_letter(c)) {
            return false;
        } else if (ps->n >= limit || ps->part[ps->n].n >= sizeof ps->part[0].text) {
            ps->cut = true;
        } else {
            ps->part[ps->n].text[ps->part[ps->n].n++] = c;
        }
    }
    part_end(ps, limit);
    return true;
}

static size_t parts_length(const struct parts *ps)
{
    size_t n = ps->n ? ps->n - 1 : 0; /* one filler between components */

    for (size_t i = 0; i < ps->n; i++)
        n += ps->part[i].n;
    return n + (ps->n > ps->primaries); /* and one more between the identifiers */
}

/* Makes the name fit: components shrink to their initials from the last one on; if even the
 * initials are too many, the last ones go, and what is left grows to fill the field. */
static void parts_shrink(struct parts *ps, size_t width)
{
    size_t original[2 * MAX_PARTS];

    for (size_t i = 0; i < ps->n; i++)
        original[i] = ps->part[i].n;
    for (size_t i = ps->n; i-- > 0 && parts_length(ps) > width;) {
        size_t over = parts_length(ps) - width;
        ps->part[i].n -= over < ps->part[i].n ? over : ps->part[i].n - 1;
    }
    while (parts_length(ps) > width) {
        if (ps->n > ps->primaries + 1 || ps->n == ps->primaries) {
            ps->n--;
        } else { /* one secondary component is kept, the primaries give way */
            ps->part[ps->primaries - 1] = ps->part[ps->n - 1];
            original[ps->primaries - 1] = original[ps->n - 1];
            ps->n--;
        }
        if (ps->primaries >= ps->n)
            ps->primaries = ps->n > 1 ? ps->n - 1 : ps->n;
    }
    for (size_t i = 0; i < ps->n; i++) {
        size_t spare = width - parts_length(ps), more = original[i] - ps->part[i].n;
        ps->part[i].n += more < spare ? more : spare;
    }
}

enum err mrz_name_field(str primary, str secondary, size_t width, char *out, bool *out_truncated,
                        struct fault *f)
{
    struct parts ps = {.n = 0};

    assert(width >= 4);
    if (!parts_add(&ps, primary, MAX_PARTS))
        return fault_at(f, ERR_INVALID, "/primary", "a name is written with Latin letters only");
    ps.primaries = ps.n;
    if (ps.n == 0)
        return fault_at(f, ERR_INVALID, "/primary", "the primary identifier is empty");
    if (!parts_add(&ps, secondary, 2 * MAX_PARTS))
        return fault_at(f, ERR_INVALID, "/secondary", "a name is written with Latin letters only");
    bool cut = ps.cut || parts_length(&ps) > width;
    if (parts_length(&ps) > width)
        parts_shrink(&ps, width);

    memset(out, '<', width);
    size_t at = 0;
    for (size_t i = 0; i < ps.n; i++) {
        at += (i > 0) + (i > 0 && i == ps.primaries);
        memcpy(out + at, ps.part[i].text, ps.part[i].n);
        at += ps.part[i].n;
    }
    if (out_truncated)
        *out_truncated = cut;
    return OK;
}

/* --- writing --------------------------------------------------------------------------- */

/* The member of a struct mrz that holds a field; NULL for names and sex. */
static char *member_of(const struct mrz *m, enum kind k, size_t *out_room)
{
    const char *p = NULL;

    switch (k) {
    case CODE:
        p = m->code, *out_room = sizeof m->code;
        break;
    case ISSUER:
        p = m->issuer, *out_room = sizeof m->issuer;
        break;
    case NUMBER:
        p = m->number, *out_room = sizeof m->number;
        break;
    case NATIONALITY:
        p = m->nationality, *out_room = sizeof m->nationality;
        break;
    case BIRTH:
        p = m->birth, *out_room = sizeof m->birth;
        break;
    case EXPIRY:
        p = m->expiry, *out_room = sizeof m->expiry;
        break;
    case OPTIONAL1:
        p = m->optional1, *out_room = sizeof m->optional1;
        break;
    case OPTIONAL2:
        p = m->optional2, *out_room = sizeof m->optional2;
        break;
    case NAME:
    case SEX:
        break;
    }
    return (char *)(uintptr_t)p;
}

/* Dates are six digits, of which those unknown are fillers; codes are letters. */
static bool kind_allows(enum kind k, char c)
{
    switch (k) {
    case CODE:
    case ISSUER:
    case NATIONALITY:
    case NAME:
        return is_letter(c) || c == '<';
    case BIRTH:
    case EXPIRY:
        return is_digit(c) || c == '<';
    case SEX:
        return c == 'M' || c == 'F' || c == '<';
    case NUMBER:
    case OPTIONAL1:
    case OPTIONAL2:
        return weight_of(c) >= 0;
    }
    return false;
}

static enum err check_kind(enum kind k, str s, struct fault *f)
{
    for (size_t i = 0; i < s.n; i++)
        if (!kind_allows(k, s.p[i]))
            return fault_at(f, ERR_INVALID, pointers[k], "character %zu does not belong here",
                            i + 1);
    return OK;
}

/* Part 5, 4.2.4 and Part 6, 4.2.4: of a long number the first nine characters stand in their
 * place, a filler where the check digit would be; the rest, the check digit and a filler begin
 * the optional field. */
static enum err write_long_number(const struct layout *l, const struct mrz *m, char *flat,
                                  struct fault *f)
{
    size_t n = strlen(m->number), rest = n - 9, own = strlen(m->optional1);
    const struct field *number = NULL, *optional = NULL;

    for (size_t i = 0; i < l->fields; i++) {
        if (l->field[i].kind == NUMBER)
            number = &l->field[i];
        if (l->field[i].kind == OPTIONAL1)
            optional = &l->field[i];
    }
    if ((m->format != MRZ_TD1 && m->format != MRZ_TD2) || rest + 2 + own > optional->n)
        return fault_at(f, ERR_RANGE, "/number", "the number is too long for this format");
    memcpy(flat + number->at, m->number, 9);
    char *p = flat + optional->at;
    memset(p, '<', optional->n);
    memcpy(p, m->number + 9, rest);
    p[rest] = mrz_check_digit(str_of(m->number));
    memcpy(p + rest + 2, m->optional1, own);
    flat[number->check] = '<';
    return OK;
}

static enum err write_field(const struct mrz *m, const struct field *fd, char *flat,
                            struct fault *f)
{
    size_t room;
    const char *from = member_of(m, fd->kind, &room);
    char sex[2] = {m->sex == 'X' || !m->sex ? '<' : m->sex, 0};

    if (fd->kind == NAME)
        return mrz_name_field(str_of(m->primary), str_of(m->secondary), fd->n, flat + fd->at, NULL,
                              f);
    if (fd->kind == SEX)
        from = sex;
    str s = str_of(from);
    TRY(check_kind(fd->kind, s, f));
    if ((fd->kind == BIRTH || fd->kind == EXPIRY) && s.n != 6)
        return fault_at(f, ERR_INVALID, pointers[fd->kind], "a date has six digits");
    if (fd->kind == NUMBER && s.n > fd->n)
        return OK; /* write_long_number has its turn later */
    if (s.n > fd->n)
        return fault_at(f, ERR_RANGE, pointers[fd->kind], "at most %u characters", fd->n);
    memcpy(flat + fd->at, s.p, s.n);
    /* Part 4, 4.2.2.2: no check digit for an unused personal number */
    if (fd->check && !(fd->kind == OPTIONAL1 && s.n == 0))
        flat[fd->check] = mrz_check_digit(str_bytes(flat + fd->at, fd->n));
    return OK;
}

enum err mrz_write(const struct mrz *m, char out[MRZ_ROOM], struct fault *f)
{
    const struct layout *l = &layouts[m->format];
    bool visa = m->format == MRZ_MRVA || m->format == MRZ_MRVB;
    char flat[MRZ_ROOM];

    if (!m->code[0] || (m->code[0] == 'V') != visa)
        return fault_at(f, ERR_INVALID, "/code", "visas, and only they, begin with V");
    memset(flat, '<', sizeof flat);
    for (size_t i = 0; i < l->fields; i++)
        TRY(write_field(m, &l->field[i], flat, f));
    if (strlen(m->number) > 9)
        TRY(write_long_number(l, m, flat, f));
    if (l->composite_at)
        flat[l->composite_at] = composite_digit(l, flat);
    char *to = out;
    for (size_t i = 0; i < l->lines; i++) {
        memcpy(to, flat + i * l->width, l->width);
        to += l->width;
        *to++ = i + 1 < l->lines ? '\n' : 0;
    }
    return OK;
}

/* --- reading --------------------------------------------------------------------------- */

static void wrong_add(struct mrz_wrong *w, const char *pointer, char found, char expected)
{
    if (found == expected)
        return;
    w->at[w->n].pointer = pointer;
    w->at[w->n].found = found;
    w->at[w->n].expected = expected;
    w->n++;
}

/* Runs the lines together and finds the format by their length. */
static enum err flatten(str text, char flat[MRZ_ROOM], enum mrz_format *out_format, struct fault *f)
{
    size_t n = 0, breaks[4], lines = 0;

    text = str_trim(text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
            continue;
        if (c == '\n') {
            if (lines == ARRAY_LEN(breaks))
                return fault(f, ERR_MALFORMED_TEXT, "too many lines");
            breaks[lines++] = n;
            continue;
        }
        if (weight_of(c) < 0 || n >= 90)
            return fault(f, ERR_MALFORMED_TEXT, "character %zu is outside the zone", i + 1);
        flat[n++] = c;
    }
    bool visa = n > 0 && flat[0] == 'V';
    enum mrz_format format = n == 90   ? MRZ_TD1
                             : n == 72 ? (visa ? MRZ_MRVB : MRZ_TD2)
                                       : (visa ? MRZ_MRVA : MRZ_TD3);
    const struct layout *l = &layouts[format];
    if (n != (size_t)l->lines * l->width)
        return fault(f, ERR_MALFORMED_TEXT, "%zu characters fit no format", n);
    if (lines != 0 && lines + 1 != l->lines)
        return fault(f, ERR_MALFORMED_TEXT, "%zu lines fit no format", lines + 1);
    for (size_t i = 0; i < lines; i++)
        if (breaks[i] != (i + 1) * l->width)
            return fault(f, ERR_MALFORMED_TEXT, "line %zu has the wrong length", i + 1);
    *out_format = format;
    return OK;
}

static str without_fillers(str s)
{
    while (s.n && s.p[s.n - 1] == '<')
        s.n--;
    return s;
}

static void copy_name(char *to, str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '<')
            to[n++] = s.p[i];
        else if (n && to[n - 1] != ' ')
            to[n++] = ' ';
    }
    while (n && to[n - 1] == ' ')
        n--;
    to[n] = 0;
}

static void read_name(struct mrz *m, str s)
{
    ptrdiff_t at = str_find(s, S("<<"));

    copy_name(m->primary, at < 0 ? s : str_sub(s, 0, (size_t)at));
    copy_name(m->secondary, at < 0 ? S("") : str_sub(s, (size_t)at, s.n));
}

/* The reverse of write_long_number; false if the zone has an ordinary number. */
static bool read_long_number(const struct layout *l, const char *flat, struct mrz *m,
                             struct mrz_wrong *w)
{
    const struct field *number = NULL, *optional = NULL;

    for (size_t i = 0; i < l->fields; i++) {
        if (l->field[i].kind == NUMBER)
            number = &l->field[i];
        if (l->field[i].kind == OPTIONAL1)
            optional = &l->field[i];
    }
    str field = str_bytes(flat + optional->at, optional->n);
    ptrdiff_t end = str_find_char(field, '<');
    if (m->format == MRZ_TD3 || m->format == MRZ_MRVA || m->format == MRZ_MRVB ||
        flat[number->check] != '<' || flat[number->at + 8] == '<' || end < 2)
        return false;
    memcpy(m->number, flat + number->at, 9);
    memcpy(m->number + 9, field.p, (size_t)end - 1);
    m->number[9 + end - 1] = 0;
    str rest = without_fillers(str_sub(field, (size_t)end + 1, field.n));
    memcpy(m->optional1, rest.p, rest.n);
    m->optional1[rest.n] = 0;
    wrong_add(w, "/number", field.p[end - 1], mrz_check_digit(str_of(m->number)));
    return true;
}

static enum err read_field(const struct field *fd, const char *flat, struct mrz *m,
                           struct mrz_wrong *w, struct fault *f)
{
    str s = str_bytes(flat + fd->at, fd->n);
    size_t room;
    char *to = member_of(m, fd->kind, &room);
    bool date = fd->kind == BIRTH || fd->kind == EXPIRY;

    TRY(check_kind(fd->kind, s, f));
    if (fd->check) {
        char found = flat[fd->check], expected = mrz_check_digit(s);
        bool unused = fd->kind == OPTIONAL1 && without_fillers(s).n == 0;
        if (!(unused && found == '<'))
            wrong_add(w, pointers[fd->kind], found, expected);
    }
    if (fd->kind == NAME) {
        read_name(m, s);
    } else if (fd->kind == SEX) {
        m->sex = s.p[0];
    } else {
        s = date ? s : without_fillers(s);
        assert(s.n < room);
        memcpy(to, s.p, s.n);
        to[s.n] = 0;
    }
    return OK;
}

enum err mrz_read(str text, struct mrz *out, struct mrz_wrong *out_wrong, struct fault *f)
{
    struct mrz m = {.sex = '<'};
    struct mrz_wrong w = {0};
    char flat[MRZ_ROOM] = {0};

    TRY(flatten(text, flat, &m.format, f));
    const struct layout *l = &layouts[m.format];
    bool is_long = read_long_number(l, flat, &m, &w);
    for (size_t i = 0; i < l->fields; i++) {
        bool done = is_long && (l->field[i].kind == NUMBER || l->field[i].kind == OPTIONAL1);
        if (!done)
            TRY(read_field(&l->field[i], flat, &m, &w, f));
    }
    if (!is_letter(m.code[0]))
        return fault_at(f, ERR_INVALID, "/code", "a zone begins with a letter");
    if (l->composite_at)
        wrong_add(&w, "/composite", flat[l->composite_at], composite_digit(l, flat));
    *out = m;
    *out_wrong = w;
    return OK;
}
