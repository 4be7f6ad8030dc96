/* arena.h - memory of one request: allocate forward, free all at once, never beyond a cap
 *
 * A request, a job or a parse owns one arena. Nothing that outlives it keeps a pointer into it:
 * stores and caches copy. When the cap is reached every call returns NULL until the reset, and
 * the caller answers ERR_MEMORY_LIMIT: exhaustion is a refusal, not a crash.
 *
 * Built with -Darena_debug=true each allocation is a malloc of its own, so that the address
 * sanitizer sees overruns and use after reset.
 */
#ifndef SIFARA_BASE_ARENA_H
#define SIFARA_BASE_ARENA_H

#include "base/attr.h"
#include "base/str.h"

struct arena;

/* A new arena that never holds more than cap bytes; NULL when out of memory. Owned by the
 * caller. */
NODISCARD struct arena *arena_new(size_t cap);
/* Frees the arena and all that came from it; NULL is harmless. */
void arena_free(struct arena *);
/* Forgets all allocations but keeps the first block for the next request. */
void arena_reset(struct arena *);
/* n bytes aligned for any type, not cleared; NULL beyond the cap. */
NODISCARD void *arena_alloc(struct arena *, size_t n);
/* As arena_alloc, zeroed, for count things of size bytes; NULL on overflow too. */
NODISCARD void *arena_zalloc(struct arena *, size_t count, size_t size);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *);

/* Copies; .p is NULL when the arena is exhausted (an empty copy has a non-NULL .p). */
NODISCARD str str_copy(struct arena *, str);
/* The same bytes with a NUL behind them, or NULL. */
NODISCARD char *str_cstr(struct arena *, str);
/* printf into the arena; .p is NULL when it is exhausted. */
NODISCARD str str_printf(struct arena *, const char *fmt, ...) PRINTF(2, 3);

#define arena_new_of(arena, type) ((type *)arena_zalloc((arena), 1, sizeof(type)))

static inline void arena_release(struct arena **a)
{
    arena_free(*a);
}

DEFINE_AUTO(arena, struct arena *, arena_release)

#endif
