/* server_int.h - what server.c, exchange.c and reply.c share
 *
 * Threads: the library's pool runs everything about a connection on the one thread that owns it;
 * the sweeper looks at all connections several times a second; any thread may send the reply of
 * a parked request.
 *
 * Locks, none held while another is taken except as stated:
 *   conns_lock   list of connections; the sweeper also shuts sockets down under it
 *   parked_lock  list of parked requests; the sweeper resumes connections under it (the library's
 *                own mutex is then taken inside)
 *   workers_lock list of per-thread pools, taken once per thread
 *
 * A parked exchange has two owners: the connection and whoever will send the reply. Its state
 * decides by compare-and-set who answers, the sender (READY) or the sweeper (EXPIRED).
 */
#ifndef SIFARA_HTTP_SERVER_INT_H
#define SIFARA_HTTP_SERVER_INT_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/guard_int.h"
#include "http/http.h"
#include "http/metrics.h"
#include "http/peer_int.h"
#include "http/route_int.h"

enum { STATUS_CLASSES = 5, BODY_KEEP = 16 * 1024, POOL_KEEP = 64 };

/* Where a connection is, for the sweeper; `since` says from when. */
enum phase { PHASE_WAIT, PHASE_HEAD, PHASE_BODY, PHASE_HANDLE, PHASE_SEND };

struct conn {
    struct conn *next, **prev;
    int fd;
    _Atomic int phase;
    _Atomic int64_t since;
    bool trusted; /* peer is a proxy whose X-Forwarded-* counts */
    bool cut;     /* the sweeper has shut it down; under conns_lock */
    char address[PEER_TEXT];
};

enum stage {
    STAGE_HEAD,   /* nothing seen yet but the request line */
    STAGE_BODY,   /* head accepted */
    STAGE_ANSWER, /* the reply is known, and waits for the end of the request */
    STAGE_PARKED,
    STAGE_SENT
};

enum park_state { PARK_NONE, PARK_WAITING, PARK_READY, PARK_EXPIRED };

struct exchange {
    struct http_request pub; /* first: the two pointers are converted */
    struct exchange *next;   /* pool */
    struct exchange *park_next, **park_prev;
    int64_t park_deadline;
    _Atomic int park_state;
    _Atomic int owners;
    struct http_server *server;
    struct conn *conn;
    struct MHD_Connection *mhd;
    const struct route *route;
    enum stage stage;
    const char *raw_target; /* in the library's memory, for guard_whole() only */
    str target;
    bool has_body, discard, uploading;
    size_t received, body_room;
    char *body;
    unsigned n_headers; /* may exceed what the array holds */
    struct http_pair headers[HTTP_MAX_HEADERS];
    struct http_pair params[HTTP_MAX_PARAMS];
};

/* Exchanges ready for use, of one library thread. */
struct worker {
    struct worker *next;
    const struct http_server *server;
    struct exchange *free;
    unsigned n_free;
};

struct route_stats {
    _Atomic(struct metric *) classes[STATUS_CLASSES];
};

struct http_server {
    struct http_config config;
    struct router *router;
    struct peer_nets trusted;
    struct MHD_Daemon *daemon;
    uint16_t port;
    _Atomic bool stopping;
    _Atomic unsigned resuming; /* threads inside the library's resume call */
    _Atomic unsigned open, parked;
    pthread_mutex_t conns_lock, parked_lock, workers_lock;
    struct conn *conns;
    struct exchange *parked_list;
    struct worker *workers;
    pthread_t sweeper;
    pthread_cond_t wake; /* with parked_lock: ends the sweeper */
    bool swept_enough;
    struct route_stats *stats; /* one per row, and one more for "no route" */
    struct metric *refused_heads, *expired, *cut;
};

static inline struct exchange *exchange_of(struct http_request *r)
{
    return (struct exchange *)r;
}

static inline void conn_phase(struct conn *c, enum phase phase, int64_t now)
{
    atomic_store_explicit(&c->since, now, memory_order_relaxed);
    atomic_store(&c->phase, phase);
}

/* exchange.c: the library's callbacks */
void *exchange_on_target(void *server, const char *uri, struct MHD_Connection *);
enum MHD_Result exchange_on_access(void *server, struct MHD_Connection *, const char *url,
                                   const char *method, const char *version, const char *data,
                                   size_t *n, void **exchange);
void exchange_on_completed(void *server, struct MHD_Connection *, void **exchange,
                           enum MHD_RequestTerminationCode);
void exchange_free(struct exchange *);
/* Answers 503 for those whose deadline is at or before now. */
void exchange_expire(struct http_server *, int64_t now);

/* reply.c */
/* Queues the reply of the exchange; what cannot be built becomes a closed connection. */
enum MHD_Result reply_queue(struct exchange *, struct MHD_Connection *);
/* Queues a 503 for an exchange whose reply belongs to another thread. */
enum MHD_Result reply_queue_expired(struct exchange *, struct MHD_Connection *);
/* Gives up the reply's body and file. */
void reply_done(struct http_reply *);

#endif
