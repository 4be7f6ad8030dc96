#include "package/workflow.h"

#include <stdio.h>

const struct workflow_kind workflow_kinds[] = {
    {"case.submit", "submit", TURN_PERSON, false},
    {"case.answer", "answer", TURN_PERSON, false},
    {"case.withdraw", "withdraw", TURN_PERSON, false},
    {"case.step", NULL, TURN_PERSON, true},
    {"case.take", "take", TURN_OFFICER, true},
    {"case.release", "release", TURN_OFFICER, false},
    {"case.request-correction", "request-correction", TURN_OFFICER, false},
    {"case.propose", "propose", TURN_OFFICER, true},
    {"case.return", "return", TURN_OFFICER, false},
    {"case.confirm", "approve", TURN_OFFICER, true},
    {"case.confirm", "refuse", TURN_OFFICER, false},
    {"case.record", NULL, TURN_OFFICER, true},
    {"document.sealed", "sealed", TURN_NODE, false},
    {"document.spoilt", "spoilt", TURN_NODE, false},
    {"case.lapse", NULL, TURN_NODE, false},
};
const size_t workflow_kinds_n = ARRAY_LEN(workflow_kinds);

static const char *const turn_names[] = {NULL, "person", "officer", "node"};

static const char *const house_messages[] = {"case-received", "case-refused", "correction-asked",
                                             "document-ready"};

const char *workflow_turn_name(enum workflow_turn turn)
{
    return turn_names[turn];
}

bool workflow_house_message(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(house_messages); i++)
        if (str_eq(name, str_of(house_messages[i])))
            return true;
    return false;
}

bool workflow_common_state(str id)
{
    static const char *const ids[] = {"draft",   "filed",  "examined", "correction", "proposed",
                                      "issuing", "issued", "refused",  "withdrawn"};

    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        if (str_eq(id, str_of(ids[i])))
            return true;
    return false;
}

bool workflow_common_event(str event)
{
    for (size_t i = 0; i < workflow_kinds_n; i++)
        if (workflow_kinds[i].event && str_eq(event, str_of(workflow_kinds[i].event)))
            return true;
    return false;
}

/* ---- loading ------------------------------------------------------------------------------ */

/* The first thing that is wrong becomes the fault. */
struct first {
    struct fault *fault;
    bool told;
};

static void tell_first(void *context, const char *pointer, const char *remedy, const char *what)
{
    struct first *first = context;

    (void)remedy;
    if (!first->told)
        (void)fault_at(first->fault, ERR_INVALID, pointer, "%s", what);
    first->told = true;
}

static const struct workflow_kind *kind_of(const struct json *row)
{
    str action = json_get_str(row, S("action")), event = json_get_str(row, S("event"));

    for (size_t i = 0; i < workflow_kinds_n; i++) {
        const struct workflow_kind *k = &workflow_kinds[i];
        if (str_eq(action, str_of(k->action)) && (!k->event || str_eq(event, str_of(k->event))))
            return k;
    }
    return NULL;
}

static size_t load_names(const struct json *list, str *out)
{
    size_t n = 0;

    for (; json_at(list, n); n++)
        out[n] = json_str(json_at(list, n));
    return n;
}

static enum err load_row(const struct workflow *w, const struct json *doc, struct workflow_row *r,
                         struct fault *f)
{
    const struct json *when = json_get(doc, S("when"));

    r->event = json_get_str(doc, S("event"));
    r->kind = kind_of(doc);
    r->to = workflow_state(w, json_get_str(doc, S("to")));
    r->message = json_get_str(doc, S("message"));
    r->document = json_get_str(doc, S("document"));
    r->paid = json_get_bool(doc, S("paid"), false);
    r->n_asks = load_names(json_get(doc, S("asks")), r->asks);
    r->n_others = load_names(json_get(doc, S("other_than")), r->other_than);
    return when ? rules_compile(when, &r->when, f) : OK;
}

static void load_term(const struct json *within, struct workflow_state *s)
{
    s->working = json_get(within, S("working_days")) != NULL;
    s->term = (int)json_get_int(within, s->working ? S("working_days") : S("days"), 0);
    s->then = json_get_str(within, S("then"));
}

static enum err load_state(struct arena *a, const struct workflow *w, const struct json *doc,
                           size_t i, struct workflow_state *s, struct fault *f)
{
    const struct json *on = json_get(doc, S("on"));
    struct fault inner = {0};

    for (size_t t = TURN_PERSON; t < ARRAY_LEN(turn_names); t++)
        if (str_eq(json_get_str(doc, S("turn")), str_of(turn_names[t])))
            s->turn = (enum workflow_turn)t;
    s->settled = json_get_bool(doc, S("settled"), false);
    load_term(json_get(doc, S("within")), s);
    s->row = arena_zalloc(a, on ? on->n : 1, sizeof *s->row);
    TRY_PTR(s->row, f);
    while (json_at(on, s->n)) {
        struct workflow_row *r = &s->row[s->n++];
        enum err e = load_row(w, json_at(on, s->n - 1), r, &inner);
        char at[sizeof inner.pointer + 64];
        snprintf(at, sizeof at, "/states/%zu/on/%zu/when%s", i, s->n - 1, inner.pointer);
        if (e != OK)
            return fault_at(f, e, at, "%s", inner.detail);
    }
    return OK;
}

static enum err load(struct arena *a, struct workflow *w, struct fault *f)
{
    const struct json *states = json_get(w->doc, S("states"));

    w->state = arena_zalloc(a, states->n, sizeof *w->state);
    TRY_PTR(w->state, f);
    for (; w->n < states->n; w->n++)
        w->state[w->n].id = json_get_str(json_at(states, w->n), S("id"));
    for (size_t i = 0; i < w->n; i++)
        TRY(load_state(a, w, json_at(states, i), i, &w->state[i], f));
    w->start = workflow_state(w, json_get_str(w->doc, S("start")));
    return OK;
}

enum err workflow_load(struct arena *a, const struct json *doc, struct workflow **out,
                       struct fault *f)
{
    struct workflow *w = *out = arena_new_of(a, struct workflow);
    struct first first = {.fault = f};
    struct json *common;

    TRY_PTR(w, f);
    w->doc = doc;
    if (!doc) {
        TRY(json_parse(a, workflow_common[0].bytes, NULL, &common, f));
        w->doc = common;
        w->common = true;
    }
    workflow_inspect(w->doc, tell_first, &first);
    return first.told ? ERR_INVALID : load(a, w, f);
}

void workflow_free(struct workflow *w)
{
    for (size_t i = 0; w && i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++)
            rules_free(w->state[i].row[k].when);
}

/* ---- asking ------------------------------------------------------------------------------- */

const struct workflow_state *workflow_state(const struct workflow *w, str id)
{
    for (size_t i = 0; i < w->n; i++)
        if (str_eq(w->state[i].id, id))
            return &w->state[i];
    return NULL;
}

bool workflow_takes(const struct workflow_state *s, str event)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->row[i].event, event))
            return true;
    return false;
}

bool workflow_conditional(const struct workflow_state *s, str event)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->row[i].event, event) && s->row[i].when)
            return true;
    return false;
}

enum err workflow_next(const struct workflow_state *s, str event, const struct json *data,
                       struct arena *a, const struct workflow_row **out, struct fault *f)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct workflow_row *r = &s->row[i];
        struct json value = {.type = J_NULL};
        if (!str_eq(r->event, event))
            continue;
        enum err e = r->when ? rules_eval(r->when, data, a, NULL, &value, f) : OK;
        if (e != OK && e != ERR_INVALID)
            return e;
        if (!r->when || (e == OK && rules_truthy(&value))) {
            *out = r;
            return OK;
        }
    }
    return fault(f, ERR_CONFLICT, "a case that is \"%.*s\" takes no \"%.*s\"", STR_FMT(s->id),
                 STR_FMT(event));
}
