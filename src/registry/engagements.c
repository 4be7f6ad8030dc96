/* engagements.c - what is given to a partner state, asked of it or received from it
 *
 * An engagement is an act towards a partner: intelligence, figures, a service package, help, the
 * protection of persons. The policy decides it upon the facts that are part of the policy
 * (standing, agreements, organisations), upon what the partner promises, upon the aim that it
 * serves and upon what is still free of the capability that it takes. The row keeps what was
 * decided; what is in it is sealed.
 */
#include <stdio.h>

#include "base/date.h"
#include "policy/facts.h"
#include "registry/accreditation.h"
#include "registry/registry_int.h"

/* Direction: what we give counts for us, what we get counts against us. */
static const struct engagement_kind {
    const char *action;
    int64_t direction;
} kinds[] = {
    {"intelligence.give", 1}, {"intelligence.receive", -1}, {"figures.give", 1},
    {"figures.receive", -1},  {"package.give", 1},          {"package.receive", -1},
    {"help.give", 1},         {"help.receive", -1},         {"protection.give", 1},
    {"protection.ask", -1},
};

static const struct engagement_kind *kind_named(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(str_of(kinds[i].action), name))
            return &kinds[i];
    return NULL;
}

enum err engagement_prepare(struct act *a, struct fault *f)
{
    struct id *id = arena_new_of(a->arena, struct id);

    TRY_PTR(id, f);
    if (json_get(a->input, S("amount")) && !json_get(a->input, S("capability")))
        return fault_at(f, ERR_INVALID, "/amount", "say of which capability");
    *id = id_new(&a->house->world, 0);
    a->data = id;
    a->subject = str_printf(a->arena, "engagement/%.*s", STR_FMT(act_id_text(a, id)));
    a->content = sha256(a->body);
    return OK;
}

/* ---- facts ------------------------------------------------------------------------------- */

enum err partner_balance(struct db *db, str state, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT coalesce(sum(direction), 0) FROM engagement WHERE partner = ?",
               "s", state));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err capability_used(struct db *db, str capability, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f,
               "SELECT coalesce(sum(amount), 0) FROM engagement"
               " WHERE capability = ? AND ended_at IS NULL",
               "s", capability));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err partner_put_state(struct act *a, str code, struct fault *f)
{
    char standing[STANDING_MAX];
    int64_t balance;

    TRY(partner_balance(a->db, code, &balance, f));
    TRY(partner_standing(a->db, code, standing, f));
    bool ours = strcmp(standing, "none") != 0;
    facts_put_state(policy_facts(a->policy), a->entities, code, day_of_ms(a->now), balance,
                    ours ? str_copy(a->arena, str_of(standing)) : STR_NONE);
    return OK;
}

static struct cedar_value state_ref(struct act *a, str code)
{
    return cedar_ref(a->entities, S("Sifara::State"), code);
}

/* The texts of an array of strings, as a set. */
static struct cedar_value texts(struct act *a, const struct json *list)
{
    size_t n = json_is(list, J_ARRAY) ? list->n : 0;
    str *all = arena_alloc(a->arena, (n + 1) * sizeof *all);

    for (size_t i = 0; all && i < n; i++)
        all[i] = json_str(json_at(list, i));
    return cedar_strings(a->entities, all, all ? n : 0);
}

static enum err put_aim(struct act *a, struct fault *f)
{
    str code = json_get_str(a->input, S("aim"));
    int32_t day = day_of_ms(a->now);

    if (!code.p)
        return OK;
    const struct fact_aim *aim = facts_aim(policy_facts(a->policy), code);
    if (!aim)
        return fault_at(f, ERR_INVALID, "/aim", "the policy has no such aim");
    if (day < aim->from || day > aim->until)
        return fault_at(f, ERR_INVALID, "/aim", "this aim is not pursued today");
    act_context(a, S("aim"), cedar_str(code));
    return OK;
}

static enum err put_capability(struct act *a, struct fault *f)
{
    str code = json_get_str(a->input, S("capability"));
    int64_t amount = json_get_int(a->input, S("amount"), code.p ? 1 : 0), used = 0, total = 0;

    if (code.p) {
        const struct fact_capability *c = facts_capability(policy_facts(a->policy), code);
        if (!c)
            return fault_at(f, ERR_INVALID, "/capability", "the policy has no such capability");
        total = c->total;
        TRY(capability_used(a->db, code, &used, f));
    }
    act_context(a, S("amount"), cedar_long(amount));
    act_context(a, S("free"), cedar_long(total - used));
    return OK;
}

static enum err put_level(struct act *a, struct cedar_entity *e, struct fault *f)
{
    (void)f;
    cedar_attr(a->entities, e, S("tlp"),
               cedar_ref(a->entities, S("Sifara::Tlp"), json_get_str(a->input, S("tlp"))));
    return OK;
}

static enum err put_intelligence(struct act *a, struct cedar_entity *e, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    const struct json *list = json_get(a->input, S("releasable"));
    str originator = json_get_str(a->input, S("originator"));
    size_t n = json_is(list, J_ARRAY) ? list->n : 0;
    struct cedar_value *circle = arena_alloc(a->arena, (n + 1) * sizeof *circle);

    TRY_PTR(circle, f);
    if (!facts_state(facts, originator))
        return fault_at(f, ERR_INVALID, "/originator", "the policy knows no such state");
    TRY(partner_put_state(a, originator, f));
    for (size_t i = 0; i < n; i++) {
        char pointer[40];
        str code = json_str(json_at(list, i));
        snprintf(pointer, sizeof pointer, "/releasable/%zu", i);
        if (!facts_organisation(facts, code))
            return fault_at(f, ERR_INVALID, pointer, "the policy knows no such organisation");
        circle[i] = cedar_ref(a->entities, S("Sifara::Organisation"), code);
    }
    cedar_attr(a->entities, e, S("originator"), state_ref(a, originator));
    cedar_attr(a->entities, e, S("releasable"), cedar_setof(a->entities, circle, n));
    return put_level(a, e, f);
}

static enum err put_dataset(struct act *a, struct cedar_entity *e, struct fault *f)
{
    cedar_attr(a->entities, e, S("personal"),
               cedar_bool(json_get_bool(a->input, S("personal"), false)));
    return put_level(a, e, f);
}

static enum err put_package(struct act *a, struct cedar_entity *e, struct fault *f)
{
    str owner = json_get_str(a->input, S("owner"));

    if (!facts_state(policy_facts(a->policy), owner))
        return fault_at(f, ERR_INVALID, "/owner", "the policy knows no such state");
    TRY(partner_put_state(a, owner, f));
    cedar_attr(a->entities, e, S("owner"), state_ref(a, owner));
    cedar_attr(a->entities, e, S("sensitive"),
               cedar_bool(json_get_bool(a->input, S("sensitive"), false)));
    return OK;
}

static enum err put_help(struct act *a, struct cedar_entity *e, struct fault *f)
{
    (void)f;
    cedar_attr(a->entities, e, S("capability"), cedar_str(json_get_str(a->input, S("capability"))));
    return OK;
}

static enum err put_protection(struct act *a, struct cedar_entity *e, struct fault *f)
{
    str citizen = json_get_str(a->input, S("citizen"));

    if (!facts_state(policy_facts(a->policy), citizen))
        return fault_at(f, ERR_INVALID, "/citizen", "the policy knows no such state");
    TRY(partner_put_state(a, citizen, f));
    cedar_attr(a->entities, e, S("citizen"), state_ref(a, citizen));
    return OK;
}

/* Of what is only asked about there is none yet. */
static str thing_id(struct act *a)
{
    return a->data ? act_id_text(a, a->data) : S("new");
}

static enum err put_thing(struct act *a, struct fault *f)
{
    static const struct {
        const char *type;
        enum err (*put)(struct act *, struct cedar_entity *, struct fault *);
    } things[] = {{"Intelligence", put_intelligence},
                  {"Dataset", put_dataset},
                  {"Package", put_package},
                  {"Help", put_help},
                  {"Protection", put_protection}};

    for (size_t i = 0; i < ARRAY_LEN(things); i++)
        if (strcmp(things[i].type, a->action->resource) == 0)
            return things[i].put(a, act_resource(a, str_of(things[i].type), thing_id(a)), f);
    return fault(f, ERR_INTERNAL, "no such thing is given to partners");
}

enum err engagement_facts(struct act *a, struct fault *f)
{
    str partner = act_param(a, S("state")), purpose = json_get_str(a->input, S("purpose"));

    if (!facts_state(policy_facts(a->policy), partner) || str_eq(partner, a->house->state_code))
        return fault(f, ERR_NOT_FOUND, "the policy knows no such partner");
    TRY(partner_put_state(a, partner, f));
    act_context(a, S("partner"), state_ref(a, partner));
    act_context(a, S("undertakings"), texts(a, json_get(a->input, S("undertakings"))));
    act_context(a, S("purpose"), cedar_str(purpose.p ? purpose : S("")));
    act_context(a, S("urgent"), cedar_bool(json_get_bool(a->input, S("urgent"), false)));
    TRY(put_aim(a, f));
    TRY(put_capability(a, f));
    return put_thing(a, f);
}

/* ---- acts -------------------------------------------------------------------------------- */

/* What is kept of it: all that was said but the case of a person, which is kept by itself. */
static void put_kept(struct buf *b, const struct json *input)
{
    struct jw w = JW(b);

    jw_open(&w, '{');
    for (uint32_t i = 0; i < input->n; i++) {
        if (str_eq(input->members[i].key, S("case")))
            continue;
        jw_key(&w, input->members[i].key);
        jw_tree(&w, &input->members[i].value);
    }
    jw_close(&w, '}');
}

enum err engagement_run(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf kept = BUF(64 << 10);
    AUTO(buf) struct buf sealed = BUF((64 << 10) + SEAL_OVERHEAD);
    str capability = json_get_str(a->input, S("capability"));
    struct jw w = JW(&a->reply);

    put_kept(&kept, a->input);
    TRY_PTR(buf_ok(&kept), f);
    TRY(seal(&sealed, &a->house->record_key, S("engagement"), buf_str(&kept), f));
    TRY(db_run(a->db, f,
               "INSERT INTO engagement(id, partner, action, direction, at, officer, aim,"
               " capability, amount, body) VALUES(?,?,?,?,?,?,?,?,?,?)",
               "dssiidssib", (struct id *)a->data, act_param(a, S("state")),
               str_of(a->action->name), kind_named(str_of(a->action->name))->direction, a->now,
               &a->actor.id, json_get_str(a->input, S("aim")), capability,
               json_get_int(a->input, S("amount"), capability.p ? 1 : 0), buf_str(&sealed)));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, a->data));
    jw_kv(&w, S("partner"), act_param(a, S("state")));
    jw_close(&w, '}');
    return OK;
}

enum err engagement_received(struct act *a, str action, str partner, str body, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF((64 << 10) + SEAL_OVERHEAD);
    struct id id = id_new(&a->house->world, 0), nobody = {{0}};

    TRY(seal(&sealed, &a->house->record_key, S("engagement"), body, f));
    return db_run(
        a->db, f,
        "INSERT INTO engagement(id, partner, action, direction, at, officer, amount, body)"
        " VALUES(?,?,?,?,?,?,0,?)",
        "dssiidb", &id, partner, action, kind_named(action)->direction, a->now, &nobody,
        buf_str(&sealed));
}

enum err engagement_end_facts(struct act *a, struct fault *f)
{
    struct cedar_entity *e;
    struct query q;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_one(a->db, &q, f, "SELECT partner, officer FROM engagement WHERE id = ?", "d", &id));
    str partner = str_copy(a->arena, query_str(&q, 0));
    struct id officer = query_id(&q, 1);
    TRY(query_end(&q, f));
    TRY_PTR(partner.p, f);
    TRY(partner_put_state(a, partner, f));
    e = act_resource(a, S("Engagement"), act_id_text(a, &id));
    cedar_attr(a->entities, e, S("partner"), state_ref(a, partner));
    cedar_attr(a->entities, e, S("officer"),
               cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, &officer)));
    a->subject = str_printf(a->arena, "engagement/%.*s", STR_FMT(act_id_text(a, &id)));
    return OK;
}

enum err engagement_end(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f, "UPDATE engagement SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
               "id", a->now, &id));
    if (db_changes(a->db) == 0)
        return fault(f, ERR_CONFLICT, "it has ended already");
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_param(a, S("id")));
    jw_close(&w, '}');
    return OK;
}
