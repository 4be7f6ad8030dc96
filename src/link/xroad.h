/* xroad.h - identifiers of X-Road; pure */
#ifndef SIFARA_LINK_XROAD_H
#define SIFARA_LINK_XROAD_H

#include "base/str.h"

enum { XROAD_PART = 255 };

/* A member, or a subsystem of it (.p NULL: the member itself); borrows. */
struct xroad_client {
    str instance, class, member, subsystem;
};
/* The characters that X-Road allows in identifiers, at most XROAD_PART of them. */
bool xroad_part_valid(str);
/* INSTANCE/CLASS/MEMBER or INSTANCE/CLASS/MEMBER/SUBSYSTEM; false for anything else. */
bool xroad_client_parse(str text, struct xroad_client *out);

#endif
