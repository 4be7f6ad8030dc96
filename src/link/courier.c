/* courier.c - brings our logs to the partners, and keeps their receipts
 *
 * One thread, one line to each partner; a line is a small state machine and never waits for
 * another. A line that fails is tried again after a while that grows with chance up to a quarter of
 * an hour, and at once when the partner calls.
 *
 *   idle → checkpoint → entries → payloads → idle      what there is to bring
 *          introduce ↗   (404: the partner does not know the log yet)
 *   idle → recover → idle                              the log is mute: the partner may hold more
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "http/client.h"
#include "link/link_int.h"

enum {
    LINES_MAX = 512,
    LINE_ARENA = 96 << 20,
    REPLY_BYTES = 4 << 20,
    CALL_MS = 120000,
    FIRST_WAIT_MS = 500,
    LONGEST_WAIT_MS = 15 * 60 * 1000,
    LOOK_MS = 60 * 1000,       /* an idle line looks by itself that often */
    PAYLOAD_REQUEST = 8 << 20, /* bytes of payloads in a request */
    TURNS = 64,                /* answers without progress before a line rests */
    CONNECTIONS = 256
};

enum step { IDLE, INTRODUCE, CHECKPOINT, ENTRIES, PAYLOADS, RECOVER };

struct line {
    struct courier *courier;
    char state[3];
    enum step step;
    bool active, woken, called;
    int64_t due_ns;
    unsigned tries, turns;
    struct arena *arena; /* of the turn: reset when the line goes idle */
    struct peer partner, own;
    struct channel channel;
    uint64_t next; /* entry to be brought next */
    struct hash root;
    str missing; /* what the partner lacks, as it said */
    struct buf head, receipt,
        ticket; /* our signed head of channel.size entries; the mirror's ticket */
    bool introduced;
    bool greeted; /* since this node started: a partner that waits for us hears that we are there */
    struct buf body;
    char url[400], pin[64];
    struct http_call call;
};

struct courier {
    struct link *link;
    struct http_client *client;
    pthread_t thread;
    pthread_mutex_t lock; /* guards woken of lines, wake_all, stopping */
    bool wake_all, stopping;
    struct {
        char state[3];
        bool called;
    } woken[LINES_MAX];
    size_t n_woken;
    struct line *lines[LINES_MAX];
    size_t n_lines;
    char certificate[512], key[512];
};

static void done(struct http_call *);

/* ---- a line rests --------------------------------------------------------------------------- */

static void rest(struct line *l, int64_t wait_ms)
{
    l->step = IDLE;
    l->active = false;
    l->turns = 0;
    l->due_ns = monotonic_ns() + wait_ms * 1000000;
    buf_done(&l->body);
    buf_done(&l->head);
    buf_done(&l->receipt);
    buf_done(&l->ticket);
    arena_reset(l->arena);
}

/* Twice as long each time, and a random half of it more or less: two nodes do not stay in step. */
static void fail(struct line *l, const char *why)
{
    int64_t wait = FIRST_WAIT_MS;
    uint16_t chance;

    for (unsigned i = 0; i < l->tries && wait < LONGEST_WAIT_MS; i++)
        wait *= 2;
    if (wait > LONGEST_WAIT_MS)
        wait = LONGEST_WAIT_MS;
    secret_random(&chance, sizeof chance);
    wait = wait / 2 + wait * chance / 131072;
    if (l->tries < 30)
        l->tries++;
    LOG(l->tries == 1 ? LOG_WARN : LOG_DEBUG, "a partner is not reached",
        LOG_CSTR("partner", l->state), LOG_CSTR("detail", why), LOG_INT("retry_ms", wait));
    rest(l, wait);
}

/* An answer that leads no further: what the partner said of it, if it did. */
static void fail_answer(struct line *l, unsigned status, str body)
{
    char why[200];
    struct json *j;

    str said =
        json_parse(l->arena, body, NULL, &j, NULL) == OK ? json_get_str(j, S("detail")) : STR_NONE;
    snprintf(why, sizeof why, "status %u: %.*s", status, STR_FMT(said));
    fail(l, why);
}

static void fail_with(struct line *l, const struct fault *f)
{
    fail(l, f->detail);
}

/* ---- sending ----------------------------------------------------------------------------------
 */

static void send_body(struct line *l, enum step step, const char *path, const char *type)
{
    struct fault f = {0};

    if (!buf_ok(&l->body)) {
        fail(l, "a request is too large");
        return;
    }
    l->step = step;
    snprintf(l->url, sizeof l->url, "%s/link/v1/%s", l->partner.url, path);
    l->call = (struct http_call){.url = l->url,
                                 .body = buf_str(&l->body),
                                 .type = type,
                                 .pin = l->partner.has_tls ? l->pin : NULL,
                                 .certificate =
                                     l->courier->certificate[0] ? l->courier->certificate : NULL,
                                 .key = l->courier->key[0] ? l->courier->key : NULL,
                                 .max_reply = REPLY_BYTES,
                                 .timeout_ms = CALL_MS,
                                 .done = done,
                                 .user = l};
    if (http_client_start(l->courier->client, &l->call, &f) != OK)
        fail_with(l, &f);
}

static enum err with_reader(struct line *l,
                            enum err (*make)(struct line *, struct db *, struct fault *),
                            struct fault *f)
{
    struct db *db;

    TRY(db_pool_take(l->courier->link->house->readers, &db, f));
    enum err e = make(l, db, f);
    db_pool_put(l->courier->link->house->readers, db);
    return e;
}

/* ---- introduce --------------------------------------------------------------------------------
 */

static void introduce_self(struct line *l)
{
    const struct house *h = l->courier->link->house;
    AUTO(buf) struct buf text = BUF(1024);
    struct fault f = {0};

    upload_introduction(&text, str_of(l->own.state), str_of(l->state), &l->channel);
    buf_done(&l->body);
    l->body = BUF(NOTE_BYTES);
    if (keyring_link_note(h->keyring, l->channel.serial, l->channel.origin, buf_str(&text),
                          &l->body, &f) != OK) {
        fail_with(l, &f);
        return;
    }
    l->introduced = true;
    send_body(l, INTRODUCE, "introduce", "text/plain");
}

/* ---- checkpoint -------------------------------------------------------------------------------
 */

static enum err make_checkpoint(struct line *l, struct db *db, struct fault *f)
{
    buf_done(&l->body);
    l->body = BUF(NOTE_BYTES + 64 * 64);
    return upload_checkpoint(&l->body, db, &l->channel, l->channel.pending_size, buf_str(&l->head),
                             f);
}

static void bring_checkpoint(struct line *l)
{
    struct fault f = {0};

    if (with_reader(l, make_checkpoint, &f) != OK)
        fail_with(l, &f);
    else
        send_body(l, CHECKPOINT, "add-checkpoint", "text/plain");
}

/* ---- entries ----------------------------------------------------------------------------------
 */

static enum err make_entries(struct line *l, struct db *db, struct fault *f)
{
    uint64_t next;

    buf_done(&l->body);
    l->body = BUF(UPLOAD_BYTES);
    return upload_entries(&l->body, db, &l->channel, l->next, buf_str(&l->ticket), l->arena, &next,
                          f);
}

static void bring_entries(struct line *l)
{
    struct fault f = {0};

    if (with_reader(l, make_entries, &f) != OK)
        fail_with(l, &f);
    else
        send_body(l, ENTRIES, "add-entries", "application/octet-stream");
}

/* ---- payloads ---------------------------------------------------------------------------------
 */

static enum err put_missing(struct line *l, struct db *db, str line, struct fault *f)
{
    str rest = line, hex, have, total;
    int64_t from, all;
    struct hash sealed;

    if (!str_split(&rest, ' ', &hex) || !str_split(&rest, ' ', &have) ||
        !str_split(&rest, ' ', &total) || !hex_decode(hex, sealed.b, sizeof sealed.b) ||
        !str_to_int64(have, &from) || !str_to_int64(total, &all) || from < 0 || from >= all)
        return fault(f, ERR_MALFORMED_TEXT, "the partner asks for nothing that is a payload");
    return upload_piece(&l->body, db, &sealed, (uint64_t)from, (uint64_t)all, f);
}

/* What the partner said it lacks, one line each; one piece of each at a time. */
static enum err make_payloads(struct line *l, struct db *db, struct fault *f)
{
    str rest = l->missing, line;

    buf_done(&l->body);
    l->body = BUF(UPLOAD_BYTES);
    upload_payloads_begin(&l->body, &l->channel);
    size_t head = l->body.n;
    while (str_split(&rest, '\n', &line) && l->body.n < PAYLOAD_REQUEST)
        if (line.n)
            TRY(put_missing(l, db, line, f));
    return l->body.n > head ? OK : fault(f, ERR_MALFORMED_TEXT, "the partner lacks nothing");
}

static void bring_payloads(struct line *l, str missing)
{
    struct fault f = {0};

    l->missing = str_copy(l->arena, missing);
    if (!l->missing.p || with_reader(l, make_payloads, &f) != OK)
        fail_with(l, &f);
    else
        send_body(l, PAYLOADS, "add-payloads", "application/octet-stream");
}

/* ---- recovering ---------------------------------------------------------------------------------
 */

static void ask_for_tail(struct line *l)
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
        fail_with(l, &f);
    else
        send_body(l, RECOVER, "recover", "text/plain");
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

static enum err check_root(struct line *l, struct db *db, struct fault *f)
{
    return channel_root(db, &l->channel, l->channel.size, &l->root, f);
}

/* Our log and the partner's head fit: we may sign again, as long as the keyring remembers no
 * greater head than the partner. */
static void unmute_if_whole(struct line *l, const struct checkpoint *head)
{
    struct house *h = l->courier->link->house;
    struct fault f = {0};
    struct hash signed_root;
    uint64_t signed_size;

    enum err e = keyring_head_last(h->keyring, l->channel.origin, &signed_size, &signed_root, &f);
    if (e == OK && head && head->size == l->channel.size) {
        e = with_reader(l, check_root, &f);
        if (e == OK && !secret_equal(l->root.b, head->root.b, sizeof l->root.b))
            e = fault(&f, ERR_CORRUPT, "what the partner holds is not our log");
    }
    if (e == OK && signed_size > l->channel.size)
        e = fault(&f, ERR_STALE, "a head of %" PRIu64 " entries was signed, and nobody has them",
                  signed_size);
    if (e == OK)
        e = sending_mute(l->courier->link, &l->channel, false, &f);
    if (e != OK) {
        fail_with(l, &f);
        return;
    }
    LOG(LOG_INFO, "a channel signs again", LOG_CSTR("partner", l->state),
        LOG_INT("entries", l->channel.size));
    l->tries = 0;
    rest(l, 0);
}

static void tail_came(struct line *l, str body)
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
        fail_with(l, &f);
    else if (l->channel.size < t.head.size && t.n)
        ask_for_tail(l);
    else if (l->channel.size < t.head.size)
        fail(l, "the partner gave no entries");
    else
        unmute_if_whole(l, &t.head);
}

/* ---- the receipt
 * ---------------------------------------------------------------------------------- */

static enum err check_receipt(struct line *l, struct db *db, struct fault *f)
{
    int64_t at;

    return link_check_receipt(l->courier->link, db, str_of(l->state), buf_str(&l->receipt),
                              l->arena, &at, f);
}

static void receipt_came(struct line *l, str lines)
{
    struct fault f = {0};

    buf_done(&l->receipt);
    l->receipt = BUF(2 * NOTE_BYTES);
    buf_add_str(&l->receipt, buf_str(&l->head));
    buf_add_str(&l->receipt, lines);
    enum err e = buf_ok(&l->receipt) ? with_reader(l, check_receipt, &f)
                                     : fault(&f, ERR_TOO_LARGE, "a receipt is too large");
    if (e == OK)
        e = sending_receipted(l->courier->link, &l->channel, buf_str(&l->receipt), l->channel.size,
                              &f);
    if (e != OK) {
        fail_with(l, &f);
        return;
    }
    l->tries = 0;
    l->greeted = true;
    rest(l, 0);
}

/* ---- answers
 * --------------------------------------------------------------------------------------- */

static bool is_type(const struct line *l, const char *type)
{
    return strncmp(l->call.content_type, type, strlen(type)) == 0;
}

/* The partner holds more than we do: a restored node, or a lost tail. No head is signed until the
 * entries are back. */
static void partner_has_more(struct line *l, uint64_t size)
{
    struct fault f = {0};

    LOG(LOG_WARN, "a partner holds more of our log than we do", LOG_CSTR("partner", l->state),
        LOG_INT("entries", l->channel.size), LOG_INT("partner_has", size));
    if (sending_mute(l->courier->link, &l->channel, true, &f) != OK)
        fail_with(l, &f);
    else
        ask_for_tail(l);
}

static void checkpoint_answered(struct line *l, unsigned status, str body)
{
    struct fault f = {0};
    uint64_t size;

    if (status == 404 && !l->introduced) {
        introduce_self(l);
    } else if (status == 409 && size_line_parse(body, &size, &f) == OK) {
        l->channel.pending_size = size;
        if (size > l->channel.size)
            partner_has_more(l, size);
        else
            bring_checkpoint(l);
    } else if (status == 200) {
        l->channel.pending_size = l->channel.size;
        if (sending_pending(l->courier->link, &l->channel, l->channel.size, &f) != OK)
            fail_with(l, &f);
        else
            bring_entries(l);
    } else {
        fail_answer(l, status, body);
    }
}

static void entries_answered(struct line *l, unsigned status, str body)
{
    struct mirror_info info;
    struct fault f = {0};

    if (status == 200 && is_type(l, "text/plain")) {
        receipt_came(l, body);
    } else if (status == 202 && is_type(l, "text/x.sifara.missing")) {
        l->turns = 0;
        bring_payloads(l, body);
    } else if ((status == 202 || status == 409) && is_type(l, "text/x.tlog.mirror-info") &&
               mirror_info_parse(l->arena, body, &info, &f) == OK && info.next <= l->channel.size) {
        l->turns = info.next > l->next ? 0 : l->turns;
        l->next = info.next;
        buf_clear(&l->ticket);
        buf_add_str(&l->ticket, info.size == l->channel.size ? info.ticket : STR_NONE);
        if (info.size == l->channel.size || status == 202)
            bring_entries(l);
        else
            bring_checkpoint(l);
    } else {
        fail_answer(l, status, body);
    }
}

static void answered(struct line *l, unsigned status, str body)
{
    switch (l->step) {
    case INTRODUCE:
        if (status == 200)
            bring_checkpoint(l);
        else
            fail_answer(l, status, body);
        break;
    case CHECKPOINT:
        checkpoint_answered(l, status, body);
        break;
    case ENTRIES:
    case PAYLOADS:
        entries_answered(l, status, body);
        break;
    case RECOVER:
        if (status == 200)
            tail_came(l, body);
        else if (status == 404)
            unmute_if_whole(l, NULL);
        else
            fail_answer(l, status, body);
        break;
    case IDLE:
        break;
    }
}

static void done(struct http_call *call)
{
    struct line *l = call->user;
    struct buf reply = call->reply;

    call->reply = BUF(0);
    if (call->err != OK)
        fail(l, call->detail);
    else if (++l->turns > TURNS)
        fail(l, "the partner's answers lead nowhere");
    else
        answered(l, call->status, buf_str(&reply));
    buf_done(&reply);
}

/* ---- a line begins
 * ----------------------------------------------------------------------------------- */

static enum err load_ends(struct line *l, struct db *db, struct fault *f)
{
    struct link *link = l->courier->link;

    TRY(link_peer(link, db, link->house->state_code, &l->own, f));
    return link_peer(link, db, str_of(l->state), &l->partner, f);
}

static void put_pin(struct line *l)
{
    AUTO(buf) struct buf b = BUF(64);

    base64_encode(&b, hash_str(&l->partner.tls), BASE64_STD);
    snprintf(l->pin, sizeof l->pin, "%.*s", STR_FMT(buf_str(&b)));
}

/* A head that was signed for more entries than there are: the tail of our own store is lost. */
static enum err tail_is_lost(struct line *l, bool *out, struct fault *f)
{
    struct hash root;
    uint64_t size;

    TRY(keyring_head_last(l->courier->link->house->keyring, l->channel.origin, &size, &root, f));
    *out = size > l->channel.size;
    return OK;
}

static void begin(struct line *l)
{
    struct link *link = l->courier->link;
    struct fault f = {0};
    bool lost = false;

    l->active = true;
    l->introduced = false;
    enum err e = with_reader(l, load_ends, &f);
    if (e == OK)
        e = sending_append(link, str_of(l->state), l->arena, &l->channel, &f);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) { /* no letter of ours, or of the partner */
        rest(l, LOOK_MS);
        return;
    }
    if (e == OK && !l->channel.muted)
        e = tail_is_lost(l, &lost, &f);
    if (e == OK && lost)
        e = sending_mute(link, &l->channel, true, &f);
    if (e != OK) {
        fail_with(l, &f);
        return;
    }
    put_pin(l);
    if (l->channel.muted || lost) {
        ask_for_tail(l);
        return;
    }
    if (l->channel.size == l->channel.head_size && l->greeted) {
        rest(l, LOOK_MS);
        return;
    }
    l->next = l->channel.head_size;
    l->head = BUF(NOTE_BYTES);
    l->ticket = BUF(WIRE_TICKET);
    e = with_reader(l, check_root, &f);
    if (e == OK)
        e = keyring_link_head(link->house->keyring, l->channel.serial, l->channel.origin,
                              l->channel.size, &l->root, &l->head, &f);
    if (e != OK)
        fail_with(l, &f);
    else if (l->channel.pending_size == l->channel.size)
        bring_entries(l);
    else
        bring_checkpoint(l);
}

/* ---- all lines
 * ------------------------------------------------------------------------------------------ */

static struct line *line_to(struct courier *c, const char *state)
{
    for (size_t i = 0; i < c->n_lines; i++)
        if (strcmp(c->lines[i]->state, state) == 0)
            return c->lines[i];
    struct line *l = c->n_lines < LINES_MAX ? calloc(1, sizeof *l) : NULL;
    if (!l || !(l->arena = arena_new(LINE_ARENA))) {
        free(l);
        return NULL;
    }
    l->courier = c;
    snprintf(l->state, sizeof l->state, "%s", state);
    return c->lines[c->n_lines++] = l;
}

/* All partners that were ever accredited have a line. */
static void look_for_partners(struct courier *c)
{
    struct query q;
    struct db *db;

    if (db_pool_take(c->link->house->readers, &db, NULL) != OK)
        return;
    if (db_query(db, &q, NULL, "SELECT state FROM accreditation WHERE credence IS NOT NULL", "") ==
        OK) {
        for (; query_row(&q); query_next(&q)) {
            char code[3];
            snprintf(code, sizeof code, "%.*s", STR_FMT(query_str(&q, 0)));
            struct line *l = line_to(c, code);
            if (l)
                l->woken = l->called = true;
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(c->link->house->readers, db);
}

static void take_wakings(struct courier *c)
{
    static __typeof__(c->woken) woken; /* of the one thread */

    pthread_mutex_lock(&c->lock);
    size_t n = c->n_woken;
    bool all = c->wake_all;
    memcpy(woken, c->woken, n * sizeof *woken);
    c->n_woken = 0;
    c->wake_all = false;
    pthread_mutex_unlock(&c->lock);
    if (all)
        look_for_partners(c);
    for (size_t i = 0; i < n; i++) {
        struct line *l = line_to(c, woken[i].state);
        if (!l)
            continue;
        l->woken = true;
        l->called |= woken[i].called;
    }
}

/* Starts what is due; returns how long there is nothing to do. */
static unsigned start_due(struct courier *c)
{
    int64_t now = monotonic_ns(), first = now + (int64_t)LOOK_MS * 1000000;

    for (size_t i = 0; i < c->n_lines; i++) {
        struct line *l = c->lines[i];
        if (l->active)
            continue;
        /* what is new to send does not shorten the rest of a line that fails */
        if (l->called || l->due_ns <= now || (l->woken && l->tries == 0)) {
            l->woken = l->called = false;
            begin(l);
        }
        if (!l->active && l->due_ns < first)
            first = l->due_ns;
    }
    int64_t wait = (first - now) / 1000000;
    return wait < 0 ? 0 : (unsigned)wait;
}

static void *courier_main(void *arg)
{
    struct courier *c = arg;

    setpriority(PRIO_PROCESS, (id_t)gettid(), 5);
    for (;;) {
        pthread_mutex_lock(&c->lock);
        bool stopping = c->stopping;
        pthread_mutex_unlock(&c->lock);
        if (stopping)
            return NULL;
        take_wakings(c);
        http_client_run(c->client, start_due(c));
    }
}

void courier_wake(struct courier *c, const char *state, enum waking why)
{
    pthread_mutex_lock(&c->lock);
    size_t i = 0;
    while (i < c->n_woken && strcmp(c->woken[i].state, state) != 0)
        i++;
    if (!state[0] || i == LINES_MAX) {
        c->wake_all = true;
    } else {
        if (i == c->n_woken) {
            snprintf(c->woken[c->n_woken++].state, sizeof c->woken[i].state, "%s", state);
            c->woken[i].called = false;
        }
        c->woken[i].called |= why == WAKE_CALLED;
    }
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
}

enum err courier_start(struct link *link, struct courier **out, struct fault *f)
{
    static const struct http_client_limits limits = {CONNECTIONS, 2};
    struct courier *c = calloc(1, sizeof *c);

    if (!c || !(c->client = http_client_new(&limits))) {
        free(c);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    c->link = link;
    c->wake_all = true;
    pthread_mutex_init(&c->lock, NULL);
    if (link->house->tls_cert && link->house->tls_key) {
        snprintf(c->certificate, sizeof c->certificate, "%s", link->house->tls_cert);
        snprintf(c->key, sizeof c->key, "%s", link->house->tls_key);
    }
    if (pthread_create(&c->thread, NULL, courier_main, c) != 0) {
        http_client_free(c->client);
        free(c);
        return fault(f, ERR_MEMORY, "cannot start a thread");
    }
    *out = c;
    return OK;
}

void courier_stop(struct courier *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
    pthread_join(c->thread, NULL);
    for (size_t i = 0; i < c->n_lines; i++) {
        struct line *l = c->lines[i];
        http_client_cancel(c->client, &l->call);
        rest(l, 0);
        arena_free(l->arena);
        free(l);
    }
    http_client_free(c->client);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
