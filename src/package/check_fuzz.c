/* check_fuzz.c - the name of a file, a line end, and its bytes, in a service that is otherwise new
 *
 * The check ends without a crash and names only lines that are there; a service in which it finds
 * nothing grave loads. */
#include <assert.h>

#include "package/check.h"
#include "package/model.h"
#include "package/skeleton.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct package_files *files, str name, str bytes)
{
    for (size_t i = 0; i < files->n; i++)
        if (str_eq(files->list[i].name, name))
            files->list[i].bytes = bytes;
}

/* false without memory */
static bool begin(struct arena *a, struct package_files *files)
{
    files->n = 0;
    for (size_t i = 0; i < package_skeleton_n; i++) {
        AUTO(buf) struct buf b = BUF(1 << 16);
        package_skeleton_fill(&b, package_skeleton[i].bytes, S("fuzz"), S("XU"));
        str bytes = str_copy(a, buf_str(&b));
        files->list[files->n++] = (struct package_file){package_skeleton[i].name, bytes};
        if (!bytes.p)
            return false;
    }
    return true;
}

static void check(struct arena *a, const struct package_files *files)
{
    struct package_problems *all;
    struct package *p = NULL;

    if (package_check(a, files, NULL, &all, NULL) != OK)
        return;
    for (size_t i = 0; i < all->n; i++)
        assert(all->list[i].line >= 1 && all->list[i].what.p && all->list[i].remedy.p);
    if (package_problems_grave(all) == 0) {
        enum err e = package_load(a, files, &p, NULL);
        assert(e == OK || e == ERR_MEMORY_LIMIT);
        package_free(p);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    str rest = str_bytes(data, size), name;
    struct package_files files;

    if (!a || !begin(a, &files) || !str_split(&rest, '\n', &name) || !rest.p)
        return 0;
    put(&files, name, rest);
    check(a, &files);
    return 0;
}
