/* compare.h - who may do what, and what changes: a policy asked about everything there is
 *
 * All that the schema foresees is enumerated: each action, on each value of each attribute that
 * some policy looks at, towards each state (an act towards a partner) or by each role. Values that
 * nothing distinguishes are asked once: states with the same standing, organisations and agreements
 * in the eyes of the policies, attributes that no policy reads whose scope fits the action. What is
 * told is put together again, so that a row stands for all cases that it names.
 *
 *   Bool     both               Long    what policies compare it with, and one less and more; 0, 1
 *   String   what policies compare it with, and any other          enumeration  all
 *   State    home, the partner, a third, and those that policies compare it with
 *   Mission  the officer's own, another      Officer, Person  the asker, another
 *   Set      empty; of organisations also the partner's own; of strings also all that are tested
 *
 * An officer who acts towards a partner has every role, unless one is given. A refusal that
 * promises would turn into a permit says the smallest choice of them (cedar_why_not); it is looked
 * for only where all promises that the policies test for, together, give a permit.
 *
 * Pure: no clock, no files.
 */
#ifndef SIFARA_POLICY_COMPARE_H
#define SIFARA_POLICY_COMPARE_H

#include "policy/policy.h"

struct compare_view {
    const struct policy *policy; /* NULL: no such view */
    int32_t day;
};

struct compare_ask {
    struct compare_view was, is; /* was: to compare with */
    const struct cedar_schema *schema;
    /* All that follow may be STR_NONE or NULL: no restriction. */
    str home;                 /* code of our own state, which is nobody's partner */
    str action;               /* "intelligence.give" */
    str state;                /* that partner alone; and only acts towards partners */
    str role;                 /* the officer's one role */
    str resource;             /* entity type */
    str resource_id;          /* and its id, if policies may know it */
    const struct json *fixed; /* attributes of the resource that are given */
    /* Only the usual circumstances: an aim is named, nobody has an interest in the matter, there is
     * enough of what is asked for, neither side gave more than the other. */
    bool usual;
};

enum compare_kind { COMPARE_NO, COMPARE_YES, COMPARE_WITH };

struct compare_verdict {
    enum compare_kind kind;
    size_t n_undertakings, n_by;
    const str *undertakings; /* of COMPARE_WITH */
    const str *by;           /* the policies that say so; none where no policy permits it */
};

enum choice_kind {
    CHOICE_TEXT, /* .text is the value */
    CHOICE_NUMBER,
    CHOICE_YES,
    CHOICE_NO,
    CHOICE_ABSENT,
    CHOICE_OTHER,   /* any other text */
    CHOICE_SELF,    /* the asker */
    CHOICE_ANOTHER, /* another than the asker */
    CHOICE_OWN,     /* mission */
    CHOICE_ELSE,    /* another mission */
    CHOICE_HOME,
    CHOICE_PARTNER,
    CHOICE_THIRD,
    CHOICE_EMPTY,
    CHOICE_ITS, /* the partner's organisations */
    CHOICE_ALL,
    CHOICE_GIVEN, /* as asked; .text is its JSON */
    CHOICE_KINDS
};

struct compare_choice {
    enum choice_kind kind;
    str text;
    int64_t number;
    const struct json *given;
};

enum compare_of { OF_PRINCIPAL, OF_PARTNER, OF_RESOURCE, OF_RESOURCE_ID, OF_CONTEXT };

/* The attribute has one of these values. */
struct compare_term {
    enum compare_of of;
    str name;
    size_t n;
    const struct compare_choice *const *choices;
};

/* In all cases in which all terms hold, towards each of these states, it is so. */
struct compare_row {
    str action, principal; /* principal: entity type without namespace */
    bool partner;          /* towards a partner; then states are named */
    size_t n_states, n_terms;
    const str *states;
    const struct compare_term *terms;
    const struct compare_verdict *was, *is; /* was NULL without that view */
};

struct compare_answer {
    size_t n_rows;
    const struct compare_row *rows; /* with a view to compare with, only those that differ */
    size_t n_cases;                 /* decided, states counted one by one */
    size_t n_decisions;             /* what that took */
};

/* All from the arena, the views and the schema. ERR_NOT_FOUND for an unknown action, state or type
 * of resource; ERR_INVALID for an attribute that the type does not have, or a value of another
 * type; ERR_LIMIT when there are too many cases: fix some attributes; ERR_MEMORY_LIMIT. */
NODISCARD enum err compare_run(const struct compare_ask *, struct arena *,
                               struct compare_answer *out, struct fault *);

#endif
