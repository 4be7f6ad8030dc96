/* entities_fuzz.c - entities from JSON: written and read again they are the same bytes */
#include <assert.h>

#include "cedar/cedar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decide(const struct cedar_entities *es, struct arena *a)
{
    static const char text[] = "permit (principal in A::\"b\", action, resource)"
                               "when { principal.a == resource.a || principal.hasTag(\"t\") };";
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("fuzz"), str_of(text)};
    struct cedar_request q = {cedar_uid(S("A"), S("a")), cedar_uid(S("Action"), S("b")),
                              cedar_uid(S("A"), S("c")), NULL};
    struct cedar_answer answer;

    assert(cedar_parse(&src, 1, NULL, &set, NULL) == OK);
    assert(cedar_decide(set, es, &q, a, &answer) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char schema_text[] =
        "entity A in [A] = { a: { b: decimal, c?: Set<ipaddr> }, d?: A } tags datetime;"
        "action b appliesTo { principal: A, resource: A };";
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    struct cedar_source src = {S("schema"), str_of(schema_text)};
    struct jw w = JW(&b), w2 = JW(&again);
    struct cedar_entities *es;
    struct json *j;
    struct fault f;

    if (json_parse(a, str_bytes(data, size), NULL, &j, &f) != OK)
        return 0;
    assert(cedar_schema_parse(&src, NULL, &schema, &f) == OK);
    if (cedar_entities_read(a, j, schema, &es, &f) == OK)
        assert(cedar_validate_entities(schema, es, a, &f) != ERR_INTERNAL);
    if (cedar_entities_read(a, j, NULL, &es, &f) != OK)
        return 0;
    decide(es, a);
    if (cedar_entities_write(&w, es, &f) != OK)
        return 0; /* an attribute named like an escape */
    assert(json_parse(a, buf_str(&b), &json_limits_wide, &j, &f) == OK);
    assert(cedar_entities_read(a, j, NULL, &es, &f) == OK);
    assert(cedar_entities_write(&w2, es, &f) == OK);
    assert(str_eq(buf_str(&b), buf_str(&again)));
    return 0;
}
