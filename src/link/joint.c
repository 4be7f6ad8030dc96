/* joint.c - one note to all members of an organisation: one act, one dispatch for each channel
 *
 * Membership and mandate are facts of the policy. The act names the organisation and a matter; the
 * policy decides whether the one is ours to speak in and the other within its mandate. Each member
 * with a line gets a dispatch of its own, sealed for it; those without one are named all the same,
 * so that everybody knows who got it. All have one correlation: that of the act.
 */
#include "link/joint_int.h"

#include "policy/facts.h"

enum { MEMBERS_MAX = 256, PAGE = 50, CONTENT_MAX = 128 << 10 };

struct recipient {
    str state;
    struct sending *sending; /* NULL: no line */
};

struct joint {
    struct id id;
    str organisation, matter, content;
    struct recipient list[MEMBERS_MAX];
    size_t n, reached;
};

static void joint_free(void *p)
{
    struct joint *j = p;

    for (size_t i = 0; i < j->n; i++)
        if (j->list[i].sending)
            sending_free(j->list[i].sending);
}

/* ---- members --------------------------------------------------------------------------------- */

static enum err organisation_of_path(struct act *a, const struct fact_organisation **out,
                                     struct fault *f)
{
    *out = facts_organisation(policy_facts(a->policy), act_param(a, S("organisation")));
    return *out ? OK : fault(f, ERR_NOT_FOUND, "the policy knows no such organisation");
}

static enum err has_line(struct act *a, str state, bool *out, struct fault *f)
{
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, state, standing, f));
    *out = strcmp(standing, "accredited") == 0;
    return OK;
}

/* All members but ourselves. */
static enum err find_members(struct act *a, struct joint *j, struct fault *f)
{
    struct policy *p = gate_policy(a->house->gate);
    const struct facts *facts = policy_facts(p);
    enum err e = OK;

    if (!facts_organisation(facts, j->organisation))
        e = fault(f, ERR_NOT_FOUND, "the policy knows no such organisation");
    for (size_t i = 0; e == OK && i < facts_state_count(facts); i++) {
        str code = facts_state_at(facts, i)->code;
        if (!facts_member(facts, code, j->organisation) || str_eq(code, a->house->state_code))
            continue;
        j->list[j->n].state = str_copy(a->arena, code);
        e = j->list[j->n].state.p ? OK : fault(f, ERR_MEMORY_LIMIT, "out of memory");
        if (++j->n == MEMBERS_MAX)
            break;
    }
    policy_unref(p);
    return e;
}

/* ---- the act --------------------------------------------------------------------------------- */

/* In canonical order; `members` are those that get it. */
static enum err write_content(struct act *a, struct joint *j, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(CONTENT_MAX);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("language"), json_get_str(a->input, S("language")));
    jw_kv(&w, S("matter"), j->matter);
    jw_key(&w, S("members"));
    jw_open(&w, '[');
    for (size_t i = 0; i < j->n; i++)
        if (j->list[i].sending)
            jw_string(&w, j->list[i].state);
    jw_close(&w, ']');
    jw_kv(&w, S("organisation"), j->organisation);
    jw_kv(&w, S("subject"), json_get_str(a->input, S("subject")));
    jw_kv(&w, S("text"), json_get_str(a->input, S("text")));
    jw_close(&w, '}');
    j->content = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && j->content.p, f);
    return OK;
}

static enum err begin_each(struct act *a, struct joint *j, struct fault *f)
{
    for (size_t i = 0; i < j->n; i++) {
        bool line;
        TRY(has_line(a, j->list[i].state, &line, f));
        if (!line)
            continue;
        TRY(sending_begin(a, j->list[i].state, S("joint-note"), &j->list[i].sending, f));
        j->list[i].sending->correlation = j->id;
        j->list[i].sending->locked = json_get_bool(a->input, S("sealed"), false);
        j->reached++;
    }
    return OK;
}

enum err joint_send_prepare(struct act *a, struct fault *f)
{
    struct joint *j = arena_new_of(a->arena, struct joint);

    TRY_PTR(j, f);
    a->data = j;
    a->data_free = joint_free;
    j->id = id_new(&a->house->world, 0);
    j->organisation = act_param(a, S("organisation"));
    j->matter = json_get_str(a->input, S("matter"));
    TRY(find_members(a, j, f));
    TRY(begin_each(a, j, f));
    TRY(write_content(a, j, f));
    for (size_t i = 0; i < j->n; i++) {
        if (!j->list[i].sending)
            continue;
        j->list[i].sending->content = j->content;
        TRY(sending_seal(a, j->list[i].sending, f));
    }
    a->subject = str_printf(a->arena, "joint/%.*s", STR_FMT(act_id_text(a, &j->id)));
    a->content = sha256(j->content);
    return OK;
}

enum err joint_send_facts(struct act *a, struct fault *f)
{
    const struct fact_organisation *o;
    const struct joint *j = a->data;
    struct cedar_entities *es = a->entities;

    TRY(organisation_of_path(a, &o, f));
    struct cedar_entity *e = act_resource(a, S("Joint"), act_id_text(a, &j->id));
    cedar_attr(es, e, S("organisation"), cedar_ref(es, S("Sifara::Organisation"), o->code));
    cedar_attr(es, e, S("mandate"), cedar_strings(es, o->mandate, o->n_mandate));
    cedar_attr(es, e, S("matter"), cedar_str(j->matter));
    cedar_attr(es, e, S("member"),
               cedar_bool(facts_member(policy_facts(a->policy), a->house->state_code, o->code)));
    return OK;
}

static enum err put_member(struct act *a, const struct joint *j, const struct recipient *r,
                           struct fault *f)
{
    if (r->sending)
        TRY(sending_put(a, r->sending, f));
    return db_run(a->db, f, "INSERT INTO joint_member(joint, state, dispatch) VALUES(?,?,?)", "dsd",
                  &j->id, r->state, r->sending ? &r->sending->id : NULL);
}

enum err joint_send(struct act *a, struct fault *f)
{
    struct joint *j = a->data;
    struct jw w = JW(&a->reply);

    if (!j->reached)
        return fault(f, ERR_CONFLICT, "there is a line to none of its members");
    TRY(db_run(a->db, f,
               "INSERT INTO joint(id, organisation, matter, at, officer) VALUES(?,?,?,?,?)",
               "dssid", &j->id, j->organisation, j->matter, a->now, &a->actor.id));
    for (size_t i = 0; i < j->n; i++)
        TRY(put_member(a, j, &j->list[i], f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &j->id));
    jw_kv(&w, S("organisation"), j->organisation);
    jw_kv_int(&w, S("members"), (int64_t)j->n);
    jw_kv_int(&w, S("sent"), (int64_t)j->reached);
    jw_close(&w, '}');
    return OK;
}

void joint_sent_after(struct act *a)
{
    const struct joint *j = a->data;

    for (size_t i = 0; i < j->n; i++)
        if (j->list[i].sending)
            link_wake_courier(a->house->link, j->list[i].state, WAKE_SENDING);
}

/* ---- what became of it ----------------------------------------------------------------------- */

static enum err put_members(struct act *a, struct jw *w, const struct id *joint, struct fault *f)
{
    struct id ids[MEMBERS_MAX];
    str states[MEMBERS_MAX];
    struct dispatch_row r;
    struct query q;
    size_t n = 0;

    TRY(db_query(
        a->db, &q, f,
        "SELECT state, dispatch FROM joint_member WHERE joint = ? ORDER BY dispatch IS NULL,"
        " state",
        "d", joint));
    for (; query_row(&q) && n < MEMBERS_MAX; query_next(&q)) {
        states[n] = str_copy(a->arena, query_str(&q, 0));
        ids[n++] = query_id(&q, 1);
    }
    TRY(query_end(&q, f));
    jw_key(w, S("members"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        jw_open(w, '{');
        jw_kv(w, S("state"), states[i]);
        if (id_is_nil(&ids[i])) {
            jw_kv(w, S("dispatch"), S("no line"));
        } else {
            TRY(dispatch_row_load(a, &ids[i], &r, f));
            TRY(dispatch_settle_state(a, &r, f));
            jw_kv(w, S("dispatch"), r.state);
            jw_kv(w, S("id"), act_id_text(a, &ids[i]));
        }
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

enum err joint_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    struct id id;
    char at[32];

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_one(a->db, &q, f, "SELECT organisation, matter, at FROM joint WHERE id = ?", "d", &id));
    time_format(query_int(&q, 2), at);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv(&w, S("organisation"), query_str(&q, 0));
    jw_kv(&w, S("matter"), query_str(&q, 1));
    jw_kv(&w, S("at"), str_of(at));
    TRY(query_end(&q, f));
    TRY(put_members(a, &w, &id, f));
    jw_close(&w, '}');
    return OK;
}

static enum err put_joints(struct act *a, struct jw *w, str organisation, struct fault *f)
{
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT id, matter, at FROM joint WHERE organisation = ? ORDER BY id DESC LIMIT ?",
                 "si", organisation, (int64_t)PAGE));
    jw_key(w, S("notes"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        time_format(query_int(&q, 2), at);
        jw_open(w, '{');
        jw_kv(w, S("id"), act_id_text(a, &id));
        jw_kv(w, S("matter"), query_str(&q, 1));
        jw_kv(w, S("at"), str_of(at));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* Its mandate, its members with our line to each, and what we wrote to all of them. */
enum err organisation_show(struct act *a, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    const struct fact_organisation *o;
    struct jw w = JW(&a->reply);
    char standing[STANDING_MAX];

    TRY(organisation_of_path(a, &o, f));
    jw_open(&w, '{');
    jw_kv(&w, S("code"), o->code);
    jw_kv(&w, S("name"), o->name_en);
    jw_kv_bool(&w, S("member"), facts_member(facts, a->house->state_code, o->code));
    jw_key(&w, S("mandate"));
    jw_open(&w, '[');
    for (size_t i = 0; i < o->n_mandate; i++)
        jw_string(&w, o->mandate[i]);
    jw_close(&w, ']');
    jw_key(&w, S("members"));
    jw_open(&w, '[');
    for (size_t i = 0; i < facts_state_count(facts); i++) {
        str code = facts_state_at(facts, i)->code;
        if (!facts_member(facts, code, o->code))
            continue;
        TRY(partner_standing(a->db, code, standing, f));
        jw_open(&w, '{');
        jw_kv(&w, S("state"), code);
        jw_kv(&w, S("standing"), str_of(standing));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    TRY(put_joints(a, &w, o->code, f));
    jw_close(&w, '}');
    return OK;
}
