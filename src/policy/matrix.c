/* matrix.c - a row of a matrix as a policy
 *
 *   who          any | PART+PART, where a part is role:A|role:B or
 * state:A|organisation:B|recognised level cells  yes | no | undertakings joined by "+"; all empty:
 * levels do not matter conditions   words of the table below joined by "+", each may have "not-"
 * before it
 *
 * becomes
 *
 *   permit (principal is Sifara::Officer, action == Sifara::Action::"…", resource)
 *   when { who } when { levels } when { conditions };
 */
#include <stdlib.h>

#include "policy/matrix_int.h"

enum { POLICIES_MAX = 64 << 20, ARGUMENT = 200 };

static const struct condition conditions[] = {
    {"sanctioned", ARG_NONE, "context.partner.sanctioned"},
    {"adequate", ARG_NONE, "context.partner.adequate"},
    {"accredited", ARG_NONE, "context.partner.accreditation == \"accredited\""},
    {"accreditation", ARG_TEXT, "context.partner.accreditation == %s"},
    {"agreement", ARG_TEXT, "context.partner.agreements.contains(Sifara::Agreement::%s)"},
    {"undertaking", ARG_TEXT, "context.undertakings.contains(%s)"},
    {"purpose", ARG_TEXT, "context.purpose == %s"},
    {"urgent", ARG_NONE, "context.urgent"},
    {"aim", ARG_NONE, "context has aim"},
    {"free", ARG_NONE, "context.amount <= context.free"},
    {"balance-at-most", ARG_NUMBER, "context.partner.balance <= %s"},
    {"from", ARG_TEXT, "context.now >= datetime(%s)"},
    {"before", ARG_TEXT, "context.now < datetime(%s)"},
    {"personal", ARG_NONE, "resource.personal"},
    {"sensitive", ARG_NONE, "resource.sensitive"},
    {"releasable", ARG_NONE, "context.partner in resource.releasable"},
    {"originator", ARG_TEXT, "resource.originator == Sifara::State::%s"},
    {"from-originator", ARG_NONE, "resource.originator == context.partner"},
    {"owner", ARG_TEXT, "resource.owner == Sifara::State::%s"},
    {"citizen", ARG_TEXT, "resource.citizen == Sifara::State::%s"},
    {"citizen-of-partner", ARG_NONE, "resource.citizen == context.partner"},
    {"capability", ARG_TEXT, "resource.capability == %s"},
    {"own-authority", ARG_NONE, "principal.mission == resource.authority"},
    {"own-desk", ARG_NONE, "principal.mission == resource.queue"},
    {"own-mission", ARG_NONE, "principal.mission == resource"},
};

const struct condition *condition_at(size_t i)
{
    return i < ARRAY_LEN(conditions) ? &conditions[i] : NULL;
}

/* ---- Cedar text ----------------------------------------------------------------------------- */

void cedar_quote(struct buf *b, str s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(b, "\\u{%x}", c);
        else
            buf_add_char(b, (char)c);
    }
    buf_add_char(b, '"');
}

void condition_put(struct buf *b, const struct condition *c, str arg, bool neg)
{
    str text = str_of(c->cedar);
    ptrdiff_t at = str_find(text, S("%s"));
    bool brackets = neg && str_find_char(text, ' ') >= 0;

    buf_add_str(b, brackets ? S("!(") : neg ? S("!") : S(""));
    buf_add_str(b, at < 0 ? text : str_sub(text, 0, (size_t)at));
    if (c->arg == ARG_TEXT)
        cedar_quote(b, arg);
    else if (c->arg == ARG_NUMBER)
        buf_add_str(b, arg);
    if (at >= 0)
        buf_add_str(b, str_sub(text, (size_t)at + 2, text.n));
    buf_add_str(b, brackets ? S(")") : S(""));
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* A cell being read. */
struct cell {
    const struct table *t;
    const struct table_row *r;
    size_t column;
    struct fault *f;
};

#define CELL_FAULT(c, ...) table_fault((c)->f, (c)->t, (c)->r, (c)->column, __VA_ARGS__)

/* For messages: a text that may be long. */
static int shown(str s)
{
    return (int)(s.n < 60 ? s.n : 60);
}

/* A name that can stand in a cell again: no separator, no blank at its ends, no control. */
static enum err check_name(const struct cell *c, str s)
{
    bool good = s.n > 0 && s.n <= ARGUMENT && str_eq(s, str_trim(s));

    for (size_t i = 0; good && i < s.n; i++)
        good = (unsigned char)s.p[i] >= 0x20 && s.p[i] != '+' && s.p[i] != '|' && s.p[i] != 0x7f;
    return good ? OK : CELL_FAULT(c, "expected a name, found \"%.*s\"", shown(s), s.p);
}

/* "word:argument", or a word alone: then out_arg->p is NULL. */
static str cut_word(str token, str *out_arg)
{
    ptrdiff_t at = str_find_char(token, ':');

    *out_arg = at < 0 ? STR_NONE : str_sub(token, (size_t)at + 1, token.n);
    return at < 0 ? token : str_sub(token, 0, (size_t)at);
}

static enum err put_partner(struct buf *b, const struct cell *c, str token)
{
    str arg, word = cut_word(token, &arg);

    if (str_eq(token, S("recognised"))) {
        buf_add_str(b, S("context.partner.recognised"));
        return OK;
    }
    bool state = str_eq(word, S("state"));
    if (!arg.p || (!state && !str_eq(word, S("organisation"))))
        return CELL_FAULT(c,
                          "expected any, recognised, role:, state: or organisation:,"
                          " found \"%.*s\"",
                          shown(token), token.p);
    TRY(check_name(c, arg));
    buf_add_str(b, state ? S("context.partner == Sifara::State::")
                         : S("context.partner in Sifara::Organisation::"));
    cedar_quote(b, arg);
    return OK;
}

static enum err put_roles(struct buf *b, const struct cell *c, str part)
{
    bool many = str_find_char(part, '|') >= 0;
    str token, arg;

    buf_add_str(b, many ? S("principal.roles.containsAny([") : S("principal.roles.contains("));
    for (bool first = true; str_split(&part, '|', &token); first = false) {
        if (!str_eq(cut_word(str_trim(token), &arg), S("role")) || !arg.p)
            return CELL_FAULT(c, "roles stand with roles only, found \"%.*s\"", shown(token),
                              token.p);
        TRY(check_name(c, arg));
        buf_add_str(b, first ? S("") : S(", "));
        cedar_quote(b, arg);
    }
    buf_add_str(b, many ? S("])") : S(")"));
    return OK;
}

static enum err put_partners(struct buf *b, const struct cell *c, str part, bool brackets)
{
    str token;

    brackets &= str_find_char(part, '|') >= 0;
    buf_add_str(b, brackets ? S("(") : S(""));
    for (bool first = true; str_split(&part, '|', &token); first = false) {
        buf_add_str(b, first ? S("") : S(" || "));
        TRY(put_partner(b, c, str_trim(token)));
    }
    buf_add_str(b, brackets ? S(")") : S(""));
    return OK;
}

static enum err put_who(struct buf *b, const struct cell *c)
{
    str who = str_trim(c->r->cells[COL_WHO]), part;
    bool roles = false, partners = false;

    if (str_eq(who, S("any")))
        return OK;
    buf_add_str(b, S("when { "));
    while (str_split(&who, '+', &part)) {
        part = str_trim(part);
        bool role = str_starts(part, S("role:"));
        if ((role && (roles || partners)) || (!role && partners))
            return CELL_FAULT(c, "expected roles, then partners, each once");
        buf_add_str(b, roles ? S(" && ") : S(""));
        if (role)
            TRY(put_roles(b, c, part));
        else
            TRY(put_partners(b, c, part, roles));
        roles |= role;
        partners |= !role;
    }
    buf_add_str(b, S(" }\n"));
    return OK;
}

/* ---- levels --------------------------------------------------------------------------------- */

static enum err check_level(struct cell *c, bool forbid)
{
    str rest = c->r->cells[c->column], token;

    if (str_eq(rest, S("yes")) || str_eq(rest, S("no")))
        return OK;
    if (!rest.n)
        return CELL_FAULT(c, "expected yes, no or undertakings, as in the other levels");
    if (forbid)
        return CELL_FAULT(c, "a row that forbids says yes or no");
    while (str_split(&rest, '+', &token)) {
        TRY(check_name(c, token));
        if (str_eq(token, S("yes")) || str_eq(token, S("no")))
            return CELL_FAULT(c, "yes and no stand alone");
    }
    return OK;
}

static void put_undertakings(struct buf *b, str cell)
{
    bool many = str_find_char(cell, '+') >= 0;
    str token;

    buf_add_str(b, many ? S(" && context.undertakings.containsAll([")
                        : S(" && context.undertakings.contains("));
    for (bool first = true; str_split(&cell, '+', &token); first = false) {
        buf_add_str(b, first ? S("") : S(", "));
        cedar_quote(b, token);
    }
    buf_add_str(b, many ? S("])") : S(")"));
}

/* The levels from k on that have the same cell, with what it asks for. */
static void put_same_levels(struct buf *b, const struct table_row *r, size_t k)
{
    str cell = r->cells[COL_LEVELS + k];
    size_t n = 0;

    for (size_t i = k; i < LEVELS; i++)
        n += str_eq(r->cells[COL_LEVELS + i], cell);
    buf_add_str(b, n > 1 ? S("[") : S("resource.tlp == "));
    for (size_t i = k, put = 0; i < LEVELS; i++)
        if (str_eq(r->cells[COL_LEVELS + i], cell))
            buf_printf(b, "%sSifara::Tlp::\"%s\"", put++ ? ", " : "",
                       matrix_kind.columns[COL_LEVELS + i]);
    buf_add_str(b, n > 1 ? S("].contains(resource.tlp)") : S(""));
    if (!str_eq(cell, S("yes")))
        put_undertakings(b, cell);
}

static bool same_before(const struct table_row *r, size_t k)
{
    for (size_t i = 0; i < k; i++)
        if (str_eq(r->cells[COL_LEVELS + i], r->cells[COL_LEVELS + k]))
            return true;
    return false;
}

static enum err put_levels(struct buf *b, struct cell *c, bool forbid)
{
    bool said = false, first = true;

    for (size_t i = 0; i < LEVELS; i++)
        said |= c->r->cells[COL_LEVELS + i].n > 0;
    if (!said)
        return OK;
    for (size_t i = 0; i < LEVELS; i++) {
        c->column = COL_LEVELS + i;
        TRY(check_level(c, forbid));
    }
    buf_add_str(b, S("when { "));
    for (size_t i = 0; i < LEVELS; i++) {
        if (str_eq(c->r->cells[COL_LEVELS + i], S("no")) || same_before(c->r, i))
            continue;
        buf_add_str(b, first ? S("") : S(" || "));
        put_same_levels(b, c->r, i);
        first = false;
    }
    c->column = COL_LEVELS;
    if (first)
        return CELL_FAULT(c, "no level is yes: the row would say nothing");
    buf_add_str(b, S(" }\n"));
    return OK;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static enum err check_argument(const struct cell *c, const struct condition *k, str arg)
{
    int64_t n;

    if ((k->arg == ARG_NONE) == (arg.p != NULL))
        return CELL_FAULT(c, k->arg == ARG_NONE ? "%s stands alone" : "%s: wants a name behind it",
                          k->word);
    if (k->arg == ARG_TEXT)
        return check_name(c, arg);
    if (k->arg == ARG_NUMBER && !str_to_int64(arg, &n))
        return CELL_FAULT(c, "%s: expected a whole number", k->word);
    return OK;
}

static enum err put_condition(struct buf *b, const struct cell *c, str token)
{
    bool neg = str_starts(token, S("not-"));
    str arg, word = cut_word(neg ? str_sub(token, 4, token.n) : token, &arg);

    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        if (!str_eq(word, str_of(conditions[i].word)))
            continue;
        TRY(check_argument(c, &conditions[i], arg));
        condition_put(b, &conditions[i], arg, neg);
        return OK;
    }
    return CELL_FAULT(c, "no condition is called \"%.*s\"", shown(token), token.p);
}

static enum err put_conditions(struct buf *b, const struct cell *c)
{
    str rest = str_trim(c->r->cells[COL_CONDITIONS]), token;

    if (!rest.n)
        return OK;
    buf_add_str(b, S("when { "));
    for (bool first = true; str_split(&rest, '+', &token); first = false) {
        buf_add_str(b, first ? S("") : S(" && "));
        TRY(put_condition(b, c, str_trim(token)));
    }
    buf_add_str(b, S(" }\n"));
    return OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void put_note(struct buf *b, const struct table_row *r, size_t column)
{
    if (!r->cells[column].n)
        return;
    buf_printf(b, "@%s(", matrix_kind.columns[column]);
    cedar_quote(b, r->cells[column]);
    buf_add_str(b, S(")\n"));
}

static void put_notes(struct buf *b, const struct table_row *r)
{
    put_note(b, r, COL_ID);
    put_note(b, r, COL_TITLE);
    put_note(b, r, COL_BASIS);
    for (size_t i = 0; i < 3; i++)
        put_note(b, r, COL_REASONS + i);
}

enum err row_policy(struct buf *b, const struct table *t, const struct table_row *r,
                    struct fault *f)
{
    struct cell c = {t, r, COL_ID, f};
    str effect = r->cells[COL_EFFECT];
    bool forbid = str_eq(effect, S("forbid"));

    TRY(check_name(&c, r->cells[COL_ID]));
    c.column = COL_EFFECT;
    if (effect.n && !forbid && !str_eq(effect, S("permit")))
        return CELL_FAULT(&c, "expected permit or forbid");
    c.column = COL_ACTION;
    TRY(check_name(&c, r->cells[COL_ACTION]));
    put_notes(b, r);
    buf_add_str(b, forbid ? S("forbid") : S("permit"));
    buf_add_str(b, S(" (principal is Sifara::Officer, action == Sifara::Action::"));
    cedar_quote(b, r->cells[COL_ACTION]);
    buf_add_str(b, S(", resource)\n"));
    c.column = COL_WHO;
    TRY(put_who(b, &c));
    TRY(put_levels(b, &c, forbid));
    c.column = COL_CONDITIONS;
    TRY(put_conditions(b, &c));
    buf_add_str(b, S(";\n"));
    return OK;
}

static int by_id(const void *a, const void *b)
{
    const struct table_row *const *x = a, *const *y = b;
    int order = str_cmp((*x)->cells[COL_ID], (*y)->cells[COL_ID]);

    return order ? order : (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

/* The first column of each kind is the id. */
static enum err check_ids(const struct table *t, struct arena *a, struct fault *f)
{
    const struct table_row **sorted = arena_zalloc(a, t->n ? t->n : 1, sizeof(void *));

    TRY_PTR(sorted, f);
    for (size_t i = 0; i < t->n; i++)
        sorted[i] = &t->rows[i];
    qsort(sorted, t->n, sizeof *sorted, by_id);
    for (size_t i = 1; i < t->n; i++)
        if (str_eq(sorted[i]->cells[COL_ID], sorted[i - 1]->cells[COL_ID]))
            return table_fault(f, t, sorted[i], COL_ID, "\"%.*s\" stands twice",
                               shown(sorted[i]->cells[COL_ID]), sorted[i]->cells[COL_ID].p);
    return OK;
}

enum err matrix_policies(struct buf *out, const struct table *t, struct arena *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(POLICIES_MAX);
    struct cedar_source src = {t->file, {0}};

    TRY(check_ids(t, a, f));
    for (size_t i = 0; i < t->n; i++)
        TRY(row_policy(&b, t, &t->rows[i], f));
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "%.*s: too much text", STR_FMT(t->file));
    src.text = buf_str(&b);
    return cedar_format(out, &src, f);
}
