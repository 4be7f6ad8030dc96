/* action.h - a row in the table of actions: one thing that somebody can do through the node
 *
 * The name is the same word everywhere: in the policy (Action::"case.submit"), the API (operation
 * id), the journal and the documents. A field exports its rows; node/ hands them to the gate, to
 * http (routes, OpenAPI), to the policy's schema and to the command line.
 */
#ifndef SIFARA_ACT_ACTION_H
#define SIFARA_ACT_ACTION_H

#include "base/errors.h"

struct act;

enum action_kind {
    ACTION_ACT,       /* changes state: decided, applied, journaled */
    ACTION_CHORE,     /* a write that changes no right and no decision: neither decided nor
                         journaled; bound to its owner by its own statement */
    ACTION_READ,      /* own file or public things: decided, not journaled */
    ACTION_READ_FILE, /* somebody else's file: decided and journaled, bytes leave after commit */
    ACTION_OPEN       /* needs no session and no decision: sign-in, public facts */
};

enum actor_kind {
    ACTOR_NOBODY = 1,
    ACTOR_PERSON = 2,
    ACTOR_OFFICER = 4,
    ACTOR_SYSTEM = 8,
    ACTOR_PARTNER = 16, /* another state: through its channel, or by a route, where prepare() sets
                          the actor once a signature has proved it */
    ACTOR_GUEST = 32,   /* an official of a partner without a node, by a link to one letter */
    ACTOR_CLIENT = 64   /* a member of an X-Road instance, through its security server */
};

enum action_method { ACTION_GET, ACTION_POST, ACTION_PUT, ACTION_DELETE, ACTION_INTERNAL };

struct action {
    const char *name;
    enum action_kind kind;
    enum action_method method; /* ACTION_INTERNAL: no route, the system's own act */
    const char *path;          /* "/v1/cases/{id}" */
    unsigned who;              /* actor kinds whose request is heard at all */
    const char *resource;      /* Cedar entity type without namespace */
    const char *in;            /* schema of the body, NULL for none */
    const char *summary;       /* one sentence for the API description and the help */
    size_t max_body;           /* 0: 64 KiB where there is a schema */
    bool binary;               /* the body is bytes, not JSON */
    /* Phases, see gate.h. NULL where there is nothing to do. */
    enum err (*prepare)(struct act *, struct fault *); /* any thread, reader */
    enum err (*facts)(struct act *, struct fault *);   /* before the decision */
    enum err (*run)(struct act *, struct fault *);     /* writer thread */
    enum err (*read)(struct act *, struct fault *);    /* any thread, reader: makes the reply */
    void (*after)(struct act *);                       /* writer thread, once durable */
    enum err (*answer)(struct act *, struct fault *);  /* any thread, reader, once durable: what
                                                          is signed over what was written */
    bool partner; /* an act towards a partner: its context names the partner, what is promised, and
                     what is asked for and free (node/policy_schema.c) */
};

/* Is it heard without a session: open to all, or a partner's call, which what it sends proves to be
 * one? */
bool action_without_session(const struct action *);
/* The row of that name in a table of n; asserts that it is there. */
const struct action *action_named(const struct action *, size_t n, str name);

#endif
