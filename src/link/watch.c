/* watch.c - asks one witness for its word on our log to one partner
 *
 *   idle → checkpoint → idle         the head that is asked for (witnessed.c), with proof of growth
 *          introduce ↗               404: the witness does not know the log yet
 *   idle → monitor → idle            which heads of the partner's log it saw (monitor.c)
 *
 * A watch has its own time and its own failures: a witness that is dead delays neither a receipt
 * nor another witness.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "link/courier_int.h"

enum {
    WATCH_ARENA = 1 << 20,
    WATCH_TURNS = 8,
    MONITOR_MS = 10 * 60 * 1000 /* so often it is asked what it saw of the partner's own log */
};

struct watch {
    struct courier *courier;
    char partner[3], witness[3];
    enum { WATCH_IDLE, WATCH_INTRODUCE, WATCH_CHECKPOINT, WATCH_MONITOR } step;
    bool woken, introduced;
    int64_t due_ns;
    unsigned tries, turns;
    struct arena *arena; /* of the turn */
    struct peer node;    /* of the witness */
    struct note_key key; /* by the policy */
    uint64_t serial;     /* of our keyset that it knows */
    struct channel channel;
    struct witnessed seen;
    uint64_t old;
    bool wanted;             /* there is something to ask for */
    struct channel mirrored; /* the partner's log, of which the witness may have seen more */
    bool monitors;           /* it is to be asked which head it saw */
    int64_t monitor_ns;      /* not before */
    struct buf body;
    char url[URL_ROOM], pin[PIN_ROOM];
    struct http_call call;
};

/* ---- rest ----------------------------------------------------------------------------------- */

static void rest(struct watch *w, int64_t wait_ms)
{
    w->step = WATCH_IDLE;
    w->turns = 0;
    w->due_ns = courier_now(w->courier) + wait_ms * 1000000;
    buf_done(&w->body);
    arena_reset(w->arena);
}

static void fail(struct watch *w, const char *why)
{
    int64_t wait = courier_wait(w->courier, &w->tries);

    LOG(w->tries == 1 ? LOG_WARN : LOG_DEBUG, "a witness gives no word",
        LOG_CSTR("witness", w->witness), LOG_CSTR("partner", w->partner), LOG_CSTR("detail", why),
        LOG_INT("retry_ms", wait));
    rest(w, wait);
}

/* ---- what is asked for ---------------------------------------------------------------------- */

static void answered(struct http_call *);
static void monitor_answered(struct watch *, unsigned status, str body);

static void send_body(struct watch *w, int step, const char *path)
{
    struct fault f = {0};

    w->step = step;
    courier_call(w->courier, &w->node, path, w->url, w->pin, &w->call);
    w->call.body = buf_str(&w->body);
    w->call.type = "text/plain";
    w->call.done = answered;
    w->call.user = w;
    enum err e = buf_ok(&w->body) ? OK : fault(&f, ERR_TOO_LARGE, "a request is too large");
    if (e == OK && step != WATCH_CHECKPOINT)
        e = hop_sign_call(w->courier->link->house,
                          step == WATCH_MONITOR ? w->serial : w->channel.serial, &w->call, &f);
    if (e == OK)
        e = http_client_start(w->courier->client, &w->call, &f);
    if (e != OK)
        fail(w, f.detail);
}

static enum err load(struct watch *w, struct db *db, struct fault *f)
{
    struct link *l = w->courier->link;
    struct quorum *q = arena_new_of(w->arena, struct quorum);
    char standing[STANDING_MAX];

    TRY_PTR(q, f);
    w->wanted = false;
    TRY(quorum_for(db, str_of(w->partner), w->arena, q, f));
    TRY(partner_standing(db, str_of(w->witness), standing, f));
    TRY(channel_of(db, str_of(w->partner), true, w->arena, &w->channel, f));
    TRY(witnessed_of(db, w->channel.log, w->arena, &w->seen, f));
    TRY(witnessed_by(db, w->channel.log, str_of(w->witness), &w->old, f));
    TRY(link_peer(l, db, str_of(w->witness), &w->node, f));
    for (size_t i = 0; i < q->n_witnesses; i++)
        if (str_eq(q->witness[i].name, str_of(w->witness))) {
            w->key = q->witness[i].key;
            w->wanted = strcmp(standing, "accredited") == 0 && !w->channel.muted &&
                        w->seen.target.p && w->old < w->seen.target_size;
        }
    return OK;
}

static enum err with_reader(struct watch *w,
                            enum err (*make)(struct watch *, struct db *, struct fault *),
                            struct fault *f)
{
    struct db *db;

    TRY(db_pool_take(w->courier->link->house->readers, &db, f));
    enum err e = make(w, db, f);
    db_pool_put(w->courier->link->house->readers, db);
    return e;
}

/* The head with the log's own signature alone: who gave a receipt is no matter of the witness. */
static str bare(const struct watch *w, str note)
{
    str mark = str_printf(w->arena, "\n\n\xe2\x80\x94 %.*s ", STR_FMT(w->channel.origin));
    ptrdiff_t at = mark.p ? str_find(note, mark) : -1;
    ptrdiff_t end = at < 0 ? -1 : str_find_char(str_sub(note, (size_t)at + 2, note.n), '\n');

    return end < 0 ? STR_NONE : str_sub(note, 0, (size_t)at + 2 + (size_t)end + 1);
}

static enum err make_checkpoint(struct watch *w, struct db *db, struct fault *f)
{
    struct add_checkpoint in = {.old = w->old, .note = bare(w, w->seen.target)};
    struct tree t = channel_tree(db, &w->channel, f);

    if (!in.note.p)
        return fault(f, ERR_CORRUPT, "a head without our own signature");
    if (w->old > 0 && w->old < w->seen.target_size)
        TRY(merkle_prove_consistency(tree_node, &t, w->old, w->seen.target_size, &in.proof));
    add_checkpoint_format(&w->body, &in);
    return OK;
}

static void ask(struct watch *w)
{
    struct fault f = {0};

    buf_done(&w->body);
    w->body = BUF(NOTE_BYTES + 64 * 64);
    if (with_reader(w, make_checkpoint, &f) != OK)
        fail(w, f.detail);
    else
        send_body(w, WATCH_CHECKPOINT, "witness/add-checkpoint");
}

static void introduce_log(struct watch *w)
{
    const struct house *h = w->courier->link->house;
    AUTO(buf) struct buf text = BUF(1024);
    struct fault f = {0};

    introduction_format(
        &text, S("sifara-witness/1"),
        &(struct introduction){h->state_code, str_of(w->witness), w->channel.origin, 0});
    buf_done(&w->body);
    w->body = BUF(NOTE_BYTES);
    w->introduced = true;
    if (keyring_link_note(h->keyring, w->channel.serial, w->channel.origin, buf_str(&text),
                          &w->body, &f) != OK)
        fail(w, f.detail);
    else
        send_body(w, WATCH_INTRODUCE, "witness/introduce");
}

/* ---- answers -------------------------------------------------------------------------------- */

/* The line of the witness under the head that was asked for; others are dropped. */
static enum err find_line(struct watch *w, str lines, str *out, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(2 * NOTE_BYTES);
    int64_t now = world_now(&w->courier->link->house->world), at;
    str line, text, head = bare(w, w->seen.target);
    uint64_t signers;

    while (str_split(&lines, '\n', &line)) {
        buf_clear(&note);
        buf_add_str(&note, head);
        buf_add_str(&note, line);
        buf_add_char(&note, '\n');
        if (note_open(buf_str(&note), &w->key, 1, &text, &signers, NULL) != OK ||
            cosignature_time(buf_str(&note), &w->key, &at, NULL) != OK ||
            at * 1000 > now + 86400000)
            continue;
        *out = str_printf(w->arena, "%.*s\n", STR_FMT(line));
        TRY_PTR(out->p, f);
        return OK;
    }
    return fault(f, ERR_BAD_SIGNATURE, "it signs with another key than the policy names");
}

static void keep(struct watch *w, uint64_t size, str line)
{
    struct fault f = {0};

    if (witnessed_note(w->courier->link, w->channel.log, str_of(w->witness), size, line, &f) !=
        OK) {
        fail(w, f.detail);
        return;
    }
    w->tries = 0;
    rest(w, 0);
}

static void line_came(struct watch *w, str lines)
{
    struct fault f = {0};
    str line;

    if (find_line(w, lines, &line, &f) != OK)
        fail(w, f.detail);
    else
        keep(w, w->seen.target_size, line);
}

static void checkpoint_answered(struct watch *w, unsigned status, str body)
{
    uint64_t size;

    if (status == 200) {
        line_came(w, body);
    } else if (status == 404 && !w->introduced) {
        introduce_log(w);
    } else if (status == 409 && size_line_parse(body, &size, NULL) == OK &&
               size <= w->seen.target_size) {
        w->old = size;
        ask(w);
    } else if (status == 409 && size_line_parse(body, &size, NULL) == OK &&
               size <= w->channel.size) {
        keep(w, size, STR_NONE); /* it is beyond what is asked for: it is asked for more */
    } else {
        char why[64];
        snprintf(why, sizeof why, "status %u", status);
        fail(w, why);
    }
}

static void answered(struct http_call *call)
{
    struct watch *w = call->user;
    struct buf reply = call->reply;
    struct fault f = {0};

    call->reply = BUF(0);
    if (call->err != OK)
        fail(w, call->detail);
    else if (++w->turns > WATCH_TURNS)
        fail(w, "its answers lead nowhere");
    else if (w->step == WATCH_CHECKPOINT)
        checkpoint_answered(w, call->status, buf_str(&reply));
    else if (call->status == 200 &&
             hop_check_answer(w->courier->link->house, w->witness, call, buf_str(&reply), &f) != OK)
        fail(w, f.detail);
    else if (w->step == WATCH_MONITOR)
        monitor_answered(w, call->status, buf_str(&reply));
    else if (call->status == 200)
        ask(w);
    else
        fail(w, "it does not look at this log");
    buf_done(&reply);
}

/* ---- the partner's own log --------------------------------------------------------------------
 */

/* The keyset of ours that the witness knows. */
static enum err known_serial(struct watch *w, struct db *db, struct fault *f)
{
    struct link *l = w->courier->link;
    struct channel ours;
    struct peer own;

    enum err e = channel_of(db, str_of(w->witness), true, w->arena, &ours, f);
    if (e == OK)
        w->serial = ours.serial;
    if (e != ERR_NOT_FOUND)
        return e;
    TRY(link_peer(l, db, l->house->state_code, &own, f));
    w->serial = own.serial;
    return OK;
}

static enum err load_monitor(struct watch *w, struct db *db, struct fault *f)
{
    char of_witness[STANDING_MAX], of_partner[STANDING_MAX];
    struct link *l = w->courier->link;
    struct quorum *q = arena_new_of(w->arena, struct quorum);

    TRY_PTR(q, f);
    w->monitors = false;
    TRY(quorum_for(db, str_of(w->partner), w->arena, q, f));
    TRY(partner_standing(db, str_of(w->witness), of_witness, f));
    TRY(partner_standing(db, str_of(w->partner), of_partner, f));
    TRY(channel_of(db, str_of(w->partner), false, w->arena, &w->mirrored, f));
    TRY(link_peer(l, db, str_of(w->witness), &w->node, f));
    TRY(known_serial(w, db, f));
    for (size_t i = 0; i < q->n_witnesses; i++)
        if (str_eq(q->witness[i].name, str_of(w->witness)))
            w->monitors = w->mirrored.size > 0 && strcmp(of_witness, "accredited") == 0 &&
                          strcmp(of_partner, "accredited") == 0;
    return OK;
}

/* In its own time, whatever the witness says of our log. False: there is nothing to ask. */
static bool monitor(struct watch *w)
{
    int64_t now = courier_now(w->courier);
    struct fault f = {0};

    if (now < w->monitor_ns || with_reader(w, load_monitor, &f) != OK || !w->monitors)
        return false;
    w->monitor_ns = now + (int64_t)MONITOR_MS * 1000000;
    buf_done(&w->body);
    w->body = BUF(1024);
    buf_printf(&w->body, "sifara-monitor/1\nto %s\norigin %.*s\n", w->witness,
               STR_FMT(w->mirrored.origin));
    send_body(w, WATCH_MONITOR, "witness/head");
    return true;
}

/* 404: it does not witness that log, or not for us. */
static void monitor_answered(struct watch *w, unsigned status, str body)
{
    struct fault f = {0};
    enum err e = OK;

    if (status == 200)
        e = monitor_compare(w->courier->link, &w->mirrored, body, w->arena, &f);
    if (e != OK || (status != 200 && status != 404)) {
        fail(w, e != OK ? f.detail : "it does not say what it saw");
        return;
    }
    rest(w, 0);
}

/* ---- turns ---------------------------------------------------------------------------------- */

static void begin(struct watch *w)
{
    struct fault f = {0};

    w->introduced = false;
    if (monitor(w))
        return;
    enum err e = with_reader(w, load, &f);
    if (e == ERR_NOT_FOUND || (e == OK && !w->wanted))
        rest(w, LOOK_MS);
    else if (e != OK)
        fail(w, f.detail);
    else
        ask(w);
}

int64_t watches_begin(struct courier *c, int64_t now, int64_t first)
{
    for (size_t i = 0; i < c->n_watches; i++) {
        struct watch *w = c->watches[i];
        if (w->step != WATCH_IDLE)
            continue;
        if (w->due_ns <= now || (w->woken && w->tries == 0)) {
            w->woken = false;
            begin(w);
        }
        if (w->step == WATCH_IDLE && w->due_ns < first)
            first = w->due_ns;
    }
    return first;
}

static struct watch *watch_of(struct courier *c, const char *partner, str witness)
{
    for (size_t i = 0; i < c->n_watches; i++)
        if (strcmp(c->watches[i]->partner, partner) == 0 &&
            str_eq(str_of(c->watches[i]->witness), witness))
            return c->watches[i];
    struct watch *w = c->n_watches < WATCHES_MAX ? calloc(1, sizeof *w) : NULL;
    if (!w || !(w->arena = arena_new(WATCH_ARENA))) {
        free(w);
        return NULL;
    }
    w->courier = c;
    snprintf(w->partner, sizeof w->partner, "%s", partner);
    snprintf(w->witness, sizeof w->witness, "%.*s", STR_FMT(witness));
    return c->watches[c->n_watches++] = w;
}

void watches_wake(struct courier *c, struct db *db, const char *partner)
{
    AUTO(arena) struct arena *a = arena_new(256 << 10);
    struct quorum *q = a ? arena_new_of(a, struct quorum) : NULL;

    if (!q || quorum_for(db, str_of(partner), a, q, NULL) != OK)
        return;
    for (size_t i = 0; i < q->n_witnesses; i++) {
        struct watch *w = str_eq(q->witness[i].name, str_of(partner))
                              ? NULL
                              : watch_of(c, partner, q->witness[i].name);
        if (w)
            w->woken = true;
    }
}

void watches_free(struct courier *c)
{
    for (size_t i = 0; i < c->n_watches; i++) {
        struct watch *w = c->watches[i];
        http_client_cancel(c->client, &w->call);
        rest(w, 0);
        arena_free(w->arena);
        free(w);
    }
}
