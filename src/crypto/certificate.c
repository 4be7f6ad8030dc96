#include "crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/encode.h"

enum { CERTIFICATE_BYTES = 16 << 10 };

static bool key_of(X509 *cert, struct hash *out)
{
    unsigned char *der = NULL;
    int n = cert ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der) : 0;

    if (n > 0)
        *out = sha256(str_bytes(der, (size_t)n));
    OPENSSL_free(der);
    X509_free(cert);
    return n > 0;
}

bool certificate_key_of_der(str der, struct hash *out)
{
    const unsigned char *p = (const unsigned char *)der.p;

    return der.n && key_of(d2i_X509(NULL, &p, (long)der.n), out);
}

bool certificate_key_of_pem(str pem, struct hash *out)
{
    BIO *bio = pem.n ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    return key_of(cert, out);
}

static bool unescape(str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t byte;
        if (text.p[i] != '%') {
            buf_add_char(out, text.p[i]);
            continue;
        }
        if (!hex_decode(str_sub(text, i + 1, i + 3), &byte, 1))
            return false;
        buf_add_u8(out, byte);
        i += 2;
    }
    return buf_ok(out);
}

bool certificate_key_of_header(str shown, struct hash *out)
{
    AUTO(buf) struct buf pem = BUF(CERTIFICATE_BYTES);

    return shown.n && unescape(shown, &pem) && certificate_key_of_pem(buf_str(&pem), out);
}
