/* generate.c - random policy sets with our answers, for compare.mjs to ask the official engine
 *
 * usage: cedar_generate [sets] [seed]
 *
 * One JSON object a line: a set of 2 to 50 policies (text and JSON form), entities, requests with
 * decision, reasons and errors, and how many findings strict validation has. Expressions are
 * mostly well typed; now and then a part of another type is put in, so that failures occur.
 * Integers stay below 2^53, which is what JavaScript can carry.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cedar/cedar.h"

static const char schema_text[] =
    "entity Level enum [\"low\", \"high\"]; entity Group in [Group];"
    "entity User in [Group] = { n: Long, s: String, o?: Long, b: Bool, u: User, f: Set<String>,"
    " d: decimal, i: ipaddr, t: datetime, l: Level, r: { x: Long, y?: String } } tags String;"
    "entity Doc in [Group] = { u: User, n: Long };"
    "action all; action view, edit in [all] appliesTo { principal: [User], resource: [Doc, User],"
    " context: { p: Set<String>, t: datetime, q: Bool, o?: String, r: { x: Long, y?: String } } };";

enum type { BOOL, LONG, STRING, USER, GROUP, STRINGS, DECIMAL, IP, TIME, SPAN, RECORD, TYPES };

static uint64_t state;
static struct buf *out;

static unsigned below(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % n);
}

static void put(const char *s)
{
    buf_add_str(out, str_of(s));
}

static void pick(const char *const *list, unsigned n)
{
    put(list[below(n)]);
}

/* One of several texts. */
#define PICK(...)                                                                                  \
    do {                                                                                           \
        static const char *const list_[] = {__VA_ARGS__};                                          \
        pick(list_, ARRAY_LEN(list_));                                                             \
    } while (0)

static void expr(enum type t, unsigned depth);

static void infix(enum type t, const char *op, enum type u, unsigned depth)
{
    put("(");
    expr(t, depth);
    put(op);
    expr(u, depth);
    put(")");
}

static void user(unsigned depth)
{
    if (depth == 0 || below(2)) {
        PICK("principal", "principal", "resource.u", "User::\"u1\"", "User::\"u2\"",
             "User::\"nobody\"");
        return;
    }
    expr(USER, depth - 1);
    put(".u");
}

static void boolean_leaf(void)
{
    put("(");
    PICK("true", "false", "context.q", "principal.b", "principal has o", "context has o",
         "principal has r.y", "context has r.y.z", "resource is User", "resource is Doc",
         "principal is User in Group::\"g2\"", "action == Action::\"view\"",
         "action in Action::\"all\"", "principal.hasTag(\"k\")", "context.p.isEmpty()",
         "resource == principal", "principal.l == Level::\"high\"", "principal has missing");
    put(")");
}

static void boolean(unsigned depth)
{
    enum type t = (enum type)below(TYPES);

    switch (depth ? below(17) : 16) {
    case 0:
        infix(BOOL, " && ", BOOL, depth - 1);
        break;
    case 1:
        infix(BOOL, " || ", BOOL, depth - 1);
        break;
    case 2:
        put("!");
        infix(BOOL, " && ", BOOL, depth - 1);
        break;
    case 3:
        infix(t, below(2) ? " == " : " != ", t, depth - 1);
        break;
    case 4:
        infix(LONG, ((const char *[]){" < ", " <= ", " > ", " >= "})[below(4)], LONG, depth - 1);
        break;
    case 5:
        infix(USER, " in ", GROUP, depth - 1);
        break;
    case 6:
        put("(");
        expr(STRINGS, depth - 1);
        PICK(").contains(", ").contains(");
        expr(STRING, depth - 1);
        put(")");
        break;
    case 7:
        put("(");
        expr(STRINGS, depth - 1);
        PICK(").containsAll(", ").containsAny(");
        expr(STRINGS, depth - 1);
        put(")");
        break;
    case 8:
        put("(");
        expr(STRING, depth - 1);
        PICK(" like \"*\")", " like \"a*\")", " like \"*b\\\"*\")", " like \"a\\*\")");
        break;
    case 9:
        put("(");
        expr(DECIMAL, depth - 1);
        PICK(").lessThan(", ").lessThanOrEqual(", ").greaterThan(", ").greaterThanOrEqual(");
        expr(DECIMAL, depth - 1);
        put(")");
        break;
    case 10:
        put("(");
        expr(IP, depth - 1);
        put(").isInRange(");
        expr(IP, depth - 1);
        put(")");
        break;
    case 11:
        put("(");
        expr(IP, depth - 1);
        PICK(").isIpv4()", ").isIpv6()", ").isLoopback()", ").isMulticast()");
        break;
    case 12:
        infix(TIME, below(2) ? " < " : " >= ", TIME, depth - 1);
        break;
    case 13:
        infix(SPAN, " <= ", SPAN, depth - 1);
        break;
    case 14:
        put("(principal has o && principal.o > ");
        expr(LONG, depth - 1);
        put(")");
        break;
    default:
        boolean_leaf();
        break;
    }
}

static void number(unsigned depth)
{
    switch (depth ? below(6) : 5) {
    case 0:
        infix(LONG, " + ", LONG, depth - 1);
        break;
    case 1:
        infix(LONG, " - ", LONG, depth - 1);
        break;
    case 2:
        infix(LONG, " * ", LONG, depth - 1);
        break;
    case 3:
        put("-");
        infix(LONG, " + ", LONG, depth - 1);
        break;
    case 4:
        put("(");
        expr(SPAN, depth - 1);
        PICK(").toDays()", ").toHours()", ").toMinutes()", ").toSeconds()", ").toMilliseconds()");
        break;
    default:
        PICK("0", "1", "-1", "42", "4503599627370496", "principal.n", "resource.n", "principal.o",
             "context.r.x", "principal.r.x", "{a: 1, b: {c: 2}}.b.c");
    }
}

static void span(unsigned depth)
{
    if (depth && below(3) == 0) {
        put("(");
        expr(TIME, depth - 1);
        put(").durationSince(");
        expr(TIME, depth - 1);
        put(")");
    } else {
        PICK("duration(\"1d2h\")", "duration(\"-3m4s5ms\")", "duration(\"0s\")",
             "context.t.toTime()", "duration(\"106751991167d\")");
    }
}

static void time_value(unsigned depth)
{
    if (depth && below(3) == 0) {
        put("(");
        expr(TIME, depth - 1);
        put(").offset(");
        expr(SPAN, depth - 1);
        put(")");
    } else {
        PICK("context.t", "principal.t", "datetime(\"2024-02-29\")", "context.t.toDate()",
             "datetime(\"2026-11-23T10:00:00.123+0130\")", "datetime(\"0000-01-01\")");
    }
}

static void leaf(enum type t)
{
    switch (t) {
    case STRING:
        PICK("\"\"", "\"a\"", "\"ab\\\"*\"", "\"\\u{e9}\"", "principal.s", "context.o",
             "principal.getTag(\"k\")", "context.r.y", "principal.u.s");
        break;
    case GROUP:
        PICK("Group::\"g1\"", "Group::\"g2\"", "Group::\"g3\"", "[Group::\"g1\", Group::\"none\"]",
             "User::\"u1\"", "resource");
        break;
    case STRINGS:
        PICK("context.p", "principal.f", "[\"a\", \"b\", \"a\"]", "[\"x\", principal.s]",
             "principal.u.f");
        break;
    case DECIMAL:
        PICK("principal.d", "decimal(\"1.0\")", "decimal(\"-0.0001\")", "decimal(\"12.34567\")");
        break;
    case IP:
        PICK("principal.i", "ip(\"10.0.0.0/8\")", "ip(\"::1\")", "ip(\"ff00::/8\")",
             "ip(\"127.0.0.1\")");
        break;
    case RECORD:
        PICK("context.r", "principal.r", "{x: 1}", "{x: principal.n, y: \"a\"}",
             "{\"x\": 1, \"y\": principal.s}");
        break;
    default:
        boolean_leaf();
    }
}

static void expr(enum type t, unsigned depth)
{
    if (below(60) == 0)
        t = (enum type)below(TYPES);
    if (depth && below(12) == 0) {
        put("(if ");
        expr(BOOL, depth - 1);
        put(" then ");
        expr(t, depth - 1);
        put(" else ");
        expr(t, depth - 1);
        put(")");
    } else if (t == BOOL) {
        boolean(depth);
    } else if (t == LONG) {
        number(depth);
    } else if (t == USER) {
        user(depth);
    } else if (t == TIME) {
        time_value(depth);
    } else if (t == SPAN) {
        span(depth);
    } else {
        leaf(t);
    }
}

static void policy(void)
{
    if (below(4) == 0)
        PICK("@id(\"x\") ", "@note ", "@a(\"1\") @b(\"\\\"\") ");
    PICK("permit (", "permit (", "forbid (");
    PICK("principal", "principal", "principal == User::\"u1\"", "principal in Group::\"g2\"",
         "principal is User", "principal is User in Group::\"g3\"");
    PICK(", action, ", ", action, ", ", action == Action::\"view\", ",
         ", action in [Action::\"edit\", Action::\"view\"], ", ", action in Action::\"all\", ");
    PICK("resource)", "resource)", "resource is Doc)", "resource == Doc::\"d1\")",
         "resource in Group::\"g1\")");
    for (unsigned n = below(3); n > 0; n--) {
        PICK(" when { ", " when { ", " unless { ");
        expr(BOOL, 1 + below(4));
        put(" }");
    }
    put(";\n");
}

/* ---- facts ----------------------------------------------------------------------------- */

static struct cedar_record *small_record(struct cedar_entities *es)
{
    struct cedar_record *r = cedar_record(es);

    cedar_put(es, r, S("x"), cedar_long(below(3)));
    if (below(2))
        cedar_put(es, r, S("y"), cedar_str(below(2) ? S("a") : S("")));
    return r;
}

static struct cedar_value some_strings(struct cedar_entities *es)
{
    str pool[] = {S("a"), S("b"), S("x"), S("\xc3\xa9"), S("")};

    return cedar_strings(es, pool + below(3), below(3));
}

static void add_user(struct cedar_entities *es, str id, str other)
{
    struct cedar_entity *e = cedar_entity(es, S("User"), id);
    static const char *const times[] = {"2024-02-29", "2026-11-23T08:30:00.123Z", "1969-12-31"};

    cedar_attr(es, e, S("n"), cedar_long((int64_t)below(100) - 50));
    cedar_attr(es, e, S("s"), cedar_str(below(2) ? S("a") : S("ab\"*")));
    if (below(2))
        cedar_attr(es, e, S("o"), cedar_long(below(5)));
    cedar_attr(es, e, S("b"), cedar_bool(below(2)));
    cedar_attr(es, e, S("u"), cedar_ref(es, S("User"), other));
    cedar_attr(es, e, S("f"), some_strings(es));
    cedar_attr(es, e, S("d"), cedar_decimal((int64_t)below(40000) - 20000));
    cedar_attr(es, e, S("i"), cedar_extension(es, CEDAR_IP, below(2) ? S("10.2.3.4") : S("::1")));
    cedar_attr(es, e, S("t"), cedar_extension(es, CEDAR_DATETIME, str_of(times[below(3)])));
    cedar_attr(es, e, S("l"), cedar_ref(es, S("Level"), below(2) ? S("low") : S("high")));
    cedar_attr(es, e, S("r"), cedar_of(small_record(es)));
    if (below(2))
        cedar_tag(es, e, S("k"), cedar_str(S("a")));
    if (below(2))
        cedar_parent(es, e, S("Group"), below(2) ? S("g1") : S("g3"));
}

static struct cedar_entities *facts(struct arena *a)
{
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_entity *d;

    cedar_parent(es, cedar_entity(es, S("Group"), S("g1")), S("Group"), S("g2"));
    if (below(2))
        cedar_parent(es, cedar_entity(es, S("Group"), S("g2")), S("Group"), S("g3"));
    add_user(es, S("u1"), S("u2"));
    add_user(es, S("u2"), below(2) ? S("u1") : S("nobody"));
    d = cedar_entity(es, S("Doc"), S("d1"));
    cedar_attr(es, d, S("u"), cedar_ref(es, S("User"), S("u1")));
    cedar_attr(es, d, S("n"), cedar_long(below(9)));
    if (below(2))
        cedar_parent(es, d, S("Group"), S("g1"));
    cedar_entity(es, S("Action"), S("all"));
    cedar_parent(es, cedar_entity(es, S("Action"), S("view")), S("Action"), S("all"));
    cedar_parent(es, cedar_entity(es, S("Action"), S("edit")), S("Action"), S("all"));
    return es;
}

static struct cedar_request request(struct cedar_entities *es)
{
    struct cedar_record *c = cedar_record(es);

    cedar_put(es, c, S("p"), some_strings(es));
    cedar_put(es, c, S("t"), cedar_extension(es, CEDAR_DATETIME, S("2026-11-23T08:30:00.123Z")));
    cedar_put(es, c, S("q"), cedar_bool(below(2)));
    if (below(2))
        cedar_put(es, c, S("o"), cedar_str(S("a")));
    cedar_put(es, c, S("r"), cedar_of(small_record(es)));
    return (struct cedar_request){
        .principal = cedar_uid(S("User"), below(3) ? S("u1") : S("u2")),
        .action = cedar_uid(S("Action"), below(2) ? S("view") : S("edit")),
        .resource = below(3) ? cedar_uid(S("Doc"), S("d1")) : cedar_uid(S("User"), S("u2")),
        .context = c,
    };
}

/* ---- one line -------------------------------------------------------------------------- */

static void check(enum err e)
{
    if (e != OK) {
        fprintf(stderr, "failed: %s\n", err_title(e));
        exit(1);
    }
}

static void write_request(struct jw *w, const struct cedar_set *set,
                          const struct cedar_entities *es, const struct cedar_request *q,
                          struct arena *a)
{
    struct cedar_answer answer;

    check(cedar_decide(set, es, q, a, &answer));
    jw_open(w, '{');
    jw_key(w, S("request"));
    check(cedar_request_write(w, q, NULL));
    jw_kv(w, S("decision"), answer.allow ? S("allow") : S("deny"));
    jw_key(w, S("reason"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < answer.n_reasons; i++)
        jw_string(w, cedar_policy_id(set, answer.reasons[i]));
    jw_close(w, ']');
    jw_key(w, S("errors"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < answer.n_errors; i++)
        jw_string(w, cedar_policy_id(set, answer.errors[i].policy));
    jw_close(w, ']');
    jw_close(w, '}');
}

/* Ids of policies with an error in strict validation. */
static void write_invalid(struct jw *w, const struct cedar_set *set,
                          const struct cedar_schema *schema, struct arena *a)
{
    struct cedar_finding *l;
    size_t n;

    check(cedar_validate(set, schema, CEDAR_STRICT, a, &l, &n, NULL));
    jw_key(w, S("invalid"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        if (l[i].kind == CEDAR_FINDING_ERROR)
            jw_string(w, l[i].policy);
    }
    jw_close(w, ']');
}

static void one_set(const struct cedar_schema *schema, struct arena *a)
{
    AUTO(buf) struct buf text = BUF(1 << 20);
    AUTO(buf) struct buf line = BUF(16 << 20);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct jw w = JW(&line);
    struct fault f;

    out = &text;
    for (unsigned n = 2 + below(49); n > 0; n--)
        policy();
    struct cedar_source src = {S("generated"), buf_str(&text)};
    if (cedar_parse(&src, 1, NULL, &set, &f) != OK) {
        fprintf(stderr, "%s\n", f.detail);
        exit(1);
    }
    struct cedar_entities *es = facts(a);
    jw_open(&w, '{');
    jw_kv(&w, S("policies"), src.text);
    jw_key(&w, S("set"));
    check(cedar_set_write(&w, set, NULL));
    jw_key(&w, S("entities"));
    check(cedar_entities_write(&w, es, NULL));
    write_invalid(&w, set, schema, a);
    jw_key(&w, S("requests"));
    jw_open(&w, '[');
    for (int i = 0; i < 10; i++) {
        struct cedar_request q = request(es);
        write_request(&w, set, es, &q, a);
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

int main(int argc, char **argv)
{
    long sets = argc > 1 ? atol(argv[1]) : 1000;
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(buf) struct buf line = BUF(1 << 20);
    struct cedar_source src = {S("schema"), str_of(schema_text)};
    AUTO(cedar_schema) struct cedar_schema *schema = NULL;
    struct jw w = JW(&line);

    state = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
    check(cedar_schema_parse(&src, NULL, &schema, NULL));
    jw_open(&w, '{');
    jw_kv(&w, S("schema"), src.text);
    jw_close(&w, '}');
    printf("%.*s\n", STR_FMT(buf_str(&line)));
    for (long i = 0; i < sets; i++) {
        arena_reset(a);
        one_set(schema, a);
    }
    return 0;
}
