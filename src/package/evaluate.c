/* evaluate.c - what a package says of a case: may they, what does it cost, what must they bring */
#include "package/model.h"

enum { AMOUNT_MAX_DIGITS = 12 };
static const int64_t amount_max = INT64_C(1000000000000);

enum err package_data(const struct package_case *c, struct arena *a, struct json *out,
                      struct fault *f)
{
    static const struct json null = {.type = J_NULL};
    struct json clock = {.type = J_OBJECT};

    *out = (struct json){.type = J_OBJECT};
    bool ok = json_put(a, &clock, S("today"), json_of_str(c->today)) &&
              json_put(a, out, S("answers"), c->answers ? *c->answers : null) &&
              json_put(a, out, S("person"), c->person ? *c->person : null) &&
              json_put(a, out, S("clock"), clock) &&
              json_put(a, out, S("post"), c->post ? *c->post : null) &&
              json_put(a, out, S("overlay"), c->overlay ? *c->overlay : null);
    TRY_PTR(ok, f);
    return OK;
}

/* What a rule that is a condition says; one that throws says no. */
static enum err holds(const struct rules *r, const struct json *data, struct arena *a, bool *out,
                      struct fault *f)
{
    struct json value;

    *out = true;
    if (!r)
        return OK;
    enum err e = rules_eval(r, data, a, NULL, &value, f);
    *out = e == OK && rules_truthy(&value);
    return e == ERR_INVALID ? OK : e;
}

/* Those of the rules that do (or do not) hold. */
static enum err pick(const struct package_rules *rules, bool wanted, const struct json *data,
                     struct arena *a, struct package_names *out, struct fault *f)
{
    bool is;

    out->n = 0;
    for (size_t i = 0; i < rules->n; i++) {
        TRY(holds(rules->list[i].rule, data, a, &is, f));
        if (is == wanted)
            out->list[out->n++] = (uint16_t)i;
    }
    return OK;
}

enum err package_eligible(const struct package *p, const struct json *data, struct arena *a,
                          struct package_names *out_failed, struct fault *f)
{
    return pick(&p->eligibility, false, data, a, out_failed, f);
}

enum err package_attachments(const struct package *p, const struct json *data, struct arena *a,
                             struct package_names *out, struct fault *f)
{
    return pick(&p->attachments, true, data, a, out, f);
}

static enum err amount_of(const struct rules *r, const struct json *data, struct arena *a,
                          int64_t *out, struct fault *f)
{
    struct json value;

    *out = 0;
    if (!r)
        return OK;
    TRY(rules_eval(r, data, a, NULL, &value, f));
    if (value.type == J_INT)
        *out = value.i;
    if (value.type == J_REAL) /* a fraction of the smallest coin: rounded with the sum */
        *out = (int64_t)(value.d < 0 ? -1 : value.d + 0.5);
    if ((value.type != J_INT && value.type != J_REAL) || *out < 0 || *out > amount_max)
        return fault(f, ERR_INVALID, "a fee is a number from 0 to 10^%d minor units",
                     AMOUNT_MAX_DIGITS);
    return OK;
}

enum err package_currency(const struct package *p, const struct json *data, struct arena *a,
                          str *out, struct fault *f)
{
    struct json value;

    *out = json_get_str(json_get(data, S("post")), S("currency"));
    if (p->currency) {
        TRY(rules_eval(p->currency, data, a, NULL, &value, f));
        *out = json_str(&value);
    }
    if (out->n != 3)
        return fault(f, ERR_INVALID, "a currency has three letters");
    return OK;
}

/* Half up, to a multiple of step. */
static int64_t rounded(int64_t amount, int64_t step)
{
    return (amount + step / 2) / step * step;
}

enum err package_fee(const struct package *p, const struct json *data, struct arena *a,
                     struct package_fee *out, struct fault *f)
{
    int64_t sum;

    *out = (struct package_fee){.currency = S("EUR")};
    TRY(amount_of(p->fee, data, a, &sum, f));
    for (size_t i = 0; i < p->items.n; i++) {
        int64_t amount;
        TRY(amount_of(p->items.list[i].rule, data, a, &amount, f));
        if (!amount)
            continue;
        out->item[out->items.n] = amount;
        out->items.list[out->items.n++] = (uint16_t)i;
        sum += amount;
    }
    TRY(package_currency(p, data, a, &out->currency, f));
    TRY(pick(&p->waivers, true, data, a, &out->waivers, f));
    out->amount = out->waivers.n ? 0 : rounded(sum, p->fee_step);
    return OK;
}

enum err package_page_shown(const struct package *p, size_t page, const struct json *data,
                            struct arena *a, bool *out, struct fault *f)
{
    return holds(p->page[page].when, data, a, out, f);
}

enum err package_field_shown(const struct package *p, size_t page, size_t field,
                             const struct json *data, struct arena *a, bool *out, struct fault *f)
{
    TRY(package_page_shown(p, page, data, a, out, f));
    return *out ? holds(p->page[page].fields[field].when, data, a, out, f) : OK;
}

enum err package_route(const struct package *p, const struct json *data, struct arena *a, str *out,
                       struct fault *f)
{
    struct json value;

    *out = S("mission");
    if (!p->route)
        return OK;
    TRY(rules_eval(p->route, data, a, NULL, &value, f));
    *out = json_str(&value);
    if (!str_eq(*out, S("mission")) && !str_eq(*out, S("ministry")))
        return fault(f, ERR_INVALID, "a route is \"mission\" or \"ministry\"");
    return OK;
}
