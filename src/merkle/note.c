#include "merkle/note.h"

#include <inttypes.h>

#include "base/encode.h"

enum { SIGNATURE_BYTES = 64, TIME_BYTES = 8 };

/* White space by Unicode's White_Space property. */
static bool unicode_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool note_name_valid(str name)
{
    uint32_t cp;

    if (name.n == 0)
        return false;
    for (size_t i = 0, len; i < name.n; i += len) {
        len = utf8_decode(str_sub(name, i, name.n), &cp);
        if (len == 0 || cp < 0x20 || cp == '+' || unicode_space(cp))
            return false;
    }
    return true;
}

static uint32_t read_id(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static struct note_key key_of(str name, enum note_key_type type, const struct ed25519_public *p)
{
    uint8_t mark[2] = {'\n', (uint8_t)type};
    struct hash h =
        sha256_parts((str[]){name, str_bytes(mark, sizeof mark), str_bytes(p->b, sizeof p->b)}, 3);

    return (struct note_key){.name = name, .id = read_id(h.b), .type = type, .public = *p};
}

struct note_key note_key_of(str name, const struct ed25519_public *p)
{
    return key_of(name, NOTE_ED25519, p);
}

struct note_key note_cosigner_of(str name, const struct ed25519_public *p)
{
    return key_of(name, NOTE_COSIGNER, p);
}

enum err note_key_parse(str text, struct note_key *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(64);
    str rest = text, name, id;
    uint8_t id_bytes[4];
    struct ed25519_public p;

    if (!str_split(&rest, '+', &name) || !str_split(&rest, '+', &id) || !rest.p ||
        !note_name_valid(name) || !hex_decode(id, id_bytes, 4) ||
        !base64_decode(&raw, rest, BASE64_STD) || raw.n != 33 ||
        (raw.p[0] != NOTE_ED25519 && raw.p[0] != NOTE_COSIGNER))
        return fault(f, ERR_MALFORMED_TEXT, "not an Ed25519 note key (name+id+key)");
    memcpy(p.b, raw.p + 1, 32);
    struct note_key key = key_of(name, (enum note_key_type)raw.p[0], &p);
    if (read_id(id_bytes) != key.id)
        return fault(f, ERR_MALFORMED_TEXT, "the key id does not belong to the key");
    *out = key;
    return OK;
}

void note_key_format(struct buf *b, const struct note_key *k)
{
    uint8_t raw[33] = {(uint8_t)k->type};

    memcpy(raw + 1, k->public.b, 32);
    buf_add_str(b, k->name);
    buf_printf(b, "+%08" PRIx32 "+", k->id);
    base64_encode(b, str_bytes(raw, sizeof raw), BASE64_STD);
}

static void signature_line(struct buf *b, const struct note_key *k, str signature)
{
    uint8_t raw[4 + TIME_BYTES + SIGNATURE_BYTES] = {(uint8_t)(k->id >> 24), (uint8_t)(k->id >> 16),
                                                     (uint8_t)(k->id >> 8), (uint8_t)k->id};

    memcpy(raw + 4, signature.p, signature.n);
    buf_add_str(b, S("\xe2\x80\x94 "));
    buf_add_str(b, k->name);
    buf_add_char(b, ' ');
    base64_encode(b, str_bytes(raw, 4 + signature.n), BASE64_STD);
    buf_add_char(b, '\n');
}

void note_signature_line(struct buf *b, const struct note_key *k,
                         const struct ed25519_signature *sig)
{
    signature_line(b, k, str_bytes(sig->b, sizeof sig->b));
}

void cosignature_message(struct buf *b, int64_t at, str text)
{
    buf_printf(b, "cosignature/v1\ntime %" PRId64 "\n", at);
    buf_add_str(b, text);
}

void cosignature_line(struct buf *b, const struct note_key *k, int64_t at,
                      const struct ed25519_signature *sig)
{
    uint8_t raw[TIME_BYTES + SIGNATURE_BYTES];

    for (unsigned i = 0; i < TIME_BYTES; i++)
        raw[i] = (uint8_t)((uint64_t)at >> (56 - 8 * i));
    memcpy(raw + TIME_BYTES, sig->b, SIGNATURE_BYTES);
    signature_line(b, k, str_bytes(raw, sizeof raw));
}

void note_sign(struct buf *b, str text, str name, const struct ed25519_secret *secret)
{
    struct ed25519_public p = ed25519_public_of(secret);
    struct note_key k = note_key_of(name, &p);
    struct ed25519_signature sig = ed25519_sign(secret, text);

    buf_add_str(b, text);
    buf_add_char(b, '\n');
    note_signature_line(b, &k, &sig);
}

/* "— name base64": the name, and the bytes behind the key's id. */
static enum err parse_line(str line, str *out_name, uint32_t *out_id, struct buf *signature,
                           struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(8192);
    str dash = S("\xe2\x80\x94 "), rest;

    if (!str_starts(line, dash))
        return fault(f, ERR_MALFORMED_TEXT, "not a signature line");
    rest = str_sub(line, dash.n, line.n);
    if (!str_split(&rest, ' ', out_name) || !rest.p || !note_name_valid(*out_name) ||
        !base64_decode(&raw, rest, BASE64_STD) || raw.n < 5)
        return fault(f, ERR_MALFORMED_TEXT, "malformed signature line");
    *out_id = read_id((const uint8_t *)raw.p);
    buf_clear(signature);
    buf_add(signature, raw.p + 4, raw.n - 4);
    return OK;
}

static int64_t read_time(const uint8_t *p)
{
    uint64_t at = 0;

    for (unsigned i = 0; i < TIME_BYTES; i++)
        at = at << 8 | p[i];
    return at > INT64_MAX ? -1 : (int64_t)at;
}

static bool signature_holds(const struct note_key *k, str text, str raw)
{
    AUTO(buf) struct buf message = BUF(NOTE_MAX + 64);
    struct ed25519_signature sig;
    size_t at = k->type == NOTE_COSIGNER ? TIME_BYTES : 0;

    if (raw.n != at + sizeof sig.b)
        return false;
    memcpy(sig.b, raw.p + at, sizeof sig.b);
    if (k->type != NOTE_COSIGNER)
        return ed25519_verify(&k->public, text, &sig);
    int64_t time = read_time((const uint8_t *)raw.p);
    if (time < 0)
        return false;
    cosignature_message(&message, time, text);
    return buf_ok(&message) && ed25519_verify(&k->public, buf_str(&message), &sig);
}

/* Sets *out_key to the index of the known key or n: unknown keys are ignored. */
static enum err check_line(str line, str text, const struct note_key *keys, size_t n,
                           size_t *out_key, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(8192);
    uint32_t id;
    str name;
    size_t k = 0;

    TRY(parse_line(line, &name, &id, &raw, f));
    while (k < n && !(keys[k].id == id && str_eq(keys[k].name, name)))
        k++;
    *out_key = k;
    if (k < n && !signature_holds(&keys[k], text, buf_str(&raw)))
        return fault(f, ERR_BAD_SIGNATURE, "the signature by %.*s does not verify", STR_FMT(name));
    return OK;
}

/* The last empty line separates text and signatures. */
static bool split_note(str note, str *text, str *lines)
{
    if (note.n > NOTE_MAX || !utf8_valid(note) || !str_ends(note, S("\n")))
        return false;
    for (size_t i = note.n; i-- > 1;)
        if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
            *text = str_sub(note, 0, i);
            *lines = str_sub(note, i + 1, note.n - 1);
            return lines->n > 0;
        }
    return false;
}

enum err note_open(str note, const struct note_key *keys, size_t n, str *out_text,
                   uint64_t *out_signers, struct fault *f)
{
    str text, lines, line;
    uint64_t signers = 0;
    size_t count = 0;

    if (!split_note(note, &text, &lines))
        return fault(f, ERR_MALFORMED_TEXT, "not a signed note");
    for (size_t i = 0; i < note.n; i++)
        if ((unsigned char)note.p[i] < 0x20 && note.p[i] != '\n')
            return fault(f, ERR_MALFORMED_TEXT, "control character in a note");
    while (str_split(&lines, '\n', &line)) {
        size_t k = n;
        if (++count > NOTE_MAX_SIGNATURES)
            return fault(f, ERR_MALFORMED_TEXT, "too many signatures");
        TRY(check_line(line, text, keys, n, &k, f));
        if (k < n)
            signers |= (uint64_t)1 << k;
    }
    if (!signers)
        return fault(f, ERR_BAD_SIGNATURE, "no signature by a known key");
    *out_text = text;
    *out_signers = signers;
    return OK;
}

enum err cosignature_time(str note, const struct note_key *k, int64_t *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(8192);
    str text, lines, line, name;
    uint32_t id;

    if (!split_note(note, &text, &lines))
        return fault(f, ERR_MALFORMED_TEXT, "not a signed note");
    while (str_split(&lines, '\n', &line)) {
        TRY(parse_line(line, &name, &id, &raw, f));
        if (id != k->id || !str_eq(name, k->name) || raw.n != TIME_BYTES + SIGNATURE_BYTES)
            continue;
        *out = read_time((const uint8_t *)raw.p);
        return *out < 0 ? fault(f, ERR_MALFORMED_TEXT, "a time beyond all times") : OK;
    }
    return fault(f, ERR_NOT_FOUND, "the note has no cosignature by %.*s", STR_FMT(k->name));
}

void checkpoint_format(struct buf *b, const struct checkpoint *c)
{
    buf_add_str(b, c->origin);
    buf_printf(b, "\n%" PRIu64 "\n", c->size);
    base64_encode(b, hash_str(&c->root), BASE64_STD);
    buf_add_char(b, '\n');
}

/* Decimal without leading zeros, up to 2^63-1. */
static bool parse_count(str s, uint64_t *out)
{
    int64_t v;

    if ((s.n > 1 && s.p[0] == '0') || !str_to_int64(s, &v) || v < 0 || s.p[0] == '-')
        return false;
    *out = (uint64_t)v;
    return true;
}

static bool parse_hash(str s, struct hash *out)
{
    AUTO(buf) struct buf raw = BUF(40);

    if (s.n != 44 || !base64_decode(&raw, s, BASE64_STD) || raw.n != 32)
        return false;
    memcpy(out->b, raw.p, 32);
    return true;
}

enum err checkpoint_parse(str text, struct checkpoint *out, struct fault *f)
{
    struct checkpoint c;
    str rest = text, size, root, line;

    if (!str_ends(text, S("\n")))
        return fault(f, ERR_MALFORMED_TEXT, "not a checkpoint");
    rest.n--;
    if (!str_split(&rest, '\n', &c.origin) || c.origin.n == 0 || !str_split(&rest, '\n', &size) ||
        !parse_count(size, &c.size) || !str_split(&rest, '\n', &root) || !parse_hash(root, &c.root))
        return fault(f, ERR_MALFORMED_TEXT, "not a checkpoint (origin, size, root)");
    while (str_split(&rest, '\n', &line))
        if (line.n == 0)
            return fault(f, ERR_MALFORMED_TEXT, "empty extension line in a checkpoint");
    *out = c;
    return OK;
}

void tlog_proof_format(struct buf *b, const struct tlog_proof *p)
{
    buf_add_str(b, S("c2sp.org/tlog-proof@v1\n"));
    if (p->extra.p) {
        buf_add_str(b, S("extra "));
        base64_encode(b, p->extra, BASE64_STD);
        buf_add_char(b, '\n');
    }
    buf_printf(b, "index %" PRIu64 "\n", p->index);
    for (size_t i = 0; i < p->path.n; i++) {
        base64_encode(b, hash_str(&p->path.node[i]), BASE64_STD);
        buf_add_char(b, '\n');
    }
    buf_add_char(b, '\n');
    buf_add_str(b, p->note);
}

static enum err parse_extra(struct arena *a, str coded, str *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(NOTE_MAX);

    if (!base64_decode(&raw, coded, BASE64_STD))
        return fault(f, ERR_MALFORMED_TEXT, "extra data is not base64");
    *out = str_copy(a, buf_str(&raw));
    TRY_PTR(out->p, f);
    return OK;
}

enum err tlog_proof_parse(struct arena *a, str text, struct tlog_proof *out, struct fault *f)
{
    struct tlog_proof p = {.extra = STR_NONE};
    str rest = text, line;

    if (text.n > NOTE_MAX || !str_split(&rest, '\n', &line) ||
        !str_eq(line, S("c2sp.org/tlog-proof@v1")) || !str_split(&rest, '\n', &line))
        return fault(f, ERR_MALFORMED_TEXT, "not a tlog-proof file");
    if (str_starts(line, S("extra "))) {
        TRY(parse_extra(a, str_sub(line, 6, line.n), &p.extra, f));
        if (!str_split(&rest, '\n', &line))
            return fault(f, ERR_MALFORMED_TEXT, "the proof ends early");
    }
    if (!str_starts(line, S("index ")) || !parse_count(str_sub(line, 6, line.n), &p.index))
        return fault(f, ERR_MALFORMED_TEXT, "the index line is missing");
    for (;;) {
        if (!str_split(&rest, '\n', &line) || !rest.p)
            return fault(f, ERR_MALFORMED_TEXT, "the proof ends early");
        if (line.n == 0)
            break;
        if (p.path.n == MERKLE_MAX_PROOF || !parse_hash(line, &p.path.node[p.path.n++]))
            return fault(f, ERR_MALFORMED_TEXT, "malformed hash in the proof");
    }
    p.note = rest;
    *out = p;
    return OK;
}

enum err tlog_proof_verify(const struct tlog_proof *p, str entry, const struct note_key *key,
                           struct checkpoint *out, struct fault *f)
{
    struct checkpoint c;
    uint64_t signers;
    str text;

    TRY(note_open(p->note, key, 1, &text, &signers, f));
    TRY(checkpoint_parse(text, &c, f));
    if (key->type != NOTE_ED25519 || !str_eq(c.origin, key->name))
        return fault(f, ERR_BAD_SIGNATURE, "the checkpoint is of another log");
    struct hash leaf = merkle_leaf(entry);
    if (merkle_check_inclusion(p->index, c.size, &leaf, &p->path, &c.root) != OK)
        return fault(f, ERR_BAD_PROOF, "the entry is not in the log at that index");
    *out = c;
    return OK;
}
