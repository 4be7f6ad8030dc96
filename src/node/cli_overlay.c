/* cli_overlay.c - a receiver's layer over a package: laid, and merged with the giver's next version
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "node/cli.h"
#include "package/manifest.h"
#include "package/overlay.h"

static enum err in_path(const char *path, enum err e, const struct fault *inner, struct fault *f)
{
    return e == OK ? OK : fault_at(f, e, inner->pointer, "%.100s: %s", path, inner->detail);
}

/* A folder, or an archive that is whole; who signed it is for `service verify`. */
static enum err read_files(struct cli *c, const char *path, struct package_files *out,
                           struct fault *f)
{
    struct package_unpacked u;
    struct fault inner = {0};
    struct stat st;
    str bytes;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return in_path(path, package_read_folder(c->arena, path, out, &inner), &inner, f);
    TRY(fs_read(c->arena, path, PACKAGE_ARCHIVE_BYTES, &bytes, f));
    TRY(in_path(path, package_unpack(c->arena, bytes, NULL, &u, &inner), &inner, f));
    *out = u.archive.files;
    return OK;
}

static enum err write_files(struct cli *c, const char *folder, const struct package_files *files,
                            struct fault *f)
{
    if (fs_exists(folder))
        return fault(f, ERR_CONFLICT, "%.200s is there already", folder);
    TRY(fs_folder(folder, 0755, f));
    for (size_t i = 0; i < files->n; i++) {
        const struct package_file *file = &files->list[i];
        str path = str_printf(c->arena, "%s/%.*s", folder, STR_FMT(file->name));
        TRY_PTR(path.p, f);
        if (str_starts(file->name, S("documents/"))) {
            str inner = str_printf(c->arena, "%s/documents", folder);
            TRY_PTR(inner.p, f);
            TRY(fs_folder(str_cstr(c->arena, inner), 0755, f));
        }
        TRY(fs_write(str_cstr(c->arena, path), file->bytes, 0644, f));
    }
    return OK;
}

int cli_service_overlay(struct cli *c)
{
    const char *to = cli_option(c, "out");
    struct package_files base, over, out;
    struct fault f = {0};

    if (c->n_words != 4 || !to) {
        fprintf(stderr, "usage: sifara service overlay BASE OVERLAY --out FOLDER\n");
        return CLI_USAGE;
    }
    enum err e = read_files(c, c->words[2], &base, &f);
    if (e == OK)
        e = read_files(c, c->words[3], &over, &f);
    if (e == OK)
        e = overlay_apply(c->arena, &base, &over, &out, &f);
    if (e == OK)
        e = write_files(c, to, &out, &f);
    return e == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}

static void put(struct jw *w, const char *key, const struct json *value)
{
    jw_key(w, str_of(key));
    if (value)
        jw_tree(w, value);
    else
        jw_null(w);
}

static int print_conflicts(const struct cli *c, const struct overlay_conflicts *all)
{
    if (c->json)
        printf("[");
    for (size_t i = 0; i < all->n; i++) {
        const struct overlay_conflict *x = &all->list[i];
        AUTO(buf) struct buf b = BUF(64 << 20);
        struct jw w = JW(&b);
        jw_open(&w, '{');
        jw_kv(&w, S("what"), str_of(x->what));
        jw_kv(&w, S("where"), x->where);
        put(&w, "old", x->old);
        put(&w, "ours", x->ours);
        put(&w, "theirs", x->theirs);
        jw_close(&w, '}');
        if (c->json)
            printf("%s%.*s", i ? ",\n " : "", STR_FMT(buf_str(&b)));
        else
            printf("%-8s %.*s\n", x->what, STR_FMT(x->where));
    }
    if (c->json)
        printf("]\n");
    if (all->dropped)
        fprintf(stderr, "sifara: %zu more\n", all->dropped);
    return all->n ? CLI_FAILED : CLI_OK;
}

int cli_service_merge(struct cli *c)
{
    struct overlay_conflicts *all = arena_new_of(c->arena, struct overlay_conflicts);
    struct package_files old, over, next;
    struct fault f = {0};

    if (c->n_words != 5 || !all) {
        fprintf(stderr, "usage: sifara service merge OLD OVERLAY NEW [--json]\n");
        return CLI_USAGE;
    }
    enum err e = read_files(c, c->words[2], &old, &f);
    if (e == OK)
        e = read_files(c, c->words[3], &over, &f);
    if (e == OK)
        e = read_files(c, c->words[4], &next, &f);
    if (e == OK)
        e = overlay_merge(c->arena, &old, &over, &next, all, &f);
    return e == OK ? print_conflicts(c, all) : cli_fault(&f, CLI_FAILED);
}
