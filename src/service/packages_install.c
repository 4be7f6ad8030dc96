/* packages_install.c - a package comes in: received, laid under the house's overlay, accepted
 *
 * Who gave it is verified before anything of it is understood; what it says is understood in
 * another process first (trial.h). All of that is prepare, on the caller's thread: the writer only
 * writes rows. */
#include <stdio.h>

#include "base/encode.h"
#include "base/fs.h"
#include "service/packages_int.h"

struct installing {
    struct package_row row;
    str archive; /* to be kept; STR_NONE: it is there */
    bool in_place;
};

/* ---- whose keys are known ----------------------------------------------------------------- */

/* The key by which a partner signs its packages, as its keyset says. */
static enum err add_partner(struct act *a, str state, struct buf *text, struct fault *f)
{
    struct note_key key;
    struct partner p;

    TRY(partner_load(a->db, state, a->arena, &p, f));
    TRY_PTR(keyset_packages_key(&p.keyset, a->arena, &key), f);
    buf_printf(text, "\n%.*s ", STR_FMT(state));
    note_key_format(text, &key);
    return OK;
}

/* DIR/trust/packages, as the operator put it there, the key of the house itself, and that of the
 * partner over whose channel it came. */
static enum err read_trust(struct act *a, str giver, struct package_trust *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    char path[4200];
    str given;

    snprintf(path, sizeof path, "%.*s/trust/packages", STR_FMT(a->house->data_dir));
    enum err e = fs_read(a->arena, path, 512 << 10, &given, NULL);
    if (e == OK)
        buf_add_str(&text, given);
    else if (e != ERR_NOT_FOUND)
        return fault(f, e, "the list of known keys cannot be read");
    buf_printf(&text, "\n%.*s ", STR_FMT(a->house->state_code));
    TRY(keyring_note_key(a->house->keyring, a->house->package_key, &text, f));
    if (giver.p)
        TRY(add_partner(a, giver, &text, f));
    buf_add_char(&text, '\n');
    str kept = str_copy(a->arena, buf_str(&text));
    TRY_PTR(kept.p, f);
    return package_trust_parse(kept, out, f);
}

/* ---- what is there already ---------------------------------------------------------------- */

/* A version is one content, and a name is one giver's. */
static enum err check_name(struct act *a, const struct package_row *r, struct fault *f)
{
    struct query q;
    enum err e = OK;

    TRY(db_query(a->db, &q, f, "SELECT version, giver, digest, state FROM package WHERE name = ?",
                 "s", r->name));
    for (; e == OK && query_row(&q); query_next(&q)) {
        bool same = str_eq(query_str(&q, 2), r->digest);
        if (!str_eq(query_str(&q, 1), r->giver))
            e = fault(f, ERR_CONFLICT, "%.*s is a service that %.*s gave", STR_FMT(r->name),
                      STR_FMT(query_str(&q, 1)));
        else if (same)
            e = fault(f, ERR_CONFLICT, "it is here already, and %.*s", STR_FMT(query_str(&q, 3)));
        else if (str_eq(query_str(&q, 0), r->version))
            e = fault(f, ERR_CONFLICT, "another package with version %.*s is here",
                      STR_FMT(r->version));
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

static void put_side(struct jw *w, str key, const struct json *j)
{
    jw_key(w, key);
    if (j)
        jw_tree(w, j);
    else
        jw_null(w);
}

static enum err put_conflicts(struct arena *a, const struct overlay_conflicts *all, str *out,
                              struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);

    jw_open(&w, '[');
    for (size_t i = 0; i < all->n; i++) {
        const struct overlay_conflict *c = &all->list[i];
        jw_open(&w, '{');
        jw_kv(&w, S("what"), str_of(c->what));
        jw_kv(&w, S("where"), c->where);
        put_side(&w, S("old"), c->old);
        put_side(&w, S("ours"), c->ours);
        put_side(&w, S("theirs"), c->theirs);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "too much conflicts with the overlay in force");
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* Digest of the files in hex. */
static enum err content_of(struct act *a, struct arena *scratch, const struct package_files *files,
                           str *out, struct fault *f)
{
    struct package_manifest m;
    char hex[2 * sizeof m.digest.b + 1];

    TRY(package_manifest_of(scratch, files, &m, f));
    hex_encode(m.digest.b, sizeof m.digest.b, hex);
    *out = str_copy(a->arena, str_of(hex));
    TRY_PTR(out->p, f);
    return OK;
}

enum err package_layer_in_force(struct act *a, struct arena *scratch, str name, str *out_overlay,
                                str *out_digest, struct package_files *out, struct fault *f)
{
    struct json *list;
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT overlay, digest FROM package WHERE name = ? AND state = 'active'"
                        " AND overlay IS NOT NULL",
                        "s", name);

    *out_overlay = STR_NONE;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out_overlay = str_copy(a->arena, query_str(&q, 0));
    *out_digest = str_copy(a->arena, query_str(&q, 1));
    TRY(query_end(&q, f));
    TRY_PTR(out_overlay->p && out_digest->p, f);
    TRY(json_parse(scratch, *out_overlay, &json_limits_wide, &list, f));
    return overlay_files(scratch, list, out, f);
}

/* The layer over the version in force goes over the next one too, where both did not touch the
 * same thing; where they did, that is said, and a new layer has to decide. */
static enum err merge(struct act *a, struct arena *scratch, struct installing *in,
                      const struct package_files *next, struct fault *f)
{
    struct overlay_conflicts *found = arena_new_of(scratch, struct overlay_conflicts);
    struct package_unpacked *old = arena_new_of(scratch, struct package_unpacked);
    struct package_files *layer = arena_new_of(scratch, struct package_files);
    struct package_files *laid = arena_new_of(scratch, struct package_files);
    str overlay, digest, archive;

    TRY_PTR(found && old && layer && laid, f);
    TRY(package_layer_in_force(a, scratch, in->row.name, &overlay, &digest, layer, f));
    if (!overlay.p)
        return OK;
    TRY(package_archive_load(a->db, digest, scratch, &archive, f));
    TRY(package_unpack(scratch, archive, NULL, old, f));
    TRY(overlay_merge(scratch, &old->archive.files, layer, next, found, f));
    if (found->n)
        return put_conflicts(a->arena, found, &in->row.conflicts, f);
    TRY(overlay_apply(scratch, next, layer, laid, f));
    in->row.overlay = overlay;
    return content_of(a, scratch, laid, &in->row.content, f);
}

/* ---- install ------------------------------------------------------------------------------ */

static enum err take_manifest(struct act *a, const struct package_manifest *m,
                              struct package_row *r, struct fault *f)
{
    char hex[2 * sizeof m->digest.b + 1];

    hex_encode(m->digest.b, sizeof m->digest.b, hex);
    r->id = id_new(&a->house->world, 0);
    r->name = str_copy(a->arena, m->name);
    r->version = str_copy(a->arena, m->version);
    r->giver = str_copy(a->arena, m->giver);
    r->digest = str_copy(a->arena, str_of(hex));
    r->content = r->digest;
    r->state = S("received");
    TRY_PTR(r->name.p && r->version.p && r->giver.p && r->digest.p, f);
    if (package_version_cmp(m->requires, a->house->version) > 0)
        return fault(f, ERR_INVALID, "it needs version %.*s of the program; this is %.*s",
                     STR_FMT(m->requires), STR_FMT(a->house->version));
    return OK;
}

static enum err try_it(struct act *a, struct arena *scratch, const struct package_files *files,
                       struct fault *f)
{
    struct trial t;

    TRY(trial_run(a->house->trial, files, false, scratch, &t, f));
    return trial_verdict(&t, a->arena, f);
}

enum err package_take_prepare(struct act *a, str archive, str giver, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(PACKAGE_ARENA);
    struct installing *in = arena_new_of(a->arena, struct installing);
    struct package_unpacked *u = scratch ? arena_new_of(scratch, struct package_unpacked) : NULL;
    struct package_trust *trust = scratch ? arena_new_of(scratch, struct package_trust) : NULL;

    TRY_PTR(in && u && trust, f);
    TRY(read_trust(a, giver, trust, f));
    TRY(package_unpack(scratch, archive, trust, u, f));
    TRY(take_manifest(a, &u->manifest, &in->row, f));
    TRY(check_name(a, &in->row, f));
    TRY(try_it(a, scratch, &u->archive.files, f));
    TRY(merge(a, scratch, in, &u->archive.files, f));
    in->archive = archive;
    a->data = in;
    a->content = sha256(archive);
    return OK;
}

enum err package_install_prepare(struct act *a, struct fault *f)
{
    if (!a->body.n)
        return fault(f, ERR_INVALID, "a package is expected as the body");
    return package_take_prepare(a, a->body, STR_NONE, f);
}

const struct package_row *package_installing(const struct act *a)
{
    const struct installing *in = a->data;

    return &in->row;
}

/* The row as it will be, before it is there. */
enum err package_install_facts(struct act *a, struct fault *f)
{
    const struct installing *in = a->data;

    return package_facts_of(a, &in->row, f);
}

static enum err insert(struct act *a, const struct installing *in, struct fault *f)
{
    const struct package_row *r = &in->row;

    if (in->archive.p)
        TRY(db_run(a->db, f,
                   "INSERT INTO package_archive(digest, bytes) VALUES(?,?)"
                   " ON CONFLICT(digest) DO NOTHING",
                   "sb", r->digest, in->archive));
    enum err e = db_run(a->db, f,
                        "INSERT INTO package(id, name, version, giver, digest, overlay, content,"
                        " state, conflicts, installer, installed)"
                        " VALUES(?,?,?,?,?,?,?,'received',?,?,?)",
                        "dssssss"
                        "sdi",
                        &r->id, r->name, r->version, r->giver, r->digest, r->overlay, r->content,
                        r->conflicts, &a->actor.id, a->now);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_CONFLICT, "it is here already");
    return e;
}

enum err package_install(struct act *a, struct fault *f)
{
    const struct installing *in = a->data;

    TRY(insert(a, in, f));
    a->status = 201;
    package_reply(a, &in->row);
    return OK;
}

/* ---- overlay ------------------------------------------------------------------------------ */

static enum err canonical_overlay(struct act *a, const struct package_files *layer, str *out,
                                  struct fault *f)
{
    AUTO(buf) struct buf b = BUF(OVERLAY_BYTES);
    struct jw w = JW(&b);

    jw_open(&w, '[');
    for (size_t i = 0; i < layer->n; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("name"), layer->list[i].name);
        jw_kv(&w, S("text"), layer->list[i].bytes);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    if (!buf_ok(&b))
        return fault_at(f, ERR_LIMIT, "/files", "an overlay has at most %d MiB",
                        OVERLAY_BYTES >> 20);
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* A layer that decides conflicts says of which version it knows. */
static enum err check_names_version(struct arena *scratch, const struct package_files *layer,
                                    const struct package_row *r, struct fault *f)
{
    const struct package_file *file = package_file(layer, S("overlay.json"));
    struct json *j;

    if (!r->conflicts.p || !file)
        return OK;
    TRY(json_parse(scratch, file->bytes, &json_limits_wide, &j, f));
    if (str_eq(json_get_str(json_get(j, S("base")), S("min_version")), r->version))
        return OK;
    return fault_at(f, ERR_CONFLICT, "/base/min_version",
                    "the layer decides conflicts only if it names version %.*s",
                    STR_FMT(r->version));
}

enum err package_lay(struct act *a, struct arena *scratch, const struct package_row *over,
                     const struct package_files *layer, const struct package_files *laid,
                     struct fault *f)
{
    struct installing *in = arena_new_of(a->arena, struct installing);

    TRY_PTR(in, f);
    in->row = *over;
    in->in_place = str_eq(over->state, S("received"));
    TRY(canonical_overlay(a, layer, &in->row.overlay, f));
    TRY(content_of(a, scratch, laid, &in->row.content, f));
    if (!in->in_place)
        in->row.id = id_new(&a->house->world, 0);
    in->row.state = S("received");
    in->row.conflicts = STR_NONE;
    a->data = in;
    a->content = sha256(a->body);
    return OK;
}

enum err package_overlay_prepare(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(PACKAGE_ARENA);
    struct package_unpacked *u = scratch ? arena_new_of(scratch, struct package_unpacked) : NULL;
    struct package_files *layer = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct package_files *laid = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct package_row over;
    str archive;

    TRY_PTR(u && layer && laid, f);
    TRY(package_row_of_path(a, &over, f));
    TRY(overlay_files(scratch, json_get(a->input, S("files")), layer, f));
    TRY(check_names_version(scratch, layer, &over, f));
    TRY(package_archive_load(a->db, over.digest, scratch, &archive, f));
    TRY(package_unpack(scratch, archive, NULL, u, f));
    TRY(overlay_apply(scratch, &u->archive.files, layer, laid, f));
    TRY(try_it(a, scratch, laid, f));
    return package_lay(a, scratch, &over, layer, laid, f);
}

enum err package_overlay(struct act *a, struct fault *f)
{
    const struct installing *in = a->data;
    const struct package_row *r = &in->row;

    if (in->in_place) {
        enum err e = db_run(a->db, f,
                            "UPDATE package SET overlay = ?, content = ?, conflicts = NULL"
                            " WHERE id = ? AND state = 'received'",
                            "ssd", r->overlay, r->content, &r->id);
        if (e == ERR_CONFLICT)
            return fault(f, ERR_CONFLICT, "it is here already");
        TRY(e);
        if (db_changes(a->db) != 1)
            return fault(f, ERR_STALE, "the package is no longer waiting for acceptance");
    } else {
        TRY(insert(a, in, f));
    }
    a->status = 201;
    package_reply(a, r);
    return OK;
}
