/* workflow.h - the life of a case: its states, whose move it is in each, and what leads where
 *
 * workflow.json of a package, or the common life (common/workflow.json, compiled into the program)
 * where a package has none. docs/service-package.md is the specification. An event stands upon an
 * action of the policy, out of the table below, and means what that action does; a package may
 * name steps of its own upon case.step, case.record and case.lapse. Pure and immutable.
 */
#ifndef SIFARA_PACKAGE_WORKFLOW_H
#define SIFARA_PACKAGE_WORKFLOW_H

#include "package/package.h"
#include "rules/rules.h"

enum {
    WORKFLOW_STATES = 60,
    WORKFLOW_ROWS = 40, /* of a state */
    WORKFLOW_ASKS = 12,
    WORKFLOW_OTHERS = 8,
    WORKFLOW_TERM_MAX = 3660, /* days of a timer */
    WORKFLOW_NAME = 40        /* bytes of a state, an event, a field */
};

/* Whose move it is. The clock of the promise stands still on the person's, and at an end. */
enum workflow_turn { TURN_END, TURN_PERSON, TURN_OFFICER, TURN_NODE };
const char *workflow_turn_name(enum workflow_turn); /* "person" …, NULL of an end */

/* What an event may stand upon. */
struct workflow_kind {
    const char *action; /* word of the policy */
    const char *event;  /* the name it has, or NULL: the package names it */
    enum workflow_turn by;
    bool payable; /* may wait for the fee */
};
extern const struct workflow_kind workflow_kinds[];
extern const size_t workflow_kinds_n;

struct workflow_state;

/* In the state, on this event, if the rule holds. */
struct workflow_row {
    str event;
    const struct workflow_kind *kind;
    const struct workflow_state *to;
    struct rules *when; /* NULL: always */
    str message;        /* "case-received" of the house, "message.NAME" of the package, or none */
    str document;       /* art that an approval issues; STR_NONE */
    bool paid;          /* waits until nothing is owed */
    size_t n_asks, n_others;
    str asks[WORKFLOW_ASKS];         /* texts that come with the step */
    str other_than[WORKFLOW_OTHERS]; /* events: another officer than whoever did these */
};

struct workflow_state {
    str id;
    enum workflow_turn turn;
    bool settled; /* nothing is awaited, though the person may still do something */
    int term;     /* 0: no timer */
    bool working; /* the term counts working days */
    str then;     /* the event when it has passed */
    size_t n;
    struct workflow_row *row; /* an end has none */
};

struct workflow {
    const struct json *doc;
    bool common; /* not the package's own */
    const struct workflow_state *start;
    size_t n;
    struct workflow_state *state;
};

/* Tells of each thing that is wrong: a pointer into the document, and what to do about it. */
typedef void workflow_tell(void *context, const char *pointer, const char *remedy,
                           const char *what);
/* All that can be said without the rest of the package: members, names, where events lead, four
 * eyes, states that are not reached, and traps. */
void workflow_inspect(const struct json *doc, workflow_tell *, void *context);

/* Compiles a document, which must outlive it as the arena must; NULL takes the common life.
 * ERR_INVALID with the first thing that is wrong, ERR_SYNTAX of a rule, ERR_LIMIT. */
NODISCARD enum err workflow_load(struct arena *, const struct json *doc, struct workflow **out,
                                 struct fault *);
/* Frees its rules; NULL is harmless. */
void workflow_free(struct workflow *);

/* NULL if there is none of the name. */
const struct workflow_state *workflow_state(const struct workflow *, str id);
/* Does any row of the state stand upon the event, or read the data for it? */
bool workflow_takes(const struct workflow_state *, str event);
bool workflow_conditional(const struct workflow_state *, str event);
/* The first row of the event whose rule holds for the data (package_data); one that throws does
 * not. data may be NULL where no rule is asked. ERR_CONFLICT where there is none; ERR_LIMIT,
 * ERR_MEMORY_LIMIT of a rule. */
NODISCARD enum err workflow_next(const struct workflow_state *, str event, const struct json *data,
                                 struct arena *, const struct workflow_row **out, struct fault *);

/* Is it a message that the house has words for in every language? */
bool workflow_house_message(str name);
/* Has the common life a state, or an event, of this name? The house has words for it then. */
bool workflow_common_state(str id);
bool workflow_common_event(str event);

/* The diagram (Mermaid) and the table of all events, as Markdown. */
void workflow_diagram(const struct workflow *, struct buf *);

/* common/workflow.json */
extern const struct package_file workflow_common[];
extern const size_t workflow_common_n;

#endif
