#include "service/documents.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/log.h"
#include "paper/render.h"
#include "paper/trust.h"
#include "paper/vds.h"
#include "paper/worker.h"
#include "service/cases_int.h"
#include "service/document_page.h"
#include "service/documents_int.h"
#include "service/jobs_int.h"

enum { RENDER_DEADLINE_MS = 10000 };

/* ---- what the seal says ------------------------------------------------------------------ */

enum err seal_fields(struct act *a, const struct casefile *c, const struct json *answers, str *out,
                     struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    str mission = str_copy(a->arena, at ? at->name_en : c->mission);

    missions_drop(m);
    TRY_PTR(mission.p, f);
    return document_seal_fields(c->service->doc, answers, mission, a->arena, out, f);
}

/* ---- reserve ---------------------------------------------------------------------------- */

enum err series_next(struct act *a, str series, int year, str *out, struct fault *f)
{
    struct query q;
    str key = str_printf(a->arena, "%.*s-%d", STR_FMT(series), year);

    TRY_PTR(key.p, f);
    TRY(db_run(a->db, f,
               "INSERT INTO document_series(series, next) VALUES(?, 2)"
               " ON CONFLICT(series) DO UPDATE SET next = document_series.next + 1",
               "s", key));
    TRY(db_one(a->db, &q, f, "SELECT next - 1 FROM document_series WHERE series = ?", "s", key));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    *out = str_printf(a->arena, "%.*s-%06" PRId64, STR_FMT(key), n);
    TRY_PTR(out->p, f);
    return OK;
}

enum err document_reserve(struct act *a, const struct casefile *c, str art, str fields,
                          str statement, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(DOCUMENT_SEAL_ROOM * 4);
    AUTO(buf) struct buf sealed = BUF(DOCUMENT_SEAL_ROOM * 5);
    struct id id = id_new(&a->house->world, id_bucket(&c->id));
    time_t secs = (time_t)(a->now / 1000);
    struct jw w = JW(&plain);
    struct tm tm;
    str number;

    gmtime_r(&secs, &tm);
    TRY(series_next(a, c->service->series, tm.tm_year + 1900, &number, f));
    jw_open(&w, '{');
    jw_kv(&w, S("statement"), statement);
    jw_kv(&w, S("fields"), fields);
    jw_close(&w, '}');
    TRY(seal(&sealed, &a->record_key, S("document"), buf_str(&plain), f));
    TRY(db_run(a->db, f,
               "INSERT INTO document(id, bucket, file, person, service, number, state, issued,"
               " content, art) VALUES(?,?,?,?,?,?,'reserved',?,?,?)",
               "diddssibs", &id, (int64_t)id_bucket(&id), &c->id, &c->person, c->service_name,
               number, a->now, buf_str(&sealed), art));
    return job_add(a, S("document.seal"), act_id_text(a, &id), f);
}

/* ---- the job ---------------------------------------------------------------------------- */

enum err document_load(struct act *a, const struct id *id, struct document *out, struct fault *f)
{
    struct document d = {.id = *id};
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT d.file, d.person, c.service, d.number, d.state, d.issued, d.content, d.seal,"
               " d.seal_id, d.art, c.version, c.content FROM document d JOIN case_file c"
               " ON c.id = d.file AND c.bucket = d.bucket WHERE d.id = ? AND d.bucket = ?",
               "di", id, (int64_t)id_bucket(id)));
    d.file = query_id(&q, 0);
    d.person = query_id(&q, 1);
    d.service = service_find_version(a->house->services, query_str(&q, 2), query_str(&q, 10),
                                     query_str(&q, 11));
    if (!d.service)
        d.service = service_find(a->house->services, query_str(&q, 2));
    d.number = str_copy(a->arena, query_str(&q, 3));
    d.state = str_copy(a->arena, query_str(&q, 4));
    d.issued = query_int(&q, 5);
    d.content = str_copy(a->arena, query_str(&q, 6));
    d.seal = query_null(&q, 7) ? STR_NONE : str_copy(a->arena, query_str(&q, 7));
    d.seal_id = query_null(&q, 8) ? STR_NONE : str_copy(a->arena, query_str(&q, 8));
    d.art = query_null(&q, 9) ? S("template.svg") : str_copy(a->arena, query_str(&q, 9));
    TRY(query_end(&q, f));
    TRY_PTR(d.number.p && d.state.p && d.content.p && d.art.p, f);
    if (!d.service)
        return fault(f, ERR_NOT_FOUND, "the service is not known here");
    *out = d;
    return OK;
}

static enum err read_signers(struct act *a, const struct id *file, struct officer_assertion by[2],
                             str *assent, struct fault *f)
{
    struct id loan[2];
    bool borrowed[2];
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT proposer, proposer_signature, confirmer, confirmer_signature, assent,"
               " proposer_lent, confirmer_lent"
               " FROM case_decision WHERE file = ? AND confirmer IS NOT NULL"
               " ORDER BY step DESC LIMIT 1",
               "d", file));
    for (int i = 0; i < 2; i++) {
        str s = query_str(&q, 2 * i + 1);
        by[i].officer = query_id(&q, 2 * i);
        if (!officer_signature_of(s, &by[i].signature))
            by[i].signature.n = 0; /* the keyring refuses it */
    }
    *assent = query_null(&q, 4) ? STR_NONE : str_copy(a->arena, query_str(&q, 4));
    for (int i = 0; i < 2; i++) {
        borrowed[i] = !query_null(&q, 5 + i);
        loan[i] = borrowed[i] ? query_id(&q, 5 + i) : (struct id){{0}};
        by[i].lent = NULL;
    }
    TRY(query_end(&q, f));
    for (int i = 0; i < 2; i++) {
        struct officer_lending *lent = arena_new_of(a->arena, struct officer_lending);
        TRY_PTR(lent, f);
        if (!borrowed[i])
            continue;
        TRY(delegation_lending(a, &loan[i], lent, f));
        by[i].lent = lent;
    }
    return OK;
}

/* Prepare of document.sealed: unseal what was decided, let the keyring check and seal it. */
enum err document_sealed_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf seal_bytes = BUF(VDS_MAX);
    struct sealing *s = arena_new_of(a->arena, struct sealing);
    struct officer_assertion by[2];
    struct json *content;
    struct vds v;
    struct id id;
    str plain, assent;

    TRY_PTR(s, f);
    a->data = s;
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &s->d, f));
    if (!str_eq(s->d.state, S("reserved")))
        return fault(f, ERR_CONFLICT, "the document is %.*s", STR_FMT(s->d.state));
    TRY(act_seal_for(a, &s->d.person, f));
    TRY(unseal(a->arena, &a->record_key, S("document"), s->d.content, &plain, f));
    TRY(json_parse(a->arena, plain, NULL, &content, f));
    TRY(read_signers(a, &s->d.file, by, &assent, f));
    struct keyring_seal ask = {.statement = json_get_str(content, S("statement")),
                               .fields = json_get_str(content, S("fields")),
                               .number = s->d.number,
                               .issued_ms = s->d.issued,
                               .by = {by[0], by[1]},
                               .assent = assent};
    TRY(keyring_seal(a->house->keyring, &ask, &seal_bytes, f));
    s->seal = str_copy(a->arena, buf_str(&seal_bytes));
    TRY_PTR(s->seal.p, f);
    TRY(vds_decode(s->seal, &v, f));
    vds_id(&v, s->seal_id);
    a->content = sha256(s->seal);
    TRY(case_load(a, &s->d.file, &s->c, f));
    return case_choose(a, &s->c, S("sealed"), NULL, f);
}

enum err document_facts_of(struct act *a, const struct document *d, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    str id = act_id_text(a, &d->id);
    struct casefile c;

    TRY(case_load(a, &d->file, &c, f));
    struct cedar_entity *e = act_resource(a, S("Document"), id);
    cedar_attr(es, e, S("person"), cedar_ref(es, S("Sifara::Person"), act_id_text(a, &d->person)));
    cedar_attr(es, e, S("authority"), cedar_ref(es, S("Sifara::Mission"), c.mission));
    cedar_attr(es, e, S("state"), cedar_str(d->state));
    TRY(case_representative(a, &c, f));
    a->subject = str_printf(a->arena, "document/%.*s", STR_FMT(id));
    return OK;
}

enum err document_facts(struct act *a, struct fault *f)
{
    struct document d;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &d, f));
    return document_facts_of(a, &d, f);
}

enum err document_sealed(struct act *a, struct fault *f)
{
    struct sealing *s = a->data;

    TRY(db_run(a->db, f,
               "UPDATE document SET state = 'sealed', seal = ?, seal_id = ? WHERE id = ?"
               " AND bucket = ? AND state = 'reserved'",
               "bsdi", s->seal, str_of(s->seal_id), &s->d.id, (int64_t)id_bucket(&s->d.id)));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "the document is no longer reserved");
    TRY(job_end(a, f));
    return case_move(a, &s->c, STR_NONE, f);
}

enum err document_spoilt_prepare(struct act *a, struct fault *f)
{
    struct sealing *s = arena_new_of(a->arena, struct sealing);
    struct id id;

    TRY_PTR(s, f);
    a->data = s;
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &s->d, f));
    TRY(case_load(a, &s->d.file, &s->c, f));
    return case_choose(a, &s->c, S("spoilt"), NULL, f);
}

enum err document_spoilt(struct act *a, struct fault *f)
{
    struct sealing *s = a->data;

    TRY(db_run(a->db, f,
               "UPDATE document SET state = 'spoilt', reason = ? WHERE id = ? AND bucket = ?"
               " AND state = 'reserved'",
               "sdi", act_param(a, S("reason")), &s->d.id, (int64_t)id_bucket(&s->d.id)));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "the document is no longer reserved");
    TRY(job_end(a, f));
    return case_move(a, &s->c, STR_NONE, f);
}

/* ---- working through jobs ---------------------------------------------------------------- */

unsigned documents_work(struct house *h)
{
    struct due_job jobs[JOBS_AT_ONCE];
    unsigned n = jobs_due(h, S("document.seal"), jobs), done = 0;

    for (unsigned i = 0; i < n; i++) {
        struct fault f = {0};
        enum err e = job_act(h, S("document.sealed"), &jobs[i], STR_NONE, &f);
        if (e == OK) {
            done++;
            continue;
        }
        LOG(LOG_WARN, "sealing failed", LOG_CSTR("document", jobs[i].subject),
            LOG_CSTR("error", err_slug(e)), LOG_CSTR("detail", f.detail));
        if (!job_passing(e) && e != ERR_CONFLICT)
            done += job_act(h, S("document.spoilt"), &jobs[i], str_of(err_slug(e)), NULL) == OK;
    }
    return done;
}

/* ---- the person's copy, the head of mission's revocation --------------------------------- */

/* What the page of this document says. */
static enum err fill_page(struct act *a, const struct document *d, const struct casefile *c,
                          const struct json *answers, struct document_page *page, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, c->mission);
    struct document_of of = {.form = d->service->form,
                             .answers = answers,
                             .number = d->number,
                             .mission_en = str_copy(a->arena, at ? at->name_en : c->mission),
                             .mission_ar = str_copy(a->arena, at ? at->name_ar : c->mission),
                             .issued = at ? mission_day(m, at, d->issued)
                                          : (int32_t)(d->issued / DAY_MS)};

    missions_drop(m);
    TRY_PTR(of.mission_en.p && of.mission_ar.p, f);
    return document_fill(&of, a->arena, page, f);
}

static str mrz_of_seal(struct act *a, str seal)
{
    struct vds v;

    return vds_decode(seal, &v, NULL) == OK ? vds_text(&v, S("MRZ"), a->arena) : STR_NONE;
}

enum err document_render(struct act *a, const struct document *d, struct buf *out, struct fault *f)
{
    struct document_page *page = arena_new_of(a->arena, struct document_page);
    struct casefile c;
    struct json *answers;
    struct key k;

    TRY_PTR(page, f);
    TRY(case_load(a, &d->file, &c, f));
    TRY(person_key(a->house, &d->person, &k, f));
    TRY(case_answers(a, &c, &k, &answers, f));
    TRY(fill_page(a, d, &c, answers, page, f));
    str mrz = mrz_of_seal(a, d->seal);
    struct render_in in = {.template_svg = service_art(d->service, d->art),
                           .values = page->values,
                           .n = page->n,
                           .seal = d->seal,
                           .mrz = mrz.p ? mrz : S(""),
                           .watermark =
                               a->house->training
                                   ? a->house->word(a->house->words, S("en"), S("page.watermark"))
                                   : S(""),
                           .title = d->number,
                           .created_ms = d->issued};
    return worker_render(a->house->worker, &in, RENDER_DEADLINE_MS, out, f);
}

enum err document_put_pdf(struct act *a, struct document *d, struct fault *f)
{
    if (!d->seal.p)
        return fault(f, ERR_CONFLICT, "the document is %.*s", STR_FMT(d->state));
    a->reply.max = RENDER_PDF_MAX;
    TRY(document_render(a, d, &a->reply, f));
    a->type = "application/pdf";
    return OK;
}

enum err document_pdf(struct act *a, struct fault *f)
{
    struct document d;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &d, f));
    return document_put_pdf(a, &d, f);
}

enum err document_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct document d;
    struct id id;
    char at[32];

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &d, f));
    time_format(d.issued, at);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv(&w, S("number"), d.number);
    jw_kv(&w, S("service"), d.service->name);
    jw_kv(&w, S("state"), d.state);
    jw_kv(&w, S("issued"), str_of(at));
    if (d.seal.p) {
        AUTO(buf) struct buf b = BUF(VDS_MAX * 2);
        base64_encode(&b, d.seal, BASE64_STD);
        jw_kv(&w, S("seal"), buf_str(&b));
    }
    jw_close(&w, '}');
    return OK;
}

enum err document_revoke_prepare(struct act *a, struct fault *f)
{
    struct sealing *s = arena_new_of(a->arena, struct sealing);
    struct id id;

    TRY_PTR(s, f);
    a->data = s;
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &s->d, f));
    TRY(act_seal_for(a, &s->d.person, f));
    a->content = sha256(a->body);
    return case_addressee(a, &s->d.person, &s->to, f);
}

enum err document_revoke(struct act *a, struct fault *f)
{
    struct sealing *s = a->data;
    struct jw w = JW(&a->reply);
    struct casefile c;

    TRY(db_run(a->db, f,
               "UPDATE document SET state = 'revoked', revoked = ?, reason = ? WHERE id = ?"
               " AND bucket = ? AND state = 'sealed'",
               "isdi", a->now, json_get_str(a->input, S("reason")), &s->d.id,
               (int64_t)id_bucket(&s->d.id)));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "only a sealed document can be revoked");
    TRY(access_note(a, &s->d.person, a->subject, str_of(a->action->summary), f));
    TRY(case_load(a, &s->d.file, &c, f));
    TRY(case_mail(a, &c, &s->to, S("document-revoked"), f));
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &s->d.id));
    jw_kv(&w, S("state"), S("revoked"));
    jw_close(&w, '}');
    return OK;
}

enum err documents_revocations(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf list = BUF(ACT_REPLY_MAX);
    struct jw w = JW(&list);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT seal_id, revoked FROM document WHERE state = 'revoked' ORDER BY revoked",
                 ""));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        day_format((int32_t)(query_int(&q, 1) / DAY_MS), at);
        jw_open(&w, '{');
        jw_kv(&w, S("seal"), query_str(&q, 0));
        jw_kv(&w, S("date"), str_of(at));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    TRY(query_end(&q, f));
    return keyring_sign_list(a->house->keyring, buf_str(&list), &a->reply, f);
}

/* ---- for other states ----------------------------------------------------------------------- */

enum err document_status(struct act *a, str seal, str number, str *status, str *since,
                         struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT state, revoked FROM document WHERE (seal_id = ? OR number = ?)"
                        " AND state IN ('sealed', 'revoked')",
                        "ss", seal, number);

    *since = STR_NONE;
    *status = S("unknown");
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    bool revoked = str_eq(query_str(&q, 0), S("revoked"));
    *status = revoked ? S("revoked") : S("current");
    if (revoked) {
        char day[DAY_TEXT];
        day_format(day_of_ms(query_int(&q, 1)), day);
        *since = str_copy(a->arena, str_of(day));
    }
    return query_end(&q, f);
}
