/* signatures.c - who says that this is the package: manifest.note, keys and whom they speak for */
#include <inttypes.h>

#include "base/encode.h"
#include "package/manifest.h"

enum { SIGNATURE_RAW = 4 + 64, KEY_RAW = 33, ALG_ED25519 = 1 };

/* ---- keys --------------------------------------------------------------------------------- */

static const char key_head[] = "PRIVATE+KEY+";

static struct note_key public_of(const struct package_key *key)
{
    struct ed25519_public p = ed25519_public_of(&key->secret);

    return note_key_of(key->name, &p);
}

static enum err key_parse(str text, struct buf *raw, struct package_key *out, struct fault *f)
{
    str rest = str_trim(text), head = str_of(key_head), name, id;
    uint8_t id_bytes[4];
    struct package_key key;

    if (!str_starts(rest, head))
        return fault(f, ERR_MALFORMED_TEXT, "not a private key (it begins with %s)", key_head);
    rest = str_sub(rest, head.n, rest.n);
    if (!str_split(&rest, '+', &name) || !str_split(&rest, '+', &id) || !rest.p ||
        !note_name_valid(name) || !hex_decode(id, id_bytes, 4) ||
        !base64_decode(raw, rest, BASE64_STD) || raw->n != KEY_RAW || raw->p[0] != ALG_ED25519)
        return fault(f, ERR_MALFORMED_TEXT, "not a private Ed25519 key (%sname+id+key)", key_head);
    key.name = name;
    memcpy(key.secret.b, raw->p + 1, sizeof key.secret.b);
    uint32_t want = (uint32_t)id_bytes[0] << 24 | (uint32_t)id_bytes[1] << 16 |
                    (uint32_t)id_bytes[2] << 8 | id_bytes[3];
    if (public_of(&key).id != want)
        return fault(f, ERR_MALFORMED_TEXT, "the key id does not belong to the key");
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] >= 'A' && id.p[i] <= 'F')
            return fault(f, ERR_MALFORMED_TEXT, "a key id is written in small letters");
    *out = key;
    return OK;
}

enum err package_key_parse(str text, struct package_key *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(64);
    enum err e = key_parse(text, &raw, out, f);

    secret_wipe(raw.p, raw.n);
    return e;
}

void package_key_format(struct buf *b, const struct package_key *key)
{
    uint8_t raw[KEY_RAW] = {ALG_ED25519};

    memcpy(raw + 1, key->secret.b, sizeof key->secret.b);
    buf_printf(b, "%s%.*s+%08" PRIx32 "+", key_head, STR_FMT(key->name), public_of(key).id);
    base64_encode(b, str_bytes(raw, sizeof raw), BASE64_STD);
    buf_add_char(b, '\n');
    secret_wipe(raw, sizeof raw);
}

static enum err trust_line(str line, struct package_trust *t, struct fault *f)
{
    str rest = line, state;

    if (t->n == PACKAGE_TRUST_KEYS)
        return fault(f, ERR_LIMIT, "more than %d keys", PACKAGE_TRUST_KEYS);
    if (!str_split(&rest, ' ', &state) || !package_state_valid(state))
        return fault(f, ERR_MALFORMED_TEXT, "begins with no code of a state (STATE name+id+key)");
    TRY(note_key_parse(str_trim(rest), &t->keys[t->n], f));
    if (t->keys[t->n].type != NOTE_ED25519)
        return fault(f, ERR_MALFORMED_TEXT, "a cosigner's key signs no packages");
    /* two lines for one key could name two states, and then whose is the signature? */
    for (size_t i = 0; i < t->n; i++)
        if (t->keys[i].id == t->keys[t->n].id && str_eq(t->keys[i].name, t->keys[t->n].name))
            return fault(f, ERR_MALFORMED_TEXT, "the key is there twice");
    t->states[t->n++] = state;
    return OK;
}

enum err package_trust_parse(str text, struct package_trust *out, struct fault *f)
{
    struct package_trust t = {0};
    str rest = text, line;

    for (unsigned number = 1; str_split(&rest, '\n', &line); number++) {
        struct fault inner = {0};
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        enum err e = trust_line(line, &t, &inner);
        if (e != OK)
            return fault(f, e, "line %u: %s", number, inner.detail);
    }
    if (t.n == 0)
        return fault(f, ERR_MALFORMED_TEXT, "no key in the list");
    *out = t;
    return OK;
}

/* ---- the note ----------------------------------------------------------------------------- */

void package_note_text(struct buf *b, const struct package_manifest *m)
{
    char hex[2 * sizeof m->digest.b + 1];

    hex_encode(m->digest.b, sizeof m->digest.b, hex);
    buf_printf(b, "sifara-package/1\n%.*s/%.*s/%.*s\n%s\n", STR_FMT(m->giver), STR_FMT(m->name),
               STR_FMT(m->version), hex);
}

enum err package_note_sign(struct buf *b, const struct package_manifest *m,
                           const struct package_key *key, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PACKAGE_NOTE_BYTES);

    package_note_text(&text, m);
    note_sign(b, buf_str(&text), key->name, &key->secret);
    return buf_ok(&text) && buf_ok(b) ? OK : fault(f, ERR_LIMIT, "the note is too large");
}

/* "— name base64(id || signature)" */
static enum err read_line(str line, struct package_signatures *all, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(256);
    str dash = S("\xe2\x80\x94 "), rest = str_sub(line, dash.n, line.n), name;

    if (!str_starts(line, dash) || !str_split(&rest, ' ', &name) || !rest.p ||
        !note_name_valid(name) || !base64_decode(&raw, rest, BASE64_STD) || raw.n != SIGNATURE_RAW)
        return fault(f, ERR_MALFORMED_TEXT, "a line that is no Ed25519 signature");
    const uint8_t *p = (const uint8_t *)raw.p;
    struct package_signer s = {.name = name,
                               .id = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                                     (uint32_t)p[2] << 8 | p[3]};
    if (all->n == PACKAGE_SIGNATURES)
        return fault(f, ERR_LIMIT, "more than %d signatures", PACKAGE_SIGNATURES);
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].id == s.id && str_eq(all->list[i].name, name))
            return fault(f, ERR_MALFORMED_TEXT, "two signatures by %.*s", STR_FMT(name));
    all->list[all->n++] = s;
    return OK;
}

/* The lines below the text, which must be the one that belongs to the manifest. */
static enum err read_lines(str note, const struct package_manifest *m,
                           struct package_signatures *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PACKAGE_NOTE_BYTES);
    str line;

    if (note.n > PACKAGE_NOTE_BYTES)
        return fault(f, ERR_LIMIT, "more than %d bytes", PACKAGE_NOTE_BYTES);
    package_note_text(&text, m);
    buf_add_char(&text, '\n');
    if (!str_starts(note, buf_str(&text)))
        return fault(f, ERR_BAD_SIGNATURE, "it is not about this manifest");
    str rest = str_sub(note, text.n, note.n);
    if (!str_ends(rest, S("\n")))
        return fault(f, ERR_MALFORMED_TEXT, "it has no signature, or its last line has no end");
    rest.n--;
    while (str_split(&rest, '\n', &line))
        TRY(read_line(line, out, f));
    return OK;
}

/* Whose keys they are; true if one speaks for the giver. */
static bool find_states(const struct package_trust *t, str giver, struct package_signatures *all)
{
    bool by_giver = false;

    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < t->n; k++)
            if (t->keys[k].id == all->list[i].id && str_eq(t->keys[k].name, all->list[i].name)) {
                all->list[i].state = t->states[k];
                by_giver |= str_eq(t->states[k], giver);
            }
    return by_giver;
}

enum err package_note_read(str note, const struct package_manifest *m,
                           const struct package_trust *trust, struct package_signatures *out,
                           struct fault *f)
{
    struct package_signatures all = {0};
    uint64_t signers;
    str text;

    TRY(read_lines(note, m, &all, f));
    if (trust) {
        if (!find_states(trust, m->giver, &all))
            return fault(f, ERR_UNTRUSTED,
                         "signed by %.*s+%08" PRIx32 ", and by no known key of %.*s",
                         STR_FMT(all.list[0].name), all.list[0].id, STR_FMT(m->giver));
        TRY(note_open(note, trust->keys, trust->n, &text, &signers, f));
    }
    *out = all;
    return OK;
}

enum err package_note_countersign(struct buf *b, str note, const struct package_manifest *m,
                                  const struct package_key *key, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PACKAGE_NOTE_BYTES);
    struct package_signatures all = {0};
    struct note_key own = public_of(key);

    TRY(read_lines(note, m, &all, f));
    for (size_t i = 0; i < all.n; i++)
        if (all.list[i].id == own.id && str_eq(all.list[i].name, own.name))
            return fault(f, ERR_CONFLICT, "%.*s has signed it already", STR_FMT(own.name));
    if (all.n == PACKAGE_SIGNATURES)
        return fault(f, ERR_LIMIT, "more than %d signatures", PACKAGE_SIGNATURES);
    package_note_text(&text, m);
    struct ed25519_signature s = ed25519_sign(&key->secret, buf_str(&text));
    buf_add_str(b, note);
    note_signature_line(b, &own, &s);
    return buf_ok(b) ? OK : fault(f, ERR_LIMIT, "the note is too large");
}
