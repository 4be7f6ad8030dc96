/* weighing.c - what the rules of a service say: may they, what does it cost, what must they bring
 *
 * Asked before anybody signs in, with as many answers as there are, and again when an application
 * is filed, with the person's record.
 */
#include <inttypes.h>
#include <stdio.h>

#include "service/cases_int.h"

enum err service_weigh(const struct service *s, const struct package_case *c, struct arena *a,
                       struct weighed *out, struct fault *f)
{
    const struct package *p = s->package;
    struct package_case seen = *c;
    struct json data;

    *out = (struct weighed){.n_documents = p->rules ? 0 : s->attachments_required};
    seen.overlay = json_get(p->service, S("tables"));
    TRY(package_data(&seen, a, &data, f));
    TRY(package_eligible(p, &data, a, &out->failed, f));
    TRY(package_attachments(p, &data, a, &out->documents, f));
    for (size_t i = 0; i < out->documents.n; i++) {
        const struct json *doc = p->attachments.list[out->documents.list[i]].doc;
        out->n_documents += (unsigned)json_get_int(doc, S("min"), 1);
    }
    return package_fee(p, &data, a, &out->fee, f);
}

/* A text of the package without arguments, or its key. */
static str said(const struct package *p, str language, str key, struct arena *a)
{
    AUTO(buf) struct buf b = BUF(16 << 10);

    if (package_say(p, language, key, NULL, &b, NULL) != OK)
        return key;
    str text = str_copy(a, buf_str(&b));
    return text.p ? text : key;
}

enum err service_admit(const struct service *s, const struct weighed *w, str language,
                       struct arena *a, struct fault *f)
{
    if (!w->failed.n)
        return OK;
    (void)fault_at(f, ERR_NOT_ELIGIBLE, "/answers", "conditions that are not met: %zu",
                   w->failed.n);
    for (size_t i = 0; f && i < w->failed.n; i++) {
        str key = s->package->eligibility.list[w->failed.list[i]].words;
        char *reason = str_cstr(a, said(s->package, language, key, a));
        if (reason)
            fault_add(f, a, "/answers", reason);
    }
    return ERR_NOT_ELIGIBLE;
}

/* ---- the case as the rules see it ---------------------------------------------------------- */

/* The authority's day and place. */
static enum err put_post(struct act *a, str country, str mission, struct json *post, str *out_today,
                         struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    const struct mission *at = mission_find(m, mission);
    char day[16], code[4];

    str currency = str_copy(a->arena, at ? at->currency : country_currency(country, code));
    day_format(at ? mission_day(m, at, a->now) : day_of_ms(a->now), day);
    missions_drop(m);
    *post = (struct json){.type = J_OBJECT};
    *out_today = str_copy(a->arena, str_of(day));
    bool ok = out_today->p && currency.p &&
              json_put(a->arena, post, S("country"), json_of_str(country)) &&
              json_put(a->arena, post, S("mission"), json_of_str(mission)) &&
              json_put(a->arena, post, S("currency"), json_of_str(currency));
    TRY_PTR(ok, f);
    return OK;
}

/* What is asked with these answers; post must outlive it. */
static enum err case_asked(struct act *a, const struct casefile *c, const struct json *answers,
                           struct json *post, struct package_case *out, struct fault *f)
{
    struct json *profile;

    *out = (struct package_case){
        .answers = answers, .post = post, .overlay = json_get(c->service->doc, S("tables"))};
    TRY(put_post(a, c->country, c->mission, post, &out->today, f));
    TRY(case_profile(a, c, &profile, f));
    out->person = profile;
    if (a->actor.kind == ACTOR_PERSON && !a->actor.language.n) /* a session does not know it */
        a->actor.language = json_get_str(profile, S("language"));
    return OK;
}

enum err case_rule_data(struct act *a, const struct casefile *c, const struct json *answers,
                        struct json *out, struct fault *f)
{
    struct package_case asked;
    struct json post;

    TRY(case_asked(a, c, answers, &post, &asked, f));
    return package_data(&asked, a->arena, out, f);
}

enum err case_weigh(struct act *a, const struct casefile *c, const struct json *answers,
                    struct weighed *out, struct fault *f)
{
    struct package_case asked;
    struct json post;

    TRY(case_asked(a, c, answers, &post, &asked, f));
    TRY(service_weigh(c->service, &asked, a->arena, out, f));
    return service_admit(c->service, out, a->actor.language, a->arena, f);
}

/* ---- money --------------------------------------------------------------------------------- */

void case_fix_fee(struct casefile *c, const struct weighed *v)
{
    c->fee = v->fee.amount;
    c->currency = c->fee || c->paid ? v->fee.currency : STR_NONE;
}

str case_money(struct act *a, int64_t amount, str currency)
{
    int64_t unit = 1;
    unsigned digits = currency_digits(currency);

    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    return digits ? str_printf(a->arena, "%" PRId64 ".%0*" PRId64 " %.*s", amount / unit,
                               (int)digits, amount % unit, STR_FMT(currency))
                  : str_printf(a->arena, "%" PRId64 " %.*s", amount, STR_FMT(currency));
}

/* ---- words --------------------------------------------------------------------------------- */

str case_language(struct act *a)
{
    str asked = act_param(a, S("language"));

    return asked.n ? asked : a->actor.language.n ? a->actor.language : S("en");
}

str case_word(struct act *a, const struct service *s, str language, const char *head, str name)
{
    str key = str_printf(a->arena, "%s.%.*s", head, STR_FMT(name));
    str word = key.p ? service_word(s, language, key) : STR_NONE;

    if (word.p)
        return said(s->package, language, key, a->arena);
    word = key.p && a->house->word ? a->house->word(a->house->words, language, key) : STR_NONE;
    return word.p ? word : name;
}

/* ---- asked before applying ------------------------------------------------------------------ */

static void put_names(struct jw *w, str key, const struct package *p,
                      const struct package_rules *rules, const struct package_names *which,
                      const int64_t *amounts, str language, struct arena *a)
{
    jw_key(w, key);
    jw_open(w, '[');
    for (size_t i = 0; i < which->n; i++) {
        const struct package_rule *r = &rules->list[which->list[i]];
        jw_open(w, '{');
        jw_kv(w, S("id"), r->id);
        jw_kv(w, S("text"), said(p, language, r->words, a));
        if (amounts)
            jw_kv_int(w, S("amount"), amounts[i]);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum err put_pages(struct jw *w, const struct package *p, const struct json *data,
                          str language, struct arena *a, struct fault *f)
{
    bool shown;

    jw_key(w, S("pages"));
    jw_open(w, '[');
    for (size_t i = 0; i < p->n_pages; i++) {
        TRY(package_page_shown(p, i, data, a, &shown, f));
        if (!shown)
            continue;
        jw_open(w, '{');
        jw_kv(w, S("id"), p->page[i].id);
        jw_kv(w, S("title"), said(p, language, p->page[i].title, a));
        if (p->page[i].repeat.p) {
            jw_key(w, S("repeat"));
            jw_open(w, '{');
            jw_kv(w, S("at"), p->page[i].repeat);
            jw_kv_int(w, S("min"), p->page[i].min);
            jw_kv_int(w, S("max"), p->page[i].max);
            jw_kv(w, S("text"), said(p, language, p->page[i].item, a));
            jw_close(w, '}');
        }
        jw_key(w, S("fields"));
        jw_open(w, '[');
        for (size_t k = 0; k < p->page[i].n_fields; k++) {
            TRY(package_field_shown(p, i, k, data, a, &shown, f));
            if (shown)
                jw_string(w, p->page[i].fields[k].at);
        }
        jw_close(w, ']');
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

/* Without answers nobody can say: all conditions are told. */
static void put_conditions(struct jw *w, const struct package *p, const struct package_case *c,
                           const struct weighed *v, str language, struct arena *a)
{
    struct package_names all = {.n = p->eligibility.n};

    for (size_t i = 0; i < all.n; i++)
        all.list[i] = (uint16_t)i;
    if (!c->answers) {
        put_names(w, S("conditions"), p, &p->eligibility, &all, NULL, language, a);
        return;
    }
    jw_kv_bool(w, S("eligible"), v->failed.n == 0);
    put_names(w, S("reasons"), p, &p->eligibility, &v->failed, NULL, language, a);
}

static enum err put_weighed(struct act *a, const struct service *s, const struct package_case *c,
                            const struct weighed *v, str language, struct fault *f)
{
    const struct package *p = s->package;
    struct package_case seen = *c;
    struct jw w = JW(&a->reply);
    struct json data;

    seen.overlay = json_get(p->service, S("tables"));
    TRY(package_data(&seen, a->arena, &data, f));
    jw_open(&w, '{');
    jw_kv(&w, S("service"), s->name);
    jw_kv(&w, S("version"), s->version);
    put_conditions(&w, p, c, v, language, a->arena);
    jw_key(&w, S("fee"));
    jw_open(&w, '{');
    jw_kv_int(&w, S("amount"), v->fee.amount);
    jw_kv(&w, S("currency"), v->fee.currency);
    put_names(&w, S("items"), p, &p->items, &v->fee.items, v->fee.item, language, a->arena);
    put_names(&w, S("waivers"), p, &p->waivers, &v->fee.waivers, NULL, language, a->arena);
    jw_close(&w, '}');
    put_names(&w, S("documents"), p, &p->attachments, &v->documents, NULL, language, a->arena);
    TRY(put_pages(&w, p, &data, language, a->arena, f));
    jw_kv_int(&w, S("promise_days"), s->promise_days);
    jw_close(&w, '}');
    return OK;
}

enum err service_ask(struct act *a, struct fault *f)
{
    const struct service *s = service_find(a->house->services, act_param(a, S("service")));
    str country = json_get_str(a->input, S("country"));
    str language = json_get_str(a->input, S("language"));
    struct package_case c = {.answers = json_get(a->input, S("answers")),
                             .person = json_get(a->input, S("person"))};
    struct weighed v;
    struct json post;

    if (!s)
        return fault(f, ERR_NOT_FOUND, "no such service");
    struct missions *m = missions_hold(a->house->registry);
    str authority = jurisdiction_of(m, country, s->name);
    authority = authority.p ? str_copy(a->arena, authority) : authority;
    missions_drop(m);
    if (!authority.p)
        return fault_at(f, ERR_INVALID, "/country", "not a host country");
    TRY(put_post(a, country, authority, &post, &c.today, f));
    c.post = &post;
    TRY(service_weigh(s, &c, a->arena, &v, f));
    return put_weighed(a, s, &c, &v, language.p ? language : S("en"), f);
}
