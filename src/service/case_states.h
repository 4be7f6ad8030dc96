/* case_states.h - the life of a case, as a table
 *
 * A row says: in this state, this event leads to that state. Where there is no row the event is
 * refused.
 */
#ifndef SIFARA_SERVICE_CASE_STATES_H
#define SIFARA_SERVICE_CASE_STATES_H

#include "base/errors.h"

#define CASE_STATES(X)                                                                             \
    X(CASE_DRAFT, "draft")                                                                         \
    X(CASE_FILED, "filed")                                                                         \
    X(CASE_EXAMINED, "examined")                                                                   \
    X(CASE_CORRECTION, "correction")                                                               \
    X(CASE_PROPOSED, "proposed")                                                                   \
    X(CASE_ISSUING, "issuing")                                                                     \
    X(CASE_ISSUED, "issued")                                                                       \
    X(CASE_REFUSED, "refused")                                                                     \
    X(CASE_WITHDRAWN, "withdrawn")

#define CASE_EVENTS(X)                                                                             \
    X(CASE_EV_SUBMIT, "submit")                                                                    \
    X(CASE_EV_TAKE, "take")                                                                        \
    X(CASE_EV_RELEASE, "release")                                                                  \
    X(CASE_EV_ASK, "request-correction")                                                           \
    X(CASE_EV_ANSWER, "answer")                                                                    \
    X(CASE_EV_PROPOSE, "propose")                                                                  \
    X(CASE_EV_RETURN, "return")                                                                    \
    X(CASE_EV_APPROVE, "approve")                                                                  \
    X(CASE_EV_REFUSE, "refuse")                                                                    \
    X(CASE_EV_SEALED, "sealed")                                                                    \
    X(CASE_EV_SPOILT, "spoilt")                                                                    \
    X(CASE_EV_WITHDRAW, "withdraw")

#define X(code, name) code,
enum case_state { CASE_STATES(X) CASE_STATE_COUNT };
enum case_event { CASE_EVENTS(X) CASE_EVENT_COUNT };
#undef X

const char *case_state_name(enum case_state);
const char *case_event_name(enum case_event);
bool case_state_parse(str, enum case_state *out);
/* ERR_CONFLICT where the table has no row. */
NODISCARD enum err case_next(enum case_state, enum case_event, enum case_state *out,
                             struct fault *);

#endif
