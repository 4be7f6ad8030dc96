#include "service/case_states.h"

static const char *const state_names[] = {
#define X(code, name) name,
    CASE_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(code, name) name,
    CASE_EVENTS(X)
#undef X
};

static const struct {
    enum case_state from;
    enum case_event event;
    enum case_state to;
} rows[] = {
    {CASE_DRAFT, CASE_EV_SUBMIT, CASE_FILED},
    {CASE_DRAFT, CASE_EV_WITHDRAW, CASE_WITHDRAWN},
    {CASE_FILED, CASE_EV_TAKE, CASE_EXAMINED},
    {CASE_FILED, CASE_EV_WITHDRAW, CASE_WITHDRAWN},
    {CASE_EXAMINED, CASE_EV_RELEASE, CASE_FILED},
    {CASE_EXAMINED, CASE_EV_ASK, CASE_CORRECTION},
    {CASE_EXAMINED, CASE_EV_PROPOSE, CASE_PROPOSED},
    {CASE_EXAMINED, CASE_EV_WITHDRAW, CASE_WITHDRAWN},
    {CASE_CORRECTION, CASE_EV_ANSWER, CASE_EXAMINED},
    {CASE_CORRECTION, CASE_EV_WITHDRAW, CASE_WITHDRAWN},
    {CASE_PROPOSED, CASE_EV_RETURN, CASE_EXAMINED},
    {CASE_PROPOSED, CASE_EV_APPROVE, CASE_ISSUING},
    {CASE_PROPOSED, CASE_EV_REFUSE, CASE_REFUSED},
    {CASE_ISSUING, CASE_EV_SEALED, CASE_ISSUED},
    {CASE_ISSUING, CASE_EV_SPOILT, CASE_EXAMINED},
};

const char *case_state_name(enum case_state s)
{
    return state_names[s];
}

const char *case_event_name(enum case_event e)
{
    return event_names[e];
}

bool case_state_parse(str s, enum case_state *out)
{
    for (size_t i = 0; i < CASE_STATE_COUNT; i++)
        if (str_eq(s, str_of(state_names[i]))) {
            *out = (enum case_state)i;
            return true;
        }
    return false;
}

enum err case_next(enum case_state from, enum case_event event, enum case_state *out,
                   struct fault *f)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].from == from && rows[i].event == event) {
            *out = rows[i].to;
            return OK;
        }
    return fault(f, ERR_CONFLICT, "a case that is \"%s\" takes no \"%s\"", state_names[from],
                 event_names[event]);
}
