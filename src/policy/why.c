#include "policy/why.h"

#include "base/encode.h"

static void put_near(struct jw *w, const struct policy *p, const struct cedar_near *near,
                     str language, bool conditions)
{
    policy_put_clause(w, p, near->policy, language);
    if (!conditions)
        return;
    jw_key(w, S("failed"));
    jw_open(w, '[');
    for (uint32_t i = 0; i < near->n_failed; i++)
        jw_string(w, near->failed[i].text);
    jw_close(w, ']');
}

enum err policy_why(struct jw *w, const struct policy *p, const struct cedar_entities *es,
                    const struct cedar_request *r, const struct decision *d, str language,
                    bool conditions, struct arena *a, struct fault *f)
{
    struct cedar_why why;
    char hex[65];

    enum err e = cedar_why_not(policy_set(p), es, r, S("undertakings"), a, &why);
    if (e != OK)
        return fault(f, e, "the reasons need more memory than allowed");
    hex_encode(policy_digest(p)->b, sizeof policy_digest(p)->b, hex);
    jw_open(w, '{');
    jw_kv(w, S("policy"), str_of(hex));
    jw_key(w, S("by"));
    policy_explain(w, p, d, language);
    jw_key(w, S("near"));
    jw_open(w, '[');
    for (size_t i = 0; i < why.n_near; i++) {
        jw_open(w, '{');
        put_near(w, p, &why.near[i], language, conditions);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    jw_kv_bool(w, S("curable"), why.curable);
    if (why.curable) {
        jw_key(w, S("undertakings"));
        jw_open(w, '[');
        for (size_t i = 0; i < why.n_missing; i++)
            jw_string(w, why.missing[i]);
        jw_close(w, ']');
    }
    jw_close(w, '}');
    return OK;
}
