/* cli_service_digests.c - the documents of golden cases, written into golden.json by their digests
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/fs.h"
#include "node/cli.h"
#include "package/where.h"
#include "service/document_page.h"

enum { DIGESTS_MEMORY = 256 << 20, DIGESTS_TEXT = 4 << 20 };

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

/* Puts the document of case i into the text, which keeps its layout: a value is replaced where it
 * stands, and a new member begins as the first one of its object does. */
static enum err splice(struct arena *a, str *text, uint32_t i, const struct json *document,
                       struct fault *f)
{
    AUTO(buf) struct buf b = BUF(DIGESTS_TEXT);
    struct jw w = JW(&b);
    str expect = str_printf(a, "/cases/%" PRIu32 "/expect", i);
    str pointer = str_printf(a, "/cases/%" PRIu32 "/expect/document", i);
    size_t from, to, first;

    TRY_PTR(expect.p && pointer.p, f);
    bool there = where_value(*text, pointer, &from, &to);
    if (!there && !where_value(*text, expect, &from, &to))
        return fault(f, ERR_INVALID, "golden.json: nothing at %.*s", STR_FMT(expect));
    if (!there)
        to = ++from; /* behind the brace */
    buf_add_str(&b, str_sub(*text, 0, from));
    if (!there) {
        for (first = from; first < text->n && text->p[first] != '"';)
            first++;
        buf_add_str(&b, str_sub(*text, from, first));
        buf_add_str(&b, S("\"document\": "));
    }
    jw_tree(&w, document);
    buf_add_str(&b, there ? S("") : S(","));
    buf_add_str(&b, str_sub(*text, to, text->n));
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "golden.json becomes too large");
    *text = str_copy(a, buf_str(&b));
    TRY_PTR(text->p, f);
    return OK;
}

static enum err fill_in(struct arena *a, const struct package *p, const struct package_art *art,
                        str *text, unsigned *out_n, struct fault *f)
{
    const struct json *cases = json_get(p->golden, S("cases"));
    struct json document;

    for (uint32_t i = 0; json_at(cases, i); i++) {
        const struct json *one = json_at(cases, i);
        if (!is_issued(json_get(one, S("expect"))))
            continue;
        TRY(document_of_case(a, p, art, one, &document, f));
        TRY(splice(a, text, i, &document, f));
        ++*out_n;
    }
    return OK;
}

enum err cli_service_digests(struct arena *a, const char *folder, struct fault *f)
{
    struct package_files *files = arena_new_of(a, struct package_files);
    struct package_art art = {document_digest, files};
    const struct package_file *golden;
    struct package *p = NULL;
    unsigned n = 0;

    TRY_PTR(files, f);
    TRY(package_read_folder(a, folder, files, f));
    golden = package_file(files, S("golden.json"));
    str path = str_printf(a, "%s/golden.json", folder);
    TRY_PTR(path.p, f);
    if (!golden)
        return fault(f, ERR_NOT_FOUND, "%.200s has no golden.json", folder);
    str text = golden->bytes;
    enum err e = package_load(a, files, &p, f);
    if (e == OK)
        e = fill_in(a, p, &art, &text, &n, f);
    package_free(p);
    TRY(e);
    TRY(fs_write(path.p, text, 0644, f));
    fprintf(stderr, "%u documents\n", n);
    return OK;
}
