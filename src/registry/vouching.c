/* vouching.c - what our keyring knows of partners, and what we say of our own officers to theirs
 *
 * The keyring seals upon the signature of a partner's officer only if two officers of ours signed
 * for that partner's root key: their statements are brought to it here. What a partner's keyring
 * asks of us is which key an officer of ours signs with.
 */
#include "base/encode.h"
#include "base/log.h"
#include "crypto/keyring.h"
#include "registry/accreditation.h"
#include "registry/registry_int.h"

enum { STEPS = 64, LETTERS = 4 };

/* ---- partners ----------------------------------------------------------------------------- */

struct step {
    str statement;
    struct officer_assertion by[2];
};

static bool take_step(struct query *q, struct arena *a, struct step *s)
{
    s->statement = str_copy(a, query_str(q, 0));
    s->by[0].officer = query_id(q, 1);
    s->by[1].officer = query_id(q, 3);
    return s->statement.p && officer_signature_of(query_str(q, 2), &s->by[0].signature) &&
           officer_signature_of(query_str(q, 4), &s->by[1].signature);
}

static enum err load_steps(struct db *db, str state, struct arena *a, struct step *out, size_t *n,
                           struct fault *f)
{
    struct query q;

    *n = 0;
    TRY(db_query(db, &q, f,
                 "SELECT statement, proposer, proposer_signature, confirmer, confirmer_signature"
                 " FROM accreditation_step WHERE state = ? ORDER BY at, id",
                 "s", state));
    for (; query_row(&q) && *n < STEPS; query_next(&q))
        *n += take_step(&q, a, &out[*n]);
    return query_end(&q, f);
}

/* The newest is enough, unless the keyring missed some before it. */
enum err partner_tell_keyring(struct house *h, struct db *db, str state, struct arena *a,
                              struct fault *f)
{
    struct step *steps = arena_zalloc(a, STEPS, sizeof *steps);
    enum err e = OK;
    size_t n;

    TRY_PTR(steps, f);
    TRY(load_steps(db, state, a, steps, &n, f));
    if (n == 0)
        return OK;
    if (keyring_standing(h->keyring, steps[n - 1].statement, steps[n - 1].by, f) == OK)
        return OK;
    for (size_t i = 0; i < n; i++)
        e = keyring_standing(h->keyring, steps[i].statement, steps[i].by, f);
    return e;
}

/* Two officers decided it whether or not the keyring hears it now: it hears it again before it is
 * asked to believe the partner. */
enum err partner_confirm_answer(struct act *a, struct fault *f)
{
    if (partner_tell_keyring(a->house, a->db, act_param(a, S("state")), a->arena, f) != OK)
        LOG(LOG_WARN, "the keyring does not know how we stand with a partner",
            LOG_CSTR("detail", f->detail));
    return OK;
}

enum err partner_letters_put(struct db *db, str state, uint64_t index, struct jw *w,
                             struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT credence FROM accreditation WHERE state = ? AND root IS NOT NULL",
               "s", state));
    jw_kv(w, S("credence"), query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY(db_query(db, &q, f,
                 "SELECT k.note FROM partner_keyset k JOIN accreditation p ON p.state = k.state"
                 " AND p.root = k.root WHERE k.state = ? AND (void_from IS NULL OR void_from > ?)"
                 " ORDER BY serial DESC LIMIT ?",
                 "sii", state, (int64_t)index, (int64_t)LETTERS));
    jw_key(w, S("keysets"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q))
        jw_string(w, query_str(&q, 0));
    jw_close(w, ']');
    return query_end(&q, f);
}
