/* journaling.c - the journal for whoever watches over it: entries by day, action and subject, why
 * each was decided so, and proofs that anybody checks offline
 *
 * An entry names persons by their ids alone, and so does what is told here. Entries stand in the
 * order of their times, so a day is found by halving; what else is asked for is looked for among at
 * most SCAN_MAX entries at once, and the answer says from where to go on.
 */
#include "base/date.h"
#include "base/encode.h"
#include "node/node_int.h"
#include "node/records.h"
#include "node/telling.h"
#include "policy/why.h"
#include "registry/registry.h"

enum { PAGE = 50, SCAN_MAX = 20000, ENTRY_MEMORY = 64 << 20, WHY_MAX = 64 << 10 };

static struct node *node_of(struct act *a)
{
    return (struct node *)((char *)a->house - offsetof(struct node, house));
}

static int64_t seq_of(struct receipt r)
{
    return (int64_t)(r.epoch << LEDGER_EPOCH_SHIFT | r.index);
}

/* ---- one entry ---------------------------------------------------------------------------- */

/* By which role that was lent, and on whose behalf. */
static enum err put_behalf(struct act *a, struct jw *w, const struct json *entry, struct fault *f)
{
    str role = json_get_str(entry, S("role"));
    struct id id;

    if (!role.p || !id_parse(json_get_str(entry, S("behalf")), &id))
        return OK;
    jw_kv(w, S("role"), role);
    return officer_put_name(a, w, S("behalf"), &id, f);
}

/* Officers by name and post; persons are not named. */
static enum err put_actor(struct act *a, struct jw *w, const struct json *entry, struct fault *f)
{
    str as = json_get_str(entry, S("as")), actor = json_get_str(entry, S("actor"));
    struct query q;
    struct id id;

    jw_kv(w, S("as"), as);
    if (str_eq(as, S("partner")) || str_eq(as, S("x-road")))
        jw_kv(w, S("who"), actor);
    if (!str_eq(as, S("officer")) || !id_parse(actor, &id))
        return OK;
    enum err e = db_one(a->db, &q, f, "SELECT name, mission FROM officer WHERE id = ?", "d", &id);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    jw_kv(w, S("who"), query_str(&q, 0));
    jw_kv(w, S("mission"), query_str(&q, 1));
    TRY(query_end(&q, f));
    return put_behalf(a, w, entry, f);
}

static enum err put_entry(struct act *a, struct jw *w, struct receipt at, const struct json *entry,
                          struct fault *f)
{
    str subject = json_get_str(entry, S("subject"));

    jw_kv_int(w, S("epoch"), (int64_t)at.epoch);
    jw_kv_int(w, S("index"), (int64_t)at.index);
    jw_kv(w, S("at"), json_get_str(entry, S("at")));
    if (json_get_str(entry, S("claimed")).p)
        jw_kv(w, S("claimed"), json_get_str(entry, S("claimed")));
    telling_action(w, node_of(a)->words, act_language(a), json_get_str(entry, S("action")));
    if (subject.p)
        jw_kv(w, S("subject"), subject);
    jw_kv_bool(w, S("permit"), json_get_bool(entry, S("permit"), false));
    return put_actor(a, w, entry, f);
}

/* ---- the list ----------------------------------------------------------------------------- */

struct asked {
    uint64_t epoch, from, to; /* entries: from included, to not */
    str action, subject;
};

static enum err time_of(struct act *a, struct receipt r, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT at FROM journal WHERE seq = ?", "i", seq_of(r)));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

/* The first entry of [0, size) that is not before that moment, or size. */
static enum err first_since(struct act *a, uint64_t epoch, uint64_t size, int64_t ms, uint64_t *out,
                            struct fault *f)
{
    uint64_t low = 0, high = size;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int64_t at = 0;
        TRY(time_of(a, (struct receipt){epoch, middle}, &at, f));
        if (at < ms)
            low = middle + 1;
        else
            high = middle;
    }
    *out = low;
    return OK;
}

static enum err read_asked(struct act *a, struct asked *out, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    str day = act_param(a, S("day")), before = act_param(a, S("before"));
    int64_t last = (int64_t)s.size;
    int32_t d;

    *out =
        (struct asked){s.epoch, 0, s.size, act_param(a, S("action")), act_param(a, S("subject"))};
    if (day.n && !day_parse(day, &d))
        return fault_at(f, ERR_INVALID, "/day", "a date is written as 2026-03-20");
    if (before.n && (!str_to_int64(before, &last) || last < 0))
        return fault_at(f, ERR_INVALID, "/before", "the number of an entry");
    if (day.n) {
        TRY(first_since(a, s.epoch, s.size, d * INT64_C(86400000), &out->from, f));
        TRY(first_since(a, s.epoch, s.size, (d + 1) * INT64_C(86400000), &out->to, f));
    }
    if ((uint64_t)last < out->to)
        out->to = (uint64_t)last;
    return OK;
}

static bool wanted(const struct asked *k, const struct json *entry)
{
    return (!k->action.n || str_eq(json_get_str(entry, S("action")), k->action)) &&
           (!k->subject.n || str_eq(json_get_str(entry, S("subject")), k->subject));
}

static enum err put_wanted(struct act *a, struct jw *w, const struct asked *k, struct query *q,
                           struct receipt at, struct arena *scratch, int64_t *n, struct fault *f)
{
    struct json *entry;

    arena_reset(scratch);
    TRY(json_parse(scratch, query_str(q, 1), NULL, &entry, f));
    if (!wanted(k, entry))
        return OK;
    (*n)++;
    jw_open(w, '{');
    enum err e = put_entry(a, w, at, entry, f);
    jw_close(w, '}');
    return e;
}

/* *out_before: where the next page begins; the entry with which the range does where it is whole.
 */
static enum err put_range(struct act *a, struct jw *w, const struct asked *k, uint64_t *out_before,
                          struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(ENTRY_MEMORY);
    int64_t n = 0, scanned = 0;
    struct query q;
    enum err e = OK;

    TRY_PTR(scratch, f);
    *out_before = k->from;
    TRY(db_query(a->db, &q, f,
                 "SELECT seq, entry FROM journal WHERE seq >= ? AND seq < ? ORDER BY seq DESC",
                 "ii", seq_of((struct receipt){k->epoch, k->from}),
                 seq_of((struct receipt){k->epoch, k->to})));
    while (e == OK && query_row(&q)) {
        uint64_t index = (uint64_t)query_int(&q, 0) & ((UINT64_C(1) << LEDGER_EPOCH_SHIFT) - 1);
        if (n == PAGE || scanned++ == SCAN_MAX) {
            *out_before = index + 1;
            break;
        }
        e = put_wanted(a, w, k, &q, (struct receipt){k->epoch, index}, scratch, &n, f);
        query_next(&q);
    }
    enum err ended = query_end(&q, f);
    return e == OK ? ended : e;
}

/* What can be asked for by name. */
static void put_actions(struct act *a, struct jw *w)
{
    jw_key(w, S("actions"));
    jw_open(w, '[');
    for (size_t i = 0; action_at(i); i++) {
        const struct action *one = action_at(i);
        if (one->kind != ACTION_ACT && one->kind != ACTION_READ_FILE)
            continue;
        jw_open(w, '{');
        telling_action(w, node_of(a)->words, act_language(a), str_of(one->name));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum err list_entries(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    uint64_t before = 0;
    struct asked k;

    TRY(read_asked(a, &k, f));
    jw_open(&w, '{');
    jw_kv_int(&w, S("epoch"), (int64_t)k.epoch);
    jw_kv_int(&w, S("size"), (int64_t)ledger_state(a->house->ledger).size);
    jw_key(&w, S("entries"));
    jw_open(&w, '[');
    TRY(put_range(a, &w, &k, &before, f));
    jw_close(&w, ']');
    if (before > k.from)
        jw_kv_int(&w, S("before"), (int64_t)before);
    put_actions(a, &w);
    jw_close(&w, '}');
    return OK;
}

/* ---- why it was decided so ---------------------------------------------------------------- */

static enum err receipt_of_path(struct act *a, struct receipt *out, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    int64_t epoch, index;

    if (!str_to_int64(act_param(a, S("epoch")), &epoch) || epoch < 0 ||
        !str_to_int64(act_param(a, S("index")), &index) || index < 0 || (uint64_t)epoch > s.epoch ||
        index >= (int64_t)1 << LEDGER_EPOCH_SHIFT)
        return fault(f, ERR_NOT_FOUND, "no such entry");
    *out = (struct receipt){(uint64_t)epoch, (uint64_t)index};
    return OK;
}

/* The clauses that the entry names, as the set says them that governed then. */
static enum err put_by(struct act *a, struct jw *w, const struct policy *p,
                       const struct json *entry, struct fault *f)
{
    const struct json *by = json_get(entry, S("by"));
    size_t n = json_is(by, J_ARRAY) ? by->n : 0;
    str *ids = arena_alloc(a->arena, (n + 1) * sizeof *ids);

    TRY_PTR(ids, f);
    for (size_t i = 0; i < n; i++)
        ids[i] = json_str(json_at(by, i));
    jw_key(w, S("by"));
    policy_explain(w, p, &(struct decision){.by = ids, .n_by = (uint32_t)n}, act_language(a));
    return OK;
}

/* What was missing, from the sealed record: policy_why's answer onto out. */
static enum err why_refused(struct act *a, const struct policy *p, struct receipt at,
                            const struct json *entry, struct arena *scratch, struct buf *out,
                            struct fault *f)
{
    struct cedar_entities *es;
    struct cedar_request q;
    struct jw w = JW(out);
    struct decision d;
    struct json *record;
    str sealed, plain;

    TRY(ledger_record(a->db, at, scratch, &sealed, f));
    TRY(record_open(a->house, a->db, entry, sealed, scratch, &plain, f));
    TRY(json_parse(scratch, plain, &json_limits_wide, &record, f));
    TRY(cedar_entities_read(scratch, json_get(record, S("entities")), NULL, &es, f));
    TRY(cedar_request_read(scratch, json_get(record, S("request")), NULL, &q, f));
    TRY(policy_decide(p, es, &q, scratch, &d, f));
    return policy_why(&w, p, es, &q, &d, act_language(a), true, scratch, f);
}

/* A record that does not open any more, as of an erased person, leaves the reasons of the entry. */
static enum err put_reasons(struct act *a, struct jw *w, struct receipt at,
                            const struct json *entry, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(ENTRY_MEMORY);
    AUTO(buf) struct buf why = BUF(WHY_MAX);
    struct policy *p = NULL;
    struct fault closed = {0};

    TRY_PTR(scratch, f);
    jw_kv(w, S("policy"), json_get_str(entry, S("policy")));
    TRY(policy_recall(a->db, json_get_str(entry, S("policy")), &p, f));
    enum err e = put_by(a, w, p, entry, f);
    if (e == OK && !json_get_bool(entry, S("permit"), false) &&
        why_refused(a, p, at, entry, scratch, &why, &closed) == OK && buf_ok(&why)) {
        jw_key(w, S("decision"));
        jw_raw(w, buf_str(&why));
    }
    policy_unref(p);
    return e;
}

static enum err show_entry(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct json *entry;
    struct receipt at;
    str text;

    TRY(receipt_of_path(a, &at, f));
    TRY(ledger_entry(a->db, at, a->arena, &text, f));
    TRY(json_parse(a->arena, text, NULL, &entry, f));
    jw_open(&w, '{');
    TRY(put_entry(a, &w, at, entry, f));
    TRY(put_reasons(a, &w, at, entry, f));
    jw_key(&w, S("entry"));
    jw_tree(&w, entry);
    jw_close(&w, '}');
    return OK;
}

static enum err show_proof(struct act *a, struct fault *f)
{
    struct receipt at;

    TRY(receipt_of_path(a, &at, f));
    a->type = "application/octet-stream";
    return journal_proof(a, at, &a->reply, f);
}

#define WATCH(name, path, summary, read)                                                           \
    {                                                                                              \
        name, ACTION_READ, ACTION_GET, path, ACTOR_OFFICER, "Mission", NULL, summary, 0, false,    \
            NULL, mission_facts, NULL, read, NULL                                                  \
    }

const struct action journaling_actions[] = {
    WATCH("journal.list", "/v1/journal", "Entries of the journal, by day, action and subject",
          list_entries),
    WATCH("journal.show", "/v1/journal/{epoch}/{index}", "An entry, and why it was decided so",
          show_entry),
    WATCH("journal.proof", "/v1/journal/{epoch}/{index}/proof",
          "Proof that an entry is in the journal, checked offline", show_proof),
};
const size_t journaling_actions_n = ARRAY_LEN(journaling_actions);
