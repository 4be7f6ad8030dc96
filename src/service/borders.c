/* borders.c - what the border officers of a partner need to check our documents without asking
 *
 * The certificates under which we seal and the signed list of what we revoked go to each accredited
 * partner: once there is a sealed document, whenever one of them changes, and when it asks. What
 * partners send is kept, the newest per state, verified: the authority is the partner's own, the
 * list is signed by it and its number does not go back. Ours and theirs together are one trust list
 * with its lists of revocations, for whoever checks seals offline.
 */
#include "service/borders.h"

#include <stdio.h>

#include "base/encode.h"
#include "base/log.h"
#include "paper/trust.h"
#include "registry/accreditation.h"
#include "registry/registry.h"
#include "service/borders_int.h"
#include "service/documents.h"

enum { PACE_MS = 2000, PAUSE_MS = 60000, LISTS_MAX = 24 << 20, PARTNERS_MAX = 256 };

/* ---- ours ----------------------------------------------------------------------------------- */

static str certificates_of(const struct json *list, struct arena *a)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);

    jw_tree(&w, json_get(list, S("authorities")));
    jw_tree(&w, json_get(list, S("signers")));
    return str_copy(a, buf_str(&b));
}

/* What is to be known: the certificates, and what was revoked. *out_any: is anything sealed? */
static enum err our_mark(struct house *h, struct db *db, struct arena *a, str *out, bool *out_any,
                         struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    char hex[2 * sizeof(struct hash) + 1];
    struct json *list;
    struct query q;

    TRY(keyring_trust_list(h->keyring, &b, f));
    TRY(json_parse(a, buf_str(&b), NULL, &list, f));
    struct hash certificates = sha256(certificates_of(list, a));
    hex_encode(certificates.b, 8, hex);
    hex[16] = 0;
    TRY(db_one(db, &q, f,
               "SELECT count(*), coalesce(max(revoked), 0), EXISTS(SELECT 1 FROM document WHERE"
               " state = 'sealed') FROM document WHERE state = 'revoked'",
               ""));
    *out = str_printf(a, "%s/%lld/%lld", hex, (long long)query_int(&q, 0),
                      (long long)query_int(&q, 1));
    *out_any = query_int(&q, 0) > 0 || query_int(&q, 2) != 0;
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

struct telling {
    struct dispatch_out out;
    str mark;
};

static void telling_free(void *p)
{
    dispatch_out_free(p);
}

static enum err write_lists(struct act *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf trust = BUF(1 << 20), b = BUF(LISTS_MAX);
    struct jw w = JW(&b);

    TRY(keyring_trust_list(a->house->keyring, &trust, f));
    buf_clear(&a->reply);
    TRY(documents_revocations(a, f));
    jw_open(&w, '{');
    jw_kv(&w, S("revocations"), buf_str(&a->reply));
    jw_kv(&w, S("trust"), buf_str(&trust));
    jw_close(&w, '}');
    buf_clear(&a->reply);
    *out = str_copy(a->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

enum err trust_send_prepare(struct act *a, struct fault *f)
{
    struct telling *t = arena_new_of(a->arena, struct telling);
    bool any;

    TRY_PTR(t, f);
    a->data = t;
    a->data_free = telling_free;
    t->out.partner = act_param(a, S("id"));
    t->out.kind = S("trust-list");
    TRY(our_mark(a->house, a->db, a->arena, &t->mark, &any, f));
    TRY(write_lists(a, &t->out.content, f));
    a->content = sha256(t->out.content);
    return a->house->dispatches->seal(a, &t->out, f);
}

enum err trust_send_facts(struct act *a, struct fault *f)
{
    const struct telling *t = a->data;

    a->subject = str_printf(a->arena, "dispatch/%.*s", STR_FMT(act_id_text(a, &t->out.id)));
    return a->house->dispatches->facts(a, &t->out, f);
}

enum err trust_send(struct act *a, struct fault *f)
{
    struct telling *t = a->data;

    TRY(db_run(a->db, f,
               "INSERT INTO trust_told(partner, mark, at) VALUES(?,?,?)"
               " ON CONFLICT(partner) DO UPDATE SET mark = excluded.mark, at = excluded.at",
               "ssi", t->out.partner, t->mark, a->now));
    return a->house->dispatches->put(a, &t->out, f);
}

void trust_send_after(struct act *a)
{
    const struct telling *t = a->data;

    a->house->dispatches->sent(a, &t->out);
}

/* ---- asking ---------------------------------------------------------------------------------- */

enum err trust_ask_prepare(struct act *a, struct fault *f)
{
    struct telling *t = arena_new_of(a->arena, struct telling);

    TRY_PTR(t, f);
    a->data = t;
    a->data_free = telling_free;
    t->out.partner = act_param(a, S("state"));
    t->out.kind = S("trust-query");
    t->out.content = S("{}");
    a->content = sha256(t->out.content);
    return a->house->dispatches->seal(a, &t->out, f);
}

enum err trust_ask(struct act *a, struct fault *f)
{
    struct telling *t = a->data;
    struct jw w = JW(&a->reply);

    TRY(a->house->dispatches->put(a, &t->out, f));
    a->status = 201;
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &t->out.id));
    jw_kv(&w, S("partner"), t->out.partner);
    jw_close(&w, '}');
    return OK;
}

/* The answer goes by itself: what was told counts no more. */
enum err trust_asked(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;

    TRY(a->house->dispatches->keep(a, f));
    return db_run(a->db, f,
                  "INSERT INTO trust_told(partner, mark, at) VALUES(?,'',?)"
                  " ON CONFLICT(partner) DO UPDATE SET mark = '', at = excluded.at",
                  "si", in->partner, a->now);
}

/* ---- theirs ---------------------------------------------------------------------------------- */

struct foreign {
    str code, trust, revocations; /* code: three letters, as in seals */
    int64_t number;
};

static enum err verify_lists(const struct dispatch_in *in, struct foreign *out, struct arena *a,
                             struct fault *f)
{
    struct revocations *r = NULL;
    struct trust *t = NULL;
    str code;

    out->trust = json_get_str(in->json, S("trust"));
    out->revocations = json_get_str(in->json, S("revocations"));
    TRY(trust_parse(out->trust, &t, f));
    enum err e = revocations_parse(out->revocations, t, &r, f);
    if (e == OK && (!trust_is_of(t, in->partner, &code) || !str_eq(revocations_state(r), code)))
        e = fault(f, ERR_UNTRUSTED, "a state speaks of its own documents alone");
    if (e == OK) {
        out->code = str_copy(a, code);
        out->number = revocations_number(r);
        e = out->code.p ? OK : fault(f, ERR_MEMORY_LIMIT, "out of memory");
    }
    revocations_free(r);
    trust_free(t);
    return e;
}

/* A code in seals belongs to one state: ours to nobody else, a partner's to that partner. */
static enum err check_code(struct act *a, const struct dispatch_in *in, const struct foreign *l,
                           struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct trust *own = NULL;
    struct query q;
    str code;

    TRY(keyring_trust_list(a->house->keyring, &b, f));
    TRY(trust_parse(buf_str(&b), &own, f));
    bool ours = trust_is_of(own, a->house->state_code, &code) && str_eq(code, l->code);
    trust_free(own);
    if (ours)
        return fault(f, ERR_UNTRUSTED, "that code is ours");
    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM foreign_trust WHERE (code = ? AND state <> ?)"
               " OR (state = ? AND code <> ?)",
               "ssss", l->code, in->partner, in->partner, l->code));
    bool taken = query_int(&q, 0) > 0;
    TRY(query_end(&q, f));
    return taken ? fault(f, ERR_UNTRUSTED, "that code is another state's") : OK;
}

enum err trust_receive_prepare(struct act *a, struct fault *f)
{
    struct foreign *l = arena_new_of(a->arena, struct foreign);
    struct dispatch_in *in = a->data;

    TRY_PTR(l, f);
    in->user = l;
    TRY(a->house->dispatches->take(a, f));
    TRY(verify_lists(in, l, a->arena, f));
    return check_code(a, in, l, f);
}

enum err trust_receive(struct act *a, struct fault *f)
{
    const struct dispatch_in *in = a->data;
    const struct foreign *l = in->user;

    TRY(a->house->dispatches->keep(a, f));
    TRY(db_run(a->db, f,
               "INSERT INTO foreign_trust(state, code, trust, revocations, number, at)"
               " VALUES(?,?,?,?,?,?) ON CONFLICT(state) DO UPDATE SET trust = excluded.trust,"
               " revocations = excluded.revocations, number = excluded.number, at = excluded.at"
               " WHERE foreign_trust.number < excluded.number",
               "ssssii", in->partner, l->code, l->trust, l->revocations, l->number, a->now));
    return db_changes(a->db) == 1 ? OK : fault(f, ERR_STALE, "a newer list is here already");
}

/* ---- reading --------------------------------------------------------------------------------- */

enum err trust_kept(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct query q;
    char at[32];

    TRY(db_query(a->db, &q, f, "SELECT state, code, number, at FROM foreign_trust ORDER BY state",
                 ""));
    jw_open(&w, '{');
    jw_key(&w, S("states"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        time_format(query_int(&q, 3), at);
        jw_open(&w, '{');
        jw_kv(&w, S("state"), query_str(&q, 0));
        jw_kv(&w, S("code"), query_str(&q, 1));
        jw_kv_int(&w, S("number"), query_int(&q, 2));
        jw_kv(&w, S("at"), str_of(at));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}

struct bundle {
    struct json *trust[PARTNERS_MAX], *revoked[PARTNERS_MAX];
    size_t n;
};

static enum err add_lists(struct bundle *b, struct arena *a, str trust, str revoked,
                          struct fault *f)
{
    str kept = str_copy(a, trust), list = str_copy(a, revoked);

    if (b->n == PARTNERS_MAX)
        return fault(f, ERR_LIMIT, "at most %d states in a bundle", PARTNERS_MAX);
    TRY_PTR(kept.p && list.p, f);
    TRY(json_parse(a, kept, &json_limits_wide, &b->trust[b->n], f));
    TRY(json_parse(a, list, &json_limits_wide, &b->revoked[b->n], f));
    b->n++;
    return OK;
}

static enum err collect(struct act *a, struct arena *scratch, struct bundle *b, struct fault *f)
{
    AUTO(buf) struct buf trust = BUF(1 << 20);
    struct query q;
    enum err e = OK;

    TRY(may_leave(a, f));
    TRY(keyring_trust_list(a->house->keyring, &trust, f));
    TRY(documents_revocations(a, f));
    TRY(add_lists(b, scratch, buf_str(&trust), buf_str(&a->reply), f));
    buf_clear(&a->reply);
    TRY(db_query(a->db, &q, f,
                 "SELECT trust, revocations FROM foreign_trust t WHERE NOT EXISTS(SELECT 1 FROM"
                 " accreditation c WHERE c.state = t.state AND c.standing = 'severed')"
                 " ORDER BY t.state",
                 ""));
    for (; e == OK && query_row(&q); query_next(&q))
        e = add_lists(b, scratch, query_str(&q, 0), query_str(&q, 1), f);
    enum err ended = query_end(&q, e == OK ? f : NULL);
    TRY(e);
    return ended;
}

static void put_items(struct jw *w, str key, const struct bundle *b)
{
    const struct json *item;

    jw_key(w, key);
    jw_open(w, '[');
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = 0; (item = json_at(json_get(b->trust[i], key), k)); k++)
            jw_tree(w, item);
    jw_close(w, ']');
}

/* A trust list of all states, with the newest list of revocations of each beside. */
enum err trust_bundle(struct act *a, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new((size_t)256 << 20);
    struct bundle *b = scratch ? arena_new_of(scratch, struct bundle) : NULL;
    struct jw w = JW(&a->reply);
    char at[32];

    TRY_PTR(b, f);
    TRY(collect(a, scratch, b, f));
    a->reply.max = (size_t)64 << 20;
    time_format(a->now, at);
    jw_open(&w, '{');
    jw_kv(&w, S("format"), S("sifara-trust-list/1"));
    jw_kv(&w, S("issued"), str_of(at));
    put_items(&w, S("authorities"), b);
    put_items(&w, S("signers"), b);
    jw_key(&w, S("revocations"));
    jw_open(&w, '[');
    for (size_t i = 0; i < b->n; i++)
        jw_tree(&w, b->revoked[i]);
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

/* ---- by itself ------------------------------------------------------------------------------- */

struct due_partner {
    char state[3];
};

/* Accredited partners that do not know what is to be known. */
static enum err partners_to_tell(struct house *h, struct db *db, struct due_partner *out, size_t *n,
                                 struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct query q;
    bool any;
    str mark;

    *n = 0;
    TRY_PTR(a, f);
    TRY(our_mark(h, db, a, &mark, &any, f));
    TRY(db_query(db, &q, f,
                 "SELECT c.state FROM accreditation c LEFT JOIN trust_told t ON t.partner = c.state"
                 " WHERE c.standing = 'accredited' AND coalesce(t.mark, ?) <> ?",
                 "ss", any ? S("never") : mark, mark));
    for (; query_row(&q) && *n < PARTNERS_MAX; query_next(&q), ++*n)
        snprintf(out[*n].state, sizeof out->state, "%.*s", STR_FMT(query_str(&q, 0)));
    return query_end(&q, f);
}

static bool tell(struct house *h, const struct due_partner *p)
{
    struct due_job job = {0};
    struct fault f = {0};

    snprintf(job.subject, sizeof job.subject, "%s", p->state);
    enum err e = job_act(h, S("trust.send"), &job, STR_NONE, &f);
    if (e != OK)
        LOG(LOG_WARN, "certificates are not sent", LOG_CSTR("partner", p->state),
            LOG_CSTR("detail", f.detail));
    return e == OK;
}

unsigned borders_work(struct house *h, int64_t *not_before)
{
    struct due_partner list[PARTNERS_MAX];
    int64_t now = world_now(&h->world);
    bool well = true;
    struct db *db;
    size_t n = 0;

    if (now < *not_before || db_pool_take(h->readers, &db, NULL) != OK)
        return 0;
    well = partners_to_tell(h, db, list, &n, NULL) == OK;
    db_pool_put(h->readers, db);
    for (size_t i = 0; i < n; i++)
        well &= tell(h, &list[i]);
    *not_before = now + (well ? PACE_MS : PAUSE_MS);
    return (unsigned)n;
}
