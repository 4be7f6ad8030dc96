/* json_fuzz.c - the parser against jansson, and parse → print → parse
 *
 * Both take the same strict dialect: whatever one accepts the other must, and the values must
 * print alike. jansson differs in two places only: it refuses
 * a NUL inside a key, and takes a raw NUL byte for the end of the text. */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct json *a, const json_t *b)
{
    switch (a->type) {
    case J_NULL:
        assert(json_is_null(b));
        break;
    case J_BOOL:
        assert(json_is_boolean(b) && json_boolean_value(b) == a->b);
        break;
    case J_INT:
        assert(json_is_integer(b) && json_integer_value(b) == a->i);
        break;
    case J_REAL:
        assert(json_is_real(b) && json_real_value(b) == a->d);
        break;
    case J_STRING:
        assert(json_is_string(b) && json_string_length(b) == a->n &&
               memcmp(json_string_value(b), a->s, a->n) == 0);
        break;
    case J_ARRAY:
        assert(json_is_array(b) && json_array_size(b) == a->n);
        for (uint32_t i = 0; i < a->n; i++)
            same(&a->items[i], json_array_get(b, i));
        break;
    case J_OBJECT:
        assert(json_is_object(b) && json_object_size(b) == a->n);
        for (uint32_t i = 0; i < a->n; i++) {
            str k = a->members[i].key;
            json_t *v = json_object_getn(b, k.p, k.n);
            assert(v);
            same(&a->members[i].value, v);
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(buf) struct buf text = BUF(64 << 20);
    AUTO(buf) struct buf canon = BUF(64 << 20);
    struct json *j, *again;
    json_error_t why;
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    const struct json_limits limits = {.depth = 200, .count = 1000000};

    enum err e = json_parse(a, str_bytes(data, size), &limits, &j, NULL);
    json_t *oracle = json_loadb((const char *)data, size, flags, &why);
    if (e == OK) {
        if (oracle)
            same(j, oracle);
        else
            assert(json_error_code(&why) == json_error_null_byte_in_key);
        struct fault f = {0};
        if (json_plain(j, &f) != OK)
            assert(str_starts(str_of(f.pointer), f.pointer[0] ? S("/") : S("")));
        struct jw w = JW(&text);
        jw_tree(&w, j);
        assert(json_parse(a, buf_str(&text), &limits, &again, NULL) == OK);
        assert(json_same(j, again));
        if (json_canonical(&canon, j, a, NULL) == OK)
            assert(json_parse(a, buf_str(&canon), &limits, &again, NULL) == OK);
    } else if (e == ERR_MALFORMED_JSON && (size == 0 || !memchr(data, 0, size))) {
        assert(!oracle); /* jansson takes a NUL byte for the end of the text */
    }
    json_decref(oracle);
    return 0;
}
