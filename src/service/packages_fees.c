/* packages_fees.c - what a service costs is said anew, without its text being written
 *
 * The amounts of the fee are found in the rules in force (package/fees.h). What an officer says
 * otherwise becomes one more layer over the same package; the golden cases whose fee follows from
 * that alone say the new one. The layer is tried as any other, and decided upon by two officers
 * (packages_decide.c): this only spares them the text. */
#include "package/fees.h"
#include "service/packages_int.h"

struct pricing {
    struct package_row row;
    struct package_files effective, layer, laid;
    struct json moved; /* golden cases that follow */
};

/* ---- as it is ------------------------------------------------------------------------------ */

static enum err load(struct act *a, struct arena *scratch, struct pricing *p, struct fault *f)
{
    str archive;

    TRY(package_row_of_path(a, &p->row, f));
    TRY(package_archive_load(a->db, p->row.digest, scratch, &archive, f));
    return package_effective(scratch, archive, p->row.overlay, &p->effective, f);
}

/* The currency in which the rules reckon: where it depends on the post, that of no post. */
static str currency_of(struct arena *scratch, const struct package_files *files)
{
    struct package_case nothing = {.answers = NULL};
    struct package *p = NULL;
    struct json data;
    str currency = STR_NONE;

    if (package_load(scratch, files, &p, NULL) == OK) {
        nothing.overlay = json_get(p->service, S("tables"));
        if (package_data(&nothing, scratch, &data, NULL) != OK ||
            package_currency(p, &data, scratch, &currency, NULL) != OK)
            currency = STR_NONE;
        currency = str_copy(scratch, currency);
    }
    package_free(p);
    return currency;
}

static void put_amount(struct jw *w, const struct package_amount *m)
{
    jw_open(w, '{');
    jw_kv(w, S("at"), m->at);
    jw_kv_int(w, S("amount"), m->amount);
    if (m->label.p)
        jw_kv(w, S("label"), m->label);
    if (m->key.p)
        jw_kv(w, S("key"), m->key);
    jw_key(w, S("when"));
    jw_tree(w, &m->when);
    jw_close(w, '}');
}

static enum err put_sentences(struct arena *scratch, const struct package_files *files,
                              struct jw *w, struct fault *f)
{
    struct json *words;

    jw_key(w, S("words"));
    jw_open(w, '{');
    for (size_t i = 0; i < files->n; i++) {
        str name = files->list[i].name;
        if (!str_starts(name, S("words.")))
            continue;
        TRY(json_parse(scratch, files->list[i].bytes, &json_limits_wide, &words, f));
        jw_kv(w, str_sub(name, 6, name.n - 5), json_get_str(words, S("fee")));
    }
    jw_close(w, '}');
    return OK;
}

static enum err put_cases(struct arena *scratch, const struct package_files *files, struct jw *w,
                          struct fault *f)
{
    const struct package_file *file = package_file(files, S("golden.json"));
    struct json *golden = NULL;
    const struct json *c, *fee;

    if (file)
        TRY(json_parse(scratch, file->bytes, &json_limits_wide, &golden, f));
    jw_key(w, S("cases"));
    jw_open(w, '[');
    for (size_t i = 0; (c = json_at(json_get(golden, S("cases")), i)); i++) {
        if (!(fee = json_get(json_get(c, S("expect")), S("fee"))))
            continue;
        jw_open(w, '{');
        jw_kv(w, S("name"), json_get_str(c, S("name")));
        jw_key(w, S("fee"));
        jw_tree(w, fee);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static enum err tell(struct act *a, struct arena *scratch, const struct pricing *p,
                     const struct package_files *files, struct fault *f)
{
    struct package_amounts *all = arena_new_of(scratch, struct package_amounts);
    struct jw w = JW(&a->reply);
    str currency = currency_of(scratch, files);

    TRY_PTR(all, f);
    TRY(package_amounts_of(scratch, files, all, f));
    jw_open(&w, '{');
    jw_kv(&w, S("name"), p->row.name);
    jw_kv(&w, S("version"), p->row.version);
    if (currency.p)
        jw_kv(&w, S("currency"), currency);
    jw_key(&w, S("amounts"));
    jw_open(&w, '[');
    for (size_t i = 0; i < all->n; i++)
        put_amount(&w, &all->list[i]);
    jw_close(&w, ']');
    TRY(put_sentences(scratch, files, &w, f));
    TRY(put_cases(scratch, files, &w, f));
    jw_close(&w, '}');
    return OK;
}

enum err package_fees(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(2 * PACKAGE_ARENA);
    struct pricing *p = scratch ? arena_new_of(scratch, struct pricing) : NULL;

    TRY_PTR(p, f);
    TRY(load(a, scratch, p, f));
    return tell(a, scratch, p, &p->effective, f);
}

/* ---- as it would be ------------------------------------------------------------------------ */

/* The layer that says what the input says, and the service that it makes, whose golden cases come
 * out as they say. */
static enum err price(struct act *a, struct arena *scratch, struct pricing *p, struct fault *f)
{
    struct package_unpacked *u = arena_new_of(scratch, struct package_unpacked);
    struct trial t;
    str archive;

    TRY_PTR(u, f);
    TRY(load(a, scratch, p, f));
    if (!str_eq(p->row.state, S("active")))
        return fault(f, ERR_CONFLICT, "it is %.*s", STR_FMT(p->row.state));
    TRY(package_archive_load(a->db, p->row.digest, scratch, &archive, f));
    TRY(package_unpack(scratch, archive, NULL, u, f));
    TRY(package_layer_files(a, scratch, &p->row, &p->layer, f));
    TRY(package_amounts_lay(scratch, &p->effective, a->input, &p->layer, f));
    TRY(overlay_apply(scratch, &u->archive.files, &p->layer, &p->laid, f));
    TRY(trial_run(a->house->trial, &p->laid, true, scratch, &t, f));
    TRY(trial_verdict(&t, a->arena, f));
    TRY(package_cases_follow(scratch, &p->laid, t.cases, true, &p->layer, &p->moved, f));
    return overlay_apply(scratch, &u->archive.files, &p->layer, &p->laid, f);
}

enum err package_fees_weigh(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(4 * PACKAGE_ARENA);
    struct pricing *p = scratch ? arena_new_of(scratch, struct pricing) : NULL;

    TRY_PTR(p, f);
    TRY(price(a, scratch, p, f));
    return tell(a, scratch, p, &p->laid, f);
}

enum err package_fees_change_prepare(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(4 * PACKAGE_ARENA);
    struct pricing *p = scratch ? arena_new_of(scratch, struct pricing) : NULL;

    TRY_PTR(p, f);
    TRY(price(a, scratch, p, f));
    return package_lay(a, scratch, &p->row, &p->layer, &p->laid, f);
}

/* The same fees were said before: that content is here, and goes on from where it stands. */
enum err package_fees_change(struct act *a, struct fault *f)
{
    struct package_row there;
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT id FROM package WHERE content = ?", "s",
                        package_installing(a)->content);

    if (e == ERR_NOT_FOUND)
        return package_overlay(a, f);
    TRY(e);
    struct id id = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(package_row_load(a, &id, &there, f));
    package_reply(a, &there);
    return OK;
}
