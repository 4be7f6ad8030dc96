/*~ main.c - where the tour of the program begins
 *
 * A command is a noun and a verb. The few that work on a data folder or a file by themselves are
 * in the table below; every other one is an action of the node (tables.c) and goes over HTTP, so
 * that the command line can do what the API can do, through the same gate.
 *
 * From here: supervisor.c (processes) → house.c (what a node is made of) → edge.c (a request) →
 * act/gate.c (the one gate).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/log.h"
#include "node/cli.h"
#include "node/node_int.h"
#include "node/version.h"

static const struct command {
    const char *noun, *verb;
    int (*run)(struct cli *);
    const char *usage, *sentence;
} commands[] = {
    {"init", NULL, cli_init,
     "--data DIR --state NAME --alpha2 XU --alpha3 UTO --policy DIR"
     " --services DIR --words DIR --officer 'EMAIL,NAME,role+role' (twice)"
     " [--training]",
     "Make the data folder of a new state"},
    {"serve", NULL, cli_serve, "--data DIR", "Run the node"},
    {"status", NULL, cli_status, "[--node URL]", "Is the node alive and ready?"},
    {"doctor", NULL, cli_doctor, "--data DIR", "Check database, ledger and keys"},
    {"backup", NULL, cli_backup, "--data DIR --to DIR", "Copy the data while the node runs"},
    {"restore", NULL, cli_restore, "--from DIR --keys DIR --data DIR",
     "Make a data folder from a backup; opens a new epoch of the journal"},
    {"demo", NULL, cli_demo, "--data DIR --from DIR [--cases N] [--seed N] [--training]",
     "Make the demo state with its history"},
    {"policy", "authorize", cli_policy_authorize,
     "--policies P --entities E.json --requests R.json [--schema S] [--ids annotation]",
     "Decide requests, a JSON line each"},
    {"policy", "explain", cli_policy_authorize,
     "--policies P --entities E.json --requests R.json [--schema S] [--ids annotation]",
     "Decide requests, and say what refused ones lack"},
    {"policy", "validate", cli_policy_validate,
     "--policies P --schema S [--mode strict|permissive]", "Check policies against a schema"},
    {"policy", "corpus", cli_policy_corpus, "DIR-OR-TARBALL...",
     "Run tests in the layout of the Cedar corpus"},
    {"policy", "format", cli_policy_format, "FILE [--check]", "Lay a policy text out anew"},
    {"policy", "to-json", cli_policy_json, "FILE", "Policies as JSON"},
    {"policy", "from-json", cli_policy_json, "FILE", "Policies of JSON as text"},
    {"policy", "schema", cli_policy_schema, "", "The schema that policies of the house follow"},
    {"policy", "from-matrix", cli_policy_from_matrix, "FILE.csv|FILE.json [--template T.cedar]",
     "Policies from a table, or from a table of links to templates"},
    {"policy", "to-matrix", cli_policy_to_matrix, "POLICIES [--format csv|json]",
     "Policies as a table, where they have that shape"},
    {"policy", "read", cli_policy_read, "--policies P [--language ar|en|fr] [--words DIR] [--json]",
     "Say policies in the words of people"},
    {"policy", "who", cli_policy_who,
     "ACTION [TYPE | 'TYPE::\"id\"' | '{\"attribute\":...}'] --policies DIR [--home CODE] [--date "
     "DAY]"
     " [--role ROLE] [--all] [--language en|ar|fr] [--json]",
     "Who may do it, or be given it"},
    {"policy", "what", cli_policy_who,
     "STATE --policies DIR [--home CODE] [--date DAY] [--all] [--language en|ar|fr] [--json]",
     "All that is possible towards a state"},
    {"policy", "lapse", cli_policy_lapse,
     "DAY --policies DIR [--home CODE] [--date TODAY] [--all] [--language en|ar|fr] [--json]",
     "What ends and begins with agreements until a day"},
    {"policy", "diff", cli_policy_diff,
     "OLD NEW [--data DIR [--since DAY]] [--home CODE] [--date DAY] [--language en|ar|fr] [--json]",
     "Who gains and loses what between two policies"},
    {"policy", "aims", cli_policy_aims, "[--language ar|en|fr] [--json]",
     "How far the aims have come, and what is left to give"},
    {"policy", "replay", cli_policy_replay, "--data DIR [--from N] [--to N] [--json]",
     "Decide again what the journal says was decided"},
    {"rules", "eval", cli_rules_eval, "--rule FILE [--data FILE]",
     "What a JSONLogic rule gives for some data"},
    {"service", "new", cli_service_new, "NAME --giver CODE [--out FOLDER]",
     "A folder with a small service that works, to begin with"},
    {"service", "key", cli_service_key, "--new FILE --name DOMAIN --state CODE",
     "A key that signs packages; prints the line by which others know it"},
    {"service", "pack", cli_service_pack, "FOLDER --key KEY [--out FILE] [--json]",
     "One signed file of a service, the same bytes on any machine"},
    {"service", "show", cli_service_show, "FILE-OR-FOLDER [--json]", "What a package says it is"},
    {"service", "verify", cli_service_verify, "FILE --trust KEYS [--json]",
     "Check a package, offline"},
    {"service", "countersign", cli_service_countersign,
     "FILE --key KEY --trust KEYS [--out FILE] [--json]", "Sign a package of another state too"},
    {"service", "export", cli_service_export, "FILE-OR-FOLDER --cpsv",
     "A service as CPSV-AP 3.2 describes one, in JSON-LD"},
    {"service", "overlay", cli_service_overlay, "BASE OVERLAY --out FOLDER",
     "Lay a receiver's own law, fees and words over a service of another state"},
    {"service", "merge", cli_service_merge, "OLD OVERLAY NEW [--json]",
     "Where a giver's next version and a receiver's layer touch the same thing"},
    {"service", "check", cli_service_check, "FOLDER [--json] [--write-digests]",
     "All that is wrong with a service's folder, each with its place and a remedy"},
    {"service", "try", cli_service_try,
     "FOLDER --answers FILE [--today DAY] [--language ar|en|fr] [--words DIR]",
     "What a service asks and says, for some answers"},
    {"service", "workflow", cli_service_workflow, "[FILE-OR-FOLDER]",
     "The life of a case as a diagram and a table; of no service, the common one"},
    {"service", "diff", cli_service_diff, "OLD NEW [--language ar|en|fr] [--words DIR]",
     "What a new version of a service changes for a person"},
    {"service", "install", cli_service_install, "FILE [--overlay FOLDER] [--json]",
     "Bring a package into the node; a known key must have signed it"},
    {"service", "lay", cli_service_lay, "WHICH --overlay FOLDER [--json]",
     "Lay our own law, fees and words over a package that was received"},
    {"service", "accept", cli_service_accept, "WHICH [--record FILE] [--json]",
     "Replay the golden cases of a package; it is accepted if all come out as expected"},
    {"service", "activate", cli_service_activate, "WHICH --key OFFICER-KEY [--json]",
     "Propose that new cases begin with a package, or confirm it as second officer"},
    {"service", "retire", cli_service_retire, "WHICH --key OFFICER-KEY [--json]",
     "Propose that a service is no longer offered, or confirm it as second officer"},
    {"service", "fee", cli_service_fee, "WHICH [--overlay FOLDER] --key OFFICER-KEY [--json]",
     "Propose other fees for a service, or confirm them as second officer"},
    {"service", "cases", cli_service_cases, "export SERVICE --out FILE | import FILE",
     "Take all cases of a service out of the node as one file, or into it"},
    {"service", "installed", cli_service_installed, "", "Packages in the node, with their states"},
    {"partner", "root", cli_partner_root, "--new FILE --name NODE",
     "The root key of a state's node, to be kept offline"},
    {"partner", "keys", cli_partner_keys,
     "--root FILE --url URL --title NAME [--languages ar,en] [--contact TEXT] [--tls CERT]"
     " [--months N]",
     "Have the root key sign the node's next keys and our letter of credence"},
    {"partner", "credence", cli_partner_credence, "[LETTER] [--out FILE] [--pdf FILE]",
     "A letter of credence as people read it; ours, or that of a file"},
    {"partner", "accredit", cli_partner_accredit,
     "LETTER --note FILE --fingerprint TEXT --key OFFICER-KEY",
     "Propose to accredit a state whose note verbale is here, or confirm it as second officer"},
    {"partner", "suspend", cli_partner_standing, "STATE [--reason TEXT] --key OFFICER-KEY",
     "Propose that only receipts and emergencies pass, or confirm it"},
    {"partner", "recall", cli_partner_standing, "STATE [--reason TEXT] --key OFFICER-KEY",
     "Propose that nothing passes, or confirm it"},
    {"partner", "sever", cli_partner_standing, "STATE [--reason TEXT] --key OFFICER-KEY",
     "Propose to break with a state until a new letter, or confirm it"},
    {"partner", "restore", cli_partner_standing, "STATE [--reason TEXT] --key OFFICER-KEY",
     "Propose to accredit a suspended or recalled state again, or confirm it"},
    {"partner", "witness", cli_partner_witness,
     "STATE|all [--of XB,XC --need N | --policy FILE] [--key OFFICER-KEY]",
     "Who witnesses what we send; propose third states, or confirm them as second officer"},
    {"witness", "list", cli_witness_list, "", "Logs of other states that we witness"},
    {"dispatch", "send", cli_dispatch_send,
     "STATE FILE [--promise NAME,NAME] [--sealed] [--type TYPE/SUBTYPE]",
     "Send a file to a partner; sealed: its key follows the receipt"},
    {"dispatch", "fetch", cli_dispatch_fetch, "ID --out FILE", "Get a file that was sent"},
    {"dispatch", "pack", cli_dispatch_pack, "STATE --out FILE [--old N]",
     "What a partner without a line lacks, as a sealed parcel"},
    {"dispatch", "take", cli_dispatch_take, "FILE --receipt FILE",
     "Take a partner's parcel; its receipt goes back the same way"},
    {"dispatch", "receipt", cli_dispatch_receipt, "STATE FILE",
     "A receipt that a partner sent back as a file"},
    {"evidence", "export", cli_evidence_export, "ID --out FILE [--payload FILE]",
     "The proof of a dispatch, for others"},
    {"evidence", "check", cli_evidence_check,
     "FILE --trust LETTER,LETTER,... [--payload FILE] [--policy FILE]",
     "Check a proof with letters of credence, offline; enough witnesses as a policy asks"},
    {"seal", "verify", cli_seal, "FILE --trust FILE [--revocations FILE]",
     "Check the seal of a PDF or a photograph, offline"},
    {"seal", "decode", cli_seal, "--hex H | FILE [--out FILE]",
     "Show what a seal says; its bytes into a file"},
    {"appointment", "check-draw", cli_check_draw, "FILE [--key FILE]",
     "Do the draw of a round again, from what was published, offline"},
    {"ledger", "check-proof", cli_check_proof, "FILE --key FILE",
     "Check a proof of a step, offline"},
    {"ledger", "check-heads", cli_check_heads, "OLD NEW --proof FILE --key FILE",
     "Check that a later head extends an earlier one, offline"},
    {"routes", NULL, cli_routes, "", "All addresses of the API"},
    {"config", "explain", cli_config, "", "All settings"},
    {"completion", NULL, cli_completion, "", "Completion for bash"},
};

const char *cli_option(const struct cli *c, const char *name)
{
    for (int i = c->n_options - 1; i >= 0; i--)
        if (strcmp(c->names[i], name) == 0)
            return c->values[i];
    return NULL;
}

const char *cli_pair(const struct cli *c, const char *key)
{
    for (int i = 0; i < c->n_pairs; i++)
        if (strcmp(c->keys[i], key) == 0)
            return c->pairs[i];
    return NULL;
}

const char *cli_data(const struct cli *c)
{
    const char *given = cli_option(c, "data"), *env = getenv("SIFARA_DATA");

    return given ? given : env ? env : "data";
}

const char *cli_node_url(const struct cli *c)
{
    const char *given = cli_option(c, "node"), *env = getenv("SIFARA_NODE");

    return given ? given : env ? env : "http://127.0.0.1:8080";
}

int cli_fault(const struct fault *f, int code)
{
    fprintf(stderr, "sifara: %s%s%s%s%s\n", err_title(f->code), f->detail[0] ? ": " : "", f->detail,
            f->pointer[0] ? " at " : "", f->pointer);
    return code;
}

static bool is_pair(const char *word)
{
    const char *eq = strchr(word, '=');

    return eq && eq != word && word[0] != '/' && word[0] != '.';
}

static bool take_pair(struct cli *c, const char *word)
{
    const char *eq = strchr(word, '=');
    bool raw = eq[-1] == ':';
    char *key = str_cstr(c->arena, str_bytes(word, (size_t)(eq - word) - raw));

    if (!key || c->n_pairs == CLI_ARGS)
        return false;
    c->raw[c->n_pairs] = raw;
    c->keys[c->n_pairs] = key;
    c->pairs[c->n_pairs++] = eq + 1;
    return true;
}

static bool take_option(struct cli *c, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2;

    if (strcmp(name, "json") == 0)
        return c->json = true;
    if (strcmp(name, "check") == 0)
        return c->check = true;
    if (strcmp(name, "all") == 0)
        return c->all = true;
    if (strcmp(name, "cpsv") == 0)
        return c->cpsv = true;
    if (strcmp(name, "write-digests") == 0)
        return c->write_digests = true;
    if (strcmp(name, "sealed") == 0)
        return c->sealed = true;
    if (strcmp(name, "training") == 0)
        return c->training = true;
    if (strcmp(name, "help") == 0)
        return c->help = true;
    if (*i + 1 == argc || c->n_options == CLI_ARGS) {
        fprintf(stderr, "sifara: --%s wants a value\n", name);
        return false;
    }
    c->names[c->n_options] = name;
    c->values[c->n_options++] = argv[++*i];
    return true;
}

static bool parse(struct cli *c, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool ok = true;
        if (strncmp(argv[i], "--", 2) == 0)
            ok = take_option(c, argc, argv, &i);
        else if (strcmp(argv[i], "-h") == 0)
            c->help = true;
        else if (is_pair(argv[i]))
            ok = take_pair(c, argv[i]);
        else if (c->n_words < CLI_ARGS)
            c->words[c->n_words++] = argv[i];
        if (!ok)
            return false;
    }
    return true;
}

static const struct command *command_of(const struct cli *c)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        const struct command *k = &commands[i];
        if (strcmp(k->noun, c->words[0]) == 0 &&
            (!k->verb || (c->n_words > 1 && strcmp(k->verb, c->words[1]) == 0)))
            return k;
    }
    return NULL;
}

static void help_action(const struct action *a)
{
    str name = str_of(a->name), noun;

    str_split(&name, '.', &noun);
    printf("  %-12.*s %-20.*s %s\n", STR_FMT(noun), STR_FMT(name), a->summary);
}

static int usage(const char *noun)
{
    printf("sifara %s: the digital embassy of a state\n\nsifara NOUN [VERB] [key=value ...] "
           "[--option value] [--json]\n\n",
           SIFARA_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (!noun || strcmp(noun, commands[i].noun) == 0)
            printf("  %-12s %-20s %s\n      %s\n", commands[i].noun,
                   commands[i].verb ? commands[i].verb : "", commands[i].sentence,
                   commands[i].usage);
    printf("\nActions of the node (--node URL, --session FILE, --key OFFICER-KEY, --body FILE, "
           "--out FILE):\n");
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        if (a->method != ACTION_INTERNAL && (!noun || str_starts(str_of(a->name), str_of(noun))))
            help_action(a);
    }
    return CLI_OK;
}

int cli_completion(struct cli *c)
{
    (void)c;
    printf("complete -W \"");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        printf("%s %s ", commands[i].noun, commands[i].verb ? commands[i].verb : "");
    for (size_t i = 0; action_at(i); i++) {
        str name = str_of(action_at(i)->name), noun;
        str_split(&name, '.', &noun);
        printf("%.*s %.*s ", STR_FMT(noun), STR_FMT(name));
    }
    printf("\" sifara\n");
    return CLI_OK;
}

int main(int argc, char **argv)
{
    AUTO(arena) struct arena *arena = arena_new(256 << 20);
    struct cli c = {.arena = arena};

    if (getenv("SIFARA_LOG") && strcmp(getenv("SIFARA_LOG"), "debug") == 0)
        log_set_level(LOG_DEBUG);
    if (!arena || !parse(&c, argc, argv))
        return CLI_USAGE;
    if (c.n_words == 0)
        return c.help ? usage(NULL) : (usage(NULL), CLI_USAGE);
    if (strcmp(c.words[0], "version") == 0)
        return puts(SIFARA_VERSION) >= 0 ? CLI_OK : CLI_FAILED;
    if (c.help || (c.n_words == 1 && strcmp(c.words[0], "help") == 0))
        return usage(c.help ? c.words[0] : NULL);
    const struct command *k = command_of(&c);
    return k ? k->run(&c) : cli_call(&c);
}
