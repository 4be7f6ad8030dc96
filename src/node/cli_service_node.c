/* cli_service_node.c - packages in a running node: install, accept, activate, retire, fee
 *
 * `activate`, `retire` and `fee` propose with the officer's key, or confirm what another officer
 * has proposed. WHICH is a name, NAME@VERSION or an id; a name means the newest that fits. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/fs.h"
#include "node/cli.h"
#include "package/archive.h"

enum { ANSWER_MAX = 32 << 20 };

/* ---- asking ------------------------------------------------------------------------------- */

static const char *path_of(struct cli *c, str id, const char *what)
{
    return str_cstr(c->arena, str_printf(c->arena, "/v1/packages/%.*s/%s", STR_FMT(id), what));
}

static str text_of(const struct json *row, const char *key)
{
    str s = json_get_str(row, str_of(key));

    return s.p ? s : S("");
}

/* Does the row wait for this verb? */
static bool fits(const struct json *row, const char *verb)
{
    str state = text_of(row, "state"), proposed = text_of(row, "proposed");

    if (strcmp(verb, "accept") == 0 || strcmp(verb, "refuse") == 0)
        return str_eq(state, S("received"));
    if (strcmp(verb, "retire") == 0)
        return str_eq(state, S("active"));
    if (strcmp(verb, "fee") == 0)
        return str_eq(proposed, S("fee"));
    return str_eq(state, S("accepted")) && !str_eq(proposed, S("fee"));
}

/* Rows come newest first. */
static int find(struct cli *c, const char *verb, const struct json **out)
{
    str which = str_of(c->n_words > 2 ? c->words[2] : ""), name = which;
    struct json *list;
    ptrdiff_t at = str_find_char(which, '@');
    str version = at < 0 ? STR_NONE : str_sub(which, (size_t)at + 1, which.n);

    name = at < 0 ? which : str_sub(which, 0, (size_t)at);
    int code = cli_ask(c, "/v1/packages", STR_NONE, NULL, &list);
    if (code != CLI_OK)
        return code;
    list = (struct json *)json_get(list, S("packages"));
    for (size_t i = 0; json_at(list, i); i++) {
        const struct json *row = json_at(list, i);
        bool named = str_eq(text_of(row, "name"), name) &&
                     (version.p ? str_eq(text_of(row, "version"), version) : fits(row, verb));
        if (!named && !str_eq(text_of(row, "id"), which))
            continue;
        *out = row;
        return CLI_OK;
    }
    fprintf(stderr, "sifara: no package %.*s waits for %s (see sifara service installed)\n",
            STR_FMT(which), verb);
    return CLI_FAILED;
}

/* ---- telling ------------------------------------------------------------------------------ */

/* One line, and one for each conflict; the answer itself with --json. */
static int tell(struct cli *c, const struct json *row)
{
    const struct json *conflicts = json_get(row, S("conflicts"));
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct jw w = JW(&b);

    jw_tree(&w, row);
    if (c->json)
        printf("%.*s\n", STR_FMT(buf_str(&b)));
    else
        printf("%.*s %.*s: %.*s (%.*s)\n", STR_FMT(text_of(row, "name")),
               STR_FMT(text_of(row, "version")), STR_FMT(text_of(row, "state")),
               STR_FMT(text_of(row, "id")));
    for (size_t i = 0; !c->json && json_at(conflicts, i); i++)
        printf("%-8.*s %.*s\n", STR_FMT(text_of(json_at(conflicts, i), "what")),
               STR_FMT(text_of(json_at(conflicts, i), "where")));
    return conflicts ? CLI_FAILED : CLI_OK;
}

static int usage(const char *text)
{
    fprintf(stderr, "usage: sifara service %s\n", text);
    return CLI_USAGE;
}

int cli_service_installed(struct cli *c)
{
    struct json *list;
    int code = cli_ask(c, "/v1/packages", STR_NONE, NULL, &list);

    if (code != CLI_OK)
        return code;
    list = (struct json *)json_get(list, S("packages"));
    for (size_t i = 0; json_at(list, i); i++) {
        const struct json *row = json_at(list, i);
        str proposed = text_of(row, "proposed");
        printf("%-30.*s %-10.*s %.*s %-10.*s%s%s%.*s %.*s\n", STR_FMT(text_of(row, "name")),
               STR_FMT(text_of(row, "version")), STR_FMT(text_of(row, "giver")),
               STR_FMT(text_of(row, "state")),
               json_get_bool(row, S("overlay"), false) ? " overlay" : "",
               proposed.n ? " proposed:" : "", STR_FMT(proposed), STR_FMT(text_of(row, "id")));
    }
    return CLI_OK;
}

/* ---- install ------------------------------------------------------------------------------ */

static enum err overlay_body(struct cli *c, const char *folder, str *out, struct fault *f)
{
    struct package_files *files = arena_new_of(c->arena, struct package_files);
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct jw w = JW(&b);

    TRY_PTR(files, f);
    TRY(package_read_folder(c->arena, folder, files, f));
    jw_open(&w, '{');
    jw_key(&w, S("files"));
    jw_open(&w, '[');
    for (size_t i = 0; i < files->n; i++) {
        jw_open(&w, '{');
        jw_kv(&w, S("name"), files->list[i].name);
        jw_kv(&w, S("text"), files->list[i].bytes);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    *out = str_copy(c->arena, buf_str(&b));
    TRY_PTR(buf_ok(&b) && out->p, f);
    return OK;
}

static int lay(struct cli *c, str id, const char *folder, struct json **out)
{
    struct fault f = {0};
    str body;

    if (overlay_body(c, folder, &body, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return cli_ask(c, path_of(c, id, "overlay"), body, "application/json", out);
}

int cli_service_install(struct cli *c)
{
    const char *overlay = cli_option(c, "overlay");
    struct fault f = {0};
    struct json *row;
    str bytes;

    if (c->n_words != 3)
        return usage("install FILE [--overlay FOLDER] [--json]");
    if (fs_read(c->arena, c->words[2], PACKAGE_ARCHIVE_BYTES, &bytes, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    int code = cli_ask(c, "/v1/packages", bytes, "application/octet-stream", &row);
    if (code == CLI_OK && overlay)
        code = lay(c, text_of(row, "id"), overlay, &row);
    return code == CLI_OK ? tell(c, row) : code;
}

/* A layer over what was received already, or beside what is in force. */
int cli_service_lay(struct cli *c)
{
    const char *overlay = cli_option(c, "overlay");
    const struct json *row;
    struct json *laid;

    if (c->n_words != 3 || !overlay)
        return usage("lay WHICH --overlay FOLDER [--json]");
    int code = find(c, "accept", &row);
    if (code == CLI_OK)
        code = lay(c, text_of(row, "id"), overlay, &laid);
    return code == CLI_OK ? tell(c, laid) : code;
}

/* ---- accept, refuse ----------------------------------------------------------------------- */

static int keep_record(struct cli *c, str id)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};

    if (!cli_option(c, "record"))
        return CLI_OK;
    int code = cli_fetch(c, path_of(c, id, "record"), &b);
    if (code == CLI_OK && fs_write(cli_option(c, "record"), buf_str(&b), 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return code;
}

static int accept(struct cli *c, str id, struct json **out)
{
    int code = cli_ask(c, path_of(c, id, "accept"), S(""), "application/json", out);

    return code == CLI_OK ? keep_record(c, id) : code;
}

int cli_service_accept(struct cli *c)
{
    const struct json *row;
    struct json *accepted;

    if (c->n_words != 3)
        return usage("accept WHICH [--record FILE] [--json]");
    int code = find(c, "accept", &row);
    if (code == CLI_OK)
        code = accept(c, text_of(row, "id"), &accepted);
    return code == CLI_OK ? tell(c, accepted) : code;
}

/* ---- by two officers ---------------------------------------------------------------------- */

static enum err signed_body(struct cli *c, str statement, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(512);
    struct officer_file officer;

    TRY(officer_file_read(c->arena, cli_option(c, "key"), &officer, f));
    struct ed25519_signature s = ed25519_sign(&officer.secret, statement);
    secret_wipe(&officer, sizeof officer);
    buf_add_str(&b, S("{\"signature\":\""));
    base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
    buf_add_str(&b, S("\"}"));
    *out = str_copy(c->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* Signs the statement as the node makes it; the officer may read it with `package statement`. */
static int decide(struct cli *c, str id, const char *what, bool confirms, struct json **out)
{
    str action = str_printf(c->arena, "%s%s", what, confirms ? "" : "-propose");
    str query = str_printf(c->arena, "statement?what=%s", what), body;
    struct fault f = {0};
    struct json *j;

    int code = cli_ask(c, path_of(c, id, str_cstr(c->arena, query)), STR_NONE, NULL, &j);
    if (code != CLI_OK)
        return code;
    if (signed_body(c, json_get_str(j, S("statement")), &body, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return cli_ask(c, path_of(c, id, str_cstr(c->arena, action)), body, "application/json", out);
}

static int told(struct cli *c, const struct json *row, bool confirmed)
{
    int code = tell(c, row);

    if (!confirmed && !c->json)
        printf("proposed: another officer confirms it with the same command\n");
    return code;
}

static int by_two(struct cli *c, const char *what)
{
    const struct json *row;
    struct json *done;

    int code = find(c, what, &row);
    if (code != CLI_OK)
        return code;
    bool confirms = str_eq(text_of(row, "proposed"), str_of(what));
    code = decide(c, text_of(row, "id"), what, confirms, &done);
    return code == CLI_OK ? told(c, done, confirms) : code;
}

int cli_service_activate(struct cli *c)
{
    if (c->n_words != 3 || !cli_option(c, "key"))
        return usage("activate WHICH --key OFFICER-KEY [--json]");
    return by_two(c, "activate");
}

int cli_service_retire(struct cli *c)
{
    if (c->n_words != 3 || !cli_option(c, "key"))
        return usage("retire WHICH --key OFFICER-KEY [--json]");
    return by_two(c, "retire");
}

/* With --overlay: the layer that changes fees over what is in force, accepted and proposed. */
int cli_service_fee(struct cli *c)
{
    const char *overlay = cli_option(c, "overlay");
    const struct json *row;
    struct json *next;

    if (c->n_words != 3 || !cli_option(c, "key"))
        return usage("fee WHICH [--overlay FOLDER] --key OFFICER-KEY [--json]");
    if (!overlay)
        return by_two(c, "fee");
    int code = find(c, "retire", &row);
    if (code == CLI_OK)
        code = lay(c, text_of(row, "id"), overlay, &next);
    if (code == CLI_OK)
        code = accept(c, text_of(next, "id"), &next);
    if (code == CLI_OK)
        code = decide(c, text_of(next, "id"), "fee", false, &next);
    return code == CLI_OK ? told(c, next, false) : code;
}
