/* answers.c - do answers of the node hold to what the description of its API says of them?
 *
 *   answers             the description itself (OpenAPI), onto standard output
 *   answers FILE        a line each: the name of an action, a tab, what it answered
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "node/node_int.h"
#include "node/version.h"
#include "schema/schema.h"

enum { DOCUMENT_MAX = 4 << 20, ANSWERS_MAX = 64 << 20, KINDS_MAX = 500 };

/* A schema is compiled when the first answer of its kind comes. */
struct kind {
    str name;
    struct schema *schema; /* NULL where the description says nothing */
    unsigned n;
};

struct checking {
    struct arena *arena;
    const struct json *document;
    struct kind kind[KINDS_MAX];
    size_t n_kinds;
};

static str schema_of(const struct json *document, str action)
{
    const struct json *paths = json_get(document, S("paths"));

    for (uint32_t i = 0; i < paths->n; i++)
        for (uint32_t k = 0; k < paths->members[i].value.n; k++) {
            const struct json *o = &paths->members[i].value.members[k].value;
            const struct json *done = json_get(json_get(o, S("responses")), S("200"));
            const struct json *type = json_get(json_get(done, S("content")), S("application/json"));
            if (str_eq(json_get_str(o, S("operationId")), action))
                return json_get_str(json_get(type, S("schema")), S("$ref"));
        }
    return STR_NONE;
}

static enum err compile(struct checking *c, str ref, struct schema **out, struct fault *f)
{
    struct schema_source source = {S("urn:sifara:api"), c->document};
    struct schema_options options = {.sources = &source, .n_sources = 1, .assert_formats = true};
    struct json *root;

    TRY(json_parse(c->arena,
                   str_printf(c->arena, "{\"$ref\":\"urn:sifara:api%.*s\"}", STR_FMT(ref)), NULL,
                   &root, f));
    return schema_compile(root, &options, out, f);
}

static enum err kind_of(struct checking *c, str action, struct kind **out, struct fault *f)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (str_eq(c->kind[i].name, action))
            return *out = &c->kind[i], OK;
    if (c->n_kinds == KINDS_MAX)
        return fault(f, ERR_LIMIT, "too many kinds of answers");
    struct kind *k = &c->kind[c->n_kinds];
    *k = (struct kind){.name = action};
    str ref = schema_of(c->document, action);
    if (ref.n)
        TRY(compile(c, ref, &k->schema, f));
    c->n_kinds++;
    return *out = k, OK;
}

static enum err check_line(struct checking *c, str line, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(16 << 20);
    struct json *answer;
    struct kind *k = NULL;
    str action;

    TRY_PTR(scratch, f);
    str_split(&line, '\t', &action);
    TRY(kind_of(c, action, &k, f));
    if (!k->schema)
        return OK;
    k->n++;
    TRY(json_parse(scratch, line, NULL, &answer, f));
    return schema_check(k->schema, answer, scratch, f);
}

static int check(struct checking *c, str text)
{
    unsigned answers = 0, kinds = 0, wrong = 0;
    str line;

    while (text.n && str_split(&text, '\n', &line)) {
        struct fault f = {0};
        if (!line.n || check_line(c, line, &f) == OK)
            continue;
        printf("%.300s\n  at %s: %s\n", str_cstr(c->arena, line), f.pointer, f.detail);
        wrong++;
    }
    for (size_t i = 0; i < c->n_kinds; i++) {
        answers += c->kind[i].n;
        kinds += c->kind[i].n > 0;
        schema_free(c->kind[i].schema);
    }
    printf("%u answers of %u kinds are as described, but for %u\n", answers - wrong, kinds, wrong);
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    AUTO(buf) struct buf text = BUF(DOCUMENT_MAX);
    static struct checking c;
    struct fault f = {0};
    struct json *document;
    str answers;

    openapi_write(&text, SIFARA_VERSION);
    if (argc < 2)
        return fwrite(text.p, 1, text.n, stdout) == text.n ? EXIT_SUCCESS : EXIT_FAILURE;
    c.arena = arena_new(2 * ANSWERS_MAX);
    if (json_parse(c.arena, buf_str(&text), NULL, &document, &f) != OK ||
        fs_read(c.arena, argv[1], ANSWERS_MAX, &answers, &f) != OK)
        return fprintf(stderr, "answers: %s\n", f.detail), EXIT_FAILURE;
    c.document = document;
    int code = check(&c, answers);
    arena_free(c.arena);
    return code;
}
