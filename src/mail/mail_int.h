/* mail_int.h - what the rooms of mail share */
#ifndef SIFARA_MAIL_MAIL_INT_H
#define SIFARA_MAIL_MAIL_INT_H

#include "base/buf.h"
#include "mail/mail.h"

/* The message as a page in its language. */
void mail_html(struct buf *, const struct mail *);

#endif
