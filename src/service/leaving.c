/* leaving.c - a case as one document that another node takes in: form version, answers, steps with
 * their proofs, decisions with their signatures, payments, documents, attachments, accesses
 *
 * docs/exit.md says the form. What is sealed under the person's key comes out in the clear; bytes
 * of attachments and of PDFs are read by acts of their own. The person sees that their case was
 * taken out. */
#include "base/encode.h"
#include "service/documents_int.h"
#include "service/packages_int.h"

/* ---- rows as objects ---------------------------------------------------------------------- */

/* A column under the name of its member. kind: i integer, s text, d id, b bytes (base64url), x
 * bytes in hex, j JSON sealed under the name in seal, t text sealed so. NULL is left out. */
struct column {
    const char *name;
    char kind;
    const char *seal;
};

static const struct table {
    const char *member, *sql;
    struct column columns[16];
} tables[] = {
    {"steps",
     "SELECT seq, at, event, role, mission, note, epoch, entry, officer, journal FROM case_step"
     " WHERE file = ? ORDER BY seq",
     {{"step", 'i', NULL},
      {"at", 'i', NULL},
      {"event", 's', NULL},
      {"role", 's', NULL},
      {"mission", 's', NULL},
      {"note", 'j', "note"},
      {"epoch", 'i', NULL},
      {"entry", 'i', NULL},
      {"officer", 'd', NULL},
      {"journal", 's', NULL}}},
    {"decisions",
     "SELECT step, outcome, statement, proposer, proposer_signature, confirmer,"
     " confirmer_signature, returned FROM case_decision WHERE file = ? ORDER BY step",
     {{"step", 'i', NULL},
      {"outcome", 's', NULL},
      {"statement", 's', NULL},
      {"proposer", 'd', NULL},
      {"proposer_signature", 'b', NULL},
      {"confirmer", 'd', NULL},
      {"confirmer_signature", 'b', NULL},
      {"returned", 'i', NULL}}},
    {"payments",
     "SELECT step, at, amount, currency, how, officer FROM case_payment WHERE file = ?"
     " ORDER BY step",
     {{"step", 'i', NULL},
      {"at", 'i', NULL},
      {"amount", 'i', NULL},
      {"currency", 's', NULL},
      {"how", 's', NULL},
      {"officer", 'd', NULL}}},
    {"documents",
     "SELECT id, number, state, issued, content, seal, seal_id, revoked, reason, art FROM document"
     " WHERE file = ? ORDER BY id",
     {{"id", 'd', NULL},
      {"number", 's', NULL},
      {"state", 's', NULL},
      {"issued", 'i', NULL},
      {"content", 'j', "document"},
      {"seal", 'b', NULL},
      {"seal_id", 's', NULL},
      {"revoked", 'i', NULL},
      {"reason", 's', NULL},
      {"art", 's', NULL}}},
    {"messages",
     "SELECT seq, at, mission, role, officer, text, waits, seen FROM case_message WHERE file = ?"
     " ORDER BY seq",
     {{"seq", 'i', NULL},
      {"at", 'i', NULL},
      {"mission", 's', NULL},
      {"role", 's', NULL},
      {"officer", 'd', NULL},
      {"text", 't', "message"},
      {"waits", 'i', NULL},
      {"seen", 'i', NULL}}},
    {"remarks",
     "SELECT seq, at, mission, role, officer, text FROM case_remark WHERE file = ? ORDER BY seq",
     {{"seq", 'i', NULL},
      {"at", 'i', NULL},
      {"mission", 's', NULL},
      {"role", 's', NULL},
      {"officer", 'd', NULL},
      {"text", 't', "remark"}}},
    {"attachments",
     "SELECT id, size, type, name, coalesce(named, digest), message FROM attachment WHERE file = ?"
     " AND (message IS NULL OR message >= 0) ORDER BY id",
     {{"id", 'd', NULL},
      {"size", 'i', NULL},
      {"type", 's', NULL},
      {"name", 't', "name"},
      {"digest", 'x', NULL},
      {"message", 'i', NULL}}},
};

/* Of the person, about the case. */
static const struct table accesses = {
    "access",
    "SELECT id, at, role, mission, action, reason, visible_from FROM access_log WHERE person = ?"
    " AND subject = ? ORDER BY id",
    {{"id", 'd', NULL},
     {"at", 'i', NULL},
     {"role", 's', NULL},
     {"mission", 's', NULL},
     {"action", 's', NULL},
     {"reason", 's', NULL},
     {"visible_from", 'i', NULL}}};

static void put_bytes(struct jw *w, str name, str bytes, bool hex)
{
    AUTO(buf) struct buf b = BUF(CASE_RECORD_BYTES);
    char text[65];

    if (hex && bytes.n == 32) {
        hex_encode(bytes.p, bytes.n, text);
        jw_kv(w, name, str_of(text));
        return;
    }
    base64_encode(&b, bytes, BASE64_URL);
    jw_kv(w, name, buf_str(&b));
}

static enum err put_sealed(struct act *a, struct jw *w, const struct column *c, str sealed,
                           const struct key *k, struct fault *f)
{
    str plain;

    TRY(unseal(a->arena, k, str_of(c->seal), sealed, &plain, f));
    jw_key(w, str_of(c->name));
    if (c->kind == 'j')
        jw_raw(w, plain);
    else
        jw_string(w, plain);
    return OK;
}

static enum err put_column(struct act *a, struct jw *w, const struct column *c, struct query *q,
                           int i, const struct key *k, struct fault *f)
{
    str name = str_of(c->name);

    if (query_null(q, i))
        return OK;
    if (c->seal)
        return put_sealed(a, w, c, query_str(q, i), k, f);
    struct id id = query_id(q, i);
    if (c->kind == 'i')
        jw_kv_int(w, name, query_int(q, i));
    else if (c->kind == 's')
        jw_kv(w, name, query_str(q, i));
    else if (c->kind == 'd')
        jw_kv(w, name, act_id_text(a, &id));
    else
        put_bytes(w, name, query_str(q, i), c->kind == 'x');
    return OK;
}

/* Ends the query. */
static enum err put_rows(struct act *a, struct jw *w, const struct table *t, struct query *q,
                         const struct key *k, struct fault *f)
{
    enum err e = OK;

    jw_key(w, str_of(t->member));
    jw_open(w, '[');
    for (; e == OK && query_row(q); query_next(q)) {
        jw_open(w, '{');
        for (int i = 0; e == OK && t->columns[i].name; i++)
            e = put_column(a, w, &t->columns[i], q, i, k, f);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    enum err end = query_end(q, e == OK ? f : NULL);
    return e == OK ? end : e;
}

static enum err put_tables(struct act *a, struct jw *w, const struct casefile *c,
                           const struct key *k, struct fault *f)
{
    str subject = str_printf(a->arena, "case/%.*s", STR_FMT(act_id_text(a, &c->id)));
    struct query q;

    TRY_PTR(subject.p, f);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        TRY(db_query(a->db, &q, f, tables[i].sql, "d", &c->id));
        TRY(put_rows(a, w, &tables[i], &q, k, f));
    }
    TRY(db_query(a->db, &q, f, accesses.sql, "ds", &c->person, subject));
    return put_rows(a, w, &accesses, &q, k, f);
}

/* ---- the case ----------------------------------------------------------------------------- */

static void put_id(struct act *a, struct jw *w, str name, const struct id *id)
{
    if (!id_is_nil(id))
        jw_kv(w, name, act_id_text(a, id));
}

static enum err put_case(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT version, content, updated FROM case_file WHERE id = ? AND bucket = ?", "di",
               &c->id, (int64_t)id_bucket(&c->id)));
    jw_key(w, S("case"));
    jw_open(w, '{');
    put_id(a, w, S("id"), &c->id);
    put_id(a, w, S("person"), &c->person);
    jw_kv(w, S("service"), c->service_name);
    jw_kv(w, S("version"), query_str(&q, 0));
    jw_kv(w, S("content"), query_null(&q, 1) ? c->service->content : query_str(&q, 1));
    jw_kv(w, S("country"), c->country);
    jw_kv(w, S("mission"), c->mission);
    jw_kv(w, S("queue"), c->queue);
    jw_kv(w, S("state"), c->state->id);
    jw_kv_int(w, S("revision"), c->revision);
    jw_kv_int(w, S("filed"), c->filed);
    jw_kv_int(w, S("due"), c->due);
    jw_kv_int(w, S("left"), c->left);
    jw_kv_bool(w, S("paused"), c->paused);
    put_id(a, w, S("officer"), &c->officer);
    jw_kv_int(w, S("steps"), c->steps);
    jw_kv_int(w, S("updated"), query_int(&q, 2));
    jw_kv_int(w, S("lapses"), c->lapses);
    jw_kv_int(w, S("fee"), c->fee);
    jw_kv_int(w, S("paid"), c->paid);
    if (c->currency.p)
        jw_kv(w, S("currency"), c->currency);
    jw_kv(w, S("channel"), c->channel);
    jw_kv_int(w, S("received"), c->received);
    jw_kv_int(w, S("claimed"), c->claimed);
    put_id(a, w, S("opener"), &c->opener);
    jw_close(w, '}');
    return query_end(&q, f);
}

static enum err put_person(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct json *profile;
    struct query q;

    TRY(person_profile(a, &c->person, &profile, f));
    TRY(db_one(a->db, &q, f, "SELECT at, identified FROM person WHERE id = ? AND bucket = ?", "di",
               &c->person, (int64_t)id_bucket(&c->person)));
    jw_key(w, S("person"));
    jw_open(w, '{');
    jw_kv_int(w, S("at"), query_int(&q, 0));
    if (!query_null(&q, 1))
        jw_kv_int(w, S("identified"), query_int(&q, 1));
    if (profile) {
        jw_key(w, S("profile"));
        jw_tree(w, profile);
    }
    jw_close(w, '}');
    return query_end(&q, f);
}

/* A step of an earlier part of the journal has no proof that this node can still make. */
static enum err put_proofs(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    jw_key(w, S("proofs"));
    jw_open(w, '[');
    for (int64_t i = 0; i < c->steps; i++) {
        AUTO(buf) struct buf b = BUF(1 << 20);
        enum err e = case_proof_of(a, &c->id, i, &b, f);
        if (e == ERR_CONFLICT)
            continue;
        TRY(e);
        jw_open(w, '{');
        jw_kv_int(w, S("step"), i);
        put_bytes(w, S("proof"), buf_str(&b), false);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

enum err case_export(struct act *a, struct fault *f)
{
    struct examining *x = a->data;
    struct jw w = JW(&a->reply);
    struct casefile *c = &x->c;
    struct json *answers;

    a->reply.max = CASE_RECORD_BYTES;
    a->revision = c->revision;
    jw_open(&w, '{');
    jw_kv_int(&w, S("format"), 1);
    jw_kv(&w, S("journal"),
          ledger_origin(a->house->ledger, ledger_next(a->house->ledger).epoch, a->arena));
    TRY(put_case(a, &w, c, f));
    if (c->answers.p) {
        TRY(case_answers(a, c, &a->record_key, &answers, f));
        jw_key(&w, S("answers"));
        jw_tree(&w, answers);
    }
    TRY(put_person(a, &w, c, f));
    TRY(put_tables(a, &w, c, &a->record_key, f));
    TRY(put_proofs(a, &w, c, f));
    jw_close(&w, '}');
    return buf_ok(&a->reply) ? OK : fault(f, ERR_MEMORY_LIMIT, "the case is too large");
}

/* ---- its documents ------------------------------------------------------------------------ */

enum err document_export_prepare(struct act *a, struct fault *f)
{
    struct examining *x = arena_new_of(a->arena, struct examining);
    struct document d;
    struct id id;

    TRY_PTR(x, f);
    a->data = x;
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(document_load(a, &id, &d, f));
    TRY(act_seal_for(a, &d.person, f));
    return case_load(a, &d.file, &x->c, f);
}

/* ---- all of a service --------------------------------------------------------------------- */

enum err case_index_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Service"), act_param(a, S("service")));
    return OK;
}

/* The versions by which cases of the service live, as they came here: archive and layer. */
static enum err put_versions(struct act *a, struct jw *w, str service, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, version, content, overlay FROM package WHERE name = ? AND"
                 " (state = 'active' OR EXISTS (SELECT 1 FROM case_file WHERE"
                 " case_file.service = package.name AND case_file.content = package.content))"
                 " ORDER BY installed, id",
                 "s", service));
    jw_key(w, S("packages"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(w, '{');
        jw_kv(w, S("id"), act_id_text(a, &id));
        jw_kv(w, S("version"), query_str(&q, 1));
        jw_kv(w, S("content"), query_str(&q, 2));
        if (!query_null(&q, 3)) {
            jw_key(w, S("overlay"));
            jw_raw(w, query_str(&q, 3));
        }
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Oldest first; ?after= is the "next" of the page before. */
enum err case_index(struct act *a, struct fault *f)
{
    str service = act_param(a, S("service")), after = act_param(a, S("after"));
    struct jw w = JW(&a->reply);
    struct id from = {{0}}, id = {{0}};
    struct query q;
    int64_t limit, n = 0;

    TRY(page_limit(a, &limit, f));
    if (after.p && !id_parse(after, &from))
        return fault_at(f, ERR_INVALID, "/after", "not the end of a page");
    a->reply.max = CASE_RECORD_BYTES;
    jw_open(&w, '{');
    if (!after.p)
        TRY(put_versions(a, &w, service, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT id FROM case_file WHERE service = ? AND id > ?"
                 " AND person NOT IN (SELECT person FROM erased) ORDER BY id LIMIT ?",
                 "sdi", service, &from, limit));
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q), n++) {
        id = query_id(&q, 0);
        jw_string(&w, act_id_text(a, &id));
    }
    jw_close(&w, ']');
    if (n == limit)
        jw_kv(&w, S("next"), act_id_text(a, &id));
    jw_close(&w, '}');
    return query_end(&q, f);
}
