/* xroad_int.h - our services for members of an X-Road instance, through their security server */
#ifndef SIFARA_LINK_XROAD_INT_H
#define SIFARA_LINK_XROAD_INT_H

#include "link/link_int.h"
#include "link/xroad.h"

enum err xroad_enters(struct act *, struct fault *);
enum err xroad_facts(struct act *, struct fault *);
enum err xroad_keep(struct act *, struct fault *);
enum err xroad_document(struct act *, struct fault *);
enum err xroad_calls(struct act *, struct fault *);

/* ---- xroad_calling.c: we are the consumer --------------------------------------------------- */

enum { XROAD_ANSWER = 256 << 10 };

/* A call of ours; strings of the arena it was loaded into. */
struct xroad_request {
    struct id id, correlation, officer;
    struct xroad_client to;
    str member, service, state, error;
    int64_t at, ended, status;
    const struct json *asked; /* path, body, case: what of it there is */
    str answer;               /* sealed, or STR_NONE */
};
/* ERR_NOT_FOUND. */
NODISCARD enum err xroad_request_load(const struct house *, struct db *, struct arena *,
                                      const struct id *, struct xroad_request *out, struct fault *);
/* What became of one: data of xroad.answered. */
struct xroad_answer {
    struct xroad_request request; /* its id is given */
    const char *state;            /* answered, refused (by X-Road), failed */
    unsigned status;              /* 0: none */
    str error, type, body;        /* STR_NONE where there is none */
    str sealed;
};
/* Tells the gate; idempotent. */
NODISCARD enum err xroad_tell(struct link *, struct xroad_answer *, struct arena *);

enum err xroad_call_prepare(struct act *, struct fault *);
enum err xroad_call_facts(struct act *, struct fault *);
enum err xroad_call(struct act *, struct fault *);
void xroad_called(struct act *);
enum err xroad_answered_prepare(struct act *, struct fault *);
enum err xroad_answered_facts(struct act *, struct fault *);
enum err xroad_answered(struct act *, struct fault *);
enum err xroad_list(struct act *, struct fault *);
enum err xroad_show_facts(struct act *, struct fault *);
enum err xroad_show(struct act *, struct fault *);

#endif
