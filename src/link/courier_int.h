/* courier_int.h - a line to a partner, as the rooms of the courier see it */
#ifndef SIFARA_LINK_COURIER_INT_H
#define SIFARA_LINK_COURIER_INT_H

#include "http/client.h"
#include "link/link_int.h"

enum {
    LINES_MAX = 512,
    WATCHES_MAX = 4 * LINES_MAX,
    XROAD_LINES = 8,     /* calls through X-Road at a time */
    LOOK_MS = 60 * 1000, /* an idle line looks by itself that often */
    URL_ROOM = 400,
    PIN_ROOM = 64
};

enum step { IDLE, CLOSE, INTRODUCE, CHECKPOINT, ENTRIES, PAYLOADS, RECOVER };

struct line {
    struct courier *courier;
    char state[3];
    enum step step;
    bool active, woken, called;
    int64_t due_ns;
    unsigned tries, turns;
    struct arena *arena; /* of the turn: reset when the line goes idle */
    struct peer partner, own;
    struct channel channel;
    bool talks;             /* more than a closing passes */
    struct closing closing; /* of the turn, where there is one */
    uint64_t next;          /* entry to be brought next */
    struct hash root;
    str missing; /* what the partner lacks, as it said */
    struct buf head, receipt,
        ticket; /* our signed head of channel.size entries; the mirror's ticket */
    bool introduced;
    bool greeted; /* since this node started: a partner that waits for us hears that we are there */
    struct buf body;
    char url[URL_ROOM], pin[PIN_ROOM];
    struct http_call call;
};

struct courier {
    struct link *link;
    struct http_client *client;
    pthread_t thread;
    pthread_mutex_t lock; /* guards woken of lines, wake_all, stopping */
    bool runs, wake_all, stopping;
    struct {
        char state[3];
        bool called;
    } woken[LINES_MAX];
    size_t n_woken;
    struct line *lines[LINES_MAX];
    size_t n_lines;
    struct watch *watches[WATCHES_MAX];
    size_t n_watches;
    struct xroad_line *xroad[XROAD_LINES];
    bool wake_xroad, xroad_woken; /* the first guarded by the lock */
    int64_t xroad_look_ns;
    char certificate[512], key[512];
};

/* ---- courier.c ------------------------------------------------------------------------------ */

/* How long to rest after one more failure: twice as long each time, with chance, up to a quarter of
 * an hour. */
int64_t courier_wait(struct courier *, unsigned *tries);
/* Nanoseconds, for durations only. */
int64_t courier_now(const struct courier *);
/* Fills in who is called and by which keys; url and pin stay the caller's. */
void courier_call(struct courier *, const struct peer *, const char *path, char url[URL_ROOM],
                  char pin[PIN_ROOM], struct http_call *);

/* ---- watch.c: the witnesses of our logs ----------------------------------------------------- */

/* What we send to the partner is to be witnessed: the witnesses that the policy names are asked. */
void watches_wake(struct courier *, struct db *, const char *partner);
/* Starts what is due; the first time, at most `first`, at which there is something to do again. */
int64_t watches_begin(struct courier *, int64_t now, int64_t first);
void watches_free(struct courier *);

/* ---- xroad_courier.c: our calls through X-Road ---------------------------------------------- */

/* As watches_begin. */
int64_t xroad_begin(struct courier *, int64_t now, int64_t first);
void xroad_free(struct courier *);

/* ---- line.c: one line ---------------------------------------------------------------------- */

/* Starts a turn: what there is to bring is brought, step after step, as the answers come. */
void line_begin(struct line *);

/* What waits to be sent goes into the log, while the partner is not called yet. */
void line_append(struct line *);
/* Ends a turn; the next one begins after a while, or when somebody wakes the line. */
void line_rest(struct line *, int64_t wait_ms);
/* Ends it as failed: the while grows with each failure, with chance, up to a quarter of an hour. */
void line_fail(struct line *, const char *why);
void line_fail_with(struct line *, const struct fault *);
/* Puts the request that is in body; the answer goes on with the step. */
void line_send(struct line *, enum step, const char *path, const char *type);
/* Calls make() with a reader. */
NODISCARD enum err line_read(struct line *,
                             enum err (*make)(struct line *, struct db *, struct fault *),
                             struct fault *);
/* The root of our log as it is, into line.root; for line_read. */
enum err line_root(struct line *, struct db *, struct fault *);

/* ---- recover.c: a log that is mute gets its tail back --------------------------------------- */

void recover_ask(struct line *);
void recover_came(struct line *, str body);
/* Our log and the partner's head (NULL: it holds none) fit: the channel signs again. */
void recover_done(struct line *, const struct checkpoint *head);

#endif
