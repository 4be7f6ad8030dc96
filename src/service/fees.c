#include "service/fees_int.h"

#include "service/camt.h"
#include "service/cash_int.h"
#include "service/jobs_int.h"
#include "service/reference.h"

enum { TOLD_MAX = 4096, LISTED = 500 };

/* ---- the account of a mission --------------------------------------------------------------- */

/* All fees of a mission go there: one stolen session must not lead them elsewhere. */
enum err account_propose(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX);
    str mission = act_param(a, S("mission")), statement;
    char iban[IBAN_MAX + 1];
    struct json account = {.type = J_OBJECT}, said = {.type = J_OBJECT};
    int64_t today;

    TRY(mission_today(a, mission, &today, f));
    if (!iban_read(json_get_str(a->input, S("iban")), iban))
        return fault_at(f, ERR_INVALID, "/iban", "the check digits of this number do not hold");
    for (uint32_t i = 0; i < a->input->n; i++)
        TRY_PTR(json_put(a->arena, &account, a->input->members[i].key, a->input->members[i].value),
                f);
    TRY_PTR(json_put(a->arena, &account, S("iban"), json_of_str(str_of(iban))), f);
    TRY_PTR(json_put(a->arena, &said, S("account"), account), f);
    TRY_PTR(json_put(a->arena, &said, S("mission"), json_of_str(mission)), f);
    TRY_PTR(json_put(a->arena, &said, S("what"), json_of_str(S("account"))), f);
    TRY(json_canonical(&b, &said, a->arena, f));
    statement = str_copy(a->arena, buf_str(&b));
    TRY_PTR(statement.p, f);
    return proposal_add(a, mission, S(""), statement, f);
}

enum err account_apply(struct act *a, const struct proposal *p, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX);
    const struct json *account = json_get(p->said, S("account"));
    struct jw w = JW(&b);

    jw_tree(&w, account);
    return db_run(a->db, f,
                  "INSERT INTO mission_account(mission, iban, doc, at, officer) VALUES(?,?,?,?,?)"
                  " ON CONFLICT(mission) DO UPDATE SET iban = excluded.iban, doc = excluded.doc,"
                  " at = excluded.at, officer = excluded.officer",
                  "sssid", p->mission, json_get_str(account, S("iban")), buf_str(&b), a->now,
                  &p->proposer);
}

/* "account" as a member of an open object; nothing where the mission has none. */
static enum err put_account(struct act *a, struct jw *w, str mission, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT iban, doc FROM mission_account WHERE mission = ?",
                        "s", mission);
    struct json *doc;

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    str iban = str_copy(a->arena, query_str(&q, 0)), text = str_copy(a->arena, query_str(&q, 1));
    TRY(query_end(&q, f));
    TRY_PTR(iban.p && text.p, f);
    TRY(json_parse(a->arena, text, NULL, &doc, f));
    jw_key(w, S("account"));
    jw_open(w, '{');
    jw_kv(w, S("holder"), json_get_str(doc, S("holder")));
    jw_kv(w, S("iban"), iban);
    if (json_get_str(doc, S("bic")).p)
        jw_kv(w, S("bic"), json_get_str(doc, S("bic")));
    if (json_get_str(doc, S("bank")).p)
        jw_kv(w, S("bank"), json_get_str(doc, S("bank")));
    jw_close(w, '}');
    return OK;
}

enum err account_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    TRY(put_account(a, &w, act_param(a, S("mission")), f));
    TRY(proposals_put(a, &w, act_param(a, S("mission")), S("account"), S(""), f));
    jw_close(&w, '}');
    return OK;
}

/* ---- an order: what to pay, where to, under which reference --------------------------------- */

enum err fee_order_prepare(struct act *a, struct fault *f)
{
    struct ordering *o = arena_new_of(a->arena, struct ordering);
    uint64_t number;

    TRY_PTR(o, f);
    a->data = o;
    TRY(case_of_path(a, &o->c, f));
    TRY(act_seal_for(a, &o->c.person, f));
    secret_random(&number, sizeof number);
    reference_make(number, o->reference);
    a->content = sha256(a->body);
    return OK;
}

enum err order_of(struct act *a, struct ordering *o, struct fault *f)
{
    int64_t bucket = (int64_t)id_bucket(&o->c.id);
    struct query q;
    enum err e =
        db_one(a->db, &q, f, "SELECT reference FROM fee_order WHERE file = ?", "d", &o->c.id);

    if (e == OK) {
        if (!reference_read(query_str(&q, 0), o->reference))
            e = fault(f, ERR_CORRUPT, "a reference is damaged");
        enum err ended = query_end(&q, f);
        return e != OK ? e : ended;
    }
    if (e != ERR_NOT_FOUND)
        return e;
    return db_run(a->db, f, "INSERT INTO fee_order(reference, bucket, file, at) VALUES(?,?,?,?)",
                  "sidi", str_of(o->reference), bucket, &o->c.id, a->now);
}

enum err fee_order(struct act *a, struct fault *f)
{
    struct ordering *o = a->data;
    struct jw w = JW(&a->reply);
    struct casefile now;

    TRY(case_load(a, &o->c.id, &now, f));
    if (now.fee <= now.paid)
        return fault(f, ERR_CONFLICT, "nothing is owed for this case");
    TRY(order_of(a, o, f));
    jw_open(&w, '{');
    jw_kv(&w, S("reference"), str_of(o->reference));
    jw_kv_int(&w, S("amount"), now.fee - now.paid);
    jw_kv(&w, S("currency"), now.currency);
    jw_kv(&w, S("mission"), now.mission);
    TRY(put_account(a, &w, now.mission, f));
    jw_kv_bool(&w, S("page"), a->house->pay_key != NULL);
    jw_close(&w, '}');
    return OK;
}

/* ---- what the bank says --------------------------------------------------------------------- */

struct statement {
    struct camt camt;
    str *told; /* of each payment: who paid and what they wrote, sealed */
};

static enum err seal_told(struct act *a, const struct camt_payment *p, str *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(TOLD_MAX);
    AUTO(buf) struct buf sealed = BUF(TOLD_MAX + 256);
    struct jw w = JW(&text);

    jw_open(&w, '{');
    if (p->payer.p)
        jw_kv(&w, S("payer"), p->payer);
    if (p->text.p)
        jw_kv(&w, S("text"), p->text);
    jw_close(&w, '}');
    if (!buf_ok(&text))
        return fault(f, ERR_LIMIT, "a payment says too much");
    TRY(seal(&sealed, &a->house->record_key, S("entry"), buf_str(&text), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

enum err statement_take_prepare(struct act *a, struct fault *f)
{
    struct statement *s = arena_new_of(a->arena, struct statement);

    TRY_PTR(s, f);
    a->data = s;
    TRY(camt_read(a->arena, a->body, &s->camt, f));
    s->told = arena_zalloc(a->arena, s->camt.n + 1, sizeof *s->told);
    TRY_PTR(s->told, f);
    for (size_t i = 0; i < s->camt.n; i++)
        TRY(seal_told(a, &s->camt.list[i], &s->told[i], f));
    return OK;
}

static enum err check_account(struct act *a, const struct statement *s, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT iban FROM mission_account WHERE mission = ?", "s",
                        act_param(a, S("mission")));

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "the mission has no account yet");
    TRY(e);
    bool own = str_eq(query_str(&q, 0), s->camt.iban);
    TRY(query_end(&q, f));
    return own ? OK : fault(f, ERR_CONFLICT, "the statement is of another account");
}

enum err case_of_order(struct act *a, str reference, str mission, struct id *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT c.id FROM fee_order o JOIN case_file c ON c.id = o.file"
                        " AND c.bucket = o.bucket WHERE o.reference = ?"
                        " AND (c.mission = ? OR ? = '')",
                        "sss", reference, mission.p ? mission : S(""), mission.p ? mission : S(""));

    *out = (struct id){{0}};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

static enum err entry_known(struct act *a, str mission, str key, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM bank_entry WHERE mission = ? AND entry = ?",
               "ss", mission, key));
    *out = query_int(&q, 0) > 0;
    return query_end(&q, f);
}

enum err entry_add(struct act *a, const struct entry *e, bool *out_known, struct fault *f)
{
    bool matched = !id_is_nil(&e->file);

    TRY(entry_known(a, e->mission, e->key, out_known, f));
    if (*out_known)
        return OK;
    TRY(db_run(a->db, f,
               "INSERT INTO bank_entry(id, mission, entry, day, amount, currency, reference, file,"
               " state, surplus, told, officer, at, how) VALUES(?,?,?,?,?,?,?,?,?,0,?,?,?,?)",
               "dsssissdsbdis", &e->id, e->mission, e->key, e->day, e->amount, e->currency,
               e->reference, matched ? &e->file : NULL, matched ? S("matched") : S("unknown"),
               e->told, &a->actor.id, a->now, e->how));
    TRY(cash_add(a,
                 &(struct movement){.mission = e->mission,
                                    .how = e->how,
                                    .currency = e->currency,
                                    .amount = e->amount,
                                    .file = matched ? &e->file : NULL,
                                    .reference = e->key},
                 f));
    return matched ? job_add(a, S("fee-settle"), act_id_text(a, &e->id), f) : OK;
}

static enum err take_entry(struct act *a, const struct camt_payment *p, str told,
                           const char **out_state, struct fault *f)
{
    char reference[REFERENCE_TEXT + 1] = "";
    struct entry e = {.id = id_new(&a->house->world, 0),
                      .mission = act_param(a, S("mission")),
                      .key = p->key,
                      .day = p->day,
                      .amount = p->amount,
                      .currency = p->currency,
                      .told = told,
                      .how = S("transfer")};
    bool known = false;

    if (reference_read(p->reference, reference) || reference_find(p->text, reference)) {
        e.reference = str_of(reference);
        TRY(case_of_order(a, e.reference, e.mission, &e.file, f));
    }
    TRY(entry_add(a, &e, &known, f));
    *out_state = known ? "known" : id_is_nil(&e.file) ? "unknown" : "matched";
    return OK;
}

enum err statement_take(struct act *a, struct fault *f)
{
    static const char *const states[] = {"matched", "unknown", "known"};
    struct statement *s = a->data;
    struct jw w = JW(&a->reply);
    int64_t n[ARRAY_LEN(states)] = {0};

    TRY(check_account(a, s, f));
    for (size_t i = 0; i < s->camt.n; i++) {
        const char *state = NULL;
        TRY(take_entry(a, &s->camt.list[i], s->told[i], &state, f));
        for (size_t k = 0; k < ARRAY_LEN(states); k++)
            n[k] += str_eq(str_of(state), str_of(states[k]));
    }
    a->status = 201;
    jw_open(&w, '{');
    for (size_t k = 0; k < ARRAY_LEN(states); k++)
        jw_kv_int(&w, str_of(states[k]), n[k]);
    jw_kv_int(&w, S("left_out"), (int64_t)s->camt.left_out);
    jw_close(&w, '}');
    return OK;
}

/* ---- looking, and saying whose it is --------------------------------------------------------- */

static enum err put_entry(struct act *a, struct jw *w, struct query *q, struct fault *f)
{
    struct id id = query_id(q, 0);
    str told;

    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv(w, S("entry"), query_str(q, 1));
    jw_kv(w, S("day"), query_str(q, 2));
    jw_kv_int(w, S("amount"), query_int(q, 3));
    jw_kv(w, S("currency"), query_str(q, 4));
    if (query_str(q, 5).n)
        jw_kv(w, S("reference"), query_str(q, 5));
    if (query_str(q, 6).n) {
        struct id file = query_id(q, 6);
        jw_kv(w, S("case"), act_id_text(a, &file));
    }
    jw_kv(w, S("state"), query_str(q, 7));
    if (query_int(q, 8))
        jw_kv_int(w, S("surplus"), query_int(q, 8));
    TRY(unseal(a->arena, &a->house->record_key, S("entry"), query_str(q, 9), &told, f));
    jw_key(w, S("told"));
    jw_raw(w, told);
    jw_close(w, '}');
    return OK;
}

/* The newest first; ?state= narrows. */
enum err entry_list(struct act *a, struct fault *f)
{
    str state = act_param(a, S("state"));
    struct jw w = JW(&a->reply);
    struct query q;
    enum err e = OK;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, entry, day, amount, currency, reference, file, state, surplus, told"
                 " FROM bank_entry WHERE mission = ? AND (? = '' OR state = ?)"
                 " ORDER BY id DESC LIMIT ?",
                 "sssi", act_param(a, S("mission")), state.p ? state : S(""),
                 state.p ? state : S(""), (int64_t)LISTED));
    jw_open(&w, '{');
    jw_key(&w, S("entries"));
    jw_open(&w, '[');
    for (; e == OK && query_row(&q); query_next(&q))
        e = put_entry(a, &w, &q, f);
    jw_close(&w, ']');
    enum err ended = query_end(&q, f);
    TRY(e != OK ? e : ended);
    TRY(proposals_put(a, &w, act_param(a, S("mission")), S("repayment"), S(""), f));
    jw_close(&w, '}');
    return OK;
}

enum err entry_assign(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct casefile c;
    struct id entry, file;

    TRY(act_param_id(a, S("entry"), &entry, f));
    if (!id_parse(json_get_str(a->input, S("case")), &file))
        return fault_at(f, ERR_INVALID, "/case", "the reference of a case");
    enum err e = case_load(a, &file, &c, f);
    if (e == ERR_NOT_FOUND || (e == OK && !str_eq(c.mission, mission)))
        return fault_at(f, ERR_INVALID, "/case", "no case of this mission");
    TRY(e);
    if (c.fee <= c.paid)
        return fault_at(f, ERR_CONFLICT, "/case", "nothing is owed for this case");
    TRY(db_run(a->db, f,
               "UPDATE bank_entry SET file = ?, state = 'matched' WHERE id = ? AND mission = ?"
               " AND state = 'unknown'",
               "dds", &file, &entry, mission));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "no entry that waits to be assigned");
    TRY(job_add(a, S("fee-settle"), act_id_text(a, &entry), f));
    jw_open(&w, '{');
    jw_kv(&w, S("state"), S("matched"));
    jw_close(&w, '}');
    return OK;
}

/* ---- the node settles what matched ---------------------------------------------------------- */

struct settling {
    struct casefile c; /* first */
    struct id entry, officer;
    str currency, how, note;
    int64_t amount;
};

static enum err entry_load(struct act *a, struct settling *s, struct id *file, struct fault *f)
{
    struct query q;

    TRY(act_param_id(a, S("id"), &s->entry, f));
    TRY(db_one(a->db, &q, f,
               "SELECT file, amount, currency, officer, how FROM bank_entry WHERE id = ?"
               " AND state = 'matched'",
               "d", &s->entry));
    *file = query_id(&q, 0);
    s->amount = query_int(&q, 1);
    s->currency = str_copy(a->arena, query_str(&q, 2));
    s->officer = query_id(&q, 3);
    s->how = str_copy(a->arena, query_str(&q, 4));
    TRY(query_end(&q, f));
    TRY_PTR(s->currency.p && s->how.p, f);
    return OK;
}

/* What of it is the fee: no more than is owed, nothing in another currency. */
static int64_t taken(const struct settling *s, const struct casefile *c)
{
    int64_t owed = c->fee - c->paid;

    if (owed <= 0 || !str_eq(s->currency, c->currency))
        return 0;
    return s->amount < owed ? s->amount : owed;
}

enum err fee_settle_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(1024);
    struct settling *s = arena_new_of(a->arena, struct settling);
    struct jw w = JW(&plain);
    struct id file;

    TRY_PTR(s, f);
    a->data = s;
    TRY(entry_load(a, s, &file, f));
    TRY(case_load(a, &file, &s->c, f));
    TRY(act_seal_for(a, &s->c.person, f));
    jw_open(&w, '{');
    jw_key(&w, S("payment"));
    jw_open(&w, '{');
    jw_kv_int(&w, S("amount"), taken(s, &s->c));
    jw_kv(&w, S("currency"), s->currency);
    jw_kv(&w, S("how"), s->how);
    jw_close(&w, '}');
    jw_close(&w, '}');
    return case_seal_note(a, buf_str(&plain), &s->note, f);
}

static enum err settle_case(struct act *a, struct settling *s, int64_t amount, struct fault *f)
{
    struct casefile *c = &s->c;

    TRY(db_run(a->db, f,
               "INSERT INTO case_payment(file, step, bucket, at, amount, currency, how, officer,"
               " mission) VALUES(?,?,?,?,?,?,?,?,?)",
               "diiiissds", &c->id, c->steps, (int64_t)id_bucket(&c->id), a->now, amount,
               c->currency, s->how, &s->officer, c->mission));
    c->paid += amount;
    TRY(case_write_step(a, c, S("payment"), s->note, f));
    return case_write(a, c, f);
}

/* The note says the amount that prepare() saw: a case that changed meanwhile is done again. */
enum err fee_settle(struct act *a, struct fault *f)
{
    struct settling *s = a->data;
    int64_t owed = s->c.fee - s->c.paid, amount = taken(s, &s->c);
    const char *state = amount < s->amount ? "over" : amount < owed ? "partial" : "paid";

    if (amount)
        TRY(settle_case(a, s, amount, f));
    TRY(db_run(a->db, f,
               "UPDATE bank_entry SET state = ?, surplus = ? WHERE id = ? AND state = 'matched'",
               "sid", str_of(state), s->amount - amount, &s->entry));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_STALE, "the entry was settled meanwhile");
    return job_end(a, f);
}
