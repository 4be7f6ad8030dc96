/* telling.h - what policies mean, told in words or JSON: for policy who, what, lapse and diff, and
 * for a draft in a running node (comparing.c)
 */
#ifndef SIFARA_NODE_TELLING_H
#define SIFARA_NODE_TELLING_H

#include "mail/mail.h"
#include "policy/compare.h"

struct cli;

struct telling {
    struct cli *c; /* the command at work; NULL in a node */
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
/* Members "action", its name, and "does", what that is in words, into the object open in w. */
void telling_action(struct jw *, const struct catalogue *, str language, str action);
/* In which cases a row holds: "the level is GREEN or AMBER, and …". */
void telling_terms(struct telling *, struct buf *, const struct compare_row *);
/* "gains", "loses", "harder", "easier" or "other". */
const char *telling_change(const struct compare_row *);
/* cli_compare_journal.c: which decisions since that day the new set would make otherwise, on the
 * data folder of the command line. out_changes: how many kinds of them. */
NODISCARD enum err telling_journal(struct telling *, str since, size_t *out_changes,
                                   struct fault *);

#endif
