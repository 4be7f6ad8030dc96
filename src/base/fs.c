#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool fs_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

enum err fs_read(struct arena *a, const char *path, size_t max, str *out, struct fault *f)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fault(f, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot open %.200s", path);
    if (fstat(fd, &st) != 0 || st.st_size < 0 || (uint64_t)st.st_size > max) {
        close(fd);
        return fault(f, ERR_TOO_LARGE, "%.200s is larger than %zu bytes", path, max);
    }
    size_t n = 0, size = (size_t)st.st_size;
    char *p = arena_alloc(a, size + 1);
    ssize_t got = 1;
    while (p && n < size && (got = read(fd, p + n, size - n)) > 0)
        n += (size_t)got;
    close(fd);
    TRY_PTR(p, f);
    if (got < 0)
        return fault(f, ERR_IO, "cannot read %.200s", path);
    p[n] = 0;
    *out = str_bytes(p, n);
    return OK;
}

static bool write_fd(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    return fsync(fd) == 0;
}

static void sync_folder_of(const char *path)
{
    char copy[4096];

    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

enum err fs_write(const char *path, str bytes, unsigned mode, struct fault *f)
{
    char fresh[4096];

    snprintf(fresh, sizeof fresh, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    bool ok = fd >= 0 && write_fd(fd, bytes);
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (!ok || rename(fresh, path) != 0) {
        unlink(fresh);
        return fault(f, why == ENOSPC ? ERR_STORAGE_FULL : ERR_IO, "cannot write %.200s", path);
    }
    sync_folder_of(path);
    return OK;
}

enum err fs_folder(const char *path, unsigned mode, struct fault *f)
{
    char copy[4096];

    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return fault(f, ERR_IO, "cannot make %.200s", copy);
        *p = '/';
    }
    if (mkdir(copy, (mode_t)mode) != 0 && errno != EEXIST)
        return fault(f, ERR_IO, "cannot make %.200s", copy);
    return OK;
}

static enum err copy_file(const char *from, const char *to, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    str bytes;

    TRY_PTR(a, f);
    TRY(fs_read(a, from, 32 << 20, &bytes, f));
    return fs_write(to, bytes, 0644, f);
}

enum err fs_copy_tree(const char *from, const char *to, struct fault *f)
{
    enum err e = fs_folder(to, 0755, f);
    DIR *d = e == OK ? opendir(from) : NULL;

    if (!d)
        return e != OK ? e : fault(f, ERR_NOT_FOUND, "no folder %.200s", from);
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        char a[4096], b[4096];
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(a, sizeof a, "%s/%s", from, entry->d_name);
        snprintf(b, sizeof b, "%s/%s", to, entry->d_name);
        if (stat(a, &st) == 0)
            e = S_ISDIR(st.st_mode) ? fs_copy_tree(a, b, f) : copy_file(a, b, f);
        else if (errno != ENOENT)
            e = fault(f, ERR_IO, "cannot read %.200s", a);
        if (e != OK && !fs_exists(a))
            e = OK; /* it went meanwhile */
    }
    closedir(d);
    return e;
}
