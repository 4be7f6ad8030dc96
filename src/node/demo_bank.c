/* demo_bank.c - a post with a bank account, and the statement by which what people transferred
 * finds their cases: most of it in full, some of it in part, one gift for nobody */
#include "node/demo_int.h"

#include <inttypes.h>

enum { TRANSFERS = 6, STATEMENT = 16 << 10 };

static const char bank_post[] = "beirut", iban[] = "LB62099900000001001901229114";

/* The head proposes the account, the consul signs for it. */
static enum err open_account(struct demo *d, const struct post *p, struct arena *a, struct fault *f)
{
    const struct post_officer *consul = &p->officer[1], *head = &p->officer[2];
    struct json *proposal, *done;
    str body = str_printf(a, "{\"holder\":\"Embassy of Utopia\",\"iban\":\"%s\"}", iban);

    TRY(demo_answered(d, "account.propose", "mission", p->mission->code, head->token, body, a,
                      &proposal, f));
    return demo_answered(d, "account.confirm", "id", json_get_str(proposal, S("id")), consul->token,
                         demo_signed(a, &consul->file, json_get_str(proposal, S("statement"))), a,
                         &done, f);
}

static void put_transfer(struct buf *b, unsigned n, const char *currency, int64_t amount, str text)
{
    buf_printf(b,
               "<Ntry><Amt Ccy=\"%s\">%" PRId64
               ".%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK"
               "</Cd></Sts><BookgDt><Dt>2026-01-15</Dt></BookgDt><AcctSvcrRef>T%u</AcctSvcrRef>"
               "<NtryDtls><TxDtls><RmtInf><Ustrd>%.*s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
               currency, amount / 100, (int)(amount % 100), n, STR_FMT(text));
}

/* Whoever owes a fee at the post asks how to pay it, and does; every third one pays half. */
static enum err transfer(struct demo *d, const struct plan *p, struct arena *a, struct buf *b,
                         unsigned *n, struct fault *f)
{
    char token[TOKEN_MAX], id[ID_TEXT + 1];
    struct fault ignored = {0};
    struct json *order;

    id_format(&p->id, id);
    TRY(demo_person_signs_in(d, p, token, f));
    if (demo_answered(d, "fee.order", "id", str_of(id), token, STR_NONE, a, &order, &ignored) != OK)
        return OK; /* nothing is owed */
    int64_t amount = json_get_int(order, S("amount"), 0);
    put_transfer(b, *n, str_cstr(a, json_get_str(order, S("currency"))),
                 *n % 3 ? amount : amount / 2, json_get_str(order, S("reference")));
    ++*n;
    return OK;
}

static enum err take_statement(struct demo *d, const struct post *p, str text, struct fault *f)
{
    struct demo_call c;

    demo_call_begin(d, &c, "statement.take");
    demo_call_param(&c, "mission", p->mission->code);
    c.act.body = text;
    enum err e = demo_call_as(d, &c, p->officer[0].token, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
    return e;
}

enum err demo_bank(struct demo *d, const struct post *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    AUTO(buf) struct buf b = BUF(STATEMENT);
    unsigned n = 0;

    TRY_PTR(a, f);
    if (!str_eq(p->mission->code, str_of(bank_post)))
        return OK;
    TRY(open_account(d, p, a, f));
    buf_printf(
        &b,
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001"
        ".08\"><BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>%s</IBAN></Id></Acct>",
        iban);
    for (unsigned i = d->options->cases; i && n < TRANSFERS; i--)
        if (!d->plans[i - 1].lost && d->posts + d->plans[i - 1].mission == p)
            TRY(transfer(d, &d->plans[i - 1], a, &b, &n, f));
    put_transfer(&b, n, "EUR", 2500, S("a gift"));
    buf_add_str(&b, S("</Stmt></BkToCstmrStmt></Document>"));
    TRY_PTR(buf_ok(&b), f);
    return take_statement(d, p, buf_str(&b), f);
}
