/* accept.c - says of each text on standard input whether we accept it, for syntax.mjs
 *
 * Lines are {"kind": "policy" | "schema" | "decimal" | "ip" | "datetime" | "duration", "text"};
 * the answer is a line "1" or "0".
 */
#include <stdio.h>
#include <stdlib.h>

#include "cedar/cedar.h"

static bool accept_policy(struct cedar_source src)
{
    AUTO(cedar_set) struct cedar_set *set = NULL;

    return cedar_parse(&src, 1, NULL, &set, NULL) == OK;
}

static bool accept_schema(struct cedar_source src)
{
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;

    return cedar_schema_parse(&src, NULL, &schema, NULL) == OK;
}

static bool accept_extension(struct arena *a, str kind, str text)
{
    enum cedar_type type = str_eq(kind, S("ip"))         ? CEDAR_IP
                           : str_eq(kind, S("decimal"))  ? CEDAR_DECIMAL
                           : str_eq(kind, S("datetime")) ? CEDAR_DATETIME
                                                         : CEDAR_DURATION;

    return cedar_extension(cedar_entities_new(a), type, text).type != CEDAR_NONE;
}

static bool accept(struct arena *a, str line)
{
    struct json *j;

    if (json_parse(a, line, NULL, &j, NULL) != OK)
        exit(1);
    str kind = json_get_str(j, S("kind"));
    struct cedar_source src = {S("stdin"), json_get_str(j, S("text"))};
    if (str_eq(kind, S("policy")))
        return accept_policy(src);
    return str_eq(kind, S("schema")) ? accept_schema(src) : accept_extension(a, kind, src.text);
}

int main(void)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) > 0) {
        arena_reset(a);
        puts(accept(a, str_trim(str_bytes(line, (size_t)n))) ? "1" : "0");
    }
    free(line);
    return 0;
}
