/* cli.h - the command line: what it shares
 *
 * Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the node cannot be reached,
 * 4 a proof, seal or file does not verify.
 */
#ifndef SIFARA_NODE_CLI_H
#define SIFARA_NODE_CLI_H

#include "base/json.h"
#include "crypto/crypto.h"
#include "crypto/id.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_AWAY = 3, CLI_UNTRUSTED = 4, CLI_ARGS = 64 };

/* A command's words, taken apart: options before "=" pairs or after, as they come. */
struct cli {
    struct arena *arena;
    const char *words[CLI_ARGS]; /* neither options nor pairs */
    int n_words;
    const char *names[CLI_ARGS], *values[CLI_ARGS]; /* --name value */
    int n_options;
    const char *keys[CLI_ARGS], *pairs[CLI_ARGS]; /* key=value, or key:=json */
    bool raw[CLI_ARGS];
    int n_pairs;
    bool json, help, check, all, cpsv, write_digests, sealed, training;
};

/* NULL if absent; the last one counts. */
const char *cli_option(const struct cli *, const char *name);
/* The option, or what the environment or the default says. */
const char *cli_data(const struct cli *);
const char *cli_node_url(const struct cli *);
const char *cli_pair(const struct cli *, const char *key);
/* Says what went wrong on standard error; returns the exit code. */
int cli_fault(const struct fault *, int code);

/* An officer's key file. */
struct officer_file {
    struct id id;
    struct ed25519_secret secret;
};
NODISCARD enum err officer_file_read(struct arena *, const char *path, struct officer_file *out,
                                     struct fault *);
NODISCARD enum err officer_file_write(const char *path, const struct officer_file *,
                                      struct fault *);

/* Signs a text with the key of that file, as the member "signature". */
NODISCARD enum err officer_file_sign(struct arena *, const char *path, str text, struct jw *,
                                     struct fault *);

int cli_init(struct cli *);
int cli_serve(struct cli *);
int cli_status(struct cli *);
int cli_doctor(struct cli *);
/* A progress line on a terminal, for what takes longer than two seconds; total 0: how many so far.
 */
void cli_progress(const char *what, uint64_t done, uint64_t total);
int cli_backup(struct cli *);
int cli_restore(struct cli *);
int cli_seal(struct cli *);
int cli_check_draw(struct cli *);
int cli_check_proof(struct cli *);
int cli_check_heads(struct cli *);
int cli_policy_authorize(struct cli *);
int cli_policy_validate(struct cli *);
int cli_policy_corpus(struct cli *);
int cli_policy_format(struct cli *);
int cli_policy_json(struct cli *);
int cli_policy_from_matrix(struct cli *);
int cli_policy_to_matrix(struct cli *);
int cli_policy_read(struct cli *);
int cli_policy_replay(struct cli *);
int cli_policy_who(struct cli *); /* and what */
int cli_policy_lapse(struct cli *);
int cli_policy_diff(struct cli *);
int cli_policy_schema(struct cli *);
int cli_routes(struct cli *);
int cli_rules_eval(struct cli *);
int cli_service_cases(struct cli *);
int cli_service_key(struct cli *);
int cli_service_new(struct cli *);
int cli_service_pack(struct cli *);
int cli_service_show(struct cli *);
int cli_service_verify(struct cli *);
int cli_service_countersign(struct cli *);
int cli_service_export(struct cli *);
int cli_service_overlay(struct cli *);
int cli_service_merge(struct cli *);
int cli_service_check(struct cli *);
int cli_service_diff(struct cli *);
int cli_service_try(struct cli *);
int cli_service_workflow(struct cli *);
int cli_service_install(struct cli *);
int cli_service_lay(struct cli *);
int cli_service_accept(struct cli *);
int cli_service_activate(struct cli *);
int cli_service_retire(struct cli *);
int cli_service_fee(struct cli *);
int cli_service_installed(struct cli *);
int cli_partner_root(struct cli *);
int cli_partner_keys(struct cli *);
int cli_partner_credence(struct cli *);
int cli_partner_accredit(struct cli *);
int cli_partner_standing(struct cli *);
int cli_partner_witness(struct cli *);
int cli_witness_list(struct cli *);
int cli_dispatch_send(struct cli *);
int cli_dispatch_fetch(struct cli *);
int cli_dispatch_pack(struct cli *);
int cli_dispatch_take(struct cli *);
int cli_dispatch_receipt(struct cli *);
int cli_evidence_export(struct cli *);
int cli_evidence_check(struct cli *);
int cli_config(struct cli *);
int cli_completion(struct cli *);
int cli_demo(struct cli *);
int cli_policy_aims(struct cli *);
/* Writes into golden.json of the folder which documents its cases are issued, by their digests. */
NODISCARD enum err cli_service_digests(struct arena *, const char *folder, struct fault *);
struct catalogue; /* mail/mail.h */
/* The words of commands, from --words, the data folder of --data, or beside the program. */
NODISCARD enum err cli_words(struct cli *, struct catalogue **out, struct fault *);
/* What the node answers to a GET, in the name of whoever signed in; else the exit code, with a word
 * on standard error. */
int cli_fetch(struct cli *, const char *path, struct buf *out);
/* The same of a POST. */
int cli_post(struct cli *, const char *path, str body, const char *type, struct buf *out);
/* A GET (body STR_NONE) or a POST whose answer is JSON, in the arena of the command. */
int cli_ask(struct cli *, const char *path, str body, const char *type, struct json **out);
/* A POST, silent: any answer is the caller's, with its status. CLI_AWAY when there is none. */
int cli_send(struct cli *, const char *path, str body, const char *type, struct buf *out,
             long *status);
/* Any action of the node, over HTTP. */
int cli_call(struct cli *);

#endif
