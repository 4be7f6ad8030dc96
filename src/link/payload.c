#include "link/payload.h"

void payload_info(struct buf *b, str from, str to, const struct id *correlation)
{
    char text[ID_TEXT + 1];

    id_format(correlation, text);
    buf_printf(b, "sifara-payload/1\n%.*s\n%.*s\n%s\n", STR_FMT(from), STR_FMT(to), text);
}

struct hash payload_digest(const uint8_t salt[PAYLOAD_SALT], str content)
{
    return sha256_parts((str[]){str_bytes(salt, PAYLOAD_SALT), content}, 2);
}

uint64_t payload_sealed_size(uint64_t content)
{
    uint64_t plain = content + PAYLOAD_SALT;

    return PAYLOAD_ENC + plain + (plain + PAYLOAD_CHUNK - 1) / PAYLOAD_CHUNK * HPKE_TAG;
}

static enum err seal_plain(struct hpke *h, str plain, struct buf *out, struct fault *f)
{
    for (size_t at = 0; at < plain.n; at += PAYLOAD_CHUNK)
        TRY(hpke_seal(h, STR_NONE, str_sub(plain, at, at + PAYLOAD_CHUNK), out, f));
    return OK;
}

struct hpke_psk payload_lock(const struct key *lock)
{
    return (struct hpke_psk){lock, lock ? S("sifara-sealed/1") : STR_NONE};
}

enum err payload_seal(const struct x25519_public *to, const struct key *lock, str info, str content,
                      struct buf *out, struct hash *digest, uint8_t salt[PAYLOAD_SALT],
                      struct fault *f)
{
    struct hpke_psk psk = payload_lock(lock);
    AUTO(buf) struct buf plain = BUF(PAYLOAD_SALT + (size_t)PAYLOAD_BYTES);
    struct x25519_public enc;
    struct hpke h;

    if (content.n > PAYLOAD_BYTES)
        return fault(f, ERR_LIMIT, "a payload has at most %d bytes", PAYLOAD_BYTES);
    secret_random(salt, PAYLOAD_SALT);
    *digest = payload_digest(salt, content);
    buf_add(&plain, salt, PAYLOAD_SALT);
    buf_add_str(&plain, content);
    if (!buf_ok(&plain))
        return fault(f, ERR_MEMORY, "out of memory");
    TRY(hpke_sender_psk(to, &psk, info, &enc, &h, f));
    buf_add(out, enc.b, sizeof enc.b);
    enum err e = seal_plain(&h, buf_str(&plain), out, f);
    secret_wipe(&h, sizeof h);
    secret_wipe(plain.p, plain.n);
    TRY(e);
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY_LIMIT, "the payload is too large");
}

enum err payload_open(struct hpke *h, str sealed, const struct hash *content, struct buf *out,
                      uint8_t salt[PAYLOAD_SALT], struct fault *f)
{
    AUTO(buf) struct buf plain = BUF(PAYLOAD_SALT + (size_t)PAYLOAD_BYTES);
    const size_t step = PAYLOAD_CHUNK + HPKE_TAG;

    for (size_t at = PAYLOAD_ENC; at < sealed.n; at += step)
        TRY(hpke_open(h, STR_NONE, str_sub(sealed, at, at + step), &plain, f));
    if (plain.n < PAYLOAD_SALT)
        return fault(f, ERR_CORRUPT, "a payload is cut off");
    memcpy(salt, plain.p, PAYLOAD_SALT);
    str inner = str_sub(buf_str(&plain), PAYLOAD_SALT, plain.n);
    struct hash is = payload_digest(salt, inner);
    if (!secret_equal(is.b, content->b, sizeof is.b))
        return fault(f, ERR_CORRUPT, "a payload is not what its entry says");
    buf_add_str(out, inner);
    secret_wipe(plain.p, plain.n);
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY_LIMIT, "the payload is too large");
}
