/* peer_key.c - by which key the client of a connection showed itself, if it did
 *
 * Over TLS of our own the library asks for a certificate without insisting, and the handshake has
 * proved that the client holds its key. Behind a trusted proxy the proxy did the same and hands the
 * certificate on in a header, as nginx writes it: PEM, percent-encoded. Of a certificate only the
 * key counts: there is no authority between states.
 */
#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "crypto/certificate.h"
#include "http/server_int.h"

static bool of_session(struct MHD_Connection *c, struct hash *out)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned n = 0;
    const gnutls_datum_t *list =
        info && info->tls_session ? gnutls_certificate_get_peers(info->tls_session, &n) : NULL;

    return list && n && certificate_key_of_der(str_bytes(list[0].data, list[0].size), out);
}

bool http_peer_key(struct http_request *r, struct hash *out)
{
    struct exchange *x = exchange_of(r);
    str shown = http_header(r, S("X-Client-Certificate"));

    if (x->server->config.tls_cert_pem)
        return of_session(x->mhd, out);
    return x->conn->trusted && certificate_key_of_header(shown, out);
}
