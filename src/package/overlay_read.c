/* overlay_read.c - overlay.json and the files beside it: their form, before any base is looked at
 */
#include "package/overlay_int.h"

#include <stdio.h>

#include "package/manifest.h"

const struct overlay_list overlay_lists[4] = {
    {"/rules/eligibility", NULL, "eligibility", "rule"},
    {"/rules/attachments", NULL, "attachments", "rule"},
    {"/rules/fee/items", "fee", "items", "fee"},
    {"/rules/fee/waivers", "fee", "waivers", "fee"},
};
const char *const overlay_fee_parts[3] = {"currency", "amount", "round_to"};

static const struct json_limits overlay_limits = {.depth = 64, .count = 100000};

/* A word is in the list of words with blanks between them. */
static bool listed(const char *words, str key)
{
    str rest = str_of(words), word;

    while (str_split(&rest, ' ', &word))
        if (str_eq(word, key))
            return true;
    return false;
}

static enum err only(const struct json *j, const char *at, const char *names, struct fault *f)
{
    char pointer[192];

    if (!j)
        return OK;
    if (!json_is(j, J_OBJECT))
        return fault_at(f, ERR_INVALID, at, "overlay.json: this must be an object");
    for (uint32_t i = 0; i < j->n; i++) {
        str key = j->members[i].key;
        snprintf(pointer, sizeof pointer, "%s/%.*s", at, (int)(key.n < 100 ? key.n : 100), key.p);
        if (!listed(names, key))
            return fault_at(f, ERR_INVALID, pointer,
                            "overlay.json: a member that does not belong here");
    }
    return OK;
}

static enum err need_version(const struct json *j, const char *name, const char *at,
                             struct fault *f)
{
    uint32_t v[3];

    if (!package_version_parse(json_get_str(j, str_of(name)), v))
        return fault_at(f, ERR_INVALID, at, "overlay.json: a version is three numbers, as 1.0.0");
    return OK;
}

static enum err check_identity(const struct overlay *o, struct fault *f)
{
    TRY(only(o->doc, "", "format base receiver version service rules words off", f));
    if (json_get_int(o->doc, S("format"), 0) != 1)
        return fault_at(f, ERR_INVALID, "/format", "overlay.json: format must be 1");
    if (!package_state_valid(json_get_str(o->doc, S("receiver"))))
        return fault_at(f, ERR_INVALID, "/receiver",
                        "overlay.json: the two capitals of the state whose layer it is");
    TRY(need_version(o->doc, "version", "/version", f));
    if (!o->base)
        return fault_at(f, ERR_INVALID, "/base", "overlay.json: base is missing");
    TRY(only(o->base, "/base", "giver name min_version", f));
    if (!package_state_valid(json_get_str(o->base, S("giver"))))
        return fault_at(f, ERR_INVALID, "/base/giver", "overlay.json: the two capitals of a state");
    if (!json_get_str(o->base, S("name")).n)
        return fault_at(f, ERR_INVALID, "/base/name", "overlay.json: the name of the service");
    return need_version(o->base, "min_version", "/base/min_version", f);
}

/* Who gave what, and on which terms, is the giver's to say; languages follow from the words. */
static enum err check_service(const struct json *service, struct fault *f)
{
    char pointer[64];

    if (service && !json_is(service, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/service", "overlay.json: this must be an object");
    for (uint32_t i = 0; service && i < service->n; i++)
        if (listed("name version giver derived_from terms requires languages tables",
                   service->members[i].key)) {
            snprintf(pointer, sizeof pointer, "/service/%.*s", STR_FMT(service->members[i].key));
            return fault_at(f, ERR_INVALID, pointer,
                            "overlay.json: an overlay may not touch this member");
        }
    return OK;
}

static enum err check_item(const struct json *list, uint32_t i, const char *at, struct fault *f)
{
    const struct json *item = json_at(list, i), *off = json_get(item, S("off"));
    str id = json_get_str(item, S("id"));
    char pointer[96];

    snprintf(pointer, sizeof pointer, "%s/%u", at, (unsigned)i);
    if (!json_is(item, J_OBJECT) || !id.n)
        return fault_at(f, ERR_INVALID, pointer, "overlay.json: an object with an id");
    if (overlay_find_id(list, id) != i)
        return fault_at(f, ERR_INVALID, pointer, "overlay.json: the id \"%.*s\" is there twice",
                        (int)(id.n < 64 ? id.n : 64), id.p);
    if (off && (!json_is(off, J_BOOL) || !off->b || item->n != 2))
        return fault_at(f, ERR_INVALID, pointer,
                        "overlay.json: what is switched off is {\"id\": …, \"off\": true}");
    return OK;
}

static enum err check_rules(const struct json *rules, struct fault *f)
{
    const struct json *tables = json_get(rules, S("tables"));

    TRY(only(rules, "/rules", "eligibility attachments fee route tables", f));
    TRY(only(json_get(rules, S("fee")), "/rules/fee", "currency amount items waivers round_to", f));
    if (tables && !json_is(tables, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/rules/tables", "overlay.json: this must be an object");
    for (size_t k = 0; k < ARRAY_LEN(overlay_lists); k++) {
        const struct overlay_list *l = &overlay_lists[k];
        const struct json *list = overlay_list_of(l, rules);
        if (list && !json_is(list, J_ARRAY))
            return fault_at(f, ERR_INVALID, l->at, "overlay.json: this must be a list");
        if (list && list->n > 200)
            return fault_at(f, ERR_LIMIT, l->at, "overlay.json: at most 200 rules of a kind");
        for (uint32_t i = 0; list && i < list->n; i++)
            TRY(check_item(list, i, l->at, f));
    }
    return OK;
}

static enum err check_language(const struct json_member *m, struct fault *f)
{
    char pointer[192];

    if (!package_language_valid(m->key))
        return fault_at(f, ERR_INVALID, "/words", "overlay.json: a language is named as \"ar\"");
    snprintf(pointer, sizeof pointer, "/words/%.*s", STR_FMT(m->key));
    if (json_is(&m->value, J_NULL))
        return OK;
    if (!json_is(&m->value, J_OBJECT))
        return fault_at(f, ERR_INVALID, pointer, "overlay.json: words by their keys, or null");
    for (uint32_t i = 0; i < m->value.n; i++) {
        const struct json_member *word = &m->value.members[i];
        if (json_is(&word->value, J_STRING) || json_is(&word->value, J_NULL))
            continue;
        snprintf(pointer, sizeof pointer, "/words/%.*s/%.*s", STR_FMT(m->key),
                 (int)(word->key.n < 100 ? word->key.n : 100), word->key.p);
        return fault_at(f, ERR_INVALID, pointer, "overlay.json: a word is a text, or null");
    }
    return OK;
}

static enum err check_words(const struct json *words, struct fault *f)
{
    if (words && !json_is(words, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/words", "overlay.json: this must be an object");
    for (uint32_t i = 0; words && i < words->n; i++)
        TRY(check_language(&words->members[i], f));
    return OK;
}

static enum err check_off(const struct json *off, struct fault *f)
{
    char at[32];

    if (off && !json_is(off, J_ARRAY))
        return fault_at(f, ERR_INVALID, "/off", "overlay.json: a list of pointers into the form");
    if (off && off->n > OVERLAY_FIELDS_OFF)
        return fault_at(f, ERR_LIMIT, "/off", "overlay.json: at most %d fields",
                        OVERLAY_FIELDS_OFF);
    for (uint32_t i = 0; off && i < off->n; i++) {
        snprintf(at, sizeof at, "/off/%u", (unsigned)i);
        if (!str_starts(json_str(json_at(off, i)), S("/")))
            return fault_at(f, ERR_INVALID, at, "overlay.json: a JSON Pointer, as /grantor/phone");
    }
    return OK;
}

static enum err check_files(const struct package_files *files, struct fault *f)
{
    for (size_t i = 0; i < files->n; i++) {
        str name = files->list[i].name;
        bool art = str_eq(name, S("template.svg")) || str_starts(name, S("documents/"));
        if (!str_eq(name, S("overlay.json")) && !str_eq(name, S("golden.json")) &&
            !str_eq(name, S("workflow.json")) && !(art && package_name_known(name)))
            return fault(f, ERR_INVALID, "%.*s: an overlay may not touch this file",
                         (int)(name.n < 64 ? name.n : 64), name.p);
    }
    return OK;
}

enum err overlay_json(struct arena *a, const struct package_files *files, str name,
                      struct json **out, struct fault *f)
{
    const struct package_file *file = package_file(files, name);
    struct fault inner = {0};
    struct json *j = NULL;

    if (file) {
        enum err e = json_parse(a, file->bytes, &overlay_limits, &j, &inner);
        if (e != OK)
            return fault_at(f, e, inner.pointer, "%.*s: %s", STR_FMT(name), inner.detail);
        if (!json_is(j, J_OBJECT))
            return fault(f, ERR_INVALID, "%.*s: this must be an object", STR_FMT(name));
    }
    *out = j;
    return OK;
}

enum err overlay_read(struct arena *a, const struct package_files *files, struct overlay *out,
                      struct fault *f)
{
    struct overlay o = {.files = files};
    struct json *doc;

    TRY(check_files(files, f));
    TRY(overlay_json(a, files, S("overlay.json"), &doc, f));
    if (!doc)
        return fault(f, ERR_INVALID, "overlay.json is missing");
    o.doc = doc;
    o.base = json_get(doc, S("base"));
    o.service = json_get(doc, S("service"));
    o.rules = json_get(doc, S("rules"));
    o.words = json_get(doc, S("words"));
    o.off = json_get(doc, S("off"));
    TRY(check_identity(&o, f));
    TRY(check_service(o.service, f));
    TRY(check_rules(o.rules, f));
    TRY(check_words(o.words, f));
    TRY(check_off(o.off, f));
    *out = o;
    return OK;
}
