#include "node/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/log.h"

/* A sanitizer's own system calls are not on the lists below. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Both processes: memory, time, own files, the socket between them. */
static const int common[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(lseek),
    SCMP_SYS(fcntl),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(unlink),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getuid),
    SCMP_SYS(getegid),
    SCMP_SYS(getgid),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(prctl),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(getcwd),
    SCMP_SYS(readlink),
    SCMP_SYS(tgkill),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/* The node alone: threads, connections, the database, attachments. */
static const int node_calls[] = {
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(socket),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept4),
    SCMP_SYS(accept),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt),
    SCMP_SYS(socketpair),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(sendfile),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rmdir),
    SCMP_SYS(getdents64),
    SCMP_SYS(fchmod),
    SCMP_SYS(chmod),
    SCMP_SYS(fchown),
    SCMP_SYS(utimensat),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(renameat2),
    SCMP_SYS(ioctl),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(membarrier),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(umask),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(getppid),
    SCMP_SYS(msync),
    SCMP_SYS(sync_file_range),
    SCMP_SYS(fadvise64),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(get_mempolicy),
    SCMP_SYS(getsid),
    SCMP_SYS(readlinkat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(kill),
    SCMP_SYS(setpriority),
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    LOG(LOG_ERROR, "cannot confine the process", LOG_CSTR("step", what));
    _Exit(71);
}

static void limits(rlim_t files)
{
    struct rlimit none = {0, 0}, n, now;

    must(getrlimit(RLIMIT_NOFILE, &now) == 0, "descriptors");
    if (files > now.rlim_max)
        files = now.rlim_max;
    n = (struct rlimit){files, files};
    must(setrlimit(RLIMIT_CORE, &none) == 0, "core");
    must(setrlimit(RLIMIT_NOFILE, &n) == 0, "descriptors");
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "privileges");
    /* nobody of the same account reads the keys in memory */
    must(prctl(PR_SET_DUMPABLE, 0) == 0, "dumps");
}

static void filter(const int *more, size_t n)
{
    scmp_filter_ctx c = SANITIZED ? NULL : seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = c != NULL;

    if (SANITIZED)
        return;

    for (size_t i = 0; ok && i < ARRAY_LEN(common); i++)
        ok = seccomp_rule_add(c, SCMP_ACT_ALLOW, common[i], 0) == 0;
    for (size_t i = 0; ok && i < n; i++)
        ok = seccomp_rule_add(c, SCMP_ACT_ALLOW, more[i], 0) == 0;
    must(ok && seccomp_load(c) == 0, "system calls");
    seccomp_release(c);
}

/* ---- files ------------------------------------------------------------------------------- */

enum {
    READ_FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    /* with REFER: an attachment is renamed into its folder once it is whole */
    ALL_FILES = (LANDLOCK_ACCESS_FS_REFER << 1) - 1,
    REFER_SINCE = 2 /* version of Landlock */
};

static void allow(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access,
                                              .parent_fd = open(path, O_PATH | O_CLOEXEC)};

    if (rule.parent_fd < 0)
        return;
    must(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0,
         "landlock rule");
    close(rule.parent_fd);
}

static int ruleset_new(void)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL_FILES};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    int fd = -1;

    if (version >= REFER_SINCE)
        fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (fd < 0)
        LOG(LOG_WARN, "this kernel lacks Landlock 2: files are not confined",
            LOG_INT("error", errno));
    return fd;
}

static void confine(int ruleset)
{
    must(syscall(SYS_landlock_restrict_self, ruleset, 0) == 0, "landlock");
    close(ruleset);
}

void sandbox_keyring(const char *keys_folder)
{
    static const int calls[] = {SCMP_SYS(ftruncate)}; /* half a record at the end of keys/sealed */

    limits(64);
    int ruleset = ruleset_new();
    if (ruleset >= 0) {
        allow(ruleset, keys_folder, ALL_FILES & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE);
        confine(ruleset);
    }
    filter(calls, ARRAY_LEN(calls));
}

void sandbox_node(const char *data_folder)
{
    static const char *const own[] = {"store", "blobs", "mail", "run"};
    static const char *const data[] = {"services", "trust", "words"};
    static const char *const system[] = {"/etc", "/usr", "/lib", "/proc", "/sys", "/dev"};
    char path[4096];

    limits(65536);
    int ruleset = ruleset_new();
    if (ruleset >= 0) {
        for (size_t i = 0; i < ARRAY_LEN(own); i++) {
            snprintf(path, sizeof path, "%s/%s", data_folder, own[i]);
            allow(ruleset, path, ALL_FILES & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE);
        }
        for (size_t i = 0; i < ARRAY_LEN(system); i++)
            allow(ruleset, system[i], READ_FILES | LANDLOCK_ACCESS_FS_EXECUTE);
        for (size_t i = 0; i < ARRAY_LEN(data); i++) {
            snprintf(path, sizeof path, "%s/%s", data_folder, data[i]);
            allow(ruleset, path, READ_FILES);
        }
        snprintf(path, sizeof path, "%s/sifara.json", data_folder);
        allow(ruleset, path, LANDLOCK_ACCESS_FS_READ_FILE);
        confine(ruleset);
    }
    filter(node_calls, ARRAY_LEN(node_calls));
}
