/* packages_int.h - a package in this node as the rooms of this folder see it */
#ifndef SIFARA_SERVICE_PACKAGES_INT_H
#define SIFARA_SERVICE_PACKAGES_INT_H

#include "package/manifest.h"
#include "package/overlay.h"
#include "registry/accreditation.h"
#include "service/services.h"
#include "service/trial.h"

enum { OVERLAY_BYTES = 4 << 20, PACKAGE_ARENA = 96 << 20, RECORD_MAX = 120 << 10 };

/* One row of package; strings in the act's arena. A row is a package with or without a layer of the
 * house over it; its content is the digest of both together. */
struct package_row {
    struct id id;
    str name, version, giver, digest; /* of the package, in hex */
    str overlay;                      /* [{"name","text"}], or STR_NONE */
    str content, state;
    str conflicts; /* JSON: what an overlay must decide first, or STR_NONE */
    str record;    /* of acceptance, or STR_NONE */
};

enum err package_row_load(struct act *, const struct id *, struct package_row *out, struct fault *);
/* The row of the path's {id}. ERR_NOT_FOUND. */
enum err package_row_of_path(struct act *, struct package_row *out, struct fault *);
/* What waits for a second officer: "activate", "retire" or "fee"; STR_NONE where nothing does. */
struct package_proposal {
    struct id proposer;
    str what;
};
NODISCARD enum err package_proposed(struct act *, const struct package_row *,
                                    struct package_proposal *out, struct fault *);
/* Facts: the row as resource. */
enum err package_facts_of(struct act *, const struct package_row *, struct fault *);
/* The archive as it was given, in the arena. */
enum err package_archive_load(struct db *, str digest, struct arena *, str *out, struct fault *);
/* The files of an archive that was verified once, with the layer over them if there is one. */
enum err package_effective(struct arena *, str archive, str overlay, struct package_files *out,
                           struct fault *);
/* The files of an overlay as they travel and are stored. ERR_INVALID, ERR_LIMIT. */
enum err overlay_files(struct arena *, const struct json *list, struct package_files *out,
                       struct fault *);
/* The service of a row, loaded; from those that are known, or new in an arena of its own. *out_new
 * says that the caller has to give it to services_add() or free it. */
enum err package_service(struct act *, const struct package_row *, const struct service **out,
                         bool *out_new, struct fault *);
/* id, state and content as the reply. */
void package_reply(struct act *, const struct package_row *);

/* Migrations are in service.c. Founds the house's own services in a store that has none, then loads
 * all versions that are offered or that cases live by. */
enum err packages_open(struct house *, struct db *writer, struct fault *);

enum err package_list_facts(struct act *, struct fault *);
enum err package_list(struct act *, struct fault *);
enum err package_facts(struct act *, struct fault *);
enum err package_show(struct act *, struct fault *);
enum err package_layer(struct act *, struct fault *);
enum err package_record(struct act *, struct fault *);
enum err package_archive(struct act *, struct fault *);
enum err package_key(struct act *, struct fault *);

enum err package_install_prepare(struct act *, struct fault *);
enum err package_install_facts(struct act *, struct fault *);
enum err package_install(struct act *, struct fault *);
/* The same with an archive that is not the body. giver: a partner whose own key of packages is
 * known by its letter of credence, or STR_NONE. */
enum err package_take_prepare(struct act *, str archive, str giver, struct fault *);
/* The row that an act of installing is about. */
const struct package_row *package_installing(const struct act *);
enum err package_overlay_prepare(struct act *, struct fault *);
enum err package_overlay(struct act *, struct fault *);
/* What package_overlay() writes: a layer over the row, whose files with it are laid. Over what was
 * received, or beside what is accepted or in force already: then it is one more content of the same
 * package, to be accepted for itself. In prepare(). */
enum err package_lay(struct act *, struct arena *scratch, const struct package_row *over,
                     const struct package_files *layer, const struct package_files *laid,
                     struct fault *);
enum err package_accept_prepare(struct act *, struct fault *);
enum err package_accept(struct act *, struct fault *);
enum err package_refuse_prepare(struct act *, struct fault *);
enum err package_refuse(struct act *, struct fault *);

/* Our layer over the version in force; *out_overlay STR_NONE: there is none. */
enum err package_layer_in_force(struct act *, struct arena *, str name, str *out_overlay,
                                str *out_digest, struct package_files *out, struct fault *);

/* ---- packages_settle.c: where both sides touched the same thing ----------------------------- */

enum err package_settle_weigh(struct act *, struct fault *);
enum err package_settle_prepare(struct act *, struct fault *);

/* ---- packages_fees.c: what a service costs is said anew ------------------------------------- */

enum err package_fees(struct act *, struct fault *);
enum err package_fees_weigh(struct act *, struct fault *);
enum err package_fees_change_prepare(struct act *, struct fault *);
enum err package_fees_change(struct act *, struct fault *);
/* Our layer over the row, or one that changes nothing yet. */
enum err package_layer_files(struct act *, struct arena *, const struct package_row *,
                             struct package_files *out, struct fault *);

enum err package_statement(struct act *, struct fault *);
enum err package_propose_prepare(struct act *, struct fault *);
enum err package_propose(struct act *, struct fault *);
enum err package_confirm_prepare(struct act *, struct fault *);
enum err package_confirm(struct act *, struct fault *);
void package_confirm_after(struct act *);

/* ---- gifts.c: packages over a channel ------------------------------------------------------ */

/* The first phases of any receiving act. */
enum err dispatch_take(struct act *, struct fault *);
enum err dispatch_taken_facts(struct act *, struct fault *);
enum err package_give_prepare(struct act *, struct fault *);
enum err package_give(struct act *, struct fault *);
void package_give_after(struct act *);
enum err package_gifts(struct act *, struct fault *);
enum err package_arrive_prepare(struct act *, struct fault *);
enum err package_arrive(struct act *, struct fault *);
enum err package_unwrap_prepare(struct act *, struct fault *);
enum err package_unwrap(struct act *, struct fault *);
enum err package_answer_prepare(struct act *, struct fault *);
enum err package_answer_facts(struct act *, struct fault *);
enum err package_answer(struct act *, struct fault *);
void package_answer_after(struct act *);
enum err package_answered_prepare(struct act *, struct fault *);
enum err package_answered(struct act *, struct fault *);
/* Officers decided upon a package: if it came as a gift, its giver is to be told. In run(). */
NODISCARD enum err gift_settled(struct act *, str digest, str reason, struct fault *);

#endif
