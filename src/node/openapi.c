/* openapi.c - the description of the API (OpenAPI 3.1): a path for each route in the table of
 * actions, what it takes (tables.c) and what it answers (answers.json) */
#include <stdio.h>

#include "node/answers.h"
#include "node/node_int.h"

static const char *method_name(enum action_method m)
{
    static const char *const names[] = {[ACTION_GET] = "get",
                                        [ACTION_POST] = "post",
                                        [ACTION_PUT] = "put",
                                        [ACTION_DELETE] = "delete",
                                        [ACTION_INTERNAL] = ""};

    return names[m];
}

static void put_parameters(struct jw *w, const char *path)
{
    str rest = str_of(path), part;

    jw_key(w, S("parameters"));
    jw_open(w, '[');
    while (str_split(&rest, '/', &part)) {
        if (!str_starts(part, S("{")))
            continue;
        str name = str_sub(part, 1, part.n - 1);
        if (str_ends(name, S("*")))
            name.n--;
        jw_open(w, '{');
        jw_kv(w, S("name"), name);
        jw_kv(w, S("in"), S("path"));
        jw_kv_bool(w, S("required"), true);
        jw_key(w, S("schema"));
        jw_raw(w, S("{\"type\":\"string\"}"));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static void put_reference(struct jw *w, str schema)
{
    AUTO(buf) struct buf ref = BUF(256);

    buf_printf(&ref, "#/components/schemas/%.*s", STR_FMT(schema));
    jw_key(w, S("schema"));
    jw_open(w, '{');
    jw_kv(w, S("$ref"), buf_str(&ref));
    jw_close(w, '}');
}

static void put_body(struct jw *w, const struct action *a)
{
    const char *schema = input_schema(a->in);

    if (!schema && !a->binary)
        return;
    jw_key(w, S("requestBody"));
    jw_open(w, '{');
    jw_kv_bool(w, S("required"), true);
    jw_key(w, S("content"));
    jw_open(w, '{');
    jw_key(w, schema ? S("application/json") : S("application/octet-stream"));
    jw_open(w, '{');
    if (schema)
        put_reference(w, str_of(a->in));
    jw_close(w, '}');
    jw_close(w, '}');
    jw_close(w, '}');
}

/* The bodies of an action's answers with one status, from the i-th on; the first one behind them.
 */
static size_t put_contents(struct jw *w, const struct action *a, const struct json *answers,
                           size_t i)
{
    struct answer first, answer;

    (void)answer_at(answers, a, i, &first);
    if (first.type.n) {
        jw_key(w, S("content"));
        jw_open(w, '{');
    }
    for (; answer_at(answers, a, i, &answer) && answer.status == first.status; i++) {
        if (!answer.type.n)
            continue;
        jw_key(w, answer.type);
        jw_open(w, '{');
        if (answer.schema.n)
            put_reference(w, answer.schema);
        jw_close(w, '}');
    }
    if (first.type.n)
        jw_close(w, '}');
    return i;
}

static void put_responses(struct jw *w, const struct action *a, const struct json *answers)
{
    struct answer answer;
    char status[12];

    jw_key(w, S("responses"));
    jw_open(w, '{');
    for (size_t i = 0; answer_at(answers, a, i, &answer);) {
        snprintf(status, sizeof status, "%u", answer.status);
        jw_key(w, str_of(status));
        jw_open(w, '{');
        jw_kv(w, S("description"), answer.type.n ? S("Done") : S("Done; nothing is said"));
        i = put_contents(w, a, answers, i);
        jw_close(w, '}');
    }
    jw_key(w, S("default"));
    jw_raw(w, S("{\"description\":\"Problem details\",\"content\":{\"application/problem+json\":{"
                "\"schema\":{\"$ref\":\"#/components/schemas/problem\"}}}}"));
    jw_close(w, '}');
}

static void put_operation(struct jw *w, const struct action *a, const struct json *answers)
{
    jw_key(w, str_of(method_name(a->method)));
    jw_open(w, '{');
    jw_kv(w, S("operationId"), str_of(a->name));
    jw_kv(w, S("summary"), str_of(a->summary));
    put_parameters(w, a->path);
    put_body(w, a);
    jw_key(w, S("security"));
    jw_raw(w, action_without_session(a) ? S("[]") : S("[{\"session\":[]}]"));
    put_responses(w, a, answers);
    jw_close(w, '}');
}

static bool same_path(size_t i, size_t k)
{
    return action_is_route(action_at(k)) && strcmp(action_at(k)->path, action_at(i)->path) == 0;
}

/* One path item holds all methods of a path: the first row of a path writes them all. */
static bool first_of_path(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_path(i, k))
            return false;
    return true;
}

static void put_paths(struct jw *w, const struct json *answers)
{
    jw_key(w, S("paths"));
    jw_open(w, '{');
    for (size_t i = 0; action_at(i); i++) {
        if (!action_is_route(action_at(i)) || !first_of_path(i))
            continue;
        jw_key(w, str_of(action_at(i)->path));
        jw_open(w, '{');
        for (size_t k = i; action_at(k); k++)
            if (same_path(i, k))
                put_operation(w, action_at(k), answers);
        jw_close(w, '}');
    }
    jw_close(w, '}');
}

static const char problem_schema[] =
    "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{"
    "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
    "\"instance\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{"
    "\"type\":\"object\",\"properties\":{\"pointer\":{\"type\":\"string\"},"
    "\"detail\":{\"type\":\"string\"}}}}}}";

static void put_schemas(struct jw *w, const struct json *schemas)
{
    jw_key(w, S("schemas"));
    jw_open(w, '{');
    jw_key(w, S("problem"));
    jw_raw(w, str_of(problem_schema));
    for (size_t i = 0; input_at(i); i++) {
        jw_key(w, str_of(input_at(i)));
        jw_raw(w, str_of(input_schema(input_at(i))));
    }
    for (uint32_t i = 0; schemas && i < schemas->n; i++) {
        jw_key(w, schemas->members[i].key);
        jw_tree(w, &schemas->members[i].value);
    }
    jw_close(w, '}');
}

void openapi_write(struct buf *b, const char *version)
{
    AUTO(arena) struct arena *arena = arena_new(16 << 20);
    struct json *answers = NULL;
    struct jw w = JW(b);

    if (!arena || answers_read(arena, &answers, NULL) != OK)
        return; /* no memory: the document stays empty */
    jw_open(&w, '{');
    jw_kv(&w, S("openapi"), S("3.1.0"));
    jw_key(&w, S("info"));
    jw_open(&w, '{');
    jw_kv(&w, S("title"), S("Sifara"));
    jw_kv(&w, S("version"), str_of(version));
    jw_kv(&w, S("summary"), S("The digital embassy of a state"));
    jw_close(&w, '}');
    put_paths(&w, answers);
    jw_key(&w, S("components"));
    jw_open(&w, '{');
    jw_key(&w, S("securitySchemes"));
    jw_raw(&w, S("{\"session\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    put_schemas(&w, json_get(answers, S("schemas")));
    jw_close(&w, '}');
    jw_close(&w, '}');
}
