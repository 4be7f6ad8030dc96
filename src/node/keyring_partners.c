/* keyring_partners.c - partners as the keyring knows them, and what their officers sign
 *
 * A document for a citizen whom a partner's mission serves may be sealed upon the signatures of one
 * officer of ours and one of that mission. No row of the database makes the latter count: the
 * keyring keeps which root key of a partner two registered officers accredited, in
 * keys/partners.json, and follows the chain from there: root, keyset, head of the partner's log,
 * entry, what the entry's payload says of the officer's key, signature over the statement
 * (docs/decisions/0009-four-eyes-across-the-border.md).
 */
#include "base/date.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/world.h"
#include "crypto/ipc.h"
#include "link/evidence.h"
#include "node/keyring_int.h"
#include "registry/credence.h"

enum { SALT = 32, ASSENT_DAYS = 14, KEYSETS = 8, PARTNERS_MAX = 512 };

struct partner_known {
    char state[3], standing[16];
    struct hash root, statement; /* of the letter; of what two officers signed last */
};

/* ---- which partners there are --------------------------------------------------------------- */

static struct partner_known *partner_of(const struct ring *r, str state)
{
    for (size_t i = 0; i < r->n_partners; i++)
        if (str_eq(state, str_of(r->partners[i].state)))
            return &r->partners[i];
    return NULL;
}

static bool take_text(char *out, size_t room, str s)
{
    if (!s.n || s.n >= room)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
    return true;
}

enum err ring_load_partners(struct ring *r, struct fault *f)
{
    struct json *j;
    str text;

    r->partners = arena_zalloc(r->arena, PARTNERS_MAX, sizeof *r->partners);
    TRY_PTR(r->partners, f);
    enum err e = ring_load(r, "partners.json", &text, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(json_parse(r->arena, text, &json_limits_wide, &j, f));
    for (size_t i = 0; json_at(j, i) && r->n_partners < PARTNERS_MAX; i++) {
        struct partner_known *p = &r->partners[r->n_partners++];
        if (!take_text(p->state, sizeof p->state, json_get_str(json_at(j, i), S("state"))) ||
            !take_text(p->standing, sizeof p->standing,
                       json_get_str(json_at(j, i), S("standing"))) ||
            !ipc_get(json_at(j, i), S("root"), p->root.b, sizeof p->root.b) ||
            !ipc_get(json_at(j, i), S("statement"), p->statement.b, sizeof p->statement.b))
            return fault(f, ERR_CORRUPT, "keys/partners.json is damaged");
    }
    return OK;
}

static enum err save_partners(const struct ring *r, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);

    jw_open(&w, '[');
    for (size_t i = 0; i < r->n_partners; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("state"), str_of(r->partners[i].state));
        jw_kv(&w, S("standing"), str_of(r->partners[i].standing));
        ipc_bytes(&w, S("root"), hash_str(&r->partners[i].root));
        ipc_bytes(&w, S("statement"), hash_str(&r->partners[i].statement));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    return ring_write(r->folder, "partners.json", buf_str(&b), f);
}

/* Back to accredited leads only from where it is, or by a letter: an older decision of two officers
 * undoes no later one. */
static enum err check_step(const struct partner_known *known, const struct json *statement,
                           bool letter, struct fault *f)
{
    str was = json_get_str(statement, S("was")), to = json_get_str(statement, S("standing"));

    if (!known && !letter)
        return fault(f, ERR_UNTRUSTED, "the keyring knows no letter of this partner");
    if (known && str_eq(to, S("accredited")) && !str_eq(was, str_of(known->standing)))
        return fault(f, ERR_STALE, "the partner is %s since a later decision", known->standing);
    return OK;
}

/* What two officers signed of a partner's standing (registry/accreditation.h). */
enum err answer_standing(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                         struct fault *f)
{
    str text = json_get_str(q, S("statement"));
    struct hash digest = sha256(text), root;
    struct json *statement;

    (void)w;
    TRY(json_parse(a, text, NULL, &statement, f));
    struct partner_known *known = partner_of(r, json_get_str(statement, S("partner")));
    if (known && secret_equal(known->statement.b, digest.b, sizeof digest.b))
        return OK;
    TRY(ring_check_two(r, json_get(q, S("by")), text, a, f));
    bool letter = hex_decode(json_get_str(statement, S("fingerprint")), root.b, sizeof root.b);
    TRY(check_step(known, statement, letter, f));
    if (!known && r->n_partners == PARTNERS_MAX)
        return fault(f, ERR_LIMIT, "too many partners");
    struct partner_known p = known ? *known : (struct partner_known){0};
    p.statement = digest;
    if (letter)
        p.root = root;
    if (!take_text(p.state, sizeof p.state, json_get_str(statement, S("partner"))) ||
        !take_text(p.standing, sizeof p.standing, json_get_str(statement, S("standing"))))
        return ring_bad(f);
    struct partner_known *at = known ? known : &r->partners[r->n_partners++];
    struct partner_known before = *at;
    *at = p;
    enum err e = save_partners(r, f);
    if (e != OK) { /* what is not on disk does not hold */
        *at = before;
        r->n_partners -= !known;
    }
    return e;
}

/* ---- an officer of a partner ----------------------------------------------------------------- */

/* The log keys of the keysets that the accredited root signed and that count today. */
static enum err log_keys(const struct ring *r, const struct json *q, int32_t today, struct arena *a,
                         struct ed25519_public *out, size_t *n, struct fault *f)
{
    const struct partner_known *p = partner_of(r, json_get_str(q, S("partner")));
    const struct json *list = json_get(q, S("keysets"));
    struct credence c;
    struct keyset k;

    *n = 0;
    if (!p || strcmp(p->standing, "accredited") != 0)
        return fault(f, ERR_UNTRUSTED, "two officers did not accredit this partner");
    TRY(credence_open(json_get_str(q, S("credence")), &c, f));
    struct hash root = root_fingerprint(&c.root);
    if (!secret_equal(root.b, p->root.b, sizeof root.b) || !str_eq(c.state, str_of(p->state)))
        return fault(f, ERR_UNTRUSTED, "this is not the letter that two officers accredited");
    for (size_t i = 0; json_at(list, i) && *n < KEYSETS; i++) {
        TRY(keyset_open(str_copy(a, json_str(json_at(list, i))), &c.root, &k, f));
        if (str_eq(k.state, c.state) && today >= k.from && today <= k.until)
            out[(*n)++] = k.log;
    }
    return *n ? OK : fault(f, ERR_UNTRUSTED, "no keyset of the partner counts today");
}

/* The payload, of which the entry under the partner's head names the digest. */
static enum err proved_payload(const struct ring *r, const struct json *q, int32_t today,
                               struct arena *a, str *out, struct fault *f)
{
    struct ed25519_public logs[KEYSETS];
    struct evidence_keys keys = {.logs = logs};
    struct evidence_finding found;
    struct evidence e;
    str content = ipc_get_str(q, S("content"), a);

    TRY(log_keys(r, q, today, a, logs, &keys.n_logs, f));
    TRY(evidence_parse(a, json_get_str(q, S("proof")), &e, f));
    if (!content.p || content.n <= SALT || !str_eq(e.entry.kind, S("protection-assent")))
        return fault(f, ERR_UNTRUSTED, "the proof is of something else");
    TRY(evidence_check(&e, &keys, STR_NONE, &found, f));
    struct hash is = sha256(content);
    if (!secret_equal(is.b, e.entry.content.b, sizeof is.b))
        return fault(f, ERR_UNTRUSTED, "the entry is of another payload");
    *out = str_sub(content, SALT, content.n);
    return OK;
}

static enum err read_passkeys(const struct json *list, struct arena *a, struct passkey *out,
                              size_t *n, struct fault *f)
{
    for (*n = 0; json_at(list, *n) && *n < PASSKEYS_MAX; ++*n)
        TRY(passkey_read(a, json_at(list, *n), &out[*n], f));
    return OK;
}

/* One person is not two officers, of however many states. */
static bool is_ours(const struct ring *r, const struct ed25519_public *key)
{
    for (size_t i = 0; i < r->n_officers; i++)
        if (memcmp(r->officers[i].key.b, key->b, sizeof key->b) == 0)
            return true;
    return false;
}

static enum err check_officer(const struct ring *r, const struct json *said, str statement,
                              struct arena *a, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX), key_raw = BUF(64);
    struct passkey passkeys[PASSKEYS_MAX];
    struct officer_signature s;
    struct ed25519_public key;
    size_t n;

    if (!base64_decode(&key_raw, json_get_str(said, S("key")), BASE64_URL) ||
        key_raw.n != sizeof key.b ||
        !base64_decode(&raw, json_get_str(said, S("signature")), BASE64_URL) ||
        !officer_signature_of(buf_str(&raw), &s))
        return fault(f, ERR_BAD_SIGNATURE, "the signature of the partner's officer is missing");
    memcpy(key.b, key_raw.p, sizeof key.b);
    if (is_ours(r, &key))
        return fault(f, ERR_FOUR_EYES, "an officer of ours is no officer of the partner");
    TRY(read_passkeys(json_get(said, S("passkeys")), a, passkeys, &n, f));
    return officer_check(a, &key, passkeys, n, statement, &s, f);
}

/* For this statement, still, and in a role at a mission. */
static enum err check_said(const struct json *said, str statement, int32_t today, struct fault *f)
{
    struct hash want = sha256(statement), is;
    int32_t until;

    if (!hex_decode(json_get_str(said, S("statement")), is.b, sizeof is.b) ||
        !secret_equal(is.b, want.b, sizeof is.b))
        return fault(f, ERR_UNTRUSTED, "the partner's officer signed for another decision");
    if (!day_parse(json_get_str(said, S("until")), &until) || today > until ||
        until > today + ASSENT_DAYS + 1)
        return fault(f, ERR_UNTRUSTED, "what the partner's officer signed counts no longer");
    return json_get_str(said, S("role")).n && json_get_str(said, S("mission")).n
               ? OK
               : fault(f, ERR_UNTRUSTED,
                       "the partner does not say in which role its officer signs");
}

enum err ring_check_assent(const struct ring *r, const struct json *assent, str statement,
                           struct arena *a, struct fault *f)
{
    int32_t today = day_of_ms(world_now(&world_real));
    struct json *said;
    str payload;

    TRY(proved_payload(r, assent, today, a, &payload, f));
    TRY(json_parse(a, payload, NULL, &said, f));
    TRY(check_said(said, statement, today, f));
    return check_officer(r, said, statement, a, f);
}

enum err answer_assent(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                       struct fault *f)
{
    (void)w;
    return ring_check_assent(r, json_get(q, S("assent")), json_get_str(q, S("statement")), a, f);
}
