/* overlay_form.c - a field of the form that the receiver does not ask for
 *
 * It leaves the form's properties and the page plan. That is only sound where nobody needs it: no
 * part of the form may require it, on whatever condition, and its object must take no members
 * beyond its properties, or the field would come back unchecked. */
#include "package/overlay_int.h"

/* The parts of a pointer; "~" stays as it is written: names of fields have none. */
static str parts_of(str pointer)
{
    return str_sub(pointer, 1, pointer.n);
}

struct json *overlay_field_parent(struct json *form, str pointer, str *out_name)
{
    struct json *at = form;
    str rest = parts_of(pointer), part;

    while (str_split(&rest, '/', &part)) {
        struct json *properties = overlay_member(at, S("properties"));
        struct json *below = str_eq(part, S("*")) ? overlay_member(at, S("items"))
                                                  : overlay_member(properties, part);
        if (!below)
            return NULL;
        if (!rest.p) {
            *out_name = part;
            return str_eq(part, S("*")) ? NULL : at;
        }
        at = below;
    }
    return NULL;
}

static bool names(const struct json *list, str name)
{
    for (size_t i = 0; json_at(list, i); i++)
        if (str_eq(json_str(json_at(list, i)), name))
            return true;
    return false;
}

static bool required_here(const struct json *schema, str name)
{
    const struct json *dependent = json_get(schema, S("dependentRequired"));

    if (names(json_get(schema, S("required")), name))
        return true;
    for (uint32_t i = 0; json_is(dependent, J_OBJECT) && i < dependent->n; i++)
        if (names(&dependent->members[i].value, name))
            return true;
    return false;
}

/* Through the schema to what rest names, and through all that applies at the same place. The depth
 * of both is that of the JSON, which was limited. */
static bool required_in(const struct json *schema, str rest)
{
    static const char *const one[] = {"if", "then", "else", "not"};
    static const char *const many[] = {"allOf", "anyOf", "oneOf"};
    str below = rest, part;

    if (!json_is(schema, J_OBJECT) || !str_split(&below, '/', &part))
        return false;
    if (!below.p && required_here(schema, part))
        return true;
    if (below.p &&
        required_in(str_eq(part, S("*")) ? json_get(schema, S("items"))
                                         : json_get(json_get(schema, S("properties")), part),
                    below))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(one); i++)
        if (required_in(json_get(schema, str_of(one[i])), rest))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(many); i++) {
        const struct json *list = json_get(schema, str_of(many[i]));
        for (size_t k = 0; json_at(list, k); k++)
            if (required_in(json_at(list, k), rest))
                return true;
    }
    return false;
}

bool overlay_field_required(const struct json *form, str pointer)
{
    return required_in(form, parts_of(pointer));
}

bool overlay_field_under(const struct json *field, str pointer)
{
    str at = json_get_str(field, S("at"));

    return str_starts(at, pointer) && (at.n == pointer.n || at.p[pointer.n] == '/');
}

/* Fields at the pointer or below leave; so does a page that has none left. */
static void leave_pages(struct json *pages, str pointer)
{
    struct json *list = overlay_member(pages, S("pages"));

    for (uint32_t i = 0; json_is(list, J_ARRAY) && i < list->n;) {
        struct json *fields = overlay_member(&list->items[i], S("fields"));
        uint32_t before = json_is(fields, J_ARRAY) ? fields->n : 0;
        for (uint32_t k = 0; before && k < fields->n;)
            if (overlay_field_under(&fields->items[k], pointer))
                overlay_remove(fields, k);
            else
                k++;
        if (before && fields->n == 0)
            overlay_remove(list, i);
        else
            i++;
    }
}

enum err overlay_field_off(struct overlay_base *b, str pointer, const char *at, struct fault *f)
{
    str name;
    struct json *parent = overlay_field_parent(b->form, pointer, &name);
    int shown = (int)(pointer.n < 100 ? pointer.n : 100);

    if (!parent)
        return fault_at(f, ERR_CONFLICT, at, "overlay.json: the form has no field %.*s", shown,
                        pointer.p);
    if (overlay_field_required(b->form, pointer))
        return fault_at(f, ERR_CONFLICT, at,
                        "overlay.json: the form requires %.*s: only an optional field can be "
                        "switched off",
                        shown, pointer.p);
    const struct json *more = json_get(parent, S("additionalProperties"));
    if (!json_is(more, J_BOOL) || more->b)
        return fault_at(f, ERR_CONFLICT, at,
                        "overlay.json: %.*s cannot be switched off: its object takes members "
                        "of any name",
                        shown, pointer.p);
    struct json *properties = overlay_member(parent, S("properties"));
    for (uint32_t i = 0; i < properties->n; i++)
        if (str_eq(properties->members[i].key, name)) {
            overlay_remove(properties, i);
            break;
        }
    leave_pages(b->pages, pointer);
    return OK;
}
