/* cli_witness.c - who witnesses our logs, and whose logs we witness */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/fs.h"
#include "link/quorum_file.h"
#include "node/cli.h"
#include "registry/credence.h"

enum { POLICY_MAX = 16 << 10 };

static int usage(void)
{
    fprintf(stderr, "usage: sifara partner witness STATE|all [--of XB,XC --need N | --policy FILE]"
                    " [--key OFFICER-KEY] [--out FILE]\n");
    return CLI_USAGE;
}

static const char *path_of(struct cli *c, const char *state, const char *more)
{
    return str_cstr(c->arena, str_printf(c->arena, "/v1/partners/%s%s", state, more));
}

/* ---- the policy -------------------------------------------------------------------------------
 */

/* One line for each of the states, with the key that its letter of credence vouches for. */
static int put_witnesses(struct cli *c, str of, struct buf *text)
{
    struct json *j;
    str one, rest = of;

    while (str_split(&rest, ',', &one)) {
        int code =
            cli_ask(c, path_of(c, str_cstr(c->arena, one), ""), STR_NONE, "application/json", &j);
        if (code != CLI_OK)
            return code;
        str key = json_get_str(json_get(j, S("node")), S("witness"));
        if (!key.p) {
            fprintf(stderr, "%.*s is not accredited here\n", STR_FMT(one));
            return CLI_FAILED;
        }
        buf_printf(text, "witness %.*s %.*s\n", STR_FMT(one), STR_FMT(key));
    }
    return CLI_OK;
}

/* "--of XB,XC --need 1" as a tlog-policy. */
static int make_policy(struct cli *c, struct buf *text)
{
    str of = str_of(cli_option(c, "of")), one, rest = of;
    const char *need = cli_option(c, "need");

    int code = put_witnesses(c, of, text);
    buf_printf(text, "group enough %s", need ? need : "all");
    while (str_split(&rest, ',', &one))
        buf_printf(text, " %.*s", STR_FMT(one));
    buf_add_str(text, S("\nquorum enough\n"));
    return code;
}

static int wanted_policy(struct cli *c, str *out)
{
    AUTO(buf) struct buf text = BUF(POLICY_MAX);
    struct fault f = {0};

    if (cli_option(c, "policy"))
        return fs_read(c->arena, cli_option(c, "policy"), POLICY_MAX, out, &f) == OK
                   ? CLI_OK
                   : cli_fault(&f, CLI_FAILED);
    int code = make_policy(c, &text);
    *out = str_copy(c->arena, buf_str(&text));
    return code;
}

/* ---- two officers ------------------------------------------------------------------------------
 */

static int post(struct cli *c, const char *more, str policy, str statement)
{
    AUTO(buf) struct buf b = BUF(4 * POLICY_MAX);
    struct jw w = JW(&b);
    struct fault f = {0};
    struct json *j;

    jw_open(&w, '{');
    if (policy.p)
        jw_kv(&w, S("policy"), policy);
    if (officer_file_sign(c->arena, cli_option(c, "key"), statement, &w, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    jw_close(&w, '}');
    int code = cli_ask(c, path_of(c, c->words[2], more), buf_str(&b), "application/json", &j);
    if (code == CLI_OK && policy.p)
        printf("proposed; another officer confirms it with the same command\n");
    else if (code == CLI_OK)
        printf("%.*s", STR_FMT(json_get_str(j, S("policy"))));
    return code;
}

/* The key of our log, as our own letter says. */
static int own_keyset(struct cli *c, struct keyset *out)
{
    struct credence letter;
    struct fault f = {0};
    struct json *j;
    str one, two;

    int code = cli_ask(c, "/v1/credence", STR_NONE, "application/json", &j);
    if (code != CLI_OK)
        return code;
    AUTO(buf) struct buf text = BUF(2 * CREDENCE_MAX);
    struct jw w = JW(&text);
    jw_tree(&w, j);
    return credence_file_open(c->arena, buf_str(&text), &letter, out, &one, &two, &f) == OK
               ? CLI_OK
               : cli_fault(&f, CLI_UNTRUSTED);
}

/* Who signed, checked here and not only believed. */
static int show_officers(struct cli *c, str file)
{
    struct quorum_file q;
    struct keyset own;
    struct fault f = {0};
    char id[ID_TEXT + 1];

    int code = own_keyset(c, &own);
    if (code != CLI_OK)
        return code;
    if (quorum_file_check(c->arena, file, own.name, &own.log, quorum_officer_check, &q, &f) != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    for (int i = 0; i < 2; i++) {
        id_format(&q.officer[i].id, id);
        printf("signed by officer %s\n", id);
    }
    return cli_option(c, "out") && fs_write(cli_option(c, "out"), file, 0644, &f) != OK
               ? cli_fault(&f, CLI_FAILED)
               : CLI_OK;
}

static void show(const struct json *j)
{
    const struct json *list = json_get(j, S("witnesses"));
    str policy = json_get_str(j, S("policy")), proposed = json_get_str(j, S("proposed"));

    printf("%.*s", STR_FMT(policy));
    if (proposed.p)
        printf("proposed:\n%.*s", STR_FMT(proposed));
    if (!list)
        return;
    printf("receipted %lld, witnessed %lld\n", (long long)json_get_int(j, S("receipted"), 0),
           (long long)json_get_int(j, S("witnessed"), 0));
    for (size_t i = 0; i < list->n; i++)
        printf("%.*s %lld\n", STR_FMT(json_get_str(json_at(list, i), S("state"))),
               (long long)json_get_int(json_at(list, i), S("size"), 0));
}

/* partner witness STATE|all: shows; with a choice and a key, proposes it, or confirms what another
 * officer proposed to the same end. */
int cli_partner_witness(struct cli *c)
{
    bool choice = cli_option(c, "of") || cli_option(c, "policy");
    struct json *j;
    str policy;

    if (c->n_words != 3 || choice != (cli_option(c, "key") != NULL))
        return usage();
    int code = cli_ask(c, path_of(c, c->words[2], "/witnesses"), STR_NONE, "application/json", &j);
    if (code != CLI_OK)
        return code;
    if (!choice) {
        show(j);
        str file = json_get_str(j, S("file"));
        return file.p ? show_officers(c, file) : CLI_OK;
    }
    code = wanted_policy(c, &policy);
    if (code != CLI_OK)
        return code;
    if (str_eq(json_get_str(j, S("proposed")), policy) && !cli_option(c, "anew"))
        return post(c, "/witnesses/confirm", STR_NONE, json_get_str(j, S("statement")));
    str statement;
    struct fault f = {0};
    if (quorum_statement(c->arena, str_of(c->words[2]), policy, &statement, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return post(c, "/witnesses", policy, statement);
}

/* ---- what we witness ----------------------------------------------------------------------------
 */

/* witness list */
int cli_witness_list(struct cli *c)
{
    struct json *j;
    int code = cli_ask(c, "/v1/witness/logs", STR_NONE, "application/json", &j);
    const struct json *list = code == CLI_OK ? json_get(j, S("logs")) : NULL;

    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *log = json_at(list, i), *two = json_get(log, S("contradiction"));
        printf("%.*s %.*s %lld %.*s%s\n", STR_FMT(json_get_str(log, S("owner"))),
               STR_FMT(json_get_str(log, S("log"))), (long long)json_get_int(log, S("size"), 0),
               STR_FMT(json_get_str(log, S("at"))), two ? " CONTRADICTION" : "");
        if (two)
            printf("%.*s\n%.*s", STR_FMT(json_get_str(two, S("first"))),
                   STR_FMT(json_get_str(two, S("second"))));
    }
    return code;
}
