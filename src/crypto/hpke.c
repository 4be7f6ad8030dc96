#include "crypto/hpke.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdlib.h>

enum { LABELLED = 1024 };

#define KEM_SUITE str_bytes("KEM\x00\x20", 5)
#define SUITE     str_bytes("HPKE\x00\x20\x00\x01\x00\x02", 10)

/* A failing library call here means no memory or a broken OpenSSL: nothing may go on. */
static void must(bool ok)
{
    if (!ok)
        abort();
}

static EVP_PKEY *secret_pkey(const struct x25519_secret *s)
{
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, s->b, sizeof s->b);

    must(k);
    return k;
}

void x25519_new(struct x25519_secret *out)
{
    secret_random(out->b, sizeof out->b);
}

static struct x25519_public public_of(const EVP_PKEY *k)
{
    struct x25519_public p;
    size_t n = sizeof p.b;

    must(EVP_PKEY_get_raw_public_key(k, p.b, &n));
    return p;
}

struct x25519_public x25519_public_of(const struct x25519_secret *s)
{
    EVP_PKEY *k = secret_pkey(s);
    struct x25519_public p = public_of(k);

    EVP_PKEY_free(k);
    return p;
}

/* RFC 7748, section 6.1; *out_own is the public half of our own. False where the shared secret
 * would be all zeros. */
static bool agree(const struct x25519_secret *own, const struct x25519_public *other,
                  struct x25519_public *out_own, struct key *out)
{
    EVP_PKEY *mine = secret_pkey(own); /* computes the public half: it is asked for once only */
    EVP_PKEY *theirs =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, other->b, sizeof other->b);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
    size_t n = sizeof out->b;

    must(theirs && ctx && EVP_PKEY_derive_init(ctx) == 1 &&
         EVP_PKEY_derive_set_peer(ctx, theirs) == 1);
    bool agreed = EVP_PKEY_derive(ctx, out->b, &n) == 1 && n == sizeof out->b;
    *out_own = public_of(mine);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(mine);
    return agreed;
}

/* RFC 9180, section 4: LabeledExtract with SHA-256. */
static struct key extract(const struct key *salt, str suite, str label, str secret)
{
    AUTO(buf) struct buf b = BUF(LABELLED);
    static const struct key none;
    struct key out;

    buf_add_str(&b, S("HPKE-v1"));
    buf_add_str(&b, suite);
    buf_add_str(&b, label);
    buf_add_str(&b, secret);
    must(buf_ok(&b));
    struct hash h = hmac_sha256(salt ? salt : &none, buf_str(&b));
    memcpy(out.b, h.b, sizeof out.b);
    secret_wipe(&h, sizeof h);
    secret_wipe(b.p, b.n);
    return out;
}

/* RFC 9180, section 4: LabeledExpand of at most one block, which is all that this suite asks. */
static void expand(const struct key *from, str suite, str label, str info, uint8_t *out, size_t n)
{
    AUTO(buf) struct buf b = BUF(LABELLED);

    buf_add_u8(&b, 0);
    buf_add_u8(&b, (uint8_t)n);
    buf_add_str(&b, S("HPKE-v1"));
    buf_add_str(&b, suite);
    buf_add_str(&b, label);
    buf_add_str(&b, info);
    buf_add_u8(&b, 1);
    must(buf_ok(&b));
    struct hash h = hmac_sha256(from, buf_str(&b));
    memcpy(out, h.b, n);
    secret_wipe(&h, sizeof h);
}

static const struct hpke_psk base_mode;

/* Section 4.1, ExtractAndExpand, and section 5.1, KeySchedule; its mode is 0 (base) or 1 (psk). */
static void schedule(const struct key *dh, const struct x25519_public *enc,
                     const struct x25519_public *to, const struct hpke_psk *psk, str info,
                     struct hpke *out)
{
    struct key purpose = extract(NULL, SUITE, S("info_hash"), info);
    struct key psk_id = extract(NULL, SUITE, S("psk_id_hash"), psk->id);
    str shared_before = psk->key ? str_bytes(psk->key->b, sizeof psk->key->b) : STR_NONE;
    uint8_t both[64], context[65] = {psk->key != NULL};
    struct key prk, shared, secret;

    memcpy(both, enc->b, 32);
    memcpy(both + 32, to->b, 32);
    prk = extract(NULL, KEM_SUITE, S("eae_prk"), str_bytes(dh->b, sizeof dh->b));
    expand(&prk, KEM_SUITE, S("shared_secret"), str_bytes(both, sizeof both), shared.b, 32);
    memcpy(context + 1, psk_id.b, 32);
    memcpy(context + 33, purpose.b, 32);
    secret = extract(&shared, SUITE, S("secret"), shared_before);
    expand(&secret, SUITE, S("key"), str_bytes(context, sizeof context), out->key.b, 32);
    expand(&secret, SUITE, S("base_nonce"), str_bytes(context, sizeof context), out->nonce, 12);
    out->sequence = 0;
    secret_wipe(&prk, sizeof prk);
    secret_wipe(&shared, sizeof shared);
    secret_wipe(&secret, sizeof secret);
}

static enum err sender(const struct x25519_secret *ephemeral, const struct x25519_public *to,
                       const struct hpke_psk *psk, str info, struct x25519_public *out_enc,
                       struct hpke *out, struct fault *f)
{
    struct key dh;

    if (info.n > LABELLED / 2 || psk->id.n > LABELLED / 2)
        return fault(f, ERR_LIMIT, "the purpose is too long");
    if (!agree(ephemeral, to, out_enc, &dh))
        return fault(f, ERR_CRYPTO, "no secret can be agreed with this key");
    schedule(&dh, out_enc, to, psk, info, out);
    secret_wipe(&dh, sizeof dh);
    return OK;
}

enum err hpke_sender_psk_with(const struct x25519_secret *ephemeral, const struct x25519_public *to,
                              const struct hpke_psk *psk, str info, struct hpke *out,
                              struct fault *f)
{
    struct x25519_public enc;

    return sender(ephemeral, to, psk, info, &enc, out, f);
}

enum err hpke_sender_with(const struct x25519_secret *ephemeral, const struct x25519_public *to,
                          str info, struct hpke *out, struct fault *f)
{
    return hpke_sender_psk_with(ephemeral, to, &base_mode, info, out, f);
}

enum err hpke_sender_psk(const struct x25519_public *to, const struct hpke_psk *psk, str info,
                         struct x25519_public *out_enc, struct hpke *out, struct fault *f)
{
    struct x25519_secret ephemeral;

    x25519_new(&ephemeral);
    enum err e = sender(&ephemeral, to, psk, info, out_enc, out, f);
    secret_wipe(&ephemeral, sizeof ephemeral);
    return e;
}

enum err hpke_sender(const struct x25519_public *to, str info, struct x25519_public *out_enc,
                     struct hpke *out, struct fault *f)
{
    return hpke_sender_psk(to, &base_mode, info, out_enc, out, f);
}

enum err hpke_receiver_psk(const struct x25519_secret *own, const struct x25519_public *enc,
                           const struct hpke_psk *psk, str info, struct hpke *out, struct fault *f)
{
    struct x25519_public public;
    struct key dh;

    if (info.n > LABELLED / 2 || psk->id.n > LABELLED / 2)
        return fault(f, ERR_LIMIT, "the purpose is too long");
    if (!agree(own, enc, &public, &dh))
        return fault(f, ERR_CRYPTO, "no secret can be agreed with this key");
    schedule(&dh, enc, &public, psk, info, out);
    secret_wipe(&dh, sizeof dh);
    return OK;
}

enum err hpke_receiver(const struct x25519_secret *own, const struct x25519_public *enc, str info,
                       struct hpke *out, struct fault *f)
{
    return hpke_receiver_psk(own, enc, &base_mode, info, out, f);
}

/* Section 5.2, ComputeNonce. */
static void nonce_of(const struct hpke *h, uint8_t out[12])
{
    memcpy(out, h->nonce, 12);
    for (unsigned i = 0; i < 8; i++)
        out[11 - i] ^= (uint8_t)(h->sequence >> (8 * i));
}

/* One piece; the tag is written when sealing and compared when opening. */
static bool piece(const struct hpke *h, bool sealing, str ad, str in, uint8_t *out, uint8_t tag[16])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t nonce[12], rest[16];
    int n = 0;

    must(ctx);
    nonce_of(h, nonce);
    bool ok = EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, h->key.b, nonce, sealing) == 1 &&
              (!ad.n || EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)ad.p, (int)ad.n) == 1) &&
              (!in.n || EVP_CipherUpdate(ctx, out, &n, (const uint8_t *)in.p, (int)in.n) == 1) &&
              (sealing || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, HPKE_TAG, tag) == 1) &&
              EVP_CipherFinal_ex(ctx, rest, &n) == 1 &&
              (!sealing || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, HPKE_TAG, tag) == 1);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static enum err room(struct hpke *h, str ad, size_t n, struct buf *b, uint8_t **out,
                     struct fault *f)
{
    if (n > INT32_MAX || ad.n > INT32_MAX || h->sequence == UINT64_MAX)
        return fault(f, ERR_LIMIT, "too much for one sealing");
    *out = (uint8_t *)buf_extend(b, n);
    return *out ? OK : fault(f, ERR_MEMORY_LIMIT, "no room for what is sealed");
}

enum err hpke_seal(struct hpke *h, str ad, str plain, struct buf *b, struct fault *f)
{
    uint8_t *to;

    TRY(room(h, ad, plain.n + HPKE_TAG, b, &to, f));
    must(piece(h, true, ad, plain, to, to + plain.n));
    h->sequence++;
    return OK;
}

enum err hpke_open(struct hpke *h, str ad, str sealed, struct buf *b, struct fault *f)
{
    uint8_t tag[HPKE_TAG], *to;

    if (sealed.n < HPKE_TAG)
        return fault(f, ERR_CORRUPT, "sealed content is cut short");
    size_t n = sealed.n - HPKE_TAG;
    TRY(room(h, ad, n, b, &to, f));
    memcpy(tag, sealed.p + n, HPKE_TAG);
    if (!piece(h, false, ad, str_sub(sealed, 0, n), to, tag)) {
        secret_wipe(to, n);
        b->n -= n;
        return fault(f, ERR_CORRUPT, "sealed content does not open");
    }
    h->sequence++;
    return OK;
}
