/* house.c - opens a data folder and wires the floors together */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/log.h"
#include "node/answers.h"
#include "node/keyring.h"
#include "node/node_int.h"
#include "node/version.h"
#include "package/words.h"
#include "paper/worker.h"
#include "registry/registry.h"
#include "service/appointments.h"
#include "service/borders.h"
#include "service/documents.h"
#include "service/drafts.h"
#include "service/gifts.h"
#include "service/lapses.h"
#include "service/protection.h"
#include "link/link.h"
#include "link/xroad.h"
#include "registry/credence.h"
#include "service/services.h"
#include "service/unsent.h"

enum { IDLE_US = 100 * 1000 };

/* Fifty mails at a time, four times a second: no burst of applications drowns in its own notices,
 * and no mail server takes us for a spammer. */
static const int64_t MAIL_PACE_NS = 250 * 1000 * 1000;

static size_t position_of(const struct action *action)
{
    size_t i = 0;

    while (action_at(i) != action)
        i++;
    return i;
}

static enum err check_input(struct house *h, const struct action *action, const struct json *input,
                            struct arena *a, struct fault *f)
{
    struct node *n = (struct node *)((char *)h - offsetof(struct node, house));

    if (!action->in)
        return OK;
    if (!input)
        return fault(f, ERR_MALFORMED_JSON, "a JSON body is needed");
    return schema_check(n->inputs[position_of(action)], input, a, f);
}

static enum err compile_inputs(struct node *n, struct fault *f)
{
    for (size_t i = 0; action_at(i); i++) {
        const struct action *action = action_at(i);
        const char *text = input_schema(action->in);
        struct json *j;
        if (!action->in)
            continue;
        if (!text || i >= ARRAY_LEN(n->inputs))
            return fault(f, ERR_INTERNAL, "%s has no input schema %s", action->name, action->in);
        TRY(json_parse(n->config.arena, str_of(text), NULL, &j, f));
        TRY(schema_compile(j, &(struct schema_options){.assert_formats = true}, &n->inputs[i], f));
    }
    return OK;
}

static str word_of(const void *words, str language, str key)
{
    return catalogue_word(words, language, key);
}

static enum err open_policy(struct node *n, struct fault *f)
{
    AUTO(buf) struct buf schema = BUF(1 << 20);
    struct policy *p;

    TRY(cedar_schema_of_actions(&schema, f));
    n->house.policy_schema = str_copy(n->config.arena, buf_str(&schema));
    TRY_PTR(n->house.policy_schema.p, f);
    TRY(policy_load_adopted(&n->house, n->writer, n->house.policy_schema, &p, f));
    gate_set_policy(n->house.gate, p);
    return OK;
}

/* The journal's name "xu.sifara.example/journal" gives "xu.sifara.example". */
static enum err name_node(struct node *n, struct fault *f)
{
    ptrdiff_t slash = str_find_char(n->config.origin, '/');

    n->house.name = slash < 0 ? n->config.origin : str_sub(n->config.origin, 0, (size_t)slash);
    n->house.package_key = str_printf(n->config.arena, "%.*s/packages", STR_FMT(n->house.name));
    TRY_PTR(n->house.package_key.p, f);
    n->house.url = n->config.url
                       ? str_of(n->config.url)
                       : str_printf(n->config.arena, "http://localhost:%d", (int)n->config.port);
    TRY_PTR(n->house.url.p, f);
    return OK;
}

static enum err open_floors(struct node *n, struct fault *f)
{
    struct gate_hooks hooks = {
        .session_alive = session_alive, .check_input = check_input, .lent = delegations_lent};
    struct house *h = &n->house;
    char path[4200];

    snprintf(path, sizeof path, "%s/store/sifara.db", n->data);
    TRY(db_open_writer(path, &n->writer, f));
    TRY(db_pool_open(path, &h->readers, f));
    TRY(ledger_open(n->writer, n->config.origin, &h->ledger, f));
    TRY(keyring_derive(h->keyring, S("lookup"), &h->lookup_key, f));
    TRY(keyring_derive(h->keyring, S("record"), &h->record_key, f));
    TRY(registry_open(h, n->writer, &h->registry, f));
    TRY(name_node(n, f));
    TRY(service_open(h, n->writer, f));
    TRY(link_open(h, n->writer, &dispatch_tables, &h->link, f));
    TRY(compile_inputs(n, f));
    snprintf(path, sizeof path, "%s/words", n->data);
    TRY(catalogue_load(path, &n->words, f));
    n->house.word = word_of;
    n->house.words = n->words;
    TRY(gate_start(h, n->writer, &hooks, &h->gate, f));
    return open_policy(n, f);
}

/* Exactly one process writes to a data folder: the lock ends with it, however it ends. */
static enum err lock_folder(struct node *n, struct fault *f)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[4200];

    snprintf(path, sizeof path, "%s/store/lock", n->data);
    n->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (n->lock_fd < 0)
        return fault(f, ERR_IO, "cannot open %.200s", path);
    if (fcntl(n->lock_fd, F_OFD_SETLK, &lock) != 0)
        return fault(f, ERR_BUSY, "another process works on %.200s", n->data);
    return OK;
}

static enum err read_pin(const char *name, const char *text, struct hash *to,
                         const struct hash **out, struct fault *f)
{
    if (!text)
        return OK;
    *out = to;
    return hex_decode(str_of(text), to->b, sizeof to->b)
               ? OK
               : fault(f, ERR_INVALID, "%s: 64 hexadecimal digits are needed", name);
}

static bool is_safe(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://127.0.0.1:", 17) == 0 ||
           strncmp(url, "http://localhost:", 17) == 0;
}

static enum err set_sms(struct node *n, struct fault *f)
{
    const char *url = n->config.sms.url;

    if (!url)
        return OK;
    if (!is_safe(url))
        return fault(f, ERR_INVALID, "sms_url: https, or http on this machine");
    n->house.sms = true;
    return OK;
}

static enum err set_payment_page(struct node *n, struct fault *f)
{
    const struct config *c = &n->config;

    if (!c->pay_url && !c->pay_key)
        return OK;
    if (!c->pay_url || !is_safe(c->pay_url) || strchr(c->pay_url, '?'))
        return fault(f, ERR_INVALID, "pay_url: https, or http on this machine, without a query");
    if (!c->pay_key || !hex_decode(str_of(c->pay_key), n->pay_key.b, sizeof n->pay_key.b))
        return fault(f, ERR_INVALID, "pay_key: 64 hexadecimal digits are needed");
    n->house.pay_url = str_of(c->pay_url);
    n->house.pay_key = &n->pay_key;
    return OK;
}

static enum err set_xroad(struct node *n, struct fault *f)
{
    const struct config *c = &n->config;
    struct xroad_client who;

    TRY(read_pin("xroad_pin", c->xroad_pin, &n->xroad_pin, &n->house.xroad_pin, f));
    TRY(read_pin("xroad_server_pin", c->xroad_server_pin, &n->xroad_server_pin,
                 &n->house.xroad_server_pin, f));
    if (!c->xroad_url)
        return OK;
    n->house.xroad_url = str_of(c->xroad_url);
    n->house.xroad_client = c->xroad_client ? str_of(c->xroad_client) : S("");
    if (!node_url_valid(n->house.xroad_url))
        return fault(f, ERR_INVALID,
                     "xroad_url: https, or http on this machine, without / at its end");
    if (!xroad_client_parse(n->house.xroad_client, &who) || !who.subsystem.p)
        return fault(f, ERR_INVALID, "xroad_client: INSTANCE/CLASS/MEMBER/SUBSYSTEM is needed");
    if (str_starts(n->house.xroad_url, S("https:")) && !c->xroad_server_pin)
        return fault(f, ERR_INVALID, "xroad_server_pin is needed where xroad_url is https");
    return OK;
}

/* A folder begins as training or not, and stays that: its keys say so, and what it was told must
 * agree with them. In training nothing may be set by which something leaves. */
static enum err set_training(struct node *n, struct fault *f)
{
    const struct config *c = &n->config;
    const struct {
        const char *name, *value;
    } ways[] = {{"smtp_url", c->mail.smtp_url}, {"sms_url", c->sms.url},
                {"pay_url", c->pay_url},        {"xroad_pin", c->xroad_pin},
                {"xroad_url", c->xroad_url},    {"link_certificate", c->link_cert}};

    TRY(keyring_training(n->house.keyring, &n->house.training, f));
    if (n->house.training != (c->training != 0))
        return fault(f, ERR_INVALID, "training: this folder %s",
                     n->house.training ? "began as training, and stays that"
                                       : "did not begin as training");
    for (size_t i = 0; n->house.training && i < ARRAY_LEN(ways); i++)
        if (ways[i].value)
            return fault(f, ERR_INVALID, "%s: nothing leaves a node that is for training",
                         ways[i].name);
    return OK;
}

enum err node_open(const char *data, int keyring_fd, struct jailed_fds fds,
                   const struct world *world, struct node **out, struct fault *f)
{
    struct node *n = calloc(1, sizeof *n);

    if (!n)
        return fault(f, ERR_MEMORY, "out of memory");
    snprintf(n->data, sizeof n->data, "%s", data);
    n->house.world = world ? *world : world_real;
    n->house.data_dir = str_of(n->data);
    n->house.keyring = keyring_connect(keyring_fd);
    n->house.worker = fds.worker >= 0 ? worker_open(fds.worker) : NULL;
    n->house.trial = fds.trial >= 0 ? worker_open(fds.trial) : NULL;
    n->house.version = str_of(SIFARA_VERSION);
    enum err e = lock_folder(n, f);
    if (e == OK)
        e = config_load(data, &n->config, f);
    n->house.state_code = n->config.alpha2;
    n->house.scanner = n->config.clamd;
    if (e == OK)
        e = set_training(n, f);
    if (e == OK)
        e = set_xroad(n, f);
    if (e == OK)
        e = set_sms(n, f);
    if (e == OK)
        e = set_payment_page(n, f);
    bool apart = n->config.link_cert && n->config.link_key;
    n->house.link_cert = apart ? n->config.link_cert : n->config.tls_cert;
    n->house.link_key = apart ? n->config.link_key : n->config.tls_key;
    if (e == OK)
        e = open_floors(n, f);
    if (e == OK && n->config.check_answers)
        e = answers_open(&n->answers, f);
    if (e != OK) {
        node_close(n);
        return e;
    }
    *out = n;
    return OK;
}

void node_close(struct node *n)
{
    if (!n)
        return;
    gate_stop(n->house.gate);
    for (size_t i = 0; i < ARRAY_LEN(n->inputs); i++)
        schema_free(n->inputs[i]);
    answers_close(n->answers);
    catalogue_free(n->words);
    link_close(n->house.link);
    services_free(n->house.services);
    registry_close(n->house.registry);
    ledger_close(n->house.ledger);
    db_pool_close(n->house.readers);
    db_close(n->writer);
    worker_close(n->house.worker);
    worker_close(n->house.trial);
    keyring_disconnect(n->house.keyring);
    config_done(&n->config);
    if (n->lock_fd >= 0)
        close(n->lock_fd);
    secret_wipe(&n->house, sizeof n->house);
    free(n);
}

/* ---- background: jobs and mails ----------------------------------------------------------- */

/* Below the threads that answer people: mails and seals can wait a moment. */
static void *background(void *arg)
{
    struct node *n = arg;

    setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
    for (int64_t mails_at = 0, lapses_at = 0, drafts_at = 0, gifts_at = 0, borders_at = 0,
                 protection_at = 0, appointments_at = 0, unsent_at = 0;
         !n->stopping;) {
        unsigned done =
            documents_work(&n->house) + lapses_work(&n->house, &lapses_at) +
            drafts_work(&n->house, &drafts_at) + gifts_work(&n->house, &gifts_at) +
            borders_work(&n->house, &borders_at) + protection_work(&n->house, &protection_at) +
            appointments_work(&n->house, &appointments_at) + unsent_work(&n->house, &unsent_at);
        int64_t now = monotonic_ns();
        if (now - mails_at >= MAIL_PACE_NS) {
            mails_at = now;
            node_send_mails(n);
        }
        if (!done)
            usleep(IDLE_US);
    }
    return NULL;
}

/* ---- serving ------------------------------------------------------------------------------ */

static int64_t ask_acts(void *ctx)
{
    return (int64_t)gate_stats(ctx).acts;
}

static int64_t ask_refused(void *ctx)
{
    return (int64_t)gate_stats(ctx).refused;
}

static int64_t ask_batches(void *ctx)
{
    return (int64_t)gate_stats(ctx).batches;
}

static int64_t ask_queued(void *ctx)
{
    return gate_stats(ctx).queued;
}

static int64_t ask_size(void *ctx)
{
    return (int64_t)ledger_state(ctx).size;
}

static void open_metrics(struct node *n)
{
    struct gate *g = n->house.gate;

    n->metrics = metrics_new();
    metrics_ask(n->metrics, "sifara_acts", "Acts that passed the gate", NULL, ask_acts, g);
    metrics_ask(n->metrics, "sifara_acts_refused", "Acts that policy refused", NULL, ask_refused,
                g);
    metrics_ask(n->metrics, "sifara_batches", "Transactions committed", NULL, ask_batches, g);
    metrics_ask(n->metrics, "sifara_queue", "Acts waiting for the writer", NULL, ask_queued, g);
    metrics_ask(n->metrics, "sifara_journal_entries", "Entries of the journal", NULL, ask_size,
                n->house.ledger);
}

static struct limit *rate(int64_t per_second)
{
    struct limit_rate r = {(double)per_second, (unsigned)(per_second > 0 ? per_second * 2 : 1)};

    return limit_new(r, 1 << 14);
}

static enum err read_pem(struct node *n, const char *path, const char **out, struct fault *f)
{
    str text;

    *out = NULL;
    if (!path)
        return OK;
    TRY(fs_read(n->config.arena, path, 1 << 20, &text, f));
    *out = text.p;
    return OK;
}

enum err node_start(struct node *n, struct fault *f)
{
    struct http_config c = {.address = n->config.listen,
                            .port = (uint16_t)n->config.port,
                            .unix_path = n->config.unix_path,
                            .threads = (unsigned)n->config.threads,
                            .connections = (unsigned)n->config.connections,
                            .arena_cap = 16 << 20,
                            .handle = edge_handle,
                            .upload = edge_upload,
                            .ctx = n};

    open_metrics(n);
    n->by_address = rate(n->config.rate_address);
    n->by_account = rate(n->config.rate_account);
    struct limit_rate codes = {(double)n->config.rate_codes / 60.0,
                               (unsigned)(n->config.rate_codes > 0 ? n->config.rate_codes : 1)};
    n->codes = limit_new(codes, 1 << 12);
    c.metrics = n->metrics;
    c.routes = edge_routes(&c.n_routes);
    c.trusted_proxies = n->config.trusted_proxies[0] ? n->config.trusted_proxies : NULL;
    TRY(read_pem(n, n->config.tls_cert, &c.tls_cert_pem, f));
    TRY(read_pem(n, n->config.tls_key, &c.tls_key_pem, f));
    TRY(edge_start(n, f));
    if (!n->house.training)
        TRY(link_start(n->house.link, f));
    TRY(http_start(&c, &n->http, f));
    n->background_runs = pthread_create(&n->background, NULL, background, n) == 0;
    return n->background_runs ? OK : fault(f, ERR_MEMORY, "cannot start a thread");
}

void node_stop(struct node *n)
{
    n->stopping = true;
    if (n->background_runs)
        pthread_join(n->background, NULL);
    http_stop(n->http);
    link_stop(n->house.link);
    explainer_stop(&n->explainer);
    metrics_free(n->metrics);
    limit_free(n->by_address);
    limit_free(n->by_account);
    limit_free(n->codes);
}
