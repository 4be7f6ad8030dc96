/* facts_int.h - how facts lie in memory, for facts.c and facts_read.c
 *
 * Every table is an array whose elements begin with their code, and a hash table of positions by
 * code. What a decision needs is worked out once, when facts are read: for each state and
 * organisation all organisations above it as a set of bits, and for each state the agreements to
 * which it is a party.
 */
#ifndef SIFARA_POLICY_FACTS_INT_H
#define SIFARA_POLICY_FACTS_INT_H

#include "policy/facts.h"

/* Positions of elements by code, plus one; open addressing, a power of two. */
struct fact_table {
    char *items;
    size_t n, stride;
    uint32_t *slots;
    size_t mask;
};

struct positions {
    uint32_t *at;
    size_t n;
};

struct standing {
    int32_t since;
    uint32_t row; /* in its file */
    str name;
};

/* A state or an organisation, as a member of organisations. */
struct member {
    struct positions up; /* organisations that it is directly in */
    uint64_t *above;     /* a bit for each organisation above, through others too */
};

struct state {
    struct fact_state s;
    struct member m;
    struct positions agreements;
    struct standing *standings; /* by since */
    size_t n_standings;
};

struct organisation {
    struct fact_organisation o;
    struct member m;
    uint8_t mark; /* of the search for cycles */
};

struct agreement {
    struct fact_agreement a;
    struct cedar_uid uid;
    struct positions states, organisations; /* its parties */
};

struct facts {
    struct arena *arena;
    struct fact_table states, organisations, agreements, aims, capabilities;
};

/* Position of the code, or -1. */
ptrdiff_t fact_find(const struct fact_table *, str code);
static inline struct state *state_at(const struct facts *f, size_t i)
{
    return (struct state *)(void *)f->states.items + i;
}
static inline struct organisation *organisation_at(const struct facts *f, size_t i)
{
    return (struct organisation *)(void *)f->organisations.items + i;
}
static inline struct agreement *agreement_at(const struct facts *f, size_t i)
{
    return (struct agreement *)(void *)f->agreements.items + i;
}
static inline bool is_above(const struct member *m, size_t organisation)
{
    return m->above[organisation / 64] >> organisation % 64 & 1;
}

/* ---- reading ------------------------------------------------------------------------------ */

enum file { STATES, ORGANISATIONS, AGREEMENTS, ACCREDITATIONS, AIMS, CAPABILITIES, FACT_FILES };

/* A row of accreditations.json. */
struct accreditation {
    str state, standing;
    int32_t since;
};

struct reader {
    struct facts *facts;
    struct arena *arena;
    struct fault *fault;
    const struct json *rows[FACT_FILES]; /* the list of each file; NULL: no such file */
    struct fact_table standings;
};

/* Where in which file something is wrong. */
struct spot {
    enum file file;
    size_t row;
    const char *field;
    ptrdiff_t item; /* -1: the field itself */
};

/* ERR_INVALID there, told with the file's name. */
enum err fact_bad(struct reader *, struct spot, const char *fmt, ...) PRINTF(3, 4);
/* Of what others wrote, as much as fits a message. */
#define SHOWN(s) (int)((s).n < 40 ? (s).n : 40), (s).p

/* facts_link.c */
NODISCARD enum err facts_link(struct reader *);

#endif
