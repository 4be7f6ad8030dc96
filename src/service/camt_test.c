/* camt_test.c - references, account numbers, statements of banks */
#include "base/testing.h"

#include <stdio.h>

#include "base/errors.h"
#include "service/camt.h"
#include "service/reference.h"

#define HEAD                                                                                       \
    "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"   \
    "<BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>GR16 0110 1250 0000 0001 2300 695</IBAN>"     \
    "</Id></Acct>"
#define FOOT "</Stmt></BkToCstmrStmt></Document>"
#define ENTRY(amount, sign, status, more)                                                          \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" sign "</CdtDbtInd><Sts><Cd>" status       \
    "</Cd></Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt>" more "</Ntry>"

static void test_references(void **state)
{
    char out[REFERENCE_TEXT + 1], iban[IBAN_MAX + 1];

    (void)state;
    reference_make(539007547034, out);
    assert_string_equal(out, "RF180000539007547034");
    assert_true(reference_read(S("rf18 0000 5390 0754 7034"), out));
    assert_string_equal(out, "RF180000539007547034");
    assert_false(reference_read(S("RF19 0000 5390 0754 7034"), out));
    assert_false(reference_read(S("RF18 0000 5390 0754 7043"), out));
    assert_false(reference_read(S("RF18 0000 5390 0754 703"), out));
    assert_true(reference_find(S("Passport of L. Haddad, Rf18000053900-7547034 thank you"), out));
    assert_string_equal(out, "RF180000539007547034");
    assert_false(reference_find(S("RF RF RF"), out));
    for (uint64_t n = 0; n < 1000; n++) {
        reference_make(n * UINT64_C(98765432101234567), out);
        assert_true(reference_read(str_of(out), out));
    }
    /* examples of the registry of account numbers */
    assert_true(iban_read(S("GR16 0110 1250 0000 0001 2300 695"), iban));
    assert_true(iban_read(S("GB29NWBK60161331926819"), iban));
    assert_false(iban_read(S("GB29NWBK60161331926818"), iban));
    assert_false(iban_read(S("2029NWBK60161331926819"), iban));
    assert_false(iban_read(S("GB29"), iban));
    assert_false(iban_read(S(""), iban));
}

static enum err read_text(struct arena *a, const char *text, struct camt *out, struct fault *f)
{
    return camt_read(a, str_of(text), out, f);
}

static void test_statement(void **state)
{
    struct arena *a = arena_new(64 << 20);
    struct camt c;

    (void)state;
    assert_int_equal(
        read_text(
            a,
            HEAD ENTRY("90.00", "CRDT", "BOOK",
                       "<AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty>"
                       "<Nm>Layla &amp; Co</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf>"
                       "<Ref>RF180000539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
                       "</NtryDtls>")                                      /**/
            ENTRY("5.5", "DBIT", "BOOK", "<AcctSvcrRef>B-2</AcctSvcrRef>") /**/
            ENTRY("5.5", "CRDT", "PDNG", "<AcctSvcrRef>B-3</AcctSvcrRef>") /**/
            ENTRY("5.5", "CRDT", "BOOK",
                  "<RvslInd>true</RvslInd><AcctSvcrRef>B-4</AcctSvcrRef>") /**/
            ENTRY("30", "CRDT", "BOOK",
                  "<AcctSvcrRef>B-5</AcctSvcrRef><NtryDtls>"
                  "<TxDtls><Amt Ccy=\"EUR\">10.00</Amt><RmtInf><Ustrd>a </Ustrd><Ustrd>b</Ustrd>"
                  "</RmtInf></TxDtls><TxDtls><Refs><AcctSvcrRef>B-5b</AcctSvcrRef></Refs>"
                  "<Amt Ccy=\"EUR\">20.00</Amt></TxDtls></NtryDtls>") FOOT,
            &c, NULL),
        OK);
    assert_int_equal(c.n, 3);
    assert_int_equal(c.left_out, 3);
    assert_true(str_eq(c.iban, S("GR1601101250000000012300695")));
    assert_int_equal(c.list[0].amount, 9000);
    assert_true(str_eq(c.list[0].key, S("B-1")) && str_eq(c.list[0].payer, S("Layla & Co")));
    assert_true(str_eq(c.list[0].reference, S("RF180000539007547034")));
    assert_true(str_eq(c.list[1].key, S("B-5/0")) && c.list[1].amount == 1000);
    assert_true(str_eq(c.list[1].text, S("ab")));
    assert_true(str_eq(c.list[2].key, S("B-5b")) && c.list[2].amount == 2000);
    arena_free(a);
}

static void refused(const char *text, enum err want)
{
    struct arena *a = arena_new(64 << 20);
    struct fault f = {0};
    struct camt c = {.n = 77};

    assert_int_equal(read_text(a, text, &c, &f), want);
    assert_int_equal(c.n, 77);
    assert_true(f.detail[0]);
    arena_free(a);
}

static void test_refused(void **state)
{
    (void)state;
    refused("", ERR_SYNTAX);
    refused("<Document/>", ERR_INVALID);
    refused("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08\"/>", ERR_INVALID);
    refused(HEAD "<Ntry>", ERR_SYNTAX);
    refused("<!DOCTYPE d [<!ENTITY a \"b\">]>" HEAD FOOT, ERR_INVALID);
    refused(HEAD "<Ntry>&x;</Ntry>" FOOT, ERR_SYNTAX);
    refused(HEAD ENTRY("0.00", "CRDT", "BOOK", "<AcctSvcrRef>B</AcctSvcrRef>") FOOT, ERR_INVALID);
    refused(HEAD ENTRY("-1", "CRDT", "BOOK", "<AcctSvcrRef>B</AcctSvcrRef>") FOOT, ERR_INVALID);
    refused(HEAD ENTRY("1.005", "CRDT", "BOOK", "<AcctSvcrRef>B</AcctSvcrRef>") FOOT, ERR_INVALID);
    refused(HEAD ENTRY("99999999999999999999", "CRDT", "BOOK", "<AcctSvcrRef>B</AcctSvcrRef>") FOOT,
            ERR_INVALID);
    refused(HEAD ENTRY("1.00", "CRDT", "BOOK", "") FOOT, ERR_INVALID);
    refused(HEAD ENTRY("1.00", "CRDT", "BOOK",
                       "<AcctSvcrRef>B</AcctSvcrRef><NtryDtls><TxDtls/><TxDtls/></NtryDtls>") FOOT,
            ERR_INVALID);
    refused(HEAD "<Acct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></Acct>" FOOT, ERR_INVALID);
    refused("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"/>", ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_references),
                                       cmocka_unit_test(test_statement),
                                       cmocka_unit_test(test_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
