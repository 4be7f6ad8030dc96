/* check_form.c - the form, its page plan, and whether they fit */
#include <stdio.h>

#include "package/check_int.h"

/* ---- the form as a tree of answers -------------------------------------------------------- */

/* Through a local reference, a few deep. */
static const struct json *resolved(const struct json *form, const struct json *schema)
{
    for (int i = 0; i < FORM_DEPTH; i++) {
        str ref = json_get_str(schema, S("$ref"));
        if (!str_starts(ref, S("#/")))
            return schema;
        schema = json_pointer(form, str_sub(ref, 1, ref.n));
    }
    return NULL;
}

static const struct json *child(const struct json *form, const struct json *schema, str part)
{
    const struct json *items = json_get(schema, S("items"));
    int64_t i;

    if (items && (str_eq(part, S("*")) || str_to_int64(part, &i)))
        return resolved(form, items);
    return resolved(form, json_get(json_get(schema, S("properties")), part));
}

const struct json *form_at(const struct json *form, str pointer)
{
    const struct json *schema = form;
    str rest = pointer, part;

    str_split(&rest, '/', &part);
    while (schema && str_split(&rest, '/', &part))
        schema = child(form, schema, part);
    return schema;
}

struct walk {
    void (*visit)(struct check *, void *, str, const struct json *, bool);
    void *context;
    unsigned visits; /* references may unfold a small form into an endless one */
};

static void walk(struct check *c, struct walk *w, const struct json *schema, str at, unsigned depth)
{
    const struct json *props = json_get(schema, S("properties"));
    const struct json *items = resolved(c->form, json_get(schema, S("items")));

    if (depth > FORM_DEPTH || ++w->visits > FORM_ANSWERS)
        return;
    bool leaf = !props && !json_get(items, S("properties"));
    if (at.n)
        w->visit(c, w->context, at, schema, leaf);
    for (uint32_t i = 0; json_is(props, J_OBJECT) && i < props->n; i++) {
        str below = str_printf(c->arena, "%.*s/%.*s", STR_FMT(at), STR_FMT(props->members[i].key));
        if (below.p)
            walk(c, w, resolved(c->form, &props->members[i].value), below, depth + 1);
    }
    if (!props && !leaf) {
        str below = str_printf(c->arena, "%.*s/*", STR_FMT(at));
        if (below.p)
            walk(c, w, items, below, depth + 1);
    }
}

void form_walk(struct check *c,
               void (*visit)(struct check *, void *, str, const struct json *, bool), void *context)
{
    struct walk w = {.visit = visit, .context = context};

    walk(c, &w, c->form, S(""), 0);
}

/* ---- fields ------------------------------------------------------------------------------- */

enum fits { FITS_STRING, FITS_DATE, FITS_CHOICE, FITS_BOOLEAN, FITS_NUMBER, FITS_OBJECT, FITS_ANY };

static const struct kind {
    const char *name, *wants;
    enum fits fits;
    bool subtree; /* one field asks for all members of an object */
} kinds[] = {
    {"text", "a string", FITS_STRING, false},
    {"latin", "a string", FITS_STRING, false},
    {"long", "a string", FITS_STRING, false},
    {"date", "a string with the format date", FITS_DATE, false},
    {"choice", "an enum", FITS_CHOICE, false},
    {"yesno", "a boolean", FITS_BOOLEAN, false},
    {"country", "a string", FITS_STRING, false},
    {"nationality", "a string", FITS_STRING, false},
    {"money", "an integer of minor units", FITS_NUMBER, false},
    {"number", "a number", FITS_NUMBER, false},
    {"phone", "a string", FITS_STRING, false},
    {"email", "a string", FITS_STRING, false},
    {"passport", "a string or an object", FITS_ANY, true},
    {"mrz", "a string", FITS_STRING, false},
    {"address", "an object", FITS_OBJECT, true},
    {"file", "a string or an object", FITS_ANY, true},
    {"person", "an object", FITS_OBJECT, true},
    {"signature", "a string", FITS_STRING, false},
};

static const struct kind *kind_of(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(name, str_of(kinds[i].name)))
            return &kinds[i];
    return NULL;
}

static bool kind_fits(const struct kind *k, const struct json *schema)
{
    str type = json_get_str(schema, S("type"));
    bool string = str_eq(type, S("string"));

    switch (k->fits) {
    case FITS_STRING:
        return string || (!type.p && json_get(schema, S("const")));
    case FITS_DATE:
        return string && str_eq(json_get_str(schema, S("format")), S("date"));
    case FITS_CHOICE:
        return json_is(json_get(schema, S("enum")), J_ARRAY);
    case FITS_BOOLEAN:
        return str_eq(type, S("boolean"));
    case FITS_NUMBER:
        return str_eq(type, S("integer")) ||
               (str_eq(type, S("number")) && strcmp(k->name, "money") != 0);
    case FITS_OBJECT:
        return str_eq(type, S("object"));
    case FITS_ANY:
        return string || str_eq(type, S("object"));
    }
    return false;
}

bool form_required(const struct json *form, str at)
{
    const struct json *schema = form, *list;
    str rest = at, part;

    str_split(&rest, '/', &part);
    while (schema && str_split(&rest, '/', &part)) {
        bool found = str_eq(part, S("*"));
        list = json_get(schema, S("required"));
        for (size_t i = 0; !found && json_at(list, i); i++)
            found = str_eq(json_str(json_at(list, i)), part);
        if (!found)
            return false;
        schema = child(form, schema, part);
    }
    return schema != NULL;
}

static void check_field(struct check *c, const struct json *page, const struct json *field,
                        const char *pointer)
{
    str at = json_get_str(field, S("at")), name = json_get_str(field, S("kind"));
    const struct json *schema = form_at(c->form, at);
    const struct kind *k = kind_of(name);
    str file = S("pages.json");

    if (!k)
        check_add(c, file, str_of(pointer), "take one of the kinds of docs/service-package.md",
                  "there is no kind \"%.*s\"", STR_FMT(name));
    if (!schema || !at.n) {
        check_add(c, file, str_of(pointer), "correct the pointer, or add the answer to form.json",
                  "the form has no answer at %.*s", STR_FMT(at));
        return;
    }
    if (k && !kind_fits(k, schema))
        check_add(c, file, str_of(pointer), "change the kind, or the type in form.json",
                  "a field of the kind %s wants %s at %.*s", k->name, k->wants, STR_FMT(at));
    if (str_eq(name, S("signature")) &&
        (str_find_char(str_sub(at, 1, at.n), '/') >= 0 || str_eq(at, S("/*"))))
        check_add(c, file, str_of(pointer), "give it a pointer of one part",
                  "a signature stands at the top of the answers, not at %.*s", STR_FMT(at));
    if ((json_get(field, S("when")) || json_get(page, S("when"))) && form_required(c->form, at))
        check_add(c, file, str_of(pointer),
                  "require it in form.json only under the same condition (if, then)",
                  "%.*s may be hidden, but the form always wants it: nobody could go on",
                  STR_FMT(at));
}

/* ---- coverage ----------------------------------------------------------------------------- */

static bool covers(const struct json *field, str leaf)
{
    str at = json_get_str(field, S("at"));
    const struct kind *k = kind_of(json_get_str(field, S("kind")));

    if (str_eq(at, leaf))
        return true;
    return k && k->subtree && str_starts(leaf, at) && leaf.n > at.n && leaf.p[at.n] == '/';
}

static void check_covered(struct check *c, void *context, str at, const struct json *schema,
                          bool leaf)
{
    const struct json *pages = json_get(c->pages, S("pages")), *fields, *field;
    unsigned n = 0;
    char pointer[64];

    (void)context;
    (void)schema;
    for (size_t i = 0; leaf && json_at(pages, i); i++) {
        fields = json_get(json_at(pages, i), S("fields"));
        for (size_t k = 0; (field = json_at(fields, k)); k++) {
            if (!covers(field, at) || ++n < 2)
                continue;
            snprintf(pointer, sizeof pointer, "/pages/%zu/fields/%zu", i, k);
            check_add(c, S("pages.json"), str_of(pointer), "ask for it once",
                      "%.*s is asked for already", STR_FMT(at));
        }
    }
    if (leaf && n == 0)
        check_add(c, S("pages.json"), S("/pages"), "add a field to a page",
                  "no page asks for %.*s of the form", STR_FMT(at));
}

static void check_repeat(struct check *c, const struct json *page, const char *pointer)
{
    const struct json *repeat = json_get(page, S("repeat")), *fields = json_get(page, S("fields"));
    str at = json_get_str(repeat, S("at")), file = S("pages.json");
    const struct json *list = repeat ? form_at(c->form, at) : NULL;

    if (!repeat)
        return;
    if (!str_eq(json_get_str(list, S("type")), S("array"))) {
        check_add(c, file, str_of(pointer), "name a list of the form",
                  "the form has no list at %.*s", STR_FMT(at));
        return;
    }
    int64_t max = json_get_int(repeat, S("max"), 0), min = json_get_int(repeat, S("min"), 0);
    if (max > json_get_int(list, S("maxItems"), max))
        check_add(c, file, str_of(pointer), "ask for as many as form.json takes",
                  "the form takes fewer items than the page asks for");
    if (min < json_get_int(list, S("minItems"), 0))
        check_add(c, file, str_of(pointer), "ask for as many as form.json wants",
                  "the form wants more items than the page begins with");
    for (size_t i = 0; json_at(fields, i); i++) {
        str field = json_get_str(json_at(fields, i), S("at"));
        if (!str_starts(field, at) || !str_starts(str_sub(field, at.n, field.n), S("/*")))
            check_add(c, file, str_of(pointer), "put it on another page",
                      "%.*s is no field of an item of %.*s", STR_FMT(field), STR_FMT(at));
    }
}

static void check_pages(struct check *c)
{
    const struct json *pages = json_get(c->pages, S("pages")), *field;
    char pointer[64];

    for (size_t i = 0; json_at(pages, i); i++) {
        const struct json *page = json_at(pages, i);
        snprintf(pointer, sizeof pointer, "/pages/%zu/repeat", i);
        check_repeat(c, page, pointer);
        for (size_t k = 0; (field = json_at(json_get(page, S("fields")), k)); k++) {
            snprintf(pointer, sizeof pointer, "/pages/%zu/fields/%zu", i, k);
            check_field(c, page, field, pointer);
        }
    }
    form_walk(c, check_covered, NULL);
}

void check_form_and_pages(struct check *c)
{
    struct schema *schema;
    struct fault f = {0};

    if (!c->form) {
        if (!package_file(c->files, S("form.json")))
            check_add(c, S("form.json"), S(""), "add it", "form.json is missing");
        return;
    }
    if (schema_compile(c->form, &(struct schema_options){.assert_formats = true}, &schema, &f) ==
        OK)
        schema_free(schema);
    else
        check_add(c, S("form.json"), str_of(f.pointer), "see JSON Schema, draft 2020-12", "%s",
                  f.detail);
    if (c->pages)
        check_pages(c);
}
