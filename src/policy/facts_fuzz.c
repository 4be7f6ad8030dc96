/* facts_fuzz.c - facts from anybody: six texts in one input, parted by lines of dashes. What is
 * read holds together: members of a member are members, whoever is bound is bound. */
#include <assert.h>

#include "policy/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct facts *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct cedar_entities *es = cedar_entities_new(a);
    struct fault fault;

    for (size_t i = 0; i < facts_state_count(f) && i < 20; i++) {
        str code = facts_state_at(f, i)->code;
        assert(facts_state(f, code) == facts_state_at(f, i));
        facts_put_state(f, es, code, 20000, 0, STR_NONE);
        for (size_t o = 0; o < facts_organisation_count(f) && o < 20; o++) {
            str x = facts_organisation_at(f, o)->code;
            assert(!facts_member(f, x, x));
            for (size_t k = 0; k < facts_organisation_count(f) && k < 20; k++) {
                str y = facts_organisation_at(f, k)->code;
                if (facts_member(f, code, x) && facts_member(f, x, y))
                    assert(facts_member(f, code, y));
            }
        }
        for (size_t k = 0; k < facts_agreement_count(f) && k < 20; k++) {
            const struct fact_agreement *x = facts_agreement_at(f, k);
            assert(x->from <= x->until);
            assert(!facts_agreement_binds(f, x, code, x->from - 1));
        }
        assert(facts_accreditation(f, code, 20000).n > 0);
    }
    assert(cedar_entities_ok(es));
    assert(cedar_entities_acyclic(es, a, &fault) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"facts/states.json",     "facts/organisations.json",
                                        "facts/agreements.json", "facts/accreditations.json",
                                        "facts/aims.json",       "facts/capabilities.json"};
    struct cedar_source src[ARRAY_LEN(names)];
    str rest = str_bytes(data, size);
    struct facts *f;
    struct fault fault;
    size_t n = 0;

    while (n < ARRAY_LEN(names) && rest.p) {
        ptrdiff_t cut = str_find(rest, S("\n---\n"));
        src[n].name = str_of(names[n]);
        src[n++].text = cut < 0 ? rest : str_sub(rest, 0, (size_t)cut);
        rest = cut < 0 ? STR_NONE : str_sub(rest, (size_t)cut + 5, rest.n);
    }
    if (facts_read(src, n, &f, &fault) != OK)
        return 0;
    ask(f);
    facts_free(f);
    return 0;
}
