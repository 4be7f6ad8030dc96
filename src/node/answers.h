/* answers.h - what each action answers, as answers.json says: a JSON text of a schema, bytes of a
 * media type, or nothing
 *
 * "answers" has for each action with a route the name of a schema, which stands for status 200; or
 * an object with status, and schema or type (a media type; "*" for that of a file that somebody
 * sent); or a list of these. "schemas" are the schemas by their names.
 */
#ifndef SIFARA_NODE_ANSWERS_H
#define SIFARA_NODE_ANSWERS_H

#include "act/action.h"
#include "base/json.h"
#include "package/package.h"

extern const struct package_file answers_file[];
extern const size_t answers_file_n;

/* answers.json, into the arena. */
NODISCARD enum err answers_read(struct arena *, struct json **out, struct fault *);

struct answer {
    unsigned status;
    str type;   /* media type, STR_NONE: no body */
    str schema; /* its name, STR_NONE: bytes */
};
/* The i-th thing that an action may answer; false if there is none. */
bool answer_at(const struct json *answers, const struct action *, size_t i, struct answer *out);

/* To hold answers against their schemas, from any thread: tests do (setting check_answers). */
struct answers;
NODISCARD enum err answers_open(struct answers **out, struct fault *);
void answers_close(struct answers *); /* NULL is harmless */
/* ERR_SCHEMA with pointer, where an answer is none that the action may give. */
NODISCARD enum err answers_check(struct answers *, const struct action *, unsigned status,
                                 const char *type, str body, struct fault *);

#endif
