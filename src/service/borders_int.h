/* borders_int.h - phases of the acts about certificates and lists of revocations */
#ifndef SIFARA_SERVICE_BORDERS_INT_H
#define SIFARA_SERVICE_BORDERS_INT_H

#include "act/dispatch.h"
#include "service/jobs_int.h"

enum err trust_send_prepare(struct act *, struct fault *);
enum err trust_send_facts(struct act *, struct fault *);
enum err trust_send(struct act *, struct fault *);
void trust_send_after(struct act *);
enum err trust_ask_prepare(struct act *, struct fault *);
enum err trust_ask(struct act *, struct fault *);
enum err trust_asked(struct act *, struct fault *);
enum err trust_receive_prepare(struct act *, struct fault *);
enum err trust_receive(struct act *, struct fault *);
enum err trust_kept(struct act *, struct fault *);
enum err trust_bundle(struct act *, struct fault *);

#endif
