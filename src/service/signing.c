/* signing.c - what a person signs of their form: fields of the kind "signature"
 *
 * The value is an assertion of one of the person's passkeys (crypto/passkey.h) in base64url. It is
 * over the canonical JSON
 *
 *   {"answers":"SHA-256 in hex of the canonical answers without these fields","case":"id"}
 *
 * so that it is good for this case and for these answers alone. Whoever comes to the counter, or
 * writes by post, signs the paper: the officer who enters it says so with "on-paper".
 */
#include "base/encode.h"
#include "crypto/passkey.h"
#include "service/cases_int.h"

static bool is_signature(const struct package *p, str name)
{
    for (size_t i = 0; i < p->n_pages; i++)
        for (size_t k = 0; k < p->page[i].n_fields; k++) {
            const struct package_field *field = &p->page[i].fields[k];
            if (str_eq(field->kind, S("signature")) &&
                str_eq(str_sub(field->at, 1, field->at.n), name))
                return true;
        }
    return false;
}

static enum err signed_text(struct act *a, const struct casefile *c, const struct json *answers,
                            struct buf *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ANSWERS_MAX);
    struct json rest = {.type = J_OBJECT};
    struct jw w = JW(out);
    char hex[2 * sizeof(struct hash) + 1];

    for (uint32_t i = 0; i < answers->n; i++)
        if (!is_signature(c->service->package, answers->members[i].key))
            TRY_PTR(json_put(a->arena, &rest, answers->members[i].key, answers->members[i].value),
                    f);
    TRY(json_canonical(&text, &rest, a->arena, f));
    struct hash digest = sha256(buf_str(&text));
    hex_encode(digest.b, sizeof digest.b, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("answers"), str_of(hex));
    jw_kv(&w, S("case"), act_id_text(a, &c->id));
    jw_close(&w, '}');
    return OK;
}

static enum err check_one(struct act *a, str value, str text, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX);
    struct passkey list[PASSKEYS_MAX];
    struct hash challenge = sha256(text);
    struct assertion made;
    size_t n;

    if (!base64_decode(&raw, value, BASE64_URL) || !assertion_parse(buf_str(&raw), &made))
        return fault(f, ERR_INVALID, "sign with a passkey");
    TRY(person_passkeys_of(a, &a->actor.id, list, &n, f));
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].id, made.id))
            return passkey_check(a->arena, &list[i], &made, &challenge, f) == OK
                       ? OK
                       : fault(f, ERR_BAD_SIGNATURE, "the answers are other ones than were signed");
    return fault(f, ERR_UNTRUSTED, "this passkey is none of yours");
}

enum err case_signatures(struct act *a, const struct casefile *c, const struct json *answers,
                         struct fault *f)
{
    AUTO(buf) struct buf text = BUF(256);
    bool person = a->actor.kind == ACTOR_PERSON;

    for (uint32_t i = 0; i < answers->n; i++) {
        str name = answers->members[i].key, value = json_str(&answers->members[i].value);
        if (!is_signature(c->service->package, name))
            continue;
        const char *at = str_cstr(a->arena, str_printf(a->arena, "/answers/%.*s", STR_FMT(name)));
        TRY_PTR(at, f);
        if (!person && !str_eq(value, S("on-paper")))
            return fault_at(f, ERR_INVALID, at, "only the person signs with a passkey");
        if (!person)
            continue;
        buf_clear(&text);
        TRY(signed_text(a, c, answers, &text, f));
        struct fault why = {0};
        enum err e = check_one(a, value, buf_str(&text), &why);
        if (e != OK)
            return fault_at(f, e, at, "%s", why.detail);
    }
    return OK;
}
