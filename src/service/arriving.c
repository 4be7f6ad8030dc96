/* arriving.c - a case that another node gave out comes in, with all that leaving.c put down
 *
 * Ids, states, dates, notes, decisions and seals stay what they were; what was sealed under the
 * person's key there is sealed under theirs here. Documents keep their numbers, and the series of
 * this node goes on behind them, so that none is given twice. Steps keep the receipt of the journal
 * in which they are, with its proof. The version by which the case lives must be here first.
 *
 * Bytes of attachments follow one by one, each held to the size and digest that the case named. */
#include <stdio.h>

#include "base/encode.h"
#include "base/log.h"
#include "service/cases_int.h"
#include "service/packages_int.h"

struct arriving {
    struct casefile c; /* first: case_facts_of reads it in facts */
    str version, content;
    struct service *fresh; /* loaded for this case, not yet known */
    bool new_person;
    str profile;
    struct person_traces traces;
    struct hash lookup;
    bool has_address;
    /* sealed, one for each item of the input's lists, in their order */
    str *notes, *contents, *names, *messages, *remarks;
};

static void release(void *data)
{
    service_free(((struct arriving *)data)->fresh);
}

/* ---- reading ------------------------------------------------------------------------------ */

static const struct json *list_of(const struct act *a, const char *name)
{
    return json_get(a->input, str_of(name));
}

static bool read_id(const struct json *j, const char *name, struct id *out)
{
    *out = (struct id){{0}};
    return id_parse(json_get_str(j, str_of(name)), out);
}

static str read_bytes(struct act *a, const struct json *j, const char *name)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    str text = json_get_str(j, str_of(name));

    return text.p && base64_decode(&b, text, BASE64_URL) ? str_copy(a->arena, buf_str(&b))
                                                         : STR_NONE;
}

static enum err damaged(struct fault *f, const char *list, size_t i)
{
    char at[64];

    snprintf(at, sizeof at, "/%s/%zu", list, i);
    return fault_at(f, ERR_INVALID, at, "this is not what a node gives out");
}

/* ---- the version -------------------------------------------------------------------------- */

static enum err find_version(struct act *a, struct arriving *r, struct fault *f)
{
    struct package_row row;
    struct query q;
    bool fresh;
    enum err e = db_one(a->db, &q, f,
                        "SELECT id FROM package WHERE content = ? AND state NOT IN"
                        " ('received', 'refused')",
                        "s", r->content);

    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_CONFLICT, "/case/content",
                        "%.*s %.*s is not in this node: install and accept packages/%.*s.sifara",
                        STR_FMT(r->c.service_name), STR_FMT(r->version), STR_FMT(r->content));
    TRY(e);
    struct id id = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(package_row_load(a, &id, &row, f));
    TRY(package_service(a, &row, &r->c.service, &fresh, f));
    r->fresh = fresh ? (struct service *)r->c.service : NULL;
    return OK;
}

/* ---- the case ----------------------------------------------------------------------------- */

static enum err read_case(struct act *a, struct arriving *r, struct fault *f)
{
    const struct json *j = list_of(a, "case");
    struct casefile *c = &r->c;

    c->service_name = json_get_str(j, S("service"));
    r->version = json_get_str(j, S("version"));
    r->content = json_get_str(j, S("content"));
    c->country = json_get_str(j, S("country"));
    c->mission = json_get_str(j, S("mission"));
    c->queue = json_get_str(j, S("queue"));
    c->currency = json_get_str(j, S("currency"));
    c->channel = json_get_str(j, S("channel"));
    if (!read_id(j, "id", &c->id) || !read_id(j, "person", &c->person) || !c->service_name.p ||
        !r->version.p || !r->content.p || !c->country.p || !c->mission.p || !c->queue.p ||
        !c->channel.p || id_bucket(&c->id) != id_bucket(&c->person))
        return fault_at(f, ERR_INVALID, "/case", "this is not what a node gives out");
    TRY(find_version(a, r, f));
    c->state = workflow_state(c->service->package->workflow, json_get_str(j, S("state")));
    if (!c->state)
        return fault_at(f, ERR_INVALID, "/case/state", "no state of this version");
    c->revision = json_get_int(j, S("revision"), 1);
    c->filed = json_get_int(j, S("filed"), 0);
    c->due = (int32_t)json_get_int(j, S("due"), 0);
    c->left = (int32_t)json_get_int(j, S("left"), 0);
    c->paused = json_get_bool(j, S("paused"), false);
    (void)read_id(j, "officer", &c->officer);
    (void)read_id(j, "opener", &c->opener);
    c->steps = json_get_int(j, S("steps"), 0);
    c->lapses = json_get_int(j, S("lapses"), 0);
    c->fee = json_get_int(j, S("fee"), 0);
    c->paid = json_get_int(j, S("paid"), 0);
    c->received = (int32_t)json_get_int(j, S("received"), 0);
    c->claimed = json_get_int(j, S("claimed"), 0);
    return OK;
}

static enum err count(struct act *a, const char *sql, const struct id *id, int64_t *out,
                      struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, sql, "d", id));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

/* ---- the person --------------------------------------------------------------------------- */

static enum err seal_tree(struct act *a, const char *label, const struct json *j, str *out,
                          struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(1 << 20);
    AUTO(buf) struct buf sealed = BUF((1 << 20) + SEAL_OVERHEAD);
    struct jw w = JW(&plain);

    *out = STR_NONE;
    if (!j)
        return OK;
    if (j->type == J_STRING)
        buf_add_str(&plain, json_str(j));
    else
        jw_tree(&w, j);
    TRY(seal(&sealed, &a->record_key, str_of(label), buf_str(&plain), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

/* Who is here already stays as they are here. */
static enum err read_person(struct act *a, struct arriving *r, struct fault *f)
{
    const struct json *profile = json_get(list_of(a, "person"), S("profile"));
    str email = json_get_str(profile, S("email"));
    int64_t here, erased;
    struct key k;

    TRY(count(a, "SELECT count(*) FROM person WHERE id = ?", &r->c.person, &here, f));
    TRY(count(a, "SELECT count(*) FROM erased WHERE person = ?", &r->c.person, &erased, f));
    if (erased)
        return fault_at(f, ERR_CONFLICT, "/case/person", "this person was erased here");
    enum err e = person_key(a->house, &r->c.person, &k, f);
    if (e == ERR_ERASED) /* there never was one */
        e = person_key_new(a->house, &r->c.person, &k, f);
    TRY(e);
    TRY(act_seal_for(a, &r->c.person, f));
    r->new_person = !here;
    r->has_address = email.p != NULL;
    if (email.p)
        r->lookup = lookup_hash(a->house, S("person"), email);
    person_traces_of(a->house, profile, &r->traces);
    return seal_tree(a, "profile", profile, &r->profile, f);
}

/* The member of each item, sealed under the label; NULL where the item has none. */
static enum err seal_all(struct act *a, const char *list, const char *member, const char *label,
                         str **out, struct fault *f)
{
    const struct json *j = list_of(a, list);
    size_t n = json_is(j, J_ARRAY) ? j->n : 0;

    *out = arena_alloc(a->arena, n * sizeof **out + 1);
    TRY_PTR(*out, f);
    for (size_t i = 0; i < n; i++)
        TRY(seal_tree(a, label, json_get(json_at(j, i), str_of(member)), &(*out)[i], f));
    return OK;
}

enum err case_import_prepare(struct act *a, struct fault *f)
{
    struct arriving *r = arena_new_of(a->arena, struct arriving);
    const struct json *answers = list_of(a, "answers");
    int64_t here;

    TRY_PTR(r, f);
    a->data = r;
    a->data_free = release;
    TRY(read_case(a, r, f));
    TRY(count(a, "SELECT count(*) FROM case_file WHERE id = ?", &r->c.id, &here, f));
    if (here)
        return fault_at(f, ERR_CONFLICT, "/case/id", "this case is here already");
    TRY(read_person(a, r, f));
    if (answers)
        TRY(case_seal_answers(a, answers, &r->c.answers, f));
    TRY(seal_all(a, "steps", "note", "note", &r->notes, f));
    TRY(seal_all(a, "documents", "content", "document", &r->contents, f));
    TRY(seal_all(a, "attachments", "name", "name", &r->names, f));
    TRY(seal_all(a, "messages", "text", "message", &r->messages, f));
    TRY(seal_all(a, "remarks", "text", "remark", &r->remarks, f));
    a->content = sha256(a->body);
    return OK;
}

enum err case_import_facts(struct act *a, struct fault *f)
{
    const struct arriving *r = a->data;

    return case_facts_of(a, &r->c, f);
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum err write_person(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *j = list_of(a, "person");
    const struct id *id = &r->c.person;
    int64_t identified = json_get_int(j, S("identified"), 0);

    if (!r->new_person)
        return OK;
    TRY(db_run(a->db, f,
               "INSERT INTO person(id, bucket, at, profile, identified) VALUES(?,?,?,?,"
               "nullif(?, 0)) ON CONFLICT DO NOTHING",
               "diibi", id, (int64_t)id_bucket(id), json_get_int(j, S("at"), a->now), r->profile,
               identified));
    if (db_changes(a->db) == 0)
        return OK; /* another case of theirs was quicker */
    TRY(person_traces_write(a, id, &r->traces, f));
    if (!r->has_address)
        return OK;
    enum err e = db_run(a->db, f, "INSERT INTO lookup(hash, person, bucket) VALUES(?,?,?)", "bdi",
                        hash_str(&r->lookup), id, (int64_t)id_bucket(id));
    return e == ERR_CONFLICT ? fault_at(f, e, "/person/profile/email",
                                        "somebody else here signs in with this address")
                             : e;
}

static str proof_of(struct act *a, int64_t step)
{
    const struct json *proofs = list_of(a, "proofs");

    for (size_t i = 0; json_at(proofs, i); i++)
        if (json_get_int(json_at(proofs, i), S("step"), -1) == step)
            return read_bytes(a, json_at(proofs, i), "proof");
    return STR_NONE;
}

static enum err write_steps(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "steps"), *j;
    str journal = json_get_str(a->input, S("journal"));
    struct id officer;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        int64_t seq = json_get_int(j, S("step"), -1);
        str event = json_get_str(j, S("event")), role = json_get_str(j, S("role"));
        str before = json_get_str(j, S("journal"));
        bool has_officer = read_id(j, "officer", &officer);
        if (seq < 0 || !event.p || !role.p)
            return damaged(f, "steps", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO case_step(file, seq, bucket, at, event, role, mission, note, epoch,"
                   " entry, officer, journal, proof) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   "diiisssbiidsb", &r->c.id, seq, (int64_t)id_bucket(&r->c.id),
                   json_get_int(j, S("at"), 0), event, role, json_get_str(j, S("mission")),
                   r->notes[i], json_get_int(j, S("epoch"), 0), json_get_int(j, S("entry"), 0),
                   has_officer ? &officer : NULL, before.p ? before : journal, proof_of(a, seq)));
    }
    return OK;
}

static enum err write_decisions(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "decisions"), *j;
    struct id proposer, confirmer;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        bool confirmed = read_id(j, "confirmer", &confirmer);
        str signature = read_bytes(a, j, "proposer_signature");
        if (!read_id(j, "proposer", &proposer) || !signature.p)
            return damaged(f, "decisions", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO case_decision(file, step, bucket, outcome, statement, proposer,"
                   " proposer_signature, confirmer, confirmer_signature, returned)"
                   " VALUES(?,?,?,?,?,?,?,?,?,?)",
                   "diissdbdbi", &r->c.id, json_get_int(j, S("step"), 0),
                   (int64_t)id_bucket(&r->c.id), json_get_str(j, S("outcome")),
                   json_get_str(j, S("statement")), &proposer, signature,
                   confirmed ? &confirmer : NULL, read_bytes(a, j, "confirmer_signature"),
                   json_get_int(j, S("returned"), 0)));
    }
    return OK;
}

static enum err write_payments(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "payments"), *j;
    struct id officer;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        if (!read_id(j, "officer", &officer))
            return damaged(f, "payments", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO case_payment(file, step, bucket, at, amount, currency, how,"
                   " officer) VALUES(?,?,?,?,?,?,?,?)",
                   "diiiissd", &r->c.id, json_get_int(j, S("step"), 0),
                   (int64_t)id_bucket(&r->c.id), json_get_int(j, S("at"), 0),
                   json_get_int(j, S("amount"), 0), json_get_str(j, S("currency")),
                   json_get_str(j, S("how")), &officer));
    }
    return OK;
}

static enum err write_attachments(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "attachments"), *messages = list_of(a, "messages"), *j;
    struct hash named;
    struct id id;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        str hex = json_get_str(j, S("digest"));
        int64_t message = json_get_int(j, S("message"), -1);
        if (!read_id(j, "id", &id) || hex.n != 64 || !hex_decode(hex, named.b, sizeof named.b) ||
            !r->names[i].p || message < -1 || (message >= 0 && !json_at(messages, (size_t)message)))
            return damaged(f, "attachments", i);
        /* without bytes until they come */
        TRY(db_run(a->db, f,
                   "INSERT INTO attachment(id, bucket, file, person, digest, size, type, name,"
                   " named, message) VALUES(?,?,?,?,?,?,?,?,?,nullif(?, -1))",
                   "diddbisbbi", &id, (int64_t)id_bucket(&id), &r->c.id, &r->c.person, S(""),
                   json_get_int(j, S("size"), 0), json_get_str(j, S("type")), r->names[i],
                   hash_str(&named), message));
    }
    return OK;
}

static enum err write_messages(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "messages"), *j;
    struct id officer;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        bool by_officer = read_id(j, "officer", &officer);
        if (!r->messages[i].p)
            return damaged(f, "messages", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO case_message(file, seq, bucket, at, mission, role, officer, text,"
                   " waits, seen) VALUES(?,?,?,?,?,?,?,?,?,?)",
                   "diiissdbii", &r->c.id, (int64_t)i, (int64_t)id_bucket(&r->c.id),
                   json_get_int(j, S("at"), 0), r->c.mission, json_get_str(j, S("role")),
                   by_officer ? &officer : NULL, r->messages[i], json_get_int(j, S("waits"), 0),
                   json_get_int(j, S("seen"), 0)));
    }
    return OK;
}

static enum err write_remarks(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "remarks"), *j;
    struct id officer;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        if (!r->remarks[i].p || !read_id(j, "officer", &officer))
            return damaged(f, "remarks", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO case_remark(file, seq, bucket, at, mission, role, officer, text)"
                   " VALUES(?,?,?,?,?,?,?,?)",
                   "diiissdb", &r->c.id, (int64_t)i, (int64_t)id_bucket(&r->c.id),
                   json_get_int(j, S("at"), 0), json_get_str(j, S("mission")),
                   json_get_str(j, S("role")), &officer, r->remarks[i]));
    }
    return OK;
}

static enum err write_accesses(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "access"), *j;
    str subject = str_printf(a->arena, "case/%.*s", STR_FMT(act_id_text(a, &r->c.id)));
    struct id id;

    TRY_PTR(subject.p, f);
    for (size_t i = 0; (j = json_at(list, i)); i++) {
        if (!read_id(j, "id", &id))
            return damaged(f, "access", i);
        TRY(db_run(a->db, f,
                   "INSERT INTO access_log(id, bucket, person, at, role, mission, action, subject,"
                   " reason, visible_from) VALUES(?,?,?,?,?,?,?,?,?,?)",
                   "didisssssi", &id, (int64_t)id_bucket(&r->c.person), &r->c.person,
                   json_get_int(j, S("at"), 0), json_get_str(j, S("role")),
                   json_get_str(j, S("mission")), json_get_str(j, S("action")), subject,
                   json_get_str(j, S("reason")), json_get_int(j, S("visible_from"), 0)));
    }
    return OK;
}

/* ---- documents ---------------------------------------------------------------------------- */

/* "ATT-2026-000017": the series of this node goes on at 18 or later. */
static enum err keep_series(struct act *a, str number, struct fault *f)
{
    size_t cut = number.n;
    int64_t n;

    while (cut > 0 && number.p[cut - 1] != '-')
        cut--;
    if (cut < 2 || !str_to_int64(str_sub(number, cut, number.n), &n) || n < 1)
        return fault_at(f, ERR_INVALID, "/documents", "%.*s is no number of a document",
                        STR_FMT(number));
    return db_run(a->db, f,
                  "INSERT INTO document_series(series, next) VALUES(?, ?) ON CONFLICT(series)"
                  " DO UPDATE SET next = excluded.next WHERE document_series.next < excluded.next",
                  "si", str_sub(number, 0, cut - 1), n + 1);
}

static enum err check_number(struct act *a, str number, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM document WHERE number = ?", "s", number));
    bool taken = query_int(&q, 0) > 0;
    TRY(query_end(&q, f));
    return taken ? fault_at(f, ERR_CONFLICT, "/documents",
                            "the number %.*s is another document's here", STR_FMT(number))
                 : OK;
}

static enum err write_documents(struct act *a, const struct arriving *r, struct fault *f)
{
    const struct json *list = list_of(a, "documents"), *j;
    struct id id;

    for (size_t i = 0; (j = json_at(list, i)); i++) {
        str number = json_get_str(j, S("number")), state = json_get_str(j, S("state"));
        int64_t revoked = json_get_int(j, S("revoked"), 0);
        if (!read_id(j, "id", &id) || !number.p || !state.p || !r->contents[i].p)
            return damaged(f, "documents", i);
        TRY(check_number(a, number, f));
        TRY(keep_series(a, number, f));
        TRY(db_run(a->db, f,
                   "INSERT INTO document(id, bucket, file, person, service, number, state, issued,"
                   " content, seal, seal_id, revoked, reason, art)"
                   " VALUES(?,?,?,?,?,?,?,?,?,?,?,nullif(?, 0),?,?)",
                   "diddsssibbsiss", &id, (int64_t)id_bucket(&id), &r->c.id, &r->c.person,
                   r->c.service_name, number, state, json_get_int(j, S("issued"), 0),
                   r->contents[i], read_bytes(a, j, "seal"), json_get_str(j, S("seal_id")), revoked,
                   json_get_str(j, S("reason")), json_get_str(j, S("art"))));
        if (str_eq(state, S("reserved")))
            TRY(job_add(a, S("document.seal"), act_id_text(a, &id), f));
    }
    return OK;
}

enum err case_import(struct act *a, struct fault *f)
{
    struct arriving *r = a->data;

    TRY(write_person(a, r, f));
    TRY(case_insert_row(a, &r->c, json_get_int(list_of(a, "case"), S("updated"), a->now), f));
    TRY(write_steps(a, r, f));
    TRY(write_decisions(a, r, f));
    TRY(write_payments(a, r, f));
    TRY(write_documents(a, r, f));
    TRY(write_attachments(a, r, f));
    TRY(write_messages(a, r, f));
    TRY(write_remarks(a, r, f));
    TRY(write_accesses(a, r, f));
    TRY(case_touch(a, &r->c, f));
    a->status = 201;
    case_reply(a, &r->c);
    return OK;
}

/* Durable: the version by which the case lives is known from here on. */
void case_import_after(struct act *a)
{
    struct arriving *r = a->data;
    struct service *fresh = r->fresh;
    struct fault f = {0};

    if (!fresh ||
        service_find_version(a->house->services, r->c.service_name, r->version, r->content))
        return;
    r->fresh = NULL;
    if (services_add(a->house->services, fresh, &f) != OK) /* the next start reads it */
        LOG(LOG_ERROR, "a version is not known before the next start",
            LOG_CSTR("detail", f.detail));
}
