/* keyring_client.c - crypto/keyring.h over a socket */
#include "crypto/keyring.h"

#include <stdlib.h>

#include "base/encode.h"
#include "crypto/ipc.h"

struct keyring {
    struct ipc_client *ipc;
};

enum { REPLY_ARENA = 1 << 20 };

struct keyring *keyring_connect(int fd)
{
    struct keyring *k = calloc(1, sizeof *k);

    if (!k || !(k->ipc = ipc_client_new(fd))) {
        free(k);
        return NULL;
    }
    return k;
}

void keyring_disconnect(struct keyring *k)
{
    if (!k)
        return;
    ipc_client_free(k->ipc);
    free(k);
}

static enum err ask(struct keyring *k, struct ipc_call *c, struct arena *a, struct json **out,
                    struct fault *f)
{
    if (!a) {
        buf_done(&c->text);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    return ipc_call(k->ipc, c, ERR_KEYRING, a, out, f);
}

enum err keyring_wrap(struct keyring *k, const struct id *person, const struct key *key,
                      uint8_t out[KEY_WRAPPED], struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "wrap");
    ipc_bytes(&c.w, S("person"), id_bytes(person));
    ipc_bytes(&c.w, S("key"), str_bytes(key->b, sizeof key->b));
    TRY(ask(k, &c, a, &r, f));
    return ipc_get(r, S("wrapped"), out, KEY_WRAPPED)
               ? OK
               : fault(f, ERR_KEYRING, "the keyring answered nonsense");
}

enum err keyring_unwrap(struct keyring *k, const struct id *person, str wrapped, struct key *out,
                        struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "unwrap");
    ipc_bytes(&c.w, S("person"), id_bytes(person));
    ipc_bytes(&c.w, S("wrapped"), wrapped);
    TRY(ask(k, &c, a, &r, f));
    return ipc_get(r, S("key"), out->b, sizeof out->b)
               ? OK
               : fault(f, ERR_KEYRING, "the keyring answered nonsense");
}

enum err keyring_derive(struct keyring *k, str purpose, struct key *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "derive");
    jw_kv(&c.w, S("purpose"), purpose);
    TRY(ask(k, &c, a, &r, f));
    return ipc_get(r, S("key"), out->b, sizeof out->b)
               ? OK
               : fault(f, ERR_KEYRING, "the keyring answered nonsense");
}

enum err keyring_sign_head(struct keyring *k, str origin, uint64_t size, const struct hash *root,
                           str growth, struct buf *note, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "head");
    jw_kv(&c.w, S("origin"), origin);
    jw_kv_int(&c.w, S("size"), (int64_t)size);
    ipc_bytes(&c.w, S("root"), hash_str(root));
    ipc_bytes(&c.w, S("growth"), growth);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(note, json_get_str(r, S("note")));
    return OK;
}

enum err keyring_head_key(struct keyring *k, str origin, struct buf *b, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "head-key");
    jw_kv(&c.w, S("origin"), origin);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(b, json_get_str(r, S("key")));
    return OK;
}

enum err keyring_head_last(struct keyring *k, str origin, uint64_t *out_size, struct hash *out_root,
                           struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "head-last");
    jw_kv(&c.w, S("origin"), origin);
    TRY(ask(k, &c, a, &r, f));
    *out_size = (uint64_t)json_get_int(r, S("size"), 0);
    if (*out_size && !ipc_get(r, S("root"), out_root->b, sizeof out_root->b))
        return fault(f, ERR_KEYRING, "the keyring answered nonsense");
    return OK;
}

static void put_signature(struct jw *w, const struct officer_assertion *by)
{
    ipc_bytes(w, S("officer"), id_bytes(&by->officer));
    ipc_bytes(w, S("signature"), officer_signature_str(&by->signature));
}

static void put_lending(struct jw *w, const struct officer_lending *lent)
{
    jw_key(w, S("lent"));
    jw_open(w, '{');
    jw_kv(w, S("statement"), lent->statement);
    jw_key(w, S("by"));
    jw_open(w, '[');
    for (int i = 0; i < 2; i++) {
        jw_open(w, '{');
        put_signature(w, &lent->by[i]);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    jw_close(w, '}');
}

static void put_assertion(struct jw *w, const struct officer_assertion *by)
{
    jw_open(w, '{');
    put_signature(w, by);
    if (by->lent)
        put_lending(w, by->lent);
    jw_close(w, '}');
}

static void put_assertions(struct jw *w, const struct officer_assertion by[2])
{
    jw_key(w, S("by"));
    jw_open(w, '[');
    put_assertion(w, &by[0]);
    put_assertion(w, &by[1]);
    jw_close(w, ']');
}

static void put_assent(struct jw *w, str assent)
{
    jw_key(w, S("assent"));
    jw_raw(w, assent);
}

/* The first is an officer of ours, the second one of a partner. */
static void put_across(struct jw *w, const struct keyring_seal *s)
{
    jw_key(w, S("by"));
    jw_open(w, '[');
    put_assertion(w, &s->by[0]);
    jw_open(w, '{');
    put_assent(w, s->assent);
    jw_close(w, '}');
    jw_close(w, ']');
}

enum err keyring_enrol(struct keyring *k, const struct id *officer,
                       const struct ed25519_public *key, const struct officer_assertion two[2],
                       struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "enrol");
    ipc_bytes(&c.w, S("officer"), id_bytes(officer));
    ipc_bytes(&c.w, S("key"), str_bytes(key->b, sizeof key->b));
    put_assertions(&c.w, two);
    return ask(k, &c, a, &r, f);
}

enum err keyring_passkey(struct keyring *k, const struct keyring_passkey *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "passkey");
    ipc_bytes(&c.w, S("officer"), id_bytes(&p->officer));
    ipc_bytes(&c.w, S("client_data"), p->client_data);
    ipc_bytes(&c.w, S("auth_data"), p->auth_data);
    jw_kv(&c.w, S("rp"), p->rp);
    jw_kv(&c.w, S("origin"), p->origin);
    ipc_bytes(&c.w, S("signature"), officer_signature_str(&p->by));
    return ask(k, &c, a, &r, f);
}

enum err keyring_passkey_drop(struct keyring *k, const struct id *officer, str passkey,
                              struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "passkey-drop");
    ipc_bytes(&c.w, S("officer"), id_bytes(officer));
    ipc_bytes(&c.w, S("passkey"), passkey);
    return ask(k, &c, a, &r, f);
}

void passkey_statement(struct buf *b, const struct id *officer, str auth_data)
{
    struct hash h = sha256(auth_data);
    char id[ID_TEXT + 1], hex[65];
    struct jw w = JW(b);

    id_format(officer, id);
    hex_encode(h.b, sizeof h.b, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("officer"), str_of(id));
    jw_kv(&w, S("passkey"), str_of(hex));
    jw_close(&w, '}');
}

struct hash passkey_challenge(const struct id *officer)
{
    return sha256_parts((str[]){S("sifara-passkey/1\n"), id_bytes(officer)}, 2);
}

enum err keyring_seal(struct keyring *k, const struct keyring_seal *s, struct buf *out,
                      struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "seal");
    jw_kv(&c.w, S("statement"), s->statement);
    jw_kv(&c.w, S("fields"), s->fields);
    jw_kv(&c.w, S("number"), s->number);
    jw_kv_int(&c.w, S("issued"), s->issued_ms);
    if (s->assent.p)
        put_across(&c.w, s);
    else
        put_assertions(&c.w, s->by);
    TRY(ask(k, &c, a, &r, f));
    str bytes = ipc_get_str(r, S("seal"), a);
    if (!bytes.p)
        return fault(f, ERR_KEYRING, "the keyring answered nonsense");
    buf_add_str(out, bytes);
    return OK;
}

enum err keyring_standing(struct keyring *k, str statement, const struct officer_assertion two[2],
                          struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "standing");
    jw_kv(&c.w, S("statement"), statement);
    put_assertions(&c.w, two);
    return ask(k, &c, a, &r, f);
}

enum err keyring_check_assent(struct keyring *k, str statement, str assent, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "assent");
    jw_kv(&c.w, S("statement"), statement);
    put_assent(&c.w, assent);
    return ask(k, &c, a, &r, f);
}

enum err keyring_quorum(struct keyring *k, const struct keyring_quorum *q, struct buf *note,
                        struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "quorum");
    jw_kv_int(&c.w, S("serial"), (int64_t)q->serial);
    jw_kv(&c.w, S("name"), q->name);
    jw_kv(&c.w, S("partner"), q->partner);
    jw_kv(&c.w, S("policy"), q->policy);
    put_assertions(&c.w, q->by);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(note, json_get_str(r, S("note")));
    return OK;
}

enum err keyring_sign_list(struct keyring *k, str list, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "list");
    jw_kv(&c.w, S("list"), list);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(out, json_get_str(r, S("signed")));
    return OK;
}

enum err keyring_sign_note(struct keyring *k, str name, str text, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "note");
    jw_kv(&c.w, S("name"), name);
    jw_kv(&c.w, S("text"), text);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(out, json_get_str(r, S("note")));
    return OK;
}

enum err keyring_note_key(struct keyring *k, str name, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "note-key");
    jw_kv(&c.w, S("name"), name);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(out, json_get_str(r, S("key")));
    return OK;
}

enum err keyring_training(struct keyring *k, bool *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "training");
    TRY(ask(k, &c, a, &r, f));
    *out = json_get_bool(r, S("training"), false);
    return OK;
}

enum err keyring_trust_list(struct keyring *k, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "trust");
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(out, json_get_str(r, S("list")));
    return OK;
}

/* ---- channels ----------------------------------------------------------------------------- */

enum err keyring_link_keys(struct keyring *k, uint64_t serial, struct keyring_link_keys *out,
                           struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-keys");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    TRY(ask(k, &c, a, &r, f));
    bool whole = ipc_get(r, S("log"), out->log.b, sizeof out->log.b) &&
                 ipc_get(r, S("mirror"), out->mirror.b, sizeof out->mirror.b) &&
                 ipc_get(r, S("witness"), out->witness.b, sizeof out->witness.b) &&
                 ipc_get(r, S("seal"), out->seal.b, sizeof out->seal.b);
    return whole ? OK : fault(f, ERR_KEYRING, "the keyring answered nonsense");
}

enum err keyring_link_head(struct keyring *k, uint64_t serial, str origin, uint64_t size,
                           const struct hash *root, struct buf *note, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-head");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    jw_kv(&c.w, S("origin"), origin);
    jw_kv_int(&c.w, S("size"), (int64_t)size);
    ipc_bytes(&c.w, S("root"), hash_str(root));
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(note, json_get_str(r, S("note")));
    return OK;
}

enum err keyring_link_note(struct keyring *k, uint64_t serial, str origin, str text,
                           struct buf *note, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-note");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    jw_kv(&c.w, S("name"), origin);
    jw_kv(&c.w, S("text"), text);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(note, json_get_str(r, S("note")));
    return OK;
}

enum err keyring_link_http(struct keyring *k, uint64_t serial, str base,
                           struct ed25519_signature *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-http");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    jw_kv(&c.w, S("text"), base);
    TRY(ask(k, &c, a, &r, f));
    return ipc_get(r, S("signature"), out->b, sizeof out->b)
               ? OK
               : fault(f, ERR_CRYPTO, "the keyring gave no signature");
}

enum err keyring_cosign(struct keyring *k, uint64_t serial, str role, str name, str text,
                        int64_t at, struct buf *line, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-cosign");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    jw_kv(&c.w, S("role"), role);
    jw_kv(&c.w, S("name"), name);
    jw_kv(&c.w, S("text"), text);
    jw_kv_int(&c.w, S("at"), at);
    TRY(ask(k, &c, a, &r, f));
    buf_add_str(line, json_get_str(r, S("line")));
    return OK;
}

enum err keyring_open_payloads(struct keyring *k, uint64_t serial, struct keyring_sealed *list,
                               size_t n, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(REPLY_ARENA);
    struct ipc_call c;
    struct json *r;

    ipc_begin(&c, "link-open");
    jw_kv_int(&c.w, S("serial"), (int64_t)serial);
    jw_key(&c.w, S("payloads"));
    jw_open(&c.w, '[');
    for (size_t i = 0; i < n; i++) {
        jw_open(&c.w, '{');
        ipc_bytes(&c.w, S("enc"), list[i].enc);
        jw_kv(&c.w, S("info"), list[i].info);
        if (list[i].psk.key) {
            ipc_bytes(&c.w, S("psk"), str_bytes(list[i].psk.key->b, sizeof list[i].psk.key->b));
            jw_kv(&c.w, S("psk_id"), list[i].psk.id);
        }
        jw_close(&c.w, '}');
    }
    jw_close(&c.w, ']');
    TRY(ask(k, &c, a, &r, f));
    for (size_t i = 0; i < n; i++) {
        const struct json *one = json_at(json_get(r, S("keys")), i);
        list[i].key.sequence = 0;
        if (!ipc_get(one, S("key"), list[i].key.key.b, sizeof list[i].key.key.b) ||
            !ipc_get(one, S("nonce"), list[i].key.nonce, sizeof list[i].key.nonce))
            return fault(f, ERR_KEYRING, "the keyring answered nonsense");
    }
    return OK;
}
