/* pack.c - whole packages: the files against their manifest, all of it in one archive and back */
#include "base/encode.h"
#include "package/manifest.h"

/* ---- files against manifest --------------------------------------------------------------- */

static enum err compare_file(const struct package_file *file, const struct json *entry,
                             struct fault *f)
{
    struct hash want, got = sha256(file->bytes);

    if (!entry)
        return fault(f, ERR_INVALID, "%.*s is not in the manifest", STR_FMT(file->name));
    if (json_get_int(entry, S("size"), -1) != (int64_t)file->bytes.n)
        return fault(f, ERR_BAD_SIGNATURE, "%.*s has %zu bytes, but the manifest says %lld",
                     STR_FMT(file->name), file->bytes.n,
                     (long long)json_get_int(entry, S("size"), -1));
    if (!hex_decode(json_get_str(entry, S("sha256")), want.b, sizeof want.b) ||
        memcmp(want.b, got.b, sizeof got.b) != 0)
        return fault(f, ERR_BAD_SIGNATURE, "%.*s is not the file that the manifest names",
                     STR_FMT(file->name));
    return OK;
}

enum err package_manifest_check(struct arena *a, const struct package_manifest *m,
                                const struct package_files *files, struct fault *f)
{
    const struct json *listed = json_get(m->json, S("files"));
    struct package_manifest again;
    struct fault inner = {0};

    for (size_t i = 0; i < files->n; i++)
        TRY(compare_file(&files->list[i], json_get(listed, files->list[i].name), f));
    for (uint32_t i = 0; i < listed->n; i++)
        if (!package_file(files, listed->members[i].key))
            return fault(f, ERR_INVALID, "%.*s is in the manifest, but not in the package",
                         STR_FMT(listed->members[i].key));
    /* a manifest that calls a service by another name than the service does would have two names */
    enum err e = package_manifest_of(a, files, &again, &inner);
    if (e != OK)
        return fault_at(f, e, inner.pointer, "%s", inner.detail);
    if (!str_eq(again.text, m->text))
        return fault(f, ERR_INVALID, "the manifest says something else than service.json");
    return OK;
}

/* ---- whole packages ----------------------------------------------------------------------- */

enum err package_pack(struct arena *a, const struct package_files *files,
                      const struct package_key *key, struct buf *b, struct package_manifest *out,
                      struct fault *f)
{
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    struct package_archive archive = {.files = *files};
    struct package_manifest m;

    TRY(package_manifest_of(a, files, &m, f));
    TRY(package_note_sign(&note, &m, key, f));
    archive.manifest = m.text;
    archive.note = buf_str(&note);
    TRY(package_archive_write(b, &archive, f));
    *out = m;
    return OK;
}

static enum err named(enum err e, const char *file, const struct fault *inner, struct fault *f)
{
    return e == OK ? OK : fault_at(f, e, inner->pointer, "%s: %s", file, inner->detail);
}

enum err package_unpack(struct arena *a, str bytes, const struct package_trust *trust,
                        struct package_unpacked *out, struct fault *f)
{
    struct fault inner = {0};
    struct package_unpacked u;

    TRY(package_archive_read(bytes, &u.archive, f));
    TRY(named(package_manifest_read(a, u.archive.manifest, &u.manifest, &inner), "manifest.json",
              &inner, f));
    TRY(named(package_note_read(u.archive.note, &u.manifest, trust, &u.signatures, &inner),
              "manifest.note", &inner, f));
    TRY(package_manifest_check(a, &u.manifest, &u.archive.files, f));
    *out = u;
    return OK;
}
