#include "crypto/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/encode.h"

enum { FLAG_PRESENT = 1, FLAG_VERIFIED = 4, FLAGS_AT = 32, CLIENT_DATA_MAX = 1024 };

bool officer_signature_of(str bytes, struct officer_signature *out)
{
    if (!bytes.n || bytes.n > sizeof out->b)
        return false;
    out->n = bytes.n;
    memcpy(out->b, bytes.p, bytes.n);
    return true;
}

str officer_signature_str(const struct officer_signature *s)
{
    return str_bytes(s->b, s->n);
}

/* ---- client data -------------------------------------------------------------------------- */

static enum err client_data_read(struct arena *a, str text, str type, struct hash *challenge,
                                 str *out_origin, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(64);
    struct json *j;

    if (text.n > CLIENT_DATA_MAX || json_parse(a, text, NULL, &j, NULL) != OK ||
        !str_eq(json_get_str(j, S("type")), type))
        return fault(f, ERR_UNTRUSTED, "the passkey's client data are not of %.*s", STR_FMT(type));
    if (!base64_decode(&raw, json_get_str(j, S("challenge")), BASE64_URL) ||
        raw.n != sizeof challenge->b)
        return fault(f, ERR_UNTRUSTED, "the passkey's challenge is none of ours");
    const struct json *cross = json_get(j, S("crossOrigin"));
    if (json_is(cross, J_BOOL) && cross->b)
        return fault(f, ERR_UNTRUSTED, "the passkey was asked for by another site");
    memcpy(challenge->b, raw.p, raw.n);
    *out_origin = json_get_str(j, S("origin"));
    return OK;
}

static enum err client_data_check(struct arena *a, str text, str type, const struct hash *challenge,
                                  str origin, struct fault *f)
{
    struct hash got;
    str from;

    TRY(client_data_read(a, text, type, &got, &from, f));
    if (!secret_equal(got.b, challenge->b, sizeof got.b))
        return fault(f, ERR_UNTRUSTED, "the passkey signed for something else");
    return str_eq(from, origin)
               ? OK
               : fault(f, ERR_UNTRUSTED, "the passkey was used at another address than %.*s",
                       STR_FMT(origin));
}

/* ---- made --------------------------------------------------------------------------------- */

static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};

static bool cred_read(fido_cred_t *c, int alg, str auth_data)
{
    return fido_cred_set_type(c, alg) == FIDO_OK &&
           fido_cred_set_authdata_raw(c, (const unsigned char *)auth_data.p, auth_data.n) ==
               FIDO_OK;
}

static bool copy_cred(struct arena *a, const fido_cred_t *c, int alg, struct passkey *out)
{
    out->alg = alg;
    out->id = str_copy(a, str_bytes(fido_cred_id_ptr(c), fido_cred_id_len(c)));
    out->key = str_copy(a, str_bytes(fido_cred_pubkey_ptr(c), fido_cred_pubkey_len(c)));
    return out->id.n && out->key.n;
}

static enum err read_cred(struct arena *a, str auth_data, struct passkey *out, struct fault *f)
{
    bool done = false;

    for (size_t i = 0; !done && i < ARRAY_LEN(algorithms); i++) {
        fido_cred_t *c = fido_cred_new();
        TRY_PTR(c, f);
        done = cred_read(c, algorithms[i], auth_data) && copy_cred(a, c, algorithms[i], out);
        fido_cred_free(&c);
    }
    return done ? OK : fault(f, ERR_UNTRUSTED, "no passkey of a kind that is taken here");
}

static bool flags_fit(str auth_data, str rp)
{
    struct hash h = sha256(rp);
    unsigned char need = FLAG_PRESENT | FLAG_VERIFIED;

    return auth_data.n > FLAGS_AT && memcmp(auth_data.p, h.b, sizeof h.b) == 0 &&
           ((unsigned char)auth_data.p[FLAGS_AT] & need) == need;
}

enum err passkey_made(struct arena *a, str client_data, str auth_data, const struct hash *challenge,
                      str rp, str origin, struct passkey *out, struct fault *f)
{
    struct passkey p = {.rp = rp, .origin = origin};

    TRY(client_data_check(a, client_data, S("webauthn.create"), challenge, origin, f));
    if (!flags_fit(auth_data, rp))
        return fault(f, ERR_UNTRUSTED,
                     "the passkey is of another site, or did not ask who uses it");
    TRY(read_cred(a, auth_data, &p, f));
    *out = p;
    return OK;
}

enum err passkey_copy(struct arena *a, const struct passkey *p, struct passkey *out,
                      struct fault *f)
{
    struct passkey c = {.alg = p->alg,
                        .id = str_copy(a, p->id),
                        .key = str_copy(a, p->key),
                        .rp = str_copy(a, p->rp),
                        .origin = str_copy(a, p->origin)};

    TRY_PTR(c.id.p && c.key.p && c.rp.p && c.origin.p, f);
    *out = c;
    return OK;
}

static void put_base64(struct jw *w, str key, str bytes)
{
    AUTO(buf) struct buf b = BUF(1024);

    base64_encode(&b, bytes, BASE64_URL);
    jw_kv(w, key, buf_str(&b));
}

void passkey_write(struct jw *w, const struct passkey *p)
{
    jw_open(w, '{');
    jw_kv_int(w, S("alg"), p->alg);
    put_base64(w, S("id"), p->id);
    put_base64(w, S("key"), p->key);
    jw_kv(w, S("rp"), p->rp);
    jw_kv(w, S("origin"), p->origin);
    jw_close(w, '}');
}

static str get_base64(struct arena *a, const struct json *j, str key)
{
    AUTO(buf) struct buf raw = BUF(1024);

    return base64_decode(&raw, json_get_str(j, key), BASE64_URL) && raw.n
               ? str_copy(a, buf_str(&raw))
               : STR_NONE;
}

enum err passkey_read(struct arena *a, const struct json *j, struct passkey *out, struct fault *f)
{
    struct passkey p = {.alg = json_get_int(j, S("alg"), 0),
                        .id = get_base64(a, j, S("id")),
                        .key = get_base64(a, j, S("key")),
                        .rp = str_copy(a, json_get_str(j, S("rp"))),
                        .origin = str_copy(a, json_get_str(j, S("origin")))};

    if (!p.id.n || !p.key.n || !p.rp.n || !p.origin.n)
        return fault(f, ERR_CORRUPT, "a passkey on record is damaged");
    *out = p;
    return OK;
}

/* ---- assertions --------------------------------------------------------------------------- */

static bool take_part(str *rest, str *out)
{
    if (rest->n < 2)
        return false;
    size_t n = (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
    if (rest->n - 2 < n)
        return false;
    *out = str_sub(*rest, 2, 2 + n);
    *rest = str_sub(*rest, 2 + n, rest->n);
    return true;
}

bool assertion_parse(str bytes, struct assertion *out)
{
    struct assertion s;
    str rest;

    if (!bytes.n || bytes.n > OFFICER_SIGNATURE_MAX || bytes.p[0] != 1)
        return false;
    rest = str_sub(bytes, 1, bytes.n);
    if (!take_part(&rest, &s.id) || !take_part(&rest, &s.auth_data) ||
        !take_part(&rest, &s.client_data) || !take_part(&rest, &s.signature) || rest.n)
        return false;
    *out = s;
    return true;
}

enum err assertion_challenge(struct arena *a, const struct assertion *s, struct hash *out,
                             struct fault *f)
{
    str origin;

    return client_data_read(a, s->client_data, S("webauthn.get"), out, &origin, f);
}

/* The public key as libfido2 wants it; NULL if it is none. */
struct public_key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

static const void *key_read(const struct passkey *p, struct public_key *k)
{
    bool good = false;

    if (p->alg == COSE_ES256 && (k->es256 = es256_pk_new()))
        good = es256_pk_from_ptr(k->es256, p->key.p, p->key.n) == FIDO_OK;
    else if (p->alg == COSE_EDDSA && (k->eddsa = eddsa_pk_new()))
        good = eddsa_pk_from_ptr(k->eddsa, p->key.p, p->key.n) == FIDO_OK;
    else if (p->alg == COSE_RS256 && (k->rs256 = rs256_pk_new()))
        good = rs256_pk_from_ptr(k->rs256, p->key.p, p->key.n) == FIDO_OK;
    const void *any = k->es256   ? (const void *)k->es256
                      : k->eddsa ? (const void *)k->eddsa
                                 : (const void *)k->rs256;
    return good ? any : NULL;
}

static void key_done(struct public_key *k)
{
    es256_pk_free(&k->es256);
    eddsa_pk_free(&k->eddsa);
    rs256_pk_free(&k->rs256);
}

static bool assertion_fill(fido_assert_t *x, const struct assertion *s, const char *rp)
{
    return fido_assert_set_clientdata(x, (const unsigned char *)s->client_data.p,
                                      s->client_data.n) == FIDO_OK &&
           fido_assert_set_rp(x, rp) == FIDO_OK && fido_assert_set_count(x, 1) == FIDO_OK &&
           fido_assert_set_authdata_raw(x, 0, (const unsigned char *)s->auth_data.p,
                                        s->auth_data.n) == FIDO_OK &&
           fido_assert_set_sig(x, 0, (const unsigned char *)s->signature.p, s->signature.n) ==
               FIDO_OK &&
           fido_assert_set_up(x, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_uv(x, FIDO_OPT_TRUE) == FIDO_OK;
}

enum err passkey_check(struct arena *a, const struct passkey *p, const struct assertion *s,
                       const struct hash *challenge, struct fault *f)
{
    const char *rp = str_cstr(a, p->rp);
    struct public_key room = {0};

    TRY_PTR(rp, f);
    if (!str_eq(s->id, p->id))
        return fault(f, ERR_UNTRUSTED, "another passkey signed");
    TRY(client_data_check(a, s->client_data, S("webauthn.get"), challenge, p->origin, f));
    const void *key = key_read(p, &room);
    fido_assert_t *x = fido_assert_new();
    bool good = key && x && assertion_fill(x, s, rp) &&
                fido_assert_verify(x, 0, (int)p->alg, key) == FIDO_OK;
    fido_assert_free(&x);
    key_done(&room);
    return good ? OK : fault(f, ERR_BAD_SIGNATURE, "the passkey's signature does not verify");
}

enum err officer_check(struct arena *a, const struct ed25519_public *key,
                       const struct passkey *list, size_t n, str text,
                       const struct officer_signature *s, struct fault *f)
{
    struct hash challenge = sha256(text);
    struct ed25519_signature plain;
    struct assertion made;

    if (s->n == sizeof plain.b) {
        memcpy(plain.b, s->b, sizeof plain.b);
        return ed25519_verify(key, text, &plain)
                   ? OK
                   : fault(f, ERR_BAD_SIGNATURE, "the signature does not verify");
    }
    if (!assertion_parse(officer_signature_str(s), &made))
        return fault(f, ERR_BAD_SIGNATURE, "that is no signature");
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].id, made.id))
            return passkey_check(a, &list[i], &made, &challenge, f);
    return fault(f, ERR_UNTRUSTED, "the passkey is not registered for this officer");
}
