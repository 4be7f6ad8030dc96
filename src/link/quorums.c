/* quorums.c - which third states shall witness our logs, and how many of them are enough
 *
 * A C2SP tlog-policy, for what goes to one partner or for all that have none of their own. It
 * counts once two officers have signed the digest of its text. A witness is called by the code of
 * its state, and its key is one of the keysets of that state: who it is was settled when it was
 * accredited.
 */
#include "base/date.h"
#include "base/encode.h"
#include "link/link_int.h"
#include "link/quorum_file.h"

enum { POLICY_TEXT = 16 << 10, LOGS = PEERS_MAX };

struct choice {
    str scope; /* a partner, or "all" */
    str policy, statement;
    struct officer_signature signature;
    struct id proposer;
};

static bool for_all(str scope)
{
    return str_eq(scope, S("all"));
}

static str scope_of(struct act *a)
{
    return act_param(a, S("state"));
}

/* ---- in force ------------------------------------------------------------------------------- */

/* Columns policy (0) and wanted (1) of a scope, in the arena. */
static enum err policy_text(struct db *db, str scope, int column, struct arena *a, str *out,
                            struct fault *f)
{
    struct query q;
    enum err e =
        db_one(db, &q, f, "SELECT policy, wanted FROM witness_policy WHERE scope = ?", "s", scope);

    *out = STR_NONE;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    bool there = !query_null(&q, column);
    if (there)
        *out = str_copy(a, query_str(&q, column));
    TRY(query_end(&q, f));
    TRY_PTR(!there || out->p, f);
    return OK;
}

enum err quorum_for(struct db *db, str partner, struct arena *a, struct quorum *out,
                    struct fault *f)
{
    str text;

    TRY(policy_text(db, partner, 0, a, &text, f));
    if (!text.p)
        TRY(policy_text(db, S("all"), 0, a, &text, f));
    if (!text.p)
        return fault(f, ERR_NOT_FOUND, "no witnesses were chosen");
    return quorum_parse(text, out, f);
}

/* ---- what may be chosen --------------------------------------------------------------------- */

static enum err check_witness(struct act *a, str scope, const struct quorum_witness *w,
                              struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct note_key key;
    size_t n = 0;

    if (w->name.n != 2 || str_eq(w->name, scope) || str_eq(w->name, a->house->state_code))
        return fault_at(f, ERR_INVALID, "/policy", "%.*s is no third state", STR_FMT(w->name));
    enum err e = partner_keysets(a->db, w->name, 0, day_of_ms(a->now), a->arena, sets, &n, f);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    for (size_t i = 0; i < n; i++) {
        TRY_PTR(keyset_witness_key(&sets[i], a->arena, &key), f);
        if (str_eq(key.name, w->key.name) && key.id == w->key.id &&
            memcmp(key.public.b, w->key.public.b, sizeof key.public.b) == 0)
            return OK;
    }
    return fault_at(f, ERR_INVALID, "/policy", "the key is not that of %.*s as a witness",
                    STR_FMT(w->name));
}

static enum err check_policy(struct act *a, str scope, str text, struct fault *f)
{
    struct quorum *q = arena_new_of(a->arena, struct quorum);

    TRY_PTR(q, f);
    if (text.n > POLICY_TEXT)
        return fault_at(f, ERR_TOO_LARGE, "/policy", "at most %d bytes", POLICY_TEXT);
    TRY(quorum_parse(text, q, f));
    if (q->n_logs)
        return fault_at(f, ERR_INVALID, "/policy", "the logs are known here: only witnesses");
    for (size_t i = 0; i < q->n_witnesses; i++)
        TRY(check_witness(a, scope, &q->witness[i], f));
    return OK;
}

static enum err check_scope(struct act *a, str scope, struct fault *f)
{
    char standing[STANDING_MAX];

    if (for_all(scope))
        return OK;
    TRY(partner_standing(a->db, scope, standing, f));
    return strcmp(standing, "none") != 0
               ? OK
               : fault(f, ERR_NOT_FOUND, "%.*s was never accredited", STR_FMT(scope));
}

static enum err sign_choice(struct act *a, struct choice *c, struct fault *f)
{
    TRY(quorum_statement(a->arena, c->scope, c->policy, &c->statement, f));
    TRY(officer_signature(a, c->statement, &c->signature, f));
    a->data = c;
    a->subject = str_printf(a->arena, "witnesses/%.*s", STR_FMT(c->scope));
    a->content = sha256(c->policy);
    return OK;
}

static enum err put_facts(struct act *a, bool proposed, struct fault *f)
{
    const struct choice *c = a->data;
    struct cedar_entity *e;

    if (!for_all(c->scope))
        TRY(partner_put_state(a, c->scope, f));
    e = act_resource(a, S("Quorum"), c->scope);
    if (!for_all(c->scope))
        cedar_attr(a->entities, e, S("partner"),
                   cedar_ref(a->entities, S("Sifara::State"), c->scope));
    if (proposed)
        cedar_attr(a->entities, e, S("proposer"),
                   cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, &c->proposer)));
    return OK;
}

/* ---- proposing ------------------------------------------------------------------------------ */

enum err quorum_propose_prepare(struct act *a, struct fault *f)
{
    struct choice *c = arena_new_of(a->arena, struct choice);

    TRY_PTR(c, f);
    c->scope = scope_of(a);
    c->policy = json_get_str(a->input, S("policy"));
    TRY(check_scope(a, c->scope, f));
    TRY(check_policy(a, c->scope, c->policy, f));
    return sign_choice(a, c, f);
}

enum err quorum_propose_facts(struct act *a, struct fault *f)
{
    return put_facts(a, false, f);
}

enum err quorum_propose(struct act *a, struct fault *f)
{
    const struct choice *c = a->data;
    struct jw w = JW(&a->reply);

    TRY(db_run(a->db, f,
               "INSERT INTO witness_policy(scope, at) VALUES(?, ?) ON CONFLICT(scope) DO NOTHING",
               "si", c->scope, a->now));
    TRY(db_run(a->db, f,
               "UPDATE witness_policy SET wanted = ?, wanted_by = ?, wanted_signature = ?"
               " WHERE scope = ?",
               "sdbs", c->policy, &a->actor.id, officer_signature_str(&c->signature), c->scope));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), c->scope);
    jw_kv(&w, S("statement"), c->statement);
    jw_close(&w, '}');
    return OK;
}

/* ---- confirming ----------------------------------------------------------------------------- */

static enum err stored_choice(struct act *a, struct choice *c, struct fault *f)
{
    struct query q;

    TRY(policy_text(a->db, c->scope, 1, a->arena, &c->policy, f));
    if (!c->policy.p)
        return fault(f, ERR_CONFLICT, "no witnesses are proposed");
    TRY(db_one(a->db, &q, f, "SELECT wanted_by FROM witness_policy WHERE scope = ?", "s",
               c->scope));
    c->proposer = query_id(&q, 0);
    return query_end(&q, f);
}

enum err quorum_confirm_prepare(struct act *a, struct fault *f)
{
    struct choice *c = arena_new_of(a->arena, struct choice);

    TRY_PTR(c, f);
    c->scope = scope_of(a);
    TRY(stored_choice(a, c, f));
    TRY(check_policy(a, c->scope, c->policy, f));
    return sign_choice(a, c, f);
}

enum err quorum_confirm_facts(struct act *a, struct fault *f)
{
    return put_facts(a, true, f);
}

/* What was asked for under the policy until now is judged by the new one, log after log. */
static enum err settle_all(struct act *a, struct fault *f)
{
    int64_t *logs = arena_alloc(a->arena, LOGS * sizeof *logs);
    struct query q;
    size_t n = 0;

    TRY_PTR(logs, f);
    TRY(db_query(a->db, &q, f, "SELECT log FROM channel WHERE sent = 1 ORDER BY log DESC LIMIT ?",
                 "i", (int64_t)LOGS));
    for (; query_row(&q) && n < LOGS; query_next(&q))
        logs[n++] = query_int(&q, 0);
    TRY(query_end(&q, f));
    for (size_t i = 0; i < n; i++)
        TRY(witnessed_settle(a, logs[i], f));
    return OK;
}

enum err quorum_confirm(struct act *a, struct fault *f)
{
    const struct choice *c = a->data;
    struct choice now = {.scope = c->scope};
    struct jw w = JW(&a->reply);

    TRY(stored_choice(a, &now, f));
    if (!str_eq(now.policy, c->policy) ||
        memcmp(now.proposer.b, c->proposer.b, sizeof now.proposer.b) != 0)
        return fault(f, ERR_STALE, "something else is proposed meanwhile");
    if (memcmp(now.proposer.b, a->actor.id.b, sizeof a->actor.id.b) == 0)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must confirm it");
    TRY(db_run(a->db, f,
               "UPDATE witness_policy SET policy = wanted, at = ?, statement = ?,"
               " proposer = wanted_by, proposer_signature = wanted_signature, confirmer = ?,"
               " confirmer_signature = ?, wanted = NULL, wanted_by = NULL, wanted_signature = NULL"
               " WHERE scope = ?",
               "isdbs", a->now, c->statement, &a->actor.id, officer_signature_str(&c->signature),
               c->scope));
    TRY(settle_all(a, f));
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), c->scope);
    jw_kv(&w, S("policy"), c->policy);
    jw_close(&w, '}');
    return OK;
}

void quorum_told(struct act *a)
{
    link_wake_courier(a->house->link, STR_NONE, WAKE_CALLED);
}

/* ---- as officers see it --------------------------------------------------------------------- */

/* How far our log to that partner is witnessed, and by whom. */
static enum err put_progress(struct act *a, struct jw *w, const struct quorum *q, struct fault *f)
{
    struct witnessed seen;
    struct channel c;
    uint64_t size;

    enum err e = channel_of(a->db, scope_of(a), true, a->arena, &c, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(witnessed_of(a->db, c.log, a->arena, &seen, f));
    jw_kv_int(w, S("receipted"), (int64_t)c.head_size);
    jw_kv_int(w, S("witnessed"), (int64_t)seen.head_size);
    jw_key(w, S("witnesses"));
    jw_open(w, '[');
    for (size_t i = 0; i < q->n_witnesses; i++) {
        TRY(witnessed_by(a->db, c.log, q->witness[i].name, &size, f));
        jw_open(w, '{');
        jw_kv(w, S("state"), q->witness[i].name);
        jw_kv_int(w, S("size"), (int64_t)size);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

/* What the policy would say to an officer who proposes or confirms, before it is tried. */
static enum err put_step(struct act *a, struct jw *w, const char *action, struct choice *c,
                         struct fault *f)
{
    jw_key(w, S("next"));
    jw_open(w, '{');
    jw_kv(w, S("action"), str_of(action));
    TRY(gate_advise(a->house->gate, a, action_named(link_actions, link_actions_n, str_of(action)),
                    c, w, f));
    jw_close(w, '}');
    return OK;
}

/* What waits for a second officer; else what this one may propose. */
static enum err put_proposed(struct act *a, struct jw *w, struct fault *f)
{
    struct choice c = {.scope = scope_of(a)};
    enum err e = stored_choice(a, &c, f);

    if (e == ERR_CONFLICT)
        return put_step(a, w, "witnesses.propose", &c, f);
    TRY(e);
    TRY(quorum_statement(a->arena, c.scope, c.policy, &c.statement, f));
    jw_kv(w, S("proposed"), c.policy);
    jw_kv(w, S("statement"), c.statement);
    jw_kv_bool(w, S("own"), id_eq(&c.proposer, &a->actor.id));
    return put_step(a, w, "witnesses.confirm", &c, f);
}

/* Third states that have a line with us, each with the key by which it witnesses. */
static enum err put_candidates(struct act *a, struct jw *w, struct fault *f)
{
    str *states = arena_alloc(a->arena, QUORUM_WITNESSES * sizeof *states);
    struct query q;
    size_t n = 0;

    TRY_PTR(states, f);
    TRY(db_query(a->db, &q, f,
                 "SELECT state FROM accreditation WHERE standing = 'accredited' AND state <> ?"
                 " ORDER BY state LIMIT ?",
                 "si", scope_of(a), (int64_t)QUORUM_WITNESSES));
    for (; query_row(&q) && n < QUORUM_WITNESSES; query_next(&q))
        states[n++] = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    jw_key(w, S("candidates"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        AUTO(buf) struct buf b = BUF(512);
        struct note_key key;
        struct partner p;
        TRY(partner_load(a->db, states[i], a->arena, &p, f));
        TRY_PTR(keyset_witness_key(&p.keyset, a->arena, &key), f);
        note_key_format(&b, &key);
        jw_open(w, '{');
        jw_kv(w, S("state"), states[i]);
        jw_kv(w, S("key"), buf_str(&b));
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

/* As a file for others, with both officers' signatures. */
static enum err put_file(struct act *a, struct jw *w, str policy, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(QUORUM_FILE);
    struct keyring_quorum ask = {.name = a->house->name, .partner = scope_of(a), .policy = policy};
    struct query q;
    struct peer own;
    bool whole = true;

    enum err e = link_peer(a->house->link, a->db, a->house->state_code, &own, f);
    if (e == ERR_NOT_FOUND) /* without a letter of credence nobody could check it */
        return OK;
    TRY(e);
    ask.serial = own.serial;
    TRY(db_one(a->db, &q, f,
               "SELECT proposer, proposer_signature, confirmer, confirmer_signature"
               " FROM witness_policy WHERE scope = ?",
               "s", ask.partner));
    for (int i = 0; i < 2; i++) {
        ask.by[i].officer = query_id(&q, 2 * i);
        whole &= officer_signature_of(query_str(&q, 2 * i + 1), &ask.by[i].signature);
    }
    TRY(query_end(&q, f));
    if (!whole)
        return OK;
    TRY(keyring_quorum(a->house->keyring, &ask, &note, f));
    jw_kv(w, S("file"), buf_str(&note));
    return OK;
}

enum err quorum_show(struct act *a, struct fault *f)
{
    struct quorum *q = arena_new_of(a->arena, struct quorum);
    struct jw w = JW(&a->reply);
    str own;

    TRY_PTR(q, f);
    TRY(policy_text(a->db, scope_of(a), 0, a->arena, &own, f));
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), scope_of(a));
    if (own.p) {
        jw_kv(&w, S("policy"), own);
        TRY(put_file(a, &w, own, f));
    }
    TRY(put_proposed(a, &w, f));
    TRY(put_candidates(a, &w, f));
    enum err e = quorum_for(a->db, scope_of(a), a->arena, q, f);
    if (e == OK && !for_all(scope_of(a)))
        e = put_progress(a, &w, q, f);
    jw_close(&w, '}');
    return e == ERR_NOT_FOUND ? OK : e;
}
