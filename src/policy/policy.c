#include "policy/policy.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"

struct policy {
    atomic_int refs;
    struct cedar_set *set;
    struct facts *facts;
    struct hash digest;
    char digest_hex[65];
};

static int by_name(const void *a, const void *b)
{
    const struct cedar_source *x = a, *y = b;

    return str_cmp(x->name, y->name);
}

/* Length-prefixed, so that no two sets of files share a byte string. */
static enum err digest_of(const struct cedar_source *files, size_t n, str schema, struct hash *out,
                          struct fault *f)
{
    AUTO(buf) struct buf b = BUF(64 << 20);

    for (size_t i = 0; i <= n; i++) {
        str name = i < n ? files[i].name : S("schema.cedarschema");
        str text = i < n ? files[i].text : schema;
        buf_add_u32(&b, (uint32_t)name.n);
        buf_add_str(&b, name);
        buf_add_u32(&b, (uint32_t)text.n);
        buf_add_str(&b, text);
    }
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "the policy is too large");
    *out = sha256(buf_str(&b));
    return OK;
}

static bool has_action(const struct cedar_schema *s, str name)
{
    struct cedar_env env;

    for (size_t i = 0; cedar_schema_env(s, i, &env); i++)
        if (str_eq(env.action.id, name))
            return true;
    return false;
}

/* An aim whose measure nobody can do would stay at nothing for ever. */
static enum err check_aims(const struct facts *facts, const struct cedar_schema *s, struct fault *f)
{
    char pointer[48];

    for (size_t i = 0; i < facts_aim_count(facts); i++) {
        str measure = facts_aim_at(facts, i)->measure;
        if (str_eq(measure, S("*")) || has_action(s, measure))
            continue;
        snprintf(pointer, sizeof pointer, "/aims/%zu/measure", i);
        return fault_at(f, ERR_INVALID, pointer, "facts/aims.json: no action \"%.*s\"",
                        STR_FMT(measure));
    }
    return OK;
}

/* Strict validation: what passes cannot fail to evaluate on requests that the schema foresees. */
static enum err validate(const struct cedar_set *set, const struct facts *facts, str schema,
                         struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    AUTO(cedar_schema) struct cedar_schema *compiled = NULL;
    struct cedar_source source = {S("schema.cedarschema"), schema};
    struct cedar_finding *found;
    size_t n;

    TRY_PTR(a, f);
    TRY(cedar_schema_parse(&source, NULL, &compiled, f));
    TRY(cedar_validate(set, compiled, CEDAR_STRICT, a, &found, &n, f));
    for (size_t i = 0; i < n; i++)
        if (found[i].kind != CEDAR_FINDING_IMPOSSIBLE)
            return fault(f, ERR_INVALID, "%.*s:%u:%u: %.*s", STR_FMT(found[i].place.file),
                         found[i].place.line, found[i].place.column, STR_FMT(found[i].message));
    return check_aims(facts, compiled, f);
}

/* Sorted by name: "facts/" stand together. */
static enum err parse(struct policy *p, const struct cedar_source *sorted, size_t n,
                      struct fault *f)
{
    struct cedar_source *texts = malloc((n + 1) * sizeof *texts);
    size_t n_texts = 0;

    if (!texts)
        return fault(f, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (!str_starts(sorted[i].name, S("facts/")))
            texts[n_texts++] = sorted[i];
    enum err e = cedar_parse(texts, n_texts, NULL, &p->set, f);
    free(texts);
    TRY(e);
    return facts_read(sorted, n, &p->facts, f);
}

static enum err names_once(const struct cedar_source *sorted, size_t n, struct fault *f)
{
    for (size_t i = 1; i < n; i++)
        if (str_eq(sorted[i - 1].name, sorted[i].name))
            return fault(f, ERR_INVALID, "two files are called %.*s",
                         (int)(sorted[i].name.n < 100 ? sorted[i].name.n : 100), sorted[i].name.p);
    return OK;
}

/* A new set, validated. */
static enum err build_new(struct policy *p, const struct cedar_source *sorted, size_t n, str schema,
                          struct fault *f)
{
    TRY(names_once(sorted, n, f));
    TRY(digest_of(sorted, n, schema, &p->digest, f));
    TRY(parse(p, sorted, n, f));
    TRY(validate(p->set, p->facts, schema, f));
    return facts_check_names(p->facts, p->set, f);
}

/* A set that was, under its digest. */
static enum err build_old(struct policy *p, const struct cedar_source *sorted, size_t n, str schema,
                          const struct hash *digest, struct fault *f)
{
    p->digest = *digest;
    if (schema.p)
        TRY(digest_of(sorted, n, schema, &p->digest, f));
    if (memcmp(p->digest.b, digest->b, sizeof digest->b) != 0)
        return fault(f, ERR_CORRUPT, "the stored set is not the one of its digest");
    return parse(p, sorted, n, f);
}

static enum err build(struct policy *p, const struct cedar_source *files, size_t n, str schema,
                      const struct hash *digest, struct fault *f)
{
    struct cedar_source *sorted = malloc((n + 1) * sizeof *sorted);

    if (!sorted)
        return fault(f, ERR_MEMORY, "out of memory");
    if (n)
        memcpy(sorted, files, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_name);
    enum err e =
        digest ? build_old(p, sorted, n, schema, digest, f) : build_new(p, sorted, n, schema, f);
    free(sorted);
    if (e == OK)
        hex_encode(p->digest.b, sizeof p->digest.b, p->digest_hex);
    return e;
}

static enum err make(const struct cedar_source *files, size_t n, str schema,
                     const struct hash *digest, struct policy **out, struct fault *f)
{
    struct policy *p = calloc(1, sizeof *p);

    if (!p)
        return fault(f, ERR_MEMORY, "out of memory");
    atomic_init(&p->refs, 1);
    enum err e = build(p, files, n, schema, digest, f);
    if (e != OK) {
        policy_unref(p);
        return e;
    }
    *out = p;
    return OK;
}

enum err policy_new(const struct cedar_source *files, size_t n, str schema, struct policy **out,
                    struct fault *f)
{
    return make(files, n, schema, NULL, out, f);
}

enum err policy_reopen(const struct cedar_source *files, size_t n, str schema,
                       const struct hash *digest, struct policy **out, struct fault *f)
{
    return make(files, n, schema, digest, out, f);
}

struct policy *policy_ref(struct policy *p)
{
    if (p)
        atomic_fetch_add(&p->refs, 1);
    return p;
}

void policy_unref(struct policy *p)
{
    if (!p || atomic_fetch_sub(&p->refs, 1) > 1)
        return;
    cedar_set_free(p->set);
    facts_free(p->facts);
    free(p);
}

const struct hash *policy_digest(const struct policy *p)
{
    return &p->digest;
}

size_t policy_count(const struct policy *p)
{
    return cedar_set_count(p->set);
}

const struct cedar_set *policy_set(const struct policy *p)
{
    return p->set;
}

const struct facts *policy_facts(const struct policy *p)
{
    return p->facts;
}

/* What people call a policy: its @id, else its place in the set. */
static str name_of(const struct policy *p, uint32_t i)
{
    str id = cedar_policy_note(p->set, i, S("id"));

    return id.p ? id : cedar_policy_id(p->set, i);
}

enum err policy_decide(const struct policy *p, const struct cedar_entities *es,
                       const struct cedar_request *r, struct arena *a, struct decision *out,
                       struct fault *f)
{
    struct cedar_answer answer;

    enum err e = cedar_decide(p->set, es, r, a, &answer);
    if (e != OK)
        return fault(f, e, "the decision needs more memory than allowed");
    struct decision d = {.permit = answer.allow && answer.n_errors == 0,
                         .n_by = answer.n_errors ? answer.n_errors : answer.n_reasons};
    str *by = arena_alloc(a, d.n_by * sizeof *by);
    TRY_PTR(by, f);
    for (uint32_t i = 0; i < d.n_by; i++)
        by[i] = name_of(p, answer.n_errors ? answer.errors[i].policy : answer.reasons[i]);
    d.by = by;
    if (answer.n_errors)
        d.why = answer.errors[0].message;
    *out = d;
    return OK;
}

enum err policy_record(struct buf *b, const struct policy *p, const struct cedar_entities *es,
                       const struct cedar_request *r, const struct decision *d, struct fault *f)
{
    struct jw w = JW(b);

    jw_open(&w, '{');
    jw_kv_int(&w, S("v"), 1);
    jw_kv(&w, S("policy"), str_of(p->digest_hex));
    jw_key(&w, S("request"));
    TRY(cedar_request_write(&w, r, f));
    jw_key(&w, S("entities"));
    TRY(cedar_entities_write(&w, es, f));
    jw_kv_bool(&w, S("permit"), d->permit);
    jw_key(&w, S("by"));
    jw_open(&w, '[');
    for (uint32_t i = 0; i < d->n_by; i++)
        jw_string(&w, d->by[i]);
    jw_close(&w, ']');
    if (d->why.p)
        jw_kv(&w, S("why"), d->why);
    jw_close(&w, '}');
    return buf_ok(b) ? OK : fault(f, ERR_LIMIT, "decision record too large");
}

static str note_in(const struct cedar_set *set, ptrdiff_t i, const char *key, str language)
{
    char name[32];

    snprintf(name, sizeof name, "%s_%.*s", key, (int)(language.n < 8 ? language.n : 8),
             language.p ? language.p : "");
    str text = cedar_policy_note(set, (size_t)i, str_of(name));
    if (text.p)
        return text;
    snprintf(name, sizeof name, "%s_en", key);
    text = cedar_policy_note(set, (size_t)i, str_of(name));
    return text.p ? text : cedar_policy_note(set, (size_t)i, str_of(key));
}

void policy_put_clause(struct jw *w, const struct policy *p, size_t i, str language)
{
    const struct {
        str key, text;
    } notes[] = {{S("id"), name_of(p, (uint32_t)i)},
                 {S("title"), cedar_policy_note(p->set, i, S("title"))},
                 {S("basis"), note_in(p->set, (ptrdiff_t)i, "basis", language)},
                 {S("reason"), note_in(p->set, (ptrdiff_t)i, "reason", language)}};

    for (size_t k = 0; k < ARRAY_LEN(notes); k++)
        if (notes[k].text.p)
            jw_kv(w, notes[k].key, notes[k].text);
}

void policy_explain(struct jw *w, const struct policy *p, const struct decision *d, str language)
{
    jw_open(w, '[');
    for (uint32_t i = 0; i < d->n_by; i++) {
        size_t at = 0;
        while (at < cedar_set_count(p->set) && !str_eq(name_of(p, (uint32_t)at), d->by[i]))
            at++;
        jw_open(w, '{');
        if (at < cedar_set_count(p->set))
            policy_put_clause(w, p, at, language);
        else
            jw_kv(w, S("id"), d->by[i]);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}
