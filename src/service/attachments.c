#include "service/attachments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "paper/worker.h"
#include "service/cases_int.h"
#include "service/scan.h"

enum {
    CHUNK = 64 << 10,
    HEAD = 64 << 10, /* a picture says its size behind what cameras tell */
    CHUNKS_MAX = ATTACHMENT_MAX / CHUNK + 2,
    PER_CASE = 20,
    SENT_PER_CASE = 60, /* with messages, of both sides */
    WORKER_DEADLINE_MS = 3000
};

struct attachment_sink {
    struct house *house;
    struct key key;
    struct scan *scan; /* NULL where none is configured */
    int fd;
    bool kept, closed;
    char path[4096], final[4096];
    char chunk[CHUNK], head[HEAD];
    size_t fill, head_n, size;
    unsigned chunks;
    struct hash digests[CHUNKS_MAX], digest;
};

/* Accepted by content, whatever the name says. */
static const char *const types[] = {"application/pdf", "image/jpeg", "image/png",
                                    "image/webp",      "image/heic", "image/tiff"};

static enum err cannot_store(struct fault *f)
{
    bool full = errno == ENOSPC || errno == EDQUOT;

    return fault(f, full ? ERR_STORAGE_FULL : ERR_IO, "cannot store the attachment");
}

enum err attachment_sink_open(struct house *h, const struct id *person,
                              struct attachment_sink **out, struct fault *f)
{
    struct attachment_sink *s = calloc(1, sizeof *s);
    uint8_t random[8];
    char name[17];

    if (!s)
        return fault(f, ERR_MEMORY, "out of memory");
    s->house = h;
    secret_random(random, sizeof random);
    hex_encode(random, sizeof random, name);
    snprintf(s->path, sizeof s->path, "%.*s/blobs/incoming-%s", STR_FMT(h->data_dir), name);
    enum err e = person_key(h, person, &s->key, f);
    if (e == OK && h->scanner)
        e = scan_open(h->scanner, &s->scan, f);
    s->fd = e == OK ? open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (e == OK && s->fd < 0)
        e = cannot_store(f);
    if (e != OK) {
        s->closed = s->kept = true;
        attachment_sink_free(s);
        return e;
    }
    *out = s;
    return OK;
}

enum err attachment_person(struct house *h, str file, struct id *person, struct fault *f)
{
    struct query q;
    struct db *db;
    struct id id;

    if (!id_parse(file, &id))
        return OK;
    TRY(db_pool_take(h->readers, &db, f));
    enum err e = db_query(db, &q, f, "SELECT person FROM case_file WHERE id = ?", "d", &id);
    if (e == OK) {
        if (query_row(&q))
            *person = query_id(&q, 0);
        e = query_end(&q, f);
    }
    db_pool_put(h->readers, db);
    return e;
}

void attachment_sink_free(struct attachment_sink *s)
{
    if (!s)
        return;
    if (!s->closed)
        close(s->fd);
    if (!s->kept)
        unlink(s->final[0] ? s->final : s->path);
    scan_free(s->scan);
    secret_wipe(s, sizeof *s);
    free(s);
}

static enum err write_all(int fd, str bytes, struct fault *f)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return cannot_store(f);
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    return OK;
}

static void chunk_ad(char out[32], unsigned number, bool last)
{
    snprintf(out, 32, "chunk %u%s", number, last ? " last" : "");
}

static enum err flush_chunk(struct attachment_sink *s, bool last, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(CHUNK + SEAL_OVERHEAD + 4);
    char ad[32];

    if (s->chunks == CHUNKS_MAX)
        return fault(f, ERR_TOO_LARGE, "an attachment has at most 10 MiB");
    chunk_ad(ad, s->chunks, last);
    buf_add_u32(&b, (uint32_t)(s->fill + SEAL_OVERHEAD));
    TRY(seal(&b, &s->key, str_of(ad), str_bytes(s->chunk, s->fill), f));
    s->digests[s->chunks++] = sha256(buf_str(&b));
    s->fill = 0;
    return write_all(s->fd, buf_str(&b), f);
}

enum err attachment_sink_add(struct attachment_sink *s, str bytes, struct fault *f)
{
    s->size += bytes.n;
    if (s->size > ATTACHMENT_MAX)
        return fault(f, ERR_TOO_LARGE, "an attachment has at most 10 MiB");
    if (s->scan)
        TRY(scan_add(s->scan, bytes, f));
    if (s->head_n < HEAD) {
        size_t take = bytes.n < HEAD - s->head_n ? bytes.n : HEAD - s->head_n;
        memcpy(s->head + s->head_n, bytes.p, take);
        s->head_n += take;
    }
    while (bytes.n) {
        /* the last chunk is only known at the end: keep a full one until more comes */
        if (s->fill == CHUNK)
            TRY(flush_chunk(s, false, f));
        size_t take = bytes.n < CHUNK - s->fill ? bytes.n : CHUNK - s->fill;
        memcpy(s->chunk + s->fill, bytes.p, take);
        s->fill += take;
        bytes = str_sub(bytes, take, bytes.n);
    }
    return OK;
}

static enum err blob_path(const struct house *h, const struct hash *digest, char out[4096],
                          struct fault *f)
{
    char hex[65];

    hex_encode(digest->b, sizeof digest->b, hex);
    int n = snprintf(out, 4096, "%.*s/blobs/%.2s", STR_FMT(h->data_dir), hex);
    if (mkdir(out, 0700) != 0 && errno != EEXIST)
        return cannot_store(f);
    snprintf(out + n, 4096 - (size_t)n, "/%s", hex);
    return OK;
}

/* A name is durable once its folder is. */
static bool sync_folder_of(const char *path)
{
    char folder[4096];

    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* The file is durable under its name before any row speaks of it. */
static enum err sink_finish(struct attachment_sink *s, struct fault *f)
{
    TRY(flush_chunk(s, true, f));
    s->digest = sha256(str_bytes(s->digests, s->chunks * sizeof s->digests[0]));
    TRY(blob_path(s->house, &s->digest, s->final, f));
    if (fsync(s->fd) != 0 || rename(s->path, s->final) != 0) {
        s->final[0] = 0;
        return cannot_store(f);
    }
    /* the folder of s->path holds the folder of s->final, which may be new */
    return sync_folder_of(s->final) && sync_folder_of(s->path) ? OK : cannot_store(f);
}

struct adding {
    struct casefile c;
    struct id id; /* of one whose bytes follow */
    struct attachment_sink *sink;
    char type[WORKER_MIME_ROOM];
    str name;
    struct dropped dropped;
};

/* What an officer sends comes as bytes: a sink of the person's takes them. */
static void release_adding(void *data)
{
    attachment_sink_free(((struct adding *)data)->sink);
}

static enum err check_type(struct act *a, struct adding *p, struct fault *f)
{
    TRY(worker_sniff(a->house->worker, str_bytes(p->sink->head, p->sink->head_n),
                     WORKER_DEADLINE_MS, p->type, f));
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i], p->type) == 0)
            return OK;
    return fault(f, ERR_MEDIA_TYPE, "a file of type %s is not accepted", p->type);
}

static enum err finish_adding(struct act *a, struct adding *p, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(1024);
    str name = act_param(a, S("name"));
    uint32_t cp;

    if (!p->sink || p->sink->size == 0)
        return fault(f, ERR_INVALID, "the attachment is empty");
    TRY(act_seal_for(a, &p->c.person, f));
    if (!name.p || name.n > 255 || !utf8_plain(name, &cp))
        return fault_at(f, ERR_INVALID, "/name", "give the file a name that can be read (?name=)");
    if (p->sink->scan)
        TRY(scan_end(p->sink->scan, f));
    TRY(check_type(a, p, f));
    TRY(seal(&sealed, &a->record_key, S("name"), name, f));
    p->name = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(p->name.p, f);
    TRY(sink_finish(p->sink, f));
    a->content = p->sink->digest;
    return OK;
}

enum err attachment_add_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);

    TRY_PTR(p, f);
    p->sink = a->upload;
    a->data = p;
    TRY(case_of_path(a, &p->c, f));
    return finish_adding(a, p, f);
}

enum err attachment_enclose_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);

    TRY_PTR(p, f);
    a->data = p;
    a->data_free = release_adding;
    TRY(case_of_path(a, &p->c, f));
    TRY(attachment_sink_open(a->house, &p->c.person, &p->sink, f));
    TRY(attachment_sink_add(p->sink, a->body, f));
    return finish_adding(a, p, f);
}

static enum err count_files(struct act *a, const char *sql, const struct id *file, int64_t *out,
                            struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, sql, "d", file));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

/* sender: who may name it in a message, or NULL for a document of the case. */
static enum err write_added(struct act *a, const struct adding *p, const struct id *sender,
                            struct fault *f)
{
    struct id id = id_new(&a->house->world, id_bucket(&p->c.id));
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "INSERT INTO attachment(id, bucket, file, person, digest, size, type, name, message,"
               " sender) VALUES(?,?,?,?,?,?,?,?,nullif(?, -2),?)",
               "diddbisbid", &id, (int64_t)id_bucket(&id), &p->c.id, &p->c.person,
               hash_str(&p->sink->digest), (int64_t)p->sink->size, str_of(p->type), p->name,
               (int64_t)(sender ? -1 : -2), sender));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_kv_int(&w, S("size"), (int64_t)p->sink->size);
    jw_kv(&w, S("type"), str_of(p->type));
    jw_close(&w, '}');
    return OK;
}

enum err attachment_add(struct act *a, struct fault *f)
{
    struct adding *p = a->data;
    int64_t n;

    if (!case_is_open(&p->c))
        return fault(f, ERR_CONFLICT, "documents are added to a draft, or when they are asked for");
    TRY(count_files(a, "SELECT count(*) FROM attachment WHERE file = ? AND message IS NULL",
                    &p->c.id, &n, f));
    if (n >= PER_CASE)
        return fault(f, ERR_LIMIT, "a case has at most %d documents", PER_CASE);
    return write_added(a, p, NULL, f);
}

enum err attachment_enclose(struct act *a, struct fault *f)
{
    const struct adding *p = a->data;

    TRY(attachment_add(a, f));
    return case_touch(a, &p->c, f);
}

/* Bytes of an attachment whose case came from another node. */
enum err attachment_import_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);
    struct query q;

    TRY_PTR(p, f);
    a->data = p;
    a->data_free = release_adding;
    TRY(case_of_path(a, &p->c, f));
    TRY(act_param_id(a, S("attachment"), &p->id, f));
    TRY(db_one(a->db, &q, f, "SELECT size, type FROM attachment WHERE id = ? AND file = ?", "dd",
               &p->id, &p->c.id));
    bool same = query_int(&q, 0) == (int64_t)a->body.n;
    str type = str_copy(a->arena, query_str(&q, 1));
    TRY(query_end(&q, f));
    TRY(attachment_sink_open(a->house, &p->c.person, &p->sink, f));
    TRY(attachment_sink_add(p->sink, a->body, f));
    if (p->sink->scan)
        TRY(scan_end(p->sink->scan, f));
    TRY(check_type(a, p, f));
    if (!same || !str_eq(type, str_of(p->type)))
        return fault(f, ERR_INVALID, "not the attachment that the case names");
    TRY(sink_finish(p->sink, f));
    a->content = p->sink->digest;
    return OK;
}

enum err attachment_import(struct act *a, struct fault *f)
{
    struct adding *p = a->data;
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "UPDATE attachment SET digest = ? WHERE id = ? AND bucket = ? AND digest = ?",
               "bdib", hash_str(&p->sink->digest), &p->id, (int64_t)id_bucket(&p->id), S("")));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "its bytes are here already");
    TRY(case_touch(a, &p->c, f));
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &p->id));
    jw_close(&w, '}');
    return OK;
}

void attachment_add_after(struct act *a)
{
    struct adding *p = a->data;

    p->sink->kept = true;
}

/* ---- with a message ----------------------------------------------------------------------- */

static enum err check_room(struct act *a, const struct id *file, size_t more, struct fault *f)
{
    int64_t n;

    TRY(count_files(a, "SELECT count(*) FROM attachment WHERE file = ? AND message >= 0", file, &n,
                    f));
    if (n + (int64_t)more > SENT_PER_CASE)
        return fault(f, ERR_LIMIT, "a case takes %d files with messages", SENT_PER_CASE);
    return OK;
}

/* The oldest gives way: whoever begins again and again fills no disk. */
enum err message_attach(struct act *a, struct fault *f)
{
    struct adding *p = a->data;

    TRY(check_room(a, &p->c.id, 1, f));
    TRY(attachments_drop(a, &p->c.id, FILES_WAITING - 1, &p->dropped, f));
    return write_added(a, p, &a->actor.id, f);
}

void message_attach_after(struct act *a)
{
    struct adding *p = a->data;

    attachment_add_after(a);
    attachments_unlink(a->house, &p->dropped);
}

void dropped_add(struct dropped *d, struct id *ids, struct query *q)
{
    str digest = query_str(q, 1);

    if (d->n == FILES_WAITING || digest.n != sizeof d->digests[0].b)
        return;
    ids[d->n] = query_id(q, 0);
    memcpy(d->digests[d->n++].b, digest.p, digest.n);
}

enum err attachments_delete(struct act *a, const struct id *ids, unsigned n, struct fault *f)
{
    for (unsigned i = 0; i < n; i++)
        TRY(db_run(a->db, f, "DELETE FROM attachment WHERE id = ? AND bucket = ?", "di", &ids[i],
                   (int64_t)id_bucket(&ids[i])));
    return OK;
}

enum err attachments_drop(struct act *a, const struct id *file, unsigned keep, struct dropped *out,
                          struct fault *f)
{
    struct id ids[FILES_WAITING];
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, digest FROM attachment WHERE file = ? AND message = -1 AND sender = ?"
                 " ORDER BY id DESC",
                 "dd", file, &a->actor.id));
    for (unsigned i = 0; query_row(&q); query_next(&q), i++)
        if (i >= keep)
            dropped_add(out, ids, &q);
    TRY(query_end(&q, f));
    return attachments_delete(a, ids, out->n, f);
}

/* A file that cannot be removed is one that nobody names: its bytes are sealed. */
void attachments_unlink(const struct house *h, const struct dropped *d)
{
    char path[4096];

    for (unsigned i = 0; i < d->n; i++)
        if (blob_path(h, &d->digests[i], path, NULL) == OK)
            unlink(path);
}

enum err attachments_send(struct act *a, const struct id *file, int64_t message, struct fault *f)
{
    const struct json *list = json_get(a->input, S("files")), *j;
    char at[32];
    struct id id;

    if (list)
        TRY(check_room(a, file, list->n, f));
    for (size_t i = 0; (j = json_at(list, i)); i++) {
        snprintf(at, sizeof at, "/files/%zu", i);
        if (!id_parse(json_str(j), &id))
            return fault_at(f, ERR_INVALID, at, "not an id");
        TRY(db_run(a->db, f,
                   "UPDATE attachment SET message = ?, sender = NULL WHERE id = ? AND bucket = ?"
                   " AND file = ? AND message = -1 AND sender = ?",
                   "ididd", message, &id, (int64_t)id_bucket(&id), file, &a->actor.id));
        if (db_changes(a->db) != 1)
            return fault_at(f, ERR_CONFLICT, at, "this file is not here any more: add it again");
    }
    return OK;
}

/* ---- reading ----------------------------------------------------------------------------- */

static enum err read_chunk(FILE *file, const struct key *k, unsigned number, struct arena *a,
                           bool *last, str *out, struct fault *f)
{
    unsigned char head[4];
    char ad[32];

    if (fread(head, 1, 4, file) != 4)
        return fault(f, ERR_CORRUPT, "an attachment is cut short");
    size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    char *sealed = n <= CHUNK + SEAL_OVERHEAD ? arena_alloc(a, n) : NULL;
    if (!sealed || fread(sealed, 1, n, file) != n)
        return fault(f, ERR_CORRUPT, "an attachment is cut short");
    int c = fgetc(file);
    *last = c == EOF;
    if (!*last)
        ungetc(c, file);
    chunk_ad(ad, number, *last);
    return unseal(a, k, str_of(ad), str_bytes(sealed, n), out, f);
}

static enum err read_blob(struct act *a, const struct hash *digest, const struct key *k,
                          struct fault *f)
{
    AUTO(arena) struct arena *chunk = arena_new(4 * CHUNK);
    char path[4096];
    bool last = false;
    enum err e = OK;
    str plain;

    TRY_PTR(chunk, f);
    TRY(blob_path(a->house, digest, path, f));
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault(f, ERR_CORRUPT, "an attachment is missing");
    a->reply.max = ATTACHMENT_MAX;
    for (unsigned i = 0; e == OK && !last; i++) {
        arena_reset(chunk);
        e = read_chunk(file, k, i, chunk, &last, &plain, f);
        if (e == OK)
            buf_add_str(&a->reply, plain);
    }
    fclose(file);
    return e;
}

enum err attachment_get(struct act *a, struct fault *f)
{
    struct id id;
    struct hash digest;
    struct casefile c;
    struct query q;
    struct key k;

    TRY(case_of_path(a, &c, f));
    if (!id_parse(act_param(a, S("attachment")), &id))
        return fault(f, ERR_NOT_FOUND, "no such attachment");
    TRY(db_one(a->db, &q, f,
               "SELECT digest, type FROM attachment WHERE id = ? AND bucket = ? AND file = ?"
               " AND (message IS NULL OR message >= 0 OR sender = ?)",
               "didd", &id, (int64_t)id_bucket(&id), &c.id, &a->actor.id));
    str d = query_str(&q, 0);
    a->type = str_cstr(a->arena, query_str(&q, 1));
    bool whole = d.n == sizeof digest.b;
    if (whole)
        memcpy(digest.b, d.p, d.n);
    TRY(query_end(&q, f));
    if (!whole)
        return fault(f, ERR_CORRUPT, "an attachment's row is damaged");
    a->revision = c.revision;
    TRY(person_key(a->house, &c.person, &k, f));
    return read_blob(a, &digest, &k, f);
}

/* ---- checking ---------------------------------------------------------------------------- */

/* The digest of a blob is that of its chunks' digests, as they lie on disk: no key is needed. */
static enum err check_blob(const char *path, const struct hash *want, char *chunk, struct fault *f)
{
    AUTO(buf) struct buf digests = BUF(CHUNKS_MAX * sizeof(struct hash));
    unsigned char head[4];
    FILE *file = fopen(path, "rbe");
    bool whole = file != NULL;

    while (whole && fread(head, 1, 4, file) == 4) {
        size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        whole = n <= CHUNK + SEAL_OVERHEAD && fread(chunk + 4, 1, n, file) == n;
        memcpy(chunk, head, 4);
        struct hash h = sha256(str_bytes(chunk, whole ? n + 4 : 4));
        buf_add_str(&digests, hash_str(&h));
    }
    if (file)
        fclose(file);
    struct hash got = sha256(buf_str(&digests));
    whole = whole && buf_ok(&digests) && memcmp(got.b, want->b, sizeof got.b) == 0;
    return whole ? OK : fault(f, ERR_CORRUPT, "the attachment %s is damaged or missing", path);
}

enum err attachments_check(struct db *db, const char *data, uint64_t *out_n, struct fault *f)
{
    char *chunk = malloc(CHUNK + SEAL_OVERHEAD + 4), path[4096], hex[65];
    struct query q;
    enum err e = chunk ? OK : fault(f, ERR_MEMORY, "out of memory");
    uint64_t n = 0;

    if (e == OK)
        /* what was not sent may have been removed while a backup was made: nobody lacks it */
        e = db_query(db, &q, f,
                     "SELECT digest FROM attachment WHERE message IS NULL OR message >= 0", "");
    if (e != OK) {
        free(chunk);
        return e;
    }
    for (; e == OK && query_row(&q); query_next(&q), n++) {
        str digest = query_str(&q, 0);
        struct hash want = {{0}};
        memcpy(want.b, digest.p, digest.n < sizeof want.b ? digest.n : sizeof want.b);
        hex_encode(want.b, sizeof want.b, hex);
        snprintf(path, sizeof path, "%s/blobs/%.2s/%s", data, hex, hex);
        e = check_blob(path, &want, chunk, f);
    }
    enum err end = query_end(&q, f);
    free(chunk);
    TRY(e);
    TRY(end);
    *out_n = n;
    return OK;
}
