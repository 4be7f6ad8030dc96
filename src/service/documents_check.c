/* documents_check.c - the seals of all documents, verified again */
#include "ledger/ledger.h"
#include "paper/trust.h"
#include "service/cases_int.h"
#include "service/documents.h"

static enum err imported(void *ctx, str entry, struct fault *f)
{
    (void)f;
    *(bool *)ctx |= str_find(entry, S("\"action\":\"case.import\"")) >= 0;
    return OK;
}

/* A case that came from another node brought its documents along, whose signers may be called as
 * ours are: the journal knows that it came. */
static enum err check_arrival(struct db *db, const struct id *file, str number, struct fault *f)
{
    AUTO(buf) struct buf subject = BUF(128);
    char id[ID_TEXT + 1];
    bool came = false;

    id_format(file, id);
    buf_printf(&subject, "\"subject\":\"case/%s\"", id);
    TRY(ledger_find(db, buf_str(&subject), imported, &came, f));
    return came ? OK
                : fault(f, ERR_CORRUPT, "the seal of document %.*s was changed", STR_FMT(number));
}

/* Seals of another state's signers came with cases from there, and are theirs to answer for. */
static enum err check_seal(struct db *db, struct query *q, const struct trust *trust,
                           uint64_t *ours, struct fault *f)
{
    str number = query_str(q, 0);
    struct id file = query_id(q, 3);
    char id[33];
    struct vds v;

    if (vds_decode(query_str(q, 1), &v, f) != OK)
        return fault(f, ERR_CORRUPT, "the seal of document %.*s cannot be read", STR_FMT(number));
    enum seal_verdict verdict = seal_check(&v, trust, NULL, world_now(&world_real));
    if (verdict == SEAL_UNKNOWN_SIGNER || verdict == SEAL_UNTRUSTED_SIGNER)
        return OK;
    vds_id(&v, id);
    if (verdict == SEAL_BAD_SIGNATURE || !str_eq(str_of(id), query_str(q, 2)))
        return check_arrival(db, &file, number, f);
    ++*ours;
    return OK;
}

enum err documents_check(struct db *db, str trust_list, uint64_t *out_n, struct fault *f)
{
    struct trust *trust;
    enum err e = OK;
    uint64_t n = 0;
    struct query q;

    TRY(trust_parse(trust_list, &trust, f));
    e = db_query(db, &q, f,
                 "SELECT number, seal, seal_id, file FROM document WHERE seal IS NOT NULL", "");
    if (e != OK) {
        trust_free(trust);
        return e;
    }
    for (; e == OK && query_row(&q); query_next(&q))
        e = check_seal(db, &q, trust, &n, f);
    enum err end = query_end(&q, e == OK ? f : NULL);
    trust_free(trust);
    TRY(e);
    TRY(end);
    *out_n = n;
    return OK;
}
