/* keyring_officers.c - the officers that the keyring knows, and what they sign with
 *
 * A list of the keyring's own, in keys/officers.json: no row of the database makes a signature
 * count. An officer comes in by two who are there, a passkey by the officer's older one or key
 * file.
 */
#include "base/date.h"
#include "base/json.h"
#include "base/world.h"
#include "crypto/ipc.h"
#include "crypto/keyring.h"
#include "link/quorum_file.h"
#include "node/keyring_int.h"

enum { LATE_DAYS = 7 };

/* ---- loading ----------------------------------------------------------------------------- */

static enum err passkeys_room(struct ring *r, struct officer_key *o, struct fault *f)
{
    if (!o->passkeys)
        o->passkeys = arena_zalloc(r->arena, PASSKEYS_MAX, sizeof *o->passkeys);
    TRY_PTR(o->passkeys, f);
    return o->n_passkeys < PASSKEYS_MAX
               ? OK
               : fault(f, ERR_LIMIT, "an officer has at most %d passkeys", PASSKEYS_MAX);
}

static enum err load_passkeys(struct ring *r, const struct json *list, struct officer_key *o,
                              struct fault *f)
{
    for (size_t i = 0; json_at(list, i); i++) {
        TRY(passkeys_room(r, o, f));
        TRY(passkey_read(r->arena, json_at(list, i), &o->passkeys[o->n_passkeys], f));
        o->n_passkeys++;
    }
    return OK;
}

enum err ring_load_officers(struct ring *r, struct fault *f)
{
    struct json *j;
    str text;

    r->officers = arena_zalloc(r->arena, OFFICERS_MAX, sizeof *r->officers);
    TRY_PTR(r->officers, f);
    enum err e = ring_load(r, "officers.json", &text, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(json_parse(r->arena, text, &json_limits_wide, &j, f));
    for (size_t i = 0; json_at(j, i) && r->n_officers < OFFICERS_MAX; i++) {
        struct officer_key *o = &r->officers[r->n_officers++];
        if (!ipc_get(json_at(j, i), S("officer"), o->id.b, sizeof o->id.b) ||
            !ipc_get(json_at(j, i), S("key"), o->key.b, sizeof o->key.b))
            return fault(f, ERR_CORRUPT, "keys/officers.json is damaged");
        TRY(load_passkeys(r, json_get(json_at(j, i), S("passkeys")), o, f));
    }
    return OK;
}

/* ---- signatures ------------------------------------------------------------------------ */

static struct officer_key *officer_of(const struct ring *r, const struct id *id)
{
    for (size_t i = 0; i < r->n_officers; i++)
        if (id_eq(&r->officers[i].id, id))
            return &r->officers[i];
    return NULL;
}

/* A registered officer signed this text: with the key of the file, or with a passkey. */
static enum err check_one(const struct ring *r, const struct json *by, str text, struct arena *a,
                          struct officer_key **out, struct fault *f)
{
    struct officer_signature s;
    struct id id;

    if (!ipc_get(by, S("officer"), id.b, sizeof id.b))
        return ring_bad(f);
    *out = officer_of(r, &id);
    if (!*out)
        return fault(f, ERR_UNTRUSTED, "an officer is not registered with the keyring");
    if (!officer_signature_of(ipc_get_str(by, S("signature"), a), &s))
        return fault(f, ERR_BAD_SIGNATURE, "an officer's signature is missing");
    return officer_check(a, &(*out)->key, (*out)->passkeys, (*out)->n_passkeys, text, &s, f);
}

/* Two different ones did. */
enum err ring_check_two(const struct ring *r, const struct json *by, str text, struct arena *a,
                        struct fault *f)
{
    struct officer_key *o[2];

    for (size_t i = 0; i < 2; i++)
        TRY(check_one(r, json_at(by, i), text, a, &o[i], f));
    return o[0] != o[1] ? OK : fault(f, ERR_FOUR_EYES, "one officer signed twice");
}

/* Who decided by a role that was lent: two officers lent it to this one, for these days. A job may
 * run some days after the decision. */
static enum err check_lent(const struct ring *r, const struct json *by, struct arena *a,
                           struct fault *f)
{
    const struct json *lent = json_get(by, S("lent"));
    str text = json_get_str(lent, S("statement"));
    int32_t from, until, today = day_of_ms(world_now(&world_real));
    struct id officer, colleague;
    struct json *statement;

    if (!lent)
        return OK;
    TRY(ring_check_two(r, json_get(lent, S("by")), text, a, f));
    TRY(json_parse(a, text, NULL, &statement, f));
    if (!ipc_get(by, S("officer"), officer.b, sizeof officer.b) ||
        !id_parse(json_get_str(statement, S("colleague")), &colleague) ||
        !id_eq(&officer, &colleague))
        return fault(f, ERR_UNTRUSTED, "the role was lent to somebody else");
    if (!day_parse(json_get_str(statement, S("from")), &from) ||
        !day_parse(json_get_str(statement, S("until")), &until) || today < from - 1 ||
        today > until + LATE_DAYS)
        return fault(f, ERR_UNTRUSTED, "the role is not lent on this day");
    return OK;
}

enum err ring_check_decision(const struct ring *r, const struct json *by, str text, struct arena *a,
                             struct fault *f)
{
    const struct json *assent = json_get(json_at(by, 1), S("assent"));
    struct officer_key *o;

    TRY(check_lent(r, json_at(by, 0), a, f));
    if (!assent) {
        TRY(check_lent(r, json_at(by, 1), a, f));
        return ring_check_two(r, by, text, a, f);
    }
    TRY(check_one(r, json_at(by, 0), text, a, &o, f));
    return ring_check_assent(r, assent, text, a, f);
}

static void put_passkey_list(struct jw *w, const struct officer_key *o)
{
    jw_open(w, '[');
    for (size_t i = 0; i < o->n_passkeys; i++)
        passkey_write(w, &o->passkeys[i]);
    jw_close(w, ']');
}

static enum err put_signer(const struct ring *r, const struct json *by, str statement,
                           struct arena *a, struct quorum_officer *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(QUORUM_FILE);
    struct jw w = JW(&b);
    struct officer_key *o;

    TRY(check_one(r, by, statement, a, &o, f));
    put_passkey_list(&w, o);
    *out = (struct quorum_officer){.id = o->id,
                                   .key = o->key,
                                   .passkeys = o->n_passkeys ? str_copy(a, buf_str(&b)) : STR_NONE,
                                   .signature = ipc_get_str(by, S("signature"), a)};
    return buf_ok(&b) ? OK : fault(f, ERR_LIMIT, "an officer has too many passkeys");
}

enum err answer_quorum(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                       struct fault *f)
{
    AUTO(buf) struct buf text = BUF(QUORUM_FILE);
    const struct json *by = json_get(q, S("by"));
    struct quorum_file file = {.state = str_of(r->alpha2),
                               .partner = json_get_str(q, S("partner")),
                               .policy = json_get_str(q, S("policy"))};
    str statement, name;

    TRY(quorum_statement(a, file.partner, file.policy, &statement, f));
    TRY(ring_check_two(r, by, statement, a, f));
    TRY(put_signer(r, json_at(by, 0), statement, a, &file.officer[0], f));
    TRY(put_signer(r, json_at(by, 1), statement, a, &file.officer[1], f));
    quorum_file_format(&text, &file);
    name = str_printf(a, "%.*s/quorum", STR_FMT(json_get_str(q, S("name"))));
    TRY_PTR(buf_ok(&text) && name.p, f);
    return ring_sign_by_log(r, q, name, buf_str(&text), w, f);
}

static enum err save_officers(struct ring *r, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(32 << 20);
    struct jw w = JW(&b);

    jw_open(&w, '[');
    for (size_t i = 0; i < r->n_officers; i++) {
        jw_open(&w, '{');
        ipc_bytes(&w, S("officer"), id_bytes(&r->officers[i].id));
        ipc_bytes(&w, S("key"), str_bytes(r->officers[i].key.b, 32));
        if (r->officers[i].n_passkeys) {
            jw_key(&w, S("passkeys"));
            put_passkey_list(&w, &r->officers[i]);
        }
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    return ring_write(r->folder, "officers.json", buf_str(&b), f);
}

enum err answer_enrol(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                      struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64);
    struct officer_key o = {0};

    (void)w;
    if (!ipc_get(q, S("officer"), o.id.b, 16) || !ipc_get(q, S("key"), o.key.b, 32))
        return ring_bad(f);
    const struct officer_key *known = officer_of(r, &o.id);
    if (known)
        return memcmp(known->key.b, o.key.b, 32) == 0
                   ? OK
                   : fault(f, ERR_CONFLICT, "the officer has another key already");
    buf_add_str(&text, S("enrol"));
    buf_add_str(&text, id_bytes(&o.id));
    buf_add(&text, o.key.b, 32);
    if (r->n_officers >= 2)
        TRY(ring_check_two(r, json_get(q, S("by")), buf_str(&text), a, f));
    if (r->n_officers == OFFICERS_MAX)
        return fault(f, ERR_LIMIT, "too many officers");
    r->officers[r->n_officers++] = o;
    enum err e = save_officers(r, f);
    if (e != OK)
        r->n_officers--; /* what is not on disk was never enrolled */
    return e;
}

/* A further passkey: the officer signs for it with what is registered already. */
enum err answer_passkey(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                        struct fault *f)
{
    AUTO(buf) struct buf text = BUF(256);
    str client = ipc_get_str(q, S("client_data"), a), auth = ipc_get_str(q, S("auth_data"), a);
    str rp = json_get_str(q, S("rp")), origin = json_get_str(q, S("origin"));
    struct officer_key *o;
    struct passkey made;
    struct id id;

    (void)w;
    if (!ipc_get(q, S("officer"), id.b, sizeof id.b) || !client.p || !auth.p || !rp.n || !origin.n)
        return ring_bad(f);
    passkey_statement(&text, &id, auth);
    TRY(check_one(r, q, buf_str(&text), a, &o, f));
    struct hash challenge = passkey_challenge(&id);
    TRY(passkey_made(a, client, auth, &challenge, rp, origin, &made, f));
    for (size_t i = 0; i < o->n_passkeys; i++)
        if (str_eq(o->passkeys[i].id, made.id))
            return OK;
    TRY(passkeys_room(r, o, f));
    TRY(passkey_copy(r->arena, &made, &o->passkeys[o->n_passkeys], f));
    o->n_passkeys++;
    enum err e = save_officers(r, f);
    if (e != OK)
        o->n_passkeys--;
    return e;
}

/* One that is lost or no longer wanted signs nothing from now on. Less needs no signature. */
enum err answer_passkey_drop(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                             struct fault *f)
{
    str passkey = ipc_get_str(q, S("passkey"), a);
    struct id id;

    (void)w;
    if (!ipc_get(q, S("officer"), id.b, sizeof id.b) || !passkey.p)
        return ring_bad(f);
    struct officer_key *o = officer_of(r, &id);
    for (size_t i = 0; o && i < o->n_passkeys; i++)
        if (str_eq(o->passkeys[i].id, passkey)) {
            o->passkeys[i] = o->passkeys[--o->n_passkeys];
            return save_officers(r, f);
        }
    return OK;
}
