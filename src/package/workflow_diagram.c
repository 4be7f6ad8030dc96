/* workflow_diagram.c - the life of a case to look at: Mermaid, and a table */
#include "package/workflow.h"

/* Mermaid takes no hyphen in the name of a state. */
static void add_id(struct buf *b, str id)
{
    for (size_t i = 0; i < id.n; i++)
        buf_add_char(b, id.p[i] == '-' ? '_' : id.p[i]);
}

static void add_names(struct buf *b, const char *before, const str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s%.*s", i ? ", " : before, STR_FMT(list[i]));
}

static void add_arrow(struct buf *b, const struct workflow_state *s, const struct workflow_row *r)
{
    buf_add_str(b, S("    "));
    add_id(b, s->id);
    buf_add_str(b, S(" --> "));
    add_id(b, r->to->id);
    buf_printf(b, ": %.*s%s\n", STR_FMT(r->event), r->when ? " [if]" : "");
}

static void add_mermaid(const struct workflow *w, struct buf *b)
{
    buf_add_str(b, S("```mermaid\nstateDiagram-v2\n"));
    for (size_t i = 0; i < w->n; i++)
        if (str_find_char(w->state[i].id, '-') >= 0) {
            buf_printf(b, "    state \"%.*s\" as ", STR_FMT(w->state[i].id));
            add_id(b, w->state[i].id);
            buf_add_char(b, '\n');
        }
    buf_add_str(b, S("    [*] --> "));
    add_id(b, w->start->id);
    buf_add_char(b, '\n');
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++)
            add_arrow(b, &w->state[i], &w->state[i].row[k]);
    for (size_t i = 0; i < w->n; i++)
        if (w->state[i].turn == TURN_END) {
            buf_add_str(b, S("    "));
            add_id(b, w->state[i].id);
            buf_add_str(b, S(" --> [*]\n"));
        }
    buf_add_str(b, S("```\n"));
}

static void add_notes(struct buf *b, const struct workflow_state *s, const struct workflow_row *r)
{
    size_t before = b->n;

#define NEXT (b->n > before ? "; " : " ")
    if (s->then.p && str_eq(s->then, r->event))
        buf_printf(b, "%safter %d %s", NEXT, s->term, s->working ? "working days" : "days");
    if (r->when)
        buf_printf(b, "%sif its rule holds", NEXT);
    if (r->paid)
        buf_printf(b, "%sonce the fee is paid", NEXT);
    if (r->n_others) {
        buf_add_str(b, str_of(NEXT));
        add_names(b, "another officer than: ", r->other_than, r->n_others);
    }
    if (r->n_asks) {
        buf_add_str(b, str_of(NEXT));
        add_names(b, "asks ", r->asks, r->n_asks);
    }
    if (r->document.p)
        buf_printf(b, "%sissues %.*s", NEXT, STR_FMT(r->document));
    if (r->message.p)
        buf_printf(b, "%smails %.*s", NEXT, STR_FMT(r->message));
#undef NEXT
}

void workflow_diagram(const struct workflow *w, struct buf *b)
{
    add_mermaid(w, b);
    buf_add_str(
        b, S("\n| state | turn | event | action | by | to | |\n|---|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < w->n; i++) {
        const struct workflow_state *s = &w->state[i];
        if (s->turn == TURN_END)
            buf_printf(b, "| %.*s | | | | | | an end |\n", STR_FMT(s->id));
        for (size_t k = 0; k < s->n; k++) {
            const struct workflow_row *r = &s->row[k];
            buf_printf(b, "| %.*s | %s | %.*s | `%s` | %s | %.*s |", STR_FMT(s->id),
                       workflow_turn_name(s->turn), STR_FMT(r->event), r->kind->action,
                       workflow_turn_name(r->kind->by), STR_FMT(r->to->id));
            add_notes(b, s, r);
            buf_add_str(b, S(" |\n"));
        }
    }
}
