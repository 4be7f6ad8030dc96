/* advising.c - what the policy would say of an act towards a host country, before a button is
 * pressed
 *
 * The act is not made: what its prepare() would leave is not there, its facts are collected as they
 * stand, and the policy is asked in the name of whoever asks. Advice, never a permission.
 */
#include "act/dispatch.h"
#include "node/node_int.h"
#include "registry/registry.h"

/* Those whose facts need nothing of prepare(). */
static const char *const advised[] = {
    "note.send",
    "partner.propose",
    "help.give",
    "help.receive",
    "figures.give",
    "figures.receive",
    "package.give",
    "intelligence.give",
    "protection.give",
    "protection.ask",
    "contact.add",
    "pledge.record",
    "intelligence.receive",
};

static const struct action *advised_named(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(advised); i++)
        if (str_eq(name, str_of(advised[i])))
            return action_find(name);
    return NULL;
}

/* The officer's own mission: who may see partners may ask. */
static enum err advice_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), a->actor.mission);
    return OK;
}

/* What must be there besides a permission: a note goes over a line. */
static enum err put_line(struct act *a, struct jw *w, const struct action *asked, str state,
                         struct fault *f)
{
    bool stands;

    if (!str_eq(str_of(asked->name), S("note.send")))
        return OK;
    TRY(a->house->dispatches->stands(a, state, &stands, f));
    jw_kv_bool(w, S("line"), stands);
    return OK;
}

static enum err advise(struct act *a, struct fault *f)
{
    str name = json_get_str(a->input, S("action")), country = act_param(a, S("country"));
    const struct action *asked = advised_named(name);
    const struct act_param params[] = {{S("country"), country}, {S("state"), country}};
    struct act of = *a;
    struct jw w = JW(&a->reply);

    if (!asked)
        return fault_at(f, ERR_INVALID, "/action", "no advice is given on this act");
    of.params = params;
    of.n_params = ARRAY_LEN(params);
    of.actor.language = act_language(a);
    of.input = json_get(a->input, S("input"));
    jw_open(&w, '{');
    jw_kv(&w, S("action"), name);
    TRY(put_line(a, &w, asked, country, f));
    TRY(gate_advise(a->house->gate, &of, asked, NULL, &w, f));
    jw_close(&w, '}');
    return OK;
}

const struct action advising_actions[] = {
    {"country.advise", ACTION_READ, ACTION_POST, "/v1/countries/{country}/advice", ACTOR_OFFICER,
     "Mission", "advice.v1", "What the policy would say of an act towards a country", 0, false,
     NULL, advice_facts, NULL, advise, NULL},
};
const size_t advising_actions_n = ARRAY_LEN(advising_actions);
