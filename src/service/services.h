/* services.h - services as data: what a folder under services/ says
 *
 *   NAME/service.json        identity, version, fee, promise, document, retention
 *   NAME/form.json           JSON Schema 2020-12 of the answers
 *   NAME/words.LL.json       title, lead, labels and messages in one language
 *   NAME/template.svg        the document
 *
 * Loaded once at start, then only read. A language is added by adding files.
 */
#ifndef SIFARA_SERVICE_SERVICES_H
#define SIFARA_SERVICE_SERVICES_H

#include "act/gate.h"
#include "base/json.h"

struct service {
    str name, version, series; /* series: first part of document numbers */
    unsigned promise_days;     /* working days of the authority */
    unsigned retention_years;
    unsigned attachments_required;
    const struct json *doc;  /* service.json */
    const struct json *form; /* form.json */
    const void *form_schema; /* compiled, schema/schema.h */
    str template_svg;
    size_t n_words;
    const struct service_words {
        str language;
        const struct json *words;
    } * words;
};

struct services;

/* Loads all services below folder. ERR_INVALID with file and pointer when one is not in order. */
NODISCARD enum err services_load(const char *folder, struct services **out, struct fault *);
void services_free(struct services *);
const struct service *service_find(const struct services *, str name);
size_t services_count(const struct services *);
const struct service *service_at(const struct services *, size_t i);
/* A word of a service in a language, else in English; STR_NONE if neither has it. */
str service_word(const struct service *, str language, str key);
/* Checks answers against the form: all findings as items of the fault, pointers below /answers. */
NODISCARD enum err service_check(const struct service *, const struct json *answers, struct arena *,
                                 struct fault *);

extern const struct action service_actions[];
extern const size_t service_actions_n;
/* Migrations of this folder, and the folder of sealed attachments. */
NODISCARD enum err service_open(struct house *, struct db *writer, struct fault *);

#endif
