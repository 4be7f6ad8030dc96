/* services.h - services as data, as they are offered at this moment
 *
 * Each is a package (package/model.h, docs/service-package.md): form, page plan, rules, words,
 * document; with the layer of the house over it, if there is one. Which versions are offered
 * changes while the node runs (packages.c). A version that was loaded stays until the node ends,
 * for a case lives by the one that it began with: so a pointer to a service is good for as long as
 * the node, and nobody holds or drops anything.
 */
#ifndef SIFARA_SERVICE_SERVICES_H
#define SIFARA_SERVICE_SERVICES_H

#include "act/dispatch.h"
#include "base/json.h"
#include "package/model.h"

struct service {
    struct arena *arena;       /* all of it lives there */
    str name, version, series; /* series: first part of document numbers */
    str content;               /* digest of its files in hex: of base and overlay together */
    unsigned promise_days;     /* working days of the authority */
    unsigned retention_years;
    unsigned attachments_required; /* where the package has no rules about them */
    const struct json *doc;        /* service.json */
    const struct json *form;       /* form.json */
    const struct package_files *files;
    const struct package *package;
};

/* A service of these files. The arena, in which they live, becomes the service's; after an error it
 * is still the caller's. What is not in order: as package_load says, and ERR_INVALID. */
NODISCARD enum err service_new(struct arena *, const struct package_files *, struct service **out,
                               struct fault *);
void service_free(struct service *);

/* All versions that the node knows, and which of them are offered. Read from any thread; changed by
 * one at a time: the writer, once it is durable, or the start. */
struct services;

NODISCARD struct services *services_new(void); /* NULL without memory */
void services_free(struct services *);
/* Takes a version over; ERR_LIMIT, ERR_CONFLICT if one of that content is there: then it is freed.
 */
NODISCARD enum err services_add(struct services *, struct service *, struct fault *);
/* From now on new cases of that name begin with this version; NULL: with none. */
NODISCARD enum err services_offer(struct services *, str name, const struct service *,
                                  struct fault *);
/* All services below a folder, offered. ERR_INVALID with file and pointer when one is not in order.
 */
NODISCARD enum err services_load(const char *folder, struct services **out, struct fault *);
/* A folder of a service in source form, into the arena: the files, and what they make. */
NODISCARD enum err service_load_folder(struct arena *, const char *folder, struct service **out,
                                       struct fault *);

/* What is offered at this moment, by name; an immutable list that lives as long as the node. */
struct offer {
    const struct offer *before;
    size_t n;
    const struct service *list[];
};
const struct offer *services_offered(const struct services *);
/* The version with which a new case begins, or NULL. */
const struct service *service_find(const struct services *, str name);
/* The version of a case that began earlier; content STR_NONE: of that name and version. NULL if it
 * is not known. */
const struct service *service_find_version(const struct services *, str name, str version,
                                           str content);
/* Every version that is known, the oldest first; NULL behind the last. */
const struct service *service_known(const struct services *, size_t i);
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
extern const struct action post_actions[]; /* posts.c */
extern const struct action cost_actions[]; /* costs.c */
extern const size_t cost_actions_n;
extern const size_t post_actions_n;
extern const struct dispatch_kind service_kinds[];
extern const size_t service_kinds_n;
/* Migrations of this folder, and the folder of sealed attachments. */
NODISCARD enum err service_open(struct house *, struct db *writer, struct fault *);

#endif
