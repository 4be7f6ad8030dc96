#include "service/services.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/fs.h"
#include "package/manifest.h"
#include "paper/translit.h"
#include "service/cases_int.h"

enum { SERVICES_MAX = 1024, SERVICE_ARENA = 96 << 20 };

/* Only ever added to: whoever reads needs no lock. */
struct services {
    _Atomic size_t n;
    struct service *list[SERVICES_MAX];
    const struct offer *_Atomic offer;
};

str service_art(const struct service *s, str name)
{
    const struct package_file *file = package_file(s->files, name);

    return file ? file->bytes : STR_NONE;
}

/* ---- one service -------------------------------------------------------------------------- */

static enum err check_service(const struct service *s, struct fault *f)
{
    const struct workflow *w = s->package->workflow;

    if (!s->name.n || !s->version.n || !s->series.n)
        return fault(f, ERR_INVALID, "service.json: name, version and series are needed");
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++) {
            str art = w->state[i].row[k].document;
            if (art.p && !service_art(s, art).p)
                return fault(f, ERR_INVALID, "%.*s is missing", STR_FMT(art));
        }
    return OK;
}

static enum err read_service(struct service *s, struct fault *f)
{
    struct package_manifest manifest;
    char hex[2 * sizeof manifest.digest.b + 1];

    TRY(package_manifest_of(s->arena, s->files, &manifest, f));
    hex_encode(manifest.digest.b, sizeof manifest.digest.b, hex);
    s->content = str_copy(s->arena, str_of(hex));
    TRY_PTR(s->content.p, f);
    s->doc = s->package->service;
    s->form = s->package->form;
    s->name = s->package->name;
    s->version = s->package->version;
    s->series = json_get_str(s->doc, S("series"));
    s->promise_days = (unsigned)json_get_int(s->doc, S("promise_days"), 10);
    s->retention_years = (unsigned)json_get_int(s->doc, S("retention_years"), 10);
    s->attachments_required = (unsigned)json_get_int(s->doc, S("attachments_required"), 0);
    return check_service(s, f);
}

enum err service_new(struct arena *a, const struct package_files *files, struct service **out,
                     struct fault *f)
{
    struct service *s = arena_new_of(a, struct service);
    struct package *p = NULL;

    TRY_PTR(s, f);
    enum err e = package_load(a, files, &p, f);
    *s = (struct service){.arena = a, .files = files, .package = p};
    if (e == OK)
        e = read_service(s, f);
    if (e != OK) {
        package_free(p);
        return e;
    }
    *out = s;
    return OK;
}

void service_free(struct service *s)
{
    if (!s)
        return;
    package_free((struct package *)s->package);
    arena_free(s->arena);
}

enum err service_load_folder(struct arena *a, const char *folder, struct service **out,
                             struct fault *f)
{
    struct package_files *files = arena_new_of(a, struct package_files);
    struct fault inner = {0};

    TRY_PTR(files, f);
    enum err e = package_read_folder(a, folder, files, &inner);
    if (e == OK)
        e = service_new(a, files, out, &inner);
    return e == OK ? OK : fault_at(f, e, inner.pointer, "%.100s/%.150s", folder, inner.detail);
}

/* ---- all of them -------------------------------------------------------------------------- */

struct services *services_new(void)
{
    struct services *all = calloc(1, sizeof *all);
    struct offer *none = calloc(1, sizeof *none);

    if (!all || !none) {
        free(all);
        free(none);
        return NULL;
    }
    all->offer = none;
    return all;
}

void services_free(struct services *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        service_free(all->list[i]);
    for (const struct offer *o = all->offer, *before; o; o = before) {
        before = o->before;
        free((void *)o);
    }
    free(all);
}

enum err services_add(struct services *all, struct service *s, struct fault *f)
{
    enum err e = OK;

    if (all->n == SERVICES_MAX)
        e = fault(f, ERR_LIMIT, "more than %d versions of services", SERVICES_MAX);
    else if (service_find_version(all, s->name, s->version, s->content))
        e = fault(f, ERR_CONFLICT, "%.*s %.*s is there already", STR_FMT(s->name),
                  STR_FMT(s->version));
    if (e != OK) {
        service_free(s);
        return e;
    }
    all->list[all->n] = s;
    all->n++; /* now readers may see it */
    return OK;
}

static int by_name(const void *a, const void *b)
{
    const struct service *const *x = a, *const *y = b;

    return str_cmp((*x)->name, (*y)->name);
}

enum err services_offer(struct services *all, str name, const struct service *s, struct fault *f)
{
    const struct offer *now = all->offer;
    struct offer *next = calloc(1, sizeof *next + (now->n + 1) * sizeof next->list[0]);

    if (!next)
        return fault(f, ERR_MEMORY, "out of memory");
    next->before = now;
    for (size_t i = 0; i < now->n; i++)
        if (!str_eq(now->list[i]->name, name))
            next->list[next->n++] = now->list[i];
    if (s)
        next->list[next->n++] = s;
    qsort(next->list, next->n, sizeof next->list[0], by_name);
    all->offer = next;
    return OK;
}

static enum err load_all(struct services *all, DIR *d, const char *folder, struct fault *f)
{
    for (struct dirent *entry; (entry = readdir(d));) {
        char dir[4096], probe[4200];
        struct service *s;
        snprintf(dir, sizeof dir, "%s/%s", folder, entry->d_name);
        snprintf(probe, sizeof probe, "%s/service.json", dir);
        if (entry->d_name[0] == '.' || !fs_exists(probe))
            continue;
        struct arena *a = arena_new(SERVICE_ARENA);
        TRY_PTR(a, f);
        enum err e = service_load_folder(a, dir, &s, f);
        if (e != OK) {
            arena_free(a);
            return e;
        }
        TRY(services_add(all, s, f));
        TRY(services_offer(all, s->name, s, f));
    }
    return OK;
}

enum err services_load(const char *folder, struct services **out, struct fault *f)
{
    struct services *all = services_new();
    DIR *d = opendir(folder);
    enum err e = all && d ? OK : fault(f, ERR_IO, "cannot read %s", folder);

    if (e == OK)
        e = load_all(all, d, folder, f);
    if (d)
        closedir(d);
    if (e != OK) {
        services_free(all);
        return e;
    }
    *out = all;
    return OK;
}

const struct offer *services_offered(const struct services *all)
{
    return all->offer;
}

const struct service *service_find(const struct services *all, str name)
{
    const struct offer *o = all->offer;

    for (size_t i = 0; i < o->n; i++)
        if (str_eq(o->list[i]->name, name))
            return o->list[i];
    return NULL;
}

const struct service *service_find_version(const struct services *all, str name, str version,
                                           str content)
{
    for (size_t i = all->n; i-- > 0;) {
        const struct service *s = all->list[i];
        if (content.p ? str_eq(s->content, content)
                      : str_eq(s->name, name) && str_eq(s->version, version))
            return s;
    }
    return NULL;
}

const struct service *service_known(const struct services *all, size_t i)
{
    return i < all->n ? all->list[i] : NULL;
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
    enum err e = package_accepts(s->package, answers, a, &found);
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

static void put_list(struct jw *w, const struct service *s, str name)
{
    const struct json *list = json_get(s->doc, name);

    jw_key(w, name);
    if (list)
        jw_tree(w, list);
    else
        jw_raw(w, S("[]"));
}

enum err service_list(struct act *a, struct fault *f)
{
    const struct offer *offer = services_offered(a->house->services);
    str language = act_param(a, S("language"));
    struct jw w = JW(&a->reply);

    (void)f;
    if (!language.p)
        language = S("en");
    jw_open(&w, '{');
    jw_key(&w, S("services"));
    jw_open(&w, '[');
    for (size_t i = 0; i < offer->n; i++) {
        const struct service *s = offer->list[i];
        jw_open(&w, '{');
        jw_kv(&w, S("name"), s->name);
        jw_kv(&w, S("version"), s->version);
        jw_kv(&w, S("title"), service_word(s, language, S("title")));
        jw_kv(&w, S("lead"), service_word(s, language, S("lead")));
        jw_kv(&w, S("audience"), json_get_str(s->doc, S("audience")));
        put_list(&w, s, S("life_events"));
        put_list(&w, s, S("keywords"));
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
