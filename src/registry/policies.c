/* policies.c - the foreign policy is changed by an act of two officers
 *
 * A proposal is parsed and validated before it is stored; a second officer adopts it, and it
 * governs from the next act on. Every set that ever governed stays, by its digest and with the
 * schema that it was validated against. A set under which no two officers could change it again is
 * not adopted.
 */
#include "base/encode.h"
#include "policy/facts.h"
#include "policy/prose.h"
#include "registry/registry_int.h"

enum { FILES_MAX = 64, PAGE = 50 };

/* {"files":[{"name":"10-base.cedar","text":"…"}]} */
static enum err sources_of_json(const struct json *files, struct cedar_source src[FILES_MAX],
                                size_t *out_n, struct fault *f)
{
    size_t n = 0;

    for (; json_at(files, n); n++) {
        if (n == FILES_MAX)
            return fault_at(f, ERR_LIMIT, "/files", "at most %d files", FILES_MAX);
        src[n].name = json_get_str(json_at(files, n), S("name"));
        src[n].text = json_get_str(json_at(files, n), S("text"));
        if (!src[n].name.p || !src[n].text.p)
            return fault_at(f, ERR_INVALID, "/files", "each file has a name and a text");
    }
    *out_n = n;
    return OK;
}

static enum err policy_of_json(const struct json *files, str schema, struct policy **out,
                               struct fault *f)
{
    struct cedar_source src[FILES_MAX];
    size_t n;

    TRY(sources_of_json(files, src, &n, f));
    return policy_new(src, n, schema, out, f);
}

static void hex_of(const struct policy *p, char out[65])
{
    hex_encode(policy_digest(p)->b, 32, out);
}

/* The files of a row of policy_set, with its schema, as they were stored. */
struct stored {
    str files, schema; /* schema STR_NONE: stored before schemas were */
    struct cedar_source src[FILES_MAX];
    size_t n;
};

static enum err take_stored(struct query *q, struct arena *a, struct stored *s, struct fault *f)
{
    struct json *files;

    s->files = str_copy(a, query_str(q, 0));
    TRY_PTR(s->files.p, f);
    s->schema = STR_NONE;
    if (query_str(q, 1).n > 0) {
        s->schema = str_copy(a, query_str(q, 1));
        TRY_PTR(s->schema.p, f);
    }
    TRY(json_parse(a, s->files, &json_limits_wide, &files, f));
    return sources_of_json(files, s->src, &s->n, f);
}

/* A program with another schema makes another set of the same texts: it gets a row of its own, so
 * that what is decided under it can be decided again. */
static enum err carry_over(struct house *h, struct db *db, const struct policy *p,
                           const struct stored *s, str schema, struct fault *f)
{
    struct id id = id_new(&h->world, 0);
    struct query q;
    char hex[65];

    hex_of(p, hex);
    TRY(db_query(db, &q, f, "SELECT 1 FROM policy_set WHERE digest = ? AND adopted_at IS NOT NULL",
                 "s", str_of(hex)));
    bool known = query_row(&q);
    TRY(query_end(&q, f));
    if (known)
        return OK;
    return db_run(db, f,
                  "INSERT INTO policy_set(id, digest, files, schema, proposer, confirmer,"
                  " proposed_at, adopted_at) SELECT ?, ?, ?, ?, proposer, confirmer, proposed_at,"
                  " adopted_at FROM policy_set WHERE adopted_at IS NOT NULL"
                  " ORDER BY adopted_at DESC, id DESC LIMIT 1",
                  "dsss", &id, str_of(hex), s->files, schema);
}

enum err policy_load_adopted(struct house *h, struct db *db, str schema, struct policy **out,
                             struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct policy *p = NULL;
    struct stored s;
    struct query q;

    TRY_PTR(a, f);
    TRY(db_one(db, &q, f,
               "SELECT files, schema FROM policy_set WHERE adopted_at IS NOT NULL"
               " ORDER BY adopted_at DESC, id DESC LIMIT 1",
               ""));
    enum err e = take_stored(&q, a, &s, f);
    enum err ended = query_end(&q, f);
    TRY(e);
    TRY(ended);
    TRY(policy_new(s.src, s.n, schema, &p, f));
    e = carry_over(h, db, p, &s, schema, f);
    if (e != OK) {
        policy_unref(p);
        return e;
    }
    *out = p;
    return OK;
}

enum err policy_recall(struct db *db, str digest, struct policy **out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct stored s;
    struct hash hash;
    struct query q;

    TRY_PTR(a, f);
    if (!hex_decode(digest, (char *)hash.b, sizeof hash.b))
        return fault(f, ERR_INVALID, "no digest of a policy set");
    TRY(db_one(db, &q, f, "SELECT files, schema FROM policy_set WHERE digest = ? LIMIT 1", "s",
               digest));
    enum err e = take_stored(&q, a, &s, f);
    enum err ended = query_end(&q, f);
    TRY(e);
    TRY(ended);
    return policy_reopen(s.src, s.n, s.schema, &hash, out, f);
}

enum err policy_install(struct house *h, struct db *writer, const struct cedar_source *src,
                        size_t n, str schema, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(16 << 20);
    struct jw w = JW(&text);
    struct id id = id_new(&h->world, 0);
    struct policy *p;
    char hex[65];

    TRY(policy_new(src, n, schema, &p, f));
    hex_of(p, hex);
    policy_unref(p);
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("name"), src[i].name);
        jw_kv(&w, S("text"), src[i].text);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    int64_t now = world_now(&h->world);
    return db_run(writer, f,
                  "INSERT INTO policy_set(id, digest, files, schema, proposed_at, adopted_at)"
                  " VALUES(?,?,?,?,?,?)",
                  "dsssii", &id, str_of(hex), buf_str(&text), schema, now, now);
}

static enum err stored_files(struct act *a, const struct id *id, str *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT files FROM policy_set WHERE id = ?", "d", id));
    *out = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

static enum err policy_of_row(struct act *a, const struct id *id, struct policy **out,
                              struct fault *f)
{
    struct json *files;
    str text;

    TRY(stored_files(a, id, &text, f));
    TRY(json_parse(a->arena, text, &json_limits_wide, &files, f));
    return policy_of_json(files, a->house->policy_schema, out, f);
}

enum err policy_of_draft(struct act *a, struct policy **out, struct fault *f)
{
    str proposal = json_get_str(a->input, S("proposal"));
    struct id id;

    if (!proposal.p)
        return policy_of_json(json_get(a->input, S("files")), a->house->policy_schema, out, f);
    if (!id_parse(proposal, &id))
        return fault_at(f, ERR_NOT_FOUND, "/proposal", "no such proposal");
    return policy_of_row(a, &id, out, f);
}

/* ---- what was proposed -------------------------------------------------------------------- */

static void put_moment(struct jw *w, str key, struct query *q, int column)
{
    char at[32];

    if (query_null(q, column))
        return;
    time_format(query_int(q, column), at);
    jw_kv(w, key, str_of(at));
}

static void put_name(struct jw *w, str key, struct query *q, int column)
{
    if (!query_null(q, column))
        jw_kv(w, key, query_str(q, column));
}

static void put_proposal(struct act *a, struct jw *w, struct query *q, str in_force)
{
    struct id id = query_id(q, 0);

    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv(w, S("digest"), query_str(q, 1));
    put_name(w, S("proposer"), q, 2);
    put_moment(w, S("proposed"), q, 3);
    put_name(w, S("confirmer"), q, 4);
    put_moment(w, S("adopted"), q, 5);
    jw_kv_bool(w, S("in_force"), !query_null(q, 5) && str_eq(query_str(q, 1), in_force));
    jw_kv_bool(w, S("own"), !query_null(q, 6) && query_int(q, 6));
}

#define PROPOSALS                                                                                  \
    "SELECT s.id, s.digest, p.name, s.proposed_at, c.name, s.adopted_at, s.proposer = ?"           \
    " FROM policy_set s LEFT JOIN officer p ON p.id = s.proposer"                                  \
    " LEFT JOIN officer c ON c.id = s.confirmer"

static str digest_in_force(struct act *a)
{
    struct policy *p = gate_policy(a->house->gate);
    char hex[65];

    hex_of(p, hex);
    policy_unref(p);
    return str_copy(a->arena, str_of(hex));
}

enum err policy_list(struct act *a, struct fault *f)
{
    str in_force = digest_in_force(a);
    struct jw w = JW(&a->reply);
    struct query q;

    TRY_PTR(in_force.p, f);
    TRY(db_query(a->db, &q, f, PROPOSALS " ORDER BY s.id DESC LIMIT ?", "di", &a->actor.id,
                 (int64_t)PAGE));
    jw_open(&w, '{');
    jw_key(&w, S("policies"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        jw_open(&w, '{');
        put_proposal(a, &w, &q, in_force);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* What the second officer signs: this set in the place of that one. Members in canonical order. */
static enum err statement_of(struct act *a, str in_force, str digest, str *out, struct fault *f)
{
    *out = str_printf(a->arena, "{\"in_force\":\"%.*s\",\"policy\":\"%.*s\",\"what\":\"adopt\"}",
                      STR_FMT(in_force), STR_FMT(digest));
    TRY_PTR(out->p, f);
    return OK;
}

static enum err id_of_path(struct act *a, str in_force, struct id *out, struct fault *f)
{
    struct query q;

    if (!str_eq(act_param(a, S("id")), S("in-force")))
        return act_param_id(a, S("id"), out, f);
    TRY(db_one(a->db, &q, f,
               "SELECT id FROM policy_set WHERE digest = ? AND adopted_at IS NOT NULL"
               " ORDER BY adopted_at DESC, id DESC LIMIT 1",
               "s", in_force));
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

static enum err put_head(struct act *a, struct jw *w, const struct id *id, str in_force,
                         struct fault *f)
{
    struct query q;
    str statement;

    TRY(db_one(a->db, &q, f, PROPOSALS " WHERE s.id = ?", "dd", &a->actor.id, id));
    put_proposal(a, w, &q, in_force);
    enum err e = statement_of(a, in_force, query_str(&q, 1), &statement, f);
    if (e == OK)
        jw_kv(w, S("statement"), statement);
    enum err ended = query_end(&q, f);
    return e == OK ? ended : e;
}

enum err policy_files(struct act *a, struct fault *f)
{
    str files, in_force = digest_in_force(a);
    struct jw w = JW(&a->reply);
    struct id id;

    TRY_PTR(in_force.p, f);
    TRY(id_of_path(a, in_force, &id, f));
    TRY(stored_files(a, &id, &files, f));
    jw_open(&w, '{');
    TRY(put_head(a, &w, &id, in_force, f));
    jw_key(&w, S("files"));
    jw_raw(&w, files);
    jw_close(&w, '}');
    return OK;
}

/* ---- in words ------------------------------------------------------------------------------ */

/* Where the words of a policy come from: the catalogue of the house and the facts of the set. */
struct tongue {
    const struct house *house;
    const struct facts *facts;
};

static str tongue_word(const void *from, str language, str key)
{
    const struct house *h = ((const struct tongue *)from)->house;

    return h->word(h->words, language, key);
}

static str tongue_name(const void *from, str language, str type, str id)
{
    return facts_name(((const struct tongue *)from)->facts, language, type, id);
}

/* Why and on what ground, in the words of whoever wrote the policy. */
static str note_in(struct act *a, const struct policy *p, size_t i, const char *key)
{
    str name = str_printf(a->arena, "%s_%.*s", key, STR_FMT(act_language(a)));

    return name.p ? cedar_policy_note(policy_set(p), i, name) : STR_NONE;
}

static void put_notes(struct jw *w, struct act *a, const struct policy *p, size_t i)
{
    str title = cedar_policy_note(policy_set(p), i, S("title"));
    str basis = note_in(a, p, i, "basis"), reason = note_in(a, p, i, "reason");

    if (!basis.p)
        basis = cedar_policy_note(policy_set(p), i, S("basis"));
    if (title.p)
        jw_kv(w, S("title"), title);
    if (basis.p)
        jw_kv(w, S("basis"), basis);
    if (reason.p)
        jw_kv(w, S("reason"), reason);
}

/* What the policy says, made from its syntax tree; what cannot be said is left out. */
static void put_prose(struct jw *w, struct act *a, const struct policy *p, size_t i)
{
    AUTO(buf) struct buf said = BUF(64 << 10);
    struct tongue t = {a->house, policy_facts(p)};
    struct prose_words words = {tongue_word, tongue_name, &t};
    str language = act_language(a);

    if (a->house->word && policy_prose(&said, policy_set(p), i, &words, language, NULL) == OK)
        jw_kv(w, S("says"), buf_str(&said));
}

/* ?proposal=ID: what its adoption signs. Also under a set that knows of no other way to learn it.
 */
static enum err put_statement(struct act *a, struct jw *w, const struct policy *in_force,
                              struct fault *f)
{
    str proposal = act_param(a, S("proposal")), statement;
    struct query q;
    struct id id;
    char hex[65];

    if (!proposal.n)
        return OK;
    if (!id_parse(proposal, &id))
        return fault(f, ERR_NOT_FOUND, "no such proposal");
    TRY(db_one(a->db, &q, f, "SELECT digest FROM policy_set WHERE id = ?", "d", &id));
    hex_of(in_force, hex);
    enum err e = statement_of(a, str_of(hex), query_str(&q, 0), &statement, f);
    if (e == OK)
        jw_kv(w, S("statement"), statement);
    enum err ended = query_end(&q, f);
    return e == OK ? ended : e;
}

enum err policy_show(struct act *a, struct fault *f)
{
    struct policy *p = gate_policy(a->house->gate);
    const struct cedar_set *set = policy_set(p);
    struct jw w = JW(&a->reply);
    char hex[65];

    hex_of(p, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("digest"), str_of(hex));
    jw_key(&w, S("policies"));
    jw_open(&w, '[');
    for (size_t i = 0; i < cedar_set_count(set); i++) {
        jw_open(&w, '{');
        str id = cedar_policy_note(set, i, S("id"));
        jw_kv(&w, S("id"), id.p ? id : cedar_policy_id(set, i));
        put_notes(&w, a, p, i);
        jw_kv(&w, S("effect"), cedar_policy_permits(set, i) ? S("permit") : S("forbid"));
        put_prose(&w, a, p, i);
        jw_kv(&w, S("text"), cedar_policy_place(set, i).text);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    enum err e = put_statement(a, &w, p, f);
    jw_close(&w, '}');
    policy_unref(p);
    return e;
}

enum err policy_propose_prepare(struct act *a, struct fault *f)
{
    struct policy *p;
    char hex[65];

    TRY(policy_of_json(json_get(a->input, S("files")), a->house->policy_schema, &p, f));
    hex_of(p, hex);
    policy_unref(p);
    a->data = str_cstr(a->arena, str_of(hex));
    a->subject = str_printf(a->arena, "policy/%s", hex);
    a->content = sha256(a->body);
    return OK;
}

enum err policy_propose(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(16 << 20);
    struct jw w = JW(&text);
    struct id id = id_new(&a->house->world, 0);

    jw_tree(&w, json_get(a->input, S("files")));
    TRY(db_run(a->db, f,
               "INSERT INTO policy_set(id, digest, files, schema, proposer, proposed_at)"
               " VALUES(?,?,?,?,?,?)",
               "dsssdi", &id, str_of(a->data), buf_str(&text), a->house->policy_schema,
               &a->actor.id, a->now));
    a->status = 201;
    w = JW(&a->reply);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv(&w, S("digest"), str_of(a->data));
    jw_close(&w, '}');
    return OK;
}

/* ---- nobody locks the house out ----------------------------------------------------------- */

/* Would the set permit the action to an officer with these roles, as the gate would ask it? */
static enum err may(struct policy *p, const char *action, str officer, str mission,
                    const struct json *roles, int64_t now, struct arena *a, bool *out,
                    struct fault *f)
{
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_record *context = cedar_record(es);
    struct cedar_entity *e = cedar_entity(es, S("Sifara::Officer"), officer);
    size_t n = json_is(roles, J_ARRAY) ? roles->n : 0;
    str *names = arena_alloc(a, (n + 1) * sizeof *names);
    struct decision d;

    TRY_PTR(names, f);
    for (size_t i = 0; i < n; i++)
        names[i] = json_str(json_at(roles, i));
    cedar_attr(es, e, S("roles"), cedar_strings(es, names, n));
    cedar_attr(es, e, S("mission"), cedar_ref(es, S("Sifara::Mission"), mission));
    cedar_entity(es, S("Sifara::Mission"), mission);
    cedar_entity(es, S("Sifara::Mission"), S("ministry"));
    cedar_put(es, context, S("now"), cedar_datetime(now));
    cedar_put(es, context, S("strong"), cedar_bool(true));
    struct cedar_request r = {.principal = cedar_uid(S("Sifara::Officer"), officer),
                              .action = cedar_uid(S("Sifara::Action"), str_of(action)),
                              .resource = cedar_uid(S("Sifara::Mission"), S("ministry")),
                              .context = context};
    TRY(policy_decide(p, es, &r, a, &d, f));
    *out = d.permit;
    return OK;
}

/* How many could propose a change, how many adopt it, how many do either. */
struct keepers {
    size_t propose, adopt, either;
};

static enum err count_keeper(struct policy *p, struct query *q, int64_t now, struct arena *a,
                             struct keepers *k, struct fault *f)
{
    struct id id = query_id(q, 0);
    str mission = query_str(q, 1);
    bool proposes, adopts;
    char text[ID_TEXT + 1];
    struct json *roles;

    id_format(&id, text);
    TRY(json_parse(a, query_str(q, 2), NULL, &roles, f));
    TRY(may(p, "policy.propose", str_of(text), mission, roles, now, a, &proposes, f));
    TRY(may(p, "policy.adopt", str_of(text), mission, roles, now, a, &adopts, f));
    k->propose += proposes;
    k->adopt += adopts;
    k->either += proposes || adopts;
    return OK;
}

/* ERR_CONFLICT unless one officer could propose the next change and another adopt it. */
static enum err keeps_a_door(struct act *act, struct policy *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct keepers k = {0};
    struct query q;
    enum err e = OK;

    TRY_PTR(a, f);
    TRY(db_query(act->db, &q, f, "SELECT id, mission, roles FROM officer WHERE state = 'active'",
                 ""));
    while (e == OK && query_row(&q)) {
        arena_reset(a);
        e = count_keeper(p, &q, act->now, a, &k, f);
        query_next(&q);
    }
    enum err ended = query_end(&q, f);
    TRY(e);
    TRY(ended);
    if (k.propose > 0 && k.adopt > 0 && k.either > 1)
        return OK;
    return fault(f, ERR_CONFLICT,
                 "under this policy no two officers could change it again: %zu may propose, %zu "
                 "may adopt",
                 k.propose, k.adopt);
}

/* ---- adopting ------------------------------------------------------------------------------ */

struct adopting {
    struct policy *policy;
    str statement;
    struct officer_signature signature;
};

static void release_adopting(void *p)
{
    policy_unref(((struct adopting *)p)->policy);
}

static enum err sign_adoption(struct act *a, struct adopting *d, struct fault *f)
{
    str in_force = digest_in_force(a);
    char hex[65];

    TRY_PTR(in_force.p, f);
    hex_of(d->policy, hex);
    TRY(statement_of(a, in_force, str_of(hex), &d->statement, f));
    a->content = sha256(d->statement);
    return officer_signature(a, d->statement, &d->signature, f);
}

/* Parses the proposal again, off the writer: its texts cannot change once stored. */
enum err policy_adopt_prepare(struct act *a, struct fault *f)
{
    struct adopting *d = arena_new_of(a->arena, struct adopting);
    struct id id;

    TRY_PTR(d, f);
    *d = (struct adopting){0};
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(policy_of_row(a, &id, &d->policy, f));
    a->data = d;
    a->data_free = release_adopting;
    a->subject = str_printf(a->arena, "policy/%.*s", STR_FMT(act_param(a, S("id"))));
    TRY(keeps_a_door(a, d->policy, f));
    return sign_adoption(a, d, f);
}

/* The set that was in force when it was signed for still is. */
static enum err check_base(struct act *a, const struct adopting *d, struct fault *f)
{
    str now, in_force = digest_in_force(a);
    char hex[65];

    TRY_PTR(in_force.p, f);
    hex_of(d->policy, hex);
    TRY(statement_of(a, in_force, str_of(hex), &now, f));
    return str_eq(now, d->statement) ? OK : fault(f, ERR_STALE, "another policy is in force now");
}

enum err policy_adopt(struct act *a, struct fault *f)
{
    struct adopting *d = a->data;
    struct id id;
    struct jw w = JW(&a->reply);

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(check_base(a, d, f));
    enum err e = db_run(a->db, f,
                        "UPDATE policy_set SET confirmer = ?, adopted_at = ?, statement = ?,"
                        " signature = ? WHERE id = ? AND adopted_at IS NULL",
                        "disbd", &a->actor.id, a->now, d->statement,
                        officer_signature_str(&d->signature), &id);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must adopt it");
    TRY(e);
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it is adopted already");
    gate_set_policy(a->house->gate, d->policy);
    d->policy = NULL;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_param(a, S("id")));
    jw_close(&w, '}');
    return OK;
}
