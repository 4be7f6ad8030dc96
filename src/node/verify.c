/* verify.c - sifara-verify: is what I was shown genuine? A program by itself, for whoever has none
 * of the rest
 *
 *   sifara-verify FILE --trust FILE,FILE,... [--payload FILE] [--policy FILE] [--revocations FILE]
 *                 [--language ar|en|fr]
 *
 * FILE is a seal (its bytes, or them in hexadecimal, as a reader of Data Matrix gives them), the
 * proof of a dispatch, or a service package: which one, its first bytes say. What is trusted comes
 * in files of three kinds, told apart by what is in them: lists of those who seal, letters of
 * credence, keys of those who sign packages. Answers are sentences in the reader's language.
 *
 * Exit codes: 0 genuine, 1 a file cannot be read, 2 wrong usage, 4 not genuine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/fs.h"
#include "base/world.h"
#include "link/evidence.h"
#include "link/quorum_file.h"
#include "node/verify_words.h"
#include "package/manifest.h"
#include "paper/trust.h"
#include "registry/credence.h"

enum { GENUINE = 0, UNREADABLE = 1, USAGE = 2, UNTRUSTED = 4 };
enum { LETTERS = 16, ARENA = 512 << 20, FILE_BYTES = 64 << 20, SENTENCE = 4096 };

struct verify {
    struct arena *arena;
    const struct json *words;
    str file, payload, policy, revocations; /* contents */
    struct trust *seals;
    struct credence letters[LETTERS];
    struct keyset keysets[LETTERS];
    size_t n;
    struct package_trust packages;
};

/* ---- words -------------------------------------------------------------------------------- */

struct slot {
    const char *name;
    str value;
};

/* A sentence of the catalogue, with its slots filled. */
static void say(struct verify *v, const char *key, const struct slot *slots, size_t n)
{
    AUTO(buf) struct buf b = BUF(SENTENCE);
    str rest = json_get_str(v->words, str_printf(v->arena, "verify.%s", key)), piece;

    while (str_split(&rest, '{', &piece)) {
        ptrdiff_t end = rest.p ? str_find_char(rest, '}') : -1;
        buf_add_str(&b, piece);
        if (end < 0)
            continue;
        for (size_t i = 0; i < n; i++)
            if (str_eq(str_sub(rest, 0, (size_t)end), str_of(slots[i].name)))
                buf_add_str(&b, slots[i].value);
        rest = str_sub(rest, (size_t)end + 1, rest.n);
    }
    printf("%.*s\n", STR_FMT(buf_str(&b)));
}
#define SAY(v, key, ...)                                                                           \
    say(v, key, (const struct slot[]){__VA_ARGS__},                                                \
        sizeof((const struct slot[]){__VA_ARGS__}) / sizeof(struct slot))

static int bad(struct verify *v, const char *key, const struct fault *f)
{
    SAY(v, key, {"why", str_of(f->detail)});
    return UNTRUSTED;
}

static str date_of(struct verify *v, int64_t ms)
{
    char text[DAY_TEXT];

    day_format(day_of_ms(ms), text);
    return str_copy(v->arena, str_of(text));
}

static bool words_of(struct verify *v, const char *language)
{
    str name = str_printf(v->arena, "%.2s.json", language);
    struct json *j;

    for (size_t i = 0; i < verify_words_n; i++)
        if (str_eq(verify_words[i].name, name) &&
            json_parse(v->arena, verify_words[i].bytes, NULL, &j, NULL) == OK) {
            v->words = j;
            return true;
        }
    return false;
}

/* ---- whom to trust ------------------------------------------------------------------------ */

static enum err trust_letter(struct verify *v, str text, struct fault *f)
{
    str one, two;

    if (v->n == LETTERS)
        return fault(f, ERR_LIMIT, "at most %d letters of credence", LETTERS);
    TRY(credence_file_open(v->arena, text, &v->letters[v->n], &v->keysets[v->n], &one, &two, f));
    v->n++;
    return OK;
}

static enum err trust_text(struct verify *v, str text, struct fault *f)
{
    struct json *j;

    if (json_parse(v->arena, text, &json_limits_wide, &j, NULL) != OK)
        return package_trust_parse(text, &v->packages, f);
    if (json_get(j, S("credence")))
        return trust_letter(v, text, f);
    trust_free(v->seals);
    v->seals = NULL;
    return trust_parse(text, &v->seals, f);
}

static int trust_files(struct verify *v, str list)
{
    struct fault f = {0};
    str one, text;

    while (str_split(&list, ',', &one)) {
        enum err e = fs_read(v->arena, str_cstr(v->arena, one), FILE_BYTES, &text, &f);
        if (e == OK)
            e = trust_text(v, text, &f);
        if (e != OK) {
            SAY(v, "trust-bad", {"file", one}, {"why", str_of(f.detail)});
            return UNREADABLE;
        }
    }
    return GENUINE;
}

/* ---- seals -------------------------------------------------------------------------------- */

static void say_fields(struct verify *v, const struct vds *seal)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);
    struct json *j;

    vds_to_json(seal, &w, v->arena);
    if (json_parse(v->arena, buf_str(&b), NULL, &j, NULL) != OK)
        return;
    const struct json *list = json_get(j, S("messages"));
    for (uint32_t i = 0; json_is(list, J_OBJECT) && i < list->n; i++) {
        str value = json_str(&list->members[i].value);
        if (value.p)
            printf("  %.*s: %.*s\n", STR_FMT(list->members[i].key), STR_FMT(value));
    }
}

static int judge_seal(struct verify *v, str bytes)
{
    int64_t now = world_now(&world_real);
    struct revocations *revoked = NULL;
    struct fault f = {0};
    struct vds seal;

    enum err e = vds_decode(bytes, &seal, &f);
    if (e == OK && !v->seals)
        e = fault(&f, ERR_UNTRUSTED, "--trust");
    if (e == OK && v->revocations.p)
        e = revocations_parse(v->revocations, v->seals, &revoked, &f);
    if (e != OK)
        return bad(v, "seal.unreadable", &f);
    enum seal_verdict said = seal_check(&seal, v->seals, revoked, now);
    revocations_free(revoked);
    str issued = str_printf(v->arena, "%04u-%02u-%02u", seal.issued.year, seal.issued.month,
                            seal.issued.day);
    const char *key = str_cstr(v->arena, str_printf(v->arena, "seal.%s", seal_verdict_name(said)));
    SAY(v, key, {"state", str_of(seal.country)}, {"date", issued});
    if (said != SEAL_VALID)
        return UNTRUSTED;
    if (seal_document_outdated(&seal, now))
        SAY(v, "seal.outdated", {"date", date_of(v, now)});
    say_fields(v, &seal);
    return GENUINE;
}

/* ---- proofs ------------------------------------------------------------------------------- */

static void say_roots(struct verify *v)
{
    for (size_t i = 0; i < v->n; i++) {
        char line[FINGERPRINT_LINES][FINGERPRINT_LINE];
        struct hash h = root_fingerprint(&v->letters[i].root);
        fingerprint_format(&h, line);
        SAY(v, "fingerprint", {"state", v->letters[i].title});
        for (int k = 0; k < FINGERPRINT_LINES; k++)
            printf("  %s\n", line[k]);
    }
}

static void say_evidence(struct verify *v, const struct evidence *e,
                         const struct evidence_finding *found)
{
    SAY(v, "proof.valid", {"state", v->letters[found->log].title}, {"kind", e->entry.kind},
        {"date", date_of(v, e->entry.at)},
        {"index", str_printf(v->arena, "%llu", (unsigned long long)e->proof.index)});
    if (found->receipted)
        SAY(v, "proof.receipt", {"state", v->letters[found->mirror].title},
            {"date", date_of(v, found->at * 1000)});
    else
        SAY(v, "proof.no-receipt", {"state", STR_NONE});
    for (size_t i = 0; i < v->n; i++)
        if (found->witnessed >> i & 1)
            SAY(v, "proof.witness", {"state", v->letters[i].title},
                {"date", date_of(v, found->seen_at[i] * 1000)});
    if (found->payload)
        SAY(v, "proof.payload", {"state", STR_NONE});
    say_roots(v);
}

/* The checker's own choice of witnesses, or that of a state, with its officers' signatures. */
static enum err read_quorum(struct verify *v, struct quorum *out, str *chosen_by, struct fault *f)
{
    struct quorum_file file;

    *chosen_by = STR_NONE;
    if (!v->policy.p)
        return OK;
    if (!is_quorum_file(v->policy))
        return quorum_parse(v->policy, out, f);
    TRY(quorum_file_read(v->arena, v->policy, &file, f));
    for (size_t i = 0; i < v->n; i++)
        if (str_eq(v->keysets[i].state, file.state)) {
            TRY(quorum_file_check(v->arena, v->policy, v->keysets[i].name, &v->keysets[i].log,
                                  quorum_officer_check_plain, &file, f));
            *chosen_by = file.state;
            return quorum_parse(file.policy, out, f);
        }
    return fault(f, ERR_UNTRUSTED, "no letter of %.*s is here, whose officers chose the witnesses",
                 STR_FMT(file.state));
}

static int judge_evidence(struct verify *v)
{
    struct note_key mirrors[LETTERS], witnesses[LETTERS];
    struct ed25519_public logs[LETTERS];
    struct quorum *q = arena_new_of(v->arena, struct quorum);
    struct evidence_finding found;
    struct evidence e;
    struct fault f = {0};

    for (size_t i = 0; i < v->n; i++) {
        logs[i] = v->keysets[i].log;
        if (!q || !keyset_mirror_key(&v->keysets[i], v->arena, &mirrors[i]) ||
            !keyset_witness_key(&v->keysets[i], v->arena, &witnesses[i]))
            return UNREADABLE;
    }
    struct evidence_keys keys = {
        logs, v->n, mirrors, v->n, witnesses, v->n, v->policy.p ? q : NULL};
    str chosen_by;
    if (read_quorum(v, q, &chosen_by, &f) != OK)
        return bad(v, "proof.bad", &f);
    if (evidence_parse(v->arena, v->file, &e, &f) != OK ||
        evidence_check(&e, &keys, v->payload, &found, &f) != OK)
        return bad(v, "proof.bad", &f);
    if (chosen_by.p && !str_eq(chosen_by, v->keysets[found.log].state)) {
        (void)!fault(&f, ERR_UNTRUSTED, "another state than the sender chose these witnesses");
        return bad(v, "proof.bad", &f);
    }
    say_evidence(v, &e, &found);
    return GENUINE;
}

/* ---- choices of witnesses ------------------------------------------------------------------ */

static int judge_quorum(struct verify *v)
{
    struct quorum *q = arena_new_of(v->arena, struct quorum);
    struct fault f = {0};
    str chosen_by;

    v->policy = v->file;
    if (!q || read_quorum(v, q, &chosen_by, &f) != OK)
        return bad(v, "quorum.bad", &f);
    SAY(v, "quorum.valid", {"state", chosen_by});
    for (size_t i = 0; i < q->n_witnesses; i++)
        SAY(v, "quorum.witness", {"state", q->witness[i].name});
    say_roots(v);
    return GENUINE;
}

/* ---- packages ----------------------------------------------------------------------------- */

static int judge_package(struct verify *v)
{
    struct package_unpacked u;
    struct fault f = {0};

    if (package_unpack(v->arena, v->file, &v->packages, &u, &f) != OK)
        return bad(v, "package.bad", &f);
    SAY(v, "package.valid", {"name", u.manifest.name}, {"version", u.manifest.version},
        {"giver", u.manifest.giver});
    for (size_t i = 0; i < u.signatures.n; i++)
        if (u.signatures.list[i].state.p)
            SAY(v, "package.signer", {"name", u.signatures.list[i].name},
                {"state", u.signatures.list[i].state});
    return GENUINE;
}

/* ---- which is it? ------------------------------------------------------------------------- */

static bool is_hex(struct verify *v, str text, str *out)
{
    str t = str_trim(text);
    uint8_t *bytes = arena_alloc(v->arena, t.n / 2 + 1);

    if (!bytes || t.n < 4 || t.n > (size_t)2 * VDS_MAX || t.n % 2 || !hex_decode(t, bytes, t.n / 2))
        return false;
    *out = str_bytes(bytes, t.n / 2);
    return true;
}

/* A page of ours carries its seal as bytes, too. The page itself is not read: whoever checks it
 * compares it with what the seal says. */
static int judge_page(struct verify *v)
{
    AUTO(buf) struct buf seal = BUF(VDS_MAX);

    if (!vds_behind(v->file, &seal)) {
        SAY(v, "pdf", {"file", STR_NONE});
        return UNREADABLE;
    }
    int code = judge_seal(v, buf_str(&seal));
    if (code == GENUINE)
        SAY(v, "pdf.compare", {"file", STR_NONE});
    return code;
}

static int judge(struct verify *v)
{
    str seal;

    if (str_starts(v->file, S("c2sp.org/tlog-proof@v1\n")))
        return judge_evidence(v);
    if (is_quorum_file(v->file))
        return judge_quorum(v);
    if (v->file.n && v->file.n <= VDS_MAX && (unsigned char)v->file.p[0] == 0xdc)
        return judge_seal(v, v->file);
    if (is_hex(v, v->file, &seal))
        return judge_seal(v, seal);
    if (str_starts(v->file, S("%PDF-")))
        return judge_page(v);
    return judge_package(v);
}

/* ---- the command line --------------------------------------------------------------------- */

struct options {
    const char *file, *trust, *payload, *policy, *revocations, *language;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    struct {
        const char *name, **to;
    } list[] = {{"--trust", &o->trust},
                {"--payload", &o->payload},
                {"--policy", &o->policy},
                {"--revocations", &o->revocations},
                {"--language", &o->language}};

    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < ARRAY_LEN(list) && strcmp(argv[i], list[k].name) != 0)
            k++;
        if (k < ARRAY_LEN(list) && i + 1 < argc)
            *list[k].to = argv[++i];
        else if (o->file || argv[i][0] == '-')
            return false;
        else
            o->file = argv[i];
    }
    return o->file && o->trust;
}

static int read_into(struct verify *v, const char *path, str *out)
{
    struct fault f = {0};

    if (!path || fs_read(v->arena, path, FILE_BYTES, out, &f) == OK)
        return GENUINE;
    SAY(v, "unreadable", {"file", str_of(path)}, {"why", str_of(f.detail)});
    return UNREADABLE;
}

static int work(struct verify *v, const struct options *o)
{
    int code = read_into(v, o->file, &v->file);

    if (code == GENUINE)
        code = read_into(v, o->payload, &v->payload);
    if (code == GENUINE)
        code = read_into(v, o->policy, &v->policy);
    if (code == GENUINE)
        code = read_into(v, o->revocations, &v->revocations);
    if (code == GENUINE)
        code = trust_files(v, str_of(o->trust));
    return code == GENUINE ? judge(v) : code;
}

int main(int argc, char **argv)
{
    static struct verify v;
    struct options o = {.language = getenv("LANG")};

    if (!read_options(argc, argv, &o)) {
        fprintf(stderr, "usage: sifara-verify FILE --trust FILE,FILE,... [--payload FILE]"
                        " [--policy FILE] [--revocations FILE] [--language ar|en|fr]\n");
        return USAGE;
    }
    v.arena = arena_new(ARENA);
    if (!v.arena || (!words_of(&v, o.language ? o.language : "en") && !words_of(&v, "en")))
        return UNREADABLE;
    int code = work(&v, &o);
    trust_free(v.seals);
    arena_free(v.arena);
    return code;
}
