/* check.c - an instance against nodes
 *
 * One recursive walk. It runs silently first, and stops at the first thing that does not fit;
 * most inputs fit, and then nothing else is done. Only if somebody wants to read the faults it
 * runs again in reporting mode, keeping the path and going on behind each fault.
 *
 * Which members or items a schema has looked at is noted only below unevaluated*: a bit each, in
 * `struct marks` of one instance value. Branches that may fail (anyOf, oneOf, if) note in marks
 * of their own, which count only if they fit.
 *
 * $dynamicRef needs to know which resources the walk has entered: a list on the C stack, kept
 * only if the schema has a $dynamicRef at all.
 */
#include "schema/schema_int.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Rare paths stay out of the hot functions, which then need neither their stack nor its guard. */
#define COLD __attribute__((noinline, cold))

enum { DEPTH_MAX = 2200, PAIRWISE = 16 };

struct path {
    const struct path *up;
    str key; /* .p NULL: an index */
    uint32_t index;
};

struct scope {
    const struct scope *up;
    const struct resource *resource;
};

struct marks {
    uint64_t word, *bits; /* bits is &word for up to 64 members */
    uint32_t n;
    bool all;
};

struct run {
    const struct schema *schema;
    struct arena *arena;
    const struct scope *scope;
    const struct path *path;
    unsigned depth;
    int64_t steps;
    enum err fatal;
    bool report;
    unsigned n_errors;
    struct fault *f;
    struct fault_item **tail;
};

static bool check(struct run *, const struct node *, const struct json *, struct marks *);

static bool die(struct run *r, enum err e)
{
    if (r->fatal == OK)
        r->fatal = e;
    return false;
}

static void write_path(struct buf *b, const struct path *p)
{
    if (!p)
        return;
    write_path(b, p->up);
    buf_add_char(b, '/');
    if (!p->key.p)
        buf_printf(b, "%" PRIu32, p->index);
    for (size_t i = 0; i < p->key.n; i++) {
        if (p->key.p[i] == '~' || p->key.p[i] == '/')
            buf_printf(b, "~%d", p->key.p[i] == '/');
        else
            buf_add_char(b, p->key.p[i]);
    }
}

/* Notes one fault at the present path, extended by member if that is not empty. True to go on
 * looking for more. */
PRINTF(3, 4) COLD static bool complain(struct run *r, str member, const char *fmt, ...)
{
    AUTO(buf) struct buf pointer = BUF(4096);
    struct path last = {.up = r->path, .key = member};
    char text[256];
    va_list ap;

    if (!r->report)
        return false;
    write_path(&pointer, member.p ? &last : r->path);
    buf_add_char(&pointer, 0);
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const char *where = buf_ok(&pointer) ? pointer.p : "";
    if (r->n_errors++ == 0)
        fault_at(r->f, ERR_SCHEMA, where, "%s", text);
    struct fault_item *item = arena_new_of(r->arena, struct fault_item);
    char *pointer_copy = str_cstr(r->arena, str_of(where));
    char *text_copy = str_cstr(r->arena, str_of(text));
    if (!item || !pointer_copy || !text_copy)
        return die(r, ERR_MEMORY_LIMIT);
    item->pointer = pointer_copy;
    item->detail = text_copy;
    *r->tail = item;
    r->tail = &item->next;
    return r->n_errors < SCHEMA_MAX_ERRORS;
}

/* The statement for a rule that does not hold: note it, and leave unless there is more to find. */
#define FAIL(member, ...)                                                                          \
    do {                                                                                           \
        ok = false;                                                                                \
        if (!complain(r, (member), __VA_ARGS__))                                                   \
            return false;                                                                          \
    } while (0)
/* The same for a part that has complained by itself. */
#define FAILED()                                                                                   \
    do {                                                                                           \
        ok = false;                                                                                \
        if (!r->report || r->fatal != OK || r->n_errors >= SCHEMA_MAX_ERRORS)                      \
            return false;                                                                          \
    } while (0)

static bool marks_init(struct run *r, struct marks *m, uint32_t n)
{
    *m = (struct marks){.n = n, .bits = &m->word};
    if (n > 64) {
        m->bits = arena_zalloc(r->arena, (n + 63) / 64, sizeof *m->bits);
        if (!m->bits)
            return die(r, ERR_MEMORY_LIMIT);
        r->steps -= n / 64;
    }
    return true;
}

static void mark(struct marks *m, uint32_t i)
{
    if (m)
        m->bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool is_marked(const struct marks *m, uint32_t i)
{
    return m->all || (m->bits[i / 64] >> i % 64 & 1);
}

static void marks_merge(struct marks *to, const struct marks *from)
{
    if (!to)
        return;
    to->all |= from->all;
    for (uint32_t i = 0; i < (to->n + 63) / 64; i++)
        to->bits[i] |= from->bits[i];
}

/* Silently. */
static bool probe(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    bool report = r->report;

    r->report = false;
    bool ok = check(r, n, v, m);
    r->report = report;
    return ok;
}

/* Silently; what was noted counts only if it fits. */
static bool probe_branch(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    struct marks mine;

    if (!m)
        return probe(r, n, v, NULL);
    if (!marks_init(r, &mine, m->n) || !probe(r, n, v, &mine))
        return false;
    marks_merge(m, &mine);
    return true;
}

static bool check_member(struct run *r, const struct node *n, const struct json_member *m)
{
    struct path here = {.up = r->path, .key = m->key};

    r->path = &here;
    bool ok = check(r, n, &m->value, NULL);
    r->path = here.up;
    return ok;
}

static bool check_item(struct run *r, const struct node *n, const struct json *v, uint32_t i)
{
    struct path here = {.up = r->path, .index = i};

    r->path = &here;
    bool ok = check(r, n, &v->items[i], NULL);
    r->path = here.up;
    return ok;
}

static bool matches(struct run *r, const struct pattern *p, str s)
{
    enum pattern_result found = pattern_match(p, s, &r->steps);

    if (found == PATTERN_TOO_HARD)
        return die(r, ERR_LIMIT);
    return found == PATTERN_YES;
}

/* types */

static unsigned type_of(const struct json *v)
{
    static const uint8_t bits[] = {
        [J_NULL] = T_NULL,     [J_BOOL] = T_BOOL,   [J_INT] = T_INT,      [J_REAL] = T_REAL,
        [J_STRING] = T_STRING, [J_ARRAY] = T_ARRAY, [J_OBJECT] = T_OBJECT};

    return bits[v->type];
}

COLD static bool complain_type(struct run *r, unsigned types)
{
    static const struct {
        unsigned bits;
        const char *name;
    } names[] = {{T_STRING, "a string"},    {T_INT | T_REAL, "a number"}, {T_INT, "an integer"},
                 {T_BOOL, "true or false"}, {T_ARRAY, "an array"},        {T_OBJECT, "an object"},
                 {T_NULL, "null"}};
    char text[120] = "";
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if ((types & names[i].bits) != names[i].bits)
            continue;
        types &= ~names[i].bits;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " or " : "", names[i].name);
    }
    return complain(r, STR_NONE, "must be %s (type)", text);
}

/* For a value whose own bit is not among the types. */
static bool check_type(struct run *r, const struct node *n, const struct json *v)
{
    if (v->type == J_REAL && n->types & T_INT && number_is_integer(v))
        return true;
    return complain_type(r, n->types) && false;
}

/* enum and const */

static bool one_of_values(struct run *r, const struct value_rules *e, const struct json *v)
{
    uint32_t hint = 0;

    if (v->type == J_STRING)
        return keys_get(&e->strings, json_str(v), &hint) != NULL;
    for (uint32_t i = 0; i < e->n_many; i++)
        if (value_same(e->many[i], v, &r->steps))
            return true;
    return false;
}

static bool check_values(struct run *r, const struct value_rules *e, const struct json *v)
{
    bool ok = true;

    if (e->one && !value_same(e->one, v, &r->steps))
        FAIL(STR_NONE, "must be the one value that is allowed (const)");
    if (e->has_many && !one_of_values(r, e, v))
        FAIL(STR_NONE, "must be one of the %" PRIu32 " values that are allowed (enum)", e->n_all);
    return ok;
}

/* numbers */

static void number_text(const struct json *j, char out[32])
{
    if (j->type == J_INT)
        snprintf(out, 32, "%" PRId64, j->i);
    else
        out[json_format_real(j->d, out)] = 0;
}

COLD static bool complain_bound(struct run *r, const struct json *bound, const char *what,
                                const char *keyword)
{
    char text[32];

    number_text(bound, text);
    return complain(r, STR_NONE, "must be %s %s (%s)", what, text, keyword);
}

static bool check_number(struct run *r, const struct number_rules *n, const struct json *v)
{
    bool ok = true;

#define BOUND(bound, fits, what, keyword)                                                          \
    if ((bound) && !(fits)) {                                                                      \
        ok = false;                                                                                \
        if (!complain_bound(r, (bound), (what), (keyword)))                                        \
            return false;                                                                          \
    }
    BOUND(n->minimum, number_compare(v, n->minimum) >= 0, "at least", "minimum")
    BOUND(n->maximum, number_compare(v, n->maximum) <= 0, "at most", "maximum")
    BOUND(n->above, number_compare(v, n->above) > 0, "above", "exclusiveMinimum")
    BOUND(n->below, number_compare(v, n->below) < 0, "below", "exclusiveMaximum")
    BOUND(n->multiple_of, decimal_multiple(decimal_of(v), n->multiple), "a multiple of",
          "multipleOf")
#undef BOUND
    return ok;
}

/* strings */

static bool check_length(struct run *r, const struct string_rules *s, str v)
{
    bool ok = true;

    /* a code point takes one to four bytes: often that is all there is to know */
    if (v.n <= s->max && v.n / 4 >= s->min)
        return true;
    r->steps -= (int64_t)v.n / 64;
    size_t n = utf8_count(v);
    if (n < s->min)
        FAIL(STR_NONE, "must have at least %" PRIu64 " characters (minLength)", s->min);
    if (n > s->max)
        FAIL(STR_NONE, "must have at most %" PRIu64 " characters (maxLength)", s->max);
    return ok;
}

static bool check_string(struct run *r, const struct string_rules *s, str v)
{
    bool ok = true;

    if (!check_length(r, s, v))
        FAILED();
    if (s->pattern && !matches(r, s->pattern, v))
        FAIL(STR_NONE, "must match %.*s (pattern)", STR_FMT(s->pattern->text));
    if (s->format && !s->format(v))
        FAIL(STR_NONE, "must be a valid %.*s (format)", STR_FMT(s->format_name));
    return ok;
}

/* arrays */

struct hashed {
    uint64_t hash;
    uint32_t index;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The two first equal items found, by position; false if there are none. */
COLD static bool find_twins(struct run *r, const struct json *v, uint32_t *out_a, uint32_t *out_b)
{
    if (v->n <= PAIRWISE) {
        for (uint32_t i = 1; i < v->n; i++)
            for (uint32_t k = 0; k < i; k++)
                if (value_same(&v->items[i], &v->items[k], &r->steps)) {
                    *out_a = k;
                    *out_b = i;
                    return true;
                }
        return false;
    }
    struct hashed *h = arena_alloc(r->arena, v->n * sizeof *h);
    if (!h)
        return die(r, ERR_MEMORY_LIMIT);
    for (uint32_t i = 0; i < v->n; i++)
        h[i] = (struct hashed){value_hash(&v->items[i], r->schema->seed, &r->steps), i};
    qsort(h, v->n, sizeof *h, by_hash);
    for (uint32_t i = 1; i < v->n && r->steps > 0; i++)
        for (uint32_t k = i; k > 0 && h[k - 1].hash == h[i].hash && r->steps > 0; k--)
            if (value_same(&v->items[h[i].index], &v->items[h[k - 1].index], &r->steps)) {
                *out_a = h[k - 1].index;
                *out_b = h[i].index;
                return true;
            }
    return false;
}

static bool check_contains(struct run *r, const struct array_rules *a, const struct json *v,
                           struct marks *m)
{
    uint64_t n = 0;
    bool ok = true;

    for (uint32_t i = 0; i < v->n; i++) {
        if (!probe(r, a->contains, &v->items[i], NULL))
            continue;
        mark(m, i);
        n++;
        if (!m && n >= a->min_contains && a->max_contains == UINT64_MAX)
            return true;
    }
    if (n < a->min_contains)
        FAIL(STR_NONE, "must have at least %" PRIu64 " items of the kind wanted (contains)",
             a->min_contains);
    if (n > a->max_contains)
        FAIL(STR_NONE, "must have at most %" PRIu64 " items of the kind wanted (maxContains)",
             a->max_contains);
    return ok;
}

static bool check_array(struct run *r, const struct array_rules *a, const struct json *v,
                        struct marks *m)
{
    uint32_t i = 0, x, y;
    bool ok = true;

    if (v->n < a->min)
        FAIL(STR_NONE, "must have at least %" PRIu64 " items (minItems)", a->min);
    if (v->n > a->max)
        FAIL(STR_NONE, "must have at most %" PRIu64 " items (maxItems)", a->max);
    for (; i < v->n && i < a->n_prefix; i++) {
        if (!check_item(r, a->prefix[i], v, i))
            FAILED();
        mark(m, i);
    }
    if (a->items) {
        for (; i < v->n; i++)
            if (!check_item(r, a->items, v, i))
                FAILED();
        if (m)
            m->all = true;
    }
    if (a->contains && !check_contains(r, a, v, m))
        FAILED();
    if (a->unique && find_twins(r, v, &x, &y))
        FAIL(STR_NONE, "items %" PRIu32 " and %" PRIu32 " are the same (uniqueItems)", x, y);
    return ok;
}

/* objects */

/* One member against properties, patternProperties and additionalProperties. */
static bool check_one_member(struct run *r, const struct object_rules *o, const struct json *v,
                             uint32_t i, const struct key_entry *entry, struct marks *m)
{
    const struct json_member *x = &v->members[i];
    bool known = false, ok = true;

    if (entry && entry->schema) {
        known = true;
        if (!check_member(r, entry->schema, x))
            FAILED();
    }
    for (uint32_t k = 0; k < o->n_patterns; k++) {
        if (!matches(r, o->patterns[k].pattern, x->key))
            continue;
        known = true;
        if (!check_member(r, o->patterns[k].schema, x))
            FAILED();
    }
    if (!known && o->additional) {
        known = true;
        if (o->additional->never)
            FAIL(x->key, "is not a property known here (additionalProperties)");
        else if (!check_member(r, o->additional, x))
            FAILED();
    }
    if (known)
        mark(m, i);
    if (o->names) {
        struct json name = json_of_str(x->key);
        if (!probe(r, o->names, &name, NULL))
            FAIL(x->key, "has a name that is not allowed (propertyNames)");
    }
    return ok;
}

COLD static bool check_required(struct run *r, const struct object_rules *o, const struct json *v)
{
    bool ok = true;

    for (uint32_t i = 0; i < o->n_required; i++) {
        r->steps -= v->n / 16;
        if (r->steps <= 0)
            return false;
        if (!json_get(v, o->required[i]))
            FAIL(o->required[i], "is missing (required)");
    }
    return ok;
}

static bool check_dependency(struct run *r, const struct dependency *d, const struct json *v,
                             struct marks *m)
{
    bool ok = true;

    r->steps -= v->n / 16;
    if (!json_get(v, d->key))
        return true;
    for (uint32_t i = 0; i < d->n_required; i++) {
        r->steps -= v->n / 16;
        if (r->steps <= 0)
            return false;
        if (!json_get(v, d->required[i]))
            FAIL(d->required[i], "is missing, since %.*s is given (dependentRequired)",
                 STR_FMT(d->key));
    }
    if (d->schema && !check(r, d->schema, v, m))
        FAILED();
    return ok;
}

/* Members are looked up in the schema, not the other way round; required ones are counted on the
 * way, and named only if the count is short. */
static bool check_object(struct run *r, const struct object_rules *o, const struct json *v,
                         struct marks *m)
{
    bool each = o->keys.n || o->n_patterns || o->additional || o->names, ok = true;
    uint32_t n_seen = 0, hint = 0;

    if (v->n < o->min)
        FAIL(STR_NONE, "must have at least %" PRIu64 " properties (minProperties)", o->min);
    if (v->n > o->max)
        FAIL(STR_NONE, "must have at most %" PRIu64 " properties (maxProperties)", o->max);
    r->steps -= v->n / 4;
    for (uint32_t i = 0; each && i < v->n; i++) {
        const struct key_entry *entry = keys_get(&o->keys, v->members[i].key, &hint);
        n_seen += entry && entry->required >= 0;
        if (!check_one_member(r, o, v, i, entry, m))
            FAILED();
    }
    /* a name that is listed twice is counted once: then the slow way finds all there */
    if (n_seen < o->n_required && !check_required(r, o, v))
        FAILED();
    for (uint32_t i = 0; i < o->n_dependencies; i++)
        if (!check_dependency(r, &o->dependencies[i], v, m))
            FAILED();
    return ok;
}

/* what applies to the same value again */

static const struct node *dynamic_target(struct run *r, const struct dynamic_ref *d)
{
    const struct node *found = d->target;

    if (!d->name.p)
        return found;
    /* innermost first: the last hit is the outermost, which wins */
    for (const struct scope *s = r->scope; s; s = s->up)
        for (const struct anchor *a = s->resource->anchors; a && r->steps-- > 0; a = a->next)
            if (a->dynamic && a->node && str_eq(a->name, d->name))
                found = a->node;
    return found;
}

static bool check_any(struct run *r, const struct node_list *list, const struct json *v,
                      struct marks *m)
{
    bool found = false;

    for (uint32_t i = 0; i < list->n; i++) {
        found |= probe_branch(r, list->nodes[i], v, m);
        if (found && !m)
            return true;
    }
    if (!found)
        complain(r, STR_NONE, "fits none of the %" PRIu32 " alternatives (anyOf)", list->n);
    return found;
}

static bool check_one(struct run *r, const struct node_list *list, const struct json *v,
                      struct marks *m)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < list->n && found < 2; i++)
        found += probe_branch(r, list->nodes[i], v, m);
    if (found == 0)
        complain(r, STR_NONE, "fits none of the %" PRIu32 " alternatives (oneOf)", list->n);
    else if (found > 1)
        complain(r, STR_NONE, "fits more than one of the alternatives (oneOf)");
    return found == 1;
}

static bool check_if(struct run *r, const struct applied *a, const struct json *v, struct marks *m)
{
    const struct node *next = probe_branch(r, a->when, v, m) ? a->then : a->otherwise;

    return !next || check(r, next, v, m);
}

static bool check_applied(struct run *r, const struct applied *a, const struct json *v,
                          struct marks *m)
{
    bool ok = true;

    if (a->ref && !check(r, a->ref, v, m))
        FAILED();
    if (a->dynamic && !check(r, dynamic_target(r, a->dynamic), v, m))
        FAILED();
    for (uint32_t i = 0; i < a->all.n; i++)
        if (!check(r, a->all.nodes[i], v, m))
            FAILED();
    if (a->any.n && !check_any(r, &a->any, v, m))
        FAILED();
    if (a->one.n && !check_one(r, &a->one, v, m))
        FAILED();
    if (a->excluded && probe(r, a->excluded, v, NULL))
        FAIL(STR_NONE, "is of a kind that is excluded (not)");
    if (a->when && !check_if(r, a, v, m))
        FAILED();
    return ok;
}

/* unevaluated*: what nothing above has looked at */
static bool check_rest(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    bool object = v->type == J_OBJECT, ok = true;
    const struct node *rest = object ? n->unevaluated_properties : n->unevaluated_items;

    for (uint32_t i = 0; i < v->n && !m->all; i++) {
        if (is_marked(m, i))
            continue;
        if (object && rest->never)
            FAIL(v->members[i].key, "is not a property known here (unevaluatedProperties)");
        else if (object ? !check_member(r, rest, &v->members[i]) : !check_item(r, rest, v, i))
            FAILED();
    }
    m->all = true;
    return ok;
}

static bool check_rules(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    bool ok = true;

    if (n->values && !check_values(r, n->values, v))
        FAILED();
    switch (v->type) {
    case J_NULL:
    case J_BOOL:
        break;
    case J_INT:
    case J_REAL:
        if (n->number && !check_number(r, n->number, v))
            FAILED();
        break;
    case J_STRING:
        if (n->string && !check_string(r, n->string, json_str(v)))
            FAILED();
        break;
    case J_ARRAY:
        if (n->array && !check_array(r, n->array, v, m))
            FAILED();
        break;
    case J_OBJECT:
        if (n->object && !check_object(r, n->object, v, m))
            FAILED();
        break;
    }
    if (n->applied && !check_applied(r, n->applied, v, m))
        FAILED();
    return ok;
}

/* A node with unevaluated*: what the rules look at is noted for it. */
static __attribute__((noinline)) bool check_with_rest(struct run *r, const struct node *n,
                                                      const struct json *v, struct marks *m)
{
    struct marks mine;

    r->steps -= v->n / 8;
    if (!marks_init(r, &mine, v->n))
        return false;
    bool ok = check_rules(r, n, v, &mine);
    if (!ok && (!r->report || r->fatal != OK))
        return false;
    ok &= check_rest(r, n, v, &mine);
    if (ok)
        marks_merge(m, &mine);
    return ok;
}

static bool check_marked(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    bool rest = (v->type == J_OBJECT && n->unevaluated_properties) ||
                (v->type == J_ARRAY && n->unevaluated_items);

    return rest ? check_with_rest(r, n, v, m) : check_rules(r, n, v, m);
}

/* What has rules for single values only needs no depth, marks or scope. */
static bool check_plain(struct run *r, const struct node *n, const struct json *v)
{
    if (v->type == J_STRING)
        return !n->string || check_string(r, n->string, str_bytes(v->s, v->n));
    if (v->type == J_INT || v->type == J_REAL)
        return !n->number || check_number(r, n->number, v);
    return true;
}

static bool check_entering(struct run *r, const struct node *n, const struct json *v,
                           struct marks *m)
{
    struct scope here = {.up = r->scope, .resource = n->resource};

    r->scope = &here;
    bool ok = check_marked(r, n, v, m);
    r->scope = here.up;
    return ok;
}

static bool check(struct run *r, const struct node *n, const struct json *v, struct marks *m)
{
    /* a reference alone changes nothing but the scope, which only $dynamicRef asks for */
    while (n->detour && !r->schema->dynamic && --r->steps > 0)
        n = n->applied->ref;
    if (--r->steps <= 0 || r->depth >= DEPTH_MAX || r->fatal != OK)
        return die(r, ERR_LIMIT);
    if (n->never)
        return complain(r, STR_NONE, "is not allowed here") && false;
    if (!(n->types & type_of(v)) && !check_type(r, n, v))
        return false;
    if (n->plain)
        return check_plain(r, n, v);
    r->depth++;
    bool entered = r->schema->dynamic && (!r->scope || r->scope->resource != n->resource);
    bool ok = entered ? check_entering(r, n, v, m) : check_marked(r, n, v, m);
    r->depth--;
    return ok;
}

enum err schema_check(const struct schema *s, const struct json *v, struct arena *scratch,
                      struct fault *f)
{
    struct run r = {.schema = s, .arena = scratch, .steps = s->max_steps};

    bool ok = check(&r, s->root, v, NULL);
    if (r.steps <= 0)
        die(&r, ERR_LIMIT);
    if (ok && r.fatal == OK)
        return OK;
    if (r.fatal == OK && f) {
        f->items = NULL;
        r = (struct run){.schema = s,
                         .arena = scratch,
                         .steps = s->max_steps,
                         .report = true,
                         .f = f,
                         .tail = &f->items};
        check(&r, s->root, v, NULL);
        if (r.steps <= 0)
            die(&r, ERR_LIMIT);
    }
    if (r.fatal == ERR_MEMORY_LIMIT)
        return fault(f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    if (r.fatal != OK) {
        if (f)
            f->items = NULL;
        return fault(f, ERR_LIMIT, "the check is too deep, too long, or a pattern too hard");
    }
    return f && r.n_errors ? ERR_SCHEMA : fault(f, ERR_SCHEMA, "does not fit its schema");
}
