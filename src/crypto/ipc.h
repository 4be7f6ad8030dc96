/* ipc.h - requests to another process of the node over a socket pair
 *
 * Each message is one packet (SOCK_SEQPACKET) with a JSON object: requests carry "id" and "op",
 * replies the same "id" and either results or "err" (a slug of base/errors.h) and "detail". The
 * supervisor holds both ends, so a process that dies and comes back finds its socket, and whoever
 * waits for it is answered by the new one or by the deadline.
 */
#ifndef SIFARA_CRYPTO_IPC_H
#define SIFARA_CRYPTO_IPC_H

#include "base/json.h"

enum { IPC_MESSAGE_MAX = 160 << 10, IPC_DEADLINE_MS = 3000 };

/* A pair of connected sockets; false if the kernel refuses. */
bool ipc_pair(int out[2]);

struct ipc_client;
struct ipc_client *ipc_client_new(int fd); /* owns fd */
void ipc_client_free(struct ipc_client *);

/* One request: fields onto w between ipc_begin and ipc_call. The reply lives in the arena. away is
 * the code when nobody answers in time. */
struct ipc_call {
    struct buf text;
    struct jw w;
};
void ipc_begin(struct ipc_call *, const char *op);
NODISCARD enum err ipc_call(struct ipc_client *, struct ipc_call *, enum err away, struct arena *,
                            struct json **out, struct fault *);

/* Serves until the other end is gone. answer writes members onto w, or returns an error. */
typedef enum err ipc_answer_fn(void *ctx, str op, const struct json *request, struct arena *,
                               struct jw *w, struct fault *);
void ipc_serve(int fd, ipc_answer_fn *answer, void *ctx);

/* Bytes as base64 members. */
void ipc_bytes(struct jw *w, str key, str bytes);
/* Exactly n bytes; false otherwise. */
bool ipc_get(const struct json *, str key, void *out, size_t n);
/* Any number of bytes, in the arena; STR_NONE if absent or malformed. */
str ipc_get_str(const struct json *, str key, struct arena *);

#endif
