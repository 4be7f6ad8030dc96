/* facts.c - asking facts, and laying them before a decision */
#include <stdlib.h>

#include "policy/facts_int.h"

const char *const tlp_levels[TLP_LEVELS] = {"CLEAR", "GREEN", "AMBER", "AMBER_STRICT", "RED"};

ptrdiff_t fact_find(const struct fact_table *t, str code)
{
    if (t->n == 0)
        return -1;
    for (size_t i = str_hash(code) & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        const str *there = (const void *)(t->items + (t->slots[i] - 1) * t->stride);
        if (str_eq(*there, code))
            return (ptrdiff_t)t->slots[i] - 1;
    }
    return -1;
}

static const void *fact_at(const struct fact_table *t, size_t i)
{
    return i < t->n ? t->items + i * t->stride : NULL;
}

static const void *fact_called(const struct fact_table *t, str code)
{
    ptrdiff_t at = fact_find(t, code);

    return at < 0 ? NULL : fact_at(t, (size_t)at);
}

void facts_free(struct facts *f)
{
    if (f)
        arena_free(f->arena); /* in which f itself lies */
}

size_t facts_state_count(const struct facts *f)
{
    return f->states.n;
}

const struct fact_state *facts_home(const struct facts *f)
{
    for (size_t i = 0; i < f->states.n; i++)
        if (facts_state_at(f, i)->home)
            return facts_state_at(f, i);
    return NULL;
}

const struct fact_state *facts_state_at(const struct facts *f, size_t i)
{
    return fact_at(&f->states, i);
}

const struct fact_state *facts_state(const struct facts *f, str code)
{
    return fact_called(&f->states, code);
}

size_t facts_organisation_count(const struct facts *f)
{
    return f->organisations.n;
}

const struct fact_organisation *facts_organisation_at(const struct facts *f, size_t i)
{
    return fact_at(&f->organisations, i);
}

const struct fact_organisation *facts_organisation(const struct facts *f, str code)
{
    return fact_called(&f->organisations, code);
}

size_t facts_agreement_count(const struct facts *f)
{
    return f->agreements.n;
}

const struct fact_agreement *facts_agreement_at(const struct facts *f, size_t i)
{
    return fact_at(&f->agreements, i);
}

const struct fact_agreement *facts_agreement(const struct facts *f, str code)
{
    return fact_called(&f->agreements, code);
}

size_t facts_aim_count(const struct facts *f)
{
    return f->aims.n;
}

const struct fact_aim *facts_aim_at(const struct facts *f, size_t i)
{
    return fact_at(&f->aims, i);
}

const struct fact_aim *facts_aim(const struct facts *f, str code)
{
    return fact_called(&f->aims, code);
}

size_t facts_capability_count(const struct facts *f)
{
    return f->capabilities.n;
}

const struct fact_capability *facts_capability_at(const struct facts *f, size_t i)
{
    return fact_at(&f->capabilities, i);
}

const struct fact_capability *facts_capability(const struct facts *f, str code)
{
    return fact_called(&f->capabilities, code);
}

/* ---- relations --------------------------------------------------------------------------- */

bool facts_member(const struct facts *f, str code, str organisation)
{
    ptrdiff_t above = fact_find(&f->organisations, organisation);
    ptrdiff_t state = fact_find(&f->states, code), group = fact_find(&f->organisations, code);

    if (above < 0)
        return false;
    if (state >= 0)
        return is_above(&state_at(f, (size_t)state)->m, (size_t)above);
    return group >= 0 && is_above(&organisation_at(f, (size_t)group)->m, (size_t)above);
}

static bool in_force(const struct fact_agreement *a, int32_t day)
{
    return a->from <= day && day <= a->until;
}

bool facts_agreement_binds(const struct facts *f, const struct fact_agreement *a, str state,
                           int32_t day)
{
    ptrdiff_t at = fact_find(&f->states, state);
    const struct agreement *mine = (const void *)a; /* it is the first member */

    if (at < 0 || !in_force(a, day))
        return false;
    for (size_t i = 0; i < mine->states.n; i++)
        if (mine->states.at[i] == (uint32_t)at)
            return true;
    for (size_t i = 0; i < mine->organisations.n; i++)
        if (is_above(&state_at(f, (size_t)at)->m, mine->organisations.at[i]))
            return true;
    return false;
}

static str standing_on(const struct state *s, int32_t day)
{
    str found = S("none");

    for (size_t i = 0; i < s->n_standings && s->standings[i].since <= day; i++)
        found = s->standings[i].name;
    return found;
}

str facts_accreditation(const struct facts *f, str state, int32_t day)
{
    ptrdiff_t at = fact_find(&f->states, state);

    return at < 0 ? S("none") : standing_on(state_at(f, (size_t)at), day);
}

/* ---- as entities ------------------------------------------------------------------------- */

static void put_organisation(const struct facts *f, struct cedar_entities *es, size_t i)
{
    const struct organisation *o = organisation_at(f, i);
    struct cedar_entity *e = cedar_entity(es, S("Sifara::Organisation"), o->o.code);

    for (size_t k = 0; k < o->m.up.n; k++)
        cedar_parent(es, e, S("Sifara::Organisation"), organisation_at(f, o->m.up.at[k])->o.code);
}

/* Those that bind the state on the day, as a set; CEDAR_NONE without memory. */
static struct cedar_value agreements_of(const struct facts *f, struct cedar_entities *es,
                                        const struct state *s, int32_t day)
{
    struct cedar_value *list = calloc(s->agreements.n + 1, sizeof *list);
    size_t n = 0;

    if (!list)
        return (struct cedar_value){.type = CEDAR_NONE};
    for (size_t i = 0; i < s->agreements.n; i++) {
        const struct agreement *a = agreement_at(f, s->agreements.at[i]);
        if (in_force(&a->a, day))
            list[n++] = (struct cedar_value){.type = CEDAR_ENTITY, .uid = &a->uid};
    }
    struct cedar_value set = cedar_setof(es, list, n);
    free(list);
    return set;
}

void facts_put_state(const struct facts *f, struct cedar_entities *es, str code, int32_t day,
                     int64_t balance, str standing)
{
    static const struct state unknown;
    ptrdiff_t at = fact_find(&f->states, code);
    const struct state *s = at < 0 ? &unknown : state_at(f, (size_t)at);
    struct cedar_entity *e = cedar_entity(es, S("Sifara::State"), at < 0 ? code : s->s.code);

    cedar_attr(es, e, S("recognised"), cedar_bool(s->s.recognised));
    cedar_attr(es, e, S("sanctioned"), cedar_bool(s->s.sanctioned));
    cedar_attr(es, e, S("adequate"), cedar_bool(s->s.adequate));
    cedar_attr(es, e, S("accreditation"), cedar_str(standing.p ? standing : standing_on(s, day)));
    cedar_attr(es, e, S("balance"), cedar_long(balance));
    cedar_attr(es, e, S("agreements"), agreements_of(f, es, s, day));
    for (size_t i = 0; i < s->m.up.n; i++)
        cedar_parent(es, e, S("Sifara::Organisation"), organisation_at(f, s->m.up.at[i])->o.code);
    for (size_t i = 0; at >= 0 && i < f->organisations.n; i++)
        if (is_above(&s->m, i))
            put_organisation(f, es, i);
}

/* ---- names in policies ------------------------------------------------------------------- */

struct check {
    const struct facts *facts;
    struct fault *fault;
    enum err err;
};

static bool check_name(void *ctx, const struct cedar_uid *uid, const struct cedar_place *at)
{
    struct check *c = ctx;
    const struct {
        str type;
        const char *what, *file;
        const struct fact_table *table;
    } kinds[] = {
        {S("Sifara::State"), "state", "states", &c->facts->states},
        {S("Sifara::Organisation"), "organisation", "organisations", &c->facts->organisations},
        {S("Sifara::Agreement"), "agreement", "agreements", &c->facts->agreements},
    };

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(uid->type, kinds[i].type) && fact_find(kinds[i].table, uid->id) < 0) {
            c->err = fault(c->fault, ERR_INVALID, "%.*s:%u:%u: no %s \"%.*s\" in facts/%s.json",
                           STR_FMT(at->file), at->line, at->column, kinds[i].what,
                           (int)(uid->id.n < 40 ? uid->id.n : 40), uid->id.p, kinds[i].file);
            return false;
        }
    return true;
}

enum err facts_check_names(const struct facts *facts, const struct cedar_set *set, struct fault *f)
{
    struct check c = {facts, f, OK};

    cedar_names(set, check_name, &c);
    return c.err;
}

static str in_language(str language, str en, str ar, str fr)
{
    str name = str_eq(language, S("ar")) ? ar : str_eq(language, S("fr")) ? fr : en;

    return name.n ? name : STR_NONE;
}

str facts_name(const struct facts *all, str language, str type, str id)
{
    const struct fact_organisation *o;
    const struct fact_agreement *a;
    const struct fact_state *s;

    if (str_eq(type, S("State")) && (s = facts_state(all, id)))
        return in_language(language, s->name_en, s->name_ar, s->name_fr);
    if (str_eq(type, S("Organisation")) && (o = facts_organisation(all, id)))
        return in_language(language, o->name_en, o->name_ar, o->name_fr);
    if (str_eq(type, S("Agreement")) && (a = facts_agreement(all, id)))
        return in_language(language, a->title_en, a->title_ar, a->title_fr);
    return STR_NONE;
}
