#include "node/demo.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/fs.h"
#include "node/cli.h"
#include "registry/registry.h"
#include "service/attachments.h"
#include "service/documents.h"
#include "service/services.h"

enum {
    DAYS = 365,
    THREADS = 16,
    DAY_MS = 86400000,
    ARENA = 4 << 20,
    NAMES_MAX = 400,
    PER_POST = 4,
    MISSIONS_MAX = 64,
    SERVICES_MAX = 8,
    TOKEN_MAX = 64,
    PERSON_LOCKS = 64
};

/* What happens to a case, in this order of a day. */
enum event { EV_FILE, EV_TAKE, EV_ASK, EV_ANSWER, EV_PROPOSE, EV_CONFIRM, EV_REVOKE, EVENTS };

struct plan {
    uint32_t person;
    uint8_t country, service, mission;
    bool refuse, correct, revoke;
    int16_t day[EVENTS]; /* of the year; -1 never */
    struct id id;        /* once it exists */
    struct id document;
    bool lost; /* a step was refused: the rest stays undone */
};

struct post_officer {
    struct officer_file file;
    char email[96], token[TOKEN_MAX];
    const char *role;
    int signed_in; /* day */
};

struct post {
    const struct mission *mission;
    unsigned n;
    struct post_officer officer[PER_POST]; /* officer, consul, head */
    int absent_from;                       /* two weeks in which the officer is away */
};

struct demo {
    struct node *node;
    struct world_sim *sim;
    const struct demo_options *options;
    struct arena *arena;
    struct missions *missions;
    const struct json *names, *cast;
    str scan;
    struct post posts[MISSIONS_MAX];
    unsigned n_posts;
    struct post ministry;
    const struct service *services[SERVICES_MAX];
    const struct json *answers[SERVICES_MAX]; /* templates */
    unsigned n_services;
    struct plan *plans;
    uint64_t state; /* of the generator */
    int64_t first_ms;
    int today;
    _Atomic unsigned failures;
    pthread_mutex_t person[PERSON_LOCKS]; /* one sign-in of a person at a time */
};

/* ---- chance ------------------------------------------------------------------------------- */

static uint64_t draw(struct demo *d, uint64_t below)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

static bool chance(struct demo *d, unsigned percent)
{
    return draw(d, 100) < percent;
}

/* ---- one act ------------------------------------------------------------------------------- */

struct call {
    struct arena *arena;
    struct act act;
    struct act_param params[3];
};

static void call_begin(struct demo *d, struct call *c, const char *action)
{
    *c = (struct call){.arena = arena_new(ARENA)};
    c->act.action = action_find(str_of(action));
    c->act.house = &d->node->house;
    c->act.arena = c->arena;
    c->act.params = c->params;
}

static void call_param(struct call *c, const char *name, str value)
{
    c->params[c->act.n_params++] = (struct act_param){str_of(name), value};
}

static enum err call_body(struct call *c, str text, struct fault *f)
{
    struct json *j;

    c->act.body = text;
    TRY(json_parse(c->arena, text, NULL, &j, f));
    c->act.input = j;
    return OK;
}

static enum err call_as(struct demo *d, struct call *c, const char *token, struct fault *f)
{
    return session_find(&d->node->house, str_of(token), c->arena, &c->act.actor, f);
}

static enum err call_do(struct demo *d, struct call *c, struct fault *f)
{
    enum err e = gate_perform(d->node->house.gate, &c->act);

    if (e != OK && f)
        *f = c->act.fault;
    return e;
}

static void call_end(struct call *c)
{
    act_done(&c->act);
    arena_free(c->arena);
}

static enum err reply_id(struct call *c, struct id *out, struct fault *f)
{
    struct json *j;

    TRY(json_parse(c->arena, buf_str(&c->act.reply), NULL, &j, f));
    return id_parse(json_get_str(j, S("id")), out) ? OK : fault(f, ERR_INTERNAL, "no id");
}

/* Signs somebody in, by code, as everybody does; the code is read from the act that made it. */
static enum err sign_in(struct demo *d, const char *email, bool officer, char token[TOKEN_MAX],
                        struct fault *f)
{
    struct call code, open;
    struct json *j;

    call_begin(d, &code, "session.code");
    str text = str_printf(code.arena, "{\"email\":\"%s\",\"as\":\"%s\",\"language\":\"ar\"}", email,
                          officer ? "officer" : "person");
    enum err e = call_body(&code, text, f);
    if (e == OK)
        e = call_do(d, &code, f);
    call_begin(d, &open, "session.open");
    text = str_printf(
        open.arena, "{\"email\":\"%s\",\"as\":\"%s\",\"language\":\"ar\",\"code\":\"%s\"}", email,
        officer ? "officer" : "person", e == OK ? (const char *)code.act.data : "00000000");
    if (e == OK)
        e = call_body(&open, text, f);
    if (e == OK)
        e = call_do(d, &open, f);
    if (e == OK)
        e = json_parse(open.arena, buf_str(&open.act.reply), NULL, &j, f);
    if (e == OK)
        snprintf(token, TOKEN_MAX, "%.*s", STR_FMT(json_get_str(j, S("token"))));
    call_end(&code);
    call_end(&open);
    return e;
}

/* ---- setting up ----------------------------------------------------------------------------- */

static enum err read_file(struct demo *d, const char *name, str *out, struct fault *f)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", d->options->from, name);
    return fs_read(d->arena, path, 32 << 20, out, f);
}

static enum err read_json(struct demo *d, const char *name, const struct json **out,
                          struct fault *f)
{
    struct json *j;
    str text;

    TRY(read_file(d, name, &text, f));
    TRY(json_parse(d->arena, text, &json_limits_wide, &j, f));
    *out = j;
    return OK;
}

static enum err act_with_json(struct demo *d, const char *action, const char *token,
                              const struct json *body, const char *param, str value,
                              struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    struct jw w = JW(&text);
    struct call c;

    jw_tree(&w, body);
    call_begin(d, &c, action);
    if (param)
        call_param(&c, param, value);
    enum err e = call_as(d, &c, token, f);
    if (e == OK)
        e = call_body(&c, buf_str(&text), f);
    if (e == OK)
        e = call_do(d, &c, f);
    call_end(&c);
    return e;
}

static enum err open_jurisdiction(struct demo *d, const struct json *all, const char *token,
                                  struct fault *f)
{
    const struct json *map = json_get(all, S("jurisdiction"));
    struct json body = {.type = J_OBJECT}, assign = {.type = J_ARRAY};

    for (uint32_t i = 0; map && i < map->n; i++) {
        const struct json *list = &map->members[i].value;
        for (size_t k = 0; json_at(list, k); k++) {
            struct json row = {.type = J_OBJECT};
            bool ok = json_put(d->arena, &row, S("country"), *json_at(list, k)) &&
                      json_put(d->arena, &row, S("authority"), json_of_str(map->members[i].key)) &&
                      json_push(d->arena, &assign, row);
            TRY_PTR(ok, f);
        }
    }
    bool ok = json_put(d->arena, &body, S("service"), json_of_str(S("*"))) &&
              json_put(d->arena, &body, S("assign"), assign);
    TRY_PTR(ok, f);
    return act_with_json(d, "jurisdiction.set", token, &body, NULL, STR_NONE, f);
}

static void officer_path(const struct demo *d, const char *email, char out[4300])
{
    const char *at = strchr(email, '@');

    snprintf(out, 4300, "%s/officers/%.*s.key", d->node->data,
             at ? (int)(at - email) : (int)strlen(email), email);
}

static void put_assertion(struct jw *w, const struct officer_file *by, str text)
{
    AUTO(buf) struct buf b = BUF(128);
    struct ed25519_signature s = ed25519_sign(&by->secret, text);
    char id[ID_TEXT + 1];

    id_format(&by->id, id);
    base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
    jw_open(w, '{');
    jw_kv(w, S("officer"), str_of(id));
    jw_kv(w, S("signature"), buf_str(&b));
    jw_close(w, '}');
}

/* Appoints an officer: a new key, which the two first officers vouch for with theirs. */
static enum err appoint(struct demo *d, struct post_officer *o, str name, str mission,
                        const char *token, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(8192);
    AUTO(buf) struct buf enrol = BUF(128);
    AUTO(buf) struct buf key_text = BUF(64);
    struct jw w = JW(&text);
    char id[ID_TEXT + 1], path[4300];
    struct call c;

    o->file.id = id_new(&d->node->house.world, 0);
    ed25519_new(&o->file.secret);
    struct ed25519_public key = ed25519_public_of(&o->file.secret);
    id_format(&o->file.id, id);
    base64_encode(&key_text, str_bytes(key.b, sizeof key.b), BASE64_URL);
    buf_add_str(&enrol, S("enrol"));
    buf_add_str(&enrol, id_bytes(&o->file.id));
    buf_add(&enrol, key.b, sizeof key.b);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), str_of(id));
    jw_kv(&w, S("email"), str_of(o->email));
    jw_kv(&w, S("name"), name);
    jw_kv(&w, S("mission"), mission);
    jw_key(&w, S("roles"));
    jw_open(&w, '[');
    jw_string(&w, str_of(o->role));
    jw_close(&w, ']');
    jw_kv(&w, S("public_key"), buf_str(&key_text));
    jw_key(&w, S("assertions"));
    jw_open(&w, '[');
    for (int i = 0; i < 2; i++)
        put_assertion(&w, &d->ministry.officer[i].file, buf_str(&enrol));
    jw_close(&w, ']');
    jw_close(&w, '}');
    call_begin(d, &c, "officer.add");
    enum err e = call_as(d, &c, token, f);
    if (e == OK)
        e = call_body(&c, buf_str(&text), f);
    if (e == OK)
        e = call_do(d, &c, f);
    call_end(&c);
    officer_path(d, o->email, path);
    return e == OK ? officer_file_write(path, &o->file, f) : e;
}

static str person_name(struct demo *d, bool latin)
{
    const struct json *s = json_get(d->names, S("surnames")), *g = json_get(d->names, S("given"));
    str key = latin ? S("latin") : S("own");

    return str_printf(d->arena, "%.*s %.*s", STR_FMT(json_get_str(json_at(g, draw(d, g->n)), key)),
                      STR_FMT(json_get_str(json_at(s, draw(d, s->n)), key)));
}

/* The cast's officers have addresses of their own; the rest is named after role and mission. */
static str cast_email(struct demo *d, str mission, const char *role)
{
    const struct json *list = json_get(d->cast, S("officers"));

    for (size_t i = 0; json_at(list, i); i++)
        if (str_eq(json_get_str(json_at(list, i), S("mission")), mission) &&
            str_eq(json_get_str(json_at(list, i), S("role")), str_of(role)))
            return json_get_str(json_at(list, i), S("email"));
    return STR_NONE;
}

static enum err staff_post(struct demo *d, struct post *p, const char *token, struct fault *f)
{
    static const char *const roles[] = {"consular-officer", "consul", "head-of-mission"};
    static const char *const short_names[] = {"officer", "consul", "head"};
    str mission = p->mission->code;

    for (int i = 0; i < 3; i++) {
        struct post_officer *o = &p->officer[p->n];
        /* a post with one officer has nobody who could confirm */
        if (p->mission->one_officer && i == 1)
            continue;
        o->role = roles[i];
        o->signed_in = -1;
        str email = cast_email(d, mission, roles[i]);
        if (email.p)
            snprintf(o->email, sizeof o->email, "%.*s", STR_FMT(email));
        else
            snprintf(o->email, sizeof o->email, "%s.%.*s@mfa.xu.example", short_names[i],
                     STR_FMT(mission));
        TRY(appoint(d, o, person_name(d, true), mission, token, f));
        p->n++;
    }
    p->absent_from = chance(d, 40) ? (int)draw(d, DAYS) : -1;
    return OK;
}

static enum err adopt_holidays(struct demo *d, struct post *p, const char *token, int year,
                               struct fault *f)
{
    struct json body = {.type = J_OBJECT}, *proposed;
    struct call c;
    char text[16];

    call_begin(d, &c, "calendar.propose");
    snprintf(text, sizeof text, "%d", year);
    call_param(&c, "year", str_of(text));
    enum err e = call_do(d, &c, f);
    if (e == OK)
        e = json_parse(c.arena, buf_str(&c.act.reply), NULL, &proposed, f);
    if (e == OK && (!json_put(c.arena, &body, S("year"), json_of_int(year)) ||
                    !json_put(c.arena, &body, S("days"), *json_get(proposed, S("days")))))
        e = fault(f, ERR_MEMORY_LIMIT, "out of memory");
    if (e == OK)
        e = act_with_json(d, "calendar.adopt", token, &body, "mission", p->mission->code, f);
    call_end(&c);
    return e;
}

static enum err open_missions(struct demo *d, const char *token, struct fault *f)
{
    const struct json *all, *list;

    TRY(read_json(d, "missions.json", &all, f));
    list = json_get(all, S("missions"));
    for (size_t i = 0; json_at(list, i); i++)
        TRY(act_with_json(d, "mission.add", token, json_at(list, i), NULL, STR_NONE, f));
    TRY(open_jurisdiction(d, all, token, f));
    missions_drop(d->missions);
    d->missions = missions_hold(d->node->house.registry);
    for (size_t i = 0; i < missions_count(d->missions) && d->n_posts < MISSIONS_MAX; i++) {
        const struct mission *m = mission_at(d->missions, i);
        if (str_eq(m->kind, S("ministry")))
            continue;
        struct post *p = &d->posts[d->n_posts++];
        p->mission = m;
        TRY(staff_post(d, p, token, f));
    }
    return OK;
}

/* The two first officers have their key files from init. */
static enum err load_ministry(struct demo *d, struct fault *f)
{
    const struct json *list = json_get(d->cast, S("ministry"));
    struct post *p = &d->ministry;
    char path[4300];

    p->mission = mission_find(d->missions, S("ministry"));
    for (size_t i = 0; i < 2; i++) {
        struct post_officer *o = &p->officer[p->n++];
        o->signed_in = -1;
        o->role = "ministry-admin";
        snprintf(o->email, sizeof o->email, "%.*s",
                 STR_FMT(json_get_str(json_at(list, i), S("email"))));
        officer_path(d, o->email, path);
        TRY(officer_file_read(d->arena, path, &o->file, f));
    }
    return OK;
}

static enum err staff_ministry(struct demo *d, const char *token, struct fault *f)
{
    static const struct {
        const char *role, *email;
    } desks[] = {{"consular-officer", "officer.ministry@mfa.xu.example"},
                 {"confirmation-officer", "confirm.ministry@mfa.xu.example"}};

    for (size_t i = 0; i < ARRAY_LEN(desks); i++) {
        struct post_officer *o = &d->ministry.officer[d->ministry.n++];
        o->role = desks[i].role;
        o->signed_in = -1;
        snprintf(o->email, sizeof o->email, "%s", desks[i].email);
        TRY(appoint(d, o, person_name(d, true), S("ministry"), token, f));
    }
    return OK;
}

static enum err load_services(struct demo *d, struct fault *f)
{
    const struct services *all = d->node->house.services;
    char path[256];

    for (size_t i = 0; i < services_count(all) && d->n_services < SERVICES_MAX; i++) {
        const struct service *s = service_at(all, i);
        snprintf(path, sizeof path, "answers/%.*s.json", STR_FMT(s->name));
        d->services[d->n_services] = s;
        TRY(read_json(d, path, &d->answers[d->n_services++], f));
    }
    return d->n_services ? OK : fault(f, ERR_NOT_FOUND, "no services");
}

/* The snapshot with the holidays in it; the posts point into the new one. */
static enum err fresh_calendars(struct demo *d, struct fault *f)
{
    struct missions *old = d->missions;

    d->missions = missions_hold(d->node->house.registry);
    for (unsigned i = 0; i < d->n_posts; i++)
        d->posts[i].mission = mission_find(d->missions, d->posts[i].mission->code);
    d->ministry.mission = mission_find(d->missions, S("ministry"));
    missions_drop(old);
    return d->ministry.mission ? OK : fault(f, ERR_INTERNAL, "no ministry");
}

static enum err set_up(struct demo *d, struct fault *f)
{
    struct post_officer *minister = &d->ministry.officer[0];
    int year = 0;
    char text[32];

    TRY(read_json(d, "names.json", &d->names, f));
    TRY(read_json(d, "cast.json", &d->cast, f));
    TRY(read_file(d, "scan.png", &d->scan, f));
    d->missions = missions_hold(d->node->house.registry);
    TRY(load_services(d, f));
    TRY(load_ministry(d, f));
    TRY(sign_in(d, minister->email, true, minister->token, f));
    TRY(open_missions(d, minister->token, f));
    TRY(fresh_calendars(d, f));
    TRY(staff_ministry(d, minister->token, f));
    time_format(d->first_ms, text);
    year = atoi(text);
    for (unsigned i = 0; i < d->n_posts; i++) {
        struct post *p = &d->posts[i];
        struct post_officer *head = &p->officer[p->n - 1];
        TRY(sign_in(d, head->email, true, head->token, f));
        for (int y = year; y <= year + 1; y++)
            TRY(adopt_holidays(d, p, head->token, y, f));
    }
    return fresh_calendars(d, f);
}

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

static void plan_case(struct demo *d, struct plan *p, unsigned persons)
{
    static const int shares[] = {70, 82, 100};
    unsigned pick = (unsigned)draw(d, 100), service = 0;

    *p = (struct plan){.person = (uint32_t)draw(d, persons)};
    for (int e = 0; e < EVENTS; e++)
        p->day[e] = -1;
    while (service + 1 < d->n_services && service < 2 && pick >= (unsigned)shares[service])
        service++;
    p->service = (uint8_t)service;
    /* half of the people live in a tenth of the countries */
    p->country = (uint8_t)(chance(d, 50) ? draw(d, 20) * 9 : draw(d, country_count()));
    str authority = jurisdiction_of(d->missions, country_at(p->country), S("*"));
    p->mission = (uint8_t)d->n_posts;
    for (unsigned i = 0; i < d->n_posts; i++)
        if (str_eq(d->posts[i].mission->code, authority))
            p->mission = (uint8_t)i;
    struct post *post = post_of(d, p);
    p->refuse = chance(d, 4);
    p->correct = chance(d, 18);
    p->revoke = !p->refuse && chance(d, 1);
    p->day[EV_FILE] = (int16_t)draw(d, DAYS);
    int wait = 1 + (int)draw(d, 4);
    if (post->absent_from >= 0 && p->day[EV_FILE] >= post->absent_from &&
        p->day[EV_FILE] < post->absent_from + 14)
        wait += 8;
    int day = working_day(d, post->mission, p->day[EV_FILE], wait);
    p->day[EV_TAKE] = (int16_t)day;
    if (p->correct) {
        p->day[EV_ASK] = (int16_t)day;
        day += 1 + (int)draw(d, 12);
        p->day[EV_ANSWER] = (int16_t)day;
    }
    day = working_day(d, post->mission, day, 1 + (int)draw(d, 3));
    p->day[EV_PROPOSE] = (int16_t)day;
    day = working_day(d, post->mission, day, (int)draw(d, 2));
    p->day[EV_CONFIRM] = (int16_t)day;
    if (p->revoke)
        p->day[EV_REVOKE] = (int16_t)(day + 5 + (int)draw(d, 40));
}

/* ---- living the days ---------------------------------------------------------------------------
 */

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

static str id_str(struct arena *a, const struct id *id)
{
    char text[ID_TEXT + 1];

    id_format(id, text);
    return str_copy(a, str_of(text));
}

static enum err act_on_case(struct demo *d, const struct plan *p, const char *action,
                            const char *token, str body, struct fault *f)
{
    struct call c;

    call_begin(d, &c, action);
    call_param(&c, "id", id_str(c.arena, &p->id));
    enum err e = call_as(d, &c, token, f);
    if (e == OK && body.p)
        e = call_body(&c, body, f);
    if (e == OK)
        e = call_do(d, &c, f);
    call_end(&c);
    return e;
}

static enum err attach_scan(struct demo *d, struct plan *p, const char *token, struct fault *f)
{
    struct attachment_sink *sink = NULL;
    struct call c;

    call_begin(d, &c, "case.attach");
    call_param(&c, "id", id_str(c.arena, &p->id));
    call_param(&c, "name", S("scan.png"));
    enum err e = call_as(d, &c, token, f);
    if (e == OK)
        e = attachment_sink_open(&d->node->house, &c.act.actor.id, &sink, f);
    if (e == OK)
        e = attachment_sink_add(sink, d->scan, f);
    c.act.upload = sink;
    if (e == OK)
        e = call_do(d, &c, f);
    attachment_sink_free(sink);
    call_end(&c);
    return e;
}

static enum err person_signs_in(struct demo *d, const struct plan *p, char token[TOKEN_MAX],
                                struct fault *f)
{
    pthread_mutex_t *lock = &d->person[p->person % PERSON_LOCKS];
    char email[64];

    email_of(p, email);
    pthread_mutex_lock(lock);
    enum err e = sign_in(d, email, false, token, f);
    pthread_mutex_unlock(lock);
    return e;
}

/* In one step where nothing is to be attached, else as a draft that is saved and submitted. */
static enum err do_file(struct demo *d, struct plan *p, struct fault *f)
{
    const struct service *s = d->services[p->service];
    char token[TOKEN_MAX];
    struct call c;
    str answers;

    TRY(person_signs_in(d, p, token, f));
    call_begin(d, &c, s->attachments_required ? "case.start" : "case.file");
    enum err e = answers_text(d, p, c.arena, &answers, f);
    str head = str_printf(c.arena, "{\"service\":\"%.*s\",\"country\":\"%.*s\"", STR_FMT(s->name),
                          STR_FMT(country_at(p->country)));
    str text = s->attachments_required
                   ? str_printf(c.arena, "%.*s}", STR_FMT(head))
                   : str_printf(c.arena, "%.*s,\"answers\":%.*s}", STR_FMT(head), STR_FMT(answers));
    if (e == OK)
        e = call_as(d, &c, token, f);
    if (e == OK)
        e = call_body(&c, text, f);
    if (e == OK)
        e = call_do(d, &c, f);
    if (e == OK)
        e = reply_id(&c, &p->id, f);
    if (e == OK && s->attachments_required) {
        text = str_printf(c.arena, "{\"answers\":%.*s}", STR_FMT(answers));
        e = act_on_case(d, p, "case.save", token, text, f);
        for (unsigned i = 0; e == OK && i < s->attachments_required; i++)
            e = attach_scan(d, p, token, f);
        if (e == OK)
            e = act_on_case(d, p, "case.submit", token, STR_NONE, f);
    }
    call_end(&c);
    return e;
}

static enum err do_answer(struct demo *d, struct plan *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    char token[TOKEN_MAX];
    str answers;

    TRY_PTR(a, f);
    TRY(person_signs_in(d, p, token, f));
    TRY(answers_text(d, p, a, &answers, f));
    return act_on_case(d, p, "case.answer", token,
                       str_printf(a, "{\"answers\":%.*s}", STR_FMT(answers)), f);
}

/* Fetches the statement and signs it: what every officer's program does. */
static enum err sign_for(struct demo *d, struct plan *p, struct post_officer *o, struct arena *a,
                         str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128);
    struct json *j;
    struct call c;

    call_begin(d, &c, "case.statement");
    call_param(&c, "id", id_str(c.arena, &p->id));
    call_param(&c, "outcome", p->refuse ? S("refuse") : S("approve"));
    enum err e = call_as(d, &c, o->token, f);
    if (e == OK)
        e = call_do(d, &c, f);
    if (e == OK)
        e = json_parse(c.arena, buf_str(&c.act.reply), NULL, &j, f);
    if (e == OK) {
        struct ed25519_signature s = ed25519_sign(&o->file.secret, json_get_str(j, S("statement")));
        base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
        *out = str_copy(a, buf_str(&b));
    }
    call_end(&c);
    return e;
}

static struct post_officer *role_at(struct post *p, const char *role)
{
    for (unsigned i = 0; i < p->n; i++)
        if (strcmp(p->officer[i].role, role) == 0)
            return &p->officer[i];
    return NULL;
}

static enum err do_decision(struct demo *d, struct plan *p, enum event ev, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    struct post *post = post_of(d, p);
    bool alone = post->mission->one_officer || post == &d->ministry;
    struct post_officer *o = role_at(post, "consular-officer");
    str signature;

    TRY_PTR(a, f);
    if (ev == EV_CONFIRM)
        o = alone ? role_at(&d->ministry, "confirmation-officer") : role_at(post, "consul");
    TRY(sign_for(d, p, o, a, &signature, f));
    str text = ev == EV_CONFIRM
                   ? str_printf(a, "{\"signature\":\"%.*s\"}", STR_FMT(signature))
                   : str_printf(a, "{\"outcome\":\"%s\",\"signature\":\"%.*s\"%s}",
                                p->refuse ? "refuse" : "approve", STR_FMT(signature),
                                p->refuse ? ",\"reason\":\"The conditions are not met.\"" : "");
    return act_on_case(d, p, ev == EV_CONFIRM ? "case.confirm" : "case.propose", o->token, text, f);
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
    struct call c;

    if (!head)
        return OK;
    TRY(document_of(d, p, f));
    call_begin(d, &c, "document.revoke");
    call_param(&c, "id", id_str(c.arena, &p->document));
    enum err e = call_as(d, &c, head->token, f);
    if (e == OK)
        e = call_body(&c, S("{\"reason\":\"Issued in error.\"}"), f);
    if (e == OK)
        e = call_do(d, &c, f);
    call_end(&c);
    return e;
}

static enum err do_event(struct demo *d, struct plan *p, enum event ev, struct fault *f)
{
    const char *token = role_at(post_of(d, p), "consular-officer")->token;

    switch (ev) {
    case EV_FILE:
        return do_file(d, p, f);
    case EV_TAKE:
        return act_on_case(d, p, "case.take", token, STR_NONE, f);
    case EV_ASK:
        return act_on_case(d, p, "case.request-correction", token,
                           S("{\"message\":\"Please check the spelling of your name.\","
                             "\"fields\":[\"/surname_latin\"]}"),
                           f);
    case EV_ANSWER:
        return do_answer(d, p, f);
    case EV_PROPOSE:
    case EV_CONFIRM:
        return do_decision(d, p, ev, f);
    case EV_REVOKE:
        return do_revoke(d, p, f);
    case EVENTS:
        break;
    }
    return OK;
}

/* ---- many at once ------------------------------------------------------------------------------
 */

struct crew {
    struct demo *demo;
    struct plan **list;
    size_t n;
    enum event event;
    _Atomic size_t next;
};

static void *crew_member(void *arg)
{
    struct crew *c = arg;
    size_t i;

    while ((i = atomic_fetch_add(&c->next, 1)) < c->n) {
        struct fault f = {0};
        enum err e = do_event(c->demo, c->list[i], c->event, &f);
        if (e == OK)
            continue;
        c->list[i]->lost = true;
        if (atomic_fetch_add(&c->demo->failures, 1) < 5)
            fprintf(stderr, "demo: event %d: %s: %s %s\n", (int)c->event, err_slug(e), f.detail,
                    f.pointer);
    }
    return NULL;
}

static void work(struct demo *d, struct plan **list, size_t n, enum event ev)
{
    struct crew c = {.demo = d, .list = list, .n = n, .event = ev};
    pthread_t threads[THREADS];
    int started = 0;

    while (started < THREADS - 1 && (size_t)started + 1 < n &&
           pthread_create(&threads[started], NULL, crew_member, &c) == 0)
        started++;
    crew_member(&c);
    while (started)
        pthread_join(threads[--started], NULL);
}

static enum err officers_sign_in(struct demo *d, struct post *p, struct fault *f)
{
    for (unsigned i = 0; i < p->n; i++)
        if (p->officer[i].signed_in != d->today) {
            TRY(sign_in(d, p->officer[i].email, true, p->officer[i].token, f));
            p->officer[i].signed_in = d->today;
        }
    return OK;
}

/* The plans with this event today; the officers that they need come to work. */
static enum err due_today(struct demo *d, enum event ev, struct plan **list, size_t *n,
                          struct fault *f)
{
    *n = 0;
    for (unsigned i = 0; i < d->options->cases; i++) {
        struct plan *p = &d->plans[i];
        if (p->lost || p->day[ev] != d->today)
            continue;
        list[(*n)++] = p;
        TRY(officers_sign_in(d, post_of(d, p), f));
        if (ev == EV_CONFIRM)
            TRY(officers_sign_in(d, &d->ministry, f));
    }
    return OK;
}

static void show_progress(const struct demo *d)
{
    if (isatty(STDERR_FILENO) && d->today % 5 == 0)
        fprintf(stderr, "\rday %d of %d ", d->today, DAYS);
}

static enum err live(struct demo *d, struct fault *f)
{
    struct plan **list = calloc(d->options->cases + 1, sizeof *list);
    enum err e = list ? OK : fault(f, ERR_MEMORY, "out of memory");
    size_t n;

    for (d->today = 0; e == OK && d->today < DAYS; d->today++) {
        for (enum event ev = EV_FILE; e == OK && ev < EVENTS; ev++) {
            atomic_store(&d->sim->now_ms,
                         d->first_ms + (int64_t)d->today * DAY_MS + (int64_t)(8 + ev) * 3600000);
            e = due_today(d, ev, list, &n, f);
            if (e == OK)
                work(d, list, n, ev);
        }
        while (e == OK && documents_work(&d->node->house))
            ;
        show_progress(d);
    }
    free(list);
    return e;
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
    n->house.replaying_history = true;
    db_durable(n->writer, false);
    registry_durable(n->house.registry, false);
    enum err e = set_up(d, f);
    for (unsigned i = 0; e == OK && i < o->cases; i++)
        plan_case(d, &d->plans[i], o->cases * 3 / 5 + 1);
    if (e == OK)
        e = live(d, f);
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
