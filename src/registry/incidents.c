/* incidents.c - what went wrong at a mission: recorded, taken by somebody, closed with what was
 * learnt
 *
 * What is said is sealed. An incident of security is seen only by whom the policy lets read it: it
 * is left out of lists and counts for all others.
 */
#include "base/date.h"
#include "registry/registry_int.h"

enum { SAID_MAX = 16 << 10, LISTED = 200 };

struct incident {
    struct id id, reporter, owner;
    str mission, kind, severity, said, learnt; /* the last two sealed */
    int64_t at, closed;
};

/* ---- facts ---------------------------------------------------------------------------------- */

static void put_officer(struct act *a, struct cedar_entity *e, str key, const struct id *id)
{
    if (!id_is_nil(id))
        cedar_attr(a->entities, e, key,
                   cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, id)));
}

static enum err put_facts(struct act *a, const struct incident *i, struct fault *f)
{
    str id = act_id_text(a, &i->id);
    struct cedar_entity *e = act_resource(a, S("Incident"), id);

    cedar_attr(a->entities, e, S("mission"),
               cedar_ref(a->entities, S("Sifara::Mission"), i->mission));
    cedar_attr(a->entities, e, S("security"), cedar_bool(str_eq(i->kind, S("security"))));
    put_officer(a, e, S("reporter"), &i->reporter);
    put_officer(a, e, S("owner"), &i->owner);
    a->subject = str_printf(a->arena, "incident/%.*s", STR_FMT(id));
    TRY_PTR(a->subject.p, f);
    return OK;
}

/* Of one that is not there yet: the mission's, by whoever asks. */
enum err incident_record_facts(struct act *a, struct fault *f)
{
    struct incident i = {.mission = act_param(a, S("mission")), .reporter = a->actor.id};
    str kind = json_get_str(a->input, S("kind"));

    i.kind = kind.p ? kind : S("");
    if (a->data)
        i.id = *(const struct id *)a->data;
    return put_facts(a, &i, f);
}

static void read_row(struct act *a, struct query *q, struct incident *i)
{
    *i = (struct incident){.id = query_id(q, 0),
                           .mission = str_copy(a->arena, query_str(q, 1)),
                           .kind = str_copy(a->arena, query_str(q, 2)),
                           .severity = str_copy(a->arena, query_str(q, 3)),
                           .said = str_copy(a->arena, query_str(q, 4)),
                           .reporter = query_id(q, 5),
                           .at = query_int(q, 6),
                           .closed = query_null(q, 8) ? 0 : query_int(q, 8)};
    if (!query_null(q, 7))
        i->owner = query_id(q, 7);
    if (!query_null(q, 9))
        i->learnt = str_copy(a->arena, query_str(q, 9));
}

#define COLUMNS "id, mission, kind, severity, said, reporter, at, owner, closed, learnt"

static enum err load(struct act *a, const struct id *id, struct incident *i, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT " COLUMNS " FROM incident WHERE id = ?", "d", id));
    read_row(a, &q, i);
    TRY(query_end(&q, f));
    TRY_PTR(i->mission.p && i->kind.p && i->severity.p && i->said.p, f);
    return OK;
}

enum err incident_facts(struct act *a, struct fault *f)
{
    struct incident i;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(load(a, &id, &i, f));
    return put_facts(a, &i, f);
}

/* ---- acts ----------------------------------------------------------------------------------- */

static enum err seal_text(struct act *a, struct buf *sealed, struct fault *f)
{
    AUTO(buf) struct buf said = BUF(SAID_MAX);
    struct jw w = JW(&said);

    jw_tree(&w, a->input);
    if (!buf_ok(&said))
        return fault(f, ERR_TOO_LARGE, "at most %d bytes are kept", SAID_MAX);
    return seal(sealed, &a->house->record_key, S("incident"), buf_str(&said), f);
}

enum err incident_prepare(struct act *a, struct fault *f)
{
    struct id *id = arena_new_of(a->arena, struct id);

    TRY_PTR(id, f);
    *id = id_new(&a->house->world, 0);
    a->data = id;
    a->content = sha256(a->body);
    return OK;
}

enum err incident_record(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(SAID_MAX + SEAL_OVERHEAD);
    const struct id *id = a->data;

    TRY(seal_text(a, &sealed, f));
    TRY(db_run(a->db, f,
               "INSERT INTO incident(id, mission, kind, severity, said, reporter, at)"
               " VALUES(?,?,?,?,?,?,?)",
               "dsssbdi", id, act_param(a, S("mission")), json_get_str(a->input, S("kind")),
               json_get_str(a->input, S("severity")), buf_str(&sealed), &a->actor.id, a->now));
    act_created(a, id);
    return OK;
}

/* Whoever takes it owns it, until somebody else does. */
enum err incident_take(struct act *a, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f, "UPDATE incident SET owner = ? WHERE id = ? AND closed IS NULL", "dd",
               &a->actor.id, &id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it is closed");
    buf_add_str(&a->reply, S("{}"));
    return OK;
}

enum err incident_close(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(SAID_MAX + SEAL_OVERHEAD);
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(seal_text(a, &sealed, f));
    TRY(db_run(a->db, f,
               "UPDATE incident SET closed = ?, learnt = ? WHERE id = ? AND closed IS NULL", "ibd",
               a->now, buf_str(&sealed), &id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it is closed already");
    buf_add_str(&a->reply, S("{}"));
    return OK;
}

/* ---- as officers see them -------------------------------------------------------------------- */

static enum err put_said(struct act *a, struct jw *w, str sealed, const char *const *keys, size_t n,
                         struct fault *f)
{
    struct json *j;
    str text;

    TRY(unseal(a->arena, &a->house->record_key, S("incident"), sealed, &text, f));
    TRY(json_parse(a->arena, text, NULL, &j, f));
    for (size_t i = 0; i < n; i++)
        if (json_get_str(j, str_of(keys[i])).p)
            jw_kv(w, str_of(keys[i]), json_get_str(j, str_of(keys[i])));
    return OK;
}

static const struct action *named(const char *action)
{
    return action_named(registry_actions, registry_actions_n, str_of(action));
}

/* What the policy would say to this officer of an act upon it; the reasons onto w. */
static enum err ask(struct act *a, const struct incident *i, const char *action, struct jw *w,
                    struct fault *f)
{
    const struct act_param params[] = {{S("id"), act_id_text(a, &i->id)}};
    struct act of = *a;

    of.params = params;
    of.n_params = 1;
    return gate_advise(a->house->gate, &of, named(action), NULL, w, f);
}

/* May this officer see it at all? */
static enum err seen(struct act *a, const struct incident *i, bool *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(64 << 10);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    TRY(ask(a, i, "incident.read", &w, f));
    jw_close(&w, '}');
    *out = b.n == 2; /* no refusal was written */
    return OK;
}

/* Whoever has it already does not take it once more. */
static enum err put_next(struct act *a, struct jw *w, const struct incident *i, struct fault *f)
{
    static const char *const actions[] = {"incident.take", "incident.close"};
    size_t first = id_eq(&i->owner, &a->actor.id) ? 1 : 0;

    jw_key(w, S("next"));
    jw_open(w, '[');
    for (size_t k = first; !i->closed && k < ARRAY_LEN(actions); k++) {
        jw_open(w, '{');
        jw_kv(w, S("action"), str_of(actions[k]));
        TRY(ask(a, i, actions[k], w, f));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static void put_time(struct jw *w, str key, int64_t ms)
{
    char at[32];

    time_format(ms, at);
    jw_kv(w, key, str_of(at));
}

static enum err put_one(struct act *a, struct jw *w, const struct incident *i, struct fault *f)
{
    static const char *const said[] = {"what", "where"}, *const learnt[] = {"learnt"};

    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &i->id));
    jw_kv(w, S("kind"), i->kind);
    jw_kv(w, S("severity"), i->severity);
    put_time(w, S("at"), i->at);
    TRY(put_said(a, w, i->said, said, ARRAY_LEN(said), f));
    TRY(officer_put_name(a, w, S("reporter"), &i->reporter, f));
    if (!id_is_nil(&i->owner))
        TRY(officer_put_name(a, w, S("owner"), &i->owner, f));
    if (i->closed) {
        put_time(w, S("closed"), i->closed);
        TRY(put_said(a, w, i->learnt, learnt, ARRAY_LEN(learnt), f));
    }
    TRY(put_next(a, w, i, f));
    jw_close(w, '}');
    return OK;
}

enum err incident_read(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct incident i;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(load(a, &id, &i, f));
    return put_one(a, &w, &i, f);
}

/* Open ones first, then the newest; those that the policy lets this officer read. */
static enum err load_all(struct act *a, struct incident *list, size_t *n, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT " COLUMNS " FROM incident WHERE mission = ?"
                 " ORDER BY closed IS NOT NULL, id DESC LIMIT ?",
                 "si", act_param(a, S("mission")), (int64_t)LISTED));
    for (*n = 0; query_row(&q) && *n < LISTED; query_next(&q))
        read_row(a, &q, &list[(*n)++]);
    return query_end(&q, f);
}

enum err incident_list(struct act *a, struct fault *f)
{
    struct incident *list = arena_zalloc(a->arena, LISTED, sizeof *list);
    struct jw w = JW(&a->reply);
    bool visible;
    size_t n = 0;

    TRY_PTR(list, f);
    TRY(load_all(a, list, &n, f));
    jw_open(&w, '{');
    jw_key(&w, S("incidents"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(seen(a, &list[i], &visible, f));
        if (visible)
            TRY(put_one(a, &w, &list[i], f));
    }
    jw_close(&w, ']');
    jw_key(&w, S("record"));
    jw_open(&w, '{');
    jw_kv(&w, S("action"), S("incident.record"));
    TRY(gate_advise(a->house->gate, a, named("incident.record"), NULL, &w, f));
    jw_close(&w, '}');
    jw_close(&w, '}');
    return OK;
}
