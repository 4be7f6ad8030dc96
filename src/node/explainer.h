/* explainer.h - a thread that works out the reasons of refusals
 *
 * The writer only decides. Which permits came near and what a partner could undertake takes up to
 * thousands of decisions; they are made here, at a lower priority, and then the answer goes out.
 */
#ifndef SIFARA_NODE_EXPLAINER_H
#define SIFARA_NODE_EXPLAINER_H

#include <pthread.h>

#include "act/gate.h"

enum { EXPLAINER_QUEUE = 256 };

struct explainer {
    pthread_t thread;
    pthread_mutex_t lock; /* guards the queue and stopping */
    pthread_cond_t wake;
    struct act *head, **tail; /* linked by act.next */
    unsigned queued;
    bool stopping;
    void (*answer)(struct act *);
};

/* answer is called once for each act that was taken, on the thread. */
NODISCARD enum err explainer_start(struct explainer *, void (*answer)(struct act *),
                                   struct fault *);
/* False when too many wait already or it has stopped: the act stays the caller's. */
bool explainer_take(struct explainer *, struct act *);
/* Answers what waits, then ends the thread; from then on it takes nothing. */
void explainer_stop(struct explainer *);

#endif
