/* server.c - the library's daemon: configuration, connections, the sweeper, stopping
 *
 * libmicrohttpd has one inactivity timeout, and none while a connection is suspended. The rest
 * is the sweeper's: it answers parked requests whose deadline has passed, and shuts the socket of
 * a connection that stays too long in one phase, so that a client sending a byte now and then
 * cannot hold it for ever.
 *
 * Stopping: the library aborts the process when it is stopped with a suspended connection.
 * http_stop() therefore first refuses new work, then waits until nothing is being handled,
 * expiring what is parked after drain_ms, and only then stops it.
 */
#include "http/server_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

enum { SWEEP_MS = 100, BACKLOG = 1024 };

static const int64_t SECOND = 1000000000;

static void on_log(void *ctx, const char *fmt, va_list ap)
{
    char text[256];

    (void)ctx;
    vsnprintf(text, sizeof text, fmt, ap);
    LOG(LOG_DEBUG, "http-library", LOG_CSTR("text", text));
}

/* Targets stay as received; target.c decodes them. */
static size_t keep_escapes(void *ctx, struct MHD_Connection *c, char *s)
{
    (void)ctx;
    (void)c;
    return strlen(s);
}

static struct conn *conn_open(struct http_server *s, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info;
    struct conn *conn = calloc(1, sizeof *conn);

    if (!conn)
        return NULL;
    info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    peer_text(info ? info->client_addr : NULL, conn->address);
    conn->trusted = s->config.unix_path || peer_in(&s->trusted, str_of(conn->address));
    info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    conn->fd = info ? info->connect_fd : -1;
    atomic_store(&conn->since, monotonic_ns());
    pthread_mutex_lock(&s->conns_lock);
    conn->next = s->conns;
    conn->prev = &s->conns;
    if (conn->next)
        conn->next->prev = &conn->next;
    s->conns = conn;
    pthread_mutex_unlock(&s->conns_lock);
    atomic_fetch_add(&s->open, 1);
    return conn;
}

static void conn_close(struct http_server *s, struct conn *conn)
{
    if (!conn)
        return;
    pthread_mutex_lock(&s->conns_lock);
    *conn->prev = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    pthread_mutex_unlock(&s->conns_lock);
    atomic_fetch_sub(&s->open, 1);
    free(conn);
}

/* Called before the socket is closed, hence its number means this connection up to here. */
static void on_connection(void *server, struct MHD_Connection *c, void **conn,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *conn = conn_open(server, c);
    else
        conn_close(server, *conn);
}

static int64_t allowed_ns(const struct http_config *c, enum phase phase)
{
    switch (phase) {
    case PHASE_WAIT: /* idle, or dripping a request line */
        return (c->idle_timeout_s + (int64_t)c->head_timeout_s) * SECOND;
    case PHASE_HEAD:
        return c->head_timeout_s * SECOND;
    case PHASE_BODY:
    case PHASE_SEND:
        return c->body_timeout_s * SECOND;
    case PHASE_HANDLE:
        break;
    }
    return INT64_MAX; /* the handler's own time */
}

struct busy {
    unsigned handled, sent; /* connections in these phases */
};

/* Cuts connections that take too long. */
static struct busy sweep_connections(struct http_server *s, int64_t now)
{
    struct busy busy = {0};

    pthread_mutex_lock(&s->conns_lock);
    for (struct conn *c = s->conns; c; c = c->next) {
        enum phase phase = (enum phase)atomic_load(&c->phase);
        int64_t since = atomic_load_explicit(&c->since, memory_order_relaxed);
        busy.handled += phase == PHASE_HANDLE;
        busy.sent += phase == PHASE_SEND;
        if (!c->cut && c->fd >= 0 && now - since > allowed_ns(&s->config, phase)) {
            shutdown(c->fd, SHUT_RDWR);
            c->cut = true;
            metric_add(s->cut, 1);
        }
    }
    pthread_mutex_unlock(&s->conns_lock);
    return busy;
}

static void *sweep(void *server)
{
    struct http_server *s = server;

    pthread_mutex_lock(&s->parked_lock);
    while (!s->swept_enough) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        int64_t ns = until.tv_nsec + SWEEP_MS * INT64_C(1000000);
        until.tv_sec += ns / SECOND;
        until.tv_nsec = ns % SECOND;
        pthread_cond_timedwait(&s->wake, &s->parked_lock, &until);
        int64_t now = monotonic_ns();
        exchange_expire(s, now);
        pthread_mutex_unlock(&s->parked_lock);
        sweep_connections(s, now);
        pthread_mutex_lock(&s->parked_lock);
    }
    pthread_mutex_unlock(&s->parked_lock);
    return NULL;
}

static void set_defaults(struct http_config *c)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

#define DEFAULT(field, value) c->field = c->field ? c->field : (value)
    DEFAULT(address, "127.0.0.1");
    DEFAULT(threads, cpus < 1 ? 1 : cpus > 8 ? 8 : (unsigned)cpus);
    DEFAULT(connections, 4096);
    DEFAULT(idle_timeout_s, 60);
    DEFAULT(head_timeout_s, 20);
    DEFAULT(body_timeout_s, 300);
    DEFAULT(park_timeout_ms, 10000);
    DEFAULT(drain_ms, 5000);
    DEFAULT(head_memory, 32 * 1024);
    DEFAULT(arena_cap, 1 << 20);
    DEFAULT(world, &world_real);
#undef DEFAULT
    if (c->connections < c->threads)
        c->connections = c->threads;
}

static enum err check_config(const struct http_config *c, struct fault *f)
{
    if (!c->handle)
        return fault(f, ERR_INVALID, "no handler");
    if (!c->tls_cert_pem != !c->tls_key_pem)
        return fault(f, ERR_INVALID, "TLS wants both certificate and key");
    for (size_t i = 0; i < c->n_routes; i++)
        if (c->routes[i].stream && !c->upload)
            return fault(f, ERR_INVALID, "route %s streams, but nothing takes uploads",
                         c->routes[i].name ? c->routes[i].name : "?");
    return OK;
}

/* A file left by a process that is gone is in the way; one that somebody serves is not ours. */
static enum err listen_unix(const char *path, int *out, struct fault *f)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof sa.sun_path)
        return fault(f, ERR_INVALID, "socket path longer than %zu bytes", sizeof sa.sun_path - 1);
    memcpy(sa.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fault(f, ERR_IO, "socket: %s", strerror(errno));
    bool served = connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
    struct stat st;
    if (served) {
        close(fd);
        return fault(f, ERR_IO, "%s is served by another process", path);
    }
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
    if (bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 || chmod(path, 0660) != 0 ||
        listen(fd, BACKLOG) != 0) {
        fault(f, ERR_IO, "%s: %s", path, strerror(errno));
        close(fd);
        return ERR_IO;
    }
    *out = fd;
    return OK;
}

/* Numeric address to socket address; an IPv6 wildcard also takes IPv4. */
static bool to_sockaddr(const char *text, uint16_t port, struct sockaddr_storage *out,
                        socklen_t *out_n)
{
    struct sockaddr_in *four = (void *)out;
    struct sockaddr_in6 *six = (void *)out;

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        *out_n = sizeof *four;
        return true;
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    *out_n = sizeof *six;
    return inet_pton(AF_INET6, text, &six->sin6_addr) == 1;
}

static enum err listen_tcp(const struct http_config *c, int *out, uint16_t *out_port,
                           struct fault *f)
{
    struct sockaddr_storage sa;
    socklen_t n;
    int on = 1, off = 0;

    if (!to_sockaddr(c->address, c->port, &sa, &n))
        return fault(f, ERR_INVALID, "\"%s\" is no numeric address", c->address);
    int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fault(f, ERR_IO, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (sa.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, (struct sockaddr *)&sa, n) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&sa, &n) != 0) {
        fault(f, ERR_IO, "%s port %u: %s", c->address, c->port, strerror(errno));
        close(fd);
        return ERR_IO;
    }
    *out = fd;
    *out_port = ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
                                               : ((struct sockaddr_in *)&sa)->sin_port);
    return OK;
}

/* GnuTLS's names: nothing before TLS 1.2. */
static const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static enum err start_daemon(struct http_server *s, int listener, struct fault *f)
{
    const struct http_config *c = &s->config;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
                     MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)c->tls_cert_pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)c->tls_key_pem},
        /* a client is asked for a certificate; which one counts nobody here decides */
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)c->tls_cert_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, c->threads, NULL},
                                    {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem per_address[] = {
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, c->connections_per_address, NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

    if (c->tls_cert_pem)
        flags |= MHD_USE_TLS;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_on_access, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, s,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->head_memory,
        MHD_OPTION_CONNECTION_LIMIT, c->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        c->idle_timeout_s, MHD_OPTION_ARRAY, c->threads > 1 ? pool : none, MHD_OPTION_ARRAY,
        c->connections_per_address ? per_address : none, MHD_OPTION_ARRAY,
        c->tls_cert_pem ? tls : none, MHD_OPTION_END);
    return s->daemon ? OK
                     : fault(f, c->tls_cert_pem ? ERR_INVALID : ERR_IO, "cannot start%s",
                             c->tls_cert_pem ? ": certificate or key not usable" : " the server");
}

static int64_t ask_open(void *server)
{
    return atomic_load(&((struct http_server *)server)->open);
}

static int64_t ask_parked(void *server)
{
    return atomic_load(&((struct http_server *)server)->parked);
}

static void name_metrics(struct http_server *s, bool on)
{
    struct metrics *m = s->config.metrics;

    metrics_ask(m, "http_connections", "Open connections", NULL, on ? ask_open : NULL, s);
    metrics_ask(m, "http_parked_requests", "Requests another thread will answer", NULL,
                on ? ask_parked : NULL, s);
    if (!on)
        return;
    s->refused_heads = metrics_counter(m, "http_refused_heads_total",
                                       "Requests refused by the strict guard", NULL);
    s->expired = metrics_counter(m, "http_expired_requests_total",
                                 "Parked requests answered 503 at their deadline", NULL);
    s->cut = metrics_counter(m, "http_slow_connections_total", "Connections cut as too slow", NULL);
}

static void server_free(struct http_server *s)
{
    while (s->workers) {
        struct worker *next = s->workers->next;
        while (s->workers->free) {
            struct exchange *x = s->workers->free;
            s->workers->free = x->next;
            exchange_free(x);
        }
        free(s->workers);
        s->workers = next;
    }
    router_free(s->router);
    free(s->trusted.nets);
    free(s->stats);
    pthread_mutex_destroy(&s->conns_lock);
    pthread_mutex_destroy(&s->parked_lock);
    pthread_mutex_destroy(&s->workers_lock);
    pthread_cond_destroy(&s->wake);
    free(s);
}

static enum err prepare(struct http_server *s, struct fault *f)
{
    s->stats = calloc(s->config.n_routes + 1, sizeof *s->stats);
    if (!s->stats)
        return fault(f, ERR_MEMORY, "out of memory");
    TRY(check_config(&s->config, f));
    TRY(router_new(s->config.routes, s->config.n_routes, &s->router, f));
    return peer_nets_parse(s->config.trusted_proxies, &s->trusted, f);
}

static enum err run(struct http_server *s, struct fault *f)
{
    int fd = -1;

    TRY(prepare(s, f));
    TRY(s->config.unix_path ? listen_unix(s->config.unix_path, &fd, f)
                            : listen_tcp(&s->config, &fd, &s->port, f));
    name_metrics(s, true);
    enum err e = start_daemon(s, fd, f);
    if (e != OK) {
        close(fd);
        name_metrics(s, false);
        return e;
    }
    if (pthread_create(&s->sweeper, NULL, sweep, s) != 0) {
        MHD_stop_daemon(s->daemon);
        name_metrics(s, false);
        return fault(f, ERR_MEMORY, "cannot start a thread");
    }
    return OK;
}

enum err http_start(const struct http_config *config, struct http_server **out, struct fault *f)
{
    struct http_server *s = calloc(1, sizeof *s);
    pthread_condattr_t monotonic;

    if (!s)
        return fault(f, ERR_MEMORY, "out of memory");
    s->config = *config;
    set_defaults(&s->config);
    pthread_mutex_init(&s->conns_lock, NULL);
    pthread_mutex_init(&s->parked_lock, NULL);
    pthread_mutex_init(&s->workers_lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum err e = run(s, f);
    if (e == OK)
        *out = s;
    else
        server_free(s);
    return e;
}

uint16_t http_port(const struct http_server *s)
{
    return s->port;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

/* Until nothing is handled or sent any more; what is parked too long is expired. */
static void drain(struct http_server *s)
{
    int64_t start = monotonic_ns(), patience = s->config.drain_ms * INT64_C(1000000);

    for (;;) {
        int64_t now = monotonic_ns();
        bool late = now - start > patience;
        if (late) {
            pthread_mutex_lock(&s->parked_lock);
            exchange_expire(s, INT64_MAX);
            pthread_mutex_unlock(&s->parked_lock);
        }
        struct busy busy = sweep_connections(s, now);
        busy.handled += atomic_load(&s->parked) + atomic_load(&s->resuming);
        /* a reader that takes its reply slowly is not waited for beyond another second; a
         * handler always is, since it might still park, and the library would abort */
        if (!busy.handled && (!busy.sent || now - start > patience + SECOND))
            return;
        nap();
    }
}

void http_stop(struct http_server *s)
{
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    drain(s);
    pthread_mutex_lock(&s->parked_lock);
    s->swept_enough = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->parked_lock);
    pthread_join(s->sweeper, NULL);
    MHD_stop_daemon(s->daemon);
    name_metrics(s, false);
    if (s->config.unix_path)
        unlink(s->config.unix_path);
    server_free(s);
}
