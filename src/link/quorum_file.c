#include "link/quorum_file.h"

#include "base/encode.h"

static const char magic[] = "sifara-quorum/1\n";

enum err quorum_statement(struct arena *a, str partner, str policy, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(512);
    struct jw w = JW(&b);
    struct hash h = sha256(policy);
    char hex[65];

    hex_encode(h.b, sizeof h.b, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("partner"), partner);
    jw_kv(&w, S("witnesses"), str_of(hex));
    jw_close(&w, '}');
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_officer(struct buf *b, const struct quorum_officer *o)
{
    char id[ID_TEXT + 1];

    id_format(&o->id, id);
    buf_printf(b, "officer %s ", id);
    base64_encode(b, str_bytes(o->key.b, sizeof o->key.b), BASE64_URL);
    buf_add_char(b, ' ');
    if (o->passkeys.n)
        base64_encode(b, o->passkeys, BASE64_URL);
    else
        buf_add_char(b, '-');
    buf_add_char(b, ' ');
    base64_encode(b, o->signature, BASE64_URL);
    buf_add_char(b, '\n');
}

void quorum_file_format(struct buf *b, const struct quorum_file *q)
{
    str rest = q->policy, line;

    buf_printf(b, "%sstate %.*s\npartner %.*s\n", magic, STR_FMT(q->state), STR_FMT(q->partner));
    put_officer(b, &q->officer[0]);
    put_officer(b, &q->officer[1]);
    while (rest.n && str_split(&rest, '\n', &line))
        buf_printf(b, "policy %.*s\n", STR_FMT(line));
}

/* ---- reading ------------------------------------------------------------------------------ */

bool is_quorum_file(str text)
{
    return str_starts(text, str_of(magic));
}

static bool take_line(str *rest, const char *name, str *out)
{
    str line;

    if (!str_split(rest, '\n', &line) || !str_starts(line, str_of(name)))
        return false;
    *out = str_sub(line, strlen(name), line.n);
    return true;
}

static bool decode(struct arena *a, str text, str *out)
{
    AUTO(buf) struct buf raw = BUF(QUORUM_FILE);
    bool whole = base64_decode(&raw, text, BASE64_URL);

    *out = whole ? str_copy(a, buf_str(&raw)) : STR_NONE;
    return out->p != NULL;
}

static enum err read_officer(struct arena *a, str line, struct quorum_officer *o, struct fault *f)
{
    str rest = line, id, key, passkeys, raw;

    *o = (struct quorum_officer){0};
    if (!str_split(&rest, ' ', &id) || !str_split(&rest, ' ', &key) ||
        !str_split(&rest, ' ', &passkeys) || !id_parse(id, &o->id) || !decode(a, key, &raw) ||
        raw.n != sizeof o->key.b || !decode(a, rest, &o->signature) ||
        (!str_eq(passkeys, S("-")) && !decode(a, passkeys, &o->passkeys)))
        return fault(f, ERR_MALFORMED_TEXT, "an officer's line that is none");
    memcpy(o->key.b, raw.p, sizeof o->key.b);
    return OK;
}

static enum err read_policy(struct arena *a, str rest, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(QUORUM_TEXT);
    str line;

    while (rest.n) {
        if (!take_line(&rest, "policy ", &line))
            return fault(f, ERR_MALFORMED_TEXT, "a choice of witnesses with an unknown line");
        buf_add_str(&b, line);
        buf_add_char(&b, '\n');
    }
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

static enum err read_text(struct arena *a, str text, struct quorum_file *out, struct fault *f)
{
    str rest = text, head, officer[2];

    if (!str_split(&rest, '\n', &head) || !take_line(&rest, "state ", &out->state) ||
        !take_line(&rest, "partner ", &out->partner) ||
        !take_line(&rest, "officer ", &officer[0]) || !take_line(&rest, "officer ", &officer[1]) ||
        out->state.n != 2 || out->partner.n < 2)
        return fault(f, ERR_MALFORMED_TEXT, "no choice of witnesses");
    TRY(read_officer(a, officer[0], &out->officer[0], f));
    TRY(read_officer(a, officer[1], &out->officer[1], f));
    return read_policy(a, rest, &out->policy, f);
}

enum err quorum_file_read(struct arena *a, str note, struct quorum_file *out, struct fault *f)
{
    ptrdiff_t end = str_find(note, S("\n\n"));

    *out = (struct quorum_file){0};
    if (note.n > QUORUM_FILE || end < 0 || !is_quorum_file(note))
        return fault(f, ERR_MALFORMED_TEXT, "no choice of witnesses");
    return read_text(a, str_sub(note, 0, (size_t)end + 1), out, f);
}

/* ---- checking ----------------------------------------------------------------------------- */

enum err quorum_officer_check_plain(struct arena *a, const struct quorum_officer *o, str text,
                                    struct fault *f)
{
    struct ed25519_signature s;

    (void)a;
    if (o->signature.n != sizeof s.b)
        return fault(f, ERR_UNTRUSTED, "an officer signed with a passkey: check it with sifara");
    memcpy(s.b, o->signature.p, sizeof s.b);
    return ed25519_verify(&o->key, text, &s)
               ? OK
               : fault(f, ERR_BAD_SIGNATURE, "an officer's signature does not hold");
}

enum err quorum_file_check(struct arena *a, str note, str name, const struct ed25519_public *log,
                           quorum_officer_fn *check, struct quorum_file *out, struct fault *f)
{
    struct note_key key = note_key_of(str_printf(a, "%.*s/quorum", STR_FMT(name)), log);
    uint64_t signers;
    str text, said;

    TRY(quorum_file_read(a, note, out, f));
    TRY(note_open(note, &key, 1, &text, &signers, f));
    TRY(quorum_statement(a, out->partner, out->policy, &said, f));
    TRY(check(a, &out->officer[0], said, f));
    TRY(check(a, &out->officer[1], said, f));
    return id_eq(&out->officer[0].id, &out->officer[1].id) ||
                   memcmp(out->officer[0].key.b, out->officer[1].key.b, sizeof log->b) == 0
               ? fault(f, ERR_FOUR_EYES, "one officer signed twice")
               : OK;
}
