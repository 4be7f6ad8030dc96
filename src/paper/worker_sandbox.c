/* worker_sandbox.c - what the worker gives up
 *
 * Order: limits, no new privileges, Landlock (which files), seccomp (which calls). Calls that
 * libraries try and can do without fail with EPERM; those that only an intruder makes end the
 * process.
 */
#include "paper/worker_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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

#define MEMORY_MAX (rlim_t)(1536 << 20)

static bool set_limit(int what, rlim_t value)
{
    struct rlimit l = {value, value};

    return setrlimit(what, &l) == 0;
}

static enum err set_limits(struct fault *f)
{
    bool ok =
        set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, 0) && set_limit(RLIMIT_NOFILE, 64);

    /* sanitizers reserve terabytes */
    if (!SANITIZED)
        ok = ok && set_limit(RLIMIT_AS, MEMORY_MAX);
    ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
    return ok ? OK : fault(f, ERR_INTERNAL, "the worker cannot be limited");
}

/* --- files ------------------------------------------------------------------------------- */

/* Where fonts and tables are; what does not exist is left out. */
static const char *const readable[] = {
    "/usr/share/fonts",      "/usr/local/share/fonts", "/etc/fonts",
    "/usr/share/fontconfig", "/var/cache/fontconfig",  "/usr/share/poppler",
};

static bool allow_folder(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };

    if (rule.parent_fd < 0)
        return true;
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return rc == 0;
}

/* All kinds of access of Landlock's first version are handled, so all but the named is refused.
 * False where the kernel has none. */
static bool confine_files(void)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs =
                                             (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    bool ok = ruleset >= 0;

    for (size_t i = 0; ok && i < ARRAY_LEN(readable); i++)
        ok = allow_folder(ruleset, readable[i]);
    ok = ok && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (ruleset >= 0)
        close(ruleset);
    return ok;
}

/* --- calls ------------------------------------------------------------------------------- */

static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(lseek),
    SCMP_SYS(getdents64),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(fcntl),
    SCMP_SYS(fadvise64),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(membarrier),
    SCMP_SYS(alarm),
    SCMP_SYS(setitimer),
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
    SCMP_SYS(sched_getattr),
    SCMP_SYS(sched_setattr),
};

static const int deadly[] = {
    SCMP_SYS(socket),         SCMP_SYS(connect), SCMP_SYS(bind),   SCMP_SYS(listen),
    SCMP_SYS(accept),         SCMP_SYS(accept4), SCMP_SYS(execve), SCMP_SYS(execveat),
    SCMP_SYS(fork),           SCMP_SYS(vfork),   SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(mount),          SCMP_SYS(chroot),  SCMP_SYS(bpf),    SCMP_SYS(process_vm_writev),
    SCMP_SYS(setuid),         SCMP_SYS(setgid),  SCMP_SYS(unlink), SCMP_SYS(unlinkat),
    SCMP_SYS(rename),         SCMP_SYS(kill),    SCMP_SYS(keyctl), SCMP_SYS(init_module),
    SCMP_SYS(io_uring_setup),
};

/* No memory becomes executable; files are opened for reading only; threads (pango looks for fonts
 * in one) but no processes: clone3 hides its flags behind a pointer, so it does not exist here and
 * glibc takes clone. */
static bool add_conditions(scmp_filter_ctx c, bool files)
{
    const unsigned write_flags = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    bool ok = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
              seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                               SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0;

    if (files)
        ok = ok &&
             seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, write_flags, O_RDONLY)) == 0 &&
             seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, write_flags, O_RDONLY)) == 0;
    return ok;
}

static enum err filter_calls(bool files, struct fault *f)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = c != NULL;

    for (size_t i = 0; ok && i < ARRAY_LEN(allowed); i++)
        ok = seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    for (size_t i = 0; ok && i < ARRAY_LEN(deadly); i++)
        ok = seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, deadly[i], 0) == 0;
    ok = ok && add_conditions(c, files) && seccomp_load(c) == 0;
    if (c)
        seccomp_release(c);
    return ok ? OK : fault(f, ERR_INTERNAL, "the list of system calls cannot be loaded");
}

enum err worker_sandbox(struct fault *f)
{
    TRY(set_limits(f));
    bool confined = confine_files();
    return filter_calls(confined, f);
}
