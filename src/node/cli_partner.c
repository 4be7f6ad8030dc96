/* cli_partner.c - letters of credence, accreditation, and the proof of what was sent
 *
 * The root key of the state is a file of its own that stays offline: it is read here, signs a
 * keyset and a letter, and never reaches a node. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/fs.h"
#include "base/world.h"
#include "crypto/certificate.h"
#include "link/evidence.h"
#include "link/quorum_file.h"
#include "link/link.h"
#include "node/cli.h"
#include "node/credence_page.h"
#include "package/manifest.h"
#include "paper/render.h"
#include "registry/accreditation.h"

enum { ANSWER_MAX = 64 << 20, CERTIFICATE_MAX = 256 << 10, MONTHS_DEFAULT = 13, MONTH_DAYS = 30 };

static int usage(const char *text)
{
    fprintf(stderr, "usage: sifara %s\n", text);
    return CLI_USAGE;
}

static str option(struct cli *c, const char *name)
{
    return str_of(cli_option(c, name));
}

/* ---- the root key --------------------------------------------------------------------------- */

/* partner root --new FILE --name NODE */
int cli_partner_root(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(1024);
    const char *path = cli_option(c, "new"), *name = cli_option(c, "name");
    struct package_key key;
    struct fault f = {0};

    if (!path || !name)
        return usage("partner root --new FILE --name NODE");
    if (fs_exists(path))
        return cli_fault((fault(&f, ERR_CONFLICT, "%s exists already", path), &f), CLI_FAILED);
    key.name = str_printf(c->arena, "%s/root", name);
    if (!note_name_valid(key.name))
        return cli_fault((fault(&f, ERR_INVALID, "no name of a node"), &f), CLI_FAILED);
    ed25519_new(&key.secret);
    package_key_format(&b, &key);
    enum err e = fs_write(path, buf_str(&b), 0600, &f);
    secret_wipe(b.p, b.n);
    secret_wipe(&key.secret, sizeof key.secret);
    return e == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}

static void print_fingerprint(const struct note_key *root)
{
    char line[FINGERPRINT_LINES][FINGERPRINT_LINE];
    struct hash h = root_fingerprint(root);

    fingerprint_format(&h, line);
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        printf("%s\n", line[i]);
}

/* ---- our letter ------------------------------------------------------------------------------ */

static bool take_key(const struct json *j, str name, void *out, size_t n)
{
    AUTO(buf) struct buf raw = BUF(64);

    if (!base64_decode(&raw, json_get_str(j, name), BASE64_STD) || raw.n != n)
        return false;
    memcpy(out, raw.p, n);
    return true;
}

static enum err fill_keyset(struct cli *c, const struct json *keys, struct keyset *k,
                            struct fault *f)
{
    int64_t months = MONTHS_DEFAULT;
    str pem;

    k->state = json_get_str(keys, S("state"));
    k->name = json_get_str(keys, S("name"));
    k->serial = (uint64_t)json_get_int(keys, S("serial"), 0);
    k->from = day_of_ms(world_now(&world_real));
    if (option(c, "months").p &&
        (!str_to_int64(option(c, "months"), &months) || months < 1 || months > MONTHS_DEFAULT))
        return fault(f, ERR_INVALID, "--months is 1 to %d", MONTHS_DEFAULT);
    k->until = k->from + (int32_t)months * MONTH_DAYS;
    if (!take_key(keys, S("log"), k->log.b, 32) || !take_key(keys, S("mirror"), k->mirror.b, 32) ||
        !take_key(keys, S("witness"), k->witness.b, 32) ||
        !take_key(keys, S("packages"), k->packages.b, 32) ||
        !take_key(keys, S("seal"), k->seal.b, 32))
        return fault(f, ERR_INVALID, "the node did not say its keys");
    k->has_tls = cli_option(c, "tls") != NULL;
    if (!k->has_tls)
        return OK;
    TRY(fs_read(c->arena, cli_option(c, "tls"), CERTIFICATE_MAX, &pem, f));
    return certificate_key_of_pem(pem, &k->tls)
               ? OK
               : fault(f, ERR_INVALID, "%s is no certificate", cli_option(c, "tls"));
}

static enum err fill_credence(struct cli *c, const struct keyset *k, const struct package_key *root,
                              struct credence *out, struct fault *f)
{
    str languages = option(c, "languages"), contact = option(c, "contact"), one;
    struct ed25519_public p = ed25519_public_of(&root->secret);

    *out = (struct credence){.state = k->state,
                             .name = k->name,
                             .title = option(c, "title"),
                             .url = option(c, "url"),
                             .issued = k->from,
                             .root = note_key_of(root->name, &p)};
    if (!languages.p)
        languages = S("en");
    while (out->n_languages < CREDENCE_LANGUAGES && str_split(&languages, ',', &one))
        out->language[out->n_languages++] = one;
    if (contact.p)
        out->contact[out->n_contacts++] = contact;
    return out->title.n && out->url.n
               ? OK
               : fault(f, ERR_INVALID, "--title and --url say who and where we are");
}

static enum err sign_letter(struct cli *c, const struct json *keys, const struct package_key *root,
                            str *out, struct fault *f)
{
    AUTO(buf)
    struct buf text = BUF(CREDENCE_MAX), keyset = BUF(CREDENCE_MAX), letter = BUF(CREDENCE_MAX),
               file = BUF(4 * CREDENCE_MAX);
    struct credence credence;
    struct keyset k = {0};

    TRY(fill_keyset(c, keys, &k, f));
    TRY(fill_credence(c, &k, root, &credence, f));
    keyset_format(&text, &k);
    note_sign(&keyset, buf_str(&text), root->name, &root->secret);
    buf_clear(&text);
    credence_format(&text, &credence);
    note_sign(&letter, buf_str(&text), root->name, &root->secret);
    credence_file_format(&file, buf_str(&letter), buf_str(&keyset));
    *out = str_copy(c->arena, buf_str(&file));
    TRY_PTR(buf_ok(&file) && out->p, f);
    return OK;
}

/* partner keys --root FILE --url URL --title NAME …: the node's next keys, signed and in force. */
int cli_partner_keys(struct cli *c)
{
    struct package_key root;
    struct json *keys, *adopted;
    struct fault f = {0};
    str text, letter;

    if (!cli_option(c, "root"))
        return usage("partner keys --root FILE --url URL --title NAME [--languages ar,en]"
                     " [--contact TEXT] [--tls CERT] [--months N]");
    int code = cli_ask(c, "/v1/credence/keys", STR_NONE, "application/json", &keys);
    if (code != CLI_OK)
        return code;
    enum err e = fs_read(c->arena, cli_option(c, "root"), 4096, &text, &f);
    if (e == OK)
        e = package_key_parse(text, &root, &f);
    if (e == OK)
        e = sign_letter(c, keys, &root, &letter, &f);
    secret_wipe(&root.secret, sizeof root.secret);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    code = cli_ask(c, "/v1/credence", letter, "application/json", &adopted);
    if (code == CLI_OK)
        printf("keyset %lld is in force\n", (long long)json_get_int(adopted, S("serial"), 0));
    return code;
}

struct letter {
    struct credence credence;
    struct keyset keyset;
    str credence_note, keyset_note;
};

static enum err open_letter(struct cli *c, str text, struct letter *l, struct fault *f)
{
    return credence_file_open(c->arena, text, &l->credence, &l->keyset, &l->credence_note,
                              &l->keyset_note, f);
}

static enum err read_letter(struct cli *c, const char *path, str *text, struct letter *l,
                            struct fault *f)
{
    TRY(fs_read(c->arena, path, CREDENCE_MAX, text, f));
    return open_letter(c, *text, l, f);
}

static void print_letter(const struct letter *l)
{
    char from[DAY_TEXT], until[DAY_TEXT];

    day_format(l->keyset.from, from);
    day_format(l->keyset.until, until);
    printf("%.*s (%.*s)\n%.*s\nkeyset %llu, %s to %s\n", STR_FMT(l->credence.title),
           STR_FMT(l->credence.state), STR_FMT(l->credence.url),
           (unsigned long long)l->keyset.serial, from, until);
    print_fingerprint(&l->credence.root);
}

/* The page that goes with the note verbale: what is compared, in groups and as a code. */
static enum err letter_pdf(struct cli *c, const struct letter *l, const char *path, struct fault *f)
{
    AUTO(buf)
    struct buf pdf = BUF(RENDER_PDF_MAX), code = BUF(1024), languages = BUF(256),
               contact = BUF(2048);
    char line[FINGERPRINT_LINES][FINGERPRINT_LINE], from[DAY_TEXT], until[DAY_TEXT],
        issued[DAY_TEXT];
    struct hash h = root_fingerprint(&l->credence.root);

    fingerprint_format(&h, line);
    day_format(l->keyset.from, from);
    day_format(l->keyset.until, until);
    day_format(l->credence.issued, issued);
    buf_add_str(&code, S("sifara-root/1 "));
    note_key_format(&code, &l->credence.root);
    for (size_t i = 0; i < l->credence.n_languages; i++)
        buf_printf(&languages, "%s%.*s", i ? " · " : "", STR_FMT(l->credence.language[i]));
    for (size_t i = 0; i < l->credence.n_contacts; i++)
        buf_printf(&contact, "%s%.*s", i ? "\n" : "", STR_FMT(l->credence.contact[i]));
    str keys =
        str_printf(c->arena, "%llu: %s – %s", (unsigned long long)l->keyset.serial, from, until);
    const struct render_value values[] = {
        {S("title"), l->credence.title},
        {S("state"), l->credence.state},
        {S("url"), l->credence.url},
        {S("keys"), keys},
        {S("languages"), buf_str(&languages)},
        {S("contact"), contact.n ? buf_str(&contact) : S("–")},
        {S("line1"), str_of(line[0])},
        {S("line2"), str_of(line[1])},
        {S("line3"), str_of(line[2])},
        {S("line4"), str_of(line[3])},
        {S("issued"), str_of(issued)},
    };
    struct render_in in = {.template_svg = credence_page[0].bytes,
                           .values = values,
                           .n = ARRAY_LEN(values),
                           .seal = buf_str(&code),
                           .title = l->credence.title,
                           .created_ms = (int64_t)l->credence.issued * 86400000};
    TRY(render_warm(f));
    TRY(render_pdf(&in, &pdf, f));
    return fs_write(path, buf_str(&pdf), 0644, f);
}

/* partner credence [FILE] [--out FILE] [--pdf FILE]: a letter as people read it; without a file our
 * own. */
int cli_partner_credence(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};
    struct letter l;
    str text;

    if (c->n_words == 3) {
        if (read_letter(c, c->words[2], &text, &l, &f) != OK)
            return cli_fault(&f, CLI_UNTRUSTED);
    } else {
        int code = cli_fetch(c, "/v1/credence", &b);
        if (code != CLI_OK)
            return code;
        text = str_copy(c->arena, buf_str(&b));
        if (open_letter(c, text, &l, &f) != OK)
            return cli_fault(&f, CLI_UNTRUSTED);
    }
    if (cli_option(c, "out") && fs_write(cli_option(c, "out"), text, 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (cli_option(c, "pdf") && letter_pdf(c, &l, cli_option(c, "pdf"), &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    print_letter(&l);
    return CLI_OK;
}

/* ---- standing -------------------------------------------------------------------------------- */

static int say_standing(struct cli *c, const struct json *j)
{
    str proposed = json_get_str(j, S("proposed"));

    (void)c;
    printf("%.*s: %.*s\n", STR_FMT(json_get_str(j, S("partner"))),
           STR_FMT(json_get_str(j, S("standing"))));
    if (proposed.p)
        printf("proposed: %.*s; another officer confirms it with the same command\n",
               STR_FMT(proposed));
    return CLI_OK;
}

static int post_standing(struct cli *c, const char *state, const char *what, struct buf *body)
{
    const char *path = str_cstr(c->arena, str_printf(c->arena, "/v1/partners/%s/%s", state, what));
    struct json *j;
    int code = cli_ask(c, path, buf_str(body), "application/json", &j);

    return code == CLI_OK ? say_standing(c, j) : code;
}

static int confirm(struct cli *c, const char *state, str statement)
{
    AUTO(buf) struct buf b = BUF(8192);
    struct jw w = JW(&b);
    struct fault f = {0};

    jw_open(&w, '{');
    if (option(c, "fingerprint").p)
        jw_kv(&w, S("fingerprint"), option(c, "fingerprint"));
    if (officer_file_sign(c->arena, cli_option(c, "key"), statement, &w, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    jw_close(&w, '}');
    return post_standing(c, state, "confirm", &b);
}

struct wish {
    const char *standing;
    str letter; /* the file's text, or STR_NONE */
    struct hash fingerprint, note;
};

static int propose(struct cli *c, const char *state, str was, const struct wish *wish)
{
    AUTO(buf) struct buf b = BUF(4 * CREDENCE_MAX);
    struct standing_change change = {.partner = str_of(state),
                                     .was = was,
                                     .to = str_of(wish->standing),
                                     .reason = option(c, "reason"),
                                     .fingerprint = wish->fingerprint,
                                     .note = wish->note};
    struct jw w = JW(&b);
    struct fault f = {0};
    str statement;
    char hex[65];

    if (standing_statement(c->arena, &change, &statement, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    jw_open(&w, '{');
    jw_kv(&w, S("standing"), change.to);
    if (change.reason.p)
        jw_kv(&w, S("reason"), change.reason);
    if (wish->letter.p) {
        hex_encode(wish->note.b, sizeof wish->note.b, hex);
        jw_kv(&w, S("note"), str_of(hex));
        jw_kv(&w, S("fingerprint"), option(c, "fingerprint"));
        jw_key(&w, S("credence"));
        jw_raw(&w, str_trim(wish->letter));
    }
    if (officer_file_sign(c->arena, cli_option(c, "key"), statement, &w, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    jw_close(&w, '}');
    return post_standing(c, state, "standing", &b);
}

/* Proposes, or confirms what another officer proposed to the same end. */
static int change_standing(struct cli *c, const char *state, const struct wish *wish)
{
    const char *path = str_cstr(c->arena, str_printf(c->arena, "/v1/partners/%s", state));
    struct json *j;
    int code = cli_ask(c, path, STR_NONE, "application/json", &j);

    if (code != CLI_OK)
        return code;
    const struct json *node = json_get(j, S("node"));
    str was = json_get_str(node, S("standing"));
    if (str_eq(json_get_str(node, S("proposed")), str_of(wish->standing)) && !cli_option(c, "anew"))
        return confirm(c, state, json_get_str(node, S("statement")));
    return propose(c, state, was.p ? was : S("none"), wish);
}

/* partner accredit LETTER --note FILE --fingerprint TEXT --key KEY */
int cli_partner_accredit(struct cli *c)
{
    struct wish wish = {.standing = "accredited"};
    struct fault f = {0};
    struct letter l;
    str note;

    if (c->n_words != 3 || !cli_option(c, "note") || !cli_option(c, "fingerprint") ||
        !cli_option(c, "key"))
        return usage("partner accredit LETTER --note FILE --fingerprint TEXT --key OFFICER-KEY");
    if (read_letter(c, c->words[2], &wish.letter, &l, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    if (fs_read(c->arena, cli_option(c, "note"), 64 << 20, &note, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    wish.note = sha256(note);
    wish.fingerprint = root_fingerprint(&l.credence.root);
    return change_standing(c, str_cstr(c->arena, l.credence.state), &wish);
}

/* partner suspend|recall|sever|restore STATE --reason TEXT --key KEY */
int cli_partner_standing(struct cli *c)
{
    static const struct {
        const char *verb, *standing;
    } verbs[] = {{"suspend", "suspended"},
                 {"recall", "recalled"},
                 {"sever", "severed"},
                 {"restore", "accredited"}};
    struct wish wish = {0};

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(c->words[1], verbs[i].verb) == 0)
            wish.standing = verbs[i].standing;
    if (c->n_words != 3 || !cli_option(c, "key"))
        return usage("partner suspend|recall|sever|restore STATE [--reason TEXT]"
                     " --key OFFICER-KEY");
    return change_standing(c, c->words[2], &wish);
}

/* ---- files ------------------------------------------------------------------------------------
 */

/* dispatch send STATE FILE [--promise a,b] [--sealed] [--type TYPE/SUBTYPE] */
int cli_dispatch_send(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};
    str bytes;

    if (c->n_words != 4)
        return usage("dispatch send STATE FILE [--promise NAME,NAME] [--sealed]"
                     " [--type TYPE/SUBTYPE]");
    const char *slash = strrchr(c->words[3], '/'), *name = slash ? slash + 1 : c->words[3];
    if (fs_read(c->arena, c->words[3], ANSWER_MAX, &bytes, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    const char *promise = cli_option(c, "promise"), *type = cli_option(c, "type");
    str path = str_printf(c->arena, "/v1/partners/%s/%s?name=%s%s%s%s%s%s", c->words[2],
                          type ? "payloads" : "files", name, type ? "&type=" : "", type ? type : "",
                          promise ? "&promise=" : "", promise ? promise : "",
                          c->sealed ? "&sealed=true" : "");
    int code = cli_post(c, str_cstr(c->arena, path), bytes, "application/octet-stream", &b);
    if (code == CLI_OK)
        printf("%.*s\n", STR_FMT(buf_str(&b)));
    return code;
}

/* dispatch fetch ID --out FILE: the file that came, or was sent. */
int cli_dispatch_fetch(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};

    if (c->n_words != 3 || !cli_option(c, "out"))
        return usage("dispatch fetch ID --out FILE");
    str path = str_printf(c->arena, "/v1/dispatches/%s?part=file", c->words[2]);
    int code = cli_fetch(c, str_cstr(c->arena, path), &b);
    if (code == CLI_OK && fs_write(cli_option(c, "out"), buf_str(&b), 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return code;
}

/* ---- evidence ----------------------------------------------------------------------------------
 */

/* evidence export ID --out FILE [--payload FILE] */
int cli_evidence_export(struct cli *c)
{
    AUTO(buf) struct buf proof = BUF(ANSWER_MAX), payload = BUF(ANSWER_MAX);
    struct fault f = {0};

    if (c->n_words != 3 || !cli_option(c, "out"))
        return usage("evidence export ID --out FILE [--payload FILE]");
    str path = str_printf(c->arena, "/v1/dispatches/%s", c->words[2]);
    int code = cli_fetch(
        c, str_cstr(c->arena, str_printf(c->arena, "%.*s/evidence", STR_FMT(path))), &proof);
    if (code == CLI_OK && fs_write(cli_option(c, "out"), buf_str(&proof), 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (code != CLI_OK || !cli_option(c, "payload"))
        return code;
    path = str_printf(c->arena, "%.*s?part=payload", STR_FMT(path));
    code = cli_fetch(c, str_cstr(c->arena, path), &payload);
    if (code == CLI_OK && fs_write(cli_option(c, "payload"), buf_str(&payload), 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return code;
}

enum { LETTERS_MAX = 16 };

static int tell_finding(const struct evidence *e, const struct letter *letters, size_t n,
                        const struct evidence_finding *found)
{
    char at[32], id[ID_TEXT + 1];

    time_format(e->entry.at, at);
    id_format(&e->entry.correlation, id);
    printf("%.*s by %.*s on %s\n", STR_FMT(e->entry.kind),
           STR_FMT(letters[found->log].credence.title), at);
    printf("correlation %s\n", id);
    printf("entry %llu of %llu in %.*s\n", (unsigned long long)e->proof.index,
           (unsigned long long)found->head.size, STR_FMT(found->head.origin));
    if (found->receipted) {
        time_format(found->at * 1000, at);
        printf("receipt by %.*s on %s\n", STR_FMT(letters[found->mirror].credence.title), at);
    } else {
        printf("no receipt of a known partner\n");
    }
    for (size_t i = 0; i < n; i++)
        if (found->witnessed >> i & 1) {
            time_format(found->seen_at[i] * 1000, at);
            printf("witnessed by %.*s on %s\n", STR_FMT(letters[i].credence.title), at);
        }
    if (found->payload)
        printf("the payload is the one that was sent\n");
    return CLI_OK;
}

/* Whom the letters vouch for; witnesses are by the same places in the lists. */
struct trusted {
    struct letter letters[LETTERS_MAX];
    struct ed25519_public logs[LETTERS_MAX];
    struct note_key mirrors[LETTERS_MAX], witnesses[LETTERS_MAX];
    size_t n;
    struct quorum quorum;
    bool has_quorum;
    str chosen_by; /* whose officers chose the quorum; STR_NONE: whoever checks */
};

/* The checker's own choice, or that of a state, with its officers' signatures. */
static enum err read_quorum(struct cli *c, struct trusted *t, str text, struct fault *f)
{
    struct quorum_file file;

    if (!is_quorum_file(text))
        return quorum_parse(text, &t->quorum, f);
    TRY(quorum_file_read(c->arena, text, &file, f));
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->letters[i].keyset.state, file.state)) {
            TRY(quorum_file_check(c->arena, text, t->letters[i].keyset.name, &t->logs[i],
                                  quorum_officer_check, &file, f));
            t->chosen_by = file.state;
            return quorum_parse(file.policy, &t->quorum, f);
        }
    return fault(f, ERR_UNTRUSTED, "no letter of %.*s is here, whose officers chose the witnesses",
                 STR_FMT(file.state));
}

static enum err read_trusted(struct cli *c, struct trusted *t, struct fault *f)
{
    str rest = option(c, "trust"), one, text;

    for (t->n = 0; t->n < LETTERS_MAX && str_split(&rest, ',', &one); t->n++) {
        struct letter *l = &t->letters[t->n];
        TRY(read_letter(c, str_cstr(c->arena, one), &text, l, f));
        TRY_PTR(keyset_mirror_key(&l->keyset, c->arena, &t->mirrors[t->n]) &&
                    keyset_witness_key(&l->keyset, c->arena, &t->witnesses[t->n]),
                f);
        t->logs[t->n] = l->keyset.log;
    }
    t->has_quorum = cli_option(c, "policy") != NULL;
    if (!t->has_quorum)
        return OK;
    TRY(fs_read(c->arena, cli_option(c, "policy"), QUORUM_FILE, &text, f));
    return read_quorum(c, t, text, f);
}

/* evidence check FILE --trust LETTER,LETTER [--payload FILE] [--policy FILE] */
int cli_evidence_check(struct cli *c)
{
    struct trusted *t = arena_zalloc(c->arena, 1, sizeof *t);
    struct evidence_finding found;
    str text, payload = STR_NONE;
    struct evidence e;
    struct fault f = {0};

    if (c->n_words != 3 || !option(c, "trust").p || !t)
        return usage("evidence check FILE --trust LETTER,LETTER [--payload FILE] [--policy FILE]");
    if (read_trusted(c, t, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    struct evidence_keys keys = {
        t->logs, t->n, t->mirrors, t->n, t->witnesses, t->n, t->has_quorum ? &t->quorum : NULL};
    if (cli_option(c, "payload") &&
        fs_read(c->arena, cli_option(c, "payload"), ANSWER_MAX, &payload, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (fs_read(c->arena, c->words[2], EVIDENCE_BYTES, &text, &f) != OK ||
        evidence_parse(c->arena, text, &e, &f) != OK ||
        evidence_check(&e, &keys, payload, &found, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    if (t->chosen_by.p && !str_eq(t->chosen_by, t->letters[found.log].keyset.state)) {
        (void)!fault(&f, ERR_UNTRUSTED, "another state than the sender chose these witnesses");
        return cli_fault(&f, CLI_UNTRUSTED);
    }
    return tell_finding(&e, t->letters, t->n, &found);
}
