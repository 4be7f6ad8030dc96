/* keyring_sealed.c - what was sealed, and as what: one decision, one document
 *
 * What two officers signed names no number, and whoever writes in the database could have it sealed
 * again under another one. So the keyring remembers for each statement the number and time with
 * which it went out, in keys/sealed: 32 bytes a document, only ever added to. The kernel has them
 * before the seal leaves, so that no dead process forgets. The disk is waited for once a second, as
 * that takes longer than the seal: what a power cut takes is the memory of the last seals, and no
 * document. The same document again is no other one: the node asks twice when it was interrupted.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/world.h"
#include "node/keyring_int.h"

static const int64_t SYNC_EVERY_NS = 1000000000;

/* Halves of SHA-256: of the statement, and of number and time. */
struct sealed_once {
    uint8_t statement[16], document[16];
};

/* The place of a statement in the table: where it is, or the free one where it belongs. */
static uint32_t *place_of(const struct sealed_log *l, const uint8_t statement[16])
{
    size_t mask = l->size - 1;
    uint64_t at;

    memcpy(&at, statement, sizeof at); /* a digest is spread well enough */
    while (l->table[at & mask] &&
           memcmp(l->list[l->table[at & mask] - 1].statement, statement, 16) != 0)
        at++;
    return &l->table[at & mask];
}

/* Room for one more, in the list and, at most half full, in the table. */
static enum err make_room(struct sealed_log *l, struct fault *f)
{
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        struct sealed_once *list = realloc(l->list, room * sizeof *list);
        if (!list)
            return fault(f, ERR_MEMORY, "out of memory");
        l->list = list;
        l->room = room;
    }
    if (2 * (l->n + 1) <= l->size)
        return OK;
    uint32_t *old = l->table, *table = calloc(4 * l->room, sizeof *table);
    if (!table)
        return fault(f, ERR_MEMORY, "out of memory");
    l->table = table;
    l->size = 4 * l->room;
    for (size_t i = 0; i < l->n; i++)
        *place_of(l, l->list[i].statement) = (uint32_t)i + 1;
    free(old);
    return OK;
}

static enum err add(struct sealed_log *l, const struct sealed_once *one, struct fault *f)
{
    TRY(make_room(l, f));
    uint32_t *place = place_of(l, one->statement);
    l->list[l->n] = *one;
    *place = (uint32_t)++l->n;
    return OK;
}

enum err ring_load_sealed(struct ring *r, struct fault *f)
{
    struct sealed_log *l = &r->sealed;
    struct sealed_once some[512];
    char path[4096];
    ssize_t n;

    snprintf(path, sizeof path, "%s/sealed", r->folder);
    l->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (l->fd < 0)
        return fault(f, ERR_IO, "keys/sealed cannot be opened");
    l->torn = lseek(l->fd, 0, SEEK_END) % (off_t)sizeof *some != 0;
    if (lseek(l->fd, 0, SEEK_SET) != 0)
        return fault(f, ERR_IO, "keys/sealed cannot be read");
    while ((n = read(l->fd, some, sizeof some)) > 0)
        for (size_t i = 0; i < (size_t)n / sizeof *some; i++)
            TRY(add(l, &some[i], f));
    return n == 0 ? OK : fault(f, ERR_IO, "keys/sealed cannot be read");
}

/* Waits for the disk, once a second while there is something to seal. */
static bool on_disk(struct sealed_log *l)
{
    int64_t now = monotonic_ns();

    if (l->synced_ns && now - l->synced_ns < SYNC_EVERY_NS)
        return true;
    l->synced_ns = now;
    return fdatasync(l->fd) == 0;
}

/* A record that is half there, whose seal never left, would shift all that follows. It is cut off
 * only here, by whoever seals: a doctor's keyring reads beside the one that is at work. */
static bool cut_to_whole(struct sealed_log *l)
{
    if (l->torn && ftruncate(l->fd, (off_t)(l->n * sizeof *l->list)) == 0)
        l->torn = false;
    return !l->torn;
}

static enum err append(struct sealed_log *l, const struct sealed_once *one, struct fault *f)
{
    if (!cut_to_whole(l))
        return fault(f, ERR_IO, "keys/sealed ends with half a record");
    if (write(l->fd, one, sizeof *one) == sizeof *one && on_disk(l))
        return add(l, one, f);
    l->torn = true;
    return fault(f, ERR_IO, "keys/sealed cannot be written");
}

enum err ring_seal_once(struct ring *r, str statement, str number, int64_t issued, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(512);
    struct sealed_log *l = &r->sealed;
    struct sealed_once one;
    struct hash h = sha256(statement);

    buf_printf(&text, "%.*s\n%lld", STR_FMT(number), (long long)issued);
    if (!buf_ok(&text))
        return ring_bad(f);
    memcpy(one.statement, h.b, sizeof one.statement);
    h = sha256(buf_str(&text));
    memcpy(one.document, h.b, sizeof one.document);
    uint32_t at = l->n ? *place_of(l, one.statement) : 0;
    if (at == 0)
        return append(l, &one, f);
    return memcmp(l->list[at - 1].document, one.document, sizeof one.document) == 0
               ? OK
               : fault(f, ERR_UNSIGNED, "this decision was sealed, under another number or date");
}

void ring_close_sealed(struct ring *r)
{
    if (r->sealed.fd > 0)
        close(r->sealed.fd);
    free(r->sealed.list);
    free(r->sealed.table);
}
