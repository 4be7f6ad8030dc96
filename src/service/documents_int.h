/* documents_int.h - a document's row, and the phases of its acts */
#ifndef SIFARA_SERVICE_DOCUMENTS_INT_H
#define SIFARA_SERVICE_DOCUMENTS_INT_H

#include "service/cases_int.h"

struct document {
    struct id id, file, person;
    const struct service *service;
    str number, state, content, seal, seal_id, art;
    int64_t issued;
};

struct sealing {
    struct document d;
    struct casefile c;
    struct addressee to;
    str seal;
    char seal_id[33];
};

/* The answer of house.document_status (act/gate.h). */
enum err document_status(struct act *, str seal, str number, str *out_status, str *out_since,
                         struct fault *);
enum err document_load(struct act *, const struct id *, struct document *out, struct fault *);
/* Facts: a document as resource; that of the path's {id}. */
enum err document_facts_of(struct act *, const struct document *, struct fault *);
enum err document_facts(struct act *, struct fault *);
enum err document_sealed_prepare(struct act *, struct fault *);
enum err document_sealed(struct act *, struct fault *);
enum err document_spoilt_prepare(struct act *, struct fault *);
enum err document_spoilt(struct act *, struct fault *);
/* The PDF is a rendering of the sealed document: made on demand, the same bytes each time. */
enum err document_render(struct act *, const struct document *, struct buf *out, struct fault *);
/* The reply becomes its PDF. ERR_CONFLICT while it is not sealed. */
enum err document_put_pdf(struct act *, struct document *, struct fault *);
enum err document_pdf(struct act *, struct fault *);
enum err document_show(struct act *, struct fault *);
enum err document_revoke_prepare(struct act *, struct fault *);
enum err document_revoke(struct act *, struct fault *);

#endif
