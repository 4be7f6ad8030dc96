/* records.h - the sealed record of a decision: opened, and decided upon again under other facts */
#ifndef SIFARA_NODE_RECORDS_H
#define SIFARA_NODE_RECORDS_H

#include "act/gate.h"

/* The record of an entry, by the house's key or that of the person whom it concerned. ERR_ERASED
 * when that person is gone, ERR_CORRUPT when no key opens it. */
NODISCARD enum err record_open(struct house *, struct db *reader, const struct json *entry,
                               str sealed, struct arena *, str *out, struct fault *);
/* What was decided upon, but with the states and organisations of the set's facts as of that day.
 */
NODISCARD enum err record_under(const struct policy *, const struct json *record, int32_t day,
                                struct arena *, struct cedar_entities **out_entities,
                                struct cedar_request *out, struct fault *);
/* Code of the partner towards whom it was; STR_NONE. */
str record_partner(const struct json *record);
/* The roles of whoever asked, joined by "+"; of others the type. STR_NONE without memory. */
str record_roles(const struct json *record, const struct cedar_request *, struct arena *);

#endif
