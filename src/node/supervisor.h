/* supervisor.h - starts keyring, worker and node, and restarts what dies
 *
 * It holds both ends of the keyring's sockets, so that a restarted keyring answers what was asked
 * meanwhile. A new worker has a new socket, which reaches the node over a control socket.
 */
#ifndef SIFARA_NODE_SUPERVISOR_H
#define SIFARA_NODE_SUPERVISOR_H

#include "base/errors.h"

/* Runs the node over a data folder until SIGTERM or SIGINT; returns the exit status. */
int supervise(const char *data);

/* For tools that work on a data folder without serving it: starts keyring and worker as children
 * and gives the node's ends of their sockets (worker_fd may be NULL). */
struct helpers {
    int keyring_pid, worker_pid;
};
NODISCARD enum err helpers_start(const char *data, struct helpers *, int *keyring_fd,
                                 int *worker_fd, struct fault *);
/* Ends them; close the node's ends first. */
void helpers_stop(struct helpers *);

#endif
