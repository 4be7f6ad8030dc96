/* demo_setup.c - the state before its year: missions, jurisdiction, officers, holidays */
#include "node/demo_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/fs.h"

/* ---- setting up ----------------------------------------------------------------------------- */

static enum err read_file(struct demo *d, const char *name, str *out, struct fault *f)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", d->options->from, name);
    return fs_read(d->arena, path, 32 << 20, out, f);
}

enum err demo_read_json(struct demo *d, const char *name, const struct json **out, struct fault *f)
{
    struct json *j;
    str text;

    TRY(read_file(d, name, &text, f));
    TRY(json_parse(d->arena, text, &json_limits_wide, &j, f));
    *out = j;
    return OK;
}

enum err demo_act(struct demo *d, const char *action, const char *token, const struct json *body,
                  const char *param, str value, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    struct jw w = JW(&text);
    struct demo_call c;

    jw_tree(&w, body);
    demo_call_begin(d, &c, action);
    if (param)
        demo_call_param(&c, param, value);
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK)
        e = demo_call_body(&c, buf_str(&text), f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
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
    return demo_act(d, "jurisdiction.set", token, &body, NULL, STR_NONE, f);
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
    struct demo_call c;

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
    demo_call_begin(d, &c, "officer.add");
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK)
        e = demo_call_body(&c, buf_str(&text), f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
    officer_path(d, o->email, path);
    return e == OK ? officer_file_write(path, &o->file, f) : e;
}

static str person_name(struct demo *d, bool latin)
{
    const struct json *s = json_get(d->names, S("surnames")), *g = json_get(d->names, S("given"));
    str key = latin ? S("latin") : S("own");
    str given = json_get_str(json_at(g, demo_draw(d, g->n)), key);
    str surname = json_get_str(json_at(s, demo_draw(d, s->n)), key);

    return str_printf(d->arena, "%.*s %.*s", STR_FMT(given), STR_FMT(surname));
}

/* The cast's officers have names and addresses of their own; the rest is named after role and
 * mission. NULL for the rest. */
static const struct json *in_cast(struct demo *d, str mission, const char *role)
{
    const struct json *list = json_get(d->cast, S("officers"));

    for (size_t i = 0; json_at(list, i); i++)
        if (str_eq(json_get_str(json_at(list, i), S("mission")), mission) &&
            str_eq(json_get_str(json_at(list, i), S("role")), str_of(role)))
            return json_at(list, i);
    return NULL;
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
        const struct json *cast = in_cast(d, mission, roles[i]);
        if (cast)
            snprintf(o->email, sizeof o->email, "%.*s", STR_FMT(json_get_str(cast, S("email"))));
        else
            snprintf(o->email, sizeof o->email, "%s.%.*s@mfa.xu.example", short_names[i],
                     STR_FMT(mission));
        TRY(appoint(d, o, cast ? json_get_str(cast, S("name")) : person_name(d, true), mission,
                    token, f));
        p->n++;
    }
    p->absent_from = demo_chance(d, 40) ? (int)demo_draw(d, DAYS) : -1;
    return OK;
}

static enum err sign_holidays(struct demo_call *c, const struct post *p,
                              const struct post_officer *head, int year, struct json *body,
                              struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128);
    str statement;

    TRY(calendar_statement(c->arena, p->mission->code, year, json_get(body, S("days")), &statement,
                           f));
    struct ed25519_signature s = ed25519_sign(&head->file.secret, statement);
    base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
    str text = str_copy(c->arena, buf_str(&b));
    TRY_PTR(text.p && json_put(c->arena, body, S("signature"), json_of_str(text)), f);
    return OK;
}

static enum err adopt_holidays(struct demo *d, struct post *p, const struct post_officer *head,
                               int year, struct fault *f)
{
    struct json body = {.type = J_OBJECT}, *proposed;
    struct demo_call c;
    char text[16];

    demo_call_begin(d, &c, "calendar.propose");
    snprintf(text, sizeof text, "%d", year);
    demo_call_param(&c, "year", str_of(text));
    enum err e = demo_call_do(d, &c, f);
    if (e == OK)
        e = json_parse(c.arena, buf_str(&c.act.reply), NULL, &proposed, f);
    if (e == OK && (!json_put(c.arena, &body, S("year"), json_of_int(year)) ||
                    !json_put(c.arena, &body, S("days"), *json_get(proposed, S("days")))))
        e = fault(f, ERR_MEMORY_LIMIT, "out of memory");
    if (e == OK)
        e = sign_holidays(&c, p, head, year, &body, f);
    if (e == OK)
        e = demo_act(d, "calendar.adopt", head->token, &body, "mission", p->mission->code, f);
    demo_call_end(&c);
    return e;
}

static enum err open_missions(struct demo *d, const char *token, struct fault *f)
{
    const struct json *all, *list;

    TRY(demo_read_json(d, "missions.json", &all, f));
    list = json_get(all, S("missions"));
    for (size_t i = 0; json_at(list, i); i++)
        TRY(demo_act(d, "mission.add", token, json_at(list, i), NULL, STR_NONE, f));
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
    const struct json *desks = json_get(d->cast, S("desks"));

    for (size_t i = 0; json_at(desks, i) && d->ministry.n < PER_POST; i++) {
        struct post_officer *o = &d->ministry.officer[d->ministry.n++];
        const struct json *desk = json_at(desks, i);
        o->role = str_cstr(d->arena, json_get_str(desk, S("role")));
        TRY_PTR(o->role, f);
        snprintf(o->email, sizeof o->email, "%.*s", STR_FMT(json_get_str(desk, S("email"))));
        TRY(appoint(d, o, json_get_str(desk, S("name")), S("ministry"), token, f));
    }
    return OK;
}

static enum err load_services(struct demo *d, struct fault *f)
{
    const struct offer *all = services_offered(d->node->house.services);
    char path[256];

    for (size_t i = 0; i < all->n && d->n_services < SERVICES_MAX; i++) {
        const struct service *s = all->list[i];
        snprintf(path, sizeof path, "answers/%.*s.json", STR_FMT(s->name));
        d->services[d->n_services] = s;
        TRY(demo_read_json(d, path, &d->answers[d->n_services++], f));
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

enum err demo_set_up(struct demo *d, struct fault *f)
{
    struct post_officer *minister = &d->ministry.officer[0];
    int year = 0;
    char text[32];

    TRY(demo_read_json(d, "names.json", &d->names, f));
    TRY(demo_read_json(d, "cast.json", &d->cast, f));
    TRY(demo_read_json(d, "engagements.json", &d->engagements, f));
    TRY(read_file(d, "scan.png", &d->scan, f));
    d->missions = missions_hold(d->node->house.registry);
    TRY(load_services(d, f));
    TRY(load_ministry(d, f));
    TRY(demo_sign_in(d, minister->email, &minister->file, minister->token, f));
    TRY(open_missions(d, minister->token, f));
    TRY(fresh_calendars(d, f));
    TRY(staff_ministry(d, minister->token, f));
    time_format(d->first_ms, text);
    year = atoi(text);
    for (unsigned i = 0; i < d->n_posts; i++) {
        struct post *p = &d->posts[i];
        struct post_officer *head = &p->officer[p->n - 1];
        TRY(demo_sign_in(d, head->email, &head->file, head->token, f));
        for (int y = year; y <= year + 1; y++)
            TRY(adopt_holidays(d, p, head, y, f));
        TRY(demo_hours(d, p, head->token, f));
    }
    return fresh_calendars(d, f);
}
