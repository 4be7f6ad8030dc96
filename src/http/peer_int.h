/* peer_int.h - who is at the other end: socket address, trusted proxies, X-Forwarded-For */
#ifndef SIFARA_HTTP_PEER_INT_H
#define SIFARA_HTTP_PEER_INT_H

#include <sys/socket.h>

#include "base/errors.h"

enum { PEER_TEXT = 46 };

struct peer_net {
    unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;
};

struct peer_nets {
    struct peer_net *nets;
    size_t n;
};

/* "10.0.0.0/8", "::1" (a single address); ERR_INVALID. list may be NULL. Freed by the caller. */
NODISCARD enum err peer_nets_parse(const char *const *list, struct peer_nets *out, struct fault *);
bool peer_in(const struct peer_nets *, str address);
/* The numeric text of a socket address, mapped IPv4 as IPv4; "unix" for a local socket. */
void peer_text(const struct sockaddr *, char out[PEER_TEXT]);
/* The client behind trusted proxies: the right-most address of the X-Forwarded-For value that no
 * trusted net holds; the last good one before something that is no address. */
str peer_forwarded(const struct peer_nets *, str peer, str forwarded);

#endif
