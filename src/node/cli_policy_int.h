/* cli_policy_int.h - what the rooms of the policy commands share */
#ifndef SIFARA_NODE_CLI_POLICY_INT_H
#define SIFARA_NODE_CLI_POLICY_INT_H

#include "cedar/cedar.h"
#include "node/cli.h"

enum { POLICY_SOURCES = 64 };

/* The policy at a path: a file, or a folder's *.cedar and its facts in the order of their names.
 * out has room for POLICY_SOURCES. All strings in the arena. */
NODISCARD enum err policy_sources(struct arena *, const char *path, struct cedar_source *out,
                                  size_t *out_n, struct fault *);
/* Its texts as one set. */
NODISCARD enum err policy_load(struct arena *, const char *path, struct cedar_set **out,
                               struct fault *);
/* A schema in Cedar's syntax, or in JSON when its first character is a brace. */
NODISCARD enum err schema_load(struct arena *, const char *path, struct cedar_schema **out,
                               struct fault *);
NODISCARD enum err json_load(struct arena *, const char *path, struct json **out, struct fault *);
/* A decision of the journal, and the sealed record upon which it can be made again. */
struct journaled {
    uint64_t epoch, index;
    const struct json *entry, *record;
};
/* The arena is of this one decision. An error counts it as closed. */
typedef enum err (*journaled_fn)(void *ctx, const struct journaled *, struct arena *,
                                 struct fault *);
/* Goes through the decisions of a data folder whose node is stopped, from that day on
 * ("2026-01-01"; STR_NONE: all). out_closed: those whose records do not open, as of an erased
 * person. */
NODISCARD enum err journal_decisions(struct cli *, str since, journaled_fn, void *ctx,
                                     unsigned long *out_closed, struct fault *);

/* Prints a fault of a file on standard error; returns CLI_FAILED. */
int policy_fault(const char *path, const struct fault *);
/* False, with a word on standard error, unless all the options are given. */
bool policy_wants(struct cli *, const char *const *names, size_t n);

#endif
