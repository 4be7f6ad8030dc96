/* packages_decide.c - what is offered changes by two officers who sign the same statement
 *
 * A version is activated, a service retired, its fees changed: one officer proposes, another
 * confirms. The statement is canonical JSON; it names the content, the record of its acceptance and
 * the content that is in force until then, so that what was proposed is what is confirmed. A later
 * proposal takes the place of an open one. */
#include "base/encode.h"
#include "base/log.h"
#include "package/fees.h"
#include "service/cases_int.h"
#include "service/packages_int.h"

struct deciding {
    struct package_row row;
    str what; /* "activate", "retire", "fee" */
    str statement;
    struct officer_signature signature;
    struct service *fresh;         /* loaded for this act, not yet known */
    const struct service *service; /* to be offered; NULL: the name is retired */
};

static void release(void *data)
{
    struct deciding *d = data;

    service_free(d->fresh);
}

/* ---- what may be proposed ----------------------------------------------------------------- */

static str what_of(const struct action *action)
{
    str name = str_of(action->name), noun;

    str_split(&name, '.', &noun);
    return str_ends(name, S("-propose")) ? str_sub(name, 0, name.n - 8) : name;
}

static bool state_is(const struct package_row *r, const char *const *states, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(r->state, str_of(states[i])))
            return true;
    return false;
}

static enum err check_state(const struct package_row *r, str what, struct fault *f)
{
    static const char *const before[] = {"accepted", "superseded", "retired"};
    bool fits = str_eq(what, S("retire")) ? str_eq(r->state, S("active"))
                                          : state_is(r, before, ARRAY_LEN(before));

    return fits ? OK : fault(f, ERR_CONFLICT, "it is %.*s", STR_FMT(r->state));
}

static enum err in_force(struct act *a, str name, struct id *out, str *out_content, struct fault *f)
{
    struct query q;
    enum err e =
        db_one(a->db, &q, f, "SELECT id, content FROM package WHERE name = ? AND state = 'active'",
               "s", name);

    *out_content = STR_NONE;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = query_id(&q, 0);
    *out_content = str_copy(a->arena, query_str(&q, 1));
    TRY(query_end(&q, f));
    TRY_PTR(out_content->p, f);
    return OK;
}

/* ---- fees and nothing else ---------------------------------------------------------------- */

/* The parsed file, without what a change of fees may change: the rules of the fee, the sentence
 * that tells it, and tables, or of tables that others read too the amounts of the fee alone. */
static enum err without_fees(struct arena *a, const struct package_files *files, str name,
                             bool tables, struct json **out, struct fault *f)
{
    struct package_amounts *all = arena_new_of(a, struct package_amounts);
    struct json none = {.type = J_NULL};

    TRY_PTR(all, f);
    TRY(json_parse(a, package_file(files, name)->bytes, &json_limits_wide, out, f));
    if (str_eq(name, S("rules.json")))
        TRY_PTR(json_put(a, *out, S("fee"), none), f);
    if (str_starts(name, S("words.")))
        TRY_PTR(json_put(a, *out, S("fee"), none), f);
    if (!str_eq(name, S("service.json")))
        return OK;
    if (tables)
        TRY_PTR(json_put(a, *out, S("tables"), none), f);
    if (tables)
        return OK;
    TRY(package_amounts_of(a, files, all, f));
    for (size_t i = 0; i < all->n; i++)
        *all->list[i].node = none;
    *out = all->service;
    return OK;
}

/* Tables are a matter of fees if nothing else reads them. */
static enum err tables_are_of_fees(struct arena *a, const struct package_files *files, bool *out,
                                   struct fault *f)
{
    static const char *const readers[] = {"rules.json", "pages.json", "workflow.json"};

    *out = true;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        AUTO(buf) struct buf b = BUF(PACKAGE_FILE_BYTES * 2);
        const struct package_file *file = package_file(files, str_of(readers[i]));
        struct jw w = JW(&b);
        struct json *j;
        if (!file)
            continue;
        TRY(without_fees(a, files, file->name, false, &j, f));
        jw_tree(&w, j);
        buf_add_char(&b, 0);
        *out = *out && buf_ok(&b) && !strstr(b.p, "overlay");
    }
    return OK;
}

static bool same_file(struct arena *a, const struct package_files *was,
                      const struct package_files *is, str name, bool tables)
{
    struct json *p, *q;

    if (str_eq(package_file(was, name)->bytes, package_file(is, name)->bytes) ||
        str_eq(name, S("golden.json")))
        return true;
    return str_ends(name, S(".json")) && without_fees(a, was, name, tables, &p, NULL) == OK &&
           without_fees(a, is, name, tables, &q, NULL) == OK && json_same(p, q);
}

static enum err check_fees_only(struct act *a, const struct package_row *r, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(2 * PACKAGE_ARENA);
    struct package_files *now = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct package_files *next = scratch ? arena_new_of(scratch, struct package_files) : NULL;
    struct package_row active;
    str archive, content;
    struct id id;
    bool tables;

    TRY_PTR(now && next, f);
    TRY(in_force(a, r->name, &id, &content, f));
    if (!content.p)
        return fault(f, ERR_CONFLICT, "no version of %.*s is in force", STR_FMT(r->name));
    TRY(package_row_load(a, &id, &active, f));
    TRY(package_archive_load(a->db, active.digest, scratch, &archive, f));
    TRY(package_effective(scratch, archive, active.overlay, now, f));
    TRY(package_archive_load(a->db, r->digest, scratch, &archive, f));
    TRY(package_effective(scratch, archive, r->overlay, next, f));
    TRY(tables_are_of_fees(scratch, next, &tables, f));
    for (size_t i = 0; i < next->n; i++) {
        str name = next->list[i].name;
        if (!package_file(now, name) || !same_file(scratch, now, next, name, tables))
            return fault(f, ERR_CONFLICT, "it changes more than fees: %.*s is another one",
                         STR_FMT(name));
    }
    return now->n == next->n ? OK : fault(f, ERR_CONFLICT, "it changes more than fees");
}

/* ---- the statement ------------------------------------------------------------------------ */

static void put_text(struct jw *w, str key, str value)
{
    jw_key(w, key);
    if (value.p)
        jw_string(w, value);
    else
        jw_null(w);
}

/* Members in canonical order. */
static enum err state_it(struct act *a, const struct package_row *r, str what, str *out,
                         struct fault *f)
{
    AUTO(buf) struct buf b = BUF(4096);
    struct jw w = JW(&b);
    char hex[65];
    struct id id;
    str active;

    TRY(in_force(a, r->name, &id, &active, f));
    struct hash record = sha256(r->record.p ? r->record : S(""));
    hex_encode(record.b, sizeof record.b, hex);
    jw_open(&w, '{');
    put_text(&w, S("content"), r->content);
    put_text(&w, S("giver"), r->giver);
    put_text(&w, S("in_force"), active);
    put_text(&w, S("name"), r->name);
    put_text(&w, S("package"), r->digest);
    put_text(&w, S("record"), r->record.p ? str_of(hex) : STR_NONE);
    put_text(&w, S("version"), r->version);
    put_text(&w, S("what"), what);
    jw_close(&w, '}');
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* What an officer is about to sign (?what=). */
enum err package_statement(struct act *a, struct fault *f)
{
    str what = act_param(a, S("what")), statement;
    struct jw w = JW(&a->reply);
    struct package_row r;

    if (!str_eq(what, S("activate")) && !str_eq(what, S("retire")) && !str_eq(what, S("fee")))
        return fault_at(f, ERR_INVALID, "/what", "activate, retire or fee");
    TRY(package_row_of_path(a, &r, f));
    TRY(state_it(a, &r, what, &statement, f));
    jw_open(&w, '{');
    jw_kv(&w, S("statement"), statement);
    jw_close(&w, '}');
    return OK;
}

static enum err deciding_new(struct act *a, struct deciding **out, struct fault *f)
{
    struct deciding *d = arena_new_of(a->arena, struct deciding);

    TRY_PTR(d, f);
    *d = (struct deciding){.what = what_of(a->action)};
    a->data = *out = d;
    a->data_free = release;
    TRY(package_row_of_path(a, &d->row, f));
    TRY(check_state(&d->row, d->what, f));
    TRY(state_it(a, &d->row, d->what, &d->statement, f));
    a->content = sha256(d->statement);
    return officer_signature(a, d->statement, &d->signature, f);
}

/* ---- proposing ---------------------------------------------------------------------------- */

enum err package_propose_prepare(struct act *a, struct fault *f)
{
    struct deciding *d = NULL;

    TRY(deciding_new(a, &d, f));
    return str_eq(d->what, S("fee")) ? check_fees_only(a, &d->row, f) : OK;
}

enum err package_propose(struct act *a, struct fault *f)
{
    struct deciding *d = a->data;
    struct id id = id_new(&a->house->world, 0);

    TRY(db_run(a->db, f,
               "UPDATE package_decision SET dropped = 1 WHERE package = ? AND confirmer IS NULL",
               "d", &d->row.id));
    TRY(db_run(a->db, f,
               "INSERT INTO package_decision(id, package, what, statement, proposer,"
               " proposer_signature, proposed, dropped) VALUES(?,?,?,?,?,?,?,0)",
               "ddssdbi", &id, &d->row.id, d->what, d->statement, &a->actor.id,
               officer_signature_str(&d->signature), a->now));
    package_reply(a, &d->row);
    return OK;
}

/* ---- confirming --------------------------------------------------------------------------- */

static enum err check_proposal(struct act *a, const struct deciding *d, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT what, statement FROM package_decision WHERE package = ?"
                        " AND confirmer IS NULL AND dropped = 0",
                        "d", &d->row.id);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "nothing was proposed");
    TRY(e);
    bool same_act = str_eq(query_str(&q, 0), d->what);
    bool same = str_eq(query_str(&q, 1), d->statement);
    TRY(query_end(&q, f));
    if (!same_act)
        return fault(f, ERR_CONFLICT, "something else was proposed");
    return same ? OK
                : fault(f, ERR_STALE, "things are no longer as they were when it was proposed");
}

enum err package_confirm_prepare(struct act *a, struct fault *f)
{
    struct deciding *d = NULL;
    bool fresh;

    TRY(deciding_new(a, &d, f));
    TRY(check_proposal(a, d, f));
    if (str_eq(d->what, S("retire")))
        return OK;
    TRY(package_service(a, &d->row, &d->service, &fresh, f));
    d->fresh = fresh ? (struct service *)d->service : NULL;
    return OK;
}

static enum err put_in_force(struct act *a, const struct package_row *r, struct fault *f)
{
    TRY(db_run(a->db, f,
               "UPDATE package SET state = 'superseded' WHERE name = ? AND state = 'active'", "s",
               r->name));
    TRY(db_run(a->db, f,
               "UPDATE package SET state = 'active', active = ? WHERE id = ?"
               " AND state IN ('accepted', 'superseded', 'retired')",
               "id", a->now, &r->id));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_STALE, "the package changed meanwhile");
}

static enum err put_out_of_force(struct act *a, const struct package_row *r, struct fault *f)
{
    TRY(db_run(a->db, f, "UPDATE package SET state = 'retired' WHERE id = ? AND state = 'active'",
               "d", &r->id));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_STALE, "the package changed meanwhile");
}

enum err package_confirm(struct act *a, struct fault *f)
{
    struct deciding *d = a->data;

    enum err e = db_run(a->db, f,
                        "UPDATE package_decision SET confirmer = ?, confirmer_signature = ?,"
                        " confirmed = ? WHERE package = ? AND statement = ? AND confirmer IS NULL"
                        " AND dropped = 0",
                        "dbids", &a->actor.id, officer_signature_str(&d->signature), a->now,
                        &d->row.id, d->statement);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must confirm it");
    TRY(e);
    if (db_changes(a->db) != 1)
        return fault(f, ERR_STALE, "the proposal is gone");
    str now;
    TRY(state_it(a, &d->row, d->what, &now, f));
    if (!str_eq(now, d->statement))
        return fault(f, ERR_STALE, "another version came into force meanwhile");
    TRY(d->service ? put_in_force(a, &d->row, f) : put_out_of_force(a, &d->row, f));
    if (d->service)
        TRY(drafts_wait(a, d->row.name, d->row.content, f));
    d->row.state = d->service ? S("active") : S("retired");
    package_reply(a, &d->row);
    return OK;
}

/* Durable: from the next request on. Two acts may have loaded the same version at a time. */
void package_confirm_after(struct act *a)
{
    struct deciding *d = a->data;
    struct services *all = a->house->services;
    struct fault f = {0};
    enum err e = OK;

    const struct service *known =
        service_find_version(all, d->row.name, d->row.version, d->row.content);
    if (d->fresh && !known) {
        e = services_add(all, d->fresh, &f);
        d->fresh = NULL;
        known = d->service;
    }
    if (e == OK)
        e = services_offer(all, d->row.name, d->service ? known : NULL, &f);
    if (e != OK) /* the next start reads it from the store */
        LOG(LOG_ERROR, "a service is not offered before the next start",
            LOG_CSTR("detail", f.detail));
}
