/* missions_int.h - the snapshot of missions, jurisdiction and calendars */
#ifndef SIFARA_REGISTRY_MISSIONS_INT_H
#define SIFARA_REGISTRY_MISSIONS_INT_H

#include "registry/registry.h"

struct jurisdiction_row {
    str country, service, authority;
};

struct closed_day {
    uint32_t mission; /* position in the list */
    int32_t day;
};

/* Offsets from UTC over the years that matter, so that questions cost no call into ICU. */
struct time_zone {
    size_t n;
    int64_t *from;   /* ms since 1970, ascending; from[0] is the beginning of time */
    int32_t *offset; /* ms east of UTC from there on */
};

struct missions {
    _Atomic int refs;
    struct arena *arena;
    size_t n, n_rows, n_closed;
    struct mission *list;
    struct time_zone **zone; /* of each mission */
    struct jurisdiction_row *rows;
    struct closed_day *closed; /* sorted by mission, day */
};

/* Transitions of an IANA zone from 1990 to 2100, by ICU. ERR_INVALID for an unknown name. */
enum err zone_load(struct arena *, str name, struct time_zone **out, struct fault *);
int32_t zone_offset(const struct time_zone *, int64_t ms);

#endif
