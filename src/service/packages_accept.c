/* packages_accept.c - a package proves itself before it opens
 *
 * All golden cases, of the package and of the layer over it, are replayed in a process that is shut
 * in. What came of them is the record of acceptance: canonical JSON in a signed note (C2SP), which
 * anybody can check who knows the key of the house:
 *
 *     sifara-acceptance/1
 *     GIVER/NAME/VERSION
 *     {"at":…,"cases":[{"name":…,"passed":true},…],"content":…,"node":…,"overlay":…,"package":…,
 *      "state":…}
 *
 * in three lines. `content` is the digest of the manifest of what was tried; `overlay` the SHA-256
 * of the layer as it is stored, or null.
 */
#include "base/encode.h"
#include "service/packages_int.h"

struct accepting {
    struct package_row row;
    str record, archive; /* archive: with our signature beside; STR_NONE if it stands there */
};

/* ---- the trial ---------------------------------------------------------------------------- */

static str as_text(struct arena *a, const struct json *j)
{
    AUTO(buf) struct buf b = BUF(2000);
    struct jw w = JW(&b);

    if (j)
        jw_tree(&w, j);
    return str_copy(a, buf_str(&b));
}

static enum err blame(struct act *a, const struct trial *t, struct fault *f)
{
    const struct json *c;

    enum err e =
        fault(f, ERR_CONFLICT, "%zu of its golden cases do not come out as expected", t->failed);
    for (size_t i = 0; f && (c = json_at(t->cases, i)); i++) {
        if (json_get_bool(c, S("passed"), false))
            continue;
        str why = json_get_str(c, S("error"));
        str at = str_printf(a->arena, "golden.json#/cases/%zu", i);
        str what = why.p ? str_printf(a->arena, "%.*s: %.*s", STR_FMT(json_get_str(c, S("name"))),
                                      STR_FMT(why))
                         : str_printf(a->arena, "%.*s: expected %.*s, got %.*s",
                                      STR_FMT(json_get_str(c, S("name"))),
                                      STR_FMT(as_text(a->arena, json_get(c, S("expected")))),
                                      STR_FMT(as_text(a->arena, json_get(c, S("got")))));
        if (at.p && what.p)
            fault_add(f, a->arena, str_cstr(a->arena, at), str_cstr(a->arena, what));
    }
    return e;
}

static enum err replay(struct act *a, struct arena *scratch, const struct package_row *r,
                       str archive, struct trial *out, struct fault *f)
{
    struct package_files *files = arena_new_of(scratch, struct package_files);

    TRY_PTR(files, f);
    TRY(package_effective(scratch, archive, r->overlay, files, f));
    TRY(trial_run(a->house->trial, files, true, scratch, out, f));
    TRY(trial_verdict(out, a->arena, f));
    if (!json_at(out->cases, 0))
        return fault(f, ERR_CONFLICT, "it has no golden cases: nothing shows that it works");
    return out->failed ? blame(a, out, f) : OK;
}

/* ---- the record --------------------------------------------------------------------------- */

/* Members in canonical order. */
static void put_record(struct act *a, struct jw *w, const struct package_row *r,
                       const struct trial *t)
{
    char at[32], hex[65];

    time_format(world_now(&a->house->world), at);
    jw_open(w, '{');
    jw_kv(w, S("at"), str_of(at));
    jw_key(w, S("cases"));
    jw_tree(w, t->cases);
    jw_kv(w, S("content"), r->content);
    jw_kv(w, S("node"), a->house->version);
    jw_key(w, S("overlay"));
    if (r->overlay.p) {
        struct hash h = sha256(r->overlay);
        hex_encode(h.b, sizeof h.b, hex);
        jw_string(w, str_of(hex));
    } else {
        jw_null(w);
    }
    jw_kv(w, S("package"), r->digest);
    jw_kv(w, S("state"), a->house->state_code);
    jw_close(w, '}');
}

static enum err sign_record(struct act *a, struct arena *scratch, const struct trial *t,
                            struct accepting *in, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(RECORD_MAX);
    AUTO(buf) struct buf text = BUF(RECORD_MAX);
    AUTO(buf) struct buf note = BUF(RECORD_MAX + 4096);
    const struct package_row *r = &in->row;
    struct jw w = JW(&plain);
    struct json *j;

    put_record(a, &w, r, t);
    if (!buf_ok(&plain))
        return fault(f, ERR_LIMIT, "too many golden cases for one record");
    TRY(json_parse(scratch, buf_str(&plain), &json_limits_wide, &j, f));
    buf_printf(&text, "sifara-acceptance/1\n%.*s/%.*s/%.*s\n", STR_FMT(r->giver), STR_FMT(r->name),
               STR_FMT(r->version));
    TRY(json_canonical(&text, j, scratch, f));
    buf_add_char(&text, '\n');
    TRY(keyring_sign_note(a->house->keyring, a->house->package_key, buf_str(&text), &note, f));
    in->record = str_copy(a->arena, buf_str(&note));
    TRY_PTR(in->record.p, f);
    return OK;
}

/* The receiver's signature beside the giver's, over the same three lines. */
static enum err countersign(struct act *a, struct arena *scratch, str bytes, struct accepting *in,
                            struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf ours = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    AUTO(buf) struct buf archive = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_unpacked *u = arena_new_of(scratch, struct package_unpacked);

    TRY_PTR(u, f);
    TRY(package_unpack(scratch, bytes, NULL, u, f));
    for (size_t i = 0; i < u->signatures.n; i++)
        if (str_eq(u->signatures.list[i].name, a->house->package_key))
            return OK;
    if (u->signatures.n == PACKAGE_SIGNATURES)
        return OK;
    package_note_text(&text, &u->manifest);
    TRY(keyring_sign_note(a->house->keyring, a->house->package_key, buf_str(&text), &ours, f));
    buf_add_str(&note, u->archive.note);
    buf_add_str(&note, str_sub(buf_str(&ours), text.n + 1, ours.n));
    u->archive.note = buf_str(&note);
    TRY(package_archive_write(&archive, &u->archive, f));
    in->archive = str_copy(a->arena, buf_str(&archive));
    TRY_PTR(in->archive.p, f);
    return OK;
}

/* ---- the acts ----------------------------------------------------------------------------- */

enum err package_accept_prepare(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(2 * PACKAGE_ARENA);
    struct accepting *in = arena_new_of(a->arena, struct accepting);
    struct trial t;
    str archive;

    TRY_PTR(scratch && in, f);
    TRY(package_row_of_path(a, &in->row, f));
    if (!str_eq(in->row.state, S("received")) && !str_eq(in->row.state, S("refused")))
        return fault(f, ERR_CONFLICT, "it is %.*s", STR_FMT(in->row.state));
    if (in->row.conflicts.p)
        return fault(f, ERR_CONFLICT,
                     "the layer in force conflicts with it: lay one over it that "
                     "decides");
    TRY(package_archive_load(a->db, in->row.digest, scratch, &archive, f));
    TRY(replay(a, scratch, &in->row, archive, &t, f));
    TRY(sign_record(a, scratch, &t, in, f));
    TRY(countersign(a, scratch, archive, in, f));
    a->data = in;
    a->content = sha256(in->record);
    return OK;
}

enum err package_accept(struct act *a, struct fault *f)
{
    struct accepting *in = a->data;

    TRY(db_run(a->db, f,
               "UPDATE package SET state = 'accepted', acceptor = ?, accepted = ?, record = ?"
               " WHERE id = ? AND content = ? AND state IN ('received', 'refused')",
               "disds", &a->actor.id, a->now, in->record, &in->row.id, in->row.content));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_STALE, "the package changed while it was tried");
    if (in->archive.p)
        TRY(db_run(a->db, f, "UPDATE package_archive SET bytes = ? WHERE digest = ?", "bs",
                   in->archive, in->row.digest));
    TRY(gift_settled(a, in->row.digest, STR_NONE, f));
    in->row.state = S("accepted");
    package_reply(a, &in->row);
    return OK;
}

enum err package_refuse_prepare(struct act *a, struct fault *f)
{
    (void)f;
    a->content = sha256(a->body);
    return OK;
}

/* It stays, with whoever looks for it later; nothing can be begun with it. */
enum err package_refuse(struct act *a, struct fault *f)
{
    struct package_row r;

    TRY(package_row_of_path(a, &r, f));
    TRY(db_run(a->db, f,
               "UPDATE package SET state = 'refused' WHERE id = ? AND active IS NULL"
               " AND state IN ('received', 'accepted')",
               "d", &r.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it is %.*s", STR_FMT(r.state));
    TRY(db_run(a->db, f,
               "UPDATE package_decision SET dropped = 1 WHERE package = ? AND confirmer IS NULL",
               "d", &r.id));
    TRY(gift_settled(a, r.digest, json_get_str(a->input, S("reason")), f));
    r.state = S("refused");
    package_reply(a, &r);
    return OK;
}
