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
/* A line of words: {name} is replaced by the value. */
struct telling_slot {
    const char *name;
    str value;
};
void telling_say(struct telling *, const char *key, const struct telling_slot *, size_t n);
/* "Arcadia (XA)" in the reader's language. */
void telling_state(struct telling *, struct buf *, str code);
/* cli_compare_journal.c: which decisions since that day the new set would make otherwise, on the
 * data folder of the command line. out_changes: how many kinds of them. */
NODISCARD enum err telling_journal(struct telling *, str since, size_t *out_changes,
                                   struct fault *);

#endif
