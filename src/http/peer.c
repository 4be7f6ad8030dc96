#include "http/peer_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

/* Both families become 16 bytes. */
static bool to_bytes(str text, unsigned char out[16], bool *out_v4)
{
    char copy[PEER_TEXT];

    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, 0, text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    if (inet_pton(AF_INET, copy, out + 12) == 1) {
        memcpy(out, mapped, sizeof mapped);
        *out_v4 = true;
        return true;
    }
    *out_v4 = false;
    return inet_pton(AF_INET6, copy, out) == 1;
}

static bool net_parse(str text, struct peer_net *out)
{
    ptrdiff_t slash = str_find_char(text, '/');
    str address = slash < 0 ? text : str_sub(text, 0, (size_t)slash);
    bool v4;

    if (!to_bytes(address, out->bytes, &v4))
        return false;
    int64_t bits = v4 ? 32 : 128;
    if (slash >= 0) {
        int64_t most = bits;
        if (!str_to_int64(str_sub(text, (size_t)slash + 1, text.n), &bits) || bits < 0 ||
            bits > most)
            return false;
    }
    out->bits = (unsigned)bits + (v4 ? 96 : 0);
    return true;
}

enum err peer_nets_parse(const char *const *list, struct peer_nets *out, struct fault *f)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    struct peer_net *nets = calloc(n ? n : 1, sizeof *nets);
    if (!nets)
        return fault(f, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (!net_parse(str_of(list[i]), &nets[i])) {
            free(nets);
            return fault(f, ERR_INVALID, "\"%s\" is no network address", list[i]);
        }
    *out = (struct peer_nets){nets, n};
    return OK;
}

static bool in_net(const struct peer_net *net, const unsigned char bytes[16])
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;

    if (memcmp(net->bytes, bytes, whole) != 0)
        return false;
    return rest == 0 || ((net->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

bool peer_in(const struct peer_nets *nets, str address)
{
    unsigned char bytes[16];
    bool v4;

    if (nets->n == 0 || !to_bytes(address, bytes, &v4))
        return false;
    for (size_t i = 0; i < nets->n; i++)
        if (in_net(&nets->nets[i], bytes))
            return true;
    return false;
}

void peer_text(const struct sockaddr *sa, char out[PEER_TEXT])
{
    const struct sockaddr_in6 *six = (const void *)sa;
    const struct sockaddr_in *four = (const void *)sa;

    snprintf(out, PEER_TEXT, "unix");
    if (sa && sa->sa_family == AF_INET)
        inet_ntop(AF_INET, &four->sin_addr, out, PEER_TEXT);
    else if (sa && sa->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, out, PEER_TEXT);
    else if (sa && sa->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &six->sin6_addr, out, PEER_TEXT);
}

str peer_forwarded(const struct peer_nets *nets, str peer, str forwarded)
{
    unsigned char bytes[16];
    str best = peer;
    bool v4;

    while (forwarded.n) {
        size_t at = forwarded.n;
        while (at > 0 && forwarded.p[at - 1] != ',')
            at--;
        str one = str_trim(str_sub(forwarded, at, forwarded.n));
        if (!to_bytes(one, bytes, &v4))
            break;
        best = one;
        if (!peer_in(nets, one))
            break;
        forwarded = str_sub(forwarded, 0, at ? at - 1 : 0);
    }
    return best;
}
