/* demo.c - plans a year of cases and lives it, day by day */
#include "node/demo_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/encode.h"
#include "service/attachments.h"
#include "service/documents.h"

/* ---- planning -------------------------------------------------------------------------------- */

static struct post *post_of(struct demo *d, const struct plan *p)
{
    return p->mission < d->n_posts ? &d->posts[p->mission] : &d->ministry;
}

static int working_day(struct demo *d, const struct mission *m, int from, int after)
{
    int32_t base = (int32_t)(d->first_ms / DAY_MS);
    int32_t day = due_day(d->missions, m, base + from, (unsigned)after);

    return (int)(day - base);
}

/* How often a service is asked for, beside the others. */
static unsigned share_of(const struct service *s)
{
    static const struct {
        str service;
        unsigned share;
    } shares[] = {{S("consular-registration"), 50},
                  {S("passport-renewal"), 25},
                  {S("attestation"), 20},
                  {S("visa"), 20},
                  {S("power-of-attorney"), 12},
                  {S("certificate"), 10},
                  {S("emergency-travel-document"), 8},
                  {S("birth-registration"), 6},
                  {S("consular-assistance"), 4}};

    for (size_t i = 0; i < ARRAY_LEN(shares); i++)
        if (str_eq(shares[i].service, s->name))
            return shares[i].share;
    return 3;
}

static unsigned draw_service(struct demo *d)
{
    unsigned all = 0, service = 0;

    for (unsigned i = 0; i < d->n_services; i++)
        all += share_of(d->services[i]);
    unsigned pick = (unsigned)demo_draw(d, all);
    while (pick >= share_of(d->services[service]))
        pick -= share_of(d->services[service++]);
    return service;
}

/* Half of the people live in a few countries; a good deal of them in Lebanon. */
static uint8_t draw_country(struct demo *d)
{
    static const char crowd[] = "LBLBLBJOAESAQAKWFRDEGBCAUSAUTREGGHCISEBRCYGR";
    str code = str_bytes(crowd + 2 * demo_draw(d, (sizeof crowd - 1) / 2), 2);

    if (demo_chance(d, 50))
        for (size_t i = 0; i < country_count(); i++)
            if (str_eq(country_at(i), code))
                return (uint8_t)i;
    return (uint8_t)demo_draw(d, country_count());
}

/* Most promises are kept: what is done within them is shared out among the steps. Late is what came
 * while the officer was away, and a few more. Half of the last days still waits, of the weeks
 * before hardly anything. */
static void plan_days(struct demo *d, struct plan *p, const struct post *post)
{
    const struct mission *m = post->mission;
    int promise = (int)d->services[p->service]->promise_days;
    int left = promise > 9 ? 9 : promise, file = p->day[EV_FILE];
    bool away =
        post->absent_from >= 0 && file >= post->absent_from && file < post->absent_from + 14;
    int take = (int)demo_draw(d, (uint64_t)left / 2 + 1) + (away ? 8 : 0);
    int study = (int)demo_draw(d, (uint64_t)left / 2 + 1) + (demo_chance(d, 9) ? promise + 3 : 0);
    /* where it stays: untaken, taken, before the second officer, or nowhere */
    int stays = demo_chance(d, file > DAYS - 10   ? 50
                               : file > DAYS - 60 ? 3
                                                  : 0)
                    ? (int)demo_draw(d, 3)
                    : 3;

    p->revoke &= stays == 3;
    if (stays == 0)
        return;
    int day = working_day(d, m, file, take);
    p->day[EV_TAKE] = (int16_t)day;
    if (p->correct) {
        p->day[EV_ASK] = (int16_t)day;
        day += 1 + (int)demo_draw(d, 12);
        p->day[EV_ANSWER] = (int16_t)day;
    }
    if (stays == 1)
        return;
    day = working_day(d, m, day, study);
    p->day[EV_STUDY] = p->day[EV_PROPOSE] = (int16_t)day;
    if (stays == 2)
        return;
    p->day[EV_CHECK] = p->day[EV_CONFIRM] = (int16_t)day;
    p->day[EV_FOLLOW] = (int16_t)(day + 7 + (int)demo_draw(d, 21));
    if (p->revoke)
        p->day[EV_REVOKE] = (int16_t)(day + 5 + (int)demo_draw(d, 40));
}

static void plan_case(struct demo *d, struct plan *p, unsigned persons)
{
    unsigned service = draw_service(d);

    *p = (struct plan){.person = (uint32_t)demo_draw(d, persons)};
    for (int e = 0; e < EVENTS; e++)
        p->day[e] = -1;
    p->service = (uint8_t)service;
    p->country = draw_country(d);
    str authority = jurisdiction_of(d->missions, country_at(p->country), S("*"));
    p->mission = (uint8_t)d->n_posts;
    for (unsigned i = 0; i < d->n_posts; i++)
        if (str_eq(d->posts[i].mission->code, authority))
            p->mission = (uint8_t)i;
    struct post *post = post_of(d, p);
    p->refuse = demo_chance(d, 4);
    p->correct = demo_chance(d, 18);
    p->revoke = !p->refuse && demo_chance(d, 1);
    p->day[EV_FILE] = (int16_t)demo_draw(d, DAYS);
    plan_days(d, p, post);
}

/* ---- one event of one case ---------------------------------------------------------------------
 */

static enum err reply_id(struct demo_call *c, struct id *out, struct fault *f)
{
    struct json *j;

    TRY(json_parse(c->arena, buf_str(&c->act.reply), NULL, &j, f));
    return id_parse(json_get_str(j, S("id")), out) ? OK : fault(f, ERR_INTERNAL, "no id");
}

static void email_of(const struct plan *p, char out[64])
{
    snprintf(out, 64, "person%u@example.org", p->person);
}

static str fill_text(struct arena *a, str text, const struct json *words)
{
    AUTO(buf) struct buf b = BUF(1 << 16);

    while (text.n) {
        ptrdiff_t open = str_find_char(text, '{');
        str rest = open < 0 ? text : str_sub(text, (size_t)open, text.n);
        ptrdiff_t close = str_find_char(rest, '}');
        if (open < 0 || close < 0)
            break;
        buf_add(&b, text.p, (size_t)open);
        buf_add_str(&b, json_get_str(words, str_sub(rest, 1, (size_t)close)));
        text = str_sub(rest, (size_t)close + 1, rest.n);
    }
    buf_add_str(&b, text);
    return str_copy(a, buf_str(&b));
}

static void write_filled(struct arena *a, struct jw *w, const struct json *t,
                         const struct json *words)
{
    if (t->type == J_STRING) {
        jw_string(w, fill_text(a, json_str(t), words));
    } else if (t->type == J_OBJECT) {
        jw_open(w, '{');
        for (uint32_t i = 0; i < t->n; i++) {
            jw_key(w, t->members[i].key);
            write_filled(a, w, &t->members[i].value, words);
        }
        jw_close(w, '}');
    } else if (t->type == J_ARRAY) {
        jw_open(w, '[');
        for (uint32_t i = 0; i < t->n; i++)
            write_filled(a, w, &t->items[i], words);
        jw_close(w, ']');
    } else {
        jw_tree(w, t);
    }
}

/* The same person is always the same: all follows from the number. */
static bool person_words(struct demo *d, const struct plan *p, struct arena *a, struct json *out)
{
    const struct json *s = json_get(d->names, S("surnames")), *g = json_get(d->names, S("given"));
    const struct json *surname = json_at(s, p->person * 7 % s->n);
    const struct json *given = json_at(g, p->person * 13 % g->n);
    char today[16], end[16];
    int32_t day = (int32_t)(d->first_ms / DAY_MS) + p->day[EV_FILE];

    day_format(day, today);
    day_format(day + 30, end);
    const struct {
        const char *name;
        str value;
    } words[] = {
        {"surname", json_get_str(surname, S("own"))},
        {"given_names", json_get_str(given, S("own"))},
        {"surname_latin", json_get_str(surname, S("latin"))},
        {"given_names_latin", json_get_str(given, S("latin"))},
        {"sex", json_get_str(given, S("sex"))},
        {"birth", str_printf(a, "19%02u-%02u-%02u", 50 + p->person % 50, 1 + p->person % 12,
                             1 + p->person % 28)},
        {"country", country_at(p->country)},
        {"phone", str_printf(a, "+99%08u", 10000000 + p->person)},
        {"passport", str_printf(a, "U%07u", 1000000 + p->person)},
        {"today", str_copy(a, str_of(today))},
        {"end", str_copy(a, str_of(end))},
    };
    *out = (struct json){.type = J_OBJECT};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!json_put(a, out, str_of(words[i].name), json_of_str(words[i].value)))
            return false;
    return true;
}

static enum err answers_text(struct demo *d, const struct plan *p, struct arena *a, str *out,
                             struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);
    struct json words;

    TRY_PTR(person_words(d, p, a, &words), f);
    write_filled(a, &w, d->answers[p->service], &words);
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

static enum err attach_scan(struct demo *d, struct plan *p, const char *token, struct fault *f)
{
    struct attachment_sink *sink = NULL;
    struct demo_call c;

    demo_call_begin(d, &c, "case.attach");
    demo_call_param(&c, "id", demo_id(c.arena, &p->id));
    demo_call_param(&c, "name", S("scan.png"));
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK)
        e = attachment_sink_open(&d->node->house, &c.act.actor.id, &sink, f);
    if (e == OK)
        e = attachment_sink_add(sink, d->scan, f);
    c.act.upload = sink;
    if (e == OK)
        e = demo_call_do(d, &c, f);
    attachment_sink_free(sink);
    demo_call_end(&c);
    return e;
}

enum err demo_person_signs_in(struct demo *d, const struct plan *p, char token[TOKEN_MAX],
                              struct fault *f)
{
    pthread_mutex_t *lock = &d->person[p->person % PERSON_LOCKS];
    char email[64];

    email_of(p, email);
    pthread_mutex_lock(lock);
    enum err e = demo_sign_in(d, email, NULL, token, f);
    pthread_mutex_unlock(lock);
    return e;
}

/* In one step where nothing is to be attached, else as a draft that is saved and submitted. */
static enum err do_file(struct demo *d, struct plan *p, struct fault *f)
{
    const struct service *s = d->services[p->service];
    char token[TOKEN_MAX];
    struct demo_call c;
    str answers;

    TRY(demo_person_signs_in(d, p, token, f));
    demo_call_begin(d, &c, s->attachments_required ? "case.start" : "case.file");
    enum err e = answers_text(d, p, c.arena, &answers, f);
    str head = str_printf(c.arena, "{\"service\":\"%.*s\",\"country\":\"%.*s\"", STR_FMT(s->name),
                          STR_FMT(country_at(p->country)));
    str text = s->attachments_required
                   ? str_printf(c.arena, "%.*s}", STR_FMT(head))
                   : str_printf(c.arena, "%.*s,\"answers\":%.*s}", STR_FMT(head), STR_FMT(answers));
    if (e == OK)
        e = demo_call_as(d, &c, token, f);
    if (e == OK)
        e = demo_call_body(&c, text, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    if (e == OK)
        e = reply_id(&c, &p->id, f);
    if (e == OK && s->attachments_required) {
        text = str_printf(c.arena, "{\"answers\":%.*s}", STR_FMT(answers));
        e = demo_act_on_case(d, p, "case.save", token, text, f);
        for (unsigned i = 0; e == OK && i < s->attachments_required; i++)
            e = attach_scan(d, p, token, f);
        if (e == OK)
            e = demo_act_on_case(d, p, "case.submit", token, STR_NONE, f);
    }
    demo_call_end(&c);
    return e;
}

static enum err do_answer(struct demo *d, struct plan *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    char token[TOKEN_MAX];
    str answers;

    TRY_PTR(a, f);
    TRY(demo_person_signs_in(d, p, token, f));
    TRY(answers_text(d, p, a, &answers, f));
    return demo_act_on_case(d, p, "case.answer", token,
                            str_printf(a, "{\"answers\":%.*s}", STR_FMT(answers)), f);
}

/* Fetches the statement and signs it: what every officer's program does. */
static enum err sign_for(struct demo *d, struct plan *p, struct post_officer *o, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128);
    struct json *j;
    struct demo_call c;

    TRY(demo_at_work(d, o, f));
    demo_call_begin(d, &c, "case.statement");
    demo_call_param(&c, "id", demo_id(c.arena, &p->id));
    demo_call_param(&c, "outcome", p->refuse ? S("refuse") : S("approve"));
    enum err e = demo_call_as(d, &c, o->token, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    if (e == OK)
        e = json_parse(c.arena, buf_str(&c.act.reply), NULL, &j, f);
    if (e == OK) {
        struct ed25519_signature s = ed25519_sign(&o->file.secret, json_get_str(j, S("statement")));
        base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
        snprintf(p->signature, sizeof p->signature, "%.*s", STR_FMT(buf_str(&b)));
    }
    demo_call_end(&c);
    return e;
}

static struct post_officer *role_at(struct post *p, const char *role)
{
    for (unsigned i = 0; i < p->n; i++)
        if (strcmp(p->officer[i].role, role) == 0)
            return &p->officer[i];
    return NULL;
}

/* Who decides at this step: the post's officer, then its consul, or the ministry's second officer.
 */
static struct post_officer *decider(struct demo *d, const struct plan *p, bool second)
{
    struct post *post = post_of(d, p);
    bool alone = post->mission->one_officer || post == &d->ministry;

    if (!second)
        return role_at(post, "consular-officer");
    return alone ? role_at(&d->ministry, "confirmation-officer") : role_at(post, "consul");
}

static enum err do_decision(struct demo *d, struct plan *p, enum event ev, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    struct post_officer *o = decider(d, p, ev == EV_CONFIRM);

    TRY_PTR(a, f);
    TRY(demo_at_work(d, o, f));
    str text = ev == EV_CONFIRM
                   ? str_printf(a, "{\"signature\":\"%s\"}", p->signature)
                   : str_printf(a, "{\"outcome\":\"%s\",\"signature\":\"%s\"%s}",
                                p->refuse ? "refuse" : "approve", p->signature,
                                p->refuse ? ",\"reason\":\"الشروط غير مستوفاة.\"" : "");
    return demo_act_on_case(d, p, ev == EV_CONFIRM ? "case.confirm" : "case.propose", o->token,
                            text, f);
}

static enum err document_of(struct demo *d, struct plan *p, struct fault *f)
{
    struct db *db;
    struct query q;

    TRY(db_pool_take(d->node->house.readers, &db, f));
    enum err e = db_one(db, &q, f, "SELECT id FROM document WHERE file = ? AND state = 'sealed'",
                        "d", &p->id);
    if (e == OK) {
        p->document = query_id(&q, 0);
        e = query_end(&q, f);
    }
    db_pool_put(d->node->house.readers, db);
    return e;
}

static enum err do_revoke(struct demo *d, struct plan *p, struct fault *f)
{
    struct post *post = post_of(d, p);
    struct post_officer *head = role_at(post, "head-of-mission");
    struct demo_call c;

    if (!head)
        return OK;
    TRY(demo_at_work(d, head, f));
    enum err e = document_of(d, p, f);
    if (e == ERR_NOT_FOUND)
        return OK; /* help in distress may end without one */
    TRY(e);
    demo_call_begin(d, &c, "document.revoke");
    demo_call_param(&c, "id", demo_id(c.arena, &p->document));
    e = demo_call_as(d, &c, head->token, f);
    if (e == OK)
        e = demo_call_body(&c, S("{\"reason\":\"Issued in error.\"}"), f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
    return e;
}

/* What the officer of the post does alone. */
static enum err do_officers(struct demo *d, struct plan *p, enum event ev, struct fault *f)
{
    struct post_officer *o = role_at(post_of(d, p), "consular-officer");

    TRY(demo_at_work(d, o, f));
    if (ev == EV_FOLLOW) {
        TRY(demo_follow(d, p, o->token, f));
        return demo_rate(d, p, f);
    }
    if (ev == EV_ASK)
        return demo_act_on_case(d, p, "case.request-correction", o->token,
                                S("{\"message\":\"Please check the spelling of your name.\","
                                  "\"fields\":[\"/surname_latin\"]}"),
                                f);
    TRY(demo_act_on_case(d, p, "case.take", o->token, STR_NONE, f));
    return demo_talk(d, p, o->token, f);
}

enum err demo_event(struct demo *d, struct plan *p, enum event ev, struct fault *f)
{
    switch (ev) {
    case EV_FILE:
        return do_file(d, p, f);
    case EV_ANSWER:
        return do_answer(d, p, f);
    case EV_TAKE:
    case EV_ASK:
    case EV_FOLLOW:
        return do_officers(d, p, ev, f);
    case EV_STUDY:
    case EV_CHECK:
        return sign_for(d, p, decider(d, p, ev == EV_CHECK), f);
    case EV_PROPOSE:
        return do_decision(d, p, ev, f);
    case EV_CONFIRM:
        TRY(do_decision(d, p, ev, f));
        return p->refuse ? demo_rate(d, p, f) : OK;
    case EV_REVOKE:
        return do_revoke(d, p, f);
    case EVENTS:
        break;
    }
    return OK;
}

/* ---- living the days ---------------------------------------------------------------------------
 */

/* The plans with this event today. */
static size_t due_today(struct demo *d, enum event ev, struct plan **list)
{
    size_t n = 0;

    for (unsigned i = 0; i < d->options->cases; i++)
        if (!d->plans[i].lost && d->plans[i].day[ev] == d->today)
            list[n++] = &d->plans[i];
    return n;
}

/* The hour of the day at which each event is, in minutes. */
static const int clock_of[EVENTS] = {
    [EV_FILE] = 480,    [EV_TAKE] = 710,  [EV_ASK] = 716,     [EV_ANSWER] = 718, [EV_STUDY] = 720,
    [EV_PROPOSE] = 720, [EV_CHECK] = 810, [EV_CONFIRM] = 810, [EV_FOLLOW] = 900, [EV_REVOKE] = 960};

static void set_clock(struct demo *d, int minutes)
{
    atomic_store(&d->sim->now_ms,
                 d->first_ms + (int64_t)d->today * DAY_MS + (int64_t)minutes * 60000);
}

static unsigned pace_of(const struct plan *p)
{
    return (p->person + p->service) % PACES;
}

/* Those of one pace decide at the same minute after they read. */
static void decide_at_their_pace(struct demo *d, struct plan **list, size_t n, enum event ev)
{
    static const int study[PACES] = {6, 11, 17, 26}, check[PACES] = {2, 3, 5, 8};
    struct plan **same = calloc(n + 1, sizeof *same);

    for (unsigned pace = 0; same && pace < PACES; pace++) {
        size_t k = 0;
        for (size_t i = 0; i < n; i++)
            if (pace_of(list[i]) == pace && !list[i]->lost)
                same[k++] = list[i];
        set_clock(d, clock_of[ev] + (ev == EV_PROPOSE ? study : check)[pace]);
        demo_crew_work(d->crew, same, k, ev);
    }
    free(same);
}

static void show_progress(const struct demo *d)
{
    if (isatty(STDERR_FILENO) && d->today % 5 == 0)
        fprintf(stderr, "\rday %d of %d ", d->today, DAYS);
}

/* Sealing goes on beside the rest of the day, as in a node. */
static void *seal_aside(void *arg)
{
    struct demo *d = arg;

    while (documents_work(&d->node->house))
        ;
    return NULL;
}

static enum err live_day(struct demo *d, struct plan **list, struct fault *f)
{
    pthread_t sealing;
    bool aside = false;

    for (enum event ev = EV_FILE; ev < EVENTS; ev++) {
        set_clock(d, clock_of[ev]);
        size_t n = due_today(d, ev, list);
        if (ev == EV_PROPOSE || ev == EV_CONFIRM)
            decide_at_their_pace(d, list, n, ev);
        else
            demo_crew_work(d->crew, list, n, ev);
        if (ev == EV_CONFIRM)
            aside = pthread_create(&sealing, NULL, seal_aside, d) == 0;
    }
    enum err e = demo_engage(d, f);
    if (aside)
        pthread_join(sealing, NULL);
    else
        seal_aside(d);
    return e;
}

/* Places from the day of the handing over on are asked for in the week before, and drawn. */
static enum err live_rounds(struct demo *d, struct fault *f)
{
    if (d->today == ROUND_DRAWN + 1) /* west of us it closes late */
        demo_draws(d);
    if (d->today != ROUND_OPENS)
        return OK;
    for (unsigned i = 0; i < d->n_posts; i++) {
        struct post *p = &d->posts[i];
        TRY(demo_at_work(d, &p->officer[p->n - 1], f));
        TRY(demo_round(d, p, p->officer[p->n - 1].token, true, f));
    }
    return demo_asks(d, f);
}

/* What each post does once, after the year: it opens its next appointments, closes its cash book,
 * records blanks that came, and reads the statement of its bank. */
static enum err finish_post(struct demo *d, struct post *p, struct fault *f)
{
    for (unsigned i = 0; i < p->n; i++)
        TRY(demo_at_work(d, &p->officer[i], f));
    TRY(demo_round(d, p, p->officer[p->n - 1].token, false, f));
    TRY(demo_close_cash(d, p, f));
    TRY(demo_stock(d, p, f));
    return demo_bank(d, p, f);
}

static enum err live(struct demo *d, struct fault *f)
{
    struct plan **list = calloc(d->options->cases + 1, sizeof *list);
    enum err e = list ? OK : fault(f, ERR_MEMORY, "out of memory");

    for (d->today = 0; e == OK && d->today < DAYS; d->today++) {
        e = live_day(d, list, f);
        if (e == OK)
            e = live_rounds(d, f);
        show_progress(d);
    }
    d->today = DAYS;
    for (unsigned i = 0; e == OK && i < d->n_posts; i++)
        e = finish_post(d, &d->posts[i], f);
    if (e == OK)
        e = demo_asks(d, f);
    set_clock(d, 1); /* the morning on which the state is handed over */
    if (e == OK)
        e = demo_engage(d, f);
    free(list);
    return e;
}

static void nobody_at_work(struct post *p)
{
    for (int i = 0; i < PER_POST; i++) {
        p->officer[i].signed_in = -1;
        pthread_mutex_init(&p->officer[i].lock, NULL);
    }
}

enum err demo_fill(struct node *n, struct world_sim *sim, const struct demo_options *o,
                   struct fault *f)
{
    struct demo *d = calloc(1, sizeof *d);

    if (!d || !(d->arena = arena_new(256 << 20)) ||
        !(d->plans = calloc(o->cases + 1, sizeof *d->plans)))
        return fault(f, ERR_MEMORY, "out of memory");
    d->node = n;
    d->sim = sim;
    d->options = o;
    d->state = o->seed;
    d->first_ms = atomic_load(&sim->now_ms) / DAY_MS * DAY_MS;
    for (int i = 0; i < PERSON_LOCKS; i++)
        pthread_mutex_init(&d->person[i], NULL);
    for (int i = 0; i < MISSIONS_MAX; i++)
        nobody_at_work(&d->posts[i]);
    nobody_at_work(&d->ministry);
    n->house.replaying_history = true;
    db_durable(n->writer, false);
    registry_durable(n->house.registry, false);
    enum err e = demo_set_up(d, f);
    for (unsigned i = 0; e == OK && i < o->cases; i++)
        plan_case(d, &d->plans[i], o->cases * 3 / 5 + 1);
    if (e == OK)
        e = demo_crew_new(d, &d->crew, f);
    if (e == OK)
        e = live(d, f);
    demo_crew_free(d->crew);
    db_durable(n->writer, true);
    registry_durable(n->house.registry, true);
    if (e == OK && d->failures)
        fprintf(stderr, "demo: %u steps were refused\n", d->failures);
    missions_drop(d->missions);
    free(d->plans);
    arena_free(d->arena);
    free(d);
    return e;
}
