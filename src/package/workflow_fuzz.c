/* workflow_fuzz.c - workflow.json of anybody
 *
 * What is told of is refused, and the other way round but for its rules; from every state that is
 * not an end some event leads on whatever the answers are, and the diagram can be made. */
#include <assert.h>

#include "package/workflow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *context, const char *pointer, const char *remedy, const char *what)
{
    assert(pointer && *remedy && *what);
    ++*(unsigned *)context;
}

static void walk(struct arena *a, const struct workflow_state *s)
{
    const struct json nothing = {.type = J_OBJECT};
    const struct workflow_row *row;
    bool open = false;

    for (size_t k = 0; k < s->n; k++) {
        enum err e = workflow_next(s, s->row[k].event, &nothing, a, &row, NULL);
        open |= e == OK;
        if (e == OK)
            assert(str_eq(row->event, s->row[k].event) && row->to);
        else if (e != ERR_CONFLICT)
            return; /* a limit */
    }
    assert(open || s->turn == TURN_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(buf) struct buf b = BUF(4 << 20);
    struct workflow *w = NULL;
    struct json *doc;
    unsigned told = 0;

    if (!a || size > 1 << 20 || json_parse(a, str_bytes(data, size), NULL, &doc, NULL) != OK)
        return 0;
    workflow_inspect(doc, count, &told);
    enum err e = workflow_load(a, doc, &w, NULL);
    assert(!told || e == ERR_INVALID || e == ERR_MEMORY_LIMIT);
    if (e == OK) {
        for (size_t i = 0; i < w->n; i++)
            walk(a, &w->state[i]);
        workflow_diagram(w, &b);
    }
    workflow_free(w);
    return 0;
}
