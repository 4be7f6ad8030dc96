/* appointments_node.c - what the node does when its time has come: the draw, the next on the
 * waiting list, reminders, and who is told that the mission is closed on their day */
#include "service/appointments.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/log.h"
#include "service/appointments_int.h"
#include "service/jobs_int.h"

enum { PAUSE_MS = 60000, FRONT = 1000000 };

/* ---- the draw ------------------------------------------------------------------------------ */

struct drawing {
    struct round r;
    struct key seed;
};

enum err appointment_draw_prepare(struct act *a, struct fault *f)
{
    struct drawing *d = arena_new_of(a->arena, struct drawing);
    struct id id;
    str plain;

    TRY_PTR(d, f);
    a->data = d;
    TRY(act_param_id(a, S("id"), &id, f));
    TRY(round_load(a, &id, &d->r, f));
    if (!str_eq(d->r.state, S("open")))
        return fault(f, ERR_CONFLICT, "the round is drawn");
    TRY(unseal(a->arena, &a->house->record_key, S("draw"), d->r.seed, &plain, f));
    if (plain.n != sizeof d->seed.b)
        return fault(f, ERR_CORRUPT, "a seed is damaged");
    memcpy(d->seed.b, plain.p, sizeof d->seed.b);
    return OK;
}

enum err appointment_draw_facts(struct act *a, struct fault *f)
{
    struct drawing *d = a->data;

    act_resource(a, S("Mission"), d->r.mission);
    a->subject = str_printf(a->arena, "round/%.*s", STR_FMT(act_id_text(a, &d->r.id)));
    TRY_PTR(a->subject.p, f);
    return OK;
}

struct asked {
    struct draw_ask *list;
    size_t n;
};

static enum err load_asks(struct act *a, const struct round *r, struct asked *out, struct fault *f)
{
    struct query q;
    enum err e = OK;

    out->list = arena_zalloc(a->arena, DRAW_ASKS_MAX, sizeof *out->list);
    TRY_PTR(out->list, f);
    TRY(db_query(a->db, &q, f,
                 "SELECT id, wishes, takes_any, class FROM appointment_ask WHERE round = ?"
                 " AND state = 'asked' ORDER BY id LIMIT 5000",
                 "d", &r->id));
    for (out->n = 0; e == OK && query_row(&q) && out->n < DRAW_ASKS_MAX; query_next(&q)) {
        struct draw_ask *ask = &out->list[out->n++];
        struct id id = query_id(&q, 0);
        str text = str_copy(a->arena, query_str(&q, 1));
        struct json *wishes = NULL;
        e = text.p ? json_parse(a->arena, text, NULL, &wishes, f) : ERR_MEMORY_LIMIT;
        *ask = (struct draw_ask){.id = act_id_text(a, &id),
                                 .wishes = wishes,
                                 .any = query_int(&q, 2) != 0,
                                 .class = query_int(&q, 3)};
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

/* The journal's tree as it stands, before the entry of this draw. */
static void head_now(struct act *a, char root[65], struct draw_head *out)
{
    struct merkle_frontier mark = ledger_mark(a->house->ledger);
    struct receipt next = ledger_next(a->house->ledger);
    struct hash h = merkle_root(&mark);

    hex_encode(h.b, sizeof h.b, root);
    *out = (struct draw_head){(int64_t)next.epoch, (int64_t)mark.size, str_of(root)};
}

static enum err place_one(struct act *a, const struct round *r, const struct draw_ask *ask,
                          int64_t place, struct fault *f)
{
    struct casefile c;
    struct query q;
    struct id id, file;
    bool got = ask->got != NULL;

    if (!id_parse(ask->id, &id))
        return fault(f, ERR_CORRUPT, "an ask has no id");
    TRY(db_run(a->db, f,
               "UPDATE appointment_ask SET state = ?, place = ?, turn = ?, drawn = ? WHERE id = ?",
               "siisd", got ? S("served") : S("waiting"), place, place,
               got ? ask->got->at : STR_NONE, &id));
    TRY(db_one(a->db, &q, f, "SELECT file FROM appointment_ask WHERE id = ?", "d", &id));
    file = query_id(&q, 0);
    TRY(query_end(&q, f));
    if (!got)
        return tell(a, &id, f);
    TRY(case_load(a, &file, &c, f));
    struct booking b = {.round = r->id, .ask = id, .state = S("booked"), .at = ask->got->at};
    TRY(slot_moment(a, r->mission, b.at, &b.starts, f));
    b.ends = b.starts + json_get_int(r->terms, S("minutes"), 20) * 60000;
    TRY(booking_new(a, &c, &b, json_get_int(r->terms, S("counters"), 1), f));
    TRY(asks_settle(a, &b, f));
    TRY(reminders_set(a, &b, f));
    return tell(a, &b.id, f);
}

/* Whoever was put behind or before the others in this round is so once. */
static enum err count_classes(struct act *a, const struct round *r, struct fault *f)
{
    return db_run(
        a->db, f,
        "UPDATE appointment SET counted = 1 WHERE service = ? AND counted = 0 AND state IN"
        " ('missed', 'displaced') AND person IN (SELECT person FROM appointment_ask"
        " WHERE round = ? AND class <> 0)",
        "sd", r->service, &r->id);
}

static enum err write_head(struct act *a, const struct drawing *d, const struct draw_head *head,
                           struct fault *f)
{
    AUTO(buf) struct buf text = BUF(512);
    struct jw w = JW(&text);
    char seed[65];

    hex_encode(d->seed.b, sizeof d->seed.b, seed);
    jw_open(&w, '{');
    jw_kv_int(&w, S("epoch"), head->epoch);
    jw_kv_int(&w, S("size"), head->size);
    jw_kv(&w, S("root"), head->root);
    jw_close(&w, '}');
    return db_run(a->db, f,
                  "UPDATE appointment_round SET state = 'drawn', drawn = ?, seed = ?, head = ?"
                  " WHERE id = ? AND state = 'open'",
                  "issd", a->now, str_of(seed), buf_str(&text), &d->r.id);
}

enum err appointment_draw(struct act *a, struct fault *f)
{
    struct drawing *d = a->data;
    struct draw_slot *slots;
    struct draw_head head;
    struct asked asked = {0};
    struct key key;
    char root[65];
    size_t n;

    if (a->now < d->r.closes)
        return fault(f, ERR_CONFLICT, "the round is still open");
    head_now(a, root, &head);
    TRY(load_asks(a, &d->r, &asked, f));
    TRY(draw_slots(a->arena, d->r.terms, &slots, &n, f));
    draw_key(&d->seed, act_id_text(a, &d->r.id), &head, &key);
    draw_run(&key, slots, n, asked.list, asked.n);
    for (size_t i = 0; i < asked.n; i++)
        TRY(place_one(a, &d->r, &asked.list[i], (int64_t)i + 1, f));
    TRY(count_classes(a, &d->r, f));
    TRY(write_head(a, d, &head, f));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "the round is drawn");
    /* a holiday may have come while it was open */
    TRY(job_add(a, S("calendar-changed"), d->r.mission, f));
    return job_end(a, f);
}

/* ---- publishing --------------------------------------------------------------------------- */

static enum err put_asks(struct act *a, struct jw *w, const struct round *r, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, wishes, takes_any, class FROM appointment_ask WHERE round = ?"
                 " AND place > 0 ORDER BY id",
                 "d", &r->id));
    jw_key(w, S("asks"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(w, '{');
        jw_kv(w, S("ask"), act_id_text(a, &id));
        jw_key(w, S("wishes"));
        jw_raw(w, query_str(&q, 1));
        jw_kv_bool(w, S("any"), query_int(&q, 2) != 0);
        jw_kv_int(w, S("class"), query_int(&q, 3));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

static enum err put_result(struct act *a, struct jw *w, const struct round *r, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, drawn FROM appointment_ask WHERE round = ? AND place > 0 ORDER BY"
                 " place",
                 "d", &r->id));
    jw_key(w, S("result"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(w, '{');
        jw_kv(w, S("ask"), act_id_text(a, &id));
        if (!query_null(&q, 1))
            jw_kv(w, S("slot"), query_str(&q, 1));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return query_end(&q, f);
}

/* That the head which was mixed in is one of the journal: it grew into the one of the proof. */
static enum err put_growth(struct act *a, struct jw *w, const struct round *r,
                           const struct ledger_state *head, struct fault *f)
{
    struct merkle_proof growth = {0};
    struct json *then;

    TRY(json_parse(a->arena, r->head, NULL, &then, f));
    TRY(ledger_prove_consistency(a->db, head->epoch, (uint64_t)json_get_int(then, S("size"), 0),
                                 head->size, &growth, f));
    jw_key(w, S("consistency"));
    jw_open(w, '[');
    for (size_t i = 0; i < growth.n; i++) {
        AUTO(buf) struct buf text = BUF(64);
        base64_encode(&text, hash_str(&growth.node[i]), BASE64_STD);
        jw_string(w, buf_str(&text));
    }
    jw_close(w, ']');
    return OK;
}

/* The journal's entry of the opening, with the proof that it is there. */
static enum err put_proof(struct act *a, struct jw *w, const struct round *r, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(NOTE_MAX);
    AUTO(buf) struct buf text = BUF(1 << 20);
    struct tlog_proof proof = {0};
    struct ledger_state head;
    struct receipt at;
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT epoch, entry FROM appointment_round WHERE id = ?", "d",
               &r->id));
    at = (struct receipt){(uint64_t)query_int(&q, 0), (uint64_t)query_int(&q, 1)};
    TRY(query_end(&q, f));
    TRY(ledger_head(a->house->ledger, a->db, a->house->keyring, at.index + 1, &head, &note, f));
    if (at.epoch != head.epoch)
        return OK; /* of an earlier part of the journal: its head is gone */
    TRY(ledger_entry(a->db, at, a->arena, &proof.extra, f));
    TRY(ledger_prove_inclusion(a->db, at.epoch, at.index, head.size, &proof.path, f));
    proof.index = at.index;
    proof.note = buf_str(&note);
    tlog_proof_format(&text, &proof);
    jw_kv(w, S("proof"), buf_str(&text));
    return r->drawn ? put_growth(a, w, r, &head, f) : OK;
}

/* Everything that was committed to, asked and drawn, without a name: for whoever checks it. */
enum err appointment_round(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct round r;
    struct id id;

    TRY(act_param_id(a, S("round"), &id, f));
    TRY(round_load(a, &id, &r, f));
    jw_open(&w, '{');
    jw_kv(&w, S("format"), S("sifara-draw/1"));
    jw_kv(&w, S("state"), r.state);
    jw_kv(&w, S("opening"), r.opening);
    TRY(put_proof(a, &w, &r, f));
    if (r.drawn) {
        jw_kv(&w, S("seed"), r.seed);
        jw_key(&w, S("head"));
        jw_raw(&w, r.head);
        TRY(put_asks(a, &w, &r, f));
        TRY(put_result(a, &w, &r, f));
    }
    jw_close(&w, '}');
    return buf_ok(&a->reply) ? OK : fault(f, ERR_MEMORY_LIMIT, "the round is too large to show");
}

/* ---- acts upon one place or ask ------------------------------------------------------------ */

struct telling {
    struct casefile c; /* first */
    struct booking b;
    bool booked; /* b is there; else it is an ask */
    str state;   /* of the ask */
    int64_t waiting;
};

static enum err load_ask(struct act *a, const struct id *id, struct telling *t, struct id *file,
                         struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT k.file, k.state, (SELECT count(*) FROM appointment_ask o WHERE o.round ="
               " k.round AND o.state = 'waiting' AND o.turn <= k.turn) FROM appointment_ask k"
               " WHERE k.id = ?",
               "d", id));
    *file = query_id(&q, 0);
    t->state = str_copy(a->arena, query_str(&q, 1));
    t->waiting = query_int(&q, 2);
    TRY(query_end(&q, f));
    TRY_PTR(t->state.p, f);
    return OK;
}

enum err appointment_node_prepare(struct act *a, struct fault *f)
{
    struct telling *t = arena_new_of(a->arena, struct telling);
    struct id id, file;

    TRY_PTR(t, f);
    a->data = t;
    TRY(act_param_id(a, S("id"), &id, f));
    enum err e = booking_load(a, &id, &t->b, f);
    t->booked = e == OK;
    if (e == OK)
        file = t->b.file;
    else if (e == ERR_NOT_FOUND)
        e = load_ask(a, &id, t, &file, f);
    TRY(e);
    TRY(case_load(a, &file, &t->c, f));
    TRY(act_seal_for(a, &t->c.person, f));
    return case_find_addressee(a, &t->c, f);
}

enum err appointment_node_facts(struct act *a, struct fault *f)
{
    struct telling *t = a->data;
    struct casefile now;

    TRY(case_load(a, &t->c.id, &now, f));
    return case_facts_of(a, &now, f);
}

static str when(struct act *a, str at)
{
    return str_printf(a->arena, "%.*s, %.*s", STR_FMT(str_sub(at, 0, 10)),
                      STR_FMT(str_sub(at, 11, 16)));
}

/* "2026-12-01, 09:00" at the mission. */
static str when_there(struct act *a, str mission, int64_t ms)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    char text[SLOT_TEXT + 1] = "";

    if (at)
        slot_format(mission_day(m, at, ms), mission_minute(m, at, ms), text);
    missions_drop(m);
    return at ? when(a, str_of(text)) : STR_NONE;
}

static enum err mail(struct act *a, const struct telling *t, str message, struct fault *f)
{
    const struct addressee *to = &t->c.to;
    struct json words = {.type = J_OBJECT};
    str file = act_id_text(a, &t->c.id);
    str title = service_word(t->c.service, to->language, S("title"));
    const struct {
        str name, value;
    } list[] = {
        {S("service"), title.p ? title : t->c.service_name},
        {S("mission"), case_mission_title(a, t->c.mission, to->language)},
        {S("when"), t->booked ? when(a, t->b.at) : S("")},
        {S("counter"), str_printf(a->arena, "%" PRId64, t->b.counter)},
        {S("place"), str_printf(a->arena, "%" PRId64, t->waiting)},
        {S("until"), t->b.until ? when_there(a, t->c.mission, t->b.until) : S("")},
        {S("link"), str_printf(a->arena, "%.*s/%.*s/cases/%.*s", STR_FMT(a->house->url),
                               STR_FMT(to->language), STR_FMT(file))},
        {S("calendar"), str_printf(a->arena, "%.*s/v1/cases/%.*s/appointment.ics",
                                   STR_FMT(a->house->url), STR_FMT(file))},
    };

    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        TRY_PTR(list[i].value.p &&
                    json_put(a->arena, &words, list[i].name, json_of_str(list[i].value)),
                f);
    return mail_queue(a, to->address, message, to->language, &words, f);
}

/* As it stands now: what changed meanwhile has a telling of its own. */
enum err appointment_tell(struct act *a, struct fault *f)
{
    static const struct {
        str state, message;
    } booked[] = {{S("offered"), S("appointment-offered")},
                  {S("booked"), S("appointment-booked")},
                  {S("displaced"), S("appointment-displaced")}};
    struct telling *t = a->data;

    if (!t->booked && str_eq(t->state, S("waiting")))
        TRY(mail(a, t, S("appointment-waiting"), f));
    for (size_t i = 0; t->booked && i < ARRAY_LEN(booked); i++)
        if (str_eq(t->b.state, booked[i].state))
            TRY(mail(a, t, booked[i].message, f));
    return job_end(a, f);
}

enum err appointment_remind(struct act *a, struct fault *f)
{
    struct telling *t = a->data;

    if (t->booked && str_eq(t->b.state, S("booked")) && t->b.starts > a->now)
        TRY(mail(a, t, S("appointment-reminder"), f));
    return job_end(a, f);
}

/* An offer that was not answered goes to the next one. */
enum err appointment_pass(struct act *a, struct fault *f)
{
    struct telling *t = a->data;
    struct booking b;

    if (!t->booked)
        return job_end(a, f);
    TRY(booking_load(a, &t->b.id, &b, f));
    if (str_eq(b.state, S("offered")) && b.until <= a->now) {
        TRY(booking_state(a, &b, "cancelled", f));
        TRY(db_run(a->db, f, "UPDATE appointment_ask SET state = 'lapsed' WHERE id = ?", "d",
                   &b.ask));
        TRY(offer_on(a, &b.round, b.at, f));
    }
    return job_end(a, f);
}

/* ---- the mission is closed on that day ----------------------------------------------------- */

enum err appointment_displace(struct act *a, struct fault *f)
{
    struct telling *t = a->data;
    struct booking b;

    if (!t->booked)
        return fault(f, ERR_CONFLICT, "no appointment");
    TRY(booking_load(a, &t->b.id, &b, f));
    if (!str_eq(b.state, S("booked")) && !str_eq(b.state, S("offered")))
        return fault(f, ERR_CONFLICT, "the appointment is over");
    TRY(booking_state(a, &b, "displaced", f));
    TRY(reminders_drop(a, &b, f));
    TRY(tell(a, &b.id, f));
    if (id_is_nil(&b.ask))
        return OK;
    TRY(db_run(a->db, f,
               "UPDATE appointment_ask SET state = 'waiting', turn = turn - ?, takes_any = 1"
               " WHERE id = ?",
               "id", (int64_t)FRONT, &b.ask));
    return offer_first(a, &b, f);
}

/* ---- work --------------------------------------------------------------------------------- */

/* Appointments to come on days on which their mission is closed. */
static unsigned displaced(struct house *h, str mission, struct due_job out[JOBS_AT_ONCE])
{
    struct missions *m = missions_hold(h->registry);
    const struct mission *at = mission_find(m, mission);
    struct db *db;
    struct query q;
    unsigned n = 0;

    if (at && db_pool_take(h->readers, &db, NULL) == OK) {
        if (db_query(db, &q, NULL,
                     "SELECT id, starts FROM appointment WHERE mission = ? AND starts > ?"
                     " AND state IN ('offered', 'booked') ORDER BY starts",
                     "si", mission, world_now(&h->world)) == OK) {
            for (; query_row(&q) && n < JOBS_AT_ONCE; query_next(&q)) {
                struct id id = query_id(&q, 0);
                if (mission_works(m, at, mission_day(m, at, query_int(&q, 1))))
                    continue;
                out[n] = (struct due_job){.id = {{0}}};
                id_format(&id, out[n++].subject);
            }
            (void)!query_end(&q, NULL);
        }
        db_pool_put(h->readers, db);
    }
    missions_drop(m);
    return n;
}

struct worked {
    unsigned done;
    bool failed;
};

static void act_on(struct house *h, const char *name, const struct due_job *job, struct worked *w)
{
    struct fault f = {0};
    enum err e = job_act(h, str_of(name), job, STR_NONE, &f);

    w->done += e == OK;
    if (e == OK || e == ERR_STALE)
        return;
    w->failed = job_passing(e);
    if (!w->failed && !id_is_nil(&job->id))
        (void)!job_act(h, S("job.drop"), job, STR_NONE, NULL);
    LOG(LOG_WARN, "a job of a case is not done", LOG_CSTR("job", name),
        LOG_CSTR("error", err_slug(e)), LOG_CSTR("detail", f.detail));
}

static void close_days(struct house *h, const struct due_job *job, struct worked *w)
{
    struct due_job list[JOBS_AT_ONCE];
    unsigned n = displaced(h, str_of(job->subject), list);

    for (unsigned i = 0; i < n; i++)
        act_on(h, "appointment.displace", &list[i], w);
    if (n < JOBS_AT_ONCE)
        act_on(h, "job.drop", job, w);
}

unsigned appointments_work(struct house *h, int64_t *not_before)
{
    static const struct {
        const char *kind, *act;
    } kinds[] = {{"appointment-draw", "appointment.draw"},
                 {"appointment-pass", "appointment.pass"},
                 {"appointment-tell", "appointment.tell"},
                 {"appointment-remind", "appointment.remind"},
                 {"case-rate", "case.ask-rating"},
                 {"fee-settle", "fee.settle"},
                 {"fee-repaid", "fee.repaid"}};
    struct due_job list[JOBS_AT_ONCE];
    int64_t now = world_now(&h->world);
    struct worked w = {0};

    if (now < *not_before)
        return 0;
    *not_before = now + 500;
    unsigned n = jobs_due(h, S("calendar-changed"), list);
    for (unsigned i = 0; i < n; i++)
        close_days(h, &list[i], &w);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        n = jobs_due(h, str_of(kinds[k].kind), list);
        for (unsigned i = 0; i < n; i++)
            act_on(h, kinds[k].act, &list[i], &w);
    }
    if (w.failed)
        *not_before = now + PAUSE_MS;
    return w.done;
}
