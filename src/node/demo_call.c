/* demo_call.c - chance, and one act through the gate */
#include "base/encode.h"
#include "node/demo_int.h"

#include <stdio.h>

/* ---- chance ------------------------------------------------------------------------------- */

uint64_t demo_draw(struct demo *d, uint64_t below)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

bool demo_chance(struct demo *d, unsigned percent)
{
    return demo_draw(d, 100) < percent;
}

/* ---- one act ------------------------------------------------------------------------------- */

void demo_call_begin(struct demo *d, struct demo_call *c, const char *action)
{
    *c = (struct demo_call){.arena = arena_new(ARENA)};
    c->act.action = action_find(str_of(action));
    c->act.house = &d->node->house;
    c->act.arena = c->arena;
    c->act.params = c->params;
}

void demo_call_param(struct demo_call *c, const char *name, str value)
{
    c->params[c->act.n_params++] = (struct act_param){str_of(name), value};
}

enum err demo_call_body(struct demo_call *c, str text, struct fault *f)
{
    struct json *j;

    c->act.body = text;
    TRY(json_parse(c->arena, text, NULL, &j, f));
    c->act.input = j;
    return OK;
}

enum err demo_call_as(struct demo *d, struct demo_call *c, const char *token, struct fault *f)
{
    return session_find(&d->node->house, str_of(token), c->arena, &c->act.actor, f);
}

enum err demo_call_do(struct demo *d, struct demo_call *c, struct fault *f)
{
    enum err e = gate_perform(d->node->house.gate, &c->act);

    if (e != OK && f)
        *f = c->act.fault;
    return e;
}

void demo_call_end(struct demo_call *c)
{
    act_done(&c->act);
    arena_free(c->arena);
}

/* The opening of a session; an officer signs it. */
static str opening_text(struct arena *a, const char *email, const struct officer_file *officer,
                        str code)
{
    AUTO(buf) struct buf text = BUF(1024);
    AUTO(buf) struct buf signature = BUF(128);
    AUTO(buf) struct buf body = BUF(2048);
    struct jw w = JW(&body);

    jw_open(&w, '{');
    jw_kv(&w, S("email"), str_of(email));
    jw_kv(&w, S("code"), code);
    jw_kv(&w, S("language"), S("ar"));
    if (officer) {
        session_statement(&text, str_of(email), code);
        struct ed25519_signature s = ed25519_sign(&officer->secret, buf_str(&text));
        base64_encode(&signature, str_bytes(s.b, sizeof s.b), BASE64_URL);
        jw_kv(&w, S("as"), S("officer"));
        jw_kv(&w, S("signature"), buf_str(&signature));
    }
    jw_close(&w, '}');
    return str_copy(a, buf_str(&body));
}

/* Signs somebody in, by code, as everybody does; the code is read from the act that made it. */
enum err demo_sign_in(struct demo *d, const char *email, const struct officer_file *officer,
                      char token[TOKEN_MAX], struct fault *f)
{
    struct demo_call code, open;
    struct json *j;

    demo_call_begin(d, &code, "session.code");
    str text = str_printf(code.arena, "{\"email\":\"%s\",\"as\":\"%s\",\"language\":\"ar\"}", email,
                          officer ? "officer" : "person");
    enum err e = demo_call_body(&code, text, f);
    if (e == OK)
        e = demo_call_do(d, &code, f);
    demo_call_begin(d, &open, "session.open");
    text =
        opening_text(open.arena, email, officer, e == OK ? str_of(code.act.data) : S("00000000"));
    if (e == OK)
        e = demo_call_body(&open, text, f);
    if (e == OK)
        e = demo_call_do(d, &open, f);
    if (e == OK)
        e = json_parse(open.arena, buf_str(&open.act.reply), NULL, &j, f);
    if (e == OK)
        snprintf(token, TOKEN_MAX, "%.*s", STR_FMT(json_get_str(j, S("token"))));
    demo_call_end(&code);
    demo_call_end(&open);
    return e;
}

enum err demo_at_work(struct demo *d, struct post_officer *o, struct fault *f)
{
    pthread_mutex_lock(&o->lock);
    enum err e = o->signed_in == d->today ? OK : demo_sign_in(d, o->email, &o->file, o->token, f);
    if (e == OK)
        o->signed_in = d->today;
    pthread_mutex_unlock(&o->lock);
    return e;
}

str demo_id(struct arena *a, const struct id *id)
{
    char text[ID_TEXT + 1];

    id_format(id, text);
    return str_copy(a, str_of(text));
}

enum err demo_act_on_case(struct demo *d, const struct plan *p, const char *action,
                          const char *token, str body, struct fault *f)
{
    struct demo_call c;

    demo_call_begin(d, &c, action);
    demo_call_param(&c, "id", demo_id(c.arena, &p->id));
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK && body.p)
        e = demo_call_body(&c, body, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
    return e;
}
