/* sms.h - text messages to persons who have a telephone and no address of e-mail */
#ifndef SIFARA_MAIL_SMS_H
#define SIFARA_MAIL_SMS_H

#include "base/errors.h"

struct sms_route {
    const char *url;     /* template; NULL: this state sends no text messages */
    const char *method;  /* "POST" */
    const char *type;    /* media type of the body */
    const char *body;    /* template */
    const char *headers; /* lines, or NULL */
    const char *answer;  /* a text that the answer must hold, or NULL */
};

/* A number of E.164: "+35799123456". */
bool phone_valid(str);

/* ERR_IO when it should be tried again. */
NODISCARD enum err sms_deliver(const struct sms_route *, str to, str text, str id, struct fault *);

#endif
