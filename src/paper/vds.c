/* vds.c - seals as bytes: header, messages, signature
 *
 * Reading a version 4 header needs a guess: the count of the reference's characters is
 * hexadecimal by Doc 9303-13, decimal with the signer DEZV (BSI TR-03171), and absent in German
 * arrival attestations, which use the version 3 header under the number of version 4. Only one
 * of them leaves dates that are dates, and messages that end exactly in a signature: so the
 * whole seal decides.
 */
#include "base/encode.h"
#include "paper/vds_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/sha.h>

#define MAGIC         0xdc
#define TAG_SIGNATURE 0xff

enum reference_count { COUNT_HEX, COUNT_DECIMAL, COUNT_FIVE };

/* --- reading ----------------------------------------------------------------------------- */

/* What is left to read. */
struct cursor {
    const uint8_t *p;
    size_t n;
};

static bool take(struct cursor *c, size_t n, str *out)
{
    if (n > c->n)
        return false;
    *out = str_bytes(c->p, n);
    c->p += n;
    c->n -= n;
    return true;
}

/* C40 of exactly chars characters. */
static bool take_c40(struct cursor *c, size_t bytes, char *out, size_t chars)
{
    str raw;
    size_t n;

    return take(c, bytes, &raw) && c40_decode(raw, out, &n) && n == chars;
}

static bool take_date(struct cursor *c, struct vds_date *out)
{
    str raw;

    return take(c, 3, &raw) && vds_date_decode((const uint8_t *)raw.p, out);
}

static bool count_of(const char digits[2], enum reference_count how, size_t *out)
{
    unsigned radix = how == COUNT_HEX ? 16 : 10, v = 0;

    for (size_t i = 0; i < 2; i++) {
        char d = digits[i];
        unsigned x = d >= '0' && d <= '9'   ? (unsigned)(d - '0')
                     : d >= 'A' && d <= 'F' ? (unsigned)(d - 'A') + 10
                                            : 99;
        if (x >= radix)
            return false;
        v = v * radix + x;
    }
    *out = v;
    return v > 0;
}

/* Version 3: nine characters. Version 4: six, then as many as they say. */
static bool take_signer(struct cursor *c, struct vds *v, enum reference_count how)
{
    char text[VDS_REFERENCE * 2];
    size_t n;

    if (how == COUNT_FIVE) {
        if (!take_c40(c, 6, text, 9))
            return false;
        memcpy(v->reference, text + 4, 6);
    } else {
        if (!take_c40(c, 4, text, 6) || !count_of(text + 4, how, &n) ||
            !take_c40(c, (n + 2) / 3 * 2, v->reference, n))
            return false;
    }
    memcpy(v->signer, text, 4);
    v->signer[4] = 0;
    return true;
}

static bool take_header(struct cursor *c, struct vds *v, enum reference_count how)
{
    char country[8] = "";
    str raw;
    size_t n;

    if (!take(c, 2, &raw) || (uint8_t)raw.p[0] != MAGIC)
        return false;
    v->raw_version = (uint8_t)raw.p[1];
    if (!take(c, 2, &raw) || !c40_decode(raw, country, &n) || n > 3)
        return false;
    while (n && country[n - 1] == ' ')
        country[--n] = 0;
    memcpy(v->country, country, sizeof v->country);
    if (!take_signer(c, v, how) || !take_date(c, &v->issued) || !take_date(c, &v->signed_on) ||
        !take(c, 2, &raw))
        return false;
    v->ref = (uint16_t)((uint8_t)raw.p[0] << 8 | (uint8_t)raw.p[1]);
    return true;
}

/* Tag, DER length in one to three bytes, value. */
static bool take_tlv(struct cursor *c, struct vds_message *out)
{
    str raw;

    if (!take(c, 2, &raw))
        return false;
    uint8_t tag = (uint8_t)raw.p[0], first = (uint8_t)raw.p[1];
    size_t n = first;
    if (first == 0x81 || first == 0x82) {
        if (!take(c, first - 0x80u, &raw))
            return false;
        n = (uint8_t)raw.p[0];
        if (raw.n == 2)
            n = n << 8 | (uint8_t)raw.p[1];
    } else if (first >= 0x80) {
        return false;
    }
    out->tag = tag;
    return take(c, n, &out->value);
}

static const struct vds_message *message_find(const struct vds *v, uint8_t tag)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->messages[i].tag == tag)
            return &v->messages[i];
    return NULL;
}

/* Messages, each tag once, and the signature as the last. */
static bool take_messages(struct cursor *c, str seal, struct vds *v)
{
    for (;;) {
        struct vds_message m;
        size_t before = seal.n - c->n;
        if (!take_tlv(c, &m))
            return false;
        if (m.tag == TAG_SIGNATURE) {
            v->signed_part = str_sub(seal, 0, before);
            v->signature = m.value;
            return c->n == 0 && m.value.n > 0 && m.value.n % 2 == 0 && m.value.n <= VDS_SIGNATURE;
        }
        if (v->n == VDS_MESSAGES || message_find(v, m.tag))
            return false;
        v->messages[v->n++] = m;
    }
}

static bool decode_as(str seal, enum reference_count how, struct vds *out)
{
    struct cursor c = {(const uint8_t *)seal.p, seal.n};
    struct vds v = {0};

    if (!take_header(&c, &v, how) || !take_messages(&c, seal, &v))
        return false;
    *out = v;
    return true;
}

enum err vds_decode(str seal, struct vds *out, struct fault *f)
{
    if (seal.n < 2 || (uint8_t)seal.p[0] != MAGIC)
        return fault(f, ERR_MALFORMED_TEXT, "a seal begins with dc");
    if (seal.n > VDS_MAX)
        return fault(f, ERR_MALFORMED_TEXT, "no seal is that long");
    if (seal.p[1] == 2) {
        if (decode_as(seal, COUNT_FIVE, out))
            return OK;
    } else if (seal.p[1] == 3) {
        char first[8] = "";
        size_t n;
        bool dezv = seal.n >= 8 && c40_decode(str_sub(seal, 4, 8), first, &n) &&
                    memcmp(first, "DEZV", 4) == 0;
        if (decode_as(seal, dezv ? COUNT_DECIMAL : COUNT_HEX, out) ||
            decode_as(seal, dezv ? COUNT_HEX : COUNT_DECIMAL, out) ||
            decode_as(seal, COUNT_FIVE, out))
            return OK;
    } else {
        return fault(f, ERR_MALFORMED_TEXT, "version %u is not known",
                     (unsigned)(uint8_t)seal.p[1]);
    }
    return fault(f, ERR_MALFORMED_TEXT, "header, messages and signature do not fit together");
}

/* --- definitions ------------------------------------------------------------------------- */

static const struct vds_profile *profile_of(const struct vds *v)
{
    const struct vds_type *t = vds_type_find(v->ref);
    const struct vds_message *m = t && t->profiled ? message_find(v, 0) : NULL;

    return m && m->value.n == 16 ? vds_profile_find((const uint8_t *)m->value.p) : NULL;
}

const struct vds_field *vds_field_of(const struct vds *v, uint8_t tag)
{
    const struct vds_type *t = vds_type_find(v->ref);
    const struct vds_profile *p = profile_of(v);

    for (size_t i = 0; t && i < t->n; i++)
        if (t->fields[i].tag == tag)
            return &t->fields[i];
    for (size_t i = 0; p && i < p->n; i++)
        if (p->fields[i].tag == tag)
            return &p->fields[i];
    return NULL;
}

static const struct vds_field *field_named(const struct vds *v, str name)
{
    const struct vds_type *t = vds_type_find(v->ref);
    const struct vds_profile *p = profile_of(v);

    for (size_t i = 0; t && i < t->n; i++)
        if (str_eq(str_of(t->fields[i].name), name))
            return &t->fields[i];
    for (size_t i = 0; p && i < p->n; i++)
        if (str_eq(str_of(p->fields[i].name), name))
            return &p->fields[i];
    return NULL;
}

str vds_text(const struct vds *v, str name, struct arena *a)
{
    const struct vds_field *fd = field_named(v, name);
    const struct vds_message *m = fd ? message_find(v, fd->tag) : NULL;

    return m ? vds_value_text(fd->coding, m->value, a) : STR_NONE;
}

void vds_signer_reference(const struct vds *v, char out[VDS_REFERENCE + 8])
{
    const char *ref = v->reference;

    while (ref[0] == '0' && ref[1])
        ref++;
    snprintf(out, VDS_REFERENCE + 8, "%s%s", v->signer, ref);
}

/* --- writing ----------------------------------------------------------------------------- */

static enum err field_fault(struct fault *f, enum err e, const char *name, const char *why)
{
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/messages/%s", name);
    return fault_at(f, e, pointer, "%s", why);
}

enum err vds_add(struct vds *v, struct arena *a, str name, str text, struct fault *f)
{
    const struct vds_field *fd = field_named(v, name);
    AUTO(buf) struct buf b = BUF(VDS_MAX);

    if (!fd)
        return fault_at(f, ERR_INVALID, "/messages", "this type has no message %.*s",
                        (int)(name.n < 60 ? name.n : 60), name.p);
    if (v->n == VDS_MESSAGES || message_find(v, fd->tag))
        return field_fault(f, ERR_LIMIT, fd->name, "the message is there already");
    if (!vds_value_encode(fd->coding, text, &b) || !buf_ok(&b))
        return field_fault(f, ERR_INVALID, fd->name, "the value does not fit its coding");
    str value = str_copy(a, buf_str(&b));
    TRY_PTR(value.p, f);
    if (value.n < fd->min || value.n > fd->max)
        return field_fault(f, ERR_RANGE, fd->name, "the value has the wrong length");
    v->messages[v->n++] = (struct vds_message){fd->tag, value};
    return OK;
}

static enum err check_required(const struct vds_field *fields, size_t n, const struct vds *v,
                               struct fault *f)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].required && !message_find(v, fields[i].tag))
            return field_fault(f, ERR_INVALID, fields[i].name, "the message is missing");
    }
    return OK;
}

static void add_tlv(struct buf *b, uint8_t tag, str value)
{
    buf_add_u8(b, tag);
    if (value.n > 0xff) {
        buf_add_u8(b, 0x82);
        buf_add_u16(b, (uint16_t)value.n);
    } else {
        if (value.n > 0x7f)
            buf_add_u8(b, 0x81);
        buf_add_u8(b, (uint8_t)value.n);
    }
    buf_add_str(b, value);
}

static enum err add_signer(struct buf *b, const struct vds *v, struct fault *f)
{
    char head[16];
    size_t n = strlen(v->reference);

    if (strlen(v->signer) != 4)
        return fault_at(f, ERR_INVALID, "/signer", "the signer has four characters");
    if (n == 0 || (v->raw_version == 2 && n > 5) || n > 255)
        return fault_at(f, ERR_RANGE, "/reference", "the reference has the wrong length");
    bool ok;
    if (v->raw_version == 2) {
        snprintf(head, sizeof head, "%s%.*s%s", v->signer, (int)(5 - n), "00000", v->reference);
        ok = c40_encode(b, str_of(head));
    } else {
        bool dezv = strcmp(v->signer, "DEZV") == 0;
        if (dezv && n > 99)
            return fault_at(f, ERR_RANGE, "/reference", "DEZV counts to 99");
        snprintf(head, sizeof head, dezv ? "%s%02u" : "%s%02X", v->signer, (unsigned)n);
        ok = c40_encode(b, str_of(head)) && c40_encode(b, str_of(v->reference));
    }
    return ok ? OK : fault_at(f, ERR_INVALID, "/signer", "only letters and digits");
}

static enum err add_header(struct buf *b, const struct vds *v, struct fault *f)
{
    char country[4] = "   ";

    if (v->raw_version != 2 && v->raw_version != 3)
        return fault_at(f, ERR_INVALID, "/version", "2 or 3");
    if ((v->issued.year && !vds_date_ok(v->issued)) || !vds_date_ok(v->signed_on))
        return fault_at(f, ERR_INVALID, "/signed_on", "the dates are no dates");
    memcpy(country, v->country, strlen(v->country));
    buf_add_u8(b, MAGIC);
    buf_add_u8(b, v->raw_version);
    if (!c40_encode(b, str_bytes(country, 3)))
        return fault_at(f, ERR_INVALID, "/country", "only letters");
    TRY(add_signer(b, v, f));
    vds_date_encode(b, v->issued);
    vds_date_encode(b, v->signed_on);
    buf_add_u16(b, v->ref);
    return OK;
}

enum err vds_encode(const struct vds *v, vds_sign_fn *sign, void *ctx, struct buf *out,
                    struct fault *f)
{
    const struct vds_type *t = vds_type_find(v->ref);
    const struct vds_profile *p = profile_of(v);
    AUTO(buf) struct buf body = BUF(VDS_MAX);
    AUTO(buf) struct buf signature = BUF(VDS_SIGNATURE);

    if (!t)
        return fault_at(f, ERR_INVALID, "/document_type", "the type is not known");
    TRY(check_required(t->fields, t->n, v, f));
    if (p)
        TRY(check_required(p->fields, p->n, v, f));
    TRY(add_header(&body, v, f));
    for (size_t i = 0; i < v->n; i++)
        add_tlv(&body, v->messages[i].tag, v->messages[i].value);
    if (!buf_ok(&body))
        return fault(f, ERR_RANGE, "the seal would be too large");
    TRY(sign(ctx, buf_str(&body), &signature, f));
    if (!buf_ok(&signature) || signature.n == 0 || signature.n % 2)
        return fault(f, ERR_CRYPTO, "the signer gave no signature");
    add_tlv(&body, TAG_SIGNATURE, buf_str(&signature));
    buf_add_str(out, buf_str(&body));
    if (!buf_ok(&body) || !buf_ok(out))
        return fault(f, ERR_MEMORY_LIMIT, "the seal would be too large");
    return OK;
}

/* --- as JSON ----------------------------------------------------------------------------- */

static void json_date(struct jw *w, str key, struct vds_date d)
{
    char text[16];

    jw_key(w, key);
    if (!d.year) {
        jw_null(w);
        return;
    }
    snprintf(text, sizeof text, "%04u-%02u-%02u", d.year, d.month, d.day);
    jw_string(w, str_of(text));
}

static void json_hex(struct jw *w, str key, str bytes, struct arena *a)
{
    str hex = vds_value_text(VDS_BYTES, bytes, a);

    jw_kv(w, key, hex.p ? hex : S(""));
}

static void json_message(struct jw *w, const struct vds *v, const struct vds_message *m,
                         struct arena *a)
{
    const struct vds_field *fd = vds_field_of(v, m->tag);
    str text = fd ? vds_value_text(fd->coding, m->value, a) : STR_NONE;
    char name[8];

    snprintf(name, sizeof name, "0x%02X", m->tag);
    jw_key(w, str_of(fd ? fd->name : name));
    if (!text.p)
        text = vds_value_text(VDS_BYTES, m->value, a), fd = NULL;
    if (!text.p)
        jw_null(w); /* the arena is full */
    else if (fd && fd->coding == VDS_BYTE)
        jw_int(w, (uint8_t)m->value.p[0]);
    else
        jw_string(w, text);
}

static void json_profile(struct jw *w, const struct vds *v, struct arena *a)
{
    const struct vds_type *t = vds_type_find(v->ref);
    const struct vds_message *m = t && t->profiled ? message_find(v, 0) : NULL;
    const struct vds_profile *p = profile_of(v);

    if (!m)
        return;
    jw_key(w, S("profile"));
    jw_open(w, '{');
    json_hex(w, S("uuid"), m->value, a);
    if (p)
        jw_kv(w, S("name"), str_of(p->name));
    jw_close(w, '}');
}

void vds_to_json(const struct vds *v, struct jw *w, struct arena *a)
{
    const struct vds_type *t = vds_type_find(v->ref);
    char text[VDS_REFERENCE + 8];

    jw_open(w, '{');
    jw_kv(w, S("document_type"), t ? str_of(t->name) : S("UNKNOWN"));
    snprintf(text, sizeof text, "%04x", v->ref);
    jw_kv(w, S("document_ref"), str_of(text));
    jw_kv_int(w, S("version"), v->raw_version + 1);
    jw_kv_int(w, S("raw_version"), v->raw_version);
    jw_kv(w, S("issuing_country"), str_of(v->country));
    jw_kv(w, S("signer_identifier"), str_of(v->signer));
    jw_kv(w, S("certificate_reference"), str_of(v->reference));
    vds_signer_reference(v, text);
    jw_kv(w, S("signer_certificate"), str_of(text));
    json_date(w, S("issuing_date"), v->issued);
    json_date(w, S("signature_date"), v->signed_on);
    json_profile(w, v, a);
    jw_key(w, S("messages"));
    jw_open(w, '{');
    for (size_t i = 0; i < v->n; i++)
        json_message(w, v, &v->messages[i], a);
    jw_close(w, '}');
    json_hex(w, S("signature"), v->signature, a);
    vds_id(v, text);
    jw_kv(w, S("seal_id"), str_of(text));
    jw_close(w, '}');
}

void vds_id(const struct vds *v, char out[33])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];

    SHA256((const uint8_t *)v->signed_part.p, v->signed_part.n, digest);
    hex_encode(digest, 16, out);
}

/* --- behind a page ----------------------------------------------------------------------- */

static const char behind[] = "%sifara-seal ";

/* Readers look for the end of a PDF in its last kilobyte. */
enum { END_IN_SIGHT = 900 };

void vds_put_behind(struct buf *pdf, str seal)
{
    AUTO(buf) struct buf text = BUF(END_IN_SIGHT);

    buf_add_str(&text, str_of(behind));
    base64_encode(&text, seal, BASE64_URL);
    buf_add_char(&text, '\n');
    if (seal.n && buf_ok(&text))
        buf_add_str(pdf, buf_str(&text));
}

bool vds_behind(str pdf, struct buf *out)
{
    str rest = pdf, found = STR_NONE, line;

    for (ptrdiff_t at; (at = str_find(rest, str_of(behind))) >= 0;) {
        rest = str_sub(rest, (size_t)at + strlen(behind), rest.n);
        found = rest;
    }
    return found.p && str_split(&found, '\n', &line) && line.n <= (size_t)2 * VDS_MAX &&
           base64_decode(out, line, BASE64_URL);
}
