/* gifts.c - service packages that go over a channel
 *
 *   giving      package.give → entry "package" → … → "package-answer": accepted or refused
 *   receiving   package.arrive (the partner's act) → package.unwrap (the system's: verified, tried,
 *               installed as received) → an officer accepts or refuses → package.answer
 *
 * The engagement is the decision to give; what cannot be installed is answered at once, with the
 * reason. A gift is a row on both sides, known by the correlation of its dispatch.
 */
#include "service/gifts.h"

#include <stdio.h>

#include "base/log.h"
#include "package/manifest.h"
#include "registry/accreditation.h"
#include "service/jobs_int.h"
#include "service/packages_int.h"

enum { PAGE = 50, PACE_MS = 500, PAUSE_MS = 60000 };

/* ---- giving ------------------------------------------------------------------------------- */

struct giving {
    struct id engagement; /* first: the phases of an engagement know act.data as its id */
    struct package_row row;
    struct dispatch_out out;
    bool sends;
};

static void giving_free(void *p)
{
    dispatch_out_free(&((struct giving *)p)->out);
}

/* The newest package of that name ("name" or "name@version") that is in force or accepted here. */
static enum err find_package(struct act *a, str which, struct package_row *out, struct fault *f)
{
    ptrdiff_t at = str_find_char(which, '@');
    str name = at < 0 ? which : str_sub(which, 0, (size_t)at);
    str version = at < 0 ? S("") : str_sub(which, (size_t)at + 1, which.n);
    struct query q;

    enum err e = db_one(a->db, &q, f,
                        "SELECT id FROM package WHERE name = ? AND (version = ? OR ? = '')"
                        " AND state IN ('active', 'accepted') ORDER BY state = 'active' DESC,"
                        " installed DESC LIMIT 1",
                        "sss", name, version, version);
    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_INVALID, "/package", "no such package is offered or accepted here");
    TRY(e);
    struct id id = query_id(&q, 0);
    TRY(query_end(&q, f));
    return package_row_load(a, &id, out, f);
}

static enum err fill_gift(struct act *a, struct giving *g, str archive, struct fault *f)
{
    const struct json *promised = json_get(a->input, S("undertakings"));

    g->out.partner = act_param(a, S("state"));
    g->out.kind = S("package");
    g->out.content = archive;
    for (size_t i = 0; json_at(promised, i) && i < DISPATCH_UNDERTAKINGS; i++)
        g->out.undertaking[g->out.n_undertakings++] = json_str(json_at(promised, i));
    TRY(a->house->dispatches->seal(a, &g->out, f));
    g->out.content = STR_NONE;
    return OK;
}

enum err package_give_prepare(struct act *a, struct fault *f)
{
    struct giving *g = arena_new_of(a->arena, struct giving);
    str which = json_get_str(a->input, S("package")), archive;

    TRY_PTR(g, f);
    TRY(engagement_prepare(a, f));
    g->engagement = *(struct id *)a->data;
    a->data = g;
    a->data_free = giving_free;
    if (!which.p)
        return OK;
    TRY(find_package(a, which, &g->row, f));
    if (!str_eq(g->row.giver, json_get_str(a->input, S("owner"))))
        return fault_at(f, ERR_INVALID, "/owner", "this package is %.*s's", STR_FMT(g->row.giver));
    TRY(a->house->dispatches->stands(a, act_param(a, S("state")), &g->sends, f));
    if (!g->sends)
        return OK;
    TRY(package_archive_load(a->db, g->row.digest, a->arena, &archive, f));
    return fill_gift(a, g, archive, f);
}

enum err package_give(struct act *a, struct fault *f)
{
    struct giving *g = a->data;

    TRY(engagement_run(a, f));
    if (!g->row.name.p)
        return OK;
    a->reply.n--; /* two more members before the object ends */
    buf_printf(&a->reply, ",\"package\":\"%.*s@%.*s\",\"sent\":%s}", STR_FMT(g->row.name),
               STR_FMT(g->row.version), g->sends ? "true" : "false");
    if (!g->sends)
        return OK;
    TRY(a->house->dispatches->put(a, &g->out, f));
    return db_run(
        a->db, f,
        "INSERT INTO gift(dispatch, correlation, partner, sent, engagement, name, version,"
        " digest, state, answered, at) VALUES(?,?,?,1,?,?,?,?,'given',0,?)",
        "ddsdsssi", &g->out.id, &g->out.id, g->out.partner, &g->engagement, g->row.name,
        g->row.version, g->row.digest, a->now);
}

void package_give_after(struct act *a)
{
    const struct giving *g = a->data;

    if (g->sends)
        a->house->dispatches->sent(a, &g->out);
}

/* ---- a package comes ----------------------------------------------------------------------- */

enum err dispatch_take(struct act *a, struct fault *f)
{
    return a->house->dispatches->take(a, f);
}

enum err dispatch_taken_facts(struct act *a, struct fault *f)
{
    return a->house->dispatches->take_facts(a, f);
}

enum err package_arrive_prepare(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;

    TRY(a->house->dispatches->take(a, f));
    return in->content.n <= PACKAGE_ARCHIVE_BYTES
               ? OK
               : fault(f, ERR_TOO_LARGE, "a package has at most %d bytes", PACKAGE_ARCHIVE_BYTES);
}

enum err package_arrive(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;

    TRY(a->house->dispatches->keep(a, f));
    TRY(db_run(a->db, f,
               "INSERT INTO gift(dispatch, correlation, partner, sent, state, answered, at)"
               " VALUES(?,?,?,0,'arrived',0,?)",
               "ddsi", &in->id, &in->correlation, in->partner, a->now));
    TRY(job_add(a, S("package.unwrap"), act_id_text(a, &in->id), f));
    return engagement_received(a, S("package.receive"), in->partner,
                               S("{\"title\":\"A service package\"}"), f);
}

struct gift {
    struct id dispatch, correlation;
    str partner, name, digest, state, reason;
};

static str copy_of(struct arena *a, struct query *q, int col)
{
    return query_null(q, col) ? STR_NONE : str_copy(a, query_str(q, col));
}

static enum err gift_of_path(struct act *a, struct gift *g, struct fault *f)
{
    struct query q;

    TRY(act_param_id(a, S("id"), &g->dispatch, f));
    TRY(db_one(a->db, &q, f,
               "SELECT correlation, partner, name, digest, state, reason FROM gift"
               " WHERE dispatch = ?",
               "d", &g->dispatch));
    g->correlation = query_id(&q, 0);
    g->partner = copy_of(a->arena, &q, 1);
    g->name = copy_of(a->arena, &q, 2);
    g->digest = copy_of(a->arena, &q, 3);
    g->state = copy_of(a->arena, &q, 4);
    g->reason = copy_of(a->arena, &q, 5);
    TRY(query_end(&q, f));
    TRY_PTR(g->partner.p && g->state.p, f);
    return OK;
}

/* As if an officer had received the file, but the giver's key is known by its letter of credence.
 */
enum err package_unwrap_prepare(struct act *a, struct fault *f)
{
    struct gift g = {{{0}}};
    str archive;

    TRY(gift_of_path(a, &g, f));
    TRY(a->house->dispatches->content(a, &g.dispatch, &archive, f));
    return package_take_prepare(a, archive, g.partner, f);
}

enum err package_unwrap(struct act *a, struct fault *f)
{
    const struct package_row *r = package_installing(a);
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(package_install(a, f));
    TRY(db_run(a->db, f,
               "UPDATE gift SET state = 'received', name = ?, version = ?, digest = ?"
               " WHERE dispatch = ? AND state = 'arrived'",
               "sssd", r->name, r->version, r->digest, &id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it was unwrapped already");
    return job_end(a, f);
}

enum err gift_settled(struct act *a, str digest, str reason, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT dispatch FROM gift WHERE digest = ? AND sent = 0 AND answered = 0"
                        " AND state = 'received' ORDER BY dispatch DESC LIMIT 1",
                        "s", digest);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    struct id id = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(db_run(a->db, f, "UPDATE gift SET reason = ? WHERE dispatch = ?", "sd", reason, &id));
    return job_add(a, S("package.answer"), act_id_text(a, &id), f);
}

/* ---- the answer ----------------------------------------------------------------------------- */

struct answering {
    struct gift gift;
    struct dispatch_out out;
    str outcome, reason, record;
};

static void answering_free(void *p)
{
    dispatch_out_free(&((struct answering *)p)->out);
}

/* What the officers made of it, or what it failed of before any officer saw it (?reason=). */
static enum err find_outcome(struct act *a, struct answering *in, struct fault *f)
{
    str failed = act_param(a, S("reason"));
    struct query q;

    in->outcome = S("refused");
    in->reason = failed.p ? failed : in->gift.reason;
    if (failed.p)
        return OK;
    TRY(db_one(a->db, &q, f,
               "SELECT state, record FROM package WHERE digest = ? AND (record IS NOT NULL OR"
               " state = 'refused') ORDER BY record IS NULL LIMIT 1",
               "s", in->gift.digest));
    if (!str_eq(query_str(&q, 0), S("refused")) && !query_null(&q, 1)) {
        in->outcome = S("accepted");
        in->record = str_copy(a->arena, query_str(&q, 1));
    }
    return query_end(&q, f);
}

static enum err write_answer(struct act *a, struct answering *in, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(2 * RECORD_MAX);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("outcome"), in->outcome);
    if (in->reason.n)
        jw_kv(&w, S("reason"), in->reason);
    if (in->record.p)
        jw_kv(&w, S("record"), in->record);
    jw_close(&w, '}');
    in->out.content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && in->out.content.p, f);
    return OK;
}

enum err package_answer_prepare(struct act *a, struct fault *f)
{
    struct answering *in = arena_new_of(a->arena, struct answering);

    TRY_PTR(in, f);
    a->data = in;
    a->data_free = answering_free;
    TRY(gift_of_path(a, &in->gift, f));
    TRY(find_outcome(a, in, f));
    TRY(write_answer(a, in, f));
    in->out.partner = in->gift.partner;
    in->out.kind = S("package-answer");
    in->out.correlation = in->gift.correlation;
    a->content = sha256(in->out.content);
    return a->house->dispatches->seal(a, &in->out, f);
}

enum err package_answer_facts(struct act *a, struct fault *f)
{
    const struct answering *in = a->data;

    a->subject = str_printf(a->arena, "dispatch/%.*s", STR_FMT(act_id_text(a, &in->out.id)));
    return a->house->dispatches->facts(a, &in->out, f);
}

enum err package_answer(struct act *a, struct fault *f)
{
    struct answering *in = a->data;

    TRY(db_run(a->db, f,
               "UPDATE gift SET answered = 1, state = ?, reason = ?, record = ?"
               " WHERE dispatch = ? AND answered = 0",
               "sssd", in->outcome, in->reason, in->record, &in->gift.dispatch));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it was answered already");
    TRY(job_end(a, f));
    return a->house->dispatches->put(a, &in->out, f);
}

void package_answer_after(struct act *a)
{
    const struct answering *in = a->data;

    a->house->dispatches->sent(a, &in->out);
}

/* ---- the answer comes ------------------------------------------------------------------------ */

/* The record is signed with the partner's key of packages and speaks of what we gave. */
static enum err check_record(struct act *a, const struct dispatch_in *in, str record,
                             struct fault *f)
{
    struct note_key key;
    struct partner p;
    struct json *said;
    struct query q;
    uint64_t signers;
    str text, line, digest;

    TRY(partner_load(a->db, in->partner, a->arena, &p, f));
    TRY_PTR(keyset_packages_key(&p.keyset, a->arena, &key), f);
    TRY(note_open(record, &key, 1, &text, &signers, f));
    TRY(db_one(a->db, &q, f, "SELECT digest FROM gift WHERE correlation = ? AND sent = 1", "d",
               &in->correlation));
    digest = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    if (!str_split(&text, '\n', &line) || !str_eq(line, S("sifara-acceptance/1")) ||
        !str_split(&text, '\n', &line) || !str_split(&text, '\n', &line))
        return fault_at(f, ERR_INVALID, "/record", "no record of acceptance");
    TRY(json_parse(a->arena, line, &json_limits_wide, &said, f));
    return str_eq(json_get_str(said, S("package")), digest)
               ? OK
               : fault_at(f, ERR_INVALID, "/record", "the record speaks of another package");
}

enum err package_answered_prepare(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;

    TRY(a->house->dispatches->take(a, f));
    str record = json_get_str(in->json, S("record"));
    bool accepted = str_eq(json_get_str(in->json, S("outcome")), S("accepted"));
    if (accepted && !record.p)
        return fault_at(f, ERR_INVALID, "/record", "who accepts says so with a signed record");
    return record.p ? check_record(a, in, record, f) : OK;
}

enum err package_answered(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;

    TRY(a->house->dispatches->keep(a, f));
    TRY(db_run(a->db, f,
               "UPDATE gift SET answered = 1, state = ?, reason = ?, record = ?"
               " WHERE correlation = ? AND partner = ? AND sent = 1 AND answered = 0",
               "sssds", json_get_str(in->json, S("outcome")), json_get_str(in->json, S("reason")),
               json_get_str(in->json, S("record")), &in->correlation, in->partner));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "no package of that correlation waits for an answer");
    return a->house->dispatches->settle(a, in->partner, &in->correlation, S("answered"), f);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void put_text(struct jw *w, str key, struct query *q, int col)
{
    if (!query_null(q, col))
        jw_kv(w, key, query_str(q, col));
}

/* Newest first. */
enum err package_gifts(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT dispatch, sent, name, version, state, reason, record, at FROM gift"
                 " WHERE partner = ? ORDER BY dispatch DESC LIMIT ?",
                 "si", act_param(a, S("state")), (int64_t)PAGE));
    jw_open(&w, '{');
    jw_key(&w, S("packages"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        time_format(query_int(&q, 7), at);
        jw_open(&w, '{');
        jw_kv(&w, S("dispatch"), act_id_text(a, &id));
        jw_kv(&w, S("direction"), query_int(&q, 1) ? S("given") : S("received"));
        put_text(&w, S("name"), &q, 2);
        put_text(&w, S("version"), &q, 3);
        put_text(&w, S("state"), &q, 4);
        put_text(&w, S("reason"), &q, 5);
        put_text(&w, S("record"), &q, 6);
        jw_kv(&w, S("at"), str_of(at));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- by itself ------------------------------------------------------------------------------- */

/* What cannot be installed is answered at once. False when it is to be tried later. */
static bool unwrap(struct house *h, const struct due_job *job)
{
    struct fault f = {0};
    char why[sizeof f.detail + 64];
    enum err e = job_act(h, S("package.unwrap"), job, STR_NONE, &f);

    if (e == OK)
        return true;
    LOG(LOG_INFO, "a package that a partner gave is not installed", LOG_CSTR("error", err_slug(e)),
        LOG_CSTR("detail", f.detail));
    if (job_passing(e))
        return false;
    snprintf(why, sizeof why, "%s: %s", err_slug(e), f.detail);
    return job_act(h, S("package.answer"), job, str_of(why), NULL) == OK;
}

unsigned gifts_work(struct house *h, int64_t *not_before)
{
    int64_t now = world_now(&h->world);
    struct due_job jobs[JOBS_AT_ONCE];
    bool well = true;
    unsigned done = 0;

    if (now < *not_before)
        return 0;
    unsigned n = jobs_due(h, S("package.unwrap"), jobs);
    for (unsigned i = 0; i < n; i++, done++)
        well &= unwrap(h, &jobs[i]);
    n = jobs_due(h, S("package.answer"), jobs);
    for (unsigned i = 0; i < n; i++, done++)
        well &= job_act(h, S("package.answer"), &jobs[i], STR_NONE, NULL) == OK;
    *not_before = now + (well ? PACE_MS : PAUSE_MS);
    return done;
}
