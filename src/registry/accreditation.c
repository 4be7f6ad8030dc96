/* accreditation.c - credence, accreditation and keysets: see accreditation.h */
#include "registry/accreditation.h"

#include "base/encode.h"
#include "policy/facts.h"
#include "registry/accreditation_int.h"
#include "registry/registry_int.h"

static const char *const standings[] = {"none", "accredited", "suspended", "recalled", "severed"};

/* ---- our own letter ----------------------------------------------------------------------- */

static enum err open_own(str credence, str keyset, struct arena *a, struct own_credence *out,
                         struct fault *f)
{
    out->credence_note = str_copy(a, credence);
    out->keyset_note = str_copy(a, keyset);
    TRY_PTR(out->credence_note.p && out->keyset_note.p, f);
    TRY(credence_open(out->credence_note, &out->credence, f));
    return keyset_open(out->keyset_note, &out->credence.root, &out->keyset, f);
}

enum err credence_own(struct db *db, struct arena *a, struct own_credence *out, struct fault *f)
{
    struct query q;

    enum err e = db_one(
        db, &q, f, "SELECT credence, keyset FROM own_credence ORDER BY serial DESC LIMIT 1", "");
    if (e == ERR_NOT_FOUND)
        return fault(f, e, "no letter of credence was adopted yet");
    TRY(e);
    e = open_own(query_str(&q, 0), query_str(&q, 1), a, out, f);
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

static enum err newest_serial(struct db *db, uint64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, "SELECT coalesce(max(serial), 0) FROM own_credence", ""));
    *out = (uint64_t)query_int(&q, 0);
    return query_end(&q, f);
}

static void put_key(struct jw *w, str key, const void *bytes, size_t n)
{
    AUTO(buf) struct buf b = BUF(64);

    base64_encode(&b, str_bytes(bytes, n), BASE64_STD);
    jw_kv(w, key, buf_str(&b));
}

/* What the root has to sign next: the public keys of the next serial. */
enum err credence_keys(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf packages = BUF(1024);
    struct jw w = JW(&a->reply);
    struct keyring_link_keys k;
    struct note_key key;
    uint64_t serial;

    TRY(newest_serial(a->db, &serial, f));
    TRY(keyring_link_keys(a->house->keyring, serial + 1, &k, f));
    TRY(keyring_note_key(a->house->keyring, a->house->package_key, &packages, f));
    TRY(note_key_parse(buf_str(&packages), &key, f));
    jw_open(&w, '{');
    jw_kv(&w, S("state"), a->house->state_code);
    jw_kv(&w, S("name"), a->house->name);
    jw_kv_int(&w, S("serial"), (int64_t)serial + 1);
    put_key(&w, S("log"), k.log.b, sizeof k.log.b);
    put_key(&w, S("mirror"), k.mirror.b, sizeof k.mirror.b);
    put_key(&w, S("witness"), k.witness.b, sizeof k.witness.b);
    put_key(&w, S("packages"), key.public.b, sizeof key.public.b);
    put_key(&w, S("seal"), k.seal.b, sizeof k.seal.b);
    jw_close(&w, '}');
    return OK;
}

static bool keys_are_ours(const struct keyset *k, const struct keyring_link_keys *ours)
{
    return memcmp(k->log.b, ours->log.b, sizeof k->log.b) == 0 &&
           memcmp(k->mirror.b, ours->mirror.b, sizeof k->mirror.b) == 0 &&
           memcmp(k->witness.b, ours->witness.b, sizeof k->witness.b) == 0 &&
           memcmp(k->seal.b, ours->seal.b, sizeof k->seal.b) == 0;
}

/* The same root as before: a new one is a new letter to all partners, by note verbale. */
static enum err check_own(struct act *a, const struct own_credence *c, struct fault *f)
{
    struct keyring_link_keys ours;
    struct own_credence before;

    if (!str_eq(c->keyset.state, a->house->state_code) || !str_eq(c->keyset.name, a->house->name))
        return fault(f, ERR_INVALID, "the letter is not of this node");
    TRY(keyring_link_keys(a->house->keyring, c->keyset.serial, &ours, f));
    if (!keys_are_ours(&c->keyset, &ours))
        return fault(f, ERR_INVALID, "the keyset does not name the keys of this node");
    enum err e = credence_own(a->db, a->arena, &before, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    struct hash was = root_fingerprint(&before.credence.root);
    struct hash is = root_fingerprint(&c->credence.root);
    return secret_equal(was.b, is.b, sizeof is.b)
               ? OK
               : fault(f, ERR_CONFLICT, "another root key signed the letter that is in force");
}

enum err credence_adopt_prepare(struct act *a, struct fault *f)
{
    struct own_credence *c = arena_new_of(a->arena, struct own_credence);
    char hex[65];

    TRY_PTR(c, f);
    TRY(may_leave(a, f));
    TRY(credence_file_open(a->arena, a->body, &c->credence, &c->keyset, &c->credence_note,
                           &c->keyset_note, f));
    TRY(check_own(a, c, f));
    struct hash root = root_fingerprint(&c->credence.root);
    hex_encode(root.b, sizeof root.b, hex);
    a->data = c;
    a->subject = str_printf(a->arena, "credence/%s", hex);
    a->content = sha256(a->body);
    return OK;
}

enum err credence_adopt(struct act *a, struct fault *f)
{
    const struct own_credence *c = a->data;
    struct jw w = JW(&a->reply);
    uint64_t newest;

    TRY(newest_serial(a->db, &newest, f));
    if (c->keyset.serial != newest && c->keyset.serial != newest + 1)
        return fault(f, ERR_STALE, "the next keyset has the serial %llu",
                     (unsigned long long)newest + 1);
    TRY(db_run(a->db, f, "DELETE FROM own_credence WHERE serial = ?", "i",
               (int64_t)c->keyset.serial));
    TRY(db_run(a->db, f, "INSERT INTO own_credence(serial, credence, keyset, at) VALUES(?,?,?,?)",
               "issi", (int64_t)c->keyset.serial, c->credence_note, c->keyset_note, a->now));
    jw_open(&w, '{');
    jw_kv_int(&w, S("serial"), (int64_t)c->keyset.serial);
    jw_close(&w, '}');
    return OK;
}

/* Public: it is what we hand to every state. */
enum err credence_show(struct act *a, struct fault *f)
{
    struct own_credence c;

    TRY(credence_own(a->db, a->arena, &c, f));
    credence_file_format(&a->reply, c.credence_note, c.keyset_note);
    return OK;
}

/* ---- partners as they stand --------------------------------------------------------------- */

enum err partner_standing(struct db *db, str state, char out[STANDING_MAX], struct fault *f)
{
    struct query q;
    enum err e =
        db_one(db, &q, f, "SELECT standing FROM accreditation WHERE state = ?", "s", state);

    memcpy(out, "none", sizeof "none");
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    str s = query_str(&q, 0);
    if (s.n < STANDING_MAX) {
        memcpy(out, s.p, s.n);
        out[s.n] = 0;
    }
    return query_end(&q, f);
}

static enum err load_letter(struct query *q, struct arena *a, struct partner *out, struct fault *f)
{
    str credence = str_copy(a, query_str(q, 1)), keyset = str_copy(a, query_str(q, 2));

    out->standing = str_copy(a, query_str(q, 0));
    TRY_PTR(credence.p && keyset.p && out->standing.p, f);
    TRY(credence_open(credence, &out->credence, f));
    TRY(keyset_open(keyset, &out->credence.root, &out->keyset, f));
    out->state = out->credence.state;
    return OK;
}

enum err partner_load(struct db *db, str state, struct arena *a, struct partner *out,
                      struct fault *f)
{
    struct query q;
    enum err e = db_one(db, &q, f,
                        "SELECT standing, credence, (SELECT note FROM partner_keyset k"
                        " WHERE k.state = p.state AND k.root = p.root"
                        " ORDER BY serial DESC LIMIT 1)"
                        " FROM accreditation p WHERE state = ? AND credence IS NOT NULL",
                        "s", state);

    if (e == ERR_NOT_FOUND)
        return fault(f, e, "%.*s is not accredited here", STR_FMT(state));
    TRY(e);
    e = load_letter(&q, a, out, f);
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

enum err partner_keysets(struct db *db, str state, uint64_t index, int32_t day, struct arena *a,
                         struct keyset *out, size_t *n, struct fault *f)
{
    struct partner p;
    struct query q;
    enum err e = OK;

    *n = 0;
    TRY(partner_load(db, state, a, &p, f));
    struct hash root = root_fingerprint(&p.credence.root);
    TRY(db_query(db, &q, f,
                 "SELECT note FROM partner_keyset WHERE state = ? AND root = ?"
                 " AND (void_from IS NULL OR void_from > ?) ORDER BY serial DESC",
                 "sbi", state, hash_str(&root), (int64_t)index));
    for (; e == OK && query_row(&q) && *n < KEYSETS_MAX; query_next(&q)) {
        str note = str_copy(a, query_str(&q, 0));
        e = note.p ? keyset_open(note, &p.credence.root, &out[*n], f) : ERR_MEMORY_LIMIT;
        /* clocks of two states may be a day apart */
        if (e == OK && day >= out[*n].from - 1 && day <= out[*n].until + 1)
            ++*n;
    }
    enum err ended = query_end(&q, f);
    TRY(e);
    return ended;
}

static enum err insert_keyset(struct act *a, str state, const struct note_key *root, str note,
                              const struct keyset *k, struct fault *f)
{
    struct hash h = root_fingerprint(root);

    return db_run(a->db, f,
                  "INSERT INTO partner_keyset(state, root, serial, note, at) VALUES(?,?,?,?,?)",
                  "sbisi", state, hash_str(&h), (int64_t)k->serial, note, a->now);
}

enum err partner_keyset_add(struct act *a, str state, str note, struct fault *f)
{
    struct partner p;
    struct keyset k;

    TRY(partner_load(a->db, state, a->arena, &p, f));
    TRY(keyset_open(note, &p.credence.root, &k, f));
    if (!str_eq(k.state, p.state) || !str_eq(k.name, p.credence.name))
        return fault(f, ERR_INVALID, "the keyset is of another node");
    if (k.serial == p.keyset.serial)
        return OK;
    if (k.serial < p.keyset.serial)
        return fault(f, ERR_STALE, "a newer keyset is known");
    return insert_keyset(a, state, &p.credence.root, note, &k, f);
}

/* ---- the statement ------------------------------------------------------------------------ */

static void put_digest(struct jw *w, str key, const struct hash *h)
{
    static const struct hash none;
    char hex[65];

    jw_key(w, key);
    hex_encode(h->b, sizeof h->b, hex);
    if (memcmp(h->b, none.b, sizeof none.b) == 0)
        jw_null(w);
    else
        jw_string(w, str_of(hex));
}

enum err standing_statement(struct arena *a, const struct standing_change *c, str *out,
                            struct fault *f)
{
    AUTO(buf) struct buf b = BUF(8192);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    put_digest(&w, S("fingerprint"), &c->fingerprint);
    put_digest(&w, S("note"), &c->note);
    jw_kv(&w, S("partner"), c->partner);
    jw_kv(&w, S("reason"), c->reason.p ? c->reason : S(""));
    jw_kv(&w, S("standing"), c->to);
    jw_kv(&w, S("was"), c->was);
    jw_close(&w, '}');
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

/* ---- proposing ---------------------------------------------------------------------------- */

static size_t rank(str standing)
{
    for (size_t i = 0; i < ARRAY_LEN(standings); i++)
        if (str_eq(standing, str_of(standings[i])))
            return i;
    return 0;
}

/* Which steps there are: down to a stricter one, and back to accredited. */
enum err proposal_check_step(const struct proposal *p, struct fault *f)
{
    size_t was = rank(p->change.was), to = rank(p->change.to);

    if (was == 0 && to != 1)
        return fault(f, ERR_CONFLICT, "%.*s was never accredited", STR_FMT(p->change.partner));
    if ((was == 0 || was == 4) && !p->credence.p)
        return fault_at(f, ERR_INVALID, "/credence", "a letter of credence is needed");
    if (to == was && !p->credence.p)
        return fault(f, ERR_CONFLICT, "it is %.*s already", STR_FMT(p->change.was));
    if (to != 1 && to < was)
        return fault(f, ERR_CONFLICT, "from %.*s there is no step to %.*s", STR_FMT(p->change.was),
                     STR_FMT(p->change.to));
    if (to != 1 && p->credence.p)
        return fault_at(f, ERR_INVALID, "/credence", "a letter goes with accreditation only");
    return OK;
}

/* The fingerprint that the officer read off the paper is that of the letter's root. */
static enum err check_fingerprint(struct act *a, const struct hash *want, struct fault *f)
{
    str typed = json_get_str(a->input, S("fingerprint"));
    struct hash h;

    if (!typed.p)
        return fault_at(f, ERR_INVALID, "/fingerprint",
                        "the fingerprint on the note verbale is needed");
    TRY(fingerprint_parse(typed, &h, f));
    return secret_equal(h.b, want->b, sizeof h.b)
               ? OK
               : fault_at(f, ERR_UNTRUSTED, "/fingerprint",
                          "the letter's key is not the one of the note verbale");
}

static enum err read_letter(struct act *a, struct proposal *p, struct fault *f)
{
    const struct json *file = json_get(a->input, S("credence"));
    AUTO(buf) struct buf text = BUF(2 * CREDENCE_MAX);
    struct jw w = JW(&text);

    if (!file)
        return OK;
    jw_tree(&w, file);
    TRY(credence_file_open(a->arena, buf_str(&text), &p->letter, &p->keys, &p->credence, &p->keyset,
                           f));
    if (!str_eq(p->letter.state, p->change.partner))
        return fault_at(f, ERR_INVALID, "/credence", "the letter is of another state");
    p->change.fingerprint = root_fingerprint(&p->letter.root);
    TRY(check_fingerprint(a, &p->change.fingerprint, f));
    if (!hex_decode(json_get_str(a->input, S("note")), p->change.note.b, sizeof p->change.note.b))
        return fault_at(f, ERR_INVALID, "/note", "the SHA-256 of the note verbale is needed");
    return OK;
}

/* The change that the input asks for. */
static enum err asked_change(struct act *a, struct proposal *p, struct fault *f)
{
    p->change.partner = act_param(a, S("state"));
    p->change.to = json_get_str(a->input, S("standing"));
    p->change.reason = json_get_str(a->input, S("reason"));
    TRY(partner_standing(a->db, p->change.partner, p->was, f));
    p->change.was = str_of(p->was);
    return OK;
}

enum err proposal_read(struct act *a, struct proposal *p, struct fault *f)
{
    TRY(asked_change(a, p, f));
    TRY(read_letter(a, p, f));
    TRY(proposal_check_step(p, f));
    TRY(standing_statement(a->arena, &p->change, &p->statement, f));
    a->data = p;
    a->subject = str_printf(a->arena, "partner/%.*s", STR_FMT(p->change.partner));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err partner_propose_prepare(struct act *a, struct fault *f)
{
    struct proposal *p = arena_new_of(a->arena, struct proposal);

    TRY_PTR(p, f);
    TRY(may_leave(a, f));
    TRY(proposal_read(a, p, f));
    TRY(officer_signature(a, p->statement, &p->signature, f));
    a->content = sha256(p->statement);
    return OK;
}

/* The accreditation as resource, with what is to come of it. */
static enum err put_facts(struct act *a, const struct proposal *p, bool proposed, struct fault *f)
{
    const struct facts *facts = policy_facts(a->policy);
    struct cedar_entity *e;

    if (!facts_state(facts, p->change.partner) || str_eq(p->change.partner, a->house->state_code))
        return fault(f, ERR_NOT_FOUND, "the policy knows no such partner");
    TRY(partner_put_state(a, p->change.partner, f));
    e = act_resource(a, S("Accreditation"), p->change.partner);
    cedar_attr(a->entities, e, S("partner"),
               cedar_ref(a->entities, S("Sifara::State"), p->change.partner));
    cedar_attr(a->entities, e, S("was"), cedar_str(p->change.was));
    cedar_attr(a->entities, e, S("standing"), cedar_str(p->change.to));
    if (proposed)
        cedar_attr(a->entities, e, S("proposer"),
                   cedar_ref(a->entities, S("Sifara::Officer"), act_id_text(a, &p->proposer)));
    return OK;
}

enum err partner_propose_facts(struct act *a, struct fault *f)
{
    struct proposal *asked;

    if (a->data)
        return put_facts(a, a->data, false, f);
    /* only asked about: without letter and signature */
    asked = arena_new_of(a->arena, struct proposal);
    TRY_PTR(asked, f);
    TRY(asked_change(a, asked, f));
    return put_facts(a, asked, false, f);
}

enum err partner_propose(struct act *a, struct fault *f)
{
    const struct proposal *p = a->data;
    struct jw w = JW(&a->reply);
    char was[STANDING_MAX];

    TRY(partner_standing(a->db, p->change.partner, was, f));
    if (strcmp(was, p->was) != 0)
        return fault(f, ERR_STALE, "the standing changed meanwhile");
    TRY(db_run(a->db, f,
               "INSERT INTO accreditation(state, standing, since) VALUES(?, 'none', ?)"
               " ON CONFLICT(state) DO NOTHING",
               "si", p->change.partner, a->now));
    TRY(db_run(a->db, f,
               "UPDATE accreditation SET wanted = ?, wanted_reason = ?, wanted_credence = ?,"
               " wanted_keyset = ?, wanted_note = ?, proposer = ?, proposed_at = ?,"
               " proposer_signature = ? WHERE state = ?",
               "ssssbdibs", p->change.to, p->change.reason, p->credence, p->keyset,
               p->credence.p ? hash_str(&p->change.note) : STR_NONE, &a->actor.id, a->now,
               officer_signature_str(&p->signature), p->change.partner));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), p->change.partner);
    jw_kv(&w, S("standing"), p->change.was);
    jw_kv(&w, S("proposed"), p->change.to);
    jw_kv(&w, S("statement"), p->statement);
    jw_close(&w, '}');
    return OK;
}

/* ---- confirming --------------------------------------------------------------------------- */

static enum err take_proposal(struct act *a, struct query *q, struct proposal *p, struct fault *f)
{
    str note = query_str(q, 5);

    p->change.to = str_copy(a->arena, query_str(q, 1));
    p->change.reason = query_null(q, 2) ? STR_NONE : str_copy(a->arena, query_str(q, 2));
    p->credence = query_null(q, 3) ? STR_NONE : str_copy(a->arena, query_str(q, 3));
    p->keyset = query_null(q, 4) ? STR_NONE : str_copy(a->arena, query_str(q, 4));
    if (note.n == sizeof p->change.note.b)
        memcpy(p->change.note.b, note.p, note.n);
    p->proposer = query_id(q, 6);
    p->proposed = query_int(q, 7);
    TRY_PTR(p->change.to.p, f);
    return OK;
}

enum err proposal_stored(struct act *a, struct proposal *p, struct fault *f)
{
    struct query q;

    p->change.partner = act_param(a, S("state"));
    TRY(partner_standing(a->db, p->change.partner, p->was, f));
    p->change.was = str_of(p->was);
    enum err e = db_one(a->db, &q, f,
                        "SELECT standing, wanted, wanted_reason, wanted_credence, wanted_keyset,"
                        " wanted_note, proposer, proposed_at FROM accreditation"
                        " WHERE state = ? AND wanted IS NOT NULL",
                        "s", p->change.partner);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "nothing is proposed for %.*s", STR_FMT(p->change.partner));
    TRY(e);
    e = take_proposal(a, &q, p, f);
    enum err ended = query_end(&q, f);
    TRY(e);
    TRY(ended);
    if (p->credence.p) {
        TRY(credence_open(p->credence, &p->letter, f));
        TRY(keyset_open(p->keyset, &p->letter.root, &p->keys, f));
        p->change.fingerprint = root_fingerprint(&p->letter.root);
    }
    return standing_statement(a->arena, &p->change, &p->statement, f);
}

enum err partner_confirm_prepare(struct act *a, struct fault *f)
{
    struct proposal *p = arena_new_of(a->arena, struct proposal);

    TRY_PTR(p, f);
    TRY(proposal_stored(a, p, f));
    if (p->credence.p)
        TRY(check_fingerprint(a, &p->change.fingerprint, f));
    TRY(officer_signature(a, p->statement, &p->signature, f));
    a->data = p;
    a->subject = str_printf(a->arena, "partner/%.*s", STR_FMT(p->change.partner));
    a->content = sha256(p->statement);
    return OK;
}

enum err partner_confirm_facts(struct act *a, struct fault *f)
{
    return put_facts(a, a->data, true, f);
}

static enum err keep_step(struct act *a, const struct proposal *p, struct fault *f)
{
    struct id id = id_new(&a->house->world, 0);

    return db_run(a->db, f,
                  "INSERT INTO accreditation_step(id, state, at, statement, proposer,"
                  " proposer_signature, confirmer, confirmer_signature)"
                  " SELECT ?, state, ?, ?, proposer, proposer_signature, ?, ?"
                  " FROM accreditation WHERE state = ?",
                  "disdbs", &id, a->now, p->statement, &a->actor.id,
                  officer_signature_str(&p->signature), p->change.partner);
}

/* What ends something is said to the partner, which says it too (link/closing.c). */
static enum err close_relation(struct act *a, const struct proposal *p, struct fault *f)
{
    const struct closing c = {.id = id_new(&a->house->world, 0),
                              .state = p->change.partner,
                              .was = p->change.was,
                              .standing = p->change.to,
                              .ours = true,
                              .at = a->now};

    return standing_closes(c.standing) ? closing_begin(a, &c, f) : OK;
}

/* A letter of another root begins anew: what the old root vouched for counts no longer. */
static enum err take_letter(struct act *a, const struct proposal *p, struct fault *f)
{
    TRY(db_run(a->db, f,
               "UPDATE accreditation SET root = ?, credence = ?, note = ? WHERE state = ?", "bsbs",
               hash_str(&p->change.fingerprint), p->credence, hash_str(&p->change.note),
               p->change.partner));
    TRY(db_run(a->db, f, "DELETE FROM partner_keyset WHERE state = ? AND root = ? AND serial = ?",
               "sbi", p->change.partner, hash_str(&p->change.fingerprint),
               (int64_t)p->keys.serial));
    return insert_keyset(a, p->change.partner, &p->letter.root, p->keyset, &p->keys, f);
}

enum err partner_confirm(struct act *a, struct fault *f)
{
    const struct proposal *p = a->data;
    struct proposal now = {0};
    struct jw w = JW(&a->reply);

    TRY(proposal_stored(a, &now, f));
    if (!str_eq(now.statement, p->statement) ||
        memcmp(now.proposer.b, p->proposer.b, sizeof now.proposer.b))
        return fault(f, ERR_STALE, "something else is proposed meanwhile");
    if (memcmp(p->proposer.b, a->actor.id.b, sizeof a->actor.id.b) == 0)
        return fault(f, ERR_FOUR_EYES, "another officer than the proposer must confirm it");
    TRY(keep_step(a, p, f));
    if (p->credence.p)
        TRY(take_letter(a, p, f));
    TRY(db_run(a->db, f,
               "UPDATE accreditation SET standing = ?, since = ?, wanted = NULL,"
               " wanted_reason = NULL, wanted_credence = NULL, wanted_keyset = NULL,"
               " wanted_note = NULL, proposer = NULL, proposed_at = NULL,"
               " proposer_signature = NULL WHERE state = ?",
               "sis", p->change.to, a->now, p->change.partner));
    TRY(close_relation(a, p, f));
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), p->change.partner);
    jw_kv(&w, S("standing"), p->change.to);
    jw_close(&w, '}');
    return OK;
}

enum err partner_suspend(struct act *a, str state, struct fault *f)
{
    return db_run(a->db, f,
                  "UPDATE accreditation SET standing = 'suspended', since = ?"
                  " WHERE state = ? AND standing = 'accredited'",
                  "is", a->now, state);
}

void partner_told(struct act *a)
{
    struct registry *r = a->house->registry;

    if (r->told)
        r->told(r->told_ctx);
}

void registry_on_standing(struct registry *r, void (*told)(void *), void *ctx)
{
    r->told = told;
    r->told_ctx = ctx;
}
