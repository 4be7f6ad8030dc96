/* json.h - strict JSON: parser, writer, RFC 8785 canonical form
 *
 * The parser takes RFC 8259 as narrowed by I-JSON (RFC 7493): well-formed UTF-8, no lone
 * surrogate, no duplicate key, no byte after the value. Integers without fraction or exponent
 * are int64 and exact; one beyond int64 is refused rather than rounded. Depth, number of values
 * and memory are limited.
 *
 * A parsed tree lives in the arena given, and its strings without escapes point into the input:
 * keep both as long as the tree.
 */
#ifndef SIFARA_BASE_JSON_H
#define SIFARA_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/errors.h"

enum json_type { J_NULL, J_BOOL, J_INT, J_REAL, J_STRING, J_ARRAY, J_OBJECT };

struct json_member;

struct json {
    enum json_type type;
    uint32_t n; /* bytes of a string, items of an array, members of an object */
    union {
        bool b;
        int64_t i;
        double d;
        const char *s;
        struct json *items;
        struct json_member *members; /* in input order */
    };
};

struct json_member {
    str key;
    struct json value;
};

struct json_limits {
    unsigned depth; /* nested arrays and objects; at most 1000 */
    unsigned count; /* values and keys in all */
};

#define JSON_MAX_DEPTH 1000
/* For request bodies. */
extern const struct json_limits json_limits_default; /* depth 64, 100,000 values */
/* For our own files and for large, trusted inputs. */
extern const struct json_limits json_limits_wide; /* depth 1000, 16 million values */

/* Parses all of text. limits NULL takes the default ones.
 * Errors: ERR_MALFORMED_JSON (f->detail has the byte offset), ERR_LIMIT, ERR_MEMORY_LIMIT. */
NODISCARD enum err json_parse(struct arena *, str text, const struct json_limits *limits,
                              struct json **out, struct fault *);

/* Reading. All accept NULL and the wrong type, and then give the "absent" answer. */
const struct json *json_get(const struct json *object, str key); /* NULL if absent */
const struct json *json_at(const struct json *array, size_t i);  /* NULL if absent */
str json_str(const struct json *);                               /* STR_NONE unless a string */
bool json_is(const struct json *, enum json_type);
/* Member of an object as a string; STR_NONE if absent or of another type. */
str json_get_str(const struct json *object, str key);
int64_t json_get_int(const struct json *object, str key, int64_t otherwise);
bool json_get_bool(const struct json *object, str key, bool otherwise);
/* Follows a JSON Pointer (RFC 6901); NULL if it leads nowhere. */
const struct json *json_pointer(const struct json *, str pointer);
/* Same value: numbers by mathematical value (1 equals 1.0), objects whatever their order. */
bool json_same(const struct json *, const struct json *);

/* All strings in it, keys too, are utf8_plain(). ERR_INVALID with the pointer of the first that is
 * not. */
NODISCARD enum err json_plain(const struct json *, struct fault *);

/* Building trees in an arena: values, and containers that grow: ones that were parsed, or that
 * began empty. false when the arena is exhausted. */
struct json json_of_str(str);
struct json json_of_int(int64_t);
struct json json_of_bool(bool);
NODISCARD bool json_push(struct arena *, struct json *array, struct json item);
/* Adds or replaces a member. */
NODISCARD bool json_put(struct arena *, struct json *object, str key, struct json value);

/* Writing text onto a buffer: commas are put where they belong.
 *   struct jw w = JW(&buf);
 *   jw_open(&w, '{'); jw_key(&w, S("n")); jw_int(&w, 1); jw_close(&w, '}');
 * Invalid UTF-8 in a string becomes U+FFFD, so that the output is always JSON. */
struct jw {
    struct buf *b;
    bool comma;
};
#define JW(buf) ((struct jw){.b = (buf)})
void jw_open(struct jw *, char bracket);
void jw_close(struct jw *, char bracket);
void jw_key(struct jw *, str key);
void jw_string(struct jw *, str);
void jw_int(struct jw *, int64_t);
/* As ECMAScript prints it, so that it reads back as a real; null unless finite. */
void jw_real(struct jw *, double);
void jw_bool(struct jw *, bool);
void jw_null(struct jw *);
void jw_raw(struct jw *, str text); /* text that is JSON already */
void jw_tree(struct jw *, const struct json *);
/* key and value in one call */
void jw_kv(struct jw *, str key, str value);
void jw_kv_int(struct jw *, str key, int64_t);
void jw_kv_bool(struct jw *, str key, bool);
void jw_kv_strings(struct jw *, str key, const str *list, size_t n);

/* RFC 8785 (JCS): keys in UTF-16 order, numbers as ECMAScript prints them, no blanks.
 * ERR_RANGE for an integer beyond 2^53, which the form cannot carry exactly, and for a real that
 * would look like an integer beyond 2^63;
 * ERR_MEMORY_LIMIT when the buffer or scratch is full. */
NODISCARD enum err json_canonical(struct buf *, const struct json *, struct arena *scratch,
                                  struct fault *);

/* Number::toString of ECMA-262: the shortest decimal that reads back as d. out has room for
 * 32 bytes; returns the length. d must be finite. */
size_t json_format_real(double d, char out[32]);

#endif
