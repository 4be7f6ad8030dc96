/* text_fuzz.c - policies from text: printing, JSON, formatting and order change nothing */
#include <assert.h>

#include "cedar/cedar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_all(struct buf *b, const struct cedar_set *set)
{
    for (size_t i = 0; i < cedar_set_count(set); i++)
        cedar_policy_print(b, set, i);
}

/* Parses the text, which must be good, and compares the canonical form. */
static void same_as(str text, str canonical)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("again"), text};

    assert(cedar_parse(&src, 1, NULL, &set, NULL) == OK);
    print_all(&b, set);
    assert(str_eq(buf_str(&b), canonical));
}

static void by_json(const struct cedar_set *set)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);
    AUTO(cedar_set) struct cedar_set *read = NULL;
    struct jw w = JW(&b), w2 = JW(&again);
    struct json *j;

    assert(cedar_set_write(&w, set, NULL) == OK);
    if (json_parse(a, buf_str(&b), &json_limits_wide, &j, NULL) != OK)
        return; /* deeper than JSON may be */
    assert(cedar_set_read(j, NULL, &read, NULL) == OK);
    assert(cedar_set_write(&w2, read, NULL) == OK);
    assert(str_eq(buf_str(&b), buf_str(&again)));
}

static void by_format(struct cedar_source src, str canonical)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(buf) struct buf again = BUF(64 << 20);

    assert(cedar_format(&b, &src, NULL) == OK);
    same_as(buf_str(&b), canonical);
    src.text = buf_str(&b);
    assert(cedar_format(&again, &src, NULL) == OK);
    assert(str_eq(buf_str(&b), buf_str(&again)));
}

static void decide(const struct cedar_set *set)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_entity *p = cedar_entity(es, S("A"), S("a"));
    struct cedar_record *c = cedar_record(es);
    struct cedar_request q = {cedar_uid(S("A"), S("a")), cedar_uid(S("Action"), S("b")),
                              cedar_uid(S("A"), S("c")), c};
    struct cedar_answer answer;
    struct cedar_why why;
    bool forbidden = false;

    cedar_parent(es, p, S("B"), S("b"));
    cedar_attr(es, p, S("a"), cedar_long(1));
    cedar_put(es, c, S("s"), cedar_setof(es, NULL, 0));
    assert(cedar_decide(set, es, &q, a, &answer) == OK);
    for (uint32_t i = 0; i < answer.n_reasons; i++)
        forbidden |= !cedar_policy_permits(set, answer.reasons[i]);
    assert(answer.allow == (answer.n_reasons > 0 && !forbidden));
    assert(cedar_why_not(set, es, &q, S("s"), a, &why) == OK);
    assert(!why.curable || !answer.allow || answer.n_errors);
}

static void validate(const struct cedar_set *set)
{
    static const char text[] = "entity A in [B] = { a: Long, b?: Set<A> } tags String; entity B;"
                               "action b appliesTo { principal: [A], resource: [A, B],"
                               "context: { s: Set<String> } };";
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct cedar_source src = {S("schema"), str_of(text)};
    struct cedar_finding *l;
    size_t n;

    assert(cedar_schema_parse(&src, NULL, &schema, NULL) == OK);
    assert(cedar_validate(set, schema, CEDAR_STRICT, a, &l, &n, NULL) != ERR_INTERNAL);
    assert(cedar_validate(set, schema, CEDAR_PERMISSIVE, a, &l, &n, NULL) != ERR_INTERNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(buf) struct buf b = BUF(64 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct cedar_source src = {S("fuzz"), str_bytes(data, size)};
    struct fault f;

    if (cedar_parse(&src, 1, NULL, &set, &f) != OK)
        return 0;
    if (cedar_template_count(set) == 0) {
        print_all(&b, set);
        same_as(buf_str(&b), buf_str(&b));
        by_format(src, buf_str(&b));
    }
    by_json(set);
    decide(set);
    validate(set);
    return 0;
}
