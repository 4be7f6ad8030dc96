#include "registry/credence.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/json.h"

enum { KEY_TEXT = 64, FIELD_MAX = 300 };

/* ---- writing ------------------------------------------------------------------------------ */

static void put_day(struct buf *b, const char *name, int32_t day)
{
    char text[DAY_TEXT];

    day_format(day, text);
    buf_printf(b, "%s %s\n", name, text);
}

static void put_key(struct buf *b, const char *role, enum key_algorithm algorithm, str key)
{
    buf_printf(b, "%s %02x ", role, (unsigned)algorithm);
    base64_encode(b, key, BASE64_STD);
    buf_add_char(b, '\n');
}

void keyset_format(struct buf *b, const struct keyset *k)
{
    buf_printf(b, "sifara-keyset/1\nstate %.*s\nname %.*s\nserial %" PRIu64 "\n", STR_FMT(k->state),
               STR_FMT(k->name), k->serial);
    put_day(b, "from", k->from);
    put_day(b, "until", k->until);
    put_key(b, "log", KEY_ED25519, str_bytes(k->log.b, sizeof k->log.b));
    put_key(b, "mirror", KEY_COSIGNER, str_bytes(k->mirror.b, sizeof k->mirror.b));
    put_key(b, "witness", KEY_COSIGNER, str_bytes(k->witness.b, sizeof k->witness.b));
    put_key(b, "packages", KEY_ED25519, str_bytes(k->packages.b, sizeof k->packages.b));
    put_key(b, "seal", KEY_HPKE, str_bytes(k->seal.b, sizeof k->seal.b));
    if (k->has_tls)
        put_key(b, "tls", KEY_TLS, hash_str(&k->tls));
}

void credence_format(struct buf *b, const struct credence *c)
{
    buf_printf(b, "sifara-credence/1\nstate %.*s\nname %.*s\ntitle %.*s\nurl %.*s\nlanguages",
               STR_FMT(c->state), STR_FMT(c->name), STR_FMT(c->title), STR_FMT(c->url));
    for (size_t i = 0; i < c->n_languages; i++)
        buf_printf(b, " %.*s", STR_FMT(c->language[i]));
    buf_add_char(b, '\n');
    for (size_t i = 0; i < c->n_contacts; i++)
        buf_printf(b, "contact %.*s\n", STR_FMT(c->contact[i]));
    put_day(b, "issued", c->issued);
    buf_add_str(b, S("root "));
    note_key_format(b, &c->root);
    buf_add_char(b, '\n');
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Lines "name value", in their order. */
struct lines {
    str rest;
    struct fault *f;
};

static bool peek(const struct lines *l, str name)
{
    return str_starts(l->rest, name) && l->rest.n > name.n && l->rest.p[name.n] == ' ';
}

static enum err take(struct lines *l, str name, str *out)
{
    str line;

    if (!peek(l, name) || !str_split(&l->rest, '\n', &line))
        return fault(l->f, ERR_MALFORMED_TEXT, "a line \"%.*s …\" should follow", STR_FMT(name));
    *out = str_sub(line, name.n + 1, line.n);
    if (out->n == 0 || out->n > FIELD_MAX || !utf8_valid(*out) || str_trim(*out).n != out->n)
        return fault(l->f, ERR_MALFORMED_TEXT, "%.*s has no proper value", STR_FMT(name));
    return OK;
}

static enum err take_day(struct lines *l, str name, int32_t *out)
{
    str text;

    TRY(take(l, name, &text));
    return day_parse(text, out) ? OK
                                : fault(l->f, ERR_MALFORMED_TEXT, "%.*s is no date", STR_FMT(name));
}

static enum err take_number(struct lines *l, str name, uint64_t *out)
{
    int64_t n;
    str text;

    TRY(take(l, name, &text));
    if (!str_to_int64(text, &n) || n < 1 || (text.p[0] == '0' || text.p[0] == '-'))
        return fault(l->f, ERR_MALFORMED_TEXT, "%.*s is no number", STR_FMT(name));
    *out = (uint64_t)n;
    return OK;
}

static bool decode_key(str text, void *out, size_t n)
{
    AUTO(buf) struct buf raw = BUF(KEY_TEXT);

    if (!base64_decode(&raw, text, BASE64_STD) || raw.n != n)
        return false;
    memcpy(out, raw.p, n);
    return true;
}

/* All lines of a role: the one of the algorithm that is known here, others passed over. */
static enum err take_key(struct lines *l, str role, enum key_algorithm algorithm, void *out,
                         size_t n, bool *out_found)
{
    bool found = false;

    while (peek(l, role)) {
        uint8_t byte;
        str text;
        TRY(take(l, role, &text));
        if (text.n < 4 || text.p[2] != ' ' || !hex_decode(str_sub(text, 0, 2), &byte, 1))
            return fault(l->f, ERR_MALFORMED_TEXT, "the key \"%.*s\" has no algorithm",
                         STR_FMT(role));
        if (byte != algorithm)
            continue;
        if (found || !decode_key(str_sub(text, 3, text.n), out, n))
            return fault(l->f, ERR_MALFORMED_TEXT, "the key \"%.*s\" is damaged or there twice",
                         STR_FMT(role));
        found = true;
    }
    if (out_found)
        *out_found = found;
    else if (!found)
        return fault(l->f, ERR_INVALID, "the key \"%.*s\" is missing", STR_FMT(role));
    return OK;
}

static bool is_state(str s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static enum err take_head(struct lines *l, str magic, str *state, str *name)
{
    str line;

    if (!str_split(&l->rest, '\n', &line) || !str_eq(line, magic))
        return fault(l->f, ERR_MALFORMED_TEXT, "it does not begin with %.*s", STR_FMT(magic));
    TRY(take(l, S("state"), state));
    if (!is_state(*state))
        return fault(l->f, ERR_INVALID, "no code of a state");
    TRY(take(l, S("name"), name));
    return note_name_valid(*name) && name->n <= 200 ? OK
                                                    : fault(l->f, ERR_INVALID, "no name of a node");
}

static enum err done(const struct lines *l)
{
    return l->rest.n == 0 ? OK : fault(l->f, ERR_MALFORMED_TEXT, "there is something at the end");
}

static enum err keyset_read(str text, struct keyset *k, struct fault *f)
{
    struct lines l = {text, f};

    *k = (struct keyset){0};
    TRY(take_head(&l, S("sifara-keyset/1"), &k->state, &k->name));
    TRY(take_number(&l, S("serial"), &k->serial));
    TRY(take_day(&l, S("from"), &k->from));
    TRY(take_day(&l, S("until"), &k->until));
    if (k->until < k->from || k->until - k->from > KEYSET_DAYS)
        return fault(f, ERR_INVALID, "keys are valid for %d days at most", KEYSET_DAYS);
    TRY(take_key(&l, S("log"), KEY_ED25519, k->log.b, sizeof k->log.b, NULL));
    TRY(take_key(&l, S("mirror"), KEY_COSIGNER, k->mirror.b, sizeof k->mirror.b, NULL));
    TRY(take_key(&l, S("witness"), KEY_COSIGNER, k->witness.b, sizeof k->witness.b, NULL));
    TRY(take_key(&l, S("packages"), KEY_ED25519, k->packages.b, sizeof k->packages.b, NULL));
    TRY(take_key(&l, S("seal"), KEY_HPKE, k->seal.b, sizeof k->seal.b, NULL));
    TRY(take_key(&l, S("tls"), KEY_TLS, k->tls.b, sizeof k->tls.b, &k->has_tls));
    return done(&l);
}

static enum err take_languages(struct lines *l, struct credence *c)
{
    str text, piece;

    TRY(take(l, S("languages"), &text));
    while (str_split(&text, ' ', &piece)) {
        if (c->n_languages == CREDENCE_LANGUAGES || piece.n < 2 || piece.n > 3)
            return fault(l->f, ERR_INVALID, "languages are two or three letters, at most %d",
                         CREDENCE_LANGUAGES);
        c->language[c->n_languages++] = piece;
    }
    return OK;
}

/* Is it http on this machine, and not a name that only begins like it? */
static bool is_near(str s)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};

    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        str host = str_of(hosts[i]);
        if (str_starts(s, host) && (s.n == host.n || s.p[host.n] == ':' || s.p[host.n] == '/'))
            return true;
    }
    return false;
}

bool node_url_valid(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '?' || s.p[i] == '#' || s.p[i] == '@')
            return false;
    return (str_starts(s, S("https://")) || is_near(s)) && !str_ends(s, S("/"));
}

static enum err credence_read(str text, struct credence *c, struct fault *f)
{
    struct lines l = {text, f};
    str key;

    *c = (struct credence){0};
    TRY(take_head(&l, S("sifara-credence/1"), &c->state, &c->name));
    TRY(take(&l, S("title"), &c->title));
    TRY(take(&l, S("url"), &c->url));
    if (!node_url_valid(c->url))
        return fault(f, ERR_INVALID, "the address is https://… without a query");
    TRY(take_languages(&l, c));
    while (peek(&l, S("contact"))) {
        if (c->n_contacts == CREDENCE_CONTACTS)
            return fault(f, ERR_INVALID, "at most %d contacts", CREDENCE_CONTACTS);
        TRY(take(&l, S("contact"), &c->contact[c->n_contacts++]));
    }
    TRY(take_day(&l, S("issued"), &c->issued));
    TRY(take(&l, S("root"), &key));
    TRY(note_key_parse(key, &c->root, f));
    if (c->root.type != NOTE_ED25519 || !str_starts(c->root.name, c->name) ||
        !str_eq(str_sub(c->root.name, c->name.n, c->root.name.n), S("/root")))
        return fault(f, ERR_INVALID, "the root key is called after the node");
    return done(&l);
}

enum err keyset_open(str note, const struct note_key *root, struct keyset *out, struct fault *f)
{
    uint64_t signers;
    str text;

    TRY(note_open(note, root, 1, &text, &signers, f));
    return keyset_read(text, out, f);
}

enum err credence_open(str note, struct credence *out, struct fault *f)
{
    ptrdiff_t end = str_find(note, S("\n\n"));
    uint64_t signers;
    str text;

    if (end < 0)
        return fault(f, ERR_MALFORMED_TEXT, "no signed note");
    TRY(credence_read(str_sub(note, 0, (size_t)end + 1), out, f));
    return note_open(note, &out->root, 1, &text, &signers, f);
}

/* ---- the file ------------------------------------------------------------------------------ */

void credence_file_format(struct buf *b, str credence, str keyset)
{
    struct jw w = JW(b);

    jw_open(&w, '{');
    jw_kv(&w, S("credence"), credence);
    jw_kv(&w, S("keyset"), keyset);
    jw_close(&w, '}');
    buf_add_char(b, '\n');
}

enum err credence_file_open(struct arena *a, str text, struct credence *c, struct keyset *k,
                            str *credence, str *keyset, struct fault *f)
{
    struct json *j;

    if (text.n > CREDENCE_MAX)
        return fault(f, ERR_TOO_LARGE, "a letter of credence has at most %d bytes", CREDENCE_MAX);
    TRY(json_parse(a, text, NULL, &j, f));
    str one = json_get_str(j, S("credence")), two = json_get_str(j, S("keyset"));
    if (!one.p || !two.p)
        return fault(f, ERR_MALFORMED_TEXT, "it has no credence or no keyset");
    *credence = str_copy(a, one);
    *keyset = str_copy(a, two);
    TRY_PTR(credence->p && keyset->p, f);
    TRY(credence_open(*credence, c, f));
    TRY(keyset_open(*keyset, &c->root, k, f));
    if (!str_eq(c->state, k->state) || !str_eq(c->name, k->name))
        return fault(f, ERR_INVALID, "credence and keyset are of different nodes");
    return OK;
}

/* ---- keys under their names ---------------------------------------------------------------- */

struct note_key keyset_log_key(const struct keyset *k, str origin)
{
    return note_key_of(origin, &k->log);
}

static bool cosigner(const struct keyset *k, const struct ed25519_public *key, const char *role,
                     struct arena *a, struct note_key *out)
{
    str name = str_printf(a, "%.*s/%s", STR_FMT(k->name), role);

    if (name.p)
        *out = note_cosigner_of(name, key);
    return name.p != NULL;
}

bool keyset_mirror_key(const struct keyset *k, struct arena *a, struct note_key *out)
{
    return cosigner(k, &k->mirror, "mirror", a, out);
}

bool keyset_witness_key(const struct keyset *k, struct arena *a, struct note_key *out)
{
    return cosigner(k, &k->witness, "witness", a, out);
}

bool keyset_packages_key(const struct keyset *k, struct arena *a, struct note_key *out)
{
    str name = str_printf(a, "%.*s/packages", STR_FMT(k->name));

    *out = note_key_of(name, &k->packages);
    return name.p != NULL;
}

bool keyset_valid_on(const struct keyset *k, int32_t day)
{
    return day >= k->from && day <= k->until;
}

/* ---- fingerprints -------------------------------------------------------------------------- */

enum { LINE_DIGITS = 16, ALL_DIGITS = FINGERPRINT_LINES * LINE_DIGITS };

struct hash root_fingerprint(const struct note_key *root)
{
    AUTO(buf) struct buf b = BUF(1024);

    note_key_format(&b, root);
    return sha256(buf_str(&b));
}

/* ISO 7064 MOD 97-10 over the decimal line number and the value of 16 hexadecimal digits. */
static unsigned check_of(unsigned line, const uint8_t bytes[8])
{
    unsigned rest = line + 1;

    for (int i = 0; i < 8; i++)
        rest = (rest * 256 + bytes[i]) % 97;
    return 98 - rest * 100 % 97;
}

void fingerprint_format(const struct hash *h, char out[FINGERPRINT_LINES][FINGERPRINT_LINE])
{
    for (unsigned line = 0; line < FINGERPRINT_LINES; line++) {
        const uint8_t *p = h->b + 8 * line;
        snprintf(out[line], FINGERPRINT_LINE, "%02X%02X %02X%02X %02X%02X %02X%02X %02u", p[0],
                 p[1], p[2], p[3], p[4], p[5], p[6], p[7], check_of(line, p));
    }
}

/* The signs that count, at most as many as there can be; -1 for a sign that does not belong. */
static int squeeze(str typed, char *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < typed.n; i++) {
        unsigned char c = (unsigned char)typed.p[i];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '-')
            continue;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex || n == room)
            return -1;
        out[n++] = (char)c;
    }
    return (int)n;
}

enum err fingerprint_parse(str typed, struct hash *out, struct fault *f)
{
    char digits[ALL_DIGITS + 2 * FINGERPRINT_LINES];
    int n = squeeze(typed, digits, sizeof digits);
    bool checked = n == (int)sizeof digits;
    size_t step = LINE_DIGITS + (checked ? 2 : 0);

    if (!checked && n != ALL_DIGITS)
        return fault(f, ERR_INVALID, "a fingerprint has four lines of four groups of four");
    for (unsigned line = 0; line < FINGERPRINT_LINES; line++) {
        const char *p = digits + line * step;
        int64_t check = 0;
        if (!hex_decode(str_bytes(p, LINE_DIGITS), out->b + 8 * line, 8))
            return fault(f, ERR_INVALID, "line %u is wrong", line + 1);
        if (checked && (!str_to_int64(str_bytes(p + LINE_DIGITS, 2), &check) ||
                        check != check_of(line, out->b + 8 * line)))
            return fault(f, ERR_INVALID, "line %u is wrong: its check digits do not fit", line + 1);
    }
    return OK;
}
