/* policy_schema.c - the schema that policies of the house follow, made from the tables of actions
 *
 * What a decision is made upon: types of entities with their attributes, and for each action that
 * is decided who may ask for it, upon what, in which context. An action upon a type that is not
 * here does not start the node.
 */
#include "node/node_int.h"
#include "policy/facts.h"

/* A field that brings a new kind of resource adds its type here. Tlp follows, of its levels. */
static const struct {
    const char *name, *shape;
} entity_types[] = {
    {"Visitor", ""},
    {"System", ""},
    {"Mission", ""},
    {"Person", ""},
    {"Officer", " = { roles: Set<String>, mission: Mission }"},
    {"File", " = { person: Person }"},
    {"Representative", " = { person: Person, holder: Person }"},
    {"Session", ""},
    {"Service", ""},
    {"Delegation", " = { mission: Mission, officer: Officer, colleague: Officer, role: String,"
                   " proposer?: Officer }"},
    {"Incident", " = { mission: Mission, security: Bool, reporter: Officer, owner?: Officer }"},
    {"AccessDelay", " = { proposer?: Officer }"},
    {"Case", " = { person: Person, authority: Mission, queue: Mission, service: String,"
             " state: String, channel: String, officer?: Officer, opener?: Officer,"
             " proposer?: Officer }"},
    {"Proposal", " = { mission: Mission, queue: Mission, proposer?: Officer }"},
    {"Document", " = { person: Person, authority: Mission, state: String }"},
    {"Organisation", " in [Organisation]"},
    {"Agreement", ""},
    {"State", " in [Organisation] = { recognised: Bool, sanctioned: Bool, adequate: Bool,"
              " accreditation: String, balance: Long, agreements: Set<Agreement> }"},
    {"Intelligence", " = { tlp: Tlp, originator: State, releasable: Set<Organisation> }"},
    {"Dataset", " = { personal: Bool, tlp: Tlp }"},
    {"Package", " = { owner: State, sensitive: Bool }"},
    {"ServicePackage", " = { giver: String, name: String, version: String, digest: String,"
                       " state: String, proposer?: Officer }"},
    {"Help", " = { capability: String }"},
    {"Protection", " = { citizen: State, mission?: Mission }"},
    {"Accreditation", " = { partner: State, was: String, standing: String, proposer?: Officer }"},
    {"Dispatch", " = { partner: State, kind: String, emergency: Bool, sealed: Bool,"
                 " undertakings: Set<String>, organisation?: Organisation }"},
    {"Joint", " = { organisation: Organisation, mandate: Set<String>, matter: String,"
              " member: Bool }"},
    {"Log", " = { owner: State }"},
    {"Quorum", " = { partner?: State, proposer?: Officer }"},
    {"Guest", " = { state: State, officer: Officer, may: Set<String> }"},
    {"XRoadClient", " = { instance: String, class: String, member: String }"},
    {"XRoadService", ""},
    {"XRoadCall", " = { instance: String, class: String, member: String, subsystem: String,"
                  " service: String, officer: Officer }"},
    {"Engagement", " = { partner: State, officer: Officer }"},
};

static bool entity_known(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(entity_types); i++)
        if (strcmp(entity_types[i].name, name) == 0)
            return true;
    return false;
}

static void put_types(struct buf *b)
{
    for (size_t i = 0; i < ARRAY_LEN(entity_types); i++)
        buf_printf(b, "  entity %s%s;\n", entity_types[i].name, entity_types[i].shape);
    buf_add_str(b, S("  entity Tlp enum ["));
    for (size_t i = 0; i < TLP_LEVELS; i++)
        buf_printf(b, "%s\"%s\"", i ? ", " : "", tlp_levels[i]);
    buf_add_str(b, S("];\n"));
}

static void put_principals(struct buf *b, unsigned who)
{
    static const struct {
        unsigned bit;
        const char *type;
    } kinds[] = {{ACTOR_NOBODY, "Visitor"},    {ACTOR_PERSON, "Person"}, {ACTOR_OFFICER, "Officer"},
                 {ACTOR_SYSTEM, "System"},     {ACTOR_PARTNER, "State"}, {ACTOR_GUEST, "Guest"},
                 {ACTOR_CLIENT, "XRoadClient"}};
    bool any = false;

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (who & kinds[i].bit) {
            buf_printf(b, "%s%s", any ? ", " : "", kinds[i].type);
            any = true;
        }
}

/* event: of the workflow; barred: by who did an earlier one; to: where the colleague works whose
 * the case becomes. amount: units of a capability that the act asks for; free: what is left of it
 * without the act. strong: the session was opened with a key of the actor's own, not with a code
 * alone. */
static void put_action(struct buf *b, const struct action *a)
{
    buf_printf(b, "  action \"%s\" appliesTo { principal: [", a->name);
    put_principals(b, a->who);
    buf_printf(b,
               "], resource: [%s], context: { now: datetime, strong: Bool"
               ", interest?: Bool",
               a->resource);
    if (strcmp(a->resource, "Case") == 0)
        buf_add_str(b, S(", event?: String, barred?: Bool, to?: Mission"));
    if (strcmp(a->resource, "Case") == 0 || strcmp(a->resource, "Document") == 0)
        buf_add_str(b, S(", representative?: Bool"));
    if (a->partner)
        buf_add_str(b, S(", partner: State, undertakings: Set<String>, purpose: String,"
                         " urgent: Bool, aim?: String, amount: Long, free: Long"));
    buf_add_str(b, S(" } };\n"));
}

enum err cedar_schema_of_actions(struct buf *b, struct fault *f)
{
    buf_add_str(b, S("namespace Sifara {\n"));
    put_types(b);
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        if (a->kind == ACTION_OPEN || a->kind == ACTION_CHORE)
            continue;
        if (!entity_known(a->resource))
            return fault(f, ERR_INTERNAL, "%s has no place in the policy's schema", a->name);
        put_action(b, a);
    }
    buf_add_str(b, S("}\n"));
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY, "out of memory");
}
