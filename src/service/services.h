/* services.h - services as data: what a folder under services/ says
 *
 * Each is a package in source form (package/model.h, docs/service-package.md): form, page plan,
 * rules, words, document. Loaded once at start, then only read. A language is added by adding
 * files.
 */
#ifndef SIFARA_SERVICE_SERVICES_H
#define SIFARA_SERVICE_SERVICES_H

#include "act/gate.h"
#include "base/json.h"
#include "package/model.h"

struct service {
    str name, version, series; /* series: first part of document numbers */
    unsigned promise_days;     /* working days of the authority */
    unsigned retention_years;
    unsigned attachments_required; /* where the package has no rules about them */
    const struct json *doc;        /* service.json */
    const struct json *form;       /* form.json */
    const struct package_files *files;
    const struct package *package;
};

struct services;

/* Loads all services below folder. ERR_INVALID with file and pointer when one is not in order. */
NODISCARD enum err services_load(const char *folder, struct services **out, struct fault *);
void services_free(struct services *);
const struct service *service_find(const struct services *, str name);
size_t services_count(const struct services *);
const struct service *service_at(const struct services *, size_t i);
/* The bytes of a file of art; STR_NONE if there is none. */
str service_art(const struct service *, str name);
/* A word of a service in a language, else in English; STR_NONE if neither has it. */
str service_word(const struct service *, str language, str key);
/* Checks answers against the form: all findings as items of the fault, pointers below /answers. */
NODISCARD enum err service_check(const struct service *, const struct json *answers, struct arena *,
                                 struct fault *);

/* What the rules of a service say of a case. */
struct weighed {
    struct package_names failed; /* conditions that are not met */
    struct package_fee fee;
    struct package_names documents; /* to attach, by kind */
    unsigned n_documents;           /* how many files these are at least */
};
NODISCARD enum err service_weigh(const struct service *, const struct package_case *,
                                 struct arena *, struct weighed *out, struct fault *);
/* Has every condition been met? ERR_NOT_ELIGIBLE with the reasons in the language as items. */
NODISCARD enum err service_admit(const struct service *, const struct weighed *, str language,
                                 struct arena *, struct fault *);

extern const struct action service_actions[];
extern const size_t service_actions_n;
/* Migrations of this folder, and the folder of sealed attachments. */
NODISCARD enum err service_open(struct house *, struct db *writer, struct fault *);

#endif
