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

enum { FILES_MAX = 64 };

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

static str language_of(const struct act *a)
{
    str asked = act_param(a, S("language"));

    return asked.n ? asked : a->actor.language.n ? a->actor.language : S("en");
}

/* Why, in the words of whoever wrote the policy. */
static void put_reason(struct jw *w, struct act *a, const struct policy *p, size_t i)
{
    str name = str_printf(a->arena, "reason_%.*s", STR_FMT(language_of(a)));
    str reason = name.p ? cedar_policy_note(policy_set(p), i, name) : STR_NONE;

    if (reason.p)
        jw_kv(w, S("reason"), reason);
}

/* What the policy says, made from its syntax tree; what cannot be said is left out. */
static void put_prose(struct jw *w, struct act *a, const struct policy *p, size_t i)
{
    AUTO(buf) struct buf said = BUF(64 << 10);
    struct tongue t = {a->house, policy_facts(p)};
    struct prose_words words = {tongue_word, tongue_name, &t};
    str language = language_of(a);

    if (a->house->word && policy_prose(&said, policy_set(p), i, &words, language, NULL) == OK)
        jw_kv(w, S("says"), buf_str(&said));
}

enum err policy_show(struct act *a, struct fault *f)
{
    struct policy *p = gate_policy(a->house->gate);
    const struct cedar_set *set = policy_set(p);
    struct jw w = JW(&a->reply);
    char hex[65];

    (void)f;
    hex_of(p, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("digest"), str_of(hex));
    jw_key(&w, S("policies"));
    jw_open(&w, '[');
    for (size_t i = 0; i < cedar_set_count(set); i++) {
        jw_open(&w, '{');
        str id = cedar_policy_note(set, i, S("id"));
        jw_kv(&w, S("id"), id.p ? id : cedar_policy_id(set, i));
        str title = cedar_policy_note(set, i, S("title"));
        str basis = cedar_policy_note(set, i, S("basis"));
        if (title.p)
            jw_kv(&w, S("title"), title);
        if (basis.p)
            jw_kv(&w, S("basis"), basis);
        jw_kv(&w, S("effect"), cedar_policy_permits(set, i) ? S("permit") : S("forbid"));
        put_reason(&w, a, p, i);
        put_prose(&w, a, p, i);
        jw_kv(&w, S("text"), cedar_policy_place(set, i).text);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    policy_unref(p);
    return OK;
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

static void release_policy(void *p)
{
    policy_unref(p);
}

/* Parses the proposal again, off the writer: its texts cannot change once stored. */
enum err policy_adopt_prepare(struct act *a, struct fault *f)
{
    struct json *files;
    struct policy *p;
    struct query q;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_one(a->db, &q, f, "SELECT files FROM policy_set WHERE id = ?", "d", &id));
    str text = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(text.p, f);
    TRY(json_parse(a->arena, text, &json_limits_wide, &files, f));
    TRY(policy_of_json(files, a->house->policy_schema, &p, f));
    enum err e = keeps_a_door(a, p, f);
    if (e != OK) {
        policy_unref(p);
        return e;
    }
    a->data = p;
    a->data_free = release_policy;
    a->subject = str_printf(a->arena, "policy/%.*s", STR_FMT(act_param(a, S("id"))));
    return OK;
}

enum err policy_adopt(struct act *a, struct fault *f)
{
    struct id id;
    struct jw w = JW(&a->reply);

    TRY(act_param_id(a, S("id"), &id, f));
    enum err e = db_run(a->db, f,
                        "UPDATE policy_set SET confirmer = ?, adopted_at = ? WHERE id = ?"
                        " AND adopted_at IS NULL",
                        "did", &a->actor.id, a->now, &id);
    if (e == ERR_CONFLICT)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must adopt it");
    TRY(e);
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it is adopted already");
    gate_set_policy(a->house->gate, a->data);
    a->data = NULL;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_param(a, S("id")));
    jw_close(&w, '}');
    return OK;
}
