/* repaying.c - what was too much, or for nobody, goes back: two officers, then the case says so
 *
 * One officer proposes: the entry, how it goes back, the number of the order or receipt. Another
 * one signs it; the entry is repaid, the cash book has it, and the node tells whose case it is.
 */
#include "service/cash_int.h"
#include "service/fees_int.h"
#include "service/jobs_int.h"

/* What is to be paid back of an entry: its surplus, or all of what is for nobody. */
struct owing {
    struct id file; /* nil if nobody knows whose it is */
    int64_t amount;
    str currency, key;
};

static enum err owed_back(struct act *a, const struct id *entry, str mission, struct owing *out,
                          struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT CASE WHEN state = 'over' THEN surplus ELSE amount END, currency,"
                        " file, entry FROM bank_entry WHERE id = ? AND mission = ?"
                        " AND state IN ('over', 'unknown')",
                        "ds", entry, mission);

    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_CONFLICT, "nothing of it is to be paid back");
    TRY(e);
    out->amount = query_int(&q, 0);
    out->currency = str_copy(a->arena, query_str(&q, 1));
    out->file = query_id(&q, 2);
    out->key = str_copy(a->arena, query_str(&q, 3));
    TRY(query_end(&q, f));
    TRY_PTR(out->currency.p && out->key.p, f);
    return OK;
}

enum err repayment_propose(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROPOSAL_MAX), canonical = BUF(PROPOSAL_MAX);
    str mission = act_param(a, S("mission")), statement;
    struct jw w = JW(&b);
    struct owing owed;
    struct json *said;
    struct id entry;

    TRY(act_param_id(a, S("entry"), &entry, f));
    TRY(owed_back(a, &entry, mission, &owed, f));
    jw_open(&w, '{');
    jw_kv_int(&w, S("amount"), owed.amount);
    if (!id_is_nil(&owed.file))
        jw_kv(&w, S("case"), act_id_text(a, &owed.file));
    jw_kv(&w, S("currency"), owed.currency);
    jw_kv(&w, S("entry"), owed.key);
    jw_kv(&w, S("how"), json_get_str(a->input, S("how")));
    jw_kv(&w, S("id"), act_id_text(a, &entry));
    jw_kv(&w, S("mission"), mission);
    jw_kv(&w, S("reference"), json_get_str(a->input, S("reference")));
    jw_kv(&w, S("what"), S("repayment"));
    jw_close(&w, '}');
    TRY(json_parse(a->arena, buf_str(&b), NULL, &said, f));
    TRY(json_canonical(&canonical, said, a->arena, f));
    statement = str_copy(a->arena, buf_str(&canonical));
    TRY_PTR(statement.p, f);
    return proposal_add(a, mission, act_id_text(a, &entry), statement, f);
}

enum err repayment_apply(struct act *a, const struct proposal *p, struct fault *f)
{
    struct owing owed;
    struct id entry;

    if (!id_parse(json_get_str(p->said, S("id")), &entry))
        return fault(f, ERR_CORRUPT, "a proposal names no entry");
    enum err e = owed_back(a, &entry, p->mission, &owed, f);
    if (e == ERR_CONFLICT ||
        (e == OK && (owed.amount != json_get_int(p->said, S("amount"), 0) ||
                     !str_eq(owed.currency, json_get_str(p->said, S("currency"))))))
        return fault(f, ERR_STALE, "another sum is to be paid back now");
    TRY(e);
    bool known = !id_is_nil(&owed.file);
    TRY(db_run(a->db, f, "UPDATE bank_entry SET state = 'repaid', surplus = ? WHERE id = ?", "id",
               owed.amount, &entry));
    TRY(cash_add(a,
                 &(struct movement){.mission = p->mission,
                                    .how = json_get_str(p->said, S("how")),
                                    .currency = owed.currency,
                                    .amount = -owed.amount,
                                    .file = known ? &owed.file : NULL,
                                    .reference = json_get_str(p->said, S("reference"))},
                 f));
    return known ? job_add(a, S("fee-repaid"), act_id_text(a, &p->id), f) : OK;
}

/* ---- the node tells whose it is -------------------------------------------------------------- */

struct telling {
    struct casefile c; /* first: facts read it there */
    str note;
};

/* The confirmed proposal of the job. */
static enum err load_said(struct act *a, struct json **out, struct fault *f)
{
    struct query q;
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    TRY(db_one(a->db, &q, f,
               "SELECT statement FROM proposal WHERE id = ? AND confirmer IS NOT NULL", "d", &id));
    str text = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(text.p, f);
    return json_parse(a->arena, text, NULL, out, f);
}

static enum err seal_repayment(struct act *a, const struct json *said, str *out, struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(1024);
    struct jw w = JW(&plain);

    jw_open(&w, '{');
    jw_key(&w, S("repayment"));
    jw_open(&w, '{');
    jw_kv_int(&w, S("amount"), json_get_int(said, S("amount"), 0));
    jw_kv(&w, S("currency"), json_get_str(said, S("currency")));
    jw_kv(&w, S("how"), json_get_str(said, S("how")));
    jw_kv(&w, S("reference"), json_get_str(said, S("reference")));
    jw_close(&w, '}');
    jw_close(&w, '}');
    return case_seal_note(a, buf_str(&plain), out, f);
}

enum err fee_repaid_prepare(struct act *a, struct fault *f)
{
    struct telling *t = arena_new_of(a->arena, struct telling);
    struct json *said;
    struct id file;

    TRY_PTR(t, f);
    a->data = t;
    TRY(load_said(a, &said, f));
    if (!id_parse(json_get_str(said, S("case")), &file))
        return fault(f, ERR_NOT_FOUND, "it was for no known case");
    TRY(case_load(a, &file, &t->c, f));
    TRY(act_seal_for(a, &t->c.person, f));
    TRY(case_find_addressee(a, &t->c, f));
    return seal_repayment(a, said, &t->note, f);
}

enum err fee_repaid(struct act *a, struct fault *f)
{
    struct telling *t = a->data;

    TRY(case_write_step(a, &t->c, S("repayment"), t->note, f));
    TRY(case_write(a, &t->c, f));
    TRY(case_mail(a, &t->c, &t->c.to, S("fee-repaid"), f));
    return job_end(a, f);
}
