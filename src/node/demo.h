/* demo.h - the demo state: missions, officers, and a year of cases made through the gate itself
 *
 * A seeded generator plans each case (who, where, which service, what happens on which day) and
 * then lives the year day by day on a simulated clock: persons sign in, apply and answer, officers
 * take, ask, propose and confirm in the calendar of their mission. Every step is an act like any
 * other. What is planned for after today stays undone: that is the backlog.
 */
#ifndef SIFARA_NODE_DEMO_H
#define SIFARA_NODE_DEMO_H

#include "node/node_int.h"

struct demo_options {
    const char *from; /* folder with missions.json, cast.json, names.json, answers/, scan.png */
    unsigned cases;
    uint64_t seed;
};

/* Fills a node that was opened on the world of sim; officers' key files go to DATA/officers. */
NODISCARD enum err demo_fill(struct node *, struct world_sim *sim, const struct demo_options *,
                             struct fault *);

#endif
