/* desk.c - the officer's side: examine, take, ask, propose, confirm
 *
 * A decision is made by two officers who sign the same statement: canonical JSON that names the
 * case, its answers, the outcome and the digest of what the document's seal will say. The keyring
 * checks both signatures again before it seals.
 */
#include <stdio.h>

#include "base/encode.h"
#include "service/costs_int.h"
#include "service/messages_int.h"

enum err examining_new(struct act *a, struct examining **out, struct fault *f)
{
    struct examining *x = arena_new_of(a->arena, struct examining);

    TRY_PTR(x, f);
    a->data = *out = x;
    TRY(case_of_path(a, &x->c, f));
    return act_seal_for(a, &x->c.person, f);
}

enum err case_seal_note(struct act *a, str json, str *out, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(33 << 10);

    TRY(seal(&sealed, &a->record_key, S("note"), json, f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

/* {"text": …, "fields": […]} of what an officer says to the person. */
static enum err seal_message(struct act *a, struct examining *x, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(32 << 10);
    const struct json *fields = json_get(a->input, S("fields"));
    str text = json_get_str(a->input, S("message"));
    struct jw w = JW(&plain);

    if (!text.p)
        text = json_get_str(a->input, S("reason"));
    if (!text.p)
        return OK;
    jw_open(&w, '{');
    jw_kv(&w, S("text"), text);
    if (fields) {
        jw_key(&w, S("fields"));
        jw_tree(&w, fields);
    }
    jw_close(&w, '}');
    return case_seal_note(a, buf_str(&plain), &x->note, f);
}

enum err case_examine_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    return examining_new(a, &x, f);
}

enum err case_examine(struct act *a, struct fault *f)
{
    return case_show(a, f);
}

/* Runs with the decision: the person will see who looked, and why. */
enum err case_examine_run(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    str reason = act_param(a, S("reason"));

    if (strcmp(a->action->name, "case.examine") == 0)
        TRY(messages_read(a, &x->c, f));
    TRY(work_note(a, &x->c, f));
    return access_note(a, &x->c.person, a->subject, reason.p ? reason : S("examination"), f);
}

/* An officer's event: the case, what is said with it, what it would do. */
static enum err officer_prepare(struct act *a, struct examining **out, str event, struct fault *f)
{
    TRY(examining_new(a, out, f));
    TRY(seal_message(a, *out, f));
    a->content = sha256(a->body);
    return event.p ? case_choose(a, &(*out)->c, event, NULL, f) : OK;
}

enum err case_take_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    return officer_prepare(a, &x, S("take"), f);
}

enum err case_release_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    return officer_prepare(a, &x, S("release"), f);
}

enum err case_correction_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    return officer_prepare(a, &x, S("request-correction"), f);
}

enum err case_return_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    return officer_prepare(a, &x, S("return"), f);
}

enum err case_touch(struct act *a, const struct casefile *c, struct fault *f)
{
    TRY(work_note(a, c, f));
    return access_note(a, &c->person, a->subject, str_of(a->action->summary), f);
}

/* Moves the case, as the officer's. */
static enum err move(struct act *a, struct examining *x, struct fault *f)
{
    TRY(case_move(a, &x->c, x->note, f));
    TRY(case_touch(a, &x->c, f));
    case_reply(a, &x->c);
    return OK;
}

enum err case_take(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    x->c.officer = a->actor.id;
    return move(a, x, f);
}

enum err case_release(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    x->c.officer = (struct id){{0}};
    return move(a, x, f);
}

enum err case_request_correction(struct act *a, struct fault *f)
{
    return move(a, a->data, f);
}

/* ---- the decision ----------------------------------------------------------------------- */

/* Digests of the documents that the person attached, in the order in which they came; not of what
 * came with messages (docs/messages.md). */
static enum err put_digests(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct query q;
    char hex[65];

    TRY(db_query(a->db, &q, f,
                 "SELECT coalesce(named, digest) FROM attachment WHERE file = ?"
                 " AND message IS NULL ORDER BY id",
                 "d", &c->id));
    jw_key(w, S("attachments"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        str digest = query_str(&q, 0);
        if (digest.n != 32)
            continue;
        hex_encode(digest.p, digest.n, hex);
        jw_string(w, str_of(hex));
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Which decision of the case it is: after a spoilt document the same answers are decided once more,
 * and what was signed before is not signed for that. */
static enum err put_ordinal(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM case_decision WHERE file = ? AND confirmer IS NOT NULL", "d",
               &c->id));
    jw_kv_int(w, S("decision"), query_int(&q, 0) + 1);
    return query_end(&q, f);
}

enum err case_statement(struct act *a, const struct casefile *c, const struct json *answers,
                        str outcome, str *out_statement, str *out_fields, struct fault *f)
{
    AUTO(buf) struct buf canon = BUF(ANSWERS_MAX);
    AUTO(buf) struct buf text = BUF(STATEMENT_MAX);
    char answers_hex[65], fields_hex[65];
    struct jw w = JW(&text);
    str fields;

    TRY(json_canonical(&canon, answers, a->arena, f));
    struct hash h = sha256(buf_str(&canon));
    hex_encode(h.b, 32, answers_hex);
    TRY(seal_fields(a, c, answers, &fields, f));
    h = sha256(fields);
    hex_encode(h.b, 32, fields_hex);
    /* keys in canonical order */
    jw_open(&w, '{');
    jw_kv(&w, S("answers"), str_of(answers_hex));
    TRY(put_digests(a, &w, c, f));
    jw_kv(&w, S("case"), act_id_text(a, &c->id));
    TRY(put_ordinal(a, &w, c, f));
    jw_kv(&w, S("fields"), str_of(fields_hex));
    jw_kv(&w, S("outcome"), outcome);
    jw_kv(&w, S("service"), c->service_name);
    jw_kv(&w, S("version"), c->service->version);
    jw_close(&w, '}');
    if (!buf_ok(&text))
        return fault(f, ERR_LIMIT, "too many documents are attached to sign for");
    *out_statement = str_copy(a->arena, buf_str(&text));
    TRY_PTR(out_statement->p, f);
    *out_fields = fields;
    return OK;
}

static bool outcome_valid(str s)
{
    return str_eq(s, S("approve")) || str_eq(s, S("refuse"));
}

/* What was proposed, or approval where nothing was. */
static enum err pending_outcome(struct act *a, const struct casefile *c, str *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT outcome FROM case_decision WHERE file = ? AND confirmer IS NULL"
                        " AND returned = 0",
                        "d", &c->id);

    if (e == ERR_NOT_FOUND) {
        *out = S("approve");
        return OK;
    }
    TRY(e);
    *out = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

/* The statement that an officer is about to sign, with what the seal will say, in the clear. */
enum err case_statement_read(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    str outcome = act_param(a, S("outcome"));
    struct jw w = JW(&a->reply);

    if (!outcome.p)
        TRY(pending_outcome(a, &x->c, &outcome, f));
    if (!outcome_valid(outcome))
        return fault(f, ERR_INVALID, "an outcome is approve or refuse");
    TRY(case_answers(a, &x->c, &a->record_key, &x->answers, f));
    TRY(case_statement(a, &x->c, x->answers, outcome, &x->statement, &x->fields, f));
    a->revision = x->c.revision;
    jw_open(&w, '{');
    jw_kv(&w, S("statement"), x->statement);
    jw_key(&w, S("seal"));
    jw_raw(&w, x->fields);
    jw_close(&w, '}');
    return OK;
}

enum err case_decision_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    TRY(officer_prepare(a, &x, S("propose"), f));
    x->outcome = json_get_str(a->input, S("outcome"));
    TRY(case_answers(a, &x->c, &a->record_key, &x->answers, f));
    TRY(case_statement(a, &x->c, x->answers, x->outcome, &x->statement, &x->fields, f));
    a->content = sha256(x->statement);
    return officer_signature(a, x->statement, &x->signature, f);
}

/* The delegation by which it was decided, for the keyring; NULL where the officer's own roles did.
 */
static const struct id *lent_by(const struct act *a)
{
    return a->lent ? &a->lent->delegation : NULL;
}

enum err case_propose(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    struct casefile *c = &x->c;
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);

    /* a post with one officer: the ministry's queue confirms */
    if (at && at->one_officer)
        c->queue = S("ministry");
    missions_drop(m);
    TRY(db_run(a->db, f,
               "INSERT INTO case_decision(file, bucket, step, outcome, statement, proposer,"
               " proposer_signature, proposer_lent) VALUES(?,?,?,?,?,?,?,?)",
               "diisbdbd", &c->id, (int64_t)id_bucket(&c->id), c->steps, x->outcome, x->statement,
               &a->actor.id, officer_signature_str(&x->signature), lent_by(a)));
    return move(a, x, f);
}

/* The outcome is the proposer's: what the second officer signs is the same statement. */
enum err case_pending(struct act *a, struct examining *x, struct fault *f)
{
    struct query q;

    enum err e = db_one(a->db, &q, f,
                        "SELECT outcome, statement, proposer FROM case_decision WHERE file = ?"
                        " AND confirmer IS NULL AND returned = 0",
                        "d", &x->c.id);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "nothing was proposed");
    TRY(e);
    x->outcome = str_copy(a->arena, query_str(&q, 0));
    str proposed = str_copy(a->arena, query_str(&q, 1));
    x->proposer = query_id(&q, 2);
    TRY(query_end(&q, f));
    TRY_PTR(x->outcome.p && proposed.p, f);
    TRY(case_answers(a, &x->c, &a->record_key, &x->answers, f));
    TRY(case_choose(a, &x->c, x->outcome, x->answers, f));
    TRY(case_statement(a, &x->c, x->answers, x->outcome, &x->statement, &x->fields, f));
    return str_eq(proposed, x->statement)
               ? OK
               : fault(f, ERR_STALE, "the case is no longer what was proposed");
}

enum err case_confirm_prepare(struct act *a, struct fault *f)
{
    struct examining *x = NULL;

    TRY(officer_prepare(a, &x, STR_NONE, f));
    TRY(case_pending(a, x, f));
    a->content = sha256(x->statement);
    return officer_signature(a, x->statement, &x->signature, f);
}

enum err case_confirmed(struct act *a, struct examining *x, const struct id *officer, str chain,
                        struct fault *f)
{
    struct casefile *c = &x->c;

    enum err e =
        db_run(a->db, f,
               "UPDATE case_decision SET confirmer = ?, confirmer_signature = ?, assent = ?,"
               " confirmer_lent = ? WHERE file = ? AND confirmer IS NULL AND returned = 0 AND "
               "statement = ?",
               "dbsddb", officer, officer_signature_str(&x->signature), chain, lent_by(a), &c->id,
               x->statement);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "the officer who proposed may not confirm");
    TRY(e);
    if (db_changes(a->db) != 1)
        return fault(f, ERR_STALE, "the proposal is gone");
    c->queue = c->mission;
    TRY(move(a, x, f));
    return c->next->document.p
               ? document_reserve(a, c, c->next->document, x->fields, x->statement, f)
               : OK;
}

enum err case_confirm(struct act *a, struct fault *f)
{
    return case_confirmed(a, a->data, &a->actor.id, STR_NONE, f);
}

enum err case_return(struct act *a, struct fault *f)
{
    struct examining *x = a->data;

    TRY(db_run(a->db, f,
               "UPDATE case_decision SET returned = 1 WHERE file = ? AND confirmer IS NULL", "d",
               &x->c.id));
    x->c.queue = x->c.mission;
    return move(a, x, f);
}

/* ---- conflicts of interest ----------------------------------------------------------------- */

/* An officer declares that a person is kin, or otherwise close: policy then keeps them from that
 * person's cases. A declaration is not taken back by the one who made it. */
enum err officer_declare(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct id person;

    if (!id_parse(json_get_str(a->input, S("person")), &person))
        return fault_at(f, ERR_INVALID, "/person", "not an id");
    TRY(db_run(a->db, f,
               "INSERT INTO officer_interest(officer, person, kind) VALUES(?,?,?)"
               " ON CONFLICT(officer, person) DO UPDATE SET kind = excluded.kind",
               "dds", &a->actor.id, &person, json_get_str(a->input, S("kind"))));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("person"), json_get_str(a->input, S("person")));
    jw_close(&w, '}');
    return OK;
}

enum err officer_declare_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), a->actor.mission);
    a->subject = str_printf(a->arena, "officer/%.*s", STR_FMT(act_id_text(a, &a->actor.id)));
    a->content = sha256(a->body);
    return OK;
}
