/* documents_check.c - the seals of all documents, verified again */
#include "paper/trust.h"
#include "service/cases_int.h"
#include "service/documents.h"

/* Seals of another state's signers came with cases from there, and are theirs to answer for. */
static enum err check_seal(str number, str seal, str seal_id, const struct trust *trust,
                           uint64_t *ours, struct fault *f)
{
    char id[33];
    struct vds v;

    if (vds_decode(seal, &v, f) != OK)
        return fault(f, ERR_CORRUPT, "the seal of document %.*s cannot be read", STR_FMT(number));
    enum seal_verdict verdict = seal_check(&v, trust, NULL, world_now(&world_real));
    if (verdict == SEAL_UNKNOWN_SIGNER || verdict == SEAL_UNTRUSTED_SIGNER)
        return OK;
    vds_id(&v, id);
    if (verdict == SEAL_BAD_SIGNATURE || !str_eq(str_of(id), seal_id))
        return fault(f, ERR_CORRUPT, "the seal of document %.*s was changed", STR_FMT(number));
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
    e = db_query(db, &q, f, "SELECT number, seal, seal_id FROM document WHERE seal IS NOT NULL",
                 "");
    if (e != OK) {
        trust_free(trust);
        return e;
    }
    for (; e == OK && query_row(&q); query_next(&q))
        e = check_seal(query_str(&q, 0), query_str(&q, 1), query_str(&q, 2), trust, &n, f);
    enum err end = query_end(&q, e == OK ? f : NULL);
    trust_free(trust);
    TRY(e);
    TRY(end);
    *out_n = n;
    return OK;
}
