/* passkeys.c - officers' passkeys: registering, what the node knows of them; signing in with a
 * passkey, an officer's or a person's (person_passkeys.c)
 *
 * The node checks a passkey's signature to tell an officer at once what is wrong; the keyring keeps
 * passkeys of its own and checks again before it seals (node/keyring.c), so that no row here makes
 * a signature count.
 */
#include "base/encode.h"
#include "base/log.h"
#include "registry/registry_int.h"

enum { CHALLENGE_MINUTES = 5 };

/* "embassy.example" of "https://embassy.example:8443": to which passkeys are bound. */
str passkey_rp(const struct house *h)
{
    ptrdiff_t at = str_find(h->url, S("://"));
    str host = at < 0 ? h->url : str_sub(h->url, (size_t)at + 3, h->url.n);
    ptrdiff_t colon = str_find_char(host, ':');

    return colon < 0 ? host : str_sub(host, 0, (size_t)colon);
}

enum err passkey_input(struct act *a, str name, str *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX);
    str pointer = str_printf(a->arena, "/%.*s", STR_FMT(name));

    if (!base64_decode(&raw, json_get_str(a->input, name), BASE64_URL))
        return fault_at(f, ERR_INVALID, str_cstr(a->arena, pointer), "base64url is needed");
    *out = str_copy(a->arena, buf_str(&raw));
    TRY_PTR(out->p, f);
    return OK;
}

void passkey_put_base64(struct jw *w, str key, str bytes)
{
    AUTO(buf) struct buf b = BUF(2048);

    base64_encode(&b, bytes, BASE64_URL);
    jw_kv(w, key, buf_str(&b));
}

/* ---- what there is ------------------------------------------------------------------------ */

enum err passkey_parse(struct act *a, str text, struct passkey *out, struct fault *f)
{
    struct json *j;

    TRY(json_parse(a->arena, text, NULL, &j, f));
    return passkey_read(a->arena, j, out, f);
}

enum err passkeys_of(struct act *a, const struct id *officer, struct passkey *list, size_t *out_n,
                     struct fault *f)
{
    struct query q;
    enum err e = OK;
    size_t n = 0;

    TRY(db_query(a->db, &q, f, "SELECT passkey FROM officer_passkey WHERE officer = ? LIMIT ?",
                 "di", officer, (int64_t)PASSKEYS_MAX));
    for (; e == OK && query_row(&q); query_next(&q))
        e = passkey_parse(a, query_str(&q, 0), &list[n++], f);
    TRY(query_end(&q, f));
    *out_n = n;
    return e;
}

void passkey_put_row(struct jw *w, struct query *q, str name)
{
    char at[32];

    jw_open(w, '{');
    passkey_put_base64(w, S("id"), query_str(q, 0));
    jw_kv(w, S("name"), name);
    time_format(query_int(q, 2), at);
    jw_kv(w, S("added"), str_of(at));
    if (!query_null(q, 3)) {
        time_format(query_int(q, 3), at);
        jw_kv(w, S("used"), str_of(at));
    }
    jw_close(w, '}');
}

/* The officer's passkeys, and what a browser needs to make another. */
enum err passkey_list(struct act *a, struct fault *f)
{
    struct hash challenge = passkey_challenge(&a->actor.id);
    struct jw w = JW(&a->reply);
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, name, added, used FROM officer_passkey WHERE officer = ?"
                 " ORDER BY added",
                 "d", &a->actor.id));
    jw_open(&w, '{');
    jw_kv(&w, S("officer"), act_id_text(a, &a->actor.id));
    jw_kv(&w, S("rp"), passkey_rp(a->house));
    passkey_put_base64(&w, S("challenge"), hash_str(&challenge));
    jw_key(&w, S("passkeys"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q))
        passkey_put_row(&w, &q, query_str(&q, 1));
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

/* ---- another one -------------------------------------------------------------------------- */

/* Checked by the keyring against the officer's signature, and kept there. */
enum err passkey_add_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf statement = BUF(256);
    struct keyring_passkey ask = {
        .officer = a->actor.id, .rp = passkey_rp(a->house), .origin = a->house->url};
    struct passkey *made = arena_new_of(a->arena, struct passkey);
    struct hash challenge = passkey_challenge(&a->actor.id);

    TRY_PTR(made, f);
    TRY(passkey_input(a, S("client_data"), &ask.client_data, f));
    TRY(passkey_input(a, S("auth_data"), &ask.auth_data, f));
    TRY(passkey_made(a->arena, ask.client_data, ask.auth_data, &challenge, ask.rp, ask.origin, made,
                     f));
    passkey_statement(&statement, &a->actor.id, ask.auth_data);
    TRY(officer_signature(a, buf_str(&statement), &ask.by, f));
    TRY(keyring_passkey(a->house->keyring, &ask, f));
    a->data = made;
    a->subject = str_printf(a->arena, "officer/%.*s", STR_FMT(act_id_text(a, &a->actor.id)));
    a->content = sha256(ask.auth_data);
    return OK;
}

enum err passkey_add(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(4096);
    const struct passkey *p = a->data;
    struct jw w = JW(&text);

    passkey_write(&w, p);
    TRY(db_run(a->db, f,
               "INSERT INTO officer_passkey(id, officer, name, passkey, added) VALUES(?,?,?,?,?)",
               "bdssi", p->id, &a->actor.id, json_get_str(a->input, S("name")), buf_str(&text),
               a->now));
    a->status = 201;
    w = JW(&a->reply);
    jw_open(&w, '{');
    passkey_put_base64(&w, S("id"), p->id);
    jw_close(&w, '}');
    return OK;
}

/* Of the path. */
enum err passkey_named(struct act *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(1024);

    if (!base64_decode(&raw, act_param(a, S("passkey")), BASE64_URL) || !raw.n)
        return fault(f, ERR_NOT_FOUND, "no such passkey");
    *out = str_copy(a->arena, buf_str(&raw));
    TRY_PTR(out->p, f);
    return OK;
}

/* Of an officer's own, to take it away or to call it otherwise. */
enum err passkey_own_prepare(struct act *a, struct fault *f)
{
    str *id = arena_new_of(a->arena, str);

    TRY_PTR(id, f);
    TRY(passkey_named(a, id, f));
    a->data = id;
    a->subject = str_printf(a->arena, "officer/%.*s", STR_FMT(act_id_text(a, &a->actor.id)));
    a->content = sha256(*id);
    return OK;
}

enum err passkey_remove(struct act *a, struct fault *f)
{
    TRY(db_run(a->db, f, "DELETE FROM officer_passkey WHERE id = ? AND officer = ?", "bd",
               *(str *)a->data, &a->actor.id));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_NOT_FOUND, "no such passkey");
}

void passkey_remove_after(struct act *a)
{
    struct fault f = {0};

    if (keyring_passkey_drop(a->house->keyring, &a->actor.id, *(str *)a->data, &f) != OK)
        LOG(LOG_ERROR, "a removed passkey is still known to the keyring",
            LOG_CSTR("detail", f.detail));
}

enum err passkey_rename(struct act *a, struct fault *f)
{
    TRY(db_run(a->db, f, "UPDATE officer_passkey SET name = ? WHERE id = ? AND officer = ?", "sbd",
               json_get_str(a->input, S("name")), *(str *)a->data, &a->actor.id));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_NOT_FOUND, "no such passkey");
}

/* ---- signing in --------------------------------------------------------------------------- */

enum err session_challenge_prepare(struct act *a, struct fault *f)
{
    struct hash *challenge = arena_new_of(a->arena, struct hash);

    TRY_PTR(challenge, f);
    secret_random(challenge->b, sizeof challenge->b);
    a->data = challenge;
    return OK;
}

enum err session_challenge(struct act *a, struct fault *f)
{
    const struct hash *challenge = a->data;
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f, "DELETE FROM sign_in_challenge WHERE expires < ?", "i", a->now));
    TRY(db_run(a->db, f, "INSERT INTO sign_in_challenge(challenge, expires) VALUES(?,?)", "bi",
               hash_str(challenge), a->now + CHALLENGE_MINUTES * 60000));
    jw_open(&w, '{');
    passkey_put_base64(&w, S("challenge"), hash_str(challenge));
    jw_kv(&w, S("rp"), passkey_rp(a->house));
    jw_close(&w, '}');
    return OK;
}

struct entering {
    struct hash challenge;
    enum actor_kind kind;
    struct id id;
    str passkey;
    uint8_t token[SESSION_TOKEN];
};

/* The passkey of an active officer, or of a person. */
static enum err find_passkey(struct act *a, str id, struct entering *e, struct passkey *out,
                             struct fault *f)
{
    struct query q;
    enum err err = db_one(a->db, &q, f,
                          "SELECT p.officer, p.passkey FROM officer_passkey p"
                          " JOIN officer o ON o.id = p.officer"
                          " WHERE p.id = ? AND o.state = 'active'",
                          "b", id);

    e->kind = ACTOR_OFFICER;
    if (err == ERR_NOT_FOUND) {
        e->kind = ACTOR_PERSON;
        err = db_one(a->db, &q, f, "SELECT person, passkey FROM person_passkey WHERE id = ?", "b",
                     id);
    }
    if (err != OK)
        return err == ERR_NOT_FOUND ? fault(f, ERR_BAD_CODE, "the passkey is not known here") : err;
    e->id = query_id(&q, 0);
    err = passkey_parse(a, query_str(&q, 1), out, f);
    TRY(query_end(&q, f));
    return err;
}

enum err session_passkey_prepare(struct act *a, struct fault *f)
{
    struct entering *e = arena_new_of(a->arena, struct entering);
    struct assertion made;
    struct passkey p;
    str bytes;

    TRY_PTR(e, f);
    TRY(passkey_input(a, S("assertion"), &bytes, f));
    if (!assertion_parse(bytes, &made))
        return fault_at(f, ERR_INVALID, "/assertion", "not an assertion of a passkey");
    TRY(find_passkey(a, made.id, e, &p, f));
    TRY(assertion_challenge(a->arena, &made, &e->challenge, f));
    TRY(passkey_check(a->arena, &p, &made, &e->challenge, f));
    e->passkey = p.id;
    secret_random(e->token, sizeof e->token);
    a->data = e;
    return OK;
}

/* The challenge is one that we gave and that nobody used; the passkey is still there. */
enum err session_passkey(struct act *a, struct fault *f)
{
    const struct entering *e = a->data;
    bool officer = e->kind == ACTOR_OFFICER;

    TRY(db_run(a->db, f, "DELETE FROM sign_in_challenge WHERE challenge = ? AND expires >= ?", "bi",
               hash_str(&e->challenge), a->now));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_BAD_CODE, "it took too long, or was used already");
    TRY(db_run(a->db, f,
               officer ? "UPDATE officer_passkey SET used = ? WHERE id = ?"
                       : "UPDATE person_passkey SET used = ? WHERE id = ?",
               "ib", a->now, e->passkey));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_BAD_CODE, "the passkey is not known here");
    return session_issue(a, e->kind, &e->id, true, e->token, f);
}
