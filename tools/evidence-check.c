/* evidence-check.c - is this proof of a dispatch good? A program by itself, with libcrypto alone
 *
 *   evidence-check FILE --trust LETTER,LETTER,... [--payload FILE] [--policy FILE]
 *
 * Says the same as "sifara evidence check" and shares no line with it: whoever doubts the one reads
 * the other. docs/channel-protocol.md, chapters 2, 3, 9 and 11, is what it was written from. Exit
 * codes: 0 the proof holds, 1 a payload cannot be read, 2 wrong usage, 4 it does not hold.
 *
 * A proof is text (C2SP tlog-proof): the entry with its salt in "extra", its index, hashes, and a
 * signed checkpoint. Letters of credence say whose keys are whose; the roots in them are the
 * reader's own matter, by their fingerprints.
 *
 * What the sender's key or a root signed is taken as it is: that it has the form which the
 * documents ask for, the receiver saw to. What is read is a piece of text, a pointer and a length.
 */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROOF_BYTES = 8 << 10, LETTER_BYTES = 16 << 10, POLICY_BYTES = 64 << 10 };
enum { PAYLOAD_BYTES = 64 << 20, LETTERS = 16, MEMBERS = 256 };
enum { LINES = 64, HASHES = 63, WITNESSES = 32, GROUPS = 32 }; /* of a note, proof, policy */
enum { OK = 0, UNREADABLE = 1, USAGE = 2, UNTRUSTED = 4 };

struct text {
    const char *p;
    size_t n;
};
#define T(literal) ((struct text){literal, sizeof(literal) - 1})
#define F(t)       (int)(t).n, (t).p

static bool no(const char *why)
{
    fprintf(stderr, "evidence-check: %s\n", why);
    return false;
}

/* ---- text --------------------------------------------------------------------------------- */

static bool same(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static struct text part(struct text t, size_t from, size_t to)
{
    return (struct text){t.p + from, to - from};
}

static bool begins(struct text t, struct text with)
{
    return t.n >= with.n && memcmp(t.p, with.p, with.n) == 0;
}

/* Takes off what stands before the first sign of that kind; all, where there is none. */
static bool take(struct text *rest, char sign, struct text *out)
{
    if (!rest->p)
        return false;
    const char *at = rest->n ? memchr(rest->p, sign, rest->n) : NULL;
    size_t n = at ? (size_t)(at - rest->p) : rest->n;
    *out = part(*rest, 0, n);
    *rest = at ? part(*rest, n + 1, rest->n) : (struct text){NULL, 0};
    return true;
}

/* A line that does end. */
static bool take_line(struct text *rest, struct text *out)
{
    return rest->p && rest->n && memchr(rest->p, '\n', rest->n) && take(rest, '\n', out);
}

/* Bytes of one character of UTF-8; 0 where it is none. */
static size_t utf8(const char *s, size_t n, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s;
    size_t len = p[0] < 0x80       ? 1
                 : p[0] >> 5 == 6  ? 2
                 : p[0] >> 4 == 14 ? 3
                 : p[0] >> 3 == 30 ? 4
                                   : 0;

    if (len == 0 || len > n)
        return 0;
    *out = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        *out = *out << 6 | (p[i] & 0x3f);
    }
    return *out >= least[len] && *out <= 0x10ffff && (*out < 0xd800 || *out > 0xdfff) ? len : 0;
}

static bool is_utf8(struct text t)
{
    uint32_t c;

    for (size_t i = 0, len; i < t.n; i += len)
        if (!(len = utf8(t.p + i, t.n - i, &c)))
            return false;
    return true;
}

/* A count: no sign, no zero in front, below 2^63. */
static bool count(struct text t, uint64_t *out)
{
    if (t.n == 0 || t.n > 19 || (t.n > 1 && t.p[0] == '0'))
        return false;
    *out = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(t.p[i] - '0');
    }
    return *out <= INT64_MAX;
}

static int nibble(char c)
{
    static const char all[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(all, c) : NULL;

    return at ? (int)(at - all) % 16 : -1;
}

static bool hex(struct text t, uint8_t *out, size_t n)
{
    if (t.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = nibble(t.p[2 * i]), low = nibble(t.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static int sextet(char c)
{
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(all, c) : NULL;

    return at ? (int)(at - all) : -1;
}

/* RFC 4648 with padding, and no bit set that says nothing. */
static bool base64(struct text t, uint8_t *out, size_t room, size_t *n)
{
    uint32_t v = 0;
    int bits = 0;

    *n = 0;
    if (t.n % 4)
        return false;
    for (int i = 0; i < 2 && t.n && t.p[t.n - 1] == '='; i++)
        t.n--;
    for (size_t i = 0; i < t.n; i++) {
        int six = sextet(t.p[i]);
        if (six < 0)
            return false;
        v = v << 6 | (uint32_t)six;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        if (*n == room)
            return false;
        out[(*n)++] = (uint8_t)(v >> bits);
        v &= (1u << bits) - 1;
    }
    return v == 0 && t.n % 4 != 1;
}

static bool base64_exact(struct text t, uint8_t *out, size_t n)
{
    size_t is;

    return base64(t, out, n, &is) && is == n;
}

/* ---- JSON --------------------------------------------------------------------------------- */

/* An object whose members that matter are strings and whole numbers; others are passed over. */
struct member {
    struct text key, value; /* as they stand, strings with their quotes */
};

static bool sign(struct text *t, char c)
{
    while (t->n && memchr(" \t\r\n", t->p[0], 4))
        *t = part(*t, 1, t->n);
    if (!t->n || t->p[0] != c)
        return false;
    *t = part(*t, 1, t->n);
    return true;
}

/* Length of what stands for one character, which is *c; 0. Nobody has to write pairs of units. */
static size_t character(const char *p, size_t n, uint32_t *c)
{
    static const char short_ones[] = "\"\\/bfnrt", mean[] = "\"\\/\b\f\n\r\t";
    const char *at = n > 1 && p[1] ? strchr(short_ones, p[1]) : NULL;
    uint8_t b[2];

    if (p[0] != '\\')
        return (unsigned char)p[0] < 0x20 ? 0 : utf8(p, n, c);
    if (at)
        *c = (unsigned char)mean[at - short_ones];
    if (at || n < 6 || p[1] != 'u' || !hex((struct text){p + 2, 4}, b, 2))
        return at ? 2 : 0;
    *c = (uint32_t)(b[0] << 8 | b[1]);
    return *c >= 0xd800 && *c <= 0xdfff ? 0 : 6;
}

/* A string with its quotes. */
static bool string(struct text *rest, struct text *out)
{
    struct text t = *rest;
    size_t i = 0, len;
    uint32_t c;

    if (!sign(&t, '"'))
        return false;
    while (i < t.n && t.p[i] != '"') {
        if (!(len = character(t.p + i, t.n - i, &c)))
            return false;
        i += len;
    }
    if (i >= t.n)
        return false;
    *out = (struct text){t.p - 1, i + 2};
    *rest = part(t, i + 1, t.n);
    return true;
}

/* What a string says, into room; false where it does not fit. */
static bool plain(struct text quoted, char *room, size_t max, struct text *out)
{
    struct text t = quoted.n >= 2 ? part(quoted, 1, quoted.n - 1) : quoted;
    size_t n = 0;

    if (quoted.n < 2 || quoted.p[0] != '"')
        return false;
    for (size_t i = 0, len; i < t.n; i += len) {
        uint32_t c = 0;
        len = character(t.p + i, t.n - i, &c);
        if (n + 4 > max)
            return false;
        if (c < 0x80) {
            room[n++] = (char)c;
        } else {
            int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
            room[n++] = (char)((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | c >> 6 * more);
            while (more--)
                room[n++] = (char)(0x80 | (c >> 6 * more & 0x3f));
        }
    }
    *out = (struct text){room, n};
    return true;
}

/* A value of another kind: a word, a whole number, or what stands in brackets, passed over. */
static bool other(struct text *rest, struct text *out)
{
    struct text t = *rest, inside;
    bool simple = t.n && t.p[0] != '{' && t.p[0] != '[';
    int depth = 0;
    uint64_t v;

    while (t.n && (depth || !memchr(",}", t.p[0], 2))) {
        if (t.p[0] == '"' && !simple) {
            if (!string(&t, &inside))
                return false;
            continue;
        }
        depth += (t.p[0] == '{' || t.p[0] == '[') - (t.p[0] == '}' || t.p[0] == ']');
        t = part(t, 1, t.n);
    }
    *out = part(*rest, 0, (size_t)(t.p - rest->p));
    *rest = t;
    return depth == 0 && (!simple || count(*out, &v) || same(*out, T("true")) ||
                          same(*out, T("false")) || same(*out, T("null")));
}

static const struct member *member_at(const struct member *list, size_t n, struct text key)
{
    while (n && !same(list[n - 1].key, key))
        n--;
    return n ? &list[n - 1] : NULL;
}

/* A whole text that is an object, and no member of it twice. */
static bool object(struct text t, struct member *list, size_t *n)
{
    *n = 0;
    if (!sign(&t, '{'))
        return false;
    do {
        struct member *m = &list[*n];
        if (*n == MEMBERS || !string(&t, &m->key) || member_at(list, *n, m->key) ||
            !sign(&t, ':') || (!string(&t, &m->value) && !other(&t, &m->value)))
            return false;
        ++*n;
    } while (sign(&t, ','));
    return sign(&t, '}') && !sign(&t, 0) && t.n == 0;
}

static struct text member(const struct member *list, size_t n, const char *name)
{
    char quoted[32];
    int len = snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const struct member *m = member_at(list, n, (struct text){quoted, (size_t)len});

    return m ? m->value : (struct text){NULL, 0};
}

/* ---- hashes and signatures ----------------------------------------------------------------- */

struct hash {
    uint8_t b[32];
};

static struct hash sha256(const struct text *parts, int n)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    struct hash h = {{0}};

    if (!c || !EVP_DigestInit_ex(c, EVP_sha256(), NULL))
        abort();
    for (int i = 0; i < n; i++)
        EVP_DigestUpdate(c, parts[i].p, parts[i].n);
    EVP_DigestFinal_ex(c, h.b, NULL);
    EVP_MD_CTX_free(c);
    return h;
}

static struct text bytes(const void *p, size_t n)
{
    return (struct text){p, n};
}

static struct hash leaf_of(struct text entry)
{
    return sha256((struct text[]){{"\0", 1}, entry}, 2);
}

static struct hash node_of(const struct hash *left, const struct hash *right)
{
    return sha256((struct text[]){{"\1", 1}, bytes(left, 32), bytes(right, 32)}, 3);
}

static bool signed_by(const uint8_t key[32], struct text message, const uint8_t *signature)
{
    EVP_PKEY *k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good =
        k && c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, k) == 1 &&
        EVP_DigestVerify(c, signature, 64, (const unsigned char *)message.p, message.n) == 1;

    EVP_MD_CTX_free(c);
    EVP_PKEY_free(k);
    return good;
}

/* ---- signed notes -------------------------------------------------------------------------- */

enum { PLAIN_KEY = 1, COSIGNER_KEY = 4 };

struct key {
    struct text name;
    uint8_t id[4], kind, public[32];
};

static bool is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

static bool is_name(struct text t)
{
    uint32_t c;

    for (size_t i = 0, len; i < t.n; i += len)
        if (!(len = utf8(t.p + i, t.n - i, &c)) || c == '+' || is_space(c))
            return false;
    return t.n > 0;
}

static struct key key_of(struct text name, uint8_t kind, const uint8_t public[32])
{
    uint8_t mark[2] = {'\n', kind};
    struct hash h = sha256((struct text[]){name, bytes(mark, 2), bytes(public, 32)}, 3);
    struct key k = {.name = name, .kind = kind};

    memcpy(k.id, h.b, 4);
    memcpy(k.public, public, 32);
    return k;
}

/* "name+id+key" */
static bool read_key(struct text t, struct key *out)
{
    struct text name, id;
    uint8_t raw[33], is[4];

    if (!take(&t, '+', &name) || !take(&t, '+', &id) || !t.p || !is_name(name) || !hex(id, is, 4) ||
        !base64_exact(t, raw, 33) || (raw[0] != PLAIN_KEY && raw[0] != COSIGNER_KEY))
        return false;
    *out = key_of(name, raw[0], raw + 1);
    return memcmp(out->id, is, 4) == 0;
}

struct note {
    struct text text; /* what is signed */
    int n;
    struct line {
        struct text name;
        uint8_t raw[4096]; /* id, then time where there is one, signature */
        size_t length;
    } line[LINES];
};

static bool read_signature(struct text t, struct line *out)
{
    struct text dash = T("\xe2\x80\x94 ");

    if (!begins(t, dash))
        return false;
    t = part(t, dash.n, t.n);
    return take(&t, ' ', &out->name) && t.p && is_name(out->name) &&
           base64(t, out->raw, sizeof out->raw, &out->length) && out->length >= 5;
}

/* Text, an empty line, signatures: the last empty line counts. */
static bool read_note(struct text t, struct note *out)
{
    struct text lines, line;
    size_t at = t.n;

    if (!t.n || t.p[t.n - 1] != '\n' || !is_utf8(t))
        return false;
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < 0x20 && t.p[i] != '\n')
            return false;
    while (--at > 0 && !(t.p[at] == '\n' && t.p[at - 1] == '\n'))
        ;
    if (at == 0 || at + 1 >= t.n)
        return false;
    out->text = part(t, 0, at);
    lines = part(t, at + 1, t.n - 1);
    for (out->n = 0; take(&lines, '\n', &line); out->n++)
        if (out->n == LINES || !read_signature(line, &out->line[out->n]))
            return false;
    return out->n > 0;
}

/* Every line of that key must hold. *found: there is one; *at: when it was given. */
static bool check_key(const struct note *note, const struct key *k, bool *found, uint64_t *at)
{
    static char message[POLICY_BYTES];

    *found = false;
    for (int i = 0; i < note->n; i++) {
        const struct line *l = &note->line[i];
        size_t time = k->kind == COSIGNER_KEY ? 8 : 0;
        struct text what = note->text;
        uint64_t when = 0;
        if (!same(l->name, k->name) || memcmp(l->raw, k->id, 4) != 0)
            continue;
        if (l->length != 4 + time + 64)
            return no("a signature has another length");
        for (size_t b = 0; b < time; b++)
            when = when << 8 | l->raw[4 + b];
        if (time) {
            int n = snprintf(message, sizeof message, "cosignature/v1\ntime %llu\n%.*s",
                             (unsigned long long)when, F(note->text));
            if (when > INT64_MAX || n < 0 || (size_t)n >= sizeof message)
                return no("a time beyond all times");
            what = bytes(message, (size_t)n);
        }
        if (!signed_by(k->public, what, l->raw + 4 + time))
            return no("a signature does not verify");
        if (!*found)
            *at = when;
        *found = true;
    }
    return true;
}

static bool must_be_signed(const struct note *note, const struct key *k)
{
    uint64_t at;
    bool found;

    return check_key(note, k, &found, &at) && (found || no("a known key did not sign"));
}

/* ---- letters of credence -------------------------------------------------------------------- */

struct letter {
    char file[LETTER_BYTES + 1], credence[LETTER_BYTES], keyset[LETTER_BYTES];
    char mirror_name[256], witness_name[256];
    struct note note;
    struct text state, name, title;
    struct key root, mirror, witness;
    uint8_t log[32];
};

/* The rest of a line that begins so. */
static bool line_of(struct text line, struct text start, struct text *out)
{
    if (!begins(line, start))
        return false;
    *out = part(line, start.n, line.n);
    return true;
}

/* What the root signed is well formed, or the root is to blame: only what is needed is read. */
static bool read_credence(struct text t, struct letter *l)
{
    struct text rest, line, root = {NULL, 0};

    if (!read_note(t, &l->note) || !begins(l->note.text, T("sifara-credence/1\nstate ")))
        return false;
    for (rest = l->note.text; take_line(&rest, &line);)
        if (line_of(line, T("state "), &l->state) || line_of(line, T("name "), &l->name) ||
            line_of(line, T("title "), &l->title) || line_of(line, T("root "), &root))
            continue;
    return l->state.n && l->name.n && l->name.n <= 200 && l->title.n && root.n &&
           read_key(root, &l->root) && l->root.kind == PLAIN_KEY &&
           must_be_signed(&l->note, &l->root);
}

static struct key cosigner(struct text node, const char *role_name, char room[256],
                           const uint8_t public[32])
{
    int n = snprintf(room, 256, "%.*s/%s", F(node), role_name);

    return key_of(bytes(room, (size_t)n), COSIGNER_KEY, public);
}

/* A role may have lines for other algorithms: nothing is known of them here. */
static bool read_keyset(struct text t, struct letter *l)
{
    uint8_t mirror[32], witness[32];
    struct text line, key, state = {NULL, 0}, name = {NULL, 0};
    int roles = 0;

    if (!read_note(t, &l->note) || !must_be_signed(&l->note, &l->root) ||
        !begins(l->note.text, T("sifara-keyset/1\nstate ")))
        return false;
    for (t = l->note.text; take_line(&t, &line);) {
        if (line_of(line, T("state "), &state) || line_of(line, T("name "), &name))
            continue;
        roles |= (line_of(line, T("log 01 "), &key) && base64_exact(key, l->log, 32)) |
                 (line_of(line, T("mirror 04 "), &key) && base64_exact(key, mirror, 32)) << 1 |
                 (line_of(line, T("witness 04 "), &key) && base64_exact(key, witness, 32)) << 2;
    }
    l->mirror = cosigner(l->name, "mirror", l->mirror_name, mirror);
    l->witness = cosigner(l->name, "witness", l->witness_name, witness);
    return roles == 7 && same(state, l->state) && same(name, l->name);
}

static bool read_file(const char *path, char *room, size_t max, struct text *out)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(room, 1, max + 1, f) : 0;
    bool good = f && !ferror(f) && n <= max;

    if (f)
        fclose(f);
    *out = (struct text){room, n};
    return good;
}

static bool read_letter(const char *path, struct letter *l)
{
    static struct member list[MEMBERS];
    struct text file, credence, keyset;
    size_t n;

    if (!read_file(path, l->file, LETTER_BYTES, &file) || !object(file, list, &n) ||
        !plain(member(list, n, "credence"), l->credence, sizeof l->credence, &credence) ||
        !plain(member(list, n, "keyset"), l->keyset, sizeof l->keyset, &keyset))
        return no("a letter of credence cannot be read");
    return (read_credence(credence, l) && read_keyset(keyset, l)) ||
           no("a letter of credence does not hold");
}

/* ---- policies of witnesses (C2SP tlog-policy) ------------------------------------------------ */

struct policy {
    char file[POLICY_BYTES + 1];
    int n, groups;
    struct text name[WITNESSES], group_name[GROUPS];
    struct key key[WITNESSES];
    uint64_t members[GROUPS], needed, in_group;
    unsigned threshold[GROUPS];
};

static bool item(struct text *rest, struct text *out)
{
    size_t from = 0, to;

    while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t'))
        from++;
    for (to = from; to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t'; to++)
        ;
    *out = part(*rest, from, to);
    *rest = part(*rest, to, rest->n);
    return out->n > 0;
}

static uint64_t bit_of(const struct policy *p, struct text name)
{
    for (int i = 0; i < p->n; i++)
        if (same(p->name[i], name))
            return (uint64_t)1 << i;
    for (int i = 0; i < p->groups; i++)
        if (same(p->group_name[i], name))
            return (uint64_t)1 << (WITNESSES + i);
    return 0;
}

/* Its key, behind which stands an address or nothing. */
static bool new_witness(struct policy *p, struct text rest, struct text name)
{
    struct key *k = &p->key[p->n];
    struct text t;

    if (!item(&rest, &t) || !read_key(t, k) || k->kind != COSIGNER_KEY)
        return false;
    for (int i = 0; i < p->n; i++)
        if (memcmp(p->key[i].public, k->public, 32) == 0)
            return false;
    p->name[p->n++] = name;
    return !item(&rest, &t) || !item(&rest, &t);
}

static bool new_name(const struct policy *p, struct text *rest, struct text *out)
{
    return item(rest, out) && !same(*out, T("none")) && !bit_of(p, *out);
}

static bool new_group(struct policy *p, struct text rest)
{
    struct text name, how, one;
    uint64_t members = 0, k = 0;
    unsigned n = 0;

    if (p->groups == GROUPS || !new_name(p, &rest, &name) || !item(&rest, &how))
        return false;
    for (; item(&rest, &one); n++) {
        uint64_t bit = bit_of(p, one);
        if (!bit || (members | p->in_group) & bit)
            return false;
        members |= bit;
    }
    if (same(how, T("all")))
        k = n;
    else if (same(how, T("any")))
        k = 1;
    else if (!count(how, &k))
        return false;
    if (k < 1 || k > n)
        return false;
    p->in_group |= members;
    p->group_name[p->groups] = name;
    p->members[p->groups] = members;
    p->threshold[p->groups++] = (unsigned)k;
    return true;
}

static bool policy_line(struct policy *p, struct text line, bool *quorum)
{
    struct text what, name, more;
    struct key log;

    if (!item(&line, &what) || what.p[0] == '#')
        return true;
    if (same(what, T("log"))) /* which one signed is known otherwise */
        return item(&line, &name) && read_key(name, &log) && log.kind == PLAIN_KEY;
    if (same(what, T("witness")))
        return p->n < WITNESSES && new_name(p, &line, &name) && new_witness(p, line, name);
    if (same(what, T("group")))
        return new_group(p, line);
    if (!same(what, T("quorum")) || *quorum || !item(&line, &name) || item(&line, &more))
        return false;
    *quorum = true;
    p->needed = bit_of(p, name);
    return p->needed || same(name, T("none"));
}

static bool read_policy(const char *path, struct policy *p)
{
    struct text t, line;
    bool quorum = false;

    if (!read_file(path, p->file, POLICY_BYTES, &t))
        return no("the policy cannot be read");
    for (size_t i = 0; i < t.n; i++)
        if (((unsigned char)t.p[i] < 0x20 && t.p[i] != '\t' && t.p[i] != '\n') || t.p[i] == 0x7f)
            return no("the policy has a sign that it must not have");
    while (t.n && take_line(&t, &line))
        if (!policy_line(p, line, &quorum))
            return no("a line of the policy is wrong");
    return (quorum && t.n == 0) || no("a policy without a quorum, or with half a line");
}

static bool enough(const struct policy *p, const struct note *note)
{
    uint64_t have = 0, at;
    bool found;

    if (!p->needed)
        return true;
    for (int i = 0; i < p->n; i++) {
        if (!check_key(note, &p->key[i], &found, &at))
            return false;
        have |= (uint64_t)found << i;
    }
    for (int i = 0; i < p->groups; i++)
        if ((unsigned)__builtin_popcountll(have & p->members[i]) >= p->threshold[i])
            have |= (uint64_t)1 << (WITNESSES + i);
    return have & p->needed || no("too few witnesses have cosigned");
}

/* ---- the proof --------------------------------------------------------------------------------
 */

struct proof {
    char file[PROOF_BYTES + 1], entry_room[PROOF_BYTES];
    uint8_t extra[PROOF_BYTES];
    struct text entry, kind, correlation, origin;
    uint8_t salt[32], content[32];
    bool has_salt;
    uint64_t index, size, at;
    struct hash path[HASHES], root;
    int n;
    struct note note;
};

/* A string without escapes, without its quotes. */
static struct text inner(struct text quoted)
{
    return quoted.n >= 2 && quoted.p[0] == '"' ? part(quoted, 1, quoted.n - 1)
                                               : (struct text){"", 0};
}

static bool read_entry(struct proof *p)
{
    static struct member m[MEMBERS];
    struct text size;
    uint64_t v;
    size_t n;

    if (!object(p->entry, m, &n))
        return no("the entry is not one");
    p->kind = inner(member(m, n, "kind"));
    p->correlation = inner(member(m, n, "correlation"));
    size = member(m, n, "size");
    return (same(member(m, n, "v"), T("1")) && p->kind.n > 0 && p->correlation.n == 36 &&
            count(member(m, n, "at"), &p->at) &&
            (!size.p ||
             (count(size, &v) && hex(inner(member(m, n, "content")), p->content, 32)))) ||
           no("the entry lacks something");
}

static bool read_extra(struct text coded, struct proof *p)
{
    static struct member m[MEMBERS];
    char room[PROOF_BYTES];
    struct text salt;
    size_t n;

    if (!base64(coded, p->extra, sizeof p->extra, &n) || !object(bytes(p->extra, n), m, &n) ||
        !plain(member(m, n, "entry"), p->entry_room, sizeof p->entry_room, &p->entry))
        return no("a proof without its entry");
    p->has_salt = plain(member(m, n, "salt"), room, sizeof room, &salt) && hex(salt, p->salt, 32);
    return read_entry(p);
}

static bool read_checkpoint(struct proof *p)
{
    struct text rest = p->note.text, size, root, line;

    rest.n--; /* the last line feed */
    if (!take(&rest, '\n', &p->origin) || p->origin.n == 0 || !take(&rest, '\n', &size) ||
        !count(size, &p->size) || !take(&rest, '\n', &root) || root.n != 44 ||
        !base64_exact(root, p->root.b, 32))
        return false;
    while (take(&rest, '\n', &line))
        if (line.n == 0)
            return false;
    return true;
}

static bool read_proof(const char *path, struct proof *p)
{
    struct text t, line;

    if (!read_file(path, p->file, PROOF_BYTES, &t) || !take_line(&t, &line) ||
        !same(line, T("c2sp.org/tlog-proof@v1")) || !take_line(&t, &line) ||
        !begins(line, T("extra ")))
        return no("not a proof with an entry");
    if (!read_extra(part(line, 6, line.n), p))
        return false;
    if (!take_line(&t, &line) || !begins(line, T("index ")) ||
        !count(part(line, 6, line.n), &p->index))
        return no("a proof without an index");
    for (; take_line(&t, &line) && line.n; p->n++)
        if (p->n == HASHES || line.n != 44 || !base64_exact(line, p->path[p->n].b, 32))
            return no("a hash of the proof is damaged");
    return (t.p && line.n == 0 && read_note(t, &p->note) && read_checkpoint(p)) ||
           no("a proof without a signed checkpoint");
}

/* RFC 9162, 2.1.3.2: from the leaf up to the root. */
static bool is_included(const struct proof *p)
{
    uint64_t fn = p->index, sn = p->size - 1;
    struct hash r = leaf_of(p->entry);

    if (p->index >= p->size)
        return false;
    for (int i = 0; i < p->n; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            r = node_of(&p->path[i], &r);
            for (; !(fn & 1) && fn; fn >>= 1)
                sn >>= 1;
        } else {
            r = node_of(&r, &p->path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(r.b, p->root.b, 32) == 0;
}

/* ---- the verdict ------------------------------------------------------------------------------
 */

struct trust {
    struct letter letter[LETTERS];
    int n;
    struct policy policy;
    bool has_policy;
};

struct finding {
    int sender, receiver; /* letters; receiver -1: none */
    uint64_t received_at, seen_at[LETTERS];
    bool seen[LETTERS];
};

/* The log's name is the origin: its key is bound to it. */
static bool find_sender(const struct proof *p, const struct trust *t, struct finding *out)
{
    uint64_t at;
    bool found;

    for (int i = 0; i < t->n; i++) {
        struct key k = key_of(p->origin, PLAIN_KEY, t->letter[i].log);
        if (!check_key(&p->note, &k, &found, &at))
            return false;
        out->sender = i;
        if (found)
            return is_included(p) || no("the entry is not in the log at that index");
    }
    return no("no key of a sender is known");
}

static bool find_cosigners(const struct proof *p, const struct trust *t, struct finding *out)
{
    bool found = false;

    out->receiver = -1;
    for (int i = 0; i < t->n && out->receiver < 0; i++) {
        if (!check_key(&p->note, &t->letter[i].mirror, &found, &out->received_at))
            return false;
        if (found)
            out->receiver = i;
    }
    for (int i = 0; i < t->n; i++)
        if (!check_key(&p->note, &t->letter[i].witness, &out->seen[i], &out->seen_at[i]))
            return false;
    return !t->has_policy || enough(&t->policy, &p->note);
}

static bool is_payload(const struct proof *p, const char *path, int *code)
{
    char *room = malloc(PAYLOAD_BYTES + 1);
    struct text t;

    if (!room || !read_file(path, room, PAYLOAD_BYTES, &t)) {
        *code = UNREADABLE;
        free(room);
        return no("the payload cannot be read");
    }
    struct hash h = sha256((struct text[]){bytes(p->salt, 32), t}, 2);
    free(room);
    return (p->has_salt && memcmp(h.b, p->content, 32) == 0) ||
           no("this is not the payload that was sent");
}

static void say_time(const char *before, struct text who, const char *between, uint64_t ms)
{
    time_t at = (time_t)(ms / 1000);
    char out[32] = "";
    struct tm tm;

    if (gmtime_r(&at, &tm))
        strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%S", &tm);
    printf("%s%.*s%s%s.%03uZ\n", before, F(who), between, out, (unsigned)(ms % 1000));
}

static void tell(const struct proof *p, const struct trust *t, const struct finding *f,
                 bool payload)
{
    printf("%.*s by ", F(p->kind));
    say_time("", t->letter[f->sender].title, " on ", p->at);
    printf("correlation %.*s\nentry %llu of %llu in %.*s\n", F(p->correlation),
           (unsigned long long)p->index, (unsigned long long)p->size, F(p->origin));
    if (f->receiver >= 0)
        say_time("receipt by ", t->letter[f->receiver].title, " on ", f->received_at * 1000);
    else
        printf("no receipt of a known partner\n");
    for (int i = 0; i < t->n; i++)
        if (f->seen[i])
            say_time("witnessed by ", t->letter[i].title, " on ", f->seen_at[i] * 1000);
    if (payload)
        printf("the payload is the one that was sent\n");
}

static bool read_trust(char *letters, const char *policy, struct trust *t)
{
    for (char *next, *one = letters; one && t->n < LETTERS; one = next) {
        next = strchr(one, ',');
        if (next)
            *next++ = 0;
        if (!read_letter(one, &t->letter[t->n]))
            return false;
        t->n++;
    }
    t->has_policy = policy != NULL;
    return !policy || read_policy(policy, &t->policy);
}

int main(int argc, char **argv)
{
    const char *file = NULL, *payload = NULL, *policy = NULL;
    static struct proof proof;
    static struct trust trust;
    struct finding found = {0};
    char *letters = NULL;
    int code = UNTRUSTED;

    for (int i = 1; i < argc; i++) {
        if (i + 1 < argc && strcmp(argv[i], "--trust") == 0)
            letters = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--payload") == 0)
            payload = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--policy") == 0)
            policy = argv[++i];
        else
            file = file || argv[i][0] == '-' ? "" : argv[i];
    }
    if (!file || !file[0] || !letters) {
        fprintf(stderr, "usage: evidence-check FILE --trust LETTER,LETTER,... [--payload FILE]"
                        " [--policy FILE]\n");
        return USAGE;
    }
    if (!read_trust(letters, policy, &trust) || !read_proof(file, &proof) ||
        !find_sender(&proof, &trust, &found) || !find_cosigners(&proof, &trust, &found) ||
        (payload && !is_payload(&proof, payload, &code)))
        return code;
    tell(&proof, &trust, &found, payload != NULL);
    return OK;
}
