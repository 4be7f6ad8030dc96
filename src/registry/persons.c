/* persons.c - persons, their keys and their profile
 *
 * Everything about a person is sealed under a key of their own; the key lies wrapped in keys.db,
 * which has short-lived backups. Destroying it erases the person's content everywhere at once.
 */
#include <ctype.h>

#include "registry/registry_int.h"

unsigned person_bucket(const struct hash *lookup)
{
    return ((unsigned)lookup->b[0] << 8 | lookup->b[1]) % BUCKETS;
}

struct hash lookup_hash(const struct house *h, str kind, str value)
{
    char low[256];
    size_t n = 0;

    value = str_trim(value);
    for (; n < value.n && n < sizeof low; n++)
        low[n] = (char)tolower((unsigned char)value.p[n]);
    struct hash of = sha256_parts((str[]){kind, S("\n"), str_bytes(low, n)}, 3);
    return hmac_sha256(&h->lookup_key, hash_str(&of));
}

static struct key_slot *slot_of(struct registry *r, const struct id *person)
{
    return &r->key_cache[str_hash(id_bytes(person)) % KEY_CACHE];
}

static void cache_put(struct registry *r, const struct id *person, const struct key *k)
{
    *slot_of(r, person) = (struct key_slot){.person = *person, .key = *k, .used = true};
}

enum err person_key_new(struct house *h, const struct id *person, struct key *out, struct fault *f)
{
    struct registry *r = h->registry;
    uint8_t wrapped[KEY_WRAPPED];
    struct key k;

    secret_random(k.b, sizeof k.b);
    TRY(keyring_wrap(h->keyring, person, &k, wrapped, f));
    pthread_mutex_lock(&r->keys_lock);
    enum err e = db_run(r->keys_db, f, "INSERT INTO person_key(person, wrapped) VALUES(?, ?)", "db",
                        person, str_bytes(wrapped, sizeof wrapped));
    if (e == OK)
        cache_put(r, person, &k);
    pthread_mutex_unlock(&r->keys_lock);
    if (e == OK)
        *out = k;
    return e;
}

/* The wrapped key, or ERR_ERASED; under the lock. */
static enum err read_wrapped(struct registry *r, const struct id *person, uint8_t out[KEY_WRAPPED],
                             struct fault *f)
{
    struct query q;
    enum err e =
        db_one(r->keys_db, &q, f, "SELECT wrapped FROM person_key WHERE person = ?", "d", person);

    if (e != OK)
        return e == ERR_NOT_FOUND ? fault(f, ERR_ERASED, "the content was erased") : e;
    str s = query_str(&q, 0);
    bool good = s.n == KEY_WRAPPED;
    if (good)
        memcpy(out, s.p, s.n);
    TRY(query_end(&q, f));
    return good ? OK : fault(f, ERR_CORRUPT, "a wrapped key is damaged");
}

enum err person_key(struct house *h, const struct id *person, struct key *out, struct fault *f)
{
    struct registry *r = h->registry;
    uint8_t wrapped[KEY_WRAPPED];
    enum err e = OK;

    pthread_mutex_lock(&r->keys_lock);
    struct key_slot *s = slot_of(r, person);
    bool hit = s->used && id_eq(&s->person, person);
    if (hit)
        *out = s->key;
    else
        e = read_wrapped(r, person, wrapped, f);
    pthread_mutex_unlock(&r->keys_lock);
    if (hit || e != OK)
        return e;
    TRY(keyring_unwrap(h->keyring, person, str_bytes(wrapped, sizeof wrapped), out, f));
    pthread_mutex_lock(&r->keys_lock);
    /* unless it was destroyed meanwhile */
    if (read_wrapped(r, person, wrapped, NULL) == OK)
        cache_put(r, person, out);
    pthread_mutex_unlock(&r->keys_lock);
    return OK;
}

void person_key_destroy(struct house *h, const struct id *person)
{
    struct registry *r = h->registry;

    pthread_mutex_lock(&r->keys_lock);
    struct key_slot *s = slot_of(r, person);
    if (s->used && id_eq(&s->person, person)) {
        secret_wipe(&s->key, sizeof s->key);
        s->used = false;
    }
    (void)!db_run(r->keys_db, NULL, "DELETE FROM person_key WHERE person = ?", "d", person);
    pthread_mutex_unlock(&r->keys_lock);
}

enum err act_seal_for(struct act *a, const struct id *person, struct fault *f)
{
    TRY(person_key(a->house, person, &a->record_key, f));
    a->has_record_key = true;
    return OK;
}

enum err person_profile(struct act *a, const struct id *person, struct json **out, struct fault *f)
{
    struct query q;
    struct key k;
    str plain;

    TRY(db_one(a->db, &q, f, "SELECT profile FROM person WHERE id = ? AND bucket = ?", "di", person,
               (int64_t)id_bucket(person)));
    str sealed = str_copy(a->arena, query_str(&q, 0));
    bool none = query_null(&q, 0);
    TRY(query_end(&q, f));
    if (none) {
        *out = NULL;
        return OK;
    }
    TRY_PTR(sealed.p, f);
    TRY(person_key(a->house, person, &k, f));
    TRY(unseal(a->arena, &k, S("profile"), sealed, &plain, f));
    return json_parse(a->arena, plain, NULL, out, f);
}

/* The resource is the person who asks. */
enum err person_own_facts(struct act *a, struct fault *f)
{
    str id = act_id_text(a, &a->actor.id);

    TRY_PTR(id.p, f);
    struct cedar_entity *e = act_resource(a, S("File"), id);
    cedar_attr(a->entities, e, S("person"), cedar_ref(a->entities, S("Sifara::Person"), id));
    a->subject = str_printf(a->arena, "person/%.*s", STR_FMT(id));
    return OK;
}

enum err person_show(struct act *a, struct fault *f)
{
    struct json *profile;
    struct jw w = JW(&a->reply);
    str id = act_id_text(a, &a->actor.id);

    TRY(person_profile(a, &a->actor.id, &profile, f));
    jw_open(&w, '{');
    jw_kv(&w, S("id"), id);
    if (profile) {
        jw_key(&w, S("profile"));
        jw_tree(&w, profile);
    }
    jw_close(&w, '}');
    return OK;
}

struct updating {
    str sealed;
    struct person_traces traces;
    bool same; /* an officer who saw who they are saw what is still there */
};

/* What an officer noted stays: the address that the person signs in with, the number and the
 * evidence of an identity document; so does the language unless the body has another. */
static enum err keep_noted(struct act *a, const struct json *old, struct json *fresh,
                           struct fault *f)
{
    static const char *const noted[] = {"email",           "language",        "sms",
                                        "identity_number", "passport_number", "evidence"};

    for (size_t i = 0; i < ARRAY_LEN(noted); i++) {
        const struct json *was = json_get(old, str_of(noted[i]));
        if (!was || (i > 0 && json_get(fresh, str_of(noted[i]))))
            continue;
        TRY_PTR(json_put(a->arena, fresh, str_of(noted[i]), *was), f);
    }
    return OK;
}

/* Seals the new profile beforehand. */
enum err person_update_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64 << 10);
    AUTO(buf) struct buf sealed = BUF(65 << 10);
    struct updating *u = arena_new_of(a->arena, struct updating);
    struct json *old, fresh = {.type = J_OBJECT};
    struct person_traces before;
    struct jw w = JW(&text);

    TRY_PTR(u, f);
    a->data = u;
    TRY(person_profile(a, &a->actor.id, &old, f));
    for (uint32_t i = 0; i < a->input->n; i++)
        TRY_PTR(json_put(a->arena, &fresh, a->input->members[i].key, a->input->members[i].value),
                f);
    TRY(keep_noted(a, old, &fresh, f));
    person_traces_of(a->house, old, &before);
    person_traces_of(a->house, &fresh, &u->traces);
    u->same = person_traces_same(&before, &u->traces);
    jw_tree(&w, &fresh);
    TRY(act_seal_for(a, &a->actor.id, f));
    TRY(seal(&sealed, &a->record_key, S("profile"), buf_str(&text), f));
    a->content = sha256(buf_str(&text));
    u->sealed = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(u->sealed.p, f);
    return OK;
}

enum err person_update(struct act *a, struct fault *f)
{
    const struct updating *u = a->data;
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "UPDATE person SET profile = ?, identified = CASE WHEN ? THEN identified END"
               " WHERE id = ? AND bucket = ?",
               "bidi", u->sealed, (int64_t)u->same, &a->actor.id,
               (int64_t)id_bucket(&a->actor.id)));
    TRY(person_traces_write(a, &a->actor.id, &u->traces, f));
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &a->actor.id));
    jw_close(&w, '}');
    return OK;
}

str person_address(const struct json *profile)
{
    str email = json_get_str(profile, S("email"));

    return email.p ? email : json_get_str(profile, S("sms"));
}

enum err person_tell(struct act *a, const struct json *profile, str message,
                     const struct json *words, struct fault *f)
{
    const str to[] = {json_get_str(profile, S("email")), json_get_str(profile, S("sms"))};
    str language = json_get_str(profile, S("language"));

    for (size_t i = 0; i < ARRAY_LEN(to); i++)
        TRY(mail_queue(a, to[i], message, language.p ? language : S("en"), words, f));
    return OK;
}
