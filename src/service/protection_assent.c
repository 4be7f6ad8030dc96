/* protection_assent.c - four eyes across the border
 *
 * An officer of the person's state proposes a decision; the word that says so goes to the mission
 * with what is to be signed. The officer there who saw the person signs the same statement
 * (protection.sign), and the mission's node says, in an entry of its log, which key in which role
 * that is. Here that is the second signature (protection.assent): the keyring itself follows it
 * back to the letter that two of our officers accredited
 * (docs/decisions/0009-four-eyes-across-the-border.md).
 */
#include "base/encode.h"
#include "crypto/ipc.h"
#include "crypto/keyring.h"
#include "service/cases_int.h"
#include "service/protection_int.h"

enum { SIGNED_DAYS = 14, WORDS_LOOKED = 16, ASSENT_MAX = 96 << 10 };

/* ---- the mission's officer signs ---------------------------------------------------------------
 */

struct signing {
    struct dispatch_out out; /* first: it is what is freed */
    struct protection p;
    struct officer_signature signature;
    str statement;
};

static void signing_free(void *p)
{
    dispatch_out_free(p);
}

/* The words that came, newest first, until one proposes something. */
static enum err find_proposal(struct act *a, const struct protection *p, str *out, struct fault *f)
{
    struct id ids[WORDS_LOOKED];
    struct query q;
    struct json *said;
    size_t n = 0;
    str content;

    TRY(db_query(a->db, &q, f,
                 "SELECT id FROM dispatch WHERE correlation = ? AND kind = 'protection-word'"
                 " AND sent = 0 AND body IS NOT NULL ORDER BY id DESC LIMIT ?",
                 "di", &p->correlation, (int64_t)WORDS_LOOKED));
    for (; query_row(&q) && n < WORDS_LOOKED; query_next(&q))
        ids[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    for (size_t i = 0; i < n; i++) {
        TRY(a->house->dispatches->content(a, &ids[i], &content, f));
        TRY(json_parse(a->arena, content, NULL, &said, f));
        *out = json_get_str(json_get(said, S("proposal")), S("statement"));
        if (out->p)
            return OK;
    }
    return fault(f, ERR_CONFLICT, "the other state proposed nothing yet");
}

static enum err put_assent(struct act *a, struct signing *s, struct buf *b, struct fault *f)
{
    AUTO(buf) struct buf signature = BUF(2 * OFFICER_SIGNATURE_MAX);
    struct hash digest = sha256(s->statement);
    struct jw w = JW(b);
    char hex[65], until[32];

    hex_encode(digest.b, sizeof digest.b, hex);
    day_format(day_of_ms(a->now) + SIGNED_DAYS, until);
    base64_encode(&signature, officer_signature_str(&s->signature), BASE64_URL);
    jw_open(&w, '{');
    TRY(officer_keys_put(a, &w, f));
    jw_kv(&w, S("mission"), a->actor.mission);
    jw_kv(&w, S("officer"), act_id_text(a, &a->actor.id));
    jw_kv(&w, S("role"), a->actor.n_roles ? a->actor.roles[0] : S("officer"));
    jw_kv(&w, S("signature"), buf_str(&signature));
    jw_kv(&w, S("statement"), str_of(hex));
    jw_kv(&w, S("until"), str_of(until));
    jw_close(&w, '}');
    return buf_ok(b) ? OK : fault(f, ERR_LIMIT, "an officer's keys take too much room");
}

enum err protection_sign_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(ASSENT_MAX);
    struct signing *s = arena_new_of(a->arena, struct signing);

    TRY_PTR(s, f);
    a->data = s;
    a->data_free = signing_free;
    TRY(protection_of_path(a, &s->p, f));
    if (!s->p.sent || s->p.answered)
        return fault(f, ERR_CONFLICT, "there is nothing to be signed for the other state");
    TRY(find_proposal(a, &s->p, &s->statement, f));
    TRY(officer_signature(a, s->statement, &s->signature, f));
    TRY(put_assent(a, s, &b, f));
    s->out = (struct dispatch_out){.partner = s->p.partner,
                                   .kind = S("protection-assent"),
                                   .content = str_copy(a->arena, buf_str(&b)),
                                   .correlation = s->p.correlation,
                                   .emergency = true};
    TRY_PTR(s->out.content.p, f);
    a->content = sha256(s->statement);
    return a->house->dispatches->seal(a, &s->out, f);
}

enum err protection_sign(struct act *a, struct fault *f)
{
    struct signing *s = a->data;
    struct jw w = JW(&a->reply);

    TRY(a->house->dispatches->put(a, &s->out, f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &s->p.id));
    jw_kv(&w, S("statement"), s->statement);
    jw_close(&w, '}');
    return OK;
}

void protection_sign_after(struct act *a)
{
    const struct signing *s = a->data;

    a->house->dispatches->sent(a, &s->out);
}

/* ---- and it counts here ------------------------------------------------------------------------
 */

/* Everything that the keyring needs to follow it back to the letter. */
static enum err put_chain(struct act *a, str *out, struct fault *f)
{
    AUTO(buf)
    struct buf b = BUF(ASSENT_MAX),
               proof = BUF(16 << 10), content = BUF(ASSENT_MAX);
    const struct dispatch_in *in = a->data;
    struct jw w = JW(&b);
    uint64_t index;

    TRY(a->house->dispatches->prove(a, &proof, &content, &index, f));
    jw_open(&w, '{');
    ipc_bytes(&w, S("content"), buf_str(&content));
    TRY(partner_letters_put(a->db, in->partner, index, &w, f));
    jw_kv(&w, S("partner"), in->partner);
    jw_kv(&w, S("proof"), buf_str(&proof));
    jw_close(&w, '}');
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

static enum err accredited_only(struct act *a, str partner, struct fault *f)
{
    char standing[STANDING_MAX];

    TRY(partner_standing(a->db, partner, standing, f));
    return strcmp(standing, "accredited") == 0
               ? OK
               : fault(f, ERR_DENIED, "an officer of a state that is %s signs nothing here",
                       standing);
}

static enum err find_case(struct act *a, struct assenting *x, struct fault *f)
{
    const struct dispatch_in *in = a->data;
    struct protection p;
    struct query q;
    struct id id;

    enum err e = db_one(a->db, &q, f,
                        "SELECT id FROM protection WHERE correlation = ? AND partner = ?"
                        " AND sent = 0 AND state = 'open'",
                        "ds", &in->correlation, in->partner);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "no case of that correlation is open here");
    TRY(e);
    id = query_id(&q, 0);
    TRY(query_end(&q, f));
    TRY(protection_load(a, &id, &p, f));
    return case_load(a, &p.casefile, &x->examining.c, f);
}

enum err protection_assent_prepare(struct act *a, struct fault *f)
{
    struct dispatch_in *in = a->data;
    struct assenting *x = arena_new_of(a->arena, struct assenting);
    AUTO(buf) struct buf raw = BUF(OFFICER_SIGNATURE_MAX);

    TRY_PTR(x, f);
    TRY(a->house->dispatches->take(a, f));
    TRY(accredited_only(a, in->partner, f));
    TRY(find_case(a, x, f));
    TRY(act_seal_for(a, &x->examining.c.person, f));
    TRY(case_pending(a, &x->examining, f));
    if (!str_eq(x->examining.outcome, S("approve")))
        return fault(f, ERR_CONFLICT, "a refusal is confirmed by an officer of the person's state");
    if (!id_parse(json_get_str(in->json, S("officer")), &x->officer) ||
        !base64_decode(&raw, json_get_str(in->json, S("signature")), BASE64_URL) ||
        !officer_signature_of(buf_str(&raw), &x->examining.signature))
        return fault_at(f, ERR_INVALID, "/signature", "a signature over the statement is needed");
    TRY(put_chain(a, &x->chain, f));
    TRY(partner_tell_keyring(a->house, a->db, in->partner, a->arena, f));
    in->user = x;
    return keyring_check_assent(a->house->keyring, x->examining.statement, x->chain, f);
}

enum err protection_assent(struct act *a, struct fault *f)
{
    struct dispatch_in *in = a->data;
    struct assenting *x = in->user;

    TRY(accredited_only(a, in->partner, f));
    TRY(a->house->dispatches->keep(a, f));
    return case_confirmed(a, &x->examining, &x->officer, x->chain, f);
}
