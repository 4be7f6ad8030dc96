/* overlay_merge.c - where the giver's new version and the overlay touch the same thing
 *
 * Things are small: one member of service.json, one rule, one part of the fee, one table, one word,
 * one field, one file of art. Each that the overlay names is looked up in both bases. */
#include "package/overlay_int.h"

#include "base/encode.h"

struct merge {
    struct arena *a;
    const struct overlay *o;
    struct overlay_base old, next;
    struct overlay_conflicts *out;
};

static bool same(const struct json *x, const struct json *y)
{
    return x && y ? json_same(x, y) : x == y;
}

/* lost: the new base no longer has what the overlay takes away. */
static enum err compare(struct merge *m, const char *what, str where, const struct json *old,
                        const struct json *ours, const struct json *theirs, bool lost,
                        struct fault *f)
{
    struct overlay_conflicts *all = m->out;

    TRY_PTR(where.p, f);
    if (same(old, theirs) || (same(ours, theirs) && !lost))
        return OK;
    if (all->n == OVERLAY_CONFLICTS)
        all->dropped++;
    else
        all->list[all->n++] = (struct overlay_conflict){what, where, old, ours, theirs};
    return OK;
}

/* A step of a JSON Pointer. */
static str step(struct arena *a, str at, str key)
{
    AUTO(buf) struct buf b = BUF(1 << 16);

    buf_add_str(&b, at);
    buf_add_char(&b, '/');
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] == '~' || key.p[i] == '/')
            buf_add_str(&b, key.p[i] == '~' ? S("~0") : S("~1"));
        else
            buf_add_char(&b, key.p[i]);
    return buf_ok(&b) ? str_copy(a, buf_str(&b)) : STR_NONE;
}

/* Down the merge patch to what it sets. Where the new base has something else than an object in
 * which the patch would set members, that is the thing. */
static enum err merge_service(struct merge *m, str where, const struct json *patch,
                              const struct json *old, const struct json *next, struct fault *f)
{
    bool inside = json_is(patch, J_OBJECT) && (!next || json_is(next, J_OBJECT) || same(old, next));

    TRY_PTR(where.p, f);
    if (!inside)
        return compare(m, "service", where, old, json_is(patch, J_NULL) ? NULL : patch, next, false,
                       f);
    for (uint32_t i = 0; i < patch->n; i++) {
        str key = patch->members[i].key;
        TRY(merge_service(m, step(m->a, where, key), &patch->members[i].value, json_get(old, key),
                          json_get(next, key), f));
    }
    return OK;
}

static const struct json *by_id(const struct json *list, str id)
{
    return json_at(list, overlay_find_id(list, id));
}

static enum err merge_list(struct merge *m, const struct overlay_list *l, struct fault *f)
{
    const struct json *own = overlay_list_of(l, m->o->rules);
    const struct json *old = overlay_list_of(l, m->old.rules),
                      *next = overlay_list_of(l, m->next.rules);

    for (uint32_t i = 0; own && i < own->n; i++) {
        const struct json *item = &own->items[i];
        str id = json_get_str(item, S("id"));
        bool off = json_get(item, S("off")) != NULL;
        str in = str_printf(m->a, "rules.json#%s", l->at + sizeof "/rules" - 1);
        TRY_PTR(in.p, f);
        TRY(compare(m, l->what, step(m->a, in, id), by_id(old, id), off ? NULL : item,
                    by_id(next, id), off && !by_id(next, id), f));
    }
    return OK;
}

static enum err merge_rules(struct merge *m, struct fault *f)
{
    const struct json *rules = m->o->rules, *fee = json_get(rules, S("fee"));
    const struct json *tables = json_get(rules, S("tables"));
    const struct json *old_fee = json_get(m->old.rules, S("fee")),
                      *next_fee = json_get(m->next.rules, S("fee"));

    for (size_t i = 0; i < ARRAY_LEN(overlay_lists); i++)
        TRY(merge_list(m, &overlay_lists[i], f));
    for (size_t i = 0; i < ARRAY_LEN(overlay_fee_parts); i++) {
        str part = str_of(overlay_fee_parts[i]);
        if (json_get(fee, part))
            TRY(compare(m, "fee", step(m->a, S("rules.json#/fee"), part), json_get(old_fee, part),
                        json_get(fee, part), json_get(next_fee, part), false, f));
    }
    if (json_get(rules, S("route")))
        TRY(compare(m, "route", S("rules.json#/route"), json_get(m->old.rules, S("route")),
                    json_get(rules, S("route")), json_get(m->next.rules, S("route")), false, f));
    for (uint32_t i = 0; tables && i < tables->n; i++) {
        str key = tables->members[i].key;
        TRY(compare(m, "table", step(m->a, S("service.json#/tables"), key),
                    json_get(json_get(m->old.service, S("tables")), key), &tables->members[i].value,
                    json_get(json_get(m->next.service, S("tables")), key), false, f));
    }
    return OK;
}

static enum err merge_language(struct merge *m, const struct json_member *own, struct fault *f)
{
    str name = str_printf(m->a, "words.%.*s.json", STR_FMT(own->key));
    struct json *old, *next;

    TRY_PTR(name.p, f);
    TRY(overlay_json(m->a, m->old.files, name, &old, f));
    TRY(overlay_json(m->a, m->next.files, name, &next, f));
    str in = str_printf(m->a, "%.*s#", STR_FMT(name));
    TRY_PTR(in.p, f);
    /* whoever does without a language does not care what is said in it; that it is gone by itself
     * is for the layer to know */
    if (json_is(&own->value, J_NULL))
        return next ? OK : compare(m, "word", in, old, NULL, NULL, true, f);
    for (uint32_t i = 0; i < own->value.n; i++) {
        const struct json_member *word = &own->value.members[i];
        const struct json *theirs = json_get(next, word->key);
        bool off = json_is(&word->value, J_NULL);
        TRY(compare(m, "word", step(m->a, in, word->key), json_get(old, word->key),
                    off ? NULL : &word->value, theirs, off && !theirs, f));
    }
    return OK;
}

/* All that is said of a field: {"schema", "required", "open", "pages": [entries of the plan]}. */
static enum err describe_field(struct merge *m, struct overlay_base *b, str pointer,
                               const struct json **out, struct fault *f)
{
    struct json all = {.type = J_OBJECT}, plan = {.type = J_ARRAY};
    const struct json *pages = json_get(b->pages, S("pages")), *fields, *more;
    str name;
    struct json *parent = overlay_field_parent(b->form, pointer, &name);

    *out = NULL;
    if (!parent)
        return OK;
    for (size_t i = 0; json_at(pages, i); i++) {
        fields = json_get(json_at(pages, i), S("fields"));
        for (size_t k = 0; json_at(fields, k); k++)
            if (overlay_field_under(json_at(fields, k), pointer))
                TRY_PTR(json_push(m->a, &plan, *json_at(fields, k)), f);
    }
    more = json_get(parent, S("additionalProperties"));
    TRY_PTR(json_put(m->a, &all, S("schema"), *json_get(json_get(parent, S("properties")), name)) &&
                json_put(m->a, &all, S("required"),
                         json_of_bool(overlay_field_required(b->form, pointer))) &&
                json_put(m->a, &all, S("open"), json_of_bool(!json_is(more, J_BOOL) || more->b)) &&
                json_put(m->a, &all, S("pages"), plan),
            f);
    struct json *kept = arena_new_of(m->a, struct json);
    TRY_PTR(kept, f);
    *kept = all;
    *out = kept;
    return OK;
}

static enum err merge_fields(struct merge *m, struct fault *f)
{
    const struct json *old, *next;

    for (size_t i = 0; json_at(m->o->off, i); i++) {
        str pointer = json_str(json_at(m->o->off, i));
        TRY(describe_field(m, &m->old, pointer, &old, f));
        TRY(describe_field(m, &m->next, pointer, &next, f));
        TRY(compare(m, "field", str_printf(m->a, "form.json#%.*s", STR_FMT(pointer)), old, NULL,
                    next, !next, f));
    }
    return OK;
}

static enum err digest_of(struct merge *m, const struct package_file *file, const struct json **out,
                          struct fault *f)
{
    struct json *j = arena_new_of(m->a, struct json);
    char hex[2 * sizeof(struct hash) + 1];

    *out = NULL;
    if (!file)
        return OK;
    struct hash h = sha256(file->bytes);
    hex_encode(h.b, sizeof h.b, hex);
    str text = str_copy(m->a, str_of(hex));
    TRY_PTR(j && text.p, f);
    *j = json_of_str(text);
    *out = j;
    return OK;
}

static enum err merge_art(struct merge *m, struct fault *f)
{
    const struct json *old, *ours, *next;

    for (size_t i = 0; i < m->o->files->n; i++) {
        str name = m->o->files->list[i].name;
        bool workflow = str_eq(name, S("workflow.json"));
        if (str_ends(name, S(".json")) && !workflow)
            continue;
        TRY(digest_of(m, package_file(m->old.files, name), &old, f));
        TRY(digest_of(m, &m->o->files->list[i], &ours, f));
        TRY(digest_of(m, package_file(m->next.files, name), &next, f));
        TRY(compare(m, workflow ? "workflow" : "art", name, old, ours, next, false, f));
    }
    return OK;
}

enum err overlay_merge(struct arena *a, const struct package_files *old,
                       const struct package_files *overlay, const struct package_files *next,
                       struct overlay_conflicts *out, struct fault *f)
{
    struct package_files *laid = arena_new_of(a, struct package_files);
    struct merge m = {.a = a, .out = out};
    struct overlay o;

    TRY_PTR(laid, f);
    out->n = out->dropped = 0;
    TRY(overlay_apply(a, old, overlay, laid, f));
    TRY(overlay_read(a, overlay, &o, f));
    m.o = &o;
    TRY(overlay_base_read(a, old, &m.old, f));
    TRY(overlay_base_read(a, next, &m.next, f));
    TRY(overlay_fits(&o, &m.next, f));
    if (o.service)
        TRY(merge_service(&m, S("service.json#"), o.service, m.old.service, m.next.service, f));
    TRY(merge_rules(&m, f));
    for (uint32_t i = 0; o.words && i < o.words->n; i++)
        TRY(merge_language(&m, &o.words->members[i], f));
    TRY(merge_fields(&m, f));
    return merge_art(&m, f);
}
