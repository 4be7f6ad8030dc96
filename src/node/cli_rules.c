/* cli_rules.c - the rule language on files: what a rule gives for some data
 *
 * The result goes to standard output as JSON. What the rule throws is an object of JSON too, on
 * standard error, with exit code 1. */
#include <stdio.h>

#include "node/cli.h"
#include "rules/rules.h"

enum { FILE_MAX = 16 << 20, EVAL_MEMORY = 64 << 20 };

static const struct json_limits limits = {.depth = JSON_MAX_DEPTH, .count = 1000000};

/* All of a file, a pipe or, for "-", standard input. */
static enum err read_all(struct arena *a, const char *path, str *out, struct fault *f)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *in = standard ? stdin : fopen(path, "rb");
    AUTO(buf) struct buf b = BUF(FILE_MAX);
    char piece[1 << 14];
    size_t n;

    if (!in)
        return fault(f, ERR_NOT_FOUND, "cannot be opened");
    while (buf_ok(&b) && (n = fread(piece, 1, sizeof piece, in)) > 0)
        buf_add(&b, piece, n);
    bool failed = ferror(in) != 0;
    if (!standard)
        fclose(in);
    if (failed)
        return fault(f, ERR_IO, "cannot be read");
    if (!buf_ok(&b))
        return fault(f, ERR_TOO_LARGE, "larger than %d MiB", FILE_MAX >> 20);
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* The name of the file stands in front of what is wrong with it. */
static enum err read_json(struct cli *c, const char *path, struct json **out, struct fault *f)
{
    struct fault inner = {0};
    str text;

    enum err e = read_all(c->arena, path, &text, &inner);
    if (e == OK)
        e = json_parse(c->arena, text, &limits, out, &inner);
    return e == OK ? OK : fault(f, e, "%s: %s", path, inner.detail);
}

static void print_json(FILE *to, const struct json *j)
{
    AUTO(buf) struct buf b = BUF(EVAL_MEMORY);
    struct jw w = JW(&b);

    jw_tree(&w, j);
    fprintf(to, "%.*s\n", STR_FMT(buf_str(&b)));
}

int cli_rules_eval(struct cli *c)
{
    const char *rule_path = cli_option(c, "rule"), *data_path = cli_option(c, "data");
    AUTO(arena) struct arena *arena = arena_new(EVAL_MEMORY);
    struct json *rule, *data = NULL, result;
    struct rules *rules = NULL;
    struct fault f = {0};

    if (!rule_path || c->n_words != 2 ||
        (data_path && strcmp(rule_path, "-") == 0 && strcmp(data_path, "-") == 0)) {
        fprintf(stderr, "usage: sifara rules eval --rule FILE [--data FILE]   (one of them may be "
                        "-, standard input)\n");
        return CLI_USAGE;
    }
    if (!arena)
        return cli_fault(&(struct fault){.code = ERR_MEMORY}, CLI_FAILED);
    enum err e = read_json(c, rule_path, &rule, &f);
    if (e == OK && data_path)
        e = read_json(c, data_path, &data, &f);
    if (e == OK)
        e = rules_compile(rule, &rules, &f);
    if (e == OK) {
        e = rules_eval(rules, data, arena, NULL, &result, &f);
        if (e == OK || e == ERR_INVALID)
            print_json(e == OK ? stdout : stderr, &result);
        if (e == OK && (fflush(stdout) != 0 || ferror(stdout)))
            e = fault(&f, ERR_IO, "cannot write the result");
    } else if (e == ERR_INVALID) {
        e = ERR_SYNTAX;
    }
    rules_free(rules);
    if (e == OK)
        return CLI_OK;
    return e == ERR_INVALID ? CLI_FAILED : cli_fault(&f, CLI_FAILED);
}
