/* kill_at.c - preloaded into a node by tests: stops it dead at one of its commit points
 *
 * KILL_AT is "KIND:N", KILL_AT_FILE a file of one page. At the Nth call of that kind, counted over
 * all processes of the node, the caller writes where it is into the file and never goes on; whoever
 * watches the file then sends SIGKILL to all of them. Kinds:
 *
 *   before, after   a sync of a file: nothing of it is durable yet; all of it is, and nobody was
 * told torn            a write: half of it is done renamed         a file has taken another's place
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

static struct page {
    char where[32]; /* first: read by the test */
    _Atomic unsigned long n;
} * page;
static char kind[16];
static unsigned long at;

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("KILL_AT"), *path = getenv("KILL_AT_FILE");

    if (!what || !path || sscanf(what, "%15[^:]:%lu", kind, &at) != 2)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (m != MAP_FAILED)
        page = m;
}

static int is_here(const char *what)
{
    return page && strcmp(kind, what) == 0 && atomic_fetch_add(&page->n, 1) + 1 == at;
}

static void stop(const char *call)
{
    const struct timespec second = {1, 0};

    memcpy(page->where, call, strlen(call) + 1);
    for (;;)
        nanosleep(&second, NULL);
}

static int syncs(const char *name, int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);

    if (is_here("before"))
        stop(name);
    int rc = real(fd);
    if (is_here("after"))
        stop(name);
    return rc;
}

int fsync(int fd)
{
    return syncs("fsync", fd);
}

int fdatasync(int fd)
{
    return syncs("fdatasync", fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t to)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) =
        (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");

    if (is_here("torn")) {
        (void)!real(fd, bytes, n / 2, to);
        stop("pwrite64");
    }
    return real(fd, bytes, n, to);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) =
        (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    int rc = real(from, to);

    if (is_here("renamed"))
        stop("rename");
    return rc;
}
