/* mail.h - messages to persons: words from the catalogue, delivery by SMTP or into a maildir
 *
 * words/LL.json holds for each message "mail.NAME.subject" and "mail.NAME.body" with
 * names in braces. A language that lacks a message falls back to English.
 */
#ifndef SIFARA_MAIL_MAIL_H
#define SIFARA_MAIL_MAIL_H

#include "base/json.h"

struct catalogue;

/* Loads all words/LL.json. ERR_IO, ERR_MALFORMED_JSON. */
NODISCARD enum err catalogue_load(const char *folder, struct catalogue **out, struct fault *);
void catalogue_free(struct catalogue *);
/* A word in a language, else in English; STR_NONE if neither has it. */
str catalogue_word(const struct catalogue *, str language, str key);
/* The languages there are, in the order of their codes; STR_NONE behind the last. */
str catalogue_language(const struct catalogue *, size_t i);
/* All words of one as a JSON object; NULL for a language that there is not. */
const struct json *catalogue_words(const struct catalogue *, str language);
/* The first of Accept-Language (RFC 9110, 12.5.4) that there is, a part of the header; STR_NONE if
 * none of them. Browsers write the best one first; weights are not compared. */
str catalogue_wished(const struct catalogue *, str header);

struct mail {
    str to, subject, body, language;
    str stop; /* address to which a POST ends notices of this kind (RFC 8058), or STR_NONE */
};
/* Fills a message: {name} is replaced by the string member name of words; unknown ones vanish.
 * ERR_NOT_FOUND for a message that the catalogue lacks; ERR_INVALID for an address that could break
 * out of its header. */
NODISCARD enum err mail_write(const struct catalogue *, str to, str message, str language,
                              const struct json *words, struct arena *, struct mail *out,
                              struct fault *);

/* The same for a telephone: "sms.NAME" of the catalogue, else the subject of the mail. */
NODISCARD enum err mail_short(const struct catalogue *, str message, str language,
                              const struct json *words, struct arena *, str *out, struct fault *);

/* A message whose texts are there already. ERR_INVALID as above. */
NODISCARD enum err mail_of(str to, str subject, str body, struct mail *out, struct fault *);

struct mail_route {
    const char *maildir; /* used when smtp_url is NULL */
    const char *smtp_url, *from, *user, *password, *ca_file;
};
/* Hands one mail on; id is stable over repeated tries (Message-ID). ERR_IO when it should be tried
 * again. */
NODISCARD enum err mail_deliver(const struct mail_route *, const struct mail *, str id,
                                int64_t now_ms, struct fault *);

#endif
