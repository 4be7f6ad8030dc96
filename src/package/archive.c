#include "package/archive.h"

#include <stdio.h>

/* ---- a header -----------------------------------------------------------------------------
 *
 * The fields of a ustar header, as the standard lays them out; numbers are octal digits ended by a
 * NUL. value is what stands in each archive of ours; name, size and chksum differ from file to
 * file. */
static const struct field {
    const char *name;
    size_t at, n;
    const char *value;
} fields[] = {
    {"name", 0, 100, NULL},          {"mode", 100, 8, "0000644"},
    {"uid", 108, 8, "0000000"},      {"gid", 116, 8, "0000000"},
    {"size", 124, 12, NULL},         {"mtime", 136, 12, "00000000000"},
    {"typeflag", 156, 1, "0"},       {"linkname", 157, 100, ""},
    {"magic", 257, 6, "ustar"},      {"version", 263, 2, "00"},
    {"uname", 265, 32, ""},          {"gname", 297, 32, ""},
    {"devmajor", 329, 8, "0000000"}, {"devminor", 337, 8, "0000000"},
    {"prefix", 345, 155, ""},        {"the end of the header", 500, 12, ""},
    {"chksum", 148, 8, NULL}, /* last: it differs whenever another field does */
};

enum {
    NAME_AT = 0,
    NAME_FIELD = 100,
    SIZE_AT = 124,
    SUM_AT = 148,
    TYPE_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345
};

/* The sum of all bytes, those of the sum's own field taken as spaces. */
static unsigned header_sum(const char *h)
{
    unsigned sum = 0;

    for (size_t i = 0; i < PACKAGE_BLOCK; i++)
        sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : (unsigned char)h[i];
    return sum;
}

void package_entry_header(str name, size_t size, char h[PACKAGE_BLOCK])
{
    memset(h, 0, PACKAGE_BLOCK);
    memcpy(h + NAME_AT, name.p, name.n < NAME_FIELD ? name.n : NAME_FIELD - 1);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (fields[i].value)
            memcpy(h + fields[i].at, fields[i].value, strlen(fields[i].value));
    snprintf(h + SIZE_AT, 12, "%011zo", size);
    snprintf(h + SUM_AT, 8, "%06o", header_sum(h));
    h[SUM_AT + 7] = ' ';
}

/* ---- writing ------------------------------------------------------------------------------ */

size_t package_entry_padding(size_t n)
{
    return (PACKAGE_BLOCK - n % PACKAGE_BLOCK) % PACKAGE_BLOCK;
}

static void add_entry(struct buf *b, str name, str bytes)
{
    static const char zeros[PACKAGE_BLOCK];
    char *h = buf_extend(b, PACKAGE_BLOCK);

    if (h)
        package_entry_header(name, bytes.n, h);
    buf_add_str(b, bytes);
    buf_add(b, zeros, package_entry_padding(bytes.n));
}

enum err package_archive_write(struct buf *b, const struct package_archive *a, struct fault *f)
{
    static const char zeros[2 * PACKAGE_BLOCK];

    add_entry(b, S("manifest.json"), a->manifest);
    add_entry(b, S("manifest.note"), a->note);
    for (size_t i = 0; i < a->files.n; i++)
        add_entry(b, a->files.list[i].name, a->files.list[i].bytes);
    buf_add(b, zeros, sizeof zeros);
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY_LIMIT, "the archive is too large");
}

/* ---- reading ------------------------------------------------------------------------------
 *
 * Each header is read only as far as its name and size; then the header that the writer would have
 * made of them must be it, byte for byte. The checks before that are for the sentence. */

struct reader {
    str in;
    size_t at; /* of the header that is being read */
    struct fault *f;
};

static enum err refuse(const struct reader *r, const char *what)
{
    return fault(r->f, ERR_MALFORMED_TEXT, "byte %zu: %s", r->at, what);
}

static const char *type_sentence(char type)
{
    switch (type) {
    case '0':
        return NULL;
    case '1':
        return "a hard link, which does not belong in a package";
    case '2':
        return "a symbolic link, which does not belong in a package";
    case '3':
    case '4':
        return "a device, which does not belong in a package";
    case '5':
        return "an entry for a folder, which a package does not have";
    case '6':
        return "a pipe, which does not belong in a package";
    case 'x':
    case 'g':
        return "a pax header, which a package does not have";
    case 'S':
        return "a sparse file of GNU tar, which does not belong in a package";
    case 'L':
    case 'K':
        return "a long name of GNU tar, which does not belong in a package";
    default:
        return "not a regular file";
    }
}

static bool all_zero(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i])
            return false;
    return true;
}

/* width octal digits and a NUL; false for any other way of writing numbers, base-256 among them. */
static bool octal(const char *p, size_t width, size_t *out)
{
    size_t v = 0;

    for (size_t i = 0; i < width; i++) {
        if (p[i] < '0' || p[i] > '7')
            return false;
        v = v * 8 + (size_t)(p[i] - '0');
    }
    *out = v;
    return p[width] == 0;
}

static enum err read_name(const struct reader *r, const char *h, str *out)
{
    str name = str_bytes(h, strnlen(h, NAME_FIELD));

    if (h[PREFIX_AT])
        return refuse(r, "a name in two parts, which a package does not need");
    if (name.n && name.p[0] == '/')
        return refuse(r, "an absolute path");
    if (str_find(name, S("..")) >= 0)
        return refuse(r, "a path that climbs out with '..'");
    if (!package_name_valid(name))
        return refuse(r, "a name that does not belong in a package: a-z, 0-9, '.' and '-' only");
    *out = name;
    return OK;
}

/* What a header can say wrong, in the order in which it helps to hear it. */
static enum err read_header(const struct reader *r, const char *h, str *name, size_t *size)
{
    size_t sum;
    const char *type = type_sentence(h[TYPE_AT]);

    if (memcmp(h + MAGIC_AT, "ustar  ", 8) == 0)
        return refuse(r, "an archive in the format of GNU tar, not POSIX ustar");
    if (memcmp(h + MAGIC_AT,
               "ustar\0"
               "00",
               8) != 0)
        return refuse(r, "not a POSIX ustar archive");
    if (!octal(h + SUM_AT, 6, &sum) || sum != header_sum(h))
        return refuse(r, "the checksum of the header is wrong");
    if (type)
        return refuse(r, type);
    TRY(read_name(r, h, name));
    if (!octal(h + SIZE_AT, 11, size))
        return refuse(r, "a size that is not eleven octal digits");
    return OK;
}

static enum err compare_header(const struct reader *r, const char *h, str name, size_t size)
{
    char want[PACKAGE_BLOCK];

    package_entry_header(name, size, want);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (memcmp(h + fields[i].at, want + fields[i].at, fields[i].n) != 0)
            return fault(r->f, ERR_MALFORMED_TEXT,
                         "byte %zu: the header of %.*s is not as a package is written: %s",
                         r->at + fields[i].at, STR_FMT(name), fields[i].name);
    return OK;
}

static enum err read_entry(struct reader *r, size_t max, struct package_file *out)
{
    str left = str_sub(r->in, r->at, r->in.n), name;
    size_t size = 0;

    if (left.n < PACKAGE_BLOCK)
        return refuse(r, "the archive is cut short");
    TRY(read_header(r, left.p, &name, &size));
    if (size > max)
        return fault(r->f, ERR_LIMIT, "%.*s is too large: %zu bytes, at most %zu", STR_FMT(name),
                     size, max);
    TRY(compare_header(r, left.p, name, size));
    if (left.n - PACKAGE_BLOCK < size + package_entry_padding(size))
        return refuse(r, "the archive is cut short");
    if (!all_zero(str_sub(left, PACKAGE_BLOCK + size,
                          PACKAGE_BLOCK + size + package_entry_padding(size))))
        return refuse(r, "bytes hidden behind the end of a file");
    out->name = name;
    out->bytes = str_sub(left, PACKAGE_BLOCK, PACKAGE_BLOCK + size);
    r->at += PACKAGE_BLOCK + size + package_entry_padding(size);
    return OK;
}

static enum err read_named(struct reader *r, const char *name, size_t max, str *out)
{
    struct package_file file;
    size_t begin = r->at;

    if (str_sub(r->in, r->at, r->in.n).n >= PACKAGE_BLOCK &&
        all_zero(str_sub(r->in, r->at, r->at + PACKAGE_BLOCK)))
        return fault(r->f, ERR_MALFORMED_TEXT, "byte %zu: %s is missing", begin, name);
    TRY(read_entry(r, max, &file));
    if (!str_eq(file.name, str_of(name)))
        return fault(r->f, ERR_MALFORMED_TEXT, "byte %zu: %s belongs here, not %.*s", begin, name,
                     STR_FMT(file.name));
    *out = file.bytes;
    return OK;
}

static bool at_end(const struct reader *r)
{
    str left = str_sub(r->in, r->at, r->in.n);

    return left.n >= PACKAGE_BLOCK && all_zero(str_sub(left, 0, PACKAGE_BLOCK));
}

static enum err read_files(struct reader *r, struct package_files *out)
{
    size_t total = 0;

    for (out->n = 0; !at_end(r); out->n++) {
        struct package_file file;
        size_t begin = r->at;
        if (out->n == PACKAGE_FILES)
            return fault(r->f, ERR_LIMIT, "more than %d files", PACKAGE_FILES);
        TRY(read_entry(r, PACKAGE_FILE_BYTES, &file));
        int order = out->n ? str_cmp(out->list[out->n - 1].name, file.name) : -1;
        if (order == 0 || str_starts(file.name, S("manifest.")))
            return fault(r->f, ERR_MALFORMED_TEXT, "byte %zu: %.*s is there twice", begin,
                         STR_FMT(file.name));
        if (order > 0)
            return fault(r->f, ERR_MALFORMED_TEXT, "byte %zu: %.*s is not in the order of names",
                         begin, STR_FMT(file.name));
        total += file.bytes.n;
        if (total > PACKAGE_BYTES)
            return fault(r->f, ERR_LIMIT, "the files have more than %d MiB", PACKAGE_BYTES >> 20);
        out->list[out->n] = file;
    }
    return OK;
}

static enum err read_end(const struct reader *r)
{
    str left = str_sub(r->in, r->at, r->in.n);

    if (left.n < 2 * PACKAGE_BLOCK)
        return refuse(r, "the archive is cut short");
    if (!all_zero(left))
        return refuse(r, "bytes behind the end of the archive");
    if (left.n > 2 * PACKAGE_BLOCK)
        return refuse(r, "more zeros than the two blocks that end an archive");
    return OK;
}

enum err package_archive_read(str bytes, struct package_archive *out, struct fault *f)
{
    struct reader r = {.in = bytes, .f = f};
    struct package_archive a;

    if (bytes.n > PACKAGE_ARCHIVE_BYTES)
        return fault(f, ERR_LIMIT, "the archive has more than %d bytes", PACKAGE_ARCHIVE_BYTES);
    TRY(read_named(&r, "manifest.json", PACKAGE_MANIFEST_BYTES, &a.manifest));
    TRY(read_named(&r, "manifest.note", PACKAGE_NOTE_BYTES, &a.note));
    TRY(read_files(&r, &a.files));
    TRY(read_end(&r));
    *out = a;
    return OK;
}

/* ---- entries of other archives ------------------------------------------------------------ */

enum err package_entry_read(str bytes, size_t *at, str *out_name, str *out, struct fault *f)
{
    const struct reader r = {.in = bytes, .at = *at, .f = f};
    str left = str_sub(bytes, *at, bytes.n);
    size_t size;

    *out_name = STR_NONE;
    if (left.n >= 2 * PACKAGE_BLOCK && all_zero(str_sub(left, 0, PACKAGE_BLOCK)))
        return read_end(&r);
    if (left.n < PACKAGE_BLOCK)
        return refuse(&r, "the archive is cut short");
    str name = str_bytes(left.p, strnlen(left.p, NAME_FIELD));
    if (name.n == 0 || name.n == NAME_FIELD || !octal(left.p + SIZE_AT, 11, &size))
        return refuse(&r, "not an entry of an archive");
    TRY(compare_header(&r, left.p, name, size));
    size_t end = PACKAGE_BLOCK + size + package_entry_padding(size);
    if (left.n < end)
        return refuse(&r, "the archive is cut short");
    if (!all_zero(str_sub(left, PACKAGE_BLOCK + size, end)))
        return refuse(&r, "bytes hidden behind the end of a file");
    *out_name = name;
    *out = str_sub(left, PACKAGE_BLOCK, PACKAGE_BLOCK + size);
    *at += end;
    return OK;
}
