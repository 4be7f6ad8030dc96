/* officers.c - officers, their posts, roles and public keys
 *
 * The keyring registers an officer's key only against two registered officers' signatures; the
 * row here says where they work and what they may be asked to do.
 */
#include <stdio.h>

#include "base/encode.h"
#include "registry/registry_int.h"

enum { ROLES_MAX = 2048 };

static enum err read_assertion(const struct json *j, size_t i, struct officer_assertion *out,
                               struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX);
    char pointer[48];

    snprintf(pointer, sizeof pointer, "/assertions/%zu", i);
    if (!id_parse(json_get_str(j, S("officer")), &out->officer) ||
        !base64_decode(&raw, json_get_str(j, S("signature")), BASE64_URL) ||
        !officer_signature_of(buf_str(&raw), &out->signature))
        return fault_at(f, ERR_INVALID, pointer, "an officer's id and signature are needed");
    return OK;
}

static str language_of(const struct json *in)
{
    str language = json_get_str(in, S("language"));

    return language.p ? language : S("en");
}

static struct hash content_of(const struct json *in, const struct id *id, str key)
{
    AUTO(buf) struct buf roles = BUF(ROLES_MAX);
    char id_text[ID_TEXT + 1], person_text[ID_TEXT + 1] = "";
    struct jw w = JW(&roles);
    struct id person;

    id_format(id, id_text);
    if (id_parse(json_get_str(in, S("person")), &person))
        id_format(&person, person_text);
    jw_tree(&w, json_get(in, S("roles")));
    return appointment_digest(&(struct appointment){.id = str_of(id_text),
                                                    .key = key,
                                                    .language = language_of(in),
                                                    .mission = json_get_str(in, S("mission")),
                                                    .name = json_get_str(in, S("name")),
                                                    .person = str_of(person_text),
                                                    .roles = buf_str(&roles)});
}

enum err officer_add_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(40);
    struct officer_assertion two[2] = {0};
    struct ed25519_public key;
    struct id *id = arena_new_of(a->arena, struct id);
    const struct json *assertions = json_get(a->input, S("assertions"));

    TRY_PTR(id, f);
    if (!id_parse(json_get_str(a->input, S("id")), id))
        return fault_at(f, ERR_INVALID, "/id", "a version 7 UUID is needed");
    if (!base64_decode(&raw, json_get_str(a->input, S("public_key")), BASE64_URL) ||
        raw.n != sizeof key.b)
        return fault_at(f, ERR_INVALID, "/public_key", "an Ed25519 public key is needed");
    memcpy(key.b, raw.p, raw.n);
    for (size_t i = 0; i < 2 && json_at(assertions, i); i++)
        TRY(read_assertion(json_at(assertions, i), i, &two[i], f));
    TRY(keyring_enrol(a->house->keyring, id, &key, two, f));
    a->data = id;
    a->subject = str_printf(a->arena, "officer/%.*s", STR_FMT(json_get_str(a->input, S("id"))));
    a->content = content_of(a->input, id, buf_str(&raw));
    return OK;
}

static enum err check_open(struct act *a, str mission, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    bool closed = at && at->closed;

    missions_drop(m);
    return closed ? fault_at(f, ERR_CONFLICT, "/mission", "this mission is closed") : OK;
}

enum err officer_add(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf roles = BUF(ROLES_MAX);
    AUTO(buf) struct buf key = BUF(40);
    const struct json *in = a->input;
    struct hash lookup = lookup_hash(a->house, S("officer"), json_get_str(in, S("email")));
    struct jw w = JW(&roles);
    struct id person;
    bool has_person = id_parse(json_get_str(in, S("person")), &person);

    jw_tree(&w, json_get(in, S("roles")));
    TRY(check_open(a, json_get_str(in, S("mission")), f));
    if (!base64_decode(&key, json_get_str(in, S("public_key")), BASE64_URL))
        return fault_at(f, ERR_INVALID, "/public_key", "an Ed25519 public key is needed");
    enum err e =
        db_run(a->db, f,
               "INSERT INTO officer(id, lookup, name, mission, roles, language, public_key, state,"
               " person, at) VALUES(?,?,?,?,?,?,?,'active',?,?)",
               "dbssssbdi", (struct id *)a->data, hash_str(&lookup), json_get_str(in, S("name")),
               json_get_str(in, S("mission")), buf_str(&roles), language_of(in), buf_str(&key),
               has_person ? &person : NULL, a->now);
    if (e == ERR_CONFLICT)
        return fault(f, e,
                     "an officer with this address or id exists, or there is no such mission");
    TRY(e);
    act_created(a, a->data);
    return OK;
}

enum err officer_list_facts(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));

    (void)f;
    act_resource(a, S("Mission"), mission.n ? mission : S("-"));
    return OK;
}

enum err officer_list(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct query q;

    if (!mission.p)
        mission = S("");
    TRY(db_query(
        a->db, &q, f,
        "SELECT id, name, mission, roles, state, language FROM officer WHERE ? = '' OR mission = ?"
        " ORDER BY mission, name",
        "ss", mission, mission));
    jw_open(&w, '{');
    jw_key(&w, S("officers"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id id = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &id));
        jw_kv(&w, S("name"), query_str(&q, 1));
        jw_kv(&w, S("mission"), query_str(&q, 2));
        jw_key(&w, S("roles"));
        jw_raw(&w, query_str(&q, 3));
        jw_kv(&w, S("state"), query_str(&q, 4));
        jw_kv(&w, S("language"), query_str(&q, 5));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

enum err officer_put_name(struct act *a, struct jw *w, str key, const struct id *officer,
                          struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT name FROM officer WHERE id = ?", "d", officer);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    jw_kv(w, key, query_str(&q, 0));
    return query_end(&q, f);
}

/* ---- signing ------------------------------------------------------------------------------ */

static enum err read_key(struct act *a, const struct id *officer, struct ed25519_public *out,
                         struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT public_key FROM officer WHERE id = ?", "d", officer));
    str k = query_str(&q, 0);
    bool whole = k.n == sizeof out->b;
    if (whole)
        memcpy(out->b, k.p, k.n);
    TRY(query_end(&q, f));
    return whole ? OK : fault(f, ERR_CORRUPT, "the officer's key is damaged");
}

enum err officer_signature_of_id(struct act *a, const struct id *officer, str text,
                                 struct officer_signature *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX);
    struct passkey list[PASSKEYS_MAX];
    struct officer_signature s;
    struct ed25519_public key;
    size_t n;

    if (!base64_decode(&raw, json_get_str(a->input, S("signature")), BASE64_URL) ||
        !officer_signature_of(buf_str(&raw), &s))
        return fault_at(f, ERR_INVALID, "/signature", "a signature over the statement is needed");
    TRY(read_key(a, officer, &key, f));
    TRY(passkeys_of(a, officer, list, &n, f));
    enum err e = officer_check(a->arena, &key, list, n, text, &s, f);
    if (e != OK)
        return fault_at(f, e, "/signature", "the signature is not yours over this statement");
    *out = s;
    return OK;
}

enum err officer_keys_put(struct act *a, struct jw *w, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64);
    struct passkey list[PASSKEYS_MAX];
    struct ed25519_public key;
    size_t n;

    TRY(read_key(a, &a->actor.id, &key, f));
    TRY(passkeys_of(a, &a->actor.id, list, &n, f));
    base64_encode(&text, str_bytes(key.b, sizeof key.b), BASE64_URL);
    jw_kv(w, S("key"), buf_str(&text));
    jw_key(w, S("passkeys"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++)
        passkey_write(w, &list[i]);
    jw_close(w, ']');
    return OK;
}

enum err officer_signature(struct act *a, str text, struct officer_signature *out, struct fault *f)
{
    return officer_signature_of_id(a, &a->actor.id, text, out, f);
}
