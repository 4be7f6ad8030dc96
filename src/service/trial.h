/* trial.h - a package on trial: checked and replayed in a process that is shut in
 *
 * What another state made is understood for the first time where it can do no harm: a process with
 * neither network nor files, with limits on time and memory (paper/worker.h). It is told the files
 * of a service and says what is wrong with them and what came of each golden case.
 */
#ifndef SIFARA_SERVICE_TRIAL_H
#define SIFARA_SERVICE_TRIAL_H

#include "package/check.h"
#include "paper/worker.h"

/* The process: serves until the other end of the socket closes; a status for _exit(). */
int trial_main(int fd);

/* What is found, in the arena:
 *   problems  [{"file","pointer","line","what","remedy"}] that forbid its use; failing golden cases
 *             are not among them
 *   cases     [{"name","passed"}], of those that fail with "expected" and "got"
 * With cases false only problems are looked for. ERR_WORKER when the process is away or late. */
struct trial {
    const struct json *problems, *cases;
    size_t failed;
};
NODISCARD enum err trial_run(struct worker *, const struct package_files *, bool cases,
                             struct arena *, struct trial *out, struct fault *);
/* ERR_INVALID with the problems as items, or OK if there are none. */
NODISCARD enum err trial_verdict(const struct trial *, struct arena *, struct fault *);

#endif
