/* packages.c - packages in a running node: what is there, and how it is read
 *
 * The store is the one truth. A package is received, accepted, active, superseded or retired, or
 * refused; a version that was ever active stays readable, for cases live by it. What the house
 * offers itself is founded once, from the folders that came with the program: a newer folder
 * changes nothing until somebody installs it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "act/gate.h"
#include "base/encode.h"
#include "base/fs.h"
#include "service/packages_int.h"

/* ---- files of a row ----------------------------------------------------------------------- */

enum err overlay_files(struct arena *a, const struct json *list, struct package_files *out,
                       struct fault *f)
{
    size_t n = json_is(list, J_ARRAY) ? list->n : 0;

    out->n = 0;
    if (n == 0 || n > PACKAGE_FILES)
        return fault_at(f, ERR_INVALID, "/files", "an overlay has 1 to %d files", PACKAGE_FILES);
    (void)a;
    for (size_t i = 0; i < n; i++) {
        str name = json_get_str(json_at(list, i), S("name"));
        str text = json_get_str(json_at(list, i), S("text"));
        size_t at = out->n;
        if (!package_name_valid(name) || !text.p || text.n > PACKAGE_FILE_BYTES)
            return fault_at(f, ERR_INVALID, "/files", "each file has a name and a text");
        if (package_file(out, name))
            return fault_at(f, ERR_INVALID, "/files", "%.*s is there twice", STR_FMT(name));
        for (; at > 0 && str_cmp(out->list[at - 1].name, name) > 0; at--)
            out->list[at] = out->list[at - 1];
        out->list[at] = (struct package_file){name, text};
        out->n++;
    }
    return OK;
}

enum err package_effective(struct arena *a, str archive, str overlay, struct package_files *out,
                           struct fault *f)
{
    struct package_unpacked *u = arena_new_of(a, struct package_unpacked);
    struct package_files *layer = arena_new_of(a, struct package_files);
    struct json *list;

    TRY_PTR(u && layer, f);
    TRY(package_unpack(a, archive, NULL, u, f));
    if (!overlay.p) {
        *out = u->archive.files;
        return OK;
    }
    TRY(json_parse(a, overlay, &json_limits_wide, &list, f));
    TRY(overlay_files(a, list, layer, f));
    return overlay_apply(a, &u->archive.files, layer, out, f);
}

enum err package_archive_load(struct db *db, str digest, struct arena *a, str *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT bytes FROM package_archive WHERE digest = ?", "s", digest));
    *out = str_copy(a, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

/* A service of a row of the store, in an arena of its own. */
static enum err load_service(struct db *db, str digest, str overlay, str content,
                             struct service **out, struct fault *f)
{
    struct arena *a = arena_new(PACKAGE_ARENA);
    struct package_files *files = a ? arena_new_of(a, struct package_files) : NULL;
    enum err e = files ? OK : fault(f, ERR_MEMORY, "out of memory");
    struct service *s = NULL;
    str archive, layer = STR_NONE;

    if (e == OK && overlay.p) {
        layer = str_copy(a, overlay);
        e = layer.p ? OK : fault(f, ERR_MEMORY, "out of memory");
    }
    if (e == OK)
        e = package_archive_load(db, digest, a, &archive, f);
    if (e == OK)
        e = package_effective(a, archive, layer, files, f);
    if (e == OK)
        e = service_new(a, files, &s, f);
    if (e != OK) {
        arena_free(a);
        return e;
    }
    if (!str_eq(s->content, content)) {
        service_free(s);
        return fault(f, ERR_CORRUPT, "a package is not what was installed");
    }
    *out = s;
    return OK;
}

enum err package_service(struct act *a, const struct package_row *r, const struct service **out,
                         bool *out_new, struct fault *f)
{
    struct service *s;

    *out_new = false;
    *out = service_find_version(a->house->services, r->name, r->version, r->content);
    if (*out)
        return OK;
    TRY(load_service(a->db, r->digest, r->overlay, r->content, &s, f));
    *out = s;
    *out_new = true;
    return OK;
}

/* ---- rows --------------------------------------------------------------------------------- */

static str copy_of(struct arena *a, struct query *q, int col)
{
    return query_null(q, col) ? STR_NONE : str_copy(a, query_str(q, col));
}

enum err package_row_load(struct act *a, const struct id *id, struct package_row *out,
                          struct fault *f)
{
    struct package_row r = {.id = *id};
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT name, version, giver, digest, overlay, content, state, conflicts, record"
               " FROM package WHERE id = ?",
               "d", id));
    r.name = copy_of(a->arena, &q, 0);
    r.version = copy_of(a->arena, &q, 1);
    r.giver = copy_of(a->arena, &q, 2);
    r.digest = copy_of(a->arena, &q, 3);
    r.overlay = copy_of(a->arena, &q, 4);
    r.content = copy_of(a->arena, &q, 5);
    r.state = copy_of(a->arena, &q, 6);
    r.conflicts = copy_of(a->arena, &q, 7);
    r.record = copy_of(a->arena, &q, 8);
    bool whole = r.name.p && r.version.p && r.giver.p && r.digest.p && r.content.p && r.state.p &&
                 (query_null(&q, 4) || r.overlay.p) && (query_null(&q, 7) || r.conflicts.p) &&
                 (query_null(&q, 8) || r.record.p);
    TRY(query_end(&q, f));
    TRY_PTR(whole, f);
    *out = r;
    return OK;
}

enum err package_row_of_path(struct act *a, struct package_row *out, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return package_row_load(a, &id, out, f);
}

enum err package_proposed(struct act *a, const struct package_row *r, struct package_proposal *out,
                          struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT proposer, what FROM package_decision WHERE package = ?"
                        " AND confirmer IS NULL AND dropped = 0",
                        "d", &r->id);

    *out = (struct package_proposal){.what = STR_NONE};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    out->proposer = query_id(&q, 0);
    out->what = str_copy(a->arena, query_str(&q, 1));
    TRY(query_end(&q, f));
    TRY_PTR(out->what.p, f);
    return OK;
}

enum err package_facts_of(struct act *a, const struct package_row *r, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    struct package_proposal open;

    struct cedar_entity *e = act_resource(a, S("ServicePackage"), r->content);
    cedar_attr(es, e, S("giver"), cedar_str(r->giver));
    cedar_attr(es, e, S("name"), cedar_str(r->name));
    cedar_attr(es, e, S("version"), cedar_str(r->version));
    cedar_attr(es, e, S("digest"), cedar_str(r->digest));
    cedar_attr(es, e, S("state"), cedar_str(r->state));
    TRY(package_proposed(a, r, &open, f));
    if (open.what.p)
        cedar_attr(es, e, S("proposer"),
                   cedar_ref(es, S("Sifara::Officer"), act_id_text(a, &open.proposer)));
    a->subject = str_printf(a->arena, "package/%.*s", STR_FMT(r->content));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err package_facts(struct act *a, struct fault *f)
{
    struct package_row r;

    TRY(package_row_of_path(a, &r, f));
    return package_facts_of(a, &r, f);
}

enum err package_list_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), a->actor.mission);
    return OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

void package_reply(struct act *a, const struct package_row *r)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &r->id));
    jw_kv(&w, S("name"), r->name);
    jw_kv(&w, S("version"), r->version);
    jw_kv(&w, S("giver"), r->giver);
    jw_kv(&w, S("digest"), r->digest);
    jw_kv(&w, S("content"), r->content);
    jw_kv(&w, S("state"), r->state);
    jw_kv_bool(&w, S("overlay"), r->overlay.p != NULL);
    if (r->conflicts.p) {
        jw_key(&w, S("conflicts"));
        jw_raw(&w, r->conflicts);
    }
    jw_close(&w, '}');
}

/* Newest first. */
enum err package_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT id, name, version, giver, state, content, installed, overlay IS NOT NULL,"
                 " conflicts IS NOT NULL, (SELECT what FROM package_decision d WHERE"
                 " d.package = package.id AND d.confirmer IS NULL AND d.dropped = 0)"
                 " FROM package ORDER BY name, installed DESC, id DESC",
                 ""));
    jw_open(&w, '{');
    jw_key(&w, S("packages"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        jw_kv(&w, S("name"), query_str(&q, 1));
        jw_kv(&w, S("version"), query_str(&q, 2));
        jw_kv(&w, S("giver"), query_str(&q, 3));
        jw_kv(&w, S("state"), query_str(&q, 4));
        jw_kv(&w, S("content"), query_str(&q, 5));
        time_format(query_int(&q, 6), at);
        jw_kv(&w, S("installed"), str_of(at));
        jw_kv_bool(&w, S("overlay"), query_int(&q, 7) != 0);
        jw_kv_bool(&w, S("conflicts"), query_int(&q, 8) != 0);
        if (!query_null(&q, 9))
            jw_kv(&w, S("proposed"), query_str(&q, 9));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

static enum err put_by(struct act *a, struct jw *w, struct query *q, int officer, int at, str event,
                       struct fault *f)
{
    char text[32];

    if (query_null(q, at))
        return OK;
    struct id id = query_id(q, officer);
    time_format(query_int(q, at), text);
    jw_open(w, '{');
    jw_kv(w, S("event"), event);
    jw_kv(w, S("at"), str_of(text));
    if (!id_is_nil(&id)) {
        jw_kv(w, S("officer"), act_id_text(a, &id));
        TRY(officer_put_name(a, w, S("name"), &id, f));
    }
    jw_close(w, '}');
    return OK;
}

/* What was done with it, by whom; a founded package has no officers. */
static enum err put_history(struct act *a, struct jw *w, const struct package_row *r,
                            struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT installer, installed, acceptor, accepted FROM package WHERE id = ?", "d",
               &r->id));
    enum err e = put_by(a, w, &q, 0, 1, S("installed"), f);
    if (e == OK)
        e = put_by(a, w, &q, 2, 3, S("accepted"), f);
    TRY(query_end(&q, e == OK ? f : NULL));
    TRY(e);
    TRY(db_query(a->db, &q, f,
                 "SELECT what, proposer, proposed, confirmer, confirmed, dropped"
                 " FROM package_decision WHERE package = ? ORDER BY id",
                 "d", &r->id));
    for (; e == OK && query_row(&q); query_next(&q)) {
        str what = str_copy(a->arena, query_str(&q, 0));
        str proposed = str_printf(a->arena, "%.*s proposed", STR_FMT(what));
        e = put_by(a, w, &q, 1, 2, proposed.p ? proposed : what, f);
        if (e == OK)
            e = put_by(a, w, &q, 3, 4, what, f);
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

static enum err put_step(struct act *a, struct jw *w, str action, struct fault *f)
{
    jw_open(w, '{');
    jw_kv(w, S("action"), action);
    TRY(gate_advise(a->house->gate, a, action_named(service_actions, service_actions_n, action),
                    NULL, w, f));
    jw_close(w, '}');
    return OK;
}

/* What waits for a second officer, and what the policy would say to each step that the state of the
 * package allows, before an officer tries it. */
static enum err put_next(struct act *a, struct jw *w, const struct package_row *r, struct fault *f)
{
    static const struct {
        const char *state, *action;
    } steps[] = {{"received", "package.settle"},
                 {"received", "package.overlay"},
                 {"received", "package.accept"},
                 {"received", "package.refuse"},
                 {"accepted", "package.activate-propose"},
                 {"accepted", "package.fee-propose"},
                 {"accepted", "package.overlay"},
                 {"accepted", "package.refuse"},
                 {"active", "package.overlay"},
                 {"active", "package.fees-change"},
                 {"active", "package.retire-propose"},
                 {"superseded", "package.activate-propose"},
                 {"retired", "package.activate-propose"}};
    struct package_proposal p;
    enum err e = OK;

    TRY(package_proposed(a, r, &p, f));
    if (p.what.p) {
        jw_key(w, S("proposed"));
        jw_open(w, '{');
        jw_kv(w, S("what"), p.what);
        TRY(officer_put_name(a, w, S("proposer"), &p.proposer, f));
        jw_kv_bool(w, S("own"), id_eq(&p.proposer, &a->actor.id));
        jw_close(w, '}');
    }
    jw_key(w, S("next"));
    jw_open(w, '[');
    if (p.what.p)
        e = put_step(a, w, str_printf(a->arena, "package.%.*s", STR_FMT(p.what)), f);
    for (size_t i = 0; e == OK && i < ARRAY_LEN(steps); i++)
        if (str_eq(r->state, str_of(steps[i].state)) &&
            (r->conflicts.p || strcmp(steps[i].action, "package.settle") != 0))
            e = put_step(a, w, str_of(steps[i].action), f);
    jw_close(w, ']');
    return e;
}

enum err package_show(struct act *a, struct fault *f)
{
    struct package_row r;
    struct jw w;

    TRY(package_row_of_path(a, &r, f));
    package_reply(a, &r);
    a->reply.n--; /* further members before the object ends */
    buf_add_str(&a->reply, S(",\"history\":"));
    w = JW(&a->reply);
    jw_open(&w, '[');
    TRY(put_history(a, &w, &r, f));
    jw_close(&w, ']');
    buf_add_str(&a->reply, S(",\"here\":"));
    w = JW(&a->reply);
    jw_open(&w, '{');
    TRY(put_next(a, &w, &r, f));
    jw_close(&w, '}');
    buf_add_char(&a->reply, '}');
    return OK;
}

/* ---- the layer ---------------------------------------------------------------------------- */

/* A layer that changes nothing yet, over this package. */
static str empty_layer(struct act *a, struct arena *scratch, const struct package_row *r)
{
    return str_printf(
        scratch,
        "{\n  \"format\": 1,\n  \"receiver\": \"%.*s\",\n  \"version\": \"1.0.0\",\n"
        "  \"base\": {\"giver\": \"%.*s\", \"name\": \"%.*s\", \"min_version\": \"%.*s\"},\n"
        "  \"rules\": {\"fee\": {}}\n}\n",
        STR_FMT(a->house->state_code), STR_FMT(r->giver), STR_FMT(r->name), STR_FMT(r->version));
}

enum err package_layer_files(struct act *a, struct arena *scratch, const struct package_row *r,
                             struct package_files *out, struct fault *f)
{
    struct json *list;

    if (!r->overlay.p) {
        *out = (struct package_files){.n = 1,
                                      .list = {{S("overlay.json"), empty_layer(a, scratch, r)}}};
        TRY_PTR(out->list[0].bytes.p, f);
        return OK;
    }
    TRY(json_parse(scratch, r->overlay, &json_limits_wide, &list, f));
    return overlay_files(scratch, list, out, f);
}

/* The files of our layer as they can be changed: where there is none, one that changes nothing,
 * with the golden cases that a change of the law has to say anew. */
enum err package_layer(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(PACKAGE_ARENA);
    struct package_files *files = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct package_files *layer = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct jw w = JW(&a->reply);
    struct package_row r;
    str archive;

    TRY_PTR(files && layer, f);
    TRY(package_row_of_path(a, &r, f));
    TRY(package_layer_files(a, scratch, &r, layer, f));
    if (!r.overlay.p) {
        TRY(package_archive_load(a->db, r.digest, scratch, &archive, f));
        TRY(package_effective(scratch, archive, STR_NONE, files, f));
        const struct package_file *golden = package_file(files, S("golden.json"));
        if (golden)
            layer->list[layer->n++] = *golden;
    }
    jw_open(&w, '{');
    jw_key(&w, S("files"));
    jw_open(&w, '[');
    for (size_t i = 0; i < layer->n; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("name"), layer->list[i].name);
        jw_kv(&w, S("text"), layer->list[i].bytes);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

enum err package_record(struct act *a, struct fault *f)
{
    struct package_row r;

    TRY(package_row_of_path(a, &r, f));
    if (!r.record.p)
        return fault(f, ERR_NOT_FOUND, "it was not accepted here");
    buf_add_str(&a->reply, r.record);
    a->type = "text/plain; charset=utf-8";
    return OK;
}

/* As it was given, so that it can be given on; an accepted one with our signature beside. */
enum err package_archive(struct act *a, struct fault *f)
{
    struct package_row r;
    str bytes;

    TRY(package_row_of_path(a, &r, f));
    TRY(package_archive_load(a->db, r.digest, a->arena, &bytes, f));
    a->reply.max = PACKAGE_ARCHIVE_BYTES;
    buf_add_str(&a->reply, bytes);
    a->type = "application/x-tar";
    return OK;
}

/* The line by which other states know the packages of this one. */
enum err package_key(struct act *a, struct fault *f)
{
    buf_printf(&a->reply, "%.*s ", STR_FMT(a->house->state_code));
    TRY(keyring_note_key(a->house->keyring, a->house->package_key, &a->reply, f));
    buf_add_char(&a->reply, '\n');
    a->type = "text/plain; charset=utf-8";
    return OK;
}

/* ---- founding ----------------------------------------------------------------------------- */

/* The house's own folder as an archive that the house has signed. */
static enum err pack_own(struct house *h, const struct service *s, struct buf *out, str *digest,
                         struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    struct package_archive archive = {.files = *s->files};
    struct package_manifest m;

    TRY(package_manifest_of(s->arena, s->files, &m, f));
    package_note_text(&text, &m);
    TRY(keyring_sign_note(h->keyring, h->package_key, buf_str(&text), &note, f));
    archive.manifest = m.text;
    archive.note = buf_str(&note);
    *digest = s->content;
    return package_archive_write(out, &archive, f);
}

static enum err found_one(struct house *h, struct db *writer, const struct service *s,
                          struct fault *f)
{
    AUTO(buf) struct buf bytes = BUF(PACKAGE_ARCHIVE_BYTES);
    struct id id = id_new(&h->world, 0);
    int64_t now = world_now(&h->world);
    str digest;

    TRY(pack_own(h, s, &bytes, &digest, f));
    TRY(db_run(writer, f, "INSERT INTO package_archive(digest, bytes) VALUES(?,?)", "sb", digest,
               buf_str(&bytes)));
    return db_run(writer, f,
                  "INSERT INTO package(id, name, version, giver, digest, content, state, installed,"
                  " active) VALUES(?,?,?,?,?,?,'active',?,?)",
                  "dsssssii", &id, s->name, s->version, s->package->giver, digest, s->content, now,
                  now);
}

/* All of them or none: a start that fails finds the same store again. */
static enum err found_all(struct house *h, struct db *writer, const char *folder, struct fault *f)
{
    struct services *own;

    TRY(services_load(folder, &own, f));
    const struct offer *offer = services_offered(own);
    enum err e = db_begin(writer, f);
    for (size_t i = 0; e == OK && i < offer->n; i++)
        e = found_one(h, writer, offer->list[i], f);
    if (e == OK)
        e = db_commit(writer, f);
    else
        db_rollback(writer);
    services_free(own);
    return e;
}

/* ---- the start ---------------------------------------------------------------------------- */

static enum err load_row(struct house *h, struct db *db, struct query *q, struct fault *f)
{
    struct service *s;

    enum err e = load_service(db, query_str(q, 0), query_str(q, 1), query_str(q, 2), &s, f);
    if (e != OK)
        return e;
    TRY(services_add(h->services, s, f));
    return str_eq(query_str(q, 3), S("active")) ? services_offer(h->services, s->name, s, f) : OK;
}

static enum err load_rows(struct house *h, struct db *db, struct fault *f)
{
    struct query q;
    enum err e = OK;

    TRY(db_query(db, &q, f,
                 "SELECT digest, overlay, content, state FROM package WHERE state = 'active' OR"
                 " EXISTS (SELECT 1 FROM case_file WHERE case_file.service = package.name AND"
                 " (case_file.content = package.content OR (package.active IS NOT NULL AND"
                 " case_file.content IS NULL))) ORDER BY installed, id",
                 ""));
    for (; e == OK && query_row(&q); query_next(&q))
        e = load_row(h, db, &q, f);
    enum err ended = query_end(&q, e == OK ? f : NULL);
    return e == OK ? ended : e;
}

enum err packages_open(struct house *h, struct db *writer, struct fault *f)
{
    struct query q;
    char folder[4096];

    h->services = services_new();
    if (!h->services)
        return fault(f, ERR_MEMORY, "out of memory");
    TRY(db_one(writer, &q, f, "SELECT count(*) FROM package", ""));
    bool founded = query_int(&q, 0) > 0;
    TRY(query_end(&q, f));
    snprintf(folder, sizeof folder, "%.*s/services", STR_FMT(h->data_dir));
    if (!founded)
        TRY(found_all(h, writer, folder, f));
    return load_rows(h, writer, f);
}
