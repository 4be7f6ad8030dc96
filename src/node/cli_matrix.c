/* cli_matrix.c - policy from-matrix and to-matrix: policies as tables and back */
#include <stdio.h>

#include "base/fs.h"
#include "node/cli_policy_int.h"
#include "node/node_int.h"
#include "policy/matrix.h"

enum { TABLE_MAX = 16 << 20, OUTPUT_MAX = 256 << 20 };

static int put(struct buf *b)
{
    str text = buf_str(b);

    if (!buf_ok(b))
        return fprintf(stderr, "sifara: the answer is too large\n"), CLI_FAILED;
    return fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

static enum err house_schema(struct cedar_schema **out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct cedar_source src = {S("schema"), {0}};

    TRY(cedar_schema_of_actions(&b, f));
    src.text = buf_str(&b);
    return cedar_schema_parse(&src, NULL, out, f);
}

/* Each row made one policy, in the same order. */
static enum err check_rows(struct arena *a, const struct table *t, str text, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct cedar_source src = {t->file, text};
    struct cedar_finding *l;
    size_t n;

    TRY(house_schema(&schema, f));
    TRY(cedar_parse(&src, 1, NULL, &set, f));
    TRY(cedar_validate(set, schema, CEDAR_STRICT, a, &l, &n, f));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = cedar_policy_find(set, l[i].policy);
        if (l[i].kind != CEDAR_FINDING_IMPOSSIBLE && at >= 0 && (size_t)at < t->n)
            return fault(f, ERR_INVALID, "%.*s:%s%u: \"%.*s\": %.*s in %.*s", STR_FMT(t->file),
                         t->json ? "/" : "", t->rows[at].line, STR_FMT(t->rows[at].cells[0]),
                         STR_FMT(l[i].message), STR_FMT(l[i].place.text));
    }
    return OK;
}

static enum err from_matrix(struct cli *c, const char *path, struct buf *out, struct fault *f)
{
    const char *template = cli_option(c, "template");
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct table t;
    str text;

    TRY(fs_read(c->arena, path, TABLE_MAX, &text, f));
    TRY(table_read(c->arena, template ? &links_kind : &matrix_kind, str_of(path), text, &t, f));
    if (template) {
        TRY(policy_load(c->arena, template, &set, f));
        TRY(matrix_links(out, &t, set, c->arena, f));
    } else {
        TRY(matrix_policies(out, &t, c->arena, f));
    }
    return check_rows(c->arena, &t, buf_str(out), f);
}

int cli_policy_from_matrix(struct cli *c)
{
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct fault f = {0};

    if (c->n_words != 3)
        return fprintf(stderr, "sifara: policy from-matrix FILE [--template FILE]\n"), CLI_USAGE;
    if (from_matrix(c, c->words[2], &out, &f) != OK)
        return policy_fault(c->words[2], &f);
    return put(&out);
}

/* Policies that are no rows, by name and place. */
static void name_others(const struct cedar_set *set, const uint32_t *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct cedar_place place = cedar_policy_place(set, l[i]);
        str id = cedar_policy_note(set, l[i], S("id"));
        fprintf(stderr, "sifara: %.*s:%u: %.*s has not the shape of a matrix\n",
                STR_FMT(place.file), place.line, STR_FMT(id.n ? id : cedar_policy_id(set, l[i])));
    }
}

static enum err to_matrix(struct cli *c, bool json, struct buf *out, struct fault *f)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct table t;
    uint32_t *others;
    size_t n;

    TRY(policy_load(c->arena, c->words[2], &set, f));
    TRY(matrix_of_set(c->arena, set, &t, &others, &n, f));
    name_others(set, others, n);
    if (json)
        table_write_json(out, &t);
    else
        table_write_csv(out, &t);
    return OK;
}

int cli_policy_to_matrix(struct cli *c)
{
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    const char *format = cli_option(c, "format");
    str kind = str_of(format ? format : c->json ? "json" : "csv");
    struct fault f = {0};

    if (c->n_words != 3 || (!str_eq(kind, S("csv")) && !str_eq(kind, S("json"))))
        return fprintf(stderr, "sifara: policy to-matrix POLICIES [--format csv|json]\n"),
               CLI_USAGE;
    if (to_matrix(c, str_eq(kind, S("json")), &out, &f) != OK)
        return policy_fault(c->words[2], &f);
    return put(&out);
}
