#include "link/entry.h"

#include "base/encode.h"
#include "base/world.h"

enum { VERSION = 1 };

static void put_hex(struct jw *w, str key, const void *bytes, size_t n)
{
    char hex[2 * sizeof(struct hash) + 1];

    hex_encode(bytes, n, hex);
    jw_kv(w, key, str_of(hex));
}

static void put_members(struct jw *w, const struct entry *e)
{
    char text[ID_TEXT + 1];

    /* in the order of RFC 8785 already: what follows is checked against it */
    jw_kv_int(w, S("at"), e->at);
    if (e->body.p) {
        jw_key(w, S("body"));
        jw_raw(w, e->body);
    }
    if (e->size)
        put_hex(w, S("content"), e->content.b, sizeof e->content.b);
    id_format(&e->correlation, text);
    jw_kv(w, S("correlation"), str_of(text));
    jw_kv(w, S("kind"), e->kind);
    put_hex(w, S("policy"), e->policy.b, sizeof e->policy.b);
    put_hex(w, S("salt"), e->salt, sizeof e->salt);
    if (e->size)
        put_hex(w, S("sealed"), e->sealed.b, sizeof e->sealed.b);
    if (e->size)
        jw_kv_int(w, S("size"), (int64_t)e->size);
    if (e->n_undertakings) {
        jw_key(w, S("undertakings"));
        jw_open(w, '[');
        for (size_t i = 0; i < e->n_undertakings; i++)
            jw_string(w, e->undertaking[i]);
        jw_close(w, ']');
    }
    jw_kv_int(w, S("v"), VERSION);
}

enum err entry_format(struct buf *b, const struct entry *e, struct arena *scratch, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES);
    struct jw w = JW(&text);
    struct json *j;
    size_t before = b->n;

    jw_open(&w, '{');
    put_members(&w, e);
    jw_close(&w, '}');
    if (!buf_ok(&text))
        return fault(f, ERR_LIMIT, "an entry has at most %d bytes", ENTRY_BYTES);
    TRY(json_parse(scratch, buf_str(&text), NULL, &j, f));
    TRY(json_canonical(b, j, scratch, f));
    if (b->n - before > ENTRY_BYTES)
        return fault(f, ERR_LIMIT, "an entry has at most %d bytes", ENTRY_BYTES);
    return OK;
}

static bool known_member(str key)
{
    static const char *const names[] = {"at",   "body",         "content", "correlation",
                                        "kind", "policy",       "salt",    "sealed",
                                        "size", "undertakings", "v"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(key, str_of(names[i])))
            return true;
    return false;
}

static bool is_kind(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return s.n > 0 && s.n <= ENTRY_KIND;
}

static enum err bad(struct fault *f, const char *what)
{
    return fault(f, ERR_MALFORMED_TEXT, "an entry of a channel with a wrong \"%s\"", what);
}

static enum err read_payload(const struct json *j, struct entry *e, struct fault *f)
{
    bool any = json_get(j, S("size")) || json_get(j, S("content")) || json_get(j, S("sealed"));
    int64_t size = json_get_int(j, S("size"), 0);

    if (!any)
        return OK;
    if (size <= 0)
        return bad(f, "size");
    e->size = (uint64_t)size;
    if (!hex_decode(json_get_str(j, S("content")), e->content.b, sizeof e->content.b))
        return bad(f, "content");
    if (!hex_decode(json_get_str(j, S("sealed")), e->sealed.b, sizeof e->sealed.b))
        return bad(f, "sealed");
    return OK;
}

static enum err read_undertakings(const struct json *list, struct entry *e, struct fault *f)
{
    if (!list)
        return OK;
    if (!json_is(list, J_ARRAY) || list->n == 0 || list->n > ENTRY_UNDERTAKINGS)
        return bad(f, "undertakings");
    for (size_t i = 0; i < list->n; i++) {
        e->undertaking[i] = json_str(json_at(list, i));
        if (!is_kind(e->undertaking[i]))
            return bad(f, "undertakings");
    }
    e->n_undertakings = list->n;
    return OK;
}

static enum err read_members(struct arena *a, const struct json *j, struct entry *e,
                             struct fault *f)
{
    const struct json *body = json_get(j, S("body"));

    if (json_get_int(j, S("v"), 0) != VERSION)
        return bad(f, "v");
    e->kind = json_get_str(j, S("kind"));
    if (!is_kind(e->kind))
        return bad(f, "kind");
    e->at = json_get_int(j, S("at"), -1);
    if (e->at < 0)
        return bad(f, "at");
    if (!id_parse(json_get_str(j, S("correlation")), &e->correlation))
        return bad(f, "correlation");
    if (!hex_decode(json_get_str(j, S("policy")), e->policy.b, sizeof e->policy.b))
        return bad(f, "policy");
    if (!hex_decode(json_get_str(j, S("salt")), e->salt, sizeof e->salt))
        return bad(f, "salt");
    TRY(read_payload(j, e, f));
    TRY(read_undertakings(json_get(j, S("undertakings")), e, f));
    if (!body)
        return OK;
    AUTO(buf) struct buf text = BUF(ENTRY_BYTES);
    TRY(json_canonical(&text, body, a, f));
    e->body = str_copy(a, buf_str(&text));
    TRY_PTR(e->body.p, f);
    return OK;
}

enum err entry_parse(struct arena *a, str text, struct entry *out, struct fault *f)
{
    AUTO(buf) struct buf again = BUF(ENTRY_BYTES);
    struct json *j;

    *out = (struct entry){0};
    if (text.n > ENTRY_BYTES)
        return fault(f, ERR_LIMIT, "an entry has at most %d bytes", ENTRY_BYTES);
    TRY(json_parse(a, text, NULL, &j, f));
    if (!json_is(j, J_OBJECT))
        return fault(f, ERR_MALFORMED_TEXT, "an entry is a JSON object");
    for (uint32_t i = 0; i < j->n; i++)
        if (!known_member(j->members[i].key))
            return fault(f, ERR_MALFORMED_TEXT, "an entry has no member \"%.*s\"",
                         STR_FMT(j->members[i].key));
    TRY(read_members(a, j, out, f));
    /* one entry has one text, down to the case of its digits */
    TRY(entry_format(&again, out, a, f));
    return str_eq(buf_str(&again), text)
               ? OK
               : fault(f, ERR_MALFORMED_TEXT, "an entry is in canonical form (RFC 8785)");
}
