/* dispatches.c - the kinds of dispatches, and what officers and the node do with them */
#include <assert.h>

#include "base/encode.h"
#include "link/link_int.h"
#include "policy/facts.h"
#include "schema/schema.h"

#define TEXT(max) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" #max "}"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required                  \
    "],\"properties\":{" properties "}}"

enum { FILE_HEAD = 1024, PAGE = 50 };

const struct dispatch_kind link_kinds[] = {
    {"note", "note.receive",
     OBJECT("\"subject\",\"text\",\"language\"",
            "\"subject\":" TEXT(300) ",\"text\":" TEXT(100000) ",\"language\":" TEXT(
                3) ",\"reply_to\":{\"type\":\"string\",\"format\":\"uuid\"}")},
    {"joint-note", "joint.receive",
     OBJECT(
         "\"subject\",\"text\",\"language\",\"organisation\",\"matter\",\"members\"",
         "\"subject\":" TEXT(300) ",\"text\":" TEXT(100000) ",\"language\":" TEXT(
             3) ",\"organisation\":" TEXT(64) ",\"matter\":" TEXT(64) ",\"members\":{\"type\":"
                                                                      "\"array\",\"maxItems\":256,"
                                                                      "\"items\":" TEXT(2) "}")},
    {"file", "file.receive", NULL},
    {"payload", "payload.receive", NULL},
    {"acknowledgement", "acknowledgement.receive",
     OBJECT("\"of\"", "\"of\":{\"type\":\"string\",\"format\":\"uuid\"},\"text\":" TEXT(2000))},
    {"query", "query.receive",
     "{\"type\":\"object\",\"additionalProperties\":false,\"minProperties\":1,\"maxProperties\":1,"
     "\"properties\":{\"seal\":" TEXT(200) ",\"number\":" TEXT(60) "}}"},
    {"answer", "answer.receive",
     OBJECT("\"status\",\"at\"",
            "\"status\":{\"enum\":[\"current\",\"revoked\",\"unknown\"]},\"at\":{\"type\":"
            "\"string\",\"format\":\"date-time\"},\"since\":{\"type\":\"string\",\"format\":"
            "\"date\"}")},
};

const size_t link_kinds_n = ARRAY_LEN(link_kinds);

const struct dispatch_kind *dispatch_kind_named(struct link *l, str name)
{
    for (size_t i = 0; l->tables.kind_at(i); i++)
        if (str_eq(name, str_of(l->tables.kind_at(i)->name)))
            return l->tables.kind_at(i);
    return NULL;
}

enum err dispatch_kinds_open(struct link *l, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct json *j;

    TRY_PTR(a, f);
    for (size_t i = 0; l->tables.kind_at(i); i++) {
        const struct dispatch_kind *kind = l->tables.kind_at(i);
        assert(i < DISPATCH_KINDS);
        assert(l->tables.action_find(str_of(kind->receive)));
        if (!kind->schema)
            continue;
        TRY(json_parse(a, str_of(kind->schema), NULL, &j, f));
        TRY(schema_compile(j, &(struct schema_options){.assert_formats = true}, &l->schemas[i], f));
    }
    return OK;
}

void dispatch_kinds_close(struct link *l)
{
    for (size_t i = 0; i < DISPATCH_KINDS; i++)
        schema_free(l->schemas[i]);
}

enum err dispatch_read(struct link *l, str kind, str content, struct arena *a, struct json **out,
                       struct fault *f)
{
    size_t i = 0;

    *out = NULL;
    while (l->tables.kind_at(i) && !str_eq(kind, str_of(l->tables.kind_at(i)->name)))
        i++;
    if (!l->tables.kind_at(i))
        return fault(f, ERR_INVALID, "a dispatch of a kind that is not known here");
    if (!l->schemas[i])
        return OK;
    TRY(json_parse(a, content, NULL, out, f));
    return schema_check(l->schemas[i], *out, a, f);
}

enum err dispatch_put_facts(struct act *a, const struct dispatch_facts *d, struct fault *f)
{
    struct cedar_entities *es = a->entities;
    struct cedar_entity *e;

    if (!facts_state(policy_facts(a->policy), d->partner) ||
        str_eq(d->partner, a->house->state_code))
        return fault(f, ERR_NOT_FOUND, "the policy knows no such partner");
    TRY(partner_put_state(a, d->partner, f));
    e = act_resource(a, S("Dispatch"), d->id);
    cedar_attr(es, e, S("partner"), cedar_ref(es, S("Sifara::State"), d->partner));
    cedar_attr(es, e, S("kind"), cedar_str(d->kind));
    cedar_attr(es, e, S("emergency"), cedar_bool(d->emergency));
    cedar_attr(es, e, S("sealed"), cedar_bool(d->locked));
    cedar_attr(es, e, S("undertakings"), cedar_strings(es, d->undertaking, d->n_undertakings));
    if (d->organisation.p && facts_organisation(policy_facts(a->policy), d->organisation))
        cedar_attr(es, e, S("organisation"),
                   cedar_ref(es, S("Sifara::Organisation"), d->organisation));
    return OK;
}

enum err dispatch_open(struct act *a, const struct dispatch_row *r, str *out, struct fault *f)
{
    str plain;

    if (!r->body.p)
        return fault(f, ERR_ERASED, "its content is not here");
    TRY(unseal(a->arena, &a->house->record_key, S("dispatch"), r->body, &plain, f));
    *out = str_sub(plain, PAYLOAD_SALT, plain.n);
    return OK;
}

/* ---- sending ------------------------------------------------------------------------------- */

static enum err finish(struct act *a, struct sending *s, str content, struct fault *f)
{
    s->content = content;
    a->data = s;
    a->data_free = sending_free;
    a->subject = str_printf(a->arena, "dispatch/%.*s", STR_FMT(act_id_text(a, &s->id)));
    a->content = sha256(content);
    return sending_seal(a, s, f);
}

/* Members of the content in their canonical order, and no others. */
static enum err content_of(struct act *a, const char *const *names, size_t n, str *out,
                           struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PAYLOAD_BYTES);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    for (size_t i = 0; i < n; i++) {
        const struct json *v = json_get(a->input, str_of(names[i]));
        if (!v)
            continue;
        jw_key(&w, str_of(names[i]));
        jw_tree(&w, v);
    }
    jw_close(&w, '}');
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

enum err note_send_prepare(struct act *a, struct fault *f)
{
    static const char *const names[] = {"language", "reply_to", "subject", "text"};
    struct sending *s;
    str content;

    TRY(sending_begin(a, act_param(a, S("state")), S("note"), &s, f));
    s->emergency = json_get_bool(a->input, S("emergency"), false);
    s->locked = json_get_bool(a->input, S("sealed"), false);
    str answered = json_get_str(a->input, S("reply_to"));
    if (answered.p && !id_parse(answered, &s->correlation))
        return fault_at(f, ERR_INVALID, "/reply_to", "no id of a dispatch");
    TRY(content_of(a, names, ARRAY_LEN(names), &content, f));
    return finish(a, s, content, f);
}

enum err query_send_prepare(struct act *a, struct fault *f)
{
    static const char *const names[] = {"number", "seal"};
    struct sending *s;
    str content;

    TRY(sending_begin(a, act_param(a, S("state")), S("query"), &s, f));
    TRY(content_of(a, names, ARRAY_LEN(names), &content, f));
    return finish(a, s, content, f);
}

/* ?promise= names what the receiver has to promise, several with commas; ?sealed=true keeps the key
 * until the receipt is here. */
static enum err take_conditions(struct act *a, struct sending *s, struct fault *f)
{
    str rest = act_param(a, S("promise")), sealed = act_param(a, S("sealed")), one;

    s->locked = str_eq(sealed, S("true"));
    if (sealed.n && !s->locked && !str_eq(sealed, S("false")))
        return fault(f, ERR_INVALID, "?sealed= is true or false");
    while (rest.n && str_split(&rest, ',', &one)) {
        if (s->n_undertakings == ENTRY_UNDERTAKINGS || one.n == 0 || one.n > ENTRY_KIND)
            return fault(f, ERR_INVALID, "promises are short names with commas between them");
        s->undertaking[s->n_undertakings++] = one;
    }
    return OK;
}

/* Bytes travel behind a line of JSON with their name and, but for a file, their media type. */
static enum err send_bytes(struct act *a, str kind, str type, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PAYLOAD_BYTES);
    str name = act_param(a, S("name"));
    struct jw w = JW(&b);
    struct sending *s;

    TRY(sending_begin(a, act_param(a, S("state")), kind, &s, f));
    TRY(take_conditions(a, s, f));
    if (!name.n || name.n > 200 || str_find_char(name, '/') >= 0)
        return fault(f, ERR_INVALID, "?name= is the file's name");
    jw_open(&w, '{');
    jw_kv(&w, S("name"), name);
    if (type.p)
        jw_kv(&w, S("type"), type);
    jw_close(&w, '}');
    buf_add_char(&b, '\n');
    buf_add_str(&b, a->body);
    if (!buf_ok(&b))
        return fault(f, ERR_TOO_LARGE, "at most %d bytes are sent", PAYLOAD_BYTES);
    enum err e = finish(a, s, buf_str(&b), f);
    s->content = STR_NONE; /* sealed: the text goes now */
    return e;
}

enum err file_send_prepare(struct act *a, struct fault *f)
{
    return send_bytes(a, S("file"), STR_NONE, f);
}

/* RFC 6838: type/subtype, of restricted names. */
static bool is_media_type(str s)
{
    ptrdiff_t slash = str_find_char(s, '/');

    for (size_t i = 0; i < s.n; i++) {
        bool word = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');
        bool mark = s.p[i] && strchr("!#$&-^_.+", s.p[i]) && i > 0 && i != (size_t)slash + 1;
        if (!word && !mark && (ptrdiff_t)i != slash)
            return false;
    }
    return slash > 0 && (size_t)slash + 1 < s.n && s.n <= 127;
}

enum err payload_send_prepare(struct act *a, struct fault *f)
{
    str type = act_param(a, S("type"));

    if (!is_media_type(type))
        return fault(f, ERR_INVALID, "?type= is a media type: type/subtype");
    return send_bytes(a, S("payload"), type, f);
}

enum err dispatch_row_load(struct act *a, const struct id *id, struct dispatch_row *r,
                           struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT partner, kind, state, body, sent, at, log, idx, correlation, reason, locked,"
               " held IS NOT NULL"
               " FROM dispatch WHERE id = ?",
               "d", id));
    *r = (struct dispatch_row){
        .id = *id,
        .partner = str_copy(a->arena, query_str(&q, 0)),
        .kind = str_copy(a->arena, query_str(&q, 1)),
        .state = str_copy(a->arena, query_str(&q, 2)),
        .body = query_null(&q, 3) ? STR_NONE : str_copy(a->arena, query_str(&q, 3)),
        .sent = query_int(&q, 4) != 0,
        .at = query_int(&q, 5),
        .has_entry = !query_null(&q, 6),
        .log = query_int(&q, 6),
        .index = (uint64_t)query_int(&q, 7),
        .correlation = query_id(&q, 8),
        .reason = query_null(&q, 9) ? STR_NONE : str_copy(a->arena, query_str(&q, 9)),
        .locked = query_int(&q, 10) != 0,
        .held = query_int(&q, 11) != 0};
    bool whole = r->partner.p && r->kind.p && r->state.p;
    TRY(query_end(&q, f));
    TRY_PTR(whole, f);
    return OK;
}

enum err dispatch_row_of_path(struct act *a, struct dispatch_row *r, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return dispatch_row_load(a, &id, r, f);
}

enum err acknowledgement_send_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(4096);
    str text = json_get_str(a->input, S("text"));
    struct jw w = JW(&b);
    struct sending *s;
    struct dispatch_row r;

    TRY(dispatch_row_of_path(a, &r, f));
    if (r.sent)
        return fault(f, ERR_CONFLICT, "it is our own: the partner acknowledges it");
    TRY(sending_begin(a, r.partner, S("acknowledgement"), &s, f));
    s->correlation = r.correlation;
    jw_open(&w, '{');
    jw_kv(&w, S("of"), act_id_text(a, &r.correlation));
    if (text.p)
        jw_kv(&w, S("text"), text);
    jw_close(&w, '}');
    str content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(content.p, f);
    return finish(a, s, content, f);
}

enum err dispatch_send_facts(struct act *a, struct fault *f)
{
    const struct sending *s = a->data;

    if (!s) /* only asked about */
        return dispatch_put_facts(
            a,
            &(struct dispatch_facts){.partner = act_param(a, S("state")),
                                     .id = S("new"),
                                     .kind = S("note"),
                                     .emergency = json_get_bool(a->input, S("emergency"), false)},
            f);
    return dispatch_put_facts(a,
                              &(struct dispatch_facts){.partner = str_of(s->partner.state),
                                                       .id = act_id_text(a, &s->id),
                                                       .kind = s->kind,
                                                       .emergency = s->emergency,
                                                       .locked = s->locked,
                                                       .undertaking = s->undertaking,
                                                       .n_undertakings = s->n_undertakings},
                              f);
}

enum err dispatch_send(struct act *a, struct fault *f)
{
    struct sending *s = a->data;
    struct jw w = JW(&a->reply);

    TRY(sending_put(a, s, f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &s->id));
    jw_kv(&w, S("partner"), str_of(s->partner.state));
    jw_kv(&w, S("kind"), s->kind);
    jw_close(&w, '}');
    return OK;
}

enum err acknowledgement_send(struct act *a, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f,
               "UPDATE dispatch SET state = 'acknowledged' WHERE id = ?"
               " AND state = 'received'",
               "d", &id));
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it was acknowledged already");
    return dispatch_send(a, f);
}

void dispatch_sent_after(struct act *a)
{
    const struct sending *s = a->data;

    link_wake_courier(a->house->link, str_of(s->partner.state), WAKE_SENDING);
}

/* ---- receiving ------------------------------------------------------------------------------ */

enum err dispatch_receive(struct act *a, struct fault *f)
{
    return taking_keep(a, f);
}

/* What it is about is ours, to this partner, and nothing else. */
static enum err settle_own(struct act *a, const char *state, struct fault *f)
{
    const struct taking *t = a->data;

    return db_run(a->db, f,
                  "UPDATE dispatch SET state = ? WHERE correlation = ? AND sent = 1"
                  " AND partner = ? AND kind IN ('note', 'joint-note', 'file', 'payload', 'query')",
                  "sds", str_of(state), &t->entry.correlation, t->channel.partner);
}

enum err acknowledgement_receive(struct act *a, struct fault *f)
{
    TRY(taking_keep(a, f));
    return settle_own(a, "acknowledged", f);
}

enum err answer_receive(struct act *a, struct fault *f)
{
    TRY(taking_keep(a, f));
    return settle_own(a, "answered", f);
}

/* ---- the node answers ----------------------------------------------------------------------- */

/* A question waits as received until it is answered: a crash in between asks again. */
enum err answer_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);
    const struct id *question = a->data;
    struct jw w = JW(&b);
    str content, status, since;
    struct sending *s;
    struct json *asked;
    char at[32];
    struct dispatch_row r;

    TRY(dispatch_row_load(a, question, &r, f));
    TRY(dispatch_open(a, &r, &content, f));
    TRY(json_parse(a->arena, content, NULL, &asked, f));
    TRY(a->house->document_status(a, json_get_str(asked, S("seal")),
                                  json_get_str(asked, S("number")), &status, &since, f));
    TRY(sending_begin(a, r.partner, S("answer"), &s, f));
    s->correlation = r.correlation;
    s->answers = *question;
    time_format(a->now, at);
    jw_open(&w, '{');
    jw_kv(&w, S("at"), str_of(at));
    if (since.p)
        jw_kv(&w, S("since"), since);
    jw_kv(&w, S("status"), status);
    jw_close(&w, '}');
    content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(content.p, f);
    return finish(a, s, content, f);
}

static enum err question_is(struct act *a, const struct id *id, const char *state, struct fault *f)
{
    TRY(db_run(a->db, f, "UPDATE dispatch SET state = ? WHERE id = ? AND state = 'received'", "sd",
               str_of(state), id));
    return db_changes(a->db) ? OK : fault(f, ERR_CONFLICT, "it was answered already");
}

enum err answer_send(struct act *a, struct fault *f)
{
    const struct sending *s = a->data;

    TRY(question_is(a, &s->answers, "answered", f));
    return dispatch_send(a, f);
}

static enum err unanswered_run(struct act *a, struct fault *f)
{
    return question_is(a, a->data, "unanswered", f);
}

static const struct action unanswered_chore = {.name = "dispatch.unanswered",
                                               .kind = ACTION_CHORE,
                                               .method = ACTION_INTERNAL,
                                               .who = ACTOR_SYSTEM,
                                               .resource = "Session",
                                               .summary = "A question that is not answered",
                                               .run = unanswered_run};

static enum err as_system(struct link *l, const struct action *action, struct id *id)
{
    AUTO(arena) struct arena *arena = arena_new(4 << 20);
    struct act a = {.action = action,
                    .house = l->house,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .data = id};
    enum err e = arena ? gate_perform(l->house->gate, &a) : ERR_MEMORY;

    act_done(&a);
    return e;
}

static size_t open_questions(struct link *l, struct id list[PAGE])
{
    struct query q;
    struct db *db;
    size_t n = 0;

    if (db_pool_take(l->house->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL,
                 "SELECT id FROM dispatch WHERE kind = 'query' AND sent = 0 AND state = 'received'"
                 " ORDER BY id LIMIT 50",
                 "") == OK) {
        for (; query_row(&q) && n < PAGE; query_next(&q))
            list[n++] = query_id(&q, 0);
        (void)!query_end(&q, NULL);
    }
    db_pool_put(l->house->readers, db);
    return n;
}

void dispatch_answer_questions(struct link *l)
{
    const struct action *answer = action_named(link_actions, link_actions_n, S("answer.send"));
    struct id list[PAGE];
    size_t n = open_questions(l, list);

    for (size_t i = 0; i < n; i++) {
        enum err e = as_system(l, answer, &list[i]);
        /* what is refused or cannot be read stays without an answer; what is busy is tried again */
        if (e != OK && err_class(e) != CLASS_BUSY)
            (void)!as_system(l, &unanswered_chore, &list[i]);
    }
}
