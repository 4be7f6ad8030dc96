/* telling.c - rows of a comparison as sentences in three languages, and as JSON
 *
 * A group of states or roles, below it what it may, and in one line that it may nothing else.
 */
#include <stdio.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "base/date.h"
#include "node/telling.h"

enum { NAMES_SHOWN = 24 };

/* ---- words --------------------------------------------------------------------------------- */

static str word(const struct telling *t, const char *key)
{
    char full[128];

    snprintf(full, sizeof full, "policy.%s", key);
    str s = catalogue_word(t->words, t->language, str_of(full));
    return s.p ? s : str_of(key);
}

/* The word with {name} replaced. */
static void say(struct telling *t, struct buf *b, const char *key, const struct telling_slot *slots,
                size_t n)
{
    str rest = word(t, key);

    for (size_t i = 0; i < rest.n; i++) {
        ptrdiff_t close = rest.p[i] == '{' ? str_find_char(str_sub(rest, i, rest.n), '}') : -1;
        if (close < 0) {
            buf_add_char(b, rest.p[i]);
            continue;
        }
        str name = str_sub(rest, i + 1, i + (size_t)close);
        for (size_t k = 0; k < n; k++)
            if (str_eq(str_of(slots[k].name), name))
                buf_add_str(b, slots[k].value);
        i += (size_t)close;
    }
}

void telling_say(struct telling *t, const char *key, const struct telling_slot *slots, size_t n)
{
    say(t, &t->out, key, slots, n);
    buf_add_char(&t->out, '\n');
}

/* The state in the reader's language: as the facts call it, else as the world does. */
void telling_state(struct telling *t, struct buf *b, str code)
{
    const struct fact_state *s = facts_state(policy_facts(t->new), code);
    str own = !s                             ? STR_NONE
              : str_eq(t->language, S("ar")) ? s->name_ar
              : str_eq(t->language, S("fr")) ? s->name_fr
                                             : s->name_en;
    char locale[16], language[4], name[256] = "";
    UChar wide[128];
    UErrorCode ec = U_ZERO_ERROR;

    if (!own.p) {
        snprintf(locale, sizeof locale, "und_%.*s", (int)(code.n < 4 ? code.n : 4), code.p);
        snprintf(language, sizeof language, "%.*s", (int)t->language.n, t->language.p);
        uloc_getDisplayCountry(locale, language, wide, ARRAY_LEN(wide), &ec);
        u_strToUTF8(name, sizeof name, NULL, wide, -1, &ec);
        own = U_SUCCESS(ec) && name[0] ? str_of(name) : code;
    }
    buf_printf(b, "%.*s (%.*s)", STR_FMT(own), STR_FMT(code));
}

static void put_states(struct telling *t, struct buf *b, const struct compare_row *r)
{
    char count[24];

    snprintf(count, sizeof count, "%zu", r->n_states);
    if (r->n_states > NAMES_SHOWN) {
        say(t, b, "states", &(struct telling_slot){"n", str_of(count)}, 1);
        return;
    }
    for (size_t i = 0; i < r->n_states; i++) {
        if (i)
            buf_add_str(b, word(t, "comma"));
        telling_state(t, b, r->states[i]);
    }
}

static void put_choice(struct telling *t, struct buf *b, const struct compare_choice *c)
{
    static const char *const kinds[CHOICE_KINDS] = {
        [CHOICE_YES] = "yes",         [CHOICE_NO] = "no",       [CHOICE_ABSENT] = "absent",
        [CHOICE_OTHER] = "other",     [CHOICE_SELF] = "self",   [CHOICE_ANOTHER] = "another",
        [CHOICE_OWN] = "own",         [CHOICE_ELSE] = "else",   [CHOICE_HOME] = "home",
        [CHOICE_PARTNER] = "partner", [CHOICE_THIRD] = "third", [CHOICE_EMPTY] = "empty",
        [CHOICE_ITS] = "its",         [CHOICE_ALL] = "all"};
    char key[32];

    if (c->kind == CHOICE_TEXT)
        buf_add_str(b, c->text);
    else if (c->kind == CHOICE_NUMBER)
        buf_printf(b, "%lld", (long long)c->number);
    else if (kinds[c->kind]) {
        snprintf(key, sizeof key, "choice.%s", kinds[c->kind]);
        buf_add_str(b, word(t, key));
    }
}

void telling_terms(struct telling *t, struct buf *b, const struct compare_row *r)
{
    for (size_t i = 0; i < r->n_terms; i++) {
        AUTO(buf) struct buf values = BUF(1 << 16);
        const struct compare_term *m = &r->terms[i];
        char key[96];
        for (size_t k = 0; k < m->n; k++) {
            if (k)
                buf_add_str(&values, word(t, "or"));
            put_choice(t, &values, m->choices[k]);
        }
        snprintf(key, sizeof key, "attribute.%.*s", (int)(m->name.n < 80 ? m->name.n : 80),
                 m->name.p);
        str name = word(t, key);
        if (name.p == key)
            name = m->name;
        if (i)
            buf_add_str(b, word(t, "and"));
        say(t, b, "is", (struct telling_slot[]){{"attribute", name}, {"values", buf_str(&values)}},
            2);
    }
}

static void put_list(struct telling *t, struct buf *b, const str *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_str(b, word(t, "comma"));
        buf_add_str(b, list[i]);
    }
}

static void put_verdict(struct telling *t, struct buf *b, const struct compare_verdict *v)
{
    static const char *const keys[] = {"no", "yes", "with"};
    AUTO(buf) struct buf promises = BUF(1 << 16);
    AUTO(buf) struct buf by = BUF(1 << 16);

    put_list(t, &promises, v->undertakings, v->n_undertakings);
    put_list(t, &by, v->by, v->n_by);
    say(t, b, v->n_by ? keys[v->kind] : "no-rule",
        (struct telling_slot[]){{"undertakings", buf_str(&promises)}, {"by", buf_str(&by)}}, 2);
}

/* "give {0|help} to a partner state" without its slots: "give help to a partner state". */
static void put_plain(struct buf *b, str word)
{
    for (size_t i = 0; i < word.n; i++) {
        bool slot = word.p[i] == '{' && i + 2 < word.n && word.p[i + 2] == '|';
        if (slot)
            i += 2; /* its number and the bar */
        else if (word.p[i] != '}')
            buf_add_char(b, word.p[i]);
    }
}

void telling_action(struct jw *w, const struct catalogue *words, str language, str action)
{
    AUTO(buf) struct buf b = BUF(1024);
    char key[128];

    snprintf(key, sizeof key, "prose.action.%.*s", (int)(action.n < 100 ? action.n : 100),
             action.p);
    put_plain(&b, catalogue_word(words, language, str_of(key)));
    jw_kv(w, S("action"), action);
    jw_kv(w, S("does"), b.n ? buf_str(&b) : action);
}

/* ---- as text ------------------------------------------------------------------------------- */

/* Agreements that begin or end between the two days for one of the row's states. */
static void put_causes(struct telling *t, struct buf *b, const struct compare_row *r)
{
    const struct facts *facts = policy_facts(t->new);
    int32_t from = t->ask.was.day, to = t->ask.is.day;
    bool any = false;

    for (size_t i = 0; i < facts_agreement_count(facts); i++) {
        const struct fact_agreement *a = facts_agreement_at(facts, i);
        bool touched = false;
        for (size_t k = 0; !touched && k < r->n_states; k++)
            touched = facts_agreement_binds(facts, a, r->states[k], from) !=
                      facts_agreement_binds(facts, a, r->states[k], to);
        if (!touched)
            continue;
        buf_add_str(b, any ? word(t, "comma") : word(t, "because"));
        buf_add_str(b, a->code);
        any = true;
    }
}

const char *telling_change(const struct compare_row *r)
{
    static const uint8_t rank[] = {[COMPARE_NO] = 0, [COMPARE_WITH] = 1, [COMPARE_YES] = 2};

    if (rank[r->is->kind] == rank[r->was->kind])
        return r->is->n_undertakings > r->was->n_undertakings   ? "harder"
               : r->is->n_undertakings < r->was->n_undertakings ? "easier"
                                                                : "other";
    return rank[r->is->kind] > rank[r->was->kind] ? "gains" : "loses";
}

static void put_row(struct telling *t, const struct compare_row *r)
{
    AUTO(buf) struct buf is = BUF(1 << 16);
    AUTO(buf) struct buf was = BUF(1 << 16);
    AUTO(buf) struct buf terms = BUF(1 << 18);
    struct buf *b = &t->out;

    put_verdict(t, &is, r->is);
    telling_terms(t, &terms, r);
    buf_add_str(b, S("    "));
    if (r->was) {
        put_verdict(t, &was, r->was);
        say(t, b, telling_change(r),
            (struct telling_slot[]){{"was", buf_str(&was)}, {"is", buf_str(&is)}}, 2);
    } else
        buf_add_str(b, buf_str(&is));
    if (r->n_terms)
        say(t, b, "when", &(struct telling_slot){"terms", buf_str(&terms)}, 1);
    if (r->was && t->old == NULL)
        put_causes(t, b, r);
    buf_add_char(b, '\n');
}

static void put_head(struct telling *t, const struct compare_row *r, const struct compare_row *last)
{
    struct buf *b = &t->out;

    if (!last || !str_eq(r->action, last->action) || !str_eq(r->principal, last->principal)) {
        char key[64];
        buf_add_str(b, last ? S("\n") : S(""));
        snprintf(key, sizeof key, "principal.%.*s",
                 (int)(r->principal.n < 40 ? r->principal.n : 40), r->principal.p);
        say(t, b, r->partner ? "towards" : "action",
            (struct telling_slot[]){{"action", r->action}, {"principal", word(t, key)}}, 2);
        buf_add_char(b, '\n');
        last = NULL;
    }
    if (r->partner && (!last || r->states != last->states)) {
        buf_add_str(b, S("  "));
        put_states(t, b, r);
        buf_add_char(b, '\n');
    }
}

static bool together(const struct compare_row *a, const struct compare_row *b)
{
    return a->states == b->states && str_eq(a->action, b->action) &&
           str_eq(a->principal, b->principal);
}

/* Adds to a list what is not in it yet. */
static size_t unite(str *list, size_t n, size_t max, const str *more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        bool there = false;
        for (size_t k = 0; k < n; k++)
            there |= str_eq(list[k], more[i]);
        if (!there && n < max)
            list[n++] = more[i];
    }
    return n;
}

/* All refusals of a group in one line, behind what is permitted. */
static void put_refusals(struct telling *t, const struct compare_row *rows, size_t n)
{
    AUTO(buf) struct buf ids = BUF(1 << 16);
    size_t refused = 0, n_by = 0;
    str by[64];

    for (size_t i = 0; i < n; i++)
        if (rows[i].is->kind == COMPARE_NO) {
            refused++;
            n_by = unite(by, n_by, ARRAY_LEN(by), rows[i].is->by, rows[i].is->n_by);
        }
    if (refused == 0)
        return;
    put_list(t, &ids, by, n_by);
    buf_add_str(&t->out, S("    "));
    say(t, &t->out, refused < n ? "otherwise" : n_by ? "choice.no" : "no-rule", NULL, 0);
    if (n_by)
        say(t, &t->out, "forbidden", &(struct telling_slot){"by", buf_str(&ids)}, 1);
    buf_add_char(&t->out, '\n');
}

void telling_text(struct telling *t)
{
    const struct compare_row *rows = t->answer.rows;

    for (size_t i = 0, n; i < t->answer.n_rows; i += n) {
        put_head(t, &rows[i], i ? &rows[i - 1] : NULL);
        for (n = 0; i + n < t->answer.n_rows && together(&rows[i], &rows[i + n]); n++)
            if (rows[i].was || rows[i + n].is->kind != COMPARE_NO)
                put_row(t, &rows[i + n]);
        if (!rows[i].was)
            put_refusals(t, &rows[i], n);
    }
    if (t->answer.n_rows == 0) {
        buf_add_str(&t->out, word(t, t->ask.was.policy ? "same" : "nothing"));
        buf_add_char(&t->out, '\n');
    }
}

void telling_agreements(struct telling *t)
{
    const struct facts *facts = policy_facts(t->new);

    for (size_t i = 0; i < facts_agreement_count(facts); i++) {
        const struct fact_agreement *a = facts_agreement_at(facts, i);
        bool was = a->from <= t->ask.was.day && t->ask.was.day <= a->until;
        bool is = a->from <= t->ask.is.day && t->ask.is.day <= a->until;
        str title = str_eq(t->language, S("ar"))   ? a->title_ar
                    : str_eq(t->language, S("fr")) ? a->title_fr
                                                   : a->title_en;
        char day[DAY_TEXT];
        if (was == is)
            continue;
        day_format(is ? a->from : a->until, day);
        say(t, &t->out, is ? "begins" : "ends",
            (struct telling_slot[]){{"code", a->code}, {"title", title}, {"day", str_of(day)}}, 3);
        buf_add_char(&t->out, '\n');
    }
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void jw_choice(struct jw *w, const struct compare_choice *c)
{
    static const char *const kinds[CHOICE_KINDS] = {
        [CHOICE_OTHER] = "any-other", [CHOICE_SELF] = "self",    [CHOICE_ANOTHER] = "another",
        [CHOICE_OWN] = "own",         [CHOICE_ELSE] = "another", [CHOICE_HOME] = "home",
        [CHOICE_PARTNER] = "partner", [CHOICE_THIRD] = "third",  [CHOICE_EMPTY] = "empty",
        [CHOICE_ITS] = "partners",    [CHOICE_ALL] = "all"};

    if (c->kind == CHOICE_TEXT)
        jw_string(w, c->text);
    else if (c->kind == CHOICE_NUMBER)
        jw_int(w, c->number);
    else if (c->kind == CHOICE_YES || c->kind == CHOICE_NO)
        jw_bool(w, c->kind == CHOICE_YES);
    else if (c->kind == CHOICE_GIVEN)
        jw_tree(w, c->given);
    else if (c->kind == CHOICE_ABSENT)
        jw_null(w);
    else {
        jw_open(w, '{');
        jw_kv(w, S("is"), str_of(kinds[c->kind]));
        jw_close(w, '}');
    }
}

static void jw_verdict(struct jw *w, str key, const struct compare_verdict *v)
{
    static const char *const kinds[] = {"no", "yes", "with-undertakings"};

    jw_key(w, key);
    jw_open(w, '{');
    jw_kv(w, S("verdict"), str_of(kinds[v->kind]));
    if (v->n_undertakings)
        jw_kv_strings(w, S("undertakings"), v->undertakings, v->n_undertakings);
    jw_kv_strings(w, S("by"), v->by, v->n_by);
    jw_close(w, '}');
}

static void jw_row(struct jw *w, const struct compare_row *r)
{
    static const char *const of[] = {"principal", "partner", "resource", "resource", "context"};

    jw_open(w, '{');
    jw_kv(w, S("action"), r->action);
    jw_kv(w, S("principal"), r->principal);
    if (r->partner)
        jw_kv_strings(w, S("partners"), r->states, r->n_states);
    jw_key(w, S("when"));
    jw_open(w, '[');
    for (size_t i = 0; i < r->n_terms; i++) {
        jw_open(w, '{');
        jw_kv(w, S("of"), str_of(of[r->terms[i].of]));
        jw_kv(w, S("attribute"), r->terms[i].name);
        jw_key(w, S("values"));
        jw_open(w, '[');
        for (size_t k = 0; k < r->terms[i].n; k++)
            jw_choice(w, r->terms[i].choices[k]);
        jw_close(w, ']');
        jw_close(w, '}');
    }
    jw_close(w, ']');
    if (r->was)
        jw_verdict(w, S("was"), r->was);
    jw_verdict(w, S("is"), r->is);
    jw_close(w, '}');
}

void telling_json(struct telling *t)
{
    for (size_t i = 0; i < t->answer.n_rows; i++) {
        struct jw w = JW(&t->out);
        jw_row(&w, &t->answer.rows[i]);
        buf_add_char(&t->out, '\n');
    }
}
