#include "service/document_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "registry/registry.h"

/* ---- what the seal says ------------------------------------------------------------------ */

/* "answer:/holder/surname" is looked up; "mission" is the house's; else the text stands for
 * itself. */
static str field_value(const struct json *answers, str mission, str source)
{
    if (str_starts(source, S("answer:")))
        return json_str(json_pointer(answers, str_sub(source, 7, source.n)));
    return str_eq(source, S("mission")) ? mission : source;
}

/* {"ref": "01c8", "profile": …, "messages": {…}} or {"mrz": {…}, "ref": "5e03"} */
enum err document_seal_fields(const struct json *service, const struct json *answers, str mission,
                              struct arena *a, str *out, struct fault *f)
{
    const struct json *def = json_get(service, S("seal"));
    bool travel = json_get(def, S("mrz")) != NULL;
    const struct json *map = json_get(def, travel ? S("mrz") : S("messages"));
    AUTO(buf) struct buf b = BUF(DOCUMENT_SEAL_ROOM);
    struct json root = {.type = J_OBJECT}, values = {.type = J_OBJECT};

    for (uint32_t i = 0; map && i < map->n; i++) {
        str v = field_value(answers, mission, json_str(&map->members[i].value));
        if (v.p && v.n)
            TRY_PTR(json_put(a, &values, map->members[i].key, json_of_str(v)), f);
    }
    bool ok = json_put(a, &root, S("ref"), json_of_str(json_get_str(def, S("ref")))) &&
              json_put(a, &root, travel ? S("mrz") : S("messages"), values);
    if (ok && !travel)
        ok = json_put(a, &root, S("profile"), json_of_str(json_get_str(def, S("profile"))));
    TRY_PTR(ok, f);
    TRY(json_canonical(&b, &root, a, f));
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* ---- what the page says ------------------------------------------------------------------ */

static enum err add_value(struct document_page *p, str name, str text, struct fault *f)
{
    if (p->n == RENDER_VALUES_MAX)
        return fault(f, ERR_LIMIT, "too many values in a document");
    p->values[p->n++] = (struct render_value){name, text.p ? text : S("")};
    return OK;
}

static str joined(struct arena *a, str prefix, str key)
{
    return prefix.n ? str_printf(a, "%.*s.%.*s", STR_FMT(prefix), STR_FMT(key)) : key;
}

/* Every answer that is a string or a number becomes {{path.to.it}}. */
static enum err add_answers(struct arena *a, struct document_page *p, str prefix,
                            const struct json *j, struct fault *f)
{
    for (uint32_t i = 0; json_is(j, J_OBJECT) && i < j->n; i++) {
        const struct json *m = &j->members[i].value;
        str name = joined(a, prefix, j->members[i].key);
        TRY_PTR(name.p, f);
        if (m->type == J_OBJECT)
            TRY(add_answers(a, p, name, m, f));
        else if (m->type == J_STRING)
            TRY(add_value(p, name, json_str(m), f));
        else if (m->type == J_INT)
            TRY(add_value(p, name, str_printf(a, "%" PRId64, m->i), f));
    }
    return OK;
}

static bool has_value(const struct document_page *p, str name)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->values[i].name, name))
            return true;
    return false;
}

/* A field of the form that was left out is an empty text in the document. */
static enum err add_left_out(struct arena *a, struct document_page *p, str prefix,
                             const struct json *form, struct fault *f)
{
    const struct json *fields = json_get(form, S("properties"));

    for (uint32_t i = 0; fields && i < fields->n; i++) {
        str name = joined(a, prefix, fields->members[i].key);
        TRY_PTR(name.p, f);
        if (json_get(&fields->members[i].value, S("properties")))
            TRY(add_left_out(a, p, name, &fields->members[i].value, f));
        else if (!has_value(p, name))
            TRY(add_value(p, name, S(""), f));
    }
    return OK;
}

enum err document_fill(const struct document_of *of, struct arena *a, struct document_page *p,
                       struct fault *f)
{
    char day[DAY_TEXT];

    p->n = 0;
    day_format(of->issued, day);
    str issued = str_copy(a, str_of(day));
    TRY_PTR(issued.p, f);
    TRY(add_value(p, S("number"), of->number, f));
    TRY(add_value(p, S("mission_en"), of->mission_en, f));
    TRY(add_value(p, S("mission_ar"), of->mission_ar, f));
    TRY(add_value(p, S("issued"), issued, f));
    TRY(add_value(p, S("issued_hijri"), hijri_text(a, of->issued), f));
    TRY(add_answers(a, p, S(""), of->answers, f));
    return add_left_out(a, p, S(""), of->form, f);
}

/* ---- the digest of a golden case ----------------------------------------------------------- */

static enum err digest_of(const struct package *p, const struct document_of *of, str svg,
                          struct arena *a, char hex[65], struct fault *f)
{
    struct document_page *page = arena_new_of(a, struct document_page);
    AUTO(buf) struct buf text = BUF(8 << 20);
    str seal;

    TRY_PTR(page, f);
    TRY(document_fill(of, a, page, f));
    struct render_in in = {.template_svg = svg, .values = page->values, .n = page->n};
    TRY(template_expand(&in, &text, f));
    TRY(document_seal_fields(p->service, of->answers, of->mission_en, a, &seal, f));
    struct hash h = sha256_parts((str[]){buf_str(&text), str_bytes("", 1), seal}, 3);
    hex_encode(h.b, sizeof h.b, hex);
    return OK;
}

enum err document_digest(const struct package_art *art, const struct package *p,
                         const struct json *golden_case, str name, struct arena *a, char hex[65],
                         struct fault *f)
{
    const struct package_file *file = package_file(art->files, name);
    str today = json_get_str(golden_case, S("today"));
    str mission = json_get_str(json_get(golden_case, S("post")), S("mission"));
    struct document_of of = {.form = p->form, .answers = json_get(golden_case, S("answers"))};

    if (!file)
        return fault(f, ERR_INVALID, "there is no art \"%.*s\"", STR_FMT(name));
    if (!day_parse(today, &of.issued))
        return fault_at(f, ERR_INVALID, "/today", "the day of a golden case is written 2026-12-02");
    of.mission_en = of.mission_ar = mission.p ? mission : S("");
    of.number =
        str_printf(a, "%.*s-%.4s-000001", STR_FMT(json_get_str(p->service, S("series"))), today.p);
    TRY_PTR(of.number.p, f);
    return digest_of(p, &of, file->bytes, a, hex, f);
}
