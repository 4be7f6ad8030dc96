/* cli_cases.c - all cases of a service as one file, and back into a node (docs/exit.md)
 *
 * The file is a tar archive: cases/ID.json, attachments/ID, documents/ID.pdf, the packages by which
 * the cases live, the list of keys by which their seals are checked, and last manifest.json with
 * the digest of each. It is made case by case and looked through whole before anything is sent. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "node/cli.h"
#include "package/archive.h"

enum { ANSWER_MAX = 64 << 20, ARENA_MAX = 256 << 20, MANIFEST_MAX = 256 << 20, PATH_ROOM = 512 };

/* ---- out ---------------------------------------------------------------------------------- */

struct leaving {
    struct cli *c;
    FILE *file;
    struct buf files; /* the members of the manifest */
    struct jw w;
    unsigned cases, attachments, documents;
};

static bool write_entry(struct leaving *l, str name, str bytes)
{
    static const char zeros[PACKAGE_BLOCK];
    struct hash h = sha256(bytes);
    char head[PACKAGE_BLOCK], hex[65];
    size_t rest = package_entry_padding(bytes.n);

    package_entry_header(name, bytes.n, head);
    hex_encode(h.b, sizeof h.b, hex);
    jw_key(&l->w, name);
    jw_open(&l->w, '{');
    jw_kv(&l->w, S("sha256"), str_of(hex));
    jw_kv_int(&l->w, S("size"), (int64_t)bytes.n);
    jw_close(&l->w, '}');
    return fwrite(head, 1, sizeof head, l->file) == sizeof head &&
           fwrite(bytes.p ? bytes.p : "", 1, bytes.n, l->file) == bytes.n &&
           fwrite(zeros, 1, rest, l->file) == rest;
}

/* What the node answers becomes an entry, and is parsed where *out is asked for. */
static int keep(struct leaving *l, const char *path, const char *name, struct arena *a,
                struct json **out)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};
    int code = cli_fetch(l->c, path, &b);

    if (code != CLI_OK)
        return code;
    if (!write_entry(l, str_of(name), buf_str(&b))) {
        (void)fault(&f, ERR_IO, "cannot write the file");
        return cli_fault(&f, CLI_FAILED);
    }
    if (out && json_parse(a, str_copy(a, buf_str(&b)), &json_limits_wide, out, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return CLI_OK;
}

static int keep_attachments(struct leaving *l, const char *id, const struct json *record)
{
    const struct json *list = json_get(record, S("attachments"));
    char path[PATH_ROOM], name[PATH_ROOM];
    int code = CLI_OK;

    for (size_t i = 0; code == CLI_OK && json_at(list, i); i++, l->attachments++) {
        str one = json_get_str(json_at(list, i), S("id"));
        snprintf(path, sizeof path, "/v1/desk/cases/%s/export/%.*s", id, STR_FMT(one));
        snprintf(name, sizeof name, "attachments/%.*s", STR_FMT(one));
        code = keep(l, path, name, NULL, NULL);
    }
    return code;
}

static int keep_documents(struct leaving *l, const struct json *record)
{
    const struct json *list = json_get(record, S("documents"));
    char path[PATH_ROOM], name[PATH_ROOM];
    int code = CLI_OK;

    for (size_t i = 0; code == CLI_OK && json_at(list, i); i++) {
        str one = json_get_str(json_at(list, i), S("id"));
        if (!json_get_str(json_at(list, i), S("seal")).p)
            continue;
        snprintf(path, sizeof path, "/v1/desk/documents/%.*s/pdf", STR_FMT(one));
        snprintf(name, sizeof name, "documents/%.*s.pdf", STR_FMT(one));
        code = keep(l, path, name, NULL, NULL);
        l->documents++;
    }
    return code;
}

static int keep_case(struct leaving *l, str id)
{
    AUTO(arena) struct arena *a = arena_new(ARENA_MAX);
    char path[PATH_ROOM], name[PATH_ROOM], text[64];
    struct json *record = NULL;

    if (!a)
        return CLI_FAILED;
    snprintf(text, sizeof text, "%.*s", STR_FMT(id));
    snprintf(path, sizeof path, "/v1/desk/cases/%s/export", text);
    snprintf(name, sizeof name, "cases/%s.json", text);
    int code = keep(l, path, name, a, &record);
    if (code == CLI_OK)
        code = keep_attachments(l, text, record);
    if (code == CLI_OK)
        code = keep_documents(l, record);
    l->cases++;
    return code;
}

static int keep_packages(struct leaving *l, const struct json *list)
{
    char path[PATH_ROOM], name[PATH_ROOM];
    int code = CLI_OK;

    for (size_t i = 0; code == CLI_OK && json_at(list, i); i++) {
        const struct json *one = json_at(list, i), *overlay = json_get(one, S("overlay"));
        str content = json_get_str(one, S("content"));
        snprintf(path, sizeof path, "/v1/packages/%.*s/archive",
                 STR_FMT(json_get_str(one, S("id"))));
        snprintf(name, sizeof name, "packages/%.*s.sifara", STR_FMT(content));
        code = keep(l, path, name, NULL, NULL);
        if (code != CLI_OK || !overlay)
            continue;
        AUTO(buf) struct buf b = BUF(ANSWER_MAX);
        struct jw w = JW(&b);
        jw_tree(&w, overlay);
        snprintf(name, sizeof name, "packages/%.*s.layer", STR_FMT(content));
        if (!write_entry(l, str_of(name), buf_str(&b)))
            code = CLI_FAILED;
    }
    return code;
}

/* The cases of one page; the end of it into next, empty behind the last. */
static int keep_page(struct leaving *l, const char *service, char next[64])
{
    AUTO(arena) struct arena *a = arena_new(ARENA_MAX);
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};
    struct json *page;
    char path[PATH_ROOM];

    snprintf(path, sizeof path, "/v1/services/%s/cases%s%s", service, next[0] ? "?after=" : "",
             next);
    int code = cli_fetch(l->c, path, &b);
    if (code != CLI_OK || !a)
        return a ? code : CLI_FAILED;
    if (json_parse(a, buf_str(&b), &json_limits_wide, &page, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    snprintf(next, 64, "%.*s", STR_FMT(json_get_str(page, S("next"))));
    code = keep_packages(l, json_get(page, S("packages")));
    const struct json *list = json_get(page, S("cases"));
    for (size_t i = 0; code == CLI_OK && json_at(list, i); i++)
        code = keep_case(l, json_str(json_at(list, i)));
    return code;
}

static bool write_manifest(struct leaving *l, const char *service)
{
    static const char zeros[2 * PACKAGE_BLOCK];
    AUTO(buf) struct buf b = BUF(MANIFEST_MAX);

    jw_close(&l->w, '}');
    buf_printf(&b, "{\"kind\":\"sifara-cases/1\",\"service\":\"%s\",\"files\":", service);
    buf_add_str(&b, buf_str(&l->files));
    buf_add_char(&b, '}');
    return buf_ok(&b) && buf_ok(&l->files) && write_entry(l, S("manifest.json"), buf_str(&b)) &&
           fwrite(zeros, 1, sizeof zeros, l->file) == sizeof zeros;
}

static int export_all(struct leaving *l, const char *service)
{
    struct fault f = {0};
    char next[64] = "";

    jw_open(&l->w, '{');
    int code = keep(l, "/v1/trust-list", "trust.json", NULL, NULL);
    do
        code = code == CLI_OK ? keep_page(l, service, next) : code;
    while (code == CLI_OK && next[0]);
    if (code == CLI_OK && !write_manifest(l, service)) {
        (void)fault(&f, ERR_IO, "cannot write the file");
        return cli_fault(&f, CLI_FAILED);
    }
    return code;
}

static bool name_plain(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static int cases_export(struct cli *c)
{
    const char *service = c->words[3], *out = cli_option(c, "out");
    struct leaving l = {.c = c, .files = BUF(MANIFEST_MAX)};
    struct fault f = {0};

    l.w = JW(&l.files);
    if (!name_plain(service)) {
        (void)fault(&f, ERR_INVALID, "not the name of a service");
        return cli_fault(&f, CLI_USAGE);
    }
    int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    l.file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!l.file) {
        (void)fault(&f, ERR_IO, "cannot make %s, or it is there already", out);
        return cli_fault(&f, CLI_FAILED);
    }
    int code = export_all(&l, service);
    bool whole = fflush(l.file) == 0 && fsync(fd) == 0;
    whole = fclose(l.file) == 0 && whole;
    buf_done(&l.files);
    if (code != CLI_OK || !whole) { /* half a file is none */
        unlink(out);
        return code != CLI_OK ? code : CLI_FAILED;
    }
    printf("%u cases, %u attachments, %u documents\n", l.cases, l.attachments, l.documents);
    return CLI_OK;
}

/* ---- in ----------------------------------------------------------------------------------- */

struct entry {
    str name, bytes;
};

struct arriving {
    struct cli *c;
    struct arena *arena;
    struct entry *list;
    size_t n;
    unsigned cases, attachments, there;
};

static enum err read_entries(struct arriving *a, str bytes, struct fault *f)
{
    size_t room = bytes.n / PACKAGE_BLOCK + 1, at = 0;

    a->list = arena_alloc(a->arena, room * sizeof *a->list);
    TRY_PTR(a->list, f);
    for (;;) {
        struct entry e;
        TRY(package_entry_read(bytes, &at, &e.name, &e.bytes, f));
        if (!e.name.p)
            return OK;
        a->list[a->n++] = e;
    }
}

static const struct entry *entry_named(const struct arriving *a, str name)
{
    for (size_t i = 0; i < a->n; i++)
        if (str_eq(a->list[i].name, name))
            return &a->list[i];
    return NULL;
}

/* Each file is what the manifest says, the files are in its order, and there is no other. */
static enum err check_entries(const struct arriving *a, struct fault *f)
{
    struct json *manifest;
    char hex[65];

    if (!a->n || !str_eq(a->list[a->n - 1].name, S("manifest.json")))
        return fault(f, ERR_INVALID, "it is not a file of cases, or its end is missing");
    TRY(json_parse(a->arena, a->list[a->n - 1].bytes, &json_limits_wide, &manifest, f));
    const struct json *files = json_get(manifest, S("files"));
    if (!str_eq(json_get_str(manifest, S("kind")), S("sifara-cases/1")) ||
        !json_is(files, J_OBJECT))
        return fault(f, ERR_INVALID, "it is not a file of cases");
    if (files->n != a->n - 1)
        return fault(f, ERR_INVALID, "it has other files than its manifest says");
    for (size_t i = 0; i < files->n; i++) {
        const struct entry *e = &a->list[i];
        struct hash h = sha256(e->bytes);
        hex_encode(h.b, sizeof h.b, hex);
        if (!str_eq(e->name, files->members[i].key) ||
            !str_eq(json_get_str(&files->members[i].value, S("sha256")), str_of(hex)))
            return fault(f, ERR_INVALID, "%.*s is damaged", STR_FMT(e->name));
    }
    return OK;
}

/* Taken in, or there already; *out_there says which. */
static int send_in(struct arriving *a, const char *path, str body, const char *type,
                   bool *out_there)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    long status;
    int code = cli_send(a->c, path, body, type, &b, &status);

    *out_there = status == 409 && str_find(buf_str(&b), S("here already")) >= 0;
    if (code != CLI_OK || (status >= 200 && status < 300) || *out_there)
        return code;
    fprintf(stderr, "%.*s\n", STR_FMT(buf_str(&b)));
    return CLI_FAILED;
}

static int send_attachments(struct arriving *a, str id, const struct json *record)
{
    const struct json *list = json_get(record, S("attachments"));
    char path[PATH_ROOM], name[PATH_ROOM];
    int code = CLI_OK;
    bool there;

    for (size_t i = 0; code == CLI_OK && json_at(list, i); i++) {
        str one = json_get_str(json_at(list, i), S("id"));
        snprintf(name, sizeof name, "attachments/%.*s", STR_FMT(one));
        snprintf(path, sizeof path, "/v1/desk/imports/%.*s/%.*s", STR_FMT(id), STR_FMT(one));
        const struct entry *e = entry_named(a, str_of(name));
        if (!e) {
            fprintf(stderr, "sifara: %s is missing\n", name);
            return CLI_FAILED;
        }
        code = send_in(a, path, e->bytes, "application/octet-stream", &there);
        a->attachments += code == CLI_OK && !there;
    }
    return code;
}

static int send_case(struct arriving *a, const struct entry *e)
{
    AUTO(arena) struct arena *scratch = arena_new(ARENA_MAX);
    struct fault f = {0};
    struct json *record;
    bool there;

    if (!scratch)
        return CLI_FAILED;
    if (json_parse(scratch, e->bytes, &json_limits_wide, &record, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    int code = send_in(a, "/v1/desk/imports", e->bytes, "application/json", &there);
    a->cases += code == CLI_OK && !there;
    a->there += there;
    return code == CLI_OK
               ? send_attachments(a, json_get_str(json_get(record, S("case")), S("id")), record)
               : code;
}

static int import_all(struct arriving *a, str bytes)
{
    struct fault f = {0};
    int code = CLI_OK;

    if (read_entries(a, bytes, &f) != OK || check_entries(a, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    for (size_t i = 0; code == CLI_OK && i < a->n; i++)
        if (str_starts(a->list[i].name, S("cases/")))
            code = send_case(a, &a->list[i]);
    printf("%u cases and %u attachments taken in, %u cases were here already\n", a->cases,
           a->attachments, a->there);
    return code;
}

static int cases_import(struct cli *c)
{
    AUTO(arena) struct arena *arena = arena_new((size_t)1 << 30);
    struct arriving a = {.c = c, .arena = arena};
    struct fault f = {0};
    struct stat st;
    int fd = open(c->words[3], O_RDONLY | O_CLOEXEC);
    bool good = arena && fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
    size_t n = good ? (size_t)st.st_size : 0;
    char *p = good ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;

    if (fd >= 0)
        close(fd);
    if (p == MAP_FAILED) {
        (void)fault(&f, ERR_IO, "cannot read %s", c->words[3]);
        return cli_fault(&f, CLI_FAILED);
    }
    int code = import_all(&a, str_bytes(p, n));
    munmap(p, n);
    return code;
}

int cli_service_cases(struct cli *c)
{
    bool out = c->n_words == 4 && strcmp(c->words[2], "export") == 0 && cli_option(c, "out");
    bool in = c->n_words == 4 && strcmp(c->words[2], "import") == 0;

    if (!out && !in) {
        fprintf(stderr, "usage: sifara service cases export SERVICE --out FILE | import FILE\n");
        return CLI_USAGE;
    }
    return out ? cases_export(c) : cases_import(c);
}
