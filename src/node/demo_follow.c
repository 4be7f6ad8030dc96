/* demo_follow.c - what comes after a decision: booklets made, sent, handed over, and paid for */
#include <inttypes.h>

#include "node/demo_int.h"

enum { STEPS_MAX = 8 };

/* What lies before the officer, as the row of the case has it. */
struct standing {
    str state, currency;
    int64_t owed;
};

static enum err look(struct demo *d, const struct plan *p, struct arena *a, struct standing *out,
                     struct fault *f)
{
    struct db *db;
    struct query q;

    TRY(db_pool_take(d->node->house.readers, &db, f));
    enum err e = db_one(db, &q, f, "SELECT state, currency, fee - paid FROM case_file WHERE id = ?",
                        "d", &p->id);
    if (e == OK) {
        out->state = str_copy(a, query_str(&q, 0));
        out->currency = str_copy(a, query_str(&q, 1));
        out->owed = query_int(&q, 2);
        e = query_end(&q, f);
    }
    db_pool_put(d->node->house.readers, db);
    TRY(e);
    TRY_PTR(out->state.p && out->currency.p, f);
    return OK;
}

/* The steps of the state that an officer records, one after the other. Before the document the common
 * life has none: there the case waits for a decision. */
static const struct workflow_row *step_of(const struct workflow *w, str state, unsigned nth)
{
    bool before = workflow_common_state(state) && !str_eq(state, S("issued"));
    const struct workflow_state *s = before ? NULL : workflow_state(w, state);

    for (size_t i = 0; s && i < s->n; i++)
        if (strcmp(s->row[i].kind->action, "case.record") == 0 && nth-- == 0)
            return &s->row[i];
    return NULL;
}

static enum err pay(struct demo *d, const struct plan *p, const char *token,
                    const struct standing *now, struct arena *a, struct fault *f)
{
    str body = str_printf(a, "{\"amount\":%" PRId64 ",\"currency\":\"%.*s\",\"how\":\"cash\"}",
                          now->owed, STR_FMT(now->currency));

    TRY_PTR(body.p, f);
    return demo_act_on_case(d, p, "case.payment", token, body, f);
}

static enum err record(struct demo *d, const struct plan *p, const char *token,
                       const struct workflow_row *row, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(8192);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("event"), row->event);
    jw_key(&w, S("fields"));
    jw_open(&w, '{');
    for (size_t i = 0; i < row->n_asks; i++)
        jw_kv(&w, row->asks[i], S("as in the register"));
    jw_close(&w, '}');
    jw_close(&w, '}');
    return demo_act_on_case(d, p, "case.record", token, buf_str(&b), f);
}

/* The first step that the case takes: some are of other answers than this person's. */
static enum err record_any(struct demo *d, const struct plan *p, const char *token, str state,
                           struct fault *f)
{
    const struct workflow *w = d->services[p->service]->package->workflow;
    const struct workflow_row *row;
    enum err e = OK;

    for (unsigned nth = 0; (row = step_of(w, state, nth)); nth++) {
        e = record(d, p, token, row, f);
        if (e != ERR_CONFLICT)
            return e;
    }
    return e;
}

enum err demo_follow(struct demo *d, const struct plan *p, const char *token, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    const struct workflow *workflow = d->services[p->service]->package->workflow;

    TRY_PTR(a, f);
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        struct standing now;
        TRY(look(d, p, a, &now, f));
        const struct workflow_row *row = step_of(workflow, now.state, 0);
        if (!row)
            return OK;
        if (row->paid && now.owed > 0)
            TRY(pay(d, p, token, &now, a, f));
        TRY(record_any(d, p, token, now.state, f));
    }
    return OK;
}
