/* json_write.c - entities, requests and values as JSON
 *
 * Always with explicit escapes, so that no schema is needed to read it back, and always the same
 * bytes for the same store: entities and parents in the order they were added, attributes and
 * elements of sets in the order of value.c.
 */
#include "cedar/cedar_int.h"

#include <stdio.h>

static void write_uid(struct jw *w, const struct cedar_uid *uid)
{
    jw_open(w, '{');
    jw_kv(w, S("type"), uid->type);
    jw_kv(w, S("id"), uid->id);
    jw_close(w, '}');
}

static void write_call(struct jw *w, str fn, str arg)
{
    jw_open(w, '{');
    jw_key(w, S("__extn"));
    jw_open(w, '{');
    jw_kv(w, S("fn"), fn);
    jw_kv(w, S("arg"), arg);
    jw_close(w, '}');
    jw_close(w, '}');
}

/* A datetime that its notation cannot say (before year 0 or after 9999) is an offset from 1970. */
static void write_far_datetime(struct jw *w, int64_t ms)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%lldms", (long long)ms);

    jw_open(w, '{');
    jw_key(w, S("__extn"));
    jw_open(w, '{');
    jw_kv(w, S("fn"), S("offset"));
    jw_key(w, S("args"));
    jw_open(w, '[');
    write_call(w, S("datetime"), S("1970-01-01"));
    write_call(w, S("duration"), (str){text, (size_t)n});
    jw_close(w, ']');
    jw_close(w, '}');
    jw_close(w, '}');
}

static void write_extension(struct jw *w, const struct cedar_value *v)
{
    char text[CD_EXT_TEXT];
    size_t n = cd_ext_print(v, text);
    str fn = v->type == CEDAR_DECIMAL    ? S("decimal")
             : v->type == CEDAR_DATETIME ? S("datetime")
             : v->type == CEDAR_DURATION ? S("duration")
                                         : S("ip");

    if (v->type == CEDAR_DATETIME && str_ends((str){text, n}, S("ms")))
        write_far_datetime(w, v->i);
    else
        write_call(w, fn, (str){text, n});
}

static bool write_record(struct jw *w, const struct cedar_record *r);

static bool write_value(struct jw *w, const struct cedar_value *v)
{
    bool ok = true;

    switch ((enum cedar_type)v->type) {
    case CEDAR_NONE:
        return false;
    case CEDAR_BOOL:
        jw_bool(w, v->b);
        break;
    case CEDAR_LONG:
        jw_int(w, v->i);
        break;
    case CEDAR_STRING:
        jw_string(w, cd_str(v));
        break;
    case CEDAR_ENTITY:
        jw_open(w, '{');
        jw_key(w, S("__entity"));
        write_uid(w, v->uid);
        jw_close(w, '}');
        break;
    case CEDAR_SET:
        jw_open(w, '[');
        for (uint32_t i = 0; ok && i < v->n; i++)
            ok = write_value(w, &v->items[i]);
        jw_close(w, ']');
        break;
    case CEDAR_RECORD:
        return write_record(w, v->record);
    case CEDAR_DECIMAL:
    case CEDAR_DATETIME:
    case CEDAR_DURATION:
    case CEDAR_IP:
        write_extension(w, v);
        break;
    }
    return ok;
}

/* false for a record that would read back as an escape */
static bool write_record(struct jw *w, const struct cedar_record *r)
{
    bool ok = true;

    jw_open(w, '{');
    for (uint32_t i = 0; ok && i < r->n; i++) {
        str name = r->fields[i].name;
        ok = !str_eq(name, S("__entity")) && !str_eq(name, S("__extn")) &&
             !str_eq(name, S("__expr"));
        jw_key(w, name);
        ok = ok && write_value(w, &r->fields[i].value);
    }
    jw_close(w, '}');
    return ok;
}

static bool write_entity(struct jw *w, const struct cedar_entities *es,
                         const struct cedar_entity *e)
{
    bool ok;

    jw_open(w, '{');
    jw_key(w, S("uid"));
    write_uid(w, &e->uid);
    jw_key(w, S("attrs"));
    ok = write_record(w, &e->attrs);
    if (e->tags.n) {
        jw_key(w, S("tags"));
        ok = write_record(w, &e->tags) && ok;
    }
    jw_key(w, S("parents"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < e->n_parents; i++)
        write_uid(w, &es->nodes[e->parents[i]]->uid);
    jw_close(w, ']');
    jw_close(w, '}');
    return ok;
}

static enum err written(struct jw *w, bool ok, struct fault *f)
{
    if (!ok)
        return fault(f, ERR_INVALID, "an attribute has a reserved name and cannot be written");
    if (!buf_ok(w->b))
        return fault(f, ERR_MEMORY_LIMIT, "the JSON text is larger than its buffer");
    return OK;
}

enum err cedar_entities_write(struct jw *w, const struct cedar_entities *es, struct fault *f)
{
    bool ok = true;

    jw_open(w, '[');
    for (size_t i = 0; es && i < es->n_existing; i++)
        ok = write_entity(w, es, es->existing[i]) && ok;
    jw_close(w, ']');
    return written(w, ok, f);
}

enum err cedar_request_write(struct jw *w, const struct cedar_request *q, struct fault *f)
{
    bool ok;

    jw_open(w, '{');
    jw_key(w, S("principal"));
    write_uid(w, &q->principal);
    jw_key(w, S("action"));
    write_uid(w, &q->action);
    jw_key(w, S("resource"));
    write_uid(w, &q->resource);
    jw_key(w, S("context"));
    ok = write_record(w, q->context ? q->context : &cd_empty_record);
    jw_close(w, '}');
    return written(w, ok, f);
}

enum err cedar_value_write(struct jw *w, const struct cedar_value *v, struct fault *f)
{
    return written(w, write_value(w, v), f);
}
