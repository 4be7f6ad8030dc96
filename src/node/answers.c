/* answers.c - answers of the node, held against what the description of its API says of them */
#include "node/answers.h"

#include <pthread.h>

#include "node/node_int.h"
#include "node/version.h"

enum { DESCRIPTION_MAX = 8 << 20, MEMORY = 64 << 20, SCRATCH = 64 << 20 };

struct answers {
    struct arena *arena;
    const struct json *file, *description;
    const struct json *names; /* of the schemas, in their order */
    pthread_mutex_t lock;     /* over schemas, each compiled when an answer of it comes first */
    struct schema **schemas;
};

enum err answers_read(struct arena *arena, struct json **out, struct fault *f)
{
    return json_parse(arena, answers_file[0].bytes, NULL, out, f);
}

bool answer_at(const struct json *answers, const struct action *a, size_t i, struct answer *out)
{
    const struct json *v = json_get(json_get(answers, S("answers")), str_of(a->name));

    if (json_is(v, J_ARRAY))
        v = json_at(v, i);
    else if (i > 0)
        v = NULL;
    if (!v)
        return false;
    *out = (struct answer){.status = (unsigned)json_get_int(v, S("status"), 200),
                           .type = json_get_str(v, S("type")),
                           .schema =
                               json_is(v, J_STRING) ? json_str(v) : json_get_str(v, S("schema"))};
    if (out->schema.n && !out->type.n)
        out->type = S("application/json");
    return true;
}

static enum err compile(struct answers *s, uint32_t i, struct fault *f)
{
    struct schema_source source = {S("urn:sifara:api"), s->description};
    struct schema_options options = {.sources = &source, .n_sources = 1, .assert_formats = true};
    struct json *root;
    str text = str_printf(s->arena, "{\"$ref\":\"urn:sifara:api#/components/schemas/%.*s\"}",
                          STR_FMT(s->names->members[i].key));

    TRY_PTR(text.p, f);
    TRY(json_parse(s->arena, text, NULL, &root, f));
    return schema_compile(root, &options, &s->schemas[i], f);
}

/* What is described: read once. */
static enum err read_all(struct answers *s, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(DESCRIPTION_MAX);
    struct json *file, *description;

    openapi_write(&text, SIFARA_VERSION);
    TRY(answers_read(s->arena, &file, f));
    str kept = str_copy(s->arena, buf_str(&text));
    TRY_PTR(kept.p, f);
    TRY(json_parse(s->arena, kept, NULL, &description, f));
    s->file = file;
    s->description = description;
    s->names = json_get(file, S("schemas"));
    s->schemas = arena_zalloc(s->arena, s->names->n, sizeof *s->schemas);
    TRY_PTR(s->schemas, f);
    return OK;
}

enum err answers_open(struct answers **out, struct fault *f)
{
    struct arena *arena = arena_new(MEMORY);
    struct answers *s = arena ? arena_new_of(arena, struct answers) : NULL;

    if (!s) {
        arena_free(arena);
        return fault(f, ERR_MEMORY, "no memory");
    }
    s->arena = arena;
    pthread_mutex_init(&s->lock, NULL);
    enum err e = read_all(s, f);
    if (e != OK) {
        answers_close(s);
        return e;
    }
    return *out = s, OK;
}

void answers_close(struct answers *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; s->schemas && i < s->names->n; i++)
        schema_free(s->schemas[i]);
    pthread_mutex_destroy(&s->lock);
    arena_free(s->arena);
}

static enum err schema_named(struct answers *s, str name, const struct schema **out,
                             struct fault *f)
{
    uint32_t i = 0;
    enum err e = OK;

    while (i < s->names->n && !str_eq(s->names->members[i].key, name))
        i++;
    if (i == s->names->n)
        return fault(f, ERR_SCHEMA, "no schema %.*s", STR_FMT(name));
    pthread_mutex_lock(&s->lock);
    if (!s->schemas[i])
        e = compile(s, i, f);
    *out = s->schemas[i];
    pthread_mutex_unlock(&s->lock);
    return e;
}

static enum err check_json(struct answers *s, str name, str body, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(SCRATCH);
    const struct schema *schema = NULL;
    struct json *j;

    TRY_PTR(scratch, f);
    TRY(schema_named(s, name, &schema, f));
    TRY(json_parse(scratch, body, NULL, &j, f));
    return schema_check(schema, j, scratch, f);
}

enum err answers_check(struct answers *s, const struct action *a, unsigned status, const char *type,
                       str body, struct fault *f)
{
    struct answer answer;

    if (body.n && str_eq(str_of(type), S("application/problem+json")))
        return OK; /* a refusal, as any action may give one */
    for (size_t i = 0; answer_at(s->file, a, i, &answer); i++) {
        if (answer.status != status || (answer.type.n > 0) != (body.n > 0))
            continue;
        if (body.n && !str_eq(answer.type, S("*")) && !str_eq(answer.type, str_of(type)))
            continue;
        return answer.schema.n ? check_json(s, answer.schema, body, f) : OK;
    }
    return fault(f, ERR_SCHEMA, "no answer with status %u and %s is described", status,
                 body.n ? type : "no body");
}
