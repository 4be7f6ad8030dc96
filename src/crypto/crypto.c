#include "crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/buf.h"

/* Fetched once: looking an algorithm up by name costs more than hashing a kilobyte. */
static EVP_MD *md_sha256;
static EVP_CIPHER *cipher_gcm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    md_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    cipher_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!md_sha256 || !cipher_gcm)
        abort();
}

/* A failing library call here means no memory or a broken OpenSSL: nothing may go on. */
static void must(bool ok)
{
    if (!ok)
        abort();
}

/* Contexts live as long as their thread. */
static _Thread_local EVP_MD_CTX *md_ctx;
static _Thread_local EVP_CIPHER_CTX *cipher_ctx;
static pthread_key_t ctx_key;
static pthread_once_t ctx_once = PTHREAD_ONCE_INIT;

static void free_ctx(void *p)
{
    (void)p;
    EVP_MD_CTX_free(md_ctx);
    EVP_CIPHER_CTX_free(cipher_ctx);
    md_ctx = NULL;
    cipher_ctx = NULL;
}

static void make_ctx_key(void)
{
    must(pthread_key_create(&ctx_key, free_ctx) == 0);
}

static void need_ctx(void)
{
    if (md_ctx)
        return;
    pthread_once(&once, fetch);
    pthread_once(&ctx_once, make_ctx_key);
    md_ctx = EVP_MD_CTX_new();
    cipher_ctx = EVP_CIPHER_CTX_new();
    must(md_ctx && cipher_ctx);
    pthread_setspecific(ctx_key, md_ctx);
}

struct hash sha256_parts(const str *parts, size_t n)
{
    struct hash h;

    need_ctx();
    must(EVP_DigestInit_ex2(md_ctx, md_sha256, NULL));
    for (size_t i = 0; i < n; i++)
        must(EVP_DigestUpdate(md_ctx, parts[i].p, parts[i].n));
    must(EVP_DigestFinal_ex(md_ctx, h.b, NULL));
    return h;
}

struct hash sha256(str s)
{
    return sha256_parts(&s, 1);
}

/* RFC 2104 with a key shorter than the block. */
struct hash hmac_sha256(const struct key *k, str s)
{
    uint8_t inner[64] = {0}, outer[64] = {0};

    for (size_t i = 0; i < 64; i++) {
        uint8_t byte = i < sizeof k->b ? k->b[i] : 0;
        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    struct hash h = sha256_parts((str[]){str_bytes(inner, 64), s}, 2);
    h = sha256_parts((str[]){str_bytes(outer, 64), hash_str(&h)}, 2);
    secret_wipe(inner, 64);
    secret_wipe(outer, 64);
    return h;
}

/* RFC 5869 with no salt and one block of output. */
void hkdf_sha256(const struct key *root, str info, struct key *out)
{
    static const struct key no_salt;
    struct hash h = hmac_sha256(&no_salt, str_bytes(root->b, sizeof root->b));
    struct key prk;
    AUTO(buf) struct buf b = BUF(1024);

    memcpy(prk.b, h.b, 32);
    buf_add_str(&b, info);
    buf_add_u8(&b, 1);
    must(buf_ok(&b));
    h = hmac_sha256(&prk, buf_str(&b));
    memcpy(out->b, h.b, 32);
    secret_wipe(&prk, sizeof prk);
    secret_wipe(&h, sizeof h);
}

bool secret_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void secret_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}

void secret_random(void *p, size_t n)
{
    uint8_t *to = p;

    while (n) {
        ssize_t got = getrandom(to, n, 0);
        if (got <= 0)
            abort();
        to += got;
        n -= (size_t)got;
    }
}

enum err seal(struct buf *b, const struct key *k, str ad, str plain, struct fault *f)
{
    int n = 0;
    char *to = buf_extend(b, plain.n + SEAL_OVERHEAD);

    if (!to || plain.n > INT32_MAX)
        return fault(f, ERR_MEMORY_LIMIT, "content too large to seal");
    need_ctx();
    unsigned char *nonce = (unsigned char *)to, *body = nonce + 12, *tag = body + plain.n;
    secret_random(nonce, 12);
    bool ok =
        EVP_EncryptInit_ex2(cipher_ctx, cipher_gcm, k->b, nonce, NULL) &&
        EVP_EncryptUpdate(cipher_ctx, NULL, &n, (const unsigned char *)ad.p, (int)ad.n) &&
        EVP_EncryptUpdate(cipher_ctx, body, &n, (const unsigned char *)plain.p, (int)plain.n) &&
        EVP_EncryptFinal_ex(cipher_ctx, tag, &n) &&
        EVP_CIPHER_CTX_ctrl(cipher_ctx, EVP_CTRL_GCM_GET_TAG, 16, tag);
    return ok ? OK : fault(f, ERR_CRYPTO, "sealing failed");
}

enum err unseal(struct arena *a, const struct key *k, str ad, str sealed, str *out, struct fault *f)
{
    int n = 0;

    if (sealed.n < SEAL_OVERHEAD || sealed.n > INT32_MAX)
        return fault(f, ERR_CORRUPT, "sealed content is cut short");
    size_t len = sealed.n - SEAL_OVERHEAD;
    unsigned char *plain = arena_alloc(a, len + 1);
    TRY_PTR(plain, f);
    need_ctx();
    const unsigned char *in = (const unsigned char *)sealed.p;
    unsigned char tag[16];
    memcpy(tag, in + 12 + len, 16);
    bool ok = EVP_DecryptInit_ex2(cipher_ctx, cipher_gcm, k->b, in, NULL) &&
              EVP_DecryptUpdate(cipher_ctx, NULL, &n, (const unsigned char *)ad.p, (int)ad.n) &&
              EVP_DecryptUpdate(cipher_ctx, plain, &n, in + 12, (int)len) &&
              EVP_CIPHER_CTX_ctrl(cipher_ctx, EVP_CTRL_GCM_SET_TAG, 16, tag) &&
              EVP_DecryptFinal_ex(cipher_ctx, plain + len, &n) > 0;
    if (!ok) {
        secret_wipe(plain, len);
        return fault(f, ERR_CORRUPT, "sealed content does not open");
    }
    *out = str_bytes(plain, len);
    return OK;
}

void ed25519_new(struct ed25519_secret *out)
{
    secret_random(out->b, sizeof out->b);
}

static EVP_PKEY *secret_pkey(const struct ed25519_secret *s)
{
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->b, sizeof s->b);

    must(k);
    return k;
}

struct ed25519_public ed25519_public_of(const struct ed25519_secret *s)
{
    struct ed25519_public p;
    size_t n = sizeof p.b;
    EVP_PKEY *k = secret_pkey(s);

    must(EVP_PKEY_get_raw_public_key(k, p.b, &n));
    EVP_PKEY_free(k);
    return p;
}

struct ed25519_signature ed25519_sign(const struct ed25519_secret *s, str message)
{
    struct ed25519_signature sig = {{0}};
    size_t n = sizeof sig.b;
    EVP_PKEY *k = secret_pkey(s);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    must(ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, k) &&
         EVP_DigestSign(ctx, sig.b, &n, (const unsigned char *)message.p, message.n));
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    return sig;
}

bool ed25519_verify(const struct ed25519_public *p, str message,
                    const struct ed25519_signature *sig)
{
    EVP_PKEY *k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, p->b, sizeof p->b);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = k && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k) &&
              EVP_DigestVerify(ctx, sig->b, sizeof sig->b, (const unsigned char *)message.p,
                               message.n) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    return ok;
}
