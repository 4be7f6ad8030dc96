/* cli_corpus.c - policy corpus: runs tests in the layout of the Cedar test corpus
 *
 * A test is a JSON object with "requests"; "policies", "entities" and "schema" name its files, as
 * seen from some folder above it. Agreement means: the same verdict of strict validation, and for
 * each request the same decision, determining policies and failing policies, as sets.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "node/cli_policy_int.h"

enum { PATH = 4096, FOLDERS_DEEP = 32, TEST_MEMORY = 1 << 30 };

struct tally {
    unsigned long passed, failed;
};

/* ---- one test ---------------------------------------------------------------------------------
 */

/* A file that a test names: looked for from the folder of the test upwards. */
static enum err locate(struct arena *a, const char *test, str name, const char **out,
                       struct fault *f)
{
    str folder = str_of(test);

    if (!name.p)
        return fault(f, ERR_INVALID, "the test names no file for a part of it");
    for (int up = 0; up < FOLDERS_DEEP; up++) {
        size_t n = folder.n;
        while (n > 0 && folder.p[n - 1] != '/')
            n--;
        folder.n = n;
        char *path = str_cstr(a, str_printf(a, "%.*s%.*s", STR_FMT(folder), STR_FMT(name)));
        TRY_PTR(path, f);
        if (fs_exists(path)) {
            *out = path;
            return OK;
        }
        if (n == 0)
            break;
        folder.n--;
    }
    return fault(f, ERR_NOT_FOUND, "no file %.*s", STR_FMT(name));
}

static bool listed(const struct json *ids, str id)
{
    for (size_t i = 0; json_at(ids, i); i++)
        if (str_eq(json_str(json_at(ids, i)), id))
            return true;
    return false;
}

static size_t length(const struct json *list)
{
    return json_is(list, J_ARRAY) ? list->n : 0;
}

static bool agrees(const struct cedar_set *set, const struct cedar_answer *got,
                   const struct json *want)
{
    const struct json *reasons = json_get(want, S("reason")), *errors = json_get(want, S("errors"));
    bool same = got->allow == str_eq_nocase(json_get_str(want, S("decision")), S("allow")) &&
                got->n_reasons == length(reasons) && got->n_errors == length(errors);

    for (uint32_t i = 0; same && i < got->n_reasons; i++)
        same = listed(reasons, cedar_policy_id(set, got->reasons[i]));
    for (uint32_t i = 0; same && i < got->n_errors; i++)
        same = listed(errors, cedar_policy_id(set, got->errors[i].policy));
    return same;
}

struct parts {
    struct cedar_set *set;
    struct cedar_schema *schema;
    struct cedar_entities *entities;
};

static enum err load(struct arena *a, const char *test, const struct json *j, struct parts *p,
                     struct fault *f)
{
    struct json *entities;
    const char *path;

    if (json_get(j, S("schema"))) {
        TRY(locate(a, test, json_get_str(j, S("schema")), &path, f));
        TRY(schema_load(a, path, &p->schema, f));
    }
    TRY(locate(a, test, json_get_str(j, S("policies")), &path, f));
    TRY(policy_load(a, path, &p->set, f));
    TRY(locate(a, test, json_get_str(j, S("entities")), &path, f));
    TRY(json_load(a, path, &entities, f));
    TRY(cedar_entities_read(a, entities, p->schema, &p->entities, f));
    return p->schema ? cedar_validate_entities(p->schema, p->entities, a, f) : OK;
}

static enum err check_verdict(struct arena *a, const struct json *j, const struct parts *p,
                              struct fault *f)
{
    struct cedar_finding *l;
    bool valid = true;
    size_t n;

    if (!p->schema || !json_get(j, S("shouldValidate")))
        return OK;
    TRY(cedar_validate(p->set, p->schema, CEDAR_STRICT, a, &l, &n, f));
    for (size_t i = 0; i < n; i++)
        valid &= l[i].kind == CEDAR_FINDING_IMPOSSIBLE;
    return valid == json_get_bool(j, S("shouldValidate"), false)
               ? OK
               : fault(f, ERR_INVALID, "the policies should %s strict validation",
                       valid ? "fail" : "pass");
}

static enum err check_request(struct arena *a, const struct json *j, const struct parts *p,
                              struct fault *f)
{
    struct cedar_answer answer;
    struct cedar_request q;

    TRY(cedar_request_read(a, j, p->schema, &q, f));
    if (p->schema && json_get_bool(j, S("validateRequest"), true))
        TRY(cedar_validate_request(p->schema, &q, f));
    enum err e = cedar_decide(p->set, p->entities, &q, a, &answer);
    if (e != OK)
        return fault(f, e, "the decision needs more memory than allowed");
    return agrees(p->set, &answer, j)
               ? OK
               : fault(f, ERR_INVALID, "another answer: %s", answer.allow ? "allow" : "deny");
}

static enum err check_test(struct arena *a, const char *path, const struct json *j, struct parts *p,
                           struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(TEST_MEMORY);
    const struct json *requests = json_get(j, S("requests"));

    TRY_PTR(scratch, f);
    TRY(load(a, path, j, p, f));
    TRY(check_verdict(scratch, j, p, f));
    for (size_t i = 0; json_at(requests, i); i++) {
        struct fault why = {0};
        arena_reset(scratch);
        enum err e = check_request(scratch, json_at(requests, i), p, &why);
        if (e != OK)
            return fault(f, e, "request %zu: %.200s", i, why.detail);
    }
    return OK;
}

static void one_file(const char *path, size_t root, struct tally *t)
{
    AUTO(arena) struct arena *a = arena_new(TEST_MEMORY);
    struct parts p = {0};
    struct fault f = {0};
    struct json *j = NULL;

    enum err e = a ? json_load(a, path, &j, &f) : fault(&f, ERR_MEMORY, "out of memory");
    if (e == OK && !json_is(json_get(j, S("requests")), J_ARRAY))
        return; /* entities, a schema or another file of the folder */
    if (e == OK)
        e = check_test(a, path, j, &p, &f);
    if (e == OK)
        t->passed++;
    else {
        t->failed++;
        printf("%s: %s\n", path + root, f.detail);
    }
    cedar_set_free(p.set);
    cedar_schema_free(p.schema);
}

/* ---- folders and archives ---------------------------------------------------------------------
 */

static int named_json(const struct dirent *d)
{
    str name = str_of(d->d_name);

    return d->d_name[0] != '.' && (d->d_type != DT_REG || (str_ends(name, S(".json")) &&
                                                           !str_ends(name, S(".entities.json"))));
}

static void each_file(const char *folder, size_t root, int depth, struct tally *t)
{
    struct dirent **list;
    int n = depth < FOLDERS_DEEP ? scandir(folder, &list, named_json, alphasort) : 0;

    for (int i = 0; i < n; i++) {
        char path[PATH];
        struct stat st;
        int length_of = snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        free(list[i]);
        if (length_of >= (int)sizeof path || lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            each_file(path, root, depth + 1, t);
        else if (S_ISREG(st.st_mode))
            one_file(path, root, t);
    }
    if (n > 0)
        free(list);
}

static int run(const char *const argv[])
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static void archive(const char *path, struct tally *t)
{
    char folder[] = "/tmp/sifara-corpus-XXXXXX";

    if (!mkdtemp(folder)) {
        fprintf(stderr, "sifara: no temporary folder\n");
        t->failed++;
        return;
    }
    if (run((const char *[]){"tar", "-xf", path, "-C", folder, NULL}) == 0)
        each_file(folder, strlen(folder) + 1, 0, t);
    else {
        fprintf(stderr, "sifara: %s cannot be unpacked\n", path);
        t->failed++;
    }
    (void)run((const char *[]){"rm", "-rf", folder, NULL});
}

int cli_policy_corpus(struct cli *c)
{
    struct tally t = {0};

    if (c->n_words < 3)
        return fprintf(stderr, "sifara: policy corpus DIR-OR-TARBALL...\n"), CLI_USAGE;
    for (int i = 2; i < c->n_words; i++) {
        struct stat st;
        const char *path = c->words[i];
        if (stat(path, &st) != 0) {
            fprintf(stderr, "sifara: no %s\n", path);
            t.failed++;
        } else if (S_ISDIR(st.st_mode))
            each_file(path, 0, 0, &t);
        else if (str_ends(str_of(path), S(".json")))
            one_file(path, 0, &t);
        else
            archive(path, &t);
    }
    printf("%lu passed, %lu failed\n", t.passed, t.failed);
    return t.failed == 0 && t.passed > 0 ? CLI_OK : CLI_FAILED;
}
