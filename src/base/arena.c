#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Blocks are singly linked, newest first; the first one is kept across resets. */
struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *top, *first;
    size_t cap, used;
};

enum { FIRST_BLOCK = 8 * 1024, ALIGN = _Alignof(max_align_t) };

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);

    if (b)
        *b = (struct block){.size = size};
    return b;
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a)
        return NULL;
    a->cap = cap;
    return a;
}

static void free_until(struct arena *a, struct block *keep)
{
    while (a->top != keep) {
        struct block *next = a->top->next;
        free(a->top);
        a->top = next;
    }
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    free_until(a, NULL);
    free(a);
}

void arena_reset(struct arena *a)
{
#ifdef SIFARA_ARENA_DEBUG
    a->first = NULL;
#endif
    free_until(a, a->first);
    if (a->first)
        a->first->used = 0;
    a->used = 0;
}

/* Room for n more bytes on top; false beyond the cap. Blocks double, so that a large parse
 * costs few of them, but never promise more than the cap leaves. */
static bool grow(struct arena *a, size_t n)
{
    size_t size = a->top ? a->top->size * 2 : FIRST_BLOCK;

    if (size > 1024 * 1024)
        size = 1024 * 1024;
    if (size < n)
        size = n;
#ifdef SIFARA_ARENA_DEBUG
    size = n;
#endif
    struct block *b = block_new(size);
    if (!b)
        return false;
    b->next = a->top;
    a->top = b;
    if (!a->first)
        a->first = b;
    return true;
}

void *arena_alloc(struct arena *a, size_t n)
{
#ifdef SIFARA_ARENA_DEBUG
    size_t room = n ? n : 1;
#else
    if (n > SIZE_MAX - ALIGN)
        return NULL;
    size_t room = (n + ALIGN - 1) / ALIGN * ALIGN;
#endif
    if (room > a->cap - a->used)
        return NULL;
#ifdef SIFARA_ARENA_DEBUG
    if (!grow(a, room))
        return NULL;
#else
    if ((!a->top || a->top->size - a->top->used < room) && !grow(a, room))
        return NULL;
#endif
    void *p = a->top->bytes + a->top->used;
    a->top->used += room;
    a->used += room;
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *p = arena_alloc(a, count * size);
    if (p)
        memset(p, 0, count * size);
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

str str_copy(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.n);

    if (p && s.n)
        memcpy(p, s.p, s.n);
    return p ? (str){p, s.n} : STR_NONE;
}

char *str_cstr(struct arena *a, str s)
{
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;

    if (!p)
        return NULL;
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return p;
}

str str_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (!p)
        return STR_NONE;
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (str){p, (size_t)n};
}
