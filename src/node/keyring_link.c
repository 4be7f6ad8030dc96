/* keyring_link.c - the keys of channels between states
 *
 * Each serial of the keyset has keys of its own, out of the master key. What they may sign is known
 * here: heads of logs that only grow, cosignatures of checkpoints that only grow, and nothing else.
 */
#include <stdio.h>

#include "base/encode.h"
#include "crypto/hpke.h"
#include "crypto/ipc.h"
#include "merkle/note.h"
#include "node/keyring_int.h"

enum { CHECKPOINT_TEXT = 1024, OPEN_AT_ONCE = 128, LOG_NAME = 256 };

static bool seed_of(const struct ring *r, const char *role, const struct json *q, uint8_t out[32])
{
    int64_t serial = json_get_int(q, S("serial"), 0);
    char purpose[64];

    if (serial < 1)
        return false;
    snprintf(purpose, sizeof purpose, "link/%s/%lld", role, (long long)serial);
    ring_seed(r, str_of(purpose), out);
    return true;
}

static enum err put_public(struct ring *r, const struct json *q, struct jw *w, const char *role,
                           struct fault *f)
{
    struct ed25519_secret secret;

    if (!seed_of(r, role, q, secret.b))
        return ring_bad(f);
    struct ed25519_public p = ed25519_public_of(&secret);
    secret_wipe(&secret, sizeof secret);
    ipc_bytes(w, str_of(role), str_bytes(p.b, sizeof p.b));
    return OK;
}

enum err answer_link_keys(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                          struct fault *f)
{
    struct x25519_secret seal;

    (void)a;
    TRY(put_public(r, q, w, "log", f));
    TRY(put_public(r, q, w, "mirror", f));
    TRY(put_public(r, q, w, "witness", f));
    if (!seed_of(r, "seal", q, seal.b))
        return ring_bad(f);
    struct x25519_public p = x25519_public_of(&seal);
    secret_wipe(&seal, sizeof seal);
    ipc_bytes(w, S("seal"), str_bytes(p.b, sizeof p.b));
    return OK;
}

enum err answer_link_head(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                          struct fault *f)
{
    AUTO(buf) struct buf text = BUF(CHECKPOINT_TEXT);
    AUTO(buf) struct buf note = BUF(4 * CHECKPOINT_TEXT);
    struct checkpoint c = {.origin = json_get_str(q, S("origin"))};
    int64_t size = json_get_int(q, S("size"), -1);
    struct ed25519_secret secret;

    (void)a;
    if (size < 0 || !ipc_get(q, S("root"), c.root.b, sizeof c.root.b) || c.origin.n >= LOG_NAME ||
        !note_name_valid(c.origin))
        return ring_bad(f);
    c.size = (uint64_t)size;
    if (!seed_of(r, "log", q, secret.b))
        return ring_bad(f);
    enum err e = ring_remember(r, c.origin, c.size, &c.root, f);
    if (e == OK) {
        checkpoint_format(&text, &c);
        note_sign(&note, buf_str(&text), c.origin, &secret);
        jw_kv(w, S("note"), buf_str(&note));
    }
    secret_wipe(&secret, sizeof secret);
    return e;
}

enum err ring_sign_by_log(struct ring *r, const struct json *q, str name, str text, struct jw *w,
                          struct fault *f)
{
    AUTO(buf) struct buf note = BUF(text.n + 1024);
    struct ed25519_secret secret;

    if (!note_name_valid(name) || !seed_of(r, "log", q, secret.b))
        return ring_bad(f);
    note_sign(&note, text, name, &secret);
    secret_wipe(&secret, sizeof secret);
    jw_kv(w, S("note"), buf_str(&note));
    return buf_ok(&note) ? OK : fault(f, ERR_LIMIT, "too much to be signed");
}

/* What the owner of a log says of it, by its first line: no such text is a checkpoint, whose second
 * line is a number. */
enum err answer_link_note(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                          struct fault *f)
{
    str name = json_get_str(q, S("name")), text = json_get_str(q, S("text"));

    (void)a;
    if (text.n > CHECKPOINT_TEXT || !str_ends(text, S("\n")) ||
        (!str_starts(text, S("sifara-channel/1\nfrom ")) &&
         !str_starts(text, S("sifara-witness/1\nfrom ")) &&
         !str_starts(text, S("sifara-recover/1\norigin "))))
        return ring_bad(f);
    return ring_sign_by_log(r, q, name, text, w, f);
}

/* Is it the base of a signature on the line (RFC 9421), and ours? It does not end with a line feed,
 * so it is no text of a note, nor is any of those such a base. */
static bool is_http_base(str text)
{
    str rest = text, line = STR_NONE;

    if (text.n > CHECKPOINT_TEXT ||
        (!str_starts(text, S("\"@method\": POST\n\"@path\": /link/v1/")) &&
         !str_starts(text, S("\"@status\": "))))
        return false;
    while (rest.p)
        (void)str_split(&rest, '\n', &line);
    return str_starts(line, S("\"@signature-params\": (\"@")) &&
           str_ends(line, S("\";alg=\"ed25519\";tag=\"sifara-link/1\""));
}

enum err answer_link_http(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                          struct fault *f)
{
    str text = json_get_str(q, S("text"));
    struct ed25519_secret secret;

    (void)a;
    if (!is_http_base(text) || !seed_of(r, "log", q, secret.b))
        return ring_bad(f);
    struct ed25519_signature s = ed25519_sign(&secret, text);
    secret_wipe(&secret, sizeof secret);
    ipc_bytes(w, S("signature"), str_bytes(s.b, sizeof s.b));
    return OK;
}

/* The log of what was cosigned in a role: a space is in no origin. */
static str cosigned_log(const struct json *q, str origin, char room[LOG_NAME])
{
    str role = json_get_str(q, S("role"));
    int n = snprintf(room, LOG_NAME, "%.*s %.*s", STR_FMT(role), STR_FMT(origin));

    return n > 0 && n < LOG_NAME ? str_bytes(room, (size_t)n) : STR_NONE;
}

enum err answer_link_cosign(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf message = BUF(2 * CHECKPOINT_TEXT);
    AUTO(buf) struct buf line = BUF(CHECKPOINT_TEXT);
    str name = json_get_str(q, S("name")), text = json_get_str(q, S("text"));
    bool mirror = str_eq(json_get_str(q, S("role")), S("mirror"));
    bool witness = str_eq(json_get_str(q, S("role")), S("witness"));
    int64_t at = json_get_int(q, S("at"), 0);
    char room[LOG_NAME];
    struct ed25519_secret secret;
    struct checkpoint c;

    (void)a;
    if ((!mirror && !witness) || at < 1 || text.n > CHECKPOINT_TEXT || !note_name_valid(name))
        return ring_bad(f);
    TRY(checkpoint_parse(text, &c, f));
    str log = cosigned_log(q, c.origin, room);
    if (!log.p || !seed_of(r, mirror ? "mirror" : "witness", q, secret.b))
        return ring_bad(f);
    enum err e = ring_remember(r, log, c.size, &c.root, f);
    if (e == OK) {
        struct ed25519_public p = ed25519_public_of(&secret);
        struct note_key key = note_cosigner_of(name, &p);
        cosignature_message(&message, at, text);
        struct ed25519_signature s = ed25519_sign(&secret, buf_str(&message));
        cosignature_line(&line, &key, at, &s);
        jw_kv(w, S("line"), buf_str(&line));
    }
    secret_wipe(&secret, sizeof secret);
    return e;
}

/* The key of one payload only: the key that opens all of them does not leave. */
enum err answer_link_open(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                          struct fault *f)
{
    const struct json *list = json_get(q, S("payloads"));
    struct x25519_secret secret;
    enum err e = OK;

    (void)a;
    if (!json_is(list, J_ARRAY) || list->n > OPEN_AT_ONCE || !seed_of(r, "seal", q, secret.b))
        return ring_bad(f);
    jw_key(w, S("keys"));
    jw_open(w, '[');
    for (size_t i = 0; e == OK && i < list->n; i++) {
        const struct json *one = json_at(list, i);
        struct hpke_psk psk = {.id = json_get_str(one, S("psk_id"))};
        struct x25519_public enc;
        struct key shared;
        struct hpke h;
        if (json_get(one, S("psk")))
            psk.key = &shared;
        if (!ipc_get(one, S("enc"), enc.b, sizeof enc.b) || (psk.id.n && !psk.key) ||
            (psk.key && !ipc_get(one, S("psk"), shared.b, sizeof shared.b))) {
            e = ring_bad(f);
            break;
        }
        e = hpke_receiver_psk(&secret, &enc, &psk, json_get_str(one, S("info")), &h, f);
        secret_wipe(&shared, sizeof shared);
        if (e != OK)
            break;
        jw_open(w, '{');
        ipc_bytes(w, S("key"), str_bytes(h.key.b, sizeof h.key.b));
        ipc_bytes(w, S("nonce"), str_bytes(h.nonce, sizeof h.nonce));
        jw_close(w, '}');
        secret_wipe(&h, sizeof h);
    }
    jw_close(w, ']');
    secret_wipe(&secret, sizeof secret);
    return e;
}
