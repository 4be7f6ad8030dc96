#include "crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

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
