/* archive_fuzz.c - archives, manifests and lists of keys of anybody
 *
 * What the reader accepts, the writer writes again byte for byte; and what is whole was signed. */
#include <assert.h>
#include <stdint.h>

#include "package/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void whole(struct arena *a, str in)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_archive archive;
    struct package_unpacked u;

    if (package_archive_read(in, &archive, NULL) != OK)
        return;
    enum err e = package_archive_write(&b, &archive, NULL);
    assert(e == OK && str_eq(buf_str(&b), in));
    if (package_unpack(a, in, NULL, &u, NULL) == OK) {
        assert(u.signatures.n > 0 && u.archive.files.n > 0);
        for (size_t i = 0; i < u.archive.files.n; i++)
            assert(package_name_known(u.archive.files.list[i].name));
    }
}

/* Each entry lies within the archive, and they come to an end. */
static void entries(str in)
{
    size_t at = 0, before = 0;
    str name, bytes;

    while (package_entry_read(in, &at, &name, &bytes, NULL) == OK && name.p) {
        assert(at > before && at <= in.n && bytes.p + bytes.n <= in.p + at);
        before = at;
    }
}

static void manifest(struct arena *a, str in)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_MANIFEST_BYTES);
    struct package_signatures signatures;
    struct package_manifest m;

    if (package_manifest_read(a, in, &m, NULL) != OK)
        return;
    enum err e = json_canonical(&b, m.json, a, NULL);
    assert(e == OK && str_eq(buf_str(&b), in));
    assert(m.name.n && m.version.n && m.giver.n && m.requires.n);
    (void)!package_note_read(in, &m, NULL, &signatures, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    AUTO(buf) struct buf b = BUF(4096);
    str in = str_bytes(data, size);
    struct package_trust trust;
    struct package_key key;

    if (!a)
        return 0;
    whole(a, in);
    entries(in);
    manifest(a, in);
    (void)!package_trust_parse(in, &trust, NULL);
    if (package_key_parse(in, &key, NULL) == OK && size < 1024) {
        package_key_format(&b, &key);
        assert(str_eq(str_trim(buf_str(&b)), str_trim(in)));
    }
    return 0;
}
