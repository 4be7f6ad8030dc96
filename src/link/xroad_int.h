/* xroad_int.h - our services for members of an X-Road instance, through their security server */
#ifndef SIFARA_LINK_XROAD_INT_H
#define SIFARA_LINK_XROAD_INT_H

#include "link/link_int.h"

enum err xroad_enters(struct act *, struct fault *);
enum err xroad_facts(struct act *, struct fault *);
enum err xroad_keep(struct act *, struct fault *);
enum err xroad_document(struct act *, struct fault *);
enum err xroad_calls(struct act *, struct fault *);

#endif
