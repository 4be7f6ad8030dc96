/* words.h - the texts of a package: messages of ICU MessageFormat in several languages
 *
 * A message has arguments by name: {count, plural, one {# page} other {# pages}}, {kind, select,
 * visa {…} other {…}}, {n, number}, {name}. Plural and gender rules are ICU's, of the language.
 * Dates come in as text: who formats them knows the calendar. ICU's C interface takes arguments by
 * number only, so names become numbers when a message is compiled.
 */
#ifndef SIFARA_PACKAGE_WORDS_H
#define SIFARA_PACKAGE_WORDS_H

#include "base/json.h"

enum {
    MESSAGE_BYTES = 8192,
    MESSAGE_DEPTH = 8,   /* of plural and select in one another */
    MESSAGE_NUMBERS = 4, /* arguments that are numbers */
    MESSAGE_TEXTS = 8    /* arguments that are texts */
};

struct message; /* compiled; immutable, one thread at a time formats with it */

/* Compiles a pattern for a language ("ar"). ERR_SYNTAX with the position in code points; ERR_LIMIT;
 * ERR_MEMORY. Owned by the caller. */
NODISCARD enum err message_compile(str pattern, str language, struct message **out, struct fault *);
void message_free(struct message *);
/* Its arguments, numbers first, each group in the order of first use. */
size_t message_arg_count(const struct message *);
str message_arg(const struct message *, size_t i, bool *out_number);
/* Appends the text. args: an object; a member that is missing counts as 0 or "". ERR_RANGE when an
 * argument is of the wrong type; ERR_MEMORY_LIMIT. */
NODISCARD enum err message_format(const struct message *, const struct json *args, struct buf *,
                                  struct fault *);

#endif
