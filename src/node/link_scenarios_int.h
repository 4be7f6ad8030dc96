/* link_scenarios_int.h - what the scenarios of channels share: two nodes, a fake network, a crowd
 * (link_test.c) */
#ifndef SIFARA_NODE_LINK_SCENARIOS_INT_H
#define SIFARA_NODE_LINK_SCENARIOS_INT_H

#include <sys/types.h>

#include "base/date.h"
#include "base/testing.h"
#include "crypto/ipc.h"
#include "http/problem.h"
#include "link/link.h"
#include "link/wire.h"
#include "node/demo_int.h"
#include "node/keyring.h"
#include "node/node_int.h"
#include "registry/accreditation.h"

enum {
    HOUR_MS = 3600 * 1000,
    CROWD = 200,
    DEAD = 20,       /* of the crowd */
    CALL_MS = 120000 /* after which a call that nobody answers has failed */
};

struct side {
    const char *code, *other;
    char data[128], url[64], token[TOKEN_MAX];
    int ends[2];
    pid_t keyring;
    struct world_sim sim;
    struct node *node;
    struct ed25519_secret root;
    uint64_t told; /* notes that were acknowledged to an officer */
};
extern struct side sides[2];

/* The first column of all rows that a query of one partner finds, one behind the other. */
void rows(struct side *, const char *sql, const char *partner, struct buf *out);

/* ---- link_scenarios_net.c: the network ----------------------------------------------------- */

struct network {
    bool cut, storm;
    struct demo chance;
    unsigned calls, mangled, forged;
};
extern struct network net;

enum err net_start(void *ctx, struct http_call *, struct fault *);
void net_cancel(void *ctx, struct http_call *);
/* All that is under way arrives, in any order; false when nothing can. */
bool net_deliver(void);
void net_forget(void);

/* ---- letters of credence (link_test.c) ------------------------------------------------------ */

struct letter {
    str credence, keyset;
    struct hash root;
};
void make_letter(struct arena *, const char *code, const char *url, struct keyset,
                 const struct ed25519_secret *root, struct letter *out);
void accredit(struct side *at, const char *code, uint64_t serial, const struct letter *);

/* ---- link_scenarios_crowd.c: 200 partners of Utopia, of which 20 are dead ------------------- */

struct crowd {
    char code[3], url[40], name[40];
    struct ed25519_secret mirror;
    struct buf head; /* the one that it was told */
    unsigned asked;
    int64_t receipted_ms; /* when it gave its first receipt */
};
extern struct crowd crowd[CROWD];

bool is_dead(const struct crowd *);
/* A dead one that takes the call and never answers. */
bool is_hanging(const char *url);
void crowd_answers(const char *url, struct http_call *);
void crowd_comes(struct arena *, int32_t day);
void crowd_goes(void);

#endif
