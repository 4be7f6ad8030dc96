/* json_plain.c - texts that look like what they are */
#include <stdio.h>

#include "base/json.h"

/* Where in the value: links from the inside out, written as a pointer only when one is needed. */
struct place {
    const struct place *above;
    str key; /* of a member, or STR_NONE: the item */
    size_t item;
};

/* RFC 6901: ~ and / of a key are escaped. A pointer that does not fit ends early, and the length is
 * then room. */
static size_t put_pointer(const struct place *at, char *to, size_t room)
{
    enum { NUMBER = 12 };
    size_t n = at->above ? put_pointer(at->above, to, room) : 0;

    if (!at->above)
        return 0;
    if (n + at->key.n * 2 + NUMBER >= room)
        return room;
    if (!at->key.p)
        return n + (size_t)snprintf(to + n, room - n, "/%zu", at->item);
    to[n++] = '/';
    for (size_t i = 0; i < at->key.n; i++) {
        char c = at->key.p[i];
        bool escaped = c == '~' || c == '/';
        if (escaped)
            to[n++] = '~';
        to[n++] = !escaped ? c : c == '~' ? '0' : '1';
    }
    to[n] = 0;
    return n;
}

static enum err refuse(const struct place *at, uint32_t cp, struct fault *f)
{
    char pointer[sizeof f->pointer] = "";

    (void)put_pointer(at, pointer, sizeof pointer);
    return fault_at(f, ERR_INVALID, pointer,
                    "the text has a character that is not seen, or turns what is read (U+%04X)",
                    (unsigned)cp);
}

static enum err check(const struct json *j, const struct place *at, struct fault *f)
{
    uint32_t cp;

    if (j->type == J_STRING)
        return utf8_plain(json_str(j), &cp) ? OK : refuse(at, cp, f);
    for (uint32_t i = 0; j->type == J_ARRAY && i < j->n; i++)
        TRY(check(&j->items[i], &(struct place){at, STR_NONE, i}, f));
    for (uint32_t i = 0; j->type == J_OBJECT && i < j->n; i++) {
        if (!utf8_plain(j->members[i].key, &cp))
            return refuse(at, cp, f);
        TRY(check(&j->members[i].value, &(struct place){at, j->members[i].key, 0}, f));
    }
    return OK;
}

enum err json_plain(const struct json *j, struct fault *f)
{
    return check(j, &(struct place){0}, f);
}
