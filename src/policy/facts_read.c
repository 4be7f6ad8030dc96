/* facts_read.c - facts from JSON: six files, each an object with one list of rows
 *
 * What a row may say is a table of fields (below); whatever a row says beyond that is refused, so
 * that a misspelt "sanctioned" does not pass for a state in good standing. Names among the rows are
 * resolved by facts_link.c, when all have been read.
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
    FIELD_LIST,  /* of codes, resolved later */
    FIELD_WORDS, /* of codes that stand for themselves: str * and size_t */
    FIELD_NOTE   /* for those who keep the file: where it comes from */
};

struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    size_t offset;
};

#define NOTES                                                                                      \
    {"note", FIELD_NOTE, false, 0},                                                                \
    {                                                                                              \
        "source", FIELD_NOTE, false, 0                                                             \
    }

static const struct field state_fields[] = {
    {"code", FIELD_STATE, true, offsetof(struct state, s.code)},
    {"name", FIELD_NAMES, false, offsetof(struct state, s.name_en)},
    {"home", FIELD_FLAG, false, offsetof(struct state, s.home)},
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
    {"mandate", FIELD_WORDS, false, offsetof(struct organisation, o.mandate)},
    NOTES,
};
static const struct field agreement_fields[] = {
    {"code", FIELD_CODE, true, offsetof(struct agreement, a.code)},
    {"title", FIELD_NAMES, true, offsetof(struct agreement, a.title_en)},
    {"basis", FIELD_TEXT, true, offsetof(struct agreement, a.basis)},
    {"basis_ar", FIELD_TEXT, false, offsetof(struct agreement, a.basis_ar)},
    {"basis_fr", FIELD_TEXT, false, offsetof(struct agreement, a.basis_fr)},
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

static const struct {
    str name, list;
    const struct field *fields;
    size_t n_fields, stride, max;
} files[FACT_FILES] = {
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

enum err fact_bad(struct reader *r, struct spot at, const char *fmt, ...)
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
        return fact_bad(r, at, "wants the three languages \"en\", \"ar\" and \"fr\"");
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        out[i] = json_get_str(v, str_of(languages[i]));
        if (!out[i].p || !is_text(out[i]))
            return fact_bad(r, at, "wants the language \"%s\", of at most %d bytes", languages[i],
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
        return fact_bad(r, at, "wants %s", kinds[kind].wants);
    *out = s;
    return OK;
}

/* Into two members that follow each other. */
static enum err read_words(struct reader *r, struct spot at, const struct json *v, const str **out)
{
    _Static_assert(offsetof(struct fact_organisation, n_mandate) ==
                       offsetof(struct fact_organisation, mandate) + sizeof(const str *),
                   "the number stands behind the list");
    size_t n = json_is(v, J_ARRAY) ? v->n : 0;
    str *words = arena_alloc(r->arena, (n + 1) * sizeof *words);

    TRY_PTR(words, r->fault);
    if (!json_is(v, J_ARRAY))
        return fact_bad(r, at, "wants a list of codes");
    for (size_t i = 0; i < n; i++) {
        at.item = (ptrdiff_t)i;
        words[i] = json_str(json_at(v, i));
        if (!words[i].p || !is_code(words[i]))
            return fact_bad(r, at, "wants letters, digits, '-', '.' and '_', at most 64");
    }
    *out = words;
    *(size_t *)(void *)(out + 1) = n;
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
            return fact_bad(r, at, "wants true or false");
        *(bool *)out = v->b;
        return OK;
    case FIELD_DAY:
        return day_parse(json_str(v), out) ? OK
                                           : fact_bad(r, at, "wants a date such as 2026-03-20");
    case FIELD_COUNT:
        if (!json_is(v, J_INT) || v->i < 0)
            return fact_bad(r, at, "wants a whole number that is not negative");
        *(int64_t *)out = v->i;
        return OK;
    case FIELD_WORDS:
        return read_words(r, at, v, out);
    case FIELD_LIST:
        return json_is(v, J_ARRAY) ? OK : fact_bad(r, at, "wants a list of codes");
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
        return fact_bad(r, at, "not an object");
    for (uint32_t k = 0; k < v->n; k++) {
        const struct field *field = field_called(file, v->members[k].key);
        if (!field)
            return fact_bad(r, at, "nothing here is called \"%.*s\"", SHOWN(v->members[k].key));
        at.field = field->name;
        TRY(read_field(r, at, field, &v->members[k].value, row));
        at.field = NULL;
    }
    for (size_t k = 0; k < files[file].n_fields; k++)
        if (files[file].fields[k].required && !json_get(v, str_of(files[file].fields[k].name)))
            return fact_bad(r, at, "\"%s\" is missing", files[file].fields[k].name);
    return OK;
}

/* ---- tables ------------------------------------------------------------------------------ */

static struct fact_table *table_of(struct reader *r, enum file file)
{
    struct fact_table *const tables[FACT_FILES] = {&r->facts->states,     &r->facts->organisations,
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
            return fact_bad(r, (struct spot){file, i, "code", -1}, "%.*s is there twice",
                            STR_FMT(code));
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
    for (enum file i = 0; i < FACT_FILES; i++) {
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

/* ---- together ------------------------------------------------------------------------------ */

static enum err read_all(struct reader *r, const struct cedar_source *src, size_t n)
{
    for (enum file i = 0; i < FACT_FILES; i++)
        table_of(r, i)->stride = files[i].stride;
    for (size_t i = 0; i < n; i++)
        if (str_starts(src[i].name, S("facts/")))
            TRY(read_source(r, &src[i]));
    return facts_link(r);
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
