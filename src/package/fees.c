/* fees.c - where money stands in the rules of a fee, and how a layer says it otherwise
 *
 * A rule is walked from its root, where the value is the fee, down to the places whose value is
 * still money: the branches of a choice, what is added, the first part of a product that is money.
 * Conditions, counts and rates are left alone. */
#include "package/fees.h"

#include <stdio.h>

#include "package/overlay_int.h"

struct walk {
    struct arena *a;
    struct package_amounts *out;
    const struct json *others; /* strings by which the rest of the service reads tables */
    str label;
    struct json when; /* the choices above */
    bool zeros;       /* nothing is an amount too: of the fee itself, which may cease to be free */
    struct fault *f;
};

/* ---- who else reads a table --------------------------------------------------------------- */

/* All texts that begin with "overlay", wherever they stand in the document. */
static enum err readings(struct arena *a, const struct json *j, struct json *list, struct fault *f)
{
    if (json_is(j, J_STRING) && str_starts(json_str(j), S("overlay")))
        TRY_PTR(json_push(a, list, *j), f);
    for (uint32_t i = 0; (json_is(j, J_ARRAY) || json_is(j, J_OBJECT)) && i < j->n; i++)
        TRY(readings(a, j->type == J_ARRAY ? &j->items[i] : &j->members[i].value, list, f));
    return OK;
}

static enum err other_readings(struct arena *a, const struct package_files *files,
                               const struct json *rules, struct json *out, struct fault *f)
{
    static const char *const readers[] = {"pages.json", "workflow.json"};
    struct json *j;

    *out = (struct json){.type = J_ARRAY};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        TRY(overlay_json(a, files, str_of(readers[i]), &j, f));
        TRY(readings(a, j, out, f));
    }
    for (uint32_t i = 0; json_is(rules, J_OBJECT) && i < rules->n; i++)
        if (!str_eq(rules->members[i].key, S("fee")))
            TRY(readings(a, &rules->members[i].value, out, f));
    return readings(a, json_get(json_get(rules, S("fee")), S("waivers")), out, f);
}

/* "overlay.reciprocity" reads all below it, "overlay.reciprocity.fee" that one alone. */
static bool read_elsewhere(const struct walk *w, str path)
{
    const struct json *text;

    for (size_t i = 0; (text = json_at(w->others, i)); i++) {
        str by = json_str(text);
        while (str_ends(by, S(".")))
            by = str_sub(by, 0, by.n - 1);
        if (str_starts(path, by) && (path.n == by.n || path.p[by.n] == '.'))
            return true;
    }
    return false;
}

/* ---- amounts ------------------------------------------------------------------------------ */

static enum err add(struct walk *w, str at, str key, struct json *node)
{
    struct package_amounts *all = w->out;

    if (node->type != J_INT || node->i < 0 || (node->i == 0 && !w->zeros && !key.p))
        return OK;
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].node == node)
            return OK;
    if (all->n == PACKAGE_AMOUNTS)
        return fault(w->f, ERR_LIMIT, "rules.json: a fee of more than %d amounts", PACKAGE_AMOUNTS);
    TRY_PTR(at.p, w->f);
    struct package_amount *m = &all->list[all->n++];
    *m = (struct package_amount){at, w->label, key, node->i, {.type = J_ARRAY}, node};
    for (size_t i = 0; json_at(&w->when, i); i++)
        TRY_PTR(json_push(w->a, &m->when, *json_at(&w->when, i)), w->f);
    return OK;
}

static str below(struct walk *w, str at, size_t i)
{
    return str_printf(w->a, "%.*s/%zu", STR_FMT(at), i);
}

/* What "overlay.A.B" names in the tables; NULL where it is not there. *at grows by its steps. */
static struct json *in_tables(struct walk *w, str path, str *at)
{
    struct json *here = overlay_member(w->out->service, S("tables"));
    str rest = path, part;

    str_split(&rest, '.', &part);
    *at = S("service.json#/tables");
    while (here && str_split(&rest, '.', &part)) {
        if (!part.n)
            return NULL;
        here = overlay_member(here, part);
        *at = str_printf(w->a, "%.*s/%.*s", STR_FMT(*at), STR_FMT(part));
        if (!at->p)
            return NULL;
    }
    return here;
}

/* The rows of a table from which an answer chooses one. */
static enum err walk_rows(struct walk *w, str path)
{
    str at, table_path = str_sub(path, 0, path.n - 1); /* without its last full stop */
    struct json *table = in_tables(w, table_path, &at);

    for (uint32_t i = 0; json_is(table, J_OBJECT) && i < table->n; i++) {
        str key = table->members[i].key;
        if (!read_elsewhere(w, path))
            TRY(add(w, str_printf(w->a, "%.*s/%.*s", STR_FMT(at), STR_FMT(key)), key,
                    &table->members[i].value));
    }
    return OK;
}

static enum err walk(struct walk *w, str at, struct json *j);

/* {"var": "overlay.fee"}, {"var": ["overlay.tariff.urgent", 5000]}, or a row that answers choose.
 * Where the table says it, what stands in its place does not count. */
static enum err walk_var(struct walk *w, str at, struct json *v)
{
    struct json *path = v, *otherwise = NULL;
    str table_at;

    if (v->type == J_ARRAY) {
        path = v->n ? &v->items[0] : NULL;
        otherwise = v->n > 1 ? &v->items[1] : NULL;
    }
    const struct json *cat = json_get(path, S("cat"));
    str fixed = cat ? json_str(json_at(cat, 0)) : json_str(path);
    if (!str_starts(fixed, S("overlay.")))
        return OK;
    if (cat && str_ends(fixed, S(".")))
        TRY(walk_rows(w, fixed));
    struct json *said = cat ? NULL : in_tables(w, fixed, &table_at);
    if (said && said->type == J_INT)
        return read_elsewhere(w, fixed) ? OK : add(w, table_at, STR_NONE, said);
    return otherwise ? walk(w, below(w, at, 1), otherwise) : OK;
}

/* One branch, with what leads to it: its rule, or none where the others are exhausted. */
static enum err walk_branch(struct walk *w, str at, struct json *list, uint32_t rule, uint32_t i)
{
    struct json step = {.type = J_OBJECT}, before = {.type = J_ARRAY}, above = w->when;

    for (uint32_t k = 0; k + 1 < list->n && k < rule; k += 2)
        TRY_PTR(json_push(w->a, &before, list->items[k]), w->f);
    if (rule != i)
        TRY_PTR(json_put(w->a, &step, S("rule"), list->items[rule]), w->f);
    TRY_PTR(json_put(w->a, &step, S("before"), before), w->f);
    w->when = (struct json){.type = J_ARRAY};
    for (size_t k = 0; json_at(&above, k); k++)
        TRY_PTR(json_push(w->a, &w->when, *json_at(&above, k)), w->f);
    TRY_PTR(json_push(w->a, &w->when, step), w->f);
    TRY(walk(w, below(w, at, i), &list->items[i]));
    w->when = above;
    return OK;
}

static enum err walk_if(struct walk *w, str at, struct json *list)
{
    uint32_t i = 0;

    if (list->type != J_ARRAY)
        return OK;
    for (; i + 1 < list->n; i += 2)
        TRY(walk_branch(w, at, list, i, i + 1));
    return i < list->n ? walk_branch(w, at, list, i, i) : OK;
}

/* Of a product, the first part that is money; of a difference, what it is taken from first. */
static enum err walk_parts(struct walk *w, str at, struct json *list, str op)
{
    bool product = str_eq(op, S("*")), first = str_eq(op, S("-"));
    size_t had = w->out->n;

    if (list->type != J_ARRAY)
        return walk(w, at, list);
    bool zeros = w->zeros;
    w->zeros = false;
    for (uint32_t i = 0; i < list->n; i++) {
        TRY(walk(w, below(w, at, i), &list->items[i]));
        if (product ? w->out->n > had : first && w->out->n == had)
            break;
    }
    w->zeros = zeros;
    return OK;
}

static enum err walk(struct walk *w, str at, struct json *j)
{
    TRY_PTR(at.p, w->f);
    if (j->type == J_INT)
        return add(w, at, STR_NONE, j);
    if (j->type != J_OBJECT || j->n != 1)
        return OK;
    str op = j->members[0].key;
    struct json *args = &j->members[0].value;
    at = str_printf(w->a, "%.*s/%.*s", STR_FMT(at), STR_FMT(op));
    TRY_PTR(at.p, w->f);
    if (str_eq(op, S("var")))
        return walk_var(w, at, args);
    if (str_eq(op, S("if")))
        return walk_if(w, at, args);
    if (str_eq(op, S("/")) || str_eq(op, S("sifara.round")))
        return json_at(args, 0) ? walk(w, below(w, at, 0), &args->items[0]) : OK;
    static const char *const sums[] = {"+", "-", "*", "min", "max", "try", "??"};
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        if (str_eq(op, str_of(sums[i])))
            return walk_parts(w, at, args, op);
    return OK;
}

enum err package_amounts_of(struct arena *a, const struct package_files *files,
                            struct package_amounts *out, struct fault *f)
{
    struct json others, *fee, *part;
    struct overlay_base b;

    TRY(overlay_base_read(a, files, &b, f));
    out->service = b.service;
    out->rules = b.rules;
    out->n = 0;
    fee = overlay_member(b.rules, S("fee"));
    TRY(other_readings(a, files, b.rules, &others, f));
    struct walk w = {
        .a = a, .out = out, .others = &others, .when = {.type = J_ARRAY}, .zeros = true, .f = f};
    if ((part = overlay_member(fee, S("amount"))))
        TRY(walk(&w, S("rules.json#/fee/amount"), part));
    w.zeros = false;
    part = overlay_member(fee, S("items"));
    for (uint32_t i = 0; json_is(part, J_ARRAY) && i < part->n; i++) {
        struct json *amount = overlay_member(&part->items[i], S("amount"));
        w.label = json_get_str(&part->items[i], S("label"));
        if (amount)
            TRY(walk(&w, str_printf(a, "rules.json#/fee/items/%u/amount", (unsigned)i), amount));
    }
    return OK;
}

/* ---- a layer that says others --------------------------------------------------------------- */

static enum err set_amounts(struct package_amounts *all, const struct json *list, size_t *changed,
                            struct fault *f)
{
    const struct json *one;
    char at[40];

    for (size_t i = 0; (one = json_at(list, i)); i++) {
        int64_t amount = json_get_int(one, S("amount"), -1);
        size_t k = 0;
        while (k < all->n && !str_eq(all->list[k].at, json_get_str(one, S("at"))))
            k++;
        snprintf(at, sizeof at, "/amounts/%zu", i);
        if (k == all->n || amount < 0)
            return fault_at(f, ERR_INVALID, at, "the fee has no such amount");
        *changed += all->list[k].node->i != amount;
        all->list[k].node->i = amount;
    }
    return OK;
}

/* The item of the list with the id is replaced, or joins it. */
static enum err lift_item(struct arena *a, struct json *list, const struct json *item,
                          struct fault *f)
{
    uint32_t i = overlay_find_id(list, json_get_str(item, S("id")));

    if (i < list->n)
        list->items[i] = *item;
    else
        TRY_PTR(json_push(a, list, *item), f);
    return OK;
}

static bool touched(const struct package_amounts *all, str at)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].node->i != all->list[i].amount && str_starts(all->list[i].at, at))
            return true;
    return false;
}

/* Parts of the fee are replaced whole, as an overlay does it. */
static enum err lift_fee(struct arena *a, const struct package_amounts *all, struct json *rules,
                         struct fault *f)
{
    const struct json *own = json_get(all->rules, S("fee")), *items = json_get(own, S("items"));
    struct json *fee, *list;

    if (!touched(all, S("rules.json#")))
        return OK;
    TRY_PTR(fee = overlay_made(a, rules, S("fee"), J_OBJECT), f);
    if (touched(all, S("rules.json#/fee/amount")))
        TRY_PTR(json_put(a, fee, S("amount"), *json_get(own, S("amount"))), f);
    for (size_t i = 0; json_at(items, i); i++) {
        str at = str_printf(a, "rules.json#/fee/items/%zu/", i);
        TRY_PTR(at.p, f);
        if (!touched(all, at))
            continue;
        TRY_PTR(list = overlay_made(a, fee, S("items"), J_ARRAY), f);
        TRY(lift_item(a, list, json_at(items, i), f));
    }
    return OK;
}

static enum err lift_tables(struct arena *a, const struct package_amounts *all, struct json *rules,
                            struct fault *f)
{
    const struct json *own = json_get(all->service, S("tables"));

    for (uint32_t i = 0; json_is(own, J_OBJECT) && i < own->n; i++) {
        const struct json_member *m = &own->members[i];
        str at = str_printf(a, "service.json#/tables/%.*s", STR_FMT(m->key));
        TRY_PTR(at.p, f);
        if (!touched(all, at))
            continue;
        struct json *tables = overlay_made(a, rules, S("tables"), J_OBJECT);
        TRY_PTR(tables && json_put(a, tables, m->key, m->value), f);
    }
    return OK;
}

static enum err lay_words(struct arena *a, const struct package_files *files,
                          const struct json *words, struct json *doc, size_t *changed,
                          struct fault *f)
{
    struct json *theirs, *all, *own;
    char at[48];

    for (uint32_t i = 0; json_is(words, J_OBJECT) && i < words->n; i++) {
        const struct json_member *m = &words->members[i];
        str name = str_printf(a, "words.%.*s.json", STR_FMT(m->key));
        snprintf(at, sizeof at, "/words/%.*s", (int)(m->key.n < 30 ? m->key.n : 30), m->key.p);
        TRY_PTR(name.p, f);
        TRY(overlay_json(a, files, name, &theirs, f));
        if (!theirs)
            return fault_at(f, ERR_INVALID, at, "the service does not speak this language");
        if (str_eq(json_get_str(theirs, S("fee")), json_str(&m->value)))
            continue;
        all = overlay_made(a, doc, S("words"), J_OBJECT);
        own = all ? overlay_made(a, all, m->key, J_OBJECT) : NULL;
        TRY_PTR(own && json_put(a, own, S("fee"), m->value), f);
        ++*changed;
    }
    return OK;
}

enum err package_amounts_lay(struct arena *a, const struct package_files *in_force,
                             const struct json *changed, struct package_files *layer,
                             struct fault *f)
{
    struct package_amounts *all = arena_new_of(a, struct package_amounts);
    struct json *doc, *rules;
    size_t n = 0;

    TRY_PTR(all, f);
    TRY(package_amounts_of(a, in_force, all, f));
    TRY(overlay_json(a, layer, S("overlay.json"), &doc, f));
    if (!doc)
        return fault(f, ERR_INVALID, "a layer has an overlay.json");
    TRY(set_amounts(all, json_get(changed, S("amounts")), &n, f));
    TRY_PTR(rules = overlay_made(a, doc, S("rules"), J_OBJECT), f);
    TRY(lift_fee(a, all, rules, f));
    TRY(lift_tables(a, all, rules, f));
    TRY(lay_words(a, in_force, json_get(changed, S("words")), doc, &n, f));
    if (!n)
        return fault_at(f, ERR_INVALID, "/amounts", "nothing changes");
    return overlay_put_json(a, layer, S("overlay.json"), doc, f);
}

/* ---- golden cases follow -------------------------------------------------------------------- */

static enum err follow_member(struct json *expect, const struct json *got, uint32_t i, bool fees,
                              const char *at, struct fault *f)
{
    struct json_member *m = &expect->members[i];
    const struct json *came = json_get(got, m->key);
    bool may = !fees || str_eq(m->key, S("fee")) || str_eq(m->key, S("document"));

    if (json_same(came, &m->value))
        return OK;
    if (!came || !may || json_get(came, S("error")))
        return fault_at(f, ERR_CONFLICT, at, "it comes out otherwise: %.*s", STR_FMT(m->key));
    m->value = *came;
    return OK;
}

static enum err follow(struct arena *a, struct json *golden, const struct json *came, size_t i,
                       bool fees, struct json *moved, struct fault *f)
{
    const struct json *got = json_get(came, S("got"));
    struct json *expect = overlay_member(golden, S("expect")), entry = {.type = J_OBJECT};
    char at[48];

    snprintf(at, sizeof at, "golden.json#/cases/%zu", i);
    if (!got || !expect)
        return fault_at(f, ERR_CONFLICT, at, "%.*s: %.*s", STR_FMT(json_get_str(came, S("name"))),
                        STR_FMT(json_get_str(came, S("error"))));
    for (uint32_t k = 0; k < expect->n; k++)
        TRY(follow_member(expect, got, k, fees, at, f));
    bool ok = json_put(a, &entry, S("name"), json_of_str(json_get_str(came, S("name")))) &&
              json_put(a, &entry, S("expected"), *json_get(came, S("expected"))) &&
              json_put(a, &entry, S("got"), *got) && json_push(a, moved, entry);
    TRY_PTR(ok, f);
    return OK;
}

enum err package_cases_follow(struct arena *a, const struct package_files *laid,
                              const struct json *came, bool fees, struct package_files *layer,
                              struct json *out_moved, struct fault *f)
{
    struct json moved = {.type = J_ARRAY}, *doc;
    struct json *cases;

    TRY(overlay_json(a, laid, S("golden.json"), &doc, f));
    cases = overlay_member(doc, S("cases"));
    for (uint32_t i = 0; json_is(cases, J_ARRAY) && i < cases->n; i++) {
        const struct json *one = json_at(came, i);
        if (!json_get_bool(one, S("passed"), false))
            TRY(follow(a, &cases->items[i], one, i, fees, &moved, f));
    }
    *out_moved = moved;
    return moved.n ? overlay_put_json(a, layer, S("golden.json"), doc, f) : OK;
}
