/* guests.c - links to one thing for officials of partners who have no node */
#include "link/guests_int.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "policy/facts.h"

enum { SESSION_MS = 30 * 60000, SESSION = 32, PAGE = 50, LETTER_MAX = 4 << 20, DAYS_MAX = 92 };

/* ---- the link -------------------------------------------------------------------------------- */

static struct hash mac_of(struct act *a, const uint8_t head[24])
{
    uint8_t text[15 + 24];

    memcpy(text, "sifara-guest/1\n", 15);
    memcpy(text + 15, head, 24);
    return hmac_sha256(&a->house->record_key, str_bytes(text, sizeof text));
}

enum err guest_token(struct act *a, const struct id *id, int64_t expires, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128), raw = BUF(GUEST_TOKEN);
    uint8_t head[24];

    memcpy(head, id->b, 16);
    for (int i = 0; i < 8; i++)
        head[16 + i] = (uint8_t)((uint64_t)expires >> (56 - 8 * i));
    struct hash mac = mac_of(a, head);
    buf_add(&raw, head, sizeof head);
    buf_add(&raw, mac.b, GUEST_MAC);
    base64_encode(&b, buf_str(&raw), BASE64_URL);
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

enum err guest_token_read(struct act *a, str token, struct id *id, int64_t *expires,
                          struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(GUEST_TOKEN);
    uint64_t when = 0;

    if (!base64_decode(&raw, token, BASE64_URL) || raw.n != GUEST_TOKEN)
        return fault(f, ERR_NOT_FOUND, "no such link");
    struct hash mac = mac_of(a, (const uint8_t *)raw.p);
    if (!secret_equal(mac.b, raw.p + 24, GUEST_MAC))
        return fault(f, ERR_NOT_FOUND, "no such link");
    memcpy(id->b, raw.p, 16);
    for (int i = 0; i < 8; i++)
        when = when << 8 | (uint8_t)raw.p[16 + i];
    *expires = (int64_t)when;
    return OK;
}

enum err guest_load(struct act *a, const struct id *id, struct guest *out, struct fault *f)
{
    struct json *letter;
    struct query q;
    str plain;

    TRY(db_one(a->db, &q, f,
               "SELECT officer, state, mission, language, may, at, expires, revoked, opened,"
               " acknowledged, answered, body, answer FROM guest WHERE id = ?",
               "d", id));
    *out = (struct guest){.id = *id,
                          .officer = query_id(&q, 0),
                          .state = str_copy(a->arena, query_str(&q, 1)),
                          .mission = str_copy(a->arena, query_str(&q, 2)),
                          .language = str_copy(a->arena, query_str(&q, 3)),
                          .may = str_copy(a->arena, query_str(&q, 4)),
                          .at = query_int(&q, 5),
                          .expires = query_int(&q, 6),
                          .revoked = query_int(&q, 7),
                          .opened = query_int(&q, 8),
                          .acknowledged = query_int(&q, 9),
                          .answered = query_int(&q, 10)};
    str body = str_copy(a->arena, query_str(&q, 11));
    str answer = query_null(&q, 12) ? STR_NONE : str_copy(a->arena, query_str(&q, 12));
    TRY(query_end(&q, f));
    TRY_PTR(out->state.p && out->mission.p && out->language.p && out->may.p && body.p, f);
    TRY(unseal(a->arena, &a->house->record_key, S("guest"), body, &plain, f));
    TRY(json_parse(a->arena, plain, NULL, &letter, f));
    out->letter = letter;
    return answer.p ? unseal(a->arena, &a->house->record_key, S("guest"), answer, &out->answer, f)
                    : OK;
}

bool guest_may(const struct guest *g, str what)
{
    str rest = g->may, one;

    while (rest.n && str_split(&rest, ',', &one))
        if (str_eq(one, what))
            return true;
    return false;
}

enum err guest_of_path(struct act *a, struct guest *g, struct fault *f)
{
    int64_t expires, now = world_now(&a->house->world);
    struct id id;

    TRY(guest_token_read(a, act_param(a, S("token")), &id, &expires, f));
    TRY(guest_load(a, &id, g, f));
    if (g->revoked || now > g->expires || expires != g->expires)
        return fault(f, ERR_NOT_FOUND, "this link is no longer good");
    return OK;
}

/* ---- officers -------------------------------------------------------------------------------- */

struct inviting {
    struct guest g;
    str token, sealed, url;
};

static enum err read_may(struct act *a, struct inviting *in, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128);
    const struct json *list = json_get(a->input, S("may")), *one;

    for (size_t i = 0; (one = json_at(list, i)); i++) {
        if (i)
            buf_add_char(&b, ',');
        buf_add_str(&b, json_str(one));
    }
    in->g.may = str_copy(a->arena, b.n ? buf_str(&b) : S(""));
    TRY_PTR(in->g.may.p, f);
    return OK;
}

static enum err read_day(struct act *a, struct inviting *in, struct fault *f)
{
    int32_t day, today = day_of_ms(world_now(&a->house->world));

    if (!day_parse(json_get_str(a->input, S("until")), &day) || day < today ||
        day > today + DAYS_MAX)
        return fault_at(f, ERR_INVALID, "/until", "a day, today at the earliest, in %d at most",
                        DAYS_MAX);
    in->g.expires = ((int64_t)day + 1) * 86400000 - 1;
    return OK;
}

static enum err seal_letter(struct act *a, struct inviting *in, struct fault *f)
{
    static const char *const names[] = {"email", "file", "name", "subject", "text"};
    AUTO(buf) struct buf b = BUF(LETTER_MAX), sealed = BUF(LETTER_MAX + SEAL_OVERHEAD);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct json *v = json_get(a->input, str_of(names[i]));
        if (!v)
            continue;
        jw_key(&w, str_of(names[i]));
        jw_tree(&w, v);
    }
    jw_close(&w, '}');
    TRY(seal(&sealed, &a->house->record_key, S("guest"), buf_str(&b), f));
    in->sealed = str_copy(a->arena, buf_str(&sealed));
    a->content = sha256(buf_str(&b));
    TRY_PTR(buf_ok(&b) && in->sealed.p, f);
    return OK;
}

enum err guest_invite_prepare(struct act *a, struct fault *f)
{
    struct inviting *in = arena_new_of(a->arena, struct inviting);
    struct own_credence own;

    TRY_PTR(in, f);
    TRY(may_leave(a, f));
    a->data = in;
    enum err e = credence_own(a->db, a->arena, &own, f);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "no letter of credence says yet at which address we are");
    TRY(e);
    in->g.id = id_new(&a->house->world, 0);
    in->g.state = json_get_str(a->input, S("state"));
    in->g.language = json_get_str(a->input, S("language"));
    TRY(read_may(a, in, f));
    TRY(read_day(a, in, f));
    TRY(guest_token(a, &in->g.id, in->g.expires, &in->token, f));
    in->url =
        str_printf(a->arena, "%.*s/guest/%.*s", STR_FMT(own.credence.url), STR_FMT(in->token));
    TRY_PTR(in->url.p, f);
    return seal_letter(a, in, f);
}

static enum err put_guest(struct act *a, const struct guest *g, const struct id *officer,
                          struct fault *f)
{
    struct cedar_entities *es = a->entities;
    str may[4], rest = g->may;
    size_t n = 0;

    if (!facts_state(policy_facts(a->policy), g->state) || str_eq(g->state, a->house->state_code))
        return fault_at(f, ERR_INVALID, "/state", "the policy knows no such partner");
    while (rest.n && n < ARRAY_LEN(may) && str_split(&rest, ',', &may[n]))
        n++;
    TRY(partner_put_state(a, g->state, f));
    struct cedar_entity *e = act_resource(a, S("Guest"), act_id_text(a, &g->id));
    cedar_attr(es, e, S("state"), cedar_ref(es, S("Sifara::State"), g->state));
    cedar_attr(es, e, S("officer"), cedar_ref(es, S("Sifara::Officer"), act_id_text(a, officer)));
    cedar_attr(es, e, S("may"), cedar_strings(es, may, n));
    a->subject = str_printf(a->arena, "guest/%.*s", STR_FMT(act_id_text(a, &g->id)));
    return OK;
}

enum err guest_invite_facts(struct act *a, struct fault *f)
{
    const struct inviting *in = a->data;

    return put_guest(a, &in->g, &a->actor.id, f);
}

static enum err mail_link(struct act *a, const struct inviting *in, struct fault *f)
{
    struct json words = {.type = J_OBJECT};
    char day[DAY_TEXT];

    day_format(day_of_ms(in->g.expires), day);
    bool ok = json_put(a->arena, &words, S("link"), json_of_str(in->url)) &&
              json_put(a->arena, &words, S("until"), json_of_str(str_of(day)));
    TRY_PTR(ok, f);
    return mail_queue(a, json_get_str(a->input, S("email")), S("guest-link"), in->g.language,
                      &words, f);
}

enum err guest_invite(struct act *a, struct fault *f)
{
    struct inviting *in = a->data;

    TRY(db_run(a->db, f,
               "INSERT INTO guest(id, officer, state, mission, language, may, at, expires, body)"
               " VALUES(?,?,?,?,?,?,?,?,?)",
               "ddssssiib", &in->g.id, &a->actor.id, in->g.state, a->actor.mission, in->g.language,
               in->g.may, a->now, in->g.expires, in->sealed));
    TRY(mail_link(a, in, f));
    act_created(a, &in->g.id);
    return OK;
}

static enum err guest_by_id(struct act *a, struct guest *g, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return guest_load(a, &id, g, f);
}

enum err guest_facts(struct act *a, struct fault *f)
{
    struct guest g;

    TRY(guest_by_id(a, &g, f));
    return put_guest(a, &g, &g.officer, f);
}

enum err guest_revoke(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_run(a->db, f,
               "UPDATE guest SET revoked = ?, session = NULL WHERE id = ? AND revoked IS NULL",
               "id", a->now, &id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it was revoked already");
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &id));
    jw_close(&w, '}');
    return OK;
}

static void put_time(struct jw *w, str key, int64_t ms)
{
    char text[32];

    if (!ms)
        return;
    time_format(ms, text);
    jw_kv(w, key, str_of(text));
}

static void put_row(struct act *a, struct jw *w, const struct guest *g)
{
    bool over = a->now > g->expires;

    jw_kv(w, S("id"), act_id_text(a, &g->id));
    jw_kv(w, S("state"), g->state);
    jw_kv(w, S("name"), json_get_str(g->letter, S("name")));
    jw_kv(w, S("subject"), json_get_str(g->letter, S("subject")));
    jw_kv(w, S("may"), g->may);
    jw_kv(w, S("link"), g->revoked ? S("revoked") : over ? S("expired") : S("good"));
    put_time(w, S("at"), g->at);
    put_time(w, S("until"), g->expires);
    put_time(w, S("revoked"), g->revoked);
    put_time(w, S("opened"), g->opened);
    put_time(w, S("acknowledged"), g->acknowledged);
    put_time(w, S("answered"), g->answered);
}

/* Newest first. */
enum err guest_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct id ids[PAGE];
    struct guest g;
    struct query q;
    size_t n = 0;

    TRY(db_query(a->db, &q, f, "SELECT id FROM guest ORDER BY id DESC LIMIT ?", "i",
                 (int64_t)PAGE));
    for (; query_row(&q) && n < PAGE; query_next(&q))
        ids[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    jw_open(&w, '{');
    jw_key(&w, S("guests"));
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(guest_load(a, &ids[i], &g, f));
        jw_open(&w, '{');
        put_row(a, &w, &g);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

enum err guest_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct guest g;

    TRY(guest_by_id(a, &g, f));
    jw_open(&w, '{');
    put_row(a, &w, &g);
    jw_kv(&w, S("email"), json_get_str(g.letter, S("email")));
    jw_kv(&w, S("text"), json_get_str(g.letter, S("text")));
    if (g.answer.p)
        jw_kv(&w, S("answer"), g.answer);
    jw_close(&w, '}');
    return OK;
}

/* ---- whoever has the link -------------------------------------------------------------------- */

enum err guest_page(struct act *a, struct fault *f)
{
    struct guest g;

    TRY(guest_of_path(a, &g, f));
    guest_put_page(a, &g, GUEST_ASK, act_param(a, S("token")), STR_NONE);
    return OK;
}

/* A field of the form that was sent, without space around it. */
static enum err take_field(struct act *a, str name, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(GUEST_ANSWER);

    TRY(form_field(&b, a->body, name, f));
    *out = str_copy(a->arena, str_trim(buf_str(&b)));
    TRY_PTR(out->p, f);
    return OK;
}

struct entering {
    struct guest g;
    str code;
    uint8_t session[SESSION];
};

static struct hash lookup_of(struct act *a, const struct guest *g)
{
    return lookup_hash(a->house, S("guest"), act_id_text(a, &g->id));
}

static enum err entering_new(struct act *a, struct entering **out, struct fault *f)
{
    struct entering *e = arena_new_of(a->arena, struct entering);

    TRY_PTR(e, f);
    a->data = *out = e;
    return guest_of_path(a, &e->g, f);
}

enum err guest_code_prepare(struct act *a, struct fault *f)
{
    struct entering *e = NULL;

    TRY(entering_new(a, &e, f));
    return code_draw(a, &e->code, f);
}

/* The code goes to the address that was invited, whoever asks. */
enum err guest_code(struct act *a, struct fault *f)
{
    struct entering *e = a->data;
    struct hash lookup = lookup_of(a, &e->g);

    TRY(code_keep(a, &lookup, e->code, f));
    TRY(code_mail(a, json_get_str(e->g.letter, S("email")), S("guest-code"), e->code, e->g.language,
                  f));
    guest_put_page(a, &e->g, GUEST_CODE, act_param(a, S("token")), STR_NONE);
    return OK;
}

enum err guest_enter_prepare(struct act *a, struct fault *f)
{
    struct entering *e = NULL;

    TRY(entering_new(a, &e, f));
    TRY(take_field(a, S("code"), &e->code, f));
    secret_random(e->session, sizeof e->session);
    return OK;
}

enum err guest_enter(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64);
    struct entering *e = a->data;
    struct hash lookup = lookup_of(a, &e->g), code = code_hash(&lookup, e->code);
    struct hash kept = sha256(str_bytes(e->session, sizeof e->session));
    bool right;

    TRY(code_matches(a, &lookup, &code, &right, f));
    if (!right) {
        TRY(code_tried(a, &lookup, f));
        a->status = 403;
        guest_put_page(a, &e->g, GUEST_CODE, act_param(a, S("token")), S("wrong"));
        return OK;
    }
    TRY(code_used(a, &lookup, f));
    TRY(db_run(a->db, f,
               "UPDATE guest SET session = ?, session_until = ?, opened = coalesce(opened, ?)"
               " WHERE id = ? AND revoked IS NULL",
               "biid", hash_str(&kept), a->now + SESSION_MS, a->now, &e->g.id));
    base64_encode(&text, str_bytes(e->session, sizeof e->session), BASE64_URL);
    str to = str_printf(a->arena, "/guest/%.*s/%.*s", STR_FMT(act_param(a, S("token"))),
                        STR_FMT(buf_str(&text)));
    TRY_PTR(to.p && (a->location = str_cstr(a->arena, to)), f);
    a->status = 303;
    return OK;
}

/* ---- the guest ------------------------------------------------------------------------------- */

struct visiting {
    struct guest g;
    str answer, sealed;
};

static enum err check_session(struct act *a, const struct guest *g, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(SESSION);
    struct query q;

    if (!base64_decode(&raw, act_param(a, S("session")), BASE64_URL) || raw.n != SESSION)
        return fault(f, ERR_UNAUTHENTICATED, "ask for a code first");
    struct hash is = sha256(buf_str(&raw));
    TRY(db_one(a->db, &q, f, "SELECT session, session_until FROM guest WHERE id = ?", "d", &g->id));
    bool right = query_str(&q, 0).n == sizeof is.b &&
                 secret_equal(query_str(&q, 0).p, is.b, sizeof is.b) &&
                 query_int(&q, 1) > world_now(&a->house->world);
    TRY(query_end(&q, f));
    return right ? OK : fault(f, ERR_UNAUTHENTICATED, "ask for a code first");
}

enum err guest_enters(struct act *a, struct fault *f)
{
    struct visiting *v = arena_new_of(a->arena, struct visiting);

    TRY_PTR(v, f);
    a->data = v;
    TRY(guest_of_path(a, &v->g, f));
    TRY(check_session(a, &v->g, f));
    a->actor = (struct actor){
        .kind = ACTOR_GUEST, .id = v->g.id, .state = v->g.state, .language = v->g.language};
    return OK;
}

/* As it is on the writer's thread: revoked a moment ago is revoked. */
enum err guest_own_facts(struct act *a, struct fault *f)
{
    struct guest now;

    TRY(guest_of_path(a, &now, f));
    TRY(check_session(a, &now, f));
    return put_guest(a, &now, &now.officer, f);
}

enum err guest_read(struct act *a, struct fault *f)
{
    const struct visiting *v = a->data;

    (void)f;
    guest_put_page(a, &v->g, GUEST_LETTER, act_param(a, S("token")), act_param(a, S("session")));
    return OK;
}

enum err guest_download(struct act *a, struct fault *f)
{
    const struct visiting *v = a->data;
    str data = json_get_str(json_get(v->g.letter, S("file")), S("data"));

    if (!data.p)
        return fault(f, ERR_NOT_FOUND, "no file goes with this letter");
    a->reply.max = LETTER_MAX;
    if (!base64_decode(&a->reply, data, BASE64_STD))
        return fault(f, ERR_CORRUPT, "the file is damaged");
    a->type = "application/octet-stream";
    return OK;
}

static enum err back_to_letter(struct act *a, struct fault *f)
{
    str to = str_printf(a->arena, "/guest/%.*s/%.*s", STR_FMT(act_param(a, S("token"))),
                        STR_FMT(act_param(a, S("session"))));

    TRY_PTR(to.p && (a->location = str_cstr(a->arena, to)), f);
    a->status = 303;
    a->type = "text/html; charset=utf-8";
    return OK;
}

enum err guest_answer_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(GUEST_ANSWER + SEAL_OVERHEAD);
    struct visiting *v;

    TRY(guest_enters(a, f));
    v = a->data;
    TRY(take_field(a, S("text"), &v->answer, f));
    if (!v->answer.n)
        return fault_at(f, ERR_INVALID, "/text", "an answer has a text");
    a->content = sha256(v->answer);
    TRY(seal(&sealed, &a->house->record_key, S("guest"), v->answer, f));
    v->sealed = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(v->sealed.p, f);
    return OK;
}

enum err guest_answer(struct act *a, struct fault *f)
{
    const struct visiting *v = a->data;

    TRY(db_run(a->db, f,
               "UPDATE guest SET answer = ?, answered = ? WHERE id = ? AND answered IS NULL", "bid",
               v->sealed, a->now, &v->g.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it was answered already");
    return back_to_letter(a, f);
}

enum err guest_acknowledge(struct act *a, struct fault *f)
{
    const struct visiting *v = a->data;

    TRY(db_run(a->db, f, "UPDATE guest SET acknowledged = ? WHERE id = ? AND acknowledged IS NULL",
               "id", a->now, &v->g.id));
    return back_to_letter(a, f);
}
