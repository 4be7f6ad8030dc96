/* overlay_settle.c - where both sides touched the same thing, a layer keeps ours or gives way
 *
 * overlay_merge.c names the places; here each is found again in overlay.json and taken out. */
#include <stdio.h>

#include "package/overlay_int.h"

/* Where the layer says what a place of the service is about: "rules.json#/fee/amount" stands at
 * "/rules/fee/amount" of overlay.json. STR_NONE: in a file of its own. */
static enum err own_place(struct arena *a, str where, str *out, struct fault *f)
{
    ptrdiff_t hash = str_find_char(where, '#');
    str file = hash < 0 ? where : str_sub(where, 0, (size_t)hash);
    str at = hash < 0 ? STR_NONE : str_sub(where, (size_t)hash + 1, where.n);

    *out = STR_NONE;
    if (hash < 0)
        return OK;
    if (str_eq(file, S("service.json")) && str_starts(at, S("/tables/")))
        *out = str_printf(a, "/rules%.*s", STR_FMT(at));
    else if (str_eq(file, S("service.json")))
        *out = str_printf(a, "/service%.*s", STR_FMT(at));
    else if (str_eq(file, S("rules.json")))
        *out = str_printf(a, "/rules%.*s", STR_FMT(at));
    else if (str_starts(file, S("words.")))
        *out = str_printf(a, "/words/%.*s%.*s", STR_FMT(str_sub(file, 6, file.n - 5)), STR_FMT(at));
    else
        *out = str_printf(a, "/off/%.*s", STR_FMT(at));
    TRY_PTR(out->p, f);
    return OK;
}

/* Is it the member with this step of a JSON Pointer, or the item with this id, or this very text?
 */
static bool is_it(const struct json *parent, uint32_t i, str step)
{
    const struct json one = {.type = J_OBJECT, .n = 1, .members = parent->members + i};
    str name = str_sub(step, 1, step.n);

    if (parent->type == J_OBJECT)
        return json_pointer(&one, step) != NULL;
    return str_eq(json_get_str(&parent->items[i], S("id")), name) ||
           str_eq(json_str(&parent->items[i]), name);
}

/* The line of the layer leaves it. */
static void take_out(struct json *doc, str at)
{
    size_t cut = at.n;

    if (str_starts(at, S("/off/")))
        cut = 4; /* the pointer of a field is one step */
    else
        while (cut > 0 && at.p[--cut] != '/') {
        }
    struct json *parent = (struct json *)json_pointer(doc, str_sub(at, 0, cut)); /* of doc */
    uint32_t n = json_is(parent, J_OBJECT) || json_is(parent, J_ARRAY) ? parent->n : 0;
    for (uint32_t i = 0; i < n; i++)
        if (is_it(parent, i, str_sub(at, cut, at.n))) {
            overlay_remove(parent, i);
            return;
        }
}

static const struct json *place_of(const struct json *places, str where)
{
    const struct json *place;

    for (size_t i = 0; (place = json_at(places, i)); i++)
        if (str_eq(json_get_str(place, S("where")), where))
            return place;
    return NULL;
}

/* What we take away is gone with them too: nothing is left that the layer could take away. */
static bool gone(const struct json *place)
{
    return json_is(json_get(place, S("ours")), J_NULL) &&
           json_is(json_get(place, S("theirs")), J_NULL);
}

static enum err settle_one(struct arena *a, const struct json *places, const struct json *choice,
                           size_t i, struct json *doc, struct package_files *files, struct fault *f)
{
    str where = json_get_str(choice, S("where")), own;
    const struct json *place = place_of(places, where);
    bool ours = str_eq(json_get_str(choice, S("take")), S("ours"));
    char at[32];

    snprintf(at, sizeof at, "/choices/%zu", i);
    if (!place)
        return fault_at(f, ERR_INVALID, at, "nothing conflicts there");
    if (ours && gone(place))
        return fault_at(f, ERR_INVALID, at, "the giver has removed it itself");
    if (ours)
        return OK;
    TRY(own_place(a, where, &own, f));
    if (own.p)
        take_out(doc, own);
    else
        overlay_drop_file(files, where);
    return OK;
}

enum err overlay_settle(struct arena *a, const struct package_files *overlay,
                        const struct json *places, const struct json *choices, str version,
                        struct package_files *out, struct fault *f)
{
    struct json *doc, *base;
    const struct json *one;

    *out = *overlay;
    TRY(overlay_json(a, overlay, S("overlay.json"), &doc, f));
    base = overlay_member(doc, S("base"));
    if (!base)
        return fault(f, ERR_INVALID, "a layer names its base");
    for (size_t i = 0; (one = json_at(places, i)); i++)
        if (!place_of(choices, json_get_str(one, S("where"))))
            return fault_at(f, ERR_INVALID, "/choices", "%.*s is open still",
                            STR_FMT(json_get_str(one, S("where"))));
    for (size_t i = 0; (one = json_at(choices, i)); i++)
        TRY(settle_one(a, places, one, i, doc, out, f));
    TRY_PTR(json_put(a, base, S("min_version"), json_of_str(version)), f);
    return overlay_put_json(a, out, S("overlay.json"), doc, f);
}
