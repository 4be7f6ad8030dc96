/* files.c - a service's folder, read whole into memory
 *
 * The folder may be anybody's: no link is followed, nothing but regular files is opened, and a name
 * is looked at before it is used. Only one folder lies inside, documents/. */
#include "package/package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "package/archive.h"

static const char inner_folder[] = "documents";

static const char *const known[] = {"form.json",    "golden.json",  "pages.json",   "rules.json",
                                    "service.json", "template.svg", "workflow.json"};

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* One step of a path: begins and ends with a letter or digit, no two dots side by side. */
static bool step_valid(str s)
{
    if (s.n == 0 || s.p[0] == '.' || s.p[0] == '-' || s.p[s.n - 1] == '.' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!name_char(s.p[i]) || (i && s.p[i] == '.' && s.p[i - 1] == '.'))
            return false;
    return true;
}

bool package_name_valid(str name)
{
    str inner = S("documents/");

    if (name.n > PACKAGE_NAME)
        return false;
    return step_valid(str_starts(name, inner) ? str_sub(name, inner.n, name.n) : name);
}

bool package_language_valid(str tag)
{
    if (tag.n < 2 || tag.n > 3)
        return false;
    for (size_t i = 0; i < tag.n; i++)
        if (tag.p[i] < 'a' || tag.p[i] > 'z')
            return false;
    return true;
}

str package_words_language(str name)
{
    str head = S("words."), tail = S(".json");

    if (!str_starts(name, head) || !str_ends(name, tail) || name.n < head.n + tail.n)
        return STR_NONE;
    str tag = str_sub(name, head.n, name.n - tail.n);
    return package_language_valid(tag) ? tag : STR_NONE;
}

bool package_name_known(str name)
{
    if (!package_name_valid(name))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq(name, str_of(known[i])))
            return true;
    return package_words_language(name).p != NULL ||
           (str_starts(name, S("documents/")) && str_ends(name, S(".svg")));
}

const struct package_file *package_file(const struct package_files *files, str name)
{
    for (size_t i = 0; i < files->n; i++)
        if (str_eq(files->list[i].name, name))
            return &files->list[i];
    return NULL;
}

static enum err read_fd(struct arena *a, int fd, size_t size, str name, str *out, struct fault *f)
{
    char *p = arena_alloc(a, size + 1);
    size_t n = 0;
    ssize_t got = 1;

    TRY_PTR(p, f);
    while (n <= size && got != 0) {
        got = read(fd, p + n, size + 1 - n); /* one more than there should be */
        if (got < 0 && errno != EINTR)
            return fault(f, ERR_IO, "%.*s cannot be read", STR_FMT(name));
        n += got > 0 ? (size_t)got : 0;
    }
    if (n != size)
        return fault(f, ERR_IO, "%.*s changed while it was read", STR_FMT(name));
    *out = str_bytes(p, n);
    return OK;
}

static const char *kind_of(mode_t mode)
{
    return S_ISLNK(mode)                    ? "a symbolic link"
           : S_ISDIR(mode)                  ? "a folder (only documents/ may be one)"
           : S_ISFIFO(mode)                 ? "a pipe"
           : S_ISSOCK(mode)                 ? "a socket"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
                                            : "no regular file";
}

static enum err add_file(struct arena *a, int folder, const char *entry, str name,
                         struct package_files *all, struct fault *f)
{
    struct stat st;
    str bytes = STR_NONE;
    size_t total = 0;

    if (!package_name_valid(name))
        return fault(f, ERR_INVALID,
                     "%.*s does not belong in a package: names have a-z, 0-9, '.' and '-' only",
                     STR_FMT(name));
    if (fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fault(f, ERR_IO, "%.*s cannot be read", STR_FMT(name));
    if (!S_ISREG(st.st_mode))
        return fault(f, ERR_INVALID, "%.*s is %s, which does not belong in a package",
                     STR_FMT(name), kind_of(st.st_mode));
    if (all->n == PACKAGE_FILES)
        return fault(f, ERR_LIMIT, "more than %d files", PACKAGE_FILES);
    for (size_t i = 0; i < all->n; i++)
        total += all->list[i].bytes.n;
    /* between fstatat and here it may have become something else: no link is followed, no pipe is
     * waited for, and what was opened is looked at again */
    int fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return fault(f, ERR_IO, "%.*s cannot be opened", STR_FMT(name));
    }
    enum err e = OK;
    if (st.st_size > PACKAGE_FILE_BYTES || (size_t)st.st_size > PACKAGE_BYTES - total)
        e = fault(f, ERR_LIMIT, "%.*s is too large: a file has at most %d MiB, all together %d MiB",
                  STR_FMT(name), PACKAGE_FILE_BYTES >> 20, PACKAGE_BYTES >> 20);
    if (e == OK)
        e = read_fd(a, fd, (size_t)st.st_size, name, &bytes, f);
    close(fd);
    if (e == OK)
        all->list[all->n++] = (struct package_file){.name = name, .bytes = bytes};
    return e;
}

static bool is_folder(int folder, const char *entry)
{
    struct stat st;

    return fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Takes fd over. prefix is "" or "documents/". */
static enum err read_level(struct arena *a, int fd, str prefix, struct package_files *all,
                           struct fault *f)
{
    DIR *d = fdopendir(fd);
    enum err e = OK;

    if (!d) {
        close(fd);
        return fault(f, ERR_IO, "the folder cannot be read");
    }
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        const char *own = entry->d_name;
        if (strcmp(own, ".") == 0 || strcmp(own, "..") == 0)
            continue;
        if (!prefix.n && strcmp(own, inner_folder) == 0 && is_folder(fd, own)) {
            int inner = openat(fd, own, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            e = inner < 0 ? fault(f, ERR_IO, "documents/ cannot be opened")
                          : read_level(a, inner, S("documents/"), all, f);
            continue;
        }
        str name = str_printf(a, "%.*s%s", STR_FMT(prefix), own);
        e = name.p ? add_file(a, fd, own, name, all, f)
                   : fault(f, ERR_MEMORY_LIMIT, "the package is too large");
    }
    closedir(d);
    return e;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct package_file *)a)->name, ((const struct package_file *)b)->name);
}

enum err package_read_folder(struct arena *a, const char *folder, struct package_files *out,
                             struct fault *f)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fault(f, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO,
                     "no folder %.200s", folder);
    out->n = 0;
    TRY(read_level(a, fd, S(""), out, f));
    qsort(out->list, out->n, sizeof out->list[0], by_name);
    return OK;
}
