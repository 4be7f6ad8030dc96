/* compile_int.h - the compiler's own state, gone when the schema is ready
 *
 * load.c finds documents, resources and anchors; compile.c turns places into nodes. A place is
 * one JSON value that stands where a schema may stand; its address is its identity.
 */
#ifndef SIFARA_SCHEMA_COMPILE_INT_H
#define SIFARA_SCHEMA_COMPILE_INT_H

#include "schema/schema_int.h"

enum { SCHEMA_DEPTH = 400, MAX_RESOURCES = 2000 };

struct place {
    const struct json *json;
    struct resource *resource;
    struct node *node;
};

struct compiler {
    struct schema *out;
    struct arena *arena; /* the schema's */
    const struct schema_options *options;
    const struct json *root;
    struct place *places; /* open addressing by address */
    size_t n_places, room;
    const struct json **pending; /* nodes made and not filled */
    size_t n_pending, pending_room;
    unsigned n_nodes, n_resources;
    struct fault *f;
};

/* ERR_SYNTAX about a place of the schema; the pointer is found if it lies in the root. */
enum err schema_bad(struct compiler *, const struct json *at, const char *fmt, ...) PRINTF(3, 4);
struct place *place_find(const struct compiler *, const struct json *);
/* Copies a document, registers it under uri, finds its resources. */
NODISCARD enum err load_document(struct compiler *, const struct json *, str uri,
                                 const struct json **out_root);
/* Follows a reference from a place in `from`. out_anchor is the dynamic anchor it names, or
 * NULL. */
NODISCARD enum err load_reference(struct compiler *, const struct json *at, struct resource *from,
                                  str ref, struct place *out, const struct anchor **out_anchor);

#endif
