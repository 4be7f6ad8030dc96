/* overlay_int.h - what the files of overlay_*.c share */
#ifndef SIFARA_PACKAGE_OVERLAY_INT_H
#define SIFARA_PACKAGE_OVERLAY_INT_H

#include "package/overlay.h"

/* overlay.json, its form checked. */
struct overlay {
    const struct package_files *files;
    const struct json *doc, *base, *service, *rules, *words, *off; /* NULL where it says nothing */
};

/* The documents of a base; parsed for this use, so they may be changed. NULL: no such file. */
struct overlay_base {
    const struct package_files *files;
    struct json *service, *form, *pages, *rules;
};

/* Lists of the rules that are addressed by id. */
struct overlay_list {
    const char *at; /* pointer into overlay.json */
    const char *in; /* NULL, or "fee" */
    const char *name;
    const char *what; /* of a conflict */
};
extern const struct overlay_list overlay_lists[4];
/* Parts of the fee that are replaced whole. */
extern const char *const overlay_fee_parts[3];

NODISCARD enum err overlay_read(struct arena *, const struct package_files *, struct overlay *out,
                                struct fault *);
NODISCARD enum err overlay_base_read(struct arena *, const struct package_files *,
                                     struct overlay_base *out, struct fault *);
/* Is it the service that the overlay is a layer of, and not too old? */
NODISCARD enum err overlay_fits(const struct overlay *, const struct overlay_base *,
                                struct fault *);
/* out NULL if there is no such file. */
NODISCARD enum err overlay_json(struct arena *, const struct package_files *, str name,
                                struct json **out, struct fault *);

struct json *overlay_member(struct json *object, str key); /* NULL if absent */
/* The member, which becomes an empty container of the type if it is absent or another thing; NULL
 * when the arena is exhausted. */
struct json *overlay_made(struct arena *, struct json *object, str key, enum json_type type);
void overlay_remove(struct json *object_or_list, uint32_t i);
/* Position of the item with the id, or list->n; 0 of no list. */
uint32_t overlay_find_id(const struct json *list, str id);
/* The list of these rules, or NULL. */
const struct json *overlay_list_of(const struct overlay_list *, const struct json *rules);

/* The document as the bytes of the file, in one line; the file joins the list where it is new. */
NODISCARD enum err overlay_put_json(struct arena *, struct package_files *, str name,
                                    const struct json *, struct fault *);

void overlay_drop_file(struct package_files *, str name);

/* RFC 7396 on a tree that may be changed. */
NODISCARD enum err overlay_patch(struct arena *, struct json *target, const struct json *patch,
                                 struct fault *);

/* ---- fields (overlay_form.c) -------------------------------------------------------------- */

/* The object of the form that has the field as its property, or NULL; *out_name is the property. */
struct json *overlay_field_parent(struct json *form, str pointer, str *out_name);
/* Does any part of the form ask for it, on whatever condition? */
bool overlay_field_required(const struct json *form, str pointer);
/* Takes the field out of form and pages; at is the pointer into overlay.json. */
NODISCARD enum err overlay_field_off(struct overlay_base *, str pointer, const char *at,
                                     struct fault *);
/* Does the plan's field lie at the pointer or below? */
bool overlay_field_under(const struct json *field, str pointer);

#endif
