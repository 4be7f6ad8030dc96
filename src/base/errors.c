#include "base/errors.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    enum err_class class;
    const char *slug, *title;
} rows[ERR_COUNT] = {[OK] = {CLASS_OK, "ok", "Done"},
#define X(code, class, slug, title) [code] = {CLASS_##class, slug, title},
                     ERRORS(X)
#undef X
};

static void fill(struct fault *f, enum err code, const char *pointer, const char *fmt, va_list ap)
{
    if (!f)
        return;
    f->code = code;
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
    vsnprintf(f->detail, sizeof f->detail, fmt, ap);
}

enum err fault(struct fault *f, enum err code, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(f, code, "", fmt, ap);
    va_end(ap);
    return code;
}

enum err fault_at(struct fault *f, enum err code, const char *pointer, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(f, code, pointer, fmt, ap);
    va_end(ap);
    return code;
}

void fault_add(struct fault *f, struct arena *a, const char *pointer, const char *detail)
{
    struct fault_item **end = &f->items;
    struct fault_item *item = arena_new_of(a, struct fault_item);

    if (!item)
        return;
    item->pointer = str_cstr(a, str_of(pointer));
    item->detail = str_cstr(a, str_of(detail));
    if (!item->pointer || !item->detail)
        return;
    while (*end)
        end = &(*end)->next;
    *end = item;
}

enum err_class err_class(enum err e)
{
    assert(e < ERR_COUNT);
    return rows[e].class;
}

const char *err_slug(enum err e)
{
    assert(e < ERR_COUNT);
    return rows[e].slug;
}

const char *err_title(enum err e)
{
    assert(e < ERR_COUNT);
    return rows[e].title;
}
