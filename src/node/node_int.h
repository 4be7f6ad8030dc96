/* node_int.h - what the rooms of the node share */
#ifndef SIFARA_NODE_NODE_INT_H
#define SIFARA_NODE_NODE_INT_H

#include <pthread.h>

#include "act/gate.h"
#include "http/http.h"
#include "http/limit.h"
#include "http/metrics.h"
#include "mail/mail.h"
#include "mail/sms.h"
#include "node/explainer.h"
#include "schema/schema.h"

/* ---- tables.c: every action of the node ------------------------------------------------- */

size_t actions_count(void);
const struct action *action_at(size_t i);
extern const struct link_tables dispatch_tables; /* link/link.h */
/* The row of that name, or NULL. */
const struct action *action_find(str name);
extern const struct action public_actions[];
extern const size_t public_actions_n;
extern const struct action screen_actions[];
extern const size_t screen_actions_n;
extern const struct action comparing_actions[];
extern const size_t comparing_actions_n;
extern const struct action journaling_actions[];
extern const size_t journaling_actions_n;
extern const struct action advising_actions[];
extern const size_t advising_actions_n;
/* Has it an address? The system's own acts have none, whatever stands in their rows. */
bool action_is_route(const struct action *);
/* The schema of an input by its name, as JSON text; NULL if there is none. */
const char *input_schema(const char *name);
/* Name of the i-th, NULL behind the last. */
const char *input_at(size_t i);
/* The Cedar schema of the house: entity types, and an action for each row. */
NODISCARD enum err cedar_schema_of_actions(struct buf *, struct fault *);

/* ---- openapi.c -------------------------------------------------------------------------- */

/* OpenAPI 3.1 of all rows with a route. */
void openapi_write(struct buf *, const char *version);

/* ---- config.c --------------------------------------------------------------------------- */

struct config {
    struct arena *arena;
    str state_name, state_name_ar, alpha2, alpha3, origin;
    const char *listen, *url, *unix_path, *tls_cert, *tls_key, *link_cert, *link_key, *clamd,
        *xroad_pin, *xroad_url, *xroad_client, *xroad_server_pin, *pay_url, *pay_key;
    int64_t port, threads, connections, rate_address, rate_account, rate_codes, trusted_proxy_n,
        training, check_answers;
    const char *trusted_proxies[8];
    struct mail_route mail;
    struct sms_route sms;
};
/* Reads data/sifara.json over the defaults. ERR_INVALID names the row. */
NODISCARD enum err config_load(const char *data, struct config *out, struct fault *);
void config_done(struct config *);
/* The table of settings with type, range, default and a sentence each, for people. */
void config_explain(struct buf *);

/* ---- house.c ---------------------------------------------------------------------------- */

struct node {
    struct house house;
    struct config config;
    struct db *writer;
    struct catalogue *words;
    struct schema *inputs[512]; /* by position of the action */
    struct answers *answers;    /* what they may answer, if that is checked; or NULL */
    struct http_server *http;
    struct metrics *metrics;
    struct limit *by_address, *by_account, *codes;
    char data[4096];
    struct hash xroad_pin, xroad_server_pin;
    struct key pay_key;
    int lock_fd; /* on data/store/lock, while the folder is ours */
    struct explainer explainer;
    pthread_t background;
    bool background_runs;
    _Atomic bool stopping;
};

/* Sockets to the processes that are shut in; -1: no documents are rendered, no packages tried. */
struct jailed_fds {
    int worker, trial;
};
/* Opens everything over the data folder: database, ledger, registry, services, gate, policy. The
 * sockets belong to the node from here on. world NULL: the real one. */
NODISCARD enum err node_open(const char *data, int keyring_fd, struct jailed_fds,
                             const struct world *world, struct node **out, struct fault *);
void node_close(struct node *);
/* Starts HTTP and the background work (jobs, mails). */
NODISCARD enum err node_start(struct node *, struct fault *);
void node_stop(struct node *);
/* Sends the mails that are due; returns how many went. */
unsigned node_send_mails(struct node *);

/* ---- edge.c ----------------------------------------------------------------------------- */

/* Starts what edge_handle needs beside the house; stopped with node->explainer. */
NODISCARD enum err edge_start(struct node *, struct fault *);
enum http_verdict edge_handle(struct http_request *, void *node);
enum err edge_upload(struct http_request *, enum http_upload, str bytes, void *node,
                     struct fault *);
/* Routes of all actions, for http_config. */
const struct http_route *edge_routes(size_t *out_n);

#endif
