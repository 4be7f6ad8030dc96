/* testing_int.h - a little world that the tests of this folder share: state XA in an alliance */
#ifndef SIFARA_CEDAR_TESTING_INT_H
#define SIFARA_CEDAR_TESTING_INT_H

#include "base/testing.h"

#include "cedar/cedar.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct cedar_set *parse(const char *text)
{
    struct cedar_source src = {S("test"), str_of(text)};
    struct cedar_set *set = NULL;
    struct fault f = {0};

    if (cedar_parse(&src, 1, NULL, &set, &f) != OK)
        fail_msg("%s", f.detail);
    return set;
}

/* A store with a state in an alliance, and a request of it. */
static struct cedar_entities *world(struct cedar_request *out)
{
    struct cedar_entities *es = cedar_entities_new(arena);
    struct cedar_entity *p = cedar_entity(es, S("State"), S("XA"));
    struct cedar_record *c = cedar_record(es);
    str promises[] = {S("b"), S("a"), S("b")};

    cedar_parent(es, p, S("Alliance"), S("North"));
    cedar_parent(es, cedar_entity(es, S("Alliance"), S("North")), S("Alliance"), S("World"));
    cedar_attr(es, p, S("balance"), cedar_long(7));
    cedar_attr(es, p, S("name"), cedar_str(S("Arcadia")));
    cedar_tag(es, p, S("treaty"), cedar_extension(es, CEDAR_DATETIME, S("2030-01-01")));
    cedar_put(es, c, S("promises"), cedar_strings(es, promises, ARRAY_LEN(promises)));
    cedar_put(es, c, S("ip"), cedar_extension(es, CEDAR_IP, S("10.1.2.3")));
    cedar_put(es, c, S("now"), cedar_datetime(0));
    *out = (struct cedar_request){
        .principal = cedar_uid(S("State"), S("XA")),
        .action = cedar_uid(S("Action"), S("share")),
        .resource = cedar_uid(S("Dataset"), S("d")),
        .context = c,
    };
    assert_true(cedar_entities_ok(es));
    return es;
}

static const char schema_text[] =
    "namespace N { @doc(\"x\") entity Alliance in [Alliance];\n"
    "entity Level enum [\"LOW\", \"HIGH\"];\n"
    "entity State in [Alliance] = { balance: Long, name?: String, level: Level } tags datetime;\n"
    "entity Dataset { owner: State };\n"
    "type Ctx = { promises: Set<String>, now: datetime };\n"
    "action all; action share, \"read it\" in [all] appliesTo { principal: [State],\n"
    "  resource: [Dataset], context: Ctx }; }";

static struct cedar_schema *schema(void)
{
    struct cedar_source src = {S("schema"), str_of(schema_text)};
    struct cedar_schema *s = NULL;
    struct fault f = {0};

    if (cedar_schema_parse(&src, NULL, &s, &f) != OK)
        fail_msg("%s", f.detail);
    return s;
}

#endif
