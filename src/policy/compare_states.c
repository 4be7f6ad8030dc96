/* compare_states.c - states that no policy tells apart are one class
 *
 * A decision sees of a state its attributes, the organisations and agreements that some text names,
 * and its own name if some text names it. Nothing else of it is in the key.
 */
#include "policy/compare_int.h"

struct naming {
    struct buf *key;
    const struct facts *facts;
    str state;
    int32_t day;
};

/* One byte for each name in a text: does it hold for the state? Both sets' names count. */
static bool note_name(void *ctx, const struct cedar_uid *uid, const struct cedar_place *at)
{
    struct naming *n = ctx;

    (void)at;
    if (str_eq(uid->type, S("Sifara::State")))
        buf_add_char(n->key, str_eq(uid->id, n->state) ? '=' : '.');
    else if (str_eq(uid->type, S("Sifara::Organisation")))
        buf_add_char(n->key, facts_member(n->facts, n->state, uid->id) ? '+' : '-');
    else if (str_eq(uid->type, S("Sifara::Agreement"))) {
        const struct fact_agreement *a = facts_agreement(n->facts, uid->id);
        bool binds = a && facts_agreement_binds(n->facts, a, n->state, n->day);
        buf_add_char(n->key, binds ? '+' : '-');
    }
    return true;
}

static bool in_any(const struct facts *f, str state)
{
    for (size_t i = 0; i < facts_organisation_count(f); i++)
        if (facts_member(f, state, facts_organisation_at(f, i)->code))
            return true;
    return false;
}

/* Organisations as such matter only if something is released to the partner's. */
static void add_view(struct work *w, struct buf *key, const struct compare_view *v, str state)
{
    const struct facts *f = policy_facts(v->policy);
    const struct fact_state *s = facts_state(f, state);
    struct naming n = {key, f, state, v->day};
    size_t agreements = 0;

    for (size_t i = 0; i < facts_agreement_count(f); i++)
        agreements += facts_agreement_binds(f, facts_agreement_at(f, i), state, v->day);
    buf_printf(key, "%d%d%d%d %.*s %zu ", s && s->recognised, s && s->sanctioned, s && s->adequate,
               in_any(f, state), STR_FMT(facts_accreditation(f, state, v->day)), agreements);
    cedar_names(policy_set(v->policy), note_name, &n);
    if (w->ask->was.policy && v->policy != w->ask->was.policy)
        cedar_names(policy_set(w->ask->was.policy), note_name, &n);
}

static enum err add_state(struct work *w, str state)
{
    AUTO(buf) struct buf key = BUF(1 << 20);
    struct class *c = w->classes;

    add_view(w, &key, &w->ask->is, state);
    if (w->ask->was.policy)
        add_view(w, &key, &w->ask->was, state);
    if (!buf_ok(&key))
        return fault(w->fault, ERR_MEMORY, "out of memory");
    while (c < w->classes + w->n_classes && !str_eq(c->key, buf_str(&key)))
        c++;
    if (c == w->classes + w->n_classes) {
        w->n_classes++;
        c->key = str_copy(w->arena, buf_str(&key));
        TRY_PTR(c->key.p, w->fault);
    }
    if (c->n == c->room) {
        size_t room = c->room ? 2 * c->room : 8;
        str *more = arena_alloc(w->arena, room * sizeof *more);
        TRY_PTR(more, w->fault);
        if (c->n)
            memcpy(more, c->states, c->n * sizeof *more);
        c->states = more;
        c->room = room;
    }
    c->states[c->n++] = state;
    return OK;
}

enum err compare_classes(struct work *w)
{
    const struct facts *is = policy_facts(w->ask->is.policy);
    const struct facts *was = w->ask->was.policy ? policy_facts(w->ask->was.policy) : is;
    size_t n = facts_state_count(is), more = facts_state_count(was);

    w->classes = arena_zalloc(w->arena, n + more + 1, sizeof *w->classes);
    TRY_PTR(w->classes, w->fault);
    for (size_t i = 0; i < n + more; i++) {
        str code = i < n ? facts_state_at(is, i)->code : facts_state_at(was, i - n)->code;
        if ((i >= n && facts_state(is, code)) || str_eq(code, w->ask->home) ||
            (w->ask->state.p && !str_eq(code, w->ask->state)))
            continue;
        TRY(add_state(w, code));
    }
    return OK;
}
