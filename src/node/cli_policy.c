/* cli_policy.c - policy commands on files: authorize, validate, format, to-json, from-json, explain
 *
 * Here Cedar means what its specification says: a policy that fails is skipped and listed. The
 * node refuses instead (policy/policy.h).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "node/cli_policy_int.h"
#include "node/node_int.h"

enum { FILE_MAX = 256 << 20, OUTPUT_MAX = 1 << 30, SCRATCH = 1 << 30 };

/* ---- files ---------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct cedar_source *x = a, *y = b;

    return str_cmp(x->name, y->name);
}

/* Adds all files of a folder with that ending, named with the prefix. */
static enum err add_files(struct arena *a, DIR *d, const char *path, const char *prefix, str ending,
                          struct cedar_source *out, size_t *n, struct fault *f)
{
    for (struct dirent *entry; (entry = readdir(d));) {
        char file[4096];
        if (!str_ends(str_of(entry->d_name), ending) || entry->d_name[0] == '.')
            continue;
        if (*n == POLICY_SOURCES)
            return fault(f, ERR_LIMIT, "at most %d files", POLICY_SOURCES);
        snprintf(file, sizeof file, "%s/%s%s", path, prefix, entry->d_name);
        out[*n].name = str_printf(a, "%s%s", prefix, entry->d_name);
        TRY_PTR(out[*n].name.p, f);
        TRY(fs_read(a, file, FILE_MAX, &out[*n].text, f));
        ++*n;
    }
    return OK;
}

static enum err folder_sources(struct arena *a, const char *path, struct cedar_source *out,
                               size_t *out_n, struct fault *f)
{
    char facts[4096];
    DIR *d = opendir(path);
    size_t n = 0;

    if (!d)
        return fault(f, ERR_NOT_FOUND, "no folder %.200s", path);
    enum err e = add_files(a, d, path, "", S(".cedar"), out, &n, f);
    closedir(d);
    TRY(e);
    snprintf(facts, sizeof facts, "%s/facts", path);
    d = opendir(facts);
    if (d) {
        e = add_files(a, d, path, "facts/", S(".json"), out, &n, f);
        closedir(d);
    }
    TRY(e);
    qsort(out, n, sizeof *out, by_name);
    *out_n = n;
    return OK;
}

enum err policy_sources(struct arena *a, const char *path, struct cedar_source *out, size_t *out_n,
                        struct fault *f)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return folder_sources(a, path, out, out_n, f);
    out[0].name = str_of(path);
    TRY(fs_read(a, path, FILE_MAX, &out[0].text, f));
    *out_n = 1;
    return OK;
}

enum err policy_load(struct arena *a, const char *path, struct cedar_set **out, struct fault *f)
{
    struct cedar_source src[POLICY_SOURCES];
    size_t n, texts = 0;

    TRY(policy_sources(a, path, src, &n, f));
    for (size_t i = 0; i < n; i++)
        if (!str_starts(src[i].name, S("facts/")))
            src[texts++] = src[i];
    return cedar_parse(src, texts, NULL, out, f);
}

enum err json_load(struct arena *a, const char *path, struct json **out, struct fault *f)
{
    str text;

    TRY(fs_read(a, path, FILE_MAX, &text, f));
    return json_parse(a, text, &json_limits_wide, out, f);
}

enum err schema_load(struct arena *a, const char *path, struct cedar_schema **out, struct fault *f)
{
    struct cedar_source src = {.name = str_of(path)};
    struct json *j;

    TRY(fs_read(a, path, FILE_MAX, &src.text, f));
    if (!str_starts(str_trim(src.text), S("{")))
        return cedar_schema_parse(&src, NULL, out, f);
    TRY(json_parse(a, src.text, &json_limits_wide, &j, f));
    return cedar_schema_read(j, NULL, out, f);
}

int policy_fault(const char *path, const struct fault *f)
{
    bool named = str_find(str_of(f->detail), str_of(path)) >= 0;

    fprintf(stderr, "sifara: %s%s%s%s%s\n", named ? "" : path, named ? "" : ": ",
            f->detail[0] ? f->detail : err_title(f->code), f->pointer[0] ? " at " : "", f->pointer);
    return CLI_FAILED;
}

bool policy_wants(struct cli *c, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!cli_option(c, names[i])) {
            fprintf(stderr, "sifara: policy %s wants --%s\n", c->words[1], names[i]);
            return false;
        }
    return true;
}

static int say(struct buf *b)
{
    str text = buf_str(b);

    if (!buf_ok(b)) {
        fprintf(stderr, "sifara: the answer is too large\n");
        return CLI_FAILED;
    }
    return fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

/* ---- authorize, explain -----------------------------------------------------------------------
 */

/* What a request is decided upon. */
struct scene {
    struct cedar_set *set;
    struct cedar_schema *schema;
    struct cedar_entities *entities;
    const struct json *requests;
    bool notes; /* policies are called by their @id */
};

static enum err scene_load(struct cli *c, struct scene *s, const char **out_path, struct fault *f)
{
    const char *schema = cli_option(c, "schema"), *ids = cli_option(c, "ids");
    struct json *j;

    if (schema) {
        *out_path = schema;
        TRY(schema_load(c->arena, schema, &s->schema, f));
    }
    *out_path = cli_option(c, "policies");
    TRY(policy_load(c->arena, *out_path, &s->set, f));
    *out_path = cli_option(c, "entities");
    TRY(json_load(c->arena, *out_path, &j, f));
    TRY(cedar_entities_read(c->arena, j, s->schema, &s->entities, f));
    *out_path = cli_option(c, "requests");
    TRY(json_load(c->arena, *out_path, &j, f));
    /* a whole test of the corpus serves as well as its requests, or one alone */
    s->requests = json_get(j, S("requests")) ? json_get(j, S("requests")) : j;
    s->notes = ids && strcmp(ids, "annotation") == 0;
    return OK;
}

static void scene_done(struct scene *s)
{
    cedar_set_free(s->set);
    cedar_schema_free(s->schema);
}

static str called(const struct scene *s, uint32_t policy)
{
    str id = s->notes ? cedar_policy_note(s->set, policy, S("id")) : STR_NONE;

    return id.p ? id : cedar_policy_id(s->set, policy);
}

static void put_answer(struct jw *w, const struct scene *s, const struct cedar_answer *answer)
{
    jw_kv(w, S("decision"), answer->allow ? S("allow") : S("deny"));
    jw_key(w, S("reason"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < answer->n_reasons; i++)
        jw_string(w, called(s, answer->reasons[i]));
    jw_close(w, ']');
    jw_key(w, S("errors"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < answer->n_errors; i++)
        jw_string(w, called(s, answer->errors[i].policy));
    jw_close(w, ']');
}

static void put_near(struct jw *w, const struct scene *s, const struct cedar_near *near)
{
    jw_open(w, '{');
    jw_kv(w, S("policy"), called(s, near->policy));
    jw_key(w, S("failed"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < near->n_failed && i < 8; i++) {
        jw_open(w, '{');
        jw_kv(w, S("condition"), near->failed[i].text);
        jw_kv(w, S("file"), near->failed[i].file);
        jw_kv_int(w, S("line"), near->failed[i].line);
        jw_kv_int(w, S("column"), near->failed[i].column);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    if (near->error.p)
        jw_kv(w, S("error"), near->error);
    jw_close(w, '}');
}

static void put_why(struct jw *w, const struct scene *s, const struct cedar_why *why)
{
    jw_key(w, S("near"));
    jw_open(w, '[');
    for (size_t i = 0; i < why->n_near; i++)
        put_near(w, s, &why->near[i]);
    jw_close(w, ']');
    jw_kv_bool(w, S("curable"), why->curable);
    jw_key(w, S("undertakings"));
    jw_open(w, '[');
    for (size_t i = 0; i < why->n_missing; i++)
        jw_string(w, why->missing[i]);
    jw_close(w, ']');
}

static enum err one_request(const struct scene *s, const struct json *j, bool why, struct buf *out,
                            struct arena *scratch, struct fault *f)
{
    struct cedar_answer answer;
    struct cedar_request q;
    struct cedar_why found;
    struct jw w = JW(out);

    TRY(cedar_request_read(scratch, j, s->schema, &q, f));
    enum err e = cedar_decide(s->set, s->entities, &q, scratch, &answer);
    if (e == OK && why && !answer.allow)
        e = cedar_why_not(s->set, s->entities, &q, S("undertakings"), scratch, &found);
    if (e != OK)
        return fault(f, e, "the decision needs more memory than allowed");
    jw_open(&w, '{');
    put_answer(&w, s, &answer);
    if (why && !answer.allow)
        put_why(&w, s, &found);
    jw_close(&w, '}');
    buf_add_char(out, '\n');
    return OK;
}

static enum err all_requests(const struct scene *s, bool why, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(SCRATCH);
    struct fault inner = {0};

    TRY_PTR(scratch, f);
    if (json_is(s->requests, J_OBJECT))
        return one_request(s, s->requests, why, out, scratch, f);
    if (!json_is(s->requests, J_ARRAY))
        return fault(f, ERR_INVALID, "not a list of requests");
    for (size_t i = 0; i < s->requests->n; i++) {
        arena_reset(scratch);
        enum err e = one_request(s, json_at(s->requests, i), why, out, scratch, &inner);
        if (e != OK) {
            char at[sizeof inner.pointer];
            snprintf(at, sizeof at, "/%zu%.150s", i, inner.pointer);
            return fault_at(f, e, at, "%s", inner.detail);
        }
    }
    return OK;
}

int cli_policy_authorize(struct cli *c)
{
    static const char *const needed[] = {"policies", "entities", "requests"};
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct scene s = {0};
    struct fault f = {0};
    const char *path = "";

    if (!policy_wants(c, needed, ARRAY_LEN(needed)))
        return CLI_USAGE;
    enum err e = scene_load(c, &s, &path, &f);
    if (e == OK)
        e = all_requests(&s, strcmp(c->words[1], "explain") == 0, &out, &f);
    scene_done(&s);
    return e == OK ? say(&out) : policy_fault(path, &f);
}

/* ---- validate ---------------------------------------------------------------------------------
 */

static bool is_error(const struct cedar_finding *l)
{
    return l->kind != CEDAR_FINDING_IMPOSSIBLE;
}

static void put_findings(struct jw *w, str key, const struct cedar_finding *l, size_t n,
                         bool errors)
{
    jw_key(w, key);
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        if (is_error(&l[i]) != errors)
            continue;
        jw_open(w, '{');
        jw_kv(w, S("policy"), l[i].policy);
        jw_kv(w, S("kind"),
              l[i].kind == CEDAR_FINDING_NO_ACTION    ? S("no-applicable-action")
              : l[i].kind == CEDAR_FINDING_IMPOSSIBLE ? S("impossible-policy")
                                                      : S("error"));
        jw_kv(w, S("file"), l[i].place.file);
        jw_kv_int(w, S("line"), l[i].place.line);
        jw_kv_int(w, S("column"), l[i].place.column);
        jw_kv(w, S("message"), l[i].message);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum err validate(struct cli *c, enum cedar_mode mode, struct buf *out, bool *out_valid,
                         const char **path, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    AUTO(arena) struct arena *a = arena_new(SCRATCH);
    struct cedar_finding *l;
    struct jw w = JW(out);
    bool valid = true;
    size_t n;

    TRY_PTR(a, f);
    *path = cli_option(c, "schema");
    TRY(schema_load(c->arena, *path, &schema, f));
    *path = cli_option(c, "policies");
    TRY(policy_load(c->arena, *path, &set, f));
    TRY(cedar_validate(set, schema, mode, a, &l, &n, f));
    for (size_t i = 0; i < n; i++)
        valid &= !is_error(&l[i]);
    jw_open(&w, '{');
    jw_kv_bool(&w, S("valid"), valid);
    put_findings(&w, S("errors"), l, n, true);
    put_findings(&w, S("warnings"), l, n, false);
    jw_close(&w, '}');
    buf_add_char(out, '\n');
    *out_valid = valid;
    return OK;
}

int cli_policy_validate(struct cli *c)
{
    static const char *const needed[] = {"policies", "schema"};
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    const char *mode = cli_option(c, "mode"), *path = "";
    struct fault f = {0};
    bool valid = false;

    if (!policy_wants(c, needed, ARRAY_LEN(needed)))
        return CLI_USAGE;
    if (mode && strcmp(mode, "strict") != 0 && strcmp(mode, "permissive") != 0)
        return fprintf(stderr, "sifara: --mode is strict or permissive\n"), CLI_USAGE;
    bool loose = mode && strcmp(mode, "permissive") == 0;
    if (validate(c, loose ? CEDAR_PERMISSIVE : CEDAR_STRICT, &out, &valid, &path, &f) != OK)
        return policy_fault(path, &f);
    return say(&out) == CLI_OK && valid ? CLI_OK : CLI_FAILED;
}

/* ---- format, to-json, from-json, schema -------------------------------------------------------
 */

static enum err format(struct arena *a, const char *path, struct buf *out, bool *out_same,
                       struct fault *f)
{
    struct cedar_source src = {.name = str_of(path)};

    TRY(fs_read(a, path, FILE_MAX, &src.text, f));
    TRY(cedar_format(out, &src, f));
    *out_same = str_eq(src.text, buf_str(out));
    return OK;
}

int cli_policy_format(struct cli *c)
{
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct fault f = {0};
    bool same;

    if (c->n_words != 3)
        return fprintf(stderr, "sifara: policy format FILE [--check]\n"), CLI_USAGE;
    if (format(c->arena, c->words[2], &out, &same, &f) != OK)
        return policy_fault(c->words[2], &f);
    if (!c->check)
        return say(&out);
    if (!same)
        fprintf(stderr, "sifara: %s is not formatted\n", c->words[2]);
    return same ? CLI_OK : CLI_FAILED;
}

static enum err to_json(struct arena *a, const char *path, struct buf *out, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct jw w = JW(out);

    TRY(policy_load(a, path, &set, f));
    TRY(cedar_set_write(&w, set, f));
    buf_add_char(out, '\n');
    return OK;
}

static enum err from_json(struct arena *a, const char *path, struct buf *out, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(buf) struct buf text = BUF(OUTPUT_MAX);
    struct cedar_source src = {S("policy"), {0}};
    struct json *j;

    TRY(json_load(a, path, &j, f));
    TRY(cedar_set_read(j, NULL, &set, f));
    if (json_at(json_get(j, S("templateLinks")), 0))
        return fault_at(f, ERR_INVALID, "/templateLinks", "a link to a template has no text form");
    for (size_t i = 0; i < cedar_template_count(set); i++)
        cedar_template_print(&text, set, i);
    for (size_t i = 0; i < cedar_set_count(set); i++)
        cedar_policy_print(&text, set, i);
    src.text = buf_str(&text);
    return buf_ok(&text) ? cedar_format(out, &src, f) : fault(f, ERR_MEMORY_LIMIT, "too large");
}

int cli_policy_json(struct cli *c)
{
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct fault f = {0};
    bool to = strcmp(c->words[1], "to-json") == 0;

    if (c->n_words != 3)
        return fprintf(stderr, "sifara: policy %s FILE\n", c->words[1]), CLI_USAGE;
    if ((to ? to_json : from_json)(c->arena, c->words[2], &out, &f) != OK)
        return policy_fault(c->words[2], &f);
    return say(&out);
}

int cli_policy_schema(struct cli *c)
{
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct fault f = {0};

    (void)c;
    return cedar_schema_of_actions(&out, &f) == OK ? say(&out) : cli_fault(&f, CLI_FAILED);
}
