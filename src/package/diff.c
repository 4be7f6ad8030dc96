#include "package/diff.h"

#include <inttypes.h>
#include <unicode/ucurr.h>

#include "package/check_int.h"

struct diff {
    const struct package *old, *new;
    struct arena *arena;
    struct package_changes *out;
};

static void add(struct diff *d, struct package_change change)
{
    if (d->out->n == PACKAGE_CHANGES)
        d->out->dropped++;
    else
        d->out->list[d->out->n++] = change;
}

static bool same(const struct json *a, const struct json *b)
{
    return a && b ? json_same(a, b) : a == b;
}

/* ---- what is asked ------------------------------------------------------------------------ */

static const struct package_field *field_of(const struct package *p, str at)
{
    for (size_t i = 0; i < p->n_pages; i++)
        for (size_t k = 0; k < p->page[i].n_fields; k++)
            if (str_eq(p->page[i].fields[k].at, at))
                return &p->page[i].fields[k];
    return NULL;
}

static void diff_field(struct diff *d, const struct package_field *field)
{
    bool was = form_required(d->old->form, field->at), is = form_required(d->new->form, field->at);

    if (!field_of(d->old, field->at))
        add(d,
            (struct package_change){is ? "field-new-needed" : "field-new", d->new, field->label});
    else if (is != was)
        add(d, (struct package_change){is ? "field-needed" : "field-free", d->new, field->label});
    else if (!same(form_at(d->old->form, field->at), form_at(d->new->form, field->at)))
        add(d, (struct package_change){"field-changed", d->new, field->label});
}

static void diff_fields(struct diff *d)
{
    for (size_t i = 0; i < d->new->n_pages; i++)
        for (size_t k = 0; k < d->new->page[i].n_fields; k++)
            diff_field(d, &d->new->page[i].fields[k]);
    for (size_t i = 0; i < d->old->n_pages; i++)
        for (size_t k = 0; k < d->old->page[i].n_fields; k++)
            if (!field_of(d->new, d->old->page[i].fields[k].at))
                add(d,
                    (struct package_change){"field-gone", d->old, d->old->page[i].fields[k].label});
}

static bool has_page(const struct package *p, str id)
{
    for (size_t i = 0; i < p->n_pages; i++)
        if (str_eq(p->page[i].id, id))
            return true;
    return false;
}

static void diff_pages(struct diff *d)
{
    for (size_t i = 0; i < d->new->n_pages; i++)
        if (!has_page(d->old, d->new->page[i].id))
            add(d, (struct package_change){"page-new", d->new, d->new->page[i].title});
    for (size_t i = 0; i < d->old->n_pages; i++)
        if (!has_page(d->new, d->old->page[i].id))
            add(d, (struct package_change){"page-gone", d->old, d->old->page[i].title});
}

/* ---- rules with a name -------------------------------------------------------------------- */

static const struct package_rule *rule_of(const struct package_rules *rules, str id)
{
    for (size_t i = 0; i < rules->n; i++)
        if (str_eq(rules->list[i].id, id))
            return &rules->list[i];
    return NULL;
}

static void diff_rules(struct diff *d, const struct package_rules *was,
                       const struct package_rules *is, const char *const kinds[3])
{
    for (size_t i = 0; i < is->n; i++) {
        const struct package_rule *r = &is->list[i], *before = rule_of(was, r->id);
        if (!before)
            add(d, (struct package_change){kinds[0], d->new, r->words});
        else if (!json_same(before->doc, r->doc))
            add(d, (struct package_change){kinds[1], d->new, r->words});
    }
    for (size_t i = 0; i < was->n; i++)
        if (!rule_of(is, was->list[i].id))
            add(d, (struct package_change){kinds[2], d->old, was->list[i].words});
}

/* ---- the life of a case ------------------------------------------------------------------- */

static const struct json *doc_of(const struct workflow *w, str id)
{
    const struct json *states = json_get(w->doc, S("states"));

    for (size_t i = 0; json_at(states, i); i++)
        if (str_eq(json_get_str(json_at(states, i), S("id")), id))
            return json_at(states, i);
    return NULL;
}

static void diff_states(struct diff *d, const struct package *of, const struct package *other,
                        const char *only, const char *otherwise)
{
    for (size_t i = 0; i < of->workflow->n; i++) {
        str id = of->workflow->state[i].id, word = str_printf(d->arena, "state.%.*s", STR_FMT(id));
        const struct json *there = doc_of(other->workflow, id);
        if (!there)
            add(d, (struct package_change){only, of, word});
        else if (otherwise && !json_same(there, doc_of(of->workflow, id)))
            add(d, (struct package_change){otherwise, of, word});
    }
}

/* ---- money and time ----------------------------------------------------------------------- */

/* Decimal digits of a currency's minor unit (ISO 4217): two where nobody knows. */
static unsigned digits_of(str currency)
{
    UChar code[4] = {0};
    UErrorCode status = U_ZERO_ERROR;

    for (size_t i = 0; i < 3 && i < currency.n; i++)
        code[i] = (UChar)(unsigned char)currency.p[i];
    int32_t digits = ucurr_getDefaultFractionDigits(code, &status);
    return U_FAILURE(status) || digits < 0 ? 2 : (unsigned)digits;
}

static str amount_text(const struct diff *d, const struct json *fee)
{
    const struct json *amount = json_get(fee, S("amount"));
    str currency = json_get_str(fee, S("currency"));
    unsigned digits = digits_of(currency);
    int64_t unit = 1;

    if (!fee || !json_is(amount, J_INT))
        return STR_NONE;
    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    if (digits == 0)
        return str_printf(d->arena, "%" PRId64 " %.*s", amount->i, STR_FMT(currency));
    return str_printf(d->arena, "%" PRId64 ".%0*" PRId64 " %.*s", amount->i / unit, (int)digits,
                      amount->i % unit, STR_FMT(currency));
}

static void diff_fee(struct diff *d)
{
    const struct json *was = json_get(d->old->rules, S("fee")),
                      *is = json_get(d->new->rules, S("fee"));
    str from = amount_text(d, was), to = amount_text(d, is);

    if (same(json_get(was, S("amount")), json_get(is, S("amount"))) &&
        same(json_get(was, S("currency")), json_get(is, S("currency"))) &&
        same(json_get(was, S("round_to")), json_get(is, S("round_to"))))
        return;
    if (from.p && to.p && !str_eq(from, to))
        add(d, (struct package_change){"fee", NULL, STR_NONE, from, to});
    else
        add(d, (struct package_change){.kind = "fee-otherwise"});
}

static void diff_number(struct diff *d, const char *kind, const char *member)
{
    int64_t was = json_get_int(d->old->service, str_of(member), 10);
    int64_t is = json_get_int(d->new->service, str_of(member), 10);

    if (was != is)
        add(d, (struct package_change){kind, NULL, STR_NONE, str_printf(d->arena, "%" PRId64, was),
                                       str_printf(d->arena, "%" PRId64, is)});
}

/* ---- law ---------------------------------------------------------------------------------- */

static bool cites(const struct package *p, str law)
{
    const struct json *list = json_get(p->service, S("legal_basis"));

    for (size_t i = 0; json_at(list, i); i++)
        if (str_eq(json_str(json_at(list, i)), law))
            return true;
    return false;
}

static void diff_law(struct diff *d)
{
    const struct json *was = json_get(d->old->service, S("legal_basis"));
    const struct json *is = json_get(d->new->service, S("legal_basis"));

    for (size_t i = 0; json_at(is, i); i++)
        if (!cites(d->old, json_str(json_at(is, i))))
            add(d, (struct package_change){.kind = "law-new", .is = json_str(json_at(is, i))});
    for (size_t i = 0; json_at(was, i); i++)
        if (!cites(d->new, json_str(json_at(was, i))))
            add(d, (struct package_change){.kind = "law-gone", .was = json_str(json_at(was, i))});
}

enum err package_diff(const struct package *old, const struct package *new, struct arena *a,
                      struct package_changes **out, struct fault *f)
{
    static const char *const eligibility[] = {"rule-new", "rule-changed", "rule-gone"};
    static const char *const waivers[] = {"waiver-new", "waiver-changed", "waiver-gone"};
    static const char *const items[] = {"item-new", "item-changed", "item-gone"};
    static const char *const bring[] = {"bring-new", "bring-changed", "bring-gone"};
    struct diff d = {old, new, a, arena_new_of(a, struct package_changes)};

    TRY_PTR(d.out, f);
    *out = d.out;
    diff_pages(&d);
    diff_fields(&d);
    diff_rules(&d, &old->eligibility, &new->eligibility, eligibility);
    diff_fee(&d);
    diff_rules(&d, &old->items, &new->items, items);
    diff_rules(&d, &old->waivers, &new->waivers, waivers);
    diff_rules(&d, &old->attachments, &new->attachments, bring);
    diff_states(&d, new, old, "state-new", "state-changed");
    diff_states(&d, old, new, "state-gone", NULL);
    diff_number(&d, "promise", "promise_days");
    diff_law(&d);
    return OK;
}
