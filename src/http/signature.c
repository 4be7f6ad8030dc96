#include "http/signature.h"

#include "base/encode.h"

/* ---- structured fields ---------------------------------------------------------------------- */

static bool take(str *rest, str what)
{
    if (!str_starts(*rest, what))
        return false;
    *rest = str_sub(*rest, what.n, rest->n);
    return true;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A key: a lower-case letter, then letters, digits, "_", "-", ".". */
static bool take_key(str *rest, str *out)
{
    size_t n = 0;

    while (n < rest->n &&
           (is_lower(rest->p[n]) || (n && (is_digit(rest->p[n]) || memchr("_-.", rest->p[n], 3)))))
        n++;
    *out = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return n > 0;
}

/* A string without escapes: nothing that we read needs one. */
static bool take_string(str *rest, str *out)
{
    size_t n = 1;

    if (!str_starts(*rest, S("\"")))
        return false;
    while (n < rest->n && rest->p[n] >= 0x20 && rest->p[n] < 0x7f && rest->p[n] != '"' &&
           rest->p[n] != '\\')
        n++;
    if (n == rest->n || rest->p[n] != '"')
        return false;
    *out = str_sub(*rest, 1, n);
    *rest = str_sub(*rest, n + 1, rest->n);
    return true;
}

/* At most fifteen digits (RFC 9651), without a zero in front. */
static bool take_time(str *rest, int64_t *out)
{
    size_t n = 0;

    while (n < rest->n && is_digit(rest->p[n]))
        n++;
    str digits = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return n > 0 && n <= 15 && digits.p[0] != '0' && str_to_int64(digits, out);
}

static enum err malformed(struct fault *f)
{
    return fault(f, ERR_MALFORMED_TEXT, "no signature that is understood here (RFC 9421)");
}

static bool take_components(str *rest, struct signature_input *in)
{
    if (!take(rest, S("(")))
        return false;
    for (in->n = 0; !take(rest, S(")")); in->n++) {
        if (in->n == SIGNATURE_COMPONENTS || (in->n && !take(rest, S(" "))) ||
            !take_string(rest, &in->component[in->n].name))
            return false;
        in->component[in->n].req = take(rest, S(";req"));
    }
    return true;
}

static bool take_param(str *rest, struct signature_input *in)
{
    str name;

    if (!take(rest, S(";")) || !take_key(rest, &name) || !take(rest, S("=")))
        return false;
    if (str_eq(name, S("created")))
        return in->created == 0 && take_time(rest, &in->created);
    str *to = str_eq(name, S("keyid")) ? &in->keyid
              : str_eq(name, S("alg")) ? &in->alg
              : str_eq(name, S("tag")) ? &in->tag
                                       : NULL;
    return to && !to->p && take_string(rest, to);
}

enum err signature_input_parse(str field, struct signature_input *out, struct fault *f)
{
    str rest = field;

    *out = (struct signature_input){0};
    if (!take_key(&rest, &out->label) || !take(&rest, S("=")))
        return malformed(f);
    out->params = out->covered = rest;
    if (!take_components(&rest, out))
        return malformed(f);
    out->covered.n -= rest.n;
    while (rest.n)
        if (!take_param(&rest, out))
            return malformed(f);
    if (!out->created || !out->keyid.p || (out->alg.p && !str_eq(out->alg, S("ed25519"))))
        return malformed(f);
    return OK;
}

/* label=:BASE64: of exactly n bytes. */
static bool read_bytes(str field, str label, uint8_t *out, size_t n)
{
    AUTO(buf) struct buf b = BUF(n);

    if (!take(&field, label) || !take(&field, S("=:")) || !str_ends(field, S(":")) ||
        !base64_decode(&b, str_sub(field, 0, field.n - 1), BASE64_STD) || b.n != n)
        return false;
    memcpy(out, b.p, n);
    return true;
}

static void write_bytes(struct buf *b, str label, str bytes)
{
    buf_add_str(b, label);
    buf_add_str(b, S("=:"));
    base64_encode(b, bytes, BASE64_STD);
    buf_add_char(b, ':');
}

/* ---- the base ------------------------------------------------------------------------------- */

static const struct signature_part *part_of(const struct signature_message *m, str name)
{
    for (size_t i = 0; m && i < m->n; i++)
        if (str_eq(m->part[i].name, name) && m->part[i].value.p)
            return &m->part[i];
    return NULL;
}

static bool is_repeated(const struct signature_input *in, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (in->component[i].req == in->component[at].req &&
            str_eq(in->component[i].name, in->component[at].name))
            return true;
    return false;
}

enum err signature_base(struct buf *b, const struct signature_message *m,
                        const struct signature_input *in, struct fault *f)
{
    for (size_t i = 0; i < in->n; i++) {
        bool req = in->component[i].req;
        const struct signature_part *p = part_of(req ? m->request : m, in->component[i].name);
        /* a line feed in a value would be a line of the base that nobody covers */
        if (!p || is_repeated(in, i) || str_find_char(p->value, '\n') >= 0)
            return fault(f, ERR_MALFORMED_TEXT, "what is signed is not in the message: %.*s",
                         STR_FMT(in->component[i].name));
        buf_printf(b, "\"%.*s\"%s: ", STR_FMT(p->name), req ? ";req" : "");
        buf_add_str(b, p->value);
        buf_add_char(b, '\n');
    }
    buf_add_str(b, S("\"@signature-params\": "));
    buf_add_str(b, in->params);
    return buf_ok(b) ? OK : fault(f, ERR_TOO_LARGE, "what is signed is too large");
}

enum err signature_verify(const struct signature_message *m, const struct signature_input *in,
                          str field, const struct ed25519_public *key, struct fault *f)
{
    AUTO(buf) struct buf base = BUF(SIGNATURE_BASE);
    struct ed25519_signature s;

    if (!read_bytes(field, in->label, s.b, sizeof s.b))
        return malformed(f);
    TRY(signature_base(&base, m, in, f));
    return ed25519_verify(key, buf_str(&base), &s)
               ? OK
               : fault(f, ERR_BAD_SIGNATURE, "the signature of the message is wrong");
}

bool signature_fresh(const struct signature_input *in, int64_t now_s)
{
    return in->created >= now_s - SIGNATURE_AGE_S && in->created <= now_s + SIGNATURE_EARLY_S;
}

void signature_field(struct buf *b, str label, const struct ed25519_signature *s)
{
    write_bytes(b, label, str_bytes(s->b, sizeof s->b));
}

/* ---- digests -------------------------------------------------------------------------------- */

void content_digest(struct buf *b, str body)
{
    struct hash h = sha256(body);

    write_bytes(b, S("sha-256"), hash_str(&h));
}

bool content_digest_is(str field, str body)
{
    struct hash is = sha256(body), said;

    return read_bytes(field, S("sha-256"), said.b, sizeof said.b) &&
           secret_equal(is.b, said.b, sizeof is.b);
}
