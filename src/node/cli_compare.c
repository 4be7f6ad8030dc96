/* cli_compare.c - policy who, what, lapse, diff: what a policy means, on files, without a node
 *
 *   who ACTION [RESOURCE]   who may do it, or may be given it
 *   what STATE              all that is possible towards that state
 *   lapse DATE              what is otherwise on that day, because agreements end or begin
 *   diff OLD NEW            who gains and who loses what
 *
 * policy/compare.h enumerates; here are folders, dates and words in three languages.
 */
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/fs.h"
#include "node/cli_policy_int.h"
#include "node/telling.h"
#include "node/node_int.h"
#include "registry/registry.h"

enum { OUTPUT_MAX = 256 << 20 };

/* ---- what is asked ------------------------------------------------------------------------- */

/* A set that governs or governed, by its digest, from the data folder. */
static enum err recall(struct telling *t, str digest, struct policy **out, struct fault *f)
{
    AUTO(db) struct db *db = NULL;
    char path[4096];

    snprintf(path, sizeof path, "%s/store/sifara.db", cli_data(t->c));
    TRY(db_open_reader(path, &db, f));
    return policy_recall(db, digest, out, f);
}

static enum err load_policy(struct telling *t, const char *name, str schema, struct policy **out,
                            struct fault *f)
{
    struct cedar_source src[POLICY_SOURCES];
    struct hash digest;
    size_t n;

    if (cli_option(t->c, "data") && hex_decode(str_of(name), digest.b, sizeof digest.b))
        return recall(t, str_of(name), out, f);
    TRY(policy_sources(t->c->arena, name, src, &n, f));
    return policy_new(src, n, schema, out, f);
}

static enum err load_schema(struct telling *t, str *out_text, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    struct cedar_source src = {.name = S("schema.cedarschema")};

    TRY(cedar_schema_of_actions(&text, f));
    src.text = str_copy(t->c->arena, buf_str(&text));
    TRY_PTR(src.text.p, f);
    TRY(cedar_schema_parse(&src, NULL, &t->schema, f));
    t->ask.schema = t->schema;
    *out_text = src.text;
    return OK;
}

static enum err load_words(struct telling *t, struct fault *f)
{
    const char *language = cli_option(t->c, "language");

    t->language = language ? str_of(language) : S("en");
    if (!str_eq(t->language, S("en")) && !str_eq(t->language, S("ar")) &&
        !str_eq(t->language, S("fr")))
        return fault(f, ERR_INVALID, "--language is en, ar or fr");
    return cli_words(t->c, &t->words, f);
}

/* Our own state: as the option says, else as the facts do. */
static str home_of(const struct telling *t)
{
    const char *given = cli_option(t->c, "home");
    const struct fact_state *home = facts_home(policy_facts(t->new));

    return given ? str_of(given) : home ? home->code : STR_NONE;
}

static enum err day_option(const char *text, int32_t *out, struct fault *f)
{
    *out = day_of_ms(world_now(&world_real));
    if (text && !day_parse(str_of(text), out))
        return fault(f, ERR_INVALID, "a date is written as 2026-03-20");
    return OK;
}

/* 'Type', 'Type::"id"' or '{"attribute": …}'. */
static enum err read_resource(struct telling *t, const char *text, struct fault *f)
{
    str s = str_of(text);
    struct json *j;

    if (str_starts(s, S("{"))) {
        TRY(json_parse(t->arena, s, NULL, &j, f));
        t->ask.fixed = j;
        return OK;
    }
    ptrdiff_t quote = str_find(s, S("::\""));
    if (quote >= 0) {
        if (!str_ends(s, S("\"")) || s.n < (size_t)quote + 4)
            return fault(f, ERR_INVALID, "a resource is written as Mission::\"athens\"");
        t->ask.resource_id = str_sub(s, (size_t)quote + 3, s.n - 1);
        s.n = (size_t)quote;
    }
    t->ask.resource = str_starts(s, S("Sifara::"))
                          ? str_copy(t->arena, s)
                          : str_printf(t->arena, "Sifara::%.*s", STR_FMT(s));
    TRY_PTR(t->ask.resource.p, f);
    return OK;
}

static enum err begin(struct telling *t, const char *old, const char *new, struct fault *f)
{
    str schema;

    TRY(load_words(t, f));
    TRY(load_schema(t, &schema, f));
    if (old)
        TRY(load_policy(t, old, schema, &t->old, f));
    TRY(load_policy(t, new, schema, &t->new, f));
    t->ask.is.policy = t->new;
    t->ask.home = home_of(t);
    t->ask.role = str_of(cli_option(t->c, "role"));
    t->ask.usual = !old && !t->c->all;
    return day_option(cli_option(t->c, "date"), &t->ask.is.day, f);
}

static void end(struct telling *t)
{
    policy_unref(t->old);
    policy_unref(t->new);
    cedar_schema_free(t->schema);
    catalogue_free(t->words);
    arena_free(t->arena);
    buf_done(&t->out);
}

/* ---- commands ------------------------------------------------------------------------------ */

static enum err tell(struct telling *t, struct fault *f)
{
    TRY(compare_run(&t->ask, t->arena, &t->answer, f));
    if (t->c->json)
        telling_json(t);
    else
        telling_text(t);
    return buf_ok(&t->out) ? OK : fault(f, ERR_LIMIT, "the answer is too large");
}

static bool told(struct telling *t)
{
    str text = buf_str(&t->out);

    return fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0;
}

static struct telling telling_of(struct cli *c)
{
    return (struct telling){.c = c, .arena = arena_new(1 << 30), .out = BUF(OUTPUT_MAX)};
}

static enum err who(struct telling *t, struct fault *f)
{
    TRY(begin(t, NULL, cli_option(t->c, "policies"), f));
    if (strcmp(t->c->words[1], "what") == 0)
        t->ask.state = str_of(t->c->words[2]);
    else if (strcmp(t->c->words[2], "*") != 0)
        t->ask.action = str_of(t->c->words[2]);
    if (t->c->n_words > 3)
        TRY(read_resource(t, t->c->words[3], f));
    return tell(t, f);
}

int cli_policy_who(struct cli *c)
{
    static const char *const needed[] = {"policies"};
    struct telling t = telling_of(c);
    struct fault f = {0};
    bool what = strcmp(c->words[1], "what") == 0;

    if (c->n_words < 3 || c->n_words > (what ? 3 : 4)) {
        fprintf(stderr, "sifara: policy %s --policies DIR\n",
                what ? "what STATE" : "who ACTION [RESOURCE]");
        return end(&t), CLI_USAGE;
    }
    if (!policy_wants(c, needed, ARRAY_LEN(needed)))
        return end(&t), CLI_USAGE;
    enum err e = t.arena ? who(&t, &f) : fault(&f, ERR_MEMORY, "out of memory");
    int code = e == OK && told(&t) ? CLI_OK : CLI_FAILED;
    if (e != OK)
        policy_fault(cli_option(c, "policies"), &f);
    end(&t);
    return code;
}

static enum err lapse(struct telling *t, struct fault *f)
{
    TRY(begin(t, NULL, cli_option(t->c, "policies"), f));
    t->ask.was = t->ask.is;
    TRY(day_option(t->c->words[2], &t->ask.is.day, f));
    if (!t->c->json)
        telling_agreements(t);
    return tell(t, f);
}

int cli_policy_lapse(struct cli *c)
{
    static const char *const needed[] = {"policies"};
    struct telling t = telling_of(c);
    struct fault f = {0};

    if (c->n_words != 3) {
        fprintf(stderr, "sifara: policy lapse DATE --policies DIR [--date TODAY]\n");
        return end(&t), CLI_USAGE;
    }
    if (!policy_wants(c, needed, ARRAY_LEN(needed)))
        return end(&t), CLI_USAGE;
    enum err e = t.arena ? lapse(&t, &f) : fault(&f, ERR_MEMORY, "out of memory");
    int code = e == OK && told(&t) ? CLI_OK : CLI_FAILED;
    if (e != OK)
        policy_fault(cli_option(c, "policies"), &f);
    end(&t);
    return code;
}

/* Over all cases; and, given a data folder, over what was decided since a year ago. */
static enum err diff(struct telling *t, size_t *out_changes, struct fault *f)
{
    const char *since = cli_option(t->c, "since");
    char year[DAY_TEXT];
    size_t more = 0;
    int32_t day;

    TRY(begin(t, t->c->words[2], t->c->words[3], f));
    t->ask.was = (struct compare_view){t->old, t->ask.is.day};
    TRY(day_option(since, &day, f));
    TRY(tell(t, f));
    if (cli_option(t->c, "data")) {
        day_format(since ? day : day - 365, year);
        TRY(telling_journal(t, str_of(year), &more, f));
    }
    *out_changes = t->answer.n_rows + more;
    return OK;
}

/* The exit codes of diff(1): 0 the same, 1 different, 2 trouble. */
int cli_policy_diff(struct cli *c)
{
    struct telling t = telling_of(c);
    struct fault f = {0};
    size_t changes = 0;

    if (c->n_words != 4) {
        fprintf(stderr, "sifara: policy diff OLD NEW [--data DIR [--since DAY]]\n");
        return end(&t), 2;
    }
    enum err e = t.arena ? diff(&t, &changes, &f) : fault(&f, ERR_MEMORY, "out of memory");
    int code = e != OK || !told(&t) ? 2 : changes > 0;
    if (e != OK)
        policy_fault(t.old ? c->words[3] : c->words[2], &f);
    end(&t);
    return code;
}
