/* json.c - reading and building trees */
#include "base/json.h"

#include <math.h>

bool json_is(const struct json *j, enum json_type type)
{
    return j && j->type == type;
}

const struct json *json_get(const struct json *o, str key)
{
    if (!json_is(o, J_OBJECT))
        return NULL;
    for (uint32_t i = 0; i < o->n; i++)
        if (str_eq(o->members[i].key, key))
            return &o->members[i].value;
    return NULL;
}

const struct json *json_at(const struct json *a, size_t i)
{
    return json_is(a, J_ARRAY) && i < a->n ? &a->items[i] : NULL;
}

str json_str(const struct json *j)
{
    return json_is(j, J_STRING) ? str_bytes(j->s, j->n) : STR_NONE;
}

str json_get_str(const struct json *o, str key)
{
    return json_str(json_get(o, key));
}

int64_t json_get_int(const struct json *o, str key, int64_t otherwise)
{
    const struct json *j = json_get(o, key);

    return json_is(j, J_INT) ? j->i : otherwise;
}

bool json_get_bool(const struct json *o, str key, bool otherwise)
{
    const struct json *j = json_get(o, key);

    return json_is(j, J_BOOL) ? j->b : otherwise;
}

/* Does a reference token with its ~0 and ~1 escapes name this key? */
static bool token_is(str token, str key)
{
    size_t k = 0;

    for (size_t i = 0; i < token.n; i++, k++) {
        char c = token.p[i];
        if (c == '~') {
            if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1'))
                return false;
            c = token.p[i] == '0' ? '~' : '/';
        }
        if (k == key.n || key.p[k] != c)
            return false;
    }
    return k == key.n;
}

static const struct json *member_by_token(const struct json *o, str token)
{
    for (uint32_t i = 0; i < o->n; i++)
        if (token_is(token, o->members[i].key))
            return &o->members[i].value;
    return NULL;
}

const struct json *json_pointer(const struct json *j, str pointer)
{
    str token;

    if (pointer.n == 0)
        return j;
    if (pointer.p[0] != '/')
        return NULL;
    str rest = str_sub(pointer, 1, pointer.n);
    while (j && str_split(&rest, '/', &token)) {
        if (j->type == J_OBJECT) {
            j = member_by_token(j, token);
        } else if (j->type == J_ARRAY) {
            int64_t i;
            bool number = str_to_int64(token, &i) && i >= 0 && (token.n == 1 || token.p[0] != '0');
            j = number ? json_at(j, (size_t)i) : NULL;
        } else {
            j = NULL;
        }
    }
    return j;
}

static bool numbers_equal(const struct json *a, const struct json *b)
{
    if (a->type == J_INT && b->type == J_INT)
        return a->i == b->i;
    if (a->type == J_REAL && b->type == J_REAL)
        return a->d == b->d;
    double d = a->type == J_REAL ? a->d : b->d;
    int64_t i = a->type == J_INT ? a->i : b->i;
    /* compare as integers: converting i to double could round */
    return d >= -0x1p63 && d < 0x1p63 && d == floor(d) && (int64_t)d == i;
}

static bool objects_equal(const struct json *a, const struct json *b)
{
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct json *other = json_get(b, a->members[i].key);
        if (!other || !json_same(&a->members[i].value, other))
            return false;
    }
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    bool a_number = a->type == J_INT || a->type == J_REAL;
    bool b_number = b->type == J_INT || b->type == J_REAL;

    if (a_number && b_number)
        return numbers_equal(a, b);
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case J_NULL:
    case J_INT:
    case J_REAL:
        return true;
    case J_BOOL:
        return a->b == b->b;
    case J_STRING:
        return str_eq(json_str(a), json_str(b));
    case J_ARRAY:
        if (a->n != b->n)
            return false;
        for (uint32_t i = 0; i < a->n; i++)
            if (!json_same(&a->items[i], &b->items[i]))
                return false;
        return true;
    case J_OBJECT:
        return objects_equal(a, b);
    }
    return false;
}

struct json json_of_str(str s)
{
    return (struct json){.type = J_STRING, .n = (uint32_t)s.n, .s = s.p};
}

struct json json_of_int(int64_t i)
{
    return (struct json){.type = J_INT, .i = i};
}

struct json json_of_bool(bool b)
{
    return (struct json){.type = J_BOOL, .b = b};
}

/* Containers being built have room for the next power of two above n, at least 4: so growth is
 * due exactly when n is 0 or such a power. */
static void *grown(struct arena *a, void *old, uint32_t n, size_t size)
{
    bool full = n == 0 || (n >= 4 && (n & (n - 1)) == 0);

    if (!full)
        return old;
    void *p = arena_alloc(a, (n ? (size_t)n * 2 : 4) * size);
    if (p && n)
        memcpy(p, old, n * size);
    return p;
}

bool json_push(struct arena *a, struct json *array, struct json item)
{
    struct json *items = grown(a, array->items, array->n, sizeof *items);

    if (!items)
        return false;
    array->items = items;
    items[array->n++] = item;
    return true;
}

bool json_put(struct arena *a, struct json *o, str key, struct json value)
{
    for (uint32_t i = 0; i < o->n; i++)
        if (str_eq(o->members[i].key, key)) {
            o->members[i].value = value;
            return true;
        }
    struct json_member *members = grown(a, o->members, o->n, sizeof *members);
    if (!members)
        return false;
    o->members = members;
    members[o->n++] = (struct json_member){key, value};
    return true;
}
