/* sessions.c - signing in with a code by e-mail or text message, and the tokens that follow
 *
 * A code has eight digits, lives ten minutes and dies after five wrong tries. A token is 32 random
 * bytes; the database knows its digest only. Whoever asks for a code gets the same answer whether
 * the address is known or not. The first sign-in of an unknown address makes a person.
 *
 * A session is strong when it was opened with a key of its owner's own: a passkey, or a code that
 * an officer signed. The policy lets an officer do nothing else in a weak one than register a
 * passkey. Signing in ends the session by which it was asked for: nobody's token outlives what it
 * may do.
 */
#include <stdio.h>

#include "base/encode.h"
#include "registry/registry_int.h"

enum {
    CODE_MINUTES = 10,
    CODE_TRIES = 5,
    SESSION_HOURS = 12,
    SESSION_NAME = 32,
    EXPIRED_KEPT_MS = 86400000
};

struct opening {
    struct hash lookup, code;
    bool officer, signs, strong; /* strong: the signature that came is the officer's */
    struct id person, officer_id;
    bool fresh; /* a new person, whose key and profile are ready */
    str profile;
    struct json *told; /* profile of whoever has passkeys and comes with a code nevertheless */
    uint8_t token[SESSION_TOKEN];
};

struct hash code_hash(const struct hash *lookup, str code)
{
    return sha256_parts((str[]){hash_str(lookup), code}, 2);
}

static bool as_officer(const struct act *a)
{
    return str_eq(json_get_str(a->input, S("as")), S("officer"));
}

/* Of e-mail, or a number of E.164 to which a text message goes. */
static str address_of(const struct act *a)
{
    str email = json_get_str(a->input, S("email"));

    return email.p ? email : json_get_str(a->input, S("phone"));
}

static bool by_phone(const struct act *a)
{
    return !json_get_str(a->input, S("email")).p;
}

static struct hash address_hash(const struct act *a)
{
    return lookup_hash(a->house, as_officer(a) ? S("officer") : S("person"), address_of(a));
}

enum err code_draw(struct act *a, str *out, struct fault *f)
{
    uint32_t n;

    do
        secret_random(&n, sizeof n);
    while (n >= 4200000000u); /* a multiple of 10^8, so that each code is as likely */
    *out = str_printf(a->arena, "%08u", n % 100000000u);
    TRY_PTR(out->p, f);
    return OK;
}

enum err code_keep(struct act *a, const struct hash *lookup, str code, struct fault *f)
{
    struct hash kept = code_hash(lookup, code);

    TRY(db_run(a->db, f, "DELETE FROM sign_in_code WHERE lookup = ? OR expires < ?", "bi",
               hash_str(lookup), a->now));
    return db_run(a->db, f,
                  "INSERT INTO sign_in_code(lookup, code, expires, tries) VALUES(?,?,?,0)", "bbi",
                  hash_str(lookup), hash_str(&kept), a->now + CODE_MINUTES * 60000);
}

enum err code_mail(struct act *a, str to, str message, str code, str language, struct fault *f)
{
    struct json words = {.type = J_OBJECT};

    if (!json_put(a->arena, &words, S("code"), json_of_str(code)))
        return fault(f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    return mail_queue(a, to, message, language, &words, f);
}

enum err code_matches(struct act *a, const struct hash *lookup, const struct hash *code, bool *out,
                      struct fault *f)
{
    struct query q;

    *out = false;
    enum err e = db_one(a->db, &q, f,
                        "SELECT code FROM sign_in_code WHERE lookup = ? AND expires >= ?"
                        " AND tries < ?",
                        "bii", hash_str(lookup), a->now, (int64_t)CODE_TRIES);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    str s = query_str(&q, 0);
    *out = s.n == sizeof code->b && secret_equal(s.p, code->b, s.n);
    return query_end(&q, f);
}

enum err code_tried(struct act *a, const struct hash *lookup, struct fault *f)
{
    return db_run(a->db, f, "UPDATE sign_in_code SET tries = tries + 1 WHERE lookup = ?", "b",
                  hash_str(lookup));
}

enum err code_used(struct act *a, const struct hash *lookup, struct fault *f)
{
    return db_run(a->db, f, "DELETE FROM sign_in_code WHERE lookup = ?", "b", hash_str(lookup));
}

enum err session_code_prepare(struct act *a, struct fault *f)
{
    str code;

    if (by_phone(a) && (as_officer(a) || !a->house->sms))
        return fault_at(f, ERR_INVALID, "/phone", "no text messages are sent for this");
    TRY(code_draw(a, &code, f));
    a->data = (char *)code.p;
    return OK;
}

/* A text message costs money: to one number one a minute, and the same answer all the same. */
static enum err asked_just_now(struct act *a, const struct hash *lookup, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT 1 FROM sign_in_code WHERE lookup = ? AND expires > ?", "bi",
                 hash_str(lookup), a->now + (CODE_MINUTES - 1) * 60000));
    *out = query_row(&q);
    return query_end(&q, f);
}

enum err session_code(struct act *a, struct fault *f)
{
    struct hash lookup = address_hash(a);
    str language = json_get_str(a->input, S("language"));
    struct jw w = JW(&a->reply);
    struct query q;

    /* officers are known beforehand: a stranger's address gets no mail, and the same answer */
    bool known = true, again = false;
    if (by_phone(a))
        TRY(asked_just_now(a, &lookup, &again, f));
    if (!again)
        TRY(code_keep(a, &lookup, str_of(a->data), f));
    if (as_officer(a)) {
        TRY(db_one(a->db, &q, f, "SELECT count(*) FROM officer WHERE lookup = ?", "b",
                   hash_str(&lookup)));
        known = query_int(&q, 0) > 0;
        TRY(query_end(&q, f));
    }
    if (known && !again)
        TRY(code_mail(a, address_of(a), S("sign-in-code"), str_of(a->data),
                      language.p ? language : S("en"), f));
    a->status = 202;
    jw_open(&w, '{');
    jw_kv(&w, S("message"), S("If the address can sign in, a code is on its way."));
    jw_close(&w, '}');
    return OK;
}

/* A new person's id, key and profile, made before the writer sees the act. If the code turns out
 * wrong they are never used: the key wraps nothing. */
static enum err make_person(struct act *a, struct opening *o, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(4096);
    AUTO(buf) struct buf sealed = BUF(8192);
    struct jw w = JW(&text);
    str language = json_get_str(a->input, S("language"));
    struct key k;

    o->person = id_new(&a->house->world, person_bucket(&o->lookup));
    TRY(person_key_new(a->house, &o->person, &k, f));
    jw_open(&w, '{');
    jw_kv(&w, by_phone(a) ? S("sms") : S("email"), address_of(a));
    jw_kv(&w, S("language"), language.p ? language : S("en"));
    jw_close(&w, '}');
    TRY(seal(&sealed, &k, S("profile"), buf_str(&text), f));
    o->profile = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(o->profile.p, f);
    o->fresh = true;
    return OK;
}

static enum err find_officer(struct act *a, struct opening *o, struct fault *f)
{
    struct query q;
    enum err e =
        db_one(a->db, &q, f, "SELECT id FROM officer WHERE lookup = ? AND state = 'active'", "b",
               hash_str(&o->lookup));

    if (e != OK)
        return e == ERR_NOT_FOUND ? fault(f, ERR_BAD_CODE, "no such officer") : e;
    o->officer_id = query_id(&q, 0);
    return query_end(&q, f);
}

void session_statement(struct buf *b, str email, str code)
{
    struct jw w = JW(b);

    jw_open(&w, '{');
    jw_kv(&w, S("code"), code);
    jw_kv(&w, S("email"), email);
    jw_close(&w, '}');
}

/* Whether an officer is known, and signed rightly, is seen by nobody without the code, neither in
 * the answer nor in its time: a wrong signature counts as a wrong code. */
static enum err check_opening(struct act *a, struct opening *o, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1024);
    struct officer_signature s;
    struct fault ignored = {0};
    bool right;

    o->signs = json_get(a->input, S("signature")) != NULL;
    TRY(code_matches(a, &o->lookup, &o->code, &right, f));
    if (!o->signs || !right)
        return OK;
    session_statement(&text, address_of(a), json_get_str(a->input, S("code")));
    enum err e = find_officer(a, o, &ignored);
    if (e == OK)
        e = officer_signature_of_id(a, &o->officer_id, buf_str(&text), &s, &ignored);
    o->strong = e == OK;
    return err_class(e) == CLASS_INTERNAL ? fault(f, e, "%s", ignored.detail) : OK;
}

static enum err look_for_passkeys(struct act *a, struct opening *o, struct fault *f)
{
    bool has;

    TRY(person_has_passkey(a, &o->person, &has, f));
    return has ? person_profile(a, &o->person, &o->told, f) : OK;
}

enum err session_open_prepare(struct act *a, struct fault *f)
{
    struct opening *o = arena_new_of(a->arena, struct opening);
    struct query q;
    bool right;

    TRY_PTR(o, f);
    a->data = o;
    o->lookup = address_hash(a);
    o->code = code_hash(&o->lookup, json_get_str(a->input, S("code")));
    o->officer = as_officer(a);
    secret_random(o->token, sizeof o->token);
    if (o->officer)
        return check_opening(a, o, f);
    TRY(db_query(a->db, &q, f, "SELECT person FROM lookup WHERE hash = ?", "b",
                 hash_str(&o->lookup)));
    bool known = query_row(&q);
    if (known)
        o->person = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(code_matches(a, &o->lookup, &o->code, &right, f));
    if (!right)
        return OK;
    return known ? look_for_passkeys(a, o, f) : make_person(a, o, f);
}

static enum err insert_person(struct act *a, struct opening *o, struct fault *f)
{
    struct query q;

    /* somebody else with the same address may have been quicker */
    TRY(db_query(a->db, &q, f, "SELECT person FROM lookup WHERE hash = ?", "b",
                 hash_str(&o->lookup)));
    bool known = query_row(&q);
    if (known)
        o->person = query_id(&q, 0);
    TRY(query_end(&q, f));
    if (known)
        return OK;
    if (!o->fresh)
        return fault(f, ERR_BUSY, "sign in again");
    TRY(db_run(a->db, f, "INSERT INTO lookup(hash, person, bucket) VALUES(?,?,?)", "bdi",
               hash_str(&o->lookup), &o->person, (int64_t)id_bucket(&o->person)));
    return db_run(a->db, f, "INSERT INTO person(id, bucket, at, profile) VALUES(?,?,?,?)", "diib",
                  &o->person, (int64_t)id_bucket(&o->person), a->now, o->profile);
}

enum err session_open(struct act *a, struct fault *f)
{
    struct opening *o = a->data;
    bool right;

    TRY(code_matches(a, &o->lookup, &o->code, &right, f));
    if (!right || (o->signs && !o->strong)) {
        a->late_err = fault(f, ERR_BAD_CODE, "the code is wrong or no longer valid");
        return code_tried(a, &o->lookup, f);
    }
    TRY(code_used(a, &o->lookup, f));
    if (o->officer)
        TRY(find_officer(a, o, f));
    else
        TRY(insert_person(a, o, f));
    TRY(person_tell(a, o->told, S("signed-in-with-code"), NULL, f));
    return session_issue(a, o->officer ? ACTOR_OFFICER : ACTOR_PERSON,
                         o->officer ? &o->officer_id : &o->person, o->strong, o->token, f);
}

/* When a session is asked for: by whoever has one already. */
static bool signed_in(const struct act *a)
{
    return a->actor.kind == ACTOR_PERSON || a->actor.kind == ACTOR_OFFICER;
}

enum err session_issue(struct act *a, enum actor_kind kind, const struct id *id, bool strong,
                       const uint8_t secret[SESSION_TOKEN], struct fault *f)
{
    AUTO(buf) struct buf token = BUF(64);

    base64_encode(&token, str_bytes(secret, SESSION_TOKEN), BASE64_URL);
    struct hash digest = sha256(buf_str(&token));
    TRY(db_run(a->db, f, "DELETE FROM session WHERE expires < ?", "i", a->now - EXPIRED_KEPT_MS));
    /* fixation: whoever knew the earlier token has nothing of the new session */
    if (signed_in(a))
        TRY(db_run(a->db, f, "DELETE FROM session WHERE token = ?", "b",
                   hash_str(&a->actor.session)));
    TRY(db_run(a->db, f,
               "INSERT INTO session(token, kind, id, created, expires, strong)"
               " VALUES(?,?,?,?,?,?)",
               "bidiii", hash_str(&digest), (int64_t)kind, id, a->now,
               a->now + (int64_t)SESSION_HOURS * 3600000, (int64_t)strong));
    struct jw w = JW(&a->reply);
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("token"), buf_str(&token));
    jw_kv(&w, S("id"), act_id_text(a, id));
    jw_kv(&w, S("as"), kind == ACTOR_OFFICER ? S("officer") : S("person"));
    jw_kv_bool(&w, S("strong"), strong);
    jw_close(&w, '}');
    return OK;
}

/* ---- finding and ending ----------------------------------------------------------------- */

static struct session_slot *ways_of(struct registry *r, const struct hash *token)
{
    uint32_t set = (uint32_t)token->b[0] << 16 | (uint32_t)token->b[1] << 8 | token->b[2];

    return &r->session_cache[set % (SESSION_CACHE / SESSION_WAYS) * SESSION_WAYS];
}

static bool cache_get(struct registry *r, const struct hash *token, struct session_slot *out)
{
    bool hit = false;

    pthread_mutex_lock(&r->sessions_lock);
    struct session_slot *ways = ways_of(r, token);
    for (int i = 0; !hit && i < SESSION_WAYS; i++)
        if (ways[i].used && secret_equal(ways[i].token.b, token->b, sizeof token->b)) {
            *out = ways[i];
            hit = true;
        }
    pthread_mutex_unlock(&r->sessions_lock);
    return hit;
}

static uint64_t sessions_ended(struct registry *r)
{
    pthread_mutex_lock(&r->sessions_lock);
    uint64_t n = r->sessions_ended;
    pthread_mutex_unlock(&r->sessions_lock);
    return n;
}

/* Keeps what was read, unless a session ended since then: it may be this one. */
static void cache_put(struct registry *r, const struct session_slot *s, uint64_t ended_before)
{
    pthread_mutex_lock(&r->sessions_lock);
    if (r->sessions_ended != ended_before) {
        pthread_mutex_unlock(&r->sessions_lock);
        return;
    }
    struct session_slot *ways = ways_of(r, &s->token), *to = &ways[s->token.b[3] % SESSION_WAYS];
    for (int i = 0; i < SESSION_WAYS; i++)
        if (!ways[i].used)
            to = &ways[i];
    *to = *s;
    pthread_mutex_unlock(&r->sessions_lock);
}

static void copy_text(char *to, size_t room, str s)
{
    size_t n = s.n < room ? s.n : room - 1;

    if (n)
        memcpy(to, s.p, n);
    to[n] = 0;
}

static enum err load_officer(struct db *db, struct arena *a, struct session_slot *s,
                             struct fault *f)
{
    struct json *roles;
    struct query q;
    enum err e = db_one(db, &q, f,
                        "SELECT mission, roles, language FROM officer WHERE id = ?"
                        " AND state = 'active'",
                        "d", &s->id);

    if (e != OK)
        return e == ERR_NOT_FOUND ? fault(f, ERR_UNAUTHENTICATED, "no longer an officer") : e;
    copy_text(s->mission, sizeof s->mission, query_str(&q, 0));
    copy_text(s->language, sizeof s->language, query_str(&q, 2));
    e = json_parse(a, query_str(&q, 1), NULL, &roles, f);
    for (size_t i = 0; e == OK && json_at(roles, i) && i < ARRAY_LEN(s->roles); i++)
        copy_text(s->roles[s->n_roles++], sizeof s->roles[0], json_str(json_at(roles, i)));
    TRY(query_end(&q, f));
    return e;
}

static enum err load_session(struct house *h, const struct hash *token, struct arena *a,
                             struct session_slot *s, struct fault *f)
{
    struct db *db;
    struct query q;

    TRY(db_pool_take(h->readers, &db, f));
    enum err e = db_one(db, &q, f, "SELECT kind, id, expires, strong FROM session WHERE token = ?",
                        "b", hash_str(token));
    if (e == OK) {
        *s = (struct session_slot){.token = *token,
                                   .kind = (enum actor_kind)query_int(&q, 0),
                                   .id = query_id(&q, 1),
                                   .expires = query_int(&q, 2),
                                   .strong = query_int(&q, 3) != 0,
                                   .used = true};
        e = query_end(&q, f);
    } else if (e == ERR_NOT_FOUND) {
        e = fault(f, ERR_UNAUTHENTICATED, "the session is unknown or has ended");
    }
    if (e == OK && s->kind == ACTOR_OFFICER)
        e = load_officer(db, a, s, f);
    db_pool_put(h->readers, db);
    return e;
}

enum err session_find(struct house *h, str token, struct arena *a, struct actor *out,
                      struct fault *f)
{
    struct hash digest = sha256(token);
    struct session_slot s;

    if (!cache_get(h->registry, &digest, &s)) {
        uint64_t ended = sessions_ended(h->registry);
        TRY(load_session(h, &digest, a, &s, f));
        cache_put(h->registry, &s, ended);
    }
    if (s.expires < world_now(&h->world))
        return fault(f, ERR_SESSION_EXPIRED, "sign in again");
    struct actor actor = {
        .kind = s.kind, .id = s.id, .session = digest, .strong = s.strong, .n_roles = s.n_roles};
    str *roles = arena_alloc(a, s.n_roles * sizeof *roles);
    TRY_PTR(roles, f);
    for (unsigned i = 0; i < s.n_roles; i++) {
        roles[i] = str_copy(a, str_of(s.roles[i]));
        TRY_PTR(roles[i].p, f);
    }
    actor.roles = roles;
    actor.mission = str_copy(a, str_of(s.mission));
    actor.language = str_copy(a, str_of(s.language));
    TRY_PTR(actor.mission.p && actor.language.p, f);
    *out = actor;
    return OK;
}

enum err session_alive(struct house *h, const struct actor *who, struct fault *f)
{
    struct session_slot s;

    /* ending a session empties the cache in the writer's own after-phase: a hit is alive */
    if (cache_get(h->registry, &who->session, &s) && s.expires >= world_now(&h->world))
        return OK;
    AUTO(arena) struct arena *a = arena_new(64 << 10);
    TRY_PTR(a, f);
    TRY(load_session(h, &who->session, a, &s, f));
    return s.expires >= world_now(&h->world) ? OK : fault(f, ERR_SESSION_EXPIRED, "sign in again");
}

enum err session_close(struct act *a, struct fault *f)
{
    return db_run(a->db, f, "DELETE FROM session WHERE token = ?", "b",
                  hash_str(&a->actor.session));
}

static void forget(struct registry *r, const struct hash *token)
{
    pthread_mutex_lock(&r->sessions_lock);
    r->sessions_ended++;
    struct session_slot *ways = ways_of(r, token);
    for (int i = 0; i < SESSION_WAYS; i++)
        if (secret_equal(ways[i].token.b, token->b, sizeof token->b))
            ways[i].used = false;
    pthread_mutex_unlock(&r->sessions_lock);
}

void session_forget(struct act *a)
{
    forget(a->house->registry, &a->actor.session);
}

void session_rotated(struct act *a)
{
    if (signed_in(a))
        session_forget(a);
}

/* ---- all of one's own ---------------------------------------------------------------------- */

/* How its owner calls a session: tells nothing of its token. */
static void name_of(const struct hash *token, char out[SESSION_NAME + 1])
{
    struct hash h = sha256_parts((str[]){S("session"), hash_str(token)}, 2);

    hex_encode(h.b, SESSION_NAME / 2, out);
}

static enum err own_sessions(struct act *a, struct query *q, struct fault *f)
{
    return db_query(a->db, q, f,
                    "SELECT token, created, expires FROM session WHERE kind = ? AND id = ?"
                    " AND expires >= ? ORDER BY created DESC",
                    "idi", (int64_t)a->actor.kind, &a->actor.id, a->now);
}

static struct hash token_of(struct query *q)
{
    struct hash h = {{0}};
    str s = query_str(q, 0);

    if (s.n == sizeof h.b)
        memcpy(h.b, s.p, s.n);
    return h;
}

static void put_session(struct act *a, struct jw *w, struct query *q)
{
    struct hash token = token_of(q);
    char name[SESSION_NAME + 1], at[32];

    name_of(&token, name);
    jw_open(w, '{');
    jw_kv(w, S("id"), str_of(name));
    time_format(query_int(q, 1), at);
    jw_kv(w, S("created"), str_of(at));
    time_format(query_int(q, 2), at);
    jw_kv(w, S("expires"), str_of(at));
    jw_kv_bool(w, S("current"), secret_equal(token.b, a->actor.session.b, sizeof token.b));
    jw_close(w, '}');
}

enum err session_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(own_sessions(a, &q, f));
    jw_open(&w, '{');
    jw_key(&w, S("sessions"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q))
        put_session(a, &w, &q);
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* One of one's own, wherever it was opened. */
enum err session_end(struct act *a, struct fault *f)
{
    struct hash *token = arena_new_of(a->arena, struct hash);
    char name[SESSION_NAME + 1];
    bool found = false;
    struct query q;

    TRY_PTR(token, f);
    TRY(own_sessions(a, &q, f));
    for (; query_row(&q) && !found; query_next(&q)) {
        *token = token_of(&q);
        name_of(token, name);
        found = str_eq(str_of(name), act_param(a, S("session")));
    }
    TRY(query_end(&q, f));
    if (!found)
        return fault(f, ERR_NOT_FOUND, "no session of yours");
    a->data = token;
    return db_run(a->db, f, "DELETE FROM session WHERE token = ?", "b", hash_str(token));
}

void session_end_after(struct act *a)
{
    forget(a->house->registry, a->data);
}

void sessions_forget_all(struct registry *r)
{
    pthread_mutex_lock(&r->sessions_lock);
    r->sessions_ended++;
    for (size_t i = 0; i < SESSION_CACHE; i++)
        r->session_cache[i].used = false;
    pthread_mutex_unlock(&r->sessions_lock);
}

/* Whoever has no session is told so: to ask is no mistake. */
enum err session_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);

    (void)f;
    jw_open(&w, '{');
    if (signed_in(a)) {
        jw_kv(&w, S("id"), act_id_text(a, &a->actor.id));
        jw_kv(&w, S("as"), a->actor.kind == ACTOR_OFFICER ? S("officer") : S("person"));
        jw_kv_bool(&w, S("strong"), a->actor.strong);
    }
    if (a->actor.kind == ACTOR_OFFICER) {
        jw_kv(&w, S("mission"), a->actor.mission);
        jw_key(&w, S("roles"));
        jw_open(&w, '[');
        for (size_t i = 0; i < a->actor.n_roles; i++)
            jw_string(&w, a->actor.roles[i]);
        jw_close(&w, ']');
    }
    jw_close(&w, '}');
    return OK;
}
