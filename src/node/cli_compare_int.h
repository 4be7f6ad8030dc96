/* cli_compare_int.h - what the two rooms of policy who, what, lapse and diff share */
#ifndef SIFARA_NODE_CLI_COMPARE_INT_H
#define SIFARA_NODE_CLI_COMPARE_INT_H

#include "mail/mail.h"
#include "node/cli_policy_int.h"
#include "policy/compare.h"

/* A command at work. */
struct telling {
    struct cli *c;
    struct catalogue *words;
    str language;
    struct cedar_schema *schema;
    struct policy *old, *new; /* new alone: who, what; both the same: lapse */
    struct compare_ask ask;
    struct compare_answer answer;
    struct arena *arena;
    struct buf out;
};

/* The answer onto t->out: as text, or a line of JSON for each row. */
void telling_text(struct telling *);
void telling_json(struct telling *);
/* Which agreements begin and end between the days of the two views. */
void telling_agreements(struct telling *);

#endif
