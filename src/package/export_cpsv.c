/* export_cpsv.c - the nodes of the description
 *
 * Each has an identifier below urn:sifara:service:GIVER:NAME:VERSION, and the properties that the
 * profile's shapes ask for: PublicService (identifier, title, description, competent authority),
 * PublicOrganisation (label, spatial), Channel (identifier), Output, Evidence, Event and Rule
 * (identifier, title; Rule and Event a description too where one is required), Cost (identifier).
 */
#include "package/cpsv.h"

#include <unicode/ucurr.h>

struct export
{
    struct arena *arena;
    const struct package_manifest *m;
    const struct json *service, *rules;
    size_t n_words;
    struct {
        str language;
        const struct json *words;
    } words[32];
    struct jw w;
    str base;
};

static const char context[] =
    "{\"@version\":1.1,"
    "\"cpsv\":\"http://purl.org/vocab/cpsv#\","
    "\"cv\":\"http://data.europa.eu/m8g/\",\"dcat\":\"http://www.w3.org/ns/dcat#\","
    "\"dct\":\"http://purl.org/dc/terms/\",\"eli\":\"http://data.europa.eu/eli/ontology#\","
    "\"skos\":\"http://www.w3.org/2004/02/skos/core#\","
    "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"}";

static enum err read_json(struct export *x, const struct package_files *files, str name,
                          const struct json **out, struct fault *f)
{
    const struct package_file *file = package_file(files, name);
    struct fault inner = {0};
    struct json *j;

    *out = NULL;
    if (!file)
        return OK;
    if (json_parse(x->arena, file->bytes, NULL, &j, &inner) != OK)
        return fault(f, ERR_INVALID, "%.*s: %s", STR_FMT(name), inner.detail);
    *out = j;
    return OK;
}

static enum err read_words(struct export *x, const struct package_files *files, struct fault *f)
{
    for (size_t i = 0; i < files->n && x->n_words < ARRAY_LEN(x->words); i++) {
        str language = package_words_language(files->list[i].name);
        if (!language.p)
            continue;
        x->words[x->n_words].language = language;
        TRY(read_json(x, files, files->list[i].name, &x->words[x->n_words].words, f));
        x->n_words++;
    }
    return OK;
}

/* ---- pieces ------------------------------------------------------------------------------- */

/* "urn:…#channel", or with a number behind it. */
static str iri(struct export *x, const char *what, size_t i)
{
    str s = i ? str_printf(x->arena, "%.*s#%s-%zu", STR_FMT(x->base), what, i)
              : str_printf(x->arena, "%.*s#%s", STR_FMT(x->base), what);

    return s.p ? s : S("");
}

static void reference(struct export *x, const char *property, str id)
{
    jw_key(&x->w, str_of(property));
    jw_open(&x->w, '{');
    jw_kv(&x->w, S("@id"), id);
    jw_close(&x->w, '}');
}

static void references(struct export *x, const char *property, const char *what, size_t n)
{
    if (n == 0)
        return;
    jw_key(&x->w, str_of(property));
    jw_open(&x->w, '[');
    for (size_t i = 1; i <= n; i++) {
        jw_open(&x->w, '{');
        jw_kv(&x->w, S("@id"), iri(x, what, i));
        jw_close(&x->w, '}');
    }
    jw_close(&x->w, ']');
}

static void tagged(struct export *x, str language, str text)
{
    jw_open(&x->w, '{');
    jw_kv(&x->w, S("@language"), language);
    jw_kv(&x->w, S("@value"), text);
    jw_close(&x->w, '}');
}

/* The word of a key in each language that has it. */
static void words(struct export *x, const char *property, str key)
{
    jw_key(&x->w, str_of(property));
    jw_open(&x->w, '[');
    for (size_t i = 0; i < x->n_words; i++) {
        str word = json_get_str(x->words[i].words, key);
        if (word.n)
            tagged(x, x->words[i].language, word);
    }
    jw_close(&x->w, ']');
}

static void typed(struct export *x, const char *property, const char *type, str value)
{
    jw_key(&x->w, str_of(property));
    jw_open(&x->w, '{');
    jw_kv(&x->w, S("@type"), str_of(type));
    jw_kv(&x->w, S("@value"), value);
    jw_close(&x->w, '}');
}

static void open_node(struct export *x, str id, const char *type)
{
    jw_open(&x->w, '{');
    jw_kv(&x->w, S("@id"), id);
    jw_kv(&x->w, S("@type"), str_of(type));
    jw_kv(&x->w, S("dct:identifier"), id);
}

static const struct json *inputs(const struct export *x)
{
    const struct json *list = json_get(x->rules, S("attachments"));

    return json_is(list, J_ARRAY) ? list : NULL;
}

static size_t count(const struct json *list)
{
    return json_is(list, J_ARRAY) ? list->n : 0;
}

/* ---- nodes -------------------------------------------------------------------------------- */

/* As the Library of Congress names the languages of ISO 639, for codes of two letters and three. */
static void language_refs(struct export *x)
{
    jw_key(&x->w, S("dct:language"));
    jw_open(&x->w, '[');
    for (size_t i = 0; i < x->n_words; i++) {
        str id = str_printf(x->arena, "http://id.loc.gov/vocabulary/iso639-%d/%.*s",
                            x->words[i].language.n == 2 ? 1 : 2, STR_FMT(x->words[i].language));
        jw_open(&x->w, '{');
        jw_kv(&x->w, S("@id"), id.p ? id : S(""));
        jw_close(&x->w, '}');
    }
    jw_close(&x->w, ']');
}

static void keywords(struct export *x)
{
    const struct json *list = json_get(x->service, S("keywords"));

    if (!count(list))
        return;
    jw_key(&x->w, S("dcat:keyword"));
    jw_open(&x->w, '[');
    for (size_t i = 0; json_at(list, i); i++)
        if (json_str(json_at(list, i)).n)
            tagged(x, S("en"), json_str(json_at(list, i)));
    jw_close(&x->w, ']');
}

/* Fixed fees only: what a rule computes depends on who asks, and stands in the cost's description.
 */
static const struct json *fixed_fee(const struct export *x, str *currency)
{
    const struct json *fee = json_get(x->rules ? x->rules : x->service, S("fee"));
    const struct json *amount = json_get(fee, S("amount"));

    *currency = json_get_str(fee, S("currency"));
    return json_is(amount, J_INT) && currency->n == 3 ? amount : NULL;
}

static void put_service(struct export *x)
{
    int64_t days = json_get_int(x->service, S("promise_days"), 0);

    open_node(x, x->base, "cpsv:PublicService");
    words(x, "dct:title", S("title"));
    words(x, "dct:description", S("lead"));
    keywords(x);
    language_refs(x);
    reference(x, "cv:hasCompetentAuthority", iri(x, "authority", 0));
    references(x, "cv:hasLegalResource", "law", count(json_get(x->m->json, S("legal_basis"))));
    references(x, "cv:isGroupedBy", "event", count(json_get(x->m->json, S("life_events"))));
    reference(x, "cv:hasChannel", iri(x, "channel", 0));
    reference(x, "cpsv:produces", iri(x, "output", 0));
    reference(x, "cpsv:follows", iri(x, "rule", 0));
    reference(x, "cv:hasCost", iri(x, "cost", 0));
    references(x, "cpsv:hasInput", "input", count(inputs(x)));
    if (days > 0) {
        str duration = str_printf(x->arena, "P%lldD", (long long)days);
        typed(x, "cv:processingTime", "xsd:duration", duration.p ? duration : S("P0D"));
    }
    jw_close(&x->w, '}');
}

static void put_authority(struct export *x)
{
    str place = str_printf(x->arena, "urn:iso:std:iso:3166:-1:alpha-2:%.*s", STR_FMT(x->m->giver));
    str label = str_printf(x->arena, "Ministry of Foreign Affairs (%.*s)", STR_FMT(x->m->giver));

    jw_open(&x->w, '{');
    jw_kv(&x->w, S("@id"), iri(x, "authority", 0));
    jw_kv(&x->w, S("@type"), S("cv:PublicOrganisation"));
    jw_key(&x->w, S("skos:prefLabel"));
    tagged(x, S("en"), label.p ? label : S(""));
    reference(x, "dct:spatial", place.p ? place : S(""));
    jw_close(&x->w, '}');
}

static void put_laws(struct export *x)
{
    const struct json *list = json_get(x->m->json, S("legal_basis"));

    for (size_t i = 0; json_at(list, i); i++) {
        open_node(x, iri(x, "law", i + 1), "eli:LegalResource");
        jw_kv(&x->w, S("dct:title"), json_str(json_at(list, i)));
        jw_close(&x->w, '}');
    }
}

static void put_events(struct export *x)
{
    const struct json *list = json_get(x->m->json, S("life_events"));
    bool company = str_eq(json_get_str(x->service, S("audience")), S("company"));

    for (size_t i = 0; json_at(list, i); i++) {
        open_node(x, iri(x, "event", i + 1), company ? "cv:BusinessEvent" : "cv:LifeEvent");
        jw_key(&x->w, S("dct:title"));
        tagged(x, S("en"), json_str(json_at(list, i)));
        jw_close(&x->w, '}');
    }
}

static void put_inputs(struct export *x)
{
    for (size_t i = 0; json_at(inputs(x), i); i++) {
        open_node(x, iri(x, "input", i + 1), "cv:Evidence");
        words(x, "dct:title", json_get_str(json_at(inputs(x), i), S("label")));
        jw_close(&x->w, '}');
    }
}

/* Minor units as a decimal number: 2500 EUR is 25.00, 2500 KWD is 2.500, 2500 JPY is 2500. */
static str decimal(struct export *x, int64_t minor, str currency)
{
    UChar code[4] = {(UChar)currency.p[0], (UChar)currency.p[1], (UChar)currency.p[2], 0};
    UErrorCode status = U_ZERO_ERROR;
    int digits = ucurr_getDefaultFractionDigits(code, &status);
    long long unit = 1;

    if (U_FAILURE(status) || digits < 0 || digits > 4 || minor < 0)
        return STR_NONE;
    for (int i = 0; i < digits; i++)
        unit *= 10;
    return digits ? str_printf(x->arena, "%lld.%0*lld", (long long)minor / unit, digits,
                               (long long)minor % unit)
                  : str_printf(x->arena, "%lld", (long long)minor);
}

static void put_cost(struct export *x)
{
    str currency, value = STR_NONE;
    const struct json *amount = fixed_fee(x, &currency);

    open_node(x, iri(x, "cost", 0), "cv:Cost");
    words(x, "dct:description", S("fee"));
    if (amount)
        value = decimal(x, amount->i, currency);
    if (value.p) {
        str id =
            str_printf(x->arena, "http://publications.europa.eu/resource/authority/currency/%.*s",
                       STR_FMT(currency));
        typed(x, "cv:hasValue", "xsd:double", value);
        reference(x, "cv:currency", id.p ? id : S(""));
    }
    jw_close(&x->w, '}');
}

static void put_others(struct export *x)
{
    open_node(x, iri(x, "channel", 0), "cv:Channel");
    reference(x, "cv:ownedBy", iri(x, "authority", 0));
    jw_close(&x->w, '}');
    open_node(x, iri(x, "output", 0), "cv:Output");
    words(x, "dct:title", S("result"));
    jw_close(&x->w, '}');
    open_node(x, iri(x, "rule", 0), "cpsv:Rule");
    words(x, "dct:title", S("title"));
    words(x, "dct:description", S("who"));
    references(x, "cpsv:implements", "law", count(json_get(x->m->json, S("legal_basis"))));
    jw_close(&x->w, '}');
}

enum err package_cpsv(struct arena *a, const struct package_manifest *m,
                      const struct package_files *files, struct buf *b, struct fault *f)
{
    struct export x = {.arena = a, .m = m, .w = JW(b)};

    TRY(read_json(&x, files, S("service.json"), &x.service, f));
    TRY(read_json(&x, files, S("rules.json"), &x.rules, f));
    TRY(read_words(&x, files, f));
    x.base = str_printf(a, "urn:sifara:service:%.*s:%.*s:%.*s", STR_FMT(m->giver), STR_FMT(m->name),
                        STR_FMT(m->version));
    TRY_PTR(x.base.p, f);
    jw_open(&x.w, '{');
    jw_key(&x.w, S("@context"));
    jw_raw(&x.w, str_of(context));
    jw_key(&x.w, S("@graph"));
    jw_open(&x.w, '[');
    put_service(&x);
    put_authority(&x);
    put_laws(&x);
    put_events(&x);
    put_inputs(&x);
    put_cost(&x);
    put_others(&x);
    jw_close(&x.w, ']');
    jw_close(&x.w, '}');
    return buf_ok(b) ? OK : fault(f, ERR_LIMIT, "the description is too large");
}
