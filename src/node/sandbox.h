/* sandbox.h - what the node and the keyring give up once they run
 *
 * No new privileges, no core dumps, limits on descriptors, a list of permitted system calls
 * (libseccomp), and by Landlock, where the kernel has it, only the files that are needed: the node
 * cannot read keys/. The worker has a stricter one of its own (paper/worker.h).
 */
#ifndef SIFARA_NODE_SANDBOX_H
#define SIFARA_NODE_SANDBOX_H

/* End the process if a limit cannot be set; Landlock alone may be missing, which is logged. */
void sandbox_keyring(const char *keys_folder);
void sandbox_node(const char *data_folder);

#endif
