/* facts_link.c - the names among facts: members, parties, whose standing it is
 *
 * And what follows from them: all organisations above each state, all agreements that bind it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "policy/facts_int.h"

/* ---- names among facts --------------------------------------------------------------------- */

/* Room doubles whenever the number of positions reaches a power of two. */
static enum err push(struct reader *r, struct positions *p, size_t position)
{
    if (p->n == 0 || (p->n >= 4 && (p->n & (p->n - 1)) == 0)) {
        uint32_t *more = arena_alloc(r->arena, (p->n ? 2 * p->n : 4) * sizeof *more);
        TRY_PTR(more, r->fault);
        if (p->n)
            memcpy(more, p->at, p->n * sizeof *more);
        p->at = more;
    }
    p->at[p->n++] = (uint32_t)position;
    return OK;
}

/* Puts a state or an organisation into an organisation. */
static enum err join(struct reader *r, struct spot at, struct member *m, size_t organisation)
{
    for (size_t i = 0; i < m->up.n; i++)
        if (m->up.at[i] == organisation)
            return fact_bad(r, at, "a membership that is there twice");
    return push(r, &m->up, organisation);
}

static enum err resolve_members(struct reader *r, size_t i, const struct json *list)
{
    struct facts *f = r->facts;

    for (uint32_t k = 0; list && k < list->n; k++) {
        struct spot at = {ORGANISATIONS, i, "members", k};
        str code = json_str(json_at(list, k));
        ptrdiff_t state = fact_find(&f->states, code), group = fact_find(&f->organisations, code);
        if (state < 0 && group < 0)
            return fact_bad(r, at, "no state or organisation \"%.*s\"", SHOWN(code));
        TRY(join(r, at,
                 state >= 0 ? &state_at(f, (size_t)state)->m
                            : &organisation_at(f, (size_t)group)->m,
                 i));
    }
    return OK;
}

static enum err resolve_above(struct reader *r, size_t i, const struct json *list)
{
    for (uint32_t k = 0; list && k < list->n; k++) {
        struct spot at = {ORGANISATIONS, i, "in", k};
        str code = json_str(json_at(list, k));
        ptrdiff_t group = fact_find(&r->facts->organisations, code);
        if (group < 0)
            return fact_bad(r, at, "no organisation \"%.*s\"", SHOWN(code));
        TRY(join(r, at, &organisation_at(r->facts, i)->m, (size_t)group));
    }
    return OK;
}

static enum err resolve_organisations(struct reader *r)
{
    for (size_t i = 0; i < r->facts->organisations.n; i++) {
        const struct json *row = json_at(r->rows[ORGANISATIONS], i);
        str code = organisation_at(r->facts, i)->o.code;
        if (fact_find(&r->facts->states, code) >= 0)
            return fact_bad(r, (struct spot){ORGANISATIONS, i, "code", -1},
                            "%.*s is a state: call the organisation otherwise", STR_FMT(code));
        TRY(resolve_members(r, i, json_get(row, S("members"))));
        TRY(resolve_above(r, i, json_get(row, S("in"))));
    }
    return OK;
}

/* ---- organisations above ------------------------------------------------------------------- */

enum { NEW, OPEN, DONE };

struct climb {
    struct reader *r;
    size_t *path, depth;
};

/* The organisations from the one met again to the last of the path. */
static enum err cycle(struct climb *c, size_t again)
{
    char text[160] = "";
    size_t from = 0, n = 0;

    while (c->path[from] != again)
        from++;
    for (size_t i = from; i < c->depth && n < sizeof text - 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s in ",
                              SHOWN(organisation_at(c->r->facts, c->path[i])->o.code));
    return fact_bad(c->r, (struct spot){ORGANISATIONS, again, NULL, -1}, "a cycle: %s%.*s", text,
                    SHOWN(organisation_at(c->r->facts, again)->o.code));
}

static enum err climb(struct climb *c, size_t i);

static enum err climb_member(struct climb *c, struct member *m)
{
    size_t words = c->r->facts->organisations.n / 64 + 1;

    m->above = arena_zalloc(c->r->arena, words, sizeof *m->above);
    TRY_PTR(m->above, c->r->fault);
    for (size_t k = 0; k < m->up.n; k++) {
        size_t up = m->up.at[k];
        TRY(climb(c, up));
        m->above[up / 64] |= UINT64_C(1) << up % 64;
        for (size_t w = 0; w < words; w++)
            m->above[w] |= organisation_at(c->r->facts, up)->m.above[w];
    }
    return OK;
}

/* Depth first; no path is longer than there are organisations. */
static enum err climb(struct climb *c, size_t i)
{
    struct organisation *o = organisation_at(c->r->facts, i);

    if (o->mark == DONE)
        return OK;
    if (o->mark == OPEN)
        return cycle(c, i);
    o->mark = OPEN;
    c->path[c->depth++] = i;
    TRY(climb_member(c, &o->m));
    c->depth--;
    o->mark = DONE;
    return OK;
}

static enum err find_above(struct reader *r)
{
    struct facts *f = r->facts;
    struct climb c = {.r = r};

    c.path = arena_zalloc(r->arena, f->organisations.n + 1, sizeof *c.path);
    TRY_PTR(c.path, r->fault);
    for (size_t i = 0; i < f->organisations.n; i++)
        TRY(climb(&c, i));
    for (size_t i = 0; i < f->states.n; i++)
        TRY(climb_member(&c, &state_at(f, i)->m));
    return OK;
}

/* ---- parties, standings, spans --------------------------------------------------------------- */

static enum err add_party(struct reader *r, size_t i, size_t k, str code)
{
    struct agreement *a = agreement_at(r->facts, i);
    ptrdiff_t state = fact_find(&r->facts->states, code);
    ptrdiff_t group = fact_find(&r->facts->organisations, code);

    if (state >= 0)
        return push(r, &a->states, (size_t)state);
    if (group >= 0)
        return push(r, &a->organisations, (size_t)group);
    return fact_bad(r, (struct spot){AGREEMENTS, i, "parties", (ptrdiff_t)k},
                    "no state or organisation \"%.*s\"", SHOWN(code));
}

/* The states that it binds, whoever of them signed. */
static enum err bind_states(struct reader *r, size_t i)
{
    const struct agreement *a = agreement_at(r->facts, i);

    for (size_t s = 0; s < r->facts->states.n; s++) {
        struct state *state = state_at(r->facts, s);
        bool bound = false;
        for (size_t k = 0; !bound && k < a->states.n; k++)
            bound = a->states.at[k] == s;
        for (size_t k = 0; !bound && k < a->organisations.n; k++)
            bound = is_above(&state->m, a->organisations.at[k]);
        if (bound)
            TRY(push(r, &state->agreements, i));
    }
    return OK;
}

static enum err resolve_agreements(struct reader *r)
{
    for (size_t i = 0; i < r->facts->agreements.n; i++) {
        const struct json *list = json_get(json_at(r->rows[AGREEMENTS], i), S("parties"));
        struct agreement *a = agreement_at(r->facts, i);
        if (list->n == 0)
            return fact_bad(r, (struct spot){AGREEMENTS, i, "parties", -1}, "nobody is a party");
        if (a->a.until < a->a.from)
            return fact_bad(r, (struct spot){AGREEMENTS, i, "until", -1}, "ends before it begins");
        for (uint32_t k = 0; k < list->n; k++)
            TRY(add_party(r, i, k, json_str(json_at(list, k))));
        a->uid = cedar_uid(S("Sifara::Agreement"), a->a.code);
        TRY(bind_states(r, i));
    }
    return OK;
}

static enum err check_aims(struct reader *r)
{
    for (size_t i = 0; i < r->facts->aims.n; i++) {
        const struct fact_aim *a = facts_aim_at(r->facts, i);
        if (a->until < a->from)
            return fact_bad(r, (struct spot){AIMS, i, "until", -1}, "ends before it begins");
    }
    return OK;
}

static int by_since(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;

    return (x->since > y->since) - (x->since < y->since);
}

static enum err sort_standings(struct reader *r, struct state *s)
{
    qsort(s->standings, s->n_standings, sizeof *s->standings, by_since);
    for (size_t i = 1; i < s->n_standings; i++) {
        const struct standing *x = &s->standings[i - 1], *y = &s->standings[i];
        if (x->since == y->since)
            return fact_bad(
                r, (struct spot){ACCREDITATIONS, x->row > y->row ? x->row : y->row, "since", -1},
                "%.*s has two standings from that day", STR_FMT(s->s.code));
    }
    return OK;
}

static enum err resolve_standings(struct reader *r)
{
    const struct accreditation *list = (const void *)r->standings.items;

    for (size_t i = 0; i < r->standings.n; i++) {
        ptrdiff_t at = fact_find(&r->facts->states, list[i].state);
        if (at < 0)
            return fact_bad(r, (struct spot){ACCREDITATIONS, i, "state", -1}, "no state \"%.*s\"",
                            STR_FMT(list[i].state));
        state_at(r->facts, (size_t)at)->n_standings++;
    }
    for (size_t i = 0; i < r->facts->states.n; i++) {
        struct state *s = state_at(r->facts, i);
        s->standings = arena_zalloc(r->arena, s->n_standings + 1, sizeof *s->standings);
        TRY_PTR(s->standings, r->fault);
        s->n_standings = 0;
    }
    for (size_t i = 0; i < r->standings.n; i++) {
        struct state *s = state_at(r->facts, (size_t)fact_find(&r->facts->states, list[i].state));
        s->standings[s->n_standings++] =
            (struct standing){list[i].since, (uint32_t)i, list[i].standing};
    }
    for (size_t i = 0; i < r->facts->states.n; i++)
        TRY(sort_standings(r, state_at(r->facts, i)));
    return OK;
}

static enum err check_home(struct reader *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->facts->states.n; i++) {
        n += facts_state_at(r->facts, i)->home;
        if (n > 1)
            return fact_bad(r, (struct spot){STATES, i, "home", -1}, "another state is our own");
    }
    return OK;
}

enum err facts_link(struct reader *r)
{
    TRY(check_home(r));
    TRY(resolve_organisations(r));
    TRY(find_above(r));
    TRY(resolve_agreements(r));
    TRY(resolve_standings(r));
    return check_aims(r);
}
