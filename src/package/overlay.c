/* overlay.c - the receiver's layer laid over the files of a base
 *
 * Each document that the overlay touches is parsed, changed and written again in one line; the
 * others keep their bytes. At the end the whole is loaded as any package: an overlay that breaks
 * the service is refused. */
#include "package/overlay_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "package/archive.h"
#include "package/manifest.h"
#include "package/model.h"

/* ---- trees -------------------------------------------------------------------------------- */

struct json *overlay_member(struct json *object, str key)
{
    for (uint32_t i = 0; json_is(object, J_OBJECT) && i < object->n; i++)
        if (str_eq(object->members[i].key, key))
            return &object->members[i].value;
    return NULL;
}

void overlay_remove(struct json *j, uint32_t i)
{
    j->n--;
    if (j->type == J_OBJECT)
        memmove(&j->members[i], &j->members[i + 1], (j->n - i) * sizeof j->members[0]);
    else
        memmove(&j->items[i], &j->items[i + 1], (j->n - i) * sizeof j->items[0]);
}

static bool remove_member(struct json *object, str key)
{
    for (uint32_t i = 0; json_is(object, J_OBJECT) && i < object->n; i++)
        if (str_eq(object->members[i].key, key)) {
            overlay_remove(object, i);
            return true;
        }
    return false;
}

struct json *overlay_made(struct arena *a, struct json *object, str key, enum json_type type)
{
    struct json *found = overlay_member(object, key);

    if (found && found->type == type)
        return found;
    if (!json_put(a, object, key, (struct json){.type = type}))
        return NULL;
    return overlay_member(object, key);
}

uint32_t overlay_find_id(const struct json *list, str id)
{
    uint32_t n = json_is(list, J_ARRAY) ? list->n : 0, i = 0;

    while (i < n && !str_eq(json_get_str(&list->items[i], S("id")), id))
        i++;
    return i;
}

const struct json *overlay_list_of(const struct overlay_list *l, const struct json *rules)
{
    return json_get(l->in ? json_get(rules, str_of(l->in)) : rules, str_of(l->name));
}

enum err overlay_patch(struct arena *a, struct json *target, const struct json *patch,
                       struct fault *f)
{
    if (!json_is(patch, J_OBJECT)) {
        *target = *patch;
        return OK;
    }
    if (target->type != J_OBJECT)
        *target = (struct json){.type = J_OBJECT};
    for (uint32_t i = 0; i < patch->n; i++) {
        const struct json_member *m = &patch->members[i];
        if (json_is(&m->value, J_NULL)) {
            remove_member(target, m->key);
            continue;
        }
        struct json *own = overlay_member(target, m->key);
        if (!own) {
            TRY_PTR(json_put(a, target, m->key, (struct json){.type = J_NULL}), f);
            own = overlay_member(target, m->key);
        }
        TRY(overlay_patch(a, own, &m->value, f));
    }
    return OK;
}

/* ---- the base ----------------------------------------------------------------------------- */

enum err overlay_base_read(struct arena *a, const struct package_files *files,
                           struct overlay_base *out, struct fault *f)
{
    struct overlay_base b = {.files = files};

    TRY(overlay_json(a, files, S("service.json"), &b.service, f));
    TRY(overlay_json(a, files, S("form.json"), &b.form, f));
    TRY(overlay_json(a, files, S("pages.json"), &b.pages, f));
    TRY(overlay_json(a, files, S("rules.json"), &b.rules, f));
    if (!b.service || !b.form)
        return fault(f, ERR_INVALID, "the base has no %s",
                     b.service ? "form.json" : "service.json");
    *out = b;
    return OK;
}

enum err overlay_fits(const struct overlay *o, const struct overlay_base *b, struct fault *f)
{
    str version = json_get_str(b->service, S("version"));
    str least = json_get_str(o->base, S("min_version"));
    uint32_t v[3];

    if (!str_eq(json_get_str(o->base, S("giver")), json_get_str(b->service, S("giver"))))
        return fault_at(f, ERR_CONFLICT, "/base/giver",
                        "overlay.json: the base is another state's");
    if (!str_eq(json_get_str(o->base, S("name")), json_get_str(b->service, S("name"))))
        return fault_at(f, ERR_CONFLICT, "/base/name", "overlay.json: the base is another service");
    if (!package_version_parse(version, v))
        return fault_at(f, ERR_INVALID, "/version", "service.json: a version is three numbers");
    if (package_version_cmp(version, least) < 0)
        return fault_at(f, ERR_CONFLICT, "/base/min_version",
                        "overlay.json: the base has version %.*s, at least %.*s is needed",
                        STR_FMT(version), STR_FMT(least));
    return OK;
}

/* ---- files -------------------------------------------------------------------------------- */

static enum err put_file(struct package_files *out, str name, str bytes, struct fault *f)
{
    for (size_t i = 0; i < out->n; i++)
        if (str_eq(out->list[i].name, name)) {
            out->list[i].bytes = bytes;
            return OK;
        }
    if (out->n == PACKAGE_FILES)
        return fault(f, ERR_LIMIT, "more than %d files", PACKAGE_FILES);
    out->list[out->n++] = (struct package_file){name, bytes};
    return OK;
}

enum err overlay_put_json(struct arena *a, struct package_files *out, str name,
                          const struct json *j, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_FILE_BYTES);
    struct jw w = JW(&b);

    jw_tree(&w, j);
    buf_add_char(&b, '\n');
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "%.*s becomes too large", STR_FMT(name));
    str bytes = str_copy(a, buf_str(&b));
    TRY_PTR(bytes.p, f);
    return put_file(out, name, bytes, f);
}

void overlay_drop_file(struct package_files *out, str name)
{
    for (size_t i = 0; i < out->n; i++)
        if (str_eq(out->list[i].name, name)) {
            out->n--;
            memmove(&out->list[i], &out->list[i + 1], (out->n - i) * sizeof out->list[0]);
            return;
        }
}

static enum err lay_art(const struct overlay *o, struct package_files *out, struct fault *f)
{
    for (size_t i = 0; i < o->files->n; i++) {
        const struct package_file *own = &o->files->list[i];
        if (str_eq(own->name, S("overlay.json")))
            continue;
        if (!package_file(out, own->name) && !str_eq(own->name, S("golden.json")) &&
            !str_eq(own->name, S("workflow.json")))
            return fault(f, ERR_CONFLICT, "%.*s: the base has no such file", STR_FMT(own->name));
        TRY(put_file(out, own->name, own->bytes, f));
    }
    return OK;
}

/* ---- words -------------------------------------------------------------------------------- */

static enum err lay_word(struct arena *a, struct json *words, str language,
                         const struct json_member *m, struct fault *f)
{
    char at[192];

    snprintf(at, sizeof at, "/words/%.*s/%.*s", STR_FMT(language),
             (int)(m->key.n < 100 ? m->key.n : 100), m->key.p);
    if (!json_is(&m->value, J_NULL)) {
        TRY_PTR(json_put(a, words, m->key, m->value), f);
        return OK;
    }
    return remove_member(words, m->key)
               ? OK
               : fault_at(f, ERR_CONFLICT, at, "overlay.json: the base has no such word");
}

/* The list of languages in service.json follows the files of words. */
static enum err list_language(struct arena *a, struct json *service, str language, bool there,
                              struct fault *f)
{
    struct json *list = overlay_made(a, service, S("languages"), J_ARRAY);

    TRY_PTR(list, f);
    for (uint32_t i = 0; i < list->n; i++)
        if (str_eq(json_str(&list->items[i]), language)) {
            if (!there)
                overlay_remove(list, i);
            return OK;
        }
    if (there)
        TRY_PTR(json_push(a, list, json_of_str(language)), f);
    return OK;
}

static enum err lay_language(struct arena *a, struct overlay_base *b, const struct json_member *m,
                             struct package_files *out, struct fault *f)
{
    str name = str_printf(a, "words.%.*s.json", STR_FMT(m->key));
    struct json *words, none = {.type = J_OBJECT};
    char at[32];

    TRY_PTR(name.p, f);
    TRY(overlay_json(a, b->files, name, &words, f));
    snprintf(at, sizeof at, "/words/%.*s", STR_FMT(m->key));
    TRY(list_language(a, b->service, m->key, !json_is(&m->value, J_NULL), f));
    if (json_is(&m->value, J_NULL)) {
        overlay_drop_file(out, name);
        return words ? OK
                     : fault_at(f, ERR_CONFLICT, at, "overlay.json: the base has no such language");
    }
    words = words ? words : &none;
    for (uint32_t i = 0; i < m->value.n; i++)
        TRY(lay_word(a, words, m->key, &m->value.members[i], f));
    return overlay_put_json(a, out, name, words, f);
}

/* ---- rules -------------------------------------------------------------------------------- */

static enum err lay_item(struct arena *a, struct json *list, const struct json *item,
                         const char *at, struct fault *f)
{
    uint32_t i = overlay_find_id(list, json_get_str(item, S("id")));

    if (json_get(item, S("off"))) {
        if (i == list->n)
            return fault_at(f, ERR_CONFLICT, at, "overlay.json: the base has no such id");
        overlay_remove(list, i);
        return OK;
    }
    if (i < list->n)
        list->items[i] = *item;
    else
        TRY_PTR(json_push(a, list, *item), f);
    return OK;
}

static enum err lay_list(struct arena *a, struct json *rules, const struct overlay_list *l,
                         const struct json *own, struct fault *f)
{
    struct json *in = l->in ? overlay_made(a, rules, str_of(l->in), J_OBJECT) : rules;
    struct json *list = in ? overlay_made(a, in, str_of(l->name), J_ARRAY) : NULL;
    char at[64];

    TRY_PTR(list, f);
    for (uint32_t i = 0; i < own->n; i++) {
        snprintf(at, sizeof at, "%s/%u", l->at, (unsigned)i);
        TRY(lay_item(a, list, &own->items[i], at, f));
    }
    return OK;
}

static enum err lay_rules(struct arena *a, const struct overlay *o, struct overlay_base *b,
                          struct fault *f)
{
    const struct json *fee = json_get(o->rules, S("fee")), *route = json_get(o->rules, S("route"));

    for (size_t i = 0; i < ARRAY_LEN(overlay_lists); i++) {
        const struct json *own = overlay_list_of(&overlay_lists[i], o->rules);
        if (own)
            TRY(lay_list(a, b->rules, &overlay_lists[i], own, f));
    }
    for (size_t i = 0; i < ARRAY_LEN(overlay_fee_parts); i++) {
        str name = str_of(overlay_fee_parts[i]);
        struct json *base_fee =
            json_get(fee, name) ? overlay_made(a, b->rules, S("fee"), J_OBJECT) : NULL;
        if (json_get(fee, name))
            TRY_PTR(base_fee && json_put(a, base_fee, name, *json_get(fee, name)), f);
    }
    if (route)
        TRY_PTR(json_put(a, b->rules, S("route"), *route), f);
    return OK;
}

/* Tables stand in service.json, where rules find them as "overlay". */
static enum err lay_tables(struct arena *a, const struct overlay *o, struct overlay_base *b,
                           struct fault *f)
{
    const struct json *own = json_get(o->rules, S("tables"));
    struct json *tables = own ? overlay_made(a, b->service, S("tables"), J_OBJECT) : NULL;

    for (uint32_t i = 0; own && i < own->n; i++)
        TRY_PTR(tables && json_put(a, tables, own->members[i].key, own->members[i].value), f);
    return OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err lay(struct arena *a, const struct overlay *o, struct overlay_base *b,
                    struct package_files *out, struct fault *f)
{
    struct json none = {.type = J_OBJECT};
    char at[32];

    TRY(lay_art(o, out, f));
    if (o->service)
        TRY(overlay_patch(a, b->service, o->service, f));
    TRY(lay_tables(a, o, b, f));
    for (uint32_t i = 0; o->words && i < o->words->n; i++)
        TRY(lay_language(a, b, &o->words->members[i], out, f));
    if (o->service || o->words || json_get(o->rules, S("tables")))
        TRY(overlay_put_json(a, out, S("service.json"), b->service, f));
    b->rules = b->rules ? b->rules : &none;
    TRY(lay_rules(a, o, b, f));
    if (o->rules)
        TRY(overlay_put_json(a, out, S("rules.json"), b->rules, f));
    for (uint32_t i = 0; o->off && i < o->off->n; i++) {
        snprintf(at, sizeof at, "/off/%u", (unsigned)i);
        TRY(overlay_field_off(b, json_str(json_at(o->off, i)), at, f));
    }
    if (o->off && o->off->n)
        TRY(overlay_put_json(a, out, S("form.json"), b->form, f));
    return o->off && o->off->n && b->pages ? overlay_put_json(a, out, S("pages.json"), b->pages, f)
                                           : OK;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct package_file *)a)->name, ((const struct package_file *)b)->name);
}

enum err overlay_apply(struct arena *a, const struct package_files *base,
                       const struct package_files *overlay, struct package_files *out,
                       struct fault *f)
{
    struct package *package = NULL;
    struct overlay_base b;
    struct overlay o;

    TRY(overlay_read(a, overlay, &o, f));
    TRY(overlay_base_read(a, base, &b, f));
    TRY(overlay_fits(&o, &b, f));
    struct package_files *files = arena_new_of(a, struct package_files);
    TRY_PTR(files, f);
    *files = *base;
    TRY(lay(a, &o, &b, files, f));
    qsort(files->list, files->n, sizeof files->list[0], by_name);
    enum err e = package_load(a, files, &package, f);
    package_free(package);
    TRY(e);
    *out = *files;
    return OK;
}
