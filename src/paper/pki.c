/* pki.c - ECDSA and X.509 with OpenSSL */
#include "paper/pki.h"

#include <inttypes.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static enum err crypto_fault(struct fault *f, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *why = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    return fault(f, ERR_CRYPTO, "%s: %s", what, why ? why : "failed");
}

/* --- signatures -------------------------------------------------------------------------- */

/* The hash that fits the key's curve, and the bytes of its field; NULL for other keys. */
static const EVP_MD *hash_of(EVP_PKEY *key, size_t *out_field)
{
    int bits = EVP_PKEY_is_a(key, "EC") ? EVP_PKEY_get_bits(key) : 0;

    if (bits < 192 || bits > 521)
        return NULL;
    *out_field = ((size_t)bits + 7) / 8;
    return bits <= 224   ? EVP_sha224()
           : bits <= 256 ? EVP_sha256()
           : bits <= 384 ? EVP_sha384()
                         : EVP_sha512();
}

/* DER to r||s. */
static bool add_raw(struct buf *out, const uint8_t *der, size_t n, size_t field)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
    uint8_t raw[2 * 66];
    bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)field) == (int)field &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + field, (int)field) == (int)field;

    if (ok)
        buf_add(out, raw, 2 * field);
    ECDSA_SIG_free(sig);
    return ok && buf_ok(out);
}

enum err pki_sign(EVP_PKEY *key, str message, struct buf *out, struct fault *f)
{
    size_t field, n;
    const EVP_MD *md = hash_of(key, &field);
    uint8_t der[160];

    if (!md)
        return fault(f, ERR_CRYPTO, "seals are signed with a key on an elliptic curve");
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    n = sizeof der;
    bool ok = c && EVP_DigestSignInit(c, NULL, md, NULL, key) == 1 &&
              EVP_DigestSign(c, der, &n, (const uint8_t *)message.p, message.n) == 1 &&
              add_raw(out, der, n, field);
    EVP_MD_CTX_free(c);
    return ok ? OK : crypto_fault(f, "signing a seal");
}

enum err pki_sign_with(void *ctx, str message, struct buf *out, struct fault *f)
{
    return pki_sign(ctx, message, out, f);
}

/* r||s to DER; owned by the caller (OPENSSL_free), NULL if it is none. */
static uint8_t *der_of(str raw, size_t field, size_t *out_n)
{
    const uint8_t *p = (const uint8_t *)raw.p;
    uint8_t *der = NULL;

    if (raw.n != 2 * field)
        return NULL;
    BIGNUM *r = BN_bin2bn(p, (int)field, NULL), *s = BN_bin2bn(p + field, (int)field, NULL);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    if (r && s && sig && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* theirs now */
        int n = i2d_ECDSA_SIG(sig, &der);
        *out_n = n > 0 ? (size_t)n : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return der;
}

bool pki_verify(EVP_PKEY *key, str message, str signature)
{
    size_t field, n = 0;
    const EVP_MD *md = hash_of(key, &field);
    uint8_t *der = md ? der_of(signature, field, &n) : NULL;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = der && c && EVP_DigestVerifyInit(c, NULL, md, NULL, key) == 1 &&
              EVP_DigestVerify(c, der, n, (const uint8_t *)message.p, message.n) == 1;

    EVP_MD_CTX_free(c);
    OPENSSL_free(der);
    ERR_clear_error();
    return ok;
}

/* --- certificates ------------------------------------------------------------------------ */

EVP_PKEY *pki_key_new(void)
{
    return EVP_EC_gen("P-256");
}

void pki_reference(uint64_t serial, char out[17])
{
    snprintf(out, 17, "%" PRIX64, serial);
}

static bool name_add(X509_NAME *n, const char *key, const char *value)
{
    return !value || X509_NAME_add_entry_by_txt(n, key, MBSTRING_UTF8, (const unsigned char *)value,
                                                -1, -1, 0) == 1;
}

static bool set_name(X509 *x, const struct pki_name *name)
{
    X509_NAME *n = X509_get_subject_name(x);

    return name_add(n, "C", name->country) && name_add(n, "O", name->organisation) &&
           name_add(n, "CN", name->common_name);
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX c;

    X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    bool ok = e && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return ok;
}

/* What both kinds have in common. */
static X509 *certificate_new(EVP_PKEY *key, const struct pki_name *name, uint64_t serial,
                             const struct pki_validity *v)
{
    X509 *x = X509_new();

    if (x && X509_set_version(x, X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) == 1 &&
        X509_set_pubkey(x, key) == 1 && set_name(x, name) &&
        ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(v->from_ms / 1000)) &&
        ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(v->to_ms / 1000)))
        return x;
    X509_free(x);
    return NULL;
}

static bool add_der(struct buf *out, X509 *x)
{
    uint8_t *der = NULL;
    int n = i2d_X509(x, &der);

    if (n > 0)
        buf_add(out, der, (size_t)n);
    OPENSSL_free(der);
    return n > 0 && buf_ok(out);
}

static enum err check_input(const struct pki_name *name, const struct pki_validity *v,
                            struct fault *f)
{
    if (!name->country || strlen(name->country) != 2)
        return fault_at(f, ERR_INVALID, "/country", "a state has two letters here");
    if (!name->common_name || !name->common_name[0])
        return fault_at(f, ERR_INVALID, "/common_name", "the name is missing");
    if (v->from_ms >= v->to_ms)
        return fault_at(f, ERR_INVALID, "/validity", "the certificate would never be valid");
    return OK;
}

enum err pki_authority_new(EVP_PKEY *key, const struct pki_name *name, const struct pki_validity *v,
                           struct buf *out, struct fault *f)
{
    size_t field;
    const EVP_MD *md = hash_of(key, &field);

    TRY(check_input(name, v, f));
    if (!md)
        return fault(f, ERR_CRYPTO, "the authority's key is not on an elliptic curve");
    X509 *x = certificate_new(key, name, 1, v);
    bool ok = x && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
              add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
              add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
              add_extension(x, x, NID_subject_key_identifier, "hash") &&
              add_extension(x, x, NID_authority_key_identifier, "keyid:always") &&
              X509_sign(x, key, md) > 0 && add_der(out, x);
    X509_free(x);
    return ok ? OK : crypto_fault(f, "the authority's certificate");
}

enum err pki_signer_new(EVP_PKEY *authority_key, str authority_der, EVP_PKEY *signer,
                        const struct pki_name *name, uint64_t serial, const struct pki_validity *v,
                        struct buf *out, struct fault *f)
{
    const uint8_t *p = (const uint8_t *)authority_der.p;
    size_t field;
    const EVP_MD *md = hash_of(authority_key, &field);

    TRY(check_input(name, v, f));
    if (strlen(name->common_name) != 2 || serial == 0)
        return fault_at(f, ERR_INVALID, "/common_name",
                        "a signer is named with two characters and numbered from one");
    X509 *ca = d2i_X509(NULL, &p, (long)authority_der.n);
    X509 *x = ca ? certificate_new(signer, name, serial, v) : NULL;
    bool ok = x && md && X509_check_private_key(ca, authority_key) == 1 &&
              X509_set_issuer_name(x, X509_get_subject_name(ca)) == 1 &&
              add_extension(x, ca, NID_key_usage, "critical,digitalSignature") &&
              add_extension(x, ca, NID_subject_key_identifier, "hash") &&
              add_extension(x, ca, NID_authority_key_identifier, "keyid:always") &&
              X509_sign(x, authority_key, md) > 0 && add_der(out, x);
    X509_free(x);
    X509_free(ca);
    return ok ? OK : crypto_fault(f, "the signer's certificate");
}
