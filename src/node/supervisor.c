#include "node/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/world.h"
#include "crypto/ipc.h"
#include "node/keyring.h"
#include "node/node_int.h"
#include "node/sandbox.h"
#include "paper/worker.h"
#include "service/trial.h"

enum { RESTART_US = 50 * 1000, QUICK_DEATHS_MAX = 10, GRACE_MS = 8000 };

struct supervisor {
    const char *data;
    char keys[4096];
    int keyring[2]; /* node's end, keyring's end */
    int control[2]; /* supervisor's end, node's end */
    pid_t keyring_pid, worker_pid, trial_pid, node_pid;
    unsigned deaths;
    int64_t window_ns;
};

static void child_begins(const char *name)
{
    sigset_t none;
    char shown[16];

    snprintf(shown, sizeof shown, "sifara-%s", name);
    prctl(PR_SET_NAME, shown);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    log_set_process(name);
}

/* ---- descriptors over the control socket --------------------------------------------------- */

static bool send_fd(int over, int fd, char which)
{
    char byte = which, room[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec io = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(over, &m, MSG_NOSIGNAL) == 1;
}

/* -1 when the supervisor is gone, or nothing waits. */
static int receive_fd(int over, int flags, char *out_which)
{
    char room[CMSG_SPACE(sizeof(int))];
    struct iovec io = {out_which, 1};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    int fd = -1;

    if (recvmsg(over, &m, MSG_CMSG_CLOEXEC | flags) <= 0)
        return -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

/* ---- children ------------------------------------------------------------------------------ */

static pid_t start_keyring(struct supervisor *s)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    child_begins("keyring");
    close(s->keyring[0]);
    close(s->control[0]);
    close(s->control[1]);
    _exit(keyring_main(s->keys, s->keyring[1]));
}

/* A process that is shut in, to render documents or to try packages. */
struct jailed {
    const char *name;
    int (*main)(int fd);
};

static const struct jailed document_worker = {"worker", worker_main},
                           package_trial = {"trial", trial_main};

/* A new one; *out_fd is the node's end of its socket. */
static pid_t start_jailed(const struct jailed *j, int *out_fd, const int *closes, size_t n)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        child_begins(j->name);
        close(pair[0]);
        for (size_t i = 0; i < n; i++)
            close(closes[i]);
        _exit(j->main(pair[1]));
    }
    close(pair[1]);
    *out_fd = pair[0];
    return pid;
}

static _Atomic int stop_signal;

static void on_stop(int sig)
{
    stop_signal = sig;
}

/* Takes new workers over as they come; ends with the supervisor or a signal. */
static void node_loop(struct node *n, int control)
{
    while (!stop_signal) {
        struct pollfd p = {.fd = control, .events = POLLIN};
        if (poll(&p, 1, 500) <= 0)
            continue;
        char which = 0;
        int fd = receive_fd(control, 0, &which);
        if (fd < 0)
            return;
        worker_attach(which == 't' ? n->house.trial : n->house.worker, fd);
    }
}

static void write_port(const struct node *n)
{
    char path[4200], text[16];

    snprintf(path, sizeof path, "%s/run/port", n->data);
    int len = snprintf(text, sizeof text, "%u\n", http_port(n->http));
    (void)!fs_write(path, str_bytes(text, (size_t)len), 0644, NULL);
}

static int node_main(struct supervisor *s, struct jailed_fds jailed)
{
    struct sigaction sa = {.sa_handler = on_stop};
    struct fault f = {0};
    struct node *n;

    child_begins("node");
    close(s->keyring[1]);
    close(s->control[0]);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
    sandbox_node(s->data);
    enum err e = node_open(s->data, s->keyring[0], jailed, NULL, &n, &f);
    if (e == OK)
        e = node_start(n, &f);
    if (e != OK) {
        LOG(LOG_ERROR, "node cannot start", LOG_CSTR("error", err_slug(e)),
            LOG_CSTR("detail", f.detail));
        return 78;
    }
    write_port(n);
    LOG(LOG_INFO, "serving", LOG_INT("port", http_port(n->http)));
    node_loop(n, s->control[1]);
    node_stop(n);
    node_close(n);
    return 0;
}

static pid_t start_node(struct supervisor *s)
{
    const int closes[] = {s->keyring[0], s->keyring[1], s->control[0], s->control[1]};
    struct jailed_fds fds;

    s->worker_pid = start_jailed(&document_worker, &fds.worker, closes, ARRAY_LEN(closes));
    if (s->worker_pid < 0)
        return -1;
    s->trial_pid = start_jailed(&package_trial, &fds.trial, closes, ARRAY_LEN(closes));
    if (s->trial_pid < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(node_main(s, fds));
    close(fds.worker);
    close(fds.trial);
    return pid;
}

static pid_t restart_jailed(struct supervisor *s, const struct jailed *j)
{
    const int closes[] = {s->keyring[0], s->keyring[1], s->control[0], s->control[1]};
    int fd;
    pid_t pid = start_jailed(j, &fd, closes, ARRAY_LEN(closes));

    if (pid < 0)
        return pid;
    send_fd(s->control[0], fd, j->name[0]);
    close(fd);
    return pid;
}

static const char *name_of(const struct supervisor *s, pid_t pid)
{
    return pid == s->keyring_pid  ? "keyring"
           : pid == s->worker_pid ? document_worker.name
           : pid == s->trial_pid  ? package_trial.name
           : pid == s->node_pid   ? "node"
                                  : NULL;
}

/* ---- watching ------------------------------------------------------------------------------ */

/* A process that dies at once, over and over, is not restarted for ever. */
static bool dying_fast(struct supervisor *s)
{
    int64_t now = monotonic_ns();

    if (now - s->window_ns > (int64_t)30 * 1000000000) {
        s->window_ns = now;
        s->deaths = 0;
    }
    return ++s->deaths > QUICK_DEATHS_MAX;
}

static void end_jailed(pid_t *pid)
{
    if (*pid > 0) {
        kill(*pid, SIGKILL);
        waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

/* Descriptors that the node did not live to take are not for the next one. */
static void drop_waiting(const struct supervisor *s)
{
    char which;
    int fd;

    while ((fd = receive_fd(s->control[1], MSG_DONTWAIT, &which)) >= 0)
        close(fd);
}

static bool restart(struct supervisor *s, pid_t pid, int status)
{
    const char *name = name_of(s, pid);
    int ended;

    if (!name)
        return true;
    usleep(RESTART_US);
    /* those that are shut in end with the node, often before it is seen to have ended */
    pid_t *jailed = pid == s->worker_pid  ? &s->worker_pid
                    : pid == s->trial_pid ? &s->trial_pid
                                          : NULL;
    if (jailed)
        *jailed = 0;
    if (jailed && waitpid(s->node_pid, &ended, WNOHANG) == s->node_pid)
        return restart(s, s->node_pid, ended);
    LOG(LOG_WARN, "process ended", LOG_CSTR("which", name), LOG_INT("status", status));
    bool config_wrong = pid == s->node_pid && WIFEXITED(status) && WEXITSTATUS(status) == 78;
    if (config_wrong || dying_fast(s))
        return false;
    if (pid == s->keyring_pid) {
        s->keyring_pid = start_keyring(s);
    } else if (jailed) {
        *jailed = restart_jailed(s, jailed == &s->worker_pid ? &document_worker : &package_trial);
    } else {
        end_jailed(&s->worker_pid);
        end_jailed(&s->trial_pid);
        drop_waiting(s);
        s->node_pid = start_node(s);
    }
    return true;
}

static bool reap(struct supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (!restart(s, pid, status))
            return false;
    return true;
}

static void end_all(struct supervisor *s)
{
    kill(s->node_pid, SIGTERM);
    for (int i = 0; i < GRACE_MS / 20 && waitpid(s->node_pid, NULL, WNOHANG) == 0; i++)
        usleep(20000);
    kill(s->node_pid, SIGKILL);
    end_jailed(&s->worker_pid);
    end_jailed(&s->trial_pid);
    kill(s->keyring_pid, SIGTERM);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

int supervise(const char *data)
{
    struct supervisor s = {.data = data};
    struct signalfd_siginfo info;
    sigset_t set;
    int result = 0;

    log_set_process("supervisor");
    snprintf(s.keys, sizeof s.keys, "%s/keys", data);
    if (!ipc_pair(s.keyring) || !ipc_pair(s.control)) {
        LOG(LOG_ERROR, "no sockets", LOG_INT("error", errno));
        return 71;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    s.keyring_pid = start_keyring(&s);
    s.node_pid = start_node(&s);
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            break;
        if (!reap(&s)) {
            result = 70;
            break;
        }
    }
    end_all(&s);
    return result;
}

/* ---- helpers of tools ----------------------------------------------------------------------- */

enum err helpers_start(const char *data, struct helpers *h, int *keyring_fd, int *worker_fd,
                       struct fault *f)
{
    struct supervisor s = {.data = data, .control = {-1, -1}};

    snprintf(s.keys, sizeof s.keys, "%s/keys", data);
    if (!ipc_pair(s.keyring))
        return fault(f, ERR_IO, "no sockets");
    h->keyring_pid = start_keyring(&s);
    close(s.keyring[1]);
    h->worker_pid = worker_fd ? start_jailed(&document_worker, worker_fd, s.keyring, 1) : 0;
    *keyring_fd = s.keyring[0];
    return h->keyring_pid > 0 && h->worker_pid >= 0 ? OK : fault(f, ERR_IO, "cannot fork");
}

void helpers_stop(struct helpers *h)
{
    if (h->worker_pid > 0)
        kill(h->worker_pid, SIGKILL);
    /* its answers are out and its files are written in one piece; whether its socket was closed
     * depends on how far the caller came */
    kill(h->keyring_pid, SIGTERM);
    while (waitpid(h->keyring_pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (h->worker_pid > 0)
        waitpid(h->worker_pid, NULL, 0);
}
