/* cli_service_digests.c - the documents of golden cases, written into golden.json by their digests
 */
#include <stdio.h>

#include "base/fs.h"
#include "node/cli.h"
#include "service/document_page.h"

enum { DIGESTS_MEMORY = 256 << 20, DIGESTS_TEXT = 4 << 20 };

/* ---- JSON to be read ----------------------------------------------------------------------- */

static void put_indent(struct buf *b, unsigned depth)
{
    buf_add_char(b, '\n');
    for (unsigned i = 0; i < depth; i++)
        buf_add_str(b, S("  "));
}

/* Two blanks a level, a line for each member. */
static void put_tree(struct buf *b, const struct json *j, unsigned depth)
{
    struct jw w = JW(b);
    bool object = j->type == J_OBJECT;

    if ((!object && j->type != J_ARRAY) || j->n == 0) {
        jw_tree(&w, j);
        return;
    }
    buf_add_char(b, object ? '{' : '[');
    for (uint32_t i = 0; i < j->n; i++) {
        if (i)
            buf_add_char(b, ',');
        put_indent(b, depth + 1);
        if (object) {
            w = JW(b);
            jw_string(&w, j->members[i].key);
            buf_add_str(b, S(": "));
        }
        put_tree(b, object ? &j->members[i].value : &j->items[i], depth + 1);
    }
    put_indent(b, depth);
    buf_add_char(b, object ? '}' : ']');
}

/* ---- cases --------------------------------------------------------------------------------- */

/* A case is issued a document when its answers are taken and its conditions are met. */
static bool is_issued(const struct json *expect)
{
    return json_get_bool(expect, S("valid"), false) && json_get_bool(expect, S("eligible"), true);
}

/* The case as it is, expected to have whatever document it has. */
static enum err document_of_case(struct arena *a, const struct package *p,
                                 const struct package_art *art, const struct json *one,
                                 struct json *out, struct fault *f)
{
    struct json asks = *one, expect = {.type = J_OBJECT};
    struct package_replay r;

    asks.members = arena_zalloc(a, one->n + 1, sizeof *asks.members);
    TRY_PTR(asks.members, f);
    memcpy(asks.members, one->members, one->n * sizeof *asks.members);
    TRY_PTR(json_put(a, &expect, S("document"), json_of_bool(true)), f);
    for (uint32_t i = 0; i < asks.n; i++)
        if (str_eq(asks.members[i].key, S("expect")))
            asks.members[i].value = expect;
    TRY(package_replay(p, &asks, art, a, &r, f));
    const struct json *document = json_get(&r.got, S("document"));
    if (json_is(document, J_OBJECT))
        return fault(f, ERR_INVALID, "golden.json: \"%.*s\": %.*s",
                     STR_FMT(json_get_str(one, S("name"))),
                     STR_FMT(json_get_str(document, S("error"))));
    *out = document ? *document : (struct json){.type = J_NULL};
    return OK;
}

static enum err fill_in(struct arena *a, const struct package *p, const struct package_art *art,
                        struct json *golden, unsigned *out_n, struct fault *f)
{
    const struct json *cases = json_get(golden, S("cases"));
    struct json document;

    for (uint32_t i = 0; json_is(cases, J_ARRAY) && i < cases->n; i++) {
        struct json *one = &cases->items[i], *expect = NULL;
        for (uint32_t k = 0; json_is(one, J_OBJECT) && k < one->n; k++)
            if (str_eq(one->members[k].key, S("expect")))
                expect = &one->members[k].value;
        if (!expect || !is_issued(expect))
            continue;
        TRY(document_of_case(a, p, art, one, &document, f));
        TRY_PTR(json_put(a, expect, S("document"), document), f);
        ++*out_n;
    }
    return OK;
}

static enum err write_golden(struct arena *a, const char *folder, const struct json *golden,
                             struct fault *f)
{
    AUTO(buf) struct buf b = BUF(DIGESTS_TEXT);
    str path = str_printf(a, "%s/golden.json", folder);

    TRY_PTR(path.p, f);
    put_tree(&b, golden, 0);
    buf_add_char(&b, '\n');
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "golden.json becomes too large");
    return fs_write(path.p, buf_str(&b), 0644, f);
}

enum err cli_service_digests(struct arena *a, const char *folder, struct fault *f)
{
    struct package_files *files = arena_new_of(a, struct package_files);
    struct package_art art = {document_digest, files};
    const struct package_file *golden;
    struct package *p = NULL;
    struct json *doc;
    unsigned n = 0;

    TRY_PTR(files, f);
    TRY(package_read_folder(a, folder, files, f));
    golden = package_file(files, S("golden.json"));
    if (!golden)
        return fault(f, ERR_NOT_FOUND, "%.200s has no golden.json", folder);
    TRY(json_parse(a, golden->bytes, NULL, &doc, f));
    enum err e = package_load(a, files, &p, f);
    if (e == OK)
        e = fill_in(a, p, &art, doc, &n, f);
    package_free(p);
    TRY(e);
    TRY(write_golden(a, folder, doc, f));
    fprintf(stderr, "%u documents\n", n);
    return OK;
}
