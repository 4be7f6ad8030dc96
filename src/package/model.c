#include "package/model.h"

#include <stdio.h>
#include <stdlib.h>

static enum err in_file(struct fault *f, const char *file, const char *pointer, enum err e)
{
    struct fault inner;

    if (!f || e == OK)
        return e;
    inner = *f;
    snprintf(f->detail, sizeof f->detail, "%s: %.220s", file, inner.detail);
    snprintf(f->pointer, sizeof f->pointer, "%.95s%.95s", pointer, inner.pointer);
    return e;
}

/* out NULL if there is no such file. */
static enum err read_json(struct arena *a, const struct package_files *files, const char *name,
                          const struct json **out, struct fault *f)
{
    const struct package_file *file = package_file(files, str_of(name));
    struct json *j;

    *out = NULL;
    if (!file)
        return OK;
    enum err e = json_parse(a, file->bytes, &json_limits_wide, &j, f);
    if (e == OK)
        *out = j;
    return in_file(f, name, "", e);
}

static enum err need_json(struct arena *a, const struct package_files *files, const char *name,
                          const struct json **out, struct fault *f)
{
    TRY(read_json(a, files, name, out, f));
    return *out ? OK : fault(f, ERR_INVALID, "%s is missing", name);
}

/* ---- rules -------------------------------------------------------------------------------- */

static enum err compile(const struct json *rule, const char *file, const char *pointer,
                        struct rules **out, struct fault *f)
{
    return rule ? in_file(f, file, pointer, rules_compile(rule, out, f)) : OK;
}

/* A list of {"id", member: RULE, words: KEY}. Without the member a rule holds always. */
static enum err load_rules(const struct json *list, const char *pointer, const char *member,
                           const char *words, struct package_rules *out, struct fault *f)
{
    char at[96];

    for (size_t i = 0; json_at(list, i); i++) {
        const struct json *doc = json_at(list, i);
        struct package_rule *r = &out->list[out->n];
        snprintf(at, sizeof at, "%s/%zu", pointer, i);
        if (out->n == PACKAGE_RULES)
            return fault_at(f, ERR_LIMIT, at, "rules.json: at most %d of a kind", PACKAGE_RULES);
        *r = (struct package_rule){.id = json_get_str(doc, S("id")),
                                   .words = json_get_str(doc, str_of(words)),
                                   .doc = doc};
        if (!r->id.n || !r->words.n)
            return fault_at(f, ERR_INVALID, at, "rules.json: \"id\" and \"%s\" are needed", words);
        for (size_t k = 0; k < out->n; k++)
            if (str_eq(out->list[k].id, r->id))
                return fault_at(f, ERR_INVALID, at, "rules.json: the id \"%.*s\" is there twice",
                                STR_FMT(r->id));
        out->n++;
        snprintf(at, sizeof at, "%s/%zu/%s", pointer, i, member);
        TRY(compile(json_get(doc, str_of(member)), "rules.json", at, &r->rule, f));
    }
    return OK;
}

static enum err load_fee(struct package *p, struct fault *f)
{
    const struct json *fee = json_get(p->rules, S("fee"));

    TRY(compile(json_get(fee, S("amount")), "rules.json", "/fee/amount", &p->fee, f));
    TRY(compile(json_get(fee, S("currency")), "rules.json", "/fee/currency", &p->currency, f));
    TRY(load_rules(json_get(fee, S("items")), "/fee/items", "amount", "label", &p->items, f));
    TRY(load_rules(json_get(fee, S("waivers")), "/fee/waivers", "when", "reason", &p->waivers, f));
    p->fee_step = json_get_int(fee, S("round_to"), 1);
    if (p->fee_step < 1 || p->fee_step > 1000000)
        return fault_at(f, ERR_INVALID, "/fee/round_to", "rules.json: 1 to 1,000,000 minor units");
    return OK;
}

static enum err load_all_rules(struct package *p, struct fault *f)
{
    TRY(load_rules(json_get(p->rules, S("eligibility")), "/eligibility", "rule", "reason",
                   &p->eligibility, f));
    TRY(load_fee(p, f));
    TRY(load_rules(json_get(p->rules, S("attachments")), "/attachments", "when", "label",
                   &p->attachments, f));
    return compile(json_get(p->rules, S("route")), "rules.json", "/route", &p->route, f);
}

/* ---- pages -------------------------------------------------------------------------------- */

/* "/grantor/name" is labelled by the word "field.grantor.name" unless the plan says otherwise;
 * items of a list leave no trace in the word. */
static str label_of(struct arena *a, str at)
{
    AUTO(buf) struct buf b = BUF(1024);
    str rest = at, part;

    buf_add_str(&b, S("field"));
    for (bool first = true; str_split(&rest, '/', &part); first = false) {
        if (first || str_eq(part, S("*")))
            continue;
        buf_add_char(&b, '.');
        buf_add_str(&b, part);
    }
    return str_copy(a, buf_str(&b));
}

static enum err load_field(struct arena *a, const struct json *doc, const char *pointer,
                           struct package_field *out, struct fault *f)
{
    char at[120];

    out->at = json_get_str(doc, S("at"));
    out->kind = json_get_str(doc, S("kind"));
    out->label = json_get_str(doc, S("label"));
    if (!str_starts(out->at, S("/")) || !out->kind.n)
        return fault_at(f, ERR_INVALID, pointer, "pages.json: \"at\" and \"kind\" are needed");
    if (!out->label.p)
        out->label = label_of(a, out->at);
    TRY_PTR(out->label.p, f);
    snprintf(at, sizeof at, "%s/when", pointer);
    return compile(json_get(doc, S("when")), "pages.json", at, &out->when, f);
}

/* Every field of the page is then one of an item. */
static enum err load_repeat(const struct json *doc, const char *pointer, struct package_page *out,
                            struct fault *f)
{
    const struct json *repeat = json_get(doc, S("repeat"));
    char at[120];

    if (!repeat)
        return OK;
    out->repeat = json_get_str(repeat, S("at"));
    out->item = json_get_str(repeat, S("item"));
    out->min = json_get_int(repeat, S("min"), -1);
    out->max = json_get_int(repeat, S("max"), -1);
    snprintf(at, sizeof at, "%s/repeat", pointer);
    if (!str_starts(out->repeat, S("/")) || !out->item.n || out->min < 0 || out->max < 1 ||
        out->max < out->min || out->max > PACKAGE_ITEMS)
        return fault_at(f, ERR_INVALID, at,
                        "pages.json: \"at\", \"item\", and \"min\" and \"max\" up to %d are needed",
                        PACKAGE_ITEMS);
    for (size_t i = 0; i < out->n_fields; i++) {
        str field = out->fields[i].at, rest = str_sub(field, out->repeat.n, field.n);
        if (!str_starts(field, out->repeat) || !str_starts(rest, S("/*")))
            return fault_at(f, ERR_INVALID, at, "pages.json: %.*s is no field of an item of %.*s",
                            STR_FMT(field), STR_FMT(out->repeat));
    }
    return OK;
}

static enum err load_page(struct arena *a, const struct json *doc, size_t i,
                          struct package_page *out, struct fault *f)
{
    const struct json *fields = json_get(doc, S("fields"));
    char at[96];

    out->id = json_get_str(doc, S("id"));
    out->title = json_get_str(doc, S("title"));
    snprintf(at, sizeof at, "/pages/%zu", i);
    if (!out->id.n || !out->title.n || !json_is(fields, J_ARRAY) || !fields->n)
        return fault_at(f, ERR_INVALID, at,
                        "pages.json: a page has \"id\", \"title\" and \"fields\"");
    if (fields->n > PACKAGE_FIELDS)
        return fault_at(f, ERR_LIMIT, at, "pages.json: at most %d fields", PACKAGE_FIELDS);
    out->fields = arena_zalloc(a, fields->n, sizeof *out->fields);
    TRY_PTR(out->fields, f);
    for (; out->n_fields < fields->n;) {
        snprintf(at, sizeof at, "/pages/%zu/fields/%zu", i, out->n_fields);
        struct package_field *field = &out->fields[out->n_fields++];
        TRY(load_field(a, json_at(fields, out->n_fields - 1), at, field, f));
    }
    snprintf(at, sizeof at, "/pages/%zu", i);
    TRY(load_repeat(doc, at, out, f));
    snprintf(at, sizeof at, "/pages/%zu/when", i);
    return compile(json_get(doc, S("when")), "pages.json", at, &out->when, f);
}

static enum err load_pages(struct arena *a, struct package *p, struct fault *f)
{
    const struct json *list = json_get(p->pages, S("pages"));
    size_t n = json_is(list, J_ARRAY) ? list->n : 0;

    if (n > PACKAGE_PAGES)
        return fault_at(f, ERR_LIMIT, "/pages", "pages.json: at most %d pages", PACKAGE_PAGES);
    p->page = arena_zalloc(a, n + 1, sizeof *p->page);
    TRY_PTR(p->page, f);
    while (p->n_pages < n) {
        struct package_page *page = &p->page[p->n_pages++];
        TRY(load_page(a, json_at(list, p->n_pages - 1), p->n_pages - 1, page, f));
    }
    return OK;
}

/* ---- words -------------------------------------------------------------------------------- */

static enum err load_words(struct arena *a, const struct package_files *files, struct package *p,
                           struct fault *f)
{
    for (size_t i = 0; i < files->n; i++) {
        str name = files->list[i].name;
        char cname[64];
        if (!str_starts(name, S("words.")) || !str_ends(name, S(".json")) || name.n < 13)
            continue;
        if (p->n_languages == PACKAGE_LANGUAGES)
            return fault(f, ERR_LIMIT, "at most %d languages", PACKAGE_LANGUAGES);
        snprintf(cname, sizeof cname, "%.*s", STR_FMT(name));
        TRY(read_json(a, files, cname, &p->languages[p->n_languages].words, f));
        p->languages[p->n_languages++].language = str_sub(name, 6, name.n - 5);
    }
    return package_word(p, S("en"), S("title")).p
               ? OK
               : fault_at(f, ERR_INVALID, "/title", "words.en.json needs a title");
}

static str word_in(const struct package *p, str language, str key)
{
    for (size_t i = 0; i < p->n_languages; i++)
        if (str_eq(p->languages[i].language, language))
            return json_get_str(p->languages[i].words, key);
    return STR_NONE;
}

str package_word(const struct package *p, str language, str key)
{
    str w = word_in(p, language, key);

    return w.p ? w : word_in(p, S("en"), key);
}

enum err package_say(const struct package *p, str language, str key, const struct json *args,
                     struct buf *b, struct fault *f)
{
    str own = word_in(p, language, key), pattern = own.p ? own : word_in(p, S("en"), key);
    struct message *m;

    if (!pattern.p)
        return fault(f, ERR_NOT_FOUND, "no word \"%.*s\"", STR_FMT(key));
    TRY(message_compile(pattern, own.p ? language : S("en"), &m, f));
    enum err e = message_format(m, args, b, f);
    message_free(m);
    return e;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err load_form(struct package *p, struct fault *f)
{
    return in_file(f, "form.json", "",
                   schema_compile(p->form, &(struct schema_options){.assert_formats = true},
                                  &p->form_schema, f));
}

/* A document that its workflow issues, and that has no art, would fail when an officer approves.
 * The common life goes without: what is served needs template.svg then, what is tried does not. */
static enum err load_art(const struct package_files *files, const struct workflow *w,
                         struct fault *f)
{
    for (size_t i = 0; !w->common && i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++) {
            str art = w->state[i].row[k].document;
            if (art.p && !package_file(files, art))
                return fault(f, ERR_INVALID, "workflow.json: there is no art \"%.*s\"",
                             STR_FMT(art));
        }
    return OK;
}

static enum err load(struct arena *a, const struct package_files *files, struct package *p,
                     struct fault *f)
{
    const struct json *workflow;

    TRY(need_json(a, files, "service.json", &p->service, f));
    TRY(need_json(a, files, "form.json", &p->form, f));
    TRY(read_json(a, files, "rules.json", &p->rules, f));
    TRY(read_json(a, files, "pages.json", &p->pages, f));
    TRY(read_json(a, files, "golden.json", &p->golden, f));
    TRY(read_json(a, files, "workflow.json", &workflow, f));
    p->name = json_get_str(p->service, S("name"));
    p->version = json_get_str(p->service, S("version"));
    p->giver = json_get_str(p->service, S("giver"));
    if (!p->name.n || !p->version.n)
        return fault(f, ERR_INVALID, "service.json: \"name\" and \"version\" are needed");
    TRY(load_form(p, f));
    TRY(load_pages(a, p, f));
    TRY(load_all_rules(p, f));
    TRY(in_file(f, "workflow.json", "", workflow_load(a, workflow, &p->workflow, f)));
    TRY(load_art(files, p->workflow, f));
    return load_words(a, files, p, f);
}

enum err package_load(struct arena *a, const struct package_files *files, struct package **out,
                      struct fault *f)
{
    struct package *p = *out = arena_zalloc(a, 1, sizeof *p);

    TRY_PTR(p, f);
    return load(a, files, p, f);
}

static void free_rules(struct package_rules *r)
{
    for (size_t i = 0; i < r->n; i++)
        rules_free(r->list[i].rule);
}

void package_free(struct package *p)
{
    if (!p)
        return;
    schema_free(p->form_schema);
    for (size_t i = 0; i < p->n_pages; i++) {
        rules_free(p->page[i].when);
        for (size_t k = 0; k < p->page[i].n_fields; k++)
            rules_free(p->page[i].fields[k].when);
    }
    free_rules(&p->eligibility);
    free_rules(&p->waivers);
    free_rules(&p->items);
    free_rules(&p->attachments);
    rules_free(p->fee);
    rules_free(p->currency);
    rules_free(p->route);
    workflow_free(p->workflow);
}
