#include "service/services.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "paper/translit.h"
#include "schema/schema.h"
#include "service/cases_int.h"

enum { SERVICES_MAX = 256, WORDS_MAX = 32, SERVICES_ARENA = 64 << 20 };

struct services {
    struct arena *arena;
    size_t n;
    struct service list[SERVICES_MAX];
};

static enum err in_file(struct fault *f, const char *path, enum err e)
{
    char detail[sizeof f->detail];

    if (!f)
        return e;
    snprintf(detail, sizeof detail, "%s: %s", path, f->detail);
    memcpy(f->detail, detail, sizeof detail);
    return e;
}

static enum err read_json(struct arena *a, const char *path, const struct json **out,
                          struct fault *f)
{
    struct json *j;
    str text;

    TRY(fs_read(a, path, 4 << 20, &text, f));
    enum err e = json_parse(a, text, &json_limits_wide, &j, f);
    if (e != OK)
        return in_file(f, path, e);
    *out = j;
    return OK;
}

static enum err read_words(struct arena *a, const char *dir, struct service *s, struct fault *f)
{
    struct service_words *list = arena_zalloc(a, WORDS_MAX, sizeof *list);
    DIR *d = opendir(dir);
    enum err e = OK;

    if (!d || !list) {
        if (d)
            closedir(d);
        return fault(f, ERR_IO, "cannot read %s", dir);
    }
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        str name = str_of(entry->d_name);
        char path[4096];
        if (!str_starts(name, S("words.")) || !str_ends(name, S(".json")) || name.n < 13 ||
            s->n_words == WORDS_MAX)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        struct service_words *w = &list[s->n_words++];
        w->language = str_copy(a, str_sub(name, 6, name.n - 5));
        e = read_json(a, path, &w->words, f);
    }
    closedir(d);
    s->words = list;
    return e;
}

static enum err check_service(const struct service *s, const char *dir, struct fault *f)
{
    if (!s->name.n || !s->version.n || !s->series.n)
        return fault(f, ERR_INVALID, "%s/service.json: name, version and series are needed", dir);
    if (!service_word(s, S("en"), S("title")).p)
        return fault(f, ERR_INVALID, "%s: words.en.json needs a title", dir);
    return OK;
}

static enum err load_one(struct arena *a, const char *dir, struct service *s, struct fault *f)
{
    struct schema *schema;
    char path[4096];

    snprintf(path, sizeof path, "%s/service.json", dir);
    TRY(read_json(a, path, &s->doc, f));
    s->name = json_get_str(s->doc, S("name"));
    s->version = json_get_str(s->doc, S("version"));
    s->series = json_get_str(s->doc, S("series"));
    s->promise_days = (unsigned)json_get_int(s->doc, S("promise_days"), 10);
    s->retention_years = (unsigned)json_get_int(s->doc, S("retention_years"), 10);
    s->attachments_required = (unsigned)json_get_int(s->doc, S("attachments_required"), 0);
    snprintf(path, sizeof path, "%s/form.json", dir);
    TRY(read_json(a, path, &s->form, f));
    enum err e =
        schema_compile(s->form, &(struct schema_options){.assert_formats = true}, &schema, f);
    if (e != OK)
        return in_file(f, path, e);
    s->form_schema = schema;
    snprintf(path, sizeof path, "%s/template.svg", dir);
    TRY(fs_read(a, path, 1 << 20, &s->template_svg, f));
    TRY(read_words(a, dir, s, f));
    return check_service(s, dir, f);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct service *)a)->name, ((const struct service *)b)->name);
}

enum err services_load(const char *folder, struct services **out, struct fault *f)
{
    struct services *all = calloc(1, sizeof *all);
    DIR *d = opendir(folder);
    enum err e = OK;

    if (!all || !d || !(all->arena = arena_new(SERVICES_ARENA))) {
        if (d)
            closedir(d);
        free(all);
        return fault(f, ERR_IO, "cannot read %s", folder);
    }
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        char dir[4096], probe[4200];
        snprintf(dir, sizeof dir, "%s/%s", folder, entry->d_name);
        snprintf(probe, sizeof probe, "%s/service.json", dir);
        if (entry->d_name[0] == '.' || !fs_exists(probe))
            continue;
        if (all->n == SERVICES_MAX)
            e = fault(f, ERR_LIMIT, "more than %d services", SERVICES_MAX);
        else
            e = load_one(all->arena, dir, &all->list[all->n++], f);
    }
    closedir(d);
    if (e != OK) {
        services_free(all);
        return e;
    }
    qsort(all->list, all->n, sizeof all->list[0], by_name);
    *out = all;
    return OK;
}

void services_free(struct services *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        schema_free((struct schema *)all->list[i].form_schema);
    arena_free(all->arena);
    free(all);
}

const struct service *service_find(const struct services *all, str name)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->list[i].name, name))
            return &all->list[i];
    return NULL;
}

size_t services_count(const struct services *all)
{
    return all->n;
}

const struct service *service_at(const struct services *all, size_t i)
{
    return i < all->n ? &all->list[i] : NULL;
}

static str word_in(const struct service *s, str language, str key)
{
    for (size_t i = 0; i < s->n_words; i++)
        if (str_eq(s->words[i].language, language))
            return json_get_str(s->words[i].words, key);
    return STR_NONE;
}

str service_word(const struct service *s, str language, str key)
{
    str w = word_in(s, language, key);

    return w.p ? w : word_in(s, S("en"), key);
}

enum err service_check(const struct service *s, const struct json *answers, struct arena *a,
                       struct fault *f)
{
    struct fault found = {0};
    char pointer[sizeof found.pointer];

    if (!answers)
        return fault_at(f, ERR_SCHEMA, "/answers", "answers are needed");
    enum err e = schema_check(s->form_schema, answers, a, &found);
    if (e == OK || !f)
        return e;
    snprintf(pointer, sizeof pointer, "/answers%.180s", found.pointer);
    *f = found;
    memcpy(f->pointer, pointer, sizeof pointer);
    for (struct fault_item *i = f->items; i; i = i->next) {
        str longer = str_printf(a, "/answers%s", i->pointer);
        i->pointer = longer.p ? str_cstr(a, longer) : i->pointer;
        if (!i->pointer)
            i->pointer = "/answers";
    }
    return e;
}

/* ---- public reads ------------------------------------------------------------------------ */

/* A proposal for a name's Latin form: as passports write it, and as one would read it. Whoever
 * bears the name decides. */
enum err name_latin(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf passport = BUF(1024);
    AUTO(buf) struct buf reading = BUF(1024);
    str name = act_param(a, S("name"));
    struct jw w = JW(&a->reply);

    if (!name.n || name.n > 200)
        return fault_at(f, ERR_INVALID, "/name", "a name has 1 to 200 bytes");
    TRY(translit_mrz(name, TRANSLIT_ANY, &passport, f));
    TRY(translit_reading(name, TRANSLIT_ANY, &reading, f));
    jw_open(&w, '{');
    jw_kv(&w, S("passport"), buf_str(&passport));
    jw_kv(&w, S("reading"), buf_str(&reading));
    jw_close(&w, '}');
    return OK;
}

enum err service_list(struct act *a, struct fault *f)
{
    const struct services *all = a->house->services;
    str language = act_param(a, S("language"));
    struct jw w = JW(&a->reply);

    (void)f;
    if (!language.p)
        language = S("en");
    jw_open(&w, '{');
    jw_key(&w, S("services"));
    jw_open(&w, '[');
    for (size_t i = 0; i < all->n; i++) {
        const struct service *s = &all->list[i];
        jw_open(&w, '{');
        jw_kv(&w, S("name"), s->name);
        jw_kv(&w, S("version"), s->version);
        jw_kv(&w, S("title"), service_word(s, language, S("title")));
        jw_kv_int(&w, S("promise_days"), s->promise_days);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

enum err service_show(struct act *a, struct fault *f)
{
    const struct service *s = service_find(a->house->services, act_param(a, S("service")));
    struct jw w = JW(&a->reply);

    if (!s)
        return fault(f, ERR_NOT_FOUND, "no such service");
    jw_open(&w, '{');
    jw_key(&w, S("service"));
    jw_tree(&w, s->doc);
    jw_key(&w, S("form"));
    jw_tree(&w, s->form);
    jw_key(&w, S("words"));
    jw_open(&w, '{');
    for (size_t i = 0; i < s->n_words; i++) {
        jw_key(&w, s->words[i].language);
        jw_tree(&w, s->words[i].words);
    }
    jw_close(&w, '}');
    jw_close(&w, '}');
    return OK;
}
