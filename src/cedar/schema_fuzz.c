/* schema_fuzz.c - schemas in both syntaxes, and the validator with whatever they say */
#include <assert.h>

#include "cedar/cedar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void validate(const struct cedar_schema *schema, struct arena *a)
{
    static const char text[] =
        "permit (principal, action, resource) when { principal == resource && context has a.b &&"
        " context.a.b == principal.c.d && [principal, resource].contains(action) };"
        "forbid (principal is A, action in Action::\"g\", resource in A::\"x\")"
        " unless { principal.hasTag(\"t\") && principal.getTag(\"t\") == {a: principal} };";
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("policies"), str_of(text)};
    struct cedar_finding *l;
    size_t n;

    assert(cedar_parse(&src, 1, NULL, &set, NULL) == OK);
    assert(cedar_validate(set, schema, CEDAR_STRICT, a, &l, &n, NULL) != ERR_INTERNAL);
    assert(cedar_validate(set, schema, CEDAR_PERMISSIVE, a, &l, &n, NULL) != ERR_INTERNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cedar_limits limits = {.bytes = 1 << 20, .memory = 64 << 20, .depth = 100};
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(cedar_schema) struct cedar_schema *from_text = NULL;
    AUTO(cedar_schema) struct cedar_schema *from_json = NULL;
    struct cedar_source src = {S("fuzz"), str_bytes(data, size)};
    struct json *j;
    struct fault f;

    if (cedar_schema_parse(&src, &limits, &from_text, &f) == OK)
        validate(from_text, a);
    if (json_parse(a, src.text, NULL, &j, &f) == OK &&
        cedar_schema_read(j, &limits, &from_json, &f) == OK)
        validate(from_json, a);
    return 0;
}
