#include "node/keyring_int.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/world.h"
#include "merkle/merkle.h"
#include "merkle/note.h"
#include "crypto/ipc.h"
#include "node/sandbox.h"
#include "base/mrz.h"
#include "paper/pki.h"
#include "paper/trust.h"
#include "paper/vds.h"

enum { ARENA = 32 << 20, YEAR_DAYS = 366 };

static void path_of(const char *folder, const char *name, char out[4096])
{
    snprintf(out, 4096, "%s/%s", folder, name);
}

/* ---- making keys ------------------------------------------------------------------------- */

enum err ring_write(const char *folder, const char *name, str bytes, struct fault *f)
{
    char path[4096];

    path_of(folder, name, path);
    return fs_write(path, bytes, 0600, f);
}

static enum err write_private(const char *folder, const char *name, EVP_PKEY *k, struct fault *f)
{
    unsigned char *der = NULL;
    int n = i2d_PrivateKey(k, &der);

    if (n <= 0)
        return fault(f, ERR_CRYPTO, "cannot write a key");
    enum err e = ring_write(folder, name, str_bytes(der, (size_t)n), f);
    OPENSSL_clear_free(der, (size_t)n);
    return e;
}

/* Whoever looks at a seal made in training reads it in the name of its authority; the signer is
 * another one than that of the state's documents. */
#define TRAINING_NAME       "TRAINING - NOT VALID"
#define SIGNER_OF(training) ((training) ? "TR" : "MF")

static enum err make_seal_keys(const char *folder, str alpha2, bool training, int64_t now,
                               struct fault *f)
{
    AUTO(buf) struct buf ca = BUF(8192);
    AUTO(buf) struct buf cert = BUF(8192);
    EVP_PKEY *authority = pki_key_new(), *signer = pki_key_new();
    char country[3] = {alpha2.p[0], alpha2.p[1], 0};
    const int64_t day = 86400000;
    /* the demo tells a year of history: certificates begin before it */
    struct pki_validity ca_time = {now - 2 * YEAR_DAYS * day, now + 15 * YEAR_DAYS * day};
    struct pki_validity signer_time = {now - 2 * YEAR_DAYS * day, now + 5 * YEAR_DAYS * day};
    struct pki_name ca_name = {country, training ? TRAINING_NAME : "Ministry of Foreign Affairs",
                               "Document Authority"};
    struct pki_name signer_name = {country, ca_name.organisation, SIGNER_OF(training)};
    enum err e = authority && signer ? OK : fault(f, ERR_CRYPTO, "cannot make keys");

    if (e == OK)
        e = pki_authority_new(authority, &ca_name, &ca_time, &ca, f);
    if (e == OK)
        e = pki_signer_new(authority, buf_str(&ca), signer, &signer_name, 0x11, &signer_time, &cert,
                           f);
    if (e == OK)
        e = write_private(folder, "authority.key", authority, f);
    if (e == OK)
        e = write_private(folder, "signer.key", signer, f);
    if (e == OK)
        e = ring_write(folder, "authority.der", buf_str(&ca), f);
    if (e == OK)
        e = ring_write(folder, "signer.der", buf_str(&cert), f);
    EVP_PKEY_free(authority);
    EVP_PKEY_free(signer);
    return e;
}

enum err keyring_create(const char *folder, str alpha2, str alpha3, bool training, int64_t now,
                        struct fault *f)
{
    AUTO(buf) struct buf about = BUF(256);
    struct jw w = JW(&about);
    struct ed25519_secret journal;
    struct key master;
    char path[4096];

    path_of(folder, "master.key", path);
    if (fs_exists(path))
        return fault(f, ERR_CONFLICT, "%s has keys already", folder);
    if (alpha2.n != 2 || alpha3.n != 3)
        return fault(f, ERR_INVALID, "a state has a two-letter and a three-letter code");
    TRY(fs_folder(folder, 0700, f));
    jw_open(&w, '{');
    jw_kv(&w, S("alpha2"), alpha2);
    jw_kv(&w, S("alpha3"), alpha3);
    jw_kv_int(&w, S("signer_serial"), 0x11);
    jw_close(&w, '}');
    TRY(ring_write(folder, "state.json", buf_str(&about), f));
    TRY(make_seal_keys(folder, alpha2, training, now, f));
    ed25519_new(&journal);
    TRY(ring_write(folder, "journal.key", str_bytes(journal.b, sizeof journal.b), f));
    secret_random(master.b, sizeof master.b);
    enum err e = ring_write(folder, "master.key", str_bytes(master.b, sizeof master.b), f);
    secret_wipe(&journal, sizeof journal);
    secret_wipe(&master, sizeof master);
    return e;
}

/* ---- loading ----------------------------------------------------------------------------- */

static bool names_training(str der)
{
    const unsigned char *p = (const unsigned char *)der.p;
    X509 *cert = d2i_X509(NULL, &p, (long)der.n);
    char name[64] = "";

    if (cert)
        X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_organizationName, name,
                                  sizeof name);
    X509_free(cert);
    return strcmp(name, TRAINING_NAME) == 0;
}

enum err ring_load(struct ring *r, const char *name, str *out, struct fault *f)
{
    char path[4096];

    path_of(r->folder, name, path);
    return fs_read(r->arena, path, 8 << 20, out, f);
}

static enum err load_exact(struct ring *r, const char *name, void *out, size_t n, struct fault *f)
{
    str s;

    TRY(ring_load(r, name, &s, f));
    if (s.n != n)
        return fault(f, ERR_CORRUPT, "keys/%s is damaged", name);
    memcpy(out, s.p, n);
    secret_wipe((void *)s.p, s.n);
    return OK;
}

static enum err load_private(struct ring *r, const char *name, EVP_PKEY **out, struct fault *f)
{
    str s;

    TRY(ring_load(r, name, &s, f));
    const unsigned char *p = (const unsigned char *)s.p;
    *out = d2i_AutoPrivateKey(NULL, &p, (long)s.n);
    secret_wipe((void *)s.p, s.n);
    return *out ? OK : fault(f, ERR_CORRUPT, "keys/%s is damaged", name);
}

static enum err load_heads(struct ring *r, struct fault *f)
{
    struct json *j;
    str text;

    enum err e = ring_load(r, "heads.json", &text, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(json_parse(r->arena, text, NULL, &j, f));
    r->lists = json_get_int(j, S("lists"), 0);
    const struct json *list = json_get(j, S("heads"));
    for (size_t i = 0; json_at(list, i) && r->n_heads < ORIGINS_MAX; i++) {
        struct origin_head *h = &r->heads[r->n_heads++];
        snprintf(h->origin, sizeof h->origin, "%.*s",
                 STR_FMT(json_get_str(json_at(list, i), S("origin"))));
        h->size = (uint64_t)json_get_int(json_at(list, i), S("size"), 0);
        if (!ipc_get(json_at(list, i), S("root"), h->root.b, 32))
            return fault(f, ERR_CORRUPT, "keys/heads.json is damaged");
    }
    return OK;
}

static enum err load_ring(struct ring *r, struct fault *f)
{
    struct json *about;
    str text;

    r->arena = arena_new(ARENA);
    TRY_PTR(r->arena, f);
    TRY(ring_load(r, "state.json", &text, f));
    TRY(json_parse(r->arena, text, NULL, &about, f));
    snprintf(r->alpha2, sizeof r->alpha2, "%.*s", STR_FMT(json_get_str(about, S("alpha2"))));
    snprintf(r->alpha3, sizeof r->alpha3, "%.*s", STR_FMT(json_get_str(about, S("alpha3"))));
    r->signer_serial = (uint64_t)json_get_int(about, S("signer_serial"), 0);
    TRY(load_exact(r, "master.key", r->master.b, sizeof r->master.b, f));
    TRY(load_exact(r, "journal.key", r->journal.b, sizeof r->journal.b, f));
    TRY(load_private(r, "authority.key", &r->authority, f));
    TRY(load_private(r, "signer.key", &r->signer, f));
    TRY(ring_load(r, "authority.der", &r->authority_der, f));
    TRY(ring_load(r, "signer.der", &r->signer_der, f));
    r->training = names_training(r->authority_der);
    TRY(load_heads(r, f));
    TRY(ring_load_officers(r, f));
    TRY(ring_load_sealed(r, f));
    return ring_load_partners(r, f);
}

/* ---- answers ----------------------------------------------------------------------------- */

enum err ring_bad(struct fault *f)
{
    return fault(f, ERR_INVALID, "malformed request to the keyring");
}

static enum err answer_wrap(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(256);
    struct key kek, plain;
    struct id person;

    (void)a;
    if (!ipc_get(q, S("person"), person.b, 16) || !ipc_get(q, S("key"), plain.b, 32))
        return ring_bad(f);
    hkdf_sha256(&r->master, S("wrap"), &kek);
    TRY(seal(&sealed, &kek, id_bytes(&person), str_bytes(plain.b, 32), f));
    ipc_bytes(w, S("wrapped"), buf_str(&sealed));
    secret_wipe(&plain, sizeof plain);
    return OK;
}

static enum err answer_unwrap(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                              struct fault *f)
{
    uint8_t wrapped[KEY_WRAPPED];
    struct id person;
    struct key kek;
    str plain;

    if (!ipc_get(q, S("person"), person.b, 16) || !ipc_get(q, S("wrapped"), wrapped, KEY_WRAPPED))
        return ring_bad(f);
    hkdf_sha256(&r->master, S("wrap"), &kek);
    TRY(unseal(a, &kek, id_bytes(&person), str_bytes(wrapped, sizeof wrapped), &plain, f));
    ipc_bytes(w, S("key"), plain);
    return OK;
}

static enum err answer_derive(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                              struct fault *f)
{
    str purpose = json_get_str(q, S("purpose"));
    struct key k;

    (void)a;
    if (!str_eq(purpose, S("lookup")) && !str_eq(purpose, S("record")))
        return fault(f, ERR_UNSIGNED, "no key for that purpose");
    hkdf_sha256(&r->master, purpose, &k);
    ipc_bytes(w, S("key"), str_bytes(k.b, sizeof k.b));
    return OK;
}

static struct origin_head *head_of(struct ring *r, str origin)
{
    for (size_t i = 0; i < r->n_heads; i++)
        if (str_eq(str_of(r->heads[i].origin), origin))
            return &r->heads[i];
    return NULL;
}

static enum err save_heads(struct ring *r, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv_int(&w, S("lists"), r->lists);
    jw_key(&w, S("heads"));
    jw_open(&w, '[');
    for (size_t i = 0; i < r->n_heads; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("origin"), str_of(r->heads[i].origin));
        jw_kv_int(&w, S("size"), (int64_t)r->heads[i].size);
        ipc_bytes(&w, S("root"), hash_str(&r->heads[i].root));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return ring_write(r->folder, "heads.json", buf_str(&b), f);
}

enum err ring_remember(struct ring *r, str log, uint64_t size, const struct hash *root,
                       struct fault *f)
{
    struct origin_head *h = head_of(r, log);

    if (h && (size < h->size || (size == h->size && memcmp(h->root.b, root->b, 32))))
        return fault(f, ERR_UNSIGNED,
                     "a head of %llu entries was signed: not a smaller or different one",
                     (unsigned long long)h->size);
    if (h && size == h->size)
        return OK;
    if (!h) {
        if (r->n_heads == ORIGINS_MAX)
            return fault(f, ERR_LIMIT, "too many logs");
        h = &r->heads[r->n_heads++];
        snprintf(h->origin, sizeof h->origin, "%.*s", STR_FMT(log));
    }
    h->size = size;
    h->root = *root;
    return save_heads(r, f);
}

/* A larger tree contains the one whose head was signed: by the hashes of a consistency proof (RFC
 * 9162). Without this a rewritten journal would pass as soon as it has one entry more. */
static enum err check_growth(struct ring *r, const struct checkpoint *c, str hashes,
                             struct fault *f)
{
    const struct origin_head *h = head_of(r, c->origin);
    struct merkle_proof growth = {.n = hashes.n / sizeof *growth.node};

    if (!h || h->size == 0 || c->size <= h->size)
        return OK; /* as ring_remember says */
    if (hashes.n % sizeof *growth.node || growth.n > MERKLE_MAX_PROOF)
        return ring_bad(f);
    memcpy(growth.node, hashes.p, hashes.n);
    return merkle_check_consistency(h->size, c->size, &h->root, &c->root, &growth) == OK
               ? OK
               : fault(f, ERR_UNSIGNED,
                       "a head of %llu entries was signed: this one does not contain it",
                       (unsigned long long)h->size);
}

static enum err answer_head(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1024);
    AUTO(buf) struct buf note = BUF(4096);
    struct checkpoint c = {.origin = json_get_str(q, S("origin"))};
    int64_t size = json_get_int(q, S("size"), -1);

    if (size < 0 || !ipc_get(q, S("root"), c.root.b, 32) ||
        c.origin.n >= sizeof r->heads[0].origin || !note_name_valid(c.origin))
        return ring_bad(f);
    c.size = (uint64_t)size;
    TRY(check_growth(r, &c, ipc_get_str(q, S("growth"), a), f));
    TRY(ring_remember(r, c.origin, c.size, &c.root, f));
    checkpoint_format(&text, &c);
    note_sign(&note, buf_str(&text), c.origin, &r->journal);
    jw_kv(w, S("note"), buf_str(&note));
    return OK;
}

static enum err answer_head_key(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                                struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);
    struct ed25519_public p = ed25519_public_of(&r->journal);
    str origin = json_get_str(q, S("origin"));

    (void)a;
    if (!note_name_valid(origin))
        return ring_bad(f);
    struct note_key k = note_key_of(origin, &p);
    note_key_format(&b, &k);
    jw_kv(w, S("key"), buf_str(&b));
    return OK;
}

static enum err answer_head_last(struct ring *r, const struct json *q, struct arena *a,
                                 struct jw *w, struct fault *f)
{
    struct origin_head *h = head_of(r, json_get_str(q, S("origin")));

    (void)a;
    (void)f;
    jw_kv_int(w, S("size"), h ? (int64_t)h->size : 0);
    if (h)
        ipc_bytes(w, S("root"), hash_str(&h->root));
    return OK;
}

/* ---- packages ---------------------------------------------------------------------------- */

void ring_seed(const struct ring *r, str purpose, uint8_t out[32])
{
    struct key k;

    hkdf_sha256(&r->master, purpose, &k);
    memcpy(out, k.b, sizeof k.b);
    secret_wipe(&k, sizeof k);
}

/* A key of its own: what it signs is never a head of the journal. */
static void package_secret(const struct ring *r, struct ed25519_secret *out)
{
    ring_seed(r, S("packages"), out->b);
}

static enum err answer_note(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf note = BUF(IPC_MESSAGE_MAX);
    str name = json_get_str(q, S("name")), text = json_get_str(q, S("text"));
    struct ed25519_secret secret;

    (void)a;
    if (!note_name_valid(name) || !str_ends(text, S("\n")) ||
        (!str_starts(text, S("sifara-package/1\n")) &&
         !str_starts(text, S("sifara-acceptance/1\n"))))
        return ring_bad(f);
    package_secret(r, &secret);
    note_sign(&note, text, name, &secret);
    secret_wipe(&secret, sizeof secret);
    jw_kv(w, S("note"), buf_str(&note));
    return OK;
}

static enum err answer_note_key(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                                struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);
    str name = json_get_str(q, S("name"));
    struct ed25519_secret secret;

    (void)a;
    if (!note_name_valid(name))
        return ring_bad(f);
    package_secret(r, &secret);
    struct ed25519_public p = ed25519_public_of(&secret);
    secret_wipe(&secret, sizeof secret);
    struct note_key k = note_key_of(name, &p);
    note_key_format(&b, &k);
    jw_kv(w, S("key"), buf_str(&b));
    return OK;
}

/* ---- seals ------------------------------------------------------------------------------- */

static enum err add_messages(struct vds *v, struct arena *a, const struct json *fields, str number,
                             struct fault *f)
{
    const struct json *m = json_get(fields, S("messages"));

    v->ref = VDS_REF_ADMINISTRATIVE;
    const struct vds_profile *p = vds_profile_named(json_get_str(fields, S("profile")));
    if (!p)
        return fault(f, ERR_INVALID, "no such seal profile");
    char hex[33];
    hex_encode(p->uuid, sizeof p->uuid, hex);
    TRY(vds_add(v, a, S("DOC_PROFILE_NUMBER"), str_copy(a, str_of(hex)), f));
    TRY(vds_add(v, a, S("DOCUMENT_NUMBER"), number, f));
    for (uint32_t i = 0; m && i < m->n; i++)
        TRY(vds_add(v, a, m->members[i].key, json_str(&m->members[i].value), f));
    return OK;
}

static void take(char *to, size_t room, const struct json *j, str key)
{
    snprintf(to, room, "%.*s", STR_FMT(json_get_str(j, key)));
}

/* YYYY-MM-DD to YYMMDD; unknown stays fillers */
static void take_date(char to[7], const struct json *j, str key)
{
    str s = json_get_str(j, key);

    memcpy(to, "<<<<<<", 7);
    if (s.n == 10) {
        memcpy(to, s.p + 2, 2);
        memcpy(to + 2, s.p + 5, 2);
        memcpy(to + 4, s.p + 8, 2);
    }
}

/* The last nine characters of the number without dashes: unique within a decade of a series. */
static void take_number(char *to, size_t room, str number)
{
    size_t n = 0;

    for (size_t i = number.n > 12 ? number.n - 12 : 0; i < number.n && n + 1 < room && n < 9; i++)
        if (number.p[i] != '-')
            to[n++] = number.p[i];
    to[n] = 0;
}

static enum err add_travel(struct vds *v, struct arena *a, const struct ring *r,
                           const struct json *fields, str number, struct fault *f)
{
    const struct json *m = json_get(fields, S("mrz"));
    struct mrz z = {.format = MRZ_TD2};
    char text[MRZ_ROOM];

    v->ref = VDS_REF_EMERGENCY_TRAVEL;
    take(z.code, sizeof z.code, m, S("code"));
    snprintf(z.issuer, sizeof z.issuer, "%s", r->alpha3);
    take(z.primary, sizeof z.primary, m, S("primary"));
    take(z.secondary, sizeof z.secondary, m, S("secondary"));
    take(z.nationality, sizeof z.nationality, m, S("nationality"));
    take_date(z.birth, m, S("birth"));
    take_date(z.expiry, m, S("expiry"));
    str sex = json_get_str(m, S("sex"));
    z.sex = sex.n == 1 && (sex.p[0] == 'F' || sex.p[0] == 'M') ? sex.p[0] : '<';
    take_number(z.number, sizeof z.number, number);
    TRY(mrz_write(&z, text, f));
    return vds_add(v, a, S("MRZ"), str_copy(a, str_of(text)), f);
}

static struct vds_date date_of(int64_t ms)
{
    char text[32];
    int64_t y = 0, m = 0, d = 0;

    time_format(ms, text);
    str_to_int64(str_bytes(text, 4), &y);
    str_to_int64(str_bytes(text + 5, 2), &m);
    str_to_int64(str_bytes(text + 8, 2), &d);
    return (struct vds_date){(uint16_t)y, (uint8_t)m, (uint8_t)d};
}

static bool statement_covers(const struct json *statement, str fields)
{
    struct hash h = sha256(fields);
    char hex[65];

    hex_encode(h.b, 32, hex);
    return str_eq(json_get_str(statement, S("fields")), str_of(hex)) &&
           str_eq(json_get_str(statement, S("outcome")), S("approve"));
}

static enum err answer_seal(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf out = BUF(VDS_MAX);
    str statement_text = json_get_str(q, S("statement")), text = json_get_str(q, S("fields"));
    str number = json_get_str(q, S("number"));
    struct json *statement, *fields;
    int64_t issued = json_get_int(q, S("issued"), 0);
    struct vds v = {.raw_version = 3};

    TRY(ring_check_decision(r, json_get(q, S("by")), statement_text, a, f));
    TRY(json_parse(a, statement_text, NULL, &statement, f));
    TRY(json_parse(a, text, NULL, &fields, f));
    if (!statement_covers(statement, text))
        return fault(f, ERR_UNTRUSTED, "the officers did not sign for this content");
    snprintf(v.country, sizeof v.country, "%s", r->alpha3);
    snprintf(v.signer, sizeof v.signer, "%s%s", r->alpha2, SIGNER_OF(r->training));
    char reference[17];
    pki_reference(r->signer_serial, reference);
    snprintf(v.reference, sizeof v.reference, "%s", reference);
    v.issued = v.signed_on = date_of(issued);
    TRY(json_get(fields, S("mrz")) ? add_travel(&v, a, r, fields, number, f)
                                   : add_messages(&v, a, fields, number, f));
    TRY(ring_seal_once(r, statement_text, number, issued, f));
    TRY(vds_encode(&v, pki_sign_with, r->signer, &out, f));
    ipc_bytes(w, S("seal"), buf_str(&out));
    return OK;
}

static enum err answer_list(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                            struct fault *f)
{
    AUTO(buf) struct buf out = BUF(IPC_MESSAGE_MAX);
    struct json *list;

    TRY(json_parse(a, json_get_str(q, S("list")), &json_limits_wide, &list, f));
    size_t n = json_is(list, J_ARRAY) ? list->n : 0;
    struct revocation *rows = arena_zalloc(a, n, sizeof *rows);
    TRY_PTR(rows, f);
    for (size_t i = 0; i < n; i++) {
        str day = json_get_str(json_at(list, i), S("date"));
        int64_t y = 0, m = 0, d = 0;
        rows[i].id = json_get_str(json_at(list, i), S("seal"));
        if (day.n == 10) {
            str_to_int64(str_sub(day, 0, 4), &y);
            str_to_int64(str_sub(day, 5, 7), &m);
            str_to_int64(str_sub(day, 8, 10), &d);
        }
        rows[i].date = (struct vds_date){(uint16_t)y, (uint8_t)m, (uint8_t)d};
    }
    r->lists++;
    TRY(save_heads(r, f));
    TRY(revocations_write(str_of(r->alpha3), r->lists, world_now(&world_real), rows, n,
                          pki_sign_with, r->authority, &out, f));
    jw_kv(w, S("signed"), buf_str(&out));
    return OK;
}

static enum err answer_trust(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                             struct fault *f)
{
    AUTO(buf) struct buf out = BUF(IPC_MESSAGE_MAX);
    struct trust_authority ca = {str_of(r->alpha3), r->authority_der};
    struct jw list = JW(&out);

    (void)q;
    (void)a;
    TRY(trust_write(&list, world_now(&world_real), &ca, 1, &r->signer_der, 1, f));
    jw_kv(w, S("list"), buf_str(&out));
    return OK;
}

static enum err answer_training(struct ring *r, const struct json *q, struct arena *a, struct jw *w,
                                struct fault *f)
{
    (void)q;
    (void)a;
    (void)f;
    jw_kv_bool(w, S("training"), r->training);
    return OK;
}

/* Who may ask for which signature: only these, and each with its own check. */
static const struct {
    const char *op;
    enum err (*answer)(struct ring *, const struct json *, struct arena *, struct jw *,
                       struct fault *);
} ops[] = {
    {"wrap", answer_wrap},
    {"unwrap", answer_unwrap},
    {"derive", answer_derive},
    {"head", answer_head},
    {"head-key", answer_head_key},
    {"head-last", answer_head_last},
    {"enrol", answer_enrol},
    {"passkey", answer_passkey},
    {"passkey-drop", answer_passkey_drop},
    {"standing", answer_standing},
    {"assent", answer_assent},
    {"seal", answer_seal},
    {"list", answer_list},
    {"trust", answer_trust},
    {"training", answer_training},
    {"note", answer_note},
    {"note-key", answer_note_key},
    {"link-keys", answer_link_keys},
    {"link-note", answer_link_note},
    {"link-http", answer_link_http},
    {"quorum", answer_quorum},
    {"link-head", answer_link_head},
    {"link-cosign", answer_link_cosign},
    {"link-open", answer_link_open},
};

static enum err answer(void *ctx, str op, const struct json *q, struct arena *a, struct jw *w,
                       struct fault *f)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (str_eq(op, str_of(ops[i].op)))
            return ops[i].answer(ctx, q, a, w, f);
    return fault(f, ERR_UNSIGNED, "the keyring does not do that");
}

int keyring_main(const char *folder, int fd)
{
    struct ring *r = calloc(1, sizeof *r);
    struct fault f = {0};

    log_set_process("keyring");
    /* neither dumped nor traced by anybody but a live root */
    prctl(PR_SET_DUMPABLE, 0);
    if (!r)
        return 1;
    r->folder = folder;
    if (load_ring(r, &f) != OK) {
        LOG(LOG_ERROR, "keyring cannot start", LOG_CSTR("detail", f.detail));
        return 1;
    }
    sandbox_keyring(folder);
    ipc_serve(fd, answer, r);
    EVP_PKEY_free(r->authority);
    EVP_PKEY_free(r->signer);
    ring_close_sealed(r);
    arena_free(r->arena);
    secret_wipe(r, sizeof *r);
    free(r);
    return 0;
}
