#include "service/camt.h"

#include <ctype.h>
#include <expat.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "registry/registry.h"
#include "service/reference.h"

enum { DEPTH = 24, PATH = 512, DETAILS = 1000 };
#define NAMESPACE  "urn:iso:std:iso:20022:tech:xsd:camt.053."
#define AMOUNT_MAX INT64_C(1000000000000)

/* What an entry and its details say, as text. */
enum field {
    F_NONE,
    F_IBAN,
    F_STATEMENT,
    F_REF,
    F_AMOUNT,
    F_SIGN,
    F_REVERSAL,
    F_STATUS,
    F_DAY,
    F_BANK_REF,
    F_TX_AMOUNT,
    F_TX_SIGN,
    F_TX_BANK_REF,
    F_REFERENCE,
    F_TEXT,
    F_PAYER,
    FIELDS
};

#define NTRY "Document/BkToCstmrStmt/Stmt/Ntry/"
#define TX   NTRY "NtryDtls/TxDtls/"
static const struct {
    const char *path;
    enum field field;
} rows[] = {
    {"Document/BkToCstmrStmt/Stmt/Id", F_STATEMENT},
    {"Document/BkToCstmrStmt/Stmt/Acct/Id/IBAN", F_IBAN},
    {NTRY "NtryRef", F_REF},
    {NTRY "Amt", F_AMOUNT},
    {NTRY "CdtDbtInd", F_SIGN},
    {NTRY "RvslInd", F_REVERSAL},
    {NTRY "Sts", F_STATUS},
    {NTRY "Sts/Cd", F_STATUS},
    {NTRY "BookgDt/Dt", F_DAY},
    {NTRY "BookgDt/DtTm", F_DAY},
    {NTRY "AcctSvcrRef", F_BANK_REF},
    {TX "Refs/AcctSvcrRef", F_TX_BANK_REF},
    {TX "Amt", F_TX_AMOUNT},
    {TX "AmtDtls/TxAmt/Amt", F_TX_AMOUNT},
    {TX "CdtDbtInd", F_TX_SIGN},
    {TX "RltdPties/Dbtr/Nm", F_PAYER},
    {TX "RltdPties/Dbtr/Pty/Nm", F_PAYER},
    {TX "RmtInf/Ustrd", F_TEXT},
    {TX "RmtInf/Strd/CdtrRefInf/Ref", F_REFERENCE},
};

struct reading {
    XML_Parser xml;
    struct arena *arena;
    struct camt *out;
    size_t room;
    enum err err;
    struct fault *f;
    char path[PATH];
    size_t ends[DEPTH]; /* of the path at each depth */
    unsigned depth;
    enum field field;
    char text[CAMT_TEXT + 1];
    size_t text_n;
    str have[FIELDS]; /* of the statement and the entry */
    str currency;     /* of the amount that comes */
    str entry_currency;
    struct detail {
        str have[FIELDS], currency;
    } details[DETAILS]; /* of the entry */
    size_t n_details;
};

static void stop(struct reading *r, enum err e, const char *why)
{
    if (r->err != OK)
        return;
    r->err = fault(r->f, e, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r->xml), why);
    XML_StopParser(r->xml, XML_FALSE);
}

/* ---- one payment --------------------------------------------------------------------------- */

/* "90", "90.5", "90.00" in minor units; 0 for what is none. */
static int64_t amount_of(str text, str currency)
{
    unsigned digits = currency_digits(currency), after = 0;
    int64_t n = 0;
    bool point = false;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '.' && !point && i) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)text.p[i]) || n > AMOUNT_MAX)
            return 0;
        if (point && after == digits) {
            if (text.p[i] != '0')
                return 0;
            continue;
        }
        n = n * 10 + (text.p[i] - '0');
        after += point;
    }
    for (; after < digits; after++)
        n *= 10;
    return n > AMOUNT_MAX ? 0 : n;
}

static str key_of(struct reading *r, const struct detail *d, size_t i)
{
    str own = d ? d->have[F_TX_BANK_REF] : STR_NONE, bank = r->have[F_BANK_REF],
        ref = r->have[F_REF];

    if (own.n)
        return own;
    if (bank.n)
        return r->n_details > 1 ? str_printf(r->arena, "%.*s/%zu", STR_FMT(bank), i) : bank;
    if (!ref.n || !r->have[F_STATEMENT].n)
        return STR_NONE;
    return str_printf(r->arena, "%.*s/%.*s/%zu", STR_FMT(r->have[F_STATEMENT]), STR_FMT(ref), i);
}

static void put(struct reading *r, const struct detail *d, size_t i)
{
    bool own = d && d->have[F_TX_AMOUNT].n;
    struct camt_payment *p = &r->out->list[r->out->n];
    str day = str_sub(r->have[F_DAY], 0, 10);
    int32_t number;

    if (d && str_eq(d->have[F_TX_SIGN], S("DBIT"))) {
        r->out->left_out++;
        return;
    }
    if (r->out->n == r->room)
        return stop(r, ERR_LIMIT, "too many payments in one file");
    if (!own && r->n_details > 1)
        return stop(r, ERR_INVALID, "a collective entry whose details have no amount");
    p->currency = own ? d->currency : r->entry_currency;
    p->amount = amount_of(own ? d->have[F_TX_AMOUNT] : r->have[F_AMOUNT], p->currency);
    p->key = key_of(r, d, i);
    p->day = day;
    p->reference = d && d->have[F_REFERENCE].n ? d->have[F_REFERENCE] : STR_NONE;
    p->text = d && d->have[F_TEXT].n ? d->have[F_TEXT] : STR_NONE;
    p->payer = d && d->have[F_PAYER].n ? d->have[F_PAYER] : STR_NONE;
    if (!p->amount)
        return stop(r, ERR_INVALID, "an entry without an amount");
    if (!p->key.n)
        return stop(r, ERR_INVALID, "an entry without a reference of the bank");
    if (!day_parse(day, &number))
        return stop(r, ERR_INVALID, "an entry without a day of booking");
    r->out->n++;
}

static void end_entry(struct reading *r)
{
    if (!str_eq(r->have[F_SIGN], S("CRDT")) || str_eq(r->have[F_REVERSAL], S("true")) ||
        str_eq(r->have[F_REVERSAL], S("1")) || !str_eq(r->have[F_STATUS], S("BOOK"))) {
        r->out->left_out++;
        return;
    }
    if (!r->n_details)
        put(r, NULL, 0);
    for (size_t i = 0; i < r->n_details && r->err == OK; i++)
        put(r, &r->details[i], i);
}

static void end_account(struct reading *r)
{
    char iban[IBAN_MAX + 1];

    if (!iban_read(r->have[F_IBAN], iban))
        return stop(r, ERR_INVALID, "not the number of an account");
    if (r->out->iban.p && !str_eq(r->out->iban, str_of(iban)))
        return stop(r, ERR_INVALID, "statements of more than one account");
    r->out->iban = str_copy(r->arena, str_of(iban));
}

/* ---- elements ------------------------------------------------------------------------------ */

static bool at(const struct reading *r, const char *path)
{
    return strcmp(r->path, path) == 0;
}

static void begin_detail(struct reading *r)
{
    if (r->n_details == DETAILS)
        return stop(r, ERR_LIMIT, "too many details in one entry");
    memset(&r->details[r->n_details++], 0, sizeof r->details[0]);
}

static void begin_entry(struct reading *r)
{
    str iban = r->have[F_IBAN], statement = r->have[F_STATEMENT];

    memset(r->have, 0, sizeof r->have);
    r->have[F_IBAN] = iban;
    r->have[F_STATEMENT] = statement;
    r->n_details = 0;
}

static void XMLCALL begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *r = ctx;
    const char *bar = strrchr(name, '|'), *local = bar ? bar + 1 : name;
    size_t end = r->depth ? r->ends[r->depth - 1] : 0, n = strlen(local);

    if (r->err != OK)
        return;
    if (!bar || strncmp(name, NAMESPACE, sizeof NAMESPACE - 1) != 0)
        return stop(r, ERR_INVALID, "this is no camt.053 statement");
    if (r->depth == DEPTH || end + n + 2 > PATH)
        return stop(r, ERR_LIMIT, "elements too deep");
    if (end)
        r->path[end++] = '/';
    memcpy(r->path + end, local, n + 1);
    r->ends[r->depth++] = end + n;
    r->text_n = 0;
    r->field = F_NONE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (at(r, rows[i].path))
            r->field = rows[i].field;
    r->currency = STR_NONE;
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], "Ccy") == 0)
            r->currency = str_copy(r->arena, str_sub(str_of(attributes[i + 1]), 0, 3));
    if (at(r, "Document/BkToCstmrStmt/Stmt/Ntry"))
        begin_entry(r);
    else if (at(r, "Document/BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls"))
        begin_detail(r);
}

static void XMLCALL text(void *ctx, const XML_Char *s, int n)
{
    struct reading *r = ctx;

    if (r->err != OK || r->field == F_NONE)
        return;
    if (r->text_n + (size_t)n > CAMT_TEXT)
        return stop(r, ERR_LIMIT, "a text too long");
    memcpy(r->text + r->text_n, s, (size_t)n);
    r->text_n += (size_t)n;
}

/* A text in several pieces is one: banks cut long ones. */
static void keep(struct reading *r)
{
    struct detail *d =
        r->field >= F_TX_AMOUNT && r->n_details ? &r->details[r->n_details - 1] : NULL;
    str *into = d ? &d->have[r->field] : &r->have[r->field];
    str now = str_trim(str_bytes(r->text, r->text_n));

    if (!now.n)
        return;
    *into = r->field == F_TEXT && into->n
                ? str_printf(r->arena, "%.*s%.*s", STR_FMT(*into), STR_FMT(now))
                : str_copy(r->arena, now);
    if (!into->p || into->n > 4 * CAMT_TEXT)
        return stop(r, ERR_LIMIT, "texts too long");
    if (r->field == F_AMOUNT)
        r->entry_currency = r->currency;
    if (r->field == F_TX_AMOUNT)
        d->currency = r->currency;
}

static void XMLCALL end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;

    (void)name;
    if (r->err != OK)
        return;
    if (r->field != F_NONE)
        keep(r);
    if (r->field == F_IBAN && r->err == OK)
        end_account(r);
    r->field = F_NONE;
    if (at(r, "Document/BkToCstmrStmt/Stmt/Ntry"))
        end_entry(r);
    r->depth--;
    r->path[r->depth ? r->ends[r->depth - 1] : 0] = '\0';
}

static void XMLCALL doctype(void *ctx, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(ctx, ERR_INVALID, "a document type is not accepted");
}

static enum err parse(struct reading *r, str bytes)
{
    XML_SetUserData(r->xml, r);
    XML_SetElementHandler(r->xml, begin, end);
    XML_SetCharacterDataHandler(r->xml, text);
    XML_SetStartDoctypeDeclHandler(r->xml, doctype);
    if (XML_Parse(r->xml, bytes.p, (int)bytes.n, XML_TRUE) == XML_STATUS_OK || r->err != OK)
        return r->err;
    return fault(r->f, ERR_SYNTAX, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r->xml),
                 XML_ErrorString(XML_GetErrorCode(r->xml)));
}

enum err camt_read(struct arena *a, str bytes, struct camt *out, struct fault *f)
{
    struct camt camt = {0};
    struct reading *r = arena_new_of(a, struct reading);

    TRY_PTR(r, f);
    if (bytes.n > CAMT_BYTES)
        return fault(f, ERR_TOO_LARGE, "a statement has at most 4 MiB");
    camt.list = arena_alloc(a, CAMT_PAYMENTS * sizeof *camt.list);
    TRY_PTR(camt.list, f);
    *r = (struct reading){.arena = a, .out = &camt, .room = CAMT_PAYMENTS, .f = f};
    r->xml = XML_ParserCreateNS("UTF-8", '|');
    TRY_PTR(r->xml, f);
    enum err e = parse(r, bytes);
    XML_ParserFree(r->xml);
    TRY(e);
    if (!camt.iban.p)
        return fault(f, ERR_INVALID, "the statement names no account (IBAN)");
    *out = camt;
    return OK;
}
