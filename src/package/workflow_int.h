/* workflow_int.h - what the files of workflow_inspect*.c share */
#ifndef SIFARA_PACKAGE_WORKFLOW_INT_H
#define SIFARA_PACKAGE_WORKFLOW_INT_H

#include "package/workflow.h"

struct inspect {
    const struct json *doc, *states; /* states: an array, or NULL */
    workflow_tell *tell;
    void *context;
    unsigned told;
};

/* One thing that is wrong with the row on[k] of the state i, or with the state (k < 0). */
void inspect_tell(struct inspect *, size_t i, ptrdiff_t k, const char *member, const char *remedy,
                  const char *fmt, ...) PRINTF(6, 7);
/* The rows of a state; NULL of an end. */
const struct json *inspect_rows(const struct inspect *, size_t i);
size_t inspect_count(const struct inspect *);
/* Index of the state, or the count of states. */
size_t inspect_find(const struct inspect *, str id);
bool inspect_takes(const struct inspect *, size_t i, const char *event);
bool inspect_end(const struct inspect *, size_t i);
bool inspect_turn(const struct inspect *, size_t i, const char *turn);

/* Where events lead: two officers, documents, corrections; then what is reached, and traps. Only
 * of a document whose members and names are in order. */
void inspect_ways(struct inspect *);

#endif
