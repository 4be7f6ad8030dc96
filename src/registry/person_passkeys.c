/* person_passkeys.c - the passkeys with which a person signs in, and signs a form
 *
 * Whoever is signed in adds one; a code by mail is how they begin, and how they come back when all
 * are lost. Each change is told to all addresses of the person, and so is a code that opened a
 * session although there are passkeys. The name of a passkey is the person's own word: sealed.
 */
#include "registry/registry_int.h"

struct adding {
    struct passkey key;
    str name; /* sealed */
    struct json *profile;
};

enum err person_passkeys_of(struct act *a, const struct id *person, struct passkey *list,
                            size_t *out_n, struct fault *f)
{
    struct query q;
    enum err e = OK;
    size_t n = 0;

    TRY(db_query(a->db, &q, f, "SELECT passkey FROM person_passkey WHERE person = ? LIMIT ?", "di",
                 person, (int64_t)PASSKEYS_MAX));
    for (; e == OK && query_row(&q); query_next(&q))
        e = passkey_parse(a, query_str(&q, 0), &list[n++], f);
    TRY(query_end(&q, f));
    *out_n = n;
    return e;
}

enum err person_has_passkey(struct act *a, const struct id *person, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT 1 FROM person_passkey WHERE person = ? LIMIT 1", "d",
                 person));
    *out = query_row(&q);
    return query_end(&q, f);
}

static enum err put_row(struct act *a, struct jw *w, struct query *q, const struct key *k,
                        struct fault *f)
{
    str name;

    TRY(unseal(a->arena, k, S("passkey"), query_str(q, 1), &name, f));
    passkey_put_row(w, q, name);
    return OK;
}

/* The person's passkeys, and what a browser needs to make another. */
enum err person_passkey_list(struct act *a, struct fault *f)
{
    struct hash challenge = passkey_challenge(&a->actor.id);
    struct jw w = JW(&a->reply);
    enum err e = OK;
    struct query q;
    struct key k;

    TRY(person_key(a->house, &a->actor.id, &k, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT id, name, added, used FROM person_passkey WHERE person = ? ORDER BY added",
                 "d", &a->actor.id));
    jw_open(&w, '{');
    jw_kv(&w, S("person"), act_id_text(a, &a->actor.id));
    jw_kv(&w, S("rp"), passkey_rp(a->house));
    passkey_put_base64(&w, S("challenge"), hash_str(&challenge));
    jw_key(&w, S("passkeys"));
    jw_open(&w, '[');
    for (; e == OK && query_row(&q); query_next(&q))
        e = put_row(a, &w, &q, &k, f);
    jw_close(&w, ']');
    jw_close(&w, '}');
    secret_wipe(&k, sizeof k);
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

/* The name of the input, sealed for its person. */
static enum err seal_name(struct act *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(1024);

    TRY(act_seal_for(a, &a->actor.id, f));
    TRY(seal(&sealed, &a->record_key, S("passkey"), json_get_str(a->input, S("name")), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

enum err person_passkey_add_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);
    struct hash challenge = passkey_challenge(&a->actor.id);
    str client_data, auth_data;

    TRY_PTR(p, f);
    TRY(passkey_input(a, S("client_data"), &client_data, f));
    TRY(passkey_input(a, S("auth_data"), &auth_data, f));
    TRY(passkey_made(a->arena, client_data, auth_data, &challenge, passkey_rp(a->house),
                     a->house->url, &p->key, f));
    TRY(seal_name(a, &p->name, f));
    TRY(person_profile(a, &a->actor.id, &p->profile, f));
    a->data = p;
    a->content = sha256(auth_data);
    return OK;
}

static enum err room_for_one(struct act *a, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM person_passkey WHERE person = ?", "d",
               &a->actor.id));
    bool full = query_int(&q, 0) >= PASSKEYS_MAX;
    TRY(query_end(&q, f));
    return full ? fault(f, ERR_LIMIT, "you have %d passkeys: remove one first", PASSKEYS_MAX) : OK;
}

enum err person_passkey_add(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(4096);
    const struct adding *p = a->data;
    struct jw w = JW(&text);

    TRY(room_for_one(a, f));
    passkey_write(&w, &p->key);
    enum err e = db_run(a->db, f,
                        "INSERT INTO person_passkey(id, bucket, person, name, passkey, added)"
                        " VALUES(?,?,?,?,?,?)",
                        "bidbsi", p->key.id, (int64_t)id_bucket(&a->actor.id), &a->actor.id,
                        p->name, buf_str(&text), a->now);
    if (e == ERR_CONFLICT)
        return fault(f, e, "this passkey is registered already");
    TRY(e);
    TRY(person_tell(a, p->profile, S("passkey-added"), NULL, f));
    a->status = 201;
    w = JW(&a->reply);
    jw_open(&w, '{');
    passkey_put_base64(&w, S("id"), p->key.id);
    jw_close(&w, '}');
    return OK;
}

enum err person_passkey_remove_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);

    TRY_PTR(p, f);
    TRY(passkey_named(a, &p->key.id, f));
    TRY(person_profile(a, &a->actor.id, &p->profile, f));
    TRY(act_seal_for(a, &a->actor.id, f));
    a->data = p;
    a->content = sha256(p->key.id);
    return OK;
}

enum err person_passkey_remove(struct act *a, struct fault *f)
{
    const struct adding *p = a->data;

    TRY(db_run(a->db, f, "DELETE FROM person_passkey WHERE id = ? AND person = ?", "bd", p->key.id,
               &a->actor.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_NOT_FOUND, "no such passkey");
    return person_tell(a, p->profile, S("passkey-removed"), NULL, f);
}

enum err person_passkey_rename_prepare(struct act *a, struct fault *f)
{
    struct adding *p = arena_new_of(a->arena, struct adding);

    TRY_PTR(p, f);
    TRY(passkey_named(a, &p->key.id, f));
    TRY(seal_name(a, &p->name, f));
    a->data = p;
    a->content = sha256(p->key.id);
    return OK;
}

/* Opens and closes no door: nobody is told. */
enum err person_passkey_rename(struct act *a, struct fault *f)
{
    const struct adding *p = a->data;

    TRY(db_run(a->db, f, "UPDATE person_passkey SET name = ? WHERE id = ? AND person = ?", "bbd",
               p->name, p->key.id, &a->actor.id));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_NOT_FOUND, "no such passkey");
}
