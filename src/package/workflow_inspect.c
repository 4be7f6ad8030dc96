/* workflow_inspect.c - members and names of workflow.json */
#include <stdarg.h>
#include <stdio.h>

#include "package/workflow_int.h"

/* ---- telling ------------------------------------------------------------------------------ */

void inspect_tell(struct inspect *x, size_t i, ptrdiff_t k, const char *member, const char *remedy,
                  const char *fmt, ...)
{
    char what[400], at[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (k < 0)
        snprintf(at, sizeof at, "/states/%zu%s", i, member);
    else
        snprintf(at, sizeof at, "/states/%zu/on/%td%s", i, k, member);
    x->told++;
    x->tell(x->context, at, remedy, what);
}

static void tell_at(struct inspect *x, const char *at, const char *remedy, const char *what)
{
    x->told++;
    x->tell(x->context, at, remedy, what);
}

/* ---- looking ------------------------------------------------------------------------------ */

const struct json *inspect_rows(const struct inspect *x, size_t i)
{
    const struct json *on = json_get(json_at(x->states, i), S("on"));

    return json_is(on, J_ARRAY) ? on : NULL;
}

size_t inspect_count(const struct inspect *x)
{
    return x->states ? x->states->n : 0;
}

size_t inspect_find(const struct inspect *x, str id)
{
    size_t i = 0;

    while (i < inspect_count(x) && !str_eq(json_get_str(json_at(x->states, i), S("id")), id))
        i++;
    return i;
}

bool inspect_takes(const struct inspect *x, size_t i, const char *event)
{
    const struct json *on = inspect_rows(x, i);

    for (size_t k = 0; json_at(on, k); k++)
        if (str_eq(json_get_str(json_at(on, k), S("event")), str_of(event)))
            return true;
    return false;
}

bool inspect_end(const struct inspect *x, size_t i)
{
    return !json_get(json_at(x->states, i), S("on"));
}

bool inspect_turn(const struct inspect *x, size_t i, const char *turn)
{
    return str_eq(json_get_str(json_at(x->states, i), S("turn")), str_of(turn));
}

/* ---- names -------------------------------------------------------------------------------- */

static bool listed(const char *names, str key)
{
    str rest = str_of(names), one;

    while (str_split(&rest, ' ', &one))
        if (str_eq(one, key))
            return true;
    return false;
}

/* Small letters and digits, a letter first, single joints between them. */
static bool name_valid(str s, char joint)
{
    bool was_joint = true;

    if (!s.n || s.n > WORKFLOW_NAME || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool is_joint = s.p[i] == joint;
        bool small = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');
        if ((!small && !is_joint) || (is_joint && was_joint))
            return false;
        was_joint = is_joint;
    }
    return !was_joint;
}

static void members(struct inspect *x, size_t i, ptrdiff_t k, const struct json *j,
                    const char *names)
{
    char at[120];

    for (uint32_t m = 0; json_is(j, J_OBJECT) && m < j->n; m++) {
        str key = j->members[m].key;
        snprintf(at, sizeof at, "/%.*s", (int)(key.n < 100 ? key.n : 100), key.p);
        if (!listed(names, key))
            inspect_tell(x, i, k, at, "leave it out, or correct its name",
                         "\"%.*s\" is not known here", STR_FMT(key));
    }
}

/* ---- states ------------------------------------------------------------------------------- */

static bool any_lapse(const struct json *on, str event)
{
    for (size_t k = 0; json_at(on, k); k++)
        if (str_eq(json_get_str(json_at(on, k), S("event")), event) &&
            str_eq(json_get_str(json_at(on, k), S("action")), S("case.lapse")))
            return true;
    return false;
}

static void inspect_within(struct inspect *x, size_t i, const struct json *state)
{
    const struct json *within = json_get(state, S("within"));
    const struct json *days = json_get(within, S("days"));
    const struct json *working = json_get(within, S("working_days")), *n = days ? days : working;

    if (!within)
        return;
    members(x, i, -1, within, "days working_days then");
    if (!n || (days && working) || n->type != J_INT || n->i < 1 || n->i > WORKFLOW_TERM_MAX)
        inspect_tell(x, i, -1, "/within", "give \"days\" or \"working_days\"",
                     "a term is 1 to %d days, or working days", WORKFLOW_TERM_MAX);
    if (!any_lapse(inspect_rows(x, i), json_get_str(within, S("then"))))
        inspect_tell(x, i, -1, "/within/then", "name an event of this state upon case.lapse",
                     "when the term has passed the event \"%.*s\" is due, which the state does not "
                     "take upon case.lapse",
                     STR_FMT(json_get_str(within, S("then"))));
}

static void inspect_state(struct inspect *x, size_t i)
{
    const struct json *state = json_at(x->states, i), *on = json_get(state, S("on"));
    str id = json_get_str(state, S("id"));

    if (!json_is(state, J_OBJECT)) {
        inspect_tell(x, i, -1, "", "write an object in braces", "this is no state");
        return;
    }
    members(x, i, -1, state, "id turn settled within on");
    if (!name_valid(id, '-'))
        inspect_tell(x, i, -1, "/id", "write it as \"handed-over\"",
                     "a state has an id of small letters, digits and hyphens, at most %d",
                     WORKFLOW_NAME);
    else if (inspect_find(x, id) != i)
        inspect_tell(x, i, -1, "/id", "give it another id", "there is a state \"%.*s\" already",
                     STR_FMT(id));
    if (on && (!json_is(on, J_ARRAY) || on->n == 0 || on->n > WORKFLOW_ROWS))
        inspect_tell(x, i, -1, "/on", "leave \"on\" out where the life of a case ends",
                     "\"on\" is a list of 1 to %d events", WORKFLOW_ROWS);
    if (!on && (json_get(state, S("turn")) || json_get(state, S("within"))))
        inspect_tell(x, i, -1, "", "leave them out, or give it events",
                     "a state without events is an end: nobody's turn, and no term");
    if (on && !listed("person officer node", json_get_str(state, S("turn"))))
        inspect_tell(x, i, -1, "/turn", "say whose move it is",
                     "the turn of a state is \"person\", \"officer\" or \"node\"");
    if (json_get(state, S("settled")) &&
        (!json_get_bool(state, S("settled"), false) || !inspect_turn(x, i, "person")))
        inspect_tell(x, i, -1, "/settled", "leave it out",
                     "\"settled\" is true, in a state in which it is the person's turn");
    inspect_within(x, i, state);
}

/* ---- events ------------------------------------------------------------------------------- */

static const struct workflow_kind *action_known(str action)
{
    for (size_t k = 0; k < workflow_kinds_n; k++)
        if (str_eq(action, str_of(workflow_kinds[k].action)))
            return &workflow_kinds[k];
    return NULL;
}

/* An action of its own has its name; the steps of a package have any other. */
static bool event_fits(const struct workflow_kind *kind, str action, str event)
{
    if (!kind->event)
        return name_valid(event, '-') && !workflow_common_event(event) &&
               !str_eq(event, S("payment")); /* a step of every life */
    for (size_t k = 0; k < workflow_kinds_n; k++)
        if (str_eq(action, str_of(workflow_kinds[k].action)) &&
            str_eq(event, str_of(workflow_kinds[k].event)))
            return true;
    return false;
}

static void inspect_names(struct inspect *x, size_t i, size_t k, const char *member, char joint,
                          size_t max)
{
    const struct json *list = json_get(json_at(inspect_rows(x, i), k), str_of(member));
    char at[32];

    snprintf(at, sizeof at, "/%s", member);
    if (list && (!json_is(list, J_ARRAY) || list->n == 0 || list->n > max)) {
        inspect_tell(x, i, (ptrdiff_t)k, at, "leave it out, or shorten it",
                     "\"%s\" is a list of 1 to %zu names", member, max);
        return;
    }
    for (size_t n = 0; json_at(list, n); n++) {
        bool twice = false;
        for (size_t m = 0; m < n; m++)
            twice |= json_same(json_at(list, m), json_at(list, n));
        if (twice || !name_valid(json_str(json_at(list, n)), joint))
            inspect_tell(x, i, (ptrdiff_t)k, at, "write each name once, in small letters",
                         "a name in \"%s\" is there twice, or is none", member);
    }
}

/* An event that an officer does somewhere. */
static bool officers_event(const struct inspect *x, str event)
{
    for (size_t i = 0; i < inspect_count(x); i++) {
        const struct json *on = inspect_rows(x, i), *row;
        for (size_t k = 0; (row = json_at(on, k)); k++) {
            const struct workflow_kind *kind = action_known(json_get_str(row, S("action")));
            if (kind && kind->by == TURN_OFFICER && str_eq(json_get_str(row, S("event")), event))
                return true;
        }
    }
    return false;
}

static void inspect_others(struct inspect *x, size_t i, size_t k, const struct workflow_kind *kind)
{
    const struct json *list = json_get(json_at(inspect_rows(x, i), k), S("other_than"));

    inspect_names(x, i, k, "other_than", '-', WORKFLOW_OTHERS);
    if (list && kind->by != TURN_OFFICER)
        inspect_tell(x, i, (ptrdiff_t)k, "/other_than", "leave it out",
                     "only what an officer does can want another officer");
    for (size_t n = 0; json_at(list, n) && n < WORKFLOW_OTHERS; n++)
        if (!officers_event(x, json_str(json_at(list, n))))
            inspect_tell(x, i, (ptrdiff_t)k, "/other_than", "name an event that an officer does",
                         "no officer does \"%.*s\" in this workflow",
                         STR_FMT(json_str(json_at(list, n))));
}

static void inspect_extras(struct inspect *x, size_t i, size_t k, const struct workflow_kind *kind)
{
    const struct json *row = json_at(inspect_rows(x, i), k), *paid = json_get(row, S("paid"));
    const struct json *message = json_get(row, S("message")), *art = json_get(row, S("document"));
    str name = json_str(message);
    bool own = str_starts(name, S("message.")) && name_valid(str_sub(name, 8, name.n), '-');

    inspect_names(x, i, k, "asks", '_', WORKFLOW_ASKS);
    if (json_get(row, S("asks")) && (kind->event || kind->by == TURN_NODE))
        inspect_tell(x, i, (ptrdiff_t)k, "/asks", "leave it out, or name a step of your own",
                     "only case.step and case.record ask for texts");
    inspect_others(x, i, k, kind);
    if (paid && (!json_is(paid, J_BOOL) || (paid->b && !kind->payable)))
        inspect_tell(x, i, (ptrdiff_t)k, "/paid", "put it on a step that is taken or approved",
                     "\"%.*s\" cannot wait for the fee", STR_FMT(json_get_str(row, S("event"))));
    if (message && !own && !workflow_house_message(name))
        inspect_tell(x, i, (ptrdiff_t)k, "/message",
                     "name it message.NAME and give its words, or take one of the house",
                     "the house has no message \"%.*s\"", STR_FMT(name));
    if (art && !(kind->event && str_eq(str_of(kind->event), S("approve")) &&
                 str_eq(json_get_str(row, S("event")), S("approve"))))
        inspect_tell(x, i, (ptrdiff_t)k, "/document", "put it on \"approve\"",
                     "only an approval issues a document");
    if (art && !json_str(art).n)
        inspect_tell(x, i, (ptrdiff_t)k, "/document", "name template.svg or documents/NAME.svg",
                     "a document is the name of a file of art");
}

static void inspect_row(struct inspect *x, size_t i, size_t k)
{
    const struct json *row = json_at(inspect_rows(x, i), k);
    str event = json_get_str(row, S("event")), action = json_get_str(row, S("action"));
    const struct workflow_kind *kind = action_known(action);

    if (!json_is(row, J_OBJECT)) {
        inspect_tell(x, i, (ptrdiff_t)k, "", "write an object in braces", "this is no event");
        return;
    }
    members(x, i, (ptrdiff_t)k, row, "event action to when message asks other_than paid document");
    if (inspect_find(x, json_get_str(row, S("to"))) == inspect_count(x))
        inspect_tell(x, i, (ptrdiff_t)k, "/to", "add the state, or correct its name",
                     "there is no state \"%.*s\"", STR_FMT(json_get_str(row, S("to"))));
    if (!kind) {
        inspect_tell(x, i, (ptrdiff_t)k, "/action",
                     "take one of the table in docs/service-package.md",
                     "no event can stand upon the action \"%.*s\"", STR_FMT(action));
        return;
    }
    if (!event_fits(kind, action, event))
        inspect_tell(x, i, (ptrdiff_t)k, "/event",
                     kind->event ? "name it as its action does"
                                 : "name it as no action does, as \"hand-over\"",
                     "\"%.*s\" cannot be an event upon %.*s", STR_FMT(event), STR_FMT(action));
    inspect_extras(x, i, k, kind);
}

/* The same event again is taken where the rules before it did not hold. */
static void inspect_repeated(struct inspect *x, size_t i, size_t k)
{
    const struct json *on = inspect_rows(x, i), *row = json_at(on, k);

    for (size_t m = 0; m < k; m++) {
        const struct json *before = json_at(on, m);
        if (!str_eq(json_get_str(before, S("event")), json_get_str(row, S("event"))))
            continue;
        if (!json_get(before, S("when")))
            inspect_tell(x, i, (ptrdiff_t)k, "/event", "give the earlier one a \"when\"",
                         "\"%.*s\" stands here twice, and the first is always taken",
                         STR_FMT(json_get_str(row, S("event"))));
        if (!str_eq(json_get_str(before, S("action")), json_get_str(row, S("action"))))
            inspect_tell(x, i, (ptrdiff_t)k, "/action", "let both stand upon the same action",
                         "\"%.*s\" stands upon two actions",
                         STR_FMT(json_get_str(row, S("event"))));
        return;
    }
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void inspect_members(struct inspect *x)
{
    char at[120];

    for (uint32_t m = 0; m < x->doc->n; m++) {
        str key = x->doc->members[m].key;
        snprintf(at, sizeof at, "/%.*s", (int)(key.n < 100 ? key.n : 100), key.p);
        if (!listed("start states", key))
            tell_at(x, at, "leave it out, or correct its name",
                    "a workflow has \"start\" and \"states\" and no other member");
    }
    if (!x->states || x->states->n < 2 || x->states->n > WORKFLOW_STATES)
        tell_at(x, "/states", "list the states in brackets", "a workflow has 2 to 60 states");
    else if (inspect_find(x, json_get_str(x->doc, S("start"))) == inspect_count(x))
        tell_at(x, "/start", "name the state in which a case begins",
                "\"start\" names no state of this workflow");
}

void workflow_inspect(const struct json *doc, workflow_tell *tell, void *context)
{
    const struct json *states = json_get(doc, S("states"));
    struct inspect x = {.doc = doc,
                        .states = json_is(states, J_ARRAY) ? states : NULL,
                        .tell = tell,
                        .context = context};

    if (!json_is(doc, J_OBJECT)) {
        tell_at(&x, "", "write an object in braces", "this is no workflow");
        return;
    }
    inspect_members(&x);
    if (x.told)
        return;
    for (size_t i = 0; i < inspect_count(&x); i++)
        inspect_state(&x, i);
    for (size_t i = 0; i < inspect_count(&x); i++)
        for (size_t k = 0; json_at(inspect_rows(&x, i), k); k++) {
            inspect_row(&x, i, k);
            inspect_repeated(&x, i, k);
        }
    if (!x.told)
        inspect_ways(&x);
}
