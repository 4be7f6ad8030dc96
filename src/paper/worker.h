/* worker.h - the process that touches what strangers sent: rendering, sniffing, reading pictures
 *
 * The supervisor makes a socket pair (AF_UNIX, SOCK_STREAM), forks, and calls worker_main() in
 * the child with one end; the node keeps the other in a struct worker. The child loads fonts and
 * tables, then gives up: no new privileges, limits on memory and files, a list of permitted
 * system calls (no sockets, processes or programs), and by Landlock no file but fonts and their
 * like, read only; where the kernel has no Landlock, no file at all can be opened.
 *
 * On the socket, integers big-endian:
 *   request  length of what follows (4), id (4), operation (1), payload
 *   reply    length of what follows (4), id (4), error (2), result or {"pointer","detail"}
 * A payload to render is the length of a JSON object (4), that object, the template, the seal.
 *
 * A struct worker is safe from any thread; calls take turns. A deadline that passes gives
 * ERR_WORKER; the reply that comes later is dropped by its id. After a broken connection all
 * calls give ERR_WORKER until the supervisor attaches the socket of a new process.
 */
#ifndef SIFARA_PAPER_WORKER_H
#define SIFARA_PAPER_WORKER_H

#include "base/buf.h"
#include "base/errors.h"
#include "paper/render.h"

#define WORKER_SNIFF_MAX  (size_t)65536      /* more bytes than these are not looked at */
#define WORKER_FILE_MAX   (size_t)(32 << 20) /* a picture or PDF to read */
#define WORKER_PIXELS_MAX 100000000          /* of a picture that is sniffed */
#define WORKER_MIME_ROOM  128
#define WORKER_SECONDS    90 /* after which a worker ends itself */

/* Serves until the other end closes; returns an exit status for _exit(). Never called in a process
 * with more than one thread. */
int worker_main(int fd);

/* The same loop with other operations, for a process that its caller has shut in; each has so many
 * seconds. Ends when the other end closes. */
typedef enum err worker_serve_fn(void *ctx, unsigned op, str payload, struct buf *out,
                                 struct fault *);
void worker_loop(int fd, unsigned seconds, worker_serve_fn *, void *ctx);
/* Gives up what a worker must not do; what it needs is loaded before. Irrevocable, for the whole
 * process. */
NODISCARD enum err worker_sandbox(struct fault *);

struct worker;

/* Takes the socket over; NULL without memory. */
NODISCARD struct worker *worker_open(int fd);
void worker_close(struct worker *);
/* Replaces a dead process's socket by a new one's. */
void worker_attach(struct worker *, int fd);
/* False once the connection broke or a deadline passed: time for a new process. */
bool worker_healthy(struct worker *);

/* As render_pdf(). Errors: also ERR_WORKER. */
NODISCARD enum err worker_render(struct worker *, const struct render_in *, int64_t deadline_ms,
                                 struct buf *out, struct fault *);
/* The MIME type that libmagic sees in the first bytes of a file, NUL at the end. ERR_LIMIT for a
 * picture that says it has more than WORKER_PIXELS_MAX (picture.h). */
NODISCARD enum err worker_sniff(struct worker *, str first_bytes, int64_t deadline_ms,
                                char out[WORKER_MIME_ROOM], struct fault *);
/* Any operation of a worker_loop(): the parts, one after the other, are its payload. */
NODISCARD enum err worker_ask(struct worker *, unsigned op, const str *parts, size_t n,
                              int64_t deadline_ms, struct buf *out, struct fault *);
/* As seal_read_bytes(). */
NODISCARD enum err worker_read_seal(struct worker *, str file, int64_t deadline_ms, struct buf *out,
                                    struct fault *);

#endif
