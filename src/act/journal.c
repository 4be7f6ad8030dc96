#include "act/journal_int.h"

#include "base/encode.h"
#include "base/json.h"

enum { ENTRY_MAX = 4096, RECORD_MAX = 1 << 20, SALT = 16 };

bool refusals_may_journal(struct refusals *r, const struct id *actor, int64_t now)
{
    size_t i = str_hash(id_bytes(actor)) % REFUSAL_SLOTS;
    int64_t minute = now / 60000;

    if (r->slot[i].minute != minute) {
        r->slot[i].minute = minute;
        r->slot[i].n = 0;
    }
    return r->slot[i].n++ < REFUSALS_PER_MINUTE;
}

static void put_hash(struct jw *w, str key, const struct hash *h)
{
    char hex[65];

    hex_encode(h->b, sizeof h->b, hex);
    jw_kv(w, key, str_of(hex));
}

static void put_actor(struct jw *w, const struct actor *who)
{
    static const char *const kinds[] = {
        [ACTOR_NOBODY] = "visitor", [ACTOR_PERSON] = "person",   [ACTOR_OFFICER] = "officer",
        [ACTOR_SYSTEM] = "system",  [ACTOR_PARTNER] = "partner", [ACTOR_GUEST] = "guest",
        [ACTOR_CLIENT] = "x-road"};
    char text[ID_TEXT + 1];

    jw_kv(w, S("as"), str_of(kinds[who->kind]));
    if (who->kind == ACTOR_PERSON || who->kind == ACTOR_OFFICER || who->kind == ACTOR_GUEST) {
        id_format(&who->id, text);
        jw_kv(w, S("actor"), str_of(text));
    }
    if (who->kind == ACTOR_PARTNER || who->kind == ACTOR_CLIENT)
        jw_kv(w, S("actor"), who->state);
}

/* On whose behalf, by which role that was lent. */
static void put_lent(struct jw *w, const struct lent *lent)
{
    char text[ID_TEXT + 1];

    if (!lent)
        return;
    id_format(&lent->officer, text);
    jw_kv(w, S("behalf"), str_of(text));
    jw_kv(w, S("role"), lent->role);
}

static void put_entry(struct buf *b, struct act *a, const struct hash *record)
{
    struct jw w = JW(b);
    uint8_t salt[SALT];
    char at[32], hex[2 * SALT + 1];

    time_format(a->now, at);
    world_random(&a->house->world, salt, sizeof salt);
    hex_encode(salt, sizeof salt, hex);
    jw_open(&w, '{');
    jw_kv_int(&w, S("v"), 1);
    jw_kv(&w, S("at"), str_of(at));
    if (a->claimed) {
        time_format(a->claimed, at);
        jw_kv(&w, S("claimed"), str_of(at));
    }
    jw_kv(&w, S("action"), str_of(a->action->name));
    put_actor(&w, &a->actor);
    put_lent(&w, a->lent);
    if (a->subject.p)
        jw_kv(&w, S("subject"), a->subject);
    jw_kv_bool(&w, S("permit"), a->decision.permit);
    jw_key(&w, S("by"));
    jw_open(&w, '[');
    for (uint32_t i = 0; i < a->decision.n_by; i++)
        jw_string(&w, a->decision.by[i]);
    jw_close(&w, ']');
    put_hash(&w, S("policy"), policy_digest(a->policy));
    put_hash(&w, S("content"), &a->content);
    put_hash(&w, S("record"), record);
    jw_kv(&w, S("salt"), str_of(hex));
    jw_close(&w, '}');
}

enum err journal_act(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf record = BUF(RECORD_MAX);
    AUTO(buf) struct buf sealed = BUF(RECORD_MAX + SEAL_OVERHEAD);
    AUTO(buf) struct buf entry = BUF(ENTRY_MAX);
    const struct key *key = a->has_record_key ? &a->record_key : &a->house->record_key;

    TRY(policy_record(&record, a->policy, a->entities, &a->request, &a->decision, f));
    TRY(seal(&sealed, key, S("decision"), buf_str(&record), f));
    struct hash digest = sha256(buf_str(&sealed));
    put_entry(&entry, a, &digest);
    if (!buf_ok(&entry))
        return fault(f, ERR_LIMIT, "journal entry too large");
    TRY(ledger_append(a->house->ledger, a->db, a->now, buf_str(&entry), buf_str(&sealed),
                      &a->receipt, f));
    a->journaled = true;
    return OK;
}

enum err journal_proof(struct act *a, struct receipt r, struct buf *out, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(NOTE_MAX);
    struct tlog_proof proof = {0};
    struct ledger_state head;

    TRY(ledger_head(a->house->ledger, a->db, a->house->keyring, r.index + 1, &head, &note, f));
    if (r.epoch != head.epoch)
        return fault(f, ERR_CONFLICT, "it is in an earlier part of the journal");
    TRY(ledger_entry(a->db, r, a->arena, &proof.extra, f));
    TRY(ledger_prove_inclusion(a->db, r.epoch, r.index, head.size, &proof.path, f));
    proof.index = r.index;
    proof.note = buf_str(&note);
    tlog_proof_format(out, &proof);
    return OK;
}
