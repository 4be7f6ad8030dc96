/* packages_settle.c - the giver's next version and our layer touch the same things: officers choose
 *
 * For each place they take ours or theirs (package/overlay.h). The golden cases are replayed under
 * what was chosen; those that come out otherwise are shown first, and then expect what came: what
 * they proved until now is for the officers to weigh, who saw it. The layer that comes of it is
 * laid as any other. */
#include "package/fees.h"
#include "service/packages_int.h"

struct settling {
    struct package_row row;
    struct package_files layer, settled, laid;
    struct json moved; /* golden cases that come out otherwise */
};

static enum err settle(struct act *a, struct arena *scratch, struct settling *s, struct fault *f)
{
    struct package_unpacked *u = arena_new_of(scratch, struct package_unpacked);
    str overlay, digest, archive;
    struct json *places;
    struct trial t;

    TRY_PTR(u, f);
    TRY(package_row_of_path(a, &s->row, f));
    if (!s->row.conflicts.p || !str_eq(s->row.state, S("received")))
        return fault(f, ERR_CONFLICT, "nothing in it conflicts with our layer");
    TRY(package_layer_in_force(a, scratch, s->row.name, &overlay, &digest, &s->layer, f));
    if (!overlay.p)
        return fault(f, ERR_CONFLICT, "there is no layer of ours in force any more");
    TRY(json_parse(scratch, s->row.conflicts, &json_limits_wide, &places, f));
    TRY(overlay_settle(scratch, &s->layer, places, json_get(a->input, S("choices")), s->row.version,
                       &s->settled, f));
    TRY(package_archive_load(a->db, s->row.digest, scratch, &archive, f));
    TRY(package_unpack(scratch, archive, NULL, u, f));
    TRY(overlay_apply(scratch, &u->archive.files, &s->settled, &s->laid, f));
    TRY(trial_run(a->house->trial, &s->laid, true, scratch, &t, f));
    TRY(trial_verdict(&t, a->arena, f));
    TRY(package_cases_follow(scratch, &s->laid, t.cases, false, &s->settled, &s->moved, f));
    return overlay_apply(scratch, &u->archive.files, &s->settled, &s->laid, f);
}

enum err package_settle_weigh(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(4 * PACKAGE_ARENA);
    struct settling *s = scratch ? arena_new_of(scratch, struct settling) : NULL;
    struct jw w = JW(&a->reply);

    TRY_PTR(s, f);
    TRY(settle(a, scratch, s, f));
    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_tree(&w, &s->moved);
    jw_close(&w, '}');
    return OK;
}

enum err package_settle_prepare(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(4 * PACKAGE_ARENA);
    struct settling *s = scratch ? arena_new_of(scratch, struct settling) : NULL;

    TRY_PTR(s, f);
    TRY(settle(a, scratch, s, f));
    return package_lay(a, scratch, &s->row, &s->settled, &s->laid, f);
}
