/* cli_package.c - packages of services on files alone: key, new, pack, show, verify, countersign,
 * export; nothing here needs a node */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/fs.h"
#include "node/cli.h"
#include "node/version.h"
#include "package/check.h"
#include "package/cpsv.h"
#include "package/manifest.h"
#include "package/model.h"
#include "package/skeleton.h"
#include "service/document_page.h"

enum { KEY_FILE_MAX = 4096, TRUST_FILE_MAX = 1 << 16, DIGEST_HEX = 65 };

/* ---- what the commands share -------------------------------------------------------------- */

static int say_usage(const char *text)
{
    fprintf(stderr, "usage: sifara service %s\n", text);
    return CLI_USAGE;
}

/* The name of the file stands in front of what is wrong with it. */
static enum err in_file(const char *path, enum err e, const struct fault *inner, struct fault *f)
{
    return e == OK ? OK : fault_at(f, e, inner->pointer, "%.100s: %s", path, inner->detail);
}

static enum err read_key(struct cli *c, const char *path, struct package_key *out, struct fault *f)
{
    struct fault inner = {0};
    str text;

    TRY(fs_read(c->arena, path, KEY_FILE_MAX, &text, f));
    return in_file(path, package_key_parse(text, out, &inner), &inner, f);
}

static enum err read_trust(struct cli *c, const char *path, struct package_trust *out,
                           struct fault *f)
{
    struct fault inner = {0};
    str text;

    TRY(fs_read(c->arena, path, TRUST_FILE_MAX, &text, f));
    return in_file(path, package_trust_parse(text, out, &inner), &inner, f);
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* An archive, with its manifest and who signed it, or a folder as it would be packed, signed by
 * nobody. */
static enum err read_package(struct cli *c, const char *path, struct package_unpacked *out,
                             struct fault *f)
{
    struct fault inner = {0};
    str bytes;

    if (!is_folder(path)) {
        TRY(fs_read(c->arena, path, PACKAGE_ARCHIVE_BYTES, &bytes, f));
        return in_file(path, package_unpack(c->arena, bytes, NULL, out, &inner), &inner, f);
    }
    *out = (struct package_unpacked){0};
    enum err e = package_read_folder(c->arena, path, &out->archive.files, &inner);
    if (e == OK)
        e = package_manifest_of(c->arena, &out->archive.files, &out->manifest, &inner);
    return in_file(path, e, &inner, f);
}

static void digest_hex(const struct package_manifest *m, char out[DIGEST_HEX])
{
    hex_encode(m->digest.b, sizeof m->digest.b, out);
}

/* ---- key ---------------------------------------------------------------------------------- */

int cli_service_key(struct cli *c)
{
    const char *path = cli_option(c, "new"), *name = cli_option(c, "name"),
               *state = cli_option(c, "state");
    AUTO(buf) struct buf secret = BUF(KEY_FILE_MAX);
    AUTO(buf) struct buf public = BUF(KEY_FILE_MAX);
    struct package_key key;
    struct fault f = {0};

    if (!path || !name || !state || !note_name_valid(str_of(name)) || strlen(name) > 200 ||
        !package_state_valid(str_of(state)))
        return say_usage("key --new FILE --name DOMAIN --state CODE   (as mfa.xu.example, XU)");
    if (fs_exists(path)) {
        fault(&f, ERR_CONFLICT, "%.200s is there already, and a key is not overwritten", path);
        return cli_fault(&f, CLI_FAILED);
    }
    key.name = str_of(name);
    ed25519_new(&key.secret);
    package_key_format(&secret, &key);
    enum err e = fs_write(path, buf_str(&secret), 0600, &f);
    secret_wipe(secret.p, secret.n);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    struct ed25519_public p = ed25519_public_of(&key.secret);
    struct note_key known = note_key_of(key.name, &p);
    note_key_format(&public, &known);
    secret_wipe(&key.secret, sizeof key.secret);
    printf("%s %.*s\n", state, STR_FMT(buf_str(&public)));
    return CLI_OK;
}

/* ---- pack, countersign -------------------------------------------------------------------- */

/* What was written, and by which digest it is known. */
static int say_written(struct cli *c, const char *path, size_t bytes,
                       const struct package_manifest *m)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);
    char hex[DIGEST_HEX];

    digest_hex(m, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("file"), str_of(path));
    jw_kv(&w, S("digest"), str_of(hex));
    jw_kv_int(&w, S("bytes"), (int64_t)bytes);
    jw_close(&w, '}');
    if (c->json)
        printf("%.*s\n", STR_FMT(buf_str(&b)));
    else
        printf("%s  %s\n", hex, path);
    return CLI_OK;
}

/* What is not in order is not given to anybody. */
static enum err check_served(struct cli *c, const struct package_files *files, struct fault *f)
{
    struct package_problems *all;

    struct package_art art = {document_digest, files};
    TRY(package_check(c->arena, files, &art, &all, f));
    for (size_t i = 0; i < all->n; i++) {
        const struct package_problem *p = &all->list[i];
        if (!p->advice)
            return fault(f, ERR_INVALID, "%.*s:%u: %.*s (service check tells all)",
                         STR_FMT(p->file), p->line, STR_FMT(p->what));
    }
    return OK;
}

int cli_service_pack(struct cli *c)
{
    const char *key_path = cli_option(c, "key"), *out = cli_option(c, "out");
    AUTO(buf) struct buf archive = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_files files;
    struct package_manifest m;
    struct package_key key;
    struct fault f = {0}, inner = {0};

    if (c->n_words != 3 || !key_path)
        return say_usage("pack FOLDER --key KEY [--out FILE] [--json]");
    enum err e = read_key(c, key_path, &key, &f);
    if (e == OK) {
        e = package_read_folder(c->arena, c->words[2], &files, &inner);
        if (e == OK)
            e = package_pack(c->arena, &files, &key, &archive, &m, &inner);
        if (e == OK)
            e = check_served(c, &files, &inner);
        e = in_file(c->words[2], e, &inner, &f);
        secret_wipe(&key.secret, sizeof key.secret);
    }
    if (e == OK && !out) {
        str own = str_printf(c->arena, "%.*s-%.*s.sifara", STR_FMT(m.name), STR_FMT(m.version));
        out = own.p ? str_cstr(c->arena, own) : NULL;
        e = out ? OK : fault(&f, ERR_MEMORY, "no memory for a name");
    }
    if (e == OK)
        e = fs_write(out, buf_str(&archive), 0644, &f);
    return e == OK ? say_written(c, out, archive.n, &m) : cli_fault(&f, CLI_FAILED);
}

static enum err countersign(struct cli *c, const char *key_path, struct package_unpacked *u,
                            struct buf *archive, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(PACKAGE_NOTE_BYTES);
    struct package_key key;

    TRY(read_key(c, key_path, &key, f));
    enum err e = package_note_countersign(&note, u->archive.note, &u->manifest, &key, f);
    secret_wipe(&key.secret, sizeof key.secret);
    if (e != OK)
        return e;
    u->archive.note = buf_str(&note);
    return package_archive_write(archive, &u->archive, f);
}

/* Only what verifies is signed. */
int cli_service_countersign(struct cli *c)
{
    const char *key_path = cli_option(c, "key"), *trust_path = cli_option(c, "trust"),
               *out = cli_option(c, "out");
    AUTO(buf) struct buf archive = BUF(PACKAGE_ARCHIVE_BYTES);
    struct package_unpacked u;
    struct package_trust trust;
    struct fault f = {0}, inner = {0};
    str bytes;

    if (c->n_words != 3 || !key_path || !trust_path)
        return say_usage("countersign FILE --key KEY --trust KEYS [--out FILE] [--json]");
    enum err e = read_trust(c, trust_path, &trust, &f);
    if (e == OK)
        e = fs_read(c->arena, c->words[2], PACKAGE_ARCHIVE_BYTES, &bytes, &f);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    e = package_unpack(c->arena, bytes, &trust, &u, &inner);
    if (in_file(c->words[2], e, &inner, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    out = out ? out : c->words[2];
    e = countersign(c, key_path, &u, &archive, &f);
    if (e == OK)
        e = fs_write(out, buf_str(&archive), 0644, &f);
    return e == OK ? say_written(c, out, archive.n, &u.manifest) : cli_fault(&f, CLI_FAILED);
}

/* ---- show, verify ------------------------------------------------------------------------- */

static void signatures_json(struct jw *w, const struct package_signatures *all)
{
    char id[9];

    jw_key(w, S("signatures"));
    jw_open(w, '[');
    for (size_t i = 0; i < all->n; i++) {
        snprintf(id, sizeof id, "%08" PRIx32, all->list[i].id);
        jw_open(w, '{');
        jw_kv(w, S("name"), all->list[i].name);
        jw_kv(w, S("id"), str_of(id));
        if (all->list[i].state.p)
            jw_kv(w, S("state"), all->list[i].state);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static int print_json(const struct package_unpacked *u)
{
    AUTO(buf) struct buf b = BUF(1 << 18);
    struct jw w = JW(&b);
    char hex[DIGEST_HEX];

    digest_hex(&u->manifest, hex);
    jw_open(&w, '{');
    jw_kv(&w, S("digest"), str_of(hex));
    jw_key(&w, S("manifest"));
    jw_raw(&w, u->manifest.text);
    signatures_json(&w, &u->signatures);
    jw_close(&w, '}');
    printf("%.*s\n", STR_FMT(buf_str(&b)));
    return CLI_OK;
}

static void print_list(const char *label, const struct json *list)
{
    printf("%-12s", label);
    for (size_t i = 0; json_at(list, i); i++)
        printf("%s%.*s\n", i ? "            " : "", STR_FMT(json_str(json_at(list, i))));
    if (!json_at(list, 0))
        printf("(none)\n");
}

static void print_titles(struct cli *c, const struct package_unpacked *u)
{
    const struct json *languages = json_get(u->manifest.json, S("languages"));
    struct json *words;

    for (size_t i = 0; json_at(languages, i); i++) {
        str language = json_str(json_at(languages, i));
        str name = str_printf(c->arena, "words.%.*s.json", STR_FMT(language));
        const struct package_file *file = name.p ? package_file(&u->archive.files, name) : NULL;
        if (file && json_parse(c->arena, file->bytes, NULL, &words, NULL) == OK)
            printf("title %-6.*s%.*s\n", STR_FMT(language),
                   STR_FMT(json_get_str(words, S("title"))));
    }
}

static void print_terms(const struct json *terms)
{
    const struct json *text = json_get(terms, S("text"));
    str agreement = json_get_str(terms, S("agreement"));

    printf("terms       %.*s%s%.*s\n", STR_FMT(json_get_str(terms, S("use"))),
           agreement.p ? ": " : "", STR_FMT(agreement));
    for (uint32_t i = 0; text && i < text->n; i++)
        printf("      %-6.*s%.*s\n", STR_FMT(text->members[i].key),
               STR_FMT(json_str(&text->members[i].value)));
}

static void print_signatures(const struct package_signatures *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct package_signer *s = &all->list[i];
        printf("%-12s%.*s+%08" PRIx32 " (%s%.*s)\n", i ? "" : "signed by", STR_FMT(s->name), s->id,
               s->state.p ? "verified, of " : "not verified", STR_FMT(s->state));
    }
    if (all->n == 0)
        printf("signed by   nobody: this is a folder\n");
}

static int print_text(struct cli *c, const struct package_unpacked *u)
{
    const struct package_manifest *m = &u->manifest;
    const struct json *from = json_get(m->json, S("derived_from"));
    char hex[DIGEST_HEX];

    digest_hex(m, hex);
    printf("service     %.*s %.*s\ngiver       %.*s\n", STR_FMT(m->name), STR_FMT(m->version),
           STR_FMT(m->giver));
    print_titles(c, u);
    if (from)
        printf("derived from %.*s/%.*s/%.*s %.*s\n", STR_FMT(json_get_str(from, S("giver"))),
               STR_FMT(json_get_str(from, S("name"))), STR_FMT(json_get_str(from, S("version"))),
               STR_FMT(json_get_str(from, S("digest"))));
    print_terms(json_get(m->json, S("terms")));
    print_list("law", json_get(m->json, S("legal_basis")));
    print_list("life events", json_get(m->json, S("life_events")));
    printf("needs node  %.*s\ndigest      %s\n", STR_FMT(m->requires), hex);
    print_signatures(&u->signatures);
    for (size_t i = 0; i < u->archive.files.n; i++)
        printf("%9zu   %.*s\n", u->archive.files.list[i].bytes.n,
               STR_FMT(u->archive.files.list[i].name));
    return CLI_OK;
}

static enum err print_workflow(struct cli *c, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct package_unpacked u;
    struct package *p = NULL;
    struct workflow *common;

    if (c->n_words == 2) {
        TRY(workflow_load(c->arena, NULL, &common, f));
        workflow_diagram(common, &b);
    } else {
        TRY(read_package(c, c->words[2], &u, f));
        enum err e = package_load(c->arena, &u.archive.files, &p, f);
        if (e == OK)
            workflow_diagram(p->workflow, &b);
        package_free(p);
        TRY(e);
    }
    printf("%.*s", STR_FMT(buf_str(&b)));
    return OK;
}

int cli_service_workflow(struct cli *c)
{
    struct fault f = {0};

    if (c->n_words > 3)
        return say_usage("workflow [FILE-OR-FOLDER]");
    return print_workflow(c, &f) == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}

/* With a file or folder it is a package; else it is the action of the node. */
int cli_service_show(struct cli *c)
{
    struct package_unpacked u;
    struct fault f = {0};

    if (c->n_words == 2)
        return cli_call(c);
    if (c->n_words != 3)
        return say_usage("show FILE-OR-FOLDER [--json]");
    if (read_package(c, c->words[2], &u, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return c->json ? print_json(&u) : print_text(c, &u);
}

int cli_service_verify(struct cli *c)
{
    const char *trust_path = cli_option(c, "trust");
    struct package_unpacked u;
    struct package_trust trust;
    struct fault f = {0}, inner = {0};
    str bytes;

    if (c->n_words != 3 || !trust_path)
        return say_usage("verify FILE --trust KEYS [--json]");
    enum err e = read_trust(c, trust_path, &trust, &f);
    if (e == OK)
        e = fs_read(c->arena, c->words[2], PACKAGE_ARCHIVE_BYTES, &bytes, &f);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    e = package_unpack(c->arena, bytes, &trust, &u, &inner);
    if (in_file(c->words[2], e, &inner, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    if (package_version_cmp(u.manifest.requires, S(SIFARA_VERSION)) > 0)
        fprintf(stderr, "sifara: it needs version %.*s of the node; this one is %s\n",
                STR_FMT(u.manifest.requires), SIFARA_VERSION);
    if (c->json)
        return print_json(&u);
    printf("%.*s %.*s is as %.*s signed it.\n", STR_FMT(u.manifest.name),
           STR_FMT(u.manifest.version), STR_FMT(u.manifest.giver));
    print_signatures(&u.signatures);
    return CLI_OK;
}

/* ---- export ------------------------------------------------------------------------------- */

int cli_service_export(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(4 << 20);
    struct package_unpacked u;
    struct fault f = {0};

    if (c->n_words != 3 || !c->cpsv)
        return say_usage("export FILE-OR-FOLDER --cpsv");
    enum err e = read_package(c, c->words[2], &u, &f);
    if (e == OK)
        e = package_cpsv(c->arena, &u.manifest, &u.archive.files, &b, &f);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    printf("%.*s\n", STR_FMT(buf_str(&b)));
    return CLI_OK;
}

/* ---- new ---------------------------------------------------------------------------------- */

/* A service's name as in a manifest, so that what `new` writes can be packed. */
static bool new_name_valid(const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < n; i++)
        if (!(name[i] >= 'a' && name[i] <= 'z') &&
            (i == 0 || (!(name[i] >= '0' && name[i] <= '9') &&
                        !(name[i] == '-' && name[i - 1] != '-' && i + 1 < n))))
            return false;
    return n > 0 && n <= 64;
}

static enum err write_skeleton(struct cli *c, const char *folder, str name, str giver,
                               struct fault *f)
{
    TRY(fs_folder(folder, 0755, f));
    for (size_t i = 0; i < package_skeleton_n; i++) {
        AUTO(buf) struct buf text = BUF(1 << 20);
        str path = str_printf(c->arena, "%s/%.*s", folder, STR_FMT(package_skeleton[i].name));
        package_skeleton_fill(&text, package_skeleton[i].bytes, name, giver);
        if (!path.p || !buf_ok(&text))
            return fault(f, ERR_MEMORY, "no memory for %s", folder);
        const char *at = str_cstr(c->arena, path);
        TRY_PTR(at, f);
        TRY(fs_write(at, buf_str(&text), 0644, f));
    }
    return OK;
}

int cli_service_new(struct cli *c)
{
    const char *giver = cli_option(c, "giver"), *folder = cli_option(c, "out");
    struct fault f = {0};

    if (c->n_words != 3 || !giver || !package_state_valid(str_of(giver)) ||
        !new_name_valid(c->words[2]))
        return say_usage("new NAME --giver CODE [--out FOLDER]   (words of a-z with hyphens; two "
                         "capitals)");
    folder = folder ? folder : c->words[2];
    if (fs_exists(folder)) {
        fault(&f, ERR_CONFLICT, "%.200s is there already", folder);
        return cli_fault(&f, CLI_FAILED);
    }
    if (write_skeleton(c, folder, str_of(c->words[2]), str_of(giver), &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    printf("%s\n", folder);
    return CLI_OK;
}
