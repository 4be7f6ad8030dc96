/* line.c - the line to one partner: what it brings, and what the answers mean
 *
 *   idle → checkpoint → entries → payloads → idle      what there is to bring
 *          introduce ↗   (404: the partner does not know the log yet)
 *   idle → recover → idle                              the log is mute: the partner may hold more
 *   idle → close → …                                   a relation ended: both sides say so
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/log.h"
#include "link/courier_int.h"

enum {
    PAYLOAD_REQUEST = 8 << 20, /* bytes of payloads in a request */
    TURNS = 64                 /* answers without progress before a line rests */
};

static void done(struct http_call *);
static void bring(struct line *);

/* ---- a line rests --------------------------------------------------------------------------- */

void line_rest(struct line *l, int64_t wait_ms)
{
    l->step = IDLE;
    l->active = false;
    l->turns = 0;
    l->due_ns = courier_now(l->courier) + wait_ms * 1000000;
    buf_done(&l->body);
    buf_done(&l->head);
    buf_done(&l->receipt);
    buf_done(&l->ticket);
    arena_reset(l->arena);
}

void line_fail(struct line *l, const char *why)
{
    int64_t wait = courier_wait(l->courier, &l->tries);

    LOG(l->tries == 1 ? LOG_WARN : LOG_DEBUG, "a partner is not reached",
        LOG_CSTR("partner", l->state), LOG_CSTR("detail", why), LOG_INT("retry_ms", wait));
    line_rest(l, wait);
}

/* An answer that leads no further: what the partner said of it, if it did. */
static void fail_answer(struct line *l, unsigned status, str body)
{
    char why[200];
    struct json *j;

    str said =
        json_parse(l->arena, body, NULL, &j, NULL) == OK ? json_get_str(j, S("detail")) : STR_NONE;
    snprintf(why, sizeof why, "status %u: %.*s", status, STR_FMT(said));
    line_fail(l, why);
}

void line_fail_with(struct line *l, const struct fault *f)
{
    line_fail(l, f->detail);
}

/* ---- sending --------------------------------------------------------------------------------- */

/* What is said outside of the log is signed on the line, both ways. */
static bool is_signed(enum step step)
{
    return step == CLOSE || step == INTRODUCE || step == RECOVER;
}

void line_send(struct line *l, enum step step, const char *path, const char *type)
{
    struct fault f = {0};

    if (!buf_ok(&l->body)) {
        line_fail(l, "a request is too large");
        return;
    }
    l->step = step;
    courier_call(l->courier, &l->partner, path, l->url, l->pin, &l->call);
    l->call.body = buf_str(&l->body);
    l->call.type = type;
    l->call.done = done;
    l->call.user = l;
    enum err e = is_signed(step)
                     ? hop_sign_call(l->courier->link->house, l->channel.serial, &l->call, &f)
                     : OK;
    if (e != OK || http_client_start(l->courier->client, &l->call, &f) != OK)
        line_fail_with(l, &f);
}

enum err line_read(struct line *l, enum err (*make)(struct line *, struct db *, struct fault *),
                   struct fault *f)
{
    struct db *db;

    TRY(db_pool_take(l->courier->link->house->readers, &db, f));
    enum err e = make(l, db, f);
    db_pool_put(l->courier->link->house->readers, db);
    return e;
}

/* ---- close ---------------------------------------------------------------------------------- */

/* What goes on beside a closing, if anything does. */
static void go_on(struct line *l)
{
    if (l->talks)
        bring(l);
    else
        line_rest(l, LOOK_MS);
}

static enum err prove_closing(struct line *l, struct db *db, struct fault *f)
{
    buf_done(&l->body);
    l->body = BUF(NOTE_BYTES);
    return closing_prove(l->courier->link->house, db, &l->closing, l->arena, &l->body, f);
}

/* Our proof is kept before it leaves: what the partner was told is what we show. */
static void bring_closing(struct line *l)
{
    struct fault f = {0};
    enum err e = line_read(l, prove_closing, &f);

    if (e == OK && !l->closing.proof.p)
        e = closing_keep_proof(l->courier->link, &l->closing, buf_str(&l->body), l->arena, &f);
    if (e != OK)
        line_fail_with(l, &f);
    else if (l->closing.ours && !l->closing.answered)
        line_send(l, CLOSE, "close", "text/plain");
    else
        go_on(l);
}

static enum err keep_answer(struct line *l, str body, struct fault *f)
{
    struct house *h = l->courier->link->house;
    struct closing_word *word;
    struct db *db;

    TRY(db_pool_take(h->readers, &db, f));
    enum err e = closing_answer_read(h, db, world_now(&h->world), str_of(l->state), body, l->arena,
                                     &word, f);
    db_pool_put(h->readers, db);
    TRY(e);
    return closing_keep_answer(l->courier->link, word, l->arena, f);
}

/* A partner that does not say it leaves our word alone; what else there is goes its way. */
static void close_answered(struct line *l, unsigned status, str body)
{
    struct fault f = {0};
    enum err e = status == 200 ? keep_answer(l, body, &f)
                               : fault(&f, ERR_DENIED, "a closing was answered by %u", status);

    if (e != OK && !l->talks) {
        line_fail_with(l, &f);
        return;
    }
    if (e != OK)
        LOG(LOG_INFO, "a partner does not say that the standing changed",
            LOG_CSTR("partner", l->state), LOG_CSTR("detail", f.detail));
    l->tries = 0;
    go_on(l);
}

/* ---- introduce ------------------------------------------------------------------------------- */

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
        line_fail_with(l, &f);
        return;
    }
    l->introduced = true;
    line_send(l, INTRODUCE, "introduce", "text/plain");
}

/* ---- checkpoint ------------------------------------------------------------------------------ */

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

    if (line_read(l, make_checkpoint, &f) != OK)
        line_fail_with(l, &f);
    else
        line_send(l, CHECKPOINT, "add-checkpoint", "text/plain");
}

/* ---- entries --------------------------------------------------------------------------------- */

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

    if (line_read(l, make_entries, &f) != OK)
        line_fail_with(l, &f);
    else
        line_send(l, ENTRIES, "add-entries", "application/octet-stream");
}

/* ---- payloads -------------------------------------------------------------------------------- */

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
    if (!l->missing.p || line_read(l, make_payloads, &f) != OK)
        line_fail_with(l, &f);
    else
        line_send(l, PAYLOADS, "add-payloads", "application/octet-stream");
}

enum err line_root(struct line *l, struct db *db, struct fault *f)
{
    return channel_root(db, &l->channel, l->channel.size, &l->root, f);
}

/* ---- the receipt
 * ---------------------------------------------------------------------------------- */

static enum err check_receipt(struct line *l, struct db *db, struct fault *f)
{
    int64_t at;

    return link_check_receipt(l->courier->link, db, str_of(l->state), buf_str(&l->receipt),
                              l->arena, &at, f);
}

static enum err wake_watches(struct line *l, struct db *db, struct fault *f)
{
    (void)f;
    watches_wake(l->courier, db, l->state);
    return OK;
}

static void receipt_came(struct line *l, str lines)
{
    struct fault f = {0};

    buf_done(&l->receipt);
    l->receipt = BUF(2 * NOTE_BYTES);
    buf_add_str(&l->receipt, buf_str(&l->head));
    buf_add_str(&l->receipt, lines);
    enum err e = buf_ok(&l->receipt) ? line_read(l, check_receipt, &f)
                                     : fault(&f, ERR_TOO_LARGE, "a receipt is too large");
    if (e == OK)
        e = sending_receipted(l->courier->link, &l->channel, buf_str(&l->receipt), l->channel.size,
                              &f);
    if (e != OK) {
        line_fail_with(l, &f);
        return;
    }
    l->tries = 0;
    l->greeted = true;
    (void)!line_read(l, wake_watches, &f);
    line_rest(l, 0);
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
        line_fail_with(l, &f);
    else
        recover_ask(l);
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
            line_fail_with(l, &f);
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
    case CLOSE:
        close_answered(l, status, body);
        break;
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
            recover_came(l, body);
        else if (status == 404)
            recover_done(l, NULL);
        else
            fail_answer(l, status, body);
        break;
    case IDLE:
        break;
    }
}

/* A refusal leads nowhere, whoever sent it; 404 to "recover" does. */
static bool is_believed(struct line *l, str body, struct fault *f)
{
    bool leads = l->call.status == 200 || (l->step == RECOVER && l->call.status == 404);

    return !is_signed(l->step) || !leads ||
           hop_check_answer(l->courier->link->house, l->state, &l->call, body, f) == OK;
}

static void done(struct http_call *call)
{
    struct line *l = call->user;
    struct fault f = {0};
    struct buf reply = call->reply;

    call->reply = BUF(0);
    if (call->err != OK)
        line_fail(l, call->detail);
    else if (++l->turns > TURNS)
        line_fail(l, "the partner's answers lead nowhere");
    else if (!is_believed(l, buf_str(&reply), &f))
        line_fail_with(l, &f);
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

/* A head that was signed for more entries than there are: the tail of our own store is lost. */
static enum err tail_is_lost(struct line *l, bool *out, struct fault *f)
{
    struct hash root;
    uint64_t size;

    TRY(keyring_head_last(l->courier->link->house->keyring, l->channel.origin, &size, &root, f));
    *out = size > l->channel.size;
    return OK;
}

void line_append(struct line *l)
{
    struct appended now;
    struct fault f = {0};

    enum err e = line_read(l, load_ends, &f);
    if (e == OK)
        e = sending_append(l->courier->link, str_of(l->state), l->arena, &now, &f);
    if (e != OK && e != ERR_NOT_FOUND && e != ERR_DENIED)
        LOG(LOG_WARN, "what waits is not in the log yet", LOG_CSTR("partner", l->state),
            LOG_CSTR("detail", f.detail));
    arena_reset(l->arena);
}

/* What the partner lacks of our log, if it lacks anything. */
static void bring(struct line *l)
{
    const struct house *h = l->courier->link->house;
    struct fault f = {0};

    if (l->channel.size == l->channel.head_size && l->greeted) {
        line_rest(l, LOOK_MS);
        return;
    }
    l->next = l->channel.head_size;
    l->head = BUF(NOTE_BYTES);
    l->ticket = BUF(WIRE_TICKET);
    enum err e = line_read(l, line_root, &f);
    if (e == OK)
        e = keyring_link_head(h->keyring, l->channel.serial, l->channel.origin, l->channel.size,
                              &l->root, &l->head, &f);
    if (e != OK)
        line_fail_with(l, &f);
    else if (l->channel.pending_size == l->channel.size)
        bring_entries(l);
    else
        bring_checkpoint(l);
}

void line_begin(struct line *l)
{
    struct link *link = l->courier->link;
    struct appended now = {0};
    struct fault f = {0};
    bool lost = false;

    l->active = true;
    l->introduced = false;
    enum err e = line_read(l, load_ends, &f);
    if (e == OK)
        e = sending_append(link, str_of(l->state), l->arena, &now, &f);
    l->channel = now.channel;
    l->talks = now.talks;
    l->closing = now.closing;
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) { /* no letter of ours, or of the partner */
        line_rest(l, LOOK_MS);
        return;
    }
    if (e == OK && !l->channel.muted)
        e = tail_is_lost(l, &lost, &f);
    if (e == OK && lost)
        e = sending_mute(link, &l->channel, true, &f);
    if (e != OK) {
        line_fail_with(l, &f);
        return;
    }
    if (l->channel.muted || lost) {
        recover_ask(l);
        return;
    }
    if (now.closes)
        bring_closing(l);
    else
        bring(l);
}
