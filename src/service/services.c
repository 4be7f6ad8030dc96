#include "service/services.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "paper/translit.h"
#include "service/cases_int.h"

enum { SERVICES_MAX = 256, SERVICES_ARENA = 256 << 20 };

struct services {
    struct arena *arena;
    size_t n;
    struct service list[SERVICES_MAX];
};

str service_art(const struct service *s, str name)
{
    const struct package_file *file = package_file(s->files, name);

    return file ? file->bytes : STR_NONE;
}

static enum err check_service(const struct service *s, const char *dir, struct fault *f)
{
    const struct workflow *w = s->package->workflow;

    if (!s->name.n || !s->version.n || !s->series.n)
        return fault(f, ERR_INVALID, "%s/service.json: name, version and series are needed", dir);
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++) {
            str art = w->state[i].row[k].document;
            if (art.p && !service_art(s, art).p)
                return fault(f, ERR_INVALID, "%s: %.*s is missing", dir, STR_FMT(art));
        }
    return OK;
}

static enum err load_one(struct arena *a, const char *dir, struct service *s, struct fault *f)
{
    struct package_files *files = arena_zalloc(a, 1, sizeof *files);
    struct package *p = NULL;

    TRY_PTR(files, f);
    TRY(package_read_folder(a, dir, files, f));
    enum err e = package_load(a, files, &p, f);
    s->package = p;
    if (e != OK) {
        char detail[sizeof f->detail];
        memcpy(detail, f->detail, sizeof detail);
        return fault_at(f, e, f->pointer, "%.100s/%.150s", dir, detail);
    }
    s->doc = p->service;
    s->form = p->form;
    s->name = p->name;
    s->version = p->version;
    s->series = json_get_str(s->doc, S("series"));
    s->promise_days = (unsigned)json_get_int(s->doc, S("promise_days"), 10);
    s->retention_years = (unsigned)json_get_int(s->doc, S("retention_years"), 10);
    s->attachments_required = (unsigned)json_get_int(s->doc, S("attachments_required"), 0);
    s->files = files;
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
        package_free((struct package *)all->list[i].package);
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

str service_word(const struct service *s, str language, str key)
{
    return package_word(s->package, language, key);
}

enum err service_check(const struct service *s, const struct json *answers, struct arena *a,
                       struct fault *f)
{
    struct fault found = {0};
    char pointer[sizeof found.pointer];

    if (!answers)
        return fault_at(f, ERR_SCHEMA, "/answers", "answers are needed");
    enum err e = schema_check(s->package->form_schema, answers, a, &found);
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
    for (size_t i = 0; i < s->package->n_languages; i++) {
        jw_key(&w, s->package->languages[i].language);
        jw_tree(&w, s->package->languages[i].words);
    }
    jw_close(&w, '}');
    if (s->package->pages) {
        jw_key(&w, S("pages"));
        jw_tree(&w, json_get(s->package->pages, S("pages")));
    }
    if (s->package->rules) {
        jw_key(&w, S("rules"));
        jw_tree(&w, s->package->rules);
    }
    jw_key(&w, S("workflow"));
    jw_tree(&w, s->package->workflow->doc);
    jw_close(&w, '}');
    return OK;
}
