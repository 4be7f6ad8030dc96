/* revocations.c - lists of revoked seals and documents: written, verified, looked up */
#include "paper/trust_int.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/world.h"
#include "paper/pki.h"

#define LIST_MAX    (size_t)(256 << 20) /* memory for parsing one */
#define ENTRIES_MAX 1000000

struct revocations {
    char state[4];
    int64_t number;
    size_t n;
    uint8_t (*ids)[16]; /* sorted */
};

void revocation_document_id(str state, str number, char out[33])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    AUTO(buf) struct buf text = BUF(1 << 12);

    buf_add_str(&text, state);
    buf_add_char(&text, '|');
    buf_add_str(&text, number);
    SHA256((const uint8_t *)buf_str(&text).p, text.n, digest);
    hex_encode(digest, 16, out);
}

/* --- writing ----------------------------------------------------------------------------- */

static enum err write_entry(struct jw *w, const struct revocation *r, struct fault *f)
{
    uint8_t id[16];
    char date[16];

    if (!hex_decode(r->id, id, sizeof id))
        return fault_at(f, ERR_INVALID, "/revoked", "an id has 32 hexadecimal digits");
    snprintf(date, sizeof date, "%04u-%02u-%02u", r->date.year % 10000u, r->date.month % 100u,
             r->date.day % 100u);
    jw_open(w, '{');
    jw_kv(w, r->document ? S("document") : S("seal"), r->id);
    jw_kv(w, S("date"), str_of(date));
    jw_close(w, '}');
    return OK;
}

/* The list, with its signature unless that is empty. */
static enum err write_list(struct jw *w, str state, int64_t number, int64_t issued_ms,
                           const struct revocation *list, size_t n, str signature, struct fault *f)
{
    char issued[32];

    time_format(issued_ms, issued);
    jw_open(w, '{');
    jw_kv(w, S("format"), S("sifara-revocations/1"));
    jw_kv(w, S("state"), state);
    jw_kv_int(w, S("number"), number);
    jw_kv(w, S("issued"), str_of(issued));
    jw_key(w, S("revoked"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++)
        TRY(write_entry(w, &list[i], f));
    jw_close(w, ']');
    if (signature.n)
        jw_kv(w, S("signature"), signature);
    jw_close(w, '}');
    return OK;
}

enum err revocations_write(str state, int64_t number, int64_t issued_ms,
                           const struct revocation *list, size_t n, vds_sign_fn *sign, void *ctx,
                           struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(LIST_MAX);
    AUTO(buf) struct buf text = BUF(LIST_MAX);
    AUTO(buf) struct buf canonical = BUF(LIST_MAX);
    AUTO(buf) struct buf raw = BUF(VDS_SIGNATURE);
    AUTO(buf) struct buf signature = BUF(2 * VDS_SIGNATURE);
    struct jw w = JW(&text);
    struct json *j;

    if (!a)
        return fault(f, ERR_MEMORY, "no memory for a revocation list");
    TRY(write_list(&w, state, number, issued_ms, list, n, S(""), f));
    TRY(json_parse(a, buf_str(&text), &json_limits_wide, &j, f));
    TRY(json_canonical(&canonical, j, a, f));
    TRY(sign(ctx, buf_str(&canonical), &raw, f));
    base64_encode(&signature, buf_str(&raw), BASE64_STD);
    struct jw signed_list = JW(out);
    TRY(write_list(&signed_list, state, number, issued_ms, list, n, buf_str(&signature), f));
    return buf_ok(out) && buf_ok(&signature) ? OK
                                             : fault(f, ERR_MEMORY_LIMIT, "the list is too long");
}

/* --- reading ----------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

/* The RFC 8785 form of the object without its signature. */
static enum err signed_text(const struct json *j, struct arena *a, struct buf *out, struct fault *f)
{
    struct json rest = {.type = J_OBJECT};

    for (uint32_t i = 0; i < j->n; i++)
        if (!str_eq(j->members[i].key, S("signature")) &&
            !json_put(a, &rest, j->members[i].key, j->members[i].value))
            return fault(f, ERR_MEMORY_LIMIT, "the list is too long");
    return json_canonical(out, &rest, a, f);
}

static enum err check_signature(const struct json *j, const struct trust *t, struct arena *a,
                                struct fault *f)
{
    AUTO(buf) struct buf text = BUF(LIST_MAX);
    AUTO(buf) struct buf signature = BUF(2 * VDS_SIGNATURE);
    str state = json_get_str(j, S("state"));
    bool known = false;

    if (!base64_decode(&signature, json_get_str(j, S("signature")), BASE64_STD))
        return fault_at(f, ERR_BAD_SIGNATURE, "/signature", "this is no signature");
    TRY(signed_text(j, a, &text, f));
    for (size_t i = 0; i < t->n_authorities; i++) {
        if (!str_eq(str_of(t->authorities[i].state), state))
            continue;
        known = true;
        EVP_PKEY *key = X509_get0_pubkey(t->authorities[i].x);
        if (key && pki_verify(key, buf_str(&text), buf_str(&signature)))
            return OK;
    }
    return known ? fault_at(f, ERR_BAD_SIGNATURE, "/signature", "the signature does not verify")
                 : fault_at(f, ERR_UNTRUSTED, "/state", "the state is not on the trust list");
}

static enum err fill(struct revocations *r, const struct json *j, struct fault *f)
{
    const struct json *list = json_get(j, S("revoked"));
    str state = json_get_str(j, S("state"));

    if (!str_eq(json_get_str(j, S("format")), S("sifara-revocations/1")) ||
        !json_is(list, J_ARRAY) || state.n == 0 || state.n > 3)
        return fault(f, ERR_SCHEMA, "this is no revocation list");
    if (list->n > ENTRIES_MAX)
        return fault_at(f, ERR_LIMIT, "/revoked", "the list is too long");
    memcpy(r->state, state.p, state.n);
    r->number = json_get_int(j, S("number"), 0);
    r->ids = calloc(list->n + 1, sizeof *r->ids);
    if (!r->ids)
        return fault(f, ERR_MEMORY, "no memory for a revocation list");
    for (uint32_t i = 0; i < list->n; i++) {
        const struct json *item = &list->items[i];
        str id = json_get_str(item, S("seal"));
        if (!id.p)
            id = json_get_str(item, S("document"));
        if (!id.p || !hex_decode(id, r->ids[i], 16))
            return fault_at(f, ERR_SCHEMA, "/revoked", "entry %u has no id", i);
        r->n++;
    }
    qsort(r->ids, r->n, sizeof *r->ids, by_id);
    return OK;
}

enum err revocations_parse(str text, const struct trust *t, struct revocations **out,
                           struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(LIST_MAX);
    struct revocations *r = calloc(1, sizeof *r);
    struct json *j;

    if (!a || !r) {
        free(r);
        return fault(f, ERR_MEMORY, "no memory for a revocation list");
    }
    enum err e = json_parse(a, text, &json_limits_wide, &j, f);
    if (e == OK)
        e = fill(r, j, f);
    if (e == OK)
        e = check_signature(j, t, a, f);
    if (e != OK) {
        revocations_free(r);
        return e;
    }
    *out = r;
    return OK;
}

void revocations_free(struct revocations *r)
{
    if (!r)
        return;
    free(r->ids);
    free(r);
}

int64_t revocations_number(const struct revocations *r)
{
    return r->number;
}

str revocations_state(const struct revocations *r)
{
    return str_of(r->state);
}

bool revocations_has(const struct revocations *r, const char id[32])
{
    uint8_t key[16];

    return hex_decode(str_bytes(id, 32), key, sizeof key) &&
           bsearch(key, r->ids, r->n, sizeof *r->ids, by_id) != NULL;
}
