/* officer_file.c - an officer's private key in a file of their own, until passkeys hold it */
#include "base/encode.h"
#include "base/fs.h"
#include "node/cli.h"

enum err officer_file_read(struct arena *a, const char *path, struct officer_file *out,
                           struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(64);
    struct officer_file o;
    struct json *j;
    str text;

    TRY(fs_read(a, path, 4096, &text, f));
    TRY(json_parse(a, text, NULL, &j, f));
    if (!id_parse(json_get_str(j, S("officer")), &o.id) ||
        !base64_decode(&raw, json_get_str(j, S("secret")), BASE64_URL) ||
        raw.n != sizeof o.secret.b)
        return fault(f, ERR_INVALID, "%s is no officer's key", path);
    memcpy(o.secret.b, raw.p, raw.n);
    *out = o;
    return OK;
}

enum err officer_file_write(const char *path, const struct officer_file *o, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1024);
    AUTO(buf) struct buf secret = BUF(64);
    struct jw w = JW(&text);
    char id[ID_TEXT + 1];

    id_format(&o->id, id);
    base64_encode(&secret, str_bytes(o->secret.b, sizeof o->secret.b), BASE64_URL);
    jw_open(&w, '{');
    jw_kv(&w, S("officer"), str_of(id));
    jw_kv(&w, S("secret"), buf_str(&secret));
    jw_close(&w, '}');
    enum err e = fs_write(path, buf_str(&text), 0600, f);
    secret_wipe(text.p, text.n);
    secret_wipe(secret.p, secret.n);
    return e;
}

enum err officer_file_sign(struct arena *a, const char *path, str text, struct jw *w,
                           struct fault *f)
{
    AUTO(buf) struct buf b = BUF(128);
    struct officer_file officer;

    TRY(officer_file_read(a, path, &officer, f));
    struct ed25519_signature s = ed25519_sign(&officer.secret, text);
    secret_wipe(&officer, sizeof officer);
    base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
    jw_kv(w, S("signature"), buf_str(&b));
    return OK;
}
