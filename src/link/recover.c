/* recover.c - a log that is mute gets back from its partner what the store has lost */
#include <inttypes.h>

#include "base/log.h"
#include "link/courier_int.h"

void recover_ask(struct line *l)
{
    const struct house *h = l->courier->link->house;
    AUTO(buf) struct buf text = BUF(1024);
    struct fault f = {0};

    buf_printf(&text, "sifara-recover/1\norigin %.*s\nfrom %" PRIu64 "\nat %" PRId64 "\n",
               STR_FMT(l->channel.origin), l->channel.size, world_now(&h->world));
    buf_done(&l->body);
    l->body = BUF(NOTE_BYTES);
    if (keyring_link_note(h->keyring, l->channel.serial, l->channel.origin, buf_str(&text),
                          &l->body, &f) != OK)
        line_fail_with(l, &f);
    else
        line_send(l, RECOVER, "recover", "text/plain");
}

static bool take_u(str *rest, size_t width, size_t *out)
{
    if (rest->n < width)
        return false;
    *out = 0;
    for (size_t i = 0; i < width; i++)
        *out = *out << 8 | (unsigned char)rest->p[i];
    *rest = str_sub(*rest, width, rest->n);
    return true;
}

struct tail_reply {
    str note;
    struct checkpoint head;
    str *entries;
    size_t n;
};

/* The head must bear our own signature, of any keyset we ever had: a partner cannot give us a log
 * that we did not write. */
static enum err is_ours(struct line *l, str note, struct fault *f)
{
    enum err e = fault(f, ERR_BAD_SIGNATURE, "no head of ours");

    for (uint64_t serial = l->own.serial; e != OK && serial > 0; serial--) {
        struct keyring_link_keys keys;
        uint64_t signers;
        str text;
        TRY(keyring_link_keys(l->courier->link->house->keyring, serial, &keys, f));
        struct note_key key = note_key_of(l->channel.origin, &keys.log);
        e = note_open(note, &key, 1, &text, &signers, f);
    }
    return e;
}

static enum err read_tail(struct line *l, str body, struct tail_reply *t, struct fault *f)
{
    size_t n;
    str text, rest = body;

    if (!take_u(&rest, 4, &n) || rest.n < n)
        return fault(f, ERR_MALFORMED_TEXT, "a tail without a head");
    t->note = str_sub(rest, 0, n);
    rest = str_sub(rest, n, rest.n);
    TRY(note_checkpoint(t->note, &t->head, &text, f));
    TRY(is_ours(l, t->note, f));
    if (!str_eq(t->head.origin, l->channel.origin))
        return fault(f, ERR_MALFORMED_TEXT, "a head of another log");
    t->entries = arena_alloc(l->arena, (rest.n / 2 + 1) * sizeof *t->entries);
    TRY_PTR(t->entries, f);
    for (t->n = 0; take_u(&rest, 2, &n) && rest.n >= n; t->n++) {
        t->entries[t->n] = str_sub(rest, 0, n);
        rest = str_sub(rest, n, rest.n);
    }
    if (l->channel.size + t->n > t->head.size)
        t->n = t->head.size > l->channel.size ? (size_t)(t->head.size - l->channel.size) : 0;
    return OK;
}

/* Our log and the partner's head fit: we may sign again, as long as the keyring remembers no
 * greater head than the partner. */
void recover_done(struct line *l, const struct checkpoint *head)
{
    struct house *h = l->courier->link->house;
    struct fault f = {0};
    struct hash signed_root;
    uint64_t signed_size;

    enum err e = keyring_head_last(h->keyring, l->channel.origin, &signed_size, &signed_root, &f);
    if (e == OK && head && head->size == l->channel.size) {
        e = line_read(l, line_root, &f);
        if (e == OK && !secret_equal(l->root.b, head->root.b, sizeof l->root.b))
            e = fault(&f, ERR_CORRUPT, "what the partner holds is not our log");
    }
    if (e == OK && signed_size > l->channel.size)
        e = fault(&f, ERR_STALE, "a head of %" PRIu64 " entries was signed, and nobody has them",
                  signed_size);
    if (e == OK)
        e = sending_mute(l->courier->link, &l->channel, false, &f);
    if (e != OK) {
        line_fail_with(l, &f);
        return;
    }
    LOG(LOG_INFO, "a channel signs again", LOG_CSTR("partner", l->state),
        LOG_INT("entries", l->channel.size));
    l->tries = 0;
    line_rest(l, 0);
}

void recover_came(struct line *l, str body)
{
    struct tail_reply t;
    struct fault f = {0};
    enum err e = read_tail(l, body, &t, &f);

    if (e == OK && t.n)
        e = sending_recover(l->courier->link, &l->channel, t.entries, t.n, l->arena, &f);
    if (e == OK && t.n)
        LOG(LOG_INFO, "entries came back from a partner", LOG_CSTR("partner", l->state),
            LOG_INT("entries", t.n));
    if (e != OK)
        line_fail_with(l, &f);
    else if (l->channel.size < t.head.size && t.n)
        recover_ask(l);
    else if (l->channel.size < t.head.size)
        line_fail(l, "the partner gave no entries");
    else
        recover_done(l, &t.head);
}
