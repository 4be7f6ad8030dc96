/* facts_read.c - facts from JSON: six files, each an object with one list of rows
 *
 * What a row may say is a table of fields (below); whatever a row says beyond that is refused, so
 * that a misspelt "sanctioned" does not pass for a state in good standing. First all rows are read,
 * then the names among them are resolved: members, parties, whose standing it is.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "policy/facts_int.h"

enum {
    FACTS_MEMORY = 256 << 20,
    FACTS_TEXT = 16 << 20,
    CODE_MAX = 64,
    TEXT_MAX = 500,
    STATES_MAX = 1000,
    ORGANISATIONS_MAX = 1000,
    AGREEMENTS_MAX = 20000,
    STANDINGS_MAX = 20000,
    AIMS_MAX = 1000
};

/* ---- what rows say ----------------------------------------------------------------------- */

enum field_kind {
    FIELD_STATE, /* two capital letters */
    FIELD_CODE,
    FIELD_NAMES, /* three str in a row: en, ar, fr */
    FIELD_TEXT,
    FIELD_FLAG,
    FIELD_DAY,
    FIELD_COUNT,
    FIELD_STANDING,
    FIELD_LIST, /* of codes, resolved later */
    FIELD_NOTE  /* for those who keep the file: where it comes from */
};

struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    size_t offset;
};

struct accreditation {
    str state, standing;
    int32_t since;
};

#define NOTES                                                                                      \
    {"note", FIELD_NOTE, false, 0},                                                                \
    {                                                                                              \
        "source", FIELD_NOTE, false, 0                                                             \
    }

static const struct field state_fields[] = {
    {"code", FIELD_STATE, true, offsetof(struct state, s.code)},
    {"name", FIELD_NAMES, false, offsetof(struct state, s.name_en)},
    {"recognised", FIELD_FLAG, false, offsetof(struct state, s.recognised)},
    {"sanctioned", FIELD_FLAG, false, offsetof(struct state, s.sanctioned)},
    {"adequate", FIELD_FLAG, false, offsetof(struct state, s.adequate)},
    NOTES,
};
static const struct field organisation_fields[] = {
    {"code", FIELD_CODE, true, offsetof(struct organisation, o.code)},
    {"name", FIELD_NAMES, true, offsetof(struct organisation, o.name_en)},
    {"members", FIELD_LIST, false, 0},
    {"in", FIELD_LIST, false, 0},
    NOTES,
};
static const struct field agreement_fields[] = {
    {"code", FIELD_CODE, true, offsetof(struct agreement, a.code)},
    {"title", FIELD_NAMES, true, offsetof(struct agreement, a.title_en)},
    {"basis", FIELD_TEXT, true, offsetof(struct agreement, a.basis)},
    {"parties", FIELD_LIST, true, 0},
    {"from", FIELD_DAY, true, offsetof(struct agreement, a.from)},
    {"until", FIELD_DAY, false, offsetof(struct agreement, a.until)},
    NOTES,
};
static const struct field accreditation_fields[] = {
    {"state", FIELD_STATE, true, offsetof(struct accreditation, state)},
    {"standing", FIELD_STANDING, true, offsetof(struct accreditation, standing)},
    {"since", FIELD_DAY, true, offsetof(struct accreditation, since)},
    NOTES,
};
static const struct field aim_fields[] = {
    {"code", FIELD_CODE, true, offsetof(struct fact_aim, code)},
    {"title", FIELD_NAMES, true, offsetof(struct fact_aim, title_en)},
    {"owner", FIELD_CODE, true, offsetof(struct fact_aim, owner)},
    {"measure", FIELD_TEXT, true, offsetof(struct fact_aim, measure)},
    {"target", FIELD_COUNT, true, offsetof(struct fact_aim, target)},
    {"from", FIELD_DAY, true, offsetof(struct fact_aim, from)},
    {"until", FIELD_DAY, false, offsetof(struct fact_aim, until)},
    NOTES,
};
static const struct field capability_fields[] = {
    {"code", FIELD_CODE, true, offsetof(struct fact_capability, code)},
    {"title", FIELD_NAMES, true, offsetof(struct fact_capability, title_en)},
    {"unit", FIELD_TEXT, true, offsetof(struct fact_capability, unit)},
    {"total", FIELD_COUNT, true, offsetof(struct fact_capability, total)},
    NOTES,
};

enum file { STATES, ORGANISATIONS, AGREEMENTS, ACCREDITATIONS, AIMS, CAPABILITIES, FILES };

static const struct {
    str name, list;
    const struct field *fields;
    size_t n_fields, stride, max;
} files[FILES] = {
#define ROW(name, fields, type, max)                                                               \
    {                                                                                              \
        {"facts/" name ".json", sizeof("facts/" name ".json") - 1}, {name, sizeof name - 1},       \
            fields, ARRAY_LEN(fields), sizeof(type), max                                           \
    }
    [STATES] = ROW("states", state_fields, struct state, STATES_MAX),
    [ORGANISATIONS] =
        ROW("organisations", organisation_fields, struct organisation, ORGANISATIONS_MAX),
    [AGREEMENTS] = ROW("agreements", agreement_fields, struct agreement, AGREEMENTS_MAX),
    [ACCREDITATIONS] =
        ROW("accreditations", accreditation_fields, struct accreditation, STANDINGS_MAX),
    [AIMS] = ROW("aims", aim_fields, struct fact_aim, AIMS_MAX),
    [CAPABILITIES] = ROW("capabilities", capability_fields, struct fact_capability, AIMS_MAX),
#undef ROW
};

struct reader {
    struct facts *facts;
    struct arena *arena;
    struct fault *fault;
    const struct json *rows[FILES]; /* the list of each file; NULL: no such file */
    struct fact_table standings;
};

/* Where in which file something is wrong. */
struct spot {
    enum file file;
    size_t row;
    const char *field;
    ptrdiff_t item; /* -1: the field itself */
};

static enum err bad(struct reader *r, struct spot at, const char *fmt, ...) PRINTF(3, 4);
static enum err bad(struct reader *r, struct spot at, const char *fmt, ...)
{
    char pointer[128], detail[192], item[24] = "";
    va_list args;

    va_start(args, fmt);
    vsnprintf(detail, sizeof detail, fmt, args);
    va_end(args);
    if (at.item >= 0)
        snprintf(item, sizeof item, "/%td", at.item);
    snprintf(pointer, sizeof pointer, "/%s/%zu%s%s%s", files[at.file].list.p, at.row,
             at.field ? "/" : "", at.field ? at.field : "", item);
    return fault_at(r->fault, ERR_INVALID, pointer, "%s: %s", files[at.file].name.p, detail);
}

/* ---- fields ------------------------------------------------------------------------------ */

/* Of what others wrote, as much as fits a message. */
#define SHOWN(s) (int)((s).n < 40 ? (s).n : 40), (s).p

static bool is_code(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (i > 0 && (c == '-' || c == '.' || c == '_'))))
            return false;
    }
    return s.n > 0 && s.n <= CODE_MAX;
}

static bool is_state_code(str s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static bool is_standing(str s)
{
    static const char *const names[] = {"none",      "proposed", "accredited",
                                        "suspended", "recalled", "severed"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(s, str_of(names[i])))
            return true;
    return false;
}

static bool is_text(str s)
{
    return s.n > 0 && s.n <= TEXT_MAX;
}

static enum err read_names(struct reader *r, struct spot at, const struct json *v, str *out)
{
    static const char *const languages[] = {"en", "ar", "fr"};

    if (!json_is(v, J_OBJECT) || v->n != ARRAY_LEN(languages))
        return bad(r, at, "wants the three languages \"en\", \"ar\" and \"fr\"");
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        out[i] = json_get_str(v, str_of(languages[i]));
        if (!out[i].p || !is_text(out[i]))
            return bad(r, at, "wants the language \"%s\", of at most %d bytes", languages[i],
                       TEXT_MAX);
    }
    return OK;
}

static enum err read_string(struct reader *r, struct spot at, enum field_kind kind,
                            const struct json *v, str *out)
{
    static const struct {
        bool (*is)(str);
        const char *wants;
    } kinds[] = {
        [FIELD_STATE] = {is_state_code, "a state's two capital letters"},
        [FIELD_CODE] = {is_code, "letters, digits, '-', '.' and '_', at most 64"},
        [FIELD_TEXT] = {is_text, "a text of at most 500 bytes"},
        [FIELD_NOTE] = {is_text, "a text of at most 500 bytes"},
        [FIELD_STANDING] = {is_standing,
                            "none, proposed, accredited, suspended, recalled or severed"},
    };
    str s = json_str(v);

    if (!s.p || !kinds[kind].is(s))
        return bad(r, at, "wants %s", kinds[kind].wants);
    *out = s;
    return OK;
}

static enum err read_field(struct reader *r, struct spot at, const struct field *field,
                           const struct json *v, char *row)
{
    void *out = row + field->offset;
    str ignored;

    switch (field->kind) {
    case FIELD_STATE:
    case FIELD_CODE:
    case FIELD_TEXT:
    case FIELD_STANDING:
        return read_string(r, at, field->kind, v, out);
    case FIELD_NOTE:
        return read_string(r, at, field->kind, v, &ignored);
    case FIELD_NAMES:
        return read_names(r, at, v, out);
    case FIELD_FLAG:
        if (!json_is(v, J_BOOL))
            return bad(r, at, "wants true or false");
        *(bool *)out = v->b;
        return OK;
    case FIELD_DAY:
        return day_parse(json_str(v), out) ? OK : bad(r, at, "wants a date such as 2026-03-20");
    case FIELD_COUNT:
        if (!json_is(v, J_INT) || v->i < 0)
            return bad(r, at, "wants a whole number that is not negative");
        *(int64_t *)out = v->i;
        return OK;
    case FIELD_LIST:
        return json_is(v, J_ARRAY) ? OK : bad(r, at, "wants a list of codes");
    }
    return OK;
}

static const struct field *field_called(enum file file, str name)
{
    for (size_t i = 0; i < files[file].n_fields; i++)
        if (str_eq(str_of(files[file].fields[i].name), name))
            return &files[file].fields[i];
    return NULL;
}

static enum err read_row(struct reader *r, enum file file, size_t i, const struct json *v,
                         char *row)
{
    struct spot at = {file, i, NULL, -1};

    if (!json_is(v, J_OBJECT))
        return bad(r, at, "not an object");
    for (uint32_t k = 0; k < v->n; k++) {
        const struct field *field = field_called(file, v->members[k].key);
        if (!field)
            return bad(r, at, "nothing here is called \"%.*s\"", SHOWN(v->members[k].key));
        at.field = field->name;
        TRY(read_field(r, at, field, &v->members[k].value, row));
        at.field = NULL;
    }
    for (size_t k = 0; k < files[file].n_fields; k++)
        if (files[file].fields[k].required && !json_get(v, str_of(files[file].fields[k].name)))
            return bad(r, at, "\"%s\" is missing", files[file].fields[k].name);
    return OK;
}

/* ---- tables ------------------------------------------------------------------------------ */

static struct fact_table *table_of(struct reader *r, enum file file)
{
    struct fact_table *const tables[FILES] = {&r->facts->states,     &r->facts->organisations,
                                              &r->facts->agreements, &r->standings,
                                              &r->facts->aims,       &r->facts->capabilities};

    return tables[file];
}

/* Standings have no code of their own: many rows of one state. */
static enum err index_table(struct reader *r, enum file file, struct fact_table *t)
{
    size_t size = 4;

    if (file == ACCREDITATIONS || t->n == 0)
        return OK;
    while (size < 2 * t->n)
        size *= 2;
    t->slots = arena_zalloc(r->arena, size, sizeof *t->slots);
    TRY_PTR(t->slots, r->fault);
    t->mask = size - 1;
    for (size_t i = 0; i < t->n; i++) {
        str code = *(const str *)(const void *)(t->items + i * t->stride);
        if (fact_find(t, code) >= 0)
            return bad(r, (struct spot){file, i, "code", -1}, "%.*s is there twice", STR_FMT(code));
        size_t at = str_hash(code) & t->mask;
        while (t->slots[at])
            at = (at + 1) & t->mask;
        t->slots[at] = (uint32_t)i + 1;
    }
    return OK;
}

static enum err read_rows(struct reader *r, enum file file, const struct json *list)
{
    struct fact_table *t = table_of(r, file);

    if (list->n > files[file].max)
        return fault(r->fault, ERR_LIMIT, "%s: at most %zu rows", files[file].name.p,
                     files[file].max);
    t->items = arena_zalloc(r->arena, list->n + 1, files[file].stride);
    TRY_PTR(t->items, r->fault);
    for (uint32_t i = 0; i < list->n; i++) {
        char *row = t->items + i * t->stride;
        if (file == AGREEMENTS)
            ((struct agreement *)(void *)row)->a.until = INT32_MAX;
        if (file == AIMS)
            ((struct fact_aim *)(void *)row)->until = INT32_MAX;
        TRY(read_row(r, file, i, json_at(list, i), row));
    }
    t->n = list->n;
    return index_table(r, file, t);
}

/* The text is copied: strings of the tree point into it. */
static enum err read_file(struct reader *r, enum file file, str text)
{
    struct json *tree;

    if (text.n > FACTS_TEXT)
        return fault(r->fault, ERR_LIMIT, "%s: at most %d MiB", files[file].name.p,
                     FACTS_TEXT >> 20);
    str copy = str_copy(r->arena, text);
    TRY_PTR(copy.p, r->fault);
    enum err e = json_parse(r->arena, copy, &json_limits_wide, &tree, r->fault);
    if (e != OK) {
        char detail[160];
        snprintf(detail, sizeof detail, "%.150s", r->fault ? r->fault->detail : "");
        return fault(r->fault, e == ERR_MALFORMED_JSON ? ERR_SYNTAX : e, "%s: %s",
                     files[file].name.p, detail);
    }
    const struct json *list = json_get(tree, files[file].list);
    if (!json_is(list, J_ARRAY))
        return fault(r->fault, ERR_INVALID, "%s: wants an object with the list \"%s\"",
                     files[file].name.p, files[file].list.p);
    for (uint32_t i = 0; i < tree->n; i++)
        if (!str_eq(tree->members[i].key, files[file].list) &&
            !str_eq(tree->members[i].key, S("note")) && !str_eq(tree->members[i].key, S("source")))
            return fault(r->fault, ERR_INVALID, "%s: nothing here is called \"%.*s\"",
                         files[file].name.p, SHOWN(tree->members[i].key));
    r->rows[file] = list;
    return read_rows(r, file, list);
}

static enum err read_source(struct reader *r, const struct cedar_source *src)
{
    for (enum file i = 0; i < FILES; i++) {
        if (!str_eq(src->name, files[i].name))
            continue;
        if (r->rows[i])
            return fault(r->fault, ERR_INVALID, "%s is there twice", files[i].name.p);
        return read_file(r, i, src->text);
    }
    return fault(r->fault, ERR_INVALID,
                 "%.*s: facts are in states, organisations, agreements, accreditations, aims and "
                 "capabilities",
                 SHOWN(src->name));
}

/* ---- names among facts --------------------------------------------------------------------- */

/* Room doubles whenever the number of positions reaches a power of two. */
static enum err push(struct reader *r, struct positions *p, size_t position)
{
    if (p->n == 0 || (p->n >= 4 && (p->n & (p->n - 1)) == 0)) {
        uint32_t *more = arena_alloc(r->arena, (p->n ? 2 * p->n : 4) * sizeof *more);
        TRY_PTR(more, r->fault);
        if (p->n)
            memcpy(more, p->at, p->n * sizeof *more);
        p->at = more;
    }
    p->at[p->n++] = (uint32_t)position;
    return OK;
}

/* Puts a state or an organisation into an organisation. */
static enum err join(struct reader *r, struct spot at, struct member *m, size_t organisation)
{
    for (size_t i = 0; i < m->up.n; i++)
        if (m->up.at[i] == organisation)
            return bad(r, at, "a membership that is there twice");
    return push(r, &m->up, organisation);
}

static enum err resolve_members(struct reader *r, size_t i, const struct json *list)
{
    struct facts *f = r->facts;

    for (uint32_t k = 0; list && k < list->n; k++) {
        struct spot at = {ORGANISATIONS, i, "members", k};
        str code = json_str(json_at(list, k));
        ptrdiff_t state = fact_find(&f->states, code), group = fact_find(&f->organisations, code);
        if (state < 0 && group < 0)
            return bad(r, at, "no state or organisation \"%.*s\"", SHOWN(code));
        TRY(join(r, at,
                 state >= 0 ? &state_at(f, (size_t)state)->m
                            : &organisation_at(f, (size_t)group)->m,
                 i));
    }
    return OK;
}

static enum err resolve_above(struct reader *r, size_t i, const struct json *list)
{
    for (uint32_t k = 0; list && k < list->n; k++) {
        struct spot at = {ORGANISATIONS, i, "in", k};
        str code = json_str(json_at(list, k));
        ptrdiff_t group = fact_find(&r->facts->organisations, code);
        if (group < 0)
            return bad(r, at, "no organisation \"%.*s\"", SHOWN(code));
        TRY(join(r, at, &organisation_at(r->facts, i)->m, (size_t)group));
    }
    return OK;
}

static enum err resolve_organisations(struct reader *r)
{
    for (size_t i = 0; i < r->facts->organisations.n; i++) {
        const struct json *row = json_at(r->rows[ORGANISATIONS], i);
        str code = organisation_at(r->facts, i)->o.code;
        if (fact_find(&r->facts->states, code) >= 0)
            return bad(r, (struct spot){ORGANISATIONS, i, "code", -1},
                       "%.*s is a state: call the organisation otherwise", STR_FMT(code));
        TRY(resolve_members(r, i, json_get(row, S("members"))));
        TRY(resolve_above(r, i, json_get(row, S("in"))));
    }
    return OK;
}

/* ---- organisations above ------------------------------------------------------------------- */

enum { NEW, OPEN, DONE };

struct climb {
    struct reader *r;
    size_t *path, depth;
};

/* The organisations from the one met again to the last of the path. */
static enum err cycle(struct climb *c, size_t again)
{
    char text[160] = "";
    size_t from = 0, n = 0;

    while (c->path[from] != again)
        from++;
    for (size_t i = from; i < c->depth && n < sizeof text - 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s in ",
                              SHOWN(organisation_at(c->r->facts, c->path[i])->o.code));
    return bad(c->r, (struct spot){ORGANISATIONS, again, NULL, -1}, "a cycle: %s%.*s", text,
               SHOWN(organisation_at(c->r->facts, again)->o.code));
}

static enum err climb(struct climb *c, size_t i);

static enum err climb_member(struct climb *c, struct member *m)
{
    size_t words = c->r->facts->organisations.n / 64 + 1;

    m->above = arena_zalloc(c->r->arena, words, sizeof *m->above);
    TRY_PTR(m->above, c->r->fault);
    for (size_t k = 0; k < m->up.n; k++) {
        size_t up = m->up.at[k];
        TRY(climb(c, up));
        m->above[up / 64] |= UINT64_C(1) << up % 64;
        for (size_t w = 0; w < words; w++)
            m->above[w] |= organisation_at(c->r->facts, up)->m.above[w];
    }
    return OK;
}

/* Depth first; no path is longer than there are organisations. */
static enum err climb(struct climb *c, size_t i)
{
    struct organisation *o = organisation_at(c->r->facts, i);

    if (o->mark == DONE)
        return OK;
    if (o->mark == OPEN)
        return cycle(c, i);
    o->mark = OPEN;
    c->path[c->depth++] = i;
    TRY(climb_member(c, &o->m));
    c->depth--;
    o->mark = DONE;
    return OK;
}

static enum err find_above(struct reader *r)
{
    struct facts *f = r->facts;
    struct climb c = {.r = r};

    c.path = arena_zalloc(r->arena, f->organisations.n + 1, sizeof *c.path);
    TRY_PTR(c.path, r->fault);
    for (size_t i = 0; i < f->organisations.n; i++)
        TRY(climb(&c, i));
    for (size_t i = 0; i < f->states.n; i++)
        TRY(climb_member(&c, &state_at(f, i)->m));
    return OK;
}

/* ---- parties, standings, spans --------------------------------------------------------------- */

static enum err add_party(struct reader *r, size_t i, size_t k, str code)
{
    struct agreement *a = agreement_at(r->facts, i);
    ptrdiff_t state = fact_find(&r->facts->states, code);
    ptrdiff_t group = fact_find(&r->facts->organisations, code);

    if (state >= 0)
        return push(r, &a->states, (size_t)state);
    if (group >= 0)
        return push(r, &a->organisations, (size_t)group);
    return bad(r, (struct spot){AGREEMENTS, i, "parties", (ptrdiff_t)k},
               "no state or organisation \"%.*s\"", SHOWN(code));
}

/* The states that it binds, whoever of them signed. */
static enum err bind_states(struct reader *r, size_t i)
{
    const struct agreement *a = agreement_at(r->facts, i);

    for (size_t s = 0; s < r->facts->states.n; s++) {
        struct state *state = state_at(r->facts, s);
        bool bound = false;
        for (size_t k = 0; !bound && k < a->states.n; k++)
            bound = a->states.at[k] == s;
        for (size_t k = 0; !bound && k < a->organisations.n; k++)
            bound = is_above(&state->m, a->organisations.at[k]);
        if (bound)
            TRY(push(r, &state->agreements, i));
    }
    return OK;
}

static enum err resolve_agreements(struct reader *r)
{
    for (size_t i = 0; i < r->facts->agreements.n; i++) {
        const struct json *list = json_get(json_at(r->rows[AGREEMENTS], i), S("parties"));
        struct agreement *a = agreement_at(r->facts, i);
        if (list->n == 0)
            return bad(r, (struct spot){AGREEMENTS, i, "parties", -1}, "nobody is a party");
        if (a->a.until < a->a.from)
            return bad(r, (struct spot){AGREEMENTS, i, "until", -1}, "ends before it begins");
        for (uint32_t k = 0; k < list->n; k++)
            TRY(add_party(r, i, k, json_str(json_at(list, k))));
        a->uid = cedar_uid(S("Sifara::Agreement"), a->a.code);
        TRY(bind_states(r, i));
    }
    return OK;
}

static enum err check_aims(struct reader *r)
{
    for (size_t i = 0; i < r->facts->aims.n; i++) {
        const struct fact_aim *a = facts_aim_at(r->facts, i);
        if (a->until < a->from)
            return bad(r, (struct spot){AIMS, i, "until", -1}, "ends before it begins");
    }
    return OK;
}

static int by_since(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;

    return (x->since > y->since) - (x->since < y->since);
}

static enum err sort_standings(struct reader *r, struct state *s)
{
    qsort(s->standings, s->n_standings, sizeof *s->standings, by_since);
    for (size_t i = 1; i < s->n_standings; i++) {
        const struct standing *x = &s->standings[i - 1], *y = &s->standings[i];
        if (x->since == y->since)
            return bad(
                r, (struct spot){ACCREDITATIONS, x->row > y->row ? x->row : y->row, "since", -1},
                "%.*s has two standings from that day", STR_FMT(s->s.code));
    }
    return OK;
}

static enum err resolve_standings(struct reader *r)
{
    const struct accreditation *list = (const void *)r->standings.items;

    for (size_t i = 0; i < r->standings.n; i++) {
        ptrdiff_t at = fact_find(&r->facts->states, list[i].state);
        if (at < 0)
            return bad(r, (struct spot){ACCREDITATIONS, i, "state", -1}, "no state \"%.*s\"",
                       STR_FMT(list[i].state));
        state_at(r->facts, (size_t)at)->n_standings++;
    }
    for (size_t i = 0; i < r->facts->states.n; i++) {
        struct state *s = state_at(r->facts, i);
        s->standings = arena_zalloc(r->arena, s->n_standings + 1, sizeof *s->standings);
        TRY_PTR(s->standings, r->fault);
        s->n_standings = 0;
    }
    for (size_t i = 0; i < r->standings.n; i++) {
        struct state *s = state_at(r->facts, (size_t)fact_find(&r->facts->states, list[i].state));
        s->standings[s->n_standings++] =
            (struct standing){list[i].since, (uint32_t)i, list[i].standing};
    }
    for (size_t i = 0; i < r->facts->states.n; i++)
        TRY(sort_standings(r, state_at(r->facts, i)));
    return OK;
}

/* ---- together ------------------------------------------------------------------------------ */

static enum err read_all(struct reader *r, const struct cedar_source *src, size_t n)
{
    for (enum file i = 0; i < FILES; i++)
        table_of(r, i)->stride = files[i].stride;
    for (size_t i = 0; i < n; i++)
        if (str_starts(src[i].name, S("facts/")))
            TRY(read_source(r, &src[i]));
    TRY(resolve_organisations(r));
    TRY(find_above(r));
    TRY(resolve_agreements(r));
    TRY(resolve_standings(r));
    return check_aims(r);
}

enum err facts_read(const struct cedar_source *src, size_t n, struct facts **out, struct fault *f)
{
    struct arena *a = arena_new(FACTS_MEMORY);
    struct fault own = {0}; /* what json_parse says is told with the file */
    struct reader r = {.arena = a, .fault = f ? f : &own};

    if (!a)
        return fault(f, ERR_MEMORY, "out of memory");
    r.facts = arena_new_of(a, struct facts);
    if (!r.facts) {
        arena_free(a);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    r.facts->arena = a;
    enum err e = read_all(&r, src, n);
    if (e != OK) {
        facts_free(r.facts);
        return e;
    }
    *out = r.facts;
    return OK;
}
