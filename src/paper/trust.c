/* trust.c - trust lists and the check of a seal against them */
#include "paper/trust_int.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/encode.h"
#include "base/world.h"
#include "base/mrz.h"
#include "paper/pki.h"

#define LIST_MAX  (size_t)(64 << 20) /* memory for parsing one */
#define CERTS_MAX 20000
#define DAY_MS    INT64_C(86400000)

/* --- certificates ------------------------------------------------------------------------ */

/* Base64 of DER, or PEM; NULL if neither. */
static X509 *certificate_of(str text)
{
    AUTO(buf) struct buf der = BUF(64 << 10);
    X509 *x = NULL;

    if (str_starts(str_trim(text), S("-----BEGIN"))) {
        BIO *b = BIO_new_mem_buf(text.p, (int)text.n);
        x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
        BIO_free(b);
    } else if (base64_decode(&der, text, BASE64_STD) && buf_ok(&der)) {
        const uint8_t *p = (const uint8_t *)der.p;
        x = d2i_X509(NULL, &p, (long)der.n);
    }
    ERR_clear_error();
    return x;
}

static bool name_part(const X509 *x, int nid, char out[8])
{
    X509_NAME *n = X509_get_subject_name(x);
    int n_bytes = X509_NAME_get_text_by_NID(n, nid, out, 8);

    for (char *p = out; n_bytes > 0 && *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return n_bytes == 2;
}

/* C || CN || serial in hex; false for subjects that name no signer. */
static bool reference_of(X509 *x, char out[REFERENCE_ROOM])
{
    char country[8], name[8];
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = serial ? BN_bn2hex(serial) : NULL;
    const char *p = hex ? hex : "";

    while (p[0] == '0' && p[1])
        p++;
    bool ok = hex && name_part(x, NID_countryName, country) && name_part(x, NID_commonName, name) &&
              snprintf(out, REFERENCE_ROOM, "%s%s%s", country, name, p) < REFERENCE_ROOM;
    OPENSSL_free(hex);
    BN_free(serial);
    return ok;
}

static int64_t ms_of(const ASN1_TIME *t)
{
    struct tm tm;

    return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) * 1000 : 0;
}

static bool valid_at(const X509 *x, int64_t ms)
{
    return ms_of(X509_get0_notBefore(x)) <= ms && ms <= ms_of(X509_get0_notAfter(x));
}

/* --- parsing ----------------------------------------------------------------------------- */

static enum err item_fault(struct fault *f, enum err e, const char *list, uint32_t i,
                           const char *why)
{
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/%s/%u", list, i);
    return fault_at(f, e, pointer, "%s", why);
}

static enum err add_authority(struct trust *t, const struct json *item, uint32_t i, struct fault *f)
{
    str state = json_get_str(item, S("state"));
    X509 *x = certificate_of(json_get_str(item, S("certificate")));
    struct authority *to = &t->authorities[t->n_authorities];

    if (!x || state.n == 0 || state.n > 3 || !name_part(x, NID_countryName, to->country)) {
        X509_free(x);
        return item_fault(f, ERR_INVALID, "authorities", i, "state or certificate is wrong");
    }
    memcpy(to->state, state.p, state.n);
    to->state[state.n] = 0;
    to->x = x;
    t->n_authorities++;
    if (X509_check_ca(x) != 1 || X509_check_issued(x, x) != X509_V_OK ||
        X509_verify(x, X509_get0_pubkey(x)) != 1)
        return item_fault(f, ERR_UNTRUSTED, "authorities", i, "no self-signed authority");
    return OK;
}

static enum err add_signer(struct trust *t, const struct json *item, uint32_t i, struct fault *f)
{
    X509 *x = certificate_of(json_get_str(item, S("certificate")));
    struct signer *to = &t->signers[t->n_signers];

    if (!x || !reference_of(x, to->reference)) {
        X509_free(x);
        return item_fault(f, ERR_INVALID, "signers", i, "the certificate is wrong");
    }
    to->x = x;
    t->n_signers++;
    return OK;
}

static int by_reference(const void *a, const void *b)
{
    const struct signer *x = a, *y = b;

    return strcmp(x->reference, y->reference);
}

static enum err fill(struct trust *t, const struct json *j, struct fault *f)
{
    const struct json *authorities = json_get(j, S("authorities"));
    const struct json *signers = json_get(j, S("signers"));

    if (!str_eq(json_get_str(j, S("format")), S("sifara-trust-list/1")) ||
        !json_is(authorities, J_ARRAY) || !json_is(signers, J_ARRAY))
        return fault(f, ERR_SCHEMA, "this is no trust list");
    if (authorities->n > CERTS_MAX || signers->n > CERTS_MAX)
        return fault(f, ERR_LIMIT, "the list is too long");
    t->authorities = calloc(authorities->n + 1, sizeof *t->authorities);
    t->signers = calloc(signers->n + 1, sizeof *t->signers);
    if (!t->authorities || !t->signers)
        return fault(f, ERR_MEMORY, "no memory for a trust list");
    for (uint32_t i = 0; i < authorities->n; i++)
        TRY(add_authority(t, &authorities->items[i], i, f));
    for (uint32_t i = 0; i < signers->n; i++)
        TRY(add_signer(t, &signers->items[i], i, f));
    qsort(t->signers, t->n_signers, sizeof *t->signers, by_reference);
    return OK;
}

enum err trust_parse(str text, struct trust **out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(LIST_MAX);
    struct trust *t = calloc(1, sizeof *t);
    struct json *j;

    if (!a || !t) {
        free(t);
        return fault(f, ERR_MEMORY, "no memory for a trust list");
    }
    enum err e = json_parse(a, text, &json_limits_wide, &j, f);
    if (e == OK)
        e = fill(t, j, f);
    if (e != OK) {
        trust_free(t);
        return e;
    }
    *out = t;
    return OK;
}

void trust_free(struct trust *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_authorities; i++)
        X509_free(t->authorities[i].x);
    for (size_t i = 0; i < t->n_signers; i++)
        X509_free(t->signers[i].x);
    free(t->authorities);
    free(t->signers);
    free(t);
}

bool trust_is_of(const struct trust *t, str country, str *out)
{
    for (size_t i = 0; i < t->n_authorities; i++)
        if (!str_eq(str_of(t->authorities[i].country), country) ||
            strcmp(t->authorities[i].state, t->authorities[0].state) != 0)
            return false;
    for (size_t i = 0; i < t->n_signers; i++)
        if (!str_starts(str_of(t->signers[i].reference), country))
            return false;
    if (t->n_authorities == 0)
        return false;
    *out = str_of(t->authorities[0].state);
    return true;
}

/* --- writing ----------------------------------------------------------------------------- */

static void json_time(struct jw *w, str key, int64_t ms)
{
    char text[32];

    time_format(ms, text);
    jw_kv(w, key, str_of(text));
}

static bool json_certificate(struct jw *w, str der)
{
    AUTO(buf) struct buf text = BUF(64 << 10);

    base64_encode(&text, der, BASE64_STD);
    jw_kv(w, S("certificate"), buf_str(&text));
    return buf_ok(&text);
}

static enum err write_signer(struct jw *w, str der, uint32_t i, struct fault *f)
{
    const uint8_t *p = (const uint8_t *)der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    char reference[REFERENCE_ROOM];

    if (!x || !reference_of(x, reference)) {
        X509_free(x);
        ERR_clear_error();
        return item_fault(f, ERR_INVALID, "signers", i, "the certificate is wrong");
    }
    jw_open(w, '{');
    jw_kv(w, S("reference"), str_of(reference));
    json_certificate(w, der);
    json_time(w, S("not_before"), ms_of(X509_get0_notBefore(x)));
    json_time(w, S("not_after"), ms_of(X509_get0_notAfter(x)));
    jw_close(w, '}');
    X509_free(x);
    return OK;
}

enum err trust_write(struct jw *w, int64_t issued_ms, const struct trust_authority *authorities,
                     size_t n, const str *signer_ders, size_t signers, struct fault *f)
{
    jw_open(w, '{');
    jw_kv(w, S("format"), S("sifara-trust-list/1"));
    json_time(w, S("issued"), issued_ms);
    jw_key(w, S("authorities"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        jw_open(w, '{');
        jw_kv(w, S("state"), authorities[i].state);
        if (!json_certificate(w, authorities[i].der))
            return item_fault(f, ERR_INVALID, "authorities", (uint32_t)i, "too large");
        jw_close(w, '}');
    }
    jw_close(w, ']');
    jw_key(w, S("signers"));
    jw_open(w, '[');
    for (size_t i = 0; i < signers; i++)
        TRY(write_signer(w, signer_ders[i], (uint32_t)i, f));
    jw_close(w, ']');
    jw_close(w, '}');
    return OK;
}

/* --- verdicts ---------------------------------------------------------------------------- */

const char *seal_verdict_name(enum seal_verdict v)
{
    switch (v) {
    case SEAL_VALID:
        return "valid";
    case SEAL_BAD_SIGNATURE:
        return "bad-signature";
    case SEAL_UNKNOWN_SIGNER:
        return "unknown-signer";
    case SEAL_UNTRUSTED_SIGNER:
        return "untrusted-signer";
    case SEAL_SIGNER_EXPIRED:
        return "signer-expired";
    case SEAL_REVOKED:
        return "revoked";
    }
    return "";
}

static int64_t ms_of_date(struct vds_date d)
{
    struct tm tm = {.tm_year = d.year - 1900, .tm_mon = d.month - 1, .tm_mday = d.day};

    return (int64_t)timegm(&tm) * 1000;
}

/* The authority of the seal's state that issued this certificate; NULL if none did. The two-letter
 * codes must agree as well: an authority signs for its own state only. */
static const struct authority *authority_over(const struct trust *t, const struct vds *v, X509 *x)
{
    for (size_t i = 0; i < t->n_authorities; i++) {
        const struct authority *a = &t->authorities[i];
        if (strcmp(a->state, v->country) == 0 && memcmp(a->country, v->signer, 2) == 0 &&
            X509_check_issued(a->x, x) == X509_V_OK && X509_verify(x, X509_get0_pubkey(a->x)) == 1)
            return a;
    }
    ERR_clear_error();
    return NULL;
}

static bool revoked(const struct vds *v, const struct revocations *r)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    char id[33];
    struct mrz m;
    struct mrz_wrong w;

    if (!r || !str_eq(revocations_state(r), str_of(v->country)))
        return false;
    vds_id(v, id);
    if (revocations_has(r, id))
        return true;
    str number = a ? vds_text(v, S("DOCUMENT_NUMBER"), a) : STR_NONE;
    str zone = a ? vds_text(v, S("MRZ"), a) : STR_NONE;
    if (!number.p && zone.p && mrz_read(zone, &m, &w, NULL) == OK)
        number = str_of(m.number);
    if (!number.p)
        return false;
    revocation_document_id(str_of(v->country), number, id);
    return revocations_has(r, id);
}

/* A seal knows the day it was signed, a certificate the second: the whole day counts. */
static bool in_time(const X509 *x, const struct vds *v, int64_t now_ms)
{
    int64_t day = ms_of_date(v->signed_on);

    return (valid_at(x, day) || valid_at(x, day + DAY_MS - 1)) && valid_at(x, now_ms) &&
           day <= now_ms + DAY_MS;
}

enum seal_verdict seal_check(const struct vds *v, const struct trust *t,
                             const struct revocations *r, int64_t now_ms)
{
    struct signer key;
    char reference[VDS_REFERENCE + 8];

    vds_signer_reference(v, reference);
    if (strlen(reference) >= sizeof key.reference)
        return SEAL_UNKNOWN_SIGNER;
    strcpy(key.reference, reference);
    const struct signer *s =
        bsearch(&key, t->signers, t->n_signers, sizeof *t->signers, by_reference);
    if (!s)
        return SEAL_UNKNOWN_SIGNER;
    const struct authority *a = authority_over(t, v, s->x);
    if (!a)
        return SEAL_UNTRUSTED_SIGNER;
    EVP_PKEY *public_key = X509_get0_pubkey(s->x);
    if (!public_key || !pki_verify(public_key, v->signed_part, v->signature))
        return SEAL_BAD_SIGNATURE;
    if (!in_time(s->x, v, now_ms) || !in_time(a->x, v, now_ms))
        return SEAL_SIGNER_EXPIRED;
    return revoked(v, r) ? SEAL_REVOKED : SEAL_VALID;
}

/* "YYYY-MM-DD" as the first moment of that day; false otherwise. */
static bool day_of(str text, int64_t *out)
{
    int64_t y, m, d;

    if (text.n != 10 || !str_to_int64(str_sub(text, 0, 4), &y) ||
        !str_to_int64(str_sub(text, 5, 7), &m) || !str_to_int64(str_sub(text, 8, 10), &d))
        return false;
    *out = ms_of_date((struct vds_date){(uint16_t)y, (uint8_t)m, (uint8_t)d});
    return true;
}

/* A zone has two digits of the year: expiry dates lie around the present one. */
static bool zone_expiry(str zone, int64_t now_ms, int64_t *out)
{
    struct mrz m;
    struct mrz_wrong w;
    int64_t v;
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;

    if (!zone.p || mrz_read(zone, &m, &w, NULL) != OK || !str_to_int64(str_of(m.expiry), &v) ||
        !gmtime_r(&now, &tm))
        return false;
    int year = (tm.tm_year + 1900) / 100 * 100 + (int)(v / 10000);
    year += year > tm.tm_year + 1900 + 50 ? -100 : year < tm.tm_year + 1900 - 50 ? 100 : 0;
    *out =
        ms_of_date((struct vds_date){(uint16_t)year, (uint8_t)(v / 100 % 100), (uint8_t)(v % 100)});
    return true;
}

bool seal_document_outdated(const struct vds *v, int64_t now_ms)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    int64_t day;

    if (!a)
        return false;
    str both = vds_text(v, S("VALIDITY_DATES"), a);
    ptrdiff_t at = str_find(both, S(" - "));
    str from = at < 0 ? both : str_sub(both, 0, (size_t)at);
    str to = at < 0 ? STR_NONE : str_sub(both, (size_t)at + 3, both.n);
    if (!from.p)
        from = vds_text(v, S("VALID_FROM"), a);
    if (!to.p)
        to = vds_text(v, S("VALID_TO"), a);
    if (day_of(from, &day) && now_ms < day)
        return true;
    if (day_of(to, &day))
        return now_ms >= day + DAY_MS;
    return zone_expiry(vds_text(v, S("MRZ"), a), now_ms, &day) && now_ms >= day + DAY_MS;
}
